from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.links import LONGEST_LINK, canonical, host_of, is_web_link, link_in

SPELLINGS = {
    "arxiv:1706.03762": [
        "https://arxiv.org/abs/1706.03762",
        "http://www.arxiv.org/abs/1706.03762v5",
        "https://arxiv.org/pdf/1706.03762",
        "https://arxiv.org/pdf/1706.03762v7.pdf",
        "https://arxiv.org/html/1706.03762v7",
        "https://export.arxiv.org/abs/1706.03762/",
        "https://ar5iv.labs.arxiv.org/html/1706.03762",
        "https://ar5iv.org/abs/1706.03762",
        "https://www.alphaxiv.org/overview/1706.03762v7",
        "https://huggingface.co/papers/1706.03762",
        "https://doi.org/10.48550/arXiv.1706.03762",
        "https://doi.org/10.48550%2FarXiv.1706.03762",
        "doi:10.48550/arxiv.1706.03762",
        "arXiv:1706.03762v5",
        "arxiv: 1706.03762",
        "1706.03762",
        "1706.03762v2.pdf",
        "arxiv.org/abs/1706.03762?utm_source=x#S3",
    ],
    "arxiv:cs/0306050": ["cs/0306050", "https://arxiv.org/pdf/cs/0306050v1", "arXiv:cs.CL/0306050"],
    "youtube:wjZofJX0v4M": [
        "https://youtu.be/wjZofJX0v4M?feature=shared",
        "https://www.youtube.com/watch?v=wjZofJX0v4M&t=12",
        "https://m.youtube.com/watch?app=desktop&v=wjZofJX0v4M",
        "https://music.youtube.com/watch?v=wjZofJX0v4M",
        "https://www.youtube.com/shorts/wjZofJX0v4M",
        "https://www.youtube-nocookie.com/embed/wjZofJX0v4M",
        "https://youtube.com/live/wjZofJX0v4M/",
    ],
    "doi:10.1162/neco.1997.9.8.1735": [
        "https://doi.org/10.1162/NECO.1997.9.8.1735",
        "http://dx.doi.org/10.1162/neco.1997.9.8.1735/",
        "doi: 10.1162/neco.1997.9.8.1735",
        "10.1162/neco.1997.9.8.1735",
    ],
    "acl:p02-1040": [
        "https://aclanthology.org/P02-1040/",
        "https://aclanthology.org/P02-1040",
        "https://aclanthology.org/P02-1040.pdf",
        "https://www.aclweb.org/anthology/P02-1040.bib",
    ],
    "acl:2020.acl-main.703": [
        "https://aclanthology.org/2020.acl-main.703v2.pdf",
        "https://doi.org/10.18653/v1/2020.acl-main.703",
    ],
    "openreview:nZeVKeeFYf9": [
        "https://openreview.net/forum?id=nZeVKeeFYf9&noteId=x",
        "https://openreview.net/pdf?id=nZeVKeeFYf9",
    ],
    "github.com/eleutherai/lm-evaluation-harness": [
        "https://github.com/EleutherAI/lm-evaluation-harness",
        "http://www.github.com/EleutherAI/lm-evaluation-harness.git",
        "https://github.com/eleutherai/lm-evaluation-harness/?tab=readme-ov-file#install",
    ],
    "github.com/a/b/blob/main/README.md": ["https://github.com/A/B/blob/main/README.md"],
    "huggingface.co/learn/nlp-course/chapter7/1": [
        "https://huggingface.co/learn/nlp-course/chapter7/1?fw=pt",
        "https://huggingface.co/learn/nlp-course/chapter7/1?fw=tf",
    ],
    "transformer-circuits.pub/2021/framework": [
        "https://transformer-circuits.pub/2021/framework/index.html",
        "https://transformer-circuits.pub/2021/framework/",
    ],
    "example.com/a?x=1&y=2": [
        "https://example.com/a?x=1&y=2",
        "HTTP://EXAMPLE.com:80/a/?y=2&x=1",
        "https://example.com.:443/%61?x=1&y=2&fbclid=z&UTM_medium=q",
    ],
    "example.com:8080": ["http://example.com:8080/", "example.com:8080"],
    "xn--bcher-kva.de/stra%C3%9Fe": [
        "https://bücher.de/straße",
        "https://xn--bcher-kva.de/stra%c3%9fe",
    ],
    "example.com/a%2Fb%25": ["https://example.com/a%2fb%"],
}


@pytest.mark.parametrize(
    ("spelling", "form"), [(one, form) for form, all_ in SPELLINGS.items() for one in all_]
)
def test_every_spelling_of_a_link_has_one_form(spelling, form):
    assert canonical(spelling) == form


def test_different_pages_have_different_forms():
    assert len(SPELLINGS) == len({canonical(spellings[0]) for spellings in SPELLINGS.values()})


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://www.youtube.com/playlist?list=PL1&si=x", "youtube.com/playlist?list=PL1"),
        ("https://www.youtube.com/watch?v=short", "youtube.com/watch?v=short"),
        ("https://www.youtube.com/@karpathy", "youtube.com/@karpathy"),
        ("https://youtu.be/", "youtu.be"),
        ("https://arxiv.org/list/cs.CL/recent", "arxiv.org/list/cs.CL/recent"),
        ("https://arxiv.org/abs/1799.03762", "arxiv.org/abs/1799.03762"),
        ("https://huggingface.co/docs/peft/index", "huggingface.co/docs/peft/index"),
        ("https://openreview.net/group?id=ICLR", "openreview.net/group?id=ICLR"),
        ("https://aclanthology.org/events/acl-2020/", "aclanthology.org/events/acl-2020"),
        ("https://doi.org/help", "doi.org/help"),
        ("https://github.com/openai", "github.com/openai"),
        ("https://m.com/x", "m.com/x"),
        ("https://www.m.example.com/x", "example.com/x"),
        ("https://" + "ü" * 70 + ".de/x", "ü" * 70 + ".de/x"),
        ("https://example.com/?b=&a=%20", "example.com?a=+&b="),
    ],
)
def test_pages_of_known_hosts_that_are_no_paper_stay_addresses(url, form):
    assert canonical(url) == form


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gpt-2",
        "two words",
        "ftp://example.com/x",
        "mailto:a@example.com",
        "javascript:alert(1)",
        "https://",
        "https://localhost/x",
        "https://user:password@example.com/",
        "http://[::1]/",
        "http://[::1",
        "https://example.com:port/",
        "https://a..b/",
        "https://example.com/" + "x" * LONGEST_LINK,
        "https://" + "a." * 150 + "com",
    ],
)
def test_what_is_no_web_link_has_no_form(text):
    assert canonical(text) is None
    assert not is_web_link(text)


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://arxiv.org/abs/1706.03762", True),
        ("http://example.com", True),
        ("https://en.wikipedia.org/wiki/BERT_(language_model)", True),
        ("https://bücher.de/straße", True),
        ("arxiv.org/abs/1706.03762", False),
        ("https://example.com/a b", False),
        ("https://example.com/\n", False),
        ("https://example.com/\u202ex", False),
        ("https://example.com/<script>", False),
        ("https://example.com/`x`", False),
        ("https:\\\\example.com", False),
        ("https://exa%6dple.com/", False),
    ],
)
def test_only_whole_and_harmless_addresses_are_web_links(url, is_link):
    assert is_web_link(url) is is_link


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        (" https://arxiv.org/abs/1706.03762 ", "arxiv:1706.03762"),
        ("<https://arxiv.org/abs/1706.03762>", "arxiv:1706.03762"),
        ("[Attention](https://arxiv.org/abs/1706.03762)", "arxiv:1706.03762"),
        ('[Attention](<https://arxiv.org/abs/1706.03762> "a paper")', "arxiv:1706.03762"),
        ("arxiv.org/abs/1706.03762", "arxiv:1706.03762"),
        ("arXiv: 1706.03762", "arxiv:1706.03762"),
        ("1706.03762v5", "arxiv:1706.03762"),
        ("cs/0306050", "arxiv:cs/0306050"),
        ("10.1162/NECO.1", "doi:10.1162/neco.1"),
        (
            "jalammar.github.io/illustrated-transformer",
            "jalammar.github.io/illustrated-transformer",
        ),
        ("www.promptingguide.ai", "promptingguide.ai"),
        ("pytorch.org", "pytorch.org"),
        ("PyTorch.org/", "pytorch.org"),
    ],
)
def test_a_typed_link_is_known_as_one(typed, form):
    assert link_in(typed) == form


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "gpt-2",
        "GPT-3.5",
        "attention is all you need",
        "see https://arxiv.org/abs/1706.03762",
        "node.js",
        "node.js/express",
        "fast.ai",
        "socket.io",
        "e.g./i.e.",
        "and/or",
        "BERT/GPT",
        "3.14",
        "2024.1",
        "arxiv.org/abs/ 1706.03762",
        "[Attention](nowhere)",
        "https://user@example.com",
        "x" * 5000,
    ],
)
def test_ordinary_words_are_not_taken_for_links(typed):
    assert link_in(typed) is None


def test_a_host_is_named_as_people_name_it():
    assert host_of("https://www.Example.com:443/x") == "example.com"
    assert host_of("no link") == ""


@given(st.text() | st.text().map("https://{}".format) | st.text().map("https://a.b/{}".format))
def test_no_text_whatever_raises(text):
    for form in (canonical(text), link_in(text)):
        assert form is None or form
    assert is_web_link(text) in {True, False}
    assert isinstance(host_of(text), str)


HOSTS = st.sampled_from(["example.com", "arxiv.org", "sub.example.org", "m.example.co", "youtu.be"])
PATHS = st.lists(st.text("abcXYZ019-_.~ü ", min_size=1), max_size=3).map(
    lambda parts: "".join(f"/{quote(part)}" for part in parts)
)
QUERIES = st.lists(st.tuples(st.text("xyz", min_size=1), st.text("ab1é&=")), max_size=3)


@given(HOSTS, PATHS, QUERIES)
def test_the_way_a_link_was_copied_does_not_change_its_form(host, path, query):
    pairs = [f"{quote(k)}={quote(v)}" for k, v in query]
    plain = f"https://{host}{path}?{'&'.join(pairs)}"

    copies = [
        f"http://{host}{path}?{'&'.join(pairs)}",
        f"https://www.{host}{path}?{'&'.join(pairs)}",
        f"https://{host.upper()}:443{path}/?{'&'.join(reversed(pairs))}",
        f"https://{host}{path}?{'&'.join(['utm_source=a', *pairs, 'fbclid=b'])}#top",
    ]

    assert {canonical(copy) for copy in copies} == {canonical(plain)}
