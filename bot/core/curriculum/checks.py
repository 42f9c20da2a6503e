"""The rules of a curriculum file that look at more than one entry, or past a value's type.

They read the file's plain values and step over what has the wrong type: that is reported already,
and one slip must not hide the others. ``compare`` holds a list against the one it replaces.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import Any, Literal, get_args

from rapidfuzz import fuzz, process

from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.links import canonical, is_web_link
from bot.core.curriculum.yaml_tree import KEEP_ONE, TWICE, Finding, Path, Tree
from bot.errors import Phrase

LONGEST_CARD = 3000
"""Of the 4,000 characters of a card: what one resource may fill; the rest is ours."""

LONGEST_INTRODUCTION = 2500
"""The same for the introduction of a step, which shares its card with the step's resources."""

GROUP_OF = MappingProxyType({"addition": "about", "authors": "about", "aliases": "found_by"})
"""The fields of an entry that are nested in the file."""

LINK_KEYS = ("url", "original_url", "maker_url")
MOST_HINTS = 50  # looking for similar ids takes long in a file that is nothing but wrong ids


@dataclass(frozen=True, slots=True)
class Block:
    """A section, step, resource or companion as it is in the file, or the file itself."""

    path: Path
    values: Mapping[str, Any]

    @property
    def slug(self) -> str:
        return next((text for _, text in self.texts("id")), "")

    def texts(self, key: str) -> list[tuple[Path, str]]:
        """Return the texts under a key, each with its path."""
        path, value = self._at(key)
        if isinstance(value, str):
            return [(path, value.strip())]
        found = enumerate(value) if isinstance(value, list) else ()
        return [((*path, i), t.strip()) for i, t in found if isinstance(t, str)]

    def is_marked(self, key: str) -> bool:
        """Tell whether there stands "true"."""
        return self._at(key)[1] is True

    def below(self, key: str) -> list["Block"]:
        """Return the blocks in the list under a key."""
        found = self.values.get(key)
        each = enumerate(found if isinstance(found, list) else ())
        return [
            Block((*self.path, key, i), values) for i, values in each if isinstance(values, dict)
        ]

    def _at(self, key: str) -> tuple[Path, Any]:
        path, values = self.path, self.values
        if isinstance(values.get(group := GROUP_OF.get(key, "")), dict):
            path, values = (*path, group), values[group]
        return (*path, key), values.get(key)


@dataclass(frozen=True, slots=True)
class Entry(Block):
    """A resource or companion; ``addition``: by its own mark, or of what it stands in."""

    addition: bool

    @property
    def companion(self) -> bool:
        return "companions" in self.path


def rule_findings(tree: Tree) -> Iterator[Finding]:
    """Yield everything that breaks a rule, in no particular order."""
    top = Block((), tree.value if isinstance(tree.value, dict) else {})
    sections = top.below("sections")
    steps = [step for section in sections for step in section.below("steps")]
    entries = list(_entries(sections))
    yield from _ids_given_twice(Phrase("section"), sections)
    yield from _ids_given_twice(Phrase("step"), steps)
    yield from _ids_given_twice(Phrase("resource"), entries)
    yield from _former_ids(entries)
    yield from _prerequisites(entries)
    yield from _cycles(entries)
    yield from _shared_links(entries, tree)
    yield from _shared_names(entries)
    yield from _shared_names(steps)
    yield from _full_cards(entries, [top, *sections, *steps])


def _entries(blocks: Iterable[Block], inside_addition: bool = False) -> Iterator[Entry]:
    """Yield the resources and companions below some blocks, in file order."""
    for block in blocks:
        addition = inside_addition or block.is_marked("addition")
        if {"resources", "companions"} & {*block.path}:
            yield Entry(block.path, block.values, addition)
        for key in ("steps", "resources", "companions"):
            yield from _entries(block.below(key), addition)


def _stood_before(texts: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for path, text in texts:
        if text in seen:
            yield path, text
        seen.add(text)


def _ids_given_twice(noun: Phrase, blocks: Sequence[Block]) -> Iterator[Finding]:
    for path, name in _stood_before(text for block in blocks for text in block.texts("id")):
        what = Phrase("another {noun} above has the id {name!r}", noun=noun, name=name)
        yield Finding(path, what, Phrase("give each its own"))


def _former_ids(entries: list[Entry]) -> Iterator[Finding]:
    in_use = {entry.slug for entry in entries}
    former = [text for entry in entries for text in entry.texts("formerly")]
    for path, name in former:
        if name in in_use:
            what = Phrase("the former id {name!r} is still in use", name=name)
            remedy = Phrase("leave it out, or rename the resource that has it")
            yield Finding(path, what, remedy)
    for path, name in _stood_before(former):
        what = Phrase("the former id {name!r} stands twice", name=name)
        yield Finding(path, what, Phrase("keep it in one place"))


def _prerequisites(entries: list[Entry]) -> Iterator[Finding]:
    by_slug = {entry.slug: entry for entry in entries}
    renamed = {old: entry.slug for entry in entries for _, old in entry.texts("formerly")}
    slugs, hints_left = [entry.slug for entry in entries if not entry.companion], MOST_HINTS
    for entry in entries:
        for path, needed in _stood_before(entry.texts("prerequisites")):
            yield Finding(path, TWICE.filled(name=needed), KEEP_ONE)
        for path, needed in entry.texts("prerequisites"):
            if needed in by_slug:
                yield from _misplaced(path, entry, by_slug[needed])
            else:
                remedy = None
                if needed in renamed:
                    remedy = Phrase("it is now called {name!r}", name=renamed[needed])
                elif hints_left:
                    remedy, hints_left = closest(needed, slugs), hints_left - 1
                remedy = remedy or Phrase("write the id of a resource of this list")
                what = Phrase("no resource has the id {name!r}", name=needed)
                yield Finding(path, what, remedy)


def _misplaced(path: Path, entry: Entry, needed: Entry) -> Iterator[Finding]:
    if needed.companion:
        what = Phrase("waits for {name!r}, which is a companion", name=needed.slug)
        remedy = Phrase("companions are optional: name the resource it stands under")
        yield Finding(path, what, remedy)
    elif needed.addition and not entry.addition:
        what = Phrase(
            "is of the maker's list and waits for the addition {name!r}", name=needed.slug
        )
        remedy = Phrase("leave it out: the list can be read without additions")
        yield Finding(path, what, remedy)


def _cycles(entries: list[Entry]) -> Iterator[Finding]:
    """Find the resources that wait for each other, a loop at a time, until no more are left."""
    needs = {entry.slug: [text for _, text in entry.texts("prerequisites")] for entry in entries}
    paths = {entry.slug: entry.path for entry in entries}
    for _ in range(MOST_HINTS):
        try:
            return TopologicalSorter(needs).prepare()
        except CycleError as error:
            _, *loop = reversed(error.args[1])
        first = min(loop, key=paths.__getitem__)
        at = loop.index(first)
        arrows = " -> ".join([*loop[at:], *loop[:at], first])
        what = Phrase("waits for itself: {arrows}", arrows=arrows)
        remedy = Phrase("take one of these arrows out")
        yield Finding((*paths[first], "prerequisites"), what, remedy)
        needs = {slug: needed for slug, needed in needs.items() if slug not in loop}
    return None


def _shared_links(entries: list[Entry], tree: Tree) -> Iterator[Finding]:
    owners: dict[str, Entry] = {}
    for entry in entries:
        for path, link in (each for key in LINK_KEYS for each in entry.texts(key)):
            form = canonical(link) if is_web_link(link) else None
            if form is None:
                continue
            owner = owners.setdefault(form, entry)
            if owner is not entry:
                what = Phrase(
                    "the same link as {name!r} (line {line}): {link}",
                    name=owner.slug,
                    line=tree.positions[owner.path][0],
                    link=form,
                )
                yield Finding(path, what, Phrase("keep one of the two, or link to another page"))


def _shared_names(entries: Sequence[Block]) -> Iterator[Finding]:
    """Find aliases that two resources share, or two steps; a resource may be called like a step."""
    owners: dict[str, list[Block]] = {}
    for entry in entries:
        for key in ("title", "label", "aliases"):
            for _, name in entry.texts(key):
                owners.setdefault(folded_name(name), []).append(entry)
    for entry in entries:
        aliases = entry.texts("aliases")
        folded = ((path, folded_name(alias)) for path, alias in aliases)
        twice = {path for path, _ in _stood_before(folded)}
        for path, alias in aliases:
            other = next((e for e in owners[folded_name(alias)] if e is not entry), None)
            if other is not None:
                what = Phrase("{alias!r} is also a name of {name!r}", alias=alias, name=other.slug)
                yield Finding(path, what, Phrase("keep it for the one that people mean"))
            elif path in twice:
                yield Finding(path, TWICE.filled(name=alias), KEEP_ONE)


def folded_name(name: str) -> str:
    """Return a name as it is compared with others of its list."""
    return name.casefold().strip(" :")


def _full_cards(entries: list[Entry], introduced: list[Block]) -> Iterator[Finding]:
    lengths: Counter[tuple[Path, int]] = Counter()
    for entry in entries:
        whole = entry.path[:-2] if entry.companion else entry.path
        lengths[whole, LONGEST_CARD] += _card_length(entry)
    for block in introduced:
        length = sum(len(text) for _, text in block.texts("introduction"))
        lengths[(*block.path, "introduction"), LONGEST_INTRODUCTION] = length
    for (path, most), length in lengths.items():
        if length > most:
            what = Phrase("has {length} characters in all", length=length)
            remedy = Phrase("keep at most {most}, so that it fits a card", most=most)
            yield Finding(path, what, remedy)


def _card_length(entry: Entry) -> int:
    always = ("label", "title", "authors", "url", "remark")
    own = ("notes", "added_notes", "sentence", "companions_title")
    keys = always if entry.companion else always + own
    return sum(len(text) for key in keys for _, text in entry.texts(key))


def closest(word: str, words: list[str]) -> Phrase | None:
    """Return ``did you mean 'x'?`` for the most similar word, if any is similar."""
    found = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=65)
    return Phrase("did you mean {word!r}?", word=found[0]) if found else None


What = Literal["added", "renamed", "moved", "retitled", "removed"]
Loss = Literal["other_id", "vanished", "relinked", "forgotten"]
"""``removed``: progress is kept and shown as no longer listed. ``vanished``: the page is still
there under a new key: without ``formerly`` its readers would have to read it again. ``relinked``:
the key is kept but means another page now, a mistake more often than not. ``forgotten``: a former
key that the old list remembered and the new one does not."""
_LOSSES = frozenset(get_args(Loss))


@dataclass(frozen=True, slots=True)
class Difference:
    """One resource before and after, if it was and is there.

    ``former``: the key that ``formerly`` should have, where progress would be lost.
    """

    what: What | Loss
    old: Resource | None = None
    new: Resource | None = None
    former: str = ""


def keeps_progress(differences: Iterable[Difference]) -> bool:
    """Tell whether the new list may replace the old one as it is."""
    return _LOSSES.isdisjoint(each.what for each in differences)


def compare(old: Curriculum, new: Curriculum) -> list[Difference]:
    """Compare a list with the one it replaces; companions count like any resource.

    What would cost progress comes last; each kind is in the new list's order, and what is no longer
    there in the old one's.
    """
    before, after = old.by_key.values(), new.by_key.values()
    by_page = {page: each for each in after for page in _pages(each)}
    places = {key: place for place, key in enumerate(new.by_key)}
    kept = [(each, found) for each in before if (found := new.get(each.key))]
    kept.sort(key=lambda pair: places[pair[1].key])
    vanished = [
        (each, by_page[page])
        for each in before
        if new.get(each.key) is None
        for page in sorted(_pages(each) & by_page.keys())[:1]
    ]
    gone = {each.key for each, _ in (*kept, *vanished)}
    explained = {each.key for _, each in (*kept, *vanished)}
    # Under a new key another page is meant to be the same thing: a newer edition, say.
    same = [pair for pair in kept if pair[0].key == pair[1].key]
    forgotten = (
        Difference("forgotten", new=heir, former=former)
        for former, present in old.present_keys.items()
        if (heir := new.get(present)) and new.get(former) is not heir
    )
    return [
        *(Difference("added", new=each) for each in after if each.key not in explained),
        *(Difference("renamed", *pair) for pair in kept if pair[0].key != pair[1].key),
        *(Difference("moved", *pair) for pair in kept if _is_moved(*pair, new)),
        *(Difference("retitled", *pair) for pair in kept if pair[0].title != pair[1].title),
        *(Difference("removed", each) for each in before if each.key not in gone),
        *([Difference("other_id")] if old.id != new.id else []),
        *(Difference("vanished", *pair, pair[0].key) for pair in vanished),
        *(Difference("relinked", *pair) for pair in same if not _pages(pair[0]) & _pages(pair[1])),
        *forgotten,
    ]


def _is_moved(old: Resource, new: Resource, curriculum: Curriculum) -> bool:
    parent = curriculum.get(old.parent) if old.parent else None
    return (old.step_id, parent and parent.key) != (new.step_id, new.parent)


def _pages(resource: Resource) -> set[str]:
    return {page for url in resource.urls if (page := canonical(url))}
