"""The tags of a page that tell about it: any bytes in, in time linear to their length.

Python's own HTML parser takes minutes over a hostile megabyte (CVE-2025-6069), on versions that
are still in use. Here nothing goes back: every pattern is possessive (``++``, ``*+``), and what
is never closed ends the page, as in the HTML standard.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from encodings.aliases import aliases

LONGEST_VALUE = 2000
"""Characters of one attribute or title that are looked at."""

MOST_VALUES = 20
"""Values kept of one name; a paper can have a thousand authors."""

LONGEST_LINKED_DATA = 100_000

_ATTRIBUTES = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+"""
_MARKUP = re.compile(rf"<(?:(!--)|[!?][^>]*+>?|(/?)([a-zA-Z][^\s/>]*+)({_ATTRIBUTES})(>?))")
_ATTRIBUTE = re.compile(r"""([^\s=>/]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]*+)))?+""")
_META_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w:.-]{1,40})")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")

_RAW = {
    name: re.compile(rf"(?i)</{name}(?=[\s/>])")
    for name in ("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp")
}
"""Elements whose content is text up to their own end tag."""

_ASIDE = frozenset(
    {"nav", "footer", "aside", "form", "select", "button", "dialog", "menu"}
    | {"svg", "template", "noscript"}
)
_MAIN = frozenset({"article", "main"})

_CHARSETS = {
    "ascii": "cp1252",
    "latin_1": "cp1252",
    "utf_8": "utf_8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "euc_jp": "euc_jp",
    "iso2022_jp": "iso2022_jp",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "cp949": "cp949",
    "koi8_r": "koi8_r",
    "koi8_u": "koi8_u",
    **{f"iso8859_{part}": f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"cp125{part}": f"cp125{part}" for part in range(9)},
}
"""Python's name -> what browsers read it as (WHATWG Encoding, 4.2).

Nothing else: punycode takes quadratic time, and ``codecs.lookup`` keeps every name it is asked.
"""


@dataclass(slots=True)
class Tags:
    """What stands in a page's tags, raw: entities and control characters are still there.

    ``values`` are those of meta tags by small-lettered name, property or itemprop; ``linked`` are
    the objects of its JSON-LD; ``words`` count the text that is read, roughly.
    """

    title: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    linked: list[dict[str, object]] = field(default_factory=list)
    words: int = 0

    def all(self, *names: str) -> list[str]:
        """Return the values of the first of these names that has any."""
        return next((self.values[name] for name in names if name in self.values), [])

    def first(self, *names: str) -> str:
        """Return the first value of the first of these names that has any, or ""."""
        return next(iter(self.all(*names)), "")


def text_of(body: bytes, charset: str | None) -> str:
    """Decode a page by its byte order mark, its header's charset, its own, or as UTF-8."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace")
    if body.startswith(codecs.BOM_UTF8):
        return body.decode("utf-8-sig", "replace")
    declared = _META_CHARSET.search(body[:4096])
    named = _codec(charset or "") or _codec(declared[1].decode("ascii") if declared else "")
    return body.decode(named or "utf-8", "replace")


def _codec(charset: str) -> str | None:
    name = charset.strip().lower().replace("-", "_")
    return _CHARSETS.get(aliases.get(name, name))


def tags_of(html: str) -> Tags:
    """Read the tags of a page."""
    tags = Tags()
    words: Counter[str] = Counter()
    depth: Counter[str] = Counter()
    for closing, name, attributes, text in _pieces(html):
        if name == "title" and not tags.title and not depth["aside"]:
            tags.title = text[:LONGEST_VALUE]
        elif name == "script" and "ld+json" in attributes[:LONGEST_VALUE]:
            tags.linked += _linked(text)
        elif name in {"meta", "link"}:
            _keep(tags, name, attributes)
        elif name in _ASIDE or name in _MAIN:
            group = "aside" if name in _ASIDE else "main"
            depth[group] = max(0, depth[group] + (-1 if closing else 1))
        if name not in _RAW and not depth["aside"]:
            words["main" if depth["main"] else "rest"] += _words(text)
    tags.words = words["main"] if words["main"] > words["rest"] / 4 else words.total()
    return tags


def _pieces(html: str) -> Iterator[tuple[bool, str, str, str]]:
    """Yield (is an end tag, name, attributes, the text that follows it) of each tag."""
    at = 0
    while match := _MARKUP.search(html, at):
        comment, slash, tag, attributes, end = match.groups()
        at = match.end()
        if comment:
            closed = html.find("-->", match.start() + 2)
            at = closed + 3 if closed >= 0 else len(html)
        elif tag and not end:
            return
        name = (tag or "").lower()
        closing_tag = None if slash else _RAW.get(name)
        if closing_tag:
            until = closing_tag.search(html, at)
            stop = until.start() if until else len(html)
        else:
            stop = html.find("<", at) if at < len(html) else -1
            stop = stop if stop >= 0 else len(html)
        yield bool(slash), name, attributes or "", html[at:stop]
        at = stop


def _keep(tags: Tags, tag: str, attributes: str) -> None:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(attributes):
        found.setdefault(name.lower(), "".join(values)[:LONGEST_VALUE])
    content = found.get("content", "").strip()
    # YouTube names the channel so, inside of itemprop="author".
    names = ("itemprop",) if tag == "link" else ("property", "name", "itemprop")
    for name in names:
        if content and name in found:
            key = f"{'link ' if tag == 'link' else ''}{found[name].strip().lower()}"
            values = tags.values.setdefault(key, [])
            if len(values) < MOST_VALUES:
                values.append(content)


def _linked(text: str) -> list[dict[str, object]]:
    if len(text) > LONGEST_LINKED_DATA:
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # broken, or nested to break us
        return []
    if isinstance(found, dict) and isinstance(found.get("@graph"), list):
        found = found["@graph"]
    objects = found if isinstance(found, list) else [found]
    return [item for item in objects if isinstance(item, dict)]


def _words(text: str) -> int:
    """Count words; of scripts without spaces, two characters are about one."""
    unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
    return len(text.split()) + unspaced // 2
