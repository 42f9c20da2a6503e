"""Asks Discord whether members are still in their server, without an intent or a list."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence
from contextlib import suppress

import aiohttp
import discord
from discord.ext import commands

from bot.core.groups import MemberCheck
from bot.refusals import problem_of
from bot.services.guilds import Guilds
from bot.services.tickets import Tickets

log = logging.getLogger(__name__)

WITHIN, TOGETHER = 20, 50
"""Seconds for one member, and for one round; a round ends before the next begins."""

AT_A_TIME = 8
"""Servers asked at the same time: as many as Discord allows at about 0.15 s an answer."""

ENOUGH_TROUBLE = 3
NOT_TOLD = frozenset({"no_access", "forbidden", "bot_removed"})
"""Refusals that are clear answers, not trouble with Discord."""

NOT_HERE = frozenset({10007, 10013})  # "Unknown Member", "Unknown User"


async def member_of(guild: discord.Guild, reader_id: int) -> discord.Member | None:
    """Return the member, or None if Discord says that nobody of this id is in the server.

    Raises:
        discord.HTTPException: any other answer, which says nothing about them.
    """
    try:
        return await guild.fetch_member(reader_id)
    except discord.NotFound as error:
        if error.code not in NOT_HERE:
            raise
        return None


class Members:
    """Checks a few members at a time; only a clear answer from Discord ends a membership."""

    def __init__(
        self,
        bot: commands.AutoShardedBot,
        guilds: Guilds,
        tickets: Tickets,
    ) -> None:
        self._bot = bot
        self._guilds = guilds
        self._tickets = tickets

    async def check_due(self) -> None:
        """Check some of the members who are due, while nothing waits to be sent.

        Servers are checked at the same time, each one member after another, so one that hangs or
        fails delays no other. If several fail, Discord itself has trouble, and we stop.
        """
        by_guild: dict[int, list[MemberCheck]] = {}
        for check in await self._guilds.due_checks(self._tickets.rate):
            by_guild.setdefault(check.guild_id, []).append(check)
        guilds = list(by_guild.values())
        random.shuffle(guilds)  # so that other processes begin elsewhere
        left = iter(guilds)
        troubles: list[int] = []

        async def go_on() -> None:
            for checks in left:
                if len(troubles) < ENOUGH_TROUBLE and not await self._went_well(checks):
                    troubles.append(checks[0].guild_id)

        with suppress(TimeoutError):  # the rest comes in the next round
            async with asyncio.timeout(TOGETHER), asyncio.TaskGroup() as tasks:
                for _ in range(AT_A_TIME):
                    tasks.create_task(go_on())

    async def _went_well(self, checks: Sequence[MemberCheck]) -> bool:
        """Check members of one server; at the first trouble put the rest off."""
        guild_id = checks[0].guild_id
        try:
            for check in checks:
                await self._tickets.spare()
                async with asyncio.timeout(WITHIN):
                    await self._check(check)
        except (discord.DiscordException, TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("members of server %s can't be checked just now: %r", guild_id, error)
        except Exception:
            log.exception("members of server %s can't be checked", guild_id)
        else:
            return True
        try:
            await self._guilds.put_off_checks(guild_id)
        except Exception:
            log.exception("checks in server %s can't be put off", guild_id)
        return False

    async def _check(self, check: MemberCheck) -> None:
        claimed = await self._guilds.claim_check(check)
        if claimed is None:
            return
        guild = self._bot.get_guild(check.guild_id)
        if guild is None or guild.unavailable:
            await self._guilds.put_off_checks(check.guild_id)
            return
        try:
            member = await member_of(guild, check.reader_id)
        except discord.HTTPException as error:
            problem = problem_of(error)
            if problem not in NOT_TOLD:
                raise
            log.warning("server %s doesn't say who is in it: %s", guild.id, problem)
            await self._guilds.put_off_checks(guild.id)
            if problem == "bot_removed":
                await self._guilds.removed(guild.id)
            return
        if member is None:
            await self._guilds.member_left(guild.id, check.reader_id)
        else:
            await self._guilds.member_is_here(claimed)
