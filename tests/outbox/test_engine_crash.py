"""A crash is an act of the harness: from one moment on, nothing that still runs can do anything.

What unwinds then is refused by ledger and Discord, and it is cancelled; the truth needs none of it.
"""

import asyncio
from contextlib import suppress

import pytest

from bot.core.weeks import Schedule
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.letters._base import LEASE
from bot.outbox.tickets import Tickets
from bot.services.opening import services_over
from bot.services.standing import OPENS_AFTER
from bot.store import outbox
from bot.store import weeks as week_rows
from tests.curricula import curriculum, resource
from tests.outbox.room import GUILD, CrashedError, Life, MortalLedger, MortalRoom, Room

MODERATOR = 3
LIST = curriculum(resource("bert"))


@pytest.fixture
def room(clock):
    return Room(clock)


def engine_of(services, discord):
    tickets = Tickets(services.db, services.clock, rate=1000)
    return Engine(services, discord, tickets, letters(services, tickets))


async def live(services, room, week_id, ends_at):
    """Let another bot send all about a week; tell whether it lived to the end of that."""
    life = Life()
    mine = await services_over(MortalLedger(services.db, life), LIST, services.clock)
    life.end_before(ends_at)
    with suppress(CrashedError, ExceptionGroup):
        at_work = asyncio.create_task(engine_of(mine, MortalRoom(room, life)).deliver_due(week_id))
        dies = asyncio.create_task(life.over.wait())
        await asyncio.wait({at_work, dies}, return_when=asyncio.FIRST_COMPLETED)
        for each in (at_work, dies):
            each.cancel()
        with suppress(asyncio.CancelledError):
            await at_work
    return not life.over.is_set()


async def posted(services, channel):
    """Make a group whose first paper is to leave now; return the id of its week."""
    schedule = Schedule(0, 10, 0, "UTC")
    made = await services.groups.make_or_change(GUILD, channel, schedule, None, MODERATOR)
    status = await services.groups.post_now(GUILD, made.group.group_id)
    return status.this_week.week_id


async def test_whenever_a_life_ends_another_sends_what_is_left_and_nothing_twice(
    services, room, clock
):
    other = engine_of(services, room)
    found, has_lived = [], False
    while not has_lived:
        channel = len(found) + 1
        week_id = await posted(services, channel)
        has_lived = await live(services, room, week_id, ends_at=channel)
        clock.now += LEASE
        await other.deliver_due(week_id)
        week = await week_rows.week(services.db, week_id)
        places = room.history[channel], room.history[week.message_id]
        found.append((week.state, *map(len, places), week.message_id in room.threads))

    assert len(found) > 40, "it ended before each of its acts in turn"
    assert set(found) == {("posted", 1, 1, True)}
    assert await services.db.fetch("SELECT 1 FROM outbox WHERE state <> 'sent'") == []


async def test_whenever_a_life_ends_a_channel_is_told_of_its_new_group_once(services, room, clock):
    other = engine_of(services, room)
    found, has_lived = [], False
    while not has_lived:
        channel = len(found) + 1
        made = await services.groups.make_or_change(
            GUILD, channel, Schedule(0, 9, 0, "UTC"), None, MODERATOR, opens=True
        )
        group_id = made.group.group_id
        clock.now += OPENS_AFTER
        has_lived = await live(services, room, group_id, ends_at=channel)
        clock.now += LEASE
        await other.deliver_due(group_id)
        row = await outbox.row_about(services.db, "opening", str(group_id))
        found.append((row.state, len(room.history[channel])))

    assert len(found) > 15, "it ended before each of its acts in turn"
    assert set(found) == {("sent", 1)}
