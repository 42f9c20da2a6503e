"""The words of the project as values: resource, step, section, curriculum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain, count
from typing import Literal, get_args

from bot.core.curriculum.links import canonical

Kind = Literal["paper", "article", "video", "docs", "course", "book"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def reached(start: Iterable[str], onward: Callable[[str], Iterable[str]]) -> set[str]:
    """Return some keys and all that they lead to, through any number of others."""
    found, open_ = set[str](), list(start)
    while open_:
        if (key := open_.pop()) not in found:
            found.add(key)
            open_ += onward(key)
    return found


def numbered(wanted: str, taken: Container[str]) -> str:
    """Return a slug or id, with a number behind it where it is taken: 40 characters at most."""
    further = (f"{wanted[: 39 - len(str(n))].rstrip('-')}-{n}" for n in count(2))
    return next(each for each in chain([wanted], further) if each not in taken)


class Slugs:
    """Gives out slugs or ids as ``numbered`` would, none twice: thousands may want the same.

    ``taken``: those that were given before.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._given = set(taken)
        self._next = dict[tuple[str, int], int]()

    def give(self, wanted: str) -> str:
        """Return what is wanted, or else that with the next number that is free."""
        slug, digits = wanted, 1
        while slug in self._given:
            front = wanted[: 39 - digits].rstrip("-")
            number = self._next.get((front, digits), max(2, 10 ** (digits - 1)))
            if number == 10**digits:
                digits += 1
            else:
                self._next[front, digits] = number + 1
                slug = f"{front}-{number}"
        self._given.add(slug)
        return slug


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing to read or watch.

    ``key`` is ``<namespace>:<slug>``, given once and never reused. ``prerequisites`` and
    ``parent`` are keys; ``formerly`` are keys this resource had before. ``minutes`` is an estimate.
    ``maker_url`` is the link as the list's maker wrote it, where ``url`` had to replace it;
    ``former_urls`` are links it had in a server before its moderators mended them;
    ``original_url`` the publisher's own, where ``url`` is the maker's and differs.
    ``notes`` and ``sentence`` are the maker's words, ``added_notes`` and ``questions`` are not.
    ``parts`` names what a group reads of it in one week each, in order; none: it is one piece.
    ``remark`` is what the maker says of a companion, ``companions_title`` what stands above them
    ("": nothing). ``mirror``: where its page may be had while its link is dead; never stored.
    """

    key: str
    title: str
    url: str
    kind: Kind
    step_id: str
    label: str = ""
    must_read: bool = False
    addition: bool = False
    parent: str | None = None
    original_url: str | None = None
    maker_url: str | None = None
    former_urls: tuple[str, ...] = ()
    authors: str = ""
    year: int | None = None
    minutes: int | None = None
    prerequisites: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    added_notes: tuple[str, ...] = ()
    sentence: str = ""
    remark: str = ""
    questions: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    companions_title: str = ""
    companions: tuple[Resource, ...] = ()
    mirror: str = ""

    @property
    def opens(self) -> str:
        """The link that readers are given."""
        return self.mirror or self.url

    @property
    def is_companion(self) -> bool:
        """Companions are found, opened and marked, but never counted and never picked."""
        return self.parent is not None

    @property
    def urls(self) -> tuple[str, ...]:
        """Every link that means this resource."""
        present = (self.url, self.original_url, self.maker_url)
        return tuple(url for url in (*present, *self.former_urls) if url)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a step's table; ``maker_url`` as in ``Resource``."""

    text: str
    url: str | None = None
    maker_url: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the list's index. ``number`` is as the maker counts ("1", "Appendix"), "" if not.

    ``resources`` are in the maker's order; companions stand inside theirs. ``aliases`` and ``tags``
    are what else finds it, as with a resource.
    """

    id: str
    title: str
    section_id: str
    number: str = ""
    icon: str = ""
    introduction: tuple[str, ...] = ()
    addition: bool = False
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def key(self) -> str:
        """What it is called among resources: their keys have a namespace before the colon."""
        return f":{self.id}"


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    icon: str = ""
    introduction: tuple[str, ...] = ()
    addition: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """An entry of the list's update log; ``details`` are the points under it."""

    text: str
    on: date | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Curriculum:
    """Ordered sections, steps and resources. Without slots, so that its views are made once.

    ``beside``: steps of other lists, with what is found here by its key though it is no part of
    this list: nothing counts it, and it has no place in an order.
    """

    id: str
    title: str
    sections: tuple[Section, ...]
    icon: str = ""
    introduction: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()
    update_title: str = ""
    update_icon: str = ""
    maker: str = ""
    url: str | None = None
    beside: tuple[Step, ...] = ()

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps in file order."""
        return tuple(step for section in self.sections for step in section.steps)

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """What is counted and picked, in file order: everything but companions."""
        return tuple(resource for step in self.steps for resource in step.resources)

    @cached_property
    def size(self) -> tuple[int, int]:
        """How many steps have something in them, and how many resources there are."""
        return sum(bool(step.resources) for step in self.steps), len(self.resources)

    @cached_property
    def by_key(self) -> Mapping[str, Resource]:
        """Every resource by its present key, companions too, in file order."""
        own = {each.key: each for r in self.resources for each in (r, *r.companions)}
        others = (resource for step in self.beside for resource in step.resources)
        return own | {each.key: each for each in others if each.key not in own}

    @cached_property
    def present_keys(self) -> Mapping[str, str]:
        """Former key -> present key, for every rename the curriculum remembers."""
        return {old: r.key for r in self.by_key.values() for old in r.formerly}

    def keys_of(self, resource: Resource) -> tuple[str, ...]:
        """Return every key under which readers may have marked the resource, its own first.

        A former key that means a resource by itself again is none.
        """
        former = (
            old
            for old in resource.formerly
            if old not in self.by_key
            # One that a server removed isn't here, but is still what it was.
            and self.present_keys.get(old, resource.key) == resource.key
        )
        return (resource.key, *former)

    @cached_property
    def keys_by_link(self) -> Mapping[str, str]:
        """Canonical link -> the key of the resource that it means: of two, which has it now."""
        found = [
            (url in resource.former_urls, canonical(url), resource.key)
            for resource in self.by_key.values()
            for url in resource.urls
        ]
        # A present link counts before a former one, the first of two before the second.
        in_turn = sorted(found, key=lambda each: each[0])
        return {link: key for _, link, key in in_turn[::-1] if link}

    @cached_property
    def reading_order(self) -> tuple[Resource, ...]:
        """What can be picked: the list, the additions that matter most, the rest.

        Additions that are must-reads, or needed by one, go before the others. Each in file order.
        """
        must_reads = (r.key for r in self.resources if r.addition and r.must_read)
        wanted = reached(must_reads, lambda key: r.prerequisites if (r := self.get(key)) else ())
        rank = {r.key: 0 if not r.addition else 1 if r.key in wanted else 2 for r in self.resources}
        return tuple(sorted(self.resources, key=lambda resource: rank[resource.key]))

    @cached_property
    def _steps_by_id(self) -> Mapping[str, Step]:
        return {step.id: step for step in (*self.steps, *self.beside)}

    @cached_property
    def _sections_by_id(self) -> Mapping[str, Section]:
        return {section.id: section for section in self.sections}

    @cached_property
    def dependents(self) -> Mapping[str, tuple[Resource, ...]]:
        """Key -> the resources that name it as a prerequisite, in file order."""
        found = defaultdict[str, list[Resource]](list)
        for resource in self.resources:
            for key in resource.prerequisites:
                found[key].append(resource)
        return {key: tuple(resources) for key, resources in found.items()}

    def get(self, key: str) -> Resource | None:
        """Return the resource with this key, or with the key it was renamed to."""
        return self.by_key.get(self.present_keys.get(key, key))

    def present(self, key: str) -> str:
        """Return the key that a resource has now; one that means nothing here stays as it is."""
        return key if key in self.by_key else self.present_keys.get(key, key)

    def step_of(self, resource: Resource) -> Step:
        """Return the step that holds the resource (a companion: its parent's)."""
        return self._steps_by_id[resource.step_id]

    def step(self, step_id: str) -> Step | None:
        """Return the step with this id, or None."""
        return self._steps_by_id.get(step_id)

    def find(self, key: str) -> Resource | Step | None:
        """Return the resource or the step with this key, or None."""
        return self.step(key[1:]) if key.startswith(":") else self.get(key)

    def section_of(self, step: Step) -> Section:
        """Return the section that holds the step."""
        return self._sections_by_id[step.section_id]
