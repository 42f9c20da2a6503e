"""A list in whatever people keep lists in, read as a curriculum that has no keys of its own yet."""

from dataclasses import dataclass
from typing import Literal

from bot.core.curriculum import Curriculum

NEW = "new"
"""The id of a list that was only read, and the namespace of its keys."""

UnreadWhy = Literal["text", "twice", "no_web", "long", "many"]
"""Why a line of a file gave nothing: it names no link; its link stands in the list already; its
link is none of the web; it is too long; the list is full."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that gave nothing, counted from 1; ``text`` as it stands there, at most 200 long."""

    line: int
    text: str
    why: UnreadWhy


@dataclass(frozen=True, slots=True)
class Imported:
    """A list as a text has it: keys are ``new:<slug>``, titles "" where only a link is known."""

    curriculum: Curriculum
    unread: tuple[Unread, ...] = ()
