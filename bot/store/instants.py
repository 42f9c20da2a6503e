"""Instants and ids as the database keeps them: whole seconds UTC, and 63 bits in their order."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random, SystemRandom


def seconds(at: datetime) -> int:
    """Return an aware instant in whole seconds since 1970."""
    return int(at.timestamp())


def instant(at: int) -> datetime:
    """Return the aware instant that many seconds after 1970 began."""
    return datetime.fromtimestamp(at, UTC)


def instant_or_none(at: int | None) -> datetime | None:
    """Return ``instant(at)``, or None for None."""
    return None if at is None else instant(at)


Clock = Callable[[], datetime]

CHANCE: Random = SystemRandom()
"""Where random numbers come from, unless another source is handed in."""

RANDOM_BITS = 22
"""Keeps processes apart that make an id in the same millisecond."""

EPOCH = 1_420_070_400_000
"""2015 began, in milliseconds since 1970; Discord's ids count from it too.

From then on, 41 bits of time last until 2084.
"""


class Ids:
    """Makes ids: milliseconds since 2015, then random bits; always greater than the last one."""

    def __init__(self, clock: Clock, chance: Random = CHANCE) -> None:
        self._clock = clock
        self._chance = chance
        self._last = 0

    def new(self, after: int = 0) -> int:
        """Return an id that was never given before, greater than ``after`` whatever the clock."""
        # Before 2015, by a clock that nobody has set yet, all are of its first millisecond.
        milliseconds = max(0, int(self._clock().timestamp() * 1000) - EPOCH)
        made, past = milliseconds << RANDOM_BITS, max(self._last, after)
        made |= self._chance.getrandbits(RANDOM_BITS)
        if made <= past:
            # Not by one: after its clock is set back, another process may count on from there too.
            made = past + 1 + self._chance.getrandbits(RANDOM_BITS)
        self._last = made
        return made


def made_at(id_: int) -> datetime:
    """Return when an id was made, one of ours or of Discord's: by its maker's clock."""
    return datetime.fromtimestamp(((id_ >> RANDOM_BITS) + EPOCH) / 1000, UTC)
