"""Maps: where a reader is on a list, or on the way to something; what a picture is drawn of."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.lanes import lanes_of
from bot.core.progress import Marks, is_put_off, resolved, unlocks
from bot.core.recommend import Path, Reader, aims_of, missing_before

Look = Literal["done", "here", "ready", "locked", "later", "never", "goal", "gap"]
"""The state of a stop. ``here``: what comes next; ``gap``: it stands for several left out."""

MOST = 12
"""Stops that can be read on a phone, those that stand for others counted."""
MOST_HAD = 3
"""How many read ones stand where the way begins."""
MOST_OPENED = 6
"""Resources of the step that a reader is in."""

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Station:
    """A stop of a map before it has words. ``named``: what it is, or how many it stands for.

    ``after``: the stations, by number, from which a line leads here; each stands above. ``lane``:
    how far to the right it stands. A line runs in the lane of the station that it comes from, but
    in that of the one that it leads to if that ``gathers`` its lines.
    """

    named: Resource | Step | int
    look: Look
    lane: int = 0
    after: tuple[int, ...] = ()
    gathers: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A line of a picture. ``beside`` stands at its right end, ``or_else`` for unknown letters.

    ``is_inside``: it is part of the step above it. What else it has, it has of its station.
    """

    text: str
    look: Look
    lane: int = 0
    after: tuple[int, ...] = ()
    gathers: bool = False
    beside: tuple[str, ...] = ()
    or_else: str = ""
    is_must_read: bool = False
    is_inside: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """All that a picture shows, in words. ``legend``: what each look means.

    ``or_else`` stands for a title whose letters are unknown.
    """

    title: str
    under: str
    stops: tuple[Stop, ...]
    legend: tuple[tuple[Look, str], ...]
    or_else: str = ""


Draw = Callable[[Chart], Awaitable[bytes | None]]
"""Draws a PNG; None if there is none, or not in time: what is said goes out alone."""


def list_map(
    curriculum: Curriculum, reader: Reader, here: Resource | None, now: datetime
) -> tuple[Station, ...]:
    """Return the steps of a list from top to bottom, the one the reader is in with its resources.

    ``here``: what comes next for them. What goes deeper than the list is there once it is begun.
    """
    marks = resolved(curriculum, reader.marks)
    has_list = any(not each.addition for each in curriculum.resources)
    belong = (s for s in curriculum.steps if not has_list or _belongs(s, marks, here))
    steps = [each for each in belong if each.resources]
    if not steps:
        return ()
    at = next((n for n, each in enumerate(steps) if here in each.resources), None)
    opened = _opened(steps[at], marks, here) if at is not None else []
    inside = _around(opened, opened.index(here) if here in opened else 0, MOST_OPENED)
    left = next((n for n, each in enumerate(steps) if not _is_over(each, marks)), len(steps) - 1)
    shown = _around(steps, left if at is None else at, MOST - len(inside))
    stations: list[Station] = []
    above: int | None = None
    for step in shown:
        is_here = isinstance(step, Step) and here in step.resources
        look: Look = "gap"
        if isinstance(step, Step):
            look = "here" if is_here else _look_of_step(curriculum, step, marks, now)
        stations.append(Station(step, look, 0, () if above is None else (above,)))
        above = len(stations) - 1
        for one in inside if is_here else ():
            look = _look(curriculum, one, marks, now, here) if isinstance(one, Resource) else "gap"
            stations.append(Station(one, look, 1, (len(stations) - 1,)))
    return tuple(stations)


def way_map(path: Path, now: datetime) -> tuple[Station, ...]:
    """Return the way to something: what the reader has of it, what is missing, in order, and it.

    Lines lead from each thing to what builds on it.
    """
    curriculum, marks = path.curriculum, resolved(path.curriculum, path.reader.marks)
    aims = aims_of(curriculum, path.aim.key)
    missing = path.left or aims
    wanted = {key for each in missing for key in _needs(curriculum, each)}
    known = (r for r in curriculum.by_key.values() if r.key in wanted and r not in missing)
    had = [each for each in known if unlocks(marks, each.key)]
    end: list[Resource | Step] = [path.aim] if isinstance(path.aim, Step) else []
    here = next((r for r in missing if _look(curriculum, r, marks, now) == "ready"), None)
    room = MOST - len(had[-MOST_HAD:]) - len(end)
    named = [*had[-MOST_HAD:], *_without_middle(missing, room, here)]
    number = {each.key: n for n, each in enumerate(named) if isinstance(each, Resource)}
    gap = next((n for n, each in enumerate(named) if isinstance(each, int)), None)

    def stands_at(keys: Iterable[str]) -> set[int]:
        known = ({number[k]} if k in number else {gap} if k in left_out else () for k in keys)
        return {n for found in known for n in found if n is not None}

    left_out = {each.key for each in missing} - number.keys()
    needs = {each.key: stands_at(_needs(curriculum, each)) for each in missing}
    after: list[AbstractSet[int]] = []
    for n, each in enumerate(named):
        if isinstance(each, int):
            after.append({m for key in left_out for m in needs[key] if m < n})
        else:
            after.append({m for m in needs.get(each.key, ()) if m < n})
    looks = [_look_on_way(path, each, marks, now, here) for each in named]
    if end:
        after.append(stands_at(each.key for each in aims))
        looks.append("goal" if path.left else _over(looks))
    lines = _shortest(after)
    stops = zip([*named, *end], looks, lanes_of(lines), lines, strict=True)
    return tuple(
        Station(what, look, lane, tuple(sorted(m)), gathers)
        for what, look, (lane, gathers), m in stops
    )


def _needs(curriculum: Curriculum, resource: Resource) -> Iterable[str]:
    return (r.key for r in map(curriculum.get, resource.prerequisites) if r is not None)


def _belongs(step: Step, marks: Marks, here: Resource | None) -> bool:
    """Tell whether a step belongs on the map: of the list, begun, or the reader's own."""
    listed = any(not each.addition for each in step.resources)
    return listed or here in step.resources or any(unlocks(marks, r.key) for r in step.resources)


def _opened(step: Step, marks: Marks, here: Resource | None) -> list[Resource]:
    """Return a step's own resources, of additions those that the reader has or comes to."""
    has_list = any(not each.addition for each in step.resources)
    return [
        each
        for each in step.resources
        if not (each.addition and has_list) or each == here or unlocks(marks, each.key)
    ]


def _counted(step: Step) -> list[Resource]:
    return [r for r in step.resources if not r.addition] or [*step.resources]


def _is_over(step: Step, marks: Marks) -> bool:
    return all(unlocks(marks, each.key) for each in _counted(step))


def _look_of_step(curriculum: Curriculum, step: Step, marks: Marks, now: datetime) -> Look:
    """Return the state of a step: done, or the best that there is of what is left."""
    looks = {_look(curriculum, each, marks, now) for each in _counted(step)}
    if looks <= {"done", "never"}:
        return _over(looks)
    ways: tuple[Look, ...] = ("ready", "later")
    return next((look for look in ways if look in looks), "locked")


def _over(looks: Iterable[Look]) -> Look:
    """Return the state of what is over: read, if any of it is."""
    return "done" if "done" in looks else "never"


def _look(
    curriculum: Curriculum,
    resource: Resource,
    marks: Marks,
    now: datetime,
    here: Resource | None = None,
) -> Look:
    if unlocks(marks, resource.key):
        return "never" if marks[resource.key].state == "skipped" else "done"
    if resource == here:
        return "here"
    if missing_before(curriculum, marks, resource):
        return "locked"
    return "later" if is_put_off(marks, resource.key, now) else "ready"


def _look_on_way(
    path: Path, each: Resource | int, marks: Marks, now: datetime, here: Resource | None
) -> Look:
    if isinstance(each, int):
        return "gap"
    look = _look(path.curriculum, each, marks, now, here)
    return "goal" if each == path.aim and look == "locked" else look


def _around(items: Sequence[ItemT], at: int, room: int) -> list[ItemT | int]:
    """Return so many of the items around one, at either end the number of those left out."""
    if len(items) <= room:
        return [*items]
    first = min(max(0, at - room // 2), len(items) - room)
    before, after = first, len(items) - room - first
    shown: list[ItemT | int] = [*items[first : first + room]]
    if before:
        shown[0] = before + 1
    if after:
        shown[-1] = after + 1
    return shown


def _without_middle(
    items: Sequence[ItemT], room: int, kept: ItemT | None = None
) -> list[ItemT | int]:
    """Return so many of the items, one of them ``kept``; for those of the middle their number."""
    if len(items) <= room:
        return [*items]
    last = 2
    shown = [*items[: room - 1 - last]]
    if kept in items[len(shown) : -last]:
        shown[-1:] = [each for each in items if each == kept]
    return [*shown, len(items) - len(shown) - last, *items[-last:]]


def _shortest(after: Sequence[AbstractSet[int]]) -> list[set[int]]:
    """Drop the lines that a longer way already implies."""
    above: list[set[int]] = []
    kept = []
    for direct in after:
        further = {n for each in direct for n in above[each]}
        above.append(further | direct)
        kept.append({*direct} - further)
    return kept


def looks_in(stops: Iterable[Stop], words: Mapping[Look, str]) -> tuple[tuple[Look, str], ...]:
    """Return of the words for looks those that some stop has, in their order."""
    seen = {each.look for each in stops}
    return tuple((look, word) for look, word in words.items() if look in seen)
