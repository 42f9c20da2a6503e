"""Buttons of our making, as somebody could send who writes custom_ids by hand."""

from typing import Any

import discord
from discord import ui
from simcord.actors import _component_interaction, _visible_message


async def forged(env: Any, channel: Any, custom_id: str) -> discord.Message:
    """Put a button with this custom_id where all can press it."""
    view = ui.LayoutView(timeout=None)
    button: ui.Button[Any] = ui.Button(label="Press", custom_id=custom_id)
    view.add_item(ui.ActionRow(button))
    view.stop()
    return await env.bot.get_channel(channel.id).send(view=view)


async def sent(actor: Any, card: Any, custom_id: str, *values: str, kind: int = 2) -> Any:
    """Send a click on a card that its sender sees, with a custom_id and values of any kind.

    Private: simcord's own clicks hold to what a card offers. Discord.py reads a click only if its
    custom_id stands in the message, so it is put there. ``kind`` is Discord's number of the
    component: 2 a button, 3 a select.
    """
    stored = _visible_message(actor, card)
    part: dict[str, Any] = {"type": kind, "id": 1, "custom_id": custom_id}
    part |= {"style": 1, "label": "Press"} if kind == 2 else {"options": []}
    stored.components = [{"type": 1, "id": 2, "components": [part]}]
    data = {"custom_id": custom_id, "component_type": kind, "id": 1}
    if kind != 2:
        data["values"] = list(values)
    return await _component_interaction(actor, stored, data)
