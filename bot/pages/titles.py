"""Which of the names that a page gives itself is a title, and what its site put around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from bot.core.curriculum.links import host_of

_DASH = "[-|–—·•»:]"
_BEFORE = re.compile(
    r"(?ai)(?:\[(?:arxiv:)?(?:\d{4}\.\d{4,5}|[a-z.-]+/\d{7})(?:v\d+)?\]|paper page [-–]"
    r"|[\[(]pdf[\])]|github -(?= [\w.-]+/)|\(\d{1,3}\)(?=.* - youtube$)) "
)
_SITES = (
    *("YouTube", "Medium", "GitHub", "OpenReview", "Substack", "ACL Anthology", "alphaXiv"),
    *("arXiv", "Semantic Scholar", "Papers With Code", "Request PDF", "ResearchGate"),
    *("ScienceDirect", "SpringerLink", "IEEE Xplore", "IEEE Conference Publication"),
    *("IEEE Journals & Magazine", "ACM Digital Library", "Hugging Face", "Scribd", "Kaggle"),
    *("Coursera", "edX", "Udemy", "LinkedIn", "Quora", "Stack Overflow", "Hacker News"),
    *("DEV Community", "TED", "TED Talk", "Google Docs", "Google Drive", "Google Slides"),
    *("Colab", "Colaboratory", "Towards Data Science", "Internet Archive", "Wayback Machine"),
    *("Wikipedia", "Wikipédia", "위키백과", "위키백과, 우리 모두의 백과사전", "나무위키"),
    *("ウィキペディア", "Wikipedia, la enciclopedia libre", "维基百科,自由的百科全书"),
)
_BEHIND = re.compile(
    rf"(?:^| ){_DASH} (?:(?:{'|'.join(map(re.escape, _SITES))})|r/\w+)$| on Vimeo$| : r/\w+$"
    r"| / (?:X|Twitter)$"
)

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
_SHELL_NAMES, _REFUSAL_NAMES = (
    frozenset(" ".join(name.split()) for name in names.split(";")) for names in (_SHELLS, _REFUSALS)
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


def title_among(names: Iterable[str], sites: AbstractSet[str], url: str) -> str:
    """Return the first name that is a title, without its site's; "" if none is.

    ``names`` and ``sites`` are clean lines; ``sites`` is what the page's site calls itself.
    """
    bare = (_without_site(name, sites) for name in names)
    return next((name for name in bare if _is_title(name, sites, url)), "")


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
