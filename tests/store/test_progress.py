import sqlite3
from datetime import timedelta

import asyncpg
import pytest

from bot.core.progress import Mark
from bot.store.progress import clear_mark, marks_of, set_mark
from tests.curricula import NOW

ALL = {
    "demo:a": Mark("done", NOW, rating=4),
    "demo:b": Mark("known", NOW),
    "demo:c": Mark("skipped", NOW),
    "demo:d": Mark("later", NOW, until=NOW + timedelta(days=7)),
}


async def write(db, reader_id, marks):
    async with db.transaction() as changes:
        for key, mark in marks.items():
            await set_mark(changes, reader_id, key, mark)


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

    async with db.transaction() as changes:
        await clear_mark(changes, 1, "demo:a")
        await clear_mark(changes, 1, "demo:never")

    assert await marks_of(db, 1) == {key: mark for key, mark in ALL.items() if key != "demo:a"}
    assert await marks_of(db, 2) == ALL


async def test_somebody_new_has_no_marks(db):
    assert await marks_of(db, 3) == {}


@pytest.mark.parametrize("mark", [Mark("done", NOW, rating=6), Mark("finished", NOW)])
async def test_a_mark_that_cannot_be_is_refused(db, mark):
    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await write(db, 1, {"demo:a": mark})
