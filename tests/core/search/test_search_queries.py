"""Queries by hand for the list that comes with the bot, and its typing letter by letter."""

from pathlib import Path

import pytest
import yaml

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.core.curriculum.links import link_in
from bot.core.search import search
from bot.core.search.index import SearchIndex, documents_of

QUERIES = yaml.safe_load(Path(__file__).with_name("search_queries.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def curriculum():
    return read_curriculum(default_curriculum_path().read_bytes())


@pytest.fixture(scope="module")
def index(curriculum):
    return SearchIndex(documents_of(curriculum))


def slugs(index, query, limit=25):
    hits = search([index], query, limit, link=link_in(query))
    return [hit.key.partition(":")[2] for hit in hits]


def test_no_query_stands_twice():
    assert len(QUERIES) == 62


@pytest.mark.parametrize(("query", "first"), QUERIES.items())
def test_query_by_hand(index, query, first):
    found = slugs(index, query)

    assert found[:1] == ([first] if first else [])


def test_each_name_is_offered_from_its_second_letter_on(curriculum, index):
    for resource in curriculum.by_key.values():
        for name in (resource.title, *resource.aliases):
            for typed in range(2, len(name) + 1):
                offered = [hit.key for hit in search([index], name[:typed])]

                assert resource.key in offered, name[:typed]


def test_at_nineteen_keystrokes_of_twenty_the_resource_is_among_the_first_five(curriculum, index):
    names = [(r.key, name) for r in curriculum.by_key.values() for name in (r.title, *r.aliases)]
    typings = [(key, name[:typed]) for key, name in names for typed in range(1, len(name) + 1)]

    offered = sum(key in {hit.key for hit in search([index], text, 5)} for key, text in typings)

    assert offered / len(typings) > 0.95  # measured: 0.967


def test_each_title_and_alias_typed_whole_comes_first(curriculum, index):
    for resource in curriculum.by_key.values():
        for name in (resource.title, *resource.aliases):
            assert search([index], name)[0].key == resource.key, name
