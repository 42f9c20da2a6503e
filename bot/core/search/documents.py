"""What search knows of a curriculum's resources."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.links import canonical, host_of
from bot.core.search import Document, SearchIndex


@functools.lru_cache(maxsize=4)
def index_of(curriculum: Curriculum) -> SearchIndex:
    """Return the index of a whole curriculum: made once for all who search it."""
    return SearchIndex(documents_of(curriculum))


def documents_of(
    curriculum: Curriculum, without: AbstractSet[str] = frozenset()
) -> Iterator[Document]:
    """Yield a document for each resource and companion, in file order; the list's are favoured.

    ``without``: keys of those that need none.
    """
    for step in curriculum.steps:
        section = curriculum.section_of(step)
        for resource in step.resources:
            for one in (resource, *resource.companions):
                if one.key not in without:
                    yield document_of(one, step, section.title)


def document_of(resource: Resource, step: Step, section_title: str) -> Document:
    """Return the document of a resource that stands in this step.

    The maker's label for it (``GPT-2:``) is one more name; where it stands, who wrote it and
    what is said about it are other fields.
    """
    return Document(
        key=resource.key,
        title=resource.title,
        aliases=(*resource.aliases, resource.label) if resource.label else resource.aliases,
        links=links_of(resource),
        fields=(
            *(resource.authors, str(resource.year or ""), resource.kind),
            *(host_of(url) for url in resource.urls),
            *resource.tags,
            *resource.notes,
            *resource.added_notes,
            *(resource.sentence, resource.remark),
            *(step.title, section_title, f"step {step.number}" if step.number else ""),
            "must-read" if resource.must_read else "",
        ),
        favoured=not resource.addition,
    )


def names_of(resource: Resource) -> Document:
    """Return the document of a resource that stands nowhere: its names and links alone."""
    aliases = (*resource.aliases, resource.label) if resource.label else resource.aliases
    return Document(resource.key, resource.title, aliases, links_of(resource))


def links_of(resource: Resource) -> tuple[str, ...]:
    """Return the canonical forms of a resource's links."""
    links = (canonical(url) for url in resource.urls)
    return tuple(dict.fromkeys(link for link in links if link))
