"""A server with one channel, as Discord would serve it, that can kill its caller."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import discord
from aiohttp import web

from tests.kill import objects
from tests.kill.objects import CHANNEL_ID, DM_ID, OTHER_ID, READER_ID
from tests.small_discord import SmallDiscord, answer

ALL = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    read_message_history=True,
    create_public_threads=True,
    send_messages_in_threads=True,
    send_polls=True,
)
REPLY = 19
NOTICE_OF_A_THREAD = 21  # the type of the message with which Discord begins a thread
UNKNOWN_CHANNEL, UNKNOWN_MEMBER, UNKNOWN_MESSAGE = 10003, 10007, 10008
MISSING_ACCESS, INVALID_FORM = 50001, 50035
ALREADY_CREATED = 160004
A_PAGE = 50

KNOWN_BY = {"candidates:": "candidates", "remind-later": "reminder", "read:": "post"}
"""The kind of a message, by the beginning of a custom_id in it."""


class StudyRoom(SmallDiscord):
    """Discord's message routes, as its documentation tells them.

    ``asked`` is called with what is asked for before anything is done, ``done`` after it and
    before the answer; both may kill who asked, and then return True. That is the kind of a message
    that is sent ("post", "opener", "candidates", "poll", "reminder"), "thread", "look" for one
    message that is read, "member", and "dm" for the channel of direct messages. When a bot is told
    of its servers, "ready" is done.
    ``lingers``: what was asked by the killed comes true only after the next look at the history.
    ``answers`` are given to messages, none of which is kept. ``trouble``: messages are kept, but
    the answer never comes, or the connection is closed instead.
    ``hidden``: channels that aren't shown to the bot.
    ``remembers_nonces``: for how long a second message with the same nonce is the first one.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.ahead = now - datetime.now(UTC)
        self.remembers_nonces = timedelta(minutes=5)
        self.permissions = ALL
        self.messages: dict[int, list[dict]] = {CHANNEL_ID: [], OTHER_ID: []}
        self.hidden: set[int] = set()
        self.made: Counter[str] = Counter()
        self.looks = 0
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
        known = (CHANNEL_ID, OTHER_ID, DM_ID)
        return [channel for channel in self.messages if channel not in known]

    def add_another(self, channel_id: int, custom_id: str) -> dict:
        """Add a message by the bot without killing it; return the message."""
        other = self._message(channel_id, components=[objects.button_row(custom_id)])
        self.messages.setdefault(channel_id, []).append(other)
        return other

    def count(self, votes: list[int], *, is_finalized: bool) -> None:
        """Set the number of votes for each answer of the poll."""
        (poll,) = (m["poll"] for m in self.messages[CHANNEL_ID] if "poll" in m)
        poll["results"] = objects.poll_results(votes, is_finalized=is_finalized)

    def _routes(self):
        messages = "/api/v10/channels/{channel}/messages"
        return [
            *super()._routes(),
            web.get("/api/v10/channels/{channel}", self._channel),
            web.get(messages, self._read),
            web.post(messages, self._send),
            web.get(messages + "/{message}", self._read_one),
            web.post(messages + "/{message}/threads", self._make_thread),
            web.get("/api/v10/guilds/{guild}/members/{user}", self._member),
            web.post("/api/v10/users/@me/channels", self._open_direct_messages),
        ]

    def _guilds(self):
        self.done("ready")
        return [self.guild()]

    def guild(self):
        """Return the server, as Discord tells of it."""
        return objects.guild(self._user(), self.permissions)

    async def _channel(self, request):
        channel_id = int(request.match_info["channel"])
        if channel_id in self.hidden:
            return answer({"code": MISSING_ACCESS, "message": "Missing Access"}, 403)
        if channel_id not in self.messages:
            return answer({"code": UNKNOWN_CHANNEL, "message": "Unknown Channel"}, 404)
        return answer(objects.channel(channel_id))

    async def _read(self, request):
        self.looks += 1
        if self.history_answers:
            return self.history_answers.pop(0)
        channel_id = int(request.match_info["channel"])
        before = int(request.query.get("before", 2**63))
        found = [m for m in self.messages.get(channel_id, []) if int(m["id"]) < before]
        if not self.permissions.read_message_history and channel_id != DM_ID:
            found = []  # not an error: that is how Discord answers
        page = found[-min(A_PAGE, int(request.query["limit"])) :]
        for channel, body in self._lingering:
            self._store(channel, body)
        self._lingering.clear()
        return answer(page[::-1])

    async def _send(self, request):
        channel_id, body = int(request.match_info["channel"]), await request.json()
        if "poll" in body and body.get("components"):
            return answer({"code": INVALID_FORM, "message": "Invalid Form Body"}, 400)
        what = self._kind(channel_id, body)
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

    def _kind(self, channel_id, body):
        if "poll" in body:
            return "poll"
        told = json.dumps(body["components"])
        known = [kind for start, kind in KNOWN_BY.items() if f'"custom_id": "{start}' in told]
        return known[0] if known else "post" if channel_id == CHANNEL_ID else "opener"

    def _store(self, channel_id, body):
        known = self._nonces.get(body["nonce"]) if body.get("enforce_nonce") else None
        if known and self.now() - discord.utils.snowflake_time(int(known["id"])) < (
            self.remembers_nonces
        ):
            return known
        fields = {"components": body.get("components", []), "nonce": body["nonce"]}
        if "poll" in body:
            fields["poll"] = objects.poll(body["poll"], self.now())
        if answered := body.get("message_reference"):
            fields |= {"type": REPLY, "message_reference": answered}
        message = self._message(channel_id, **fields)
        self._nonces[body["nonce"]] = message
        self.made[self._kind(channel_id, body)] += 1
        self.messages[channel_id].append(message)
        return message

    async def _read_one(self, request):
        channel_id, message_id = (request.match_info[name] for name in ("channel", "message"))
        found = [m for m in self.messages[int(channel_id)] if m["id"] == message_id]
        if not found:
            return answer({"code": UNKNOWN_MESSAGE, "message": "Unknown Message"}, 404)
        return self._give("look", found[0])

    async def _member(self, request):
        if request.match_info["user"] != str(READER_ID):
            return answer({"code": UNKNOWN_MEMBER, "message": "Unknown Member"}, 404)
        return self._give("member", objects.member(objects.reader()))

    async def _open_direct_messages(self, _):
        self.messages.setdefault(DM_ID, [])
        return self._give("dm", objects.direct_messages())

    def _give(self, what, found):
        if self.asked(what):
            return answer({}, 500)
        self.done(what)
        return answer(found)

    async def _make_thread(self, request):
        message_id, body = int(request.match_info["message"]), await request.json()
        if self.asked("thread"):
            return answer({}, 500)
        known = self.messages[int(request.match_info["channel"])]
        if str(message_id) not in {message["id"] for message in known}:
            return answer({"code": UNKNOWN_MESSAGE, "message": "Unknown Message"}, 404)
        if message_id in self.messages:
            told = "A thread has already been created for this message"
            return answer({"code": ALREADY_CREATED, "message": told}, 400)
        notice = self._message(message_id, type=NOTICE_OF_A_THREAD)
        self.messages[message_id] = [notice]
        self.made["thread"] += 1
        self.done("thread")
        return answer(objects.thread(message_id, self._user(), body["name"], self.now()), 201)

    def _message(self, channel_id, **fields):
        self._ids += 1
        made = discord.utils.time_snowflake(self.now()) + self._ids
        return objects.message(made, channel_id, self._user(), self.now(), **fields)


def rate_limited(seconds: float) -> web.Response:
    """Answer 429 as Discord's own edge does, not Cloudflare's."""
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    return web.Response(
        body=json.dumps(body).encode(),
        status=429,
        headers={"Content-Type": "application/json", "Via": "1.1 google"},
    )
