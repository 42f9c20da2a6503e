"""Sends what is in the outbox: claim, look, send, record. Nothing else sends unasked."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import aiohttp
import discord
from discord import ui
from discord.ext import commands

from bot.core.outbox import Lacks, OutboxRow, ProblemName
from bot.errors import LedgerError
from bot.forum_posts import A_WEEK_QUIET, CLOCKS_DIFFER, ForumPosts
from bot.members import member_of
from bot.plain import clipped, one_line
from bot.refusals import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, problem_of
from bot.services.delivery import RETRY
from bot.services.opening import Services
from bot.services.tickets import ClosedError
from bot.traces import by_button, by_part, by_question, by_text, is_of
from bot.views.moderators_card import ran_out_text
from bot.views.permissions import POLLS, TO_LOOK, TO_SEND, can_mention, missing, role_of
from bot.views.phrases import title_of
from bot.views.pick_card import called_off_card, candidates_card, lost_notice_text, poll_of
from bot.views.problems import notice_text, server_text
from bot.views.replies import notice
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
THREAD_NAME = 100  # Discord's limit
OF_PEOPLE = frozenset({discord.MessageType.default, discord.MessageType.reply})
ALREADY_CREATED = 160004  # "A thread has already been created for this message"
OLD_NUDGE = by_text("-# You asked me to remind you after a week without reading. `/me` stops it.")
"""The trace of a reminder sent before parts had ids: it never changes, whatever cards say now."""

Place = discord.TextChannel | discord.Thread | discord.DMChannel | discord.PartialMessageable


class Postman:
    """Delivers rows of the outbox, each by itself: one that fails never delays another."""

    def __init__(self, bot: commands.AutoShardedBot, services: Services) -> None:
        self._bot = bot
        self._delivery = services.delivery
        self._tickets = services.tickets
        self._guilds = services.guilds
        self._weekly = services.weekly
        self._forum_posts = ForumPosts(services.delivery, services.groups)
        self._reminders = services.reminders
        self._votes = services.votes

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
            wait = timedelta(seconds=error.retry_after)
            await self._delivery.not_sent(row, "rate_limited", wait)
        except discord.HTTPException as error:
            await self._refused(row, error)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
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
            await self._guilds.removed(row.guild_id)
            await self._delivery.not_sent(row, "guild_unavailable")
            return
        if row.kind in ("post", "standing") or problem == "no_more_threads":
            # Hourly: AutoMod tells moderators of each attempt, and closing threads takes a while.
            hourly = problem in ("automod", "no_more_threads")
            await self._delivery.not_sent(row, problem, MUCH_LATER if hourly else RETRY)
        else:
            await self._delivery.drop(row, problem)
        if problem == "no_direct_messages" and row.kind == "nudge":
            await self._reminders.turn_off_nudges(row.channel_id)
        elif problem == "no_direct_messages" and row.kind == "reminder":
            await self._reminders.closed(row)

    async def _send(self, row: OutboxRow) -> None:
        if row.kind in ("notice", "vote_lost"):
            await self._send_notice(row)
            return
        if row.kind == "nudge":
            await self._send_nudge(row)
            return
        if row.kind == "called_off":
            await self._call_off(row)
            return
        guild = self._bot.get_guild(row.guild_id or 0)
        if guild is None or guild.unavailable:
            await self._delivery.not_sent(row, "guild_unavailable")
        elif row.kind == "opener":
            await self._send_opener(row, guild)
        elif row.kind == "reminder":
            await self._send_reminder(row, guild)
        else:
            await self._send_to_channel(row, guild)

    async def _send_to_channel(self, row: OutboxRow, guild: discord.Guild) -> None:
        channel = guild.get_channel(row.channel_id)
        if isinstance(channel, discord.ForumChannel):
            await self._send_to_forum(row, channel)
        elif not isinstance(channel, discord.TextChannel):
            await self._no_way(row, "channel_gone")
        elif lacks := missing(channel, TO_SEND):
            await self._delivery.not_sent(row, Lacks(lacks))
        elif row.kind == "thread":
            await self._make_thread(row, channel)
        elif row.kind == "greeting":
            trace = by_button("start-weekly")
            await self._deliver_once(row, channel, greeting_card(), trace, channel)
        elif row.kind == "post":
            await self._send_post(row, channel, channel)
        else:
            await self._send_vote(row, channel, channel)

    async def _send_to_forum(self, row: OutboxRow, forum: discord.ForumChannel) -> None:
        """Make a group's post in a forum, or send into it."""
        if row.kind == "standing":
            await self._forum_posts.make(row, forum)
            return
        post = await self._forum_posts.opened(row, forum)
        if post is None:
            return
        try:
            if row.kind == "sign":
                await self._forum_posts.change_card(row, post)
            elif row.kind == "post":
                await self._send_post(row, post, forum)
            else:
                await self._send_vote(row, post, forum)
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            await self._delivery.await_standing(row, post.id)  # deleted a moment ago

    async def _send_post(
        self, row: OutboxRow, place: Place, channel: discord.abc.GuildChannel
    ) -> None:
        trace = by_button(f"read:{row.reference}")
        post = await self._weekly.post(int(row.reference))
        if post is None:
            # Its paper left the list. Look first whether it was sent before; if so, keep it.
            if await self._settled(row, place, trace, channel):
                return
            await self._weekly.pick_anew(int(row.reference))
            post = await self._weekly.post(int(row.reference))
        if post is None:
            await self._delivery.drop(row, "paper_gone")
            return
        role = role_of(channel.guild, post.group.role_id)
        mentioned = [role] if role is not None and can_mention(role, channel) else []
        mentions = discord.AllowedMentions(
            everyone=False, users=False, roles=list(mentioned), replied_user=False
        )
        view = weekly_card(post, channel.guild)
        await self._deliver_once(row, place, view, trace, channel, mentions=mentions)

    async def _send_vote(
        self, row: OutboxRow, place: Place, channel: discord.abc.GuildChannel
    ) -> None:
        ballot = await self._votes.ballot(int(row.reference))
        if ballot is None:
            await self._delivery.drop(row, "called_off")
        elif lacks := missing(channel, POLLS):
            await self._delivery.not_sent(row, Lacks(lacks))
        elif row.kind == "candidates":
            trace = by_button(f"candidates:{row.reference}")
            await self._deliver_once(row, place, candidates_card(ballot), trace, channel)
        else:
            poll = poll_of(ballot)
            card = await self._votes.card(ballot.vote.vote_id)
            trace = by_question(poll.question, card[1] if card else 0)
            await self._deliver_once(row, place, poll, trace, channel)

    async def _call_off(self, row: OutboxRow) -> None:
        """Say on the card above a poll that its vote is called off. Twice is harmless."""
        card = await self._votes.card(int(row.reference))
        if card is None:
            await self._delivery.drop(row, "card_gone")
            return
        place_id, message_id = card
        view = called_off_card(await self._votes.ballot(int(row.reference)))
        place = self._bot.get_partial_messageable(place_id, guild_id=row.guild_id)
        await self._tickets.leave()
        await place.get_partial_message(message_id).edit(view=view)
        await self._delivery.sent(row, message_id)

    async def _make_thread(self, row: OutboxRow, channel: discord.TextChannel) -> None:
        """Make the thread under a post. It has the message's id, so twice is harmless."""
        post = await self._weekly.post(int(row.reference))
        if post is None or post.post.message_id is None:
            await self._delivery.drop(row, "paper_gone")
            return
        if missing(channel, ("create_public_threads",)):
            await self._delivery.drop(row, Lacks(("create_public_threads",)))
            return
        message = channel.get_partial_message(post.post.message_id)
        name = clipped(one_line(title_of(post.resource)), THREAD_NAME)
        await self._tickets.leave()
        try:
            await message.create_thread(name=name, auto_archive_duration=A_WEEK_QUIET)
        except discord.HTTPException as error:
            if error.code != ALREADY_CREATED:
                raise
        await self._delivery.sent(row, message.id)

    async def _send_opener(self, row: OutboxRow, guild: discord.Guild) -> None:
        post = await self._weekly.post(int(row.reference))
        message_id = None if post is None else post.post.message_id
        if post is None or message_id is None:
            await self._delivery.drop(row, "paper_gone")
            return
        # The channel of the post, or the forum around it.
        stands_in = guild.get_channel_or_thread(post.post.channel_id or 0)
        if isinstance(stands_in, discord.Thread):
            stands_in = stands_in.parent
        parent = stands_in or guild.get_channel(post.group.channel_id)
        if parent is None:
            await self._delivery.drop(row, "channel_gone")
        elif missing(parent, ("send_messages_in_threads",)):
            await self._delivery.drop(row, Lacks(("send_messages_in_threads",)))
        else:
            place = self._bot.get_partial_messageable(row.channel_id, guild_id=guild.id)
            text = opener_text(post.resource.questions)
            view = notice(text)
            trace, old = by_part(view, row.row_id), by_text(text)
            # In a forum all weeks share one post, so the opener is a reply to its week's card.
            card = discord.MessageReference(
                message_id=message_id,
                channel_id=row.channel_id,
                guild_id=guild.id,
                fail_if_not_exists=False,
            )
            answered = None if isinstance(parent, discord.TextChannel) else card
            await self._deliver_once(row, place, view, trace, parent, old=old, answered=answered)

    async def _send_notice(self, row: OutboxRow) -> None:
        if row.kind == "vote_lost":
            lost = await self._votes.lost(int(row.reference))
            text = None if lost is None else lost_notice_text(*lost)
        else:
            text = await self._news(row)
        if text is None:
            await self._delivery.drop(row, "mended")
            return
        guild = self._bot.get_guild(row.guild_id or 0)
        place = await self._direct_messages(row)
        told = text if guild is None else f"{text}\n{server_text(guild.name)}"
        view = notice(told)
        await self._deliver_once(row, place, view, by_part(view, row.row_id), old=by_text(told))

    async def _news(self, row: OutboxRow) -> str | None:
        group_id, slot_id, _, *end = row.reference.split(":")
        group = await self._weekly.group(int(group_id))
        if group is None:
            return None
        if end:
            has_ended = await self._weekly.ran_out(int(slot_id))
            return ran_out_text(group.channel_id) if has_ended else None
        return notice_text(group.channel_id, group.blocked) if group.blocked is not None else None

    async def _send_nudge(self, row: OutboxRow) -> None:
        reply = await self._reminders.nudge(row.channel_id)
        if reply is None:
            await self._delivery.drop(row, "not_wanted")
            return
        place = await self._direct_messages(row)
        view = nudge_card(reply)
        await self._deliver_once(row, place, view, by_part(view, row.row_id), old=OLD_NUDGE)

    async def _send_reminder(self, row: OutboxRow, guild: discord.Guild) -> None:
        """Remind a member who is still here and hasn't read the paper; otherwise drop it."""
        reminder = await self._reminders.check(row)
        if isinstance(reminder, str):
            await self._delivery.drop(row, reminder)
            return
        if guild.get_channel(reminder.group.channel_id) is None:
            await self._delivery.drop(row, "channel_gone")  # and there they could not turn it off
            return
        await self._tickets.ticket()
        member = await member_of(guild, row.channel_id)
        if member is None:
            await self._guilds.member_left(guild.id, row.channel_id)
            await self._delivery.drop(row, "left_server")
            return
        place = await self._direct_messages(row)
        view = reminder_card(reminder, guild.name)
        trace = by_button(f"reminded:{reminder.post.slot_id}")
        await self._deliver_once(row, place, view, trace)

    async def _direct_messages(self, row: OutboxRow) -> discord.DMChannel:
        """Return a person's channel. Opening it is a request that Discord counts, too."""
        await self._tickets.ticket()
        return await self._bot.create_dm(discord.Object(row.channel_id))

    async def _deliver_once(
        self,
        row: OutboxRow,
        place: Place,
        what: ui.LayoutView | discord.Poll,
        trace: str,
        channel: discord.abc.GuildChannel | None = None,
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
        if await self._settled(row, place, old or trace, channel):
            return
        if not await self._delivery.begin(row, place.id, trace):
            return
        await self._tickets.leave()
        nonce, mentions = f"n{row.row_id}", mentions or discord.AllowedMentions.none()
        try:
            if isinstance(what, discord.Poll):
                message = await place.send(poll=what, nonce=nonce, allowed_mentions=mentions)
            elif answered is not None:
                message = await place.send(
                    view=what, nonce=nonce, allowed_mentions=mentions, reference=answered
                )
            else:
                message = await place.send(view=what, nonce=nonce, allowed_mentions=mentions)
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            # Discord remembers the nonce of a deleted message: discord-api-docs#6647.
            await self._delivery.deleted(row)
        else:
            in_thread = isinstance(place, discord.Thread)
            await self._delivery.sent(row, message.id, place.id, in_thread=in_thread)

    async def _settled(
        self, row: OutboxRow, place: Place, old: str, channel: discord.abc.GuildChannel | None
    ) -> bool:
        """Look for the message of an earlier attempt; tell whether nothing is left to send.

        ``old`` is the trace of a message from an older version, which stored none.
        """
        if row.tried_at is None:
            return False
        try:
            for place_id in row.places or (place.id,):
                there: Place | None = place
                parent = channel
                if channel is not None and place_id != place.id:  # the group moved since
                    there, parent = await _left_behind(channel.guild, place_id)
                found = (
                    await self._found(there, parent, row.tried_at, row.trace or old)
                    if there is not None
                    else None
                )
                if found is not None:
                    in_thread = isinstance(there, discord.Thread)
                    await self._delivery.sent(
                        row, found.id, place_id, at=found.created_at, in_thread=in_thread
                    )
                    return True
        except HistoryClosedError:
            await self._delivery.uncertain(row, "no_history")
            return True
        return False

    async def _found(
        self,
        place: Place,
        channel: discord.abc.GuildChannel | None,
        tried_at: datetime,
        trace: str,
    ) -> discord.Message | None:
        """Look for our own message from the first attempt on.

        Raises:
            HistoryClosedError: we may not read there.
        """
        if channel is not None and missing(channel, TO_LOOK):
            raise HistoryClosedError
        me = self._bot.application_id if self._bot.user is None else self._bot.user.id
        after = tried_at - CLOCKS_DIFFER
        async for message in place.history(after=after, oldest_first=True, limit=None):
            # The notice that begins a thread is by us too, for Discord, but is no message.
            if message.author.id == me and message.type in OF_PEOPLE and is_of(trace, message):
                return message
        return None


class HistoryClosedError(Exception):
    """We may not read where a message may have been sent."""


async def _left_behind(
    guild: discord.Guild, place_id: int
) -> tuple[Place | None, discord.abc.GuildChannel | None]:
    """Return a place that the group has left, and the channel whose permissions count there.

    Both are None if it is gone, with everything that was sent there.
    """
    try:
        found = await guild.fetch_channel(place_id)
    except discord.HTTPException as error:
        problem = problem_of(error)
        if problem == "channel_gone":
            return None, None
        if problem in ("no_access", "forbidden"):
            raise HistoryClosedError from error
        raise
    if isinstance(found, discord.Thread) and found.parent is not None:
        return found, found.parent
    if not isinstance(found, discord.TextChannel):
        raise HistoryClosedError
    return found, found


def _patience(row: OutboxRow) -> timedelta:
    """Return how long to wait before the next attempt: a minute more each time, an hour at most.

    All attempts count, and a row that waited for a permission has had hundreds.
    """
    return min(SOON * (row.attempts + 1), MUCH_LATER)
