"""What the words say where a list has less than ours."""

import pytest

from bot.core.progress import Mark, figures
from bot.views import texts
from tests.curricula import NOW, curriculum, done, resource

KNOWN = Mark("known", NOW)


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(None, "2 of the list are left."), (60, "About 2 h of the list are left.")],
)
def test_what_is_left_is_told_in_minutes_or_else_in_number(minutes, told):
    made = curriculum(
        resource("a", minutes=None),
        resource("b", minutes=minutes),
        resource("c", minutes=minutes),
        resource("x", minutes=30, addition=True),
    )

    assert texts.left_text(figures(made, done("a"))) == told


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (["x"], "1 of the list is left."),
        (["a"], "The list is read. About 30 min more to go deeper."),
        (["a", "x"], "Everything is read. Well done!"),
    ],
)
def test_nothing_is_called_read_that_is_not(read, told):
    made = curriculum(resource("a", minutes=None), resource("x", minutes=30, addition=True))

    assert texts.left_text(figures(made, done(*read))) == told


def test_a_list_of_additions_alone_was_not_read_before():
    made = curriculum(resource("x", addition=True), resource("y", addition=True))

    assert texts.left_text(figures(made, {})) == "About 60 min are left."


def test_the_pace_is_not_told_of_what_has_no_minutes():
    made = curriculum(resource("a", minutes=None), resource("x", minutes=30, addition=True))

    assert texts.pace_text(figures(made, {}), 60) == ""


def test_the_bar_is_full_only_when_all_is_read():
    made = curriculum(*(resource(f"r{n}") for n in range(20)))
    marks = done(*(f"r{n}" for n in range(19)))

    nearly = texts.bar(figures(made, marks).listed)
    full = texts.bar(figures(made, marks | {"demo:r19": KNOWN}).listed)

    assert "▱" in nearly
    assert "▱" not in full


def test_what_was_left_out_is_told_with_and_without_a_noun():
    made = curriculum(resource("a"), resource("b"))
    count = figures(made, {"demo:a": Mark("skipped", NOW)}).listed

    assert texts.count_text(count, "of the list") == "0 of 2 of the list (1 left out)"
    assert texts.count_text(count, "") == "0 of 2 (1 left out)"
