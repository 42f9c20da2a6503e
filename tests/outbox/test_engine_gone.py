"""Letters whose subject is gone: deleted, taken from the list, or forgotten while they left."""

import pytest

from bot.core.outbox import OutboxRow
from bot.outbox.discord import RefusedError
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.letters._base import A_DAY, LEASE, Drop, Receipt
from bot.outbox.tickets import ClosedError, Tickets
from bot.store import outbox
from bot.store import weeks as week_rows
from tests.outbox.room import GUILD, Room
from tests.postbox import CHANNEL, new_group, week_of

NOBODY, ELSEWHERE, MESSAGE = 404, 9, 10**15
TROUBLE = RefusedError("discord_trouble", 0, 502)


class Passing(Room):
    """A room whose other channels can't be asked about just now."""

    async def fetched(self, guild_id, place_id):
        if place_id != CHANNEL:
            raise TROUBLE
        return await self.place(guild_id, place_id)

    def server(self, _):
        return None


class Closing(Tickets):
    """Closed just as something would leave; later it isn't."""

    is_closing = False

    async def leave(self):
        if self.is_closing:
            raise ClosedError


@pytest.fixture
def room(clock):
    return Passing(clock)


@pytest.fixture
def closing(services, clock):
    return Closing(services.db, clock, services.send_rate)


@pytest.fixture
def kinds(services, closing):
    return letters(services, closing)


@pytest.fixture
def engine(services, room, closing, kinds):
    return Engine(services, room, closing, kinds)


@pytest.fixture
async def post(services, clock):
    """The row of a week's paper that is due."""
    await new_group(services)
    clock.advance(hours=1)
    await services.weeks.open_due()
    (week,) = await services.db.fetch("SELECT week_id FROM weeks")
    return await outbox.row_about(services.db, "post", str(week["week_id"]))


@pytest.fixture
def about_nothing(clock):
    def row(kind, reference):
        at = (GUILD, None, CHANNEL, NOBODY)
        return OutboxRow(1, kind, reference, clock(), clock() + A_DAY, *at)

    return row


@pytest.mark.parametrize(
    ("kind", "reference", "problem"),
    [
        ("post", "404", "paper_gone"),
        ("thread", "404", "paper_gone"),
        ("opener", "404", "paper_gone"),
        ("candidates", "404", "called_off"),
        ("poll", "404", "called_off"),
        ("called_off", "404", "card_gone"),
        ("notice", "404", "mended"),
        ("notice", "404:405:406", "mended"),
        ("notice", "404:405:406:end", "mended"),
        ("reminder", "idle:404:1", "superseded"),
        ("reminder", "week:404:1", "superseded"),
        ("reminder", "day:404:2026-01-05", "not_wanted"),
    ],
)
async def test_about_what_is_gone_nothing_is_sent(
    kinds, room, about_nothing, kind, reference, problem
):
    row = about_nothing(kind, reference)

    assert await kinds[kind].act(row, room) == Drop(problem)


@pytest.mark.parametrize("kind", ["post", "poll"])
async def test_what_arrives_after_its_subject_was_forgotten_changes_nothing(
    services, kinds, about_nothing, clock, kind
):
    letter, row = kinds[kind], about_nothing(kind, "404")
    async with services.db.transaction() as tx:
        follows = await letter.sent(tx, row, Receipt(MESSAGE, CHANNEL, clock()))
        follows_unsent = await letter.unsent(tx, row, "dropped", "called_off")

    assert (list(follows), list(follows_unsent)) == ([], [])
    assert await services.db.fetch("SELECT 1 FROM weeks") == []


async def test_a_paper_that_left_the_list_after_a_lost_answer_is_looked_for_then_another_leaves(
    services, engine, room, kinds, post, clock
):
    row = await engine.claim(post.row_id)
    await engine.begin(row, CHANNEL, kinds["post"].trace(row))
    async with services.db.transaction() as tx:
        await tx.fetch("UPDATE weeks SET resource_key = 'gone'")
    clock.now += LEASE

    await engine.deliver_due()

    week = await week_rows.week(services.db, int(post.reference))
    assert await week_of(services) == ("posted", None)
    assert week.key != "gone"
    assert len(room.history[CHANNEL]) == 1


async def test_a_place_left_behind_that_cant_be_asked_about_just_now_is_asked_later(
    services, engine, room, kinds, post, clock
):
    row = await engine.claim(post.row_id)
    await engine.begin(row, ELSEWHERE, kinds["post"].trace(row))
    clock.now += LEASE

    await engine.deliver_due()

    tried = await outbox.row(services.db, post.row_id)
    assert (tried.state, tried.problem) == ("waiting", "discord_trouble")
    assert tried.places == (ELSEWHERE,)  # it is still looked for there
    assert room.history[CHANNEL] == []


async def test_what_a_stop_keeps_back_at_the_door_leaves_with_the_next_start(
    services, engine, closing, room, post
):
    closing.is_closing = True
    await engine._deliver(post.row_id)  # noqa: SLF001 - once: nobody else closes the door
    kept = await outbox.row(services.db, post.row_id)
    closing.is_closing = False

    await engine.deliver_due()

    assert (kept.state, kept.tried_at) == ("waiting", None)  # certainly not sent
    assert await week_of(services) == ("posted", None)
    assert len(room.history[CHANNEL]) == 1
