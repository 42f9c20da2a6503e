import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.outbox import SECOND
from bot.outbox.tickets import ClosedError, Tickets
from bot.store import upkeep
from bot.store.database import open_database

RATE, APART = 200, 1 / 200


class TrueClock:
    """The time as it is, until it is set."""

    def __init__(self):
        self.ahead = timedelta(0)

    def __call__(self):
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def true_clock():
    return TrueClock()


@pytest.fixture
def tickets(db, true_clock):
    return Tickets(db, true_clock, RATE)


async def take(tickets, count):
    """Take so many, as the engine does; one after the other."""
    return [await tickets.ticket(count - n) for n in range(count)]


async def test_all_who_take_tickets_of_one_database_are_held_to_the_rate_together(db, true_clock):
    processes = [Tickets(db, true_clock, RATE) for _ in range(3)]
    began = true_clock().timestamp() - 0.05

    await asyncio.gather(*(take(process, 50) for process in processes))

    async with db.transaction() as tx:
        taken_until = await upkeep.take_next_ticket_at(tx) / SECOND
    assert taken_until >= began + 150 * APART


async def test_those_who_ask_at_once_get_a_ticket_each(tickets):
    taken = await asyncio.gather(*(tickets.ticket() for _ in range(20)))

    assert len(set(taken)) == 20


async def test_a_ticket_that_was_not_used_is_the_next_ones(tickets, monkeypatch):
    loop = asyncio.get_running_loop()
    now = loop.time()
    monkeypatch.setattr(loop, "time", lambda: now)
    first = await tickets.ticket(3)
    tickets.give_back(first)

    assert await tickets.ticket() == first


async def test_a_ticket_kept_too_long_is_nobodys(tickets, monkeypatch):
    loop = asyncio.get_running_loop()
    real = loop.time
    first = await tickets.ticket(3)
    tickets.give_back(first)
    monkeypatch.setattr(loop, "time", lambda: real() + 1)

    assert await tickets.ticket() > first + APART * 3


async def test_what_can_wait_waits_until_nobody_wants_to_send(tickets):
    done = []

    async def send():
        await take(tickets, 60)
        done.append("sent")

    async def look():
        await tickets.spare()
        done.append("looked")

    sending = asyncio.create_task(send())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await asyncio.gather(sending, look(), look())

    assert done == ["sent", "looked", "looked"]


async def test_who_gives_up_waiting_holds_up_nothing_that_can_wait(tickets):
    waiting = [asyncio.create_task(tickets.ticket()) for _ in range(20)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)

    async with asyncio.timeout(5):
        await tickets.spare()


async def test_a_clock_that_is_set_back_stalls_nothing(tickets, true_clock):
    await take(tickets, 3)
    true_clock.ahead = timedelta(days=-1)

    async with asyncio.timeout(10):
        await take(tickets, 3)


async def test_what_a_stall_has_bunched_leaves_at_the_rate(tickets):
    loop, left_at = asyncio.get_running_loop(), []

    async def leave():
        await tickets.leave()
        left_at.append(loop.time())

    await asyncio.gather(*(leave() for _ in range(RATE + 20)))

    assert all(late - early >= 0.99 for early, late in zip(left_at, left_at[RATE:], strict=False))


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_process_that_stalls_over_the_tickets_holds_up_no_other(
    db, database_url, true_clock
):
    other = await open_database(database_url)
    tickets = Tickets(other, true_clock, RATE, patience=0.2)
    async with db.transaction() as tx:
        await upkeep.take_next_ticket_at(tx)
        began = asyncio.get_running_loop().time()

        async with asyncio.timeout(10):
            alone = await take(tickets, RATE)
        lasted = alone[-1] - alone[0]
    async with asyncio.timeout(10):
        together = await tickets.ticket()
    await other.close()

    assert began <= alone[0]
    assert lasted >= (RATE - 1) * APART - 0.11
    assert together >= alone[-1] + APART - 0.11


async def test_after_the_last_post_nobody_gets_a_ticket_who_waits_or_asks(tickets):
    waiting = [asyncio.create_task(tickets.ticket()) for _ in range(3)]
    tickets.close()
    waiting.append(asyncio.create_task(tickets.ticket()))

    async with asyncio.timeout(5):
        ends = await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(end) for end in ends] == [ClosedError] * 4
