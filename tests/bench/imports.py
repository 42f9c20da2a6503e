"""What it costs to bring a list: seconds to read it, and how long nobody else is answered."""

import asyncio
import contextlib
import gc
import time

import click
import discord

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.core.lists import Where
from bot.errors import CurriculumFileError, NotAListError
from bot.services.imports import MOST_LISTED, read_in_background
from bot.services.opening import services_over
from bot.store.database import open_database
from bot.store.migrations import migrate
from tests.bench.databases import new_database

GUILD, WHO = 10_000, 5
MEGABYTE = 2**20
TOPICS = ("Consensus", "Storage", "Clocks", "Replication", "Transactions", "Gossip", "Snapshots")


@click.command()
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
def imports(database):
    """Measure reading lists of a megabyte, bad files, and bringing in as much as one list holds."""
    with new_database(database) as (url, _folder):
        found = asyncio.run(_measure(url))
    click.echo("| | seconds | the longest that the loop was held, ms |\n| --- | --- | --- |")
    for what, (took, held) in found.items():
        click.echo(f"| {what} | {took:.2f} | {held * 1000:.0f} |")


async def _measure(url):
    base = read_curriculum(default_curriculum_path().read_bytes())
    async with contextlib.AsyncExitStack() as opened:
        db = await open_database(url)
        opened.push_async_callback(db.close)
        await migrate(db)
        services = await services_over(db, base, discord.utils.utcnow)
        gc.collect()
        gc.freeze()  # as `nextread run` does
        return await _figures(services)


async def _figures(services):
    found = {}

    async def measure(what, work):
        with Held() as held:
            began = time.perf_counter()
            result = await work
            took = time.perf_counter() - began
            await asyncio.sleep(0.05)
        found[what] = took, held.longest
        return result

    for what, raw in FILES.items():
        await measure(what, _read(raw()))
    whole = await read_in_background(listed(item, count=MOST_LISTED), "whole.md")
    looking = services.imports.look(Where(GUILD), WHO, whole)
    run = await measure(f"dry run of {MOST_LISTED:,} resources", looking)
    card = GUILD, WHO, run.draft_id
    await measure("bringing them in", services.imports.bring(card))
    await measure("the next `/next` there", services.reading.next_for(1, GUILD))
    await measure("taking them back", services.imports.undo(card))
    return found


async def _read(raw):
    try:
        return await read_in_background(raw, "list.md")
    except (CurriculumFileError, NotAListError):
        return None


class Held:
    """Measures the longest time within a block in which the event loop came to nothing else."""

    def __init__(self):
        self.longest = 0.0

    def __enter__(self):
        self._beating = asyncio.ensure_future(self._beat())
        return self

    def __exit__(self, *_):
        self._beating.cancel()

    async def _beat(self):
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            self.longest, last = max(self.longest, now - last - 0.001), now


def _title(n):
    return f"{TOPICS[n % 7]} and {TOPICS[n // 7 % 7].lower()}, part {n}"


def item(n):
    return f"- [{_title(n)}](https://example.org/papers/{n}) - What it says, in a few words.\n"


def _row(n):
    return f"| [{_title(n)}](https://example.org/papers/{n}) | What it says | `apiKey` | Yes |\n"


def _paragraph(n):
    return (
        f"**{_title(n)}** <br>\n*Ann Bee, Cee Dee* <br>\n19{n % 100:02} "
        f"[[Paper](https://example.org/{n}.pdf)] [[Code](https://github.com/example/r{n})]\n\n"
    )


def listed(written, count=0, size=0, front=""):
    """Return a list of so many entries, or of so many bytes, under headings."""
    parts, n, length = [], 0, 0
    while n < count or length < size:
        if n % 50 == 0:
            parts.append(f"\n## Step {n // 50}\n\n{front}")
        parts.append(written(n))
        length, n = length + len(parts[-1]), n + 1
    return "".join(parts).encode()[: size or None]


ROW_FRONT = "| Name | Says | Auth | HTTPS |\n| --- | --- | --- | --- |\n"
FILES = {
    "1 MiB of items": lambda: listed(item, size=MEGABYTE),
    "1 MiB of table rows": lambda: listed(_row, size=MEGABYTE, front=ROW_FRONT),
    "1 MiB of paragraphs": lambda: listed(_paragraph, size=MEGABYTE),
    "100,000 links": lambda: b"".join(b"https://a.b/%d\n" % n for n in range(100_000)),
    "100,000 links in a CSV file": lambda: b"url\n" + FILES["100,000 links"](),
    "a ZIP file": lambda: b"PK\x03\x04" + bytes(range(256)) * 4000,
    "quotes in quotes": lambda: b"> " * 500_000 + b"https://example.org",
    "lists in lists": lambda: b"".join(b" " * n + b"- x\n" for n in range(1400)),
    "open brackets": lambda: b"[" * MEGABYTE,
    "aliases of aliases in YAML": lambda: (
        b"sections:\n"
        + b"".join(
            b"  - &a%d [%s]\n" % (n, b", ".join([b"*a%d" % (n - 1)] * 9 if n else [b"x"] * 9))
            for n in range(30)
        )
    ),
}
