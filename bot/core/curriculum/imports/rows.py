"""What the rows of a table say: which cell names something, and which tell of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from bot.core.curriculum import Cell, Table
from bot.core.curriculum.imports.blocks import Run
from bot.core.curriculum.imports.drafts import clipped
from bot.core.curriculum.imports.entries import Entry, entries_of
from bot.core.curriculum.imports.link_texts import (
    is_generic,
    is_named,
    links_in,
    may_have_link,
    web_address,
    words_beside,
)
from bot.core.curriculum.imports.spans import BREAK, Span, one_line, text_of, with_bare_links
from bot.core.curriculum.shape import MOST_COLUMNS

LONGEST_CELL = 100
MOST_ROWS = 25

_WORDY = re.compile(r"[^\W\d_][^\W_]")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-./]\d{1,2}){0,2}")
_LINK_COLUMNS = frozenset({"link", "links", "url", "urls"})


def kept_table(header: Sequence[str], rows: Sequence[Sequence[Run]]) -> Table | None:
    """Return a table whose links say no more than their column's name: it is read as a whole.

    None: its rows are entries, or it doesn't fit.
    """
    if any(span.url and span.is_image for row in rows for run in row for span in run.spans):
        return None
    fits = 0 < len(header) <= MOST_COLUMNS and 0 < len(rows) <= MOST_ROWS and all(header)
    links = [
        (name, link)
        for row in rows
        for name, run in zip(header, row, strict=False)
        for link in links_in(run.spans)
    ]
    if not fits or any(link.text != name or is_generic(name) for name, link in links):
        return None
    cells = [list(map(_cell, row)) for row in rows]
    for row in cells:
        while len(row) > 1 and row[-1].text == "-":
            row.pop()
    longest = max(len(text) for text in (*header, *(c.text for row in cells for c in row)))
    return Table(tuple(header), tuple(map(tuple, cells))) if longest <= LONGEST_CELL else None


def _cell(run: Run) -> Cell:
    url = next((web_address(link.url) for link in links_in(run.spans)), None)
    return Cell(clipped(text_of(run.spans), LONGEST_CELL * 10) or "-", url)


def row_entries(
    row: Sequence[Run], header: Sequence[str], marks: frozenset[str]
) -> list[tuple[Entry, list[str]]]:
    """Return what a row of cells that aren't empty names, each with what is said of it.

    Mostly that is one thing: the first cell that names its link, or the first with words, whose
    link stands in another. A cell with a date gives the year.
    """
    own = links_in(row[0].spans)
    if own and not any(web_address(each.url) for each in own):
        return []
    found = [_cell_entries(*pair, marks) for pair in zip_longest(row, header[: len(row)])]
    whole = [
        bool(each) and not words_beside(run.spans) for run, each in zip(row, found, strict=True)
    ]
    titled = [
        entries[0]
        for run, entries, is_whole in zip(row, found, whole, strict=True)
        if entries and (is_whole or not (any(whole) and words_beside(run.spans) > 2))
    ]
    texts = [run for run, entries in zip(row, found, strict=True) if entries == []]
    if not titled:
        wordy = [run for run in texts if _WORDY.search(text_of(run.spans))][:1]
        titled = entries_of(_joined(wordy, texts, row), marks)[:1]
        texts = [run for run in texts if run not in wordy]
        if not any(links_in(run.spans) for run in row):  # a badge, if it has no title
            titled = [each for each in titled if each.title]
    if texts or len(titled) < len(row):
        titled = titled[:1]
    rest = [one_line(text_of(run.spans)) for run in texts]
    return [_with_rest(entry, rest) for entry in titled]


def _cell_entries(run: Run, column: str | None, marks: frozenset[str]) -> list[Entry] | None:
    """Return what a cell names, [] if it is a text; None: its links only say "pdf"."""
    if not may_have_link(run.spans):
        return []
    links = links_in(with_bare_links(run.spans))
    if not any(web_address(link.url) for link in links):
        return None if any(span.url and span.is_image for span in run.spans) else []
    beside = words_beside(run.spans)
    says_kinds = beside == 0 and (len(links) > 1 or (column or "").casefold() in _LINK_COLUMNS)
    if says_kinds or not any(map(is_named, links)):
        return None
    return [each for each in entries_of(run.spans, marks) if each.title and not each.is_running]


def _joined(first: Sequence[Run], texts: Sequence[Run], row: Sequence[Run]) -> list[Span]:
    """Return the spans of a row, those of its first text in front, then its links."""
    spans = [span._replace(url="") for run in first for span in (*run.spans, BREAK)]
    links = [span for run in row if run not in texts for span in run.spans if span.url]
    if first and all(span.is_image for span in links):
        links = [span._replace(text="link", is_image=False) for span in links]
    said = (link if is_generic(link.text) else link._replace(text="link") for link in links)
    return [*spans, *said]


def _with_rest(entry: Entry, rest: Sequence[str]) -> tuple[Entry, list[str]]:
    dates = [cell for cell in rest if _DATE.fullmatch(cell)]
    if dates and entry.year is None:
        entry = entry._replace(year=int(dates[0][:4]))
    said = [cell for cell in rest if cell not in dates and re.search(r"[^\W\d_]", cell)]
    return entry, [note for note in (entry.rest, " \N{MIDDLE DOT} ".join(said)) if note]
