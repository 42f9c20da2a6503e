import re
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.file import fits_a_card, read_curriculum, write_curriculum
from bot.core.curriculum.imports import link_texts
from bot.core.curriculum.imports.lines import MOST_LINES_WITH_LINKS
from bot.core.curriculum.imports.link_texts import is_generic, web_address
from bot.core.curriculum.imports.markdown import read_markdown
from bot.core.curriculum.imports.outline import MOST_RESOURCES
from bot.core.curriculum.imports.text import decoded
from bot.core.curriculum.links import canonical
from tests.data.test_curriculum import CURRICULUM, LIST, MENDED, TITLES_OF_THEIR_OWN

# --- The maker's list ---

OURS = ("aliases", "tags", "authors", "year", "minutes", "prerequisites", "added_notes")
OURS += ("questions", "parts", "formerly", "original_url", "maker_url", "former_urls")
"""What our file says of the maker's resources, and the maker doesn't."""


def test_the_makers_list_is_our_own_without_what_we_added():
    text = LIST
    for written, meant in MENDED.items():
        text = text.replace(written, meant)

    read = read_markdown(text)

    assert read.unread == ()
    assert told(read.curriculum) == told(CURRICULUM)


def test_the_makers_list_is_the_same_when_its_encoding_is_broken():
    broken = LIST.encode("utf-8").decode("mac_roman").encode("utf-8")

    assert told(read_markdown(decoded(broken)).curriculum) == told(read_markdown(LIST).curriculum)


def told(curriculum):
    """The list part of a list: everything but our ids, and what we added or looked up."""
    names = ("title", "icon", "introduction", "update_title", "update_icon", "updates")
    sections = [each for each in curriculum.sections if not each.addition]
    return (
        [getattr(curriculum, name) for name in names],
        [(each.title, each.icon, each.introduction) for each in sections],
        [told_of_step(step) for each in sections for step in each.steps if not step.addition],
    )


def told_of_step(step):
    tables = [
        (table.columns, [[(c.text, c.maker_url or c.url) for c in row] for row in table.rows])
        for table in step.tables
    ]
    resources = [told_of(each) for each in step.resources if not each.addition]
    return (step.number, step.icon, step.title, step.introduction, tables, resources)


def told_of(resource):
    blank = dict.fromkeys(OURS) | {"key": "", "step_id": "", "parent": None}
    companions = tuple(told_of(each) for each in resource.companions if not each.addition)
    url = resource.maker_url or resource.url
    title = "" if resource.title == TITLES_OF_THEIR_OWN["here"] else resource.title
    # That it is a course, no address tells.
    kind = "article" if resource.kind == "course" else resource.kind
    return replace(resource, **blank, url=url, title=title, kind=kind, companions=companions)


# --- What a line says ---

LINKS = "| Paper | Links |\n|-|-|\n| {} |"
TWO_PARTS = "A title: of two parts"
IT, IS = ("This paper is it.",), ("It is.",)
A, B = "https://a.org/1", "https://b.org/2"
PDF, CODE = "https://arxiv.org/abs/1706.03762", "https://github.com/a/b"


def only(text, head="# List\n\n## Step\n\n"):
    read = read_markdown(head + dedent(text))
    (resource,) = read.curriculum.resources
    assert read.unread == ()
    return resource


@pytest.mark.parametrize(
    ("line", "title", "notes"),
    [
        (f"- [Title]({A})", "Title", ()),
        (f"- [Title]({A}) - What it is.", "Title", ("What it is.",)),
        (f"- [Title]({A}): what it is", "Title", ("what it is",)),
        (f"- [Title]({A}) — what it is", "Title", ("what it is",)),
        (f"- [Title]({A}) (choose a part)", "Title", ("choose a part",)),
        (f"- [Title]({A}) is what it is.", "Title", ("is what it is.",)),
        (f"* **[Title]({A})** <kbd>9 stars</kbd> 🟢<br>What it is.", "Title", ("What it is.",)),
        (f"> **[Title]({A})**<br>What it is.", "Title", ("What it is.",)),
        (f"1. [`Title`]({A})", "Title", ()),
        (f"- [Title]({A}) - What it is. [![crate](x.svg)]({A})", "Title", ("What it is.",)),
        (f"- [ ] [Title]({A})", "Title", ()),
        (f'- <a href="{A}" target="_blank">Title</a> - What it is.', "Title", ("What it is.",)),
        (f"- [Title][1]\n\n[1]: {A}", "Title", ()),
        (f"- [[One] Title]({A})", "[One] Title", ()),
        (f"- [[[One] Title of it]({A})]", "[One] Title of it", ()),
        (f"- [dataset]({A})：好的。", "dataset", ("好的。",)),
        (f"- :page_facing_up: [Title]({A})", "Title", ()),
        (f"- [pytorch]({A}) - A framework.", "pytorch", ("A framework.",)),
        (f"- Title: {A}", "Title", ()),
        (f"- Title - <{A}>", "Title", ()),
        (f"- {A} - Title", "Title", ()),
        (f"- {A}", "", ()),
        (f"- Title ([pdf]({A}), [code]({CODE}))", "Title", ()),
        (f"- Title - [@somebody]({A})", "Title", ()),
        (f"- [Title]({A}) [[code]({CODE})] - What it is.", "Title", ("What it is.",)),
        (f"- [Title]({A}) - More in [a post]({B}).", "Title", ("More in a post.",)),
        (f"- **Title of a paper.** Preprint. [[pdf]]({A}) [[slides]]({B})", "Title of a paper", ()),
        (f"- **Title**, A. Author\n  - [pdf]({A})\n  - [code]({CODE})", "Title", ()),
        (f"- Title [[Paper-X14]]({A}) [[Video]]({B})", "Title", ()),
        (f"- A. Bee, Cee Dee, A title: of two parts, ICML, 2017. [[Paper]]({A})", TWO_PARTS, ()),
        (f"- Cee Dee and A. Bee, A title: of two parts (ICML 2017) [[Paper]]({A})", TWO_PARTS, ()),
        (f"- [Title]({A})\n  - One thing.\n  - Another.", "Title", ("One thing.", "Another.")),
        (f"| Paper |\n|---|\n| [Title]({A}) |", "Title", ()),
        (f"| Date | What | Paper |\n|-|-|-|\n| x | y | [Title]({A}) |", "Title", ("x · y",)),
        (LINKS.format(f"1) **Title** - What | [Paper]({A}), [Tweet]({B})"), "Title", ("What",)),
        (LINKS.format(f"Title  This paper is it. | [Blog]({A}), [Tests]({B})"), "Title", IT),
        (f'<table><tr><td><a href="{A}">Title</a></td>\n<td>It is.</td></tr></table>', "Title", IS),
    ],
)
def test_an_entry_has_the_title_that_a_person_would_give(line, title, notes):
    resource = only(line)

    assert (resource.title, resource.url, resource.notes) == (title, A, notes)


def test_people_get_the_paper_rather_than_its_code():
    assert only(f"- **A title** [[code]]({CODE}) [[paper]]({PDF})").url == PDF


def test_people_get_the_paper_rather_than_a_tool_that_has_a_name():
    assert only(f"- **A title of it** [Paper]({PDF}), [Eval Tool]({CODE})").url == PDF


def test_a_citation_gives_authors_and_year():
    cited = only(
        f'**[1]** He, Kaiming, et al. "**Deep nets**." arXiv:1512.03385 (2015). [[pdf]]({A})'
    )

    assert (cited.title, cited.authors, cited.year) == ("Deep nets", "He, Kaiming, et al.", 2015)


def test_authors_may_stand_in_a_paragraph_of_their_own():
    listed = only(f"1. **A title.** ACL 2019.\n\n   *Ann Bee, Cee Dee.* [[pdf]({A})], 2019.6\n")

    assert (listed.title, listed.authors, listed.year) == ("A title", "Ann Bee, Cee Dee", 2019)


@pytest.mark.parametrize(
    "line",
    [
        f"- [Title]({A}) (2017)",
        f"- 2017: [Title]({A})",
        f"- [Title]({A}) by A. Bee, ICML 2017.",
    ],
)
def test_a_year_beside_a_title_is_its_year(line):
    assert only(line).year == 2017


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        (
            f"- A. Bee, Cee Dee, A title: of two parts, ICML, 2017. [[Paper]]({A})",
            "A. Bee, Cee Dee",
        ),
        (f"- **A title** (2017), A. Bee et al. [[pdf]]({A})", "A. Bee et al."),
        (f"- **A title.**\n\n  Ann Bee, Cee Dee. [[pdf]({A})]", "Ann Bee, Cee Dee"),
        (f"1. **A title.** ACL. [pdf]({A})\n\n   *Ann Bee, Cee Dee.*", "Ann Bee, Cee Dee"),
        (f"- [A title]({A}) by Ann Bee: What it is.", "Ann Bee"),
        (f"- [A title]({A}) by using what is there.", ""),
        (f"- [A title]({A}) by Bee-Cee A, Dee F. AAMAS, 2003.", "Bee-Cee A, Dee F"),
    ],
)
def test_authors_are_told_where_they_are_sure(line, authors):
    assert only(line).authors == authors


def test_words_before_a_title_are_its_label():
    assert only(f"- GPT-2: [Title]({A})").label == "GPT-2:"


def test_a_number_of_a_course_is_the_label_of_the_title_behind_it():
    course = only(f"- [CS 50]({A}) **Computer Science** *A University*")

    assert (course.label, course.title) == ("CS 50:", "Computer Science")


def test_a_way_in_is_called_like_the_heading_above_it():
    assert only(f"[Website]({A}) | Instructor: Ann Bee").title == "Step"


def test_a_link_in_a_picture_counts_where_a_row_has_no_other():
    picture = f'<a href="{A}"><img src="x.svg" alt="Open"></a>'

    assert only(f"| Name | Open |\n|-|-|\n| Title | {picture} |").title == "Title"


def test_a_row_whose_first_link_is_none_of_the_web_gives_nothing():
    read = read_markdown(f"| A | B |\n|-|-|\n| [Title](x.md) | [needed before]({A}) |")

    assert [each.why for each in read.unread] == ["no_web"]
    assert read.curriculum.resources == ()


def test_a_sentence_around_a_link_is_kept_as_it_is():
    sentence = f"One can easily do all of this and more by using [the library]({A}) today!"

    assert only(f"- {sentence}").sentence == sentence


def test_a_link_that_says_here_has_no_title():
    assert only(f"- Please find more about it [here]({A})!").title == ""


@pytest.mark.parametrize(
    "legend",
    [
        "Note:\N{FIRE} = must-read",
        "Legend -> \u2192\N{FIRE} = must-read",
        ":\u00e9toile: = must-read",
    ],
)
def test_what_marks_a_must_read_is_the_sign_that_the_legend_gives(legend):
    mark = ":\u00e9toile:" if legend.startswith(":") else "\N{FIRE}"

    read = read_markdown(
        f"# List\n\n{legend}\n\n## Step\n\n- [Title]({A}) {mark}\n- [Other]({B})\n"
    )

    assert [each.must_read for each in read.curriculum.resources] == [True, False]


@pytest.mark.parametrize("dash", ["-\u2013", "\u2014:", "na\u00efve -> ="])
def test_a_dash_of_a_legend_marks_nothing(dash):
    read = read_markdown(
        f"# List\n\nLegend {dash} must-read\n\n## Step\n\n- [One]({A}) - so\n- [Two]({B}) > so\n"
    )

    assert [each.must_read for each in read.curriculum.resources] == [False, False]


@pytest.mark.parametrize(
    "written",
    [
        "2106.**09685**\n1706.**03762**",
        "<b>2106</b>.09685\n1706.03762",
        "2106.\u200b09685\n1706.\u00ad03762",
        "\u00b2\u00b9\u2070\u2076.\u2070\u2079\u2076\u2078\u2075\n1706.03762",
        "arXiv:2106.09685\narXiv:1706.03762",
        "10.48550/arXiv.2106.09685\n10.48550/arXiv.1706.03762",
        "www.arxiv.org/abs/2106.09685\nHTTPS://arxiv.org/abs/1706.03762",
        f"2106.09685{' ' * 100},\n1706.03762",
    ],
)
def test_numbers_of_papers_are_read_a_line_each_however_they_are_written(written):
    read = read_markdown(f"# List\n\n## Step\n\n{written}\n")

    found = [canonical(each.url) for each in read.curriculum.resources]
    assert found == ["arxiv:2106.09685", "arxiv:1706.03762"]


@pytest.mark.parametrize("link", ["https://example.org/{}", "www.example.org/{}", "10.1000/{}"])
def test_lines_with_their_links_far_behind_are_read_one_by_one(link):
    titles = ("A title of many words and then of some more", "Another one that is about as long")
    lines = [f"{title}, {link.format(n)}" for n, title in enumerate(titles)]
    read = read_markdown("# List\n\n## Step\n\n" + "\n".join(lines) + "\n")

    assert [each.title for each in read.curriculum.resources] == list(titles)


def test_old_ids_are_papers_too_and_numbers_are_none():
    read = read_markdown("# List\n\n## Step\n\nhep-th/9901001\n2106.09685\n\n1234\n\n5678\n")

    found = [canonical(each.url) for each in read.curriculum.resources]
    assert found == ["arxiv:hep-th/9901001", "arxiv:2106.09685"]


def test_what_html_writes_by_name_is_read_as_it_shows():
    read = read_markdown(
        f"# List\n\n## R&amp;D\n\n| Title | Link |\n|-|-|\n| R&amp;D now | [pdf]({A}) |\n"
    )

    assert [step.title for step in read.curriculum.steps] == ["R&D"]
    assert [each.title for each in read.curriculum.resources] == ["R&D now"]


def test_what_stands_in_a_comment_of_several_lines_is_not_told():
    read = read_markdown(f"# List\n\n- [Title]({A})\n\n<!--\nhttps://example.org/hidden\n-->\n")

    assert read.unread == ()


def test_texts_and_links_of_any_length_are_not_kept():
    caches = (link_texts._is_generic, link_texts._web_address)  # noqa: SLF001
    before = [cache.cache_info().currsize for cache in caches]

    assert not is_generic("word " * 1000)
    assert web_address(f"https://example.org/{'a' * 600}") is not None

    assert [cache.cache_info().currsize for cache in caches] == before


@pytest.mark.parametrize(
    "text",
    [
        f"- [Title]({A}) 📚",
        f"⭐ = must-read\n\n- [Title]({A}) ⭐",
        f"⭐ = must-read\n\n- ⭐ [Title]({A})",
        f"- 🔥: highly recommended\n- [Title]({A}) - What it is. 🔥",
    ],
)
def test_must_reads_are_marked_by_books_or_as_the_list_says(text):
    read = read_markdown(f"# List\n\n## Step\n\n{text}")

    assert [each.must_read for each in read.curriculum.resources] == [True]


def test_books_that_stand_in_a_text_mark_nothing():
    assert not only(f"- [Title]({A}) - All the maps📚.").must_read


def test_links_under_a_line_of_text_go_with_the_link_above():
    parent = only(
        f"""\
        - [Title]({A})
          - Helpful
            - 📼 [A film]({B}) : for the picture
        """
    )

    assert parent.companions_title == "Helpful"
    (film,) = parent.companions
    assert (film.title, film.kind, film.remark) == ("A film", "video", "for the picture")


def test_links_under_a_link_are_resources_that_say_what_they_belong_to():
    read = read_markdown(f"## Step\n- [JavaScript]({A})\n  - [Promises]({B})\n")

    assert [(r.label, r.title) for r in read.curriculum.resources] == [
        ("", "JavaScript"),
        ("JavaScript:", "Promises"),
    ]


# --- Headings ---


def outline(text):
    curriculum = read_markdown(dedent(text)).curriculum
    return curriculum.title, [
        (section.title, [step.title for step in section.steps]) for section in curriculum.sections
    ]


def test_two_levels_of_headings_are_sections_and_steps():
    text = """\
    # List
    ## One
    - [a](https://a.org/1)
    ### Two
    - [b](https://a.org/2)
    ### Three
    - [c](https://a.org/3)
    """

    assert outline(text) == ("List", [("One", ["One", "Two", "Three"])])


def test_with_one_level_each_heading_is_a_step():
    text = "## One\n- [a](https://a.org/1)\n## Two\n- [b](https://a.org/2)\n"

    assert outline(text) == ("One", [("One", ["One"]), ("Two", ["Two"])])


def test_what_stands_deeper_has_the_heading_above_in_its_title():
    text = """\
    # List
    ## One
    ### Two
    - [a](https://a.org/1)
    - [b](https://a.org/2)
    #### Three
    - [c](https://a.org/3)
    """

    assert outline(text) == ("List", [("One", ["Two", "Two · Three"])])


def test_a_heading_above_everything_gives_way_to_those_below_it():
    text = """\
    # List
    ## Projects
    **Web**
    ### Frameworks
    - [a](https://a.org/1)

    **Data**
    ### Tables
    - [b](https://a.org/2)
    """

    assert outline(text) == ("List", [("Web", ["Frameworks"]), ("Data", ["Tables"])])


def test_folds_are_headings_up_to_where_they_close():
    text = """\
    ## Models
    <details><summary><b>Small</b> <kbd>1 link</kbd></summary>

    - [a](https://a.org/1)

    </details>

    - [b](https://a.org/2)
    """

    assert outline(text)[1] == [("Models", ["Models", "Small"])]


def test_a_fold_that_only_says_so_is_no_heading():
    text = "## One\n<details><summary>Click to show</summary>\n\n- [a](https://a.org/1)\n</details>"

    assert outline(text)[1] == [("One", ["One"])]


def test_headings_below_a_table_of_contents_are_not_part_of_it():
    text = "# List\n## Contents\n- [One](#one)\n### One\n- [a](https://a.org/1)\n"

    assert outline(text)[1] == [("One", ["One"])]


def test_no_heading_stands_under_a_bold_line_above_other_things():
    text = "# List\n**Contributing:**\n\nPlease do.\n\n## One\n- [a](https://a.org/1)\n"

    assert outline(text)[1] == [("One", ["One"])]


def test_a_heading_that_is_a_link_is_a_resource():
    read = read_markdown(f"# List\n## [One]({A})\nAbout it.\n")

    assert [each.title for each in read.curriculum.resources] == ["One"]
    assert read.curriculum.steps[0].introduction == ("About it.",)


def test_headings_with_nothing_but_ways_to_one_thing_below_are_entries():
    text = "# List\n## Step\n" + "".join(
        f"**On {n}**\n\n- arxiv: <https://a.org/{n}>\n- github: <https://b.org/{n}>\n\n"
        for n in range(3)
    )
    read = read_markdown(text)

    assert [step.title for step in read.curriculum.steps] == ["Step"]
    assert [(r.title, r.url) for r in read.curriculum.resources] == [
        (f"On {n}", f"https://a.org/{n}") for n in range(3)
    ]


def test_a_heading_keeps_its_icon_and_what_introduces_it():
    read = read_markdown("## 🤖 Step\nRead **this** first.\n- [a](https://a.org/1)\n\nThe end.\n")

    (section,) = read.curriculum.sections
    assert (section.icon, section.title) == ("🤖", "Step")
    assert section.steps[0].introduction == ("Read **this** first.",)
    assert [(each.line, each.text) for each in read.unread] == [(5, "The end.")]


def test_navigation_and_badges_give_nothing():
    text = f"""\
    # List [![Awesome](https://awesome.re/badge.svg)](https://awesome.re)

    [![Build](https://img.shields.io/x.svg)](https://ci.org/x) ![](https://img.shields.io/y)

    <p align="center"><a href="https://sponsor.org"><img src="x.svg" alt="Our sponsor"></a></p>

    [Follow us](https://x.com/us) or join our [chat](https://discord.gg/x).

    ## Contents
    - [Step](#step)

    | [![Awesome](https://awesome.re/badge.svg)](https://github.com/x/awesome) | 7 |
    |-|-|
    | [![Awesome](https://awesome.re/badge.svg)](https://github.com/x/awesome) | 7 |

    ## Step
    - [a]({A})

    [Back to top](#list)

    ## License
    MIT
    """
    read = read_markdown(dedent(text))

    assert [each.url for each in read.curriculum.by_key.values()] == [A]
    assert read.unread == ()


def test_links_to_its_own_headings_are_ways_through_the_page_wherever_it_is_hosted():
    host, steps = "https://github.com/a/list", ("One", "Two", "Three")
    contents = "".join(f"- [{each}]({host}#{each.lower()})\n" for each in steps)
    below = "".join(f"## {each}\n- [a](https://a.org/{each})\n" for each in steps)
    read = read_markdown(f"# List\n{contents}{below}")

    assert [step.title for step in read.curriculum.steps] == [*steps]
    assert read.unread == ()


@pytest.mark.parametrize(
    "left",
    [
        "## License\n[MIT](https://mit.org)",
        "## Contributing\nSee [the guide](https://github.com/a/b/blob/main/CONTRIBUTING.rst).",
        "## Contributing (PRs welcome)\n- [Bee](https://bee.org), [Cee](https://cee.org)",
        "## 8. License\n[MIT](https://mit.org)",
        "## 라이선스\n[MIT][1]\n\n[1]: https://mit.org",
        "## Citation\n### [Ours](https://a.org/ours)",
        "## Team\n| Who |\n|-|\n| [Bee](https://bee.org) |",
        "## Credits\n<p><a href='https://a.org/?a=1&amp;b=2'>Bee</a></p>",
        "- [Report an issue](https://github.com/a/b/issues)",
        "- [Edit](https://github.com/a/b/edit/main/README.md)",
        "The end is [elsewhere](https://a.org/end) as all ends are.",
        "@article{x, title={X}, url={https://a.org/x}}",
    ],
)
def test_links_that_are_left_out_on_purpose_are_told(left):
    read = read_markdown(f"# List\n## Step\n- [a]({A})\n\n{left}\n")

    assert [each.url for each in read.curriculum.by_key.values()] == [A]
    assert [each.why for each in read.unread] == ["aside"]


def test_a_line_that_names_a_file_beside_the_list_gives_nothing():
    read = read_markdown(f"## Step\n- [A paper](papers/a.pdf): with [a talk]({A}) on it.\n")

    assert read.curriculum.resources == ()
    assert [each.why for each in read.unread] == ["no_web"]


# --- Links pasted ---


def pasted(text):
    curriculum = read_markdown(dedent(text), "Pasted").curriculum
    return [
        (step.title, [(each.title, each.url) for each in step.resources])
        for step in curriculum.steps
    ]


def test_links_are_pasted_with_and_without_titles():
    text = f"""\
    {A}
    Title {B}
    https://c.org/3 - Third
    The fourth
    https://d.org/4
    arXiv:1706.03762
    10.1000/xyz123
    1512.03385
    <https://e.org/5>
    """

    assert pasted(text) == [
        (
            "Pasted",
            [
                ("", A),
                ("Title", B),
                ("Third", "https://c.org/3"),
                ("The fourth", "https://d.org/4"),
                ("", "https://arxiv.org/abs/1706.03762"),
                ("", "https://doi.org/10.1000/xyz123"),
                ("", "https://arxiv.org/abs/1512.03385"),
                ("", "https://e.org/5"),
            ],
        )
    ]


def test_lines_above_pasted_links_are_steps():
    text = f"Week 1:\n{A}\n\nWeek 2\n\n{B}\nhttps://c.org/3\n- Week 3\n  - https://d.org/4\n"

    assert [(step, len(found)) for step, found in pasted(text)] == [
        ("Week 1", 1),
        ("Week 2", 2),
        ("Week 3", 1),
    ]


def test_several_links_on_a_line_are_one_each():
    assert pasted(f"{A} {B}")[0][1] == [("", A), ("", B)]


def test_two_links_joined_by_and_are_one_each():
    assert pasted(f"- Two: [One]({A}) and [Other]({B})")[0][1] == [("One", A), ("Other", B)]


# --- What gives nothing ---


def test_each_line_that_gave_nothing_is_told_with_its_number_and_why():
    text = f"""\
    ## Step
    - [a]({A})
    - [again]({A}#top)
    - [a file](docs/x.pdf)
    - words
    {"x" * 10_001}
    """
    read = read_markdown(dedent(text))

    assert [(each.line, each.why) for each in read.unread] == [
        (3, "twice"),
        (4, "no_web"),
        (5, "text"),
        (6, "long"),
    ]


def test_a_list_that_is_too_long_is_read_as_far_as_it_may_be():
    links = MOST_LINES_WITH_LINKS + 10
    read = read_markdown("".join(f"- [x](https://a.org/{n})\n" for n in range(links)))

    assert len(read.curriculum.resources) == MOST_RESOURCES
    assert [each.line for each in read.unread] == [*range(MOST_RESOURCES + 1, links + 1)]
    assert {each.why for each in read.unread} == {"many"}


@pytest.mark.parametrize(
    "text",
    [
        *(sign * 9_000 for sign in ("[", "![", "<", "`a", "*a ", "> ", "- ", "|a", "&#x41;", "\\")),
        "".join(f"{'  ' * n}- a\n" for n in range(500)),
        "<details><summary>x</summary>\n\n" * 500,
        "<!--" * 2_000,
        "# \u202e\u200b\n- [\u200b](https://a.org)",
    ],
)
def test_texts_that_are_made_to_take_long_are_read_like_any_other(text):
    read = read_markdown(f"{text}\n\n## Step\n- [a]({A})\n")

    assert A in [each.url for each in read.curriculum.resources]


PARTS = """# ,## ,- ,  - ,> ,1. ,**,*,`,``` ,[a](https://a.org/1),[pdf](https://b.org),[r],](,[,<tr>
,<li>,https://c.org/x?y=1#z,[r]: https://r.org,<details>,<summary>,</summary>,</details>,<td>,<br>
,<a href="https://h.org">,</a>,📚,⭐ = must read,(2017),text,Title: , - ,et al. ,한,:,|,|-|-|,\n"""
MARKDOWN = st.lists(
    st.sampled_from([*re.split(",", PARTS), "\n\n", "\u200b", "\u202e", "\0", "x" * 300]),
    max_size=40,
).map("".join)


@given(MARKDOWN | st.text(max_size=100))
def test_whatever_was_read_can_be_kept_in_a_file(text):
    read = read_markdown(text, "List")
    curriculum = titled(read.curriculum)

    lines = text.split("\n")
    assert all(lines[each.line - 1].strip().startswith(each.text[:9]) for each in read.unread)
    assert all(fits_a_card(curriculum, each) for each in curriculum.resources)
    if curriculum.resources:
        kept = read_curriculum(write_curriculum(curriculum))
        assert [*map(bare, kept.by_key.values())] == [*map(bare, curriculum.by_key.values())]


def bare(resource):
    return replace(resource, companions=())


def titled(curriculum):
    """Give titles to what has none, as is done when its page is asked."""

    def named(resource):
        below = tuple(map(named, resource.companions))
        return replace(resource, title=resource.title or "Untitled", companions=below)

    sections = tuple(
        replace(
            section,
            steps=tuple(
                replace(step, resources=tuple(map(named, step.resources))) for step in section.steps
            ),
        )
        for section in curriculum.sections
    )
    return replace(curriculum, sections=sections)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("**Attention** Is All You Need", "Attention Is All You Need"),
        ("A *very* good paper", "A very good paper"),
        ("Using `asyncio` well", "Using asyncio well"),
        ("C++ *and* Rust", "C++ and Rust"),
    ],
)
def test_a_link_is_one_title_however_its_words_look(written, title):
    read = read_markdown(f"## Step\n- [{written}](https://e.org/1) - Why.\n")

    (resource,) = read.curriculum.resources
    assert (resource.title, resource.notes) == (title, ("Why.",))
