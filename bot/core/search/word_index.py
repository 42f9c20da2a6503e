"""A sorted vocabulary with the documents of each word: what search looks words up in."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA, LCSseq

from bot.core.search.words import other_endings

Span = tuple[int, int]  # words [from, to) of the sorted vocabulary

_AFTER_ALL = "\U0010ffff"


class Postings:
    """Words in sorted order, so that all words with one beginning are one span.

    Their documents lie behind each other in the same order, so that a span's are one slice.
    """

    __slots__ = ("_docs", "_starts", "words")

    def __init__(self, docs_by_word: Mapping[str, Iterable[int]]) -> None:
        self.words = sorted(docs_by_word)
        self._starts = array("I", [0])
        self._docs = array("I")
        for word in self.words:
            self._docs.extend(docs_by_word[word])
            self._starts.append(len(self._docs))

    def docs(self, span: Span, most: int | None = None) -> array[int]:
        """Return the documents of the words in the span, at most so many; one may come twice."""
        low, high = self._starts[span[0]], self._starts[span[1]]
        return self._docs[low : high if most is None else min(high, low + most)]

    def count(self, span: Span) -> int:
        return self._starts[span[1]] - self._starts[span[0]]

    def exact(self, word: str) -> Span | None:
        at = bisect_left(self.words, word)
        return (at, at + 1) if at < len(self.words) and self.words[at] == word else None

    def beginning(self, word: str) -> Span:
        """Return the words that begin so."""
        return _beginning(self.words, word)


class WordIndex(Postings):
    """Postings that also find words by their end and with typos, by a reversed vocabulary."""

    __slots__ = ("_reversed", "_reversed_ids")

    def __init__(self, docs_by_word: Mapping[str, Iterable[int]]) -> None:
        super().__init__(docs_by_word)
        ends = sorted((word[::-1], number) for number, word in enumerate(self.words))
        self._reversed = [end for end, _ in ends]
        self._reversed_ids = array("I", (number for _, number in ends))

    def ending(self, word: str) -> list[Span]:
        """Return the words that end so."""
        low, high = _beginning(self._reversed, word[::-1])
        return [(at, at + 1) for at in self._reversed_ids[low:high]]

    def other_endings(self, word: str) -> list[Span]:
        """Return the words that differ in their English ending only."""
        return [span for other in other_endings(word) if (span := self.exact(other))]

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
