import asyncio
from dataclasses import replace

import pytest

from bot.core.curriculum.additions import Addition
from bot.core.curriculum.fields import PageFacts, Typed
from bot.core.curriculum.file import read_curriculum
from bot.core.curriculum.identity import rekeyed
from bot.core.lists import Where
from bot.core.moderation import Desk, PastEdit, Proposal, Wishes
from bot.core.progress import Mark
from bot.errors import (
    BadFieldError,
    LinkTakenError,
    NeedRefusedError,
    NoLongerListedError,
    NotALinkError,
    NothingToExportError,
    OldCardError,
    StepRefusedError,
    TooManyAdditionsError,
    UnknownResourceError,
)
from bot.services import curriculum as curriculum_service
from bot.services.moderation import Moderation
from bot.services.opening import services_over
from bot.services.server_list import MOST_ADDITIONS
from bot.store import additions, progress
from bot.store.instants import Ids
from bot.views.manage_card import history_card
from bot.views.resource_card import partly_done_card
from tests.conftest import joined
from tests.curricula import named_by_address
from tests.postbox import MONDAYS_AT_TEN
from tests.seen import text_of

HERE, THERE, MOD, READER = 100, 200, 1, 2
LINK = "https://example.org/mamba"
FACTS = PageFacts("Mamba: Linear-Time Sequence Modeling", "Gu and Dao", 2023, 40, "paper")
ATTENTION = "jump-into-llm:attention-is-all-you-need"
GPT_1, GPT_3, BERT, LORA = (f"jump-into-llm:{slug}" for slug in ("gpt-1", "gpt-3", "bert", "lora"))
BPE = "jump-into-llm:bpe"


async def facts(url):
    return FACTS if url == LINK else await named_by_address(url)


@pytest.fixture
async def opened(database_url, base, clock):
    services = await joined(database_url, base, clock, facts)
    yield services
    await services.close()


@pytest.fixture
def mod(opened) -> Moderation:
    return opened.moderation


async def add(mod, link=LINK, guild_id=HERE, step=None):
    proposal = await mod.propose(guild_id, MOD, link, step)
    return await mod.add((guild_id, MOD, proposal.draft_id))


async def test_a_link_is_proposed_with_what_its_page_says(mod):
    proposal = await mod.propose(HERE, MOD, "<https://example.org/mamba>")

    assert isinstance(proposal, Proposal)
    found = proposal.resource
    assert (found.title, found.authors, found.year) == (FACTS.title, "Gu and Dao", 2023)
    assert (found.minutes, found.kind) == (40, "paper")
    assert proposal.step.title == "Added by this server"
    assert not proposal.silent


async def test_a_page_whose_title_nobody_sees_is_named_by_its_address(clock, opened):
    async def facts(url):
        return PageFacts(title="\u200b\u200b")

    mod = Moderation(opened.db, opened.curricula, clock, Ids(clock), facts)
    proposal = await mod.propose(HERE, MOD, "https://example.org/blank")

    assert proposal.resource.title == "example.org/blank"
    assert proposal.silent


@pytest.mark.parametrize("missing", [None, "site", "page"])
async def test_nothing_is_added_before_it_has_a_title(clock, opened, missing):
    async def facts(_url):
        return PageFacts(missing=missing)

    mod = Moderation(opened.db, opened.curricula, clock, Ids(clock), facts)
    proposal = await mod.propose(HERE, MOD, "https://example.org/blank?utm_source=x")
    draft = HERE, MOD, proposal.draft_id

    refused = await mod.add(draft)
    before = await mod.texts(draft)
    titled = await mod.set_texts(draft, before, replace(before, title="A title"))
    added = await mod.add(draft)

    assert (refused.silent, refused.missing, before.title) == (True, missing, "")
    assert (titled.silent, titled.missing) == (False, missing)
    assert (added.resource.title, added.resource.url) == ("A title", "https://example.org/blank")


async def test_a_page_that_takes_too_long_is_not_waited_for(clock, opened):
    async def never(_url):
        await asyncio.Event().wait()

    moderation = Moderation(opened.db, opened.curricula, clock, Ids(clock), never, 0.01)

    proposal = await moderation.propose(HERE, MOD, LINK)

    assert proposal.silent
    assert proposal.resource.title == "example.org/mamba"


@pytest.mark.parametrize(
    "typed",
    [
        "mamba",
        "javascript:alert(1)",
        "[x](javascript:1)",
        "ftp://a.org/b",
        "https://",
        "",
        "https://user:pass@example.org/",
        "https://example.org/" + "x" * 600,
    ],
)
async def test_what_is_no_web_link_is_refused(mod, typed):
    with pytest.raises(NotALinkError):
        await mod.propose(HERE, MOD, typed)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("2312.00752", "https://arxiv.org/abs/2312.00752"),
        ("example.org/x", "https://example.org/x"),
        ("10.1000/xyz123", "https://doi.org/10.1000/xyz123"),
        ("[Mamba](https://example.org/y)", "https://example.org/y"),
    ],
)
async def test_a_link_may_be_typed_in_many_ways(mod, typed, url):
    assert (await mod.propose(HERE, MOD, typed)).resource.url == url


@pytest.mark.parametrize(
    "typed", ["1706.03762", "http://www.arxiv.org/pdf/1706.03762v5?utm_source=chat"]
)
async def test_a_listed_link_is_that_resource(mod, typed):
    desk = await mod.propose(HERE, MOD, typed)

    assert isinstance(desk, Desk)
    assert (desk.resource.key, desk.outcome, desk.removed) == (ATTENTION, "already", False)


async def test_much_the_same_title_is_told(mod):
    proposal = await mod.propose(HERE, MOD, "https://example.org/copy")

    changed = await retitle(mod, proposal, "[PDF] attention is ALL you need | Example")

    assert [twin.key for twin in changed.twins] == [ATTENTION]
    assert proposal.twins == ()


async def retitle(mod, card, title, guild_id=HERE):
    before = await mod.texts((guild_id, MOD, card.draft_id))
    return await mod.set_texts((guild_id, MOD, card.draft_id), before, replace(before, title=title))


async def test_what_is_added_is_seen_there_and_nowhere_else(opened, mod):
    desk = await add(mod)

    key = desk.resource.key
    assert (key, desk.outcome) == ("g100:mamba-linear-time-sequence-modeling", "added")
    here = await opened.curricula.of(opened.db, HERE)
    there = await opened.curricula.of(opened.db, THERE)
    assert here.get(key).title == FACTS.title
    assert there is opened.curricula.base
    assert [hit.key for hit in await opened.curricula.search(opened.db, HERE, "mamba")] == [key]
    assert await opened.curricula.search(opened.db, THERE, "mamba") == []
    assert await opened.curricula.search(opened.db, None, LINK) == []
    assert await opened.finding.suggestions(READER, THERE, "mamba") == []
    with pytest.raises(UnknownResourceError) as caught:
        await opened.curricula.resource(opened.db, THERE, key)
    assert caught.value.like_it == ()


async def test_two_servers_add_the_same_link_each_for_itself(mod):
    one = await add(mod)
    other = await add(mod, guild_id=THERE)

    assert (one.resource.key.split(":")[0], other.resource.key.split(":")[0]) == ("g100", "g200")
    assert (one.outcome, other.outcome) == ("added", "added")


async def test_adding_twice_adds_once(opened, mod):
    first = await mod.propose(HERE, MOD, LINK)
    second = await mod.propose(HERE, MOD, LINK)

    outcomes = await asyncio.gather(
        *(mod.add((HERE, MOD, card.draft_id)) for card in (first, first, second))
    )

    assert sorted(desk.outcome for desk in outcomes) == ["added", "already", "already"]
    assert len({desk.resource.key for desk in outcomes}) == 1
    curriculum = await opened.curricula.of(opened.db, HERE)
    assert len(curriculum.by_key) == len(opened.curricula.base.by_key) + 1


async def test_same_titles_get_different_keys(mod):
    one = await mod.propose(HERE, MOD, "https://example.org/one")
    await retitle(mod, one, "트랜스포머")
    other = await mod.propose(HERE, MOD, "https://example.org/other")
    await retitle(mod, other, "트랜스포머")

    first = await mod.add((HERE, MOD, one.draft_id))
    second = await mod.add((HERE, MOD, other.draft_id))

    assert second.resource.key == f"{first.resource.key}-2"
    assert second.resource.title == "트랜스포머"


async def test_a_step_is_chosen_when_typed_and_on_the_card(mod):
    proposal = await mod.propose(HERE, MOD, LINK, "tokenization")
    moved = await mod.put_in_step((HERE, MOD, proposal.draft_id), "rag")
    desk = await mod.add((HERE, MOD, proposal.draft_id))

    assert (proposal.step.id, moved.step.id, desk.resource.step_id) == (
        "tokenization",
        "rag",
        "rag",
    )


@pytest.mark.parametrize(("guild_id", "who"), [(THERE, MOD), (HERE, READER), (None, MOD)])
async def test_a_card_works_only_for_its_opener_in_its_server(mod, guild_id, who):
    proposal = await mod.propose(HERE, MOD, LINK)
    desk = await mod.open(HERE, MOD, BERT)

    for action in (mod.add, mod.cancel, mod.texts):
        with pytest.raises(OldCardError):
            await action((guild_id, who, proposal.draft_id))
    for action in (mod.remove, mod.restore, mod.confirm, mod.history, mod.desk):
        with pytest.raises(OldCardError):
            await action((guild_id, who, desk.draft_id))
    with pytest.raises(OldCardError):
        await mod.step_back((guild_id, who, desk.draft_id), 1)


async def test_a_forged_card_does_nothing(mod):
    for action in (mod.add, mod.cancel, mod.texts, mod.remove, mod.restore, mod.confirm):
        with pytest.raises(OldCardError):
            await action((HERE, MOD, 12345))


async def test_a_card_of_one_sort_is_no_card_of_the_other(mod):
    proposal = await mod.propose(HERE, MOD, LINK)

    for action in (mod.remove, mod.restore, mod.confirm, mod.history):
        with pytest.raises(OldCardError):
            await action((HERE, MOD, proposal.draft_id))


async def test_a_card_lapses_after_a_day(mod, clock):
    proposal = await mod.propose(HERE, MOD, LINK)
    clock.advance(hours=24, seconds=1)

    with pytest.raises(OldCardError):
        await mod.add((HERE, MOD, proposal.draft_id))


async def test_a_cancelled_draft_is_gone(mod):
    proposal = await mod.propose(HERE, MOD, LINK)
    await mod.cancel((HERE, MOD, proposal.draft_id))

    with pytest.raises(OldCardError):
        await mod.add((HERE, MOD, proposal.draft_id))


async def test_a_draft_survives_a_restart(clock, opened, mod):
    proposal = await mod.propose(HERE, MOD, LINK)
    again = Moderation(opened.db, opened.curricula, clock, Ids(clock), named_by_address)

    assert (await again.add((HERE, MOD, proposal.draft_id))).resource.title == FACTS.title


async def test_removing_and_restoring_keeps_readers_progress(opened, mod):
    desk = await add(mod)
    key = desk.resource.key
    await opened.reading.mark(READER, HERE, key, "done", rating=4)

    removed = await mod.remove((HERE, MOD, desk.draft_id))
    with pytest.raises(NoLongerListedError) as caught:
        await opened.curricula.resource(opened.db, HERE, key)
    restored = await mod.restore((HERE, MOD, desk.draft_id))

    shown = await opened.reading.look(READER, HERE, key)
    assert caught.value.title == FACTS.title
    assert (removed.removed, removed.outcome) == (True, "removed")
    assert (restored.removed, restored.outcome) == (False, "restored")
    assert shown.reader.marks.get(key).rating == 4


async def test_a_removed_link_is_offered_again_not_added_anew(mod):
    desk = await add(mod)
    await mod.remove((HERE, MOD, desk.draft_id))

    again = await mod.propose(HERE, MOD, LINK)

    assert (again.resource.key, again.removed, again.outcome) == (
        desk.resource.key, True, "already",
    )  # fmt: skip


async def test_a_removed_resource_of_the_list_is_hidden_here_only(opened, mod):
    desk = await mod.open(HERE, MOD, BERT)
    await opened.reading.mark(READER, THERE, ATTENTION, "done")

    await mod.remove((HERE, MOD, desk.draft_id))

    assert (await opened.curricula.of(opened.db, HERE)).get(BERT) is None
    assert (await opened.curricula.of(opened.db, THERE)).get(BERT) is not None
    hits = await opened.curricula.search(opened.db, HERE, "bert")
    assert BERT not in [hit.key for hit in hits]
    with pytest.raises(NoLongerListedError):
        await opened.reading.look(READER, HERE, BERT)


async def test_removing_twice_is_told(mod):
    desk = await mod.open(HERE, MOD, BERT)
    await mod.remove((HERE, MOD, desk.draft_id))

    assert (await mod.remove((HERE, MOD, desk.draft_id))).outcome == "same"


async def test_a_removed_resource_is_found_by_its_title_and_offered_first(mod):
    desk = await add(mod)
    await mod.remove((HERE, MOD, desk.draft_id))

    named = await mod.open(HERE, MOD, "mamba linear time")
    typed = await (await mod.list_of(HERE)).resources_like("mamba")
    nothing_typed = await (await mod.list_of(HERE)).resources_like("")
    elsewhere = await (await mod.list_of(THERE)).resources_like("mamba")

    assert named.removed
    assert [(c.resource.key, c.removed) for c in typed] == [(desk.resource.key, True)]
    assert nothing_typed[0].removed
    assert len(nothing_typed) == 25
    assert elsewhere == []


async def test_a_title_of_the_list_is_changed_in_one_server(opened, mod):
    desk = await mod.open(HERE, MOD, BERT)

    changed = await retitle(mod, desk, "BERT, as we call it")

    there = await opened.curricula.of(opened.db, THERE)
    assert changed.outcome == "changed"
    assert changed.resource.title == "BERT, as we call it"
    assert there.get(BERT).title.startswith("BERT: Pre-training")
    hits = await opened.curricula.search(opened.db, HERE, "bert as we call it")
    assert [hit.key for hit in hits if hit.exact] == [BERT]


async def test_a_title_set_back_to_the_lists_is_the_lists_again(opened, mod, base):
    desk = await mod.open(HERE, MOD, BERT)
    await retitle(mod, desk, "Other")

    back = await retitle(mod, desk, base.get(BERT).title)

    rows = await opened.db.fetch("SELECT fields FROM additions")
    assert back.outcome == "changed"
    assert rows[0]["fields"] == "{}"


async def test_only_what_was_typed_anew_is_changed(mod):
    desk = await mod.open(HERE, MOD, BERT)
    opened_by_both = await mod.texts((HERE, MOD, desk.draft_id))
    await retitle(mod, desk, "By somebody quicker")

    later = await mod.set_texts(
        (HERE, MOD, desk.draft_id), opened_by_both, replace(opened_by_both, minutes="7")
    )

    assert (later.resource.title, later.resource.minutes) == ("By somebody quicker", 7)


async def test_texts_left_as_they_were_change_nothing(mod):
    desk = await mod.open(HERE, MOD, BERT)
    before = await mod.texts((HERE, MOD, desk.draft_id))

    same = await mod.set_texts((HERE, MOD, desk.draft_id), before, before)
    history = await mod.history((HERE, MOD, desk.draft_id))

    assert same.outcome == "same"
    assert history.edits == ()


async def test_more_text_than_a_card_holds_is_refused(mod):
    desk = await add(mod)
    before = await mod.texts((HERE, MOD, desk.draft_id))

    with pytest.raises(BadFieldError):
        await mod.set_texts(
            (HERE, MOD, desk.draft_id), before, replace(before, notes="\n".join(["n" * 500] * 6))
        )


async def test_history_tells_who_changed_what_when(mod, clock):
    desk = await add(mod)
    await retitle(mod, desk, "Mamba")
    await mod.remove((HERE, MOD, desk.draft_id))

    edits = (await mod.history((HERE, MOD, desk.draft_id))).edits

    assert [(edit.kind, edit.fields) for edit in edits] == [
        ("removed", ()), ("changed", ("title",)), ("added", ()),
    ]  # fmt: skip
    assert {(edit.author_id, edit.made_at) for edit in edits} == {(MOD, clock())}


async def test_changes_are_taken_back_one_at_a_time(opened, mod):
    desk = await add(mod, step="rag")
    card = HERE, MOD, desk.draft_id
    seen = [await said_of(opened, desk.resource.key)]
    await retitle(mod, desk, "Mamba")
    seen.append(await said_of(opened, desk.resource.key))
    moved = await mod.open(HERE, MOD, "Mamba", "peft", needs="GPT-3")
    await mod.confirm((HERE, MOD, moved.draft_id))
    seen.append(await said_of(opened, desk.resource.key))
    await mod.remove(card)

    found = []
    while (latest := (await mod.history(card)).latest) is not None:
        stepped = await mod.step_back(card, latest.change_id)
        found.append(await said_of(opened, desk.resource.key))

    assert found[:3] == list(reversed(seen))
    assert found[3] == (*seen[0][:-1], True)  # added and hidden: whoever marked it keeps that
    assert (stepped.done.kind, stepped.done.taken_back) == ("added", True)
    assert {edit.taken_back for edit in stepped.edits} == {True}


async def test_what_was_taken_back_can_be_made_again(opened, mod):
    desk = await add(mod)
    await retitle(mod, desk, "Mamba")
    card = HERE, MOD, desk.draft_id
    before = await said_of(opened, desk.resource.key)

    change = (await mod.history(card)).latest.change_id
    await mod.step_back(card, change)
    twice = await mod.step_back(card, change)
    again = await mod.step_back(card, change, again=True)

    assert (twice.done, twice.in_the_way) == (None, None)
    assert (again.done.change_id, again.done.taken_back) == (change, False)
    assert await said_of(opened, desk.resource.key) == before


async def test_what_was_taken_back_before_it_is_made_again_first(opened, mod):
    desk = await add(mod)
    card = HERE, MOD, desk.draft_id
    changes = []
    for title in ("Mamba", "Mamba 2"):
        await retitle(mod, desk, title)
        changes.append((await mod.history(card)).latest.change_id)
    for each in reversed(changes):
        await mod.step_back(card, each)

    refused = await mod.step_back(card, changes[1], again=True)
    before = (await mod.desk(card)).resource.title
    for each in changes:
        await mod.step_back(card, each, again=True)

    assert refused.in_the_way.change_id == changes[0]
    assert "an earlier change is taken back, too" in text_of(history_card(refused))
    assert before == FACTS.title
    assert (await mod.desk(card)).resource.title == "Mamba 2"


async def test_a_later_change_in_the_way_is_named(opened, mod):
    desk = await add(mod)
    await retitle(mod, desk, "Mamba")
    card = HERE, MOD, desk.draft_id
    old = (await mod.history(card)).latest.change_id
    theirs = await mod.open(HERE, MOD + 1, "Mamba")
    await mod.remove((HERE, MOD + 1, theirs.draft_id))

    refused = await mod.step_back(card, old)

    assert (refused.in_the_way.kind, refused.in_the_way.author_id) == ("removed", MOD + 1)
    assert (await mod.desk(card)).resource.title == "Mamba"
    await mod.step_back(card, refused.in_the_way.change_id)
    assert (await mod.step_back(card, old)).done.change_id == old
    assert (await mod.desk(card)).resource.title == FACTS.title


async def test_what_an_import_changed_since_is_not_taken_back(opened, mod):
    desk = await add(mod)
    await retitle(mod, desk, "Mamba")
    card, key = (HERE, MOD, desk.draft_id), desk.resource.key
    async with opened.db.transaction() as tx:
        facts = await additions.facts_of(tx, HERE)
        await additions.put_facts(tx, HERE, {key: {**facts[key], "title": "Imported"}})
        await additions.set_version(tx, HERE, 12345)

    refused = await mod.step_back(card, (await mod.history(card)).latest.change_id)

    assert refused.in_the_way == "import"
    assert (await mod.desk(card)).resource.title == "Imported"


async def test_a_mended_link_is_taken_back_and_mended_again(mod):
    desk = await add(mod)
    card = HERE, MOD, desk.draft_id
    before = await mod.texts(card)
    await mod.set_texts(card, before, replace(before, link="https://example.org/mamba-2"))
    change = (await mod.history(card)).latest.change_id

    assert (await mod.step_back(card, change)).desk.resource.url == LINK
    await mod.step_back(card, change, again=True)
    assert (await mod.desk(card)).resource.url == "https://example.org/mamba-2"


async def test_a_change_of_another_server_is_not_taken_back(mod):
    desk = await add(mod)
    await retitle(mod, desk, "Mamba")
    change = (await mod.history((HERE, MOD, desk.draft_id))).latest.change_id
    theirs = await add(mod, guild_id=THERE)

    with pytest.raises(OldCardError):
        await mod.step_back((THERE, MOD, theirs.draft_id), change)
    assert (await mod.desk((HERE, MOD, desk.draft_id))).resource.title == "Mamba"


async def said_of(opened, key):
    """What the server says of a resource, as it shows."""
    here = await opened.moderation.list_of(HERE)
    found = here.laid.find(key)
    return replace(found, former_urls=()), here.laid.curriculum.get(key) is None


async def test_history_knows_what_was_changed_before_the_host_gave_it_another_id(
    opened, mod, base, clock
):
    desk = await mod.open(HERE, MOD, "BERT")
    before = await mod.texts((HERE, MOD, desk.draft_id))
    await mod.set_texts((HERE, MOD, desk.draft_id), before, replace(before, minutes="99"))
    renamed = rekeyed(base, {BERT: "jump-into-llm:bert-2018"}, keep_former=True)
    later = (await services_over(opened.db, renamed, clock, facts)).moderation
    desk = await later.open(HERE, MOD, "BERT")
    history = await later.history((HERE, MOD, desk.draft_id))

    await later.remove((HERE, MOD, desk.draft_id))
    removed = await later.history((HERE, MOD, desk.draft_id))

    assert desk.resource.key == "jump-into-llm:bert-2018"
    assert [edit.fields for edit in history.edits] == [("minutes",)]
    assert {edit.kind for edit in removed.edits} == {"removed", "changed"}


async def test_what_is_changed_after_a_clock_was_ahead_is_the_latest_in_the_history(
    opened, mod, clock
):
    clock.advance(days=400)
    desk = await add(mod)
    clock.advance(days=-400)
    restarted = Moderation(opened.db, opened.curricula, clock, Ids(clock), facts)

    await restarted.remove((HERE, MOD, desk.draft_id))

    edits = (await restarted.history((HERE, MOD, desk.draft_id))).edits
    assert [edit.kind for edit in edits] == ["removed", "added"]


async def test_step_and_prerequisites_change_after_confirm(opened, mod):
    await add(mod)
    desk = await mod.open(HERE, MOD, "mamba", "rag", needs="GPT-3")
    before = (await opened.curricula.of(opened.db, HERE)).get(desk.resource.key)

    confirmed = await mod.confirm((HERE, MOD, desk.draft_id))
    again = await mod.confirm((HERE, MOD, desk.draft_id))

    assert (desk.wishes.step.id, desk.wishes.needs.key) == ("rag", GPT_3)
    assert before.prerequisites == ()
    assert (confirmed.resource.step_id, confirmed.resource.prerequisites) == ("rag", (GPT_3,))
    assert (confirmed.outcome, again.outcome) == ("changed", "same")


async def test_a_prerequisite_of_the_list_is_dropped_and_taken_back(mod):
    dropped = await mod.open(HERE, MOD, BERT, no_longer_needs=ATTENTION)
    without = await mod.confirm((HERE, MOD, dropped.draft_id))
    taken_back = await mod.open(HERE, MOD, BERT, needs=ATTENTION)
    with_it = await mod.confirm((HERE, MOD, taken_back.draft_id))

    assert without.resource.prerequisites == ()
    assert with_it.resource.prerequisites == (ATTENTION,)


@pytest.mark.parametrize(
    ("typed", "needs", "why"),
    [
        (ATTENTION, GPT_3, "loop"),
        (ATTENTION, ATTENTION, "loop"),
        (GPT_3, "jump-into-llm:illustrated-transformer", "companion"),
        (GPT_3, BPE, "list"),
    ],
)
async def test_a_prerequisite_that_cannot_be_is_refused(mod, typed, needs, why):
    with pytest.raises(NeedRefusedError) as caught:
        await mod.open(HERE, MOD, typed, needs=needs)

    assert caught.value.why == why


async def test_the_lists_own_do_not_move_to_a_step_of_additions(mod):
    with pytest.raises(StepRefusedError):
        await mod.open(HERE, MOD, BERT, "tokenization")


async def test_a_wish_that_a_later_list_breaks_is_set_aside_and_shown(base, clock, opened, mod):
    await add(mod)
    desk = await mod.open(HERE, MOD, "mamba", needs=LORA)
    await mod.confirm((HERE, MOD, desk.draft_id))
    later = without(base, LORA)
    store = curriculum_service.CurriculumStore(later)
    await store.remember(opened.db, clock())

    again = await Moderation(opened.db, store, clock, Ids(clock), named_by_address).open(
        HERE, MOD, "mamba"
    )

    assert [(wish.what, wish.why) for wish in again.set_aside] == [(LORA, "nowhere")]


def without(curriculum, key):
    def lacking(step):
        kept = (r for r in step.resources if r.key != key)
        return replace(
            step,
            resources=tuple(
                replace(r, prerequisites=tuple(k for k in r.prerequisites if k != key))
                for r in kept
            ),
        )

    sections = tuple(
        replace(section, steps=tuple(map(lacking, section.steps)))
        for section in curriculum.sections
    )
    return replace(curriculum, sections=sections)


async def test_a_link_that_the_list_dropped_keeps_its_readers_when_added(base, clock, opened):
    await opened.reading.mark(READER, HERE, LORA, "done", rating=5)
    store = curriculum_service.CurriculumStore(without(base, LORA))
    await store.remember(opened.db, clock())
    moderation = Moderation(opened.db, store, clock, Ids(clock), named_by_address)

    desk = await add(moderation, base.get(LORA).url)

    present = (await store.of(opened.db, HERE)).get(LORA)
    assert present.key == desk.resource.key
    assert present.key.startswith("g100:")


async def test_progress_follows_when_the_list_brings_a_link_later(base, clock, opened):
    older = curriculum_service.CurriculumStore(without(base, LORA))
    moderation = Moderation(opened.db, older, clock, Ids(clock), named_by_address)
    desk = await add(moderation, base.get(LORA).url)
    async with opened.db.transaction() as tx:
        mark = Mark("done", clock(), rating=5)
        await progress.set_marks(tx, READER, {desk.resource.key: mark})

    shown = await opened.reading.look(READER, HERE, desk.resource.key)

    assert shown.resource.key == LORA
    assert shown.reader.marks.get(LORA).rating == 5


async def test_another_process_is_never_stale(base, opened, mod):
    other = curriculum_service.CurriculumStore(base)
    before = await other.search(opened.db, HERE, "mamba")

    desk = await add(mod)
    after = await other.search(opened.db, HERE, "mamba")
    await mod.remove((HERE, MOD, desk.draft_id))

    assert (before, [hit.key for hit in after]) == ([], [desk.resource.key])
    assert await other.search(opened.db, HERE, "mamba") == []


async def test_what_was_rolled_back_was_never_seen(opened, mod):
    async def fail_after_adding():
        async with opened.db.transaction() as tx:
            await (await mod.list_of(HERE, tx)).write(MOD, addition(HERE), "added")
            assert (await opened.curricula.of(tx, HERE)).get("g100:new") is not None
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_after_adding()
    await add(mod, "https://example.org/other")

    assert (await opened.curricula.of(opened.db, HERE)).get("g100:new") is None


async def test_servers_share_what_they_did_not_change(opened, mod, base):
    for guild_id in range(1000, 1000 + curriculum_service.KEPT_LISTS + 4):
        async with opened.db.transaction() as tx:
            await (await mod.list_of(guild_id, tx)).write(MOD, addition(guild_id), "added")
        curriculum = await opened.curricula.of(opened.db, guild_id)

    assert curriculum.get(BERT) is base.get(BERT)
    assert curriculum.steps[0] is base.steps[0]
    forgotten = await opened.curricula.of(opened.db, 1000)
    assert forgotten.get("g1000:new") is not None


def addition(guild_id):
    fields = {"title": "New", "url": LINK, "kind": "paper"}
    return Addition(f"g{guild_id}:new", fields)


async def test_a_server_has_room_for_so_many_and_no_more(clock, opened, mod, base):
    desk = await add(mod)
    ids = Ids(clock)
    async with opened.db.transaction() as tx:
        for number in range(MOST_ADDITIONS - 1):
            hidden = Addition(f"g100:n{number}", {}, removed=True)
            edit = PastEdit("removed", (), MOD, clock())
            await additions.record(tx, HERE, base.id, hidden, edit, ids.new)

    with pytest.raises(TooManyAdditionsError):
        await add(mod, "https://example.org/second")
    assert (await mod.remove((HERE, MOD, desk.draft_id))).outcome == "removed"


async def test_an_export_reads_back_as_what_the_server_sees(opened, mod):
    await add(mod, step="1")
    other = await mod.propose(HERE, MOD, "https://example.org/other")
    await retitle(mod, other, "BERT")
    await mod.add((HERE, MOD, other.draft_id))
    wish = await mod.open(HERE, MOD, "mamba", needs=GPT_3)
    await mod.confirm((HERE, MOD, wish.draft_id))
    hidden = await mod.open(HERE, MOD, GPT_1)
    await mod.remove((HERE, MOD, hidden.draft_id))

    title, name, text = await opened.lists.export(Where(HERE), "yaml")

    read = read_curriculum(text)
    seen = await opened.curricula.of(opened.db, HERE)
    assert (title, name) == (seen.title, "jump-into-llm.yaml")
    assert [r.title for r in read.by_key.values()] == [r.title for r in seen.by_key.values()]
    assert [r.addition for r in read.by_key.values()] == [r.addition for r in seen.by_key.values()]
    added = read.get("jump-into-llm:mamba-linear-time-sequence-modeling")
    assert added.prerequisites == (GPT_3,)
    assert added.step_id == "transformer"
    assert read.get("jump-into-llm:bert-2").title == "BERT"
    assert read.get(GPT_1) is None


async def test_an_export_of_an_untouched_list_reads_back_the_same(opened, base):
    _, _, text = await opened.lists.export(Where(HERE), "yaml")

    assert read_curriculum(text).sections == base.sections


async def test_nothing_is_left_to_export_when_all_is_removed(opened, mod, base):
    async with opened.db.transaction() as tx:
        for resource in base.resources:
            gone = Addition(resource.key, {}, removed=True)
            await (await mod.list_of(HERE, tx)).write(MOD, gone, "removed")

    with pytest.raises(NothingToExportError):
        await opened.lists.export(Where(HERE), "yaml")


@pytest.mark.parametrize(
    "title", ["@everyone", "</next:1>", "[x](javascript:1)", "#: - 'x' \"y\"", "트랜스포머", "\\"]
)
async def test_any_title_survives_the_export(opened, mod, title):
    proposal = await mod.propose(HERE, MOD, LINK)
    await retitle(mod, proposal, title)
    desk = await mod.add((HERE, MOD, proposal.draft_id))

    _, _, text = await opened.lists.export(Where(HERE), "yaml")

    slug = desk.resource.key.partition(":")[2]
    assert read_curriculum(text).get(f"jump-into-llm:{slug}").title == title


@pytest.mark.parametrize("title", ["t" * 300, " ", "a\u202eb", "\u200b\u200b", "\u3164"])
async def test_a_title_that_cannot_be_is_refused(mod, title):
    proposal = await mod.propose(HERE, MOD, LINK)

    with pytest.raises(BadFieldError):
        await retitle(mod, proposal, title)


async def test_typed_values_are_all_set(mod):
    proposal = await mod.propose(HERE, MOD, LINK)
    before = await mod.texts((HERE, MOD, proposal.draft_id))

    typed = Typed("New", "Kim, 2024", "1 h", "video", "One.\n\nTwo.")
    changed = await mod.set_texts((HERE, MOD, proposal.draft_id), before, typed)
    found = (await mod.add((HERE, MOD, proposal.draft_id))).resource

    assert changed.resource.title == "New"
    assert (found.authors, found.year, found.minutes) == ("Kim", 2024, 60)
    assert (found.kind, found.added_notes) == ("video", ("One.", "Two."))


async def test_prerequisites_are_offered_to_be_dropped(mod):
    offered = await (await mod.list_of(HERE)).prerequisites(GPT_3)

    assert [choice.resource.key for choice in offered] == ["jump-into-llm:gpt-2"]
    assert await (await mod.list_of(HERE)).prerequisites("no such thing") == []


async def test_steps_are_offered_with_the_servers_own_first(mod):
    everything = (await mod.list_of(HERE)).steps_like("")
    some = (await mod.list_of(HERE)).steps_like("token")

    assert everything[0].title == "Added by this server"
    assert len(everything) == 25
    assert some[0].id == "tokenization"


async def test_a_wish_for_what_is_so_already_changes_nothing(mod):
    desk = await mod.open(HERE, MOD, BERT, step="2", needs=ATTENTION, no_longer_needs=LORA)

    assert desk.wishes == Wishes()


async def test_what_is_moved_to_where_the_list_has_it_is_as_it_was(mod, base):
    moved = await mod.open(HERE, MOD, BERT, step="1")
    there = await mod.confirm((HERE, MOD, moved.draft_id))
    back = await mod.open(HERE, MOD, BERT, step="2")

    desk = await mod.confirm((HERE, MOD, back.draft_id))

    assert there.resource.step_id != base.get(BERT).step_id
    assert desk.resource == base.get(BERT)


async def test_the_servers_own_step_is_meant_by_its_name(mod):
    await add(mod, step="1")
    moved = await mod.open(HERE, MOD, "mamba", step="Added by this server")

    desk = await mod.confirm((HERE, MOD, moved.draft_id))

    assert desk.curriculum.step_of(desk.resource).title == "Added by this server"


async def test_a_step_chosen_after_it_was_added_says_that_it_is_there(mod):
    proposal = await mod.propose(HERE, MOD, LINK)
    await mod.add((HERE, MOD, proposal.draft_id))

    desk = await mod.put_in_step((HERE, MOD, proposal.draft_id), "2")

    assert desk.resource.title == FACTS.title


DEAD, ALIVE = "https://example.org/dead", "https://example.org/alive"


async def mended(mod, desk, **typed):
    before = await mod.texts((HERE, MOD, desk.draft_id))
    return await mod.set_texts((HERE, MOD, desk.draft_id), before, replace(before, **typed))


async def test_a_mended_link_keeps_its_key_and_everyones_marks(mod, opened):
    desk = await add(mod, DEAD)
    await opened.reading.mark(READER, HERE, desk.resource.key, "done")

    after = await mended(mod, desk, link=ALIVE)

    seen = await opened.curricula.of(opened.db, HERE)
    marks = await progress.marks_of(opened.db, READER)
    assert (after.outcome, after.resource.url) == ("changed", ALIVE)
    assert after.resource.key == desk.resource.key
    assert marks[desk.resource.key].state == "done"
    for link in (DEAD, ALIVE):
        found = await mod.propose(HERE, MOD, link)
        assert (found.outcome, found.resource.key) == ("already", desk.resource.key)
        assert (await opened.curricula.named(opened.db, HERE, link)).key == desk.resource.key
    assert seen.keys_by_link["example.org/dead"] == desk.resource.key


async def test_a_link_may_be_mended_again_and_back(mod):
    desk = await add(mod, DEAD)
    await mended(mod, desk, link=ALIVE)
    await mended(mod, desk, link="https://example.org/third")

    after = await mended(mod, desk, link=DEAD)

    assert after.resource.url == DEAD
    for link in (DEAD, ALIVE, "https://example.org/third"):
        assert (await mod.propose(HERE, MOD, link)).resource.key == desk.resource.key


async def test_the_lists_own_dead_link_is_mended_for_one_server(mod, opened, base):
    old = base.get(BERT).url

    after = await mended(mod, await mod.open(HERE, MOD, BERT), link=ALIVE)

    assert (after.resource.key, after.resource.url) == (BERT, ALIVE)
    assert (await mod.propose(HERE, MOD, old)).resource.key == BERT
    assert (await opened.curricula.of(opened.db, THERE)).get(BERT).url == old


@pytest.mark.parametrize("removed", [False, True])
async def test_a_link_that_belongs_to_another_is_refused_with_its_name(mod, removed):
    desk = await add(mod, DEAD)
    other = await add(mod, LINK)
    if removed:
        await mod.remove((HERE, MOD, other.draft_id))

    with pytest.raises(LinkTakenError) as refused:
        await mended(mod, desk, link=LINK)

    assert refused.value.title == FACTS.title
    assert (await mod.desk((HERE, MOD, desk.draft_id))).resource.url == DEAD


async def test_a_link_that_another_had_before_is_that_ones_still(mod):
    desk, other = await add(mod, DEAD), await add(mod, LINK)
    await mended(mod, desk, link=ALIVE)

    with pytest.raises(LinkTakenError):
        await mended(mod, other, link=DEAD)


async def test_must_read_and_questions_are_set_and_unset(mod, opened):
    desk = await add(mod)
    asked = await mended(mod, desk, must_read="yes", questions=" Why?\n\nHow far? ")

    plain = await mended(mod, desk, must_read="no", questions="")

    assert asked.resource.must_read
    assert asked.resource.questions == ("Why?", "How far?")
    assert (plain.resource.must_read, plain.resource.questions) == (False, ())


async def test_parts_are_set_stepped_back_and_unset(mod):
    desk = await add(mod)
    draft = HERE, MOD, desk.draft_id
    parted = await mended(mod, desk, parts=" chapters 1-3\n\nchapters 4-6 ")
    history = await mod.history(draft)
    back = await mod.step_back(draft, history.latest.change_id)
    again = await mended(mod, desk, parts="chapters 1-3\nchapters 4-6")

    whole = await mended(mod, desk, parts="")

    assert parted.resource.parts == again.resource.parts == ("chapters 1-3", "chapters 4-6")
    assert history.edits[0].fields == ("parts",)
    assert back.desk.resource.parts == whole.resource.parts == ()


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"parts": "one alone"}, BadFieldError),
        ({"parts": "twice\ntwice"}, BadFieldError),
        ({"parts": "\n".join(map(str, range(27)))}, BadFieldError),
        ({"link": "no link"}, NotALinkError),
        ({"questions": "?\n" * 6}, BadFieldError),
        ({"questions": "x" * 301}, BadFieldError),
    ],
)
async def test_what_no_resource_can_have_is_refused(mod, typed, error):
    desk = await add(mod)

    with pytest.raises(error):
        await mended(mod, desk, **typed)


async def test_what_is_removed_and_typed_by_name_never_opens_another(opened, mod):
    desk = await mod.open(HERE, MOD, BERT)
    await mod.remove((HERE, MOD, desk.draft_id))

    typed = [await mod.open(HERE, MOD, name) for name in ("BERT", "bert", "brt pre-training")]
    roberta = await mod.open(HERE, MOD, "RoBERTa")
    for refused in (
        opened.reading.finish(READER, HERE, "bert"),
        opened.reading.path(READER, HERE, "BERT"),
        mod.open(HERE, MOD, GPT_3, needs="BERT"),
    ):
        with pytest.raises(NoLongerListedError):
            await refused

    assert [(one.resource.key, one.removed) for one in typed] == [(BERT, True)] * 3
    assert roberta.resource.key == "jump-into-llm:roberta"


async def test_what_is_removed_is_known_by_its_link_too(opened, mod):
    desk = await mod.open(HERE, MOD, BERT)
    await mod.remove((HERE, MOD, desk.draft_id))

    named = await mod.open(HERE, MOD, "https://arxiv.org/pdf/1810.04805v2")
    offered = await (await mod.list_of(HERE)).resources_like("arXiv:1810.04805")
    with pytest.raises(NoLongerListedError):
        await opened.reading.finish(READER, HERE, "1810.04805")

    assert (named.resource.key, named.removed) == (BERT, True)
    assert [(each.resource.key, each.removed) for each in offered] == [(BERT, True)]


async def test_a_wish_for_what_is_so_already_says_so(mod):
    never = await mod.open(HERE, MOD, GPT_3, no_longer_needs=LORA)
    already = await mod.open(HERE, MOD, GPT_3, step="4", needs="gpt-2")

    assert (bool(never.wishes), never.idle.no_longer_needs.key) == (False, LORA)
    assert not already.wishes
    assert (already.idle.step.number, already.idle.needs.key) == ("4", "jump-into-llm:gpt-2")


async def test_a_removal_tells_whom_it_touches_and_a_few_readers_are_no_number(opened, mod, clock):
    groups, reading = opened.groups, opened.reading
    status = await groups.make_or_change(HERE, 71, MONDAYS_AT_TEN, None, MOD)
    await opened.papers.pick(HERE, 71, MOD, BERT, None)
    elsewhere = await groups.make_or_change(THERE, 72, MONDAYS_AT_TEN, None, MOD)
    await opened.papers.pick(THERE, 72, MOD, BERT, None)
    for reader_id in range(10, 13):
        await groups.join(HERE, status.group.group_id, reader_id)
        await groups.join(THERE, elsewhere.group.group_id, reader_id)
    for reader_id in (10, 11, 50):
        await reading.mark(reader_id, HERE, BERT, "done")
    desk = await mod.open(HERE, MOD, BERT)

    two = (await mod.remove((HERE, MOD, desk.draft_id))).touched
    restored = await mod.restore((HERE, MOD, desk.draft_id))
    await reading.mark(12, HERE, BERT, "known")
    three = (await mod.remove((HERE, MOD, desk.draft_id))).touched

    assert (two.readers, three.readers) == (0, 3)
    assert two.channel_ids == (71,)
    assert "jump-into-llm:roberta" in {resource.key for resource in two.needed_by}
    assert restored.touched is None


async def test_a_removed_name_among_several_stops_no_other(opened, mod):
    desk = await mod.open(HERE, MOD, BERT)
    await mod.remove((HERE, MOD, desk.draft_id))

    asked = await opened.reading.finish(READER, HERE, "bert and lora")

    marks = await progress.marks_of(opened.db, READER)
    assert list(marks) == [LORA]
    assert [(name.typed, name.is_gone) for name in asked.unclear] == [("bert", True)]
    assert "“bert”: no longer on the list" in text_of(partly_done_card(asked))
