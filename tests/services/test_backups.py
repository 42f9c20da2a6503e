"""A copy a day into a folder of the host's, while the bot runs and time passes."""

import asyncio
import contextlib
import logging
import shutil
import sqlite3
import threading
import time

import discord
import pytest

from bot.app import NextreadBot
from bot.errors import BackupError
from bot.services.backups import Backups
from bot.services.opening import open_services
from bot.store.upkeep import back_up
from tests.conftest import A_DAY

A_DAY_S, AN_HOUR_S = 24 * 3600, 3600
KEEP = 3


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "backups"
    path.mkdir()
    return path


@pytest.fixture
def make_bot(tmp_path, base, new_ledger, folder, made_bots):
    """A bot that keeps three backups, over the same file each time."""
    shutil.copy(new_ledger, tmp_path / "bot.db")
    url = f"sqlite:///{tmp_path / 'bot.db'}"

    def make():
        now = discord.utils.utcnow
        backups = Backups(url, folder, KEEP, now).make_due
        made_bots.append(
            NextreadBot(
                lambda: open_services(url, base, now, back_up=backups),
                shard_count=1,
                nap=A_DAY / 96,
            )
        )
        return made_bots[-1]

    return make


@pytest.fixture(autouse=True)
async def closed(made_bots):
    yield
    for bot in made_bots:
        await bot.close()


@pytest.fixture
def names(env, folder):
    """Return what is in the folder, once what is under way is done."""

    async def found():
        for _ in range(50):
            await env.settle()
            await asyncio.sleep(0.01)
            if not list(folder.glob("*.db.*")):
                break
        return sorted(path.name for path in folder.iterdir())

    return found


def days(*numbers):
    return [f"nextread-2026-01-{number:02}.db" for number in numbers]


def marks_in(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT COUNT(*) FROM progress").fetchone()[0]


async def test_a_copy_is_made_at_the_start_then_each_day_and_the_newest_stay(
    env, alice, channel, names, folder
):
    (folder / "nextread-2025-01-01.db.gz").write_text("mine")
    (folder / "notes.txt").write_text("mine")
    first = await names()
    await alice.slash(channel, "done", resource="BERT")

    await env.advance_time(AN_HOUR_S)
    same_day = await names()
    for _ in range(5):
        await env.advance_time(A_DAY_S)
        after = await names()

    mine = ["nextread-2025-01-01.db.gz", "notes.txt"]
    assert first == same_day == sorted([*days(1), *mine])
    assert after == sorted([*days(4, 5, 6), *mine])
    assert marks_in(folder / after[-2]) == 1


async def test_a_start_on_the_same_day_makes_none_and_clears_what_a_killed_bot_left(
    env, names, folder, make_bot
):
    before = await names()
    made_at = (folder / before[0]).stat().st_mtime_ns
    await env.bot.close()
    (folder / "nextread-2026-01-01.db.ab_c1234").mkdir()
    (folder / "nextread-2026-01-01.db.ab_c1234" / "nextread-2026-01-01.db").write_text("half")
    await env.restart_bot(make_bot())
    same_day = sorted(path.name for path in folder.iterdir())

    await env.advance_time(A_DAY_S)

    assert before == days(1)
    assert same_day == [*days(1), "nextread-2026-01-01.db.ab_c1234"]
    assert await names() == days(1, 2)
    assert (folder / before[0]).stat().st_mtime_ns == made_at


async def test_a_folder_that_is_gone_is_one_line_an_hour_and_the_bot_goes_on(
    env, alice, channel, names, folder, caplog
):
    await names()
    folder.rename(folder.with_name("away"))
    await env.advance_time(A_DAY_S)  # to midnight, and twenty-four looks
    failed = [r for r in caplog.records if r.name == "bot.services.backups"]
    answer = await alice.slash(channel, "next")

    folder.with_name("away").rename(folder)
    await env.advance_time(AN_HOUR_S)

    assert 20 <= len(failed) <= 25
    assert {record.levelno for record in failed} == {logging.ERROR}
    assert all("BACKUP_DIR" in r.getMessage() and not r.exc_info for r in failed)
    assert answer.response is not None
    assert await names() == days(1, 2)


def test_a_copy_made_while_much_is_written_is_of_one_instant(new_ledger, tmp_path):
    path = tmp_path / "ledger.db"
    shutil.copy(new_ledger, path)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE pairs (a INTEGER, b INTEGER, filler TEXT)")
        for n in range(3_000):
            writer.execute("INSERT INTO pairs VALUES (?, 0, ?)", (n, "x" * 4_000))
        is_enough = threading.Event()
        took = []

        def write():
            with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as another:
                n = 0
                while not is_enough.is_set():
                    n, began = n + 1, time.perf_counter()
                    another.execute("BEGIN IMMEDIATE")
                    another.execute("UPDATE pairs SET b = ? WHERE a = 0", (n,))
                    another.execute("UPDATE pairs SET b = ? WHERE a = 2999", (n,))
                    another.execute("COMMIT")
                    took.append(time.perf_counter() - began)

        writing = threading.Thread(target=write)
        writing.start()
        while len(took) < 10:
            time.sleep(0.001)
        before = len(took)
        back_up(f"sqlite:///{path}", tmp_path / "copy.db")
        is_enough.set()
        writing.join()

    assert len(took) > before + 1  # they went on meanwhile
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        (first, last) = copy.execute("SELECT b FROM pairs WHERE a IN (0, 2999)").fetchall()
    assert first == last != (0,)


def test_a_copy_that_is_stopped_leaves_nothing(new_ledger, tmp_path):
    with pytest.raises(BackupError, match="stopped"):
        back_up(f"sqlite:///{new_ledger}", tmp_path / "copy.db", lambda: True)

    assert list(tmp_path.iterdir()) == []


async def test_a_stop_ends_a_copy_that_is_under_way(new_ledger, tmp_path, folder, clock):
    path = tmp_path / "ledger.db"
    shutil.copy(new_ledger, path)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE filler (text TEXT)")
        database.executemany("INSERT INTO filler VALUES (?)", [("x" * 4_000,)] * 20_000)
        database.commit()
    making = asyncio.create_task(Backups(f"sqlite:///{path}", folder, 7, clock).make_due())
    while not list(folder.iterdir()):  # noqa: ASYNC110 - a folder tells no event
        await asyncio.sleep(0.001)

    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    async with asyncio.timeout(5):
        while list(folder.iterdir()):  # noqa: ASYNC110 - a folder tells no event
            await asyncio.sleep(0.001)
