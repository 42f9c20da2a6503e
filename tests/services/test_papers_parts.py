"""A paper in parts, one a week: what is kept with each week, read, counted and reminded of."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.curriculum.fields import typed_from
from bot.core.lists import Where
from bot.core.weeks import Part
from bot.errors import NotOfferedError
from tests.curricula import curriculum, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, Postbox

COURSE = "demo:course"
ALICE, BOB, CAROL = range(800_000_000_000_000_001, 800_000_000_000_000_004)
LIST = curriculum(
    resource(
        "course",
        minutes=420,
        must_read=True,
        parts=("chapters 1-3", "chapters 4-6", "chapters 7-9"),
    ),
    resource("bert"),
    resource("gpt"),
)
FIRST, SECOND, THIRD = (Part(n, 3, (name,)) for n, name in enumerate(LIST.get(COURSE).parts, 1))


@pytest.fixture
def coming(services, group):
    async def papers():
        status = await services.groups.status(CHANNEL, None)
        picks = [each.pick for each in status.coming if not each.is_skipped]
        return [pick.part or (pick.key or "").partition(":")[2] for pick in picks]

    return papers


@pytest.fixture
def post(services, group, clock):
    """Return what lets the next slot come, and returns what its post shows."""

    async def send():
        clock.now = (await services.groups.find(CHANNEL)).next_at
        await services.weeks.open_due()
        await Postbox(services).deliver()
        week = (await services.groups.status(CHANNEL, None)).this_week
        return await services.weeks.post(week.week_id)

    return send


@pytest.fixture
def write(services):
    """Return what types the course's parts anew, as its server's moderators do."""

    async def texts(*parts):
        desk = await services.moderation.open(Where(GUILD), MODERATOR, COURSE)
        before = typed_from(desk.resource)
        typed = replace(before, parts="\n".join(parts))
        await services.moderation.set_texts((GUILD, MODERATOR, desk.draft_id), before, typed)

    return texts


async def history_of(services, group_id):
    weeks = (await services.groups.history(GUILD, group_id, 0)).weeks
    return [(week.part, week.read) for week in weeks]


async def test_each_week_is_posted_with_its_part_and_keeps_it(services, group_id, coming, post):
    ahead = await coming()

    posts = [await post() for _ in range(4)]
    again = await services.weeks.post(posts[0].post.week_id)

    assert ahead == [FIRST, SECOND, THIRD, "bert"]
    assert [each.part for each in posts] == [FIRST, SECOND, THIRD, None]
    assert [each.post.part for each in posts] == [FIRST, SECOND, THIRD, None]
    assert again.part == FIRST
    parts = [part for part, _ in await history_of(services, group_id)]
    assert parts == [None, THIRD, SECOND, FIRST]


async def test_a_pick_puts_the_next_part_off_by_a_week(services, coming, post):
    await post()
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "Bert", None)

    assert await coming() == ["bert", SECOND, THIRD, "gpt"]


async def test_a_pick_says_whether_it_goes_on_or_begins_anew_and_does_so_for_as_many_weeks(
    services, group_id, coming, post
):
    await services.papers.read_for(GUILD, group_id, COURSE, 2)
    fresh = await services.papers.pick(GUILD, CHANNEL, MODERATOR, "Course", None)
    await post()
    next_ = await services.papers.pick(GUILD, CHANNEL, MODERATOR, "Course", None)
    later = await services.papers.pick(GUILD, CHANNEL, MODERATOR, "Course", "2026-W06")
    await services.papers.take_back(GUILD, group_id, "2026-W06")
    await post()
    anew = await services.papers.pick(GUILD, CHANNEL, MODERATOR, "Course", None)

    again = [await post() for _ in range(2)]

    both, rest = Part(1, 3, ("chapters 1-3", "chapters 4-6")), THIRD
    said = [(reply.was_had, reply.part) for reply in (fresh, next_, later, anew)]
    assert said == [(False, both), (False, rest), (True, both), (True, both)]
    assert [each.post.part for each in again] == [both, rest]
    assert await coming() == ["bert", "gpt", "", ""]


async def test_must_reads_that_come_again_come_in_the_parts_that_were_chosen(
    services, group_id, post
):
    await services.papers.read_for(GUILD, group_id, COURSE, 2)
    for _ in range(4):
        await post()
    await services.papers.go_on(GUILD, group_id, "must_reads")

    again = [(await post()).post for _ in range(2)]

    assert [each.part for each in again] == [Part(1, 3, ("chapters 1-3", "chapters 4-6")), THIRD]
    assert [each.why for each in again] == ["must_read_again", "goes_on"]


async def test_what_was_taken_off_before_it_was_sent_leaves_its_part_to_the_next_week(
    services, group_id, coming, clock
):
    clock.advance(hours=1)
    await services.weeks.open_due()
    decided = await coming()
    await services.groups.set_state(GUILD, group_id, "paused")
    await services.groups.set_state(GUILD, group_id, "active")

    assert decided[:3] == [SECOND, THIRD, "bert"]
    assert (await coming())[:3] == [FIRST, SECOND, THIRD]


async def test_moderators_choose_fewer_weeks_in_the_middle_and_a_part_a_week_again(
    services, group_id, coming, post
):
    await post()
    status = await services.groups.status(CHANNEL, None)
    await services.papers.read_for(GUILD, group_id, COURSE, 2)
    fewer = await coming()
    await services.papers.read_for(GUILD, group_id, COURSE, 1)
    rest = await coming()
    await services.papers.read_for(GUILD, group_id, COURSE, 0)
    left_out = await services.groups.status(CHANNEL, None)
    await services.papers.read_for(GUILD, group_id, COURSE, 3)

    assert status.spans[COURSE].in_weeks == 3
    assert fewer == [Part(2, 3, ("chapters 4-6", "chapters 7-9")), "bert", "gpt", ""]
    assert rest == fewer
    assert (left_out.spans[COURSE].in_weeks, left_out.part) == (0, FIRST)
    assert (await coming())[:2] == [SECOND, THIRD]


async def test_it_is_read_whole_in_one_week_and_then_in_more_after_all(
    services, group_id, coming, post
):
    await services.papers.read_for(GUILD, group_id, COURSE, 1)
    whole = await post()
    await services.papers.read_for(GUILD, group_id, COURSE, 3)

    assert (whole.part, whole.post.part) == (None, None)
    assert (await services.groups.status(CHANNEL, None)).part == FIRST
    assert (await coming())[:3] == [SECOND, THIRD, "bert"]


@pytest.mark.parametrize(("key", "weeks"), [(COURSE, 4), (COURSE, -1), ("demo:bert", 5)])
async def test_more_weeks_than_it_has_parts_are_not_offered(services, group_id, key, weeks):
    with pytest.raises(NotOfferedError):
        await services.papers.read_for(GUILD, group_id, key, weeks)


async def test_parts_that_change_in_the_middle_change_what_comes_and_nothing_that_was(
    services, group_id, coming, post, write
):
    await post()
    await write("chapters 1-3", "chapter 4", "chapter 5", "chapters 6-9")
    longer = await coming()
    await write()
    none = await coming()
    past = await history_of(services, group_id)
    await write("weeks 1-2", "weeks 3-4", "weeks 5-6")

    assert [each.names for each in longer[:3]] == [
        ("chapter 4",),
        ("chapter 5",),
        ("chapters 6-9",),
    ]
    assert none[0] == "bert"
    assert past == [(FIRST, None)]
    assert [each.names for each in (await coming())[:2]] == [("weeks 3-4",), ("weeks 5-6",)]


async def test_parts_that_a_paper_gets_after_it_was_read_do_not_bring_it_back(
    services, coming, post, write
):
    await write()
    await post()
    await write("chapters 1-3", "chapters 4-6")

    assert (await coming())[0] == "bert"


async def test_who_has_read_a_part_has_a_line_and_not_the_whole_and_is_counted(
    services, group_id, post
):
    first = await post()
    replies = [
        (await services.weeks.read_it(reader, GUILD, first.post.week_id))[1]
        for reader in (ALICE, BOB, CAROL)
    ]
    counted = await services.weeks.post(first.post.week_id)
    await services.reading.undo(CAROL, Where(GUILD), replies[2].change.change_id)
    undone = await services.weeks.post(first.post.week_id)
    second = await post()

    assert [reply.change.kind for reply in replies] == ["part"] * 3
    assert replies[0].reader.marks == {}
    assert (counted.read, undone.read, second.read) == (3, None, None)
    assert await history_of(services, group_id) == [(SECOND, None), (FIRST, None)]


async def test_undo_under_a_later_part_takes_back_that_part_alone_and_its_reminder_comes(
    services, group_id, post, clock
):
    for reader in (ALICE, BOB, CAROL):
        await services.groups.join(GUILD, group_id, reader)
        await services.me.switch(reader, "named")
        await services.reminders.ask(GUILD, group_id, reader, wanted=True)
    replies = {}
    for weekly in [await post(), await post()]:
        for reader in (ALICE, BOB, CAROL):
            _, reply, _ = await services.weeks.read_it(reader, GUILD, weekly.post.week_id)
            replies[reader] = reply
    read = await history_of(services, group_id)
    clock.advance(days=5, hours=9)

    back = await services.reading.undo(CAROL, Where(GUILD), replies[CAROL].change.change_id)

    status = await services.groups.status(CHANNEL, None)
    assert read == [(SECOND, 3), (FIRST, 3)]
    assert back.reader.notes == {COURSE: "chapters 1-3"}
    assert await history_of(services, group_id) == [(SECOND, None), (FIRST, 3)]
    assert status.this_read.named == (ALICE, BOB)
    told = [await services.reminders.open_papers(reader) for reader in (ALICE, BOB, CAROL)]
    assert [[each.part for each in papers] for papers in told] == [[], [], [SECOND]]


@pytest.mark.parametrize("kind", ["known", "skipped", "later"])
async def test_a_part_counts_whatever_is_marked_and_the_mark_stays(services, post, kind):
    weekly = await post()
    for reader in (ALICE, BOB, CAROL):
        await services.reading.mark(reader, Where(GUILD), COURSE, kind)

    for reader in (ALICE, BOB, CAROL):
        told, reply, _ = await services.weeks.read_it(reader, GUILD, weekly.post.week_id)
    _, again, _ = await services.weeks.read_it(CAROL, GUILD, weekly.post.week_id)
    back = await services.reading.undo(CAROL, Where(GUILD), again.change.change_id)
    undone = await services.weeks.post(weekly.post.week_id)

    assert (reply.change.kind, reply.repeated, again.repeated) == ("part", False, True)
    assert again.change == reply.change
    assert (told.read, undone.read) == (3, None)
    assert {key: mark.state for key, mark in back.reader.marks.items()} == {COURSE: kind}
    assert back.reader.notes == {}


@pytest.mark.parametrize("kind", ["known", "skipped"])
async def test_who_marks_the_paper_after_a_part_stays_counted_for_that(services, post, kind):
    weekly = await post()
    for reader in (ALICE, BOB, CAROL):
        await services.weeks.read_it(reader, GUILD, weekly.post.week_id)
        await services.reading.mark(reader, Where(GUILD), COURSE, kind)

    assert (await services.weeks.post(weekly.post.week_id)).read == 3


async def test_who_has_done_it_all_is_told_so_and_undo_takes_back_that_they_read_the_part(
    services, post
):
    weekly = await post()
    for reader in (ALICE, BOB, CAROL):
        done = await services.reading.mark(reader, Where(GUILD), COURSE, "done")
        told, reply, _ = await services.weeks.read_it(reader, GUILD, weekly.post.week_id)
    await services.reading.undo(CAROL, Where(GUILD), reply.change.change_id)

    assert (reply.change, reply.repeated, told.read) == (done.change, True, 3)
    assert (await services.weeks.post(weekly.post.week_id)).read is None


async def test_who_did_it_all_long_ago_is_told_so_too(services, post):
    weekly = await post()
    await services.reading.mark(ALICE, Where(GUILD), COURSE, "done")
    for kind in ["done", "clear"] * 10:
        await services.reading.mark(ALICE, Where(GUILD), "demo:bert", kind)

    for _ in range(2):
        _, reply, _ = await services.weeks.read_it(ALICE, GUILD, weekly.post.week_id)

        assert (reply.change, [each.key for each in reply.already]) == (None, [COURSE])


@pytest.mark.parametrize("is_reset", [False, True])
async def test_unread_again_is_unread_under_every_part_and_undo_brings_that_back(
    services, group_id, post, is_reset
):
    first, second, third = [await post() for _ in range(3)]
    for reader in (ALICE, BOB, CAROL):
        for weekly in (first, second, third):
            await services.weeks.read_it(reader, GUILD, weekly.post.week_id)

    if is_reset:
        reply = await services.reading.reset(CAROL, Where(GUILD))
    else:
        reply = await services.reading.mark(CAROL, Where(GUILD), COURSE, "clear")
    cleared = await history_of(services, group_id)
    await services.reading.undo(CAROL, Where(GUILD), reply.change.change_id)

    assert [read for _, read in cleared] == [None] * 3
    assert [read for _, read in await history_of(services, group_id)] == [3] * 3


async def test_an_earlier_part_counts_and_the_line_never_goes_back(services, group_id, post):
    first, second = await post(), await post()
    for reader in (ALICE, BOB, CAROL):
        for weekly in (second, first):
            _, reply, _ = await services.weeks.read_it(reader, GUILD, weekly.post.week_id)
    read = await history_of(services, group_id)

    back = await services.reading.undo(CAROL, Where(GUILD), reply.change.change_id)

    assert read == [(SECOND, 3), (FIRST, 3)]
    assert reply.reader.notes == back.reader.notes == {COURSE: "chapters 4-6"}
    assert await history_of(services, group_id) == [(SECOND, 3), (FIRST, None)]


@pytest.mark.parametrize("own", ["I am at section 8.3", "chapters 4-6"])
async def test_a_line_of_the_readers_own_is_kept_and_the_part_counts(services, post, own):
    weekly = await post()
    for reader in (ALICE, BOB, CAROL):
        await services.reading.bookmark(reader, Where(GUILD), COURSE, own)

        told, reply, _ = await services.weeks.read_it(reader, GUILD, weekly.post.week_id)

    assert (reply.reader.notes, told.read) == ({COURSE: own}, 3)
    later = await services.reading.bookmark(CAROL, Where(GUILD), COURSE, "section 9")
    back = await services.reading.undo(CAROL, Where(GUILD), reply.change.change_id)
    assert back.reader.notes == later.reader.notes == {COURSE: "section 9"}
    assert (await services.weeks.post(weekly.post.week_id)).read is None


async def test_a_line_without_words_becomes_the_parts(services, post):
    weekly = await post()
    await services.reading.bookmark(ALICE, Where(GUILD), COURSE, "")

    _, reply, _ = await services.weeks.read_it(ALICE, GUILD, weekly.post.week_id)

    assert reply.reader.notes == {COURSE: "chapters 1-3"}


async def test_at_its_last_part_it_is_done_and_counts_for_every_week(services, group_id, post):
    posts = [await post() for _ in range(3)]
    for reader in (ALICE, BOB, CAROL):
        await services.groups.join(GUILD, group_id, reader)
        _, reply, _ = await services.weeks.read_it(reader, GUILD, posts[2].post.week_id)

    assert reply.change.kind == "done"
    assert await history_of(services, group_id) == [(THIRD, 3), (SECOND, 3), (FIRST, 3)]


async def test_those_who_show_their_name_are_named_under_a_part(services, group_id, post):
    first = await post()
    for reader in range(ALICE, ALICE + 5):
        await services.groups.join(GUILD, group_id, reader)
        await services.weeks.read_it(reader, GUILD, first.post.week_id)
    await services.me.switch(ALICE, "named")

    status = await services.groups.status(CHANNEL, None)

    assert (status.this_read.count, status.this_read.named) == (5, (ALICE,))


async def test_each_part_is_reminded_of_until_it_is_read(services, group_id, post, clock):
    for reader in (ALICE, BOB):
        await services.groups.join(GUILD, group_id, reader)
        await services.reminders.ask(GUILD, group_id, reader, wanted=True)
    first = await post()
    clock.advance(days=5, hours=9)
    both = [await services.reminders.open_papers(reader) for reader in (ALICE, BOB)]
    reply = await services.reminders.finish(ALICE, first.post.week_id)
    (bobs,) = both[1]
    alices = await services.reminders.open_papers(ALICE)
    await post()
    clock.advance(days=5, hours=9)

    (next_,) = await services.reminders.open_papers(ALICE)

    assert (len(both[0]), bobs.part, alices, next_.part) == (1, FIRST, [], SECOND)
    assert reply.change.kind == "part"
    assert clock() + timedelta(days=2) > next_.next_at
