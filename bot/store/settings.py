"""Small facts of the bot itself: settings by name, and the row from which tickets are taken."""

from bot.store.database import Queries


async def setting(db: Queries, name: str) -> str | None:
    """Return what was recorded under the name, or None."""
    value: str | None = await db.fetch_value("SELECT value FROM settings WHERE name = ?", name)
    return value


async def set_setting(tx: Queries, name: str, value: str) -> None:
    """Record a value under the name."""
    sql = (
        "INSERT INTO settings (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    await tx.fetch(sql, name, value)


async def take_next_ticket_at(tx: Queries) -> int:
    """Return when the next ticket is good, and make others who ask wait for this transaction."""
    sql = (
        "INSERT INTO tickets (only_row, free_at) VALUES (1, 0)"
        " ON CONFLICT (only_row) DO UPDATE SET free_at = tickets.free_at RETURNING free_at"
    )
    return int(await tx.fetch_value(sql))


async def set_next_ticket_at(tx: Queries, free_at: int) -> None:
    """Record when the next ticket is good."""
    await tx.fetch("UPDATE tickets SET free_at = ?", free_at)
