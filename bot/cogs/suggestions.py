"""Suggestions: what members want on their server's list."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.moderation import WHY_LIMIT
from bot.errors import WhyWithoutLinkError
from bot.language import message
from bot.services.opening import Deliver, Services
from bot.views.parts import Interaction
from bot.views.problems import where_in
from bot.views.replies import answer
from bot.views.suggestions_card import suggested_card, suggestion_card, which_link_card

MESSAGE_COMMAND = message("Suggest for the reading list")


class SuggestionsCog(commands.Cog, name="suggestions"):
    def __init__(self, services: Services, deliver: Deliver) -> None:
        self.services, self.deliver = services, deliver
        self.of_message = app_commands.ContextMenu(
            name=MESSAGE_COMMAND,
            callback=self._of_message,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
        )

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.describe(
        link="Its web address, an arXiv id or a DOI; without it you see what is suggested",
        why="Why we should read it; only moderators see it",
    )
    async def suggest(
        self,
        interaction: Interaction,
        link: str | None = None,
        why: app_commands.Range[str, 0, WHY_LIMIT] = "",
    ) -> None:
        """Suggest something for this server's reading list, or want what others suggested."""
        if link is not None:
            await self._suggest(interaction, link, why)
            return
        if why:
            raise WhyWithoutLinkError
        suggestions, guild_id = self.services.suggestions, interaction.guild_id or 0
        await answer(
            interaction,
            suggested_card(await suggestions.suggested(guild_id, interaction.user.id)),
        )

    async def _suggest(self, interaction: Interaction, link: str, why: str = "") -> None:
        where, who = where_in(interaction), interaction.user.id
        found = await self.services.suggestions.suggest(where, who, link, why)
        self.deliver.look_again()  # the first of all is told to a moderator
        await answer(interaction, suggestion_card(found))

    async def _of_message(self, interaction: Interaction, message: discord.Message) -> None:
        suggestions, who = self.services.suggestions, interaction.user.id
        links = suggestions.links_in(*_texts_of(message))
        if len(links) == 1:
            await self._suggest(interaction, links[0])
            return
        kept = await suggestions.keep_links(interaction.guild_id or 0, who, links)
        await answer(interaction, which_link_card(links, kept))


def _texts_of(message: discord.Message) -> list[str]:
    """Return what a message says: in its own words, in what it forwards, in its embeds.

    Discord makes embeds of links, too, with links of their own: what is written comes first.
    """
    said: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    embeds = [embed for each in said for embed in each.embeds]
    return [
        *(each.content for each in said),
        "\n".join(embed.url for embed in embeds if embed.url),
        "\n".join(
            text
            for embed in embeds
            for text in (embed.description, *(field.value for field in embed.fields))
            if text
        ),
    ]
