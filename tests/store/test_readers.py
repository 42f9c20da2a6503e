import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.lists import Used
from bot.core.outbox import OutboxRow
from bot.store import groups, outbox, progress, readers
from bot.store.migrations import FOLDER
from bot.store.readers import (
    PERSON_COLUMNS,
    delete_person,
    rows_about,
    set_current,
    set_goal,
    set_used,
    standing,
    take_turn,
)
from tests.curricula import NOW, done
from tests.every_table import every_column, everything, places_of

ALICE, BOB = 800_000_000_000_000_001, 800_000_000_000_000_002
LIST, A_DAY = "demo", timedelta(days=1)

DECLARED = re.compile(r"((?:^--.*\n)+)(CREATE TABLE|ALTER TABLE) (\w+)", re.MULTILINE)
A_PERSON = re.compile(
    r".*_by|(.*_)?(reader|user|member|person|people|author|opener|owner|moderator|voter|actor)"
    r"(_ids?)?"
)


def declarations():
    """Yield (table, column, fate, how) of each `-- person:` comment, on tables of the past too."""
    for path in sorted(FOLDER.glob("*.sql")):
        for comment, how, table in DECLARED.findall(path.read_text(encoding="utf-8")):
            for column, fate in re.findall(r"^-- person: (\w+), (\w+)$", comment, re.MULTILINE):
                yield table, column, fate, how


def test_what_the_migrations_declare_is_what_is_deleted():
    handled = {(each.table, each.column, each.fate) for each in PERSON_COLUMNS}

    written = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.sql"))
    made, dropped = (re.findall(rf"{word} TABLE (\w+)", written) for word in ("CREATE", "DROP"))
    declared = {}
    for table, column, fate, how in declarations():
        before = declared.get(table, set()) if how == "ALTER TABLE" else set()  # or made anew
        declared[table] = before | {(table, column, fate)}
    there = {*made} - {*dropped}
    assert {each for table in there for each in declared.get(table, ())} == handled


def test_each_declaration_stands_before_its_table():
    written = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.sql"))

    assert written.count("-- person:") == len(list(declarations()))


async def test_no_column_is_named_after_a_person_and_left_out(db):
    named = {(c.table, c.name) for c in await every_column(db) if A_PERSON.fullmatch(c.name)}

    assert named
    assert named - {(each.table, each.column) for each in PERSON_COLUMNS} == set()


async def test_every_declared_column_is_there_and_can_be_emptied_where_it_is_forgotten(db):
    may_be_null = {(c.table, c.name): c.may_be_null for c in await every_column(db)}

    assert {(each.table, each.column) for each in PERSON_COLUMNS} <= may_be_null.keys()
    assert all(may_be_null[e.table, e.column] for e in PERSON_COLUMNS if e.fate == "forget")


@pytest.fixture
async def filled(db):
    """A ledger in which both have marks, and a notice on the way."""
    async with db.transaction() as tx:
        for number, who in enumerate((ALICE, BOB)):
            await readers.add(tx, who)
            await readers.set_current(tx, who, LIST, "demo:bert", NOW)
            await groups.join(tx, 7, who, NOW)
            await progress.set_marks(tx, who, done("bert", "gpt-1"))
            about = f"7:{number}:{who}"
            await outbox.add(tx, OutboxRow(number, "notice", about, NOW, NOW, 1, 7, reader_id=who))
    return db


async def test_rows_about_a_person_are_theirs_alone_and_all_of_them(filled):
    rows = await rows_about(filled, ALICE)

    assert {table: len(found) for table, found in rows.items()} == {
        "progress": 2,
        "members": 1,
        "outbox": 1,
        "readers": 1,
        "reader_lists": 1,
    }
    assert [row["resource_key"] for row in rows["progress"]] == ["demo:bert", "demo:gpt-1"]
    assert str(BOB) not in str(rows)


async def test_nothing_is_kept_about_somebody_new(filled):
    assert await rows_about(filled, 5) == {}


async def test_deleting_leaves_nothing_of_the_person_and_all_of_the_others(filled):
    before = await rows_about(filled, BOB)

    async with filled.transaction() as tx:
        await delete_person(tx, ALICE)
        await delete_person(tx, ALICE)

    assert await places_of(filled, ALICE) == set()
    assert await rows_about(filled, BOB) == before


async def test_a_row_that_only_names_its_author_stays_without_them(db):
    now = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp())
    async with db.transaction() as tx:
        for group_id, who in ((1, ALICE), (2, BOB)):
            await tx.fetch(
                "INSERT INTO study_groups (group_id, guild_id, channel_id, state, weekday, hour,"
                " minute, zone, since_at, next_at, changed_by, changed_at)"
                " VALUES (?, 1, ?, 'active', 0, 9, 0, 'UTC', ?, ?, ?, ?)",
                group_id, group_id, now, now, who, now,
            )  # fmt: skip

    async with db.transaction() as tx:
        await delete_person(tx, ALICE)

    kept = {row["group_id"]: row["changed_by"] for row in (await everything(db))["study_groups"]}
    assert kept == {1: None, 2: BOB}


async def pointers(db, reader_id, list_id=LIST):
    used = (await standing(db, reader_id, None, NOW)).lists.used.get(list_id)
    return used and (used.current, used.goal)


async def test_somebody_new_has_nothing_current_and_no_goal(db):
    assert await pointers(db, 1) is None


async def test_current_and_goal_are_set_apart_from_each_other(db):
    async with db.transaction() as tx:
        await set_current(tx, 1, LIST, "demo:a", NOW)
        await set_goal(tx, 1, LIST, "demo:b", NOW)
        await set_current(tx, 1, LIST, "demo:c", NOW)
        await set_goal(tx, 2, LIST, "demo:d", NOW)

    assert await pointers(db, 1) == ("demo:c", "demo:b")
    assert await pointers(db, 2) == (None, "demo:d")


async def test_each_list_has_its_own_current_and_goal_and_tells_when_it_was_used(db):
    async with db.transaction() as tx:
        await set_current(tx, 1, LIST, "demo:a", NOW)
        await set_goal(tx, 1, "other", "demo:b", NOW - A_DAY)
        await set_used(tx, 1, "third", NOW - A_DAY)
        await set_used(tx, 1, "other", NOW + A_DAY)

    assert (await standing(db, 1, None, NOW)).lists.used == {
        LIST: Used("demo:a", None, NOW),
        "other": Used(None, "demo:b", NOW + A_DAY),
        "third": Used(None, None, NOW - A_DAY),
    }


async def test_both_can_be_taken_away(db):
    async with db.transaction() as tx:
        await set_current(tx, 1, LIST, "demo:a", NOW)
        await set_goal(tx, 1, LIST, "demo:b", NOW)
        await set_current(tx, 1, LIST, None, NOW)
        await set_goal(tx, 1, LIST, None, NOW)

    assert await pointers(db, 1) == (None, None)


async def test_taking_a_turn_changes_nothing(db):
    async with db.transaction() as tx:
        await set_current(tx, 1, LIST, "demo:a", NOW)
        await set_goal(tx, 1, LIST, "demo:b", NOW)
        await take_turn(tx, 1)

    assert await pointers(db, 1) == ("demo:a", "demo:b")
