"""A reader's commands: next, done, search, curriculum, path, progress, me, help."""

from discord import app_commands
from discord.ext import commands

from bot.cogs import NamesLists
from bot.core.curriculum import Kind
from bot.core.recommend import Filters
from bot.services.opening import Services
from bot.views.curriculum_card import found_card, index_card, path_card, step_card
from bot.views.me_card import help_card, me_card
from bot.views.parts import Interaction
from bot.views.problems import home_of, where_in
from bot.views.progress_card import progress_card, share_progress
from bot.views.replies import (
    CHOICES,
    Choices,
    all_choice,
    answer,
    found_choices,
    offers,
    resource_choices,
    step_choices,
)
from bot.views.resource_card import done_card, next_card


class ReadingCog(NamesLists, commands.Cog, name="reading"):
    """Its commands are for servers, direct messages and user installs alike."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.reading = services.reading
        self.finding = services.finding
        for command in self.get_app_commands():
            command.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
            command.allowed_contexts = app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=True
            )

    @app_commands.command(name="next")
    @app_commands.describe(
        minutes="How many minutes you have",
        kind="Only this kind",
        step="Only from this step of the list",
        must_reads="Only must-reads",
        list_="From this list, where there are several",
    )
    @app_commands.rename(list_="list")
    async def next_(
        self,
        interaction: Interaction,
        minutes: app_commands.Range[int, 1, 10_000] | None = None,
        kind: Kind | None = None,
        step: str | None = None,
        must_reads: bool = False,
        list_: str | None = None,
    ) -> None:
        """Show what to read next, and why."""
        who, where = interaction.user.id, await self.where(interaction, list_)
        step_id = await self.finding.step_id(who, where, step) if step else None
        filters = Filters(kind, step_id, must_reads)
        reply = await self.reading.next_for(who, where, filters, minutes=minutes)
        await answer(interaction, next_card(reply))

    @app_commands.command()
    @app_commands.describe(
        resource="What you have read; several titles work too. If empty: what /next showed last",
        rating="Was it worth reading? 5 is best",
    )
    async def done(
        self,
        interaction: Interaction,
        resource: str | None = None,
        rating: app_commands.Range[int, 1, 5] | None = None,
    ) -> None:
        """Mark something as read, and see what comes next."""
        who, where = interaction.user.id, where_in(interaction)
        told = await (
            self.reading.finish_current(who, where, rating)
            if resource is None
            else self.reading.finish(who, where, resource, rating)
        )
        await answer(interaction, done_card(told))

    @app_commands.command()
    @app_commands.describe(query="A title, a topic, a question, an author, a year, a link")
    async def search(self, interaction: Interaction, query: str) -> None:
        """Find anything on the list. Typos are fine."""
        found = await self.finding.find(interaction.user.id, where_in(interaction), query)
        await answer(interaction, found_card(found))

    @app_commands.command()
    @app_commands.describe(
        step="Show only this step", list_="Another list, where there are several"
    )
    @app_commands.rename(list_="list")
    async def curriculum(
        self, interaction: Interaction, step: str | None = None, list_: str | None = None
    ) -> None:
        """Show the whole list with your progress, or one step of it."""
        who, where = interaction.user.id, await self.where(interaction, list_)
        curriculum, reader = await self.reading.reader(who, where)
        if step is None:
            view = index_card(curriculum, reader)
        else:
            view = step_card(
                curriculum, reader, self.services.curricula.step(curriculum.steps, step)
            )
        await answer(interaction, view)

    @app_commands.command()
    @app_commands.describe(resource="What you want to be able to read, or a step of the list")
    async def path(self, interaction: Interaction, resource: str) -> None:
        """Show what to read before something, in order. You can make it your goal."""
        path = await self.reading.path(interaction.user.id, where_in(interaction), resource)
        in_server = interaction.client.get_guild(interaction.guild_id or 0) is not None
        await answer(interaction, path_card(path, in_server=in_server))

    @app_commands.command()
    @app_commands.describe(
        share="Show it to everyone here", list_="In this list, where there are several"
    )
    @app_commands.rename(list_="list")
    async def progress(
        self, interaction: Interaction, share: bool = False, list_: str | None = None
    ) -> None:
        """Show how far you are, and how much is left."""
        where = await self.where(interaction, list_)
        journey = await self.reading.journey(interaction.user.id, where)
        if not share:
            await answer(interaction, progress_card(journey))
            return
        language = await self.services.groups.language_at(
            home_of(interaction), str(interaction.locale)
        )
        await share_progress(interaction, journey, language, self.services.draw)

    @app_commands.command()
    async def me(self, interaction: Interaction) -> None:
        """See, download or delete what I keep about you."""
        await answer(interaction, me_card(await self.services.me.about(interaction.user.id)))

    @app_commands.command()
    async def help(self, interaction: Interaction) -> None:
        """Show what I can do for you."""
        await answer(interaction, help_card())

    @done.autocomplete("resource")
    @offers
    async def _done(self, interaction: Interaction, typed: str) -> Choices:
        who, where = interaction.user.id, where_in(interaction)
        named = await self.finding.all_named(who, where, typed)
        found = await self.finding.suggestions(who, where, typed, undone=True)
        return [*all_choice(named, typed), *resource_choices(found)][:CHOICES]

    @path.autocomplete("resource")
    @search.autocomplete("query")
    @offers
    async def _anything(self, interaction: Interaction, typed: str) -> Choices:
        who, where = interaction.user.id, where_in(interaction)
        return found_choices(await self.finding.offers(who, where, typed))

    @next_.autocomplete("step")
    @curriculum.autocomplete("step")
    @offers
    async def _steps(self, interaction: Interaction, typed: str) -> Choices:
        who, named = interaction.user.id, getattr(interaction.namespace, "list", None)
        where = await self.where(interaction, named)
        return step_choices(await self.finding.steps(who, where, typed))

    next_.autocomplete("list_")(NamesLists.offer_lists)
    curriculum.autocomplete("list_")(NamesLists.offer_lists)
    progress.autocomplete("list_")(NamesLists.offer_lists)
