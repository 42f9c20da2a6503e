import pytest

from bot.errors import ConfigError
from bot.services.opening import open_services
from bot.store.database import open_database
from bot.store.known import known_resources
from tests.curricula import curriculum, resource


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

    assert reader.mark(key).state == "done"


async def test_a_start_that_is_refused_gives_the_database_back(empty_database_url, clock):
    db = await open_database(empty_database_url)
    async with db.transaction() as changes:
        await changes.fetch("CREATE TABLE migrations (number BIGINT PRIMARY KEY)")
        await changes.fetch("INSERT INTO migrations (number) VALUES (9999)")
    await db.close()

    for _ in range(2):
        with pytest.raises(ConfigError, match="newer version"):
            await open_services(empty_database_url, curriculum(resource("a")), clock)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_two_processes_open_one_postgres(services, database_url, base, clock):
    other = await open_services(database_url, base, clock)
    await other.reading.mark(1, None, base.resources[0].key, "done")

    _, reader = await services.reading.reader(1, None)

    assert reader.mark(base.resources[0].key).state == "done"
    await other.close()
