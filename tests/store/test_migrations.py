import asyncio
import shutil
import sqlite3

import asyncpg
import pytest

from bot.errors import ConfigError
from bot.store.database import open_database
from bot.store.migrations import FOLDER, migrate

SQL_ERRORS = (sqlite3.Error, asyncpg.PostgresError)


@pytest.fixture
async def empty(empty_database_url):
    db = await open_database(empty_database_url)
    yield db
    await db.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_first.sql").write_text(
        "-- A comment; with a semicolon.\nCREATE TABLE firsts (name TEXT);\n"
        "INSERT INTO firsts (name) VALUES ('one');\n"
    )
    return made


async def names(db):
    return [row["name"] for row in await db.fetch("SELECT name FROM firsts ORDER BY name")]


async def test_each_migration_runs_once(empty, folder):
    first = await migrate(empty, folder)
    again = await migrate(empty, folder)

    assert (first, again) == ([1], [])
    assert await names(empty) == ["one"]


async def test_a_new_migration_runs_after_those_that_ran(empty, folder):
    await migrate(empty, folder)
    (folder / "0010_tenth.sql").write_text("INSERT INTO firsts (name) VALUES ('two')")
    (folder / "0002_second.sql").write_text("ALTER TABLE firsts ADD COLUMN link TEXT")

    run = await migrate(empty, folder)

    assert run == [2, 10]
    assert await names(empty) == ["one", "two"]


async def test_a_migration_that_fails_halfway_leaves_nothing(empty, folder):
    (folder / "0002_second.sql").write_text(
        "CREATE TABLE seconds (name TEXT); INSERT INTO nothing (name) VALUES ('x');"
    )

    with pytest.raises(SQL_ERRORS):
        await migrate(empty, folder)

    for table in ("firsts", "seconds", "migrations"):
        with pytest.raises(SQL_ERRORS, match=table):
            await empty.fetch(f"SELECT * FROM {table}")


async def test_a_migration_that_failed_runs_when_it_is_mended(empty, folder):
    (folder / "0002_second.sql").write_text("INSERT INTO nothing (name) VALUES ('x')")
    with pytest.raises(SQL_ERRORS):
        await migrate(empty, folder)
    (folder / "0002_second.sql").write_text("INSERT INTO firsts (name) VALUES ('mended')")

    run = await migrate(empty, folder)

    assert run == [1, 2]
    assert await names(empty) == ["mended", "one"]


async def test_a_database_of_a_newer_version_is_refused_in_one_line(empty, folder):
    (folder / "0002_second.sql").write_text("ALTER TABLE firsts ADD COLUMN link TEXT")
    await migrate(empty, folder)
    (folder / "0002_second.sql").unlink()

    with pytest.raises(ConfigError, match=r"^DATABASE_URL: a newer version .* Update Nextread\.$"):
        await migrate(empty, folder)


async def test_migrations_that_start_at_once_run_once(empty, folder):
    runs = await asyncio.gather(*(migrate(empty, folder) for _ in range(5)))

    assert sorted(runs) == [[], [], [], [], [1]]
    assert await names(empty) == ["one"]


@pytest.mark.parametrize("empty_database_url", ["postgres"], indirect=True)
async def test_processes_that_start_at_once_migrate_postgres_once(
    empty, empty_database_url, folder
):
    others = [await open_database(empty_database_url) for _ in range(3)]

    runs = await asyncio.gather(*(migrate(db, folder) for db in [empty, *others]))

    assert sorted(runs) == [[], [], [], [1]]
    for db in others:
        await db.close()


@pytest.mark.parametrize("empty_database_url", ["postgres"], indirect=True)
async def test_processes_that_start_at_once_bring_an_old_postgres_up_to_date_once(
    empty, empty_database_url, tmp_path
):
    files = sorted(FOLDER.glob("*.sql"))
    for each in files[:20]:
        shutil.copy(each, tmp_path)
    await migrate(empty, tmp_path)
    other = await open_database(empty_database_url)

    runs = await asyncio.gather(migrate(empty), migrate(other))

    assert sorted(map(len, runs)) == [0, len(files) - 20]
    await other.close()


async def test_both_databases_get_the_same_tables(empty):
    await migrate(empty)

    for table in ("readers", "progress", "changes", "known_resources", "settings"):
        assert await empty.fetch(f"SELECT * FROM {table}") == []


def test_every_table_that_names_a_reader_says_what_becomes_of_them():
    for path in FOLDER.glob("*.sql"):
        before, *tables = path.read_text(encoding="utf-8").split("CREATE TABLE ")
        for table in tables:
            if "reader_id" in table.partition(");")[0]:
                comment = before.rstrip().splitlines()[-1]
                assert comment in ("-- person: reader_id, delete", "-- person: reader_id, forget")
            before = table


def test_no_two_files_have_the_same_number():
    numbers = [path.name.split("_")[0] for path in FOLDER.glob("*.sql")]

    assert len(numbers) == len(set(numbers))
    assert sorted(map(int, numbers)) == list(range(1, len(numbers) + 1))


async def test_rows_of_the_outbox_whose_weeks_votes_or_cards_are_gone_are_kept(empty, tmp_path):
    for path in FOLDER.glob("*.sql"):
        if path.name < "0017":
            (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    await migrate(empty, tmp_path)
    old = [
        (1, "post", "70", 8, None, None),
        (2, "reminder", "70:5", 5, None, None),
        (3, "nudge", "5:1700000000", 5, None, None),
        (4, "vote_lost", "90", 5, None, None),
        (5, "notice", "60:70:5:end", 5, None, None),
        (6, "notice", "60:1:5", 5, None, None),
        (7, "sign", "60:7", 8, None, None),
        (8, "called_off", "91", 8, None, None),
        (9, "candidates", "92", 8, 21, "11 12"),
        (10, "called_off", "92", 8, None, None),
        (11, "candidates", "93", 8, 22, None),
        (12, "called_off", "93", 8, None, None),
    ]
    async with empty.transaction() as tx:
        for row in old:
            sql = (
                "INSERT INTO outbox (row_id, kind, reference, channel_id, message_id, places,"
                " state, due_at, until_at) VALUES (?, ?, ?, ?, ?, ?, 'waiting', 1, 2)"
            )
            await tx.fetch(sql, *row)

    await migrate(empty)

    columns = "row_id, kind, reference, group_id, channel_id, reader_id, message_id, places"
    found = await empty.fetch(f"SELECT {columns} FROM outbox ORDER BY row_id")
    assert [tuple(row) for row in found] == [
        (1, "post", "70", None, None, None, None, None),
        (2, "reminder", "week:70:5", None, None, 5, None, None),
        (3, "reminder", "idle:5:1700000000", None, None, 5, None, None),
        (4, "notice", "90", None, None, 5, None, None),
        (5, "notice", "60:70:5:end", 60, None, 5, None, None),
        (6, "notice", "60:1:5", 60, None, 5, None, None),
        (7, "sign", "60:7", 60, None, None, None, None),
        (8, "called_off", "91", None, 8, None, None, None),
        (9, "candidates", "92", None, 8, None, 21, "11 12"),
        (10, "called_off", "92", None, 12, None, 21, None),
        (11, "candidates", "93", None, 8, None, 22, None),
        (12, "called_off", "93", None, 8, None, 22, None),
    ]
