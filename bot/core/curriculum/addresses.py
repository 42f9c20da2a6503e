"""An address without what others put around it: redirects, archives, and who passed it on."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, unquote_plus, urlsplit

MOST_WRAPPERS = 5
"""Wrappers around wrappers; more were put there to keep us busy."""

_TRACKING = frozenset(
    {"fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid"}
    | {"ttclid", "igshid", "igsh", "mibextid", "li_fat_id", "epik", "srsltid", "gclsrc"}
    | {"gad_source", "ref", "ref_src", "ref_url", "ref_source", "feature", "si", "spm"}
    | {"spm_id_from", "trk", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_ke", "_bhlid"}
    | {"_branch_match_id", "_branch_referrer", "_openstat", "__twitter_impression", "xtor"}
    | {"wickedid", "rb_clickid", "s_cid", "s_kwcid", "cmpid", "ck_subscriber_id", "sfmc_id"}
    | {"share_id", "isfreemail", "triedredirect", "showwelcome", "showwelcomeonshare"}
)
"""Query parameters that say where a reader came from, never which page it is."""

_TRACKING_STARTS = (
    *("utm_", "mtm_", "matomo_", "piwik_", "hsa_", "itm_", "vero_", "oly_", "_hs", "__hs"),
    *("fb_action_", "_x_tr_", "pd_rd_", "pf_rd_"),
)

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
    head, hash_sign, fragment = url.partition("#")
    head, question_mark, query = head.partition("?")
    host = (parts.hostname or "").lower()
    kept = without_tracking(query, host, parts.path)
    if fragment.lower().startswith(("utm_", "xtor=")):
        fragment = ""
    elif fragment.startswith(("/", "!")):  # a page's path, which may have a query of its own
        path, inner_mark, inner = fragment.partition("?")
        inner = without_tracking(inner, host, path)
        fragment = path + (inner_mark if inner else "") + inner
    return (
        head + (question_mark if kept else "") + kept + (hash_sign if fragment else "") + fragment
    )


def without_tracking(query: str, host: str, path: str) -> str:
    """Return the query's parts that say which page it is, spelled as they were."""
    parts = query.split("&")
    return "&".join(
        part for part in parts if not _tracks(unquote_plus(part).partition("=")[0], host, path)
    )


def _tracks(name: str, host: str, path: str) -> bool:
    name = name.lower()
    if name in _TRACKING or name.startswith(_TRACKING_STARTS):
        return True
    if name == "r" and path.startswith("/p/"):  # Substack's, under its writers' own names
        return True
    labels = host.split(".")
    ends = (".".join(labels[at:]) for at in range(len(labels) - 1))
    return any(name in _TRACKING_BY_HOST.get(end, "").split() for end in ends)


def _inner(url: str, *, from_archives: bool) -> str | None:
    if prefix := _BROWSERS.match(url):
        return _whole(url[prefix.end() :])
    if from_archives and (prefix := _ARCHIVES.match(url)):
        return _whole(url[prefix.end() :])
    if prefix := _IN_PATH.match(url):
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
