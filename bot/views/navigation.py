"""Names every button that isn't answered by a function yet, for the bot to register."""

from __future__ import annotations

from typing import Any

from discord import ui

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
from bot.views.pick_card import TakeBackButton, WeekSelect
from bot.views.reminder_card import RemindButton, ReminderDoneButton
from bot.views.weekly_card import JoinButton, MoreButton, ReadItButton, WhatFirstButton

BUTTONS: tuple[type[ui.DynamicItem[Any]], ...] = (
    ActionButton,
    AfterListButton,
    CancelVoteButton,
    CloseVoteButton,
    DeleteGroupButton,
    GroupButton,
    GroupMoreButton,
    HistoryButton,
    JoinButton,
    LongSelect,
    MemberButton,
    MoreButton,
    NoMentionButton,
    PickedSelect,
    ReadItButton,
    RemindButton,
    ReminderDoneButton,
    WeekSelect,
    TakeBackButton,
    WhatFirstButton,
)
"""They must work after a restart."""
