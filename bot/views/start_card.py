"""The hello to a server, and the way from it to a group that has its channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import discord
from discord import app_commands, ui

from bot.core.clock_time import stamp_in, time_of_day
from bot.core.groups import (
    GroupForm,
    GroupStatus,
    GroupWish,
    Here,
    LostGroups,
    Moved,
    SeenChannel,
    SeenRole,
    SetUp,
    WhichGroup,
    WhichHour,
    WhichZone,
)
from bot.core.zones import ZoneChoice
from bot.errors import (
    CannotPostError,
    NotOfferedError,
    OldCardError,
    ReaderError,
    WrongChannelError,
)
from bot.views import group_texts as words
from bot.views import lost_group_texts as lost_words
from bot.views.buttons import (
    CHANNELS_OF_GROUPS,
    ROW_ID,
    AgainButton,
    PlainButton,
    StateButton,
    StateSelect,
    again_button,
    move_select,
    picked,
    row_id,
)
from bot.views.group_card import moderators_card
from bot.views.permissions import is_mentionable, problem_in
from bot.views.replies import Form, answer, answer_click, answers_errors, notice, select_of
from bot.views.rights import check_opener, check_right

if TYPE_CHECKING:
    from bot.app import NextreadBot

GroupChannel = discord.TextChannel | discord.ForumChannel
Way = Literal["stop", "move"]


def greeting_card() -> ui.LayoutView:
    """Build the hello: every reader's command works at once, one button starts a weekly paper."""
    return _box(ui.TextDisplay(words.GREETING), ui.ActionRow(StartButton()))


async def set_up(
    interaction: discord.Interaction[Any], channel: GroupChannel, wish: GroupWish
) -> SetUp:
    """Set a channel's group up as wished, given what Discord's cache says."""
    bot = cast("NextreadBot", interaction.client)
    role = channel.guild.get_role(wish.role_id or 0)
    name = None if role is None or role.is_default() else role.name
    seen = None if role is None else SeenRole(name, is_mentionable(role))
    setup, there = bot.services.group_setup, seen_channel(channel)
    made = await setup.set_up(here_of(interaction), there, wish, seen)
    if isinstance(made, GroupStatus):
        bot.weekly_changed()
    return made


def set_up_card(
    interaction: discord.Interaction[Any], made: SetUp, again: ui.Button[Any] | None = None
) -> ui.LayoutView:
    """Build the card of what came of setting a group up; ``again`` leads back to the form."""
    who = interaction.user.id
    match made:
        case GroupStatus():
            return moderators_card(interaction, made)
        case Moved():
            news = "" if made.left is None else words.moved_text(made.left)
            return moderators_card(interaction, made.status, news)
        case WhichZone():
            question = words.which_zone_text(made.wish.zone, len(made.choices), fits=made.fits)
            return _question_card(question, zone_select(made, who), again)
        case WhichHour():
            question = words.which_hour_text(made.typed)
            return _question_card(question, HourSelect(made.kept_id, who), again)
        case WhichGroup():
            return which_group_card(made, who, is_here=made.channel_id == home_of(interaction))


def _question_card(
    question: str, select: StateSelect, again: ui.Button[Any] | None
) -> ui.LayoutView:
    rows = [ui.ActionRow[Any](item) for item in (select, again) if item is not None]
    return _box(ui.TextDisplay(question), *rows)


def _box(*items: ui.Item[Any]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items))
    view.stop()
    return view


async def tell_lost_groups(interaction: discord.Interaction[Any]) -> bool:
    """Show a moderator this server's groups without a channel; tell whether there are any."""
    setup = cast("NextreadBot", interaction.client).services.group_setup
    lost = await setup.lost(here_of(interaction))
    if lost is not None:
        await answer(interaction, lost_groups_card(lost, interaction.user.id))
    return lost is not None


def lost_groups_card(lost: LostGroups, opener_id: int) -> ui.LayoutView:
    """Build the card, in which groups can be moved to a channel that has none of its own."""
    advice = (lost_words.MOVE, lost_words.MAKE_ANOTHER) if lost.is_free else (lost_words.NO_PLACE,)
    ways: tuple[Way, ...] = ("move", "stop") if lost.is_free else ("stop",)

    def buttons(group_id: int) -> ui.ActionRow[Any]:
        return ui.ActionRow(*(LostGroupButton(way, group_id, opener_id) for way in ways))

    return _box(*_lost_items(lost, "\n".join(advice), buttons))


def which_group_card(asked: WhichGroup, who: int, *, is_here: bool) -> ui.LayoutView:
    """Build the question whether a new group is meant, or one that lost its channel."""
    question = lost_words.which_text(asked.channel_id, can_be_new=asked.can_be_new)
    label = lost_words.MOVE_HERE if is_here else lost_words.MOVE_THERE

    def button(group_id: int, label: str = label) -> ui.ActionRow[Any]:
        return ui.ActionRow(WhichGroupButton(group_id, asked.kept_id, who, label))

    new = [button(0, lost_words.MAKE_NEW)] if asked.can_be_new else []
    return _box(*_lost_items(asked.lost, question, button), *new)


def _lost_items(
    lost: LostGroups, question: str, row: Callable[[int], ui.ActionRow[Any]]
) -> Iterator[ui.Item[Any]]:
    yield ui.TextDisplay(f"{lost_words.heading(lost.count)}\n{question}")
    for status in lost.shown:
        yield ui.TextDisplay(lost_words.lost_group_text(status))
        yield row(status.group.group_id)
    if (more := lost.count - len(lost.shown)) > 0:
        yield ui.TextDisplay(lost_words.more_text(more))


class LostGroupButton(
    StateButton,
    template=rf"lost-group:(?P<way>stop|move):{ROW_ID}:(?P<opener>[0-9]{{1,20}})",
):
    """Stops a group whose channel is gone, or moves it to the channel of the card."""

    def __init__(self, way: Way, group_id: int, opener_id: int) -> None:
        self.way, self.group_id, self.opener_id = way, group_id, opener_id
        moves = way == "move"
        super().__init__(
            ui.Button(
                label=lost_words.MOVE_HERE if moves else lost_words.STOP,
                style=discord.ButtonStyle.primary if moves else discord.ButtonStyle.danger,
                custom_id=f"lost-group:{way}:{group_id}:{opener_id}",
            )
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(cast("Way", match["way"]), row_id(match["id"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        here, setup = here_of(interaction), bot.services.group_setup
        if self.way == "stop":
            status = await setup.stop_lost(here, self.group_id)
            view = notice(lost_words.stopped_text(status))
        else:
            channel = seen_channel(channel_of(interaction, here.channel_id))
            moved = await setup.move(here, channel, self.group_id, only_lost=True)
            view = set_up_card(interaction, moved)
        bot.weekly_changed()
        await answer_click(interaction, view)
        await tell_lost_groups(interaction)


class WhichGroupButton(
    StateButton,
    template=rf"which-group:{ROW_ID}:(?P<kept>[0-9]{{1,19}}):(?P<opener>[0-9]{{1,20}})",
):
    """Moves a group that lost its channel to the one just named; id 0: makes a new one there."""

    def __init__(
        self, group_id: int, kept_id: int, opener_id: int, label: str = lost_words.MOVE_HERE
    ) -> None:
        self.group_id, self.kept_id, self.opener_id = group_id, kept_id, opener_id
        super().__init__(
            ui.Button(
                label=label,
                style=discord.ButtonStyle.primary if group_id else discord.ButtonStyle.secondary,
                custom_id=f"which-group:{group_id}:{kept_id}:{opener_id}",
            )
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), row_id(match["kept"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot, who = cast("NextreadBot", interaction.client), interaction.user.id
        form = await bot.services.moderation.kept(
            interaction.guild_id, who, self.kept_id, GroupForm
        )
        channel = channel_of(interaction, form.channel_id or 0)
        setup, here = bot.services.group_setup, here_of(interaction)
        made = await setup.choose(here, seen_channel(channel), form, self.group_id)
        bot.weekly_changed()
        await answer_click(interaction, set_up_card(interaction, made))


class MoveSelect(
    ui.DynamicItem[ui.ChannelSelect[Any]],
    template=rf"group-move:{ROW_ID}:(?P<opener>[0-9]{{1,20}})",
):
    """Gives a living group another channel."""

    def __init__(self, group_id: int, opener_id: int) -> None:
        self.group_id, self.opener_id = group_id, opener_id
        super().__init__(move_select(group_id, opener_id))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction
        made = cls(row_id(match["id"]), int(match["opener"]))
        made.item = cast("ui.ChannelSelect[Any]", item)
        return made

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        values = cast("dict[str, Any]", interaction.data or {}).get("values") or [""]
        if not values[0].isdecimal():
            raise OldCardError  # no select of ours
        channel = channel_of(interaction, int(values[0]))
        setup, here = bot.services.group_setup, here_of(interaction)
        moved = await setup.move(here, seen_channel(channel), self.group_id)
        bot.weekly_changed()
        await answer_click(interaction, set_up_card(interaction, moved))


class StartButton(PlainButton, template=r"start-weekly"):
    """Asks those who manage the server for a channel and a zone."""

    custom = "start-weekly"
    label = words.START
    style = discord.ButtonStyle.primary

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_right(interaction)
        await interaction.response.send_modal(StartForm())


class StartAgainButton(AgainButton, template=rf"again-start:{ROW_ID}:(?P<opener>[0-9]{{1,20}})"):
    """Opens the form as it was filled when it was refused."""

    form = "start"

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        moderation = cast("NextreadBot", interaction.client).services.moderation
        who = interaction.user.id
        form = await moderation.kept(interaction.guild_id, who, self.kept_id, GroupForm)
        await interaction.response.send_modal(StartForm(form.channel_id, form.wish.zone))


class StartForm(Form, title=words.START_TITLE):
    """Channel and zone are all that is asked; the rest has defaults."""

    channel: ui.Label[Any] = ui.Label(
        text=words.START_CHANNEL,
        description=words.START_CHANNEL_HINT,
        component=ui.ChannelSelect(
            custom_id="channel",
            channel_types=list(CHANNELS_OF_GROUPS),
            required=True,
        ),
    )
    zone: ui.Label[Any] = ui.Label(
        text=words.START_ZONE,
        description=words.START_ZONE_HINT,
        component=ui.TextInput(custom_id="zone", max_length=60, placeholder="Seoul"),
    )

    def __init__(self, channel_id: int | None = None, zone: str = "") -> None:
        super().__init__()
        self._select = cast("ui.ChannelSelect[Any]", self.channel.component)
        self._zone = cast("ui.TextInput[Any]", self.zone.component)
        self._zone.default = zone or None
        if channel_id is not None:
            kind = discord.SelectDefaultValueType.channel
            self._select.default_values = [discord.SelectDefaultValue(id=channel_id, type=kind)]

    async def again(
        self, interaction: discord.Interaction[Any], error: ReaderError
    ) -> ui.Button[Any] | None:
        del error  # another city or channel mends each of them
        return await self._kept(interaction)

    async def _kept(self, interaction: discord.Interaction[Any]) -> ui.Button[Any]:
        moderation = cast("NextreadBot", interaction.client).services.moderation
        who, where = interaction.user.id, interaction.guild_id or 0
        form = GroupForm(self._channel_id(), GroupWish(zone=self._zone.value))
        return again_button("start", await moderation.keep(where, who, form), who)

    def _channel_id(self) -> int | None:
        # Discord.py hands on as text what Discord doesn't say to be a channel.
        chosen = (app_commands.AppCommandChannel, app_commands.AppCommandThread)
        return next((one.id for one in self._select.values if isinstance(one, chosen)), None)

    @answers_errors
    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        await check_right(interaction)
        channel_id = self._channel_id()
        if channel_id is None:
            raise NotOfferedError
        channel = channel_of(interaction, channel_id)
        made = await set_up(interaction, channel, GroupWish(zone=self._zone.value))
        again = await self._kept(interaction) if isinstance(made, WhichZone) else None
        await answer(interaction, set_up_card(interaction, made, again))


class ZoneSelect(
    StateSelect,
    template=r"zone:(?P<channel>[0-9]{1,20}):(?P<opener>[0-9]{1,20})",
):
    """Settles which zone was meant, and makes the group or changes its zone."""

    wish = GroupWish()

    def __init__(self, channel_id: int, opener_id: int, choices: Iterable[ZoneChoice] = ()) -> None:
        self.channel_id, self.opener_id = channel_id, opener_id
        super().__init__(_select(f"zone:{channel_id}:{opener_id}", choices))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(int(match["channel"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        channel = channel_of(interaction, self.channel_id)
        made = await set_up(interaction, channel, replace(self.wish, zone=picked(self.item)))
        await answer_click(interaction, set_up_card(interaction, made))


class HourSelect(StateSelect, template=rf"hour-for:{ROW_ID}:(?P<opener>[0-9]{{1,20}})"):
    """Settles the hour where what was typed is no time of day."""

    def __init__(self, kept_id: int, opener_id: int) -> None:
        self.kept_id, self.opener_id = kept_id, opener_id
        hours = [(f"{hour:02}:00", f"{hour:02}:00") for hour in range(24)]
        super().__init__(select_of(f"hour-for:{kept_id}:{opener_id}", words.PICK_AN_HOUR, hours))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        moderation = cast("NextreadBot", interaction.client).services.moderation
        who = interaction.user.id
        form = await moderation.kept(interaction.guild_id, who, self.kept_id, GroupForm)
        channel = channel_of(interaction, form.channel_id or 0)
        made = await set_up(interaction, channel, replace(form.wish, time=picked(self.item)))
        await answer_click(interaction, set_up_card(interaction, made))


class WishZoneSelect(
    ZoneSelect,
    template=r"zone-for:(?P<channel>[0-9]{1,20}):(?P<opener>[0-9]{1,20})"
    r":(?P<weekday>[0-6]?):(?P<time>t?[0-9]{0,12}):(?P<role>[0-9]{0,20})",
):
    """Settles which zone was meant where more was said than a zone, which isn't lost."""

    def __init__(
        self, channel_id: int, opener_id: int, wish: GroupWish, choices: Iterable[ZoneChoice] = ()
    ) -> None:
        self.channel_id, self.opener_id, self.wish = channel_id, opener_id, wish
        day = "" if wish.weekday is None else wish.weekday
        said = f"{day}:{_short(wish.time)}:{wish.role_id or ''}"
        select = _select(f"zone-for:{channel_id}:{opener_id}:{said}", choices)
        ui.DynamicItem.__init__(self, select)

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        weekday, time, role = match["weekday"], match["time"], match["role"]
        wish = GroupWish(
            int(weekday) if weekday else None,
            f"<t:{time[1:]}>" if time.startswith("t") else time or None,
            int(role) if role else None,
        )
        return cls(int(match["channel"]), int(match["opener"]), wish)


def zone_select(asked: WhichZone, opener_id: int) -> ZoneSelect:
    """Build the choice of a zone that keeps all else that was said."""
    said = replace(asked.wish, zone="")
    if said == GroupWish():
        return ZoneSelect(asked.channel_id, opener_id, asked.choices)
    return WishZoneSelect(asked.channel_id, opener_id, said, asked.choices)


def _short(time: str | None) -> str:
    """Return a time as a custom_id holds it: of ``<t:…>`` only the zone tells what clocks show."""
    if time is None:
        return ""
    seconds, clock = stamp_in(time), time_of_day(time)
    if seconds is not None:
        return f"t{seconds}"
    return f"{clock[0]:02}{clock[1]:02}" if clock else ""


def _select(custom_id: str, choices: Iterable[ZoneChoice]) -> ui.Select[Any]:
    labelled = [(choice.zone, choice.label) for choice in choices]
    return select_of(custom_id, words.PICK_A_ZONE, labelled)


def here_of(interaction: discord.Interaction[Any]) -> Here:
    """Return who asks and where, with what Discord's cache says of their server."""
    guild, locale = interaction.guild, str(interaction.guild_locale or "")
    channel_ids = None
    if guild is not None and not guild.unavailable:
        channel_ids = frozenset(channel.id for channel in guild.channels)
    guild_id, who = interaction.guild_id or 0, interaction.user.id
    return Here(guild_id, home_of(interaction), who, locale, channel_ids)


def seen_channel(channel: GroupChannel) -> SeenChannel:
    """Return what Discord's cache says of a channel for papers."""
    is_forum = isinstance(channel, discord.ForumChannel)
    problem, post_problem = problem_in(channel), problem_in(channel, has_post=True)
    return SeenChannel(channel.id, is_forum, problem, post_problem)


def home_of(interaction: discord.Interaction[Any]) -> int:
    """Return the channel a command or a click is about: in a thread, its parent."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return interaction.channel_id or 0


def channel_of(interaction: discord.Interaction[Any], channel_id: int) -> GroupChannel:
    """Return a channel of the interaction's own server, for papers to be posted in.

    Raises:
        CannotPostError: there is no such channel, or the bot can't see it.
        WrongChannelError: it is a voice channel, a media channel, or another without messages.
    """
    guild = interaction.guild
    channel = None if guild is None else guild.get_channel(channel_id)
    if channel is None:
        raise CannotPostError("lacks:view_channel")
    if not isinstance(channel, GroupChannel) or channel.type is discord.ChannelType.media:
        raise WrongChannelError
    return channel
