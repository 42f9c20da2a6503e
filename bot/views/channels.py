"""What Discord's cache says of a server's channels and roles, as values."""

from typing import Any

import discord

from bot.core.groups import Here, SeenChannel, SeenRole
from bot.core.outbox import Lacks
from bot.errors import CannotPostError, WrongChannelError
from bot.views.problems import is_mentionable, problem_in, problem_text

CHANNELS_OF_GROUPS = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.forum)
"""Where a group can be: Discord's announcement channels are text channels, its media are forums."""

GroupChannel = discord.TextChannel | discord.ForumChannel


def home_of(interaction: discord.Interaction[Any]) -> int:
    """Return the channel a command or a click is about: in a thread, its parent."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return interaction.channel_id or 0


def channel_of(interaction: discord.Interaction[Any], channel_id: int) -> GroupChannel:
    """Return a channel of the interaction's own server, for papers to be posted in.

    Raises:
        CannotPostError: there is no such channel, or the bot can't see it.
        WrongChannelError: it is a voice channel, a media channel, or another without messages.
    """
    guild = interaction.guild
    channel = None if guild is None else guild.get_channel(channel_id)
    if channel is None:
        raise CannotPostError(problem_text(Lacks(("view_channel",))))
    if not isinstance(channel, GroupChannel) or channel.type is discord.ChannelType.media:
        raise WrongChannelError
    return channel


def here_of(interaction: discord.Interaction[Any]) -> Here:
    """Return who asks and where, with what Discord's cache says of their server."""
    guild, locale = interaction.guild, str(interaction.guild_locale or "")
    channel_ids = None
    if guild is not None and not guild.unavailable:
        channel_ids = frozenset(channel.id for channel in guild.channels)
    guild_id, who = interaction.guild_id or 0, interaction.user.id
    return Here(guild_id, home_of(interaction), who, locale, channel_ids)


def seen_channel(channel: GroupChannel) -> SeenChannel:
    """Return a channel for papers, with what keeps them out of it in words."""
    is_forum = isinstance(channel, discord.ForumChannel)
    problem, post_problem = problem_in(channel), problem_in(channel, has_post=True)
    in_words = [problem_text(each) if each else None for each in (problem, post_problem)]
    return SeenChannel(channel.id, is_forum, *in_words)


def seen_role(guild: discord.Guild, role_id: int | None) -> SeenRole | None:
    """Return a role that papers are to mention; None if there is none."""
    role = guild.get_role(role_id or 0)
    if role is None:
        return None
    return SeenRole(None if role.is_default() else role.name, is_mentionable(role))
