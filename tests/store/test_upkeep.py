import asyncio

import pytest

from bot.store import upkeep
from bot.store.upkeep import set_setting, setting


async def test_what_was_never_set_is_none(db):
    assert await setting(db, "name") is None


async def test_the_last_value_set_counts(db):
    async with db.transaction() as tx:
        await set_setting(tx, "name", "one")
        await set_setting(tx, "name", "two")
        await set_setting(tx, "other", "")

    assert await setting(db, "name") == "two"
    assert await setting(db, "other") == ""


class KilledError(Exception): ...


async def test_before_anybody_took_one_tickets_are_free_since_long_ago(db):
    async with db.transaction() as tx:
        assert await upkeep.take_next_ticket_at(tx) == 0


async def test_of_many_who_take_at_once_none_gets_what_another_got(db):
    taken = []

    async def take():
        async with db.transaction() as tx:
            free_at = await upkeep.take_next_ticket_at(tx)
            await asyncio.sleep(0)
            await upkeep.set_next_ticket_at(tx, free_at + 1)
            taken.append(free_at)

    await asyncio.gather(*(take() for _ in range(30)))

    assert sorted(taken) == list(range(30))


async def test_whoever_dies_over_it_leaves_it_as_it_was(db):
    async def die():
        async with db.transaction() as tx:
            await upkeep.take_next_ticket_at(tx)
            await upkeep.set_next_ticket_at(tx, 10**15)
            raise KilledError

    with pytest.raises(KilledError):
        await die()

    async with db.transaction() as tx:
        assert await upkeep.take_next_ticket_at(tx) == 0
