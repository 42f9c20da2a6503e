"""What moderators do: one command, `/manage`, hidden from others by Discord."""

from dataclasses import replace
from functools import partial
from typing import Literal, get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs import NamesLists
from bot.cogs.groups import tell_lost_groups
from bot.core.curriculum.merge import MODES, Mode
from bot.core.groups import GroupWish, MeetsWish, SetUp
from bot.core.papers import FEWEST, LONGEST, MOST, VoteWish
from bot.core.weeks import MOST_APART
from bot.core.zones import zones_matching
from bot.language import languages, message
from bot.services.imports import check_size, read_in_background
from bot.services.opening import Deliver, Services
from bot.services.server_list import ServerList
from bot.views.inbox_card import inbox_card
from bot.views.lists_card import going_on, import_card, lists_card, paste_card
from bot.views.manage_card import card_of, edit_choices, new_step_choices
from bot.views.moderators_card import set_up_card
from bot.views.parts import Interaction
from bot.views.pick_card import check_polls, pick_card, vote_card, week_choices
from bot.views.problems import (
    CHANNELS_OF_GROUPS,
    channel_of,
    here_of,
    home_of,
    locale_of,
    seen_channel,
    seen_role,
)
from bot.views.replies import (
    CHOICES,
    Choices,
    all_choice,
    answer,
    choice,
    keep_current,
    list_choices,
    offers,
    resource_choices,
)

Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class ChannelOfGroups(app_commands.Transformer):
    """Offers channels that papers go to; for forums, discord.py would offer media channels too."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return list(CHANNELS_OF_GROUPS)

    async def transform(
        self, interaction: Interaction, value: app_commands.AppCommandChannel, /
    ) -> app_commands.AppCommandChannel:
        del interaction
        return value


GroupChannel = app_commands.Transform[app_commands.AppCommandChannel, ChannelOfGroups]


MODE_NAMES: dict[Mode, str] = {
    "new": message("A new list"),
    "add": message("Add to a list"),
    "replace": message("In place of a list"),
}


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
class ManageCog(NamesLists, commands.GroupCog, group_name="manage"):
    """Run study groups and the reading list of this server."""

    def __init__(self, services: Services, deliver: Deliver) -> None:
        self.services = services
        self.deliver = deliver

    @app_commands.command()
    @app_commands.describe(
        zone="City or time zone of the group",
        day="Day of the week; Monday if you don't say",
        time="Time of day there, such as 09:00 or 9 pm; 09:00 if you don't say",
        every="Weeks from one paper to the next; 1 if you don't say",
        meets="When it meets, such as Thursday 20:00, 90 min, #a-voice-channel; or none",
        channel="A text or announcement channel, or a forum; here if you don't say",
        role="Mentioned with each paper; nobody if you don't say",
        list_="What it reads, where there are several lists",
        language="In which I write to its channel; yours if you don't say",
    )
    @app_commands.rename(list_="list")
    @app_commands.choices(
        language=[app_commands.Choice(name=n, value=c) for c, n in languages().items()]
    )
    async def group(
        self,
        interaction: Interaction,
        zone: str | None = None,
        day: Day | None = None,
        time: str | None = None,
        every: app_commands.Range[int, 1, MOST_APART] | None = None,
        meets: str | None = None,
        channel: GroupChannel | None = None,
        role: discord.Role | None = None,
        list_: str | None = None,
        language: str = "",
    ) -> None:
        """Post a paper every week in a channel, or change when and where."""
        place = channel_of(interaction, channel.id if channel else home_of(interaction))
        groups, who, here = self.services.groups, interaction.user.id, here_of(interaction)
        found = await groups.find(place.id)
        says_more = any((zone, day, time, every, meets, role, list_, language))
        list_id = (await self.where(interaction, list_)).list_id
        is_bare = found is None and not says_more and channel is None
        if is_bare and await tell_lost_groups(interaction, self.services):
            return
        if found is None and zone is None:
            zone = (await self.services.me.settings(who)).zone
        made: SetUp
        if found is not None and not says_more:
            made = await groups.status(place.id, who)
        else:
            weekday, role_id = get_args(Day).index(day) if day else None, role.id if role else None
            wish = GroupWish(weekday, time, role_id, zone or "", list_id, every)
            meets_wish = MeetsWish(meets, keeps=True) if meets else None
            wish = replace(wish, meets=meets_wish, language=language)
            there, seen = seen_channel(place), seen_role(place.guild, role_id)
            made = await groups.set_up(here, there, wish, seen)
            self.deliver.look_again()
        await answer(interaction, set_up_card(interaction.guild, made, who, here.channel_id))
        if found is not None:  # else it was asked which is meant
            await tell_lost_groups(interaction, self.services)

    @app_commands.command()
    @app_commands.describe(
        resource="What the group will read",
        channel="The group's channel; this one if you don't say",
        date="The week, or a day in it such as 2026-01-12; the next week if you don't say",
    )
    async def pick(
        self,
        interaction: Interaction,
        resource: str,
        channel: GroupChannel | None = None,
        date: str | None = None,
    ) -> None:
        """Choose what a study group reads in a week, instead of what comes next."""
        place = channel.id if channel else home_of(interaction)
        where, who = interaction.guild_id or 0, interaction.user.id
        reply = await self.services.papers.pick(where, place, who, resource, date)
        await answer(interaction, pick_card(reply, who))
        self.deliver.look_again()  # the card of a new group tells its first papers

    @app_commands.command()
    @app_commands.describe(
        resources='Up to five titles, such as "GPT-2, LoRA and BERT"; else the next of the list',
        candidates="How many to choose from; 3, or all that you name, if you don't say",
        hours="How many hours the poll is open; 48 if you don't say, or less if the paper is soon",
        date="The week, or a day in it such as 2026-01-12; the next week if you don't say",
        channel="The group's channel; this one if you don't say",
    )
    async def vote(
        self,
        interaction: Interaction,
        resources: str | None = None,
        candidates: app_commands.Range[int, FEWEST, MOST] | None = None,
        hours: app_commands.Range[int, 1, LONGEST] | None = None,
        date: str | None = None,
        channel: GroupChannel | None = None,
    ) -> None:
        """Let a study group vote on what it reads, next week or any week ahead."""
        place = channel_of(interaction, channel.id if channel else home_of(interaction))
        check_polls(place)
        who, wish = interaction.user.id, VoteWish(place.id, candidates, hours, resources, date)
        ballot = await self.services.votes.ask(place.guild.id, who, wish)
        await answer(interaction, vote_card(ballot, who))
        await self.deliver.now(ballot.vote.vote_id, ballot.vote.group_id)
        self.deliver.look_again()

    @app_commands.command()
    @app_commands.describe(
        link="Its web address, an arXiv id or a DOI",
        step="Which step it goes to, or the name of a new one",
        list_="To which list, where there are several",
    )
    @app_commands.rename(list_="list")
    async def add(
        self,
        interaction: Interaction,
        link: str,
        step: str | None = None,
        list_: str | None = None,
    ) -> None:
        """Add something to a reading list of this server."""
        where, who = await self.where(interaction, list_), interaction.user.id
        proposal = await self.services.moderation.propose(where, who, link, step)
        await answer(interaction, card_of(proposal))

    @app_commands.command()
    @app_commands.describe(
        resource="What to change for this server; removed ones too",
        step="Move it to this step",
        needs="Something to read before it",
        no_longer_needs="Something you no longer need to read before it",
        list_="In which list, where there are several",
    )
    @app_commands.rename(list_="list")
    async def edit(
        self,
        interaction: Interaction,
        resource: str,
        step: str | None = None,
        needs: str | None = None,
        no_longer_needs: str | None = None,
        list_: str | None = None,
    ) -> None:
        """Change, remove or restore something on a reading list of this server."""
        where, who = await self.where(interaction, list_), interaction.user.id
        wish = step, needs, no_longer_needs
        desk = await self.services.moderation.open(where, who, resource, *wish)
        await answer(interaction, card_of(desk))

    @app_commands.command(name="list")
    @app_commands.describe(list_="Which one to look at; what counts here if you don't say")
    @app_commands.rename(list_="list")
    async def list_(self, interaction: Interaction, list_: str | None = None) -> None:
        """See this server's reading lists: choose, make, rename, remove, take along."""
        where, who = await self.where(interaction, list_), interaction.user.id
        at = interaction.guild_id or 0, home_of(interaction), where.list_id
        await answer(interaction, lists_card(await self.services.lists.overview(*at), who))

    @app_commands.command(name="import")
    @app_commands.describe(
        file="Markdown, CSV, BibTeX or YAML; without a file you can paste the list",
        list_="Into which list, where there are several",
        mode="A list of its own, beside what a list has, or in its place",
    )
    @app_commands.rename(list_="list")
    @app_commands.choices(mode=[choice(each, name) for each, name in MODE_NAMES.items()])
    async def import_(
        self,
        interaction: Interaction,
        file: discord.Attachment | None = None,
        list_: str | None = None,
        mode: app_commands.Choice[str] | None = None,
    ) -> None:
        """Bring a reading list: you see what would happen before anything does."""
        how = None if mode is None else next(each for each in MODES if each == mode.value)
        where = await self.where(interaction, list_)
        who, imports = interaction.user.id, self.services.imports
        if file is None:
            guild_id, waiting = interaction.guild_id or 0, None
            if (draft_id := await imports.latest(guild_id, who)) is not None:
                waiting = await imports.present((guild_id, who, draft_id))
            imports.check_mode(where, how)
            await answer(interaction, paste_card(who, waiting, how, where.list_id or ""))
            return
        check_size(file.size, file.filename)
        imported = await read_in_background(await file.read(), file.filename)
        run = await imports.look(where, who, imported, how)
        await answer(interaction, import_card(run))
        if run.pending:
            self.deliver.look_again()
            ref = interaction.guild_id, who, run.draft_id
            keep_current(interaction, going_on(partial(imports.present, ref)))

    @app_commands.command()
    async def inbox(self, interaction: Interaction) -> None:
        """Settle what waits: suggestions, doubts, groups in trouble, lists that end."""
        guild_id, who = interaction.guild_id or 0, interaction.user.id
        inbox = await self.services.inboxes.look(guild_id, who)
        await answer(interaction, inbox_card(inbox, who, guild=interaction.guild))

    @edit.autocomplete("resource")
    @offers
    async def _resources(self, interaction: Interaction, typed: str) -> Choices:
        here = await self._list_of(interaction)
        return edit_choices(await here.resources_like(typed))

    @pick.autocomplete("date")
    @vote.autocomplete("date")
    @offers
    async def _weeks(self, interaction: Interaction, typed: str) -> Choices:
        channel = getattr(interaction.namespace, "channel", None)
        place = channel.id if channel else home_of(interaction)
        group = await self.services.groups.find(place)
        if group is None:
            return []
        weeks = await self.services.papers.weeks(interaction.guild_id or 0, place)
        return week_choices(weeks, group.schedule.zone, typed, interaction.created_at)

    @pick.autocomplete("resource")
    @edit.autocomplete("needs")
    @offers
    async def _needed(self, interaction: Interaction, typed: str) -> Choices:
        named = getattr(interaction.namespace, "list", None)
        who, where = interaction.user.id, await self.where(interaction, named)
        found = await self.services.finding.suggestions(who, where, typed)
        return resource_choices(one for one in found if not one.resource.is_companion)

    @vote.autocomplete("resources")
    @offers
    async def _candidates(self, interaction: Interaction, typed: str) -> Choices:
        channel = getattr(interaction.namespace, "channel", None)
        group = await self.services.groups.find(channel.id if channel else home_of(interaction))
        if group is None or group.guild_id != interaction.guild_id:
            return []
        who, finding = interaction.user.id, self.services.finding
        before, found = await finding.next_named(who, group.where, typed)
        fitting = [one for one in found if not one.resource.is_companion]
        named = await finding.all_named(who, group.where, typed)
        return [*all_choice(named, typed), *list_choices(before, fitting)][:CHOICES]

    @edit.autocomplete("no_longer_needs")
    @offers
    async def _not_needed(self, interaction: Interaction, typed: str) -> Choices:
        resource = str(getattr(interaction.namespace, "resource", ""))
        here = await self._list_of(interaction)
        return edit_choices(await here.prerequisites(resource, typed))

    @add.autocomplete("step")
    @edit.autocomplete("step")
    @offers
    async def _steps(self, interaction: Interaction, typed: str) -> Choices:
        here = await self._list_of(interaction)
        _chosen, new = here.step_for(typed) if typed.strip() else (None, None)
        return new_step_choices(here.steps_like(typed), new)

    group.autocomplete("list_")(NamesLists.offer_lists)
    add.autocomplete("list_")(NamesLists.offer_lists)
    edit.autocomplete("list_")(NamesLists.offer_lists)
    list_.autocomplete("list_")(NamesLists.offer_lists)
    import_.autocomplete("list_")(NamesLists.offer_lists)

    async def _list_of(self, interaction: Interaction) -> ServerList:
        """Return the list that is meant so far, while somebody types."""
        named = getattr(interaction.namespace, "list", None)
        return await self.services.moderation.list_of(await self.where(interaction, named))

    @group.autocomplete("zone")
    @offers
    async def _zones(self, interaction: Interaction, typed: str) -> Choices:
        found = zones_matching(typed, locale_of(interaction), interaction.created_at)
        return [choice(zone.zone, zone.label) for zone in found]
