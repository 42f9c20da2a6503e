"""Finds resources by what people type: unfinished, misspelt, in any order, in any script.

How a query is answered:

1. It is cut into folded words (core.words); the last one may be unfinished.
2. Each word is looked up (core.word_index): as it stands, with another ending, as the beginning
   of a word if it is the last, joined with its neighbour, split in two. That gives, for each
   word, the documents that have it and how well (1: as typed, in a title or an alias).
3. A document's coverage is the share of the query's weight that it has; rare words weigh more.
   If some document covers the query ``WELL``, those that do are the candidates.
4. Otherwise words that no document has are looked up with typos; if that isn't enough either, so
   are the others, and words may be missing, down to ``FLOOR``. Below it only a document is an
   answer that has one of its names whole in the query.
5. The best hundred candidates are ranked by coverage and by how closely a title or an alias
   reads like the query. The maker's list is ahead of additions; in a tie the order given holds.
"""

from __future__ import annotations

import math
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.core.word_index import Postings, Span, WordIndex
from bot.core.words import head, initials, joined_forms, words

WELL = 0.82  # from this coverage on, typos are not considered
FLOOR = 0.55  # the least coverage of an answer
NAMED = 0.75  # what counts as covered, at least, if a whole name is half of the query
BEST = 100  # so many candidates are ranked closely
LONGEST_QUERY = 300  # letters
MOST_WORDS = 12  # words looked up; a longer query is still compared with titles as a whole

# How well a document has a word, by how it was found in its title or aliases; as typed: 1.
NEARLY = 0.95  # begun, joined or split otherwise, or by its initials
OTHER_ENDING = 0.85
A_TYPO_COSTS = 0.12
BEGUN_WITH_TYPO = 0.82
AS_END = 0.7
OTHER_FIELDS = 0.9  # in any other field: times this

# Points beside the coverage's 100.
SAME = 40
STARTS = 19
IS_CONTAINED = 14
CONTAINS = 13
FAVOURED = 8
PREFERRED = 5

# What people add to say which kind of thing they look for: counted, but never missed much.
GENERIC = frozenset(
    {"paper", "pdf", "tutorial", "github", "book", "arxiv", "course", "lib", "code"}
    | {"intro", "blog", "official", "docs", "video", "article"}
)
YEAR = re.compile("(?:19|20)[0-9]{2}")
GENERIC_WEIGHT = 0.3

Found = dict[int, float]  # a document's number -> how well it has a word, or covers the query


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


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found; ``exact``: the query is its title, an alias or its link."""

    key: str
    score: float
    exact: bool = False


class SearchIndex:
    """Documents made searchable, numbered from the shortest title to the longest."""

    __slots__ = (
        *("favoured", "fields", "initials", "keys", "links", "names", "places", "texts", "wholes"),
    )

    def __init__(self, documents: Iterable[Document]) -> None:
        given = list(documents)
        self.places = array("I", sorted(range(len(given)), key=lambda n: len(given[n].title)))
        ordered = [given[place] for place in self.places]
        self.keys = [document.key for document in ordered]
        self.favoured = bytearray(document.favoured for document in ordered)
        self.links = {link: n for n, document in enumerate(ordered) for link in document.links}
        self.texts: list[tuple[str, ...]] = []  # each document's title, its head, and aliases
        wholes: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        names: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        fields: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        first_letters: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, document in enumerate(ordered):
            written = (document.title, *document.aliases)
            texts = dict.fromkeys(" ".join(words(t)) for t in (*written, head(document.title)))
            self.texts.append(tuple(texts))
            own = {word for text in texts for word in text.split()}
            others = {form for text in written for form in joined_forms(text)}
            others.update(word for text in document.fields for word in words(text))
            for postings, found in (
                (wholes, texts.keys()),
                (names, own),
                (fields, others - own),
                (first_letters, {initials(text.split()) for text in texts} - {""}),
            ):
                for word in found:
                    postings[word].append(number)
        self.wholes = Postings(wholes)
        self.names = WordIndex(names)
        self.fields = WordIndex(fields)
        self.initials = Postings(first_letters)


def search(
    indexes: Sequence[SearchIndex],
    query: str,
    limit: int = 25,
    *,
    without: AbstractSet[str] = frozenset(),
    first: AbstractSet[str] | None = None,
    link: str | None = None,
) -> list[Hit]:
    """Return the best hits, best first; none for an empty query or nonsense.

    ``indexes`` are searched as one. ``without``: keys of the first index that are hidden (a
    server changed or removed them). ``first``: keys preferred among comparably good hits.
    ``link``: the canonical form, if the query is one; then only its document is an answer.
    """
    hidden = [without, *(frozenset[str]() for _ in indexes[1:])]
    if link is not None:
        return _with_link(indexes, link, hidden)[:limit]
    asked = words(query[:LONGEST_QUERY])
    if not asked:
        return []
    text = " ".join(asked)
    covers, misspelt = _covers(indexes, asked[:MOST_WORDS], hidden)
    hits = []
    for index, cover in zip(indexes, covers, strict=True):
        for number in sorted(_best(index, cover, text), key=index.places.__getitem__):
            key = index.keys[number]
            likeness, exact = _likeness(text, index.texts[number], misspelt=misspelt)
            score = 100 * cover[number] + likeness + FAVOURED * index.favoured[number]
            score += PREFERRED * (first is not None and key in first)
            hits.append(Hit(key, round(score, 3), exact))
    hits.sort(key=lambda hit: -hit.score)
    return hits[:limit]


def _with_link(
    indexes: Sequence[SearchIndex], link: str, hidden: list[AbstractSet[str]]
) -> list[Hit]:
    keys = [
        key
        for index, gone in zip(indexes, hidden, strict=True)
        if link in index.links and (key := index.keys[index.links[link]]) not in gone
    ]
    return [Hit(key, 100.0 + SAME, exact=True) for key in keys]


def _covers(
    indexes: Sequence[SearchIndex], asked: list[str], hidden: list[AbstractSet[str]]
) -> tuple[list[Found], bool]:
    """Return the coverage of each index's candidates, and if typos were considered."""
    places = range(len(asked))
    found = [[_find(index, asked, at) for at in places] for index in indexes]
    weights = [_weight(indexes, found, asked, at) for at in places]

    def covers(floor: float) -> list[Found]:
        each = zip(indexes, found, hidden, strict=True)
        return [_cover(index, per_word, weights, floor, gone) for index, per_word, gone in each]

    if any(well := covers(WELL)):
        return well, False
    unknown = [at for at in places if not any(per_word[at] for per_word in found)]
    known = [at for at in places if at not in unknown]
    _find_misspelt(indexes, asked, unknown, found)
    for at in unknown:
        weights[at] = _weight(indexes, found, asked, at)
    if any(well := covers(WELL)):
        return well, True
    _find_misspelt(indexes, asked, known, found)
    answers = covers(FLOOR)
    for index, cover, gone in zip(indexes, answers, hidden, strict=True):
        for number in _named(index, asked):
            if index.keys[number] not in gone:
                cover[number] = max(NAMED, cover.get(number, 0))
    return answers, True


def _find(index: SearchIndex, asked: list[str], at: int) -> Found:
    """Return the documents that have the word, and how well."""
    word, is_last = asked[at], at == len(asked) - 1
    found: Found = {}
    if is_last and len(word) > 2:
        found |= dict.fromkeys(
            index.fields.docs(index.fields.beginning(word)), NEARLY * OTHER_FIELDS
        )
    if span := index.fields.exact(word):
        found |= dict.fromkeys(index.fields.docs(span), OTHER_FIELDS)
    for span in index.names.other_endings(word):
        found |= dict.fromkeys(index.names.docs(span), OTHER_ENDING)
    if is_last:
        found |= dict.fromkeys(index.names.docs(index.names.beginning(word)), NEARLY)
    if exact := index.names.exact(word):
        found |= dict.fromkeys(index.names.docs(exact), 1.0)
    _add(found, _joined(index, asked, at), NEARLY)
    if exact is None:
        _add(found, _split(index, word), NEARLY)
    if len(asked) == 1 and (span := index.initials.exact(word)):
        _add(found, index.initials.docs(span), NEARLY)
    return found


def _find_misspelt(
    indexes: Sequence[SearchIndex],
    asked: list[str],
    places: list[int],
    found: list[list[Found]],
) -> None:
    """Add the documents that have these words with typos or as an end, or split in two."""
    for index, per_word in zip(indexes, found, strict=True):
        for at in places:
            _add(per_word[at], _split(index, asked[at]), NEARLY)
            is_last = at == len(asked) - 1
            for vocabulary, worth in ((index.names, 1.0), (index.fields, OTHER_FIELDS)):
                near = _near(vocabulary, asked[at], is_last=is_last)
                for quality, span in near:
                    _add(per_word[at], vocabulary.docs(span), quality * worth)
                if near:
                    break


def _near(vocabulary: WordIndex, word: str, *, is_last: bool) -> list[tuple[float, Span]]:
    """Return the words that may be meant by a misspelt one, with their quality."""
    if len(word) < 3:
        return []
    near = [(1 - A_TYPO_COSTS * typos, span) for span, typos in vocabulary.similar(word)]
    near += [(AS_END, span) for span in vocabulary.ending(word)]
    if is_last:
        near += [(BEGUN_WITH_TYPO, span) for span in vocabulary.similar_beginning(word)]
    return near


def _joined(index: SearchIndex, asked: list[str], at: int) -> set[int]:
    """Let ``few shot`` find fewshot, for both words."""
    pairs = [asked[n] + asked[n + 1] for n in (at - 1, at) if 0 <= n < len(asked) - 1]
    spans = [span for pair in pairs if (span := index.names.exact(pair))]
    return {number for span in spans for number in index.names.docs(span)}


def _split(index: SearchIndex, word: str) -> set[int]:
    """Let ``rulefor`` find documents whose title has "rule for", or "rule formed"."""
    found = set()
    for at in range(1, len(word)):
        left, right = index.names.exact(word[:at]), index.names.beginning(word[at:])
        if left and index.names.count(right):
            rarer = min(left, right, key=index.names.count)
            both = f" {word[:at]} {word[at:]}"
            for number in index.names.docs(rarer):
                if any(both in f" {text}" for text in index.texts[number]):
                    found.add(number)
    return found


def _add(found: Found, numbers: Iterable[int], quality: float) -> None:
    for number in numbers:
        if found.get(number, 0) < quality:
            found[number] = quality


def _weight(
    indexes: Sequence[SearchIndex], found: list[list[Found]], asked: list[str], at: int
) -> float:
    """Return how much a word says: the rarer, the more, over all indexes together."""
    size = sum(len(index.keys) for index in indexes)
    having = sum(len(per_word[at]) for per_word in found)
    weight = math.log(1 + size / max(having, 1))
    is_generic = asked[at] in GENERIC or YEAR.fullmatch(asked[at])
    return weight * GENERIC_WEIGHT if is_generic else weight


def _cover(
    index: SearchIndex,
    found: list[Found],
    weights: list[float],
    floor: float,
    gone: AbstractSet[str],
) -> Found:
    """Return the coverage of the documents above the floor, rarest words first.

    Once the words left cannot reach the floor by themselves, no new document enters.
    """
    left = total = sum(weights)
    cover: defaultdict[int, float] = defaultdict(float)
    for weight, having in sorted(zip(weights, found, strict=True), key=lambda pair: -pair[0]):
        may_enter = left >= floor * total
        for number in having if may_enter else cover.keys() & having.keys():
            cover[number] += having[number] * weight / total
        left -= weight
    return {n: value for n, value in cover.items() if value >= floor and index.keys[n] not in gone}


def _named(index: SearchIndex, asked: list[str]) -> set[int]:
    """Return the documents of which a whole name is at least half the query: ``bert explained``."""
    size = len(asked)
    half = (size + 1) // 2
    spots = ((low, high) for low in range(size) for high in range(low + half, size + 1))
    phrases = {" ".join(asked[low:high]) for low, high in spots}
    spans = [span for phrase in phrases if (span := index.wholes.exact(phrase))]
    return {number for span in spans for number in index.wholes.docs(span)}


def _best(index: SearchIndex, cover: Found, text: str) -> set[int]:
    """Return the candidates to rank: the best covered, and names that begin as typed."""
    if len(cover) <= BEST:
        return set(cover)
    best = sorted(sorted(cover), key=cover.__getitem__, reverse=True)[:BEST]
    begun = index.wholes.docs(index.wholes.beginning(text), most=BEST)
    return {*best, *(number for number in begun if number in cover)}


def _likeness(text: str, names: tuple[str, ...], *, misspelt: bool) -> tuple[float, bool]:
    """Return how closely the best name reads like the query, and if it is the same."""
    best = 0.0
    squashed = text.replace(" ", "")
    for name in names:
        if name == text or name.replace(" ", "") == squashed:
            return SAME, True
        if name.startswith(text):
            points: float = STARTS
        elif f" {name} " in f" {text} ":
            points = IS_CONTAINED * len(name) / len(text)
        elif f" {text}" in name:
            points = CONTAINS
        else:
            points = fuzz.partial_ratio(text, name) / 12
            if misspelt:
                points = max(points, STARTS - 2 - 3.5 * _typos_in_start(text, name))
        best = max(best, points + fuzz.ratio(text, name) / 20)
    return best, False


def _typos_in_start(text: str, name: str) -> int:
    """Return how many typos make the text a beginning of the name."""
    size = len(text)
    return min(OSA.distance(text, name[:end]) for end in (size - 1, size, size + 1))
