"""Reads the results of votes from their polls, and ends the polls of those called off."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import aiohttp
import discord
from discord.ext import commands

from bot.core.votes import Vote
from bot.services.votes import AT_ONCE, Votes

log = logging.getLogger(__name__)

WITHIN = 30  # seconds
COUNTED_AFTER = timedelta(minutes=10)
"""Discord counts once more after a poll's end; so long at most that is waited for."""

ENDED_ALREADY = 520001  # "Poll expired"


class Polls:
    """Looks at polls by fetching our own messages: needs no intent, and misses no vote."""

    def __init__(self, bot: commands.AutoShardedBot, votes: Votes) -> None:
        self._bot = bot
        self._votes = votes

    async def settle_due(self) -> None:
        """Look at every poll that is to be read or ended; one that fails never touches another."""
        while True:
            due = await self._votes.due()
            for vote in due:
                await self._settle(vote)
            if len(due) < AT_ONCE:
                return

    async def _settle(self, vote: Vote) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                if vote.state == "running":
                    await self._read(vote)
                else:
                    await self._end(vote)
        except discord.NotFound:
            await self._votes.unread(vote, for_good=True)
        except (discord.DiscordException, TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("the poll of vote %s can't be looked at: %r", vote.vote_id, error)
            await self._votes.unread(vote)
        except Exception:
            log.exception("the poll of vote %s can't be looked at", vote.vote_id)
            await self._votes.unread(vote)

    async def _read(self, vote: Vote) -> None:
        poll = None if vote.message_id is None else (await self._message(vote)).poll
        if poll is None:
            # Its message never was sent, or holds no poll: at its slot that is so for good.
            await self._votes.unread(vote)
        elif poll.is_finalised() or discord.utils.utcnow() >= vote.closes_at + COUNTED_AFTER:
            await self._votes.decide(vote, [answer.vote_count for answer in poll.answers])
        else:
            await self._votes.unread(vote)

    async def _end(self, vote: Vote) -> None:
        if vote.message_id is not None:
            message = await self._message(vote)
            if message.poll is not None and not message.poll.is_finalised():
                try:
                    await message.end_poll()
                except discord.HTTPException as error:
                    if error.code != ENDED_ALREADY:
                        raise
        await self._votes.ended(vote)

    async def _message(self, vote: Vote) -> discord.Message:
        guild_id = await self._votes.guild_of(vote)
        place = self._bot.get_partial_messageable(vote.channel_id, guild_id=guild_id)
        return await place.fetch_message(vote.message_id or 0)
