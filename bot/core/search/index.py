"""What search looks words up in: documents by their words, and the words of one query in them."""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import accumulate, chain, combinations, pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.curriculum.additions import OWN_STEP_NAMES, OWN_STEP_TITLE
from bot.core.curriculum.links import canonical, host_of
from bot.core.search.words import (
    asked_about,
    head,
    initials,
    joined_forms,
    names_in,
    other_endings,
    stems,
    topic,
    words,
)

MUST_READ = "must-read"

_AFTER_ALL = "\U0010ffff"


class Vocabulary:
    """Words, and the documents that have them."""

    def __init__(self, words_by_document: Iterable[Iterable[str]]) -> None:
        documents = defaultdict[str, list[int]](list)
        for number, found in enumerate(words_by_document):
            for word in found:
                documents[word].append(number)
        self._documents = dict(documents)
        self._words = sorted(documents)

    def having(self, *words: str) -> Iterator[int]:
        """Yield the documents that have one of the words as it stands; one may come twice."""
        return (number for word in words for number in self._documents.get(word, ()))

    def beginning(self, start: str) -> list[str]:
        """Return the words that begin so."""
        low = bisect_left(self._words, start)
        return self._words[low : bisect_left(self._words, start + _AFTER_ALL, low)]

    def ending(self, end: str) -> list[str]:
        """Return the words that end so."""
        return [word for word in self._words if word.endswith(end)]

    def similar(self, word: str) -> list[tuple[str, int]]:
        """Return words of four letters or more with one typo, of seven or more with two.

        A typo is a wrong, missing or extra letter or two letters swapped (OSA distance). The
        first letter or the last two must be intact. The number of typos comes with each word.
        """
        return [
            (known, typos)
            for known, typos, _ in _within(word, self._words, 1 if len(word) < 5 else 2)
            if known[0] == word[0] or known[-2:] == word[-2:]
            if len(known) >= (7 if typos == 2 else 4)
        ]

    def similar_beginning(self, word: str) -> list[str]:
        """Return the words that begin with the word but for one typo after its first letter."""
        ends = range(len(word) - 1, len(word) + 2)
        starts = {known[:end] for known in self.beginning(word[0]) for end in ends}
        near = _within(word, list(starts), 1)
        return [each for start, _, _ in near for each in self.beginning(start)]


def _within(word: str, choices: list[str], edits: int) -> list[tuple[str, int, int]]:
    return process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=None)


@dataclass(frozen=True, slots=True)
class Document:
    """What search knows of a resource.

    ``links`` are canonical forms (curriculum.links). ``topics`` say what it is about: tags.
    ``fields`` are its other words: authors, year, kind, host, notes, step names. A ``favoured``
    document goes first in a tie, one that ``leads`` before all others if it is named.
    """

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    favoured: bool = False
    leads: bool = False


class Topics(Vocabulary):
    """Documents by what they are about, in any form and order of its words; ``stems``: of all."""

    def __init__(self, phrases_by_document: Iterable[Iterable[str]]) -> None:
        topics = [{topic(each) for each in phrases} - {""} for phrases in phrases_by_document]
        super().__init__(topics)
        self.stems = frozenset(one for each in topics for text in each for one in text.split())


class SearchIndex:
    """Documents by the words of their names (title and aliases) and of their other fields.

    They are numbered as they come. ``texts`` are the names as folded words, ``wholes`` finds
    documents by them; ``topics`` by what they are about, ``subjects`` by their names as well.
    ``facts`` are the other fields without topics, ``fields`` all of them.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        documents = list(documents)
        self.keys = [document.key for document in documents]
        self.favoured = bytearray(document.favoured for document in documents)
        self.links = {link: n for n, document in enumerate(documents) for link in document.links}
        self.texts = [_texts(document) for document in documents]
        self.wholes = Vocabulary(self.texts)
        self.names = Vocabulary(map(_name_words, self.texts))
        self.facts = Vocabulary(map(_other_words, documents, self.texts))
        self.fields = self.facts
        if any(document.topics for document in documents):
            self.fields = Vocabulary(map(_all_other_words, documents, self.texts))
        self.initials = Vocabulary(map(_initials, self.texts))
        self.topics = Topics(document.topics for document in documents)
        self.subjects = Topics((*_names(document), *document.topics) for document in documents)
        self._leading = {n: _stems(d) for n, d in enumerate(documents) if d.leads}

    def lead(self, number: int, stems: str) -> float:
        """Return the points that a document is ahead, most of them if a name has these stems."""
        names = self._leading.get(number, ())
        is_named = any(f" {stems} " in f" {name} " for name in names)
        return LEADS * is_named + LEADS_IN_A_TIE * bool(names)

    def linked(self, link: str, gone: AbstractSet[str]) -> str | None:
        """Return the key of the document with this link, if it isn't gone."""
        key = self.keys[self.links[link]] if link in self.links else None
        return None if key in gone else key


def _names(document: Document) -> tuple[str, ...]:
    """Return the title, the aliases and what stands before the title's colon."""
    return (document.title, *document.aliases, head(document.title))


def _texts(document: Document) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(words(name)) for name in _names(document)))


def _name_words(texts: tuple[str, ...]) -> set[str]:
    return {word for text in texts for word in text.split()}


def _other_words(document: Document, texts: tuple[str, ...]) -> set[str]:
    """Return the words of the other fields, and the names' words joined or taken apart."""
    found = {word for field in document.fields for word in words(field)}
    for name in (document.title, *document.aliases):
        found |= joined_forms(name)
    return found - _name_words(texts)


def _all_other_words(document: Document, texts: tuple[str, ...]) -> set[str]:
    """Return those, and the words of topics."""
    found = {word for each in document.topics for word in (*words(each), *joined_forms(each))}
    return _other_words(document, texts) | (found - _name_words(texts))


def _stems(document: Document) -> list[str]:
    names = (document.title, *document.aliases)
    return [stems(chain.from_iterable(asked_about(words(name)))) for name in names]


def _initials(texts: tuple[str, ...]) -> set[str]:
    return {initials(text.split()) for text in texts} - {""}


@functools.lru_cache(maxsize=4)
def index_of(curriculum: Curriculum) -> SearchIndex:
    """Return the index of a whole curriculum: made once for all who search it."""
    return SearchIndex(documents_of(curriculum))


@functools.lru_cache(maxsize=4)
def index_of_steps(curriculum: Curriculum) -> SearchIndex:
    """Return the index of a curriculum's steps, made once as well."""
    return SearchIndex(steps_of(curriculum))


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


def steps_of(curriculum: Curriculum) -> Iterator[Document]:
    """Yield a document for each step, in file order: it goes before resources if it is named."""
    for step in curriculum.steps:
        yield document_of_step(step, curriculum.section_of(step).title)


def document_of_step(step: Step, section_title: str = "") -> Document:
    """Return the document of a step: found by its own names and topics, not by its resources'.

    Its number is a name, and so is each part of a title like ``Prompting & Reasoning``.
    """
    numbers = (step.number, f"step {step.number}") if step.number else ()
    ours = OWN_STEP_NAMES if step.title == OWN_STEP_TITLE else ()
    return Document(
        step.key,
        step.title,
        aliases=(*step.aliases, *numbers, *ours, *names_in(step.title)),
        topics=step.tags,
        fields=(section_title, *step.introduction),
        favoured=not step.addition,
        leads=True,
    )


def document_of(resource: Resource, step: Step, section_title: str) -> Document:
    """Return the document of a resource in this step.

    Where it stands, who wrote it and what is said about it are its other fields.
    """
    fields = (
        *(resource.authors, str(resource.year or ""), resource.kind),
        *(host_of(url) for url in resource.urls),
        *resource.notes,
        *resource.added_notes,
        *(resource.sentence, resource.remark),
        *(step.title, section_title, f"step {step.number}" if step.number else ""),
    )
    return replace(
        names_of(resource),
        topics=(*resource.tags, MUST_READ) if resource.must_read else resource.tags,
        fields=fields,
        favoured=not resource.addition,
    )


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
HALF = 0.5  # of the query, made up by names and topics: enough for an answer
SHORTENED = 0.8  # a beginning, though other words follow
OTHER_FIELDS = 0.9  # found in any other field: times this

LEADS, LEADS_IN_A_TIE = 100, 5  # points of a document that goes before others

Qualities = dict[int, float]  # a document's number -> how well it has a word, up to 1


class Lookup:
    """The query's words in one index; ``found`` has, for each of them, the documents.

    ``sides`` are what is compared, most often one thing. The last word may be unfinished; a
    question is less strict with endings. ``gone`` are keys that count as not there.
    """

    def __init__(
        self,
        index: SearchIndex,
        gone: AbstractSet[str],
        sides: Sequence[Sequence[str]],
        *,
        is_unfinished: bool,
        is_question: bool,
        by_topic: bool,
    ) -> None:
        self.index = index
        self.fields = index.fields if by_topic else index.facts
        self.gone = gone
        self.asked = [word for side in sides for word in side]
        self.stems = stems(self.asked)
        self.places = [range(*side) for side in pairwise(accumulate(map(len, sides), initial=0))]
        self.is_unfinished = is_unfinished
        self.is_question = is_question
        self.found = [self._as_typed(at) for at in range(len(self.asked))]

    def add_misspelt(self, at: int) -> None:
        """Find the word with typos, too, as an end, or split in two.

        Other fields are looked through for the last word alone, if no name has a similar one.
        """
        word, found = self.asked[at], self.found[at]
        _add(found, self._split(word), NEARLY)
        for vocabulary, worth in ((self.index.names, 1.0), (self.fields, OTHER_FIELDS)):
            near = _near(vocabulary, word, is_last=self._is_last(at))
            for quality, known in near:
                _add(found, vocabulary.having(known), quality * worth)
            if near or not self._is_last(at):
                break

    def cover(self, weights: Sequence[float], floor: float) -> Qualities:
        """Return the share of the words' weight that each document has, from the floor up."""
        total = sum(weights)
        cover: defaultdict[int, float] = defaultdict(float)
        pairs = zip(weights, self.found, strict=True)
        for weight, having in sorted(pairs, key=lambda pair: -pair[0]):
            for number, quality in having.items():
                cover[number] += quality * weight / total
        return {n: share for n, share in cover.items() if share >= floor and self._is_there(n)}

    def named(self) -> set[int]:
        """Return documents of which a whole name is at least half the query: ``bert explained``.

        Or one of the things compared.
        """
        size = len(self.asked)
        ends = ((low, range(low + (size + 1) // 2, size + 1)) for low in range(size))
        phrases = {" ".join(self.asked[low:high]) for low, highs in ends for high in highs}
        phrases |= {" ".join(self.asked[each] for each in place) for place in self.places}
        return set(filter(self._is_there, self.index.wholes.having(*phrases)))

    def are_in_name(self, places: Sequence[int], number: int) -> bool:
        """Tell whether a document's name has the words in these places, if there are any."""
        return bool(places) and all(self.found[at].get(number, 0) >= NEARLY for at in places)

    def about(self, weights: Sequence[float], least: float) -> Qualities:
        """Return the share of the words' weight that a document's topics make up.

        Whole ones alone count, of up to four words from anywhere in the query. Things compared
        count alike. ``least``: the share, by weight or by number.
        """
        each, made_up = self.stems.split(), defaultdict[int, set[int]](set)
        if self.is_unfinished and self._is_beginning(self.asked[-1]):
            each[-1] = self.asked[-1]
        topics = self.index.subjects if self.is_question else self.index.topics
        known = [at for at, word in enumerate(each) if word in topics.stems]
        for several in chain.from_iterable(combinations(known, n) for n in (1, 2, 3, 4)):
            asked = " ".join(sorted(each[at] for at in several))
            for number in topics.having(asked):
                made_up[number].update(several)
        about = {}
        for number, at in made_up.items():
            shares = [_share(at, place, weights) for place in self.places]
            if self._is_there(number) and sum(map(max, shares)) / len(shares) >= least:
                about[number] = sum(by_weight for by_weight, _ in shares) / len(shares)
        return about

    def _is_beginning(self, word: str) -> bool:
        """Tell whether a word is none yet, but the beginning of some."""
        begun = self.index.names.beginning(word) or self.fields.beginning(word)
        return bool(begun) and begun[0] != word

    def _is_there(self, number: int) -> bool:
        return self.index.keys[number] not in self.gone

    def _is_last(self, at: int) -> bool:
        return self.is_unfinished and at == len(self.asked) - 1

    def _as_typed(self, at: int) -> Qualities:
        word, names, fields = self.asked[at], self.index.names, self.fields
        found: Qualities = {}
        # From the worst to the best: what is found again overwrites.
        if self._is_last(at) and len(word) > 2:
            found |= dict.fromkeys(fields.having(*fields.beginning(word)), NEARLY * OTHER_FIELDS)
        endings = other_endings(word)
        found |= dict.fromkeys(fields.having(word), OTHER_FIELDS)
        found |= dict.fromkeys(names.having(*endings), OTHER_ENDING)
        if self._is_last(at):
            found |= dict.fromkeys(names.having(*names.beginning(word)), NEARLY)
        _add(found, self._joined(at), NEARLY)
        if len(self.asked) == 1:
            _add(found, self.index.initials.having(word), NEARLY)
        if typed := dict.fromkeys(names.having(word), 1.0):
            found |= typed
        else:
            _add(found, self._split(word), NEARLY)
        if self.is_question:
            _add(found, fields.having(*endings), OTHER_ENDING * OTHER_FIELDS)
        return found

    def _joined(self, at: int) -> Iterator[int]:
        """Let ``pod cast`` find podcast, for both words."""
        pairs = ["".join(pair) for pair in pairwise(self.asked)]
        return self.index.names.having(*pairs[max(0, at - 1) : at + 1])

    def _split(self, word: str) -> set[int]:
        """Let ``deeplearn`` find names with "deep learning"."""
        names, texts = self.index.names, self.index.texts
        halves = ((word[:at], word[at:]) for at in range(1, len(word)))
        return {
            number
            for left, right in halves
            for number in names.having(left)
            if any(f" {left} {right}" in f" {text}" for text in texts[number])
        }


def _share(at: AbstractSet[int], place: range, weights: Sequence[float]) -> tuple[float, float]:
    """Return the share that some words have in a place: by weight, and by number."""
    mine = [each for each in place if each in at]
    by_weight = sum(weights[each] for each in mine) / sum(weights[each] for each in place)
    return by_weight, len(mine) / len(place)


def _near(vocabulary: Vocabulary, word: str, *, is_last: bool) -> list[tuple[float, str]]:
    """Return the words that may be meant by a misspelt one, and how likely each is."""
    if len(word) < 3:
        return []
    begun = vocabulary.similar_beginning(word) if is_last else vocabulary.beginning(word)
    return [
        *((1 - A_TYPO_COSTS * typos, known) for known, typos in vocabulary.similar(word)),
        *((AS_END, known) for known in vocabulary.ending(word)),
        *((BEGUN_WITH_TYPO if is_last else SHORTENED, known) for known in begun),
    ]


def _add(found: Qualities, numbers: Iterable[int], quality: float) -> None:
    for number in numbers:
        if found.get(number, 0) < quality:
            found[number] = quality
