import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.core.progress import Mark
from bot.core.recommend import AllPutOff, AlsoDone, Filters, GoDeeper, Recommendation, TooNarrow
from bot.errors import (
    ChangedSinceError,
    NoLongerListedError,
    NothingCurrentError,
    TooManyNamesError,
    TooOldToUndoError,
    UnknownResourceError,
)
from bot.services.curriculum import CurriculumStore
from bot.services.readers import Readers
from bot.services.reading import Reading
from bot.store import progress, readers
from bot.store.instants import Ids
from tests.conftest import joined
from tests.curricula import curricula, curriculum, resource

ATTENTION = "jump-into-llm:attention-is-all-you-need"
GPT_1 = "jump-into-llm:gpt-1"
BERT = "jump-into-llm:bert"
LORA = "jump-into-llm:lora"
COMPANION = "jump-into-llm:illustrated-transformer"
READER = 7
KINDS = ["done", "known", "skipped", "later", "clear"]

reader_ids = count(1000)
over_one_database = hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def reading(services):
    return services.reading


@pytest.fixture
def listed(db, clock):
    """Return what serves a list of these resources, as a new start with it would."""

    async def serve(*resources, id="demo"):  # noqa: A002 - its name there
        curricula = CurriculumStore(curriculum(*resources, id=id))
        await curricula.remember(db, clock())
        return reading_over(db, curricula, clock)

    return serve


def reading_over(db, curricula, clock):
    """Return a new start's service, a second after the one before: ids of one second may meet."""
    clock.advance(seconds=1)
    return Reading(db, Readers(curricula, clock), curricula, Ids(clock))


def shown(reply):
    """The key of the card that a reply shows."""
    assert isinstance(reply.answer, Recommendation)
    return reply.answer.resource.key


async def kept(reading, reader_id=READER):
    """What the ledger says of a reader: marks by the keys of their rows; current, goal by list."""
    db = reading._db  # noqa: SLF001 - what a reader sees leaves former keys out
    found = await readers.standing(db, reader_id, None, reading._readers._clock())  # noqa: SLF001
    pointers = {each: (u.current, u.goal) for each, u in found.lists.used.items()}
    return found.marks, pointers


async def mark(reading, key, kind="done", reader_id=READER, **given):
    return await reading.mark(reader_id, None, key, kind, **given)


async def current(reading, reader_id=READER):
    return (await reading.reader(reader_id, None))[1].current


async def state(reading, key, reader_id=READER):
    found = (await reading.reader(reader_id, None))[1].marks.get(key)
    return found and found.state


async def set_goal(reading, key, reader_id=READER):
    async with reading._db.transaction() as tx:  # noqa: SLF001 - no command sets one yet
        at, list_id = reading._readers._clock(), reading._curricula.base.id  # noqa: SLF001
        await readers.set_goal(tx, reader_id, list_id, key, at)


# /done with several names


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("bert and lora", [BERT, LORA]),
        ("LoRA bert", [LORA, BERT]),
        ("lorra & atention is all you need", [LORA, ATTENTION]),
        ("BERT와 LoRA", [BERT, LORA]),
        ("bert, devlin", [BERT]),
        ("GPT-1, Radford et al., 2018", [GPT_1]),
        ("locating and editing", ["jump-into-llm:rome"]),
        ("Don't give me the details, just the sumary", ["jump-into-llm:xsum"]),
        ("bert; bert, and BERT", [BERT]),
        ("bert then lora", [BERT, LORA]),
        ("1. bert 2. lora", [BERT, LORA]),
        ("https://arxiv.org/abs/1706.03762 1810.04805", [ATTENTION, BERT]),
        ("Attention Is All You Need https://arxiv.org/abs/1706.03762", [ATTENTION]),
    ],
)
async def test_every_name_typed_is_marked_and_no_title_is_cut(reading, typed, keys):
    reply = await reading.finish(READER, None, typed)

    assert list(reply.change.keys) == keys


async def test_several_names_are_one_change_with_the_rating_for_all(reading):
    await reading.next_for(READER, None)
    before = await kept(reading)
    reply = await reading.finish(READER, None, "attention is all you need and gpt-1", 4)
    marks = reply.reader.marks

    await reading.undo(READER, None, reply.change.change_id)

    assert {key: mark.rating for key, mark in marks.items()} == {ATTENTION: 4, GPT_1: 4}
    assert shown(reply) == BERT
    assert await kept(reading) == before


async def test_what_was_done_before_is_told_and_the_rest_marked(reading):
    await mark(reading, BERT)

    reply = await reading.finish(READER, None, "bert, lora")
    again = await reading.finish(READER, None, "bert, lora")

    assert (reply.change.keys, [r.key for r in reply.already]) == ((LORA,), [BERT])
    assert again.repeated
    assert [r.key for r in again.already] == [BERT, LORA]


async def test_an_unclear_name_is_asked_about_and_the_clear_ones_are_marked(reading):
    asked = await reading.finish(READER, None, "bert, language models and qwxyz", 5)

    assert asked.reply.change.keys == (BERT,)
    assert [(one.typed, bool(one.likely)) for one in asked.unclear] == [
        ("language models", True),
        ("qwxyz", False),
    ]
    assert asked.rating == 5


async def test_a_name_that_fits_its_neighbour_too_is_asked_about(reading):
    asked = await reading.finish(READER, None, "lora, language models")

    assert asked.reply.change.keys == (LORA,)
    assert [one.typed for one in asked.unclear] == ["language models"]


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("gpt2 gpt3", ["gpt-2", "gpt-3"]),
        ("gpt-1 to gpt-3", ["gpt-3", "gpt-1"]),
        ("bert on lora", ["bert", "lora"]),
        ("bert/gpt-1/gpt-2 papers", ["bert", "gpt-1", "gpt-2"]),
    ],
)
async def test_a_second_name_in_other_words_is_asked_about(reading, typed, likely):
    with pytest.raises(UnknownResourceError) as caught:
        await reading.finish(READER, None, typed)

    assert [key.rpartition(":")[2] for key, _ in caught.value.like_it] == likely
    assert await state(reading, BERT) is None


@pytest.mark.parametrize(
    ("typed", "key"), [("bert devlin", BERT), ("roberta bert pretraining", "jump-into-llm:roberta")]
)
async def test_a_name_in_other_words_alone_is_clear(reading, typed, key):
    assert (await reading.finish(READER, None, typed)).change.keys == (key,)


async def test_several_names_that_reach_the_goal_end_it(reading):
    await set_goal(reading, LORA)

    reply = await reading.finish(READER, None, "bert and lora")

    assert reply.change.goal == LORA
    assert reply.reader.goal is None


async def test_more_names_than_can_be_asked_about_mark_none(reading):
    with pytest.raises(TooManyNamesError):
        await reading.finish(READER, None, ", ".join(["bert"] * 26))

    assert await state(reading, BERT) is None


# /next


async def test_next_makes_what_it_shows_the_current_resource(reading):
    reply = await reading.next_for(READER, None)

    assert shown(reply) == ATTENTION
    assert reply.reader.current == ATTENTION
    assert await current(reading) == ATTENTION


async def test_next_twice_shows_the_same(reading):
    first = await reading.next_for(READER, None)
    again = await reading.next_for(READER, None)

    assert first.answer == again.answer


async def test_next_writes_nothing_when_the_current_resource_stays(reading, services):
    await reading.next_for(READER, None)

    async with services.db.transaction() as tx:
        await readers.take_turn(tx, READER)
        again = await asyncio.wait_for(reading.next_for(READER, None), timeout=30)

    assert shown(again) == ATTENTION


async def test_next_that_waited_for_a_done_shows_what_comes_after_it(
    reading, services, base, clock
):
    async with services.db.transaction() as tx:
        await readers.take_turn(tx, READER)
        waiting = asyncio.create_task(reading.next_for(READER, None))
        await asyncio.wait([waiting], timeout=0.1)
        await progress.set_marks(tx, READER, {ATTENTION: Mark("done", clock())})
        await readers.set_current(tx, READER, base.id, GPT_1, clock())

    assert shown(await waiting) == GPT_1
    assert await current(reading) == GPT_1


async def test_next_with_filters_makes_current_what_fits(reading):
    await mark(reading, ATTENTION)

    reply = await reading.next_for(READER, None, Filters(kind="video"))

    assert reply.answer.resource.kind == "video"
    assert await current(reading) == reply.answer.resource.key


async def test_filters_too_narrow_leave_the_current_resource(reading):
    await reading.next_for(READER, None)

    reply = await reading.next_for(READER, None, Filters(kind="course", must_reads=True))

    assert isinstance(reply.answer, TooNarrow)
    assert await current(reading) == ATTENTION


async def test_minutes_change_nothing_about_what_is_next_and_stay_until_it_is_asked_anew(reading):
    short = await reading.next_for(READER, None, minutes=20)
    again = await reading.next_for(READER, None, minutes=20)
    done = await mark(reading, ATTENTION)
    other = await reading.next_for(READER, None, minutes=45)
    plain = await reading.next_for(READER, None)

    assert [shown(short), shown(again), shown(done)] == [ATTENTION, ATTENTION, GPT_1]
    assert [r.sitting.minutes for r in (short, again, done, other)] == [20, 20, 20, 45]
    assert short.sitting.sittings == 3
    assert short.sitting.companion is None or short.sitting.companion.minutes <= 20
    assert shown(other) == shown(plain) == GPT_1
    assert plain.sitting is None


async def test_who_comes_back_after_weeks_is_welcomed_once(reading, clock):
    await mark(reading, ATTENTION)
    at = clock()
    clock.advance(weeks=3, seconds=-1)
    early = await reading.next_for(READER, None)
    clock.advance(seconds=1)

    back = await reading.next_for(READER, None)
    again = await reading.next_for(READER, None)
    await mark(reading, GPT_1)
    clock.advance(weeks=10)
    later = await reading.next_for(READER, None)

    assert early.back is None
    assert (back.back.last[0].key, back.back.last[1]) == (ATTENTION, at)
    assert back.back.meanwhile == ()
    assert shown(back) == GPT_1
    assert again.back is None
    assert later.back.last[0].key == GPT_1


async def test_nobody_new_is_welcomed_back(reading, clock):
    await reading.next_for(READER, None)
    clock.advance(weeks=10)

    assert (await reading.next_for(READER, None)).back is None


async def test_any_length_leaves_what_was_shown(reading):
    await mark(reading, ATTENTION)
    video = await reading.next_for(READER, None, Filters(kind="video"), minutes=5)

    anything = await reading.any_length(READER, None)

    assert shown(anything) == shown(video)
    assert (video.sitting.minutes, anything.sitting) == (5, None)
    assert (await mark(reading, shown(video))).sitting is None


async def test_each_reader_has_a_next_of_their_own(reading):
    await mark(reading, ATTENTION)

    assert shown(await reading.next_for(READER, None)) == GPT_1
    assert shown(await reading.next_for(READER + 1, None)) == ATTENTION


async def test_the_list_read_asks_before_going_deeper_and_only_once(listed):
    reading = await listed(
        resource("a"), resource("x", addition=True), resource("y", addition=True)
    )

    end = await mark(reading, "demo:a")
    asked_again = await reading.next_for(READER, None)
    deeper = await reading.next_for(READER, None, deeper=True)
    onward = await mark(reading, "demo:x")

    assert isinstance(end.answer, GoDeeper)
    assert end.reader.current is None
    assert isinstance(asked_again.answer, GoDeeper)
    assert shown(deeper) == "demo:x"
    assert shown(onward) == "demo:y"
    assert shown(await reading.next_for(READER, None)) == "demo:y"


async def test_a_goal_leads_next(listed):
    reading = await listed(resource("a"), resource("b"), resource("goal", "b"))
    await set_goal(reading, "demo:goal")

    first = await reading.next_for(READER, None)
    second = await mark(reading, "demo:b")

    assert (shown(first), shown(second)) == ("demo:b", "demo:goal")
    assert second.reader.goal == "demo:goal"


# Marks


@pytest.mark.parametrize("kind", ["done", "known", "skipped"])
async def test_a_mark_on_the_current_resource_makes_the_next_one_current(reading, kind):
    await reading.next_for(READER, None)

    reply = await mark(reading, ATTENTION, kind)

    assert shown(reply) == GPT_1
    assert (reply.change.kind, reply.change.keys) == (kind, (ATTENTION,))
    assert not reply.repeated
    assert await state(reading, ATTENTION) == kind
    assert await current(reading) == GPT_1


async def test_what_is_put_off_comes_back_after_a_week(reading, clock):
    await reading.next_for(READER, None)

    off = await mark(reading, ATTENTION, "later")
    clock.advance(days=7, seconds=-1)
    before = await reading.next_for(READER, None)
    clock.advance(seconds=1)
    after = await reading.next_for(READER, None)

    assert off.answer != after.answer
    assert not isinstance(before.answer, Recommendation)
    assert shown(after) == ATTENTION


async def test_everything_put_off_says_until_when(listed, clock):
    reading = await listed(resource("a"), resource("b", "a"))

    reply = await mark(reading, "demo:a", "later")

    first = reply.curriculum.by_key["demo:a"]
    assert reply.answer == AllPutOff(first, clock() + timedelta(days=7))


async def test_clear_makes_a_resource_untouched(reading):
    await mark(reading, ATTENTION)

    await mark(reading, ATTENTION, "clear")

    assert await state(reading, ATTENTION) is None
    assert shown(await reading.next_for(READER, None)) == ATTENTION


async def test_done_on_another_card_leaves_the_current_resource(reading):
    await mark(reading, ATTENTION)

    reply = await mark(reading, BERT)

    assert shown(reply) == GPT_1
    assert await current(reading) == GPT_1


async def test_a_companion_can_be_marked_and_leaves_the_current_resource(reading):
    await reading.next_for(READER, None)

    reply = await mark(reading, COMPANION)

    assert shown(reply) == ATTENTION
    assert await state(reading, COMPANION) == "done"


async def test_a_current_resource_locked_again_is_not_shown_as_next(listed):
    reading = await listed(resource("a"), resource("b", "a"), resource("video", "a", kind="video"))
    done = await mark(reading, "demo:a")
    await reading.next_for(READER, None, Filters(kind="video"))

    reply = await reading.undo(READER, None, done.change.change_id)

    assert shown(reply) == "demo:a"


async def test_done_keeps_its_rating_until_another_is_given(reading):
    await mark(reading, ATTENTION, rating=4)
    again = await mark(reading, ATTENTION)
    kept_rating = (await reading.reader(READER, None))[1].marks.get(ATTENTION).rating
    changed = await mark(reading, ATTENTION, rating=2)

    assert again.repeated
    assert kept_rating == 4
    assert not changed.repeated
    assert changed.reader.marks.get(ATTENTION).rating == 2


async def test_a_rating_does_not_outlive_done(reading):
    await mark(reading, ATTENTION, rating=4)
    await mark(reading, ATTENTION, "known")

    reply = await mark(reading, ATTENTION)

    assert reply.reader.marks.get(ATTENTION).rating is None


@pytest.mark.parametrize("kind", ["done", "known", "skipped", "later"])
async def test_the_same_mark_twice_changes_nothing_and_brings_the_first_ones_undo(
    reading, clock, kind
):
    first = await mark(reading, ATTENTION, kind)
    before = await kept(reading)
    clock.advance(seconds=30)

    again = await mark(reading, ATTENTION, kind)

    assert again.repeated
    assert again.change == replace(first.change, made_at=again.change.made_at)
    assert await kept(reading) == before
    assert shown(again) == shown(first) if kind != "later" else again.answer == first.answer


async def test_a_second_click_finds_its_undo_after_other_changes(reading):
    first = await mark(reading, ATTENTION)
    await mark(reading, GPT_1)

    again = await mark(reading, ATTENTION)

    assert again.change.change_id == first.change.change_id
    assert shown(again) == BERT


async def test_clearing_what_is_untouched_changes_nothing(reading):
    reply = await mark(reading, ATTENTION, "clear")

    assert reply.repeated
    assert reply.change is None


async def test_later_a_day_later_puts_off_anew(reading, clock):
    await mark(reading, ATTENTION, "later")
    clock.advance(days=1)

    again = await mark(reading, ATTENTION, "later")

    assert not again.repeated
    assert again.reader.marks.get(ATTENTION).until == clock() + timedelta(days=7)


async def test_marking_what_never_was_listed_is_unknown_and_changes_nothing(reading):
    await reading.next_for(READER, None)
    before = await kept(reading)

    with pytest.raises(UnknownResourceError):
        await mark(reading, "jump-into-llm:never")

    assert await kept(reading) == before


@pytest.mark.parametrize("kind", ["done", "known"])
async def test_two_clicks_at_once_are_one_change(reading, kind):
    replies = await asyncio.gather(*(mark(reading, ATTENTION, kind) for _ in range(2)))

    assert sorted(reply.repeated for reply in replies) == [False, True]
    assert len({reply.change.change_id for reply in replies}) == 1


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_clicks_through_two_processes_at_once_are_one_change(
    services, database_url, base, clock
):
    other = await joined(database_url, base, clock)

    replies = await asyncio.gather(
        *(mark(each.reading, ATTENTION) for each in [services, other] * 3)
    )
    await other.close()

    assert sorted(reply.repeated for reply in replies) == [False] + [True] * 5
    assert len({reply.change.change_id for reply in replies}) == 1


async def test_marks_made_at_once_are_all_kept(reading, base):
    keys = [r.key for r in base.resources[:40]]

    await asyncio.gather(*(mark(reading, key) for key in keys))

    _, reader = await reading.reader(READER, None)
    assert reader.marks.keys() == set(keys)


# /done


async def test_done_marks_what_the_typed_words_mean(reading):
    reply = await reading.finish(READER, None, "bert", rating=3)

    assert reply.change.keys == (BERT,)
    assert reply.reader.marks.get(BERT).rating == 3


async def test_done_of_words_that_mean_nothing_changes_nothing(reading):
    with pytest.raises(UnknownResourceError):
        await reading.finish(READER, None, "zqxwv zqxwv")

    assert await kept(reading) == ({}, {})


async def test_a_bare_done_needs_a_current_resource(reading):
    with pytest.raises(NothingCurrentError):
        await reading.finish_current(READER, None)


async def test_a_bare_done_marks_the_current_resource(reading):
    await reading.next_for(READER, None)

    reply = await reading.finish_current(READER, None, rating=5)

    assert (reply.change.kind, reply.change.keys) == ("done_current", (ATTENTION,))
    assert reply.reader.marks.get(ATTENTION).rating == 5
    assert shown(reply) == GPT_1


async def test_a_second_bare_done_within_a_minute_asks(reading, clock):
    await reading.next_for(READER, None)
    await reading.finish_current(READER, None)
    clock.advance(seconds=59)
    before = await kept(reading)

    asked = await reading.finish_current(READER, None)

    assert isinstance(asked, AlsoDone)
    assert (asked.before.key, asked.resource.key) == (ATTENTION, GPT_1)
    assert await kept(reading) == before


async def test_after_a_minute_a_bare_done_does_not_ask(reading, clock):
    await reading.next_for(READER, None)
    await reading.finish_current(READER, None)
    clock.advance(minutes=1)

    reply = await reading.finish_current(READER, None)

    assert reply.change.keys == (GPT_1,)


async def test_a_bare_done_after_undo_or_another_mark_does_not_ask(reading):
    await reading.next_for(READER, None)
    first = await reading.finish_current(READER, None)
    await reading.undo(READER, None, first.change.change_id)

    after_undo = await reading.finish_current(READER, None)
    await mark(reading, BERT)
    after_mark = await reading.finish_current(READER, None)

    assert after_undo.change.keys == (ATTENTION,)
    assert after_mark.change.keys == (GPT_1,)


async def test_two_bare_dones_at_once_mark_one_and_ask_about_the_next(reading):
    await reading.next_for(READER, None)

    replies = await asyncio.gather(*(reading.finish_current(READER, None) for _ in range(2)))

    asked = [reply for reply in replies if isinstance(reply, AlsoDone)]
    assert [(each.before.key, each.resource.key) for each in asked] == [(ATTENTION, GPT_1)]
    assert await state(reading, GPT_1) is None


# Undo


async def test_undo_brings_back_the_mark_the_current_resource_and_the_goal(reading):
    await set_goal(reading, LORA)
    await mark(reading, ATTENTION, "later")
    before = await kept(reading)
    done = await mark(reading, ATTENTION, rating=5)

    reply = await reading.undo(READER, None, done.change.change_id)

    assert await kept(reading) == before
    assert reply.undone.change_id == done.change.change_id
    assert not reply.repeated


async def test_undo_shows_what_is_next_again(reading):
    await reading.next_for(READER, None)
    done = await mark(reading, ATTENTION)

    reply = await reading.undo(READER, None, done.change.change_id)

    assert shown(reply) == ATTENTION


async def test_undo_twice_is_harmless(reading):
    done = await mark(reading, ATTENTION)
    await reading.undo(READER, None, done.change.change_id)
    await mark(reading, ATTENTION, "known")
    before = await kept(reading)

    again = await reading.undo(READER, None, done.change.change_id)

    assert again.repeated
    assert await kept(reading) == before


async def test_two_undos_at_once_are_one(reading):
    done = await mark(reading, ATTENTION)

    replies = await asyncio.gather(
        *(reading.undo(READER, None, done.change.change_id) for _ in range(2))
    )

    assert sorted(reply.repeated for reply in replies) == [False, True]
    assert await state(reading, ATTENTION) is None


async def test_undo_of_an_older_change_leaves_later_ones_of_other_resources(reading):
    first = await mark(reading, ATTENTION)
    await mark(reading, BERT)

    await reading.undo(READER, None, first.change.change_id)

    assert await state(reading, ATTENTION) is None
    assert await state(reading, BERT) == "done"


async def test_undo_leaves_what_next_made_current_since(reading):
    done = await mark(reading, ATTENTION)
    filtered = await reading.next_for(READER, None, Filters(kind="video"))

    await reading.undo(READER, None, done.change.change_id)

    assert await current(reading) == shown(filtered)


@pytest.mark.parametrize("since", [["known"], ["clear"], ["clear", "done"], ["known", "done"]])
async def test_undo_is_refused_when_the_resource_was_marked_since(reading, since):
    done = await mark(reading, ATTENTION)
    for kind in since:
        await mark(reading, ATTENTION, kind)
    before = await kept(reading)

    with pytest.raises(ChangedSinceError) as refused:
        await reading.undo(READER, None, done.change.change_id)

    assert refused.value.title == "Attention Is All You Need"
    assert await kept(reading) == before


async def test_undo_is_refused_when_a_row_was_written_past_the_log(reading, clock):
    done = await mark(reading, ATTENTION)
    async with reading._db.transaction() as tx:  # noqa: SLF001 - as an import would
        await progress.set_marks(tx, READER, {ATTENTION: Mark("known", clock())})

    with pytest.raises(ChangedSinceError):
        await reading.undo(READER, None, done.change.change_id)


async def test_undoing_the_later_change_makes_room_for_the_earlier(reading):
    first = await mark(reading, ATTENTION)
    second = await mark(reading, ATTENTION, "known")
    await reading.undo(READER, None, second.change.change_id)

    await reading.undo(READER, None, first.change.change_id)

    assert await state(reading, ATTENTION) is None


async def test_nobody_undoes_what_somebody_else_did(reading):
    done = await mark(reading, ATTENTION)

    with pytest.raises(TooOldToUndoError):
        await reading.undo(READER + 1, None, done.change.change_id)

    assert await state(reading, ATTENTION) == "done"


async def test_only_the_last_twenty_changes_can_be_undone(reading, base):
    made = [await mark(reading, r.key) for r in base.resources[:21]]

    with pytest.raises(TooOldToUndoError):
        await reading.undo(READER, None, made[0].change.change_id)
    await reading.undo(READER, None, made[1].change.change_id)

    assert await state(reading, base.resources[0].key) == "done"
    assert await state(reading, base.resources[1].key) is None


def actions(keys):
    return st.tuples(
        st.sampled_from(keys), st.sampled_from(KINDS), st.sampled_from([None, None, 1, 5])
    )


@over_one_database
@given(made=curricula(6), data=st.data())
async def test_undoing_in_reverse_restores_everything_exactly(db, clock, made, data):
    reading, reader_id = reading_over(db, CurriculumStore(made), clock), next(reader_ids)
    keys = [*made.by_key]
    await set_goal(reading, data.draw(st.sampled_from([None, *keys])), reader_id)
    snapshots = []

    for key, kind, rating in data.draw(st.lists(actions(keys), max_size=12)):
        before = await kept(reading, reader_id)
        reply = await mark(reading, key, kind, reader_id, rating=rating)
        if not reply.repeated:
            snapshots.append((reply.change.change_id, before))
        else:
            assert await kept(reading, reader_id) == before
        clock.advance(seconds=data.draw(st.sampled_from([0, 1, 86400 * 8])))

    for change_id, before in reversed(snapshots):
        await reading.undo(reader_id, None, change_id)
        assert await kept(reading, reader_id) == before


@over_one_database
@given(data=st.data())
async def test_undoing_in_any_order_restores_a_mark_or_is_refused(db, clock, data):
    keys = ["demo:a", "demo:b", "demo:c"]
    store = CurriculumStore(curriculum(resource("a"), resource("b", "a"), resource("c")))
    reading, reader_id = reading_over(db, store, clock), next(reader_ids)
    made = {}  # change id -> its key and the mark before; newest last
    undone = set()

    for _ in range(data.draw(st.integers(1, 15))):
        before, *_ = await kept(reading, reader_id)
        if made and data.draw(st.booleans()):
            change_id = data.draw(st.sampled_from(list(made)))
            key, old = made[change_id]
            later_ones = [c for c in made if c > change_id and c not in undone]
            touched = any(made[c][0] == key for c in later_ones)
            expected = dict(before)
            if change_id not in undone and not touched:
                expected.pop(key, None)
                expected |= {key: old} if old else {}
            try:
                await reading.undo(reader_id, None, change_id)
                assert change_id in undone or not touched
                undone.add(change_id)
            except ChangedSinceError:
                assert touched
            assert (await kept(reading, reader_id))[0] == expected
        else:
            key, kind, rating = data.draw(actions(keys))
            reply = await mark(reading, key, kind, reader_id, rating=rating)
            if not reply.repeated:
                made[reply.change.change_id] = (key, before.get(key))


async def test_a_clock_set_back_between_two_starts_keeps_changes_in_their_order(listed, clock):
    before = await listed(resource("a"), resource("b"), resource("c"))
    for _ in range(10):
        await mark(before, "demo:a")
        await mark(before, "demo:a", "clear")
    clock.advance(days=-1)
    reading = await listed(resource("a"), resource("b"), resource("c"))

    done = await mark(reading, "demo:a")
    again = await mark(reading, "demo:a")
    await reading.undo(READER, None, done.change.change_id)

    assert again.change.change_id == done.change.change_id
    assert await state(reading, "demo:a") is None


# Progress and changes of the list


async def test_a_mark_follows_its_resource_to_a_new_key(listed):
    await mark(await listed(resource("old"), resource("b")), "demo:old", rating=4)
    reading = await listed(resource("b"), resource("a", formerly=["old"]))

    found = await reading.look(READER, None, "demo:old")

    assert found.resource.key == "demo:a"
    assert found.reader.marks.get("demo:a").rating == 4


async def test_the_same_mark_under_the_new_key_is_a_second_click(listed):
    first = await mark(await listed(resource("old"), resource("b")), "demo:old")
    reading = await listed(resource("a", formerly=["old"]), resource("b"))

    again = await mark(reading, "demo:a")

    assert again.repeated
    assert again.change.change_id == first.change.change_id


async def test_what_was_marked_under_a_former_key_can_be_cleared_and_that_undone(listed):
    await mark(await listed(resource("old"), resource("b")), "demo:old", rating=4)
    reading = await listed(resource("a", formerly=["old"]), resource("b"))
    before = await kept(reading)

    cleared = await mark(reading, "demo:a", "clear")
    state_cleared = await state(reading, "demo:a")
    await reading.undo(READER, None, cleared.change.change_id)

    assert state_cleared is None
    assert await kept(reading) == before
    assert await state(reading, "demo:a") == "done"


async def test_a_change_made_before_a_rename_can_be_undone_after_it(listed):
    done = await mark(await listed(resource("old"), resource("b")), "demo:old")
    reading = await listed(resource("a", formerly=["old"]), resource("b"))

    await reading.undo(READER, None, done.change.change_id)

    assert await state(reading, "demo:a") is None


async def test_undo_across_a_rename_is_refused_when_the_new_key_was_marked(listed):
    old = await listed(resource("old"), resource("b"))
    await mark(old, "demo:old")
    cleared = await mark(old, "demo:old", "clear")
    reading = await listed(resource("a", formerly=["old"]), resource("b"))
    await mark(reading, "demo:a", "later")

    with pytest.raises(ChangedSinceError):
        await reading.undo(READER, None, cleared.change.change_id)

    assert await state(reading, "demo:a") == "later"


async def test_a_renamed_current_resource_stays_current(listed):
    before = await listed(resource("old"), resource("b"))
    await before.next_for(READER, None)
    reading = await listed(resource("b"), resource("a", formerly=["old"]))

    reply = await reading.finish_current(READER, None)

    assert reply.change.keys == ("demo:a",)
    assert shown(reply) == "demo:b"


async def test_what_left_the_list_keeps_its_title_and_its_mark(listed):
    await mark(await listed(resource("a", title="Alpha"), resource("b")), "demo:a")
    reading = await listed(resource("b"))

    with pytest.raises(NoLongerListedError) as looked:
        await reading.look(READER, None, "demo:a")
    with pytest.raises(NoLongerListedError) as marked:
        await mark(reading, "demo:a", "known")

    assert looked.value.title == marked.value.title == "Alpha"
    assert await state(reading, "demo:a") == "done"


async def test_what_returns_to_the_list_is_still_done(listed):
    await mark(await listed(resource("a"), resource("b")), "demo:a")
    await listed(resource("b"))
    reading = await listed(resource("a"), resource("b"))

    assert shown(await reading.next_for(READER, None)) == "demo:b"


async def test_a_mark_on_what_left_the_list_can_be_undone(listed):
    done = await mark(await listed(resource("a"), resource("b")), "demo:a")
    reading = await listed(resource("b"))

    await reading.undo(READER, None, done.change.change_id)

    assert await state(reading, "demo:a") is None


async def test_a_refused_undo_names_what_left_the_list_by_its_title(listed):
    before = await listed(resource("a", title="Alpha"), resource("b"))
    done = await mark(before, "demo:a")
    await mark(before, "demo:a", "known")
    reading = await listed(resource("b"))

    with pytest.raises(ChangedSinceError) as refused:
        await reading.undo(READER, None, done.change.change_id)

    assert refused.value.title == "Alpha"


async def test_a_current_resource_that_left_the_list_is_no_current_one(listed):
    before = await listed(resource("a"), resource("b"))
    await before.next_for(READER, None)
    reading = await listed(resource("b"))

    with pytest.raises(NothingCurrentError):
        await reading.finish_current(READER, None)
    assert shown(await reading.next_for(READER, None)) == "demo:b"


EDITS = ["rename", "move", "retitle", "delete", "add", "return", "mark", "mark"]


@over_one_database
@given(data=st.data())
async def test_no_edit_of_the_list_loses_progress(db, clock, data):
    reader_id = next(reader_ids)
    namespace = f"demo-{reader_id}"
    numbers = count()
    listed = [resource(f"r{next(numbers)}", namespace=namespace) for _ in range(3)]
    gone, states, titles = [], {}, {}

    for _ in range(data.draw(st.integers(1, 12))):
        edit = data.draw(st.sampled_from(EDITS))
        at = data.draw(st.integers(0, len(listed) - 1))
        target = listed[at]
        name = f"r{next(numbers)}"
        match edit:
            case "rename":
                renamed = f"{namespace}:{name}"
                former = (*target.formerly, target.key)
                listed[at] = replace(target, key=renamed, formerly=former)
            case "move":
                listed.append(listed.pop(at))
            case "retitle":
                listed[at] = replace(target, title=name)
            case "delete" if len(listed) > 1:
                gone.append(listed.pop(at))
            case "add":
                listed.insert(at, resource(name, namespace=namespace))
            case "return" if gone:
                listed.insert(at, gone.pop())
        curricula = CurriculumStore(curriculum(*listed, id=namespace))
        await curricula.remember(db, clock())
        for each in listed:
            titles.setdefault(each.url, set()).add(each.title)
        reading = reading_over(db, curricula, clock)
        if edit == "mark":
            kind = data.draw(st.sampled_from(["done", "known", "skipped", "later"]))
            await mark(reading, target.key, kind, reader_id)
            states[target.url] = kind

    _, reader = await reading.reader(reader_id, None)
    for each in listed:
        found = reader.marks.get(each.key)
        assert (found and found.state) == states.get(each.url)
    for each in gone:
        under = [key for key in (each.key, *each.formerly) if key in reader.marks]
        assert [reader.marks[key].state for key in under] == (
            [states[each.url]] if each.url in states else []
        )
        for key in under:
            with pytest.raises(NoLongerListedError) as titled:
                await curricula.resource(db, None, key)
            assert titled.value.title in titles[each.url]


# Looking


async def test_looking_changes_nothing(reading):
    found = await reading.look(READER, None, BERT)

    assert found.resource.key == BERT
    assert await kept(reading) == ({}, {})
