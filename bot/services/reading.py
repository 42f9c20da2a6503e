"""What readers do: ask what comes next, mark it, put it aside, take that back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import guild_of
from bot.core.progress import UNLOCKS, Mark, known_before, minutes_a_week, unlocks
from bot.core.reading import (
    AlsoDone,
    Change,
    ChangeKind,
    Found,
    Journey,
    MarkKind,
    PartlyDone,
    Path,
    Reader,
    Reply,
    Shown,
    Suggestion,
)
from bot.core.recommend import (
    NO_FILTERS,
    Answer,
    Filters,
    TooNarrow,
    path_to,
    ready_for,
)
from bot.errors import NothingCurrentError, TooOldToUndoError, UnknownStepError
from bot.services.curriculum import CurriculumStore
from bot.services.ledger import Ledger, Ledgers, shown_key
from bot.store import changes as change_log
from bot.store import readers
from bot.store.database import Database, Queries
from bot.store.ids import Clock

PUT_OFF_FOR = timedelta(days=7)
DOUBLE_TAP = timedelta(minutes=1)
"""A second bare `/done` within this time is asked about."""


class Reading:
    """All of a reader's own commands. Each method is one transaction."""

    def __init__(
        self, db: Database, curricula: CurriculumStore, ledgers: Ledgers, clock: Clock
    ) -> None:
        self._db = db
        self._curricula = curricula
        self._ledgers = ledgers
        self._clock = clock

    async def next_for(
        self, reader_id: int, guild_id: int | None, filters: Filters = NO_FILTERS
    ) -> Reply:
        """Return what to read next, and make it the current resource."""
        return await self._shown_as_next(reader_id, guild_id, filters)

    async def go_deeper(self, reader_id: int, guild_id: int | None) -> Reply:
        """Return what comes after the list, and make it the current resource."""
        return await self._shown_as_next(reader_id, guild_id, deeper=True)

    async def look(self, reader_id: int, guild_id: int | None, key: str) -> Shown:
        """Return one resource.

        Raises:
            UnknownResourceError, NoLongerListedError: no such resource here.
        """
        place = await self._ledgers.place_of(self._db, reader_id, guild_id, key)
        ledger = await self._ledgers.load(self._db, reader_id, place)
        resource = await self._curricula.resource(self._db, place, key)
        worth = await self._ledgers.worth_of(self._db, resource)
        elsewhere = place if place != guild_id else None
        return Shown(ledger.curriculum, ledger.reader, resource, worth, elsewhere)

    async def reader(self, reader_id: int, guild_id: int | None) -> tuple[Curriculum, Reader]:
        """Return the reader and the curriculum they see here."""
        ledger = await self._ledgers.load(self._db, reader_id, guild_id)
        return ledger.curriculum, ledger.reader

    async def finish_current(
        self, reader_id: int, guild_id: int | None, rating: int | None = None
    ) -> Reply | AlsoDone:
        """Mark the current resource done; a second time within a minute, ask first.

        Raises:
            NothingCurrentError: nothing was shown as the next one yet.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            shown = (await readers.reader(changes, reader_id)).current
            place = await self._ledgers.place_of(changes, reader_id, guild_id, shown)
            ledger = await self._ledgers.load(changes, reader_id, place)
            current = ledger.current
            if current is None:
                raise NothingCurrentError
            tapped = await self._just_tapped(changes, reader_id)
            if tapped is not None:
                before = ledger.curriculum.get(tapped.keys[0])
                return AlsoDone(ledger.curriculum, current, before, rating)
            reply = await self._mark(changes, reader_id, place, [current], "done_current", rating)
        return _seen_from(reply, place, guild_id)

    async def ask_done(self, reader_id: int, guild_id: int | None, key: str) -> AlsoDone | None:
        """Return the question whether a resource is done too; None: it is marked so already.

        Raises:
            UnknownResourceError, NoLongerListedError: no such resource here.
        """
        shown = await self.look(reader_id, guild_id, key)
        mark = shown.reader.mark(shown.resource.key)
        if mark is not None and mark.state == "done":
            return None
        latest = [
            stored.change for stored in await change_log.latest_changes(self._db, reader_id, 1)
        ]
        just = (change.keys[0] for change in latest if change.kind in ("done", "done_current"))
        before = shown.curriculum.get(next(just, ""))
        return AlsoDone(shown.curriculum, shown.resource, before)

    async def finish(
        self, reader_id: int, guild_id: int | None, typed: str, rating: int | None = None
    ) -> Reply | PartlyDone:
        """Mark as done what the typed text means: of several names, all that are clear, as one.

        Raises:
            UnknownResourceError, NoLongerListedError: it is one name, of no resource for certain.
            TooManyNamesError: nothing is marked.
        """
        place = await self._ledgers.place_of(self._db, reader_id, guild_id, typed)
        meant = await self._curricula.meant(self._db, place, typed)
        if len(meant) == 1 and meant[0].resource is None:
            await self._curricula.named(self._db, place, typed)  # says what it may mean
        keys = [one.resource.key for one in meant if one.resource is not None]
        reply = await self.mark_all(reader_id, guild_id, keys, rating) if keys else None
        unclear = tuple(one for one in meant if one.resource is None)
        if not unclear and reply is not None:
            return reply
        curriculum = reply.curriculum if reply else await self._curricula.of(self._db, place)
        return PartlyDone(curriculum, unclear, reply, rating)

    async def mark_all(
        self, reader_id: int, guild_id: int | None, keys: Sequence[str], rating: int | None = None
    ) -> Reply:
        """Mark resources done, as one change.

        Raises:
            UnknownResourceError, NoLongerListedError: one of them isn't here; none is marked.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            place = await self._ledgers.place_of(changes, reader_id, guild_id, keys[0])
            resources = [await self._curricula.resource(changes, place, key) for key in keys]
            reply = await self._mark(changes, reader_id, place, resources, "done", rating)
        return _seen_from(reply, place, guild_id)

    async def all_named(
        self, reader_id: int, guild_id: int | None, typed: str
    ) -> tuple[Resource, ...]:
        """Return what `/done` would mark of several names; nothing if one of them is unclear."""
        place = await self._ledgers.place_of(self._db, reader_id, guild_id, typed)
        meant = await self._curricula.meant(self._db, place, typed)
        found = tuple(one.resource for one in meant if one.resource is not None)
        return found if len(found) == len(meant) > 1 else ()

    async def find(self, reader_id: int, guild_id: int | None, query: str) -> Found:
        """Search the list as this reader sees it here."""
        ledger = await self._ledgers.load(self._db, reader_id, guild_id)
        curriculum, reader = ledger.curriculum, ledger.reader
        chosen = curriculum.get(query)
        if chosen is not None:
            worth = await self._ledgers.worth_of(self._db, chosen)
            return Found(curriculum, reader, [chosen], Shown(curriculum, reader, chosen, worth))
        hits = await self._curricula.search(self._db, guild_id, query)
        # A moderator may have changed the list between the two readings.
        resources = [found for hit in hits if (found := curriculum.get(hit.key)) is not None]
        certain = [hit.key for hit in hits if hit.exact]
        exact = len(resources) == 1 or (
            bool(resources) and len(certain) == 1 and certain[0] == hits[0].key
        )
        if not exact:
            return Found(curriculum, reader, resources)
        worth = await self._ledgers.worth_of(self._db, resources[0])
        shown = Shown(curriculum, reader, resources[0], worth)
        return Found(curriculum, reader, resources, shown)

    async def suggestions(
        self, reader_id: int, guild_id: int | None, typed: str, *, undone: bool = False
    ) -> list[Suggestion]:
        """Return what fits while somebody types; for nothing typed, what they may want.

        ``undone``: what isn't read yet goes first, the current one before all.
        """
        ledger = await self._ledgers.load(self._db, reader_id, guild_id)
        curriculum, marks = ledger.curriculum, ledger.reader.marks
        unread = {key for key in curriculum.by_key if not unlocks(marks, key)}
        if typed.strip():
            first = unread if undone else None
            hits = await self._curricula.search(self._db, guild_id, typed, first=first)
            found = [r for hit in hits if (r := curriculum.get(hit.key)) is not None]
        else:
            found = self._wanted(ledger)
        return [Suggestion(r, curriculum.step_of(r), marks.get(r.key)) for r in found]

    async def step_id(self, guild_id: int | None, typed: str) -> str:
        """Return the id of the step that is meant.

        Raises:
            UnknownStepError: nothing is like it.
        """
        curriculum = await self._curricula.of(self._db, guild_id)
        return self._curricula.step(curriculum, typed).id

    async def steps(self, guild_id: int | None, typed: str) -> list[Step]:
        """Return the steps that fit what is typed; all of them for nothing."""
        curriculum = await self._curricula.of(self._db, guild_id)
        return self._curricula.steps_like(curriculum, typed)

    def _wanted(self, ledger: Ledger) -> list[Resource]:
        """Return the current resource, the list, then additions: first what can be read now."""
        current = ledger.current
        marks = ledger.reader.marks
        ready = ready_for(ledger.curriculum, marks, self._clock())
        order = sorted((*ready, *ledger.curriculum.reading_order), key=lambda r: r.addition)
        unread = [r for r in order if not unlocks(marks, r.key)]
        return list(dict.fromkeys([*([current] if current else []), *unread]))[:25]

    async def mark(
        self,
        reader_id: int,
        guild_id: int | None,
        key: str,
        kind: MarkKind,
        *,
        rating: int | None = None,
    ) -> Reply:
        """Mark a resource and return what comes next, with the change that can be undone.

        ``later`` puts it off for a week; ``clear`` makes it untouched again. The same mark twice
        changes nothing. Where the resource was the current one, what comes next takes its place.

        Raises:
            UnknownResourceError, NoLongerListedError: no such resource here.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            return await self.mark_in_turn(changes, reader_id, guild_id, key, kind, rating=rating)

    async def mark_in_turn(
        self,
        changes: Queries,
        reader_id: int,
        guild_id: int | None,
        key: str,
        kind: MarkKind,
        *,
        rating: int | None = None,
    ) -> Reply:
        """Do what ``mark`` does, in a transaction that has the reader's turn."""
        place = await self._ledgers.place_of(changes, reader_id, guild_id, key)
        resource = await self._curricula.resource(changes, place, key)
        reply = await self._mark(changes, reader_id, place, [resource], kind, rating)
        return _seen_from(reply, place, guild_id)

    async def _mark(
        self,
        changes: Queries,
        reader_id: int,
        guild_id: int | None,
        resources: Sequence[Resource],
        kind: MarkKind,
        rating: int | None,
    ) -> Reply:
        now = self._clock()
        before = await self._ledgers.load(changes, reader_id, guild_id)
        old = before.reader.marks
        new = {r.key: _new_mark(kind, old.get(r.key), now, rating) for r in resources}
        marked = [r for r in resources if not _says_the_same(old.get(r.key), new[r.key])]
        is_done = kind in ("done", "done_current")
        already = tuple(r for r in resources if r not in marked) if is_done else ()
        if not marked:
            reply = await self._ledgers.repeated(
                changes,
                reader_id,
                before,
                lambda change: any(before.touches(change, key) for key in new),
            )
            return replace(reply, already=already)
        goal = before.goal
        mark = new.get(goal.key) if goal in marked and goal is not None else None
        reached = mark is not None and mark.state in UNLOCKS
        rows: dict[str, Mark | None] = {}
        for resource in marked:
            rows |= before.rows_of(resource, new[resource.key])
        reply = await self._ledgers.change(
            changes,
            reader_id,
            guild_id,
            before,
            kind,
            rows,
            marked=marked,
            goal=None if reached else before.reader.goal,
        )
        return replace(reply, already=already)

    async def undo(self, reader_id: int, guild_id: int | None, change_id: int) -> Reply:
        """Put back exactly what the change replaced, and return what comes next then.

        Raises:
            TooOldToUndoError: the change is forgotten, or somebody else's.
            ChangedSinceError: what it marked was marked again; the later change goes first.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            stored = await change_log.change(changes, reader_id, change_id)
            if stored is None:
                raise TooOldToUndoError
            key = next((k for k in stored.change.keys if guild_of(k) is not None), None)
            place = await self._ledgers.place_of(changes, reader_id, guild_id, key)
            if stored.undone_at is None:
                await self._ledgers.put_back(changes, reader_id, place, stored)
            ledger = await self._ledgers.load(changes, reader_id, place)
            answer = self._ledgers.present_answer(ledger)
        reply = Reply(
            ledger.curriculum,
            ledger.reader,
            answer,
            undone=stored.change,
            repeated=stored.undone_at is not None,
        )
        return _seen_from(reply, place, guild_id)

    async def _shown_as_next(
        self,
        reader_id: int,
        guild_id: int | None,
        filters: Filters = NO_FILTERS,
        *,
        deeper: bool = False,
    ) -> Reply:
        """Answer from what a read finds, unless the current resource changes: then in turn."""
        ledger = await self._ledgers.load(self._db, reader_id, guild_id)
        answer = self._ledgers.answer(ledger, filters, deeper=deeper)
        if _current_after(answer, ledger) != ledger.reader.current:
            async with self._db.transaction() as changes:
                await readers.take_turn(changes, reader_id)
                return await self.show_next(changes, reader_id, guild_id, filters, deeper=deeper)
        worth = await self._ledgers.worth_of(self._db, answer)
        return Reply(ledger.curriculum, ledger.reader, answer, worth=worth)

    async def show_next(
        self,
        changes: Queries,
        reader_id: int,
        guild_id: int | None,
        filters: Filters = NO_FILTERS,
        *,
        deeper: bool = False,
    ) -> Reply:
        """Do what ``next_for`` does, in a transaction that has the reader's turn."""
        ledger = await self._ledgers.load(changes, reader_id, guild_id)
        answer = self._ledgers.answer(ledger, filters, deeper=deeper)
        current = _current_after(answer, ledger)
        if current != ledger.reader.current:
            await readers.set_current(changes, reader_id, current)
        worth = await self._ledgers.worth_of(changes, answer)
        reader = replace(ledger.reader, current=current)
        return Reply(ledger.curriculum, reader, answer, worth=worth)

    async def _just_tapped(self, db: Queries, reader_id: int) -> Change | None:
        latest = await change_log.latest_changes(db, reader_id, 1)
        if latest and latest[0].change.kind == "done_current":
            change = latest[0].change
            return change if self._clock() - change.made_at < DOUBLE_TAP else None
        return None


def _current_after(answer: Answer, ledger: Ledger) -> str | None:
    """Return the key of what is current now: filters that leave nothing over change nothing."""
    return ledger.reader.current if isinstance(answer, TooNarrow) else shown_key(answer)


def _seen_from(reply: Reply, place: int | None, guild_id: int | None) -> Reply:
    """Note whose list an answer is about, where that isn't the list of where it is seen."""
    return reply if place == guild_id else replace(reply, from_guild=place)


def _new_mark(kind: MarkKind, old: Mark | None, now: datetime, rating: int | None) -> Mark | None:
    if kind == "clear":
        return None
    if kind == "later":
        return Mark("later", now, until=now + PUT_OFF_FOR)
    if kind in ("known", "skipped"):
        return Mark(kind, now)
    was_done = old is not None and old.state == "done"
    return Mark("done", now, rating=rating or (old.rating if old and was_done else None))


def _says_the_same(old: Mark | None, new: Mark | None) -> bool:
    if old is None or new is None:
        return old is new
    if (old.state, old.rating) != (new.state, new.rating):
        return False
    return old.until is None or new.until is None or new.until - old.until < DOUBLE_TAP


class Journeys:
    """Each method is one transaction; each change can be undone."""

    def __init__(
        self, db: Database, curricula: CurriculumStore, ledgers: Ledgers, clock: Clock
    ) -> None:
        self._db = db
        self._curricula = curricula
        self._ledgers = ledgers
        self._clock = clock

    async def path(self, reader_id: int, guild_id: int | None, typed: str) -> Path:
        """Return the way to what the typed text means.

        Raises:
            UnknownResourceError, NoLongerListedError: it means no resource for certain.
        """
        ledger = await self._ledgers.load(self._db, reader_id, guild_id)
        resource = await self._curricula.named(self._db, guild_id, typed)
        steps = path_to(ledger.curriculum, ledger.reader.marks, resource.key)
        return Path(ledger.curriculum, ledger.reader, resource, steps)

    async def journey(self, reader_id: int, guild_id: int | None) -> Journey:
        """Return how far the reader is, and what they may undo."""
        ledger = await self._ledgers.load(self._db, reader_id, guild_id)
        latest = await change_log.latest_changes(self._db, reader_id)
        pace = minutes_a_week(ledger.curriculum, ledger.reader.marks, self._clock())
        changes = tuple(stored.change for stored in latest)
        return Journey(ledger.curriculum, ledger.reader, pace, changes)

    async def set_goal(self, reader_id: int, guild_id: int | None, key: str | None) -> Reply:
        """Make a resource the goal, or have none; the way to it comes first from then on.

        The same goal twice changes nothing.

        Raises:
            UnknownResourceError, NoLongerListedError: no such resource here.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            if key is not None:
                key = (await self._curricula.resource(changes, guild_id, key)).key
            before = await self._ledgers.load(changes, reader_id, guild_id)
            kind: ChangeKind = "no_goal" if key is None else "goal"
            if key == (before.goal.key if before.goal else before.reader.goal):
                return await self._ledgers.repeated(
                    changes, reader_id, before, lambda change: change.kind == kind
                )
            return await self._ledgers.change(
                changes, reader_id, guild_id, before, kind, {}, goal=key
            )

    async def start_at(self, reader_id: int, guild_id: int | None, step_id: str | None) -> Reply:
        """Mark what the list has before a step as known; None: all of the list.

        What the reader marked otherwise stays as it is, but for what they put off.

        Raises:
            UnknownStepError: there is no such step any more.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            before = await self._ledgers.load(changes, reader_id, guild_id)
            if step_id is not None and before.curriculum.step(step_id) is None:
                raise UnknownStepError(step_id)
            keys = known_before(before.curriculum, before.reader.marks, step_id)
            rows = _known_rows(before, keys, Mark("known", self._clock()))
            is_reached = before.goal is not None and before.goal.key in rows
            goal = None if is_reached else before.reader.goal
            return await self._ledgers.change(
                changes, reader_id, guild_id, before, "start_at", rows, goal=goal
            )

    async def reset(self, reader_id: int, guild_id: int | None) -> Reply:
        """Take every mark and the goal away."""
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            before = await self._ledgers.load(changes, reader_id, guild_id)
            rows: dict[str, Mark | None] = dict.fromkeys(before.stored)
            return await self._ledgers.change(changes, reader_id, guild_id, before, "reset", rows)


def _known_rows(ledger: Ledger, keys: tuple[str, ...], mark: Mark) -> dict[str, Mark | None]:
    rows: dict[str, Mark | None] = {}
    for key in keys:
        rows |= ledger.rows_of(ledger.curriculum.by_key[key], mark)
    return rows
