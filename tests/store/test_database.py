import asyncio
import contextlib
import logging
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import asyncpg
import pytest

from bot.errors import ConfigError, LedgerError
from bot.store import readers, upkeep
from bot.store.database import open_database, value_from
from bot.store.upkeep import set_setting, setting

HOLD = """
import asyncio, sys
from bot.store.database import open_database

async def hold():
    await open_database(sys.argv[1])
    print("open", flush=True)
    await asyncio.sleep(600)

asyncio.run(hold())
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.db"


async def count(db):
    return int(await setting(db, "count") or 0)


async def test_what_a_transaction_wrote_is_read_after_it(db):
    async with db.transaction() as tx:
        await set_setting(tx, "name", "value")

    assert await setting(db, "name") == "value"


async def test_a_transaction_reads_what_it_wrote_and_nobody_else_does_yet(db):
    async with db.transaction() as tx:
        await set_setting(tx, "name", "value")

        assert await setting(tx, "name") == "value"
        assert await setting(db, "name") is None


async def test_an_error_takes_back_the_whole_transaction(db):
    async def write_and_fail():
        async with db.transaction() as tx:
            await set_setting(tx, "name", "value")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()

    assert await setting(db, "name") is None


async def test_a_refused_statement_takes_back_the_whole_transaction(db):
    async def write_twice():
        async with db.transaction() as tx:
            await set_setting(tx, "name", "value")
            await tx.fetch("INSERT INTO settings (name, value) VALUES (?, ?)", "name", "other")

    with pytest.raises((sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)):
        await write_twice()

    assert await setting(db, "name") is None


async def test_after_an_error_the_next_transaction_works(db):
    with pytest.raises((sqlite3.Error, asyncpg.PostgresError)):
        async with db.transaction() as tx:
            await tx.fetch("SELECT * FROM nothing")

    async with db.transaction() as tx:
        await set_setting(tx, "name", "value")

    assert await setting(db, "name") == "value"


async def test_cancelling_takes_back_the_whole_transaction(db):
    wrote = asyncio.Event()

    async def write_and_wait():
        async with db.transaction() as tx:
            await set_setting(tx, "name", "value")
            wrote.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write_and_wait())
    await wrote.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    assert await setting(db, "name") is None


@pytest.mark.parametrize("steps", range(8))
async def test_a_transaction_cancelled_at_any_moment_leaves_room_for_the_next(db, steps):
    async def write_twice():
        async with db.transaction() as tx:
            await set_setting(tx, "first", "cancelled")
            await set_setting(tx, "second", "cancelled")

    writing = asyncio.create_task(write_twice())
    for _ in range(steps):
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.wait([writing])
    async with db.transaction() as tx:
        await set_setting(tx, "name", "value")

    assert await setting(db, "name") == "value"
    assert await setting(db, "first") == await setting(db, "second")


async def test_cancelling_twice_does_not_leave_the_transaction_open(db):
    wrote = asyncio.Event()

    async def write_and_wait():
        async with db.transaction() as tx:
            await set_setting(tx, "name", "cancelled")
            wrote.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write_and_wait())
    await wrote.wait()
    writing.cancel()
    await asyncio.sleep(0)
    writing.cancel()
    await asyncio.wait([writing])
    async with db.transaction() as tx:
        await set_setting(tx, "other", "value")

    assert await setting(db, "name") is None
    assert await setting(db, "other") == "value"


async def test_a_commit_that_fails_leaves_nothing_and_the_next_transaction_works(path):
    db = await open_database(f"sqlite:///{path}")
    async with db.transaction() as tx:
        await tx.fetch("CREATE TABLE parents (id BIGINT PRIMARY KEY)")
        await tx.fetch(
            "CREATE TABLE children (parent BIGINT REFERENCES parents (id)"
            " DEFERRABLE INITIALLY DEFERRED)"
        )

    with pytest.raises(sqlite3.IntegrityError):
        async with db.transaction() as tx:
            await tx.fetch("INSERT INTO children (parent) VALUES (1)")
    async with db.transaction() as tx:
        await tx.fetch("INSERT INTO parents (id) VALUES (2)")

    assert await db.fetch("SELECT * FROM children") == []
    assert [row["id"] for row in await db.fetch("SELECT id FROM parents")] == [2]
    await db.close()


async def test_what_one_reader_does_five_hundred_times_at_once_is_all_kept(db):
    async def add_one():
        async with db.transaction() as tx:
            await readers.take_turn(tx, 1)
            await set_setting(tx, "count", str(await count(tx) + 1))

    await asyncio.gather(*(add_one() for _ in range(500)))

    assert await count(db) == 500


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_two_processes_over_one_postgres_lose_nothing(db, database_url):
    other = await open_database(database_url)

    async def add_one(through):
        async with through.transaction() as tx:
            await readers.take_turn(tx, 1)
            await set_setting(tx, "count", str(await count(tx) + 1))

    await asyncio.gather(*(add_one(through) for through in [db, other] * 50))
    await other.close()

    assert await count(db) == 100


async def test_reading_does_not_wait_for_a_writer(db):
    async with db.transaction() as tx:
        await set_setting(tx, "name", "value")

        assert await upkeep.setting(db, "name") is None


async def test_outside_a_transaction_sqlite_refuses_to_write(path):
    db = await open_database(f"sqlite:///{path}")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await db.fetch("CREATE TABLE forbidden (name TEXT)")

    await db.close()


async def test_one_row_is_given_by_itself_and_none_is_none(db):
    async with db.transaction() as tx:
        await set_setting(tx, "name", "value")

        of_it = await tx.fetch_one("SELECT value FROM settings WHERE name = ?", "name")

    assert of_it is not None
    assert of_it["value"] == "value"
    assert await db.fetch_one("SELECT value FROM settings WHERE name = ?", "other") is None


async def test_one_column_comes_as_its_values(db):
    async with db.transaction() as tx:
        for name in ("a", "b"):
            await set_setting(tx, name, name.upper())

    assert await db.fetch_column("SELECT value FROM settings ORDER BY name") == ["A", "B"]
    assert await db.fetch_value("SELECT value FROM settings WHERE name = ?", "b") == "B"
    assert await db.fetch_value("SELECT value FROM settings WHERE name = ?", "c") is None


@dataclass(frozen=True)
class Member:
    reader_id: int
    joined_at: datetime
    checked_at: datetime | None
    wanted: bool
    other: str


async def test_a_row_is_a_value_with_what_went_in(db):
    at = datetime(2026, 3, 1, 12, 30, 15, 999_999, UTC)
    async with db.transaction() as tx:
        sql = "INSERT INTO members (group_id, reader_id, joined_at) VALUES (?, ?, ?)"
        await tx.fetch(sql, 1, 2, at)

    sql = "SELECT reader_id, joined_at, NULL AS checked_at, 1 AS wanted, 7 AS other FROM members"
    row = await db.fetch_one(sql)

    assert value_from(Member, row, other="given") == Member(
        reader_id=2,
        joined_at=at.replace(microsecond=0),
        checked_at=None,
        wanted=True,
        other="given",
    )


async def test_a_statement_tells_whether_it_gave_a_row(db):
    delete = "DELETE FROM settings WHERE name = ? RETURNING name"
    async with db.transaction() as tx:
        await set_setting(tx, "name", "value")

        assert await tx.any_row(delete, "name")
        assert not await tx.any_row(delete, "name")


async def test_values_are_never_read_as_sql(db):
    text = "'; DROP TABLE settings; -- ? $1 \u2028 🎛"
    async with db.transaction() as tx:
        await set_setting(tx, "name", text)

    assert await setting(db, "name") == text


async def test_ids_of_sixty_three_bits_come_back_as_they_were(db):
    async with db.transaction() as tx:
        await readers.add(tx, 2**63 - 1)

    rows = await db.fetch("SELECT reader_id FROM readers")

    assert [row["reader_id"] for row in rows] == [2**63 - 1]


async def test_what_was_written_is_there_after_a_restart(empty_database_url):
    for _ in range(2):
        db = await open_database(empty_database_url)
        async with db.transaction() as tx:
            await tx.fetch("CREATE TABLE IF NOT EXISTS kept (name TEXT)")
            await tx.fetch("INSERT INTO kept (name) VALUES (?)", "value")
        await db.close()

    db = await open_database(empty_database_url)

    assert len(await db.fetch("SELECT name FROM kept")) == 2
    await db.close()


async def test_a_folder_that_does_not_exist_is_made(tmp_path):
    db = await open_database(f"sqlite:///{tmp_path}/new/deeper/ledger.db")
    await db.close()

    assert (tmp_path / "new/deeper/ledger.db").is_file()


async def test_a_relative_path_starts_where_the_bot_was_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    db = await open_database("sqlite:///ledger.db")
    await db.close()

    assert (tmp_path / "ledger.db").is_file()


@pytest.mark.parametrize(
    "url",
    ["", "ledger.db", "sqlite:///", "sqlite://ledger.db", "mysql://localhost/x", "postgresql"],
)
async def test_a_url_of_no_kind_we_know_is_answered_with_two_that_work(url):
    with pytest.raises(ConfigError, match=r"DATABASE_URL must look like sqlite:///\S+ or postgres"):
        await open_database(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody:secret@127.0.0.1:1/nothing",
        "postgresql://nobody:secret@127.0.0.1:port/nothing",
        "postgresql://nobody:secret@[/nothing",
        "postgresql://nobody:secret@does-not-exist.invalid/nothing",
    ],
)
async def test_postgres_out_of_reach_is_one_line_without_the_password(url):
    with pytest.raises(ConfigError) as refused:
        await open_database(url)

    line = str(refused.value)
    assert line.startswith("DATABASE_URL: PostgreSQL can't be reached (")
    assert "\n" not in line
    assert "secret" not in line
    assert "(). " not in f"{line} "


async def test_a_postgres_that_refuses_is_one_line(postgres_url):
    unknown = urlsplit(postgres_url)._replace(path="/not_there").geturl()
    assert unknown != postgres_url

    with pytest.raises(ConfigError, match="not_there") as refused:
        await open_database(unknown)

    assert "\n" not in str(refused.value)


async def test_a_directory_is_no_database(tmp_path):
    with pytest.raises(ConfigError, match=r"^DATABASE_URL: .* can't be opened \(.*\)\.$"):
        await open_database(f"sqlite:///{tmp_path}")


async def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match=r"^DATABASE_URL: .* can't be opened \(.*\)\.$"):
        await open_database(f"sqlite:///{tmp_path}/file/ledger.db")


async def test_a_folder_that_cannot_be_written_is_one_line():
    with pytest.raises(
        ConfigError, match=r"^DATABASE_URL: /proc/\d+ can't be written by [^\n]*\.$"
    ):
        await open_database("sqlite:////proc/self/ledger.db")


async def test_the_sign_of_the_home_folder_is_understood(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))

    db = await open_database("sqlite:///~/ledger.db")
    await db.close()

    assert (tmp_path / "ledger.db").is_file()


async def test_a_link_that_leads_to_itself_is_one_line(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")

    with pytest.raises(ConfigError, match=r"^DATABASE_URL: .* can't be opened \(.*\)\.$"):
        await open_database(f"sqlite:///{tmp_path}/loop/ledger.db")


async def test_a_file_that_is_no_database_is_left_as_it_is_and_unlocked(path):
    path.write_text("Dear diary, " * 100)

    for _ in range(2):
        with pytest.raises(ConfigError, match="not a database"):
            await open_database(f"sqlite:///{path}")

    assert path.read_text() == "Dear diary, " * 100


async def test_a_lock_file_that_is_none_is_one_line(path):
    path.with_name("ledger.db.lock").write_text("Dear diary, " * 100)

    with pytest.raises(ConfigError, match=r"^DATABASE_URL: .* can't be opened \(.*\)\.$"):
        await open_database(f"sqlite:///{path}")


async def test_a_refused_start_leaves_no_thread_behind(tmp_path):
    before = threading.active_count()

    with pytest.raises(ConfigError):
        await open_database(f"sqlite:///{tmp_path}")

    assert threading.active_count() == before


async def test_without_asyncpg_a_postgres_url_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "asyncpg", None)

    with pytest.raises(ConfigError, match=r"pip install 'nextread\[postgres\]'"):
        await open_database("postgresql://localhost/nextread")


ANOTHER = (
    r"^Another bot is using .*ledger\.db\. Stop it first, or give this one its own DATABASE_URL\.$"
)


async def test_a_second_bot_on_the_file_is_refused_until_the_first_closes(path):
    first = await open_database(f"sqlite:///{path}")

    with pytest.raises(ConfigError, match=ANOTHER):
        await open_database(f"sqlite:///{path}")
    await first.close()
    second = await open_database(f"sqlite:///{path}")

    await second.close()


async def test_a_link_to_the_file_does_not_let_a_second_bot_in(path, tmp_path):
    (tmp_path / "link.db").symlink_to(path)
    first = await open_database(f"sqlite:///{path}")

    with pytest.raises(ConfigError, match=ANOTHER):
        await open_database(f"sqlite:///{tmp_path / 'link.db'}")

    await first.close()


async def test_closing_twice_is_harmless(db):
    await db.close()


def held(path):
    """Start another process that has the file open."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, f"sqlite:///{path}"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "open\n"
    return process


async def test_another_process_keeps_the_file_until_it_is_killed(path):
    holder = held(path)

    with pytest.raises(ConfigError, match=ANOTHER):
        await open_database(f"sqlite:///{path}")
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    db = await open_database(f"sqlite:///{path}")

    await db.close()


# What another program or the network does to it


@pytest.fixture
async def sqlite_db(path):
    db = await open_database(f"sqlite:///{path}")
    async with db.transaction() as tx:
        await tx.fetch("CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT)")
    yield db
    await db.close()


async def test_a_file_that_another_program_holds_is_answered_in_time_however_many_wait(
    sqlite_db, path, caplog
):
    async def write(name):
        started_at = time.monotonic()
        with contextlib.suppress(LedgerError):
            async with sqlite_db.transaction() as tx:
                await set_setting(tx, name, "value")
        return time.monotonic() - started_at

    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        waited = await asyncio.gather(*map(write, "abcdefgh"))
        assert await sqlite_db.fetch("SELECT * FROM settings") == []
        assert not sqlite_db.is_well
        other.execute("ROLLBACK")
    await write("after")

    assert max(waited) < 2.7
    assert min(waited) > 1.5
    assert [row["name"] for row in await sqlite_db.fetch("SELECT name FROM settings")] == ["after"]
    assert sqlite_db.is_well
    warned = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert warned == ["the database can't be used (busy): database is locked"]


async def test_who_waits_for_another_programs_short_work_is_served(sqlite_db, path):
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    asyncio.get_running_loop().call_later(0.3, other.execute, "COMMIT")

    async with sqlite_db.transaction() as tx:
        await set_setting(tx, "name", "value")

    other.close()
    assert await setting(sqlite_db, "name") == "value"


async def test_the_file_alone_holds_everything_after_a_checkpoint(sqlite_db, path, tmp_path):
    async with sqlite_db.transaction() as tx:
        await set_setting(tx, "name", "value")
    await sqlite_db.checkpoint()

    shutil.copy(path, tmp_path / "copy.db")

    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT * FROM settings").fetchall() == [("name", "value")]
    assert path.with_name("ledger.db-wal").stat().st_size == 0


async def test_a_checkpoint_waits_for_nobody_and_keeps_nobody_waiting(sqlite_db, path):
    async with sqlite_db.transaction() as tx:
        await set_setting(tx, "name", "value")
        await asyncio.wait_for(sqlite_db.checkpoint(), 0.5)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM settings").fetchall()
        async with sqlite_db.transaction() as tx:
            await set_setting(tx, "name", "other")

        await asyncio.wait_for(sqlite_db.checkpoint(), 0.5)

    await sqlite_db.checkpoint()
    assert path.with_name("ledger.db-wal").stat().st_size == 0


on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


async def end_connections(url):
    """Do what a restart of the server does to all others."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND application_name = 'under test'"
    )
    await connection.close()


@pytest.fixture
async def postgres_db(database_url):
    """Several connections that are open and idle."""
    db = await open_database(f"{database_url}&application_name=under%20test")
    await asyncio.gather(*(db.fetch("SELECT pg_sleep(0.01)") for _ in range(10)))
    yield db
    await db.close()


@on_postgres
async def test_connections_that_are_lost_are_made_again_for_reads_and_writes(
    postgres_db, database_url, caplog
):
    postgres_db.patience = 1
    for _ in range(2):
        await end_connections(database_url)
        assert len(await asyncio.gather(*(setting(postgres_db, "x") for _ in range(10)))) == 10
        await end_connections(database_url)
        await _write(postgres_db)

    assert caplog.messages == []


@on_postgres
async def test_a_transaction_on_a_connection_that_was_just_lost_begins_anew(
    postgres_db, database_url, caplog
):
    ending = threading.Thread(target=asyncio.run, args=(end_connections(database_url),))
    ending.start()
    ending.join()  # the loop stands still: nobody has noticed

    await _write(postgres_db)

    assert await setting(postgres_db, "name") == "value"
    assert caplog.messages == []


@on_postgres
async def test_a_read_whose_connection_is_lost_under_way_is_asked_again(postgres_db, database_url):
    reading = asyncio.create_task(postgres_db.fetch("SELECT 1 AS one, pg_sleep(0.5)"))
    await asyncio.sleep(0.2)
    await end_connections(database_url)

    assert [row["one"] for row in await reading] == [1]


@on_postgres
async def test_a_connection_lost_within_a_transaction_saves_nothing_and_says_so(
    postgres_db, database_url, caplog
):
    async def write():
        async with postgres_db.transaction() as tx:
            await set_setting(tx, "name", "value")
            await end_connections(database_url)
            await tx.fetch("SELECT 1")

    for _ in range(2):
        with pytest.raises(LedgerError) as lost:
            await write()
        assert lost.value.why == "lost"

    assert await setting(postgres_db, "name") is None
    assert not postgres_db.is_well
    (line,) = caplog.messages
    assert line.startswith("the database can't be used (lost): ")


@on_postgres
async def test_a_transaction_lost_before_it_told_anything_is_begun_anew(postgres_db, database_url):
    async with postgres_db.transaction() as tx:
        await end_connections(database_url)
        await set_setting(tx, "name", "value")
        await set_setting(tx, "other", "value")

    assert await setting(postgres_db, "name") == await setting(postgres_db, "other") == "value"


@on_postgres
async def test_what_was_saved_though_nobody_heard_it_is_looked_up(database_url):
    """The server saves, and the connection is cut before its answer."""
    async with Link(database_url) as link:
        db = await open_database(link.url)

        async def write(name, shown):
            async with db.transaction() as tx:
                await set_setting(tx, name, "value")
                if shown:
                    tx.shown_by("SELECT 1 FROM settings WHERE name = ?", shown)
                link.cut.append("COMMIT")

        await write("heard", "heard")
        for shown in ("not there", None):
            with pytest.raises(LedgerError) as lost:
                await write("other", shown)
            assert lost.value.why == "unknown"

        assert await setting(db, "heard") == await setting(db, "other") == "value"
        assert link.cut == []
        await db.close()


@on_postgres
async def test_a_connection_lost_while_saving_is_not_asked_again_but_told(
    postgres_db, database_url
):
    async def write():
        async with postgres_db.transaction() as tx:
            await set_setting(tx, "name", "value")
            await end_connections(database_url)

    with pytest.raises(LedgerError) as lost:
        await write()

    assert lost.value.why == "unknown"


@on_postgres
async def test_a_server_that_stays_away_is_told_after_a_while_and_logged_once(database_url, caplog):
    async with Link(database_url) as link:
        db = await open_database(link.url)
        db.patience = 1
        link.close()
        started_at = time.monotonic()

        for ask in (setting(db, "x"), setting(db, "x"), _write(db)):
            with pytest.raises(LedgerError) as lost:
                await ask
            assert lost.value.why == "lost"

        assert 1.5 < time.monotonic() - started_at < 4
        assert len(caplog.messages) == 1
        await db.close()


@on_postgres
async def test_a_server_that_comes_back_in_time_is_waited_for(database_url, caplog):
    caplog.set_level(logging.INFO)
    async with Link(database_url) as link:
        db = await open_database(link.url)
        link.close()
        asking = asyncio.gather(_write(db), *(setting(db, "x") for _ in range(20)))
        await asyncio.sleep(1)
        was_well = db.is_well
        await link.open()

        await asking

        assert (was_well, db.is_well) == (False, True)
        assert await setting(db, "name") == "value"
        lost, again = caplog.messages
        assert lost.startswith("the database can't be used (lost): ")
        assert again == "the database can be used again"
        await db.close()


async def _write(db):
    async with db.transaction() as tx:
        await set_setting(tx, "name", "value")


class Link:
    """What stands between a client and the server: closed, it is as if the server were away.

    ``cut``: the statements at whose answer it breaks.
    """

    def __init__(self, database_url):
        socket = unquote(database_url.partition("host=")[2].partition("&")[0])
        self._path = f"{socket}/.s.PGSQL.5432"
        self._name = urlsplit(database_url).path
        self._server, self.port, self.cut = None, 0, []

    async def __aenter__(self):
        await self.open()
        return self

    async def __aexit__(self, *_):
        self.close()

    @property
    def url(self):
        return f"postgresql://postgres@127.0.0.1:{self.port}{self._name}"

    async def open(self):
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self):
        self._server.close()
        for link in asyncio.all_tasks():
            if link.get_name() == "link":
                link.cancel()

    async def _pass_on(self, reader, writer):
        their_reader, their_writer = await asyncio.open_unix_connection(self._path)
        is_cut = False

        async def ask():
            nonlocal is_cut
            while some := await reader.read(65536):
                if self.cut and self.cut[0].encode() in some:
                    is_cut = True
                    self.cut.pop()
                their_writer.write(some)

        async def answer():
            while (some := await their_reader.read(65536)) and not is_cut:
                writer.write(some)
            writer.transport.abort()

        try:
            await asyncio.gather(
                asyncio.create_task(ask(), name="link"),
                asyncio.create_task(answer(), name="link"),
                return_exceptions=True,
            )
        finally:
            writer.close()
            their_writer.close()


@on_postgres
async def test_what_a_row_holds_does_not_get_into_an_error(database_url):
    db = await open_database(database_url)

    async def write_twice():
        async with db.transaction() as tx:
            for _ in range(2):
                await tx.fetch("INSERT INTO readers (reader_id) VALUES (?)", 424242424242)

    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await write_twice()

    assert "424242424242" not in str(refused.value)
    await db.close()
