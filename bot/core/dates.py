"""Dates and times of day as people type them: all that may be meant, so that none is guessed."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from bot.core.weeks import A_MEETING, Meets
from bot.errors import UnknownDaysError

_DAYS_AHEAD = {
    name: days
    for days, names in (
        (0, "today,오늘,今日,今天,heute"),
        (0, "this week,이번 주,이번주,今週,本周,这周,diese woche,dieser woche"),
        (1, "tomorrow,내일,明日,明天,morgen"),
        (2, "the day after tomorrow,모레,明後日,后天,übermorgen"),
        (7, "next week,다음 주,다음주,来週,下周,nächste woche,nächster woche,nächsten woche"),
    )
    for name in names.split(",")
}
_WEEKDAYS = (
    "monday 월요일 月曜日 montag 月曜 星期一 周一",
    "tuesday 화요일 火曜日 dienstag 火曜 星期二 周二",
    "wednesday 수요일 水曜日 mittwoch 水曜 星期三 周三",
    "thursday 목요일 木曜日 donnerstag 木曜 星期四 周四",
    "friday 금요일 金曜日 freitag 金曜 星期五 周五",
    "saturday 토요일 土曜日 samstag 土曜 星期六 周六",
    "sunday 일요일 日曜日 sonntag 日曜 星期日 周日",
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
_WHOLE_WEEKS = frozenset(
    name for name in _DAYS_AHEAD if name.endswith(("week", "주", "週", "周", "woche"))
)
_BESIDE_WEEK = re.compile(r"^(?:['’]s\b|의|の)|,|^\s*(?:on|am)\s|\s(?:of|on|in|der)$")
_SHORT_DAY = re.compile(r"(?<!\S)(?:([월화수목금토일])(?:요일|욜)?|([一二三四五六日]))$")
"""Of a week that is named: alone "일" and "日" mean a day, not Sunday."""
_COMING = re.compile(r"(?:(?P<next>next|다음|nächste[rn]?)|this|이번|diese[rn]?)\s+(?P<day>\S+)")
_FROM_TO = re.compile(
    r"\s*(?:-|~|/|\.\.+|\bto\b|\buntil\b|\btill\b|\bthrough\b|\bbis\b|부터|から)\s*"
)
_FROM = re.compile(r"^(?:from|von|vom)\s+")
_UP_TO = re.compile(r"^(?:zum)\s+|\s*(?:까지|まで)$")
_BETWEEN_DAYS = re.compile(r",|、|&|\s(?:and|und|및)\s|\s그리고\s", re.IGNORECASE)
_BARE_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.|일|日)?", re.IGNORECASE)
_BARE_DAY_OF_YEAR = re.compile(rf"([0-9]{{1,2}}),?\s+{_YEAR}")
_TIME_BEHIND = re.compile(r"(?<=[0-9])(?:t|,?\s+)[0-9]{1,2}:[0-9]{2}.*$")
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
    text = _plain(typed)
    text = _TIME_BEHIND.sub("", text.partition(" · ")[0])
    if at := stamped(text, zone):
        return [at.date()]
    if (ahead := _DAYS_AHEAD.get(text)) is not None:
        return [today + timedelta(days=ahead)]
    if days := _weekday_meant(text, today):
        return days
    return sorted(set(_read(_WEEKDAY.sub("", text), today)))


def _weekday_meant(text: str, today: date) -> list[date]:
    """Return the days that a day of the week means, whether its week is named or not.

    "next Friday" is the coming one to some, and the one of next week to others.
    """
    monday = today - timedelta(days=today.weekday())
    if (found := _in_week(text)) and len(found.days) == 1:
        return [monday + timedelta(days=_DAYS_AHEAD[found.week] + found.days[0])]
    named = _COMING.fullmatch(text)
    if (weekday := _weekday(named["day"] if named else text)) is None:
        return []
    coming = today + timedelta(days=(weekday - today.weekday()) % 7)
    if not named or not named["next"]:
        return [coming]
    return sorted({coming, monday + timedelta(days=7 + weekday)} - {today})


class _InWeek(NamedTuple):
    """Days of a week that is named: its name, whether that stands before them, and the days."""

    week: str
    leads: bool
    days: list[int]


def _in_week(text: str) -> _InWeek | None:
    """Return the week that a text names, and of which days: of one, or of the ends of a span."""
    for week in _WHOLE_WEEKS:
        for rest, leads in ((text.removeprefix(week), True), (text.removesuffix(week), False)):
            sides = [_UP_TO.sub("", side) for side in _FROM_TO.split(rest)] if rest != text else []
            days = [day for side in sides if (day := _weekday_in_week(side)) is not None]
            if days and len(days) == len(sides) <= 2:
                return _InWeek(week, leads, days)
    return None


def _weekday_in_week(text: str) -> int | None:
    """Return which day is named beside the name of its week: "의 월요일", "on Mon", "월", "一"."""
    named = _BESIDE_WEEK.sub("", text.rstrip()).strip()
    return _weekday(
        _SHORT_DAY.sub(lambda found: f"{found[1]}요일" if found[1] else f"周{found[2]}", named)
    )


def _weekday(name: str) -> int | None:
    """Return which day of the week has the name, from Monday on."""
    days = enumerate(_WEEKDAYS)
    return next((n for n, names in days if name in (*names.split(), names[:3])), None)


FURTHEST_OFF = timedelta(days=366)
"""How far ahead a day may be taken off."""


def days_meant(typed: str, today: date, zone: str) -> list[tuple[date, date]]:
    """Return the spans of days that a text names, each with its first and last day, in order.

    One a line, or between commas: "24 Dec", "20 Dec - 6 Jan", "20-27 Dec", "24 and 26 Dec",
    "2026-W52" for the whole week. A span that has begun counts.

    Raises:
        UnknownDaysError: it names what is none, or may be two, or a day gone by or too far ahead.
    """
    found = list[tuple[date, date]]()
    for line in map(_clean, re.split(r"[\n;]+", typed)):
        parts = [part.strip() for part in _BETWEEN_DAYS.split(line) if part.strip()]
        if span := _span(line, today, zone):
            parts, spans = [line], [span]
        else:
            spans = _spans(parts, today, zone)
        for part, (_, last) in zip(parts, spans, strict=True):
            if last < today or last - today > FURTHEST_OFF:
                raise UnknownDaysError(part, "gone" if last < today else "far")
        found += spans
    if not found:
        raise UnknownDaysError(typed.strip(), "none")
    return sorted(set(found))


def day_meant(typed: str, today: date, zone: str) -> date:
    """Return the one day after today that a text names; of a whole week, its Monday.

    Raises:
        UnknownDaysError: it names none, or may be two, or several, or is too far ahead.
    """
    named = _clean(typed)
    span, tomorrow = _span(named, today, zone), today + timedelta(days=1)
    if span is None or len(dates_meant(named, today, zone)) != 1:
        try:
            days_meant(typed, today, zone)
        except UnknownDaysError as error:
            if error.why == "none":
                raise UnknownDaysError(named, "no_day") from None
            raise
        raise UnknownDaysError(named, "span")
    day, in_a_week = span[0], today + timedelta(days=7)
    if (  # "Monday", on one
        day == today
        and not _COMING.fullmatch(_plain(named))
        and dates_meant(named, tomorrow, zone) == [in_a_week]
    ):
        day = in_a_week
    if day <= today or day - today > FURTHEST_OFF:
        raise UnknownDaysError(named, "today" if day <= today else "far")
    return day


def _spans(parts: Sequence[str], today: date, zone: str) -> list[tuple[date, date]]:
    """Return what each of several texts means; the month of one is also its neighbours'."""
    parts = _in_weeks(parts, today)
    found = [_span(part, today, zone) for part in parts]
    for n in (*reversed(range(len(parts) - 1)), *range(1, len(parts))):  # 24, 26 Dec; Dec 24, 26
        beside = found[n + 1] if n + 1 < len(parts) and found[n + 1] else found[max(n - 1, 0)]
        if found[n] is None and beside and (bare := _BARE_DAY.fullmatch(parts[n])):
            with suppress(ValueError):
                day = beside[0].replace(day=int(bare[1]))
                found[n] = day, day
    for part, span in zip(parts, found, strict=True):
        if span is None:
            sides = (part, *_FROM_TO.split(part))
            is_clear = all(len(dates_meant(each, today, zone)) < 2 for each in sides)
            raise UnknownDaysError(part, "none" if is_clear else "several")
    return [span for span in found if span]


def _in_weeks(parts: Sequence[str], today: date) -> list[str]:
    """Return the parts, each day of the week with the name of its week: that of one is also theirs.

    Of those before it where it stands behind its days ("Mon and Fri next week"), of those after it
    where it stands before them. What may be meant either way, "Mon next week, Fri", isn't guessed.

    Raises:
        UnknownDaysError: a day may be of that week, or the coming one.
    """
    told, plain = list(parts), [*map(_plain, parts)]
    for at, found in enumerate(map(_in_week, plain)):
        if found is None:
            continue
        step = 1 if found.leads else -1
        beside = at + step
        while 0 <= beside < len(parts) and _weekday_in_week(plain[beside]) is not None:
            told[beside] = f"{found.week} {plain[beside]}"
            beside += step
        behind = "" if found.leads else " ".join(plain[at + 1 : at + 2])
        coming = _weekday_meant(behind, today)
        if coming and coming != _weekday_meant(f"{found.week} {behind}", today):
            raise UnknownDaysError(parts[at + 1], "several")
    return told


def _span(typed: str, today: date, zone: str) -> tuple[date, date] | None:
    """Return the first and the last day that a text means, if it means just these."""
    text = _plain(typed)
    days = dates_meant(text, today, zone)
    if len(days) == 1:
        is_week = text in _WHOLE_WEEKS or ((found := _WEEK.fullmatch(text)) and not found[3])
        monday = days[0] - timedelta(days=days[0].weekday())
        return (monday, monday + timedelta(days=6)) if is_week else (days[0], days[0])
    for found in _FROM_TO.finditer(text):
        first, last = text[: found.start()].strip(), text[found.end() :].strip()
        if span := _from_to(_FROM.sub("", first), _UP_TO.sub("", last), today, zone):
            return span
    return None


def _from_to(first: str, last: str, today: date, zone: str) -> tuple[date, date] | None:
    first, last = _in_one_week(first, last)
    begin, end = dates_meant(first, today, zone), dates_meant(last, today, zone)
    begin, end = _as_beside(first, begin, last, end), _as_beside(last, end, first, begin)
    with suppress(ValueError):
        if not begin and len(end) == 1 and (bare := _BARE_DAY.fullmatch(first)):  # 20-27 Dec
            begin = [end[0].replace(day=int(bare[1]))]
        if not end and len(begin) == 1 and (bare := _BARE_DAY.fullmatch(last)):  # Dec 20-27
            end = [begin[0].replace(day=int(bare[1]))]
        if not end and (bare := _BARE_DAY_OF_YEAR.fullmatch(last)):  # Dec 20-27, 2026
            begin = dates_meant(f"{first} {bare[2]}", today, zone)
            end = [each.replace(day=int(bare[1])) for each in begin]
        if len(begin) == len(end) == 1:
            longest = FURTHEST_OFF
            if begin[0] > end[0]:  # over the turn of the year: each day alone is the next one
                longest /= 2
                if end[0] >= today:
                    begin = [begin[0].replace(year=begin[0].year - 1)]
                else:
                    end = [end[0].replace(year=end[0].year + 1)]
            if begin[0] <= end[0] <= begin[0] + longest:
                return begin[0], end[0]
    return None


def _in_one_week(first: str, last: str) -> tuple[str, str]:
    """Return the ends of a span: a week that is named at one of them is the other's, too."""
    if (begins := _in_week(first)) and begins.leads and _weekday_in_week(last) is not None:
        return first, f"{begins.week} {last}"
    if (ends := _in_week(last)) and not ends.leads and _weekday_in_week(first) is not None:
        return f"{ends.week} {first}", last
    return first, last


def _as_beside(text: str, days: list[date], beside: str, days_beside: list[date]) -> list[date]:
    """Return which of two days "2.1." means beside "24.12.", where the day stands first."""
    found, other = _EITHER.fullmatch(text), _EITHER.fullmatch(beside)
    if not found or not other or len(days_beside) != 1 or int(other[1]) == int(other[3]):
        return days
    at = 1 if int(other[1]) == days_beside[0].day else 3
    return [each for each in days if each.day == int(found[at])]


def _read(text: str, today: date) -> Iterator[date]:
    if found := _WEEK.fullmatch(text):
        with suppress(ValueError):
            yield date.fromisocalendar(*(int(part or 1) for part in found.groups()))
    elif found := _EITHER.fullmatch(text):
        one, mark, other, year = found.groups()
        month_first, day_first = (
            [*_days(year, int(month), int(day), today)]
            for month, day in ((one, other), (other, one))
        )
        yield from day_first
        if not (day_first and year and mark == "."):  # nobody writes a month before dots and a year
            yield from month_first
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
    months = ((number, names.split()) for number, names in enumerate(_MONTHS, 1))
    return [number for number, names in months if any(each.startswith(name) for each in names)]


Half = Literal["am", "pm", "night"]

_STAMP = re.compile(r"<t:([0-9]{1,12})(?::[a-z])?>", re.IGNORECASE)
_AT = re.compile(r"^(?:at|@|um|a las?|às?|à|alle|kl\.?|klo|в)\s*(?=[0-9])")
_HOUR = r"(?::|\.|h|시|時|时|点|點|\buhr\b|(?<=[0-9])uhr\b)"
_TIME = re.compile(
    rf"(?P<hour>[0-9]{{1,2}})(?:\s*{_HOUR}\s*"
    r"(?:(?P<minute>[0-9]{2})(?::00)?|(?P<few>[0-9])(?=\s*[분分])|(?P<half>반|半))?\s*[분分]?)?"
)
_DIGITS = re.compile(r"(?P<hour>[0-9]{1,2})(?P<minute>[0-9]{2})")
_BEHIND = re.compile(r"(?<=[0-9])\s*(?:uhr|h(?:ou)?rs?|h|o'?clock|o’clock)$")
_NAMED = {
    name: (hour, 0)
    for hour, names in (
        (12, "noon,midday,정오,正午,mittag,midi,mediodía"),
        (0, "midnight,자정,零時,mitternacht,minuit,medianoche"),
    )
    for name in names.split(",")
}
_HALVES: dict[Half, re.Pattern[str]] = {
    "am": re.compile(
        r"(?<=[0-9\s])a\.?(?:m\.?)?$|^am\b|in the morning$|morgens$|vormittags$|утра$"
        r"|^오전|^아침|^새벽|^午前|^上午|^早上"
    ),
    "pm": re.compile(
        r"(?<=[0-9\s])p\.?(?:m\.?)?$|^pm\b|in the (?:afternoon|evening)$|nachmittags$|abends$"
        r"|вечера$|noon$|^오후|^저녁|^낮|^午後|^下午"
    ),
    "night": re.compile(r"at night$|midnight$|nachts$|^밤|^夜|^晚上"),
}


def time_of_day(typed: str, zone: str = "UTC") -> tuple[int, int] | None:
    """Return (hour, minute) of "09:00", "9", "2100", "9pm", "오후 7시"; None if it is no time.

    Discord's own ``<t:…>`` means what clocks show then in the IANA ``zone``.
    """
    text = _plain(typed)
    if at := stamped(text, zone):
        return at.hour, at.minute
    if text in _NAMED:
        return _NAMED[text]
    text, half = _without_half(_AT.sub("", text))
    text = _BEHIND.sub("", text)
    found = _TIME.fullmatch(text) or _DIGITS.fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    minute = 30 if parts.get("half") else int(parts["minute"] or parts.get("few") or 0)
    hour = _hour(int(parts["hour"]), half)
    return None if hour is None or hour > 23 or minute > 59 else (hour, minute)


def stamped(text: str, zone: str) -> datetime | None:
    """Return what a clock in the zone shows at Discord's ``<t:…>``, if the text is one."""
    seconds = stamp_in(text)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, ZoneInfo(zone))
    except (OverflowError, ValueError, OSError):
        return None


def stamp_in(text: str) -> int | None:
    """Return the seconds in Discord's ``<t:…>``, if the text is one."""
    found = _STAMP.fullmatch(text.strip())
    return int(found[1]) if found else None


def _without_half(text: str) -> tuple[str, Half | None]:
    for half, words in _HALVES.items():
        bare = words.sub("", text, count=1).strip()
        if bare != text:
            return bare, half
    return text, None


def _hour(hour: int, half: Half | None) -> int | None:
    """Return the hour of 24: "9 at night" is 21, "2 at night" is 2, "12 am" is 0."""
    if half == "night":
        half = "pm" if 6 <= hour < 12 or hour > 12 else "am"
    if half == "am":
        return hour % 12 if hour <= 12 else None
    if half == "pm":
        return None if hour == 0 else hour % 12 + 12 if hour <= 12 else hour
    return hour


# A group's meeting: on which day of the week, when and for how long.

SHORTEST, LONGEST = 5, 12 * 60
"""Minutes that a meeting may take."""

_NO_MEETING = re.compile(
    r"(?:none|no|never|no (?:more )?meetings?|nothing|not|(?:we )?don['’]t meet)(?: any ?more)?"
    r"|off|-|no longer|(?:cancel|stop|end)(?:led)?(?: (?:it|(?:the |all )?meetings?))?"
    r"|keine?|nein|aus|keine? treffen(?: mehr)?|absagen|없음|모임 없음|취소|なし|中止|无|取消"
)
_EVERY_SO_MANY_WEEKS = re.compile(
    r"\b(?:every|each) (?:other|second|third|two|three|[2-8])\b|\bother week|bi-?weekly|fortnight"
    r"|\b(?:alle (?:zwei|drei|[2-8])|jeden? zweiten?)\b|격주|[2-8]\s*주|隔週|隔周"
)
_ON = (  # a day of the week: names that stand alone, and those that may stand by a number
    ("mondays?|mon|montags?|mo|월|月", "월요일|月曜日?|周一|星期一"),
    ("tuesdays?|tues?|dienstags?|di|화|火", "화요일|火曜日?|周二|星期二"),
    ("wednesdays?|weds?|mittwochs?|mi|수|水", "수요일|水曜日?|周三|星期三"),
    ("thursdays?|thu|thurs?|donnerstags?|do|목|木", "목요일|木曜日?|周四|星期四"),
    ("fridays?|fri|freitags?|fr|금|金", "금요일|金曜日?|周五|星期五"),
    ("saturdays?|sat|samstags?|sonnabends?|sa|토|土", "토요일|土曜日?|周六|星期六"),
    ("sundays?|sun|sonntags?|so|일|日", "일요일|日曜日?|周日|星期[日天]"),
)
_DAYS_ON = tuple(
    re.compile(rf"(?<![^\W_])(?:{alone})\.?(?![^\W\d_])|(?:{beside})") for alone, beside in _ON
)
_EVERY = re.compile(
    r"^(?:(?:every|each|weekly|on|at|um|jeden|immer|am|매주|毎週|每周)\b\s*)+|\s+(?:on|am|every|jeden)$|^[,·]\s*"
)
_PART_OF_DAY = re.compile(
    r"^(?:(?P<am>mornings?|vormittags?)|(?P<pm>afternoons?|evenings?|nachmittags?|abends?)|nights?)"
    r"[\s,]+(?:(?:at|um)\s+|@\s*)?(?P<time>(?P<hour>[0-9]{1,2})(?::[0-9]{2})?)"
    r"(?P<half>\s*[ap]\.?m\b)?"
)
_IN_CHANNEL = re.compile(r"(?:\b(?:in|at|im)\s+|@\s*)?<#(?P<id>[0-9]{1,19})>")
_UNTIL = re.compile(r"\s*(?:-|~|\bto\b|\buntil\b|\btill?\b|\bbis\b)\s*")
_HALF_BEHIND = re.compile(r"[ap]\.?m\.?$")
_FOR = re.compile(r"^(?:for|für|,|·|\(|\+)\s*|\)$|\s*(?:동안|間|long|lang)$")
_AN_HOUR = {
    name: minutes
    for minutes, names in (
        (60, "an hour,one hour,eine stunde,hour,한 시간,한시간"),
        (30, "half an hour,eine halbe stunde,반 시간"),
        (90, "an hour and a half,hour and a half,one and a half hours,anderthalb stunden"),
        (90, "한 시간 반,한시간 반"),
        (120, "two hours,zwei stunden"),
    )
    for name in names.split(",")
}
_LASTS = re.compile(
    r"(?:(?P<hours>[0-9]{1,2}(?:[.,][0-9]{1,2})?)\s*"
    r"(?:h|hours?|hrs?|std\.?|stunden?|시간|時間|小时|个小时)(?:\s*(?:and|und|,)?\s*|$))?"
    r"(?:(?P<minutes>[0-9]{1,3})\s*(?:m|mins?\.?|minutes?|minuten?|'|′|분|分|分钟)?)?"
)
_AND_A_HALF = re.compile(r"시간\s*반$")
_HOURS_ALONE = re.compile(r"[0-9]{1,2}[.,](?:25|5|75)")
_CLOCK = re.compile(r"(?P<hours>[0-9]{1,2}):(?P<minutes>[0-5][0-9])")


def is_no_meeting(typed: str) -> bool:
    """Tell whether a text says that a group is to have no meeting."""
    return _NO_MEETING.fullmatch(_plain(typed).strip(".!")) is not None


def names_every(typed: str) -> bool:
    """Tell whether a text says that it is every so many weeks."""
    return _EVERY_SO_MANY_WEEKS.search(_plain(typed)) is not None


def lacks_length(typed: str, zone: str, lasts: str = "") -> bool:
    """Tell whether the texts that ``meets_meant`` reads say when, but not for how long."""
    is_clear = _meets_meant(typed, zone, "", A_MEETING) is not None
    return is_clear and meets_meant(typed, zone, lasts) is None


def meets_meant(typed: str, zone: str, lasts: str = "", usual: int = A_MEETING) -> Meets | None:
    """Return the weekly meeting that a text means; None: it isn't clear.

    Such as "Thursday 20:00", "Thu 8pm for 90 minutes", "Do 20:00-21:30", "목요일 20시", with
    ``<#…>`` for a channel. Discord's ``<t:…>`` means that day and time in the IANA ``zone``.
    ``lasts``: how long, where that is asked for by itself; ``usual`` minutes where nothing says it.
    """
    found = _meets_meant(typed, zone, lasts, usual)
    return found if found and SHORTEST <= found.minutes <= LONGEST else None


def _meets_meant(typed: str, zone: str, lasts: str, usual: int) -> Meets | None:
    """Do so, however long."""
    text, channel_id = _without_zone(_plain(typed), zone), None
    time: tuple[int, int] | None
    if channel := _IN_CHANNEL.search(text):
        channel_id, text = int(channel["id"]), _IN_CHANNEL.sub(" ", text, count=1).strip()
    if (stamp := _STAMP.search(text)) and (at := stamped(stamp[0], zone)):
        rest = _STAMP.sub(" ", text, count=1).strip()
        weekday, time, minutes = at.weekday(), (at.hour, at.minute), _minutes(rest or f"{usual} m")
    else:
        days = [each for each, named in enumerate(_DAYS_ON) if named.search(text)]
        if len(days) != 1:
            return None
        weekday = days[0]
        text = _DAYS_ON[weekday].sub(" ", text, count=1).strip()
        time, minutes = _time_and_minutes(text, usual)
    if lasts.strip():
        minutes = _minutes(lasts)
    if time is None or minutes is None:
        return None
    return Meets(weekday, *time, minutes, channel_id)


def minutes_meant(typed: str) -> int | None:
    """Return the minutes of "90", "1 h 30", "1.5 hours", "for 2h", "90분"; None: not so long."""
    minutes = _minutes(typed)
    return minutes if minutes is not None and SHORTEST <= minutes <= LONGEST else None


def _minutes(typed: str) -> int | None:
    text = _FOR.sub("", _FOR.sub("", _plain(typed))).strip()
    if _HOURS_ALONE.fullmatch(text):
        text += " h"
    if (minutes := _AN_HOUR.get(text)) is None:
        text = _AND_A_HALF.sub("시간 30분", text)
        found = _CLOCK.fullmatch(text) or _LASTS.fullmatch(text)
        if found is None or not any(found.groups()):
            return None
        hours = float((found["hours"] or "0").replace(",", "."))
        minutes = round(hours * 60) + int(found["minutes"] or 0)
        if minutes < SHORTEST and text.isdecimal():  # nobody meets for two minutes
            minutes *= 60
    return minutes


def _time_and_minutes(text: str, usual: int) -> tuple[tuple[int, int] | None, int | None]:
    """Return the time of day that a text begins with, and for how long it is after that."""
    text = _EVERY.sub("", _EVERY.sub("", text)).strip(" ,·")
    text = _PART_OF_DAY.sub(_with_half, text)
    if (time := time_of_day(text)) is not None:
        return time, usual
    words = text.split()
    for lasts in (minutes_meant, _minutes):  # what may be so long goes first
        for n in range(len(words) - 1, 0, -1):
            time, minutes = time_of_day(" ".join(words[:n]).rstrip(",")), lasts(" ".join(words[n:]))
            if time is not None and minutes is not None:
                return time, minutes
    begins, _, ends = _UNTIL.sub("-", text, count=1).partition("-")
    half = _HALF_BEHIND.search(ends)
    for first in (begins + (half[0] if half else ""), begins):
        one, other = time_of_day(first), time_of_day(ends)
        if one is not None and other is not None:
            minutes = (other[0] * 60 + other[1] - one[0] * 60 - one[1]) % (24 * 60)
            if SHORTEST <= minutes <= LONGEST:
                return one, minutes
    return None, None


def _with_half(found: re.Match[str]) -> str:
    """Return the time of "evening 8" as "8 pm", of "evening 8 pm" and "evening 20:00" as it is."""
    if found["half"] or int(found["hour"]) > 12:
        return f"{found['time']}{found['half'] or ''}"
    return found["time"] + (" am" if found["am"] else " pm" if found["pm"] else " at night")


def _without_zone(text: str, zone: str) -> str:
    """Return a text without the name of this zone behind a time: it is the one that is meant."""
    names = {zone, zone.rpartition("/")[2].replace("_", " "), *(["gmt"] if "UTC" in zone else [])}
    clocks = (datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).tzname() for month in (1, 7))
    names |= {name for name in clocks if name and name.isalpha()}
    named = "|".join(re.escape(name.casefold()) for name in sorted(names, key=len, reverse=True))
    of_zone = rf"(?:\((?:{named})\)|(?<![^\W\d_])(?:{named})(?: time)?(?![^\W_]))"
    return re.sub(rf"(?<=[0-9m.])\s*{of_zone}", "", text)


def _plain(typed: str) -> str:
    return _clean(typed).casefold()


def _clean(typed: str) -> str:
    # Copied from a card, a number is joined to its unit.
    typed = unicodedata.normalize("NFKC", typed).replace("\N{WORD JOINER}", "")
    return " ".join(typed.translate(_DASHES).split())
