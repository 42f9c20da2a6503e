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

    Taken before all else by whatever writes a row that names them: who deletes everything about
    themselves waits for what they clicked before, and it waits for them.
    Writing the row locks it in PostgreSQL; SQLite writes one transaction at a time anyway.
    """
    await changes.fetch(
        "INSERT INTO readers (reader_id) VALUES (?)"
        " ON CONFLICT (reader_id) DO UPDATE SET reader_id = excluded.reader_id",
        reader_id,
    )


async def take_known(changes: Queries, reader_id: int) -> bool:
    """Take the turn of a reader of whom a row is kept; tell whether one is.

    For what the bot does of its own accord: it must not bring back who deleted everything.
    """
    return bool(
        await changes.fetch(
            "UPDATE readers SET reader_id = reader_id WHERE reader_id = ? RETURNING reader_id",
            reader_id,
        )
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
