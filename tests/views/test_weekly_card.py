"""What the first message of a week's thread says."""

import pytest

from bot.core.curriculum.shape import LONGEST_QUESTION, MOST_QUESTIONS
from bot.views.weekly_card import opener_text

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
