"""Reminders to a reader: of what, at which hour of which day, and how often at most."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.curriculum import Curriculum, Resource
from bot.core.groups import Group, Lead
from bot.core.progress import UNLOCKS, Mark
from bot.core.weeks import Part, Week

HOUR = 19
"""When a reader is reminded unless they say, on their own clock."""

IDLE_AFTER = timedelta(days=7)
"""Time without reading after which a reader who wants it is reminded."""

BEFORE_SLOT = timedelta(days=2)
"""How long before a group's next slot its unread paper is told of."""

LEAD_DAYS = timedelta(days=2)
"""How many of their days before they need to be ready who leads a week is reminded of it."""

SENT_WITHIN = timedelta(hours=3)
"""How long after their hour a reader may still be reminded: then it waits for the next day."""

LOOKED_EVERY = timedelta(days=7)
"""How long at most until a reader who wants reminders is looked at again."""

GAPS = (1, 7, 14, 28)
"""Days to the next reminder after one that was answered, and after one, two, three ignored."""

MOST_PAPERS = 4
"""Papers that one message tells of; their groups' ids have to fit its buttons."""

LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)

Window = tuple[datetime, datetime | None]
"""From when, and until when, there is something to tell."""

ALWAYS: Window = (LONG_AGO, None)


def next_day(last: date | None, ignored: int) -> date | None:
    """Return the first day on which another reminder may come; None: on none.

    ``last``: the day of the last one, None without any; ``ignored``: how many in a row were sent
    up to then without a mark since.
    """
    if last is None:
        return date.min
    return last + timedelta(days=GAPS[ignored]) if ignored < len(GAPS) else None


@dataclass(frozen=True, slots=True)
class Pace:
    """When a reader wants to be reminded, and how they took it so far.

    ``remind_hour`` None: they were never asked. ``nudged_at``: since when they want it after a week
    without reading, None before that was kept; ``marked_at``: when they marked something last,
    ``noted_at``: or said that they have read a part.
    ``reminded_at`` and ``ignored``: the last reminder, and how many in a row that made without a
    mark in between; ``perhaps_at``: when another one may have been sent. ``again_at``: they said
    *Later*. ``nudge_at``: when to look whether to remind them; what was due before counts no more.
    """

    zone: str
    remind_hour: int | None = None
    nudged: bool = False
    nudged_at: datetime | None = None
    marked_at: datetime | None = None
    noted_at: datetime | None = None
    reminded_at: datetime | None = None
    ignored: int = 0
    perhaps_at: datetime | None = None
    again_at: datetime | None = None
    nudge_at: datetime | None = None

    @property
    def hour(self) -> int:
        """The hour of their reminders."""
        return HOUR if self.remind_hour is None else self.remind_hour

    @property
    def ignored_by_now(self) -> int:
        """How many reminders in a row they have left without a mark."""
        return 0 if self._answered(self.reminded_at) else self.ignored

    @property
    def first_day(self) -> date | None:
        """The first day on which they may be reminded again; None: on none before a mark."""
        last, ignored = self.reminded_at, self.ignored_by_now
        if self.perhaps_at is not None and (last is None or last < self.perhaps_at):
            last = self.perhaps_at
            ignored = 0 if self._answered(last) else ignored + 1
        on = None if last is None else self.day_of(last)
        if self.again_at is not None:
            again = self.day_of(self.again_at)
            return again if on is None else max(again, on + timedelta(days=1))
        return next_day(on, ignored)

    def wants_again(self, now: datetime) -> bool:
        """Tell whether the day has come for which they said *Later*."""
        return self.again_at is not None and self.day_of(self.again_at) <= self.day_of(now)

    @property
    def idle(self) -> Window:
        """When a week without reading is over."""
        return max(self._read_at, self.nudged_at or LONG_AGO) + IDLE_AFTER, None

    def is_idle(self, now: datetime) -> bool:
        """Tell whether they asked to be told that they haven't read for a week, and haven't."""
        return self.nudged and self.idle[0] <= now

    def day_of(self, at: datetime) -> date:
        """Return the day on their calendar."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def hour_on(self, day: date) -> datetime:
        """Return their hour on a day; of one that clocks leave out, the moment they go on."""
        return self._at(day, self.hour)

    def until(self, at: datetime) -> datetime:
        """Return until when a reminder due then may be sent: on that day, and not much later."""
        return min(at + SENT_WITHIN, self._at(self.day_of(at) + timedelta(days=1), 0))

    def may_come(self, now: datetime) -> bool:
        """Tell whether a reminder may be sent today."""
        first = self.first_day
        return first is not None and first <= self.day_of(now)

    @property
    def first_day_to_lead(self) -> date:
        """The first day on which they may be reminded of what they lead, however silent else."""
        last = max(self.reminded_at or LONG_AGO, self.perhaps_at or LONG_AGO)
        return self.day_of(last) + timedelta(days=1)

    def lead_window(self, at: datetime) -> Window:
        """Return when they are told of a week that they lead: from their day two days before."""
        return self._at(self.day_of(at) - LEAD_DAYS, 0), at

    def may_be_told_of_leading(self, now: datetime) -> bool:
        """Tell whether they may be reminded of that today: once a day, with all else."""
        return self.first_day_to_lead <= self.day_of(now)

    def next_hour(
        self,
        windows: Iterable[Window],
        now: datetime,
        since: datetime,
        leads: Iterable[Window] = (),
    ) -> datetime | None:
        """Return their first hour since then at which there is something to tell; None: unknown.

        It may be past, but not by so much that it is too late. ``windows``: of the papers of their
        groups; ``leads``: of the weeks that they lead.
        """
        first = max(self.first_day_to_lead, self.day_of(now))
        hours = [self._hour_in((max(begins, since), ends), first, now) for begins, ends in leads]
        hours.append(self._next_hour(windows, now, since))
        return min((at for at in hours if at is not None), default=None)

    def _next_hour(
        self, windows: Iterable[Window], now: datetime, since: datetime
    ) -> datetime | None:
        told: list[Window] = [*windows, self.idle] if self.nudged else [*windows]
        if self.again_at is not None and told:
            told = [ALWAYS]
        first = self.first_day
        if first is None:
            return None
        first = max(first, self.day_of(now))
        hours = (self._hour_in((max(begins, since), ends), first, now) for begins, ends in told)
        return min((at for at in hours if at is not None), default=None)

    def _hour_in(self, window: Window, first: date, now: datetime) -> datetime | None:
        begins, ends = window
        day = max(first, self.day_of(begins))
        at = self.hour_on(day)
        while at < begins or self.until(at) <= now:
            day += timedelta(days=1)
            at = self.hour_on(day)
        return at if ends is None or at < ends else None

    def _answered(self, at: datetime | None) -> bool:
        """Tell whether they have read something since then."""
        return at is not None and self._read_at > at

    @property
    def _read_at(self) -> datetime:
        return max(self.marked_at or LONG_AGO, self.noted_at or LONG_AGO)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class OpenLead:
    """A week of a group that its leader is reminded of; ``at``: when they need to be ready.

    ``is_voted_on``: a vote is to decide what is read.
    """

    lead: Lead
    group: Group
    at: datetime
    resource: Resource | None
    curriculum: Curriculum
    server: str = ""
    is_voted_on: bool = False


def paper_window(next_at: datetime) -> Window:
    """Return when a paper that is read until this slot is told of."""
    return next_at - BEFORE_SLOT, next_at


def is_open(mark: Mark | None, window: Window, now: datetime, *, goes_on: bool = False) -> bool:
    """Tell whether a member is told of their group's last paper.

    ``mark``: theirs on it; ``goes_on``: there is time, for the group reads it for weeks to come
    and has no part of it in this one, or they have read that.
    """
    if goes_on or (mark is not None and mark.state in UNLOCKS):
        return False
    begins, ends = window
    return begins <= now and (ends is None or now < ends)


@dataclass(frozen=True, slots=True)
class OpenPaper:
    """What a group reads until ``next_at``, and a member hasn't read; ``server``: its name."""

    group: Group
    post: Week
    resource: Resource
    next_at: datetime
    curriculum: Curriculum
    server: str = ""
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a reader is reminded: of the papers of which groups, or after a week without reading."""

    is_idle: bool = False
    groups: tuple[Group, ...] = ()
