"""The list that Nextread comes with says what its maker wrote: all of it, in order, and no more."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.core.curriculum import Curriculum
from bot.core.curriculum.file import (
    WIDTH,
    default_curriculum_path,
    read_curriculum,
    write_curriculum,
)
from bot.core.curriculum.links import canonical, untracked
from bot.core.curriculum.shape import schema_text

LIST = Path(__file__).with_name("jump-into-llm.md").read_text(encoding="utf-8")
TEXT = default_curriculum_path().read_text(encoding="utf-8")
CURRICULUM = read_curriculum(TEXT)

# The slips of the pen that are mended: as written, as meant.
MENDED = {
    "Additional hepful materials": "Additional helpful materials",
    "helpful for  understanding an abstract": "helpful for understanding an abstract",
    "## ⚙️ Undestanding the Training Paradigm of LLM\n": (
        "## ⚙️ Understanding the Training Paradigm of LLMs\n"
    ),
    "Has stregth on": "Has strength on",
    "### Parameter Efficient Fine-Tuning (PEFT)": "### Parameter-Efficient Fine-Tuning (PEFT)",
    "Few-Shot Learners\n](": "Few-Shot Learners](",
    "more details explanation": "a more detailed explanation",
}
# The course's link text is no title; it has the one of its page.
TITLES_OF_THEIR_OWN = {"here": "LLM Course, chapter 7: Classical NLP tasks"}
# What the bot says in its own words where it draws the index.
INDEX = [("heading", "", "Index"), ("columns", "Step", "Section", "Subsections")]
KIND_MARKS = {"article": "📃", "video": "📼"}

LINK = re.compile(r"\[([^\]]+)\]\((\S+?)\)")


def facts_of_the_list(text):
    """Every fact of the Markdown as a tuple, in order."""
    for written, meant in MENDED.items():
        assert text.count(written) == 1
        text = text.replace(written, meant)
    return [fact for line in text.splitlines() if line.strip() for fact in facts_of_a_line(line)]


def facts_of_a_line(line):
    text = line.strip()
    if text.startswith("#"):
        icon, title = re.fullmatch(r"#+ (?:([^\w\s]+) )?(.+)", text).groups()
        return [("heading", icon or "", title)]
    if text.startswith("|"):
        return facts_of_a_row([cell.strip() for cell in text.strip("|").split("|")])
    if not text.startswith("- "):
        return [("paragraph", text)]
    return [fact_of_a_point(text[2:])]


def facts_of_a_row(cells):
    if all(set(cell) == {"-"} for cell in cells):
        return []
    if cells[0].startswith("**"):
        return [("columns", *(cell.strip("*") for cell in cells))]
    # Links within the page are GitHub's business; others are facts.
    return [("row", *(re.sub(r"^\[(.+)\]\(#.*\)$", r"\1", cell) for cell in cells))]


def fact_of_a_point(text):
    link = LINK.search(text)
    if link is None:
        return ("point", text)
    title, url = TITLES_OF_THEIR_OWN.get(link[1], link[1]), untracked(link[2])
    before, after = text[: link.start()].strip(), text[link.end() :].strip()
    if after.endswith("!"):
        return ("sentence", text, title, url)
    if before in KIND_MARKS.values():
        return ("companion", before, title, url, after.removeprefix(":").strip())
    assert after in {"", "📚"}
    return ("resource", before, title, url, after)


def facts_of(curriculum: Curriculum):
    """Every fact of the curriculum that is not marked as an addition, in the list's order."""
    sections = [section for section in curriculum.sections if not section.addition]
    steps = [(s, step) for s in sections for step in s.steps if not step.addition]
    yield ("heading", curriculum.icon, curriculum.title)
    yield from (("paragraph", text) for text in curriculum.introduction)
    yield from INDEX
    for section, step in steps:
        yield ("row", step.number, section.title, own_title(section, step))
    for section in sections:
        yield ("heading", section.icon, section.title)
        yield from (("paragraph", text) for text in section.introduction)
        for of, step in steps:
            if of is section:
                yield from facts_of_a_step(section, step)
    yield ("heading", curriculum.update_icon, curriculum.update_title)
    for update in curriculum.updates:
        day = f"`{update.on:%y.%m.%d}`: " if update.on else ""
        yield ("point", day + update.text)
        yield from (("point", text) for text in update.details)


def own_title(section, step):
    return "" if step.title == section.title else step.title


def facts_of_a_step(section, step):
    if own_title(section, step):
        yield ("heading", step.icon, step.title)
    yield from (("paragraph", text) for text in step.introduction)
    for table in step.tables:
        yield ("columns", *table.columns)
        for row in table.rows:
            cells = ((cell.text, cell.maker_url or cell.url) for cell in row)
            yield ("row", *(f"[{text}]({url})" if url else text for text, url in cells))
    for resource in step.resources:
        if not resource.addition:
            yield from facts_of_a_resource(resource)


def facts_of_a_resource(resource):
    url = resource.maker_url or resource.url
    if resource.sentence:
        yield ("sentence", resource.sentence, resource.title, url)
    else:
        mark = "📚" if resource.must_read else ""
        yield ("resource", resource.label, resource.title, url, mark)
    yield from (("point", note) for note in resource.notes)
    if resource.companions_title:
        yield ("point", resource.companions_title)
    for companion in resource.companions:
        if not companion.addition:
            url = companion.maker_url or companion.url
            mark = KIND_MARKS[companion.kind]
            yield ("companion", mark, companion.title, url, companion.remark)


def test_the_curriculum_says_all_that_the_list_says_in_its_order_and_no_more():
    assert list(facts_of(CURRICULUM)) == facts_of_the_list(LIST)


def test_the_list_is_taken_apart_without_a_remainder():
    sorts = Counter(fact[0] for fact in facts_of_the_list(LIST))

    assert sorts == {
        "heading": 10,
        "paragraph": 10,
        "columns": 2,
        "row": 9,
        "resource": 7,
        "companion": 2,
        "sentence": 2,
        "point": 18,
    }


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("icon: 🎛\n", ""),
        ("those who already have some knowledge of deep learning, so it", "those who care, so it"),
        ("Contributions and discussions are always welcome!", ""),
        ("icon: 🤖\n        ", ""),
        ('number: "3"', 'number: "5"'),
        (
            "id: tokenization\n        title: Tokenization\n        addition: true",
            "id: tokenization\n        title: Tokenization",
        ),
        ("              - GPT-1 paper!\n", ""),
        ("              - Decoder-only model\n", ""),
        ("Has strength on", "Has stregth on"),
        ("https://arxiv.org/abs/1810.04805", "https://arxiv.org/abs/1810.04806"),
        ('label: "GPT-2:"\n            ', ""),
        ("must_read: true, authors: Hu et al.", "authors: Hu et al."),
        ("authors: Devlin et al.", "must_read: true, authors: Devlin et al."),
        ("kind: article, authors: Jay Alammar", "kind: video, authors: Jay Alammar"),
        ("addition: true, authors: Sasha Rush", "authors: Sasha Rush"),
        ("companions_title: Additional helpful materials\n            ", ""),
        ("understanding an abstract & having", "having"),
        ("P-tuning, IA3, etc.", "P-tuning, etc."),
        ("maker_url: https://paperswithcode.com/task/text-summarization", ""),
        ("- Seq2Seq\n", "- Classification\n"),
        ("Please find a more", "Find a more"),
        ("  - date: 2024-09-08\n    text:", "  - text:"),
        ("      - The section on LLM models will be updated soon.\n", ""),
        ("This README currently includes a curated selection", "This is a selection"),
    ],
)
def test_a_change_to_the_makers_words_is_noticed(written, instead):
    assert written in TEXT

    changed = read_curriculum(TEXT.replace(written, instead, 1))

    assert list(facts_of(changed)) != facts_of_the_list(LIST)


def slugs(resources):
    return [resource.key.removeprefix("jump-into-llm:") for resource in resources]


def test_reading_what_is_ready_in_the_lists_order_gives_the_makers_path():
    left = [resource for resource in CURRICULUM.resources if not resource.addition]
    path = []
    while left:
        ready = next(r for r in left if all(key in path for key in r.prerequisites))
        left.remove(ready)
        path.append(ready.key)

    assert [key.removeprefix("jump-into-llm:") for key in path] == [
        "attention-is-all-you-need",
        "gpt-1",
        "bert",
        "lora",
        "peft-docs",
        "gpt-2",
        "gpt-3",
        "chain-of-thought",
        "hf-course-nlp-tasks",
    ]


def test_ninety_resources_are_listed_nine_of_the_path_and_three_companions():
    companions = [r for r in CURRICULUM.by_key.values() if r.is_companion]
    additions = [r for r in CURRICULUM.by_key.values() if r.addition]

    assert len(CURRICULUM.by_key) == 90
    assert len(additions) == 79
    assert len([r for r in CURRICULUM.resources if r.addition]) == 78
    assert slugs(companions) == ["illustrated-transformer", "what-is-gpt", "annotated-transformer"]
    assert slugs(c for c in companions if c.addition) == ["annotated-transformer"]


def test_what_the_list_announces_is_there_as_additions():
    additions = {s.title: len(s.steps) for s in CURRICULUM.sections if s.addition}

    assert additions["LLM Models"] == 4
    assert additions["Understanding the Internals of LLMs"] == 6


def test_nothing_of_an_addition_is_given_as_the_makers_words():
    for resource in CURRICULUM.by_key.values():
        if resource.addition:
            words = (resource.sentence, resource.remark, resource.label, *resource.notes)
            assert not any(words)
            assert len(resource.added_notes) == 1


def test_everything_has_authors_a_year_minutes_names_and_tags():
    for resource in CURRICULUM.by_key.values():
        assert resource.authors, resource.key
        assert resource.year, resource.key
        assert resource.minutes, resource.key
        assert resource.tags, resource.key
        assert resource.added_notes, resource.key


def test_each_step_and_must_read_has_a_korean_name():
    must_reads = [resource for resource in CURRICULUM.resources if resource.must_read]

    for each in (*CURRICULUM.steps, *must_reads):
        assert [name for name in each.aliases if re.search("[가-힣]", name)], each.title


def test_what_groups_get_first_has_two_or_three_questions_of_a_line_each():
    first = [r for r in CURRICULUM.resources if not r.addition or r.must_read]
    questions = [question for r in CURRICULUM.by_key.values() for question in r.questions]

    assert {len(r.questions) for r in first} == {2, 3}
    assert [question for question in questions if len(question) > 120] == []
    assert len(set(questions)) == len(questions)


def test_a_prerequisite_stands_above_what_needs_it_among_the_additions_of_a_section():
    seen = set()
    for section in CURRICULUM.sections:
        for step in section.steps:
            for resource in step.resources:
                inside = {r.key for s in section.steps for r in s.resources}
                assert (set(resource.prerequisites) & inside) <= seen, resource.key
                seen.add(resource.key)


@pytest.mark.parametrize(
    ("slug", "pages"),
    [
        (
            "gpt-1",
            [
                "https://hayate-lab.com/wp-content/uploads/2023/05/43372bfa750340059ad87ac8e538c53b.pdf",
                "https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf",
            ],
        ),
        (
            "gpt-2",
            [
                "https://insightcivic.s3.us-east-1.amazonaws.com/language-models.pdf",
                "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
            ],
        ),
        (
            "hf-course-nlp-tasks",
            [
                "https://huggingface.co/learn/nlp-course/chapter7/1?fw=pt",
                "https://huggingface.co/learn/llm-course/chapter7/1",
            ],
        ),
    ],
)
def test_the_makers_link_and_the_publishers_mean_the_same_resource(slug, pages):
    resource = CURRICULUM.get(f"jump-into-llm:{slug}")

    assert {canonical(url) for url in resource.urls} == {canonical(page) for page in pages}
    assert resource.url == pages[0]


def test_closed_benchmark_pages_are_replaced_and_kept():
    table = CURRICULUM.step("nlp-tasks").tables[0]

    for *_, cell in table.rows:
        assert cell.url.startswith("https://huggingface.co/tasks/")
        assert cell.maker_url.startswith("https://paperswithcode.com/task/")
    assert not [r for r in CURRICULUM.by_key.values() if "paperswithcode" in r.url]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ICL", "gpt-3"),
        ("CoT", "chain-of-thought"),
        ("PEFT", "peft-docs"),
        ("RLHF", "instructgpt"),
        ("AIAYN", "attention-is-all-you-need"),
        ("But what is a GPT? Visual intro to Transformers", "what-is-gpt"),
        ("PEFT library documentation", "peft-docs"),
    ],
)
def test_a_short_or_other_name_belongs_to_one_resource(name, slug):
    named = [r for r in CURRICULUM.by_key.values() if name in r.aliases]

    assert slugs(named) == [slug]


def test_the_example_at_the_top_works_when_copied_below_bert():
    example = re.search(r"(?:^# {10,}.*\n)+", TEXT, re.MULTILINE)[0]
    entry = "".join(line[2:] for line in example.splitlines(keepends=True))
    below_bert = "          - id: roberta\n"
    assert below_bert in TEXT

    longer = read_curriculum(TEXT.replace(below_bert, f"{entry}\n{below_bert}"))

    added = longer.by_key.keys() - CURRICULUM.by_key.keys()
    assert added == {"jump-into-llm:deberta"}
    assert longer.get("jump-into-llm:deberta").addition
    assert re.sub(" +# .*", "", entry) in write_curriculum(longer)


def test_the_file_means_the_same_to_other_yaml_readers():
    plain = yaml.safe_load(TEXT)

    read = [r for s in plain["sections"] for t in s["steps"] for r in t["resources"]]
    assert [r["about"]["year"] for r in read] == [r.year for r in CURRICULUM.resources]
    assert [(r["added_notes"],) for r in read] == [r.added_notes for r in CURRICULUM.resources]
    assert plain["updates"][0]["date"].isoformat() == "2024-09-08"


def test_lines_are_short_enough_to_review():
    long = [line for line in TEXT.splitlines() if len(line) > WIDTH and "http" not in line]

    assert long == []


# What the maker wrote takes the lines it takes, and so does what people may type; questions and
# parts are one line each.
BESIDES = {
    *("label", "original_url", "sentence", "remark", "notes", "companions_title", "companions"),
    *("questions", "parts", "found_by"),
}


def lines_by_key(text):
    """How many lines each key of each entry takes."""
    entries, lines, key, indent = {}, Counter(), "", 0
    for line in text.splitlines():
        if begins := re.match(r"( {10}| {14})- id: (\S+)$", line):
            lines, key, indent = entries.setdefault(begins[2], Counter()), "id", len(begins[1]) + 2
        elif not line.strip():
            lines = Counter()  # of no entry, until the next one begins
        elif named := re.match(rf" {{{indent}}}(\w+):", line):
            key = named[1]
        lines[key] += 1
    return entries


@pytest.mark.parametrize("text", [TEXT, write_curriculum(CURRICULUM)], ids=["list", "export"])
def test_an_entry_has_about_eight_lines(text):
    entries = lines_by_key(text)
    counts = {
        slug: sum(count for key, count in lines.items() if key not in BESIDES)
        for slug, lines in entries.items()
    }

    assert counts.keys() == set(slugs(CURRICULUM.by_key.values()))
    assert {slug: count for slug, count in counts.items() if count > 8} == {}
    assert sum(counts.values()) / len(counts) <= 7
    assert {slug: n for slug, lines in entries.items() if (n := lines["found_by"]) > 4} == {}


def test_the_schema_beside_the_list_is_current():
    path = default_curriculum_path().with_name("curriculum.schema.json")

    written = path.read_text(encoding="utf-8")

    assert written == schema_text(), "nextread check --schema > data/curriculum.schema.json"
