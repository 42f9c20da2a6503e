"""A file with a list in it, whatever it is kept in -> the list."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Literal

from bot.core.curriculum.file import read_curriculum
from bot.core.curriculum.imports import NEW, Imported
from bot.core.curriculum.imports.bibliography import read_bibtex, read_csl, read_ris
from bot.core.curriculum.imports.gathering import MOST_UNREAD
from bot.core.curriculum.imports.looks import UNREADABLE, Format, Unreadable, format_of
from bot.core.curriculum.imports.markdown import read_markdown
from bot.core.curriculum.imports.table import read_table
from bot.core.curriculum.imports.text import decoded
from bot.errors import NotAListError

LARGEST_FILE = 2 * 1024**2
"""In bytes. More than any list by hand; a library with all its abstracts can be split."""

_READERS: Mapping[Format | None, Callable[[str, str], Imported]] = MappingProxyType(
    {"bibtex": read_bibtex, "ris": read_ris, "csl": read_csl, "table": read_table}
)


def read_list(raw: bytes, source: str, title: str = "") -> Imported:
    """Read a list from the bytes of a file, or of what was pasted; ``source`` is its name.

    ``title``: what to call it, and the list, if that has no title; without it, its file's name.

    Pasted links are read as Markdown, as is every other text. Of the lines that gave nothing the
    first thousand are told; where there are more, the last of these is one too "many".

    Raises:
        NotAListError: It is something else than text, too large, or names no link.
        CurriculumFileError: It is our YAML, with every flaw.
    """
    if len(raw) > LARGEST_FILE:
        raise NotAListError(title or source, "large")
    if binary := _binary(raw):
        raise NotAListError(title or source, binary)
    text = decoded(raw)
    if not text.strip():
        raise NotAListError(title or source, "empty")
    found = format_of(text, source)
    if unreadable := next((kind for kind in UNREADABLE if kind == found), None):
        raise NotAListError(title or source, unreadable)
    if found == "yaml":
        return Imported(read_curriculum(text, source, list_id=NEW))
    named = title or PurePath(source).stem.replace("_", " ")  # Discord has them for spaces
    imported = _READERS.get(found, read_markdown)(text, named)
    if not imported.curriculum.resources:
        raise NotAListError(title or source, "no_links")
    if len(imported.unread) <= MOST_UNREAD:
        return imported
    *told, last = imported.unread[:MOST_UNREAD]
    return replace(imported, unread=(*told, replace(last, why="many")))


def _binary(raw: bytes) -> Unreadable | Literal["binary"] | None:
    """Return what a file is that isn't text."""
    head = raw[:1000].decode("latin-1")
    for kind, look in UNREADABLE.items():
        if re.search(look, head):
            return kind
    is_utf_16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "binary" if len(_CONTROLS.findall(head)) > len(head) // 20 and not is_utf_16 else None


_CONTROLS = re.compile("[\x01-\x08\x0e-\x1f]")
