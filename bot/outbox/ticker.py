"""The weekly task: a ticker. All truth is in the ledger, so a missed tick loses nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import discord
from discord.ext import commands, tasks

from bot.core.groups import BETWEEN_LOOKS
from bot.core.weeks import CLOCKS_APART
from bot.errors import LedgerError
from bot.outbox.tickets import Tickets
from bot.services.delivery import Deliver
from bot.services.opening import Services
from bot.services.weekly import AT_ONCE

log = logging.getLogger(__name__)

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
NEVER = datetime.max.replace(tzinfo=UTC)


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


class Unasked(Deliver, Protocol):
    """All that the bot asks of Discord, or tells it, of its own accord."""

    async def look_at_polls(self) -> bool:
        """Look at the polls that are due; tell whether there were any."""

    async def check_members(self) -> None:
        """Ask whether the members whose turn it is are still in their servers."""

    async def look_after_servers(self) -> None:
        """Ask about servers that may be gone, and forget what has expired."""


class WeeklyCog(commands.Cog, name="weekly"):
    """Gives groups their papers. All else goes on beside, so that nothing that hangs delays one.

    ``nap`` is the longest sleep between two looks at the clock.
    """

    def __init__(
        self,
        bot: commands.AutoShardedBot,
        services: Services,
        tickets: Tickets,
        unasked: Unasked,
        nap: timedelta,
    ) -> None:
        self.bot = bot
        self.services = services
        self.tickets = tickets
        self.weekly = services.weekly
        self.unasked = unasked
        self.nap = nap
        self.seen_at = self.due_at = self.members_at = self.servers_at = discord.utils.utcnow()
        self._at_work = asyncio.Lock()
        self._leaving = Beside(self._let_leave, unasked.look_again)
        self._servers = Beside(self._look_after_servers, unasked.look_again)
        self._beside = [
            Beside(work, unasked.look_again)
            for work in (unasked.look_at_polls, self._open_nudges, self._check_members)
        ]

    async def cog_load(self) -> None:
        self.tick.start()

    async def cog_unload(self) -> None:
        self.tick.cancel()
        for each in (self._leaving, self._servers, *self._beside):
            each.cancel()

    @tasks.loop(seconds=1)
    async def tick(self) -> None:
        """Work if anything is due; then sleep until something is. The ledger is left alone."""
        now = discord.utils.utcnow()
        if self.seen_at - now > CLOCKS_APART:
            await self._put_back(now)
            return
        self.seen_at = now
        if now >= self.due_at:
            async with self._at_work:
                await self._work()
        if now >= self.servers_at:
            self.servers_at = now + AN_HOUR
            self._servers.start()
        self._sleep()

    async def _put_back(self, now: datetime) -> None:
        """Go on after the clock was put back: what was planned before lies too far ahead.

        The loop begins anew, for it would sleep until the clock shows what it showed before.
        """
        try:
            await self.services.clock_repair.put_right()
        except LedgerError:
            await asyncio.sleep(1)  # and again: without the ledger there is nothing else to do
            self.tick.restart()
            return
        except Exception:
            log.exception("what the clock left can't be put right before the next start")
        log.warning("the clock was put back by %s", self.seen_at - now)
        self.seen_at = self.due_at = self.members_at = self.servers_at = now
        self.tick.restart()

    async def _work(self) -> None:
        """Give each group its paper when its slot has come; send and do the rest at the same time.

        The first papers leave while other groups are still given theirs.
        """
        try:
            for each in self._beside:
                each.start()
            while await self.weekly.open_due() == AT_ONCE:
                self._leaving.start()
            self._leaving.start()
            self.due_at = NEVER  # what changes meanwhile may be due earlier than what is read here
            next_at = await self.weekly.next_due()
            self.due_at = min(self.due_at, next_at)
        except Exception:
            # An exception would end the loop for good; the next minute may be better.
            log.exception("the weekly task failed")
            self.due_at = discord.utils.utcnow() + A_MINUTE

    @commands.Cog.listener()
    async def on_stopping(self) -> None:
        """Let letters under way leave, and no other. The stop waits for listeners like this one."""
        self.tickets.close()
        self.tick.stop()
        for each in (self._servers, *self._beside):
            each.cancel()
        async with self._at_work:
            self.tick.cancel()
        await self._leaving.end()

    async def _let_leave(self) -> bool:
        await self.unasked.now()
        return True

    async def _open_nudges(self) -> bool:
        was_due = False
        while await self.services.reminders.open_nudges():
            self._leaving.start()
            was_due = True
        return was_due

    async def _check_members(self) -> bool:
        """Check some members at most once a minute, however much else there is to do."""
        is_time = discord.utils.utcnow() >= self.members_at
        if is_time:
            self.members_at = discord.utils.utcnow() + BETWEEN_LOOKS
            await self.unasked.check_members()
        return is_time

    async def _look_after_servers(self) -> bool:
        """Do, once an hour, what nobody waits for."""
        await self.unasked.look_after_servers()
        return False

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look, after any time away from Discord, which servers are no longer there."""
        self.servers_at = discord.utils.utcnow() + AN_HOUR
        self._servers.start()

    def _sleep(self) -> None:
        """Sleep from now on: the loop itself counts from when it was to begin last.

        So a clock put forward is no row of looks to be made up for, and one put back by a little
        no longer sleep.
        """
        now = discord.utils.utcnow()
        wait = max(timedelta(seconds=1), min(self.nap, self.due_at - now))
        began_at = (self.tick.next_iteration or now) - timedelta(seconds=self.tick.seconds or 0)
        self.tick.change_interval(seconds=max(0.0, (now - began_at + wait).total_seconds()))

    @tick.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()

    @commands.Cog.listener()
    async def on_weekly_change(self) -> None:
        """Wake earlier if a group's change makes something due earlier.

        Never longer: members are next due a minute from any look at the clock, so that many
        changes in a row would put them off for good.
        """
        next_at = await self.weekly.next_due()  # first: the ticker works meanwhile
        self.due_at = min(self.due_at, next_at)
        self._sleep()
