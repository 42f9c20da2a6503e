"""Study groups as values: their weeks, and checks of who is still there."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Literal

from bot.core.curriculum import Curriculum, Resource
from bot.core.lists import Where
from bot.core.outbox import Problem
from bot.core.papers import AfterList, Chosen, Coming, MadeWay, Readiness, Span, Vote
from bot.core.recommend import Worth
from bot.core.weeks import HAD, DaysOff, Meeting, Meets, Part, Schedule, Week
from bot.core.zones import ZoneChoice

GroupState = Literal["active", "paused", "stopped"]
ReminderWish = Literal["wanted", "closed"]
"""Of a member who asked for reminders; ``closed``: but who takes no direct messages."""


@dataclass(frozen=True, slots=True)
class ReadBy:
    """How many read a week's paper, and which of those members show their name.

    ``count`` is None for too few readers: then ``named`` are just those of them who chose so.
    """

    count: int | None = None
    named: tuple[int, ...] = ()


LeadState = Literal["leads", "asked", "declined", "closed"]
"""How somebody stands to a week; ``closed``: asked, but takes no direct messages."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads a group's week, or was asked to; ``key`` is what they chose for it.

    ``questions``: theirs to the paper, beside those that the list has.
    """

    group_id: int
    week: str
    reader_id: int
    state: LeadState
    key: str | None = None
    questions: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """What the letter that asks for it is about."""
        return f"{self.group_id}:{self.week}:{self.reader_id}"


@dataclass(frozen=True, slots=True)
class Group:
    """A study group: one channel with its weekly slot.

    ``blocked`` is why nothing can be posted, ``since`` the instant from which
    slots count, ``next_at`` when the next one is. ``standing_id``: the post in its forum into
    which the weeks are sent; None: there is none yet, or the channel is no forum.
    ``list_id``: what it reads from; None: what its server does by default. ``merged_into``: the
    group that it went into for good; then it is stopped, and ``channel_id`` is where it was.
    ``language``: in which its channel is written to, as a Discord locale, at first that of whoever
    started it; "": that wasn't kept then. ``meets``:
    when it talks about its paper; None: it doesn't meet.
    """

    group_id: int
    guild_id: int
    channel_id: int
    state: GroupState
    schedule: Schedule
    role_id: int | None
    since: datetime
    next_at: datetime
    blocked: Problem | None = None
    changed_by: int | None = None
    after_list: AfterList | None = None
    after_list_at: datetime | None = None
    is_forum: bool = False
    standing_id: int | None = None
    list_id: str | None = None
    merged_into: int | None = None
    language: str = ""
    meets: Meets | None = None

    @property
    def present_id(self) -> int:
        """The group in which its members are now: itself, or the one that it went into."""
        return self.merged_into or self.group_id

    @property
    def where(self) -> Where:
        """Where its papers come from."""
        return Where(self.guild_id, self.channel_id, self.list_id)

    def meeting_at(self, slot_at: datetime, next_at: datetime | None = None) -> datetime | None:
        """Return when the group meets about the paper of a slot; None: it doesn't.

        ``next_at``: when the next paper comes. A meeting is about one paper: where both would meet
        at the same time, this one does before that, though it is less than a day after its slot;
        if there is no such time, it has none. Nor has what would meet on a day off.
        """
        meets, zone = self.meets, self.schedule.zone
        if meets is None:
            return None
        then = None if next_at is None else meets.first_after(next_at, zone)
        soonest = (meets.first_after(slot_at, zone, days) for days in (1, 0))
        at = next((at for at in soonest if then is None or at < then), None)
        is_off = at is not None and self.schedule.is_day_off(self.schedule.today(at))
        return None if is_off else at

    def meeting(self, week: Week) -> Meeting | None:
        """Return what the event of a week is to show; None: there is to be none."""
        if self.meets is None or week.meets_at is None or week.message_id is None:
            return None
        if self.state == "stopped":
            return None
        return Meeting(week.meets_at, self.meets.minutes, self.meets.channel_id)

    def still_at(self, week: Week, next_at: datetime, now: datetime) -> datetime | None:
        """Return when a week's meeting to come is, if that isn't as the group says now."""
        is_to_come = week.meets_at is not None and week.meets_at > now and self.state != "stopped"
        is_so = week.meets_at == self.meeting_at(week.at, next_at)
        return week.meets_at if is_to_come and not is_so else None

    def meets_again(self, week: Week, next_at: datetime, now: datetime) -> datetime | None:
        """Return when a week's meeting is, by what the group says now; as ``meeting_at``.

        What has begun stays. So does a meeting to come where the new time has passed: the new one
        counts from the next paper on.
        """
        begun = week.begins_at
        if begun is not None and begun <= now:
            return week.meets_at
        is_off = self.state == "stopped" or week.state not in HAD
        at = None if is_off else self.meeting_at(week.at, next_at)
        return at if at is None or at > now else week.meets_at


@dataclass(frozen=True, slots=True)
class GroupStatus:
    """All that a group's own cards show.

    ``list_title``: what it reads from; "": its server has no other list in sight.
    ``begins``: when the first paper and the second one came, were the first posted now; None: the
    group has had one. ``has_joined``: the reader wasn't a member until now.
    ``this_read`` and ``last_read`` tell who read this week's paper and the last one; ``named`` are
    members who let their name be shown; ``picks``: those of moderators for weeks that have nothing
    yet; ``votes``: those that run, by week; ``lost_votes``: those that came to nothing, unless a
    moderator picked since; ``vote_problems``: why the messages of a vote couldn't be sent, by id;
    ``thread_problem``: why this week's paper has no thread; ``part``: what of its paper this week
    has; ``spans``: by key, for how many weeks papers are read; ``doubted``: resources
    about which the server's readers have doubts. ``is_empty``: so is the list it reads from.
    ``silences``: the days off to come, and a pause. ``leads``: who leads this week and those to
    come, or was asked to; ``is_to_lead``: somebody may still say so of this week; ``could_lead``:
    others have led here, and this member never has; ``unled``: the weeks that they led until they
    left just now.
    ``has_merged``: another group went into it. ``meeting_problem``: why a meeting to come has no
    event; ``undo_id``: of what brings back when the group met before that was changed just now.
    ``opens_at``: when its channel is told of it. ``moves``: what was chosen for weeks that have no
    paper since just now; ``called_off``: the week whose paper was just waiting to be sent;
    ``brought_back``: days that were off until just now. ``still_at``: of a meeting to come that is
    later than the group says now, for what it says has passed; ``event_left``: an event to come is
    still to be cancelled; ``speaks_anew``: its language was changed just now.
    """

    curriculum: Curriculum
    group: Group
    members: int
    is_member: bool
    this_week: Week | None
    last: Week | None
    coming: tuple[Coming, ...]
    weeks_left: int
    list_title: str = ""
    this_read: ReadBy = ReadBy()
    last_read: ReadBy = ReadBy()
    named: tuple[int, ...] = ()
    picks: tuple[Chosen, ...] = ()
    wish: ReminderWish | None = None
    votes: tuple[Vote, ...] = ()
    lost_votes: tuple[Vote, ...] = ()
    vote_problems: Mapping[int, Problem] = field(default_factory=dict)
    thread_problem: Problem | None = None
    has_joined: bool = False
    begins: tuple[datetime, datetime] | None = None
    part: Part | None = None
    spans: Mapping[str, Span] = field(default_factory=dict)
    doubted: tuple[Resource, ...] = ()
    is_empty: bool = False
    silences: tuple[DaysOff, ...] = ()
    leads: tuple[Lead, ...] = ()
    is_to_lead: bool = False
    could_lead: bool = False
    unled: tuple[str, ...] = ()
    has_merged: bool = False
    meeting_problem: Problem | None = None
    undo_id: int | None = None
    opens_at: datetime | None = None
    moves: tuple[MadeWay, ...] = ()
    called_off: str = ""
    brought_back: tuple[DaysOff, ...] = ()
    still_at: datetime | None = None
    event_left: bool = False
    speaks_anew: bool = False

    def leader_of(self, week: str) -> int | None:
        """Return who leads a week, this one or one to come."""
        led = (each for each in self.leads if each.state == "leads" and each.week == week)
        return next((each.reader_id for each in led), None)

    @property
    def pause(self) -> DaysOff | None:
        """The pause with an end that it is in."""
        begun = (each for each in self.silences if each == self.group.schedule.pause)
        return next(begun, None)

    @property
    def vote(self) -> Vote | None:
        """The next of those that run."""
        return next(iter(self.votes), None)


@dataclass(frozen=True, slots=True)
class PastWeek:
    """A week gone by; ``read``: how many read its paper, None if they are too few to be told.

    ``leader_id``: who led it. ``worth``: what those who read it with the group thought of it.
    """

    post: Week
    read: int | None = None
    part: Part | None = None
    leader_id: int | None = None
    worth: Worth | None = None


@dataclass(frozen=True, slots=True)
class PastMonth:
    """A month of a group: how many papers it had, and how many people read one of them.

    ``first`` is its first day; ``readers`` is None if they are too few to be told.
    """

    first: date
    papers: int
    readers: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """A page of a group's past weeks, newest first; the first page is 0.

    After its own come those of the groups that went into it, the last of these first, each on pages
    of its own: ``left_id`` is the channel where that one was. ``months``: those of these weeks.
    """

    group: Group
    page: int
    weeks: tuple[PastWeek, ...]
    has_more: bool
    left_id: int | None = None
    months: tuple[PastMonth, ...] = ()


@dataclass(frozen=True, slots=True)
class WeeklyPost:
    """What the card of a week's paper shows; ``weeks_left``: None while that is nobody's worry.

    ``opens``: it is the first of a group that no other card tells of.
    """

    curriculum: Curriculum
    group: Group
    post: Week
    resource: Resource
    read: int | None
    readiness: Readiness | None
    weeks_left: int | None = None
    part: Part | None = None
    lead: Lead | None = None
    opens: bool = False


@dataclass(frozen=True, slots=True)
class MeetsWish:
    """When, how long and where a group is to meet, as it is typed; "none": not any more.

    ``keeps``: how long and where stay as they were, unless they are said.
    """

    when: str
    lasts: str = ""
    channel_id: int | None = None
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class GroupWish:
    """What a moderator says of a group, as it is typed; "" and None for what isn't said."""

    weekday: int | None = None
    time: str | None = None
    role_id: int | None = None
    zone: str = ""
    list_id: str | None = None
    every: int | None = None
    meets: MeetsWish | None = None
    language: str = ""

    def schedule(self, old: Schedule, zone: str, time: tuple[int, int]) -> Schedule:
        """Return the schedule that is wished: what isn't said stays as it was.

        ``zone`` and ``time`` are what was typed for them, or what was.
        """
        weekday = old.weekday if self.weekday is None else self.weekday
        every = old.every if self.every is None else self.every
        hour, minute = time
        return replace(old, weekday=weekday, hour=hour, minute=minute, zone=zone, every=every)


@dataclass(frozen=True, slots=True)
class GroupForm:
    """What was typed about a channel's group where that left a question or was refused.

    Or how group ``group_id`` met before it was changed to ``after``, for Undo.
    """

    channel_id: int | None
    wish: GroupWish = GroupWish()
    group_id: int | None = None
    after: MeetsWish | None = None


@dataclass(frozen=True, slots=True)
class DaysForm:
    """Days as they were typed for a group; or those that were just taken off, to be brought back.

    ``pauses``: it is to pause until then. ``moves``: of each choice that made way, where it is now,
    its week before that and its key, to be moved back; ``skipped``: or the week that was skipped.
    ``paused``: until when it paused before, as ``DaysOff``; "paused" for no end, "" for not at all.
    ``again``: the days, or the week, have just come back, and are to be off, or skipped, again.
    """

    group_id: int
    typed: str = ""
    pauses: bool = False
    days: tuple[str, ...] = ()
    moves: tuple[tuple[str, str, str], ...] = ()
    skipped: str = ""
    paused: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Here:
    """Who sets a group up and from where, with what Discord's cache says of that server.

    ``channel_ids`` are all its channels, ``room_ids`` those in which people meet; None: it is out,
    and nothing is known to be gone. ``locale`` is a Community's own, else as ``language`` that
    of who sets it up.
    """

    guild_id: int
    channel_id: int
    who: int
    locale: str
    channel_ids: AbstractSet[int] | None
    room_ids: AbstractSet[int] | None = None
    language: str = ""

    def lacks(self, channel_id: int) -> bool:
        """Tell whether a channel is gone."""
        return self.channel_ids is not None and channel_id not in self.channel_ids


@dataclass(frozen=True, slots=True)
class SeenChannel:
    """What Discord's cache says of a channel, with the problem that keeps papers out of it.

    ``post_problem``: the same for a group that is there, in a forum with its standing post.
    """

    channel_id: int
    is_forum: bool
    problem: str | None = None
    post_problem: str | None = None


@dataclass(frozen=True, slots=True)
class SeenRole:
    """What Discord's cache says of a role; ``name`` is None for @everyone."""

    name: str | None
    is_mentionable: bool


@dataclass(frozen=True, slots=True)
class WhichZone:
    """Asks which zone was meant; ``fits``: the typed one may mean the choices.

    All else that was said is kept.
    """

    kept_id: int
    typed: str
    choices: tuple[ZoneChoice, ...]
    fits: bool


@dataclass(frozen=True, slots=True)
class WhichHour:
    """Asks for the hour where ``typed`` is none; all else that was said is kept."""

    kept_id: int
    typed: str


@dataclass(frozen=True, slots=True)
class WhichMeeting:
    """Says that it isn't clear when a group is to meet; all that was said is kept.

    ``why``: which of it, be it how often; or that nobody can meet in the ``room`` that was named.
    """

    kept_id: int
    typed: MeetsWish
    why: Literal["when", "lasts", "every", "room"] = "when"


@dataclass(frozen=True, slots=True)
class LostGroups:
    """The first of ``count`` groups whose channels are gone; ``is_free``: one could move here."""

    shown: tuple[GroupStatus, ...]
    count: int
    is_free: bool


@dataclass(frozen=True, slots=True)
class WhichGroup:
    """Asks whether a lost group is meant, or a new one if it can be; what was said is kept."""

    channel_id: int
    kept_id: int
    lost: LostGroups
    can_be_new: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A group that has moved; ``left``: the channel that it was in, unless that is gone."""

    status: GroupStatus
    left: int | None


@dataclass(frozen=True, slots=True)
class MergeOffer:
    """Two groups of a server, of which one may go into the other for good.

    ``in_both``: members of both. ``had_counts``: what it had would count as had for the other.
    """

    group: GroupStatus
    into: GroupStatus
    in_both: int
    had_counts: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of it. ``status``: the group it went into; ``offer``: both as they were before.

    ``picks``: how many moved; ``left_out``: how many found no free week within a year; ``unled``:
    who led a coming week and can't there.
    """

    status: GroupStatus
    offer: MergeOffer
    picks: int
    left_out: int
    unled: tuple[int, ...] = ()


WEEKDAYS = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


def as_typed(meets: Meets | None) -> MeetsWish:
    """Return what somebody would type for a group to meet so."""
    if meets is None:
        return MeetsWish("none")
    when = f"{WEEKDAYS[meets.weekday]} {meets.hour:02}:{meets.minute:02}"
    return MeetsWish(when, str(meets.minutes), meets.channel_id)


SetUp = GroupStatus | Moved | WhichZone | WhichHour | WhichMeeting | WhichGroup
"""What comes of setting a group up: it is made, changed or moved; or something isn't clear."""


def as_wished(
    group: Group | None, seen: Group | None, schedule: Schedule, role_id: int | None
) -> tuple[Schedule, int | None]:
    """Return the schedule and role that a change leads to; what it leaves as seen stays as it is.

    ``seen``: the group when the change was asked for; another moderator may have changed it since.
    """
    if group is None:
        return schedule, role_id
    if seen is None:  # it has just been made
        return schedule, group.role_id if role_id is None else role_id
    before = {each.name: getattr(seen.schedule, each.name) for each in fields(seen.schedule)}
    wished = {name: getattr(schedule, name) for name in before}
    changed = dict(wished.items() - before.items())
    if not changed.keys().isdisjoint(("hour", "minute")):
        changed |= {"hour": schedule.hour, "minute": schedule.minute}
    schedule = replace(group.schedule, **changed)
    return schedule, group.role_id if role_id == seen.role_id else role_id


def had_counts(came: int, members: int) -> bool:
    """Tell whether what a group had counts as had for the one it goes into.

    ``came``: how many of the ``members`` together were in it: most have been offered its papers
    then. Else they still come, in their order, for most have not.
    """
    return came * 2 > members


CHECKED_EVERY = timedelta(days=7)
"""How long after joining, or after the last check, the next check is due."""

TRY_AGAIN = timedelta(hours=6)
"""How long after a check that came to nothing."""

BETWEEN_LOOKS = timedelta(minutes=1)
FEWEST_CHECKED = 10
CHECKS_SPREAD_OVER = 60
"""Looks, an hour in all, over which what is due is spread."""


@dataclass(frozen=True, slots=True)
class MemberCheck:
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
    return min(due, most, max(FEWEST_CHECKED, -(-due // CHECKS_SPREAD_OVER)))


def due_before(now: datetime) -> datetime:
    """Return the instant: whoever was checked then or earlier is due."""
    return now - CHECKED_EVERY


def as_if_checked(now: datetime) -> datetime:
    """Return when a member would have been checked who is to be tried again before long."""
    return due_before(now) + TRY_AGAIN


def next_look(oldest: datetime | None, soonest: datetime) -> datetime | None:
    """Return when to look next, if ``oldest`` is the longest time ago that anybody was checked."""
    return None if oldest is None else max(oldest + CHECKED_EVERY, soonest)
