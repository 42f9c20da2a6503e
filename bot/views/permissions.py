"""What Discord's cache says of servers, channels and roles, and what the bot needs there."""

from __future__ import annotations

from typing import Any

import discord

from bot.core.groups import SeenChannel, SeenGuild, SeenRole

TO_SEND = ("view_channel", "send_messages")
TO_SEND_IN_FORUM = ("view_channel", "send_messages_in_threads")
TO_LOOK = ("read_message_history",)
"""Without this Discord shows an empty history, not an error."""

POLLS = ("send_polls",)
"""Without this no vote is called."""

TAG_NEEDED = "tag_needed"
"""The problem of a forum in which a post must have a tag, and none is for us."""

NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "embed_links": "Embed Links",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "send_polls": "Send Polls",
}


def needed(channel: discord.abc.GuildChannel, *, has_post: bool = False) -> tuple[str, ...]:
    """Return the permissions without which nothing is posted.

    In a forum a post is made first; ``has_post``: the group's is there.
    """
    if has_post:
        return (*TO_SEND_IN_FORUM, *TO_LOOK)
    if isinstance(channel, discord.ForumChannel):
        return ("view_channel", "send_messages", "send_messages_in_threads", *TO_LOOK)
    return (*TO_SEND, *TO_LOOK)


def wanted(channel: discord.abc.GuildChannel) -> tuple[str, ...]:
    """Return those without which something is missing from posts; moderators are told."""
    if isinstance(channel, discord.ForumChannel):
        return ("embed_links",)
    return ("embed_links", "create_public_threads", "send_messages_in_threads")


def missing(channel: discord.abc.GuildChannel, names: tuple[str, ...]) -> list[str]:
    """Return which of the permissions the bot lacks in the channel, as Discord's cache has them."""
    held = channel.permissions_for(channel.guild.me)
    return [name for name in names if not getattr(held, name)]


def role_of(guild: discord.Guild, role_id: int | None) -> discord.Role | None:
    """Return the role that a group's papers mention, if it is there and one to be mentioned."""
    role = guild.get_role(role_id or 0)
    return role if role is not None and is_mentionable(role) else None


def is_mentionable(role: discord.Role) -> bool:
    """Tell whether a role is of people who chose it: not @everyone, no app's, no booster's."""
    return not role.is_default() and not role.managed


def can_mention(role: discord.Role, channel: discord.abc.GuildChannel) -> bool:
    """Tell whether mentioning the role there would reach its members."""
    return role.mentionable or channel.permissions_for(channel.guild.me).mention_everyone


def usable_tags(forum: discord.ForumChannel) -> list[discord.ForumTag] | None:
    """Return the tags a standing post gets: none, or the one a forum wants; None: none will do."""
    if not forum.flags.require_tag:
        return []
    may_all = forum.permissions_for(forum.guild.me).manage_threads
    usable = [tag for tag in forum.available_tags if may_all or not tag.moderated]
    return usable[:1] or None


def seen_guild(interaction: discord.Interaction[Any]) -> SeenGuild:
    """Return what Discord's cache says of the interaction's server."""
    guild, locale = interaction.guild, str(interaction.guild_locale or "")
    if guild is None:
        return SeenGuild(interaction.guild_id or 0, locale, frozenset(), unavailable=True)
    channel_ids = frozenset(channel.id for channel in guild.channels)
    return SeenGuild(guild.id, locale, channel_ids, guild.unavailable)


def seen_channel(channel: discord.TextChannel | discord.ForumChannel) -> SeenChannel:
    """Return what Discord's cache says of a channel for papers."""
    is_forum = isinstance(channel, discord.ForumChannel)
    problem, post_problem = _problem(channel), _problem(channel, has_post=True)
    return SeenChannel(channel.id, is_forum, problem, post_problem)


def _problem(
    channel: discord.TextChannel | discord.ForumChannel, *, has_post: bool = False
) -> str | None:
    if lacks := missing(channel, needed(channel, has_post=has_post)):
        return f"lacks:{','.join(lacks)}"
    if isinstance(channel, discord.ForumChannel) and not has_post and usable_tags(channel) is None:
        return TAG_NEEDED
    return None


def seen_role(guild: discord.Guild, role_id: int | None) -> SeenRole | None:
    """Return what Discord's cache says of a role, if it is there."""
    role = guild.get_role(role_id or 0)
    if role is None:
        return None
    name = None if role.is_default() else role.name
    return SeenRole(role.id, name, is_mentionable(role))
