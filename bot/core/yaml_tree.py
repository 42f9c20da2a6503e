"""YAML text -> plain values that remember their line and column; hostile text is refused early."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from bot.core.curriculum_shape import CONTROL_CHARACTER
from bot.errors import CurriculumFileError, Problem

LARGEST_FILE = 1_000_000  # bytes; the list that Nextread comes with has about 70,000
DEEPEST_NESTING = 16  # a curriculum has nine levels

Path = tuple[str | int, ...]
"""The way to a value: keys and positions from the top."""

Mark = tuple[int, int]
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
    at: Mark | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """A file's plain values (dict, list, str, int, bool, None) with the place of each.

    ``findings`` are those that leave the rest readable: a key that stands twice.
    """

    value: Any
    marks: dict[Path, Mark]
    key_marks: dict[Path, Mark]
    findings: list[Finding] = field(default_factory=list)


class _Loader(yaml.CSafeLoader):
    """Knows whole numbers, true, false and null; dates, ``yes`` and ``1:30`` stay texts."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own name for a class's table


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver(
    # More digits than any year needs would only give Python's int() work.
    "tag:yaml.org,2002:int",
    re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})$"),
    list("-+0123456789"),
)


def read_tree(text: str | bytes, source: str) -> Tree:
    """Read the YAML of one file.

    Raises:
        CurriculumFileError: It is too large or too deep, not UTF-8, not YAML, or uses anchors,
            aliases or tags, which a list never needs.
    """
    plain = _decoded(text, source)
    try:
        _refuse_what_lists_never_need(plain, source)
        node = yaml.compose(plain, Loader=_Loader)
    except yaml.YAMLError as error:
        # The scanner reads up to 1,024 characters ahead of its events, and may have limits of its
        # own (PyYAML 6.0.4: 1,000 levels): what we refuse before that place is told first.
        mark = getattr(error, "problem_mark", None)
        with contextlib.suppress(yaml.YAMLError):
            _refuse_what_lists_never_need(plain[: mark.index if mark else 0], source)
        raise _broken(error, plain, source) from error
    tree = Tree(None, {}, {})
    if node is None:
        mend = "copy the example at the top of data/curriculum.yaml"
        raise CurriculumFileError(source, [Problem(1, 1, "file", "is empty", mend)])
    value = _value(node, (), tree)
    return replace(tree, value=value)


def _decoded(text: str | bytes, source: str) -> str:
    def refused(before: str, what: str, remedy: str) -> CurriculumFileError:
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return CurriculumFileError(source, [Problem(line, column, "file", what, remedy)])

    if len(text) > LARGEST_FILE:
        raise refused("", "is larger than 1 MB", "split the list")
    try:
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        what = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        raise refused(before, what, _IN_UTF_8) from error
    plain = plain.removeprefix("\ufeff")
    for match in CONTROL_CHARACTER.finditer(plain):
        if match[0] not in "\t\n\r":
            what = f"has the control character U+{ord(match[0]):04X}"
            remedy = _IN_UTF_8 if match[0] == "\0" else "delete it"  # every other byte of UTF-16
            raise refused(plain[: match.start()], what, remedy)
    return plain


def _refuse_what_lists_never_need(text: str, source: str) -> None:
    """Walk the events, which are made one by one, before anything is built from them."""
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
            line, column = _mark(event.start_mark)
            raise CurriculumFileError(source, [Problem(line, column, "file", what, remedy)])


def _broken(error: yaml.YAMLError, text: str, source: str) -> CurriculumFileError:
    said = str(getattr(error, "problem", None) or error)
    mark = "context_mark" if "end of stream" in said else "problem_mark"
    line, column = _mark(getattr(error, mark, None))
    if "nesting" in said:
        return CurriculumFileError(source, [Problem(line, column, "file", *_TOO_DEEP)])
    remedy = next((mend for sign, mend in _MENDS.items() if sign in said), None)
    remedy = remedy or "look at the quotes, brackets and indentation here and one line above"
    if "".join(text.splitlines()[line - 1 : line]).startswith("\t", column - 1):
        remedy = _NO_TABS
    return CurriculumFileError(source, [Problem(line, column, "file", f"YAML: {said}", remedy)])


def _mark(mark: Any) -> Mark:
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _value(node: yaml.Node, path: Path, tree: Tree) -> Any:
    tree.marks[path] = _mark(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return {key: _value(child, (*path, key), tree) for key, child in _pairs(node, path, tree)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, i), tree) for i, child in enumerate(node.value)]
    return _scalar(node)


def _pairs(node: yaml.MappingNode, path: Path, tree: Tree) -> Iterator[tuple[str, yaml.Node]]:
    seen: set[str] = set()
    for key_node, child in node.value:
        at = _mark(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            what = "has a key that is not a word"
            tree.findings.append(Finding(path, what, "write `key: value`", at))
        elif key_node.value in seen:
            what, remedy = f"has the key {key_node.value!r} twice", "keep one of the two"
            tree.findings.append(Finding(path, what, remedy, at))
        else:
            seen.add(key_node.value)
            tree.key_marks[(*path, key_node.value)] = at
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
