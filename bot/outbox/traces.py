"""How we find a message of ours again in a channel: by a trace, stored before it is sent.

A trace is an id of ours that the message carries, on a button or another part. A poll can't carry
one, so we know it by its question, below the card of its vote; an event neither, so we know it by
the address of its paper. A changed text, name or language never hides what was sent.
"""

from discord import ui

from bot.outbox.discord import Seen
from bot.views.custom_ids import CustomId


def by_button(click: CustomId) -> str:
    """Return the trace of a message with a button or select of this custom_id."""
    return f"button:{click}"


def by_part(row_id: int) -> str:
    """Return the trace of a message whose last part was ``marked`` for this row."""
    return f"part:{_part_id(row_id)}"


def marked(view: ui.LayoutView, row_id: int) -> ui.LayoutView:
    """Give the view's last part an id of ours."""
    view.children[-1].id = _part_id(row_id)
    return view


def by_question(question: str, card_id: int) -> str:
    """Return the trace of a poll sent after this message.

    A vote that was called off and the next one ask the same question.
    """
    return f"question:{card_id}:{question}"


def by_link(link: str) -> str:
    """Return the trace of an event whose text holds this link."""
    return f"link:{link}"


def is_of(trace: str, seen: Seen) -> bool:
    """Tell whether this message has the trace."""
    way, _, what = trace.partition(":")
    if way == "button":
        return what in seen.custom_ids
    if way == "part":
        return int(what) in seen.part_ids
    if way == "link":
        return what in seen.text.split()
    card_id, _, question = what.partition(":")
    return seen.message_id > int(card_id) and seen.question == question


def _part_id(row_id: int) -> int:
    """Discord allows 32 bits, and gives small ids to parts without one."""
    return row_id & 0x3FFF_FFFF | 0x4000_0000
