import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.bibliographies import write_bibtex
from bot.core.curriculum.imports.bibliography import from_tex, read_bibtex, read_csl, read_ris
from tests.core.curriculum.imports.lists import keeps_to_the_rules, lists
from tests.costs import calls

READERS = (read_bibtex, read_ris, read_csl)
ZOTERO = r"""
@string{nips = {NIPS}}

@inproceedings{vaswani_attention_2017,
	title = {Attention {Is} {All} {You} {Need}},
	volume = {30},
	url = {https://arxiv.org/abs/1706.03762},
	booktitle = nips,
	author = {Vaswani, Ashish and Shazeer, Noam and Parmar, Niki},
	month = dec,
	year = {2017},
	keywords = {nlp, must-read},
	annote = {Read this first.

Twice.},
}

@online{karpathy_lets_2023,
	title = "Let's build {GPT}",
	url = {https://www.youtube.com/watch?v=kCc8FmEb1nY},
	author = {Karpathy, Andrej},
	date = {2023-01-17},
	urldate = {2024-05-05},
}
"""
RIS = """\
TY  - JOUR
AU  - Vaswani, Ashish
AU  - Shazeer, Noam
TI  - Attention Is All
 You Need
PY  - 2017/06/12/
KW  - must-read
UR  - https://arxiv.org/abs/1706.03762
ER  -

TY  - VIDEO
T1  - A talk
DO  - 10.1234/talk
"""
CSL = """\
[
  {"id": "a", "type": "article-journal", "title": "Attention <i>Is</i>", "URL": "",
   "author": [{"family": "Vaswani", "given": "Ashish"}, {"literal": "Hugging Face"}],
   "issued": {"date-parts": [[2017, 6]]}, "DOI": "10.1234/a", "note": "arXiv:1\\nGood."},
  {"type": "webpage", "title": ["no text"], "URL": "https://a.org", "issued": {"raw": "May 2020"}},
  {"type": "book", "title": "Without a link"},
  7,
  {"title": "Broken
]
"""


def only(entry):
    (resource,) = read_bibtex(entry).curriculum.resources
    return resource


def test_what_zotero_exports_is_read():
    found = read_bibtex(ZOTERO, "My library")

    paper, video = found.curriculum.resources
    assert [step.title for step in found.curriculum.steps] == ["My library"]
    assert (paper.title, paper.authors) == ("Attention Is All You Need", "Vaswani et al.")
    assert (paper.year, paper.kind, paper.must_read) == (2017, "paper", True)
    assert paper.notes == ("Read this first.", "Twice.")
    assert (video.title, video.authors) == ("Let's build GPT", "Andrej Karpathy")
    assert (video.year, video.kind) == (2023, "video")
    assert found.unread == ()


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ("doi = {10.1234/AB_c}", "https://doi.org/10.1234/ab_c"),
        ("eprint = {1810.04805}, archivePrefix = {arXiv}", "https://arxiv.org/abs/1810.04805"),
        (r"howpublished = {\url{https://a.org/~x\_y}}", "https://a.org/~x_y"),
        (r"url = {https://a.org/{\textasciitilde}x\%20y}", "https://a.org/~x%20y"),
        ("note = {Online: https://a.org/z}", "https://a.org/z"),
        ("url = {soon}, doi = {10.1234/x}", "https://doi.org/10.1234/x"),
    ],
)
def test_the_link_stands_where_it_can(fields, url):
    assert only(f"@misc{{a, title = {{A}}, {fields}}}").url == url


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (r"M{\"u}ller, J{\"o}rg", "Jörg Müller"),
        ("{Hugging Face}", "Hugging Face"),
        ("Taku Kudo and John Richardson", "Kudo & Richardson"),
        ("van der Berg, Jan and {Tjong Kim Sang}", "van der Berg & Tjong Kim Sang"),
        ("Devlin, Jacob and others", "Devlin et al."),
    ],
)
def test_authors_are_told_as_the_list_tells_them(typed, told):
    assert only(f"@misc{{a, url={{https://a.org}}, author={{{typed}}}}}").authors == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            r"{\"U}ber die Stra{\ss}e, \'{e}t\'e, \c{c}a, \v{S}, {\'\i}, \r a",
            "Über die Straße, été, ça, Š, í, å",
        ),
        (
            r"50\% of \$5 \& \#1 a\_b \textbackslash{}x \textasciitilde{}",
            r"50% of $5 & #1 a_b \x ~",
        ),
        (r"$\alpha$-\emph{GAN} in $O(n^2)$", "α-GAN in O(n^2)"),
        ("a -- b --- ``c'' d~e", "a – b — “c” d e"),
        (r"One. \par Two." + "\n\nThree\nof it.", "One.\nTwo.\nThree of it."),
        ("{" * 3000 + "\\", "\\"),
    ],
)
def test_latex_is_read_as_it_is_printed(typed, told):
    assert from_tex(typed) == told


def test_groups_are_steps():
    text = "".join(
        f"@misc{{{k}, url={{a.org/{k}}}, groups={{{g}}}}}\n"
        for k, g in (("a", "X"), ("b", "Y, Z"), ("c", "X"))
    )

    assert [step.title for step in read_bibtex(text).curriculum.steps] == ["X", "Y"]


def test_an_entry_that_cannot_be_read_is_told_and_those_behind_it_are_read():
    text = "@misc{a, title = {A},\n@misc{b, url = {https://a.org/b}}\n@book{c, title = {C}}\n"

    found = read_bibtex(text)

    assert [r.key for r in found.curriculum.resources] == ["new:b"]
    assert [(each.line, each.text, each.why) for each in found.unread] == [
        (1, "@misc{a, title = {A},", "text"),
        (3, "@book{c, title = {C}}", "text"),
    ]


def test_two_entries_may_share_a_key():
    text = "@misc{a, url={https://a.org/1}}\n@misc{a, url={https://a.org/2}}\n"

    assert [r.key for r in read_bibtex(text).curriculum.resources] == ["new:a", "new:a-2"]


def test_ris_is_read():
    found = read_ris(f"Exported\n{RIS}TY  - BOOK\n", "Mine")

    paper, talk = found.curriculum.resources
    assert (paper.title, paper.authors) == ("Attention Is All You Need", "Vaswani & Shazeer")
    assert (paper.year, paper.kind, paper.must_read) == (2017, "paper", True)
    assert (talk.title, talk.url, talk.kind) == ("A talk", "https://doi.org/10.1234/talk", "video")
    assert [(each.line, each.text) for each in found.unread] == [
        (1, "Exported"),
        (15, "TY  - BOOK"),
    ]


def test_csl_is_read_as_far_as_it_goes():
    found = read_csl(CSL, "Mine")

    paper, page = found.curriculum.resources
    assert (paper.title, paper.authors) == ("Attention Is", "Vaswani & Hugging Face")
    assert (paper.year, paper.kind, paper.notes) == (2017, "paper", ("Good.",))
    assert (paper.url, page.title, page.year) == ("https://doi.org/10.1234/a", "", 2020)
    assert [each.line for each in found.unread] == [6, 7, 8]


@pytest.mark.parametrize("text", ['{"items": [%s]}', "[%s]", "%s"])
def test_csl_may_be_an_item_or_several(text):
    item = '{"title": "A", "URL": "https://a.org"}'

    assert [r.title for r in read_csl(text % item).curriculum.resources] == ["A"]


@given(lists(companions=False))
def test_a_list_comes_back_from_bibtex_as_it_was(curriculum):
    found = read_bibtex(write_bibtex(curriculum), "Mine")

    assert found.unread == ()
    assert found.curriculum.resources == tuple(
        replace(r, step_id=r.step_id, minutes=None, prerequisites=()) for r in curriculum.resources
    )


PARTS = st.sampled_from(
    [
        *("@", "{", "}", '"', ",", "=", "\\", "\n", "@misc{a,", "url={https://a.org/1},", "title="),
        *(
            "\\'e",
            "author=",
            " and ",
            "TY  - JOUR\n",
            "UR  - https://a.org/2\n",
            "ER  - \n",
            "AU  - ",
        ),
        *('[{"URL":"https://a.org/1"', '"author":', "]", "[[", "1e9", "null", ":", "x" * 3000),
    ]
)


@pytest.mark.parametrize("reader", READERS)
@given(text=st.text() | st.lists(PARTS, max_size=30).map("".join))
def test_whatever_the_text_a_list_comes_out_or_nothing(reader, text):
    keeps_to_the_rules(reader(text, "Mine"))


def test_json_without_a_bottom_is_told():
    assert [each.line for each in read_csl("[" * 100_000).unread] == [1]


def test_an_item_of_csl_that_is_too_long_ends_the_list_and_is_told():
    items = [{"title": "A", "URL": "https://a.org"}, {"note": "x" * 300_000}]

    found = read_csl(json.dumps(items, indent=1))

    assert [r.title for r in found.curriculum.resources] == ["A"]
    assert [(each.line, each.why) for each in found.unread] == [(6, "long")]


def test_an_item_of_csl_with_a_long_abstract_is_read():
    items = [{"abstract": "x" * 200_000, "title": "A", "URL": "https://a.org"}]

    assert [r.title for r in read_csl(json.dumps(items)).curriculum.resources] == ["A"]


@pytest.mark.parametrize(("before", "why"), [(99, []), (100, ["no_web"])])
def test_so_many_links_of_one_entry_are_tried(before, why):
    others = "UR  - nothing\n" * before

    found = read_ris(f"TY  - JOUR\nTI  - A\n{others}UR  - https://a.org\nER  - \n")

    assert [each.why for each in found.unread] == why


def test_what_entries_try_in_vain_counts_as_entries_do():
    bad = "TY  - JOUR\n" + "UR  - nothing\n" * 50 + "ER  - \n"

    found = read_ris(bad * 202)

    assert [each.why for each in found.unread[-7:]] == ["no_web"] * 5 + ["many"] * 2


def test_a_macro_stands_for_so_much():
    macro = "@string{a = {" + "x" * 500 + "}}\n"

    found = read_bibtex(macro + "@misc{k, title = a, url = {https://a.org}}")

    (resource,) = found.curriculum.resources
    assert resource.title == "x" * 100


CSL_ENTRY, RIS_ENTRY = '{"URL": "https://a.org"},\n', "TY  - JOUR\nUR  - https://a.org\nER  - \n"


@pytest.mark.parametrize(
    ("read", "first", "idle"),
    [(read_csl, f"[{CSL_ENTRY}", "{},\n"), (read_ris, RIS_ENTRY, "x\n")],
)
def test_what_is_below_a_full_list_is_not_looked_at(read, first, idle):
    short, long = (first + idle * count for count in (12_000, 24_000))

    assert calls(lambda: read(long)) < 1.02 * calls(lambda: read(short))
