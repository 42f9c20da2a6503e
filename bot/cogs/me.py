"""What the bot keeps about whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.services.me import Me
from bot.views.me_card import me_card
from bot.views.replies import answer

if TYPE_CHECKING:
    from bot.app import NextreadBot


class MeCog(commands.Cog, name="me"):
    def __init__(self, me: Me) -> None:
        self.kept = me

    @app_commands.command()
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def me(self, interaction: discord.Interaction[NextreadBot]) -> None:
        """Show what I keep about you: download it, or delete it."""
        await answer(interaction, me_card(await self.kept.about(interaction.user.id)))


async def setup(bot: NextreadBot) -> None:
    """Add the command."""
    await bot.add_cog(MeCog(bot.services.me))
