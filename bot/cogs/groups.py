"""Study groups: what members see of theirs, and the hello to a new server."""

from datetime import timedelta
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.services.delivery import Deliver
from bot.services.opening import Services
from bot.views.channels import here_of, home_of
from bot.views.group_card import members_card
from bot.views.replies import answer
from bot.views.start_card import lost_groups_card

NEWCOMER = timedelta(days=1)
"""How long after joining a server is still greeted."""


async def tell_lost_groups(interaction: discord.Interaction[Any], services: Services) -> bool:
    """Show a moderator this server's groups without a channel; tell whether there are any."""
    lost = await services.groups.lost(here_of(interaction))
    if lost is not None:
        await answer(interaction, lost_groups_card(lost, interaction.user.id))
    return lost is not None


class GroupsCog(commands.Cog, name="groups"):
    def __init__(self, bot: commands.AutoShardedBot, services: Services, deliver: Deliver) -> None:
        self.bot = bot
        self.services = services
        self.deliver = deliver

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True, users=False)
    async def group(self, interaction: discord.Interaction[Any]) -> None:
        """Show what this channel's study group reads, and join or leave it."""
        place, is_moderator = home_of(interaction), interaction.permissions.manage_guild
        has_none = is_moderator and await self.services.groups.find(place) is None
        if has_none and await tell_lost_groups(interaction, self.services):
            return
        status = await self.services.groups.status(place, interaction.user.id)
        guild, who = interaction.guild, interaction.user.id
        await answer(interaction, members_card(guild, status, who, is_moderator=is_moderator))
        if is_moderator:
            await tell_lost_groups(interaction, self.services)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Greet servers that invited the bot while it was away."""
        await self._greet(*self.bot.guilds)

    @commands.Cog.listener("on_guild_join")
    @commands.Cog.listener("on_guild_back")
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a server once; one that invites the bot again goes on as before."""
        await self.services.guilds.arrived(guild.id)
        await self._greet(guild)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Stop all work for a server. An outage isn't a removal: discord.py tells them apart."""
        await self.services.guilds.removed(guild.id)

    async def _greet(self, *guilds: discord.Guild) -> None:
        greeted = []
        for guild in guilds:
            joined_at, channel = guild.me.joined_at, guild.system_channel
            if channel is None or joined_at is None:
                continue
            is_new = discord.utils.utcnow() - joined_at < NEWCOMER
            if is_new and not await self.services.groups.running_in(guild.id):
                await self.services.delivery.greet(guild.id, channel.id)
                greeted.append(guild.id)
        if greeted:
            await self.deliver.now(*greeted)
        self.deliver.look_again()
