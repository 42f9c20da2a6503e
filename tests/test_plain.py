import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.plain import columns, link, narrowed, plain, together, united

CLICKABLE = re.compile(
    r"(?i)[a-z]://\S|mailto:|www\.\S|(?:discord\.gg|discord(?:app)?\.com/invite)/\S"
)
"""What Discord's clients link by themselves, or show the server of."""


@pytest.mark.parametrize(
    "text",
    [
        "Win at https://evil.example/x",
        "HTTP://evil.example",
        "discord.gg/abc",
        "Join discord.com/invite/abc",
        "discordapp.com/invite/abc",
        "www.evil.example",
        "steam://run/1",
        "mailto:a@evil.example",
    ],
)
def test_an_address_in_foreign_text_is_not_clickable(text):
    assert not CLICKABLE.search(plain(text))
    assert plain(text).replace("\u200b", "") == text


def test_a_title_that_holds_an_address_leaves_its_link_whole():
    shown = link("[x](https://evil.example) or discord.gg/a", "https://good.example/(x)")

    label, _, target = shown.rpartition("](")
    assert not CLICKABLE.search(label)
    assert target == "https://good.example/%28x%29)"


@pytest.mark.parametrize("text", ["node.js", "fast.ai", "and/or", "GPT-3.5: a note", "a: b"])
def test_ordinary_words_have_nothing_put_into_them(text):
    assert plain(text) == text


@given(st.text("ahtps:/.w@ gd", max_size=30))
def test_no_text_whatever_is_clickable(text):
    assert not CLICKABLE.search(plain(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Attention Is All You Need", "Attention…"),
        ("注意力机制就是你所需要的一切", "注意力机…"),
        ("🧠🧠🧠🧠🧠🧠", "🧠🧠🧠🧠…"),
        ("注意力机制", "注意力机制"),
    ],
)
def test_text_is_cut_by_the_room_that_its_letters_take(text, shown):
    assert narrowed(text, 10) == shown


@given(st.text(max_size=30), st.integers(2, 40))
def test_text_that_is_cut_never_takes_more_room(text, limit):
    cut = narrowed(text, limit)

    assert columns(cut) <= limit
    assert cut == text or columns(text) > limit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1 h 40 min", "1~h~40~min"),
        ("1시간 40분", "1+시+간~40+분"),
        ("9개 중 2개", "9+개~중~2+개"),
        ("", ""),
    ],
)
def test_no_line_ends_within_what_belongs_together(text, shown):
    assert together(text).replace("\N{NO-BREAK SPACE}", "~").replace("\u2060", "+") == shown
    assert columns(together(text)) == columns(text)
    assert together(together(text)) == together(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("목록이 25주 치 남은 스터디", "목록이 25+주 치 남은 스터디"),
        ("맡았어요. 알려 드릴게요:\n원해요", "맡+았+어+요. 알려 드+릴+게+요:\n원+해+요"),
        ("약 3½시간까지", "약 3½+시+간+까+지"),
        ("[3장](https://example.org/3장) 3장", "[3+장](https://example.org/3장) 3+장"),
        ("https://example.org/3장 3장", "https://example.org/3장 3+장"),
        ("`12월 24일`처럼 <:3장:1>", "`12월 24일`처럼 <:3장:1>"),
        ("공룡 요, 개요 1", "공룡 요, 개요 1"),
        ("[봐요](https://a.kr/봐요.htm) 봐요", "[봐요](https://a.kr/봐요.htm) 봐+요"),
        ("https://ko.example/봐요.html", "https://ko.example/봐요.html"),
        ("`안녕하세요.` ```\n봐요.``` <:봐요.:12>", "`안녕하세요.` ```\n봐요.``` <:봐요.:12>"),
        ("25 weeks", "25 weeks"),
    ],
)
def test_a_line_ends_neither_before_a_unit_nor_within_a_sentences_last_word(text, shown):
    assert united(text).replace("\u2060", "+") == shown
    assert united(united(text)) == united(text)
