"""What a group reads in which week, chosen or in order, and how many members are ready for it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice, takewhile
from typing import Literal

from bot.core.curriculum import Curriculum, Resource
from bot.core.dates import dates_meant
from bot.core.progress import READ, UNLOCKS, shown_count
from bot.core.weeks import HAD, Calendar, Slot, Week, Why, running_week, week_of

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
    called_by: int | None = None


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
    def last(self) -> str:
        """The last week for which a moderator may pick."""
        return week_of((self.now + AT_MOST_AHEAD).date())

    @property
    def is_empty(self) -> bool:
        """Nothing is on the group's list, so it isn't through with it."""
        return not self.curriculum.resources

    @property
    def this_week(self) -> Week | None:
        return self.calendar.week(self.running)

    @property
    def chosen(self) -> tuple[Chosen, ...]:
        """What is picked or won for the running week and all to come."""
        return tuple(each for each in self.choices if each.week >= self.running)

    @property
    def open_picks(self) -> tuple[Chosen, ...]:
        """The moderators' picks for weeks that have nothing yet."""
        had = {each.week for each in self.calendar.weeks if each.state in HAD}
        return tuple(c for c in self.chosen if c.why == PICKED and c.week not in had)

    @property
    def picked(self) -> dict[str, str]:
        """The moderators' picks among these, by week."""
        return {each.week: each.key for each in self.chosen if each.why == PICKED}

    def papers(self, weeks: Sequence[str]) -> list[Pick]:
        """Return what the group reads in each of the weeks, which are ascending.

        A moderator's pick comes first, even of something the group has had; then the vote's
        winner, unless the group has had it or a moderator wants it for a coming week; then what
        goes on for several weeks; then the next of the list, docs and course too; then the next
        addition that is a must-read; then the next of ``beyond``, had or not. What is picked or
        won for a coming week is not taken earlier by the order of the list. What is passed over
        comes only as a pick.
        """
        picked, won = self._choices_for(weeks)
        # The last week, up to which a key is held back. As text, weeks are in their order.
        picked_until = {key: week for week, key in sorted(picked.items())}
        held_until = {key: week for week, key in sorted([*won.items(), *picked.items()])}
        spans, order = dict(self.spans), self._order(self.beyond)
        gone = self._had | self._passed_over
        papers: list[Pick] = []
        for week in weeks:
            winner, under_way = won.get(week), [s for s in spans.values() if s.is_under_way]
            key: str | None
            why: Why | None
            if week in picked:
                key, why = picked[week], PICKED
            elif winner and winner not in gone and picked_until.get(winner, week) <= week:
                key, why = winner, "vote_winner"
            elif under_way:
                key, why = min(under_way, key=lambda span: span.had).key, "goes_on"
            else:
                free = (each for each in order if held_until.get(each, week) <= week)
                key = next(free, None)
                why = order.get(key or "")
            part = None
            if key is not None:
                gone.add(key)
                order.pop(key, None)
            if key in spans:
                spans[key] = replace(spans[key], had=(*spans[key].had, (week, key)))
                part = spans[key].part(week)
            papers.append(Pick(week, key, why, part))
        return papers

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
        picked = _present_keys(self.curriculum, self.picked.values())
        return list(islice((key for key in self._order() if key not in picked), count))

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

    def room_for(self, choices: Iterable[Chosen]) -> tuple[dict[str, str], int]:
        """Return to which free weeks another group's choices move, by their weeks there.

        Each keeps its week, or gets the next free one, all in their order; a year ahead at most.
        How many found none is the second value. What is chosen here already, or twice, doesn't
        move: it comes once. Where a moderator picked, the vote's winner of the week is moot.
        """
        chosen = {self._present(each.key) for each in self.chosen}
        taken = {each.week for each in self.choices}
        taken |= {vote.week for vote in self.votes if vote.state == "running"}
        ahead = (slot.week for slot in islice(self.calendar.ahead(self.now), A_YEAR_OF_WEEKS))
        free = [week for week in ahead if week not in taken and week <= self.last]
        wanted = {c.week: c for c in sorted(choices, key=lambda c: (c.week, c.why == PICKED))}
        moves, last, left_out = dict[str, str](), "", 0
        for week, each in wanted.items():
            if (key := self._present(each.key)) in chosen:
                continue
            chosen.add(key)
            to = next((other for other in free if other >= week and other > last), None)
            if to is None:
                left_out += 1
            else:
                moves[week] = last = to
        return moves, left_out

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
            return None if self.calendar.is_to_come(slot.week) else "too_soon"
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
        if begins and self.calendar.first_at is not None:
            return {}
        calendar, moves = self._begun() if begins else self.calendar, dict[str, str]()
        taken = {each.week for each in self.chosen}
        for week in sorted(taken | {vote.week for vote in self.votes}):
            if week <= self.running or calendar.week(week) or calendar.is_to_come(week):
                continue
            free = (s.week for s in calendar.ahead(self.now) if s.week not in taken)
            moves[week] = self.running if begins and self.running not in taken else next(free)
            taken.add(moves[week])
        return moves

    def _present(self, key: str) -> str:
        resource = self.curriculum.get(key)
        return key if resource is None else resource.key

    @property
    def _had(self) -> set[str]:
        return _present_keys(self.curriculum, self.calendar.had())

    @property
    def _passed_over(self) -> set[str]:
        return {key for key, span in self.spans.items() if span.weeks == 0}

    def _begun(self) -> Calendar:
        return self.calendar.having(Week(0, 0, self.running, self.now, "waiting"))

    def _choices_for(self, weeks: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the picks and the wins that can still come true, by week, with present keys.

        Those of a week that is not asked for but gone by, or left out as skipped, hold nothing
        back; nor does what has left the curriculum, or is a companion.
        """
        last = max(weeks, default="")
        picked, won = dict[str, str](), dict[str, str]()
        for each in self.choices:
            resource = self.curriculum.get(each.key)
            is_asked = each.week > last or each.week in weeks
            if is_asked and resource is not None and not resource.is_companion:
                (picked if each.why == PICKED else won)[each.week] = resource.key
        return picked, {week: key for week, key in won.items() if week not in picked}

    def _order(self, beyond: Sequence[str] = ()) -> dict[str, Why]:
        """Return what the group reads if nobody chooses, in order, and why."""
        listed, had = self.curriculum.resources, self._had
        order: dict[str, Why] = {r.key: "next_on_list" for r in listed if not r.addition}
        order |= {r.key: "must_read_addition" for r in listed if r.addition and r.must_read}
        order = {key: why for key, why in order.items() if key not in had}
        for resource in (self.curriculum.get(key) for key in beyond):
            if resource is not None:
                why: Why = "must_read_again" if resource.key in had else "addition"
                order.setdefault(resource.key, why)
        passed_over = self._passed_over
        return {key: why for key, why in order.items() if key not in passed_over}


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
    needed = _present_keys(curriculum, resource.prerequisites) - _present_keys(curriculum, had)
    members = ready = 0
    lacked: Counter[str] = Counter()
    for states, count in members_by_states:
        members += count
        read = _present_keys(curriculum, (key for key, state in states.items() if state in READ))
        unlocked = _present_keys(curriculum, (k for k, state in states.items() if state in UNLOCKS))
        if lacks := set() if resource.key in read else needed - unlocked:
            lacked.update(dict.fromkeys(lacks, count))
        else:
            ready += count
    lacking = members - ready
    if members < READINESS_FROM or lacking > ready:
        return None
    in_order = (each.key for each in curriculum.resources if each.key in lacked)
    most = max(in_order, key=lacked.__getitem__, default=None)
    is_told = shown_count(lacking) is not None and lacked[most or ""] * 2 > lacking
    return Readiness(ready, members, most if is_told else None)


def asked_by_readiness(curriculum: Curriculum, resource: Resource) -> dict[str, tuple[str, ...]]:
    """Return the resources whose states ``readiness`` asks for: all their keys by present key."""
    needed = (curriculum.get(key) for key in resource.prerequisites)
    asked = [resource, *(each for each in needed if each is not None)]
    return {each.key: curriculum.keys_of(each) for each in asked}


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


def _present_keys(curriculum: Curriculum, keys: Iterable[str]) -> set[str]:
    return {resource.key for key in keys if (resource := curriculum.get(key)) is not None}
