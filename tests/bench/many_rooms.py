"""A Discord of many servers that records each request, and itself sends /next."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from tests.kill import objects
from tests.kill.study_room import StudyRoom
from tests.small_discord import APPLICATION_ID, answer

ANSWERS_IN = (0.1, 0.2)
"""Seconds that Discord takes to answer for a message or a thread."""

BIG, FIRST_GUILD, FIRST_CHANNEL, FIRST_READER = 10**6, 2 * 10**6, 10**9, 5 * 10**9


@dataclass(frozen=True)
class Room:
    guild_id: int
    channel_id: int


def rooms_of(groups, big):
    """Return a room for each group: the first ``big`` in one server, the others each in its own."""
    return [Room(BIG if n < big else FIRST_GUILD + n, FIRST_CHANNEL + n) for n in range(groups)]


class ManyRooms(StudyRoom):
    """``at_work`` is (when, "post" | "thread" | "opener", channel) in the order they came."""

    def __init__(self, rooms, *, answers_in=ANSWERS_IN) -> None:
        super().__init__(datetime.now(UTC))
        self.rooms = rooms
        self.ready = asyncio.Event()
        self.answers_in = answers_in
        self.at_work: list[tuple[float, str, int]] = []
        self.latencies: list[tuple[float, float]] = []
        self.count: Counter[str] = Counter()
        self._channels = {room.channel_id for room in rooms}
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self._chance = random.Random(1)  # noqa: S311 - no secret

    def _routes(self):
        return [
            *super()._routes(),
            web.post("/api/v10/interactions/{id}/{token}/callback", self._take_answer),
        ]

    def _guilds(self):
        self.ready.set()
        plain = self.guild()
        channels = {}
        for room in self.rooms:
            channels.setdefault(room.guild_id, []).append(
                {**plain["channels"][0], "id": str(room.channel_id)}
            )
        return [
            {
                **plain,
                "id": str(guild_id),
                "roles": [{**plain["roles"][0], "id": str(guild_id)}],
                "channels": made,
            }
            for guild_id, made in channels.items()
        ]

    def _note(self, what, channel_id):
        self.at_work.append((time.time(), what, channel_id))
        self.count[what] += 1

    async def _send(self, request):
        channel_id, body = int(request.match_info["channel"]), await request.json()
        self._note("post" if channel_id in self._channels else "opener", channel_id)
        await asyncio.sleep(self._chance.uniform(*self.answers_in))
        return answer(self._message(channel_id, components=body["components"]))

    async def _make_thread(self, request):
        message_id, parent = int(request.match_info["message"]), request.match_info["channel"]
        body = await request.json()
        self._note("thread", int(parent))
        await asyncio.sleep(self._chance.uniform(*self.answers_in))
        guild_id = self.rooms[int(parent) - FIRST_CHANNEL].guild_id
        made = objects.thread(message_id, self._user(), body["name"], self.now())
        return answer({**made, "guild_id": str(guild_id), "parent_id": parent}, 201)

    async def ask_next(self, readers):
        """Type /next as some reader in some room; return the seconds until the card came."""
        room = self._chance.choice(self.rooms)
        reader_id = FIRST_READER + self._chance.randrange(readers)
        self._ids += 1
        token = f"token{self._ids}"
        self._waiting[token] = asyncio.get_running_loop().create_future()
        began = time.time()
        await self.tell("INTERACTION_CREATE", self._interaction(room, reader_id, token))
        try:
            async with asyncio.timeout(30):
                took = await self._waiting[token] - began
        finally:
            del self._waiting[token]
        self.latencies.append((began, took))
        return took

    async def _take_answer(self, request):
        waiting = self._waiting.get(request.match_info["token"])
        if waiting is not None and not waiting.done():
            waiting.set_result(time.time())
        body = await request.json()
        if "Broken" in str(body) or not body["data"]["components"]:
            raise RuntimeError(f"/next answered {body}")
        id_ = request.match_info["id"]
        return answer({"interaction": {"id": id_, "type": 2, "response_message_id": id_}})

    def _interaction(self, room, reader_id, token):
        command = next(c for c in self.commands if c["name"] == "next")
        person = {
            "id": str(reader_id), "username": "reader", "discriminator": "0", "avatar": None,
        }  # fmt: skip
        channel = {**self.guild()["channels"][0], "id": str(room.channel_id)}
        return {
            "id": str(self._ids), "application_id": APPLICATION_ID, "type": 2, "token": token,
            "version": 1, "guild_id": str(room.guild_id), "channel": channel,
            "channel_id": str(room.channel_id), "locale": "en-US", "guild_locale": "en-US",
            "app_permissions": str(self.permissions.value), "entitlements": [], "context": 0,
            "authorizing_integration_owners": {"0": str(room.guild_id)},
            "attachment_size_limit": 10_000_000,
            "member": {
                "user": person, "roles": [], "joined_at": "2025-01-01T00:00:00+00:00",
                "deaf": False, "mute": False, "flags": 0, "permissions": "0",
            },
            "data": {"id": command["id"], "name": "next", "type": 1, "options": []},
        }  # fmt: skip
