"""SQLite and PostgreSQL behind one face: ``fetch`` and ``transaction``.

The SQL is the subset both share, with ``?`` for parameters. Reading outside a transaction never
waits for a writer; writing happens in transactions only.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib.util
import logging
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, get_type_hints

import aiosqlite

from bot.errors import ConfigError, LedgerError
from bot.store.instants import instant, instant_or_none, seconds

if TYPE_CHECKING:
    import asyncpg

log = logging.getLogger(__name__)

Value = int | str | datetime | None
"""Instants are kept in whole seconds since 1970."""
Row = Mapping[str, Any]
T = TypeVar("T")

ROWS_AT_A_TIME = 4_000

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")

PATIENCE = 2000
"""Milliseconds that SQLite waits for another program. Discord waits three seconds for an answer."""
CONNECT_WITHIN, ANSWER_WITHIN, MIGRATE_WITHIN = 2, 30, 3600
"""Seconds given to PostgreSQL."""
IN_USE, MIGRATING = 0x6E657875, 0x6E657874
"""PostgreSQL's advisory locks, of one database each: any numbers of ours."""
A_MOMENT, AT_MOST = 0.05, 0.5
"""Seconds between two tries. A restart of PostgreSQL ends all connections; the pool soon knows."""
AWAY_FOR = 15.0
"""Seconds in which PostgreSQL may be away and nobody is told: about as long as it takes to restart.

An answer that takes so long is deferred; nobody would wait much longer for it.
"""

BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
BROKEN = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
    }
)


class Queries(Protocol):
    """The database or an open transaction."""

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        """Run one statement and return its rows."""
        ...

    async def fetch_one(self, sql: str, *args: Value) -> Row | None:
        """Run a statement that gives at most one row and return it; None: it gave none."""
        rows = await self.fetch(sql, *args)
        return rows[0] if rows else None

    async def fetch_column(self, sql: str, *args: Value) -> list[Any]:
        """Run a statement that gives one column and return its values."""
        rows: Sequence[Any] = await self.fetch(sql, *args)
        return [value for (value,) in rows]

    async def fetch_value(self, sql: str, *args: Value) -> Any:
        """Run a statement that gives at most one value and return it; None: it gave none."""
        return next(iter(await self.fetch_column(sql, *args)), None)

    async def any_row(self, sql: str, *args: Value) -> bool:
        """Run one statement and tell whether it gave a row: to a writing one, add RETURNING."""
        return bool(await self.fetch(sql, *args))

    def shown_by(self, sql: str, *args: Value) -> None:  # noqa: ARG002 - SQLite always knows
        """Name what gives a row only once this is saved, to look where that is not heard."""
        return


class Database(Queries, Protocol):
    """``fetch`` outside a transaction only reads. ``is_shared``: other processes may write too.

    ``is_well``: it could be used last time; after a failure only a successful write mends that.
    ``wrote_at``: when this process last wrote, in seconds since 1970.
    One that can't be used raises ``LedgerError``, logged once until it can be used again.
    """

    @property
    def is_shared(self) -> bool: ...

    @property
    def is_well(self) -> bool: ...

    @property
    def wrote_at(self) -> float: ...

    def transaction(self) -> AbstractAsyncContextManager[Queries]:
        """Open a transaction: committed at the end of the block, rolled back on an error."""
        ...

    def migrating(self) -> AbstractAsyncContextManager[Queries]:
        """Open a transaction that keeps other processes from migrating."""
        ...

    async def checkpoint(self) -> None:
        """Move what was written into SQLite's file itself, unless somebody waits to write."""
        ...

    async def hold(self) -> None:
        """Keep what tells other programs that this database is in use, if it was lost."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class Outage:
    """Whether the database can be used. Logs one line when it can't, and one when it can again."""

    def __init__(self) -> None:
        self.is_well = True
        self.wrote_at = 0.0

    def begin(self, error: LedgerError) -> LedgerError:
        if self.is_well:
            self.is_well = False
            level = logging.ERROR if error.why == "unwritable" else logging.WARNING
            log.log(level, "the database can't be used (%s): %s", error.why, error.detail)
        return error

    def end(self) -> None:
        self.wrote_at = time.time()
        if not self.is_well:
            self.is_well = True
            log.info("the database can be used again")


IN_USE_BY_BOT = "A bot, or another move, is using this PostgreSQL database: stop it first."
IN_USE_BY_MOVE = (
    "DATABASE_URL: `nextread move-data` is moving a database into this one. Start the bot when it"
    " is done."
)


async def open_database(url: str) -> Database:
    """Open the database that the URL names.

    ``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``postgresql://...``.

    Raises:
        ConfigError: the URL, the file or the server is not usable, or another bot has the file.
    """
    if (path := sqlite_file(url)) is not None:
        return await SqliteDatabase.open(path)
    if url.startswith(POSTGRES):
        return await PostgresDatabase.open(url)
    raise ConfigError(
        "DATABASE_URL must look like sqlite:///nextread.db or postgresql://user:password@host/name."
    )


class SqliteDatabase(Queries):
    """One writing connection, taken in turns, and one that only reads beside it (WAL)."""

    is_shared = False

    def __init__(
        self,
        writer: aiosqlite.Connection,
        reader: aiosqlite.Connection,
        opened: contextlib.AsyncExitStack,
    ) -> None:
        self._outage = Outage()
        self._writer = _SqliteQueries(writer, self._outage, BROKEN | {sqlite3.SQLITE_READONLY})
        self._reader = _SqliteQueries(reader, self._outage, BROKEN)
        self._opened = opened
        self._turn = asyncio.Lock()
        self._patience = PATIENCE
        self._is_in_journal = True

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        return await self._reader.fetch(sql, *args)

    @property
    def is_well(self) -> bool:
        return self._outage.is_well

    @property
    def wrote_at(self) -> float:
        return self._outage.wrote_at

    @classmethod
    async def open(cls, path: Path) -> SqliteDatabase:
        """Open the file, made if missing, and keep other bots from it until ``close``."""
        async with contextlib.AsyncExitStack() as opened:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _needs_writable(path)
                opened.enter_context(contextlib.closing(lock_file(path)))
                # Fails here if it can't be opened: aiosqlite's thread would outlive the event loop.
                sqlite3.connect(path).close()
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
        asked_at = time.monotonic()
        async with self._turn:
            try:
                # Time spent in line while another program held the file was spent waiting for it.
                await self._wait_at_most(PATIENCE - int(4 * (time.monotonic() - asked_at)) * 250)
                await self._writer.fetch("BEGIN IMMEDIATE")
                yield self._writer
                await asyncio.shield(self._writer.fetch("COMMIT"))
            except BaseException:
                # Shielded: a cancelled click must not leave its transaction open for the next one.
                await asyncio.shield(self._writer.roll_back())
                raise
            self._is_in_journal = True
            self._outage.end()

    migrating = transaction

    async def checkpoint(self) -> None:
        if self._is_in_journal and not self._turn.locked():
            async with self._turn:
                await self._wait_at_most(0)  # for readers: there will be another time
                ((is_busy, *_),) = await self._writer.fetch("PRAGMA wal_checkpoint(TRUNCATE)")
                self._is_in_journal = bool(is_busy)

    async def hold(self) -> None:
        """The system keeps the lock on the file as long as the process lives."""

    async def _wait_at_most(self, milliseconds: int) -> None:
        if self._patience != max(0, milliseconds):
            self._patience = max(0, milliseconds)
            await self._writer.fetch(f"PRAGMA busy_timeout={self._patience}")

    async def close(self) -> None:
        await self._opened.aclose()


class _SqliteQueries(Queries):
    def __init__(
        self, connection: aiosqlite.Connection, outage: Outage, unwritable: frozenset[int]
    ) -> None:
        self.connection = connection
        self._outage = outage
        self._unwritable = unwritable

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        try:
            return list(await self.connection.execute_fetchall(sql, kept(args)))  # type: ignore[arg-type]  # sqlite3.Row reads as a mapping
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells more of the same
            if code in BUSY:
                raise self._outage.begin(LedgerError("busy", str(error))) from error
            if code in self._unwritable:
                raise self._outage.begin(LedgerError("unwritable", str(error))) from error
            raise

    async def roll_back(self) -> None:
        """End the transaction, if all that was asked before leaves one open."""
        with contextlib.suppress(sqlite3.Error):  # none is: what failed has ended it
            await self.connection.execute_fetchall("ROLLBACK")


async def _connect(path: Path, *pragmas: str) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        settings = (f"busy_timeout={PATIENCE}", "journal_mode=WAL", *pragmas)
        await connection.executescript("".join(f"PRAGMA {setting};" for setting in settings))
    except BaseException:
        await connection.close()
        raise
    return connection


def sqlite_file(url: str) -> Path | None:
    """Return the file that a SQLite URL names; None if the URL names no SQLite file.

    A link and its target are one file, with one lock and one sign of life: the target's.

    Raises:
        ConfigError: the path leads nowhere.
    """
    if not url.startswith(SQLITE) or url == SQLITE:
        return None
    path = url.removeprefix(SQLITE)
    try:
        return Path(path).expanduser().resolve()
    except (OSError, RuntimeError) as error:  # a loop of links, a home of nobody
        raise ConfigError(f"DATABASE_URL: {path} can't be opened ({error}).") from error


def _needs_writable(path: Path) -> None:
    """Refuse what SQLite would open read-only; the folder counts, for it writes beside the file."""
    effective = os.access in os.supports_effective_ids
    for needed in (path.parent, path):
        if needed.exists() and not os.access(needed, os.W_OK, effective_ids=effective):
            raise ConfigError(
                f"DATABASE_URL: {needed} can't be written by whoever runs this bot."
                " Give it to them, or name a file elsewhere."
            )


def lock_file(path: Path) -> sqlite3.Connection:
    """Lock ``<path>.lock``; the system drops the lock when the process dies, however it dies.

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


class PostgresDatabase(Queries):
    """A pool of connections; several processes may share the database."""

    is_shared = True

    def __init__(self, pool: asyncpg.Pool[Any], presence: _Presence) -> None:
        self._pool = pool
        self._presence = presence
        self._outage = Outage()
        self.patience = AWAY_FOR

    @property
    def is_well(self) -> bool:
        return self._outage.is_well

    @property
    def wrote_at(self) -> float:
        return self._outage.wrote_at

    @classmethod
    async def open(cls, url: str, *, alone: bool = False) -> PostgresDatabase:
        """Open it beside other bots, or ``alone``: then no bot may run on it, nor start."""
        if importlib.util.find_spec("asyncpg") is None:
            raise ConfigError(
                "DATABASE_URL names PostgreSQL: run pip install 'nextread[postgres]' first."
            )
        import asyncpg

        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=0,  # otherwise asyncpg logs each try to keep one while the server is away
                max_size=10,
                timeout=CONNECT_WITHIN,
                command_timeout=ANSWER_WITHIN,
                reset=_as_it_is,
                max_cached_statement_lifetime=0,  # otherwise a timer for each statement
                # A process that stalls, or a machine that vanishes, must not hold locks for ever.
                server_settings={"idle_in_transaction_session_timeout": "30s"},
            )
            presence = _Presence(url, alone=alone)
            if not await presence.keep():
                raise ConfigError(IN_USE_BY_BOT if alone else IN_USE_BY_MOVE)
        except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            why = " ".join(str(error).split()) or type(error).__name__
            raise ConfigError(f"DATABASE_URL: PostgreSQL can't be reached ({why}).") from error
        return cls(pool, presence)

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        tries = _Tries(self._outage, self.patience)
        while True:
            try:
                async with self._pool.acquire(timeout=self.patience) as connection:
                    return await _rows(connection, sql, args)
            except Exception as error:  # noqa: BLE001 - raised there
                await tries.again(error)

    @asynccontextmanager
    async def transaction(self, within: float | None = None) -> AsyncIterator[Queries]:
        tx = _Transaction(self._pool, within, _Tries(self._outage, self.patience))
        is_committing = False
        try:
            async with tx:
                yield tx
                is_committing = True
        except Exception as error:
            told = _ledger_error(error)
            if told is None:
                raise
            if told.why == "lost" and is_committing:
                told = LedgerError("unknown", told.detail)
                if await self._was_saved(tx):
                    return
            raise self._outage.begin(told) from error
        self._outage.end()

    async def _was_saved(self, tx: _Transaction) -> bool:
        """Look whether a transaction is there whose end nobody has heard; False: none can tell."""
        if tx.shown is not None:
            with contextlib.suppress(LedgerError):
                sql, args = tx.shown
                return await self.any_row(sql, *args)
        return False

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[Queries]:
        async with self.transaction(MIGRATE_WITHIN) as tx:
            await tx.fetch("SELECT pg_advisory_xact_lock(?)", MIGRATING)
            yield tx

    async def add_rows(
        self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Add rows, all or none, in the fastest way that there is."""
        try:
            async with self._pool.acquire() as connection:
                await connection.copy_records_to_table(table, columns=columns, records=rows)
        except Exception as error:
            if told := _ledger_error(error):
                raise told from error
            raise

    async def checkpoint(self) -> None:
        """PostgreSQL sees to that itself."""

    async def hold(self) -> None:
        try:
            await self._presence.keep()
        except Exception as error:
            if told := _ledger_error(error):
                raise self._outage.begin(told) from error
            raise

    async def close(self) -> None:
        await self._presence.end()
        with contextlib.suppress(OSError):  # TimeoutError is one; so is a connection that was lost
            await asyncio.wait_for(self._pool.close(), timeout=5)


class _Presence:
    """A lock on a connection of its own, which the server drops when the process dies.

    Bots share it; who is ``alone`` shares it with nobody.
    """

    def __init__(self, url: str, *, alone: bool) -> None:
        self._url = url
        self._lock = f"SELECT pg_try_advisory_lock{'' if alone else '_shared'}({IN_USE})"
        self._connection: asyncpg.Connection[Any] | None = None

    async def keep(self) -> bool:
        """Take the lock unless its connection still lives; tell whether it could be taken."""
        import asyncpg

        if self._connection is not None:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._connection.fetchval("SELECT 1")
                return True
            self._connection.terminate()
        self._connection = await asyncpg.connect(
            self._url, timeout=CONNECT_WITHIN, command_timeout=CONNECT_WITHIN
        )
        if not (is_held := await self._connection.fetchval(self._lock)):
            await self.end()
        return bool(is_held)

    async def end(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError):
                await connection.close(timeout=CONNECT_WITHIN)


async def _as_it_is(connection: Any) -> None:
    """Return a connection to the pool without asyncpg's reset: we leave nothing behind in it.

    asyncpg has ended any open transaction before; its reset would cost a round trip each time.
    """


class _Tries:
    """Tries to do what was not done yet, ever less often, for as long as PostgreSQL may be away."""

    def __init__(self, outage: Outage, patience: float) -> None:
        self._outage = outage
        self._pause = A_MOMENT
        self._ends_at = time.monotonic() + patience

    async def again(self, error: Exception) -> None:
        """Wait for the next try, or raise what stands in its way."""
        told = _ledger_error(error)
        if told is None:
            raise error
        if told.why != "lost" or time.monotonic() + self._pause > self._ends_at:
            raise self._outage.begin(told) from error
        if self._pause > A_MOMENT:  # a connection that is made anew at once was no outage
            self._outage.begin(told)
        await asyncio.sleep(self._pause)
        self._pause = min(2 * self._pause, AT_MOST)


class _Transaction(Queries):
    """A transaction of PostgreSQL. One that is lost before it told anything is begun anew."""

    def __init__(self, pool: asyncpg.Pool[Any], within: float | None, tries: _Tries) -> None:
        self._pool = pool
        self._within = within
        self._tries = tries
        self._opened = contextlib.AsyncExitStack()
        self._has_told = False
        self.shown: tuple[str, tuple[Value, ...]] | None = None

    def shown_by(self, sql: str, *args: Value) -> None:
        self.shown = sql, args

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        while True:
            try:
                rows = await _rows(self._connection, sql, args, self._within)
            except LedgerError as error:
                if self._has_told:
                    raise
                await self._leave(error)
                await self._tries.again(error)
                await self.__aenter__()
            else:
                self._has_told = True
                return rows

    async def __aenter__(self) -> Self:
        while True:
            try:
                acquired = self._pool.acquire(timeout=AWAY_FOR)
                self._connection = await self._opened.enter_async_context(acquired)
                await self._opened.enter_async_context(self._connection.transaction())
            except Exception as error:  # noqa: BLE001 - raised there
                await self._leave(error)
                await self._tries.again(error)
            except BaseException as error:
                await self._leave(error)
                raise
            else:
                return self

    async def __aexit__(self, *error: Any) -> None:  # noqa: PYI036 - as they come
        await self._opened.__aexit__(*error)

    async def _leave(self, error: BaseException) -> None:
        """Give the connection back; whatever it says to that is of no interest."""
        with contextlib.suppress(Exception):
            await self._opened.__aexit__(type(error), error, error.__traceback__)


async def _rows(
    through: Any, sql: str, args: tuple[Value, ...], within: float | None = None
) -> list[Row]:
    try:
        return list(await through.fetch(_numbered(sql), *kept(args), timeout=within))
    except Exception as error:
        if told := _ledger_error(error):
            raise told from error
        # These name what a row holds, and would be in the log with the traceback.
        if hasattr(error, "detail"):
            error.detail = None
        raise


def _ledger_error(error: Exception) -> LedgerError | None:
    """Return what an error means if the database can't be used; None for a mistake of ours."""
    import asyncpg

    if isinstance(error, LedgerError):
        return error
    detail = " ".join(str(error).split()) or type(error).__name__
    # Released to the pool: that took it back as soon as it heard that the server had closed it.
    is_closed = isinstance(error, asyncpg.InterfaceError) and (
        "closed" in detail or "released back" in detail
    )
    if is_closed or isinstance(
        error,
        (
            OSError,  # TimeoutError is one
            asyncpg.PostgresConnectionError,
            asyncpg.AdminShutdownError,
            asyncpg.CrashShutdownError,
            asyncpg.CannotConnectNowError,
            asyncpg.TooManyConnectionsError,
            asyncpg.IdleInTransactionSessionTimeoutError,
            asyncpg.InternalClientError,  # the server's farewell came as it was used
        ),
    ):
        return LedgerError("lost", detail)
    if isinstance(
        error,
        (
            asyncpg.ReadOnlySQLTransactionError,
            asyncpg.InsufficientResourcesError,
            asyncpg.InsufficientPrivilegeError,
        ),
    ):
        return LedgerError("unwritable", detail)
    return None


def kept(args: tuple[Value, ...]) -> tuple[int | str | None, ...]:
    """Return values as both databases keep them."""
    return tuple([seconds(value) if isinstance(value, datetime) else value for value in args])


FROM_COLUMN: Mapping[object, Callable[[Any], object]] = {
    datetime: instant,
    datetime | None: instant_or_none,
    bool: bool,
}
"""Type -> how a value of it is read; others are as the database has them."""


def value_from(kind: Callable[..., T], row: Row, /, **given: object) -> T:
    """Make a dataclass from a row: each field from the column of its name, but those given."""
    fields = {
        name: row[name] if read is None else read(row[name])
        for name, read in _columns(kind)
        if name not in given
    }
    return kind(**fields, **given)


@functools.cache
def _columns(kind: Callable[..., object]) -> list[tuple[str, Callable[[Any], object] | None]]:
    return [(name, FROM_COLUMN.get(hint)) for name, hint in get_type_hints(kind).items()]


def question_marks(values: Collection[object]) -> str:
    """Return ``?, ?, ?``: one for each value; ``NULL``, which nothing equals, for none."""
    return ", ".join("?" * len(values)) or "NULL"


def in_parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield rows in parts that fit one statement: both databases take some 32,000 values."""
    return (rows[first : first + ROWS_AT_A_TIME] for first in range(0, len(rows), ROWS_AT_A_TIME))


@functools.lru_cache(maxsize=512)  # some statements are as long as what they ask for
def _numbered(sql: str) -> str:
    """Turn each ``?`` into ``$1``, ``$2`` ...: no statement of ours has one inside a string."""
    first, *rest = sql.split("?")
    return first + "".join(f"${n}{part}" for n, part in enumerate(rest, start=1))


BACKGROUND_AT_ONCE = 4
"""Maximum concurrent background transactions on PostgreSQL; people have its other connections."""


class Background(Queries):
    """The same database for work that nobody waits for: few of its transactions run at a time.

    Otherwise thousands of posts would queue in front of a reader's `/next`.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._slots = asyncio.Semaphore(BACKGROUND_AT_ONCE if db.is_shared else 1)
        self.is_shared = db.is_shared
        self.migrating = db.migrating
        self.checkpoint = db.checkpoint
        self.close = db.close

    @property
    def is_well(self) -> bool:
        return self._db.is_well

    @property
    def wrote_at(self) -> float:
        return self._db.wrote_at

    async def hold(self) -> None:
        await self._db.hold()

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        return await self._db.fetch(sql, *args)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Queries]:
        async with self._slots, self._db.transaction() as tx:
            yield tx
