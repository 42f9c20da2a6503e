"""What differs between two versions of a list, and whether anybody would lose progress by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from bot.core.curriculum import Curriculum, Resource
from bot.core.curriculum.links import canonical

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
