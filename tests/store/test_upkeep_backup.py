import contextlib
import errno
import os
import shutil
import sqlite3
import subprocess
import sys

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.services.opening import open_services
from bot.store.database import open_database
from bot.store.upkeep import back_up, restore_from

HELD = "2 marks of 1 reader, 0 groups"


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
async def bot(url, base, clock):
    """A bot in the middle of its work: what it wrote last stands in the journal."""
    services = await open_services(url, base, clock)
    for resource in base.resources[:2]:
        await services.reading.mark(1, None, resource.key, "done")
    yield services
    await services.close()


@pytest.fixture
def shell(url):
    def run(*args):
        return CliRunner().invoke(main, [str(arg) for arg in args], env={"DATABASE_URL": url})

    return run


def marks_in(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT COUNT(*) FROM progress").fetchone()[0]


async def test_a_backup_beside_a_running_bot_holds_what_a_copied_file_does_not(
    bot, shell, tmp_path
):
    shutil.copy(tmp_path / "ledger.db", tmp_path / "copy.db")
    answer = shell("backup", tmp_path / "backup.db")

    assert answer.exit_code == 0, answer.output
    assert answer.output == f"Saved in {tmp_path / 'backup.db'}: {HELD}.\n"
    assert marks_in(tmp_path / "copy.db") == 0
    assert marks_in(tmp_path / "backup.db") == 2
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.db"]
    in_one_file = 1  # SQLite's format: 2 would mean that a journal may stand beside it
    assert (tmp_path / "backup.db").read_bytes()[18] == in_one_file


async def test_a_backup_writes_over_nothing(bot, shell, tmp_path):
    (tmp_path / "backup.db").write_text("mine")

    answer = shell("backup", tmp_path / "backup.db")

    assert answer.exit_code == 1
    assert answer.stderr == f"{tmp_path / 'backup.db'} is there already: name a new file.\n"
    assert (tmp_path / "backup.db").read_text() == "mine"


async def test_what_a_killed_backup_left_stops_no_later_one(bot, url, tmp_path):
    (tmp_path / "backup.db.part").write_bytes(b"half a ledger")

    assert back_up(url, tmp_path / "backup.db") == HELD
    assert marks_in(tmp_path / "backup.db") == 2


async def test_a_backup_goes_onto_a_disk_that_knows_no_links(bot, url, tmp_path, monkeypatch):
    def link(source, target):
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "File exists")
        raise PermissionError(errno.EPERM, "Operation not permitted")  # FAT's answer

    monkeypatch.setattr(os, "link", link)

    assert back_up(url, tmp_path / "backup.db") == HELD
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.db"]


def test_a_backup_after_a_kill_holds_what_was_written_before_it(url, tmp_path):
    write = (
        "import asyncio, os, sys\n"
        "from datetime import UTC, datetime\n"
        "from bot.core.curriculum.file import default_curriculum_path, read_curriculum\n"
        "from bot.services.opening import open_services\n"
        "async def work():\n"
        "    base = read_curriculum(default_curriculum_path().read_bytes())\n"
        "    services = await open_services(sys.argv[1], base, lambda: datetime.now(UTC))\n"
        "    for resource in base.resources[:2]:\n"
        "        await services.reading.mark(1, None, resource.key, 'done')\n"
        "    os._exit(9)\n"
        "asyncio.run(work())\n"
    )
    assert subprocess.run([sys.executable, "-c", write, url], check=False).returncode == 9

    assert back_up(url, tmp_path / "backup.db") == HELD


async def test_a_backup_comes_back_in_an_empty_place(bot, url, shell, tmp_path, base, clock):
    back_up(url, tmp_path / "backup.db")
    elsewhere = f"sqlite:///{tmp_path}/new/deeper/ledger.db"

    assert restore_from(tmp_path / "backup.db", elsewhere) == HELD

    services = await open_services(elsewhere, base, clock)
    _, reader = await services.reading.reader(1, None)
    assert reader.marks.get(base.resources[0].key).state == "done"
    await services.close()


async def test_a_backup_is_put_over_no_database_and_beside_no_bot(bot, url, shell, tmp_path):
    back_up(url, tmp_path / "backup.db")

    running = shell("restore", tmp_path / "backup.db")
    await bot.close()
    stopped = shell("restore", tmp_path / "backup.db")
    (tmp_path / "ledger.db").rename(tmp_path / "away.db")
    (tmp_path / "ledger.db-wal").write_text("what a killed bot left")
    left = shell("restore", tmp_path / "backup.db")

    assert "Another bot is using" in running.stderr
    assert f"{tmp_path / 'ledger.db'} is there already" in stopped.stderr
    assert f"{tmp_path / 'ledger.db-wal'} is there already" in left.stderr
    assert {answer.exit_code for answer in (running, stopped, left)} <= {1, 2}
    assert not (tmp_path / "ledger.db").exists()


async def test_restoring_says_what_it_holds_and_what_comes_next(bot, url, shell, tmp_path):
    back_up(url, tmp_path / "backup.db")
    await bot.close()
    (tmp_path / "ledger.db").unlink()

    answer = shell("restore", tmp_path / "backup.db")

    assert answer.exit_code == 0
    assert answer.output.splitlines()[0] == f"Restored: {HELD}."
    assert "next start" in answer.output


async def test_what_is_no_backup_is_refused_and_leaves_nothing(bot, url, shell, tmp_path):
    back_up(url, tmp_path / "damaged.db")
    await bot.close()
    (tmp_path / "ledger.db").unlink()
    whole = (tmp_path / "damaged.db").read_bytes()
    with contextlib.closing(sqlite3.connect(tmp_path / "damaged.db")) as found:
        ((page,),) = found.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'progress'")
        ((size,),) = found.execute("PRAGMA page_size")
    table = whole[(page - 1) * size : page * size]  # what its index says stays as it was
    damaged = table.replace(b"jump-into-llm:", b"jump-into-lln:")
    assert damaged != table
    (tmp_path / "damaged.db").write_bytes(whole.replace(table, damaged))
    (tmp_path / "diary.db").write_text("Dear diary, " * 100)
    (tmp_path / "empty.db").touch()
    newer = await open_database(f"sqlite:///{tmp_path}/newer.db")
    async with newer.transaction() as tx:
        for table in ("migrations (number)", "study_groups (x)", "progress (reader_id)"):
            await tx.fetch(f"CREATE TABLE {table}")
        await tx.fetch("INSERT INTO migrations VALUES (9999)")
    await newer.close()

    told = {}
    for name in ("damaged", "diary", "empty", "newer", "gone"):
        answer = shell("restore", tmp_path / f"{name}.db")
        assert answer.exit_code == 1
        (told[name],) = answer.stderr.splitlines()

    assert "is damaged" in told["damaged"]
    assert "file is not a database" in told["diary"]
    assert "no database of Nextread's" in told["empty"]
    assert "newer version of Nextread" in told["newer"]
    assert told["gone"] == f"There is no file {tmp_path / 'gone.db'}."
    assert [path for path in tmp_path.glob("ledger.db*") if "lock" not in path.name] == []


@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_for_postgres_its_own_tool_is_named(command, tool, tmp_path):
    url = "postgresql://nextread:secret@host/nextread"
    answer = CliRunner().invoke(main, [command, str(tmp_path / "x")], env={"DATABASE_URL": url})

    assert answer.exit_code == 1
    (line,) = answer.stderr.splitlines()
    assert tool in line
    assert line.endswith((" pg_dump.", " pg_restore or psql."))
    assert "secret" not in line


def test_a_backup_of_nothing_and_one_into_nowhere_are_one_line_each(shell, tmp_path, new_ledger):
    nothing = shell("backup", tmp_path / "backup.db")
    shutil.copy(new_ledger, tmp_path / "ledger.db")
    nowhere = shell("backup", tmp_path / "no" / "folder" / "backup.db")

    assert nothing.stderr.startswith(f"There is no database at {tmp_path / 'ledger.db'}")
    assert "can't be written (No such file or directory)" in nowhere.stderr
    assert (nothing.exit_code, nowhere.exit_code) == (1, 1)
