from functools import partial
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.links import (
    LONGEST_KEPT,
    LONGEST_LINK,
    MOST_WRAPPERS,
    address_in,
    canonical,
    home_of,
    host_of,
    is_web_link,
    link_in,
    untracked,
)
from tests.costs import calls

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
        "https://arxiv.org/abs/arXiv:1706.03762",
        "https://arxiv.org/abs/arXiv%3A1706.03762v2",
        "https://arxiv.org//abs//1706.03762",
        "https://arxiv.org/e-print/1706.03762",
        "https://browse.arxiv.org/html/1706.03762v7",
        "https://xxx.lanl.gov/abs/1706.03762",
        "https://hf.co/papers/1706.03762",
        "https://www.semanticscholar.org/arxiv/1706.03762",
        "https://api.semanticscholar.org/arXiv:1706.03762",
        "https://scirate.com/arxiv/1706.03762",
        "https://papers.cool/arxiv/1706.03762",
        "https://www.arxiv-vanity.com/papers/1706.03762/",
        "https://www.emergentmind.com/papers/1706.03762",
        "https://www.catalyzex.com/paper/arxiv:1706.03762",
        "https://dblp.org/rec/journals/corr/abs-1706-03762.html",
        "https://ui.adsabs.harvard.edu/abs/2017arXiv170603762V/abstract",
        "https://web.archive.org/web/20230101000000/https://arxiv.org/abs/1706.03762",
        "https://web.archive.org/web/2023id_/http:/arxiv.org/abs/1706.03762",
        "https://archive.ph/20230101/https://arxiv.org/abs/1706.03762",
        "https://www.google.co.kr/url?sa=t&url=https%3A%2F%2Farxiv.org%2Fabs%2F1706.03762&usg=x",
        "https://arxiv-org.translate.goog/abs/1706.03762?_x_tr_sl=en&_x_tr_tl=ko",
        "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Farxiv.org%2Fabs%2F1706.03762&data=x",
        "https://urldefense.com/v3/__https://arxiv.org/abs/1706.03762__;!!x$",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fhf.co%2Fpapers%2F1706.03762&h=x",
        "https://docs.google.com/viewer?url=https://arxiv.org/pdf/1706.03762",
        "https://r.jina.ai/https://arxiv.org/abs/1706.03762",
        "https://login.proxy.example.edu/login?url=https://arxiv.org/abs/1706.03762",
        "arXiv:1706.03762v7 [cs.CL]",
        "arXiv:1706.03762v7 [cs.CL] 2 Aug 2023",
        "arXiv preprint arXiv:1706.03762",
        "arXiv\uff1a1706.03762",
        "arXiv 1706.03762",
    ],
    "arxiv:hep-th/9901001": [
        "arXiv:hep-th/9901001",
        "hep-th/9901001v3 [hep-th]",
        "https://arxiv.org/abs/hep-th/9901001",
    ],
    "arxiv:cond-mat/0001001": ["cond-mat.mes-hall/0001001"],
    "example.com#/lesson1": [
        "https://example.com/#/lesson1",
        "https://example.com//#//lesson1/?utm_source=x",
    ],
    "example.com#/lesson2": ["https://www.example.com#/lesson2"],
    "example.com/docs#!/a?b=1": ["https://example.com/docs/index.html?ref=x#!/a?b=1&fbclid=x"],
    "example.com/docs": [
        "https://example.com/docs#section",
        "https://example.com//docs/#/",
        "https://example.com/docs#utm_source=x",
    ],
    "reddit.com/comments/1abc": [
        "https://www.reddit.com/r/MachineLearning/comments/1abc/d_title/?share_id=x&rdt=1",
        "https://old.reddit.com/r/MachineLearning/comments/1abc/",
        "https://out.reddit.com/t3_x?url=https%3A%2F%2Fredd.it%2F1abc&token=x",
    ],
    "reddit.com/r/MachineLearning": [
        "https://new.reddit.com/r/MachineLearning?rdt=1&context=3&correlation_id=x"
    ],
    "who.substack.com/p/what": [
        "https://who.substack.com/p/what?r=1ab&utm_campaign=post&triedRedirect=true&s=r",
        "https://open.substack.com/pub/who/p/what?r=1ab&showWelcomeOnShare=false",
    ],
    "latent.space/p/what": ["https://www.latent.space/p/what?r=1ab&isFreemail=true"],
    "medium.com/p/0123456789ab": [
        "https://medium.com/@who/some-title-0123456789ab?source=rss",
        "https://who.medium.com/some-title-0123456789ab",
        "https://freedium.cfd/https://medium.com/p/0123456789ab",
        "https://medium.com/r/?url=https%3A%2F%2Fmedium.com%2Fp%2F0123456789ab",
    ],
    "x.com/i/status/12345": [
        "https://twitter.com/who/status/12345?s=20&t=x",
        "https://mobile.twitter.com/who/status/12345/photo/1",
        "https://x.com/i/web/status/12345",
    ],
    "doi:10.1145/3292500.3330701": [
        "https://dl.acm.org/doi/abs/10.1145/3292500.3330701",
        "https://dl.acm.org/doi/pdf/10.1145/3292500.3330701?download=true",
        "DOI 10.1145/3292500.3330701.",
        "doi.org/10.1145/3292500.3330701",
    ],
    "doi:10.1007/978-3-319-10590-1_53": [
        "https://link.springer.com/chapter/10.1007/978-3-319-10590-1_53",
        "https://link.springer.com/content/pdf/10.1007/978-3-319-10590-1_53.pdf",
    ],
    "doi:10.1038/s41586-021-03819-2": ["https://www.nature.com/articles/s41586-021-03819-2.pdf"],
    "doi:10.1101/2020.01.01.123456": [
        "https://www.biorxiv.org/content/10.1101/2020.01.01.123456v2.full.pdf"
    ],
    "neurips:2017/3f5ee243547dee91fbd053c1c4a845aa": [
        "https://papers.nips.cc/paper/2017/hash/3f5ee243547dee91fbd053c1c4a845aa-Abstract.html",
        "https://proceedings.neurips.cc/paper_files/paper/2017/file/3f5ee243547dee91fbd053c1c4a845aa-Paper.pdf",
    ],
    "proceedings.mlr.press/v139/radford21a": [
        "https://proceedings.mlr.press/v139/radford21a.html",
        "http://proceedings.mlr.press/v139/radford21a/radford21a.pdf",
    ],
    "jmlr.org/papers/v15/srivastava14a": [
        "https://jmlr.org/papers/v15/srivastava14a.html",
        "https://www.jmlr.org/papers/volume15/srivastava14a/srivastava14a.pdf",
    ],
    "github.com/a/b/blob/main/Notes.ipynb": [
        "https://raw.githubusercontent.com/A/b/refs/heads/main/Notes.ipynb",
        "https://github.com/a/B/raw/main/Notes.ipynb",
        "https://colab.research.google.com/github/a/b/blob/main/Notes.ipynb",
        "https://nbviewer.org/github/a/b/blob/main/Notes.ipynb",
    ],
    "ieee:7780459": [
        "https://ieeexplore.ieee.org/document/7780459?arnumber=7780459",
        "https://ieeexplore.ieee.org/abstract/document/7780459/",
    ],
    "drive.google.com/d/1AbCdEfGhIjKlMnOpQrStUv": [
        "https://docs.google.com/document/d/1AbCdEfGhIjKlMnOpQrStUv/edit?usp=sharing",
        "https://drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUv/view",
    ],
    "blog.naver.com/who/223": [
        "https://m.blog.naver.com/who/223?fromRss=true&trackingCode=rss",
        "https://blog.naver.com/PostView.naver?blogId=who&logNo=223",
    ],
    "sciencedirect.com/science/article/pii/S089": [
        "https://www.sciencedirect.com/science/article/pii/S089?via%3Dihub"
    ],
    "pytorch.org/docs/stable/nn.html": [
        "https://pytorch.org/docs/stable/nn.html?highlight=linear#torch.nn"
    ],
    "vimeo.com/12345": ["https://player.vimeo.com/video/12345"],
    "amazon.com/dp/1098166302": ["https://www.amazon.com/Some-Book/dp/1098166302/ref=sr_1_1?tag=x"],
    "en.wikipedia.org/wiki/BERT_(language_model)": [
        "https://en.m.wikipedia.org/wiki/BERT_(language_model)",
        "https://www.google.com/amp/s/en.wikipedia.org/wiki/BERT_(language_model)",
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
        "https://www.youtube.com/redirect?q=https%3A%2F%2Fyoutu.be%2FwjZofJX0v4M&v=other",
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
        "http://anthology.aclweb.org/P/P02/P02-1040.pdf",
        "ACL P02-1040",
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


def test_a_form_is_worked_out_once_but_not_kept_of_links_that_take_much_room():
    usual, long = (f"https://once.org/{'x' * length}" for length in (100, LONGEST_KEPT))
    first = [calls(partial(canonical, each)) for each in (usual, long)]
    again = [calls(partial(canonical, each)) for each in (usual, long)]

    assert again[0] * 10 < first[0]
    assert again[1] * 2 > first[1]


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
        ("https://web.archive.org/web/2020*/attention", "web.archive.org/web/2020*/attention"),
        ("https://archive.org/details/x", "archive.org/details/x"),
        ("https://www.google.com/url?q=/search", "google.com/url?q=%2Fsearch"),
        ("https://example.com/?url=https%3A%2F%2Fa.org", "example.com?url=https%3A%2F%2Fa.org"),
        ("https://example.com/r?r=1&s=2", "example.com/r?r=1&s=2"),
        ("https://notreddit.com/?context=3", "notreddit.com?context=3"),
        ("https://www.reddit.com/r/a/comments/1/t/2/", "reddit.com/r/a/comments/1/t/2"),
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
        *(
            (f"{before}{link}{after}", "en.wikipedia.org/wiki/BERT_(x)")
            for link in ["https://en.wikipedia.org/wiki/BERT_(x)", "en.wikipedia.org/wiki/BERT_(x)"]
            for before, after in [
                ("`", "`"),
                ("```\n", "\n```"),
                ("||", "||"),
                ("**||<", ">||**"),
                ("(", ")"),
                ("[", "]"),
                ("\u201c", "\u201d"),
                ("\u300c", "\u300d"),
                ("\u200b", "\ufeff"),
                (" \u2060\u202a", "\u202c\u3164"),
                ("", ","),
                ("", ")"),
                ("[BERT](", ")"),
            ]
        ),
        *(
            (f"{before}https://arxiv.org/abs/1706.03762{after}", "arxiv:1706.03762")
            for before, after in [
                ("", "."),
                ("", "!"),
                ("", ":"),
                ("(", ")."),
                ("\u300c", "\u300d\u3002"),
                ("> ", ""),
                (">> ", ""),
                ("- ", ""),
                ("\u2022 ", "."),
                ("1. ", ""),
                ("2) <", ">"),
            ]
        ),
        ("(https://en.wikipedia.org/wiki/BERT_(x)).", "en.wikipedia.org/wiki/BERT_(x)"),
        ("See: 1706.03762", None),
        ("https://arxiv.org/\u200babs/1706.03762", "arxiv:1706.03762"),
        ("[1706.03762]", "arxiv:1706.03762"),
        ("||`arXiv:1706.03762v7 [cs.CL]`||", "arxiv:1706.03762"),
        ("doi: https://doi.org/10.1162/neco.1", "doi:10.1162/neco.1"),
        ("view-source:https://pytorch.org/", "pytorch.org"),
        (
            "chrome-extension://efaidnbmnnnibpcajpcglclefindmkaj/https://arxiv.org/pdf/1706.03762",
            "arxiv:1706.03762",
        ),
        ("https://en.wikipedia.org/wiki/Apple_Inc.", "en.wikipedia.org/wiki/Apple_Inc."),
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


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("`arxiv.org/abs/1706.03762?utm_source=x`", "https://arxiv.org/abs/1706.03762"),
        ("[1706.03762]", "https://arxiv.org/abs/1706.03762"),
        ("arXiv:hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001"),
        ("10.18653/v1/N19-1423", "https://aclanthology.org/N19-1423"),
        ("2020.acl-main.703", "https://aclanthology.org/2020.acl-main.703"),
        ("DOI: 10.1016/0004-3702(95)00041-X", "https://doi.org/10.1016/0004-3702(95)00041-x"),
        ("https://youtu.be/wjZofJX0v4M?si=x&t=12", "https://youtu.be/wjZofJX0v4M?t=12"),
        ("https://a.org/x?B=2&fbclid=x&a=%7e&utm_id=y#Part-2", "https://a.org/x?B=2&a=%7e#Part-2"),
        ("https://a.org/#/b?utm_source=x", "https://a.org/#/b"),
        ("https://www.google.com/url?q=https://a.org/?gclid=x", "https://a.org/"),
        (
            "https://web.archive.org/web/2020/https://a.org/?fbclid=x",
            "https://web.archive.org/web/2020/https://a.org/",
        ),
        ("https://huggingface.co/learn?fw=pt", "https://huggingface.co/learn?fw=pt"),
        ("ordinary words", None),
        ("https://www.google.com/url?q=https://a.org/%22", "https://a.org/%22"),
    ],
)
def test_what_is_kept_opens_the_page_and_says_nothing_of_who_passed_it_on(typed, address):
    assert address_in(typed) == address


@pytest.mark.parametrize(
    "home", ["arxiv:1706.03762", "acl:p02-1040", "openreview:nZeVK", "doi:10.1162/x"]
)
def test_a_known_papers_own_page_is_that_paper(home):
    assert canonical(home_of(home) or "") == home


def test_wrappers_end():
    wrapped = "https://a.org/x"
    for _ in range(MOST_WRAPPERS + 1):
        wrapped = f"https://www.google.com/url?q={quote(wrapped, safe='')}"

    assert canonical(wrapped) == "google.com/url?q=https%3A%2F%2Fa.org%2Fx"


@given(st.text("a:/.?#&=%[]()`|<>-_1", max_size=60).map("https://a.b/{}".format))
def test_an_address_stays_the_same_page_without_its_tracking(url):
    assert canonical(untracked(url)) == canonical(url)
    assert untracked(untracked(url)) == untracked(url)


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
