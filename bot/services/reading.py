"""What readers do: ask what comes next, mark it, put it aside, take that back, set a goal."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import guild_of
from bot.core.lists import Place, where_of
from bot.core.progress import (
    UNLOCKS,
    Mark,
    minutes_a_week,
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
    Journey,
    MarkKind,
    Meant,
    PartlyDone,
    Path,
    Reader,
    Recommendation,
    Reply,
    Shown,
    Talk,
    TooNarrow,
    aims_of,
    may_be_goal,
    path_to,
    path_to_all,
)
from bot.core.weeks import Part, Week
from bot.errors import (
    ChangedSinceError,
    NoLongerListedError,
    NothingCurrentError,
    TooOldToUndoError,
    UnknownResourceError,
)
from bot.services.curriculum import CurriculumStore
from bot.services.readers import ReaderHere, Readers
from bot.store import additions, progress, readers
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Ids
from bot.store.progress import Snapshot, StoredChange

PUT_OFF_FOR = timedelta(days=7)
DOUBLE_TAP = timedelta(minutes=1)
"""A second bare `/done` within this time is asked about."""


@dataclass
class Reading:
    """All of a reader's own commands. Each method is one transaction; changes can be undone.

    A resource that isn't here, or isn't certain, is an ``UnknownResourceError`` or a
    ``NoLongerListedError``.
    """

    _db: Database
    _readers: Readers
    _curricula: CurriculumStore
    _ids: Ids

    async def next_for(
        self,
        reader_id: int,
        place: Place,
        filters: Filters = NO_FILTERS,
        *,
        minutes: int | None = None,
        deeper: bool = False,
    ) -> Reply:
        """Return what to read next, and make it current; ``deeper``: go on after the list.

        ``minutes``: how many the reader has, until they ask anew. Which one is next never depends
        on it; nor does it change for who goes deeper.
        """
        here = await self._readers.here(self._db, reader_id, place)
        answer = here.answer(filters, deeper=deeper)
        has_said = (deeper or minutes == here.reader.minutes) and not here.is_back
        stays = _current_after(answer, here) == here.reader.current and here.is_used_last
        if has_said and stays:  # nobody has to wait
            worth = await self._readers.worth_of(self._db, here, answer)
            return replace(here.reply(answer), worth=worth)
        async with self._turn(reader_id) as tx:
            if not has_said and not deeper:
                await readers.set_minutes(tx, reader_id, minutes)
            back = await self._welcome_back(tx, reader_id, place)
            reply = await self.show_next(tx, reader_id, place, filters, deeper=deeper)
            return replace(reply, back=back)

    async def _welcome_back(self, tx: Queries, reader_id: int, place: Place) -> Back | None:
        """Return what to tell a reader who was away for weeks, once; else None."""
        here = await self._readers.here(tx, reader_id, place)
        if not here.is_back or here.marked_at is None:
            return None
        await readers.set_welcomed(tx, reader_id, here.marked_at)
        marks, get = here.reader.marks, here.curriculum.get
        done = [(mark.changed_at, key) for key, mark in marks.items() if mark.state == "done"]
        last = next(((r, at) for at, key in sorted(done)[::-1] if (r := get(key))), None)
        since = await readers.read_since(tx, reader_id, here.guild_id, here.marked_at)
        read: dict[int, set[str]] = {}  # what was read for several weeks counts once
        for channel_id, key in since:
            read.setdefault(channel_id, set()).add(here.curriculum.present(key))
        meanwhile = tuple(
            (channel_id, len(keys), sum(not unlocks(marks, key) for key in keys))
            for channel_id, keys in read.items()
        )
        paths = [path_to(here.curriculum, marks, each.key) for each in here.reader.group_reads]
        locked = next((path[-1] for path in paths if len(path) > 1), None)
        return Back(last, meanwhile, locked)

    async def any_length(self, reader_id: int, place: Place) -> Reply:
        """Forget how many minutes the reader has; what they were shown stays."""
        async with self._turn(reader_id) as tx:
            await readers.set_minutes(tx, reader_id, None)
            here = await self._readers.here(tx, reader_id, place)
            answer = here.present_answer()
            return await self._show(tx, here, answer, _shown_key(answer))

    async def show_next(
        self,
        tx: Queries,
        reader_id: int,
        place: Place,
        filters: Filters = NO_FILTERS,
        *,
        deeper: bool = False,
    ) -> Reply:
        """Do what ``next_for`` does, in a transaction that has the reader's turn."""
        here = await self._readers.here(tx, reader_id, place)
        answer = here.answer(filters, deeper=deeper)
        return await self._show(tx, here, answer, _current_after(answer, here))

    async def present(self, reader_id: int, place: Place) -> Reply:
        """Return what is current, or what comes next, with the last change; nothing changes."""
        here = await self._readers.here(self._db, reader_id, place)
        latest = await progress.latest_changes(self._db, reader_id, 1)
        return here.reply(here.present_answer(), next((each.change for each in latest), None))

    async def look(self, reader_id: int, place: Place, key: str, *, talks: bool = False) -> Shown:
        """Return one resource; ``talks``: with where it was a paper of the week."""
        here = await self._readers.here(self._db, reader_id, place, key)
        resource = await self._readers.resource(self._db, here, key)
        found = await self._talks(here, place, resource) if talks else ()
        return replace(await self._readers.shown(self._db, here, resource), talks=found)

    async def look_next(
        self, reader_id: int, place: Place, key: str, *, talks: bool = False
    ) -> Reply:
        """Return a resource that was shown as the next one, with the reasons that hold now."""
        here = await self._readers.here(self._db, reader_id, place, key)
        resource = await self._readers.resource(self._db, here, key)
        reply = here.reply(here.recommended(resource))
        worth = await self._readers.worth_of(self._db, here, resource)
        found = await self._talks(here, place, resource) if talks else ()
        return replace(reply, worth=worth, talks=found)

    async def _talks(self, here: ReaderHere, place: Place, resource: Resource) -> tuple[Talk, ...]:
        """Return where a resource was a paper of the week, the latest first.

        In a server: in its groups, whose channels the reader may not see; in a DM: in theirs.
        """
        keys = here.curriculum.keys_of(resource)
        return tuple(
            await week_rows.talks_about(self._db, keys, where_of(place).guild_id, here.reader_id)
        )

    async def reader(self, reader_id: int, place: Place) -> tuple[Curriculum, Reader]:
        """Return the reader and the curriculum they see here, and go on in it from now on."""
        here = await self._readers.here(self._db, reader_id, place)
        await self._readers.use(self._db, here, place)
        return here.curriculum, here.reader

    async def finish_current(
        self, reader_id: int, place: Place, rating: int | None = None
    ) -> Reply | AlsoDone:
        """Mark the current resource done; a second time within a minute, ask first.

        Raises:
            NothingCurrentError: nothing was shown as the next one yet.
        """
        async with self._turn(reader_id) as tx:
            here = await self._readers.here(tx, reader_id, place)
            if where_of(place).guild_id is None:
                here = await self._readers.here(tx, reader_id, here.where, here.reader.current)
            current = here.current
            if current is None:
                raise NothingCurrentError
            latest = await progress.latest_changes(tx, reader_id, 1)
            tapped = next((s.change for s in latest if s.change.kind == "done_current"), None)
            if tapped is not None and here.now - tapped.made_at < DOUBLE_TAP:
                before = here.curriculum.get(tapped.keys[0])
                return AlsoDone(here.curriculum, current, before, rating)
            return await self._mark(tx, here, [current], "done_current", rating)

    async def ask_done(self, reader_id: int, place: Place, key: str) -> AlsoDone | None:
        """Return the question whether a resource is done too; None: it is marked so already."""
        shown = await self.look(reader_id, place, key)
        mark = shown.reader.marks.get(shown.resource.key)
        if mark is not None and mark.state == "done":
            return None
        latest = await progress.latest_changes(self._db, reader_id, 1)
        just = (s.change.keys[0] for s in latest if s.change.kind in ("done", "done_current"))
        before = shown.curriculum.get(next(just, ""))
        return AlsoDone(shown.curriculum, shown.resource, before)

    async def finish(
        self, reader_id: int, place: Place, typed: str, rating: int | None = None
    ) -> Reply | PartlyDone:
        """Mark as done what the typed text means: of several names, all that are clear, as one.

        What only another list has is marked if it is called just so, and else asked about.

        Raises:
            UnknownResourceError, NoLongerListedError: it is one name, of no resource for certain.
            TooManyNamesError: nothing is marked.
        """
        here = await self._readers.here(self._db, reader_id, place, typed)
        meant = await self._curricula.meant(self._db, here.where, typed)
        is_here = any(one.resource or one.likely or one.is_gone for one in meant)
        if not is_here and (found := await self._meant_elsewhere(here, typed)) is not None:
            here, meant = found
            place = here.where
        elif len(meant) == 1 and meant[0].resource is None:
            await self._curricula.named(self._db, here.where, typed)  # says what it may mean
        keys = [one.resource.key for one in meant if one.resource is not None]
        reply = await self.mark_all(reader_id, place, keys, rating) if keys else None
        unclear = tuple(one for one in meant if one.resource is None)
        if not unclear and reply is not None:
            return reply
        curriculum = reply.curriculum if reply else here.curriculum
        return PartlyDone(curriculum, unclear, reply, rating)

    async def _meant_elsewhere(
        self, here: ReaderHere, typed: str
    ) -> tuple[ReaderHere, list[Meant]] | None:
        """Return what another list in sight has, what is called just so before what may be meant.

        With the reader in that list. None: nothing there is like it.
        """
        likely = None
        async for other in self._readers.others(self._db, here):
            meant = [one.asked for one in await self._curricula.meant(self._db, other.where, typed)]
            if any(one.resource for one in meant):
                return other, meant
            if likely is None and any(one.likely for one in meant):
                likely = other, meant
        return likely

    async def mark(
        self,
        reader_id: int,
        place: Place,
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
            return await self.mark_in_turn(tx, reader_id, place, [key], kind, rating)

    async def mark_all(
        self, reader_id: int, place: Place, keys: Sequence[str], rating: int | None = None
    ) -> Reply:
        """Mark resources done, as one change; if one of them isn't here, none is marked."""
        async with self._turn(reader_id) as tx:
            return await self.mark_in_turn(tx, reader_id, place, keys, "done", rating)

    async def know(self, reader_id: int, place: Place, keys: Sequence[str]) -> Reply:
        """Mark resources and whole steps as known, with all that comes before them, as one change.

        What the reader has marked otherwise stays so, but for what they put off.

        Raises:
            UnknownStepError: there is no such step any more; nothing is marked.
        """
        async with self._turn(reader_id) as tx:
            here = await self._readers.here(tx, reader_id, place, keys[0])
            named: list[Resource] = []
            for key in keys:
                found = here.curriculum.find(key) or await self._readers.resource(tx, here, key)
                named += found.resources if isinstance(found, Step) else [found]
            left = path_to_all(here.curriculum, here.reader.marks, named)
            if left:
                return await self._mark(tx, here, left, "known", None)
            marked = [resource.key for resource in named]
            return await self._repeated(tx, here, lambda each: here.touches(each, marked))

    async def bookmark(self, reader_id: int, place: Place, key: str, note: str) -> Reply:
        """Record that a part of a resource is read; ``note``: which, if the reader wants to say."""
        async with self._turn(reader_id) as tx:
            here = await self._readers.here(tx, reader_id, place, key)
            resource = await self._readers.resource(tx, here, key)
            note, key = " ".join(note.split())[:LONGEST_NOTE], resource.key
            is_read = unlocks(here.reader.marks, key)
            if is_read or here.reader.notes.get(key) == note:
                kinds = MARKS if is_read else ("part",)
                return await self._repeated(
                    tx, here, lambda each: each.kind in kinds and here.touches(each, [key])
                )
            notes = _noted(here, resource, note)
            return await self._change(tx, here, "part", {}, goal=here.reader.goal, notes=notes)

    async def read_part_in_turn(
        self, tx: Queries, reader_id: int, place: Place, week: Week, part: Part
    ) -> Reply:
        """Count the reader for a week's part of a paper in their turn, which the caller has taken.

        Their line says how far they are, unless they wrote it themselves or it says more already.
        """
        here = await self._readers.here(tx, reader_id, place, week.key)
        resource = await self._readers.resource(tx, here, week.key or "")
        key, mark = resource.key, here.reader.marks.get(resource.key)
        read = await self._parts_read(tx, here, key)
        if week.week_id in {each.week_id for each in read}:
            return await self._counted(tx, here, resource, week.week_id)
        if _is_done(mark):
            await week_rows.add_week_reader(tx, week.week_id, reader_id)
            return await self._counted(tx, here, resource, week.week_id, is_new=True)
        line, goal = here.reader.notes.get(key), here.reader.goal
        reached = {each.part.names[-1]: each.part.last for each in read if each.part}
        is_further = not line or part.last > reached.get(line, part.of)
        notes: Mapping[str, str | None] = {key: here.kept.notes.get(key)}
        if is_further and not unlocks(here.reader.marks, key):
            notes = _noted(here, resource, part.names[-1])
        counted = (week.week_id,)
        return await self._change(tx, here, "part", {}, goal=goal, notes=notes, counted=counted)

    async def _parts_read(self, tx: Queries, here: ReaderHere, key: str) -> list[Week]:
        """Return the weeks for whose part of a paper the reader is counted."""
        weeks, present = await week_rows.parts_read_by(tx, here.reader_id), here.curriculum.present
        return [each for each in weeks if present(each.key or "") == key]

    async def _counted(
        self, tx: Queries, here: ReaderHere, of: Resource, week_id: int, *, is_new: bool = False
    ) -> Reply:
        """Answer who is counted for a week's part already, with the Undo of what they pressed.

        ``is_new``: they are now, and had it done: undoing that takes this back, too.
        """
        latest = await progress.latest_changes(tx, here.reader_id)
        found = next((each for each in latest if week_id in each.after.weeks), None)
        if is_new:
            its = (s for s in latest if s.change.kind in MARKS and here.touches(s.change, [of.key]))
            if (found := next(its, None)) is not None:
                after = replace(found.after, weeks=(*found.after.weeks, week_id))
                await progress.amend(tx, found.change.change_id, after)
        reply = here.reply(here.present_answer(), found.change if found else None)
        already = () if found is not None and found.change.kind == "part" else (of,)
        return replace(reply, repeated=True, already=already)

    async def mark_in_turn(
        self,
        tx: Queries,
        reader_id: int,
        place: Place,
        keys: Sequence[str],
        kind: MarkKind = "done",
        rating: int | None = None,
    ) -> Reply:
        """Do what ``mark`` does, in a transaction that has the reader's turn."""
        here = await self._readers.here(tx, reader_id, place, keys[0])
        resources = [await self._readers.resource(tx, here, key) for key in keys]
        return await self._mark(tx, here, resources, kind, rating)

    async def undo(self, reader_id: int, place: Place, change_id: int) -> Reply:
        """Put back exactly what the change replaced, and return what comes next then.

        Raises:
            TooOldToUndoError: the change is forgotten, or somebody else's.
            ChangedSinceError: what it marked was marked again; the later change goes first.
        """
        async with self._turn(reader_id) as tx:
            stored, here = await self._change_of(tx, reader_id, place, change_id)
            if stored.undone_at is None:
                here = await self._put_back(tx, here, stored)
        reply, repeated = here.reply(here.present_answer()), stored.undone_at is not None
        return replace(reply, undone=stored.change, repeated=repeated)

    async def rate(self, reader_id: int, place: Place, change_id: int, rating: int) -> Reply:
        """Rate what a change marked done, from 1 to 5: undoing that takes both back.

        Raises:
            TooOldToUndoError: the change is forgotten, or somebody else's.
            ChangedSinceError: what it marked was marked again.
        """
        async with self._turn(reader_id) as tx:
            stored, here = await self._change_of(tx, reader_id, place, change_id)
            if stored.undone_at is None:
                here = await self._rated(tx, here, stored, rating)
        reply = here.reply(here.present_answer(), stored.change)
        is_undone = stored.undone_at is not None
        return replace(reply, undone=stored.change, repeated=True) if is_undone else reply

    async def path(self, reader_id: int, place: Place, typed: str) -> Path:
        """Return the way to the resource or the step that the typed text means."""
        here = used = await self._readers.here(self._db, reader_id, place, typed)
        curriculum = here.curriculum
        aim = curriculum.find(typed) or self._curricula.step_called(curriculum.steps, typed)
        if aim is None and typed.startswith(":"):
            aim = await self._readers.resource(self._db, here, typed)
        if aim is None:
            here, aim = await self._named(here, typed)
        await self._readers.use(self._db, used, place)
        curriculum, marks = here.curriculum, here.reader.marks
        return Path(curriculum, here.reader, aim, path_to(curriculum, marks, aim.key))

    async def _named(self, here: ReaderHere, typed: str) -> tuple[ReaderHere, Resource]:
        """Return what is meant, here or else in another list in sight, with the reader there.

        Raises:
            UnknownResourceError, NoLongerListedError: as ``CurriculumStore.named`` does.
        """
        try:
            return here, await self._curricula.named(self._db, here.where, typed)
        except UnknownResourceError as error:
            if not error.like_it:
                async for other in self._readers.others(self._db, here):
                    with suppress(UnknownResourceError, NoLongerListedError):
                        return other, await self._curricula.named(self._db, other.where, typed)
            raise

    async def journey(self, reader_id: int, place: Place) -> Journey:
        """Return how far the reader is, and what they may undo."""
        here = await self._readers.here(self._db, reader_id, place)
        latest = await progress.latest_changes(self._db, reader_id)
        await self._readers.use(self._db, here, place)
        pace = minutes_a_week(here.curriculum, here.reader.marks, here.now)
        answer, changes = here.answer(), tuple(s.change for s in latest)
        comes_next = answer.resource if isinstance(answer, Recommendation) else None
        return Journey(here.curriculum, here.reader, pace, changes, comes_next)

    async def set_goal(self, reader_id: int, place: Place, key: str | None) -> Reply:
        """Make a resource or a step the goal, or have none; the way to it comes first.

        Twice is harmless.
        """
        async with self._turn(reader_id) as tx:
            here = await self._readers.here(tx, reader_id, place, key)
            if key is not None:
                aim = here.curriculum.find(key) or await self._readers.resource(tx, here, key)
                key, aims = aim.key, [r.key for r in aims_of(here.curriculum, aim.key)]
                is_left = path_to(here.curriculum, here.reader.marks, key)
                if not is_left or not may_be_goal(here.curriculum, aim):
                    return await self._repeated(tx, here, lambda each: here.touches(each, aims))
            kind: ChangeKind = "no_goal" if key is None else "goal"
            if key == (here.goal.key if here.goal else here.reader.goal):
                return await self._repeated(tx, here, lambda change: change.kind == kind)
            return await self._change(tx, here, kind, {}, goal=key)

    async def reset(self, reader_id: int, place: Place) -> Reply:
        """Take every mark and the goal away; of who has several lists in sight, those of one.

        What left them all goes with whichever.
        """
        async with self._turn(reader_id) as tx:
            here = await self._readers.here(tx, reader_id, place)
            theirs = await self._in_reset(tx, here)
            # In one order, in which no database gives them.
            rows: dict[str, Mark | None] = dict.fromkeys(sorted(filter(theirs, here.stored)))
            notes: dict[str, str | None] = dict.fromkeys(sorted(filter(theirs, here.kept.notes)))
            parts = await week_rows.parts_read_by(tx, reader_id)
            uncounted = [each.week_id for each in parts if theirs(each.key or "")]
            return await self._change(tx, here, "reset", rows, notes=notes, uncounted=uncounted)

    async def reset_count(self, reader_id: int, place: Place) -> tuple[int, str]:
        """Return how many marks a reset takes, and of which list, where there are several."""
        here = await self._readers.here(self._db, reader_id, place)
        taken = filter(await self._in_reset(self._db, here), here.reader.marks)
        return len(list(taken)), here.reader.list_title

    async def _in_reset(self, db: Queries, here: ReaderHere) -> Callable[[str], bool]:
        return await self._readers.of_list(db, here) if here.reader.list_title else bool

    @asynccontextmanager
    async def _turn(self, reader_id: int) -> AsyncIterator[Queries]:
        """Open a transaction for which all others of this reader wait."""
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            yield tx

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
        counted: Sequence[int] = (),
        uncounted: Sequence[int] = (),
    ) -> Reply:
        """Write rows, notes and the goal, record how to undo it, and return what comes next.

        ``marked``: the resources that the reader said something about. Unless one of them was the
        current one, the current one stays. ``counted`` and ``uncounted``: the weeks for whose part
        of a paper they now are, or no longer.
        """
        reader_id, old = before.reader_id, before.reader
        await progress.set_marks(tx, reader_id, rows)
        notes = notes or {}
        await progress.set_notes(tx, reader_id, notes)
        await _count(tx, reader_id, counted, uncounted)
        if goal != old.goal:
            await readers.set_goal(tx, reader_id, before.list_id, goal, before.now)
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
        was = Snapshot(marks, old.current, old.goal, noted, tuple(uncounted))
        then = Snapshot(rows, current, goal, notes, tuple(counted))
        await progress.add_change(tx, reader_id, before.list_id, change, was, then)
        return replace(await self._show(tx, after, answer, current), change=change)

    async def _repeated(
        self, tx: Queries, here: ReaderHere, was_it: Callable[[Change], bool]
    ) -> Reply:
        """Answer a second click as the first one was, with its Undo; ``was_it`` knows that one."""
        latest = await progress.latest_changes(tx, here.reader_id)
        change = next((s.change for s in latest if was_it(s.change)), None)
        return replace(here.reply(here.present_answer(), change), repeated=True)

    async def _change_of(
        self, tx: Queries, reader_id: int, place: Place, change_id: int
    ) -> tuple[StoredChange, ReaderHere]:
        """Return a change of the reader's, and the reader where it counts.

        Raises:
            TooOldToUndoError: the change is forgotten, or somebody else's.
        """
        stored = await progress.change(tx, reader_id, change_id)
        if stored is None:
            raise TooOldToUndoError
        key = next((k for k in stored.change.keys if guild_of(k) is not None), None)
        where = replace(where_of(place), list_id=stored.list_id)
        return stored, await self._readers.here(tx, reader_id, where, key)

    async def _put_back(self, tx: Queries, here: ReaderHere, stored: StoredChange) -> ReaderHere:
        """Restore what the change replaced, or raise ChangedSinceError; return the reader then."""
        latest = await progress.latest_changes(tx, here.reader_id)
        newer = (s.change for s in latest if s.change.change_id > stored.change.change_id)
        later, present = here.touched(newer), here.curriculum.present_keys
        for key, mark in stored.after.marks.items():
            if here.stored.get(key) != mark or present.get(key, key) in later:
                raise ChangedSinceError(await self._title(tx, here, key))
        notes, left = stored.before.notes, stored.after.notes
        notes = {key: note for key, note in notes.items() if left.get(key) != note}
        for key in notes:
            if here.kept.notes.get(key) != left.get(key):
                raise ChangedSinceError(await self._title(tx, here, key))
        was, since = stored.before.goal, here.reader.goal
        is_goal = not stored.after.marks and stored.after.goal != was
        if is_goal and since not in (stored.after.goal, was):
            raise ChangedSinceError("")
        await progress.set_marks(tx, here.reader_id, stored.before.marks)
        await progress.set_notes(tx, here.reader_id, notes)
        await _count(tx, here.reader_id, stored.before.weeks, stored.after.weeks)
        at = here.reader_id, stored.list_id
        if here.reader.current == stored.after.current:
            await readers.set_current(tx, *at, stored.before.current, here.now)
        if since == stored.after.goal != was:
            await readers.set_goal(tx, *at, was, here.now)
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
        now = await self._readers.here(tx, here.reader_id, here.where)
        return replace(now, from_guild=here.from_guild)

    async def _show(
        self, tx: Queries, here: ReaderHere, answer: Answer, current: str | None
    ) -> Reply:
        """Make what is shown current, and return the answer with what readers thought of it."""
        if current != here.reader.current or not here.is_used_last:
            await readers.set_current(tx, here.reader_id, here.list_id, current, here.now)
        reader = replace(here.reader, current=current)
        worth = await self._readers.worth_of(tx, here, answer)
        return replace(here.reply(answer), reader=reader, worth=worth)

    async def _title(self, db: Queries, here: ReaderHere, key: str) -> str:
        if (resource := here.curriculum.get(key)) is not None:
            return resource.title
        gone = await additions.known_resources_by_key(db, [key])
        return gone[key].title if key in gone else key

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
            parts, first = list[Week](), marked[0].key
            if kind == "clear" and _is_done(old.get(first)):
                parts = await self._parts_read(tx, here, first)
            reply = await self._change(
                tx, here, kind, rows, marked=marked, goal=goal, notes=notes,
                uncounted=[each.week_id for each in parts],
            )  # fmt: skip
        else:
            reply = await self._repeated(tx, here, lambda each: here.touches(each, new))
        is_done = kind in ("done", "done_current")
        return replace(reply, already=tuple(r for r in resources if is_done and r not in marked))


async def _count(
    tx: Queries, reader_id: int, counted: Iterable[int], uncounted: Iterable[int]
) -> None:
    for week_id in uncounted:
        await week_rows.drop_week_reader(tx, week_id, reader_id)
    for week_id in counted:
        await week_rows.add_week_reader(tx, week_id, reader_id)


def _noted(here: ReaderHere, resource: Resource, note: str) -> dict[str, str | None]:
    """Return the lines to write: the reader's under the present key, none under former ones."""
    formerly = here.kept.notes.keys() & resource.formerly
    return {**dict.fromkeys(formerly), resource.key: note}


def _is_done(mark: Mark | None) -> bool:
    return mark is not None and mark.state == "done"


def _shown_key(answer: Answer) -> str | None:
    """Return the key of what is shown as the next one."""
    return answer.resource.key if isinstance(answer, Recommendation) else None


def _current_after(answer: Answer, here: ReaderHere) -> str | None:
    """Return the key of what is current now: filters that leave nothing over change nothing."""
    return here.reader.current if isinstance(answer, TooNarrow) else _shown_key(answer)


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
