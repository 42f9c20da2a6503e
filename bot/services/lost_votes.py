"""Votes that came to nothing: who called one is told, and the group's card says so.

Of one that was called off the channel is told: the card above its poll says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.groups import Group
from bot.core.outbox import OutboxRow
from bot.core.votes import Vote
from bot.store import groups, outbox, votes
from bot.store.database import Queries
from bot.store.ids import Ids

TOLD_WITHIN = timedelta(days=1)


async def lose(changes: Queries, ids: Ids, vote_id: int, now: datetime) -> bool:
    """End a running vote without a result, and tell who called it; tell whether it was running."""
    if not await votes.end_vote(changes, vote_id, "lost"):
        return False
    vote, called_by = await votes.vote(changes, vote_id), await votes.caller_of(changes, vote_id)
    group = await groups.group(changes, vote.group_id) if vote else None
    if group is not None and called_by is not None:
        notice = OutboxRow(
            ids.new(), "vote_lost", str(vote_id), group.guild_id, called_by,
            "waiting", now, now + TOLD_WITHIN,
        )  # fmt: skip
        await outbox.add_row(changes, notice)
    return True


async def call_off(
    changes: Queries, ids: Ids, group: Group, now: datetime, week: str | None = None
) -> None:
    """Call a group's running votes off, or that on one week. The group must have been taken."""
    for vote_id in await votes.call_off_votes(changes, group.group_id, now, week):
        await tell_called_off(changes, ids, vote_id, now)


async def tell_called_off(changes: Queries, ids: Ids, vote_id: int, now: datetime) -> None:
    """Let the card above the poll of a vote called off say so, where it was sent."""
    card = await outbox.row_about(changes, "candidates", str(vote_id))
    if card is not None and card.message_id is not None:
        row = OutboxRow(
            ids.new(), "called_off", str(vote_id), card.guild_id, card.channel_id,
            "waiting", now, now + TOLD_WITHIN,
        )  # fmt: skip
        await outbox.add_row(changes, row)


async def problem_of(db: Queries, vote: Vote) -> str | None:
    """Return what keeps or kept the vote's messages from being sent, by its name."""
    if vote.message_id is not None:
        return None
    rows = [
        await outbox.row_about(db, "poll", str(vote.vote_id)),
        await outbox.row_about(db, "candidates", str(vote.vote_id)),
    ]
    return next((row.problem for row in rows if row is not None and row.problem), None)
