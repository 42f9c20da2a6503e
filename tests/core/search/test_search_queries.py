"""Queries by hand for the list that comes with the bot, and its typing letter by letter."""

from pathlib import Path

import pytest
import yaml

from bot.core.curriculum.links import canonical, link_in
from bot.core.search import search
from bot.core.search.index import SearchIndex, documents_of, steps_of
from bot.core.search.words import words

ASKED = yaml.safe_load(Path(__file__).parents[1].joinpath("search_queries.yaml").read_text("utf-8"))
NAMES, QUESTIONS, KOREAN = ASKED["names"], ASKED["questions"], ASKED["korean"]


@pytest.fixture(scope="module")
def index(shipped_list):
    return SearchIndex(documents_of(shipped_list))


@pytest.fixture(scope="module")
def steps(shipped_list):
    return SearchIndex(steps_of(shipped_list))


def slugs(query, *indexes, limit=25):
    """Return what is found: the slugs of resources, the ids of steps with a colon in front."""
    hits = search(indexes, query, limit, link=link_in(query))
    return [hit.key.removeprefix("jump-into-llm:") for hit in hits]


def test_no_query_stands_twice():
    assert len(NAMES) == 62
    assert len(QUESTIONS) == 369


@pytest.mark.parametrize(("query", "first"), NAMES.items())
def test_query_by_hand(index, query, first):
    found = slugs(query, index)

    assert found[:1] == ([first] if first else [])


def test_what_is_meant_by_a_question_is_among_the_first_three(index, steps):
    missed = [
        asked
        for asked, meant in QUESTIONS.items()
        if {*meant}.isdisjoint(slugs(asked, index, steps, limit=3))
    ]

    assert len(missed) / len(QUESTIONS) <= 0.05, missed


def test_every_meaning_of_a_question_is_on_the_list(shipped_list):
    keys = {key.partition(":")[2] for key in shipped_list.by_key}
    keys |= {step.key for step in shipped_list.steps}

    assert {key for meant in (QUESTIONS | KOREAN).values() for key in meant} <= keys


@pytest.mark.parametrize(("asked", "meant"), KOREAN.items())
def test_korean_finds_what_is_meant_first(index, steps, asked, meant):
    assert slugs(asked, index, steps)[0] in meant


def test_every_step_has_its_document(shipped_list):
    assert [each.key for each in steps_of(shipped_list)] == [s.key for s in shipped_list.steps]


def test_each_title_and_alias_of_a_step_typed_whole_finds_it_first(shipped_list, index, steps):
    for step in shipped_list.steps:
        for name in (step.title, *step.aliases, f"step {step.number}" if step.number else ""):
            assert not name or slugs(name, index, steps)[0] == step.key, name


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rlhf", [":preference-learning", "instructgpt"]),
        ("llama", [":llama-family", "llama"]),
        ("what is reasoning", [":prompting-reasoning"]),
        ("tokenizers", [":tokenization"]),
        ("mixtures of experts", [":mixture-of-experts", "sparse-moe"]),
    ],
)
def test_a_step_that_is_named_goes_before_all_resources(index, steps, typed, found):
    assert slugs(typed, index, steps)[: len(found)] == found


def test_a_resource_does_not_bring_its_step(index, steps):
    assert ":pre-training-fine-tuning" not in slugs("roberta", index, steps)


def test_each_name_is_offered_from_its_second_letter_on(shipped_list, index):
    for resource in shipped_list.by_key.values():
        for name in (resource.title, *resource.aliases):
            for typed in range(2, len(name) + 1):
                offered = [hit.key for hit in search([index], name[:typed])]

                assert resource.key in offered, name[:typed]


def test_at_nineteen_keystrokes_of_twenty_the_resource_is_among_the_first_five(shipped_list, index):
    names = [(r.key, name) for r in shipped_list.by_key.values() for name in (r.title, *r.aliases)]
    typings = [(key, name[:typed]) for key, name in names for typed in range(1, len(name) + 1)]

    offered = sum(key in {hit.key for hit in search([index], text, 5)} for key, text in typings)

    assert offered / len(typings) > 0.95  # measured: 0.967


def test_each_title_and_alias_typed_whole_comes_first(shipped_list, index):
    for resource in shipped_list.by_key.values():
        for name in (resource.title, *resource.aliases):
            assert search([index], name)[0].key == resource.key, name


@pytest.fixture(scope="module")
def documents(shipped_list):
    return {document.key: document for document in documents_of(shipped_list)}


def test_every_resource_and_companion_has_a_document(shipped_list, documents):
    assert list(documents) == list(shipped_list.by_key)


def test_the_list_is_favoured_and_additions_are_not(shipped_list, documents):
    for key, document in documents.items():
        assert document.favoured is not shipped_list.by_key[key].addition


def test_the_makers_label_is_one_more_name(documents):
    names = documents["jump-into-llm:gpt-2"].aliases

    assert ["gpt", "2"] in [words(name) for name in names]


def test_every_link_of_a_resource_is_known_by_its_canonical_form(shipped_list, documents):
    for key, document in documents.items():
        assert set(document.links) == {canonical(url) for url in shipped_list.by_key[key].urls}


def test_who_wrote_it_and_where_it_stands_are_fields(documents):
    found = {word for text in documents["jump-into-llm:lora"].fields for word in words(text)}

    assert {"hu", "2021", "paper", "arxiv", "peft", "step", "3"} <= found
