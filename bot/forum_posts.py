"""Standing posts in forums: made once, found again, opened for the papers that go into them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Literal

import aiohttp
import discord

from bot.core.outbox import Lacks, OutboxRow
from bot.refusals import UNKNOWN_CHANNEL
from bot.services.delivery import Delivery
from bot.services.groups import Groups
from bot.traces import by_button, is_of
from bot.views.group_card import standing_button, standing_card, standing_name
from bot.views.permissions import TO_SEND_IN_FORUM, missing, needed, usable_tags

A_WEEK_QUIET: Literal[10080] = 10080  # minutes until Discord puts a post away
CLOCKS_DIFFER = timedelta(minutes=10)  # at most, Discord's and ours
ASKS_TO_SEND = re.compile(r"/channels/[0-9]+/(messages|threads)$")
ASKED_AGAIN = frozenset({500, 502, 504, 524})
"""Answers after which discord.py repeats a request by itself."""


class ForumPosts:
    """What the postman does in forums, where each group has one post of ours."""

    def __init__(self, delivery: Delivery, groups: Groups) -> None:
        self._delivery = delivery
        self._groups = groups

    async def make(self, row: OutboxRow, forum: discord.ForumChannel) -> None:
        """Make a group's post. It can have no nonce, so after an attempt we look for it first."""
        if lacks := missing(forum, needed(forum)):
            await self._delivery.not_sent(row, Lacks(lacks))
            return
        trace = by_button(standing_button(int(row.reference)))
        if row.tried_at is not None:
            found = await _post_since(forum, row.tried_at - CLOCKS_DIFFER, trace)
            if found is not None:
                await self._delivery.sent(row, found.id)
                return
        tags = usable_tags(forum)
        if tags is None:
            await self._delivery.not_sent(row, "tag_needed")
        elif await self._delivery.begin(row, forum.id, trace):
            # From here on, each change of the group also changes this card.
            status = await self._groups.status(forum.id, None)
            made = await forum.create_thread(
                name=standing_name(status.curriculum.title),
                view=standing_card(status),
                applied_tags=tags,
                auto_archive_duration=A_WEEK_QUIET,
                allowed_mentions=discord.AllowedMentions.none(),
            )
            await self._delivery.sent(row, made.thread.id)

    async def opened(self, row: OutboxRow, forum: discord.ForumChannel) -> discord.Thread | None:
        """Return the post for this row; or None, after giving the row back with the reason."""
        if lacks := missing(forum, TO_SEND_IN_FORUM):
            await self._delivery.not_sent(row, Lacks(lacks))
            return None
        group = await self._groups.find(forum.id)
        standing_id = None if group is None else group.standing_id
        post = None if standing_id is None else await _post(forum, standing_id)
        if post is None:
            await self._delivery.await_standing(row, standing_id)
        elif post.locked and not forum.permissions_for(forum.guild.me).manage_threads:
            await self._delivery.not_sent(row, "locked")
        elif post.archived and (post.locked or row.kind == "sign"):
            return await post.edit(archived=False)  # a new message opens the others by itself
        else:
            return post
        return None

    async def change_card(self, row: OutboxRow, post: discord.Thread) -> None:
        """Bring the card at the top of the post up to date. Twice is harmless."""
        status = await self._groups.status(row.channel_id, None)
        trace = by_button(standing_button(status.group.group_id))
        card = await _first_message(post)
        if card is None or not is_of(trace, card):
            await self._delivery.drop(row, "card_gone")
            return
        await card.edit(view=standing_card(status))
        await self._delivery.sent(row, card.id)


def ask_once() -> aiohttp.TraceConfig:
    """Return what stops discord.py from repeating a request for a message or a forum's post.

    After a 5xx it repeats any request. The first one may have worked, and a forum's post has no
    nonce, so there would be two; and a refused second request says nothing about the first. So a
    5xx is an error at once, and the caller looks before it tries again.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_answered)
    trace.on_request_exception.append(_hung_up)
    return trace


async def _post(forum: discord.ForumChannel, post_id: int) -> discord.Thread | None:
    """Return a post, archived or not; discord.py's cache has only the open ones."""
    if post := forum.get_thread(post_id):
        return post
    try:
        found = await forum.guild.fetch_channel(post_id)
    except discord.NotFound as error:
        if error.code != UNKNOWN_CHANNEL:
            raise
        return None
    return found if isinstance(found, discord.Thread) else None


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
        is_ours = post.owner_id == forum.guild.me.id
        if is_ours and discord.utils.snowflake_time(post.id) >= since:
            card = await _first_message(post)
            if card is not None and is_of(trace, card):
                return post
    return None


async def _first_message(post: discord.Thread) -> discord.Message | None:
    # Discord sends the oldest first; simcord may send the newest hundred.
    async for message in post.history(limit=100, oldest_first=True):
        return message
    return None


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
