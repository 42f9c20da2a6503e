from datetime import UTC, datetime

import pytest

from tests.forged import pressed
from tests.seen import labels_of, text_of

A_MINUTE, A_DAY = 60, 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
async def past(group, env, until):
    """Eleven weeks, which is more than a list of nine papers and its must-reads may need."""
    await until(MONDAY)
    for _ in range(10):
        await env.advance_time(7 * A_DAY)


async def test_history_names_past_papers_with_dates_and_links(group, until, alice, channel):
    await until(MONDAY)
    card = await alice.slash(channel, "group")

    await alice.click(card.response.message, label="More")
    await alice.click(card.response.message, label="Older")

    (thread,) = channel.threads
    assert f"<t:{int(MONDAY.timestamp())}:d> [**Attention Is All You Need**]" in text_of(card)
    assert f"https://discord.com/channels/{channel.guild.id}/{thread.id}" in text_of(card)
    assert "read it" not in text_of(card)
    assert labels_of(card) == ["This group"]


async def test_history_has_pages_and_leads_back(past, alice, channel, restart):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="More")
    await alice.click(card.response.message, label="Older")
    newest = text_of(card)
    await restart()

    for _ in range(2):
        await alice.click(card.response.message, label="Older")
    oldest, there = text_of(card), labels_of(card)
    for _ in range(2):
        await alice.click(card.response.message, label="Newer")
    back = text_of(card)
    await alice.click(card.response.message, label="This group")

    assert newest.count("<t:") == 5
    assert newest.splitlines()[1] == "-# **Mar 2026** · 1 paper"
    assert "Attention Is" not in newest
    assert "Attention Is" in oldest
    assert there == ["Newer", "This group"]
    assert back == newest
    assert "More" in labels_of(card)


async def test_a_group_without_a_past_has_nothing_older(group, alice, channel):
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="Join")
    await alice.click(card.response.message, label="More")

    assert "Leave" in labels_of(card)
    assert "Older" not in labels_of(card)


async def test_a_group_of_another_server_stays_closed(group, until, env, channel):
    await until(MONDAY)
    elsewhere = env.create_guild("Elsewhere")
    place = elsewhere.create_text_channel("reading")
    stranger = elsewhere.add_member(env.create_user("mallory"))
    group_id = (await env.bot.services.groups.find(channel.id)).group_id
    for custom_id in (f"past:{group_id}:0", f"group-card:{group_id}"):
        answer = await pressed(env, place, stranger, custom_id)

        assert "There is no study group in this channel." in text_of(answer)
        assert "Attention" not in text_of(answer)


async def test_who_said_done_elsewhere_is_counted_too(group, until, guild, channel, env, alice):
    for name in ("bob", "carol", "dave"):
        member = guild.add_member(env.create_user(name))
        card = await member.slash(channel, "group")
        await member.click(card.response.message, label="Join")
        await member.slash(channel, "done", resource="Attention Is All You Need")
    await until(MONDAY)
    await env.advance_time(7 * A_DAY)

    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="More")
    before = text_of(card)
    await alice.click(card.response.message, label="Older")

    assert "Before that: Attention Is All You Need; 3 people read it." in before
    assert "✅ 3 read it" in text_of(card)
