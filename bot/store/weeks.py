"""Groups' weeks: one row each, whatever became of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import chain

from bot.core.weeks import Week, WeekState
from bot.store.database import Queries, Row, Value, question_marks, value_from
from bot.store.instants import instant


async def put_week(tx: Queries, post: Week) -> None:
    """Write a week's row; a week that has one already keeps its id."""
    sql = (
        "INSERT INTO weeks (week_id, group_id, week, slot_at, state, resource_key, title, why,"
        " is_late, channel_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (group_id, week) DO UPDATE SET slot_at = excluded.slot_at,"
        " state = excluded.state, resource_key = excluded.resource_key, title = excluded.title,"
        " why = excluded.why, is_late = excluded.is_late, channel_id = excluded.channel_id"
    )
    week = post.week_id, post.group_id, post.week, post.at, post.state
    await tx.fetch(sql, *week, post.key, post.title, post.why, post.is_late, post.channel_id)


async def delete_week(tx: Queries, week_id: int) -> None:
    """Forget a week's row, as if nothing had been decided about it."""
    await tx.fetch("DELETE FROM weeks WHERE week_id = ?", week_id)


async def week(db: Queries, week_id: int) -> Week | None:
    """Return the week with this id."""
    row = await db.fetch_one("SELECT * FROM weeks WHERE week_id = ?", week_id)
    return _post(row) if row else None


async def weeks_by_id(db: Queries, week_ids: Collection[int]) -> list[Week]:
    """Return the weeks with these ids, as far as they are there."""
    sql = f"SELECT * FROM weeks WHERE week_id IN ({question_marks(week_ids)})"  # noqa: S608
    return [_post(row) for row in await db.fetch(sql, *week_ids)]


async def weeks_of(db: Queries, group_id: int) -> list[Week]:
    """Return all the group's weeks, the latest first, weeks to come included."""
    sql = "SELECT * FROM weeks WHERE group_id = ? ORDER BY slot_at DESC"
    return [_post(row) for row in await db.fetch(sql, group_id)]


async def move_week(tx: Queries, week_id: int, week: str, at: datetime) -> None:
    """Move a week's row to another week, which must be free, or only to another instant.

    Nothing is late for a slot that was worked out wrongly.
    """
    sql = "UPDATE weeks SET week = ?, slot_at = ?, is_late = 0 WHERE week_id = ?"
    await tx.fetch(sql, week, at, week_id)


async def last_posted(db: Queries, group_id: int) -> Week | None:
    """Return the week whose paper the group was sent last."""
    sql = (
        "SELECT * FROM weeks WHERE group_id = ? AND state = 'posted' ORDER BY slot_at DESC LIMIT 1"
    )
    row = await db.fetch_one(sql, group_id)
    return _post(row) if row else None


async def not_followed(db: Queries, week_ids: Collection[int], before: datetime) -> set[int]:
    """Return which of these weeks had, at that time, no later paper of their group after them."""
    sql = (
        f"SELECT week_id FROM weeks WHERE week_id IN ({question_marks(week_ids)}) AND NOT EXISTS"  # noqa: S608 - question marks only
        " (SELECT 1 FROM weeks AS later WHERE later.group_id = weeks.group_id"
        " AND later.slot_at > weeks.slot_at AND later.state = 'posted' AND later.posted_at <= ?)"
    )
    return set(await db.fetch_column(sql, *week_ids, before))


async def set_week_state(tx: Queries, week_id: int, state: WeekState) -> None:
    """Record what became of the week."""
    await tx.fetch("UPDATE weeks SET state = ? WHERE week_id = ?", state, week_id)


async def call_off(tx: Queries, group_id: int) -> None:
    """Leave out a week whose paper is still waiting; one that was perhaps sent is uncertain."""
    sql = (
        "UPDATE weeks SET state = CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE kind = 'post'"
        " AND reference = CAST(week_id AS TEXT) AND tried_at IS NOT NULL) THEN 'uncertain'"
        " ELSE 'skipped' END WHERE group_id = ? AND state = 'waiting'"
    )
    await tx.fetch(sql, group_id)


async def set_late(tx: Queries, week_id: int, *, late: bool) -> None:
    """Record whether the week's paper left after its time."""
    await tx.fetch("UPDATE weeks SET is_late = ? WHERE week_id = ?", late, week_id)


async def set_posted(
    tx: Queries, week_id: int, *, channel_id: int, message_id: int | None, now: datetime
) -> None:
    """Record the message of the week's paper; None: it is deleted already."""
    sql = (
        "UPDATE weeks SET state = 'posted', channel_id = ?, message_id = ?, posted_at = ?"
        " WHERE week_id = ?"
    )
    await tx.fetch(sql, channel_id, message_id, now, week_id)


async def set_thread(tx: Queries, week_id: int, thread_id: int) -> None:
    """Record the thread under the week's paper."""
    await tx.fetch("UPDATE weeks SET thread_id = ? WHERE week_id = ?", thread_id, week_id)


async def add_week_reader(tx: Queries, week_id: int, reader_id: int) -> None:
    """Record that somebody pressed "I've read it". Twice is harmless."""
    sql = (
        "INSERT INTO week_readers (week_id, reader_id) VALUES (?, ?)"
        " ON CONFLICT (week_id, reader_id) DO NOTHING"
    )
    await tx.fetch(sql, week_id, reader_id)


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
        f"WITH papers (week_id, resource_key) AS (VALUES {places}),"  # noqa: S608 - question marks only
        " people AS (SELECT asked.week_id, members.reader_id"
        " FROM (SELECT DISTINCT week_id FROM papers) AS asked"
        " JOIN members ON members.group_id = ? UNION SELECT week_id, reader_id FROM week_readers"
        " WHERE week_id IN (SELECT week_id FROM papers))"
        # Each person is looked up by the key of their marks: PostgreSQL joins no worse way.
        " SELECT week_id, COUNT(*) AS people, COUNT(CASE WHEN EXISTS (SELECT 1 FROM papers"
        " JOIN progress ON progress.resource_key = papers.resource_key"
        " WHERE papers.week_id = people.week_id AND progress.reader_id = people.reader_id"
        " AND progress.state = 'done') THEN 1 END) AS readers FROM people GROUP BY week_id"
    )
    rows = await db.fetch(sql, *chain.from_iterable(asked), group_id)
    counts = {row["week_id"]: (int(row["readers"]), int(row["people"])) for row in rows}
    return {week_id: counts.get(week_id, (0, 0)) for week_id in keys}


async def named_readers(db: Queries, group_id: int, keys: Collection[str]) -> list[int]:
    """Return the members counted by ``read_counts`` who show their name, by id."""
    sql = (
        "SELECT DISTINCT members.reader_id FROM members"  # noqa: S608 - question marks only
        " JOIN reader_settings ON reader_settings.reader_id = members.reader_id"
        " JOIN progress ON progress.reader_id = members.reader_id"
        f" WHERE members.group_id = ? AND progress.resource_key IN ({question_marks(keys)})"
        " AND progress.state = 'done' AND reader_settings.named = 1 ORDER BY members.reader_id"
    )
    return await db.fetch_column(sql, group_id, *keys)


def _post(row: Row) -> Week:
    return value_from(
        Week, row, at=instant(row["slot_at"]), key=row["resource_key"], title=row["title"] or ""
    )
