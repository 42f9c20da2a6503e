import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.fields import PageFacts, kind_by_link
from bot.core.curriculum.shape import CONTROL_CHARACTER
from bot.pages.claims import LONGEST_AUTHORS, LONGEST_TITLE, claims_of

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
        (" A\n\tB &lt;i&gt; &amp;amp; \x07C", "A B &amp; C"),
        ("A\u202eB\u200bC", "ABC"),
        ("&#8238;&#0;A&#10;B", ""),
        ("&#" + "1" * 5000 + ";", ""),
        ("Paper page - Attention Is All You Need", "Attention Is All You Need"),
        ("[PDF] Attention | Semantic Scholar", "Attention"),
        ("(PDF) Attention | ResearchGate", "Attention"),
        ("[1706.03762v7] Attention - arXiv", "Attention"),
        ("[Tutorial] Attention", "[Tutorial] Attention"),
        ("GitHub - karpathy/nanoGPT: The simplest", "karpathy/nanoGPT: The simplest"),
        ("GitHub - what it is", "GitHub - what it is"),
        ("(3) Intro to LLMs - YouTube", "Intro to LLMs"),
        ("A talk | TED Talk | TED", "A talk"),
        ("BERT - 위키백과, 우리 모두의 백과사전", "BERT"),
        ("My site | A post", "A post"),
        ("A talk : r/MachineLearning", "A talk"),
        ("Ann on X: a thread / X", "Ann on X: a thread"),
        ("<i>E. coli</i> and H<sub>2</sub>O", "E. coli and H2O"),
        ("&lt;span class=&quot;x&quot;&gt;BERT&lt;/span&gt;", "BERT"),
        ("Vec<T> and a < b > c", "Vec<T> and a < b > c"),
    ],
)
def test_titles_are_clean(title, clean):
    page = f"<title>{title}</title>" + meta(og__site_name="My site")

    assert claims_of(page, BLOG).title == clean


@pytest.mark.parametrize(
    "title",
    [
        *("Just a moment...", "Just a moment…", "Attention Required! | Cloudflare"),
        *("404 Not Found", "404", "Error 404 (Not Found)!!1", "404: This page could not be found"),
        *("Page not found · GitHub Pages", "Page Not Found", "403 Forbidden", "Not Found | Blog"),
        *("React App", "Vite + React + TS", "Create Next App", "Untitled Document", "Document"),
        *("- YouTube", "YouTube", "Access Denied", "Robot Check", "Verifying you are human"),
        *("Sign in to your account", "Log in", "Redirecting...", "Loading…", "Index of /papers/"),
        *("Before you continue to YouTube", "Vercel Security Checkpoint", "DDoS-Guard"),
        *(
            "잠시만 기다려주세요...",
            "로그인",
            "请稍候…",
            "evil.com is for sale",
            "My site",
            "…",
            "-",
        ),
        *("Oops! Page not found", "Sorry, this page isn't available", "Blog - 404 Not Found"),
        *("Not Found (#404)", "arXiv reCAPTCHA", "Verifying your browser...", "undefined"),
        *("Performing security verification", "Страница не найдена", "少々お待ちください..."),
        *("Um momento…", "Один момент…", "We can't find that page", "Blog | Page Not Found"),
        *("https://blog.example.org/post", "blog.example.org", "Your browser is not supported"),
    ],
)
def test_what_is_no_title_is_left_out_with_all_that_its_page_says(title):
    page = f"<title>{title}</title>" + meta(og__site_name="My site", author="A guard")

    assert claims_of(page, BLOG) == PageFacts()


@pytest.mark.parametrize(
    "title",
    [
        *("Attention Is All You Need", "Just a Moment in Time", "404 ways to fine-tune", "Errors"),
        *("Loading data with PyTorch", "React Apps in Practice", "500 server tricks", "Documents"),
        *("JavaScript is weird", "Are You Human? Detecting Bots", "Access Denied: A History"),
        *("YouTube's Recommender", "The page cache is a lie", "1984", "Checking your proofs"),
        *("Searching - a page not found here", "Oops! A memoir", "Verifying your proofs"),
        *("Why you see 404 Not Found", "Null and undefined", "X - a history of logos"),
        "Documents - and how to read them",
    ],
)
def test_a_title_that_only_sounds_so_stays(title):
    assert claims_of(f"<title>{title}</title>", BLOG).title == title


def test_the_next_name_of_a_page_is_its_title_if_the_first_is_none():
    page = meta(og__title="React App") + "<title>A real title</title>"

    assert claims_of(page, BLOG).title == "A real title"


def test_a_sites_own_page_is_titled_by_its_name():
    page = "<title>My site</title>" + meta(og__site_name="My site")

    assert claims_of(page, "https://example.org/").title == "My site"


def test_what_could_not_be_decoded_is_left_out():
    page = "<title>Fran\ufffdais</title>"

    assert (claims_of(page, BLOG).title, claims_of(by("Ren\ufffd"), BLOG).authors) == ("", "")


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
