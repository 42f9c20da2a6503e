import asyncio
from datetime import timedelta

import pytest

from bot.core.groups import BETWEEN_LOOKS, FEWEST_CHECKED, TRY_AGAIN
from bot.core.weeks import Schedule
from bot.services.guilds import Guilds
from bot.store import groups
from bot.store.instants import Ids
from tests.postbox import CHANNEL, GUILD, MODERATOR, new_group

ALICE, BOB, ELSEWHERE = 81, 82, 9
FRIDAY = Schedule(4, 10, 0, "UTC")
A_WEEK = timedelta(days=7)
RATE = 45


@pytest.fixture
async def group(services):
    """A group that Alice and Bob have just joined. It is Monday, nine o'clock."""
    made = await new_group(services, schedule=FRIDAY)
    for reader in (ALICE, BOB):
        await services.groups.join(GUILD, made.group_id, reader)
    return made


async def due_ids(guilds):
    return [check.reader_id for check in await guilds.due_checks(RATE)]


async def test_who_has_just_joined_is_due_in_a_week(guilds, group, clock):
    clock.advance(days=7, seconds=-1)
    before = await due_ids(guilds)
    clock.advance(seconds=1)

    assert before == []
    assert await due_ids(guilds) == [ALICE, BOB]


async def test_joining_twice_puts_no_check_off(guilds, services, group, clock):
    clock.advance(days=7)
    await services.groups.join(GUILD, group.group_id, ALICE)

    assert await due_ids(guilds) == [ALICE, BOB]


async def test_who_is_here_is_due_again_in_a_week(guilds, group, clock):
    clock.advance(days=8)
    alice, bob = await guilds.due_checks(RATE)
    await guilds.member_is_here(await guilds.claim_check(alice))
    left_over = await due_ids(guilds)
    await guilds.member_is_here(await guilds.claim_check(bob))

    clock.advance(days=7, seconds=-1)
    before = await due_ids(guilds)
    clock.advance(seconds=1)

    assert left_over == [BOB]
    assert before == []
    assert await due_ids(guilds) == [ALICE, BOB]


async def test_a_check_that_came_to_nothing_is_neither_lost_nor_tried_at_once(guilds, group, clock):
    """As after a crash, or trouble at Discord: nobody said what came of it."""
    clock.advance(days=7)
    for check in await guilds.due_checks(RATE):
        await guilds.claim_check(check)
    at_once = await due_ids(guilds)
    clock.advance(seconds=TRY_AGAIN.total_seconds())

    assert at_once == []
    assert await due_ids(guilds) == [ALICE, BOB]


async def test_two_processes_never_check_the_same_member_twice(guilds, services, group, clock):
    clock.advance(days=7)
    other = Guilds(services.db, services.db, clock, Ids(clock))
    both = [await guilds.due_checks(RATE), await other.due_checks(RATE)]

    claimed = await asyncio.gather(
        *(each.claim_check(check) for each, due in zip((guilds, other), both, strict=True)
          for check in due)
    )  # fmt: skip

    won = [check.reader_id for check in claimed if check is not None]
    assert sorted(won) == [ALICE, BOB]


async def test_who_left_the_server_leaves_its_groups_and_keeps_progress(guilds, services, group):
    also = (await services.groups.make_or_change(GUILD, 71, FRIDAY, None, MODERATOR)).group
    there = (await services.groups.make_or_change(ELSEWHERE, 72, FRIDAY, None, MODERATOR)).group
    await services.groups.join(GUILD, also.group_id, ALICE)
    await services.groups.join(ELSEWHERE, there.group_id, ALICE)
    key = services.curricula.base.resources[0].key
    await services.reading.mark(ALICE, None, key, "done")

    await guilds.member_left(GUILD, ALICE)

    seen = [await services.groups.status(channel, ALICE) for channel in (CHANNEL, 71, 72)]
    _, reader = await services.reading.reader(ALICE, None)
    assert [status.members for status in seen] == [1, 0, 1]
    assert [status.is_member for status in seen] == [False, False, True]
    assert reader.marks.get(key).state == "done"


async def test_who_forgot_themselves_meanwhile_is_no_member_again(guilds, services, group, clock):
    clock.advance(days=7)
    claimed = await guilds.claim_check((await guilds.due_checks(RATE))[0])
    await services.me.forget(ALICE)

    await guilds.member_is_here(claimed)

    assert (await services.groups.status(CHANNEL, ALICE)).members == 1


async def test_a_server_of_which_nothing_is_told_holds_up_no_other(guilds, services, group, clock):
    there = (await services.groups.make_or_change(ELSEWHERE, 72, FRIDAY, None, MODERATOR)).group
    await services.groups.join(ELSEWHERE, there.group_id, BOB)
    clock.advance(days=7)

    await guilds.put_off_checks(GUILD)
    others = [(check.guild_id, check.reader_id) for check in await guilds.due_checks(RATE)]
    clock.advance(seconds=TRY_AGAIN.total_seconds())

    assert others == [(ELSEWHERE, BOB)]
    assert sorted(await due_ids(guilds)) == [ALICE, BOB, BOB]


async def test_putting_off_waits_until_a_post_of_the_group_is_recorded(
    guilds, services, group, clock
):
    clock.advance(days=7)
    async with services.db.transaction() as tx:
        await groups.take_group(tx, group.group_id)

        putting_off = asyncio.create_task(guilds.put_off_checks(GUILD))
        _, waiting = await asyncio.wait([putting_off], timeout=0.2)
    await putting_off

    assert waiting
    assert await due_ids(guilds) == []


async def test_putting_off_brings_no_check_forward(guilds, group, clock):
    clock.advance(days=6)
    await guilds.put_off_checks(GUILD)
    clock.advance(hours=23)

    assert await due_ids(guilds) == []


async def test_of_many_a_few_are_due_at_once(guilds, services, group, clock):
    for reader in range(100, 130):
        await services.groups.join(GUILD, group.group_id, reader)
    clock.advance(days=7)

    assert len(await guilds.due_checks(RATE)) == FEWEST_CHECKED


async def test_the_weekly_task_wakes_for_members_but_never_in_haste(services, guilds, group, clock):
    await services.groups.set_state(GUILD, group.group_id, "stopped")
    clock.advance(days=6, hours=12)
    nearly = await services.weeks.next_due()
    clock.advance(days=1)
    late = await services.weeks.next_due()

    looks_often = services.db.is_shared
    assert nearly == clock.now - timedelta(days=1) + (
        timedelta(minutes=1) if looks_often else timedelta(hours=12)
    )
    assert late == clock.now + BETWEEN_LOOKS
