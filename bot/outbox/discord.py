"""The port to Discord: all it is asked unasked, in plain values; and what a refusal means."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Literal, Protocol, get_args

import aiohttp
import discord
from discord import ui
from discord.ext import commands
from discord.utils import snowflake_time

from bot.core.outbox import Lacks, OfStage, Permission, ProblemName
from bot.views import problems
from bot.views.parts import with_mentions

# What Discord answers.


@dataclass
class RefusedError(Exception):
    """Discord doesn't do it: nothing has happened. ``wait``: seconds until it may."""

    problem: ProblemName
    code: int = 0
    status: int = 0
    wait: float | None = None


@dataclass
class NoAnswerError(Exception):
    """Nobody can tell whether it has happened: the answer was lost, or a 5xx."""

    why: str


class AwayError(Exception):
    """The server is one of ours, but Discord hasn't shown it, or has an outage there."""

    problem: ProblemName = "guild_unavailable"


TROUBLE = (RefusedError, NoAnswerError, AwayError, TimeoutError)
"""All that a question to Discord may raise."""

UNKNOWN_CHANNEL = 10003
UNKNOWN_GUILD = 10004
UNKNOWN_MESSAGE = 10008
UNKNOWN_EVENT = 10070  # "Unknown Guild Scheduled Event"
ALREADY_CREATED = 160004  # "A thread has already been created for this message"
ENDED_ALREADY = 520001  # "Poll expired"
NOT_HERE = frozenset({10007, 10013})  # "Unknown Member", "Unknown User"

PROBLEMS: dict[int, ProblemName] = {
    UNKNOWN_CHANNEL: "channel_gone",
    UNKNOWN_GUILD: "bot_removed",
    UNKNOWN_MESSAGE: "card_gone",
    10013: "no_such_person",
    UNKNOWN_EVENT: "event_gone",
    30038: "no_more_events",
    40067: "tag_needed",
    50001: "no_access",
    50007: "no_direct_messages",
    50013: "forbidden",
    50083: "discord_trouble",
    50278: "no_direct_messages",
    160006: "no_more_threads",
    180000: "event_gone",
    200000: "automod",
    200001: "automod",
}
"""Our name for each of Discord's codes. 200000 is about a text, 200001 about a title.

50083 is "Thread is archived", before our cache knows that: then it is opened first. 50278: they
share no server with us any more. 180000: "Cannot update a finished event".
"""

# What Discord is asked.

A_WEEK_QUIET: Literal[10080] = 10080  # minutes until Discord puts a thread away
NAMED = (*get_args(Permission), *get_args(OfStage), "manage_threads")
GUILD_ONLY = 2  # the only privacy level that an event has
A_PAGE = 100  # messages that Discord shows at once
OF_PEOPLE = frozenset({discord.MessageType.default, discord.MessageType.reply})

What = ui.LayoutView | discord.Poll
"""What a message of ours consists of: a card or a poll, as views build it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that Discord told this process of. ``joined_at``: since when the bot is in it.

    ``is_away``: it is out of sight, or not in sight yet. ``locale``: the language that a Community
    set; others have none of their own, as Discord says English of them all.
    """

    guild_id: int
    name: str
    joined_at: datetime | None
    system_channel_id: int | None
    is_away: bool = False
    owner_id: int | None = None
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, forum or thread of a server, or a server, as Discord has it now.

    ``parent_id``: a thread's channel, whose permissions are ``held``. ``tags``: those that a post
    in this forum gets; None: it wants one, and none is for us. ``role``: whether the role asked
    about reaches its members there, or is only named; None: it isn't one to be mentioned.
    """

    place_id: int
    guild_id: int
    guild_name: str
    kind: Literal["text", "forum", "thread", "direct", "voice", "stage", "server", "other"]
    held: frozenset[str]
    parent_id: int | None = None
    tags: tuple[int, ...] | None = ()
    role: Literal["mentioned", "named"] | None = None
    is_locked: bool = False
    is_archived: bool = False

    @property
    def is_thread(self) -> bool:
        return self.kind == "thread"

    def lacks(self, names: Sequence[Permission | OfStage]) -> Lacks | None:
        """Return which of the permissions are missing, as a problem."""
        lacking = problems.to_name([name for name in names if name not in self.held])
        return Lacks(lacking) if lacking else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a message of ours can be known again by; ``part_ids``: of its outermost parts.

    ``text``: of an event of ours.
    """

    message_id: int
    at: datetime
    custom_ids: frozenset[str]
    part_ids: frozenset[int]
    question: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a scheduled event shows. ``place``: a voice or stage channel; else at the ``link``."""

    name: str
    text: str
    begins_at: datetime
    ends_at: datetime
    link: str
    place: Place


@dataclass(frozen=True, slots=True)
class PollSeen:
    """A poll's votes, by answer; they are final once it ``is_counted``."""

    votes: tuple[int, ...]
    is_counted: bool
    closes_at: datetime | None


class Discord(Protocol):
    """All that engine, letters, polls, member checks, joins and removals ask of Discord.

    Each may raise ``TROUBLE``. A server is *here*, in sight of this process; *elsewhere*, in sight
    of another: then REST answers; or gone, which Discord alone says: ``is_in`` is False.
    """

    def servers(self) -> Sequence[Server]:
        """Return the servers that are here, and those that are away."""

    def server(self, guild_id: int) -> Server | None:
        """Return a server that is here, or None."""

    def is_ours(self, guild_id: int) -> bool:
        """Tell whether a server's events come to this process, whether it is in sight or not."""

    async def name_of(self, guild_id: int) -> str:
        """Return a server's name; of one that isn't here, Discord is asked."""

    async def is_in(self, guild_id: int) -> bool:
        """Ask whether the bot is in a server."""

    async def is_member(self, guild_id: int, person_id: int) -> bool:
        """Ask whether somebody is in a server."""

    async def place(self, guild_id: int, place_id: int, role_id: int | None = None) -> Place | None:
        """Return a place, out of the cache if it is there; None: it is gone."""

    async def grounds(self, guild_id: int) -> Place:
        """Return the server itself, with what is held all over it: there its events are."""

    async def fetched(self, guild_id: int, place_id: int) -> Place | None:
        """Return a place as Discord itself has it, archived or not; None: it is gone."""

    async def open_dm(self, person_id: int) -> Place:
        """Return the channel to a person."""

    async def send(
        self,
        place_id: int,
        what: What,
        nonce: str,
        *,
        reply_to: int | None = None,
        role_id: int | None = None,
    ) -> int:
        """Send a message, and return its id; it mentions this role and nobody else.

        One with the same nonce that was just sent is returned. If that was deleted since, the
        refusal's code is ``UNKNOWN_MESSAGE``.
        """

    async def edit(self, place_id: int, message_id: int, view: ui.LayoutView) -> None:
        """Replace a message of ours."""

    async def make_thread(self, channel_id: int, message_id: int, name: str) -> None:
        """Make the thread under a message, which has the message's id. Twice is harmless."""

    async def make_post(self, forum: Place, name: str, view: ui.LayoutView) -> int:
        """Make a post in a forum and return its id: it has no nonce, so look for it first."""

    async def reopen(self, thread_id: int) -> None:
        """Take a thread out of the archive."""

    def messages(self, place_id: int, since: datetime, ago: timedelta) -> AsyncIterator[Seen]:
        """Yield our own messages among the newest hundred of all, then all others since then.

        Then forward, for what is looked for was sent soon after. ``ago``: how long ago that is.
        Whichever reaches further back counts, ``since`` or so long before the newest message: our
        clock may be ahead of Discord's.
        """

    async def top(self, post_id: int) -> Seen | None:
        """Return the message with which a forum's post began."""

    def posts(self, forum: Place, since: datetime, ago: timedelta) -> AsyncIterator[int]:
        """Yield our own posts in a forum: open ones, and archived ones made since then.

        The newest first, in either. ``since`` and ``ago`` as for messages.
        """

    async def make_event(self, guild_id: int, what: Appointment) -> int:
        """Make a scheduled event and return its id: it has no nonce, so look for it first."""

    async def edit_event(self, guild_id: int, event_id: int, what: Appointment) -> None:
        """Let an event of ours, not begun yet, show this instead. Twice is harmless."""

    async def cancel_event(self, guild_id: int, event_id: int) -> None:
        """Delete an event. Twice is harmless."""

    def events(self, guild_id: int) -> AsyncIterator[Seen]:
        """Yield our own events that are to come or under way, as far as we may see their channels.

        The rest are of channels that we can't view.
        """

    async def poll(self, place_id: int, message_id: int) -> PollSeen | None:
        """Return a message's poll; None: it has none."""

    async def end_poll(self, place_id: int, message_id: int) -> None:
        """End a poll now. Twice is harmless."""


class DiscordPort:
    """Asks Discord through discord.py: its cache first, then REST."""

    def __init__(self, bot: commands.AutoShardedBot) -> None:
        self._bot = bot

    def servers(self) -> Sequence[Server]:
        return [_server(guild) for guild in self._bot.guilds]

    def server(self, guild_id: int) -> Server | None:
        guild = self._bot.get_guild(guild_id)
        return None if guild is None or guild.unavailable else _server(guild)

    def is_ours(self, guild_id: int) -> bool:
        shard_ids = self._bot.shard_ids
        return shard_ids is None or (guild_id >> 22) % (self._bot.shard_count or 1) in shard_ids

    async def name_of(self, guild_id: int) -> str:
        server = self.server(guild_id)
        if server is not None:
            return server.name
        if self.is_ours(guild_id):
            raise AwayError
        with _answers():
            return (await self._bot.fetch_guild(guild_id, with_counts=False)).name

    async def is_in(self, guild_id: int) -> bool:
        try:
            with _answers():
                await self._bot.fetch_guild(guild_id, with_counts=False)
        except RefusedError as error:
            if error.code != UNKNOWN_GUILD:
                raise
            return False
        return True

    async def is_member(self, guild_id: int, person_id: int) -> bool:
        if self.server(guild_id) is None and self.is_ours(guild_id):
            raise AwayError
        try:
            with _answers():
                await self._bot.http.get_member(guild_id, person_id)
        except RefusedError as error:
            if error.code not in NOT_HERE:
                raise
            return False
        return True

    async def place(self, guild_id: int, place_id: int, role_id: int | None = None) -> Place | None:
        guild, me = await self._guild(guild_id)
        channel = guild.get_channel_or_thread(place_id) or await _fetched(guild, place_id)
        return None if channel is None else await _place(channel, guild, me, role_id)

    async def grounds(self, guild_id: int) -> Place:
        guild, me = await self._guild(guild_id)
        held = _held(me.guild_permissions)
        return Place(guild_id, guild_id, guild.name, "server", held)

    async def fetched(self, guild_id: int, place_id: int) -> Place | None:
        guild, me = await self._guild(guild_id)
        channel = await _fetched(guild, place_id)
        return None if channel is None else await _place(channel, guild, me, is_cached=False)

    async def open_dm(self, person_id: int) -> Place:
        with _answers():
            dm = await self._bot.create_dm(discord.Object(person_id))
        return Place(dm.id, 0, "", "direct", frozenset(NAMED))

    async def send(
        self,
        place_id: int,
        what: What,
        nonce: str,
        *,
        reply_to: int | None = None,
        role_id: int | None = None,
    ) -> int:
        said: dict[str, Any] = (
            {"poll": what} if isinstance(what, discord.Poll) else {"view": self._mentioned(what)}
        )
        if reply_to is not None:
            answered = self._message(place_id, reply_to)
            said["reference"] = answered.to_reference(fail_if_not_exists=False)
        mentions = discord.AllowedMentions.none()
        mentions.roles = [] if role_id is None else [discord.Object(role_id)]
        with _answers():
            place = self._bot.get_partial_messageable(place_id)
            return (await place.send(**said, nonce=nonce, allowed_mentions=mentions)).id

    async def edit(self, place_id: int, message_id: int, view: ui.LayoutView) -> None:
        with _answers():
            await self._message(place_id, message_id).edit(view=self._mentioned(view))

    async def make_thread(self, channel_id: int, message_id: int, name: str) -> None:
        try:
            with _answers():
                await self._bot.http.start_thread_with_message(
                    channel_id, message_id, name=name, auto_archive_duration=A_WEEK_QUIET
                )
        except RefusedError as error:
            if error.code != ALREADY_CREATED:
                raise

    async def make_post(self, forum: Place, name: str, view: ui.LayoutView) -> int:
        guild, _ = await self._guild(forum.guild_id)
        found = guild.get_channel(forum.place_id) or await _fetched(guild, forum.place_id)
        if not isinstance(found, discord.ForumChannel):
            raise RefusedError("channel_gone", UNKNOWN_CHANNEL)
        with _answers():
            made = await found.create_thread(
                name=name,
                view=self._mentioned(view),
                applied_tags=[discord.Object(tag) for tag in forum.tags or ()],  # type: ignore[misc]  # ids will do
                auto_archive_duration=A_WEEK_QUIET,
                allowed_mentions=discord.AllowedMentions.none(),
            )
        return made.thread.id

    def _mentioned(self, view: ui.LayoutView) -> ui.LayoutView:
        return with_mentions(view, getattr(self._bot, "command_ids", {}))

    async def reopen(self, thread_id: int) -> None:
        with _answers():
            await self._bot.http.edit_channel(thread_id, archived=False)

    async def messages(self, place_id: int, since: datetime, ago: timedelta) -> AsyncIterator[Seen]:
        place = self._bot.get_partial_messageable(place_id)
        with _answers():
            newest = [message async for message in place.history(limit=A_PAGE)]
            for message in newest:
                if self._is_ours(message):
                    yield _seen(message)
            if len(newest) < A_PAGE:
                return
            since = min(since, newest[0].created_at - ago)
            if newest[-1].created_at <= since:
                return
            async for message in place.history(limit=None, after=since, before=newest[-1]):
                if self._is_ours(message):
                    yield _seen(message)

    def _is_ours(self, message: discord.Message) -> bool:
        # The notice that begins a thread is by us too, for Discord, but is no message.
        return message.author.id == self._me and message.type in OF_PEOPLE

    async def top(self, post_id: int) -> Seen | None:
        place = self._bot.get_partial_messageable(post_id)
        with _answers():
            # Discord sends the oldest first; simcord may send the newest hundred.
            first = await anext(place.history(limit=A_PAGE, oldest_first=True), None)
        return None if first is None else _seen(first)

    async def posts(self, forum: Place, since: datetime, ago: timedelta) -> AsyncIterator[int]:
        guild, _ = await self._guild(forum.guild_id)
        channel = guild.get_channel(forum.place_id) or await _fetched(guild, forum.place_id)
        if not isinstance(channel, discord.ForumChannel):
            return
        with _answers():
            posts = [p for p in await guild.active_threads() if p.parent_id == channel.id]
            posts.sort(key=lambda post: post.id, reverse=True)
            newest = snowflake_time(posts[0].id if posts else forum.place_id)
            async for post in channel.archived_threads(limit=None):
                newest = max(newest, post.archive_timestamp)
                since = min(since, newest - ago)
                if post.archive_timestamp < since:  # the last archived come first
                    break
                if snowflake_time(post.id) >= since:
                    posts.append(post)
        for post in posts:
            if post.owner_id == self._me:
                yield post.id

    async def make_event(self, guild_id: int, what: Appointment) -> int:
        with _answers():
            make = self._bot.http.create_guild_scheduled_event
            return int((await make(guild_id, **_event(what)))["id"])

    async def edit_event(self, guild_id: int, event_id: int, what: Appointment) -> None:
        with _answers():
            await self._bot.http.edit_scheduled_event(guild_id, event_id, **_event(what))

    async def cancel_event(self, guild_id: int, event_id: int) -> None:
        try:
            with _answers():
                await self._bot.http.delete_scheduled_event(guild_id, event_id)
        except RefusedError as error:
            if error.code != UNKNOWN_EVENT:
                raise

    async def events(self, guild_id: int) -> AsyncIterator[Seen]:
        with _answers():
            found = await self._bot.http.get_scheduled_events(guild_id, with_user_count=False)
        for each in found:
            if int(each.get("creator_id") or 0) == self._me:
                event_id, nothing = int(each["id"]), frozenset[Any]()
                at, text = snowflake_time(event_id), each.get("description") or ""
                yield Seen(event_id, at, nothing, nothing, text=text)

    async def poll(self, place_id: int, message_id: int) -> PollSeen | None:
        with _answers():
            message = await self._bot.get_partial_messageable(place_id).fetch_message(message_id)
        if (poll := message.poll) is None:
            return None
        votes = tuple(answer.vote_count for answer in poll.answers)
        return PollSeen(votes, poll.is_finalised(), poll.expires_at)

    async def end_poll(self, place_id: int, message_id: int) -> None:
        try:
            with _answers():
                await self._bot.http.end_poll(place_id, message_id)
        except RefusedError as error:
            if error.code != ENDED_ALREADY:
                raise

    @property
    def _me(self) -> int:
        return self._bot.user.id if self._bot.user else self._bot.application_id or 0

    def _message(self, place_id: int, message_id: int) -> discord.PartialMessage:
        return self._bot.get_partial_messageable(place_id).get_partial_message(message_id)

    async def _guild(self, guild_id: int) -> tuple[discord.Guild, discord.Member]:
        """Return a server and ourselves in it: by REST where it is in another process's sight.

        Raises:
            AwayError: it is ours, and out of sight.
        """
        guild = self._bot.get_guild(guild_id)
        if guild is not None and not guild.unavailable:
            return guild, guild.me
        if self.is_ours(guild_id):
            raise AwayError
        with _answers():
            guild = await self._bot.fetch_guild(guild_id, with_counts=False)
            return guild, await guild.fetch_member(self._me)


def problem_of(error: discord.HTTPException) -> ProblemName:
    """Return the name of the problem.

    An error without a code of Discord's own comes from something in between, such as an edge that
    blocks (40333) or answers with a page. It passes: discord-api-docs#6473.
    """
    if error.code in PROBLEMS:
        return PROBLEMS[error.code]
    if error.status == 429:
        return "rate_limited"
    return "refused" if error.status == 400 and error.code else "discord_trouble"


@contextmanager
def _answers() -> Iterator[None]:
    """Turn what discord.py raises into what this port does."""
    try:
        yield
    except discord.RateLimited as error:
        raise RefusedError("rate_limited", status=429, wait=error.retry_after) from error
    except discord.HTTPException as error:
        if error.status >= 500:
            raise NoAnswerError(f"discord answers {error.status}") from error
        raise RefusedError(problem_of(error), error.code, error.status) from error
    except (aiohttp.ClientError, OSError) as error:
        raise NoAnswerError(repr(error)) from error


async def _fetched(
    guild: discord.Guild, place_id: int
) -> discord.abc.GuildChannel | discord.Thread | None:
    try:
        with _answers():
            return await guild.fetch_channel(place_id)
    except discord.InvalidData:  # of another server, or of a kind that this release doesn't know
        return None
    except RefusedError as error:
        if error.code != UNKNOWN_CHANNEL:
            raise
        return None


async def _place(
    channel: discord.abc.GuildChannel | discord.Thread,
    guild: discord.Guild,
    me: discord.Member,
    role_id: int | None = None,
    *,
    is_cached: bool = True,
) -> Place | None:
    """Return the place; None: it is a thread whose channel is gone.

    ``is_cached``: whether the channel of a thread may be as the cache has it.
    """
    home, thread = channel, channel if isinstance(channel, discord.Thread) else None
    if isinstance(channel, discord.Thread):
        known = channel.parent if is_cached else None
        parent = known or await _fetched(guild, channel.parent_id)
        if parent is None or isinstance(parent, discord.Thread):
            return None
        home = parent
    permissions, tags = home.permissions_for(me), None
    kind: Literal["text", "forum", "thread", "voice", "stage", "other"] = "other"
    if isinstance(channel, discord.ForumChannel):
        kind, tags = "forum", problems.usable_tags(channel, me)
    elif isinstance(channel, discord.TextChannel | discord.Thread):
        kind = "text" if thread is None else "thread"
    elif isinstance(channel, discord.VoiceChannel | discord.StageChannel):
        kind = "voice" if isinstance(channel, discord.VoiceChannel) else "stage"
    role = guild.get_role(role_id or 0)
    is_wanted = role is not None and problems.is_mentionable(role)
    reaches = role is not None and (role.mentionable or permissions.mention_everyone)
    return Place(
        channel.id,
        guild.id,
        guild.name,
        kind,
        _held(permissions),
        None if thread is None else thread.parent_id,
        None if tags is None else tuple(tag.id for tag in tags),
        ("mentioned" if reaches else "named") if is_wanted else None,
        thread is not None and thread.locked,
        thread is not None and thread.archived,
    )


def _held(permissions: discord.Permissions) -> frozenset[str]:
    return frozenset(name for name in NAMED if getattr(permissions, name))


def _event(what: Appointment) -> dict[str, Any]:
    """Return an event as Discord wants it: one elsewhere than in a channel has an end."""
    in_channel = {"stage": 1, "voice": 2}.get(what.place.kind)
    return {
        "name": what.name,
        "description": what.text,
        "privacy_level": GUILD_ONLY,
        "scheduled_start_time": what.begins_at.isoformat(),
        "scheduled_end_time": what.ends_at.isoformat(),
        "entity_type": in_channel or 3,
        "channel_id": str(what.place.place_id) if in_channel else None,
        "entity_metadata": None if in_channel else {"location": what.link},
    }


def _server(guild: discord.Guild) -> Server:
    channel = guild.system_channel
    joined_at = guild.me.joined_at if guild.me else None
    channel_id = channel.id if channel else None
    named = guild.id, guild.name, joined_at, channel_id
    locale = str(guild.preferred_locale) if "COMMUNITY" in guild.features else ""
    return Server(*named, guild.unavailable, guild.owner_id, locale)


def _seen(message: discord.Message) -> Seen:
    parts: list[Any] = list(message.components)
    for part in parts:  # grows on the way
        parts.extend(getattr(part, "children", ()))
    return Seen(
        message.id,
        message.created_at,
        frozenset(id_ for part in parts if (id_ := getattr(part, "custom_id", None))),
        frozenset(id_ for part in message.components if (id_ := getattr(part, "id", None))),
        message.poll.question if message.poll else None,
    )


ASKS_TO_SEND = re.compile(r"/channels/[0-9]+/(messages|threads)$|/guilds/[0-9]+/scheduled-events$")
ASKED_AGAIN = frozenset({500, 502, 504, 524})
"""Answers after which discord.py repeats a request by itself."""


def ask_once() -> aiohttp.TraceConfig:
    """Return what stops discord.py from repeating a request for a message, a post or an event.

    After a 5xx it repeats any request. The first one may have worked, and a forum's post or an
    event has no nonce, so there would be two; and a refused second request says nothing about the
    first. So a 5xx is an error at once, and the caller looks before it tries again.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_answered)
    trace.on_request_exception.append(_hung_up)
    return trace


async def _answered(
    _: aiohttp.ClientSession, __: SimpleNamespace, asked: aiohttp.TraceRequestEndParams
) -> None:
    if _is_to_send(asked) and asked.response.status in ASKED_AGAIN:
        asked.response.close()
        raise discord.DiscordServerError(asked.response, None)


async def _hung_up(
    _: aiohttp.ClientSession, __: SimpleNamespace, asked: aiohttp.TraceRequestExceptionParams
) -> None:
    if _is_to_send(asked) and isinstance(asked.exception, OSError):
        raise aiohttp.ClientError from asked.exception


def _is_to_send(
    asked: aiohttp.TraceRequestEndParams | aiohttp.TraceRequestExceptionParams,
) -> bool:
    return asked.method == "POST" and ASKS_TO_SEND.search(asked.url.path) is not None
