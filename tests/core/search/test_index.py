"""What search knows of the list that comes with the bot."""

import pytest

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.core.curriculum.links import canonical
from bot.core.search.index import documents_of
from bot.core.search.words import words


@pytest.fixture(scope="module")
def curriculum():
    return read_curriculum(default_curriculum_path().read_bytes())


@pytest.fixture(scope="module")
def documents(curriculum):
    return {document.key: document for document in documents_of(curriculum)}


def test_every_resource_and_companion_has_a_document(curriculum, documents):
    assert list(documents) == list(curriculum.by_key)


def test_the_list_is_favoured_and_additions_are_not(curriculum, documents):
    for key, document in documents.items():
        assert document.favoured is not curriculum.by_key[key].addition


def test_the_makers_label_is_one_more_name(documents):
    names = documents["jump-into-llm:gpt-2"].aliases

    assert ["gpt", "2"] in [words(name) for name in names]


def test_every_link_of_a_resource_is_known_by_its_canonical_form(curriculum, documents):
    for key, document in documents.items():
        assert set(document.links) == {canonical(url) for url in curriculum.by_key[key].urls}


def test_who_wrote_it_and_where_it_stands_are_fields(documents):
    found = {word for text in documents["jump-into-llm:lora"].fields for word in words(text)}

    assert {"hu", "2021", "paper", "arxiv", "peft", "step", "3"} <= found
