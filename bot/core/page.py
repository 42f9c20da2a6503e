"""What a page says of itself: all that is known of a link before somebody describes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.core.curriculum import Kind


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Whatever was found; nothing is promised. ``minutes`` is an estimate.

    Texts are one clean line each, at most 200 (title) and 120 (authors) characters; foreign all
    the same, so views show them through ``plain()``.
    """

    title: str = ""
    authors: str = ""
    year: int | None = None
    minutes: int | None = None
    kind: Kind | None = None


FetchFacts = Callable[[str], Awaitable[PageFacts]]
"""Looks at the page behind a link; never raises for trouble on the way."""
