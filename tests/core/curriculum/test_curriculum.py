from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum import Slugs, numbered
from bot.core.curriculum.file import slugs_in
from bot.core.curriculum.identity import keys_given
from bot.core.curriculum.imports.formats import read_list
from tests.costs import calls
from tests.curricula import curriculum, resource

WANTED = st.sampled_from(["a", "a-2", "a-2-2", "b" * 40, "b" * 39 + "c", "b" * 37 + "-cd", "a-10"])


@given(st.sets(WANTED), st.lists(WANTED | st.just("a"), max_size=40))
def test_slugs_are_numbered_as_one_by_one(taken, wanted):
    slugs, given_before = Slugs(taken), set(taken)

    for each in wanted:
        expected = numbered(each, given_before)
        assert slugs.give(each) == expected
        given_before.add(expected)


def test_more_slugs_than_numbers_of_one_length_fit():
    slugs = Slugs()
    found = [slugs.give(each) for each in repeat("word-" * 8, 1200)]

    assert len(set(found)) == 1200
    assert all(len(each) <= 40 for each in found)


def keys_of(count: int) -> object:
    listed = curriculum(*(resource(f"r-{n}", title="pdf") for n in range(count)))
    return keys_given(listed, {}, "g1", ())


def slugs_of(count: int) -> object:
    return slugs_in(curriculum(*(resource("pdf", namespace=f"g{n}") for n in range(count))))


def bibtex_of(count: int) -> object:
    entries = (f"@misc{{k, title={{T}}, url={{https://a.org/{n}}}}}" for n in range(count))
    return read_list("\n".join(entries).encode(), "a.bib")


def markdown_of(count: int) -> object:
    return read_list("\n".join(f"- [T](https://a.org/{n})" for n in range(count)).encode(), "a.md")


@pytest.mark.parametrize("of", [keys_of, slugs_of, bibtex_of, markdown_of])
def test_twice_as_many_of_one_title_take_no_more_than_twice_as_long(of):
    of(600)  # what is made once, and kept

    assert calls(lambda: of(600)) < 2.4 * calls(lambda: of(300))
