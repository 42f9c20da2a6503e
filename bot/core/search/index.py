"""Documents made searchable."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.search.word_index import Postings, WordIndex
from bot.core.search.words import head, initials, joined_forms, words


@dataclass(frozen=True, slots=True)
class Document:
    """What search knows of a resource.

    ``links`` are canonical forms (core.links). ``fields`` are its other words: authors, year,
    kind, host, tags, notes, step names. A ``favoured`` document goes first in a tie.
    """

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    favoured: bool = False


class SearchIndex:
    """Documents by the words of their names (title and aliases) and of their other fields.

    They are numbered from the shortest title to the longest; ``places`` are where they stood in
    what was given. ``texts`` are the names as folded words, ``wholes`` finds documents by them.
    """

    __slots__ = (
        "favoured",
        "fields",
        "initials",
        "keys",
        "links",
        "names",
        "places",
        "texts",
        "wholes",
    )

    def __init__(self, documents: Iterable[Document]) -> None:
        given = list(documents)
        self.places = array("I", sorted(range(len(given)), key=lambda at: len(given[at].title)))
        ordered = [given[place] for place in self.places]
        self.keys = [document.key for document in ordered]
        self.favoured = bytearray(document.favoured for document in ordered)
        self.links = {link: n for n, document in enumerate(ordered) for link in document.links}
        self.texts = [_texts(document) for document in ordered]
        self.wholes = Postings(_by_word(self.texts))
        self.names = WordIndex(_by_word(map(_name_words, self.texts)))
        self.fields = WordIndex(_by_word(map(_other_words, ordered, self.texts)))
        self.initials = Postings(_by_word(map(_initials, self.texts)))


def _texts(document: Document) -> tuple[str, ...]:
    """Return the title, the aliases and what stands before the title's colon, as words."""
    names = (document.title, *document.aliases, head(document.title))
    return tuple(dict.fromkeys(" ".join(words(name)) for name in names))


def _name_words(texts: tuple[str, ...]) -> set[str]:
    return {word for text in texts for word in text.split()}


def _other_words(document: Document, texts: tuple[str, ...]) -> set[str]:
    """Return the words of the other fields, and the names' words joined or taken apart."""
    found = {word for field in document.fields for word in words(field)}
    for name in (document.title, *document.aliases):
        found |= joined_forms(name)
    return found - _name_words(texts)


def _initials(texts: tuple[str, ...]) -> set[str]:
    return {initials(text.split()) for text in texts} - {""}


def _by_word(words_by_document: Iterable[Iterable[str]]) -> dict[str, array[int]]:
    documents: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    for number, found in enumerate(words_by_document):
        for word in found:
            documents[word].append(number)
    return documents
