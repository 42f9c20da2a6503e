"""What readers have done with a list, and the figures that follow from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from bot.core.curriculum import Curriculum, Resource, Step

State = Literal["done", "known", "skipped", "later"]
STATES: tuple[State, ...] = get_args(State)

READ: frozenset[State] = frozenset({"done", "known"})
"""Counts as read."""

UNLOCKS: frozenset[State] = frozenset({"done", "known", "skipped"})
"""Lets go on to what waits for it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A reader's state for one resource; without a mark it is untouched.

    ``until`` is set for ``later`` alone, ``rating`` (1-5) for ``done`` alone.
    """

    state: State
    changed_at: datetime
    until: datetime | None = None
    rating: int | None = None


Marks = Mapping[str, Mark]
"""Marks by resource key."""


def resolved(curriculum: Curriculum, marks: Marks) -> dict[str, Mark]:
    """Return the marks by present key: where several keys became one, the best mark counts.

    Best is done, then known, skipped, later; of two alike the newer. Keys unknown to the
    curriculum stay as they are.
    """
    best: dict[str, Mark] = {}
    for key in sorted(marks):  # databases return rows in any order
        mark = marks[key]
        present = curriculum.present(key)
        if present not in best or _rank(mark) > _rank(best[present]):
            best[present] = mark
    return best


def _rank(mark: Mark) -> tuple[int, datetime]:
    return -STATES.index(mark.state), mark.changed_at


def is_read(marks: Marks, key: str) -> bool:
    """Tell whether the resource is done or known."""
    return key in marks and marks[key].state in READ


def unlocks(marks: Marks, key: str) -> bool:
    """Tell whether what waits for the resource may go on."""
    return key in marks and marks[key].state in UNLOCKS


def is_put_off(marks: Marks, key: str, now: datetime) -> bool:
    """Tell whether the resource is put off until a time after ``now``."""
    until = marks[key].until if key in marks else None
    return until is not None and until > now


@dataclass(frozen=True, slots=True)
class Count:
    """``left_minutes`` counts what is neither read nor skipped; ``read`` excludes ``skipped``.

    ``known``: how many of those read were only marked as known.
    """

    read: int
    known: int
    skipped: int
    total: int
    left_minutes: int

    @property
    def left(self) -> int:
        """How many are neither read nor skipped."""
        return self.total - self.read - self.skipped

    @property
    def is_complete(self) -> bool:
        """Nothing is left to read."""
        return self.left == 0

    @property
    def is_done(self) -> bool:
        """All of it was read here: what was known before is none to be cheered."""
        return self.read - self.known == self.total


@dataclass(frozen=True, slots=True)
class StepCount:
    """A step's resources, those of the list and the additions counted apart."""

    step: Step
    listed: Count
    added: Count


@dataclass(frozen=True, slots=True)
class Figures:
    """What `/progress` shows. The list is the 100 %; additions are counted separately."""

    listed: Count
    added: Count
    steps: tuple[StepCount, ...]


def figures(curriculum: Curriculum, marks: Marks) -> Figures:
    """Count the reader's progress. Companions are never counted."""
    marks = resolved(curriculum, marks)
    steps = tuple(step_count(step, marks) for step in curriculum.steps)
    return Figures(*_counts(curriculum.resources, marks), steps)


def step_count(step: Step, marks: Marks) -> StepCount:
    """Count one step; ``marks`` by present key."""
    return StepCount(step, *_counts(step.resources, marks))


def _counts(resources: Sequence[Resource], marks: Marks) -> tuple[Count, Count]:
    """Count what is of the list, and the additions."""
    listed, added = [r for r in resources if not r.addition], [r for r in resources if r.addition]
    return _count(listed, marks), _count(added, marks)


def _count(resources: Sequence[Resource], marks: Marks) -> Count:
    left = [r for r in resources if not unlocks(marks, r.key)]
    read = sum(is_read(marks, r.key) for r in resources)
    skipped = len(resources) - len(left) - read
    known = sum(r.key in marks and marks[r.key].state == "known" for r in resources)
    return Count(read, known, skipped, len(resources), sum(r.minutes or 0 for r in left))


def minutes_a_week(curriculum: Curriculum, marks: Marks, now: datetime) -> int | None:
    """Return the reader's own pace over the last eight weeks; None without enough history.

    Only what was done counts, not what was known before; three of them, over a week or more.
    """
    marks = resolved(curriculum, marks)
    done = [
        (mark.changed_at, resource.minutes)
        for key, mark in marks.items()
        if mark.state == "done" and now - mark.changed_at <= timedelta(weeks=8)
        if (resource := curriculum.get(key)) is not None and resource.minutes
    ]
    if len(done) < 3:
        return None
    since = now - min(at for at, _ in done)
    if since < timedelta(weeks=1):
        return None
    return round(sum(minutes for _, minutes in done) / (since / timedelta(weeks=1)))


COUNTS_FROM = 3
"""The fewest readers behind a number: of fewer, each is soon guessed."""


def shown_count(readers: int) -> int | None:
    """Return the number of readers as others may see it; None: they see none, not even a zero."""
    return readers if readers >= COUNTS_FROM else None


def may_name(people: int, named: int) -> bool:
    """Tell whether names may be shown with a number, since the rest then counts the others."""
    others = people - named
    return others == 0 or others >= COUNTS_FROM
