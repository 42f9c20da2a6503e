from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.groups import (
    BETWEEN_LOOKS,
    CHECKED_EVERY,
    CHECKS_SPREAD_OVER,
    FEWEST_CHECKED,
    TRY_AGAIN,
    Group,
    as_if_checked,
    as_wished,
    due_before,
    had_counts,
    in_one_look,
    next_look,
)
from bot.core.weeks import Schedule

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
MONDAY_AT_NINE = Schedule(0, 9, 0, "UTC")
FRIDAY_AT_TEN = Schedule(4, 10, 0, "Asia/Seoul")


def group(schedule, role_id):
    return Group(1, 2, 3, "active", schedule, role_id, NOW, NOW)


SEEN = group(MONDAY_AT_NINE, 7)


@pytest.mark.parametrize(
    ("wished", "role_id", "schedule", "role"),
    [
        (MONDAY_AT_NINE, 7, FRIDAY_AT_TEN, 8),
        (MONDAY_AT_NINE, None, FRIDAY_AT_TEN, None),
        (MONDAY_AT_NINE, 9, FRIDAY_AT_TEN, 9),
        (Schedule(2, 9, 0, "UTC"), 7, Schedule(2, 10, 0, "Asia/Seoul"), 8),
        (Schedule(0, 9, 30, "UTC"), 7, Schedule(4, 9, 30, "Asia/Seoul"), 8),
        (Schedule(0, 9, 0, "Europe/Berlin"), 7, Schedule(4, 10, 0, "Europe/Berlin"), 8),
    ],
)
def test_a_change_leaves_alone_what_it_does_not_name(wished, role_id, schedule, role):
    assert as_wished(group(FRIDAY_AT_TEN, 8), SEEN, wished, role_id) == (schedule, role)


def test_a_new_group_is_as_it_was_wished():
    assert as_wished(None, None, MONDAY_AT_NINE, None) == (MONDAY_AT_NINE, None)


def test_a_group_that_was_just_made_keeps_its_role_unless_another_is_named():
    made = group(FRIDAY_AT_TEN, 8)

    assert as_wished(made, None, MONDAY_AT_NINE, None) == (MONDAY_AT_NINE, 8)
    assert as_wished(made, None, MONDAY_AT_NINE, 9) == (MONDAY_AT_NINE, 9)


AGES = st.timedeltas(timedelta(), timedelta(days=1000))


def test_somebody_is_due_a_week_after_the_last_check():
    assert due_before(NOW) == NOW - timedelta(days=7)


def test_what_came_to_nothing_is_due_again_in_some_hours():
    again = as_if_checked(NOW)

    assert again > due_before(NOW)
    assert again <= due_before(NOW + TRY_AGAIN)


def test_without_members_nobody_looks():
    assert next_look(None, NOW + BETWEEN_LOOKS) is None


@pytest.mark.parametrize(
    ("due", "looked_at"),
    [(0, 0), (7, 7), (600, 10), (601, 11), (60_000, 1_000), (81_000, 1_350), (10_000_000, 1_350)],
)
def test_the_more_are_due_the_more_are_looked_at_in_a_minute(due, looked_at):
    assert in_one_look(due, rate=45) == looked_at


@pytest.mark.parametrize("members", [100_801, 1_000_000, 13_000_000])
def test_so_many_members_are_each_checked_within_hours_of_their_week(members):
    a_week, due, longest = 7 * 24 * 60, 0, 0
    for minute in range(2 * a_week):  # evenly spread over their week, as they joined
        due += (minute + 1) * members // a_week - minute * members // a_week
        due -= in_one_look(due, rate=45)
        longest = max(longest, due)

    assert longest < 2 * 60 * members // a_week + FEWEST_CHECKED * CHECKS_SPREAD_OVER


@given(AGES)
def test_the_next_look_is_neither_late_nor_sooner_than_a_minute(age):
    look = next_look(NOW - age, NOW + BETWEEN_LOOKS)

    assert look >= NOW + BETWEEN_LOOKS
    assert look == NOW + BETWEEN_LOOKS or look == NOW - age + CHECKED_EVERY


@given(AGES)
def test_whoever_is_looked_for_next_is_due_then(age):
    look = next_look(NOW - age, NOW + BETWEEN_LOOKS)

    assert NOW - age <= due_before(look)


@pytest.mark.parametrize(
    ("came", "members", "counts"), [(2, 3, True), (2, 4, False), (1, 3, False), (0, 0, False)]
)
def test_what_a_group_had_counts_for_the_other_if_most_were_in_it(came, members, counts):
    assert had_counts(came, members) is counts
