"""Finds resources by what people type: unfinished, misspelt, in any order, in any script.

How a query is answered:

1. It is cut into folded words; the last one may be unfinished.
2. Each word is looked up: as it stands, as a beginning (the last word), joined with its
   neighbour or split in two. Documents that have every word are the candidates.
3. Only if none covers the query well, each word is looked up again with typos, other endings
   and as an end, and documents may lack words, down to a floor (``FLOOR``). Below: no answer.
4. The best hundred are ranked by coverage (rare words weigh more, titles and aliases more than
   other fields), then by how closely a title or alias reads like the query.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.core.word_index import Span, WordIndex
from bot.core.words import head, initials, joined_forms, words

FLOOR = 0.5  # the least share of the query's weight that an answer covers
WELL = 0.85  # from this coverage on, typos are not considered
BEST = 100  # so many candidates are ranked closely
OTHER_FIELDS = 0.6  # a word found outside title and aliases
# What people add to say which kind of thing they look for: counted, but never missed much.
GENERIC = frozenset(
    {"paper", "pdf", "tutorial", "github", "book", "arxiv", "course", "lib", "code"}
    | {"intro", "blog", "official", "docs", "video", "article"}
)


@dataclass(frozen=True, slots=True)
class Document:
    """What search knows of a resource.

    ``links`` are canonical forms (core.links). ``fields`` are its other words: label, authors,
    year, kind, host, tags, notes, step names. A ``favoured`` document goes first in a tie.
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

    __slots__ = ("favoured", "fields", "initials", "keys", "links", "names", "texts")

    def __init__(self, documents: Iterable[Document]) -> None:
        ordered = sorted(documents, key=lambda document: len(document.title))
        self.keys = [document.key for document in ordered]
        self.favoured = bytearray(document.favoured for document in ordered)
        self.links = {link: n for n, document in enumerate(ordered) for link in document.links}
        self.texts: list[tuple[str, ...]] = []  # title, head and aliases as words
        names: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        fields: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        first_letters: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, document in enumerate(ordered):
            written = (document.title, *document.aliases)
            texts = dict.fromkeys(" ".join(words(t)) for t in (*written, head(document.title)))
            self.texts.append(tuple(texts))
            own = {word for text in texts for word in text.split()}
            own |= {form for text in written for form in joined_forms(text)}
            for word in own:
                names[word].append(number)
            for word in {w for text in document.fields for w in words(text)} - own:
                fields[word].append(number)
            for letters in {initials(text.split()) for text in texts} - {""}:
                first_letters[letters].append(number)
        self.names = WordIndex(names)
        self.fields = WordIndex(fields)
        self.initials = WordIndex(first_letters)


Found = dict[int, float]  # document -> how well it has a word, up to 1


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
    if link is not None:
        return _with_link(indexes, link, without)[:limit]
    asked = words(query)[:12]
    if not asked:
        return []
    found = [_find(index, asked, loosely=False) for index in indexes]
    weights = _weights(indexes, found, asked)
    covered = [_cover_all(per_word, weights) for per_word in found]
    if not any(value >= WELL for cover in covered for value in cover.values()):
        found = [_find(index, asked, loosely=True) for index in indexes]
        weights = _weights(indexes, found, asked)
        covered = [_cover_most(per_word, weights) for per_word in found]
    text = " ".join(asked)
    hits: list[Hit] = []
    for position, (index, cover) in enumerate(zip(indexes, covered, strict=True)):
        hidden = without if position == 0 else frozenset[str]()
        for number in heapq.nsmallest(BEST, cover, key=lambda n: (-cover[n], n)):
            key = index.keys[number]
            if key not in hidden:
                likeness, exact = _likeness(text, index.texts[number])
                score = 100 * cover[number] + likeness + 10 * index.favoured[number]
                score += 5 * (first is not None and key in first)
                hits.append(Hit(key, round(score, 3), exact))
    hits.sort(key=lambda hit: -hit.score)
    return hits[:limit]


def _with_link(indexes: Sequence[SearchIndex], link: str, without: AbstractSet[str]) -> list[Hit]:
    keys = [index.keys[index.links[link]] for index in indexes if link in index.links]
    return [Hit(key, 200.0, exact=True) for key in keys if key not in without]


def _find(index: SearchIndex, asked: list[str], *, loosely: bool) -> list[Found]:
    """Return, for each word asked, the documents that have it and how well."""
    found: list[Found] = []
    for at, word in enumerate(asked):
        last = at == len(asked) - 1
        here: Found = {}
        for spans, share in ((index.fields, OTHER_FIELDS), (index.names, 1.0)):
            for quality, meant in _alternatives(spans, word, last=last, loosely=loosely):
                here |= dict.fromkeys(spans.docs(meant), quality * share)
        found.append(here)
    _find_joined(index, asked, found)
    for at, word in enumerate(asked):
        if not found[at] or loosely:
            for number, quality in _find_split(index, word).items():
                found[at][number] = max(quality, found[at].get(number, 0))
    if len(asked) == 1 and (span := index.initials.exact(asked[0])):
        for number in index.initials.docs(span):
            found[0].setdefault(number, 0.86)
    return found


def _alternatives(
    index: WordIndex, word: str, *, last: bool, loosely: bool
) -> list[tuple[float, Span]]:
    """Return the spans of words that may be meant, the likeliest last."""
    spans: list[tuple[float, Span]] = []
    if loosely and len(word) > 3:
        if last:
            spans += [(0.75, span) for span in index.similar_beginning(word)]
        spans += [(0.7, span) for span in index.ending(word)]
        edits = 1 if len(word) < 7 else 2
        near = sorted(index.similar(word, edits), key=lambda pair: -pair[1])
        spans += [(1 - 0.12 * distance, span) for span, distance in near]
        spans += [(0.92, span) for span in index.same_stem(word)]
    if last:
        spans.append((0.95, index.beginning(word)))
    if span := index.exact(word):
        spans.append((1.0, span))
    return spans


def _find_joined(index: SearchIndex, asked: list[str], found: list[Found]) -> None:
    """Let ``few shot`` find fewshot, for both words."""
    for at in range(len(asked) - 1):
        if span := index.names.exact(asked[at] + asked[at + 1]):
            for number in index.names.docs(span):
                for part in (at, at + 1):
                    found[part][number] = max(0.95, found[part].get(number, 0))


def _find_split(index: SearchIndex, word: str) -> Found:
    """Let ``rulefor`` find documents whose title has "rule for"."""
    found: Found = {}
    for at in range(1, len(word)):
        left, right = index.names.exact(word[:at]), index.names.exact(word[at:])
        if left and right:
            rarer = min(left, right, key=index.names.count)
            both = f"{word[:at]} {word[at:]}"
            for number in index.names.docs(rarer):
                if any(both in text for text in index.texts[number]):
                    found[number] = 0.95
    return found


def _weights(
    indexes: Sequence[SearchIndex], found: list[list[Found]], asked: list[str]
) -> list[float]:
    """Return how much each word says: the rarer, the more, over all indexes together."""
    size = sum(len(index.keys) for index in indexes)
    weights = []
    for at, word in enumerate(asked):
        having = sum(len(per_word[at]) for per_word in found)
        weight = math.log(1 + size / max(having, 1))
        weights.append(weight * 0.3 if word in GENERIC else weight)
    return weights


def _cover_all(found: list[Found], weights: list[float]) -> Found:
    """Return the coverage of the documents that have every word."""
    by_rarity = sorted(found, key=len)
    have_all = set(by_rarity[0])
    for others in by_rarity[1:]:
        have_all &= others.keys()
    total = sum(weights)
    parts = list(zip(found, weights, strict=True))
    return {n: sum(having[n] * weight for having, weight in parts) / total for n in have_all}


def _cover_most(found: list[Found], weights: list[float]) -> Found:
    """Return the coverage of the documents above the floor, rarest words first.

    Once the words left cannot reach the floor by themselves, no new document enters.
    """
    left = total = sum(weights)
    cover: defaultdict[int, float] = defaultdict(float)
    for weight, having in sorted(zip(weights, found, strict=True), key=lambda pair: -pair[0]):
        may_enter = left >= FLOOR * total
        for number in having if may_enter else cover.keys() & having.keys():
            cover[number] += having[number] * weight / total
        left -= weight
    return {number: value for number, value in cover.items() if value >= FLOOR}


def _likeness(text: str, names: tuple[str, ...]) -> tuple[float, bool]:
    """Return how closely the best name reads like the query (0 to 40), and if it is the same."""
    best = 0.0
    squashed = text.replace(" ", "")
    for name in names:
        if name == text or name.replace(" ", "") == squashed:
            return 40.0, True
        if name.startswith(text):
            points = 16.0
        elif f" {text}" in name:
            points = 10.0
        else:
            points = fuzz.partial_ratio(text, name) / 12
        best = max(best, points + fuzz.ratio(text, name) / 20)
    return best, False
