"""A resource while it is being read: cut to what a card holds, and its notes still to come."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.curriculum import Kind
from bot.core.curriculum.checks import LONGEST_CARD
from bot.core.curriculum.fields import kind_by_link
from bot.core.curriculum.imports.entries import Entry
from bot.core.curriculum.imports.spans import one_line
from bot.core.curriculum.links import canonical
from bot.core.curriculum.shape import (
    CONTROL_CHARACTER,
    LONGEST_AUTHORS,
    LONGEST_LABEL,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_COMPANIONS,
    MOST_NOTES,
    is_visible,
)


def clipped(text: str, most: int) -> str:
    """Return a text on one line, cut behind a word; "" if it shows nothing."""
    words = one_line(CONTROL_CHARACTER.sub(" ", text)) if text else ""
    if len(words) > most:
        whole = words[:most].rpartition(" ")[0]
        words = (whole if len(whole) * 2 > most else words[: most - 1]).rstrip(" ,;:-") + "…"
    return words if is_visible(words) else ""


@dataclass(slots=True)
class Draft:
    """A resource while its notes and companions are still being read.

    ``link`` is the canonical form of ``url``.
    """

    url: str
    link: str
    title: str
    kind: Kind
    label: str = ""
    must_read: bool = False
    authors: str = ""
    year: int | None = None
    sentence: str = ""
    remark: str = ""
    notes: list[str] = field(default_factory=list)
    companions_title: str = ""
    companions: list[Draft] = field(default_factory=list)
    length: int = 0
    """Of all its texts: a card holds so many."""

    @classmethod
    def of(cls, entry: Entry, sentence: str = "", remark: str = "") -> Draft:
        """Make it of an entry; ``sentence``: the words around the link."""
        title, label = clipped(entry.title, LONGEST_TITLE), clipped(entry.label, LONGEST_LABEL)
        authors = clipped(entry.authors, LONGEST_AUTHORS)
        link = canonical(entry.url) or entry.url
        is_doi = link.startswith("doi:")
        kind = entry.kind or ("paper" if is_doi else kind_by_link(entry.url)) or "article"
        draft = cls(entry.url, link, title, kind, label, entry.must_read, authors, entry.year)
        draft.sentence = clipped(sentence, LONGEST_TEXT) if len(sentence) <= LONGEST_TEXT else ""
        draft.remark = clipped(remark, LONGEST_TEXT)
        texts = (draft.url, title, label, authors, draft.sentence, draft.remark)
        draft.length = sum(map(len, texts))
        return draft

    def entitle(self, title: str) -> None:
        """Give it another title, and drop the notes for which that leaves no room."""
        title = clipped(title, LONGEST_TITLE)
        self.length += len(title) - len(self.title)
        self.title = title
        while self.length > LONGEST_CARD and self.notes:
            self.length -= len(self.notes.pop())

    def add_note(self, text: str) -> bool:
        """Add what is said of it, or tell that there is no room."""
        note = clipped(text, LONGEST_TEXT)
        fits = len(self.notes) < MOST_NOTES and self.length + len(note) <= LONGEST_CARD
        if note and fits:
            self.notes.append(note)
            self.length += len(note)
        return fits

    def has_room_for(self, companion: Draft) -> bool:
        """Tell whether a companion fits."""
        length = self.length + companion.length
        return len(self.companions) < MOST_COMPANIONS and length <= LONGEST_CARD

    def add_companion(self, companion: Draft) -> None:
        """Add what goes with it; it has to fit."""
        self.companions.append(companion)
        self.length += companion.length
