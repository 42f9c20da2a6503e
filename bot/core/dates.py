"""Dates as people type them: every day that may be meant, so that none is guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from bot.core.clock_time import stamped

_DAYS_AHEAD = {
    **dict.fromkeys(("today", "오늘", "今日", "今天", "heute"), 0),
    **dict.fromkeys(("this week", "이번 주", "이번주", "今週", "本周"), 0),
    **dict.fromkeys(("tomorrow", "내일", "明日", "明天", "morgen"), 1),
    **dict.fromkeys(("next week", "다음 주", "다음주", "来週", "下周", "nächste woche"), 7),
}
_WEEKDAYS = (
    "monday 월요일 月曜日 montag",
    "tuesday 화요일 火曜日 dienstag",
    "wednesday 수요일 水曜日 mittwoch",
    "thursday 목요일 木曜日 donnerstag",
    "friday 금요일 金曜日 freitag",
    "saturday 토요일 土曜日 samstag",
    "sunday 일요일 日曜日 sonntag",
)
_MONTHS = (
    "january januar jänner janvier enero janeiro gennaio января",
    "february februar février fevrier febrero fevereiro febbraio февраля",
    "march märz maerz mars marzo março марта",
    "april avril abril aprile апреля",
    "may mai mayo maio maggio мая",
    "june juni juin junio junho giugno июня",
    "july juli juillet julio julho luglio июля",
    "august août aout agosto августа",
    "september septembre septiembre setembro settembre sept сентября",
    "october oktober octobre octubre outubro ottobre октября",
    "november novembre noviembre novembro ноября",
    "december dezember décembre decembre diciembre dezembro dicembre декабря",
)
_YEAR = r"(?P<year>[0-9]{4})"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_NAME = r"(?P<name>[^\W\d_]{3,})\.?"
_CLEAR = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}\s*[-./年년\s]\s*(?P<month>[0-9]{{1,2}})\s*[-./月월\s]\s*(?P<day>[0-9]{{1,2}})\s*[.日일]?",
        rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
        r"(?P<month>[0-9]{1,2})\s*[月월]\s*(?P<day>[0-9]{1,2})\s*[日일]?",
        rf"{_DAY}\s*(?:of |de |[-/ ])?\s*{_NAME}(?:,?\s*(?:de |[-/])?\s*{_YEAR})?",
        rf"{_NAME}[\s/-]*{_DAY}(?:[,\s/-]+{_YEAR})?",
        rf"{_YEAR}[\s/-]+{_NAME}[\s/-]+{_DAY}",
    )
)
_EITHER = re.compile(rf"([0-9]{{1,2}})\s*([-./])\s*([0-9]{{1,2}})(?:\.|\s*\2\s*{_YEAR}\.?)?")
_WEEK = re.compile(rf"{_YEAR}-?\s?w(?P<week>[0-9]{{1,2}})(?:-(?P<weekday>[1-7]))?")
_TIME = re.compile(r"(?<=[0-9])(?:t|,?\s+)[0-9]{1,2}:[0-9]{2}.*$")
_WEEKDAY = re.compile(  # of "Mon 12 Jan 2026" and "2026. 1. 12. (월)": the date says it
    r"^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|[a-z]{3,8}(?:tag|woch))"
    r"[.,]{0,2}\s+|\s*\([^()]{1,9}\)$|[,\s]+[월화수목금토일]요일$|[月火水木金土日]曜日?$"
)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))


def dates_meant(typed: str, today: date, zone: str) -> list[date]:
    """Return each day that a text may mean, in order: two for 01/02/2026, none for no date.

    A day without a year is the next one, from a week ago on. Discord's ``<t:…>`` means the day
    of the IANA ``zone``; an ISO week ("2026-W03") its Monday.
    """
    text = " ".join(unicodedata.normalize("NFKC", typed).translate(_DASHES).casefold().split())
    text = _TIME.sub("", text.partition(" · ")[0])
    if at := stamped(text, zone):
        return [at.date()]
    if (ahead := _DAYS_AHEAD.get(text)) is not None:
        return [today + timedelta(days=ahead)]
    for weekday, names in enumerate(_WEEKDAYS):
        if text in (*names.split(), names[:3]):
            return [today + timedelta(days=(weekday - today.weekday()) % 7)]
    return sorted(set(_read(_WEEKDAY.sub("", text), today)))


def _read(text: str, today: date) -> Iterator[date]:
    if found := _WEEK.fullmatch(text):
        year, week, weekday = found["year"], found["week"], found["weekday"] or "1"
        try:
            yield date.fromisocalendar(int(year), int(week), int(weekday))
        except ValueError:
            return
    elif found := _EITHER.fullmatch(text):
        one, _, other, year = found.groups()
        yield from _days(year, int(one), int(other), today)
        yield from _days(year, int(other), int(one), today)
    for pattern in _CLEAR:
        if found := pattern.fullmatch(text):
            given = found.groupdict()
            for month in [int(given["month"])] if "month" in given else _months(given["name"]):
                yield from _days(given.get("year"), month, int(given["day"]), today)
            return


def _days(year: str | None, month: int, day: int, today: date) -> Iterator[date]:
    """Yield the day if there is one; without a year the first that isn't long past."""
    for each in [int(year)] if year else range(today.year - 1, today.year + 9):
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if year or found > today - timedelta(days=7):
            yield found
            return


def _months(name: str) -> list[int]:
    return [
        number
        for number, names in enumerate(_MONTHS, 1)
        if any(each.startswith(name) for each in names.split())
    ]
