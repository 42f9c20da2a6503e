"""One canonical form a link, so that the same page is known however its address was copied."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import SplitResult, parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

LONGEST_LINK = 2048
"""Longer addresses are not links to us; browsers give up about there too."""

TRACKING = frozenset(
    {"fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "igshid"}
    | {"ref", "ref_src", "ref_url", "feature", "si", "spm", "trk", "mc_cid", "mc_eid", "mkt_tok"}
)
"""Query parameters that say where a reader came from, never which page it is."""

TRACKING_BY_HOST = {
    "github.com": frozenset({"tab", "readme"}),
    "huggingface.co": frozenset({"fw"}),  # the course's choice of PyTorch or TensorFlow
}

_ARXIV_ID = r"(?:\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})"
_BARE_ARXIV = re.compile(rf"(?ai)(?:arxiv:\s*)?({_ARXIV_ID})(?:v\d+)?(?:\.pdf)?")
_ARXIV_PATH = re.compile(rf"(?ai)/(?:[a-z]+/)?({_ARXIV_ID})(?:v\d+)?(?:\.pdf)?/?")
_ARXIV_DOI = re.compile(rf"(?ai)10\.48550/arxiv\.({_ARXIV_ID})(?:v\d+)?")
_BARE_DOI = re.compile(r"(?ai)(?:doi:\s*)?(10\.\d{4,9}/\S+)")
_ACL_ID = r"(?:[a-z]\d{2}-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)"
_ACL_DOI = re.compile(rf"(?ai)10\.18653/v1/({_ACL_ID})")
_ACL_PATH = re.compile(rf"(?ai)/(?:anthology/)?({_ACL_ID})(?:v\d+)?(?:\.pdf|\.bib)?/?")
_YOUTUBE_PATH = re.compile(r"/(?:shorts|embed|live|v)/([\w-]{11})/?", re.ASCII)
_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
_GITHUB_REPOSITORY = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?(/.*)?")

_ARXIV_HOSTS = frozenset(
    {"arxiv.org", "export.arxiv.org", "alphaxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org"}
)
_YOUTUBE_HOSTS = frozenset({"youtube.com", "music.youtube.com", "youtube-nocookie.com"})

_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*://")
_WRAPPED = re.compile(r"<([^<>]*)>")
_MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^\s<>]*?)>?(?:\s+\"[^\"]*\")?\s*\)")
_TYPED_HOST = re.compile(r"(?ai)(?:[a-z0-9-]+\.)+([a-z]{2,})(?::\d+)?(?=/|$)")
_TOP_LEVELS_OF_BARE_HOSTS = frozenset({"com", "org", "net", "edu", "gov"})
_FILE_ENDINGS = frozenset({"js", "ts", "md", "txt", "json", "yaml", "yml", "ipynb"})


def canonical(url: str) -> str | None:
    """Return the one form that all spellings of a link share, or None if it is no web link.

    Known homes of papers and videos give ``arxiv:``, ``doi:``, ``acl:``, ``openreview:`` and
    ``youtube:`` with an id; anything else is ``host/path?query``. Takes a bare arXiv id or DOI and
    an address without its scheme too. For comparing only: the result need not open in a browser.
    """
    text = url.strip()
    if len(text) > LONGEST_LINK:
        return None
    if named := _bare_id(text):
        return named
    parts = _split(text if _SCHEME.match(text) else f"https://{text}")
    if parts is None:
        return None
    host = _host(parts)
    shortcut = _shortcut(host, parts)
    return shortcut or _address(host, parts)


def is_web_link(url: str) -> bool:
    """Tell whether this is a whole http(s) address that may stand on a card.

    It needs a dotted host and has no credentials, spaces, control characters, or characters
    that would end a Markdown link.
    """
    if not url.isprintable() or any(character in url for character in ' <>"\\^`{|}'):
        return False
    return len(url) <= LONGEST_LINK and _split(url) is not None


def link_in(text: str) -> str | None:
    """Return the canonical form if the whole of what was typed is a link or an arXiv id.

    ``<link>`` and ``[words](link)`` count, and so does a link without its scheme. Ordinary words
    do not: without a scheme there must be a path after the host (``jalammar.github.io/x``), or
    a leading ``www.``, or one of the oldest endings (``pytorch.org``). So ``node.js``, ``fast.ai``
    and ``gpt-2`` are words, and a first part that ends like a file (``node.js/x``) is too.
    """
    typed = text.strip()
    if len(typed) > LONGEST_LINK:
        return None
    wrapped = _WRAPPED.fullmatch(typed) or _MARKDOWN_LINK.fullmatch(typed)
    if wrapped:
        typed = wrapped[1].strip()
    if named := _bare_id(typed):
        return named
    is_link = is_web_link(typed) or _looks_like_an_address(typed)
    return canonical(typed) if is_link else None


def address_in(text: str) -> str | None:
    """Return the whole http(s) address that was typed, or None; ``canonical`` tells what it means.

    Takes what ``link_in`` takes: a bare arXiv id or DOI becomes the address of its page.
    """
    typed = text.strip()
    link = link_in(typed)
    if link is None:
        return None
    if wrapped := _WRAPPED.fullmatch(typed) or _MARKDOWN_LINK.fullmatch(typed):
        typed = wrapped[1].strip()
    if _bare_id(typed):
        scheme, _, identifier = link.partition(":")
        homes = {"arxiv": "https://arxiv.org/abs/", "acl": "https://aclanthology.org/"}
        return homes.get(scheme, "https://doi.org/") + quote(identifier, safe="/.:")
    address = typed if _SCHEME.match(typed) else f"https://{typed}"
    return address if is_web_link(address) else None


def host_of(url: str) -> str:
    """Return the host as people name it (``arxiv.org``), "" if there is none."""
    parts = _split(url.strip())
    return "" if parts is None else _host(parts)


def _bare_id(text: str) -> str | None:
    if match := _BARE_ARXIV.fullmatch(text):
        return _arxiv(match[1])
    if match := _BARE_DOI.fullmatch(text):
        return _doi(match[1])
    return None


def _arxiv(identifier: str) -> str:
    # Old ids may carry a subject class that arXiv itself leaves out: math.GT/0309136.
    archive, slash, number = identifier.lower().rpartition("/")
    return f"arxiv:{archive.partition('.')[0]}{slash}{number}"


def _doi(identifier: str) -> str:
    if match := _ARXIV_DOI.fullmatch(identifier):
        return _arxiv(match[1])
    if match := _ACL_DOI.fullmatch(identifier):
        return f"acl:{match[1].lower()}"
    return f"doi:{identifier.lower().rstrip('/')}"


def _split(url: str) -> SplitResult | None:
    """Return the parts of an http(s) address with a dotted host and no credentials."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:  # an open bracket in the host, or a port that is no number
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or len(host) > 253:
        return None
    is_whole = all(host.rstrip(".").split(".")) and "." in host.strip(".")
    return parts if is_whole and not re.search(r"[\s\\%\[\]]", parts.netloc) else None


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower().rstrip(".")
    if not host.isascii():
        with suppress(UnicodeError):  # not a name that could be registered: compared as typed
            host = host.encode("idna").decode("ascii")
    while (shorter := re.sub(r"^(?:www|m)\.", "", host)) != host and "." in shorter:
        host = shorter
    return host


def _shortcut(host: str, parts: SplitResult) -> str | None:
    if host in _ARXIV_HOSTS:
        match = _ARXIV_PATH.fullmatch(parts.path)
        return _arxiv(match[1]) if match else None
    if host in _YOUTUBE_HOSTS:
        return _youtube(parts)
    known = _SHORTCUTS.get(host)
    return known(parts) if known else None


def _youtube(parts: SplitResult) -> str | None:
    if parts.path.rstrip("/") == "/watch":
        video = parse_qs(parts.query).get("v", [""])[0]
        return f"youtube:{video}" if _YOUTUBE_ID.fullmatch(video) else None
    match = _YOUTUBE_PATH.fullmatch(parts.path)
    return f"youtube:{match[1]}" if match else None


def _youtu_be(parts: SplitResult) -> str | None:
    video = parts.path.strip("/")
    return f"youtube:{video}" if _YOUTUBE_ID.fullmatch(video) else None


def _doi_org(parts: SplitResult) -> str | None:
    match = _BARE_DOI.fullmatch(unquote(parts.path).strip("/"))
    return _doi(match[1]) if match else None


def _acl(parts: SplitResult) -> str | None:
    match = _ACL_PATH.fullmatch(parts.path)
    return f"acl:{match[1].lower()}" if match else None


def _openreview(parts: SplitResult) -> str | None:
    paper = parse_qs(parts.query).get("id", [""])[0]
    return f"openreview:{paper}" if paper and parts.path in {"/forum", "/pdf"} else None


def _huggingface(parts: SplitResult) -> str | None:
    match = re.fullmatch(rf"(?ai)/papers/({_ARXIV_ID})/?", parts.path)
    return _arxiv(match[1]) if match else None


def _github(parts: SplitResult) -> str | None:
    match = _GITHUB_REPOSITORY.fullmatch(parts.path)
    if match is None:
        return None
    # Owners and repositories ignore case there; file paths do not.
    repository = f"/{match[1]}/{match[2]}".lower()
    return _address("github.com", parts._replace(path=repository + (match[3] or "")))


_SHORTCUTS: dict[str, Callable[[SplitResult], str | None]] = {
    "youtu.be": _youtu_be,
    "doi.org": _doi_org,
    "dx.doi.org": _doi_org,
    "aclanthology.org": _acl,
    "aclweb.org": _acl,
    "openreview.net": _openreview,
    "huggingface.co": _huggingface,
    "github.com": _github,
}


def _address(host: str, parts: SplitResult) -> str:
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    path = re.sub(r"/index\.html?$", "/", _encoded(parts.path)).rstrip("/")
    query = _query(host, parts.query)
    return f"{host}{port}{path}{'?' if query else ''}{query}"


def _query(host: str, query: str) -> str:
    dropped = TRACKING | TRACKING_BY_HOST.get(host, frozenset())
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(k, v) for k, v in pairs if not (k.lower() in dropped or k.lower().startswith("utm_"))]
    return urlencode(sorted(kept), errors="replace")


def _encoded(path: str) -> str:
    """Spell each character one way: RFC 3986, 6.2.2 (letters bare, escapes in capitals)."""

    def respelled(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        is_bare = character.isascii() and (character.isalnum() or character in "-._~")
        return character if is_bare else f"%{match[1].upper()}"

    path = re.sub(r"%([0-9a-fA-F]{2})", respelled, path)
    path = re.sub(r"%(?![0-9A-F]{2})", "%25", path)
    return quote(path, safe="/%:@!$&'()*+,;=", errors="replace")


def _looks_like_an_address(typed: str) -> bool:
    match = _TYPED_HOST.match(typed)
    if match is None or re.search(r"\s", typed):
        return False
    top_level = match[1].lower()
    if typed.lower().startswith("www."):
        return True
    if match.end() == len(typed.rstrip("/")):
        return top_level in _TOP_LEVELS_OF_BARE_HOSTS
    return top_level not in _FILE_ENDINGS
