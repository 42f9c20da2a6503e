from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.groups import Group
from bot.core.lists import Choice
from bot.core.weeks import Schedule
from bot.store import additions, groups, guilds, lists, progress, readers
from bot.store.additions import Draft, KnownResource
from bot.store.progress import Snapshot
from tests.curricula import NOW

HERE, THERE, READER = 1, 2, 7
MONDAYS = Schedule(0, 10, 0, "UTC")
GROUP = Group(1, HERE, 10, "active", MONDAYS, None, NOW, NOW, list_id="one")


async def put(db, *made):
    async with db.transaction() as tx:
        for group in made:
            await groups.put_group(tx, group, NOW)


async def known(db, *keys, gone=()):
    async with db.transaction() as tx:
        await additions.keep_known(tx, [KnownResource(k, k, f"https://e.org/{k}") for k in keys])
        await additions.set_gone(tx, gone, NOW)


async def test_nobody_chose_anything_in_a_new_server_or_in_direct_messages(db):
    assert await lists.choice(db, HERE) == (Choice({}, {}), 0)
    assert await lists.choice(db, None) == (Choice({}, {}), 0)


async def test_what_a_servers_running_groups_follow_is_its_own_choice(db):
    await put(
        db,
        GROUP,
        replace(GROUP, group_id=2, channel_id=20, state="paused", list_id="two"),
        replace(GROUP, group_id=3, channel_id=30, state="stopped", list_id="three"),
        replace(GROUP, group_id=4, channel_id=40, list_id=None),
        replace(GROUP, group_id=5, channel_id=50, guild_id=THERE, list_id="five"),
    )

    assert await lists.choice(db, HERE) == (Choice({}, {10: "one", 20: "two"}), 0)


async def test_a_reader_stands_where_the_server_chose_with_the_lists_they_used(db):
    await put(db, GROUP)
    async with db.transaction() as tx:
        await additions.set_version(tx, HERE, 2**62)
        await tx.fetch("UPDATE additions_versions SET list_id = 'two' WHERE guild_id = ?", HERE)
        await readers.set_used(tx, READER, "three", NOW)

    choice, version = await lists.choice(db, HERE)
    stands = await readers.standing(db, READER, HERE, NOW - timedelta(days=7))

    assert (choice, version) == (Choice({}, {10: "one"}, "two"), 2**62)
    assert replace(stands.lists, used={}) == choice
    assert stands.lists.used.keys() == {"three"}
    assert stands.version == version


async def test_the_only_list_is_the_one_with_the_most_that_is_still_listed(db):
    await known(db, "a:1", "b:1", "b:2", "b:3", "c:1", "c:2", gone=("b:1", "b:2", "b:3"))

    assert await lists.only_list(db) == "c"


@pytest.mark.parametrize("keys", [(), ("g1:x", "g1:y")])
async def test_there_was_no_only_list_where_nothing_but_servers_own_was_listed(db, keys):
    await known(db, *keys)

    assert await lists.only_list(db) is None


async def test_all_that_was_about_the_only_list_gets_its_name_and_nothing_else_does(db):
    nothing = Snapshot({}, None, None)
    said = additions.Addition("a:1", {})
    edit = additions.PastEdit("removed", (), READER, NOW)
    doubt = additions.Doubt("a:1", "a:2", "")
    async with db.transaction() as tx:
        for number, list_id in enumerate(("", "other")):
            change = progress.Change(number, "done", NOW, ())
            about = additions.DraftEdit("a:1")
            await readers.set_used(tx, READER, list_id, NOW)
            await progress.add_change(tx, READER, list_id, change, nothing, nothing)
            await additions.record(tx, HERE, list_id, said, edit, lambda _, n=number: n)
            await additions.add_doubt(tx, HERE, list_id, READER, number, doubt, NOW)
            await additions.set_draft(tx, Draft(number, HERE, list_id, READER, about, NOW))
    await put(db, replace(GROUP, list_id=None), replace(GROUP, group_id=2, channel_id=20))

    async with db.transaction() as tx:
        await lists.name_only_list(tx, "only")

    named = {
        table: sorted(await db.fetch_column(f"SELECT list_id FROM {table}"))
        for table in (*lists.SINCE_LISTS, "study_groups")
    }
    assert named.pop("study_groups") == ["one", "only"]
    assert named == {table: ["only", "other"] for table in lists.SINCE_LISTS}


async def test_a_server_that_is_forgotten_takes_its_own_lists_along(db):
    async with db.transaction() as tx:
        for list_id in ("demo", "g1:ours", "g11:theirs"):
            await readers.set_used(tx, READER, list_id, NOW)

        await guilds.forget_pointers(tx, HERE)

    left = await db.fetch_column("SELECT list_id FROM reader_lists ORDER BY list_id")
    assert left == ["demo", "g11:theirs"]
