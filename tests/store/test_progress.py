import random
import sqlite3
from collections import Counter
from datetime import timedelta

import asyncpg
import pytest

from bot.core.progress import READ, STATES, Mark, resolved
from bot.core.recommend import Change
from bot.store import groups
from bot.store.progress import (
    KEPT,
    Snapshot,
    StoredChange,
    add_change,
    change,
    forget_resources,
    latest_changes,
    marks_of,
    ratings_of,
    readers_by_key,
    set_marks,
    set_undone,
    states_of_members,
)
from bot.store.readers import delete_person
from tests.curricula import NOW, curriculum, resource

ALL = {
    "demo:a": Mark("done", NOW, rating=4),
    "demo:b": Mark("known", NOW),
    "demo:c": Mark("skipped", NOW),
    "demo:d": Mark("later", NOW, until=NOW + timedelta(days=7)),
}


async def write(db, reader_id, marks):
    async with db.transaction() as tx:
        await set_marks(tx, reader_id, marks)


async def test_every_mark_comes_back_as_it_was(db):
    await write(db, 1, ALL)

    assert await marks_of(db, 1) == ALL


async def test_a_later_mark_replaces_the_whole_earlier_one(db):
    for mark in [*ALL.values(), ALL["demo:b"]]:
        await write(db, 1, {"demo:a": mark})

        assert await marks_of(db, 1) == {"demo:a": mark}


async def test_the_same_mark_twice_is_one(db):
    await write(db, 1, ALL)
    await write(db, 1, ALL)

    assert await marks_of(db, 1) == ALL


async def test_a_cleared_mark_is_gone_and_no_other(db):
    await write(db, 1, ALL)
    await write(db, 2, ALL)

    async with db.transaction() as tx:
        await set_marks(tx, 1, {"demo:a": None, "demo:never": None})

    assert await marks_of(db, 1) == {key: mark for key, mark in ALL.items() if key != "demo:a"}
    assert await marks_of(db, 2) == ALL


async def test_somebody_new_has_no_marks(db):
    assert await marks_of(db, 3) == {}


async def test_ratings_are_counted_as_marks_come_and_go(db):
    chance = random.Random(2)  # noqa: S311 - no secret
    kept = {reader_id: {} for reader_id in range(5)}

    for _ in range(100):
        reader_id, key = chance.randrange(5), chance.choice(["demo:a", "demo:b"])
        mark = chance.choice([None, *(Mark("done", NOW, rating=n) for n in (None, 1, 3, 4, 5))])
        await write(db, reader_id, {key: mark})
        kept[reader_id][key] = mark
        if chance.random() < 0.1:
            async with db.transaction() as tx:
                await delete_person(tx, reader_id)
            kept[reader_id].clear()

        given = [mark.rating for marks in kept.values() if (mark := marks.get(key)) and mark.rating]
        assert await ratings_of(db, key) == (sum(each >= 4 for each in given), len(given))


async def test_nobody_rated_what_is_new(db):
    assert await ratings_of(db, "demo:new") == (0, 0)


@pytest.mark.parametrize("mark", [Mark("done", NOW, rating=6), Mark("finished", NOW)])
async def test_a_mark_that_cannot_be_is_refused(db, mark):
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(db, 1, {"demo:a": mark})


RENAMED = curriculum(
    resource("a", formerly=["was-a", "was-a-too"]),
    resource("b", formerly=["was-b", "c"]),
    resource("c"),  # a former key of another that means a resource by itself again
)


@pytest.fixture
async def marks_of_members(db):
    """Many members with any marks under present and former keys; one without, one elsewhere."""
    chance = random.Random(1)  # noqa: S311 - no secret
    keys = [*RENAMED.by_key, "demo:was-a", "demo:was-a-too", "demo:was-b", "demo:gone"]
    marks = {
        member: {
            key: Mark(chance.choice(STATES), NOW)
            for key in chance.sample(keys, chance.randrange(len(keys)))
        }
        for member in range(1, 60)
    }
    async with db.transaction() as tx:
        for member, each in marks.items():
            await groups.join(tx, 1, member, NOW)
            await set_marks(tx, member, each)
        await groups.join(tx, 1, 99, NOW)
        await groups.join(tx, 2, 98, NOW)
        await set_marks(tx, 98, {"demo:a": Mark("done", NOW)})
    return [resolved(RENAMED, each) for each in [*marks.values(), {}]]


async def test_a_groups_states_are_what_each_members_marks_come_to(db, marks_of_members):
    keys = {r.key: RENAMED.keys_of(r) for r in RENAMED.resources}

    found = await states_of_members(db, 1, keys)

    expected = Counter(
        tuple((key, marks[key].state if key in marks else None) for key in keys)
        for marks in marks_of_members
    )
    assert {tuple((key, s.get(key)) for key in keys): count for s, count in found} == expected


async def test_a_groups_readers_are_counted_once_under_whatever_keys(db, marks_of_members):
    keys = {r.key: RENAMED.keys_of(r) for r in RENAMED.resources}

    found = await readers_by_key(db, 1, keys, READ)

    assert found == Counter(
        key
        for marks in marks_of_members
        for key in keys
        if key in marks and marks[key].state in READ
    )
    assert await readers_by_key(db, 1, {}, READ) == {}


async def test_more_marks_than_one_statement_takes_are_written_and_cleared(db):
    many = {f"demo:r{n}": Mark("done", NOW) for n in range(9_000)}

    async with db.transaction() as tx:
        await set_marks(tx, 1, many)
        written = await marks_of(tx, 1)
        await set_marks(tx, 1, dict.fromkeys(many))

    assert written == many
    assert await marks_of(db, 1) == {}


BEFORE = Snapshot(
    {"demo:a": None, "demo:old": Mark("later", NOW, until=NOW + timedelta(days=7))}, "demo:a", None
)
AFTER = Snapshot(
    {"demo:a": Mark("done", NOW, rating=5), "demo:old": None}, None, "demo:goal", weeks=(2**62, 7)
)


async def add(db, change_id, reader_id=1):
    made = Change(change_id, "done", NOW, ("demo:a", "demo:old"), goal="demo:goal")
    async with db.transaction() as tx:
        await add_change(tx, reader_id, "demo", made, BEFORE, AFTER)
    return made


async def test_a_change_comes_back_as_it_was(db):
    made = await add(db, 2**62)

    assert await change(db, 1, 2**62) == StoredChange(made, "demo", BEFORE, AFTER, None)


async def test_a_change_is_its_readers_alone(db):
    await add(db, 7)

    assert await change(db, 2, 7) is None
    assert await latest_changes(db, 2) == []


async def test_only_the_last_twenty_of_a_reader_are_kept(db):
    await add(db, 1, reader_id=2)
    for change_id in range(2, KEPT + 3):
        await add(db, change_id)

    assert await change(db, 1, 2) is None
    assert await change(db, 1, 3) is not None
    assert await change(db, 2, 1) is not None
    assert [s.change.change_id for s in await latest_changes(db, 1)] == list(range(22, 2, -1))


async def test_the_latest_are_those_that_are_not_undone(db):
    for change_id in (1, 2, 3):
        await add(db, change_id)
    async with db.transaction() as tx:
        await set_undone(tx, 3, NOW + timedelta(hours=1))

    latest = await latest_changes(db, 1, 1)
    undone = await change(db, 1, 3)

    assert [s.change.change_id for s in latest] == [2]
    assert undone.undone_at == NOW + timedelta(hours=1)


async def test_what_is_left_of_a_change_without_a_servers_resources_can_be_undone(db):
    mark, server = Mark("done", NOW), "guild-5"
    goals = Snapshot({}, None, f"{server}:a"), Snapshot({}, None, "demo:goal")
    marks = (
        Snapshot({f"{server}:a": None, "demo:a": None}, None, None),
        Snapshot({f"{server}:a": mark, "demo:a": mark}, f"{server}:b", None),
    )
    theirs = (
        Snapshot({f"{server}:a": None}, None, None),
        Snapshot({f"{server}:a": mark}, None, None),
    )
    async with db.transaction() as tx:
        for change_id, (before, after) in enumerate((goals, marks, theirs), 1):
            made = Change(change_id, "done", NOW, (), goal=after.goal)
            await add_change(tx, 1, "demo", made, before, after)

        await forget_resources(tx, (1, 2, 3), server)

    left = [await change(db, 1, change_id) for change_id in (1, 2, 3)]
    assert (left[0].before, left[0].after) == (Snapshot({}, None, None), goals[1])
    assert (left[1].before.marks, left[1].after) == (
        {"demo:a": None},
        Snapshot({"demo:a": mark}, None, None),
    )
    assert left[2] is None
