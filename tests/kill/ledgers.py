"""Readers just before something is sent."""

from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from bot.core.curriculum import Curriculum
from bot.core.weeks import Schedule
from bot.services.opening import open_services
from tests.kill.objects import CHANNEL_ID, GUILD_ID, MODERATOR_ID, READER_ID
from tests.postbox import Desk

THURSDAY = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 1, 5, 9, 0, 5, tzinfo=UTC)
SATURDAY = datetime(2026, 1, 10, 9, 0, 5, tzinfo=UTC)

CANDIDATES, HOURS = 3, 48


async def group_ledger(database_url: str, base: Curriculum, *, is_forum: bool = False) -> None:
    """Make a new ledger in which one group reads on Mondays at nine, UTC. It is Thursday."""
    if database_url.startswith("postgres"):
        connection = await asyncpg.connect(database_url)
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await connection.close()
    else:
        forget(database_url.removeprefix("sqlite:///"))
    services = await open_services(database_url, base, lambda: THURSDAY)
    schedule = Schedule(0, 9, 0, "UTC")
    await services.groups.make_or_change(
        GUILD_ID, CHANNEL_ID, schedule, None, MODERATOR_ID, is_forum=is_forum
    )
    await services.close()


async def forum_ledger(database_url: str, base: Curriculum) -> None:
    """Make a new ledger in which that group is in a forum, and has no post there yet."""
    await group_ledger(database_url, base, is_forum=True)


async def vote_ledger(database_url: str, base: Curriculum) -> None:
    """Make a new ledger in which a vote was called on Monday's paper, just now. It is Thursday."""
    await group_ledger(database_url, base)
    services = await open_services(database_url, base, lambda: THURSDAY)
    await services.votes.call(GUILD_ID, CHANNEL_ID, MODERATOR_ID, CANDIDATES, HOURS)
    await services.close()


async def reminder_ledger(database_url: str, base: Curriculum) -> None:
    """Make a new ledger in which a reader is to be reminded of Monday's paper. It is Saturday."""
    await group_ledger(database_url, base)
    services = await open_services(database_url, base, lambda: MONDAY)
    await services.weeks.open_due()
    for message_id in (1, 2, 3):  # the post, its thread and its opener, each due after the other
        (row_id,) = await Desk(services).due()
        await Desk(services).arrived(await Desk(services).claim(row_id), message_id)
    group_id = (await services.groups.status(CHANNEL_ID, None)).group.group_id
    await services.groups.join(GUILD_ID, group_id, READER_ID)
    await services.reminders.ask(GUILD_ID, group_id, READER_ID, wanted=True)
    await services.me.set_hour(READER_ID, 9)
    await services.close()
    services = await open_services(database_url, base, lambda: SATURDAY)
    await services.reminders.look_at_due()
    await services.close()


def forget(path: str) -> None:
    for end in ("", "-wal", "-shm"):
        Path(path + end).unlink(missing_ok=True)
