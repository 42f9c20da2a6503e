"""How much one person may ask of the bot: who floods it slows nobody else down."""

from dataclasses import dataclass, field

MOST_KNOWN = 10_000
"""Persons of whom it is kept how much they asked; of more, those who asked last."""


class Limit:
    """So much at once, then one more each ``every`` seconds; a person's, in whatever server.

    Of each person one instant is kept: when they may ask as much at once as ever.
    """

    def __init__(self, at_once: int, every: float) -> None:
        self._leeway, self._every = (at_once - 1) * every, every
        self._rested_at: dict[int, float] = {}

    def wait(self, who: int, now: float) -> float:
        """Count what somebody asks and return 0, or count nothing and return the seconds to wait.

        ``now`` is by a clock that nobody sets.
        """
        rested_at = max(now, self._rested_at.pop(who, now))
        wait = max(0.0, rested_at - self._leeway - now)
        self._rested_at[who] = rested_at if wait else rested_at + self._every
        if len(self._rested_at) > MOST_KNOWN:
            del self._rested_at[next(iter(self._rested_at))]  # who asked longest ago
        return wait


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person may do. ``asked``: commands and clicks; ``typed``: letters of a name.

    Fingers tap three times a second for a while, and once a second for long; they type ten letters
    a second, and Discord asks for choices at most at each.
    """

    asked: Limit = field(default_factory=lambda: Limit(20, 1.0))
    typed: Limit = field(default_factory=lambda: Limit(60, 0.2))
