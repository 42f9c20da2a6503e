"""What an answer costs beside a bot that only says ok, over HTTP and a socket on 127.0.0.1."""

import asyncio
import os
import random
import sqlite3
import sys
import time
from collections import defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

import click
import discord

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.services.opening import open_services
from tests.bench.databases import new_database
from tests.bench.many_rooms import FIRST_CHANNEL, FIRST_GUILD, FIRST_READER, ManyRooms, Room
from tests.small_discord import NEXTREAD, TOKEN, answer

ONLY_OK = """
import sys, yarl, discord, discord.gateway, discord.http
discord.http.Route.BASE, token = sys.argv[1], sys.argv[2]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sys.argv[3])

class Bot(discord.Client):
    async def setup_hook(self):
        await tree.sync()

    async def on_ready(self):
        print("ready:", file=sys.stderr, flush=True)

bot = Bot(
    intents=discord.Intents(guilds=True), max_messages=None, chunk_guilds_at_startup=False,
    member_cache_flags=discord.MemberCacheFlags.none(), guild_ready_timeout=0.5,
)
tree = discord.app_commands.CommandTree(bot)

@tree.command(name="next", description="Say ok")
async def say_ok(interaction: discord.Interaction):
    await interaction.response.send_message("ok", ephemeral=True)

bot.run(token, log_handler=None)
"""

READERS = 5_000
"""So many that no one asks more than fingers do: the bot refuses that."""
CHANNELS = 5
A_ROUND = 100
"""Answers of one bot before the other has its turn: so that noise meets both."""
LATE = 0.1
"""Seconds within which 99 of 100 answers must come at a rate that counts as sustained."""
NEAR = 0.08
"""How near to the highest rate the search stops, as a share of it."""
TRIES = 3
REST = 20
"""Seconds in which a bot has nothing to do."""
MARKS_OF_OTHERS = 50
"""For each of the other readers; every fourth of them is a rating."""


@click.command()
@click.option("--guilds", default=50, show_default=True)
@click.option("--answers", default=2_000, show_default=True, help="Of each bot, one at a time.")
@click.option("--seconds", default=3, show_default=True, help="For each rate that is tried.")
@click.option("--many-guilds", default=2_500, show_default=True, help="For the memory.")
@click.option("--rows", default=10_000_000, show_default=True, help="Marks of other readers.")
def interactions(guilds, answers, seconds, many_guilds, rows):
    """Measure /next beside a bot that only says ok. Sizes of a minute: --rows 100000."""
    with new_database("sqlite") as (url, folder), new_database("sqlite") as (full, _):
        asyncio.run(_fill(full, rows))
        bots = {"only ok": None, "Nextread": url, f"with {rows:,} marks of others": full}
        found = asyncio.run(_measure(bots, folder, guilds, answers, seconds))
        for name, database in bots.items():
            found[name] |= asyncio.run(_memory_of(database, folder, many_guilds))
    click.echo(f"| {guilds} servers | {' | '.join(found)} |\n| --- |{' --- |' * len(found)}")
    for what in found["Nextread"]:
        click.echo(f"| {what} | {' | '.join(each[what] for each in found.values())} |")


@click.command()
@click.option("--guilds", "counts", multiple=True, default=[100, 1000, 2500, 10_000])
def growing(counts):
    """Measure what a bot in so many servers, of five channels each, takes while nothing happens."""
    click.echo("| servers | ready after | memory | processor at rest |\n| --- | --- | --- | --- |")
    for guilds in counts:
        with new_database("sqlite") as (url, folder):
            click.echo(asyncio.run(_at_rest(url, folder, guilds)))


async def _at_rest(url, folder, guilds):
    async with started(url, folder, guilds) as (_, bot):
        await asyncio.sleep(2)
        before = bot.cpu()
        await asyncio.sleep(REST)
        share = (bot.cpu() - before) / REST
        return f"| {guilds:,} | {bot.ready_after:.1f} s | {bot.memory():.0f} MiB | {share:.1%} |"


async def _measure(bots, folder, guilds, answers, seconds):
    found = defaultdict(dict)
    async with AsyncExitStack() as stack:
        running = {}
        for name, url in bots.items():
            discord_, bot = await stack.enter_async_context(started(url, folder, guilds))
            running[name] = discord_, bot
            found[name]["ready after"] = f"{bot.ready_after:.2f} s"
            for _ in range(2 * READERS):  # once for each reader, and once more
                await discord_.ask()
        took, spent = defaultdict(list), dict.fromkeys(bots, 0.0)
        for _ in range(answers // A_ROUND):
            for name, (discord_, bot) in running.items():
                before = bot.cpu()
                took[name] += [await discord_.ask() for _ in range(A_ROUND)]
                spent[name] += bot.cpu() - before
        for name in bots:
            p50, p99 = median(took[name]) * 1000, quantiles(took[name], n=100)[98] * 1000
            found[name]["`/next`, p50 and p99"] = f"{p50:.2f} ms and {p99:.2f} ms"
            each = spent[name] / len(took[name]) * 1000
            found[name]["CPU an answer"] = f"{each:.2f} ms"
        for name, (discord_, _) in running.items():
            rate = await _highest_rate(discord_, seconds)
            found[name]["a second, 99 % within 100 ms"] = f"{rate:,}"
    return found


async def _memory_of(url, folder, guilds):
    async with started(url, folder, guilds) as (_, bot):
        await asyncio.sleep(2)
        return {f"memory with {guilds:,} servers": f"{bot.memory():.0f} MiB"}


async def _highest_rate(discord_, seconds):
    """Double the rate until answers come late, then halve the step, each time the best of three."""
    sustained, late, rate = 0, None, 100
    while late is None or late - sustained > NEAR * late:
        for _ in range(TRIES):
            if is_sustained := await _sustains(discord_, rate, seconds):
                break
        sustained, late = (rate, late) if is_sustained else (sustained, rate)
        rate = rate * 2 if late is None else (sustained + late) // 2
    return sustained


async def _sustains(discord_, rate, seconds):
    """Ask at this rate whatever comes back; a wait counts from when it should have been asked."""
    began, asked = time.perf_counter() + 0.05, []
    for n in range(rate * seconds):
        due = began + n / rate
        if (wait := due - time.perf_counter()) > 0.001:
            await asyncio.sleep(wait)
        asked.append(asyncio.create_task(discord_.ask(due)))
    took = await asyncio.gather(*asked, return_exceptions=True)
    lost = [each for each in took if isinstance(each, Exception)]
    return not lost and quantiles(took, n=100)[98] <= LATE


class Asking(ManyRooms):
    """Readers in many servers who type /next; each answer is given back as Discord does."""

    def __init__(self, guilds) -> None:
        rooms = [
            Room(FIRST_GUILD + guild, FIRST_CHANNEL + CHANNELS * guild + n)
            for guild in range(guilds)
            for n in range(CHANNELS)
        ]
        super().__init__(rooms)
        self._asked = {}
        self._known = [
            (room, FIRST_READER + n)
            for n, room in enumerate(random.Random(1).choices(rooms, k=READERS))  # noqa: S311
        ]

    async def ask(self, due=None):
        """Type /next as the next reader; return the seconds until the answer, or raise."""
        self._ids += 1
        token = f"token{self._ids}"
        room, reader_id = self._known[self._ids % READERS]
        self._asked[token] = coming = asyncio.get_running_loop().create_future()
        began = due or time.perf_counter()
        await self.tell("INTERACTION_CREATE", self._interaction(room, reader_id, token))
        try:
            async with asyncio.timeout(5):
                return await coming - began
        finally:
            del self._asked[token]

    async def _take_answer(self, request):
        body = await request.json()
        coming = self._asked.get(request.match_info["token"])
        if coming is not None and not coming.done():
            coming.set_result(time.perf_counter())
        id_ = request.match_info["id"]
        told = {"id": id_, "type": 2, "response_message_id": id_}
        message = {"type": body["type"], "message": self.message(id_, body["data"])}
        return answer({"interaction": told, "resource": message})


class Bot:
    """A running bot, seen from outside."""

    def __init__(self, process, ready_after) -> None:
        self._folder = Path(f"/proc/{process.pid}")
        self.ready_after = ready_after

    def cpu(self):
        """Return the seconds of a processor that it took so far."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Return its resident memory, in MiB."""
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


@asynccontextmanager
async def started(url, folder, guilds, asking=None):
    """Yield a Discord and a bot that is ready in it; no ``url``: the one that only says ok."""
    async with (asking or Asking)(guilds).open() as discord_:
        gateway = discord_.api.replace("http", "ws", 1).replace("/api/v10", "/gateway/")
        code = [ONLY_OK, discord_.api, TOKEN, gateway] if url is None else [NEXTREAD, discord_.api]
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", *code, *([] if url is None else ["run"])),
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "DISCORD_TOKEN": TOKEN,
                "DATABASE_URL": url or "",
            },
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(60):
                while b"ready:" not in (line := await process.stderr.readline()):
                    if not line:
                        raise RuntimeError("the bot ended by itself")
            yield discord_, Bot(process, time.perf_counter() - began)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _fill(url, rows):
    """Let other readers have so many marks, as many of each resource."""
    path = default_curriculum_path()
    base = read_curriculum(path.read_bytes(), str(path))
    await (await open_services(url, base, discord.utils.utcnow)).close()
    keys = [(n, key) for n, key in enumerate(list(base.by_key)[:MARKS_OF_OTHERS])]
    with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("CREATE TEMPORARY TABLE marked (n INTEGER, resource_key TEXT)")
        database.executemany("INSERT INTO marked VALUES (?, ?)", keys)
        database.execute(
            "WITH RECURSIVE readers (reader_id) AS"
            " (SELECT 1 UNION ALL SELECT reader_id + 1 FROM readers WHERE reader_id < ?)"
            " INSERT INTO progress (reader_id, resource_key, state, changed_at, rating)"
            " SELECT reader_id, resource_key, 'done', 0,"
            " CASE (reader_id + n) % 4 WHEN 0 THEN 1 + reader_id % 5 END FROM readers, marked",
            [rows // MARKS_OF_OTHERS],
        )
        database.execute(
            "INSERT INTO ratings SELECT resource_key, COUNT(*), SUM(rating >= 4) FROM progress"
            " WHERE rating IS NOT NULL GROUP BY resource_key"
        )
