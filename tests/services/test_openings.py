"""What becomes of the card that opens a group in the ledger, on both databases."""

from dataclasses import replace

import pytest

from bot.services import standing
from tests.postbox import CHANNEL, GUILD, MAY_NOT_SEND, MODERATOR, MONDAYS_AT_TEN, Postbox

ELSEWHERE = 9
EVENINGS = replace(MONDAYS_AT_TEN, hour=19)


@pytest.fixture
def postbox(services):
    return Postbox(services)


@pytest.fixture
async def group(services):
    status = await services.groups.make_or_change(
        GUILD, CHANNEL, MONDAYS_AT_TEN, None, MODERATOR, opens=True
    )
    return status.group


async def states_of(services, kind="opening"):
    rows = await services.db.fetch(
        "SELECT state, problem FROM outbox WHERE kind = ? ORDER BY row_id", kind
    )
    return [(row["state"], row["problem"]) for row in rows]


async def test_it_waits_some_minutes_after_each_change(services, postbox, clock, group):
    clock.now += standing.OPENS_AFTER - standing.OPENS_AFTER / 5
    await services.groups.set_state(GUILD, group.group_id, "paused")
    await services.groups.set_state(GUILD, group.group_id, "active")
    clock.now += standing.OPENS_AFTER / 2
    early = await postbox.claim("opening")
    clock.now += standing.OPENS_AFTER / 2

    assert early is None
    assert await postbox.claim("opening") is not None


async def test_a_lost_answer_leads_to_no_second_one(services, postbox, clock, group):
    clock.advance(minutes=6)
    row = await postbox.claim("opening")
    await postbox.delivery.give_back(row, "discord_trouble", perhaps=True)
    clock.advance(minutes=10)
    again = await postbox.claim("opening")
    await postbox.delivery.arrived(again, 70)
    for state in ("stopped", "active"):
        await services.groups.set_state(GUILD, group.group_id, state)
    clock.advance(minutes=10)

    assert again.tried_at is not None
    assert await states_of(services) == [("sent", None)]
    assert await postbox.claim("opening") is None


async def test_who_takes_over_finds_it_by_its_button(services, postbox, clock, group):
    clock.advance(minutes=6)
    await postbox.claim("opening")
    clock.advance(minutes=3)

    again = await postbox.take("opening")

    assert again.tried_at is not None
    assert again.places == (CHANNEL,)


async def test_a_group_of_before_has_none_whatever_is_changed(services, postbox, clock):
    made = (CHANNEL, MONDAYS_AT_TEN, None, MODERATOR)
    await services.groups.make_or_change(GUILD, *made)
    await services.groups.make_or_change(GUILD, *made, opens=True)

    assert await states_of(services) == []


async def test_a_group_that_went_into_another_is_told_of_no_more(services, postbox, clock, group):
    other = await services.groups.make_or_change(GUILD, ELSEWHERE, MONDAYS_AT_TEN, None, MODERATOR)
    await services.merging.merge(GUILD, group.group_id, other.group.group_id, MODERATOR)
    clock.advance(minutes=6)

    assert await postbox.claim("opening") is None


async def test_the_card_of_a_group_that_went_into_another_says_so(services, postbox, clock, group):
    clock.advance(minutes=6)
    await postbox.delivery.arrived(await postbox.claim("opening"), 70)
    other = await services.groups.make_or_change(GUILD, ELSEWHERE, MONDAYS_AT_TEN, None, MODERATOR)

    await services.merging.merge(GUILD, group.group_id, other.group.group_id, MODERATOR)

    (sign,) = await services.db.fetch("SELECT * FROM outbox WHERE kind = 'sign'")
    assert (sign["group_id"], sign["message_id"]) == (group.group_id, 70)


async def test_the_first_paper_ends_it_and_no_change_brings_it_back(
    services, postbox, clock, group
):
    clock.advance(minutes=1)
    await services.groups.post_now(GUILD, group.group_id)
    after_paper = await states_of(services)
    await postbox.deliver()
    await services.groups.set_state(GUILD, group.group_id, "stopped")
    await services.groups.set_state(GUILD, group.group_id, "active")

    assert after_paper == [("dropped", "called_off")]
    assert await states_of(services) == after_paper


async def test_a_missing_permission_blocks_no_group_and_a_moderators_change_tries_it_again(
    services, postbox, clock, group
):
    clock.advance(minutes=6)
    await postbox.delivery.give_back(await postbox.take("opening"), MAY_NOT_SEND)
    blocked = (await services.groups.find(CHANNEL)).blocked
    clock.advance(minutes=6)
    await postbox.delivery.end(await postbox.take("opening"), "dropped", "forbidden")
    given_up = await states_of(services)

    await services.groups.set_state(GUILD, group.group_id, "active")

    assert blocked is None
    assert given_up == [("dropped", "forbidden")]
    assert await states_of(services) == [("waiting", None)]


async def test_many_who_join_are_told_at_once(services, postbox, clock, group):
    clock.advance(minutes=6)
    await postbox.delivery.arrived(await postbox.claim("opening"), 70)

    for reader_id in range(100, 110):
        await services.groups.join(GUILD, group.group_id, reader_id)

    assert await states_of(services, "sign") == [("waiting", None)]


async def test_a_paper_that_was_called_off_before_it_left_tells_nothing(
    services, postbox, clock, group
):
    await services.groups.post_now(GUILD, group.group_id)
    await services.groups.set_state(GUILD, group.group_id, "stopped")
    await services.groups.set_state(GUILD, group.group_id, "active")

    assert await states_of(services) == [("waiting", None)]


async def test_a_group_that_moves_into_a_forum_is_told_of_there(services, postbox, clock, group):
    await services.groups.move(GUILD, group.group_id, ELSEWHERE, MODERATOR, is_forum=True)
    clock.advance(minutes=6)

    assert await postbox.claim("opening") is None
    assert await states_of(services) == [("dropped", "called_off")]
    assert len(await states_of(services, "standing")) == 1


@pytest.mark.parametrize("had_paper", [False, True])
async def test_one_that_could_not_be_looked_for_is_looked_for_at_a_moderators_change(
    services, postbox, clock, group, had_paper
):
    clock.advance(minutes=6)
    row = await postbox.claim("opening")
    await postbox.delivery.end(row, "uncertain", "no_history")
    if had_paper:
        clock.advance(hours=1)
        await services.weeks.open_due()

    await services.groups.make_or_change(GUILD, CHANNEL, EVENINGS, None, MODERATOR)
    clock.advance(minutes=6)
    again = await postbox.take("opening")
    await postbox.delivery.arrived(again, 70)

    assert again.tried_at is not None
    assert again.places == (CHANNEL,)
    assert len(await states_of(services, "sign")) == 1
