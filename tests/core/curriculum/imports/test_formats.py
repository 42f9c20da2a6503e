from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.bibliographies import write_bibtex
from bot.core.curriculum.file import default_curriculum_path, read_curriculum, write_curriculum
from bot.core.curriculum.imports.formats import LARGEST_FILE, read_list
from bot.core.curriculum.imports.gathering import MOST_UNREAD
from bot.core.curriculum.tables import write_csv
from bot.errors import CurriculumFileError, NotAListError, ReaderError
from tests.core.curriculum.imports.lists import keeps_to_the_rules

OURS = read_curriculum(default_curriculum_path().read_bytes())
CSL = '[{"title": "A", "URL": "https://a.org"}]'
RIS = "TY  - JOUR\nTI  - A\nUR  - https://a.org\nER  - \n"
BIBTEX = "% Encoding: UTF-8\n\n@misc{a, title={A}, url={https://a.org}}\n"
CSV = "title;link\nA;https://a.org\n"


def why(raw, source="list"):
    with pytest.raises(NotAListError) as caught:
        read_list(raw, source)
    return caught.value.why


@pytest.mark.parametrize(
    "text", [CSL, RIS, BIBTEX, CSV, "A\thttps://a.org\n", "sep=|\nA|https://a.org\n"]
)
@pytest.mark.parametrize("source", ["list", "list.md", "list.yaml"])
def test_a_format_is_told_by_its_look_whatever_the_file_is_called(text, source):
    assert [r.title for r in read_list(text.encode(), source).curriculum.resources] == ["A"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Exported from X\n@misc{a, title={A}, url={https://a.org}}\n", "my.bib"),
        ("Exported\n" + RIS, "my.RIS"),
        ('{"title": "A",\n"URL": "https://a.org"}', "my.json"),
        ("[A](https://a.org)\n", "my.csv"),
    ],
)
def test_a_format_without_a_look_is_told_by_the_name_of_its_file(text, source):
    assert [r.title for r in read_list(text.encode(), source).curriculum.resources] == ["A"]


@pytest.mark.parametrize("source", ["list.md", "list.csv", "list.bib", "list.ris"])
def test_no_more_lines_without_a_link_are_told_than_anybody_reads(source):
    written = {"list.csv": CSV, "list.bib": BIBTEX, "list.ris": RIS}.get(source, "https://a.org\n")
    idle = "@misc{b, title={B}}\n" if source == "list.bib" else "no link here\n"

    few = read_list((written + "\n" + idle * MOST_UNREAD).encode(), source).unread
    many = read_list((written + "\n" + idle * MOST_UNREAD * 2).encode(), source).unread

    assert len(few) == len(many) == MOST_UNREAD
    assert [each.why for each in few[-2:]] == ["text", "text"]
    assert [each.why for each in many[-2:]] == ["text", "many"]
    assert many[:-1] == few[:-1]


def test_a_list_is_called_as_its_file():
    assert read_list(CSV.encode(), "Our_papers.v2.csv").curriculum.title == "Our papers.v2"


def test_our_yaml_is_the_list_with_keys_of_its_own():
    found = read_list(write_curriculum(OURS).encode(), "list.yaml")

    known = [f"new:{key.partition(':')[2]}" for key in OURS.by_key]
    needs = {each for r in found.curriculum.resources for each in r.prerequisites}
    assert found.unread == ()
    assert list(found.curriculum.by_key) == known
    assert needs <= set(known)
    keeps_to_the_rules(found)


def held(curriculum, *names):
    each = curriculum.by_key.values()
    return [(r.key.partition(":")[2], *(getattr(r, name) for name in names)) for r in each]


def test_our_list_comes_back_from_a_table():
    found = read_list(write_csv(OURS).encode("utf-8-sig"), "list.csv")

    names = ("title", "url", "authors", "year", "minutes", "kind", "must_read", "is_companion")
    assert found.unread == ()
    assert held(found.curriculum, *names) == held(OURS, *names)
    assert [s.title for s in found.curriculum.steps] == [s.title for s in OURS.steps]
    keeps_to_the_rules(found)


def test_our_list_comes_back_from_a_bibliography():
    found = read_list(write_bibtex(OURS).encode(), "list.bib")

    names = ("title", "url", "year", "kind", "must_read")
    assert found.unread == ()
    assert held(found.curriculum, *names) == held(OURS, *names)


def test_flaws_of_our_yaml_are_told_as_ever():
    with pytest.raises(CurriculumFileError):
        read_list(b"id: x\nsections: []\n", "list.txt")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "pdf"),
        (b"PK\x03\x04\x14\x00\x06\x00", "office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "office"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>", "page"),
        (b'<?xml version="1.0"?><opml>', "xml"),
        (bytes(range(1, 200)) * 10, "binary"),
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"title,url\nA,soon\n", "no_links"),
        (b"x" * (LARGEST_FILE + 1), "large"),
    ],
)
def test_what_holds_no_list_is_called_what_it_is(raw, name):
    assert why(raw) == name


def test_a_file_that_only_is_called_a_picture_is_read():
    assert read_list(CSV.encode(), "list.png").curriculum.resources
    assert why(b"words", "list.png") == "picture"


FILES = st.sampled_from([CSL, RIS, BIBTEX, CSV, "sections: []"]).map(str.encode)


@given(
    st.binary() | st.text().map(str.encode) | FILES,
    st.sampled_from(["list", "a.bib", "a.json", "a.csv", "a.yaml", "a.ris", "a.pdf", "", "/"]),
)
def test_whatever_the_file_there_is_a_list_or_an_error_for_its_reader(raw, source):
    with suppress(ReaderError):
        keeps_to_the_rules(read_list(raw, source))
