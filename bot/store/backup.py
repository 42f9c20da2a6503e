"""Copies the SQLite database beside a running bot, and puts a copy back."""

import contextlib
import os
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import BackupError
from bot.store.database import lock_file, sqlite_file
from bot.store.migrations import known_migrations

COUNTS = """
SELECT (SELECT COUNT(*) FROM progress), (SELECT COUNT(DISTINCT reader_id) FROM progress),
    (SELECT COUNT(*) FROM study_groups)
"""


def back_up(url: str, target: Path) -> str:
    """Write a copy of the database, whole even while a bot writes, and return what it holds.

    Raises:
        BackupError: there is nothing to copy, the copy can't be written, or it isn't whole.
    """
    source = _file(url, "copy it with its own pg_dump")
    if not source.is_file():
        raise BackupError(f"There is no database at {source}. DATABASE_URL says where it is.")
    return _copied(source, target)


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


def _copied(source: Path, target: Path) -> str:
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
                old.backup(new)
                new.execute("PRAGMA journal_mode=DELETE")  # one file, without a separate -wal
                held = _checked(new, source)
            with part.open("rb") as written:
                os.fsync(written.fileno())
            _appear(part, target)
    except sqlite3.Error as error:
        raise BackupError(f"{source} can't be copied to {target} ({error}).") from error
    except OSError as error:
        raise BackupError(f"{target} can't be written ({error.strerror}).") from error
    return held


def _appear(part: Path, target: Path) -> None:
    """Give a whole file its name. A link, unlike a rename, never replaces what came meanwhile."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # USB sticks and some network drives know no links
        part.rename(target)


def _checked(copy: sqlite3.Connection, source: Path) -> str:
    """Return what the copy holds, in words."""
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
