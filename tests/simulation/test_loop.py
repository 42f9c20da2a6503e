import asyncio
from random import Random

import pytest

from tests.simulation.loop import Loop, StandstillError


def lived(seed, work):
    loop = Loop(Random(seed))
    try:
        return loop.run_until_complete(work()), loop.time()
    finally:
        loop.close()


async def in_some_order():
    order = []

    async def come(number):
        await asyncio.sleep(0)
        order.append(number)

    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(come(number))
    return order


def test_years_pass_at_once():
    _, passed = lived(1, lambda: asyncio.sleep(10 * 365 * 86400))

    assert passed == pytest.approx(10 * 365 * 86400)


def test_what_is_ready_runs_in_the_order_that_the_seed_draws():
    first, again, other = (lived(seed, in_some_order)[0] for seed in (1, 1, 2))

    assert first == again != other
    assert sorted(other) == list(range(20))


def test_sets_of_tasks_are_gone_through_in_the_order_in_which_they_began():
    async def began():
        tasks = [asyncio.create_task(asyncio.sleep(n)) for n in range(20)]
        gone_through = list(dict.fromkeys(tasks).keys() & set(tasks))
        await asyncio.wait(tasks)
        return tasks, gone_through

    (tasks, gone_through), _ = lived(1, began)

    assert gone_through == tasks


def test_what_waits_for_nothing_is_told():
    async def waits():
        await asyncio.get_running_loop().create_future()

    with pytest.raises(StandstillError, match="nothing is left"):
        lived(1, waits)


def test_what_spins_is_told(monkeypatch):
    monkeypatch.setattr("tests.simulation.loop.MANY", 100)

    async def spins():
        while True:  # noqa: ASYNC110 - that is what it does
            await asyncio.sleep(0)

    with pytest.raises(StandstillError, match="spins"):
        lived(1, spins)
