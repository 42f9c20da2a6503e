"""YAML text -> plain values that remember their line and column; hostile text is refused early."""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any

import yaml

from bot.core.curriculum.shape import (
    CONTROL_CHARACTER,
    AboutShape,
    CurriculumShape,
    ResourceShape,
    SectionShape,
    StepShape,
)
from bot.errors import CurriculumFileError, Flaw, Phrase

LARGEST_FILE = 1_000_000  # bytes; the list that Nextread comes with has about 70,000
MOST_TOLD = 100  # control characters or slips told at once
DEEPEST_NESTING = 16  # a curriculum has nine levels

Path = tuple[str | int, ...]
"""The way to a value: keys and positions from the top."""

Position = tuple[int, int]
"""Line and column, both counted from 1."""

FILE = Phrase("file")
"""Where a flaw lies that is nobody's in the list."""

TWICE = Phrase("{name!r} stands twice")
KEEP_ONE = Phrase("keep one of the two")
DELETE = Phrase("delete it")

_TOO_DEEP = (
    Phrase("is nested too deeply"),
    Phrase("a list has sections, steps, resources, no more"),
)
_NO_TABS = Phrase("indent with spaces, not with tabs")
_NOT_YAML = Phrase("YAML: {problem}")
_NO_COLON = Phrase("write `key: value`, with a space after the colon; indent what goes on below")
_NEIGHBOURS = Phrase("keep everything at the indentation of its neighbours")
_MENDS = {
    "mapping values are not allowed": Phrase("put a text that contains ': ' in double quotes"),
    "tab character": _NO_TABS,
    "cannot start any token": Phrase("put a text that begins with @, % or ` in double quotes"),
    "alphabetic or numeric": Phrase("put a text that begins with * or & in double quotes"),
    "expected ':'": _NO_COLON,
    "end of stream": Phrase("close the quotes that open here"),
    "'-' indicator": _NEIGHBOURS,
    "expected <document start>": _NEIGHBOURS,
    "escape": Phrase("write a backslash as two, or use single quotes"),
}


# More digits than any year needs would only give Python's int() work.
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_BYTES = frozenset(map(chr, range(0xDC80, 0xDD00)))
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""What stands for something else than a text; dates, ``yes`` and ``1:30`` stay texts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a path; ``at`` where its place is not that of the path's value."""

    path: Path
    what: Phrase
    remedy: Phrase
    at: Position | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """A file's plain values (dict, list, str, int, bool, None) with the position of each.

    ``findings`` are those that leave the rest readable: a key that stands twice. ``flaws`` are
    slips of YAML whose lines could be read as they were meant.
    """

    value: Any = None
    positions: dict[Path, Position] = field(default_factory=dict)
    key_positions: dict[Path, Position] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    flaws: tuple[Flaw, ...] = ()


def read_tree(text: str | bytes, source: str) -> Tree:
    """Read the YAML of one file. A slip that lies within its line doesn't hide those below.

    Raises:
        CurriculumFileError: It is too large or too deep, not UTF-8, not YAML, or uses anchors,
            aliases or tags, which a list never needs.
    """
    plain, flaws, is_certain = _decoded(text, source), list[Flaw](), True
    while isinstance(found := _read(plain), Flaw):
        lines = plain.splitlines()
        flaw, is_meant = _mended(lines, found)
        if flaw.line in {each.line for each in flaws}:
            is_meant = None  # the line is no better for what was mended
        else:
            flaws.append(flaw)
        if is_meant is None or len(flaws) == MOST_TOLD:
            raise CurriculumFileError(source, flaws)
        plain, is_certain = "\n".join(lines), is_certain and is_meant
    if not is_certain:
        raise CurriculumFileError(source, flaws)
    return replace(found, flaws=tuple(flaws))


def _read(text: str) -> Tree | Flaw:
    """Return what the text holds, or the first flaw of its YAML."""
    try:
        return _refused(text) or _tree(text)
    except yaml.YAMLError as error:
        # The scanner reads up to 1,024 characters ahead of its events, and may have limits of its
        # own (PyYAML 6.0.4: 1,000 levels): what we refuse before that place is told first.
        mark = getattr(error, "problem_mark", None)
        with contextlib.suppress(yaml.YAMLError):
            if refused := _refused(text[: mark.index if mark else 0]):
                return refused
        return _broken(error, text)


_KEYS = {"columns", "rows", "text", "date", "details"}.union(
    *(each.model_fields for each in (CurriculumShape, SectionShape, StepShape)),
    *(each.model_fields for each in (ResourceShape, AboutShape)),
)
_LINE = re.compile(
    rf"(?P<start>[ ]*(?:- +)*(?:(?:{'|'.join(sorted(_KEYS))}):(?P<gap> +|(?=[^\s/])))?)"
    r"(?P<value>\S.*)"
)
_DOUBTFUL = re.compile(r"[@%`*&!]|.*:(?:\s|$)|\".*\\")


def _mended(lines: list[str], found: Flaw) -> tuple[Flaw, bool | None]:
    """Write the line that a flaw lies in as it was meant; return the flaw where it truly lies.

    Most are titles with a colon, or an @ at the start: they are put in quotes. The last value
    tells whether it is certain what was meant; None: that is unknown, and nothing was changed.
    """
    if found.what == _TOO_DEEP[0]:
        return found, None
    read = enumerate(map(_LINE.fullmatch, lines[: found.line]))
    with_keys = [(at, match) for at, match in read if match and match["gap"] is not None]
    for at, match in with_keys[-2:]:
        if not match["gap"]:
            lines[at] = f"{match['start']} {match['value']}"
            what = _NOT_YAML.filled(problem="could not find expected ':'")
            return Flaw(at + 1, match.end("start") + 1, FILE, what, _NO_COLON), True
    at = found.line - 1
    for line in lines[at : at + 1]:
        if line.lstrip(" ").startswith("\t"):
            lines[at] = ""
            return found, False
        whole = _LINE.fullmatch(line)
        if whole and _DOUBTFUL.match(whole["value"]) and isinstance(_read(line), Flaw):
            lines[at] = whole["start"] + json.dumps(whole["value"], ensure_ascii=False)
            return found, whole["value"][0] not in "[{&*!"
    return found, None


def _decoded(text: str | bytes, source: str) -> str:
    if len(text) > LARGEST_FILE:
        flaw = Flaw(1, 1, FILE, Phrase("is larger than 1 MB"), Phrase("split the list"))
        raise CurriculumFileError(source, [flaw])
    # What is not UTF-8 becomes a half character, which is found with the hidden ones.
    whole = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    plain = whole.removeprefix("\ufeff")
    hidden = [match for match in CONTROL_CHARACTER.finditer(plain) if match[0] not in "\t\n\r"]
    # In UTF-16 every other character is a zero: one is enough to tell.
    is_other = any(match[0] == "\0" or match[0] in _BYTES for match in hidden)
    flaws = []
    for match in hidden[: 1 if is_other else MOST_TOLD]:
        code, before = ord(match[0]), plain[: match.start()]
        what = Phrase("has the control character U+{code:04X}", code=code)
        if match[0] in _BYTES:
            what = Phrase("byte 0x{code:02x} is not UTF-8", code=code - 0xDC00)
        at = before.count("\n") + 1, len(before) - before.rfind("\n")
        mend = Phrase("save the file with the encoding UTF-8") if is_other else DELETE
        flaws.append(Flaw(*at, FILE, what, mend))
    if flaws:
        raise CurriculumFileError(source, flaws)
    return plain


def _refused(text: str) -> Flaw | None:
    """Return the first thing that lists never need.

    Walks the events, which are made one by one, before anything is built from them.
    """
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        what, remedy = None, Phrase("write the value out instead")
        if depth > DEEPEST_NESTING:
            what, remedy = _TOO_DEEP
        elif documents > 1:
            what = Phrase("YAML: but found another document")
            remedy = Phrase("leave out the line `---`")
        elif getattr(event, "anchor", None):
            what = Phrase("uses a YAML anchor or alias (& or *)")
        elif getattr(event, "tag", None):
            what = Phrase("uses a YAML tag (!)")
        if what:
            return Flaw(*_position(event.start_mark), FILE, what, remedy)
    return None


def _broken(error: yaml.YAMLError, text: str) -> Flaw:
    problem = str(getattr(error, "problem", None) or error)
    mark = "context_mark" if "end of stream" in problem else "problem_mark"
    line, column = _position(getattr(error, mark, None))
    if "nesting" in problem:
        return Flaw(line, column, FILE, *_TOO_DEEP)
    remedy = next((mend for sign, mend in _MENDS.items() if sign in problem), None) or Phrase(
        "look at the quotes, brackets and indentation here and one line above"
    )
    if "".join(text.splitlines()[line - 1 : line]).startswith("\t", column - 1):
        remedy = _NO_TABS
    return Flaw(line, column, FILE, _NOT_YAML.filled(problem=problem), remedy)


def _position(mark: Any) -> Position:
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _tree(text: str) -> Tree | Flaw:
    every = yaml.parse(text, Loader=yaml.CSafeLoader)
    events = (each for each in every if isinstance(each, yaml.NodeEvent | yaml.CollectionEndEvent))
    for event in events:
        tree = Tree()
        return replace(tree, value=_value(event, events, (), tree))
    mend = Phrase("copy the example at the top of data/curriculum.yaml, or run `nextread new FILE`")
    return Flaw(1, 1, FILE, Phrase("is empty"), mend)


def _value(event: Any, events: Iterator[Any], path: Path, tree: Tree) -> Any:
    tree.positions[path] = _position(event.start_mark)
    if isinstance(event, yaml.MappingStartEvent):
        return dict(_pairs(events, path, tree))
    if isinstance(event, yaml.SequenceStartEvent):
        inside = enumerate(_inside(events))
        return [_value(child, events, (*path, i), tree) for i, child in inside]
    text = event.value
    if not event.implicit[0]:  # in quotes, or a block
        return text
    return int(text) if _WHOLE.fullmatch(text) else _WORDS.get(text, text)


def _inside(events: Iterator[Any]) -> Iterator[Any]:
    return takewhile(lambda each: not isinstance(each, yaml.CollectionEndEvent), events)


def _pairs(events: Iterator[Any], path: Path, tree: Tree) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key in _inside(events):
        at, wrong = _position(key.start_mark), None
        if not isinstance(key, yaml.ScalarEvent):
            _value(key, events, (), Tree())
            wrong = Phrase("has a key that is not a word"), Phrase("write `key: value`")
        elif key.value in seen:
            wrong = Phrase("has the key {key!r} twice", key=key.value), KEEP_ONE
        if wrong:
            tree.findings.append(Finding(path, *wrong, at))
            _value(next(events), events, (), Tree())
        else:
            seen.add(key.value)
            tree.key_positions[(*path, key.value)] = at
            yield key.value, _value(next(events), events, (*path, key.value), tree)
