"""Study groups: what members see of theirs."""

from discord import app_commands
from discord.ext import commands

from bot.errors import MergedGroupError, NoGroupError
from bot.services.opening import Services
from bot.views.group_card import members_card
from bot.views.moderators_card import lost_groups_card
from bot.views.parts import Interaction
from bot.views.problems import here_of, home_of, in_sight
from bot.views.replies import answer

MOST_ROOMS = 5
"""Channels with groups that are named where there is none."""


async def tell_lost_groups(interaction: Interaction, services: Services) -> bool:
    """Show a moderator this server's groups without a channel; tell whether there are any."""
    lost = await services.groups.lost(here_of(interaction))
    if lost:
        await answer(interaction, lost_groups_card(lost, interaction.user.id))
    return lost is not None


class GroupsCog(commands.Cog, name="groups"):
    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True, users=False)
    async def group(self, interaction: Interaction) -> None:
        """Show what this channel's study group reads, and join or leave it."""
        place, is_moderator = home_of(interaction), interaction.permissions.manage_guild
        has_none = is_moderator and await self.services.groups.find(place) is None
        if has_none and await tell_lost_groups(interaction, self.services):
            return
        try:
            status = await self.services.groups.status(place, interaction.user.id)
        except MergedGroupError:
            raise
        except NoGroupError:
            running = await self.services.groups.running_in(interaction.guild_id or 0)
            seen = in_sight(interaction, [group.channel_id for group in running])
            raise NoGroupError(tuple(seen[:MOST_ROOMS])) from None
        guild, who = interaction.guild, interaction.user.id
        await answer(interaction, members_card(guild, status, who, is_moderator=is_moderator))
        if is_moderator:
            await tell_lost_groups(interaction, self.services)
