"""What readers set for themselves."""

from __future__ import annotations

from datetime import datetime

from bot.core.me import ReaderSettings
from bot.store.database import Queries
from bot.store.instants import seconds, seconds_or_none


async def settings_of(db: Queries, reader_id: int) -> ReaderSettings:
    """Return the reader's settings; whoever set nothing has the defaults."""
    rows = await db.fetch(
        "SELECT zone, named, nudged FROM reader_settings WHERE reader_id = ?", reader_id
    )
    if not rows:
        return ReaderSettings()
    row = rows[0]
    return ReaderSettings(row["zone"], bool(row["named"]), bool(row["nudged"]))


async def put_settings(
    changes: Queries, reader_id: int, settings: ReaderSettings, nudge_at: datetime | None
) -> None:
    """Write the reader's settings, and when they may be nudged next."""
    await changes.fetch(
        "INSERT INTO reader_settings (reader_id, zone, named, nudged, nudge_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (reader_id) DO UPDATE SET zone = excluded.zone,"
        " named = excluded.named, nudged = excluded.nudged, nudge_at = excluded.nudge_at",
        reader_id,
        settings.zone,
        int(settings.named),
        int(settings.nudged),
        seconds_or_none(nudge_at),
    )


async def due_nudges(db: Queries, now: datetime, limit: int) -> list[int]:
    """Return the readers whose time for a look has come, the longest waiting first."""
    rows = await db.fetch(
        "SELECT reader_id FROM reader_settings WHERE nudge_at <= ?"
        " ORDER BY nudge_at, reader_id LIMIT ?",
        seconds(now),
        limit,
    )
    return [row["reader_id"] for row in rows]


async def set_nudge_at(changes: Queries, reader_id: int, at: datetime | None) -> None:
    """Record when to look at the reader again; None: never."""
    await changes.fetch(
        "UPDATE reader_settings SET nudge_at = ? WHERE reader_id = ?",
        seconds_or_none(at),
        reader_id,
    )


async def named_members(db: Queries, group_id: int) -> list[int]:
    """Return the members of a group who let their name be shown, in the order they joined."""
    rows = await db.fetch(
        "SELECT members.reader_id FROM members"
        " JOIN reader_settings ON reader_settings.reader_id = members.reader_id"
        " WHERE members.group_id = ? AND reader_settings.named = 1"
        " ORDER BY members.joined_at, members.reader_id",
        group_id,
    )
    return [row["reader_id"] for row in rows]
