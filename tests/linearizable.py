"""Whether answers that overlapped could have been given one after the other, to one reader.

``explained`` tries every order, as Wing and Gong do in "Testing and verifying concurrent objects".
``after`` says what each operation does to the rows, and its answer: written anew from what readers
are promised, so that it shares no mistake with the bot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

NEEDS = {"demo:p0": None, "demo:p1": None, "demo:p2": "demo:p1", "demo:p3": None}
"""The list, in its order: what each resource waits for."""

A_WEEK, A_MINUTE = 7 * 86_400_000, 60_000
UNKNOWN = "unknown"
"""The answer of an operation that was interrupted: it was done, or it wasn't."""


@dataclass
class Operation:
    """What a client asked of a process; ``began`` and ``ended`` number all such moments.

    ``now``: by the clock of the process, in milliseconds.
    """

    number: int
    client: str
    asks: tuple[Any, ...]
    now: int
    began: int
    ended: float
    answer: Any = UNKNOWN

    def __str__(self) -> str:
        cut = "cut short at " * (self.answer is UNKNOWN)
        asks = " ".join(str(each) for each in self.asks if each is not None)
        when = f"[{self.began}, {cut}{self.ended:g}], by its clock {self.now / 1000:.3f}"
        return f"{self.number:>2}. {when}, {self.client}: {asks}"


@dataclass(frozen=True)
class Rows:
    """What is kept of a reader. A mark: (state, changed_at, until_at, rating).

    ``changes``: by the number of the operation that made each, the newest last.
    """

    known: bool = False
    current: str | None = None
    marks: Mapping[str, tuple] = field(default_factory=dict)
    changes: Mapping[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def ratings(self) -> dict[str, tuple[int, int]]:
        """Return (rated, liked) of what this reader rated."""
        return {key: (1, int(m[3] >= 4)) for key, m in self.marks.items() if m[3] is not None}


@dataclass(frozen=True)
class Verdict:
    """``order``: one that explains all answers, or the longest that explains some."""

    is_explained: bool
    order: tuple[Operation, ...]
    rows: Rows


def explained(operations: Sequence[Operation]) -> Verdict:
    """Look for an order in which every operation answers what it did.

    What was answered before another operation began comes before it.
    """
    seen: set[tuple[tuple[int, ...], str]] = set()
    best = Verdict(False, (), Rows())

    def search(
        left: tuple[Operation, ...], rows: Rows, order: tuple[Operation, ...]
    ) -> Verdict | None:
        nonlocal best
        if len(order) > len(best.order):
            best = Verdict(False, order, rows)
        if not left:
            return Verdict(True, order, rows)
        here = tuple(op.number for op in left), repr(rows)
        if here in seen:
            return None
        seen.add(here)
        for op in _may_be_next(left):
            rest, (then, answer) = tuple(each for each in left if each is not op), after(rows, op)
            found = search(rest, then, (*order, op)) if op.answer in (UNKNOWN, answer) else None
            if found is None and op.answer is UNKNOWN:
                found = search(rest, rows, order)
            if found is not None:
                return found
        return None

    return search(tuple(operations), Rows(), ()) or best


def _may_be_next(left: Sequence[Operation]) -> list[Operation]:
    first_end = min(op.ended for op in left)
    return [op for op in left if op.began < first_end]


def in_words(operations: Sequence[Operation], verdict: Verdict) -> str:
    """Tell a history that no order explains: what was asked and answered, and how far one goes."""
    left = [op for op in operations if op not in verdict.order and op.answer is not UNKNOWN]
    lines = [f"{op}\n      -> {_short(op.answer)}" for op in operations]
    lines.append(f"In the order {[op.number for op in verdict.order]} there would be then")
    lines.append(f"      {_short(asdict(verdict.rows))}")
    lines += [
        f"and {op.number} would answer\n      -> {_short(after(verdict.rows, op)[1])}"
        for op in (_may_be_next(left) if left else ())
    ]
    return "\n".join(lines).replace("demo:", "")


def _short(answer: Any) -> Any:
    if not isinstance(answer, dict):
        return answer
    return {name: value for name, value in answer.items() if value not in (None, False, [], {})}


def after(rows: Rows, op: Operation) -> tuple[Rows, Any]:
    """Return the rows after an operation, and its answer."""
    match op.asks:
        case ("mark", keys, kind, rating):
            return _mark(rows, op, keys, kind, rating)
        case ("done_current", rating):
            return _done_current(rows, op, rating)
        case ("undo", made_by):
            return _undo(rows, op, made_by)
        case ("reset",):
            return _change(rows, op, "reset", dict.fromkeys(rows.marks))
        case ("delete",):
            return Rows(), rows.known
        case ("next",):
            shown = _next(rows.marks, op.now)
            then = rows if shown == rows.current else replace(rows, known=True, current=shown)
            return then, _reply(then, shown)
        case ("look",):
            return rows, {"marks": rows.marks, "current": rows.current}
        case ("rows",):
            return rows, asdict(rows) | {"ratings": rows.ratings, "order": list(rows.changes)}
    raise ValueError(op.asks)


def _mark(
    rows: Rows, op: Operation, keys: Sequence[str], kind: str, rating: int | None
) -> tuple[Rows, Any]:
    old, now = rows.marks, op.now
    new = {key: _new_mark(old.get(key), now, kind, rating) for key in keys}
    said = {key: mark for key, mark in new.items() if not _is_same(old.get(key), mark, now)}
    already = [key for key in keys if key not in said and kind in ("done", "done_current")]
    if said:
        then, answer = _change(rows, op, kind, said)
        return then, answer | {"already": already}
    standing = {n: c["marks"] for n, c in rows.changes.items() if not c["undone_at"]}
    *_, made_by = None, *(n for n, marks in standing.items() if marks.keys() & keys)
    answer = _reply(rows, _present(rows, now), change=made_by, repeated=True)
    return replace(rows, known=True), answer | {"already": already}


def _new_mark(old: tuple | None, now: int, kind: str, rating: int | None) -> tuple | None:
    if kind == "clear":
        return None
    if kind == "later":
        return ("later", now // 1000, (now + A_WEEK) // 1000, None)
    if kind not in ("done", "done_current"):
        return (kind, now // 1000, None, None)
    before = old[3] if old is not None and old[0] == "done" else None
    return ("done", now // 1000, None, rating or before)


def _is_same(old: tuple | None, new: tuple | None, now: int) -> bool:
    if old is None or new is None:
        return old is new
    is_later_still = old[2] is not None and now + A_WEEK - old[2] * 1000 >= A_MINUTE
    return (old[0], old[3]) == (new[0], new[3]) and not is_later_still


def _done_current(rows: Rows, op: Operation, rating: int | None) -> tuple[Rows, Any]:
    if rows.current is None:
        return rows, "NothingCurrentError"
    *_, latest = None, *(c for c in rows.changes.values() if not c["undone_at"])
    was_tapped = latest is not None and latest["kind"] == "done_current"
    if was_tapped and op.now - latest["made_at"] * 1000 < A_MINUTE:
        (before,) = latest["marks"]
        return rows, ("AlsoDone", rows.current, before, rating)
    return _mark(rows, op, [rows.current], "done_current", rating)


def _change(
    rows: Rows, op: Operation, kind: str, new: Mapping[str, tuple | None]
) -> tuple[Rows, Any]:
    marks = _with(rows.marks, new)
    shown = _next(marks, op.now)
    stays = rows.current is not None and new.keys().isdisjoint([rows.current]) and kind != "reset"
    if stays and _is_ready(marks, rows.current, op.now):
        shown = rows.current
    change = {
        "kind": kind,
        "made_at": op.now // 1000,
        "marks": {key: (rows.marks.get(key), new[key]) for key in sorted(new)},
        "current": (rows.current, shown),
        "undone_at": None,
    }
    then = Rows(True, shown, marks, {**rows.changes, op.number: change})
    return then, _reply(then, shown, change=op.number)


def _undo(rows: Rows, op: Operation, made_by: int) -> tuple[Rows, Any]:
    change = rows.changes.get(made_by)
    if change is None:
        return rows, "TooOldToUndoError"
    if change["undone_at"]:
        return rows, _reply(rows, _present(rows, op.now), undone=made_by, repeated=True)
    numbers = list(rows.changes)
    newer = [rows.changes[n] for n in numbers[numbers.index(made_by) + 1 :]]
    touched = {key for c in newer if not c["undone_at"] for key in c["marks"]}
    for key, (_, now_there) in change["marks"].items():
        if rows.marks.get(key) != now_there or key in touched:
            return rows, "ChangedSinceError"
    before, shown = change["current"]
    then = Rows(
        True,
        before if rows.current == shown else rows.current,
        _with(rows.marks, {key: old for key, (old, _) in change["marks"].items()}),
        {**rows.changes, made_by: change | {"undone_at": op.now // 1000}},
    )
    return then, _reply(then, _present(then, op.now), undone=made_by)


def _reply(rows: Rows, shown: str | None, **more: Any) -> dict[str, Any]:
    plain = {"change": None, "undone": None, "repeated": False, "already": []}
    return {"marks": rows.marks, "current": rows.current, "next": shown, **plain, **more}


def _with(marks: Mapping[str, tuple], new: Mapping[str, tuple | None]) -> dict[str, tuple]:
    both = {**marks, **new}
    return {key: mark for key in sorted(both) if (mark := both[key]) is not None}


def _present(rows: Rows, now: int) -> str | None:
    """Return the current resource while it can be read, else what comes next."""
    is_ready = rows.current is not None and _is_ready(rows.marks, rows.current, now)
    return rows.current if is_ready else _next(rows.marks, now)


def _next(marks: Mapping[str, tuple], now: int) -> str | None:
    return next((key for key in NEEDS if _is_ready(marks, key, now)), None)


def _is_ready(marks: Mapping[str, tuple], key: str, now: int) -> bool:
    mark, needed = marks.get(key), NEEDS[key]
    is_free = mark is None or (mark[0] == "later" and mark[2] * 1000 <= now)
    return is_free and (needed is None or marks.get(needed, ("later",))[0] != "later")
