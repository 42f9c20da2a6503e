"""Suggestions as members see them: made, wanted too, taken back."""

import discord
import pytest

from bot.cogs.suggestions import MESSAGE_COMMAND
from bot.core.suggestions import MOST_OPEN
from tests.seen import labels_of, option_labels_of, options_of, select_of, text_of

A_DAY = 24 * 3600
LINK = "https://example.org/mamba"
BERT = "https://arxiv.org/abs/1810.04805"


@pytest.fixture
def other_app(guild, channel):
    """An app that posts into the channel."""
    return guild.create_webhook(channel, "Papers")


async def test_a_suggestion_is_made_in_one_go_and_taken_back(alice, channel):
    made = await alice.slash(channel, "suggest", link=LINK, why="It scales")
    said = text_of(made)
    all_of_them = await alice.click(made.response, label="All suggestions")
    listed = text_of(all_of_them)

    again = await alice.slash(channel, "suggest", link=f"{LINK}?utm_source=x")
    told = text_of(again)
    dropped = await alice.click(again.response, label="I don't want it any more")

    assert made.ephemeral
    assert said.startswith("✅ Suggested. The moderators decide")
    assert "> It scales" in said
    assert listed.startswith("-# 1 suggestion waits\n")
    assert listed.endswith("· you want it")
    assert told.startswith("Already suggested. You want it, too.")
    assert "Nothing is suggested just now." in text_of(dropped)


async def test_others_see_titles_alone_and_want_them_too(alice, bob, channel):
    await alice.slash(channel, "suggest", link=LINK, why="It scales")

    shown = await bob.slash(channel, "suggest")
    seen, offered = text_of(shown), option_labels_of(shown)
    wanted = await bob.select(shown.response, options_of(shown), custom_id=select_of(shown))

    assert "It scales" not in seen
    assert f"<@{alice.id}>" not in seen
    assert offered == ["example.org/mamba"]
    assert text_of(wanted).startswith("👍 Noted: you want it, too.")
    assert "It scales" not in text_of(wanted)


async def test_what_is_listed_already_opens_its_card(alice, channel):
    shown = await alice.slash(channel, "suggest", link=BERT)

    assert "BERT: Pre-training" in text_of(shown)
    assert "Done" in labels_of(shown)


async def test_why_is_asked_in_a_form_that_knows_what_was_said(alice, channel):
    made = await alice.slash(channel, "suggest", link=LINK, why="It scales")

    form = await alice.click(made.response, label="Change why…")
    changed = await alice.submit_modal(form, {"why": "It is fast"})

    assert value_of(form) == "It scales"
    assert "> It is fast" in text_of(changed)
    assert "It scales" not in text_of(changed)


async def test_five_wait_at_once_and_no_more(env, alice, bob, channel):
    for n in range(MOST_OPEN):
        await alice.slash(channel, "suggest", link=f"https://example.org/{n}")
    refused = await alice.slash(channel, "suggest", link="https://example.org/more")
    others = await bob.slash(channel, "suggest", link="https://example.org/more")

    assert text_of(refused).startswith("Your 5 suggestions still wait for the moderators")
    assert text_of(others).startswith("✅ Suggested.")
    assert env.errors


@pytest.mark.parametrize("typed", ["no link", "javascript:alert(1)", "http://localhost/x"])
async def test_what_is_no_link_is_not_suggested(env, alice, channel, typed):
    refused = await alice.slash(channel, "suggest", link=typed)
    shown = await alice.slash(channel, "suggest")

    assert not text_of(refused).startswith("✅")
    assert "Nothing is suggested just now." in text_of(shown)
    assert env.errors


async def test_a_link_in_a_message_is_suggested_from_it(env, alice, bob, channel):
    one = await bob.send(channel, f"Have you read {LINK}? It is good.")
    two = await bob.send(channel, f"{LINK} and <https://example.org/rwkv>, and {LINK}.")
    none = await bob.send(channel, "No link here.")

    from_one = await alice.context_menu(channel, MESSAGE_COMMAND, one)
    told = text_of(from_one)
    from_two = await alice.context_menu(channel, MESSAGE_COMMAND, two)
    offered = option_labels_of(from_two)
    picked = await alice.select(
        from_two.response, [options_of(from_two)[1]], custom_id=select_of(from_two)
    )
    from_none = await alice.context_menu(channel, MESSAGE_COMMAND, none)

    assert told.startswith("✅ Suggested.")
    assert offered == ["example.org/mamba", "example.org/rwkv"]
    assert text_of(picked).startswith("✅ Suggested.")
    assert text_of(from_none).startswith("I found no link in that message.")
    assert env.errors


@pytest.mark.parametrize(
    "embed",
    [
        discord.Embed(title="Mamba", url=LINK, description="Also: https://example.org/aside"),
        discord.Embed(description=f"Read [Mamba]({LINK})."),
        discord.Embed(title="New").add_field(name="Link", value=LINK),
    ],
    ids=["title", "description", "field"],
)
async def test_a_link_in_the_embed_of_another_app_is_suggested(alice, channel, other_app, embed):
    posted = await other_app.send("A new paper", embed=embed)

    card = await alice.context_menu(channel, MESSAGE_COMMAND, posted)

    assert text_of(card).startswith("✅ Suggested.")
    assert "example.org/mamba" in text_of(card)


async def test_what_is_written_comes_before_the_embeds_that_discord_adds(alice, channel, other_app):
    unfurled = discord.Embed(url=LINK, description="More on https://example.org/aside")
    posted = await other_app.send(LINK, embed=unfurled)

    card = await alice.context_menu(channel, MESSAGE_COMMAND, posted)

    assert text_of(card).startswith("✅ Suggested.")


async def test_a_link_in_a_forwarded_message_is_suggested(alice, bob, channel):
    forwarded = await bob.forward(await bob.send(channel, f"Read {LINK}"), channel)

    card = await alice.context_menu(channel, MESSAGE_COMMAND, forwarded)

    assert text_of(card).startswith("✅ Suggested.")


async def test_who_would_lead_says_so_where_there_is_a_group(alice, moderator, channel):
    before = await alice.slash(channel, "suggest", link=LINK)
    had = labels_of(before)
    await moderator.slash(channel, "manage group", zone="Asia/Seoul")
    made = await alice.slash(channel, "suggest", link="https://example.org/rwkv")

    led = await alice.click(made.response, label="And I'd lead it")
    said = text_of(led)
    not_led = await alice.click(led.response, label="I won't lead it")

    assert "And I'd lead it" not in had
    assert "🎤 You would lead it." in said
    assert "lead it" not in text_of(not_led)


def value_of(form):
    (field,) = (label["component"] for label in form.modal["components"])
    return field["value"]


# What became of it


@pytest.fixture
async def settled(env, alice, bob, moderator, channel):
    """Alice suggests two; the first is taken, the second declined in a moderator's own words."""
    await alice.slash(channel, "suggest", link=LINK)
    await alice.slash(channel, "suggest", link="https://example.org/rwkv")
    await bob.slash(channel, "suggest", link=LINK)
    card = await moderator.slash(channel, "manage inbox")
    await env.advance_time(4)
    await moderator.click(card.response.message, label="Accept")
    await env.advance_time(4)
    form = await moderator.click(card.response.message, label="Decline…")
    await moderator.submit_modal(form, {"reason": ["words"], "why": "We read it in May."})
    return card


def news_of(member):
    dm = member.user.dm_channel
    return [text_of(message) for message in dm.history()] if dm else []


@pytest.mark.usefixtures("settled")
async def test_whoever_wanted_it_is_told_in_one_message_at_their_hour(env, alice, bob):
    before = news_of(alice)
    await env.advance_time(A_DAY)
    told, bobs = news_of(alice), news_of(bob)
    await env.advance_time(8 * A_DAY)

    assert before == []
    (message,) = told
    assert "✅ You wanted it, and it is on the list of Study room now: example.org" in message
    assert "➖ Not taken in Study room: example.org" in message
    assert "> We read it in May." in message
    assert len(bobs) == 1
    assert (news_of(alice), news_of(bob)) == (told, bobs)


@pytest.mark.usefixtures("settled")
async def test_whoever_types_a_command_before_is_told_there_and_gets_no_message(
    env, alice, channel
):
    card = await alice.slash(channel, "next")
    again = await alice.slash(channel, "next")
    await env.advance_time(2 * A_DAY)

    (told,) = card.followups
    assert told.ephemeral
    assert "on the list of Study room now" in text_of(told.message)
    assert again.followups == []
    assert news_of(alice) == []


@pytest.mark.usefixtures("settled")
async def test_the_server_of_another_process_is_named_too(env, alice, guild, elsewhere):
    _, place = elsewhere
    there = place.guild.add_member(alice.user)
    env.bot.shard_ids, env.bot.shard_count = [1 - (guild.id >> 22) % 2], 2
    env.bot._connection._remove_guild(env.bot.get_guild(guild.id))  # noqa: SLF001 - as if never told

    card = await there.slash(place, "next")

    assert "on the list of Study room now" in text_of(card.followups[0].message)


@pytest.mark.usefixtures("settled")
async def test_whose_direct_messages_are_closed_is_told_at_the_next_command(env, alice, channel):
    messages = f"/channels/{alice.user.dm_channel.id}/messages"
    env.inject_error("POST", messages, status=403, code=50007)
    await env.advance_time(2 * A_DAY)
    card = await alice.slash(channel, "next")

    assert news_of(alice) == []
    assert "on the list of Study room now" in text_of(card.followups[0].message)


async def test_what_was_taken_back_before_the_hour_is_not_told(env, alice, moderator, channel):
    await alice.slash(channel, "suggest", link=LINK)
    card = await moderator.slash(channel, "manage inbox")
    await env.advance_time(4)
    await moderator.click(card.response.message, label="Accept")
    await env.advance_time(4)
    await moderator.click(card.response.message, label="Undo")
    await env.advance_time(2 * A_DAY)

    assert news_of(alice) == []
