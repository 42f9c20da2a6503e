import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.pages.tags import LONGEST_VALUE, MOST_VALUES, tags_of, text_of

LONG = 100_000


def test_meta_tags_are_found_by_name_property_and_itemprop():
    tags = tags_of(
        "<META NAME='Citation_Title' CONTENT='One'>"
        '<meta content="Two" property=og:title />'
        "<meta itemprop=duration content=PT3M>"
    )

    assert tags.values == {"citation_title": ["One"], "og:title": ["Two"], "duration": ["PT3M"]}


def test_a_bracket_inside_quotes_does_not_end_a_tag():
    tags = tags_of('<meta name="t" content="a > b"><p title=\'<meta name="t" content="no">\'>')

    assert tags.values == {"t": ["a > b"]}


def test_an_apostrophe_among_the_attributes_is_no_quote():
    tags = tags_of("<p don't><meta name=t content=yes>")

    assert tags.values == {"t": ["yes"]}


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- {} -->",
        "<script>'{}'</script>",
        "<style>{}</style>",
        "<textarea>{}</textarea>",
        "<title>{}</title>",
    ],
)
def test_what_stands_in_other_elements_is_no_tag(hidden):
    tags = tags_of(hidden.format("<meta name=t content=no>") + "<meta name=t content=yes>")

    assert tags.values == {"t": ["yes"]}


def test_the_first_title_counts_and_a_drawings_does_not():
    tags = tags_of("<svg><title>Icon</title></svg><title>Page</title><title>Later</title>")

    assert tags.title == "Page"


def test_scripts_menus_and_footers_are_not_read():
    tags = tags_of(
        "<body><nav>a b c</nav><p>one two</p><script>x y z</script><svg>d</svg>"
        "<p>three</p><footer>e f</footer></body>"
    )

    assert tags.words == 3


def test_what_stands_around_the_article_is_not_counted():
    tags = tags_of(
        "<div>others say this</div><article>one <b>two</b> three four</article><p>five</p>"
    )

    assert tags.words == 4


def test_an_article_that_only_teases_does_not_hide_the_text():
    tags = tags_of("<article>one</article><p>" + "word " * 99)

    assert tags.words == 100


def test_two_characters_of_a_script_without_spaces_are_about_a_word():
    assert tags_of("<p>" + "\u6ce8\u610f" * 100).words == 101


def test_linked_data_is_read_alone_in_a_list_and_in_a_graph():
    linked = (
        '<script type="application/ld+json">{"n": 1}</script>'
        '<script type=application/ld+json>[{"n": 2}]</script>'
        '<script type="application/ld+json">{"@graph": [{"n": 3}, 4]}</script>'
    )

    assert tags_of(linked).linked == [{"n": 1}, {"n": 2}, {"n": 3}]


@pytest.mark.parametrize("data", ["{", "[" * 90_000, "1" * 5000, '"' + "x" * 200_000 + '"', "\0"])
def test_broken_linked_data_is_passed_over(data):
    tags = tags_of(f'<script type="application/ld+json">{data}</script><title>T</title>')

    assert (tags.linked, tags.title) == ([], "T")


def test_values_are_bounded_in_number_and_length():
    tags = tags_of(f"<meta name=a content={'x' * 99_999}>" * 9 + "<meta name=a content=b>" * 99)

    assert len(tags.values["a"]) == MOST_VALUES
    assert max(map(len, tags.values["a"])) == LONGEST_VALUE


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<title>Fran\u00e7ais</title>".encode(), None),
        ("<title>Fran\u00e7ais</title>".encode(), "UTF-8"),
        ("<title>Fran\u00e7ais</title>".encode("latin-1"), "iso-8859-1"),
        (b"<meta charset=latin1><title>Fran\xe7ais</title>", None),
        (
            b'<meta http-equiv=content-type content="text/html; charset=windows-1252">Fran\xe7ais',
            "made-up",
        ),
        (b"\xef\xbb\xbf<title>Fran\xc3\xa7ais</title>", "latin1"),
        ("\ufeff<title>Fran\u00e7ais</title>".encode("utf-16-le"), None),
        ("\ufeff<title>Fran\u00e7ais</title>".encode("utf-16-be"), "utf-8"),
    ],
)
def test_the_charset_is_found_where_the_page_has_it(body, charset):
    assert "Fran\u00e7ais" in text_of(body, charset)


TITLES = {"cp949": "한국어", "gb18030": "中文", "cp932": "日本語", "cp1251": "мир"}
LATE = b"<!-- <meta charset=utf-8> --><script>'<meta charset=utf-8>'</script>" + b" " * 9000


@pytest.mark.parametrize(
    ("codec", "before", "charset", "host"),
    [
        ("cp949", b"<meta charset=euc-kr>", None, ""),
        ("cp949", b"<meta charset=ks_c_5601-1987>", "made-up", ""),
        ("cp949", LATE + b"<meta charset='EUC-KR'>", None, ""),
        ("cp949", b"", "windows-949", ""),
        ("cp949", b"", None, "www.example.co.kr"),
        ("gb18030", b"<meta charset=gbk>", None, ""),
        ("gb18030", b"", None, "example.cn"),
        ("cp932", b"<meta charset=x-sjis>", None, ""),
        ("cp932", b"", "Shift_JIS", ""),
        ("cp932", b"<?xml version='1.0' encoding='x-sjis'?>", None, ""),
        ("cp1251", b'<?xml version="1.0" encoding="windows-1251"?>', None, ""),
    ],
)
def test_a_legacy_page_is_read_as_browsers_do(codec, before, charset, host):
    title = TITLES[codec]

    assert title in text_of(before + f"<title>{title}</title>".encode(codec), charset, host)


def test_japanese_pages_that_do_not_say_so_are_told_apart():
    text = "<title>注意機構について</title>"

    for codec in ("utf_8", "euc_jp", "cp932", "iso2022_jp"):
        assert text_of(text.encode(codec), None, "example.jp") == text


@pytest.mark.parametrize(("codec", "text"), [("cp949", "한"), ("cp932", "日"), ("latin_1", "é")])
def test_what_cannot_be_told_is_marked_where_it_stands_and_ascii_is_not(codec, text):
    found = text_of(f"<title>{text}</title><p>Plain".encode(codec), None, "example.org")

    assert "\ufffd" in found.partition("</title>")[0]
    assert found.endswith("<p>Plain")


def test_a_page_that_was_cut_within_a_character_is_utf_8_all_the_same():
    assert text_of("café".encode()[:-1], None) == "caf"


def test_a_charset_that_can_hide_markup_is_not_read():
    assert text_of(b"<title>~{VPND~}</title>", "hz-gb-2312") == ""


def test_broken_bytes_are_replaced():
    assert text_of(b"<title>a\xff\xfeb", "utf-8") == "<title>a\ufffd\ufffdb"


def test_chinese_pages_are_read_as_browsers_do():
    assert text_of("\u9555\u570b".encode("gb18030"), "gb2312") == "\u9555\u570b"


@pytest.mark.parametrize("charset", ["punycode", "idna", "zlib", "rot13", "unicode_escape", "\0"])
def test_what_is_no_charset_of_pages_is_not_used(charset):
    assert text_of(b"a-b\\n", charset) == "a-b\\n"


SNIPPETS = "<|>|</|<!|<!--|-->|<?|<![CDATA[|=|\"|'|&|&#1|;|/| |a|<a|<a |<a =|<a b='>|a=' | \""
TAGS = '<p>x|<nav>|</nav>|<article>|<title>|</title>|<meta a|<meta ="|<meta name=a content=b>'
RAW = '<script>|<script></scrip|</script>|<textarea>x</textarea>|type="application/ld+json">|[|{'
PIECES = [
    *SNIPPETS.split("|"),
    *TAGS.split("|"),
    *RAW.split("|"),
    "\u6ce8",
    "\ufeff",
    "\0",
    "\ud800",
]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text())
@example("<")
@example("<a")
@example("<!")
@example("<script>")
def test_any_fragments_are_read(page):
    assert tags_of(page).words >= 0


@given(st.binary(), st.none() | st.text(max_size=20))
def test_any_bytes_are_read(body, charset):
    assert tags_of(text_of(body, charset)).words >= 0


@pytest.mark.parametrize(
    "opening", ["", "<meta ", "<p a=", '<p a="', "<!--", "<script>", "<title>"]
)
def test_a_long_hostile_page_costs_no_more_than_its_length(opening):
    for piece in PIECES:
        # A pattern that goes back over the page would not come to an end here.
        assert tags_of((opening + piece * LONG)[:LONG]).words >= 0
