"""A reader's rows in the ledger, loaded, answered from, and changed so that it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.counts import shown_count
from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.additions import guild_of
from bot.core.progress import Mark, resolved
from bot.core.reading import Change, ChangeKind, GroupRead, Reader, Reply, Worth
from bot.core.recommend import (
    NO_FILTERS,
    Answer,
    Filters,
    Recommendation,
    ready_for,
    reasons_for,
    recommend,
)
from bot.errors import ChangedSinceError
from bot.services.curriculum import CurriculumStore
from bot.store import changes as change_log
from bot.store import groups, known, progress, readers, slots
from bot.store.changes import StoredChange
from bot.store.database import Queries
from bot.store.ids import Clock, Ids

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One reader in one place, as loaded; ``stored`` are the marks by the keys of their rows."""

    curriculum: Curriculum
    stored: Mapping[str, Mark]
    reader: Reader

    @property
    def current(self) -> Resource | None:
        """What the reader was shown last as the next one."""
        key = self.reader.current
        return None if key is None else self.curriculum.get(key)

    @property
    def goal(self) -> Resource | None:
        """What the reader wants to get to."""
        key = self.reader.goal
        return None if key is None else self.curriculum.get(key)

    def rows_of(self, resource: Resource, mark: Mark | None) -> dict[str, Mark | None]:
        """Return the rows to write: the mark under the present key, none under former ones."""
        present = self.curriculum.present_keys
        mine = (key for key in resource.formerly if present[key] == resource.key)
        return {resource.key: mark, **{key: None for key in mine if key in self.stored}}

    def touched(self, changes: Iterable[Change]) -> set[str]:
        """Return what the changes touched, by present key."""
        present = self.curriculum.present_keys
        return {present.get(key, key) for change in changes for key in change.keys}

    def touches(self, change: Change, key: str) -> bool:
        """Tell whether the change touched the resource, under whichever of its keys."""
        return self.curriculum.present_keys.get(key, key) in self.touched([change])


class Ledgers:
    """Loads readers' ledgers and writes their changes; transactions are the caller's."""

    def __init__(self, curricula: CurriculumStore, clock: Clock, ids: Ids) -> None:
        self._curricula = curricula
        self._clock = clock
        self._ids = ids

    async def load(self, db: Queries, reader_id: int, guild_id: int | None) -> Ledger:
        """Return the reader as they stand in this place."""
        curriculum = await self._curricula.of(db, guild_id)
        stored = await progress.marks_of(db, reader_id)
        row = await readers.reader(db, reader_id)
        since = self._clock() - A_WEEK
        reads = await slots.reads_of_groups(db, reader_id, guild_id, since)
        group_reads = tuple(GroupRead(key, channel_id) for key, channel_id in reads)
        reader = Reader(resolved(curriculum, stored), row.current, row.goal, group_reads)
        return Ledger(curriculum, stored, reader)

    async def place_of(
        self, db: Queries, reader_id: int, guild_id: int | None, key: str | None
    ) -> int | None:
        """Return the server from which a resource is seen: where the reader is.

        In a DM a server's own is seen from that server, by who is in one of its groups or was
        shown it.
        """
        own = None if guild_id is not None or key is None else guild_of(key)
        if own is None or key is None or self._curricula.base.get(key) is not None:
            return guild_id
        if await groups.is_in_guild(db, own, reader_id) or await readers.was_shown(
            db, reader_id, key
        ):
            return own
        return None

    def answer(
        self, ledger: Ledger, filters: Filters = NO_FILTERS, *, deeper: bool = False
    ) -> Answer:
        """Return what comes next. Beyond the list nobody is asked twice to go deeper."""
        current = ledger.current
        return recommend(
            ledger.curriculum,
            ledger.reader.marks,
            self._clock(),
            filters=filters,
            goal=ledger.reader.goal,
            deeper=deeper or (current is not None and current.addition),
            group_reads=_group_keys(ledger),
        )

    def present_answer(self, ledger: Ledger) -> Answer:
        """Return the current resource while it still has to be read, else what comes next."""
        current = ledger.current
        marks = ledger.reader.marks
        if current is None or current not in ready_for(ledger.curriculum, marks, self._clock()):
            return self.answer(ledger)
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

    async def change(
        self,
        changes: Queries,
        reader_id: int,
        guild_id: int | None,
        before: Ledger,
        kind: ChangeKind,
        rows: Mapping[str, Mark | None],
        *,
        marked: Sequence[Resource] = (),
        goal: str | None = None,
    ) -> Reply:
        """Write the rows and the goal, record how to undo it, and return what comes next.

        ``marked``: the resources that the reader said something about. Unless one of them was the
        current one, the current one stays.
        """
        await progress.set_marks(changes, reader_id, rows)
        if goal != before.reader.goal:
            await readers.set_goal(changes, reader_id, goal)
        after = await self.load(changes, reader_id, guild_id)
        answer = self._after_marking(before, after, marked)
        current = shown_key(answer)
        if current != before.reader.current:
            await readers.set_current(changes, reader_id, current)
        told = goal or before.reader.goal if goal != before.reader.goal else None
        newest = await change_log.last_change_id(changes, reader_id)
        change_id = self._ids.new(after=newest)
        change = Change(change_id, kind, self._clock(), tuple(rows), told)
        was = {key: before.stored.get(key) for key in rows}
        await change_log.add_change(
            changes,
            reader_id,
            change,
            change_log.Snapshot(was, before.reader.current, before.reader.goal),
            change_log.Snapshot(rows, current, goal),
        )
        reader = replace(after.reader, current=current)
        worth = await self.worth_of(changes, answer)
        return Reply(after.curriculum, reader, answer, change, worth=worth)

    async def repeated(
        self,
        changes: Queries,
        reader_id: int,
        ledger: Ledger,
        was_it: Callable[[Change], bool],
    ) -> Reply:
        """Answer a second click as the first one was, with its Undo; ``was_it`` knows that one."""
        latest = await change_log.latest_changes(changes, reader_id)
        change = next((s.change for s in latest if was_it(s.change)), None)
        answer = self.present_answer(ledger)
        return Reply(ledger.curriculum, ledger.reader, answer, change, repeated=True)

    async def put_back(
        self,
        changes: Queries,
        reader_id: int,
        guild_id: int | None,
        stored: StoredChange,
    ) -> None:
        """Restore exactly what the change replaced.

        Raises:
            ChangedSinceError: a later change touched the same.
        """
        ledger = await self.load(changes, reader_id, guild_id)
        latest = await change_log.latest_changes(changes, reader_id)
        newer = (s.change for s in latest if s.change.change_id > stored.change.change_id)
        later, present = ledger.touched(newer), ledger.curriculum.present_keys
        for key, mark in stored.after.marks.items():
            if ledger.stored.get(key) != mark or present.get(key, key) in later:
                raise ChangedSinceError(await self._title(changes, ledger, key))
        was, since = stored.before.goal, ledger.reader.goal
        if not stored.after.marks and since not in (stored.after.goal, was):
            raise ChangedSinceError("")
        await progress.set_marks(changes, reader_id, stored.before.marks)
        if ledger.reader.current == stored.after.current:
            await readers.set_current(changes, reader_id, stored.before.current)
        if ledger.reader.goal == stored.after.goal != stored.before.goal:
            await readers.set_goal(changes, reader_id, stored.before.goal)
        await change_log.mark_undone(changes, stored.change.change_id, self._clock())

    async def worth_of(self, db: Queries, shown: Answer | Resource) -> Worth | None:
        """Return what readers thought of what is shown; None for too few ratings."""
        resource = shown.resource if isinstance(shown, Recommendation) else shown
        if not isinstance(resource, Resource):
            return None
        liked, rated = await progress.ratings_of(db, resource.key)
        return Worth(liked, rated) if shown_count(rated) else None

    def _after_marking(self, before: Ledger, after: Ledger, marked: Sequence[Resource]) -> Answer:
        """Return what comes next: the current one still, if that isn't among what was marked."""
        current = after.current
        if marked and current is not None and current.key not in {r.key for r in marked}:
            return self.present_answer(after)
        was = before.current
        return self.answer(after, deeper=was is not None and was.addition)

    async def _title(self, db: Queries, ledger: Ledger, key: str) -> str:
        resource = ledger.curriculum.get(key)
        if resource is not None:
            return resource.title
        gone = await known.known_resources_by_key(db, [key])
        return gone[key].title if key in gone else key


def shown_key(answer: Answer) -> str | None:
    """Return the key of what is shown as the next one."""
    return answer.resource.key if isinstance(answer, Recommendation) else None


def _group_keys(ledger: Ledger) -> set[str]:
    found = (ledger.curriculum.get(read.key) for read in ledger.reader.group_reads)
    return {resource.key for resource in found if resource is not None}
