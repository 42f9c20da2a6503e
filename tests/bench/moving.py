"""How long a ledger takes to PostgreSQL, killed half-way once, and what a backup of it takes."""

import asyncio
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import click

from bot.store.upkeep import back_up
from tests.bench.databases import new_database
from tests.bench.interactions import _fill

NEXTREAD = "from bot.__main__ import main; main()"


@click.command(name="move-data")
@click.option("--rows", default=1_000_000, show_default=True, help="Marks in the SQLite ledger.")
def moving(rows):
    """Move a ledger from SQLite to PostgreSQL by the command line, and killed half-way."""
    with new_database("sqlite") as (source, folder), new_database("postgres") as (url, _):
        asyncio.run(_fill(source, rows))
        file = Path(source.removeprefix("sqlite:///"))
        began = time.perf_counter()
        back_up(source, folder / "copy.db")
        backed_up = time.perf_counter() - began
        found = asyncio.run(_measure(file, url, rows))
        size = file.stat().st_size / 2**20
    click.echo(f"| {rows:,} marks, {size:.0f} MiB | seconds | memory at most, MiB |")
    click.echo(f"| --- | --- | --- |\n| a backup, checked | {backed_up:.1f} | |")
    for what, (seconds, memory) in found.items():
        click.echo(f"| {what} | {seconds:.1f} | {memory:.0f} |")


async def _measure(file, url, rows):
    again = urlsplit(url)._replace(path="/again").geturl()
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE DATABASE again")
    await connection.close()
    return {
        "moved and compared at once": await _moved(file, url),
        "killed at half": await _moved(file, again, rows // 2),
        "the same command again": await _moved(file, again),
    }


async def _moved(file, url, kill_at=None):
    """Return how long one call took and the most memory it had; killed once so many are there."""
    began = time.perf_counter()
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-c", NEXTREAD, "move-data", file, url, stdout=asyncio.subprocess.PIPE
    )
    ended, memory = asyncio.create_task(running.communicate()), 0
    while not ended.done():
        memory = max(memory, _most_memory(running.pid))
        if kill_at is not None and await _has(url, kill_at):
            running.kill()
        await asyncio.wait([ended], timeout=0.05)
    took = time.perf_counter() - began
    out, _ = await ended
    lines = out.decode().splitlines()
    assert running.returncode == (0 if kill_at is None else -9), lines
    click.echo("\n".join(line for line in lines if line.startswith(("progress", "Moved", "Going"))))
    return took, memory


def _most_memory(pid):
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)


async def _has(url, rows):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT EXISTS (SELECT 1 FROM progress OFFSET $1)", rows)
    except asyncpg.UndefinedTableError:
        return False
    finally:
        await connection.close()
