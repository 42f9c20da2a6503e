"""Buttons of our making, as somebody could send who writes custom_ids by hand."""

from typing import Any

import discord
from discord import ui
from simcord.actors import _component_interaction, _dispatch_actor_interaction, _visible_message
from simcord.builders import ChannelHandle


async def forged(env: Any, channel: Any, custom_id: str) -> discord.Message:
    """Put a button with this custom_id where all can press it."""
    view = ui.LayoutView(timeout=None)
    button: ui.Button[Any] = ui.Button(label="Press", custom_id=custom_id)
    view.add_item(ui.ActionRow(button))
    view.stop()
    return await env.bot.get_channel(channel.id).send(view=view)


async def pressed(env: Any, channel: Any, member: Any, custom_id: str) -> Any:
    """Let a member press such a button."""
    return await member.click(await forged(env, channel, custom_id), label="Press")


async def sent(
    actor: Any, card: Any, custom_id: str, *values: str, kind: int = 2, offered: bool = True
) -> Any:
    """Send a click on a card that its sender sees, with a custom_id and values of any kind.

    Private: simcord's own clicks hold to what a card offers. Discord.py reads a click only if its
    custom_id stands in the message, so it is put there. ``kind`` is Discord's number of the
    component: 2 a button, 3 a select, which offers the values or doesn't.
    """
    stored = _visible_message(actor, card)
    part: dict[str, Any] = {"type": kind, "id": 1, "custom_id": custom_id}
    part |= (
        {"style": 1, "label": "Press"}
        if kind == 2
        else {"options": [{"label": "Pick", "value": value} for value in values if offered]}
    )
    stored.components = [{"type": 1, "id": 2, "components": [part]}]
    data = {"custom_id": custom_id, "component_type": kind, "id": 1}
    if kind != 2:
        data["values"] = list(values)
    return await _component_interaction(actor, stored, data)


async def filled(actor: Any, shown: Any, fields: dict[str, str | list[str]]) -> Any:
    """Send a form that is open with anything in its fields; those not named stay empty."""
    env, asked, form = actor._env, shown._interaction, shown.modal  # noqa: SLF001
    labels = []
    for label in form["components"]:
        if "component" not in label:  # a text to read
            continue
        part = {name: label["component"][name] for name in ("type", "id", "custom_id")}
        name = "value" if part["type"] == 4 else "values"
        part[name] = fields.get(part["custom_id"], "" if name == "value" else [])
        labels.append({"type": label["type"], "id": label["id"], "component": part})
    place = ChannelHandle(env, actor.guild, env.backend.get_channel(asked.channel_id))
    data = {"custom_id": form["custom_id"], "components": labels}
    return await _dispatch_actor_interaction(actor, 5, place, data)
