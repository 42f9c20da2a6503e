"""An event loop whose time is virtual, and whose order of what is ready comes from a seed."""

import asyncio
import heapq
import itertools
from contextvars import ContextVar
from random import Random
from typing import Any

OWNER: ContextVar[Any] = ContextVar("OWNER", default=None)
"""Whose tasks are made now: what is made within them is theirs too."""

MANY = 300_000
"""Rounds without a moment passing after which something spins."""


class StandstillError(Exception):
    """Nothing is ready, and nothing ever will be; or nothing ever stops being ready."""


class Task(asyncio.Task):
    """A task with a number: sets of tasks are gone through in the order of the history."""

    number = 0
    owner: Any = None

    def __hash__(self) -> int:
        return self.number


class Loop(asyncio.BaseEventLoop):
    """Runs what is ready in an order of its own. Time passes when nothing is; sleeps cost none."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._chance = chance
        self._now = 0.0
        self._rounds = 0
        self._pool: list[asyncio.Handle] = []
        self._numbers = itertools.count(1)
        self.set_task_factory(self._task)

    def time(self) -> float:
        return self._now

    def call_soon(self, callback, *args, context=None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._pool.append(handle)
        return handle

    call_soon_threadsafe = call_soon  # there is one thread

    def _run_once(self) -> None:
        """Run any of what is ready, as asyncio's own loops run all of it."""
        pool, timers = self._pool, self._scheduled
        self._rounds += 1
        while timers and timers[0].cancelled():
            heapq.heappop(timers)
        if not pool:
            if not timers:
                raise StandstillError("nothing is left to happen")
            if (at := timers[0].when()) > self._now:
                self._now, self._rounds = at, 0
        elif self._rounds > MANY:
            raise StandstillError("something spins")
        while timers and timers[0].when() <= self._now:
            pool.append(heapq.heappop(timers))
        at = int(self._chance.random() * len(pool))
        pool[at], pool[-1] = pool[-1], pool[at]
        handle = pool.pop()
        if not handle.cancelled():
            handle._run()  # noqa: SLF001 - there is no public way to run a handle

    def _timer_handle_cancelled(self, handle) -> None:
        """It is left where it is until its time comes."""

    def call_at(self, when, callback, *args, context=None) -> asyncio.TimerHandle:
        """Call it then, or once its owner thaws: a machine that stands still runs no timer.

        One that was suspended even has to wait for the rest: its timers stood still, too.
        """
        owner = OWNER.get() if context is None else context.get(OWNER)
        if owner is None:
            return super().call_at(when, callback, *args, context=context)

        def due() -> None:
            if handle.cancelled():
                return
            if (at := owner.frozen_until) > self.time():
                left = self.time() - owner.frozen_at if owner.is_suspended else 0.0
                later = left + self._chance.random() / 1000
                super(Loop, self).call_at(at + later, due, context=context)
            else:
                callback(*args)

        handle = super().call_at(when, due, context=context)
        return handle

    def _task(self, loop, coro, **more) -> Task:
        task = Task(coro, loop=loop, **more)
        task.number = next(self._numbers)
        if (owner := OWNER.get()) is not None:
            task.owner = owner
            owner.own(task)
        return task
