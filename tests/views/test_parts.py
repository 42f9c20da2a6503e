"""How much room text takes on a phone."""

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.views.parts import TEXT, as_many_as_fit, boxed, card, lines_on_phone


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


def told_by(view):
    return [each.content for each in view.walk_children() if isinstance(each, ui.TextDisplay)]


def test_a_card_keeps_numbers_beside_their_units():
    assert told_by(boxed("4개 남음")) == ["4\u2060개 남음"]
    assert told_by(card("4개 남음", ui.Container(ui.TextDisplay("30분")))) == [
        "4\u2060개 남음",
        "30\u2060분",
    ]


def test_a_card_that_is_as_long_as_can_be_stays_so():
    text = "4개 " * (TEXT // 3)

    assert told_by(boxed(text)) == [text]
