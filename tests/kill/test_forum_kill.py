"""Exactly one post in a forum, and one paper in it, whatever moment the bot is killed at.

A forum's post takes no nonce: a request of the killed that comes true only after the next look
would be a second post. All others are found.
"""

from datetime import timedelta

import pytest

from tests.kill.forum_room import ForumRoom
from tests.kill.lives import Lives, Point
from tests.kill.stories import MONDAY, RECORD, Story, group_ledger

pytestmark = pytest.mark.kill

KINDS = ("standing", "post", "opener")

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class ForumStory(Story):
    """A forum's group whose slot has just come, and which has no post there yet."""

    async def assert_once(self) -> None:
        (post,) = self.room.posts
        place = int(post["id"])
        _, paper, opener = self.room.history(place)
        (slot,) = await self.read("SELECT * FROM slots")
        (group,) = await self.read("SELECT * FROM study_groups")
        rows = await self.read("SELECT kind, state, message_id FROM outbox WHERE kind <> 'notice'")
        assert f"read:{slot['slot_id']}" in str(paper["components"])
        assert opener["message_reference"]["message_id"] == int(paper["id"])
        assert (slot["channel_id"], slot["message_id"]) == (place, int(paper["id"]))
        assert (slot["state"], slot["thread_id"]) == ("posted", None)
        assert (group["standing_id"], group["blocked"]) == (place, None)
        assert {tuple(row) for row in rows} == {
            ("standing", "sent", place),
            ("post", "sent", int(paper["id"])),
            ("opener", "sent", int(opener["id"])),
        }

    async def told(self) -> str:
        rows = await self.read("SELECT kind, state FROM outbox ORDER BY row_id")
        return ", ".join(f"{row['kind']} {row['state']}" for row in rows)


@pytest.fixture(scope="session")
def lives():
    made = Lives()
    yield made
    made.close()


@pytest.fixture
async def room():
    async with ForumRoom(MONDAY).open() as opened:
        opened.remembers_nonces = timedelta(0)
        yield opened


@pytest.fixture
async def story(lives, room, database_url, base):
    await group_ledger(database_url, base, is_forum=True)
    return ForumStory(lives, room, database_url)


async def test_a_bot_that_is_left_alone_makes_one_post_with_one_paper(story):
    await story.come_to_an_end()

    await story.assert_once()
    assert story.cut_short == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", [False, True])
async def test_killed_while_it_sends_it_sends_once(story, kind, after):
    await story.die_asking(kind, after=after)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("when", ["before", "inside", "after"])
@pytest.mark.parametrize("kind", KINDS)
async def test_killed_over_the_record_it_sends_once(story, kind, when):
    await story.die_at(Point(RECORD, 1 + KINDS.index(kind), when))
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
