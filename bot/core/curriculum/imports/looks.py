"""What people keep lists in: told by how a text looks, and else by how its file is called."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Literal

from bot.core.curriculum.imports.table import is_table
from bot.errors import Phrase

Unreadable = Literal["pdf", "office", "picture", "page", "xml"]
Format = Unreadable | Literal["yaml", "bibtex", "ris", "csl", "table", "markdown"]

NAMES: Mapping[Format, str] = MappingProxyType(
    {
        "pdf": Phrase("a PDF"),
        "office": Phrase("an Office or ZIP file"),
        "picture": Phrase("a picture"),
        "page": Phrase("a web page"),
        "xml": "XML",
        "yaml": "YAML",
        "bibtex": "BibTeX",
        "ris": "RIS",
        "csl": "JSON",
        "table": "CSV",
        "markdown": "Markdown",
    }
)
"""What people call them, behind "is"."""

UNREADABLE: Mapping[Unreadable, str] = MappingProxyType(
    {
        "pdf": r"\A%PDF-",
        "office": r"\A(?:PK\x03\x04|\xd0\xcf\x11\xe0|\x1f\x8b|7z\xbc\xaf|Rar!|\{\\rtf)",
        "picture": r"(?s)\A(?:\x89PNG|\xff\xd8\xff|GIF8|RIFF.{4}WEBP|BM.{4}\0\0\0\0|.{4}ftyp)",
        "page": r"(?i)\A\s*<(?:!doctype|html|head|body)",
        "xml": r"\A\s*<(?:\?xml|svg)",
    }
)
"""How the first bytes look, each a character, of what no list is read from."""

_READABLE: Mapping[Format, str] = MappingProxyType(
    {
        "yaml": r"(?m)^sections:",
        "bibtex": r"\A(?:[ \t]*(?:%[^\n]*)?\n)*[ \t]*@\w+[ \t]*[{(]",
        "ris": r"\A\s*TY  - ",
        "csl": r"\A\s*(?:\[\s*)?\{\s*\"",
        "markdown": r"(?m)^[ \t]*(?:[-*+]|\d+\.) +(?:\[[ x]\] +)?\[[^\]\n]+\]\(",
    }
)
_ENDINGS: Mapping[Format, str] = MappingProxyType(
    {
        "pdf": "pdf",
        "office": "xlsx xls docx doc pptx ppt zip ods odt rtf gz 7z rar",
        "picture": "png jpg jpeg gif webp bmp heic avif",
        "page": "html htm",
        "xml": "xml opml rdf svg",
        "yaml": "yaml yml",
        "bibtex": "bib",
        "ris": "ris",
        "csl": "json",
        "table": "csv tsv",
        "markdown": "md markdown",
    }
)
_LOOKED_AT = 100_000


def format_of(text: str, source: str) -> Format | None:
    """Return what a text is, if it looks like anything or its file is called like it."""
    head = text[:_LOOKED_AT]
    looks: Iterable[tuple[Format, str]] = chain(UNREADABLE.items(), _READABLE.items())
    found = next((kind for kind, look in looks if re.search(look, head)), None)
    if found is None and is_table(head):
        return "table"
    ending = source.rpartition(".")[2].casefold()
    return found or next((kind for kind in _ENDINGS if ending in _ENDINGS[kind].split()), None)
