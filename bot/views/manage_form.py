"""The form in which a moderator types what a resource is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import ui

from bot.core.addition_fields import LIMITS, Typed
from bot.core.curriculum import KINDS
from bot.core.moderation import Desk, Proposal
from bot.errors import BadFieldError, ReaderError
from bot.views import manage_texts as words
from bot.views import texts
from bot.views.buttons import again_button, picked
from bot.views.replies import Form, answer_click, answers_errors
from bot.views.rights import check_right

if TYPE_CHECKING:
    from bot.app import NextreadBot

LONGEST_NOTES = 4000  # Discord's limit for a text input


class TextsForm(Form, title=words.FORM_TITLE):
    """Filled with what is there, or was typed; only what differs from before is changed.

    It does not outlive a restart: Discord then keeps the form open and says that it failed.
    """

    def __init__(
        self,
        draft_id: int,
        before: Typed,
        card: Callable[[Proposal | Desk], ui.LayoutView],
        typed: Typed | None = None,
    ) -> None:
        super().__init__()
        self._draft_id = draft_id
        self._card = card
        self._before = replace(before, notes=before.notes[:LONGEST_NOTES])
        shown = typed or self._before
        self._title = _input("title", shown.title, LIMITS["title"], required=True)
        self._authors = _input("authors", shown.authors, LIMITS["authors"] + 20)
        self._minutes = _input("minutes", shown.minutes, 20)
        self._notes = _input("notes", shown.notes, LONGEST_NOTES, long=True)
        self._kind: ui.Select[Any] = ui.Select(
            custom_id="kind",
            options=[
                discord.SelectOption(
                    label=kind,
                    value=kind,
                    emoji=texts.KIND_ICONS[kind],
                    default=kind == shown.kind,
                )
                for kind in KINDS
            ],
        )
        labelled: tuple[tuple[str, str | None, ui.Item[Any]], ...] = (
            (words.TITLE, words.TITLE_HINT, self._title),
            (words.AUTHORS, words.AUTHORS_HINT, self._authors),
            (words.MINUTES, words.MINUTES_HINT, self._minutes),
            (words.KIND, None, self._kind),
            (words.NOTES, words.NOTES_HINT, self._notes),
        )
        for text, hint, item in labelled:
            self.add_item(ui.Label(text=text, description=hint, component=item))

    @answers_errors
    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        await check_right(interaction)
        typed = self._typed()
        moderation = cast("NextreadBot", interaction.client).moderation
        shown = await moderation.set_texts(
            interaction.guild_id, interaction.user.id, self._draft_id, self._before, typed
        )
        await answer_click(interaction, self._card(shown))

    async def again(
        self, interaction: discord.Interaction[Any], error: ReaderError
    ) -> ui.Button[Any] | None:
        if not isinstance(error, BadFieldError):
            return None  # the card itself is of no more use
        moderation = cast("NextreadBot", interaction.client).moderation
        kept = {
            "draft_id": self._draft_id,
            "before": asdict(self._before),
            "typed": asdict(self._typed()),
        }
        who, where = interaction.user.id, interaction.guild_id or 0
        return again_button("texts", await moderation.keep(where, who, kept), who)

    def _typed(self) -> Typed:
        return Typed(
            title=self._title.value,
            authors=self._authors.value,
            minutes=self._minutes.value,
            kind=picked(self._kind),
            notes=self._notes.value,
        )


def _input(
    name: str, value: str, longest: int, *, required: bool = False, long: bool = False
) -> ui.TextInput[Any]:
    return ui.TextInput(
        custom_id=name,
        default=value[:longest] or None,
        max_length=longest,
        required=required,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
    )
