"""The rules of a curriculum file that look at more than one entry, or past a value's type.

They read the file's plain values and step over what has the wrong type: that is reported already,
and one slip must not hide the others. ``compare`` holds a list against the one it replaces.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import Any, Literal, get_args

from rapidfuzz import fuzz, process

from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.links import canonical, is_web_link
from bot.core.curriculum.yaml_tree import Finding, Path, Tree

LONGEST_CARD = 3000
"""Of the 4,000 characters of a card: what one resource may fill; the rest is ours."""

LONGEST_INTRODUCTION = 2500
"""The same for the introduction of a step, which shares its card with the step's resources."""

GROUP_OF = MappingProxyType({"addition": "about", "authors": "about", "aliases": "found_by"})
"""The fields of an entry that are nested in the file."""

LINK_KEYS = ("url", "original_url", "maker_url")
MOST_HINTS = 50  # looking for similar ids takes long in a file that is nothing but wrong ids


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource or companion as it is in the file."""

    path: Path
    values: Mapping[str, Any]
    companion: bool
    inside_addition: bool

    @property
    def slug(self) -> str:
        return name if isinstance(name := self.values.get("id"), str) else ""

    @property
    def addition(self) -> bool:
        return self.inside_addition or self._at("addition")[1] is True

    def texts(self, key: str) -> list[tuple[Path, str]]:
        """Return the texts under a key, each with its path."""
        path, value = self._at(key)
        if isinstance(value, str):
            return [(path, value.strip())]
        found = enumerate(value) if isinstance(value, list) else ()
        return [((*path, i), t.strip()) for i, t in found if isinstance(t, str)]

    def _at(self, key: str) -> tuple[Path, Any]:
        if (name := GROUP_OF.get(key)) is None:
            return (*self.path, key), self.values.get(key)
        group = self.values.get(name)
        return (*self.path, name, key), group.get(key) if isinstance(group, dict) else None


def rule_findings(tree: Tree) -> Iterator[Finding]:
    """Yield everything that breaks a rule, in no particular order."""
    sections = list(_blocks(tree.value, (), "sections"))
    steps = [step for path, section in sections for step in _blocks(section, path, "steps")]
    entries = list(_entries(tree.value))
    yield from _ids_given_twice(sections, "section")
    yield from _ids_given_twice(steps, "step")
    yield from _ids_given_twice([(entry.path, entry.values) for entry in entries], "resource")
    yield from _former_ids(entries)
    yield from _prerequisites(entries)
    yield from _cycles(entries)
    yield from _links(tree.value)
    yield from _shared_links(entries, tree)
    yield from _shared_names(entries)
    yield from _full_cards(entries, [*sections, *steps, ((), tree.value)])


def _blocks(values: Any, path: Path, key: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the mappings in the list under a key, each with its path."""
    found = values.get(key) if isinstance(values, dict) else None
    for position, block in enumerate(found if isinstance(found, list) else ()):
        if isinstance(block, dict):
            yield (*path, key, position), block


def _entries(top: Any) -> Iterator[Entry]:
    for section_path, section in _blocks(top, (), "sections"):
        for step_path, step in _blocks(section, section_path, "steps"):
            for path, resource in _blocks(step, step_path, "resources"):
                inside = any(each.get("addition") is True for each in (section, step))
                entry = Entry(path, resource, companion=False, inside_addition=inside)
                yield entry
                for below, companion in _blocks(resource, path, "companions"):
                    yield Entry(below, companion, companion=True, inside_addition=entry.addition)


def _ids_given_twice(
    blocks: Sequence[tuple[Path, Mapping[str, Any]]], noun: str
) -> Iterator[Finding]:
    seen: set[str] = set()
    for path, values in blocks:
        if isinstance(name := values.get("id"), str):
            if name in seen:
                what = f"another {noun} above has the id {name!r}"
                yield Finding((*path, "id"), what, "give each its own")
            seen.add(name)


def _former_ids(entries: list[Entry]) -> Iterator[Finding]:
    in_use = {entry.slug for entry in entries}
    seen: set[str] = set()
    for path, former in (each for entry in entries for each in entry.texts("formerly")):
        if former in in_use:
            what = f"the former id {former!r} is still in use"
            yield Finding(path, what, "leave it out, or rename the resource that has it")
        if former in seen:
            yield Finding(path, f"the former id {former!r} stands twice", "keep it in one place")
        seen.add(former)


def _prerequisites(entries: list[Entry]) -> Iterator[Finding]:
    by_slug = {entry.slug: entry for entry in entries}
    renamed = {old: entry.slug for entry in entries for _, old in entry.texts("formerly")}
    slugs, hints_left = [entry.slug for entry in entries if not entry.companion], MOST_HINTS
    for entry in entries:
        seen: set[str] = set()
        for path, needed in entry.texts("prerequisites"):
            if needed in seen:
                yield Finding(path, f"{needed!r} stands twice", "keep one of the two")
            seen.add(needed)
            if needed in by_slug:
                yield from _misplaced(path, entry, by_slug[needed])
            else:
                remedy = f"it is now called {renamed[needed]!r}" if needed in renamed else ""
                if not remedy and hints_left:
                    remedy, hints_left = closest(needed, slugs), hints_left - 1
                remedy = remedy or "write the id of a resource of this list"
                yield Finding(path, f"no resource has the id {needed!r}", remedy)


def _misplaced(path: Path, entry: Entry, needed: Entry) -> Iterator[Finding]:
    if needed.companion:
        what = f"waits for {needed.slug!r}, which is a companion"
        yield Finding(path, what, "companions are optional: name the resource it stands under")
    elif needed.addition and not entry.addition:
        what = f"is of the maker's list and waits for the addition {needed.slug!r}"
        yield Finding(path, what, "leave it out: the list can be read without additions")


def _cycles(entries: list[Entry]) -> Iterator[Finding]:
    """Find the resources that wait for each other, at least one loop in each tangle.

    What can be read is taken away until nothing more can. Whatever is left waits for something
    that is left, so following one prerequisite each must come back to where it was.
    """
    needs = {entry.slug: {text for _, text in entry.texts("prerequisites")} for entry in entries}
    left = _never_ready(needs)
    paths = {entry.slug: entry.path for entry in entries}
    onward = {slug: min(needs[slug] & left) for slug in left}
    seen: set[str] = set()
    for start in (entry.slug for entry in entries if entry.slug in left):
        walk: dict[str, None] = {}
        here = start
        while here not in seen:
            seen.add(here)
            walk[here] = None
            here = onward[here]
        if here in walk:
            loop = list(walk)[list(walk).index(here) :]
            what = f"waits for itself: {' -> '.join([*loop, here])}"
            yield Finding((*paths[here], "prerequisites"), what, "take one of these arrows out")


def _never_ready(needs: Mapping[str, set[str]]) -> set[str]:
    left = set(needs)
    sorter = TopologicalSorter({slug: needed & left for slug, needed in needs.items()})
    with suppress(CycleError):  # what stands in no circle is sorted all the same
        sorter.prepare()
    while ready := sorter.get_ready():
        left -= {*ready}
        sorter.done(*ready)
    return left


def _links(value: Any, path: Path = ()) -> Iterator[Finding]:
    """Look at every link of the file, those in tables too."""
    if isinstance(value, dict):
        for key, below in value.items():
            is_link = key in LINK_KEYS and isinstance(below, str) and below.strip()
            if is_link and not is_web_link(below.strip()):
                what = f"{below[:60]!r} is not a web link"
                yield Finding((*path, key), what, "write the whole address, with https:// in front")
            yield from _links(below, (*path, key))
    if isinstance(value, list):
        for position, below in enumerate(value):
            yield from _links(below, (*path, position))


def _shared_links(entries: list[Entry], tree: Tree) -> Iterator[Finding]:
    owners: dict[str, Entry] = {}
    for entry in entries:
        for path, link in (each for key in LINK_KEYS for each in entry.texts(key)):
            form = canonical(link) if is_web_link(link) else None
            if form is None:
                continue
            owner = owners.setdefault(form, entry)
            if owner is not entry:
                line = tree.positions[owner.path][0]
                what = f"the same link as {owner.slug!r} (line {line}): {form}"
                yield Finding(path, what, "keep one of the two, or link to another page")


def _shared_names(entries: list[Entry]) -> Iterator[Finding]:
    owners: dict[str, list[Entry]] = {}
    for entry in entries:
        for key in ("title", "label", "aliases"):
            for _, name in entry.texts(key):
                owners.setdefault(folded_name(name), []).append(entry)
    for entry in entries:
        seen: set[str] = set()
        for path, alias in entry.texts("aliases"):
            name = folded_name(alias)
            other = next((each for each in owners[name] if each is not entry), None)
            if other is not None:
                what = f"{alias!r} is also a name of {other.slug!r}"
                yield Finding(path, what, "keep it for the one that people mean")
            elif name in seen:
                yield Finding(path, f"{alias!r} stands twice", "keep one of the two")
            seen.add(name)


def folded_name(name: str) -> str:
    """Return a name as it is compared with others of its list."""
    return name.casefold().strip(" :")


def _full_cards(entries: list[Entry], introduced: Sequence[tuple[Path, Any]]) -> Iterator[Finding]:
    below: dict[Path, int] = {}
    for entry in reversed(entries):
        length = _card_length(entry)
        if entry.companion:
            below[entry.path[:-2]] = below.get(entry.path[:-2], 0) + length
        elif length + below.get(entry.path, 0) > LONGEST_CARD:
            what = f"has {length + below.get(entry.path, 0)} characters in all"
            yield Finding(entry.path, what, f"keep at most {LONGEST_CARD}, so that it fits a card")
    for path, values in introduced:
        texts = values.get("introduction") if isinstance(values, Mapping) else None
        texts = texts if isinstance(texts, list) else [texts]
        length = sum(len(text) for text in texts if isinstance(text, str))
        if length > LONGEST_INTRODUCTION:
            what, most = f"has {length} characters in all", LONGEST_INTRODUCTION
            remedy = f"keep at most {most}, so that it fits a card"
            yield Finding((*path, "introduction"), what, remedy)


def _card_length(entry: Entry) -> int:
    always = ("label", "title", "authors", "url", "remark")
    own = ("notes", "added_notes", "sentence", "companions_title")
    keys = always if entry.companion else always + own
    return sum(len(text) for key in keys for _, text in entry.texts(key))


def closest(word: str, words: Iterator[str] | list[str]) -> str:
    """Return ``did you mean 'x'?`` for the most similar word, "" if none is similar."""
    found = process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=65)
    return f"did you mean {found[0]!r}?" if found else ""


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
