"""What a server sees of the list, with its fuzzy search; and what the list ever held."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import datetime

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.links import canonical, link_in
from bot.core.search import Document, Hit, SearchIndex, search
from bot.core.search_documents import documents_of
from bot.errors import NoLongerListedError, UnknownResourceError, UnknownStepError
from bot.store import known
from bot.store.database import Database, Queries
from bot.store.known import KnownResource

CLEARLY = 15
"""So far ahead of the second, the best hit of a search is what was meant."""


class CurriculumStore:
    """One base curriculum with one index, shared by all."""

    def __init__(self, base: Curriculum) -> None:
        self.base = base
        self._index = SearchIndex(documents_of(base))

    async def of(self, db: Queries, guild_id: int | None) -> Curriculum:  # noqa: ARG002 - additions
        """Return what this server sees; None: a DM, or a server the bot isn't in."""
        return self.base

    async def resource(self, db: Queries, guild_id: int | None, key: str) -> Resource:
        """Return the resource with this key, or a former one.

        Raises:
            NoLongerListedError: it was listed once.
            UnknownResourceError: it never was.
        """
        found = (await self.of(db, guild_id)).get(key)
        if found is not None:
            return found
        gone = await known.known_resources_by_key(db, [key])
        if key in gone:
            raise NoLongerListedError(gone[key].title)
        raise UnknownResourceError(key)

    def step(self, curriculum: Curriculum, typed: str) -> Step:
        """Return the step with this id, number or title, in that order; else the likeliest.

        Raises:
            UnknownStepError: nothing is like it.
        """
        exact = curriculum.step(typed)
        if exact is not None:
            return exact
        wanted = typed.casefold().strip()
        for step in curriculum.steps:
            if wanted in (step.number.casefold(), step.title.casefold()):
                return step
        likeliest = self.steps_like(curriculum, typed)
        if not likeliest:
            raise UnknownStepError(typed)
        return likeliest[0]

    def steps_like(self, curriculum: Curriculum, typed: str, limit: int = 25) -> list[Step]:
        """Return the steps that fit what is typed, the best first; all of them for nothing."""
        if not typed.strip():
            return list(curriculum.steps[:limit])
        documents = [
            Document(s.id, s.title, (s.number,) if s.number else ()) for s in curriculum.steps
        ]
        hits = search([SearchIndex(documents)], typed, limit)
        return [step for hit in hits if (step := curriculum.step(hit.key))]

    async def named(self, db: Queries, guild_id: int | None, typed: str) -> Resource:
        """Return what the typed text means: a key, or words that fit one resource clearly.

        Raises:
            UnknownResourceError: nothing fits, or several do; it names the likeliest.
            NoLongerListedError: it was listed once.
        """
        if ":" in typed:
            with suppress(UnknownResourceError):  # a title may have a colon too
                return await self.resource(db, guild_id, typed)
        hits = await self.search(db, guild_id, typed, limit=3)
        if hits and (hits[0].exact or hits[0].score - _second(hits) >= CLEARLY):
            return await self.resource(db, guild_id, hits[0].key)
        curriculum = await self.of(db, guild_id)
        raise UnknownResourceError(typed, tuple(curriculum.by_key[hit.key].title for hit in hits))

    async def search(
        self,
        db: Queries,
        guild_id: int | None,
        query: str,
        *,
        limit: int = 25,
        first: AbstractSet[str] | None = None,
    ) -> list[Hit]:
        """Return what fits the query, the best first; nothing fits nonsense.

        ``first``: keys that go before others that fit as well.
        """
        del db, guild_id
        return search([self._index], query, limit, first=first, link=link_in(query))

    async def remember(self, db: Database, now: datetime) -> None:
        """Bring the record of all that was ever listed up to date with the base curriculum."""
        listed = {
            r.key: KnownResource(r.key, r.title, r.url, canonical(r.url) or r.url)
            for r in self.base.by_key.values()
        }
        async with db.transaction() as changes:
            recorded = await known.known_resources(changes, self.base.id)
            await known.keep_known(
                changes, [r for r in listed.values() if recorded.get(r.key) != r]
            )
            gone = (r for r in recorded.values() if r.key not in listed)
            await known.mark_gone(changes, [r.key for r in gone if r.gone_at is None], now)


def _second(hits: list[Hit]) -> float:
    return hits[1].score if len(hits) > 1 else 0
