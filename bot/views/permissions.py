"""What the bot needs in a channel, by Discord's own names for it."""

from __future__ import annotations

import discord

NEEDED = ("view_channel", "send_messages", "read_message_history")
"""Without these nothing is posted."""

WANTED = ("embed_links", "create_public_threads", "send_messages_in_threads")
"""Without these something is missing from the post, and moderators are told."""

POLLS = ("send_polls",)
"""Without this no vote is called."""

NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "embed_links": "Embed Links",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "send_polls": "Send Polls",
}


def missing(channel: discord.abc.GuildChannel, names: tuple[str, ...]) -> list[str]:
    """Return which of the permissions the bot lacks in the channel, as Discord's cache has them."""
    held = channel.permissions_for(channel.guild.me)
    return [name for name in names if not getattr(held, name)]


def can_mention(role: discord.Role, channel: discord.abc.GuildChannel) -> bool:
    """Tell whether mentioning the role there would reach its members."""
    return role.mentionable or channel.permissions_for(channel.guild.me).mention_everyone
