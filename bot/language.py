"""The reader's language: every sentence that a person reads goes through here.

The two doors and the outbox set it; whatever they call then speaks it. The words themselves
stand beside the card that shows them, and are in English.
"""

import functools
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from gettext import NullTranslations, translation
from pathlib import Path
from typing import TypeVar

SaidT = TypeVar("SaidT")

CATALOGUES = Path(__file__).parent / "locale"
"""Holds ``<language>/LC_MESSAGES/nextread.mo``; English needs none."""

ENGLISH = NullTranslations()
OF_ALL = "en"
"""Where nobody knows which one they read."""
ITSELF = "itself", "English"
"""The message, with its context, that a language says its own name with."""

_spoken: ContextVar[NullTranslations] = ContextVar("spoken", default=ENGLISH)


def speak(language: str, catalogues: Path = CATALOGUES) -> None:
    """Speak a language from now on, in the task that calls; English where we have no other.

    ``language``: as Discord names locales, such as ``ko`` or ``en-US``
    (https://discord.com/developers/docs/reference#locales).
    """
    _spoken.set(_catalogue(language_for(language, catalogues), catalogues))


def to_all(say: Callable[[], SaidT], language: str) -> SaidT:
    """Return what is said where all read it: not in the language of whose click led there."""

    def spoken() -> SaidT:
        speak(language or OF_ALL)
        return say()

    return copy_context().run(spoken)


@functools.cache
def languages(catalogues: Path = CATALOGUES) -> dict[str, str]:
    """Return what each language that can be spoken calls itself, by its code, English first."""
    folders = sorted(each.parent.parent.name for each in catalogues.glob("*/*/nextread.mo"))
    codes = [each.replace("_", "-") for each in folders]
    named = {code: _catalogue(code, catalogues).pgettext(*ITSELF) for code in codes}
    return {OF_ALL: "English", **named}


def language_for(locale: str, catalogues: Path = CATALOGUES) -> str:
    """Return the code of the language that is spoken to a Discord locale."""
    known = languages(catalogues)
    return next((each for each in (locale, locale.partition("-")[0]) if each in known), OF_ALL)


@functools.cache
def _catalogue(language: str, catalogues: Path) -> NullTranslations:
    return translation("nextread", catalogues, [language.replace("-", "_")], fallback=True)


def message(text: str) -> str:
    """Mark a message that ``said`` says later: where a class has it, nobody speaks yet."""
    return text


def said(marked: str) -> str:
    """Return a marked message in the language spoken, left for its values to be put in."""
    return _spoken.get().gettext(marked)


def said_in(language: str, text: str, context: str | None = None) -> str | None:
    """Return what a message is in a language, with its context; None: it isn't translated."""
    catalogue = _catalogue(language, CATALOGUES)
    found = catalogue.pgettext(context, text) if context else catalogue.gettext(text)
    return None if found == text else found


def _(text: str, /, **values: object) -> str:
    """Return a message in the language spoken, with its values put where it names them.

    Without values it is left as it is, for whoever puts them in.
    """
    told = said(text)
    return told.format(**values) if values else told


def pgettext(context: str, text: str, /) -> str:
    """Return a message whose English words mean something else elsewhere; ``context`` says what."""
    return _spoken.get().pgettext(context, text)


def npgettext(context: str, one: str, many: str, n: int, **values: object) -> str:
    """Return such a message for this many, as ``ngettext``: other languages count by what it is."""
    return _spoken.get().npgettext(context, one, many, n).format(n=n, **values)


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """Return the message for this many, with ``n`` and its other values put in."""
    return _spoken.get().ngettext(one, many, n).format(n=n, **values)
