"""What a reader changed, with the rows before and after, so that it can be undone."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any

from bot.core.progress import Mark
from bot.core.recommend import Change
from bot.store.database import Queries, Row, kept, value_from
from bot.store.guilds import pages
from bot.store.instants import instant, instant_or_none

KEPT = 20
"""Changes kept of each reader, which can be undone."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The rows that a change touches, at one moment; None: no mark."""

    marks: Mapping[str, Mark | None]
    current: str | None
    goal: str | None


@dataclass(frozen=True, slots=True)
class StoredChange:
    change: Change
    before: Snapshot
    after: Snapshot
    undone_at: datetime | None


async def add_change(
    tx: Queries, reader_id: int, change: Change, *, before: Snapshot, after: Snapshot
) -> None:
    """Record a change, and forget the reader's oldest beyond the last twenty."""
    sql = (
        "INSERT INTO changes (change_id, reader_id, kind, made_at, before_rows, after_rows)"
        " VALUES (?, ?, ?, ?, ?, ?)"
    )
    rows = _to_json(before), _to_json(after)
    await tx.fetch(sql, change.change_id, reader_id, change.kind, change.made_at, *rows)
    sql = (
        "DELETE FROM changes WHERE reader_id = ? AND change_id NOT IN"
        " (SELECT change_id FROM changes WHERE reader_id = ? ORDER BY change_id DESC LIMIT ?)"
    )
    await tx.fetch(sql, reader_id, reader_id, KEPT)


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
            if after.marks or before.goal != after.goal:
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
    )


def _stored(row: Row) -> StoredChange:
    before, after = _snapshots(row)
    goal = (after.goal or before.goal) if after.goal != before.goal else None
    made = value_from(Change, row, keys=tuple(after.marks), goal=goal)
    return value_from(StoredChange, row, change=made, before=before, after=after)


def _snapshots(row: Row) -> tuple[Snapshot, Snapshot]:
    return _from_json(row["before_rows"]), _from_json(row["after_rows"])


async def _put_snapshots(tx: Queries, change_id: int, before: Snapshot, after: Snapshot) -> None:
    sql = "UPDATE changes SET before_rows = ?, after_rows = ? WHERE change_id = ?"
    await tx.fetch(sql, _to_json(before), _to_json(after), change_id)


def _to_json(snapshot: Snapshot) -> str:
    marks = {key: mark and kept(astuple(mark)) for key, mark in snapshot.marks.items()}
    return json.dumps({"marks": marks, "current": snapshot.current, "goal": snapshot.goal})


def _from_json(text: str) -> Snapshot:
    found: dict[str, Any] = json.loads(text)
    marks = {
        key: row and Mark(row[0], instant(row[1]), instant_or_none(row[2]), row[3])
        for key, row in found["marks"].items()
    }
    return Snapshot(**found | {"marks": marks})
