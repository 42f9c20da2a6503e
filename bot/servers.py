"""Asks Discord whether the bot is still in servers it doesn't see; forgets what has expired."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord
from discord.ext import commands

from bot.refusals import UNKNOWN_GUILD
from bot.services.opening import Services

log = logging.getLogger(__name__)

APART = 1.0  # seconds between two questions, because papers and readers come first
WITHIN = 20  # seconds


class Servers:
    """Learns of removals that happened while the bot was away. Nobody waits for this."""

    def __init__(self, bot: commands.AutoShardedBot, services: Services) -> None:
        self._bot = bot
        self._guilds = services.guilds
        self._reminders = services.reminders
        self._tickets = services.tickets

    async def look_after(self) -> None:
        """Ask about servers that may be gone, and forget what has expired."""
        for work in (self._ask_due, self._guilds.forget_due, self._reminders.forget_old):
            try:
                await work()
            except Exception:
                log.exception("servers or letters can't be looked after")

    async def _ask_due(self) -> None:
        """Ask about one server after another; stop at the first trouble with Discord."""
        seen = {guild.id for guild in self._bot.guilds}
        ours = [id_ for id_ in await self._guilds.doubtful(seen) if self._is_ours(id_)]
        for guild_id in ours:
            if not await self._guilds.claim_question(guild_id):
                continue
            if not await self._ask(guild_id):
                await self._guilds.unanswered(guild_id)
                return
            if guild_id != ours[-1]:
                await asyncio.sleep(APART)

    async def _ask(self, guild_id: int) -> bool:
        """Ask about a server; tell whether Discord answered.

        Only "Unknown Guild" means that the bot isn't in it. "Missing Access" can also mean a
        missing permission in a server where it still is.
        """
        try:
            async with asyncio.timeout(WITHIN):
                await self._tickets.ticket()
                await self._bot.fetch_guild(guild_id, with_counts=False)
        except (discord.NotFound, discord.Forbidden) as error:
            if error.code == UNKNOWN_GUILD:
                await self._guilds.removed(guild_id)
            else:
                log.warning("discord tells nothing about server %s: %s", guild_id, error)
        except (discord.DiscordException, TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("discord can't be asked about servers just now: %r", error)
            return False
        else:
            if (guild := self._bot.get_guild(guild_id)) is not None:
                self._bot.dispatch("guild_back", guild)
        return True

    def _is_ours(self, guild_id: int) -> bool:
        """Tell whether the server belongs to one of this process's shards."""
        shard_ids = self._bot.shard_ids
        return shard_ids is None or (guild_id >> 22) % (self._bot.shard_count or 1) in shard_ids
