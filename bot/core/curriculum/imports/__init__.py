"""A list in whatever people keep lists in, read as a curriculum that has no keys of its own yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.fields import PageFacts, fields_of_page
from bot.core.curriculum.identity import pages_of

NEW = "new"
"""The id of a list that was only read, and the namespace of its keys."""

UnreadWhy = Literal["text", "twice", "no_web", "aside", "long", "many"]
"""Why a line of a file gave nothing: it names no link; its link stands in the list already; its
link is none of the web, or no part of the list; it is too long; the list is full."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that gave nothing, counted from 1; ``text`` as it stands there, at most 200 long."""

    line: int
    text: str
    why: UnreadWhy


@dataclass(frozen=True, slots=True)
class Imported:
    """A list as a text has it: keys are ``new:<slug>``, titles "" where only a link is known."""

    curriculum: Curriculum
    unread: tuple[Unread, ...] = ()


def with_facts_of(imported: Imported, pages: Mapping[str, PageFacts]) -> Imported:
    """Return a list with what the pages of its resources say where it says nothing itself."""

    def known(resource: Resource) -> Resource:
        resource = replace(resource, companions=tuple(map(known, resource.companions)))
        if (facts := pages.get(resource.key)) is None:
            return resource
        found = fields_of_page(resource.url, facts)
        silent = {name: found[name] for name in FILLED if not getattr(resource, name)}
        return replace(resource, **silent, kind=facts.kind or resource.kind)

    def step(each: Step) -> Step:
        return replace(each, resources=tuple(map(known, each.resources)))

    listed = imported.curriculum
    sections = (replace(each, steps=tuple(map(step, each.steps))) for each in listed.sections)
    return replace(imported, curriculum=replace(listed, sections=tuple(sections)))


FILLED = ("title", "authors", "year", "minutes")


def with_titles(imported: Imported, known: Mapping[str, str] = MappingProxyType({})) -> Imported:
    """Return a list whose bare links are called as they are known, else by their address.

    ``known``: titles by canonical link.
    """
    listed = imported.curriculum.by_key.items()
    bare = {
        key: PageFacts(next((known[page] for page in pages_of(r) if page in known), ""))
        for key, r in listed
        if not r.title
    }
    return with_facts_of(imported, bare) if bare else imported
