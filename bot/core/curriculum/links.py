"""One canonical form a link, so that the same page is known however its address was copied."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from urllib.parse import (
    SplitResult,
    parse_qs,
    parse_qsl,
    quote,
    unquote,
    unquote_plus,
    urlencode,
    urlsplit,
)

MOST_WRAPPERS = 5
"""Wrappers around wrappers; more were put there to keep us busy."""

_TRACKING = re.compile(
    r"""(?:utm_|mtm_|matomo_|piwik_|hsa_|itm_|vero_|oly_|_hs|__hs|fb_action_|_x_tr_|pd_rd_|pf_rd_).*
    |fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh|mibextid
    |li_fat_id|epik|srsltid|gclsrc|gad_source|ref|ref_src|ref_url|ref_source|feature|si|spm
    |spm_id_from|trk|mc_cid|mc_eid|mkt_tok|_ga|_gl|_ke|_bhlid|_branch_match_id|_branch_referrer
    |_openstat|__twitter_impression|xtor|wickedid|rb_clickid|s_cid|s_kwcid|cmpid|ck_subscriber_id
    |sfmc_id|share_id|isfreemail|triedredirect|showwelcome|showwelcomeonshare""",
    re.VERBOSE | re.DOTALL,
)
"""Query parameters that say where a reader came from, never which page it is."""

_TRACKING_BY_HOST = {
    "reddit.com": "rdt rdt_cid context share_source correlation_id post_fullname $deep_link $3p",
    "substack.com": "r s token publication_id post_id action",
    "x.com": "s t cxt",
    "twitter.com": "s t cxt",
    "youtube.com": "pp ab_channel app attr_tag source_ve_path embeds_referring_euri",
    "youtu.be": "pp ab_channel app",
    "medium.com": "source gi",
    "linkedin.com": "trackingid rcm lipi originalsubdomain midtoken trkemail",
    "spotify.com": "context nd dlsi",
    "bilibili.com": "vd_source share_source share_medium share_plat share_session_id share_tag"
    " unique_k timestamp",
    "google.com": "ved usg sa ei oi usp",
    "sciencedirect.com": "via",
    "mp.weixin.qq.com": "chksm scene srcid sharer_shareid subscene clicktime enterid",
    "naver.com": "fromrss trackingcode",
    "openreview.net": "referrer",
    "tiktok.com": "_r _t is_from_webapp sender_device",
    "nytimes.com": "smid smtyp",
}
"""What only says so there; its subdomains are the same."""

_BROWSERS = re.compile(
    r"(?ai)(?:view-source:|about:reader\?url=|[a-z]+-extension://[\w.-]+/(?:[^\s?]*\?(?:file|url|src)=)?)"
    r"(?=https?(?::|%3a))"
)
_ARCHIVES = re.compile(
    r"(?ai)https?://(?:www\.)?(?:"
    r"(?:web\.|wayback\.)?archive\.org/(?:web|wayback)/(?:[\d*]+(?:[a-z]{2}_)?/)?"
    r"|archive\.(?:ph|today|is|li|vn|md|fo)/(?:(?:newest|oldest|o/\w+|\d{4,14}|\w{5})/)?(?=https?:)"
    r"|webcache\.googleusercontent\.com/search\?q=cache:(?:[\w-]{5,20}:)?"
    r")"
)
_IN_PATH = re.compile(
    r"(?ai)https?://(?:www\.)?(?:"
    r"google(?:\.[a-z]{2,3}){1,2}/amp/(?:s/)?"
    r"|[\w.-]*\bcdn\.ampproject\.org/[cv]/(?:s/)?"
    r"|urldefense\.com/v3/__"
    r"|href\.li/\?"
    r"|(?:r\.jina\.ai|12ft\.io|1ft\.io|freedium\.cfd|scribe\.rip|outline\.com)/(?=https?:)"
    r")"
)
_IN_QUERY = re.compile(
    r"(?ai)(?:google(?:\.[a-z]{2,3}){1,2}/url|translate\.google(?:\.[a-z]{2,3}){1,2}/translate"
    r"|(?:lm?\.)?facebook\.com/l\.php|l\.instagram\.com|l\.messenger\.com|out\.reddit\.com(?:/.*)?"
    r"|youtube\.com/redirect|linkedin\.com/(?:redir/redirect|safety/go)|medium\.com/r"
    r"|steamcommunity\.com/linkfilter|slack-redir\.net/link|t\.umblr\.com/redirect|disq\.us/url"
    r"|vk\.com/away\.php|link\.(?:zhihu|juejin)\.(?:com|cn)|link\.csdn\.net|duckduckgo\.com/l"
    r"|(?:[\w-]+\.)*safelinks\.protection\.outlook\.com|getpocket\.com/redirect"
    r"|docs\.google\.com/(?:viewer|gview)|view\.officeapps\.live\.com/op/(?:view|embed)\.aspx"
    r"|mozilla\.github\.io/pdf\.js/web/viewer\.html|12ft\.io/proxy|[\w.-]*proxy[\w.-]*/login)/?"
)
_NAMES_OF_THE_REAL_ONE = frozenset(
    {"url", "q", "u", "qurl", "target", "to", "z", "uddg", "src", "file"}
)
_TRANSLATED = re.compile(r"(?ai)https?://([a-z0-9-]+)\.translate\.goog(?=[/?#]|$)")


@lru_cache(128)  # a link's parts are asked for many times while it is read
def parts_of(url: str) -> SplitResult | None:
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


def unwrapped(url: str, *, from_archives: bool = False) -> str:
    """Return the address that a redirect, a viewer or a browser's own page leads to.

    ``from_archives``: that of the archived page too; an archive's copy may be all that is left,
    so it is the same page but not the same address.
    """
    for _ in range(MOST_WRAPPERS):
        inner = _inner(url, from_archives=from_archives)
        if inner is None or parts_of(inner) is None:
            break
        url = inner
    return url


def untracked(url: str) -> str:
    """Return the address as it is spelled, without what only says how it was passed on."""
    parts = parts_of(url)
    if parts is None:
        return url
    whole, _, fragment = url.partition("#")
    head, _, query = whole.partition("?")
    host = (parts.hostname or "").lower()
    if fragment.lower().startswith(("utm_", "xtor=")):
        fragment = ""
    elif fragment.startswith(("/", "!")):  # a page's path, which may have a query of its own
        path, _, inner = fragment.partition("?")
        fragment = _joined(path, "?", without_tracking(inner, host, path))
    kept = without_tracking(query, host, parts.path)
    return _joined(_joined(head, "?", kept), "#", fragment)


def _joined(front: str, sign: str, behind: str) -> str:
    return f"{front}{sign}{behind}" if behind else front


def without_tracking(query: str, host: str, path: str) -> str:
    """Return the query's parts that say which page it is, spelled as they were."""
    parts = query.split("&")
    return "&".join(
        part for part in parts if not _tracks(unquote_plus(part).partition("=")[0], host, path)
    )


def _tracks(name: str, host: str, path: str) -> bool:
    name = name.lower()
    if _TRACKING.fullmatch(name):
        return True
    if name == "r" and path.startswith("/p/"):  # Substack's, under its writers' own names
        return True
    labels = host.split(".")
    ends = (".".join(labels[at:]) for at in range(len(labels) - 1))
    return any(name in _TRACKING_BY_HOST.get(end, "").split() for end in ends)


def _inner(url: str, *, from_archives: bool) -> str | None:
    for pattern in (_BROWSERS, _IN_PATH, *([_ARCHIVES] if from_archives else ())):
        if prefix := pattern.match(url):
            rest = url[prefix.end() :]
            return _whole(rest.partition("__;")[0] if prefix[0].endswith("__") else rest)
    if translated := _TRANSLATED.match(url):
        host = translated[1].replace("--", "\0").replace("-", ".").replace("\0", "-")
        return untracked(f"https://{host}{url[translated.end() :]}")
    parts = parts_of(url)
    host = re.sub(r"^(?:www|m)\.", "", (parts.hostname or "").lower()) if parts else ""
    if parts is None or not _IN_QUERY.fullmatch(host + parts.path):
        return None
    found = (
        re.sub(r'[\s<>"\\^`{|}]', lambda unsafe: quote(unsafe[0]), value)
        for name, value in parse_qsl(parts.query)
        if name.lower() in _NAMES_OF_THE_REAL_ONE and re.match(r"(?i)https?://", value)
    )
    return next(found, None)


def _whole(rest: str) -> str:
    """Return the address that was inside another address."""
    if re.match(r"(?i)https?%3a", rest):
        rest = unquote(rest)
    if not re.match(r"(?i)https?:/", rest):
        return f"https://{rest}"
    return re.sub(r"^(?i:(https?)):/+", r"\1://", rest)


LONGEST_LINK = 2048
"""Longer addresses are not links to us; browsers give up about there too."""

_ENDS_A_LINK = re.compile(r'[ <>"\\^`{|}]')
_SAME_PAGE = {
    "github.com": frozenset({"tab", "readme"}),
    "huggingface.co": frozenset({"fw"}),  # the course's choice of PyTorch or TensorFlow
}
"""Query parameters that choose how the page is shown, not which one it is."""

_OTHER_NAMES = {
    other: host
    for host, others in {
        "huggingface.co": "hf.co",
        "doi.org": "dx.doi.org",
        "youtube.com": "music.youtube.com youtube-nocookie.com",
        "reddit.com": "old.reddit.com new.reddit.com np.reddit.com",
        "x.com": "twitter.com mobile.twitter.com nitter.net xcancel.com fxtwitter.com vxtwitter.com"
        " fixupx.com",
    }.items()
    for other in others.split()
}
"""Hosts under which all of another's pages stand."""

_ARXIV_ID = r"(?:\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z-]+(?:\.[a-z-]{2,10})?/\d{7})"
_BARE_ARXIV = re.compile(
    rf"(?ai)(?:(?:arxiv\s+preprint\s+)?arxiv[\s:/]*)?({_ARXIV_ID})(?:v\d+)?(?:\.pdf)?"
    # The stamp on a PDF's margin, and how its page says to cite it.
    r"(?:\s*[\[(][\w.-]+[\])])?(?:\s+\d{1,2}\s+[a-z]{3}\s+\d{4})?\.?"
)
_ARXIV_DOI = re.compile(rf"(?ai)10\.48550/arxiv\.({_ARXIV_ID})(?:v\d+)?")
_DOI = r"10\.\d{4,9}/\S+"
_BARE_DOI = re.compile(rf"(?ai)(?:doi[\s:]*)?({_DOI})")
_ACL_ID = r"(?:[a-z]\d{2}-\d{4,5}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)"
_BARE_ACL = re.compile(rf"(?ai)(?:acl[\s:]*)?({_ACL_ID})")
_ACL_DOI = re.compile(rf"(?ai)10\.18653/v1/({_ACL_ID})")
_GITHUB_REPOSITORY = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?(/.*)?")

_PAPERS = {
    "arxiv": "https://arxiv.org/abs/",
    "acl": "https://aclanthology.org/",
    "doi": "https://doi.org/",
    "openreview": "https://openreview.net/forum?id=",
}

Form = str | Callable[..., str]
"""Makes the form of a pattern's groups: a text takes them in small letters."""

_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*://")
_LABEL = re.compile(r"(?i)^(?:doi|url|link|pdf)\s*:\s*(?=https?://)")
_MARKDOWN_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^\s<>]*?)>?(?:\s+\"[^\"]*\")?\s*\)")
_QUOTES = (
    *("||||", "**", "____", "~~~~", "``", "<>", "()", "[]", "{}", '""', "''"),
    *("\u201c\u201d", "\u2018\u2019", "\u00ab\u00bb", "\uff08\uff09", "\uff3b\uff3d"),
    *("\u300c\u300d", "\u300e\u300f", "\u300a\u300b", "\u3008\u3009", "\u3010\u3011"),
)
"""What people put around a link: the first half before it, the second behind."""

_BULLET = re.compile(r"^(?:>{1,3}|[-*\u2022\u00b7]|\d{1,2}[.)])\s+")
_SENTENCE_ENDS = ".!?:\u2026"
_PAPER_OR_VIDEO = re.compile(r"(?:arxiv|acl|doi|openreview|youtube):")

_UNSEEN = re.compile("[\u034f\u115f\u1160\u2800\u3164\ufe00-\ufe0f\uffa0]")
_TYPED_HOST = re.compile(r"(?ai)(?:[a-z0-9-]+\.)+([a-z]{2,})(?::\d+)?(?=/|$)")
_TOP_LEVELS_OF_BARE_HOSTS = frozenset({"com", "org", "net", "edu", "gov"})
_FILE_ENDINGS = frozenset({"js", "ts", "md", "txt", "json", "yaml", "yml", "ipynb"})


def canonical(url: str) -> str | None:
    """Return the one form that all spellings of a link share, or None if it is no web link.

    Known homes of papers and videos give ``arxiv:``, ``doi:``, ``acl:``, ``openreview:`` and
    ``youtube:`` with an id; anything else is ``host/path?query``, and a path behind ``#`` where
    pages have one there. Takes a bare id and an address without its scheme too. For comparing
    only, and with nothing that an older version wrote down: it need not open in a browser, and
    may be another one tomorrow.
    """
    text = url.strip()
    if len(text) > LONGEST_LINK:
        return None
    return _canonical(text) if len(text) <= LONGEST_KEPT else _canonical.__wrapped__(text)


LONGEST_KEPT, MOST_KEPT = 512, 16_384
"""Links whose form is kept: lists are gone through again and again. 3 MB, and 20 MB at worst."""


@lru_cache(MOST_KEPT)
def _canonical(text: str) -> str | None:
    if named := _bare_id(text):
        return named
    text = unwrapped(text, from_archives=True)
    parts = parts_of(text if _SCHEME.match(text) else f"https://{text}")
    if parts is None:
        return None
    host = _host(parts)
    path = re.sub(r"/{2,}", "/", parts.path)
    parts = parts._replace(path=path)
    return _known(host, parts) or _address(host, parts)


def is_web_link(url: str) -> bool:
    """Tell whether this is a whole http(s) address that may stand on a card.

    It needs a dotted host and has no credentials, spaces, control characters, or characters
    that would end a Markdown link.
    """
    if not url.isprintable() or _ENDS_A_LINK.search(url):
        return False
    return len(url) <= LONGEST_LINK and parts_of(url) is not None


def link_in(text: str) -> str | None:
    """Return the canonical form if the whole of what was typed is a link or a paper's id.

    Quotes, brackets, Discord's own marks and ``[words](link)`` around it count as it, and so does
    a link without its scheme. Ordinary words do not: without a scheme there must be a path after
    the host (``jalammar.github.io/x``), or a leading ``www.``, or one of the oldest endings
    (``pytorch.org``). So ``node.js``, ``fast.ai`` and ``gpt-2`` are words, and a first part that
    ends like a file (``node.js/x``) is too.
    """
    typed = _laid_bare(text)
    if named := _bare_id(typed):
        return named
    is_link = is_web_link(typed) or _looks_like_an_address(typed)
    return canonical(typed) if is_link else None


def address_in(text: str) -> str | None:
    """Return the whole http(s) address that was typed, or None; ``canonical`` tells what it means.

    Takes what ``link_in`` takes: a bare id becomes the address of its page, a redirect what it
    leads to, and nothing in it says any more who passed it on. An archive's copy stays one.
    """
    typed = _laid_bare(text)
    link = link_in(typed)
    if link is None:
        return None
    if _bare_id(typed):
        return home_of(link)
    address = typed if _SCHEME.match(typed) else f"https://{typed}"
    address = untracked(unwrapped(address))
    return address if is_web_link(address) else None


def home_of(link: str) -> str | None:
    """Return the address of a known paper's own page by its canonical form; None: no such paper."""
    scheme, _, identifier = link.partition(":")
    if scheme == "acl" and identifier[:1].isalpha():  # its pages do mind case: P02-1040
        identifier = identifier.upper()
    home = _PAPERS.get(scheme)
    return home and home + quote(identifier, safe="/.:;()")


@lru_cache(128)
def host_of(url: str) -> str:
    """Return the host as people name it (``arxiv.org``), "" if there is none."""
    parts = parts_of(url.strip())
    return "" if parts is None else _host(parts)


def _laid_bare(text: str) -> str:
    """Return what was typed without what stands around it or can't be seen, in any order."""
    if len(text) > 2 * LONGEST_LINK:
        return ""
    seen = (c for c in text if unicodedata.category(c) != "Cf")
    typed, before = _UNSEEN.sub("", "".join(seen)), None
    while typed != before:
        before = typed
        typed = typed.strip().rstrip(",;\u3001\u3002\uff0c\uff1b")
        typed = _LABEL.sub("", _BULLET.sub("", typed))
        if masked := _MARKDOWN_LINK.fullmatch(typed):
            typed = masked[1]
        for pair in _QUOTES:
            half = len(pair) // 2
            is_around = typed.startswith(pair[:half]) and typed.endswith(pair[half:])
            if is_around and len(typed) > len(pair):
                typed = typed[half:-half]
        if typed.endswith(")") and typed.count(")") > typed.count("("):
            typed = typed[:-1]
        typed = _without_sentence_end(typed)
    return unwrapped(typed) if len(typed) <= LONGEST_LINK else ""


def _without_sentence_end(typed: str) -> str:
    """Return a link without the full stop of its sentence; ``/wiki/Apple_Inc.`` keeps its own."""
    bare = typed.rstrip(_SENTENCE_ENDS)
    if bare == typed:
        return typed
    is_closed = bare.endswith(tuple(pair[-1] for pair in _QUOTES))
    return bare if is_closed or _PAPER_OR_VIDEO.match(canonical(bare) or "") else typed


def _bare_id(text: str) -> str | None:
    plain = unicodedata.normalize("NFKC", text) if len(text) <= LONGEST_LINK else ""
    return _formed(plain, ((_BARE_ARXIV, _arxiv), (_BARE_ACL, "acl:{}"), (_BARE_DOI, _doi)))


def _formed(text: str, forms: Iterable[tuple[re.Pattern[str], Form]]) -> str | None:
    """Return the form of the first pattern that is the whole text, made of the pattern's groups."""
    for pattern, form in forms:
        if match := pattern.fullmatch(text):
            groups = match.groups()
            return form.format(*map(str.lower, groups)) if isinstance(form, str) else form(*groups)
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
    return f"doi:{identifier.lower().rstrip('/.')}"


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower().rstrip(".")
    if not host.isascii():
        with suppress(UnicodeError):  # not a name that could be registered: compared as typed
            host = host.encode("idna").decode("ascii")
    while host.startswith(("www.", "m.")) and "." in (shorter := host.partition(".")[2]):
        host = shorter
    host = re.sub(r"\.m\.(wikipedia\.org)$", r".\1", host)
    return _OTHER_NAMES.get(host, host)


def _known(host: str, parts: SplitResult) -> str | None:
    """Return the form of a page that several sites or several of a site's pages show."""
    if home := _formed(f"{host}{unquote(parts.path)}".rstrip("/"), _HOMES):
        return home
    return _github(parts) if host == "github.com" else _by_query(host, parts)


def _blob(repository: str, path: str) -> str:
    # Owners and repositories ignore case there; file paths do not.
    return f"github.com/{repository.lower()}/blob/{_encoded(path)}"


_GITHUB = r"([^/]+/[^/]+)"
_NOTEBOOK_READERS = r"(?:nbviewer\.(?:jupyter\.)?org|colab\.research\.google\.com)"
_ACL_READERS = (
    r"(?:aclanthology\.(?:org|info)|(?:anthology\.)?aclweb\.org)(?:/(?:anthology|papers))?"
)
_NEURIPS = r"(?:papers\.nips\.cc|(?:papers|proceedings)\.neurips\.cc)"
_ARXIV_READERS = (
    r"(?:(?:[\w-]+\.)*arxiv\.org|xxx\.lanl\.gov|ar5iv\.org|alphaxiv\.org|arxiv-vanity\.com"
    r"|huggingface\.co(?=/papers/)|(?:api\.)?semanticscholar\.org|scirate\.com|papers\.cool"
    r"|emergentmind\.com|catalyzex\.com)"
)
_FORMS: dict[str, Form] = {
    rf"{_ARXIV_READERS}/(?:[a-z-]+/)?(?:arxiv:)?({_ARXIV_ID})(?:v\d+)?(?:\.pdf)?": _arxiv,
    r"dblp\.(?:org|uni-trier\.de)/rec/(?:\w+/)?journals/corr/abs-(\d{4})-(\d{4,5})(?:\.\w+)?": (
        "arxiv:{}.{}"
    ),
    r"(?:ui\.)?adsabs\.harvard\.edu/abs/\d{4}arxiv(\d{4})\.?(\d{4,5})[a-z](?:/abstract)?": (
        "arxiv:{}.{}"
    ),
    rf"{_ACL_READERS}/(?:[a-z]/[a-z]\d\d/)?({_ACL_ID})(?:v\d+)?(?:\.pdf|\.bib)?": "acl:{}",
    r"(?:youtu\.be|youtube\.com/(?:shorts|embed|live|v|e|watch))/([\w-]{11})": "youtube:{}".format,
    rf"doi\.org/({_DOI})": _doi,
    rf"[\w.-]+/doi/(?:(?:abs|full|pdf|epdf|pdfdirect|epub|fullhtml)/)?({_DOI})": _doi,
    rf"link\.springer\.com/(?:article|chapter|book|content/pdf)/({_DOI}?)(?:\.pdf)?": _doi,
    r"nature\.com/articles/([\w.-]+?)(?:\.pdf)?": "doi:10.1038/{}",
    r"(?:bio|med)rxiv\.org/content/(10\.1101/\d[\d.]*\d)(?:v\d+)?(?:\.[a-z.-]+)?": "doi:{}",
    rf"{_NEURIPS}/(?:paper|paper_files/paper)/(\d{{4}})/(?:hash|file)/([0-9a-f]{{32}})-.*": (
        "neurips:{}/{}"
    ),
    r"proceedings\.mlr\.press/(v\d+)/([\w-]+)(?:\.html|/\2\.pdf)?": "proceedings.mlr.press/{}/{}",
    r"jmlr\.org/papers/v(?:olume)?(\d+)/([\w-]+)(?:\.html|/\2\.pdf)?": "jmlr.org/papers/v{}/{}",
    r"openaccess\.thecvf\.com/(\w+)/(?:html|papers)/([\w-]+)\.(?:html|pdf)": (
        "openaccess.thecvf.com/{}/{}"
    ),
    r"(?:reddit\.com/(?:r/\w+/)?comments|redd\.it)/(\w+)(?:/[^/]*)?": "reddit.com/comments/{}",
    r"open\.substack\.com/pub/([\w-]+)/p/([\w-]+)": "{}.substack.com/p/{}",
    r"(?:[\w-]+\.)?medium\.com/(?:.*-|p/)([0-9a-f]{10,12})": "medium.com/p/{}",
    r"x\.com/(?:\w+|i/web)/status/(\d+)(?:/.*)?": "x.com/i/status/{}",
    r"(?:player\.)?vimeo\.com/(?:video/)?(\d+)": "vimeo.com/{}",
    r"(amazon(?:\.[a-z]{2,3}){1,2})/(?:.*/)?(?:dp|gp/product)/(\w{10})(?:/.*)?": "{}/dp/{}",
    r"ieeexplore\.ieee\.org/(?:abstract/)?document/(\d+)": "ieee:{}",
    r"(?:docs|drive)\.google\.com/(?:[a-z]+/)*d/([\w-]{20,})(?:/.*)?": (
        "drive.google.com/d/{}".format
    ),
    rf"raw\.githubusercontent\.com/{_GITHUB}/(?:refs/heads/)?(.+)": _blob,
    rf"{_NOTEBOOK_READERS}/github/{_GITHUB}/blob/(.+)": _blob,
}
"""A host and path, however they are capitalised -> the form that all of these share: what makes
it of the pattern's groups, or a text that takes them in small letters."""

_HOMES = tuple((re.compile(rf"(?ai){pattern}"), form) for pattern, form in _FORMS.items())


_QUERIES = {
    "youtube.com": ("(?:/watch)?", {"v": r"(?a:[\w-]{11})"}, "youtube:{}"),
    "openreview.net": ("/(?:forum|pdf|attachment)", {"id": ".+"}, "openreview:{}"),
    "blog.naver.com": (r"/PostView\..*", {"blogId": ".+", "logNo": ".+"}, "blog.naver.com/{}/{}"),
}
"""Host -> the path of a page that its query names, in which parameters, and the page's form."""


def _by_query(host: str, parts: SplitResult) -> str | None:
    path, names, form = _QUERIES.get(host, ("", {}, ""))
    found = parse_qs(parts.query)
    values = [found.get(name, [""])[0] for name in names]
    are_there = all(map(re.fullmatch, names.values(), values))
    is_known = form and are_there and re.fullmatch(path, parts.path.rstrip("/"))
    return form.format(*values) if is_known else None


def _github(parts: SplitResult) -> str | None:
    match = _GITHUB_REPOSITORY.fullmatch(parts.path)
    if match is None:
        return None
    below = re.sub(r"^/raw/(?:refs/heads/)?", "/blob/", match[3] or "")
    repository = f"/{match[1]}/{match[2]}".lower()
    return _address("github.com", parts._replace(path=repository + below))


def _address(host: str, parts: SplitResult) -> str:
    port = "" if parts.port in {None, 80, 443} else f":{parts.port}"
    path = re.sub(r"/index\.html?$", "/", _encoded(parts.path)).rstrip("/")
    query = _query(host, parts.path, parts.query)
    return _joined(f"{host}{port}{path}", "?", query) + _route(host, parts.fragment)


def _route(host: str, fragment: str) -> str:
    """Return the path behind ``#`` by which some sites tell their pages apart, or ""."""
    path, _, query = fragment.partition("?")
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    if not fragment.startswith(("/", "!")) or not path.strip("!"):
        return ""
    return _joined(f"#{_encoded(path)}", "?", _query(host, path, query))


def _query(host: str, path: str, query: str) -> str:
    pairs = parse_qsl(without_tracking(query, host, path), keep_blank_values=True)
    shown = _SAME_PAGE.get(host, frozenset()) | {"highlight"}
    return urlencode(sorted(p for p in pairs if p[0].lower() not in shown), errors="replace")


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
