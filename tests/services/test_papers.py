import asyncio

import pytest

from bot.core.papers import Chosen
from bot.core.weeks import Part, Schedule
from bot.errors import (
    CompanionRefusedError,
    NoGroupError,
    UnknownResourceError,
    UnknownWeekError,
    WeekRefusedError,
)
from bot.store.weeks import put_pick
from tests.conftest import joined
from tests.curricula import NOW, curriculum, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, Desk, Postbox

OTHER_GUILD = 92
W02, W03, W04, W05 = "2026-W02", "2026-W03", "2026-W04", "2026-W05"

LIST = curriculum(
    resource("bert", companions=("video",)),
    resource("gpt", formerly=("old-gpt",)),
    resource("lora"),
    resource("peft"),
)


@pytest.fixture
def pick(services, group):
    async def choose(typed, date=None, *, guild_id=GUILD):
        return await services.papers.pick(guild_id, CHANNEL, MODERATOR, typed, date)

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
        await services.weeks.open_due()
        await Postbox(services).deliver()
        clock.advance(days=7, hours=-2)
        return (await services.groups.status(CHANNEL, None)).last

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

    reply = await services.papers.take_back(GUILD, made.group_id, W03)
    again = await services.papers.take_back(GUILD, made.group_id, W03)

    assert (reply.resource.key, reply.before.key) == ("demo:gpt", "demo:peft")
    assert again.before is None
    assert await coming() == ["demo:bert", "demo:gpt", "demo:lora", "demo:peft"]


async def test_taking_back_tells_what_the_week_then_reads_with_the_other_picks(services, pick):
    made = await pick("demo:peft", W02)
    await pick("demo:bert", W05)

    reply = await services.papers.take_back(GUILD, made.group_id, W02)

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
    (row_id,) = await Desk(services).due()
    await Desk(services).arrived(await Desk(services).claim(row_id), 1)

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
        await services.papers.take_back(OTHER_GUILD, made.group_id, W02)

    assert (await coming())[0] == "demo:peft"
    assert await services.papers.weeks(OTHER_GUILD, CHANNEL) == []


@pytest.mark.parametrize("week", [" ", "2026-W99", "x" * 500, "2026-W02'; DROP TABLE picks"])
async def test_a_forged_week_is_refused(services, group, week, coming):
    with pytest.raises(UnknownWeekError):
        await services.papers.take_back(GUILD, group.group_id, week)

    assert (await coming())[0] == "demo:bert"


async def test_a_picked_paper_that_left_the_list_gives_way_to_what_comes_next(
    services, database_url, clock, pick, group
):
    await pick("demo:peft")
    await services.close()
    kept = [each for each in LIST.resources if each.key != "demo:peft"]

    later = await joined(database_url, curriculum(*kept), clock)
    status = await later.groups.status(CHANNEL, None)
    taken = await later.papers.take_back(GUILD, group.group_id, W02)
    await later.close()

    assert status.coming[0].pick.key == "demo:bert"
    assert taken.before is None


async def test_a_pick_under_a_former_key_stays_what_it_was(services, pick, coming):
    await pick("demo:gpt")
    async with services.db.transaction() as tx:
        await tx.fetch("UPDATE picks SET resource_key = 'demo:old-gpt'")

    reply = await pick("demo:gpt", W03)

    assert (await coming())[:2] == ["demo:gpt", "demo:gpt"]
    assert [slot.week for slot in reply.others] == [W02]


async def test_the_list_lasts_longer_by_what_is_picked_again(services, pick, posted):
    await posted()
    before = (await services.groups.status(CHANNEL, None)).weeks_left

    await pick("demo:bert")

    assert (before, (await services.groups.status(CHANNEL, None)).weeks_left) == (3, 4)


async def test_a_pick_for_a_week_too_soon_after_the_first_paper_says_so(services, group, clock):
    await services.calendars.skip(GUILD, group.group_id)
    clock.advance(days=5)
    await services.groups.post_now(GUILD, group.group_id)

    reply = await services.papers.pick(GUILD, CHANNEL, MODERATOR, "LoRA", W03)
    offered = await services.papers.weeks(GUILD, CHANNEL)

    assert reply.silent == "too_soon"
    assert offered[0][0].week == W04


async def test_the_weeks_offered_are_those_without_a_paper_with_what_they_read(
    services, pick, posted
):
    await posted()
    await pick("demo:peft", W04)

    weeks = await services.papers.weeks(GUILD, CHANNEL)

    titles = {slot.week: title for slot, title in weeks}
    assert next(iter(titles)) == W03
    assert titles[W04] == LIST.get("demo:peft").title
    assert len(weeks) == 25


async def test_a_pick_as_the_slot_comes_is_either_posted_or_refused(services, pick, clock):
    clock.advance(hours=1)

    replies = await asyncio.gather(
        services.weeks.open_due(), pick("demo:peft", W02), return_exceptions=True
    )

    status = await services.groups.status(CHANNEL, None)
    refused = isinstance(replies[1], WeekRefusedError)
    assert status.this_week.key == ("demo:bert" if refused else "demo:peft")


def numbers(part):
    return part and (part.n, part.of)


class Weeks:
    """Lets a group's weeks pass, with papers that are sent at once."""

    def __init__(self, services, group, clock):
        self.services, self.group_id, self.clock = services, group.group_id, clock
        self.postbox = Postbox(services)

    async def read_for(self, weeks, key="demo:bert"):
        await self.services.papers.read_for(GUILD, self.group_id, key, weeks)

    async def coming(self):
        """Return what the next four weeks bring, by slug, with their parts."""
        status = await self.services.groups.status(CHANNEL, None)
        picks = [coming.pick for coming in status.coming if not coming.is_skipped]
        return [(pick.key and pick.key.partition(":")[2], numbers(pick.part)) for pick in picks]

    async def post(self):
        """Let the next slot come; return what its post shows."""
        self.clock.now = (await self.services.groups.find(CHANNEL)).next_at
        await self.services.weeks.open_due()
        await self.postbox.deliver()
        week = (await self.services.groups.status(CHANNEL, None)).this_week
        return week and await self.services.weeks.post(week.week_id)


@pytest.fixture
def weeks(services, group, clock):
    return Weeks(services, group, clock)


async def test_a_long_paper_is_posted_in_each_of_its_weeks_and_the_list_goes_on_after_it(weeks):
    await weeks.read_for(2)
    forecast = await weeks.coming()

    posts = [await weeks.post() for _ in range(3)]

    assert forecast == [("bert", (1, 2)), ("bert", (2, 2)), ("gpt", None), ("lora", None)]
    assert [(p.post.key, numbers(p.part)) for p in posts] == [
        ("demo:bert", (1, 2)),
        ("demo:bert", (2, 2)),
        ("demo:gpt", None),
    ]
    assert posts[1].post.why == "goes_on"


async def test_a_week_of_a_long_paper_that_is_skipped_or_missed_is_made_up(weeks, services, clock):
    await weeks.read_for(3)
    await weeks.post()
    await services.calendars.skip(GUILD, weeks.group_id)
    skipped = await weeks.coming()
    second = await weeks.post()
    clock.advance(days=9)  # nobody was there for the third
    await services.weeks.open_due()
    third = await weeks.post()

    assert skipped == [("bert", (2, 3)), ("bert", (3, 3)), ("gpt", None)]
    assert (second.part, third.part) == (Part(2, 3), Part(3, 3))


async def test_a_paper_taken_off_before_it_was_sent_leaves_its_part_to_the_next_week(
    weeks, services, clock
):
    await weeks.read_for(2)
    clock.advance(hours=1)
    await services.weeks.open_due()
    decided = await weeks.coming()
    await services.groups.set_state(GUILD, weeks.group_id, "paused")
    await services.groups.set_state(GUILD, weeks.group_id, "active")

    assert decided[:2] == [("bert", (2, 2)), ("gpt", None)]
    assert (await weeks.coming())[:2] == [("bert", (1, 2)), ("bert", (2, 2))]


async def test_a_pick_and_a_vote_go_before_a_long_paper_which_then_comes_a_week_later(
    weeks, services
):
    await weeks.read_for(2)
    await weeks.post()
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "LoRA", W03)
    async with services.db.transaction() as tx:
        await put_pick(tx, Chosen(weeks.group_id, W04, "demo:peft", "vote_winner"), None, NOW)

    posts = [await weeks.post() for _ in range(3)]

    assert [(p.post.key, numbers(p.part)) for p in posts] == [
        ("demo:lora", None),
        ("demo:peft", None),
        ("demo:bert", (2, 2)),
    ]


async def test_moderators_may_change_their_mind_before_and_while_a_long_paper_is_read(weeks):
    await weeks.read_for(0)
    passed = await weeks.coming()
    await weeks.read_for(1)
    back = await weeks.coming()
    await weeks.post()
    await weeks.read_for(3)  # while it is this week's
    longer = await weeks.coming()
    await weeks.post()
    await weeks.read_for(2)
    shorter = await weeks.coming()
    await weeks.read_for(0)
    await weeks.read_for(4)
    longest = await weeks.coming()

    assert passed[0] == ("gpt", None)
    assert back[:2] == [("bert", None), ("gpt", None)]
    assert longer[:3] == [("bert", (2, 3)), ("bert", (3, 3)), ("gpt", None)]
    assert shorter[0] == ("gpt", None)
    assert longest[:3] == [("bert", (3, 4)), ("bert", (4, 4)), ("gpt", None)]


async def test_a_long_paper_that_was_read_counts_anew_when_it_is_picked_again(weeks, services):
    await weeks.read_for(2)
    for _ in range(3):
        await weeks.post()
    await weeks.read_for(3)
    still = await weeks.coming()
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "BERT", None)

    assert still[0] == ("lora", None)
    assert (await weeks.coming())[:4] == [
        ("bert", (1, 3)),
        ("bert", (2, 3)),
        ("bert", (3, 3)),
        ("lora", None),
    ]


async def test_the_pick_of_a_paper_under_way_is_not_called_one_that_was_had(weeks, services):
    await weeks.read_for(3)
    await weeks.post()

    reply = await services.papers.pick(GUILD, CHANNEL, MODERATOR, "BERT", None)

    assert (reply.was_had, reply.span.in_weeks) == (False, 3)


async def test_nothing_passed_over_is_voted_on(weeks, services):
    await weeks.read_for(0)

    await weeks.post()
    ballot = await services.votes.call(GUILD, CHANNEL, MODERATOR, 2, 24)

    assert ballot.vote.keys == ("demo:lora", "demo:peft")


async def test_how_long_a_paper_is_read_is_chosen_in_its_own_server_and_of_what_is_listed(
    weeks, services
):
    with pytest.raises(NoGroupError):
        await services.papers.read_for(OTHER_GUILD, weeks.group_id, "demo:bert", 2)
    with pytest.raises(UnknownResourceError):
        await services.papers.read_for(GUILD, weeks.group_id, "demo:nothing", 2)


async def test_read_it_next_takes_the_next_week_for_which_nothing_is_chosen(services, group):
    picking = services.papers
    await picking.pick(GUILD, CHANNEL, MODERATOR, "demo:bert", None)

    reply = await picking.pick_next(GUILD, group.group_id, MODERATOR, "demo:lora")
    again = await picking.pick_next(GUILD, group.group_id, MODERATOR, "demo:lora")
    back = await picking.take_back(GUILD, group.group_id, reply.slot.week)

    assert (reply.slot.week, reply.resource.key) == (W03, "demo:lora")
    assert again.slot == reply.slot
    assert back.before.key == "demo:lora"
    status = await services.groups.status(CHANNEL, None)
    assert [c.key for c in status.picks] == ["demo:bert"]


async def test_read_it_next_leaves_a_week_to_its_vote(services):
    wednesdays = Schedule(2, 10, 0, "UTC")
    group = (
        await services.groups.make_or_change(GUILD, CHANNEL, wednesdays, None, MODERATOR)
    ).group
    await services.votes.call(GUILD, CHANNEL, MODERATOR, 3, 12)

    reply = await services.papers.pick_next(GUILD, group.group_id, MODERATOR, "demo:bert")

    assert reply.slot.week == W03
