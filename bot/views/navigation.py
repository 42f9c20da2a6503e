"""Leads from card to card, and names every button for the bot to register."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import ui

from bot.views import texts
from bot.views.buttons import Place, StateButton, go_button
from bot.views.curriculum_card import (
    PageButton,
    ResourceSelect,
    StepSelect,
    index_card,
    updates_card,
)
from bot.views.doubt_form import DoubtButton
from bot.views.group_card import (
    ActionButton,
    AfterListButton,
    CancelVoteButton,
    CloseVoteButton,
    DeleteGroupButton,
    GroupMoreButton,
    LongSelect,
    MemberButton,
    NoMentionButton,
    PickedSelect,
)
from bot.views.history_card import GroupButton, HistoryButton
from bot.views.me_card import me_card, settings_card
from bot.views.path_card import GoalButton, NoGoalButton, PathButton
from bot.views.pick_card import TakeBackButton, WeekSelect
from bot.views.progress_card import (
    ResetButton,
    ResetForm,
    StartSelect,
    UndoSelect,
    progress_card,
    start_card,
    undo_card,
)
from bot.views.reminder_card import RemindButton, ReminderDoneButton
from bot.views.replies import answer_click, answers_errors
from bot.views.resource_card import (
    AlsoDoneSelect,
    ClearButton,
    DoneButton,
    GoDeeperButton,
    NotThisOne,
    RatedDoneButton,
    UndoButton,
    next_card,
)
from bot.views.vote_card import CandidateSelect
from bot.views.weekly_card import JoinButton, MoreButton, ReadItButton, WhatFirstButton

if TYPE_CHECKING:
    from bot.app import NextreadBot


class GoTo(StateButton, template=rf"go:(?P<place>{'|'.join(texts.GO_TO)})"):
    """A button that leads to another card."""

    def __init__(self, place: Place) -> None:
        self.place = place
        super().__init__(go_button(place))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(cast("Place", match["place"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        who, where = interaction.user.id, interaction.guild_id
        if self.place == "next":
            await answer_click(
                interaction, next_card(await bot.services.reading.next_for(who, where))
            )
            return
        if self.place == "me":
            await answer_click(interaction, me_card(await bot.services.me.about(who)))
            return
        if self.place == "settings":
            await answer_click(interaction, settings_card(await bot.services.me.settings(who)))
            return
        journey = await bot.services.reading.journey(who, where)
        curriculum, reader = journey.curriculum, journey.reader
        match self.place:
            case "progress":
                view = progress_card(journey)
            case "undo":
                view = undo_card(journey, interaction.created_at)
            case "start":
                view = start_card(curriculum)
            case "reset":
                question = texts.reset_question(len(reader.marks))
                await interaction.response.send_modal(ResetForm(question))
                return
            case "updates":
                view = updates_card(curriculum)
            case _:
                view = index_card(curriculum, reader)
        await answer_click(interaction, view)


BUTTONS: tuple[type[ui.DynamicItem[Any]], ...] = (
    ActionButton,
    AfterListButton,
    AlsoDoneSelect,
    CancelVoteButton,
    CandidateSelect,
    ClearButton,
    CloseVoteButton,
    DeleteGroupButton,
    DoneButton,
    DoubtButton,
    GoDeeperButton,
    GoTo,
    GoalButton,
    GroupButton,
    GroupMoreButton,
    HistoryButton,
    JoinButton,
    LongSelect,
    MemberButton,
    MoreButton,
    NoGoalButton,
    NoMentionButton,
    NotThisOne,
    PageButton,
    PathButton,
    PickedSelect,
    RatedDoneButton,
    ReadItButton,
    RemindButton,
    ReminderDoneButton,
    ResetButton,
    ResourceSelect,
    StartSelect,
    StepSelect,
    WeekSelect,
    TakeBackButton,
    UndoButton,
    UndoSelect,
    WhatFirstButton,
)
"""Every button that must work after a restart."""
