"""What the first message of a week's thread says."""

import pytest

from bot.core.curriculum.shape import LONGEST_QUESTION, MOST_QUESTIONS
from bot.core.weeks import Part
from bot.views.weekly_card import event_name, event_text, opener_text
from tests.seen import NO_BREAK

LONGEST_TEXT_OF_A_CARD = 4000


def test_a_paper_without_questions_opens_with_a_plain_one():
    assert opener_text(()).startswith("What did you take from it, and where did it lose you?")


def test_questions_are_numbered_and_shown_as_they_are_written():
    text = opener_text(("Is [MASK] *a* cure?", "# Who is <@1>?"))

    assert text.splitlines()[1:3] == [
        r"1. Is \[MASK\] \*a\* cure?",
        "2. \\# Who is <\u200b@\u200b1>?",
    ]


@pytest.mark.parametrize("character", ["x", "*", "<", "@", "[", "\\"])
def test_the_longest_questions_fit_a_message(character):
    text = opener_text((character * LONGEST_QUESTION,) * MOST_QUESTIONS)

    assert text.count("\n") == MOST_QUESTIONS + 1
    assert "…" not in text
    assert len(text) <= LONGEST_TEXT_OF_A_CARD


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (None, ""),
        (Part(2, 3), " · week 2 of 3"),
        (Part(2, 3, ("chapters 4-6",)), " · part 2 of 3"),
        (Part(13, 26, tuple("abcdefghijkl")), " · parts 13-24 of 26"),
    ],
)
def test_an_events_name_says_which_part_however_long_the_title_is(part, told):
    assert event_name("The course", part) == f"Paper of the week: The course{told}"
    name = event_name("word " * 40, part)
    assert len(name) <= 100
    assert name.endswith(f"…{told}")


def test_an_event_says_what_the_part_is_called_within_discords_limit():
    link = "https://discord.com/channels/" + "/".join(["9" * 19] * 3)

    told = event_text("The course", Part(2, 3, ("chapters 4-6",)), link)
    longest = event_text("*" * 300, Part(12, 26, ("*" * 100, "_" * 100)), link)

    assert f"This week's paper: The course{NO_BREAK}· part 2 of 3: chapters 4-6." in told
    assert told.splitlines()[-1] == longest.splitlines()[-1] == link
    assert len(longest) <= 1000
