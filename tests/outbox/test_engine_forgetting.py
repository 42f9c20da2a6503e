import asyncio
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.outbox import OutboxRow
from bot.core.weeks import Schedule
from bot.errors import ReaderError
from bot.services.opening import open_services
from bot.store import outbox
from tests.conftest import joined
from tests.curricula import curriculum, resource
from tests.postbox import MAY_NOT_SEND, Desk, Postbox

ALICE, MODERATOR = 800_000_000_000_000_001, 800_000_000_000_000_002
GUILD, CHANNEL = 900_000_000_000_000_001, 71
LIST = curriculum(*(resource(f"paper-{n}") for n in range(9)))
LETTERS = "reader_id IS NOT NULL"
A_DAY = timedelta(days=1)


@pytest.fixture
async def services(database_url, base, clock):
    """Services that must not look at pages."""
    opened = await joined(database_url, base, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def group_id(services):
    """A group that reads on Mondays at ten, of which Alice is reminded at ten. It is nine."""
    schedule = Schedule(0, 10, 0, "UTC")
    status = await services.groups.make_or_change(GUILD, CHANNEL, schedule, None, MODERATOR)
    group_id = status.group.group_id
    await services.groups.join(GUILD, group_id, ALICE)
    await services.reminders.ask(GUILD, group_id, ALICE, wanted=True)
    await services.me.set_hour(ALICE, 10)
    return group_id


async def live(services, clock, **time):
    """Let time pass, a day at a time, with a Discord that takes all."""
    until = clock() + timedelta(**time)
    while clock() < until:
        clock.now = min(until, clock() + A_DAY)
        await services.weeks.open_due()
        await services.reminders.look_at_due()
        await Postbox(services).deliver()


async def letters(services):
    rows = await services.db.fetch(f"SELECT kind, reference FROM outbox WHERE {LETTERS}")
    return {(row["kind"], row["reference"]) for row in rows}


async def test_a_reminder_goes_four_weeks_after_its_hours(services, group_id, clock):
    await live(services, clock, hours=1)
    await live(services, clock, days=5)
    (first,) = await letters(services)
    clock.advance(days=28, hours=3, seconds=-1)
    await Desk(services).forget_old()
    before = await letters(services)
    clock.advance(seconds=1)

    await Desk(services).forget_old()

    assert (before, await letters(services)) == ({first}, set())


async def test_a_notice_stays_while_its_week_could_be_tried_again(services, group_id, clock):
    clock.advance(hours=1)
    await services.weeks.open_due()
    await Desk(services).give_back(await Postbox(services).claim(), MAY_NOT_SEND)
    await services.groups.set_state(GUILD, group_id, "paused")
    await live(services, clock, days=1)
    (notice,) = await letters(services)
    clock.advance(days=37, seconds=-1)
    await Desk(services).forget_old()
    before = await letters(services)
    clock.advance(seconds=1)

    await Desk(services).forget_old()

    assert (before, await letters(services)) == ({notice}, set())


async def test_a_notice_stays_while_the_bot_was_away_in_the_middle_of_its_week(
    services, group_id, clock
):
    """The week is looked for when the bot is back, and may then be told of once more."""
    clock.advance(hours=1)
    await services.weeks.open_due()
    row = await Postbox(services).claim()
    await Desk(services).give_back(row, MAY_NOT_SEND)
    for row_id in await Desk(services).due():
        await Desk(services).arrived(await Desk(services).claim(row_id), 1)
    clock.advance(minutes=5)
    await Postbox(services).claim()  # and it ends while it sends
    clock.advance(days=100)
    await Desk(services).forget_old()
    told = await letters(services)

    await Desk(services).end(await Postbox(services).claim(), "uncertain", "no_history")

    assert len(told) == 1
    assert await letters(services) == told


async def test_of_a_vote_that_was_lost_nothing_is_left_after_four_weeks(services, group_id, clock):
    clock.advance(hours=2)
    ballot = await services.votes.call(GUILD, CHANNEL, MODERATOR, 3, 24)
    await services.votes.unread(ballot.vote, for_good=True)
    await Postbox(services).deliver()
    told = await letters(services)
    clock.advance(days=29)

    await Desk(services).forget_old()

    assert told == {("notice", str(ballot.vote.vote_id))}
    assert await letters(services) == set()


async def test_what_is_still_to_be_sent_stays(services, group_id, clock):
    await services.me.switch(ALICE, "nudge")
    clock.advance(days=7, hours=1)
    await services.reminders.look_at_due()
    clock.advance(days=100)

    await Desk(services).forget_old()

    assert {kind for kind, _ in await letters(services)} == {"reminder"}


async def test_what_goes_into_channels_is_never_forgotten(services, group_id, clock):
    await live(services, clock, days=14)
    before = await services.db.fetch(f"SELECT row_id FROM outbox WHERE NOT {LETTERS}")
    clock.advance(days=4000)

    await Desk(services).forget_old()

    after = await services.db.fetch(f"SELECT row_id FROM outbox WHERE NOT {LETTERS}")
    assert len(before) == 6
    assert after == before


async def test_more_letters_than_are_looked_at_in_one_go_are_forgotten(services, clock):
    async with services.db.transaction() as tx:
        for n in range(1100):
            about = f"idle:{ALICE}:{n}"
            row = OutboxRow(n, "reminder", about, clock(), clock(), reader_id=ALICE)
            await outbox.add(tx, row)
        await tx.fetch("UPDATE outbox SET state = 'sent' WHERE row_id <> 700")
    clock.advance(days=28)

    await Desk(services).forget_old()

    assert await letters(services) == {("reminder", f"idle:{ALICE}:700")}


async def test_a_days_old_card_of_a_moderator_is_forgotten_without_another_one(services, clock):
    await services.moderation.propose(GUILD, MODERATOR, "https://example.org/new")
    clock.advance(days=1, seconds=1)

    await services.moderation.forget_drafts()

    assert await services.db.fetch("SELECT 1 FROM drafts") == []


class Years:
    """A group's life in which letters are written, sent, kept and forgotten."""

    def __init__(self, url, outcomes, *, is_forum):
        self._url, self.outcomes, self.is_forum = url, outcomes, is_forum
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
        self.seen, self.forgotten = set(), set()

    async def start(self):
        self.services = await open_services(self._url, LIST, lambda: self.now)
        await self.settle(0)
        self.group_id = (await self.services.groups.find(CHANNEL)).group_id
        await self.services.groups.join(GUILD, self.group_id, ALICE)
        await self.services.reminders.ask(GUILD, self.group_id, ALICE, wanted=True)
        await self.services.me.switch(ALICE, "nudge")

    async def settle(self, weekday):
        await self.services.groups.make_or_change(
            GUILD, CHANNEL, Schedule(weekday, 10, 0, "UTC"), None, MODERATOR, is_forum=self.is_forum
        )

    async def do(self, name, number):
        services, group_id = self.services, self.group_id
        with suppress(ReaderError):
            if name == "wait":
                for _ in range(number):
                    self.now += timedelta(hours=7)
                    await self.work()
            elif name == "be away":
                self.now += timedelta(days=number)
            elif name == "settle":
                await self.settle(number % 7)
            elif name == "skip":
                await services.calendars.skip(GUILD, group_id)
            elif name == "post":
                await services.groups.post_now(GUILD, group_id)
            elif name == "ask":
                await services.reminders.ask(GUILD, group_id, ALICE, wanted=bool(number % 2))
            elif name == "vote":
                await services.votes.call(GUILD, CHANNEL, MODERATOR, 2, 1 + number % 20)
            else:
                state = {"pause": "paused", "resume": "active", "stop": "stopped"}[name]
                await services.groups.set_state(GUILD, group_id, state)
        await self.work()

    async def work(self):
        await self.services.weeks.open_due()
        await self.services.reminders.look_at_due()
        for vote in await self.services.votes.due():
            await self.services.votes.unread(vote)
        for row_id in await Desk(self.services).due():
            if (row := await Desk(self.services).claim(row_id)) is not None:
                await self.deliver(row)
        await self.look()
        await Desk(self.services).forget_old()
        present = await letters(self.services)
        self.forgotten |= self.seen - present
        self.seen = present

    async def deliver(self, row):
        delivery = Desk(self.services)
        outcome = self.outcomes.pop() if self.outcomes else "sent"
        if outcome == "sent":
            await delivery.arrived(row, row.row_id)
        elif outcome == "refused":
            await delivery.give_back(row, MAY_NOT_SEND)
        elif outcome == "lost":
            await delivery.give_back(row, "discord_trouble", timedelta(minutes=1), perhaps=True)
        elif outcome == "uncertain":
            await delivery.end(row, "uncertain", "no_history")
        elif outcome == "dropped":
            await delivery.end(row, "dropped", "forbidden")
        await self.look()

    async def look(self):
        present = await letters(self.services)
        assert not present & self.forgotten, "a letter that was forgotten is planned again"
        self.seen |= present


STEPS = st.tuples(
    st.sampled_from(
        ["wait", "be away", "settle", "skip", "post", "ask", "vote", "pause", "resume", "stop"]
    ),
    st.sampled_from([1, 2, 3, 8, 30, 40, 70]),
)
OUTCOMES = ("sent", "refused", "lost", "uncertain", "dropped", "killed")


@given(
    st.lists(STEPS, min_size=4, max_size=12),
    st.lists(st.sampled_from(OUTCOMES), max_size=12),
    st.booleans(),
)
@example([("wait", 30), ("pause", 1), ("be away", 70), ("resume", 1), ("wait", 8)], [], False)
@example([("wait", 1), ("be away", 40), ("wait", 8)], ["refused"] * 3, False)
@example([("wait", 1), ("be away", 70), ("wait", 3)], ["uncertain", "killed", "refused"], False)
@example([("wait", 8), ("be away", 70), ("settle", 3), ("wait", 8)], ["refused"] * 9, True)
def test_a_letter_that_was_forgotten_is_never_planned_again(happens, outcomes, is_forum):
    async def lived():
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder, 'ledger.db')}"
            years = Years(url, list(outcomes), is_forum=is_forum)
            await years.start()
            try:
                for step in happens:
                    await years.do(*step)
            finally:
                await years.services.close()

    asyncio.run(lived())
