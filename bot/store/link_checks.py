"""What is known of each listed link: when it was looked at, and whether it was gone."""

import json
from collections.abc import Set as AbstractSet
from datetime import datetime

from bot.core.link_checks import DAYS_GONE, LinkCheck
from bot.store.database import Queries, in_parts, question_marks, value_from

_COLUMNS = "url, gone_days, gone_on, moved_to, title"


async def any_due(db: Queries, now: datetime) -> bool:
    """Tell whether there are links to look at."""
    return await db.any_row("SELECT 1 FROM link_checks WHERE next_at <= ? LIMIT 1", now)


async def keep_listed(tx: Queries, now: datetime) -> None:
    """Let the links that are listed now be looked at, and forget all others: once a day."""
    listed = await _listed(tx)
    await drop_unlisted(tx, listed)
    known = set(await tx.fetch_column("SELECT url FROM link_checks"))
    for some in in_parts(sorted(listed - known)):
        places = ", ".join(["(?, ?)"] * len(some))
        sql = f"INSERT INTO link_checks (url, next_at) VALUES {places} ON CONFLICT DO NOTHING"  # noqa: S608 - question marks only
        values: list[str | datetime] = [each for url in some for each in (url, now)]
        await tx.fetch(sql, *values)


async def drop_unlisted(tx: Queries, listed: AbstractSet[str] | None = None) -> None:
    """Forget the links that are listed no more."""
    listed = await _listed(tx) if listed is None else listed
    known = set(await tx.fetch_column("SELECT url FROM link_checks"))
    for some in in_parts(sorted(known - listed)):
        sql = f"DELETE FROM link_checks WHERE url IN ({question_marks(some)})"  # noqa: S608 - question marks only
        await tx.fetch(sql, *some)


async def _listed(tx: Queries) -> set[str]:
    """Return all links that are listed: by lists, and as servers have mended them."""
    listed = "SELECT DISTINCT url FROM known_resources WHERE gone_at IS NULL AND url <> ''"
    mended = await tx.fetch_column(
        "SELECT fields FROM facts WHERE NOT EXISTS (SELECT 1 FROM known_resources"
        " WHERE known_resources.resource_key = facts.resource_key AND gone_at IS NOT NULL)"
    )
    said = (json.loads(fields).get("url") for fields in mended)
    return {*await tx.fetch_column(listed), *filter(None, said)}


async def namespaces_of(db: Queries, url: str) -> list[str]:
    """Return the namespaces of the resources with this link."""
    sql = "SELECT DISTINCT namespace FROM known_resources WHERE url = ? AND gone_at IS NULL"
    return await db.fetch_column(sql, url)


async def claim(tx: Queries, now: datetime, until: datetime, limit: int) -> list[LinkCheck]:
    """Return links to look at, the longest waiting first, which nobody else takes until then."""
    sql = (
        "UPDATE link_checks SET next_at = ? WHERE url IN (SELECT url FROM link_checks"  # noqa: S608 - ours
        " WHERE next_at <= ? ORDER BY next_at, url LIMIT ?)"
        # Asked again of what another process has taken meanwhile.
        f" AND next_at <= ? RETURNING {_COLUMNS}"
    )
    return [value_from(LinkCheck, row) for row in await tx.fetch(sql, until, now, limit, now)]


async def record(tx: Queries, check: LinkCheck, next_at: datetime) -> None:
    """Record what is known of a link after a look."""
    sql = (
        "UPDATE link_checks SET next_at = ?, gone_days = ?, gone_on = ?, moved_to = ?, title = ?"
        " WHERE url = ?"
    )
    said = check.gone_days, check.gone_on, check.moved_to, check.title
    await tx.fetch(sql, next_at, *said, check.url)


async def troubled(db: Queries) -> dict[str, LinkCheck]:
    """Return the links that are dead, or have moved for good."""
    sql = (
        f"SELECT {_COLUMNS} FROM link_checks"  # noqa: S608 - ours
        " WHERE gone_days >= ? UNION ALL"
        f" SELECT {_COLUMNS} FROM link_checks WHERE gone_days = 0 AND moved_to <> ''"
    )
    found = (value_from(LinkCheck, row) for row in await db.fetch(sql, DAYS_GONE))
    return {each.url: each for each in found}


async def checks_of(db: Queries, urls: list[str]) -> list[LinkCheck]:
    """Return what is known of these links."""
    found = list[LinkCheck]()
    for some in in_parts(sorted(urls)):
        sql = f"SELECT {_COLUMNS} FROM link_checks WHERE url IN ({question_marks(some)})"  # noqa: S608
        found += [value_from(LinkCheck, row) for row in await db.fetch(sql, *some)]
    return found
