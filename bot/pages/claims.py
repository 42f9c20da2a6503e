"""What a page claims about itself, as facts: which tag is believed first, and how it is written."""

import html
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from bot.core.curriculum import Kind, authors
from bot.core.curriculum.fields import PageFacts, cut, kind_by_link
from bot.core.curriculum.links import host_of
from bot.pages.tags import LONGEST_VALUE, Tags, tags_of

_DASH = "[-|–—·•»:]"
_BEFORE = re.compile(
    r"(?ai)(?:\[(?:arxiv:)?(?:\d{4}\.\d{4,5}|[a-z.-]+/\d{7})(?:v\d+)?\]|paper page [-–]"
    r"|[\[(]pdf[\])]|github -(?= [\w.-]+/)|\(\d{1,3}\)(?=.* - youtube$)) "
)
_SITES = """
    YouTube; Medium; GitHub; OpenReview; Substack; ACL Anthology; alphaXiv; arXiv;
    Semantic Scholar; Papers With Code; Request PDF; ResearchGate; ScienceDirect; SpringerLink;
    IEEE Xplore; IEEE Conference Publication; IEEE Journals & Magazine; ACM Digital Library;
    Hugging Face; Scribd; Kaggle; Coursera; edX; Udemy; LinkedIn; Quora; Stack Overflow;
    Hacker News; DEV Community; TED; TED Talk; Google Docs; Google Drive; Google Slides; Colab;
    Colaboratory; Towards Data Science; Internet Archive; Wayback Machine; Wikipedia; Wikipédia;
    위키백과; 위키백과, 우리 모두의 백과사전; 나무위키; ウィキペディア;
    Wikipedia, la enciclopedia libre; 维基百科,自由的百科全书
"""

_SHELLS = """
    untitled; untitled document; untitled page; document; new page; new tab; title; page title;
    no title; index; home; home page; homepage; main page; start; website; web page; my app; app;
    react app; vite app; vue app; create next app; next.js app; nuxt app; nuxt; svelte app;
    sveltekit app; angular; angular app; remix app; astro; gatsby; streamlit; gradio; blazor;
    youtube; medium; substack; github; gitlab; google; google docs; google drive; google scholar;
    colab; google colab; notion; x; twitter; reddit; facebook; instagram; linkedin; quora; discord;
    researchgate; sciencedirect; ieee xplore; acm digital library; semantic scholar; hugging face;
    wayback machine; internet archive; arxiv; arxiv.org e-print archive; openreview; error; oops;
    loading; undefined; null; gone; maintenance; redirect; x. it’s what’s happening; private video;
    deleted video; video unavailable; reddit - the heart of the internet;
    reddit - dive into anything
"""
_REFUSALS = """
    arxiv recaptcha; performing security verification; verifying your browser; um momento;
    один момент; подождите; страница не найдена; 少々お待ちください;
    login; log in; sign in; sign up; redirecting; captcha; recaptcha; forbidden; unauthorized;
    under maintenance; under construction; coming soon; ddos-guard; not found; access denied;
    log in or sign up to view; client challenge; attention required; just a moment; error page;
    bot verification; human verification; robot check; security check; security checkpoint;
    vercel security checkpoint; security verification; pardon our interruption; server error;
    something went wrong; service unavailable; service temporarily unavailable; bad gateway;
    bad request; too many requests; gateway timeout; gateway time-out; internal server error;
    application error; moved permanently; object moved; document moved; document has moved;
    welcome to nginx; account suspended; are you a robot; are you a human; unsupported browser;
    temporarily down; página no encontrada; page non trouvée; page introuvable;
    seite nicht gefunden; einen moment; nur einen moment; einen moment, bitte; un momento;
    un momento, por favor; un instant; 로그인; 오류; 잠시만 기다려 주세요; 잠시만 기다려주세요;
    잠시만 기다리십시오; ページが見つかりません; お探しのページは見つかりませんでした;
    しばらくお待ちください; 页面不存在; 页面未找到; 请稍候; 请稍等; 安全验证; 百度安全验证
"""
_SITE_NAMES, _SHELL_NAMES, _REFUSAL_NAMES = (
    frozenset(" ".join(name.split()) for name in names.split(";"))
    for names in (_SITES, _SHELLS, _REFUSALS)
)
_BEHIND = re.compile(
    rf"(?:^| ){_DASH} (?:(?:{'|'.join(map(re.escape, _SITE_NAMES))})|r/\w+)$| on Vimeo$| : r/\w+$"
    r"| / (?:X|Twitter)$"
)

_MISSING = (
    r"(?:(?:oops|sorry)[!,. ]+)?(?:the |this |that |your )?(?:requested )?"
    r"(?:page|file|site|article|video|content|url)"
    r"(?: you .{1,30}?)? (?:not found|(?:was|is|could|can|does) ?(?:not|n[’']t) (?:be )?"
    r"(?:found|available|exist|reached)|(?:is |has been |was )?(?:no longer available|unavailable"
    r"|removed|deleted|moved))"
)
_SAYS_NOTHING = re.compile(
    rf"(?a:\W*(?:(?:http|error|status|code)\W+){{0,3}}[45]\d\d)(?:\W+(?:error\W*)?(?:{_MISSING}"
    r"|not found|error|forbidden|unauthori[sz]ed|access (?:is )?denied|bad (?:request|gateway)"
    r"|internal server error|service (?:temporarily )?unavailable|gateway time-?out|gone"
    r"|too many requests|method not allowed|request time-?out))?\W*1?"
    r"|not found \(#?404\)?"
    r"|we (?:can(?:no|['’])t|couldn['’]t) find (?:the|this|that) page.*"
    rf"|{_MISSING}|30[1278]\W+(?:moved|found|redirect).*"
    r"|one moment,? please|please wait(?: (?:for|while) .*)?|hang on while .*"
    r"|access (?:to this page )?(?:has been|was|is) denied|i'm not a robot"
    r"|verify(?:ing)? (?:that )?you(?:['’]re| are) (?:a )?human|confirm you are human"
    r"|checking (?:your browser|if the site connection).*|before you continue to .*"
    r"|(?:sign|log) ?in to .*|google \w+: sign-in|redirecting (?:to|you) .*"
    r"|you are being redirected.*"
    r"|apache2? .*(?:default|test) page.*|iis windows.*|index of /.*|vite \+ \w+(?: \+ ts)?"
    r"|(?:this domain|[\w.-]+\.[a-z]{2,}) (?:name )?is for sale.*|reddit - please wait.*"
    r"|(?:please )?(?:enable|turn on) (?:javascript|js|cookies).*"
    r"|javascript is (?:not |disabled|required).*|(?:your|this) browser is (?:not|no longer) .*"
    r"|notion – the all-in-one workspace.*|https?://\S*"
    r"|.{0,12}페이지.{0,4}(?:찾을 수 없|없습|존재하지).{0,8}"
)
"""What stands where a title should: a guard's page, an error's, an empty shell's."""

_ERROR_BEHIND = r"(?:(?:error )?404\W+)?(?:page )?not found|(?:error )?404"

_ENDS = " .!?…-–—|·:。"


def _without_site(title: str, sites: AbstractSet[str]) -> str:
    before = None
    while title != before:
        before = title
        title = _BEHIND.sub("", _BEFORE.sub("", title, count=1))
        for site in filter(None, sites):
            title = re.sub(rf" {_DASH} {re.escape(site)}$", "", title)
            title = re.sub(rf"^{re.escape(site)} {_DASH} ", "", title)
    return title


def _is_title(text: str, sites: AbstractSet[str], url: str) -> bool:
    words = text.casefold().strip(_ENDS)
    if not any(map(str.isalnum, words)):
        return False
    if urlsplit(url).path.strip("/") and words in {*map(str.casefold, sites), host_of(url)}:
        return False
    # A guard's page names its guard, and an error's its site, behind a dash.
    head, *behind = (part.strip(_ENDS) for part in re.split(r" [-|–—·] |! \| ", words))
    if words in _SHELL_NAMES or words in _REFUSAL_NAMES or head in _REFUSAL_NAMES:
        return False
    if behind and re.fullmatch(_ERROR_BEHIND, behind[-1]):
        return False
    return not (_SAYS_NOTHING.fullmatch(words) or _SAYS_NOTHING.fullmatch(head))


LONGEST_TITLE = 200
LONGEST_AUTHORS = 120

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# The joiners U+200C and U+200D stay: Persian words and families of emoji need them.
_INVISIBLE = re.compile(
    "[\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_YEAR = re.compile(r"(?a)(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_DURATION = re.compile(
    r"(?a)P(?:(\d{1,3})D)?T?(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})(?:\.\d{1,9})?S)?"
    r"|(\d{1,6})(?:\.\d{1,9})?"
)
_TAG = re.compile(
    r"(?i)</?(?:(?:mml|jats):[a-z]{1,20}|m(?:ath|row|text|sup|sub|[ino])|i|b|em|strong|su[bp]|span"
    r"|u|tt|code|small|big|mark|font|w?br|italic|bold|sc)(?:\s[^<>]{0,300})?/?>"
)


def claims_of(page: str, url: str) -> PageFacts:
    """Return the facts that a page claims; ``url`` is where it stands.

    If what it calls itself is no title, it isn't the page that was meant and tells nothing.
    """
    tags = tags_of(page)
    names = [name for each in _names(tags) if (name := _clean(each, LONGEST_VALUE))]
    sites = {_clean(site, LONGEST_TITLE) for site in tags.all("og:site_name", "application-name")}
    bare = (_without_site(name, sites) for name in names)
    title = next((name for name in bare if _is_title(name, sites, url)), "")
    if names and not title:
        return PageFacts(kind=kind_by_link(url))
    kind = _kind(tags, url)
    title = cut(title, LONGEST_TITLE)
    return PageFacts(title, _authors(tags), _year(tags), _minutes(tags, kind), kind)


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
    """Yield what a page calls itself, the likeliest plain title first."""
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
    return authors.told(names, longest=LONGEST_AUTHORS)


def _name(raw: str) -> str:
    """Return an author's name, "" for the address of a profile that some sites put there."""
    name = _clean(raw, LONGEST_AUTHORS)
    return "" if "://" in name or name.startswith("@") else name


def _year(tags: Tags) -> int | None:
    """Return the year it first appeared: a paper's online date may be its newest version's."""
    dates = (
        tags.first("citation_date", "citation_publication_date", "citation_year"),
        tags.first("citation_online_date", "dc.date", "dcterms.date", "dcterms.issued"),
        tags.first("article:published_time", "datepublished"),
        next(_linked(tags, "datePublished", "uploadDate"), ""),
    )
    return next((int(found[0]) for found in map(_YEAR.search, dates) if found), None)


def _minutes(tags: Tags, kind: Kind) -> int | None:
    if kind == "video":
        lengths = (
            tags.first("og:video:duration", "video:duration"),
            tags.first("duration") or next(_linked(tags, "duration"), ""),
        )
        minutes = next((found for length in lengths if (found := _video_minutes(length))), None)
        # What is longer than a hundred hours is a broadcast, or a mistake.
        return minutes if minutes is not None and minutes <= 100 * 60 else None
    if kind == "article":
        stated = next(_linked(tags, "wordCount"), "")
        words = int(stated) if re.fullmatch(r"(?a)\d{1,6}", stated) else tags.words
        # 200 words a minute; a page with fewer than 50 shows its text by script, or has none.
        return round(words / 200) or 1 if words >= 50 else None
    return None


def _video_minutes(length: str) -> int | None:
    """Read seconds (``6980``) or an ISO 8601 duration (``PT1H56M20S``)."""
    match = _DURATION.fullmatch(length)
    parts = (int(part or 0) for part in match.groups()) if match else (0,) * 5
    days, hours, minutes, seconds, alone = parts
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds + alone
    return (round(whole / 60) or 1) if whole else None


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
