"""Which channels are told that something waits for moderators, and who they are."""

from datetime import datetime

from bot.core.inbox import Word
from bot.store.database import Queries, value_from


async def word_of(db: Queries, guild_id: int) -> Word | None:
    """Return what a server's moderators said of a word a week; None: nothing yet."""
    sql = "SELECT channel_id, next_at FROM inbox_words WHERE guild_id = ?"
    row = await db.fetch_one(sql, guild_id)
    return None if row is None else value_from(Word, row)


async def put_word(tx: Queries, guild_id: int, word: Word) -> None:
    """Record what a server's moderators say of it now, or when its next week is over."""
    sql = (
        "INSERT INTO inbox_words (guild_id, channel_id, next_at) VALUES (?, ?, ?)"
        " ON CONFLICT (guild_id)"
        " DO UPDATE SET channel_id = excluded.channel_id, next_at = excluded.next_at"
    )
    await tx.fetch(sql, guild_id, word.channel_id, word.next_at)


async def drop_word(tx: Queries, guild_id: int, channel_id: int) -> None:
    """Forget that a server's moderators are told in this channel, if they still are."""
    sql = "DELETE FROM inbox_words WHERE guild_id = ? AND channel_id = ?"
    await tx.fetch(sql, guild_id, channel_id)


async def due_words(db: Queries, now: datetime) -> list[int]:
    """Return the servers whose week is over, the longest ago first."""
    sql = (
        "SELECT guild_id FROM inbox_words WHERE next_at <= ? AND channel_id IS NOT NULL"
        " AND NOT EXISTS"
        " (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = inbox_words.guild_id)"
        " ORDER BY next_at, guild_id"
    )
    return await db.fetch_column(sql, now)


async def moderators(db: Queries, guild_id: int, limit: int) -> list[int]:
    """Return who changed a server's running groups or its lists, the latest first."""
    sql = (
        "SELECT person FROM ("
        "SELECT changed_by AS person, changed_at AS at FROM study_groups"
        " WHERE guild_id = ? AND state <> 'stopped'"
        " UNION ALL SELECT changed_by AS person, changed_at AS at FROM addition_changes"
        " WHERE guild_id = ?) AS changes WHERE person IS NOT NULL"
        " GROUP BY person ORDER BY MAX(at) DESC, person LIMIT ?"
    )
    return await db.fetch_column(sql, guild_id, guild_id, limit)
