"""Exactly one post a slot, whatever moment the bot is killed at."""

import signal
from datetime import timedelta

import discord
import pytest

from tests.kill.lives import WHEN, Point
from tests.kill.objects import CHANNEL_ID
from tests.kill.stories import A_LEASE, CLAIM, HOLD, RECORD
from tests.kill.study_room import ALL
from tests.kill.week import PICK, Week

pytestmark = pytest.mark.kill

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
async def story(lives, database_url, base):
    async with Week.told(lives, database_url, base) as begun:
        yield begun


@pytest.fixture
def room(story):
    return story.room


async def test_a_bot_that_is_left_alone_posts_once(story):
    await story.come_to_an_end()

    await story.assert_once()
    assert story.cut_short == []


@pytest.mark.parametrize("when", WHEN)
async def test_killed_over_the_pick_it_posts_once(story, when):
    await story.die_at(Point(PICK, 1, when))
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("kind", Week.kinds)
async def test_killed_over_a_claim_it_posts_once(story, kind, when):
    await story.die_over(CLAIM, kind, when)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("kind", Week.kinds)
async def test_killed_while_it_sends_it_posts_once(story, kind):
    await story.die_asking(kind, after=False)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("kind", Week.kinds)
async def test_killed_before_the_answer_comes_it_posts_once(story, kind):
    await story.die_asking(kind, after=True)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("kind", Week.kinds)
async def test_killed_over_the_record_it_posts_once(story, kind, when):
    await story.die_over(RECORD, kind, when)
    await story.come_to_an_end()

    await story.assert_once()


async def test_killed_again_and_again_over_what_it_recovers_it_posts_once(story):
    await story.die_asking("post", after=True)
    await story.die_at(Point(CLAIM, 1, "after"))
    await story.die_at(Point(RECORD, 1, "inside"))
    await story.die_at(Point(RECORD, 1, "before"))
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("kind", ["post", "opener"])
async def test_a_request_of_the_killed_that_comes_true_late_is_one_with_its_repetition(
    story, room, kind
):
    """It arrives between the look and the second request: only the nonce tells them apart."""
    room.remembers_nonces = timedelta(minutes=5)
    room.lingers = True

    await story.die_asking(kind, after=False)
    await story.come_to_an_end()

    await story.assert_once()
    assert room.looks > 0


@sqlite
async def test_another_post_is_not_taken_for_it(story, room):
    await story.die_asking("post", after=False)
    other = room.add_another(CHANNEL_ID, "read:1")
    await story.come_to_an_end()

    room.messages[CHANNEL_ID].remove(other)
    await story.assert_once()


@sqlite
@pytest.mark.parametrize(
    "point", [Point(CLAIM, 1, "after"), Point(CLAIM, 1, "inside"), Point(RECORD, 1, "before")]
)
async def test_killed_where_history_is_closed_it_never_posts_twice(story, room, point):
    room.permissions = ALL & ~discord.Permissions(read_message_history=True)

    await story.die_at(point)
    await story.come_to_an_end()

    await story.assert_once_or_uncertain()


@sqlite
@pytest.mark.parametrize("kind", Week.kinds)
@pytest.mark.parametrize("after", [False, True])
async def test_killed_while_it_sends_where_history_is_closed_it_never_posts_twice(
    story, room, kind, after
):
    room.permissions = ALL & ~discord.Permissions(read_message_history=True)

    await story.die_asking(kind, after=after)
    await story.come_to_an_end()

    await story.assert_once_or_uncertain()
    assert ("uncertain" in await story.state()) == (kind != "thread")


@postgres
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("statement", [PICK, CLAIM, RECORD])
async def test_of_two_racing_bots_one_is_killed_and_they_post_once(story, statement, when):
    doomed = await story.begin(Point(statement, 1, when))
    other = await story.begin()
    await story.end(doomed, other)
    await story.come_to_an_end()

    await story.assert_once()


@postgres
async def test_a_bot_that_wakes_after_another_took_its_claim_sends_nothing(story, room):
    sleeper = await story.begin(Point(CLAIM, 1, "after", signal.SIGSTOP))
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
    sleeper = await story.begin(Point(HOLD, 1, "after", signal.SIGSTOP))
    await sleeper.stalled()
    room.ahead += A_LEASE
    await story.end(await story.begin())

    sleeper.go_on()
    await story.end(sleeper)

    await story.assert_once()


@postgres
async def test_a_bot_that_wakes_after_another_found_its_post_changes_nothing(story, room):
    sleeper = await story.begin()
    room.done = lambda what: what == "post" and sleeper.stop()
    await sleeper.stalled()
    room.done = lambda _: False
    room.ahead += A_LEASE
    await story.end(await story.begin())

    sleeper.go_on()
    await story.end(sleeper)

    await story.assert_once()
