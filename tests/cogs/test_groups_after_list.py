from datetime import UTC, datetime, timedelta

import pytest

from tests.curricula import curriculum, resource
from tests.forged import pressed
from tests.seen import custom_id_of, labels_of, posts_in, text_of

A_MINUTE = 60
MONDAYS = [datetime(2026, 1, 5, 9, 0, tzinfo=UTC) + timedelta(weeks=n) for n in range(10)]
LIST = curriculum(
    resource("attention", must_read=True, title="Attention"),
    resource("bert", title="BERT"),
    resource("gpt", title="GPT"),
    resource("plain", addition=True, title="Plain"),
)
CHOICES = ["Go on with additions", "Start over with must-reads"]


@pytest.fixture
def weeks(env, group):
    """Return what lets the group have so many Mondays."""

    async def pass_(count):
        for _ in range(count):
            monday = next(at for at in MONDAYS if at > env.now())
            await env.advance_time((monday - env.now()).total_seconds() + A_MINUTE)

    return pass_


async def test_the_end_is_told_two_weeks_ahead(group, weeks, moderator, alice, channel):
    early = labels_of(group)
    await weeks(1)
    seen = text_of(await alice.slash(channel, "group"))
    card = await moderator.slash(channel, "manage group")

    assert [label for label in early if label in CHOICES] == []
    assert "The list lasts 2 more weeks. Moderators choose" in seen
    assert "2 more weeks, then the list ends." in text_of(posts_in(channel)[0])
    assert [label for label in labels_of(card) if label in CHOICES] == CHOICES


async def test_moderators_choose_how_it_goes_on(group, weeks, moderator, channel):
    await weeks(1)
    card = await moderator.slash(channel, "manage group")

    await moderator.click(card.response.message, label="Go on with additions")
    chosen = text_of(card)
    await moderator.click(card.response.message, label="More")
    labels = labels_of(card)
    await weeks(3)

    assert "After the list: all additions, in reading order." in chosen
    assert "Plain" in chosen
    assert "Stop after the list" in labels
    assert "Plain" in text_of(posts_in(channel)[-1])
    assert len(posts_in(channel)) == 4


async def test_whoever_set_it_up_is_told_once_that_the_list_has_run_out(
    group, weeks, moderator, channel
):
    await weeks(5)

    told = [m for m in moderator.user.dm_channel.history() if "whole list" in text_of(m)]
    seen = text_of(await moderator.slash(channel, "group"))
    assert len(posts_in(channel)) == 3
    assert len(told) == 1
    assert "This group has read the whole list." in seen


async def test_after_the_end_post_now_begins_what_was_chosen(group, weeks, moderator, channel, env):
    await weeks(4)
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="Start over with must-reads")
    await env.advance_time(4)

    await moderator.click(card.response.message, label="Post now")

    assert "Attention" in text_of(posts_in(channel)[-1])
    assert "the must-reads come again" in text_of(posts_in(channel)[-1])


async def test_a_second_tap_does_not_pause_the_group(group, weeks, moderator, channel, env):
    await weeks(1)
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="Go on with additions")

    slip = await moderator.click(card.response.message, label="Pause")

    assert "so I did nothing" in text_of(slip)
    group = await env.bot.services.groups.find(channel.id)
    assert (group.after_list, group.state) == ("additions", "active")


async def test_members_cannot_choose(group, weeks, moderator, alice, env, channel):
    await weeks(1)
    card = await moderator.slash(channel, "manage group")
    copied = custom_id_of(card, "Go on with additions")
    own = copied.replace(str(moderator.id), str(alice.id))

    answers = [await pressed(env, channel, alice, custom_id) for custom_id in (copied, own)]

    for answer in answers:
        assert "After the list" not in text_of(answer)
    assert (await env.bot.services.groups.find(channel.id)).after_list is None


async def test_empty_weeks_at_the_end_are_one_line(group, weeks, alice, moderator, channel):
    await weeks(2)
    before = text_of(await alice.slash(channel, "group"))
    await moderator.slash(channel, "manage pick", resource="Plain", date="2026-02-02")

    picked = text_of(await alice.slash(channel, "group"))

    assert before.count("nothing left") == 1
    assert picked.count("nothing left") == 2
    assert "Plain · 📌" in picked
