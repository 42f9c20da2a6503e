from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates import (
    dates_meant,
    day_meant,
    days_meant,
    is_no_meeting,
    lacks_length,
    meets_meant,
    minutes_meant,
    names_every,
    stamped,
    time_of_day,
)
from bot.core.groups import as_typed
from bot.core.weeks import Meets
from bot.errors import UnknownDaysError

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
        "2026\u2060년 1\u2060월 12\u2060일",
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
        "12.01.2026",
        "12. 1. 2026",
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
    assert meant("the day after tomorrow") == meant("모레") == [date(2026, 1, 9)]
    assert meant("next week") == meant("다음 주") == [date(2026, 1, 14)]


@pytest.mark.parametrize(
    "typed",
    [
        "next week Monday",
        "next week's Monday",
        "Monday next week",
        "Monday of next week",
        "mon, next week",
        "다음 주 월요일",
        "다음주 월욜",
        "다음주 월",
        "来週の月曜日",
        "Montag nächste Woche",
        "next week on Monday",
        "on Monday next week",
        "nächste Woche am Montag",
        "am Montag nächster Woche",
        "下周一",
        "来週月曜",
        "next Monday",
        "다음 월요일",
        "this Monday",
    ],
)
def test_a_day_of_next_week_is_understood(typed):
    assert meant(typed) == [TWELFTH]


def test_a_day_of_this_week_may_have_gone_by():
    assert meant("이번 주 월요일") == meant("Monday this week") == [date(2026, 1, 5)]
    assert meant("this week friday") == meant("this friday") == [date(2026, 1, 9)]


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("다음 주 월요일, 수요일", [(12, 12), (14, 14)]),
        ("next week Mon, Wed", [(12, 12), (14, 14)]),
        ("Friday and Saturday next week", [(16, 16), (17, 17)]),
        ("월요일, 다음 주 화요일", [(12, 12), (13, 13)]),
        ("next week Mon-Tue, Fri", [(12, 13), (16, 16)]),
        ("next week Monday - Friday", [(12, 16)]),
        ("다음 주 월-금", [(12, 16)]),
        ("다음 주 월요일부터 금요일까지", [(12, 16)]),
        ("Mon-Fri next week", [(12, 16)]),
    ],
)
def test_a_week_that_is_named_is_that_of_the_days_beside_it(typed, days):
    found = days_meant(typed, TODAY, "UTC")

    assert [(first.day, last.day) for first, last in found] == days


def test_a_day_that_may_be_of_the_week_named_before_it_is_not_guessed():
    with pytest.raises(UnknownDaysError) as refused:
        days_meant("Monday next week, Friday", TODAY, "UTC")

    assert refused.value.why == "several"


def test_days_of_this_week_are_not_those_of_the_next():
    with pytest.raises(UnknownDaysError) as refused:
        days_meant("this week Monday - Friday", date(2026, 1, 10), "UTC")

    assert refused.value.why == "gone"


@pytest.mark.parametrize("typed", ["next Monday", "다음 월요일", "nächsten Montag", "Monday"])
def test_on_a_monday_the_next_one_is_in_a_week(typed):
    assert day_meant(typed, date(2026, 1, 5), "UTC") == TWELFTH


@pytest.mark.parametrize("typed", ["this Monday", "이번 월요일", "Monday this week"])
def test_on_a_monday_this_one_is_today(typed):
    with pytest.raises(UnknownDaysError) as refused:
        day_meant(typed, date(2026, 1, 5), "UTC")

    assert refused.value.why == "today"


def test_next_friday_may_be_two_days():
    assert meant("next friday") == meant("다음 금요일") == [date(2026, 1, 9), date(2026, 1, 16)]


def test_what_may_be_two_days_is_both():
    assert meant("01/02/2026") == meant("2-1-2026") == [date(2026, 1, 2), date(2026, 2, 1)]
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
    month_first = meant(f"{day.month}{sign}{day.day}{sign}{day.year:04}")
    assert day in month_first or (sign == "." and day.day <= 12)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_some_days_or_none(text):
    assert len(meant(text)) <= 3


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        *((typed, (21, 0)) for typed in ("21:00", "21.00", "21h", "2100", "9pm", "9 p.m.", "9p")),
        *((typed, (21, 0)) for typed in ("２１：００", "９ｐｍ", "21:00:00", "at 9pm", "PM 9")),
        *((typed, (21, 0)) for typed in ("오후 9시", "밤 9시", "저녁 9시", "21시", "오후9시")),
        *((typed, (21, 0)) for typed in ("21時", "午後9時", "晚上9点", "21点", "夜9時")),
        *((typed, (21, 0)) for typed in ("21 Uhr", "um 21 Uhr", "9 Uhr abends", "21:00 Uhr")),
        *((typed, (21, 0)) for typed in ("à 21h", "kl. 21", "в 21:00", "2100 hours", "21:00 hrs")),
        *((typed, (9, 0)) for typed in ("9", "09:00", "9：00", "900", "9 am", "9a.m.", "오전 9시")),
        *(
            (typed, (9, 0))
            for typed in ("9시", "9 시", "아침 9시", "上午9点", "9 o'clock", "AM 9:00")
        ),
        *((typed, (9, 30)) for typed in ("9:30", "9시 반", "9시 30분", "930", "9h30", "午前9時半")),
        *(
            (typed, (21, 30))
            for typed in ("9.30pm", "21 Uhr 30", "21h30", "21時30分", "오후 9시 반")
        ),
        *((typed, (12, 0)) for typed in ("noon", "12 noon", "12pm", "정오", "낮 12시", "正午")),
        *((typed, (0, 0)) for typed in ("midnight", "12 midnight", "12am", "자정", "밤 12시")),
        ("9시 5분", (9, 5)),
        ("새벽 2시", (2, 0)),
        ("밤 2시", (2, 0)),
        ("0:30 am", (0, 30)),
    ],
)
def test_a_time_of_day_is_understood_as_people_type_it(typed, time):
    assert time_of_day(typed) == time


@pytest.mark.parametrize(
    "typed",
    [
        "1" + " " * 5000 + "x",
        *[
            "",
            "25 past",
            "noonish",
            "24:00",
            "9:60",
            "25:00",
            "99",
            "13am",
            "0pm",
            "9:5",
            "a",
            "٩",
            "<t:99999999999999>",
            "<t:999999999999:F>",
            "2026-01-12",
        ],
    ],
)
def test_what_is_no_time_is_not_guessed(typed):
    assert time_of_day(typed) is None


@pytest.mark.parametrize("style", ["", ":t", ":F", ":R"])
def test_discords_own_time_is_what_clocks_show_in_the_zone(style):
    assert time_of_day(f"<t:1768176000{style}>", "Asia/Seoul") == (9, 0)
    assert time_of_day(f" <t:1768176000{style}> ", "America/St_Johns") == (20, 30)
    assert stamped("soon", "Asia/Seoul") is None


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_minute_of_the_day_is_read_as_it_is_written(hour, minute):
    half = "am" if hour < 12 else "pm"

    for typed in (
        f"{hour}:{minute:02}",
        f"{hour:02}{minute:02}",
        f"{hour % 12 or 12}:{minute:02} {half}",
        f"{hour}시 {minute}분",
    ):
        assert time_of_day(typed) == (hour, minute)


JAN_20, JAN_27 = date(2026, 1, 20), date(2026, 1, 27)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("12 Jan", [(TWELFTH, TWELFTH)]),
        ("Jan 12, 2026", [(TWELFTH, TWELFTH)]),
        ("20 Jan - 27 Jan", [(JAN_20, JAN_27)]),
        ("20–27 Jan", [(JAN_20, JAN_27)]),
        ("Jan 20-27", [(JAN_20, JAN_27)]),
        ("20.-27. Januar", [(JAN_20, JAN_27)]),
        ("from 20 Jan to 27 Jan", [(JAN_20, JAN_27)]),
        ("vom 20. Januar bis zum 27. Januar", [(JAN_20, JAN_27)]),
        ("20 Jan until 27 Jan", [(JAN_20, JAN_27)]),
        ("1월 20일 ~ 1월 27일", [(JAN_20, JAN_27)]),
        ("1월 20일부터 1월 27일까지", [(JAN_20, JAN_27)]),
        ("2026-01-20/2026-01-27", [(JAN_20, JAN_27)]),
        ("2026-01-20 - 2026-01-27", [(JAN_20, JAN_27)]),
        ("20 Dec - 6 Jan", [(date(2026, 12, 20), date(2027, 1, 6))]),
        ("24.12. - 2.1.", [(date(2026, 12, 24), date(2027, 1, 2))]),
        ("2.1. - 20.1.", [(date(2026, 1, 2), JAN_20)]),
        ("12/24 - 1/2", [(date(2026, 12, 24), date(2027, 1, 2))]),
        ("2 Jan - 20 Jan", [(date(2026, 1, 2), JAN_20)]),
        ("28 Dec - 12 Jan", [(date(2025, 12, 28), TWELFTH)]),
        ("2026-W03", [(TWELFTH, date(2026, 1, 18))]),
        ("next week", [(TWELFTH, date(2026, 1, 18))]),
        ("today", [(TODAY, TODAY)]),
        ("20 Jan, 12 Jan", [(TWELFTH, TWELFTH), (JAN_20, JAN_20)]),
        ("12 Jan and 20 Jan", [(TWELFTH, TWELFTH), (JAN_20, JAN_20)]),
        ("12 Jan\n\n20 Jan - 27 Jan; 12 Jan", [(TWELFTH, TWELFTH), (JAN_20, JAN_27)]),
        ("12, 20 Jan", [(TWELFTH, TWELFTH), (JAN_20, JAN_20)]),
        ("12 and 20 Jan", [(TWELFTH, TWELFTH), (JAN_20, JAN_20)]),
        ("Jan 12 & 20", [(TWELFTH, TWELFTH), (JAN_20, JAN_20)]),
        ("12th, 20 and 27 Jan", [(TWELFTH, TWELFTH), (JAN_20, JAN_20), (JAN_27, JAN_27)]),
        ("12 und 20 Jan - 27 Jan", [(TWELFTH, TWELFTH), (JAN_20, JAN_27)]),
        ("Jan 20-27, 2026", [(JAN_20, JAN_27)]),
    ],
)
def test_days_off_are_understood_as_people_type_them(typed, days):
    assert days_meant(typed, TODAY, "Asia/Seoul") == days


@pytest.mark.parametrize(
    ("typed", "named", "why"),
    [
        ("soon", "soon", "none"),
        ("12 Jan, soon", "soon", "none"),
        (" ", "", "none"),
        ("27 - 20 Jan", "27 - 20 Jan", "none"),
        ("31-32 Jan", "31-32 Jan", "none"),
        ("20 Jan - soon", "20 Jan - soon", "none"),
        ("Christmas", "Christmas", "none"),
        ("12, 13", "12", "none"),
        ("12 Feb, 30", "30", "none"),
        ("3/4", "3/4", "several"),
        ("12 Jan, 3/4", "3/4", "several"),
        ("2.3. - 3.4.", "2.3. - 3.4.", "several"),
        ("5.5. - 6.7.", "5.5. - 6.7.", "several"),
        ("2025-12-01 - 2025-12-31", "2025-12-01 - 2025-12-31", "gone"),
        ("2026-01-06", "2026-01-06", "gone"),
        ("2027-03-01", "2027-03-01", "far"),
    ],
)
def test_what_names_no_days_is_named_itself(typed, named, why):
    with pytest.raises(UnknownDaysError) as refused:
        days_meant(typed, TODAY, "UTC")

    assert (refused.value.typed, refused.value.why) == (named, why)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("20 Jan", JAN_20),
        ("tomorrow", TODAY + timedelta(days=1)),
        ("next week", TWELFTH),
        ("2026-W03", TWELFTH),
        (f"{TODAY:%A}", TODAY + timedelta(days=7)),
        (f"{TODAY + timedelta(days=2):%A}", TODAY + timedelta(days=2)),
    ],
)
def test_one_day_to_come_is_understood_and_of_a_week_its_monday(typed, day):
    assert day_meant(typed, TODAY, "UTC") == day


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Soon", "no_day"),
        ("week 5", "no_day"),
        ("", "no_day"),
        ("3/4", "several"),
        ("20 Jan - 6 Feb", "span"),
        ("20 Jan, 27 Jan", "span"),
        ("today", "today"),
        ("this week", "today"),
        ("2026-01-05", "today"),
        ("2027-03-01", "far"),
    ],
)
def test_what_is_not_one_day_to_come_is_refused(typed, why):
    with pytest.raises(UnknownDaysError) as refused:
        day_meant(typed, TODAY, "UTC")

    assert (refused.value.typed, refused.value.why) == (typed, why)


@given(st.text(max_size=40))
def test_whatever_is_typed_for_days_gives_days_to_come_or_an_error(typed):
    try:
        found = days_meant(typed, TODAY, "UTC")
    except UnknownDaysError:
        return

    assert found == sorted(found)
    assert all(first <= last and last >= TODAY for first, last in found)


@pytest.mark.parametrize(
    ("typed", "meets"),
    [
        ("Thursday 20:00", Meets(3, 20, 0)),
        ("Thu 8pm", Meets(3, 20, 0)),
        ("thursdays at 20:00 for 90 minutes", Meets(3, 20, 0, 90)),
        ("Do 20:00-21:30", Meets(3, 20, 0, 90)),
        ("donnerstags um 20 Uhr, 2 Stunden", Meets(3, 20, 0, 120)),
        ("목요일 20시", Meets(3, 20, 0)),
        ("매주 목요일 저녁 8시 90분", Meets(3, 20, 0, 90)),
        ("毎週木曜日20時30分", Meets(3, 20, 30)),
        ("周四 20点", Meets(3, 20, 0)),
        ("Thursday 20:00 2h <#123>", Meets(3, 20, 0, 120, 123)),
        ("Thursday 20:00 in <#5>", Meets(3, 20, 0, channel_id=5)),
        ("20:00 on Thursdays", Meets(3, 20, 0)),
        ("every Thursday, 7-8:30pm", Meets(3, 19, 0, 90)),
        ("Thu 11:30pm to 1am", Meets(3, 23, 30, 90)),
        ("thursday at noon for half an hour", Meets(3, 12, 0, 30)),
        ("목요일 20시 1시간 반", Meets(3, 20, 0, 90)),
        ("목요일 20시 한 시간 반", Meets(3, 20, 0, 90)),
        ("Sun 9", Meets(6, 9, 0)),
        ("<t:1767900000:F> 90 min", Meets(4, 4, 20, 90)),
        ("Thursday 20:00 KST", Meets(3, 20, 0)),
        ("Thu 8pm (Asia/Seoul) for 90 minutes", Meets(3, 20, 0, 90)),
        ("Thursday 20:00 Seoul time", Meets(3, 20, 0)),
        ("thursday evening 8pm", Meets(3, 20, 0)),
        ("Thursday evening at 8 for 2 h", Meets(3, 20, 0, 120)),
        ("Saturday morning, 10:30", Meets(5, 10, 30)),
        ("Friday night 20:00", Meets(4, 20, 0)),
        ("Donnerstag Abend 20 Uhr", Meets(3, 20, 0)),
    ],
)
def test_a_meeting_is_read_as_people_type_it(typed, meets):
    assert meets_meant(typed, "Asia/Seoul") == meets


def test_utc_behind_a_time_is_the_zone_of_a_group_in_utc():
    assert meets_meant("Thursday 20:00 UTC", "Etc/UTC") == Meets(3, 20, 0)
    assert meets_meant("Thursday 20:00 UTC", "Asia/Seoul") is None


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "Thursday", "20:00", "Thu Fri 20:00", "Thursday 25:00", "Thu 20:00 for 20 hours",
     "Thu 20:00 for 2 min", "Thu 20:00-20:00", "Thursday 20:00 bring cake",
     "Thursday 20:00 KST", "Thursday 20:00 PST", "Thursday evening"],
)  # fmt: skip
def test_what_is_no_clear_meeting_is_not_guessed(typed):
    assert meets_meant(typed, "UTC") is None


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("90", 90), ("2", 120), ("1 h 30", 90), ("1.5 h", 90), ("1,5 Stunden", 90), ("for 2h", 120),
     ("1시간 30분", 90), ("an hour", 60), ("1:30", 90), ("45m", 45), ("", None), ("long", None),
     ("3 min", None), ("13 h", None), ("1.5", 90), ("0,5", 30), ("1.30", None), ("90'", 90),
     ("two hours", 120), ("hour and a half", 90)],
)  # fmt: skip
def test_how_long_a_meeting_takes_is_read_as_people_type_it(typed, minutes):
    assert minutes_meant(typed) == minutes


@pytest.mark.parametrize(
    "typed",
    ["none", "Off", " no ", "없음", "none.", "No meeting", "no meetings", "no meeting any more",
     "cancel", "Cancel the meetings", "we don't meet any more", "no more meetings"],
)  # fmt: skip
def test_a_word_ends_meetings(typed):
    assert is_no_meeting(typed)


@pytest.mark.parametrize(
    ("typed", "lasts", "lacks"),
    [
        ("Thu 20:00 for 13 hours", "", True),
        ("Thu 20:00 for 2 min", "", True),
        ("Thu 20:00", "soon", True),
        ("Thu 20:00", "90", False),
        ("Thu", "13 hours", False),
        ("Thursday 20:00 online", "", False),
    ],
)
def test_a_time_without_a_clear_length_is_known(typed, lasts, lacks):
    assert lacks_length(typed, "UTC", lasts) == lacks


def test_what_is_not_said_of_the_length_is_as_usual():
    for typed, minutes in (("Fri 20:00", 90), ("<t:1767900000:F>", 90), ("Fri 20:00 2 h", 120)):
        assert meets_meant(typed, "UTC", usual=90).minutes == minutes


@pytest.mark.parametrize(
    "typed", ["Every other Thursday 20:00", "Thu 8 pm every 2 weeks", "격주 목"]
)
def test_every_so_many_weeks_is_known(typed):
    assert names_every(typed)
    assert not names_every("every Thursday 20:00 for 2 hours")


@given(
    st.integers(0, 6), st.integers(0, 23), st.integers(0, 59), st.integers(5, 720),
    st.one_of(st.none(), st.integers(1, 2**63 - 1)),
)  # fmt: skip
def test_a_meeting_as_it_is_kept_for_undo_is_read_as_it_was(day, hour, minute, lasts, channel_id):
    meets = Meets(day, hour, minute, lasts, channel_id)
    typed = as_typed(meets)

    found = meets_meant(typed.when, "UTC", typed.lasts)

    assert replace(found, channel_id=typed.channel_id) == meets


@given(st.text(max_size=60))
def test_whatever_is_typed_for_a_meeting_is_read_or_refused(typed):
    meets_meant(typed, "UTC", typed)
