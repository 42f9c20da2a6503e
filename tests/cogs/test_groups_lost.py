"""Groups whose channel is gone are reached from any other channel of their server."""

from datetime import UTC, datetime

import discord
import pytest

from tests.forged import forged, pressed
from tests.seen import custom_id_of, labels_of, posts_in, text_of, title_of

A_MINUTE, A_DAY = 60, 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def here(guild):
    """Another channel, without a group."""
    return guild.create_text_channel("here")


@pytest.fixture
async def lost(moderator, alice, channel, env):
    """A group that Alice is in; its channel was just deleted. It is Thursday."""
    await moderator.slash(channel, "manage group", zone="UTC", day="Monday")
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    await env.bot.get_channel(channel.id).delete()


async def make_new(moderator, channel, **options):
    """Make a group where another one of the server has lost its channel."""
    asked = await moderator.slash(channel, "manage group", zone="UTC", **options)
    return await moderator.click(asked.response.message, label="Make a new group")


@pytest.mark.parametrize("command", ["group", "manage group"])
async def test_a_moderator_is_told_of_a_group_without_a_channel(lost, moderator, here, command):
    card = await moderator.slash(here, command)

    assert "A study group's channel is gone" in text_of(card)
    assert "Mondays at 09:00, Etc/UTC · 1 member" in text_of(card)
    assert labels_of(card) == ["Move it here", "Stop it"]
    assert card.response.ephemeral


async def test_members_are_not_told(lost, alice, here, env):
    card = await alice.slash(here, "group")

    assert "There is no study group in this channel." in text_of(card)
    assert env.errors


async def test_a_group_moves_with_its_members_and_goes_on(lost, moderator, alice, here, until):
    card = await moderator.slash(here, "manage group")

    await moderator.click(card.response.message, label="Move it here")
    await until(MONDAY)

    mine = await alice.slash(here, "group")
    assert f"<#{here.id}>" in text_of(card)
    assert "Pause" in labels_of(card)
    assert title_of(posts_in(here)[0]) == "Attention Is All You Need"
    assert "1 member" in text_of(mine)
    assert "Remind me" in labels_of(mine)


async def test_a_paper_that_waited_for_its_channel_comes_where_the_group_moved(
    lost, moderator, here, until, env
):
    await until(MONDAY)
    card = await moderator.slash(here, "manage group")

    await moderator.click(card.response.message, label="Move it here")
    await env.advance_time(A_MINUTE)

    assert len(posts_in(here)) == 1
    assert "⚠️" not in text_of(await moderator.slash(here, "group"))


async def test_a_group_that_is_stopped_is_not_told_of_again(lost, moderator, here, env):
    card = await moderator.slash(here, "group")

    await moderator.click(card.response.message, label="Stop it")
    again = await moderator.slash(here, "group")

    assert "Stopped: Mondays at 09:00, Etc/UTC." in text_of(card)
    assert "There is no study group in this channel." in text_of(again)
    assert env.errors


async def test_where_there_is_a_group_the_other_is_told_of_beside_it(lost, moderator, here):
    await make_new(moderator, here, day="Friday")
    changed = await moderator.slash(here, "manage group", day="Friday")
    card = await moderator.slash(here, "group")

    for answer in (changed, card):
        (beside,) = answer.followups
        assert "Fridays at 09:00" in text_of(answer)
        assert "in a channel without a group" in text_of(beside)
        assert labels_of(beside) == ["Stop it"]


async def test_a_group_made_meanwhile_keeps_its_channel(lost, moderator, here):
    card = await moderator.slash(here, "manage group")
    await make_new(moderator, here, day="Friday")

    refused = await moderator.click(card.response.message, label="Move it here")

    assert "That channel already has a study group." in text_of(refused)
    assert "Fridays at 09:00" in text_of(await moderator.slash(here, "group"))


@pytest.mark.parametrize("label", ["Move it here", "Stop it"])
async def test_a_group_that_another_moderator_moved_stays_there_and_goes_on(
    lost, moderator, here, guild, env, label
):
    role = guild.create_role("more", permissions=discord.Permissions(manage_guild=True))
    other = guild.add_member(env.create_user("other"), roles=[role])
    theirs = await other.slash(guild.create_text_channel("there"), "manage group")
    mine = await moderator.slash(here, "manage group")
    await moderator.click(mine.response.message, label="Move it here")

    refused = await other.click(theirs.response.message, label=label)

    assert "can't be used any more" in text_of(refused)
    assert "Mondays at 09:00" in text_of(await moderator.slash(here, "group"))


async def test_a_group_moves_only_where_it_can_post(lost, moderator, guild):
    deny = discord.PermissionOverwrite(send_messages=False)
    quiet = guild.create_text_channel("quiet", overwrites={guild.me: deny})
    card = await moderator.slash(quiet, "manage group")

    refused = await moderator.click(card.response.message, label="Move it here")

    assert "I need Send Messages" in text_of(refused)


async def test_many_are_settled_a_few_at_a_time(lost, moderator, guild, here, env):
    for number in range(7):
        place = guild.create_text_channel(f"room-{number}")
        await make_new(moderator, place)
        await env.bot.get_channel(place.id).delete()

    card = await moderator.slash(here, "group")

    assert "The channels of 8 groups are gone" in text_of(card)
    assert labels_of(card).count("Stop it") == 2
    assert "6 more after these." in text_of(card)


async def test_the_buttons_work_after_a_restart_and_only_for_their_opener(
    lost, moderator, alice, here, restart, env
):
    card = await moderator.slash(here, "manage group")
    forged_one = custom_id_of(card, "Stop it").replace(str(moderator.user.id), str(alice.user.id))
    public = await forged(env, here, forged_one)
    await restart()

    refused = await alice.click(public, label="Press")
    await moderator.click(card.response.message, label="Move it here")

    assert "can't be used any more" in text_of(refused)
    assert f"<#{here.id}>" in text_of(card)


async def test_settings_typed_where_a_group_lost_its_channel_ask_which_is_meant(
    lost, moderator, here, until
):
    asked = await moderator.slash(here, "manage group", zone="Seoul", day="Friday")
    said = text_of(asked), labels_of(asked)

    await moderator.click(asked.response.message, label="Move it here")
    await until(MONDAY)

    assert f"Move it to <#{here.id}>?" in said[0]
    assert "Mondays at 09:00, Etc/UTC · 1 member" in said[0]
    assert said[1] == ["Move it here", "Make a new group"]
    assert len(posts_in(here)) == 1


async def test_the_new_group_is_what_was_typed_where_it_was_meant(
    lost, moderator, guild, here, restart
):
    role = guild.create_role("readers")
    there = guild.create_text_channel("there")
    asked = await moderator.slash(
        here, "manage group", zone="Seoul", time="20:30", channel=there, role=role
    )
    await restart()

    made = await moderator.click(asked.response.message, label="Make a new group")

    assert f"<#{there.id}>" in text_of(made)
    assert "Mondays at 20:30, Asia/Seoul" in text_of(made)


async def test_without_a_zone_the_channel_that_was_named_is_where_it_may_move(
    lost, moderator, guild, here
):
    there = guild.create_text_channel("there")
    asked = await moderator.slash(here, "manage group", channel=there)
    labels = labels_of(asked)

    moved = await moderator.click(asked.response.message, label="Move it there")

    assert labels == ["Move it there"]
    assert f"<#{there.id}>" in text_of(moved)


async def test_the_form_of_the_hello_asks_too(lost, moderator, here, env):
    form = await pressed(env, here, moderator, "start-weekly")

    asked = await moderator.submit_modal(form, {"channel": [here], "zone": "Seoul"})

    assert labels_of(asked) == ["Move it here", "Make a new group"]


async def test_a_group_stopped_in_its_absence_can_be_brought_back(lost, moderator, here):
    card = await moderator.slash(here, "manage group")
    await moderator.click(card.response.message, label="Stop it")

    await moderator.click(card.response.message, label="Resume")
    again = await moderator.slash(here, "manage group")

    assert "Move it here" in labels_of(again)
