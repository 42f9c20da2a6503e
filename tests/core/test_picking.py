from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.core.picking import PICKED, Chosen, by_week, weeks_meant
from bot.core.weekly import week_of

TODAY = date(2026, 1, 7)


@given(st.dates(min_value=date(1, 1, 4), max_value=date(9999, 12, 20)))
def test_a_day_and_its_week_mean_the_same(day):
    week = week_of(day)

    assert list(weeks_meant(day.isoformat(), TODAY, "UTC")) == [week]
    assert list(weeks_meant(f" {week.lower()} ", TODAY, "UTC")) == [week]


def test_the_week_at_a_years_end_is_that_of_its_thursday():
    assert list(weeks_meant("2027-01-01", TODAY, "UTC")) == ["2026-W53"]


def test_a_text_of_two_days_is_two_weeks_each_with_its_day():
    meant = weeks_meant("01/02/2026", TODAY, "UTC")

    assert meant == {"2026-W01": date(2026, 1, 2), "2026-W05": date(2026, 2, 1)}
    assert weeks_meant("soon", TODAY, "UTC") == {}


def test_picks_and_winners_are_told_apart():
    chosen = [Chosen(1, "2026-W03", "a", PICKED), Chosen(1, "2026-W03", "b", "vote_winner")]

    assert by_week(chosen) == ({"2026-W03": "a"}, {"2026-W03": "b"})
