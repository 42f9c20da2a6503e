"""A reader where they are: loaded, answered, and changed so that it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.additions import guild_of
from bot.core.progress import Mark, resolved, shown_count
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
from bot.store import known, members, progress, readers, slots
from bot.store.changes import Snapshot, StoredChange
from bot.store.database import Queries
from bot.store.instants import Clock, Ids

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ReaderHere:
    """One reader as they stand now in a server's list; ``stored``: marks by the keys of their rows.

    ``from_guild``: the server, where a reader in a DM is told about a list of its own.
    """

    reader_id: int
    guild_id: int | None
    from_guild: int | None
    now: datetime
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

    @property
    def ready(self) -> tuple[Resource, ...]:
        """What can be read now, in the order `/next` would give it."""
        return ready_for(self.curriculum, self.reader.marks, self.now)

    def answer(self, filters: Filters = NO_FILTERS, *, deeper: bool = False) -> Answer:
        """Return what comes next. Beyond the list nobody is asked twice to go deeper."""
        return recommend(
            self.curriculum,
            self.reader.marks,
            self.now,
            filters=filters,
            goal=self.reader.goal,
            deeper=deeper or (self.current is not None and self.current.addition),
            group_reads=self._group_keys(),
        )

    def present_answer(self) -> Answer:
        """Return the current resource while it still has to be read, else what comes next."""
        current, marks = self.current, self.reader.marks
        if current is None or current not in self.ready:
            return self.answer()
        goal, group_reads = self.reader.goal, self._group_keys()
        reasons = reasons_for(self.curriculum, marks, current, goal=goal, group_reads=group_reads)
        return Recommendation(current, reasons)

    def rows_of(self, marks: Mapping[str, Mark | None]) -> dict[str, Mark | None]:
        """Return the rows to write: each mark under its present key, none under former ones."""
        present, rows = self.curriculum.present_keys, dict[str, Mark | None]()
        for key, mark in marks.items():
            formerly = self.curriculum.by_key[key].formerly
            mine = (old for old in formerly if present[old] == key and old in self.stored)
            rows |= {key: mark, **dict.fromkeys(mine)}
        return rows

    def touched(self, changes: Iterable[Change]) -> set[str]:
        """Return what the changes touched, by present key."""
        present = self.curriculum.present_keys
        return {present.get(key, key) for change in changes for key in change.keys}

    def touches(self, change: Change, keys: Iterable[str]) -> bool:
        """Tell whether the change touched one of the resources, under whichever of its keys."""
        present = self.curriculum.present_keys
        return not self.touched([change]).isdisjoint(present.get(key, key) for key in keys)

    def _group_keys(self) -> set[str]:
        found = (self.curriculum.get(read.key) for read in self.reader.group_reads)
        return {resource.key for resource in found if resource is not None}


@dataclass
class Readers:
    """Loads readers where they are, and writes their changes; transactions are the caller's."""

    _curricula: CurriculumStore
    _clock: Clock
    _ids: Ids

    async def load(
        self, db: Queries, reader_id: int, guild_id: int | None, key: str | None = None
    ) -> ReaderHere:
        """Return the reader as they stand here; ``key``: what they ask about, seen as below."""
        place, now = await self.place_of(db, reader_id, guild_id, key), self._clock()
        curriculum = await self._curricula.of(db, place)
        stored = await progress.marks_of(db, reader_id)
        row = await readers.reader(db, reader_id)
        reads = await slots.reads_of_groups(db, reader_id, place, now - A_WEEK)
        group_reads = tuple(GroupRead(paper, channel_id) for paper, channel_id in reads)
        reader = Reader(resolved(curriculum, stored), row.current, row.goal, group_reads)
        from_guild = None if place == guild_id else place
        return ReaderHere(reader_id, place, from_guild, now, curriculum, stored, reader)

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
        is_seen = await members.is_in_guild(db, own, reader_id) or await readers.was_shown(
            db, reader_id, key
        )
        return own if is_seen else None

    async def change(
        self,
        tx: Queries,
        before: ReaderHere,
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
        reader_id, old = before.reader_id, before.reader
        await progress.set_marks(tx, reader_id, rows)
        if goal != old.goal:
            await readers.set_goal(tx, reader_id, goal)
        after = await self.load(tx, reader_id, before.guild_id)
        still = after.current
        if marked and still is not None and still.key not in {r.key for r in marked}:
            answer = after.present_answer()
        else:
            was = before.current
            answer = after.answer(deeper=was is not None and was.addition)
        current = shown_key(answer)
        if current != old.current:
            await readers.set_current(tx, reader_id, current)
        told = goal or old.goal if goal != old.goal else None
        newest = await change_log.last_change_id(tx, reader_id)
        change = Change(self._ids.new(after=newest), kind, after.now, tuple(rows), told)
        was_stored = {key: before.stored.get(key) for key in rows}
        await change_log.add_change(
            tx,
            reader_id,
            change,
            before=Snapshot(was_stored, old.current, old.goal),
            after=Snapshot(rows, current, goal),
        )
        return Reply(
            after.curriculum,
            replace(after.reader, current=current),
            answer,
            change,
            worth=await self.worth_of(tx, answer),
            from_guild=before.from_guild,
        )

    async def repeated(
        self, tx: Queries, here: ReaderHere, was_it: Callable[[Change], bool]
    ) -> Reply:
        """Answer a second click as the first one was, with its Undo; ``was_it`` knows that one."""
        latest = await change_log.latest_changes(tx, here.reader_id)
        return Reply(
            here.curriculum,
            here.reader,
            here.present_answer(),
            next((s.change for s in latest if was_it(s.change)), None),
            repeated=True,
            from_guild=here.from_guild,
        )

    async def put_back(self, tx: Queries, here: ReaderHere, stored: StoredChange) -> ReaderHere:
        """Restore exactly what the change replaced, and return the reader as they stand then.

        Raises:
            ChangedSinceError: a later change touched the same.
        """
        latest = await change_log.latest_changes(tx, here.reader_id)
        newer = (s.change for s in latest if s.change.change_id > stored.change.change_id)
        later, present = here.touched(newer), here.curriculum.present_keys
        for key, mark in stored.after.marks.items():
            if here.stored.get(key) != mark or present.get(key, key) in later:
                raise ChangedSinceError(await self._title(tx, here, key))
        was, since = stored.before.goal, here.reader.goal
        if not stored.after.marks and since not in (stored.after.goal, was):
            raise ChangedSinceError("")
        await progress.set_marks(tx, here.reader_id, stored.before.marks)
        if here.reader.current == stored.after.current:
            await readers.set_current(tx, here.reader_id, stored.before.current)
        if since == stored.after.goal != was:
            await readers.set_goal(tx, here.reader_id, was)
        await change_log.mark_undone(tx, stored.change.change_id, here.now)
        then = await self.load(tx, here.reader_id, here.guild_id)
        return replace(then, from_guild=here.from_guild)

    async def worth_of(self, db: Queries, shown: Answer | Resource) -> Worth | None:
        """Return what readers thought of what is shown; None for too few ratings."""
        resource = shown.resource if isinstance(shown, Recommendation) else shown
        if not isinstance(resource, Resource):
            return None
        liked, rated = await progress.ratings_of(db, resource.key)
        return Worth(liked, rated) if shown_count(rated) else None

    async def _title(self, db: Queries, here: ReaderHere, key: str) -> str:
        resource = here.curriculum.get(key)
        if resource is not None:
            return resource.title
        gone = await known.known_resources_by_key(db, [key])
        return gone[key].title if key in gone else key


def shown_key(answer: Answer) -> str | None:
    """Return the key of what is shown as the next one."""
    return answer.resource.key if isinstance(answer, Recommendation) else None
