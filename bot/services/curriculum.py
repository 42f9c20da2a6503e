"""What a server sees of the list, with its fuzzy search; and what the list ever held."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import Addition, Laid, guild_of, lay_over
from bot.core.curriculum.links import canonical, link_in
from bot.core.lists import Choice, Place, Where, where_of
from bot.core.recommend import Meant
from bot.core.search import Hit, names_side_by_side, reads_like, search
from bot.core.search.index import (
    SearchIndex,
    document_of_step,
    documents_of,
    index_of,
    index_of_steps,
    names_of,
)
from bot.core.search.words import fold, names_in, words
from bot.errors import (
    ConfigError,
    NoLongerListedError,
    TooManyNamesError,
    UnknownResourceError,
    UnknownStepError,
)
from bot.store import additions, lists, upkeep
from bot.store.additions import KnownResource
from bot.store.database import Database, Queries

CLEARLY = 15
"""The lead over the second with which the best hit of a search is what was meant."""

NOTHING = Hit("", 0)

LIKELY = 5
"""Resources offered where the typed words fit several."""

MOST_HITS = 25
"""As many as Discord offers while somebody types."""

MOST_NAMES = 25
"""Maximum names looked up at once: as many as a select can ask about."""

MOST_PIECES = 8
"""Maximum words of a text looked up for a second name."""

KEPT_LISTS = 256
"""Maximum lists kept as servers see them; the least used are laid anew when needed."""

ONLY_LIST = "only_list"
"""The note of which list there was before lists had ids."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one server sees, ready to be searched: by what is typed, nothing else is asked for.

    ``indexes`` are the base's and what differs from it, ``hidden`` the keys whose place that takes;
    ``steps`` those of its steps; ``removed`` what moderators took away, so that its name doesn't
    come to mean another.
    """

    laid: Laid
    indexes: tuple[SearchIndex, ...]
    steps: tuple[SearchIndex, ...]
    hidden: frozenset[str] = frozenset()
    removed: SearchIndex | None = None

    def search(self, typed: str, first: AbstractSet[str] | None = None) -> list[Hit]:
        """Return what fits, the best first; ``first``: keys before others that fit as well."""
        link = link_in(typed)
        return search(self.indexes, typed, MOST_HITS, without=self.hidden, first=first, link=link)

    def named(self, typed: str) -> list[Hit]:
        """Return what may be called so, the best first: not what is only about it."""
        link, without = link_in(typed), self.hidden
        return search(self.indexes, typed, MOST_HITS, without=without, link=link, by_topic=False)

    def search_all(self, typed: str) -> list[Hit]:
        """Return what fits of resources and steps, the best first."""
        link, indexes = link_in(typed), (*self.indexes, *self.steps)
        return search(indexes, typed, MOST_HITS, without=self.hidden, link=link)

    def search_removed(self, typed: str) -> list[Hit]:
        """Return what fits of what this server removed, the best first."""
        if self.removed is None:
            return []
        return search([self.removed], typed, link=link_in(typed), by_topic=False)

    def meant(self, typed: str, gone: Mapping[str, str]) -> list[Meant]:
        """Return what each of the typed names means; of one name, or a title with an "and", one.

        ``gone`` are titles of what was listed once, by key.

        Raises:
            NoLongerListedError: it is one name, of what was listed once.
            TooManyNamesError: there are more than a select could ask about.
        """
        is_link = link_in(typed) is not None
        parts = [typed] if is_link else names_in(typed)
        try:
            whole, hits = self._one(typed, gone)
        except NoLongerListedError as error:
            if fold(error.title) == fold(typed) or len(parts) < 2:
                raise
            whole, hits = Meant(typed), []
        about = whole.resource
        if about is not None and (not hits or hits[0].exact):
            return [whole]
        if len(parts) < 2:
            parts = names_side_by_side(self.indexes, typed, without=self.hidden)
        elif title := _title_like(typed, [r for r in (about, *whole.likely) if r]):
            return [Meant(typed, title)]
        if len(parts) < 2:
            others = [] if about is None or is_link else self._named_beside(about, typed)
            return [Meant(typed, likely=tuple(others)) if len(others) > 1 else whole]
        if len(parts) > MOST_NAMES:
            raise TooManyNamesError(MOST_NAMES)
        found = [self._part(part, gone) for part in parts]
        clear = {one.resource.key: one for one, _ in found if one.resource}
        if not clear and about and all(about.key in {hit.key for hit in hits} for _, hits in found):
            return [whole]
        said = [
            one.resource for one, _ in found if one.resource
        ]  # "BERT, Devlin et al., 2018" is one name
        unclear = (one for one, _ in found if one.resource is None)
        return [
            *clear.values(),
            *(one for one in unclear if not any(_is_said_of(r, one.typed) for r in said)),
        ]

    def _part(self, typed: str, gone: Mapping[str, str]) -> tuple[Meant, list[Hit]]:
        """Return what one of several names means; one of what is gone stops no other."""
        try:
            return self._one(typed, gone)
        except NoLongerListedError:
            return Meant(typed, is_gone=True), []

    def _one(self, typed: str, gone: Mapping[str, str]) -> tuple[Meant, list[Hit]]:
        """Return what the typed text means as one name, with what a search found, if one had to."""
        curriculum = self.laid.curriculum
        if (named := curriculum.get(typed)) is not None:
            return Meant(typed, named), []
        if typed in gone:
            raise NoLongerListedError(gone[typed])
        hits = self.named(typed)
        best, second = [*hits, NOTHING, NOTHING][:2]
        if not best.exact:
            for hit in self.search_removed(typed)[:1]:
                if hit.exact or (hits and hit.score > best.score):
                    raise NoLongerListedError(self.laid.removed[hit.key].title, hit.key)
        if best.exact or best.score - second.score >= CLEARLY:
            return Meant(typed, curriculum.by_key[best.key]), hits
        likely = (curriculum.get(hit.key) for hit in hits[:LIKELY])
        return Meant(typed, likely=tuple(r for r in likely if r is not None)), hits

    def _named_beside(self, found: Resource, typed: str) -> list[Resource]:
        """Return what was found in a text, and what else is named in it."""
        known = set(words(" ".join((found.title, *found.aliases, found.label, found.authors))))
        named = {found.key: found}
        pieces = dict.fromkeys(typed.replace("/", " ").split())
        for piece in islice((p for p in pieces if not set(words(p)) <= known), MOST_PIECES):
            for hit in self.named(piece)[:1]:
                if hit.exact:
                    named[hit.key] = self.laid.curriculum.by_key[hit.key]
        return list(named.values())


class CurriculumStore:
    """The base lists, each with one index shared by all, and what each server made of them.

    The first is the host's own: it counts where nobody chose another. ``place``: where somebody
    asks; without a ``list_id``, what counts there is looked up.
    """

    def __init__(self, *bases: Curriculum) -> None:
        self.base = bases[0]
        self.bases = {base.id: base for base in bases}
        self._unchanged = {
            base.id: Seen(Laid(base), (index_of(base),), (index_of_steps(base),)) for base in bases
        }
        self._laid: OrderedDict[tuple[int, str], tuple[int, Seen]] = OrderedDict()

    def at(self, where: Where, choice: Choice, key: str | None = None) -> Where:
        """Return the place with the list that counts there; ``key``: what is asked about.

        What that list doesn't have, an old card may still show from another one.
        """
        counts = self.bases.get(choice.list_at(where, key) or "", self.base)
        if key is not None and where.list_id is None and counts.find(key) is None:
            counts = next((each for each in self.bases.values() if each.find(key)), counts)
        return replace(where, list_id=counts.id)

    async def place(self, db: Queries, place: Place) -> tuple[Where, int]:
        """Return the place with the list that counts there, and the version of its server's."""
        where = where_of(place)
        choice, version = await lists.choice(db, where.guild_id)
        return self.at(where, choice), version

    async def of(self, db: Queries, place: Place, version: int | None = None) -> Curriculum:
        """Return the list that is seen at a place.

        ``version``: of its server's lists, where that was read already.
        """
        return (await self.seen(db, place, version)).laid.curriculum

    async def resource(self, db: Queries, place: Place, key: str) -> Resource:
        """Return the resource with this key, or a former one.

        Raises:
            NoLongerListedError: it was listed once, or this server removed it.
            UnknownResourceError: it never was, or another server added it.
        """
        if (found := (await self.of(db, place)).get(key)) is not None:
            return found
        if (title := (await self._gone(db, place, [key])).get(key)) is not None:
            raise NoLongerListedError(title)
        raise UnknownResourceError(key)

    async def _gone(self, db: Queries, place: Place, keys: Iterable[str]) -> dict[str, str]:
        """Return the titles of the keys that another server's are not, and that meant something."""
        ours = [key for key in keys if guild_of(key) in (None, where_of(place).guild_id)]
        past = await additions.known_resources_by_key(db, ours)
        listed = ((key, base.get(key)) for key in ours for base in self.bases.values())
        hidden = {key: found.title for key, found in listed if found is not None}
        return {key: found.title for key, found in past.items()} | hidden

    def is_listed(self, key: str) -> bool:
        """Tell whether a base list has a resource with this key, or with a former one."""
        return any(base.get(key) is not None for base in self.bases.values())

    def step(self, steps: Sequence[Step], typed: str) -> Step:
        """Return the step with this id, number or title, in that order; else the likeliest.

        Raises:
            UnknownStepError: nothing is like it.
        """
        found = self.step_called(steps, typed)
        likeliest = [found] if found else self.steps_like(steps, typed)
        if not likeliest:
            raise UnknownStepError(typed, tuple((step.id, step.title) for step in steps))
        return likeliest[0]

    def step_called(self, steps: Sequence[Step], typed: str) -> Step | None:
        """Return the step with this id, number or title, in that order; None: there is none."""
        by_name = {
            getattr(step, name).casefold(): step
            for name in ("title", "number", "id")
            for step in reversed(steps)
        }
        named = typed.casefold().strip()
        return by_name.get(named) if named else None

    def steps_like(self, steps: Sequence[Step], typed: str) -> list[Step]:
        """Return the steps that fit what is typed, the best first; all of them for nothing."""
        if not typed.strip():
            return list(steps[:MOST_HITS])
        by_key = {step.key: step for step in steps}
        index = SearchIndex(map(document_of_step, steps))
        return [by_key[hit.key] for hit in search([index], typed, MOST_HITS)]

    async def named(self, db: Queries, place: Place, typed: str) -> Resource:
        """Return what the typed text means: a key, or words that fit one resource clearly.

        Raises:
            UnknownResourceError: nothing fits, or several do; it names the likeliest.
            NoLongerListedError: it was listed once.
        """
        meant = await self.meant(db, place, typed)
        if len(meant) == 1 and meant[0].resource is not None:
            return meant[0].resource
        likely = (r for one in meant for r in ([one.resource] if one.resource else one.likely))
        titles = {resource.key: resource.title for resource in likely}
        raise UnknownResourceError(typed, tuple(titles.items())[:MOST_NAMES])

    async def meant(self, db: Queries, place: Place, typed: str) -> list[Meant]:
        """Return what each of the typed names means; of one name, or a title with an "and", one.

        Raises:
            NoLongerListedError: it is one name, of what was listed once.
            TooManyNamesError: there are more than a select could ask about.
        """
        seen = await self.seen(db, place)
        keys = {name for name in (typed, *names_in(typed)) if ":" in name}
        gone = await self._gone(db, place, keys - seen.laid.curriculum.by_key.keys())
        return seen.meant(typed, gone)

    async def search(
        self,
        db: Queries,
        place: Place,
        query: str,
        *,
        first: AbstractSet[str] | None = None,
    ) -> list[Hit]:
        """Return what fits, the best first; ``first``: keys before others that fit as well."""
        return (await self.seen(db, place)).search(query, first)

    async def search_all(self, db: Queries, place: Place, query: str) -> list[Hit]:
        """Return what fits of resources and steps, the best first."""
        return (await self.seen(db, place)).search_all(query)

    async def seen(self, db: Queries, place: Place, version: int | None = None) -> Seen:
        """Return what was laid for the version of the server's lists, or lay it.

        The version is read with every use, and before the additions: what another process
        writes in between is laid too early, never too late.
        """
        where = where_of(place)
        if version is None or where.list_id is None:
            where, version = await self.place(db, where)
        guild_id, list_id = where.guild_id, where.list_id or self.base.id
        if guild_id is None or not version:
            return self._unchanged[list_id]
        kept = self._laid.get((guild_id, list_id))
        if kept is None or kept[0] != version:
            rows = await additions.additions_of(db, guild_id, list_id)
            kept = (version, self._lay(self.bases[list_id], rows, guild_id))
            self._laid[guild_id, list_id] = kept
        self._laid.move_to_end((guild_id, list_id))
        while len(self._laid) > KEPT_LISTS:
            self._laid.popitem(last=False)
        return kept[1]

    def _lay(self, base: Curriculum, rows: list[Addition], guild_id: int) -> Seen:
        laid, unchanged = lay_over(base, rows, guild_id), self._unchanged[base.id]
        if laid.curriculum is base:
            return unchanged
        present = laid.curriculum.by_key
        hidden = {key for key, found in base.by_key.items() if present.get(key) != found}
        changed = documents_of(laid.curriculum, without=base.by_key.keys() - hidden)
        gone = laid.removed.values()
        removed = SearchIndex(names_of(each) for each in gone) if gone else None
        own = [each for each in laid.curriculum.steps if base.step(each.id) is None]
        steps = [SearchIndex(map(document_of_step, own))] if own else []
        indexes = (*unchanged.indexes, SearchIndex(changed))
        return Seen(laid, indexes, (*unchanged.steps, *steps), frozenset(hidden), removed)

    async def remember(self, db: Database, now: datetime) -> None:
        """Bring the record of all that was ever listed up to date with the base lists.

        What was about the only list there was, before lists had ids, gets its id.

        Raises:
            ConfigError: a key comes back with another link: its readers read something else.
        """
        async with db.migrating() as tx:  # two starts at once tell what each found, in turn
            if await upkeep.setting(tx, ONLY_LIST) is None:
                only = await lists.only_list(tx) or self.base.id
                await lists.name_only_list(tx, only)
                await upkeep.set_setting(tx, ONLY_LIST, only)
            for base in self.bases.values():
                await _remember(tx, base, now)


async def _remember(tx: Queries, base: Curriculum, now: datetime) -> None:
    listed = {r.key: KnownResource(r.key, r.title, r.url) for r in base.by_key.values()}
    recorded = await additions.known_resources(tx, base.id)
    _refuse_reused_keys(recorded, base)
    news = (listed[key] for key in sorted(listed) if recorded.get(key) != listed[key])
    await additions.keep_known(tx, news)
    gone = (r for r in recorded.values() if r.key not in listed)
    await additions.set_gone(tx, [r.key for r in gone if r.gone_at is None], now)


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


def _is_said_of(resource: Resource, typed: str) -> bool:
    """Tell whether the text names an author or the year of a resource, and nothing else."""
    known = f"{resource.authors} {resource.year} {resource.kind}"
    return set(words(typed)) <= set(words(known))
