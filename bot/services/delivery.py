"""The outbox's rules: claim, send, record; and what follows from a message that was sent."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from bot.core.groups import Week
from bot.core.outbox import TEMPORARY, LetterKind, OutboxRow, Problem, ProblemName
from bot.core.votes import Vote
from bot.core.weeks import Slot, judge
from bot.services import reminders, standing
from bot.services.votes import lose, tell_called_off
from bot.store import choices, outbox
from bot.store import groups as group_rows
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
AT_ONCE = 100
A_DAY = timedelta(days=1)
RETRY = timedelta(minutes=5)
AN_HOUR = timedelta(hours=1)


class Deliver(Protocol):
    """Sets going what is sent unasked."""

    def look_again(self) -> None:
        """Tell the weekly task that something may be due earlier than it thinks."""

    async def now(self, *about: int) -> None:
        """Send all that is due about these weeks, votes or groups: somebody waits for it."""

    async def result(self, vote_id: int) -> None:
        """Take a vote's result from its poll, or end the poll if the vote was called off."""


@dataclass
class Delivery:
    """What the postman asks before, and tells after, it sends. Each method is one transaction."""

    _db: Database
    _clock: Clock
    _ids: Ids
    _chance: Random

    async def greet(self, guild_id: int, channel_id: int) -> None:
        """Put the hello to a server into the outbox, once for good."""
        now = self._clock()
        row = OutboxRow(
            self._ids.new(), "greeting", str(guild_id), now, now + A_DAY,
            guild_id, channel_id=channel_id,
        )  # fmt: skip
        async with self._db.transaction() as tx:
            await outbox.add(tx, row)

    async def due(self, *about: int) -> list[int]:
        """Return the next rows that are to be sent, in their order; or only those about these."""
        return await outbox.due_row_ids(self._db, self._clock(), AT_ONCE, *about)

    async def claim(self, row_id: int) -> OutboxRow | None:
        """Claim a row for the length of a lease.

        None: somebody else has it, or it isn't wanted any more and was dropped. ``tried_at``,
        ``places`` and ``trace`` are those of the attempts before this one: without them it was
        certainly not sent yet.
        """
        now = self._clock()
        seen = await outbox.row(self._db, row_id)
        if seen is None or not seen.is_free(now):
            return None
        async with self._taken(seen) as (tx, post):
            row = await self._row(tx, row_id)
            if row is None or not row.is_free(now):
                return None
            problem = await self._unwanted(tx, row, post, now)
            if row.tried_at is None and problem:
                await self._give_up(tx, row, post, problem)
                return None
            claim, until = self._chance.getrandbits(62) + 1, now + LEASE
            if not await outbox.claim_row(tx, row, claim, until):
                return None
            if post is not None and judge(Slot(post.week, post.at), now) == "late":
                await week_rows.set_late(tx, post.week_id, late=True)
        return replace(row, state="claimed", claim=claim, lease_until=until)

    async def begin(self, row: OutboxRow, place_id: int, trace: str) -> bool:
        """Record, just before sending, where it goes and by what it is known again.

        Tell whether the claim stands; what isn't wanted any more is dropped. What has moved
        meanwhile is given back: it goes to the other channel.
        """
        now = self._clock()
        async with self._taken(row) as (tx, post):
            if problem := await self._unwanted(tx, row, post, now):
                await self._give_up(tx, row, post, problem)
                return False
            if await self._follow_move(tx, row, now, is_untried=row.tried_at is None):
                return False
            return await outbox.begin(tx, row, place_id=place_id, trace=trace, now=now)

    async def sent(
        self,
        row: OutboxRow,
        message_id: int,
        place_id: int | None = None,
        *,
        at: datetime | None = None,
        in_thread: bool = False,
    ) -> None:
        """Record the message, and put what follows from it into the outbox.

        ``place_id``: where it stands, if that isn't the row's channel: a forum's standing post.
        ``at``: when it was sent, if that isn't now; by that a post is late or isn't.
        ``in_thread``: it is in a forum's post, which can have no threads.
        """
        now, place_id = self._clock(), place_id or row.channel_id or 0
        async with self._taken(row) as (tx, post):
            if not await outbox.set_sent(tx, row.row_id, message_id):
                return
            if post is not None:
                if at is not None:
                    late = judge(Slot(post.week, post.at), at) == "late"
                    await week_rows.set_late(tx, post.week_id, late=late)
                await week_rows.set_posted(
                    tx, post.week_id, channel_id=place_id, message_id=message_id, now=at or now
                )
                await group_rows.set_blocked(tx, post.group_id, None)
                group = await group_rows.group(tx, post.group_id)
                follower: LetterKind = "opener" if in_thread else "thread"
                await self._follow(tx, row, follower, place_id, now, rank=2 if in_thread else 1)
                if group is not None:
                    await reminders.plan(tx, self._ids, group, now)
            elif row.kind == "standing":
                await standing.made(tx, self._ids, row, message_id, now)
            elif row.kind == "candidates":
                await self._follow(tx, row, "poll", row.channel_id, now, row.until_at)
                vote = await choices.vote(tx, int(row.reference))
                if vote is not None and vote.state == "cancelled":  # while it was on its way
                    await tell_called_off(tx, self._ids, vote.vote_id, now)
            elif row.kind == "poll":
                vote = await choices.vote(tx, int(row.reference))
                if vote is not None:
                    polled = replace(vote, channel_id=place_id, message_id=message_id)
                    closes_at = now + timedelta(hours=vote.hours)
                    await choices.set_polled(tx, replace(polled, closes_at=closes_at), now)
            elif row.kind == "thread":
                await week_rows.set_thread(tx, int(row.reference), message_id)
                await self._follow(tx, row, "opener", message_id, now)
        log.info("sent %s %s", row.kind, row.row_id)

    async def deleted(self, row: OutboxRow) -> None:
        """Record that an earlier attempt was sent, and deleted since: nothing follows from it."""
        async with self._taken(row) as (tx, post):
            if not await outbox.set_sent(tx, row.row_id, None, problem="deleted"):
                return
            if post is not None:
                now, at = self._clock(), row.channel_id or 0
                await week_rows.set_posted(
                    tx, post.week_id, channel_id=at, message_id=None, now=now
                )
                await group_rows.set_blocked(tx, post.group_id, None)
            await self._vote_lost(tx, row)
        log.warning("%s %s was sent, and deleted before that was known", row.kind, row.row_id)

    async def put_off(self, row_id: int) -> None:
        """Put a row off for an hour after an unexpected failure; others go on."""
        now = self._clock()
        async with self._db.transaction() as tx:
            await outbox.put_off(tx, row_id, now, now + AN_HOUR)

    async def not_sent(self, row: OutboxRow, problem: Problem, wait: timedelta = RETRY) -> None:
        """Give a claim back: nothing was sent this time, and it is tried again."""
        await self._give_back(row, problem, wait, perhaps=False)

    async def perhaps_sent(self, row: OutboxRow, problem: Problem, wait: timedelta) -> None:
        """Give a claim back whose answer was lost: if it was begun, the next one looks first."""
        await self._give_back(row, problem, wait, perhaps=True)

    async def await_standing(self, row: OutboxRow, gone_id: int | None) -> None:
        """Give a claim back until its forum has the post into which it goes: that is made first.

        ``gone_id``: the post that is gone. Nothing was sent this time.
        """
        now = self._clock()
        async with self._taken(row) as (tx, post):
            if await self._follow_move(tx, row, now, is_untried=row.tried_at is None):
                return
            group = await standing.missed(tx, self._ids, row.channel_id or 0, gone_id, now)
            if group is None or group.state == "stopped":
                await self._give_up(tx, row, post, "called_off")
                return
            is_there = group.standing_id is not None
            due_at = now if is_there else now + RETRY
            problem: ProblemName = "no_standing_post"
            if await outbox.release_row(
                tx, row.row_id, claim=row.claim, due_at=due_at, problem=problem
            ):
                if row.tried_at is None:
                    await outbox.set_untried(tx, row.row_id)
                if not is_there:
                    await self._block(tx, row, post, problem, now)

    async def uncertain(self, row: OutboxRow, problem: Problem) -> None:
        """Record that nobody can tell whether it was sent; *Post now* decides it."""
        async with self._taken(row) as (tx, post):
            await self._lose_sight(tx, row, post, problem)

    async def drop(self, row: OutboxRow, problem: Problem) -> None:
        """Record that it won't be sent, and why."""
        async with self._taken(row) as (tx, post):
            await self._give_up(tx, row, post, problem)

    async def _row(self, db: Queries, row_id: int) -> OutboxRow | None:
        """Return the row as it is now, with the channel of its group if it goes there."""
        row = await outbox.row(db, row_id)
        if row is None or row.channel_id is not None or row.reader_id is not None:
            return row
        group = await group_rows.group(db, row.group_id or 0)
        return row if group is None else replace(row, channel_id=group.channel_id)

    @asynccontextmanager
    async def _taken(self, row: OutboxRow) -> AsyncIterator[tuple[Queries, Week | None]]:
        """Open a transaction for which others about the group wait; with it goes a post's week.

        All of them take the group first: in another order, two could wait for each other.
        """
        async with self._db.transaction() as tx:
            about: Week | Vote | None = None
            if row.kind == "standing":
                await group_rows.take_group(tx, int(row.reference))
            elif row.kind == "candidates":
                about = await choices.vote(tx, int(row.reference))
            elif row.kind == "post":
                about = await week_rows.week(tx, int(row.reference))
            if about is not None:
                await group_rows.take_group(tx, about.group_id)
            yield tx, await week_rows.week(tx, int(row.reference)) if row.kind == "post" else None

    async def _give_back(
        self, row: OutboxRow, problem: Problem, wait: timedelta, *, perhaps: bool
    ) -> None:
        now = self._clock()
        if row.kind == "standing":  # nobody waits for it every minute of a week
            wait = max(wait, min(wait * (row.attempts + 1), AN_HOUR))
        async with self._taken(row) as (tx, post):
            if unwanted := await standing.unwanted(tx, row):
                await self._give_up(tx, row, post, unwanted)
                return
            now_there = await outbox.row(tx, row.row_id) if perhaps else row
            is_untried = now_there is None or now_there.tried_at is None
            if is_untried and post is not None and post.state == "uncertain":
                await self._give_up(tx, row, post, "called_off")
                return
            # We can always look for a standing post later, so nobody has to decide.
            if not is_untried and row.until_at <= now and row.kind != "standing":
                await self._lose_sight(tx, row, post, "lost_sight")
            elif await self._follow_move(tx, row, now, is_untried=is_untried):
                return
            elif await outbox.release_row(
                tx, row.row_id, claim=row.claim, due_at=now + wait, problem=problem
            ):
                if is_untried:
                    await outbox.set_untried(tx, row.row_id)
                await self._block(tx, row, post, problem, now)

    async def _follow_move(
        self, tx: Queries, row: OutboxRow, now: datetime, *, is_untried: bool
    ) -> bool:
        """Give a claim back whose group has another channel since, to be sent there at once.

        Trouble with the old channel is none of the group's any more. Tell whether it has moved.
        """
        found = await self._row(tx, row.row_id)
        if found is None or found.channel_id == row.channel_id:
            return False
        if (
            await outbox.release_row(tx, row.row_id, claim=row.claim, due_at=now, problem="moved")
            and is_untried
        ):
            await outbox.set_untried(tx, row.row_id)
        return True

    async def _lose_sight(
        self, tx: Queries, row: OutboxRow, post: Week | None, problem: Problem
    ) -> None:
        if not await outbox.close_row(
            tx, row.row_id, claim=row.claim, state="uncertain", problem=problem
        ):
            return
        await self._vote_lost(tx, row)
        if post is not None:
            await week_rows.set_week_state(tx, post.week_id, "uncertain")
        await self._block(tx, row, post, problem, self._clock())
        log.error("%s %s is uncertain: %s", row.kind, row.row_id, problem)

    async def _give_up(
        self, tx: Queries, row: OutboxRow, post: Week | None, problem: Problem
    ) -> None:
        if row.kind in KEEP_WHY and problem == "too_late":
            problem = row.problem or problem  # what kept it from being sent in time
        if not await outbox.close_row(
            tx, row.row_id, claim=row.claim, state="dropped", problem=problem
        ):
            return
        await self._vote_lost(tx, row)
        if post is not None and post.state == "waiting":
            await week_rows.set_week_state(tx, post.week_id, "missed")
        elif post is not None and post.state == "uncertain":  # called off, and not sent after all
            await week_rows.set_week_state(tx, post.week_id, "skipped")
        if post is not None:
            group = await group_rows.group(tx, post.group_id)
            if group is not None and group.blocked in TEMPORARY:
                await group_rows.set_blocked(tx, group.group_id, None)
        level = logging.INFO if row.kind == "reminder" else logging.WARNING
        log.log(level, "gave up on %s %s: %s", row.kind, row.row_id, row.problem or problem)

    async def _follow(
        self,
        tx: Queries,
        row: OutboxRow,
        kind: LetterKind,
        channel_id: int | None,
        now: datetime,
        until: datetime | None = None,
        rank: int = 2,
    ) -> None:
        new = OutboxRow(
            self._ids.new(), kind, row.reference, now, until or now + A_DAY,
            row.guild_id, row.group_id, channel_id, rank=rank,
        )  # fmt: skip
        await outbox.add(tx, new)

    async def _unwanted(
        self, tx: Queries, row: OutboxRow, post: Week | None, now: datetime
    ) -> ProblemName | None:
        """Return why a row isn't to be sent any more; a pause or stop calls off a week's post."""
        if row.until_at <= now:
            return "too_late"
        if row.kind == "post" and (post is None or post.state != "waiting"):
            return "called_off"
        vote = await choices.vote(tx, int(row.reference)) if row.kind in OF_VOTES else None
        if row.kind in OF_VOTES and (vote is None or vote.state != "running"):
            return "called_off"
        return await standing.unwanted(tx, row)

    async def _vote_lost(self, tx: Queries, row: OutboxRow) -> None:
        if row.kind in OF_VOTES:
            await lose(tx, self._ids, int(row.reference), self._clock())

    async def _block(
        self, tx: Queries, row: OutboxRow, post: Week | None, problem: Problem, now: datetime
    ) -> None:
        """Note at the group why its post can't leave; news go to who last changed it, once a week.

        What passes by itself doesn't hide what somebody has to mend.
        """
        if post is not None and post.state == "waiting":
            group, about = await group_rows.group(tx, post.group_id), post.week_id
        elif row.kind == "standing":
            group, about = await group_rows.group(tx, int(row.reference)), row.row_id
        else:
            return
        if group is None:
            return
        passes = problem in TEMPORARY
        if passes and group.blocked is not None and group.blocked not in TEMPORARY:
            return
        news = await group_rows.set_blocked(tx, group.group_id, problem)
        if news and not passes:
            log.warning(
                "group %s in server %s is blocked: %s", group.group_id, group.guild_id, problem
            )
        if news and not passes and group.changed_by is not None:
            reference = f"{group.group_id}:{about}:{group.changed_by}"
            notice = OutboxRow(
                self._ids.new(), "notice", reference, now, now + A_DAY,
                group.guild_id, group.group_id, reader_id=group.changed_by,
            )  # fmt: skip
            await outbox.add(tx, notice)


OF_VOTES = frozenset({"candidates", "poll"})

KEEP_WHY = OF_VOTES | {"thread"}
"""Kinds of which a card tells afterwards why they weren't sent."""
