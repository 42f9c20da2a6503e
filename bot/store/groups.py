"""Study groups and their settings; their members, and when Discord was asked about them."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime

from bot.core.groups import Group, MemberCheck, ReminderWish
from bot.core.outbox import Problem, problem_from
from bot.core.papers import AfterList
from bot.core.weeks import DaysOff, Meets, Schedule
from bot.store.database import Queries, Row, Value, question_marks, value_from
from bot.store.instants import instant

MEETS = ("weekday", "hour", "minute", "minutes", "channel_id")
"""What is known of a group's meetings, each in a column of its own."""


async def put_group(tx: Queries, group: Group, now: datetime) -> None:
    """Write a group's settings; a channel's group is one row, made or changed."""
    calendar = _calendar(group.schedule)
    sql = (
        "INSERT INTO study_groups (group_id, guild_id, channel_id, state, role_id, since_at,"  # noqa: S608 - names of ours
        f" next_at, changed_by, changed_at, is_forum, list_id, language, {', '.join(calendar)})"
        f" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {question_marks(calendar)})"
        " ON CONFLICT (channel_id) DO UPDATE SET state = excluded.state,"
        " list_id = excluded.list_id, role_id = excluded.role_id, language = excluded.language,"
        " since_at = excluded.since_at, next_at = excluded.next_at,"
        " blocked = NULL, changed_by = excluded.changed_by, changed_at = excluded.changed_at"
        + "".join(f", {column} = excluded.{column}" for column in calendar)
    )
    ids = group.group_id, group.guild_id, group.channel_id
    run = group.state, group.role_id, group.since, group.next_at, group.changed_by
    is_so = group.is_forum, group.list_id, group.language
    await tx.fetch(sql, *ids, *run, now, *is_so, *calendar.values())


async def group_of_channel(db: Queries, channel_id: int) -> Group | None:
    """Return the channel's group, stopped or not."""
    return await _one(db, "SELECT * FROM study_groups WHERE channel_id = ?", channel_id)


async def group(db: Queries, group_id: int) -> Group | None:
    """Return the group with this id."""
    return await _one(db, "SELECT * FROM study_groups WHERE group_id = ?", group_id)


async def present_group(db: Queries, group_id: int) -> Group | None:
    """Return the group with this id; of one that went into another, that other."""
    sql = f"SELECT * FROM study_groups WHERE group_id = {PRESENT_ID}"  # noqa: S608 - ours
    return await _one(db, sql, group_id)


PRESENT_ID = (
    "(SELECT COALESCE(merged_into, group_id) FROM study_groups AS named WHERE named.group_id = ?)"
)


async def present_ids(db: Queries, group_ids: Collection[int]) -> list[int]:
    """Return the groups with these ids, as far as they are there, or those that they went into."""
    sql = (
        "SELECT DISTINCT COALESCE(merged_into, group_id) FROM study_groups"  # noqa: S608
        f" WHERE group_id IN ({question_marks(group_ids)})"
    )
    return sorted(await db.fetch_column(sql, *group_ids))


async def groups_by_id(db: Queries, group_ids: Collection[int]) -> list[Group]:
    """Return the groups with these ids, as far as they are there."""
    sql = f"SELECT * FROM study_groups WHERE group_id IN ({question_marks(group_ids)})"  # noqa: S608
    return [_group(row) for row in await db.fetch(sql, *group_ids)]


async def running_groups(db: Queries, guild_id: int) -> list[Group]:
    """Return the server's groups that aren't stopped, the oldest first."""
    sql = "SELECT * FROM study_groups WHERE guild_id = ? AND state <> 'stopped' ORDER BY group_id"
    return [_group(row) for row in await db.fetch(sql, guild_id)]


async def language_in(db: Queries, guild_id: int, group_id: int | None) -> str:
    """Return a group's language; None: of that of the server's groups which was changed last."""
    sql = (
        "SELECT language FROM study_groups WHERE guild_id = ? AND merged_into IS NULL"
        " ORDER BY state = 'stopped', changed_at DESC LIMIT 1"
    )
    if group_id is not None:
        sql, guild_id = "SELECT language FROM study_groups WHERE group_id = ?", group_id
    row = await db.fetch_one(sql, guild_id)
    return "" if row is None else str(row["language"])


async def group_ids(db: Queries, guild_id: int) -> list[int]:
    """Return the server's groups, stopped or not, those that went into others first."""
    sql = (
        "SELECT group_id FROM study_groups WHERE guild_id = ?"
        " ORDER BY merged_into IS NULL, group_id"
    )
    return await db.fetch_column(sql, guild_id)


async def move_group(
    tx: Queries, group_id: int, *, channel_id: int, is_forum: bool, changed_by: int, now: datetime
) -> None:
    """Give the group another channel; what kept it from posting was the old one's."""
    sql = (
        "UPDATE study_groups SET channel_id = ?, is_forum = ?, standing_id = NULL, changed_by = ?,"
        " changed_at = ?, blocked = NULL WHERE group_id = ?"
    )
    await tx.fetch(sql, channel_id, is_forum, changed_by, now, group_id)


async def set_list(
    tx: Queries, group_id: int, list_id: str, changed_by: int, now: datetime
) -> None:
    """Let the group read from another list; after that one comes what was to come after its own."""
    sql = "UPDATE study_groups SET list_id = ?, changed_by = ?, changed_at = ? WHERE group_id = ?"
    await tx.fetch(sql, list_id, changed_by, now, group_id)


async def take_group(tx: Queries, group_id: int) -> Group | None:
    """Return the group, and make other transactions about it wait until this one ends.

    Taken after a reader's and a server's turn, in this one order everywhere; of groups one at most.
    Where one goes into another, under the server's turn: first those that went into it, then the
    two, by their ids.
    """
    sql = "UPDATE study_groups SET group_id = group_id WHERE group_id = ? RETURNING *"
    return await _one(tx, sql, group_id)


async def take_present_group(tx: Queries, group_id: int) -> Group | None:
    """Take the group with this id; of one that went into another, that other.

    One that goes while this waits for it stays taken, before the other is: as in the one order.
    """
    sql = (
        "UPDATE study_groups SET group_id = group_id"  # noqa: S608 - ours
        f" WHERE group_id = {PRESENT_ID} RETURNING *"
    )
    found = await _one(tx, sql, group_id)
    if found is None or found.merged_into is None:
        return found
    return await take_present_group(tx, found.merged_into)


async def take_group_of_channel(tx: Queries, channel_id: int) -> Group | None:
    """Return the channel's group, stopped or not, taken; it can't leave the channel meanwhile."""
    sql = "UPDATE study_groups SET group_id = group_id WHERE channel_id = ? RETURNING *"
    return await _one(tx, sql, channel_id)


async def merged_groups(db: Queries, group_id: int) -> list[Group]:
    """Return the groups that went into this one, the last first."""
    sql = "SELECT * FROM study_groups WHERE merged_into = ? ORDER BY changed_at DESC, group_id DESC"
    return [_group(row) for row in await db.fetch(sql, group_id)]


async def take_merged_groups(tx: Queries, group_id: int) -> None:
    """Take the groups that went into this one, which isn't taken yet."""
    await tx.fetch("UPDATE study_groups SET group_id = group_id WHERE merged_into = ?", group_id)


async def merge_group(
    tx: Queries, group_id: int, into_id: int, now: datetime, *, had_counts: bool
) -> None:
    """Let a group go into another, with those that went into it before.

    Nobody is told of it any more, so who changed it last is forgotten.
    """
    sql = "UPDATE study_groups SET merged_into = ?, had_counts = had_counts * ?"
    await tx.fetch(f"{sql} WHERE merged_into = ?", into_id, had_counts, group_id)
    sql = (
        "UPDATE study_groups SET state = 'stopped', merged_into = ?, had_counts = ?, changed_at ="
        " ?, left_channel_id = channel_id, channel_id = -group_id, blocked = NULL,"
        " changed_by = NULL WHERE group_id = ?"
    )
    await tx.fetch(sql, into_id, had_counts, now, group_id)


async def gone_to(db: Queries, channel_id: int) -> int | None:
    """Return the channel of the group into which the one that was in this channel last went."""
    sql = (
        "SELECT present.channel_id FROM study_groups AS gone JOIN study_groups AS present"
        " ON present.group_id = gone.merged_into WHERE gone.left_channel_id = ?"
        " ORDER BY gone.changed_at DESC, gone.group_id DESC LIMIT 1"
    )
    found: int | None = await db.fetch_value(sql, channel_id)
    return found


async def due_group_ids(db: Queries, now: datetime, limit: int) -> list[int]:
    """Return the groups whose slot has come: the longest waiting first, servers in turns."""
    sql = (
        "SELECT group_id FROM study_groups WHERE state = 'active' AND next_at <= ? AND NOT EXISTS"
        " (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = study_groups.guild_id)"
        " ORDER BY next_at / 60,"
        " ROW_NUMBER() OVER (PARTITION BY next_at / 60, guild_id ORDER BY group_id), group_id"
        " LIMIT ?"
    )
    return await db.fetch_column(sql, now, limit)


async def all_groups(db: Queries) -> list[Group]:
    """Return the groups of all servers, stopped or not."""
    return [_group(row) for row in await db.fetch("SELECT * FROM study_groups ORDER BY group_id")]


async def group_ids_ahead(
    db: Queries,
    now: datetime,
    furthest: datetime,
    missed_since: datetime,
    *,
    retried: datetime,
    last_slot: datetime,
    looked: datetime,
) -> list[int]:
    """Return the groups with an instant that no clock showing ``now`` can have written.

    ``furthest``: only a calendar that rests for long has its next slot beyond it, which is looked
    at more closely; ``missed_since``: what is later can't be missed. What is no slot, but only the
    next look, has odd seconds, and is up to ``retried``. A moderator may skip a week to come, or
    call a vote on one up to ``last_slot``. A vote's poll is looked at when its hours are over, or
    up to ``looked`` where it couldn't be.
    """
    sql = (
        "SELECT group_id FROM study_groups WHERE since_at > ? OR next_at > ?"
        " OR (next_at > ? AND next_at % 60 <> 0)"
        " UNION SELECT group_id FROM weeks WHERE slot_at > ? AND (slot_at > ?"
        " OR state <> 'skipped' OR resource_key IS NOT NULL)"
        " UNION SELECT group_id FROM weeks WHERE slot_at > ? AND state = 'missed'"
        " AND resource_key IS NULL"
        " UNION SELECT group_id FROM votes WHERE look_at > ?"
        " UNION SELECT group_id FROM votes WHERE look_at > ? AND message_id IS NOT NULL"
        " AND look_at - 3600 * hours > ?"
        " ORDER BY group_id"
    )
    of_groups, of_weeks = (now, furthest, retried), (now, furthest, missed_since)
    return await db.fetch_column(sql, *of_groups, *of_weeks, last_slot, looked, looked)


async def set_calendar(tx: Queries, group: Group) -> None:
    """Record a group's state and schedule, and from when on its slots count and are looked at."""
    calendar = _calendar(group.schedule)
    columns = ", ".join(f"{column} = ?" for column in calendar)
    sql = f"UPDATE study_groups SET state = ?, since_at = ?, next_at = ?, {columns}"  # noqa: S608
    values = group.state, group.since, group.next_at, *calendar.values()
    await tx.fetch(f"{sql} WHERE group_id = ?", *values, group.group_id)


async def set_looked(tx: Queries, group_id: int, since: datetime, next_at: datetime) -> None:
    """Record that the group's slots up to ``since`` are dealt with, and when the next one is."""
    sql = "UPDATE study_groups SET since_at = ?, next_at = ? WHERE group_id = ?"
    await tx.fetch(sql, since, next_at, group_id)


async def set_blocked(tx: Queries, group_id: int, problem: Problem | None) -> bool:
    """Record why nothing can be posted, or that all is well again; tell whether that is news."""
    sql = (
        "UPDATE study_groups SET blocked = ? WHERE group_id = ?"
        " AND COALESCE(blocked, '') <> ? RETURNING group_id"
    )
    blocked = None if problem is None else str(problem)
    return await tx.any_row(sql, blocked, group_id, blocked or "")


async def set_standing(tx: Queries, group_id: int, standing_id: int | None) -> None:
    """Record the post in the group's forum into which its weeks are sent; None: it is gone."""
    sql = "UPDATE study_groups SET standing_id = ? WHERE group_id = ?"
    await tx.fetch(sql, standing_id, group_id)


async def set_after_list(
    tx: Queries, group_id: int, choice: AfterList | None, now: datetime
) -> None:
    """Record how the group goes on when its list is through, from now on."""
    sql = "UPDATE study_groups SET after_list = ?, after_list_at = ? WHERE group_id = ?"
    await tx.fetch(sql, choice, now, group_id)


async def set_meets(tx: Queries, group_id: int, meets: Meets | None) -> None:
    """Record when the group talks about its paper; None: it doesn't meet."""
    columns = [f"meets_{name}" for name in MEETS]
    sql = f"UPDATE study_groups SET {', '.join(f'{each} = ?' for each in columns)}"  # noqa: S608 - names of ours
    said = [None if meets is None else getattr(meets, name) for name in MEETS]
    await tx.fetch(f"{sql} WHERE group_id = ?", *said, group_id)


async def clear_role(tx: Queries, group_id: int) -> None:
    """Let the group's papers mention nobody."""
    await tx.fetch("UPDATE study_groups SET role_id = NULL WHERE group_id = ?", group_id)


async def channels_about(db: Queries, guild_id: int, key: str, week: str) -> tuple[int, ...]:
    """Return the channels of a server's groups that have the resource picked, voted on or coming.

    From the week on; a choice for a week gone by, or a vote that is over, counts no more.
    """
    sql = (
        "SELECT channel_id FROM study_groups WHERE guild_id = ? AND state <> 'stopped' AND ("
        " EXISTS (SELECT 1 FROM picks WHERE picks.group_id = study_groups.group_id"
        " AND picks.resource_key = ? AND picks.week >= ?)"
        " OR EXISTS (SELECT 1 FROM votes WHERE votes.group_id = study_groups.group_id"
        " AND votes.state = 'running' AND votes.candidates LIKE ?)"
        " OR EXISTS (SELECT 1 FROM weeks WHERE weeks.group_id = study_groups.group_id"
        " AND weeks.state = 'waiting' AND weeks.resource_key = ?)) ORDER BY group_id"
    )
    return tuple(await db.fetch_column(sql, guild_id, key, week, f'%"{key}"%', key))


# Members


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


async def in_both(db: Queries, group_id: int, other_id: int) -> list[int]:
    """Return who is a member of both groups, by id."""
    sql = (
        "SELECT reader_id FROM members WHERE group_id = ? AND reader_id IN"
        " (SELECT reader_id FROM members WHERE group_id = ?) ORDER BY reader_id"
    )
    return await db.fetch_column(sql, group_id, other_id)


async def move_members(tx: Queries, group_id: int, to_id: int) -> None:
    """Move the members of one group to another; who is in both stays since they joined the first.

    And is reminded if either wish says so. No row is made: who deletes everything about themselves
    meanwhile finds theirs, wherever it is by then.
    """
    each = (
        "FROM members AS each WHERE each.reader_id = members.reader_id AND each.group_id IN (?, ?)"
    )
    sql = (
        f"UPDATE members SET joined_at = (SELECT MIN(joined_at) {each}),"  # noqa: S608 - ours
        # "wanted" comes after "closed", and whatever it is, after nothing.
        f" reminders = (SELECT MAX(reminders) {each}) WHERE group_id = ? AND reader_id IN"
        " (SELECT reader_id FROM members WHERE group_id = ?)"
    )
    both = group_id, to_id
    await tx.fetch(sql, *both, *both, to_id, group_id)
    sql = (
        "DELETE FROM members WHERE group_id = ? AND reader_id IN"
        " (SELECT reader_id FROM members WHERE group_id = ?)"
    )
    await tx.fetch(sql, *both)
    await tx.fetch("UPDATE members SET group_id = ? WHERE group_id = ?", to_id, group_id)


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


async def drop_wish(tx: Queries, group_id: int, reader_id: int) -> bool:
    """Record that the member wants no reminders any more; tell whether they did."""
    sql = (
        "UPDATE members SET reminders = NULL WHERE group_id = ? AND reader_id = ?"
        " AND reminders IS NOT NULL RETURNING reader_id"
    )
    return await tx.any_row(sql, group_id, reader_id)


async def close_wishes(tx: Queries, reader_id: int) -> None:
    """Record that a reader who wants reminders of groups' papers can't be sent any."""
    sql = "UPDATE members SET reminders = 'closed' WHERE reader_id = ? AND reminders = 'wanted'"
    await tx.fetch(sql, reader_id)


async def groups_to_remind_of(db: Queries, reader_id: int) -> list[Group]:
    """Return the reader's groups with a paper of which they want reminders, the next slot first.

    Leaving out groups that are silent.
    """
    sql = (
        "SELECT study_groups.* FROM members JOIN study_groups"
        " ON study_groups.group_id = members.group_id WHERE members.reader_id = ?"
        " AND members.reminders = 'wanted' AND study_groups.state = 'active' AND NOT EXISTS"
        " (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = study_groups.guild_id)"
        " AND EXISTS (SELECT 1 FROM weeks WHERE weeks.group_id = study_groups.group_id"
        " AND weeks.state = 'posted') ORDER BY study_groups.next_at, study_groups.group_id"
    )
    return [_group(row) for row in await db.fetch(sql, reader_id)]


async def any_wish(db: Queries, reader_id: int) -> bool:
    """Tell whether the reader wants reminders of any group's papers."""
    sql = "SELECT 1 FROM members WHERE reader_id = ? AND reminders = 'wanted' LIMIT 1"
    return await db.any_row(sql, reader_id)


async def take_wishing_members(tx: Queries, group_id: int, reader_id: int | None) -> None:
    """Let whoever wants reminders, and deletes everything about themselves, wait meanwhile.

    ``reader_id``: only this one.
    """
    sql = (
        "UPDATE members SET reminders = reminders WHERE group_id = ? AND reminders = 'wanted'"
        " AND (reader_id = ? OR CAST(? AS BIGINT) IS NULL)"
    )
    await tx.fetch(sql, group_id, reader_id, reader_id)


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


async def _one(db: Queries, sql: str, about: int) -> Group | None:
    row = await db.fetch_one(sql, about)
    return _group(row) if row else None


def _calendar(schedule: Schedule) -> dict[str, Value]:
    """Return a schedule by its columns."""
    columns = {field.name: getattr(schedule, field.name) for field in fields(schedule)}
    days_off = " ".join(map(str, schedule.days_off))
    return columns | {"days_off": days_off, "pause": str(schedule.pause or "")}


def _group(row: Row) -> Group:
    days_off = tuple(map(DaysOff.read, row["days_off"].split()))
    pause = DaysOff.read(row["pause"]) if row["pause"] else None
    schedule = value_from(Schedule, row, days_off=days_off, pause=pause)
    known = {"schedule": schedule, "since": instant(row["since_at"]), "meets": None}
    if row["meets_weekday"] is not None:
        known["meets"] = Meets(*(row[f"meets_{name}"] for name in MEETS))
    if row["merged_into"] is not None:
        known["channel_id"] = row["left_channel_id"]
    return value_from(Group, row, blocked=problem_from(row["blocked"]), **known)
