"""What the text and the address of a link say by themselves: where it leads, and what it names."""

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.core.curriculum.imports.spans import Span, has_bare_link, text_of
from bot.core.curriculum.links import LONGEST_KEPT, address_in, is_web_link, untracked, unwrapped

_GENERIC_BY_RANK = """
paper papers pdf pdfs html arxiv abs abstract article book books chapter text full preprint \
openreview acl acm ieee doi read proceedings publication
link links url here this site website web page homepage home official project source original \
click more alt info details report readme blog post docs doc documentation wiki download overview \
summary www
code github git repo repository implementation colab notebook demo pytorch tensorflow tf keras \
jax dataset datasets data model models weights huggingface hf zip bib bibtex app
slides slide ppt pptx poster video videos playlist youtube talk talks recording audio podcast \
notes supp supplementary appendix supplemental material review reviews
tweet tweets twitter thread x chat discussion reddit hn comments
""".strip()
"""Words of links that name no title, a line each rank: what people would click first in front."""

_RANKS = {
    word: rank for rank, line in enumerate(_GENERIC_BY_RANK.splitlines()) for word in line.split()
}
NO_TITLE = frozenset({"here", "this", "link", "click", "url", "more"})
SAYS_ONLY_WHAT = NO_TITLE | {
    *("pdf", "paper", "html", "abs", "doi", "code", "source", "slides", "ppt", "video"),
    *("tweet", "thread"),
}
"""Of those: what is no name of a thing either, even in front of what is said of the thing."""

_ID = re.compile(r"\d{4}.\d{4}|\d{7}")
_LONGEST_ID = 100
"""In characters, with all that is typed around it."""
_WEB = re.compile(r"(?i)https?://|www\.|arxiv:|10\.\d")
_BELONGINGS = r"contribut|licen[cs]e|code[_-]of[_-]conduct|security\.md|sponsorship|changelog"
_NAVIGATION = re.compile(
    rf"(?i)https?://github\.com/[^/]+/[^/]+/(?:(?:blob|tree|raw|edit)/.*(?:{_BELONGINGS})[^/]*$"
    r"|stargazers|graphs/|network/|issues/?(?:new.*)?$|pulls/?$|edit/|fork$)"
    rf"|^(?!https?:)(?:.*/)?\.?(?:{_BELONGINGS}|pull_request)|^\.?/?#|^$"
)
SOCIAL = re.compile(
    r"(?:.*\.)?(?:discord\.(?:gg|com)|t\.me|patreon\.com|ko-fi\.com|buymeacoffee\.com"
    r"|opencollective\.com|paypal\.(?:me|com)|facebook\.com|instagram\.com|linkedin\.com|x\.com"
    r"|bsky\.app|mastodon\.social|gitter\.im|slack\.com|weibo\.com|threads\.net)"
)
BADGE_HOSTS = re.compile(
    r"(?:img\.)?shields\.io|badge\.fury\.io|badgen\.net|(?:api\.)?star-history\.com|awesome\.re"
)
CALLS = re.compile(
    r"(?i)(?:subscribe|back to (?:the )?top|become an?|get in touch|buy me|sign up|sponsors?$"
    r"|(?:follow|support|join|star) (?:me|us|our|this|the (?:project|list|repo|community))"
    r"|(?:submit|suggest|contribute|donate|edit)(?: an?| your| to| this|$))\b"
)


def web_address(written: str) -> str | None:
    """Return the address that is meant, as it can be kept; None: it is none of the web."""
    is_short = len(written) <= LONGEST_KEPT  # a line's links are asked for several times
    return _web_address(written) if is_short else _web_address.__wrapped__(written)


@lru_cache(1024)
def _web_address(written: str) -> str | None:
    written = written.strip().lstrip("[(<")
    if not is_web(written):
        return None
    if is_web_link(written):  # as it mostly is: what follows takes three times as long
        return untracked(unwrapped(written))
    return address_in(re.sub(r"(?i)^(arxiv:)\s", r"\1", written))


def is_web(written: str) -> bool:
    """Tell whether a link begins like one of the web, or like the number of a paper."""
    return bool(_WEB.match(written.strip().lstrip("[(<")))


def is_navigation(written: str) -> bool:
    """Tell whether a link leads within the page, or to what belongs to every repository."""
    return bool(_NAVIGATION.match(written))


def links_in(spans: Iterable[Span]) -> list[Span]:
    """Return the links that show a text, but for what stands below a picture with its link."""
    linked = [span for span in spans if span.url]
    pictures = {span.url for span in linked if span.is_image}
    found: list[Span] = []
    above: set[str] = set()
    for span in linked:
        if span.is_image:
            above.add(span.url)
        elif span.url not in above and (span.text.strip() or span.url not in pictures):
            found.append(span)
    return found


def is_generic(text: str) -> bool:
    """Tell whether a link's text names no title: "pdf", "project page", "@somebody"."""
    is_short = len(text) <= LONGEST_KEPT
    return _is_generic(text) if is_short else _is_generic.__wrapped__(text)


@lru_cache(1024)
def _is_generic(text: str) -> bool:
    words = re.sub(r":[a-z0-9_+-]+:|[\W\d_]+", " ", text.casefold()).split()
    is_apart = text.startswith("[") and text.endswith("]") and len(words) <= 4
    says_kinds = len(words) <= 3 and all(word in _RANKS for word in words)
    return says_kinds or is_apart or text.startswith("@")


def is_bare(span: Span) -> bool:
    """Tell whether a link's text is its address."""
    return bool(_WEB.match(span.text.strip()))


def words_beside(spans: Iterable[Span]) -> int:
    """Return how many words of a line are no link."""
    return len(re.findall(r"[^\W\d_]{2,}", text_of(span for span in spans if not span.url)))


def may_have_link(spans: Iterable[Span]) -> bool:
    """Tell, much sooner than by reading them, whether spans may have a link; no is never wrong."""
    return any(span.url or has_bare_link(span.text) for span in spans)


def may_be_id(plain: str) -> bool:
    """Tell whether one line may be an arXiv id; the digits of one may be hidden between others."""
    if len(plain) > _LONGEST_ID:
        return False
    return bool(_ID.search(plain)) if plain.isascii() else any(map(str.isdigit, plain))


def is_named(span: Span) -> bool:
    """Tell whether a span is a link of the web whose text may be a title."""
    return is_web(span.url) and not is_generic(span.text)


def rank_of(text: str) -> int:
    """Return how late people would click a link with this text: 0 is a paper."""
    words = re.findall(r"[a-z]+", text.casefold())
    return next((_RANKS[word] for word in words if word in _RANKS), 1)
