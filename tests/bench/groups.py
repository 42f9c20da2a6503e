"""All groups are due in the same minute: how their posts leave, and how fast /next stays."""

import asyncio
import os
import subprocess
import sys
import time
from bisect import bisect_left
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import click

from bot.core.groups import Group
from bot.core.progress import Mark
from bot.core.weeks import Schedule
from bot.store import groups as group_rows
from bot.store import progress
from bot.store.database import open_database
from bot.store.migrations import migrate
from tests.bench.databases import new_database
from tests.bench.many_rooms import FIRST_READER, ManyRooms, rooms_of
from tests.small_discord import NEXTREAD, TOKEN

MEMBERS = 3
ASKED_EVERY = 0.1
"""Seconds between two /next."""

QUIET = 10
"""Seconds before the slot in which /next is measured for comparison."""

FIRST_THREADS = 200


@click.command()
@click.option("--groups", "count", default=10_000, show_default=True)
@click.option("--big", default=500, show_default=True, help="How many of them are in one server.")
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option(
    "--processes", default=1, show_default=True, help="Number of bots; several need postgres."
)
@click.option("--all", "to_the_end", is_flag=True, help="Wait for all threads and openers too.")
def groups(count, big, database, processes, to_the_end):
    """Let all groups be due in one minute, with a stand-in for Discord that takes 0.1-0.2 s.

    The bot is a process of its own (`nextread run`); /next is typed through the stand-in ten
    times a second, and measured there until the card has come.
    """
    if processes > 1 and database == "sqlite":
        raise click.UsageError("Several processes need a PostgreSQL: --database postgres.")
    with new_database(database) as (url, folder):
        log = folder / "log"
        asyncio.run(_run(url, log, rooms_of(count, big), processes, to_the_end))
        lines = log.read_text().splitlines()
        click.echo("\n".join([f"lines in the log: {len(lines)}", *lines[-20:]]))


async def _run(url, log, rooms, processes, to_the_end):
    # The bot must know all its servers, and /next be measured, before the slot comes.
    wait = timedelta(seconds=25 + QUIET + len(rooms) / 200)
    slot = datetime.now(UTC) + wait
    slot = slot.replace(second=0, microsecond=0) + timedelta(minutes=1)
    await _fill(url, rooms, slot)
    room = ManyRooms(rooms)
    async with room.open():
        with ExitStack() as running:
            bots = []
            for _ in range(processes):
                room.ready.clear()
                bots.append(running.enter_context(_bot(url, log, room.api, LOG_LEVEL="WARNING")))
                async with asyncio.timeout(150):
                    await _until(lambda: room.ready.is_set() and room.commands)
            await asyncio.sleep(max(0.0, (slot - datetime.now(UTC)).total_seconds() - QUIET))
            before = [_memory(bot.pid) for bot in bots]
            asking = asyncio.create_task(_ask(room, len(rooms)))
            await _until(lambda: room.at_work or asking.done())
            began = time.time()
            await _watch(room, bots, to_the_end)
            asking.cancel()
            after = [_memory(bot.pid) for bot in bots]
            click.echo("\n".join(_report(room, rooms, began, before, after)))


async def _watch(room, bots, to_the_end):
    """Wait until enough is sent, and report from time to time."""
    everything = len(room.rooms)
    told = time.time()

    def is_enough():
        nonlocal told
        if any(bot.poll() is not None for bot in bots):
            raise RuntimeError("the bot ended by itself")
        if time.time() - told > 30:
            told = time.time()
            memory = [_memory(bot.pid)["VmRSS"] for bot in bots]
            click.echo(f"... {dict(room.count)}, {memory} MiB", err=True)
        if to_the_end:
            return room.count["opener"] >= everything
        return room.count["post"] >= everything and (
            room.count["thread"] >= min(everything, FIRST_THREADS)
        )

    await _until(is_enough)


async def _ask(room, readers):
    async with asyncio.TaskGroup() as tasks:
        while True:
            tasks.create_task(room.ask_next(readers))
            await asyncio.sleep(ASKED_EVERY)


async def _until(claim):
    while not claim():  # noqa: ASYNC110 - a look ten times a second costs nothing
        await asyncio.sleep(0.1)


@contextmanager
def _bot(url, log, api, **settings):
    with log.open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", NEXTREAD, api, "run"],
            cwd=log.parent,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "DISCORD_TOKEN": TOKEN,
                "DATABASE_URL": url,
                **settings,
            },
            stderr=errors,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


async def _fill(url, rooms, slot):
    """Every group has a few members, and each of them has read something."""
    db = await open_database(url)
    schedule = Schedule(slot.weekday(), slot.hour, slot.minute, "UTC")
    since = slot - timedelta(hours=1)
    try:
        await migrate(db)
        async with db.transaction() as tx:
            for n, room in enumerate(rooms):
                made = Group(
                    n + 1, room.guild_id, room.channel_id, "active", schedule, None, since, slot
                )
                await group_rows.put_group(tx, made, since)
                for m in range(MEMBERS):
                    reader_id = FIRST_READER + (n + m) % len(rooms)
                    await group_rows.join(tx, n + 1, reader_id, since)
                done = Mark("done", since)
                await progress.set_marks(tx, FIRST_READER + n, {"jump-into-llm:gpt-1": done})
    finally:
        await db.close()


def _memory(pid):
    """Return the memory in MiB, now and at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = dict(line.split(":", 1) for line in lines)
    return {name: int(found[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM")}


def _report(room, rooms, began, before, after):
    posts = [(at, channel) for at, what, channel in room.at_work if what == "post"]
    times = [at for at, _ in posts]
    span = times[-1] - times[0]
    everything = [at for at, *_ in room.at_work]
    early = [what for at, what, _ in room.at_work if at < times[-1] and what != "post"]
    quiet = [took for at, took in room.latencies if at < began]
    busy = [took for at, took in room.latencies if began <= at <= times[-1]]
    yield (
        f"posts: {len(posts)} of {len({c for _, c in posts})} groups in {span:.1f} s;"
        f" a second: {(len(posts) - 1) / span:.1f}, at most {_most_in_a_second(times)}"
        f" (all requests: at most {_most_in_a_second(everything)})"
    )
    yield f"threads and openers before the last post: {len(early)}"
    yield _fairness(posts, rooms)
    yield f"/next, before: {_latencies(quiet)}"
    yield f"/next, meanwhile: {_latencies(busy)}"
    for n, (was, now) in enumerate(zip(before, after, strict=True), start=1):
        yield (
            f"memory of bot {n}, MiB: {was['VmRSS']} before, {now['VmHWM']} at most,"
            f" {now['VmRSS']} at the end"
        )


def _most_in_a_second(times):
    return max(bisect_left(times, at + 1) - n for n, at in enumerate(times))


def _fairness(posts, rooms):
    guild_of = {room.channel_id: room.guild_id for room in rooms}
    place = {channel: n for n, (_, channel) in enumerate(posts)}
    big = [place[r.channel_id] for r in rooms if r.guild_id == rooms[0].guild_id]
    small = [place[r.channel_id] for r in rooms if r.guild_id != rooms[0].guild_id]
    first = len({guild_of[channel] for _, channel in posts[:1000]})
    told = f"servers among the first {min(1000, len(posts))} posts: {first}"
    if big and small:
        told += f"; median place: one with {len(big)} groups {median(big):.0f}"
        told += f", others {median(small):.0f}"
    return told


def _latencies(took):
    if len(took) < 2:
        return "not measured"
    parts = quantiles((t * 1000 for t in took), n=100)
    return (
        f"p50 {parts[49]:.1f} ms, p99 {parts[98]:.1f} ms, at most {max(took) * 1000:.0f} ms"
        f" ({len(took)} times)"
    )
