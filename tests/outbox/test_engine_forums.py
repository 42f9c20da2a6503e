"""What a refusal means in a forum, whose post may be gone a moment before a letter gets there."""

from dataclasses import replace

import pytest

from bot.outbox.discord import UNKNOWN_CHANNEL, RefusedError
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.letters._base import Drop, Wait
from bot.outbox.tickets import Tickets
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
    assert await delivery.due() == [row_id]
