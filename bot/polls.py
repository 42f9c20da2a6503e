"""Reads the results of votes from their polls, and ends polls of votes called off."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta

import aiohttp
import discord
from discord.ext import commands

from bot.core.votes import Vote
from bot.refusals import problem_of
from bot.services.tickets import Tickets
from bot.services.votes import Votes

log = logging.getLogger(__name__)

WITHIN, TOGETHER = 30, 60
"""Seconds for one poll, and for one round over all that are due; the rest comes next time."""

AT_A_TIME = 25
COUNTED_AFTER = timedelta(minutes=10)
"""Discord counts again after a poll's end; we wait at most this long for it."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""A poll this close to its end by Discord's clock is left to end by itself."""

GONE = frozenset({"card_gone", "channel_gone"})
ENDED_ALREADY = 520001  # "Poll expired"


class Polls:
    """Looks at polls by fetching our own messages, which needs no intent and misses no vote."""

    def __init__(self, bot: commands.AutoShardedBot, votes: Votes, tickets: Tickets) -> None:
        self._bot = bot
        self._votes = votes
        self._tickets = tickets

    async def look_at_due(self) -> bool:
        """Read or end the polls that are due, some at a time; tell if there were any.

        One that fails or hangs never delays another.
        """
        places = asyncio.Semaphore(AT_A_TIME)

        async def look_at(vote: Vote) -> None:
            async with places:
                await self._tickets.ticket()  # Discord counts all requests
                await self._look_at(vote)

        due: list[Vote] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(TOGETHER), asyncio.TaskGroup() as tasks:
                due = await self._votes.due()
                for vote in due:
                    tasks.create_task(look_at(vote))
        return bool(due)

    async def look_at(self, vote_id: int) -> None:
        """Read or end the poll of one vote, if it is due: somebody is waiting for it."""
        vote = await self._votes.due_one(vote_id)
        if vote is not None:
            await self._look_at(vote)

    async def _look_at(self, vote: Vote) -> None:
        """Read or end a poll. Never raises: if nothing could be recorded, it is tried again."""
        try:
            await self._look(vote)
        except Exception:
            log.exception("what became of the poll of vote %s can't be recorded", vote.vote_id)

    async def _look(self, vote: Vote) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                if vote.state == "running":
                    await self._read(vote)
                else:
                    await self._end(vote)
        except (discord.DiscordException, TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("the poll of vote %s can't be looked at: %r", vote.vote_id, error)
            is_gone = isinstance(error, discord.HTTPException) and problem_of(error) in GONE
            await self._votes.unread(vote, for_good=is_gone)
        except Exception:
            log.exception("the poll of vote %s can't be looked at", vote.vote_id)
            await self._votes.unread(vote)

    async def _read(self, vote: Vote) -> None:
        message = None if vote.message_id is None else await self._message(vote)
        if message is not None and _is_to_be_closed(vote, message):
            await self._close(message)
            message = await self._message(vote)
        poll = None if message is None else message.poll
        if poll is None:
            # Its message was never sent, or has no poll; at its slot that becomes final.
            await self._votes.unread(vote)
        elif poll.is_finalised() or discord.utils.utcnow() >= vote.closes_at + COUNTED_AFTER:
            await self._votes.decide(vote, [answer.vote_count for answer in poll.answers])
        else:
            await self._votes.unread(vote)

    async def _end(self, vote: Vote) -> None:
        if vote.message_id is not None:
            message = await self._message(vote)
            if message.poll is not None and not message.poll.is_finalised():
                await self._close(message)
        await self._votes.ended(vote)

    async def _close(self, message: discord.Message) -> None:
        try:
            await message.end_poll()
        except discord.HTTPException as error:
            if error.code != ENDED_ALREADY:
                raise

    async def _message(self, vote: Vote) -> discord.Message:
        guild_id = await self._votes.guild_of(vote)
        place = self._bot.get_partial_messageable(vote.channel_id, guild_id=guild_id)
        return await place.fetch_message(vote.message_id or 0)


def _is_to_be_closed(vote: Vote, message: discord.Message) -> bool:
    """Tell whether a moderator closed the vote while its poll would go on for a while."""
    poll, now = message.poll, discord.utils.utcnow()
    if poll is None or poll.is_finalised() or poll.expires_at is None:
        return False
    return vote.closes_at <= now < poll.expires_at - CLOCKS_DIFFER
