"""The door: commands of about five lines that join a service to a view."""

from bot.core.lists import Where
from bot.services.opening import Services
from bot.views.lists_card import list_choices
from bot.views.parts import Interaction
from bot.views.problems import where_in
from bot.views.replies import Choices, offers


class NamesLists:
    """A cog some of whose commands have the option ``list``."""

    services: Services

    async def where(self, interaction: Interaction, named: str | None) -> Where:
        """Return where a command is typed, with the list that it names."""
        return await self.services.lists.named(interaction.user.id, where_in(interaction), named)

    @offers
    async def offer_lists(self, interaction: Interaction, typed: str) -> Choices:
        """Offer the lists in sight."""
        titles = await self.services.lists.titles(interaction.user.id, where_in(interaction))
        return list_choices(titles, typed)
