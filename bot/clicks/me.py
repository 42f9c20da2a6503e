"""What a reader does about what is kept of them, and their settings."""

from __future__ import annotations

import io

import discord

from bot.clicks.click import Click, View, clicked
from bot.language import _
from bot.views import custom_ids as ids
from bot.views.me_card import (
    ZoneForm,
    delete_form,
    deleted_card,
    file_card,
    me_card,
    settings_card,
)
from bot.views.parts import RED, WordForm, button


@clicked(ids.Me)
async def act(click: Click, said: ids.Me) -> View:
    """Always about the person who clicks, whoever the card belongs to."""
    match said.act:
        case "json" | "bibtex" | "markdown":
            is_all = said.act != "bibtex"
            name, content = await click.services.me.download(click.who, is_all=is_all)
            await click.interaction.response.send_message(
                view=file_card(name, is_all=is_all),
                file=discord.File(io.BytesIO(content), name),
                ephemeral=True,
            )
        case "ask" | "delete":
            again = button(ids.Me("ask"), _("Delete…"), RED)
            await click.ask_word(delete_form(), _delete, again)
        case "keep":
            return me_card(await click.services.me.about(click.who))
    return None


async def _delete(click: Click, _form: WordForm) -> View:
    return deleted_card(was_anything=await click.services.me.forget(click.who))


@clicked(ids.Switch)
async def switch(click: Click, said: ids.Switch) -> View:
    """Turn one setting on or off."""
    me = click.services.me
    if said.switch == "named":  # *Settings* stood there
        click.refuse_slip()
    if said.switch in ("named", "unnamed"):
        return settings_card(await me.set_named(click.who, named=said.switch == "named"))
    settings = await me.set_nudged(click.who, nudged=said.switch == "nudge")
    click.deliver.look_again()
    return settings_card(settings)


@clicked(ids.AskMyZone)
async def ask_zone(click: Click, _said: ids.AskMyZone) -> View:
    """Ask for a city or time zone."""
    await click.ask(ZoneForm(await click.services.me.settings(click.who)), _zone_typed)
    return None


async def _zone_typed(click: Click, form: ZoneForm) -> View:
    return settings_card(
        await click.services.me.set_zone(click.who, form.zone.value, click.language)
    )


@clicked(ids.SetMyZone)
async def set_zone(click: Click, _said: ids.SetMyZone) -> View:
    """Set the zone that is picked, where what was typed may be several or is none."""
    return settings_card(await click.services.me.set_zone(click.who, click.picked, click.language))
