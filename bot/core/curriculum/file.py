"""YAML <-> Curriculum: reads a list, or reports everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath

from bot.core.curriculum import Cell, Curriculum, Resource, Section, Step, Table, Update
from bot.core.curriculum.checks import rule_findings
from bot.core.curriculum.problems import shape_findings
from bot.core.curriculum.shape import (
    CellShape,
    CompanionShape,
    CurriculumShape,
    ResourceShape,
    SectionShape,
    StepShape,
    TableShape,
    curriculum_schema,
    schema_text,
)
from bot.core.curriculum.text import write_curriculum
from bot.core.curriculum.yaml_tree import Finding, Path, Tree, read_tree
from bot.errors import CurriculumFileError, Flaw

__all__ = [
    "CurriculumFileError",
    "Flaw",
    "curriculum_schema",
    "default_curriculum_path",
    "read_curriculum",
    "schema_text",
    "write_curriculum",
]


def read_curriculum(text: str | bytes, source: str = "curriculum.yaml") -> Curriculum:
    """Read a curriculum from the text of its file; ``source`` names it in what is reported.

    Raises:
        CurriculumFileError: With every flaw of the file, in file order.
    """
    try:
        tree = read_tree(text, source)
    except CurriculumFileError:
        _refuse_other_formats(text, source)
        raise
    if not isinstance(tree.value, dict) or not tree.value.keys() & {"id", "sections"}:
        _refuse_other_formats(text, source)
    shape, findings = shape_findings(tree)
    findings += [*tree.findings, *rule_findings(tree)]
    if findings or shape is None or tree.flaws:
        flaws = {*tree.flaws, *(_flaw(tree, finding) for finding in findings)}
        in_order = sorted(flaws, key=lambda p: (p.line, p.column, p.where, p.what, p.remedy))
        raise CurriculumFileError(source, in_order)
    return _curriculum(shape)


_MARKDOWN = (
    r"(?m)^\s*(?:[-*+]|\d+\.) +(?:\[[ x]\] +)?\[[^\]\n]+\]\("  # a link as a list's entry
    r"|^#{1,6} (?s:.*)(?:\]\(|^[-*] )"  # a heading, and links or a list somewhere below
)
_CSV = (
    r"(?i)\A[^\n:]*\b(?:title|name|link|url|doi|authors?)\b[^\n:]*[,;\t][^\n:]*\n"
    r"|\A[^\n]*[,;\t][^\S\n]*\"?https?://"
)
_OTHER_FORMATS = (
    ("a PDF", r"\A%PDF-", "pdf"),
    ("an Office or ZIP file", r"\APK\x03\x04", "xlsx docx zip ods odt"),
    ("a web page", r"(?i)\A\s*<(?:!doctype|html)", "html htm"),
    ("BibTeX", r"(?m)^\s*@[A-Za-z]+\s*\{", "bib"),
    ("RIS", r"(?m)^TY  - ", "ris"),
    ("Markdown", _MARKDOWN, "md markdown"),
    ("CSV", _CSV, "csv tsv"),
)
"""What people keep lists in: its name, how its text looks, and how its files are called."""


def _refuse_other_formats(text: str | bytes, source: str) -> None:
    """Tell somebody who brings a list of another format what it is, instead of its YAML faults."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    plain = plain.removeprefix("\ufeff")[:100_000]
    if re.search(r"(?m)^(?:id|sections):", plain):
        return
    ending = source.rpartition(".")[2].casefold()
    for name, look, endings in _OTHER_FORMATS:
        if ending in endings.split() or re.search(look, plain):
            what = f"is {name}, and a list is YAML"
            raise CurriculumFileError(source, [Flaw(1, 1, "file", what, _START_ANEW)])


_START_ANEW = (
    "run `nextread new list.yaml` for a small list to start from, and copy titles and links into it"
)


def default_curriculum_path() -> FilePath:
    """Return where the list stands that Nextread comes with.

    An installed wheel has it inside the package, a checkout beside it.
    """
    package = FilePath(__file__).parents[2]
    installed = package / "data" / "curriculum.yaml"
    return installed if installed.is_file() else package.parent / "data" / "curriculum.yaml"


def _flaw(tree: Tree, finding: Finding) -> Flaw:
    line, column = finding.at or tree.marks.get(finding.path) or (1, 1)
    return Flaw(line, column, _where(tree, finding.path), finding.what, finding.remedy)


def _where(tree: Tree, path: Path) -> str:
    """Name a place as its keeper would: ``gpt-1 > year``, ``sections[2]``, ``list``."""
    value, name = tree.value, "list"
    for part in path:
        value = value[part] if _has(value, part) else None
        if isinstance(part, int):
            name = f"{name}[{part + 1}]"
        else:
            name = part if name == "list" else f"{name} > {part}"
        if isinstance(value, dict) and isinstance(value.get("id"), str) and value["id"]:
            name = value["id"][:60]
    return name


def _has(value: object, part: str | int) -> bool:
    return part in value if isinstance(value, dict) else isinstance(value, list)


def _curriculum(shape: CurriculumShape) -> Curriculum:
    return Curriculum(
        id=shape.id,
        title=shape.title,
        icon=shape.icon or "",
        url=shape.url,
        introduction=shape.introduction,
        update_title=shape.update_title or "",
        update_icon=shape.update_icon or "",
        updates=tuple(Update(each.text, each.date, each.details) for each in shape.updates),
        sections=tuple(_section(shape.id, each) for each in shape.sections),
    )


def _section(namespace: str, shape: SectionShape) -> Section:
    return Section(
        id=shape.id,
        title=shape.title,
        icon=shape.icon or "",
        introduction=shape.introduction,
        addition=shape.addition,
        steps=tuple(_step(namespace, shape, each) for each in shape.steps),
    )


def _step(namespace: str, section: SectionShape, shape: StepShape) -> Step:
    addition = section.addition or shape.addition
    resources = (_resource(namespace, shape.id, each, addition) for each in shape.resources)
    return Step(
        id=shape.id,
        title=shape.title,
        section_id=section.id,
        number=shape.number or "",
        icon=shape.icon or "",
        introduction=shape.introduction,
        addition=addition,
        resources=tuple(resources),
        tables=tuple(_table(each) for each in shape.tables),
    )


def _table(shape: TableShape) -> Table:
    return Table(shape.columns, tuple(tuple(map(_cell, row)) for row in shape.rows))


def _cell(shape: str | CellShape) -> Cell:
    return Cell(shape) if isinstance(shape, str) else Cell(shape.text, shape.url, shape.maker_url)


def _resource(
    namespace: str,
    step_id: str,
    shape: ResourceShape | CompanionShape,
    addition: bool,
    parent: str | None = None,
) -> Resource:
    key = f"{namespace}:{shape.id}"
    addition = addition or shape.about.addition
    needed: tuple[str, ...] = ()
    companions: Iterator[Resource] = iter(())
    companions_title = ""
    if isinstance(shape, ResourceShape):
        needed, companions_title = shape.prerequisites, shape.companions_title or ""
        companions = (
            _resource(namespace, step_id, each, addition, key) for each in shape.companions
        )
    return Resource(
        key=key,
        title=shape.title,
        url=shape.url,
        kind=shape.about.kind,
        step_id=step_id,
        label=shape.label or "",
        must_read=shape.about.must_read,
        addition=addition,
        parent=parent,
        original_url=shape.original_url,
        maker_url=shape.maker_url,
        authors=shape.about.authors or "",
        year=shape.about.year,
        minutes=shape.about.minutes,
        prerequisites=tuple(f"{namespace}:{slug}" for slug in needed),
        aliases=shape.found_by.aliases,
        tags=shape.found_by.tags,
        notes=shape.notes,
        added_notes=shape.added_notes,
        sentence=shape.sentence or "",
        remark=shape.remark or "",
        questions=shape.questions,
        formerly=tuple(f"{namespace}:{slug}" for slug in shape.formerly),
        companions_title=companions_title,
        companions=tuple(companions),
    )
