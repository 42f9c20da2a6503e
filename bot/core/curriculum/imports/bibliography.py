"""BibTeX, RIS and CSL-JSON, as Zotero and others write them -> a list."""

import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import Any

from bibtexparser.model import Entry as BibtexEntry
from bibtexparser.model import ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

from bot.core.curriculum import KINDS, Kind, authors
from bot.core.curriculum.imports import Imported
from bot.core.curriculum.imports.gathering import Entry, Gathering, kind_called
from bot.core.curriculum.shape import LONGEST_TEXT

MUST_READ = "must-read"
"""The keyword of what is a must-read."""

_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


def read_bibtex(text: str, title: str = "") -> Imported:
    """Read BibTeX or BibLaTeX; ``title`` is that of the list.

    Steps are the groups of JabRef; an entry that can't be read is unread, where it begins.
    """
    gathering = Gathering(title)
    macros: dict[str, str] = {}
    for line, part in _parts(text):
        if gathering.is_done:
            break
        first = part.lstrip().partition("\n")[0]
        if gathering.is_full or len(part) > _LONGEST_ENTRY:
            gathering.leave(line, first, "many" if gathering.is_full else "long")
            continue
        for block in Splitter(part).split().blocks:
            found = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
            if isinstance(found, String):
                macros[found.key.casefold()] = _bare(found.value, macros)[:_LONGEST_MACRO]
            elif isinstance(found, BibtexEntry):
                gathering.take(line, first, partial(_of_bibtex, found, macros))
            elif isinstance(block, ParsingFailedBlock):
                gathering.leave(line, first, "text")
    return gathering.imported()


_START = re.compile(r"(?m)^[ \t]*(?=@\w*[ \t]*[{(])")
_LONGEST_ENTRY = 50_000
_LONGEST_MACRO = 100
"""Of what stands for it in thousands of entries."""


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Yield what begins with an @ at the start of a line, and the line's number.

    What is kept of a whole library at once would hold up others for long when it is thrown away.
    """
    line, at = 1, 0
    for end in chain((found.start() for found in _START.finditer(text)), [len(text)]):
        yield line, text[at:end]
        line, at = line + text.count("\n", at, end), end


def _bare(value: str, macros: Mapping[str, str]) -> str:
    """Return a field's value without its braces or quotes, or what its macro stands for."""
    if value[:1] + value[-1:] in {"{}", '""'} and len(value) > 1:
        return value[1:-1]
    return macros.get(value.casefold(), value)


def _of_bibtex(entry: BibtexEntry, macros: Mapping[str, str]) -> Entry:
    fields = {each.key.casefold(): _bare(each.value, macros) for each in reversed(entry.fields)}

    def first(*names: str) -> str:
        return next((fields[name] for name in names if fields.get(name)), "")

    def plain(*names: str) -> str:
        return from_tex(first(*names)[:_LONGEST_FIELD])

    archive = first("archiveprefix", "eprinttype").casefold()
    eprint = first("eprint") if archive in {"", "arxiv"} else ""
    told = [each for name in ("howpublished", "note", "annote") if "://" in (each := first(name))]
    notes = [note for name in ("annote", "annotation", "note") if (note := plain(name))]
    kind = next((each for each in KINDS if each in notes), None)
    return Entry(
        links=[_plain_link(link) for link in (first("url"), first("doi"), eprint, *told)],
        title=plain("title"),
        authors=_bibtex_authors(first("author", "editor")[:_LONGEST_FIELD]),
        year=_year(first("year", "date")),
        kind=kind or _bibtex_kind(entry.entry_type),
        step=plain("groups").partition(",")[0],
        must_read=_is_must_read(plain("keywords")),
        notes=_short(note for note in notes if note != kind),
        name=entry.key,
    )


def _plain_link(link: str) -> str:
    """Return a link as it is, whatever LaTeX made its author write."""
    link = link[:_LONGEST_FIELD].replace(r"\textasciitilde", "~").replace(r"\url", "")
    return re.sub(r"[{}]|\\(?=[_%&#~$])", "", link)


def _bibtex_kind(entry_type: str) -> Kind | None:
    kind = "paper" if entry_type == "article" else kind_called(entry_type)
    return None if kind == "article" else kind  # @online is anything that is on the web


def _is_must_read(keywords: str) -> bool:
    return MUST_READ in map(str.strip, re.split("[,;]", keywords))


def _short(notes: Iterable[str]) -> list[str]:
    """Return notes that are no excerpts, no links, and nothing that a program wrote for itself."""
    lines = (line.strip() for note in notes for line in note.splitlines())
    return [line for line in lines if len(line) <= LONGEST_TEXT and not _OF_PROGRAMS.match(line)]


_OF_PROGRAMS = re.compile(r"(?i)\S*://|(?:arxiv|doi|pmc?id|citation key|tex\.\w+)\s*:")


def _year(date: str) -> int | None:
    found = _YEAR.search(date)
    return int(found[0]) if found else None


def _whole(name: str) -> str:
    """Hold together what isn't given name and family, by spaces of another kind."""
    return name.replace(" ", "\xa0")


def _bibtex_authors(typed: str) -> str:
    names: list[str] = []
    for part in " ".join(typed.split()).split(" and "):
        name = from_tex(part)
        names.append(_whole(name) if re.fullmatch(r"\{[^{}]*\}", part) else name)
    named = [name for name in names if name and name != "others"]
    return authors.told(named, are_more="others" in names)


_LONGEST_FIELD = 5_000
_ACCENTS = MappingProxyType(
    dict(zip("`'^\"~=.uvHckrdb", map(chr, (0x300, 0x301, 0x302, 0x308, 0x303, 0x304, 0x307, 0x306,
    0x30C, 0x30B, 0x327, 0x328, 0x30A, 0x323, 0x331)), strict=True))
)  # fmt: skip
"""LaTeX's accents -> Unicode's, which stand behind their letter."""

_LETTERS = r"""ss ß o ø O Ø l ł L Ł ae æ AE Æ oe œ OE Œ aa å AA Å i ı j ȷ dh ð th þ textbackslash \
    textasciitilde ~ textasciicircum ^ textbraceleft { textbraceright } textendash – textemdash —
    textquotesingle ' textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ”
    ldots … dots … times × textless < textgreater > textbar |"""
_PRINTED = _LETTERS.split()
_WORDS = MappingProxyType({**dict(zip(_PRINTED[::2], _PRINTED[1::2], strict=True)), "par": "\n"})
_SIGNS = MappingProxyType({**{each: each for each in "&%$#_{}"}, **dict.fromkeys(" ,;\\", " ")})
_LIGATURES = MappingProxyType(
    {"---": "—", "--": "–", "``": "“", "''": "”", "~": " ", "{": "", "}": "", "$": ""}
)
_TEX = re.compile(
    r"\\(?P<accent>[`'^\"~=.]|[uvHckrdb](?![A-Za-z]))\s*\{?\s*(?P<letter>\\?[A-Za-z])\}?"
    r"|\\(?P<word>[A-Za-z]+)(?:\{\}|\s+)?|\\(?P<sign>.)|(?P<ligature>---?|``|''|[{}~$])",
)


def from_tex(text: str) -> str:
    r"""Return what LaTeX prints, a line a paragraph: ``{\"U}ber`` is Über.

    Of a command that is unknown its argument is left.
    """

    def printed(match: re.Match[str]) -> str:
        if match["accent"]:
            letter = match["letter"].removeprefix("\\")
            return unicodedata.normalize("NFC", letter + _ACCENTS[match["accent"]])
        if word := match["word"]:
            return _WORDS.get(word) or _greek(word)
        return _SIGNS.get(match["sign"], "") if match["sign"] else _LIGATURES[match["ligature"]]

    paragraphs = (" ".join(each.split()) for each in text.split("\n\n"))
    told = _TEX.sub(printed, r"\par ".join(paragraphs))
    return "\n".join(" ".join(line.split()) for line in told.split("\n"))


def _greek(command: str) -> str:
    size = "CAPITAL" if command[:1].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {command.upper()}")
    except KeyError:
        return ""


_RIS_LINE = re.compile(r"([A-Z][A-Z0-9])  ?- ?(.*)")


def read_ris(text: str, title: str = "") -> Imported:
    """Read RIS, as reference managers and publishers write it; ``title`` is that of the list."""
    gathering = Gathering(title)
    record: dict[str, list[str]] = {}
    line, raw, tag = 0, "", ""
    for number, each in enumerate(chain(io.StringIO(text), ["ER  - "]), 1):
        if gathering.is_done:
            break
        found = _RIS_LINE.match(each)
        if record and not found:
            record[tag][-1] = f"{record[tag][-1]} {each.strip()}"[:_LONGEST_FIELD]
        elif record and found and found[1] not in {"TY", "ER"}:
            tag = found[1]
            record.setdefault(tag, []).append(found[2][:_LONGEST_FIELD])
        elif not found:
            if each.strip():
                gathering.leave(number, each, "text")
        else:
            if record:
                gathering.take(line, raw, partial(_of_ris, record))
            record = {"TY": [found[2]]} if found[1] == "TY" else {}
            line, raw, tag = number, each, "TY"
    return gathering.imported()


def _of_ris(record: Mapping[str, Sequence[str]]) -> Entry:
    def all_of(*tags: str) -> list[str]:
        return [value.strip() for tag in tags for value in record.get(tag, ()) if value.strip()]

    kind = kind_called(all_of("TY")[0]) if all_of("TY") else None
    return Entry(
        links=all_of("UR", "DO", "LK", "L1", "L2"),
        title=next(iter(all_of("TI", "T1", "BT", "CT")), ""),
        authors=authors.told(all_of("AU", "A1")),
        year=_year(" ".join(all_of("PY", "Y1", "DA"))),
        kind=None if kind == "article" else kind,
        must_read=MUST_READ in all_of("KW"),
        notes=_short(all_of("N1")),
        name=next(iter(all_of("ID")), ""),
    )


_BETWEEN = re.compile(r"[\s,]*")
_ITEMS = re.compile(r'\s*(?:\{[^\[{]*"(?:items|references)"\s*:\s*)?\[')
_TAGS = re.compile(r"</?(?:i|b|sc|sub|sup|span)\b[^<>]*>")


def read_csl(text: str, title: str = "") -> Imported:
    """Read CSL-JSON, as Zotero and Pandoc write it; ``title`` is that of the list.

    Item by item, so that what stands before a slip is read.
    """
    gathering = Gathering(title)
    start = _ITEMS.match(text)
    line, seen, end = 1, 0, start.end() if start else 0
    while (at := _after(_BETWEEN, text, end)) < len(text) and text[at] != "]":
        if gathering.is_done:
            break
        line, seen = line + text.count("\n", seen, at), at
        raw = text[at : at + 200].partition("\n")[0]
        try:
            item, length = _item(text, at)
        except (ValueError, RecursionError):
            gathering.leave(line, raw, "text" if len(text) - at <= _LONGEST_ITEM else "long")
            break
        end = at + length
        if isinstance(item, dict):
            gathering.take(line, raw, partial(_of_csl, item))
        else:
            gathering.leave(line, raw, "text")
    return gathering.imported()


_USUAL_ITEM, _LONGEST_ITEM = 5_000, 300_000


def _item(text: str, at: int) -> tuple[object, int]:
    """Return the item that begins there, and its length; to decode a longer one holds up all else.

    Raises:
        ValueError, RecursionError: there is none, or it is longer than the longest.
    """
    for length in (_USUAL_ITEM, _LONGEST_ENTRY):
        with suppress(ValueError):
            return _DECODER.raw_decode(text[at : at + length])
    return _DECODER.raw_decode(text[at : at + _LONGEST_ITEM])


_DECODER = json.JSONDecoder()


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _dug(value: Any, *path: str | int) -> str:
    """Return the text or number at the end of a path, or ""."""
    for part in path:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return ""
    return str(value) if isinstance(value, str | int) else ""


def _csl_name(person: object) -> str:
    name = ", ".join(filter(None, (_dug(person, "family"), _dug(person, "given"))))
    return _whole(_dug(person, "literal")) or name


def _of_csl(item: Mapping[str, Any]) -> Entry:
    people = item.get("author")
    names = [_csl_name(each) for each in (people if isinstance(people, list) else ())]
    issued = ("date-parts", 0, 0), ("raw",), ("literal",)
    kind = kind_called(_dug(item, "type"))
    return Entry(
        links=[_dug(item, name) for name in ("URL", "DOI", "number")],
        title=_TAGS.sub("", _dug(item, "title")[:_LONGEST_FIELD]),
        authors=authors.told([name for name in names if name]),
        year=_year(" ".join(_dug(item, "issued", *path) for path in issued)),
        kind=None if kind == "article" else kind,
        must_read=_is_must_read(_dug(item, "keyword")),
        notes=_short((_dug(item, "annote"), _dug(item, "note"))),
        name=_dug(item, "id"),
    )
