"""Votes: calling them, calling them off, and what their results decide."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.groups import Group
from bot.core.outbox import OutboxRow, Problem
from bot.core.papers import (
    BEFORE_ITS_SLOT,
    DEFAULT_HOURS,
    FEWEST,
    MOST,
    USUAL,
    Ballot,
    Chosen,
    Plan,
    Vote,
    VoteWish,
    longest_hours,
    winner,
)
from bot.core.weeks import slot_of_week
from bot.errors import TooManyNamesError, UnknownWeekError, VoteRefusedError, VoteTooLongError
from bot.services import standing
from bot.services.curriculum import CurriculumStore
from bot.services.moderation import Moderation
from bot.services.papers import Papers, calendar_of, no_companion, slot_meant
from bot.store import groups as group_rows
from bot.store import outbox
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

log = logging.getLogger(__name__)

AT_ONCE = 100
TRY_AGAIN, AT_LATEST = timedelta(minutes=5), timedelta(days=1)
"""When a poll that couldn't be read is tried again: each time after twice as long, up to this."""

TOLD_WITHIN = timedelta(days=1)


@dataclass
class Votes:
    """Votes on what groups read. Each method is one transaction; questions.py talks to Discord."""

    _db: Database
    _curricula: CurriculumStore
    _papers: Papers
    _moderation: Moderation
    _clock: Clock
    _ids: Ids

    async def ask(self, guild_id: int, called_by: int, wish: VoteWish) -> Ballot:
        """Call a vote as a moderator says, as ``call`` does; what was said is kept for its week."""
        said = wish.count, wish.hours
        try:
            return await self.call(
                guild_id, wish.channel_id, called_by, *said,
                resources=wish.resources, date=wish.date,
            )  # fmt: skip
        except UnknownWeekError as error:
            kept_id = await self._moderation.keep(guild_id, called_by, replace(wish, date=None))
            raise replace(error, vote=(kept_id, called_by)) from error

    async def call(
        self,
        guild_id: int,
        channel_id: int,
        called_by: int,
        count: int | None = None,
        hours: int | None = None,
        *,
        resources: str | None = None,
        date: str | None = None,
    ) -> Ballot:
        """Call a vote on a week of the channel's group; the engine sends its messages.

        On the next week, unless said. Its candidates are those that are named; to a single one, or
        where more are wanted, come those that would be next in that week. It runs for two days, or
        as long as there is before its slot.

        Raises:
            NoGroupError: the channel has no group in this server.
            UnknownResourceError, NoLongerListedError, CompanionRefusedError: of one of the named.
            TooManyNamesError: they are more than a vote has candidates.
            UnknownWeekError, WeekRefusedError: as ``Papers.pick`` does.
            VoteRefusedError: the group is paused or stopped, the week has a vote, a pick or no
                paper, or fewer than two candidates are left.
            VoteTooLongError: it wouldn't close an hour before its slot.
        """
        now = self._clock()
        taken = self._papers.taken(guild_id, channel_id=channel_id, who=called_by)
        async with taken as (tx, group, plan):
            if group.state != "active":
                raise VoteRefusedError(group.state)
            named = await self._named(tx, group, resources)
            slot = slot_meant(plan, group, date)
            if plan.silent(slot):
                raise VoteRefusedError("no_paper")
            longest = longest_hours(slot, now)
            hours = min(DEFAULT_HOURS, longest) if hours is None else hours
            if not 1 <= hours <= longest:
                raise VoteTooLongError(slot.at, longest)
            await _check_open(tx, plan, slot.week)
            count = count or (USUAL if len(named) < FEWEST else len(named))
            keys = tuple(plan.candidates(slot.week, min(MOST, max(FEWEST, count)), named))
            if len(keys) < FEWEST:
                raise VoteRefusedError("few")
            vote = Vote(
                self._ids.new(), group.group_id, slot.week, "running", keys, hours,
                now + timedelta(hours=hours), channel_id, look_at=slot.at, called_by=called_by,
                made_at=now,
            )  # fmt: skip
            await week_rows.put_vote(tx, vote, now)
            until = min(slot.at - BEFORE_ITS_SLOT - timedelta(hours=hours), now + TOLD_WITHIN)
            to = (guild_id, group.group_id, channel_id)
            row = OutboxRow(self._ids.new(), "candidates", str(vote.vote_id), now, until, *to)
            await outbox.add(tx, row)
        return replace(
            await self._ballot(group, vote),
            elsewhere=plan.elsewhere(slot.week, keys),
            is_ahead=slot != plan.calendar.next(now),
            has_choice=plan.paper(slot.week).why == "leader_choice",
        )

    async def _named(self, tx: Queries, group: Group, resources: str | None) -> list[str]:
        """Return the keys of what is named, in that order, each once."""
        if not resources:
            return []
        named = await self._curricula.all_named(tx, group.where, resources)
        if len(named) > MOST:
            raise TooManyNamesError(MOST)
        return [no_companion(each).key for each in named]

    async def cancel(self, guild_id: int, vote_id: int) -> Ballot:
        """Call a vote off; the next look ends its poll. Twice is harmless.

        Raises:
            VoteRefusedError: this server has no such vote, or it is decided.
        """
        async with self._db.transaction() as tx:
            group, vote = await self._taken(tx, guild_id, vote_id)
            if vote.state == "running":
                await call_off(tx, self._ids, group, self._clock(), vote.week)
            elif vote.state != "cancelled":
                raise VoteRefusedError("over")
        return await self._ballot(group, vote)

    async def close(self, guild_id: int, vote_id: int) -> Ballot:
        """Close a vote now; the next look ends and counts its poll.

        Raises:
            VoteRefusedError: this server has no such vote, it is over, or its poll isn't sent.
        """
        async with self._db.transaction() as tx:
            group, vote = await self._taken(tx, guild_id, vote_id)
            if vote.state != "running":
                raise VoteRefusedError("over")
            if vote.message_id is None:
                raise VoteRefusedError("unsent")
            await week_rows.close_vote_now(tx, vote_id, self._clock())
        return await self._ballot(group, vote)

    async def _taken(self, tx: Queries, guild_id: int, vote_id: int) -> tuple[Group, Vote]:
        """Return a vote with its group, which is taken."""
        seen = await week_rows.vote(tx, vote_id)
        group = await group_rows.take_group(tx, seen.group_id) if seen else None
        vote = await week_rows.vote(tx, vote_id)
        if vote is None or group is None or group.guild_id != guild_id:
            raise VoteRefusedError("unknown")
        return group, vote

    async def ballot(self, vote_id: int) -> Ballot | None:
        """Return what the vote's messages show, running or not; None if it is gone."""
        vote = await week_rows.vote(self._db, vote_id)
        group = await group_rows.group(self._db, vote.group_id) if vote else None
        if vote is None or group is None:
            return None
        return await self._ballot(group, vote)

    async def card(self, vote_id: int) -> tuple[int, int] | None:
        """Return where a vote's candidates stand, above its poll: channel or post, and message."""
        row = await outbox.row_about(self._db, "candidates", str(vote_id))
        return None if row is None else row.stands_at

    async def lost(self, vote_id: int) -> tuple[Ballot, Problem | None] | None:
        """Return a vote that came to nothing, and what kept it from being sent; else None."""
        ballot = await self.ballot(vote_id)
        if ballot is None or ballot.vote.state != "lost":
            return None
        return ballot, await problem_of(self._db, ballot.vote)

    async def due(self) -> list[Vote]:
        """Return the votes whose poll is to be read, or ended if they were called off."""
        return await week_rows.due_votes(self._db, self._clock(), AT_ONCE)

    async def due_one(self, vote_id: int) -> Vote | None:
        """Return the vote if its poll is to be read or ended now."""
        vote = await week_rows.vote(self._db, vote_id)
        is_due = vote is not None and vote.look_at is not None and vote.look_at <= self._clock()
        return vote if is_due else None

    async def decide(self, vote: Vote, counts: Sequence[int]) -> None:
        """Record the result: the winner is what the group reads, if its week is still open.

        If nobody voted, what would come without a vote does. Nothing is sent, unless it is too late
        for both.
        """
        now = self._clock()
        async with self._db.transaction() as tx:
            group = await group_rows.take_group(tx, vote.group_id)
            calendar = None if group is None else await calendar_of(tx, group)
            if group is None or calendar is None or calendar.week(vote.week):
                await lose(tx, self._ids, vote.vote_id, now)
                return
            if calendar.first_at is None:
                await standing.tell_soon(tx, self._ids, group, now)
            if not await week_rows.end_vote(tx, vote.vote_id, "decided"):
                return
            key = winner(vote.keys, counts)
            if key is not None:
                chosen = Chosen(vote.group_id, vote.week, key, "vote_winner")
                await week_rows.put_pick(tx, chosen, None, now)
        log.info("vote %s of group %s is counted", vote.vote_id, vote.group_id)

    async def unread(self, vote: Vote, *, for_good: bool = False) -> None:
        """Record that the poll couldn't be read or ended: try again until the slot is due.

        ``for_good``: it is gone. Then, as after the slot, the order of the list counts.
        """
        now = self._clock()
        async with self._db.transaction() as tx:
            group = await group_rows.take_group(tx, vote.group_id)
            present = await week_rows.vote(tx, vote.vote_id)
            if present is None or present.state != vote.state:
                return  # another process counted it, or somebody called it off
            slot = slot_of_week(group.schedule, vote.week) if group is not None else None
            until = present.closes_at if slot is None else slot.at
            if now < until and not for_good:
                wait = min(AT_LATEST, max(TRY_AGAIN, now - vote.closes_at))
                await week_rows.set_look_at(tx, vote.vote_id, min(now + wait, until))
            elif group is None:  # it is deleted: its poll ends by itself where we can't
                await week_rows.delete_vote(tx, vote.vote_id)
            else:
                if await lose(tx, self._ids, vote.vote_id, now):
                    log.warning("vote %s of group %s is lost", vote.vote_id, vote.group_id)
                await week_rows.set_look_at(tx, vote.vote_id, None)

    async def ended(self, vote: Vote) -> None:
        """Record that the poll of a vote that was called off is ended."""
        async with self._db.transaction() as tx:
            await week_rows.set_look_at(tx, vote.vote_id, None)
            if await group_rows.group(tx, vote.group_id) is None:
                await week_rows.delete_vote(tx, vote.vote_id)

    async def _ballot(self, group: Group, vote: Vote) -> Ballot:
        curriculum = await self._curricula.having(self._db, group.where, vote.keys)
        slot, zone = slot_of_week(group.schedule, vote.week), group.schedule.zone
        resources = tuple(curriculum.get(key) for key in vote.keys)
        return Ballot(vote, group.guild_id, slot, zone, curriculum, resources)


async def _check_open(db: Queries, plan: Plan, week: str) -> None:
    """Raise VoteRefusedError if something else is chosen for the week, or a vote isn't over."""
    old = plan.vote_on(week)
    if old is not None and old.state in ("running", "decided"):
        raise VoteRefusedError(old.state)
    if old is not None and (old.look_at is not None or await _is_on_its_way(db, old)):
        raise VoteRefusedError("ending")
    if week in plan.picked:
        raise VoteRefusedError("picked")


async def _is_on_its_way(db: Queries, vote: Vote) -> bool:
    """Tell whether the poll of a vote called off may still appear: then it has to be ended."""
    row = await outbox.row_about(db, "poll", str(vote.vote_id))
    return row is not None and row.state in ("waiting", "claimed") and row.tried_at is not None


async def lose(tx: Queries, ids: Ids, vote_id: int, now: datetime) -> bool:
    """End a running vote without a result, and tell who called it; tell whether it was running."""
    if not await week_rows.end_vote(tx, vote_id, "lost"):
        return False
    vote = await week_rows.vote(tx, vote_id)
    group = await group_rows.group(tx, vote.group_id) if vote else None
    if vote is not None and group is not None and vote.called_by is not None:
        row = OutboxRow(
            ids.new(), "notice", str(vote_id), now, now + TOLD_WITHIN,
            group.guild_id, group.group_id, reader_id=vote.called_by,
        )  # fmt: skip
        await outbox.add(tx, row)
    return True


async def call_off(
    tx: Queries, ids: Ids, group: Group, now: datetime, week: str | None = None
) -> None:
    """Call a group's running votes off, or that on one week. The group must have been taken."""
    for vote_id in await week_rows.call_off_votes(tx, group.group_id, now, week):
        await tell_called_off(tx, ids, vote_id, now)


async def tell_called_off(tx: Queries, ids: Ids, vote_id: int, now: datetime) -> None:
    """Let the card above the poll of a vote called off say so, even if its group is forgotten."""
    card = await outbox.row_about(tx, "candidates", str(vote_id))
    if card is not None and card.stands_at is not None:
        place_id, message_id = card.stands_at
        language = await group_rows.language_in(tx, card.guild_id or 0, card.group_id)
        row = OutboxRow(
            ids.new(), "called_off", str(vote_id), now, now + TOLD_WITHIN, card.guild_id,
            channel_id=place_id, message_id=message_id, language=language,
        )  # fmt: skip
        await outbox.add(tx, row)


async def problem_of(db: Queries, vote: Vote) -> Problem | None:
    """Return what keeps or kept the vote's messages from being sent."""
    if vote.message_id is not None:
        return None
    poll = await outbox.row_about(db, "poll", str(vote.vote_id))
    card = await outbox.row_about(db, "candidates", str(vote.vote_id))
    return next((row.problem for row in (poll, card) if row is not None and row.problem), None)
