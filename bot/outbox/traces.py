"""How we find a message of ours again in a channel: by a trace, stored before it is sent.

A trace is an id of ours that the message carries, on a button or another part. A poll can't carry
one, so we know it by its question, below the card of its vote. A changed text, name or language
never hides what was sent.
"""

from typing import Any

import discord
from discord import ui

from bot.views.custom_ids import CustomId


def by_button(click: CustomId) -> str:
    """Return the trace of a message with a button or select of this custom_id."""
    return f"button:{click}"


def by_part(view: ui.LayoutView, row_id: int) -> str:
    """Give the view's last part an id of ours; return the trace of a message with it.

    Discord allows 32 bits, and gives small ids to parts without one.
    """
    part_id = row_id & 0x3FFF_FFFF | 0x4000_0000
    view.children[-1].id = part_id
    return f"part:{part_id}"


def by_question(question: str, card_id: int) -> str:
    """Return the trace of a poll sent after this message.

    A vote that was called off and the next one ask the same question.
    """
    return f"question:{card_id}:{question}"


def by_text(text: str) -> str:
    """Return the trace of a message sent before parts had ids, by one of its texts."""
    return f"text:{text}"


def is_of(trace: str, message: discord.Message) -> bool:
    """Tell whether this message has the trace."""
    way, _, what = trace.partition(":")
    if way == "button":
        parts: list[Any] = list(message.components)
        for part in parts:  # grows on the way
            parts.extend(getattr(part, "children", ()))
        return what in {getattr(part, "custom_id", None) for part in parts}
    if way == "part":
        return what in {str(getattr(part, "id", None)) for part in message.components}
    if way == "question":
        card_id, _, question = what.partition(":")
        is_below = message.id > int(card_id)
        return is_below and message.poll is not None and message.poll.question == question
    return what in {p.content for p in message.components if isinstance(p, discord.TextDisplay)}
