"""How a message of ours is known again: by what no other message in the same place has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import discord

Mark = Callable[[discord.Message], bool]
"""Tells one message of ours from the others in its place."""


def with_button(custom_id: str) -> Mark:
    """Return what knows a message by one of its buttons or selects."""
    return lambda message: custom_id in _custom_ids(message.components)


def asking(question: str) -> Mark:
    """Return what knows a poll by its question."""
    return lambda message: message.poll is not None and message.poll.question == question


def answering(message_id: int) -> Mark:
    """Return what knows a reply by the message that it answers."""
    return lambda message: (
        message.reference is not None and message.reference.message_id == message_id
    )


def saying(text: str) -> Mark:
    """Return what knows a message by one of its texts: where ours have nothing else of their own.

    A person's notices stand in one place, several of them when several groups are in trouble.
    """
    return lambda message: text in _texts(message.components)


def without_poll(message: discord.Message) -> bool:
    """Know any message but a poll: where only one of ours can be."""
    return message.poll is None


def _texts(components: Iterable[Any]) -> set[str]:
    """Return the texts of a message, but for those inside boxes."""
    return {part.content for part in components if isinstance(part, discord.TextDisplay)}


def _custom_ids(components: Iterable[Any]) -> set[str]:
    """Return the custom_ids of a message's buttons and selects, however deep they stand."""
    found: set[str] = set()
    for component in components:
        if custom_id := getattr(component, "custom_id", None):
            found.add(custom_id)
        found |= _custom_ids(getattr(component, "children", ()))
    return found
