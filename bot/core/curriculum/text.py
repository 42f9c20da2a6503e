"""Curriculum -> the YAML text of its file, as neat as if written by hand."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, count
from typing import Any

from bot.core.curriculum import KINDS, Cell, Curriculum, Resource, Section, Step
from bot.core.curriculum.checks import LONGEST_CARD, folded_name
from bot.core.curriculum.shape import LONGEST_CURRICULUM_ID, MOST_NAMES, SERVERS_NAMESPACE

WIDTH = 120

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
        **_of(curriculum, "id", "title", "icon", "url", "introduction"),
        "sections": [
            _section(each, slugs)
            for each in curriculum.sections
            if any(s.resources for s in each.steps)
        ],
        **_of(curriculum, "update_title", "update_icon"),
        "updates": [
            {"date": each.on and each.on.isoformat(), **_of(each, "text", "details")}
            for each in curriculum.updates
        ],
    }
    schema = "# yaml-language-server: $schema=curriculum.schema.json"
    return "\n".join([schema, *_lines(top, "")]) + "\n"


def _slugs(curriculum: Curriculum) -> dict[str, str]:
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for key in curriculum.by_key:
        wanted = key.partition(":")[2]
        numbered = chain([wanted], (f"{wanted[:36]}-{number}" for number in count(2)))
        slugs[key] = next(slug for slug in numbered if slug not in taken)
        taken.add(slugs[key])
    return slugs


def _section(section: Section, slugs: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_of(section, "id", "title", "icon", "addition", "introduction"),
        "steps": [_step(each, section, slugs) for each in section.steps if each.resources],
    }


def _step(step: Step, section: Section, slugs: Mapping[str, str]) -> dict[str, Any]:
    return {
        **_of(step, "id", "number", "title", "icon"),
        "addition": step.addition and not section.addition,
        "introduction": step.introduction,
        "tables": [
            {"columns": table.columns, "rows": [[_cell(c) for c in row] for row in table.rows]}
            for table in step.tables
        ],
        "resources": [_resource(each, step.addition, slugs) for each in step.resources],
    }


def _resource(resource: Resource, inherited: bool, slugs: Mapping[str, str]) -> dict[str, Any]:
    former = (key.partition(":")[2] for key in resource.formerly)
    in_use = set(slugs.values())
    return {
        "id": slugs[resource.key],
        **_of(resource, "label", "title", "url", "original_url", "maker_url"),
        "about": _given(
            {
                **_of(resource, "kind", "must_read"),
                "addition": resource.addition and not inherited,
                **_of(resource, "authors", "year", "minutes"),
            }
        ),
        "prerequisites": [slugs[key] for key in resource.prerequisites if key in slugs],
        "found_by": _given(_of(resource, "aliases", "tags")),
        **_of(resource, "sentence", "remark", "notes", "added_notes", "questions"),
        "formerly": [slug for slug in dict.fromkeys(former) if slug not in in_use],
        "companions_title": resource.companions_title,
        "companions": [_resource(each, resource.addition, slugs) for each in resource.companions],
    }


def _cell(cell: Cell) -> Any:
    if cell.url is None and cell.maker_url is None:
        return cell.text
    return _of(cell, "text", "url", "maker_url")


def _of(value: object, *names: str) -> dict[str, Any]:
    """Return what the file has under the same names."""
    return {name: getattr(value, name) for name in names}


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


def exportable(curriculum: Curriculum) -> Curriculum:
    """Return the curriculum as a file may hold it.

    Keys of the server are no former ids of a list. An alias that a server's title has taken is
    left out, and so are prerequisites beyond the most a file may name.
    """
    names = Counter(name for r in curriculum.by_key.values() for name in _names(r))

    def step_of(step: Step) -> Step:
        resources = (_exportable(each, curriculum.id, names) for each in step.resources)
        return replace(step, resources=tuple(resources))

    sections = (replace(s, steps=tuple(map(step_of, s.steps))) for s in curriculum.sections)
    return replace(curriculum, sections=tuple(sections))


def fits_a_card(curriculum: Curriculum, resource: Resource) -> bool:
    """Tell whether a resource's texts, with its companions', are short enough for a file."""
    whole = curriculum.get(resource.parent) if resource.parent else resource
    if whole is None:
        return True
    texts = [whole.sentence, whole.companions_title, *whole.notes, *whole.added_notes]
    for each in (whole, *whole.companions):
        texts += [each.label, each.title, each.authors, each.url, each.remark]
    return sum(map(len, texts)) <= LONGEST_CARD


def _exportable(resource: Resource, namespace: str, names: Counter[str]) -> Resource:
    return replace(
        resource,
        aliases=tuple(a for a in resource.aliases if names[folded_name(a)] == 1),
        prerequisites=resource.prerequisites[:MOST_NAMES],
        formerly=tuple(k for k in resource.formerly if k.startswith(f"{namespace}:"))[:MOST_NAMES],
        companions=tuple(_exportable(each, namespace, names) for each in resource.companions),
    )


def _names(resource: Resource) -> set[str]:
    written = (resource.title, resource.label, *resource.aliases)
    return {folded_name(name) for name in written if name}


_STARTER = """\
# A reading list for Nextread. Change what you like, then run: nextread check FILE
# Lines that begin with # are notes to you: the bot doesn't read them.

id: {id}  # a-z, 0-9 and hyphens. Choose it now: readers' progress hangs on it, so it never changes.
title: My reading list
introduction: What this list is about, in a sentence or two.

sections:
  - id: start
    title: Start here
    steps:
      - id: basics
        number: 1
        title: Basics
        resources:
          - id: attention  # each has an id of its own, which never changes either
            title: Attention Is All You Need
            url: https://arxiv.org/abs/1706.03762
            # kind: {kinds}. must_read: true marks the best.
            about: {{kind: paper, must_read: true, authors: Vaswani et al., minutes: 45}}
            notes: Why you might read it. You can leave this line out.

          - id: bert
            # Put a text in double quotes if it has a colon and a space in it, as this title has.
            title: "BERT: Pre-training of Deep Bidirectional Transformers"
            url: https://arxiv.org/abs/1810.04805
            about: {{kind: paper, authors: Devlin et al., year: 2018, minutes: 35}}
            prerequisites: [attention]  # the ids of what to have read first

      - id: further
        number: 2
        title: Further on
        resources:
          - id: illustrated-bert
            title: The Illustrated BERT
            url: https://jalammar.github.io/illustrated-bert/
            about: {{kind: article, minutes: 25}}
            questions: What would you explain differently?  # opens the thread under a week's paper
"""


def starter(name: str) -> str:
    """Return the text of a new list whose id is made of its file's name."""
    made = re.sub("[^a-z0-9]+", "-", name.casefold())[:LONGEST_CURRICULUM_ID].strip("-")
    is_usable = bool(made) and not re.fullmatch(SERVERS_NAMESPACE, made)
    kinds = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
    return _STARTER.format(id=made if is_usable else "my-list", kinds=kinds)
