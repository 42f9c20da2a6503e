"""No text is wider than its room, and no letter is asked for that our fonts don't have."""

import json

from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.letters import FONTS, drawable, font_files, width, wrapped
from tests.fonts import WIDTHS, widths_of

TEXTS = st.text(max_size=120)


@given(TEXTS, st.floats(30, 250), st.integers(1, 3), st.booleans())
def test_lines_fit_their_room(text, room, most, bold):
    lines = wrapped(drawable(text), 12, room, most, is_bold=bold)

    assert len(lines) <= most
    assert all(width(line, 12, is_bold=bold) <= room for line in lines if len(line) > 1)


@given(TEXTS)
def test_what_is_drawable_stays_so(text):
    once = drawable(text)

    assert drawable(once) == once
    assert not any(each.isspace() for each in once.replace(" ", ""))


@given(st.text("abc de-fg", max_size=60))
def test_a_text_that_has_room_loses_nothing(text):
    lines = wrapped(drawable(text), 12, 60, 100)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_stay_whole():
    assert wrapped("Appendix · Understanding NLP Tasks", 12, 160, 2) == [
        "Appendix · Understanding",
        "NLP Tasks",
    ]
    assert wrapped("Pre-Training & Fine-Tuning", 12, 120, 2) == ["Pre-Training & Fine-", "Tuning"]


def test_what_is_too_long_ends_in_dots():
    (line,) = wrapped("Attention Is All You Need", 12, 80, 1)

    assert line.endswith("…")
    assert "Attention".startswith(line[:-1]) or line.startswith("Attention")


def test_a_title_whose_letters_we_lack_gives_way():
    assert drawable("ความสนใจ", "attention") == "attention"
    assert drawable("BERT ความ สนใจคือทั้งหมด", "bert") == "bert"
    assert drawable("BERT 是 🧿", "bert") == "BERT 是"
    assert drawable("", "bert") == "bert"
    assert drawable("\x00ก", "\x00") == ""


def test_widths_are_those_of_the_fonts():
    """Else ``python -m tests.fonts`` was not run to its end."""
    found = {path.name: [*map(list, widths_of(TTFont(path)))] for path in font_files()}

    assert json.loads(WIDTHS.read_text()) == found


def test_each_font_comes_with_its_licence():
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")

    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    for path in font_files():
        names = TTFont(path)["name"]
        assert names.getDebugName(0) in licence, path.name
        assert "Open Font License" in names.getDebugName(13), path.name
