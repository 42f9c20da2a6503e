"""What servers' own lists cost: memory, and what others wait while they are laid."""

import asyncio
import time
from pathlib import Path
from statistics import quantiles

import click
import discord

from bot.core.curriculum import Curriculum, Resource, Section, Step
from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.services.opening import services_over
from bot.store import lists as list_rows
from bot.store.database import open_database
from bot.store.migrations import migrate
from tests.bench.databases import new_database

FIRST_GUILD, READER, HERS = 10_000, 1, 5
PAGE = 4096


@click.command()
@click.option("--servers", default=1_000, show_default=True)
@click.option("--resources", default=300, show_default=True, help="Of each server's list.")
def lists(servers, resources):
    """Measure /next while servers' own lists are laid, and the memory that they take."""
    with new_database("sqlite") as (url, _folder):
        found = asyncio.run(_measure(url, servers, resources))
    click.echo(f"| {servers:,} servers with lists of {resources} | |\n| --- | --- |")
    for what, value in found.items():
        click.echo(f"| {what} | {value} |")


async def _measure(url, servers, resources):
    base = read_curriculum(default_curriculum_path().read_bytes())
    db = await open_database(url)
    await migrate(db)
    services = await services_over(db, base, discord.utils.utcnow)
    for n in range(servers):
        await _bring(services, FIRST_GUILD + n, resources)
    await services.reading.next_for(READER, HERS)
    quiet = await _latencies(services, lambda: asyncio.sleep(3))
    before, began = _memory(), time.perf_counter()

    async def lay_all():
        for n in range(servers):
            await services.reading.next_for(100 + n, FIRST_GUILD + n)
            await services.finding.find(100 + n, FIRST_GUILD + n, "paper 17")

    busy = await _latencies(services, lay_all)
    took, after = time.perf_counter() - began, _memory()
    await services.close()
    await db.close()
    return {
        "memory more, once each was read and searched": f"{after - before:.0f} MiB",
        "to lay and to search one": f"{took / servers * 1000:.0f} ms",
        "`/next` of others meanwhile, p50 and p99": _in_words(busy),
        "`/next` of others before": _in_words(quiet),
    }


async def _bring(services, guild_id, count):
    list_id = f"g{guild_id}:theirs"
    steps = tuple(
        Step(f"s{n}", f"Step {n}", f"s{n}", resources=tuple(_resources(guild_id, n, count // 10)))
        for n in range(10)
    )
    sections = tuple(Section(step.id, step.title, steps=(step,)) for step in steps)
    async with services.db.transaction() as tx:
        listed = Curriculum(list_id, "Theirs", sections)
        await services.lists.put(tx, guild_id, READER, listed, "")
        await list_rows.set_default(tx, guild_id, list_id)


def _resources(guild_id, step, count):
    words = [
        "consensus",
        "storage",
        "clocks",
        "replication",
        "transactions",
        "gossip",
        "snapshots",
        "quorum",
    ]
    for n in range(count):
        name = f"{words[n % 8].title()} and {words[(n // 8 + step) % 8]}: paper {step * count + n}"
        url = f"https://example.org/{guild_id}/{step}/{n}"
        key = f"g{guild_id}:r-{step}-{n}"
        yield Resource(
            key, name, url, "paper", f"s{step}", authors="Lamport", year=1978, minutes=40
        )


async def _latencies(services, work):
    """Return how long `/next` takes others, in seconds, while some work is done."""
    took = []
    working = asyncio.ensure_future(work())
    while not working.done():
        began = time.perf_counter()
        await services.reading.next_for(READER, HERS)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.01)
    await working
    return took


def _in_words(took):
    cuts = quantiles(took, n=100)
    return f"{cuts[49] * 1000:.1f} ms and {cuts[98] * 1000:.1f} ms"


def _memory():
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 2**20
