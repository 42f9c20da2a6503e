import contextlib
import logging
import shutil
import sqlite3
from random import Random
from resource import RLIMIT_FSIZE, getrlimit, setrlimit

import pytest

from bot.errors import ConfigError, LedgerError
from bot.services.opening import open_services, services_over
from bot.store.additions import known_resources
from bot.store.database import open_database
from tests.conftest import joined
from tests.curricula import curriculum, resource
from tests.postbox import Desk


async def test_opening_records_what_the_list_holds(services, base):
    recorded = await known_resources(services.db, base.id)

    assert recorded.keys() == base.by_key.keys()
    assert all(each.gone_at is None for each in recorded.values())


async def test_opening_again_keeps_what_readers_did(database_url, base, clock):
    first = await open_services(database_url, base, clock)
    key = base.resources[0].key
    await first.reading.mark(1, None, key, "done")
    await first.close()

    second = await open_services(database_url, base, clock)
    _, reader = await second.reading.reader(1, None)
    await second.close()

    assert reader.marks.get(key).state == "done"


async def test_a_start_that_is_refused_gives_the_database_back(empty_database_url, clock):
    db = await open_database(empty_database_url)
    async with db.transaction() as tx:
        await tx.fetch("CREATE TABLE migrations (number BIGINT PRIMARY KEY)")
        await tx.fetch("INSERT INTO migrations (number) VALUES (9999)")
    await db.close()

    for _ in range(2):
        with pytest.raises(ConfigError, match="newer version"):
            await open_services(empty_database_url, curriculum(resource("a")), clock)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_two_processes_open_one_postgres(services, database_url, base, clock):
    other = await open_services(database_url, base, clock)
    await other.reading.mark(1, None, base.resources[0].key, "done")

    _, reader = await services.reading.reader(1, None)

    assert reader.marks.get(base.resources[0].key).state == "done"
    await other.close()


async def test_of_two_over_one_database_each_may_close_while_the_other_goes_on(db, base, clock):
    first, second = [await services_over(db, base, clock) for _ in range(2)]
    key = base.resources[0].key
    await first.reading.mark(1, None, key, "done")

    await first.close()

    _, reader = await second.reading.reader(1, None)
    await second.reading.mark(2, None, key, "done")
    await second.close()
    assert reader.marks.get(key).state == "done"
    assert len(await db.fetch("SELECT 1 FROM progress")) == 2


async def test_the_same_chance_gives_the_same_ids_and_claims(db, base, clock):
    made = []
    for _ in range(2):
        services = await services_over(db, base, clock, chance=Random(7))  # noqa: S311 - to draw the same again
        await services.guilds.greet(1, 2)
        (row_id,) = await Desk(services).due()
        made.append((row_id, (await Desk(services).claim(row_id)).claim))
        async with db.transaction() as tx:
            await tx.fetch("DELETE FROM outbox")

    assert made[0] == made[1]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_postgres_that_only_reads_stops_the_start_in_one_line(database_url, base, clock):
    with pytest.raises(ConfigError, match=r"^DATABASE_URL: [^\n]+ can't be written \([^\n]+$"):
        await open_services(f"{database_url}&default_transaction_read_only=on", base, clock)


@pytest.mark.parametrize("size", [0, 33_000])
async def test_a_full_disk_stops_the_start_in_one_line(tmp_path, base, clock, size):
    with files_at_most(size), pytest.raises(ConfigError, match=r"^DATABASE_URL: [^\n]+ can't be "):
        await open_services(f"sqlite:///{tmp_path}/new.db", base, clock)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_that_another_program_has_stops_the_start_in_one_line(
    database_url, base, clock, tmp_path
):
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(ConfigError, match=r"^DATABASE_URL: another program has the database"):
            await open_services(database_url, base, clock)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_after_the_start_the_file_alone_holds_the_tables(services, tmp_path):
    shutil.copy(tmp_path / "ledger.db", tmp_path / "copy.db")

    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT 1 FROM settings WHERE name = 'written_at'").fetchall() == [(1,)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_disk_that_is_full_for_a_while_is_told_and_got_over(services, clock, caplog):
    clock.advance(seconds=1)
    with files_at_most(0):
        for _ in range(2):
            with pytest.raises(LedgerError) as full:
                await services.try_to_write()
            assert full.value.why == "unwritable"
        assert not services.db.is_well
    await services.try_to_write()

    assert services.db.is_well
    assert [record.levelname for record in caplog.records if record.levelno > logging.INFO] == [
        "ERROR"
    ]


@contextlib.contextmanager
def files_at_most(size):
    """Let no file of this process grow beyond the size, as a full disk would."""
    soft, hard = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        setrlimit(RLIMIT_FSIZE, (soft, hard))


async def test_commands_never_told_have_no_digest(services):
    assert await services.synced_commands(1) is None


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_one_process_at_a_time_tells_discord_the_commands(
    services, database_url, base, clock
):
    other = await joined(database_url, base, clock)

    assert await services.claim_commands(1)
    assert not await other.claim_commands(1)
    assert await other.claim_commands(2)  # of another application
    clock.advance(seconds=61)  # the first one was killed over it
    assert await other.claim_commands(1)
    await other.set_synced_commands(1, "told")
    assert await services.synced_commands(1) == "told"
    assert await services.claim_commands(1)
    clock.advance(days=-1)  # put back
    assert await other.claim_commands(1)
    await other.close()


async def test_each_application_keeps_the_digest_of_what_discord_was_told_last(services):
    await services.set_synced_commands(1, "one")
    await services.set_synced_commands(1, "two")
    await services.set_synced_commands(2, "three")

    assert await services.synced_commands(1) == "two"
    assert await services.synced_commands(2) == "three"
