"""Readers where there are two lists: which one counts, and what is kept apart."""

import json
from dataclasses import replace

import pytest

from bot.core.lists import Where
from bot.core.progress import Mark
from bot.services.curriculum import CurriculumStore
from bot.services.readers import Readers
from bot.services.reading import Reading
from bot.store import additions, progress
from bot.store import groups as group_rows
from tests.curricula import curriculum, imported, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, MONDAYS_AT_TEN, new_group

READER = 7
ONE, TWO = (
    curriculum(
        *(resource(n, namespace=each, url=f"https://{each}.org/{n}") for n in "1234"), id=each
    )
    for each in ("one", "two")
)
LIST = ONE
IN_ONE, IN_TWO = Where(list_id="one"), Where(list_id="two")


@pytest.fixture
async def reading(services, clock):
    curricula = CurriculumStore(ONE, TWO)
    await curricula.remember(services.db, clock())
    return Reading(services.db, Readers(curricula, clock), curricula, services.ids)


async def pointers(reading, where):
    _, reader = await reading.reader(READER, where)
    return reader.current, reader.goal


async def default_to(db, list_id):
    """Let the server's moderators choose a list, of which there are two here alone."""
    async with db.transaction() as tx:
        await additions.take_turn(tx, GUILD)
        sql = "UPDATE additions_versions SET list_id = ? WHERE guild_id = ?"
        await tx.fetch(sql, list_id, GUILD)


async def test_current_and_goal_are_kept_apart_by_list(reading):
    await reading.set_goal(READER, IN_ONE, "one:3")
    await reading.next_for(READER, IN_TWO)

    assert await pointers(reading, IN_ONE) == ("one:3", "one:3")
    assert await pointers(reading, IN_TWO) == ("two:1", None)


async def test_a_goal_that_is_reached_leaves_the_other_lists_goal(reading):
    await reading.set_goal(READER, IN_ONE, "one:3")
    await reading.set_goal(READER, IN_TWO, "two:3")

    await reading.mark(READER, IN_TWO, "two:3", "done")

    assert await pointers(reading, IN_ONE) == ("one:3", "one:3")
    assert await pointers(reading, IN_TWO) == ("two:1", None)


async def test_in_direct_messages_the_list_used_last_counts(reading, clock):
    shown = []
    for where in (IN_ONE, IN_TWO, IN_ONE):  # the last time, what is current stays
        await reading.next_for(READER, where)
        shown.append((await reading.next_for(READER, None)).reader.current)
        clock.advance(seconds=1)

    assert shown == ["one:1", "two:1", "one:1"]


async def test_looking_at_another_list_is_no_use_of_it(reading, clock):
    await reading.next_for(READER, IN_ONE)
    clock.advance(seconds=1)

    await reading.present(READER, IN_TWO)
    await reading.look(READER, IN_TWO, "two:1")

    assert (await reading.next_for(READER, None)).reader.current == "one:1"


async def test_a_bare_done_in_direct_messages_is_of_the_list_used_last(reading, clock):
    await reading.next_for(READER, IN_ONE)
    clock.advance(seconds=1)
    await reading.next_for(READER, IN_TWO)

    reply = await reading.finish_current(READER, None)

    assert reply.change.keys == ("two:1",)


async def test_a_click_goes_on_in_the_list_where_the_reader_was_shown_the_resource(
    reading, services, clock
):
    await default_to(services.db, "one")
    await reading.next_for(READER, IN_TWO)
    clock.advance(seconds=1)
    await reading.next_for(READER, GUILD)

    reply = await reading.mark(READER, Where(GUILD, goes_on=True), "two:1", "done")

    assert reply.answer.resource.key == "two:2"
    assert await pointers(reading, IN_ONE) == ("one:1", None)


async def test_undo_restores_the_pointer_in_the_list_of_the_change(reading, clock):
    await reading.next_for(READER, IN_TWO)
    done = await reading.mark(READER, IN_TWO, "two:1", "done")
    clock.advance(seconds=1)
    await reading.next_for(READER, IN_ONE)

    undone = await reading.undo(READER, GUILD, done.change.change_id)

    assert undone.answer.resource.key == "two:1"
    assert await pointers(reading, IN_TWO) == ("two:1", None)
    assert await pointers(reading, IN_ONE) == ("one:1", None)


async def test_a_goal_that_is_undone_is_the_goal_of_its_list(reading, clock):
    await reading.set_goal(READER, IN_ONE, "one:3")
    goal = await reading.set_goal(READER, IN_TWO, "two:3")

    await reading.undo(READER, IN_ONE, goal.change.change_id)

    assert await pointers(reading, IN_ONE) == ("one:3", "one:3")
    assert (await pointers(reading, IN_TWO))[1] is None


async def test_a_groups_channel_decides_before_the_servers_default(reading, services, clock):
    group = await new_group(services)
    async with services.db.transaction() as tx:
        await group_rows.put_group(tx, replace(group, list_id="two"), clock())
    await default_to(services.db, "one")

    there = await reading.next_for(READER, Where(GUILD, CHANNEL))
    elsewhere = await reading.next_for(READER, Where(GUILD, CHANNEL + 1))

    assert there.answer.resource.key == "two:1"
    assert elsewhere.answer.resource.key == "one:1"


async def test_a_list_that_the_host_took_away_leaves_its_readers_in_the_hosts_own(
    reading, services, clock
):
    await reading.set_goal(READER, IN_TWO, "two:3")

    assert (await services.reading.next_for(READER, None)).answer.resource.key == "one:1"
    assert await pointers(reading, IN_TWO) == ("two:3", "two:3")


# A server with a list of its own


@pytest.fixture
async def two_groups(services):
    """One member in two groups of a server, of which the second reads the server's own list."""
    run = await services.imports.look(Where(GUILD), MODERATOR, imported("x", "y", "z"), "new")
    ours = (await services.imports.bring((GUILD, MODERATOR, run.draft_id))).list_id
    groups = [
        (await services.groups.make_or_change(GUILD, at, MONDAYS_AT_TEN, None, MODERATOR)).group
        for at in (CHANNEL, CHANNEL + 1)
    ]
    for group in groups:
        await services.groups.join(GUILD, group.group_id, READER)
    await services.lists.follow(GUILD, MODERATOR, groups[1].group_id, ours)
    return Where(GUILD, CHANNEL), Where(GUILD, CHANNEL + 1)


async def test_a_member_of_two_groups_reads_in_each_channel_what_its_group_reads(
    services, two_groups, clock
):
    hosts, ours = two_groups
    shown = []
    for where in (hosts, ours, hosts):
        reply = await services.reading.next_for(READER, where)
        shown.append((reply.reader.list_title, reply.answer.resource.key))
        clock.advance(seconds=1)

    assert shown == [("Demo", "one:1"), ("Ours", f"g{GUILD}:x"), ("Demo", "one:1")]
    done = await services.reading.finish_current(READER, ours)
    assert (done.change.keys, done.answer.resource.key) == ((f"g{GUILD}:x",), f"g{GUILD}:y")
    assert (await services.reading.next_for(READER, hosts)).answer.resource.key == "one:1"


async def test_a_click_on_an_old_card_goes_on_in_its_own_list_in_whichever_channel(
    services, two_groups, clock
):
    hosts, ours = two_groups
    await services.reading.next_for(READER, ours)
    clock.advance(seconds=1)
    await services.reading.next_for(READER, hosts)
    clock.advance(seconds=1)

    there = replace(hosts, goes_on=True)
    reply = await services.reading.mark(READER, there, f"g{GUILD}:x", "done")

    assert reply.answer.resource.key == f"g{GUILD}:y"


async def test_a_reset_takes_the_marks_and_the_goal_of_one_list_alone(services, two_groups):
    hosts, ours = two_groups
    await services.reading.mark(READER, hosts, "one:1", "done")
    await services.reading.mark(READER, ours, f"g{GUILD}:x", "known")
    await services.reading.bookmark(READER, ours, f"g{GUILD}:y", "page 2")
    for where, key in ((hosts, "one:3"), (ours, f"g{GUILD}:z")):
        await services.reading.set_goal(READER, where, key)

    reset = await services.reading.reset(READER, ours)
    _, after = await services.reading.reader(READER, ours)
    _, other = await services.reading.reader(READER, hosts)
    await services.reading.undo(READER, hosts, reset.change.change_id)
    _, undone = await services.reading.reader(READER, ours)

    assert (after.marks.keys(), after.goal, after.notes) == ({"one:1"}, None, {})
    assert (other.marks.keys(), other.goal) == ({"one:1"}, "one:3")
    assert undone.marks.keys() == {"one:1", f"g{GUILD}:x"}
    assert (undone.goal, undone.notes) == (f"g{GUILD}:z", {f"g{GUILD}:y": "page 2"})


async def test_a_step_of_a_servers_own_list_may_be_the_goal_there_alone(services, two_groups):
    hosts, ours = two_groups

    reply = await services.reading.set_goal(READER, ours, ":one")
    elsewhere = await services.reading.reader(READER, hosts)

    assert (reply.change.kind, reply.reader.goal) == ("goal", ":one")
    assert elsewhere[1].goal is None


async def test_in_direct_messages_a_servers_list_counts_while_its_reader_is_in_a_group(
    services, two_groups, clock
):
    hosts, ours = two_groups
    await services.reading.next_for(READER, hosts)
    clock.advance(seconds=1)
    await services.reading.next_for(READER, ours)
    clock.advance(days=31)

    theirs = (await services.reading.reader(READER, None))[0].id
    for where in two_groups:
        group = await services.groups.find(where.channel_id)
        await services.groups.leave(GUILD, group.group_id, READER)
    left = (await services.reading.reader(READER, None))[0].id

    assert (theirs, left) == (f"g{GUILD}:ours", "one")
    assert await services.lists.titles(READER, None) == {"one": "Demo"}


async def test_in_direct_messages_a_servers_list_counts_for_thirty_days_after_its_use(
    services, two_groups, clock
):
    _, ours = two_groups
    await services.reading.next_for(READER + 1, ours)
    clock.advance(days=29)
    soon = (await services.reading.present(READER + 1, None)).curriculum.id
    clock.advance(days=2)
    later = (await services.reading.present(READER + 1, None)).curriculum.id

    assert (soon, later) == (f"g{GUILD}:ours", "one")


async def test_a_reset_takes_what_left_all_lists_with_whichever_of_them(services, two_groups):
    hosts, ours = two_groups
    other = f"g{GUILD + 1}:theirs"
    async with services.db.transaction() as tx:
        gone = ["one:gone", f"g{GUILD}:gone", other]
        await progress.set_marks(tx, READER, dict.fromkeys(gone, Mark("done", services.clock())))
    await services.reading.mark(READER, hosts, "one:1", "done")

    counted = await services.reading.reset_count(READER, ours)
    await services.reading.reset(READER, ours)
    _, after = await services.reading.reader(READER, hosts)

    assert counted == (2, "Ours")
    assert after.marks.keys() == {"one:1", other}


async def test_a_reset_of_one_list_leaves_what_a_server_hides_of_another(services, two_groups):
    hosts, ours = two_groups
    await services.reading.mark(READER, hosts, "one:1", "done")
    desk = await services.moderation.open(Where(GUILD, list_id="one"), MODERATOR, "one:1")
    await services.moderation.remove((GUILD, MODERATOR, desk.draft_id))

    await services.reading.reset(READER, ours)
    kept = (await services.reading.reader(READER, None))[1].marks
    await services.reading.reset(READER, hosts)

    assert kept.keys() == {"one:1"}
    assert not (await services.reading.reader(READER, None))[1].marks


async def test_what_is_kept_tells_of_the_list_used_last_and_of_each_in_the_download(
    services, two_groups, clock
):
    hosts, ours = two_groups
    await services.reading.next_for(READER, hosts)
    clock.advance(seconds=1)
    await services.reading.next_for(READER, ours)

    about = await services.me.about(READER)
    _, content = await services.me.download(READER)

    rows = json.loads(content)["tables"]["reader_lists"]["rows"]
    assert about.current.title == "X"
    assert {(row["list_id"], row["current_title"]) for row in rows} == {
        ("one", "1"), (f"g{GUILD}:ours", "X"),
    }  # fmt: skip
    await services.me.forget(READER)
    assert (await services.me.about(READER)).is_empty
