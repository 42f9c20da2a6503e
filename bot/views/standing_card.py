"""The card above a forum group's standing post: what comes there and when; Join."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.core.groups import GroupStatus
from bot.plain import fitting
from bot.views import standing_texts as words
from bot.views.group_card import MemberButton
from bot.views.history_card import GroupButton


def standing_card(status: GroupStatus) -> ui.LayoutView:
    """Build the first message of a standing post. Its Join is how the postman knows it again."""
    group_id = status.group.group_id
    row: ui.ActionRow[Any] = ui.ActionRow(MemberButton(group_id, joins=True), GroupButton(group_id))
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay(fitting(words.standing_lines(status), 4000)), row))
    view.stop()
    return view


def standing_button(group_id: int) -> str:
    """Return the custom_id that a group's standing post, and no other message of ours, has."""
    return f"group:join:{group_id}"
