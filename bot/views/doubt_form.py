"""How a reader tells this server's moderators that a prerequisite is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import discord
from discord import ui

from bot.core.curriculum import Curriculum
from bot.core.moderation import WHY_LIMIT, doubtable
from bot.core.reading import Path
from bot.errors import NothingToDoubtError
from bot.plain import clipped, one_line
from bot.views import texts
from bot.views.buttons import KEY, KeyButton, picked
from bot.views.replies import Form, answer, answers_errors, notice

if TYPE_CHECKING:
    from bot.app import NextreadBot

OPTIONS = 25  # Discord's limit for a select


class DoubtButton(KeyButton, template=rf"doubt:{KEY}"):
    """Opens the form about the way to a resource."""

    prefix = "doubt"
    label = texts.DOUBT

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        path = await bot.services.reading.path(interaction.user.id, interaction.guild_id, self.key)
        if not doubtable(path):
            raise NothingToDoubtError(path.resource.title)
        await interaction.response.send_modal(DoubtForm(path))


class DoubtForm(Form, title=texts.DOUBT_TITLE):
    """Asks which prerequisite is wrong, and why if the reader wants to say."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        pairs = doubtable(path)[:OPTIONS]
        self._pairs: ui.Select[Any] = ui.Select(
            custom_id="pair",
            options=[
                discord.SelectOption(label=_pair_text(path.curriculum, *pair), value=str(number))
                for number, pair in enumerate(pairs)
            ],
        )
        self._by_number = dict(enumerate(pairs))
        self._why: ui.TextInput[Any] = ui.TextInput(
            custom_id="why",
            style=discord.TextStyle.paragraph,
            max_length=WHY_LIMIT,
            required=False,
        )
        self.add_item(ui.Label(text=texts.DOUBT_WHICH, component=self._pairs))
        self.add_item(ui.Label(text=texts.DOUBT_WHY, component=self._why))

    @answers_errors
    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        key, needed = self._by_number[int(picked(self._pairs))]
        resource, prerequisite = await bot.services.moderation.doubt(
            interaction.user.id, interaction.guild_id or 0, key, needed, self._why.value
        )
        await answer(interaction, notice(texts.doubt_passed_on(resource, prerequisite)))


def _pair_text(curriculum: Curriculum, key: str, needed: str) -> str:
    names = [clipped(texts.short_title(curriculum.by_key[k]), 40) for k in (key, needed)]
    return clipped(one_line(f"{names[0]} doesn't need {names[1]}"), 100)
