"""What a page says about itself, for whoever adds its link."""

from dataclasses import dataclass
from typing import Literal

from bot.core.curriculum import Kind

Missing = Literal["site", "page"]
"""What is not there, for certain: a name that nobody has, a page that its site doesn't know."""


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
    missing: Missing | None = None
