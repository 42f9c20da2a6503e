"""What headings are called, and which of them have nothing to read below."""

import re
from collections import Counter
from typing import Literal
from unicodedata import category

from bot.core.curriculum.imports.spans import one_line
from bot.core.curriculum.shape import CONTROL_CHARACTER, is_visible

Purpose = Literal["reading", "contents", "log", "repository"]
"""What stands below a heading: ways through the page, news of the list, what belongs to its
repository rather than to the list, or the list itself."""

_CONTENTS = re.compile(r"(?:table of )?contents?|toc|index|목차|목록|目[录錄次]")
_LOG = re.compile(
    r"(?:recent |latest )?(?:updates?|news|changelog|change log|what'?s new|release notes)"
    r"(?: info| log| history)?|업데이트|更新(?:日志|记录|履歴)?"
)
_REPOSITORY = re.compile(
    r"(?:how to )?contribut(?:e|ing|ions?|ors?)(?: guid(?:e|elines?|ance))?|other contributors"
    r"|contributing to .*|licen[cs](?:e|ing)|copyright|acknowledge?ments?|(?:special )?thanks"
    r"|credits?|sponsors?(?:hip)?|backers|supporters|donat(?:e|ions?)|citations?"
    r"|cit(?:e|ing)(?: us)?|maintainers?|contact(?: us)?|star history|stargazers(?: over time)?"
    r"|(?:contributor )?code of conduct|disclaimer|(?:our |core )?team|authors?"
    r"|follow (?:me|us)|support (?:me|us)|shar(?:e|ing)"
    r"|기여(?:하기| 방법)?|라이[선센]스|인용|저작권"
    r"|贡献(?:指南|者)?|许可证?|授權|协议|引用|致[谢謝]|赞助"
)
_WORDS: dict[Purpose, re.Pattern[str]] = {
    "contents": _CONTENTS,
    "log": _LOG,
    "repository": _REPOSITORY,
}
_TOGGLES = re.compile(
    r"(?i)\W*(?:click|toggle|expand|unfold|show|details?$|more$|see (?:more|all)$)"
)
_SHORTCODE = re.compile(r":[a-z0-9_+-]{2,40}:")
_ICON = re.compile(r"([^\w\s!-/:-@\[-`{-~\u2010-\u201f\u3000-\u303f\uff00-\uff0f]\S{0,9})\s+(?=\S)")


def heading_of(text: str) -> tuple[str, str]:
    """Return the icon with which a heading begins, if any, and its title."""
    text = one_line(CONTROL_CHARACTER.sub("", _SHORTCODE.sub("", text)))
    found = _ICON.match(text)
    if found and is_visible(found[1]) and not any(c.isalnum() for c in found[1]):
        return found[1], text[found.end() :]
    return "", text


def purpose_of(title: str) -> Purpose:
    """Return what stands below a heading, by its words."""
    title = re.sub(r"^\s*\d+(?:\.\d+)*[.)]?\s+", "", title)
    parts = [title, *re.split(r"[()\uff08\uff09]", title)]  # the same in two languages
    names = [re.sub(r"[^\w\s']", "", part.casefold()).strip() for part in parts]
    found = (kind for name in names for kind, words in _WORDS.items() if words.fullmatch(name))
    return next(found, "reading")


def only_unfolds(text: str) -> bool:
    """Tell whether the heading of a fold says no more than that there is one."""
    return bool(_TOGGLES.match(text))


class Anchors:
    """Names the places of headings as GitHub does: the second of one name gets ``-1``."""

    def __init__(self) -> None:
        self._times = Counter[str]()

    def name(self, icon: str, title: str) -> str:
        """Return the name of the next heading."""
        text = f"{icon} {title}".strip().lower().replace(" ", "-")
        # Marks stay, those that make a sign an emoji too.
        name = "".join(c for c in text if c.isalnum() or c in "-_" or category(c)[0] == "M")
        self._times[name] += 1
        return f"{name}-{self._times[name] - 1}" if self._times[name] > 1 else name


_PLACE = re.compile(r"\]\((https://github\.com/[\w.-]+/[\w.-]+)/?#([^()\s]+)\)")
_HEADING = re.compile(r"(?m)^#{1,6} +(.+)$")
LEAST_PLACES = 3
"""So many links to places called like headings of a text lead to the text itself."""


def with_own_places(text: str) -> str:
    """Return a text whose links to its own headings are within it, not to where it is hosted."""
    links = _PLACE.findall(text)
    if len(links) < LEAST_PLACES:
        return text
    places = {Anchors().name(*heading_of(title)) for title in _HEADING.findall(text)}
    times = Counter(page for page, place in links if place.lower() in places)

    def within(link: re.Match[str]) -> str:
        return f"](#{link[2]})" if times[link[1]] >= LEAST_PLACES else link[0]

    return _PLACE.sub(within, text)


def loose(anchor: str) -> str:
    """Return the name of a place without what an icon leaves in front of it."""
    return re.sub(r"^\W+|\W+$", "", anchor)
