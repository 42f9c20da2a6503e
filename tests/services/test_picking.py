import asyncio

import pytest

from bot.core.weekly import Schedule
from bot.errors import (
    CompanionRefusedError,
    NoGroupError,
    UnknownResourceError,
    UnknownWeekError,
    WeekRefusedError,
)
from bot.services.opening import open_services
from tests.curricula import curriculum, resource

GUILD, OTHER_GUILD, CHANNEL, MODERATOR = 91, 92, 71, 5
MONDAY_AT_TEN = Schedule(0, 10, 0, "UTC")
W02, W03, W04, W05 = "2026-W02", "2026-W03", "2026-W04", "2026-W05"

LIST = curriculum(
    resource("bert", companions=("video",)),
    resource("gpt", formerly=("old-gpt",)),
    resource("lora"),
    resource("peft"),
)


@pytest.fixture
async def services(database_url, clock):
    """It is Monday, nine o'clock, in the second week of the year."""
    opened = await open_services(database_url, LIST, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def group(services):
    return (await services.groups.settle(GUILD, CHANNEL, MONDAY_AT_TEN, None, MODERATOR)).group


@pytest.fixture
def pick(services, group):
    async def choose(typed, date=None, *, guild_id=GUILD):
        return await services.picking.pick(guild_id, CHANNEL, MODERATOR, typed, date)

    return choose


@pytest.fixture
def coming(services):
    async def papers():
        status = await services.groups.status(CHANNEL, None)
        return [coming.pick.key for coming in status.coming]

    return papers


@pytest.fixture
def posted(services, clock):
    async def a_week_on():
        clock.advance(hours=2)
        await services.weekly.open_due()
        for row_id in await services.delivery.due():
            if row := await services.delivery.claim(row_id):
                await services.delivery.sent(row, 1)
        clock.advance(days=7, hours=-2)
        found = await services.groups.status(CHANNEL, None)
        return found.last

    return a_week_on


async def test_a_pick_is_for_the_next_week_unless_a_day_is_said(pick, coming):
    first = await pick("demo:peft")
    third = await pick("demo:gpt", "2026-01-25")

    assert (first.slot.week, third.slot.week) == (W02, W04)
    assert await coming() == ["demo:peft", "demo:bert", "demo:gpt", "demo:lora"]


async def test_what_was_picked_is_posted_in_its_week_and_only_then(pick, posted):
    await pick("demo:peft", W03)

    first, second, third = [await posted() for _ in range(3)]

    assert (first.key, first.why) == ("demo:bert", "next_on_list")
    assert (second.key, second.why) == ("demo:peft", "picked_by_moderator")
    assert third.key == "demo:gpt"


async def test_a_second_pick_takes_the_place_of_the_first(pick, coming):
    await pick("demo:peft", W03)

    reply = await pick("demo:lora", W03)

    assert reply.before.key == "demo:peft"
    assert await coming() == ["demo:bert", "demo:lora", "demo:gpt", "demo:peft"]


async def test_a_pick_taken_back_leaves_the_list_its_order(services, pick, coming):
    made = await pick("demo:peft", W03)

    reply = await services.picking.take_back(GUILD, made.group_id, W03)
    again = await services.picking.take_back(GUILD, made.group_id, W03)

    assert (reply.resource.key, reply.before.key) == ("demo:gpt", "demo:peft")
    assert again.before is None
    assert await coming() == ["demo:bert", "demo:gpt", "demo:lora", "demo:peft"]


async def test_taking_back_tells_what_the_week_then_reads_with_the_other_picks(services, pick):
    made = await pick("demo:peft", W02)
    await pick("demo:bert", W05)

    reply = await services.picking.take_back(GUILD, made.group_id, W02)

    assert reply.resource.key == "demo:gpt"


async def test_what_the_group_had_is_allowed_and_told(pick, posted):
    await posted()

    reply = await pick("demo:bert")

    assert reply.was_had
    assert (await posted()).key == "demo:bert"


async def test_the_same_pick_for_another_week_is_told(pick):
    await pick("demo:peft", W04)

    reply = await pick("demo:peft", W03)

    assert [slot.week for slot in reply.others] == [W04]
    assert not reply.was_had


async def test_a_week_that_has_its_paper_takes_no_pick(services, group, pick, clock):
    await services.groups.post_now(GUILD, group.group_id)
    with pytest.raises(WeekRefusedError) as sending:
        await pick("demo:peft", W02)
    (row_id,) = await services.delivery.due()
    await services.delivery.sent(await services.delivery.claim(row_id), 1)

    with pytest.raises(WeekRefusedError) as posted:
        await pick("demo:peft", W02)

    assert sending.value.why == "sending"
    assert posted.value.why == "posted"
    assert posted.value.link.endswith(f"/{CHANNEL}/1")


@pytest.mark.parametrize(
    ("date", "why"), [("2026-01-04", "gone"), ("0001-01-01", "gone"), ("9999-12-31", "far")]
)
async def test_weeks_gone_by_and_far_away_take_no_pick(pick, date, why):
    with pytest.raises(WeekRefusedError) as refused:
        await pick("demo:peft", date)

    assert refused.value.why == why


async def test_this_weeks_pick_goes_out_with_post_now_after_its_time(services, pick, clock):
    clock.advance(hours=2)
    made = await pick("demo:peft", W02)

    status = await services.groups.post_now(GUILD, made.group_id)

    assert made.is_past
    assert (status.this_week.key, status.this_week.why) == ("demo:peft", "picked_by_moderator")


async def test_what_is_no_week_or_no_paper_is_refused_and_nothing_is_picked(pick, coming):
    with pytest.raises(UnknownWeekError):
        await pick("demo:peft", "someday")
    with pytest.raises(UnknownResourceError):
        await pick("xqzvw")
    with pytest.raises(CompanionRefusedError):
        await pick("demo:video")

    assert await coming() == ["demo:bert", "demo:gpt", "demo:lora", "demo:peft"]


async def test_another_server_can_neither_pick_nor_take_back(services, pick, coming):
    made = await pick("demo:peft")

    with pytest.raises(NoGroupError):
        await pick("demo:gpt", guild_id=OTHER_GUILD)
    with pytest.raises(NoGroupError):
        await services.picking.take_back(OTHER_GUILD, made.group_id, W02)

    assert (await coming())[0] == "demo:peft"
    assert await services.picking.weeks(OTHER_GUILD, CHANNEL) == []


@pytest.mark.parametrize("week", [" ", "2026-W99", "x" * 500, "2026-W02'; DROP TABLE picks"])
async def test_a_forged_week_is_refused(services, group, week, coming):
    with pytest.raises(UnknownWeekError):
        await services.picking.take_back(GUILD, group.group_id, week)

    assert (await coming())[0] == "demo:bert"


async def test_a_picked_paper_that_left_the_list_gives_way_to_what_comes_next(
    services, database_url, clock, pick, group
):
    await pick("demo:peft")
    await services.close()
    kept = [each for each in LIST.resources if each.key != "demo:peft"]

    later = await open_services(database_url, curriculum(*kept), clock)
    status = await later.groups.status(CHANNEL, None)
    taken = await later.picking.take_back(GUILD, group.group_id, W02)
    await later.close()

    assert status.coming[0].pick.key == "demo:bert"
    assert taken.before is None


async def test_a_pick_under_a_former_key_stays_what_it_was(services, pick, coming):
    await pick("demo:gpt")
    async with services.db.transaction() as changes:
        await changes.fetch("UPDATE picks SET resource_key = 'demo:old-gpt'")

    reply = await pick("demo:gpt", W03)

    assert (await coming())[:2] == ["demo:gpt", "demo:gpt"]
    assert [slot.week for slot in reply.others] == [W02]


async def test_the_list_lasts_longer_by_what_is_picked_again(services, pick, posted):
    await posted()
    before = (await services.groups.status(CHANNEL, None)).weeks_left

    await pick("demo:bert")

    assert (before, (await services.groups.status(CHANNEL, None)).weeks_left) == (3, 4)


async def test_a_pick_for_a_week_too_soon_after_the_first_paper_says_so(services, group, clock):
    await services.groups.skip_next(GUILD, group.group_id)
    clock.advance(days=5)
    await services.groups.post_now(GUILD, group.group_id)

    reply = await services.picking.pick(GUILD, CHANNEL, MODERATOR, "LoRA", W03)
    offered = await services.picking.weeks(GUILD, CHANNEL)

    assert reply.silent == "too_soon"
    assert offered[0][0].week == W04


async def test_the_weeks_offered_are_those_without_a_paper_with_what_they_read(
    services, pick, posted
):
    await posted()
    await pick("demo:peft", W04)

    weeks = await services.picking.weeks(GUILD, CHANNEL)

    titles = {slot.week: title for slot, title in weeks}
    assert next(iter(titles)) == W03
    assert titles[W04] == LIST.get("demo:peft").title
    assert len(weeks) == 25


async def test_a_pick_as_the_slot_comes_is_either_posted_or_refused(services, pick, clock):
    clock.advance(hours=1)

    replies = await asyncio.gather(
        services.weekly.open_due(), pick("demo:peft", W02), return_exceptions=True
    )

    status = await services.groups.status(CHANNEL, None)
    refused = isinstance(replies[1], WeekRefusedError)
    assert status.this_week.key == ("demo:bert" if refused else "demo:peft")
