"""What differs between two versions of a list, and whether anybody would lose progress by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.links import canonical


@dataclass(frozen=True, slots=True)
class Change:
    """One resource before and after."""

    old: Resource
    new: Resource


@dataclass(frozen=True, slots=True)
class Changes:
    """Each in the new list's order; ``removed`` and ``vanished`` in the old one's.

    ``removed``: progress is kept and shown as no longer listed.
    ``relinked``: the key is kept but means another page now, a mistake more often than not.
    ``vanished``: the page is still there under a new key: without ``formerly`` its readers would
    have to read it again.
    ``forgotten``: former keys that the old list remembered and the new one does not.
    """

    added: tuple[Resource, ...]
    renamed: tuple[Change, ...]
    moved: tuple[Change, ...]
    retitled: tuple[Change, ...]
    removed: tuple[Resource, ...]
    relinked: tuple[Change, ...]
    vanished: tuple[Change, ...]
    forgotten: tuple[tuple[str, Resource], ...]
    other_id: bool

    @property
    def keeps_progress(self) -> bool:
        """Tell whether the new list may replace the old one as it is."""
        return not (self.relinked or self.vanished or self.forgotten or self.other_id)


def compare(old: Curriculum, new: Curriculum) -> Changes:
    """Compare a list with the one it shall replace; companions count like any resource."""
    kept = _kept(old, new)
    vanished = tuple(_vanished(old, new))
    explained = {change.new.key for change in (*kept, *vanished)}
    gone = {change.old.key for change in (*kept, *vanished)}
    return Changes(
        added=tuple(r for r in new.by_key.values() if r.key not in explained),
        renamed=tuple(change for change in kept if change.old.key != change.new.key),
        moved=tuple(change for change in kept if _is_moved(change, new)),
        retitled=tuple(change for change in kept if change.old.title != change.new.title),
        removed=tuple(r for r in old.by_key.values() if r.key not in gone),
        relinked=tuple(change for change in kept if _is_relinked(change)),
        vanished=vanished,
        forgotten=tuple(_forgotten(old, new)),
        other_id=old.id != new.id,
    )


def _kept(old: Curriculum, new: Curriculum) -> list[Change]:
    places = {key: place for place, key in enumerate(new.by_key)}
    both = ((resource, new.get(resource.key)) for resource in old.by_key.values())
    changes = [Change(before, after) for before, after in both if after is not None]
    return sorted(changes, key=lambda change: places[change.new.key])


def _vanished(old: Curriculum, new: Curriculum) -> Iterator[Change]:
    by_page = _by_page(new)
    for resource in old.by_key.values():
        if new.get(resource.key) is None:
            heirs = [by_page[page] for page in sorted(_pages(resource)) if page in by_page]
            yield from (Change(resource, heir) for heir in heirs[:1])


def _forgotten(old: Curriculum, new: Curriculum) -> Iterator[tuple[str, Resource]]:
    for former, present in old.present_keys.items():
        resource = new.get(present)
        if resource is not None and new.get(former) is not resource:
            yield former, resource


def _is_moved(change: Change, new: Curriculum) -> bool:
    parent = new.get(change.old.parent) if change.old.parent else None
    stood = (change.old.step_id, parent and parent.key)
    return stood != (change.new.step_id, change.new.parent)


def _is_relinked(change: Change) -> bool:
    # Under a new key another page is meant to be the same thing: a newer edition, say.
    is_same_key = change.old.key == change.new.key
    return is_same_key and not _pages(change.old) & _pages(change.new)


def _by_page(curriculum: Curriculum) -> Mapping[str, Resource]:
    return {page: each for each in curriculum.by_key.values() for page in _pages(each)}


def _pages(resource: Resource) -> set[str]:
    return {page for url in resource.urls if (page := canonical(url))}
