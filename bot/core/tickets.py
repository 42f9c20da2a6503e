"""Who may send when: tickets, each for one message, so far apart that no second has too many."""

from __future__ import annotations

from dataclasses import dataclass

SECOND = 1_000_000
"""Instants and durations here are whole microseconds."""

SEND_RATE = 45
"""Messages a second. Discord takes 50 requests a second from a bot, whatever they are."""

LENIENCE = SECOND // 10
"""So long after its instant a ticket is still good: a tenth more in a second, at the worst."""

FAR_AHEAD = 30 * SECOND
"""Nobody takes tickets for so late: the clock was set back, or was wrong when they were taken."""


@dataclass(frozen=True, slots=True)
class Batch:
    """``count`` tickets, the first for ``first``, each ``apart`` after the one before."""

    first: int
    apart: int
    count: int

    @property
    def instants(self) -> list[int]:
        """From when on each ticket is good."""
        return [self.first + n * self.apart for n in range(self.count)]

    @property
    def free_at(self) -> int:
        """From when on the next ticket, whoever takes it, is good."""
        return self.first + self.count * self.apart


def take(free_at: int, now: int, rate: int, wanted: int) -> Batch:
    """Return the next tickets: as many as are wanted, but for a fifth of a second at most.

    ``free_at``: the same of the batch before. Of any second's instants there are ``rate`` at most.
    Whoever dies over a batch costs the others no more than that fifth. Time that nobody used is
    lost, but for half of the lenience: asking for tickets takes a while too.
    """
    apart = -(-SECOND // rate)  # rounded up
    first = max(free_at, now - LENIENCE // 2)
    if free_at > now + FAR_AHEAD:
        first = now
    return Batch(first, apart, max(1, min(wanted, rate // 5)))
