"""Exactly one post in a forum, and one paper in it, whatever moment the bot is killed at.

A forum's post takes no nonce: a request of the killed that comes true only after the next look
would be a second post. All others are found.
"""

import pytest

from tests.kill.forum_week import ForumWeek
from tests.kill.lives import WHEN
from tests.kill.stories import RECORD

pytestmark = pytest.mark.kill

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def story(lives, database_url, base):
    async with ForumWeek.told(lives, database_url, base) as begun:
        yield begun


@pytest.fixture
def room(story):
    return story.room


async def test_a_bot_that_is_left_alone_makes_one_post_with_one_paper(story):
    await story.come_to_an_end()

    await story.assert_once()
    assert story.cut_short == []


@pytest.mark.parametrize("kind", ForumWeek.kinds)
@pytest.mark.parametrize("after", [False, True])
async def test_killed_while_it_sends_it_sends_once(story, kind, after):
    await story.die_asking(kind, after=after)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("kind", ForumWeek.kinds)
async def test_killed_over_the_record_it_sends_once(story, kind, when):
    await story.die_over(RECORD, kind, when)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
async def test_a_post_put_away_before_the_next_look_is_found(story, room):
    room.puts_away = True

    await story.die_asking("standing", after=True)
    await story.come_to_an_end()

    await story.assert_once()
    assert room.looks > 0


@sqlite
@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_request_that_was_heard_but_answered_with_trouble_isnt_sent_again(
    story, room, status
):
    """Discord.py itself would send it once more a second later."""
    room.refusals = [status]

    await story.come_to_an_end()

    await story.assert_once()
