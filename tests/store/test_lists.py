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
    stands = await readers.standing(db, READER, HERE, NOW)

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


# A server's own lists


OURS = lists.OwnList("g1:ours", HERE, "Ours", NOW)


def version(version_id, listed=OURS, curriculum="{}"):
    at = version_id, listed.guild_id, listed.list_id
    return lists.Version(*at, curriculum, "", READER, NOW)


async def test_a_list_comes_back_as_it_was_and_is_seen_in_its_server_while_it_is_there(db):
    theirs = lists.OwnList("g2:theirs", THERE, "Theirs", NOW)
    gone = replace(OURS, list_id="g1:gone", removed_at=NOW)
    async with db.transaction() as tx:
        for each in (OURS, gone, theirs):
            await lists.put_list(tx, each)

    assert await lists.own_lists(db, HERE) == [gone, OURS]
    assert (await lists.choice(db, HERE))[0].own == {"g1:ours": "Ours"}
    assert (await lists.choice(db, THERE))[0].own == {"g2:theirs": "Theirs"}
    assert (await readers.standing(db, READER, HERE, NOW)).lists.own == {"g1:ours": "Ours"}


async def test_in_direct_messages_the_own_lists_that_a_reader_used_are_there(db):
    async with db.transaction() as tx:
        for each in (OURS, replace(OURS, list_id="g1:gone", removed_at=NOW)):
            await lists.put_list(tx, each)
            await lists.put_list(tx, replace(each, list_id=f"{each.list_id}-unused"))
            await readers.set_used(tx, READER, each.list_id, NOW)

    assert (await readers.standing(db, READER, None, NOW)).lists.own == {"g1:ours": "Ours"}


async def test_a_list_is_renamed_removed_and_forgotten(db):
    renamed = replace(OURS, title="Renamed", removed_at=NOW, changed_at=NOW + timedelta(days=1))
    async with db.transaction() as tx:
        await lists.put_list(tx, OURS)
        await lists.put_list(tx, renamed)

    assert await lists.own_lists(db, HERE) == [renamed]
    async with db.transaction() as tx:
        await lists.drop_list(tx, THERE, OURS.list_id)
        assert await lists.own_lists(tx, HERE) == [renamed]
        await lists.drop_list(tx, HERE, OURS.list_id)
    assert await lists.own_lists(db, HERE) == []


async def test_the_newest_version_is_what_a_list_is_until_it_is_dropped(db):
    first, second = version(1, curriculum="first"), version(2**62, curriculum="second")
    async with db.transaction() as tx:
        await lists.put_list(tx, OURS)
        await lists.add_version(tx, first)
        await lists.add_version(tx, second)

    assert await lists.current(db, HERE, OURS.list_id) == ("Ours", "second")
    assert await lists.versions(db, HERE, OURS.list_id, 5) == [second, first]
    assert await lists.versions(db, THERE, OURS.list_id, 5) == []
    async with db.transaction() as tx:
        await lists.drop_version(tx, second)
    assert await lists.current(db, HERE, OURS.list_id) == ("Ours", "first")


async def test_each_list_stands_as_its_newest_version_and_what_was_laid_over_it_say(db):
    later, latest = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    first = replace(version(1), before="{}", steps=1, resources=2)
    second = replace(version(2), before="{}", made_at=later, steps=3, resources=5)
    over_the_hosts = replace(version(3, curriculum=""), list_id="demo", before="{}")
    elsewhere = replace(version(4), guild_id=THERE)
    async with db.transaction() as tx:
        for each in (first, over_the_hosts, elsewhere):
            await lists.add_version(tx, each)
        only = await lists.states(tx, HERE)
        await lists.add_version(tx, second)
        await additions.put_rows(tx, HERE, "demo", {"demo:a": (9, "{}", 0, latest)})
        both = await lists.states(tx, HERE)

    assert only[OURS.list_id] == lists.ListState(NOW, None, 1, 2, is_laid_over=False)
    assert both == {
        OURS.list_id: lists.ListState(later, later, 3, 5, is_laid_over=False),
        "demo": lists.ListState(latest, NOW, 0, 0, is_laid_over=True),
    }


async def test_the_last_ten_versions_of_each_list_are_kept(db):
    other = replace(OURS, list_id="g1:other")
    async with db.transaction() as tx:
        await lists.add_version(tx, version(100, other))
        for version_id in range(12):
            await lists.add_version(tx, version(version_id))

    kept = await lists.versions(db, HERE, OURS.list_id, 20)
    assert [each.version_id for each in kept] == [*range(11, 1, -1)]
    assert await lists.versions(db, HERE, other.list_id, 20) == [version(100, other)]


async def test_a_default_is_recorded_once_the_servers_turn_was_taken(db):
    async with db.transaction() as tx:
        await additions.take_turn(tx, HERE)
        await lists.set_default(tx, HERE, OURS.list_id)

    assert (await lists.choice(db, HERE))[0].default == OURS.list_id
