"""Makes the history of a broken promise short: leaves out what isn't needed to break it."""

import time
from collections.abc import Sequence
from math import inf

from tests.simulation.script import Event
from tests.simulation.world import Outcome, World

LAST_LINES = 40


def shrunk(
    found: Outcome, *, within: float = inf, attempts: float = inf, **settings
) -> tuple[Sequence[Event], Outcome]:
    """Return the fewest events that still break that promise, and what comes of them alone.

    That is ``found`` itself if no attempt broke it again. ``within``: seconds to try;
    ``settings``: as the world had them.
    """
    until = time.monotonic() + within
    kept, heals = found.befell, found.healed

    def still_broken(some: Sequence[Event]) -> Outcome | None:
        outcome = World(found.seed, script=some, heals=heals, **settings).run()
        is_same = outcome.broken and outcome.broken.promise == found.broken.promise
        return outcome if is_same else None

    size = len(kept) // 2
    while size >= 1:
        first = 0
        while first < len(kept):
            attempts -= 1
            if attempts < 0 or time.monotonic() > until:
                return kept, found
            fewer = [*kept[:first], *kept[first + size :]]
            if (outcome := still_broken(fewer)) is not None:
                kept, found = fewer, outcome
            else:
                first += size
        size //= 2
    return kept, found


def in_words(kept: Sequence[Event], outcome: Outcome) -> str:
    """Return what happened, how to make it happen again, and the entry of found.py to keep it."""
    numbers = ",".join(str(event.number) for event in kept) or "none"
    again = f"again: python -m tests.simulation --seed {outcome.seed} --only {numbers}"
    line = f"for found.py: ({outcome.seed}, {tuple(kept)!r}),"
    return "\n".join([*outcome.history[-LAST_LINES:], "", str(outcome.broken), again, line])
