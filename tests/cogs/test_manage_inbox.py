"""The inbox: a moderator settles what members suggested and doubt, one matter after the other."""

import discord
import pytest

from bot.core.lists import Where
from tests.seen import labels_of, option_labels_of, select_of, text_of, title_of

AN_HOUR, A_DAY = 3600, 24 * 3600
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
    assert labels_of(shown) == ["Choose a channel…", "No, thanks"]


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
    end = text_of(await press(moderator, card, "End ▸"))
    first = text_of(await press(moderator, card, "From the start ▸"))

    assert "rwkv" in second
    assert end.startswith("-# 2 suggestions\n🔔")
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


async def test_a_group_in_trouble_is_shown_beside_the_inbox(env, moderator, channel, press):
    deny = discord.PermissionOverwrite(send_messages=False)
    await moderator.slash(channel, "manage group", zone="UTC")
    await env.bot.get_channel(channel.id).set_permissions(channel.guild.me, overwrite=deny)
    await env.advance_time(4 * A_DAY + 9 * AN_HOUR + 60)  # just after its slot
    card = await moderator.slash(channel, "manage inbox")
    seen = text_of(card)
    shown = await press(moderator, card, "Show the group")

    assert seen.startswith("-# 1 group in trouble\n⚠️ ")
    assert f"<#{channel.id}>" in text_of(shown)
    assert "Pause" in labels_of(shown)
    assert text_of(card) == seen


# The word a week


async def words_in(channel):
    return [text_of(message) for message in channel.history() if "📥" in text_of(message)]


async def chosen(moderator, card, channel, label="Choose a channel…"):
    form = await moderator.click(card.response.message, label=label)
    return await moderator.submit_modal(form, {"channel": [channel]})


async def at_its_end(moderator, channel, press):
    """Open an inbox with two matters, and go to what stands behind them."""
    card = await moderator.slash(channel, "manage inbox")
    await press(moderator, card, "Next one ▸")
    await press(moderator, card, "End ▸")
    return card


@pytest.mark.usefixtures("suggested")
async def test_a_channel_is_told_once_a_week_while_anything_waits(
    env, guild, moderator, channel, press
):
    room = guild.create_text_channel("moderators")
    card = await moderator.slash(channel, "manage inbox")
    await press(moderator, card, "Next one ▸")
    end = await press(moderator, card, "End ▸")
    asked, ways = text_of(end), labels_of(end)
    told = await chosen(moderator, end, room)

    await env.advance_time(6 * A_DAY)
    early = await words_in(room)
    await env.advance_time(A_DAY + AN_HOUR)
    (first,) = await words_in(room)
    await env.advance_time(6 * A_DAY)
    opened = await moderator.click(room.history()[-1], label="Open the inbox")
    for _ in range(2):
        await press(moderator, opened, "Accept")
    await env.advance_time(30 * A_DAY)

    assert asked.startswith("-# 2 suggestions\n🔔 Shall I tell moderators once a week")
    assert ways == ["Choose a channel…", "No, thanks", "From the start ▸"]
    assert text_of(told).startswith(f"🔔 I'll tell <#{room.id}> once a week")
    assert f"I tell <#{room.id}>: next on <t:" in text_of(told)
    assert early == []
    assert "For the moderators: 2 suggestions" in first
    assert "example.org" not in first
    assert opened.ephemeral
    assert len(await words_in(room)) == 1


@pytest.mark.usefixtures("suggested")
async def test_what_was_settled_can_be_undone_and_changed(env, guild, moderator, channel, press):
    room = guild.create_text_channel("moderators")
    other = guild.create_text_channel("others")
    card = await at_its_end(moderator, channel, press)
    none = text_of(await press(moderator, card, "No, thanks"))
    told = text_of(await chosen(moderator, card, room))
    undone = text_of(await press(moderator, card, "Stop that"))
    await press(moderator, card, "Undo")
    changed = text_of(await chosen(moderator, card, other, "Another channel…"))
    back = text_of(await press(moderator, card, "Undo"))
    stopped = text_of(await press(moderator, card, "Stop that"))
    await env.advance_time(15 * A_DAY)

    assert none.startswith("All right, I won't tell any channel.\n-# 2 suggestions\n🔕")
    assert told.startswith(f"🔔 I'll tell <#{room.id}>")
    assert undone.startswith("All right, I won't tell any channel.")
    assert changed.startswith(f"🔔 I'll tell <#{other.id}>")
    assert back.startswith(f"🔔 I'll tell <#{room.id}>")
    assert stopped.startswith("All right, I won't tell any channel.")
    assert [*await words_in(room), *await words_in(other)] == []


@pytest.mark.usefixtures("suggested")
async def test_after_its_last_matter_is_settled_the_others_come_before_its_end(
    moderator, channel, press
):
    card = await moderator.slash(channel, "manage inbox")
    await press(moderator, card, "Next one ▸")
    left = text_of(await press(moderator, card, "Accept"))
    done = text_of(await press(moderator, card, "Accept"))

    assert "-# 1 suggestion" in left
    assert "mamba" in left
    assert "📭 Nothing waits for you." in done
    assert "🔔 Shall I tell moderators once a week" in done


@pytest.mark.usefixtures("suggested")
async def test_a_channel_where_it_cannot_write_is_refused_with_a_way_back(
    env, guild, moderator, channel, press
):
    deny = discord.PermissionOverwrite(send_messages=False)
    closed = guild.create_text_channel("closed", overwrites={guild.me: deny})
    card = await at_its_end(moderator, channel, press)
    refused = await chosen(moderator, card, closed)
    again = await moderator.click(refused.response.message, label="Choose a channel…")

    assert "Send Messages" in text_of(refused)
    assert again.modal is not None


@pytest.mark.usefixtures("suggested")
async def test_where_the_channel_is_gone_moderators_are_asked_anew(
    env, guild, moderator, channel, press
):
    room = guild.create_text_channel("moderators")
    card = await at_its_end(moderator, channel, press)
    await chosen(moderator, card, room)
    env.backend.delete_channel(room.id)
    await env.advance_time(8 * A_DAY)
    card = await moderator.slash(channel, "manage inbox")
    await press(moderator, card, "Next one ▸")
    end = text_of(await press(moderator, card, "End ▸"))

    assert "🔔 Shall I tell moderators once a week" in end


async def test_a_member_cannot_open_the_inbox_from_there(
    env, guild, alice, moderator, channel, press
):
    room = guild.create_text_channel("moderators")
    card = await moderator.slash(channel, "manage inbox")
    await chosen(moderator, card, room)
    await alice.slash(channel, "suggest", link=LINK)
    await env.advance_time(8 * A_DAY)

    refused = await alice.click(room.history()[-1], label="Open the inbox")

    assert text_of(refused).startswith("Only moderators can do that")


async def test_a_moderator_is_told_of_the_first_suggestion_and_of_no_other(
    env, alice, bob, moderator, channel
):
    await moderator.slash(channel, "manage group", zone="UTC")
    await alice.slash(channel, "suggest", link=LINK)
    await env.advance_time(AN_HOUR)
    first = direct_messages(moderator.user)
    await bob.slash(channel, "suggest", link=OTHER)
    await env.advance_time(A_DAY)

    (told,) = first
    assert told.startswith("### 📥 A first suggestion for the reading list of Study room")
    assert "mamba" not in told
    assert direct_messages(moderator.user) == first
    assert direct_messages(alice.user) == direct_messages(bob.user) == []


@pytest.fixture
def owned(env):
    """A server whose owner is there, its owner, and a channel of it."""
    owner = env.create_user("owner")
    guild = env.create_guild("Owned room", owner=owner)
    return guild, owner, guild.create_text_channel("reading")


async def test_where_nobody_moderated_anything_the_owner_is_told(env, owned):
    guild, owner, channel = owned
    carol = guild.add_member(env.create_user("carol"))
    await carol.slash(channel, "suggest", link=LINK)
    await env.advance_time(1)

    (told,) = direct_messages(owner)
    assert told.startswith("### 📥 A first suggestion for the reading list of Owned room")


async def test_who_moderated_and_has_left_is_not_told(env, owned):
    guild, owner, channel = owned
    role = guild.create_role("mods", permissions=discord.Permissions(manage_guild=True))
    former = guild.add_member(env.create_user("former"), roles=[role])
    carol = guild.add_member(env.create_user("carol"))
    await former.slash(channel, "manage group", zone="UTC")
    env.backend.remove_member(guild.id, former.id)
    await carol.slash(channel, "suggest", link=LINK)
    await env.advance_time(1)

    assert direct_messages(former.user) == []
    assert len(direct_messages(owner)) == 1


@pytest.mark.parametrize("is_taken", [True, False])
async def test_a_suggestion_that_was_taken_at_once_is_told_to_nobody(env, owned, is_taken):
    guild, owner, _channel = owned
    services = env.bot.services
    made = await services.suggestions.suggest(guild.id, 5, LINK)
    proposal = await services.moderation.consider(guild.id, 6, made.suggestion)
    if is_taken:
        await services.moderation.take((guild.id, 6, proposal.draft_id))
    env.bot.ticker.look_again()
    await env.advance_time(1)

    assert len(direct_messages(owner)) == (not is_taken)


async def test_whose_direct_messages_are_closed_the_next_is_told_instead(env, owned):
    guild, owner, channel = owned
    role = guild.create_role("mods", permissions=discord.Permissions(manage_guild=True))
    closed = guild.add_member(env.create_user("closed"), roles=[role])
    carol = guild.add_member(env.create_user("carol"))
    await closed.slash(channel, "manage group", zone="UTC")
    env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=1)
    await carol.slash(channel, "suggest", link=LINK)
    await env.advance_time(2)

    assert direct_messages(closed.user) == []
    assert len(direct_messages(owner)) == 1


async def test_where_nobody_can_be_told_the_next_suggestion_tries_again(env, owned):
    guild, owner, channel = owned
    carol = guild.add_member(env.create_user("carol"))
    env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=1)
    await carol.slash(channel, "suggest", link=LINK)
    await env.advance_time(2)
    first = direct_messages(owner)
    await carol.slash(channel, "suggest", link=OTHER)
    await env.advance_time(2)

    assert first == []
    assert len(direct_messages(owner)) == 1


async def test_who_suggested_it_is_not_told_of_it(env, owned):
    guild, owner, _channel = owned
    await env.bot.services.suggestions.suggest(guild.id, owner.id, LINK)
    env.bot.ticker.look_again()
    await env.advance_time(2)

    assert direct_messages(owner) == []


async def test_where_a_channel_was_chosen_already_nobody_is_asked(env, owned):
    guild, owner, channel = owned
    carol = guild.add_member(env.create_user("carol"))
    await env.bot.services.inboxes.set_word(guild.id, channel.id)
    await carol.slash(channel, "suggest", link=LINK)
    await env.advance_time(1)

    (told,) = direct_messages(owner)
    assert "A first suggestion" in told
    assert "once a week" not in told


async def test_the_end_says_what_keeps_it_from_telling(env, moderator, channel):
    await env.bot.services.inboxes.set_word(channel.guild.id, channel.id)
    deny = discord.PermissionOverwrite(send_messages=False)
    await env.bot.get_channel(channel.id).set_permissions(channel.guild.me, overwrite=deny)
    shown = text_of(await moderator.slash(channel, "manage inbox"))

    assert f"I tell <#{channel.id}>: next on" in shown
    assert "⚠️ " in shown
    assert "Send Messages" in shown


async def test_stopping_and_undo_keep_the_day(env, moderator, channel, press):
    words = env.bot.services.inboxes
    await words.set_word(channel.guild.id, channel.id)
    first = await words.word_of(channel.guild.id)
    await env.advance_time(6 * A_DAY)
    card = await moderator.slash(channel, "manage inbox")
    await press(moderator, card, "Stop that")
    await press(moderator, card, "Undo")

    assert await words.word_of(channel.guild.id) == first


def direct_messages(user):
    return [text_of(message) for message in user.dm_channel.history()] if user.dm_channel else []
