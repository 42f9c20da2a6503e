"""The outbox's rules: claim, send, record; and what follows from a message that was sent."""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.groups import Post
from bot.core.outbox import Kind, OutboxRow
from bot.store import groups as group_rows
from bot.store import outbox, slots
from bot.store.database import Database, Queries
from bot.store.ids import Clock, Ids

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
AT_ONCE = 100
A_DAY = timedelta(days=1)
RETRY = timedelta(minutes=5)


class Delivery:
    """What the postman asks before, and tells after, it sends. Each method is one transaction."""

    def __init__(self, db: Database, clock: Clock, ids: Ids) -> None:
        self._db = db
        self._clock = clock
        self._ids = ids

    async def greet(self, guild_id: int, channel_id: int) -> None:
        """Put the hello to a server into the outbox, once for good."""
        await self._add("greeting", str(guild_id), guild_id, channel_id)

    async def due(self) -> list[int]:
        """Return the rows that are to be sent, the longest waiting first."""
        return await outbox.due_row_ids(self._db, self._clock(), AT_ONCE)

    async def claim(self, row_id: int) -> tuple[OutboxRow, OutboxRow] | None:
        """Claim a row for the length of a lease; return it as it was and as it is.

        None: somebody else has it, or nothing is to be done about it. What is too old is dropped.
        ``tried_at`` of the row as it was tells whether it may have been sent before.
        """
        now = self._clock()
        async with self._db.transaction() as changes:
            old = await outbox.row(changes, row_id)
            if old is None or not _is_free(old, now):
                return None
            if old.until_at <= now and old.tried_at is None:
                await self._give_up(changes, old, "too_late")
                return None
            claim, until = secrets.randbits(62) + 1, now + LEASE
            if not await outbox.claim_row(changes, old, claim, now, until):
                return None
        tried_at = old.tried_at or now
        return old, replace(old, state="claimed", claim=claim, lease_until=until, tried_at=tried_at)

    async def holds(self, row: OutboxRow) -> bool:
        """Tell whether the claim still stands: asked just before sending."""
        return await outbox.holds(self._db, row.row_id, row.claim, self._clock())

    async def sent(self, row: OutboxRow, message_id: int | None) -> None:
        """Record the message, and put what follows from it into the outbox."""
        now = self._clock()
        async with self._db.transaction() as changes:
            if not await outbox.set_sent(changes, row.row_id, message_id, now):
                return
            if row.kind == "post" and message_id is not None:
                await self._posted(changes, row, message_id, now)
            elif row.kind == "thread" and message_id is not None:
                await slots.set_thread(changes, int(row.reference), message_id)
                await self._follow(changes, row, "opener", message_id, now)
        log.info("sent %s %s", row.kind, row.reference)

    async def not_sent(self, row: OutboxRow, problem: str, wait: timedelta = RETRY) -> None:
        """Give a claim back: it was certainly not sent, and is tried again until it is too late."""
        now = self._clock()
        async with self._db.transaction() as changes:
            await outbox.release_row(changes, row.row_id, row.claim, now + wait, None, problem)
            await self._block(changes, row, problem, now)

    async def perhaps_sent(self, row: OutboxRow, problem: str, wait: timedelta) -> None:
        """Give a claim back whose answer was lost: whoever takes it next looks first."""
        async with self._db.transaction() as changes:
            await outbox.release_row(
                changes, row.row_id, row.claim, self._clock() + wait, row.tried_at, problem
            )

    async def uncertain(self, row: OutboxRow, problem: str) -> None:
        """Record that nobody can tell whether it was sent: *Post now* settles it."""
        now = self._clock()
        async with self._db.transaction() as changes:
            await outbox.set_row_state(changes, row.row_id, "uncertain", problem)
            if row.kind == "post":
                await slots.set_slot_state(changes, int(row.reference), "uncertain")
            await self._block(changes, row, problem, now)
        log.error("%s %s is uncertain: %s", row.kind, row.reference, problem)

    async def drop(self, row: OutboxRow, problem: str) -> None:
        """Record that it won't be sent, and why."""
        async with self._db.transaction() as changes:
            await self._give_up(changes, row, problem)

    async def slot_of(self, row: OutboxRow) -> Post | None:
        """Return the week that the row is about."""
        return await slots.slot(self._db, int(row.reference))

    async def _give_up(self, changes: Queries, row: OutboxRow, problem: str) -> None:
        await outbox.set_row_state(changes, row.row_id, "dropped", problem)
        if row.kind == "post":
            await slots.set_slot_state(changes, int(row.reference), "missed")
        log.warning("gave up on %s %s: %s", row.kind, row.reference, row.problem or problem)

    async def _posted(
        self, changes: Queries, row: OutboxRow, message_id: int, now: datetime
    ) -> None:
        slot_id = int(row.reference)
        await slots.set_posted(changes, slot_id, row.channel_id, message_id, now)
        post = await slots.slot(changes, slot_id)
        if post is not None:
            await group_rows.set_blocked(changes, post.group_id, None, now)
        await self._follow(changes, row, "thread", row.channel_id, now)

    async def _follow(
        self, changes: Queries, row: OutboxRow, kind: Kind, channel_id: int, now: datetime
    ) -> None:
        following = OutboxRow(
            self._ids.new(), kind, row.reference, row.guild_id, channel_id,
            "waiting", now, now + A_DAY,
        )  # fmt: skip
        await outbox.add_row(changes, following)

    async def _block(self, changes: Queries, row: OutboxRow, problem: str, now: datetime) -> None:
        """Note at the group why its post can't leave; news go to who last changed it."""
        if row.kind != "post":
            return
        post = await slots.slot(changes, int(row.reference))
        group = None if post is None else await group_rows.group(changes, post.group_id)
        if group is None:
            return
        news = await group_rows.set_blocked(changes, group.group_id, problem, now)
        if news and group.changed_by is not None and problem not in TEMPORARY:
            notice = OutboxRow(
                self._ids.new(), "notice", f"{group.group_id}:{int(now.timestamp())}",
                group.guild_id, group.changed_by, "waiting", now, now + A_DAY,
            )  # fmt: skip
            await outbox.add_row(changes, notice)

    async def _add(self, kind: Kind, reference: str, guild_id: int, channel_id: int) -> None:
        now = self._clock()
        row = OutboxRow(
            self._ids.new(), kind, reference, guild_id, channel_id, "waiting", now, now + A_DAY
        )
        async with self._db.transaction() as changes:
            await outbox.add_row(changes, row)


TEMPORARY = frozenset({"discord_trouble", "rate_limited", "guild_unavailable"})
"""Problems that pass by themselves: nobody is told."""


def _is_free(row: OutboxRow, now: datetime) -> bool:
    if row.due_at > now:
        return False
    lapsed = row.lease_until is not None and row.lease_until <= now
    return row.state == "waiting" or (row.state == "claimed" and lapsed)
