import dataclasses
import json
import re
import unicodedata
from collections import Counter
from datetime import date

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.curriculum import (
    KINDS,
    Cell,
    Curriculum,
    Resource,
    Section,
    Step,
    Table,
    Update,
    shape,
)
from bot.core.curriculum.checks import LONGEST_CARD, LONGEST_INTRODUCTION
from bot.core.curriculum.file import (
    default_curriculum_path,
    read_curriculum,
    starter,
    write_curriculum,
)
from bot.core.curriculum.shape import curriculum_schema
from bot.core.curriculum.yaml_tree import DEEPEST_NESTING, LARGEST_FILE, read_tree
from bot.errors import CurriculumFileError
from bot.language import to_all

SMALL = """\
id: small
title: Small
sections:
  - id: one
    title: One
    steps:
      - id: first
        title: First
        resources:
          - id: a
            title: Paper A
            url: https://a.org/1
            about: {kind: paper}
"""
COMPANION = """\
            companions:
              - id: help
                title: Help
                url: https://a.org/help
                about: {kind: article}
"""
TABLE = """\
        tables:
          - columns: [X]
            rows:
              - [{text: t, url: nowhere, uri: x}]
              - [3]
"""


def resource(slug, *lines, title=None, url=None):
    own = (f"id: {slug}", f"title: {title or slug}", f"url: {url or f'https://a.org/{slug}'}")
    return "          - " + "\n            ".join((*own, "about: {kind: paper}", *lines)) + "\n"


def about(facts):
    return SMALL.replace("kind: paper", f"kind: paper, {facts}")


def complaints(text):
    with pytest.raises(CurriculumFileError) as caught:
        read_curriculum(text, "my.yaml")
    return str(caught.value).splitlines()


# --- What is read ---


def test_a_small_list_is_read_with_its_keys_made_whole():
    curriculum = read_curriculum(SMALL + resource("b", "prerequisites: [a]", "formerly: [old-b]"))

    b = curriculum.get("small:b")
    assert [r.key for r in curriculum.resources] == ["small:a", "small:b"]
    assert b.prerequisites == ("small:a",)
    assert curriculum.get("small:old-b") is b
    assert curriculum.step_of(b).section_id == "one"


def test_companions_stand_under_their_resource():
    curriculum = read_curriculum(SMALL + COMPANION)

    (helping,) = curriculum.get("small:a").companions
    assert helping.parent == "small:a"
    assert helping.step_id == "first"
    assert [r.key for r in curriculum.resources] == ["small:a"]


@pytest.mark.parametrize(
    ("place", "marked"),
    [
        ("    title: One\n", "    title: One\n    addition: true\n"),
        ("        title: First\n", "        title: First\n        addition: true\n"),
        ("{kind: paper}", "{kind: paper, addition: true}"),
    ],
)
def test_what_stands_inside_an_addition_is_an_addition(place, marked):
    curriculum = read_curriculum((SMALL + COMPANION).replace(place, marked, 1))

    assert curriculum.get("small:a").addition
    assert curriculum.get("small:help").addition


def test_parts_are_read_in_their_order():
    curriculum = read_curriculum(SMALL + "            parts: [chapters 1-3, chapters 4-6]\n")

    assert curriculum.get("small:a").parts == ("chapters 1-3", "chapters 4-6")


@pytest.mark.parametrize("key", ["notes", "added_notes"])
@pytest.mark.parametrize("one", ["Read it.", "[Read it.]", "\n              - Read it."])
def test_one_note_is_a_text_or_a_list_of_one(key, one):
    curriculum = read_curriculum(SMALL + f"            {key}: {one}\n")

    assert getattr(curriculum.get("small:a"), key) == ("Read it.",)


@pytest.mark.parametrize("one", ["[{}]", "{}"])
def test_a_list_of_one_may_stand_as_its_text(one):
    text = SMALL.replace("title: First", f"title: First\n        introduction: {one.format('Hi.')}")
    text += (
        f"            questions: {one.format('Why?')}\n            formerly: {one.format('b')}\n"
    )
    curriculum = read_curriculum(text + resource("c", f"prerequisites: {one.format('a')}"))

    assert curriculum.steps[0].introduction == ("Hi.",)
    assert curriculum.get("small:b").questions == ("Why?",)
    assert curriculum.get("small:c").prerequisites == ("small:a",)


def test_a_steps_number_needs_no_quotes():
    text = SMALL.replace("title: First", "title: First\n        number: 1")

    assert read_curriculum(text).steps[0].number == "1"


def test_a_text_may_go_on_in_the_next_line():
    text = 'Read\n              it.\n            added_notes: "Then: read\n              on."'
    curriculum = read_curriculum(SMALL + f"            notes: {text}\n")

    assert curriculum.get("small:a").notes == ("Read it.",)
    assert curriculum.get("small:a").added_notes == ("Then: read on.",)


def test_bytes_with_a_byte_order_mark_and_windows_line_ends_are_read():
    data = b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()

    assert read_curriculum(data).title == "Small"


def test_words_that_old_yaml_takes_for_something_else_stay_words():
    text = SMALL.replace("Paper A", "No").replace("title: One", "title: 1:30")

    curriculum = read_curriculum(text)

    assert curriculum.get("small:a").title == "No"
    assert curriculum.sections[0].title == "1:30"


def test_a_line_without_a_value_counts_as_left_out_where_it_may_be():
    assert read_curriculum(about("year: ")).get("small:a").year is None


# --- What is reported: line, column, where, what, remedy ---


def problem(text, *lines):
    """A text, and all that is said of it: each line begins with the file's name."""
    return text, [f"my.yaml:{line}" for line in lines]


EACH_PROBLEM = {
    "unknown key": problem(
        SMALL + "            tilte: A\n",
        "14:13: a: a resource has no key 'tilte': did you mean 'title'?",
    ),
    "unknown key in braces": problem(
        about("yaer: 2017"),
        "13:34: a > about: `about` has no key 'yaer': did you mean 'year'?",
    ),
    "key outside of its braces": problem(
        SMALL + "            year: 2017\n            aliases: [A]\n",
        "14:13: a: a resource has no key 'year': write it in `about: {...}`",
        "15:13: a: a resource has no key 'aliases': write it in `found_by: {...}`",
    ),
    "names of a step outside of their braces": problem(
        SMALL.replace("id: first\n", "id: first\n        aliases: [A]\n        authors: B\n"),
        "8:9: first: a step has no key 'aliases': write it in `found_by: {...}`",
        "9:9: first: a step has no key 'authors': a step has id, title, resources, number, icon,"
        " addition, found_by, introduction, tables",
    ),
    "comma in a bare text": problem(
        about("authors: Hu, Shen, year: 2021"),
        "13:47: a > about: `about` has no key 'Shen': put a text that has a comma in double quotes",
    ),
    "no braces": problem(
        SMALL.replace("{kind: paper}", "paper") + "            found_by: [A]\n",
        "13:20: a > about: is not a block of `key: value` lines:"
        " write `key: value` pairs in braces, as in the example at the top",
        "14:23: a > found_by: is not a block of `key: value` lines:"
        " write `key: value` pairs in braces, as in the example at the top",
    ),
    "unknown key unlike any other": problem(
        SMALL.replace("id: first\n", "id: first\n        zzz: 1\n"),
        "8:9: first: a step has no key 'zzz':"
        " a step has id, title, resources, number, icon, addition, found_by, introduction, tables",
    ),
    "missing key": problem(
        SMALL.replace("            about: {kind: paper}\n", "")
        + resource("b").replace("kind: paper", "year: 2017"),
        "10:13: a: about is missing: add `about: {kind: ...}`",
        "16:20: b > about: kind is missing: add `kind: ...`",
    ),
    "year in words": problem(
        about("year: soon"),
        "13:40: a > about > year: 'soon' is not a whole number:"
        " write the year as four digits, or leave it out",
    ),
    "impossible numbers": problem(
        about("year: 99, minutes: 100001"),
        "13:40: a > about > year: 99 is too small: write the year as four digits, or leave it out",
        "13:53: a > about > minutes: 100001 is too large:"
        " write about how many minutes it takes, as a whole number, or leave it out",
    ),
    "unknown kind": problem(
        SMALL.replace("kind: paper", "kind: vinyl"),
        f"13:27: a > about > kind: 'vinyl' is none of the kinds: write one of {', '.join(KINDS)}",
    ),
    "yes for true": problem(
        about("must_read: yes"),
        "13:45: a > about > must_read: 'yes' is neither true nor false:"
        " write true, or leave it out",
    ),
    "number for a text": problem(
        SMALL.replace("Paper A", "1984"),
        "11:20: a > title: 1984 is not a text: put it in double quotes",
    ),
    "truth for a text": problem(
        SMALL.replace("Paper A", "true"),
        "11:20: a > title: true is not a text: put it in double quotes",
    ),
    "list for a text": problem(
        SMALL.replace("Paper A", "[A]"),
        "11:20: a > title: a list is not a text: put it in double quotes",
    ),
    "block for a text": problem(
        SMALL.replace("Paper A", "{x: y}"),
        "11:20: a > title: a block of keys is not a text: put it in double quotes",
    ),
    "text for a list": problem(
        SMALL + "            found_by: {tags: attention}\n",
        "14:30: a > found_by > tags: is not a list:"
        " write [one, two], or one line each beginning with `- `",
    ),
    "text for a block": problem(
        SMALL + "          - b\n",
        "14:13: first > resources[2]: is not a block of `key: value` lines: write one key a line",
    ),
    "nothing where something must be": problem(
        SMALL.replace("Paper A", ""),
        "11:19: a > title: has no value: write one, or leave it out",
    ),
    "text that nobody sees": problem(
        SMALL.replace("Paper A", '"\u200b\ufeff \u3164"').replace("First", '"\u2060"'),
        "8:16: first > title: shows nothing: write something that people see",
        "11:20: a > title: shows nothing: write something that people see",
    ),
    "id of a server": problem(
        SMALL.replace("id: small", "id: g123456"),
        "1:5: id: 'g123456' looks like the id of a server: put a letter or a word more in it:"
        " servers' own have g and digits alone",
    ),
    "empty text": problem(
        SMALL.replace("Paper A", '" "'),
        "11:20: a > title: is empty: write something, or leave it out",
    ),
    "line break": problem(
        SMALL.replace("Paper A", '"A\\nB"'),
        "11:20: a > title: has a line break: fold the text with `>-`, or make two entries of it",
    ),
    "escaped control character": problem(
        SMALL.replace("Paper A", '"A\\u202eB"'),
        "11:20: a > title: has a control character: delete it",
    ),
    "bad date": problem(
        SMALL + "updates:\n  - text: New\n    date: 24.09.08\n",
        "16:11: updates[1] > date: '24.09.08' is not a date: write year, month and day: 2024-09-08",
    ),
    "bad id": problem(
        SMALL.replace("id: a\n", "id: A B\n"),
        "10:17: A B > id: 'A B' is not an id: use small letters, digits and hyphens:"
        " at most 40, the list's own id at most 20",
    ),
    "empty step": problem(
        SMALL[: SMALL.index("resources:")] + "resources: []\n",
        "9:20: first > resources: is empty: write at least one, or delete what holds it",
    ),
    "key twice": problem(
        SMALL + "            url: https://a.org/2\n",
        "14:13: a: has the key 'url' twice: keep one of the two",
    ),
    "key that is no word": problem(
        SMALL + "            ? [a, b]\n            : c\n",
        "14:15: a: has a key that is not a word: write `key: value`",
    ),
    "id twice": problem(
        SMALL + resource("a", url="https://a.org/2"),
        "14:17: a > id: another resource above has the id 'a': give each its own",
    ),
    "step id twice": problem(
        SMALL
        + SMALL[SMALL.index("      - id: first") :]
        .replace("id: a\n", "id: b\n")
        .replace("/1", "/2"),
        "14:13: first > id: another step above has the id 'first': give each its own",
    ),
    "missing prerequisite": problem(
        SMALL + resource("bart", "prerequisites: [bert]") + resource("b2", "prerequisites: [zzzz]"),
        "18:29: bart > prerequisites[1]: no resource has the id 'bert': did you mean 'bart'?",
        "23:29: b2 > prerequisites[1]: no resource has the id 'zzzz':"
        " write the id of a resource of this list",
    ),
    "renamed prerequisite": problem(
        SMALL + "            formerly: [old]\n" + resource("b", "prerequisites: [old, a, a]"),
        "19:29: b > prerequisites[1]: no resource has the id 'old': it is now called 'a'",
        "19:37: b > prerequisites[3]: 'a' stands twice: keep one of the two",
    ),
    "loops": problem(
        SMALL
        + resource("b", "prerequisites: [d, c]")
        + resource("c", "prerequisites: [b]")
        + resource("d", "prerequisites: [a]")
        + resource("e", "prerequisites: [e]")
        + resource("f", "prerequisites: [c]"),
        "18:28: b > prerequisites: waits for itself: b -> c -> b: take one of these arrows out",
        "33:28: e > prerequisites: waits for itself: e -> e: take one of these arrows out",
    ),
    "waiting for an addition": problem(
        SMALL
        + "            prerequisites: [b]\n"
        + resource("b").replace("paper", "paper, addition: true"),
        "14:29: a > prerequisites[1]: is of the maker's list and waits for the addition 'b':"
        " leave it out: the list can be read without additions",
    ),
    "waiting for a companion": problem(
        SMALL + COMPANION + resource("b", "prerequisites: [help]"),
        "23:29: b > prerequisites[1]: waits for 'help', which is a companion:"
        " companions are optional: name the resource it stands under",
    ),
    "companion with prerequisites": problem(
        SMALL + COMPANION + "                prerequisites: [a]\n",
        "19:17: help: a companion has no key 'prerequisites': a companion has id, title, url,"
        " about, label, original_url, maker_url, found_by, notes, added_notes, sentence,"
        " remark, questions, formerly",
    ),
    "bad links": problem(
        SMALL.replace("https://a.org/1", "a.org/1").replace("title: Small", "title: Small\nurl: x")
        + "            original_url: ftp://a.org/1\n",
        "3:6: url: 'x' is not a web link: write the whole address, with https:// in front",
        "13:18: a > url: 'a.org/1' is not a web link:"
        " write the whole address, with https:// in front",
        "15:27: a > original_url: 'ftp://a.org/1' is not a web link:"
        " write the whole address, with https:// in front",
    ),
    "bad cells": problem(
        SMALL.replace("        resources:", f"{TABLE}        resources:"),
        "12:33: first > tables[1] > rows[1][1] > url: 'nowhere' is not a web link:"
        " write the whole address, with https:// in front",
        "12:42: first > tables[1] > rows[1][1]: a cell has no key 'uri': did you mean 'url'?",
        "13:18: first > tables[1] > rows[2][1]: is not a block of `key: value` lines:"
        " write one key a line",
    ),
    "one part": problem(
        SMALL + "            parts: [all of it]\n",
        "14:20: a > parts: has one entry: name two parts at least, or leave it out",
    ),
    "part twice": problem(
        SMALL + "            parts: [week 1, week 2, week 1]\n",
        "14:20: a > parts: 'week 1' stands twice: give each part a name of its own",
    ),
    **{
        f"part twice by the look, {how}": problem(
            SMALL + f"            parts: [chap\u00e9 7-9, week 2, {again!r}]\n",
            "14:20: a > parts: 'chap\u00e9 7-9' stands twice: give each part a name of its own",
        )
        for how, again in {
            "but for a space": "chap\u00e9  7-9",
            "but for how it is encoded": "chape\u0301 7-9",
            "but for capitals": "Chap\u00c9 7-9",
            "but for wide digits": "chap\u00e9 \uff17-9",
        }.items()
    },
    "text for parts": problem(
        SMALL + "            parts: chapters 1-3\n",
        "14:20: a > parts: is not a list: write [one, two], or one line each beginning with `- `",
    ),
    "number for a part": problem(
        SMALL + "            parts: [1, chapter 2]\n",
        "14:21: a > parts[1]: 1 is not a text: put it in double quotes",
    ),
    "one link twice": problem(
        SMALL + COMPANION + resource("b", url="http://www.a.org/help/?utm_source=x"),
        "21:18: b > url: the same link as 'help' (line 15): a.org/help:"
        " keep one of the two, or link to another page",
    ),
    "shared names": problem(
        SMALL
        + "            label: 'GPT-1:'\n"
        + resource("b", "found_by: {aliases: [paper a, gpt-1, B2, b2]}"),
        "19:34: b > found_by > aliases[1]: 'paper a' is also a name of 'a':"
        " keep it for the one that people mean",
        "19:43: b > found_by > aliases[2]: 'gpt-1' is also a name of 'a':"
        " keep it for the one that people mean",
        "19:54: b > found_by > aliases[4]: 'b2' stands twice: keep one of the two",
    ),
    "shared names of steps": problem(
        SMALL.replace(
            "id: first\n",
            "id: zero\n        title: Zero\n        found_by: {aliases: [first, Paper A]}\n"
            "        resources: [{id: z, title: Z, url: 'https://z.org', about: {kind: paper}}]\n"
            "      - id: first\n",
        ),
        "9:30: zero > found_by > aliases[1]: 'first' is also a name of 'first':"
        " keep it for the one that people mean",
    ),
    "former ids": problem(
        SMALL + "            formerly: [b, x]\n" + resource("b", "formerly: [x]"),
        "14:24: a > formerly[1]: the former id 'b' is still in use:"
        " leave it out, or rename the resource that has it",
        "19:24: b > formerly[1]: the former id 'x' stands twice: keep it in one place",
    ),
    "everything at once": problem(
        SMALL.replace("Paper A", "1984").replace("kind: paper", "kind: vinyl")
        + "            prerequisites: [nothing]\n            tilte: 1\n",
        "11:20: a > title: 1984 is not a text: put it in double quotes",
        f"13:27: a > about > kind: 'vinyl' is none of the kinds: write one of {', '.join(KINDS)}",
        "14:29: a > prerequisites[1]: no resource has the id 'nothing':"
        " write the id of a resource of this list",
        "15:13: a: a resource has no key 'tilte': did you mean 'title'?",
    ),
    "not a list at all": problem(
        "- a\n- b\n",
        "1:1: list: is not a block of `key: value` lines: write one key a line",
    ),
    "nothing": problem(
        "# only a comment\n",
        "1:1: file: is empty:"
        " copy the example at the top of data/curriculum.yaml, or run `nextread new FILE`",
    ),
    "colon in a bare text": problem(
        SMALL.replace("Paper A", "BERT: Pre-training"),
        "11:24: file: YAML: mapping values are not allowed in this context:"
        " put a text that contains ': ' in double quotes",
    ),
    "tab": problem(
        SMALL + "\tlabel: X\n",
        "14:1: file: YAML: found character that cannot start any token:"
        " indent with spaces, not with tabs",
    ),
    "tab below a text": problem(
        SMALL + "            label: X\n\tyear: 2017\n",
        "15:1: file: YAML: found a tab character that violates indentation:"
        " indent with spaces, not with tabs",
    ),
    "at sign": problem(
        SMALL.replace("Paper A", "@home"),
        "11:20: file: YAML: found character that cannot start any token:"
        " put a text that begins with @, % or ` in double quotes",
    ),
    "no space after the colon": problem(
        SMALL + "            year:2017\n",
        "14:13: a: a resource has no key 'year': write it in `about: {...}`",
        "14:18: file: YAML: could not find expected ':': write `key:"
        " value`, with a space after the colon; indent what goes on below",
    ),
    "next line of a text not indented": problem(
        SMALL + "            added_notes: Read\n            on.\n            label: X\n",
        "16:13: file: YAML: could not find expected ':': write `key:"
        " value`, with a space after the colon; indent what goes on below",
    ),
    "open quotes": problem(
        SMALL + '            added_notes: "Read\n              on.\n            label: X\n',
        "14:26: file: YAML: found unexpected end of stream: close the quotes that open here",
    ),
    "neither a note nor notes": problem(
        SMALL + "            added_notes: 12\n            notes: [3]\n",
        "14:26: a > added_notes: 12 is not a text: put it in double quotes",
        "15:21: a > notes[1]: 3 is not a text: put it in double quotes",
    ),
    "indented too little": problem(
        SMALL + "   year: 2017\n",
        "14:4: file: YAML: did not find expected '-' indicator:"
        " keep everything at the indentation of its neighbours",
    ),
    "backslash": problem(
        SMALL.replace("Paper A", '"\\p"'),
        "11:21: file: YAML: found unknown escape character:"
        " write a backslash as two, or use single quotes",
    ),
    "open bracket": problem(
        SMALL + "            notes: [a, b\n            label: X\n",
        "15:18: file: YAML: did not find expected ',' or ']':"
        " look at the quotes, brackets and indentation here and one line above",
    ),
    "anchor": problem(
        SMALL.replace("Paper A", "&x Paper"),
        "11:20: file: uses a YAML anchor or alias (& or *): write the value out instead",
    ),
    "alias": problem(
        SMALL.replace("Paper A", "*x"),
        "11:20: file: uses a YAML anchor or alias (& or *): write the value out instead",
    ),
    "tag": problem(
        SMALL.replace("Paper A", "!!python/name:os.system x"),
        "11:20: file: uses a YAML tag (!): write the value out instead",
    ),
    "two documents": problem(
        SMALL + "---\nid: x\n",
        "14:1: file: YAML: but found another document: leave out the line `---`",
    ),
    "too deep": problem(
        "a: " + "[" * 100_000,
        f"1:{3 + DEEPEST_NESTING}: file: is nested too deeply:"
        " a list has sections, steps, resources, no more",
    ),
    "too deep inside of a list": problem(
        SMALL.replace("Paper A", "[장, " + "{" * 5_000),
        "11:32: file: is nested too deeply: a list has sections, steps, resources, no more",
    ),
    "anchor before a tab": problem(
        SMALL.replace("Paper A", "&x\n\tPaper A"),
        "11:20: file: uses a YAML anchor or alias (& or *): write the value out instead",
        "12:1: file: YAML: found character that cannot start any token:"
        " indent with spaces, not with tabs",
    ),
    "stars of Markdown": problem(
        SMALL.replace("Paper A", "**BERT**"),
        "11:21: file: YAML: did not find expected alphabetic or numeric character:"
        " put a text that begins with * or & in double quotes",
    ),
    "UTF-16 without its mark": problem(
        SMALL.encode("utf-16-le"),
        "1:2: file: has the control character U+0000: save the file with the encoding UTF-8",
    ),
    "too large": problem(
        "#" * (LARGEST_FILE + 1),
        "1:1: file: is larger than 1 MB: split the list",
    ),
    "raw control character": problem(
        SMALL.replace("Paper A", "Paper\x07"),
        "11:25: file: has the control character U+0007: delete it",
    ),
    "not UTF-8": problem(
        SMALL.replace("Paper A", "Café").encode("latin-1"),
        "11:23: file: byte 0xe9 is not UTF-8: save the file with the encoding UTF-8",
    ),
}


@pytest.mark.parametrize("name", EACH_PROBLEM)
def test_every_problem_is_told_with_its_place_and_remedy(name):
    text, expected = EACH_PROBLEM[name]

    assert complaints(text) == expected


VALUE = re.compile(r"'[^'\s]*'|\d+")
LATIN = re.compile("[A-Za-z_]+")
QUOTED = re.compile(r"(?<=^YAML 오류예요 )\(.*\)$|\(0x\w+\)|\(U\+\w+\)")
"""What PyYAML says, and bytes."""

KEYS_OF_FILES = set().union(
    *(each.model_fields for each in vars(shape).values() if hasattr(each, "model_fields"))
)
OF_FILES = {*KEYS_OF_FILES, *KINDS, *LATIN.findall(
    "YAML UTF MB PDF ZIP CSV RIS BibTeX Markdown key value true false https g nextread import new"
    " FILE data curriculum yaml"
)}  # fmt: skip
"""What stands in files, and what their formats are called."""


def each_flaw():
    """Yield every flaw that is told here, with the words of its file."""
    texts = [text for text, _ in EACH_PROBLEM.values()]
    texts += [text_of(limit + 1) for text_of, limit in LIMITS.values()]
    texts += [each for several in OTHER_FORMATS.values() for each in several]
    for text in texts:
        with pytest.raises(CurriculumFileError) as caught:
            read_curriculum(text, "my.yaml")
        plain = text.decode("latin-1") if isinstance(text, bytes) else text
        yield from ((flaw, {*LATIN.findall(plain)}) for flaw in caught.value.flaws)


def test_every_flaw_is_said_in_korean_with_the_same_values():
    wrong = []
    for flaw, words in each_flaw():
        for phrase in (flaw.what, flaw.remedy):
            said = to_all(phrase.said, "ko")
            own = QUOTED.sub("", said)
            is_korean = re.search("[가-힣]", own) and {*LATIN.findall(own)} <= words | OF_FILES
            if not is_korean or Counter(VALUE.findall(said)) != Counter(VALUE.findall(phrase)):
                wrong.append(f"{phrase} -> {said}")

    assert wrong == []


def test_all_titles_with_a_colon_are_told_at_once_with_what_else_is_wrong():
    ten = "".join(resource(f"r{n}", title=f"Paper {n}: a title") for n in range(10))
    text = SMALL.replace("kind: paper", "kind: papr") + ten

    told = complaints(text.replace("\n", "\r\n"))

    colon = "file: YAML: mapping values are not allowed in this context: put a text that"
    assert told[0].startswith("my.yaml:13:27: a > about > kind: 'papr' is none of the kinds")
    assert [line.partition(" contains")[0] for line in told[1:]] == [
        f"my.yaml:{15 + 4 * n}:27: {colon}" for n in range(10)
    ]


def test_slips_within_their_lines_are_told_at_once_and_no_line_of_a_longer_text_is():
    below = "            "
    text = SMALL + (
        f"{below}notes: >-\n{below}  This: is: fine\n{below}  @here\n"
        f'{below}sentence: "Read\n{below}  this: too: well."\n'
        f"{below}added_notes:\n{below}  - One: two: three\n{below}  - @home\n"
        f"{below}label: `x`\n{below}remark:\n{below}questions: {{a: b: c}}\n\tlabel: x\n"
    )

    places = [line.split(":")[1] for line in complaints(text)]

    assert places == ["20", "21", "22", "24", "25"]


def test_a_later_line_of_a_bare_text_is_no_slip_of_its_own():
    text = SMALL + "            notes: A Generative\n              **Pretrained** Transformer\n"

    assert len(complaints(text.replace("Paper A", "Paper: A"))) == 1


def test_a_title_put_in_quotes_for_the_reading_is_not_taken_for_another_fault():
    text = SMALL.replace("Small", "Small: x").replace("One", "@One # why").replace("First", "A:")

    assert len(complaints(text)) == 3


def test_all_control_characters_are_told_at_once():
    hidden = SMALL.replace("Paper A", "Pa\x07per\x07").replace("One", "O\u202en")

    assert len(complaints(hidden)) == 3


OTHER_FORMATS = {
    "Markdown": ["# Papers\n\n- [A](https://a.org)\n", "* BERT\n", "# Papers\n* A: b: c\n"],
    "CSV": ["title,url\nA,https://a.org\n", "Name;Link\nA: b;c\n", "A,https://a.org\nB,\n"],
    "BibTeX": ["% mine\n@article{a,\n title = {A}\n}\n"],
    "RIS": ["TY  - JOUR\nTI  - A\n"],
    "a web page": ["<!doctype html><title>a: b</title>"],
}


@pytest.mark.parametrize("name", OTHER_FORMATS)
def test_a_file_of_another_format_is_called_that_with_what_to_do(name):
    ending = {"Markdown": "md"}.get(name, "yaml")
    for text in OTHER_FORMATS[name]:
        with pytest.raises(CurriculumFileError) as caught:
            read_curriculum(text, f"mine.{ending}")

        (line,) = str(caught.value).splitlines()
        assert line.startswith(f"mine.{ending}:1:1: file: is {name}, and a list is YAML: ")
        assert "`nextread import FILE`" in line


def test_a_list_with_headings_and_links_in_its_notes_is_a_list_all_the_same():
    text = "# Mine\n" + SMALL + "            notes: [see [x](https://x.org)\n"

    assert "is Markdown" not in complaints(text)[0]


@pytest.mark.parametrize("name", ["papers", "My Papers!", "g123", "", "맘바", "x" * 60])
def test_the_list_to_start_from_is_complete_whatever_its_file_is_called(name):
    curriculum = read_curriculum(starter(name))

    assert len(curriculum.resources) == 3
    assert curriculum.get(f"{curriculum.id}:bert").prerequisites


def test_however_a_file_is_nested_too_deeply_it_is_told_in_our_words():
    # A key must stand where these brackets do: some versions of PyYAML see that first.
    (line,) = complaints("a: 1\n" + "[" * 5_000)

    assert line.endswith(("a list has sections, steps, resources, no more", "what goes on below"))


def test_a_value_too_long_to_repeat_is_cut():
    (line,) = complaints(about(f"year: {'x' * 500}"))

    assert len(line) < 200


def test_a_file_of_nothing_but_wrong_ids_is_answered_too():
    wrong = "".join(resource(f"r{i}", f"prerequisites: [q{i}]") for i in range(200))

    assert len(complaints(SMALL + wrong)) == 200


def test_a_long_chain_of_prerequisites_is_no_loop():
    chain = "".join(resource(f"r{i}", f"prerequisites: [r{i - 1}]") for i in range(1, 2000))

    assert len(read_curriculum(SMALL + resource("r0") + chain).resources) == 2001


def limited(line):
    return SMALL + f"            {line}\n"


LIMITS = {
    "title": (lambda n: SMALL.replace("Paper A", "x" * n), shape.LONGEST_TITLE),
    "label": (lambda n: limited(f"label: {'x' * n}"), shape.LONGEST_LABEL),
    "authors": (lambda n: about(f"authors: {'x' * n}"), shape.LONGEST_AUTHORS),
    "note": (lambda n: limited(f"notes: [{'x' * n}]"), shape.LONGEST_TEXT),
    "one note": (lambda n: limited(f"notes: {'x' * n}"), shape.LONGEST_TEXT),
    "question": (lambda n: limited(f"questions: [{'x' * n}]"), shape.LONGEST_QUESTION),
    "questions": (lambda n: limited(f"questions: {['x'] * n}"), shape.MOST_QUESTIONS),
    "part": (lambda n: limited(f"parts: [x, {'y' * n}]"), shape.LONGEST_PART),
    "parts": (lambda n: limited(f"parts: {[f'x{i}' for i in range(n)]}"), shape.MOST_PARTS),
    "sentence": (lambda n: limited(f"sentence: {'x' * n}"), shape.LONGEST_TEXT),
    "alias": (lambda n: limited(f"found_by: {{aliases: [{'x' * n}]}}"), shape.LONGEST_ALIAS),
    "tag": (lambda n: limited(f"found_by: {{tags: [{'x' * n}]}}"), shape.LONGEST_TAG),
    "slug": (lambda n: SMALL.replace("id: a\n", f"id: {'x' * n}\n"), shape.LONGEST_SLUG),
    "list id": (
        lambda n: SMALL.replace("id: small", f"id: {'x' * n}"),
        shape.LONGEST_CURRICULUM_ID,
    ),
    "step title": (lambda n: SMALL.replace("First", "x" * n), shape.LONGEST_STEP_TITLE),
    "link": (
        lambda n: SMALL.replace("https://a.org/1", "https://a.org/".ljust(n, "x")),
        shape.LONGEST_LINK_ON_A_CARD,
    ),
    "paragraph": (
        lambda n: SMALL.replace("title: Small", f"title: Small\nintroduction: [{'x' * n}]"),
        shape.LONGEST_PARAGRAPH,
    ),
    "introduction": (
        lambda n: SMALL.replace(
            "title: First",
            "title: First\n        introduction: "
            + str(["x" * 900, "y" * 900, "z" * (n - 1800)]).replace("'", ""),
        ),
        LONGEST_INTRODUCTION,
    ),
    "notes": (lambda n: limited(f"notes: {['x'] * n}"), shape.MOST_NOTES),
    "aliases": (
        lambda n: limited(f"found_by: {{aliases: [{', '.join(f'x{i}' for i in range(n))}]}}"),
        shape.MOST_NAMES,
    ),
    "companions": (
        lambda n: (
            SMALL
            + "            companions:\n"
            + "".join(
                resource(f"c{i}")
                .replace("\n", "\n    ")
                .rstrip(" ")
                .replace("          -", "              -", 1)
                for i in range(n)
            )
        ),
        shape.MOST_COMPANIONS,
    ),
    "minutes": (lambda n: about(f"minutes: {n}"), shape.MOST_MINUTES),
    "year": (lambda n: about(f"year: {n}"), shape.MOST_YEAR),
    "card": (
        lambda n: limited(
            f"notes: {['x' * 500] * 5 + ['x' * (n - 2500 - len('Paper A' + 'https://a.org/1'))]}"
        ),
        LONGEST_CARD,
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_what_just_fits_is_read_and_one_more_is_refused(name):
    text_of, limit = LIMITS[name]

    read_curriculum(text_of(limit))
    assert len(complaints(text_of(limit + 1))) == 1


def test_the_texts_of_companions_count_for_the_card_of_their_resource():
    notes = f"            notes: {['x' * 500] * 5}\n"
    remark = f"                remark: {'x' * 460}\n"
    read_curriculum(SMALL + notes + COMPANION)

    assert complaints(SMALL + notes + COMPANION + remark) == [
        "my.yaml:10:13: a: has 3004 characters in all: keep at most 3000, so that it fits a card"
    ]


# --- Any text at all ---


@given(st.text() | st.binary() | st.text("[]{}:-?&*!|>'\"%@ \n\tab~#,.0", max_size=60))
def test_no_text_whatever_raises_anything_else(text):
    with pytest.raises(CurriculumFileError):
        read_curriculum(text)


KEYS = (
    "id title url about kind found_by sections steps resources companions tables rows columns year "
    "notes aliases prerequisites formerly introduction updates date text addition"
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS.split(" ")), inner, max_size=5)
    ),
    max_leaves=30,
)


@given(VALUES, st.integers(0, 4))
def test_no_wrong_shape_raises_anything_else(value, depth):
    for key in ["companions", "resources", "steps", "sections"][4 - depth :]:
        value = {"id": "x", key: [value]}

    with pytest.raises(CurriculumFileError) as caught:
        read_curriculum(yaml.safe_dump(value, allow_unicode=True))
    assert all(flaw.line >= 1 for flaw in caught.value.flaws)


# --- Writing ---

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"], exclude_characters=BIDI)
    | st.sampled_from(" :#-,'\"[]{}&*!|>%@`?\\"),
    min_size=1,
    max_size=90,
)
WORDS = st.lists(st.sampled_from(["yes", "a", "#b", "c:", "-", "12", "long" * 5]), max_size=15)
TEXTS = ANY_TEXT.map(str.strip).filter(shape.is_visible)
LONG_TEXTS = TEXTS | WORDS.map(" ".join).filter(bool)
LABELS = TEXTS.map(lambda text: text[:10].strip()).filter(shape.is_visible)
SLUGS = st.text("abc019-", min_size=1, max_size=12)
MAYBE = st.just("") | TEXTS
MAYBE_LONG = st.just("") | LONG_TEXTS
SEVERAL = st.lists(LONG_TEXTS, max_size=2).map(tuple)


def as_read(name):
    """A name without what nobody sees of it: capitals, spaces, how its letters are encoded."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


PARTS = st.lists(TEXTS, min_size=2, max_size=26, unique_by=as_read).map(tuple)


@st.composite
def curricula(draw):
    """Lists that keep the rules: unique ids, links and names, prerequisites among the earlier."""
    slugs = iter(draw(st.lists(SLUGS, min_size=40, max_size=40, unique=True)))
    earlier = []

    def make_resource(step_id, added, parent=None):
        slug = next(slugs)
        key = f"list:{slug}"
        is_added = added or draw(st.booleans())
        needed = [r.key for r in earlier if is_added or not r.addition]
        needs_any = needed and parent is None
        companions = draw(st.integers(0, 1)) if parent is None else 0
        made = Resource(
            key=key,
            title=draw(TEXTS),
            url=f"https://a.org/{slug}?q=%20#x",
            kind=draw(st.sampled_from(KINDS)),
            step_id=step_id,
            label=draw(st.just("") | LABELS),
            must_read=draw(st.booleans()),
            addition=is_added,
            parent=parent,
            original_url=draw(st.sampled_from([None, f"https://b.org/{slug}"])),
            maker_url=draw(st.sampled_from([None, f"https://c.org/{slug}"])),
            authors=draw(MAYBE),
            year=draw(st.none() | st.integers(shape.LEAST_YEAR, shape.MOST_YEAR)),
            minutes=draw(st.none() | st.integers(1, shape.MOST_MINUTES)),
            prerequisites=draw(st.sampled_from([(), (needed[-1],)])) if needs_any else (),
            aliases=draw(st.sampled_from([(), (f"{slug}, too", f"yes {slug}")])),
            tags=draw(st.lists(LABELS, max_size=2).map(tuple)),
            notes=draw(SEVERAL),
            added_notes=draw(SEVERAL),
            sentence=draw(MAYBE_LONG),
            remark=draw(MAYBE_LONG),
            questions=draw(SEVERAL),
            parts=draw(st.just(()) | PARTS) if parent is None else (),
            formerly=draw(st.sampled_from([(), (f"list:old-{slug}",)])),
            companions_title=draw(MAYBE) if parent is None else "",
            companions=tuple(make_resource(step_id, is_added, key) for _ in range(companions)),
        )
        if parent is None:
            earlier.append(made)
        return made

    def make_cell():
        url = draw(st.sampled_from([None, "https://a.org/table"]))
        return Cell(draw(TEXTS), url, draw(st.sampled_from([None, "https://b.org/table"])))

    def make_table():
        rows = draw(st.integers(1, 2))
        cells = tuple((make_cell(), make_cell()) for _ in range(rows))
        return Table((draw(TEXTS), draw(TEXTS)), cells)

    def make_step(section_id, added):
        step_id = next(slugs)
        is_added = added or draw(st.booleans())
        count = draw(st.integers(1, 2))
        return Step(
            id=step_id,
            title=draw(TEXTS),
            section_id=section_id,
            number=draw(st.just("") | LABELS),
            icon=draw(st.sampled_from(["", "🤖", "⚙️"])),
            introduction=draw(SEVERAL),
            addition=is_added,
            aliases=draw(st.sampled_from([(), (f"{step_id}, too",)])),
            tags=draw(st.lists(LABELS, max_size=2).map(tuple)),
            resources=tuple(make_resource(step_id, is_added) for _ in range(count)),
            tables=tuple(make_table() for _ in range(draw(st.integers(0, 1)))),
        )

    def make_section():
        section_id = next(slugs)
        is_added = draw(st.booleans())
        return Section(
            id=section_id,
            title=draw(TEXTS),
            icon=draw(st.sampled_from(["", "🚩"])),
            introduction=draw(SEVERAL),
            addition=is_added,
            steps=tuple(make_step(section_id, is_added) for _ in range(draw(st.integers(1, 2)))),
        )

    return Curriculum(
        id="list",
        title=draw(TEXTS),
        icon=draw(st.sampled_from(["", "🎛"])),
        maker=draw(st.sampled_from(["", "Someone"])),
        url=draw(st.sampled_from([None, "https://a.org/list"])),
        introduction=draw(SEVERAL),
        sections=tuple(make_section() for _ in range(draw(st.integers(1, 2)))),
        update_title=draw(MAYBE),
        update_icon=draw(st.sampled_from(["", "🎊"])),
        updates=tuple(
            Update(
                draw(TEXTS), draw(st.none() | st.dates(min_value=date(1000, 1, 1))), draw(SEVERAL)
            )
            for _ in range(draw(st.integers(0, 1)))
        ),
    )


def parts_of(curriculum):
    return {f.name: getattr(curriculum, f.name) for f in dataclasses.fields(curriculum)}


@settings(suppress_health_check=list(HealthCheck))
@given(curricula())
def test_what_is_written_reads_back_as_it_was(curriculum):
    text = write_curriculum(curriculum)

    assert parts_of(read_curriculum(text)) == parts_of(curriculum)
    BY_SCHEMA.validate(plain(text))
    assert not [line for line in text.splitlines() if line != line.rstrip()]


def test_the_list_that_nextread_comes_with_reads_back_as_it_was():
    curriculum = read_curriculum(default_curriculum_path().read_bytes())

    text = write_curriculum(curriculum)

    assert parts_of(read_curriculum(text)) == parts_of(curriculum)


def test_defaults_are_not_written():
    assert write_curriculum(read_curriculum(SMALL)) == (
        "# yaml-language-server: $schema=curriculum.schema.json\n"
        + SMALL.replace("sections:", "\nsections:")
        .replace("    steps:", "\n    steps:")
        .replace("        resources:", "\n        resources:")
    )


def test_what_servers_added_is_written_under_ids_of_the_list():
    curriculum = read_curriculum(SMALL)
    (section,) = curriculum.sections
    (step,) = section.steps
    (a,) = step.resources
    a = dataclasses.replace(a, formerly=("g1:a", "g1:old", "small:old"))
    theirs = dataclasses.replace(
        a, key="g1:a", url="https://a.org/2", prerequisites=("small:a", "g1:gone"), formerly=()
    )
    step = dataclasses.replace(step, resources=(a, theirs))
    empty = dataclasses.replace(step, id="empty", resources=())
    section = dataclasses.replace(section, steps=(step, empty))
    unused = dataclasses.replace(section, id="unused", steps=(empty,))

    back = read_curriculum(
        write_curriculum(Curriculum(id="small", title="Small", sections=(section, unused)))
    )

    assert [r.key for r in back.resources] == ["small:a", "small:a-2"]
    assert back.get("small:a").formerly == ("small:old",)
    assert back.get("small:a-2").prerequisites == ("small:a",)
    assert [step.id for step in back.steps] == ["first"]


# --- The schema ---

SCHEMA = curriculum_schema()
BY_SCHEMA = jsonschema.Draft202012Validator(SCHEMA)


def plain(text):
    """The values of a file as an editor's YAML reader (1.2) gives them to the schema."""
    return read_tree(text, "x").value


def test_the_schema_is_one_and_the_list_keeps_it():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    BY_SCHEMA.validate(plain(default_curriculum_path().read_text(encoding="utf-8")))
    assert json.dumps(SCHEMA).count('"description"') > 25


@pytest.mark.parametrize(
    "name",
    [
        "unknown key",
        "unknown key in braces",
        "key outside of its braces",
        "no braces",
        "missing key",
        "year in words",
        "impossible numbers",
        "unknown kind",
        "yes for true",
        "number for a text",
        "text for a list",
        "bad id",
        "empty step",
        "companion with prerequisites",
        "one part",
        "part twice",
        "text for parts",
        "bad cells",
    ],
)
def test_an_editor_with_the_schema_sees_what_the_loader_sees(name):
    text, _ = EACH_PROBLEM[name]

    with pytest.raises(jsonschema.ValidationError):
        BY_SCHEMA.validate(plain(text))


def test_an_installed_copy_has_its_list_inside_the_package():
    assert default_curriculum_path().name == "curriculum.yaml"
    assert default_curriculum_path().is_file()
