"""Sends what is in the outbox: claim, look, send, record. Nothing else sends unasked."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import aiohttp
import discord
from discord import ui
from discord.abc import GuildChannel
from discord.ext import commands

from bot.core.groups import WeeklyPost
from bot.core.outbox import OutboxRow, Problem, ProblemName
from bot.errors import LedgerError
from bot.language import OF_ALL, speak
from bot.outbox.discord import NOT_HERE, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, problem_of
from bot.outbox.tickets import ClosedError, Tickets
from bot.outbox.traces import by_button, by_part, by_question, by_text, is_of
from bot.plain import clipped, one_line
from bot.services.delivery import RETRY
from bot.services.opening import Services
from bot.views import custom_ids as ids
from bot.views import parts, problems
from bot.views.group_card import standing_card, standing_name
from bot.views.moderators_card import ran_out_text
from bot.views.phrases import title_of
from bot.views.pick_card import called_off_card, candidates_card, lost_notice_text, poll_of
from bot.views.problems import (
    notice_text,
    server_text,
)
from bot.views.resource_card import nudge_card
from bot.views.start_card import greeting_card
from bot.views.weekly_card import opener_text, reminder_card, weekly_card

log = logging.getLogger(__name__)

FEWEST_AT_A_TIME, MOST_AT_A_TIME = 8, 100
SEND_WITHIN = 60  # seconds with looking: half a lease, so that nobody else sends meanwhile
LOOK_AGAIN = 1  # seconds, while something hangs
AT_THE_START, SOON = timedelta(0), timedelta(minutes=1)
RATE_LIMITED = timedelta(minutes=5)
MUCH_LATER = timedelta(hours=1)
CLOCKS_DIFFER = timedelta(minutes=10)  # at most, Discord's and ours
A_WEEK_QUIET: Literal[10080] = 10080  # minutes until Discord puts a thread away
THREAD_NAME = 100  # Discord's limit
OF_PEOPLE = frozenset({discord.MessageType.default, discord.MessageType.reply})
ALREADY_CREATED = 160004  # "A thread has already been created for this message"
OLD_NUDGE = by_text("-# You asked me to remind you after a week without reading. `/me` stops it.")
"""The trace of a reminder sent before parts had ids: it never changes, whatever cards say now."""

Place = discord.TextChannel | discord.Thread | discord.DMChannel | discord.PartialMessageable


@dataclass
class NotNowError(Exception):
    """Nothing is sent this time, but it is tried again."""

    problem: Problem


@dataclass
class NeverError(Exception):
    """It won't be sent."""

    problem: Problem


class HistoryClosedError(Exception):
    """We may not read where a message may have been sent."""


class Postman:
    """Delivers rows of the outbox, each by itself: one that fails never delays another."""

    def __init__(self, bot: commands.AutoShardedBot, services: Services, tickets: Tickets) -> None:
        self._bot = bot
        self._services = services
        self._delivery = services.delivery
        self._tickets = tickets

    async def deliver_due(self, *about: int) -> None:
        """Send all that is due, and then what follows from it, as fast as tickets come.

        A channel that doesn't answer takes up one place, and delays nothing else. ``about``: send
        only what is for these weeks, votes, groups or servers, because somebody is waiting.
        """
        # As many as leave in a second, so answers that take a second don't slow it down.
        places = asyncio.Semaphore(min(MOST_AT_A_TIME, max(FEWEST_AT_A_TIME, self._tickets.rate)))
        on_the_way: set[asyncio.Task[None]] = set()
        tried: set[int] = set()

        async def deliver(row_id: int, ticket: float) -> None:
            speak(OF_ALL)  # in a task of its own: whose click led here may speak another
            try:
                if await self._deliver(row_id):
                    tried.discard(row_id)
                else:
                    self._tickets.give_back(ticket)
            except Exception:
                log.exception("row %s of the outbox can't be delivered", row_id)
                await self._put_off(row_id)
            finally:
                places.release()

        async with asyncio.TaskGroup() as tasks:
            while True:
                row_ids = [id_ for id_ in await self._delivery.due(*about) if id_ not in tried]
                for n, row_id in enumerate(row_ids):
                    await places.acquire()
                    try:
                        ticket = await self._tickets.ticket(len(row_ids) - n)
                    except ClosedError:
                        return  # when what is being sent has left
                    tried.add(row_id)
                    task = tasks.create_task(deliver(row_id, ticket))
                    on_the_way.add(task)
                    task.add_done_callback(on_the_way.discard)
                if not row_ids:
                    if not on_the_way:
                        break
                    await asyncio.wait(
                        on_the_way, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
                    )

    async def _put_off(self, row_id: int) -> None:
        try:
            await self._delivery.put_off(row_id)
        except Exception:
            log.exception("row %s of the outbox can't be put off", row_id)

    async def _deliver(self, row_id: int) -> bool:
        """Send one row; tell whether this postman had it to send."""
        row = await self._delivery.claim(row_id)
        if row is None:
            return False
        try:
            async with asyncio.timeout(SEND_WITHIN):
                await self._send(row)
        except ClosedError:
            await self._delivery.not_sent(row, "discord_trouble", AT_THE_START)
        except discord.RateLimited as error:
            await self._delivery.not_sent(row, "rate_limited", timedelta(seconds=error.retry_after))
        except discord.HTTPException as error:
            await self._refused(row, error)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("no answer to %s %s: %r", row.kind, row.row_id, error)
            await self._delivery.perhaps_sent(row, "discord_trouble", _patience(row))
        except LedgerError as error:
            # It passes, like trouble on the way. A message that was sent is found next time.
            log.warning("the database stops %s %s: %s", row.kind, row.row_id, error.why)
            await self._delivery.perhaps_sent(row, "discord_trouble", _patience(row))
        except Exception:
            log.exception("%s %s can't be sent", row.kind, row.row_id)
            await self._delivery.perhaps_sent(row, "refused", MUCH_LATER)
        return True

    async def _refused(self, row: OutboxRow, error: discord.HTTPException) -> None:
        """Record what an error means. Only after a 5xx the message may be there."""
        problem = problem_of(error)
        if error.status >= 500:
            log.warning("discord answers %s to %s %s", error.status, row.kind, row.row_id)
            await self._delivery.perhaps_sent(row, "discord_trouble", _patience(row))
        elif problem == "rate_limited":
            await self._delivery.not_sent(row, problem, RATE_LIMITED)
        elif problem == "discord_trouble":
            log.warning(
                "on the way to discord, %s (code %s) stops %s %s",
                error.status, error.code, row.kind, row.row_id,
            )  # fmt: skip
            await self._delivery.not_sent(row, problem, _patience(row))
        elif problem == "refused":
            log.error("discord refuses %s %s", row.kind, row.row_id, exc_info=error)
            await self._delivery.not_sent(row, problem, MUCH_LATER)
        else:
            await self._no_way(row, problem)

    async def _no_way(self, row: OutboxRow, problem: ProblemName) -> None:
        """Try again later what a moderator can fix for a whole group; drop anything else."""
        if problem == "bot_removed" and row.guild_id is not None:
            await self._services.guilds.removed(row.guild_id)
            await self._delivery.not_sent(row, "guild_unavailable")
            return
        if row.kind in ("post", "standing") or problem == "no_more_threads":
            # Hourly: AutoMod tells moderators of each attempt, and closing threads takes a while.
            hourly = problem in ("automod", "no_more_threads")
            await self._delivery.not_sent(row, problem, MUCH_LATER if hourly else RETRY)
        else:
            await self._delivery.drop(row, problem)
        if problem != "no_direct_messages" or row.kind != "reminder":
            return
        if row.group_id is None:
            await self._services.reminders.turn_off_nudges(row.reader_id or 0)
        else:
            await self._services.reminders.closed(row)

    async def _send(self, row: OutboxRow) -> None:
        try:
            await self._send_kind(row)
        except NotNowError as error:
            await self._delivery.not_sent(row, error.problem)
        except NeverError as error:
            await self._delivery.drop(row, error.problem)
        except HistoryClosedError:
            await self._delivery.uncertain(row, "no_history")

    async def _send_kind(self, row: OutboxRow) -> None:
        match row.kind:
            case "notice":
                await self._send_notice(row)
            case "reminder" if row.group_id is None:
                await self._send_nudge(row)
            case "called_off":
                await self._call_off(row)
            case "opener":
                await self._send_opener(row, self._guild_of(row))
            case "reminder":
                await self._send_reminder(row, self._guild_of(row))
            case _:
                await self._send_to_channel(row, self._guild_of(row))

    def _guild_of(self, row: OutboxRow) -> discord.Guild:
        guild = self._bot.get_guild(row.guild_id or 0)
        if guild is None or guild.unavailable:
            raise NotNowError("guild_unavailable")
        return guild

    async def _send_to_channel(self, row: OutboxRow, guild: discord.Guild) -> None:
        channel = guild.get_channel(row.channel_id or 0)
        if isinstance(channel, discord.ForumChannel):
            await self._send_to_forum(row, channel)
        elif not isinstance(channel, discord.TextChannel):
            await self._no_way(row, "channel_gone")
        elif problem := problems.lacks(channel, problems.TO_SEND):
            raise NotNowError(problem)
        elif row.kind == "thread":
            await self._make_thread(row, channel)
        elif row.kind == "greeting":
            trace = by_button(ids.StartWeekly())
            await self._deliver_once(row, channel, greeting_card(), trace, channel)
        else:
            await self._send_post_or_vote(row, channel, channel)

    async def _send_to_forum(self, row: OutboxRow, forum: discord.ForumChannel) -> None:
        """Make a group's post in a forum, or send into it."""
        if row.kind == "standing":
            await self._make_standing(row, forum)
            return
        post = await self._opened_standing(row, forum)
        if post is None:
            return
        try:
            if row.kind == "sign":
                await self._change_standing(row, post)
            else:
                await self._send_post_or_vote(row, post, forum)
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            await self._delivery.await_standing(row, post.id)  # deleted a moment ago

    async def _make_standing(self, row: OutboxRow, forum: discord.ForumChannel) -> None:
        """Make a group's post. It can have no nonce, so after an attempt we look for it first."""
        if problem := problems.lacks(forum, problems.needed(forum)):
            raise NotNowError(problem)
        trace = _trace_of_standing(int(row.reference))
        if row.tried_at is not None:
            found = await _post_since(forum, row.tried_at - CLOCKS_DIFFER, trace)
            if found is not None:
                await self._delivery.sent(row, found.id)
                return
        tags = problems.usable_tags(forum, forum.guild.me)
        if tags is None:
            raise NotNowError("tag_needed")
        if await self._delivery.begin(row, forum.id, trace):
            # From here on, each change of the group also changes this card.
            status = await self._services.groups.status(forum.id, None)
            made = await forum.create_thread(
                name=standing_name(status.curriculum.title),
                view=standing_card(status),
                applied_tags=tags,
                auto_archive_duration=A_WEEK_QUIET,
                allowed_mentions=discord.AllowedMentions.none(),
            )
            await self._delivery.sent(row, made.thread.id)

    async def _opened_standing(
        self, row: OutboxRow, forum: discord.ForumChannel
    ) -> discord.Thread | None:
        """Return the post for this row; None if the row waits until one is made."""
        if problem := problems.lacks(forum, problems.TO_SEND_IN_FORUM):
            raise NotNowError(problem)
        group = await self._services.groups.find(forum.id)
        standing_id = None if group is None else group.standing_id
        # Discord.py's cache has only the open ones.
        post = standing_id and (
            forum.get_thread(standing_id) or await _fetched(forum.guild, standing_id)
        )
        if not isinstance(post, discord.Thread):
            await self._delivery.await_standing(row, standing_id)
            return None
        if post.locked and not forum.permissions_for(forum.guild.me).manage_threads:
            raise NotNowError("locked")
        if post.archived and (post.locked or row.kind == "sign"):
            return await post.edit(archived=False)  # a new message opens the others by itself
        return post

    async def _change_standing(self, row: OutboxRow, post: discord.Thread) -> None:
        """Bring the card at the top of the post up to date. Twice is harmless."""
        status = await self._services.groups.status(row.channel_id or 0, None)
        card = await _card_of(post, _trace_of_standing(status.group.group_id))
        if card is None:
            raise NeverError("card_gone")
        await card.edit(view=standing_card(status))
        await self._delivery.sent(row, card.id)

    async def _send_post_or_vote(self, row: OutboxRow, place: Place, channel: GuildChannel) -> None:
        send = self._send_post if row.kind == "post" else self._send_vote
        await send(row, place, channel)

    async def _send_post(self, row: OutboxRow, place: Place, channel: GuildChannel) -> None:
        week_id = int(row.reference)
        trace = by_button(ids.ReadIt(week_id))
        post = await self._services.weekly.post(week_id)
        if post is None:
            # Its paper left the list. Look first whether it was sent before; if so, keep it.
            if await self._was_sent(row, place, trace, channel):
                return
            await self._services.weekly.pick_anew(week_id)
            post = await self._services.weekly.post(week_id)
        if post is None:
            raise NeverError("paper_gone")
        role = problems.role_of(channel.guild, post.group.role_id)
        mentions = discord.AllowedMentions.none()
        mentions.roles = [role] if role and problems.can_mention(role, channel) else []
        view = weekly_card(post, channel.guild)
        await self._deliver_once(row, place, view, trace, channel, mentions=mentions)

    async def _send_vote(self, row: OutboxRow, place: Place, channel: GuildChannel) -> None:
        vote_id = int(row.reference)
        ballot = await self._services.votes.ballot(vote_id)
        if ballot is None:
            raise NeverError("called_off")
        if problem := problems.lacks(channel, problems.POLLS):
            raise NotNowError(problem)
        if row.kind == "candidates":
            trace = by_button(ids.ShowCandidate(vote_id))
            await self._deliver_once(row, place, candidates_card(ballot), trace, channel)
        else:
            poll = poll_of(ballot)
            card = await self._services.votes.card(vote_id)
            trace = by_question(poll.question, card[1] if card else 0)
            await self._deliver_once(row, place, poll, trace, channel)

    async def _call_off(self, row: OutboxRow) -> None:
        """Say on the card above a poll that its vote is called off. Twice is harmless."""
        if row.channel_id is None or row.message_id is None:
            raise NeverError("card_gone")
        view = called_off_card(await self._services.votes.ballot(int(row.reference)))
        place = self._bot.get_partial_messageable(row.channel_id, guild_id=row.guild_id)
        await self._tickets.leave()
        await place.get_partial_message(row.message_id).edit(view=view)
        await self._delivery.sent(row, row.message_id)

    async def _posted(self, row: OutboxRow) -> tuple[WeeklyPost, int]:
        """Return a week's paper and the id of its message."""
        post = await self._services.weekly.post(int(row.reference))
        if post is None or post.post.message_id is None:
            raise NeverError("paper_gone")
        return post, post.post.message_id

    async def _make_thread(self, row: OutboxRow, channel: discord.TextChannel) -> None:
        """Make the thread under a post. It has the message's id, so twice is harmless."""
        post, message_id = await self._posted(row)
        if problem := problems.lacks(channel, ("create_public_threads",)):
            raise NeverError(problem)
        name = clipped(one_line(title_of(post.resource)), THREAD_NAME)
        await self._tickets.leave()
        try:
            await channel.get_partial_message(message_id).create_thread(
                name=name, auto_archive_duration=A_WEEK_QUIET
            )
        except discord.HTTPException as error:
            if error.code != ALREADY_CREATED:
                raise
        await self._delivery.sent(row, message_id)

    async def _send_opener(self, row: OutboxRow, guild: discord.Guild) -> None:
        post, message_id = await self._posted(row)
        # The channel of the post, or the forum around it.
        parent = guild.get_channel_or_thread(post.post.channel_id or 0)
        if isinstance(parent, discord.Thread):
            parent = parent.parent
        parent = parent or guild.get_channel(post.group.channel_id)
        if parent is None:
            raise NeverError("channel_gone")
        if problem := problems.lacks(parent, ("send_messages_in_threads",)):
            raise NeverError(problem)
        place = self._bot.get_partial_messageable(row.channel_id or 0, guild_id=guild.id)
        text = opener_text(post.resource.questions)
        view = parts.card(text)
        trace, old = by_part(view, row.row_id), by_text(text)
        # In a forum all weeks share one post, so the opener is a reply to its week's card.
        card = place.get_partial_message(message_id).to_reference(fail_if_not_exists=False)
        answered = None if isinstance(parent, discord.TextChannel) else card
        await self._deliver_once(row, place, view, trace, parent, old=old, answered=answered)

    async def _send_notice(self, row: OutboxRow) -> None:
        text = await self._news(row)
        if text is None:
            raise NeverError("mended")
        if (guild := self._bot.get_guild(row.guild_id or 0)) is not None:
            text = f"{text}\n{server_text(guild.name)}"
        view = parts.card(text)
        await self._write(row, view, by_part(view, row.row_id), by_text(text))

    async def _news(self, row: OutboxRow) -> str | None:
        if ":" not in row.reference:
            lost = await self._services.votes.lost(int(row.reference))
            return None if lost is None else lost_notice_text(*lost)
        group_id, week_id, _, *end = row.reference.split(":")
        group = await self._services.weekly.group(int(group_id))
        if group is None:
            return None
        if end:
            has_ended = await self._services.weekly.ran_out(int(week_id))
            return ran_out_text(group.channel_id) if has_ended else None
        return notice_text(group.channel_id, group.blocked) if group.blocked is not None else None

    async def _send_nudge(self, row: OutboxRow) -> None:
        reply = await self._services.reminders.nudge(row.reader_id or 0)
        if reply is None:
            raise NeverError("not_wanted")
        view = nudge_card(reply)
        await self._write(row, view, by_part(view, row.row_id), OLD_NUDGE)

    async def _send_reminder(self, row: OutboxRow, guild: discord.Guild) -> None:
        """Remind a member who is still here and hasn't read the paper; otherwise drop it."""
        reminder = await self._services.reminders.check(row)
        if isinstance(reminder, str):
            raise NeverError(reminder)
        if guild.get_channel(reminder.group.channel_id) is None:
            raise NeverError("channel_gone")  # and there they could not turn it off
        await self._tickets.ticket()
        reader_id = row.reader_id or 0
        if await member_of(guild, reader_id) is None:
            await self._services.guilds.member_left(guild.id, reader_id)
            raise NeverError("left_server")
        trace = by_button(ids.ReadReminded(reminder.post.week_id))
        await self._write(row, reminder_card(reminder, guild.name), trace)

    async def _write(
        self, row: OutboxRow, view: ui.LayoutView, trace: str, old: str | None = None
    ) -> None:
        """Send a person a message. Opening their channel is a request that Discord counts, too."""
        await self._tickets.ticket()
        place = await self._bot.create_dm(discord.Object(row.reader_id or 0))
        await self._deliver_once(row, place, view, trace, old=old)

    async def _deliver_once(
        self,
        row: OutboxRow,
        place: Place,
        what: ui.LayoutView | discord.Poll,
        trace: str,
        channel: GuildChannel | None = None,
        *,
        old: str | None = None,
        answered: discord.MessageReference | None = None,
        mentions: discord.AllowedMentions | None = None,
    ) -> None:
        """Send and record. If an earlier attempt has an unknown end, look for its message first.

        ``channel`` is the one whose permissions count: a thread's parent; None in a DM. ``old`` is
        the trace of a message from an older version, if it isn't ``trace``. ``answered`` is the
        message to reply to.
        """
        if await self._was_sent(row, place, old or trace, channel):
            return
        if not await self._delivery.begin(row, place.id, trace):
            return
        await self._tickets.leave()
        said: dict[str, Any] = {"poll" if isinstance(what, discord.Poll) else "view": what}
        if answered is not None:
            said["reference"] = answered
        try:
            message = await place.send(
                **said,
                nonce=f"n{row.row_id}",
                allowed_mentions=mentions or discord.AllowedMentions.none(),
            )
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            # Discord remembers the nonce of a deleted message: discord-api-docs#6647.
            await self._delivery.deleted(row)
        else:
            in_thread = isinstance(place, discord.Thread)
            await self._delivery.sent(row, message.id, place.id, in_thread=in_thread)

    async def _was_sent(
        self, row: OutboxRow, place: Place, old: str, channel: GuildChannel | None
    ) -> bool:
        """Look for the message of an earlier attempt, and record it; tell whether it is there.

        ``old`` is the trace of a message from an older version, which stored none.

        Raises:
            HistoryClosedError: nobody can tell.
        """
        if row.tried_at is None:
            return False
        for place_id in row.places or (place.id,):
            there: Place | None = place
            if channel is not None and place_id != place.id:
                there = await _left_behind(channel.guild, place_id)  # the group moved since
            elif channel is not None and problems.lacks(channel, problems.TO_LOOK):
                raise HistoryClosedError
            found = there and await self._found(there, row.tried_at, row.trace or old)
            if found is not None:
                in_thread = isinstance(there, discord.Thread)
                await self._delivery.sent(
                    row, found.id, place_id, at=found.created_at, in_thread=in_thread
                )
                return True
        return False

    async def _found(self, place: Place, tried_at: datetime, trace: str) -> discord.Message | None:
        """Look for our own message from the first attempt on."""
        me = self._bot.application_id if self._bot.user is None else self._bot.user.id
        after = tried_at - CLOCKS_DIFFER
        async for message in place.history(after=after, oldest_first=True, limit=None):
            # The notice that begins a thread is by us too, for Discord, but is no message.
            if message.author.id == me and message.type in OF_PEOPLE and is_of(trace, message):
                return message
        return None


async def member_of(guild: discord.Guild, reader_id: int) -> discord.Member | None:
    """Return the member, or None if Discord says that nobody of this id is in the server.

    Raises:
        discord.HTTPException: any other answer, which says nothing about them.
    """
    try:
        return await guild.fetch_member(reader_id)
    except discord.NotFound as error:
        if error.code not in NOT_HERE:
            raise
        return None


async def _left_behind(guild: discord.Guild, place_id: int) -> Place | None:
    """Return a place that the group has left; None if it is gone, with all that was sent there.

    Raises:
        HistoryClosedError: we may not read there.
    """
    try:
        found = await _fetched(guild, place_id)
    except discord.HTTPException as error:
        if problem_of(error) in ("no_access", "forbidden"):
            raise HistoryClosedError from error
        raise
    if found is None:
        return None
    parent = found.parent if isinstance(found, discord.Thread) else found
    if not isinstance(found, discord.Thread | discord.TextChannel) or parent is None:
        raise HistoryClosedError
    if problems.lacks(parent, problems.TO_LOOK):
        raise HistoryClosedError
    return found


async def _fetched(guild: discord.Guild, channel_id: int) -> GuildChannel | discord.Thread | None:
    """Return a channel or thread as Discord has it now, archived or not; None if it is gone."""
    try:
        return await guild.fetch_channel(channel_id)
    except discord.HTTPException as error:
        if error.code != UNKNOWN_CHANNEL:
            raise
        return None


async def _post_since(
    forum: discord.ForumChannel, since: datetime, trace: str
) -> discord.Thread | None:
    """Return a post of ours made since then, found by its card."""
    posts = [post for post in await forum.guild.active_threads() if post.parent_id == forum.id]
    async for post in forum.archived_threads(limit=None):
        if post.archive_timestamp < since:  # the last archived come first
            break
        posts.append(post)
    for post in posts:
        is_new = discord.utils.snowflake_time(post.id) >= since
        if is_new and post.owner_id == forum.guild.me.id and await _card_of(post, trace):
            return post
    return None


async def _card_of(post: discord.Thread, trace: str) -> discord.Message | None:
    """Return the message at the top of a forum's post, if it has the trace."""
    # Discord sends the oldest first; simcord may send the newest hundred.
    first = await anext(post.history(limit=100, oldest_first=True), None)
    return first if first is not None and is_of(trace, first) else None


def _trace_of_standing(group_id: int) -> str:
    return by_button(ids.Membership("join", group_id))


def _patience(row: OutboxRow) -> timedelta:
    """Return how long to wait before the next attempt: a minute more each time, an hour at most.

    All attempts count, and a row that waited for a permission has had hundreds.
    """
    return min(SOON * (row.attempts + 1), MUCH_LATER)
