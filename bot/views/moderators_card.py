"""What moderators see of study groups: the hello, the way to a group, the card that runs it."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import discord
from discord import ui
from discord.ui import LayoutView

from bot.core.groups import (
    DaysForm,
    Group,
    GroupStatus,
    GroupWish,
    LostGroups,
    MeetsWish,
    Merged,
    MergeOffer,
    Moved,
    SetUp,
    WhichGroup,
    WhichHour,
    WhichMeeting,
    WhichZone,
)
from bot.core.papers import TELL_WEEKS_AHEAD
from bot.core.weeks import HAD, DaysOff, slot_of_week
from bot.errors import UnknownZoneError
from bot.language import _, message, ngettext, pgettext, said
from bot.plain import plain
from bot.views import custom_ids as ids
from bot.views.group_card import (
    TEXT_OF_GROUP,
    days_text,
    group_lines,
    meets_text,
    members_text,
)
from bot.views.lead_card import asked_lines
from bot.views.parts import (
    BLUE,
    HOURS,
    RED,
    Button,
    Form,
    Lines,
    Part,
    WordForm,
    as_many_as_fit,
    box,
    boxed,
    button,
    card,
    channel_select,
    label,
    option,
    picked_channel,
    row,
    select,
    text_input,
    text_of,
)
from bot.views.phrases import LINE, dotted, joined, moment, narrow, title_in, titles
from bot.views.pick_card import (
    LongPaper,
    later_lines,
    long_lines,
    long_papers,
    picked_options,
    skip_select,
    vote_buttons,
    votes_select,
    weeks_select,
)
from bot.views.problems import CHANNELS_OF_GROUPS, as_seen, role_line
from bot.views.weekly_card import schedule_text


def greeting_card() -> LayoutView:
    """Build the hello: every reader's command works at once, one button starts a weekly paper."""
    hello = _(
        "### Hello! I know what to read next.\n"
        "I come with a reading list. Everyone can use me right now, here or in a direct message:\n"
        "**`/next`** what to read next, and why\n"
        "**`/search`** find anything on the list\n"
        "**`/help`** the rest\n"
        "\n"
        "Do you manage this server? I can post a paper every week for a study group. I post"
        " nothing before you ask me to."
    )
    start = button(ids.StartWeekly(), _("Start a weekly paper"), BLUE)
    return boxed(hello, start)


class StartForm(Form):
    """Channel and zone are all that is asked; the rest has defaults."""

    def __init__(self, channel_id: int | None = None, zone: str = "") -> None:
        self._channel = channel_select(CHANNELS_OF_GROUPS, channel_id)
        city = text_input(60, zone, custom_id="zone", required=True, example=_("Seoul"))
        when = _("Mondays at 09:00 there; /manage group changes it")
        super().__init__(
            _("Start a weekly paper"),
            label(_("Channel"), self._channel, _("A text or announcement channel, or a forum")),
            label(_("City or time zone"), city, when),
        )

    @property
    def channel_id(self) -> int | None:
        """The channel that was picked; None: what was sent is none."""
        return picked_channel(self._channel)


class DaysTyped(Form):
    """Asks for days off, or until when a group pauses."""

    def __init__(self, wish: DaysForm) -> None:
        if wish.pauses:
            typed = text_input(60, wish.typed, custom_id="days", required=True, example=_("10 Jan"))
            hint = _("Papers come again from that day on. Missed weeks aren't made up.")
            super().__init__(_("Pause until…"), label(_("Until which day?"), typed, hint))
            return
        example = _("24 Dec\n20 Dec - 6 Jan")
        typed = text_input(
            400, wish.typed, custom_id="days", required=True, long=True, example=example
        )
        hint = _("One day, or one span of days, on each line. No paper comes then.")
        super().__init__(_("Days off"), label(_("Which days?"), typed, hint))

    @property
    def days(self) -> str:
        """What was typed."""
        return self.entered["days"]


def days_off_text(days: Sequence[DaysOff], group: Group) -> str:
    """Return what is told of days that were just taken off; none: they were off before."""
    if not days:
        return _("These days are off already.")
    if group.meets is None:
        return _("✅ No paper on these days: {days}.", days=days_text(days))
    return _("✅ No paper and no meeting on these days: {days}.", days=days_text(days))


def days_on_text(days: Sequence[DaysOff], group: Group) -> str:
    """Return what is told of days that are off no more, unless others took them off as well."""
    off = [
        each for each in group.schedule.days_off
        if any(each.first <= one.last and one.first <= each.last for one in days)
    ]  # fmt: skip
    if not off:
        return _("✅ No longer days off: {days}.", days=days_text(days))
    return _(
        "✅ Taken back: {days}. Still days off: {off}.", days=days_text(days), off=days_text(off)
    )


MOVES_SHOWN = 5

ROOMS = (discord.ChannelType.voice, discord.ChannelType.stage_voice)
WEEKDAYS = frozenset((
    message("Monday"), message("Tuesday"), message("Wednesday"), message("Thursday"),
    message("Friday"), message("Saturday"), message("Sunday"),
))  # fmt: skip
"""As a group's day stands in a form, to be typed anew."""


class MeetingForm(Form):
    """Asks when, how long and where a group meets; as it does now, or as it was typed."""

    def __init__(self, shown: MeetsWish | None = None) -> None:
        shown = shown or MeetsWish("")
        weekday, space, time = shown.when.partition(" ")
        spoken = said(weekday) + space + time if weekday in WEEKDAYS else shown.when
        self._room = channel_select(ROOMS, shown.channel_id, required=False)
        when = text_input(100, spoken, custom_id="when", required=True, example=_("Thursday 20:00"))
        lasts = text_input(40, shown.lasts, custom_id="lasts", example=_("1 h"))
        super().__init__(
            _("When the group meets"),
            label(_("Day and time"), when, _("In the group's time zone; “none” for no meeting")),
            label(_("How long"), lasts, _("Such as 90 or 1 h 30; an hour if you don't say")),
            label(
                _("Where"),
                self._room,
                _("A voice or stage channel. Leave it empty to meet in the paper's thread"),
            ),
        )

    @property
    def wish(self) -> MeetsWish:
        """What is wished for."""
        entered = self.entered
        return MeetsWish(entered["when"], entered["lasts"], picked_channel(self._room))


def set_up_card(
    guild: discord.Guild | None,
    made: SetUp,
    opener_id: int,
    here_id: int,
    again: Button | None = None,
) -> LayoutView:
    """Build the card of what came of setting a group up in or from the channel ``here_id``.

    ``again`` leads back to the form.
    """
    match made:
        case GroupStatus():
            return moderators_card(guild, made, opener_id)
        case Moved(status, left):
            told = _("✅ Moved from {channel}, with its members, settings and past papers.")
            news = told.format(channel=f"<#{left}>") if left else ""
            return moderators_card(guild, status, opener_id, news)
        case WhichZone():
            zones = tuple((zone.zone, zone.label) for zone in made.choices)
            question = UnknownZoneError(made.typed, zones, made.fits).sentence()
            options = [option(*zone) for zone in zones]
            said = ids.ZoneOfGroup(made.kept_id, opener_id)
            return boxed(question, select(said, _("Which one do you mean?"), options), again)
        case WhichHour():
            question = _(
                "I don't know the time “{typed}”. Pick the hour here, or type the command again"
                " with a time like 09:30 or 9:30 pm.",
                typed=plain(made.typed, 40),
            )
            hours = [option(hour, hour) for hour in HOURS]
            pick = select(ids.GroupHour(made.kept_id, opener_id), _("Pick the hour"), hours)
            return boxed(question, pick, again)
        case WhichMeeting():
            again = button(ids.MeetingAgain(made.kept_id, opener_id), _("Edit again"), BLUE)
            return boxed(which_meeting_text(made), again)
        case WhichGroup():
            return _which_group_card(made, opener_id, is_here=made.channel_id == here_id)


def which_meeting_text(asked: WhichMeeting) -> str:
    """Return what isn't clear about a meeting, and how to say it."""
    if asked.why == "room":
        return _(
            "A group can meet in a voice or a stage channel of this server, or in its paper's"
            " thread. Choose one of these channels, or none."
        )
    if asked.why == "every":
        return _(
            "A group meets once for each paper. Type a day of the week and a time, such as"
            " `Thursday 20:00`. For a paper every two weeks, add `every` to `/manage group`."
        )
    if asked.why == "lasts":
        return _(
            "I don't know how long “{typed}” is. Type minutes or hours, such as `90` or `1 h 30`,"
            " from 5 minutes to 12 hours.",
            typed=plain(asked.typed.lasts or asked.typed.when, 60),
        )
    typed = " ".join(filter(None, (asked.typed.when, asked.typed.lasts)))
    return _(
        "I don't know when “{typed}” is. Type a day of the week and a time, such as `Thursday"
        " 20:00` or `Thu 8 pm for 90 minutes`, up to 12 hours long; or `none`.",
        typed=plain(typed, 60),
    )


def moved_lines(status: GroupStatus) -> Lines:
    """Yield what became of choices for weeks that have just lost their paper."""
    day = partial(slot_of_week, status.group.schedule)
    told = [
        _(
            "📌 Moved from {day} to {to}: {title}",
            day=moment(day(each.week).at, "D"),
            to=moment(day(each.to).at, "D"),
            title=narrow(title_in(status.curriculum, each.key)),
        )
        for each in status.moves
        if each.key and each.to
    ]
    told += [
        _("🗳️ The vote for {at} is cancelled.", at=moment(day(each.week).at, "D"))
        for each in status.moves
        if each.was_voted_on
    ]
    yield from told[:MOVES_SHOWN]
    if (more := len(told) - MOVES_SHOWN) > 0:
        yield ngettext("-# and {n} more change", "-# and {n} more changes", more)


def met_text(group: Group) -> str:
    """Return what has just been said of a group's meetings."""
    if group.meets is None:
        return _("✅ The group has no meetings now.")
    return f"✅ {meets_text(group.meets)}"


def lost_groups_card(lost: LostGroups, opener_id: int) -> LayoutView:
    """Build the card of groups without a channel: each can move here, if there is room, or stop."""
    advice = _("To move one, type `/manage group` in a channel without a group.")
    if lost.is_free:
        advice = _(
            "If you move a group here, it keeps its members, settings and past papers.\n"
            "`/manage group` with a `zone` makes a new group here."
        )
    buttons = []
    for status in lost.shown:
        of = status.group.group_id, opener_id
        move = button(ids.LostGroup(*of, "move"), _("Move it here"), BLUE) if lost.is_free else None
        buttons.append(row(move, button(ids.LostGroup(*of, "stop"), _("Stop it"), RED)))
    count = lost.count - len(lost.shown)
    more = _("-# {n} more after these.", n=count) if count > 0 else None
    return boxed(*_lost_parts(lost, advice, buttons), more)


def stopped_card(status: GroupStatus, opener_id: int) -> LayoutView:
    """Build the answer to *Stop it*; resumed, the group waits for a channel again."""
    told = _("⏹️ Stopped: {schedule}.", schedule=schedule_text(status.group.schedule))
    resume = button(ids.RunGroup(status.group.group_id, opener_id, "resume"), _("Resume"))
    return boxed(told, row(resume))


def _which_group_card(asked: WhichGroup, who: int, *, is_here: bool) -> LayoutView:
    """Build the question whether a new group is meant, or one that lost its channel."""
    new = None
    question = _(
        "Move it to {channel}? It keeps everything. To make a new group there, add a `zone`."
    )
    if asked.can_be_new:
        new = button(ids.WhichGroup(0, asked.kept_id, who), _("Make a new group"))
        question = _("Move it to {channel}? It keeps everything.")
    here = _("Move it here") if is_here else _("Move it there")
    moves = [
        button(ids.WhichGroup(status.group.group_id, asked.kept_id, who), here, BLUE)
        for status in asked.lost.shown
    ]
    question = question.format(channel=f"<#{asked.channel_id}>")
    return boxed(*_lost_parts(asked.lost, question, moves), new)


def _lost_parts(lost: LostGroups, question: str, buttons: Sequence[Part]) -> Iterator[Part]:
    """Yield each group as it is known though its channel has no name any more, and its buttons."""
    heading = ngettext(
        "⚠️ **A study group's channel is gone.**",
        "⚠️ **The channels of {n} groups are gone.**",
        lost.count,
    )
    yield f"{heading}\n{question}"
    for status, below in zip(lost.shown, buttons, strict=True):
        last, paper = status.this_week or status.last, None
        if last and last.title:
            # Translators: the last paper that a group read.
            paper = _("last: {title}", title=narrow(last.title, 16))
        known_by = schedule_text(status.group.schedule), members_text(status.members), paper
        yield f"-# {dotted(*known_by)}"
        yield below


def wish_of(said: ids.GroupZone, zone: str) -> GroupWish:
    """Return what an old card's question for the zone says was said before, with the zone."""
    if not isinstance(said, ids.GroupZoneFor):
        return GroupWish(zone=zone)
    time = f"<t:{said.time[1:]}>" if said.time.startswith("t") else said.time
    weekday = int(said.weekday) if said.weekday else None
    return GroupWish(weekday, time or None, int(said.role_id) if said.role_id else None, zone)


# The card that runs a group

ROOM_TO_RUN, A_ROW = 14, 2
"""Lines on a phone that the card has before *More*, and that a row of buttons or a select takes."""

IN_A_ROW = 2
"""Buttons beside *More* on a phone; more of them take a second row."""


def moderators_card(
    guild: discord.Guild | None,
    status: GroupStatus,
    opener_id: int,
    news: str = "",
    *,
    opens: bool = True,
    undo: Button | None = None,
) -> LayoutView:
    """Build what moderators see: the same, what is amiss, and the buttons to run the group.

    ``news``: what has just changed, and ``undo`` takes back.
    ``opens``: what is seldom wanted stands under *More*; else it is open.
    """
    of = status.group.group_id, opener_id
    papers = [] if status.vote and opens else long_papers(status)
    often, seldom = _run_buttons(status, of)
    group = status.group
    seldom = [button(ids.SayMeeting(*of), _("Meeting…")), *seldom]
    if role_line(guild, status.group):
        seldom = [button(ids.MentionNobody(*of), _("Mention nobody")), *seldom]
    way, opened = ids.MoreOfGroup(*of, "more" if opens else "less"), list[Part]()
    if not opens:
        elsewhere = ui.ChannelSelect[Any](
            custom_id=str(ids.MoveGroup(*of)),
            placeholder=_("Move, or merge into another group…"),
            channel_types=list(CHANNELS_OF_GROUPS),
        )
        rows = [row(*seldom[n : n + 5]) for n in range(0, len(seldom), 5)]  # Discord's limit
        asked = ui.UserSelect[Any](
            custom_id=str(ids.AskToLead(*of)), placeholder=_("Ask somebody to lead…")
        )
        opened = [*rows, asked if status.group.state == "active" else None, elsewhere]
    if papers:
        change = weeks_select(
            *of, papers, picked_options(status, pgettext("a pick", "Take it back"))
        )
    else:
        change = select(ids.TakeBackOne(*of), _("Take a pick back…"), picked_options(status))
    lines = [*_lines(guild, status, papers, opens=opens)]
    if opens:
        room = ROOM_TO_RUN - A_ROW * (len(often) > IN_A_ROW) - A_ROW * (change is not None)
        lines = as_many_as_fit(lines, room)
    shown = box(
        text_of(lines, TEXT_OF_GROUP),
        row(*often, button(way, _("More") if opens else _("Less"))),
        *opened,
        change,
        None if opens else votes_select(status, opener_id),
        None if opens else skip_select(status, opener_id),
    )
    if status.undo_id is not None:
        news = news or met_text(group)
        undo = button(ids.UndoMeeting(status.undo_id, opener_id), _("Undo"))
    return card(text_of(filter(None, [news, *moved_lines(status)])), undo, shown)


def _lines(
    guild: discord.Guild | None, status: GroupStatus, papers: Sequence[LongPaper], *, opens: bool
) -> Lines:
    group = status.group
    now, told = as_seen(guild, status)
    if status.doubted:
        doubted = _(
            "💬 Readers doubt what comes before {titles}: see `/manage edit`.",
            titles=titles(status.doubted, most=1, longest=LINE),
        )
        told.append(doubted)
    told += asked_lines(status, answered=opens)
    role = role_line(guild, group)
    told += [role] if role and role.startswith("⚠️") else []
    # One thing at a time.
    if not opens or (not told and status.weeks_left > TELL_WEEKS_AHEAD):
        told += long_lines(papers)
    yield from group_lines(now, told, later_lines(status), to_moderator=True, opens=opens)
    if role and role not in told:
        yield role
    if begins := _begins_text(status):
        yield begins
    if status.opens_at:
        yield _(
            "-# I'll tell {channel} about the group {when}.",
            when=moment(status.opens_at, "R"),
            channel=f"<#{group.channel_id}>",
        )
    if status.members == 0 and group.state != "stopped":
        yield _("-# Nobody has joined yet. **Join** is under each week's post and in `/group`.")
    if group.after_list == "additions":
        yield _("-# After the list: all additions, in reading order.")
    if group.after_list == "must_reads":
        again = _("-# After the list: the must-reads again.")
        but = _(
            "-# After the list: the must-reads again, but not those that half of the members (at"
            " least three) have read."
        )
        yield again if opens else but


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


def _run_buttons(
    status: GroupStatus, of: tuple[int, int]
) -> tuple[Sequence[Button], Sequence[Button]]:
    """Return what a moderator wants most just now, three at most; and the rest.

    While the group votes, and when its list ends, that is what is to be decided.
    """
    state, this_week = status.group.state, status.this_week
    if state != "active" or status.pause:
        run = [button(ids.RunGroup(*of, "resume"), _("Resume"))]
    else:
        skipped = any(coming.is_skipped for coming in status.coming[:1])
        skip = button(ids.SkipNext(*of, "skip"), _("Skip next"))
        if skipped:
            skip = button(ids.SkipNext(*of, "unskip"), _("Don't skip"))
        run = [button(ids.RunGroup(*of, "pause"), _("Pause")), skip]
    if this_week is None or this_week.state != "posted":
        post = _("First paper now") if status.begins else _("Post now")
        run.append(button(ids.RunGroup(*of, "post"), post, BLUE))
    ends, seldom = [*_after_list_buttons(status, of)], [delete_button(*of)]
    if state != "stopped":
        seldom.insert(0, button(ids.RunGroup(*of, "stop"), pgettext("a group", "Stop"), RED))
        seldom.insert(0, button(ids.AskDays(*of, "pause"), _("Pause until…")))
        seldom.insert(0, button(ids.AskDays(*of, "off"), _("Days off…")))
    if status.vote is not None:
        vote = vote_buttons(status.vote.vote_id, of[1])
        return [*vote, run[0]], [*run[1:], *ends, *seldom]
    if ends and status.group.after_list is None:
        return [*ends, run[0]], [*run[1:], *seldom]
    return run, [*ends, *seldom]


def _after_list_buttons(status: GroupStatus, of: tuple[int, int]) -> Iterator[Button]:
    """Yield the moderators' choice of what follows the list, once its end is near."""
    chosen = status.group.after_list
    if status.is_empty:
        return
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
    return WordForm(_("Delete this group"), question, message("delete"))


def deleted_card(group: Group) -> LayoutView:
    return card(
        _(
            "🗑️ The group of <#{channel}> is deleted. Everybody keeps their marks. `/manage group`"
            " makes a new one.",
            channel=group.channel_id,
        )
    )


# Two groups into one


def merge_card(offer: MergeOffer, opener_id: int) -> LayoutView:
    """Build the answer to a move to a channel that has a group: merge the two, or go back."""
    group, into = offer.group.group, offer.into.group
    state = {
        "active": "",
        "paused": _("⏸️ That group is paused."),
        "stopped": _("⏹️ That group is stopped."),
    }[into.state]
    read = _("• Its papers don't count as read there: most members there weren't in this group.")
    if offer.had_counts:
        read = _(
            "• What it has read to the end counts as read there, too: most members were in it."
        )
    lines = [
        _("{room} has a group already. **Merge** lets this group go into it, for good:"),
        f"-# {_known_by(offer.into)}",
        _("• Members go along, and picks and leaders to free weeks; times and role don't."),
        _("• Past papers stay, and are in **Older**. An open vote is cancelled.")
        if group.meets is None
        else _("• Past papers stay, in **Older**. Votes and meetings are cancelled."),
        read,
        state,
    ]
    text = text_of(line.format(room=_room(offer.into)) for line in lines if line)
    merge = button(ids.MergeGroup(group.group_id, opener_id, into.group_id), _("Merge…"), RED)
    back = button(ids.MoreOfGroup(group.group_id, opener_id, "more"), _("Back"))
    return boxed(text, row(merge, back))


def _known_by(status: GroupStatus) -> str:
    return dotted(schedule_text(status.group.schedule), members_text(status.members))


def merge_form(offer: MergeOffer) -> WordForm:
    """Build the form that says what it means; only the typed word merges."""
    group, into = offer.group, offer.into
    question = _(
        "The group of {room} ({known_by}) goes into the group of {to} ({to_known_by}).\n"
        "This can't be undone. Nothing that was posted or read is lost.",
        room=_room(group),
        known_by=_known_by(group),
        to=_room(into),
        to_known_by=_known_by(into),
    )
    return WordForm(_("Merge two groups"), question, message("merge"))


def merged_text(merged: Merged) -> str:
    """Return what came of a merge, above the card of the group that is left."""
    offer, came = merged.offer, merged.offer.group.members - merged.offer.in_both
    lines = [
        _("✅ The group of {room} is part of this one now.", room=_room(offer.group)),
        ngettext("{n} member came along.", "{n} members came along.", came),
        ngettext("{n} member was in both.", "{n} members were in both.", offer.in_both)
        if offer.in_both
        else "",
        ngettext("{n} pick moved.", "{n} picks moved.", merged.picks) if merged.picks else "",
        ngettext(
            "{n} pick found no free week within a year.",
            "{n} picks found no free week within a year.",
            merged.left_out,
        )
        if merged.left_out
        else "",
        _("No longer leading: {names}. Please tell them.", names=joined(names))
        if (names := [f"<@{reader_id}>" for reader_id in merged.unled])
        else "",
    ]
    return " ".join(filter(None, lines))


def _room(status: GroupStatus) -> str:
    return f"<#{status.group.channel_id}>"


def ran_out_text(channel_id: int, *, is_empty: bool = False) -> str:
    """Return the notice to the group's moderator that nothing is left; or was ever on its list."""
    if is_empty:
        return _(
            "The list that the group in <#{channel}> reads from is empty, so nothing was posted"
            " this week. `/manage add` adds to it, `/manage import` brings a whole list. Then"
            " **Post now** in `/manage group` posts right away.",
            channel=channel_id,
        )
    return _(
        "The group in <#{channel}> has read its whole list, so nothing was posted this week."
        " Choose what comes next in `/manage group`. Then **Post now** posts it right away.",
        channel=channel_id,
    )
