import asyncio
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
