"""What it costs to find what is due and a group's weeks, after few and after many past posts."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from statistics import median

import click

from bot.core.groups import Group
from bot.core.outbox import OutboxRow
from bot.core.weeks import Schedule
from bot.store import groups, outbox, readers
from bot.store import weeks as week_rows
from bot.store.database import Queries, SqliteDatabase, open_database
from bot.store.instants import seconds
from bot.store.migrations import migrate
from bot.store.outbox import due_next
from tests.bench.databases import new_database

NOW = datetime(2026, 1, 5, 9, 0, 30, tzinfo=UTC)
WEEKS = 100
DUE = 10
A_GROUP, A_READER = 5, 77
TIMES = 200

QUERIES = {
    "outbox.due_row_ids": lambda db: outbox.due_row_ids(db, NOW, 100),
    "outbox.due_row_ids, a week's": lambda db: outbox.due_row_ids(db, NOW, 100, A_GROUP),
    "groups.due_group_ids": lambda db: groups.due_group_ids(db, NOW, 100),
    "weeks.due_votes": lambda db: week_rows.due_votes(db, NOW, 100),
    "readers.due_looks": lambda db: readers.due_looks(db, NOW, 100),
    "outbox.due_next": due_next,
    "weeks.weeks_of": lambda db: week_rows.weeks_of(db, A_GROUP),
    "weeks.last_posted": lambda db: week_rows.last_posted(db, A_GROUP),
    "readers.standing": lambda db: readers.standing(db, A_READER, None, NOW),
}


@click.command()
@click.option("--posts", type=int, multiple=True, help="Past posts; default: 1,000 and 1,000,000.")
@click.option("--database", "kinds", type=click.Choice(["sqlite", "postgres"]), multiple=True)
@click.option("--plans", is_flag=True, help="Show how the database finds what it is asked for.")
def due(posts, kinds, plans):
    """Measure the queries of the weekly task: the median of 200, in milliseconds."""
    posts = posts or (1_000, 1_000_000)
    found = {
        (kind, count): asyncio.run(_measure(kind, count, plans))
        for kind in kinds or ("sqlite", "postgres")
        for count in posts
    }
    click.echo(f"\n| ms, past posts | {' | '.join(f'{k} {n:,}' for k, n in found)} |")
    click.echo(f"| --- |{' --- |' * len(found)}")
    for name in QUERIES:
        cells = (f"{measured[name]:.2f}" for measured in found.values())
        click.echo(f"| {name} | {' | '.join(cells)} |")


async def _measure(kind, posts, plans):
    with new_database(kind) as (url, _):
        db = await open_database(url)
        try:
            await migrate(db)
            async with db.transaction() as tx:
                await _fill(tx, posts)
            await _analyze(db)
            if plans:
                for name, query in QUERIES.items():
                    click.echo(f"\n{kind}, {posts:,} past posts, {name}:")
                    await query(Explained(db))
            return {name: await _cost(query, db) for name, query in QUERIES.items()}
        finally:
            await db.close()


async def _cost(query, db):
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await query(db)
        took.append(time.perf_counter() - began)
    return median(took) * 1000


async def _fill(tx, posts):
    """Every group has had a hundred weeks; ten groups and ten messages are due."""
    count = posts // WEEKS
    monday = Schedule(0, 9, 0, "UTC")
    for n in range(count):
        next_at = NOW + timedelta(days=7) if n >= DUE else NOW
        made = Group(n, n, n, "active", monday, None, NOW, next_at)
        await groups.put_group(tx, made, NOW)
    await groups.join(tx, A_GROUP, A_READER, NOW)
    numbers = (
        "WITH RECURSIVE numbers (n) AS (SELECT CAST(0 AS BIGINT)"
        " UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < CAST(? AS BIGINT))"
    )
    week, first = 7 * 24 * 3600, seconds(NOW) - WEEKS * 7 * 24 * 3600
    await tx.fetch(
        f"INSERT INTO weeks (week_id, group_id, week, slot_at, state, resource_key, title, why,"
        f" is_late, channel_id, message_id, posted_at) {numbers} SELECT n, n / {WEEKS},"
        f" CAST(n % {WEEKS} AS TEXT), {first} + (n % {WEEKS}) * {week}, 'posted', 'list:paper',"
        f" 'A paper', 'next_on_list', 0, n / {WEEKS}, n, {first} + (n % {WEEKS}) * {week}"
        " FROM numbers",
        posts,
    )
    for row_id, kind in enumerate(("post", "thread", "opener")):
        await tx.fetch(
            f"INSERT INTO outbox (row_id, kind, reference, rank, guild_id, group_id, channel_id,"
            f" state, due_at, until_at, claim, lease_until, attempts, message_id) {numbers}"
            f" SELECT n * 3 + {row_id}, '{kind}', CAST(n AS TEXT), {row_id}, n / {WEEKS},"
            f" n / {WEEKS}, n / {WEEKS},"
            f" 'sent', {first} + (n % {WEEKS}) * {week}, 0, n, 0, 1, n FROM numbers",
            posts,
        )
    for n in range(DUE):
        until = NOW + timedelta(days=1)
        row = OutboxRow(posts * 3 + n, "post", f"due {n}", NOW, until, n, n, rank=0)
        await outbox.add(tx, row)


async def _analyze(db):
    """Let the database count its rows, as it does by itself from time to time."""
    if not isinstance(db, SqliteDatabase):
        async with db.transaction() as tx:
            await tx.fetch("ANALYZE")


class Explained(Queries):
    """Answers each query, and shows how the database does it."""

    def __init__(self, db) -> None:
        self._db = db
        self._how = "EXPLAIN QUERY PLAN" if isinstance(db, SqliteDatabase) else "EXPLAIN"

    async def fetch(self, sql, *args):
        for row in await self._db.fetch(f"{self._how} {sql}", *args):
            click.echo(f"  {tuple(row.values())[-1] if hasattr(row, 'values') else row[-1]}")
        return await self._db.fetch(sql, *args)
