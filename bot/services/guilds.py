"""What Discord says of servers and their members: who removed the bot, and who has left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.core.curriculum.additions import namespace_of
from bot.core.groups import MemberCheck, as_if_checked, due_before, in_one_look
from bot.core.outbox import UNCERTAIN
from bot.services.reminders import plan
from bot.services.weekly import next_slot_of
from bot.store import changes as change_log
from bot.store import groups as group_rows
from bot.store import guilds, member_checks, outbox
from bot.store.database import Database, Queries
from bot.store.ids import Clock, Ids

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=30)
ASKED_EVERY = timedelta(days=1)
TRY_AGAIN = timedelta(hours=1)

Step = Callable[[Queries], Awaitable[None]]


class Guilds:
    """What Discord says of the bot's servers. Only its word counts: it is never guessed.

    A server that is here, one of another process, and one in an outage are all the same to the
    ledger; one that removed the bot is *gone*: nothing is due in it, whatever its rows say.

    Many members of a group are changed at once when its post is sent: in another order than group
    by group, each taken first, two such changes would wait for each other.
    """

    def __init__(self, db: Database, background: Database, clock: Clock, ids: Ids) -> None:
        self._db = db
        self._background = background
        self._clock = clock
        self._ids = ids
        # In the order in which Discord says so; and nobody comes back while being forgotten.
        self._turn = asyncio.Lock()

    async def is_gone(self, guild_id: int) -> bool:
        """Tell whether the server removed the bot."""
        return await guilds.gone_at(self._db, guild_id) is not None

    async def removed(self, guild_id: int) -> None:
        """Let all about a server rest that removed the bot. Twice is harmless."""
        async with self._turn, self._db.transaction() as changes:
            is_news = await guilds.set_gone(changes, guild_id, self._clock())
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
                async with self._db.transaction() as changes:
                    await self._go_on(changes, group_id)
            async with self._db.transaction() as changes:
                await guilds.set_back(changes, guild_id)
        log.info("server %s invited the bot again: its groups go on", guild_id)

    async def doubtful(self, seen: Collection[int]) -> list[int]:
        """Return the servers about which to ask Discord: none that was asked about for a day.

        That are those which the bot doesn't see (``seen``: it does) and about which something is
        kept; those where a group can't post, for after a lost connection a server that is gone
        is still seen; and gone ones that are seen again.
        """
        asked = await guilds.asked_since(self._db, self._clock() - ASKED_EVERY)
        kept = await guilds.guilds_with_rows(self._db)
        gone = await guilds.gone_guilds(self._db)
        doubtful = {*(id_ for id_ in gone if id_ in seen)}
        doubtful |= {id_ for id_, is_blocked in kept.items() if is_blocked or id_ not in seen}
        return sorted(doubtful - asked)

    async def claim_question(self, guild_id: int) -> bool:
        """Tell whether it is this process that asks about the server, once a day."""
        now = self._clock()
        async with self._db.transaction() as changes:
            await guilds.drop_asked_before(changes, now - ASKED_EVERY)
            return await guilds.claim_question(changes, guild_id, now, now - ASKED_EVERY)

    async def unanswered(self, guild_id: int) -> None:
        """Let the question be asked again before long."""
        async with self._db.transaction() as changes:
            asked_at = self._clock() - ASKED_EVERY + TRY_AGAIN
            await guilds.set_asked(changes, guild_id, asked_at)

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
        count = in_one_look(await member_checks.count_due(self._db, until), rate)
        return await member_checks.due_checks(self._db, until, count)

    async def claim_check(self, check: MemberCheck) -> MemberCheck | None:
        """Take a check; None: another process has it, or the member left the group.

        Whatever comes between, even the process's end, it is tried again in some hours.
        """
        claimed = replace(check, checked_at=as_if_checked(self._clock()).replace(microsecond=0))
        async with self._background.transaction() as changes:
            is_ours = await member_checks.move_check(changes, check, claimed.checked_at)
        return claimed if is_ours else None

    async def member_is_here(self, claimed: MemberCheck) -> None:
        """Record that the member is in the server."""
        async with self._background.transaction() as changes:
            await member_checks.move_check(changes, claimed, self._clock())

    async def member_left(self, guild_id: int, reader_id: int) -> None:
        """End the memberships of who left the server, group by group; their progress stays."""
        for group_id in await group_rows.group_ids(self._db, guild_id):
            async with self._background.transaction() as changes:
                await group_rows.take_group(changes, group_id)
                await group_rows.leave(changes, group_id, reader_id)
        log.info("a member left server %s, and so its groups", guild_id)

    async def put_off_checks(self, guild_id: int) -> None:
        """Put off what is due in a server about which Discord tells nothing just now."""
        now = self._clock()
        until, later = due_before(now), as_if_checked(now)
        for group_id in await group_rows.group_ids(self._db, guild_id):
            async with self._background.transaction() as changes:
                await group_rows.take_group(changes, group_id)
                await member_checks.put_off_group(changes, group_id, until, later)

    async def _go_on(self, changes: Queries, group_id: int) -> None:
        group = await group_rows.take_group(changes, group_id)
        if group is None:
            return
        now = self._clock()
        if group.blocked not in UNCERTAIN:  # what the bot may do is asked anew
            await group_rows.set_blocked(changes, group_id, None, now)
        if group.state == "active":
            next_at = (await next_slot_of(changes, group, now)).at
            await group_rows.set_looked(changes, group_id, now, next_at)
            await plan(changes, self._ids, group, now)

    async def _forget(self, guild_id: int) -> None:
        """Forget the server in many small transactions; one that is cut off is begun again."""
        async for step in self._steps(guild_id):
            async with self._background.transaction() as changes:
                if not await guilds.take_gone(changes, guild_id):
                    return  # another process has done so, and it may be a new server since
                await step(changes)
        log.info("server %s is forgotten: it removed the bot 30 days ago", guild_id)

    async def _steps(self, guild_id: int) -> AsyncIterator[Step]:
        db, namespace = self._background, namespace_of(guild_id)
        for group_id in await group_rows.group_ids(db, guild_id):
            for slot_id in await guilds.slot_ids(db, group_id):
                yield partial(guilds.forget_readers, slot_id=slot_id)
            yield partial(guilds.forget_group, group_id=group_id)
        yield partial(guilds.forget_list, guild_id=guild_id)
        yield partial(guilds.forget_pointers, guild_id=guild_id)
        for key in await guilds.own_keys(db, guild_id):
            yield partial(guilds.forget_marks, key=key)
        async for change_ids in change_log.ids_about(db, namespace):
            yield partial(change_log.forget_resources, change_ids=change_ids, namespace=namespace)
        async for row_ids in guilds.unasked(db, guild_id):
            yield partial(outbox.delete_rows, row_ids=row_ids)
        yield partial(guilds.forget_resources, guild_id=guild_id)
        yield partial(guilds.set_back, guild_id=guild_id)
