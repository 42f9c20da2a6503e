from datetime import timedelta

from bot.core.progress import Mark
from bot.core.recommend import Change
from bot.store.changes import (
    KEPT,
    Snapshot,
    StoredChange,
    add_change,
    change,
    forget_resources,
    latest_changes,
    set_undone,
)
from tests.curricula import NOW

BEFORE = Snapshot(
    {"demo:a": None, "demo:old": Mark("later", NOW, until=NOW + timedelta(days=7))}, "demo:a", None
)
AFTER = Snapshot({"demo:a": Mark("done", NOW, rating=5), "demo:old": None}, None, "demo:goal")


async def add(db, change_id, reader_id=1):
    made = Change(change_id, "done", NOW, ("demo:a", "demo:old"), goal="demo:goal")
    async with db.transaction() as tx:
        await add_change(tx, reader_id, made, before=BEFORE, after=AFTER)
    return made


async def test_a_change_comes_back_as_it_was(db):
    made = await add(db, 2**62)

    assert await change(db, 1, 2**62) == StoredChange(made, BEFORE, AFTER, None)


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
            await add_change(tx, 1, made, before=before, after=after)

        await forget_resources(tx, (1, 2, 3), server)

    left = [await change(db, 1, change_id) for change_id in (1, 2, 3)]
    assert (left[0].before, left[0].after) == (Snapshot({}, None, None), goals[1])
    assert (left[1].before.marks, left[1].after) == (
        {"demo:a": None},
        Snapshot({"demo:a": mark}, None, None),
    )
    assert left[2] is None
