"""All that is in a SQLite ledger arrives in an empty PostgreSQL, whatever happens on the way."""

import asyncio
import contextlib
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.errors import BackupError, ConfigError
from bot.services.opening import open_services
from bot.store.database import PostgresDatabase, open_database
from bot.store.transfer import move
from tests.curricula import named_by_address
from tests.every_table import everything
from tests.releases.story import Story, StoryClock

pytestmark = pytest.mark.parametrize("empty_database_url", ["postgres"], indirect=True)


@pytest.fixture(scope="module")
def told_file(tmp_path_factory, shipped_list):
    """A SQLite ledger with rows in every table."""
    path = tmp_path_factory.mktemp("told") / "ledger.db"

    async def tell():
        clock = StoryClock()
        services = await open_services(f"sqlite:///{path}", shipped_list, clock, named_by_address)
        await Story(services, clock).tell()
        await services.close()

    asyncio.run(tell())
    return path


@pytest.fixture
def source(told_file, tmp_path):
    return Path(shutil.copy(told_file, tmp_path / "ledger.db"))


@pytest.fixture
def target(empty_database_url):
    return empty_database_url


class Shown:
    """What is shown meanwhile. ``break_at``: after so many steps, all stops as it stands."""

    def __init__(self, break_at=None):
        self.lines, self.done, self.left = [], {}, break_at

    @contextlib.contextmanager
    def bar(self, what, rows):
        self.done[what] = 0
        yield lambda count: self.step(what, count)
        assert self.done[what] == rows

    def step(self, what, count):
        self.done[what] += count
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt


async def moved(source, target, shown=None):
    shown = shown or Shown()
    held = await move(source, target, shown.bar, shown.lines.append)
    return held, shown


async def rows_in(url):
    db = await open_database(url)
    try:
        return await everything(db)
    finally:
        await db.close()


def change(path, *statements):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as ledger:
        for sql, *values in statements:
            ledger.execute(sql, values)


async def execute(url, sql):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


async def test_every_row_of_every_table_arrives_and_the_source_stays_as_it_was(source, target):
    before = source.read_bytes()

    held, shown = await moved(source, target)

    assert source.read_bytes() == before
    found = await rows_in(f"sqlite:///{source}")
    assert await rows_in(target) == found
    assert held == "36 marks of 3 readers, 76 groups"
    assert [line.split()[0] for line in shown.lines] == sorted(found.keys() - {"migrations"})
    assert all(line.endswith(" rows, the same") for line in shown.lines)


async def test_a_bot_reads_on_where_it_was(source, target, base):
    await moved(source, target)

    services = await open_services(target, base, StoryClock(), named_by_address)
    beside = await open_services(f"sqlite:///{source}", base, StoryClock(), named_by_address)
    try:
        here, there = [await each.reading.reader(1, None) for each in (services, beside)]
        assert here[1].marks == there[1].marks
    finally:
        await services.close()
        await beside.close()


KILLED = """
import asyncio, contextlib, os, signal, sys
from pathlib import Path
from bot.store.transfer import move

def run(kill_at):
    left = [kill_at]

    def step(count):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextlib.contextmanager
    def bar(what, rows):
        yield step

    asyncio.run(move(Path(sys.argv[1]), sys.argv[2], bar, lambda line: None))

kills = 30  # the first tables are read
while True:
    child = os.fork()
    if child == 0:
        run(kills + 1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        break
    kills += 1
print(kills, os.waitstatus_to_exitcode(status))
"""


def test_killed_at_any_step_it_goes_on_until_all_is_there(source, target):
    killing = subprocess.run(
        [sys.executable, "-c", KILLED, str(source), target],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip

    kills, code = map(int, killing.stdout.split())
    found = asyncio.run(rows_in(f"sqlite:///{source}"))
    assert code == 0
    assert kills >= 3 * (len(found) - 1)  # after each table: read, moved, compared
    assert asyncio.run(rows_in(target)) == found


async def test_what_is_half_moved_is_no_ledger_for_a_bot(source, target):
    steps = 33 + 33
    with pytest.raises(KeyboardInterrupt):
        await moved(source, target, Shown(break_at=steps))

    with pytest.raises(ConfigError, match=r"move-data` has begun .* isn't done. Run the same"):
        await open_services(target, None, StoryClock())
    _, shown = await moved(source, target)
    assert shown.lines[0] == "Going on with what was begun."
    assert await rows_in(target) == await rows_in(f"sqlite:///{source}")


async def test_if_the_source_has_changed_meanwhile_it_begins_again(source, target):
    with pytest.raises(KeyboardInterrupt):
        await moved(source, target, Shown(break_at=33 + 33))
    change(source, ["DELETE FROM additions"], ["UPDATE settings SET value = 'other'"])

    _, shown = await moved(source, target)

    assert "has changed since" in shown.lines[0]
    assert await rows_in(target) == await rows_in(f"sqlite:///{source}")


# Nobody else may use either of them


async def test_a_source_with_a_bot_on_it_is_refused(source, target):
    db = await open_database(f"sqlite:///{source}")

    with pytest.raises(BackupError, match=f"bot, or another move, is using {source}: stop it"):
        await moved(source, target)

    await db.close()
    assert (await moved(source, target))[1].lines


HOLDING = """
    FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND datname = current_database()
"""


async def test_a_target_with_a_bot_on_it_is_refused_whatever_becomes_of_connections(source, target):
    bots = [await open_database(target) for _ in range(2)]
    await bots[0].close()
    await execute(target, f"SELECT pg_terminate_backend(pid) {HOLDING}")
    await asyncio.sleep(0.05)
    assert await execute(target, f"SELECT 1 {HOLDING}") == []

    await bots[1].hold()
    await bots[1].hold()

    assert len(await execute(target, f"SELECT 1 {HOLDING}")) == 1
    with pytest.raises(ConfigError, match="is using this PostgreSQL database: stop it"):
        await moved(source, target)
    await bots[1].close()
    assert (await moved(source, target))[1].lines


async def test_a_bot_that_starts_meanwhile_is_refused(target):
    moving = await PostgresDatabase.open(target, alone=True)

    with pytest.raises(ConfigError, match=r"move-data` is moving .* Start the bot when it is done"):
        await open_database(target)

    await moving.close()
    await (await open_database(target)).close()


# What can't be moved


@pytest.mark.parametrize(
    ("sql", "value", "told"),
    [
        ("UPDATE progress SET changed_at = ?", "soon", "changed_at is no whole"),
        ("UPDATE progress SET changed_at = ?", 2.0**70, "changed_at is no whole"),
        ("UPDATE settings SET value = ? WHERE rowid = 1", "a\0b", "value has a NUL byte"),
        ("UPDATE settings SET value = ? WHERE rowid = 1", b"raw", "value is no text"),
        (
            "UPDATE settings SET value = CAST(? AS TEXT) WHERE rowid = 1",
            b"\xff",
            "value is not UTF",
        ),
        ("UPDATE settings SET name = ? WHERE rowid = 1", None, "name None: name is missing"),
    ],
)
async def test_a_row_that_postgres_refuses_is_named_before_anything_is_moved(
    source, target, sql, value, told
):
    change(source, [sql, value])

    with pytest.raises(BackupError) as refused:
        await moved(source, target)

    _, row, *_, last = str(refused.value).splitlines()
    assert told in row
    assert row.startswith(("  progress, reader_id ", "  settings, name "))
    assert "Nothing was moved" in last
    held = await rows_in(target)
    assert {table for table, rows in held.items() if rows} == {"migrations"}


async def test_of_many_such_rows_the_first_are_named(source, target):
    change(source, ["UPDATE outbox SET due_at = 'soon'"], ["UPDATE settings SET value = x'00'"])

    with pytest.raises(BackupError) as refused:
        await moved(source, target)

    lines = str(refused.value).splitlines()
    assert len(lines) == 1 + 20 + 1 + 1
    assert lines[-2] == "  and more"


async def test_a_row_that_only_postgres_can_judge_is_named_and_then_all_is_moved(source, target):
    long = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(9_000))  # can't be compressed
    change(source, ["INSERT INTO settings (name, value) VALUES (?, 'x')", long])
    with pytest.raises(BackupError, match=r"settings, name '\w+' \(index row .* Mend or delete"):
        await moved(source, target)
    with pytest.raises(ConfigError, match="isn't done"):
        await open_services(target, None, StoryClock())
    change(source, ["DELETE FROM settings WHERE name = ?", long])

    await moved(source, target)

    assert await rows_in(target) == await rows_in(f"sqlite:///{source}")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM migrations WHERE number = 1", "of an older version .* Start the bot of this"),
        ("INSERT INTO migrations VALUES (9999)", "of a newer version"),
        ("DROP TABLE migrations", "no database of Nextread's"),
        ("CREATE TABLE mine (x TEXT PRIMARY KEY)", "mine.x is in one of the databases only"),
        ("ALTER TABLE outbox ADD COLUMN mine TEXT", "outbox.mine is in one of the databases only"),
    ],
)
async def test_a_source_of_another_kind_is_refused(source, target, statement, told):
    change(source, [statement])

    with pytest.raises(BackupError, match=told):
        await moved(source, target)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("CREATE TABLE diary (day TEXT)", "has tables that aren't Nextread's: diary"),
        ("CREATE VIEW looked AS SELECT 1", "has tables that aren't Nextread's: looked"),
        ("CREATE TABLE votes AS SELECT 1 AS x", "holds rows already, in votes"),
    ],
)
async def test_a_target_that_holds_anything_is_refused_and_stays_as_it_is(
    source, target, statement, told
):
    await execute(target, statement)

    with pytest.raises(BackupError, match=f"{told}.*createdb"):
        await moved(source, target)

    held = await execute(target, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert len(held) == ("TABLE" in statement)


async def test_a_target_on_which_a_bot_was_started_is_refused(source, target, base):
    await (await open_services(target, base, StoryClock())).close()

    with pytest.raises(BackupError, match="holds rows already, in known_resources"):
        await moved(source, target)


async def test_what_came_otherwise_than_it_left_is_never_called_done(source, target):
    with pytest.raises(KeyboardInterrupt):
        await moved(source, target, Shown(break_at=33 + 66))
    await execute(target, "UPDATE progress SET changed_at = changed_at + 1")

    with pytest.raises(BackupError, match=r"progress is not the same in both. No bot can start"):
        await moved(source, target)

    with pytest.raises(ConfigError, match="isn't done"):
        await open_services(target, None, StoryClock())


async def test_a_ledger_with_nothing_in_it_is_moved_too(new_tables, target, tmp_path):
    source = Path(shutil.copy(new_tables, tmp_path / "ledger.db"))

    await moved(source, target)

    assert await rows_in(target) == await rows_in(f"sqlite:///{source}")


# On the command line


@pytest.fixture
def shell():
    return lambda *args: CliRunner().invoke(main, ["move-data", *map(str, args)])


def test_it_says_what_to_change_and_nobody_sees_the_password(source, target, shell):
    secret = target + ("&" if "?" in target else "?") + "password=s3cret"

    answer = shell(f"sqlite:///{source}", secret)

    assert answer.exit_code == 0, answer.output
    *_, moved_, put, setting = answer.output.splitlines()
    assert moved_ == f"Moved: 36 marks of 3 readers, 76 groups. {source} is as it was."
    assert put.startswith("Put this into .env")
    assert "***" in put
    assert setting == "DATABASE_URL=" + secret.replace("s3cret", "***")


def test_what_can_not_be_meant_is_a_line_that_says_what_is_wrong(source, target, shell, tmp_path):
    told = {
        "SQLITE comes first": (target, source),
        "There is no file": (tmp_path / "gone.db", target),
        "POSTGRES: PostgreSQL can't be reached": (source, "postgresql://x:s3cret@127.0.0.1:1/x"),
        "POSTGRES can't be understood": (source, "postgresql://x:s3/cret@127.0.0.1/x"),
    }

    for words, args in told.items():
        answer = shell(*args)
        assert answer.exit_code in (1, 2)
        assert words in answer.stderr
        assert "s3cret" not in answer.output
        assert "Traceback" not in answer.output
