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
    as_if_checked,
    due_before,
    in_one_look,
    next_look,
)

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
AGES = st.timedeltas(timedelta(), timedelta(days=1000))


def test_somebody_is_due_a_week_after_the_last_check():
    assert due_before(NOW) == NOW - timedelta(days=7)


def test_what_came_to_nothing_is_due_again_in_some_hours():
    again = as_if_checked(NOW)

    assert again > due_before(NOW)
    assert again <= due_before(NOW + TRY_AGAIN)


def test_without_members_nobody_looks():
    assert next_look(None, NOW) is None


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
    look = next_look(NOW - age, NOW)

    assert look >= NOW + BETWEEN_LOOKS
    assert look == NOW + BETWEEN_LOOKS or look == NOW - age + CHECKED_EVERY


@given(AGES)
def test_whoever_is_looked_for_next_is_due_then(age):
    look = next_look(NOW - age, NOW)

    assert NOW - age <= due_before(look)
