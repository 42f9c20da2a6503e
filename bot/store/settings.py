"""Small facts of the bot itself, by name."""

from __future__ import annotations

from bot.store.database import Queries


async def setting(db: Queries, name: str) -> str | None:
    """Return what was recorded under the name, or None."""
    rows = await db.fetch("SELECT value FROM settings WHERE name = ?", name)
    return str(rows[0]["value"]) if rows else None


async def set_setting(changes: Queries, name: str, value: str) -> None:
    """Record a value under the name."""
    await changes.fetch(
        "INSERT INTO settings (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value,
    )
