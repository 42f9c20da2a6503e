"""What moderators mean by what they type: resources, hidden ones too, and steps."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.curriculum import Resource, Step
from bot.core.curriculum.additions import Laid, own_step
from bot.core.curriculum.links import link_in
from bot.core.moderation import Choice
from bot.core.search import SearchIndex, search
from bot.core.search.documents import names_of
from bot.errors import NoLongerListedError, ReaderError, UnknownResourceError
from bot.services.curriculum import CurriculumStore
from bot.store.database import Database, Queries

MOST_CHOICES = 25  # Discord's limit
MOST_HIDDEN = 10  # of them; what is seen must be found, too


class Choosing:
    """Finds what is typed in `/manage`, and offers it while somebody types."""

    def __init__(self, db: Database, curricula: CurriculumStore) -> None:
        self._db = db
        self._curricula = curricula
        self.own_step = own_step(curricula.base)

    async def named(self, db: Queries, guild_id: int, laid: Laid, typed: str) -> Resource:
        """Return the resource that is meant, a removed one too.

        Raises:
            UnknownResourceError: nothing fits, or several do.
        """
        known = laid.find(typed)
        if known is not None:
            return known
        try:
            return await self._curricula.named(db, guild_id, typed)
        except NoLongerListedError as error:
            removed = laid.removed.get(error.key or "")
            if removed is None:
                raise
            return removed
        except UnknownResourceError:
            hidden = _found(laid.removed, typed) if typed.strip() else []
            if not hidden:
                raise
            return hidden[0]

    def step(self, laid: Laid, typed: str) -> Step:
        """Return the step that is meant; the server's own may have no resources yet.

        Raises:
            UnknownStepError: nothing is like it.
        """
        own = self.own_step
        if typed.casefold().strip() in (own.id, own.title.casefold()):
            return laid.curriculum.step(own.id) or own
        return self._curricula.step(laid.curriculum, typed)

    async def resources(self, guild_id: int, typed: str) -> list[Choice]:
        """Return what fits, hidden ones first; for nothing typed, what the server changed."""
        laid = await self._curricula.laid(self._db, guild_id)
        curriculum = laid.curriculum
        if typed.strip():
            hits = await self._curricula.search(self._db, guild_id, typed)
            shown = [r for hit in hits if (r := curriculum.get(hit.key)) is not None]
        else:
            base = self._curricula.base.by_key
            shown = sorted(curriculum.by_key.values(), key=lambda r: base.get(r.key) == r)
        places = [(r, True) for r in _found(laid.removed, typed)[:MOST_HIDDEN]]
        places += [(r, False) for r in shown]
        return [
            Choice(r, curriculum.step(r.step_id), removed) for r, removed in places[:MOST_CHOICES]
        ]

    async def prerequisites(self, guild_id: int, resource: str, typed: str = "") -> list[Choice]:
        """Return what the named resource waits for, as far as it fits what is typed."""
        laid = await self._curricula.laid(self._db, guild_id)
        try:
            meant = await self.named(self._db, guild_id, laid, resource)
        except ReaderError:
            return []
        found = [r for key in meant.prerequisites if (r := laid.find(key)) is not None]
        wanted = typed.casefold().strip()
        found = [r for r in found if wanted in r.title.casefold()] or found
        return [Choice(r, laid.curriculum.step(r.step_id), removed=False) for r in found]

    async def steps(self, guild_id: int, typed: str) -> list[Step]:
        """Return the steps that fit what is typed, the server's own before the others."""
        laid = await self._curricula.laid(self._db, guild_id)
        found = self._curricula.steps_like(laid.curriculum, typed)
        if self.own_step.title.casefold().startswith(typed.casefold().strip()):
            found = [self.own_step, *(step for step in found if step.id != self.own_step.id)]
        return found[:MOST_CHOICES]


def _found(removed: Mapping[str, Resource], typed: str) -> list[Resource]:
    if not typed.strip():
        return list(removed.values())
    index = SearchIndex(names_of(each) for each in removed.values())
    return [removed[hit.key] for hit in search([index], typed, link=link_in(typed))]
