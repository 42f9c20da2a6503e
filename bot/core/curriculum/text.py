"""Curriculum -> the YAML text of its file, as neat as if written by hand."""

import json
import re
from collections import Counter
from typing import Any

import yaml

from bot.core.curriculum import KINDS, Curriculum, Resource, Table, numbered
from bot.core.curriculum.checks import LONGEST_CARD, folded_name
from bot.core.curriculum.shape import LONGEST_CURRICULUM_ID, MOST_NAMES, SERVERS_NAMESPACE

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


def write_curriculum(curriculum: Curriculum) -> str:
    """Return the text of a curriculum's file, which ``read_curriculum`` reads back as it was.

    What a file can't hold is left out: steps and sections without resources, an alias that a
    server's title has taken, prerequisites beyond the most, and former keys of a server. Keys of
    another namespace (what a server added) become this curriculum's own; where two would get the
    same slug, the later gets a number behind it.
    """
    own, slugs = f"{curriculum.id}:", dict[str, str]()
    for key in curriculum.by_key:
        slugs[key] = numbered(key.partition(":")[2], slugs.values())
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
            "found_by": {**({"aliases": aliases} if aliases else {}), **_of(resource, "tags")},
            **_of(resource, "sentence", "remark", "notes", "added_notes", "questions"),
            "formerly": [slug for slug in former if slug not in in_use][:MOST_NAMES],
            "companions_title": resource.companions_title,
            "companions": [entry(each, resource.addition) for each in resource.companions],
        }

    top = {
        **_of(curriculum, "id", "title", "icon", "url", "introduction"),
        "sections": [
            {
                **_of(section, "id", "title", "icon", "addition", "introduction"),
                "steps": [
                    {
                        **_of(step, "id", "number", "title", "icon"),
                        "addition": step.addition and not section.addition,
                        **_of(step, "introduction"),
                        "tables": list(map(_table, step.tables)),
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


def _table(table: Table) -> dict[str, Any]:
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
"""


def starter(name: str) -> str:
    """Return the text of a new list whose id is made of its file's name."""
    made = re.sub("[^a-z0-9]+", "-", name.casefold())[:LONGEST_CURRICULUM_ID].strip("-")
    is_usable = bool(made) and not re.fullmatch(SERVERS_NAMESPACE, made)
    kinds = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
    return _STARTER.format(id=made if is_usable else "my-list", kinds=kinds)
