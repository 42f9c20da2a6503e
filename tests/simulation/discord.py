"""A Discord of plain functions: what is true in it, and the port through which one life asks.

What is taken on Discord's word is here: a request takes effect within a minute or never; a nonce is
remembered for some minutes; a history shows what was sent, unless it may not be read.
"""

import asyncio
from collections import defaultdict, deque
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import discord
from discord import ui

from bot.outbox.discord import (
    A_PAGE,
    NAMED,
    PROBLEMS,
    UNKNOWN_CHANNEL,
    UNKNOWN_EVENT,
    UNKNOWN_GUILD,
    UNKNOWN_MESSAGE,
    Appointment,
    AwayError,
    NoAnswerError,
    Place,
    PollSeen,
    RefusedError,
    Seen,
    Server,
)
from bot.store.instants import EPOCH
from tests.simulation.weather import REFUSED

A_SECOND_TAKES = 50
"""Requests of all kinds that Discord takes in a second."""

TAG_NEEDED, NO_ACCESS, NO_DMS, MISSING, ARCHIVED, NO_REPLY, NO_THREADS, AUTOMOD, AUTOMOD_TITLE = (
    40067, 50001, 50007, 50013, 50083, 160002, 160006, 200000, 200001,
)  # fmt: skip
GIVES_UP = 900.0  # seconds after which a client hears that nobody answers
COUNTS_WITHIN = timedelta(minutes=8)
TOO_MANY_EVENTS, IS_OVER, NOT_AHEAD = 30038, 180000, 50035
IN_VOICE = ("view_channel", "connect", "create_events")


@dataclass
class Poll:
    question: str
    votes: list[int]
    closes_at: datetime
    counted_at: datetime


@dataclass
class Message:
    message_id: int
    place_id: int
    at: datetime
    custom_ids: frozenset[str]
    part_ids: frozenset[int]
    text: str
    poll: Poll | None = None
    is_deleted: bool = False

    def seen(self) -> Seen:
        question = self.poll.question if self.poll else None
        return Seen(self.message_id, self.at, self.custom_ids, self.part_ids, question)


@dataclass
class Channel:
    """A channel or forum; as a thread or forum's post it has a ``parent``."""

    place_id: int
    guild: "Guild"
    kind: str
    held: set[str] = field(default_factory=lambda: set(NAMED))
    parent: "Channel | None" = None
    chatter: float = 0.0
    """How many messages an hour others write in it, and in each of its threads."""

    needs_tag: bool = False
    has_automod: bool = False
    is_full: bool = False
    is_locked: bool = False
    is_archived: bool = False
    is_deleted: bool = False

    @property
    def is_there(self) -> bool:
        return not self.is_deleted and (self.parent is None or self.parent.is_there)

    @property
    def home(self) -> "Channel":
        return self.parent or self


@dataclass
class Event:
    """A scheduled event, which begins by itself; ``place_id``: of a voice channel, or None."""

    event_id: int
    guild: "Guild"
    shows: Appointment
    is_deleted: bool = False
    is_unwanted: bool = False
    """Whether somebody deleted it by hand, and no bot has cancelled it since."""

    @property
    def link(self) -> str:
        return self.shows.text.split()[-1]

    @property
    def place_id(self) -> int | None:
        place = self.shows.place
        return place.place_id if place.kind == "voice" else None


@dataclass
class Guild:
    guild_id: int
    name: str
    joined_at: datetime
    channels: list[Channel] = field(default_factory=list)
    members: set[int] = field(default_factory=set)
    roles: dict[int, bool] = field(default_factory=dict)
    is_in: bool = True
    removed_at: datetime | None = None
    not_before: datetime | None = None
    """Until when nobody wants us there again."""

    held: set[str] = field(default_factory=lambda: set(NAMED))
    has_many_events: bool = False

    is_out: bool = False


class Discord:
    """Everything that is true in Discord. ``made`` and ``deleted``: called with each message."""

    def __init__(self, now, chance: Random, weather, made, deleted, told) -> None:
        self.now, self.chance, self.weather = now, chance, weather
        self._made, self._deleted, self.told = made, deleted, told
        self.guilds: dict[int, Guild] = {}
        self.places: dict[int, Channel] = {}
        self.people_at: dict[int, int] = {}
        self.messages: dict[int, list[Message]] = defaultdict(list)
        self.by_id: dict[int, Message] = {}
        self.events: dict[int, Event] = {}
        self.planned = lambda _: None
        """Called with each event that is made or shows something else."""

        self.closed_dms: set[int] = set()
        self.unknown_people: set[int] = set()
        self.nonces: dict[tuple[int, str], tuple[int, datetime]] = {}
        self.nonce_lasts = timedelta(minutes=chance.choice((2, 5, 15)))
        self._asked_at: deque[datetime] = deque()
        self.heard_deleted: dict[int, object] = {}
        """Row -> the life that heard, when it sent it again, that its message was deleted."""
        self.was_closed: set[int] = set()
        """Places whose history somebody was kept from at least once."""
        self._last_id = 0

    def new_id(self, shard: int | None = None) -> int:
        """Return the next id by Discord's clock; ``shard``: of a server that the bot 0 or 1 has."""
        milliseconds = int(self.now().timestamp() * 1000) - EPOCH
        while shard is not None and milliseconds % 2 != shard:
            milliseconds -= 1
        self._last_id = max(milliseconds << 22, self._last_id + 1)
        return self._last_id if shard is None else (milliseconds << 22) + len(self.guilds)

    def take_request(self) -> None:
        """Count a request, or refuse it: there were too many in this second."""
        now, second = self.now(), timedelta(seconds=1)
        while self._asked_at and self._asked_at[0] <= now - second:
            self._asked_at.popleft()
        if len(self._asked_at) >= A_SECOND_TAKES:
            self.told("    too many requests in a second")
            raise RefusedError("rate_limited", 0, 429, 1.0)
        self._asked_at.append(now)

    # What is true.

    def reach(self, place_id: int, *names: str) -> Channel:
        """Return a place in which we may do something, or refuse in Discord's own words."""
        place = self.places.get(place_id)
        if place is None or not place.is_there:
            raise refusal(UNKNOWN_CHANNEL, 404)
        if place.guild.is_out:
            raise NoAnswerError("discord answers 503")
        if not {"view_channel", "read_message_history"} <= place.home.held or not place.guild.is_in:
            self.was_closed.add(place_id)
        if not place.guild.is_in or "view_channel" not in place.home.held:
            raise refusal(NO_ACCESS, 403)
        if not place.home.held.issuperset(names):
            raise refusal(MISSING, 403)
        return place

    def place(self, guild: Guild, place_id: int, role_id: int | None = None) -> Place | None:
        """Return a place of this server as it is, or as whoever has it in a cache would see it."""
        found = self.places.get(place_id)
        if found is None or not found.is_there or found.guild is not guild:
            return None
        home, tags = found.home, None if found.home.needs_tag else ()
        mentionable = guild.roles.get(role_id or 0)
        kind = "thread" if found.parent else found.kind
        return Place(
            place_id, guild.guild_id, guild.name, kind, frozenset(home.held),
            home.place_id if found.parent else None, tags,
            None if mentionable is None else ("mentioned" if mentionable else "named"),
            found.is_locked, found.is_archived,
        )  # fmt: skip

    def send(
        self, place_id: int, what, nonce: str, role_id: int | None, *, is_reply: bool = False
    ) -> int:
        person = self.people_at.get(place_id)
        if person is not None:
            if person in self.closed_dms:
                raise refusal(NO_DMS, 403)
        else:
            in_thread = self.places[place_id].parent if place_id in self.places else None
            needed = ["send_messages_in_threads" if in_thread else "send_messages"]
            needed += ["send_polls"] if isinstance(what, discord.Poll) else []
            place = self.reach(place_id, *needed)
            if place.home.has_automod:
                raise refusal(AUTOMOD, 400)
            if place.is_locked and "manage_threads" not in place.home.held:
                raise refusal(MISSING, 403)
            if is_reply and "read_message_history" not in place.home.held:
                raise refusal(NO_REPLY, 403)
            place.is_archived = False
        if known := self._by_nonce(place_id, nonce):
            if known.is_deleted:
                raise refusal(UNKNOWN_MESSAGE, 404)
            return known.message_id
        made = self._new(place_id, what, self.new_id())
        self.nonces[place_id, nonce] = made.message_id, self.now()
        self._made(made, nonce, role_id)
        return made.message_id

    def make_post(self, forum_id: int, what) -> int:
        forum = self.reach(forum_id, "send_messages")
        if forum.kind != "forum":
            raise refusal(UNKNOWN_CHANNEL, 404)
        self._may_begin_thread(forum)
        if forum.needs_tag:
            raise refusal(TAG_NEEDED, 400)
        post = Channel(self.new_id(), forum.guild, "thread", parent=forum)
        self.places[post.place_id] = post
        made = self._new(post.place_id, what, post.place_id)
        self._made(made, "", None)
        return post.place_id

    def make_thread(self, channel_id: int, message_id: int) -> None:
        channel = self.reach(channel_id, "create_public_threads")
        message = self.by_id.get(message_id)
        if message is None or message.is_deleted or message.place_id != channel_id:
            raise refusal(UNKNOWN_MESSAGE, 404)
        if message_id in self.places:
            return  # the port takes "already been created" for an answer
        self._may_begin_thread(channel)
        thread = Channel(message_id, channel.guild, "thread", parent=channel)
        self.places[message_id] = thread

    def edit(self, place_id: int, message_id: int, view) -> None:
        place = self.reach(place_id)
        message = self._message(place_id, message_id)
        if place.is_archived:
            raise refusal(ARCHIVED, 400)
        message.custom_ids, message.part_ids, message.text = _parts(view)

    def may_plan(self, guild: Guild, place: Place) -> None:
        """Refuse, unless an event may be made or changed there."""
        if guild.is_out:
            raise NoAnswerError("discord answers 503")
        if not guild.is_in:
            raise refusal(UNKNOWN_GUILD, 404)
        if "create_events" not in guild.held:
            raise refusal(MISSING, 403)
        if place.kind == "voice":
            self.reach(place.place_id, *IN_VOICE)

    def make_event(self, guild: Guild, what: Appointment) -> int:
        self.may_plan(guild, what.place)
        if what.begins_at <= self.now():
            raise refusal(NOT_AHEAD, 400)
        if guild.has_many_events:
            raise refusal(TOO_MANY_EVENTS, 400)
        made = Event(self.new_id(), guild, what)
        self.events[made.event_id] = made
        self.planned(made)
        return made.event_id

    def edit_event(self, event_id: int, what: Appointment) -> None:
        event = self._event(event_id)
        self.may_plan(event.guild, event.shows.place)
        self.may_plan(event.guild, what.place)
        if event.shows.begins_at <= self.now() or what.begins_at <= self.now():
            raise refusal(IS_OVER, 400)
        event.shows = what
        self.planned(event)

    def cancel_event(self, event_id: int) -> None:
        event = self.events.get(event_id)
        if event is not None and event.is_deleted:
            event.is_unwanted = False
        event = self._event(event_id)
        self.may_plan(event.guild, event.shows.place)
        event.is_deleted = True

    def events_of(self, guild: Guild) -> list[Event]:
        """Return the events that we may see: not those of channels that we can't view."""
        found = [e for e in self.events.values() if e.guild is guild and self.is_on(e)]
        return [e for e in found if self._may_view(e)]

    def is_on(self, event: Event) -> bool:
        """Tell whether an event is to come or under way."""
        place = self.places.get(event.place_id or 0)
        is_there = event.place_id is None or (place is not None and place.is_there)
        return not event.is_deleted and is_there and event.shows.ends_at > self.now()

    def _may_view(self, event: Event) -> bool:
        return event.place_id is None or "view_channel" in self.places[event.place_id].held

    def _event(self, event_id: int) -> Event:
        event = self.events.get(event_id)
        if event is None or not self.is_on(event):
            raise refusal(UNKNOWN_EVENT, 404)
        return event

    def poll(self, place_id: int, message_id: int) -> PollSeen | None:
        self.reach(place_id, "read_message_history")
        poll = self._message(place_id, message_id).poll
        if poll is None:
            return None
        return PollSeen(tuple(poll.votes), self.now() >= poll.counted_at, poll.closes_at)

    def end_poll(self, place_id: int, message_id: int) -> None:
        self.reach(place_id)
        poll = self._message(place_id, message_id).poll
        if poll is not None and poll.closes_at > self.now():
            poll.closes_at = self.now()
            poll.counted_at = self.now() + self.chance.random() * COUNTS_WITHIN

    def history(self, place_id: int) -> list[Message]:
        """Return what may be seen in a place: nothing, where its history may not be read."""
        if place_id not in self.people_at:
            place = self.reach(place_id)
            if "read_message_history" not in place.home.held:
                return []
        return [message for message in self.messages[place_id] if not message.is_deleted]

    def posts(self, forum_id: int) -> list[int]:
        forum = self.reach(forum_id, "read_message_history")
        posts = [p.place_id for p in self.places.values() if p.parent is forum and p.is_there]
        posts.reverse()
        return sorted(posts, key=lambda post_id: self.places[post_id].is_archived)

    def newest_at(self, place_id: int) -> datetime:
        """Return when somebody wrote last in a place, before now where nobody ever did."""
        place, mine = self.places.get(place_id), self.messages[place_id]
        latest = mine[-1].at if mine else self.now()
        chatter = 0.0 if place is None else place.home.chatter
        return max(latest, self.now() - timedelta(hours=1 / chatter)) if chatter else latest

    def others_since(self, message: Message) -> int:
        """Return how many messages others have written in a place since one of ours."""
        place = self.places.get(message.place_id)
        hours = (self.now() - message.at) / timedelta(hours=1)
        return 0 if place is None else int(place.home.chatter * hours)

    def delete(self, message: Message) -> None:
        message.is_deleted = True
        self._deleted(message)

    def delete_place(self, place: Channel) -> None:
        """Delete a channel, forum or thread, with all that is in it."""
        place.is_deleted = True
        for each in [p for p in self.places.values() if place in (p, p.parent)]:
            for message in self.messages[each.place_id]:
                self._deleted(message)

    def dm_of(self, person_id: int) -> int:
        if person_id in self.unknown_people:
            raise refusal(10013, 404)
        self.people_at[-person_id] = person_id
        return -person_id

    def _message(self, place_id: int, message_id: int) -> Message:
        message = self.by_id.get(message_id)
        if message is None or message.is_deleted or message.place_id != place_id:
            raise refusal(UNKNOWN_MESSAGE, 404)
        return message

    def _may_begin_thread(self, channel: Channel) -> None:
        if channel.has_automod:
            raise refusal(AUTOMOD_TITLE, 400)
        if channel.is_full:
            raise refusal(NO_THREADS, 400)

    def _by_nonce(self, place_id: int, nonce: str) -> Message | None:
        message_id, at = self.nonces.get((place_id, nonce), (0, None))
        is_known = at is not None and self.now() - at < self.nonce_lasts
        return self.by_id[message_id] if is_known else None

    def _new(self, place_id: int, what, message_id: int) -> Message:
        made = Message(message_id, place_id, self.now(), *_parts(what))
        if isinstance(what, discord.Poll):
            ends = self.now() + what.duration
            counted = ends + self.chance.random() * COUNTS_WITHIN
            made.poll = Poll(str(what.question), [0] * len(what.answers), ends, counted)
        self.messages[place_id].append(made)
        self.by_id[message_id] = made
        return made


def refusal(code: int, status: int) -> RefusedError:
    return RefusedError(PROBLEMS.get(code, "discord_trouble"), code, status)


def _parts(what) -> tuple[frozenset[str], frozenset[int], str]:
    """Return the custom_ids, the ids of the outermost parts, and all text of a card."""
    if isinstance(what, discord.Poll):
        return frozenset(), frozenset(), str(what.question)
    custom_ids, texts = [], []
    for part in what.walk_children():
        if custom_id := getattr(part, "custom_id", None):
            custom_ids.append(custom_id)
        if isinstance(part, ui.TextDisplay):
            texts.append(part.content)
    ids = frozenset(part.id for part in what.children if part.id is not None)
    return frozenset(custom_ids), ids, "\n".join(texts)


class Port:
    """What one life asks of Discord, and what it has in its cache."""

    def __init__(self, truth: Discord, life, shard: int | None) -> None:
        self._truth, self._life, self._shard = truth, life, shard
        self.is_connected = True
        self.cached: dict[int, bool] = {}
        """Server -> whether it is away, of those that Discord told this life of."""
        self._remembered: dict[tuple[int, int, int | None], Place | None] = {}
        self.look_round()

    def connect(self) -> None:
        self.is_connected = True
        self.look_round()

    def disconnect(self) -> None:
        """Lose the gateway: from now on the cache shows everything as it was."""
        self.is_connected = False
        for place in self._truth.places.values():
            guild = place.guild
            if guild.guild_id in self.cached and not place.is_archived:
                for role_id in (None, *guild.roles):
                    known = guild.guild_id, place.place_id, role_id
                    self._remembered[known] = self._truth.place(guild, place.place_id, role_id)

    def hears(self, what: str, guild: Guild) -> bool:
        """Take what Discord tells of a server into the cache; tell whether it is told here."""
        if not self.is_connected or not self.is_ours(guild.guild_id):
            return False
        if what == "removed":
            self.cached.pop(guild.guild_id, None)
        elif guild.is_in:
            self.cached[guild.guild_id] = what == "away"
        return what == "removed" or guild.is_in

    def look_round(self) -> None:
        """Learn what Discord tells at a connection. A server that is gone is still seen."""
        for guild_id, guild in self._truth.guilds.items():
            if guild.is_in and self.is_ours(guild_id):
                self.cached[guild_id] = guild.is_out
        self._remembered.clear()

    def servers(self):
        return [self._server(guild_id) for guild_id in self.cached]

    def server(self, guild_id):
        return None if self.cached.get(guild_id, True) else self._server(guild_id)

    def is_ours(self, guild_id):
        return self._shard in (None, (guild_id >> 22) % 2)

    async def name_of(self, guild_id):
        if (server := self.server(guild_id)) is not None:
            return server.name
        if self.is_ours(guild_id):
            raise AwayError
        return await self._ask("is_in", guild_id, lambda: self._guild(guild_id).name)

    async def is_in(self, guild_id):
        return await self._ask("is_in", guild_id, lambda: self._truth.guilds[guild_id].is_in)

    async def is_member(self, guild_id, person_id):
        if self.server(guild_id) is None and self.is_ours(guild_id):
            raise AwayError

        def look():
            guild = self._guild(guild_id)
            return person_id in guild.members

        return await self._ask("is_member", guild_id, look)

    async def place(self, guild_id, place_id, role_id=None):
        if self.server(guild_id) is None:
            return await self._fetched(guild_id, place_id, role_id)
        await self._life.pause()
        if self.is_connected:
            return self._look(guild_id, place_id, role_id)
        known = guild_id, place_id, role_id
        if known not in self._remembered:  # made since, or archived: no cache has it
            return await self._fetched(*known)
        return self._noted(self._remembered[known])

    async def fetched(self, guild_id, place_id):
        return await self._fetched(guild_id, place_id, None)

    async def open_dm(self, person_id):
        dm_id = await self._ask("open_dm", None, lambda: self._truth.dm_of(person_id))
        return Place(dm_id, 0, "", "direct", frozenset(NAMED))

    async def send(self, place_id, what, nonce, *, reply_to=None, role_id=None):
        def send():
            return self._truth.send(place_id, what, nonce, role_id, is_reply=reply_to is not None)

        try:
            return await self._ask("send", self._guild_of(place_id), send)
        except RefusedError as error:
            if error.code == UNKNOWN_MESSAGE:
                self._truth.heard_deleted[int(nonce[1:])] = self._life
            raise

    async def edit(self, place_id, message_id, view):
        def edit():
            self._truth.edit(place_id, message_id, view)

        await self._ask("edit", self._guild_of(place_id), edit)

    async def make_thread(self, channel_id, message_id, name):
        def make():
            self._truth.make_thread(channel_id, message_id)

        await self._ask("make_thread", self._guild_of(channel_id), make)

    async def make_post(self, forum, name, view):
        def make():
            return self._truth.make_post(forum.place_id, view)

        return await self._ask("make_post", forum.guild_id, make)

    async def reopen(self, thread_id):
        def reopen():
            self._truth.reach(thread_id).is_archived = False

        await self._ask("reopen", self._guild_of(thread_id), reopen)

    async def messages(self, place_id, since, ago):
        def look():
            return self._truth.history(place_id)[::-1]

        guild_id = self._guild_of(place_id)
        found = await self._ask("messages", guild_id, look)
        others = self._truth.others_since
        newest = [each for n, each in enumerate(found) if n + others(each) < A_PAGE]
        for message in newest:
            await self._life.pause()
            yield message.seen()
        since = min(since, self._truth.newest_at(place_id) - ago)
        if any(each.at > since for each in found[len(newest) :]):
            await self._ask("messages", guild_id, look)
        for message in found[len(newest) :][::-1]:
            if message.at > since:
                await self._life.pause()
                yield message.seen()

    async def top(self, post_id):
        def look():
            return next(iter(self._truth.history(post_id)), None)

        first = await self._ask("top", self._guild_of(post_id), look)
        return None if first is None else first.seen()

    async def posts(self, forum, since, ago):
        def look():
            return self._truth.posts(forum.place_id)

        posts = await self._ask("posts", forum.guild_id, look)
        made_at = {post_id: self._truth.by_id[post_id].at for post_id in posts}
        since = min(since, max(made_at.values(), default=since) - ago)
        for post_id in posts:
            if not self._truth.places[post_id].is_archived or made_at[post_id] >= since:
                await self._life.pause()
                yield post_id

    async def grounds(self, guild_id):
        if self.server(guild_id) is None and self.is_ours(guild_id):
            raise AwayError
        guild = self._truth.guilds[guild_id]
        if self.server(guild_id) is None:
            await self._ask("grounds", guild_id, lambda: self._guild(guild_id))
        else:
            await self._life.pause()
        return Place(guild_id, guild_id, guild.name, "server", frozenset(guild.held))

    async def make_event(self, guild_id, what):
        def make():
            return self._truth.make_event(self._truth.guilds[guild_id], what)

        return await self._ask("make_event", guild_id, make)

    async def edit_event(self, guild_id, event_id, what):
        def edit():
            self._truth.edit_event(event_id, what)

        await self._ask("edit_event", guild_id, edit)

    async def cancel_event(self, guild_id, event_id):
        def cancel():
            self._truth.cancel_event(event_id)

        try:
            await self._ask("cancel_event", guild_id, cancel)
        except RefusedError as error:
            if error.code != UNKNOWN_EVENT:
                raise

    async def events(self, guild_id):
        def look():
            return self._truth.events_of(self._guild(guild_id))

        for event in await self._ask("events", guild_id, look):
            await self._life.pause()
            nothing = frozenset()
            yield Seen(event.event_id, self._truth.now(), nothing, nothing, text=event.shows.text)

    async def poll(self, place_id, message_id):
        def look():
            return self._truth.poll(place_id, message_id)

        return await self._ask("poll", self._guild_of(place_id), look)

    async def end_poll(self, place_id, message_id):
        def end():
            self._truth.end_poll(place_id, message_id)

        await self._ask("end_poll", self._guild_of(place_id), end)

    def _server(self, guild_id):
        guild = self._truth.guilds[guild_id]
        system = next((c.place_id for c in guild.channels if c.kind == "text"), None)
        return Server(guild_id, guild.name, guild.joined_at, system, self.cached[guild_id])

    def _guild(self, guild_id: int) -> Guild:
        guild = self._truth.guilds[guild_id]
        if not guild.is_in:
            raise refusal(UNKNOWN_GUILD, 404)
        if guild.is_out:
            raise NoAnswerError("discord answers 503")
        return guild

    def _guild_of(self, place_id: int) -> int | None:
        place = self._truth.places.get(place_id)
        return None if place is None else place.guild.guild_id

    async def _fetched(self, guild_id, place_id, role_id):
        if self.server(guild_id) is None and self.is_ours(guild_id):
            raise AwayError

        def fetch():
            self._guild(guild_id)
            place = self._truth.places.get(place_id)
            if place is not None and place.is_there and "view_channel" not in place.home.held:
                self._truth.was_closed.add(place_id)
                raise refusal(NO_ACCESS, 403)
            return self._look(guild_id, place_id, role_id)

        return await self._ask("fetched", guild_id, fetch)

    def _look(self, guild_id: int, place_id: int, role_id: int | None) -> Place | None:
        return self._noted(self._truth.place(self._truth.guilds[guild_id], place_id, role_id))

    def _noted(self, place: Place | None) -> Place | None:
        """Remember where somebody saw that the history may not be read."""
        if place is not None and "read_message_history" not in place.held:
            self._truth.was_closed.add(place.place_id)
        return place

    async def _ask(self, what: str, guild_id: int | None, effect):
        """Ask once, in whatever weather.

        A life may end before the request leaves, or before the answer comes; what has left takes
        effect all the same.
        """
        self._life.may_end()
        truth, fault = self._truth, self._truth.weather.of_discord(guild_id)
        if fault is not None:
            truth.told(f"{self._life} meets {fault} at {what}")
        on_its_way = truth.chance.random() * {"late": 55.0, "slow": 25.0}.get(fault or "", 0.3)
        loop = asyncio.get_running_loop()
        answers = loop.create_future()

        def arrive() -> None:
            try:
                truth.take_request()
                answer, refused = effect(), None
            except (RefusedError, NoAnswerError) as error:
                answer, refused = None, error
            if not answers.done():  # else nobody waits for it any more
                answers.set_result((answer, refused))

        if fault not in (*REFUSED, "lost_before", "hangs_before"):
            loop.call_later(on_its_way, arrive, context=Context())  # whatever becomes of the life
        if fault in ("hangs_before", "hangs_after", "late"):
            await asyncio.sleep(GIVES_UP)
            raise NoAnswerError("simulated: nobody answered")
        if fault in (None, "slow"):
            answer, refused = await answers
            await self._life.pause()
            if refused is not None:
                raise refused
            return answer
        await self._life.pause(0.3)
        if fault == "page":
            raise RefusedError("discord_trouble", 0, 403)
        if fault == "edge":
            raise RefusedError("discord_trouble", 40333, 403)
        if fault == "too_many":
            raise RefusedError("rate_limited", 0, 429, truth.chance.choice((0.5, 5.0, 40.0, None)))
        raise NoAnswerError("simulated: the answer was lost")
