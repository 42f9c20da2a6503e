"""Values that services make and views show to readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.progress import Mark, Marks
from bot.core.recommend import Answer

MarkKind = Literal["done", "done_current", "known", "skipped", "later", "clear"]
"""``done_current`` is a bare `/done`; ``clear`` takes a mark away."""

ChangeKind = MarkKind | Literal["start_at", "reset", "goal", "no_goal"]


@dataclass(frozen=True, slots=True)
class GroupRead:
    """What a group of the reader was posted this week, and in which channel."""

    key: str
    channel_id: int


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader as the ledger knows them; ``marks`` by present key.

    ``group_reads`` are of the groups that count here: a server's own, in a DM all of theirs.
    """

    marks: Marks
    current: str | None = None
    goal: str | None = None
    group_reads: tuple[GroupRead, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Something a reader changed, and may undo.

    ``keys`` are the marks it touched, ``goal`` the goal it set or took away.
    """

    change_id: int
    kind: ChangeKind
    made_at: datetime
    keys: tuple[str, ...]
    goal: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What to read next, for one reader in one place; and what was just changed, if anything.

    ``from_guild``: in a DM, the server whose list this is about. ``already``: what was to be
    marked done, and was before.
    """

    curriculum: Curriculum
    reader: Reader
    answer: Answer
    change: Change | None = None
    undone: Change | None = None
    repeated: bool = False
    worth: Worth | None = None
    from_guild: int | None = None
    already: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """One name as it was typed: the resource it means, or what it may mean, the likeliest first.

    ``is_gone``: it means what is no longer listed.
    """

    typed: str
    resource: Resource | None = None
    likely: tuple[Resource, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class PartlyDone:
    """`/done` with several names, of which ``unclear`` are still to be asked about.

    ``reply`` says what became of the others, if there are any.
    """

    curriculum: Curriculum
    unclear: tuple[Meant, ...]
    reply: Reply | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """What readers thought of a resource: ``liked`` of ``rated`` gave it 4 or 5."""

    liked: int
    rated: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One resource, looked at by a reader."""

    curriculum: Curriculum
    reader: Reader
    resource: Resource
    worth: Worth | None = None
    from_guild: int | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """What to read before a resource, in order, the resource last; and what that opens."""

    curriculum: Curriculum
    reader: Reader
    resource: Resource
    steps: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class Journey:
    """How far a reader is, and what they may still undo, the newest change first."""

    curriculum: Curriculum
    reader: Reader
    minutes_a_week: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class AlsoDone:
    """Done a second time at once: meant, or a double tap? ``rating``: what was typed."""

    curriculum: Curriculum
    resource: Resource
    before: Resource | None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, the best first; ``exact`` if it means one resource for certain."""

    curriculum: Curriculum
    reader: Reader
    resources: list[Resource]
    exact: Shown | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A resource offered while somebody types."""

    resource: Resource
    step: Step
    mark: Mark | None
