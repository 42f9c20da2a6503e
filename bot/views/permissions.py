"""What the bot needs in a channel, by Discord's own names for it."""

from __future__ import annotations

from collections.abc import Iterable

import discord

from bot.core.outbox import Lacks, Permission, Problem
from bot.language import _
from bot.views.phrases import joined

TO_SEND: tuple[Permission, ...] = ("view_channel", "send_messages")
TO_SEND_IN_FORUM: tuple[Permission, ...] = ("view_channel", "send_messages_in_threads")
TO_LOOK: tuple[Permission, ...] = ("read_message_history",)
"""Without this Discord shows an empty history, not an error."""

POLLS: tuple[Permission, ...] = ("send_polls",)
"""Without this no vote is called."""


def needed(channel: discord.abc.GuildChannel, *, has_post: bool = False) -> tuple[Permission, ...]:
    """Return the permissions without which nothing is posted.

    In a forum a post is made first; ``has_post``: the group's is there.
    """
    if has_post:
        return (*TO_SEND_IN_FORUM, *TO_LOOK)
    if isinstance(channel, discord.ForumChannel):
        return ("view_channel", "send_messages", "send_messages_in_threads", *TO_LOOK)
    return (*TO_SEND, *TO_LOOK)


def wanted(channel: discord.abc.GuildChannel) -> tuple[Permission, ...]:
    """Return the permissions without which posts lack something, for the warning to moderators."""
    if isinstance(channel, discord.ForumChannel):
        return ("embed_links",)
    return ("embed_links", "create_public_threads", "send_messages_in_threads")


def missing(
    channel: discord.abc.GuildChannel, names: tuple[Permission, ...]
) -> tuple[Permission, ...]:
    """Return which of the permissions the bot lacks in the channel, as Discord's cache has them."""
    held = channel.permissions_for(channel.guild.me)
    return tuple(name for name in names if not getattr(held, name))


def in_words(names: Iterable[Permission]) -> str:
    """Return permissions as Discord's own settings name them."""
    named: dict[Permission, str] = {
        "view_channel": _("View Channel"),
        "send_messages": _("Send Messages"),
        "read_message_history": _("Read Message History"),
        "embed_links": _("Embed Links"),
        "create_public_threads": _("Create Public Threads"),
        "send_messages_in_threads": _("Send Messages in Threads"),
        "send_polls": _("Send Polls"),
    }
    return joined([named[name] for name in names])


def lacks(channel: discord.abc.GuildChannel, names: tuple[Permission, ...]) -> Lacks | None:
    """Return which of the permissions are missing, as a problem."""
    lacking = missing(channel, names)
    return Lacks(lacking) if lacking else None


def problem_in(channel: discord.abc.GuildChannel, *, has_post: bool = False) -> Problem | None:
    """Return what keeps papers out of a channel; ``has_post``: the group's is in its forum."""
    if problem := lacks(channel, needed(channel, has_post=has_post)):
        return problem
    if isinstance(channel, discord.ForumChannel) and not has_post and usable_tags(channel) is None:
        return "tag_needed"
    return None


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
