"""When Discord is asked whether a group's members are still in its server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CHECKED_EVERY = timedelta(days=7)
"""So long after joining, or after the last check, the next one is due."""

TRY_AGAIN = timedelta(hours=6)
"""So long after a check that came to nothing."""

BETWEEN_LOOKS = timedelta(minutes=1)
FEWEST = 10
SPREAD_OVER = 60
"""Looks, an hour in all, over which what is due is spread."""


@dataclass(frozen=True, slots=True)
class Check:
    """A member who is to be looked for; ``checked_at`` tells this check from later ones."""

    guild_id: int
    group_id: int
    reader_id: int
    checked_at: datetime


def in_one_look(due: int, rate: int) -> int:
    """Return how many of the members that are due are checked in one look, which is a minute's.

    ``rate``: how many requests a second Discord takes from all processes together. Half of them
    at most are for checks: at 45 a second 1,350 a minute, which is 13.6 million members a week.
    Up to that, whoever is due is checked within hours, however many there are.
    """
    most = rate * int(BETWEEN_LOOKS.total_seconds()) // 2
    return min(due, most, max(FEWEST, -(-due // SPREAD_OVER)))


def due_before(now: datetime) -> datetime:
    """Return the instant: whoever was checked then or earlier is due."""
    return now - CHECKED_EVERY


def as_if_checked(now: datetime) -> datetime:
    """Return when a member would have been checked who is to be tried again before long."""
    return due_before(now) + TRY_AGAIN


def next_look(oldest: datetime | None, now: datetime) -> datetime | None:
    """Return when to look next, if ``oldest`` is the longest time ago that anybody was checked."""
    return None if oldest is None else max(oldest + CHECKED_EVERY, now + BETWEEN_LOOKS)
