"""One server's additions in the ledger: found by link, written with their history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.curriculum.additions import Addition, Laid, namespace_of, own_resource
from bot.core.curriculum.links import canonical
from bot.core.moderation import EditKind
from bot.errors import TooManyAdditionsError
from bot.services.curriculum import CurriculumStore
from bot.store import additions, known
from bot.store.additions import StoredEdit
from bot.store.database import Queries
from bot.store.ids import Clock, Ids
from bot.store.known import KnownResource

MOST_ADDITIONS = 1000
"""A server's rows are read whole when they change; a list this long is a list of its own."""


class ServerList:
    """Reads and writes additions inside a transaction that somebody else opened."""

    def __init__(self, curricula: CurriculumStore, clock: Clock, ids: Ids) -> None:
        self._curricula = curricula
        self._clock = clock
        self._ids = ids

    def key_of(self, laid: Laid, url: str) -> str | None:
        """Return the key of what this link means here, hidden or not; None: it is new."""
        link = canonical(url)
        if link is None:
            return None
        listed = laid.curriculum.keys_by_link.get(link)
        if listed is not None:
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

    def addition(self, rows: Sequence[Addition], key: str) -> Addition:
        """Return what the server says of a resource; nothing yet: no fields.

        What it said under a key that the list has renamed since is said of the present one.
        """
        present = self._curricula.base.present_keys
        exact = [row for row in rows if row.key == key]
        found = next((r for r in (*exact, *rows) if present.get(r.key, r.key) == key), None)
        return Addition(key, {}) if found is None else replace(found, key=key)

    async def write(
        self,
        changes: Queries,
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
        rows = await additions.additions_of(changes, guild_id)
        if len(rows) >= MOST_ADDITIONS and all(row.key != addition.key for row in rows):
            raise TooManyAdditionsError(MOST_ADDITIONS)
        now = self._clock()
        await additions.set_addition(
            changes, guild_id, addition, addition_id=self._ids.new(), author_id=author_id, now=now
        )
        newest = await additions.last_edit_id(changes, guild_id, addition.key)
        edit = StoredEdit(self._ids.new(after=newest), kind, fields, author_id, now)
        await additions.add_edit(changes, guild_id, addition.key, edit)
        await additions.set_version(changes, guild_id, self._ids.new())
        await self._remember(changes, guild_id, addition, now)

    async def _remember(
        self, changes: Queries, guild_id: int, addition: Addition, now: datetime
    ) -> None:
        """Keep the server's own in the record of all that was ever listed."""
        resource = own_resource(addition.key, addition.fields, "")
        if resource is None or not addition.key.startswith(f"{namespace_of(guild_id)}:"):
            return
        if addition.removed:
            await known.mark_gone(changes, [resource.key], now)
            return
        await known.keep_known(changes, [KnownResource(resource.key, resource.title, resource.url)])
