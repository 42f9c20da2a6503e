"""The ledger's own upkeep: its notes, instants that a wrong clock left there, and its copies."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import BackupError
from bot.store import progress
from bot.store.database import Queries, lock_file, sqlite_file
from bot.store.instants import made_at
from bot.store.migrations import known_migrations

NEVER_AHEAD = (
    ("addition_changes", "changed_at"),
    ("additions", "changed_at"),
    ("asked_guilds", "asked_at"),
    ("changes", "undone_at"),
    ("doubts", "made_at"),
    ("drafts", "made_at"),
    ("gone_guilds", "gone_at"),
    ("known_resources", "gone_at"),
    ("leads", "changed_at"),
    ("leads", "told_at"),
    ("list_versions", "made_at"),
    ("lists", "changed_at"),
    ("lists", "removed_at"),
    ("members", "checked_at"),
    ("members", "joined_at"),
    ("picks", "changed_at"),
    ("reader_lists", "used_at"),
    ("reader_settings", "nudged_at"),
    ("reader_settings", "reminded_at"),
    ("suggestions", "made_at"),
    ("suggestions", "settled_at"),
    ("weeks", "posted_at"),
    ("study_groups", "after_list_at"),
    ("study_groups", "changed_at"),
    ("votes", "made_at"),
    ("wishes", "made_at"),
    ("wishes", "told_at"),
)
"""(table, column) of what has happened, so never later than now; marks and changes apart."""

NUDGES = ("reader_settings", "nudge_at")
AGAIN = ("reader_settings", "again_at")
LOOKUPS = ("drafts", "lease_until")
LINKS = ("link_checks", "next_at")
WORDS = ("inbox_words", "next_at")
"""These lie ahead: the next look whether to remind a reader, tomorrow for *Later*, the minute for
which a process looks up an import's links, and the next look at a link.
"""

OF_MARKS = (("changes", "made_at"), ("progress", "changed_at"))
PUT_OFF = ("progress", "until_at")
"""Of marks and their changes, which go together; ``PUT_OFF`` lies ahead, but not by much."""

LOOK_BACK = timedelta(weeks=4)
"""How far back to look for what was perhaps sent while the clock was ahead."""

RETRY_WITHIN = timedelta(hours=1)
LEASE = timedelta(minutes=2)

PAGES_AT_A_TIME, STEPS_AT_A_TIME = 1_000, 1_000_000
"""Of a copy and its check: after each of them it may be stopped."""

COUNTS = """
SELECT (SELECT COUNT(*) FROM progress), (SELECT COUNT(DISTINCT reader_id) FROM progress),
    (SELECT COUNT(*) FROM study_groups)
"""
"""What a copy holds, for whoever made it."""


async def newest_message_at(db: Queries) -> datetime | None:
    """Return when Discord received the newest message we know of, by Discord's clock."""
    sql = (
        "SELECT MAX(message_id) FROM (SELECT MAX(message_id) AS message_id FROM outbox"
        " UNION ALL SELECT MAX(message_id) AS message_id FROM weeks) AS messages"
    )
    newest = await db.fetch_value(sql)
    return None if newest is None else made_at(newest)


async def columns_ahead(
    db: Queries, latest: Mapping[tuple[str, str], datetime]
) -> set[tuple[str, str]]:
    """Return which of these columns hold an instant later than they may: in one statement."""
    looks = (
        f"SELECT '{table}' AS table_name, '{column}' AS column_name"  # noqa: S608 - names of ours
        f" WHERE EXISTS (SELECT 1 FROM {table} WHERE {column} > ?)"
        for table, column in latest
    )
    rows = await db.fetch(" UNION ALL ".join(looks), *latest.values())
    return {(row["table_name"], row["column_name"]) for row in rows}


async def pull_back(tx: Queries, table: str, column: str, *, limit: datetime, to: datetime) -> int:
    """Set instants later than ``limit`` to another one; return how many there were."""
    sql = f"UPDATE {table} SET {column} = ? WHERE {column} > ? RETURNING {column}"  # noqa: S608 - names of ours
    return len(await tx.fetch(sql, to, limit))


async def pull_back_marks(
    tx: Queries, limit: datetime, now: datetime, put_off_for: timedelta
) -> int:
    """Pull back readers' marks and what they can undo, alike; return how many there were."""
    until = now + put_off_for
    await progress.pull_back(tx, limit, now, until)
    count = await pull_back(tx, *PUT_OFF, limit=until, to=until)
    for table, column in OF_MARKS:
        count += await pull_back(tx, table, column, limit=limit, to=now)
    return count


async def pull_back_outbox(tx: Queries, now: datetime, apart: timedelta) -> int:
    """Make due what waits for a time that a wrong clock set; return how many rows that was."""
    retried, leased = now + RETRY_WITHIN + apart, now + LEASE + apart
    sql = "UPDATE outbox SET tried_at = ? WHERE tried_at > ? RETURNING row_id"
    tried = await tx.fetch_column(sql, now - LOOK_BACK, now + apart)
    sql = (
        "UPDATE outbox SET due_at = ?, until_at = CASE WHEN until_at > ? THEN CAST(? AS BIGINT)"
        " ELSE until_at END, lease_until = CASE WHEN lease_until > ? THEN CAST(? AS BIGINT)"
        " ELSE lease_until END WHERE state IN ('waiting', 'claimed')"
        " AND (due_at > ? OR lease_until > ?) RETURNING row_id"
    )
    until = now + timedelta(days=8), now + timedelta(days=1)
    waiting = await tx.fetch_column(sql, now, *until, leased, now, retried, leased)
    return len({*tried, *waiting})


async def drop_picks_after(tx: Queries, week: str) -> int:
    """Forget what was chosen for weeks after this one; return how many choices that was."""
    return len(await tx.fetch("DELETE FROM picks WHERE week > ? RETURNING week", week))


# Notes by name, and the row from which tickets are taken


async def setting(db: Queries, name: str) -> str | None:
    """Return what was recorded under the name, or None."""
    value: str | None = await db.fetch_value("SELECT value FROM settings WHERE name = ?", name)
    return value


async def set_setting(tx: Queries, name: str, value: str) -> None:
    """Record a value under the name."""
    sql = (
        "INSERT INTO settings (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    await tx.fetch(sql, name, value)


async def replace_setting(tx: Queries, name: str, before: str, value: str) -> bool:
    """Record a value if there is none or this one; tell whether that was so."""
    sql = (
        "INSERT INTO settings (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE settings.value = ?"
        " RETURNING name"
    )
    return await tx.any_row(sql, name, value, before)


async def take_next_ticket_at(tx: Queries) -> int:
    """Return when the next ticket is good, and make others who ask wait for this transaction."""
    sql = (
        "INSERT INTO tickets (only_row, free_at) VALUES (1, 0)"
        " ON CONFLICT (only_row) DO UPDATE SET free_at = tickets.free_at RETURNING free_at"
    )
    return int(await tx.fetch_value(sql))


async def set_next_ticket_at(tx: Queries, free_at: int) -> None:
    """Record when the next ticket is good."""
    await tx.fetch("UPDATE tickets SET free_at = ?", free_at)


# Copies of the whole database, beside a running bot, and put back


def back_up(url: str, target: Path, is_stopped: Callable[[], bool] = lambda: False) -> str:
    """Write a copy of the database, whole even while a bot writes, and return what it holds.

    Neither readers nor writers wait for it. It is asked again and again whether it ``is_stopped``.

    Raises:
        BackupError: there is nothing to copy, the copy can't be written, it isn't whole, or it was
            stopped.
    """
    source = _file(url, "copy it with its own pg_dump")
    if not source.is_file():
        raise BackupError(f"There is no database at {source}. DATABASE_URL says where it is.")
    return _copied(source, target, is_stopped)


def restore_from(source: Path, url: str) -> str:
    """Put a backup where the URL names no database yet, and return what it holds.

    Raises:
        BackupError: a database is there, a bot runs on it, or the file is no whole backup.
    """
    target = _file(url, "put its dump back with pg_restore or psql")
    if not source.is_file():
        raise BackupError(f"There is no file {source}.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = lock_file(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{target} can't be written ({error}).") from error
    with contextlib.closing(lock):
        for left in (target, Path(f"{target}-wal"), Path(f"{target}-journal")):
            if os.path.lexists(left):
                raise BackupError(
                    f"{left} is there already. Move what is there elsewhere, with its -wal and"
                    " -shm, and try again: a backup goes into an empty place only."
                )
        return _copied(source, target)


def _file(url: str, instead: str) -> Path:
    path = sqlite_file(url)
    if path is None:
        raise BackupError(f"This is for SQLite. Your DATABASE_URL names PostgreSQL: {instead}.")
    return path


def _copied(source: Path, target: Path, is_stopped: Callable[[], bool] = lambda: False) -> str:
    """Copy and check; the target appears whole or not at all, and nothing is written over."""
    if os.path.lexists(target):
        raise BackupError(f"{target} is there already: name a new file.")
    try:
        with TemporaryDirectory(prefix=f"{target.name}.", dir=target.parent) as folder:
            part = Path(folder, target.name)
            only_read = f"{source.resolve().as_uri()}?mode=ro"
            with (
                contextlib.closing(sqlite3.connect(only_read, uri=True)) as old,
                contextlib.closing(sqlite3.connect(part, isolation_level=None)) as new,
            ):
                old.execute("PRAGMA busy_timeout=10000")
                # In a transaction, all parts are of one instant: else a write begins them anew.
                old.execute("BEGIN")
                old.execute("SELECT 1 FROM sqlite_schema").fetchall()
                old.backup(new, pages=PAGES_AT_A_TIME, progress=lambda *_: _go_on(is_stopped))
                new.set_progress_handler(is_stopped, STEPS_AT_A_TIME)
                new.execute("PRAGMA journal_mode=DELETE")  # one file, without a separate -wal
                held = checked(new, source)
            with part.open("rb") as written:
                os.fsync(written.fileno())
            _appear(part, target)
    except sqlite3.Error as error:
        raise BackupError(f"{source} can't be copied to {target} ({error}).") from error
    except OSError as error:
        raise BackupError(f"{target} can't be written ({error.strerror}).") from error
    return held


def _go_on(is_stopped: Callable[[], bool]) -> None:
    if is_stopped():
        raise BackupError("The backup was stopped.")


def _appear(part: Path, target: Path) -> None:
    """Give a whole file its name. A link, unlike a rename, never replaces what came meanwhile."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # USB sticks and some network drives know no links
        part.rename(target)


def checked(copy: sqlite3.Connection, source: Path) -> str:
    """Return what a copy of the source, or the source itself, holds, in words.

    Raises:
        BackupError: it is damaged, none of ours, or newer than this version.
    """
    problems = [row[0] for row in copy.execute("PRAGMA integrity_check(1)")]
    if problems != ["ok"]:
        where = " ".join(problems[0].split())
        raise BackupError(f"{source} is damaged ({where}): no copy was made.")
    try:
        past = {row[0] for row in copy.execute("SELECT number FROM migrations")}
        marks, readers, groups = copy.execute(COUNTS).fetchone()
    except sqlite3.OperationalError as error:
        raise BackupError(f"{source} is no database of Nextread's ({error}).") from error
    if past - known_migrations():
        raise BackupError(f"{source} is of a newer version of Nextread. Update Nextread first.")
    return f"{_number(marks, 'mark')} of {_number(readers, 'reader')}, {_number(groups, 'group')}"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
