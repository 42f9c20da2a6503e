"""The bot: what it asks of Discord, its commands, its clicks, and the edge for errors."""

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, get_args

import discord
from discord import app_commands
from discord.ext import commands

from bot import clicks
from bot.clicks.click import Clicks
from bot.cogs.groups import GroupsCog
from bot.cogs.manage import ManageCog
from bot.cogs.reading import ReadingCog
from bot.cogs.suggestions import SuggestionsCog
from bot.core.limits import Limits
from bot.core.outbox import Permission
from bot.language import language_for, said_in, speak
from bot.outbox.discord import TROUBLE, DiscordPort, ask_once
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.ticker import Ticker
from bot.outbox.tickets import Tickets
from bot.services.opening import Services
from bot.views.replies import Door, Watch, answer, defer_if_late, refuse_flood, reply_with_error
from bot.views.suggestions_card import outcomes_card

log = logging.getLogger(__name__)

Location = app_commands.TranslationContextLocation

PERMISSIONS = discord.Permissions(**dict.fromkeys(get_args(Permission), True))
"""Exactly what the invite link asks for."""

FINISH_SECONDS = 5
"""Given to what is under way at a stop: Docker kills after ten, and closing takes a moment too."""
LOOK_AGAIN = 2
"""Seconds between two looks whether another process has told Discord the commands."""
NAMES = frozenset({Location.command_name, Location.group_name, Location.parameter_name})
"""Of commands and their options."""

ANSWERS = ("CommandTree-", "discord-ui-", "discord.py: on_")
"""How discord.py names its tasks that answer commands, clicks and events."""


class Tree(app_commands.CommandTree["NextreadBot"]):
    """Commands, in the language of who asks; the edge at which their errors get words."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        speak(str(interaction.locale))
        bot = interaction.client
        is_typing = interaction.type is discord.InteractionType.autocomplete
        if bot.watch is not None:
            command = interaction.command
            door: Door = "autocomplete" if is_typing else "command"
            bot.watch(interaction, door, command.qualified_name if command else "unknown")
        if await refuse_flood(interaction, bot.limits):
            return False
        if not is_typing:  # what can't be deferred
            defer_if_late(interaction)
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if interaction.type is discord.InteractionType.autocomplete:
            log.warning("autocomplete failed: %s", cause)
            return
        await reply_with_error(interaction, cause)
        bot = interaction.client
        await bot.services.me.heard(interaction.user.id, str(interaction.locale))


class CommandTexts(app_commands.Translator):
    """What Discord's menu says of commands, in its user's language. Their names stay English."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        if context.location in NAMES and not isinstance(context.data, app_commands.ContextMenu):
            return None
        language, text = language_for(str(locale)), string.message
        return said_in(language, text, "command") or said_in(language, text)


class NextreadBot(commands.AutoShardedBot):
    """Holds the services for cogs and clicks. Opens them at login, closes them at the end.

    ``shard_ids``: those of this process, of ``shard_count`` in all; None: it has all of them.
    ``nap``: the longest time between two looks of the weekly task at the clock. The clock may be
    set meanwhile, and the machine put to sleep. ``limits``: how much one person may ask;
    ``watch``: told of each answer.
    """

    def __init__(
        self,
        opening: Callable[[], Awaitable[Services]],
        *,
        shard_count: int | None = None,
        shard_ids: Sequence[int] | None = None,
        nap: timedelta = timedelta(minutes=15),
        limits: Limits | None = None,
        watch: Watch | None = None,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.5,  # seconds of silence: a server that comes later is told of
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=30,
            http_trace=ask_once(),
            shard_count=shard_count,
            shard_ids=None if shard_ids is None else list(shard_ids),  # type: ignore[arg-type]  # None is its default
        )
        self._nap = nap
        self.limits = limits
        self.watch = watch
        self._opening = opening
        self._services: Services | None = None
        self.command_ids: dict[str, int] = {}

    @property
    def services(self) -> Services:
        """All services; there are none before login."""
        if self._services is None:
            raise RuntimeError("the services are opened at login")
        return self._services

    async def setup_hook(self) -> None:
        self._services = services = await self._opening()
        self.tickets = tickets = Tickets(services.db, services.clock, services.send_rate)
        port = DiscordPort(self)
        self.engine = Engine(services, port, tickets, letters(services, tickets))
        self.ticker = Ticker(services, port, tickets, self.engine, self._nap)
        self.clicks = Clicks(clicks.CLICKED, services, self.ticker, self.limits, self.watch)
        # Not as extensions: discord.py would run each module anew for each bot.
        await self.add_cog(ReadingCog(services))
        await self.add_cog(GroupsCog(services))
        suggestions = SuggestionsCog(services, self.ticker)
        await self.add_cog(suggestions)
        self.tree.add_command(suggestions.of_message)
        await self.add_cog(ManageCog(services, self.ticker))
        await self._sync_commands()

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a click; commands and forms find their own way."""
        if interaction.type is discord.InteractionType.component:
            await self.clicks.answer(interaction)

    async def on_app_command_completion(
        self, interaction: discord.Interaction[Any], _command: object
    ) -> None:
        """Tell who typed a command what became of their suggestions, if they weren't told yet."""
        suggestions, who = self.services.suggestions, interaction.user.id
        await self.services.me.heard(who, str(interaction.locale))
        if outcomes := await suggestions.tell(who):
            named = [(each, await self._name_of(each.guild_id)) for each in outcomes]
            speak(str(interaction.locale))
            await answer(interaction, outcomes_card(named))

    async def _name_of(self, guild_id: int) -> str:
        """Return a server's name, whichever process has it; "" if nobody tells it just now."""
        try:
            return await DiscordPort(self).name_of(guild_id)
        except TROUBLE:
            return ""

    async def on_ready(self) -> None:
        log.info("ready: %s servers", len(self.guilds))
        if self.shard_ids is not None:
            log.info("shards here: %s of %s", sorted(self.shard_ids), self.shard_count)
        invite = discord.utils.oauth_url(self.application_id or 0, permissions=PERMISSIONS)
        log.info("invite me: %s", invite)
        self.ticker.start()
        await self.ticker.servers.greet_newcomers()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.ticker.servers.arrived(guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Greet a server that Discord told of late: at the start all are greeted together."""
        if self.is_ready():
            await self.ticker.servers.greet_if_new(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Stop all work for a server. An outage isn't a removal: discord.py tells them apart."""
        await self.services.guilds.removed(guild.id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Let groups that met in a channel meet at their papers' threads."""
        if isinstance(channel, discord.VoiceChannel | discord.StageChannel):
            await self.services.meetings.room_gone(channel.guild.id, channel.id)
            self.ticker.look_again()

    async def on_stopping(self) -> None:
        """Let letters under way leave: the stop waits for what listens to events."""
        await self.ticker.stop()

    async def close(self) -> None:
        """Let what is under way end, for a few seconds; then close, and the ledger last."""
        if self._services is not None and not self.is_closed():
            await self._finish()
        await super().close()
        if self._services is not None:
            services, self._services = self._services, None
            await services.close()

    async def _finish(self) -> None:
        """Take no new click and send no new letter; wait for those that are being answered."""
        self.dispatch("stopping")
        leaving = [asyncio.create_task(shard.disconnect()) for shard in self.shards.values()]
        if leaving:
            await asyncio.wait(leaving, timeout=1)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                while under_way := self._under_way():  # one may begin another: an event
                    await asyncio.wait(under_way)
        if late := self._under_way():
            log.warning("answers and posts that were not done in time: %s", len(late))
            for task in late:
                task.cancel()
            await asyncio.wait(late, timeout=1)

    def _under_way(self) -> set[asyncio.Task[Any]]:
        tasks = {task for task in asyncio.all_tasks() if task.get_name().startswith(ANSWERS)}
        return tasks - {asyncio.current_task()}

    async def _sync_commands(self) -> None:
        """Tell Discord our commands in one call, only if it doesn't know them as they are."""
        await self.tree.set_translator(texts := CommandTexts())
        commands_ = self.tree.get_commands()
        told = [await each.get_translated_payload(self.tree, texts) for each in commands_]
        digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        application_id = self.application_id or 0
        names = {command["name"] for command in told}
        while True:
            stored = await self.services.synced_commands(application_id)
            known = await self.tree.fetch_commands()
            if stored == digest and {command.name for command in known} == names:
                break
            if await self.services.claim_commands(application_id):
                recorded = ""
                try:
                    known, recorded = await self.tree.sync(), digest
                finally:
                    await self.services.set_synced_commands(application_id, recorded)
                log.info("told Discord %s commands", len(told))
                break
            log.info("another process tells Discord the commands just now: waiting for it")
            await asyncio.sleep(LOOK_AGAIN)
        self.command_ids = {each.name: each.id for each in known}
        self.clicks.manage_id = self.command_ids["manage"]
