"""What a server sees of the list, with its fuzzy search; and what the list ever held."""

import asyncio
from collections import ChainMap, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Self

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import (
    OWN_STEP_NAMES,
    OWN_STEP_TITLE,
    Addition,
    Laid,
    guild_of,
    lay_over,
    namespace_of,
    own_resource,
)
from bot.core.curriculum.fields import Fields
from bot.core.curriculum.identity import (
    from_json,
    keys_by_link,
    pages_of,
    rekeyed,
    remembering,
    with_facts,
    with_mirrors,
    with_others,
)
from bot.core.curriculum.links import canonical, link_in
from bot.core.link_checks import mirror_of
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
KEPT_RESOURCES = 15_000
"""Maximum lists kept as servers see them, and resources in them beside the host's own lists.

The least used are laid anew when needed.
"""

LAID_AT_ONCE = 100
"""Resources that are laid or indexed at once: more would hold up all other answers."""

ONLY_LIST = "only_list"
"""The note of which list there was before lists had ids."""

HOSTS_OWN = "default_list"
"""The note of which base list counts where nobody chose: a file that is added moves nobody."""


LaidFor = tuple[int, Mapping[str, str]]
"""The version of the server's lists, and the mirrors of dead links."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What one server sees, ready to be searched: by what is typed, nothing else is asked for.

    ``base``: the list without what the server says of it; ``unchanged``: that list as it is seen by
    all who changed nothing, whose index serves the others as well. ``is_hosts``: this is that one.
    Indexes are made when first asked for.
    """

    base: Curriculum
    laid: Laid
    unchanged: "Seen | None" = None
    is_hosts: bool = False

    @cached_property
    def hidden(self) -> frozenset[str]:
        """What the shared index has otherwise, or what isn't seen."""
        shared, present = self._shared, self.laid.curriculum.by_key
        return frozenset(key for key, found in shared.items() if present.get(key) != found)

    @property
    def weight(self) -> int:
        """About how many resources are kept for it alone."""
        return len(self.hidden) + len(self.laid.curriculum.by_key) - len(self._shared)

    async def searchable(self) -> Self:
        """Return it with its indexes; a long list's are made beside all else."""
        if self.weight > LAID_AT_ONCE and "indexes" not in self.__dict__:
            await asyncio.to_thread(lambda: (self.indexes, self.steps, self.removed))
        return self

    @property
    def _shared(self) -> Mapping[str, Resource]:
        return self.unchanged.laid.curriculum.by_key if self.unchanged else {}

    @cached_property
    def indexes(self) -> tuple[SearchIndex, ...]:
        """The shared index, and what differs from it."""
        if self.is_hosts:
            return (index_of(self.base),)
        without = self._shared.keys() - self.hidden
        own = SearchIndex(documents_of(self.laid.curriculum, without=without))
        return (*self.unchanged.indexes, own) if self.unchanged else (own,)

    @cached_property
    def steps(self) -> tuple[SearchIndex, ...]:
        """The same for steps."""
        if self.is_hosts:
            return (index_of_steps(self.base),)
        shared = self.unchanged.laid.curriculum if self.unchanged else None
        listed = self.laid.curriculum.steps
        own = [each for each in listed if shared is None or shared.step(each.id) is None]
        of_own = [SearchIndex(map(document_of_step, own))] if own else []
        return (*(self.unchanged.steps if self.unchanged else ()), *of_own)

    @cached_property
    def removed(self) -> SearchIndex | None:
        """What moderators took away, so that its name doesn't come to mean another."""
        gone = self.laid.removed.values()
        return SearchIndex(names_of(each) for each in gone) if gone else None

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
            return Meant(typed, named, is_exact=True), []
        if typed in gone:
            raise NoLongerListedError(gone[typed])
        hits = self.named(typed)
        best, second = [*hits, NOTHING, NOTHING][:2]
        if not best.exact:
            for hit in self.search_removed(typed)[:1]:
                if hit.exact or (hits and hit.score > best.score):
                    raise NoLongerListedError(self.laid.removed[hit.key].title, hit.key)
        if best.exact or best.score - second.score >= CLEARLY:
            return Meant(typed, curriculum.by_key[best.key], is_exact=best.exact), hits
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
        self._mirrors: Mapping[str, str] = {}
        self._put(bases)
        self._gone_from_bases: list[KnownResource] = []
        self._laid: OrderedDict[tuple[int, str], tuple[LaidFor, Seen]] = OrderedDict()

    def note_dead(self, links: Iterable[str]) -> None:
        """Let each resource with a dead link say where its page may be had, from now on."""
        mirrors = {link: mirror for link in links if (mirror := mirror_of(link))}
        if mirrors != self._mirrors:
            self._mirrors = mirrors
            self._see_unchanged()

    def _put(self, bases: Sequence[Curriculum]) -> None:
        self.base = bases[0]
        self.bases = {base.id: base for base in bases}
        self._everything = {key: r for base in bases[::-1] for key, r in base.by_key.items()}
        self.links = keys_by_link(bases)
        self._see_unchanged()

    def _see_unchanged(self) -> None:
        self._unchanged = {
            base.id: Seen(base, Laid(with_mirrors(base, self._mirrors)), is_hosts=True)
            for base in self.bases.values()
        }
        for each in self._unchanged.values():  # now, not at the first search
            each.search_all("")

    def titles(self, choice: Choice) -> dict[str, str]:
        """Return the titles of all lists in sight, the host's first, by id."""
        return {base.id: base.title for base in self.bases.values()} | dict(choice.own)

    def at(self, where: Where, choice: Choice, key: str | None = None) -> Where:
        """Return the place with the list that counts there; ``key``: what is asked about.

        A server's own list is seen from its server, also in direct messages.
        """
        list_id = choice.list_at(where, self.titles(choice), key) or self.base.id
        return replace(where, guild_id=guild_of(list_id) or where.guild_id, list_id=list_id)

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

    async def having(self, db: Queries, place: Place, keys: Iterable[str]) -> Curriculum:
        """Return the list at a place; beside it, what of these only another list in sight has.

        What a group chose or began before it changed its list is read to its end. What the server
        removed from the list is not found in another one.
        """
        where, seen = where_of(place), await self.seen(db, place)
        listed, others = seen.laid.curriculum, dict[str, tuple[Step, Resource]]()
        lacking = [key for key in keys if seen.laid.find(key) is None]
        if not lacking:
            return listed
        choice, version = await lists.choice(db, where.guild_id)
        for list_id in self.titles(choice):
            there = self.at(replace(where, list_id=list_id), choice)
            other = await self.of(db, there, version)
            found = (resource for key in lacking if (resource := other.get(key)) is not None)
            for resource in found:
                others.setdefault(resource.key, (other.step_of(resource), resource))
        return with_others(listed, others.values()) if others else listed

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

    def elsewhere(self, link: str) -> Resource | None:
        """Return what the host's lists have under a canonical link."""
        return self._everything.get(self.links.get(link, ""))

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
            fold(getattr(step, name)): step
            for name in ("title", "number", "id")
            for step in reversed(steps)
        }
        named, ours = fold(typed).strip(), map(fold, OWN_STEP_NAMES)
        if named not in by_name and named in ours:
            named = fold(OWN_STEP_TITLE)
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

    async def all_named(self, db: Queries, place: Place, typed: str) -> list[Resource]:
        """Return what each of the typed names means, each resource once.

        Raises:
            UnknownResourceError: it tells of the first name that isn't clear.
            NoLongerListedError: one of them was listed once.
            TooManyNamesError: there are more than anybody can mean.
        """
        meant = await self.meant(db, place, typed)
        for one in meant:
            if one.is_gone:
                raise NoLongerListedError(one.typed)
            if one.resource is None:
                likely = tuple((resource.key, resource.title) for resource in one.likely)
                raise UnknownResourceError(one.typed, likely)
        found = (one.resource for one in meant if one.resource is not None)
        return list({resource.key: resource for resource in found}.values())

    async def meant(self, db: Queries, place: Place, typed: str) -> list[Meant]:
        """Return what each of the typed names means; of one name, or a title with an "and", one.

        Raises:
            NoLongerListedError: it is one name, of what was listed once.
            TooManyNamesError: there are more than a select could ask about.
        """
        seen = await (await self.seen(db, place)).searchable()
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
        return (await (await self.seen(db, place)).searchable()).search(query, first)

    async def search_all(self, db: Queries, place: Place, query: str) -> list[Hit]:
        """Return what fits of resources and steps, the best first."""
        return (await (await self.seen(db, place)).searchable()).search_all(query)

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
        kept, laid_for = self._laid.get((guild_id, list_id)), (version, self._mirrors)
        if kept is None or kept[0] != laid_for:
            base = self.bases.get(list_id) or await lists.current(db, guild_id, list_id)
            rows = await additions.additions_of(db, guild_id, list_id)
            ever = await additions.known_resources(db, namespace_of(guild_id))
            large = not isinstance(base, Curriculum) or len(rows) > LAID_AT_ONCE
            given = base, rows, guild_id, tuple(ever.values())
            # What takes long is done beside all else; two may do it at once, to no harm.
            seen = await asyncio.to_thread(self._lay, *given) if large else self._lay(*given)
            kept = self._keep((guild_id, list_id), laid_for, seen)
        self._laid.move_to_end((guild_id, list_id))
        return kept[1]

    def _keep(self, at: tuple[int, str], laid_for: LaidFor, seen: Seen) -> tuple[LaidFor, Seen]:
        """Keep what was laid, and let go of what wasn't used for longest."""
        self._laid.pop(at, None)
        self._laid[at] = kept = (laid_for, seen)
        weight = sum(each.weight for _version, each in self._laid.values())
        while len(self._laid) > 1 and (len(self._laid) > KEPT_LISTS or weight > KEPT_RESOURCES):
            _at, (_version, gone) = self._laid.popitem(last=False)
            weight -= gone.weight
        return kept

    def _own(self, title: str, text: str) -> Curriculum:
        """Return a server's own list, with what the base lists say of the same resources today.

        What a base list has come to hold is known by that list's key.
        """
        own = replace(from_json(text), title=title)
        known = {
            resource.key: next((self.links[p] for p in pages_of(resource) if p in self.links), "")
            for resource in own.by_key.values()
            if resource.key not in self._everything
        }
        own = rekeyed(own, {key: heir for key, heir in known.items() if heir}, keep_former=True)
        return self.with_facts(own)

    def with_facts(
        self, listed: Curriculum, said: Mapping[str, Fields] = MappingProxyType({})
    ) -> Curriculum:
        """Return a list with what the base lists say of the same resources today.

        ``said``: what a server says of them, by key.
        """
        there = {key: self._everything[key] for key in said if key in self._everything}
        own = {
            key: own_resource(key, said[key], known.step_id, known) for key, known in there.items()
        }
        theirs = {key: resource for key, resource in own.items() if resource is not None}
        return with_facts(listed, ChainMap(theirs, self._everything))

    def lay(self, base: Curriculum, rows: Iterable[Addition], guild_id: int) -> Laid:
        """Return what a server sees of a list with what it says of it."""
        return lay_over(base, rows, guild_id, self._everything)

    def _lay(
        self,
        base: Curriculum | tuple[str, str],
        rows: list[Addition],
        guild_id: int,
        ever: Iterable[KnownResource],
    ) -> Seen:
        """Return what a server sees; a list of its own comes as its title and its JSON."""
        is_own = not isinstance(base, Curriculum)
        base = base if isinstance(base, Curriculum) else self._own(*base)
        laid = self.lay(base, rows, guild_id)
        record = ((each.key, each.link) for each in (*self._gone_from_bases, *ever))
        laid = replace(laid, curriculum=remembering(laid.curriculum, record))
        unchanged = self._unchanged.get(base.id)
        if unchanged is not None and laid.curriculum is base and not laid.steps:
            return unchanged
        laid = replace(laid, curriculum=with_mirrors(laid.curriculum, self._mirrors))
        if is_own:  # made here, beside all else, what every answer needs
            _made = laid.curriculum.present_keys, laid.curriculum.reading_order
        return Seen(base, laid, unchanged)

    async def remember(self, db: Database, now: datetime) -> None:
        """Bring the record of all that was ever listed up to date with the base lists.

        What was about the only list there was, before lists had ids, gets its id.

        Raises:
            ConfigError: a key comes back with another link: its readers read something else.
        """
        async with db.migrating() as tx:  # two starts at once tell what each found, in turn
            if (only := await upkeep.setting(tx, ONLY_LIST)) is None:
                only = await lists.only_list(tx) or self.base.id
                await lists.name_only_list(tx, only)
                await additions.split_facts(tx)
                await upkeep.set_setting(tx, ONLY_LIST, only)
            named = {base.id: base for base in self.bases.values()}
            first = await upkeep.setting(tx, HOSTS_OWN) or self.base.id
            if first not in named:
                first = self.base.id
            await upkeep.set_setting(tx, HOSTS_OWN, first)
            recorded = {id_: await additions.known_resources(tx, id_) for id_ in named}
            held = _links_held(named.values(), recorded)
            put: dict[str, Curriculum] = {}
            for list_id in sorted(named, key=lambda id_: not recorded[id_]):
                base, known = named[list_id], recorded[list_id]
                shared = _shared_keys(base, known, keys_by_link(put.values()) | held)
                await _remember(tx, base, known, shared, now)
                put[list_id] = rekeyed(base, shared) if shared else base
        listed = {key for base in named.values() for key in base.by_key}
        ever = (each for some in recorded.values() for each in some.values())
        self._gone_from_bases = [each for each in ever if each.key not in listed]
        self._put([put[first], *(put[id_] for id_ in named if id_ != first)])


def _links_held(
    bases: Iterable[Curriculum], recorded: Mapping[str, Mapping[str, KnownResource]]
) -> dict[str, str]:
    """Return canonical link -> key, of what was recorded before and is listed still."""
    listed = ((r, recorded[b.id].get(key)) for b in bases for key, r in b.by_key.items())
    return {p: known.same_as or known.key for r, known in listed if known for p in pages_of(r)}


def _shared_keys(
    base: Curriculum, recorded: Mapping[str, KnownResource], links: Mapping[str, str]
) -> dict[str, str]:
    """Return, by its own key, the key of what was recorded first in another list.

    ``links``: of what was there before it. A key given once stays.
    """
    found: dict[str, str] = {}
    for key, resource in base.by_key.items():
        known = recorded.get(key)
        same = (
            known.same_as if known else next(filter(None, map(links.get, pages_of(resource))), "")
        )
        if same:
            found[key] = same
    return found


async def _remember(
    tx: Queries,
    base: Curriculum,
    recorded: Mapping[str, KnownResource],
    shared: Mapping[str, str],
    now: datetime,
) -> None:
    each = base.by_key.values()
    listed = {r.key: KnownResource(r.key, r.title, r.url, same_as=shared.get(r.key)) for r in each}
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
