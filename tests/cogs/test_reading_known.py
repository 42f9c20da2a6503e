"""Telling what one knows already, and where one wants to get to, as a member sees it."""

from dataclasses import replace

from tests.forged import pressed
from tests.seen import labels_of, option_labels_of, options_of, select_of, text_of, title_of


def without(base, step_id):
    """Return the list without one of its steps."""
    sections = tuple(
        replace(section, steps=tuple(step for step in section.steps if step.id != step_id))
        for section in base.sections
    )
    return replace(base, sections=sections)


async def tell(who, channel):
    """Open the question what somebody knows, as a new reader does."""
    card = await who.slash(channel, "next")
    if "Tell me what you know" in labels_of(card):
        return await who.click(card.response.message, label="Tell me what you know")
    progress = await who.slash(channel, "progress")
    opened = await who.click(progress.response.message, label="More")
    return await who.click(opened.response.message, label="Tell me what you know")


async def pick(who, card, *values):
    return await who.select(card.response.message, list(values), custom_id=select_of(card))


async def test_who_knows_bert_and_wants_rlhf_is_there_in_five(alice, channel):
    first = await alice.slash(channel, "next")
    steps = await alice.click(first.response.message, label="Tell me what you know")
    parts = await pick(alice, steps, "pre-training-fine-tuning")
    known = await pick(alice, parts, "jump-into-llm:bert")
    told, goals = text_of(known), options_of(known)
    right = await pick(alice, known, ":preference-learning")

    assert "☑️ Counts as read: **Attention Is All You Need and BERT**" in told
    assert goals[0] == "list"
    assert "🎯 Your goal is **RLHF" in text_of(right)
    assert title_of(right).startswith("Improving Language Understanding")
    assert "It leads to your goal" in text_of(right)


async def test_steps_are_known_whole_with_what_they_build_on(alice, channel):
    steps = await tell(alice, channel)

    known = await pick(alice, steps, "peft", "icl")
    step_three = text_of(await alice.slash(channel, "curriculum", step="3"))

    assert "Counts as read: **" in text_of(known)
    assert "☑️ [LoRA" in step_three
    assert "○" not in step_three
    assert "☑️ [BERT" in text_of(await alice.slash(channel, "curriculum", step="2"))


async def test_a_step_of_one_thing_is_known_at_once(alice, channel):
    steps = await tell(alice, channel)

    known = await pick(alice, steps, "decoding")

    assert "Counts as read" in text_of(known)


async def test_all_of_a_step_is_one_tap(alice, channel):
    steps = await tell(alice, channel)
    parts = await pick(alice, steps, "pre-training-fine-tuning")
    asked = text_of(parts)

    known = await alice.click(parts.response.message, label="All of it")
    told = text_of(known)
    undone = await alice.click(known.response.message, label="Undo")

    assert "Which of these do you know?" in asked
    assert "Counts as read: **Attention Is All You Need, GPT-1, BERT and 1 more**" in told
    assert "are as they were before" in text_of(undone)


async def test_the_question_stands_on_the_card_until_the_first_mark_alone(alice, channel, env):
    first = await alice.slash(channel, "next")
    new = labels_of(first)
    done = await alice.click(first.response.message, label="Done")
    marked = labels_of(done)
    undone = await alice.click(done.response.message, label="Undo")

    assert "Tell me what you know" in new
    assert "Tell me what you know" not in marked
    assert "Tell me what you know" in labels_of(undone)


async def test_what_is_marked_otherwise_stays_so(alice, channel):
    await alice.slash(channel, "done", resource="BERT", rating=2)
    steps = await tell(alice, channel)

    await pick(alice, steps, "pre-training-fine-tuning", "peft")
    step_two = text_of(await alice.slash(channel, "curriculum", step="2"))

    assert "✅ [BERT" in step_two
    assert "☑️ [GPT-1" in step_two


async def test_the_same_again_marks_nothing_and_says_so(alice, channel):
    steps, same = await tell(alice, channel), await tell(alice, channel)
    await pick(alice, steps, "transformer", "peft")

    again = await pick(alice, same, "transformer", "peft")

    assert "already marked" in text_of(again)


async def test_a_goal_that_was_known_is_reached(alice, channel):
    path = await alice.slash(channel, "path", resource="LoRA")
    await alice.click(path.response.message, label="Make this my goal")
    steps = await tell(alice, channel)

    known = await pick(alice, steps, "transformer", "peft")

    assert "🎯 You reached your goal: **LoRA**." in text_of(known)
    assert "🎯" not in text_of(await alice.slash(channel, "progress"))


async def test_the_whole_list_is_a_goal_too_and_a_single_paper_is_further_down(alice, channel):
    steps = await tell(alice, channel)
    known = await pick(alice, steps, "transformer", "peft")

    further = await pick(alice, known, "more")
    offered = options_of(further)
    aimed = await pick(alice, further, "jump-into-llm:instructgpt")
    told = text_of(aimed)
    steps = await tell(alice, channel)
    known = await pick(alice, steps, "decoding")

    assert "jump-into-llm:instructgpt" in offered
    assert "🎯 Your goal is" in told
    assert "list" not in options_of(known), "who has a goal isn't asked for one"


async def test_a_step_is_a_goal_until_its_must_reads_are_read(alice, channel):
    path = await alice.slash(channel, "path", resource="In-Context Learning (ICL)")
    way = text_of(path)
    card = await alice.click(path.response.message, label="Make this my goal")
    progress = text_of(await alice.slash(channel, "progress"))
    needed = "attention is all you need, gpt-1, gpt-2, gpt-3"
    done = text_of(await alice.slash(channel, "done", resource=f"{needed}, chain of thought"))

    assert "-# The way to\n### 4 · In-Context Learning (ICL)" in way
    assert "🎯 Your goal is **In-Context Learning (ICL)**" in text_of(card)
    assert "🎯 **In-Context Learning (ICL)**" in progress
    assert "🎯 You reached your goal: **In-Context Learning (ICL)**!" in done


async def test_the_way_stays_on_screen_while_its_parts_are_marked(alice, channel):
    path = await alice.slash(channel, "path", resource="GPT-3")
    await alice.click(path.response.message, label="Make this my goal")
    path = await alice.slash(channel, "path", resource="GPT-3")

    known = await pick(
        alice, path, "jump-into-llm:attention-is-all-you-need", "jump-into-llm:gpt-1"
    )

    assert "Counts as read: **Attention Is All You Need and GPT-1**" in text_of(known)
    assert "The way to" in text_of(known)
    assert "1 thing first:\n1. [GPT-2" in text_of(known)
    assert "Undo" in labels_of(known)


async def test_steps_that_left_the_list_meanwhile_mark_nothing(alice, channel, restart, base):
    steps = await tell(alice, channel)
    less = without(base, "peft")

    await restart(less)
    answer = await pick(alice, steps, "peft", "icl")

    assert "There is no step “peft”." in text_of(answer)
    assert "**0 of 7**" in text_of(await alice.slash(channel, "progress"))


async def test_old_cards_where_one_started_at_a_step_lead_here(alice, channel, env):
    card = await pressed(env, channel, alice, "start-at:0")
    again = await pressed(env, channel, alice, "go:start")

    assert "What do you know already?" in text_of(card)
    assert "What do you know already?" in text_of(again)


async def test_who_knows_everything_is_asked_no_more(alice, channel):
    steps = await tell(alice, channel)
    known = await pick(alice, steps, *options_of(steps))

    answer = await tell(alice, channel)

    assert "You've read" not in text_of(known)
    assert "You have marked everything" in text_of(answer)
    assert option_labels_of(answer) == []


async def test_one_step_that_left_the_list_is_no_other_step(alice, channel, restart, base):
    steps = await tell(alice, channel)
    less = without(base, "open-models")

    await restart(less)
    answer = await pick(alice, steps, "open-models")

    assert "There is no step “open-models”." in text_of(answer)
    assert "All of it" not in labels_of(answer)


async def test_a_goal_that_left_the_list_can_be_dropped_and_another_be_picked(
    alice, channel, restart, base
):
    path = await alice.slash(channel, "path", resource=":peft")
    await alice.click(path.response.message, label="Make this my goal")
    less = without(base, "peft")
    await restart(less)

    known = await pick(alice, await tell(alice, channel), "decoding")
    offered = options_of(known)
    progress = await alice.slash(channel, "progress")
    told = text_of(progress)
    kept = text_of(await alice.slash(channel, "me"))
    more = await alice.click(progress.response.message, label="More")
    dropped = await alice.click(more.response.message, label="Drop this goal")

    assert "list" in offered
    assert "🎯 Your goal isn't on this list." in told
    assert "Your goal: peft (no longer listed)" in kept
    assert "You have no goal now" in text_of(dropped)


async def test_the_whole_list_leaves_what_was_told_on_the_card(alice, channel):
    known = await pick(alice, await tell(alice, channel), "transformer", "peft")

    picked = await pick(alice, known, "list")

    assert "Counts as read: **" in text_of(picked)
    assert "Undo" in labels_of(picked)
    assert "list" not in options_of(picked)


async def test_what_is_reached_already_becomes_no_goal(alice, channel):
    path = await alice.slash(channel, "path", resource="LoRA")
    await alice.slash(channel, "done", resource="attention is all you need, gpt-1, lora")

    answer = await alice.click(path.response.message, label="Make this my goal")

    assert "already marked" in text_of(answer)
    assert "🎯" not in text_of(await alice.slash(channel, "progress"))


async def test_a_step_that_is_gone_is_said_to_be(alice, channel, env):
    answer = await alice.slash(channel, "path", resource=":gone")

    assert "There is no step “gone”." in text_of(answer)
    assert "peft" in options_of(answer)
    assert env.errors


async def test_a_servers_own_step_is_no_goal(alice, moderator, channel):
    added = await moderator.slash(channel, "manage add", link="https://example.org/mamba")
    await moderator.click(added.response.message, label="Add")

    path = await alice.slash(channel, "path", resource="Added by this server")
    known = await pick(alice, await tell(alice, channel), "transformer", "peft")

    assert "1 thing to read:" in text_of(path)
    assert "Make this my goal" not in labels_of(path)
    assert ":added-here" not in options_of(known)
