"""What readers do: ask what comes next, mark it, put it aside, take that back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.progress import Mark, resolved, unlocks
from bot.core.reading import (
    AlsoDone,
    Change,
    ChangeKind,
    Found,
    GroupRead,
    Reader,
    Reply,
    Shown,
    Suggestion,
)
from bot.core.recommend import (
    NO_FILTERS,
    Answer,
    Filters,
    Recommendation,
    ready_for,
    reasons_for,
    recommend,
)
from bot.errors import ChangedSinceError, NothingCurrentError, TooOldToUndoError
from bot.services.curriculum import CurriculumStore
from bot.store import changes as change_log
from bot.store import known, progress, readers, slots
from bot.store.database import Database, Queries
from bot.store.ids import Clock, Ids

PUT_OFF_FOR = timedelta(days=7)
A_WEEK = timedelta(days=7)
DOUBLE_TAP = timedelta(minutes=1)
"""A second bare `/done` within this time is asked about."""


@dataclass(frozen=True, slots=True)
class _Ledger:
    """One reader in one place, as loaded; ``stored`` are the marks by the keys of their rows."""

    curriculum: Curriculum
    stored: Mapping[str, Mark]
    reader: Reader


class Reading:
    """All of a reader's own commands. Each method is one transaction."""

    def __init__(self, db: Database, curricula: CurriculumStore, clock: Clock, ids: Ids) -> None:
        self._db = db
        self._curricula = curricula
        self._clock = clock
        self._ids = ids

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
        ledger = await self._load(self._db, reader_id, guild_id)
        resource = await self._curricula.resource(self._db, guild_id, key)
        return Shown(ledger.curriculum, ledger.reader, resource)

    async def reader(self, reader_id: int, guild_id: int | None) -> tuple[Curriculum, Reader]:
        """Return the reader and the curriculum they see here."""
        ledger = await self._load(self._db, reader_id, guild_id)
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
            ledger = await self._load(changes, reader_id, guild_id)
            current = self._current(ledger)
            if current is None:
                raise NothingCurrentError
            tapped = await self._just_tapped(changes, reader_id)
            if tapped is not None:
                before = ledger.curriculum.get(tapped.keys[0])
                return AlsoDone(ledger.curriculum, current, before)
            return await self._mark(changes, reader_id, guild_id, current, "done_current", rating)

    async def finish(
        self, reader_id: int, guild_id: int | None, typed: str, rating: int | None = None
    ) -> Reply:
        """Mark what the typed text means as done.

        Raises:
            UnknownResourceError, NoLongerListedError: it means no resource for certain.
        """
        resource = await self._curricula.named(self._db, guild_id, typed)
        return await self.mark(reader_id, guild_id, resource.key, "done", rating=rating)

    async def find(self, reader_id: int, guild_id: int | None, query: str) -> Found:
        """Search the list as this reader sees it here."""
        ledger = await self._load(self._db, reader_id, guild_id)
        curriculum, reader = ledger.curriculum, ledger.reader
        chosen = curriculum.get(query)
        if chosen is not None:
            return Found(curriculum, reader, [chosen], Shown(curriculum, reader, chosen))
        hits = await self._curricula.search(self._db, guild_id, query)
        resources = [curriculum.by_key[hit.key] for hit in hits]
        certain = [hit.key for hit in hits if hit.exact]
        exact = len(resources) == 1 or (len(certain) == 1 and certain[0] == hits[0].key)
        shown = Shown(curriculum, reader, resources[0]) if exact else None
        return Found(curriculum, reader, resources, shown)

    async def suggestions(
        self, reader_id: int, guild_id: int | None, typed: str, *, undone: bool = False
    ) -> list[Suggestion]:
        """Return what fits while somebody types; for nothing typed, what they may want.

        ``undone``: what isn't read yet goes first, the current one before all.
        """
        ledger = await self._load(self._db, reader_id, guild_id)
        curriculum, marks = ledger.curriculum, ledger.reader.marks
        unread = {key for key in curriculum.by_key if not unlocks(marks, key)}
        if typed.strip():
            first = unread if undone else None
            hits = await self._curricula.search(self._db, guild_id, typed, first=first)
            found = [curriculum.by_key[hit.key] for hit in hits]
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

    def _wanted(self, ledger: _Ledger) -> list[Resource]:
        """Return the current resource, the list, then additions: first what can be read now."""
        current = self._current(ledger)
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
        kind: ChangeKind,
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
            resource = await self._curricula.resource(changes, guild_id, key)
            return await self._mark(changes, reader_id, guild_id, resource, kind, rating)

    async def _mark(
        self,
        changes: Queries,
        reader_id: int,
        guild_id: int | None,
        resource: Resource,
        kind: ChangeKind,
        rating: int | None,
    ) -> Reply:
        now = self._clock()
        before = await self._load(changes, reader_id, guild_id)
        mark = _new_mark(kind, before.reader.mark(resource.key), now, rating)
        if _says_the_same(before.reader.mark(resource.key), mark):
            return await self._repeated(changes, reader_id, before, resource)
        touched = _rows_of(before, resource, mark)
        await _write(changes, reader_id, touched)
        after = await self._load(changes, reader_id, guild_id)
        answer = self._after_marking(before, after, resource)
        current = _shown_key(answer)
        change_id = self._ids.new(after=await change_log.last_change_id(changes, reader_id))
        change = Change(change_id, kind, now, tuple(touched))
        if current != before.reader.current:
            await readers.set_current(changes, reader_id, current)
        await change_log.add_change(
            changes,
            reader_id,
            change,
            _snapshot(before, touched),
            change_log.Snapshot(touched, current, before.reader.goal),
        )
        reader = replace(after.reader, current=current)
        return Reply(after.curriculum, reader, answer, change)

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
            if stored.undone_at is None:
                await self._put_back(changes, reader_id, guild_id, stored)
            ledger = await self._load(changes, reader_id, guild_id)
            answer = self._present_answer(ledger)
        return Reply(
            ledger.curriculum,
            ledger.reader,
            answer,
            undone=stored.change,
            repeated=stored.undone_at is not None,
        )

    async def _put_back(
        self,
        changes: Queries,
        reader_id: int,
        guild_id: int | None,
        stored: change_log.StoredChange,
    ) -> None:
        ledger = await self._load(changes, reader_id, guild_id)
        latest = await change_log.latest_changes(changes, reader_id)
        later = [s.change for s in latest if s.change.change_id > stored.change.change_id]
        for key, mark in stored.after.marks.items():
            if ledger.stored.get(key) != mark or any(_touches(ledger, c, key) for c in later):
                raise ChangedSinceError(await self._title(changes, ledger, key))
        await _write(changes, reader_id, stored.before.marks)
        if ledger.reader.current == stored.after.current:
            await readers.set_current(changes, reader_id, stored.before.current)
        if ledger.reader.goal == stored.after.goal != stored.before.goal:
            await readers.set_goal(changes, reader_id, stored.before.goal)
        await change_log.mark_undone(changes, stored.change.change_id, self._clock())

    async def _load(self, db: Queries, reader_id: int, guild_id: int | None) -> _Ledger:
        curriculum = await self._curricula.of(db, guild_id)
        stored = await progress.marks_of(db, reader_id)
        row = await readers.reader(db, reader_id)
        since = self._clock() - A_WEEK
        reads = await slots.reads_of_groups(db, reader_id, guild_id, since)
        group_reads = tuple(GroupRead(key, channel_id) for key, channel_id in reads)
        reader = Reader(resolved(curriculum, stored), row.current, row.goal, group_reads)
        return _Ledger(curriculum, stored, reader)

    def _answer(
        self, ledger: _Ledger, filters: Filters = NO_FILTERS, *, deeper: bool = False
    ) -> Answer:
        current = self._current(ledger)
        return recommend(
            ledger.curriculum,
            ledger.reader.marks,
            self._clock(),
            filters=filters,
            goal=ledger.reader.goal,
            deeper=deeper or (current is not None and current.addition),
            group_reads=_group_keys(ledger),
        )

    def _after_marking(self, before: _Ledger, after: _Ledger, marked: Resource) -> Answer:
        """Return what comes next: the current one still, if that isn't what was marked."""
        current = self._current(after)
        if current is not None and current.key != marked.key:
            return self._present_answer(after)
        was = self._current(before)
        return self._answer(after, deeper=was is not None and was.addition)

    def _present_answer(self, ledger: _Ledger) -> Answer:
        """Return the current resource while it still has to be read, else what comes next."""
        current = self._current(ledger)
        marks = ledger.reader.marks
        if current is None or current not in ready_for(ledger.curriculum, marks, self._clock()):
            return self._answer(ledger)
        return Recommendation(
            current,
            reasons_for(
                ledger.curriculum,
                marks,
                current,
                goal=ledger.reader.goal,
                group_reads=_group_keys(ledger),
            ),
        )

    async def _title(self, db: Queries, ledger: _Ledger, key: str) -> str:
        resource = ledger.curriculum.get(key)
        if resource is not None:
            return resource.title
        gone = await known.known_resources_by_key(db, [key])
        return gone[key].title if key in gone else key

    def _current(self, ledger: _Ledger) -> Resource | None:
        key = ledger.reader.current
        return None if key is None else ledger.curriculum.get(key)

    async def _shown_as_next(
        self,
        reader_id: int,
        guild_id: int | None,
        filters: Filters = NO_FILTERS,
        *,
        deeper: bool = False,
    ) -> Reply:
        """Answer from what a read finds, unless the current resource changes: then in turn."""
        ledger = await self._load(self._db, reader_id, guild_id)
        answer = self._answer(ledger, filters, deeper=deeper)
        if _shown_key(answer) != ledger.reader.current:
            async with self._db.transaction() as changes:
                await readers.take_turn(changes, reader_id)
                ledger = await self._load(changes, reader_id, guild_id)
                answer = self._answer(ledger, filters, deeper=deeper)
                await readers.set_current(changes, reader_id, _shown_key(answer))
        reader = replace(ledger.reader, current=_shown_key(answer))
        return Reply(ledger.curriculum, reader, answer)

    async def _repeated(
        self, changes: Queries, reader_id: int, ledger: _Ledger, resource: Resource
    ) -> Reply:
        """Answer a second click as the first one was, with its Undo."""
        latest = await change_log.latest_changes(changes, reader_id)
        change = next((s.change for s in latest if _touches(ledger, s.change, resource.key)), None)
        answer = self._present_answer(ledger)
        return Reply(ledger.curriculum, ledger.reader, answer, change, repeated=True)

    async def _just_tapped(self, db: Queries, reader_id: int) -> Change | None:
        latest = await change_log.latest_changes(db, reader_id, 1)
        if latest and latest[0].change.kind == "done_current":
            change = latest[0].change
            return change if self._clock() - change.made_at < DOUBLE_TAP else None
        return None


def _group_keys(ledger: _Ledger) -> set[str]:
    found = (ledger.curriculum.get(read.key) for read in ledger.reader.group_reads)
    return {resource.key for resource in found if resource is not None}


def _shown_key(answer: Answer) -> str | None:
    return answer.resource.key if isinstance(answer, Recommendation) else None


def _new_mark(kind: ChangeKind, old: Mark | None, now: datetime, rating: int | None) -> Mark | None:
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


def _rows_of(ledger: _Ledger, resource: Resource, mark: Mark | None) -> dict[str, Mark | None]:
    """Return the rows to write: the mark under the present key, none under former ones."""
    present = ledger.curriculum.present_keys
    former = [key for key in ledger.stored if present.get(key) == resource.key]
    return {resource.key: mark, **dict.fromkeys(former)}


def _touches(ledger: _Ledger, change: Change, key: str) -> bool:
    """Tell whether the change touched the resource, under whichever of its keys."""
    present = ledger.curriculum.present_keys
    return present.get(key, key) in {present.get(k, k) for k in change.keys}


def _snapshot(ledger: _Ledger, touched: Mapping[str, Mark | None]) -> change_log.Snapshot:
    marks = {key: ledger.stored.get(key) for key in touched}
    return change_log.Snapshot(marks, ledger.reader.current, ledger.reader.goal)


async def _write(changes: Queries, reader_id: int, rows: Mapping[str, Mark | None]) -> None:
    for key, mark in rows.items():
        if mark is None:
            await progress.clear_mark(changes, reader_id, key)
        else:
            await progress.set_mark(changes, reader_id, key, mark)
