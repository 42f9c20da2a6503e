"""Leading a week, as members and moderators see it."""

from datetime import UTC, datetime

import pytest

from tests.seen import (
    custom_id_like,
    labels_of,
    option_labels_of,
    options_of,
    posts_in,
    select_of,
    text_of,
)

A_DAY = 24 * 3600
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
async def joined(group, channel, alice):
    """The group's card as Alice sees it, who has just joined."""
    card = await alice.slash(channel, "group")
    return (await alice.click(card.response.message, label="Join")).response.message


@pytest.fixture
def lead(joined, alice, channel, env):
    """Return what lets Alice lead one of the next weeks: what she sees then."""

    async def lead(number=1):
        card = (await alice.slash(channel, "group")).response.message
        await env.advance_time(4)
        return await alice.select(card, [options_of(card)[number]], custom_id=select_of(card))

    return lead


async def test_a_week_is_led_with_two_interactions(joined, lead, channel, alice):
    offered = option_labels_of(joined)

    answer = await lead()
    seen = await alice.slash(channel, "group")

    assert offered[:2] == [
        "Mon 5 Jan 2026 · Attention Is All You Need",
        "Mon 12 Jan 2026 · GPT-1",
    ]
    shown = answer.response
    assert shown.ephemeral
    assert text_of(shown).startswith(f"✅ You lead that week in <#{channel.id}>. Thank you!\n<t:")
    assert labels_of(shown) == ["Questions…", "Hand it back"]
    assert f"GPT-1 · 🎤 <@{alice.id}>" in text_of(seen)


async def test_who_is_no_member_is_not_offered_to_lead(group, channel, alice):
    card = await alice.slash(channel, "group")

    assert "lead" not in str(card.response.components)


async def test_the_post_names_who_leads_it(lead, channel, alice, until):
    await lead(0)
    await until(MONDAY)

    (post,) = posts_in(channel)
    assert f"🎤 <@{alice.id}> leads" in text_of(post)


async def test_a_week_led_is_handed_back_and_taken_again(lead, channel, alice, env):
    shown = (await lead()).response
    await env.advance_time(4)

    back = await alice.click(shown.message, label="Hand it back")
    text, buttons = text_of(back), labels_of(back)
    again = await alice.click(back.response.message, label="I'll lead")

    assert text.startswith("↩️ Handed back: nobody leads the week of <t:")
    assert buttons == ["I'll lead", "This group"]
    assert "✅ You lead" in text_of(again)


async def test_who_takes_no_messages_is_promised_none(ask, lead, alice, env):
    promised = text_of(await lead())
    closed = f"/channels/{alice.user.dm_channel.id}/messages"
    env.inject_error("POST", closed, status=403, code=50007, times=1)
    await ask(alice)

    told = text_of(await lead())

    assert "-# I'll remind you two days before the paper." in promised
    assert "⚠️ You take no messages from me, so I can't remind you." in told
    assert "I'll remind you" not in told


async def test_the_leader_chooses_among_the_next_five(lead, channel, alice, until):
    shown = (await lead()).response
    offered = option_labels_of(shown)

    card = await alice.select(shown.message, [options_of(shown)[2]], custom_id=select_of(shown))
    seen = await alice.slash(channel, "group")

    assert offered == ["GPT-1", "BERT", "LoRA", "PEFT 🤗", "GPT-2"]
    assert "-# You chose this paper." in text_of(card)
    assert option_labels_of(card)[-1] == "What comes next on the list"
    assert f"LoRA · 🎤 <@{alice.id}>" in text_of(seen)


async def test_where_a_led_week_is_voted_on_all_cards_say_both(lead, channel, alice, moderator):
    shown = (await lead()).response
    card = await alice.select(shown.message, [options_of(shown)[2]], custom_id=select_of(shown))
    called = text_of(await moderator.slash(channel, "manage vote", date="12 Jan"))
    week = text_of(await alice.slash(channel, "group")).splitlines()
    own = text_of(await lead())
    picked = await moderator.slash(channel, "manage pick", resource="GPT-2", date="12 Jan")
    then = text_of(await lead())

    assert called.splitlines()[3] == "3. LoRA"
    assert "If nobody votes, the leader's choice is read." in called
    assert any(line.endswith(f"🗳️ vote is open · 🎤 <@{alice.id}>") for line in week)
    assert "-# You chose this paper.\n-# 🗳️ A vote on this week is open: what wins it" in own
    assert "🗳️" not in text_of(card)
    assert "GPT-2" in text_of(picked)
    assert "A vote on this week" not in then


async def test_a_choice_of_another_week_is_told_to_who_calls_a_vote_and_waits_for_it(
    lead, channel, alice, moderator
):
    shown = (await lead()).response
    await alice.select(shown.message, [options_of(shown)[2]], custom_id=select_of(shown))

    called = await moderator.slash(channel, "manage vote", resources="LoRA, GPT-2", date="19 Jan")
    offered = option_labels_of(await lead())

    assert "⚠️ Set aside as a leader's choice: LoRA (<t:1768208400:d>)." in text_of(called)
    assert "comes earlier" not in text_of(called)
    assert offered[:-1] == ["GPT-1", "BERT", "PEFT 🤗", "GPT-3", "Chain of Thought (CoT)"]


async def test_the_leaders_questions_open_the_talk(lead, channel, alice, until, env):
    shown = (await lead(0)).response
    form = await alice.click(shown.message, label="Questions…")

    card = await alice.submit_modal(
        form, {"question1": "Is *attention* enough?", "question2": "", "question3": "<@1> you?"}
    )
    await until(MONDAY)

    assert "1. Is \\*attention\\* enough?\n2." in text_of(card)
    (thread,) = channel.threads
    (opener,) = [text_of(m) for m in thread.history() if "Questions to talk about" in text_of(m)]
    assert opener.splitlines()[1] == "1. Is \\*attention\\* enough?"
    assert "3. What does the model lose by giving up recurrence" in opener


async def test_a_week_somebody_leads_is_not_offered_to_others(lead, channel, env, guild):
    await lead()
    bob = guild.add_member(env.create_user("bob"))
    card = await bob.slash(channel, "group")
    joined = await bob.click(card.response.message, label="Join")

    assert [label.split(" · ")[1] for label in option_labels_of(joined)] == [
        "Attention Is All You Need", "BERT", "LoRA",
    ]  # fmt: skip
    assert "Lead a week… You haven't led here yet" in str(joined.response.components)


async def test_the_leaders_own_week_opens_what_there_is_to_do(lead, alice, channel):
    await lead()

    answer = await lead()

    assert text_of(answer).startswith(f"🎤 You lead a week in <#{channel.id}>.\n")


async def test_who_reads_the_post_leads_this_week_and_is_named_there(
    joined, lead, channel, alice, until, env
):
    await until(MONDAY)

    answer = await lead(0)
    await env.advance_time(2)

    assert text_of(answer).startswith(f"✅ You lead this week in <#{channel.id}>. Thank you!")
    assert labels_of(answer) == ["Hand it back"]
    (post,) = posts_in(channel)
    assert f"🎤 <@{alice.id}> leads" in text_of(post)


async def test_handing_back_after_the_post_tells_its_card(lead, channel, alice, until, env):
    shown = (await lead(0)).response
    await until(MONDAY)

    await alice.click(shown.message, label="Hand it back")
    await env.advance_time(2)

    (post,) = posts_in(channel)
    assert "leads" not in text_of(post)


async def test_history_says_who_led(lead, channel, alice, until, env):
    await lead(0)
    await until(MONDAY)
    card = await alice.slash(channel, "group")
    await alice.click(card.response.message, label="More")
    await env.advance_time(4)

    past = await alice.click(card.response.message, label="Older")

    assert f"🎤 <@{alice.id}>" in text_of(past)


# Asked by a moderator


@pytest.fixture
def ask(joined, moderator, channel, env):
    """Return what lets the moderator ask somebody to lead: what they see then."""

    async def ask(member):
        card = (await moderator.slash(channel, "manage group")).response.message
        await env.advance_time(4)
        opened = await moderator.click(card, label="More")
        await env.advance_time(4)
        custom_id = custom_id_like(opened, "lead-ask:")
        return await moderator.select(card, [member], custom_id=custom_id)

    return ask


async def test_a_member_is_asked_by_direct_message_and_says_yes(ask, alice, channel, env):
    told = await ask(alice)
    await env.advance_time(2)
    (letter,) = alice.user.dm_channel.history()
    text, buttons = text_of(letter), labels_of(letter)

    answer = await alice.user.click(letter, label="I'll lead")
    seen = await alice.slash(channel, "group")

    assert f"✅ I'm asking <@{alice.id}> to lead on <t:" in text_of(told)
    assert text.startswith(f"🎤 Would you lead a week in <#{channel.id}>?\n<t:")
    assert "-# A moderator of Study room asks you." in text
    assert buttons == ["I'll lead", "Not this time"]
    assert "✅ You lead" in text_of(answer)
    assert f"🎤 <@{alice.id}>" in text_of(seen)


async def test_not_this_time_is_seen_by_moderators_alone(ask, alice, moderator, channel, env):
    await ask(alice)
    await env.advance_time(2)
    (letter,) = alice.user.dm_channel.history()

    answer = await alice.user.click(letter, label="Not this time")
    card = (await moderator.slash(channel, "manage group")).response.message
    await env.advance_time(4)
    opened = await moderator.click(card, label="More")
    seen = await alice.slash(channel, "group")

    assert "All right, not this time." in text_of(answer)
    assert f"<@{alice.id}> won't lead this time." in text_of(opened)
    assert "won't lead" not in text_of(seen)


async def test_a_moderator_is_told_at_once_of_closed_messages(ask, alice, env):
    closed = f"/channels/{alice.user.dm_channel.id}/messages"
    env.inject_error("POST", closed, status=403, code=50007)

    told = await ask(alice)

    assert f"⚠️ <@{alice.id}> takes no messages from me. Please ask them yourself" in text_of(told)


async def test_a_moderator_is_told_at_once_that_nobody_was_asked(ask, alice, env):
    closed = f"/channels/{alice.user.dm_channel.id}/messages"
    env.inject_error("POST", closed, status=403, code=50001)

    told = await ask(alice)

    assert f"⚠️ I couldn't ask <@{alice.id}>. Please ask them yourself" in text_of(told)


async def test_who_is_no_member_is_not_asked(ask, env, guild):
    bob = guild.add_member(env.create_user("bob"))

    told = await ask(bob)

    assert "They aren't in this group." in text_of(told)
