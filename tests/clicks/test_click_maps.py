"""*Map* and *We*: a picture in the place of the card, and the same in words without one."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.core.lists import Where
from bot.pictures.studio import Studio
from bot.services.opening import no_pictures
from tests.pictures.test_map import APPROVED
from tests.seen import NO_BREAK, labels_of, posts_in, text_of

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
A_PNG = (APPROVED / "list-new.png").read_bytes()


@pytest.fixture(scope="module")
def studio():
    with Studio(patience=20) as made:
        yield made


@pytest.fixture
def draw(studio, request):
    """What the bot of this test draws with: a process, as when it runs."""
    return getattr(request, "param", studio.draw)


def picture_in(message):
    """Return a message's one picture as it was sent, and what is said of it."""
    (attached,) = message.attachments
    (gallery,) = (part for part in walk(message.components) if part.get("type") == 12)
    (item,) = gallery["items"]
    return attached, item["description"].replace(NO_BREAK, " ")


def walk(parts):
    for part in parts:
        made = part if isinstance(part, dict) else part.to_dict()
        yield made
        yield from walk(made.get("components", []))


async def on_map(member, channel, label="Map", command="progress", **options):
    card = await member.slash(channel, command, **options)
    return (await member.click(card.response.message, label=label)).response.message


async def test_the_map_shows_where_a_reader_is(alice, channel):
    await alice.slash(channel, "done", resource="Attention Is All You Need")

    shown = await on_map(alice, channel)

    attached, said = picture_in(shown)
    assert said.startswith("Jump into LLM. 1 of 9 · ")
    assert "1 · Transformer: read, 1 of 1." in said
    assert "GPT-1: next, must-read, 35 min." in said
    assert "Appendix · Understanding NLP Tasks: locked, 0 of 1." in said
    assert labels_of(shown) == ["What's next?", "My progress"]
    assert attached.filename == "map.png"


async def test_the_way_has_a_map_of_its_own(alice, channel):
    shown = await on_map(alice, channel, command="path", resource="Llama 2")

    _, said = picture_in(shown)
    assert said.startswith("The way to: Llama 2. 0 of 10 · ")
    assert said.endswith("Llama 2: goal, 1 h 40 min.")
    assert labels_of(shown) == ["What's next?", "The way"]


async def test_back_leaves_no_picture_behind(alice, channel):
    shown = await on_map(alice, channel)

    card = (await alice.click(shown, label="My progress")).response.message

    assert card.attachments == []
    assert "0 of 9" in text_of(card)


async def test_a_shared_card_shows_the_map_to_all(alice, channel):
    await alice.slash(channel, "progress", share=True)

    (shared,) = (m for m in channel.history() if m.attachments)
    _, said = picture_in(shared)
    assert "0 of 9" in said
    assert "Attention Is All You Need: next" in said
    assert text_of(shared) == "📚 0 of 5 must-reads\n-# Deeper: 0 of 78"


@pytest.mark.parametrize("draw", [no_pictures], indirect=True)
async def test_without_a_picture_the_same_is_said_in_words(alice, channel):
    shown = await on_map(alice, channel)

    assert shown.attachments == []
    assert "### Jump into LLM\n0 of 9 · " in text_of(shown)
    assert "▶ Attention Is… 📚 · 45 min" in text_of(shown)
    assert "🔒 Appendix" in text_of(shown)

    await alice.slash(channel, "progress", share=True)
    (shared,) = (m for m in channel.history() if "0 of 9" in text_of(m))
    assert shared.attachments == []


async def test_we_shows_the_weeks_around_this_one(alice, moderator, channel, until):
    await moderator.slash(channel, "manage group", zone="UTC", day="Monday")
    await until(MONDAY)
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="More")
    shown = (await alice.click(card.response.message, label="We")).response.message

    _, said = picture_in(shown)
    assert "Mondays at 09:00, " in said
    assert "Attention Is All You Need: this week, 5 Jan." in said
    assert "GPT-1: to come, 12 Jan." in said
    assert labels_of(shown) == ["What's next?", "This group"]


async def test_a_group_that_is_paused_promises_no_papers(alice, moderator, channel, until):
    card = await moderator.slash(channel, "manage group", zone="UTC", day="Monday")
    await until(MONDAY)
    card = await moderator.slash(channel, "manage group")
    await moderator.click(card.response.message, label="Pause")
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="More")
    shown = (await alice.click(card.response.message, label="We")).response.message

    _, said = picture_in(shown)
    assert said.startswith("Jump into LLM. paused · ")
    assert "to come" not in said


async def test_we_counts_readers_from_three_on(alice, bob, moderator, channel, until, env):
    await moderator.slash(channel, "manage group", zone="UTC", day="Monday")
    await until(MONDAY)
    (post,) = posts_in(channel)
    told = []
    for member in (alice, bob, moderator):
        await member.click(post, label="I've read it")
        card = await alice.slash(channel, "group")
        await alice.click(card.response.message, label="More")
        shown = (await alice.click(card.response.message, label="We")).response.message
        told.append("read it" in picture_in(shown)[1])

    assert told == [False, False, True]
    assert "this week, 5 Jan, 3 read it." in picture_in(shown)[1]


async def test_who_goes_deeper_sees_where_they_are(alice, channel, env, base):
    listed = [each.key for each in base.reading_order if not each.addition]
    where = Where(channel.guild.id, channel.id)
    await env.bot.services.reading.mark_all(alice.id, where, listed)
    card = await alice.slash(channel, "next")
    await alice.click(card.response.message, label="Go deeper")

    _, said = picture_in(await on_map(alice, channel))

    assert "9 of 9 · 0 of 78 deeper." in said
    assert said.count(": next") == 2  # the step, and what comes next in it


async def test_where_discord_takes_no_picture_its_words_go_out(alice, channel, env):
    env.inject_error("POST", "*/callback", status=413, times=1)
    await alice.slash(channel, "progress", share=True)

    (shared,) = (m for m in channel.history() if "0 of 9" in text_of(m))
    assert shared.attachments == []
    assert "Attention Is All You Need: next" in text_of(shared)


def slow(png):
    async def draw(_chart):
        await asyncio.sleep(2)
        return png

    return draw


@pytest.mark.parametrize("draw", [slow(A_PNG)], indirect=True)
async def test_a_shared_map_that_comes_late_is_shown_to_all(alice, channel):
    await alice.slash(channel, "progress", share=True)

    (shared,) = (m for m in channel.history() if m.attachments)
    assert picture_in(shared)


@pytest.mark.parametrize("draw", [slow(None)], indirect=True)
async def test_a_slow_picture_is_waited_for_out_of_sight(alice, channel):
    shown = await on_map(alice, channel)

    assert "▶ Attention Is… 📚 · 45 min" in text_of(shown)
