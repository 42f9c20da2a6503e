import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.imports.text import SAMPLE, decoded
from tests.data.test_curriculum import LIST

KOREAN = "트랜스포머 논문 읽기 목록\n- 어텐션만 있으면 됩니다: 꼭 읽어 보세요\n"
FRENCH = "Une liste à lire : éléments, forêt, où, naïve\nVoilà la première leçon\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_what_unicode_wrote_is_read_with_and_without_its_mark(encoding):
    assert decoded(LIST.encode(encoding)) == LIST


@pytest.mark.parametrize(("text", "encoding"), [(KOREAN, "cp949"), (FRENCH, "cp1252")])
def test_an_encoding_that_nobody_names_is_found_out(text, encoding):
    assert decoded(text.encode(encoding)) == text


def test_utf_8_that_was_read_as_mac_roman_is_mended_as_a_whole():
    broken = LIST.encode("utf-8").decode("mac_roman")

    assert "üéõ" in broken
    assert decoded(broken.encode("utf-8")) == LIST


def test_a_line_that_was_read_as_another_encoding_is_mended_by_itself():
    broken = "été".encode().decode("cp1252")

    assert decoded(f"- {broken}\n- été “it’s”\n".encode()) == "- été\n- été “it’s”\n"


def test_quotes_entities_and_wide_letters_stay_as_they_are():
    text = "- “quoted” &amp; ｆｕｌｌ ﬁ naïve\n"

    assert decoded(text.encode()) == text


def test_a_byte_that_was_cut_off_costs_no_other_character():
    raw = (KOREAN * 3).encode()

    assert decoded(raw[:-2]).startswith(KOREAN * 2)


def test_lines_end_in_newlines_and_nul_is_nothing():
    assert decoded(b"a\r\nb\rc\n\0d") == "a\nb\nc\nd"


def test_the_beginning_of_a_file_tells_for_the_whole():
    text = KOREAN * (SAMPLE // len(KOREAN))

    assert decoded(text.encode("cp949")) == text


@given(st.binary(max_size=200))
def test_no_bytes_are_refused(raw):
    assert "\0" not in decoded(raw)
