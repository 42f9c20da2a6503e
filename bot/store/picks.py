"""What moderators picked, and votes chose, for groups' weeks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.core.picks import Chosen, Span, Why
from bot.store.database import Queries
from bot.store.instants import seconds


async def put_pick(changes: Queries, pick: Chosen, picked_by: int | None, now: datetime) -> None:
    """Choose for a week; a later choice of the same sort takes the place of an earlier one."""
    await changes.fetch(
        "INSERT INTO picks (group_id, week, why, resource_key, picked_by, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, week, why) DO UPDATE SET"
        " resource_key = excluded.resource_key, picked_by = excluded.picked_by,"
        " changed_at = excluded.changed_at",
        pick.group_id,
        pick.week,
        pick.why,
        pick.key,
        picked_by,
        seconds(now),
    )


async def delete_pick(changes: Queries, group_id: int, week: str, why: Why) -> None:
    """Take a choice back. Twice is harmless."""
    await changes.fetch(
        "DELETE FROM picks WHERE group_id = ? AND week = ? AND why = ?", group_id, week, why
    )


async def picks_from(db: Queries, group_id: int, week: str) -> list[Chosen]:
    """Return what is chosen for the week and those after it, in order."""
    rows = await db.fetch(
        "SELECT * FROM picks WHERE group_id = ? AND week >= ? ORDER BY week, why", group_id, week
    )
    return [Chosen(row["group_id"], row["week"], row["resource_key"], row["why"]) for row in rows]


async def move_picks(changes: Queries, group_id: int, week: str, to_week: str) -> None:
    """Let what is chosen for a week be chosen for another, for which nothing is."""
    await changes.fetch(
        "UPDATE picks SET week = ? WHERE group_id = ? AND week = ?", to_week, group_id, week
    )


async def put_span(changes: Queries, group_id: int, span: Span, keys: Iterable[str]) -> None:
    """Record for how many weeks a group reads a resource; ``keys``: all that it ever had."""
    for key in keys:
        await changes.fetch(
            "DELETE FROM spans WHERE group_id = ? AND resource_key = ?", group_id, key
        )
    await changes.fetch(
        "INSERT INTO spans (group_id, resource_key, weeks, since_week) VALUES (?, ?, ?, ?)",
        group_id,
        span.key,
        span.weeks,
        span.since,
    )


async def spans_of(db: Queries, group_id: int) -> list[Span]:
    """Return what a group reads for more or fewer weeks than one, with what it had since then."""
    rows = await db.fetch(
        "SELECT spans.resource_key, spans.weeks, spans.since_week, slots.week,"
        " slots.resource_key AS had_key FROM spans LEFT JOIN slots"
        " ON slots.group_id = spans.group_id AND slots.week >= spans.since_week"
        " AND slots.state IN ('waiting', 'posted', 'uncertain') WHERE spans.group_id = ?"
        " ORDER BY spans.since_week, spans.resource_key, slots.week",
        group_id,
    )
    had: dict[tuple[str, int, str], list[tuple[str, str]]] = {}
    for row in rows:
        weeks = had.setdefault((row["resource_key"], row["weeks"], row["since_week"]), [])
        if row["had_key"] is not None:
            weeks.append((row["week"], row["had_key"]))
    return [Span(*span, tuple(weeks)) for span, weeks in had.items()]
