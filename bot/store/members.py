"""Members of study groups: who they are, what they want, and when Discord was asked about them."""

from datetime import datetime

from bot.core.groups import MemberCheck, ReminderWish
from bot.store.database import Queries, value_from


async def join(tx: Queries, group_id: int, reader_id: int, now: datetime) -> bool:
    """Make the reader a member; return whether they weren't one. Twice is harmless."""
    sql = (
        "INSERT INTO members (group_id, reader_id, joined_at, checked_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (group_id, reader_id) DO NOTHING RETURNING reader_id"
    )
    return await tx.any_row(sql, group_id, reader_id, now, now)


async def leave(tx: Queries, group_id: int, reader_id: int) -> None:
    """End the reader's membership; their progress stays."""
    await tx.fetch("DELETE FROM members WHERE group_id = ? AND reader_id = ?", group_id, reader_id)


async def member_count(db: Queries, group_id: int) -> int:
    """Return how many members the group has."""
    sql = "SELECT COUNT(*) FROM members WHERE group_id = ?"
    return int(await db.fetch_value(sql, group_id))


async def is_member(db: Queries, group_id: int, reader_id: int) -> bool:
    """Tell whether the reader is in the group."""
    sql = "SELECT 1 FROM members WHERE group_id = ? AND reader_id = ?"
    return await db.any_row(sql, group_id, reader_id)


async def is_in_guild(db: Queries, guild_id: int, reader_id: int) -> bool:
    """Tell whether the reader belongs to one of the server's groups."""
    sql = (
        "SELECT 1 FROM members JOIN study_groups ON study_groups.group_id = members.group_id"
        " WHERE members.reader_id = ? AND study_groups.guild_id = ? LIMIT 1"
    )
    return await db.any_row(sql, reader_id, guild_id)


async def wish(db: Queries, group_id: int, reader_id: int) -> ReminderWish | None:
    """Return whether the member wants reminders; None: no, or no member."""
    sql = "SELECT reminders FROM members WHERE group_id = ? AND reader_id = ?"
    found: ReminderWish | None = await db.fetch_value(sql, group_id, reader_id)
    return found


async def set_wish(tx: Queries, group_id: int, reader_id: int, wish: ReminderWish | None) -> bool:
    """Record what the member wants; tell whether they are a member."""
    sql = (
        "UPDATE members SET reminders = ? WHERE group_id = ? AND reader_id = ? RETURNING reader_id"
    )
    return await tx.any_row(sql, wish, group_id, reader_id)


async def close_wish(tx: Queries, group_id: int, reader_id: int) -> None:
    """Record that a member who wants reminders can't be sent any."""
    sql = (
        "UPDATE members SET reminders = 'closed'"
        " WHERE group_id = ? AND reader_id = ? AND reminders = 'wanted'"
    )
    await tx.fetch(sql, group_id, reader_id)


async def take_wishing_members(tx: Queries, group_id: int, reader_id: int | None) -> list[int]:
    """Return who wants reminders; whoever deletes everything about themselves waits meanwhile.

    ``reader_id``: only whether this one does.
    """
    sql = (
        "UPDATE members SET reminders = reminders WHERE group_id = ? AND reminders = 'wanted'"
        " AND (reader_id = ? OR CAST(? AS BIGINT) IS NULL) RETURNING reader_id"
    )
    return sorted(await tx.fetch_column(sql, group_id, reader_id, reader_id))


async def named_members(db: Queries, group_id: int) -> list[int]:
    """Return the members of a group who show their name, in the order they joined."""
    sql = (
        "SELECT members.reader_id FROM members"
        " JOIN reader_settings ON reader_settings.reader_id = members.reader_id"
        " WHERE members.group_id = ? AND reader_settings.named = 1"
        " ORDER BY members.joined_at, members.reader_id"
    )
    return await db.fetch_column(sql, group_id)


async def due_checks(db: Queries, until: datetime, limit: int) -> list[MemberCheck]:
    """Return the members last checked then or earlier: servers in turns, the longest ago first."""
    sql = (
        "SELECT study_groups.guild_id, members.group_id, members.reader_id, members.checked_at"
        " FROM members JOIN study_groups ON study_groups.group_id = members.group_id"
        " WHERE members.checked_at <= ? AND NOT EXISTS"
        " (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = study_groups.guild_id)"
        " ORDER BY ROW_NUMBER() OVER (PARTITION BY study_groups.guild_id ORDER BY"
        " members.checked_at, members.group_id, members.reader_id), members.checked_at,"
        " members.group_id, members.reader_id LIMIT ?"
    )
    return [value_from(MemberCheck, row) for row in await db.fetch(sql, until, limit)]


async def count_due_checks(db: Queries, until: datetime) -> int:
    """Return how many members were last checked then or earlier."""
    sql = "SELECT COUNT(*) FROM members WHERE checked_at <= ?"
    return int(await db.fetch_value(sql, until))


async def move_check(tx: Queries, check: MemberCheck, checked_at: datetime) -> bool:
    """Set when the member was checked; tell whether it was still as ``check`` says."""
    sql = (
        "UPDATE members SET checked_at = ?"
        " WHERE group_id = ? AND reader_id = ? AND checked_at = ? RETURNING reader_id"
    )
    return await tx.any_row(sql, checked_at, check.group_id, check.reader_id, check.checked_at)


async def put_off_checks(tx: Queries, group_id: int, until: datetime, checked_at: datetime) -> None:
    """Put off all checks in a group that are due then. It must have been taken."""
    sql = "UPDATE members SET checked_at = ? WHERE checked_at <= ? AND group_id = ?"
    await tx.fetch(sql, checked_at, until, group_id)
