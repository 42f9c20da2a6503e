"""One query looked up in one index: which documents have which of its words, and how well."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from bot.core.search.index import SearchIndex
from bot.core.search.word_index import Span, WordIndex

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

    __slots__ = ("asked", "found", "gone", "index")

    def __init__(self, index: SearchIndex, asked: Sequence[str], gone: AbstractSet[str]) -> None:
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
        spans = [span for phrase in phrases if (span := self.index.wholes.exact(phrase))]
        numbers = {number for span in spans for number in self.index.wholes.docs(span)}
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
            found |= _all(fields.docs(fields.beginning(word)), NEARLY * OTHER_FIELDS)
        if span := fields.exact(word):
            found |= _all(fields.docs(span), OTHER_FIELDS)
        for span in names.other_endings(word):
            found |= _all(names.docs(span), OTHER_ENDING)
        if self._is_last(at):
            found |= _all(names.docs(names.beginning(word)), NEARLY)
        _add(found, self._joined(at), NEARLY)
        if len(self.asked) == 1 and (span := self.index.initials.exact(word)):
            _add(found, self.index.initials.docs(span), NEARLY)
        if span := names.exact(word):
            found |= _all(names.docs(span), 1.0)
        else:
            _add(found, self._split(word), NEARLY)
        return found

    def _joined(self, at: int) -> set[int]:
        """Let ``pod cast`` find podcast, for both words."""
        neighbours = [n for n in (at - 1, at) if 0 <= n < len(self.asked) - 1]
        pairs = [self.asked[n] + self.asked[n + 1] for n in neighbours]
        spans = [span for pair in pairs if (span := self.index.names.exact(pair))]
        return {number for span in spans for number in self.index.names.docs(span)}

    def _split(self, word: str) -> set[int]:
        """Let ``deeplearn`` find names with "deep learning"."""
        names, found = self.index.names, set()
        for at in range(1, len(word)):
            left, right = names.exact(word[:at]), names.beginning(word[at:])
            if left and names.count(right):
                rarer = min(left, right, key=names.count)
                both = f" {word[:at]} {word[at:]}"
                for number in names.docs(rarer):
                    if any(both in f" {text}" for text in self.index.texts[number]):
                        found.add(number)
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


def _all(numbers: array[int], quality: float) -> Qualities:
    return dict.fromkeys(numbers, quality)


def _add(found: Qualities, numbers: Iterable[int], quality: float) -> None:
    for number in numbers:
        if found.get(number, 0) < quality:
            found[number] = quality
