"""What search looks words up in: documents by their words, and the words of one query in them."""

from __future__ import annotations

import functools
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA, LCSseq

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.links import canonical, host_of
from bot.core.search.words import head, initials, joined_forms, other_endings, words

Span = tuple[int, int]  # words [from, to) of the sorted vocabulary

_AFTER_ALL = "\U0010ffff"


class Postings:
    """Words in sorted order, so that all words with one beginning are one span.

    Their documents lie behind each other in the same order, so that a span's are one slice.
    """

    def __init__(self, docs_by_word: Mapping[str, Iterable[int]]) -> None:
        self.words = sorted(docs_by_word)
        self._starts = array("I", [0])
        self._docs = array("I")
        for word in self.words:
            self._docs.extend(docs_by_word[word])
            self._starts.append(len(self._docs))

    def docs(self, span: Span, most: int | None = None) -> array[int]:
        """Return documents of the words in the span, up to the limit; one may come twice."""
        low, high = self._starts[span[0]], self._starts[span[1]]
        return self._docs[low : high if most is None else min(high, low + most)]

    def count(self, span: Span) -> int:
        return self._starts[span[1]] - self._starts[span[0]]

    def exact(self, word: str) -> Span | None:
        at = bisect_left(self.words, word)
        return (at, at + 1) if at < len(self.words) and self.words[at] == word else None

    def having(self, word: str) -> array[int]:
        """Return the documents that have the word as it stands."""
        span = self.exact(word)
        return self.docs(span) if span else array("I")

    def beginning(self, word: str) -> Span:
        """Return the words that begin so."""
        return _beginning(self.words, word)


class WordIndex(Postings):
    """Postings that also find words by their end and with typos, by a reversed vocabulary."""

    def __init__(self, docs_by_word: Mapping[str, Iterable[int]]) -> None:
        super().__init__(docs_by_word)
        ends = sorted((word[::-1], number) for number, word in enumerate(self.words))
        self._reversed = [end for end, _ in ends]
        self._reversed_ids = array("I", (number for _, number in ends))

    def ending(self, word: str) -> list[Span]:
        """Return the words that end so."""
        low, high = _beginning(self._reversed, word[::-1])
        return [(at, at + 1) for at in self._reversed_ids[low:high]]

    def similar(self, word: str) -> list[tuple[Span, int]]:
        """Return words of four letters or more with one typo, of seven or more with two.

        A typo is a wrong, missing or extra letter or two letters swapped (OSA distance). The
        first letter or the last two must be intact. The number of typos comes with each word.
        """
        edits = 1 if len(word) < 5 else 2
        low, high = self.beginning(word[:1])
        found = {low + at: d for _, d, at in _within(word, self.words[low:high], edits)}
        end = word[::-1]
        low, high = _beginning(self._reversed, end[:2])
        for _, distance, at in _within(end, self._reversed[low:high], edits):
            found[self._reversed_ids[low + at]] = distance
        return [
            ((at, at + 1), typos)
            for at, typos in found.items()
            if len(self.words[at]) >= (7 if typos == 2 else 4)
        ]

    def similar_beginning(self, word: str) -> list[Span]:
        """Return the words that begin with the word but for one typo after its first letter."""
        size = len(word)
        low, high = self.beginning(word[:1])
        # With one typo at most one letter is not shared: this leaves few of many, and fast.
        sharing = process.extract(
            word, self.words[low:high], scorer=LCSseq.similarity, score_cutoff=size - 1, limit=None
        )
        starts = {known[:end] for known, _, _ in sharing for end in (size - 1, size, size + 1)}
        return [self.beginning(start) for start, _, _ in _within(word, list(starts), 1)]


def _beginning(words: list[str], start: str) -> Span:
    low = bisect_left(words, start)
    return low, bisect_left(words, start + _AFTER_ALL, low)


def _within(word: str, choices: list[str], edits: int) -> list[tuple[str, int, int]]:
    return process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=None)


@dataclass(frozen=True, slots=True)
class Document:
    """What search knows of a resource.

    ``links`` are canonical forms (curriculum.links). ``fields`` are its other words: authors, year,
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

    They are numbered from the shortest title to the longest; ``positions`` are where they stood in
    what was given. ``texts`` are the names as folded words, ``wholes`` finds documents by them.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        given = list(documents)
        self.positions = array("I", sorted(range(len(given)), key=lambda at: len(given[at].title)))
        ordered = [given[position] for position in self.positions]
        self.keys = [document.key for document in ordered]
        self.favoured = bytearray(document.favoured for document in ordered)
        self.links = {link: n for n, document in enumerate(ordered) for link in document.links}
        self.texts = [_texts(document) for document in ordered]
        self.wholes = Postings(_by_word(self.texts))
        self.names = WordIndex(_by_word(map(_name_words, self.texts)))
        self.fields = WordIndex(_by_word(map(_other_words, ordered, self.texts)))
        self.initials = Postings(_by_word(map(_initials, self.texts)))

    def linked(self, link: str, gone: AbstractSet[str]) -> str | None:
        """Return the key of the document with this link, if it isn't gone."""
        key = self.keys[self.links[link]] if link in self.links else None
        return None if key in gone else key


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


@functools.lru_cache(maxsize=4)
def index_of(curriculum: Curriculum) -> SearchIndex:
    """Return the index of a whole curriculum: made once for all who search it."""
    return SearchIndex(documents_of(curriculum))


def documents_of(
    curriculum: Curriculum, without: AbstractSet[str] = frozenset()
) -> Iterator[Document]:
    """Yield a document for each resource and companion, in file order; the list's are favoured.

    ``without``: keys of those that need none.
    """
    for step in curriculum.steps:
        section = curriculum.section_of(step)
        for resource in step.resources:
            for one in (resource, *resource.companions):
                if one.key not in without:
                    yield document_of(one, step, section.title)


def document_of(resource: Resource, step: Step, section_title: str) -> Document:
    """Return the document of a resource in this step.

    Where it stands, who wrote it and what is said about it are its other fields.
    """
    fields = (
        *(resource.authors, str(resource.year or ""), resource.kind),
        *(host_of(url) for url in resource.urls),
        *resource.tags,
        *resource.notes,
        *resource.added_notes,
        *(resource.sentence, resource.remark),
        *(step.title, section_title, f"step {step.number}" if step.number else ""),
        "must-read" if resource.must_read else "",
    )
    return replace(names_of(resource), fields=fields, favoured=not resource.addition)


def names_of(resource: Resource) -> Document:
    """Return the document of a resource in no step: only its names and links.

    The maker's label for it (``GPT-2:``) is one more name.
    """
    aliases = (*resource.aliases, resource.label) if resource.label else resource.aliases
    links = (canonical(url) for url in resource.urls)
    present = tuple(dict.fromkeys(link for link in links if link))
    return Document(resource.key, resource.title, aliases, present)


# How well a document has a word, by how it was found in one of its names; as typed: 1.
NEARLY = 0.95  # as a beginning, joined or split otherwise, or as the name's initials
OTHER_ENDING = 0.85
A_TYPO_COSTS = 0.12
BEGUN_WITH_TYPO = 0.85
AS_END = 0.7
SHORTENED = 0.8  # a beginning, though other words follow
OTHER_FIELDS = 0.9  # found in any other field: times this

Qualities = dict[int, float]  # a document's number -> how well it has a word, up to 1


class Lookup:
    """The query's words in one index; ``found`` has, for each of them, the documents.

    The last word may be unfinished. ``gone`` are keys that count as not there.
    """

    def __init__(self, index: SearchIndex, gone: AbstractSet[str], asked: Sequence[str]) -> None:
        self.index = index
        self.asked = asked
        self.gone = gone
        self.found = [self._as_typed(at) for at in range(len(asked))]

    def add_misspelt(self, at: int) -> None:
        """Find the word with typos, too, as an end, or split in two.

        Other fields are looked through only if no name has a similar word.
        """
        word, found = self.asked[at], self.found[at]
        _add(found, self._split(word), NEARLY)
        for vocabulary, worth in ((self.index.names, 1.0), (self.index.fields, OTHER_FIELDS)):
            near = _near(vocabulary, word, is_last=self._is_last(at))
            for quality, span in near:
                _add(found, vocabulary.docs(span), quality * worth)
            if near:
                break

    def cover(self, weights: Sequence[float], floor: float) -> Qualities:
        """Return the share of the words' weight that each document has, from the floor up.

        Begins with the words that weigh most. Once those left could not reach the floor by
        themselves, no new document enters.
        """
        left = total = sum(weights)
        cover: defaultdict[int, float] = defaultdict(float)
        heaviest_first = sorted(zip(weights, self.found, strict=True), key=lambda pair: -pair[0])
        for weight, having in heaviest_first:
            may_enter = left >= floor * total
            for number in having if may_enter else cover.keys() & having.keys():
                cover[number] += having[number] * weight / total
            left -= weight
        return {n: share for n, share in cover.items() if share >= floor and self._is_there(n)}

    def named(self) -> set[int]:
        """Return documents of which a whole name is at least half the query: ``bert explained``."""
        size = len(self.asked)
        half = (size + 1) // 2
        spots = ((low, high) for low in range(size) for high in range(low + half, size + 1))
        phrases = {" ".join(self.asked[low:high]) for low, high in spots}
        numbers = (number for phrase in phrases for number in self.index.wholes.having(phrase))
        return {number for number in numbers if self._is_there(number)}

    def _is_there(self, number: int) -> bool:
        return self.index.keys[number] not in self.gone

    def _is_last(self, at: int) -> bool:
        return at == len(self.asked) - 1

    def _as_typed(self, at: int) -> Qualities:
        word, names, fields = self.asked[at], self.index.names, self.index.fields
        found: Qualities = {}
        # From the worst to the best: what is found again overwrites.
        if self._is_last(at) and len(word) > 2:
            found |= dict.fromkeys(fields.docs(fields.beginning(word)), NEARLY * OTHER_FIELDS)
        found |= dict.fromkeys(fields.having(word), OTHER_FIELDS)
        for other in other_endings(word):
            found |= dict.fromkeys(names.having(other), OTHER_ENDING)
        if self._is_last(at):
            found |= dict.fromkeys(names.docs(names.beginning(word)), NEARLY)
        _add(found, self._joined(at), NEARLY)
        if len(self.asked) == 1:
            _add(found, self.index.initials.having(word), NEARLY)
        if having := names.having(word):
            found |= dict.fromkeys(having, 1.0)
        else:
            _add(found, self._split(word), NEARLY)
        return found

    def _joined(self, at: int) -> set[int]:
        """Let ``pod cast`` find podcast, for both words."""
        neighbours = [n for n in (at - 1, at) if 0 <= n < len(self.asked) - 1]
        pairs = [self.asked[n] + self.asked[n + 1] for n in neighbours]
        return {number for pair in pairs for number in self.index.names.having(pair)}

    def _split(self, word: str) -> set[int]:
        """Let ``deeplearn`` find names with "deep learning"."""
        names, found = self.index.names, set[int]()
        for at in range(1, len(word)):
            left, right = names.exact(word[:at]), names.beginning(word[at:])
            if left and names.count(right):
                rarer = min(left, right, key=names.count)
                both = f" {word[:at]} {word[at:]}"
                texts = ((number, self.index.texts[number]) for number in names.docs(rarer))
                found |= {n for n, each in texts if any(both in f" {text}" for text in each)}
        return found


def _near(vocabulary: WordIndex, word: str, *, is_last: bool) -> list[tuple[float, Span]]:
    """Return the words that may be meant by a misspelt one, and how likely each is."""
    if len(word) < 3:
        return []
    near = [(1 - A_TYPO_COSTS * typos, span) for span, typos in vocabulary.similar(word)]
    near += [(AS_END, span) for span in vocabulary.ending(word)]
    if is_last:
        near += [(BEGUN_WITH_TYPO, span) for span in vocabulary.similar_beginning(word)]
    else:
        near.append((SHORTENED, vocabulary.beginning(word)))
    return near


def _add(found: Qualities, numbers: Iterable[int], quality: float) -> None:
    for number in numbers:
        if found.get(number, 0) < quality:
            found[number] = quality
