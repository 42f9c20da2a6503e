"""What a server sees of the list, with its fuzzy search; and what the list ever held."""

from collections import OrderedDict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import Addition, Laid, lay_over, namespace_of
from bot.core.curriculum.links import canonical, link_in
from bot.core.reading import Meant
from bot.core.search import Hit, names_side_by_side, reads_like, search
from bot.core.search.index import Document, SearchIndex, documents_of, index_of, names_of
from bot.core.search.words import fold, names_in, words
from bot.errors import (
    ConfigError,
    NoLongerListedError,
    TooManyNamesError,
    UnknownResourceError,
    UnknownStepError,
)
from bot.store import additions, known
from bot.store.database import Database, Queries
from bot.store.known import KnownResource

CLEARLY = 15
"""The lead over the second with which the best hit of a search is what was meant."""

LIKELY = 5
"""Resources offered where the typed words fit several."""

MOST_HITS = 25
"""As many as Discord offers while somebody types."""

MOST_NAMES = 25
"""Maximum names looked up at once: as many as a select can ask about."""

MOST_PIECES = 8
"""Maximum words of a text looked up for a second name."""

KEPT_SERVERS = 256
"""Maximum servers whose additions are kept laid out; the least used are laid anew when needed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one server sees, ready to be searched.

    ``index`` holds what differs from the base, ``hidden`` the keys it takes the place of;
    ``removed`` what moderators took away, so that its name doesn't come to mean another.
    """

    laid: Laid
    index: SearchIndex | None = None
    hidden: frozenset[str] = frozenset()
    removed: SearchIndex | None = None


class CurriculumStore:
    """One base curriculum with one index, shared by all, and each server's additions over it."""

    def __init__(self, base: Curriculum) -> None:
        self.base = base
        self._index = index_of(base)
        self._unchanged = Seen(Laid(base))
        self._laid: OrderedDict[int, tuple[int, Seen]] = OrderedDict()

    async def of(self, db: Queries, guild_id: int | None) -> Curriculum:
        """Return what this server sees; None: a DM, or a server the bot isn't in."""
        return (await self.laid(db, guild_id)).curriculum

    async def laid(self, db: Queries, guild_id: int | None) -> Laid:
        """Return what this server sees, with what it hides and what had to be set aside."""
        return (await self._seen(db, guild_id)).laid

    async def resource(self, db: Queries, guild_id: int | None, key: str) -> Resource:
        """Return the resource with this key, or a former one.

        Raises:
            NoLongerListedError: it was listed once, or this server removed it.
            UnknownResourceError: it never was, or another server added it.
        """
        if (found := (await self.of(db, guild_id)).get(key)) is not None:
            return found
        if (hidden := self.base.get(key)) is not None:
            raise NoLongerListedError(hidden.title)
        is_ours = not self._is_another_servers(key, guild_id)
        if is_ours and (gone := await known.known_resources_by_key(db, [key])):
            raise NoLongerListedError(gone[key].title)
        raise UnknownResourceError(key)

    def _is_another_servers(self, key: str, guild_id: int | None) -> bool:
        namespace = key.partition(":")[0]
        own = (self.base.id, *([] if guild_id is None else [namespace_of(guild_id)]))
        return namespace not in own and namespace[:1] == "g" and namespace[1:].isdigit()

    def step(self, curriculum: Curriculum, typed: str) -> Step:
        """Return the step with this id, number or title, in that order; else the likeliest.

        Raises:
            UnknownStepError: nothing is like it.
        """
        wanted = typed.casefold().strip()
        named = (s for s in curriculum.steps if wanted in (s.number.casefold(), s.title.casefold()))
        found = curriculum.step(typed) or next(named, None)
        likeliest = [found] if found else self.steps_like(curriculum, typed)
        if not likeliest:
            raise UnknownStepError(typed)
        return likeliest[0]

    def steps_like(self, curriculum: Curriculum, typed: str) -> list[Step]:
        """Return the steps that fit what is typed, the best first; all of them for nothing."""
        if not typed.strip():
            return list(curriculum.steps[:MOST_HITS])
        steps = curriculum.steps
        documents = [Document(s.id, s.title, (s.number,) if s.number else ()) for s in steps]
        hits = search([SearchIndex(documents)], typed, MOST_HITS)
        return [step for hit in hits if (step := curriculum.step(hit.key))]

    async def named(self, db: Queries, guild_id: int | None, typed: str) -> Resource:
        """Return what the typed text means: a key, or words that fit one resource clearly.

        Raises:
            UnknownResourceError: nothing fits, or several do; it names the likeliest.
            NoLongerListedError: it was listed once.
        """
        meant = await self.meant(db, guild_id, typed)
        if len(meant) == 1 and meant[0].resource is not None:
            return meant[0].resource
        likely = (r for one in meant for r in ([one.resource] if one.resource else one.likely))
        titles = {resource.key: resource.title for resource in likely}
        raise UnknownResourceError(typed, tuple(titles.items())[:MOST_NAMES])

    async def meant(self, db: Queries, guild_id: int | None, typed: str) -> list[Meant]:
        """Return what each of the typed names means; of one name, or a title with an "and", one.

        Raises:
            NoLongerListedError: it is one name, of what was listed once.
            TooManyNamesError: there are more than a select could ask about.
        """
        try:
            whole, hits = await self._one(db, guild_id, typed)
        except NoLongerListedError as error:
            if fold(error.title) == fold(typed) or len(names_in(typed)) < 2 or link_in(typed):
                raise
            whole, hits = Meant(typed), []
        if whole.resource is not None and (not hits or hits[0].exact):
            return [whole]
        parts = [typed] if link_in(typed) else names_in(typed)
        if len(parts) < 2:
            seen = await self._seen(db, guild_id)
            parts = names_side_by_side(self._indexes(seen), typed, without=seen.hidden)
        elif title := _title_like(typed, [r for r in (whole.resource, *whole.likely) if r]):
            return [Meant(typed, title)]
        if len(parts) < 2:
            others = await self._named_beside(db, guild_id, whole.resource, typed)
            likely = tuple(r for r in (whole.resource, *others) if r is not None)
            return [Meant(typed, likely=likely) if others else whole]
        if len(parts) > MOST_NAMES:
            raise TooManyNamesError(MOST_NAMES)
        found = [await self._part(db, guild_id, part) for part in parts]
        clear = {one.resource.key: one for one, _ in found if one.resource is not None}
        about = whole.resource
        if not clear and about and all(about.key in {hit.key for hit in hits} for _, hits in found):
            return [whole]
        unclear = [one for one, _ in found if one.resource is None]
        said = [one.resource for one in clear.values()]  # "BERT, Devlin et al., 2018" is one name
        unclear = [one for one in unclear if not any(_is_said_of(r, one.typed) for r in said)]
        return [*clear.values(), *unclear]

    async def _part(self, db: Queries, guild_id: int | None, typed: str) -> tuple[Meant, list[Hit]]:
        """Return what one of several names means; one of what is gone stops no other."""
        try:
            return await self._one(db, guild_id, typed)
        except NoLongerListedError:
            return Meant(typed, is_gone=True), []

    async def _one(self, db: Queries, guild_id: int | None, typed: str) -> tuple[Meant, list[Hit]]:
        """Return what the typed text means as one name, with what a search found, if one had to."""
        if ":" in typed:
            with suppress(UnknownResourceError):  # a title may have a colon too
                return Meant(typed, await self.resource(db, guild_id, typed)), []
        hits = await self.search(db, guild_id, typed)
        if gone := await self._removed(db, guild_id, typed, hits):
            raise NoLongerListedError(gone.title, gone.key)
        second = hits[1].score if len(hits) > 1 else 0
        if hits and (hits[0].exact or hits[0].score - second >= CLEARLY):
            return Meant(typed, await self.resource(db, guild_id, hits[0].key)), hits
        curriculum = await self.of(db, guild_id)
        likely = (curriculum.get(hit.key) for hit in hits[:LIKELY])
        return Meant(typed, likely=tuple(r for r in likely if r is not None)), hits

    async def _named_beside(
        self, db: Queries, guild_id: int | None, found: Resource | None, typed: str
    ) -> list[Resource]:
        """Return what else is named in the text that was taken for one resource."""
        if found is None or link_in(typed):
            return []
        known = set(words(" ".join((found.title, *found.aliases, found.label, found.authors))))
        others: dict[str, Resource] = {}
        pieces = dict.fromkeys(typed.replace("/", " ").split())
        for piece in islice((p for p in pieces if not set(words(p)) <= known), MOST_PIECES):
            hits = await self.search(db, guild_id, piece)
            if hits and hits[0].exact and hits[0].key != found.key:
                others[hits[0].key] = await self.resource(db, guild_id, hits[0].key)
        return list(others.values())

    async def _removed(
        self, db: Queries, guild_id: int | None, typed: str, hits: list[Hit]
    ) -> Resource | None:
        """Return what this server removed, where that is what the typed text means."""
        seen = await self._seen(db, guild_id)
        if seen.removed is None or (hits and hits[0].exact):
            return None
        found = search([seen.removed], typed, 1, link=link_in(typed))
        is_meant = found and (found[0].exact or (hits and found[0].score > hits[0].score))
        return seen.laid.removed.get(found[0].key) if is_meant else None

    async def search(
        self,
        db: Queries,
        guild_id: int | None,
        query: str,
        *,
        first: AbstractSet[str] | None = None,
    ) -> list[Hit]:
        """Return what fits, the best first; ``first``: keys before others that fit as well."""
        seen = await self._seen(db, guild_id)
        indexes, hidden, link = self._indexes(seen), seen.hidden, link_in(query)
        return search(indexes, query, MOST_HITS, without=hidden, first=first, link=link)

    def _indexes(self, seen: Seen) -> list[SearchIndex]:
        return [self._index] if seen.index is None else [self._index, seen.index]

    async def _seen(self, db: Queries, guild_id: int | None) -> Seen:
        """Return what was laid for the server's version, or lay it.

        The version is read with every use, and before the additions: what another process
        writes in between is laid too early, never too late.
        """
        version = 0 if guild_id is None else await additions.version(db, guild_id)
        if guild_id is None or version == 0:
            return self._unchanged
        kept = self._laid.get(guild_id)
        if kept is None or kept[0] != version:
            kept = (version, self._lay(await additions.additions_of(db, guild_id), guild_id))
            self._laid[guild_id] = kept
        self._laid.move_to_end(guild_id)
        while len(self._laid) > KEPT_SERVERS:
            self._laid.popitem(last=False)
        return kept[1]

    def _lay(self, rows: list[Addition], guild_id: int) -> Seen:
        laid = lay_over(self.base, rows, guild_id)
        present = laid.curriculum.by_key
        hidden = {key for key, found in self.base.by_key.items() if present.get(key) != found}
        changed = documents_of(laid.curriculum, without=self.base.by_key.keys() - hidden)
        gone = laid.removed.values()
        removed = SearchIndex(names_of(each) for each in gone)
        return Seen(laid, SearchIndex(changed), frozenset(hidden), removed if gone else None)

    async def remember(self, db: Database, now: datetime) -> None:
        """Bring the record of all that was ever listed up to date with the base curriculum.

        Raises:
            ConfigError: a key comes back with another link: its readers read something else.
        """
        listed = {r.key: KnownResource(r.key, r.title, r.url) for r in self.base.by_key.values()}
        async with db.migrating() as tx:  # two starts at once tell what each found, in turn
            recorded = await known.known_resources(tx, self.base.id)
            _refuse_reused_keys(recorded, self.base)
            news = (listed[key] for key in sorted(listed) if recorded.get(key) != listed[key])
            await known.keep_known(tx, news)
            gone = (r for r in recorded.values() if r.key not in listed)
            await known.set_gone(tx, [r.key for r in gone if r.gone_at is None], now)


def _refuse_reused_keys(recorded: Mapping[str, KnownResource], base: Curriculum) -> None:
    for key, old in recorded.items():
        resource = base.by_key.get(key)
        if resource is None or old.gone_at is None:
            continue
        if old.link not in {canonical(url) or url for url in resource.urls}:
            slug = key.partition(":")[2]
            raise ConfigError(
                f"The list's `{slug}` was “{old.title}” ({old.url}) before it left the list:"
                " whoever read that would count as having read the new one. Give the new one"
                " another id."
            )


def _title_like(typed: str, resources: list[Resource]) -> Resource | None:
    """Return the only resource with this title, allowing typos; None if there isn't exactly one."""
    found = [r for r in resources if any(reads_like(typed, name) for name in (r.title, *r.aliases))]
    return found[0] if len(found) == 1 else None


def _is_said_of(resource: Resource | None, typed: str) -> bool:
    """Tell whether the text names an author or the year of a resource, and nothing else."""
    known = f"{resource.authors} {resource.year} {resource.kind}" if resource else ""
    return set(words(typed)) <= set(words(known))
