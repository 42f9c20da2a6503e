import asyncio

import pytest

from bot.store.background import AT_A_TIME, Background
from bot.store.tickets import set_free_at, take_free_at


@pytest.fixture
def background(db):
    return Background(db)


async def test_what_it_writes_is_read_and_what_fails_is_not(background):
    async def write(free_at):
        async with background.transaction() as changes:
            await take_free_at(changes)
            await set_free_at(changes, free_at)
            assert free_at == 5

    await write(5)
    with pytest.raises(AssertionError):
        await write(6)

    (row,) = await background.fetch("SELECT free_at FROM tickets")
    assert row["free_at"] == 5


async def test_people_dont_queue_behind_all_that_happens_in_the_background(db, background):
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
    assert order.index("person") <= 2 * AT_A_TIME
