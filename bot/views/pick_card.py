"""The answer to `/manage pick`, with the way back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, cast
from zoneinfo import ZoneInfo

import discord
from discord import app_commands, ui

from bot.core.picks import PickReply, is_long, weeks_meant
from bot.core.weekly import Slot
from bot.errors import UnknownWeekError
from bot.views import pick_texts as words
from bot.views.buttons import KEY, ROW_ID, StateButton, StateSelect, picked, row_id
from bot.views.group_card import LongSelect
from bot.views.replies import answer_click, answers_errors, notice, select_of, way_out
from bot.views.rights import check_opener

if TYPE_CHECKING:
    from bot.app import NextreadBot


def pick_card(reply: PickReply, opener_id: int, label: str = words.TAKE_BACK) -> ui.LayoutView:
    """Build what was picked, with a button that takes it back."""
    view = ui.LayoutView(timeout=None)
    button = TakeBackButton(reply.group_id, reply.slot.week, opener_id, label)
    read = reply.resource
    long = [(read, reply.weeks)] if read is not None and is_long(read) else []
    text = ui.TextDisplay[Any]("\n".join([*words.picked_lines(reply), *words.long_lines(long)]))
    box: ui.Container[Any] = ui.Container(text, ui.ActionRow(button))
    if options := words.long_options(long):
        box.add_item(ui.ActionRow(LongSelect(reply.group_id, opener_id, options)))
    view.add_item(box)
    view.stop()
    return view


def week_choices(
    weeks: Iterable[tuple[Slot, str]], zone: str, typed: str, now: datetime
) -> list[app_commands.Choice[str]]:
    """Return a group's next weeks as choices, those that fit what is typed."""
    meant = weeks_meant(typed, now.astimezone(ZoneInfo(zone)).date(), zone)
    named = [(words.week_text(slot, zone, title), slot.week) for slot, title in weeks]
    wanted = typed.casefold().strip()
    return [
        app_commands.Choice(name=name, value=week)
        for name, week in named
        if week in meant or wanted in f"{name} {week}".casefold()
    ]


class WeekSelect(StateSelect, template=rf"pick-week:{ROW_ID}:{KEY}"):
    """Picks for the week that is chosen, where what was typed may be several or is none."""

    def __init__(self, group_id: int, key: str, choices: Iterable[tuple[str, str]] = ()) -> None:
        self.group_id, self.key = group_id, key
        super().__init__(select_of(f"pick-week:{group_id}:{key}", words.PICK_A_WEEK, choices))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), match["key"])

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        where, who = interaction.guild_id or 0, interaction.user.id
        await check_opener(interaction, who)
        bot, week = cast("NextreadBot", interaction.client), picked(self.item)
        group = (await bot.services.groups.look(where, self.group_id, who)).group
        reply = await bot.services.picking.pick(where, group.channel_id, who, self.key, week)
        await answer_click(interaction, pick_card(reply, who))


@way_out.register
def _(error: UnknownWeekError) -> ui.Select[Any] | None:
    if not error.like_it:
        return None
    choices = [(week, words.day_of_text(day, title)) for week, day, title in error.like_it]
    return WeekSelect(error.group_id, error.key, choices).item


class TakeBackButton(
    StateButton,
    template=r"unpick:(?P<id>[0-9]{1,19}):(?P<week>[0-9]{4}-W[0-9]{2}):(?P<opener>[0-9]{1,20})",
):
    """Takes a pick back, for the moderator who made it."""

    def __init__(
        self, group_id: int, week: str, opener_id: int, label: str = words.TAKE_BACK
    ) -> None:
        self.group_id, self.week, self.opener_id = group_id, week, opener_id
        super().__init__(ui.Button(label=label, custom_id=f"unpick:{group_id}:{week}:{opener_id}"))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), match["week"], int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        reply = await bot.services.picking.take_back(
            interaction.guild_id or 0, self.group_id, self.week
        )
        await answer_click(interaction, notice(words.taken_back_text(reply)))
