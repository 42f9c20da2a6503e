import re
from dataclasses import replace
from datetime import UTC, datetime

import discord
import pytest
from simcord import SetupError

from bot.core.curriculum.fields import PageFacts
from bot.core.curriculum.file import read_curriculum
from bot.views.custom_ids import DoToDraft
from tests.forged import forged, pressed
from tests.seen import custom_id_of, labels_of, options_of, select_of, text_of, title_of

LINK = "https://example.org/mamba"
MAMBA = "Mamba: Linear-Time Sequence Modeling"
BERT = "jump-into-llm:bert"


@pytest.fixture
def fetch_facts():
    async def facts(url):
        if url == LINK:
            return PageFacts(MAMBA, "Gu and Dao", 2023, 40, "paper")
        missing = {"https://exmaple.org/": "site", "https://example.org/404": "page"}
        return PageFacts(missing=missing.get(url))

    return facts


@pytest.fixture
def add(moderator, channel):
    """Return what adds a link with a title of its own, through the cards."""

    async def added(link=LINK, **typed):
        card = await moderator.slash(channel, "manage add", link=link)
        if typed:
            card = await fill(moderator, card, "Edit", **typed)
        return await moderator.click(card.response.message, label="Add")

    return added


async def fill(member, card, label, **typed):
    """Open the form of a card and send it, with some fields typed anew."""
    if label not in labels_of(card):
        await member.click(card.response.message, label="More")
    form = await member.click(card.response.message, label=label)
    return await member.submit_modal(form, {**filled(form), **typed})


def filled(form):
    """What stands in a form when it opens."""
    controls = [label["component"] for label in form.modal["components"]]
    texts = {c["custom_id"]: c.get("value") or "" for c in controls if c["type"] == 4}
    chosen = {
        c["custom_id"]: [o["value"] for o in c["options"] if o.get("default")]
        for c in controls
        if c["type"] == 3
    }
    return texts | chosen


async def test_a_preview_shows_what_the_page_says(moderator, channel):
    card = await moderator.slash(channel, "manage add", link=LINK)

    assert card.ephemeral
    assert title_of(card) == MAMBA
    assert "Gu and Dao · 2023 · 📄 40 min" in text_of(card)
    assert "would go to Added by this server" in text_of(card)
    assert labels_of(card) == ["Add", "Edit", "Cancel"]
    assert len(options_of(card)) == 25


async def test_what_was_added_is_found_at_once_everywhere(alice, channel, add):
    done = await add()

    searched = await alice.slash(channel, "search", query="mamba linear")
    typed = await alice.autocomplete(channel, "search", "query", "mamba")
    index = await alice.slash(channel, "curriculum")
    step = await alice.slash(channel, "curriculum", step="added by this server")
    narrowed = await alice.slash(channel, "next", step="Added by this server")

    assert "✅ **Mamba** is on this server's list now." in text_of(done)
    assert title_of(searched) == MAMBA
    assert [choice["name"] for choice in typed] == [f"{MAMBA} · Added by this server"]
    assert "○ Added by this server · 0 of 1" in text_of(index)
    assert "○ [Mamba](" in text_of(step)
    assert title_of(narrowed) == MAMBA


async def test_another_server_sees_nothing_of_it(elsewhere, add, env):
    stranger, there = elsewhere
    await add()

    searched = await stranger.slash(there, "search", query="mamba")
    by_link = await stranger.slash(there, "search", query=LINK)
    index = await stranger.slash(there, "curriculum")
    typed = [
        await stranger.autocomplete(there, command, option, "mamba")
        for command, option in (("search", "query"), ("done", "resource"), ("next", "step"))
    ]
    edit = await stranger.autocomplete(there, "manage edit", "resource", "mamba")
    exported = await export(stranger, there)
    in_private = await env.create_user("bob").slash("search", query="mamba")

    assert "Nothing on the list fits" in text_of(searched)
    assert "Nothing on the list fits" in text_of(by_link)
    assert "added by this server" not in text_of(index)
    assert [*typed, edit] == [[], [], [], []]
    assert "Mamba" not in await text_of_file(exported)
    assert "Nothing on the list fits" in text_of(in_private)


async def test_a_forged_key_of_another_server_opens_nothing(elsewhere, add, env):
    stranger, there = elsewhere
    card = await add()
    key = f"g{card.response.message.guild.id}:mamba-linear-time-sequence-modeling"

    answers = [
        await stranger.slash(there, "search", query=key),
        await stranger.slash(there, "done", resource=key),
        await stranger.slash(there, "manage edit", resource=key),
    ]

    for answer in answers:
        assert "Linear-Time" not in text_of(answer)
    assert env.errors


async def test_members_do_not_see_the_command(alice, moderator, channel):
    assert not [name for name in alice.available_commands(channel) if name.startswith("manage")]
    assert "manage add" in moderator.available_commands(channel)
    with pytest.raises(SetupError, match="not visible"):
        await alice.slash(channel, "manage add", link=LINK)


async def test_a_listed_link_shows_what_it_is(moderator, channel):
    card = await moderator.slash(channel, "manage add", link="arxiv.org/pdf/1810.04805v2")

    assert "**BERT** is already on the list." in text_of(card)
    short = labels_of(card)
    await moderator.click(card.response.message, label="More")

    assert short == ["Edit texts", "Remove", "More"]
    assert labels_of(card) == ["Edit texts", "Remove", "Less", "Link, questions, parts", "History"]


async def test_much_the_same_title_is_a_warning(moderator, channel):
    card = await moderator.slash(channel, "manage add", link="https://example.org/copy")
    card = await fill(moderator, card, "Edit", title="[PDF] Attention is all you need")

    assert "⚠️ It looks like [Attention Is All You Need]" in text_of(card)


async def test_a_silent_page_asks_for_a_title_before_it_can_be_added(moderator, channel):
    card = await moderator.slash(channel, "manage add", link="https://example.org/a?b=1")
    before, buttons = text_of(card), labels_of(card)
    edited = await fill(moderator, card, "Edit", title="A")

    assert "I found no title on the page" in before
    assert "### [example.org\u200b/a?b=1]" in before
    assert buttons == ["Edit", "Cancel"]
    assert "I found no title on the page" not in text_of(edited)
    assert labels_of(edited) == ["Add", "Edit", "Cancel"]


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("https://exmaple.org/", "There is no site at this address. Check how it is spelled."),
        ("https://example.org/404", "The site says it has no such page. Check the link."),
    ],
)
async def test_what_is_not_there_is_told_apart_from_a_silent_page(moderator, channel, link, told):
    card = await moderator.slash(channel, "manage add", link=link)

    assert told in text_of(card)
    assert "found no title" not in text_of(card)


async def test_what_is_no_link_is_refused(moderator, channel, env):
    answer = await moderator.slash(channel, "manage add", link="[x](javascript:1)")

    assert "I can't open" in text_of(answer)
    assert env.errors


async def test_a_step_is_chosen_on_the_card(moderator, channel):
    card = await moderator.slash(channel, "manage add", link=LINK)
    moved = await moderator.select(card.response.message, ["peft"], custom_id=select_of(card))
    would_go = text_of(moved)
    added = await moderator.click(moved.response.message, label="Add")

    assert "would go to 3 · Parameter-Efficient" in would_go
    assert "3 · Parameter-Efficient Fine-Tuning (PEFT) · added by this server" in text_of(added)


async def test_every_text_is_typed_in_one_form(add):
    card = await add(
        title="맘바 @everyone",
        authors="Kim, 2024",
        minutes="1 h 30",
        kind=["video"],
        notes="A.\nB.",
    )

    text = text_of(card)
    assert title_of(card) == "맘바 @\u200beveryone"
    assert "Kim · 2024 · 📼 1 h 30 min" in text
    assert "> A.\n> B." in text


@pytest.mark.parametrize("field", ["title", "authors", "notes"])
async def test_a_text_with_a_hidden_character_is_refused_for_that(moderator, channel, add, field):
    card = await add()

    answer = await fill(moderator, card, "Edit texts", **{field: "a\u202eb"})

    assert "visible characters. Nothing was changed" in text_of(answer)


async def test_a_title_that_nobody_sees_is_refused(moderator, channel, add):
    card = await add()

    answer = await fill(moderator, card, "Edit texts", title="\u200b\u200b")

    assert "visible characters. Nothing was changed" in text_of(answer)


async def test_a_wrong_text_is_named_and_nothing_is_changed(moderator, channel, add):
    card = await add()

    answer = await fill(moderator, card, "Edit texts", minutes="long", title="Other")
    again = await moderator.slash(channel, "manage edit", resource="mamba")

    assert "Write the time as 45" in text_of(answer)
    assert title_of(again) == MAMBA


TYPED = {"title": "My own title", "minutes": "long", "notes": "A note.", "kind": ["docs"]}


@pytest.mark.parametrize("is_added", [False, True])
async def test_a_refused_form_opens_again_as_it_was_typed(
    moderator, channel, add, restart, is_added
):
    card = await (add() if is_added else moderator.slash(channel, "manage add", link=LINK))
    refused = await fill(moderator, card, "Edit texts" if is_added else "Edit", **TYPED)
    await restart()

    form = await moderator.click(refused.response.message, label="Edit again")
    mended = await moderator.submit_modal(form, {**filled(form), "minutes": "45"})

    assert {name: filled(form)[name] for name in TYPED} == TYPED
    assert title_of(mended) == "My own title"
    assert "45 min" in text_of(mended)
    assert "> A note." in text_of(mended)


async def test_a_form_may_be_refused_and_opened_again_more_than_once(moderator, channel, add):
    refused = await fill(moderator, await add(), "Edit texts", **TYPED)
    again = await fill(moderator, refused, "Edit again", minutes="even longer")

    mended = await fill(moderator, again, "Edit again", minutes="30")

    assert title_of(mended) == "My own title"


async def test_what_another_changed_meanwhile_is_not_set_back_by_a_form_opened_again(
    moderator, channel, guild, env, add
):
    card = await add()
    refused = await fill(moderator, card, "Edit texts", minutes="long")
    await fill(moderator, card, "Edit texts", title="By somebody quicker")

    mended = await fill(moderator, refused, "Edit again", minutes="45")

    assert title_of(mended) == "By somebody quicker"
    assert "45 min" in text_of(mended)


async def test_what_was_typed_is_forgotten_after_a_day(moderator, channel, add, env):
    refused = await fill(moderator, await add(), "Edit texts", minutes="long")
    await env.advance_time(24 * 3600 + 60)

    answer = await moderator.click(refused.response.message, label="Edit again")
    await moderator.slash(channel, "manage add", link="https://example.org/other")

    rows = await env.bot.services.db.fetch("SELECT 1 FROM drafts WHERE fields LIKE '%typed%'")
    assert "can't be used any more" in text_of(answer)
    assert rows == []


async def test_a_card_that_has_lapsed_offers_no_form_again(moderator, channel, add, env):
    card = await add()
    form = await moderator.click(card.response.message, label="Edit texts")
    async with env.bot.services.db.transaction() as tx:
        await tx.fetch("DELETE FROM drafts")

    answer = await moderator.submit_modal(form, {**filled(form), "title": "Other"})

    assert "can't be used any more" in text_of(answer)
    assert labels_of(answer) == []


async def test_cancel_adds_nothing(alice, moderator, channel):
    card = await moderator.slash(channel, "manage add", link=LINK)

    cancelled = await moderator.click(card.response.message, label="Cancel")
    searched = await alice.slash(channel, "search", query="mamba")

    assert text_of(cancelled) == "Nothing was added."
    assert "Nothing on the list fits" in text_of(searched)


async def test_a_second_card_of_the_same_link_adds_nothing_more(moderator, channel):
    first = await moderator.slash(channel, "manage add", link=LINK)
    second = await moderator.slash(channel, "manage add", link=LINK)

    await moderator.click(first.response.message, label="Add")
    again = await moderator.click(second.response.message, label="Add")

    assert "**Mamba** is already on the list." in text_of(again)


async def test_a_card_works_after_a_restart(moderator, channel, restart):
    card = await moderator.slash(channel, "manage add", link=LINK)
    await restart()
    form = await moderator.click(card.response.message, label="Edit")

    added = await moderator.click(card.response.message, label="Add")

    assert filled(form)["title"] == MAMBA
    assert title_of(added) == MAMBA


async def test_a_card_lapses_after_a_day(moderator, channel, env):
    card = await moderator.slash(channel, "manage add", link=LINK)
    await env.advance_time(24 * 3600 + 60)

    answer = await moderator.click(card.response.message, label="Add")

    assert "This card can't be used any more" in text_of(answer)


async def test_a_member_cannot_use_a_moderators_card(alice, moderator, channel, env):
    card = await moderator.slash(channel, "manage add", link=LINK)
    custom_id = custom_id_of(card, "Add")
    answer = await pressed(env, channel, alice, custom_id)
    searched = await alice.slash(channel, "search", query="mamba")

    assert "This card belongs to somebody else" in text_of(answer)
    assert "Nothing on the list fits" in text_of(searched)


@pytest.mark.parametrize("action", ["add", "cancel", "edit", "texts", "remove", "restore"])
async def test_a_forged_custom_id_does_nothing(alice, moderator, channel, env, action):
    card = await moderator.slash(channel, "manage edit", resource="BERT")
    draft_id = custom_id_of(card, "Remove").split(":")[1]
    mine = await forged(env, channel, f"draft-{action}:{draft_id}:{alice.id}")
    made_up = await forged(env, channel, f"draft-{action}:1:{alice.id}")

    answers = [await alice.click(message, label="Press") for message in (mine, made_up)]
    searched = await alice.slash(channel, "search", query="BERT")

    for answer in answers:
        assert "This card can't be used any more" in text_of(answer)
    assert title_of(searched).startswith("BERT")


async def test_a_moderators_card_does_nothing_in_another_server(env, guild, channel, elsewhere):
    _, there = elsewhere
    user = env.create_user("moderator of one")
    permissions = discord.Permissions(manage_guild=True)
    at_home = guild.add_member(user, roles=[guild.create_role("mods", permissions=permissions)])
    visiting = there.guild.add_member(user)
    card = await at_home.slash(channel, "manage edit", resource="BERT")
    answer = await pressed(env, there, visiting, custom_id_of(card, "Remove"))
    searched = await at_home.slash(channel, "search", query="BERT")

    assert "This card can't be used any more" in text_of(answer)
    assert title_of(searched).startswith("BERT")


@pytest.mark.parametrize(
    "title",
    [
        "@everyone",
        "</next:1>",
        "[x](javascript:1)",
        "<@1> <#2> <t:1:R>",
        "# big",
        "t" * 200,
        "트랜스포머는 왜 잘 될까?",
        "||spoiler|| `code` **bold**",
        "\\",
    ],
)
async def test_a_hostile_title_shows_as_typed_and_does_nothing(alice, channel, add, title):
    card = await add(title=title)
    searched = await alice.slash(channel, "search", query=LINK)
    step = await alice.slash(channel, "curriculum", step="Added by this server")
    choices = await alice.autocomplete(channel, "search", "query", title)

    for answer in (card, searched, step):
        text = text_of(answer)
        assert "@everyone" not in text
        assert not re.search(r"<(?!\u200b)", text)
        assert not re.search(r"(?<!\\)\]\(javascript", text)
        assert "**bold**" not in text
        assert not re.search(r"^# ", text, re.MULTILINE)
    assert all(len(choice["name"]) <= 100 for choice in choices)


async def test_a_title_of_300_characters_does_not_fit_the_form(moderator, channel):
    card = await moderator.slash(channel, "manage add", link=LINK)

    with pytest.raises(SetupError, match="max_length"):
        await fill(moderator, card, "Edit", title="t" * 300)


async def test_removed_and_restored_it_keeps_its_readers(alice, moderator, channel, add, env):
    card = await add()
    await env.advance_time(4)
    await alice.slash(channel, "done", resource="mamba", rating=5)

    removed = text_of(await moderator.click(card.response.message, label="Remove"))
    gone = await alice.slash(channel, "search", query="mamba")
    offered = await moderator.autocomplete(channel, "manage edit", "resource", "mamba")
    found = await moderator.slash(channel, "manage edit", resource="mamba")
    again = await moderator.slash(channel, "manage add", link=LINK)
    offer = text_of(again)
    restored = await moderator.click(again.response.message, label="Restore")
    back = await alice.slash(channel, "search", query="mamba")

    assert "Everyone keeps their marks on it." in removed
    assert "Nothing on the list fits" in text_of(gone)
    assert [choice["name"] for choice in offered] == [f"🗑️ {MAMBA} · removed"]
    assert labels_of(found) == ["Edit texts", "Restore", "More"]
    assert "**Restore** brings it back" in offer
    assert "is back on this server's list" in text_of(restored)
    assert "✅ done, 5 of 5" in text_of(back)


async def test_a_second_tap_on_back_changes_nothing(alice, moderator, channel, add):
    await add()
    desk = await moderator.slash(channel, "manage edit", resource="mamba", needs="GPT-3")
    first = labels_of(desk)[0]
    await moderator.click(desk.response.message, label="More")
    await moderator.click(desk.response.message, label="History")
    await moderator.click(desk.response.message, label="◀ Back")

    slip = await moderator.click(desk.response.message, label=first)

    assert "so I did nothing" in text_of(slip)
    assert "GPT-3" not in text_of(await alice.slash(channel, "path", resource="mamba"))


async def test_a_card_of_what_a_server_removed_says_so(alice, moderator, channel):
    card = await alice.slash(channel, "search", query="BERT")
    desk = await moderator.slash(channel, "manage edit", resource=BERT)
    await moderator.click(desk.response.message, label="Remove")

    answer = await alice.click(card.response.message, label="Done")

    assert "is no longer on the list" in text_of(answer)


async def test_a_title_of_the_list_is_changed_in_one_server_only(
    alice, moderator, channel, elsewhere
):
    stranger, there = elsewhere
    desk = await moderator.slash(channel, "manage edit", resource=BERT)
    changed = await fill(moderator, desk, "Edit texts", title="Bidirectional and ours")

    here = await alice.slash(channel, "search", query="bidirectional and ours")
    away = await stranger.slash(there, "search", query="BERT")

    assert "✅ Changed for this server" in text_of(changed)
    assert title_of(here) == "Bidirectional and ours"
    assert title_of(away).startswith("BERT: Pre-training")


async def test_what_would_change_is_shown_then_confirmed(moderator, channel, add):
    await add()
    card = await moderator.slash(channel, "manage edit", resource="mamba", step="4", needs="GPT-3")
    shown, buttons = text_of(card), labels_of(card)
    confirmed = await moderator.click(card.response.message, label="Confirm")

    assert "**This would change**" in shown
    assert "- Step: Added by this server → 4 · In-Context Learning (ICL)" in shown
    assert "- Needs GPT-3" in shown
    assert buttons == ["Confirm", "Edit texts", "Remove", "More"]
    assert "**Needs**: GPT-3" in text_of(confirmed)
    assert "4 · In-Context Learning" in text_of(confirmed)
    assert "Confirm" not in labels_of(confirmed)


async def test_a_prerequisite_is_dropped(moderator, channel):
    offered = await moderator.autocomplete(
        channel, "manage edit", "no_longer_needs", "", resource="GPT-3"
    )
    card = await moderator.slash(
        channel, "manage edit", resource="GPT-3", no_longer_needs=offered[0]["value"]
    )
    shown = text_of(card)
    confirmed = await moderator.click(card.response.message, label="Confirm")

    assert "- No longer needs GPT-2" in shown
    assert "**Needs**" not in text_of(confirmed)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"needs": "GPT-3"}, "Few-Shot Learners**: that one already needs it."),
        ({"needs": "GPT-2"}, "Multitask Learners** can't need itself."),
        (
            {"needs": "The Illustrated Transformer"},
            ": one of them only helps with another resource.",
        ),
        ({"needs": "Chinchilla"}, ": the list's own resources never need an added one."),
        (
            {"step": "tokenization"},
            "Resources that the list's maker chose stay in the maker's steps",
        ),
    ],
)
async def test_a_wish_that_cannot_be_is_refused_with_its_reason(
    moderator, channel, env, wish, told
):
    answer = await moderator.slash(channel, "manage edit", resource="GPT-2", **wish)

    assert told in text_of(answer)
    assert env.errors


async def test_a_wish_that_a_later_list_breaks_is_told(moderator, channel, restart, base, add):
    await add()
    card = await moderator.slash(channel, "manage edit", resource="mamba", needs="NLP tasks")
    await moderator.click(card.response.message, label="Confirm")
    sections = tuple(section for section in base.sections if section.id != "nlp-tasks")

    await restart(replace(base, sections=sections))
    again = await moderator.slash(channel, "manage edit", resource="mamba")

    assert "**Not used for now**" in text_of(again)
    assert "that is no longer there" in text_of(again)


async def test_history_names_who_changed_what(moderator, channel, add):
    card = await add()
    changed = await fill(moderator, card, "Edit texts", title="Mamba", minutes="5")

    await moderator.click(changed.response.message, label="More")
    history = await moderator.click(changed.response.message, label="History")
    lines = text_of(history).splitlines()
    back = await moderator.click(history.response.message, label="◀ Back")

    assert lines[1].endswith(f"<@{moderator.id}> · changed: minutes, title")
    assert lines[2].endswith(f"<@{moderator.id}> · added")
    assert title_of(back) == "Mamba"


async def test_history_takes_changes_back_one_at_a_time(env, moderator, channel, add):
    card = await add()
    changed = await fill(moderator, card, "Edit texts", title="Mamba", minutes="5")
    message = changed.response.message

    async def press(label):
        await env.advance_time(4)  # what follows at once may be a slip
        return text_of(await moderator.click(message, label=label))

    await press("More")
    await moderator.click(message, label="History")
    slip = text_of(await moderator.click(message, label="Undo the last change"))
    back = await press("Undo the last change")
    again = await press("Undo")
    await press("Undo the last change")
    whole = await press("Undo the last change")
    desk = await press("◀ Back")

    assert slip.startswith("The card changed just before your tap")
    assert back.startswith("↩️ Taken back: changed: minutes, title.")
    assert again.startswith("✅ Changed again: changed: minutes, title.")
    assert whole.startswith("↩️ Taken back: added.")
    assert "-# 2 taken back" in whole
    assert "is removed from this server's list" in desk


async def test_a_later_change_by_another_moderator_is_named(moderator, channel, add, guild, env):
    card = await add()
    changed = await fill(moderator, card, "Edit texts", title="Mamba")
    await moderator.click(changed.response.message, label="More")
    history = await moderator.click(changed.response.message, label="History")
    role = guild.create_role("too", permissions=discord.Permissions(manage_guild=True))
    other = guild.add_member(env.create_user("other"), roles=[role])
    theirs = await other.slash(channel, "manage edit", resource="Mamba")
    await other.click(theirs.response.message, label="Remove")

    await env.advance_time(4)
    refused = await moderator.click(history.response.message, label="Undo the last change")

    first, *_ = text_of(refused).splitlines()
    assert first.startswith("Nothing was taken back: there is a later change. ")
    assert first.endswith(f"<@{other.id}> · removed")


async def export(member, channel):
    """Take the list of a channel along."""
    card = await member.slash(channel, "manage list")
    asked = await member.click(card.response, label="Export")
    return await member.click(asked.response, label="YAML")


async def text_of_file(result):
    (attachment,) = result.response.attachments
    return (await attachment.read()).decode()


async def test_the_export_reads_back_with_what_was_added(moderator, channel, add):
    await add(title="트랜스포머: 왜?")

    exported = await export(moderator, channel)

    read = read_curriculum(await text_of_file(exported))
    assert exported.ephemeral
    assert exported.response.attachments[0].filename == "jump-into-llm.yaml"
    assert [r.title for r in read.step("added-here").resources] == ["트랜스포머: 왜?"]


async def test_choices_stay_within_discords_limits(moderator, channel, add):
    await add(title="긴 제목 " * 30)
    for option, typed in (("resource", ""), ("resource", "긴"), ("step", ""), ("needs", "a")):
        choices = await moderator.autocomplete(channel, "manage edit", option, typed)

        assert 0 < len(choices) <= 25
        assert all(1 <= len(c["name"]) <= 100 and len(c["value"]) <= 100 for c in choices)


def test_a_custom_id_fits_with_the_longest_ids():
    assert len(str(DoToDraft(2**63 - 1, 2**64 - 1, "confirm"))) <= 100


async def test_what_a_moderator_adds_to_a_step_is_read_in_its_place(moderator, alice, channel, env):
    await moderator.slash(channel, "manage group", zone="UTC")
    card = await moderator.slash(channel, "manage add", link=LINK, step="Transformer")
    await moderator.click(card.response.message, label="Add")

    await alice.slash(channel, "next")
    after = await alice.slash(channel, "done")
    coming = await alice.slash(channel, "group")

    assert title_of(after) == MAMBA
    assert "addition" not in text_of(after)
    weeks = [line for line in text_of(coming).splitlines() if line.startswith("<t:")]
    papers = [week.partition(" ")[2] for week in weeks]
    assert papers[:3] == ["Attention Is All You Need", "Mamba", "GPT-1"]


async def test_link_must_read_and_questions_are_edited_on_the_added_card(
    moderator, alice, channel, add, env
):
    card = await add()

    edited = await fill(
        moderator, card, "Link, questions, parts",
        link="https://example.org/alive", must_read=["yes"], questions="Why?",
    )  # fmt: skip
    found = await alice.slash(channel, "search", query=LINK)
    said = text_of(edited)
    await moderator.click(edited.response.message, label="More")

    assert "✅ Changed for this server" in said
    assert "**Questions**: Why?" in text_of(edited)
    assert "📚" in text_of(found)
    assert "https://example.org/alive" in text_of(found)


async def test_parts_are_typed_one_a_line_and_taken_back(moderator, channel, env):
    desk = await moderator.slash(channel, "manage edit", resource="BERT")
    refused = await fill(moderator, desk, "Link, questions, parts", parts="all of it")
    told = text_of(refused)

    edited = await fill(moderator, refused, "Edit again", parts="sections 1-3\nsections 4-7\n")
    said = text_of(edited)
    await moderator.click(edited.response.message, label="More")
    opened = text_of(edited)
    history = await moderator.click(edited.response.message, label="History")
    seen = text_of(history)
    await env.advance_time(4)  # a tap at once would be taken for a slip
    undone = await moderator.click(history.response.message, label="Undo the last change")

    assert "There are 2 to 26 parts or none, one a line" in told
    assert "✅ Changed for this server" in said
    assert "**In parts**: sections 1-3 · sections 4-7" in opened
    assert "changed: parts" in seen
    assert "Taken back" in text_of(undone)


async def test_a_link_that_is_taken_is_refused_with_its_name_and_typed_once_more(
    moderator, channel, add
):
    await add()
    other = await add("https://example.org/other", title="Other")

    refused = await fill(moderator, other, "Link, questions, parts", link=LINK)
    told = text_of(refused)
    mended = await fill(moderator, refused, "Edit again", link="https://example.org/more")

    assert f"That link already belongs to **{MAMBA}**" in told
    assert "✅ Changed for this server: **Other**" in text_of(mended)


async def test_read_it_next_says_the_date_and_is_undone(moderator, channel, add):
    await moderator.slash(channel, "manage group", zone="UTC")
    card = await add()

    picked = await moderator.click(card.response.message, label="Read it next")
    said, shown = text_of(picked), text_of(await moderator.slash(channel, "group"))
    undone = await moderator.click(picked.response.message, label="Undo")

    monday = int(datetime(2026, 1, 5, 9, 0, tzinfo=UTC).timestamp())
    assert f"<#{channel.id}> reads [{MAMBA}" in said
    assert f"<t:{monday}:" in said
    assert "Mamba · 📌" in shown
    assert "Taken back." in text_of(undone)


async def test_of_several_groups_it_is_asked_which_reads_it_next(moderator, guild, channel, add):
    other = guild.create_text_channel("evenings")
    for place in (channel, other):
        await moderator.slash(place, "manage group", zone="UTC")
    card = await add()

    asked = await moderator.click(card.response.message, label="Read it next")
    options = options_of(asked)
    picked = await moderator.select(asked.response.message, options[1:], custom_id=select_of(asked))

    assert f"<#{other.id}> reads [{MAMBA}" in text_of(picked)


async def test_without_a_group_nothing_is_read_next(add):
    assert "Read it next" not in labels_of(await add())


async def test_a_removal_is_undone_on_the_card_itself(moderator, channel, restart):
    desk = await moderator.slash(channel, "manage edit", resource="BERT")
    removed = await moderator.click(desk.response.message, label="Remove")
    told, buttons = text_of(removed), labels_of(removed)
    await restart()

    undone = await moderator.click(removed.response.message, label="Undo")

    assert "🗑️ Removed from this server's list: **BERT**." in told
    assert "These no longer need it: " in told
    assert buttons == ["Undo", "Edit texts", "More"]
    assert "✅ **BERT** is back on this server's list" in text_of(undone)


async def test_a_removed_thing_typed_by_its_name_is_said_to_be_removed(moderator, channel):
    desk = await moderator.slash(channel, "manage edit", resource="BERT")
    await moderator.click(desk.response.message, label="Remove")

    again = await moderator.slash(channel, "manage edit", resource="BERT")

    assert "**BERT** is removed from this server's list." in text_of(again)
    assert "Restore" in labels_of(again)


async def test_what_was_never_needed_is_said_to_be_so(moderator, channel):
    desk = await moderator.slash(channel, "manage edit", resource="GPT-3", no_longer_needs="LoRA")

    assert "GPT-3 doesn't need LoRA: there is nothing to remove." in text_of(desk)
    assert "Confirm" not in labels_of(desk)


async def test_read_it_next_is_still_there_after_more_and_less(moderator, channel, add):
    await moderator.slash(channel, "manage group", zone="UTC")
    card = await add()
    await moderator.click(card.response.message, label="More")
    await moderator.click(card.response.message, label="Less")

    assert "Read it next" in labels_of(card)
