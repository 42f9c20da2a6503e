"""What Discord says of servers and their members: who removed the bot, and who has left."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from bot.core.curriculum.additions import namespace_of
from bot.core.groups import MemberCheck, as_if_checked, due_before, in_one_look
from bot.core.outbox import UNCERTAIN, OutboxRow
from bot.services.leading import let_go
from bot.services.papers import next_slot_of
from bot.services.reminders import plan
from bot.store import groups as group_rows
from bot.store import guilds, outbox, progress
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=30)
ASKED_EVERY = timedelta(days=1)
TRY_AGAIN = timedelta(hours=1)
GREETED_WITHIN = timedelta(days=1)

Step = Callable[[Queries], Awaitable[None]]


@dataclass
class Guilds:
    """What Discord says of the bot's servers. Only its word counts: it is never guessed.

    A server that is here, one of another process, and one in an outage are all the same to the
    ledger; one that removed the bot is *gone*: nothing is due in it, whatever its rows say.

    Many members of a group are changed at once when its post is sent: in another order than group
    by group, each taken first, two such changes would wait for each other.
    """

    _db: Database
    _background: Database
    _clock: Clock
    _ids: Ids
    # In the order in which Discord says so; and nobody comes back while being forgotten.
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def is_gone(self, guild_id: int) -> bool:
        """Tell whether the server removed the bot."""
        return await guilds.gone_at(self._db, guild_id) is not None

    async def greet(self, guild_id: int, channel_id: int) -> None:
        """Put the hello to a server into the outbox, once for good."""
        now = self._clock()
        row = OutboxRow(
            self._ids.new(), "greeting", str(guild_id), now, now + GREETED_WITHIN,
            guild_id, channel_id=channel_id,
        )  # fmt: skip
        async with self._db.transaction() as tx:
            await outbox.add(tx, row)

    async def removed(self, guild_id: int) -> None:
        """Let all about a server rest that removed the bot. Twice is harmless."""
        async with self._turn, self._db.transaction() as tx:
            is_news = await guilds.set_gone(tx, guild_id, self._clock())
        if is_news:
            log.info("server %s removed the bot: its groups rest", guild_id)

    async def arrived(self, guild_id: int) -> None:
        """Let a server that invites the bot again go on; after thirty days it is a new one.

        Slots that fell into its absence are nobody's.
        """
        async with self._turn:
            gone_at = await guilds.gone_at(self._db, guild_id)
            if gone_at is None:
                return
            if self._clock() - gone_at >= KEPT_FOR:
                await self._forget(guild_id)
                return
            for group_id in await group_rows.group_ids(self._db, guild_id):
                async with self._db.transaction() as tx:
                    await self._go_on(tx, group_id)
            async with self._db.transaction() as tx:
                await guilds.set_back(tx, guild_id)
        log.info("server %s invited the bot again: its groups go on", guild_id)

    async def doubtful(self, seen: Collection[int]) -> list[int]:
        """Return the servers about which to ask Discord: none that was asked about for a day.

        That are those which the bot doesn't see (``seen``: it does) and about which something is
        kept; those where a group can't post, for after a lost connection a server that is gone
        is still seen; and gone ones that are seen again.
        """
        asked = await guilds.asked_since(self._db, self._clock() - ASKED_EVERY)
        kept = await guilds.guilds_with_rows(self._db)
        doubtful = {id_ for id_ in await guilds.gone_guilds(self._db) if id_ in seen}
        doubtful |= {id_ for id_, is_blocked in kept.items() if is_blocked or id_ not in seen}
        return sorted(doubtful - asked)

    async def claim_question(self, guild_id: int) -> bool:
        """Tell whether it is this process that asks about the server, once a day."""
        now = self._clock()
        async with self._db.transaction() as tx:
            await guilds.drop_asked_before(tx, now - ASKED_EVERY)
            return await guilds.claim_question(tx, guild_id, now, now - ASKED_EVERY)

    async def unanswered(self, guild_id: int) -> None:
        """Ask the question again soon."""
        async with self._db.transaction() as tx:
            await guilds.set_asked(tx, guild_id, self._clock() - ASKED_EVERY + TRY_AGAIN)

    async def forget_due(self) -> None:
        """Forget all about the servers that removed the bot thirty days ago."""
        now = self._clock()
        for guild_id, gone_at in (await guilds.gone_guilds(self._db)).items():
            if now - gone_at >= KEPT_FOR:
                async with self._turn:
                    await self._forget(guild_id)

    async def due_checks(self, rate: int) -> list[MemberCheck]:
        """Return some of the members who weren't checked for a week, the longest ago first.

        As many as belong to one look; ``rate``: requests a second.
        """
        until = due_before(self._clock())
        count = in_one_look(await group_rows.count_due_checks(self._db, until), rate)
        return await group_rows.due_checks(self._db, until, count)

    async def claim_check(self, check: MemberCheck) -> MemberCheck | None:
        """Take a check; None: another process has it, or the member left the group.

        Whatever comes between, even the process's end, it is tried again in some hours.
        """
        claimed = replace(check, checked_at=as_if_checked(self._clock()).replace(microsecond=0))
        async with self._background.transaction() as tx:
            is_ours = await group_rows.move_check(tx, check, claimed.checked_at)
        return claimed if is_ours else None

    async def member_is_here(self, claimed: MemberCheck) -> None:
        """Record that the member is in the server."""
        async with self._background.transaction() as tx:
            await group_rows.move_check(tx, claimed, self._clock())

    async def member_left(self, guild_id: int, reader_id: int) -> None:
        """End the memberships of who left the server, group by group; their progress stays."""
        for group_id in await group_rows.group_ids(self._db, guild_id):
            async with self._background.transaction() as tx:
                group = await group_rows.take_group(tx, group_id)
                await group_rows.leave(tx, group_id, reader_id)
                if group is not None:
                    await let_go(tx, self._ids, group, reader_id, self._clock())
        log.info("a member left server %s, and so its groups", guild_id)

    async def put_off_checks(self, guild_id: int) -> None:
        """Put off what is due in a server about which Discord tells nothing just now."""
        now = self._clock()
        until, later = due_before(now), as_if_checked(now)
        for group_id in await group_rows.group_ids(self._db, guild_id):
            async with self._background.transaction() as tx:
                await group_rows.take_group(tx, group_id)
                await group_rows.put_off_checks(tx, group_id, until, later)

    async def _go_on(self, tx: Queries, group_id: int) -> None:
        group = await group_rows.take_group(tx, group_id)
        if group is None:
            return
        now = self._clock()
        if group.blocked not in UNCERTAIN:  # what the bot may do is asked anew
            await group_rows.set_blocked(tx, group_id, None)
        if group.state == "active":
            next_at = (await next_slot_of(tx, group, now)).at
            await group_rows.set_looked(tx, group_id, now, next_at)
            await plan(tx, group, now)

    async def _forget(self, guild_id: int) -> None:
        """Forget the server in many small transactions; one that is cut off is begun again."""
        async for step in self._steps(guild_id):
            async with self._background.transaction() as tx:
                if not await guilds.take_gone(tx, guild_id):
                    return  # another process has done so, and it may be a new server since
                await step(tx)
        log.info("server %s is forgotten: it removed the bot 30 days ago", guild_id)

    async def _steps(self, guild_id: int) -> AsyncIterator[Step]:
        db, namespace = self._background, namespace_of(guild_id)
        for group_id in await group_rows.group_ids(db, guild_id):
            for week_id in await guilds.week_ids(db, group_id):
                yield partial(guilds.forget_readers, week_id=week_id)
            yield partial(guilds.forget_group, group_id=group_id)
        yield partial(guilds.forget_list, guild_id=guild_id)
        yield partial(guilds.forget_pointers, guild_id=guild_id)
        for key in await guilds.own_keys(db, guild_id):
            yield partial(guilds.forget_marks, key=key)
        async for change_ids in progress.ids_about(db, namespace):
            yield partial(progress.forget_resources, change_ids=change_ids, namespace=namespace)
        async for row_ids in guilds.unasked(db, guild_id):
            yield partial(outbox.delete_rows, row_ids=row_ids)
        yield partial(guilds.forget_resources, guild_id=guild_id)
        yield partial(guilds.set_back, guild_id=guild_id)
