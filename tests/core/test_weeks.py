from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.weeks import (
    AFTER_THE_FIRST,
    DUE_WITHIN,
    LATE_WITHIN,
    Calendar,
    Meeting,
    Meets,
    Schedule,
    Slot,
    Week,
    judge,
    running_week,
    slot_of_week,
    week_at_home,
    weeks_from,
)
from tests.papers import calendar

ZONES = (
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/Santiago",
    "America/New_York",
    "Europe/London",
    "Asia/Seoul",
    "Africa/Cairo",
    "America/Nuuk",
    "America/St_Johns",
    "Africa/Algiers",
)
MONDAY_NINE = Schedule(0, 9, 0, "Asia/Seoul")
TEN_YEARS = 522

schedules = st.builds(
    Schedule, st.integers(0, 6), st.integers(0, 23), st.integers(0, 59), st.sampled_from(ZONES)
)
instants = st.integers(7 * 86_400, 70 * 365 * 86_400).map(
    lambda at: datetime.fromtimestamp(at, UTC)
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def slots_from(schedule, after, count, served=()) -> list[Slot]:
    return list(islice(calendar(schedule, served).ahead(after), count))


def next_slot(schedule, after, served=()) -> Slot:
    return calendar(schedule, served).next(after)


def due_slots(schedule, since, now, served=()) -> list[tuple[Slot, str]]:
    return calendar(schedule, served).due(since, now)


def begun(schedule, first_at) -> Calendar:
    week = running_week(schedule.zone, first_at)
    return Calendar(schedule, [Week(0, 1, week, first_at, "posted")])


def wall(slot: Slot, zone: str) -> str:
    return slot.at.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M")


def scheduled(schedule: Schedule, week: str) -> datetime:
    day = date.fromisocalendar(int(week[:4]), int(week[-2:]), schedule.weekday + 1)
    return datetime.combine(day, time(schedule.hour, schedule.minute))


def exists(local: datetime, zone: str) -> bool:
    there = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return there.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


def assert_ten_years_are_right(schedule: Schedule, after: datetime) -> None:
    slots = slots_from(schedule, after, TEN_YEARS)

    assert [slot.week for slot in slots] == weeks_from(slots[0].week, TEN_YEARS)
    assert all(a.at < b.at for a, b in pairwise(slots))
    assert slots[0].at > after
    for slot in slots:
        local = slot.at.astimezone(ZoneInfo(schedule.zone))
        meant = scheduled(schedule, slot.week)
        moved = local.replace(tzinfo=None) - meant
        assert slot.at.tzinfo is UTC
        assert slot.at.microsecond == 0
        assert local.fold == 0
        if exists(meant, schedule.zone):
            assert moved == timedelta()
        else:
            assert timedelta() < moved <= timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
def test_ten_years_have_one_slot_a_local_week_at_the_right_wall_time(zone):
    for weekday in range(7):
        for hour, minute in [(0, 0), (2, 30), (9, 0), (23, 59)]:
            assert_ten_years_are_right(Schedule(weekday, hour, minute, zone), utc(2009, 12, 20))


@given(schedules, instants)
def test_any_ten_years_have_one_slot_a_local_week_at_the_right_wall_time(schedule, after):
    assert_ten_years_are_right(schedule, after)


@given(schedules, instants)
def test_a_slot_that_is_now_is_not_the_next(schedule, instant):
    slot = next_slot(schedule, instant)

    following = next_slot(schedule, slot.at)

    assert slot.at > instant
    assert next_slot(schedule, slot.at - timedelta(seconds=1)) == slot
    assert weeks_from(slot.week, 2) == [slot.week, following.week]


def test_a_slot_names_its_week_and_its_instant():
    slot = slot_of_week(MONDAY_NINE, "2026-W07")

    assert slot == Slot("2026-W07", utc(2026, 2, 9, 0, 0))


def test_the_next_four_dates_keep_the_wall_time_across_a_change_of_clocks():
    schedule = Schedule(6, 9, 0, "America/New_York")

    slots = slots_from(schedule, utc(2026, 2, 23), 4)

    assert [slot.at for slot in slots] == [
        utc(2026, 3, 1, 14),
        utc(2026, 3, 8, 13),
        utc(2026, 3, 15, 13),
        utc(2026, 3, 22, 13),
    ]


@pytest.mark.parametrize(
    ("schedule", "week", "expected"),
    [
        (Schedule(6, 2, 30, "America/New_York"), "2026-W10", "Sun 2026-03-08 03:30"),
        (Schedule(6, 1, 30, "Europe/London"), "2026-W13", "Sun 2026-03-29 02:30"),
        (Schedule(6, 2, 15, "Australia/Lord_Howe"), "2026-W40", "Sun 2026-10-04 02:45"),
        (Schedule(6, 0, 0, "America/Santiago"), "2026-W36", "Sun 2026-09-06 01:00"),
        (Schedule(6, 2, 30, "Africa/Casablanca"), "2026-W12", "Sun 2026-03-22 03:30"),
        (Schedule(5, 23, 30, "America/Nuuk"), "2026-W13", "Sun 2026-03-29 00:30"),
        (Schedule(4, 9, 0, "Pacific/Apia"), "2011-W52", "Sat 2011-12-31 09:00"),
    ],
)
def test_a_wall_time_in_a_gap_moves_forward_by_the_gap(schedule, week, expected):
    assert wall(slot_of_week(schedule, week), schedule.zone) == expected


@pytest.mark.parametrize(
    ("schedule", "week", "first"),
    [
        (Schedule(6, 1, 30, "America/New_York"), "2026-W44", utc(2026, 11, 1, 5, 30)),
        (Schedule(6, 1, 45, "Australia/Lord_Howe"), "2026-W14", utc(2026, 4, 4, 14, 45)),
        (Schedule(5, 23, 30, "America/Santiago"), "2026-W14", utc(2026, 4, 5, 2, 30)),
    ],
)
def test_a_wall_time_that_comes_twice_is_posted_the_first_time_only(schedule, week, first):
    slot = slot_of_week(schedule, week)

    assert slot.at == first
    assert next_slot(schedule, first).week > week


def test_the_friday_that_apia_never_had_costs_no_week_and_makes_none():
    slots = slots_from(Schedule(4, 9, 0, "Pacific/Apia"), utc(2011, 12, 18), 4)

    assert [slot.week for slot in slots] == ["2011-W51", "2011-W52", "2012-W01", "2012-W02"]
    assert [wall(slot, "Pacific/Apia")[:14] for slot in slots] == [
        "Fri 2011-12-23",
        "Sat 2011-12-31",
        "Fri 2012-01-06",
        "Fri 2012-01-13",
    ]


@pytest.mark.parametrize(
    ("zone", "week"), [("Africa/Algiers", "1971-W16"), ("Europe/Berlin", "1916-W17")]
)
def test_a_slot_moved_over_sunday_midnight_keeps_its_week_and_costs_no_other(zone, week):
    schedule = Schedule(6, 23, 30, zone)
    following = weeks_from(week, 2)[1]
    slot = slot_of_week(schedule, week)

    before, after = slot.at - timedelta(seconds=1), slot.at + timedelta(seconds=1)
    assert wall(slot, zone)[:3] == "Mon"
    assert running_week(zone, slot.at) == following
    assert next_slot(schedule, before) == slot
    assert next_slot(schedule, after) == slot_of_week(schedule, following)
    assert due_slots(schedule, before, after) == [(slot, "due")]
    assert due_slots(schedule, slot.at, after) == [(slot, "due")]


@pytest.mark.parametrize(
    ("zone", "now", "week"),
    [
        ("Asia/Seoul", utc(2026, 1, 4, 14, 59), "2026-W01"),
        ("Asia/Seoul", utc(2026, 1, 4, 15, 0), "2026-W02"),
        ("America/New_York", utc(2026, 1, 4, 15, 0), "2026-W01"),
        ("Europe/London", utc(2027, 1, 3, 12, 0), "2026-W53"),
        ("Europe/London", utc(2024, 12, 30, 12, 0), "2025-W01"),
    ],
)
def test_the_running_week_is_the_zones_own(zone, now, week):
    assert running_week(zone, now) == week


def test_weeks_run_on_over_the_end_of_a_long_year():
    assert weeks_from("2026-W52", 3) == ["2026-W52", "2026-W53", "2027-W01"]


def test_a_week_that_its_year_does_not_have_is_refused():
    with pytest.raises(ValueError, match="53"):
        slot_of_week(MONDAY_NINE, "2025-W53")


SLOT = slot_of_week(MONDAY_NINE, "2026-W07")


@pytest.mark.parametrize(
    ("lateness", "verdict"),
    [
        (timedelta(seconds=-1), "early"),
        (timedelta(), "due"),
        (DUE_WITHIN, "due"),
        (DUE_WITHIN + timedelta(seconds=1), "late"),
        (LATE_WITHIN - timedelta(seconds=1), "late"),
        (LATE_WITHIN, "missed"),
    ],
)
def test_lateness_is_judged_by_named_limits(lateness, verdict):
    assert judge(SLOT, SLOT.at + lateness) == verdict


def verdicts(due: list[tuple[Slot, str]]) -> list[tuple[str, str]]:
    return [(slot.week, verdict) for slot, verdict in due]


def test_nothing_is_recorded_before_the_slot():
    assert due_slots(MONDAY_NINE, SLOT.at - timedelta(days=3), SLOT.at - timedelta(seconds=1)) == []


def test_after_downtime_the_older_are_missed_and_only_the_newest_is_posted():
    now = SLOT.at + timedelta(hours=5)

    due = due_slots(MONDAY_NINE, SLOT.at - timedelta(weeks=2), now)

    assert verdicts(due) == [("2026-W05", "missed"), ("2026-W06", "missed"), ("2026-W07", "late")]


def test_after_downtime_of_more_than_a_day_all_are_missed():
    due = due_slots(MONDAY_NINE, SLOT.at - timedelta(days=8), SLOT.at + timedelta(days=2))

    assert verdicts(due) == [("2026-W06", "missed"), ("2026-W07", "missed")]


def test_a_skipped_week_is_not_made_up():
    assert due_slots(MONDAY_NINE, SLOT.at, SLOT.at + timedelta(hours=1), {"2026-W07"}) == []


def test_slots_of_a_pause_are_neither_posted_nor_missed():
    resumed = SLOT.at + timedelta(hours=2)

    assert due_slots(MONDAY_NINE, resumed, resumed + timedelta(hours=1)) == []


def test_a_slot_at_the_very_end_of_a_pause_is_posted():
    assert due_slots(MONDAY_NINE, SLOT.at, SLOT.at) == [(SLOT, "due")]


def test_a_group_made_after_this_weeks_time_begins_next_week():
    made = SLOT.at + timedelta(days=2)

    assert due_slots(MONDAY_NINE, made, made) == []
    assert next_slot(MONDAY_NINE, made).week == "2026-W08"


def test_a_group_served_on_monday_and_moved_to_friday_waits_for_next_friday():
    friday = Schedule(4, 9, 0, "Asia/Seoul")
    moved = SLOT.at + timedelta(days=2)

    assert due_slots(friday, moved, SLOT.at + timedelta(days=5), {"2026-W07"}) == []
    assert next_slot(friday, moved, {"2026-W07"}).week == "2026-W08"


def test_a_group_moved_to_another_day_before_its_slot_is_served_once_that_week():
    wednesday = Schedule(2, 9, 0, "Asia/Seoul")
    moved = SLOT.at - timedelta(hours=1)

    due = due_slots(wednesday, moved, SLOT.at + timedelta(days=2))

    assert verdicts(due) == [("2026-W07", "due")]


def test_a_group_moved_to_a_zone_far_behind_is_not_served_again_in_that_week():
    los_angeles = Schedule(0, 9, 0, "America/Los_Angeles")

    due = due_slots(los_angeles, SLOT.at, SLOT.at + timedelta(days=3), {"2026-W07"})

    assert due == []
    assert next_slot(los_angeles, SLOT.at, {"2026-W07"}).week == "2026-W08"


@given(schedules, schedules, instants)
def test_after_its_first_paper_a_group_has_four_days_whatever_its_calendar_becomes(
    then, now, first_at
):
    week = running_week(then.zone, first_at)

    second = Calendar(now, [Week(0, 1, week, first_at, "posted")]).next(first_at)

    ahead = [slot for slot in slots_from(now, first_at, 4) if slot.week != week]
    assert second == next(s for s in ahead if s.at - first_at >= AFTER_THE_FIRST)


def test_what_follows_the_first_paper_too_soon_is_counted_in_real_hours():
    sunday_night = Schedule(6, 23, 0, "Europe/Berlin")  # the clocks went back that morning
    second = slot_of_week(sunday_night, "2026-W43").at

    a_second_later = second - timedelta(days=4) + timedelta(seconds=1)
    assert begun(sunday_night, second - timedelta(days=4)).too_soon() == set()
    assert begun(sunday_night, a_second_later).too_soon() == {"2026-W43"}


def test_post_now_uses_up_the_running_weeks_slot():
    friday = Schedule(4, 9, 0, "Asia/Seoul")
    wednesday = SLOT.at + timedelta(days=2)
    week = running_week("Asia/Seoul", wednesday)

    assert due_slots(friday, wednesday, SLOT.at + timedelta(days=4), {week}) == []
    assert slots_from(friday, wednesday, 2, {week})[0].week == "2026-W08"


def test_a_clock_set_back_an_hour_serves_no_week_twice():
    set_back = SLOT.at - timedelta(hours=1)

    assert due_slots(MONDAY_NINE, SLOT.at, set_back, {"2026-W07"}) == []
    assert due_slots(MONDAY_NINE, set_back, SLOT.at, {"2026-W07"}) == []


def test_a_clock_set_forward_a_week_and_back_serves_no_week_twice():
    start = SLOT.at - timedelta(hours=1)
    ahead = due_slots(MONDAY_NINE, start, SLOT.at + timedelta(weeks=1))
    served = {slot.week for slot, _ in ahead}

    assert verdicts(ahead) == [("2026-W07", "missed"), ("2026-W08", "due")]
    assert due_slots(MONDAY_NINE, start, SLOT.at, served) == []
    assert due_slots(MONDAY_NINE, start, SLOT.at + timedelta(weeks=1), served) == []


@st.composite
def wandering_clocks(draw):
    steps = draw(st.lists(st.integers(-7 * 24, 21 * 24), min_size=1, max_size=20))
    return [timedelta(hours=step) for step in steps]


@given(schedules, instants, wandering_clocks())
def test_no_walk_of_the_clock_serves_a_week_twice_or_posts_two_at_once(schedule, start, steps):
    now, served = start, set()
    for step in steps:
        now += step

        due = due_slots(schedule, start, now, served)

        weeks = [slot.week for slot, _ in due]
        assert not served & set(weeks)
        assert weeks == sorted(set(weeks))
        assert all(verdict == "missed" for _, verdict in due[:-1])
        assert all(start <= slot.at <= now for slot, _ in due)
        served.update(weeks)


@pytest.mark.parametrize(
    ("own", "real", "taken", "home"),
    [
        ("2027-W06", "2026-W03", set(), "2026-W03"),
        ("2027-W06", "2026-W01", set(), "2026-W01"),
        ("2026-W04", "2026-W03", {"2026-W03"}, "2026-W04"),
        ("2026-W05", "2026-W03", {"2026-W03"}, "2026-W02"),
        ("2026-W04", "2026-W03", {"2026-W03", "2026-W04"}, "2026-W02"),
        ("2027-W06", "2026-W03", {"2026-W03", "2026-W02", "2026-W01"}, "2025-W52"),
    ],
)
def test_what_was_posted_by_a_clock_ahead_takes_no_week_to_come_but_the_next(
    own, real, taken, home
):
    assert week_at_home(own, real, "2026-W03", taken) == home


# Meetings

PAPER_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("meets", "zone", "at"),
    [
        (Meets(3, 20, 0), "UTC", datetime(2026, 1, 8, 20, 0, tzinfo=UTC)),
        (Meets(1, 9, 0), "UTC", datetime(2026, 1, 6, 9, 0, tzinfo=UTC)),  # just a day after
        (Meets(1, 8, 59), "UTC", datetime(2026, 1, 13, 8, 59, tzinfo=UTC)),
        (Meets(0, 9, 0), "UTC", datetime(2026, 1, 12, 9, 0, tzinfo=UTC)),
        (Meets(3, 20, 0), "Asia/Seoul", datetime(2026, 1, 8, 11, 0, tzinfo=UTC)),
    ],
)
def test_a_meeting_is_the_first_such_time_at_least_a_day_after_the_slot(meets, zone, at):
    assert meets.first_after(PAPER_AT, zone) == at


def test_a_meeting_in_a_gap_moves_forward_by_the_gap():
    slot = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)

    at = Meets(6, 2, 30).first_after(slot, "Europe/Berlin")

    assert at.astimezone(ZoneInfo("Europe/Berlin")).isoformat() == "2026-03-29T03:30:00+02:00"


@given(
    st.integers(1_322_700_000, 2_082_700_000).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.integers(0, 6), st.integers(0, 23), st.integers(0, 59),
    st.sampled_from(["UTC", "Pacific/Apia", "Asia/Seoul", "America/New_York", "Africa/Casablanca"]),
)  # fmt: skip
def test_whatever_the_zone_a_meeting_shows_its_time_and_none_before_it_would_do(
    slot_at, weekday, hour, minute, zone
):
    meets = Meets(weekday, hour, minute)

    at = meets.first_after(slot_at, zone)

    days = (slot_at.date() + timedelta(days=n) for n in range(12))
    walls = (datetime.combine(d, time(hour, minute), ZoneInfo(zone)) for d in days)
    times = {wall.astimezone(UTC) for wall in walls if wall.weekday() == weekday}
    a_day_after = (slot_at.astimezone(ZoneInfo(zone)) + timedelta(days=1)).astimezone(UTC)
    assert at == min(each for each in times if each >= a_day_after)
    assert timedelta(hours=23) <= at - slot_at <= timedelta(days=9)


@pytest.mark.parametrize("week", ["2026-W09", "2026-W10", "2026-W11", "2026-W43", "2026-W44"])
def test_a_day_after_is_one_on_the_groups_clock_be_it_of_23_hours(week):
    slot = slot_of_week(Schedule(5, 10, 0, "America/New_York"), week)

    at = Meets(6, 10, 0).first_after(slot.at, "America/New_York")

    assert timedelta(hours=23) <= at - slot.at <= timedelta(hours=25)


@given(st.integers(0, 2**33), st.integers(5, 720), st.one_of(st.none(), st.integers(1, 2**63 - 1)))
def test_a_meeting_is_read_as_it_is_held(seconds, minutes, channel_id):
    meeting = Meeting(datetime.fromtimestamp(seconds, UTC), minutes, channel_id)

    assert Meeting.read(str(meeting)) == meeting
    assert Meeting.read("") is Meeting.read(None) is None
