"""What differs between two versions of a list, and whether anybody would lose progress by it."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.links import canonical


@dataclass(frozen=True, slots=True)
class Pair:
    """One resource before and after."""

    old: Resource
    new: Resource


@dataclass(frozen=True, slots=True)
class Differences:
    """Each in the new list's order; ``removed`` and ``vanished`` in the old one's.

    ``removed``: progress is kept and shown as no longer listed.
    ``relinked``: the key is kept but means another page now, a mistake more often than not.
    ``vanished``: the page is still there under a new key: without ``formerly`` its readers would
    have to read it again.
    ``forgotten``: former keys that the old list remembered and the new one does not.
    """

    added: tuple[Resource, ...]
    renamed: tuple[Pair, ...]
    moved: tuple[Pair, ...]
    retitled: tuple[Pair, ...]
    removed: tuple[Resource, ...]
    relinked: tuple[Pair, ...]
    vanished: tuple[Pair, ...]
    forgotten: tuple[tuple[str, Resource], ...]
    other_id: bool

    @property
    def keeps_progress(self) -> bool:
        """Tell whether the new list may replace the old one as it is."""
        return not (self.relinked or self.vanished or self.forgotten or self.other_id)


def compare(old: Curriculum, new: Curriculum) -> Differences:
    """Compare a list with the one it replaces; companions count like any resource."""
    kept = _kept(old, new)
    vanished = tuple(_vanished(old, new))
    explained = {pair.new.key for pair in (*kept, *vanished)}
    gone = {pair.old.key for pair in (*kept, *vanished)}
    return Differences(
        added=tuple(r for r in new.by_key.values() if r.key not in explained),
        renamed=tuple(pair for pair in kept if pair.old.key != pair.new.key),
        moved=tuple(pair for pair in kept if _is_moved(pair, new)),
        retitled=tuple(pair for pair in kept if pair.old.title != pair.new.title),
        removed=tuple(r for r in old.by_key.values() if r.key not in gone),
        relinked=tuple(pair for pair in kept if _is_relinked(pair)),
        vanished=vanished,
        forgotten=tuple(_forgotten(old, new)),
        other_id=old.id != new.id,
    )


def _kept(old: Curriculum, new: Curriculum) -> list[Pair]:
    places = {key: place for place, key in enumerate(new.by_key)}
    both = ((resource, new.get(resource.key)) for resource in old.by_key.values())
    pairs = [Pair(before, after) for before, after in both if after is not None]
    return sorted(pairs, key=lambda pair: places[pair.new.key])


def _vanished(old: Curriculum, new: Curriculum) -> Iterator[Pair]:
    by_page = {page: each for each in new.by_key.values() for page in _pages(each)}
    for resource in old.by_key.values():
        if new.get(resource.key) is None:
            heirs = [by_page[page] for page in sorted(_pages(resource)) if page in by_page]
            yield from (Pair(resource, heir) for heir in heirs[:1])


def _forgotten(old: Curriculum, new: Curriculum) -> Iterator[tuple[str, Resource]]:
    for former, present in old.present_keys.items():
        resource = new.get(present)
        if resource is not None and new.get(former) is not resource:
            yield former, resource


def _is_moved(pair: Pair, new: Curriculum) -> bool:
    parent = new.get(pair.old.parent) if pair.old.parent else None
    stood = (pair.old.step_id, parent and parent.key)
    return stood != (pair.new.step_id, pair.new.parent)


def _is_relinked(pair: Pair) -> bool:
    # Under a new key another page is meant to be the same thing: a newer edition, say.
    is_same_key = pair.old.key == pair.new.key
    return is_same_key and not _pages(pair.old) & _pages(pair.new)


def _pages(resource: Resource) -> set[str]:
    return {page for url in resource.urls if (page := canonical(url))}
