"""What custom_ids do that nobody was given."""

from datetime import UTC, datetime

import pytest

from tests.forged import pressed
from tests.seen import custom_id_of, labels_of, posts_in, text_of

MONDAY = datetime(2026, 1, 5, 9, 1, tzinfo=UTC)


@pytest.fixture
def group_id(group):
    return custom_id_of(group, "Pause").split(":")[2]


@pytest.fixture
async def post(group, channel, env):
    await env.advance_time((MONDAY - env.now()).total_seconds())
    return posts_in(channel)[0]


@pytest.mark.parametrize("action", ["pause", "resume", "skip", "post", "stop"])
async def test_a_member_cannot_run_a_group_by_a_button_with_their_own_id(
    env, alice, moderator, channel, group, group_id, action
):
    answer = await pressed(env, channel, alice, f"group-do:{action}:{group_id}:{alice.id}")
    now = await moderator.slash(channel, "manage group")

    assert "This card can't be used any more" in text_of(answer)
    assert (text_of(now), labels_of(now)) == (text_of(group), labels_of(group))


async def test_a_member_cannot_make_a_group_by_a_select_with_their_own_id(env, alice, channel):
    answer = await pressed(env, channel, alice, f"zone:{channel.id}:{alice.id}")
    now = await alice.slash(channel, "group")

    assert "This card can't be used any more" in text_of(answer)
    assert "There is no study group in this channel." in text_of(now)
    assert env.errors


@pytest.mark.parametrize("kind", ["read", "first", "more"])
async def test_a_post_of_another_server_is_not_known(env, elsewhere, post, kind):
    member, there = elsewhere
    week_id = custom_id_of(post, "More").split(":")[1]
    answer = await pressed(env, there, member, f"{kind}:{week_id}")

    assert "I don't know this post" in text_of(answer)


@pytest.mark.parametrize("way", ["group:join", "group:leave", "join"])
async def test_a_group_of_another_server_is_not_known(env, elsewhere, group_id, way):
    member, there = elsewhere
    answer = await pressed(env, there, member, f"{way}:{group_id}")

    assert "There is no study group" in text_of(answer)


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**19 - 1])
@pytest.mark.parametrize("kind", ["read", "first", "more", "join", "group:join", "undo"])
async def test_a_number_that_no_row_has_is_answered_in_words(env, alice, channel, kind, number):
    answer = await pressed(env, channel, alice, f"{kind}:{number}")

    assert text_of(answer)
    assert "Something went wrong" not in text_of(answer)
