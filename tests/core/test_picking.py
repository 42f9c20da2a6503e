from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.picking import PICKED, Chosen, by_week, week_typed
from bot.core.weekly import week_of


@given(st.dates(min_value=date(1, 1, 1)))
def test_a_day_and_its_week_mean_the_same(day):
    week = week_of(day)

    assert week_typed(day.isoformat()) == week
    assert week_typed(f" {week.lower()} ") == week


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-13-01", "2026-02-30", "2026-W54", "2026-W00", "12.1.", "٢٠٢٦-W03"]
)
def test_what_is_no_day_means_no_week(typed):
    assert week_typed(typed) is None


def test_the_week_at_a_years_end_is_that_of_its_thursday():
    assert week_typed("2027-01-01") == "2026-W53"


def test_picks_and_winners_are_told_apart():
    chosen = [Chosen(1, "2026-W03", "a", PICKED), Chosen(1, "2026-W03", "b", "vote_winner")]

    assert by_week(chosen) == ({"2026-W03": "a"}, {"2026-W03": "b"})
