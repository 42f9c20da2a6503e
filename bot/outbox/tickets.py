"""Holds all processes on one database to the rate at which Discord takes messages."""

import asyncio
import logging
from collections import deque

from bot.core.outbox import LENIENCE, SECOND, take_tickets
from bot.store import upkeep
from bot.store.database import Database
from bot.store.instants import Clock

log = logging.getLogger(__name__)

A_WHILE = 0.2
"""Seconds between two looks whether anybody still waits for a ticket."""

PATIENCE = 2.0
"""Seconds to wait for the row; no process holds it for a hundredth of that."""


class ClosedError(Exception):
    """The bot is stopping; messages without a ticket are sent after the next start."""


class Tickets:
    """Tickets of this process, taken in batches from the row that all processes share.

    They are kept by the event loop's own time: nobody sets that back.
    """

    def __init__(
        self, db: Database, clock: Clock, rate: int, *, patience: float = PATIENCE
    ) -> None:
        self.rate = rate
        self._db = db
        self._clock = clock
        self._patience = patience
        self._free_at = 0
        self._kept: deque[float] = deque()
        self._queue = asyncio.Lock()
        self._waiting = 0
        self._left_at: deque[float] = deque(maxlen=rate)
        self._door = asyncio.Lock()
        self._is_closed = False
        self._spare = asyncio.Lock()

    async def ticket(self, wanted: int = 1) -> float:
        """Wait until one more message may be sent, after everyone who asked before.

        ``wanted``: how many there are to send, this one included. Returned is what to give back.

        Raises:
            ClosedError: nothing more may leave.
        """
        self._waiting += 1
        try:
            async with self._queue:
                self._forget_old()
                if not self._kept:
                    self._kept.extend(await self._take(wanted))
                at = self._kept.popleft()
            await asyncio.sleep(at - _time())
        finally:
            self._waiting -= 1
        if self._is_closed:
            raise ClosedError
        return at

    def close(self) -> None:
        """Let nothing more leave: nobody who waits or asks from now on gets a ticket."""
        self._is_closed = True

    async def spare(self) -> None:
        """Wait for a request that can wait, while anybody wants to send: it counts as well."""
        async with self._spare:
            self._forget_old()
            while self._waiting or self._kept:
                await asyncio.sleep(A_WHILE)
                self._forget_old()
            await self.ticket()

    def give_back(self, ticket: float) -> None:
        """Give an unused ticket to the next one who asks."""
        self._kept.appendleft(ticket)

    async def leave(self) -> None:
        """Wait, just before sending, where a stall has bunched what had its tickets in time."""
        async with self._door:
            if len(self._left_at) == self.rate:
                await asyncio.sleep(self._left_at[0] + 1 - _time())
            self._left_at.append(_time())

    def _forget_old(self) -> None:
        while self._kept and self._kept[0] < _time() - LENIENCE / SECOND:
            self._kept.popleft()

    async def _take(self, wanted: int) -> list[float]:
        try:
            async with asyncio.timeout(self._patience), self._db.transaction() as tx:
                free_at = await upkeep.take_next_ticket_at(tx)
                now, time = self._now()
                batch = take_tickets(free_at, now, self.rate, wanted)
                await upkeep.set_next_ticket_at(tx, batch.stop)
        except TimeoutError:
            # Whoever has the row stalls, and PostgreSQL may never take it from them. No week is
            # lost over that: this process goes on at the rate, as if it were alone.
            if self._db.is_well:  # else it is away, and that is in the log
                log.warning("another process keeps the tickets: going on without it")
            now, time = self._now()
            batch = take_tickets(self._free_at, now, self.rate, wanted)
        self._free_at = batch.stop
        return [time + (at - now) / SECOND for at in batch]

    def _now(self) -> tuple[int, float]:
        return int(self._clock().timestamp() * SECOND), _time()


def _time() -> float:
    return asyncio.get_running_loop().time()
