"""The one row from which all processes take their tickets."""

from __future__ import annotations

from bot.store.database import Queries


async def take_free_at(changes: Queries) -> int:
    """Return from when on the next ticket is good; whoever else wants to know waits meanwhile."""
    rows = await changes.fetch(
        "INSERT INTO tickets (only_row, free_at) VALUES (1, 0)"
        " ON CONFLICT (only_row) DO UPDATE SET free_at = tickets.free_at RETURNING free_at"
    )
    return int(rows[0]["free_at"])


async def set_free_at(changes: Queries, free_at: int) -> None:
    """Record from when on the next ticket is good."""
    await changes.fetch("UPDATE tickets SET free_at = ?", free_at)
