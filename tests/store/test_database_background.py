import asyncio

import pytest

from bot.store.database import BACKGROUND_AT_ONCE, Background
from bot.store.upkeep import set_next_ticket_at, take_next_ticket_at


@pytest.fixture
def background(db):
    return Background(db)


async def test_what_it_writes_is_read_and_what_fails_is_not(background):
    async def write(free_at):
        async with background.transaction() as tx:
            await take_next_ticket_at(tx)
            await set_next_ticket_at(tx, free_at)
            assert free_at == 5

    await write(5)
    with pytest.raises(AssertionError):
        await write(6)

    (row,) = await background.fetch("SELECT free_at FROM tickets")
    assert row["free_at"] == 5


async def test_only_a_few_are_open_at_a_time_and_all_have_their_turn(db, background):
    done, open_now, most = 0, 0, 0

    async def work():
        nonlocal done, open_now, most
        async with background.transaction():
            open_now += 1
            most = max(most, open_now)
            await asyncio.sleep(0)
            open_now -= 1
        done += 1

    await asyncio.gather(*(work() for _ in range(60)))

    assert done == 60
    assert most <= (BACKGROUND_AT_ONCE if db.is_shared else 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_people_dont_queue_behind_all_that_happens_in_the_background(db, background):
    """SQLite alone has a queue that shows it: on PostgreSQL connections are left for people."""
    order = []

    async def work(name, database):
        async with database.transaction():
            await asyncio.sleep(0)
            order.append(name)

    behind = [asyncio.create_task(work("background", background)) for _ in range(60)]
    await asyncio.sleep(0)
    await work("person", db)
    await asyncio.gather(*behind)

    assert len(order) == 61
    assert order.index("person") <= 2
