"""What members suggested for their servers' lists, and who wants it."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.core.suggestions import Reason, State, Suggestion, Wish
from bot.store.database import Queries, Row, value_from
from bot.store.readers import NOT_LATER

_WANTED = (
    "SELECT s.*, s.resource_key AS key, COUNT(*) AS wanted FROM suggestions s"
    " JOIN wishes w ON w.suggestion_id = s.suggestion_id WHERE s.guild_id = ?"
)
"""The suggestions of a server that anybody wants."""


async def open_in(db: Queries, guild_id: int) -> list[Suggestion]:
    """Return a server's open suggestions, the most wanted first, then the oldest."""
    sql = (
        f"{_WANTED} AND s.state = 'open'"
        " GROUP BY s.suggestion_id ORDER BY wanted DESC, s.suggestion_id"
    )
    return [_suggestion(row) for row in await db.fetch(sql, guild_id)]


async def suggestion(db: Queries, guild_id: int, suggestion_id: int) -> Suggestion | None:
    """Return a suggestion of this server, if anybody still wants it."""
    sql = f"{_WANTED} AND s.suggestion_id = ? GROUP BY s.suggestion_id"
    row = await db.fetch_one(sql, guild_id, suggestion_id)
    return None if row is None else _suggestion(row)


async def open_with_link(db: Queries, guild_id: int, link: str) -> int | None:
    """Return the id of the open suggestion with this canonical link, wanted by anybody or not."""
    sql = "SELECT suggestion_id FROM suggestions WHERE guild_id = ? AND link = ? AND state = 'open'"
    found = await db.fetch_value(sql, guild_id, link)
    return None if found is None else int(found)


def _suggestion(row: Row) -> Suggestion:
    return value_from(Suggestion, row, fields=json.loads(row["fields"]))


async def add(tx: Queries, new: Suggestion) -> None:
    """Record a suggestion; who wants it comes after."""
    sql = (
        "INSERT INTO suggestions"
        " (suggestion_id, guild_id, list_id, link, fields, made_at, state)"
        " VALUES (?, ?, ?, ?, ?, ?, 'open')"
    )
    fields = json.dumps(dict(new.fields), sort_keys=True)
    at = new.suggestion_id, new.guild_id, new.list_id
    await tx.fetch(sql, *at, new.link, fields, new.made_at)


async def settle(
    tx: Queries,
    guild_id: int,
    suggestion_id: int,
    state: State,
    by: int | None,
    now: datetime | None,
    *,
    key: str | None = None,
    list_id: str | None = None,
    reason: Reason | str = "",
) -> None:
    """Record what became of a suggestion, of which nobody but who decided was told yet.

    ``list_id``: on which list it is now; None: on the one for which it was made.
    """
    sql = (
        "UPDATE suggestions SET state = ?, settled_by = ?, settled_at = ?, resource_key = ?,"
        " list_id = COALESCE(?, list_id), reason = ? WHERE guild_id = ? AND suggestion_id = ?"
    )
    await tx.fetch(sql, state, by, now, key, list_id, reason, guild_id, suggestion_id)
    sql = (
        "UPDATE wishes SET letter_id = NULL,"
        " told_at = CASE WHEN reader_id = ? THEN CAST(? AS BIGINT) END"
        " WHERE guild_id = ? AND suggestion_id = ?"
    )
    await tx.fetch(sql, by, now, guild_id, suggestion_id)


async def wishes_of(db: Queries, guild_id: int, suggestion_id: int) -> list[Wish]:
    """Return who wants a suggestion, the first of all first."""
    sql = (
        "SELECT reader_id, why, is_first, leads FROM wishes"
        " WHERE guild_id = ? AND suggestion_id = ? ORDER BY is_first DESC, made_at, reader_id"
    )
    return [_wish(row) for row in await db.fetch(sql, guild_id, suggestion_id)]


async def wish(db: Queries, guild_id: int, suggestion_id: int, reader_id: int) -> Wish | None:
    """Return what a reader said of a suggestion; None: they don't want it."""
    sql = (
        "SELECT reader_id, why, is_first, leads FROM wishes"
        " WHERE guild_id = ? AND suggestion_id = ? AND reader_id = ?"
    )
    row = await db.fetch_one(sql, guild_id, suggestion_id, reader_id)
    return None if row is None else _wish(row)


def _wish(row: Mapping[str, Any]) -> Wish:
    return Wish(row["reader_id"], row["why"], bool(row["is_first"]), bool(row["leads"]))


async def put_wish(
    tx: Queries, guild_id: int, suggestion_id: int, said: Wish, now: datetime
) -> None:
    """Record that a reader wants a suggestion, or what they say of it now."""
    sql = (
        "INSERT INTO wishes (guild_id, suggestion_id, reader_id, why, is_first, leads, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (suggestion_id, reader_id)"
        " DO UPDATE SET why = excluded.why, leads = excluded.leads"
    )
    about = said.reader_id, said.why, said.is_first, said.leads
    await tx.fetch(sql, guild_id, suggestion_id, *about, now)


async def drop_wish(tx: Queries, guild_id: int, suggestion_id: int, reader_id: int) -> None:
    """Forget that a reader wants a suggestion, and an open one that nobody wants any more."""
    at = guild_id, suggestion_id
    sql = "DELETE FROM wishes WHERE guild_id = ? AND suggestion_id = ? AND reader_id = ?"
    await tx.fetch(sql, *at, reader_id)
    sql = (
        "DELETE FROM suggestions WHERE guild_id = ? AND suggestion_id = ? AND state = 'open'"
        " AND NOT EXISTS (SELECT 1 FROM wishes WHERE guild_id = ? AND suggestion_id = ?)"
    )
    await tx.fetch(sql, *at, *at)


async def open_by(db: Queries, guild_id: int, reader_id: int) -> int:
    """Return how many open suggestions a reader made in a server."""
    sql = (
        "SELECT COUNT(*) FROM wishes w JOIN suggestions s ON s.suggestion_id = w.suggestion_id"
        " WHERE s.guild_id = ? AND w.reader_id = ? AND w.is_first = 1 AND s.state = 'open'"
    )
    return int(await db.fetch_value(sql, guild_id, reader_id) or 0)


async def wanted_by(db: Queries, guild_id: int, reader_id: int) -> set[int]:
    """Return which open suggestions of a server a reader wants."""
    sql = (
        "SELECT s.suggestion_id FROM wishes w JOIN suggestions s"
        " ON s.suggestion_id = w.suggestion_id"
        " WHERE s.guild_id = ? AND w.reader_id = ? AND s.state = 'open'"
    )
    return set(await db.fetch_column(sql, guild_id, reader_id))


async def wishers(db: Queries, guild_id: int) -> set[int]:
    """Return who wants anything that was ever suggested in a server."""
    return set(await db.fetch_column("SELECT reader_id FROM wishes WHERE guild_id = ?", guild_id))


async def any_untold(db: Queries, reader_id: int) -> bool:
    """Tell whether something became of what a reader wants, and they don't know of it."""
    return bool(await untold(db, reader_id))


async def tell_soon(tx: Queries, guild_id: int, suggestion_id: int, now: datetime) -> None:
    """Let all who want a suggestion be looked at: there is something to tell them.

    In one statement, and in the order of their ids, as for a group's reminders.
    """
    sql = (
        "INSERT INTO reader_settings (reader_id, nudge_at)"  # noqa: S608 - ours
        " SELECT reader_id, CAST(? AS BIGINT) FROM wishes"
        f" WHERE guild_id = ? AND suggestion_id = ? ORDER BY reader_id {NOT_LATER}"
    )
    await tx.fetch(sql, now, guild_id, suggestion_id)


async def untold(
    db: Queries, reader_id: int, before: datetime | None = None, letter_id: int | None = None
) -> list[Suggestion]:
    """Return what became of suggestions that a reader wants, and doesn't know of; oldest first.

    ``before``: only what was settled up to then; ``letter_id``: only what this letter tells of.
    """
    sql = (
        "SELECT s.*, s.resource_key AS key, 1 AS wanted FROM wishes w JOIN suggestions s"
        " ON s.suggestion_id = w.suggestion_id"
        " WHERE w.reader_id = ? AND w.told_at IS NULL AND s.state <> 'open'"
        " AND (CAST(? AS BIGINT) IS NULL OR s.settled_at <= ?)"
        " AND (CAST(? AS BIGINT) IS NULL OR w.letter_id = ?)"
        " AND NOT EXISTS (SELECT 1 FROM gone_guilds g WHERE g.guild_id = s.guild_id)"
        " ORDER BY s.settled_at, s.suggestion_id"
    )
    only = before, before, letter_id, letter_id
    return [_suggestion(row) for row in await db.fetch(sql, reader_id, *only)]


async def any_in_letter(db: Queries, reader_id: int, letter_id: int) -> bool:
    """Tell whether a letter is to tell a reader of anything."""
    sql = "SELECT 1 FROM wishes WHERE reader_id = ? AND letter_id = ?"
    return await db.any_row(sql, reader_id, letter_id)


async def put_into_letter(
    tx: Queries, reader_id: int, outcomes: Iterable[Suggestion], letter_id: int
) -> set[int]:
    """Record of what a letter will tell a reader, and of nothing else.

    Return the ids of those suggestions that are still what they became, and not told.
    """
    sql = "UPDATE wishes SET letter_id = NULL WHERE reader_id = ? AND letter_id = ?"
    await tx.fetch(sql, reader_id, letter_id)
    sql = (
        "UPDATE wishes SET letter_id = ?"
        " WHERE reader_id = ? AND suggestion_id = ? AND told_at IS NULL AND EXISTS"
        " (SELECT 1 FROM suggestions s WHERE s.suggestion_id = wishes.suggestion_id"
        " AND s.guild_id = ? AND s.state = ? AND s.settled_at = ?) RETURNING suggestion_id"
    )
    put = set[int]()
    for each in outcomes:
        became = each.guild_id, each.state, each.settled_at
        if await tx.any_row(sql, letter_id, reader_id, each.suggestion_id, *became):
            put.add(each.suggestion_id)
    return put


async def set_told_by(tx: Queries, reader_id: int, letter_id: int, now: datetime) -> bool:
    """Record that a letter came; tell whether it told of anything."""
    sql = (
        "UPDATE wishes SET told_at = COALESCE(told_at, ?) WHERE reader_id = ? AND letter_id = ?"
        " RETURNING suggestion_id"
    )
    return await tx.any_row(sql, now, reader_id, letter_id)


async def set_told(tx: Queries, reader_id: int, suggestion_ids: list[int], now: datetime) -> None:
    """Record that a reader was told what became of suggestions."""
    for each in suggestion_ids:
        sql = (
            "UPDATE wishes SET told_at = ?"
            " WHERE reader_id = ? AND suggestion_id = ? AND told_at IS NULL"
        )
        await tx.fetch(sql, now, reader_id, each)
