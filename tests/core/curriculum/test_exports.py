import re
from dataclasses import fields, replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.curriculum import KINDS, Cell, Curriculum, Resource, Section, Step, Table, Update
from bot.core.curriculum.exports import markdown_line, write_markdown
from bot.core.curriculum.imports.citations import SHORTCODE
from bot.core.curriculum.imports.markdown import read_markdown
from tests.data.test_curriculum import CURRICULUM, LIST

NAMES = "key step_id section_id id authors kind"
NONES = "parent original_url maker_url year minutes"
EMPTY = "former_urls prerequisites aliases tags added_notes questions formerly"
ELSEWHERE = {
    **dict.fromkeys(NAMES.split(), ""),
    **dict.fromkeys(NONES.split()),
    **dict.fromkeys(EMPTY.split(), ()),
    "addition": False,
}
"""What has no place in a list of this shape, or is guessed from a link when it is read."""


def bare(value):
    names = {field.name for field in fields(value)}
    return replace(value, **{k: v for k, v in ELSEWHERE.items() if k in names})


def held(curriculum):
    """All that Markdown holds of a list, in its order."""
    whole = (curriculum.title, curriculum.icon, curriculum.introduction)
    updates = (curriculum.update_title, curriculum.update_icon, curriculum.updates)
    sections = [replace(bare(section), steps=()) for section in curriculum.sections]
    steps = [replace(bare(step), resources=()) for step in curriculum.steps]
    return whole, updates, sections, steps, [*map(held_of, curriculum.resources)]


def held_of(resource):
    companions = tuple((each.kind, held_of(each)) for each in resource.companions)
    notes = (*resource.notes, *resource.added_notes)
    return replace(bare(resource), notes=notes, companions=companions)


def texts(longest=30, first="", characters="aZ é한*_[](){}<>#`\\|&;.!\"'~-+=>%$@^:/?019🙂"):
    found = st.text(characters, min_size=1, max_size=longest).map(lambda t: " ".join(t.split()))
    return without_short_codes(found.map(lambda t: f"{first or 'a'}{t}".strip()))


def without_short_codes(found):
    return found.filter(lambda text: not SHORTCODE.search(text))


LABELS = st.just("") | without_short_codes(texts(20, "GPT").map(lambda t: f"{t}:"))
ADDRESSES = texts(8, "x", "aZ019-_.~()%/").map(lambda t: t.rstrip("."))
NOTES = st.lists(texts(), max_size=2).map(tuple)
PROSE = st.lists(texts(), max_size=2).map(tuple)
COMPANIONS = st.builds(
    Resource,
    *(st.just(""), texts(first="Title "), ADDRESSES, st.sampled_from(KINDS), st.just("")),
    label=LABELS,
    remark=st.just("") | texts(first="on "),
    parent=st.just(""),
    notes=NOTES,
)
RESOURCES = st.builds(
    Resource,
    *(st.just(""), texts(first="Title "), ADDRESSES, st.just("article"), st.just("")),
    label=LABELS,
    must_read=st.booleans(),
    notes=NOTES,
    companions_title=st.just("") | texts(first="More "),
    companions=st.lists(COMPANIONS, max_size=2).map(tuple),
)
ROWS = st.tuples(texts(first="Task "), st.just("Where"))
TABLES = st.lists(ROWS, min_size=1, max_size=2).map(
    lambda rows: Table(
        ("**What**", "Where"),
        tuple(
            (Cell(what), Cell(where, f"https://t.org/{at}"))
            for at, (what, where) in enumerate(rows)
        ),
    )
)
TITLES = texts(first="On ")
ICONS = st.sampled_from(["", "🤖", "⚙️", "👩‍🔬"])
STEPS = st.builds(
    Step,
    *(st.just(""), TITLES, st.just("")),
    number=st.sampled_from(["", "1", "Appendix"]),
    icon=ICONS,
    introduction=PROSE,
    resources=st.lists(RESOURCES, min_size=1, max_size=2).map(tuple),
    tables=st.lists(TABLES, max_size=1).map(tuple),
)
SECTIONS = st.builds(
    Section,
    *(st.just(""), TITLES, ICONS),
    introduction=PROSE,
    steps=st.lists(STEPS, min_size=1, max_size=2).map(tuple),
)
UPDATES = st.builds(
    Update,
    texts(first="It "),
    st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    NOTES,
)
LISTS = st.builds(
    Curriculum,
    *(st.just("list"), TITLES, st.lists(SECTIONS, min_size=1, max_size=3).map(tuple), ICONS),
    introduction=PROSE,
    updates=st.lists(UPDATES, max_size=2).map(tuple),
    update_icon=ICONS,
)


def with_links_of_its_own(curriculum):
    """Give each resource a link that no other has, and what only stands with others with them."""
    count = iter(range(10_000))

    def linked(resource):
        below = tuple(map(linked, resource.companions))
        title = resource.companions_title if below else ""
        url = f"https://a.org/{next(count)}/{resource.url}"
        return replace(resource, url=url, companions=below, companions_title=title)

    def step(each):
        return replace(each, resources=tuple(map(linked, each.resources)))

    def section(each):
        return replace(each, steps=tuple(map(step, each.steps)))

    sections = tuple(map(section, curriculum.sections))
    log = ("Update Info", curriculum.update_icon) if curriculum.updates else ("", "")
    return replace(curriculum, sections=sections, update_title=log[0], update_icon=log[1])


@settings(max_examples=30)
@given(LISTS.map(with_links_of_its_own))
def test_what_was_written_reads_back_as_it_was(curriculum):
    read = read_markdown(write_markdown(curriculum))

    assert held(read.curriculum) == held(curriculum)
    assert read.unread == ()


def test_the_list_that_nextread_comes_with_reads_back_with_its_additions():
    read = read_markdown(write_markdown(CURRICULUM))

    assert read.unread == ()
    assert [r.title for r in read.curriculum.by_key.values()] == [
        "" if r.key.endswith(":hf-course-nlp-tasks") else r.title
        for r in CURRICULUM.by_key.values()
    ]


def test_the_makers_list_is_written_as_its_maker_wrote_it():
    written = write_markdown(read_markdown(LIST).curriculum)

    assert lines_without_index(written) == [
        *(line.replace("?feature=shared", "") for line in lines_without_index(LIST)),
    ]


def lines_without_index(markdown):
    """Lines as they read, but for the index, where ours has links that work."""
    text = markdown.replace("\n](", "](")
    lines = (re.sub(r"-{3,}", "---", " ".join(line.split())) for line in text.splitlines())
    return [line for line in lines if line and "](#" not in line and line.strip("|- ")]


def test_the_index_leads_to_where_github_puts_the_headings():
    places = re.findall(r"\]\(#(.*?)\)", write_markdown(CURRICULUM))

    assert "-starting-point" in places  # behind an icon
    assert "pre-training--fine-tuning" in places
    assert len({*places}) == len(CURRICULUM.sections) + len(places) - len(CURRICULUM.steps)


def test_one_line_is_what_the_makers_repository_would_take():
    by_slug = {key.partition(":")[2]: each for key, each in CURRICULUM.by_key.items()}

    assert markdown_line(by_slug["gpt-2"]) == (
        "- GPT-2: [Language Models are Unsupervised Multitask Learners]"
        "(https://insightcivic.s3.us-east-1.amazonaws.com/language-models.pdf) 📚"
    )
    assert markdown_line(by_slug["what-is-gpt"]).startswith("- 📼 [What is GPT?](https://youtu.be/")
    assert markdown_line(by_slug["peft-docs"]).endswith("index) library!")
