"""The answer to `/manage pick`, with the way back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import app_commands, ui

from bot.core.picking import PickReply
from bot.core.picks import LONG
from bot.core.weekly import Slot
from bot.views import pick_texts as words
from bot.views.buttons import StateButton, row_id
from bot.views.group_card import LongSelect
from bot.views.replies import answer_click, answers_errors, notice
from bot.views.rights import check_opener

if TYPE_CHECKING:
    from bot.app import NextreadBot


def pick_card(reply: PickReply, opener_id: int) -> ui.LayoutView:
    """Build what was picked, with a button that takes it back."""
    view = ui.LayoutView(timeout=None)
    button = TakeBackButton(reply.group_id, reply.slot.week, opener_id)
    text = ui.TextDisplay[Any]("\n".join(words.picked_lines(reply)))
    box: ui.Container[Any] = ui.Container(text, ui.ActionRow(button))
    if reply.resource is not None and (reply.resource.minutes or 0) > LONG:
        options = words.long_options([(reply.resource, reply.weeks)])
        box.add_item(ui.ActionRow(LongSelect(reply.group_id, opener_id, options)))
    view.add_item(box)
    view.stop()
    return view


def week_choices(
    weeks: Iterable[tuple[Slot, str]], zone: str, typed: str
) -> list[app_commands.Choice[str]]:
    """Return a group's next weeks as choices, those that fit what is typed."""
    named = [(words.week_text(slot, zone, title), slot.week) for slot, title in weeks]
    wanted = typed.casefold().strip()
    return [
        app_commands.Choice(name=name, value=week)
        for name, week in named
        if wanted in f"{name} {week}".casefold()
    ]


class TakeBackButton(
    StateButton,
    template=r"unpick:(?P<id>[0-9]{1,19}):(?P<week>[0-9]{4}-W[0-9]{2}):(?P<opener>[0-9]{1,20})",
):
    """Takes a pick back, for the moderator who made it."""

    def __init__(self, group_id: int, week: str, opener_id: int) -> None:
        self.group_id, self.week, self.opener_id = group_id, week, opener_id
        super().__init__(
            ui.Button(label=words.TAKE_BACK, custom_id=f"unpick:{group_id}:{week}:{opener_id}")
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), match["week"], int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        reply = await bot.picking.take_back(interaction.guild_id or 0, self.group_id, self.week)
        await answer_click(interaction, notice(words.taken_back_text(reply)))
