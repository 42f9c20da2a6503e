"""What moderators pick and members vote for in groups' weeks, and for how long it is read."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.core.papers import Chosen, Span, Vote, VoteState
from bot.core.weeks import Why
from bot.store.database import Queries, Row, value_from


async def put_pick(tx: Queries, pick: Chosen, picked_by: int | None, now: datetime) -> None:
    """Choose for a week; a later choice of the same sort takes the place of an earlier one."""
    sql = (
        "INSERT INTO picks (group_id, week, why, resource_key, picked_by, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, week, why) DO UPDATE SET"
        " resource_key = excluded.resource_key, picked_by = excluded.picked_by,"
        " changed_at = excluded.changed_at"
    )
    await tx.fetch(sql, pick.group_id, pick.week, pick.why, pick.key, picked_by, now)


async def delete_pick(tx: Queries, group_id: int, week: str, why: Why) -> None:
    """Take a choice back. Twice is harmless."""
    sql = "DELETE FROM picks WHERE group_id = ? AND week = ? AND why = ?"
    await tx.fetch(sql, group_id, week, why)


async def picks_from(db: Queries, group_id: int, week: str) -> list[Chosen]:
    """Return what is chosen for the week and those after it, in order."""
    sql = (
        "SELECT group_id, week, resource_key AS key, why FROM picks"
        " WHERE group_id = ? AND week >= ? ORDER BY week, why"
    )
    return [Chosen(**row) for row in await db.fetch(sql, group_id, week)]


async def move_picks(tx: Queries, group_id: int, week: str, to_week: str) -> None:
    """Move the choice for one week to another week that has none."""
    sql = "UPDATE picks SET week = ? WHERE group_id = ? AND week = ?"
    await tx.fetch(sql, to_week, group_id, week)


async def put_span(tx: Queries, group_id: int, span: Span, keys: Iterable[str]) -> None:
    """Record for how many weeks a group reads a resource; ``keys``: all that it ever had."""
    for key in keys:
        await tx.fetch("DELETE FROM spans WHERE group_id = ? AND resource_key = ?", group_id, key)
    sql = "INSERT INTO spans (group_id, resource_key, weeks, since_week) VALUES (?, ?, ?, ?)"
    await tx.fetch(sql, group_id, span.key, span.weeks, span.since)


async def spans_of(db: Queries, group_id: int) -> list[Span]:
    """Return what a group reads for more or fewer weeks than one, with what it had since then."""
    sql = (
        "SELECT spans.resource_key, spans.weeks, spans.since_week, weeks.week,"
        " weeks.resource_key AS had_key FROM spans LEFT JOIN weeks"
        " ON weeks.group_id = spans.group_id AND weeks.week >= spans.since_week"
        " AND weeks.state IN ('waiting', 'posted', 'uncertain') WHERE spans.group_id = ?"
        " ORDER BY spans.since_week, spans.resource_key, weeks.week"
    )
    had: dict[Span, list[tuple[str, str]]] = {}
    for row in await db.fetch(sql, group_id):
        span = Span(key=row["resource_key"], weeks=row["weeks"], since=row["since_week"])
        weeks = had.setdefault(span, [])
        if row["had_key"] is not None:
            weeks.append((row["week"], row["had_key"]))
    return [replace(span, had=tuple(weeks)) for span, weeks in had.items()]


async def put_vote(tx: Queries, vote: Vote, now: datetime) -> None:
    """Write a new vote; it takes the place of one that came to nothing for the same week."""
    await tx.fetch("DELETE FROM votes WHERE group_id = ? AND week = ?", vote.group_id, vote.week)
    sql = (
        "INSERT INTO votes (vote_id, group_id, week, state, candidates, hours, closes_at,"
        " channel_id, message_id, look_at, called_by, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    asked = vote.vote_id, vote.group_id, vote.week, vote.state, json.dumps(vote.keys), vote.hours
    poll = vote.closes_at, vote.channel_id, vote.message_id, vote.look_at, vote.called_by
    await tx.fetch(sql, *asked, *poll, now)


async def vote(db: Queries, vote_id: int) -> Vote | None:
    """Return the vote with this id."""
    row = await db.fetch_one("SELECT * FROM votes WHERE vote_id = ?", vote_id)
    return _vote(row) if row else None


async def votes_from(db: Queries, group_id: int, week: str) -> list[Vote]:
    """Return the group's votes on the week and those after it, in order."""
    sql = "SELECT * FROM votes WHERE group_id = ? AND week >= ? ORDER BY week"
    return [_vote(row) for row in await db.fetch(sql, group_id, week)]


async def due_votes(db: Queries, now: datetime, limit: int) -> list[Vote]:
    """Return the votes whose poll is to be read or ended, the longest waiting first."""
    sql = (
        f"SELECT * FROM votes WHERE look_at <= ? AND {IS_HERE}"  # noqa: S608 - our words
        " ORDER BY look_at, vote_id LIMIT ?"
    )
    return [_vote(row) for row in await db.fetch(sql, now, limit)]


IS_HERE = (
    "NOT EXISTS (SELECT 1 FROM study_groups JOIN gone_guilds"
    " ON gone_guilds.guild_id = study_groups.guild_id"
    " WHERE study_groups.group_id = votes.group_id)"
)
"""The vote's server hasn't removed the bot."""


async def set_polled(tx: Queries, vote: Vote, now: datetime) -> None:
    """Record the vote's poll and its end; if called off meanwhile, it is to be ended now."""
    sql = (
        "UPDATE votes SET channel_id = ?, message_id = ?, closes_at = ?,"
        " look_at = CASE state WHEN 'running' THEN CAST(? AS BIGINT) ELSE CAST(? AS BIGINT) END"
        " WHERE vote_id = ?"
    )
    closes_at = vote.closes_at
    await tx.fetch(sql, vote.channel_id, vote.message_id, closes_at, closes_at, now, vote.vote_id)


async def set_look_at(tx: Queries, vote_id: int, look_at: datetime | None) -> None:
    """Record when the poll is to be looked at again; None: never."""
    await tx.fetch("UPDATE votes SET look_at = ? WHERE vote_id = ?", look_at, vote_id)


async def end_vote(tx: Queries, vote_id: int, state: VoteState) -> bool:
    """Record what became of a running vote; tell whether it was still running."""
    sql = (
        "UPDATE votes SET state = ?, look_at = NULL WHERE vote_id = ? AND state = 'running'"
        " RETURNING vote_id"
    )
    return await tx.any_row(sql, state, vote_id)


async def close_vote_now(tx: Queries, vote_id: int, now: datetime) -> None:
    """Record that a running vote closes now, if it didn't before: its poll is to be looked at."""
    sql = (
        "UPDATE votes SET closes_at = CASE WHEN closes_at > ? THEN CAST(? AS BIGINT)"
        " ELSE closes_at END, look_at = ? WHERE vote_id = ? AND state = 'running'"
    )
    await tx.fetch(sql, now, now, now, vote_id)


async def delete_vote(tx: Queries, vote_id: int) -> None:
    """Forget a vote whose group is deleted: its poll is ended, or gone."""
    await tx.fetch("DELETE FROM votes WHERE vote_id = ?", vote_id)


async def call_off_votes(tx: Queries, group_id: int, now: datetime, week: str | None) -> list[int]:
    """Cancel the group's running votes, or only that on the week, and return their ids.

    Polls already sent are ended soon.
    """
    sql = (
        "UPDATE votes SET state = 'cancelled',"
        " look_at = CASE WHEN message_id IS NULL THEN NULL ELSE CAST(? AS BIGINT) END"
        " WHERE group_id = ? AND state = 'running' AND (week = ? OR CAST(? AS TEXT) IS NULL)"
        " RETURNING vote_id"
    )
    return sorted(await tx.fetch_column(sql, now, group_id, week, week))


def _vote(row: Row) -> Vote:
    return value_from(Vote, row, keys=tuple(json.loads(row["candidates"])))
