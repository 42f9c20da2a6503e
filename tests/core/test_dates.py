from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates import dates_meant

TODAY = date(2026, 1, 7)  # a Wednesday
TWELFTH = date(2026, 1, 12)


def meant(typed, zone="Asia/Seoul"):
    return dates_meant(typed, TODAY, zone)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-01-12",
        "2026.01.12",
        "2026/01/12",
        "2026. 1. 12.",
        "2026. 1. 12. (월)",
        "20260112",
        "2026–01–12",
        "２０２６－０１－１２",
        "2026-01-12T09:00",
        "2026-01-12 09:00",
        "2026-W03",
        "2026년 1월 12일",
        "2026년 1월 12일 월요일",
        "1월 12일",
        "2026年1月12日",
        "2026年1月12日(月)",
        "12 Jan 2026",
        "Jan 12, 2026",
        "12-Jan-2026",
        "January 12th",
        "12th of January 2026",
        "Mon 12 Jan 2026",
        "Mon 12 Jan 2026 · BERT",
        "Monday, January 12, 2026",
        "2026 Jan 12",
        "12. Januar 2026",
        "Montag, 12. Januar",
        "12 janvier 2026",
        "12 de enero de 2026",
        "12 января 2026",
        "monday",
        "Mon",
        "월요일",
    ],
)
def test_a_day_is_understood_as_people_type_it(typed):
    assert meant(typed) == [TWELFTH]


def test_discords_own_time_is_a_day_of_the_zone():
    assert meant("<t:1768147200:D>", "Asia/Seoul") == [TWELFTH]
    assert meant("<t:1768147200>", "America/New_York") == [date(2026, 1, 11)]


def test_days_by_their_distance_count_from_today():
    assert meant("today") == meant("오늘") == meant("this week") == [TODAY]
    assert meant("tomorrow") == meant("내일") == [date(2026, 1, 8)]
    assert meant("next week") == meant("다음 주") == [date(2026, 1, 14)]


def test_what_may_be_two_days_is_both():
    assert meant("01/02/2026") == meant("2.1.2026") == [date(2026, 1, 2), date(2026, 2, 1)]
    assert meant("1/12") == meant("12.1.") == [TWELFTH, date(2026, 12, 1)]
    assert meant("13/01/2026") == meant("1/13/2026") == [date(2026, 1, 13)]
    assert meant("1/1/2026") == [date(2026, 1, 1)]


def test_a_day_without_a_year_is_the_next_one_or_one_of_last_week():
    assert meant("Jan 5") == [date(2026, 1, 5)]
    assert meant("Dec 31") == [date(2026, 12, 31)]
    assert meant("29 Feb") == [date(2028, 2, 29)]


@pytest.mark.parametrize(
    "typed",
    [
        "1" + " " * 5000 + "x",
        *[
            "",
            "soon",
            "2026-13-01",
            "2026-02-30",
            "2/30",
            "2026-W54",
            "2026-W00",
            "0000-01-01",
            "٢٠٢٦-W03",
            "26.01.12",
            "Marsch 3",
            "9999-W60",
            "<t:999999999999>",
        ],
    ],
)
def test_what_is_no_day_is_not_guessed(typed):
    assert meant(typed) == []


@given(st.dates(min_value=date(1, 1, 1)), st.sampled_from("-./"))
def test_every_day_is_read_as_it_is_written(day, sign):
    assert meant(f"{day.year:04}{sign}{day.month}{sign}{day.day}") == [day]
    assert day in meant(f"{day.day}{sign}{day.month}{sign}{day.year:04}")
    assert day in meant(f"{day.month}{sign}{day.day}{sign}{day.year:04}")


@given(st.text(max_size=40))
def test_whatever_is_typed_is_some_days_or_none(text):
    assert len(meant(text)) <= 3
