import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum_shape import CONTROL_CHARACTER
from bot.core.page import PageFacts
from bot.page_claims import LONGEST_AUTHORS, LONGEST_TITLE, claims_of, kind_by_link

BLOG = "https://blog.example.org/post"
VIDEO = "https://www.youtube.com/watch?v=kCc8FmEb1nY"

ARXIV = """
<title>[1706.03762] Attention Is All You Need</title>
<meta property="og:title" content="Attention Is All You Need - arXiv" />
<meta name="citation_title" content="Attention Is All You Need" />
<meta name="citation_author" content="Vaswani, Ashish" />
<meta name="citation_author" content="Shazeer, Noam" />
<meta name="citation_author" content="Parmar, Niki" />
<meta name="citation_date" content="2017/06/12" />
<meta name="citation_online_date" content="2023/08/02" />
"""

YOUTUBE = """
<title>Let&#39;s build GPT: from scratch, in code, spelled out. - YouTube</title>
<meta property="og:site_name" content="YouTube">
<meta property="og:title" content="Let&#39;s build GPT: from scratch, in code, spelled out.">
<meta property="og:type" content="video.other">
<span itemprop="author"><link itemprop="name" content="Andrej Karpathy"></span>
<meta itemprop="duration" content="PT1H56M20S">
<meta itemprop="datePublished" content="2023-01-17T08:33:27-08:00">
"""


def meta(**values: str) -> str:
    return "".join(f'<meta name="{n.replace("__", ":")}" content="{v}">' for n, v in values.items())


def by(*names: str) -> str:
    return "".join(meta(citation_author=name) for name in names)


def linked(data: str) -> str:
    return f'<script type="application/ld+json">{data}</script>'


def test_a_paper_is_described_as_the_list_does():
    assert claims_of(ARXIV, "https://arxiv.org/abs/1706.03762") == PageFacts(
        "Attention Is All You Need", "Vaswani et al.", 2017, None, "paper"
    )


def test_a_video_has_its_channel_and_length():
    assert claims_of(YOUTUBE, VIDEO) == PageFacts(
        "Let's build GPT: from scratch, in code, spelled out.",
        "Andrej Karpathy",
        2023,
        116,
        "video",
    )


def test_a_post_is_described_by_its_linked_data():
    page = linked(
        '{"@type": "BlogPosting", "headline": "The Illustrated Transformer", "wordCount": 3000,'
        ' "author": {"name": "Jay Alammar"}, "datePublished": "2018-06-27"}'
    )

    assert claims_of(page, BLOG) == PageFacts(
        "The Illustrated Transformer", "Jay Alammar", 2018, 15, "article"
    )


def test_the_site_around_a_page_is_not_its_title():
    page = linked('{"@type": "WebSite", "name": "A blog"}') + "<title>A post</title>"

    assert claims_of(page, BLOG).title == "A post"


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        ([], ""),
        (["Jay Alammar"], "Jay Alammar"),
        (["Lin, Chin-Yew"], "Chin-Yew Lin"),
        (["OpenAI"], "OpenAI"),
        (["Kudo, Taku", "Richardson, John"], "Kudo & Richardson"),
        (["Taku Kudo", "John Richardson"], "Kudo & Richardson"),
        (["Erik F. Tjong Kim Sang", "Fien De Meulder"], "Sang & De Meulder"),
        (["Laurens van der Maaten", "Geoffrey Hinton"], "van der Maaten & Hinton"),
        (["A One", "B Two", "C Three"], "One et al."),
        (["One, A; Two, B; Three, C"], "One et al."),
        (["Team, Gemma", "Mesnard, Thomas", "Hardin, Cassidy"], "Gemma Team et al."),
        (["DeepSeek-AI", "Guo, Daya", "Yang, Dejian"], "DeepSeek-AI et al."),
        (["A One", "A One"], "A One"),
        (["https://facebook.com/a", "A One"], "A One"),
        (["\u738b\u4f1f", "\u674e\u56db"], "\u738b\u4f1f & \u674e\u56db"),
    ],
)
def test_authors_are_written_as_the_list_does(names, authors):
    assert claims_of(by(*names), BLOG).authors == authors


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Intro to LLMs - YouTube", "Intro to LLMs"),
        ("Why | by Ann | Medium", "Why | by Ann"),
        ("Attention \u2013 Wikipedia", "Attention"),
        ("Talk on Vimeo", "Talk"),
        ("[1810.04805] BERT", "BERT"),
        ("[cs/0301001] Old", "Old"),
        ("[Part 1] A post", "[Part 1] A post"),
        ("A post \u00b7 My site", "A post"),
        ("YouTube", "YouTube"),
        (" A\n\tB &lt;i&gt; &amp;amp; \x07C", "A B <i> &amp; C"),
        ("A\u202eB\u200bC", "ABC"),
        ("&#8238;&#0;A&#10;B", "\ufffdA B"),
        ("&#" + "1" * 5000 + ";", "\ufffd"),
    ],
)
def test_titles_are_clean(title, clean):
    page = f"<title>{title}</title>" + meta(og__site_name="My site")

    assert claims_of(page, BLOG).title == clean


def test_long_texts_are_clipped():
    facts = claims_of(f"<title>{'t' * 999}</title>" + by("n" * 999, "b", "c"), BLOG)

    assert (len(facts.title), facts.title[-2:]) == (LONGEST_TITLE, "t\u2026")
    assert (len(facts.authors), facts.authors[-8:]) == (LONGEST_AUTHORS, "\u2026 et al.")


@pytest.mark.parametrize(
    ("page", "year"),
    [
        (meta(citation_publication_date="2019"), 2019),
        (meta(citation_online_date="2020-01-02"), 2020),
        (meta(**{"dc.date": "1 May 1998"}), 1998),
        (meta(article__published_time="2021-05-06T07:08:09Z"), 2021),
        (meta(citation_date="soon", article__published_time="2021"), 2021),
        (meta(citation_date="20211231"), None),
        (meta(citation_date="0001"), None),
        ("", None),
    ],
)
def test_the_year_is_found(page, year):
    assert claims_of(page, BLOG).year == year


@pytest.mark.parametrize(
    ("page", "minutes"),
    [
        (meta(og__video__duration="600"), 10),
        (meta(video__duration="20"), 1),
        (meta(duration="PT2M45S"), 3),
        (meta(duration="P0DT1H"), 60),
        (linked('{"@type": "VideoObject", "duration": "PT90M"}'), 90),
        (meta(duration="PT0S"), None),
        (meta(duration="P99DT9999H"), None),
        (meta(duration="9" * 2000), None),
        (meta(duration="long"), None),
        ("<p>" + "word " * 999, None),
    ],
)
def test_a_video_takes_its_length(page, minutes):
    assert claims_of(page, VIDEO).minutes == minutes


@pytest.mark.parametrize(("words", "minutes"), [(10, None), (50, 1), (1000, 5), (1090, 5)])
def test_an_article_takes_a_minute_for_200_words(words, minutes):
    assert claims_of("<p>" + "word " * words, BLOG).minutes == minutes


def test_a_paper_has_no_length():
    assert claims_of(ARXIV + "<p>" + "word " * 999, BLOG).minutes is None


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://youtu.be/kCc8FmEb1nY", "video"),
        ("https://vimeo.com/1", "video"),
        ("https://arxiv.org/abs/1706.03762", "paper"),
        ("https://openreview.net/forum?id=x", "paper"),
        ("https://aclanthology.org/P02-1040/", "paper"),
        ("https://cdn.openai.com/papers/gpt-2.PDF", "paper"),
        ("https://huggingface.co/docs/peft/index", "docs"),
        ("https://docs.python.org/3/", "docs"),
        ("https://requests.readthedocs.io/", "docs"),
        ("https://notyoutube.com/x", None),
        ("https://example.org/docstrings", None),
    ],
)
def test_some_links_tell_what_they_are(url, kind):
    assert kind_by_link(url) == kind


@pytest.mark.parametrize(
    ("page", "url", "kind"),
    [
        ("", BLOG, "article"),
        (meta(citation_title="T"), BLOG, "paper"),
        (meta(og__type="video.other"), BLOG, "video"),
        (meta(og__type="video.other"), "https://docs.example.org/", "video"),
        (meta(og__type="article"), "https://docs.example.org/", "docs"),
        (meta(citation_title="T"), VIDEO, "video"),
    ],
)
def test_the_page_tells_what_it_is(page, url, kind):
    assert claims_of(page, url).kind == kind


NAMES = st.sampled_from(
    ["og:title", "og:site_name", "citation_author", "citation_date", "duration"]
)
METAS = st.builds('<meta name="{}" content="{}">'.format, NAMES, st.text(max_size=30))
LINKED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@type", "@graph", "author", "name", "headline"]), inner)
    ),
).map(lambda data: linked(str(data).replace("'", '"')))


@given(st.lists(METAS | LINKED | st.text(), max_size=6).map("".join), st.booleans())
def test_whatever_a_page_says_gives_facts_that_a_list_can_hold(page, is_video):
    facts = claims_of(page, VIDEO if is_video else BLOG)

    assert len(facts.title) <= LONGEST_TITLE
    assert len(facts.authors) <= LONGEST_AUTHORS
    assert not CONTROL_CHARACTER.search(facts.title + facts.authors)
    assert facts.minutes is None or facts.minutes >= 1
