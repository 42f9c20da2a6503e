"""Members of study groups: who they are, what they want, and when Discord was asked about them."""

from __future__ import annotations

from datetime import datetime

from bot.core.groups import MemberCheck, ReminderWish
from bot.store.database import Queries
from bot.store.instants import instant, seconds


async def join(tx: Queries, group_id: int, reader_id: int, now: datetime) -> bool:
    """Make the reader a member; return whether they weren't one. Twice is harmless."""
    joined = await tx.fetch(
        "INSERT INTO members (group_id, reader_id, joined_at, checked_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (group_id, reader_id) DO NOTHING RETURNING reader_id",
        group_id,
        reader_id,
        seconds(now),
        seconds(now),
    )
    return bool(joined)


async def leave(tx: Queries, group_id: int, reader_id: int) -> None:
    """End the reader's membership; their progress stays."""
    await tx.fetch("DELETE FROM members WHERE group_id = ? AND reader_id = ?", group_id, reader_id)


async def member_count(db: Queries, group_id: int) -> int:
    """Return how many members the group has."""
    (row,) = await db.fetch("SELECT COUNT(*) AS members FROM members WHERE group_id = ?", group_id)
    return int(row["members"])


async def is_member(db: Queries, group_id: int, reader_id: int) -> bool:
    """Tell whether the reader is in the group."""
    return await db.any_row(
        "SELECT 1 FROM members WHERE group_id = ? AND reader_id = ?",
        group_id,
        reader_id,
    )


async def is_in_guild(db: Queries, guild_id: int, reader_id: int) -> bool:
    """Tell whether the reader belongs to one of the server's groups."""
    return await db.any_row(
        "SELECT 1 FROM members"
        " JOIN study_groups ON study_groups.group_id = members.group_id"
        " WHERE members.reader_id = ? AND study_groups.guild_id = ? LIMIT 1",
        reader_id,
        guild_id,
    )


async def wish(db: Queries, group_id: int, reader_id: int) -> ReminderWish | None:
    """Return whether the member wants reminders; None: no, or no member."""
    row = await db.fetch_one(
        "SELECT reminders FROM members WHERE group_id = ? AND reader_id = ?", group_id, reader_id
    )
    found: ReminderWish | None = row["reminders"] if row else None
    return found


async def set_wish(tx: Queries, group_id: int, reader_id: int, wish: ReminderWish | None) -> bool:
    """Record what the member wants; tell whether they are a member."""
    return await tx.any_row(
        "UPDATE members SET reminders = ? WHERE group_id = ? AND reader_id = ? RETURNING reader_id",
        wish,
        group_id,
        reader_id,
    )


async def close_wish(tx: Queries, group_id: int, reader_id: int) -> None:
    """Record that who wants reminders can't be sent any."""
    await tx.fetch(
        "UPDATE members SET reminders = 'closed'"
        " WHERE group_id = ? AND reader_id = ? AND reminders = 'wanted'",
        group_id,
        reader_id,
    )


async def take_wishing_members(
    tx: Queries, group_id: int, reader_id: int | None = None
) -> list[int]:
    """Return who wants reminders; who deletes everything about themselves waits meanwhile.

    ``reader_id``: only whether this one does.
    """
    rows = await tx.fetch(
        "UPDATE members SET reminders = reminders WHERE group_id = ? AND reminders = 'wanted'"
        " AND (reader_id = ? OR CAST(? AS BIGINT) IS NULL) RETURNING reader_id",
        group_id,
        reader_id,
        reader_id,
    )
    return sorted(row["reader_id"] for row in rows)


async def named_members(db: Queries, group_id: int) -> list[int]:
    """Return the members of a group who show their name, in the order they joined."""
    rows = await db.fetch(
        "SELECT members.reader_id FROM members"
        " JOIN reader_settings ON reader_settings.reader_id = members.reader_id"
        " WHERE members.group_id = ? AND reader_settings.named = 1"
        " ORDER BY members.joined_at, members.reader_id",
        group_id,
    )
    return [row["reader_id"] for row in rows]


async def due_checks(db: Queries, until: datetime, limit: int) -> list[MemberCheck]:
    """Return the members last checked then or earlier: servers in turns, the longest ago first."""
    rows = await db.fetch(
        "SELECT study_groups.guild_id, members.group_id, members.reader_id, members.checked_at"
        " FROM members JOIN study_groups ON study_groups.group_id = members.group_id"
        " WHERE members.checked_at <= ? AND NOT EXISTS"
        " (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = study_groups.guild_id)"
        " ORDER BY ROW_NUMBER() OVER (PARTITION BY study_groups.guild_id ORDER BY"
        " members.checked_at, members.group_id, members.reader_id), members.checked_at,"
        " members.group_id, members.reader_id LIMIT ?",
        seconds(until),
        limit,
    )
    return [
        MemberCheck(
            guild_id=row["guild_id"],
            group_id=row["group_id"],
            reader_id=row["reader_id"],
            checked_at=instant(row["checked_at"]),
        )
        for row in rows
    ]


async def count_due_checks(db: Queries, until: datetime) -> int:
    """Return how many members were last checked then or earlier."""
    (row,) = await db.fetch(
        "SELECT COUNT(*) AS members FROM members WHERE checked_at <= ?", seconds(until)
    )
    return int(row["members"])


async def move_check(tx: Queries, check: MemberCheck, checked_at: datetime) -> bool:
    """Set when the member was checked; tell whether it was still as ``check`` says."""
    return await tx.any_row(
        "UPDATE members SET checked_at = ?"
        " WHERE group_id = ? AND reader_id = ? AND checked_at = ? RETURNING reader_id",
        seconds(checked_at),
        check.group_id,
        check.reader_id,
        seconds(check.checked_at),
    )


async def put_off_checks(tx: Queries, group_id: int, until: datetime, checked_at: datetime) -> None:
    """Put off all checks in a group that are due then. It must have been taken."""
    await tx.fetch(
        "UPDATE members SET checked_at = ? WHERE checked_at <= ? AND group_id = ?",
        seconds(checked_at),
        seconds(until),
        group_id,
    )
