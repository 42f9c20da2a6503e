"""The hello to a server, and the way from it to a group that has its channel."""

from collections.abc import Iterator, Sequence
from typing import Any

import discord
from discord import ui
from discord.ui import LayoutView

from bot.core.groups import (
    GroupStatus,
    GroupWish,
    LostGroups,
    Moved,
    SetUp,
    WhichGroup,
    WhichHour,
    WhichZone,
)
from bot.errors import UnknownZoneError
from bot.language import _, ngettext
from bot.plain import plain
from bot.views import custom_ids as ids
from bot.views.group_card import members_text, schedule_text
from bot.views.moderators_card import moderators_card
from bot.views.parts import (
    BLUE,
    RED,
    Button,
    Form,
    Part,
    boxed,
    button,
    card,
    label,
    option,
    row,
    select,
    text_input,
)
from bot.views.phrases import dotted
from bot.views.problems import CHANNELS_OF_GROUPS

HOURS = tuple(f"{hour:02}:00" for hour in range(24))


def greeting_card() -> LayoutView:
    """Build the hello: every reader's command works at once, one button starts a weekly paper."""
    hello = _(
        "## Hello! I know what to read next.\n"
        "I come with a reading list. Everyone here can use me right now, in this server or in a"
        " direct message:\n"
        "\n"
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
        self._channel: ui.ChannelSelect[Any] = ui.ChannelSelect(
            custom_id="channel", channel_types=list(CHANNELS_OF_GROUPS), required=True
        )
        if channel_id:
            kind = discord.SelectDefaultValueType.channel
            self._channel.default_values = [discord.SelectDefaultValue(id=channel_id, type=kind)]
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
        # Discord.py hands on as text what Discord doesn't say to be a channel.
        return next((one.id for one in self._channel.values if not isinstance(one, str)), None)


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
        case WhichGroup():
            return _which_group_card(made, opener_id, is_here=made.channel_id == here_id)


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
    return boxed(*_lost_parts(lost, advice, buttons))


def stopped_card(status: GroupStatus) -> LayoutView:
    return card(_("⏹️ Stopped: {schedule}.", schedule=schedule_text(status.group.schedule)))


def _which_group_card(asked: WhichGroup, who: int, *, is_here: bool) -> LayoutView:
    """Build the question whether a new group is meant, or one that lost its channel."""
    new = None
    question = _(
        "Do you want to move it to {channel}? It keeps its members, settings and past papers."
        " To make a new group there, add a `zone`."
    )
    if asked.can_be_new:
        new = button(ids.WhichGroup(0, asked.kept_id, who), _("Make a new group"))
        question = _(
            "Do you want to move the group below to {channel}, or make a new one there? If it"
            " moves, it keeps its members, settings and past papers. A new group begins with what"
            " you have just typed."
        )
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
        "⚠️ **A study group's channel is gone**, so nothing can be posted.",
        "⚠️ **The channels of {n} groups are gone**, so nothing can be posted.",
        lost.count,
    )
    yield f"{heading}\n{question}"
    for status, below in zip(lost.shown, buttons, strict=True):
        last, paper = status.this_week or status.last, None
        if last and last.title:
            paper = _("last paper: {title}", title=plain(last.title, 120))
        yield dotted(schedule_text(status.group.schedule), members_text(status.members), paper)
        yield below
    if (more := lost.count - len(lost.shown)) > 0:
        yield _("-# {n} more after these.", n=more)


def wish_of(said: ids.GroupZone, zone: str) -> GroupWish:
    """Return what an old card's question for the zone says was said before, with the zone."""
    if not isinstance(said, ids.GroupZoneFor):
        return GroupWish(zone=zone)
    time = f"<t:{said.time[1:]}>" if said.time.startswith("t") else said.time
    weekday = int(said.weekday) if said.weekday else None
    return GroupWish(weekday, time or None, int(said.role_id) if said.role_id else None, zone)
