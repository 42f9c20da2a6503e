"""A line of Markdown or HTML as runs of text that look alike: what is a link, what is bold."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

Look = Literal["", "strong", "em", "code", "chip"]

LOOKS: dict[str, Look] = {
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("em", "i", "cite"), "em"),
    **dict.fromkeys(("code", "tt", "samp"), "code"),
    "kbd": "chip",
}
"""A tag's name -> how its text looks. Lists put counts and licences into ``kbd``."""

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")


class Span(NamedTuple):
    """A run of text. ``url``: what it links to, as it was written. A line ends in ``BREAK``."""

    text: str
    url: str = ""
    look: Look = ""
    is_image: bool = False


BREAK = Span("\n")


class SpanWriter:
    """Gathers spans while tags open and close."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.url = ""
        self._looks: list[Look] = []

    def add(self, text: str, look: Look = "", *, is_image: bool = False) -> None:
        """Add a text under the tags that are open; neighbours that look alike become one."""
        look = look or next((each for each in reversed(self._looks) if each), "")
        span = Span(text, self.url, look, is_image)
        last = self.spans[-1] if self.spans else None
        if last and last != BREAK and _goes_on(last, span):
            look = last.look if last.look == span.look else ""
            self.spans[-1] = last._replace(text=last.text + text, look=look)
        elif text or is_image:
            self.spans.append(span)

    def end_line(self) -> None:
        self.spans.append(BREAK)

    def tag(self, name: str, attributes: str = "", *, closes: bool = False) -> None:
        """Open or close a tag by its name, in capitals or not."""
        name = name.lower()
        given = attributes_of(attributes) if name in {"a", "img"} else {}
        if name == "a":
            self.url = "" if closes else given.get("href", "")
        elif name == "img":
            self.add(given.get("alt", ""), is_image=True)
        elif name == "br":
            self.end_line()
        elif name in LOOKS:
            self.opened(LOOKS[name], closes=closes)

    def opened(self, look: Look, *, closes: bool) -> None:
        """Begin or end a look."""
        if not closes:
            self._looks.append(look)
        elif look in self._looks:
            self._looks.remove(look)


def _goes_on(last: Span, span: Span) -> bool:
    """Tell whether a run goes on: it looks alike, or a link whose words look different does."""
    is_link = bool(span.url) and not (
        span.is_image or last.is_image or "chip" in (span.look, last.look)
    )
    looks_alike = last.look == span.look and last.is_image == span.is_image
    return last.url == span.url and (looks_alike or is_link)


def attributes_of(written: str) -> dict[str, str]:
    """Return the attributes of a tag by their names in small letters."""
    found = _ATTRIBUTE.findall(written[:4000])
    return {name.lower(): html.unescape(a or b or c).strip() for name, a, b, c in found}


_CLOSERS = {")": "(", "]": "[", "}": "{"}
_BARE = re.compile(
    r"(?i)\b(?:https?://|www\.)[^\s<>\"`|\u3000-\u3002\u300a-\u3011\uff01-\uff0f\uff1a-\uff1f]+"
)
_NUMBERED = re.compile(
    r"(?i)\barxiv:\s?(?:\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?\b|(?<![\w./])10\.\d{4,9}/[^\s<>\"]+"
)
"""Names of papers that are as good as a link: arXiv's and DOIs."""


def with_bare_links(spans: Iterable[Span]) -> list[Span]:
    """Return the spans with each address that stands in a text as a link of its own.

    Without any link, the number of a paper is one where it begins a line or all but fills it.
    Brackets around a link are taken into it: it stands apart from what it belongs to.
    """
    found = list(_split(spans, _BARE))
    if any(span.url for span in found):
        return list(_bracketed(found))
    text = text_of(found).strip()
    is_near = len(text) <= 100 or _NUMBERED.match(text)
    return list(_split(found, _NUMBERED)) if is_near else found


def has_bare_link(text: str) -> bool:
    """Tell whether an address, or the number of a paper, stands in a text."""
    return _may_have_address(text) and bool(_BARE.search(text) or _NUMBERED.search(text))


def _may_have_address(text: str) -> bool:
    """Tell at once of most texts that they have none."""
    return "." in text or ":" in text


def _bracketed(spans: Sequence[Span]) -> Iterator[Span]:
    for at, span in enumerate(spans):
        before, after = (spans[n].text if 0 <= n < len(spans) else "" for n in (at - 1, at + 1))
        is_inside = before.rstrip().endswith("[") and after.lstrip().startswith("]")
        if span.url and not span.is_image and is_inside:
            yield span._replace(text=f"[{span.text}]")
        else:
            yield span


def _split(spans: Iterable[Span], pattern: re.Pattern[str]) -> Iterator[Span]:
    for span in spans:
        at = 0
        is_whole = span.url or span.is_image or not _may_have_address(span.text)
        for match in () if is_whole else pattern.finditer(span.text):
            address = _without_end(match[0])
            yield span._replace(text=span.text[at : match.start()])
            yield span._replace(text=address, url=address)
            at = match.start() + len(address)
        if at == 0 or span.text[at:]:
            yield span._replace(text=span.text[at:]) if at else span


def _without_end(address: str) -> str:
    """Return an address without what ends its sentence, or what was opened before it."""
    while address:
        last = address[-1]
        is_open = last in _CLOSERS and address.count(last) > address.count(_CLOSERS[last])
        if not is_open and last not in ".,;:!?'*_\u2026\u201d\u2019":
            break
        address = address[:-1]
    return address


def lines_of(spans: Iterable[Span]) -> list[list[Span]]:
    """Return the spans of each line that has any."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        if span.text == "\n":
            lines.append([])
        else:
            lines[-1].append(span)
    return [line for line in lines if any(span.text.strip() or span.is_image for span in line)]


def text_of(spans: Iterable[Span]) -> str:
    """Return what people read of the spans, without images and chips."""
    return "".join(span.text for span in spans if not span.is_image and span.look != "chip")


def one_line(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(text.split())
