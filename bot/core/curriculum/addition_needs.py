"""What waits for what once a server's wishes are laid over a list: never in a circle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core.curriculum import Resource

Why = Literal["loop", "nowhere", "companion", "list", "step", "link"]
"""Why a wish is set aside: it would close a loop; what it names is not there; nothing waits for a
companion; the list waits for no addition; the list's own stay in the list's own steps; the link
is another's by now."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A server's wish that can't be followed for now: ``what`` is a key, a step's id or a link."""

    key: str
    what: str
    why: Why


Wish = tuple[str, str]
"""What waits, and what for: keys."""


def fitted(
    resources: Mapping[str, Resource],
    companions: Collection[str],
    dropped: Collection[Wish],
    wishes: Iterable[Wish],
    removed: Collection[str],
) -> tuple[dict[str, tuple[str, ...]], list[SetAside]]:
    """Return each visible resource's prerequisites, and the wishes that are set aside.

    The list's own come first, then the wishes as long as no circle closes. What is removed is
    left out at the end: whoever waited for it waits for what it waited for, so that a removed
    resource neither blocks nor lets skip what came before it.
    """
    needs = {
        key: [each for each in r.prerequisites if each in resources and (key, each) not in dropped]
        for key, r in resources.items()
    }
    aside = []
    for key, before in needs.items():
        if not resources[key].addition:  # what a server moved into the list may need more
            kept = [each for each in before if not resources[each].addition]
            aside += [SetAside(key, each, "list") for each in before if each not in kept]
            needs[key] = kept
    for key, needed in wishes:
        why = _objection(resources, companions, needs, key, needed)
        if why is not None:
            aside.append(SetAside(key, needed, why))
        elif needed not in needs[key]:
            needs[key].append(needed)
    gone = frozenset(removed)
    return {key: _standing(needs, key, gone) for key in needs if key not in gone}, aside


def _objection(
    resources: Mapping[str, Resource],
    companions: Collection[str],
    needs: Mapping[str, list[str]],
    key: str,
    needed: str,
) -> Why | None:
    if needed in companions or key in companions:
        return "companion"
    if needed not in resources:
        return "nowhere"
    if resources[needed].addition and not resources[key].addition:
        return "list"
    return "loop" if _waits_for(needs, needed, key) else None


def _waits_for(needs: Mapping[str, list[str]], key: str, target: str) -> bool:
    """Tell whether a resource waits for another, through any number of others; or is it."""
    seen = {key}
    open_ = [key]
    while open_:
        here = open_.pop()
        if here == target:
            return True
        fresh = [each for each in needs[here] if each not in seen]
        seen.update(fresh)
        open_ += fresh
    return False


def _standing(needs: Mapping[str, list[str]], key: str, gone: frozenset[str]) -> tuple[str, ...]:
    """Return what a resource waits for, each removed one replaced by what that one waited for."""
    found: dict[str, None] = {}
    passed: set[str] = set()
    open_ = list(reversed(needs[key]))
    while open_:
        each = open_.pop()
        if each not in gone:
            found[each] = None
        elif each not in passed:
            passed.add(each)
            open_ += reversed(needs[each])
    return tuple(found)
