"""When each member of a group was last checked with Discord."""

from __future__ import annotations

from datetime import datetime

from bot.core.groups import MemberCheck
from bot.store.database import Queries
from bot.store.instants import instant, seconds


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
        MemberCheck(row["guild_id"], row["group_id"], row["reader_id"], instant(row["checked_at"]))
        for row in rows
    ]


async def count_due(db: Queries, until: datetime) -> int:
    """Return how many members were last checked then or earlier."""
    rows = await db.fetch(
        "SELECT COUNT(*) AS members FROM members WHERE checked_at <= ?", seconds(until)
    )
    return int(rows[0]["members"])


async def move_check(changes: Queries, check: MemberCheck, checked_at: datetime) -> bool:
    """Set when the member was checked; tell whether it was still as ``check`` says."""
    rows = await changes.fetch(
        "UPDATE members SET checked_at = ?"
        " WHERE group_id = ? AND reader_id = ? AND checked_at = ? RETURNING reader_id",
        seconds(checked_at),
        check.group_id,
        check.reader_id,
        seconds(check.checked_at),
    )
    return bool(rows)


async def put_off_group(
    changes: Queries, group_id: int, until: datetime, checked_at: datetime
) -> None:
    """Put off all checks in a group that are due then. It must have been taken."""
    await changes.fetch(
        "UPDATE members SET checked_at = ? WHERE checked_at <= ? AND group_id = ?",
        seconds(checked_at),
        seconds(until),
        group_id,
    )
