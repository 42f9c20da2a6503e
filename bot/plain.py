"""Makes foreign text harmless and short enough: it shows as typed, and nothing else happens."""

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

_MARKUP = re.compile(r"([\\*_~`|\[\]])")
_LINE_START = re.compile(r"^(\s*)(#{1,3}|-#|[-+>]|\d+\.)(?=\s|>|$)", re.MULTILINE)
_ADDRESS = re.compile(r"(?ai)[a-z](?=://)|\b(?:mailto(?=:)|www(?=\.))|[\w-]\.[a-z]{2,18}(?=[/:]\S)")
"""Up to where a client would take it for an address, and link it or show an invite's server."""

_ENCODED = str.maketrans({"(": "%28", ")": "%29", " ": "%20", "<": "%3C", ">": "%3E"})
_BREAK = "\u200b"  # zero width: an unseen break inside <@1>, <t:1:R>, </next:1> and @everyone

NO_END = "\u2060"
"""Zero width, too: no line ends there. What people copy from a card has it."""

_BEFORE_HANGUL = re.compile(rf"(?<=[^\s{NO_END}])(?=[가-힣])")
_TORN = re.compile(
    r"\]\([^)]*\)|https?://\S+|`[^`]*`|<[^>]*>"  # to be left as they are
    r"|(?P<whole>[0-9½][가-힣]+|[가-힣]+요(?=[.!?:]|$))",
    re.MULTILINE,
)

MakeT = TypeVar("MakeT", bound=Callable[..., str])


def made_once(make: MakeT) -> MakeT:
    """Keep what a function made of the last texts: a list's are shown on card after card."""
    return functools.lru_cache(maxsize=2_048)(make)  # type: ignore[return-value]  # keeps its types


@made_once
def plain(text: str, limit: int = 500) -> str:
    """Return text that Discord shows letter for letter, clipped to ``limit`` typed characters.

    Markdown, mentions, timestamps, command and channel links, custom emoji, headings, quotes,
    lists and addresses are all defused: Discord shows a link whose text holds an address as its
    source. ``discord.utils.escape_markdown`` leaves several of them alive.
    """
    text = _MARKUP.sub(r"\\\1", clipped(one_line(text), limit))
    return _ADDRESS.sub(rf"\g<0>{_BREAK}", _defused(text))


@made_once
def markdown(text: str, limit: int = 1000) -> str:
    """Return the list maker's own Markdown: its emphasis lives, mentions and headings don't."""
    return _defused(clipped(one_line(text), limit))


@made_once
def one_line(text: str) -> str:
    """Return the text with line breaks and control characters turned into single spaces."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text)
    return re.sub(r" {2,}", " ", "".join(kept)).strip()


def together(text: str) -> str:
    """Return text that no line ends within: elsewhere, Korean may end one at any letter."""
    return _BEFORE_HANGUL.sub(NO_END, text.replace(" ", "\N{NO-BREAK SPACE}"))


def united(text: str) -> str:
    """Return Markdown in which no line ends where Korean has no space, but it would look torn.

    That is within a number with its unit, and within the last word of a sentence.
    """
    return _TORN.sub(lambda found: together(found[0]) if found["whole"] else found[0], text)


def clipped(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, cut after a word if one ends near, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: max(limit - 1, 0)]
    ends = [n for n, letter in enumerate(text[: len(cut) + 1]) if letter in " -"]
    at_word = cut[: max(ends, default=0)]
    return (at_word if len(at_word) > limit * 2 // 3 else cut).rstrip(" ,:;&·–-(") + "…"


def columns(text: str) -> int:
    """Return how much room text takes: a line of a phone has some 36 columns, CJK takes two."""
    return sum(map(_columns, text))


def narrowed(text: str, limit: int) -> str:
    """Return at most so many columns of text, clipped as ``clipped`` does."""
    ends = itertools.accumulate(map(_columns, text))
    return clipped(text, sum(1 for end in ends if end <= limit))


def _columns(character: str) -> int:
    if character == NO_END:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fitting(lines: Iterable[str], limit: int) -> str:
    """Join as many whole lines as fit: half a link would show as its source."""
    kept: list[str] = []
    left = limit - 2  # for the ellipsis
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join(kept)


@made_once
def link(text: str, url: str, limit: int = 200) -> str:
    """Return a Markdown link; its text is foreign, its url was checked when it was read."""
    return f"[{plain(text, limit)}]({url.translate(_ENCODED)})"


def _defused(text: str) -> str:
    text = _LINE_START.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", text)
    return text.replace("<", f"<{_BREAK}").replace("@", f"@{_BREAK}")
