from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import takewhile

import pytest

from bot.core.weeks import DaysOff, Meets
from bot.errors import AlreadyPostedError, NoGroupError, OldCardError, UnknownDaysError
from tests.every_table import everything
from tests.postbox import CHANNEL, GUILD, MODERATOR, MONDAYS_AT_TEN

TWENTY_FOURTH = DaysOff(date(2026, 1, 24), date(2026, 1, 24))


@pytest.fixture
def calendars(services):
    return services.calendars


def posts(postbox):
    return postbox.kinds.count("post")


@pytest.fixture
def live(until, services):
    """Return what lets weeks pass an hour before noon, and tells on which days papers came."""

    async def weeks(count, channel=CHANNEL):
        group = await services.groups.find(channel)
        for _ in range(count * 7):
            await until(days=1)
        history = await services.groups.history(GUILD, group.group_id, 0)
        came = [week.post.at.date() for week in history.weeks if week.post.state == "posted"]
        return [f"{day:%d %b}" for day in sorted(came)]

    return weeks


def named(status):
    return [f"{coming.slot.at:%d %b}" for coming in status.coming]


async def test_a_calendar_is_changed_from_its_own_server_only(calendars, group):
    elsewhere = GUILD + 1

    for call in (
        calendars.skip(elsewhere, group.group_id),
        calendars.pause_until(elsewhere, group.group_id, "1 Feb"),
        calendars.take_off(elsewhere, group.group_id, "1 Feb"),
        calendars.bring_back(elsewhere, group.group_id, [TWENTY_FOURTH]),
    ):
        with pytest.raises(NoGroupError):
            await call


async def test_a_skipped_week_stays_empty(calendars, group, until, postbox):
    status = await calendars.skip(GUILD, group.group_id)
    await until(hours=2)
    this_week = posts(postbox)
    await until(days=7)

    assert [coming.is_skipped for coming in status.coming] == [True, False, False, False]
    assert this_week == 0
    assert posts(postbox) == 1


async def test_a_skip_can_be_taken_back(calendars, group, until, postbox):
    await calendars.skip(GUILD, group.group_id)
    status = await calendars.skip(GUILD, group.group_id)
    await until(hours=2)

    assert not any(coming.is_skipped for coming in status.coming)
    assert posts(postbox) == 1


async def test_any_of_the_next_four_weeks_can_be_skipped_and_brought_back(
    calendars, group, until, postbox, services
):
    weeks = [coming.slot.week for coming in (await services.groups.status(CHANNEL, None)).coming]
    for week in (weeks[2], weeks[0], weeks[3], weeks[0]):
        status = await calendars.skip(GUILD, group.group_id, week)
    counts = []
    for wait in (timedelta(hours=2), *[timedelta(days=7)] * 3):
        await until(seconds=wait.total_seconds())
        counts.append(posts(postbox))

    assert [coming.is_skipped for coming in status.coming] == [False, False, True, True]
    assert counts == [1, 2, 2, 2]


async def test_all_four_may_be_skipped_and_the_fifth_has_its_paper(
    calendars, group, until, postbox, services
):
    for coming in (await services.groups.status(CHANNEL, None)).coming:
        await calendars.skip(GUILD, group.group_id, coming.slot.week)
    before = await services.groups.find(CHANNEL)
    await services.clock_repair.put_right()  # so far ahead is nothing wrong
    after = await services.groups.find(CHANNEL)
    await until(hours=2)
    for _ in range(3):
        await until(days=7)
    none = posts(postbox)
    await until(days=7)

    assert before == after
    assert (none, posts(postbox)) == (0, 1)


@pytest.mark.parametrize("week", ["2020-W01", "2026-W30", "nothing", ""])
async def test_a_week_that_is_not_one_of_the_next_is_refused(calendars, group, week):
    with pytest.raises(OldCardError):
        await calendars.skip(GUILD, group.group_id, week)


async def test_a_skip_just_after_a_slot_means_the_next_one(calendars, group, until, postbox, clock):
    clock.advance(hours=1)
    await calendars.skip(GUILD, group.group_id)

    await until(seconds=1)
    this_week = posts(postbox)
    await until(days=7)

    assert this_week == 1
    assert posts(postbox) == 1


# Every so many weeks


async def every(services, n, schedule=MONDAYS_AT_TEN, channel=CHANNEL):
    seen = await services.groups.find(channel)
    wished = replace(seen.schedule if seen else schedule, every=n)
    return await services.groups.make_or_change(GUILD, channel, wished, None, MODERATOR, seen=seen)


async def test_a_new_group_reads_every_two_weeks_from_its_first_slot_on(services, until, live):
    status = await every(services, 2)
    await until(hours=2)

    assert named(status) == ["05 Jan", "19 Jan", "02 Feb", "16 Feb"]
    assert await live(6) == ["05 Jan", "19 Jan", "02 Feb", "16 Feb"]


async def test_from_weekly_to_every_three_weeks_counts_from_the_last_paper(
    services, group, until, live
):
    await until(hours=2)
    await until(days=1)

    status = await every(services, 3)
    again = await every(services, 3)

    assert named(status) == named(again) == ["26 Jan", "16 Feb", "09 Mar", "30 Mar"]
    assert await live(4) == ["05 Jan", "26 Jan"]
    assert named(await every(services, 1)) == ["09 Feb", "16 Feb", "23 Feb", "02 Mar"]


async def test_the_paper_of_a_fortnight_is_this_weeks_until_the_next(services, until):
    status = await every(services, 2)
    group_id = status.group.group_id
    await until(hours=2)
    await until(days=8)

    status = await services.groups.look(GUILD, group_id, 7)

    assert status.this_week.at.day == 5
    assert status.last is None
    with pytest.raises(AlreadyPostedError):
        await services.groups.post_now(GUILD, group_id)


async def test_first_paper_now_begins_a_fortnight_with_the_next_slot_four_days_away(
    services, until, live, clock
):
    clock.advance(days=5)  # a Saturday: Monday is too soon
    group_id = (await every(services, 2)).group.group_id
    before = await services.groups.look(GUILD, group_id, 7)
    told = [at.day for at in before.begins]

    status = await services.groups.post_now(GUILD, group_id)

    assert told == [10, 19]
    assert named(status) == ["19 Jan", "02 Feb", "16 Feb", "02 Mar"]


async def test_a_skip_leaves_the_others_in_their_turn(services, calendars, until, live):
    group_id = (await every(services, 2)).group.group_id
    status = await calendars.skip(GUILD, group_id, "2026-W04")
    await until(hours=2)

    assert named(status) == ["05 Jan", "19 Jan", "02 Feb", "16 Feb"]
    assert await live(4) == ["05 Jan", "02 Feb"]


async def test_what_is_picked_for_a_week_out_of_turn_moves_to_the_next_free_one(
    services, group, until
):
    await until(hours=2)
    picked = "jump-into-llm:gpt-3"
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, picked, "2026-W03")

    status = await every(services, 2)

    assert [(pick.week, pick.key) for pick in status.picks] == [("2026-W04", picked)]


# Days off


async def test_nothing_is_posted_on_days_off_and_what_was_meant_for_them_comes_later(
    services, calendars, group, until, live
):
    first = (await services.groups.status(CHANNEL, None)).coming[1].pick.key
    status, days = await calendars.take_off(GUILD, group.group_id, "12 Jan\n24 Jan - 2 Feb")
    await until(hours=2)

    assert days == (
        DaysOff(date(2026, 1, 12), date(2026, 1, 12)),
        DaysOff(date(2026, 1, 24), date(2026, 2, 2)),
    )
    assert named(status) == ["05 Jan", "19 Jan", "09 Feb", "16 Feb"]
    assert status.coming[1].pick.key == first
    assert await live(5) == ["05 Jan", "19 Jan", "09 Feb"]


async def test_days_off_are_taken_back_one_by_one(services, calendars, group):
    _, days = await calendars.take_off(GUILD, group.group_id, "12 Jan, 19 Jan, 26 Jan")

    for _ in range(2):  # twice is harmless
        status = await calendars.bring_back(GUILD, group.group_id, [days[1]])

    assert named(status) == ["05 Jan", "19 Jan", "02 Feb", "09 Feb"]
    assert status.silences == (days[0], days[2])


async def test_days_that_are_off_already_are_no_news(calendars, group):
    await calendars.take_off(GUILD, group.group_id, "12 Jan")
    status, new = await calendars.take_off(GUILD, group.group_id, "2026-01-12")

    assert new == ()
    assert len(status.group.schedule.days_off) == 1


async def test_a_day_off_decided_on_the_day_itself_holds_the_paper(
    calendars, group, until, postbox, services
):
    await calendars.take_off(GUILD, group.group_id, "today")
    await until(hours=2)

    assert posts(postbox) == 0
    assert (await services.groups.find(CHANNEL)).next_at == datetime(2026, 1, 12, 10, tzinfo=UTC)


async def test_a_vote_on_a_week_that_is_off_is_called_off(services, calendars, group, until):
    await until(hours=2)
    ballot = await services.votes.call(GUILD, CHANNEL, MODERATOR, 3, 24)

    await calendars.take_off(GUILD, group.group_id, "12 Jan")

    assert (await services.votes.ballot(ballot.vote.vote_id)).vote.state == "cancelled"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("someday", "none"),
        ("12 Jan, someday", "none"),
        ("3/4", "several"),
        ("2025-12-24", "gone"),
        ("2029-12-24", "far"),
        ("", "none"),
    ],
)
async def test_days_that_are_none_change_nothing(services, calendars, group, typed, why):
    before = await services.groups.find(CHANNEL)

    with pytest.raises(UnknownDaysError) as refused:
        await calendars.take_off(GUILD, group.group_id, typed)

    assert refused.value.why == why
    assert await services.groups.find(CHANNEL) == before


async def test_a_group_has_twenty_days_off_at_most(services, calendars, group):
    days = [date(2026, 2, 1) + timedelta(days=3 * n) for n in range(21)]
    await calendars.take_off(GUILD, group.group_id, "\n".join(map(str, days[:20])))

    with pytest.raises(UnknownDaysError) as refused:
        await calendars.take_off(GUILD, group.group_id, str(days[20]))

    assert "20 days off" in refused.value.sentence()
    assert len((await services.groups.find(CHANNEL)).schedule.days_off) == 20


async def test_days_off_gone_by_are_forgotten_with_the_next(services, calendars, group, clock):
    await calendars.take_off(GUILD, group.group_id, "12 Jan")
    clock.advance(days=30)

    status, _ = await calendars.take_off(GUILD, group.group_id, "2026-02-23")

    assert status.group.schedule.days_off == (DaysOff(date(2026, 2, 23), date(2026, 2, 23)),)


# A pause with an end


async def test_a_pause_ends_by_itself(services, calendars, group, until, live):
    status, _ = await calendars.pause_until(GUILD, group.group_id, "2026-01-26")
    await until(hours=2)

    assert status.pause == DaysOff(date(2026, 1, 5), date(2026, 1, 25))
    assert status.group.state == "active"
    assert await live(4) == ["26 Jan", "02 Feb"]
    assert (await services.groups.status(CHANNEL, None)).pause is None


async def test_resuming_ends_a_pause_early_and_takes_back_how_weeks_count(
    services, calendars, until
):
    group_id = (await every(services, 2)).group.group_id
    await until(hours=2)
    before = named(await services.groups.status(CHANNEL, None))

    paused, _ = await calendars.pause_until(GUILD, group_id, "26 Jan")
    resumed = await services.groups.set_state(GUILD, group_id, "active")

    assert before == named(resumed) == ["19 Jan", "02 Feb", "16 Feb", "02 Mar"]
    assert named(paused) == ["26 Jan", "09 Feb", "23 Feb", "09 Mar"]


async def test_after_a_pause_a_fortnight_counts_from_its_end_for_good(
    services, calendars, until, live, clock
):
    group_id = (await every(services, 2)).group.group_id
    await until(hours=2)
    await calendars.pause_until(GUILD, group_id, "26 Jan")
    came = await live(4)

    status, _ = await calendars.take_off(GUILD, group_id, "2026-02-23")

    assert came == ["05 Jan", "26 Jan"]
    assert named(status) == ["09 Feb", "09 Mar", "23 Mar", "06 Apr"]
    assert status.group.schedule.pause is None


async def test_resuming_early_moves_what_was_picked_and_ends_votes_of_weeks_without_a_paper(
    services, calendars, until
):
    group_id = (await every(services, 2)).group.group_id
    await until(hours=2)
    await calendars.pause_until(GUILD, group_id, "20 Jan")
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "LoRA", "2026-01-26")
    await services.votes.call(GUILD, CHANNEL, MODERATOR, 3, 24, date="2026-02-09")

    resumed = await services.groups.set_state(GUILD, group_id, "active")

    assert named(resumed) == ["19 Jan", "02 Feb", "16 Feb", "02 Mar"]
    assert [(move.week, move.to) for move in resumed.moves] == [
        ("2026-W05", "2026-W06"),
        ("2026-W07", ""),
    ]
    assert resumed.coming[1].pick.why == "picked_by_moderator"
    assert resumed.votes == ()


@pytest.mark.parametrize("until_day", ["7 Jan", "13 Jan", "19 Jan"])
async def test_a_pause_in_which_no_paper_would_come_brings_none_sooner(
    services, calendars, until, until_day
):
    group_id = (await every(services, 2)).group.group_id
    await until(hours=2)

    status, _ = await calendars.pause_until(GUILD, group_id, until_day)
    await until(days=7)
    await until(days=1)
    later, _ = await calendars.take_off(GUILD, group_id, "2026-03-24")

    assert named(status)[:3] == named(later)[:3] == ["19 Jan", "02 Feb", "16 Feb"]


async def test_weeks_count_anew_after_a_pause_that_held_the_paper_just_waiting(
    services, calendars, clock
):
    group_id = (await every(services, 2)).group.group_id
    clock.advance(hours=1, minutes=1)
    await services.weeks.open_due()

    status, _ = await calendars.pause_until(GUILD, group_id, "7 Jan")

    assert status.this_week.state == "skipped"
    assert named(status)[:2] == ["12 Jan", "26 Jan"]


@pytest.mark.parametrize("act", ["meets", "role", "resume", "every"])
async def test_a_paper_that_is_just_due_comes_whatever_is_changed_meanwhile(
    services, group, clock, act
):
    clock.advance(hours=1, seconds=1)
    change = partial(services.groups.make_or_change, GUILD, CHANNEL, MONDAYS_AT_TEN)
    if act == "resume":
        await services.groups.set_state(GUILD, group.group_id, "active")
    elif act == "every":
        await every(services, 2)
    else:
        role_id, meets = (5, None) if act == "role" else (None, Meets(3, 20, 0))
        await change(role_id, MODERATOR, meets=meets)

    await services.weeks.open_due()

    assert (await services.groups.status(CHANNEL, None)).this_week.state == "waiting"


@pytest.mark.parametrize("act", ["take_off", "pause_until"])
async def test_undo_brings_back_the_paper_that_was_just_waiting(
    services, calendars, group, clock, act
):
    of = GUILD, group.group_id
    clock.advance(hours=1, minutes=1)
    await services.weeks.open_due()
    typed = "today" if act == "take_off" else "tomorrow"
    off, _ = await getattr(calendars, act)(*of, typed)
    days = [off.pause] if off.pause else off.group.schedule.days_off

    await calendars.bring_back(*of, days, skipped=off.called_off)
    await services.weeks.open_due()

    assert off.this_week.state == "skipped"
    assert (await services.groups.status(CHANNEL, None)).this_week.state == "waiting"


async def test_a_pause_that_is_undone_leaves_the_group_paused_as_it_was(services, calendars, group):
    of = GUILD, group.group_id
    first, was_active = await calendars.pause_until(*of, "26 Jan")
    second, was_first = await calendars.pause_until(*of, "2 Mar")
    back = await calendars.bring_back(*of, [second.pause], paused=was_first)
    on = await calendars.bring_back(*of, [first.pause], paused=was_active)
    await services.groups.set_state(*of, "paused")
    third, was_paused = await calendars.pause_until(*of, "26 Jan")

    still = await calendars.bring_back(*of, [third.pause], paused=was_paused)
    twice = await calendars.bring_back(*of, [third.pause], paused=was_paused)

    assert (back.pause, back.group.state) == (first.pause, "active")
    assert (on.pause, on.group.state) == (None, "active")
    assert (still.pause, still.group.state) == (None, "paused")
    assert twice.group == still.group


async def test_a_pause_holds_what_still_waits_to_be_sent(services, calendars, group, clock):
    clock.advance(hours=1)
    await services.weeks.open_due()

    await calendars.pause_until(GUILD, group.group_id, "tomorrow")

    assert (await services.groups.status(CHANNEL, None)).this_week.state == "skipped"


async def test_a_paused_group_pauses_until_a_day_and_then_goes_on(
    services, calendars, group, until, live
):
    await services.groups.set_state(GUILD, group.group_id, "paused")

    await calendars.pause_until(GUILD, group.group_id, "19 Jan")
    await until(hours=2)

    assert await live(3) == ["19 Jan", "26 Jan"]


@pytest.mark.parametrize(
    ("typed", "day"), [("2026-W04", "19 Jan"), ("next week", "12 Jan"), ("Monday", "12 Jan")]
)
async def test_a_pause_until_a_week_ends_on_its_monday(calendars, group, typed, day):
    assert named((await calendars.pause_until(GUILD, group.group_id, typed))[0])[0] == day


@pytest.mark.parametrize(
    "typed", ["today", "1 Feb, 2 Feb", "20 Jan - 6 Feb", "someday", "2025-01-01"]
)
async def test_a_pause_wants_one_day_to_come(services, calendars, group, typed):
    with pytest.raises(UnknownDaysError):
        await calendars.pause_until(GUILD, group.group_id, typed)


# Far ahead, and a clock that was wrong


async def test_a_calendar_that_looks_far_ahead_is_left_alone(
    services, calendars, until, caplog, clock
):
    group_id = (await every(services, 8)).group.group_id
    await until(hours=2)
    for _ in range(4):
        ahead = (await services.groups.status(CHANNEL, None)).coming
        free = next(coming for coming in ahead if not coming.is_skipped)
        await calendars.skip(GUILD, group_id, free.slot.week)
    await services.clock_repair.put_right()  # which zone tables these are, it notes once
    before, tables = await services.groups.find(CHANNEL), await everything(services.db)

    await services.clock_repair.put_right()

    assert before.next_at == datetime(2026, 10, 12, 10, tzinfo=UTC)
    assert await everything(services.db) == tables
    assert not caplog.records


async def test_what_a_wrong_clock_planned_is_reckoned_anew_for_such_a_calendar_too(
    services, until, clock
):
    await every(services, 8)
    await until(hours=2)
    right = await services.groups.find(CHANNEL)
    clock.advance(days=900)
    await services.weeks.open_due()
    clock.advance(days=-900)

    await services.clock_repair.put_right()

    assert (await services.groups.find(CHANNEL)).next_at == right.next_at


# What is picked makes way


LORA = "jump-into-llm:lora"


def picks(status):
    return {pick.week: pick.key for pick in status.picks}


async def test_what_is_picked_for_a_day_off_moves_to_a_later_week_and_back(
    services, calendars, group, until
):
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, LORA, "2026-W04")

    status, days = await calendars.take_off(GUILD, group.group_id, "19 Jan")
    moves = [(move.to, move.week, move.key) for move in status.moves]
    back = await calendars.bring_back(GUILD, group.group_id, days, moves)
    twice = await calendars.bring_back(GUILD, group.group_id, days, moves)

    assert moves == [("2026-W05", "2026-W04", LORA)]
    assert picks(status) == {"2026-W05": LORA}
    assert picks(back) == picks(twice) == {"2026-W04": LORA}
    assert [(move.week, move.to) for move in back.moves] == [("2026-W05", "2026-W04")]
    assert twice.moves == ()


async def test_what_was_picked_anew_meanwhile_stays_where_it_is(services, calendars, group):
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, LORA, "2026-W04")
    status, days = await calendars.take_off(GUILD, group.group_id, "19 Jan")
    moves = [(move.to, move.week, move.key) for move in status.moves]
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "jump-into-llm:gpt-3", "2026-W05")

    back = await calendars.bring_back(GUILD, group.group_id, days, moves)

    assert picks(back) == {"2026-W05": "jump-into-llm:gpt-3"}


async def test_only_a_year_without_a_free_week_moves_a_pick_to_an_earlier_one(
    services, calendars, group, clock
):
    last = (await services.papers.weeks(GUILD, CHANNEL))[-1]
    plan = await services.papers.plan(services.db, group)
    ahead = [slot.week for slot in takewhile(lambda s: s.week <= plan.last, ahead_of(plan))]
    for week in ahead[1:]:
        await services.papers.pick(GUILD, CHANNEL, MODERATOR, LORA, week)

    status, _ = await calendars.take_off(GUILD, group.group_id, f"{last[0].at:%Y-%m-%d}")

    assert [(move.week, move.to) for move in status.moves] == [(last[0].week, ahead[0])]


def ahead_of(plan):
    return plan.calendar.ahead(plan.now)


# What is over, and what was off, is neither posted nor missed


async def past(services, group):
    history = await services.groups.history(GUILD, group.group_id, 0)
    return [(f"{week.post.at:%d %b}", week.post.state) for week in reversed(history.weeks)]


@pytest.mark.parametrize("weeks", [0, 3])
async def test_a_paused_group_that_pauses_until_a_day_gets_nothing_before_it(
    services, calendars, group, until, weeks
):
    await services.groups.set_state(GUILD, group.group_id, "paused")
    for _ in range(1 + 7 * weeks):
        await until(days=1)

    status, _ = await calendars.pause_until(GUILD, group.group_id, "2026-02-23")
    await until(minutes=1)

    assert await past(services, group) == []
    assert named(status)[0] == "23 Feb"


async def test_an_old_card_pauses_no_stopped_group_until_a_day(services, calendars, group):
    await services.groups.set_state(GUILD, group.group_id, "stopped")

    with pytest.raises(OldCardError):
        await calendars.pause_until(GUILD, group.group_id, "26 Jan")

    assert (await services.groups.find(CHANNEL)).state == "stopped"


async def test_days_that_were_off_are_not_missed_whatever_is_changed_later(
    services, calendars, group, until, live
):
    await until(hours=2)
    await calendars.take_off(GUILD, group.group_id, "12 Jan")
    await live(1)
    await until(days=2)
    await calendars.take_off(GUILD, group.group_id, "2026-03-02")
    await live(1)

    assert await past(services, group) == [("05 Jan", "posted"), ("19 Jan", "posted")]


async def test_what_a_pause_held_is_not_missed_once_it_is_over(
    services, calendars, group, until, live
):
    await calendars.pause_until(GUILD, group.group_id, "20 Jan")
    await live(2)
    await until(days=3)
    await calendars.take_off(GUILD, group.group_id, "2026-03-02")
    await live(1)

    assert await past(services, group) == [("26 Jan", "posted")]


async def test_what_lies_behind_of_days_off_taken_back_is_not_missed(
    services, calendars, group, until, live
):
    await until(hours=2)
    _, days = await calendars.take_off(GUILD, group.group_id, "6 Jan - 30 Jan")
    await live(2)
    await calendars.bring_back(GUILD, group.group_id, days)
    await live(1)

    assert await past(services, group) == [("05 Jan", "posted"), ("26 Jan", "posted")]


async def test_no_paper_comes_late_on_a_day_off(services, calendars, group, until, postbox, clock):
    await calendars.take_off(GUILD, group.group_id, "6 Jan")
    await until(hours=20)  # after the slot I was away

    assert posts(postbox) == 0
    assert await past(services, group) == [("05 Jan", "missed")]


async def test_a_paper_that_still_waits_to_be_sent_does_not_come_on_a_day_off(
    services, calendars, group, postbox, clock
):
    await calendars.take_off(GUILD, group.group_id, "6 Jan")
    clock.advance(hours=1)
    await services.weeks.open_due()
    clock.advance(hours=20)
    await postbox.deliver()

    assert posts(postbox) == 0
    assert await past(services, group) == [("05 Jan", "missed")]


async def test_a_day_taken_off_holds_the_paper_that_still_waits_on_it(
    services, calendars, group, postbox, clock
):
    clock.advance(hours=1)
    await services.weeks.open_due()

    await calendars.take_off(GUILD, group.group_id, "today")
    await postbox.deliver()

    assert posts(postbox) == 0
    assert await past(services, group) == [("05 Jan", "skipped")]


async def test_what_is_posted_by_hand_comes_on_a_day_off(services, calendars, group, postbox):
    await calendars.take_off(GUILD, group.group_id, "today")

    await services.groups.post_now(GUILD, group.group_id)
    await postbox.deliver()

    assert posts(postbox) == 1


async def test_what_is_picked_for_a_skipped_week_moves_to_the_next(services, calendars, group):
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, LORA, "2026-W03")

    status = await calendars.skip(GUILD, group.group_id, "2026-W03")

    assert [(each.week, each.to, each.key) for each in status.moves] == [
        ("2026-W03", "2026-W04", LORA)
    ]
    assert [coming.pick.key for coming in status.coming if coming.slot.week == "2026-W04"] == [LORA]


async def test_undo_of_a_skip_moves_what_was_picked_back(services, calendars, group):
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, LORA, "2026-W03")
    status = await calendars.skip(GUILD, group.group_id, "2026-W03")
    moves = [(move.to, move.week, move.key) for move in status.moves]

    back = await calendars.bring_back(GUILD, group.group_id, [], moves, "2026-W03")

    assert not any(coming.is_skipped for coming in back.coming)
    assert picks(back) == {"2026-W03": LORA}


async def test_a_leaders_choice_keeps_no_pick_from_moving_back(services, calendars, group):
    await services.groups.join(GUILD, group.group_id, 71)
    led = await services.leading.lead(GUILD, group.group_id, 71, "2026-W04")
    await services.leading.choose(GUILD, group.group_id, 71, "2026-W04", led.offered[1].key)
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, LORA, "2026-W04")

    status, days = await calendars.take_off(GUILD, group.group_id, "19 Jan")
    moves = [(move.to, move.week, move.key) for move in status.moves]
    back = await calendars.bring_back(GUILD, group.group_id, days, moves)

    (week,) = [each for each in back.coming if each.slot.week == "2026-W04"]
    assert (week.pick.key, week.pick.why) == (LORA, "picked_by_moderator")


async def test_undo_finds_room_for_all_that_was_picked_meanwhile(services, calendars, group):
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, LORA, "2026-W04")
    status, days = await calendars.take_off(GUILD, group.group_id, "19 Jan")
    moves = [(move.to, move.week, move.key) for move in status.moves]
    await calendars.skip(GUILD, group.group_id, "2026-W03")
    other = status.coming[0].pick.key
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, other, "2026-W03")

    back = await calendars.bring_back(GUILD, group.group_id, days, moves)

    assert picks(back)["2026-W04"] == LORA
    assert sorted(picks(back).values()) == sorted([LORA, other])
