"""Small words that many cards share."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum import KINDS
from bot.views import phrases
from bot.views.phrases import KIND_ICONS, kind_name
from tests.curricula import resource
from tests.seen import NO_BREAK


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_name_and_an_icon_of_its_own(kind):
    assert kind_name(kind)
    assert sum(icon == KIND_ICONS[kind] for icon in KIND_ICONS.values()) == 1


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "5 min"),
        (27, "25 min"),
        (28, "30 min"),
        (59, "1 h"),
        (90, "1 h 30 min"),
        (175, "2 h 55 min"),
        (180, "about 3 h"),
        (200, "about 3½ h"),
        (420, "about 7 h"),
        (590, "about 10 h"),
        (600, "about 10 h"),
        (635, "about 11 h"),
    ],
)
def test_an_estimate_is_said_as_finely_as_it_can_be_meant(minutes, said):
    assert phrases.duration(minutes) == said.replace(" ", NO_BREAK)


@given(st.lists(st.integers(1, 60), min_size=2, max_size=3))
def test_minutes_that_are_said_add_up(each):
    made = [resource(f"r{n}", minutes=minutes) for n, minutes in enumerate(each)]
    told = re.compile(r"(?:(\d+) h)? ?(?:(\d+) min)?")

    def read(text):
        hours, minutes = told.match(text).groups()
        return int(hours or 0) * 60 + int(minutes or 0)

    (line,) = phrases.in_all(made)

    if "about" not in line:
        assert read(line.removeprefix("-# ")) == sum(read(phrases.takes(r)) for r in made)
