"""What a page claims about itself, as facts: which tag is believed first, and how it is written."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.core.curriculum import Kind
from bot.core.curriculum.links import canonical, host_of
from bot.core.page import PageFacts
from bot.pages.tags import LONGEST_VALUE, Tags, tags_of
from bot.pages.titles import title_among

LONGEST_TITLE = 200
LONGEST_AUTHORS = 120
WORDS_A_MINUTE = 200
FEWEST_WORDS = 50
"""A page with fewer shows its text by script, or has none."""

LONGEST_VIDEO = 100 * 60
"""Minutes; a longer one is a broadcast, or a mistake."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# The joiners U+200C and U+200D stay: Persian words and families of emoji need them.
_INVISIBLE = re.compile(
    "[\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_YEAR = re.compile(r"(?a)(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_SECONDS = re.compile(r"(?a)\d{1,6}(?:\.\d{1,9})?")
_ISO_DURATION = re.compile(
    r"(?a)P(?:(\d{1,3})D)?T?(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})(?:\.\d{1,9})?S)?"
)
_TAG = re.compile(
    r"(?i)</?(?:(?:mml|jats):[a-z]{1,20}|m(?:ath|row|text|sup|sub|[ino])|i|b|em|strong|su[bp]|span"
    r"|u|tt|code|small|big|mark|font|w?br|italic|bold|sc)(?:\s[^<>]{0,300})?/?>"
)
_PARTICLES = re.compile(r"(?i)(?: (?:v[ao]n|de[rnl]?|d[ia]|dos|l[ae]|te[nr]|[ea]l|bin))+ \S+$")
_GROUPS = frozenset({"team", "group", "collaboration", "consortium"})

_VIDEO_HOSTS = frozenset({"youtube.com", "youtu.be", "vimeo.com", "ted.com", "bilibili.com"})
_PAPER_HOSTS = frozenset({"arxiv.org", "openreview.net", "aclanthology.org", "aclweb.org"})


def claims_of(page: str, url: str) -> PageFacts:
    """Return the facts that a page claims; ``url`` is where it stands.

    If what it calls itself is no title, it isn't the page that was meant and tells nothing.
    """
    tags = tags_of(page)
    names = [name for each in _names(tags) if (name := _clean(each, LONGEST_VALUE))]
    sites = {_clean(site, LONGEST_TITLE) for site in tags.all("og:site_name", "application-name")}
    title = title_among(names, sites, url)
    if names and not title:
        return PageFacts(kind=kind_by_link(url))
    kind = _kind(tags, url)
    return PageFacts(
        title=_clipped(title, LONGEST_TITLE),
        authors=_authors(tags),
        year=_year(tags),
        minutes=_minutes(tags, kind),
        kind=kind,
    )


def kind_by_link(url: str) -> Kind | None:
    """Guess what a link leads to from its address alone."""
    host, path = host_of(url), urlsplit(url).path.lower()
    scheme = (canonical(url) or "").partition(":")[0]
    if scheme == "youtube" or host in _VIDEO_HOSTS:
        return "video"
    if scheme in {"arxiv", "acl", "openreview"} or host in _PAPER_HOSTS or path.endswith(".pdf"):
        return "paper"
    if host.startswith("docs.") or ".readthedocs." in host or "docs" in path.split("/"):
        return "docs"
    return None


def _kind(tags: Tags, url: str) -> Kind:
    by_link = kind_by_link(url)
    if by_link in {"video", "paper"}:
        return by_link
    if tags.first("citation_title"):
        return "paper"
    if tags.first("og:type").lower().startswith("video"):
        return "video"
    return by_link or "article"


def _names(tags: Tags) -> Iterator[str]:
    """Yield what a page calls itself, the likeliest to be a title alone first."""
    for name in ("citation_title", "dc.title", "dcterms.title", "og:title"):
        yield from tags.all(name)[:1]
    yield from _linked(tags, "headline", "name")
    yield from (tags.first("twitter:title"), tags.title)


def _authors(tags: Tags) -> str:
    found = (
        tags.all("citation_author", "citation_authors", "dc.creator", "dcterms.creator")
        or tags.all("article:author", "author")
        or list(_linked(tags, "author"))
        or tags.all("link name")
    )
    people = (person for value in found for person in value.split(";"))
    names = list(dict.fromkeys(name for name in map(_name, people) if name))
    if len(names) < 2:
        return _clipped(_in_speech_order("".join(names)), LONGEST_AUTHORS)
    if len(names) == 2:
        return _clipped(" & ".join(map(_family, names)), LONGEST_AUTHORS)
    return f"{_clipped(_family(names[0]), LONGEST_AUTHORS - 7)} et al."


def _name(raw: str) -> str:
    """Return an author's name, "" for the address of a profile that some sites put there."""
    name = _clean(raw, LONGEST_AUTHORS)
    return "" if "://" in name or name.startswith("@") else name


def _in_speech_order(name: str) -> str:
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and ", " not in given else name


def _family(name: str) -> str:
    """``Vaswani, Ashish`` and ``Ashish Vaswani`` give Vaswani; ``Team, Gemma`` gives Gemma Team."""
    family, comma, _ = name.partition(", ")
    if not comma:
        particles = _PARTICLES.search(name)
        family = particles[0].strip() if particles else name.rpartition(" ")[2]
    return _in_speech_order(name) if family.lower() in _GROUPS else family


def _year(tags: Tags) -> int | None:
    """Return the year it first appeared: a paper's online date may be its newest version's."""
    dates = (
        tags.first("citation_date", "citation_publication_date", "citation_year"),
        tags.first("citation_online_date", "dc.date", "dcterms.date", "dcterms.issued"),
        tags.first("article:published_time", "datepublished"),
        next(_linked(tags, "datePublished", "uploadDate"), ""),
    )
    years = (match for date in dates if (match := _YEAR.search(date)))
    return next((int(match[0]) for match in years), None)


def _minutes(tags: Tags, kind: Kind) -> int | None:
    if kind == "video":
        lengths = (
            tags.first("og:video:duration", "video:duration"),
            tags.first("duration") or next(_linked(tags, "duration"), ""),
        )
        minutes = next((found for length in lengths if (found := _video_minutes(length))), None)
        return minutes if minutes is not None and minutes <= LONGEST_VIDEO else None
    if kind == "article":
        stated = next(_linked(tags, "wordCount"), "")
        words = int(stated) if re.fullmatch(r"(?a)\d{1,6}", stated) else tags.words
        return round(words / WORDS_A_MINUTE) or 1 if words >= FEWEST_WORDS else None
    return None


def _video_minutes(length: str) -> int | None:
    """Read seconds (``6980``) or an ISO 8601 duration (``PT1H56M20S``)."""
    if _SECONDS.fullmatch(length):
        seconds = float(length)
    elif match := _ISO_DURATION.fullmatch(length):
        days, hours, minutes, rest = (int(part or 0) for part in match.groups())
        seconds = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    else:
        return None
    return (round(seconds / 60) or 1) if seconds else None


def _linked(tags: Tags, *names: str) -> Iterator[str]:
    """Yield what the page's JSON-LD says under these names about a text or video."""
    for item in tags.linked:
        kind = item.get("@type")
        kinds = kind if isinstance(kind, list) else [kind]
        if any(str(k).endswith(("Article", "Posting", "VideoObject", "Report")) for k in kinds):
            for name in names:
                yield from _texts(item.get(name))


def _texts(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        found = item.get("name") if isinstance(item, dict) else item
        if isinstance(found, str | int) and not isinstance(found, bool):
            yield str(found)[:LONGEST_VALUE]


def _clean(raw: str, longest: int) -> str:
    """Return one clean line; "" for what its charset made unreadable: half a name is none."""
    # Clipped first: html.unescape raises on a number of thousands of digits.
    text = _TAG.sub("", html.unescape(raw[:LONGEST_VALUE]))
    text = " ".join(_INVISIBLE.sub("", _CONTROL.sub(" ", text)).split())[:longest]
    return "" if "\ufffd" in text else text


def _clipped(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}\u2026"
