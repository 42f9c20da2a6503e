"""A living group gets another channel, or is deleted by a typed word."""

from datetime import UTC, datetime

import discord
import pytest

from tests.seen import custom_id_of, labels_of, posts_in, text_of, title_of

A_MINUTE = 60
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
async def card(moderator, alice, channel):
    """The open card of a group that reads on Mondays and has Alice. It is Thursday."""
    made = await moderator.slash(channel, "manage group", zone="UTC")
    mine = await alice.slash(channel, "group")
    await alice.click(mine.response.message, label="Join")
    return await moderator.click(made.response.message, label="More")


@pytest.fixture
def move(moderator, card):
    async def to(channel):
        select = f"group-move:{custom_id_of(card, 'Delete…').partition(':')[2]}"
        return await moderator.select(card.response.message, [channel], custom_id=select)

    return to


@pytest.fixture
def delete(moderator, card):
    async def typed(word):
        form = await moderator.click(card.response.message, label="Delete…")
        return form, await moderator.submit_modal(form, {"word": word})

    return typed


async def test_more_opens_in_place_and_is_put_away(card, moderator):
    opened = labels_of(card)

    closed = await moderator.click(card.response.message, label="Less")

    often = ["Pause", "Skip next", "First paper now"]
    seldom = ["Meeting…", "Days off…", "Pause until…", "Stop", "Delete…"]
    assert opened == [*often, "Less", *seldom]
    assert labels_of(closed)[-1] == "More"


async def test_a_living_group_moves_with_all_it_has(card, move, alice, guild, channel, until):
    there = guild.create_text_channel("there")

    moved = await move(there)
    await until(MONDAY)

    assert f"Moved from <#{channel.id}>" in text_of(moved)
    assert title_of(posts_in(there)[0]) == "Attention Is All You Need"
    assert posts_in(channel) == []
    assert "1 member" in text_of(await alice.slash(there, "group"))


async def test_a_group_moves_into_a_forum_and_gets_a_post_there(card, move, guild, until):
    forum = guild.create_forum_channel("forum")

    await move(forum)
    await until(MONDAY)

    (post,) = forum.threads
    assert len(posts_in(post)) == 1


async def test_a_group_moves_only_where_it_can_post(card, move, guild):
    deny = discord.PermissionOverwrite(send_messages=False)
    quiet = guild.create_text_channel("quiet", overwrites={guild.me: deny})

    assert "I need Send Messages" in text_of(await move(quiet))


async def test_the_form_says_what_goes_and_another_word_deletes_nothing(
    card, delete, moderator, alice, channel
):
    form, refused = await delete("yes")
    said = text_of(refused)

    again = await moderator.click(refused.response.message, label="Delete…")
    mine = await alice.slash(channel, "group")

    shown = str(form.modal)
    assert "its members, its past and coming weeks" in shown
    assert "everybody keeps their marks" in shown
    assert "Type the word delete" in shown
    assert "You typed “yes”, so nothing was changed." in said
    assert again.modal
    assert "1 member" in text_of(mine)


async def test_a_deleted_group_is_gone_and_nothing_is_posted_any_more(
    card, delete, moderator, alice, channel, until, env
):
    await env.advance_time(4)
    await moderator.click(card.response.message, label="First paper now")
    (post,) = posts_in(channel)
    await alice.click(post, label="I've read it")
    mine = await alice.slash(channel, "group")
    await moderator.slash(channel, "manage vote")
    card_again = await moderator.slash(channel, "manage group")
    await moderator.click(card_again.response.message, label="More")
    form = await moderator.click(card_again.response.message, label="Delete…")

    done = await moderator.submit_modal(form, {"word": " delete "})
    before = len(channel.history())
    await until(datetime(2026, 1, 13, tzinfo=UTC))

    assert "is deleted. Everybody keeps their marks." in text_of(done)
    assert len(channel.history()) == before
    assert all(m.poll.is_finalised() for m in channel.history() if m.poll is not None)
    assert [text_of(m) for m in channel.history() if "Vote in the poll" in text_of(m)] == []
    assert [m for m in channel.history() if "This vote is cancelled" in text_of(m)]
    old = [
        await alice.click(post, label="I've read it"),
        await alice.click(mine.response.message, label="Remind me"),
        await alice.slash(channel, "group"),
    ]
    assert "I don't know this post any more." in text_of(old[0])
    assert all("There is no study group" in text_of(each) for each in old[1:])
    assert "1 of 9" in text_of(await alice.slash(channel, "progress"))
    assert "Pause" in labels_of(await moderator.slash(channel, "manage group", zone="UTC"))
    assert env.errors
