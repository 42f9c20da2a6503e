"""What a reader can set for themselves, and the buttons that set it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import discord
from discord import ui

from bot.core.me import ReaderSettings
from bot.errors import UnknownZoneError
from bot.views import me_texts as words
from bot.views.buttons import PlainButton, StateButton, StateSelect, go_button, picked
from bot.views.group_texts import PICK_A_ZONE
from bot.views.replies import Form, answer_click, answers_errors, refuse_slip, select_of, way_out

if TYPE_CHECKING:
    from bot.app import NextreadBot

Switch = Literal["named", "unnamed", "nudge", "unnudge"]


def settings_card(settings: ReaderSettings) -> ui.LayoutView:
    """Build the settings as they are; each button says what it would change."""
    view = ui.LayoutView(timeout=None)
    row: ui.ActionRow[Any] = ui.ActionRow(
        ZoneButton(),
        SwitchButton("unnudge" if settings.nudged else "nudge"),
        SwitchButton("unnamed" if settings.named else "named"),
        go_button("me"),
    )
    text = "\n".join(words.settings_lines(settings))
    view.add_item(ui.Container(ui.TextDisplay(text), row))
    view.stop()
    return view


class ZoneButton(PlainButton, template=r"my-zone"):
    """Asks for a city or time zone."""

    custom = "my-zone"
    label = words.MY_ZONE

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        settings = await bot.me.settings(interaction.user.id)
        await interaction.response.send_modal(ZoneForm(settings))


class ZoneForm(Form, title=words.MY_ZONE_TITLE):
    """One line: a city, a country or a zone's name; nothing takes it away."""

    def __init__(self, settings: ReaderSettings) -> None:
        super().__init__()
        self._zone: ui.TextInput[Any] = ui.TextInput(
            custom_id="zone", default=settings.zone, max_length=60, required=False
        )
        self.add_item(
            ui.Label(text=words.MY_ZONE_LABEL, description=words.MY_ZONE_HINT, component=self._zone)
        )

    @answers_errors
    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        settings = await bot.me.set_zone(
            interaction.user.id, self._zone.value, str(interaction.locale)
        )
        await answer_click(interaction, settings_card(settings))


class MyZoneSelect(StateSelect, template=r"my-zone-is"):
    """Sets the zone that is picked, where what was typed may be several or is none."""

    def __init__(self, choices: Iterable[tuple[str, str]]) -> None:
        super().__init__(select_of("my-zone-is", PICK_A_ZONE, choices))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        del match
        return cls(())

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot, who = cast("NextreadBot", interaction.client), interaction.user.id
        settings = await bot.me.set_zone(who, picked(self.item), str(interaction.locale))
        await answer_click(interaction, settings_card(settings))


@way_out.register
def _(error: UnknownZoneError) -> ui.Select[Any]:
    return MyZoneSelect(error.like_it).item


class SwitchButton(StateButton, template=r"set:(?P<switch>named|unnamed|nudge|unnudge)"):
    """Turns one setting on or off."""

    def __init__(self, switch: Switch) -> None:
        self.switch = switch
        super().__init__(ui.Button(label=words.SWITCHES[switch], custom_id=f"set:{switch}"))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(cast("Switch", match["switch"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot, who = cast("NextreadBot", interaction.client), interaction.user.id
        if self.switch == "named":  # *Settings* stood there
            refuse_slip(interaction)
        if self.switch in ("named", "unnamed"):
            settings = await bot.me.set_named(who, named=self.switch == "named")
        else:
            settings = await bot.me.set_nudged(who, nudged=self.switch == "nudge")
            bot.weekly_changed()
        await answer_click(interaction, settings_card(settings))
