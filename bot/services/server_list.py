"""One server's list: finding what moderators mean in it, and writing it with its history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import (
    Addition,
    Laid,
    is_of_guild,
    lay_over,
    namespace_of,
    own_resource,
    own_step,
)
from bot.core.curriculum.fields import Fields
from bot.core.curriculum.links import canonical
from bot.core.moderation import Choice, EditKind, PastEdit
from bot.errors import NoLongerListedError, ReaderError, TooManyAdditionsError, UnknownResourceError
from bot.services.curriculum import CurriculumStore
from bot.store import additions, known
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids
from bot.store.known import KnownResource

MOST_CHOICES = 25  # Discord's limit
MOST_HIDDEN = 10  # of them; what is seen must be found, too
MOST_ADDITIONS = 1000
"""The longest server list: its rows are read as a whole at each change."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a server says of one resource, among all that it says of the list."""

    base: Curriculum
    guild_id: int
    rows: Sequence[Addition]
    addition: Addition

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
            if original is None or getattr(original, name, None) != value
        }
        addition = replace(self.addition, fields=kept)
        rows = {row.key: row for row in self.rows} | {addition.key: addition}
        return addition, lay_over(self.base, rows.values(), self.guild_id)


@dataclass
class ServerList:
    """Finds what is typed in `/manage`, offers it meanwhile, and writes what a server changes."""

    _db: Database
    _curricula: CurriculumStore
    _clock: Clock
    _ids: Ids

    def __post_init__(self) -> None:
        self.own_step = own_step(self._curricula.base)

    # What is meant

    async def named(self, guild_id: int, typed: str) -> Resource:
        """Return the resource that is meant, a removed one too, or raise UnknownResourceError."""
        seen = await self._curricula.seen(self._db, guild_id)
        removed = seen.laid.removed
        if (listed := seen.laid.find(typed)) is not None:
            return listed
        try:
            return await self._curricula.named(self._db, guild_id, typed)
        except NoLongerListedError as error:
            if (found := removed.get(error.key or "")) is not None:
                return found
            raise
        except UnknownResourceError:
            for hit in seen.search_removed(typed):
                return removed[hit.key]
            raise

    def steps_of(self, laid: Laid) -> list[Step]:
        """Return all steps, the server's own first: it may have no resources yet."""
        return list({step.id: step for step in (self.own_step, *laid.curriculum.steps)}.values())

    def step(self, laid: Laid, typed: str) -> Step:
        """Return the step that is meant, or raise UnknownStepError: nothing is like it."""
        return self._curricula.step(self.steps_of(laid), typed)

    async def resources(self, guild_id: int, typed: str) -> list[Choice]:
        """Return what fits, hidden ones first; for nothing typed, what the server changed."""
        seen = await self._curricula.seen(self._db, guild_id)
        resources, removed = seen.laid.curriculum.by_key, seen.laid.removed
        if typed.strip():
            hidden = [removed[hit.key] for hit in seen.search_removed(typed)]
            shown = [resources[hit.key] for hit in seen.search(typed)]
        else:
            base, hidden = self._curricula.base.by_key, list(removed.values())
            shown = sorted(resources.values(), key=lambda r: base.get(r.key) == r)
        return _choices(seen.laid, [*hidden[:MOST_HIDDEN], *shown])

    async def prerequisites(self, guild_id: int, resource: str, typed: str = "") -> list[Choice]:
        """Return what the named resource waits for, as far as it fits what is typed."""
        laid = await self._curricula.laid(self._db, guild_id)
        try:
            meant = await self.named(guild_id, resource)
        except ReaderError:
            return []
        found = [r for key in meant.prerequisites if (r := laid.find(key)) is not None]
        wanted = typed.casefold().strip()
        return _choices(laid, [r for r in found if wanted in r.title.casefold()] or found)

    async def steps(self, guild_id: int, typed: str) -> list[Step]:
        """Return the steps that fit what is typed, the server's own before the others."""
        laid = await self._curricula.laid(self._db, guild_id)
        found = self._curricula.steps_like(self.steps_of(laid), typed)
        is_own = self.own_step.title.casefold().startswith(typed.casefold().strip())
        return sorted(found, key=lambda step: not (is_own and step.id == self.own_step.id))

    # What is written

    def key_of(self, laid: Laid, url: str) -> str | None:
        """Return the key of what this link means here, hidden or not; None: it is new."""
        if (link := canonical(url)) is None:
            return None
        if (listed := laid.curriculum.keys_by_link.get(link)) is not None:
            return listed
        for key, resource in laid.removed.items():
            everything = (resource, *resource.companions)
            if any(canonical(each) == link for r in everything for each in r.urls):
                return key
        return None

    async def former_keys(self, db: Queries, url: str) -> list[str]:
        """Return keys under which the list itself once had the link: progress follows them."""
        found = await known.known_by_link(db, self._curricula.base.id, canonical(url) or url)
        return [resource.key for resource in found]

    async def taken_slugs(self, db: Queries, guild_id: int) -> set[str]:
        """Return all slugs that the server ever gave."""
        ever = await known.known_resources(db, namespace_of(guild_id))
        return {key.partition(":")[2] for key in ever}

    async def said(self, db: Queries, guild_id: int, key: str) -> Said:
        """Return what the server says of a resource; nothing yet: no fields.

        What it said under a key that the list has renamed since is said of the present one.
        """
        base, rows = self._curricula.base, await additions.additions_of(db, guild_id)
        names = base.present_keys
        exact = [row for row in rows if row.key == key]
        found = next((r for r in (*exact, *rows) if names.get(r.key, r.key) == key), None)
        addition = Addition(key, {}) if found is None else replace(found, key=key)
        return Said(base, guild_id, rows, addition)

    async def write(
        self,
        tx: Queries,
        guild_id: int,
        author_id: int,
        addition: Addition,
        kind: EditKind,
        fields: Iterable[str] = (),
    ) -> None:
        """Record an addition, who made it what it is, and that the server's list changed.

        Raises:
            TooManyAdditionsError: the server has as many as it may have.
        """
        rows = await additions.additions_of(tx, guild_id)
        if len(rows) >= MOST_ADDITIONS and all(row.key != addition.key for row in rows):
            raise TooManyAdditionsError(MOST_ADDITIONS)
        now = self._clock()
        edit = PastEdit(kind, tuple(fields), author_id, now)
        await additions.set_addition(tx, guild_id, self._ids.new(), addition, edit)
        newest = await additions.last_edit_id(tx, guild_id, addition.key)
        await additions.add_edit(tx, guild_id, self._ids.new(after=newest), addition.key, edit)
        await additions.set_version(tx, guild_id, self._ids.new())
        await self._remember(tx, guild_id, addition, now)

    async def _remember(
        self, tx: Queries, guild_id: int, addition: Addition, now: datetime
    ) -> None:
        """Keep the server's own in the record of all that was ever listed."""
        resource = own_resource(addition.key, addition.fields, "")
        if resource is None or not is_of_guild(addition.key, guild_id):
            return
        if addition.removed:
            await known.set_gone(tx, [resource.key], now)
        else:
            await known.keep_known(tx, [KnownResource(resource.key, resource.title, resource.url)])


def _choices(laid: Laid, found: Sequence[Resource]) -> list[Choice]:
    step, removed = laid.curriculum.step, laid.removed
    return [Choice(r, step(r.step_id), r.key in removed) for r in found[:MOST_CHOICES]]
