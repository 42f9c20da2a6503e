"""How many readers did something: a number that points to none of them."""

from __future__ import annotations

COUNTS_FROM = 3
"""So many readers at least stand behind a number: of fewer, each is soon guessed."""


def shown_count(readers: int) -> int | None:
    """Return the number of readers as others may see it; None: they see none, not even a zero."""
    return readers if readers >= COUNTS_FROM else None


def may_name(people: int, named: int) -> bool:
    """Tell whether names may stand beside a number: what is left counts the others alone."""
    others = people - named
    return others == 0 or others >= COUNTS_FROM
