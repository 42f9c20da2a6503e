"""The card that tells a text or announcement channel of its new group."""

from datetime import UTC, datetime

import discord
import pytest
from simcord.backend import serializers

from tests.seen import custom_id_like, labels_of, posts_in, text_of

A_MINUTE, A_DAY = 60, 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
JOIN = (
    "-# **Join** to read with the group, with reminders if you like. `/group` here shows what comes"
    " next."
)


@pytest.fixture
async def started(moderator, channel):
    """The card of a group that was started just now. It is Thursday."""
    return await moderator.slash(channel, "manage group", zone="UTC")


def openings_in(channel):
    return [m for m in channel.history() if "to talk about" in text_of(m)]


async def move(moderator, opened, channel):
    select = custom_id_like(opened, "group-move:")
    await moderator.select(opened.response.message, [channel], custom_id=select)


def when(at, style="F"):
    return f"<t:{int(at.timestamp())}:{style}>"


async def test_a_channel_is_told_of_its_new_group_some_minutes_later(env, started, channel):
    at_once = openings_in(channel)

    await env.advance_time(6 * A_MINUTE)

    (card,) = openings_in(channel)
    assert at_once == []
    assert "I'll tell <#" in text_of(started)
    assert text_of(card).splitlines() == [
        "### A paper every week, to talk about",
        f"From *Jump into LLM*, in <#{channel.id}>: **Mondays at 09:00, Etc/UTC**.",
        f"First, on {when(MONDAY)}: Attention Is All You Need",
        f"Then, on {when(MONDAY.replace(day=12), 'D')}: GPT-1",
        JOIN,
    ]
    assert labels_of(card) == ["Join", "This group"]


async def test_an_announcement_channel_is_told_in_the_same_way(env, moderator, guild):
    news = guild.create_news_channel("news")
    await moderator.slash(news, "manage group", zone="UTC")

    await env.advance_time(6 * A_MINUTE)

    assert len(openings_in(news)) == 1


async def test_the_first_paper_now_tells_it_itself(env, started, moderator, channel):
    await moderator.click(started.response.message, label="First paper now")
    await env.advance_time(10 * A_MINUTE)
    (paper,) = posts_in(channel)
    await env.advance_time(14 * A_DAY)

    told = "-# The group's first paper. Papers come on Mondays at 09:00, Etc/UTC."
    assert openings_in(channel) == []
    assert told in text_of(paper).splitlines()
    assert [told in text_of(post) for post in posts_in(channel)].count(True) == 1


@pytest.mark.parametrize(
    ("zone", "often", "told"),
    [
        ("America/Los_Angeles", {}, "Mondays at 09:00, America/Los_Angeles."),
        ("Europe/Amsterdam", {"day": "Thursday"}, "Thursdays at 09:00, Europe/Amsterdam."),
        ("UTC", {"every": 2}, "Mondays at 09:00, Etc/UTC, every 2 weeks."),
    ],
)
async def test_a_first_paper_that_also_tells_of_a_meeting_says_when_papers_come(
    env, moderator, channel, zone, often, told
):
    meets = {"meets": "Thursday 20:00", **often}
    started = await moderator.slash(channel, "manage group", zone=zone, **meets)
    await moderator.click(started.response.message, label="First paper now")
    await env.advance_time(A_MINUTE)

    (paper,) = posts_in(channel)
    assert "Meets <t:" in text_of(paper)
    assert f"-# The group's first paper. Papers come on {told}" in text_of(paper).splitlines()


async def test_the_first_paper_after_the_card_leaves_both_and_the_card_names_none_any_more(
    env, started, moderator, channel
):
    await env.advance_time(6 * A_MINUTE)
    await moderator.click(started.response.message, label="First paper now")
    await env.advance_time(10 * A_MINUTE)

    (card,), (paper,) = openings_in(channel), posts_in(channel)
    assert "The group's first paper" not in text_of(paper)
    assert "First, on" not in text_of(card)


async def test_a_group_that_has_moved_tells_its_new_channel(
    env, started, moderator, channel, guild
):
    other = guild.create_text_channel("other")
    opened = await moderator.click(started.response.message, label="More")
    await move(moderator, opened, other)
    await env.advance_time(6 * A_MINUTE)

    assert openings_in(channel) == []
    assert len(openings_in(other)) == 1


async def test_a_card_that_stands_says_where_the_group_is_now(
    env, started, moderator, channel, guild
):
    await env.advance_time(6 * A_MINUTE)
    other = guild.create_text_channel("other")
    opened = await moderator.click(started.response.message, label="More")
    await move(moderator, opened, other)
    await env.advance_time(6 * A_MINUTE)

    (card,) = openings_in(channel)
    assert f"in <#{other.id}>" in text_of(card)
    assert openings_in(other) == []


async def test_a_group_that_was_stopped_is_told_of_once_it_goes_on(
    env, started, moderator, channel
):
    opened = await moderator.click(started.response.message, label="More")
    stopped = await moderator.click(opened.response.message, label="Stop")
    await env.advance_time(6 * A_MINUTE)
    meanwhile = openings_in(channel)
    await moderator.click(stopped.response.message, label="Resume")
    await env.advance_time(6 * A_MINUTE)

    assert meanwhile == []
    assert len(openings_in(channel)) == 1


async def test_a_group_is_told_of_once_however_often_it_stops(env, started, moderator, channel):
    await env.advance_time(6 * A_MINUTE)
    opened = await moderator.click(started.response.message, label="More")
    stopped = await moderator.click(opened.response.message, label="Stop")
    await env.advance_time(6 * A_MINUTE)
    (card,) = openings_in(channel)
    assert "Stopped." in text_of(card)
    await moderator.click(stopped.response.message, label="Resume")
    await moderator.slash(channel, "manage group", day="Friday")
    await env.advance_time(6 * A_MINUTE)

    (card,) = openings_in(channel)
    assert "Fridays at 09:00" in text_of(card)


async def test_three_who_joined_are_counted_and_nobody_is_named(
    env, started, channel, alice, guild
):
    await env.advance_time(6 * A_MINUTE)
    (card,) = openings_in(channel)
    members = [alice, *(guild.add_member(env.create_user(f"reader-{n}")) for n in range(2))]
    for member in members:
        answer = await member.click(card, label="Join")
        assert "You're in" in text_of(answer)
    await env.advance_time(6 * A_MINUTE)

    (card,) = openings_in(channel)
    assert "3 people are reading along." in text_of(card).splitlines()
    assert "<@" not in text_of(card)


async def test_where_i_may_not_send_it_waits_and_the_first_paper_tells_it(
    env, started, moderator, channel, guild, until
):
    def may(sends):
        return discord.PermissionOverwrite(send_messages=sends)

    room = env.bot.get_channel(channel.id)
    await room.set_permissions(guild.me, overwrite=may(False))
    await env.advance_time(6 * A_MINUTE)
    card = await moderator.slash(channel, "manage group")
    await until(MONDAY)
    await room.set_permissions(guild.me, overwrite=may(True))
    await env.advance_time(20 * A_MINUTE)

    (paper,) = posts_in(channel)
    assert "Send Messages" in text_of(card)
    assert openings_in(channel) == []
    assert "The group's first paper" in text_of(paper)


@pytest.mark.parametrize(
    ("status", "code"), [(403, 50013), (403, 50001), (404, 10003), (400, 200000)]
)
async def test_what_discord_refuses_for_a_while_is_told_later(
    env, started, moderator, channel, status, code
):
    path = f"/channels/{channel.id}/messages"
    env.inject_error("POST", path, status=status, code=code, times=1)
    await env.advance_time(6 * A_MINUTE)
    at_once, card = openings_in(channel), await moderator.slash(channel, "manage group")

    await env.advance_time(61 * A_MINUTE)

    assert at_once == []
    assert "I'll tell <#" in text_of(card)
    assert len(openings_in(channel)) == 1


async def test_where_the_channel_is_hidden_its_card_waits_to_be_put_right(
    env, started, moderator, channel, guild
):
    await env.advance_time(6 * A_MINUTE)
    elsewhere, here = guild.create_text_channel("other"), env.bot.get_channel(channel.id)
    card = await moderator.slash(elsewhere, "manage group", channel=channel)
    await here.set_permissions(guild.me, overwrite=discord.PermissionOverwrite(view_channel=False))
    await moderator.click(card.response.message, label="Pause")
    await env.advance_time(6 * A_MINUTE)
    before = text_of(openings_in(channel)[0])

    env.backend.get_channel(channel.id).overwrites.clear()
    shown = serializers.channel_payload(env.backend, env.backend.get_channel(channel.id))
    env.backend.emit("CHANNEL_UPDATE", shown)
    await env.advance_time(61 * A_MINUTE)

    assert "made up" not in before
    assert "made up" in text_of(openings_in(channel)[0])


async def test_the_card_of_a_deleted_group_says_that_it_is_over(env, started, moderator, channel):
    await env.advance_time(6 * A_MINUTE)
    (card,) = openings_in(channel)
    opened = await moderator.click(started.response.message, label="More")
    form = await moderator.click(opened.response.message, label="Delete…")
    await moderator.submit_modal(form, {"word": "delete"})
    await env.advance_time(A_MINUTE)

    assert "This study group is over" in text_of(channel.history()[0])
    assert labels_of(channel.history()[0]) == []
    assert openings_in(channel) == []
    assert card.id == channel.history()[0].id


async def test_the_buttons_of_a_deleted_group_say_so(env, started, moderator, channel, alice):
    await env.advance_time(6 * A_MINUTE)
    (card,) = openings_in(channel)
    group = await env.bot.services.groups.find(channel.id)
    await env.bot.services.groups.delete(group.guild_id, group.group_id, moderator.id)

    answers = [await alice.click(card, label=label) for label in ("Join", "This group")]

    assert all("`/manage group`" in text_of(answer) for answer in answers)


async def test_a_pick_for_the_first_week_is_named(env, started, moderator, channel):
    await env.advance_time(6 * A_MINUTE)
    await moderator.slash(channel, "manage pick", resource="LoRA")
    await env.advance_time(6 * A_MINUTE)

    (card,) = openings_in(channel)
    assert f"First, on {when(MONDAY)}: LoRA · 📌 picked" in text_of(card)


@pytest.fixture
async def in_forum(env, moderator, channel, guild):
    """A forum with the post of a group that was started there, and the moderator's card."""
    forum = guild.create_forum_channel("papers")
    await moderator.slash(channel, "manage group", zone="UTC", channel=forum)
    await env.advance_time(6 * A_MINUTE)
    return forum, await moderator.slash(channel, "manage group", channel=forum)


async def more_of(moderator, card):
    return await moderator.click(card.response.message, label="More")


async def test_a_group_that_left_its_forum_says_so_there_and_tells_its_new_channel(
    env, in_forum, moderator, channel
):
    forum, card = in_forum
    await move(moderator, await more_of(moderator, card), channel)
    await moderator.slash(channel, "manage group", day="Friday")
    await env.advance_time(6 * A_MINUTE)

    left = text_of(forum.threads[0].history()[0])
    assert f"in <#{channel.id}>: **Fridays at 09:00" in left
    assert len(openings_in(channel)) == 1


async def test_a_group_that_left_its_forum_after_a_paper_says_so_there_alone(
    env, in_forum, moderator, channel, until
):
    forum, _ = in_forum
    await until(MONDAY)
    card = await moderator.slash(channel, "manage group", channel=forum)
    await move(moderator, await more_of(moderator, card), channel)
    await until(MONDAY.replace(day=12))

    assert f"in <#{channel.id}>: **Mondays" in text_of(forum.threads[0].history()[0])
    assert openings_in(channel) == []
    assert ["The group's first paper" in text_of(post) for post in posts_in(channel)] == [False]


async def test_a_group_that_moved_into_a_forum_says_so_where_it_was(
    env, started, moderator, channel, guild
):
    await env.advance_time(6 * A_MINUTE)
    forum = guild.create_forum_channel("papers")
    await move(moderator, await more_of(moderator, started), forum)
    await env.advance_time(6 * A_MINUTE)

    (card,) = openings_in(channel)
    assert f"in <#{forum.id}>" in text_of(card)
    assert "here in this post" in text_of(forum.threads[0].history()[0])


async def test_the_first_paper_tells_a_channel_to_which_the_group_moved(
    env, started, moderator, channel, guild, until
):
    await env.advance_time(6 * A_MINUTE)
    other = guild.create_text_channel("other")
    await move(moderator, await more_of(moderator, started), other)
    await until(MONDAY)

    (paper,) = posts_in(other)
    assert openings_in(other) == []
    assert "The group's first paper. Papers come on Mondays" in text_of(paper)


async def test_a_group_that_moved_there_and_back_has_told_its_channel(
    env, started, moderator, channel, guild, until
):
    await env.advance_time(6 * A_MINUTE)
    for to in (guild.create_text_channel("other"), channel):
        await move(moderator, await more_of(moderator, started), to)
        await env.advance_time(A_MINUTE)
    await until(MONDAY)

    (paper,) = posts_in(channel)
    assert len(openings_in(channel)) == 1
    assert "The group's first paper" not in text_of(paper)
