"""A bot of a few lines that does what Nextread does by itself or seldom: posts, threads, forms."""

from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands, tasks

TOPICS = ["Attention", "BERT", "LoRA"]


class BusyBot(commands.AutoShardedBot):
    """Looks at the clock each minute; each day posts a paper with a thread."""

    def __init__(self, database_url: str) -> None:
        super().__init__("!", intents=discord.Intents(guilds=True), shard_count=1)
        self.database_url = database_url
        self.minutes: list[Any] = []
        self.tree.add_command(suggest)

    async def setup_hook(self) -> None:
        await self.tree.sync()
        self.each_minute.start()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        if guild.system_channel:
            await guild.system_channel.send("Hello!")

    async def close(self) -> None:
        self.each_minute.cancel()
        await super().close()

    @tasks.loop(minutes=1)
    async def each_minute(self) -> None:
        self.minutes.append(discord.utils.utcnow())
        day, minute = divmod(len(self.minutes), 24 * 60)
        if minute == 0:
            [guild] = self.guilds
            post = await guild.text_channels[0].send(f"Paper of day {day}")
            await post.create_thread(name=f"Day {day}")


class Suggestion(ui.Modal):
    link = ui.Label(text="Link", component=ui.TextInput())

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("Thank you.", ephemeral=True)


@app_commands.command()
@app_commands.default_permissions(manage_guild=True)
async def suggest(interaction: discord.Interaction[Any], topic: str) -> None:
    """Suggest something to read."""
    await interaction.response.send_modal(Suggestion(title=f"On {topic}"))


@suggest.autocomplete("topic")
async def topics(_: Any, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=t, value=t) for t in TOPICS if typed.lower() in t.lower()]
