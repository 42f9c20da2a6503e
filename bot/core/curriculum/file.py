"""YAML <-> Curriculum: reads a list, or tells everything that is wrong with it; and writes one."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path as FilePath
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.core.curriculum import (
    KINDS,
    Cell,
    Curriculum,
    Resource,
    Section,
    Slugs,
    Step,
    Table,
    Update,
)
from bot.core.curriculum.checks import LONGEST_CARD, closest, folded_name, rule_findings
from bot.core.curriculum.imports.looks import NAMES, UNREADABLE, format_of
from bot.core.curriculum.shape import (
    LONGEST_CURRICULUM_ID,
    MOST_NAMES,
    SERVERS_NAMESPACE,
    AboutShape,
    CellShape,
    CompanionShape,
    CurriculumShape,
    FoundByShape,
    ReadingShape,
    ResourceShape,
    SectionShape,
    StepShape,
    TableShape,
    UpdateShape,
)
from bot.core.curriculum.yaml_tree import DELETE, FILE, TWICE, Finding, Path, Tree, read_tree
from bot.errors import CurriculumFileError, Flaw, Phrase


def read_curriculum(
    text: str | bytes, source: str = "curriculum.yaml", *, list_id: str = ""
) -> Curriculum:
    """Read a curriculum from the text of its file; ``source`` names it in what is reported.

    ``list_id`` takes the place of the file's own, in keys too.

    Raises:
        CurriculumFileError: With every flaw of the file, in file order.
    """
    _refuse_other_formats(text, source)
    tree = read_tree(text, source)
    shape, findings = shape_findings(tree)
    findings += [*tree.findings, *rule_findings(tree)]
    if findings or shape is None or tree.flaws:
        flaws = {*tree.flaws, *(_flaw(tree, finding) for finding in findings)}
        in_order = sorted(flaws, key=lambda p: (p.line, p.column, p.where, p.what, p.remedy))
        raise CurriculumFileError(source, in_order)
    return _curriculum(shape.model_copy(update={"id": list_id or shape.id}))


def _refuse_other_formats(text: str | bytes, source: str) -> None:
    """Tell somebody who brings a list of another format what it is, instead of its YAML faults."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    found = format_of(plain.removeprefix("\ufeff"), source)
    if found and found != "yaml":
        what = Phrase("is {format}, and a list is YAML", format=NAMES[found])
        mend = Phrase("run `nextread import FILE` to make it one")
        if found in UNREADABLE:
            mend = Phrase(
                "save it as Markdown, CSV or BibTeX and run `nextread import FILE` on that"
            )
        raise CurriculumFileError(source, [Flaw(1, 1, FILE, what, mend)])


def default_curriculum_path() -> FilePath:
    """Return where the list stands that Nextread comes with.

    An installed wheel has it inside the package, a checkout beside it.
    """
    package = FilePath(__file__).parents[2]
    installed = package / "data" / "curriculum.yaml"
    return installed if installed.is_file() else package.parent / "data" / "curriculum.yaml"


def _flaw(tree: Tree, finding: Finding) -> Flaw:
    line, column = finding.at or tree.positions.get(finding.path) or (1, 1)
    return Flaw(line, column, _where(tree, finding.path), finding.what, finding.remedy)


_LIST, _A_LIST = Phrase("list"), Phrase("a list")


def _where(tree: Tree, path: Path) -> str:
    """Name a place as its keeper would: ``gpt-1 > year``, ``sections[2]``, ``list``."""
    value = tree.value
    name: str = _LIST
    for part in path:
        value = value[part] if _has(value, part) else None
        if isinstance(part, int):
            name = f"{name}[{part + 1}]"
        else:
            name = part if name is _LIST else f"{name} > {part}"
        if isinstance(value, dict) and isinstance(value.get("id"), str) and value["id"]:
            name = value["id"][:60]
    return name


def _has(value: object, part: str | int) -> bool:
    return part in value if isinstance(value, dict) else isinstance(value, list)


Part = TypeVar("Part", Curriculum, Section, Step, Resource, Cell)


def _made(kind: type[Part], *shapes: BaseModel, **others: Any) -> Part:
    """Make a part of a list of what the shapes hold under the same names, and what they don't."""
    names = {each.name for each in fields(kind)} - others.keys()
    given = {n: value for shape in shapes for n, value in shape if n in names}
    return kind(**{n: value for n, value in given.items() if value is not None}, **others)


def _curriculum(file: CurriculumShape) -> Curriculum:
    def resource(
        shape: ReadingShape, step_id: str, addition: bool, parent: str | None = None
    ) -> Resource:
        key = f"{file.id}:{shape.id}"
        addition = addition or shape.about.addition
        needed, below = (getattr(shape, name, ()) for name in ("prerequisites", "companions"))
        return _made(
            Resource,
            *(shape, shape.about, shape.found_by),
            key=key,
            step_id=step_id,
            addition=addition,
            parent=parent,
            prerequisites=tuple(f"{file.id}:{slug}" for slug in needed),
            formerly=tuple(f"{file.id}:{slug}" for slug in shape.formerly),
            companions=tuple(resource(each, step_id, addition, key) for each in below),
        )

    def step(shape: StepShape, section: SectionShape) -> Step:
        addition = section.addition or shape.addition
        return _made(
            Step,
            *(shape, shape.found_by),
            section_id=section.id,
            addition=addition,
            resources=tuple(resource(each, shape.id, addition) for each in shape.resources),
            tables=tuple(map(_table, shape.tables)),
        )

    def section(shape: SectionShape) -> Section:
        return _made(Section, shape, steps=tuple(step(each, shape) for each in shape.steps))

    updates = tuple(Update(each.text, each.date, each.details) for each in file.updates)
    sections = tuple(map(section, file.sections))
    return _made(Curriculum, file, sections=sections, updates=updates)


def _table(shape: TableShape) -> Table:
    rows = (tuple(_made(Cell, cell) for cell in row) for row in shape.rows)
    return Table(shape.columns, tuple(rows))


_SHAPES: dict[str, tuple[str, type[BaseModel]]] = {
    "": (_A_LIST, CurriculumShape),
    "sections": (Phrase("a section"), SectionShape),
    "steps": (Phrase("a step"), StepShape),
    "resources": (Phrase("a resource"), ResourceShape),
    "companions": (Phrase("a companion"), CompanionShape),
    "about": ("`about`", AboutShape),
    "found_by": ("`found_by`", FoundByShape),
    "tables": (Phrase("a table"), TableShape),
    "rows": (Phrase("a cell"), CellShape),
    "updates": (Phrase("an update"), UpdateShape),
}

_GROUPS = ("about", "found_by")
"""What an entry has in braces, on one line."""

_IDS = Phrase("use small letters, digits and hyphens: at most 40, the list's own id at most 20")
_IN_BRACES = Phrase("write `key: value` pairs in braces, as in the example at the top")
_TRUE = Phrase("write true, or leave it out")
_EXAMPLE = Phrase("see the example at the top")
_NO_BLOCK = Phrase("is not a block of `key: value` lines")
_NO_DATE = Phrase("{value} is not a date")
_NO_VALUE = Phrase("has no value"), Phrase("write one, or leave it out")
_EMPTY = Phrase("is empty")

_REMEDIES = {
    "id": _IDS,
    "about": _IN_BRACES,
    "found_by": _IN_BRACES,
    "prerequisites": Phrase("list the ids of other resources"),
    "formerly": Phrase("list the ids that it had before"),
    "year": Phrase("write the year as four digits, or leave it out"),
    "minutes": Phrase("write about how many minutes it takes, as a whole number, or leave it out"),
    "kind": Phrase("write one of {kinds}"),
    "must_read": _TRUE,
    "addition": _TRUE,
    "date": Phrase("write year, month and day: 2024-09-08"),
}

_UNFIT = Phrase("does not fit here"), _EXAMPLE
"""For what the shape raises none of: a release of pydantic may bring a new kind of error."""

_WORDS = {
    "missing": (Phrase("{key} is missing"), Phrase("add `{key}: {example}`")),
    "model_type": (_NO_BLOCK, Phrase("write one key a line")),
    "tuple_type": (
        Phrase("is not a list"),
        Phrase("write [one, two], or one line each beginning with `- `"),
    ),
    "string_type": (Phrase("{value} is not a text"), Phrase("put it in double quotes")),
    "int_type": (Phrase("{value} is not a whole number"), _EXAMPLE),
    "bool_type": (Phrase("{value} is neither true nor false"), _EXAMPLE),
    "literal_error": (Phrase("{value} is none of the kinds"), _EXAMPLE),
    "date_type": (_NO_DATE, _EXAMPLE),
    "date_parsing": (_NO_DATE, _EXAMPLE),
    "date_from_datetime_parsing": (_NO_DATE, _EXAMPLE),
    "too_short": (_EMPTY, Phrase("write at least one, or delete what holds it")),
    "too_long": (Phrase("has {actual_length} entries"), Phrase("keep at most {entries}")),
    "string_too_short": (_EMPTY, Phrase("write something, or leave it out")),
    "string_too_long": (Phrase("has {length} characters"), Phrase("keep at most {characters}")),
    "string_pattern_mismatch": (Phrase("{value} is not an id"), _IDS),
    "greater_than_equal": (Phrase("{value} is too small"), _EXAMPLE),
    "less_than_equal": (Phrase("{value} is too large"), _EXAMPLE),
    "web_link": (
        Phrase("{value} is not a web link"),
        Phrase("write the whole address, with https:// in front"),
    ),
    "one_part": (
        Phrase("has one entry"),
        Phrase("name two parts at least, or leave it out"),
    ),
    "part_twice": (TWICE, Phrase("give each part a name of its own")),
    "line_break": (
        Phrase("has a line break"),
        Phrase("fold the text with `>-`, or make two entries of it"),
    ),
    "invisible": (Phrase("shows nothing"), Phrase("write something that people see")),
    "servers_namespace": (
        Phrase("{value} looks like the id of a server"),
        Phrase("put a letter or a word more in it: servers' own have g and digits alone"),
    ),
    "control_character": (Phrase("has a control character"), DELETE),
}
"""Kind of error -> what to say; the remedy is of its key, where ``_REMEDIES`` has that."""


def shape_findings(tree: Tree) -> tuple[CurriculumShape | None, list[Finding]]:
    """Return the file as its shape, or everything that keeps it from having that shape."""
    try:
        return CurriculumShape.model_validate_json(json.dumps(tree.value)), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    # A list whose every entry is wrong is also called too short; it is not.
    true = (each for each in details if each["type"] != "too_short" or not each["input"])
    return None, [_finding(tree, each) for each in true]


def _finding(tree: Tree, error: ErrorDetails) -> Finding:
    path = error["loc"]
    if error["type"] == "extra_forbidden":
        return _unknown_key(tree, path, error["input"])
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    kind, value = error["type"], error["input"]
    if path not in tree.positions:  # a key that is missing; the text that stands for a list of one
        path = path[:-1]
    what, remedy = _NO_VALUE if value is None else _WORDS.get(kind, _UNFIT)
    if not kind.startswith(("missing", "too_", "string_too", "string_pattern", "servers_")):
        remedy = _REMEDIES.get(key, remedy)
    known = error.get("ctx", {})
    facts = {
        "key": key,
        "example": "{kind: ...}" if key == "about" else "...",
        "value": _shown(value),
        "length": len(str(value)),
        "kinds": ", ".join(KINDS),
        **dict.fromkeys(("entries", "characters"), known.get("max_length")),
        **known,
    }
    return Finding(path, what.filled(**facts), remedy.filled(**facts))


def _unknown_key(tree: Tree, path: Path, value: object) -> Finding:
    key = str(path[-1])
    holder = next((str(part) for part in reversed(path[:-1]) if isinstance(part, str)), "")
    noun, shape = _SHAPES[holder]
    known = _keys_of(shape)
    remedy = closest(key, known) or Phrase("{noun} has {keys}", noun=noun, keys=", ".join(known))
    if holder in _GROUPS and value is None:
        remedy = Phrase("put a text that has a comma in double quotes")
    elif group := [g for g in _groups_of(holder) if key in _keys_of(_SHAPES[g][1])]:
        remedy = Phrase("write it in `{group}: {{...}}`", group=group[0])
    what = Phrase("{noun} has no key {key!r}", noun=noun, key=key)
    return Finding(path[:-1], what, remedy, tree.key_positions.get(path))


def _groups_of(holder: str) -> tuple[str, ...]:
    """Return what an entry, a group of one, or a step has in braces."""
    if holder == "steps":
        return ("found_by",)
    return _GROUPS if holder in ("resources", "companions", *_GROUPS) else ()


def _keys_of(shape: type[BaseModel]) -> list[str]:
    return list(shape.model_fields)


def _shown(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return _A_LIST if isinstance(value, list) else Phrase("a block of keys")
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


WIDTH = 120
"""Of most lines: PyYAML ends a line behind the word that passes its own width."""

_APART = frozenset({"sections", "steps", "resources", "update_title"})
"""Keys that stand behind an empty line; so does each entry with an id but the first."""

_ON_ONE_LINE = frozenset({"about", "found_by", "prerequisites", "formerly", "columns"})
_ONE_OR_SEVERAL = frozenset({"notes", "added_notes"})


class _Writer(yaml.SafeDumper):
    """PyYAML's own, but for where it breaks lines, what it indents, and its quotes."""

    def ignore_aliases(self, _: object) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: Any = None) -> yaml.MappingNode:
        """Leave out what is empty or false: the defaults. One note stands as its text."""
        given = {
            key: value[0] if key in _ONE_OR_SEVERAL and len(value) == 1 else value
            for key, value in mapping.items()
            if value
        }
        node = super().represent_mapping(tag, given, flow_style)
        for key, value in node.value:
            value.flow_style = key.value in _ON_ONE_LINE
        return node

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def expect_block_mapping_key(self, first: bool = False) -> None:
        if getattr(self.event, "value", "") in _APART:
            self.write_line_break("\n\n")
        super().expect_block_mapping_key(first)

    def expect_block_sequence_item(self, first: bool = False) -> None:
        if not first and getattr(next(iter(self.events), None), "value", "") == "id":
            self.write_line_break("\n\n")
        super().expect_block_sequence_item(first)

    def choose_scalar_style(self) -> str:
        return super().choose_scalar_style() and '"'

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        # By itself it would end lines within a text by a backslash.
        self.write_plain(json.dumps(text, ensure_ascii=False), split)


def slugs_in(curriculum: Curriculum) -> dict[str, str]:
    """Return what each key is called in a file, where namespaces don't keep them apart."""
    slugs = Slugs()
    return {key: slugs.give(key.partition(":")[2]) for key in curriculum.by_key}


def write_curriculum(curriculum: Curriculum) -> str:
    """Return the text of a curriculum's file, which ``read_curriculum`` reads back as it was.

    What a file can't hold is left out: steps and sections without resources, an alias that a
    server's title has taken, prerequisites beyond the most, and former keys of a server. Keys of
    another namespace (what a server added) become this curriculum's own; where two would get the
    same slug, the later gets a number behind it.
    """
    own, slugs = f"{curriculum.id}:", slugs_in(curriculum)
    in_use = set(slugs.values())
    names = Counter(name for r in curriculum.by_key.values() for name in _names(r))

    def entry(resource: Resource, inherited: bool) -> dict[str, Any]:
        aliases = [each for each in resource.aliases if names[folded_name(each)] == 1]
        needed = [slugs[key] for key in resource.prerequisites if key in slugs]
        former = [key.removeprefix(own) for key in resource.formerly if key.startswith(own)]
        return {
            "id": slugs[resource.key],
            **_of(resource, "label", "title", "url", "original_url", "maker_url"),
            "about": {
                **_of(resource, "kind", "must_read"),
                "addition": resource.addition and not inherited,
                **_of(resource, "authors", "year", "minutes"),
            },
            "prerequisites": needed[:MOST_NAMES],
            "found_by": _found_by(aliases, resource.tags),
            **_of(resource, "sentence", "remark", "notes", "added_notes", "questions"),
            "parts": () if resource.is_companion else resource.parts,
            "formerly": [slug for slug in former if slug not in in_use][:MOST_NAMES],
            "companions_title": resource.companions_title,
            "companions": [entry(each, resource.addition) for each in resource.companions],
        }

    top = {
        **_of(curriculum, "id", "title", "icon", "maker", "url", "introduction"),
        "sections": [
            {
                **_of(section, "id", "title", "icon", "addition", "introduction"),
                "steps": [
                    {
                        **_of(step, "id", "number", "title", "icon"),
                        "addition": step.addition and not section.addition,
                        "found_by": _found_by(step.aliases, step.tags),
                        **_of(step, "introduction"),
                        "tables": list(map(_written_table, step.tables)),
                        "resources": [entry(each, step.addition) for each in step.resources],
                    }
                    for step in section.steps
                    if step.resources
                ],
            }
            for section in curriculum.sections
            if any(step.resources for step in section.steps)
        ],
        **_of(curriculum, "update_title", "update_icon"),
        "updates": [
            {"date": each.on, **_of(each, "text", "details")} for each in curriculum.updates
        ],
    }
    options: dict[str, Any] = {"allow_unicode": True, "sort_keys": False, "width": WIDTH - 6}
    text = yaml.dump(top, Dumper=_Writer, **options)
    return f"# yaml-language-server: $schema=curriculum.schema.json\n{text}"


def _found_by(aliases: Sequence[str], tags: Sequence[str]) -> dict[str, Sequence[str]]:
    return {key: names for key, names in (("aliases", aliases), ("tags", tags)) if names}


def _written_table(table: Table) -> dict[str, Any]:
    rows = [[_of(cell, "text", "url", "maker_url") for cell in row] for row in table.rows]
    plain = [[cell if len(cell) > 1 else cell["text"] for cell in row] for row in rows]
    return {"columns": table.columns, "rows": plain}


def _of(value: object, *names: str) -> dict[str, Any]:
    """Return what the file has under the same names, and has at all."""
    return {name: found for name in names if (found := getattr(value, name))}


def fits_a_card(curriculum: Curriculum, resource: Resource) -> bool:
    """Tell whether a resource's texts, with its companions', are short enough for a file."""
    whole = curriculum.get(resource.parent) if resource.parent else resource
    if whole is None:
        return True
    texts = [whole.sentence, whole.companions_title, *whole.notes, *whole.added_notes]
    for each in (whole, *whole.companions):
        texts += [each.label, each.title, each.authors, each.url, each.remark]
    return sum(map(len, texts)) <= LONGEST_CARD


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
            # Of something long, a group can read one of its parts a week:
            # parts: [chapters 1-3, chapters 4-6]
"""


def id_of_file(name: str) -> str:
    """Return an id for a list, made of its file's name."""
    made = re.sub("[^a-z0-9]+", "-", name.casefold())[:LONGEST_CURRICULUM_ID].strip("-")
    is_usable = bool(made) and not re.fullmatch(SERVERS_NAMESPACE, made)
    return made if is_usable else "my-list"


def starter(name: str) -> str:
    """Return the text of a new list whose id is made of its file's name."""
    kinds = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
    return _STARTER.format(id=id_of_file(name), kinds=kinds)
