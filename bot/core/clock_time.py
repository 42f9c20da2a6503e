"""Times of day as people type them."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

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
    **dict.fromkeys(("noon", "midday", "정오", "正午", "mittag", "midi", "mediodía"), (12, 0)),
    **dict.fromkeys(("midnight", "자정", "零時", "mitternacht", "minuit", "medianoche"), (0, 0)),
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
    text = " ".join(unicodedata.normalize("NFKC", typed).casefold().split())
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
