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

import math
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.core.word_index import WordIndex
from bot.core.words import head, initials, joined_forms, words

FLOOR = 0.5  # the least share of the query's weight that an answer covers
WELL = 0.75  # from this coverage on, typos are not considered
MOST_WORDS = 12  # of a query; what stands after them is not looked at
BEST = 100  # so many candidates are ranked closely
OTHER_FIELDS = 0.8  # a word found outside title and aliases
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


_YEAR = re.compile("(19|20)[0-9]{2}")

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
    asked = words(query)[:MOST_WORDS]
    if not asked:
        return []
    covers, misspelt = _covers(indexes, asked)
    text = " ".join(asked)
    hits: list[Hit] = []
    for position, (index, cover) in enumerate(zip(indexes, covers, strict=True)):
        hidden = without if position == 0 else frozenset[str]()
        for number in sorted(sorted(cover), key=cover.__getitem__, reverse=True)[:BEST]:
            key = index.keys[number]
            if key not in hidden:
                likeness, exact = _likeness(text, index.texts[number], misspelt=misspelt)
                score = 100 * cover[number] + likeness + 10 * index.favoured[number]
                score += 5 * (first is not None and key in first)
                hits.append(Hit(key, round(score, 3), exact))
    hits.sort(key=lambda hit: -hit.score)
    return hits[:limit]


def _covers(indexes: Sequence[SearchIndex], asked: list[str]) -> tuple[list[Found], bool]:
    """Return the coverage of each index's documents, and if typos had to be considered.

    First the words as they stand; if no document has nearly all, typos in the words that no
    document has; if that does not help either, typos in the others, and words may be missing.
    """
    places = range(len(asked))
    found = [[_find(index, asked, at) for at in places] for index in indexes]
    unknown = [at for at in places if not any(per_word[at] for per_word in found)]
    known = [at for at in places if at not in unknown]
    weights = [_weight(indexes, found, asked, at) for at in places]
    covers = [_cover(per_word, weights, WELL) for per_word in found]
    if any(covers):
        return covers, False
    for floor, doubted in ((WELL, unknown), (FLOOR, known)):
        for index, per_word in zip(indexes, found, strict=True):
            for at in doubted:
                per_word[at] = _find_misspelt(index, asked, at) | per_word[at]
        for at in unknown:
            weights[at] = _weight(indexes, found, asked, at)
        covers = [_cover(per_word, weights, floor) for per_word in found]
        if any(covers):
            break
    return covers, True


def _with_link(indexes: Sequence[SearchIndex], link: str, without: AbstractSet[str]) -> list[Hit]:
    keys = [index.keys[index.links[link]] for index in indexes if link in index.links]
    return [Hit(key, 200.0, exact=True) for key in keys if key not in without]


def _find(index: SearchIndex, asked: list[str], at: int) -> Found:
    """Return the documents that have the word as it stands, with other endings, or begun."""
    word, last = asked[at], at == len(asked) - 1
    found: Found = {}
    exact = False
    for known, share in ((index.fields, OTHER_FIELDS), (index.names, 1.0)):
        if known is index.names:
            for ending in known.other_endings(word):
                found |= dict.fromkeys(known.docs(ending), 0.92)
        if last and (known is index.names or len(word) > 2):
            found |= dict.fromkeys(known.docs(known.beginning(word)), 0.96 * share)
        if span := known.exact(word):
            found |= dict.fromkeys(known.docs(span), share)
            exact = True
    _add(found, _find_joined(index, asked, at), 0.95)
    if len(asked) == 1 and (span := index.initials.exact(word)):
        _add(found, index.initials.docs(span), 0.86)
    if not exact:
        _add(found, _find_split(index, word), 0.95)
    return found


def _find_misspelt(index: SearchIndex, asked: list[str], at: int) -> Found:
    """Return the documents that have the word with typos, as an end or split in two."""
    word, last = asked[at], at == len(asked) - 1
    found = dict.fromkeys(_find_split(index, word), 0.95)
    if len(word) > 3:
        for known, share in ((index.names, 1.0), (index.fields, OTHER_FIELDS)):
            for span, typos in known.similar(word):
                _add(found, known.docs(span), share * (1 - 0.12 * typos))
            if last:
                for span in known.similar_beginning(word):
                    _add(found, known.docs(span), 0.82 * share)
            for span in known.ending(word):
                _add(found, known.docs(span), 0.7 * share)
            if found:
                break
    return found


def _add(found: Found, numbers: Iterable[int], quality: float) -> None:
    for number in numbers:
        if found.get(number, 0) < quality:
            found[number] = quality


def _find_joined(index: SearchIndex, asked: list[str], at: int) -> set[int]:
    """Let ``few shot`` find fewshot, for both words."""
    pairs = [asked[n] + asked[n + 1] for n in (at - 1, at) if 0 <= n < len(asked) - 1]
    spans = [span for pair in pairs if (span := index.names.exact(pair))]
    return {number for span in spans for number in index.names.docs(span)}


def _find_split(index: SearchIndex, word: str) -> set[int]:
    """Let ``rulefor`` find documents whose title has "rule for"."""
    found = set()
    for at in range(1, len(word)):
        left, right = index.names.exact(word[:at]), index.names.exact(word[at:])
        if left and right:
            rarer = min(left, right, key=index.names.count)
            both = f"{word[:at]} {word[at:]}"
            for number in index.names.docs(rarer):
                if any(both in text for text in index.texts[number]):
                    found.add(number)
    return found


def _weight(
    indexes: Sequence[SearchIndex], found: list[list[Found]], asked: list[str], at: int
) -> float:
    """Return how much a word says: the rarer, the more, over all indexes together."""
    size = sum(len(index.keys) for index in indexes)
    having = sum(len(per_word[at]) for per_word in found)
    weight = math.log(1 + size / max(having, 1))
    return weight * 0.3 if asked[at] in GENERIC or _YEAR.fullmatch(asked[at]) else weight


def _cover(found: list[Found], weights: list[float], floor: float) -> Found:
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
    return {number: value for number, value in cover.items() if value >= floor}


def _likeness(text: str, names: tuple[str, ...], *, misspelt: bool) -> tuple[float, bool]:
    """Return how closely the best name reads like the query (0 to 40), and if it is the same."""
    best = 0.0
    squashed = text.replace(" ", "")
    for name in names:
        if name == text or name.replace(" ", "") == squashed:
            return 40.0, True
        if name.startswith(text):
            points = 19.0
        elif f" {name} " in f" {text} ":
            points = 14.0
        elif f" {text}" in name:
            points = 13.0
        else:
            points = fuzz.partial_ratio(text, name) / 12
            if misspelt:
                points = max(points, 17 - 3.5 * _typos_in_start(text, name))
        best = max(best, points + fuzz.ratio(text, name) / 20)
    return best, False


def _typos_in_start(text: str, name: str) -> int:
    """Return how many typos make the text a beginning of the name."""
    size = len(text)
    return min(OSA.distance(text, name[:end]) for end in (size - 1, size, size + 1))
