"""Headings and what stands under them, brought into sections and steps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from bot.core.curriculum import Resource, Section, Slugs, Step
from bot.core.curriculum.checks import LONGEST_INTRODUCTION
from bot.core.curriculum.fields import slug_for
from bot.core.curriculum.imports import NEW
from bot.core.curriculum.imports.drafts import Draft, clipped
from bot.core.curriculum.imports.link_texts import is_generic, rank_of
from bot.core.curriculum.imports.outline import BOLD, LEVEL, Heading
from bot.core.curriculum.shape import LONGEST_PARAGRAPH, LONGEST_STEP_TITLE

MOST_PARAGRAPHS = 10
MOST_TABLES = 3
LEAST_ENTRIES = 3
"""So many headings of a list that might be entries are."""
FOLDED = " \N{MIDDLE DOT} "
"""Stands between a heading and the one that it is read under, where both make one title."""


def sections_of(
    headings: Sequence[Heading], title: str, understood: Callable[[range], None]
) -> tuple[Section, ...]:
    """Return the sections of a list.

    The first level of headings are sections, the second are steps; deeper ones make a step
    together with those above them: "Projects · Testing". What stands right under a section is
    a step with its title. A heading above nearly all the list that has three levels below says
    nothing: its sections are those below it. ``understood`` is told the lines that were used.
    """
    _gather(headings)
    groups = [heading for heading in headings if heading.drafts]
    paths = {id(heading): heading.path for heading in groups}
    wrappers = set(_wrappers(groups, paths))
    for path in paths.values():
        if path and path[0] in wrappers:
            del path[0]
    made = _Made(understood)
    sections = []
    for _, members in groupby(groups, key=lambda each: paths[id(each)][:1]):
        inside = list(members)
        sections.append(made.section(inside, paths, title))
    return tuple(sections)


def _gather(headings: Sequence[Heading]) -> None:
    """Make entries of headings that name one thing each, with nothing but ways to it below."""
    entries = [heading for heading in headings if _names_one_thing(heading)]
    for heading in entries if len(entries) >= LEAST_ENTRIES else ():
        if heading.above:
            first = min(heading.drafts, key=lambda draft: rank_of(draft.title))
            first.entitle(heading.title)
            heading.above.drafts.append(first)
            heading.drafts = []


def _names_one_thing(heading: Heading) -> bool:
    is_deep = heading.above is not None and heading.above.above is not None
    ways = [bool(draft.title) and is_generic(draft.title) for draft in heading.drafts]
    is_one = ways[:1] == [True] and sum(ways) * 2 >= len(ways)
    is_title = heading.rank % LEVEL == BOLD and [each.title for each in heading.drafts] == [""]
    return is_deep and (is_one or is_title) and not is_generic(heading.title)


def _wrappers(groups: Sequence[Heading], paths: dict[int, list[Heading]]) -> Iterator[Heading]:
    below, deep = Counter[Heading](), Counter[Heading]()
    for group in groups:
        path = paths[id(group)]
        below[path[0] if path else group] += len(group.drafts)
        deep[path[0] if path else group] += len(group.drafts) if len(path) > 2 else 0
    for top, count in deep.items():
        if not top.drafts and count * 2 > below[top]:
            yield top


class _Made:
    def __init__(self, understood: Callable[[range], None]) -> None:
        self.understood = understood
        self.slugs, self.places = Slugs(), Slugs()
        self.told: set[int] = set()

    def section(
        self, inside: Sequence[Heading], paths: dict[int, list[Heading]], title: str
    ) -> Section:
        top = next(iter(paths[id(inside[0])]), None)
        name = clipped(top.title, LONGEST_STEP_TITLE) if top else ""
        name = name or clipped(title, LONGEST_STEP_TITLE) or "1"
        section_id = self.places.give(slug_for(name, ()))
        introduction = self._prose([top]) if top is not None and not top.drafts else ()
        steps = [self._step(each, paths[id(each)], section_id, name) for each in inside]
        return Section(
            section_id, name, top.icon if top else "", introduction=introduction, steps=tuple(steps)
        )

    def _step(self, heading: Heading, path: list[Heading], section_id: str, name: str) -> Step:
        below = path[1:]
        folded = FOLDED.join(each.title for each in below)
        title = clipped(folded, LONGEST_STEP_TITLE) or name
        step_id = self.places.give(slug_for(title, ()))
        tables = heading.tables[:MOST_TABLES]
        for _, lines in tables:
            self.understood(lines)
        return Step(
            step_id,
            title,
            section_id,
            number=heading.number,
            icon="" if heading in path[:1] else heading.icon,
            introduction=self._prose(below or [heading]),
            resources=tuple(self._resource(draft, step_id) for draft in heading.drafts),
            tables=tuple(table for table, _ in tables),
        )

    def _prose(self, headings: Iterable[Heading]) -> tuple[str, ...]:
        prose = []
        for heading in headings:
            prose += [] if id(heading) in self.told else heading.prose
            self.told.add(id(heading))
        return introduction_of(prose, self.understood)

    def _resource(self, draft: Draft, step_id: str, parent: str | None = None) -> Resource:
        address = re.sub(r"^\w+://(?:www\.)?", "", draft.url)
        key = f"{NEW}:{self.slugs.give(slug_for(draft.title or address, ()))}"
        below = tuple(self._resource(each, step_id, key) for each in draft.companions)
        return Resource(
            key,
            draft.title,
            draft.url,
            draft.kind,
            step_id,
            label=draft.label,
            must_read=draft.must_read and parent is None,
            parent=parent,
            authors=draft.authors,
            year=draft.year,
            notes=tuple(draft.notes),
            sentence=draft.sentence,
            remark=draft.remark,
            companions_title=draft.companions_title,
            companions=below,
        )


def introduction_of(
    prose: Iterable[tuple[str, range]], understood: Callable[[range], None]
) -> tuple[str, ...]:
    """Return the paragraphs that fit a card."""
    kept: list[str] = []
    for text, lines in prose:
        paragraph = clipped(text, LONGEST_PARAGRAPH)
        length = sum(map(len, kept)) + len(paragraph)
        if paragraph and len(kept) < MOST_PARAGRAPHS and length <= LONGEST_INTRODUCTION:
            kept.append(paragraph)
            understood(lines)
    return tuple(kept)
