"""Paths, goals, pace, reset and undo, as a member sees them."""

import pytest

from tests.forged import pressed
from tests.seen import labels_of, option_labels_of, options_of, select_of, text_of, title_of

A_DAY, A_MOMENT = 24 * 3600, 4


async def test_path_lists_what_is_missing_in_order_with_minutes(alice, channel):
    await alice.slash(channel, "done", resource="GPT-1")

    text = text_of(await alice.slash(channel, "path", resource="chain of thought"))

    assert "2 things first, in this order:" in text
    assert [line[:9] for line in text.splitlines() if line[:2] in ("1.", "2.", "3.")] == [
        "1. [GPT-2",
        "2. [GPT-3",
        "3. 🎯 [Cha",
    ]
    assert "-# 2 h 55 min in all" in text


async def test_one_thing_needs_no_order(alice, channel):
    text = text_of(await alice.slash(channel, "path", resource="BERT"))

    assert "1 thing first:\n1. [Attention" in text


async def test_path_to_what_one_is_ready_for_says_so(alice, channel):
    text = text_of(await alice.slash(channel, "path", resource="Attention Is All You Need"))

    assert "You're ready for it: nothing is missing." in text


async def test_path_to_what_is_done_says_so(alice, channel):
    await alice.slash(channel, "done", resource="BERT")

    card = await alice.slash(channel, "path", resource="BERT")

    assert "You have already marked it." in text_of(card)
    assert "Make this my goal" not in labels_of(card)


async def test_a_goal_comes_before_the_list_until_it_is_reached(alice, channel, env):
    path = await alice.slash(channel, "path", resource="LoRA")
    card = await alice.click(path.response.message, label="Make this my goal")
    goal_set = text_of(card)
    shown = []
    while "🎯 Done" not in text_of(card):
        shown.append(title_of(card)[:20])
        await env.advance_time(A_MOMENT)
        card = await alice.click(card.response.message, label="Done")

    assert "🎯 Your goal is **LoRA**." in goal_set
    assert shown == ["Attention Is All You", "Improving Language U", "LoRA: Low-Rank Adapt"]
    assert "you reached your goal: **LoRA**!" in text_of(card)
    assert title_of(card).startswith("BERT")


async def test_a_reached_goal_is_back_after_undo(alice, channel):
    await alice.slash(channel, "done", resource="Attention Is All You Need")
    path = await alice.slash(channel, "path", resource="BERT")
    await alice.click(path.response.message, label="Make this my goal")
    reached = await alice.slash(channel, "done", resource="BERT")

    await alice.click(reached.response.message, label="Undo")
    progress = await alice.slash(channel, "progress")

    assert "🎯 **BERT**\n" in text_of(progress)


async def test_progress_says_how_far_the_goal_is_and_shows_the_way(alice, channel):
    await alice.slash(channel, "done", resource="Attention Is All You Need")
    path = await alice.slash(channel, "path", resource="GPT-3")
    await alice.click(path.response.message, label="Make this my goal")

    progress = await alice.slash(channel, "progress")
    told = text_of(progress)
    way = await alice.click(progress.response.message, label="The way")
    shown = text_of(way)
    dropped = await alice.click(way.response.message, label="Drop this goal")

    assert "🎯 **GPT-3**\n▰▱▱▱  1 of 4 · 2 h 55 min left" in told
    assert "Next on the way: GPT-1 · 35 min" in told
    assert "2 things first, in this order:" in shown
    assert "You have no goal now" in text_of(dropped)
    assert "🎯" not in text_of(await alice.slash(channel, "progress"))


async def test_a_goal_can_be_dropped_and_that_undone(alice, channel):
    path = await alice.slash(channel, "path", resource="LoRA")
    await alice.click(path.response.message, label="Make this my goal")
    again = await alice.slash(channel, "path", resource="LoRA")

    dropped = await alice.click(again.response.message, label="Drop this goal")
    told = text_of(dropped)
    undone = await alice.click(dropped.response.message, label="Undo")

    assert "You have no goal now" in told
    assert "Undone: **your goal** is as it was before." in text_of(undone)


async def reset(who, card, typed="reset"):
    if "Reset…" not in labels_of(card):
        card = await who.click(card.response.message, label="More")
    form = await who.click(card.response.message, label="Reset…")
    return await who.submit_modal(form, {"word": typed})


async def test_reset_asks_for_a_word_and_can_be_undone_whole(alice, channel):
    for title in ("Attention Is All You Need", "BERT", "GPT-1"):
        await alice.slash(channel, "done", resource=title)
    progress = await alice.slash(channel, "progress")
    progress = await alice.click(progress.response.message, label="More")

    form = await alice.click(progress.response.message, label="Reset…")
    refused = await alice.submit_modal(form, {"word": ""})
    told = text_of(refused)
    kept = text_of(await alice.slash(channel, "progress"))
    done = await reset(alice, refused, "Re set")
    nothing = text_of(await alice.slash(channel, "progress"))
    await alice.click(done.response.message, label="Undo")
    everything = text_of(await alice.slash(channel, "progress"))

    assert "This removes 3 marks" in str(form.modal)
    assert "You typed nothing, so nothing was changed." in told
    assert "**3 of 9**" in kept
    assert "**0 of 9**" in nothing
    assert "**3 of 9**" in everything


async def test_reset_everything_on_an_old_card_asks_for_the_word_too(alice, channel, env):
    await alice.slash(channel, "done", resource="BERT")
    form = await pressed(env, channel, alice, "reset-all")
    kept = text_of(await alice.slash(channel, "progress"))
    await alice.submit_modal(form, {"word": "reset"})

    assert "**1 of 9**" in kept
    assert "**0 of 9**" in text_of(await alice.slash(channel, "progress"))


async def test_any_of_the_latest_changes_can_be_undone(alice, channel, env):
    for title in ("Attention Is All You Need", "BERT"):
        await alice.slash(channel, "done", resource=title)
    await env.advance_time(3 * 3600)
    progress = await alice.slash(channel, "progress")
    choice = await alice.click(progress.response.message, label="More")

    older = options_of(choice)[1]
    undone = await alice.select(choice.response.message, [older], custom_id=select_of(choice))

    assert "Undone: **Attention Is All You Need** is as it was before." in text_of(undone)


async def test_nobody_new_is_offered_undo_or_reset(alice, channel):
    card = await alice.slash(channel, "progress")
    short = labels_of(card)
    all_of_it = await alice.click(card.response.message, label="More")

    assert short == ["What's next?", "Map", "More"]
    assert labels_of(all_of_it) == ["What's next?", "Less", "Tell me what you know", "Share"]
    assert options_of(all_of_it) == []


async def test_time_left_is_told_at_ones_own_pace(alice, channel, env):
    for title in ("Attention Is All You Need", "GPT-1", "BERT"):
        await alice.slash(channel, "done", resource=title)
        await env.advance_time(4 * A_DAY)

    progress = await alice.slash(channel, "progress")
    text = text_of(await alice.click(progress.response.message, label="More"))

    assert "At your pace, 1 h 5 min a week, that is about 10 weeks." in text


async def test_without_a_history_no_pace_is_guessed(alice, channel):
    await alice.slash(channel, "done", resource="BERT")

    progress = await alice.slash(channel, "progress")

    assert "pace" not in text_of(await alice.click(progress.response.message, label="More"))


async def test_shared_progress_is_public_and_tells_figures_only(alice, channel):
    await alice.slash(channel, "done", resource="BERT")

    progress = await alice.slash(channel, "progress")
    all_of_it = await alice.click(progress.response.message, label="More")
    shared = await alice.click(all_of_it.response.message, label="Share")

    for card in (await alice.slash(channel, "progress", share=True), shared):
        assert not card.ephemeral
        assert "**1 of 9**" in text_of(card)
        assert "BERT" not in text_of(card)
        assert labels_of(card) == []


async def test_ratings_are_told_from_three_on(env, guild, channel, alice):
    for name, rating in (("bob", 5), ("carol", 4)):
        member = guild.add_member(env.create_user(name))
        await member.slash(channel, "done", resource="BERT", rating=rating)

    async def unfolded(query):
        card = await alice.slash(channel, "search", query=query)
        return text_of(await alice.click(card.response.message, label="More"))

    two = await unfolded("BERT")
    await alice.slash(channel, "done", resource="BERT", rating=1)

    assert "Liked by" not in two
    assert "Liked by 2 of 3 readers." in await unfolded("BERT")
    assert "Liked by 2 of 3 readers." in await unfolded("jump-into-llm:bert")


@pytest.mark.parametrize("press", ["Make this my goal", "Reset…"])
async def test_old_buttons_work_after_a_restart(alice, channel, restart, press):
    await alice.slash(channel, "done", resource="BERT")
    if press == "Make this my goal":
        card = await alice.slash(channel, "path", resource="LoRA")
    else:
        card = await alice.slash(channel, "progress")
        card = await alice.click(card.response.message, label="More")

    await restart()
    answer = await alice.click(card.response.message, label=press)

    assert answer.modal or "Your goal is" in text_of(answer)


async def test_a_doubt_where_nothing_is_left_to_doubt_says_so(alice, channel, env):
    path = await alice.slash(channel, "path", resource="LoRA")
    needed = "attention is all you need, gpt-1, bert, lora"
    await alice.slash(channel, "done", resource=needed)

    told = await alice.click(path.response.message, label="Prerequisite wrong?")

    assert "You already have everything that" in text_of(told)
    assert "no longer on the list" not in text_of(told)
    assert env.errors == []


async def test_a_doubt_about_a_prerequisite_reaches_the_moderators(alice, moderator, channel, env):
    await moderator.slash(channel, "manage group", zone="UTC")
    path = await alice.slash(channel, "path", resource="LoRA")
    form = await alice.click(path.response.message, label="Prerequisite wrong?")
    thanks = await alice.submit_modal(form, {"pair": ["0"], "why": "It *stands* alone."})

    group = await moderator.slash(channel, "manage group")
    desk = await moderator.slash(channel, "manage edit", resource="LoRA")
    told = text_of(desk)
    settled = await moderator.click(desk.response.message, label="Doubts settled")

    assert "may not need **GPT-1**" in text_of(thanks)
    assert "Readers doubt what comes before LoRA" in text_of(group)
    assert "doesn't need GPT-1: “It \\*stands\\* alone.”" in told
    assert "The doubts about **LoRA** are settled." in text_of(settled)
    assert "💬" not in text_of(settled)


async def test_in_a_direct_message_there_is_nobody_to_tell(env):
    reader = env.create_user("bob")

    path = await reader.slash("path", resource="LoRA")

    assert "Prerequisite wrong?" not in labels_of(path)


async def make_goal(who, channel, title):
    path = await who.slash(channel, "path", resource=title)
    return await who.click(path.response.message, label="Make this my goal")


async def test_the_same_goal_twice_is_told_and_changes_nothing(alice, channel):
    paths = [await alice.slash(channel, "path", resource="LoRA") for _ in range(2)]
    await alice.click(paths[0].response.message, label="Make this my goal")

    again = await alice.click(paths[1].response.message, label="Make this my goal")
    told = text_of(again)
    await alice.click(again.response.message, label="Undo")
    progress = text_of(await alice.slash(channel, "progress"))

    assert "🎯 **LoRA** is already your goal." in told
    assert "🎯" not in progress


async def test_an_older_goal_is_not_undone_under_a_newer_one(alice, channel):
    first = await make_goal(alice, channel, "LoRA")
    await make_goal(alice, channel, "GPT-3")

    refused = await alice.click(first.response.message, label="Undo")

    assert "You changed your goal again after that." in text_of(refused)
    assert "🎯 **GPT-3**\n" in text_of(await alice.slash(channel, "progress"))


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("known", "You know **BERT**: you reached your goal."),
        ("skipped", "**BERT** won't be suggested again. It is no longer your goal."),
    ],
)
async def test_a_goal_put_aside_for_good_is_no_goal_any_more(alice, channel, choice, told):
    await make_goal(alice, channel, "BERT")
    card = await alice.slash(channel, "search", query="BERT")

    answer = await alice.select(card.response.message, [choice], custom_id=select_of(card))
    said, progress = text_of(answer), text_of(await alice.slash(channel, "progress"))
    await alice.click(answer.response.message, label="Undo")

    assert told in said
    assert "🎯" not in progress
    assert "🎯 **BERT**\n" in text_of(await alice.slash(channel, "progress"))


async def test_a_second_not_read_after_all_says_that_it_is_unread(alice, channel):
    await alice.slash(channel, "done", resource="BERT")
    cards = [await alice.slash(channel, "search", query="BERT") for _ in range(2)]
    await alice.click(cards[0].response.message, label="Not read yet")

    again = await alice.click(cards[1].response.message, label="Not read yet")

    assert "**BERT** is already unread." in text_of(again)


async def test_a_reset_of_one_mark_is_offered_in_the_singular(alice, channel):
    await alice.slash(channel, "done", resource="BERT")
    progress = await alice.slash(channel, "progress")
    await reset(alice, progress)
    progress = await alice.slash(channel, "progress")

    choice = await alice.click(progress.response.message, label="More")

    assert option_labels_of(choice)[0] == "Reset: 1 mark"


async def test_where_the_bot_is_not_a_member_there_is_nobody_to_tell(alice, guild, channel, env):
    # What a server looks like to an app on a member's own account: not in the bot's cache.
    env.backend.emit("GUILD_DELETE", {"id": str(guild.id)})
    await env.settle()

    path = await alice.slash(channel, "path", resource="LoRA")

    assert "2 things first" in text_of(path)
    assert "Prerequisite wrong?" not in labels_of(path)
