"""A form that asks for a word: what can't be brought back is never two quick taps away."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.core.search.words import is_word
from bot.errors import ReaderError, WrongWordError
from bot.views.replies import Form, answers_errors

LONGEST = 40
"""Room for a word with spaces, quotes and slips."""


class WordForm(Form):
    """Says what is about to go, and does it once the word is typed."""

    word: str

    def __init__(self, question: str) -> None:
        super().__init__()
        self._typed: ui.TextInput[Any] = ui.TextInput(
            custom_id="word", placeholder=self.word, max_length=LONGEST, required=False
        )
        self.add_item(ui.TextDisplay(question))
        self.add_item(ui.Label(text=f"Type the word {self.word}", component=self._typed))

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Do what was asked, and answer."""
        raise NotImplementedError

    def way_back(self, reader_id: int) -> ui.Button[Any]:
        """Return a button that opens the form again."""
        raise NotImplementedError

    @answers_errors
    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        if not is_word(self._typed.value, self.word):
            raise WrongWordError(self._typed.value, self.word)
        await self.act(interaction)

    async def again(
        self, interaction: discord.Interaction[Any], error: ReaderError
    ) -> ui.Button[Any] | None:
        who = interaction.user.id
        return self.way_back(who) if isinstance(error, WrongWordError) else None
