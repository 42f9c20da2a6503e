"""One card and one poll a vote, and one winner, whatever moment the bot is killed at."""

import signal
from datetime import timedelta

import discord
import pytest

from tests.kill.lives import WHEN, Point
from tests.kill.objects import CHANNEL_ID
from tests.kill.stories import A_LEASE, CLAIM, HOLD, RECORD
from tests.kill.study_room import ALL
from tests.kill.vote import COUNT, VOTES, Vote

pytestmark = pytest.mark.kill

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
async def story(lives, database_url, base):
    async with Vote.told(lives, database_url, base) as begun:
        yield begun


@pytest.fixture
def room(story):
    return story.room


@pytest.fixture
async def closed(story):
    """The story from the end of its poll on."""
    await story.come_to_an_end()
    await story.assert_once()
    story.close_poll()
    return story


async def test_a_vote_left_alone_is_sent_once_and_its_winner_is_read(story):
    await story.come_to_an_end()
    await story.assert_once()
    story.close_poll()
    await story.come_to_an_end()
    await story.assert_counted()
    story.wait_for_monday()
    await story.come_to_an_end()

    await story.assert_read()
    assert story.cut_short == []


@sqlite
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("kind", Vote.kinds)
async def test_killed_over_a_claim_it_sends_one_card_and_one_poll(story, kind, when):
    await story.die_over(CLAIM, kind, when)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", Vote.kinds)
async def test_killed_before_the_answer_comes_it_sends_one_card_and_one_poll(story, kind, after):
    await story.die_asking(kind, after=after)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("kind", Vote.kinds)
async def test_killed_over_the_record_it_sends_one_card_and_one_poll(story, kind, when):
    await story.die_over(RECORD, kind, when)
    await story.come_to_an_end()

    await story.assert_once()


@postgres
async def test_killed_again_and_again_over_its_poll_it_sends_one(story):
    await story.die_asking("poll", after=True)
    await story.die_at(Point(CLAIM, 1, "after"))
    await story.die_at(Point(RECORD, 1, "inside"))
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("kind", Vote.kinds)
async def test_a_request_of_the_killed_that_comes_true_late_is_one_with_its_repetition(
    story, room, kind
):
    room.remembers_nonces = timedelta(minutes=5)
    room.lingers = True

    await story.die_asking(kind, after=False)
    await story.come_to_an_end()

    await story.assert_once()
    assert room.looks > 0


@sqlite
async def test_another_card_is_not_taken_for_it(story, room):
    await story.die_asking("candidates", after=False)
    other = room.add_another(CHANNEL_ID, "candidates:1")
    await story.come_to_an_end()

    room.messages[CHANNEL_ID].remove(other)
    await story.assert_once()


@sqlite
@pytest.mark.parametrize("kind", Vote.kinds)
@pytest.mark.parametrize("after", [False, True])
async def test_killed_while_it_sends_where_history_is_closed_the_vote_is_lost(
    story, room, kind, after
):
    room.permissions = ALL & ~discord.Permissions(read_message_history=True)

    await story.die_asking(kind, after=after)
    await story.come_to_an_end()

    await story.assert_once_or_uncertain()
    assert f"{kind} uncertain" in await story.state()


@sqlite
async def test_a_week_whose_vote_is_lost_goes_by_the_list(story, room):
    room.permissions = ALL & ~discord.Permissions(read_message_history=True)

    await story.die_asking("poll", after=True)
    await story.come_to_an_end()
    story.close_poll()
    story.wait_for_monday()
    await story.come_to_an_end()

    await story.assert_read(winner=0)


@postgres
async def test_a_bot_that_wakes_after_another_took_its_claim_sends_nothing(story, room):
    sleeper = await story.begin(Point(CLAIM, 2, "after", signal.SIGSTOP))
    await sleeper.stalled()
    room.ahead += A_LEASE
    await story.end(await story.begin())

    sleeper.go_on()
    await story.end(sleeper)

    await story.assert_once()


@postgres
async def test_a_bot_that_wakes_after_its_last_check_repeats_what_is_there(story, room):
    """Between the check and the request nothing but the nonce is left."""
    room.remembers_nonces = timedelta(minutes=5)
    sleeper = await story.begin(Point(HOLD, 2, "after", signal.SIGSTOP))
    await sleeper.stalled()
    room.ahead += A_LEASE
    await story.end(await story.begin())

    sleeper.go_on()
    await story.end(sleeper)

    await story.assert_once()


@pytest.mark.parametrize("when", WHEN)
async def test_killed_over_the_count_it_records_one_winner(closed, when):
    await closed.die_at(Point(COUNT, 1, when))
    await closed.come_to_an_end()

    await closed.assert_counted()
    closed.wait_for_monday()
    await closed.come_to_an_end()
    await closed.assert_read()


@sqlite
@pytest.mark.parametrize("after", [False, True])
async def test_killed_while_it_reads_the_poll_it_records_one_winner(closed, after):
    await closed.die_asking("look", after=after)
    await closed.come_to_an_end()

    await closed.assert_counted()


@sqlite
@pytest.mark.parametrize("when", WHEN)
async def test_killed_over_the_count_in_its_week_it_posts_the_winner_all_the_same(closed, when):
    """It slept over the poll's end: the count and the slot are due at once, in this order."""
    closed.wait_for_monday()

    await closed.die_at(Point(COUNT, 1, when))
    await closed.come_to_an_end()

    await closed.assert_counted()
    await closed.assert_read()


@postgres
@pytest.mark.parametrize("when", WHEN)
async def test_of_two_bots_that_count_one_is_killed_and_one_winner_is_recorded(closed, when):
    doomed = await closed.begin(Point(COUNT, 1, when))
    other = await closed.begin()
    await closed.end(doomed, other)
    await closed.come_to_an_end()

    await closed.assert_counted()


@postgres
async def test_a_bot_that_wakes_with_an_older_count_changes_nothing(closed):
    room = closed.room
    room.count(VOTES[::-1], is_finalized=False)
    sleeper = await closed.begin()
    room.done = lambda what: what == "look" and sleeper.stop()
    await sleeper.stalled()
    room.done = lambda _: False
    room.count(VOTES, is_finalized=True)
    await closed.end(await closed.begin())

    sleeper.go_on()
    await closed.end(sleeper)

    await closed.assert_counted()
