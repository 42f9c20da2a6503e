"""Leading a week, as members and moderators see it."""

from datetime import UTC, datetime, timedelta

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
    assert "Lead your first week here…" in str(joined.response.components)


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


async def test_who_hands_back_what_another_leads_by_now_reads_who(lead, channel, alice, env, guild):
    shown = (await lead()).response
    await env.advance_time(4)
    await alice.click(shown.message, label="Hand it back")
    bob = guild.add_member(env.create_user("bob"))
    card = (await bob.slash(channel, "group")).response.message
    joined = (await bob.click(card, label="Join")).response.message
    await env.advance_time(4)
    await bob.select(joined, [options_of(joined)[1]], custom_id=select_of(joined))

    again = await alice.click(shown.message, label="Hand it back")

    assert text_of(again).startswith("You don't lead the week of <t:")
    assert text_of(again).endswith(f"🎤 <@{bob.id}> leads")
    assert labels_of(again) == ["This group"]


async def test_a_card_from_before_the_paper_says_that_it_has_come(lead, alice, until):
    shown = (await lead(0)).response
    await until(MONDAY - timedelta(minutes=5))
    form = await alice.click(shown.message, label="Questions…")
    await until(MONDAY)

    chosen = await alice.select(shown.message, [options_of(shown)[2]], custom_id=select_of(shown))
    sent = await alice.submit_modal(
        form, {"question1": "Is *attention* enough?", "question2": "", "question3": ""}
    )
    asked = await alice.click(shown.message, label="Questions…")

    told = "The paper has come: your choice and questions can't be changed any more."
    assert (text_of(chosen), text_of(asked)) == (told, told)
    assert asked.modal is None
    asks = "You can still ask this in the talk: “Is \\*attention\\* enough?”."
    assert text_of(sent) == f"{told} {asks}"


async def test_a_week_led_once_more_has_its_paper_and_questions_again(lead, alice, env):
    shown = (await lead()).response
    await alice.select(shown.message, [options_of(shown)[2]], custom_id=select_of(shown))
    form = await alice.click(shown.message, label="Questions…")
    await alice.submit_modal(form, {"question1": "Why?", "question2": "", "question3": ""})
    await env.advance_time(4)
    back = await alice.click(shown.message, label="Hand it back")
    kept = text_of(back)

    again = await alice.click(back.response.message, label="I'll lead")

    assert "LoRA" not in kept
    assert "LoRA" in text_of(again)
    assert text_of(again).endswith("1. Why?")


async def test_who_leaves_is_told_that_they_no_longer_lead(lead, channel, alice, env):
    await lead()
    card = (await alice.slash(channel, "group")).response.message
    await alice.click(card, label="More")
    await env.advance_time(4)

    left = text_of(await alice.click(card, label="Leave"))

    assert left.startswith("You left the group, so you no longer lead on <t:1768208400:d>.")


@pytest.mark.parametrize("way", ["Pause", "Stop"])
async def test_while_no_papers_come_a_leader_may_still_hand_back(
    lead, channel, alice, moderator, env, way
):
    await lead()
    card = (await moderator.slash(channel, "manage group")).response.message
    await moderator.click(card, label="More")
    await env.advance_time(4)
    await moderator.click(card, label=way)

    seen = await alice.slash(channel, "group")
    own = await alice.select(
        seen.response.message, [options_of(seen)[0]], custom_id=select_of(seen)
    )
    labels, offered = labels_of(own), option_labels_of(seen)
    await alice.click(own.response.message, label="Hand it back")
    after = await alice.slash(channel, "group")

    at = "<t:1768208400:d>"
    assert f"-# 🎤 To lead, if papers come then: {at} <@{alice.id}>" in text_of(seen)
    assert offered == ["Mon 12 Jan 2026"]
    assert "The weeks that you lead…" in str(seen.response.components)
    assert labels == ["Hand it back"]
    assert "🎤" not in text_of(after)
    assert options_of(after) == []


async def test_several_candidates_that_are_chosen_elsewhere_have_each_its_own_week(
    group, channel, moderator
):
    for name, date in (("LoRA", "12 Jan"), ("GPT-2", "19 Jan")):
        await moderator.slash(channel, "manage pick", resource=name, date=date)

    called = await moderator.slash(channel, "manage vote", resources="GPT-2, LoRA", date="26 Jan")

    assert "⚠️ Chosen for another week: GPT-2 (<t:1768813200:d>) and 1 more." in text_of(called)


async def test_a_reminder_names_no_paper_while_a_vote_on_it_is_open(
    lead, channel, alice, moderator, until
):
    await lead(1)
    await until(datetime(2026, 1, 9, 8, tzinfo=UTC))
    await moderator.slash(channel, "manage vote", date="12 Jan", hours=70)
    await until(datetime(2026, 1, 10, 20, tzinfo=UTC))

    (letter,) = alice.user.dm_channel.history()

    assert text_of(letter).endswith("🗳️ vote is open")


async def test_the_reminder_of_a_group_that_went_into_another_leads_there(
    lead, channel, alice, moderator, guild, until, env
):
    await lead(1)
    await until(datetime(2026, 1, 10, 20, tzinfo=UTC))
    (letter,) = alice.user.dm_channel.history()
    other = guild.create_text_channel("other")
    await moderator.slash(other, "manage group", zone="UTC")
    groups = env.bot.services.groups
    ids = [(await groups.find(each.id)).group_id for each in (channel, other)]
    await env.bot.services.merging.merge(guild.id, *ids, moderator.id)

    shown = await alice.user.click(letter, label="Paper & questions")
    chosen = await alice.user.select(
        shown.response.message, [options_of(shown)[2]], custom_id=select_of(shown)
    )

    assert text_of(shown).startswith(f"🎤 You lead a week in <#{other.id}>.")
    assert "-# You chose this paper." in text_of(chosen)


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
    assert "`/manage group` shows what they answer." in text_of(told)
    assert "You can choose one of the next papers" in text


@pytest.mark.parametrize("by", ["pick", "vote"])
async def test_who_is_asked_for_a_week_that_others_decide_is_promised_no_choice(
    ask, alice, moderator, channel, env, by
):
    called = {"resource": "LoRA"} if by == "pick" else {"date": "5 Jan", "hours": 24}
    await moderator.slash(channel, f"manage {by}", **called)
    await ask(alice)
    await env.advance_time(2)

    (letter,) = alice.user.dm_channel.history()

    says = {
        "pick": ("LoRA", "\nA moderator picked this paper. You'd open the talk"),
        "vote": (">: 🗳️ vote is open", "\nThe vote decides on the paper. You'd open the talk"),
    }[by]
    assert all(each in text_of(letter) for each in says)
    assert "You can choose" not in text_of(letter)


async def test_not_this_time_hands_back_what_they_said_they_lead(ask, alice, channel, env):
    await ask(alice)
    await env.advance_time(2)
    (letter,) = alice.user.dm_channel.history()
    await alice.user.click(letter, label="I'll lead")

    answer = await alice.user.click(letter, label="Not this time")
    seen = await alice.slash(channel, "group")

    assert text_of(answer).startswith("↩️ Handed back: nobody leads the week of <t:")
    assert "🎤" not in text_of(seen)


async def test_of_a_deleted_group_a_message_says_that_it_is_gone(
    ask, alice, moderator, channel, env
):
    await ask(alice)
    await env.advance_time(2)
    (letter,) = alice.user.dm_channel.history()
    group = await env.bot.services.groups.find(channel.id)
    await env.bot.services.groups.delete(group.guild_id, group.group_id, moderator.id)

    told = [text_of(await alice.user.click(letter, label=each)) for each in labels_of(letter)]

    assert told == ["That study group is gone: a moderator deleted it. You keep your marks."] * 2


async def test_not_this_time_is_seen_by_moderators_alone(ask, alice, moderator, channel, env):
    await ask(alice)
    await env.advance_time(2)
    (letter,) = alice.user.dm_channel.history()

    answer = await alice.user.click(letter, label="Not this time")
    card = (await moderator.slash(channel, "manage group")).response.message
    await env.advance_time(4)
    folded = text_of(card)
    opened = await moderator.click(card, label="More")
    seen = await alice.slash(channel, "group")

    assert "All right, not this time." in text_of(answer)
    assert f"<@{alice.id}> won't lead this time." in folded
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
