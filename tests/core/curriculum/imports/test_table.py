import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.imports import gathering
from bot.core.curriculum.imports.table import minutes_in, read_table
from bot.core.curriculum.tables import write_csv
from tests.core.curriculum.imports.lists import keeps_to_the_rules, lists
from tests.costs import calls

TABLE = """\
Paper title,Link,Authors,Published,Reading time,Type,Step,Must-read?,Requires,Why
Attention,https://arxiv.org/abs/1706.03762,"Vaswani, A.; Shazeer, N.; Parmar, N.",2017-06-12,\
45 min,paper,Start,yes,,"First.
Second."
BERT,1810.04805,Jacob Devlin,2018,1 h 30,Paper,Start,,attention,
Slides,https://a.org/slides,,,,video,Later,no,"BERT; Attention",
"""


def read(text, title="Mine"):
    return read_table(text, title)


def only(text):
    (resource,) = read(text).curriculum.resources
    return resource


def why_unread(text):
    return [(each.line, each.why) for each in read(text).unread]


def test_a_table_is_read_by_its_headers():
    found = read(TABLE).curriculum

    attention, bert, slides = found.resources
    assert [step.title for step in found.steps] == ["Start", "Later"]
    assert (attention.title, attention.authors, attention.year) == (
        "Attention",
        "Vaswani et al.",
        2017,
    )
    assert (attention.minutes, attention.kind, attention.must_read) == (45, "paper", True)
    assert attention.notes == ("First.", "Second.")
    assert (bert.url, bert.minutes) == ("https://arxiv.org/abs/1810.04805", 90)
    assert bert.prerequisites == (attention.key,)
    assert slides.prerequisites == (bert.key, attention.key)
    assert (slides.kind, slides.must_read) == ("video", False)


@pytest.mark.parametrize(
    "text",
    [
        "title;url\nA, b;https://a.org\n",
        "sep=|\ntitle|url\nA, b|https://a.org\n",
        "TITLE\tLink to paper\nA, b\thttps://a.org\n",
        '제목,링크\n"A, b",https://a.org\n',
        "Título;Enlace\nA, b;https://a.org\n",
        "Titre;Année;Lien\nA, b;2020;https://a.org\n",
        "Titel|Adresse\nA, b|https://a.org\n",
        'Name,Date added,Status\n"A, b",2020,https://a.org\n',
        "https://a.org;A, b\n",
        "A, b\tshort\thttps://a.org\n",
        'My list,,\n\nname,id,url\n"A, b",1,https://a.org\n',
        'title\n"=HYPERLINK(""https://a.org"",""A, b"")"\n',
        'Title,Status\n"[A, b](https://a.org)",done\n',
        'link\n"[A, b](https://a.org)"\n',
        'name,paper,pdf\n"A, b",https://a.org,no\n',
        'title,code\n"A, b",Here: https://a.org.\n',
    ],
)
def test_separators_headers_and_links_are_found_as_people_write_them(text):
    found = only(text)

    assert (found.title, found.url) == ("A, b", "https://a.org")


def test_what_zotero_exports_is_read():
    found = only(
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Url",'
        '"Abstract Note","Date","Date Added","Pages","Manual Tags"\n'
        '"AB","conferencePaper","2017","Vaswani, Ashish; Shazeer, Noam","Attention","NIPS",'
        '"10.5555/329","","We propose","2017-12","2024-01-02","1-11","x; y"\n'
    )

    assert (found.title, found.url) == ("Attention", "https://doi.org/10.5555/329")
    assert (found.authors, found.year, found.kind) == ("Vaswani & Shazeer", 2017, "paper")
    assert found.notes == ()


def test_what_notion_exports_is_read():
    found = read(
        "Name,Created time,Link,Depends on,Tags,Week\n"
        'A,"May 1, 2024",https://a.org/1,,"x, y",Week 1 (https://www.notion.so/Week-1-ab?pvs=21)\n'
        'B,,https://a.org/2,,"x, y",Week 1 (https://www.notion.so/Week-1-ab?pvs=21)\n'
        'C,,https://a.org/3,"B (https://www.notion.so/B-1), A (../A%201.md)",,\n'
    ).curriculum

    assert [step.title for step in found.steps] == ["Week 1", "Mine"]
    assert found.resources[2].prerequisites == ("new:b", "new:a")
    assert found.resources[0].year is None


@pytest.mark.parametrize(
    ("headers", "cells", "section", "step"),
    [
        ("tags", '"x, y"', "x", "x"),
        ("tags,category", '"x, y",z', "z", "z"),
        ("tags,section", '"x, y",z', "z", "z"),
        ("Week", "1", "Week 1", "Week 1"),
        ("part,topic", "A,b", "A", "b"),
        ("Status", "done", "Mine", "Mine"),
    ],
)
def test_steps_are_called_as_a_person_would(headers, cells, section, step):
    (found,) = read(f"title,url,{headers}\nA,https://a.org,{cells}\n").curriculum.sections

    assert (found.title, found.steps[0].title) == (section, step)


def test_a_row_without_a_link_is_told_where_it_begins():
    text = 'title,url,notes\nA,https://a.org/1,"x\ny"\nB,,\nC,soon,\nD,http://a.org/1#top,\n'

    assert why_unread(text) == [(4, "text"), (5, "no_web"), (6, "twice")]
    assert read(text).unread[0].text == "B,,"


def test_a_cell_without_an_end_is_told_and_what_follows_is_read():
    text = f'title,url\n"A {"x" * 140_000}\nB,https://a.org\n'

    assert why_unread(text) == [(2, "long")]
    assert only(text).title == "B"


def test_what_is_too_much_is_told(monkeypatch):
    monkeypatch.setattr(gathering, "MOST_RESOURCES", 2)
    text = "title,url\n" + "".join(f"A,https://a.org/{n}\n" for n in range(4))

    assert why_unread(text) == [(4, "many"), (5, "many")]
    assert [r.key for r in read(text).curriculum.resources] == ["new:a", "new:a-2"]


def test_formulas_are_only_text():
    assert only('title,url\n"=1+1",https://a.org\n').title == "=1+1"
    assert "'=1+1,https://a.org" in write_csv(read('title,url\n"=1+1",https://a.org\n').curriculum)


def test_needs_that_go_round_are_left_out():
    found = read("title,url,needs\nA,a.org/1,B\nB,a.org/2,C\nC,a.org/3,A\nD,a.org/4,D\n").curriculum

    assert [r.prerequisites for r in found.resources] == [("new:b",), ("new:c",), (), ()]


def test_titles_that_hide_or_turn_around_are_put_right():
    assert only("title,url\n\u202eA\u202c\tB,https://a.org\n").title == "A B"
    assert only("title,url\n\u200b,https://a.org\n").title == ""


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        *(("45", 45), ("45 min", 45), ("~45 min read", 45), ("1h 30", 90), ("1:30", 90)),
        *(("1.5 hours", 90), ("2 Std.", 120), ("1시간 30분", 90), ("30-45 min", 45), ("12:34", 12)),
        *(("1:02:03", 62), ("4 weeks", None), ("", None), ("soon", None)),
    ],
)
def test_times_are_read_as_people_write_them(cell, minutes):
    assert minutes_in(cell) == minutes


def test_a_number_under_hours_is_hours():
    assert only("title,url,hours\nA,https://a.org,2\n").minutes == 120


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Ashish Vaswani, Noam Shazeer, and Niki Parmar", "Vaswani et al."),
        ("Li & Liang", "Li & Liang"),
        ("Sasha Rush; v2022 by Huang et al.", "Sasha Rush; v2022 by Huang et al."),
    ],
)
def test_authors_stay_unless_they_are_many(cell, told):
    assert only(f'title,url,by\nA,https://a.org,"{cell}"\n').authors == told


@given(lists())
def test_a_list_comes_back_from_its_table_as_it_was(curriculum):
    found = read_table(write_csv(curriculum), "Mine")

    assert found.unread == ()
    assert found.curriculum.sections == curriculum.sections


CELLS = st.sampled_from(
    [
        *(
            "title",
            "url",
            "needs",
            "step",
            "companion_of",
            "a",
            "b",
            "10.1234/x",
            "https://a.org/[",
        ),
        *("https://a.org/1", "https://a.org/2", '"', ";", "\t", "=HYPERLINK(", "'=", "\u202e"),
        "x" * 3000,
    ]
)
TEXTS = st.text() | st.lists(st.lists(CELLS, max_size=5).map(",".join), max_size=8).map("\n".join)


@given(TEXTS, st.text())
def test_whatever_the_text_a_list_comes_out_or_nothing(text, title):
    keeps_to_the_rules(read_table(text, f"L {title}"))


def test_a_row_that_is_too_long_to_split_is_told_and_those_below_are_read():
    found = read(f"title,link\n{',' * 200_000}\nA,https://a.org\n")

    assert [r.title for r in found.curriculum.resources] == ["A"]
    assert [(each.line, each.why) for each in found.unread] == [(2, "long")]


def test_what_is_below_a_full_table_is_not_looked_at():
    short, long = ("link\nhttps://a.org\n" + "x\n" * count for count in (12_000, 24_000))

    assert calls(lambda: read(long)) < 1.02 * calls(lambda: read(short))
