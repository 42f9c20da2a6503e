"""What pydantic says of a curriculum file, in words for whoever keeps the list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.core.curriculum import KINDS
from bot.core.curriculum.shape import (
    FILE,
    SORTS_OF_CELL,
    AboutShape,
    CellShape,
    CompanionShape,
    CurriculumShape,
    FoundByShape,
    ResourceShape,
    SectionShape,
    StepShape,
    TableShape,
    UpdateShape,
)
from bot.core.curriculum.yaml_tree import Finding, Path, Tree

_SHAPES: dict[str, tuple[str, type]] = {
    "": ("a list", CurriculumShape),
    "sections": ("a section", SectionShape),
    "steps": ("a step", StepShape),
    "resources": ("a resource", ResourceShape),
    "companions": ("a companion", CompanionShape),
    "about": ("`about`", AboutShape),
    "found_by": ("`found_by`", FoundByShape),
    "tables": ("a table", TableShape),
    "rows": ("a cell", CellShape),
    "updates": ("an update", UpdateShape),
}

_GROUPS = ("about", "found_by")
"""What an entry has in braces, on one line."""

_ENTRIES = ("resources", "companions", *_GROUPS)

_IDS = "use small letters, digits and hyphens: at most 40, the list's own id at most 20"

_IN_BRACES = "write `key: value` pairs in braces, as in the example at the top"

_REMEDIES = {
    "id": _IDS,
    "about": _IN_BRACES,
    "found_by": _IN_BRACES,
    "prerequisites": "list the ids of other resources",
    "formerly": "list the ids that it had before",
    "year": "write the year as four digits, or leave it out",
    "minutes": "write about how many minutes it takes, as a whole number, or leave it out",
    "kind": f"write one of {', '.join(KINDS)}",
    "must_read": "write true, or leave it out",
    "addition": "write true, or leave it out",
    "date": "write year, month and day: 2024-09-08",
}

_WORDS = {
    "missing": ("is missing", "add `{key}: {example}`"),
    "dataclass_type": ("is not a block of `key: value` lines", "write one key a line"),
    "tuple_type": ("is not a list", "write [one, two], or one line each beginning with `- `"),
    "string_type": ("{value} is not a text", "put it in double quotes"),
    "int_type": ("{value} is not a whole number", "write a whole number"),
    "bool_type": ("{value} is neither true nor false", "write true or false"),
    "literal_error": ("{value} is none of the kinds", "write one of them"),
    "date_type": ("{value} is not a date", ""),
    "date_parsing": ("{value} is not a date", ""),
    "date_from_datetime_parsing": ("{value} is not a date", ""),
    "too_short": ("is empty", "write at least one, or delete what holds it"),
    "too_long": ("has {actual_length} entries", "keep at most {max_length}"),
    "string_too_short": ("is empty", "write something, or leave it out"),
    "string_too_long": ("has {length} characters", "keep at most {max_length}"),
    "string_pattern_mismatch": ("{value} is not an id", _IDS),
    "greater_than_equal": ("{value} is too small", "write a number from {ge}"),
    "less_than_equal": ("{value} is too large", "write a number up to {le}"),
    "line_break": ("has a line break", "fold the text with `>-`, or make two entries of it"),
    "invisible": ("shows nothing", "write something that people see"),
    "servers_namespace": (
        "{value} looks like the id of a server",
        "put a letter or a word more in it: servers' own have g and digits alone",
    ),
    "control_character": ("has a control character", "delete it"),
}


def shape_findings(tree: Tree) -> tuple[CurriculumShape | None, list[Finding]]:
    """Return the file as its shape, or everything that keeps it from having that shape."""
    try:
        return FILE.validate_json(json.dumps(tree.value)), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    return None, [_finding(tree, each) for each in details if not _is_echo(each)]


def closest(word: str, words: Iterator[str] | list[str]) -> str:
    """Return ``did you mean 'x'?`` for the most similar word, "" if none is similar."""
    found = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=65)
    return f"did you mean {found[0]!r}?" if found else ""


def _is_echo(error: ErrorDetails) -> bool:
    # A list whose every entry is wrong is also called too short; it is not.
    return error["type"] == "too_short" and bool(error["input"])


def _finding(tree: Tree, error: ErrorDetails) -> Finding:
    path = tuple(part for part in error["loc"] if part not in SORTS_OF_CELL)
    if error["type"] == "unexpected_keyword_argument":
        return _unknown_key(tree, path, error["input"])
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    value = error["input"]
    if path not in tree.marks:  # a key that is missing; the text that stands for a list of one
        path = path[:-1]
    if value is None:
        remedy = _REMEDIES.get(key, "write one, or leave it out")
        return Finding(path, "has no value", remedy)
    said, remedy = _WORDS.get(error["type"], (error["msg"], "see the example at the top"))
    facts = {
        "key": key,
        "example": "{kind: ...}" if key == "about" else "...",
        "value": _shown(value),
        "length": len(value) if isinstance(value, str) else 0,
        **error.get("ctx", {}),
    }
    if error["type"] == "missing":
        said = f"{key} is missing"
    elif not error["type"].startswith(("too_", "string_too", "string_pattern", "servers_")):
        remedy = _REMEDIES.get(key, remedy)
    return Finding(path, said.format(**facts), remedy.format(**facts))


def _unknown_key(tree: Tree, path: Path, value: object) -> Finding:
    key = str(path[-1])
    holder = next((str(part) for part in reversed(path[:-1]) if isinstance(part, str)), "")
    what, shape = _SHAPES[holder]
    known = _keys_of(shape)
    remedy = closest(key, known) or f"{what} has {', '.join(known)}"
    if holder in _GROUPS and value is None:
        remedy = "put a text that has a comma in double quotes"
    elif holder in _ENTRIES and (group := _group_with(key)):
        remedy = f"write it in `{group}: {{...}}`"
    return Finding(path[:-1], f"{what} has no key {key!r}", remedy, tree.key_marks.get(path))


def _group_with(key: str) -> str:
    return next((name for name in _GROUPS if key in _keys_of(_SHAPES[name][1])), "")


def _keys_of(shape: type) -> list[str]:
    return [each.name for each in fields(shape)]


def _shown(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a block of keys"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
