"""Readers' marks, by resource key."""

from __future__ import annotations

from datetime import datetime

from bot.core.progress import Mark
from bot.store.database import Queries
from bot.store.instants import instant, instant_or_none, seconds, seconds_or_none


async def marks_of(db: Queries, reader_id: int) -> dict[str, Mark]:
    """Return all the reader's marks by the key they were made under."""
    rows = await db.fetch(
        "SELECT resource_key, state, changed_at, until_at, rating FROM progress"
        " WHERE reader_id = ?",
        reader_id,
    )
    return {
        row["resource_key"]: Mark(
            row["state"],
            instant(row["changed_at"]),
            instant_or_none(row["until_at"]),
            row["rating"],
        )
        for row in rows
    }


async def set_mark(db: Queries, reader_id: int, key: str, mark: Mark) -> None:
    """Record a mark. Twice is harmless: buttons get double-clicked."""
    await db.fetch(
        "INSERT INTO progress (reader_id, resource_key, state, changed_at, until_at, rating)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (reader_id, resource_key) DO UPDATE SET"
        " state = excluded.state, changed_at = excluded.changed_at,"
        " until_at = excluded.until_at, rating = excluded.rating",
        reader_id,
        key,
        mark.state,
        seconds(mark.changed_at),
        seconds_or_none(mark.until),
        mark.rating,
    )


async def clear_mark(db: Queries, reader_id: int, key: str) -> None:
    """Make the resource untouched again."""
    await db.fetch("DELETE FROM progress WHERE reader_id = ? AND resource_key = ?", reader_id, key)


async def ratings_of(db: Queries, key: str) -> tuple[int, int]:
    """Return how many readers rated a resource 4 or 5, and how many rated it."""
    rows = await db.fetch(
        "SELECT COUNT(*) AS rated, COALESCE(SUM(CASE WHEN rating >= 4 THEN 1 ELSE 0 END), 0)"
        " AS liked FROM progress WHERE resource_key = ? AND rating IS NOT NULL",
        key,
    )
    return int(rows[0]["liked"]), int(rows[0]["rated"])


async def last_change(db: Queries, reader_id: int) -> datetime | None:
    """Return when the reader marked something last."""
    rows = await db.fetch(
        "SELECT MAX(changed_at) AS at FROM progress WHERE reader_id = ?", reader_id
    )
    return instant_or_none(rows[0]["at"])
