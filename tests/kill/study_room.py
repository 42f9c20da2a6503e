"""A server with one channel, as Discord would serve it, and somebody who kills its caller."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import discord
from aiohttp import web

from tests.small_discord import APPLICATION_ID, SmallDiscord, answer

GUILD_ID, CHANNEL_ID, MODERATOR_ID = 1001, 1002, 1003
ALL = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    read_message_history=True,
    create_public_threads=True,
    send_messages_in_threads=True,
)
REPLY = 19
NOTICE_OF_A_THREAD = 21  # the type of the message with which Discord begins a thread
ALREADY_CREATED = 160004
A_PAGE = 50


class StudyRoom(SmallDiscord):
    """Discord's message routes, as its documentation tells them.

    ``asked`` is called with what is asked for ("post", "thread", "opener") before anything is
    done, ``done`` after it and before the answer; both may kill who asked, and then return True.
    ``lingers``: what was asked by the killed comes true only after the next look at the history.
    ``answers`` are given to messages, none of which is kept. ``trouble``: messages are kept, but
    the answer never comes, or the connection is closed instead.
    ``remembers_nonces``: for how long a second message with the same nonce is the first one.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.ahead = now - datetime.now(UTC)
        self.remembers_nonces = timedelta(minutes=5)
        self.permissions = ALL
        self.messages: dict[int, list[dict]] = {CHANNEL_ID: []}
        self.looks = 0
        self.ready = asyncio.Event()
        self.lingers = False
        self.asked = self.done = lambda _: False
        self.answers: list[web.Response] = []
        self.history_answers: list[web.Response] = []
        self.trouble: str | None = None
        self._nonces: dict[str, dict] = {}
        self._lingering: list[tuple[int, dict]] = []
        self._ids = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def history(self, channel_id: int = CHANNEL_ID) -> list[dict]:
        """Return the messages that people wrote or the bot sent."""
        return [m for m in self.messages[channel_id] if m["type"] in (0, REPLY)]

    @property
    def threads(self) -> list[int]:
        return [channel_id for channel_id in self.messages if channel_id != CHANNEL_ID]

    def _routes(self):
        messages = "/api/v10/channels/{channel}/messages"
        return [
            *super()._routes(),
            web.get(messages, self._read),
            web.post(messages, self._send),
            web.post(messages + "/{message}/threads", self._make_thread),
        ]

    def _guilds(self):
        self.ready.set()
        return [self.guild()]

    def guild(self):
        """Return the server, as Discord tells of it."""
        everyone = {
            "id": str(GUILD_ID), "name": "@everyone", "permissions": str(self.permissions.value),
            "position": 0, "color": 0, "hoist": False, "managed": False, "mentionable": False,
        }  # fmt: skip
        channel = {
            "id": str(CHANNEL_ID), "type": 0, "name": "reading", "position": 0, "topic": None,
            "parent_id": None, "nsfw": False, "rate_limit_per_user": 0,
            "permission_overwrites": [],
        }  # fmt: skip
        me = {
            "user": self._user(), "roles": [], "joined_at": "2025-01-01T00:00:00+00:00",
            "deaf": False, "mute": False, "flags": 0,
        }  # fmt: skip
        return {
            "id": str(GUILD_ID), "name": "Study room", "owner_id": str(MODERATOR_ID),
            "unavailable": False, "member_count": 2, "system_channel_id": None, "roles": [everyone],
            "channels": [channel], "members": [me], "emojis": [], "stickers": [], "features": [],
            "threads": [], "voice_states": [], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "verification_level": 0, "nsfw_level": 0, "mfa_level": 0,
            "default_message_notifications": 0, "explicit_content_filter": 0, "premium_tier": 0,
            "preferred_locale": "en-US", "afk_timeout": 300, "large": False,
        }  # fmt: skip

    async def _read(self, request):
        self.looks += 1
        if self.history_answers:
            return self.history_answers.pop(0)
        channel_id = int(request.match_info["channel"])
        after = int(request.query.get("after", 0))
        found = [m for m in self.messages.get(channel_id, []) if int(m["id"]) > after]
        if not self.permissions.read_message_history:
            found = []  # not an error: that is how Discord answers
        page = found[: min(A_PAGE, int(request.query["limit"]))]
        for channel, body in self._lingering:
            self._store(channel, body)
        self._lingering.clear()
        return answer(page[::-1])

    async def _send(self, request):
        channel_id, body = int(request.match_info["channel"]), await request.json()
        what = self._what(channel_id, body)
        if self.asked(what):
            if self.lingers:
                self._lingering.append((channel_id, body))
            return answer({}, 500)
        if self.answers:
            return self.answers.pop(0)
        message = self._store(channel_id, body)
        self.done(what)
        if self.trouble == "silence":
            await asyncio.Event().wait()
        elif self.trouble == "hangs up":
            request.transport.close()
        return answer(message)

    def _what(self, channel_id, body):
        del body
        return "post" if channel_id == CHANNEL_ID else "opener"

    def _store(self, channel_id, body):
        known = self._nonces.get(body["nonce"]) if body.get("enforce_nonce") else None
        if known and self.now() - discord.utils.snowflake_time(int(known["id"])) < (
            self.remembers_nonces
        ):
            return known
        message = self._message(channel_id, components=body["components"], nonce=body["nonce"])
        if answered := body.get("message_reference"):
            message |= {"type": REPLY, "message_reference": answered}
        self._nonces[body["nonce"]] = message
        self.messages[channel_id].append(message)
        return message

    async def _make_thread(self, request):
        message_id, body = int(request.match_info["message"]), await request.json()
        if self.asked("thread"):
            return answer({}, 500)
        known = self.messages[int(request.match_info["channel"])]
        if str(message_id) not in {message["id"] for message in known}:
            return answer({"code": 10008, "message": "Unknown Message"}, 404)
        if message_id in self.messages:
            told = "A thread has already been created for this message"
            return answer({"code": ALREADY_CREATED, "message": told}, 400)
        notice = self._message(message_id, type=NOTICE_OF_A_THREAD)
        self.messages[message_id] = [notice]
        self.done("thread")
        then = self.now().isoformat()
        return answer(
            {
                "id": str(message_id), "guild_id": str(GUILD_ID), "parent_id": str(CHANNEL_ID),
                "owner_id": APPLICATION_ID, "name": body["name"], "type": 11,
                "last_message_id": None, "message_count": 0, "member_count": 1,
                "rate_limit_per_user": 0, "flags": 0,
                "thread_metadata": {
                    "archived": False, "auto_archive_duration": 10080, "archive_timestamp": then,
                    "locked": False, "create_timestamp": then,
                },
            },
            201,
        )  # fmt: skip

    def _message(self, channel_id, **fields):
        self._ids += 1
        made = discord.utils.time_snowflake(self.now()) + self._ids
        return {
            "id": str(made), "channel_id": str(channel_id), "author": self._user(), "content": "",
            "timestamp": self.now().isoformat(), "edited_timestamp": None, "tts": False,
            "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
            "embeds": [], "pinned": False, "type": 0, "components": [], "flags": 0,
            **fields,
        }  # fmt: skip


def rate_limited(seconds: float) -> web.Response:
    """Answer 429 as Discord's own edge does, not Cloudflare's."""
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    return web.Response(
        body=json.dumps(body).encode(),
        status=429,
        headers={"Content-Type": "application/json", "Via": "1.1 google"},
    )
