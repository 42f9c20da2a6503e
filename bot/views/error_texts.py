"""What is said of an expected failure; other modules of words register their own errors here."""

from __future__ import annotations

from functools import singledispatch

from bot.errors import (
    ChangedSinceError,
    LedgerError,
    NoLongerListedError,
    NothingCurrentError,
    NothingToDoubtError,
    NotOfferedError,
    NotYoursError,
    SlipError,
    TooManyNamesError,
    TooOldToUndoError,
    UnknownResourceError,
    UnknownStepError,
    WrongWordError,
)
from bot.plain import plain

BROKEN = "Something went wrong on my side, and it is noted in my log. Nothing was lost: try again."


@singledispatch
def error_text(error: Exception) -> str:
    """Return what happened and what to do next; for the unexpected, one apology."""
    del error
    return BROKEN


LEDGER = {
    "busy": "Another program is using my database just now. Nothing was changed: try again.",
    "lost": "I can't reach my database just now. Nothing was changed: try again in a minute.",
    "unwritable": (
        "My database can't be written just now, so nothing was changed. Whoever runs me finds the"
        " reason in my log; please tell them."
    ),
    "unknown": (
        "I lost my database while I was saving, and can't tell whether that was kept. Have a look"
        " first, and try again if it wasn't."
    ),
}


@error_text.register
def _(error: LedgerError) -> str:
    return LEDGER[error.why]


@error_text.register
def _(error: UnknownResourceError) -> str:
    if error.like_it:
        return f"Several resources fit “{plain(error.typed, 80)}”. Which one is meant?"
    return f"Nothing on the list fits “{plain(error.typed, 80)}”. `/search` takes a word of it."


@error_text.register
def _(error: TooManyNamesError) -> str:
    return f"I take {error.most} names at once. Nothing was changed: send them in several parts."


@error_text.register
def _(error: NoLongerListedError) -> str:
    return f"**{plain(error.title)}** is no longer on the list. What was marked before is kept."


@error_text.register
def _(error: NothingToDoubtError) -> str:
    return (
        f"**{plain(error.title, 80)}** waits for nothing you haven't read any more, so there is"
        " nothing to doubt. `/path` shows the way as it is now."
    )


@error_text.register
def _(error: UnknownStepError) -> str:
    return f"There is no step “{plain(error.typed, 80)}”. `/curriculum` shows them all."


@error_text.register
def _(_: NothingCurrentError) -> str:
    return (
        "There is nothing that I showed you last as the next one: `/next` shows it. Or say what"
        " you've read: `/done` takes a title, and `/search` finds one."
    )


@error_text.register
def _(_: TooOldToUndoError) -> str:
    return "That can't be undone any more: I keep your last twenty changes."


@error_text.register
def _(error: ChangedSinceError) -> str:
    if not error.title:
        return "You changed your goal again after that. Undo the later change first."
    return f"You marked **{plain(error.title)}** again after that. Undo the later change first."


@error_text.register
def _(_: NotOfferedError) -> str:
    return "That isn't one of the choices here, or not any more. The same command shows them anew."


@error_text.register
def _(_: NotYoursError) -> str:
    return "This card belongs to somebody else. The same command gives you your own."


@error_text.register
def _(_: SlipError) -> str:
    return "The card had just changed under your tap, so I did nothing. Tap again if you meant it."


@error_text.register
def _(error: WrongWordError) -> str:
    typed = f"You typed “{plain(error.typed, 40)}”" if error.typed.strip() else "You typed nothing"
    return f"{typed}, so I left everything as it is. If you mean it, type the word {error.word}."
