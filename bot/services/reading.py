"""What readers do: ask what comes next, mark it, put it aside, take that back, set a goal."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import guild_of
from bot.core.progress import (
    UNLOCKS,
    Mark,
    minutes_a_week,
    resolved,
    shown_count,
    unlocks,
)
from bot.core.recommend import (
    LONGEST_NOTE,
    MARKS,
    NO_FILTERS,
    AlsoDone,
    Answer,
    Back,
    Change,
    ChangeKind,
    Filters,
    Found,
    GroupRead,
    Journey,
    MarkKind,
    PartlyDone,
    Path,
    Reader,
    Recommendation,
    Reply,
    Shown,
    Suggestion,
    Talk,
    TooNarrow,
    Worth,
    aims_of,
    has_left,
    may_be_goal,
    path_to,
    path_to_all,
    ready_for,
    reasons_for,
    recommend,
    similar_to,
    sitting_for,
)
from bot.errors import (
    ChangedSinceError,
    NothingCurrentError,
    TooOldToUndoError,
    UnknownStepError,
)
from bot.services.curriculum import CurriculumStore
from bot.store import additions, progress, readers
from bot.store import groups as group_rows
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids
from bot.store.progress import Snapshot, StoredChange
from bot.store.readers import Standing

A_WEEK = timedelta(days=7)
PUT_OFF_FOR = timedelta(days=7)
AWAY_FOR = timedelta(weeks=3)
"""Who marked nothing for so long is welcomed back, once."""

DOUBLE_TAP = timedelta(minutes=1)
"""A second bare `/done` within this time is asked about."""


@dataclass(frozen=True, slots=True)
class ReaderHere:
    """One reader as they stand now in a server's list; ``kept``: as their rows say it.

    ``from_guild``: the server, where a reader in a DM is told about a list of its own.
    """

    reader_id: int
    guild_id: int | None
    from_guild: int | None
    now: datetime
    curriculum: Curriculum
    kept: Standing
    reader: Reader

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
class Reading:
    """All of a reader's own commands. Each method is one transaction; changes can be undone.

    A resource that isn't here, or isn't certain, is an ``UnknownResourceError`` or a
    ``NoLongerListedError``.
    """

    _db: Database
    _curricula: CurriculumStore
    _clock: Clock
    _ids: Ids

    async def next_for(
        self,
        reader_id: int,
        guild_id: int | None,
        filters: Filters = NO_FILTERS,
        *,
        minutes: int | None = None,
        deeper: bool = False,
    ) -> Reply:
        """Return what to read next, and make it current; ``deeper``: go on after the list.

        ``minutes``: how many the reader has, until they ask anew. Which one is next never depends
        on it; nor does it change for who goes deeper.
        """
        here = await self._load(self._db, reader_id, guild_id)
        answer = here.answer(filters, deeper=deeper)
        has_said = (deeper or minutes == here.reader.minutes) and not here.is_back
        if has_said and _current_after(answer, here) == here.reader.current:  # nobody has to wait
            return replace(here.reply(answer), worth=await self._worth_of(self._db, here, answer))
        async with self._turn(reader_id) as tx:
            if not has_said and not deeper:
                await readers.set_minutes(tx, reader_id, minutes)
            back = await self._welcome_back(tx, reader_id, guild_id)
            reply = await self.show_next(tx, reader_id, guild_id, filters, deeper=deeper)
            return replace(reply, back=back)

    async def _welcome_back(self, tx: Queries, reader_id: int, guild_id: int | None) -> Back | None:
        """Return what to tell a reader who was away for weeks, once; else None."""
        here = await self._load(tx, reader_id, guild_id)
        if not here.is_back or here.marked_at is None:
            return None
        await readers.set_welcomed(tx, reader_id, here.marked_at)
        marks, get = here.reader.marks, here.curriculum.get
        done = [(mark.changed_at, key) for key, mark in marks.items() if mark.state == "done"]
        last = next(((r, at) for at, key in sorted(done)[::-1] if (r := get(key))), None)
        since = await readers.read_since(tx, reader_id, here.guild_id, here.marked_at)
        read: dict[int, list[str]] = {}
        for channel_id, key in since:
            read.setdefault(channel_id, []).append(here.curriculum.present(key))
        meanwhile = tuple(
            (channel_id, len(keys), sum(not unlocks(marks, key) for key in keys))
            for channel_id, keys in read.items()
        )
        paths = [path_to(here.curriculum, marks, each.key) for each in here.reader.group_reads]
        locked = next((path[-1] for path in paths if len(path) > 1), None)
        return Back(last, meanwhile, locked)

    async def any_length(self, reader_id: int, guild_id: int | None) -> Reply:
        """Forget how many minutes the reader has; what they were shown stays."""
        async with self._turn(reader_id) as tx:
            await readers.set_minutes(tx, reader_id, None)
            here = await self._load(tx, reader_id, guild_id)
            answer = here.present_answer()
            return await self._show(tx, here, answer, _shown_key(answer))

    async def show_next(
        self,
        tx: Queries,
        reader_id: int,
        guild_id: int | None,
        filters: Filters = NO_FILTERS,
        *,
        deeper: bool = False,
    ) -> Reply:
        """Do what ``next_for`` does, in a transaction that has the reader's turn."""
        here = await self._load(tx, reader_id, guild_id)
        answer = here.answer(filters, deeper=deeper)
        return await self._show(tx, here, answer, _current_after(answer, here))

    async def present(self, reader_id: int, guild_id: int | None) -> Reply:
        """Return what is current, or what comes next, with the last change; nothing changes."""
        here = await self._load(self._db, reader_id, guild_id)
        latest = await progress.latest_changes(self._db, reader_id, 1)
        return here.reply(here.present_answer(), next((each.change for each in latest), None))

    async def look(
        self, reader_id: int, guild_id: int | None, key: str, *, talks: bool = False
    ) -> Shown:
        """Return one resource; ``talks``: with where it was a paper of the week."""
        here = await self._load(self._db, reader_id, guild_id, key)
        resource = await self._resource(self._db, here, key)
        found = await self._talks(here, guild_id, resource) if talks else ()
        return replace(await self._shown(here, resource), talks=found)

    async def look_next(
        self, reader_id: int, guild_id: int | None, key: str, *, talks: bool = False
    ) -> Reply:
        """Return a resource that was shown as the next one, with the reasons that hold now."""
        here = await self._load(self._db, reader_id, guild_id, key)
        resource = await self._resource(self._db, here, key)
        reply = here.reply(here.recommended(resource))
        worth = await self._worth_of(self._db, here, resource)
        found = await self._talks(here, guild_id, resource) if talks else ()
        return replace(reply, worth=worth, talks=found)

    async def _talks(
        self, here: ReaderHere, guild_id: int | None, resource: Resource
    ) -> tuple[Talk, ...]:
        """Return where a resource was a paper of the week, the latest first.

        In a server: in its groups, whose channels the reader may not see; in a DM: in theirs.
        """
        keys = here.curriculum.keys_of(resource)
        return tuple(await week_rows.talks_about(self._db, keys, guild_id, here.reader_id))

    async def reader(self, reader_id: int, guild_id: int | None) -> tuple[Curriculum, Reader]:
        """Return the reader and the curriculum they see here."""
        here = await self._load(self._db, reader_id, guild_id)
        return here.curriculum, here.reader

    async def finish_current(
        self, reader_id: int, guild_id: int | None, rating: int | None = None
    ) -> Reply | AlsoDone:
        """Mark the current resource done; a second time within a minute, ask first.

        Raises:
            NothingCurrentError: nothing was shown as the next one yet.
        """
        async with self._turn(reader_id) as tx:
            here = await self._load(tx, reader_id, guild_id)
            if guild_id is None:
                here = await self._load(tx, reader_id, None, here.reader.current)
            current = here.current
            if current is None:
                raise NothingCurrentError
            latest = await progress.latest_changes(tx, reader_id, 1)
            tapped = next((s.change for s in latest if s.change.kind == "done_current"), None)
            if tapped is not None and here.now - tapped.made_at < DOUBLE_TAP:
                before = here.curriculum.get(tapped.keys[0])
                return AlsoDone(here.curriculum, current, before, rating)
            return await self._mark(tx, here, [current], "done_current", rating)

    async def ask_done(self, reader_id: int, guild_id: int | None, key: str) -> AlsoDone | None:
        """Return the question whether a resource is done too; None: it is marked so already."""
        shown = await self.look(reader_id, guild_id, key)
        mark = shown.reader.marks.get(shown.resource.key)
        if mark is not None and mark.state == "done":
            return None
        latest = await progress.latest_changes(self._db, reader_id, 1)
        just = (s.change.keys[0] for s in latest if s.change.kind in ("done", "done_current"))
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
        place = await self._place_of(self._db, reader_id, guild_id, typed)
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

    async def all_named(
        self, reader_id: int, guild_id: int | None, typed: str
    ) -> tuple[Resource, ...]:
        """Return what `/done` would mark of several names; nothing if one of them is unclear."""
        place = await self._place_of(self._db, reader_id, guild_id, typed)
        meant = await self._curricula.meant(self._db, place, typed)
        found = tuple(one.resource for one in meant if one.resource is not None)
        return found if len(found) == len(meant) > 1 else ()

    async def find(self, reader_id: int, guild_id: int | None, query: str) -> Found:
        """Search the list as this reader sees it here: its resources and its steps."""
        here = await self._load(self._db, reader_id, guild_id)
        chosen = here.curriculum.find(query)
        found, is_exact = [chosen] if chosen else [], True
        if chosen is None:
            hits = await self._curricula.search_all(self._db, guild_id, query)
            # A moderator may have changed the list between the two readings.
            found = [one for hit in hits if (one := here.curriculum.find(hit.key)) is not None]
            certain = [hit.key for hit in hits if hit.exact]
            names_one = bool(found) and isinstance(found[0], Resource) and certain == [hits[0].key]
            is_exact = len(found) == 1 or names_one
        exact = found[0] if is_exact else None
        shown = await self._shown(here, exact) if isinstance(exact, Resource) else exact
        return Found(here.curriculum, here.reader, query, found, shown)

    async def similar(self, reader_id: int, guild_id: int | None, key: str) -> Found:
        """Return what is about the same as a resource, the most alike first."""
        here = await self._load(self._db, reader_id, guild_id, key)
        resource = await self._resource(self._db, here, key)
        found: list[Resource | Step] = [*similar_to(here.curriculum, resource)]
        place = here.from_guild
        if place is not None and not await group_rows.is_in_guild(self._db, place, reader_id):
            found = [each for each in found if guild_of(each.key) is None]
        from_guild, curriculum = here.from_guild, here.curriculum
        return Found(curriculum, here.reader, "", found, similar_to=resource, from_guild=from_guild)

    async def suggestions(
        self, reader_id: int, guild_id: int | None, typed: str, *, undone: bool = False
    ) -> list[Suggestion]:
        """Return what fits while somebody types; for nothing typed, what they may want.

        ``undone``: what isn't read yet goes first, the current one before all.
        """
        here = await self._load(self._db, reader_id, guild_id)
        curriculum = here.curriculum
        if typed.strip():
            unread = {key for key in curriculum.by_key if not unlocks(here.reader.marks, key)}
            first = unread if undone else None
            hits = await self._curricula.search(self._db, guild_id, typed, first=first)
            found = [r for hit in hits if (r := curriculum.get(hit.key)) is not None]
        else:
            found = _wanted(here)
        return [here.suggested(resource) for resource in found]

    async def offers(
        self, reader_id: int, guild_id: int | None, typed: str
    ) -> list[Suggestion | Step]:
        """Return the resources and steps that fit while one types; at first, what they may want."""
        if not typed.strip():
            return [*await self.suggestions(reader_id, guild_id, typed)]
        here = await self._load(self._db, reader_id, guild_id)
        hits = await self._curricula.search_all(self._db, guild_id, typed)
        found = [one for hit in hits if (one := here.curriculum.find(hit.key)) is not None]
        return [one if isinstance(one, Step) else here.suggested(one) for one in found]

    async def step_id(self, guild_id: int | None, typed: str) -> str:
        """Return the id of the step that is meant, or raise UnknownStepError."""
        return self._curricula.step((await self._curricula.of(self._db, guild_id)).steps, typed).id

    async def steps(self, guild_id: int | None, typed: str) -> list[Step]:
        """Return the steps that fit what is typed; all of them for nothing."""
        return self._curricula.steps_like(
            (await self._curricula.of(self._db, guild_id)).steps, typed
        )

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
        """
        async with self._turn(reader_id) as tx:
            return await self.mark_in_turn(tx, reader_id, guild_id, [key], kind, rating)

    async def mark_all(
        self, reader_id: int, guild_id: int | None, keys: Sequence[str], rating: int | None = None
    ) -> Reply:
        """Mark resources done, as one change; if one of them isn't here, none is marked."""
        async with self._turn(reader_id) as tx:
            return await self.mark_in_turn(tx, reader_id, guild_id, keys, "done", rating)

    async def know(self, reader_id: int, guild_id: int | None, keys: Sequence[str]) -> Reply:
        """Mark resources and whole steps as known, with all that comes before them, as one change.

        What the reader has marked otherwise stays so, but for what they put off.

        Raises:
            UnknownStepError: there is no such step any more; nothing is marked.
        """
        async with self._turn(reader_id) as tx:
            here = await self._load(tx, reader_id, guild_id, keys[0])
            named: list[Resource] = []
            for key in keys:
                found = here.curriculum.find(key) or await self._resource(tx, here, key)
                named += found.resources if isinstance(found, Step) else [found]
            left = path_to_all(here.curriculum, here.reader.marks, named)
            if left:
                return await self._mark(tx, here, left, "known", None)
            marked = [resource.key for resource in named]
            return await self._repeated(tx, here, lambda each: here.touches(each, marked))

    async def bookmark(self, reader_id: int, guild_id: int | None, key: str, note: str) -> Reply:
        """Record that a part of a resource is read; ``note``: which, if the reader wants to say."""
        async with self._turn(reader_id) as tx:
            here = await self._load(tx, reader_id, guild_id, key)
            resource = await self._resource(tx, here, key)
            note, key = " ".join(note.split())[:LONGEST_NOTE], resource.key
            is_read = unlocks(here.reader.marks, key)
            if is_read or here.reader.notes.get(key) == note:
                kinds = MARKS if is_read else ("part",)
                return await self._repeated(
                    tx, here, lambda each: each.kind in kinds and here.touches(each, [key])
                )
            notes: dict[str, str | None] = dict.fromkeys(here.kept.notes.keys() & resource.formerly)
            notes[key] = note
            return await self._change(tx, here, "part", {}, goal=here.reader.goal, notes=notes)

    async def mark_in_turn(
        self,
        tx: Queries,
        reader_id: int,
        guild_id: int | None,
        keys: Sequence[str],
        kind: MarkKind = "done",
        rating: int | None = None,
    ) -> Reply:
        """Do what ``mark`` does, in a transaction that has the reader's turn."""
        here = await self._load(tx, reader_id, guild_id, keys[0])
        resources = [await self._resource(tx, here, key) for key in keys]
        return await self._mark(tx, here, resources, kind, rating)

    async def undo(self, reader_id: int, guild_id: int | None, change_id: int) -> Reply:
        """Put back exactly what the change replaced, and return what comes next then.

        Raises:
            TooOldToUndoError: the change is forgotten, or somebody else's.
            ChangedSinceError: what it marked was marked again; the later change goes first.
        """
        async with self._turn(reader_id) as tx:
            stored, here = await self._change_of(tx, reader_id, guild_id, change_id)
            if stored.undone_at is None:
                here = await self._put_back(tx, here, stored)
        reply, repeated = here.reply(here.present_answer()), stored.undone_at is not None
        return replace(reply, undone=stored.change, repeated=repeated)

    async def rate(
        self, reader_id: int, guild_id: int | None, change_id: int, rating: int
    ) -> Reply:
        """Rate what a change marked done, from 1 to 5: undoing that takes both back.

        Raises:
            TooOldToUndoError: the change is forgotten, or somebody else's.
            ChangedSinceError: what it marked was marked again.
        """
        async with self._turn(reader_id) as tx:
            stored, here = await self._change_of(tx, reader_id, guild_id, change_id)
            if stored.undone_at is None:
                here = await self._rated(tx, here, stored, rating)
        reply = here.reply(here.present_answer(), stored.change)
        is_undone = stored.undone_at is not None
        return replace(reply, undone=stored.change, repeated=True) if is_undone else reply

    async def path(self, reader_id: int, guild_id: int | None, typed: str) -> Path:
        """Return the way to the resource or the step that the typed text means."""
        here = await self._load(self._db, reader_id, guild_id, typed)
        curriculum = here.curriculum
        aim = curriculum.find(typed) or self._curricula.step_called(curriculum.steps, typed)
        if aim is None and typed.startswith(":"):
            aim = await self._resource(self._db, here, typed)
        aim = aim or await self._curricula.named(self._db, here.guild_id, typed)
        return Path(curriculum, here.reader, aim, path_to(curriculum, here.reader.marks, aim.key))

    async def journey(self, reader_id: int, guild_id: int | None) -> Journey:
        """Return how far the reader is, and what they may undo."""
        here = await self._load(self._db, reader_id, guild_id)
        latest = await progress.latest_changes(self._db, reader_id)
        pace = minutes_a_week(here.curriculum, here.reader.marks, here.now)
        return Journey(here.curriculum, here.reader, pace, tuple(s.change for s in latest))

    async def set_goal(self, reader_id: int, guild_id: int | None, key: str | None) -> Reply:
        """Make a resource or a step the goal, or have none; the way to it comes first.

        Twice is harmless.
        """
        async with self._turn(reader_id) as tx:
            here = await self._load(tx, reader_id, guild_id, key)
            if key is not None:
                aim = here.curriculum.find(key) or await self._resource(tx, here, key)
                key, aims = aim.key, [r.key for r in aims_of(here.curriculum, aim.key)]
                is_left = path_to(here.curriculum, here.reader.marks, key)
                if not is_left or not may_be_goal(aim):
                    return await self._repeated(tx, here, lambda each: here.touches(each, aims))
            kind: ChangeKind = "no_goal" if key is None else "goal"
            if key == (here.goal.key if here.goal else here.reader.goal):
                return await self._repeated(tx, here, lambda change: change.kind == kind)
            return await self._change(tx, here, kind, {}, goal=key)

    async def reset(self, reader_id: int, guild_id: int | None) -> Reply:
        """Take every mark and the goal away."""
        async with self._turn(reader_id) as tx:
            here = await self._load(tx, reader_id, guild_id)
            rows: dict[str, Mark | None] = dict.fromkeys(here.stored)
            notes: dict[str, str | None] = dict.fromkeys(here.kept.notes)
            return await self._change(tx, here, "reset", rows, notes=notes)

    @asynccontextmanager
    async def _turn(self, reader_id: int) -> AsyncIterator[Queries]:
        """Open a transaction for which all others of this reader wait."""
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            yield tx

    async def _load(
        self, db: Queries, reader_id: int, guild_id: int | None, key: str | None = None
    ) -> ReaderHere:
        """Return the reader as they stand here; ``key``: what they ask about, seen as below."""
        place, now = await self._place_of(db, reader_id, guild_id, key), self._clock()
        kept = await readers.standing(db, reader_id, place, now - A_WEEK, key)
        curriculum = await self._curricula.of(db, place, kept.version)
        group_reads = tuple(GroupRead(paper, channel_id) for paper, channel_id in kept.group_reads)
        marks = resolved(curriculum, kept.marks)
        # Of two, the line under the present key is the newer.
        noted = sorted(kept.notes.items(), key=lambda each: each[0] in curriculum.by_key)
        notes = {curriculum.present(key): note for key, note in noted}
        reader = Reader(marks, kept.current, kept.goal, kept.minutes, group_reads, notes)
        from_guild = None if place == guild_id else place
        return ReaderHere(reader_id, place, from_guild, now, curriculum, kept, reader)

    async def _resource(self, db: Queries, here: ReaderHere, key: str) -> Resource:
        """Return the resource with this key; raises as ``CurriculumStore.resource``.

        Raises:
            UnknownStepError: it is the key of a step that the list has no more.
        """
        if key.startswith(":"):
            steps = ((step.id, step.title) for step in here.curriculum.steps)
            raise UnknownStepError(key[1:], tuple(steps))
        return here.curriculum.get(key) or await self._curricula.resource(db, here.guild_id, key)

    async def _place_of(
        self, db: Queries, reader_id: int, guild_id: int | None, key: str | None
    ) -> int | None:
        """Return the server from which a resource is seen: where the reader is.

        In a DM a server's own is seen from that server, by who is in one of its groups or was
        shown it.
        """
        own = None if guild_id is not None or key is None else guild_of(key)
        if own is None or key is None or self._curricula.base.get(key) is not None:
            return guild_id
        if await group_rows.is_in_guild(db, own, reader_id):
            return own
        return own if await readers.was_shown(db, reader_id, key) else None

    async def _change(
        self,
        tx: Queries,
        before: ReaderHere,
        kind: ChangeKind,
        rows: Mapping[str, Mark | None],
        *,
        marked: Sequence[Resource] = (),
        goal: str | None = None,
        notes: Mapping[str, str | None] | None = None,
    ) -> Reply:
        """Write rows, notes and the goal, record how to undo it, and return what comes next.

        ``marked``: the resources that the reader said something about. Unless one of them was the
        current one, the current one stays.
        """
        reader_id, old = before.reader_id, before.reader
        await progress.set_marks(tx, reader_id, rows)
        notes = notes or {}
        await progress.set_notes(tx, reader_id, notes)
        if goal != old.goal:
            await readers.set_goal(tx, reader_id, goal)
        after = await self._again(tx, before)
        still = after.current
        is_other = marked and still is not None and still.key not in {r.key for r in marked}
        if kind == "part" or is_other:
            answer = after.present_answer()
        else:
            answer = after.answer(went_deeper=before.is_deeper)
        current = _shown_key(answer)
        told = goal or old.goal if goal != old.goal else None
        newest = await progress.last_change_id(tx, reader_id)
        change = Change(self._ids.new(after=newest), kind, after.now, tuple(rows or notes), told)
        marks = {key: before.stored.get(key) for key in rows}
        noted = {key: before.kept.notes.get(key) for key in notes}
        was = Snapshot(marks, old.current, old.goal, noted)
        then = Snapshot(rows, current, goal, notes)
        await progress.add_change(tx, reader_id, change, before=was, after=then)
        return replace(await self._show(tx, after, answer, current), change=change)

    async def _repeated(
        self, tx: Queries, here: ReaderHere, was_it: Callable[[Change], bool]
    ) -> Reply:
        """Answer a second click as the first one was, with its Undo; ``was_it`` knows that one."""
        latest = await progress.latest_changes(tx, here.reader_id)
        change = next((s.change for s in latest if was_it(s.change)), None)
        return replace(here.reply(here.present_answer(), change), repeated=True)

    async def _change_of(
        self, tx: Queries, reader_id: int, guild_id: int | None, change_id: int
    ) -> tuple[StoredChange, ReaderHere]:
        """Return a change of the reader's, and the reader where it counts.

        Raises:
            TooOldToUndoError: the change is forgotten, or somebody else's.
        """
        stored = await progress.change(tx, reader_id, change_id)
        if stored is None:
            raise TooOldToUndoError
        key = next((k for k in stored.change.keys if guild_of(k) is not None), None)
        return stored, await self._load(tx, reader_id, guild_id, key)

    async def _put_back(self, tx: Queries, here: ReaderHere, stored: StoredChange) -> ReaderHere:
        """Restore what the change replaced, or raise ChangedSinceError; return the reader then."""
        latest = await progress.latest_changes(tx, here.reader_id)
        newer = (s.change for s in latest if s.change.change_id > stored.change.change_id)
        later, present = here.touched(newer), here.curriculum.present_keys
        for key, mark in stored.after.marks.items():
            if here.stored.get(key) != mark or present.get(key, key) in later:
                raise ChangedSinceError(await self._title(tx, here, key))
        for key, note in stored.after.notes.items():
            if here.kept.notes.get(key) != note:
                raise ChangedSinceError(await self._title(tx, here, key))
        was, since = stored.before.goal, here.reader.goal
        is_goal = not stored.after.marks and stored.after.goal != was
        if is_goal and since not in (stored.after.goal, was):
            raise ChangedSinceError("")
        await progress.set_marks(tx, here.reader_id, stored.before.marks)
        await progress.set_notes(tx, here.reader_id, stored.before.notes)
        if here.reader.current == stored.after.current:
            await readers.set_current(tx, here.reader_id, stored.before.current)
        if since == stored.after.goal != was:
            await readers.set_goal(tx, here.reader_id, was)
        await progress.set_undone(tx, stored.change.change_id, here.now)
        return await self._again(tx, here)

    async def _rated(
        self, tx: Queries, here: ReaderHere, stored: StoredChange, rating: int
    ) -> ReaderHere:
        """Rate what the change marked, or raise ChangedSinceError; return the reader then."""
        rated = dict(stored.after.marks)
        for key, mark in stored.after.marks.items():
            if here.stored.get(key) != mark:
                raise ChangedSinceError(await self._title(tx, here, key))
            if mark is not None:
                rated[key] = replace(mark, rating=rating)
        await progress.set_marks(tx, here.reader_id, rated)
        await progress.amend(tx, stored.change.change_id, replace(stored.after, marks=rated))
        return await self._again(tx, here)

    async def _again(self, tx: Queries, here: ReaderHere) -> ReaderHere:
        """Return the reader as they stand after what the transaction has written."""
        now = await self._load(tx, here.reader_id, here.guild_id)
        return replace(now, from_guild=here.from_guild)

    async def _show(
        self, tx: Queries, here: ReaderHere, answer: Answer, current: str | None
    ) -> Reply:
        """Make what is shown current, and return the answer with what readers thought of it."""
        if current != here.reader.current:
            await readers.set_current(tx, here.reader_id, current)
        reader = replace(here.reader, current=current)
        worth = await self._worth_of(tx, here, answer)
        return replace(here.reply(answer), reader=reader, worth=worth)

    async def _worth_of(
        self, db: Queries, here: ReaderHere, shown: Answer | Resource
    ) -> Worth | None:
        """Return what readers thought of what is shown; None for too few ratings."""
        resource = shown.resource if isinstance(shown, Recommendation) else shown
        if not isinstance(resource, Resource):
            return None
        ratings = here.kept.ratings.get(resource.key)
        liked, rated = ratings or await progress.ratings_of(db, resource.key)
        return Worth(liked, rated) if shown_count(rated) else None

    async def _title(self, db: Queries, here: ReaderHere, key: str) -> str:
        if (resource := here.curriculum.get(key)) is not None:
            return resource.title
        gone = await additions.known_resources_by_key(db, [key])
        return gone[key].title if key in gone else key

    async def _shown(self, here: ReaderHere, resource: Resource) -> Shown:
        worth = await self._worth_of(self._db, here, resource)
        return Shown(here.curriculum, here.reader, resource, worth, here.from_guild)

    async def _mark(
        self,
        tx: Queries,
        here: ReaderHere,
        resources: Sequence[Resource],
        kind: MarkKind,
        rating: int | None,
    ) -> Reply:
        old, goal = here.reader.marks, here.reader.goal
        new = {r.key: _new_mark(kind, old.get(r.key), here.now, rating) for r in resources}
        marked = [r for r in resources if not _says_the_same(old.get(r.key), new[r.key])]
        if marked:
            rows = here.rows_of({r.key: new[r.key] for r in marked})
            if goal is not None and _is_reached(here.curriculum, old, new, goal):
                goal = None
            read = {r.key for r in marked if (mark := new[r.key]) and mark.state in UNLOCKS}
            notes = {key: None for key in here.kept.notes if here.curriculum.present(key) in read}
            reply = await self._change(tx, here, kind, rows, marked=marked, goal=goal, notes=notes)
        else:
            reply = await self._repeated(tx, here, lambda each: here.touches(each, new))
        is_done = kind in ("done", "done_current")
        return replace(reply, already=tuple(r for r in resources if is_done and r not in marked))


def _shown_key(answer: Answer) -> str | None:
    """Return the key of what is shown as the next one."""
    return answer.resource.key if isinstance(answer, Recommendation) else None


def _current_after(answer: Answer, here: ReaderHere) -> str | None:
    """Return the key of what is current now: filters that leave nothing over change nothing."""
    return here.reader.current if isinstance(answer, TooNarrow) else _shown_key(answer)


def _wanted(here: ReaderHere) -> list[Resource]:
    """Return the current resource, the list, then additions: first what can be read now."""
    order = sorted((*here.ready, *here.curriculum.reading_order), key=lambda r: r.addition)
    unread = [r for r in order if not unlocks(here.reader.marks, r.key)]
    return list(dict.fromkeys([*([here.current] if here.current else []), *unread]))[:25]


def _new_mark(kind: MarkKind, old: Mark | None, now: datetime, rating: int | None) -> Mark | None:
    if kind == "clear":
        return None
    if kind == "later":
        return Mark("later", now, until=now + PUT_OFF_FOR)
    if kind in ("known", "skipped"):
        return Mark(kind, now)
    was_done = old is not None and old.state == "done"
    return Mark("done", now, rating=rating or (old.rating if old and was_done else None))


def _is_reached(
    curriculum: Curriculum, old: Mapping[str, Mark], new: Mapping[str, Mark | None], goal: str
) -> bool:
    """Tell whether the new marks lead to the goal, of which something was left before."""
    marks = {key: mark for key, mark in {**old, **new}.items() if mark is not None}
    return bool(path_to(curriculum, old, goal)) and not path_to(curriculum, marks, goal)


def _says_the_same(old: Mark | None, new: Mark | None) -> bool:
    if old is None or new is None:
        return old is new
    if (old.state, old.rating) != (new.state, new.rating):
        return False
    return old.until is None or new.until is None or new.until - old.until < DOUBLE_TAP
