"""Finds resources and steps by what people type: unfinished, misspelt, in any order or script.

How a query is answered:

1. It is cut into folded words (words.py); the last one may be unfinished.
2. Each word is looked up (index.py): as it stands, with another ending, as a beginning
   if it is the last, joined with its neighbour, split in two. That gives the documents that
   have the word, and how well.
3. Rare words weigh more. A document's cover is the share of the query's weight that it has. If
   some cover the query ``WELL``, they are the candidates.
4. Otherwise the words that no document has are looked up with typos. If that isn't enough
   either, so are the others, and a candidate may lack words, down to ``FLOOR``. A document whose
   whole name is half of the query is always a candidate.
5. So is one whose topics, whole ones, make up half of the query; a smaller part if nothing else is
   found. In a question, names are topics, too.
6. The candidates are ranked by cover and by how closely a name reads like the query. The maker's
   list is somewhat ahead of additions; in a tie the order given holds. Before all go steps that
   have the query in their name.

A query with the words of a question in it (``how do i``, ``vs``) is read twice: as it stands, and
by what it is about, where things compared count alike. Of each document the better score counts.
"""

import math
import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, product, repeat

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.core.search.index import (
    HALF,
    OTHER_FIELDS,
    Lookup,
    Qualities,
    SearchIndex,
)
from bot.core.search.words import asked_about, words

LONGEST_QUERY = 300  # letters
MOST_WORDS = 12  # looked up; a longer query is still compared with names as a whole

ALL = 0.99  # of a query, but for rounding
WELL = 0.8  # from this cover on, typos are not considered
FLOOR = 0.55  # the least cover of an answer
NAMED = 0.75  # the cover, at least, of a document whose whole name is half of the query

# What people add to say which kind of thing they look for: counted, but never missed much.
GENERIC = frozenset(
    {"paper", "pdf", "tutorial", "github", "book", "arxiv", "course", "lib", "code"}
    | {"intro", "blog", "official", "docs", "video", "article"}
    | {"about", "explain", "explained", "how", "what"}
)
YEAR = re.compile("(?:19|20)[0-9]{2}")
GENERIC_WEIGHT = 0.3

# Points beside those for the cover, which are up to 100.
SAME = 40  # a name is the query
PLURAL = 35  # the query is a name with an s
BEGINS = 19
HOLDS = 13  # a name has the query somewhere inside
HELD = 14  # the query has the name inside; as much of it as the name makes up
A_TYPO_COSTS = 3.5  # in how a name begins; two points besides for not being as typed
SIMILAR = 8  # at most, for a name that is none of these
AS_LONG = 5  # at most, for being no longer than the query
ABOUT = 15  # topics make up the query
FRAMED = 35  # a name has the words of the question, too
FAVOURED = 8
PREFERRED = 5

# When a text with "and" or a comma in it is one name all the same.
READS_LIKE = 92  # of 100: "lora, language models" is 88 like "large language models"
LONGER_THAN_NAME = 1.1


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found; ``exact``: the query is its title, an alias or its link."""

    key: str
    score: float
    exact: bool = False


def search(
    indexes: Sequence[SearchIndex],
    query: str,
    limit: int = 25,
    *,
    without: AbstractSet[str] = frozenset(),
    first: AbstractSet[str] | None = None,
    link: str | None = None,
    by_topic: bool = True,
) -> list[Hit]:
    """Return the best hits, best first; none for an empty query or nonsense.

    ``indexes`` are searched as one. ``without``: keys of the first index that are hidden (a
    server changed or removed them). ``first``: keys preferred among comparably good hits.
    ``link``: the canonical form, if the query is one; then only its document is an answer.
    ``by_topic``: what the query is about is one, too, and it may be a question.
    """
    if link is not None:
        found = (index.linked(link, gone) for index, gone in _with_gone(indexes, without))
        return [Hit(key, 100.0 + SAME, exact=True) for key in found if key][:limit]
    typed = words(query[:LONGEST_QUERY])
    if not typed or not indexes:
        return []
    readings, best = [*_readings(typed)], dict[str, Hit]()
    for least in (HALF, 0.0) if by_topic else (None,):
        for reading in readings if by_topic else readings[:1]:
            for hit in reading.hits(
                list(_with_gone(indexes, without)), first or frozenset(), least
            ):
                if hit.key not in best or best[hit.key].score < hit.score:
                    best[hit.key] = hit
        if best:
            break
    return sorted(best.values(), key=lambda hit: -hit.score)[:limit]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a query: ``sides`` are what is compared, most often one thing.

    ``framing`` are the places of a question's words; ``is_question``: they are left out.
    """

    text: str
    sides: Sequence[Sequence[str]]
    framing: Sequence[int] = ()
    is_unfinished: bool = True
    is_question: bool = False

    def hits(
        self,
        pairs: Sequence[tuple[SearchIndex, AbstractSet[str]]],
        first: AbstractSet[str],
        least: float | None,
    ) -> Iterator[Hit]:
        """Yield what fits, in no order.

        ``least``: of the query, what topics have to make up; None: they don't count.
        """
        lookups = [
            Lookup(
                *pair,
                self.sides,
                is_unfinished=self.is_unfinished,
                is_question=self.is_question,
                by_topic=least is not None,
            )
            for pair in pairs
        ]
        covers, weights, misspelt = _covers(lookups)
        for lookup, cover in zip(lookups, covers, strict=True):
            index = lookup.index
            topics = {} if least is None else lookup.about(weights, least)
            cover |= {number: max(NAMED, cover.get(number, 0)) for number in lookup.named()}
            for number, share in topics.items():
                cover[number] = max(OTHER_FIELDS * (HALF + share / 2), cover.get(number, 0))
            for number, share in sorted(cover.items()):
                key = index.keys[number]
                likeness, exact = self._likeness(index.texts[number], misspelt=misspelt)
                likeness += ABOUT * (topics.get(number, 0) > ALL)
                score = 100 * share + min(likeness, SAME)
                score += FRAMED * lookup.are_in_name(self.framing, number)
                score += FAVOURED * index.favoured[number] + PREFERRED * (key in first)
                score += index.lead(number, lookup.stems)
                yield Hit(key, round(score, 3), exact)

    def _likeness(self, names: Sequence[str], *, misspelt: bool) -> tuple[float, bool]:
        """Return how closely the best of the names reads like the query, and if it is the query."""
        likeness, exact = _likeness(self.text, names, misspelt=misspelt)
        if any(" ".join(side) in names for side in self.sides):
            likeness = max(likeness, SAME / len(self.sides))
        return likeness, exact and not self.is_question


def _readings(typed: list[str]) -> Iterator[_Reading]:
    """Yield the query as it stands, and by what it is about, if it is a question."""
    whole, sides = typed[:MOST_WORDS], asked_about(typed)
    about = [word for side in sides for word in side]
    yield _Reading(
        " ".join(typed), [whole], [at for at, word in enumerate(whole) if word not in about]
    )
    if len(about) < len(typed):
        is_unfinished = typed[-1] == about[-1]
        if len(about) > MOST_WORDS:
            about, sides = about[:MOST_WORDS], [about[:MOST_WORDS]]
        yield _Reading(" ".join(about), sides, (), is_unfinished, is_question=True)


def names_side_by_side(
    indexes: Sequence[SearchIndex], query: str, *, without: AbstractSet[str] = frozenset()
) -> list[str]:
    """Return the names of which the whole query is made, as in ``gpt-2 gpt-3``; [] if it isn't."""
    asked = words(query[:LONGEST_QUERY])
    if len(asked) > MOST_WORDS:
        return []
    ways: dict[int, list[str]] = {0: []}  # number of first words -> the names they are made of
    for end in range(1, len(asked) + 1):
        for start, way in list(ways.items()):
            name = " ".join(asked[start:end])
            if end not in ways and _is_name(indexes, name, without):
                ways[end] = [*way, name]
    return ways.get(len(asked), [])


def _is_name(indexes: Sequence[SearchIndex], name: str, without: AbstractSet[str]) -> bool:
    return any(
        index.keys[number] not in gone
        for index, gone in _with_gone(indexes, without)
        for number in index.wholes.having(name)
    )


def _with_gone(
    indexes: Sequence[SearchIndex], without: AbstractSet[str]
) -> Iterator[tuple[SearchIndex, AbstractSet[str]]]:
    """Yield each index with the keys that count as not there; only the first has such."""
    return zip(indexes, chain([without], repeat(frozenset[str]())), strict=False)


def reads_like(text: str, name: str) -> bool:
    """Tell whether a text is a name, or a piece of one, but for a few letters."""
    typed, known = " ".join(words(text)), " ".join(words(name))
    is_longer = len(typed) > len(known) * LONGER_THAN_NAME
    return not is_longer and fuzz.partial_ratio(typed, known) >= READS_LIKE


def _covers(lookups: Sequence[Lookup]) -> tuple[list[Qualities], list[float], bool]:
    """Return each index's candidates with their cover, and if typos were considered.

    Between them, how much each word says; one that nothing has, what the others do on average.
    """
    positions = range(len(lookups[0].asked))
    unknown = [at for at in positions if not any(lookup.found[at] for lookup in lookups)]
    known = [at for at in positions if at not in unknown]
    for stage, (misspelt, floor) in enumerate((([], WELL), (unknown, WELL), (known, FLOOR))):
        for lookup, at in product(lookups, misspelt):
            if lookup.asked[at] not in GENERIC:
                lookup.add_misspelt(at)
        if stage < 2:  # typos in known words say nothing new of how rare these are
            weights = _weights(lookups)
        covers = [lookup.cover(weights, floor) for lookup in lookups]
        if any(covers):
            break
    average = sum(weights[at] for at in known) / len(known) if known else 1.0
    weights = [weights[at] if at in known else average for at in positions]
    return covers, weights, stage > 0


def _weights(lookups: Sequence[Lookup]) -> list[float]:
    """Return how much each word says; things compared say equally much."""
    each = [_weight(lookups, at) for at in range(len(lookups[0].asked))]
    places = lookups[0].places
    totals = [sum(each[at] for at in place) or 1.0 for place in places]
    return [each[at] / total for place, total in zip(places, totals, strict=True) for at in place]


def _weight(lookups: Sequence[Lookup], at: int) -> float:
    """Return how much a word says: the rarer, the more, over all indexes together."""
    word = lookups[0].asked[at]
    size = sum(len(lookup.index.keys) for lookup in lookups)
    having = sum(len(lookup.found[at]) for lookup in lookups)
    weight = math.log(1 + size / max(having, 1))
    return weight * GENERIC_WEIGHT if word in GENERIC or YEAR.fullmatch(word) else weight


def _likeness(text: str, names: Sequence[str], *, misspelt: bool) -> tuple[float, bool]:
    """Return how closely the best of the names reads like the query, and if it is the query."""
    best = 0.0
    squashed = text.replace(" ", "")
    for name in names:
        if name.replace(" ", "") == squashed:
            return SAME, True
        points = _likeness_of_one(text, name, misspelt=misspelt)
        best = max(best, points + AS_LONG * fuzz.ratio(text, name) / 100)
    return best, False


def _likeness_of_one(text: str, name: str, *, misspelt: bool) -> float:
    if text == f"{name}s":
        return PLURAL
    if name.startswith(text):
        return BEGINS
    if f" {name} " in f" {text} ":
        return HELD * len(name) / len(text)
    if f" {text}" in name:
        return HOLDS
    similar = SIMILAR * fuzz.partial_ratio(text, name) / 100
    if not misspelt:
        return similar
    ends = (len(text) - 1, len(text), len(text) + 1)
    typos = min(OSA.distance(text, name[:end]) for end in ends)
    return max(similar, BEGINS - 2 - A_TYPO_COSTS * typos)
