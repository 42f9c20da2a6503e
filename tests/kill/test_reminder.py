"""One direct message a reminder, whatever moment the bot is killed at."""

import signal
from datetime import timedelta

import pytest

from tests.kill.lives import WHEN, Point
from tests.kill.objects import DM_ID
from tests.kill.reminder import Reminder
from tests.kill.stories import A_LEASE, CLAIM, HOLD, RECORD

pytestmark = pytest.mark.kill

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture
async def story(lives, database_url, base):
    async with Reminder.told(lives, database_url, base) as begun:
        yield begun


@pytest.fixture
def room(story):
    return story.room


async def test_a_bot_that_is_left_alone_reminds_once(story):
    await story.come_to_an_end()

    await story.assert_once()
    assert story.cut_short == []


@sqlite
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("statement", [CLAIM, RECORD])
async def test_killed_over_claim_or_record_it_reminds_once(story, statement, when):
    await story.die_at(Point(statement, 1, when))
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("what", Reminder.moments)
async def test_killed_before_an_answer_comes_it_reminds_once(story, what, after):
    await story.die_asking(what, after=after)
    await story.come_to_an_end()

    await story.assert_once()


@postgres
async def test_killed_again_and_again_over_what_it_recovers_it_reminds_once(story):
    await story.die_asking("reminder", after=True)
    await story.die_at(Point(CLAIM, 1, "after"))
    await story.die_asking("dm", after=True)
    await story.die_at(Point(RECORD, 1, "inside"))
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
async def test_a_request_of_the_killed_that_comes_true_late_is_one_with_its_repetition(story, room):
    room.remembers_nonces = timedelta(minutes=5)
    room.lingers = True

    await story.die_asking("reminder", after=False)
    await story.come_to_an_end()

    await story.assert_once()
    assert room.looks > 0


@sqlite
async def test_another_reminder_is_not_taken_for_it(story, room):
    await story.die_asking("reminder", after=False)
    other = room.add_another(DM_ID, "reminded:1")
    await story.come_to_an_end()

    room.messages[DM_ID].remove(other)
    await story.assert_once()


@postgres
async def test_a_bot_that_wakes_after_another_took_its_claim_reminds_nobody(story, room):
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
