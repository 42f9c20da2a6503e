"""One winner a vote, whatever moment the bot is killed at."""

import discord
import pytest

from tests.kill.lives import WHEN, Point
from tests.kill.stories import postgres, sqlite
from tests.kill.study_room import ALL
from tests.kill.vote import COUNT, VOTES, Vote

pytestmark = [pytest.mark.kill, pytest.mark.parametrize("story", [Vote], indirect=True)]


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
async def test_a_week_whose_vote_is_lost_goes_by_the_list(story, room):
    room.permissions = ALL & ~discord.Permissions(read_message_history=True)

    await story.die_asking("poll", after=True)
    await story.come_to_an_end()
    story.close_poll()
    story.wait_for_monday()
    await story.come_to_an_end()

    await story.assert_read(winner=0)


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
