"""Two bots with a shard each on one PostgreSQL: one is killed, or the database restarts."""

import asyncio
import random
import signal
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import click
from aiohttp import web

from tests.bench.databases import Postgres
from tests.bench.groups import _bot, _fill, _memory, _until
from tests.bench.many_rooms import FIRST_CHANNEL, ManyRooms, Room
from tests.kill import objects
from tests.small_discord import answer

ASKED_EVERY = 0.02
"""Seconds between two commands; each is a mark or a /next in one half or the other."""
CUT_AFTER = 3
"""Seconds after the first paper, while the others leave."""
ANSWERED_WITHIN = 30
DEADLINE = 3
"""Seconds that Discord waits for an answer, or for word that one is coming."""
MARKED = "jump-into-llm:bert"
FIRST_READER = 7 * 10**9
TOLD = {
    "I can't reach my database": "told to try again",
    "I don't know whether": "told to look",
    "Something went wrong": "apologies",
}
THINKING = 5

CUTS = ("nothing", "killed", "fast", "immediate")


@click.command()
@click.option("--groups", "count", default=300, show_default=True, help="Half of them for each.")
@click.option("--cut", type=click.Choice(CUTS), default="killed", show_default=True)
@click.option("--away", default=0.0, help="Seconds that PostgreSQL stays away as it restarts.")
@click.option("--seconds", default=40, show_default=True, help="Of commands after the cut.")
def shards(count, cut, away, seconds):
    """Let two bots with a shard each post a week's papers while one of them is killed.

    Or, with --cut fast or immediate, while PostgreSQL restarts so. It needs Debian's postgresql.
    """
    with tempfile.TemporaryDirectory(prefix="bench") as name, Postgres(Path(name)) as postgres:
        try:
            asyncio.run(_run(postgres, Path(name), count, cut, away, seconds))
        finally:
            for log in sorted(Path(name).glob("bot*.log")):
                told = [line for line in log.read_text().splitlines() if " INFO " not in line]
                click.echo("\n".join([f"{log.name}: {len(told)} lines", *told[-15:]]), err=True)


async def _run(postgres, folder, count, cut, away, seconds):
    rooms = [Room((n + 1) << 22, FIRST_CHANNEL + n) for n in range(count)]
    slot = datetime.now(UTC) + timedelta(seconds=15)
    slot = slot.replace(second=0, microsecond=0) + timedelta(minutes=1)
    await _fill(postgres.url, rooms, slot)
    halves = Halves(rooms)
    async with halves.open():
        with ExitStack() as running:
            started = (_half(postgres.url, folder, halves.api, n) for n in (0, 1))
            bots = [running.enter_context(each) for each in started]
            async with asyncio.timeout(60):
                await _until(lambda: len(halves.here) == 2)
            asking = asyncio.create_task(_ask(halves))
            await _until(lambda: halves.posts)
            connections = await _connections(postgres.url)
            await asyncio.sleep(CUT_AFTER)
            halves.cut_at = time.time()
            if cut == "killed":
                bots[1].send_signal(signal.SIGKILL)
                halves.here.discard(1)
            elif cut != "nothing":
                await asyncio.to_thread(postgres.restart, cut, away)
            halves.back_at = time.time()
            await asyncio.sleep(seconds)
            asking.cancel()
            async with asyncio.timeout(300):
                await _until(lambda: halves.is_done)
            await asyncio.sleep(5)  # for what would be one too many
            await asyncio.gather(*halves.asked, return_exceptions=True)
            if cut == "killed":
                bots[1] = running.enter_context(_half(postgres.url, folder, halves.api, 1))
                async with asyncio.timeout(60):
                    await _until(lambda: len(halves.here) == 2)
                await halves.ask(rooms[0])  # of server 1, for shard 1
            memory = [_memory(bot.pid)["VmRSS"] for bot in bots]
        marks = await _marks(postgres.url)
    for what, found in _report(halves, marks, cut, connections, memory):
        click.echo(f"| {what} | {found} |")


async def _ask(halves):
    while True:
        halves.asked.append(asyncio.create_task(halves.ask()))
        await asyncio.sleep(ASKED_EVERY)


def _half(url, folder, api, shard_id):
    shards = {"SHARD_COUNT": "2", "SHARD_IDS": str(shard_id)}
    return _bot(url, folder / f"bot{shard_id}.log", api, **shards, LINK_CHECK="off")


async def _connections(url):
    connection = await asyncpg.connect(url)
    sql = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    found = await connection.fetchval(sql) - 1
    await connection.close()
    return found


async def _marks(url):
    connection = await asyncpg.connect(url)
    sql = "SELECT reader_id FROM progress WHERE resource_key = $1"
    found = {row["reader_id"] for row in await connection.fetch(sql, MARKED)}
    await connection.close()
    return found


class Halves(ManyRooms):
    """Servers in two shards, each told to the bot that has it; readers who mark and ask there."""

    def __init__(self, rooms) -> None:
        super().__init__(rooms)
        self._guild_of = {room.channel_id: room.guild_id for room in rooms}
        self.messages = defaultdict(list)
        self.here = set()
        self.asked, self.acknowledged, self.counts = [], set(), Counter()
        self.late, self.last_at = [], 0.0
        self.cut_at = self.back_at = 0.0
        self._first, self._coming = {}, {}

    def _routes(self):
        hooks = "/api/v10/webhooks/{id}/{token}"
        return [
            web.get("/api/v10/guilds/{guild}", self._guild),
            *super()._routes(),
            web.post(hooks, self._take_last),
            web.patch(f"{hooks}/messages/@original", self._take_last),
        ]

    async def _gateway(self, request):
        try:
            return await super()._gateway(request)
        finally:
            self._sockets = {n: each for n, each in self._sockets.items() if not each.closed}

    async def _send_event(self, socket, name, told):
        await super()._send_event(socket, name, told)
        if name == "GUILD_CREATE":
            self.here.add(self._shard_of(int(told["id"])))

    async def _guild(self, request):
        guild_id = request.match_info["guild"]
        plain = self.guild()
        roles = [{**plain["roles"][0], "id": guild_id}]
        return answer({**plain, "id": guild_id, "roles": roles, "channels": []})

    async def _channel(self, request):
        channel_id = int(request.match_info["channel"])
        guild_id = self._guild_of[channel_id]
        return answer({**objects.channel(channel_id), "guild_id": str(guild_id)})

    async def _member(self, _):
        return answer(objects.member(self._user()))

    async def _send(self, request):
        channel_id, body = int(request.match_info["channel"]), await request.json()
        await asyncio.sleep(self._chance.uniform(*self.answers_in))
        self.last_at = time.time()
        return answer(self._store(channel_id, body))

    async def _make_thread(self, request):
        message_id, parent = int(request.match_info["message"]), request.match_info["channel"]
        body = await request.json()
        await asyncio.sleep(self._chance.uniform(*self.answers_in))
        if message_id in self._guild_of:
            told = "A thread has already been created for this message"
            return answer({"code": 160004, "message": told}, 400)
        self._guild_of[message_id] = guild_id = self._guild_of[int(parent)]
        self.messages[message_id] = []
        made = objects.thread(message_id, self._user(), body["name"], self.now())
        return answer({**made, "guild_id": str(guild_id), "parent_id": parent}, 201)

    @property
    def posts(self):
        return [each for room in self.rooms for each in self.messages[room.channel_id]]

    @property
    def is_done(self):
        return all(self.messages[int(post["id"])] for post in self.posts) and (
            len(self.posts) >= len(self.rooms)
        )

    def wrong(self):
        """Return how many papers, threads and openers are missing, and how many are there twice."""
        lost, doubled = Counter(), Counter()
        for room in self.rooms:
            posts = self.messages[room.channel_id]
            lost["papers"] += not posts
            doubled["papers"] += max(0, len(posts) - 1)
            for post in posts:
                inside = self.messages.get(int(post["id"]))
                lost["threads"] += inside is None
                lost["openers"] += not inside
                doubled["openers"] += max(0, len(inside or ()) - 1)
        return lost, doubled

    async def ask(self, room=None):
        """Let a new reader mark something, or ask what is next, and count what becomes of it."""
        self._ids += 1
        n, token = self._ids, f"token{self._ids}"
        room = room or random.choice(self.rooms)  # noqa: S311 - no secret
        if self._shard_of(room.guild_id) not in self.here:
            return
        told = self._interaction(room, FIRST_READER + n, token)
        is_mark = n % 2 == 0
        if is_mark:
            command = next(each for each in self.commands if each["name"] == "done")
            option = {"name": "resource", "type": 3, "value": MARKED}
            told["data"] |= {"id": command["id"], "name": "done", "options": [option]}
        loop, began = asyncio.get_running_loop(), time.time()
        self._first[token], self._coming[token] = loop.create_future(), loop.create_future()
        self.counts["asked"] += 1
        await self.tell("INTERACTION_CREATE", told)
        try:
            async with asyncio.timeout(ANSWERED_WITHIN):
                said = await self._coming[token]
        except TimeoutError:
            is_there = self._shard_of(room.guild_id) in self.here
            self.counts["unanswered" if is_there else "asked of the killed as it died"] += 1
            return
        took = self._first[token].result() - began
        self.counts["deferred, then answered"] += time.time() - began > DEADLINE
        self.counts["answered too late for Discord"] += took > DEADLINE
        wrong = [name for text, name in TOLD.items() if text in said]
        self.counts[wrong[0] if wrong else "answered"] += 1
        if is_mark and not wrong:
            self.acknowledged.add(FIRST_READER + n)

    async def _take_answer(self, request):
        body, token = await request.json(), request.match_info["token"]
        if not self._first[token].done():
            self._first[token].set_result(time.time())
        if body["type"] != THINKING:
            self._ended(token, body)
        id_ = request.match_info["id"]
        told = {"id": id_, "type": 2, "response_message_id": id_}
        message = {"type": body["type"], "message": self.message(id_, body.get("data") or {})}
        return answer({"interaction": told, "resource": message})

    async def _take_last(self, request):
        body = await request.json()
        self._ended(request.match_info["token"], body)
        return answer(self.message("10", body))

    def _ended(self, token, body):
        if not self._coming[token].done():
            self._coming[token].set_result(str(body))


def _report(halves, marks, cut, connections, memory):
    lost, doubled = halves.wrong()
    posts = len(halves.rooms)
    yield "cut", cut
    yield "---", "---"
    yield "papers, threads and openers", f"{posts} of each"
    yield "lost", sum(lost.values())
    yield "doubled", sum(doubled.values())
    yield "the last of them after the cut", f"{halves.last_at - halves.cut_at:.0f} s"
    if cut in ("fast", "immediate"):
        yield "PostgreSQL was away", f"{halves.back_at - halves.cut_at:.1f} s"
    yield "marks acknowledged", len(halves.acknowledged)
    yield "of them lost", len(halves.acknowledged - marks)
    yield from halves.counts.items()
    yield "connections of both", connections
    yield "memory of each, MiB", " and ".join(map(str, memory))
