"""What a group reads in which week, chosen or in order, and how many members are ready for it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import chain, islice, takewhile
from typing import Literal

from bot.core.curriculum import Curriculum, Resource
from bot.core.dates import dates_meant
from bot.core.progress import READ, UNLOCKS, shown_count
from bot.core.weeks import HAD, Calendar, Slot, Week, Why, running_week, week_of, weeks_from

AfterList = Literal["additions", "must_reads"]
"""How a group goes on when its list is through: all additions, or the must-reads once more."""

TELL_WEEKS_AHEAD = 2
"""With this many weeks left, a group is told that its list is nearly finished."""

READINESS_FROM = 5
"""In a smaller group a count would show who has read what."""

LONG = 180
"""Minutes. More is much for one week."""

MOST_WEEKS = 4

A_YEAR_OF_WEEKS = 54
AT_MOST_AHEAD = timedelta(days=365)
"""How far ahead a moderator may pick."""


@dataclass(frozen=True, slots=True)
class Pick:
    """What a group reads in a week. Both are None if nothing is left for it.

    ``part``: (2, 3) is the second of three weeks for which it reads it.
    """

    week: str
    key: str | None
    why: Why | None
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """For how many weeks a group reads a resource, if not for one; 0: it is passed over.

    ``since`` is the week from which they count; ``had`` are the group's weeks from then on, in
    order, each with the key of its paper.
    """

    key: str
    weeks: int
    since: str
    had: tuple[tuple[str, str], ...] = ()

    @property
    def is_under_way(self) -> bool:
        """Tell whether it was begun and has weeks to come: of a span out of ``spans_by_key``."""
        return 0 < len(self.had) < self.weeks

    def part(self, week: str) -> tuple[int, int] | None:
        """Return which of how many weeks for it this is, (2, 3); None: the only one, or none."""
        weeks = [had for had, _ in self.had[: self.weeks]]
        return (weeks.index(week) + 1, self.weeks) if self.weeks > 1 and week in weeks else None


@dataclass(frozen=True, slots=True)
class Readiness:
    """How many of a group's members can begin with a resource.

    ``most_lacked`` is what more than half of the others have yet to read first, or None.
    """

    ready: int
    of: int
    most_lacked: str | None


PICKED: Why = "picked_by_moderator"

Silent = Literal["paused", "stopped", "skipped", "too_soon"]
"""Why nothing will be posted in a week as things are."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen for a group's week; ``why``: by a moderator, or by a vote."""

    group_id: int
    week: str
    key: str
    why: Why


@dataclass(frozen=True, slots=True)
class PickReply:
    """What became of a pick.

    ``resource``: what the week reads now, None if nothing is left. ``before``: what was picked
    for it until now. ``was_had``: the group read it once. ``others``: further weeks for which the
    same is chosen. ``is_past``: the week's time has come already. ``silent``: why it won't be
    read as things are. ``is_voted_on``: the group is just voting on the week. ``weeks``: for how
    many the group reads it; None: nobody has said.
    """

    group_id: int
    channel_id: int
    slot: Slot
    resource: Resource | None
    before: Resource | None = None
    was_had: bool = False
    others: tuple[Slot, ...] = ()
    is_past: bool = False
    silent: Silent | None = None
    is_voted_on: bool = False
    weeks: int | None = None


VoteState = Literal["running", "decided", "cancelled", "lost"]

FEWEST, MOST = 2, 5
"""Candidates of a vote."""

BEFORE_ITS_SLOT = timedelta(hours=1)
"""How long before its slot, at least, a vote closes."""

DEFAULT_HOURS = 48
"""How long a vote runs if nobody says otherwise; less where its slot is nearer."""

TIME_TO_SEND = timedelta(minutes=5)
LONGEST = 32 * 24
"""Hours that a poll of Discord's lasts at most."""


@dataclass(frozen=True, slots=True)
class Vote:
    """``keys``: the candidates, in the order of the list. ``message_id``: the poll, once sent."""

    vote_id: int
    group_id: int
    week: str
    state: VoteState
    keys: tuple[str, ...]
    hours: int
    closes_at: datetime
    channel_id: int
    message_id: int | None = None
    look_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a vote's messages show: its candidates as they are on the list now, where they are."""

    vote: Vote
    guild_id: int
    slot: Slot
    zone: str
    curriculum: Curriculum
    candidates: tuple[Resource | None, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """A week to come; ``is_skipped``: nothing will be posted."""

    slot: Slot
    pick: Pick
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides what a group reads in which week, as it stood ``now``.

    Whoever asks what is read when asks here. ``choices`` and ``votes`` are of last week and later:
    its slot may be due still. ``spans`` are by present key; ``beyond`` is what follows the list.
    """

    curriculum: Curriculum
    calendar: Calendar
    now: datetime
    choices: Sequence[Chosen] = ()
    votes: Sequence[Vote] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)
    beyond: Sequence[str] = ()

    @property
    def running(self) -> str:
        return running_week(self.calendar.schedule.zone, self.now)

    @property
    def this_week(self) -> Week | None:
        return self.calendar.week(self.running)

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        """What is picked or won for the running week and all to come."""
        return tuple(each for each in self.choices if each.week >= self.running)

    @property
    def picked(self) -> dict[str, str]:
        """The moderators' picks among these, by week."""
        return {each.week: each.key for each in self.chosen if each.why == PICKED}

    def papers(self, weeks: Sequence[str]) -> list[Pick]:
        """Return what the group reads in each of these weeks, which are ascending."""
        picked, winners = by_week(self.choices)
        had, spans = self.calendar.had(), self.spans.values()
        return next_papers(self.curriculum, had, picked, winners, weeks, self.beyond, spans)

    def paper(self, week: str) -> Pick:
        """Return what the group reads in a week, be that to come or not."""
        ahead = (slot.week for slot in self.calendar.ahead(self.now))
        return self.papers([*takewhile(lambda each: each < week, ahead), week])[-1]

    def coming(self, count: int) -> tuple[Coming, ...]:
        """Return the next weeks with their papers, and those that are skipped without."""
        weeks = self.calendar.weeks
        skipped = {each.week for each in weeks if each.state == "skipped" and each.at > self.now}
        slots = list(islice(self.calendar.without(skipped).ahead(self.now), count))
        papers = self.papers([slot.week for slot in slots if slot.week not in skipped])
        picks = {pick.week: pick for pick in papers}
        none = Pick("", None, None)
        return tuple(Coming(s, picks.get(s.week, none), s.week in skipped) for s in slots)

    def weeks_left(self, at_most: int | None = None) -> int:
        """Return for how many weeks in a row, from the next on, the group has a paper.

        In one pass: a thousand additions take some milliseconds (``python -m tests.bench crowd``).
        Tell it at ``TELL_WEEKS_AHEAD``; 0 means that there is none for the next week.
        """
        enough = len(self.curriculum.resources) + len(self.choices) + len(self.beyond) + 1
        enough += sum(span.weeks for span in self.spans.values())
        ahead = self.calendar.weeks_to_come(self.calendar.next(self.now).week)
        papers = self.papers(list(islice(ahead, at_most or enough)))
        return sum(1 for _ in takewhile(lambda pick: pick.key is not None, papers))

    def vote_on(self, week: str) -> Vote | None:
        """Return the vote on a week, whatever became of it."""
        return next((vote for vote in self.votes if vote.week == week), None)

    def candidates(self, count: int) -> list[str]:
        """Return the next of the list that the group hasn't had, and that nobody picked for it."""
        left_out = {key for key, span in self.spans.items() if span.weeks == 0}
        had = {*self.calendar.had(), *self.picked.values(), *left_out}
        weeks = weeks_from(self.running, count)  # any weeks: nothing is chosen for them
        papers = next_papers(self.curriculum, had, {}, {}, weeks)
        return [paper.key for paper in papers if paper.key is not None]

    def free_slot(self, resource: Resource) -> Slot | None:
        """Return the slot for which the resource is picked, or else the next that is free.

        Free is a week for which nothing is picked or won, and no vote runs. None: a year's are
        all taken.
        """
        ahead = list(islice(self.calendar.ahead(self.now), A_YEAR_OF_WEEKS))
        keys, picked = self.curriculum.keys_of(resource), self.picked
        taken = {each.week for each in self.choices}
        taken |= {vote.week for vote in self.votes if vote.state == "running"}
        has_it = (slot for slot in ahead if picked.get(slot.week) in keys)
        return next(chain(has_it, (slot for slot in ahead if slot.week not in taken)), None)

    def span(self, resource: Resource, weeks: int) -> Span:
        """Return that the group reads a resource for so many weeks; those it has had count."""
        old, keys = self.spans.get(resource.key), self.curriculum.keys_of(resource)
        newest = next((week for week in self.calendar.weeks if week.state in HAD), None)
        since = newest.week if newest is not None and newest.key in keys else self.running
        if old is not None and old.had and (old.is_under_way or since == old.had[-1][0]):
            since = old.since
        return Span(resource.key, weeks, since)

    def part(self, week: Week) -> tuple[int, int] | None:
        """Return which of how many weeks for its paper a week is; None: the only one."""
        resource = self.curriculum.get(week.key or "")
        span = None if resource is None else self.spans.get(resource.key)
        return None if span is None else span.part(week.week)

    def silent(self, slot: Slot) -> Silent | None:
        """Return why nothing will be posted in a week of a group that is active."""
        week = self.calendar.week(slot.week)
        if week is None:
            return "too_soon" if slot.week in self.calendar.too_soon() else None
        return "skipped" if week.state == "skipped" and slot.at > self.now else None

    @property
    def begins(self) -> tuple[datetime, datetime] | None:
        """When the first paper and the second came, were it posted now; None: it was, once."""
        if self.calendar.first_at is not None:
            return None
        return self.now, self._begun().next(self.now).at

    def made_way(self, *, begins: bool = False) -> dict[str, str]:
        """Return where the choice goes for a week that comes too soon after the first paper.

        To the next free week; if the group ``begins`` now and nothing else is chosen for that, to
        the running one.
        """
        if begins == (self.calendar.first_at is not None):
            return {}
        calendar = self._begun() if begins else self.calendar
        taken, running = {each.week for each in self.chosen}, self.running
        free = (s.week for s in calendar.ahead(self.now) if s.week not in taken)
        to = running if begins and running not in taken else next(free)
        passed = (week for week in calendar.too_soon() if calendar.week(week) is None)
        return {week: to for week in passed if week > running}

    def _begun(self) -> Calendar:
        return self.calendar.having(Week(0, 0, self.running, self.now, "waiting"))


def next_papers(
    curriculum: Curriculum,
    had: Collection[str],
    picked: Mapping[str, str],
    winners: Mapping[str, str],
    weeks: Sequence[str],
    beyond: Sequence[str] = (),
    spans: Iterable[Span] = (),
) -> list[Pick]:
    """Return what the group reads in each of the weeks, which are ascending.

    A moderator's pick comes first, even of something the group has had; then the vote's winner,
    unless the group has had it or a moderator wants it for a coming week; then what goes on for
    several weeks; then the next of the list, docs and course too; then the next addition that is
    a must-read; then the next of ``beyond``, had or not. What is picked or won for a coming week
    is not taken earlier by the order of the list. Picks and winners that have left the curriculum
    count for nothing, and so do companions. What is passed over comes only as a pick.
    """
    parts = _Parts(curriculum, spans)
    by_moderator = _chosen(curriculum, picked, weeks)
    by_vote = _chosen(curriculum, winners, weeks)
    won = {week: key for week, key in by_vote.items() if week not in by_moderator}
    # The last week, up to which a key is held back. As text, weeks are in their order.
    picked_until = {key: week for week, key in sorted(by_moderator.items())}
    held_until = {key: week for week, key in sorted([*by_moderator.items(), *won.items()])}
    had = _present_keys(curriculum, had)
    taken: set[str] = set()
    # What is held back is taken in its week: nothing that is passed over comes free again.
    passed_over = {*had, *held_until, *parts.passed_over}
    free = (each for each in _in_order(curriculum) if each[0] not in passed_over)
    beyond = [key for key in beyond if key not in parts.passed_over]
    then = _Beyond(curriculum, beyond, held_until)
    picks: list[Pick] = []
    for week in weeks:
        winner = won.get(week)
        is_free = not any(winner in keys for keys in (had, taken, parts.passed_over))
        if week in by_moderator:
            pick = Pick(week, by_moderator[week], "picked_by_moderator")
        elif winner is not None and is_free and picked_until.get(winner, week) <= week:
            pick = Pick(week, winner, "vote_winner")
        else:
            if winner is not None and held_until[winner] == week:
                then.release(winner)
            if parts.under_way:
                pick = Pick(week, parts.under_way[0], "goes_on")
            else:
                found = next(free, None)
                pick = Pick(week, *found) if found else then.next(week, taken, had)
        if pick.key is not None:
            taken.add(pick.key)
        picks.append(parts.read(pick))
    return picks


def is_long(resource: Resource) -> bool:
    """Tell whether a resource may be read for several weeks, or be passed over."""
    return (resource.minutes or 0) > LONG


def spans_by_key(curriculum: Curriculum, spans: Iterable[Span]) -> dict[str, Span]:
    """Return the spans of what is listed, by present key, each with its own weeks alone."""
    found: dict[str, Span] = {}
    for span in spans:
        if (resource := curriculum.get(span.key)) is not None:
            keys = curriculum.keys_of(resource)
            had = tuple(each for each in span.had if each[1] in keys)
            found[resource.key] = replace(span, key=resource.key, had=had)
    return found


def beyond_list(curriculum: Curriculum, choice: AfterList, without: Collection[str]) -> list[str]:
    """Return the keys that follow a list that is through, in reading order."""
    left = _present_keys(curriculum, without)
    wanted = (
        resource
        for resource in curriculum.reading_order
        if (resource.addition if choice == "additions" else resource.must_read)
    )
    return [resource.key for resource in wanted if resource.key not in left]


def readiness(
    curriculum: Curriculum,
    resource: Resource,
    members_by_states: Iterable[tuple[Mapping[str, str], int]],
    had: Collection[str] = (),
) -> Readiness | None:
    """Count who can begin with the resource; None if that isn't to be told.

    It is told of ``READINESS_FROM`` members or more, and only if at least half are ready: fewer
    would discourage. Ready is who has read it already, or for whom nothing it needs is locked:
    done, known and skipped unlock, and what the group has had counts as read by all. Equally
    lacked resources: the first in file order is named.

    ``members_by_states``: states by key, and how many members have just these.
    """
    needed = _present_keys(curriculum, resource.prerequisites)
    needed -= _present_keys(curriculum, had)
    members = ready = 0
    lacked: Counter[str] = Counter()
    for states, count in members_by_states:
        members += count
        lacks = _lacked(curriculum, resource, needed, states)
        ready += 0 if lacks else count
        lacked.update(dict.fromkeys(lacks, count))
    if members < READINESS_FROM or ready * 2 < members:
        return None
    return Readiness(ready, members, _most_lacked(curriculum, lacked, members - ready))


def asked_by_readiness(curriculum: Curriculum, resource: Resource) -> dict[str, tuple[str, ...]]:
    """Return the resources whose states ``readiness`` asks for: all their keys by present key."""
    needed = (curriculum.get(key) for key in resource.prerequisites)
    asked = [resource, *(each for each in needed if each is not None)]
    return {each.key: curriculum.keys_of(each) for each in asked}


def by_week(chosen: Iterable[Chosen]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the moderators' picks and the votes' winners, each as week -> key."""
    picked: dict[str, str] = {}
    winners: dict[str, str] = {}
    for one in chosen:
        (picked if one.why == PICKED else winners)[one.week] = one.key
    return picked, winners


def weeks_meant(typed: str, today: date, zone: str) -> dict[str, date]:
    """Return the ISO weeks that may be meant by a day or a week, each with the day read."""
    return {week_of(day): day for day in dates_meant(typed, today, zone)}


def longest_hours(slot: Slot, now: datetime) -> int:
    """Return for how many whole hours a vote called now can run; 0 or less: for none."""
    left = slot.at - BEFORE_ITS_SLOT - TIME_TO_SEND - now
    return min(LONGEST, left // timedelta(hours=1))


def winner(keys: Sequence[str], counts: Sequence[int]) -> str | None:
    """Return what most voted for: of several, the first. None: nobody voted."""
    best = max(counts, default=0)
    return keys[list(counts).index(best)] if best > 0 else None


def _in_order(curriculum: Curriculum) -> Iterator[tuple[str, Why]]:
    """Yield the list, then the additions that are must-reads."""
    for resource in curriculum.resources:
        if not resource.addition:
            yield resource.key, "next_on_list"
    for resource in curriculum.resources:
        if resource.addition and resource.must_read:
            yield resource.key, "must_read_addition"


class _Parts:
    """What is read for several weeks, and for how many it was already."""

    def __init__(self, curriculum: Curriculum, spans: Iterable[Span]) -> None:
        found = spans_by_key(curriculum, spans)
        self.passed_over = {key for key, span in found.items() if span.weeks == 0}
        self._weeks = {key: span.weeks for key, span in found.items() if span.weeks > 1}
        self._had = {key: len(found[key].had) for key in self._weeks}
        begun = sorted((s.had[0], key) for key, s in found.items() if s.is_under_way)
        self.under_way = [key for _, key in begun]

    def read(self, pick: Pick) -> Pick:
        """Return the pick with its part, if it is one: its week is then had."""
        key = pick.key
        if key is None or self._had.get(key, 0) >= self._weeks.get(key, 0):
            return pick
        self._had[key] += 1
        part = self._had[key], self._weeks[key]
        if part[0] == part[1]:
            self.under_way.remove(key)
        elif part[0] == 1:
            self.under_way.append(key)
        return replace(pick, part=part)


class _Beyond:
    """What follows a list that is through, each once; what is held back comes when it is free."""

    def __init__(self, curriculum: Curriculum, keys: Iterable[str], held: Collection[str]) -> None:
        present = (r.key for key in keys if (r := curriculum.get(key)) is not None)
        self._keys = list(dict.fromkeys(present))
        self._positions = {key: position for position, key in enumerate(self._keys)}
        self._free = [position for key, position in self._positions.items() if key not in held]

    def release(self, key: str) -> None:
        if key in self._positions:
            heappush(self._free, self._positions[key])

    def next(self, week: str, taken: Collection[str], had: Collection[str]) -> Pick:
        while self._free:
            key = self._keys[heappop(self._free)]
            if key not in taken:
                return Pick(week, key, "must_read_again" if key in had else "addition")
        return Pick(week, None, None)


def _chosen(
    curriculum: Curriculum, by_week: Mapping[str, str], weeks: Sequence[str]
) -> dict[str, str]:
    """Return the choices that can still come true, by week, with present keys.

    Those of a week that is not asked for but gone by, or left out as skipped, hold nothing back.
    """
    last, wanted = max(weeks, default=""), set(weeks)
    asked = {week: key for week, key in by_week.items() if week in wanted or week > last}
    found = {week: curriculum.get(key) for week, key in asked.items()}
    return {week: r.key for week, r in found.items() if r is not None and not r.is_companion}


def _present_keys(curriculum: Curriculum, keys: Iterable[str]) -> set[str]:
    return {resource.key for key in keys if (resource := curriculum.get(key)) is not None}


def _lacked(
    curriculum: Curriculum, resource: Resource, needed: Collection[str], states: Mapping[str, str]
) -> set[str]:
    read = _present_keys(curriculum, (key for key, state in states.items() if state in READ))
    unlocked = _present_keys(curriculum, (k for k, state in states.items() if state in UNLOCKS))
    return set() if resource.key in read else set(needed) - unlocked


def _most_lacked(curriculum: Curriculum, counts: Counter[str], lacking: int) -> str | None:
    if shown_count(lacking) is None:
        return None
    in_order = [resource for resource in curriculum.resources if resource.key in counts]
    most = max(in_order, key=lambda resource: counts[resource.key], default=None)
    return most.key if most is not None and counts[most.key] * 2 > lacking else None
