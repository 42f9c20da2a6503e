"""Hundreds of groups with the same slot: in which order their messages leave."""

import asyncio
import contextlib
import sqlite3
import time
from contextlib import asynccontextmanager
from datetime import timedelta

import discord
import pytest

from bot.app import FINISH_SECONDS, NextreadBot
from bot.core.groups import Group
from bot.core.papers import Vote
from bot.core.weeks import Schedule
from bot.outbox.engine import MOST_AT_A_TIME
from bot.services.opening import open_services
from bot.services.weeks import AT_ONCE
from bot.store import groups as group_rows
from bot.store import weeks as week_rows
from tests.bench.many_rooms import ManyRooms, rooms_of
from tests.small_discord import TOKEN

BIG = 60
GROUPS = BIG + AT_ONCE
RATE = 200


class Rooms(ManyRooms):
    """Says nothing for ever when it is asked for a message; ``hung``: in which channels.

    So it does, until it is ``released``, when a message is sent to one of ``stuck``.
    """

    hung = stuck = frozenset()

    def __init__(self, *args, **settings):
        super().__init__(*args, **settings)
        self.released = asyncio.Event()

    async def _send(self, request):
        if int(request.match_info["channel"]) in self.stuck:
            self.hung |= {request.match_info["channel"]}
            await self.released.wait()
        return await super()._send(request)

    async def _read_one(self, request):
        self.hung |= {request.match_info["channel"]}
        await asyncio.Event().wait()


@pytest.fixture
def room():
    """A server with more groups than are looked at at once, and many with one each."""
    return Rooms(rooms_of(GROUPS, BIG), answers_in=(0, 0.02))


@pytest.fixture
async def at_work(room, tmp_path, base, monkeypatch):
    """Let all groups be due; return what lets a bot do the weekly task's work until some claim."""
    url, now = f"sqlite:///{tmp_path / 'wave.db'}", room.now()
    services = await open_services(url, base, room.now, send_rate=RATE)
    schedule = Schedule(now.weekday(), now.hour, now.minute, "UTC")
    since, slot = now - timedelta(hours=1), now.replace(second=0, microsecond=0)
    async with services.db.transaction() as tx:
        for n, one in enumerate(room.rooms, start=1):
            made = Group(n, one.guild_id, one.channel_id, "active", schedule, None, since, slot)
            await group_rows.put_group(tx, made, since)

    async def call_votes(count):
        async with services.db.transaction() as tx:
            for n, one in enumerate(room.rooms[:count], start=1):
                vote = Vote(
                    n, n, "2020-W01", "running", ("a", "b"), 1, since, one.channel_id, n, since
                )
                await week_rows.put_vote(tx, vote, since)

    async def put_off(stuck):
        """Let the slot of the last group come while those that are stuck try, and no others."""
        last = len(room.rooms)
        async with services.db.transaction() as tx:
            for n in range(stuck + 1, last + 1):
                wait = timedelta(seconds=2) if n == last else timedelta(days=1)
                await group_rows.set_looked(tx, n, since, room.now() + wait)

    async def opened():
        return services

    @asynccontextmanager
    async def work(until, *, given=False, polls=0, stuck=0):
        await call_votes(polls)
        if stuck:
            await put_off(stuck)
        while given and await services.weeks.open_due():
            pass
        async with room.open():
            monkeypatch.setattr(discord.http.Route, "BASE", room.api)
            bot = NextreadBot(opened)
            bot._connection.guild_ready_timeout = 0.3  # noqa: SLF001
            running = asyncio.create_task(bot.start(TOKEN))
            try:
                async with asyncio.timeout(60):
                    while not until():  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
                yield services.db
            finally:
                await bot.close()
                await running

    return work


async def test_posts_leave_before_threads_and_servers_take_turns(room, at_work):
    async with at_work(lambda: room.count["post"] >= GROUPS and room.count["thread"], given=True):
        pass

    guild_of = {one.channel_id: one.guild_id for one in room.rooms}
    posts = [channel for _, what, channel in room.at_work if what == "post"]
    servers = [guild_of[channel] for channel in posts]
    before_threads = [what for _, what, _ in room.at_work].index("thread")
    assert sorted(posts) == sorted(guild_of)
    assert before_threads > GROUPS - MOST_AT_A_TIME  # the last may still be on their way
    assert servers[:AT_ONCE].count(servers[-1]) <= 2


async def test_the_first_posts_leave_while_other_groups_are_still_given_theirs(room, at_work):
    async with at_work(lambda: room.count["post"] >= GROUPS) as db:
        (latest,) = await db.fetch("SELECT MAX(week_id) AS week_id FROM weeks")

    # An id begins with when it was made, as Discord's do.
    assert room.at_work[0][0] < discord.utils.snowflake_time(latest["week_id"]).timestamp()


async def test_polls_that_hang_keep_no_paper_back(room, at_work):
    async with at_work(lambda: room.count["post"] >= GROUPS, polls=20) as db:
        (row,) = await db.fetch("SELECT COUNT(*) AS votes FROM votes WHERE state = 'running'")

    assert len(room.hung) == row["votes"] == 20


async def test_a_channel_that_hangs_delays_no_paper_whose_slot_comes_meanwhile(room, at_work):
    room.stuck = {one.channel_id for one in room.rooms[:3]}

    async with asyncio.timeout(20), at_work(lambda: room.count["post"], stuck=3):
        (_, _, first), *_ = room.at_work
        room.released.set()

    assert len(room.hung) == 3
    assert first == room.rooms[-1].channel_id


async def test_a_stop_amid_many_posts_waits_for_those_under_way_alone(room, at_work):
    async with at_work(lambda: room.count["post"] >= 10, given=True):
        began = time.monotonic()
    lasted = time.monotonic() - began

    assert lasted < FINISH_SECONDS
    assert room.count["post"] < GROUPS


async def test_a_stop_waits_until_what_is_under_way_is_recorded(room, at_work, tmp_path):
    room.answers_in = (0.5, 0.5)

    async with at_work(lambda: room.count["post"], given=True):
        pass

    with contextlib.closing(sqlite3.connect(tmp_path / "wave.db")) as file:
        ((sent,),) = file.execute("SELECT COUNT(*) FROM outbox WHERE state = 'sent'")
    assert sent == room.count.total()
