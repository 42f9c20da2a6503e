"""The inbox: a moderator settles what members suggested and doubt, one matter after the other."""

import discord
import pytest

from bot.core.lists import Where
from tests.seen import labels_of, option_labels_of, select_of, text_of, title_of

LINK, OTHER = "https://example.org/mamba", "https://example.org/rwkv"


@pytest.fixture
def press(env):
    """Return what presses a button a while later, so that it is no slip."""

    async def pressed(member, card, label):
        await env.advance_time(4)
        return await member.click(card.response.message, label=label)

    return pressed


@pytest.fixture
async def suggested(alice, bob, channel):
    """Two suggestions: Alice's first is wanted by both."""
    await alice.slash(channel, "suggest", link=OTHER)
    made = await alice.slash(channel, "suggest", link=LINK, why="It scales")
    await bob.slash(channel, "suggest", link=LINK, why="We need it")
    return made


async def test_an_empty_inbox_says_what_comes_there(moderator, channel):
    shown = await moderator.slash(channel, "manage inbox")

    assert shown.ephemeral
    assert text_of(shown).startswith("📭 Nothing waits for you.")
    assert labels_of(shown) == []


@pytest.mark.usefixtures("suggested")
async def test_the_most_wanted_comes_first_and_settling_it_shows_the_next(
    moderator, channel, press
):
    card = await moderator.slash(channel, "manage inbox")
    first = text_of(card)
    taken = text_of(await press(moderator, card, "Accept"))
    declined = await press(moderator, card, "Decline…")
    done = text_of(await moderator.submit_modal(declined, {"reason": ["known"], "why": ""}))

    assert first.startswith("-# 2 suggestions\n")
    assert "example.org" in first
    assert "2 members want it.\n> It scales\n> We need it" in first
    assert "✅ It is on the list now: **example.org" in taken
    assert "```\n- [example.org/mamba](https://example.org/mamba)" in taken
    assert "-# 1 suggestion" in taken
    assert "rwkv" in taken
    assert done.startswith("➖ Declined:")
    assert "> The list has something like it." in done
    assert "📭 Nothing waits for you." in done


@pytest.mark.usefixtures("suggested")
async def test_what_was_accepted_is_on_the_list_and_undo_takes_it_off_again(
    alice, moderator, channel, press
):
    card = await moderator.slash(channel, "manage inbox")
    await press(moderator, card, "Accept")
    found = text_of(await alice.slash(channel, "search", query=LINK))
    undone = text_of(await press(moderator, card, "Undo"))
    gone = text_of(await alice.slash(channel, "search", query=LINK))

    assert "Added by this server" in found
    assert undone.startswith("↩️ It waits again.\n-# 2 suggestions")
    assert "Nothing on the list fits" in gone


@pytest.mark.usefixtures("suggested")
async def test_a_reason_in_words_of_its_own_and_undo(env, moderator, channel, press):
    card = await moderator.slash(channel, "manage inbox")
    form = await press(moderator, card, "Decline…")
    declined = text_of(
        await moderator.submit_modal(form, {"reason": ["words"], "why": "We read it in May."})
    )
    undone = text_of(await press(moderator, card, "Undo"))

    assert "> We read it in May." in declined
    assert undone.startswith("↩️ It waits again.\n-# 2 suggestions")


@pytest.mark.usefixtures("suggested")
async def test_it_is_edited_before_it_is_accepted(alice, moderator, channel, press):
    card = await moderator.slash(channel, "manage inbox")
    form = await press(moderator, card, "Edit")
    filled = {"title": "Mamba", "authors": "Gu, 2023", "minutes": "40", "kind": ["paper"]}
    edited = await moderator.submit_modal(form, {**filled, "notes": ""})
    before = text_of(edited)
    await press(moderator, edited, "Accept")
    found = await alice.slash(channel, "search", query="Mamba")

    assert "Gu · 2023 · 📄 40 min" in before
    assert "> It scales" in before
    assert before.startswith("-# 2 suggestions\n")
    assert title_of(found) == "Mamba"


@pytest.mark.usefixtures("suggested")
async def test_of_two_moderators_the_second_is_told(env, guild, moderator, channel, press):
    role = guild.create_role("too", permissions=discord.Permissions(manage_guild=True))
    other = guild.add_member(env.create_user("other"), roles=[role])
    mine = await moderator.slash(channel, "manage inbox")
    theirs = await other.slash(channel, "manage inbox")

    await press(other, theirs, "Accept")
    late = text_of(await press(moderator, mine, "Accept"))
    form = await press(moderator, mine, "Decline…")
    await press(other, theirs, "Accept")
    later = text_of(await moderator.submit_modal(form, {"reason": ["known"], "why": ""}))

    assert late.startswith(f"<@{other.id}> was quicker, and took it: **example.org")
    assert "-# 1 suggestion" in late
    assert later.startswith(f"<@{other.id}> was quicker, and took it: **example.org")


@pytest.mark.usefixtures("suggested")
async def test_next_shows_the_others_without_settling(moderator, channel, press):
    card = await moderator.slash(channel, "manage inbox")
    second = text_of(await press(moderator, card, "Next one ▸"))
    first = text_of(await press(moderator, card, "Next one ▸"))

    assert "rwkv" in second
    assert "mamba" in first
    assert "-# 2 suggestions" in first


async def test_a_doubt_is_followed_or_not(alice, moderator, channel, press):
    path = await alice.slash(channel, "path", resource="BERT")
    form = await alice.click(path.response.message, label="Prerequisite wrong?")
    await alice.submit_modal(form, {"pair": ["0"], "why": "It says so itself"})

    card = await moderator.slash(channel, "manage inbox")
    seen = text_of(card)
    settled = text_of(await press(moderator, card, "They're right"))
    after = text_of(await alice.slash(channel, "path", resource="BERT"))
    undone = text_of(await press(moderator, card, "Undo"))
    again = text_of(await alice.slash(channel, "path", resource="BERT"))

    assert seen.startswith("-# 1 doubt\n")
    assert "1 reader thinks that it doesn't need this: Attention" in seen
    assert "> It says so itself" in seen
    assert settled.startswith("✅ Changed: ")
    assert "📭 Nothing waits" in settled
    assert undone.startswith("↩️ Taken back: changed: what it no longer needs.")
    assert "Attention" not in after
    assert "Attention" in again


async def test_a_long_why_is_cut_and_whole_under_more(alice, moderator, channel):
    why = "It explains the whole idea with pictures and code that runs. " * 5
    await alice.slash(channel, "suggest", link=LINK, why=why[:300])

    card = await moderator.slash(channel, "manage inbox")
    short = text_of(card)
    whole = await moderator.click(card.response.message, label="More")

    assert "> It explains the whole idea" in short
    assert why[:290] not in short
    assert whole.ephemeral
    assert why[:290] in text_of(whole)


async def test_a_doubt_about_what_left_the_list_hides_nothing(alice, moderator, channel, env):
    services, guild_id = env.bot.services, channel.guild.id
    ours = await services.lists.make(guild_id, moderator.id, "Ours")
    keys = []
    for name in ("a", "b"):
        proposal = await services.moderation.propose(
            Where(guild_id, list_id=ours), moderator.id, f"https://example.org/{name}"
        )
        desk = await services.moderation.add((guild_id, moderator.id, proposal.draft_id))
        keys.append(desk.resource.key)
    place = Where(guild_id, list_id=ours)
    wish = await services.moderation.open(place, moderator.id, keys[1], needs=keys[0])
    await services.moderation.confirm((guild_id, moderator.id, wish.draft_id))
    await services.moderation.doubt(alice.id, place, keys[1], keys[0], "No")
    before = text_of(await moderator.slash(channel, "manage inbox"))
    await services.lists.remove(guild_id, moderator.id, ours)

    after = text_of(await moderator.slash(channel, "manage inbox"))

    assert before.startswith("-# 1 doubt")
    assert after.startswith("📭 Nothing waits for you.")


async def test_with_several_lists_the_card_names_the_one_that_it_is_about(
    env, alice, moderator, channel
):
    await alice.slash(channel, "suggest", link=LINK)
    before = text_of(await moderator.slash(channel, "manage inbox"))
    await env.bot.services.lists.make(channel.guild.id, moderator.id, "Ours")
    after = text_of(await moderator.slash(channel, "manage inbox"))

    assert "-# Jump into LLM" not in before
    assert "-# Jump into LLM" in after


async def test_a_suggestion_goes_to_another_list_and_undo_takes_it_off_there(
    env, alice, moderator, channel, press
):
    services, guild_id = env.bot.services, channel.guild.id
    await alice.slash(channel, "suggest", link=LINK)
    ours = await services.lists.make(guild_id, moderator.id, "Ours")
    listed = Where(guild_id, list_id=ours)

    card = await moderator.slash(channel, "manage inbox")
    offered = option_labels_of(card)
    await env.advance_time(4)
    select = select_of(card)
    message = card.response.message
    moved = text_of(await moderator.select(message, [f"list:{ours}"], custom_id=select))
    taken = text_of(await press(moderator, card, "Accept"))
    there = (await services.curricula.of(services.db, listed)).by_key
    elsewhere = (await services.curricula.of(services.db, guild_id)).by_key
    undone = text_of(await press(moderator, card, "Undo"))
    gone = (await services.curricula.of(services.db, listed)).by_key

    assert offered[-1] == "On another list: Ours"
    assert moved.startswith("-# 1 suggestion\n-# Ours\n")
    assert "✅ It is on the list now: **example.org" in taken
    assert [each.url for each in there.values()] == [LINK]
    assert LINK not in {each.url for each in elsewhere.values()}
    assert undone.startswith("↩️ It waits again.\n-# 1 suggestion\n-# Ours")
    assert not gone


@pytest.mark.usefixtures("suggested")
async def test_a_decline_says_why(moderator, channel, press):
    card = await moderator.slash(channel, "manage inbox")
    form = await press(moderator, card, "Decline…")

    refused = await moderator.submit_modal(form, {"reason": ["words"], "why": "  "})
    told = text_of(refused)
    again = await moderator.click(refused.response, label="Decline…")
    done = await moderator.submit_modal(again, {"reason": ["words"], "why": ":( known"})

    assert told.startswith("Write why, or pick a reason")
    assert "> :( known" in text_of(done)


@pytest.mark.usefixtures("suggested")
async def test_what_is_added_otherwise_is_taken_with_it(alice, moderator, channel):
    proposal = await moderator.slash(channel, "manage add", link=LINK)
    await moderator.click(proposal.response, label="Add")
    shown = text_of(await moderator.slash(channel, "manage inbox"))
    told = await alice.slash(channel, "next")

    assert shown.startswith("-# 1 suggestion\n")
    assert "it is on the list of Study room now" in text_of(told.followups[0].message)


@pytest.mark.usefixtures("suggested")
async def test_what_is_taken_back_meanwhile_shows_the_next(alice, bob, moderator, channel, press):
    card = await moderator.slash(channel, "manage inbox")
    for member in (alice, bob):
        mine = await member.slash(channel, "suggest", link=LINK)
        await member.click(mine.response, label="I don't want it any more")

    late = text_of(await press(moderator, card, "Accept"))

    assert late.startswith("It isn't suggested any more")
    assert "rwkv" in late
