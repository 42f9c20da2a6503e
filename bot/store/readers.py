"""What is kept of a reader beside their marks: the current resource and the goal."""

from __future__ import annotations

from dataclasses import dataclass

from bot.store.database import Queries


@dataclass(frozen=True, slots=True)
class ReaderRow:
    current: str | None = None
    goal: str | None = None


async def reader(db: Queries, reader_id: int) -> ReaderRow:
    """Return the reader's row; somebody new has nothing current and no goal."""
    rows = await db.fetch(
        "SELECT current_key, goal_key FROM readers WHERE reader_id = ?", reader_id
    )
    return ReaderRow(rows[0]["current_key"], rows[0]["goal_key"]) if rows else ReaderRow()


async def was_shown(db: Queries, reader_id: int, key: str) -> bool:
    """Tell whether the reader was shown the resource as theirs to read, or marked it."""
    return bool(
        await db.fetch(
            "SELECT 1 AS found FROM readers WHERE reader_id = ? AND (current_key = ?"
            " OR goal_key = ?) UNION ALL"
            " SELECT 1 AS found FROM progress WHERE reader_id = ? AND resource_key = ?",
            reader_id,
            key,
            key,
            reader_id,
            key,
        )
    )


async def take_turn(changes: Queries, reader_id: int) -> None:
    """Make this reader's other transactions wait until this one ends, in any process.

    Writing the row locks it in PostgreSQL; SQLite writes one transaction at a time anyway.
    """
    await changes.fetch(
        "INSERT INTO readers (reader_id) VALUES (?)"
        " ON CONFLICT (reader_id) DO UPDATE SET reader_id = excluded.reader_id",
        reader_id,
    )


async def set_current(changes: Queries, reader_id: int, key: str | None) -> None:
    """Record what the reader was shown last as the next one."""
    await changes.fetch(
        "INSERT INTO readers (reader_id, current_key) VALUES (?, ?)"
        " ON CONFLICT (reader_id) DO UPDATE SET current_key = excluded.current_key",
        reader_id,
        key,
    )


async def set_goal(changes: Queries, reader_id: int, key: str | None) -> None:
    """Record the reader's goal."""
    await changes.fetch(
        "INSERT INTO readers (reader_id, goal_key) VALUES (?, ?)"
        " ON CONFLICT (reader_id) DO UPDATE SET goal_key = excluded.goal_key",
        reader_id,
        key,
    )
