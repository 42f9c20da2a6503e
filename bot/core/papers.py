"""What a group reads in which week, chosen or in order, and how many members are ready for it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice, takewhile
from operator import itemgetter
from typing import Literal, Self

from bot.core.curriculum import Curriculum, Resource
from bot.core.dates import dates_meant
from bot.core.progress import READ, UNLOCKS, shown_count
from bot.core.weeks import HAD, Calendar, Part, Slot, Week, Why, running_week, slot_of_week, week_of

AfterList = Literal["additions", "must_reads"]
"""How a group goes on when its list is through: all additions, or the must-reads once more."""

TELL_WEEKS_AHEAD = 2
"""With this many weeks left, a group is told that its list is nearly finished."""

READINESS_FROM = 5
"""In a smaller group a count would show who has read what."""

LONG = 180
"""Minutes. More is much for one week."""

MOST_WEEKS = 4
"""For what has no parts."""

AT_MOST_AHEAD = timedelta(days=365)
"""How far ahead a moderator may pick, or call a vote."""


@dataclass(frozen=True, slots=True)
class Pick:
    """What a group reads in a week. All are None if nothing is left for it."""

    week: str
    key: str | None
    why: Why | None
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """For how many weeks a group reads a resource, if not for one; 0: it is passed over.

    None: nobody has said, and it is read one of its parts a week. ``since`` is the week from which
    they count. ``spans_by_key`` adds what the resource's ``parts`` are now, and the weeks from then
    on in which the group ``had`` it, in order, each with what it had of it.

    What is in parts takes no more weeks than it has parts: in fewer, they are spread evenly. Once
    it was read, it begins anew when it comes again, for as many weeks.
    """

    key: str
    weeks: int | None
    since: str
    had: tuple[tuple[str, Part | None], ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def in_weeks(self) -> int:
        """For how many weeks it is read in all."""
        most = len(self.parts) or MOST_WEEKS
        return most if self.weeks is None else min(self.weeks, most)

    @property
    def left(self) -> int:
        """For how many weeks it is still to be read, if it is gone on with."""
        _, weeks, reached = self._told()
        return self._left(weeks, reached)

    @property
    def began(self) -> str:
        """The week in which the group began with it, or did so anew."""
        return self.had[-self._told()[1]][0]

    @property
    def is_under_way(self) -> bool:
        return bool(self.had) and self.left > 0

    @property
    def so_far(self) -> tuple[int, int]:
        """How many weeks and parts it was read, if it is gone on with in parts."""
        return self._told()[1:] if self.parts and self.is_under_way else (0, 0)

    def having(self, week: str) -> Self:
        """Return it with one week more, which has what comes next of it."""
        return replace(self, had=(*self.had, (week, None)))

    def part(self, week: str) -> Part | None:
        """Return what of it a week had; None: all of it, or nothing."""
        told = dict(zip((had for had, _ in self.had), self._told()[0], strict=True)).get(week)
        return None if told is None or len(told.names) == told.of else told

    def _told(self) -> tuple[list[Part | None], int, int]:
        """Return what each week had, and since it began last how many weeks and parts that were."""
        told, weeks, reached = list[Part | None](), 0, 0
        for _, known in self.had:
            is_read = self.weeks != 0 and not self._left(weeks, reached)
            if is_read or (known is not None and known.n == 1):
                weeks = reached = 0
            # A paper that was posted whole, or before it had parts, counts for its share of them.
            part = known or self._share(weeks, reached)
            if part is not None and part.names:
                reached = self._reached(part)
            told.append(part)
            weeks += 1
        return told, weeks, reached

    def _share(self, weeks: int, reached: int) -> Part | None:
        """Return what of it comes next, after so many weeks and parts; None: nothing."""
        left, parts = self._left(weeks, reached), len(self.parts)
        if not left:
            return None
        if not parts:
            return Part(weeks + 1, self.in_weeks) if self.in_weeks > 1 else None
        end = reached + -(-(parts - reached) // left)
        return Part(reached + 1, parts, self.parts[reached:end])

    def _left(self, weeks: int, reached: int) -> int:
        if not self.parts:
            return max(0, self.in_weeks - weeks)
        left = len(self.parts) - reached
        return left if self.weeks is None else max(0, min(left, self.weeks - weeks))

    def _reached(self, part: Part) -> int:
        """Return how many parts were had up to this one, though the list may have changed since.

        Where its name is gone, rather one too few: what is told twice is less of a loss.
        """
        if part.names[-1] in self.parts:
            return self.parts.index(part.names[-1]) + 1
        return max(0, min(part.last, len(self.parts) - (part.of - part.last)))


@dataclass(frozen=True, slots=True)
class Readiness:
    """How many of a group's members can begin with a resource.

    ``most_lacked`` is what more than half of the others have yet to read first, or None.
    """

    ready: int
    of: int
    most_lacked: str | None


PICKED: Why = "picked_by_moderator"
CHOSEN: tuple[Why, ...] = (PICKED, "vote_winner", "leader_choice")
"""How a week's paper is chosen: what counts more comes first."""

Silent = Literal["paused", "stopped", "skipped", "too_soon", "day_off", "not_in_turn"]
"""Why nothing will be posted in a week as things are."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen for a group's week; ``why``: by a moderator, a vote, or who leads it."""

    group_id: int
    week: str
    key: str
    why: Why


@dataclass(frozen=True, slots=True)
class PickReply:
    """What became of a pick.

    ``resource``: what the week reads now, None if nothing is left; ``part``: which part of it.
    ``before``: what was picked for it until now. ``was_had``: by then the group has read it once.
    ``others``: further weeks for which the same is chosen. ``is_past``: the week's time has come
    already. ``silent``: why it won't be read as things are. ``is_voted_on``: the group is just
    voting on the week. ``span``: for how many weeks the group reads it; None: nobody has said.
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
    span: Span | None = None
    part: Part | None = None


VoteState = Literal["running", "decided", "cancelled", "lost"]

FEWEST, MOST = 2, 5
"""Candidates of a vote."""

USUAL = 3
"""So many, if nobody says otherwise."""

BEFORE_ITS_SLOT = timedelta(hours=1)
"""How long before its slot, at least, a vote closes."""

DEFAULT_HOURS = 48
"""How long a vote runs if nobody says otherwise; less where its slot is nearer."""

TIME_TO_SEND = timedelta(minutes=5)
LONGEST = 32 * 24
"""Hours that a poll of Discord's lasts at most."""


@dataclass(frozen=True, slots=True)
class VoteWish:
    """What a moderator says of a vote in a channel, as it is typed; None for what isn't said.

    ``count``: how many candidates, those that are named by ``resources`` first.
    """

    channel_id: int
    count: int | None = None
    hours: int | None = None
    resources: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """``keys``: the candidates, named ones first. ``message_id``: the poll, once sent."""

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
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What else is the matter with candidates, by key, when their vote is called.

    ``had``: what the group has had; ``chosen`` and ``voted``: the slots of other weeks to come in
    which they come, as chosen, or for which they are also voted on; ``set_aside``: in which they
    would, as leaders chose, but for the vote; ``left_out``: what moderators chose to pass over.
    """

    had: frozenset[str] = frozenset()
    chosen: Mapping[str, Slot] = field(default_factory=dict)
    voted: Mapping[str, Slot] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    set_aside: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a vote's messages show: its candidates as they are on the list now, where they are.

    ``elsewhere``: what only who calls it is told; ``is_ahead``: papers come before its week's;
    ``has_choice``: if nobody votes, what who leads its week chose is read.
    """

    vote: Vote
    guild_id: int
    slot: Slot
    zone: str
    curriculum: Curriculum
    candidates: tuple[Resource | None, ...]
    elsewhere: Elsewhere = Elsewhere()
    is_ahead: bool = False
    has_choice: bool = False


@dataclass(frozen=True, slots=True)
class MadeWay:
    """Where what is chosen for a week goes, in which no paper comes any more; "": nowhere.

    ``key``: of what is chosen; None: nothing. ``was_voted_on``: the vote on it is called off.
    """

    week: str
    to: str
    key: str | None = None
    was_voted_on: bool = False


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
        """The last week for which a moderator may pick, or call a vote."""
        return week_of((self.now + AT_MOST_AHEAD).date())

    @property
    def is_empty(self) -> bool:
        """Nothing is on the group's list, so it isn't through with it."""
        return not self.curriculum.resources

    @property
    def current(self) -> str:
        """The week whose paper the group is reading."""
        return self.calendar.current(self.running)

    @property
    def this_week(self) -> Week | None:
        return self.calendar.week(self.current)

    def came_in(self, week: str) -> Week | None:
        """Return the week if it has its paper, or is just being sent it."""
        had = self.calendar.week(week)
        return had if had is not None and had.state in HAD else None

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
    def running_votes(self) -> tuple[Vote, ...]:
        """The votes that run, on the running week and all to come."""
        return tuple(v for v in self.votes if v.state == "running" and v.week >= self.running)

    @property
    def picked(self) -> dict[str, str]:
        """The moderators' picks among these, by week."""
        return {each.week: each.key for each in self.chosen if each.why == PICKED}

    def papers(self, weeks: Sequence[str]) -> list[Pick]:
        """Return what the group reads in each of the weeks, which are ascending.

        A moderator's pick comes first, even of something the group has had; then the vote's
        winner, unless the group has had it since the vote was called, or a moderator wants it for
        another week; then the choice of who leads, unless the group has had it and doesn't read it
        again, or it is wanted or voted on for a coming week; then what goes on for several weeks;
        then the next of the list, docs and course too; then the next addition that is a must-read;
        then the next of ``beyond``, had or not. What is chosen or voted on for a coming week is not
        taken earlier by the order of the list. What is passed over comes only as a pick.
        """
        picked, won, led = self._choices_for(weeks)
        # The last week, up to which a key is held back. As text, weeks are in their order.
        before_led = [*won.items(), *picked.items(), *self._voted_on(weeks)]
        wanted_until = {key: week for week, key in sorted(before_led)}
        held_until = {key: week for week, key in sorted([*led.items(), *before_led])}
        spans, order = dict(self.spans), self._order(self.beyond)
        under_way = {key: span for key, span in spans.items() if span.is_under_way}
        gone = self._passed_over
        papers: list[Pick] = []
        for week in weeks:
            winner, choice = won.get(week), led.get(week)
            key: str | None
            why: Why | None
            if week in picked:
                key, why = picked[week], PICKED
            elif winner and winner not in gone:
                key, why = winner, "vote_winner"
            elif choice and choice not in gone and wanted_until.get(choice, week) <= week:
                key, why = choice, "leader_choice"
            elif under_way:
                key, why = min(under_way.values(), key=_began).key, "goes_on"
            else:
                free = (each for each in order if held_until.get(each, week) <= week)
                key = next(free, None)
                why = order.get(key or "")
            part = None
            if key is not None:
                gone.add(key)
                order.pop(key, None)
            if key in spans:
                spans[key] = spans[key].having(week)
                part = spans[key].part(week)
                under_way.pop(key, None)
                if spans[key].is_under_way:
                    under_way[key] = spans[key]
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
        keys = [resource.key for resource in self.curriculum.resources]
        keys += [*(self.curriculum.present(each.key) for each in self.choices), *self.beyond]
        enough = len(keys) + 1 + sum(span.left for span in self.spans.values())
        enough += sum(self.spans[key].in_weeks for key in keys if key in self.spans)
        ahead = self.calendar.weeks_to_come(self.calendar.next(self.now).week)
        papers = self.papers(list(islice(ahead, at_most or enough)))
        return sum(1 for _ in takewhile(lambda pick: pick.key is not None, papers))

    def vote_on(self, week: str) -> Vote | None:
        """Return the vote on a week, whatever became of it."""
        return next((vote for vote in self.votes if vote.week == week), None)

    def candidates(self, week: str, count: int, named: Sequence[str] = ()) -> list[str]:
        """Return what is voted on for a week: the named, then the next of the list as it is then.

        What comes before that week is left out, and what is picked, won or voted on for another.
        """
        named = list(dict.fromkeys(named))
        this = Vote(0, 0, week, "running", tuple(named), 0, self.now, 0)
        others = [vote for vote in self.running_votes if vote.week != week]
        before = takewhile(lambda slot: slot.week < week, self.calendar.ahead(self.now))
        papers = replace(self, votes=[*others, this]).papers([slot.week for slot in before])
        chosen = (each.key for each in self.chosen if each.week != week)
        taken = _present_keys(self.curriculum, chosen)
        taken |= _present_keys(self.curriculum, (key for vote in others for key in vote.keys))
        taken |= {each.key for each in papers if each.key is not None}
        free = (key for key in self._order(self.beyond) if key not in {*taken, *named})
        return [*named, *islice(free, max(0, count - len(named)))]

    def elsewhere(self, week: str, keys: Sequence[str]) -> Elsewhere:
        """Return what else is the matter with candidates for a week, by present key."""
        schedule, wanted = self.calendar.schedule, set(keys)
        others = [vote for vote in self.running_votes if vote.week != week]
        this = Vote(0, 0, week, "running", tuple(keys), 0, self.now, 0)
        then = replace(self, votes=[*others, this])
        choices = self._present((each.week, each.key) for each in self.chosen if each.week != week)
        come = {key: w for w, key in choices if key in wanted and self.paper(w).key == key}
        chosen = {key: w for key, w in come.items() if then.paper(w).key == key}
        voted = {key: w for w, key in self._present(self._candidates_but(week))}

        def slots(weeks: Mapping[str, str]) -> dict[str, Slot]:
            return {key: slot_of_week(schedule, weeks[key]) for key in keys if key in weeks}

        return Elsewhere(
            frozenset(self._had & wanted),
            slots(chosen),
            slots(voted),
            frozenset(self._passed_over & wanted),
            slots({key: w for key, w in come.items() if key not in chosen}),
        )

    def next_for(self, week: str, count: int) -> list[str]:
        """Return what would come next in a week, if nothing else is chosen for it."""
        others = replace(self, choices=[each for each in self.choices if each.week != week])
        ahead = (slot.week for slot in self.calendar.ahead(self.now))
        before = others.papers([*takewhile(lambda each: each < week, ahead)])
        gone = {pick.key for pick in before}
        gone |= _present_keys(self.curriculum, (each.key for each in others.chosen))
        gone |= {key for _, key in self._present(self._candidates_but(week))}
        return list(islice((key for key in self._order(self.beyond) if key not in gone), count))

    def free_slot(self, resource: Resource) -> Slot | None:
        """Return the slot for which the resource is picked, or else the next that is free.

        Free is a week for which nothing is picked or won, and no vote runs. None: a year's are
        all taken.
        """
        ahead = list(takewhile(lambda slot: slot.week <= self.last, self.calendar.ahead(self.now)))
        keys, picked = self.curriculum.keys_of(resource), self.picked
        taken = {each.week for each in self.choices}
        taken |= {vote.week for vote in self.running_votes}
        has_it = (slot for slot in ahead if picked.get(slot.week) in keys)
        return next(chain(has_it, (slot for slot in ahead if slot.week not in taken)), None)

    def room_for(self, choices: Iterable[Chosen]) -> tuple[dict[str, str], int]:
        """Return to which free weeks another group's choices move, by their weeks there.

        Each keeps its week, or gets the next free one, all in their order; a year ahead at most.
        How many found none is the second value. What is picked or won here already, or comes
        twice, doesn't move. Where a moderator picked, the vote's winner of the week is moot.
        """
        counts = (each for each in self.chosen if each.why != "leader_choice")
        chosen = {self._key_of(each.key) for each in counts}
        taken = {each.week for each in self.choices}
        taken |= {vote.week for vote in self.running_votes}
        ahead = takewhile(lambda slot: slot.week <= self.last, self.calendar.ahead(self.now))
        free = [slot.week for slot in ahead if slot.week not in taken]
        wanted = {c.week: c for c in sorted(choices, key=lambda c: (c.week, c.why == PICKED))}
        moves, last, left_out = dict[str, str](), "", 0
        for week, each in wanted.items():
            if (key := self._key_of(each.key)) in chosen:
                continue
            chosen.add(key)
            to = next((other for other in free if other >= week and other > last), None)
            if to is None:
                left_out += 1
            else:
                moves[week] = last = to
        return moves, left_out

    def span(self, resource: Resource, weeks: int) -> Span:
        """Return that the group reads a resource for so many weeks; those it has had count.

        They are those since it began with it last; if that were as many or more, it is read.
        """
        old, keys = self.spans.get(resource.key), self.curriculum.keys_of(resource)
        newest = next((week for week in self.calendar.weeks if week.state in HAD), None)
        if newest is not None and newest.key not in keys:
            newest = None
        is_whole = newest is not None and newest.part is None
        if 0 < len(resource.parts) <= weeks and not is_whole:
            return Span(resource.key, None, self.running)
        since = newest.week if newest is not None else self.running
        if old is not None and old.had and (old.is_under_way or since == old.had[-1][0]):
            had = [week for week, _ in old.had if week >= old.began]
            since = had[-weeks] if 0 < weeks < len(had) else had[0]
        return Span(resource.key, weeks, since)

    def part(self, week: Week) -> Part | None:
        """Return what of its paper a week had; None: all of it."""
        resource = self.curriculum.get(week.key or "")
        span = None if resource is None else self.spans.get(resource.key)
        return week.part or (None if span is None else span.part(week.week))

    def silent(self, slot: Slot) -> Silent | None:
        """Return why nothing will be posted in a week of a group that is active."""
        week, schedule = self.calendar.week(slot.week), self.calendar.schedule
        if week is None and schedule.is_off(schedule.day(slot.week)):
            return "day_off" if schedule.is_day_off(schedule.day(slot.week)) else "paused"
        if week is None and not schedule.is_in_turn(slot.week):
            return "not_in_turn"
        if week is None:
            return None if self.calendar.is_to_come(slot.week) else "too_soon"
        return "skipped" if week.state == "skipped" and slot.at > self.now else None

    @property
    def begins(self) -> tuple[datetime, datetime] | None:
        """When the first paper and the second came, were it posted now; None: it was, once."""
        if self.calendar.first_at is not None:
            return None
        return self.now, self._begun().next(self.now).at

    def made_way(self, *, begins: bool = False) -> list[MadeWay]:
        """Return where the choice goes for each week in which no paper comes.

        Because it is skipped, its day is off, it isn't in turn, or too soon after the first paper.
        To the next free week, to an earlier one only if none is left within a year; if the group
        ``begins`` now and nothing else is chosen for that, to the running one.
        """
        if begins and self.calendar.first_at is not None:
            return []
        calendar, moves = self._begun() if begins else self.calendar, list[MadeWay]()
        # What who leads a week chose for it stays with it, as they do.
        chosen = [each for each in self.chosen if each.why != "leader_choice"]
        taken, voted = {each.week for each in chosen}, {vote.week for vote in self.running_votes}
        for week in sorted(taken | voted):
            is_gone = week < self.running or (begins and week == self.running)
            had = calendar.week(week)
            is_had = had is not None and had.state != "skipped"
            if is_gone or is_had or calendar.is_to_come(week):
                continue
            key, to = next((each.key for each in chosen if each.week == week), None), ""
            if key is not None:
                ahead = takewhile(lambda slot: slot.week <= self.last, calendar.ahead(self.now))
                free = [slot.week for slot in ahead if slot.week not in taken | voted]
                later = (each for each in free if each > week)
                to = self.running if begins and self.running not in taken else next(later, "")
                to = to or next(iter(free), "")
            moves.append(MadeWay(week, to, key, week in voted))
            taken.add(to)
        return moves

    def _key_of(self, key: str) -> str:
        resource = self.curriculum.get(key)
        return key if resource is None else resource.key

    @property
    def _had(self) -> set[str]:
        return _present_keys(self.curriculum, self.calendar.had())

    @property
    def _passed_over(self) -> set[str]:
        return {key for key, span in self.spans.items() if span.weeks == 0}

    def _begun(self) -> Calendar:
        begun = replace(self.calendar, schedule=self.calendar.schedule.begun_at(self.now))
        return begun.having(Week(0, 0, self.running, self.now, "waiting"))

    def _had_since(self, week: str) -> set[str]:
        """Return what the group has had since the vote on a week was called; without one, ever."""
        vote = self.vote_on(week)
        return _present_keys(self.curriculum, self.calendar.had(vote.made_at if vote else None))

    def _present(self, chosen: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return what is chosen by week with the present keys, what has left the list without."""
        found = ((week, self.curriculum.get(key)) for week, key in chosen)
        return sorted((week, resource.key) for week, resource in found if resource is not None)

    def _candidates_but(self, week: str) -> list[tuple[str, str]]:
        """Return what the votes that run on other weeks name, each with its week."""
        return [(v.week, key) for v in self.running_votes if v.week != week for key in v.keys]

    def _voted_on(self, weeks: Sequence[str]) -> list[tuple[str, str]]:
        """Return the candidates of votes that run on weeks for which nothing is picked."""
        last, picked = max(weeks, default=""), self.picked
        votes = [v for v in self.running_votes if v.week not in picked]
        asked = [v for v in votes if v.week > last or v.week in weeks]
        return self._present((vote.week, key) for vote in asked for key in vote.keys)

    def _choices_for(self, weeks: Sequence[str]) -> tuple[dict[str, str], ...]:
        """Return picks, wins and leaders' choices that can still come true, with present keys.

        Each by week, and for each week that which counts most of what can still come: a winner
        that is picked for another week leaves its own to who leads that.
        Those of a week that is not asked for but gone by, or left out as skipped, hold nothing
        back; nor does what has left the curriculum, or is a companion.
        """
        last = max(weeks, default="")
        chosen: dict[Why, dict[str, str]] = {why: {} for why in CHOSEN}
        for each in self.choices:
            resource = self.curriculum.get(each.key)
            is_asked = each.week > last or each.week in weeks
            if is_asked and resource is not None and not resource.is_companion:
                chosen[each.why][each.week] = resource.key
        picked, won, led = chosen.values()
        comes, counted = {*picked.values(), *self._passed_over}, dict[str, str]()
        for week, key in sorted(won.items()):
            if week not in picked and key not in comes | self._had_since(week):
                counted[week] = key
                comes.add(key)
        had = self._had - _present_keys(self.curriculum, self.beyond)
        free = led.keys() - picked.keys() - counted.keys()
        return picked, counted, {week: led[week] for week in free if led[week] not in had}

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
    return bool(resource.parts) or (resource.minutes or 0) > LONG


def weeks_offered(resource: Resource, span: Span | None) -> list[int]:
    """Return for how many weeks a resource may be read, the likeliest first; 0: it is passed over.

    Of so many parts, only those counts that change how many come a week, and what counts now.
    Those that it was read so far count; what is left of it takes one more at least.
    """
    if not resource.parts:
        return [*range(1, MOST_WEEKS + 1), 0]
    weeks, parts = (0, 0) if span is None else span.so_far
    left = len(resource.parts) - parts
    counts = {weeks + -(-left // a_week) for a_week in range(1, left + 1)}
    now = span.in_weeks if span is not None else 0
    return [*sorted(counts | {now or len(resource.parts)}, reverse=True), 0]


def spans_by_key(
    curriculum: Curriculum, spans: Iterable[Span], weeks: Iterable[Week]
) -> dict[str, Span]:
    """Return the spans of what is listed, by present key, with the group's weeks of each.

    What has parts has one though nobody chose how long it is read.
    """
    papers = _weeks_by_key(weeks)
    chosen = {curriculum.present(span.key): span for span in spans}
    in_parts = (r.key for r in curriculum.by_key.values() if r.parts and r.key not in chosen)
    found: dict[str, Span] = {}
    for key in (*chosen, *in_parts):
        if (resource := curriculum.get(key)) is None:
            continue
        keys, span = curriculum.keys_of(resource), chosen.get(key)
        had = sorted((w for k in keys for w in papers.get(k, ())), key=itemgetter(0))
        if span is None:
            had = _last_run(had)
            span = Span(key, None, had[0][0] if had else "")
        of = tuple(each for each in had if each[0] >= span.since)
        found[key] = replace(span, key=key, had=of, parts=resource.parts)
    return found


def begun(spans: Iterable[Span], weeks: Iterable[Week]) -> set[str]:
    """Return the keys of what is under way, as far as that is known without a list."""
    papers, found = _weeks_by_key(weeks), set[str]()
    for span in spans:
        had = [week for week, _ in papers.pop(span.key, ()) if week >= span.since]
        if span.weeks and len(had) % span.weeks:  # it comes again for as many
            found.add(span.key)
    parts = {key: had[-1][1] for key, had in papers.items()}
    return found | {key for key, part in parts.items() if part and part.last < part.of}


def without_unfinished(spans: Iterable[Span], weeks: Sequence[Week]) -> list[Week]:
    """Return a group's weeks but those of what it began and never read to the end."""
    papers, chosen = _weeks_by_key(weeks), {span.key: span for span in spans}
    unfinished = {key for key, had in papers.items() if _is_unfinished(had, chosen.get(key))}
    return [week for week in weeks if week.key not in unfinished]


def _is_unfinished(had: Sequence[tuple[str, Part | None]], span: Span | None) -> bool:
    if all(part is not None for _, part in had):
        return all(part.is_unfinished for _, part in had if part is not None)
    if span is None or had[0][0] < span.since:  # read once before
        return False
    return len(had) < (span.weeks or 0)


def _weeks_by_key(weeks: Iterable[Week]) -> dict[str, list[tuple[str, Part | None]]]:
    """Return the weeks in which a group had each paper, in order, with what it had of it."""
    papers = defaultdict[str, list[tuple[str, Part | None]]](list)
    for week in sorted((w for w in weeks if w.state in HAD), key=lambda each: each.week):
        papers[week.key or ""].append((week.week, week.part))
    return papers


def _last_run(had: Sequence[tuple[str, Part | None]]) -> list[tuple[str, Part | None]]:
    """Return the weeks since a group began last with a paper's first part."""
    run = list[tuple[str, Part | None]]()
    for week, part in had:
        if part is None or part.n == 1:
            run = []
        if part is not None:
            run.append((week, part))
    return run


def _began(span: Span) -> str:
    return span.began


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
