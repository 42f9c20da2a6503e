"""What readers look for in the list: by a word, by what is like something, while they type."""

from dataclasses import dataclass

from bot.core.curriculum import Resource, Step
from bot.core.curriculum.additions import guild_of
from bot.core.lists import Place
from bot.core.progress import unlocks
from bot.core.recommend import Found, Suggestion, similar_to
from bot.core.search import Hit
from bot.core.search.words import names_in
from bot.services.curriculum import CurriculumStore
from bot.services.readers import ReaderHere, Readers
from bot.store import groups as group_rows
from bot.store.database import Database

MOST_OFFERED = 25
"""As many as Discord shows while somebody types."""


@dataclass
class Finding:
    """Searches the list as a reader sees it; nothing is changed."""

    _db: Database
    _readers: Readers
    _curricula: CurriculumStore

    async def all_named(self, reader_id: int, place: Place, typed: str) -> tuple[Resource, ...]:
        """Return what `/done` would mark of several names; nothing if one of them is unclear."""
        here = await self._readers.here(self._db, reader_id, place, typed)
        meant = await self._curricula.meant(self._db, here.where, typed)
        found = tuple(one.resource for one in meant if one.resource is not None)
        return found if len(found) == len(meant) > 1 else ()

    async def next_named(
        self, reader_id: int, place: Place, typed: str
    ) -> tuple[list[str], list[Suggestion]]:
        """Return the names that are typed before the last of several, and what fits the last."""
        here = await self._readers.here(self._db, reader_id, place)
        *before, last = [*names_in(typed), *([""] if typed.rstrip().endswith(",") else [])] or [""]
        if before and last and len(await self._curricula.meant(self._db, here.where, typed)) == 1:
            before, last = [], typed  # a title with an "and"
        return before, await self.suggestions(reader_id, place, last)

    async def find(self, reader_id: int, place: Place, query: str) -> Found:
        """Search the list as this reader sees it here: its resources and its steps."""
        here = used = await self._readers.here(self._db, reader_id, place)
        chosen = here.curriculum.find(query)
        found, is_exact = [chosen] if chosen else [], True
        if chosen is None:
            hits = await self._curricula.search_all(self._db, here.where, query)
            if not hits:
                here, hits = await self._elsewhere(here, query)
            # A moderator may have changed the list between the two readings.
            found = [one for hit in hits if (one := here.curriculum.find(hit.key)) is not None]
            certain = [hit.key for hit in hits if hit.exact]
            names_one = bool(found) and isinstance(found[0], Resource) and certain == [hits[0].key]
            is_exact = len(found) == 1 or names_one
        exact = found[0] if is_exact else None
        shown = (
            await self._readers.shown(self._db, here, exact)
            if isinstance(exact, Resource)
            else exact
        )
        await self._readers.use(self._db, used, place)  # after all is read, as of one moment
        return Found(here.curriculum, here.reader, query, found, shown)

    async def similar(self, reader_id: int, place: Place, key: str) -> Found:
        """Return what is about the same as a resource, the most alike first."""
        here = await self._readers.here(self._db, reader_id, place, key)
        resource = await self._readers.resource(self._db, here, key)
        found: list[Resource | Step] = [*similar_to(here.curriculum, resource)]
        own = here.from_guild
        if own is not None and not await group_rows.is_in_guild(self._db, own, reader_id):
            found = [each for each in found if guild_of(each.key) is None]
        from_guild, curriculum = here.from_guild, here.curriculum
        return Found(curriculum, here.reader, "", found, similar_to=resource, from_guild=from_guild)

    async def suggestions(
        self, reader_id: int, place: Place, typed: str, *, undone: bool = False
    ) -> list[Suggestion]:
        """Return what fits while somebody types; for nothing typed, what they may want.

        ``undone``: what isn't read yet goes first, the current one before all.
        """
        here = await self._readers.here(self._db, reader_id, place)
        curriculum = here.curriculum
        if typed.strip():
            unread = {key for key in curriculum.by_key if not unlocks(here.reader.marks, key)}
            first = unread if undone else None
            hits = await self._curricula.search(self._db, here.where, typed, first=first)
            if not hits:
                here, hits = await self._elsewhere(here, typed)
                curriculum = here.curriculum
            found = [r for hit in hits if (r := curriculum.get(hit.key)) is not None]
        else:
            found = _wanted(here)
        return [here.suggested(resource) for resource in found]

    async def offers(self, reader_id: int, place: Place, typed: str) -> list[Suggestion | Step]:
        """Return the resources and steps that fit while one types; at first, what they may want."""
        if not typed.strip():
            return [*await self.suggestions(reader_id, place, typed)]
        here = await self._readers.here(self._db, reader_id, place)
        hits = await self._curricula.search_all(self._db, here.where, typed)
        if not hits:
            here, hits = await self._elsewhere(here, typed)
        found = [one for hit in hits if (one := here.curriculum.find(hit.key)) is not None]
        return [one if isinstance(one, Step) else here.suggested(one) for one in found]

    async def _elsewhere(self, here: ReaderHere, query: str) -> tuple[ReaderHere, list[Hit]]:
        """Return what fits in another list in sight, with the reader there; else nothing, here."""
        async for other in self._readers.others(self._db, here):
            if hits := await self._curricula.search_all(self._db, other.where, query):
                return other, hits
        return here, []

    async def step_id(self, reader_id: int, place: Place, typed: str) -> str:
        """Return the id of the step that is meant, or raise UnknownStepError."""
        here = await self._readers.here(self._db, reader_id, place)
        return self._curricula.step(here.curriculum.steps, typed).id

    async def steps(self, reader_id: int, place: Place, typed: str) -> list[Step]:
        """Return the steps that fit what is typed; all of them for nothing."""
        here = await self._readers.here(self._db, reader_id, place)
        return self._curricula.steps_like(here.curriculum.steps, typed)


def _wanted(here: ReaderHere) -> list[Resource]:
    """Return the current resource, the list, then additions: first what can be read now."""
    order = sorted((*here.ready, *here.curriculum.reading_order), key=lambda r: r.addition)
    unread = [r for r in order if not unlocks(here.reader.marks, r.key)]
    return list(dict.fromkeys([*([here.current] if here.current else []), *unread]))[:MOST_OFFERED]
