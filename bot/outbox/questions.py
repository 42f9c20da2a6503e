"""Asks Discord what it doesn't tell: a poll's result, who is still in a server, whether we are."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import aiohttp
import discord
from discord.ext import commands

from bot.core.groups import MemberCheck
from bot.core.votes import Vote
from bot.outbox.discord import UNKNOWN_GUILD, problem_of
from bot.outbox.tickets import Tickets
from bot.services.guilds import Guilds
from bot.services.opening import Services
from bot.services.votes import Votes

log = logging.getLogger(__name__)

WITHIN, POLL_WITHIN = 20, 30
"""Seconds for one question, and for all about one poll."""

MEMBERS_WITHIN, POLLS_WITHIN = 50, 60
"""Seconds for one round; the rest comes in the next, and members' ends before that begins."""

POLLS_AT_A_TIME = 25
SERVERS_AT_A_TIME = 8
"""As many as Discord allows at about 0.15 s an answer."""

APART = 1.0  # seconds between two questions about servers: papers and readers come first

COUNTED_AFTER = timedelta(minutes=10)
"""Discord counts again after a poll's end; we wait at most this long for it."""

CLOCKS_DIFFER = timedelta(minutes=1)
"""A poll this close to its end by Discord's clock is left to end by itself."""

TROUBLE = (discord.DiscordException, aiohttp.ClientError, OSError)

GONE = frozenset({"card_gone", "channel_gone"})
ENDED_ALREADY = 520001  # "Poll expired"

ENOUGH_TROUBLE = 3
NOT_TOLD = frozenset({"no_access", "forbidden", "bot_removed"})
"""Refusals that are clear answers, not trouble with Discord."""

NOT_HERE = frozenset({10007, 10013})  # "Unknown Member", "Unknown User"

T = TypeVar("T")


async def side_by_side(
    work: Callable[[T], Awaitable[None]], due: Iterable[T], at_a_time: int, within: float
) -> None:
    """Work on what is due, some at a time and only for some seconds: what hangs delays no other."""
    left = iter(due)

    async def go_on() -> None:
        for each in left:
            await work(each)

    with suppress(TimeoutError):
        async with asyncio.timeout(within), asyncio.TaskGroup() as tasks:
            for _ in range(at_a_time):
                tasks.create_task(go_on())


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


class Polls:
    """Reads and ends votes' polls by fetching our own messages: needs no intent, misses no vote."""

    def __init__(self, bot: commands.AutoShardedBot, votes: Votes, tickets: Tickets) -> None:
        self._bot = bot
        self._votes = votes
        self._tickets = tickets

    async def look_at_due(self) -> bool:
        """Read or end the polls that are due; tell if there were any."""

        async def look_at(vote: Vote) -> None:
            await self._tickets.ticket()  # Discord counts all requests
            await self._look_at(vote)

        due = await self._votes.due()
        await side_by_side(look_at, due, POLLS_AT_A_TIME, POLLS_WITHIN)
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
            async with asyncio.timeout(POLL_WITHIN):
                if vote.state == "running":
                    await self._read(vote)
                else:
                    await self._end(vote)
        except TROUBLE as error:
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
        counted_at = vote.closes_at + COUNTED_AFTER
        if poll is not None and (poll.is_finalised() or discord.utils.utcnow() >= counted_at):
            await self._votes.decide(vote, [answer.vote_count for answer in poll.answers])
        else:
            # If its message was never sent, or has no poll, that becomes final at its slot.
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


class Members:
    """Checks a few members at a time; only a clear answer from Discord ends a membership."""

    def __init__(self, bot: commands.AutoShardedBot, guilds: Guilds, tickets: Tickets) -> None:
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
        troubles: list[int] = []

        async def look_at(checks: list[MemberCheck]) -> None:
            if len(troubles) < ENOUGH_TROUBLE and not await self._went_well(checks):
                troubles.append(checks[0].guild_id)

        await side_by_side(look_at, guilds, SERVERS_AT_A_TIME, MEMBERS_WITHIN)

    async def _went_well(self, checks: Sequence[MemberCheck]) -> bool:
        """Check members of one server; at the first trouble put the rest off."""
        guild_id = checks[0].guild_id
        try:
            for check in checks:
                await self._tickets.spare()
                async with asyncio.timeout(WITHIN):
                    await self._check(check)
        except TROUBLE as error:
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


class Servers:
    """Learns of removals that happened while the bot was away. Nobody waits for this."""

    def __init__(self, bot: commands.AutoShardedBot, services: Services, tickets: Tickets) -> None:
        self._bot = bot
        self._services = services
        self._tickets = tickets
        self._guilds = services.guilds

    async def look_after(self) -> None:
        """Ask about servers that may be gone, and forget what has expired."""
        for work in (self._ask_due, self._guilds.forget_due, self._services.reminders.forget_old):
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
        except TROUBLE as error:
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
