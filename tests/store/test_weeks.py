from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.progress import Mark
from bot.core.weeks import Week
from bot.store import groups, progress
from bot.store import weeks as week_rows

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def week(week_id, name="2026-W02", state="waiting", key="demo:a", at=NOW):
    return Week(week_id, 1, name, at, state, key=key, title="A", why="next_on_list", channel_id=2)


@pytest.fixture
async def put(db):
    async def write(*posts):
        async with db.transaction() as tx:
            for post in posts:
                await week_rows.put_week(tx, post)

    return write


async def test_a_week_is_read_as_it_was_written(db, put):
    await put(week(11))

    assert await week_rows.week(db, 11) == week(11)
    assert await week_rows.weeks_of(db, 1) == [week(11)]
    assert await week_rows.week(db, 12) is None
    assert await week_rows.weeks_of(db, 2) == []


async def test_a_week_has_one_row_that_keeps_its_id(db, put):
    await put(week(11), week(12, state="skipped"))

    assert [(p.week_id, p.state) for p in await week_rows.weeks_of(db, 1)] == [(11, "skipped")]


async def test_weeks_come_newest_first(db, put):
    await put(*(week(n, f"2026-W0{n}", at=NOW + timedelta(weeks=n)) for n in (2, 4, 3)))

    assert [p.week_id for p in await week_rows.weeks_of(db, 1)] == [4, 3, 2]


async def test_only_what_waits_is_called_off(db, put):
    await put(week(1, "2026-W01", "posted"), week(2, "2026-W02"))
    async with db.transaction() as tx:
        await week_rows.call_off(tx, 1)
        await week_rows.call_off(tx, 99)

    assert (await week_rows.week(db, 1)).state == "posted"
    assert (await week_rows.week(db, 2)).state == "skipped"


async def test_message_thread_and_lateness_are_kept(db, put):
    await put(week(11))
    async with db.transaction() as tx:
        await week_rows.set_posted(tx, 11, channel_id=2, message_id=77, now=NOW)
        await week_rows.set_thread(tx, 11, 77)
        await week_rows.set_late(tx, 11, late=True)

    post = await week_rows.week(db, 11)
    assert (post.state, post.message_id, post.thread_id, post.is_late) == ("posted", 77, 77, True)


async def test_readers_are_counted_while_they_have_it_done(db, put):
    await put(week(11))
    async with db.transaction() as tx:
        for reader_id, key, state in (
            (1, "demo:a", "done"), (2, "demo:old", "done"), (3, "demo:a", "skipped"),
            (4, "demo:b", "done"),
        ):  # fmt: skip
            await week_rows.add_week_reader(tx, 11, reader_id)
            await week_rows.add_week_reader(tx, 11, reader_id)
            await progress.set_marks(tx, reader_id, {key: Mark(state, NOW)})

    assert await week_rows.read_counts(db, {11: {"demo:a", "demo:old"}}) == {11: (2, 4)}


async def test_a_member_who_said_done_elsewhere_has_read_it_and_a_stranger_has_not(db, put):
    await put(week(11))
    async with db.transaction() as tx:
        for reader_id in (1, 2):
            await progress.set_marks(tx, reader_id, {"demo:a": Mark("done", NOW)})
        await groups.join(tx, 1, 1, NOW)

    assert await week_rows.read_counts(db, {11: {"demo:a"}}) == {11: (1, 1)}


async def test_members_and_readers_are_each_one_person(db, put):
    await put(week(11))
    async with db.transaction() as tx:
        for reader_id in (1, 2):
            await groups.join(tx, 1, reader_id, NOW)
        for reader_id in (2, 3):
            await week_rows.add_week_reader(tx, 11, reader_id)

    assert await week_rows.read_counts(db, {11: {"demo:a"}}) == {11: (0, 3)}


async def test_each_week_is_counted_by_its_own_paper_and_people(db, put):
    await put(week(11), week(12, "2026-W12"), week(13, "2026-W13"), replace(week(21), group_id=2))
    async with db.transaction() as tx:
        await groups.join(tx, 1, 1, NOW)
        await week_rows.add_week_reader(tx, 12, 2)
        await week_rows.add_week_reader(tx, 13, 9)
        for reader_id, key in ((1, "demo:a"), (1, "demo:was-a"), (1, "demo:b"), (2, "demo:b")):
            await progress.set_marks(tx, reader_id, {key: Mark("done", NOW)})

    counts = await week_rows.read_counts(db, {11: {"demo:a", "demo:was-a"}, 12: {"demo:b"}})

    assert counts == {11: (1, 1), 12: (2, 2)}
    assert await week_rows.read_counts(db, {21: {"demo:a"}}) == {21: (0, 0)}
