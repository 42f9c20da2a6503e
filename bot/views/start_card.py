"""The hello to a server, and the way from it to a weekly paper."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import app_commands, ui

from bot.core.clock_time import stamp_in, time_of_day
from bot.core.groups import Group
from bot.core.weekly import Schedule
from bot.core.zones import ZoneChoice, resolve_zone, zones_offered
from bot.errors import (
    CannotPostError,
    HasGroupError,
    NotOfferedError,
    OldCardError,
    ReaderError,
    RoleRefusedError,
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
from bot.views.permissions import TAG_NEEDED, is_mentionable, missing, needed, usable_tags
from bot.views.replies import Form, answer, answer_click, answers_errors, select_of
from bot.views.rights import check_opener, check_right

if TYPE_CHECKING:
    from bot.app import NextreadBot

MONDAY, NINE = 0, 9
WHICH_SHOWN = 4
"""Groups without a channel among which a moderator is asked: with a new one, five buttons."""

GroupChannel = discord.TextChannel | discord.ForumChannel


def greeting_card() -> ui.LayoutView:
    """Build the hello: every reader's command works at once, one button starts a weekly paper."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay(words.GREETING), ui.ActionRow(StartButton())))
    view.stop()
    return view


@dataclass(frozen=True, slots=True)
class Wish:
    """What a moderator says of a group beside its zone; ``time`` as it is typed."""

    weekday: int | None = None
    time: str | None = None
    role_id: int | None = None


NO_WISH = Wish()


async def settle_wish(
    interaction: discord.Interaction[Any],
    channel: discord.abc.GuildChannel,
    typed_zone: str,
    wish: Wish = NO_WISH,
    again: Callable[[], Awaitable[ui.Button[Any]]] | None = None,
) -> ui.LayoutView:
    """Make a channel's group as wished, or change what is said; ask where that isn't clear.

    A new group meets on Mondays at nine, unless said. ``again`` makes the button back to the
    form, which keeps what was typed.

    Raises:
        RoleRefusedError: papers don't mention that role.
        CannotPostError: it names what is missing.
    """
    bot = cast("NextreadBot", interaction.client)
    group = await bot.groups.find(channel.id)
    old = group.schedule if group else None
    locale, now = str(interaction.guild_locale or ""), interaction.created_at
    zone = resolve_zone(typed_zone, locale, now) if typed_zone or not old else old.zone
    old = old or Schedule(MONDAY, NINE, 0, zone or "UTC")
    time = time_of_day(wish.time, zone or "UTC") if wish.time else (old.hour, old.minute)
    if time is None:
        return await _ask_time(interaction, channel, typed_zone, wish)
    if group is None and not typed_zone and (asked := await ask_which(interaction, channel, None)):
        return asked
    if zone is None:
        choices, fits = zones_offered(typed_zone, locale, now)
        question = words.which_zone_text(typed_zone, len(choices), fits=fits)
        who = interaction.user.id
        if wish == NO_WISH:
            select = ZoneSelect(channel.id, who, choices)
        else:
            select = WishZoneSelect(channel.id, who, wish, choices)
        return zone_card(question, select, await again() if again else None)
    weekday = old.weekday if wish.weekday is None else wish.weekday
    role_id = group.role_id if group else None
    if wish.role_id is not None:
        role_id = _mentionable(channel.guild, wish.role_id)
    schedule = Schedule(weekday, *time, zone)
    if group is None and (asked := await ask_which(interaction, channel, schedule, role_id)):
        return asked
    return await settle_group(interaction, channel, schedule, role_id, group)


async def _ask_time(
    interaction: discord.Interaction[Any],
    channel: discord.abc.GuildChannel,
    typed_zone: str,
    wish: Wish,
) -> ui.LayoutView:
    """Build the question at which hour, where that isn't clear; all else that was said is kept."""
    moderation = cast("NextreadBot", interaction.client).moderation
    kept = {
        "channel_id": channel.id,
        "zone": typed_zone,
        "weekday": wish.weekday,
        "role_id": wish.role_id,
    }
    who = interaction.user.id
    kept_id = await moderation.keep(channel.guild.id, who, kept)
    return zone_card(words.which_hour_text(wish.time or ""), HourSelect(kept_id, who))


def _mentionable(guild: discord.Guild, role_id: int) -> int:
    role = guild.get_role(role_id)
    if role is None:
        raise NotOfferedError
    if not is_mentionable(role):
        raise RoleRefusedError(None if role.is_default() else role.name)
    return role_id


def zone_card(
    question: str, select: StateSelect, again: ui.Button[Any] | None = None
) -> ui.LayoutView:
    """Build the question which zone or hour is meant; ``again`` leads back to the form."""
    view = ui.LayoutView(timeout=None)
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(question), ui.ActionRow(select))
    if again is not None:
        box.add_item(ui.ActionRow(again))
    view.add_item(box)
    view.stop()
    return view


async def settle_group(
    interaction: discord.Interaction[Any],
    channel: discord.abc.GuildChannel,
    schedule: Schedule,
    role_id: int | None = None,
    seen: Group | None = None,
) -> ui.LayoutView:
    """Make or change a channel's group, if the bot can post there; return its card.

    ``seen``: the group from which the rest of the schedule and the role were taken.

    Raises:
        CannotPostError: it names what is missing.
    """
    bot = cast("NextreadBot", interaction.client)
    group = await bot.groups.find(channel.id)
    check_place(channel, has_post=group is not None and group.standing_id is not None)
    is_forum = isinstance(channel, discord.ForumChannel)
    who = interaction.user.id
    status = await bot.groups.settle(
        channel.guild.id, channel.id, schedule, role_id, who, is_forum=is_forum, seen=seen
    )
    bot.weekly_changed()
    return await moderators_card(interaction, status)


async def ask_which(
    interaction: discord.Interaction[Any],
    channel: discord.abc.GuildChannel,
    schedule: Schedule | None,
    role_id: int | None = None,
) -> ui.LayoutView | None:
    """Build the question whether a new group is meant, or one that lost its channel; else None.

    What was typed is kept for a day. ``schedule`` None: no zone is known for a new one.
    """
    lost = await lost_groups(interaction)
    if not lost:
        return None
    bot, guild_id, who = (
        cast("NextreadBot", interaction.client),
        channel.guild.id,
        interaction.user.id,
    )
    typed = asdict(schedule) if schedule else None
    kept = {"channel_id": channel.id, "schedule": typed, "role_id": role_id}
    kept_id = await bot.moderation.keep(guild_id, who, kept)
    question = lost_words.which_text(channel.id, can_be_new=schedule is not None)
    heading = lost_words.heading(len(lost))
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(f"{heading}\n{question}"))
    is_here = channel.id == home_of(interaction)
    label = lost_words.MOVE_HERE if is_here else lost_words.MOVE_THERE
    for group in lost[:WHICH_SHOWN]:
        status = await bot.groups.look(guild_id, group.group_id, who)
        box.add_item(ui.TextDisplay(lost_words.lost_group_text(status)))
        box.add_item(ui.ActionRow(WhichGroupButton(group.group_id, kept_id, who, label)))
    if len(lost) > WHICH_SHOWN:
        box.add_item(ui.TextDisplay(lost_words.more_text(len(lost) - WHICH_SHOWN)))
    if schedule is not None:
        box.add_item(ui.ActionRow(WhichGroupButton(0, kept_id, who, lost_words.MAKE_NEW)))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    view.stop()
    return view


async def lost_groups(interaction: discord.Interaction[Any]) -> list[Group]:
    """Return this server's groups whose channel is gone."""
    bot, guild = cast("NextreadBot", interaction.client), interaction.guild
    if guild is None or guild.unavailable:
        return []
    groups = await bot.groups.running_in(guild.id)
    return [group for group in groups if guild.get_channel(group.channel_id) is None]


async def move_group(
    interaction: discord.Interaction[Any], group: Group, channel: GroupChannel
) -> ui.LayoutView:
    """Move a group from where it was seen, if the bot can post in the other channel.

    Raises:
        CannotPostError, HasGroupError, OldCardError
    """
    bot = cast("NextreadBot", interaction.client)
    check_place(channel)
    status = await bot.groups.move(
        channel.guild.id,
        group.group_id,
        channel.id,
        interaction.user.id,
        is_forum=isinstance(channel, discord.ForumChannel),
        seen_in=group.channel_id,
    )
    bot.weekly_changed()
    was_there = channel.guild.get_channel(group.channel_id) is not None
    news = words.moved_text(group.channel_id) if was_there else ""
    return await moderators_card(interaction, status, news)


def check_place(channel: discord.abc.GuildChannel, *, has_post: bool = False) -> None:
    """Check that papers can be posted there; ``has_post``: the group's post in its forum is made.

    Raises:
        CannotPostError: it names what is missing.
    """
    if lacks := missing(channel, needed(channel, has_post=has_post)):
        raise CannotPostError(f"lacks:{','.join(lacks)}")
    if isinstance(channel, discord.ForumChannel) and not has_post and usable_tags(channel) is None:
        raise CannotPostError(TAG_NEEDED)


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
        kept = await bot.moderation.kept(interaction.guild_id, who, self.kept_id)
        channel = channel_of(interaction, kept["channel_id"])
        if not self.group_id:
            if await bot.groups.find(channel.id) is not None:
                raise HasGroupError
            schedule = Schedule(**kept["schedule"])
            view = await settle_group(interaction, channel, schedule, kept["role_id"])
            await answer_click(interaction, view)
            return
        group = (await bot.groups.look(channel.guild.id, self.group_id, who)).group
        if channel.guild.get_channel(group.channel_id) is not None:
            raise OldCardError  # another moderator has moved it meanwhile: it is well there
        await answer_click(interaction, await move_group(interaction, group, channel))


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
        status = await bot.groups.look(channel.guild.id, self.group_id, self.opener_id)
        await answer_click(interaction, await move_group(interaction, status.group, channel))


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
        moderation = cast("NextreadBot", interaction.client).moderation
        kept = await moderation.kept(interaction.guild_id, interaction.user.id, self.kept_id)
        await interaction.response.send_modal(StartForm(kept["channel_id"], kept["zone"]))


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
        moderation = cast("NextreadBot", interaction.client).moderation
        who, where = interaction.user.id, interaction.guild_id or 0
        kept = {"channel_id": self._channel_id(), "zone": self._zone.value}
        return again_button("start", await moderation.keep(where, who, kept), who)

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
        again = partial(self._kept, interaction)
        await answer(
            interaction, await settle_wish(interaction, channel, self._zone.value, again=again)
        )


class ZoneSelect(
    StateSelect,
    template=r"zone:(?P<channel>[0-9]{1,20}):(?P<opener>[0-9]{1,20})",
):
    """Settles which zone was meant, and makes the group or changes its zone."""

    wish = NO_WISH

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
        view = await settle_wish(interaction, channel, picked(self.item), self.wish)
        await answer_click(interaction, view)


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
        moderation = cast("NextreadBot", interaction.client).moderation
        kept = await moderation.kept(interaction.guild_id, interaction.user.id, self.kept_id)
        channel = channel_of(interaction, kept["channel_id"])
        wish = Wish(kept.get("weekday"), picked(self.item), kept.get("role_id"))
        await answer_click(interaction, await settle_wish(interaction, channel, kept["zone"], wish))


class WishZoneSelect(
    ZoneSelect,
    template=r"zone-for:(?P<channel>[0-9]{1,20}):(?P<opener>[0-9]{1,20})"
    r":(?P<weekday>[0-6]?):(?P<time>t?[0-9]{0,12}):(?P<role>[0-9]{0,20})",
):
    """Settles which zone was meant where more was said than a zone, which isn't lost."""

    def __init__(
        self, channel_id: int, opener_id: int, wish: Wish, choices: Iterable[ZoneChoice] = ()
    ) -> None:
        self.channel_id, self.opener_id, self.wish = channel_id, opener_id, wish
        day = "" if wish.weekday is None else wish.weekday
        said = f"{day}:{_short(wish.time)}:{wish.role_id or ''}"
        select = _select(f"zone-for:{channel_id}:{opener_id}:{said}", choices)
        ui.DynamicItem.__init__(self, select)

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        weekday, time, role = match["weekday"], match["time"], match["role"]
        wish = Wish(
            int(weekday) if weekday else None,
            f"<t:{time[1:]}>" if time.startswith("t") else time or None,
            int(role) if role else None,
        )
        return cls(int(match["channel"]), int(match["opener"]), wish)


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
