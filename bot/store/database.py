"""SQLite and PostgreSQL behind one face: ``fetch`` and ``transaction``.

The SQL is the subset both share, with ``?`` for parameters. Reading outside a transaction never
waits for a writer; writing happens in transactions only.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib.util
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import aiosqlite

from bot.errors import ConfigError

if TYPE_CHECKING:
    import asyncpg

Value = int | str | None
Row = Mapping[str, Any]

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")


class Queries(Protocol):
    """The database or an open transaction."""

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        """Run one statement and return its rows."""
        ...


class Database(Queries, Protocol):
    """``fetch`` outside a transaction only reads. ``is_shared``: other processes may write too."""

    @property
    def is_shared(self) -> bool: ...

    def transaction(self) -> AbstractAsyncContextManager[Queries]:
        """Open a transaction: committed at the end of the block, rolled back on an error."""
        ...

    def migrating(self) -> AbstractAsyncContextManager[Queries]:
        """Open a transaction that no other process migrates beside."""
        ...

    async def close(self) -> None:
        """Give everything back."""
        ...


async def open_database(url: str) -> Database:
    """Open the database that the URL names.

    ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://...``.

    Raises:
        ConfigError: the URL, the file or the server is not usable, or another bot has the file.
    """
    if url.startswith(SQLITE) and len(url) > len(SQLITE):
        return await SqliteDatabase.open(Path(url.removeprefix(SQLITE)))
    if url.startswith(POSTGRES):
        return await PostgresDatabase.open(url)
    raise ConfigError(
        "DATABASE_URL must look like sqlite:///nextread.db or postgresql://user:password@host/name."
    )


class SqliteDatabase:
    """One writing connection, taken in turns, and one that only reads beside it (WAL)."""

    is_shared = False

    def __init__(
        self,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        opened: contextlib.AsyncExitStack,
    ) -> None:
        self._writer = _SqliteQueries(writer)
        self._reader = _SqliteQueries(reader)
        self._opened = opened
        self._turn = asyncio.Lock()
        self.fetch = self._reader.fetch

    @classmethod
    async def open(cls, path: Path) -> SqliteDatabase:
        """Open the file, made if missing, and keep other bots from it until ``close``."""
        async with contextlib.AsyncExitStack() as opened:
            try:
                path = _prepared(path)
                opened.enter_context(contextlib.closing(_lock_file(path)))
                _try_to_open(path)
                writer = await _connect(
                    path, "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"
                )
                opened.push_async_callback(writer.close)
                reader = await _connect(path, "query_only=ON")
                opened.push_async_callback(reader.close)
            except (OSError, RuntimeError, sqlite3.Error) as error:
                raise ConfigError(f"DATABASE_URL: {path} can't be opened ({error}).") from error
            return cls(writer, reader, opened.pop_all())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Queries]:
        async with self._turn:
            try:
                await self._writer.fetch("BEGIN IMMEDIATE")
                yield self._writer
                await asyncio.shield(self._writer.fetch("COMMIT"))
            except BaseException:
                # Shielded: a cancelled click must not leave its transaction open for the next one.
                await asyncio.shield(self._writer.roll_back())
                raise

    migrating = transaction

    async def close(self) -> None:
        await self._opened.aclose()


class _SqliteQueries:
    def __init__(self, connection: aiosqlite.Connection) -> None:
        self.connection = connection

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        return list(await self.connection.execute_fetchall(sql, args))  # type: ignore[arg-type]  # sqlite3.Row reads as a mapping

    async def roll_back(self) -> None:
        """End the transaction, if all that was asked before leaves one open."""
        with contextlib.suppress(sqlite3.OperationalError):  # none is: what failed has ended it
            await self.connection.execute_fetchall("ROLLBACK")


async def _connect(path: Path, *pragmas: str) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", *pragmas):
            await connection.execute_fetchall(f"PRAGMA {pragma}")
    except BaseException:
        await connection.close()
        raise
    return connection


def _prepared(path: Path) -> Path:
    """Make the folder. A link and its target are one file, with one lock: the target's."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _try_to_open(path: Path) -> None:
    """Fail here if the file can't be opened: aiosqlite's thread would outlive the event loop."""
    sqlite3.connect(path).close()


def _lock_file(path: Path) -> sqlite3.Connection:
    """Hold a lock on ``<path>.lock`` that the system drops when the process dies, however it dies.

    SQLite's own locking is used because it works on every platform.
    """
    lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if "locked" not in str(error):
            raise
        raise ConfigError(
            f"Another bot is using {path}. Stop it first, or give this one its own DATABASE_URL."
        ) from None
    return lock


class PostgresDatabase:
    """A pool of connections; several processes may share the database."""

    is_shared = True

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str) -> PostgresDatabase:
        if importlib.util.find_spec("asyncpg") is None:
            raise ConfigError(
                "DATABASE_URL names PostgreSQL: run pip install 'nextread[postgres]' first."
            )
        import asyncpg

        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=10,
                # A process that stalls, or a machine that vanishes, must not hold locks for ever.
                server_settings={"idle_in_transaction_session_timeout": "30s"},
            )
        except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            why = " ".join(str(error).split()) or type(error).__name__
            raise ConfigError(f"DATABASE_URL: PostgreSQL can't be reached ({why}).") from error
        return cls(pool)

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        return list(await self._pool.fetch(_numbered(sql), *args))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Queries]:
        async with self._pool.acquire() as connection, connection.transaction():
            yield _PostgresQueries(connection)

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[Queries]:
        async with self.transaction() as changes:
            await changes.fetch("SELECT pg_advisory_xact_lock(?)", 0x6E657874)  # any number of ours
            yield changes

    async def close(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._pool.close(), timeout=5)


class _PostgresQueries:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        return list(await self._connection.fetch(_numbered(sql), *args))


@functools.cache
def _numbered(sql: str) -> str:
    """Turn each ``?`` into ``$1``, ``$2`` ...: none of our statements holds one in a text."""
    first, *rest = sql.split("?")
    return first + "".join(f"${n}{part}" for n, part in enumerate(rest, start=1))
