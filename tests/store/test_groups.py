from datetime import UTC, datetime, timedelta

import pytest

from bot.core.groups import Group
from bot.core.outbox import Lacks
from bot.core.weeks import Schedule, Week
from bot.store import groups, readers
from bot.store import weeks as week_rows
from bot.store.outbox import due_next

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def group(group_id=1, channel_id=2, state="active", next_at=NOW, guild_id=9, **fields):
    schedule = Schedule(0, 10, 0, "UTC")
    return Group(group_id, guild_id, channel_id, state, schedule, None, NOW, next_at, **fields)


@pytest.fixture
async def put(db):
    async def write(*made):
        async with db.transaction() as tx:
            for each in made:
                await groups.put_group(tx, each, NOW)

    return write


async def test_a_group_is_read_as_it_was_written(db, put):
    await put(group(changed_by=5))

    assert await groups.group(db, 1) == group(changed_by=5)
    assert await groups.group_of_channel(db, 2) == group(changed_by=5)
    assert await groups.group(db, 8) is None
    assert await groups.group_of_channel(db, 8) is None


async def test_a_channel_has_one_group_that_keeps_its_id(db, put):
    await put(group(1), group(7, state="paused"))

    assert (await groups.group_of_channel(db, 2)).group_id == 1
    assert (await groups.group_of_channel(db, 2)).state == "paused"


async def test_due_groups_are_active_ones_the_longest_waiting_first(db, put):
    await put(
        group(1, 11, next_at=NOW), group(2, 12, next_at=NOW - timedelta(hours=1)),
        group(3, 13, state="paused"), group(4, 14, next_at=NOW + timedelta(seconds=1)),
    )  # fmt: skip

    assert await groups.due_group_ids(db, NOW, 9) == [2, 1]
    assert await groups.due_group_ids(db, NOW, 1) == [2]
    assert (await due_next(db)).slot == NOW - timedelta(hours=1)


async def test_of_a_minute_due_groups_of_all_servers_take_turns(db, put):
    await put(*(group(n, 10 + n, guild_id=7) for n in (1, 2, 3)), group(4, 14, guild_id=8))

    assert await groups.due_group_ids(db, NOW, 3) == [1, 4, 2]


async def test_without_active_groups_nothing_is_due(db, put):
    await put(group(state="stopped"))

    assert (await due_next(db)).slot is None


async def test_a_problem_is_news_once_and_a_change_clears_it(db, put):
    lacks = Lacks(("view_channel", "send_messages"))
    await put(group())
    async with db.transaction() as tx:
        told = (lacks, lacks, "forbidden", None, None)
        news = [await groups.set_blocked(tx, 1, problem) for problem in told]
        await groups.set_blocked(tx, 1, lacks)
        blocked = (await groups.group(tx, 1)).blocked
    await put(group())

    assert news == [True, False, True, True, False]
    assert blocked == lacks
    assert (await groups.group(db, 1)).blocked is None


async def test_a_look_is_recorded_and_an_unknown_group_is_not_taken(db, put):
    await put(group())
    later = NOW + timedelta(weeks=1)
    async with db.transaction() as tx:
        await groups.set_looked(tx, 1, NOW, later)
        assert (await groups.take_group(tx, 1)).next_at == later
        assert await groups.take_group(tx, 8) is None


async def test_members_are_counted_once_while_they_are_in_the_group(db):
    async with db.transaction() as tx:
        for n, reader_id in enumerate((7, 5, 6, 7)):
            await groups.join(tx, 1, reader_id, NOW + timedelta(minutes=n))
        await groups.leave(tx, 1, 5)

    assert await groups.member_count(db, 1) == 2
    assert [await groups.is_member(db, 1, reader_id) for reader_id in (5, 6, 7)] == [0, 1, 1]


async def test_readers_are_told_what_their_running_groups_read(db, put):
    await put(group(1, 11), group(2, 12), group(3, 13, state="stopped"))
    async with db.transaction() as tx:
        for n in (1, 2, 3):
            await groups.join(tx, n, 5, NOW)
            post = Week(n, n, "2026-W02", NOW + timedelta(n), "posted", key=f"demo:{n}")
            await week_rows.put_week(tx, post)

    anywhere, elsewhere, here = [await readers.standing(db, 5, each, NOW) for each in (None, 8, 9)]
    assert anywhere.group_reads == [("demo:2", 12), ("demo:1", 11)]
    assert elsewhere.group_reads == []
    assert here.group_reads == anywhere.group_reads
