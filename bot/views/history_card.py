"""A study group's past papers, page by page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import ui

from bot.core.groups import History
from bot.plain import fitting
from bot.views import group_texts as words
from bot.views.buttons import ROW_ID, RowButton, StateButton, history_button, row_id
from bot.views.group_card import members_card, post_link
from bot.views.replies import answer_click, answers_errors

if TYPE_CHECKING:
    from bot.app import NextreadBot


def history_card(history: History) -> ui.LayoutView:
    """Build a page of a group's past weeks."""
    group, page = history.group, history.page
    lines = [f"## <#{group.channel_id}>"]
    lines += [
        words.past_text(week, post_link(group.guild_id, week.post)) for week in history.weeks
    ] or [words.NO_PAST]
    row: ui.ActionRow[Any] = ui.ActionRow()
    if page > 0:
        row.add_item(history_button(group.group_id, page - 1, words.NEWER))
    if history.has_more:
        row.add_item(history_button(group.group_id, page + 1, words.OLDER))
    row.add_item(GroupButton(group.group_id))
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay(fitting(lines, 4000)), row))
    view.stop()
    return view


class HistoryButton(StateButton, template=rf"past:{ROW_ID}:(?P<page>[0-9]{{1,4}})"):
    """Shows a page of a group's past."""

    def __init__(self, group_id: int, page: int) -> None:
        self.group_id, self.page = group_id, page
        super().__init__(history_button(group_id, page))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), int(match["page"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        groups = cast("NextreadBot", interaction.client).services.groups
        history = await groups.history(interaction.guild_id or 0, self.group_id, self.page)
        await answer_click(interaction, history_card(history))


class GroupButton(RowButton, template=rf"group-card:{ROW_ID}"):
    """Leads back to the group's card."""

    prefix = "group-card"
    label = words.TO_GROUP

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        groups = cast("NextreadBot", interaction.client).services.groups
        who = interaction.user.id
        status = await groups.look(interaction.guild_id or 0, self.about, who)
        await answer_click(interaction, members_card(interaction, status))
