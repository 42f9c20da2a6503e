"""How the databases find what is due: by an index, however much lies behind."""

import importlib
import json
import pkgutil
import re

import pytest

import bot.store
from bot.core.link_checks import LinkAnswer
from bot.services.link_checks import LinkChecks
from bot.services.opening import services_over
from bot.store.instants import seconds
from tests.curricula import curriculum, resource
from tests.postbox import Desk
from tests.recorded import Recorded

A_DAY = 24 * 3600
A_WEEK = 7 * A_DAY

HISTORY = {
    "study_groups": 10_000,
    "members": 16_000,
    "weeks": 16_000,
    "week_readers": 8_000,
    "outbox": 24_000,
    "votes": 4_000,
    "readers": 4_000,
    "reader_lists": 4_000,
    "reader_settings": 4_000,
    "progress": 8_000,
    "changes": 4_000,
    "known_resources": 2_000,
    "doubts": 2_000,
    "drafts": 2_000,
    "picks": 4_000,
    "inbox_words": 2_000,
}
"""Rows of each table that grows with use: more than 100,000. Of most, one in a thousand is due."""

ROWS = {
    "study_groups": """
        (group_id, guild_id, channel_id, state, weekday, hour, minute, zone, since_at, next_at,
            changed_at)
        SELECT n, n, n, 'active', 0, 9, 0, 'UTC', {now} - {week}, {now} + {later}, 0""",
    "members": """
        (group_id, reader_id, joined_at, checked_at, reminders)
        SELECT n % 10000, n, 0, {now} + {later} - {week}, CASE n % 3 WHEN 0 THEN 'wanted' END""",
    "weeks": """
        (week_id, group_id, week, slot_at, state, resource_key, title, why, is_late, channel_id,
            message_id, posted_at)
        SELECT n, n * 5 % 10000, '2025-W' || CAST(40 + n / 2000 AS TEXT),
            {now} - (14 - n / 2000) * {week}, 'posted', 'demo:r' || CAST(n / 2000 AS TEXT),
            'A paper', 'next_on_list', 0, n % 2000, n, {now} - (14 - n / 2000) * {week}""",
    "week_readers": "(week_id, reader_id) SELECT n % 16000, n",
    "outbox": """
        (row_id, kind, reference, rank, guild_id, group_id, channel_id, reader_id, state, due_at,
            until_at, attempts, message_id)
        SELECT n, CASE n % 400 WHEN 0 THEN 'notice' WHEN 1 THEN 'reminder' ELSE
            CASE n % 3 WHEN 0 THEN 'post' WHEN 1 THEN 'thread' ELSE 'opener' END END,
            CASE n % 400 WHEN 0 THEN '7:' || CAST(n AS TEXT) || ':8'
                WHEN 1 THEN 'week:' || CAST(n % 16000 AS TEXT) || ':' || CAST(n AS TEXT)
                ELSE CAST(n AS TEXT) END,
            0, n % 2000, n % 2000, n % 2000, CASE WHEN n % 400 < 2 THEN n END,
            CASE n % 1000 WHEN 2 THEN 'waiting' WHEN 3 THEN 'claimed' ELSE 'sent' END,
            {now} - n, {now} - n * 1000, 1, n""",
    "votes": """
        (vote_id, group_id, week, state, candidates, hours, closes_at, channel_id, message_id,
            look_at, made_at)
        SELECT n, n * 5 % 10000, '2025-W' || CAST(40 + n / 2000 AS TEXT), 'decided', '[]', 48,
            {now}, n, n, CASE n % 1000 WHEN 0 THEN {now} END, {now}""",
    "readers": "(reader_id) SELECT n",
    "reader_lists": """
        (reader_id, list_id, current_key, used_at)
        SELECT n, 'demo', 'demo:r0', {now}""",
    "reader_settings": """
        (reader_id, nudged, nudge_at)
        SELECT n, 1, {now} + {later}""",
    "progress": """
        (reader_id, resource_key, state, changed_at)
        SELECT n, 'demo:r' || CAST(n % 2 AS TEXT), 'done', {now}""",
    "changes": """
        (change_id, reader_id, kind, made_at, before_rows, after_rows)
        SELECT n, n % 1000, 'done', 0, '{{}}', '{{}}'""",
    "known_resources": """
        (resource_key, namespace, title, url)
        SELECT 'g' || CAST(n * 5 AS TEXT) || ':r', 'g' || CAST(n * 5 AS TEXT), 'A resource',
            'https://example.org'""",
    "doubts": """
        (doubt_id, guild_id, list_id, resource_key, needed_key, reader_id, why, made_at)
        SELECT n, n % 500, 'demo', 'demo:r1', 'demo:r0', n, 'why', 0""",
    "drafts": """
        (draft_id, guild_id, opened_by, fields, made_at)
        SELECT n, n % 500, n, '{{}}', CASE n % 1000 WHEN 0 THEN 0 ELSE {now} END""",
    "picks": """
        (group_id, week, why, resource_key, changed_at)
        SELECT n * 5 % 10000, '2026-W' || CAST(10 + n / 2000 AS TEXT), 'picked_by_moderator',
            'demo:r9', 0""",
    "inbox_words": "(guild_id, channel_id, next_at) SELECT n, n, {now} + {later}",
    "gone_guilds": "(guild_id, gone_at) SELECT 9000 + n * 500, {now} - n * 31 * {day}",
}
"""Of the table, what its n-th row holds."""

GONE = 2
"""Servers that removed the bot: one just now, and one that is to be forgotten."""

WHOLE = {
    ("guilds.guilds_with_rows", "study_groups"): "asks of every server, once an hour",
    ("guilds.guilds_with_rows", "doubts"): "as above",
    ("guilds.forget_pointers", "reader_lists"): "once for each server that is forgotten",
    ("guilds.forget_list", "drafts"): "as above; they are of one day",
    ("link_checks._listed", "known_resources"): "gathers all that is listed, once a day",
}
"""(function, table) of what goes through a whole table, and why that may be."""


@pytest.fixture
async def ledger(db, clock):
    """A ledger after years of use."""
    now = seconds(clock())
    words = {
        "now": now,
        "day": A_DAY,
        "week": A_WEEK,
        "later": f"CASE n % 1000 WHEN 0 THEN 0 ELSE {A_WEEK} END",
    }
    async with db.transaction() as tx:
        for table, rows in ROWS.items():
            await tx.fetch(
                f"INSERT INTO {table} {rows.format(**words)} FROM ({NUMBERS}) AS numbers",
                HISTORY.get(table, GONE),
            )
        if db.is_shared:  # as it does by itself from time to time
            await tx.fetch("ANALYZE")
    yield db
    if db.is_shared:  # nothing of it makes the tests after this one slow
        async with db.transaction() as tx:
            await tx.fetch(f"TRUNCATE {', '.join(ROWS)}")


NUMBERS = (
    "WITH RECURSIVE counted (n) AS (SELECT CAST(0 AS BIGINT) UNION ALL"
    " SELECT n + 1 FROM counted WHERE n + 1 < CAST(? AS BIGINT)) SELECT n FROM counted"
)


async def test_what_is_due_is_found_by_an_index(ledger, clock):
    asking = Recorded(ledger)
    listed = curriculum(*(resource(f"r{n}") for n in range(12)))
    services = await services_over(asking, listed, clock)
    asking.asked.clear()

    for act in acts_of_a_tick(services):
        await act
    asked = {each.sql: each for each in asking.asked}.values()
    whole = {(each.by, table) for each in asked for table in await scanned(ledger, each)}

    assert whole == WHOLE.keys()
    assert looking_for_what_is_due() - {each.by for each in asked} == set()


def looking_for_what_is_due():
    """Return all functions of the store that look for what is due, by their names."""
    modules = [f"bot.store.{module.name}" for module in pkgutil.iter_modules(bot.store.__path__)]
    return {
        f"{module.rpartition('.')[2]}.{name}"
        for module in modules
        for name in vars(importlib.import_module(module))
        if "due" in name.split("_")
    }


def acts_of_a_tick(services):
    """Return all that the weekly task does of its own accord, at each tick or once an hour."""
    engine = Desk(services)
    return [
        services.weeks.open_due(),
        services.weeks.next_due(),
        engine.due(),
        engine.due(5, 6),
        services.votes.due(),
        services.reminders.look_at_due(),
        services.guilds.due_checks(45),
        services.guilds.doubtful([]),
        services.guilds.claim_question(5),
        services.guilds.forget_due(),
        engine.forget_old(),
        services.moderation.forget_drafts(),
        services.inboxes.plan_words(),
        LinkChecks(services.background, services.curricula, services.clock, there).run_due(),
    ]


async def there(_url):
    return LinkAnswer("there")


async def scanned(db, asked):
    """Return the tables of which the statement goes through all rows, as far as they grow."""
    how = scanned_by_postgres if db.is_shared else scanned_by_sqlite
    async with db.transaction() as tx:
        return {table for table in await how(tx, asked) if table in HISTORY}


async def scanned_by_sqlite(tx, asked):
    """Read SQLite's plan. In the order of an index, up to a limit, isn't through all rows."""
    plan = [row["detail"] for row in await tx.fetch(f"EXPLAIN QUERY PLAN {asked.sql}", *asked.args)]
    tables = {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", asked.sql)}
    is_limited = "LIMIT" in asked.sql and not any("TEMP B-TREE" in line for line in plan)
    scans = (re.match(r"SCAN (\w+)(.*)", line) for line in plan)
    names = [s[1] for s in scans if s and not (is_limited and "USING" in s[2])]
    return [tables.get(name, name) for name in names]


async def scanned_by_postgres(tx, asked):
    """Read PostgreSQL's plan, as above."""
    (plan,) = json.loads(await tx.fetch_value(f"EXPLAIN (FORMAT JSON) {asked.sql}", *asked.args))
    return list(unguided(plan["Plan"]))


def unguided(node, *, is_limited=False):
    """Yield the table of each node that goes through all of it."""
    kind = node["Node Type"]
    is_limited = kind == "Limit" or (is_limited and kind not in READS_ALL)
    by_index = "Index Cond" in node or (kind.startswith("Index") and is_limited)
    if "Scan" in kind and "Relation Name" in node and kind != "Bitmap Heap Scan" and not by_index:
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from unguided(below, is_limited=is_limited)


READS_ALL = {"Sort", "Incremental Sort", "WindowAgg", "Aggregate", "Hash"}
"""Kinds of nodes that read all that is below them, whatever limit is above."""
