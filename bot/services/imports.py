"""Lists that moderators bring: looked at first, brought in as one version, and taken back whole."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Any

from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.additions import Addition, is_of_guild, namespace_of
from bot.core.curriculum.fields import cut, facts_of_resource, put_back
from bot.core.curriculum.identity import from_json, pages_of
from bot.core.curriculum.imports import Imported, with_titles
from bot.core.curriculum.imports.formats import LARGEST_FILE, read_list
from bot.core.curriculum.links import canonical
from bot.core.curriculum.merge import Mode, Outcome, keys_for, outcome
from bot.core.curriculum.shape import is_visible
from bot.core.lists import Choice, Where
from bot.core.moderation import DraftImport, DraftRef, DryRun, ImportState
from bot.core.progress import shown_count
from bot.errors import (
    ListTooLongError,
    NotAListError,
    NothingToUndoError,
    NotYourListError,
    OldCardError,
    Phrase,
)
from bot.services.curriculum import LAID_AT_ONCE, CurriculumStore
from bot.services.lists import LONGEST_LIST_TITLE, Lists
from bot.services.moderation import CARDS_LAST
from bot.services.server_list import MOST_ADDITIONS
from bot.store import additions, progress, readers
from bot.store import lists as rows
from bot.store.additions import Draft
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

UNTITLED = Phrase("Reading list")
"""Stands here because it becomes part of the list, as its moderators' own words would."""

MOST_LOOKED_UP, LOOKED_UP_WHOLE = 300, 60
"""Pages that are looked up for one import; of more than so many only those without a title."""

MOST_LISTED = 3000
"""Resources of one list of a server's own."""


def check_size(size: int, source: str) -> None:
    """Raise NotAListError for a file, of so many bytes, that isn't worth fetching."""
    if size > LARGEST_FILE:
        raise NotAListError(source, "large")


async def read_in_background(raw: bytes, source: str, title: str = "") -> Imported:
    """Read a list in whatever it is kept in, beside all else that goes on.

    ``title``: what to call a list that doesn't say so itself; without it, its file's name.

    Raises:
        NotAListError, CurriculumFileError: as ``read_list`` does.
    """
    return await asyncio.to_thread(_read, raw, source, title)


def _read(raw: bytes, source: str, title: str) -> Imported:
    with _COLLECTOR:
        return read_list(raw, source, title)


class _PausedCollector:
    """While any thread is within, Python looks for no garbage that refers to itself.

    A long list is many small parts for a second or two. Looking through all of them holds
    everybody up for 0.1 s each time, and finds nothing.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._within = 0

    def __enter__(self) -> None:
        with self._lock:
            self._within += 1
            gc.disable()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within -= 1
            if not self._within:
                gc.enable()


_COLLECTOR = _PausedCollector()


@dataclass
class Imports:
    """Each method is one transaction. Only who opened a card can use it, within a day."""

    _db: Database
    _curricula: CurriculumStore
    _lists: Lists
    _clock: Clock
    _ids: Ids

    async def look(
        self, where: Where, who: int, imported: Imported, mode: Mode | None = None
    ) -> DryRun:
        """Return what bringing a list in would do; nothing is changed.

        Without a mode: beside what is there, in the list that is named, else in the server's own
        that counts here or has some of the same; a list of its own if there is none.

        Raises:
            NotYourListError: the host's list can't be replaced.
            ListTooLongError: it has more than a list holds.
        """
        guild_id = where.guild_id or 0
        if (count := len(imported.curriculum.by_key)) > MOST_LISTED:
            raise ListTooLongError(MOST_LISTED, count)
        self.check_mode(where, mode)
        choice, version = await rows.choice(self._db, guild_id)
        is_named, where = where.list_id is not None, self._curricula.at(where, choice)
        if not is_named and mode != "new" and where.list_id not in choice.own:
            where = await self._likeliest(choice, where, imported)
        is_own = where.list_id in choice.own
        mode = mode or ("add" if is_own or is_named else "new")
        title = cut(imported.curriculum.title, LONGEST_LIST_TITLE)
        title = title if is_visible(title) else UNTITLED.said()
        pending = await self._to_look_up(guild_id, imported)
        about = DraftImport(imported, mode, title, version, pending=pending, looked_up=len(pending))
        at = guild_id, where.list_id or ""
        draft = Draft(self._ids.new(), *at, who, about, self._clock())
        run = await self._run(self._db, draft, about)
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, who)
            await additions.drop_drafts_before(tx, self._clock() - CARDS_LAST)
            await additions.set_draft(tx, draft)
            if pending:
                await additions.set_lease(tx, guild_id, draft.draft_id, self._clock())
        return run

    def check_mode(self, where: Where, mode: Mode | None) -> None:
        """Raise NotYourListError where one of the host's lists was to be replaced."""
        if mode == "replace" and where.list_id in self._curricula.bases:
            raise NotYourListError

    async def _likeliest(self, choice: Choice, where: Where, imported: Imported) -> Where:
        """Return the server's own list that has most of the same links; else the place as it is."""
        pages = {p for each in imported.curriculum.by_key.values() for p in pages_of(each)}
        best, most = where, 0
        for list_id in choice.own:
            at = replace(where, list_id=list_id)
            shared = len(pages & (await self._curricula.of(self._db, at)).keys_by_link.keys())
            if shared > most:
                best, most = at, shared
        return best

    async def latest(self, guild_id: int, who: int) -> int | None:
        """Return the draft of the import that somebody looked at last, unless it is brought in."""
        since = self._clock() - CARDS_LAST
        return await additions.latest_import(self._db, guild_id, who, since)

    async def _to_look_up(self, guild_id: int, imported: Imported) -> tuple[str, ...]:
        """Return the resources whose pages may tell what the list doesn't."""
        ever = await additions.known_resources(self._db, namespace_of(guild_id))
        known = {each.link for each in ever.values()} | self._curricula.links.keys()
        new = [
            each for each in imported.curriculum.by_key.values() if known.isdisjoint(pages_of(each))
        ]
        bare = [r.key for r in new if not r.title]
        silent = [r.key for r in new if r.title and not (r.authors and r.minutes)]
        return tuple([*bare, *(silent if len(new) <= LOOKED_UP_WHOLE else ())][:MOST_LOOKED_UP])

    async def choose(self, ref: DraftRef, mode: Mode, list_id: str) -> DryRun:
        """Return what it would do so, on a card of its own; raises as ``look`` does.

        Another card of the same import is good for nothing any more: it says something else.
        """
        async with self._turn(ref) as (tx, draft, about):
            _, version = await rows.choice(tx, draft.guild_id)
            await additions.drop_draft(tx, draft.draft_id)
            at = replace(draft, draft_id=self._ids.new(), list_id=list_id or draft.list_id)
            run = await self._keep(tx, at, replace(about, mode=mode, version=version))
            if about.pending:
                await additions.set_lease(tx, draft.guild_id, at.draft_id, self._clock())
            return run

    async def present(self, ref: DraftRef) -> DryRun:
        """Return an import as it is now; one that was brought in is so."""
        draft, about = await self._draft(self._db, ref)
        state: ImportState = "asked" if about.brought is None else "brought"
        return await self._run(self._db, draft, about, state)

    async def bring(self, ref: DraftRef) -> DryRun:
        """Bring a list in as its card said; a second time changes nothing.

        Where the server's lists changed since, nothing is done: what would happen now is shown.
        """
        seen, shown = await self._draft(self._db, ref)
        run = await self._run(self._db, seen, shown, "brought")  # long, and nobody waits for it
        async with self._turn(ref) as (tx, draft, about):
            if about.brought is not None:
                return await self._run(tx, draft, about, "brought")
            _, version = await rows.choice(tx, draft.guild_id)
            if version != about.version or about.pending != shown.pending:
                return await self._keep(tx, draft, replace(about, version=version), "changed")
            into, list_id = replace(draft, list_id=run.list_id), run.list_id
            if run.mode == "add" and run.into is not None and not run.into.is_own:
                brought = await self._lay(tx, into, run.merged)
            else:
                brought, list_id = await self._put(tx, into, run, about.made)
            made = list_id if run.into is None else ""
            brought_in = replace(about, brought=brought, pending=(), made=made)
            at = replace(draft, list_id=list_id, about=brought_in)
            await additions.set_lease(tx, draft.guild_id, draft.draft_id, None)
            await additions.set_draft(tx, at)
            return replace(run, list_id=list_id)

    async def undo(self, ref: DraftRef) -> DryRun:
        """Take an import back; what was changed after it stays. A second time changes nothing.

        Raises:
            NothingToUndoError: another import came after it, which goes first.
        """
        async with self._turn(ref) as (tx, draft, about):
            if about.brought is not None:
                await self.take_back(tx, draft.guild_id, draft.list_id, about.brought)
            choice, version = await rows.choice(tx, draft.guild_id)
            where = self._curricula.at(Where(draft.guild_id, list_id=draft.list_id), choice)
            at = replace(draft, list_id=where.list_id or "")
            taken_back = replace(about, brought=None, version=version)
            return await self._keep(tx, at, taken_back, "undone")

    async def step_back(self, guild_id: int, who: int, list_id: str) -> None:
        """Take the latest import into a list back.

        Raises:
            NothingToUndoError: there is none, or the list would be gone.
        """
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, who)
            await additions.take_turn(tx, guild_id)
            found = await rows.versions(tx, guild_id, list_id, 2)
            if not found or not found[0].before or (len(found) == 1 and found[0].curriculum):
                raise NothingToUndoError
            await self.take_back(tx, guild_id, list_id, found[0].version_id)

    async def take_back(self, tx: Queries, guild_id: int, list_id: str, version_id: int) -> None:
        """Put back what a version of a list replaced, but for what was changed since."""
        latest = await rows.versions(tx, guild_id, list_id, 2)
        if not latest or latest[0].version_id != version_id:
            raise NothingToUndoError
        replaced: dict[str, Any] = json.loads(latest[0].before or "{}")
        if latest[0].curriculum and len(latest) == 1 and "made" not in replaced:
            raise NothingToUndoError  # what it was before is forgotten
        now, back = await additions.rows_of(tx, guild_id, list_id), dict[str, Any]()
        for key, (before, after) in replaced.get("additions", {}).items():
            if (row := now.get(key)) is None or row[1] == after:
                back[key] = before
            elif before is not None:
                said = put_back(*(json.loads(each or "{}") for each in (before[1], after, row[1])))
                removed = max(before[2], row[2])
                back[key] = [row[0], json.dumps(said, sort_keys=True), removed, row[3]]
        await additions.put_rows(tx, guild_id, list_id, back)
        facts, placed = await additions.facts_of(tx, guild_id), await additions.placed(tx, guild_id)
        said_before = {
            key: put_back(before or {}, after, facts[key])
            for key, (before, after) in replaced.get("facts", {}).items()
            if key in facts and (before or key not in placed)
        }
        await additions.put_facts(tx, guild_id, said_before)
        await rows.drop_version(tx, latest[0])
        if "made" in replaced:
            await self._unmake(tx, guild_id, list_id, latest[0].made_by)
        await self._let_later_know(tx, latest[0], replaced.get("facts", {}))
        await additions.set_version(tx, guild_id, self._ids.new())
        await self._lists.record(tx, guild_id)

    async def _unmake(self, tx: Queries, guild_id: int, list_id: str, who: int | None) -> None:
        """Forget a list that an import made; what was added to it since stays in it."""
        if not await additions.rows_of(tx, guild_id, list_id):
            await rows.drop_list(tx, guild_id, list_id)
            return
        made = {each.list_id: each for each in await rows.own_lists(tx, guild_id)}[list_id]
        await self._lists.put(tx, guild_id, who, Curriculum(list_id, made.title, ()), "")
        await rows.put_list(tx, made)

    async def _let_later_know(
        self, tx: Queries, gone: rows.Version, facts: Mapping[str, Any]
    ) -> None:
        """Let later imports, once they are taken back too, put back what was before this one."""
        for later in await rows.versions_after(tx, gone.guild_id, gone.version_id):
            replaced: dict[str, Any] = json.loads(later.before or "{}")
            said = replaced.get("facts", {})
            shared = said.keys() & facts.keys()
            for key in shared:
                was, became = facts[key]
                said[key][0] = put_back(was or {}, became, said[key][0] or {}) or None
            if shared:
                await rows.set_before(tx, later, json.dumps(replaced))

    # How

    @asynccontextmanager
    async def _turn(self, ref: DraftRef) -> AsyncIterator[tuple[Queries, Draft, DraftImport]]:
        guild_id, opener_id, _ = ref
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, opener_id)
            await additions.take_turn(tx, guild_id or 0)
            yield tx, *await self._draft(tx, ref)

    async def _draft(self, db: Queries, ref: DraftRef) -> tuple[Draft, DraftImport]:
        draft = await additions.draft(db, ref, self._clock() - CARDS_LAST)
        if draft is None or not isinstance(draft.about, DraftImport):
            raise OldCardError
        return draft, draft.about

    async def _keep(
        self, tx: Queries, draft: Draft, about: DraftImport, state: ImportState = "asked"
    ) -> DryRun:
        """Record what a draft is from now on, and return what it would do."""
        run = await self._run(tx, draft, about, state)
        await additions.set_draft(tx, replace(draft, list_id=run.list_id, about=about))
        return run

    async def _run(
        self, db: Queries, draft: Draft, about: DraftImport, state: ImportState = "asked"
    ) -> DryRun:
        """Return what the draft would do, or did."""
        guild_id = draft.guild_id
        overview = await self._lists.overview(guild_id, None, draft.list_id, db=db)
        into = None if about.mode == "new" else overview.chosen
        if about.mode == "replace" and into is not None and not into.is_own:
            raise NotYourListError
        place = Where(guild_id, list_id=into.list_id) if into else None
        old = await self._curricula.of(db, place) if place else None
        merged = await self._merged(db, guild_id, about, old)
        most = MOST_LISTED if into is None or into.is_own else MOST_ADDITIONS
        count = len(merged.listed.by_key)
        if most == MOST_ADDITIONS:
            there = await additions.rows_of(db, guild_id, draft.list_id)
            count = len(there.keys() | {each.key for each in merged.added})
        if merged.added and count > most:
            raise ListTooLongError(most, count)
        leaving = [key for each in merged.removed for key in (each.key, *each.formerly)]
        touched = await progress.members_with_marks(db, guild_id, leaving) if leaving else 0
        return DryRun(
            draft.draft_id,
            draft.opened_by,
            about.mode,
            about.title,
            merged,
            into,
            overview.lists,
            about.imported.unread,
            shown_count(touched) or 0,
            state,
            into.list_id if into else draft.list_id,
            len(about.pending),
            about.looked_up,
        )

    async def _merged(
        self, db: Queries, guild_id: int, about: DraftImport, old: Curriculum | None
    ) -> Outcome:
        namespace = namespace_of(guild_id)
        ever = await additions.known_resources(db, namespace)
        facts = await additions.facts_of(db, guild_id)
        known = {each.link: key for key, each in ever.items()}
        for key, said in facts.items():
            for url in (said.get("url", ""), *said.get("former_urls", ())):
                known.setdefault(canonical(url) or url, key)
        # A key is given once: the list's own goes first, then the host's, then the server's.
        known |= self._curricula.links
        known |= old.keys_by_link if old else {}
        taken = [key.partition(":")[2] for key in ever]
        titles = {each.link: each.title for each in ever.values()}
        of_hosts = {key: said for key, said in facts.items() if not is_of_guild(key, guild_id)}

        def merged() -> Outcome:
            imported = with_titles(about.imported, titles)
            replaced = old if about.mode == "replace" else None
            keys = keys_for(imported, replaced, known, namespace, taken)
            present = partial(self._curricula.with_facts, said=of_hosts)
            return outcome(imported, old, about.mode, keys, set(known.values()), present)

        is_long = len(about.imported.curriculum.by_key) > LAID_AT_ONCE
        return await asyncio.to_thread(merged) if is_long else merged()

    async def _put(self, tx: Queries, draft: Draft, run: DryRun, made: str) -> tuple[int, str]:
        """Write a list of the server's own as it is from now on; ``made``: the import's before."""
        guild_id, listed = draft.guild_id, run.merged.listed
        list_id, title = draft.list_id, listed.title
        if run.into is None:
            title = await self._lists.free_title(tx, guild_id, run.title, but=made)
            latest = await rows.versions(tx, guild_id, made, 1)
            was_emptied = bool(latest) and not from_json(latest[0].curriculum).sections
            list_id = made if was_emptied else await self._lists.new_id(tx, guild_id, title)
        else:
            title = run.into.title
        there = await additions.rows_of(tx, guild_id, list_id)
        # What was removed, and doesn't come in again, can still be restored.
        stays = listed.by_key.keys()
        folded = {k: r for k, r in there.items() if (run.into and (k in stays or not r[2]))}
        await additions.put_rows(tx, guild_id, list_id, dict.fromkeys(folded))
        replaced = {
            "additions": {key: (row, None) for key, row in folded.items()},
            "facts": await self._put_facts(tx, guild_id, listed, keeps=run.mode != "replace"),
        } | ({"made": True} if run.into is None else {})
        listed = replace(listed, id=list_id, title=title)
        version = await self._lists.put(tx, guild_id, draft.opened_by, listed, json.dumps(replaced))
        await self._lists.record(tx, guild_id)
        return version, list_id

    async def _lay(self, tx: Queries, draft: Draft, merged: Outcome) -> int:
        """Lay what comes in over the host's list, as if each had been added by itself."""
        guild_id, list_id, now = draft.guild_id, draft.list_id, self._clock()
        there = await additions.rows_of(tx, guild_id, list_id)
        base = self._curricula.bases[list_id]
        added = {each.key for each in merged.added}
        replaced, written = dict[str, Any](), dict[str, list[Any]]()

        def write(addition: Addition) -> None:
            said = json.dumps(dict(addition.fields), sort_keys=True)
            before = there.get(addition.key)
            if before is not None and addition.key in base.by_key:
                said = before[1]  # it was only hidden, and comes back as it was
            row_id = before[0] if before else self._ids.new()
            written[addition.key] = [row_id, said, 0, int(now.timestamp())]
            replaced[addition.key] = (before, said)

        for step in merged.listed.steps:
            fresh = [r for p in step.resources for r in (p, *p.companions) if r.key in added]
            if fresh and base.step(step.id) is None and f":{step.id}" not in there:
                write(Addition(f":{step.id}", {"title": step.title}))
            for resource in fresh:
                write(Addition(resource.key, _place(resource, step.id, guild_id)))
        await additions.put_rows(tx, guild_id, list_id, written)
        facts = await self._put_facts(tx, guild_id, merged.listed, keeps=True)
        before = json.dumps({"additions": replaced, "facts": facts})
        latest = await rows.versions(tx, guild_id, list_id, 1)
        version_id = self._ids.new(after=latest[0].version_id if latest else 0)
        version = rows.Version(version_id, guild_id, list_id, "", before, draft.opened_by, now)
        await rows.add_version(tx, version)
        await additions.set_version(tx, guild_id, self._ids.new())
        await self._lists.record(tx, guild_id)
        return version_id

    async def _put_facts(
        self, tx: Queries, guild_id: int, listed: Curriculum, *, keeps: bool
    ) -> dict[str, tuple[dict[str, Any] | None, dict[str, Any]]]:
        """Record what a list says of the server's own resources; return what that replaced."""
        there = await additions.facts_of(tx, guild_id)
        replaced = {}
        for resource in listed.by_key.values():
            if not is_of_guild(resource.key, guild_id):
                continue
            before = there.get(resource.key)
            after = _facts(resource, before or {})
            if keeps:
                after |= {n: said for n, said in (before or {}).items() if said}
            if after != before:
                replaced[resource.key] = (before, after)
        await additions.put_facts(tx, guild_id, {key: new for key, (_, new) in replaced.items()})
        return replaced


def _facts(resource: Resource, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a server says of a resource itself, as its fields are kept."""
    found = facts_of_resource(resource)
    for name in ("authors", "year", "minutes"):
        found[name] = found[name] or before.get(name, found[name])
    if formerly := before.get("formerly"):
        found["formerly"] = formerly
    return found


def _place(resource: Resource, step_id: str, guild_id: int) -> dict[str, Any]:
    """Return what a server says of a resource's place in the host's list."""
    notes = [each for each in (resource.sentence, *resource.notes, resource.remark) if each]
    found: dict[str, Any] = {
        "step_id": step_id,
        "added_notes": [*notes, *resource.added_notes],
        "must_read": resource.must_read,
        "questions": list(resource.questions),
        "parts": list(resource.parts),
        "needs": list(resource.prerequisites),
        "brought": not is_of_guild(resource.key, guild_id),
    }
    return {name: value for name, value in found.items() if value}
