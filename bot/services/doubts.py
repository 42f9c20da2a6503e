"""Readers' doubts about prerequisites, and which of them wait for moderators."""

from __future__ import annotations

from bot.core.curriculum import Resource
from bot.core.doubts import WHY_LIMIT, Doubt
from bot.services.curriculum import CurriculumStore
from bot.store import doubts, readers
from bot.store.database import Database
from bot.store.ids import Clock, Ids


class Doubts:
    def __init__(self, db: Database, curricula: CurriculumStore, clock: Clock, ids: Ids) -> None:
        self._db = db
        self._curricula = curricula
        self._clock = clock
        self._ids = ids

    async def add(
        self, reader_id: int, guild_id: int, key: str, needed: str, why: str
    ) -> tuple[Resource, Resource]:
        """Pass a reader's doubt on to this server's moderators; return both resources.

        Raises:
            UnknownResourceError, NoLongerListedError: one of them is not on this server's list.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            resource = await self._curricula.resource(changes, guild_id, key)
            prerequisite = await self._curricula.resource(changes, guild_id, needed)
            doubt = Doubt(resource.key, prerequisite.key, why.strip()[:WHY_LIMIT])
            now, doubt_id = self._clock(), self._ids.new()
            await doubts.add_doubt(changes, doubt_id, guild_id, reader_id, doubt, now)
        return resource, prerequisite

    async def waiting(self, guild_id: int) -> list[Resource]:
        """Return the resources about which this server's readers have doubts."""
        curriculum = await self._curricula.of(self._db, guild_id)
        keys = await doubts.doubted_keys(self._db, guild_id)
        return [resource for key in keys if (resource := curriculum.get(key)) is not None]
