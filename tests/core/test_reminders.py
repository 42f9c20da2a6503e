from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.progress import Mark
from bot.core.reminders import ALWAYS, GAPS, SENT_WITHIN, Pace, is_open, next_day, paper_window

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
SATURDAY = date(2026, 1, 10)
AT_TEN = datetime(2026, 1, 10, 10, 0, tzinfo=UTC)
NEXT_SLOT = datetime(2026, 1, 12, 10, 0, tzinfo=UTC)
WINDOW = paper_window(NEXT_SLOT)
AT_SEVEN = datetime(2026, 1, 10, 19, 0, tzinfo=UTC)
ZONES = ("UTC", "Asia/Seoul", "America/New_York", "Pacific/Apia", "Europe/Berlin")

PACE = Pace("UTC")


# How often


def test_after_an_answered_reminder_the_next_may_come_the_day_after():
    assert next_day(SATURDAY, 0) == SATURDAY + A_DAY


@pytest.mark.parametrize(("ignored", "weeks"), [(1, 1), (2, 2), (3, 4)])
def test_each_ignored_reminder_puts_the_next_one_off_further(ignored, weeks):
    assert next_day(SATURDAY, ignored) == SATURDAY + timedelta(weeks=weeks)


def test_after_four_ignored_ones_none_comes():
    assert next_day(SATURDAY, 4) is None
    assert next_day(SATURDAY, 400) is None


def test_the_first_one_may_come_on_any_day():
    assert next_day(None, 0) == date.min


def test_a_mark_begins_anew():
    ignored = replace(PACE, reminded_at=AT_SEVEN, ignored=4)
    marked = replace(ignored, marked_at=AT_SEVEN + AN_HOUR)

    assert not ignored.may_come(AT_SEVEN + 400 * A_DAY)
    assert marked.ignored_by_now == 0
    assert not marked.may_come(AT_SEVEN + 2 * AN_HOUR)
    assert marked.may_come(AT_SEVEN + A_DAY)


def test_what_may_have_been_sent_counts_as_sent():
    pace = replace(PACE, reminded_at=AT_SEVEN - 8 * A_DAY, ignored=1, perhaps_at=AT_SEVEN)

    assert replace(pace, perhaps_at=None).may_come(AT_SEVEN)
    assert not pace.may_come(AT_SEVEN + 13 * A_DAY)
    assert pace.may_come(AT_SEVEN + 14 * A_DAY)


def test_later_is_for_its_day_whatever_came_before_but_never_a_second_on_one_day():
    later = replace(PACE, reminded_at=AT_SEVEN, ignored=3, again_at=AT_SEVEN + A_DAY)
    travelled = replace(later, zone="Pacific/Honolulu", again_at=AT_SEVEN + 2 * AN_HOUR)

    assert not later.may_come(AT_SEVEN + AN_HOUR)
    assert later.may_come(AT_SEVEN + A_DAY)
    assert later.wants_again(AT_SEVEN + A_DAY)
    assert not travelled.may_come(AT_SEVEN + 2 * AN_HOUR)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["wait", "wait", "mark", "later", "hour", "zone"]),
            st.integers(0, 23),
            st.integers(1, 40),
        ),
        max_size=60,
    )
)
def test_whatever_a_reader_does_there_is_one_a_day_and_then_silence(steps):
    """By their calendar at the time; in a row, without a mark, never more than four."""
    pace, now, in_a_row = replace(PACE, nudged=True), AT_TEN, 0
    days: list[date] = []
    for what, hour, number in steps:
        if what == "mark":
            pace, in_a_row = replace(pace, marked_at=now), 0
        elif what == "later":
            at = pace.hour_on(pace.day_of(now) + A_DAY)
            pace, in_a_row = replace(pace, again_at=at, ignored=0), 0
        elif what == "hour":
            pace = replace(pace, remind_hour=hour)
        elif what == "zone":
            pace = replace(pace, zone=ZONES[number % len(ZONES)])
        else:
            until = now + number * 7 * AN_HOUR
            while (at := pace.next_hour([], now, now)) is not None and at <= until:
                now = at
                assert pace.may_come(now)
                last = pace.reminded_at
                assert last is None or pace.day_of(last) < pace.day_of(now)
                if in_a_row:
                    assert pace.day_of(now) - pace.day_of(last) >= timedelta(days=GAPS[in_a_row])
                in_a_row += 1
                assert in_a_row <= 4
                assert pace.hour_on(pace.day_of(now)) == now
                ignored = pace.ignored_by_now + 1
                pace = replace(pace, reminded_at=now, ignored=ignored, again_at=None)
                days.append(pace.day_of(now))
                now += timedelta(seconds=1)
            now = max(now, until)


# At which hour


def test_the_hour_is_seven_in_the_evening_unless_said():
    assert PACE.next_hour([WINDOW], AT_TEN, AT_TEN) == AT_SEVEN
    said = replace(PACE, remind_hour=8)
    assert said.next_hour([WINDOW], AT_TEN, AT_TEN) == AT_SEVEN.replace(day=11, hour=8)


def test_the_hour_is_that_of_the_readers_own_clock():
    seoul = replace(PACE, zone="Asia/Seoul")

    assert seoul.next_hour([WINDOW], AT_TEN, AT_TEN) == AT_TEN
    assert seoul.day_of(AT_SEVEN) == date(2026, 1, 11)


def test_an_hour_that_clocks_leave_out_is_the_moment_they_go_on():
    berlin = replace(PACE, zone="Europe/Berlin", remind_hour=2)

    assert berlin.hour_on(date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_what_was_due_while_nobody_looked_still_comes_for_some_hours():
    looked_at = AT_SEVEN + SENT_WITHIN - timedelta(seconds=1)

    assert PACE.next_hour([WINDOW], looked_at, AT_SEVEN) == AT_SEVEN
    too_late = PACE.next_hour([WINDOW], AT_SEVEN + SENT_WITHIN, AT_SEVEN)
    assert too_late == AT_SEVEN + A_DAY


def test_who_asks_after_their_hour_is_not_reminded_on_the_same_day():
    asked_at = AT_SEVEN + AN_HOUR

    assert PACE.next_hour([WINDOW], asked_at, asked_at) == AT_SEVEN + A_DAY


def test_a_reminder_ends_with_the_readers_day():
    late = replace(PACE, remind_hour=23)

    assert PACE.until(AT_SEVEN) == AT_SEVEN + SENT_WITHIN
    assert late.until(late.hour_on(SATURDAY)) == datetime(2026, 1, 11, tzinfo=UTC)


def test_a_paper_is_told_of_in_the_two_days_before_the_next_one():
    assert WINDOW == (NEXT_SLOT - 2 * A_DAY, NEXT_SLOT)
    assert PACE.next_hour([WINDOW], AT_TEN - 3 * A_DAY, AT_TEN - 3 * A_DAY) == AT_SEVEN
    last = AT_SEVEN + A_DAY + AN_HOUR
    assert PACE.next_hour([WINDOW], last, last) is None


def test_the_first_of_several_reasons_counts():
    later = NEXT_SLOT + 3 * A_DAY, NEXT_SLOT + 5 * A_DAY

    assert PACE.next_hour([later, WINDOW], AT_TEN, AT_TEN) == AT_SEVEN


def test_a_week_without_reading_counts_from_the_last_mark_or_from_when_it_was_asked_for():
    idle = replace(PACE, nudged=True, nudged_at=AT_TEN, marked_at=AT_TEN - 30 * A_DAY)
    reads = replace(idle, marked_at=AT_TEN + 3 * A_DAY)

    assert idle.next_hour([], AT_TEN, AT_TEN) == AT_SEVEN + 7 * A_DAY
    assert reads.next_hour([], AT_TEN, AT_TEN) == AT_SEVEN + 10 * A_DAY
    assert idle.is_idle(AT_TEN + 7 * A_DAY)
    assert not reads.is_idle(AT_TEN + 7 * A_DAY)
    assert not replace(idle, nudged=False).is_idle(AT_TEN + 700 * A_DAY)


def test_who_wants_nothing_is_reminded_of_nothing():
    assert PACE.next_hour([], AT_TEN, AT_TEN) is None
    assert replace(PACE, again_at=AT_TEN).next_hour([], AT_TEN, AT_TEN) is None


@given(
    st.sampled_from(ZONES),
    st.integers(0, 23),
    st.integers(1_324_000_000, 1_893_456_000).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.timedeltas(timedelta(), timedelta(days=9)),
)
def test_the_next_hour_is_never_before_it_is_due_nor_too_late(zone, hour, now, ago):
    pace = Pace(zone, hour)

    at = pace.next_hour([ALWAYS], now, now - ago)

    assert at >= now - ago
    assert now < pace.until(at) <= at + SENT_WITHIN
    assert at <= now + timedelta(days=2)


# Of which papers


def test_an_unread_paper_is_told_of_within_its_window_alone():
    assert is_open(None, WINDOW, NEXT_SLOT - 2 * A_DAY)
    assert is_open(Mark("later", AT_TEN, until=NEXT_SLOT), WINDOW, AT_SEVEN)
    assert not is_open(None, WINDOW, NEXT_SLOT - 2 * A_DAY - AN_HOUR)
    assert not is_open(None, WINDOW, NEXT_SLOT)
    assert is_open(None, ALWAYS, NEXT_SLOT)


@pytest.mark.parametrize("state", ["done", "known", "skipped"])
def test_what_a_reader_settled_is_not_told_of(state):
    assert not is_open(Mark(state, AT_TEN), WINDOW, AT_SEVEN)


def test_a_paper_with_weeks_to_come_is_not_told_of():
    assert not is_open(None, WINDOW, AT_SEVEN, goes_on=True)
