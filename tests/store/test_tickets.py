import asyncio

import pytest

from bot.store import tickets


class KilledError(Exception): ...


async def test_before_anybody_took_one_tickets_are_free_since_long_ago(db):
    async with db.transaction() as changes:
        assert await tickets.take_free_at(changes) == 0


async def test_of_many_who_take_at_once_none_gets_what_another_got(db):
    taken = []

    async def take():
        async with db.transaction() as changes:
            free_at = await tickets.take_free_at(changes)
            await asyncio.sleep(0)
            await tickets.set_free_at(changes, free_at + 1)
            taken.append(free_at)

    await asyncio.gather(*(take() for _ in range(30)))

    assert sorted(taken) == list(range(30))


async def test_whoever_dies_over_it_leaves_it_as_it_was(db):
    async def die():
        async with db.transaction() as changes:
            await tickets.take_free_at(changes)
            await tickets.set_free_at(changes, 10**15)
            raise KilledError

    with pytest.raises(KilledError):
        await die()

    async with db.transaction() as changes:
        assert await tickets.take_free_at(changes) == 0
