"""Polls are looked at side by side: one that hangs or fails touches no other."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.outbox.discord import NoAnswerError, PollSeen
from bot.outbox.questions import Polls
from bot.services.votes import Votes
from bot.store.database import Queries
from tests.curricula import curriculum, resource
from tests.postbox import GUILD, MODERATOR, Postbox, new_group

LIST = curriculum(*(resource(f"r{n}") for n in range(9)))


COUNTED = PollSeen((0, 5), is_counted=True, closes_at=None)


class Discord:
    """As far as polls need it: all voted for the second candidate. It may hang, or break off."""

    def __init__(self, *, hung=(), broken=(), then=lambda: None) -> None:
        self.hung, self.broken, self.then = hung, broken, then
        self.asked: list[int] = []

    async def poll(self, place_id, _):
        self.asked.append(place_id)
        if place_id in self.hung:
            await asyncio.Event().wait()
        if place_id in self.broken:
            self.then()
            raise NoAnswerError("reset")
        return COUNTED


class Unwritable(Queries):
    """A database that reads; its next transaction fails when it is told so."""

    def __init__(self, db) -> None:
        self._db, self.fails = db, False
        self.fetch, self.is_shared = db.fetch, db.is_shared

    def fail(self):
        self.fails = True

    @asynccontextmanager
    async def transaction(self):
        if self.fails:
            self.fails = False
            raise ConnectionError("no more")
        async with self._db.transaction() as tx:
            yield tx


@pytest.fixture
def call(services, clock):
    """Return what calls votes in so many channels, sends their polls, and lets them be over."""

    async def call_all(count):
        channels = list(range(101, 101 + count))
        for channel in channels:
            await new_group(services, channel)
            await services.calendars.skip(GUILD, (await services.groups.find(channel)).group_id)
            await services.votes.call(GUILD, channel, MODERATOR, 2, 24)
        await Postbox(services).deliver()
        clock.advance(hours=25)
        return channels

    return call_all


@asynccontextmanager
async def looking(polls):
    task = asyncio.create_task(polls.look_at_due())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def decided(services, channel):
    coming = (await services.groups.status(channel, None)).coming
    return any(week.pick.why == "vote_winner" for week in coming)


async def test_polls_that_hang_keep_no_other_from_being_counted(services, call, tickets):
    channels = await call(6)
    discord = Discord(hung=channels[:-1])

    async with looking(Polls(discord, services, tickets)), asyncio.timeout(20):
        while not await decided(services, channels[-1]):  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    assert channels[-1] in discord.asked


async def test_a_failure_that_cannot_even_be_recorded_keeps_no_other_from_being_counted(
    services, call, clock, tickets
):
    first, second = await call(2)
    db = Unwritable(services.db)
    votes = Votes(db, services.curricula, services.papers, services.moderation, clock, None)
    discord = Discord(broken=[first], then=db.fail)

    await Polls(discord, replace(services, votes=votes), tickets).look_at_due()

    assert sorted(discord.asked) == [first, second]
    assert not await decided(services, first)
    assert await decided(services, second)


async def test_only_the_vote_that_somebody_calls_off_is_looked_at(services, call, clock, tickets):
    channels = await call(3)
    vote = (await services.groups.status(channels[1], None)).vote
    await services.votes.cancel(GUILD, vote.vote_id)
    discord = Discord()

    await Polls(discord, services, tickets).look_at(vote.vote_id)

    assert discord.asked == [channels[1]]


async def test_a_poll_that_is_not_sent_yet_is_left_to_who_sends_it(services, clock, tickets):
    """Otherwise its end would be recorded before it was there, and it would run on."""
    await new_group(services, 101)
    await services.calendars.skip(GUILD, (await services.groups.find(101)).group_id)
    vote = (await services.votes.call(GUILD, 101, MODERATOR, 2, 24)).vote
    await services.votes.cancel(GUILD, vote.vote_id)
    discord = Discord()

    await Polls(discord, services, tickets).look_at(vote.vote_id)

    assert discord.asked == []
