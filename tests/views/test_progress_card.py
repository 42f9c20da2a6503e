"""What the progress of a list says that has less than ours."""

import pytest

from bot.core.progress import Mark
from bot.core.recommend import Journey, Reader
from bot.views.progress_card import progress_card
from tests.curricula import NOW, curriculum, done, resource
from tests.seen import text_of

KNOWN = Mark("known", NOW)


def told(made, marks, pace=None):
    """Return the lines of the reader's progress."""
    card = progress_card(Journey(made, Reader(marks), pace, ()), now=NOW)
    return text_of(card).splitlines()


@pytest.mark.parametrize(
    ("minutes", "left"),
    [(None, "Left of the list: 2 resources."), (60, "Left of the list: 2 h.")],
)
def test_what_is_left_is_told_in_minutes_or_else_in_number(minutes, left):
    made = curriculum(
        resource("a", minutes=None),
        resource("b", minutes=minutes),
        resource("c", minutes=minutes),
        resource("x", minutes=30, addition=True),
    )

    assert left in told(made, done("a"))


@pytest.mark.parametrize(
    ("read", "left"),
    [
        (["x"], "Left of the list: 1 resource."),
        (["a"], "You've read the list. To go deeper: 30 min more."),
        (["a", "x"], "You've read everything. Well done!"),
    ],
)
def test_nothing_is_called_read_that_is_not(read, left):
    made = curriculum(resource("a", minutes=None), resource("x", minutes=30, addition=True))

    assert left in told(made, done(*read))


@pytest.mark.parametrize("state", ["known", "skipped"])
def test_what_was_not_read_here_is_not_cheered(state):
    made = curriculum(resource("a"), resource("x", minutes=30, addition=True))
    marks = {"demo:a": Mark(state, NOW)}

    assert "Nothing is left of the list. To go deeper: 30 min more." in told(made, marks)
    assert "Nothing is left to read." in told(made, marks | done("x"))


@pytest.mark.parametrize(("minutes", "left"), [(30, "Left: 1 h."), (None, "Left: 2 resources.")])
def test_a_list_of_additions_alone_was_not_read_before(minutes, left):
    made = curriculum(*(resource(slug, minutes=minutes, addition=True) for slug in ("x", "y")))

    assert left in told(made, {})


def test_the_pace_is_not_told_of_what_has_no_minutes():
    made = curriculum(resource("a", minutes=None), resource("x", minutes=30, addition=True))

    assert not any("pace" in line for line in told(made, {}, 60))


def test_the_bar_is_full_only_when_all_is_read():
    made = curriculum(*(resource(f"r{n}") for n in range(20)))
    marks = done(*(f"r{n}" for n in range(19)))

    nearly = told(made, marks)[1]
    full = told(made, marks | {"demo:r19": KNOWN})[1]

    assert "▱" in nearly
    assert "▱" not in full


def test_what_was_left_out_is_told_of_the_list_and_of_its_step():
    made = curriculum(resource("a"), resource("b"))

    lines = told(made, {"demo:a": Mark("skipped", NOW)})

    assert lines[1].endswith("**0 of 2 (1 never)**")
    assert any(line.startswith("- ") and ": 0 of 2 (1 never)" in line for line in lines)


@pytest.mark.parametrize(
    ("current", "first", "last"), [("demo:r80", 80, 95), (None, 0, 15), ("demo:r175", 160, 175)]
)
def test_of_many_steps_the_readers_own_is_in_sight_and_the_way_to_all(current, first, last):
    made = curriculum(*(resource(f"r{n}", step_id=f"step-{n}", minutes=None) for n in range(176)))

    card = progress_card(Journey(made, Reader({}, current), None, ()), now=NOW)
    lines = [line for line in text_of(card).splitlines() if line.startswith("- ")]

    assert (lines[0], lines[-1]) == (f"- Step-{first}: 0 of 1", f"- Step-{last}: 0 of 1")
    assert "-# All 176 steps: `/curriculum`" in text_of(card)
