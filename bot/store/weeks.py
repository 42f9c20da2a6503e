"""Groups' weeks: one row each, whatever became of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import chain

from bot.core.groups import Post, PostState, served_weeks
from bot.core.weeks import Schedule
from bot.store.database import Queries, Row, Value, question_marks, value_from
from bot.store.instants import instant


async def put_slot(tx: Queries, post: Post) -> None:
    """Write a week's row; a week that has one already keeps its id."""
    sql = (
        "INSERT INTO slots (slot_id, group_id, week, slot_at, state, resource_key, title, why,"
        " is_late, channel_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (group_id, week) DO UPDATE SET slot_at = excluded.slot_at,"
        " state = excluded.state, resource_key = excluded.resource_key, title = excluded.title,"
        " why = excluded.why, is_late = excluded.is_late, channel_id = excluded.channel_id"
    )
    week = post.slot_id, post.group_id, post.week, post.at, post.state
    await tx.fetch(sql, *week, post.key, post.title, post.why, post.is_late, post.channel_id)


async def delete_slot(tx: Queries, slot_id: int) -> None:
    """Forget a week's row, as if nothing had been decided about it."""
    await tx.fetch("DELETE FROM slots WHERE slot_id = ?", slot_id)


async def slot(db: Queries, slot_id: int) -> Post | None:
    """Return the week with this id."""
    row = await db.fetch_one("SELECT * FROM slots WHERE slot_id = ?", slot_id)
    return _post(row) if row else None


async def slots_by_id(db: Queries, slot_ids: Collection[int]) -> list[Post]:
    """Return the weeks with these ids, as far as they are there."""
    sql = f"SELECT * FROM slots WHERE slot_id IN ({question_marks(slot_ids)})"  # noqa: S608
    return [_post(row) for row in await db.fetch(sql, *slot_ids)]


async def slot_of_week(db: Queries, group_id: int, week: str) -> Post | None:
    """Return the group's week, if anything was decided about it."""
    row = await db.fetch_one("SELECT * FROM slots WHERE group_id = ? AND week = ?", group_id, week)
    return _post(row) if row else None


async def latest_slots(db: Queries, group_id: int, count: int) -> list[Post]:
    """Return the group's weeks, the newest first, weeks to come included."""
    sql = "SELECT * FROM slots WHERE group_id = ? ORDER BY slot_at DESC LIMIT ?"
    return [_post(row) for row in await db.fetch(sql, group_id, count)]


async def weeks_of(db: Queries, group_id: int) -> set[str]:
    """Return all weeks of the group about which anything was decided."""
    return set(await db.fetch_column("SELECT week FROM slots WHERE group_id = ?", group_id))


async def served(db: Queries, group_id: int, schedule: Schedule) -> set[str]:
    """Return all weeks that the group's calendar passes by; see ``served_weeks``."""
    rows = await db.fetch("SELECT week, slot_at, state FROM slots WHERE group_id = ?", group_id)
    return served_weeks(schedule, ((r["week"], instant(r["slot_at"]), r["state"]) for r in rows))


async def slots_after(db: Queries, group_id: int, at: datetime) -> list[Post]:
    """Return the group's weeks whose slot is later than this, the earliest first."""
    sql = "SELECT * FROM slots WHERE group_id = ? AND slot_at > ? ORDER BY slot_at"
    return [_post(row) for row in await db.fetch(sql, group_id, at)]


async def move_slot(tx: Queries, slot_id: int, week: str, at: datetime) -> None:
    """Move a week's row to another week, which must be free, or only to another instant.

    Nothing is late for a slot that was worked out wrongly.
    """
    sql = "UPDATE slots SET week = ?, slot_at = ?, is_late = 0 WHERE slot_id = ?"
    await tx.fetch(sql, week, at, slot_id)


async def last_posted(db: Queries, group_id: int) -> Post | None:
    """Return the week whose paper the group was sent last."""
    sql = (
        "SELECT * FROM slots WHERE group_id = ? AND state = 'posted' ORDER BY slot_at DESC LIMIT 1"
    )
    row = await db.fetch_one(sql, group_id)
    return _post(row) if row else None


async def not_followed(db: Queries, slot_ids: Collection[int], before: datetime) -> set[int]:
    """Return which of these weeks had, at that time, no later paper of their group after them."""
    sql = (
        f"SELECT slot_id FROM slots WHERE slot_id IN ({question_marks(slot_ids)}) AND NOT EXISTS"  # noqa: S608 - question marks only
        " (SELECT 1 FROM slots AS later WHERE later.group_id = slots.group_id"
        " AND later.slot_at > slots.slot_at AND later.state = 'posted' AND later.posted_at <= ?)"
    )
    return set(await db.fetch_column(sql, *slot_ids, before))


async def past_slots(
    db: Queries, group_id: int, *, now: datetime, count: int, skip: int = 0
) -> list[Post]:
    """Return the group's weeks whose slot has come, the newest first, without the first few."""
    sql = (
        "SELECT * FROM slots WHERE group_id = ? AND slot_at <= ?"
        " ORDER BY slot_at DESC LIMIT ? OFFSET ?"
    )
    return [_post(row) for row in await db.fetch(sql, group_id, now, count, skip)]


async def had_keys(db: Queries, group_id: int, since: datetime | None = None) -> set[str]:
    """Return what the group has had, ever or since then, or is just being sent."""
    sql = (
        "SELECT resource_key FROM slots WHERE group_id = ?"
        " AND state IN ('waiting', 'posted', 'uncertain') AND resource_key IS NOT NULL"
        " AND slot_at >= ?"
    )
    return set(await db.fetch_column(sql, group_id, since or 0))


async def set_slot_state(tx: Queries, slot_id: int, state: PostState) -> None:
    """Record what became of the week."""
    await tx.fetch("UPDATE slots SET state = ? WHERE slot_id = ?", state, slot_id)


async def call_off(tx: Queries, group_id: int) -> None:
    """Leave out a week whose paper is still waiting; one that was perhaps sent is uncertain."""
    sql = (
        "UPDATE slots SET state = CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE kind = 'post'"
        " AND reference = CAST(slot_id AS TEXT) AND tried_at IS NOT NULL) THEN 'uncertain'"
        " ELSE 'skipped' END WHERE group_id = ? AND state = 'waiting'"
    )
    await tx.fetch(sql, group_id)


async def set_late(tx: Queries, slot_id: int, *, late: bool) -> None:
    """Record whether the week's paper left after its time."""
    await tx.fetch("UPDATE slots SET is_late = ? WHERE slot_id = ?", late, slot_id)


async def set_posted(
    tx: Queries, slot_id: int, *, channel_id: int, message_id: int | None, now: datetime
) -> None:
    """Record the message of the week's paper; None: it is deleted already."""
    sql = (
        "UPDATE slots SET state = 'posted', channel_id = ?, message_id = ?, posted_at = ?"
        " WHERE slot_id = ?"
    )
    await tx.fetch(sql, channel_id, message_id, now, slot_id)


async def set_thread(tx: Queries, slot_id: int, thread_id: int) -> None:
    """Record the thread under the week's paper."""
    await tx.fetch("UPDATE slots SET thread_id = ? WHERE slot_id = ?", thread_id, slot_id)


async def add_post_reader(tx: Queries, slot_id: int, reader_id: int) -> None:
    """Record that somebody pressed "I've read it". Twice is harmless."""
    sql = (
        "INSERT INTO post_readers (slot_id, reader_id) VALUES (?, ?)"
        " ON CONFLICT (slot_id, reader_id) DO NOTHING"
    )
    await tx.fetch(sql, slot_id, reader_id)


async def read_counts(
    db: Queries, group_id: int, keys: Mapping[int, Collection[str]]
) -> dict[int, tuple[int, int]]:
    """Return, by week, how many of its people have its paper done, and how many they are.

    A week's people are the members, and whoever pressed its button. ``keys``: all keys of each
    week's paper. In one statement.
    """
    asked: list[tuple[Value, ...]] = [(id_, key) for id_ in keys for key in sorted(keys[id_])]
    places = ", ".join(["(CAST(? AS BIGINT), CAST(? AS TEXT))"] * len(asked))
    sql = (
        f"WITH papers (slot_id, resource_key) AS (VALUES {places}),"  # noqa: S608 - question marks only
        " people AS (SELECT weeks.slot_id, members.reader_id"
        " FROM (SELECT DISTINCT slot_id FROM papers) AS weeks"
        " JOIN members ON members.group_id = ? UNION SELECT slot_id, reader_id FROM post_readers"
        " WHERE slot_id IN (SELECT slot_id FROM papers))"
        # Each person is looked up by the key of their marks: PostgreSQL joins no worse way.
        " SELECT slot_id, COUNT(*) AS people, COUNT(CASE WHEN EXISTS (SELECT 1 FROM papers"
        " JOIN progress ON progress.resource_key = papers.resource_key"
        " WHERE papers.slot_id = people.slot_id AND progress.reader_id = people.reader_id"
        " AND progress.state = 'done') THEN 1 END) AS readers FROM people GROUP BY slot_id"
    )
    rows = await db.fetch(sql, *chain.from_iterable(asked), group_id)
    counts = {row["slot_id"]: (int(row["readers"]), int(row["people"])) for row in rows}
    return {slot_id: counts.get(slot_id, (0, 0)) for slot_id in keys}


async def named_readers(db: Queries, post: Post, keys: Collection[str]) -> list[int]:
    """Return the members counted by ``read_counts`` who show their name, by id."""
    sql = (
        "SELECT DISTINCT members.reader_id FROM members"  # noqa: S608 - question marks only
        " JOIN reader_settings ON reader_settings.reader_id = members.reader_id"
        " JOIN progress ON progress.reader_id = members.reader_id"
        f" WHERE members.group_id = ? AND progress.resource_key IN ({question_marks(keys)})"
        " AND progress.state = 'done' AND reader_settings.named = 1 ORDER BY members.reader_id"
    )
    return await db.fetch_column(sql, post.group_id, *keys)


async def reads_of_groups(
    db: Queries, reader_id: int, guild_id: int | None, since: datetime
) -> list[tuple[str, int]]:
    """Return (key, channel) of what the reader's groups were posted since then, newest first.

    ``guild_id``: only that server's groups; None: all of them.
    """
    sql = (
        "SELECT slots.resource_key, study_groups.channel_id FROM members"
        " JOIN study_groups ON study_groups.group_id = members.group_id"
        " JOIN slots ON slots.group_id = members.group_id"
        " WHERE members.reader_id = ? AND slots.slot_at > ? AND slots.state = 'posted'"
        " AND study_groups.state <> 'stopped' AND NOT EXISTS"
        " (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = study_groups.guild_id)"
        " AND (study_groups.guild_id = ? OR CAST(? AS BIGINT) IS NULL)"
        " ORDER BY slots.slot_at DESC"
    )
    rows = await db.fetch(sql, reader_id, since, guild_id, guild_id)
    return [(row["resource_key"], row["channel_id"]) for row in rows]


def _post(row: Row) -> Post:
    return value_from(
        Post, row, at=instant(row["slot_at"]), key=row["resource_key"], title=row["title"] or ""
    )
