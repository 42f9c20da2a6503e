"""Servers that removed the bot: since when, and all the rows that go with them.

What looks for work leaves them out with ``NOT EXISTS (SELECT 1 FROM gone_guilds ...)``.
"""

from collections.abc import AsyncIterator
from datetime import datetime

from bot.core.curriculum.additions import namespace_of
from bot.store import link_checks
from bot.store.database import Queries
from bot.store.instants import instant, instant_or_none

ROWS_A_PAGE = 2000
"""Rows read in one statement where no index leads to a server's."""


async def set_gone(tx: Queries, guild_id: int, now: datetime) -> bool:
    """Record that the server removed the bot; tell whether that is news."""
    sql = (
        "INSERT INTO gone_guilds (guild_id, gone_at) VALUES (?, ?)"
        " ON CONFLICT (guild_id) DO NOTHING RETURNING guild_id"
    )
    is_news = await tx.any_row(sql, guild_id, now)
    if is_news:  # as soon as it is seen again, Discord is asked anew
        await tx.fetch("DELETE FROM asked_guilds WHERE guild_id = ?", guild_id)
    return is_news


async def gone_guilds(db: Queries) -> dict[int, datetime]:
    """Return the servers that removed the bot, and since when that is known."""
    rows = await db.fetch("SELECT guild_id, gone_at FROM gone_guilds ORDER BY gone_at, guild_id")
    return {row["guild_id"]: instant(row["gone_at"]) for row in rows}


async def gone_at(db: Queries, guild_id: int) -> datetime | None:
    """Return since when the server is known to have removed the bot; None: it hasn't."""
    sql = "SELECT gone_at FROM gone_guilds WHERE guild_id = ?"
    return instant_or_none(await db.fetch_value(sql, guild_id))


async def take_gone(tx: Queries, guild_id: int) -> bool:
    """Lock the server against being taken back; tell whether it is still gone."""
    sql = "UPDATE gone_guilds SET guild_id = guild_id WHERE guild_id = ? RETURNING guild_id"
    return await tx.any_row(sql, guild_id)


async def set_back(tx: Queries, guild_id: int) -> None:
    """Record that the bot is in the server, or that nothing is kept about it any more."""
    await tx.fetch("DELETE FROM gone_guilds WHERE guild_id = ?", guild_id)
    await tx.fetch("DELETE FROM asked_guilds WHERE guild_id = ?", guild_id)


async def guilds_with_rows(db: Queries) -> dict[int, bool]:
    """Return the servers that aren't gone and about which anything is kept.

    The value tells whether a group there can't post, for whatever reason.
    """
    rows = await db.fetch(
        "SELECT guild_id, MAX(is_blocked) AS is_blocked FROM ("
        "SELECT guild_id, CASE WHEN blocked IS NULL THEN 0 ELSE 1 END AS is_blocked"
        " FROM study_groups"
        " UNION ALL SELECT guild_id, 0 FROM additions_versions"
        " UNION ALL SELECT guild_id, 0 FROM doubts"
        " UNION ALL SELECT guild_id, 0 FROM outbox WHERE kind = 'greeting'"
        ") AS found WHERE NOT EXISTS"
        " (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = found.guild_id)"
        " GROUP BY guild_id ORDER BY guild_id"
    )
    return {row["guild_id"]: bool(row["is_blocked"]) for row in rows}


async def asked_since(db: Queries, since: datetime) -> set[int]:
    """Return the servers about which Discord was asked later than that."""
    return set(await db.fetch_column("SELECT guild_id FROM asked_guilds WHERE asked_at > ?", since))


async def claim_question(tx: Queries, guild_id: int, now: datetime, not_since: datetime) -> bool:
    """Record that Discord is being asked; tell whether nobody had asked since ``not_since``."""
    sql = (
        "INSERT INTO asked_guilds (guild_id, asked_at) VALUES (?, ?)"
        " ON CONFLICT (guild_id) DO UPDATE SET asked_at = excluded.asked_at"
        " WHERE asked_guilds.asked_at <= ? RETURNING guild_id"
    )
    return await tx.any_row(sql, guild_id, now, not_since)


async def set_asked(tx: Queries, guild_id: int, asked_at: datetime) -> None:
    """Set when Discord was asked, or is to be taken as asked."""
    await tx.fetch("UPDATE asked_guilds SET asked_at = ? WHERE guild_id = ?", asked_at, guild_id)


async def drop_asked_before(tx: Queries, at: datetime) -> None:
    """Forget questions that no longer keep another one from being asked."""
    await tx.fetch("DELETE FROM asked_guilds WHERE asked_at < ?", at)


async def week_ids(db: Queries, group_id: int) -> list[int]:
    """Return all weeks of a group."""
    sql = "SELECT week_id FROM weeks WHERE group_id = ? ORDER BY week_id"
    return await db.fetch_column(sql, group_id)


async def forget_readers(tx: Queries, week_id: int) -> None:
    """Forget who pressed "I've read it" under a week's post."""
    await tx.fetch("DELETE FROM week_readers WHERE week_id = ?", week_id)


async def forget_group(tx: Queries, group_id: int, *, but_open_polls: bool = False) -> None:
    """Forget a group: its members, weeks, picks, leaders and votes. Their progress stays.

    ``but_open_polls``: votes called off are kept until their poll is ended.
    """
    sql = "DELETE FROM week_readers WHERE week_id IN (SELECT week_id FROM weeks WHERE group_id = ?)"
    await tx.fetch(sql, group_id)
    kept = " AND look_at IS NULL" if but_open_polls else ""
    await tx.fetch(f"DELETE FROM votes WHERE group_id = ?{kept}", group_id)  # noqa: S608 - our words
    for table in ("members", "picks", "leads", "spans", "weeks", "study_groups"):
        await tx.fetch(f"DELETE FROM {table} WHERE group_id = ?", group_id)  # noqa: S608 - our names


async def forget_list(tx: Queries, guild_id: int) -> None:
    """Forget what moderators made of the list, and what readers doubted about it."""
    changes = ("additions", "additions_versions", "addition_changes", "drafts", "doubts", "facts")
    for table in (*changes, "lists", "list_versions", "suggestions", "wishes", "inbox_words"):
        await tx.fetch(f"DELETE FROM {table} WHERE guild_id = ?", guild_id)  # noqa: S608 - our names


async def own_keys(db: Queries, guild_id: int) -> list[str]:
    """Return the keys of all that the server ever added."""
    sql = "SELECT resource_key FROM known_resources WHERE namespace = ? ORDER BY resource_key"
    return await db.fetch_column(sql, namespace_of(guild_id))


async def forget_pointers(tx: Queries, guild_id: int) -> None:
    """Clear the current resource and the goal where they are the server's own; forget its lists."""
    for column in ("current_key", "goal_key"):
        sql = (
            f"UPDATE reader_lists SET {column} = NULL WHERE {column} IN"  # noqa: S608 - our names
            " (SELECT resource_key FROM known_resources WHERE namespace = ?)"
        )
        await tx.fetch(sql, namespace_of(guild_id))
    its_own = f"{namespace_of(guild_id)}:%"
    await tx.fetch("DELETE FROM reader_lists WHERE list_id LIKE ?", its_own)


async def forget_marks(tx: Queries, key: str) -> None:
    """Forget all marks on a resource."""
    for table in ("progress", "ratings", "bookmarks"):
        await tx.fetch(f"DELETE FROM {table} WHERE resource_key = ?", key)  # noqa: S608 - our names


async def forget_resources(tx: Queries, guild_id: int) -> None:
    """Forget that the server ever added anything: last, for its keys lead to the rest."""
    await tx.fetch("DELETE FROM known_resources WHERE namespace = ?", namespace_of(guild_id))
    await link_checks.drop_unlisted(tx)


async def unasked(db: Queries, guild_id: int) -> AsyncIterator[list[int]]:
    """Yield the outbox's rows of a server, a page at a time."""
    async for after, until in pages(db, "outbox", "row_id"):
        sql = "SELECT row_id FROM outbox WHERE row_id > ? AND row_id <= ? AND guild_id = ?"
        if ids := await db.fetch_column(sql, after, until, guild_id):
            yield ids


async def pages(db: Queries, table: str, column: str) -> AsyncIterator[tuple[int, int]]:
    """Yield the bounds of a table's pages in the order of its ids: after this one, up to that."""
    sql = (
        f"SELECT MAX({column}) FROM (SELECT {column} FROM {table}"  # noqa: S608 - our names
        f" WHERE {column} > ? ORDER BY {column} LIMIT ?) AS page"
    )
    after = -1
    while (until := await db.fetch_value(sql, after, ROWS_A_PAGE)) is not None:
        yield after, until
        after = until
