"""The weekly task goes on whatever is done to the clock while the bot runs."""

import asyncio
import contextlib
import functools
import sqlite3
from dataclasses import replace
from datetime import timedelta

import discord
import pytest

from bot.outbox.ticker import Beside, Ticker
from bot.outbox.tickets import ClosedError
from tests.conftest import unopened
from tests.postbox import Desk

A_DAY = 24 * 3600


@pytest.fixture
def set_clock(env):
    """Return what sets the machine's clock, while its timers go on as they did."""

    def move(time):
        env.backend.clock._epoch += time  # noqa: SLF001 - no public way to set it

    return move


async def posted(env):
    rows = await env.bot.services.db.fetch("SELECT week FROM weeks WHERE state = 'posted'")
    return sorted(row["week"] for row in rows)


async def test_a_clock_that_was_ahead_and_is_put_right_costs_no_week(
    env, moderator, channel, set_clock, caplog
):
    await moderator.slash(channel, "manage group", zone="UTC")
    await unopened(env)
    await env.advance_time(5 * A_DAY)
    first = await posted(env)
    set_clock(timedelta(days=400))
    await env.advance_time(2 * A_DAY)
    ahead = await posted(env)
    set_clock(-timedelta(days=400))

    await env.advance_time(15 * A_DAY)

    assert "the clock was put back by" in caplog.text
    assert first == ahead == ["2026-W02"]
    assert await posted(env) == ["2026-W02", "2026-W03", "2026-W04"]


async def test_what_failed_while_the_clock_was_ahead_is_tried_again_once_it_is_right(
    env, moderator, channel, set_clock, caplog
):
    async def rename(old, new):
        async with env.bot.services.db.transaction() as tx:
            await tx.fetch(f"ALTER TABLE {old} RENAME TO {new}")

    await moderator.slash(channel, "manage group", zone="UTC")
    await unopened(env)
    set_clock(timedelta(days=400))
    await rename("tickets", "away")
    await env.advance_time(3 * A_DAY + 9 * 3600 + 10)  # until a slot has just come
    await rename("away", "tickets")
    set_clock(-timedelta(days=400))

    await env.advance_time(2 * A_DAY)

    assert "the weekly task failed at _let_leave" in caplog.text
    assert await posted(env) == ["2026-W02"]


async def test_a_clock_put_back_while_the_ledger_is_out_of_use_is_seen_to_afterwards(
    env, moderator, channel, set_clock, caplog
):
    await moderator.slash(channel, "manage group", zone="UTC")
    await unopened(env)
    set_clock(timedelta(days=400))
    await env.advance_time(A_DAY)
    left = env.bot.ticker.due_at - discord.utils.utcnow()
    set_clock(-timedelta(days=400))
    await env.advance_time(left.total_seconds() - 0.5)
    (ledger,) = await env.bot.services.db.fetch("PRAGMA database_list")
    with contextlib.closing(sqlite3.connect(ledger["file"], isolation_level=None)) as another:
        another.execute("BEGIN IMMEDIATE")
        await env.advance_time(1)
    assert "the database can't be used (busy)" in caplog.text

    await env.advance_time(4 * A_DAY)

    assert caplog.text.count("the clock was put back by") == 1
    assert await posted(env) == ["2026-W02"]


class Due:
    """A weekly service: nothing but when something is due, which may change while it is asked."""

    def __init__(self, clock):
        self.clock, self.minutes, self.asked, self.worked = clock, 60, 0, 0
        self.change = None

    async def open_due(self):
        self.worked += 1
        return 0

    async def next_due(self, checks_from):
        self.asked += 1
        self.checks_from = checks_from
        next_at = self.clock() + timedelta(minutes=self.minutes)
        if self.change is not None:
            self.minutes, self.change = 5, self.change()
        return next_at


class NoServers:
    """A Discord with nothing in it; ``asked``: how often."""

    def __init__(self):
        self.asked = 0

    def servers(self):
        self.asked += 1
        return []


class Unmendable:
    """A repair that fails."""

    async def put_right(self):
        raise ValueError


@pytest.fixture
def due(clock):
    return Due(clock)


@pytest.fixture
def no_servers():
    return NoServers()


@pytest.fixture
async def ticker(services, tickets, due, no_servers):
    """A ticker that has looked, and sleeps."""

    given = replace(services, weeks=due, clock_repair=Unmendable())
    made = Ticker(given, no_servers, tickets, Desk(services), timedelta(days=1))
    made.start()
    await seen(lambda: due.asked)
    await asyncio.sleep(0.2)  # until what it did beside has asked it to look again
    yield made
    made.cancel()


async def seen(claim):
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not claim():  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)


async def test_what_is_made_due_earlier_while_the_ledger_is_read_is_not_slept_over(
    ticker, due, clock
):
    due.change = ticker.look_again

    ticker.look_again()

    await seen(lambda: ticker.due_at == clock() + timedelta(minutes=5))


async def test_changes_never_put_off_when_members_are_checked_again(ticker, due, clock):
    asked = due.asked
    clock.advance(seconds=30)

    ticker.look_again()
    await seen(lambda: due.asked > asked)

    assert due.checks_from == clock() + timedelta(seconds=30)


async def test_after_any_time_away_from_discord_it_asks_about_servers_again(ticker, no_servers):
    asked = no_servers.asked

    # Not while it is still at it: it may be, where the database is slow.
    await seen(lambda: ticker.start() or no_servers.asked > asked)


async def test_a_repair_that_fails_is_told_once_and_the_work_goes_on(ticker, due, clock, caplog):
    clock.advance(days=-10)
    worked = due.worked

    for _ in range(2):
        asked = due.asked
        ticker.look_again()
        await seen(lambda asked=asked: due.asked > asked)

    assert caplog.text.count("the clock was put back by") == 1
    assert caplog.text.count("can't be put right before the next start") == 1
    assert due.worked > worked


async def test_a_bot_that_never_was_ready_has_nothing_to_wait_for(services, tickets):
    ticker = Ticker(services, NoServers(), tickets, Desk(services), timedelta(days=1))

    async with asyncio.timeout(5):
        await ticker.stop()

    with pytest.raises(ClosedError):
        await tickets.ticket()


async def test_what_stays_due_is_tried_once_a_second_at_most(ticker, due, clock):
    due.minutes, worked = 0, due.worked

    ticker.look_again()
    await seen(lambda: due.worked > worked)
    await seen(lambda: ticker.due_at == clock() + timedelta(seconds=1))

    assert due.worked == worked + 1


async def test_only_work_that_was_due_or_failed_is_followed_by_a_look():
    looks = []

    async def was_due():
        return True

    async def nothing():
        return False

    async def failed():
        raise OSError

    for work in (was_due, nothing, failed):
        beside = Beside(work, functools.partial(looks.append, work.__name__))
        beside.start()
        await beside.end()

    assert looks == ["was_due", "failed"]


async def test_a_letter_that_was_put_off_is_next_looked_at_when_it_is_due_again(
    env, guild, channel
):
    bot = env.bot
    await bot.services.guilds.greet(guild.id, channel.id)
    env.inject_error("POST", "*/messages", status=500, times=1)

    bot.ticker.look_again()
    await env.advance_time(2)

    (row,) = await bot.services.db.fetch("SELECT due_at, state, attempts FROM outbox")
    assert (row["state"], row["attempts"]) == ("waiting", 1)
    assert int(bot.ticker.due_at.timestamp()) == row["due_at"]


async def test_each_kind_of_work_tells_whether_it_was_due(env, moderator, channel, alice):
    bot, ticker = env.bot, env.bot.ticker
    ticker.cancel()  # it would do all this by itself
    await moderator.slash(channel, "manage group", zone="UTC")
    await unopened(env)
    idle = [await ticker._polls.look_at_due(), await ticker._look_at_readers()]  # noqa: SLF001 - what it does
    async with bot.services.db.transaction() as tx:
        await tx.fetch("INSERT INTO readers (reader_id) VALUES (?)", alice.id)
        await tx.fetch(
            "INSERT INTO reader_settings (reader_id, zone, named, nudged, nudge_at)"
            " VALUES (?, 'UTC', 0, 1, 0)",
            alice.id,
        )
    await moderator.slash(channel, "manage vote")
    async with bot.services.db.transaction() as tx:
        await tx.fetch("UPDATE votes SET look_at = 0")

    assert idle == [False, False]
    assert [await ticker._polls.look_at_due(), await ticker._look_at_readers()] == [True, True]  # noqa: SLF001
