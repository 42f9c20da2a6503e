"""Doubts about prerequisites, until moderators settle them."""

from __future__ import annotations

from datetime import datetime

from bot.core.moderation import Doubt
from bot.store.database import Queries
from bot.store.instants import seconds


async def add_doubt(
    changes: Queries, doubt_id: int, guild_id: int, reader_id: int, doubt: Doubt, now: datetime
) -> None:
    """Record a doubt; the same reader's next one about the same takes its place."""
    await changes.fetch(
        "INSERT INTO doubts (doubt_id, guild_id, resource_key, needed_key, reader_id, why, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (guild_id, resource_key, needed_key, reader_id)"
        " DO UPDATE SET why = excluded.why, made_at = excluded.made_at",
        doubt_id,
        guild_id,
        doubt.key,
        doubt.needed,
        reader_id,
        doubt.why,
        seconds(now),
    )


async def doubts_about(db: Queries, guild_id: int, key: str) -> list[Doubt]:
    """Return what this server's readers doubt about a resource, the newest first."""
    rows = await db.fetch(
        "SELECT needed_key, why FROM doubts WHERE guild_id = ? AND resource_key = ?"
        " ORDER BY made_at DESC, doubt_id DESC",
        guild_id,
        key,
    )
    return [Doubt(key, row["needed_key"], row["why"]) for row in rows]


async def doubted_keys(db: Queries, guild_id: int) -> list[str]:
    """Return the resources with doubts that wait for this server's moderators."""
    rows = await db.fetch(
        "SELECT resource_key FROM doubts WHERE guild_id = ? GROUP BY resource_key"
        " ORDER BY MIN(made_at), resource_key",
        guild_id,
    )
    return [row["resource_key"] for row in rows]


async def settle_doubts(changes: Queries, guild_id: int, key: str) -> None:
    """Forget what was doubted about a resource in this server."""
    await changes.fetch("DELETE FROM doubts WHERE guild_id = ? AND resource_key = ?", guild_id, key)
