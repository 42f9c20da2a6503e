"""Forums: a group's post has no nonce, and may be gone a moment before a letter gets there."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.outbox import OutboxRow
from bot.core.weeks import CLOCKS_APART
from bot.outbox.discord import UNKNOWN_CHANNEL, NoAnswerError, RefusedError, Seen
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.letters._base import Drop, Wait
from bot.outbox.tickets import Tickets
from bot.services.opening import services_over
from bot.store import outbox
from tests.outbox.room import Room
from tests.postbox import GUILD, MODERATOR, MONDAYS_AT_TEN, Desk

FORUM, POST, BEFORE = 2, 77, 9
GONE = RefusedError("channel_gone", UNKNOWN_CHANNEL, 404)


class Forum(Room):
    """A forum whose post takes no message any more."""

    async def place(self, guild_id, place_id, *_):
        found = await super().place(guild_id, place_id)
        kinds = {FORUM: "forum", POST: "thread"}
        return replace(found, kind=kinds.get(place_id, "text"))

    fetched = place

    async def send(self, place_id, *_, **__):
        assert place_id == POST
        raise GONE


@pytest.fixture
async def group(services, delivery, clock):
    """A forum's group with its post, and a paper that is due."""
    made = await services.groups.make_or_change(
        GUILD, FORUM, MONDAYS_AT_TEN, None, MODERATOR, is_forum=True
    )
    (row_id,) = await delivery.due()
    await delivery.arrived(await delivery.claim(row_id), POST)
    clock.advance(hours=1)
    await services.weeks.open_due()
    return made.group


@pytest.mark.parametrize("places", [None, str(BEFORE)])
async def test_a_post_that_is_gone_is_made_anew_whatever_was_tried_elsewhere(
    services, group, clock, places
):
    async with services.db.transaction() as tx:
        tried = "UPDATE outbox SET tried_at = ?, places = ?, trace = 'button:x' WHERE kind = 'post'"
        await tx.fetch(tried, clock() if places else None, places)
    tickets = Tickets(services.db, clock, services.send_rate)
    engine = Engine(services, Forum(clock), tickets, letters(services, tickets))
    (row_id,) = await engine.due()

    await engine._deliver(row_id)  # noqa: SLF001 - and nothing that follows

    row = await outbox.row(services.db, row_id)
    standing = await outbox.row_about(services.db, "standing", str(group.group_id))
    assert (row.state, row.problem, standing.state) == ("waiting", "no_standing_post", "waiting")
    assert await services.db.fetch("SELECT 1 FROM outbox WHERE kind = 'notice'") == []


async def test_a_stopped_groups_paper_is_called_off_where_its_post_is_gone(services, group):
    desk = Desk(services)
    (row_id,) = await desk.due()
    row = await desk.claim(row_id)
    await services.groups.set_state(GUILD, group.group_id, "stopped")

    verdict = await letters(services, None)["post"].refused(row, GONE)

    assert verdict == Drop("called_off")


async def test_a_post_made_while_a_paper_is_told_to_wait_for_it_keeps_it_no_longer(
    services, group, delivery, clock
):
    (row_id,) = await delivery.due()
    row = await delivery.claim(row_id)
    verdict = await letters(services, None)["post"].no_post(row, POST)
    clock.advance(hours=1)
    standing = await outbox.row_about(services.db, "standing", str(group.group_id))
    await delivery.arrived(await delivery.claim(standing.row_id), BEFORE)

    await delivery.give_back(row, verdict.problem, verdict.wait)

    assert verdict == Wait("no_standing_post")
    assert row_id in await delivery.due()


class LeftForum(Forum):
    """A forum that its group leaves while somebody looks at it, or at its post."""

    def __init__(self, services, group, *, has_post):
        super().__init__(services.clock)
        self._services, self._group, self._has_post = services, group, has_post

    async def place(self, guild_id, place_id, *_):
        if place_id == FORUM and not self._has_post:
            await self._leave()
        return await super().place(guild_id, place_id)

    async def top(self, post_id):
        await self._leave()
        join = f"group:join:{self._group.group_id}"
        return Seen(post_id, self._clock(), frozenset({join}), frozenset())

    async def _leave(self):
        await self._services.groups.move(GUILD, self._group.group_id, BEFORE, MODERATOR)


@pytest.mark.parametrize("kind", ["standing", "sign"])
async def test_what_is_for_a_forum_that_the_group_has_just_left_is_no_error(
    services, group, caplog, kind
):
    has_post = kind == "sign"
    async with services.db.transaction() as tx:
        await tx.fetch("DELETE FROM outbox")
        if not has_post:
            await tx.fetch("UPDATE study_groups SET standing_id = NULL")
        row = OutboxRow(
            1, kind, str(group.group_id), services.clock(), services.clock() + timedelta(days=1),
            GUILD, group.group_id,
        )  # fmt: skip
        await outbox.add(tx, row)
    forum = LeftForum(services, group, has_post=has_post)

    await engine_over(services, forum)._deliver(1)  # noqa: SLF001 - and nothing that follows

    left = await outbox.row(services.db, 1)
    assert (left.state, left.problem) == ("waiting", "moved")
    assert not [each for each in caplog.records if each.exc_info]


class SlowForum(Forum):
    """A forum whose post appears when it is let."""

    def __init__(self, clock):
        super().__init__(clock)
        self.asked, self.let, self.made = asyncio.Event(), asyncio.Event(), []

    async def make_post(self, *_):
        self.asked.set()
        await self.let.wait()
        self.made.append(POST)
        return POST

    async def posts(self, *_):
        for post_id in self.made:
            yield post_id


def engine_over(services, discord):
    tickets = Tickets(services.db, services.clock, services.send_rate)
    return Engine(services, discord, tickets, letters(services, tickets))


async def a_post_under_way(services, forum):
    """Return the engine that is just making a forum's post, and its work."""
    await services.groups.make_or_change(
        GUILD, FORUM, MONDAYS_AT_TEN, None, MODERATOR, is_forum=True
    )
    engine = engine_over(services, forum)
    work = asyncio.create_task(engine.deliver_due())
    await forum.asked.wait()
    return engine, work


async def test_no_process_whose_clock_is_ahead_makes_a_second_post(services, clock, base):
    forum = SlowForum(clock)
    _, work = await a_post_under_way(services, forum)
    ahead = await services_over(services.db, base, lambda: clock() + CLOCKS_APART)

    await engine_over(ahead, forum).deliver_due()
    forum.let.set()
    await work

    assert forum.made == [POST]


async def test_no_leap_of_the_clock_makes_a_second_post(services, clock):
    forum = SlowForum(clock)
    engine, work = await a_post_under_way(services, forum)
    clock.now += timedelta(hours=1)

    asked = asyncio.create_task(engine.deliver_due())
    await asyncio.sleep(0.1)
    forum.let.set()
    await asyncio.gather(work, asked)

    assert forum.made == [POST]


class LateForum(SlowForum):
    """A forum whose post appears long after it was asked for, and no answer comes."""

    async def make_post(self, _, __, view):
        assert not self.asked.is_set(), "it is asked for once"
        self.asked.set()
        await self.send(POST, view)
        raise NoAnswerError("the answer was lost")

    async def send(self, place_id, what, *_, **__):
        return await Room.send(self, place_id, what)

    async def top(self, post_id):
        return self.history[post_id][0]


async def test_a_moderator_in_a_hurry_makes_no_second_post(services, clock):
    forum = LateForum(clock)
    engine, work = await a_post_under_way(services, forum)
    await work
    clock.advance(seconds=5)
    status = await services.groups.make_or_change(
        GUILD, FORUM, MONDAYS_AT_TEN, None, MODERATOR, is_forum=True
    )

    await engine.deliver_due()
    forum.made.append(POST)
    clock.advance(minutes=10)
    await engine.deliver_due()

    assert status.group.standing_id is None
    assert (await services.groups.find(FORUM)).standing_id == POST


async def test_a_clock_that_is_set_back_lets_no_post_rest_for_longer(services, clock):
    forum = LateForum(clock)
    engine, work = await a_post_under_way(services, forum)
    await work
    clock.advance(days=-1)
    await services.groups.make_or_change(
        GUILD, FORUM, MONDAYS_AT_TEN, None, MODERATOR, is_forum=True
    )

    await engine.deliver_due()

    (row,) = await services.db.fetch("SELECT due_at FROM outbox WHERE kind = 'standing'")
    assert row["due_at"] <= (clock() + timedelta(minutes=10)).timestamp()
