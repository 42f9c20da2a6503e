"""Curriculum -> the YAML text of its file, as neat as if written by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.core.curriculum import Cell, Curriculum, Resource, Section, Step, Table, Update

WIDTH = 120

_SCHEMA_LINE = "# yaml-language-server: $schema=curriculum.schema.json\n"
_SPACED = frozenset({"sections", "steps", "resources", "companions"})
_FLOWING = frozenset({"prerequisites", "aliases", "tags", "formerly", "columns"})
_ONE_OR_SEVERAL = frozenset({"notes", "added_notes"})

# What YAML 1.1, which most editors and tools still read, takes for something else than a text.
_RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_BARE = re.compile(r"(?:[^\W\d_]|[^\x00-\x7f])(?:[^:#]|:(?=[^ ])|(?<! )#)*(?<![: ])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def write_curriculum(curriculum: Curriculum) -> str:
    """Return the text of a curriculum's file, which ``read_curriculum`` reads back as it was.

    Steps and sections without resources are left out, because a file has none. Keys of another
    namespace (what a server added) become this curriculum's own; where two would get the same
    slug, the later gets a number behind it.
    """
    slugs = _slugs(curriculum)
    top = {
        "id": curriculum.id,
        "title": curriculum.title,
        "icon": curriculum.icon,
        "url": curriculum.url,
        "introduction": curriculum.introduction,
        "sections": [_section(each, slugs) for each in curriculum.sections if _is_used(each)],
        "update_title": curriculum.update_title,
        "update_icon": curriculum.update_icon,
        "updates": [_update(each) for each in curriculum.updates],
    }
    return _SCHEMA_LINE + "\n".join(_lines(top, "")) + "\n"


def _slugs(curriculum: Curriculum) -> dict[str, str]:
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for key in curriculum.by_key:
        slug = wanted = key.partition(":")[2]
        count = 1
        while slug in taken:
            count += 1
            slug = f"{wanted[:36]}-{count}"
        taken.add(slug)
        slugs[key] = slug
    return slugs


def _is_used(section: Section) -> bool:
    return any(step.resources for step in section.steps)


def _section(section: Section, slugs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "icon": section.icon,
        "addition": section.addition,
        "introduction": section.introduction,
        "steps": [_step(each, section, slugs) for each in section.steps if each.resources],
    }


def _step(step: Step, section: Section, slugs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": step.id,
        "number": step.number,
        "title": step.title,
        "icon": step.icon,
        "addition": step.addition and not section.addition,
        "introduction": step.introduction,
        "tables": [_table(each) for each in step.tables],
        "resources": [_resource(each, step.addition, slugs) for each in step.resources],
    }


def _resource(resource: Resource, inherited: bool, slugs: Mapping[str, str]) -> dict[str, Any]:
    former = (key.partition(":")[2] for key in resource.formerly)
    in_use = set(slugs.values())
    return {
        "id": slugs[resource.key],
        "label": resource.label,
        "title": resource.title,
        "url": resource.url,
        "original_url": resource.original_url,
        "maker_url": resource.maker_url,
        "about": _given(
            {
                "kind": resource.kind,
                "must_read": resource.must_read,
                "addition": resource.addition and not inherited,
                "authors": resource.authors,
                "year": resource.year,
                "minutes": resource.minutes,
            }
        ),
        "prerequisites": [slugs[key] for key in resource.prerequisites if key in slugs],
        "found_by": _given({"aliases": resource.aliases, "tags": resource.tags}),
        "sentence": resource.sentence,
        "remark": resource.remark,
        "notes": resource.notes,
        "added_notes": resource.added_notes,
        "questions": resource.questions,
        "formerly": [slug for slug in dict.fromkeys(former) if slug not in in_use],
        "companions_title": resource.companions_title,
        "companions": [_resource(each, resource.addition, slugs) for each in resource.companions],
    }


def _table(table: Table) -> dict[str, Any]:
    return {"columns": table.columns, "rows": [[_cell(c) for c in row] for row in table.rows]}


def _cell(cell: Cell) -> Any:
    if cell.url is None and cell.maker_url is None:
        return cell.text
    return {"text": cell.text, "url": cell.url, "maker_url": cell.maker_url}


def _update(update: Update) -> dict[str, Any]:
    return {
        "date": update.on and update.on.isoformat(),
        "text": update.text,
        "details": update.details,
    }


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping without its defaults: nothing empty, nothing false."""
    return {
        key: value
        for key, value in values.items()
        if value is not None and value is not False and value not in ("", [], (), {})
    }


def _lines(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in _given(values).items():
        if key == "update_title" or (key in _SPACED and key != "companions"):
            yield ""
        if isinstance(value, Mapping) or key in _FLOWING:
            yield f"{indent}{key}: {_flowing(key, value, indent)}"
        elif isinstance(value, (list, tuple)):
            yield from _list(key, value, indent)
        else:
            yield f"{indent}{key}: {_scalar(key, value, indent)}"


def _list(key: str, values: Sequence[Any], indent: str) -> Iterator[str]:
    if key in _ONE_OR_SEVERAL and len(values) == 1:
        yield f"{indent}{key}: {_scalar(key, values[0], indent)}"
        return
    yield f"{indent}{key}:"
    below = f"{indent}    "
    for position, value in enumerate(values):
        if isinstance(value, Mapping):
            if key in _SPACED and position:
                yield ""
            first, *others = _lines(value, below)
            yield f"{indent}  - {first.strip()}"
            yield from others
        elif isinstance(value, (list, tuple)):
            yield from _row(value, below)
        else:
            yield f"{indent}  - {_text(value, len(below), below)}"


def _row(cells: Sequence[Any], indent: str) -> Iterator[str]:
    """A row of a table: one cell a line, since a link seldom leaves room for another."""
    dash = f"{indent[:-2]}- - "
    for cell in cells:
        if isinstance(cell, Mapping):
            first, *others = _lines(cell, f"{indent}  ")
            yield dash + first.strip()
            yield from others
        else:
            yield dash + _word(cell)
        dash = f"{indent}- "


def _scalar(key: str, value: Any, indent: str) -> str:
    if isinstance(value, bool):
        return "true"
    if isinstance(value, int):
        return str(value)
    if key == "date" and _DATE.fullmatch(value):
        return str(value)
    return _text(value, len(f"{indent}{key}: "), f"{indent}  ")


def _text(text: str, column: int, below: str) -> str:
    """Return a text that begins at a column; one too long for the line goes on in those below."""
    word = _word(text)
    if column + len(word) <= WIDTH or "://" in text[:8]:
        return word
    # Only a single space may become a line's end.
    return _wrapped(re.split(r"(?<! ) (?! )", word), column, below)


def _flowing(key: str, value: Any, indent: str) -> str:
    """Return a list or mapping in brackets, whose lines end behind its commas."""
    return _wrapped(re.split(r"(?<=,) (?! )", _flow(value)), len(f"{indent}{key}: "), f"{indent}  ")


def _wrapped(parts: Sequence[str], column: int, below: str) -> str:
    """Join by spaces what begins at a column; what is too long for the line goes on below."""
    lines, left = [""], WIDTH - column
    for part in parts:
        if lines[-1] and len(lines[-1]) + len(part) + 1 > left:
            lines.append(part)
            left = WIDTH - len(below)
        else:
            lines[-1] = f"{lines[-1]} {part}" if lines[-1] else part
    return f"\n{below}".join(lines)


def _word(text: str, in_flow: bool = False) -> str:
    is_bare = _BARE.fullmatch(text) and text.casefold() not in _RESERVED
    if is_bare and not (in_flow and re.search(r"[,?\[\]{}:]", text)):
        return text
    return json.dumps(text, ensure_ascii=False)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_flow, value))}]"
    return _word(value, in_flow=True) if isinstance(value, str) else _scalar("", value, "")
