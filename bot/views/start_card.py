"""The hello to a server, and the way from it to a weekly paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import app_commands, ui

from bot.core.groups import Group
from bot.core.weekly import Schedule
from bot.core.zones import ZoneChoice, resolve_zone, zones_matching
from bot.errors import (
    CannotPostError,
    NotOfferedError,
    ReaderError,
    UnknownZoneError,
    WrongChannelError,
)
from bot.views import group_texts as words
from bot.views.buttons import ROW_ID, AgainButton, PlainButton, again_button, picked
from bot.views.group_card import moderators_card
from bot.views.permissions import TAG_NEEDED, missing, needed, usable_tags
from bot.views.plain import clipped
from bot.views.replies import Form, answer, answer_click, answers_errors
from bot.views.rights import check_opener, check_right

if TYPE_CHECKING:
    from bot.app import NextreadBot

MONDAY, NINE = 0, 9

GroupChannel = discord.TextChannel | discord.ForumChannel
CHANNELS_OF_GROUPS = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
)
"""Where a group can be: Discord's announcement channels are text channels, its media are forums."""


def greeting_card() -> ui.LayoutView:
    """Build the hello: every reader's command works at once, one button starts a weekly paper."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay(words.GREETING), ui.ActionRow(StartButton())))
    view.stop()
    return view


def zone_card(
    choices: Sequence[ZoneChoice], channel_id: int, opener_id: int, again: ui.Button[Any]
) -> ui.LayoutView:
    """Build the question which of several zones is meant; ``again`` leads back to the form."""
    view = ui.LayoutView(timeout=None)
    question = ui.TextDisplay[Any](words.which_zone_text(len(choices)))
    select = ZoneSelect(channel_id, opener_id, choices)
    view.add_item(ui.Container(question, ui.ActionRow(select), ui.ActionRow(again)))
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


def check_place(channel: discord.abc.GuildChannel, *, has_post: bool = False) -> None:
    """Check that papers can be posted there; ``has_post``: the group's post in its forum is made.

    Raises:
        CannotPostError: it names what is missing.
    """
    if lacks := missing(channel, needed(channel, has_post=has_post)):
        raise CannotPostError(f"lacks:{','.join(lacks)}")
    if isinstance(channel, discord.ForumChannel) and not has_post and usable_tags(channel) is None:
        raise CannotPostError(TAG_NEEDED)


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
        typed = self._zone.value
        channel = channel_of(interaction, channel_id)
        locale, now = str(interaction.guild_locale or ""), interaction.created_at
        zone = resolve_zone(typed, locale, now)
        if zone is not None:
            await answer(interaction, await _settle_zone(interaction, channel, zone))
            return
        choices = zones_matching(typed, locale, now)
        if not choices:
            raise UnknownZoneError(typed)
        again = await self._kept(interaction)
        await answer(interaction, zone_card(choices, channel.id, interaction.user.id, again))


class ZoneSelect(
    ui.DynamicItem[ui.Select[Any]],
    template=r"zone:(?P<channel>[0-9]{1,20}):(?P<opener>[0-9]{1,20})",
):
    """Settles which zone was meant, and makes the group."""

    def __init__(self, channel_id: int, opener_id: int, choices: Iterable[ZoneChoice] = ()) -> None:
        self.channel_id, self.opener_id = channel_id, opener_id
        options = [
            discord.SelectOption(label=clipped(choice.label, 100), value=choice.zone)
            for choice in choices
        ]
        super().__init__(
            ui.Select(
                custom_id=f"zone:{channel_id}:{opener_id}",
                placeholder=words.PICK_A_ZONE,
                options=options,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction
        made = cls(int(match["channel"]), int(match["opener"]))
        made.item = cast("ui.Select[Any]", item)
        return made

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        channel = channel_of(interaction, self.channel_id)
        zone = picked(self.item)
        if resolve_zone(zone, "", interaction.created_at) != zone:
            raise UnknownZoneError(zone)
        await answer_click(interaction, await _settle_zone(interaction, channel, zone))


async def _settle_zone(
    interaction: discord.Interaction[Any], channel: GroupChannel, zone: str
) -> ui.LayoutView:
    """Make the channel's group; one that is there keeps all but its zone."""
    bot = cast("NextreadBot", interaction.client)
    group = await bot.groups.find(channel.id)
    if group is None:
        return await settle_group(interaction, channel, Schedule(MONDAY, NINE, 0, zone))
    schedule = replace(group.schedule, zone=zone)
    return await settle_group(interaction, channel, schedule, group.role_id, group)


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
