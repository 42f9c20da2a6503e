import pytest

from bot.core.curriculum.imports.markdown import read_markdown
from bot.core.curriculum.imports.pasted import with_headings

PAXOS, RAFT, GFS = "Paxos https://a.org/1", "Raft https://b.org/2", "GFS https://c.org/3"
BARE, OTHER = "https://d.org/4", "https://e.org/5"


def read(*lines):
    found = read_markdown("\n".join(lines), "Pasted")
    steps = [(s.title, [r.title for r in s.resources]) for s in found.curriculum.steps]
    return steps, [each.text for each in found.unread]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("Consensus", "Consensus"),
        ("CONSENSUS", "CONSENSUS"),
        ("Consensus:", "Consensus"),
        ("1. Consensus", "1. Consensus"),
        ("Week 1: Consensus", "Week 1: Consensus"),
        ("— Consensus —", "Consensus"),
        ("== Consensus ==", "Consensus"),
        ("**Consensus**", "Consensus"),
        ("[Consensus]", "Consensus"),
        ("■ 합의", "합의"),
        ("【합의】", "합의"),
        ("C#", "C#"),
    ],
)
def test_a_short_line_right_above_links_is_a_heading(typed, title):
    steps, unread = read(PAXOS, RAFT, typed, GFS, BARE)

    assert steps == [("Pasted", ["Paxos", "Raft"]), (title, ["GFS", ""])]
    assert unread == []


@pytest.mark.parametrize(
    "said", ["I liked these.", "What is this?", "Wow!", "좋은 논문이다.", "word " * 20]
)
def test_a_sentence_is_no_heading(said):
    steps, unread = read("Consensus", PAXOS, RAFT, said, GFS)

    assert steps == [("Consensus", ["Paxos", "Raft", "GFS"])]
    assert unread == [said.strip()]


def test_links_under_headings_may_be_marked_as_a_list():
    steps, unread = read("Consensus", f"- {PAXOS}", f"- {RAFT}", "Storage", f"1. {GFS}")

    assert steps == [("Consensus", ["Paxos", "Raft"]), ("Storage", ["GFS"])]
    assert unread == []


def test_rulers_between_links_make_no_headings():
    steps, unread = read(PAXOS, "---", RAFT, "---", "Storage", GFS)

    assert steps == [("Pasted", ["Paxos", "Raft"]), ("Storage", ["GFS"])]
    assert unread == []


def test_lines_right_above_one_bare_link_each_are_its_title():
    assert read("Paxos", BARE, "Raft", OTHER)[0] == [("Pasted", ["Paxos", "Raft"])]


def test_lines_right_above_several_bare_links_are_headings():
    steps, _ = read("Consensus", BARE, OTHER, "Storage", "https://f.org", "https://g.org")

    assert [title for title, _ in steps] == ["Consensus", "Storage"]


@pytest.mark.parametrize("first", ["Systems\n", "Systems", "# Systems\n"])
def test_a_first_line_above_a_heading_is_the_title(first):
    found = read_markdown(f"{first}\nConsensus\n{PAXOS}\n{RAFT}\nStorage\n{GFS}", "Pasted")

    assert found.curriculum.title == "Systems"
    assert [step.title for step in found.curriculum.steps] == ["Consensus", "Storage"]
    assert found.unread == ()


@pytest.mark.parametrize(
    "text",
    [
        f"Consensus\n\n## Storage\n{GFS}",
        f"Consensus\n{PAXOS}\nStorage\n---\n{GFS}",
        f"Consensus\n{PAXOS}\n" + "A thought of mine\n\n" * 4,
        f"📚 = must read\n{PAXOS}\n",
    ],
)
def test_a_text_with_other_marks_or_other_lines_stays_as_it_is(text):
    assert with_headings(text) == text


@pytest.mark.parametrize("text", [" \n" * 20_000, "1" + " " * 9_000 + "x\n" + BARE])
def test_texts_of_nothing_but_space_take_no_longer_than_others(text):
    assert with_headings(text) == text
