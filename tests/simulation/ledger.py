"""The ledger of a simulated world: SQLite behind the ``Database`` face, a pause at each statement.

A real file with a connection that writes and one that reads, so that nobody sees what isn't
committed. Several bots share it: their transactions come one after the other.
"""

import asyncio
import sqlite3
import zlib
from collections import defaultdict
from contextlib import asynccontextmanager

from bot.errors import LedgerError
from bot.store.database import Queries, kept

WRITES = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
LOCK = "study_groups", "group_id"
"""What is set to itself, to lock the row of a group; nothing else is ever written there."""


class Ledger:
    """The database itself.

    ``ran``: called with each statement; ``committed``: after a commit, with the life whose it was.
    ``written``: into which tables the last transaction wrote, so that nobody looks at all others.
    """

    def __init__(self, path, ran, committed) -> None:
        self.writer, self.reader = (
            sqlite3.connect(path, isolation_level=None, check_same_thread=False) for _ in range(2)
        )
        for each in (self.writer, self.reader):
            each.row_factory = sqlite3.Row
            each.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;")
        self.turn = asyncio.Lock()
        self.ran, self.committed = ran, committed
        self.written: set[str] = set()
        self._writes: defaultdict[str, set[str]] = defaultdict(set)
        self._asked = ""
        self.writer.set_authorizer(self._noted)
        self.digest = 0

    def ask(self, sql, *args):
        """Return rows as they are committed now: for the world, which sees everything."""
        return self.read(sql, kept(args))

    def read(self, sql, values):
        """Return rows as they are committed now, in one transaction until the next commit."""
        if not self.reader.in_transaction:
            self.reader.execute("BEGIN")
        return self.reader.execute(sql, values).fetchall()

    def commit(self) -> None:
        """Commit what was written; from now on it is read."""
        self.writer.execute("COMMIT")
        if self.reader.in_transaction:
            self.reader.execute("COMMIT")

    def begin(self) -> None:
        self.written.clear()
        self.writer.execute("BEGIN IMMEDIATE")

    def _noted(self, action, table, column, *_) -> int:
        """Note what SQLite says that a statement writes, when it first sees it."""
        if action in WRITES and (table, column) != LOCK:
            self._writes[self._asked].add(table)
        return sqlite3.SQLITE_OK

    def run(self, connection, sql, args):
        self.ran()
        self._asked = sql
        values = kept(args)
        said = sorted(map(str, values))  # some are in the order of a set, which no row tells
        self.digest = zlib.crc32(f"{sql}{said}".encode(), self.digest)
        if connection is self.reader:
            return self.read(sql, values)
        rows = connection.execute(sql, values).fetchall()
        self.written |= self._writes[sql]
        return rows

    async def forget_tables(self) -> None:
        """Let the next start find other zone tables than the last one had."""
        async with self.turn:  # else it is undone with what a crash has left open
            self.writer.execute("BEGIN IMMEDIATE")
            self.writer.execute("UPDATE settings SET value = 'before' WHERE name = 'zone_tables'")
            self.commit()

    def close(self) -> None:
        self.writer.close()
        self.reader.close()


class Face(Queries):
    """The ledger as one life sees it."""

    is_shared = False
    """It says so although two share it: else both would look every minute of years."""

    is_well = True

    def __init__(self, ledger: Ledger, life, weather) -> None:
        self._ledger, self._life, self._weather = ledger, life, weather
        self.migrating = self.transaction

    async def fetch(self, sql, *args):
        await self._life.pause()
        if (fault := self._weather.of_ledger("read")) is not None:
            raise LedgerError(fault, "simulated")
        return self._ledger.run(self._ledger.reader, sql, args)

    @asynccontextmanager
    async def transaction(self):
        ledger, life, weather = self._ledger, self._life, self._weather
        async with ledger.turn:
            await life.pause()
            if (fault := weather.of_ledger("begin")) is not None:
                raise LedgerError(fault, "simulated")
            ledger.begin()
            try:
                yield _Transaction(ledger, life, weather)
                await life.pause()
                fault = weather.of_ledger("commit")
                if fault == "lost":
                    ledger.writer.execute("ROLLBACK")
                else:
                    ledger.commit()
            except BaseException:
                if ledger.writer.in_transaction:
                    ledger.writer.execute("ROLLBACK")
                raise
            ledger.committed(life)
        await life.pause()  # others may write by now
        if fault is not None:
            raise LedgerError("unknown", f"simulated: {fault}")

    async def checkpoint(self) -> None:
        """There is nothing to move."""

    async def close(self) -> None:
        """Others go on with it."""


class _Transaction(Queries):
    def __init__(self, ledger: Ledger, life, weather) -> None:
        self._ledger, self._life, self._weather = ledger, life, weather

    async def fetch(self, sql, *args):
        await self._life.pause()
        if (fault := self._weather.of_ledger("within")) is not None:
            raise LedgerError(fault, "simulated")
        return self._ledger.run(self._ledger.writer, sql, args)
