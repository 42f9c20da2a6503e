"""A group's calendar: when its papers are due, and what became of each week.

One slot a local week, whatever clocks and moderators do.
"""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice, takewhile
from typing import Literal, Self
from zoneinfo import ZoneInfo

Verdict = Literal["early", "due", "late", "missed"]

Why = Literal[
    "picked_by_moderator",
    "vote_winner",
    "leader_choice",
    "next_on_list",
    "must_read_addition",
    "addition",
    "must_read_again",
    "goes_on",
]
"""Why a week has its paper."""

WeekState = Literal["waiting", "posted", "uncertain", "missed", "skipped", "nothing"]
"""``waiting``: picked, not sent yet. ``nothing``: the list had run out."""

HAD: frozenset[WeekState] = frozenset({"waiting", "posted", "uncertain"})
"""The states of a week that has its paper, or is just being sent it."""

DUE_WITHIN = timedelta(minutes=5)
"""A post this long after its slot is still on time; after that it is marked late."""

LATE_WITHIN = timedelta(days=1)
"""A paper this late is not posted any more."""

CLOCKS_APART = timedelta(minutes=5)
"""Clocks of several processes may differ by this much: only beyond it was one of them wrong."""

WEEKS_SHOWN = 4
"""Weeks to come that cards show, and of which each may be skipped."""

MOST_APART = 8
"""Weeks between two papers at most."""

FURTHEST = timedelta(weeks=6)
"""The next slot of a weekly calendar without days off lies no further ahead: the running week may
have its paper, and those that are shown be skipped."""

AFTER_THE_FIRST = timedelta(days=4)
"""A group's second paper comes no sooner after its first one, whenever that was."""


def address(guild_id: int, *below: int | None) -> str:
    """Return the address of a server in Discord, or of a channel or a message in it."""
    return "/".join(map(str, ["https://discord.com/channels", guild_id, *below]))


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days in a row on which nothing is posted, the last one included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        """Write them as an interval of ISO 8601."""
        return f"{self.first}/{self.last}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what ``str`` wrote; raise ValueError for anything else."""
        first, last = map(date.fromisoformat, text.split("/"))
        return cls(first, last)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A group's weekly time on its own clock: Monday is 0, ``zone`` is an IANA name.

    Papers come ``every`` so many weeks, counted from the ISO week ``counts_from``; after a
    ``pause`` into which a paper fell, from the first time that is no more in it.
    """

    weekday: int
    hour: int
    minute: int
    zone: str
    every: int = 1
    counts_from: str = ""
    days_off: tuple[DaysOff, ...] = ()
    pause: DaysOff | None = None

    def today(self, now: datetime) -> date:
        """Return which day it is where the group is."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def day(self, week: str) -> date:
        """Return its day in an ISO week; raise ValueError if the year has no such week."""
        return _monday(week) + timedelta(days=self.weekday)

    def serves(self, week: str) -> bool:
        """Tell whether a paper comes in this week."""
        return self.is_in_turn(week) and not self.is_off(self.day(week))

    def is_in_turn(self, week: str) -> bool:
        """Tell whether a paper comes in this week unless its day is off."""
        if self.every == 1:
            return True
        day = self.day(week)
        return (day - self._counted_since(day)).days // 7 % self.every == 0

    def is_off(self, day: date) -> bool:
        """Tell whether nothing is posted on a day because of a pause, or because it is off."""
        return any(day in each for each in self.silences)

    def judge(self, slot: "Slot", now: datetime) -> Verdict:
        """Tell how late a slot is; what was of another day is missed where today is off."""
        verdict, today = judge(slot, now), self.today(now)
        is_of_before = self.today(slot.at) != today
        return "missed" if verdict == "late" and is_of_before and self.is_off(today) else verdict

    def is_day_off(self, day: date) -> bool:
        """Tell whether a day is off, pause or not."""
        return any(day in each for each in self.days_off)

    @property
    def silences(self) -> tuple[DaysOff, ...]:
        """The days off and the pause, in order."""
        found = (*self.days_off, *([self.pause] if self.pause else []))
        return tuple(sorted(found, key=lambda each: (each.first, each.last)))

    def begun_at(self, first_at: datetime) -> Self:
        """Return the schedule as the group's first paper begins it: the next comes days later."""
        return self._counted_from(Calendar(replace(self, every=1)).next(first_at + AFTER_THE_FIRST))

    def settled(self, today: date) -> Self:
        """Return the same schedule without a pause that is over."""
        if self.pause is None or today <= self.pause.last:
            return self
        return replace(self, pause=None, counts_from=week_of(self._counted_since(self.pause.last)))

    def without(self, days: Collection[DaysOff]) -> Self:
        """Return the schedule with these days no longer off, be that days off or a pause."""
        pause = None if self.pause in days else self.pause
        return replace(
            self, pause=pause, days_off=tuple(each for each in self.days_off if each not in days)
        )

    def _counted_from(self, slot: "Slot") -> Self:
        return self if self.every == 1 else replace(self, counts_from=slot.week)

    def _counted_since(self, day: date) -> date:
        """Return from which of its days on weeks count on a day, or a day of the same week."""
        begins = self.day(self.counts_from) if self.counts_from else day
        if self.pause and day >= self.pause.last:
            held = self._own_day(self.pause.first)
            held += timedelta(weeks=(begins - held).days // 7 % self.every)
            if held <= self.pause.last:
                return self._own_day(self.pause.last + timedelta(days=1))
        return begins

    def _own_day(self, since: date) -> date:
        """Return its first day since one."""
        return since + timedelta(days=(self.weekday - since.weekday()) % 7)


A_MEETING = 60
"""Minutes, unless said."""


@dataclass(frozen=True, slots=True)
class Meets:
    """When a group talks about its paper, on its own clock, and for how many minutes.

    ``channel_id``: of a voice or stage channel; None: at the paper's thread.
    """

    weekday: int
    hour: int
    minute: int
    minutes: int = A_MEETING
    channel_id: int | None = None

    def first_after(self, slot_at: datetime, zone: str, days: int = 1) -> datetime:
        """Return the first such time at least a day after a paper's slot, on the group's clock.

        Gaps in local time count as for slots. ``days``: or so many after it.
        """
        wall = time(self.hour, self.minute, tzinfo=ZoneInfo(zone))
        # Of one zone, days are added as its clocks show them, be they of 23 or 25 hours.
        earliest = (slot_at.astimezone(wall.tzinfo) + timedelta(days=days)).astimezone(UTC)
        day = earliest.astimezone(wall.tzinfo).date() - timedelta(days=1)
        while True:
            day += timedelta(days=(self.weekday - day.weekday()) % 7)
            at = datetime.combine(day, wall).astimezone(UTC)
            if at >= earliest:
                return at
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the scheduled event of a week shows; its ``str`` is what the database holds."""

    at: datetime
    minutes: int
    channel_id: int | None = None

    def __str__(self) -> str:
        return f"{int(self.at.timestamp())} {self.minutes} {self.channel_id or 0}"

    @classmethod
    def read(cls, held: str | None) -> Self | None:
        """Return the meeting as the database holds it; None: there is none."""
        if not held:
            return None
        at, minutes, channel_id = map(int, held.split())
        return cls(datetime.fromtimestamp(at, UTC), minutes, channel_id or None)


@dataclass(frozen=True, slots=True)
class Slot:
    """One weekly occurrence.

    ``week`` is the ISO week for which it stands ("2026-W07", sortable), in the group's zone;
    ``at`` is whole seconds UTC. A gap in local time may move ``at`` into the next week's Monday:
    ``week`` stays, so never tell a slot's week from its instant.
    """

    week: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """What a group reads of a paper in a week, where that isn't all of it.

    (2, 3) is the second of three weeks for it. With ``names`` it counts the paper's parts: these
    are the second and what follows it.
    """

    n: int
    of: int
    names: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        return self.n + max(len(self.names), 1) - 1

    @property
    def is_unfinished(self) -> bool:
        """Tell whether it names parts, and more follow: who has read them hasn't read the paper."""
        return bool(self.names) and self.last < self.of


@dataclass(frozen=True, slots=True)
class Week:
    """A group's week and what became of it. ``key``, ``title`` and ``part`` as they were then.

    ``part`` is one with names, or None. ``event_id``: of its meeting's scheduled event, if that was
    made; ``event_asked``: what Discord was last asked to show there, "" for none any more.
    """

    week_id: int
    group_id: int
    week: str
    at: datetime
    state: WeekState
    key: str | None = None
    title: str = ""
    why: Why | None = None
    is_late: bool = False
    channel_id: int | None = None
    message_id: int | None = None
    thread_id: int | None = None
    part: Part | None = None
    meets_at: datetime | None = None
    event_id: int | None = None
    event_asked: str | None = None

    @property
    def begins_at(self) -> datetime | None:
        """When its meeting begins: as its event says, if there is one."""
        shown = Meeting.read(self.event_asked) if self.event_id is not None else None
        return self.meets_at if shown is None else shown.at

    def link(self, guild_id: int) -> str:
        """Return the address of its message in Discord; of one deleted at once, nothing."""
        if self.message_id is None:
            return ""
        return address(guild_id, self.channel_id, self.message_id)

    def talk_link(self, guild_id: int) -> str:
        """Return the address of its thread, or of its message if it has none."""
        if self.thread_id is None:
            return self.link(guild_id)
        return address(guild_id, self.thread_id)


@dataclass(frozen=True, slots=True)
class Calendar:
    """A group's schedule, and its weeks about which anything was decided, the latest first.

    All that asks which week comes next asks here. To come is a week that the schedule serves and
    about which nothing was decided, unless it follows the group's first paper too soon: *First
    paper now* on a Saturday would else bring two papers in two days. A group that moves to a later
    day of a week that it has had is next served the week after. ``others``: weeks of groups that
    went into this one, of which only what was read, to the end, counts: as had.
    """

    schedule: Schedule
    weeks: Sequence[Week] = ()
    others: Sequence[Week] = ()

    def ahead(self, after: datetime) -> Iterator[Slot]:
        """Yield the slots to come that are later than ``after``, in order."""
        return (slot for slot in self._open_slots(after) if slot.at > after)

    def next(self, after: datetime) -> Slot:
        """Return the first slot to come that is later than ``after``."""
        return next(self.ahead(after))

    def due(self, since: datetime, now: datetime) -> list[tuple[Slot, Verdict]]:
        """Return what has to be recorded, oldest first; at most the last is to be posted.

        All before the last are missed, because slots are days apart and ``LATE_WITHIN`` is one
        day. ``since`` is the latest of: when the schedule was last changed, when a pause ended,
        when this was last asked. A slot before it is none of this schedule's, and is neither
        posted nor missed. A clock set back or forward serves no week twice.
        """
        slots = takewhile(lambda slot: slot.at <= now, self._open_slots(since))
        return [(slot, self.schedule.judge(slot, now)) for slot in slots if slot.at >= since]

    def weeks_to_come(self, week: str) -> Iterator[str]:
        """Yield the weeks to come, in order, from this one on."""
        passed = self.too_soon() | {each.week for each in self.weeks}
        serves = self.schedule.serves
        return (each for each in _weeks(week) if each not in passed and serves(each))

    def is_to_come(self, week: str) -> bool:
        return next(self.weeks_to_come(week)) == week

    def too_soon(self) -> set[str]:
        """Return the weeks whose slot follows the group's first paper too soon, and so is none."""
        first_at = self.first_at
        if first_at is None:
            return set()
        ahead, ends_at = Calendar(self.schedule).ahead(first_at), first_at + AFTER_THE_FIRST
        return {slot.week for slot in takewhile(lambda slot: slot.at < ends_at, ahead)}

    def furthest(self, now: datetime) -> datetime:
        """Return when the next slot is at the latest, whatever moderators skip of it."""
        ahead = Calendar(self.schedule).ahead(now)
        return next(islice(ahead, WEEKS_SHOWN + 1, None)).at

    @property
    def first_at(self) -> datetime | None:
        """When the group had its first paper; None: it has had none."""
        return min((week.at for week in self.weeks if week.state in HAD), default=None)

    def had(self, since: datetime | None = None) -> set[str]:
        """Return the keys of what the group has had, ever or since then, or is just being sent."""
        weeks = (week for week in chain(self.weeks, self.others) if week.state in HAD)
        had = (week for week in weeks if not since or week.at >= since)
        return {week.key for week in had if week.key is not None}

    def current(self, running: str) -> str:
        """Return the week whose paper is read in the running one: that, or one before it.

        The last in which one came, or would have unless its day was off.
        """
        had = {each.week for each in self.weeks if each.state in HAD}
        monday = _monday(running)
        past = (week_of(monday - timedelta(weeks=n)) for n in range(MOST_APART))
        return next((w for w in past if self.schedule.is_in_turn(w) or w in had), running)

    def recounted(self, wished: Schedule, now: datetime, since: datetime) -> Schedule:
        """Return a wished schedule: another ``every`` counts from the last paper it has had.

        Or is just due; ``since``: when it was looked at. Or, if there was none, from the first to
        come.
        """
        today = wished.today(now)
        if wished.every == self.schedule.every:
            return wished.settled(today)
        due = (slot.week for slot, verdict in self.due(since, now) if verdict != "missed")
        had = max((*(each.week for each in self.weeks if each.state in HAD), *due), default=None)
        weekly = replace(wished.settled(today), every=1)
        return replace(
            weekly, every=wished.every, counts_from=had or Calendar(weekly).next(now).week
        )

    def paper_after(self, at: datetime) -> datetime:
        """Return when the first paper after this instant came, or comes as things are."""
        had = (each.at for each in self.weeks if each.state in HAD and each.at > at)
        return min([*had, self.next(at).at])

    def week(self, week: str) -> Week | None:
        """Return the week, if anything was decided about it."""
        return next((each for each in self.weeks if each.week == week), None)

    def last_before(self, week: str) -> Week | None:
        """Return the last week before this one whose paper was posted."""
        posted = (each for each in self.weeks if each.state == "posted")
        return next((each for each in posted if each.week < week), None)

    def having(self, week: Week) -> Self:
        """Return the calendar once this is decided about a week."""
        return replace(self, weeks=(week, *self.without({week.week}).weeks))

    def without(self, weeks: AbstractSet[str]) -> Self:
        """Return the calendar as if nothing had been decided about these weeks."""
        return replace(self, weeks=[each for each in self.weeks if each.week not in weeks])

    def overtaken(self, promised: datetime, now: datetime) -> Slot | None:
        """Return the slot that new zone tables have moved from ahead of us into the past, if any.

        Nobody is late for tables that came later: it counts from now, or from when it was promised
        if that has passed too. So it is posted at once, and called late only where it would have
        been without them.
        """
        slot = slot_meant(self.schedule, promised)
        is_moved = slot.at < promised and slot.at <= now and self.is_to_come(slot.week)
        return Slot(slot.week, min(now, promised)) if is_moved else None

    def _open_slots(self, instant: datetime) -> Iterator[Slot]:
        """Yield the slots to come from one that is surely past.

        Two weeks back: the slot of last week may still be to come, if a gap moved it over Sunday
        midnight into this one.
        """
        first = _monday(running_week(self.schedule.zone, instant)) - timedelta(weeks=2)
        return (slot_of_week(self.schedule, week) for week in self.weeks_to_come(week_of(first)))


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
    wall = time(schedule.hour, schedule.minute, tzinfo=ZoneInfo(schedule.zone))
    return Slot(week, datetime.combine(schedule.day(week), wall).astimezone(UTC))


def judge(slot: Slot, now: datetime) -> Verdict:
    """Tell whether a slot is still to come, is due, is to be posted late, or was missed."""
    lateness = now - slot.at
    if lateness < timedelta():
        return "early"
    if lateness <= DUE_WITHIN:
        return "due"
    return "late" if lateness < LATE_WITHIN else "missed"


def slot_meant(schedule: Schedule, promised: datetime) -> Slot:
    """Return the slot that was due then by the zone tables of before: by today's, the nearest."""
    around = islice(Calendar(schedule).ahead(promised - timedelta(weeks=2)), 4)
    return min(around, key=lambda slot: abs(slot.at - promised))


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


def _weeks(week: str) -> Iterator[str]:
    day = _monday(week)
    while True:
        yield week_of(day)
        day += timedelta(weeks=1)


def _monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)
