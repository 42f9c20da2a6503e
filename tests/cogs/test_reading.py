from dataclasses import replace

import pytest

from bot.views.curriculum_card import BEST
from tests.seen import (
    hints_of,
    labels_of,
    option_labels_of,
    options_of,
    select_of,
    text_of,
    title_of,
)

A_MOMENT = 4
"""Seconds: after so long a tap isn't taken for a slip."""

MAKERS_PATH = [
    "Attention Is All You Need",
    "Improving Language Understanding by Generative Pre-Training",
    "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
    "LoRA: Low-Rank Adaptation of Large Language Models",
    "PEFT 🤗",
    "GPT-2: Language Models are Unsupervised Multitask Learners",
    "GPT-3: Language Models are Few-Shot Learners",
    (
        "Chain of Thought (CoT) : Chain-of-Thought Prompting Elicits Reasoning"
        " in Large Language Models"
    ),
    "LLM Course, chapter 7: Classical NLP tasks",
]


async def marks_of(env, member):
    _, reader = await env.bot.services.reading.reader(member.id, None)
    return [(mark.state, mark.rating) for mark in reader.marks.values()]


async def test_next_shows_the_first_step_in_short_and_more_of_it_for_the_asking(alice, channel):
    card = await alice.slash(channel, "next")
    short, buttons = text_of(card), labels_of(card)
    opened = await alice.click(card.response.message, label="More")
    full, folded = text_of(opened), labels_of(opened)
    again = await alice.click(opened.response.message, label="Less")

    assert card.ephemeral
    assert short.splitlines()[2:] == [
        "Vaswani et al. · 2017 · 📄 45 min",
        "> Transformer (Encoder-Decoder model)",
        (
            "📃 [The Illustrated Transformer](https://jalammar.github.io/illustrated-transformer/)"
            " 30 min · 📼 [What is GPT?](https://youtu.be/wjZofJX0v4M) 25 min"
        ),
    ]
    assert buttons == ["Open", "Done", "More", "Tell me what you know"]
    assert "The list begins here." in full
    assert "added to the list, but not by its maker" in full
    assert "helpful for understanding" in full
    assert "**Ask yourself**\n1. What does the model lose by giving up recurrence" in full
    assert folded == ["Open", "Done", "Less", "Similar", "Tell me what you know"]
    assert text_of(again) == short


async def test_what_nobody_reads_in_short_is_the_weaker_reason(alice, channel):
    await alice.slash(channel, "done", resource="Attention Is All You Need")
    card = await alice.slash(channel, "next")
    short = text_of(card)
    full = text_of(await alice.click(card.response.message, label="More"))

    assert "You have what it needs: Attention Is All You Need." in short
    assert "must-read." not in short
    assert "- 📚 It is a must-read." in full
    assert "- You need it for: " in full


async def test_a_looked_up_card_unfolds_as_what_it_is(alice, channel):
    card = await alice.slash(channel, "search", query="gpt2")
    short = text_of(card)
    opened = await alice.click(card.response.message, label="More")
    full, folded = text_of(opened), labels_of(opened)
    again = await alice.click(opened.response.message, label="Less")

    assert "**Needed for**" not in short
    assert "**Needed for**: GPT-3" in full
    assert "Similar" in folded
    assert "🔒 2 first, " in short
    assert text_of(again) == short


async def test_saying_done_each_time_follows_the_makers_path(alice, channel, env):
    shown = []
    card = await alice.slash(channel, "next")
    while "Done" in labels_of(card):
        shown.append(title_of(card))
        await env.advance_time(A_MOMENT)
        card = await alice.click(card.response.message, label="Done")

    assert shown == MAKERS_PATH
    assert "You've read Jump into LLM" in text_of(card)
    assert "Go deeper" in labels_of(card)


async def test_go_deeper_leads_beyond_the_list_for_good(alice, channel, restart):
    for title in MAKERS_PATH:
        await alice.slash(channel, "done", resource=title)
    offer = await alice.slash(channel, "next")

    first = await alice.click(offer.response.message, label="Go deeper")
    await restart()
    again = await alice.slash(channel, "next")

    assert "addition" in text_of(first)
    assert title_of(again) == title_of(first)


async def test_done_answers_with_what_was_marked_and_what_comes_next(alice, channel):
    await alice.slash(channel, "next")

    answer = await alice.slash(channel, "done", rating=5)

    assert "✅ Done: **Attention Is All You Need**" in text_of(answer)
    assert title_of(answer).startswith("Improving Language")
    assert labels_of(answer) == ["👍", "👎", "Undo", "Open", "Done", "More"]


async def test_undo_brings_the_card_back(alice, channel):
    await alice.slash(channel, "next")
    marked = await alice.slash(channel, "done")

    undone = await alice.click(marked.response.message, label="Undo")

    assert "Undone: **Attention Is All You Need** is as it was before." in text_of(undone)
    assert title_of(undone) == "Attention Is All You Need"


async def test_a_second_bare_done_within_a_minute_asks_first(alice, channel):
    await alice.slash(channel, "next")
    await alice.slash(channel, "done")

    asked = await alice.slash(channel, "done")
    progress = await alice.slash(channel, "progress")

    assert "You just marked **Attention Is All You Need**." in text_of(asked)
    assert "Have you also read **Improving Language" in text_of(asked)
    assert "**1 of 9**" in text_of(progress)


@pytest.mark.parametrize("first", ["Done", "Go deeper"])
async def test_a_second_tap_at_once_asks_whether_what_took_its_place_is_done(
    alice, channel, first, restart
):
    marked = MAKERS_PATH if first == "Go deeper" else []
    for title in marked:
        await alice.slash(channel, "done", resource=title)
    card = await alice.slash(channel, "next")

    shown = await alice.click(card.response.message, label=first)
    second = title_of(shown)
    await restart()
    asked = await alice.click(shown.response.message, label="Done")
    question, offered = text_of(asked), labels_of(asked)
    progress = text_of(await alice.slash(channel, "progress"))
    meant = await alice.click(asked.response.message, label="Done")

    assert f"read **{second[:20]}" in question
    assert ("You just marked **Attention Is All You Need**." in question) == (first == "Done")
    assert offered == ["Done", "What's next?"]
    assert f"**{9 if marked else 1} of 9**" in progress
    assert "✅ Done: **" in text_of(meant)


async def test_many_quick_taps_mark_one_thing_alone(alice, channel):
    card = await alice.slash(channel, "next")

    await alice.click(card.response.message, label="Done")
    for _ in range(3):  # in the second place of the row, where the first Done was
        await alice.click(card.response.message, label="Done")
        await alice.click(card.response.message, label="What's next?")

    assert "**1 of 9**" in text_of(await alice.slash(channel, "progress"))


async def test_a_tap_a_moment_later_and_one_on_a_fresh_card_are_meant(alice, channel, env):
    card = await alice.slash(channel, "next")
    await alice.click(card.response.message, label="Done")
    fresh = await alice.slash(channel, "next")

    second = await alice.click(fresh.response.message, label="Done")
    told = text_of(second)
    await env.advance_time(A_MOMENT)
    third = await alice.click(second.response.message, label="Done")

    assert "✅ Done: **GPT-1**" in told
    assert "✅ Done: **BERT**" in text_of(third)


async def test_a_second_tap_on_what_is_done_already_just_says_so(alice, channel):
    card = await alice.slash(channel, "next")
    marked = await alice.click(card.response.message, label="Done")
    await alice.slash(channel, "done", resource="GPT-1")

    again = await alice.click(marked.response.message, label="Done")

    assert "You just marked" not in text_of(again)
    assert title_of(again).startswith("BERT")


async def test_the_question_after_a_second_done_keeps_its_rating(alice, channel, restart, env):
    await alice.slash(channel, "next")
    await alice.slash(channel, "done", rating=2)
    asked = await alice.slash(channel, "done", rating=5)
    question = text_of(asked)
    await restart()

    await alice.click(asked.response.message, label="Done")

    rows = await env.bot.services.db.fetch("SELECT rating FROM progress ORDER BY rating")
    assert "Have you also read **Improving Language" in question
    assert "Your rating for it: 5 of 5." in question
    assert [row["rating"] for row in rows] == [2, 5]


async def test_a_bare_done_after_a_minute_is_meant(alice, channel, env):
    await alice.slash(channel, "next")
    await alice.slash(channel, "done")
    await env.advance_time(61)

    answer = await alice.slash(channel, "done")

    assert title_of(answer).startswith("BERT")


async def test_done_without_anything_shown_says_what_to_do(alice, channel, env):
    answer = await alice.slash(channel, "done")

    assert "I don't know which one you have read" in text_of(answer)
    assert "`/next`" in text_of(answer)
    assert "`/search`" in text_of(answer)
    assert [type(error).__name__ for error in env.errors] == ["CommandInvokeError"]


async def test_done_takes_a_title_with_a_typo(alice, channel):
    answer = await alice.slash(channel, "done", resource="atention is all you need")

    assert "✅ Done: **Attention Is All You Need**" in text_of(answer)


async def test_done_asks_which_one_if_several_fit_and_opens_it(alice, channel, env):
    answer = await alice.slash(channel, "done", resource="language models")

    card = await alice.select(
        answer.response.message, options_of(answer)[:1], custom_id=select_of(answer)
    )

    assert "Several resources fit “language models”. Which one do you mean?" in text_of(answer)
    assert "Done" in labels_of(card)
    assert env.errors


async def test_done_with_several_names_says_all_it_marked_and_undoes_them(alice, channel):
    await alice.slash(channel, "done", resource="BERT")
    answer = await alice.slash(
        channel, "done", resource="attention is all you need, gpt-1 & bert", rating=5
    )
    told = text_of(answer)

    undone = await alice.click(answer.response.message, label="Undo")

    assert "✅ Done: **Attention Is All You Need, GPT-1 and BERT**" in told
    assert (
        "Undone: **Attention Is All You Need, GPT-1 and BERT** are as they were before."
        in text_of(undone)
    )


async def test_done_asks_about_the_names_it_cannot_place(alice, channel, restart, env):
    answer = await alice.slash(
        channel, "done", resource="bert, language models and qwxyz", rating=4
    )
    told, likely, labels = text_of(answer), options_of(answer), labels_of(answer)
    await restart()

    done = await alice.select(answer.response.message, likely[:2], custom_id="also-done:4")

    assert "✅ Done: **BERT**" in told
    assert "- “language models”: several fit it" in told
    assert "- “qwxyz”: nothing fits it" in told
    assert labels == ["👍", "👎", "Undo", "What's next?"]
    assert "✅ Done: **GPT-3 and GPT-2**" in text_of(done)
    rows = await env.bot.services.db.fetch("SELECT rating FROM progress")
    assert [row["rating"] for row in rows] == [4, 4, 4]


async def test_one_choice_offers_all_the_names_typed(alice, channel):
    offered = await alice.autocomplete(channel, "done", "resource", "bert and lorra")

    answer = await alice.slash(channel, "done", resource=offered[0]["value"])

    assert offered[0]["name"] == "BERT + LoRA"
    assert "✅ Done: **BERT and LoRA**" in text_of(answer)


async def test_a_path_to_two_names_asks_which_is_meant(alice, channel, env):
    answer = await alice.slash(channel, "path", resource="bert and lora")

    assert "Which one do you mean?" in text_of(answer)
    assert options_of(answer) == ["jump-into-llm:bert", "jump-into-llm:lora"]
    assert env.errors


async def test_a_locked_card_says_what_it_waits_for_and_shows_the_way(alice, channel):
    card = await alice.slash(channel, "search", query="Chain of Thought")

    path = await alice.select(card.response.message, ["path"], custom_id=select_of(card))

    assert "Make this my goal" in labels_of(path)
    assert "4 things first" in text_of(path)


async def test_who_knows_a_locked_one_marks_it_with_all_before_it_and_takes_that_back(
    alice, channel, env
):
    card = await alice.slash(channel, "search", query="GPT-3")
    locked, offered = text_of(card), option_labels_of(card)

    known = await alice.select(card.response.message, ["known_before"], custom_id=select_of(card))
    told, marks = text_of(known), await marks_of(env, alice)
    undone = await alice.click(known.response.message, label="Undo")

    assert "🔒 3 first, 2 h: Attention Is All You Need, GPT-1 and GPT-2" in locked
    assert offered == [
        "Make this my goal", "What first?", "Later", "I know it",
        "I know it, and the 3 before it", "Never", "I've read part of it",
    ]  # fmt: skip
    assert "☑️ Counts as read: **Attention" in told
    assert marks == [("known", None)] * 4
    assert "↩️ Undone" in text_of(undone)
    assert await marks_of(env, alice) == []


async def test_a_card_one_is_ready_for_is_not_locked(alice, channel):
    card = await alice.slash(channel, "search", query="Attention Is All You Need")

    assert "🔒" not in text_of(card)
    assert "What first?" not in labels_of(card)


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("later", "comes back in a week"),
        ("known", "it counts as read"),
        ("skipped", "won't be suggested again"),
    ],
)
async def test_not_this_one_offers_something_else(alice, channel, choice, told):
    await alice.slash(channel, "done", resource="Attention Is All You Need")
    card = await alice.slash(channel, "next")

    answer = await alice.select(card.response.message, [choice], custom_id=select_of(card))

    assert told in text_of(answer)
    assert title_of(answer).startswith("BERT")
    assert "Undo" in labels_of(answer)


async def test_what_was_put_off_comes_back_after_a_week(alice, channel, env):
    card = await alice.slash(channel, "next")
    put_off = await alice.select(card.response.message, ["later"], custom_id=select_of(card))

    await env.advance_time(7 * 24 * 3600 + 1)
    back = await alice.slash(channel, "next")

    assert "Back on <t:" in text_of(put_off)
    assert title_of(back) == "Attention Is All You Need"


async def test_who_put_the_first_paper_off_is_told_when_it_is_back_and_what_helps(alice, channel):
    card = await alice.slash(channel, "next")
    put_off = await alice.select(card.response.message, ["later"], custom_id=select_of(card))

    again = await alice.slash(channel, "next")
    told, buttons = text_of(again), [labels_of(put_off), labels_of(again)]
    taken_back = await alice.click(again.response.message, label="Take it back")

    assert "Back on <t:" in told
    assert "Until then, the list has nothing else for you." in told
    assert "The Illustrated Transformer" in told
    assert buttons[1] == ["Take it back", "Go deeper", "My progress"]
    assert buttons[0] == ["Undo", *buttons[1]]
    assert title_of(taken_back) == "Attention Is All You Need"


async def test_who_put_the_list_off_goes_deeper_for_the_asking(alice, channel):
    card = await alice.slash(channel, "next")
    put_off = await alice.select(card.response.message, ["later"], custom_id=select_of(card))

    deeper = await alice.click(put_off.response.message, label="Go deeper")

    assert "addition" in text_of(deeper)


async def test_filters_narrow_and_name_what_leaves_nothing(alice, channel):
    nothing = await alice.slash(channel, "next", kind="course")
    told, buttons = text_of(nothing), labels_of(nothing)
    path = await alice.click(nothing.response.message, label="What first?")

    assert "Nothing you can read now fits this: course." in told
    assert "🔒 Read this first: [Attention Is All You Need]" in told
    assert buttons == ["What first?", "What's next?"]
    assert "Make this my goal" in labels_of(path)


async def test_filters_that_nothing_fits_any_more_say_so(alice, channel):
    await alice.slash(channel, "done", resource="Attention Is All You Need")

    nothing = await alice.slash(channel, "next", kind="book", must_reads=True)

    assert "Nothing here fits this: book." in text_of(nothing)
    assert "Try again with less." in text_of(nothing)


async def test_a_thumb_rates_what_was_just_done_and_undo_takes_both_back(alice, channel, env):
    done = await alice.slash(channel, "done", resource="Attention Is All You Need")
    rated = await alice.click(done.response.message, label="👍")
    text, shown, liked = text_of(rated), title_of(rated), await marks_of(env, alice)
    changed = await alice.click(rated.response.message, label="👎")
    disliked = await marks_of(env, alice)
    undone = await alice.click(changed.response.message, label="Undo")

    assert "✅ Done: **Attention Is All You Need**" in text
    assert shown == "Improving Language Understanding by Generative Pre-Training"
    assert liked == [("done", 5)]
    assert disliked == [("done", 1)]
    assert "↩️ Undone" in text_of(undone)
    assert await marks_of(env, alice) == []


async def test_what_was_undone_or_marked_anew_is_rated_no_more(alice, channel, env):
    done = await alice.slash(channel, "done", resource="Attention Is All You Need")
    again = await alice.slash(channel, "done", resource="Attention Is All You Need", rating=3)
    refused = await alice.click(done.response.message, label="👍")
    undone = await alice.click(again.response.message, label="Undo")

    assert "You marked **Attention Is All You Need** again after that." in text_of(refused)
    assert await marks_of(env, alice) == [("done", None)]
    assert "👍" not in labels_of(undone)


async def test_several_things_done_at_once_are_not_rated_by_a_thumb(alice, channel):
    done = await alice.slash(channel, "done", resource="BERT, GPT-1")

    assert "Undo" in labels_of(done)
    assert "👍" not in labels_of(done)


async def test_who_has_twenty_minutes_is_told_how_the_next_one_fits(alice, channel, env):
    card = await alice.slash(channel, "next", minutes=20)
    title, told, buttons = title_of(card), text_of(card), labels_of(card)
    await env.advance_time(4)
    after = await alice.click(card.response.message, label="Done")
    still, text = title_of(after), text_of(after)
    any_length = await alice.click(after.response.message, label="Any length")

    assert title == "Attention Is All You Need"
    assert "⏱️ For 20 min: it takes 3 sittings." in told
    assert "Any length" in buttons
    assert "⏱️ For 20 min: " in text
    assert title_of(any_length) == still
    assert "⏱️" not in text_of(any_length)
    assert "Any length" not in labels_of(any_length)


async def test_what_takes_hours_is_read_by_pieces(alice, channel):
    card = await alice.slash(channel, "next", minutes=5)

    assert "⏱️ For 5 min: read a piece of it." in text_of(card)


async def test_what_fits_says_so(alice, channel):
    card = await alice.slash(channel, "next", minutes=90)

    assert "⏱️ For 90 min: it fits." in text_of(card)


async def test_filters_that_leave_nothing_are_listed_and_what_was_shown_stays(alice, channel):
    await alice.slash(channel, "next")

    nothing = await alice.slash(channel, "next", kind="course", must_reads=True)
    done = await alice.slash(channel, "done")

    assert "fits this: course." in text_of(nothing)
    assert "✅ Done: **Attention Is All You Need**" in text_of(done)


async def test_next_narrows_to_a_step_by_its_name(alice, channel):
    answer = await alice.slash(channel, "next", step="tokenization")

    assert title_of(answer).startswith("Neural Machine Translation of Rare Words")


async def test_an_unknown_step_is_named(alice, channel, env):
    answer = await alice.slash(channel, "curriculum", step="xqzv blorf")
    told = text_of(answer)
    picked = await alice.select(answer.response.message, ["peft"], custom_id=select_of(answer))

    assert "There is no step “xqzv blorf”." in told
    assert "Parameter-Efficient" in text_of(picked)
    assert env.errors


async def test_search_opens_the_card_of_one_exact_hit(alice, channel):
    answer = await alice.slash(channel, "search", query="gpt2")

    assert title_of(answer) == "GPT-2: Language Models are Unsupervised Multitask Learners"


@pytest.mark.parametrize(
    "link",
    [
        "https://arxiv.org/abs/1706.03762",
        "arxiv.org/pdf/1706.03762v5",
        "1706.03762",
        "http://www.arxiv.org/abs/1706.03762?utm_source=chat",
    ],
)
async def test_search_takes_a_link_in_any_form(alice, channel, link):
    answer = await alice.slash(channel, "search", query=link)

    assert title_of(answer) == "Attention Is All You Need"


async def test_search_lists_the_best_and_opens_the_chosen_one(alice, channel):
    found = await alice.slash(channel, "search", query="atention")

    card = await alice.select(
        found.response.message, ["jump-into-llm:flashattention"], custom_id=select_of(found)
    )

    assert "○ [Attention Is All You Need]" in text_of(found).splitlines()[1]
    assert "FlashAttention" in title_of(card)


async def test_search_shows_a_step_and_a_resource_of_one_name_the_step_first(alice, channel):
    found = await alice.slash(channel, "search", query="rlhf")

    lines = text_of(found).splitlines()
    assert lines[:3] == [
        f"-# {len(options_of(found))} found for “rlhf”",
        "Step: RLHF, DPO & Beyond · 0 of 6",
        "🔒 [InstructGPT](https://arxiv.org/abs/2203.02155) · 📄 1 h · 📚",
    ]
    assert labels_of(found) == ["What's next?"]


async def test_a_step_that_was_found_opens_like_in_the_index(alice, channel):
    found = await alice.slash(channel, "search", query="rlhf")
    index = await alice.slash(channel, "curriculum", step="RLHF, DPO & Beyond")

    opened = await alice.select(
        found.response.message, [":preference-learning"], custom_id=select_of(found)
    )

    assert text_of(opened) == text_of(index)
    assert "Step: RLHF, DPO & Beyond" in text_of(found)


async def test_a_question_in_words_finds_what_it_is_about(alice, channel):
    found = text_of(await alice.slash(channel, "search", query="how do I fine-tune a model?"))

    assert "Step: Parameter-Efficient Fine-Tuning" in found
    assert "LoRA" in found


async def test_what_fits_says_the_readers_state_in_words(alice, channel):
    await alice.slash(channel, "done", resource="BERT", rating=4)
    card = await alice.slash(channel, "next")
    await alice.select(card.response.message, ["later"], custom_id=select_of(card))

    found = await alice.slash(channel, "search", query="transformer")

    hints = dict(zip(options_of(found), hints_of(found), strict=True))
    assert hints[":transformer"] == "0 of 2"
    assert hints["jump-into-llm:attention-is-all-you-need"] == "💤 later · 1 · Transformer"
    assert hints["jump-into-llm:bert"].startswith("✅ done, 4 of 5 · 2 · Pre-Training")
    assert hints["jump-into-llm:illustrated-transformer"].startswith("○ not read yet")
    assert hints["jump-into-llm:switch-transformer"].startswith("🔒 locked")
    assert "💤 [Attention Is All You Need]" in text_of(found)


async def test_search_offers_all_that_fits_and_shows_the_best(alice, channel):
    many = await alice.slash(channel, "search", query="language models")

    assert "-# The 25 best for “language models”" in text_of(many)
    assert text_of(many).endswith(f"-# … and {25 - BEST} more")
    assert len(options_of(many)) == 25
    assert len(text_of(many).splitlines()) == 2 + BEST


async def test_autocomplete_offers_steps_and_a_chosen_one_opens(alice, channel):
    choices = await alice.autocomplete(channel, "search", "query", "rlhf")
    names = {choice["value"]: choice["name"] for choice in choices}

    opened = await alice.slash(channel, "search", query=choices[0]["value"])

    assert names[":preference-learning"] == "Step: RLHF, DPO & Beyond"
    assert choices[0]["value"] == ":preference-learning"
    assert "## RLHF, DPO & Beyond" in text_of(opened)


async def test_a_step_is_chosen_by_its_korean_name(alice, channel):
    choices = await alice.autocomplete(channel, "curriculum", "step", "미세조정")

    assert choices[0]["name"] == "2 · Pre-Training & Fine-Tuning"


async def test_search_finds_nothing_for_nonsense_and_says_what_to_try(alice, channel):
    answer = await alice.slash(channel, "search", query="xqzv blorf")

    assert "Nothing on the list fits “xqzv blorf”." in text_of(answer)
    assert labels_of(answer) == ["The list", "What's next?"]


async def test_what_people_type_is_shown_as_text(alice, channel):
    answer = await alice.slash(channel, "search", query="@everyone </next:1> **<t:1:R>**")

    assert "@everyone" not in text_of(answer)
    assert "</next:1>" not in text_of(answer)
    assert "<t:1:R>" not in text_of(answer)


async def test_the_index_shows_the_list_first_then_what_goes_deeper(alice, channel):
    await alice.slash(channel, "done", resource="attention is all you need, gpt-1")
    await alice.slash(channel, "next")

    index = await alice.slash(channel, "curriculum")
    listed, offered = text_of(index), options_of(index)
    deeper = await alice.select(index.response.message, [":deeper"], custom_id=select_of(index))

    assert listed.splitlines() == [
        "### 🎛 Jump into LLM",
        "-# by [EunjuYang](https://github.com/EunjuYang/jump2llm_) · 2 of 9",
        "✅ 1 · Transformer · 1 of 1",
        "▶ 2 · Pre-Training & Fine-Tuning · 1 of 2",
        "○ 3 · Parameter-Efficient Fine-Tuning (PEFT) · 0 of 2",
        "○ 4 · In-Context Learning (ICL) · 0 of 3",
        "🔒 Appendix · Understanding NLP Tasks · 0 of 1 (BERT opens it)",
        "-# Deeper: 0 of 78, in 20 more steps",
    ]
    assert offered[-2:] == ["nlp-tasks", ":deeper"]
    assert "○ Tokenization · 0 of 3" in text_of(deeper)
    assert "Next ▶" in labels_of(deeper)


async def test_a_step_is_opened_from_the_index(alice, channel):
    index = await alice.slash(channel, "curriculum")

    step = await alice.select(index.response.message, ["nlp-tasks"], custom_id=select_of(index))

    short = text_of(step)
    all_of_it = await alice.click(step.response.message, label="More")

    assert "Appendix · Understanding NLP Tasks" in short
    assert "🔒 Read this first: Attention Is All You Need" in short
    assert "Benchmarks" not in short
    assert "Translation · Seq2Seq · [Benchmarks](https://huggingface.co/tasks/translation)" in (
        text_of(all_of_it)
    )
    assert "Less" in labels_of(all_of_it)


async def test_a_step_shows_what_is_done(alice, channel):
    await alice.slash(channel, "done", resource="BERT")

    step = await alice.slash(channel, "curriculum", step="2")

    assert "✅ [BERT" in text_of(step)
    assert "-# 1 of 2\n" in text_of(step)
    assert "-# Deeper: 0 of 1" in text_of(step)


async def test_what_the_maker_says_of_the_list_is_a_click_away(alice, channel):
    index = await alice.slash(channel, "curriculum")

    about = text_of(await alice.click(index.response.message, label="About this list"))

    assert "The section on LLM models will be updated soon." in about
    assert "not be suitable for complete beginners" in about
    assert "-# by [EunjuYang](https://github.com/EunjuYang/jump2llm_)" in about


async def test_progress_counts_the_list_and_additions_apart(alice, channel):
    for title in ("Attention Is All You Need", "GPT-1", "RoBERTa", "The Illustrated Transformer"):
        await alice.slash(channel, "done", resource=title)

    progress = await alice.slash(channel, "progress")
    text = text_of(progress)
    all_of_it = text_of(await alice.click(progress.response.message, label="More"))

    assert "▰▰▱▱▱▱▱▱▱  **2 of 9**" in text
    assert "-# Deeper: 1 of 78" in text
    assert "- 1 · Transformer: 1 of 1 ✅" in all_of_it


async def test_a_done_card_can_be_made_unread(alice, channel):
    await alice.slash(channel, "done", resource="BERT")
    card = await alice.slash(channel, "search", query="BERT")

    answer = await alice.click(card.response.message, label="Not read yet")

    assert "**BERT** is unread again." in text_of(answer)


async def test_everything_works_in_a_direct_message(env):
    reader = env.create_user("bob")

    card = await reader.slash("next")
    answer = await reader.click(card.response.message, label="Done")

    assert "✅ Done: **Attention Is All You Need**" in text_of(answer)


async def test_progress_is_the_same_in_a_server_and_in_a_direct_message(env, guild, channel):
    bob = env.create_user("bob")
    member = guild.add_member(bob)
    await member.slash(channel, "done", resource="Attention Is All You Need")

    card = await bob.slash("next")

    assert title_of(card).startswith("Improving Language")


@pytest.mark.parametrize("press", ["Done", "Undo", "About this list", "What's next?"])
async def test_old_buttons_work_after_a_restart(alice, channel, restart, press):
    card = await alice.slash(channel, "next")
    if press == "Undo":
        card = await alice.click(card.response.message, label="Done")
    elif press == "About this list":
        card = await alice.slash(channel, "curriculum")
    elif press == "What's next?":
        card = await alice.slash(channel, "progress")

    await restart()
    answer = await alice.click(card.response.message, label=press)

    assert text_of(answer)
    assert "Something went wrong" not in text_of(answer)


async def test_a_card_of_what_left_the_list_says_so(alice, channel, restart, base):
    card = await alice.slash(channel, "search", query="BERT")
    sections = tuple(
        replace(section, steps=tuple(without(step, "bert") for step in section.steps))
        for section in base.sections
    )

    await restart(replace(base, sections=sections))
    answer = await alice.click(card.response.message, label="Done")

    assert "**BERT: Pre-training" in text_of(answer)
    assert "is no longer on the list" in text_of(answer)


def without(step, slug):
    kept = (r for r in step.resources if not r.key.endswith(f":{slug}"))
    return replace(step, resources=tuple(kept))


async def test_autocomplete_offers_what_is_undone_first(alice, channel):
    await alice.slash(channel, "done", resource="GPT-2")

    typed = await alice.autocomplete(channel, "done", "resource", "gpt")
    nothing_typed = await alice.autocomplete(channel, "done", "resource", "")

    assert {choice["value"] for choice in typed[:2]} == {
        "jump-into-llm:gpt-1",
        "jump-into-llm:gpt-3",
    }
    assert nothing_typed[0]["value"] == "jump-into-llm:attention-is-all-you-need"
    assert "jump-into-llm:gpt-2" not in [choice["value"] for choice in nothing_typed]


async def test_choices_stay_within_discords_limits(alice, channel):
    for typed in ("", "a", "language models", "t", "2023"):
        for command, option in (("search", "query"), ("done", "resource"), ("next", "step")):
            choices = await alice.autocomplete(channel, command, option, typed)

            assert len(choices) <= 25
            assert all(1 <= len(choice["name"]) <= 100 for choice in choices)
            assert all(1 <= len(choice["value"]) <= 100 for choice in choices)


async def test_help_names_every_command(alice, channel):
    text = text_of(await alice.slash(channel, "help"))

    everyone = {name.split()[0] for name in alice.available_commands(channel)} - {"help"}
    assert [name for name in everyone if f"`/{name}" not in text] == []
