"""Every word of the moderators' cards about the list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.errors import (
    BadFieldError,
    LinkTakenError,
    NeedRefusedError,
    NotALinkError,
    NothingToExportError,
    StepRefusedError,
    TooManyAdditionsError,
)
from bot.plain import plain
from bot.views.error_texts import error_text


@error_text.register
def _(error: NotALinkError) -> str:
    return (
        f"I can't open “{plain(error.typed, 80)}”. Give the whole address,"
        " with https:// and at most 512 characters."
    )


_LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "title": "A title has 1 to 200 characters on one line, and no hidden ones.",
        "authors": "The authors have at most 200 characters, and no hidden ones.",
        "year": "The year is a number such as 2017.",
        "minutes": "Say how long it takes as 45, or 1 h 30.",
        "kind": "The kind is one of those offered.",
        "questions": "There are at most five questions, of 300 characters each.",
        "added_notes": "There are at most ten notes, of 500 characters each, and no hidden ones.",
        "card": "That is more text than fits on a card. Shorten the notes.",
        "needs": "One resource waits for at most 20 others.",
    }
)


@error_text.register
def _(error: BadFieldError) -> str:
    return f"{_LIMITS.get(error.field, 'That does not fit.')} Nothing was changed: try again."


@error_text.register
def _(error: LinkTakenError) -> str:
    return (
        f"That link already means **{plain(error.title, 120)}**. Nothing was changed:"
        " `/manage edit` opens that one."
    )


@error_text.register
def _(error: NeedRefusedError) -> str:
    name, needed = (f"**{plain(text, 80)}**" for text in (error.title, error.needed))
    why = _REFUSED_AS.get(error.why, _REFUSED_AS["nowhere"])
    if error.why == "loop" and error.title == error.needed:
        why = "nothing can wait for itself"
    return f"{name} can't need {needed}: {why}."


_REFUSED_AS: Mapping[str, str] = MappingProxyType(
    {
        "loop": "that one waits for it already",
        "nowhere": "that one is no longer there",
        "companion": "nothing waits for what only helps",
        "list": "what is on the list waits for no addition",
    }
)


@error_text.register
def _(error: StepRefusedError) -> str:
    return (
        f"**{plain(error.title, 80)}** can't go to **{plain(error.step, 80)}**: the maker's own"
        " stay in the maker's steps, and what helps stays with what it helps with."
    )


@error_text.register
def _(error: TooManyAdditionsError) -> str:
    return (
        f"Your server has changed {error.most:,} resources, and I keep no more."
        " `/manage export` gives you a list to run as your own."
    )


@error_text.register
def _(_: NothingToExportError) -> str:
    return "Everything on the list is removed here. `/manage edit` restores it."
