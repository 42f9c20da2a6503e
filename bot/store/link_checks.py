"""What is known of each listed link: when it was looked at, and whether it was gone."""

from datetime import datetime

from bot.core.link_checks import DAYS_GONE, LinkCheck
from bot.store.database import Queries, in_parts, question_marks, value_from

_COLUMNS = "url, gone_days, gone_on, moved_to, title"


async def any_due(db: Queries, now: datetime) -> bool:
    """Tell whether there are links to look at."""
    return await db.any_row("SELECT 1 FROM link_checks WHERE next_at <= ? LIMIT 1", now)


async def keep_listed(tx: Queries, now: datetime) -> None:
    """Let the links that are listed now be looked at, and forget all others: once a day."""
    sql = (
        "INSERT INTO link_checks (url, next_at) SELECT DISTINCT url, CAST(? AS BIGINT)"
        " FROM known_resources WHERE gone_at IS NULL AND url <> ''"
        " ON CONFLICT (url) DO NOTHING"
    )
    await tx.fetch(sql, now)
    await drop_unlisted(tx)


async def drop_unlisted(tx: Queries) -> None:
    """Forget the links that are listed no more."""
    await tx.fetch(
        "DELETE FROM link_checks WHERE NOT EXISTS (SELECT 1 FROM known_resources"
        " WHERE known_resources.url = link_checks.url AND gone_at IS NULL)"
    )


async def claim(tx: Queries, now: datetime, until: datetime, limit: int) -> list[LinkCheck]:
    """Return links to look at, the longest waiting first, which nobody else takes until then."""
    sql = (
        "UPDATE link_checks SET next_at = ? WHERE url IN (SELECT url FROM link_checks"  # noqa: S608 - ours
        " WHERE next_at <= ? ORDER BY next_at, url LIMIT ?)"
        # Asked again of what another process has taken meanwhile.
        f" AND next_at <= ? RETURNING {_COLUMNS}"
    )
    return [value_from(LinkCheck, row) for row in await tx.fetch(sql, until, now, limit, now)]


async def record(tx: Queries, check: LinkCheck, now: datetime, next_at: datetime) -> None:
    """Record what is known of a link after a look."""
    sql = (
        "UPDATE link_checks SET checked_at = ?, next_at = ?, gone_days = ?, gone_on = ?,"
        " moved_to = ?, title = ? WHERE url = ?"
    )
    said = check.gone_days, check.gone_on, check.moved_to, check.title
    await tx.fetch(sql, now, next_at, *said, check.url)


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
