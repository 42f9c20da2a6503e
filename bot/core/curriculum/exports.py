"""A list as Markdown, in the shape in which its maker keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from bot.core.curriculum import Cell, Curriculum, Resource, Section, Step, Table
from bot.core.curriculum.imports.entries import KIND_MARKS, MUST_READ
from bot.core.curriculum.imports.headings import Anchors

INDENT = "  "
INDEX = "Index"


def write_markdown(curriculum: Curriculum) -> str:
    """Return a list as its maker would keep it, which ``read_markdown`` reads back as it was.

    That holds sections, steps, their icons and numbers, introductions, tables, and of resources
    titles, labels, links, must-reads, notes, sentences and companions. Notes that are not the
    maker's stand below the maker's. What a list of this shape has no place for is left out:
    authors, years, minutes, prerequisites, other names, questions, parts. A short code
    of an emoji (``:books:``) is written, but reading leaves it out.
    """
    sections = [each for each in curriculum.sections if any(step.resources for step in each.steps)]
    parts = [
        f"# {_headed(curriculum.icon, curriculum.title)}",
        *map(_paragraph, curriculum.introduction),
        f"## {INDEX}",
        "\n".join(_index(curriculum)),
        *(part for section in sections for part in _section(section)),
        *_updates(curriculum),
    ]
    return "\n\n".join(parts) + "\n"


def markdown_line(resource: Resource) -> str:
    """Return the one line that a maker's list would take for a resource."""
    mark = f" {MUST_READ}" if resource.must_read and not resource.is_companion else ""
    if resource.url in resource.sentence or (
        resource.maker_url and resource.maker_url in resource.sentence
    ):
        return f"- {_block(resource.sentence)}{mark}"
    label = f"{_text(resource.label)} " if resource.label else ""
    kind = f"{KIND_MARKS[resource.kind]} " if resource.is_companion else ""
    remark = f" : {_text(resource.remark)}" if resource.remark else ""
    link = f"{kind}{label}{_link(resource.title or resource.url, resource.url)}"
    return f"- {_block(link)}{mark}{remark}"


def _headed(icon: str, title: str) -> str:
    text = re.sub(r"(?<= )(#+)$", r"\\\1", _text(title))
    return f"{icon} {text}" if icon else text


def _places(curriculum: Curriculum) -> Iterator[tuple[Section, Step, str, str]]:
    """Yield each step with the anchors of its section and its own."""
    anchors = Anchors()
    anchors.name(curriculum.icon, curriculum.title)
    anchors.name("", INDEX)
    for section in curriculum.sections:
        steps = [step for step in section.steps if step.resources]
        of_section = anchors.name(section.icon, section.title) if steps else ""
        for at, step in enumerate(steps):
            is_own = _is_own(section, step, at)
            yield section, step, of_section, "" if is_own else anchors.name(step.icon, step.title)


def _index(curriculum: Curriculum) -> Iterator[str]:
    yield "| **Step** | **Section** | **Subsections** |"
    yield "|---|---|---|"
    for section, step, of_section, own in _places(curriculum):
        title = f"[{_text(step.title)}](#{own})" if own else ""
        yield f"| {_text(step.number)} | [{_text(section.title)}](#{of_section}) | {title} |"


def _is_own(section: Section, step: Step, at: int) -> bool:
    """Tell whether a step needs no heading of its own: it is what stands right under a section."""
    return at == 0 and step.title == section.title and not (step.icon or section.introduction)


def _section(section: Section) -> Iterator[str]:
    yield f"## {_headed(section.icon, section.title)}"
    yield from map(_paragraph, section.introduction)
    for at, step in enumerate(each for each in section.steps if each.resources):
        if not _is_own(section, step, at):
            yield f"### {_headed(step.icon, step.title)}"
        yield from map(_paragraph, step.introduction)
        yield from map(_table, step.tables)
        yield "\n".join(line for each in step.resources for line in _lines(each))


def _lines(resource: Resource) -> Iterator[str]:
    yield markdown_line(resource)
    for note in (*resource.notes, *resource.added_notes):
        yield f"{INDENT}- {_block(_text(note))}"
    below = INDENT
    if resource.companions_title and resource.companions:
        yield f"{INDENT}- {_block(_text(resource.companions_title))}"
        below = INDENT * 2
    yield from (below + line for each in resource.companions for line in _lines(each))


def _table(table: Table) -> str:
    rows = [
        [f"**{_text(name)}**" for name in table.columns],
        ["---"] * len(table.columns),
        *([_cell(cell) for cell in row] for row in table.rows),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(cell: Cell) -> str:
    return _link(cell.text, cell.url) if cell.url else _text(cell.text)


def _updates(curriculum: Curriculum) -> Iterator[str]:
    if not curriculum.updates:
        return
    yield f"## {_headed(curriculum.update_icon, curriculum.update_title or 'Updates')}"
    lines = []
    for update in curriculum.updates:
        day = f"`{update.on:%y.%m.%d}`: " if update.on else ""
        lines.append(f"- {day}{_text(update.text) if day else _block(_text(update.text))}")
        lines += [f"{INDENT}- {_block(_text(detail))}" for detail in update.details]
    yield "\n".join(lines)


def _link(title: str, url: str) -> str:
    address = url.replace("\\", "\\\\")
    depths = [*accumulate((c == "(") - (c == ")") for c in url)]
    is_closed = min(depths, default=0) == 0 == depths[-1]
    return f"[{_text(title)}]({address if is_closed else f'<{address}>'})"


def _text(text: str) -> str:
    """Return a text so that Markdown shows it as it is."""
    return re.sub(r"[\\`*\[\]<|]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)


def _block(text: str) -> str:
    """Return a text so that it begins no list, heading or quote."""
    return re.sub(r"^([-+#>=~]|\d+(?=[.)]))", _kept_apart, text)


def _kept_apart(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def _paragraph(text: str) -> str:
    """Return a paragraph, which is Markdown already, so that it stays one."""
    starts = re.match(r"[-+*#>=~`|<\\\[!:\d]|\S+$", text)
    return f"\\{text}" if starts else text
