"""One reader as they stand in the list of the server where they ask."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import guild_of
from bot.core.lists import Place, Where, where_of
from bot.core.progress import Mark, resolved, shown_count
from bot.core.recommend import (
    NO_FILTERS,
    Answer,
    Change,
    Filters,
    GroupRead,
    Reader,
    Recommendation,
    Reply,
    Shown,
    Suggestion,
    Worth,
    has_left,
    ready_for,
    reasons_for,
    recommend,
    sitting_for,
)
from bot.errors import UnknownStepError
from bot.services.curriculum import CurriculumStore
from bot.store import groups as group_rows
from bot.store import progress, readers
from bot.store.database import Database, Queries
from bot.store.instants import Clock
from bot.store.readers import Standing

AWAY_FOR = timedelta(weeks=3)
"""Who marked nothing for so long is welcomed back, once."""


@dataclass(frozen=True, slots=True)
class ReaderHere:
    """One reader as they stand now in a list, as a server sees it; ``kept``: as their rows say it.

    ``from_guild``: the server, where a reader in a DM is told about a list of its own.
    """

    reader_id: int
    guild_id: int | None
    list_id: str
    from_guild: int | None
    now: datetime
    curriculum: Curriculum
    kept: Standing
    reader: Reader

    @property
    def where(self) -> Where:
        """The list they stand in."""
        return Where(self.guild_id, list_id=self.list_id)

    @property
    def is_used_last(self) -> bool:
        """Whether they used no other list since; who used none at all has nothing to be told."""
        return self.kept.lists.used_last in (None, self.list_id)

    @property
    def stored(self) -> Mapping[str, Mark]:
        """The reader's marks by the keys of their rows."""
        return self.kept.marks

    @property
    def current(self) -> Resource | None:
        """What the reader was shown last as the next one."""
        key = self.reader.current
        return None if key is None else self.curriculum.get(key)

    @property
    def goal(self) -> Resource | Step | None:
        """What the reader wants to get to; None, too, if the list has it no more."""
        key = self.reader.goal
        return None if key is None else self.curriculum.find(key)

    @property
    def marked_at(self) -> datetime | None:
        """When the reader marked something last."""
        return max((mark.changed_at for mark in self.stored.values()), default=None)

    @property
    def is_back(self) -> bool:
        """Whether the reader was away for weeks, and wasn't welcomed back yet."""
        last = self.marked_at
        was_away = last is not None and self.now - last >= AWAY_FOR
        return was_away and self.kept.welcomed_after != last

    @property
    def is_deeper(self) -> bool:
        """Whether the current resource is none of the list."""
        return self.current is not None and self.current.addition

    @property
    def ready(self) -> tuple[Resource, ...]:
        """What can be read now, in the order `/next` would give it."""
        return ready_for(self.curriculum, self.reader.marks, self.now)

    def is_about(self, key: str) -> bool:
        """Tell whether a key means something in the list they stand in."""
        return self.curriculum.get(key) is not None

    def answer(
        self, filters: Filters = NO_FILTERS, *, deeper: bool = False, went_deeper: bool = False
    ) -> Answer:
        """Return what comes next.

        ``deeper``: the reader asks for more than the list; ``went_deeper``: or did so before. Who
        has read the list isn't asked twice.
        """
        goal, reads = self.reader.goal, self._group_keys()
        went = went_deeper or self.is_deeper
        is_deeper = deeper or (went and not has_left(self.curriculum, self.reader.marks))
        given = self.curriculum, self.reader.marks, self.now
        return recommend(*given, filters=filters, goal=goal, deeper=is_deeper, group_reads=reads)

    def present_answer(self) -> Answer:
        """Return the current resource while it still has to be read, else what comes next."""
        current = self.current
        if current is None or current not in self.ready:
            return self.answer()
        return self.recommended(current)

    def recommended(self, resource: Resource) -> Recommendation:
        """Return the resource as what comes next, with its reasons."""
        marks, goal, reads = self.reader.marks, self.reader.goal, self._group_keys()
        reasons = reasons_for(self.curriculum, marks, resource, goal=goal, group_reads=reads)
        return Recommendation(resource, reasons)

    def reply(self, answer: Answer, change: Change | None = None) -> Reply:
        """Return the answer, with what the reader changed."""
        sitting, minutes = None, self.reader.minutes
        if minutes is not None and isinstance(answer, Recommendation):
            given = self.curriculum, self.reader.marks, self.now
            sitting = sitting_for(*given, answer.resource, minutes)
        here = self.curriculum, self.reader
        return Reply(*here, answer, change, from_guild=self.from_guild, sitting=sitting)

    def suggested(self, resource: Resource) -> Suggestion:
        """Return a resource as it is offered while the reader types."""
        mark = self.reader.marks.get(resource.key)
        return Suggestion(resource, self.curriculum.step_of(resource), mark)

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
    """Loads readers, and what they see; in a transaction or outside one."""

    _curricula: CurriculumStore
    _clock: Clock

    async def here(
        self, db: Queries, reader_id: int, place: Place, key: str | None = None
    ) -> ReaderHere:
        """Return the reader as they stand here; ``key``: what they ask about, seen as below."""
        where, now = await self.place_of(db, reader_id, place, key), self._clock()
        kept = await readers.standing(db, reader_id, where.guild_id, now, key)
        asked, where = where, self._curricula.at(where, kept.lists, key)
        version = kept.version if where.guild_id == asked.guild_id else None
        curriculum = await self._curricula.of(db, where, version)
        titles = self._curricula.titles(kept.lists)
        if key is not None and curriculum.find(key) is None:
            for list_id in titles:  # an old card may show what only another list has
                other = self._curricula.at(replace(asked, list_id=list_id), kept.lists)
                if (found := await self._curricula.of(db, other)).find(key) is not None:
                    where, curriculum = other, found
                    break
        used = kept.lists.used.get(where.list_id or "")
        current, goal = (used.current, used.goal) if used else (None, None)
        group_reads = tuple(GroupRead(paper, channel_id) for paper, channel_id in kept.group_reads)
        marks = resolved(curriculum, kept.marks)
        # Of two, the line under the present key is the newer.
        noted = sorted(kept.notes.items(), key=lambda each: each[0] in curriculum.by_key)
        notes = {curriculum.present(key): note for key, note in noted}
        title = curriculum.title if len(titles) > 1 else ""
        reader = Reader(marks, current, goal, kept.minutes, group_reads, notes, title)
        guild_id, list_id = where.guild_id, where.list_id or ""
        from_guild = None if guild_id == where_of(place).guild_id else guild_id
        return ReaderHere(reader_id, guild_id, list_id, from_guild, now, curriculum, kept, reader)

    async def others(self, db: Queries, here: ReaderHere) -> AsyncIterator[ReaderHere]:
        """Yield the reader in the other lists in sight, the one used last first."""
        used = here.kept.lists.used
        titles = self._curricula.titles(here.kept.lists)
        order = sorted(
            titles, key=lambda each: -used[each].used_at.timestamp() if each in used else 0
        )
        for list_id in order:
            if list_id != here.list_id:
                yield await self.here(db, here.reader_id, replace(here.where, list_id=list_id))

    async def of_list(self, db: Queries, here: ReaderHere) -> Callable[[str], bool]:
        """Return what tells whether a mark's key is about the list the reader stands in.

        So is what is about no list in sight, for it left them; but not another server's. What
        a server hides of one of the host's lists is about that list still.
        """
        base = self._curricula.bases.get(here.list_id, here.curriculum)
        others = [other.curriculum async for other in self.others(db, here)]

        def is_of_list(key: str) -> bool:
            if here.is_about(key) or base.get(key) is not None:
                return True
            is_ours = guild_of(key) in (None, here.guild_id)
            is_elsewhere = any(other.get(key) is not None for other in others)
            return is_ours and not is_elsewhere and not self._curricula.is_listed(key)

        return is_of_list

    async def use(self, db: Database, here: ReaderHere, place: Place) -> None:
        """Record that the reader used a list, where a card without keys will go on in it."""
        has_several, last = bool(here.reader.list_title), here.kept.lists.used_last
        if has_several and last != here.list_id and not where_of(place).goes_on:
            async with db.transaction() as tx:
                await readers.take_turn(tx, here.reader_id)
                await readers.set_used(tx, here.reader_id, here.list_id, here.now)

    async def resource(self, db: Queries, here: ReaderHere, key: str) -> Resource:
        """Return the resource with this key; raises as ``CurriculumStore.resource``.

        Raises:
            UnknownStepError: it is the key of a step that the list has no more.
        """
        if key.startswith(":"):
            steps = ((step.id, step.title) for step in here.curriculum.steps)
            raise UnknownStepError(key[1:], tuple(steps))
        return here.curriculum.get(key) or await self._curricula.resource(db, here.where, key)

    async def place_of(self, db: Queries, reader_id: int, place: Place, key: str | None) -> Where:
        """Return from where a resource is seen: where the reader is.

        In a DM a server's own is seen from that server, by who is in one of its groups or was
        shown it.
        """
        where = where_of(place)
        own = None if where.guild_id is not None or key is None else guild_of(key)
        if own is None or key is None or self._curricula.is_listed(key):
            return where
        is_theirs = await group_rows.is_in_guild(db, own, reader_id)
        is_theirs = is_theirs or await readers.was_shown(db, reader_id, key)
        return replace(where, guild_id=own) if is_theirs else where

    async def shown(self, db: Queries, here: ReaderHere, resource: Resource) -> Shown:
        """Return a resource as this reader sees it."""
        worth = await self.worth_of(db, here, resource)
        return Shown(here.curriculum, here.reader, resource, worth, here.from_guild)

    async def worth_of(
        self, db: Queries, here: ReaderHere, shown: Answer | Resource
    ) -> Worth | None:
        """Return what readers thought of what is shown; None for too few ratings."""
        resource = shown.resource if isinstance(shown, Recommendation) else shown
        if not isinstance(resource, Resource):
            return None
        ratings = here.kept.ratings.get(resource.key)
        liked, rated = ratings or await progress.ratings_of(db, resource.key)
        return Worth(liked, rated) if shown_count(rated) else None
