"""When a group's paper is due: one slot a local week, whatever clocks and moderators do."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Literal
from zoneinfo import ZoneInfo

Verdict = Literal["early", "due", "late", "missed"]

DUE_WITHIN = timedelta(minutes=5)
"""A post this long after its slot is still on time; after that it is marked late."""

LATE_WITHIN = timedelta(days=1)
"""A paper this late is not posted any more."""

CLOCKS_APART = timedelta(minutes=5)
"""Clocks of several processes may differ by this much: only beyond it was one of them wrong."""

FURTHEST = timedelta(weeks=3)
"""No next slot lies further ahead: the running week may have its paper, and the next be skipped."""

AFTER_THE_FIRST = timedelta(days=4)
"""A group's second paper comes no sooner after its first one, whenever that was."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A group's weekly time on its own clock: Monday is 0, ``zone`` is an IANA name."""

    weekday: int
    hour: int
    minute: int
    zone: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One weekly occurrence.

    ``week`` is the ISO week for which it stands ("2026-W07", sortable), in the group's zone;
    ``at`` is whole seconds UTC. A gap in local time may move ``at`` into the next week's Monday:
    ``week`` stays, so never tell a slot's week from its instant.
    """

    week: str
    at: datetime


def running_week(zone: str, now: datetime) -> str:
    """Return the ISO week that the zone's calendar shows; *Post now* takes this week's slot."""
    return week_of(now.astimezone(ZoneInfo(zone)).date())


def week_of(day: date) -> str:
    """Return the ISO week in which a day of the calendar lies."""
    year, number, _ = day.isocalendar()
    return f"{year:04}-W{number:02}"


def weeks_from(week: str, count: int) -> list[str]:
    """Return ``count`` ISO weeks in a row, beginning with ``week``."""
    return list(islice(_weeks(week), count))


def slot_of_week(schedule: Schedule, week: str) -> Slot:
    """Return the slot of an ISO week; raise ValueError if the year has no such week.

    A wall time that a gap leaves out moves forward by the gap (02:30 becomes 03:30, a date that
    Apia never had becomes the day after), and one that comes twice means the first: RFC 5545,
    section 3.3.5, which is what ``fold=0`` means in PEP 495.
    """
    day = _monday(week) + timedelta(days=schedule.weekday)
    wall = time(schedule.hour, schedule.minute, tzinfo=ZoneInfo(schedule.zone))
    return Slot(week, datetime.combine(day, wall).astimezone(UTC))


def slots_from(
    schedule: Schedule, after: datetime, count: int, served: Collection[str] = ()
) -> list[Slot]:
    """Return the next ``count`` slots later than ``after``, without the weeks already served."""
    ahead = (slot for slot in _slots_near(schedule, after) if slot.at > after)
    return list(islice((slot for slot in ahead if slot.week not in served), count))


def next_slot(schedule: Schedule, after: datetime, served: Collection[str] = ()) -> Slot:
    """Return the first slot later than ``after`` whose week is not served.

    A group that moves to a later day of a week it has had is next served the week after.
    """
    return slots_from(schedule, after, 1, served)[0]


def too_soon(schedule: Schedule, first_at: datetime) -> set[str]:
    """Return the weeks whose slot follows a group's first paper too soon, and so is none.

    *First paper now* on a Saturday would else bring two papers in two days.
    """
    ends_at = first_at + AFTER_THE_FIRST
    near = takewhile(lambda slot: slot.at < ends_at, _slots_near(schedule, first_at))
    return {slot.week for slot in near if slot.at > first_at}


def judge(slot: Slot, now: datetime) -> Verdict:
    """Tell whether a slot is still to come, is due, is to be posted late, or was missed."""
    lateness = now - slot.at
    if lateness < timedelta():
        return "early"
    if lateness <= DUE_WITHIN:
        return "due"
    return "late" if lateness < LATE_WITHIN else "missed"


def due_slots(
    schedule: Schedule, since: datetime, now: datetime, served: Collection[str] = ()
) -> list[tuple[Slot, Verdict]]:
    """Return what has to be recorded for a group, oldest first; at most the last is to be posted.

    All before the last are missed, because slots are days apart and ``LATE_WITHIN`` is one day.
    ``since`` is the latest of: when the schedule was last changed, when a pause ended, when this
    was last asked. A slot before it is none of this schedule's, and is neither posted nor missed.
    ``served`` holds every week since then that has an outcome (posted, missed, skipped).
    A clock set back or forward therefore serves no week twice.
    """
    ahead = (slot for slot in _slots_near(schedule, since) if slot.at >= since)
    passed = list(takewhile(lambda slot: slot.at <= now, ahead))
    return [(slot, judge(slot, now)) for slot in passed if slot.week not in served]


def slot_meant(schedule: Schedule, promised: datetime) -> Slot:
    """Return the slot that was due then by the zone tables of before: by today's, the nearest."""
    around = islice(_slots_near(schedule, promised), 5)
    return min(around, key=lambda slot: abs(slot.at - promised))


def overtaken(
    schedule: Schedule, promised: datetime, now: datetime, served: Collection[str]
) -> Slot | None:
    """Return the slot that new zone tables have moved from ahead of us into the past, if any.

    Nobody is late for tables that came later: it counts from now, or from when it was promised if
    that has passed too. So it is posted at once, and called late only where it would have been
    without them.
    """
    slot = slot_meant(schedule, promised)
    if slot.week in served or slot.at >= promised or slot.at > now:
        return None
    return Slot(slot.week, min(now, promised))


def week_at_home(own: str, real: str, running: str, taken: Collection[str]) -> str:
    """Return the week to which a paper belongs that was posted while the clock was ahead.

    That is the ``real`` one in which it was posted. Where another paper was posted in that: its
    ``own``, if that is running or comes next; else the last free week gone by, so that it counts
    as had and takes the place of no week to come.
    """
    if real not in taken:
        return real
    if own in weeks_from(running, 2) and own not in taken:
        return own
    monday = _monday(running)
    while (week := week_of(monday)) in taken:
        monday -= timedelta(weeks=1)
    return week


def _slots_near(schedule: Schedule, instant: datetime) -> Iterator[Slot]:
    """Yield slots in order from one that is surely past.

    Two weeks back: the slot of last week may still be to come, if a gap moved it over Sunday
    midnight into this one.
    """
    first = _monday(running_week(schedule.zone, instant)) - timedelta(weeks=2)
    return (slot_of_week(schedule, week) for week in _weeks(week_of(first)))


def _weeks(week: str) -> Iterator[str]:
    day = _monday(week)
    while True:
        yield week_of(day)
        day += timedelta(weeks=1)


def _monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)
