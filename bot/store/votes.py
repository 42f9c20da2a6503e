"""Votes on what groups read."""

from __future__ import annotations

import json
from datetime import datetime

from bot.core.votes import Vote, VoteState
from bot.store.database import Queries, Row
from bot.store.instants import instant, instant_or_none, seconds, seconds_or_none


async def put_vote(changes: Queries, vote: Vote, called_by: int | None, now: datetime) -> None:
    """Write a new vote; it takes the place of one that came to nothing for the same week."""
    await changes.fetch(
        "DELETE FROM votes WHERE group_id = ? AND week = ?", vote.group_id, vote.week
    )
    await changes.fetch(
        "INSERT INTO votes (vote_id, group_id, week, state, candidates, hours, closes_at,"
        " channel_id, message_id, look_at, called_by, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        vote.vote_id,
        vote.group_id,
        vote.week,
        vote.state,
        json.dumps(vote.keys),
        vote.hours,
        seconds(vote.closes_at),
        vote.channel_id,
        vote.message_id,
        seconds_or_none(vote.look_at),
        called_by,
        seconds(now),
    )


async def vote(db: Queries, vote_id: int) -> Vote | None:
    """Return the vote with this id."""
    rows = await db.fetch("SELECT * FROM votes WHERE vote_id = ?", vote_id)
    return _vote(rows[0]) if rows else None


async def caller_of(db: Queries, vote_id: int) -> int | None:
    """Return who called the vote, if they are still known."""
    rows = await db.fetch("SELECT called_by FROM votes WHERE vote_id = ?", vote_id)
    return rows[0]["called_by"] if rows else None


async def vote_of_week(db: Queries, group_id: int, week: str) -> Vote | None:
    """Return the group's vote on the week, whatever became of it."""
    rows = await db.fetch("SELECT * FROM votes WHERE group_id = ? AND week = ?", group_id, week)
    return _vote(rows[0]) if rows else None


async def votes_from(db: Queries, group_id: int, week: str) -> list[Vote]:
    """Return the group's votes on the week and those after it, in order."""
    rows = await db.fetch(
        "SELECT * FROM votes WHERE group_id = ? AND week >= ? ORDER BY week", group_id, week
    )
    return [_vote(row) for row in rows]


async def due_votes(db: Queries, now: datetime, limit: int) -> list[Vote]:
    """Return the votes whose poll is to be read or ended, the longest waiting first."""
    rows = await db.fetch(
        f"SELECT * FROM votes WHERE look_at <= ? AND {IS_HERE}"  # noqa: S608 - our words
        " ORDER BY look_at, vote_id LIMIT ?",
        seconds(now),
        limit,
    )
    return [_vote(row) for row in rows]


IS_HERE = (
    "NOT EXISTS (SELECT 1 FROM study_groups JOIN gone_guilds"
    " ON gone_guilds.guild_id = study_groups.guild_id"
    " WHERE study_groups.group_id = votes.group_id)"
)
"""The vote's server hasn't removed the bot."""


async def set_polled(
    changes: Queries,
    vote_id: int,
    channel_id: int,
    message_id: int,
    closes_at: datetime,
    now: datetime,
) -> None:
    """Record the poll's message; that of a vote called off meanwhile is to be ended now."""
    await changes.fetch(
        "UPDATE votes SET channel_id = ?, message_id = ?, closes_at = ?,"
        " look_at = CASE state WHEN 'running' THEN CAST(? AS BIGINT) ELSE CAST(? AS BIGINT) END"
        " WHERE vote_id = ?",
        channel_id,
        message_id,
        seconds(closes_at),
        seconds(closes_at),
        seconds(now),
        vote_id,
    )


async def look_later(changes: Queries, vote_id: int, look_at: datetime | None) -> None:
    """Record when the poll is to be looked at again; None: never."""
    await changes.fetch(
        "UPDATE votes SET look_at = ? WHERE vote_id = ?", seconds_or_none(look_at), vote_id
    )


async def end_vote(changes: Queries, vote_id: int, state: VoteState) -> bool:
    """Record what became of a running vote; tell whether it was still running."""
    rows = await changes.fetch(
        "UPDATE votes SET state = ?, look_at = NULL WHERE vote_id = ? AND state = 'running'"
        " RETURNING vote_id",
        state,
        vote_id,
    )
    return bool(rows)


async def close_now(changes: Queries, vote_id: int, now: datetime) -> None:
    """Record that a running vote closes now, if it didn't before: its poll is to be looked at."""
    await changes.fetch(
        "UPDATE votes SET closes_at = CASE WHEN closes_at > ? THEN CAST(? AS BIGINT)"
        " ELSE closes_at END, look_at = ? WHERE vote_id = ? AND state = 'running'",
        seconds(now),
        seconds(now),
        seconds(now),
        vote_id,
    )


async def delete_vote(changes: Queries, vote_id: int) -> None:
    """Forget a vote whose group is deleted: its poll is ended, or gone."""
    await changes.fetch("DELETE FROM votes WHERE vote_id = ?", vote_id)


async def call_off_votes(
    changes: Queries, group_id: int, now: datetime, week: str | None = None
) -> list[int]:
    """Cancel the group's running votes, or that on one week, and return their ids.

    Polls already sent are ended soon.
    """
    rows = await changes.fetch(
        "UPDATE votes SET state = 'cancelled',"
        " look_at = CASE WHEN message_id IS NULL THEN NULL ELSE CAST(? AS BIGINT) END"
        " WHERE group_id = ? AND state = 'running' AND (week = ? OR CAST(? AS TEXT) IS NULL)"
        " RETURNING vote_id",
        seconds(now),
        group_id,
        week,
        week,
    )
    return sorted(row["vote_id"] for row in rows)


def _vote(row: Row) -> Vote:
    state: VoteState = row["state"]
    return Vote(
        row["vote_id"],
        row["group_id"],
        row["week"],
        state,
        tuple(json.loads(row["candidates"])),
        row["hours"],
        instant(row["closes_at"]),
        row["channel_id"],
        row["message_id"],
        instant_or_none(row["look_at"]),
    )
