"""An event loop whose time is virtual, and whose order of what is ready comes from a seed."""

import asyncio
import itertools
import selectors
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


class _NothingButTime(selectors.BaseSelector):
    """Waits for time alone, which passes at once."""

    def __init__(self) -> None:
        self.now = 0.0
        self._looks = 0
        self._keys: dict[int, selectors.SelectorKey] = {}

    def register(self, fileobj, events, data=None):
        self._keys[fileobj] = selectors.SelectorKey(fileobj, fileobj, events, data)
        return self._keys[fileobj]

    def unregister(self, fileobj):
        return self._keys.pop(fileobj)

    def select(self, timeout=None):
        if timeout is None:
            raise StandstillError("nothing is left to happen")
        self._looks = 0 if timeout > 0 else self._looks + 1
        if self._looks > MANY:
            raise StandstillError("something spins")
        self.now += max(timeout, 0.0)
        return []

    def get_map(self):
        return self._keys


class Loop(asyncio.SelectorEventLoop):
    """Runs what is ready in an order of its own; sleeps cost nothing."""

    def __init__(self, chance: Random) -> None:
        self._waits = _NothingButTime()
        super().__init__(self._waits)
        self._clock_resolution = 1e-6  # asyncio's own is lost after some months of seconds
        self._chance = chance
        self._pool: list[asyncio.Handle] = []
        self._numbers = itertools.count(1)
        self.set_task_factory(self._task)

    def time(self) -> float:
        return self._waits.now

    def call_soon(self, callback, *args, context=None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._pool.append(handle)
        super().call_soon(self._any)
        return handle

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

    def _any(self) -> None:
        """Run any of what is ready."""
        pool = self._pool
        at = int(self._chance.random() * len(pool))
        pool[at], pool[-1] = pool[-1], pool[at]
        handle = pool.pop()
        if not handle.cancelled():
            handle._run()  # noqa: SLF001 - there is no public way to run a handle

    def _task(self, loop, coro, **more) -> Task:
        task = Task(coro, loop=loop, **more)
        task.number = next(self._numbers)
        if (owner := OWNER.get()) is not None:
            task.owner = owner
            owner.own(task)
        return task
