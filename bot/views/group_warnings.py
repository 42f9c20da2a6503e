"""What would make a group's posts better: told to moderators alone."""

from __future__ import annotations

from dataclasses import replace

import discord

from bot.core.groups import Group, GroupStatus
from bot.views import trouble_texts
from bot.views.permissions import (
    POLLS,
    TAG_NEEDED,
    can_mention,
    is_mentionable,
    lacks,
    missing,
    needed,
    problem_in,
    wanted,
)

SEEN_TO_BE_MENDED = frozenset({"guild_unavailable", "bot_removed", TAG_NEEDED})
"""Problems that a group can't have while its channel is seen, and needs nothing."""


def as_now(guild: discord.Guild | None, status: GroupStatus) -> GroupStatus:
    """Return the status with what is in its way now, as Discord's cache has it.

    What was noted when a message couldn't be sent may have been mended since; and what will keep
    the next one away can be told before it is due.
    """
    channel = guild.get_channel(status.group.channel_id) if guild else None
    if channel is None:
        return status
    group = replace(status.group, blocked=_blocked(channel, status.group))
    problem = status.vote_problem
    if status.vote is not None and problem is not None and problem.startswith("lacks:"):
        problem = lacks(channel, (*needed(channel), *POLLS))
    return replace(status, group=group, vote_problem=problem)


def _blocked(channel: discord.abc.GuildChannel, group: Group) -> str | None:
    has_post, noted = group.standing_id is not None, group.blocked
    if noted in trouble_texts.UNCERTAIN:  # only somebody who looks can tell
        return noted
    if problem := problem_in(channel, has_post=has_post):
        return problem
    if noted is None or noted.startswith("lacks:") or noted in SEEN_TO_BE_MENDED:
        return None
    if noted == "locked" and (post := channel.guild.get_thread(group.standing_id or 0)):
        may_write = post.permissions_for(channel.guild.me).manage_threads
        return noted if post.locked and not may_write else None
    return noted


def role_line(guild: discord.Guild | None, group: Group) -> str | None:
    """Return whom a group's papers mention, or why nobody; None: no role was set."""
    if guild is None or group.role_id is None:
        return None
    role, channel = guild.get_role(group.role_id), guild.get_channel(group.channel_id)
    if role is None:
        return trouble_texts.ROLE_LOST
    if not is_mentionable(role):
        return trouble_texts.ROLE_UNFIT
    if channel is not None and not can_mention(role, channel):
        return trouble_texts.role_text(role.name)
    return trouble_texts.mentioned_text(role.mention)


def group_warnings(guild: discord.Guild | None, status: GroupStatus) -> list[str]:
    """Return what a group's posts come without but a role, as Discord's cache has it."""
    group = status.group
    channel = None if guild is None else guild.get_channel(group.channel_id)
    if guild is None or channel is None:
        return []
    warnings = []
    can_post = not missing(channel, needed(channel, has_post=group.standing_id is not None))
    if can_post and (lacks := missing(channel, wanted(channel))):
        warnings.append(trouble_texts.wanted_text(lacks))
    if status.thread_problem == "no_more_threads":
        warnings.append(trouble_texts.THREADS_FULL)
    return warnings
