"""Buttons of our making, as somebody could send who writes custom_ids by hand."""

from typing import Any

import discord
from discord import ui


async def forged(env: Any, channel: Any, custom_id: str) -> discord.Message:
    """Put a button with this custom_id where all can press it."""
    view = ui.LayoutView(timeout=None)
    button: ui.Button[Any] = ui.Button(label="Press", custom_id=custom_id)
    view.add_item(ui.ActionRow(button))
    view.stop()
    return await env.bot.get_channel(channel.id).send(view=view)
