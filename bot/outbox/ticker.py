"""The weekly task: a ticker. All truth is in the ledger, so a missed tick loses nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.core.groups import BETWEEN_LOOKS
from bot.core.weeks import CLOCKS_APART
from bot.errors import LedgerError
from bot.outbox.discord import Discord
from bot.outbox.engine import Engine
from bot.outbox.questions import Members, Polls, Servers
from bot.outbox.tickets import Tickets
from bot.services.opening import Services
from bot.services.weeks import AT_ONCE

log = logging.getLogger(__name__)

A_SECOND, A_MINUTE, AN_HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


class Beside:
    """Work of one kind that the ticker starts and never waits for; one at a time.

    ``work`` tells whether there was anything to do: only then, or if it fails, is ``done`` called.
    """

    def __init__(self, work: Callable[[], Awaitable[bool]], done: Callable[[], None]) -> None:
        self._work = work
        self._done = done
        self._task: asyncio.Task[None] | None = None
        self._rests_until = 0.0  # by the event loop's own time: nobody sets that back

    def start(self) -> None:
        """Begin, unless it is still under way, or failed within the last minute."""
        is_running = self._task is not None and not self._task.done()
        if not is_running and asyncio.get_running_loop().time() >= self._rests_until:
            self._task = asyncio.create_task(self._guarded())

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def end(self) -> None:
        """Wait until what is under way is done."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _guarded(self) -> None:
        was_due = True
        try:
            was_due = await self._work()
        except Exception:
            log.exception("the weekly task failed at %s", self._work.__name__)
            self._rests_until = asyncio.get_running_loop().time() + A_MINUTE.total_seconds()
        if was_due:
            self._done()


class Ticker:
    """Does on time all that the bot does unasked, and at once what somebody waits for.

    What hangs delays nothing else. It sleeps by the event loop's own time, which nobody sets back;
    ``nap`` is the longest sleep between two looks at the clock.
    """

    def __init__(
        self,
        services: Services,
        discord: Discord,
        tickets: Tickets,
        engine: Engine,
        nap: timedelta,
    ) -> None:
        self.servers = Servers(discord, services, tickets, self, engine.forget_old)
        self._polls = Polls(discord, services, tickets)
        self._members = Members(discord, services, tickets)
        self.now, self.result = engine.deliver_due, self._polls.look_at
        self._services = services
        self._weeks = services.weeks
        self._clock = services.clock
        self._tickets = tickets
        self._nap = nap
        self._seen_at = self._rests_until = self._clock()
        self.due_at = self._members_at = self._servers_at = self._seen_at
        self._is_stopping = self._is_asked = False
        self._running: asyncio.Task[None] | None = None
        self._sleeping: asyncio.Task[None] | None = None
        self._leaving = Beside(self._let_leave, self._wake)
        self._hourly = [
            Beside(work, self._wake) for work in (self._look_after_servers, self._back_up)
        ]
        self._beside = [
            Beside(work, self._wake)
            for work in (
                self._polls.look_at_due,
                self._look_at_readers,
                self._check_members,
                services.lookups.run_due,
                services.inboxes.plan_words,
                services.link_checks.run_due,
            )
        ]

    def start(self) -> None:
        """Begin; after any time away from Discord, ask which servers are no longer there."""
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        self._servers_at = self._clock()
        self.look_again()

    async def stop(self) -> None:
        """Let letters under way leave, and no other."""
        self._tickets.close()
        self._is_stopping = True
        for each in (*self._hourly, *self._beside):
            each.cancel()
        self._wake()
        try:
            if self._running is not None:
                await asyncio.wait([self._running])
            await self._leaving.end()
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Do nothing more."""
        for task in (self._running, self._sleeping):
            if task is not None:
                task.cancel()
        for each in (self._leaving, *self._hourly, *self._beside):
            each.cancel()

    def look_again(self) -> None:
        """Wake if a change makes something due earlier: somebody waits for it."""
        self._rests_until = self._clock()
        self._wake()

    def _wake(self) -> None:
        self._is_asked = True
        if self._sleeping is not None:
            self._sleeping.cancel()

    async def _run(self) -> None:
        while not self._is_stopping:
            self._is_asked = False
            try:
                await self._turn()
            except Exception:
                log.exception("the weekly task failed")
                self.due_at = self._clock() + A_MINUTE
            if not self._is_asked:
                wait = min(self._nap, self.due_at - self._clock()).total_seconds()
                self._sleeping = asyncio.create_task(asyncio.sleep(wait))
                await asyncio.wait([self._sleeping])

    async def _turn(self) -> None:
        """Do what is due, and look when something is due again; rest for a second in between."""
        now = self._clock()
        if self._seen_at - now > CLOCKS_APART:
            await self._put_back(now)
        self._seen_at = now
        if now >= self._servers_at:
            self._servers_at = now + AN_HOUR
            for each in self._hourly:
                each.start()
        if now >= self.due_at:
            self._rests_until = now + A_SECOND
            await self._work()
        self.due_at = max(await self._weeks.next_due(self._members_at), self._rests_until)

    async def _put_back(self, now: datetime) -> None:
        """Go on after the clock was put back: what was planned before lies too far ahead."""
        try:
            await self._services.clock_repair.put_right()
        except LedgerError:
            raise  # tried again in a minute: without the ledger there is nothing else to do
        except Exception:
            log.exception("what the clock left can't be put right before the next start")
        log.warning("the clock was put back by %s", self._seen_at - now)
        self.due_at = self._members_at = self._servers_at = self._rests_until = now

    async def _work(self) -> None:
        """Give each group its paper when its slot has come; send and do the rest at the same time.

        The first papers leave while other groups are still given theirs.
        """
        for each in self._beside:
            each.start()
        while await self._weeks.open_due() == AT_ONCE:
            self._leaving.start()
        self._leaving.start()

    async def _let_leave(self) -> bool:
        await self.now()
        return True

    async def _look_at_readers(self) -> bool:
        was_due = False
        while await self._services.reminders.look_at_due():
            self._leaving.start()
            was_due = True
        return was_due

    async def _check_members(self) -> bool:
        """Check some members at most once a minute, however much else there is to do."""
        is_time = self._clock() >= self._members_at
        if is_time:
            self._members_at = self._clock() + BETWEEN_LOOKS
            await self._members.check_due()
        return is_time

    async def _look_after_servers(self) -> bool:
        await self.servers.look_after()
        return False

    async def _back_up(self) -> bool:
        await self._services.back_up()
        return False
