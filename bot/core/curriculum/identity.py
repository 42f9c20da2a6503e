"""Which key a resource has: given once, by its link, whatever list it stands in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from bot.core.curriculum import Curriculum, Resource, Section, Slugs, Step, numbered
from bot.core.curriculum.fields import slug_for
from bot.core.curriculum.links import canonical


def pages_of(resource: Resource) -> Iterator[str]:
    """Yield the canonical form of each of its links, its present one first."""
    yield from (canonical(url) or url for url in resource.urls)


def keys_by_link(lists: Iterable[Curriculum]) -> dict[str, str]:
    """Return canonical link -> key; of several, the first list's."""
    found: dict[str, str] = {}
    for each in lists:
        for link, key in each.keys_by_link.items():
            found.setdefault(link, key)
    return found


def keys_given(
    listed: Curriculum, known: Mapping[str, str], namespace: str, taken: Iterable[str]
) -> dict[str, str]:
    """Return the key that each resource of a list that was only read has from now on.

    ``known``: canonical link -> the key it has already; ``taken``: slugs that were ever given in
    the namespace.
    """
    slugs, keys = Slugs(taken), dict[str, str]()
    for key, resource in listed.by_key.items():
        found = next((known[page] for page in pages_of(resource) if page in known), None)
        if found is None:
            found = f"{namespace}:{slugs.give(slug_for(resource.title or resource.url, ()))}"
        keys[key] = found
    return keys


def remembering(listed: Curriculum, record: Iterable[tuple[str, str]]) -> Curriculum:
    """Return a list in which marks count that were made under other keys of the same links.

    ``record``: (key, canonical link) of what was listed before.
    """
    former = defaultdict[str, list[str]](list)
    for key, link in record:
        if (now := listed.keys_by_link.get(link)) is not None and listed.get(key) is None:
            former[now].append(key)
    return rekeyed(listed, {}, former=former) if former else listed


def rekeyed(
    listed: Curriculum,
    keys: Mapping[str, str],
    *,
    keep_former: bool = False,
    former: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Curriculum:
    """Return a list with other keys; of two resources that get the same one, the first stays.

    A key that isn't named stays as it is. ``keep_former``: the old keys become former ones, so
    that what was marked under them counts; ``former``: more of them, by the new key.
    """
    seen: set[str] = set()
    heirs = defaultdict[str, list[str]](list, {key: [*old] for key, old in former.items()})
    for old, each in listed.by_key.items() if keep_former else ():
        if (new := keys.get(old, old)) != old:
            heirs[new] += [*each.formerly, old]

    def named(key: str) -> str:
        return keys.get(key, key)

    def is_first(resource: Resource) -> bool:
        if (key := named(resource.key)) in seen:
            return False
        seen.add(key)
        return True

    def changed(resource: Resource) -> Resource:
        key, needed = named(resource.key), map(named, resource.prerequisites)
        return replace(
            resource,
            key=key,
            formerly=tuple(dict.fromkeys((*resource.formerly, *heirs.get(key, ())))),
            parent=resource.parent and named(resource.parent),
            prerequisites=tuple(dict.fromkeys(n for n in needed if n != key)),
            companions=tuple(changed(each) for each in resource.companions if is_first(each)),
        )

    def step(old: Step) -> Step:
        return replace(old, resources=tuple(changed(r) for r in old.resources if is_first(r)))

    def section(old: Section) -> Section:
        return replace(old, steps=tuple(map(step, old.steps)))

    return replace(listed, sections=tuple(map(section, listed.sections)))


OF_ITSELF = ("title", "url", "original_url", "maker_url", "kind", "authors", "year", "minutes")


def with_facts(listed: Curriculum, elsewhere: Mapping[str, Resource]) -> Curriculum:
    """Return a list whose resources are called what another list calls them today."""

    def present(resource: Resource) -> Resource:
        companions = tuple(map(present, resource.companions))
        known = elsewhere.get(resource.key, resource)
        facts = {name: getattr(known, name) for name in OF_ITSELF}
        facts["aliases"] = tuple(dict.fromkeys((*known.aliases, *resource.aliases)))
        facts["tags"] = tuple(dict.fromkeys((*known.tags, *resource.tags)))
        return replace(resource, companions=companions, **facts)

    def step(old: Step) -> Step:
        return replace(old, resources=tuple(map(present, old.resources)))

    sections = (replace(each, steps=tuple(map(step, each.steps))) for each in listed.sections)
    return replace(listed, sections=tuple(sections))


def with_mirrors(listed: Curriculum, mirrors: Mapping[str, str]) -> Curriculum:
    """Return a list that says where the pages of dead links may be had: link -> mirror."""
    if all(each.mirror == mirrors.get(each.url, "") for each in listed.by_key.values()):
        return listed

    def mirrored(resource: Resource) -> Resource:
        companions = tuple(map(mirrored, resource.companions))
        return replace(resource, mirror=mirrors.get(resource.url, ""), companions=companions)

    def step(old: Step) -> Step:
        return replace(old, resources=tuple(map(mirrored, old.resources)))

    sections = (replace(each, steps=tuple(map(step, each.steps))) for each in listed.sections)
    return replace(listed, sections=tuple(sections))


def with_others(listed: Curriculum, others: Iterable[tuple[Step, Resource]]) -> Curriculum:
    """Return a list with resources of other lists ``beside`` it, each in a step like its own.

    What they need that isn't on the list doesn't lock them.
    """
    taken, steps = {step.id for step in listed.steps}, list[Step]()
    for step, resource in others:
        step_id = numbered(step.id, taken)
        taken.add(step_id)
        needed = (key for key in resource.prerequisites if listed.get(key) is not None)
        own = replace(resource, step_id=step_id, prerequisites=tuple(needed), companions=())
        steps.append(replace(step, id=step_id, resources=(own,)))
    return replace(listed, beside=tuple(steps))


_WHOLE = TypeAdapter[Any](Curriculum)


def to_json(listed: Curriculum) -> str:
    """Return a list as it is kept in the database."""
    return _WHOLE.dump_json(with_mirrors(listed, {}), exclude_defaults=True).decode()


def from_json(text: str) -> Curriculum:
    """Return a list as it was kept, by this version or an earlier one."""
    found: Curriculum = _WHOLE.validate_json(text)
    return found
