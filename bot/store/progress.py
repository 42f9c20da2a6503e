"""Readers' marks, by resource key; and what they changed, so that it can be undone."""

import json
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any

from bot.core.progress import STATES, Mark, State
from bot.core.recommend import Change
from bot.store.database import Queries, Row, Value, in_parts, kept, question_marks, value_from
from bot.store.guilds import pages
from bot.store.instants import instant, instant_or_none

KEPT = 20
"""Changes kept of each reader, which can be undone."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows that a change touches, at one moment; None: no mark, no bookmark.

    ``weeks``: those whose part of a paper the reader says they have read.
    """

    marks: Mapping[str, Mark | None]
    current: str | None
    goal: str | None
    notes: Mapping[str, str | None] = field(default_factory=dict)
    weeks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredChange:
    """``list_id``: the list whose current resource and goal it changed."""

    change: Change
    list_id: str
    before: Snapshot
    after: Snapshot
    undone_at: datetime | None


async def marks_of(db: Queries, reader_id: int) -> dict[str, Mark]:
    """Return all the reader's marks by the key they were made under."""
    rows = await db.fetch(
        "SELECT *, until_at AS until FROM progress WHERE reader_id = ?", reader_id
    )
    return {row["resource_key"]: value_from(Mark, row) for row in rows}


async def states_of_members(
    db: Queries, group_id: int, keys: Mapping[str, Collection[str]]
) -> list[tuple[dict[str, State], int]]:
    """Return how many of a group's members have the same states for some resources.

    ``keys``: all keys of each, by its present one, to which the states belong; of several marks
    the best counts, as in ``resolved``. In one statement, however many members there are.
    """
    best = "".join(f" WHEN '{state}' THEN {len(STATES) - n}" for n, state in enumerate(STATES))
    asked = [key for former in keys.values() for key in former]
    columns = [f"state_{n}" for n in range(len(keys))]
    ranks = [
        f", MAX(CASE WHEN resource_key IN ({question_marks(former)})"
        f" THEN CASE state{best} END ELSE 0 END) AS {column}"
        for column, former in zip(columns, keys.values(), strict=True)
    ]
    sql = (
        f"SELECT COUNT(*) AS members{''.join(f', {column}' for column in columns)} FROM ("  # noqa: S608 - question marks only
        f"SELECT members.reader_id{''.join(ranks)} FROM members LEFT JOIN progress"
        f" ON progress.reader_id = members.reader_id"
        f" AND progress.resource_key IN ({question_marks(asked)})"
        " WHERE members.group_id = ? GROUP BY members.reader_id) AS each_member"
        f" GROUP BY {', '.join(columns)}"
    )
    rows = await db.fetch(sql, *asked, *asked, group_id)
    return [
        (
            {
                key: STATES[len(STATES) - row[column]]
                for key, column in zip(keys, columns, strict=True)
                if row[column]
            },
            int(row["members"]),
        )
        for row in rows
    ]


async def readers_by_key(
    db: Queries, group_id: int, keys: Mapping[str, Collection[str]], states: Collection[State]
) -> dict[str, int]:
    """Return how many of a group's members have each resource in one of the states.

    ``keys``: all keys of each, by its present one. In one statement.
    """
    asked: list[tuple[Value, ...]] = [(old, key) for key, each in keys.items() for old in each]
    if not asked:
        return {}
    sql = (
        "WITH asked (resource_key, present_key) AS"  # noqa: S608 - question marks only
        f" (VALUES {', '.join(['(CAST(? AS TEXT), CAST(? AS TEXT))'] * len(asked))})"
        " SELECT present_key, COUNT(*) AS readers FROM"
        " (SELECT DISTINCT asked.present_key, members.reader_id FROM members CROSS JOIN asked"
        " JOIN progress ON progress.reader_id = members.reader_id"
        " AND progress.resource_key = asked.resource_key WHERE members.group_id = ?"
        f" AND progress.state IN ({question_marks(states)})) AS each_member GROUP BY present_key"
    )
    rows = await db.fetch(sql, *chain.from_iterable(asked), group_id, *states)
    return {row["present_key"]: int(row["readers"]) for row in rows}


async def set_marks(tx: Queries, reader_id: int, marks: Mapping[str, Mark | None]) -> None:
    """Record marks by key; None: the resource is untouched again. Few statements for them all.

    Twice is harmless: buttons get double-clicked. The reader's turn must have been taken.
    """
    await _count_ratings(tx, reader_id, marks)
    for keys in in_parts([key for key, mark in marks.items() if mark is None]):
        sql = (
            f"DELETE FROM progress WHERE reader_id = ? AND resource_key IN ({question_marks(keys)})"  # noqa: S608
        )
        await tx.fetch(sql, reader_id, *keys)
    rows: list[tuple[Value, ...]] = [
        (reader_id, key, mark.state, mark.changed_at, mark.until, mark.rating)
        for key, mark in marks.items()
        if mark is not None
    ]
    for some in in_parts(rows):
        sql = (
            "INSERT INTO progress (reader_id, resource_key, state, changed_at, until_at, rating)"  # noqa: S608 - question marks only
            f" VALUES {', '.join(['(?, ?, ?, ?, ?, ?)'] * len(some))}"
            " ON CONFLICT (reader_id, resource_key) DO UPDATE SET"
            " state = excluded.state, changed_at = excluded.changed_at,"
            " until_at = excluded.until_at, rating = excluded.rating"
        )
        await tx.fetch(sql, *chain.from_iterable(some))


async def set_notes(tx: Queries, reader_id: int, notes: Mapping[str, str | None]) -> None:
    """Record how far the reader is in resources; None: nothing is known of that."""
    for keys in in_parts([key for key, note in notes.items() if note is None]):
        marks = question_marks(keys)
        sql = f"DELETE FROM bookmarks WHERE reader_id = ? AND resource_key IN ({marks})"  # noqa: S608
        await tx.fetch(sql, reader_id, *keys)
    rows: list[tuple[Value, ...]] = [
        (reader_id, key, note) for key, note in notes.items() if note is not None
    ]
    for some in in_parts(rows):
        sql = (
            "INSERT INTO bookmarks (reader_id, resource_key, note)"  # noqa: S608 - question marks
            f" VALUES {', '.join(['(?, ?, ?)'] * len(some))}"
            " ON CONFLICT (reader_id, resource_key) DO UPDATE SET note = excluded.note"
        )
        await tx.fetch(sql, *chain.from_iterable(some))


async def _count_ratings(tx: Queries, reader_id: int, marks: Mapping[str, Mark | None]) -> None:
    """Count how the marks will change ratings; in the order of keys, for others do so too."""
    sql = "SELECT resource_key, rating FROM progress WHERE reader_id = ? AND rating IS NOT NULL"
    old = {row["resource_key"]: row["rating"] for row in await tx.fetch(sql, reader_id)}
    new = {key: mark.rating for key, mark in marks.items() if mark is not None and mark.rating}
    rows = [
        (key, (key in new) - (key in old), (new.get(key, 0) >= 4) - (old.get(key, 0) >= 4))
        for key in sorted(marks)
        if new.get(key) != old.get(key)
    ]
    for some in in_parts(rows):
        sql = (
            "INSERT INTO ratings (resource_key, rated, liked)"  # noqa: S608 - question marks only
            f" VALUES {', '.join(['(?, ?, ?)'] * len(some))}"
            " ON CONFLICT (resource_key) DO UPDATE SET"
            " rated = ratings.rated + excluded.rated, liked = ratings.liked + excluded.liked"
        )
        await tx.fetch(sql, *chain.from_iterable(some))


async def ratings_of(db: Queries, key: str) -> tuple[int, int]:
    """Return how many readers rated a resource 4 or 5, and how many rated it."""
    row = await db.fetch_one("SELECT liked, rated FROM ratings WHERE resource_key = ?", key)
    return (row["liked"], row["rated"]) if row else (0, 0)


async def members_with_marks(db: Queries, guild_id: int, keys: Collection[str]) -> int:
    """Return how many members of a server's groups have a mark on a resource, by all its keys."""
    sql = (
        "SELECT COUNT(DISTINCT progress.reader_id) AS readers FROM progress"  # noqa: S608
        " JOIN members ON members.reader_id = progress.reader_id"
        " JOIN study_groups ON study_groups.group_id = members.group_id"
        " WHERE study_groups.guild_id = ?"
        f" AND progress.resource_key IN ({question_marks(keys)})"
    )
    return int(await db.fetch_value(sql, guild_id, *keys))


# Changes, each with the rows before and after


async def add_change(
    tx: Queries, reader_id: int, list_id: str, change: Change, before: Snapshot, after: Snapshot
) -> None:
    """Record a change, and forget the reader's oldest beyond the last twenty."""
    sql = (
        "INSERT INTO changes"
        " (change_id, reader_id, list_id, kind, made_at, before_rows, after_rows)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    rows = _to_json(before), _to_json(after)
    await tx.fetch(sql, change.change_id, reader_id, list_id, change.kind, change.made_at, *rows)
    tx.shown_by("SELECT 1 FROM changes WHERE change_id = ?", change.change_id)
    sql = (
        "DELETE FROM changes WHERE reader_id = ? AND change_id NOT IN"
        " (SELECT change_id FROM changes WHERE reader_id = ? ORDER BY change_id DESC LIMIT ?)"
    )
    await tx.fetch(sql, reader_id, reader_id, KEPT)


async def amend(tx: Queries, change_id: int, after: Snapshot) -> None:
    """Let a change have led to something else, which undoing it takes back as well."""
    sql = "UPDATE changes SET after_rows = ? WHERE change_id = ?"
    await tx.fetch(sql, _to_json(after), change_id)


async def change(db: Queries, reader_id: int, change_id: int) -> StoredChange | None:
    """Return one change of this reader, or None: too old, or somebody else's."""
    sql = "SELECT * FROM changes WHERE reader_id = ? AND change_id = ?"
    row = await db.fetch_one(sql, reader_id, change_id)
    return _stored(row) if row else None


async def latest_changes(db: Queries, reader_id: int, count: int = KEPT) -> list[StoredChange]:
    """Return the reader's changes that aren't undone, the newest first."""
    sql = (
        "SELECT * FROM changes WHERE reader_id = ? AND undone_at IS NULL"
        " ORDER BY change_id DESC LIMIT ?"
    )
    return [_stored(row) for row in await db.fetch(sql, reader_id, count)]


async def last_change_id(db: Queries, reader_id: int) -> int:
    """Return the id of the reader's latest change, undone or not; 0 if there is none."""
    sql = "SELECT MAX(change_id) FROM changes WHERE reader_id = ?"
    return int(await db.fetch_value(sql, reader_id) or 0)


async def set_undone(tx: Queries, change_id: int, now: datetime) -> None:
    """Record that the change was undone."""
    await tx.fetch("UPDATE changes SET undone_at = ? WHERE change_id = ?", now, change_id)


async def pull_back(tx: Queries, limit: datetime, now: datetime, put_off_until: datetime) -> None:
    """Let no mark in the changes made later than ``limit`` be later than marks themselves can be.

    For a change can be undone only while the marks are as it left them.
    """

    def pulled_back(snapshot: Snapshot) -> Snapshot:
        marks = {
            key: mark
            and replace(
                mark,
                changed_at=now if mark.changed_at > limit else mark.changed_at,
                until=mark.until and min(mark.until, put_off_until),
            )
            for key, mark in snapshot.marks.items()
        }
        return replace(snapshot, marks=marks)

    for row in await tx.fetch("SELECT * FROM changes WHERE made_at > ?", limit):
        before, after = map(pulled_back, _snapshots(row))
        await _put_snapshots(tx, row["change_id"], before, after)


async def ids_about(db: Queries, namespace: str) -> AsyncIterator[list[int]]:
    """Yield the changes that name a resource of the namespace, a page at a time."""
    named = f'%"{namespace}:%'
    async for after, until in pages(db, "changes", "change_id"):
        sql = (
            "SELECT change_id FROM changes WHERE change_id > ? AND change_id <= ?"
            " AND (before_rows LIKE ? OR after_rows LIKE ?)"
        )
        if ids := await db.fetch_column(sql, after, until, named, named):
            yield ids


async def forget_resources(tx: Queries, change_ids: Iterable[int], namespace: str) -> None:
    """Let the changes name no resource of the namespace; one about nothing else goes."""
    for change_id in change_ids:
        for row in await tx.fetch("SELECT * FROM changes WHERE change_id = ?", change_id):
            before, after = (_without(snapshot, namespace) for snapshot in _snapshots(row))
            if after.marks or after.notes or before.goal != after.goal:
                await _put_snapshots(tx, change_id, before, after)
            else:
                await tx.fetch("DELETE FROM changes WHERE change_id = ?", change_id)


def _without(snapshot: Snapshot, namespace: str) -> Snapshot:
    def is_other(key: str) -> bool:
        return not key.startswith(f"{namespace}:")

    return Snapshot(
        marks={key: mark for key, mark in snapshot.marks.items() if is_other(key)},
        current=snapshot.current if is_other(snapshot.current or "") else None,
        goal=snapshot.goal if is_other(snapshot.goal or "") else None,
        notes={key: note for key, note in snapshot.notes.items() if is_other(key)},
        weeks=snapshot.weeks,
    )


def _stored(row: Row) -> StoredChange:
    before, after = _snapshots(row)
    goal = (after.goal or before.goal) if after.goal != before.goal else None
    made = value_from(Change, row, keys=tuple(after.marks or after.notes), goal=goal)
    return value_from(StoredChange, row, change=made, before=before, after=after)


def _snapshots(row: Row) -> tuple[Snapshot, Snapshot]:
    return _from_json(row["before_rows"]), _from_json(row["after_rows"])


async def _put_snapshots(tx: Queries, change_id: int, before: Snapshot, after: Snapshot) -> None:
    sql = "UPDATE changes SET before_rows = ?, after_rows = ? WHERE change_id = ?"
    await tx.fetch(sql, _to_json(before), _to_json(after), change_id)


def _to_json(snapshot: Snapshot) -> str:
    marks = {key: mark and kept(astuple(mark)) for key, mark in snapshot.marks.items()}
    rest = {"notes": snapshot.notes, "weeks": snapshot.weeks}
    told = {"marks": marks, "current": snapshot.current, "goal": snapshot.goal}
    return json.dumps(told | {name: value for name, value in rest.items() if value})


def _from_json(text: str) -> Snapshot:
    found: dict[str, Any] = json.loads(text)
    marks = {
        key: row and Mark(row[0], instant(row[1]), instant_or_none(row[2]), row[3])
        for key, row in found["marks"].items()
    }
    return Snapshot(**found | {"marks": marks, "weeks": tuple(found.get("weeks", ()))})
