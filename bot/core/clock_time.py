"""Times of day as people type them."""

from __future__ import annotations

import re

_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:\s*[:.h시]\s*(?P<minute>\d{2})?분?)?\s*(?P<half>[ap])?\.?(?:m\.?)?",
    re.IGNORECASE,
)


def time_of_day(typed: str) -> tuple[int, int] | None:
    """Return (hour, minute) of "09:00", "9", "21.30", "9pm", "7 시"; None if it is no time."""
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None
