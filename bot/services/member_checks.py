"""Whose turn it is to be looked for in their server, and what becomes of who left it."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.core.member_checks import Check, as_if_checked, due_before, in_one_look
from bot.store import groups as group_rows
from bot.store import member_checks
from bot.store.database import Database
from bot.store.ids import Clock

log = logging.getLogger(__name__)


class MemberChecks:
    """Each method is one transaction, or one a group; members.py talks to Discord.

    Many members of a group are changed at once when its post is sent: in another order than group
    by group, each taken first, two such changes would wait for each other.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def due(self, rate: int) -> list[Check]:
        """Return some of the members who weren't checked for a week, the longest ago first.

        As many as belong to one look; ``rate``: requests a second.
        """
        until = due_before(self._clock())
        count = in_one_look(await member_checks.count_due(self._db, until), rate)
        return await member_checks.due_checks(self._db, until, count)

    async def claim(self, check: Check) -> Check | None:
        """Take a check; None: another process has it, or the member left the group.

        Whatever comes between, even the process's end, it is tried again in some hours.
        """
        claimed = replace(check, checked_at=as_if_checked(self._clock()).replace(microsecond=0))
        async with self._db.transaction() as changes:
            is_ours = await member_checks.move_check(changes, check, claimed.checked_at)
        return claimed if is_ours else None

    async def is_here(self, claimed: Check) -> None:
        """Record that the member is in the server."""
        async with self._db.transaction() as changes:
            await member_checks.move_check(changes, claimed, self._clock())

    async def left(self, guild_id: int, reader_id: int) -> None:
        """End the memberships of who left the server, group by group; their progress stays."""
        for group_id in await group_rows.group_ids(self._db, guild_id):
            async with self._db.transaction() as changes:
                await group_rows.take_group(changes, group_id)
                await group_rows.leave(changes, group_id, reader_id)
        log.info("a member left server %s, and so its groups", guild_id)

    async def put_off(self, guild_id: int) -> None:
        """Put off what is due in a server about which Discord tells nothing just now."""
        now = self._clock()
        until, later = due_before(now), as_if_checked(now)
        for group_id in await group_rows.group_ids(self._db, guild_id):
            async with self._db.transaction() as changes:
                await group_rows.take_group(changes, group_id)
                await member_checks.put_off_group(changes, group_id, until, later)
