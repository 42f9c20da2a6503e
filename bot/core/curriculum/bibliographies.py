"""A list as BibTeX, for LaTeX and reference managers; ``read_bibtex`` reads it back."""

import re
from collections.abc import Iterator

from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.authors import names_in
from bot.core.curriculum.fields import likely_kind
from bot.core.curriculum.file import slugs_in
from bot.core.curriculum.imports.bibliography import MUST_READ
from bot.core.curriculum.links import canonical


def write_bibtex(curriculum: Curriculum) -> str:
    """Return an entry for each resource, companions too; a step is a group of JabRef's."""
    slugs = slugs_in(curriculum)

    def entry(resource: Resource) -> str:
        step = curriculum.step_of(resource)
        notes = (*resource.notes, *resource.added_notes, resource.remark)
        return bibtex_entry(
            slugs[resource.key],
            title=resource.title,
            url=resource.url,
            authors=resource.authors,
            year=resource.year,
            kind=resource.kind,
            annote=r" \par ".join(_tex(note) for note in notes if note),
            keywords=MUST_READ if resource.must_read else "",
            groups=_tex(step.title.replace(",", "")),
        )

    return "\n".join(map(entry, curriculum.by_key.values()))


def bibtex_entry(
    key: str, *, title: str, url: str, authors: str, year: int | None, kind: str, **others: str
) -> str:
    r"""Return one entry; other fields are written as they are.

    Titles are braced twice, so that styles keep their capitals. A link is as it is: ``\url``
    would print what is escaped in it.
    """
    page = (canonical(url) or "") if url else ""
    archive, _, identifier = page.partition(":")
    told = {
        "title": f"{{{_tex(title)}}}",
        "author": " and ".join(_names(authors)),
        "year": str(year or ""),
        "url": _verbatim(url),
        "eprint": identifier if archive == "arxiv" else "",
        "archiveprefix": "arXiv" if archive == "arxiv" else "",
        "doi": _verbatim(identifier) if archive == "doi" else "",
        "note": "" if url and kind == likely_kind(url) else kind,
        **others,
    }
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in told.items() if value)
    return f"@misc{{{key},\n{fields}}}\n"


def _names(authors: str) -> Iterator[str]:
    """Yield the names; braces keep a family's together that would be taken for a given name."""
    are_families = "&" in authors or "et al" in authors
    for name in names_in(authors):
        yield f"{{{_tex(name)}}}" if are_families and " " in name else _tex(name)


def _verbatim(text: str) -> str:
    return text.replace("{", "%7B").replace("}", "%7D")


def _tex(text: str) -> str:
    escaped = "".join(TEX.get(character, character) for character in " ".join(text.split()))
    return re.sub(r"([-`'])(?=\1)", r"\1{}", escaped)  # two would become a dash or a quote


TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",  # BibTeX counts braces, escaped or not
    "}": r"\textbraceright{}",
} | {character: f"\\{character}" for character in "&%$#_"}
"""What would mean something else to LaTeX."""
