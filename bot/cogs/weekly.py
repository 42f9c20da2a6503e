"""The weekly task: a ticker. All truth is in the ledger, so a missed tick loses nothing."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord
from discord.ext import commands, tasks

from bot.core.member_checks import BETWEEN_LOOKS
from bot.core.weekly import CLOCKS_APART
from bot.services.weekly import AT_ONCE, Weekly

if TYPE_CHECKING:
    from bot.app import NextreadBot

log = logging.getLogger(__name__)

AN_HOUR = timedelta(hours=1)


class WeeklyCog(commands.Cog, name="weekly"):
    def __init__(self, bot: NextreadBot, weekly: Weekly) -> None:
        self.bot = bot
        self.weekly = weekly
        self.seen_at = self.due_at = self.members_at = self.servers_at = discord.utils.utcnow()
        self.servers: asyncio.Task[None] | None = None
        self._at_work = asyncio.Lock()

    async def cog_load(self) -> None:
        self.tick.start()

    async def cog_unload(self) -> None:
        self.tick.cancel()
        if self.servers is not None:
            self.servers.cancel()

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
        self._look_after_servers()
        self._sleep()

    async def _put_back(self, now: datetime) -> None:
        """Go on from a clock that was put back: what was reckoned by it before is too far ahead.

        The loop begins anew, for it would sleep until the clock shows what it showed before.
        """
        log.warning("the clock was put back by %s", self.seen_at - now)
        self.seen_at = self.due_at = self.members_at = self.servers_at = now
        try:
            await self.bot.services.clock_repair.put_right()
        except Exception:
            log.exception("what the clock left can't be put right before the next start")
        self.tick.restart()

    async def _work(self) -> None:
        """Count votes, give every group whose slot has come its paper, and send what is due."""
        try:
            await self.bot.polls.settle_due()
            await self._open_groups()
            while await self.bot.nudges.open_due():
                await self.bot.postman.deliver_due()
            await self.bot.postman.deliver_due()
            await self._check_members()
            self.due_at = await self.weekly.next_due()
        except Exception:
            # An exception would end the loop for good; the next minute may be better.
            log.exception("the weekly task failed")
            self.due_at = discord.utils.utcnow() + timedelta(minutes=1)

    @commands.Cog.listener()
    async def on_stopping(self) -> None:
        """Let letters under way leave, and no other. The stop waits for listeners like this one."""
        self.bot.services.tickets.close()
        self.tick.stop()
        async with self._at_work:
            self.tick.cancel()

    async def _check_members(self) -> None:
        """Check a few members at most once a minute, however much else there is to do."""
        if discord.utils.utcnow() >= self.members_at:
            await self.bot.members.check_due()
            self.members_at = discord.utils.utcnow() + BETWEEN_LOOKS

    async def _open_groups(self) -> None:
        """Give every group its paper; the first ones leave while others are still given theirs."""
        async with asyncio.TaskGroup() as tasks:
            leaving: asyncio.Task[None] | None = None
            while await self.weekly.open_due() == AT_ONCE:
                if leaving is None or leaving.done():
                    leaving = tasks.create_task(self._let_leave())

    async def _let_leave(self) -> None:
        """Send what is due. What goes wrong keeps no group from being given its paper."""
        try:
            await self.bot.postman.deliver_due()
        except Exception:
            log.exception("not all that is due could be sent")

    def _look_after_servers(self) -> None:
        """Begin, once an hour, what nobody waits for and what keeps no paper waiting."""
        is_idle = self.servers is None or self.servers.done()
        if is_idle and discord.utils.utcnow() >= self.servers_at:
            self.servers = asyncio.create_task(self.bot.servers.look_after())
            self.servers_at = discord.utils.utcnow() + AN_HOUR

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look, after any time away from Discord, which servers are no longer there."""
        self.servers_at = discord.utils.utcnow()
        self._look_after_servers()

    def _sleep(self) -> None:
        """Sleep from now on: the loop itself counts from when it was to begin last.

        So a clock put forward is no row of looks to be made up for, and one put back by a little
        no longer sleep.
        """
        now = discord.utils.utcnow()
        wait = max(timedelta(seconds=1), min(self.bot.nap, self.due_at - now))
        began_at = (self.tick.next_iteration or now) - timedelta(seconds=self.tick.seconds or 0)
        self.tick.change_interval(seconds=max(0.0, (now - began_at + wait).total_seconds()))

    @tick.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()

    @commands.Cog.listener()
    async def on_weekly_change(self) -> None:
        """Sleep shorter where a group's change makes something due earlier.

        Never longer: members are next due a minute from any look at the clock, so that many
        changes in a row would put them off for good.
        """
        self.due_at = min(self.due_at, await self.weekly.next_due())
        self._sleep()


async def setup(bot: NextreadBot) -> None:
    """Start the ticker with the bot."""
    await bot.add_cog(WeeklyCog(bot, bot.weekly))
