"""A study group's card for its moderators, with the buttons to run the group."""

from collections.abc import Iterable, Iterator
from typing import Any

import discord
from discord import ui
from discord.ui import LayoutView

from bot.core.groups import Group, GroupStatus
from bot.core.papers import TELL_WEEKS_AHEAD
from bot.core.weeks import HAD, slot_of_week
from bot.language import _
from bot.views import custom_ids as ids
from bot.views.group_card import TEXT_OF_GROUP, group_lines, members_text, schedule_text
from bot.views.parts import (
    BLUE,
    RED,
    Button,
    Lines,
    Part,
    WordForm,
    box,
    button,
    card,
    row,
    select,
    text_of,
)
from bot.views.phrases import moment, titles
from bot.views.pick_card import (
    LongPaper,
    later_lines,
    long_lines,
    long_papers,
    picked_options,
    vote_buttons,
    weeks_select,
)
from bot.views.problems import CHANNELS_OF_GROUPS, as_seen, role_line


def moderators_card(
    guild: discord.Guild | None,
    status: GroupStatus,
    opener_id: int,
    news: str = "",
    *,
    opens: bool = True,
) -> LayoutView:
    """Build what moderators see: the same, what is amiss, and the buttons to run the group.

    ``news``: what has just changed.
    ``opens``: what is seldom wanted stands under *More*; else it is open. While the group votes,
    that is all but its vote and *Pause*.
    """
    of, papers, mentioned = (status.group.group_id, opener_id), long_papers(status), None
    wanted_most, *others = _run_buttons(status, of)
    seldom = [delete_button(*of)]
    if status.vote is None:
        often = [wanted_most, *others]
    else:
        often = [*vote_buttons(status.vote.vote_id, opener_id), wanted_most]
        seldom = [*others, *seldom]
    way = ids.MoreOfGroup(*of, "more" if opens else "less")
    opened: list[Part] = []
    if not opens:
        elsewhere = ui.ChannelSelect[Any](
            custom_id=str(ids.MoveGroup(*of)),
            placeholder=_("Move to another channel…"),
            channel_types=list(CHANNELS_OF_GROUPS),
        )
        opened = [row(*seldom), elsewhere]
    if role := role_line(guild, status.group):
        nobody = button(ids.MentionNobody(*of), _("Mention nobody"))
        mentioned = ui.Section(ui.TextDisplay[Any](role), accessory=nobody)
    if papers:
        change = weeks_select(*of, papers, picked_options(status, _("Take it back")))
    else:
        change = select(ids.TakeBackOne(*of), _("Take a pick back…"), picked_options(status))
    shown = box(
        text_of(_lines(guild, status, papers), TEXT_OF_GROUP),
        mentioned,
        row(*often, button(way, _("More") if opens else _("Less"))),
        row(*_after_list_buttons(status, of)),
        *opened,
        change,
    )
    return card(news or None, shown)


def _lines(guild: discord.Guild | None, status: GroupStatus, papers: Iterable[LongPaper]) -> Lines:
    group = status.group
    now, warnings = as_seen(guild, status)
    yield from group_lines(now, later_lines(status), to_moderator=True)
    yield from warnings
    if status.doubted:
        yield _(
            "💬 Readers doubt what comes before {titles}: `/manage edit` shows what they say.",
            titles=titles(status.doubted, most=5),
        )
    if begins := _begins_text(status):
        yield begins
    if status.members == 0 and group.state != "stopped":
        yield _(
            "-# Nobody has joined yet. People can press **Join** under each week's post, or use"
            " `/group` here."
        )
    yield from long_lines(papers)
    if group.after_list == "additions":
        yield _("-# After the list: all additions, in reading order.")
    if group.after_list == "must_reads":
        yield _(
            "-# After the list: the must-reads again, but not those that half of you (at least"
            " three) have read."
        )


def _begins_text(status: GroupStatus) -> str:
    """Return when the first papers come: were the first posted now, or once it was."""
    group, this_week = status.group, status.this_week
    if status.begins:
        told = (
            _("-# **First paper now**: one paper on {first}, and the group stays paused.")
            if group.state == "paused"
            else _("-# **First paper now**: the first paper on {first}, the second on {second}.")
        )
        first, second = (moment(at, "d") for at in status.begins)
        return told.format(first=first, second=second)
    ahead = [coming.slot.at for coming in status.coming if not coming.is_skipped]
    if this_week is None or this_week.state not in HAD or status.last or group.state != "active":
        return ""
    if this_week.at == slot_of_week(group.schedule, this_week.week).at or not ahead:
        return ""
    first, second = moment(this_week.at, "d"), moment(ahead[0], "d")
    return _("-# First paper: {first}, second: {second}.", first=first, second=second)


def _run_buttons(status: GroupStatus, of: tuple[int, int]) -> Iterator[Button]:
    """Yield the buttons that run a group, the one wanted most first."""
    state, this_week = status.group.state, status.this_week
    if state != "active":
        yield button(ids.RunGroup(*of, "resume"), _("Resume"))
    else:
        yield button(ids.RunGroup(*of, "pause"), _("Pause"))
        skipped = any(coming.is_skipped for coming in status.coming[:1])
        yield button(ids.RunGroup(*of, "skip"), _("Don't skip") if skipped else _("Skip next"))
    if this_week is None or this_week.state != "posted":
        post = _("First paper now") if status.begins else _("Post now")
        yield button(ids.RunGroup(*of, "post"), post, BLUE)
    if state != "stopped":
        yield button(ids.RunGroup(*of, "stop"), _("Stop"), RED)


def _after_list_buttons(status: GroupStatus, of: tuple[int, int]) -> Iterator[Button]:
    """Yield the moderators' choice of what follows the list, once its end is near."""
    chosen = status.group.after_list
    if chosen is None and status.weeks_left > TELL_WEEKS_AHEAD:
        return
    if chosen != "additions":
        yield button(ids.AfterList(*of, "additions"), _("Go on with additions"))
    # The must-reads can be chosen again when they are through too: they begin anew.
    if chosen != "must_reads" or status.weeks_left == 0:
        yield button(ids.AfterList(*of, "must_reads"), _("Start over with must-reads"))
    if chosen:
        yield button(ids.AfterList(*of, "stop"), _("Stop after the list"))


def delete_button(group_id: int, opener_id: int) -> Button:
    return button(ids.DeleteGroup(group_id, opener_id), _("Delete…"), RED)


def delete_form(status: GroupStatus) -> WordForm:
    """Build the form that says what goes and what stays; only the typed word deletes."""
    group = status.group
    question = _(
        "This deletes the group of <#{channel}> ({schedule}, {members}) forever: its members, its"
        " past and coming weeks, its picks and votes. Nothing more is posted.\n"
        "Messages already posted stay in the channel, and everybody keeps their marks.",
        channel=group.channel_id,
        schedule=schedule_text(group.schedule),
        members=members_text(status.members),
    )
    return WordForm(_("Delete this group"), question, "delete")


def deleted_card(group: Group) -> LayoutView:
    return card(
        _(
            "🗑️ The group of <#{channel}> is deleted. Everybody keeps their marks. `/manage group`"
            " makes a new one.",
            channel=group.channel_id,
        )
    )


def ran_out_text(channel_id: int) -> str:
    """Return the notice to the group's moderator that nothing is left."""
    return _(
        "The group in <#{channel}> has read its whole list, so nothing was posted this week."
        " Choose what comes next in `/manage group`. Then **Post now** posts it right away.",
        channel=channel_id,
    )
