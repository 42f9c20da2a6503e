"""Study groups: what members see of theirs, and the hello to a new server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.services.delivery import Delivery
from bot.services.groups import Groups
from bot.views.group_card import group_card
from bot.views.replies import answer
from bot.views.start_card import standing_warnings

if TYPE_CHECKING:
    from bot.app import NextreadBot

NEWCOMER = timedelta(days=1)
"""A server that the bot joined longer ago isn't greeted any more."""


class GroupsCog(commands.Cog, name="groups"):
    def __init__(self, bot: NextreadBot, groups: Groups, delivery: Delivery) -> None:
        self.bot = bot
        self.groups = groups
        self.delivery = delivery

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True, users=False)
    async def group(self, interaction: discord.Interaction[NextreadBot]) -> None:
        """Show what this channel's study group reads, and join or leave it."""
        status = await self.groups.status(home_of(interaction), interaction.user.id)
        is_moderator = interaction.permissions.manage_guild
        warnings = standing_warnings(interaction.guild, status.group) if is_moderator else []
        await answer(interaction, group_card(status, warnings))

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Greet servers that invited the bot while it was away."""
        for guild in self.bot.guilds:
            await self._greet(guild)
        await self.bot.postman.deliver_due()
        self.bot.weekly_changed()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a server, once."""
        await self._greet(guild)
        await self.bot.postman.deliver_due()
        self.bot.weekly_changed()

    async def _greet(self, guild: discord.Guild) -> None:
        joined_at, channel = guild.me.joined_at, guild.system_channel
        if channel is None or joined_at is None:
            return
        if discord.utils.utcnow() - joined_at < NEWCOMER:
            await self.delivery.greet(guild.id, channel.id)


def home_of(interaction: discord.Interaction[NextreadBot]) -> int:
    """Return the channel a command is about: in a thread, its parent."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return interaction.channel_id or 0


async def setup(bot: NextreadBot) -> None:
    """Add the command and the hello."""
    await bot.add_cog(GroupsCog(bot, bot.groups, bot.delivery))
