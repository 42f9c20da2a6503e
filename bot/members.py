"""Asks Discord whether members are still in their server: needs no intent, and keeps no list."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord
from discord.ext import commands

from bot.core.member_checks import Check
from bot.services.member_checks import MemberChecks

log = logging.getLogger(__name__)

WITHIN = 20  # seconds that a look may take: what is to be posted waits for it
NOT_HERE = frozenset({10007, 10013})  # "Unknown Member", "Unknown User"


async def member_of(guild: discord.Guild, reader_id: int) -> discord.Member | None:
    """Return the member, or None if Discord says that nobody of this id is in the server.

    Raises:
        discord.HTTPException: anything else, which tells nothing about them.
    """
    try:
        return await guild.fetch_member(reader_id)
    except discord.NotFound as error:
        if error.code not in NOT_HERE:
            raise
        return None


class Members:
    """Checks a few members at a time; only a clear answer of Discord's ends a membership."""

    def __init__(self, bot: commands.AutoShardedBot, checks: MemberChecks) -> None:
        self._bot = bot
        self._checks = checks

    async def check_due(self) -> None:
        """Check some of those who are due; at the first trouble with Discord leave it alone."""
        try:
            async with asyncio.timeout(WITHIN):
                for check in await self._checks.due():
                    await self._check(check)
        except (discord.DiscordException, TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("members can't be checked just now: %r", error)
        except Exception:
            log.exception("members can't be checked")

    async def _check(self, check: Check) -> None:
        claimed = await self._checks.claim(check)
        if claimed is None:
            return
        guild = self._bot.get_guild(check.guild_id)
        if guild is None or guild.unavailable:
            await self._checks.put_off(check.guild_id)
            return
        try:
            member = await member_of(guild, check.reader_id)
        except (discord.Forbidden, discord.NotFound) as error:
            log.warning("server %s doesn't tell who is in it: %s", guild.id, error)
            await self._checks.put_off(guild.id)
            return
        if member is None:
            await self._checks.left(guild.id, check.reader_id)
        else:
            await self._checks.is_here(claimed)
