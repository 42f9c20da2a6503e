"""A kind of letter that this test alone has is delivered as all others are."""

import asyncio
from dataclasses import replace

import pytest

from bot.core.outbox import OutboxRow
from bot.outbox.discord import RefusedError
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.letters._base import A_DAY, LEASE, Drop, Send, ToChannel, Wait
from bot.outbox.tickets import Tickets
from bot.outbox.traces import marked
from bot.store import outbox
from bot.views.parts import card
from tests.outbox.room import GUILD, Room

CHANNEL, ELSEWHERE = 2, 9


class Postcard(ToChannel):
    """Greets a channel, unless it is too quiet there; another one follows it."""

    def __init__(self, services, tickets):
        super().__init__(services, tickets)
        self.is_wanted, self.ends, self.trace_now = True, [], None
        self.is_there, self.is_called_off, self.lacks = True, False, None
        self.all_seen = asyncio.Barrier(1)

    async def take(self, tx, row):
        found = await super().take(tx, row)
        await self.all_seen.wait()
        return found

    def trace(self, row):
        return self.trace_now or super().trace(row)

    async def wanted(self, *_):
        return None if self.is_wanted else "not_wanted"

    async def act(self, row, discord):
        if self.is_called_off:
            return Drop("called_off")
        if self.lacks:
            return Wait(self.lacks)
        place, is_lost = await self.place(row, discord), row.tried_at and not self.is_there
        return Send(place, None if is_lost else marked(card("Greetings!"), row.row_id))

    async def sent(self, _, row, __):
        return [self.follower(row, "reply", row.channel_id)] if row.kind == "postcard" else []

    async def unsent(self, _, __, end, problem):
        self.ends.append((end, problem))
        return ()

    async def refused(self, _, refusal):
        return Wait("locked") if refusal.code == 1 else Drop("forbidden")


class Strict(Room):
    """Refuses some messages first."""

    refusals = ()

    def __init__(self, clock):
        super().__init__(clock)
        self.nonces, self.without_history, self.closed = [], (), ()

    async def fetched(self, guild_id, place_id):
        place = await self.place(guild_id, place_id)
        if place_id in self.closed:
            return replace(place, held=place.held - {"read_message_history"})
        return replace(place, kind="other") if place_id in self.without_history else place

    async def send(self, place_id, what, nonce="", **more):
        self.nonces.append(nonce)
        if self.refusals:
            code, *self.refusals = self.refusals
            raise RefusedError("forbidden", code, 403)
        return await super().send(place_id, what, **more)


@pytest.fixture
def room(clock):
    return Strict(clock)


@pytest.fixture
def postcard(services):
    return Postcard(services, None)


@pytest.fixture
def engine(services, room, postcard):
    tickets = Tickets(services.db, services.clock, services.send_rate)
    known = {**letters(services, tickets), "postcard": postcard, "reply": postcard}
    return Engine(services, room, tickets, known)


@pytest.fixture
async def planned(services, clock):
    """A row of a kind that no other test knows."""
    row = OutboxRow(1, "postcard", "7", clock(), clock() + A_DAY, GUILD, channel_id=CHANNEL)
    async with services.db.transaction() as tx:
        await outbox.add(tx, row)
    return row


async def ends_of(services):
    rows = await services.db.fetch("SELECT kind, state, problem FROM outbox ORDER BY row_id")
    return [tuple(row) for row in rows]


async def test_it_is_sent_and_what_follows_from_it(services, engine, room, planned):
    await engine.deliver_due()

    assert await ends_of(services) == [("postcard", "sent", None), ("reply", "sent", None)]
    assert len(room.history[CHANNEL]) == 2


class Standstill(Tickets):
    """Lets a message leave when the machine goes on that stood still."""

    async def leave(self):
        self._clock.advance(seconds=LEASE.total_seconds())


async def test_what_others_may_have_sent_while_the_machine_stood_still_isnt_sent(
    services, room, postcard, planned, clock
):
    engine = Engine(services, room, Standstill(services.db, clock, 1), {"postcard": postcard})

    await engine.deliver_due()

    assert room.history[CHANNEL] == []
    assert await ends_of(services) == [("postcard", "waiting", "discord_trouble")]


async def test_of_engines_that_saw_it_free_at_once_one_gets_it(services, engine, planned, postcard):
    if services.db.is_shared:  # else one transaction at a time: each sees what was claimed before
        postcard.all_seen = asyncio.Barrier(2)

    claims = await asyncio.gather(engine.claim(planned.row_id), engine.claim(planned.row_id))

    assert sorted(claim is None for claim in claims) == [False, True]


@pytest.mark.parametrize("trace_now", [None, "button:another"])
async def test_after_a_lost_answer_it_is_known_again_by_the_trace_of_its_first_attempt(
    services, engine, room, planned, postcard, clock, trace_now
):
    row = await engine.claim(planned.row_id)
    await engine.begin(row, CHANNEL, postcard.trace(row))
    await room.send(CHANNEL, marked(card("Greetings!"), row.row_id))
    clock.now += LEASE
    postcard.trace_now = trace_now

    await engine.deliver_due()

    first, _ = room.history[CHANNEL]
    assert (await outbox.row(services.db, row.row_id)).message_id == first.message_id


async def test_it_says_whether_it_is_wanted_and_hears_how_it_ended(
    services, engine, room, planned, postcard
):
    postcard.is_wanted = False

    await engine.deliver_due()

    assert await ends_of(services) == [("postcard", "dropped", "not_wanted")]
    assert postcard.ends == [("dropped", "not_wanted")]
    assert room.history[CHANNEL] == []


async def test_it_says_what_a_refusal_means(services, engine, room, planned, postcard, clock):
    room.refusals = (1, 2)
    await engine.deliver_due()
    clock.advance(minutes=5)

    await engine.deliver_due()

    assert postcard.ends == [("again", "locked"), ("dropped", "forbidden")]
    assert await ends_of(services) == [("postcard", "dropped", "forbidden")]


async def test_all_attempts_have_one_nonce_by_which_discord_knows_them_again(
    engine, room, planned, clock
):
    room.refusals = (1,)
    await engine.deliver_due()
    clock.advance(minutes=5)

    await engine.deliver_due()

    first, again, follower = room.nonces
    assert first == again != follower


@pytest.mark.parametrize("was_sent", [True, False])
async def test_what_was_perhaps_sent_is_looked_for_before_it_is_called_off(
    services, engine, room, planned, postcard, clock, was_sent
):
    row = await engine.claim(planned.row_id)
    await engine.begin(row, CHANNEL, postcard.trace(row))
    if was_sent:
        await room.send(CHANNEL, marked(card("Greetings!"), row.row_id))
    clock.now += LEASE
    postcard.is_called_off = True

    await engine.deliver_due()
    was_dropped = (await outbox.row(services.db, row.row_id)).state == "dropped"
    clock.advance(minutes=8)
    await engine.deliver_due()

    assert not was_dropped, "while it may still appear"
    found = await outbox.row(services.db, row.row_id)
    assert (found.state, found.problem) == (
        ("sent", None) if was_sent else ("dropped", "called_off")
    )


async def test_what_was_perhaps_sent_is_found_though_it_could_not_be_sent_now(
    services, engine, room, planned, postcard, clock
):
    row = await engine.claim(planned.row_id)
    await engine.begin(row, CHANNEL, postcard.trace(row))
    await room.send(CHANNEL, marked(card("Greetings!"), row.row_id))
    clock.now += LEASE
    postcard.lacks = "forbidden"
    room.closed = (CHANNEL,)

    await engine.deliver_due()
    before = await ends_of(services)
    room.closed = ()
    clock.advance(minutes=6)
    await engine.deliver_due()

    assert before == [("postcard", "waiting", "forbidden")]
    assert (await ends_of(services))[0] == ("postcard", "sent", None)


async def test_a_history_closed_while_the_gateway_was_away_is_not_taken_for_empty(
    services, engine, room, planned, postcard, clock
):
    row = await engine.claim(planned.row_id)
    await engine.begin(row, CHANNEL, postcard.trace(row))
    clock.now += LEASE
    room.closed = (CHANNEL,)  # which the cache doesn't know

    await engine.deliver_due()

    assert postcard.ends == [("uncertain", "no_history")]
    assert room.nonces == []


async def test_it_is_found_though_discords_clock_is_minutes_behind(
    services, engine, room, planned, postcard, clock
):
    row = await engine.claim(planned.row_id)
    await engine.begin(row, CHANNEL, postcard.trace(row))
    clock.advance(minutes=-9)
    message_id = await room.send(CHANNEL, marked(card("Greetings!"), row.row_id))
    clock.advance(minutes=9)
    clock.now += LEASE

    await engine.deliver_due()

    assert (await outbox.row(services.db, row.row_id)).message_id == message_id


async def test_where_it_was_tried_in_what_has_no_history_any_more_it_is_uncertain(
    services, engine, room, planned, postcard, clock
):
    row = await engine.claim(planned.row_id)
    await engine.begin(row, ELSEWHERE, postcard.trace(row))
    clock.now += LEASE
    room.without_history = (ELSEWHERE,)

    await engine.deliver_due()

    assert postcard.ends == [("uncertain", "no_history")]
    assert room.nonces == []


async def test_a_refusal_of_what_was_asked_anew_makes_nobody_forget_the_attempt_before(
    services, engine, room, planned, postcard, clock
):
    row = await engine.claim(planned.row_id)
    await engine.begin(row, CHANNEL, postcard.trace(row))
    tried_at = clock()
    clock.now += LEASE
    postcard.is_there, room.refusals = False, (1,)

    await engine.deliver_due()

    now = await outbox.row(services.db, row.row_id)
    assert (now.state, now.problem, now.tried_at) == ("waiting", "locked", tried_at)
    assert (now.places, now.trace) == ((CHANNEL,), postcard.trace(row))


async def test_a_reminder_planned_by_an_earlier_release_is_not_sent(services, engine, room, clock):
    person = 5
    await services.me.switch(person, "nudge")
    times = clock(), clock() + A_DAY
    row = OutboxRow(1, "reminder", f"week:70:{person}", *times, GUILD, reader_id=person)
    async with services.db.transaction() as tx:
        await outbox.add(tx, row)

    await engine.deliver_due()

    assert await ends_of(services) == [("reminder", "dropped", "superseded")]
    assert room.history[person] == []
