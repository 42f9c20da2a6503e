"""What a clock that was ahead has left in the ledger: instants later than they can be."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.store import changes as change_log
from bot.store.database import Queries
from bot.store.ids import made_at
from bot.store.instants import seconds

NEVER_AHEAD = (
    ("addition_changes", "changed_at"),
    ("additions", "changed_at"),
    ("asked_guilds", "asked_at"),
    ("changes", "undone_at"),
    ("doubts", "made_at"),
    ("drafts", "made_at"),
    ("gone_guilds", "gone_at"),
    ("known_resources", "gone_at"),
    ("members", "checked_at"),
    ("members", "joined_at"),
    ("outbox", "sent_at"),
    ("picks", "changed_at"),
    ("slots", "posted_at"),
    ("study_groups", "after_list_at"),
    ("study_groups", "blocked_at"),
    ("study_groups", "changed_at"),
    ("votes", "made_at"),
)
"""(table, column) of what has happened, but for marks and their changes: never later than now."""

OF_MARKS = (("changes", "made_at"), ("progress", "changed_at"))
PUT_OFF = ("progress", "until_at")
"""Of marks and their changes, which go together; a mark is put off for so long at most."""

LOOK_BACK = timedelta(weeks=4)
"""What was perhaps sent by a clock that was ahead is looked for from so long ago on."""

RETRY_WITHIN = timedelta(hours=1)
LEASE = timedelta(minutes=2)


async def newest_message_at(db: Queries) -> datetime | None:
    """Return when Discord got the newest message that the ledger knows, by Discord's clock."""
    rows = await db.fetch(
        "SELECT MAX(message_id) AS newest FROM (SELECT MAX(message_id) AS message_id FROM outbox"
        " UNION ALL SELECT MAX(message_id) AS message_id FROM slots) AS messages"
    )
    newest = rows[0]["newest"]
    return None if newest is None else made_at(newest)


async def columns_ahead(
    db: Queries, latest: Collection[tuple[str, str, datetime]]
) -> set[tuple[str, str]]:
    """Return which of these columns hold an instant later than theirs can be: in one look."""
    looks = (
        f"SELECT '{table}' AS table_name, '{column}' AS column_name"  # noqa: S608 - names of ours
        f" WHERE EXISTS (SELECT 1 FROM {table} WHERE {column} > ?)"
        for table, column, _ in latest
    )
    rows = await db.fetch(" UNION ALL ".join(looks), *(seconds(at) for _, _, at in latest))
    return {(row["table_name"], row["column_name"]) for row in rows}


async def pull_back(
    changes: Queries, table: str, column: str, limit: datetime, to: datetime
) -> int:
    """Set an instant later than ``limit`` to another; return in how many rows it was."""
    rows = await changes.fetch(
        f"UPDATE {table} SET {column} = ? WHERE {column} > ? RETURNING {column}",  # noqa: S608 - names of ours
        seconds(to),
        seconds(limit),
    )
    return len(rows)


async def pull_back_marks(
    changes: Queries, limit: datetime, now: datetime, put_off_for: timedelta
) -> int:
    """Pull back readers' marks and what they can undo, alike; return how many there were."""
    until = now + put_off_for
    await change_log.pull_back(changes, limit, now, until)
    count = await pull_back(changes, *PUT_OFF, until, until)
    for table, column in OF_MARKS:
        count += await pull_back(changes, table, column, limit, now)
    return count


async def pull_back_outbox(changes: Queries, now: datetime, apart: timedelta) -> int:
    """Make due what waits for a time that was meant otherwise; return in how many rows that was.

    A reminder may be planned for weeks ahead: only what is further ahead goes, to be planned anew.
    """
    retried, leased = seconds(now + RETRY_WITHIN + apart), seconds(now + LEASE + apart)
    furthest, at = seconds(now + LOOK_BACK), seconds(now)
    planned = await changes.fetch(
        "DELETE FROM outbox WHERE kind = 'reminder' AND state = 'waiting' AND tried_at IS NULL"
        " AND due_at > ? RETURNING row_id",
        furthest,
    )
    tried = await changes.fetch(
        "UPDATE outbox SET tried_at = ? WHERE tried_at > ? RETURNING row_id",
        seconds(now - LOOK_BACK),
        seconds(now + apart),
    )
    waiting = await changes.fetch(
        "UPDATE outbox SET due_at = ?, until_at = CASE WHEN until_at > ? THEN CAST(? AS BIGINT)"
        " ELSE until_at END, lease_until = CASE WHEN lease_until > ? THEN CAST(? AS BIGINT)"
        " ELSE lease_until END WHERE state IN ('waiting', 'claimed')"
        " AND (kind <> 'reminder' AND due_at > ? OR due_at > ? OR lease_until > ?)"
        " RETURNING row_id",
        at,
        seconds(now + timedelta(days=8)),
        seconds(now + timedelta(days=1)),
        leased,
        at,
        retried,
        furthest,
        leased,
    )
    return len(planned) + len({row["row_id"] for row in (*tried, *waiting)})


async def drop_picks_after(changes: Queries, week: str) -> int:
    """Forget what was chosen for weeks after this one; return how many choices these are."""
    return len(await changes.fetch("DELETE FROM picks WHERE week > ? RETURNING week", week))
