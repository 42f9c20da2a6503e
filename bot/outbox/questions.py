"""Asks Discord what it doesn't tell: a poll's result, who is still in a server, whether we are."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from bot.core.groups import MemberCheck
from bot.core.papers import Vote
from bot.outbox.discord import TROUBLE, AwayError, Discord, RefusedError, Server
from bot.outbox.tickets import Tickets
from bot.services.opening import Deliver, Services

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

NEWCOMER = timedelta(days=1)
"""How long after joining a server is still greeted."""

GONE = frozenset({"card_gone", "channel_gone"})

ENOUGH_TROUBLE = 3
NOT_TOLD = frozenset({"no_access", "forbidden", "bot_removed", "guild_unavailable"})
"""Clear answers, not trouble with Discord."""

T = TypeVar("T")


async def side_by_side(
    work: Callable[[T], Awaitable[None]], due: Collection[T], at_a_time: int, within: float
) -> None:
    """Work on what is due, some at a time and only for some seconds: what hangs delays no other."""
    left = iter(due)

    async def go_on() -> None:
        for each in left:
            await work(each)

    with suppress(TimeoutError):
        async with asyncio.timeout(within), asyncio.TaskGroup() as tasks:
            for _ in range(min(at_a_time, len(due))):
                tasks.create_task(go_on())


class Polls:
    """Reads and ends votes' polls by fetching our own messages: needs no intent, misses no vote."""

    def __init__(self, discord: Discord, services: Services, tickets: Tickets) -> None:
        self._discord = discord
        self._votes = services.votes
        self._clock = services.clock
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
        is_gone = False
        try:
            async with asyncio.timeout(POLL_WITHIN):
                if await self._is_over(vote):
                    return
        except TROUBLE as error:
            log.warning("the poll of vote %s can't be looked at: %r", vote.vote_id, error)
            is_gone = isinstance(error, RefusedError) and error.problem in GONE
        except Exception:
            log.exception("the poll of vote %s can't be looked at", vote.vote_id)
        try:
            # A message that was never sent, or has no poll: that becomes final at its slot.
            await self._votes.unread(vote, for_good=is_gone)
        except Exception:
            log.exception("what became of the poll of vote %s can't be recorded", vote.vote_id)

    async def _is_over(self, vote: Vote) -> bool:
        """Record the result, or the end of a vote called off; False: there is none yet.

        A poll that goes on is ended first where a moderator closed or called off the vote.
        """
        now, is_running, poll = self._clock(), vote.state == "running", None
        of = (vote.channel_id, vote.message_id or 0)
        if vote.message_id is not None:
            poll = await self._discord.poll(*of)
        if poll is not None and not poll.is_counted:
            goes_on = poll.closes_at is not None and now < poll.closes_at - CLOCKS_DIFFER
            if not is_running or (goes_on and vote.closes_at <= now):
                await self._discord.end_poll(*of)
                poll = await self._discord.poll(*of)
        if not is_running:
            await self._votes.ended(vote)
        elif poll is not None and (poll.is_counted or now >= vote.closes_at + COUNTED_AFTER):
            await self._votes.decide(vote, poll.votes)
        else:
            return False
        return True


class Members:
    """Checks a few members at a time; only a clear answer from Discord ends a membership."""

    def __init__(self, discord: Discord, services: Services, tickets: Tickets) -> None:
        self._discord = discord
        self._guilds = services.guilds
        self._chance = services.chance
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
        self._chance.shuffle(guilds)  # so that other processes begin elsewhere
        troubles: list[int] = []

        async def look_at(checks: list[MemberCheck]) -> None:
            if len(troubles) < ENOUGH_TROUBLE and not await self._went_well(checks):
                troubles.append(checks[0].guild_id)

        await side_by_side(look_at, guilds, SERVERS_AT_A_TIME, MEMBERS_WITHIN)

    async def _went_well(self, checks: Sequence[MemberCheck]) -> bool:
        """Check members of one server, and put off what is left at the first that can't be."""
        guild_id, problem = checks[0].guild_id, None
        try:
            for check in checks:
                await self._tickets.spare()
                async with asyncio.timeout(WITHIN):
                    await self._check(check)
        except TROUBLE as error:
            log.warning("members of server %s can't be checked just now: %r", guild_id, error)
            problem = error.problem if isinstance(error, RefusedError | AwayError) else None
        except Exception:
            log.exception("members of server %s can't be checked", guild_id)
        else:
            return True
        try:
            await self._guilds.put_off_checks(guild_id)
            if problem == "bot_removed":
                await self._guilds.removed(guild_id)
        except Exception:
            log.exception("checks in server %s can't be put off", guild_id)
        return problem in NOT_TOLD

    async def _check(self, check: MemberCheck) -> None:
        claimed = await self._guilds.claim_check(check)
        if claimed is None:
            return
        if await self._discord.is_member(check.guild_id, check.reader_id):
            await self._guilds.member_is_here(claimed)
        else:
            await self._guilds.member_left(check.guild_id, check.reader_id)


class Servers:
    """Greets who invites the bot, and learns of removals that happened while it was away."""

    def __init__(
        self,
        discord: Discord,
        services: Services,
        tickets: Tickets,
        deliver: Deliver,
        forget_old: Callable[[], Awaitable[None]],
    ) -> None:
        self._discord = discord
        self._services = services
        self._guilds = services.guilds
        self._tickets = tickets
        self._deliver = deliver
        self._forgetting = (self._guilds.forget_due, forget_old, services.moderation.forget_drafts)

    async def arrived(self, guild_id: int) -> None:
        """Greet a server once; one that invites the bot again goes on as before."""
        await self._guilds.arrived(guild_id)
        await self.greet_if_new(guild_id)

    async def greet_if_new(self, guild_id: int) -> None:
        """Greet a server that has just come into sight, unless the bot has been in it for long."""
        server = self._discord.server(guild_id)
        await self._greet([server] if server else [])

    async def greet_newcomers(self) -> None:
        """Greet servers that invited the bot while it was away."""
        await self._greet(self._discord.servers())

    async def _greet(self, servers: Sequence[Server]) -> None:
        greeted, since = [], self._services.clock() - NEWCOMER
        for server in servers:
            channel_id, joined_at = server.system_channel_id, server.joined_at
            is_new = joined_at is not None and joined_at > since and not server.is_away
            if channel_id is None or not is_new:
                continue
            if not await self._services.groups.running_in(server.guild_id):
                await self._guilds.greet(server.guild_id, channel_id)
                greeted.append(server.guild_id)
        if greeted:
            await self._deliver.now(*greeted)
        self._deliver.look_again()

    async def look_after(self) -> None:
        """Ask about servers that may be gone, and forget what has expired. Nobody waits for it."""
        for work in (self._ask_due, *self._forgetting):
            try:
                await work()
            except Exception:
                log.exception("servers or letters can't be looked after")

    async def _ask_due(self) -> None:
        """Ask about one server after another; stop at the first trouble with Discord."""
        seen = {server.guild_id for server in self._discord.servers()}
        doubtful = await self._guilds.doubtful(seen)
        ours = [guild_id for guild_id in doubtful if self._discord.is_ours(guild_id)]
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
                is_in = await self._discord.is_in(guild_id)
        except TROUBLE as error:
            log.warning("discord tells nothing about server %s: %r", guild_id, error)
            return isinstance(error, RefusedError) and error.problem in NOT_TOLD
        if not is_in:
            await self._guilds.removed(guild_id)
        elif self._discord.server(guild_id) is not None:
            await self.arrived(guild_id)
        return True
