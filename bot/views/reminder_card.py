"""The reminder of an unread paper, as a direct message, and the button that asks for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import ui

from bot.core.groups import Reminder
from bot.plain import fitting
from bot.views import reminder_texts as words
from bot.views import texts
from bot.views.buttons import ROW_ID, RowButton, StateButton, remind_button, row_id
from bot.views.group_card import members_card, post_link
from bot.views.replies import answer_click, answers_errors
from bot.views.resource_card import next_card

if TYPE_CHECKING:
    from bot.app import NextreadBot


def reminder_card(reminder: Reminder, server: str) -> ui.LayoutView:
    """Build the direct message; ``server`` is the name of the group's server."""
    row: ui.ActionRow[Any] = ui.ActionRow()
    row.add_item(ui.Button(label=texts.OPEN, url=reminder.resource.url))
    row.add_item(ReminderDoneButton(reminder.post.slot_id))
    if thread := post_link(reminder.group.guild_id, reminder.post):
        row.add_item(ui.Button(label=words.DISCUSSION, url=thread))
    text = fitting(words.reminder_lines(reminder, server), 4000)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay(text), row))
    view.stop()
    return view


class RemindButton(StateButton, template=rf"remind:(?P<way>on|off):{ROW_ID}"):
    """Asks for reminders in a group, or ends them."""

    def __init__(self, group_id: int, *, wanted: bool) -> None:
        self.group_id, self.wanted = group_id, wanted
        super().__init__(remind_button(group_id, wanted=wanted))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), wanted=match["way"] == "on")

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        where, who = interaction.guild_id or 0, interaction.user.id
        await bot.services.reminders.ask(where, self.group_id, who, wanted=self.wanted)
        bot.weekly_changed()
        status = await bot.services.groups.look(where, self.group_id, who)
        await answer_click(interaction, members_card(interaction, status))


class ReminderDoneButton(RowButton, template=rf"reminded:{ROW_ID}"):
    """Marks the paper of a reminder done."""

    prefix = "reminded"
    label = words.DONE
    style = discord.ButtonStyle.success

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        reply = await bot.services.reminders.finish(interaction.user.id, self.about)
        await answer_click(interaction, next_card(reply))
