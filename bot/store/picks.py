"""What moderators picked, and votes chose, for groups' weeks."""

from __future__ import annotations

from datetime import datetime

from bot.core.picking import Chosen
from bot.core.picks import Why
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
