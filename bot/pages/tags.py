"""The tags of a page that tell about it: any bytes in, in time linear to their length.

Python's own HTML parser takes minutes over a hostile megabyte (CVE-2025-6069), on versions that
are still in use. Here nothing goes back: every pattern is possessive (``++``, ``*+``), and what
is never closed ends the page, as in the HTML standard.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
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
_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([\w:.-]{1,40})")
_XML_ENCODING = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w:.-]{1,40})")
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

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf_8"),
    (codecs.BOM_UTF16_LE, "utf_16_le"),
    (codecs.BOM_UTF16_BE, "utf_16_be"),
)

_CODECS = {
    label: codec
    for codec, labels in {
        **{f"iso8859_{part}": "" for part in (2, 3, 4, 5, 10, 13, 14, 16)},
        **{f"cp125{part}": f"x_cp125{part}" for part in range(9)},
        "utf_8": "unicode_1_1_utf_8 unicode11utf8 unicode20utf8 x_unicode20utf8",
        "utf_16_le": "utf_16 csunicode iso_10646_ucs_2 ucs_2 unicode unicodefeff",
        "utf_16_be": "unicodefffe",
        "gb18030": "gbk gb2312 x_gbk csgb2312 gb_2312 gb_2312_80 iso_ir_58",
        "big5hkscs": "big5 cn_big5 x_x_big5",
        "cp932": "x_sjis windows_31j ms932 ms_kanji sjis shift_jis",
        "cp949": "euc_kr windows_949 ks_c_5601_1987 ks_c_5601_1989 ksc5601 ksc_5601 csksc56011987"
        " cseuckr iso_ir_149 korean",
        "iso2022_jp": "",
        "euc_jp": "x_euc_jp cseucpkdfmtjapanese",
        "cp866": "866 csibm866",
        "koi8_r": "koi koi8 cskoi8r",
        "koi8_u": "koi8_ru",
        "mac_roman": "mac csmacintosh x_mac_roman",
        "mac_cyrillic": "x_mac_cyrillic x_mac_ukrainian",
        "cp874": "iso8859_11 dos_874 tis_620 windows_874",
        "iso8859_6": "csiso88596e csiso88596i iso_8859_6_e iso_8859_6_i",
        "iso8859_7": "sun_eu_greek",
        "iso8859_8": "csiso88598e csiso88598i iso_8859_8_e iso_8859_8_i logical visual",
        "iso8859_15": "csisolatin9",
        "cp1252": "x_cp1252 x_user_defined ascii latin_1 iso8859_1",
        "cp1254": "x_cp1254 iso8859_9",
        "replacement": "csiso2022kr hz_gb_2312 iso_2022_cn iso_2022_cn_ext iso_2022_kr",
    }.items()
    for label in (codec, *labels.split())
}
"""What pages write, or Python's name for it -> what browsers read it as (WHATWG Encoding, 4.2).

Nothing else: punycode takes quadratic time, and ``codecs.lookup`` keeps every name it is asked.
What browsers refuse to read, as it can hide markup, is a ``replacement``.
"""

_USUAL = {
    "kr": ("cp949",),
    "jp": ("euc_jp", "cp932"),  # text in the second is hardly ever text in the first
    "cn": ("gb18030",),
    "tw": ("big5hkscs",),
    "hk": ("big5hkscs",),
}
"""Top level of a host -> what its pages are in that don't say so, as browsers guess."""


@dataclass(slots=True)
class Tags:
    """What a page's tags contain, raw, with entities and control characters.

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


def text_of(body: bytes, charset: str | None, host: str = "") -> str:
    """Decode a page as browsers do: by its byte order mark, its header's charset, or its own.

    One that says nothing is UTF-8 if it can be, else what is usual under its host's top level if
    it can be. What is left over holds U+FFFD wherever it could not be told.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body.removeprefix(mark).decode(codec, "replace")
    if named := _codec(charset or "") or _declared(body):
        return "" if named == "replacement" else body.decode(named, "replace")
    likely = ["iso2022_jp"] if b"\x1b$" in body else []
    for codec in (*likely, "utf_8", *_USUAL.get(host.rpartition(".")[2], ())):
        with suppress(UnicodeDecodeError):
            # Not final: the page may have been cut within a character.
            return codecs.getincrementaldecoder(codec)().decode(body)
    return body.decode("utf_8", "replace")


def _codec(charset: str) -> str | None:
    name = charset.strip().lower().replace("-", "_").replace(":", "_")
    name = re.sub(r"^iso8859(?=\d{1,2}$)", "iso8859_", name)
    return _CODECS.get(name) or _CODECS.get(aliases.get(name, name))


def _declared(body: bytes) -> str | None:
    """Return the codec of the first meta tag that names one, else of the XML declaration.

    Looked for everywhere: a browser that meets one late reads the page again.
    """
    found = None
    if b"charset" in body.lower():
        attributes = (tag for _, name, tag, _ in _pieces(body.decode("latin_1")) if name == "meta")
        found = next((codec for each in attributes if (codec := _codec(_charset(each)))), None)
    if found is None and (xml := _XML_ENCODING.match(body)):
        found = _codec(xml[1].decode("latin_1"))
    # Whoever can write this in ASCII is not in UTF-16.
    return "utf_8" if found in {"utf_16_le", "utf_16_be"} else found


def _charset(attributes: str) -> str:
    found = _attributes(attributes)
    if "charset" in found:
        return found["charset"]
    is_about_it = found.get("http-equiv", "").lower() == "content-type"
    stated = _CHARSET.search(found.get("content", "")) if is_about_it else None
    return stated[1] if stated else ""


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
    found = _attributes(attributes)
    content = found.get("content", "").strip()
    # YouTube names the channel so, inside of itemprop="author".
    names = ("itemprop",) if tag == "link" else ("property", "name", "itemprop")
    for name in names:
        if content and name in found:
            key = f"{'link ' if tag == 'link' else ''}{found[name].strip().lower()}"
            values = tags.values.setdefault(key, [])
            if len(values) < MOST_VALUES:
                values.append(content)


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), "".join(values)[:LONGEST_VALUE])
    return found


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
