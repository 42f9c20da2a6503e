"""Makes what a server sees a list of its own, that can be read back as a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from bot.core.curriculum import Curriculum, Resource, Section, Step
from bot.core.curriculum.checks import LONGEST_CARD
from bot.core.curriculum.shape import MOST_NAMES


def exportable(curriculum: Curriculum) -> Curriculum:
    """Return the curriculum as a file may hold it.

    Keys of the server are no former ids of a list. An alias that a server's title has taken is
    left out, and so are prerequisites beyond the most a file may name.
    """
    names = Counter(name for r in curriculum.by_key.values() for name in _names(r))
    sections = tuple(_section(each, curriculum.id, names) for each in curriculum.sections)
    return replace(curriculum, sections=sections)


def fits_a_card(curriculum: Curriculum, resource: Resource) -> bool:
    """Tell whether a resource's texts, with its companions', are short enough for a file."""
    whole = curriculum.get(resource.parent) if resource.parent else resource
    if whole is None:
        return True
    texts = [whole.sentence, whole.companions_title, *whole.notes, *whole.added_notes]
    for each in (whole, *whole.companions):
        texts += [each.label, each.title, each.authors, each.url, each.remark]
    return sum(map(len, texts)) <= LONGEST_CARD


def _section(section: Section, namespace: str, names: Counter[str]) -> Section:
    return replace(section, steps=tuple(_step(each, namespace, names) for each in section.steps))


def _step(step: Step, namespace: str, names: Counter[str]) -> Step:
    resources = tuple(_resource(each, namespace, names) for each in step.resources)
    return replace(step, resources=resources)


def _resource(resource: Resource, namespace: str, names: Counter[str]) -> Resource:
    return replace(
        resource,
        aliases=tuple(a for a in resource.aliases if names[_folded(a)] == 1),
        prerequisites=resource.prerequisites[:MOST_NAMES],
        formerly=tuple(k for k in resource.formerly if k.startswith(f"{namespace}:"))[:MOST_NAMES],
        companions=tuple(_resource(each, namespace, names) for each in resource.companions),
    )


def _names(resource: Resource) -> set[str]:
    written = (resource.title, resource.label, *resource.aliases)
    return {_folded(name) for name in written if name}


def _folded(name: str) -> str:
    return name.casefold().strip(" :")
