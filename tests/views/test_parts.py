"""How much room text takes on a phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.parts import as_many_as_fit, lines_on_phone


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 0),
        ("a short line", 1),
        ("x" * 33, 1),
        ("x" * 34, 2),
        ("one\n\nthree", 3),
        ("긴" * 18, 2),
        ("[a link](https://example.org/" + "x" * 200 + ")", 1),
    ],
)
def test_lines_are_counted_as_a_phone_shows_them(text, lines):
    assert lines_on_phone(text) == lines


@given(st.lists(st.text("ab 긴", max_size=80)), st.integers(0, 12))
def test_as_many_lines_as_fit_are_the_first_ones(lines, room):
    kept = as_many_as_fit(lines, room)

    assert kept == lines[: len(kept)]
    assert sum(map(lines_on_phone, kept)) <= room
    if len(kept) < len(lines):
        assert sum(map(lines_on_phone, lines[: len(kept) + 1])) > room
