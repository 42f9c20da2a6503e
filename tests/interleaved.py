"""Two at once: one act halts between two of its statements while another is done beside it."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from difflib import unified_diff
from itertools import chain
from typing import Any

import asyncpg

from bot.services.opening import Services
from bot.store.database import Database, Queries
from tests.every_table import everything

Act = Callable[[], Awaitable[Any]]

TAKES = re.compile(
    r"UPDATE (\w+) SET (\w+) = \2 WHERE|DO UPDATE SET (\w+) = (excluded|\w+)\.\3( |$)"
)
WRITES = re.compile(r"^(INSERT|UPDATE|DELETE)")
OUR_IDS = re.compile(r"\d{15,}")

FIRST_WRITE, COMMIT = "first write", "commit"


class Halting(Queries):
    """A database that halts before one statement of an act, until it is let go."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.is_shared = db.is_shared
        self.migrating = db.migrating
        self.checkpoint = db.checkpoint
        self.close = db.close
        self.waits = False  # for a transaction, which SQLite opens one at a time
        self.arm(None)

    @property
    def is_well(self) -> bool:
        return self._db.is_well

    def arm(self, at: int | str | None) -> None:
        """Halt before the n-th statement, the first write, or the first commit."""
        self._at, self.statements = at, []
        self.halted, self.go_on = asyncio.Event(), asyncio.Event()
        self.waiting: asyncio.Task[str] | None = None  # for a transaction, and done after it

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        await self._before(sql, *args)
        return await self._db.fetch(sql, *args)

    @asynccontextmanager
    async def transaction(self):
        self.waits = True
        try:
            async with self._db.transaction() as tx:
                self.waits = False
                yield _HaltingTransaction(self, tx)
                await self._before(COMMIT)
        finally:
            self.waits = False
        if self.waiting is not None:
            await asyncio.wait({self.waiting})

    async def _before(self, sql: str, *_args: Any) -> None:
        self.statements.append(sql)
        if not self.halted.is_set() and self._is_here(sql):
            self.halted.set()
            await self.go_on.wait()

    def _is_here(self, sql: str) -> bool:
        if self._at == FIRST_WRITE:
            return bool(WRITES.match(sql)) and not TAKES.search(sql)
        return sql == self._at or len(self.statements) == self._at


class _HaltingTransaction(Queries):
    def __init__(self, halting: Halting, tx: Any) -> None:
        self._halting, self._tx = halting, tx

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        await self._halting._before(sql, *args)  # noqa: SLF001 - one thing in two classes
        return await self._tx.fetch(sql, *args)


@dataclass(frozen=True)
class Outcome:
    """What two acts answered, and all rows then; ids of our own are not told apart."""

    answers: tuple[str, ...]
    rows: tuple[str, ...]

    def unlike(self, *ways: "Outcome") -> str:
        """Tell how it differs from each of these, for whoever reads a failed test; "": it is one.

        What begins with ``-`` should be there, and what begins with ``+`` is.
        """
        if self in ways:
            return ""
        each = [unified_diff(way.lines(), self.lines(), n=0, lineterm="") for way in ways]
        return "\n".join(line[:600] for line in chain.from_iterable(each))

    def lines(self) -> list[str]:
        return [*", ".join(self.answers).split(", "), *self.rows]


class Two:
    """Two processes over one database: two pools on PostgreSQL, one file taken in turns."""

    def __init__(self, one: Services, other: Services, url: str) -> None:
        self.one, self.other, self._url = one, other, url
        self._script = ""
        self.last_take: int | None = None
        self._control: asyncpg.Connection | None = None

    async def keep(self) -> None:
        """Come back to what is in the database now before each pair of acts."""
        if self.one.db.is_shared:
            self._control = await asyncpg.connect(self._url)
        rows = await everything(self.one.db)
        rows.pop("migrations")
        lines = [f"DELETE FROM {table};" for table in rows]
        for table, found in rows.items():
            if found:
                values = ", ".join(_literals(row) for row in found)
                lines.append(f"INSERT INTO {table} ({', '.join(found[0])}) VALUES {values};")
        self._script = "BEGIN;" + "".join(lines) + "COMMIT;"
        self._tables = list(rows)

    async def close(self) -> None:
        if self._control is not None:
            await self._control.close()

    async def one_after_the_other(self, first: Act, second: Act) -> Outcome:
        """Do both; ``last_take`` is then before which statement the first has read all it may."""
        await self.back()
        answers = [await _answer(first())]
        self.last_take = _last_take(self.one.db.statements)
        answers.append(await _answer(second()))
        return await self._outcome(answers)

    async def both_at_once(self, first: Act, second: Act) -> Outcome:
        await self.back()
        both = asyncio.gather(_answer(first()), _answer(second()))
        return await self._outcome(await both)

    async def interleaved(self, first: Act, second: Act, at: int | str | None) -> Outcome | None:
        """Do the second act while the first halts; None: the first one never comes there.

        If the second waits for the first one's transaction, it is done right after that: before
        the first one reads its card. Else the machine's load would say which of the two is first.
        """
        await self.back()
        halting, beside = self.one.db, self.other.db
        halting.arm(at)
        beside.arm(None)
        doing = asyncio.create_task(_answer(first()))
        halted = asyncio.create_task(halting.halted.wait())
        await asyncio.wait({doing, halted}, return_when=asyncio.FIRST_COMPLETED)
        halted.cancel()
        if not halting.halted.is_set():
            await doing
            return None
        also = asyncio.create_task(_answer(second()))
        await self._until_done_or_blocked(also)
        halting.waiting = also
        halting.go_on.set()
        return await self._outcome([await doing, await also])

    async def _until_done_or_blocked(self, act: asyncio.Task) -> None:
        while not act.done() and not await self._is_blocked():  # noqa: ASYNC110 - no database tells who waits
            await asyncio.sleep(0.001)

    async def _is_blocked(self) -> bool:
        if self._control is None:
            return self.other.db.waits
        waiting = await self._control.fetch(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1"
        )
        return bool(waiting)

    async def back(self) -> None:
        """Come back to what was kept."""
        self.one.db.arm(None)
        self.other.db.arm(None)
        if self._control is not None:
            await self._control.execute("SET session_replication_role = replica;" + self._script)
            return
        file = sqlite3.connect(self._url.removeprefix("sqlite:///"))
        file.executescript("PRAGMA synchronous=OFF;" + self._script)
        file.close()

    async def _outcome(self, answers: list[str]) -> Outcome:
        rows = []
        if self._control is not None:
            parts = (
                f"SELECT '{t}' AS name, row_to_json({t})::text AS kept FROM {t}"
                for t in self._tables
            )
            found = await self._control.fetch(" UNION ALL ".join(parts))
            rows = [(row["name"], json.loads(row["kept"])) for row in found]
        else:
            file = sqlite3.connect(self._url.removeprefix("sqlite:///"))
            file.row_factory = sqlite3.Row
            for table in self._tables:
                rows += [(table, dict(row)) for row in file.execute(f"SELECT * FROM {table}")]
            file.close()
        kept = [f"{table} {json.dumps(row, sort_keys=True)}" for table, row in rows]
        there = set(OUR_IDS.findall(" ".join(kept)))
        told = (OUR_IDS.sub(lambda m: "#" if m[0] in there else "#gone", a) for a in answers)
        return Outcome(tuple(told), tuple(sorted(OUR_IDS.sub("#", row) for row in kept)))


def _last_take(statements: list[str]) -> int | None:
    """Return the number of the last statement before the first write that only takes a row."""
    takes = None
    for number, sql in enumerate(statements, 1):
        if TAKES.search(sql):
            takes = number
        elif WRITES.match(sql):
            break
    return takes


async def _answer(act: Awaitable[Any]) -> str:
    try:
        return repr(await act)
    except Exception as error:  # noqa: BLE001 - what a member would be told
        return f"{type(error).__name__} {error!r}"


def _literals(row: Mapping[str, Any]) -> str:
    return f"({', '.join(_literal(value) for value in row.values())})"


def _literal(value: int | str | None) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
