"""What a member sees of an answer."""

import re
from collections.abc import Iterator
from typing import Any

from discord import ui

NO_BREAK = "\N{NO-BREAK SPACE}"
UNSEEN = str.maketrans({NO_BREAK: " ", "\N{WORD JOINER}": None})
"""What only keeps a line from ending there."""
MENTION = re.compile(r"</([a-z ]+):[0-9]+>")


def text_of(result: Any) -> str:
    """Return all the text of a card, and of nothing else, as people read it and type commands."""
    told = "\n".join(part["content"] for part in _parts(result) if part.get("type") == 10)
    return MENTION.sub(r"`/\1`", told.translate(UNSEEN))


def title_of(result: Any) -> str:
    """Return the title of the resource that a card shows."""
    return text_of(result).split("## [")[1].split("](http")[0]


def labels_of(result: Any) -> list[str]:
    """Return the labels of a card's buttons, in order."""
    return [part["label"] for part in _parts(result) if part.get("type") == 2]


def posts_in(channel: Any) -> list[Any]:
    """Return the papers of the week that stand in the channel."""
    return [m for m in channel.history() if "Paper of the week" in text_of(m)]


def custom_id_of(result: Any, label: str) -> str:
    """Return what the button with this label sends when it is clicked."""
    return next(part["custom_id"] for part in _parts(result) if part.get("label") == label)


def options_of(result: Any) -> list[str]:
    """Return the values a card's select offers."""
    return [o["value"] for part in _parts(result) if part.get("type") == 3 for o in part["options"]]


def option_labels_of(result: Any) -> list[str]:
    """Return what a card's select says of each choice."""
    options = (o for part in _parts(result) if part.get("type") == 3 for o in part["options"])
    return [each["label"].translate(UNSEEN) for each in options]


def hints_of(result: Any) -> list[str]:
    """Return what a card's select says of each choice in small letters; "" for nothing."""
    parts = (part for part in _parts(result) if part.get("type") == 3)
    options = (option for part in parts for option in part["options"])
    return [(each.get("description") or "").translate(UNSEEN) for each in options]


def select_of(result: Any) -> str:
    """Return the custom_id of a card's select."""
    return next(part["custom_id"] for part in _parts(result) if part.get("type") == 3)


def custom_id_like(result: Any, start: str) -> str:
    """Return the custom_id on a card that begins so."""
    found = (part.get("custom_id") or "" for part in _parts(result))
    return next(custom_id for custom_id in found if custom_id.startswith(start))


def _parts(result: Any) -> Iterator[dict[str, Any]]:
    if isinstance(result, ui.LayoutView):  # a card that isn't sent
        yield from _walk(result.to_components())
        return
    message = getattr(result, "response", None) or result
    yield from _walk([c if isinstance(c, dict) else c.to_dict() for c in message.components])


def _walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in components:
        yield part
        yield from _walk(part.get("components", []))
        if "accessory" in part:
            yield part["accessory"]
