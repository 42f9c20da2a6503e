"""Everything is sent exactly once, whatever moment the bot is killed at.

A forum's post takes no nonce: a request of the killed that comes true only after the next look
would be a second post. All others are found.
"""

import re
import signal
from datetime import timedelta

import discord
import pytest

from tests.kill.forum_week import ForumWeek
from tests.kill.lives import WHEN, Point
from tests.kill.objects import CHANNEL_ID, DM_ID
from tests.kill.reminder import Reminder
from tests.kill.stories import CLAIM, HOLD, RECORD, postgres, sqlite
from tests.kill.study_room import ALL
from tests.kill.vote import Vote
from tests.kill.week import PICK, Week

pytestmark = pytest.mark.kill


def of(*stories, names="story"):
    """Tell these stories, or each of them with what belongs to it."""
    return pytest.mark.parametrize(names, stories, indirect=["story"])


def each_kind(*stories):
    """Tell these stories for each kind of what they send."""
    pairs = ((story, kind) for story in stories for kind in story.kinds)
    return of(*pairs, names=("story", "kind"))


@of(Week, ForumWeek, Reminder)
async def test_a_bot_that_is_left_alone_sends_once(story):
    await story.come_to_an_end()

    await story.assert_once()
    assert story.cut_short == []


@of(Week)
@pytest.mark.parametrize("when", WHEN)
async def test_killed_over_the_pick_it_posts_once(story, when):
    await story.die_at(Point(PICK, 1, when))
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("when", WHEN)
@each_kind(Week, Vote, Reminder)
async def test_killed_over_a_claim_it_sends_once(story, kind, when):
    await story.die_over(CLAIM, kind, when)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("when", WHEN)
@each_kind(Week, ForumWeek, Vote, Reminder)
async def test_killed_over_the_record_it_sends_once(story, kind, when):
    await story.die_over(RECORD, kind, when)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@pytest.mark.parametrize("after", [False, True])
@of(
    *((story, what) for story in (Week, Vote, Reminder) for what in story.moments),
    names=("story", "what"),
)
async def test_killed_before_an_answer_comes_it_sends_once(story, what, after):
    await story.die_asking(what, after=after)
    await story.come_to_an_end()

    await story.assert_once()


@pytest.mark.parametrize("after", [False, True])
@each_kind(ForumWeek)
async def test_killed_while_it_sends_to_a_forum_it_sends_once(story, kind, after):
    await story.die_asking(kind, after=after)
    await story.come_to_an_end()

    await story.assert_once()


@of(
    (
        Week,
        ["post", Point(CLAIM, 1, "after"), Point(RECORD, 1, "inside"), Point(RECORD, 1, "before")],
    ),
    (Vote, ["poll", Point(CLAIM, 1, "after"), Point(RECORD, 1, "inside")]),
    (Reminder, ["reminder", Point(CLAIM, 1, "after"), "dm", Point(RECORD, 1, "inside")]),
    names=("story", "deaths"),
)
async def test_killed_again_and_again_over_what_it_recovers_it_sends_once(story, deaths):
    for death in deaths:
        if isinstance(death, Point):
            await story.die_at(death)
        else:
            await story.die_asking(death, after=True)
    await story.come_to_an_end()

    await story.assert_once()


@sqlite
@of(
    *((Week, "post"), (Week, "opener"), (Vote, "candidates"), (Vote, "poll")),
    (Reminder, "reminder"),
    names=("story", "kind"),
)
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
@of(
    (Week, "post", CHANNEL_ID, "read:1"),
    (Vote, "candidates", CHANNEL_ID, "candidates:1"),
    (Reminder, "reminder", DM_ID, "remind-later"),
    names=("story", "kind", "place", "trace"),
)
async def test_another_message_is_not_taken_for_it(story, room, kind, place, trace):
    await story.die_asking(kind, after=False)
    other = room.add_another(place, trace)
    await story.come_to_an_end()

    room.messages[place].remove(other)
    await story.assert_once()


@sqlite
@of(Week)
@pytest.mark.parametrize(
    "point", [Point(CLAIM, 1, "after"), Point(CLAIM, 1, "inside"), Point(RECORD, 1, "before")]
)
async def test_killed_where_history_is_closed_it_never_posts_twice(story, room, point):
    room.permissions = ALL & ~discord.Permissions(read_message_history=True)

    await story.die_at(point)
    await story.come_to_an_end()

    await story.assert_once_or_uncertain()


@sqlite
@each_kind(Week, Vote)
@pytest.mark.parametrize("after", [False, True])
async def test_killed_while_it_sends_where_history_is_closed_it_never_sends_twice(
    story, room, kind, after
):
    """Of a post or a poll nobody can know; a vote is then lost. Of a thread its post tells."""
    room.permissions = ALL & ~discord.Permissions(read_message_history=True)

    await story.die_asking(kind, after=after)
    await story.come_to_an_end()

    await story.assert_once_or_uncertain()
    uncertain = re.findall(r"(\w+) uncertain", await story.state())
    assert uncertain == ([] if kind == "thread" else [kind])


@postgres
@of(Week)
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("statement", [PICK, CLAIM, RECORD])
async def test_of_two_racing_bots_one_is_killed_and_they_post_once(story, statement, when):
    doomed = await story.begin(Point(statement, 1, when))
    other = await story.begin()
    await story.end(doomed, other)
    await story.come_to_an_end()

    await story.assert_once()


@postgres
@of((Week, 1), (Vote, 2), (Reminder, 1), names=("story", "number"))
async def test_a_bot_that_wakes_after_another_took_its_claim_sends_nothing(story, number):
    sleeper = await story.begin(Point(CLAIM, number, "after", signal.SIGSTOP))
    await sleeper.stalled()

    await story.overtake(sleeper)

    await story.assert_once()


@postgres
@of((Week, 1), (Vote, 2), (Reminder, 1), names=("story", "number"))
async def test_a_bot_that_wakes_after_its_last_check_repeats_what_is_there(story, room, number):
    """Between the check and the request nothing but the nonce is left."""
    room.remembers_nonces = timedelta(minutes=5)
    sleeper = await story.begin(Point(HOLD, number, "after", signal.SIGSTOP))
    await sleeper.stalled()

    await story.overtake(sleeper)

    await story.assert_once()


@postgres
@of(Week)
async def test_a_bot_that_wakes_after_another_found_its_post_changes_nothing(story, room):
    sleeper = await story.begin()
    room.done = lambda what: what == "post" and sleeper.stop()
    await sleeper.stalled()
    room.done = lambda _: False

    await story.overtake(sleeper)

    await story.assert_once()


@sqlite
@of(ForumWeek)
async def test_a_post_put_away_before_the_next_look_is_found(story, room):
    room.puts_away = True

    await story.die_asking("standing", after=True)
    await story.come_to_an_end()

    await story.assert_once()
    assert room.looks > 0


@sqlite
@of(ForumWeek)
@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_request_that_was_heard_but_answered_with_trouble_isnt_sent_again(
    story, room, status
):
    """Discord.py itself would send it once more a second later."""
    room.refusals = [status]

    await story.come_to_an_end()

    await story.assert_once()
