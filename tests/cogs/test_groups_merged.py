"""Two groups into one, as their members and moderators see it."""

from datetime import UTC, datetime

import pytest

from tests.seen import custom_id_of, labels_of, options_of, posts_in, select_of, text_of

A_WEEK = 7 * 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def papers(guild):
    return guild.create_text_channel("papers")


@pytest.fixture
async def joined(moderator, alice, bob, channel, papers):
    """Two groups: Alice is in the first, Bob in the second, which reads on Tuesdays."""
    cards = []
    for place, who, day in ((channel, alice, "Monday"), (papers, bob, "Tuesday")):
        await moderator.slash(place, "manage group", zone="UTC", day=day)
        mine = await who.slash(place, "group")
        await who.click(mine.response.message, label="Join")
        cards.append(mine)
    return cards


@pytest.fixture
def bob(guild, env):
    return guild.add_member(env.create_user("bob"))


@pytest.fixture
def open_card(moderator):
    """Return what opens all of a group's card for a moderator."""

    async def opened(place):
        card = await moderator.slash(place, "manage group")
        return await moderator.click(card.response.message, label="More")

    return opened


@pytest.fixture
def offer(moderator, open_card):
    """Return what asks for a move to a channel that has a group."""

    async def asked(place, to):
        card = await open_card(place)
        select = f"group-move:{custom_id_of(card, 'Delete…').partition(':')[2]}"
        return await moderator.select(card.response.message, [to], custom_id=select)

    return asked


@pytest.fixture
def merge(moderator, offer):
    async def merges(place, to, word="merge"):
        card = await offer(place, to)
        form = await moderator.click(card.response.message, label="Merge…")
        return form, await moderator.submit_modal(form, {"word": word})

    return merges


async def test_a_move_to_a_channel_with_a_group_offers_to_merge_and_says_what_that_is(
    joined, offer, moderator, channel, papers
):
    card = await offer(channel, papers)
    said, buttons = text_of(card), labels_of(card)
    back = await moderator.click(card.response.message, label="Back")

    assert f"<#{papers.id}> has a group already" in said
    assert "Tuesdays at 09:00, Etc/UTC · 1 member" in said
    assert "Members go along, and picks and leaders to free weeks" in said
    assert "Its papers don't count as read there" in said
    assert "An open vote is cancelled." in said
    assert buttons == ["Merge…", "Back"]
    assert "Less" in labels_of(back)


async def test_who_leads_and_meetings_are_told_of_before_and_after(
    joined, offer, moderator, alice, bob, channel, papers
):
    await moderator.slash(channel, "manage group", meets="Thursday 20:00")
    for who, place in ((alice, channel), (bob, papers)):
        card = (await who.slash(place, "group")).response.message
        await who.select(card, [options_of(card)[1]], custom_id=select_of(card))
    card = await offer(channel, papers)
    said = text_of(card)

    form = await moderator.click(card.response.message, label="Merge…")
    done = await moderator.submit_modal(form, {"word": "merge"})

    assert "Votes and meetings are cancelled." in said
    assert f"No longer leading: <@{alice.id}>. Please tell them." in text_of(done)


async def test_another_word_merges_nothing(joined, merge, moderator, channel, papers):
    form, refused = await merge(channel, papers, "no")

    again = await moderator.click(refused.response.message, label="Merge…")

    assert "This can't be undone." in str(form.modal)
    assert "You typed “no”, so nothing was changed." in text_of(refused)
    assert again.modal
    assert "1 member" in text_of(await moderator.slash(channel, "group"))


async def test_the_merged_group_is_found_where_it_went(
    joined, merge, moderator, alice, bob, channel, papers, until, env
):
    await until(MONDAY)
    (paper,) = posts_in(channel)
    (mine, _), told = joined, f"That group is part of the one in <#{papers.id}> now."

    _, done = await merge(channel, papers)

    assert f"The group of <#{channel.id}> is part of this one now. 1 member came" in text_of(done)
    assert "Tuesdays at 09:00, Etc/UTC · 2 members" in text_of(done)
    assert told in text_of(await alice.slash(channel, "group"))
    assert told in text_of(await moderator.slash(channel, "manage pick", resource="BERT"))
    assert "You're in" not in text_of(await alice.click(paper, label="More"))
    for label in ("Remind me", "More", "Older"):
        await alice.click(mine.response.message, label=label)
    shown = text_of(mine)
    assert f"### <#{channel.id}>\n-# That group is part of this one now." in shown
    assert f"https://discord.com/channels/{channel.guild.id}" in shown
    assert "Attention" in shown
    joins = await bob.click(paper, label="Join")
    assert f"You're already in: <#{papers.id}>" in text_of(joins)
    read = await alice.click(paper, label="I've read it")
    assert "Join" not in labels_of(read.followups[0])
    await alice.click(mine.response.message, label="This group")
    assert f"<#{papers.id}>" in text_of(mine)
    assert env.errors  # of the commands in a channel without a group


async def test_old_cards_of_the_moderators_say_where_it_is(
    joined, merge, moderator, open_card, channel, papers, env
):
    old = await open_card(channel)
    await merge(channel, papers)
    await env.advance_time(4)

    said = [
        text_of(await moderator.click(old.response.message, label=label))
        for label in ("Pause", "Skip next", "First paper now", "Stop", "Delete…", "Less")
    ]

    assert all(f"part of the one in <#{papers.id}> now" in each for each in said), said


async def test_only_the_group_that_is_left_posts_and_the_channel_can_have_a_new_one(
    joined, merge, moderator, alice, channel, papers, until, env
):
    await merge(channel, papers)

    await until(MONDAY)
    await env.advance_time(A_WEEK)

    assert posts_in(channel) == []
    assert len(posts_in(papers)) == 1
    new = await moderator.slash(channel, "manage group", zone="UTC")
    assert "0 members" in text_of(new)
    assert "Join" in labels_of(await alice.slash(channel, "group"))


async def test_a_forums_post_says_where_its_group_went(
    moderator, alice, guild, papers, offer, merge, env
):
    forum = guild.create_forum_channel("forum")
    for place in (forum, papers):
        await moderator.slash(papers, "manage group", zone="UTC", channel=place)
    (post,) = forum.threads
    card = await moderator.slash(papers, "manage group", channel=forum)
    await moderator.click(card.response.message, label="More")
    select = f"group-move:{custom_id_of(card, 'Delete…').partition(':')[2]}"
    asked = await moderator.select(card.response.message, [papers], custom_id=select)
    form = await moderator.click(asked.response.message, label="Merge…")

    await moderator.submit_modal(form, {"word": "merge"})
    await env.advance_time(60)

    (top,) = post.history()
    assert f"This group now reads in <#{papers.id}>" in text_of(top)
    joins = await alice.click(top, label="Join")
    assert f"You're in: <#{papers.id}>" in text_of(joins)


async def test_a_running_vote_is_called_off_on_its_card(
    joined, merge, moderator, channel, papers, env
):
    await moderator.slash(channel, "manage vote")

    await merge(channel, papers)
    await env.advance_time(60)

    assert [m for m in channel.history() if " is cancelled" in text_of(m)]
    assert all(m.poll.is_finalised() for m in channel.history() if m.poll is not None)
