from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.member_checks import (
    BETWEEN_LOOKS,
    CHECKED_EVERY,
    TRY_AGAIN,
    as_if_checked,
    due_before,
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


@given(AGES)
def test_the_next_look_is_neither_late_nor_sooner_than_a_minute(age):
    look = next_look(NOW - age, NOW)

    assert look >= NOW + BETWEEN_LOOKS
    assert look == NOW + BETWEEN_LOOKS or look == NOW - age + CHECKED_EVERY


@given(AGES)
def test_whoever_is_looked_for_next_is_due_then(age):
    look = next_look(NOW - age, NOW)

    assert NOW - age <= due_before(look)
