"""Whether who clicks may still run things here: Discord checks commands, but no clicks."""

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import discord
from discord import AppCommandPermissionType as Type

from bot.core.moderation import Asker, Overrides, Subject, bar_to
from bot.errors import NotAModeratorError, NotYoursError, OldCardError, RightUnknownError
from bot.views.problems import home_of

LAPSES_AFTER = timedelta(days=1)
"""How long a moderator's card answers its opener."""

PATIENCE = 1.5
"""Seconds to wait for what Discord says: half of the three within which a click is answered."""

NOTHING_SAID = 10066
"""Discord's code where a server's Integrations page says nothing of a command."""

KINDS: dict[int, Subject] = {
    Type.role.value: "role",
    Type.user.value: "user",
    Type.channel.value: "channel",
}


async def check_opener(
    interaction: discord.Interaction[Any], opener_id: int, manage_id: int
) -> None:
    """Let only who opened a moderator's card go on with it, for a day, and while they may.

    The card itself proves that it was opened: we send them to their openers alone. An opener's
    id in a custom_id proves nothing, for anybody could write their own.

    Raises:
        NotYoursError, OldCardError: and as ``check_right`` does.
    """
    if interaction.user.id != opener_id:
        raise NotYoursError
    message = interaction.message
    if message is None or not message.flags.ephemeral:
        raise OldCardError
    if interaction.created_at - message.created_at > LAPSES_AFTER:
        raise OldCardError
    await check_right(interaction, manage_id)


async def check_right(interaction: discord.Interaction[Any], manage_id: int) -> None:
    """Let only those go on whom Discord lets use `/manage` here, now: ``manage_id`` is its id.

    Only Discord knows what a server's Integrations page says: it isn't among the permissions that
    come with a click. Nothing of it is kept, so that it counts from the next click on.

    Raises:
        NotAModeratorError: it names what is in the way.
        RightUnknownError: Discord doesn't say, and they lack Manage Server.
    """
    held, member = interaction.permissions, interaction.user
    if held.administrator:
        return
    if interaction.guild_id is None or not isinstance(member, discord.Member):
        raise NotAModeratorError("person")
    roles = frozenset(role.id for role in member.roles)
    home_id = home_of(interaction)
    asker = Asker(interaction.guild_id, home_id, member.id, roles, held.manage_guild)
    app_id = interaction.application_id
    try:
        async with asyncio.timeout(PATIENCE):
            command, app = await asyncio.gather(
                _overrides(interaction, asker.guild_id, manage_id),
                _overrides(interaction, asker.guild_id, app_id),  # what is said of the app
            )
    except (TimeoutError, discord.DiscordException, aiohttp.ClientError, OSError) as error:
        if held.manage_guild:  # the default, which few servers change
            return
        raise RightUnknownError from error
    if bar := bar_to(asker, command, app):
        raise NotAModeratorError(bar)


async def _overrides(
    interaction: discord.Interaction[Any], guild_id: int, command_id: int
) -> Overrides:
    try:
        said = await interaction.client.http.get_application_command_permissions(
            interaction.application_id, guild_id, command_id
        )
    except discord.NotFound as error:
        if error.code == NOTHING_SAID:
            return {}
        raise
    return {
        (KINDS[one["type"]], int(one["id"])): one["permission"]
        for one in said["permissions"]
        if one["type"] in KINDS
    }
