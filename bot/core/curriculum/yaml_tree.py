"""YAML text -> plain values that remember their line and column; hostile text is refused early."""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
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
from bot.errors import CurriculumFileError, Flaw

LARGEST_FILE = 1_000_000  # bytes; the list that Nextread comes with has about 70,000
MOST_HIDDEN = 100  # control characters told at once
DEEPEST_NESTING = 16  # a curriculum has nine levels

Path = tuple[str | int, ...]
"""The way to a value: keys and positions from the top."""

Position = tuple[int, int]
"""Line and column, both counted from 1."""

_TOO_DEEP = ("is nested too deeply", "a list has sections, steps, resources, no more")
_NO_TABS = "indent with spaces, not with tabs"
_IN_UTF_8 = "save the file with the encoding UTF-8"
_MENDS = {
    "mapping values are not allowed": "put a text that contains ': ' in double quotes",
    "tab character": _NO_TABS,
    "cannot start any token": "put a text that begins with @, % or ` in double quotes",
    "alphabetic or numeric": "put a text that begins with * or & in double quotes",
    "expected ':'": "write `key: value`, with a space after the colon; indent what goes on below",
    "end of stream": "close the quotes that open here",
    "'-' indicator": "keep everything at the indentation of its neighbours",
    "expected <document start>": "keep everything at the indentation of its neighbours",
    "another document": "leave out the line `---`",
    "escape": "write a backslash as two, or use single quotes",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a path; ``at`` where its place is not that of the path's value."""

    path: Path
    what: str
    remedy: str
    at: Position | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """A file's plain values (dict, list, str, int, bool, None) with the position of each.

    ``findings`` are those that leave the rest readable: a key that stands twice. ``flaws`` are
    slips of YAML whose lines could be read as they were meant.
    """

    value: Any
    positions: dict[Path, Position]
    key_positions: dict[Path, Position]
    findings: list[Finding] = field(default_factory=list)
    flaws: tuple[Flaw, ...] = ()


class _Loader(yaml.CSafeLoader):
    """Knows whole numbers, true, false and null; dates, ``yes`` and ``1:30`` stay texts."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own name for a class's table


for _tag, _pattern, _first in (
    ("null", r"(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    # More digits than any year needs would only give Python's int() work.
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,17})$", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def read_tree(text: str | bytes, source: str) -> Tree:
    """Read the YAML of one file. A slip that lies within its line doesn't hide the others.

    Raises:
        CurriculumFileError: It is too large or too deep, not UTF-8, not YAML, or uses anchors,
            aliases or tags, which a list never needs.
    """
    plain = _decoded(text, source)
    found = _composed(plain)
    flaws: list[Flaw] = []
    if isinstance(found, Flaw):
        first = found
        if first.what == _TOO_DEEP[0]:
            raise CurriculumFileError(source, [first])
        plain, flaws, is_certain = _mended(plain, first)
        found = _composed(plain) if flaws else first
        told = {flaw.line for flaw in flaws}
        if isinstance(found, Flaw) and found.line not in told:
            flaws.append(found)
        if isinstance(found, Flaw) or not is_certain:
            in_order = sorted(flaws, key=lambda p: (p.line, p.column))
            raise CurriculumFileError(source, in_order)
    if found is None:
        mend = "copy the example at the top of data/curriculum.yaml, or run `nextread new FILE`"
        raise CurriculumFileError(source, [Flaw(1, 1, "file", "is empty", mend)])
    tree = Tree(None, {}, {}, flaws=tuple(flaws))
    value = _value(found, (), tree)
    return replace(tree, value=value)


def _composed(text: str) -> yaml.Node | Flaw | None:
    """Return what the text holds, nothing for nothing, or the first flaw of its YAML."""
    try:
        return _refused(text) or yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        # The scanner reads up to 1,024 characters ahead of its events, and may have limits of its
        # own (PyYAML 6.0.4: 1,000 levels): what we refuse before that place is told first.
        mark = getattr(error, "problem_mark", None)
        with contextlib.suppress(yaml.YAMLError):
            if refused := _refused(text[: mark.index if mark else 0]):
                return refused
        return _broken(error, text)


_KEYS = frozenset(
    each.name
    for shape in (CurriculumShape, SectionShape, StepShape, ResourceShape, AboutShape)
    for each in fields(shape)
) | {"columns", "rows", "text", "date", "details"}
_LINE = re.compile(
    rf"(?P<start>[ ]*(?:- +)*(?:(?:{'|'.join(sorted(_KEYS))}):(?P<gap> +|(?=[^\s/])))?)"
    r"(?P<value>\S.*)"
)
_DOUBTFUL = re.compile(r"[@%`*&!]|.*:(?:\s|$)|\".*\\")
_OPENS_BLOCK = re.compile(r"[|>][-+0-9]*\s*(?:#.*)?")
_WHOLE_QUOTES = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?!["']).*""")


def _mended(text: str, first: Flaw) -> tuple[str, list[Flaw], bool]:
    """Find each line that is no YAML even by itself; return the text with those as meant.

    Most are titles with a colon, or an @ at the start: they are put in quotes. The last value
    tells whether it is certain what all of them meant.
    """
    lines, flaws, is_certain = text.splitlines(), list[Flaw](), True
    for at in _lines_by_themselves(lines):
        line, flaw = lines[at], None
        if line.lstrip(" ").startswith("\t"):
            flaw, lines[at], is_certain = _composed(line), "", False
        elif match := _LINE.fullmatch(line):
            start, value = match["start"], match["value"]
            if match["gap"] == "":
                said, mend = "YAML: could not find expected ':'", _MENDS["expected ':'"]
                flaw, start = Flaw(1, len(start) + 1, "file", said, mend), f"{start} "
                lines[at] = start + value
            if _DOUBTFUL.match(value) and isinstance(alone := _composed(lines[at]), Flaw):
                flaw, lines[at] = alone, start + json.dumps(value, ensure_ascii=False)
                is_certain = is_certain and value[0] not in "[{&*!"
        if isinstance(flaw, Flaw):
            flaws.append(first if first.line == at + 1 else replace(flaw, line=at + 1))
    return "\n".join(lines), flaws, is_certain


def _lines_by_themselves(lines: list[str]) -> Iterator[int]:
    """Yield the numbers of lines that are no part of a longer text, list or mapping."""
    indent, quote, depth = -1, "", 0
    for at, line in enumerate(lines):
        bare = line.strip()
        if indent >= 0 and (not bare or len(line) - len(line.lstrip(" ")) > indent):
            continue
        indent = -1
        if not bare or bare.startswith("#"):
            continue
        if quote:
            quote = "" if re.search(rf"{quote}\s*(?:#.*)?$", line) else quote
            continue
        if depth:
            depth = max(0, depth + _brackets(bare))
            continue
        match = _LINE.fullmatch(line)
        value = match["value"] if match else bare
        if _OPENS_BLOCK.fullmatch(value):
            start = match["start"] if match else ""
            indent = len(start) - len(start.lstrip(" -"))
        elif value[0] in "[{":
            depth = max(0, _brackets(value))
            if not depth:
                yield at
        elif value[0] in "'\"" and not _WHOLE_QUOTES.fullmatch(value):
            quote = value[0]
        else:
            yield at


def _brackets(text: str) -> int:
    outside = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'", "", text)
    return sum(c in "[{" for c in outside) - sum(c in "]}" for c in outside)


def _decoded(text: str | bytes, source: str) -> str:
    def flaw(before: str, what: str, remedy: str) -> Flaw:
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Flaw(line, column, "file", what, remedy)

    if len(text) > LARGEST_FILE:
        raise CurriculumFileError(source, [flaw("", "is larger than 1 MB", "split the list")])
    try:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        what = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        raise CurriculumFileError(source, [flaw(before, what, _IN_UTF_8)]) from error
    plain = plain.removeprefix("\ufeff")
    hidden = [match for match in CONTROL_CHARACTER.finditer(plain) if match[0] not in "\t\n\r"]
    in_utf_16 = any(match[0] == "\0" for match in hidden)  # every other byte of it
    mend = _IN_UTF_8 if in_utf_16 else "delete it"
    flaws = [
        flaw(plain[: match.start()], f"has the control character U+{ord(match[0]):04X}", mend)
        for match in hidden[: 1 if in_utf_16 else MOST_HIDDEN]
    ]
    if flaws:
        raise CurriculumFileError(source, flaws)
    return plain


def _refused(text: str) -> Flaw | None:
    """Return the first thing that lists never need.

    Walks the events, which are made one by one, before anything is built from them.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        what, remedy = "", "write the value out instead"
        if depth > DEEPEST_NESTING:
            what, remedy = _TOO_DEEP
        elif getattr(event, "anchor", None):
            what = "uses a YAML anchor or alias (& or *)"
        elif getattr(event, "tag", None):
            what = "uses a YAML tag (!)"
        if what:
            line, column = _position(event.start_mark)
            return Flaw(line, column, "file", what, remedy)
    return None


def _broken(error: yaml.YAMLError, text: str) -> Flaw:
    said = str(getattr(error, "problem", None) or error)
    mark = "context_mark" if "end of stream" in said else "problem_mark"
    line, column = _position(getattr(error, mark, None))
    if "nesting" in said:
        return Flaw(line, column, "file", *_TOO_DEEP)
    remedy = next((mend for sign, mend in _MENDS.items() if sign in said), None)
    remedy = remedy or "look at the quotes, brackets and indentation here and one line above"
    if "".join(text.splitlines()[line - 1 : line]).startswith("\t", column - 1):
        remedy = _NO_TABS
    return Flaw(line, column, "file", f"YAML: {said}", remedy)


def _position(mark: Any) -> Position:
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _value(node: yaml.Node, path: Path, tree: Tree) -> Any:
    tree.positions[path] = _position(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return {key: _value(child, (*path, key), tree) for key, child in _pairs(node, path, tree)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, i), tree) for i, child in enumerate(node.value)]
    return _scalar(node)


def _pairs(node: yaml.MappingNode, path: Path, tree: Tree) -> Iterator[tuple[str, yaml.Node]]:
    seen: set[str] = set()
    for key_node, child in node.value:
        at = _position(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            what = "has a key that is not a word"
            tree.findings.append(Finding(path, what, "write `key: value`", at))
        elif key_node.value in seen:
            what, remedy = f"has the key {key_node.value!r} twice", "keep one of the two"
            tree.findings.append(Finding(path, what, remedy, at))
        else:
            seen.add(key_node.value)
            tree.key_positions[(*path, key_node.value)] = at
            yield key_node.value, child


def _scalar(node: yaml.Node) -> str | int | bool | None:
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "null":
            return None
        case "bool":
            return bool(node.value.lower() == "true")
        case "int":
            return int(node.value)
        case _:
            return str(node.value)
