"""Moves a ledger from SQLite into an empty PostgreSQL: every row as it is, or it isn't done."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

from bot.errors import BackupError, ConfigError, LedgerError
from bot.store.database import PostgresDatabase, Queries, lock_file
from bot.store.migrations import MOVING, known_migrations, migrate
from bot.store.upkeep import checked

PART = 10_000
"""Rows that are read, written and compared at a time; of what is written no part is lost again."""
NAMED_AT_MOST = 20

Rows = Sequence[tuple[Any, ...]]
Bar = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Shows how far a piece of work is: its name and all its rows; then how many more are done."""


@dataclass(frozen=True, slots=True)
class Column:
    """``in_key``: its place in the table's key, from 1; 0 if it is no part of it."""

    name: str
    kind: str
    is_needed: bool
    in_key: int

    def refuses(self, value: object) -> str | None:
        """Say why PostgreSQL doesn't take a value: SQLite lets any into any column."""
        if value is None:
            return "is missing" if self.is_needed else None
        if self.kind == "BIGINT":
            return None if type(value) is int else "is no whole number of 64 bits"
        return wrong_in(value) if isinstance(value, str) else "is no text"

    def takes(self, values: Sequence[Any]) -> bool:
        """Tell whether all of many values are taken: faster than to ask of each."""
        kinds = {int if self.kind == "BIGINT" else str, *([] if self.is_needed else [type(None)])}
        if not {*map(type, values)} <= kinds:
            return False
        return self.kind == "BIGINT" or not wrong_in("".join(filter(None, values)))


def wrong_in(text: str) -> str | None:
    """Say why a text is none for PostgreSQL."""
    if "\0" in text:
        return "has a NUL byte in it"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "is not UTF-8"
    return None


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def key(self) -> list[Column]:
        return sorted((c for c in self.columns if c.in_key), key=lambda c: c.in_key)

    @property
    def from_first(self) -> str:
        """Its rows in the order of their keys, which is the same on both: that of the bytes."""
        order = ", ".join(c.name if c.kind == "BIGINT" else f"{c.name} COLLATE {{0}}"
                          for c in self.key)  # fmt: skip
        return f"SELECT {', '.join(self.names)} FROM {self.name} ORDER BY {order}"  # noqa: S608 - names of ours

    def named(self, row: Sequence[object]) -> str:
        """Return where a row is, by its key."""
        held = dict(zip(self.names, row, strict=True))
        return f"{self.name}, {', '.join(f'{c.name} {held[c.name]!r}' for c in self.key)}"

    def refused(self, rows: Rows) -> Iterator[str]:
        """Name each row that PostgreSQL doesn't take, and say why."""
        for column, values in zip(self.columns, zip(*rows, strict=True), strict=True):
            if not column.takes(values):
                for row, value in zip(rows, values, strict=True):
                    if why := column.refuses(value):
                        yield f"{self.named(row)}: {column.name} {why}"


class Tally:
    """How many rows there are, and a digest of what they hold, in the order of their keys."""

    def __init__(self) -> None:
        self.rows = 0
        self._digest = blake2b(digest_size=16)

    def add(self, rows: Rows) -> None:
        self.rows += len(rows)
        self._digest.update("".join(map(repr, rows)).encode("utf-8", "backslashreplace"))

    @property
    def digest(self) -> bytes:
        return self._digest.digest()


async def move(source: Path, url: str, bar: Bar, say: Callable[[str], None]) -> str:
    """Copy every row of a SQLite ledger into an empty PostgreSQL, and return what both hold.

    It may be killed at any moment: the next call goes on with what isn't there yet. No bot can
    start on what isn't whole. The source is only read.

    Raises:
        BackupError: the source or the target can't be used, a row can't be moved, or what has
            arrived is not the same.
        ConfigError: the target can't be reached.
    """
    with _opened(source) as (ledger, held):
        tables = _tables_of(ledger)
        try:
            target = await PostgresDatabase.open(url, alone=True)
            try:
                begun = await _begun_in(target, tables)
                with bar("Reading", _count(ledger, tables)) as told:
                    tallies = _looked_through(ledger, tables, told)
                mark = _mark_of(tallies)
                if begun == mark:
                    say("Going on with what was begun.")
                else:
                    if begun:
                        say("The SQLite database has changed since then: beginning again.")
                    await _begin(target, tables, mark)
                with bar("Moving", sum(tally.rows for tally in tallies.values())) as told:
                    for table in tables:
                        await _move(ledger, target, table, told)
                await _end(target, tables, tallies, bar, say)
            finally:
                await target.close()
        except LedgerError as error:
            raise BackupError(
                f"PostgreSQL can't be used ({error.detail}). When it can, give the same command"
                " again: it goes on where it was."
            ) from error
    return held


# The source


@contextmanager
def _opened(path: Path) -> Iterator[tuple[sqlite3.Connection, str]]:
    """Open a ledger of this version that nobody writes to meanwhile, as of one instant."""
    if not path.is_file():
        raise BackupError(f"There is no file {path}.")
    try:
        lock = lock_file(path)
    except ConfigError:
        raise BackupError(f"A bot, or another move, is using {path}: stop it first.") from None
    except (OSError, sqlite3.Error) as error:
        raise BackupError(
            f"{path}.lock can't be written ({error}): nobody could see that it is in use."
        ) from error
    try:
        with (
            contextlib.closing(lock),
            contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as ledger,
        ):
            ledger.isolation_level = None
            ledger.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
            ledger.execute("BEGIN")
            held = checked(ledger, path)
            past = {number for (number,) in ledger.execute("SELECT number FROM migrations")}
            if past != known_migrations():
                raise BackupError(
                    f"{path} is of an older version of Nextread. Start the bot of this version on"
                    " it once, stop it, and move it then."
                )
            yield ledger, held
    except sqlite3.Error as error:
        raise BackupError(f"{path} can't be read ({error}).") from error


def _tables_of(ledger: sqlite3.Connection) -> list[Table]:
    names = ledger.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite?_%'"
        " ESCAPE '?' AND name <> 'migrations' ORDER BY name"
    ).fetchall()
    told = 'SELECT name, type, "notnull" OR pk, pk FROM pragma_table_info(?)'
    return [
        Table(name, tuple(Column(c, kind, bool(needed), pk) for c, kind, needed, pk in columns))
        for (name,) in names
        for columns in [ledger.execute(told, (name,)).fetchall()]
    ]


def _count(ledger: sqlite3.Connection, tables: Sequence[Table]) -> int:
    sql = " UNION ALL ".join(f"SELECT COUNT(*) FROM {table.name}" for table in tables)  # noqa: S608 - names of ours
    return sum(count for (count,) in ledger.execute(sql))


def _parts(ledger: sqlite3.Connection, table: Table, first: int = 0) -> Iterator[Rows]:
    cursor = ledger.execute(f"{table.from_first.format('BINARY')} LIMIT -1 OFFSET ?", (first,))
    while rows := cursor.fetchmany(PART):
        yield rows


def _looked_through(
    ledger: sqlite3.Connection, tables: Sequence[Table], told: Callable[[int], None]
) -> dict[str, Tally]:
    """Count what is there; refuse it before anything is moved if a row can't be."""
    tallies = {table.name: Tally() for table in tables}
    wrong: list[str] = []
    for table in tables:
        for rows in _parts(ledger, table):
            tallies[table.name].add(rows)
            wrong += islice(table.refused(rows), NAMED_AT_MOST + 1 - len(wrong))
            told(len(rows))
    if wrong:
        more = ["and more"] if len(wrong) > NAMED_AT_MOST else []
        raise BackupError("\n".join([
            "PostgreSQL doesn't take what SQLite let into these rows:",
            *(f"  {line}" for line in (*wrong[:NAMED_AT_MOST], *more)),
            "Nothing was moved. Mend or delete them with sqlite3, after a backup, and try again.",
        ]))  # fmt: skip
    return tallies


def _mark_of(tallies: Mapping[str, Tally]) -> int:
    """Return the number that stands among the migrations while just this is moved."""
    whole = blake2b(repr([(n, t.digest) for n, t in tallies.items()]).encode(), digest_size=8)
    return MOVING - (int.from_bytes(whole.digest(), "big") >> 1)


# The target


async def _begun_in(target: PostgresDatabase, tables: Sequence[Table]) -> int | None:
    """Return the mark of what was begun to be moved, if nothing else is there."""
    if (encoding := await target.fetch_value("SHOW server_encoding")) != "UTF8":
        raise BackupError(
            f"The PostgreSQL database keeps texts as {encoding}, not as UTF8. Make another one:"
            " createdb --encoding=UTF8 --template=template0 NAME."
        )
    ours = {table.name for table in tables}
    there = set(await target.fetch_column(
        "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
        " AND relnamespace = current_schema()::regnamespace AND NOT EXISTS"
        " (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"  # an extension's
    ))  # fmt: skip
    if strange := there - ours - {"migrations"}:
        raise _not_empty(f"has tables that aren't Nextread's: {', '.join(sorted(strange)[:5])}")
    past: set[int] = set()
    if "migrations" in there:
        past = set(await target.fetch_column("SELECT number FROM migrations"))
    marks = {number for number in past if number <= MOVING}
    if marks and past - marks != known_migrations():
        raise _not_empty("holds what another version of Nextread began to move")
    for name in sorted(there & ours if not marks else ()):
        if await target.any_row(f"SELECT 1 FROM {name} LIMIT 1"):  # noqa: S608 - names of ours
            raise _not_empty(f"holds rows already, in {name}")
    if not marks:
        await migrate(target)
        await _needs_same_tables(target, tables)
    return min(marks, default=None)


async def _begin(target: PostgresDatabase, tables: Sequence[Table], mark: int) -> None:
    """Take away what an earlier try moved, and keep bots from what isn't whole until the end."""
    async with target.migrating() as tx:
        await tx.fetch(f"TRUNCATE {', '.join(table.name for table in tables)}")
        await tx.fetch("DELETE FROM migrations WHERE number <= ?", MOVING)
        await tx.fetch("INSERT INTO migrations (number) VALUES (?)", mark)


def _not_empty(what: str) -> BackupError:
    return BackupError(
        f"The PostgreSQL database {what}. A ledger is moved into an empty database only: make one"
        " with createdb, and name it."
    )


async def _needs_same_tables(target: Queries, tables: Sequence[Table]) -> None:
    rows = await target.fetch(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name <> 'migrations'"
    )
    made = {(row["table_name"], row["column_name"]) for row in rows}
    held = {(table.name, column) for table in tables for column in table.names}
    if made != held:
        table, column = min(made ^ held)
        raise BackupError(
            f"{table}.{column} is in one of the databases only, so Nextread hasn't made both. Take"
            " away from SQLite what isn't Nextread's, and try again."
        )


async def _move(
    ledger: sqlite3.Connection, target: PostgresDatabase, table: Table, told: Callable[[int], None]
) -> None:
    """Move the rows that aren't there yet: they came in their order, so those are the last ones."""
    there = int(await target.fetch_value(f"SELECT COUNT(*) FROM {table.name}"))  # noqa: S608 - names of ours
    told(there)
    for rows in _parts(ledger, table, there):
        try:
            await target.add_rows(table.name, table.names, rows)
        except LedgerError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the row is what the host can mend
            await _move_each(target, table, rows)
        told(len(rows))


async def _move_each(target: PostgresDatabase, table: Table, rows: Rows) -> None:
    for row in rows:
        try:
            await target.add_rows(table.name, table.names, [row])
        except LedgerError:
            raise
        except Exception as error:
            raise BackupError(
                f"PostgreSQL doesn't take a row: {table.named(row)} ({error}). Mend or delete it"
                " with sqlite3, after a backup, and try again: all is moved anew."
            ) from error


async def _end(
    target: PostgresDatabase,
    tables: Sequence[Table],
    tallies: Mapping[str, Tally],
    bar: Bar,
    say: Callable[[str], None],
) -> None:
    """Compare all rows, and only then call it done."""
    arrived = {table.name: Tally() for table in tables}
    async with target.migrating() as tx:
        with bar("Comparing", sum(tally.rows for tally in tallies.values())) as told:
            for table in tables:
                # A name of its own: asyncpg knows a statement by its text, and its columns with it.
                cursor = f"{table.name}_arrived"
                await tx.fetch(f"DECLARE {cursor} CURSOR FOR {table.from_first}".format('"C"'))
                while rows := await tx.fetch(f"FETCH {PART} FROM {cursor}"):
                    arrived[table.name].add([tuple(row.values()) for row in rows])
                    told(len(rows))
                await tx.fetch(f"CLOSE {cursor}")
        width = max(len(table.name) for table in tables)
        for name, tally in tallies.items():
            same = (tally.rows, tally.digest) == (arrived[name].rows, arrived[name].digest)
            found = "the same" if same else f"NOT the same: {arrived[name].rows:,} arrived"
            say(f"{name:{width}} {tally.rows:>12,} rows, {found}")
            if not same:
                raise BackupError(
                    f"{name} is not the same in both. No bot can start on what is in PostgreSQL:"
                    " empty it with dropdb and createdb, and move again."
                )
        await tx.fetch("DELETE FROM migrations WHERE number <= ?", MOVING)
    async with target.migrating() as tx:
        await tx.fetch("ANALYZE")  # so that the first answers are as fast as later ones
