import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from bot.core.me import Kept, Titled, about, keys_of, to_bibtex, to_json
from tests.curricula import NOW

ADDED_LATER = {"voices": [{"reader_id": 5, "resource_key": "demo:bert", "why": "good | *great*"}]}


def kept(rows):
    return Kept(5, rows, titles={}, groups={}, weeks={})


def test_a_table_that_is_new_is_counted_and_downloaded_all_the_same():
    found = kept(ADDED_LATER)

    assert about(found).others == {"voices": 1}
    assert not about(found).is_empty
    (row,) = json.loads(to_json(found, NOW))["tables"]["voices"]["rows"]
    assert row["why"] == "good | *great*"


def test_a_key_that_nobody_remembers_stands_for_itself():
    found = kept({"reader_lists": [{"current_key": "demo:x_y", "goal_key": None, "used_at": 0}]})

    assert about(found).current.title == "demo:x_y"


def test_what_is_current_is_of_the_list_used_last():
    old, new = ({"current_key": f"demo:{at}", "goal_key": None, "used_at": at} for at in (1, 2))

    assert about(kept({"reader_lists": [new, old]})).current.title == "demo:2"


def test_keys_are_found_in_columns_and_in_changes():
    before = '{"marks": {"demo:c": null}, "current": "demo:d", "goal": null}'
    after = '{"marks": {"demo:c": null}, "current": null, "goal": "demo:e"}'
    row = {"a_key": "demo:a", "b_key": None, "before_rows": before, "after_rows": after}

    assert set(keys_of(row)) == {"demo:a", "demo:c", "demo:d", "demo:e"}


def read(**titles):
    """What a reader has read who marked each of these, in this order."""
    rows = [
        {"resource_key": f"demo:{slug}", "state": "known", "changed_at": at}
        for at, slug in enumerate(titles)
    ]
    named = {f"demo:{slug}": titled for slug, titled in titles.items()}
    return replace(kept({"progress": rows}), titles=named)


def test_the_bibliography_has_what_counts_as_read_in_the_order_it_was_marked():
    states = ("done", "known", "skipped", "later")
    rows = [
        {"resource_key": f"demo:{state}", "state": state, "changed_at": 4 - at}
        for at, state in enumerate(states)
    ]

    assert re.findall(r"@misc{demo:(\w+),", to_bibtex(kept({"progress": rows}))) == [
        "known",
        "done",
    ]


def test_an_entry_says_what_is_known_of_a_paper():
    lora = Titled(
        "LoRA", "https://arxiv.org/pdf/2106.09685v2", True, "Hu, Shen, et al.", 2021, "paper"
    )

    assert to_bibtex(read(lora=lora)) == (
        "@misc{demo:lora,\n"
        "  title = {{LoRA}},\n"
        "  author = {Hu and Shen and others},\n"
        "  year = {2021},\n"
        "  url = {https://arxiv.org/pdf/2106.09685v2},\n"
        "  eprint = {2106.09685},\n"
        "  archiveprefix = {arXiv},\n"
        "}\n"
    )
    assert to_bibtex(read(gone=Titled("What it was"))) == (
        "@misc{demo:gone,\n  title = {{What it was}},\n}\n"
    )


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)


@given(TEXTS, TEXTS)
def test_whatever_a_title_says_other_programs_read_the_entries(title, authors):
    works = read(one=Titled(title, "https://example.org/{x}", True, authors, 2020, "video"))
    works = read(one=works.titles["demo:one"], two=Titled("Two"))

    entries = parse_string(to_bibtex(works), "bibtex").entries

    assert list(entries) == ["demo:one", "demo:two"]
    said = entries["demo:one"].fields["title"]
    assert said.startswith("{")
    assert said.endswith("}")
    assert entries["demo:one"].fields["note"] == "video"


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Zhang & Sennrich", "Zhang and Sennrich"),
        ("Vaswani et al.", "Vaswani and others"),
        (
            "Ada Lovelace; Alan Turing and Grace Hopper",
            "Ada Lovelace and Alan Turing and Grace Hopper",
        ),
        ("et al.", "others"),
        ("Sandra Andersson", "Sandra Andersson"),
        ("AT&T_Labs", r"AT and T\_Labs"),
    ],
)
def test_authors_are_written_as_bibtex_has_them(authors, names):
    entry = to_bibtex(read(one=Titled("One", authors=authors)))

    assert f"author = {{{names}}}," in entry
