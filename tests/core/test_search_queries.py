"""Sixty queries by hand for the list that comes with the bot, and its typing letter by letter."""

from pathlib import Path

import pytest
import yaml

from bot.core.curriculum_file import default_curriculum_path, read_curriculum
from bot.core.links import link_in
from bot.core.search import SearchIndex, search
from bot.core.search_documents import documents_of

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


def test_there_are_sixty_queries():
    assert len(QUERIES) == 60


@pytest.mark.parametrize(("query", "first"), QUERIES.items())
def test_query_by_hand(index, query, first):
    found = slugs(index, query)

    assert found[:1] == ([first] if first else [])
