"""When Discord is asked whether a group's members are still in its server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CHECKED_EVERY = timedelta(days=7)
"""So long after joining, or after the last check, the next one is due."""

TRY_AGAIN = timedelta(hours=6)
"""So long after a check that came to nothing."""

BETWEEN_LOOKS = timedelta(minutes=1)
AT_ONCE = 10
"""So many members are checked in one look: 600 an hour, whatever has piled up."""


@dataclass(frozen=True, slots=True)
class Check:
    """A member who is to be looked for; ``checked_at`` tells this check from later ones."""

    guild_id: int
    group_id: int
    reader_id: int
    checked_at: datetime


def due_before(now: datetime) -> datetime:
    """Return the instant: whoever was checked then or earlier is due."""
    return now - CHECKED_EVERY


def as_if_checked(now: datetime) -> datetime:
    """Return when a member would have been checked who is to be tried again before long."""
    return due_before(now) + TRY_AGAIN


def next_look(oldest: datetime | None, now: datetime) -> datetime | None:
    """Return when to look next, if ``oldest`` is the longest time ago that anybody was checked."""
    return None if oldest is None else max(oldest + CHECKED_EVERY, now + BETWEEN_LOOKS)
