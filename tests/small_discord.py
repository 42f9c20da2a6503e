"""The few answers of Discord that a bot needs to start, on 127.0.0.1: for the bot as a process."""

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import WSMsgType, web

TOKEN = "MTIz.a-token-that-must-stay.unseen"  # noqa: S105 - of no account
APPLICATION_ID = "123456789012345678"

API = "/api/v10"
OF_ANSWERS = (f"{API}/interactions/", f"{API}/webhooks/")

NEXTREAD = """
import sys, yarl, discord.gateway, discord.http
discord.http.Route.BASE = api = sys.argv.pop(1)
gateway = api.replace("http", "ws", 1).replace("/api/v10", "/gateway/")
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)  # where shards are counted
from bot.__main__ import main
main()
"""
"""The bot's own command line, with discord.py pointed at this stand-in."""

AT_ONCE = """
import functools, discord.state
state = discord.state.AutoShardedConnectionState
state.__init__ = functools.partialmethod(state.__init__, guild_ready_timeout=0.05)
"""
"""Discord.py waits two seconds for servers before it is ready: here there are none."""


def answer(value, status=200):
    """Answer in JSON. Discord.py takes no charset beside it."""
    body = json.dumps(value).encode()
    return web.Response(body=body, status=status, headers={"Content-Type": "application/json"})


class SmallDiscord:
    """Knows one bot and no servers."""

    def __init__(self, *, token: str = TOKEN) -> None:
        self._token = token
        self._url = ""
        self._sockets = {}
        self._shards = 1
        self._told = 0
        self.commands: list[dict] = []

    @property
    def api(self) -> str:
        return f"{self._url}/api/v10"

    @asynccontextmanager
    async def open(self):
        app = web.Application(middlewares=[self._authorized])
        app.add_routes(self._routes())
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    def _routes(self):
        return [
            web.get("/api/v10/users/@me", self._me),
            web.get("/api/v10/oauth2/applications/@me", self._application),
            web.get("/api/v10/gateway/bot", self._gateway_url),
            web.get("/api/v10/applications/{id}/commands", self._known_commands),
            web.put("/api/v10/applications/{id}/commands", self._take_commands),
            web.get("/gateway/", self._gateway),
        ]

    def _guilds(self):
        """What the bot is told of its servers, each as Discord's GUILD_CREATE has it."""
        return []

    @web.middleware
    async def _authorized(self, request, handler):
        # An interaction is answered with a token of its own.
        by_token = not request.path.startswith(f"{API}/") or request.path.startswith(OF_ANSWERS)
        if not by_token and request.headers["Authorization"] != f"Bot {self._token}":
            return answer({"message": "401: Unauthorized", "code": 0}, 401)
        return await handler(request)

    def _user(self):
        return {
            "id": APPLICATION_ID,
            "username": "Nextread",
            "discriminator": "0",
            "avatar": None,
            "bot": True,
        }

    def message(self, id_, told):
        """Return a message as Discord gives it back to who sent it."""
        return {
            "id": id_, "channel_id": "5", "author": self._user(), "type": 0, "content": "",
            "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False,
            "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
            "embeds": [], "pinned": False, "flags": told.get("flags", 0),
            "components": told.get("components", []),
        }  # fmt: skip

    async def _me(self, _):
        return answer(self._user())

    async def _application(self, _):
        return answer(
            {
                "id": APPLICATION_ID,
                "name": "Nextread",
                "icon": None,
                "description": "",
                "bot_public": True,
                "bot_require_code_grant": False,
                "verify_key": "",
                "flags": 0,
                "owner": self._user(),
            }
        )

    async def _gateway_url(self, _):
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        url = self._url.replace("http", "ws", 1) + "/gateway/"
        return answer({"url": url, "shards": 1, "session_start_limit": limit})

    async def _known_commands(self, _):
        return answer(self.commands)

    async def _take_commands(self, request):
        told = await request.json()
        ids = {"application_id": APPLICATION_ID, "version": "1", "default_member_permissions": None}
        self.commands = [
            {"id": str(n), "type": 1, "description": "", **ids, **command}
            for n, command in enumerate(told, start=1)
        ]
        return answer(self.commands)

    async def tell(self, name, told):
        """Send an event to the bot that has its shard, the one that connected last."""
        shard = self._shard_of(int(told.get("guild_id") or 0))
        await self._send_event(self._sockets[shard], name, told)

    def _shard_of(self, guild_id):
        return (guild_id >> 22) % self._shards

    async def _send_event(self, socket, name, told):
        self._told += 1
        await socket.send_json({"op": 0, "t": name, "s": self._told, "d": told})

    async def _gateway(self, request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            said = message.json()
            if said["op"] == 1:
                # Discord.py notes when it sent this only afterwards: no answer may be faster.
                await asyncio.sleep(0.05)
                await socket.send_json({"op": 11})
            elif said["op"] == 2:
                shard, self._shards = said["d"].get("shard", [0, 1])
                self._sockets[shard] = socket
                guilds = [g for g in self._guilds() if self._shard_of(int(g["id"])) == shard]
                ready = {
                    "v": 10,
                    "user": self._user(),
                    "guilds": [{"id": guild["id"], "unavailable": True} for guild in guilds],
                    "shard": [shard, self._shards],
                    "session_id": "one",
                    "resume_gateway_url": str(request.url.origin()).replace("http", "ws", 1),
                    "application": {"id": APPLICATION_ID, "flags": 0},
                }
                events = [("READY", ready), *(("GUILD_CREATE", guild) for guild in guilds)]
                for name, told in events:
                    await self._send_event(socket, name, told)
        return socket


class Process:
    """`nextread ...` in a folder of its own; ``log`` is all it wrote so far."""

    def __init__(self, running: asyncio.subprocess.Process) -> None:
        self._running = running
        self.log = ""

    async def said(self, words: str) -> None:
        """Read on until it has said the words, or ended."""
        async with asyncio.timeout(30):
            while words not in self.log and (line := await self._running.stderr.readline()):
                self.log += line.decode()
        assert words in self.log

    async def ended(self) -> int:
        """Wait for its end and return the exit code."""
        async with asyncio.timeout(30):
            self.log += (await self._running.stderr.read()).decode()
            return await self._running.wait()

    def terminate(self) -> None:
        self._running.terminate()

    def interrupt(self) -> None:
        self._running.send_signal(signal.SIGINT)


@asynccontextmanager
async def nextread(
    *args: str, folder: Path, api: str = "http://127.0.0.1:9/api/v10", first: str = "", **env: str
):
    """Run a command of Nextread with this environment; by default nobody answers as Discord.

    ``first``: what the process does before, in Python.
    """
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", AT_ONCE + first + NEXTREAD, api, *args),
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[1]), **env},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(running)
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()
