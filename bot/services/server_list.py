"""One server's list: finding what moderators mean in it, and writing it with its history."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import (
    NEW_STEP,
    Addition,
    Laid,
    guild_of,
    is_of_guild,
    namespace_of,
    own_resource,
    own_step,
)
from bot.core.curriculum.fields import FACTS, Fields, cut, facts_of_resource, slug_for
from bot.core.curriculum.links import canonical
from bot.core.groups import Group
from bot.core.lists import Where
from bot.core.moderation import Choice, EditKind, PastEdit
from bot.errors import NoLongerListedError, ReaderError, TooManyAdditionsError, UnknownResourceError
from bot.services.curriculum import CurriculumStore, Seen
from bot.store import additions, lists
from bot.store.additions import KnownResource
from bot.store.database import Queries
from bot.store.instants import Clock, Ids

MOST_CHOICES = 25  # Discord's limit
MOST_HIDDEN = 10  # of them; what is seen must be found, too
LONGEST_STEP = 80

MOST_ADDITIONS = 1000
"""The longest server list: its rows are read as a whole at each change."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a server says of one resource, among all that it says of the list."""

    base: Curriculum
    guild_id: int
    rows: Sequence[Addition]
    addition: Addition
    lay: Callable[[Curriculum, Iterable[Addition], int], Laid]

    @property
    def original(self) -> Resource | None:
        """The resource as the list has it."""
        return self.base.by_key.get(self.addition.key)

    def changed(self, fields: Fields) -> tuple[Addition, Laid]:
        """Return what the server would say with these fields, and what it would see then.

        What the list says itself is left out: what its maker changes later counts.
        """
        original = self.original
        kept = {
            name: value
            for name, value in fields.items()
            if original is None
            or getattr(original, name, None) != value
            or (name in FACTS and is_of_guild(original.key, self.guild_id))
        }
        addition = replace(self.addition, fields=kept)
        rows = {row.key: row for row in self.rows} | {addition.key: addition}
        return addition, self.lay(self.base, rows.values(), self.guild_id)


@dataclass
class ServerList:
    """One server's list, through a database or an open transaction, for its moderators.

    Finds what is typed in `/manage`, offers it meanwhile, and writes what they change.
    """

    db: Queries
    where: Where
    seen: Seen
    _curricula: CurriculumStore
    _clock: Clock
    _ids: Ids

    @property
    def guild_id(self) -> int:
        """The server."""
        return self.where.guild_id or 0

    @property
    def base(self) -> Curriculum:
        """The list over which the server's changes are laid."""
        return self.seen.base

    @property
    def laid(self) -> Laid:
        """What the server sees now."""
        return self.seen.laid

    async def is_read_by(self, group: Group) -> bool:
        """Tell whether a group of the server reads this list."""
        where, _ = await self._curricula.place(self.db, group.where)
        return where.list_id == self.base.id

    # What is meant

    async def listed(self, key: str) -> Resource:
        """Return the resource with this key, a removed one too, or raise NoLongerListedError."""
        found = self.laid.find(key)
        return found or await self._curricula.resource(self.db, self.where, key)

    async def named(self, typed: str) -> Resource:
        """Return the resource that is meant, a removed one too, or raise UnknownResourceError."""
        removed = self.laid.removed
        await self.seen.searchable()
        if (listed := self.laid.find(typed)) is not None:
            return listed
        try:
            return await self._curricula.named(self.db, self.where, typed)
        except NoLongerListedError as error:
            if (found := removed.get(error.key or "")) is not None:
                return found
            raise
        except UnknownResourceError:
            for hit in self.seen.search_removed(typed):
                return removed[hit.key]
            raise

    @property
    def is_own(self) -> bool:
        """Whether the list is one that the server made."""
        return guild_of(self.base.id) is not None

    @property
    def steps(self) -> list[Step]:
        """All steps, first where something goes that names none: it may have no resources yet."""
        listed = self.laid.curriculum.steps
        first = listed[-1:] if self.is_own and listed else (own_step(self.base),)
        return list({step.id: step for step in (*first, *listed, *self.laid.steps)}.values())

    def step(self, typed: str) -> Step:
        """Return the step that is meant, or raise UnknownStepError: nothing is like it."""
        return self._curricula.step(self.steps, typed)

    def step_for(self, typed: str) -> tuple[Step, Step | None]:
        """Return the step where something goes, and the new one that may be meant, if any.

        What is like no step, or begins with ``NEW_STEP``, names a new one.
        """
        steps, title = self.steps, " ".join(typed.removeprefix(NEW_STEP).split())
        if (found := self._curricula.step_called(steps, title)) is not None:
            return found, None
        new = self.new_step(title)
        like_it = [] if typed.startswith(NEW_STEP) else self._curricula.steps_like(steps, title)
        return (like_it[0] if like_it else new), new

    def new_step(self, title: str) -> Step:
        """Return a step that the list doesn't have yet."""
        title = cut(title, LONGEST_STEP)
        taken = {step.id for step in (*self.steps, *self.base.steps)}
        slug = slug_for(title, taken | {section.id for section in self.base.sections})
        return Step(slug, title, slug)

    def steps_like(self, typed: str) -> list[Step]:
        """Return the steps that fit what is typed, the first before the others."""
        first, found = self.steps[0], self._curricula.steps_like(self.steps, typed)
        is_first = first.title.casefold().startswith(typed.casefold().strip())
        return sorted(found, key=lambda step: not (is_first and step.id == first.id))

    async def resources_like(self, typed: str) -> list[Choice]:
        """Return what fits, hidden ones first; for nothing typed, what the server changed."""
        await self.seen.searchable()
        resources, removed = self.laid.curriculum.by_key, self.laid.removed
        if typed.strip():
            hidden = [removed[hit.key] for hit in self.seen.search_removed(typed)]
            shown = [resources[hit.key] for hit in self.seen.search(typed)]
        else:
            base, hidden = self.base.by_key, list(removed.values())
            shown = sorted(resources.values(), key=lambda r: base.get(r.key) == r)
        return self._choices([*hidden[:MOST_HIDDEN], *shown])

    async def prerequisites(self, resource: str, typed: str = "") -> list[Choice]:
        """Return what the named resource waits for, as far as it fits what is typed."""
        try:
            meant = await self.named(resource)
        except ReaderError:
            return []
        found = [r for key in meant.prerequisites if (r := self.laid.find(key)) is not None]
        wanted = typed.casefold().strip()
        return self._choices([r for r in found if wanted in r.title.casefold()] or found)

    def _choices(self, found: Sequence[Resource]) -> list[Choice]:
        step, removed = self.laid.curriculum.step, self.laid.removed
        return [Choice(r, step(r.step_id), r.key in removed) for r in found[:MOST_CHOICES]]

    def key_of(self, url: str) -> str | None:
        """Return the key of what this link means here, hidden or not; None: it is new."""
        if (link := canonical(url)) is None:
            return None
        if (listed := self.laid.curriculum.keys_by_link.get(link)) is not None:
            return listed
        for key, resource in self.laid.removed.items():
            everything = (resource, *resource.companions)
            if any(canonical(each) == link for r in everything for each in r.urls):
                return key
        return None

    async def former_keys(self, url: str) -> list[str]:
        """Return keys under which the list itself once had the link: progress follows them."""
        found = await additions.known_by_link(self.db, self.base.id, canonical(url) or url)
        return [resource.key for resource in found]

    async def known(self, url: str) -> tuple[str, dict[str, Any]] | None:
        """Return the key that a link has already, in another list or of old, and what is known.

        None: it is new to the server. What the host's lists say of it stands in for its page.
        """
        link = canonical(url) or url
        if (listed := self._curricula.elsewhere(link)) is not None:
            return listed.key, facts_of_resource(listed)
        ever = await additions.known_by_link(self.db, namespace_of(self.guild_id), link)
        if not ever:
            return None
        said = await additions.facts_of(self.db, self.guild_id)
        return ever[0].key, said.get(ever[0].key, {})

    async def write_step(self, author_id: int, step: Step) -> None:
        """Record a step of the server's own, unless the list has it."""
        if all(each.id != step.id for each in self.steps):
            await self.write(author_id, Addition(step.key, {"title": step.title}), "added")

    # What is written

    async def new_key(self, title: str) -> str:
        """Return a key for a resource of the server's own, unlike all that it ever gave."""
        namespace = namespace_of(self.guild_id)
        ever = await additions.known_resources(self.db, namespace)
        return f"{namespace}:{slug_for(title, {key.partition(':')[2] for key in ever})}"

    async def said(self, key: str) -> Said:
        """Return what the server says of a resource; nothing yet: no fields.

        What it said under a key that the list has renamed since is said of the present one.
        """
        base = self.base
        rows = await additions.additions_of(self.db, self.guild_id, base.id)
        names = base.present_keys
        exact = [row for row in rows if row.key == key]
        found = next((r for r in (*exact, *rows) if names.get(r.key, r.key) == key), None)
        addition = Addition(key, {}) if found is None else replace(found, key=key)
        return Said(base, self.guild_id, rows, addition, self._curricula.lay)

    async def write(
        self, author_id: int, addition: Addition, kind: EditKind, fields: Iterable[str] = ()
    ) -> None:
        """Record an addition, who made it what it is, and that the server's list changed.

        Raises:
            TooManyAdditionsError: the server has as many as it may have.
        """
        tx, guild_id, now = self.db, self.guild_id, self._clock()
        rows = await additions.additions_of(tx, guild_id, self.base.id)
        if len(rows) >= MOST_ADDITIONS and all(row.key != addition.key for row in rows):
            raise TooManyAdditionsError(MOST_ADDITIONS)
        edit = PastEdit(kind, tuple(fields), author_id, now)
        await additions.record(tx, guild_id, self.base.id, addition, edit, self._ids.new)
        await self._written(addition)

    async def rewrite(self, author_id: int, addition: Addition) -> None:
        """Record an addition that was there before, as it is now, without a change of its own."""
        at = self.guild_id, self.base.id
        await additions.put(self.db, *at, addition, author_id, self._clock(), self._ids.new)
        await self._written(addition)

    async def _written(self, addition: Addition) -> None:
        tx, guild_id, now = self.db, self.guild_id, self._clock()
        # The server's own are kept in the record of all that was ever listed.
        own = own_resource(addition.key, addition.fields, "")
        if own is not None and is_of_guild(own.key, guild_id):
            if addition.removed and not await self._stands_elsewhere(own.key):
                await additions.set_gone(tx, [own.key], now)
            elif not addition.removed:
                await additions.keep_known(tx, [KnownResource(own.key, own.title, own.url)])
        self.seen = await self._curricula.seen(tx, self.where)

    async def _stands_elsewhere(self, key: str) -> bool:
        """Tell whether another list of the server has a resource."""
        choice, version = await lists.choice(self.db, self.guild_id)
        for list_id in self._curricula.titles(choice).keys() - {self.base.id}:
            at = replace(self.where, list_id=list_id)
            if (await self._curricula.of(self.db, at, version)).get(key) is not None:
                return True
        return False
