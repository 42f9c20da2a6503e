"""What search knows of each resource of a curriculum."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.curriculum import Curriculum, Resource
from bot.core.links import canonical, host_of
from bot.core.search import Document


def documents_of(curriculum: Curriculum) -> Iterator[Document]:
    """Yield every resource, companions too, with the words of its place in the list."""
    for resource in curriculum.by_key.values():
        yield document_of(resource, curriculum)


def document_of(resource: Resource, curriculum: Curriculum) -> Document:
    """Return what search knows of one resource; the list's own are favoured in a tie."""
    step = curriculum.step_of(resource)
    section = curriculum.section_of(step)
    fields = (
        resource.label,
        resource.authors,
        str(resource.year or ""),
        resource.kind,
        *(host_of(url) for url in resource.urls),
        *resource.tags,
        *resource.notes,
        *resource.added_notes,
        resource.remark,
        resource.sentence,
        step.title,
        section.title,
    )
    return Document(
        key=resource.key,
        title=resource.title,
        aliases=(*resource.aliases, *_with_label(resource)),
        links=tuple(link for url in resource.urls if (link := canonical(url))),
        fields=tuple(field for field in fields if field),
        favoured=not resource.addition,
    )


def _with_label(resource: Resource) -> tuple[str, ...]:
    """Return the label, and the title as the maker prints it, label first."""
    label = resource.label
    return (label, f"{label} {resource.title}") if label else ()
