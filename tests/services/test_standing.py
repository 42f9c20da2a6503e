"""What becomes of a forum group's standing post in the ledger, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services import standing
from bot.store.instants import Ids
from tests.postbox import CHANNEL, GUILD, MAY_NOT_SEND, MODERATOR, MONDAYS_AT_TEN, Postbox, week_of

POST = 77  # the id of a post in the forum
ELSEWHERE = 9  # another forum


class Picky(Postbox):
    """Claims what it is asked for, and leaves the rest alone."""

    async def take(self, kind="post"):
        due = await self.delivery.due()
        rows = await rows_of(self.services, kind)
        mine = [row["row_id"] for row in rows if row["row_id"] in due]
        return await self.delivery.claim(mine[0]) if mine else None


@pytest.fixture
def postbox(services):
    made = Picky(services)
    made.services = services
    return made


@pytest.fixture
async def group(services):
    return await settled(services)


async def settled(services, schedule=MONDAYS_AT_TEN):
    status = await services.groups.make_or_change(
        GUILD, CHANNEL, schedule, None, MODERATOR, is_forum=True
    )
    return status.group


async def standing_id(services):
    return (await services.groups.find(CHANNEL)).standing_id


async def rows_of(services, kind):
    return await services.db.fetch("SELECT * FROM outbox WHERE kind = ? ORDER BY row_id", kind)


async def made(postbox, post_id=POST):
    """Make the standing post that is due."""
    row = await postbox.claim("standing")
    await postbox.delivery.arrived(row, post_id)


async def moved(services, group):
    """Give the group another forum."""
    await services.groups.move(GUILD, group.group_id, ELSEWHERE, MODERATOR, is_forum=True)


async def waiting_post(services, postbox, clock):
    """Let the week's slot come and its paper find no standing post."""
    clock.advance(hours=1)
    await services.weeks.open_due()
    return await postbox.claim()


async def test_a_forums_group_asks_for_its_post_and_a_text_channels_does_not(services, group):
    await services.groups.make_or_change(GUILD, 9, MONDAYS_AT_TEN, None, MODERATOR)

    (row,) = await rows_of(services, "standing")

    assert (row["reference"], row["group_id"]) == (str(group.group_id), group.group_id)
    assert group.is_forum
    assert not (await services.groups.find(9)).is_forum


async def test_settling_it_once_more_asks_for_no_second_one(services, postbox, group):
    await made(postbox)

    again = await settled(services)

    assert again.standing_id == POST
    assert [row["state"] for row in await rows_of(services, "standing")] == ["sent"]


async def test_the_week_stands_in_the_post_and_its_questions_follow_there(
    services, delivery, postbox, group, clock
):
    await made(postbox)
    row = await waiting_post(services, postbox, clock)

    await delivery.arrived(row, 500, POST, in_thread=True)

    (opener,) = await rows_of(services, "opener")
    status = await services.groups.status(CHANNEL, None)
    assert opener["channel_id"] == POST
    assert await rows_of(services, "thread") == []
    assert (status.this_week.channel_id, status.this_week.message_id) == (POST, 500)
    assert status.this_week.thread_id is None


async def test_a_week_before_its_place_waits_and_leaves_as_soon_as_it_is_there(
    services, delivery, postbox, group, clock
):
    row = await waiting_post(services, postbox, clock)
    await delivery.wait_for_post(row, None)
    meanwhile, waiting = await week_of(services), await delivery.due()
    await made(postbox)

    again = await postbox.claim()

    assert meanwhile == ("waiting", "no_standing_post")
    assert row.row_id not in waiting
    assert again.row_id == row.row_id
    assert again.tried_at is None
    assert await rows_of(services, "notice") == []


async def test_a_week_that_only_just_missed_its_place_leaves_at_once(
    services, delivery, postbox, group, clock
):
    row = await waiting_post(services, postbox, clock)
    await made(postbox)

    await delivery.wait_for_post(row, None)

    assert await delivery.due() == [row.row_id]
    assert await week_of(services) == ("waiting", None)


async def test_what_was_perhaps_sent_is_still_looked_for_after_it_waited(
    services, delivery, postbox, group, clock
):
    row = await waiting_post(services, postbox, clock)
    await delivery.give_back(row, "discord_trouble", timedelta(minutes=1), perhaps=True)
    clock.advance(minutes=2)
    row = await postbox.take()

    await delivery.wait_for_post(row, None)
    await made(postbox)

    assert (await postbox.take()).tried_at is not None


async def test_a_post_that_is_gone_is_made_anew_once(services, delivery, postbox, group, clock):
    await made(postbox)
    (old,) = await rows_of(services, "standing")
    row = await waiting_post(services, postbox, clock)

    await delivery.wait_for_post(row, POST)
    gone = await standing_id(services)
    clock.advance(hours=1)
    row = await postbox.claim()
    await made(postbox, POST + 1)
    await delivery.wait_for_post(row, POST)

    (new,) = await rows_of(services, "standing")
    assert gone is None
    assert await standing_id(services) == POST + 1
    assert (new["state"], new["message_id"]) == ("sent", POST + 1)
    assert new["row_id"] != old["row_id"]


async def test_a_post_deleted_as_soon_as_it_is_made_is_made_anew_after_an_hour(
    services, delivery, postbox, group, clock
):
    await made(postbox)
    await delivery.wait_for_post(await waiting_post(services, postbox, clock), POST)
    await made(postbox, POST + 1)

    await delivery.wait_for_post(await postbox.claim(), POST + 1)
    at_once = await postbox.claim("standing")
    clock.advance(hours=1)
    later = await postbox.claim("standing")

    assert at_once is None
    assert later is not None
    assert later.tried_at is None


async def test_a_post_made_while_the_clock_was_ahead_is_made_anew_after_an_hour(
    services, postbox, group, clock
):
    await made(postbox)
    async with services.db.transaction() as tx:
        ahead = clock() + timedelta(days=1)
        await tx.fetch("UPDATE outbox SET due_at = ? WHERE kind = 'standing'", ahead)
        await standing.missed(tx, Ids(clock), CHANNEL, POST, clock())
    clock.advance(hours=1)

    await made(postbox, POST + 1)

    assert await standing_id(services) == POST + 1


async def test_a_post_that_was_given_up_is_looked_for_when_it_is_asked_for_again(
    services, delivery, postbox, group, clock
):
    row = await postbox.claim("standing")
    await delivery.give_back(row, "discord_trouble", timedelta(minutes=1), perhaps=True)
    clock.advance(days=8)
    row = await postbox.take("standing")
    held = await postbox.begin(row)
    given_up = [row["state"] for row in await rows_of(services, "standing")]

    await settled(services)

    assert not held
    assert given_up == ["dropped"]
    assert (await postbox.claim("standing")).tried_at is not None


async def test_a_post_is_never_uncertain(services, delivery, postbox, group, clock):
    row = await postbox.claim("standing")
    clock.advance(days=8)

    await delivery.give_back(
        replace(row, tried_at=clock()), "discord_trouble", timedelta(), perhaps=True
    )

    assert [row["state"] for row in await rows_of(services, "standing")] == ["waiting"]
    assert await week_of(services) == (None, "discord_trouble")


async def test_what_keeps_it_from_being_made_blocks_the_group_and_is_told_once(
    services, delivery, postbox, group, clock
):
    await delivery.give_back(await postbox.claim("standing"), MAY_NOT_SEND)
    blocked = await week_of(services)
    clock.advance(minutes=6)
    await delivery.give_back(await postbox.claim("standing"), MAY_NOT_SEND)
    post = await waiting_post(services, postbox, clock)
    await delivery.wait_for_post(post, None)
    waiting = await week_of(services)
    await made(postbox)

    (notice,) = await rows_of(services, "notice")
    assert blocked == (None, MAY_NOT_SEND)
    assert waiting == ("waiting", MAY_NOT_SEND)
    assert notice["reader_id"] == MODERATOR
    assert await week_of(services) == ("waiting", None)


async def test_a_new_post_settles_nothing_that_is_uncertain(
    services, delivery, postbox, group, clock
):
    await made(postbox)
    row = await waiting_post(services, postbox, clock)
    await delivery.end(row, "uncertain", "no_history")
    async with services.db.transaction() as tx:
        await standing.missed(tx, Ids(clock), CHANNEL, POST, clock())
    clock.advance(hours=2)

    await made(postbox, POST + 1)

    assert await week_of(services) == ("uncertain", "no_history")


async def test_it_is_tried_less_and_less_often_but_each_hour(
    services, delivery, postbox, group, clock
):
    waits = []
    for _ in range(14):
        await delivery.give_back(await postbox.claim("standing"), "forbidden")
        (row,) = await rows_of(services, "standing")
        waits.append((row["due_at"] - int(clock().timestamp())) // 60)
        clock.advance(minutes=waits[-1])

    assert waits[:3] == [5, 10, 15]
    assert waits[-2:] == [60, 60]


async def test_a_moderators_change_tries_it_at_once(services, delivery, postbox, group, clock):
    await delivery.give_back(await postbox.claim("standing"), "forbidden")

    await settled(services)

    assert await postbox.claim("standing") is not None


@pytest.mark.parametrize("before", [True, False])
async def test_a_stopped_group_gets_none_until_it_starts_again(
    services, delivery, postbox, group, before
):
    row = None if before else await postbox.claim("standing")
    await services.groups.set_state(GUILD, group.group_id, "stopped")
    wanted = await postbox.claim("standing") if before else await postbox.begin(row)

    await services.groups.set_state(GUILD, group.group_id, "active")

    assert not wanted
    assert await postbox.claim("standing") is not None


async def test_only_what_the_card_above_shows_changes_it(services, postbox, group):
    before = await rows_of(services, "sign")
    await made(postbox)
    await settled(services)
    same = await rows_of(services, "sign")
    await settled(services, replace(MONDAYS_AT_TEN, hour=11))
    await services.groups.set_state(GUILD, group.group_id, "paused")
    await services.groups.set_state(GUILD, group.group_id, "paused")

    assert before == same == []
    assert len(await rows_of(services, "sign")) == 2


async def test_a_week_on_its_way_to_a_forum_that_its_group_left_goes_where_the_group_is(
    services, delivery, postbox, group, clock
):
    await made(postbox)
    row = await waiting_post(services, postbox, clock)
    await moved(services, group)

    await delivery.wait_for_post(row, None)

    again = await postbox.claim()
    assert (again.row_id, again.channel_id, again.tried_at) == (row.row_id, ELSEWHERE, None)
    assert await week_of(services, ELSEWHERE) == ("waiting", None)


async def test_a_post_made_in_a_forum_that_its_group_left_is_made_where_the_group_is(
    services, delivery, postbox, group
):
    row = await postbox.claim("standing")
    await moved(services, group)

    await delivery.arrived(row, POST)

    again = await postbox.claim("standing")
    assert (again.channel_id, again.tried_at) == (ELSEWHERE, None)
    assert (await services.groups.find(ELSEWHERE)).standing_id is None


@pytest.mark.parametrize("is_stopped", [True, False])
async def test_what_changes_while_it_is_made_is_said_on_its_card(
    services, delivery, postbox, group, is_stopped
):
    row = await postbox.claim("standing")
    if is_stopped:
        await services.groups.set_state(GUILD, group.group_id, "stopped")
        await delivery.wait_for_post(await postbox.claim("sign"), None)
    else:
        await settled(services, replace(MONDAYS_AT_TEN, hour=11))

    await delivery.arrived(row, POST)

    assert await postbox.claim("sign") is not None


async def test_a_stopped_groups_post_is_not_tried_for_ever(
    services, delivery, postbox, group, clock
):
    await delivery.give_back(
        await postbox.claim("standing"), "discord_trouble", timedelta(), perhaps=True
    )
    await services.groups.set_state(GUILD, group.group_id, "stopped")
    clock.advance(hours=2)

    await delivery.give_back(await postbox.take("standing"), "channel_gone")

    assert [row["state"] for row in await rows_of(services, "standing")] == ["dropped"]
    assert await rows_of(services, "notice") == []


async def test_a_poll_is_remembered_where_it_stands(services, delivery, postbox, group, clock):
    await made(postbox)
    clock.advance(hours=2)
    ballot = await services.votes.call(GUILD, CHANNEL, MODERATOR, 2, 24)
    await delivery.arrived(await postbox.claim("candidates"), 600, POST)

    await delivery.arrived(await postbox.claim("poll"), 601, POST)

    vote = (await services.groups.status(CHANNEL, None)).vote
    assert vote.vote_id == ballot.vote.vote_id
    assert (vote.channel_id, vote.message_id) == (POST, 601)
