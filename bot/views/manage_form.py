"""The form in which a moderator types what a resource is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Literal, cast

import discord
from discord import ui

from bot.core.curriculum import KINDS
from bot.core.curriculum.addition_fields import LIMITS, Typed
from bot.core.moderation import Desk, Proposal
from bot.errors import BadFieldError, LinkTakenError, NotALinkError, ReaderError
from bot.views import manage_texts as words
from bot.views import texts
from bot.views.buttons import again_button, picked
from bot.views.replies import Form, answer_click, answers_errors
from bot.views.rights import check_right

if TYPE_CHECKING:
    from bot.app import NextreadBot

LONGEST_NOTES = 4000  # Discord's limit for a text input
CardOf = Callable[[Proposal | Desk], ui.LayoutView]
Labelled = tuple[str, str | None, ui.Item[Any]]


class DraftForm(Form):
    """Filled with what is there, or was typed; only what differs from before is changed.

    It does not outlive a restart: Discord then keeps the form open and says that it failed.
    """

    again_as: Literal["texts", "details"]

    def __init__(
        self, draft_id: int, before: Typed, card: CardOf, typed: Typed | None = None
    ) -> None:
        super().__init__()
        self._draft_id = draft_id
        self._card = card
        self._before = replace(before, notes=before.notes[:LONGEST_NOTES])
        for text, hint, item in self._items(typed or self._before):
            self.add_item(ui.Label(text=text, description=hint, component=item))

    def _items(self, shown: Typed) -> Sequence[Labelled]:
        """Make the form's fields, filled with what is shown, and return them with their labels."""
        raise NotImplementedError

    def _typed(self) -> Typed:
        """Return what is typed; what the form doesn't ask for is as before."""
        raise NotImplementedError

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
        if not isinstance(error, BadFieldError | NotALinkError | LinkTakenError):
            return None  # the card itself is of no more use
        moderation = cast("NextreadBot", interaction.client).moderation
        kept = {
            "draft_id": self._draft_id,
            "before": asdict(self._before),
            "typed": asdict(self._typed()),
        }
        who, where = interaction.user.id, interaction.guild_id or 0
        return again_button(self.again_as, await moderation.keep(where, who, kept), who)


class TextsForm(DraftForm, title=words.FORM_TITLE):
    """What a resource is."""

    again_as = "texts"

    def _items(self, shown: Typed) -> Sequence[Labelled]:
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
        return (
            (words.TITLE, words.TITLE_HINT, self._title),
            (words.AUTHORS, words.AUTHORS_HINT, self._authors),
            (words.MINUTES, words.MINUTES_HINT, self._minutes),
            (words.KIND, None, self._kind),
            (words.NOTES, words.NOTES_HINT, self._notes),
        )

    def _typed(self) -> Typed:
        return replace(
            self._before,
            title=self._title.value,
            authors=self._authors.value,
            minutes=self._minutes.value,
            kind=picked(self._kind),
            notes=self._notes.value,
        )


class DetailsForm(DraftForm, title=words.DETAILS_TITLE):
    """Where a resource is, whether it is a must-read, and what is asked about it."""

    again_as = "details"

    def _items(self, shown: Typed) -> Sequence[Labelled]:
        self._link = _input("link", shown.link, LIMITS["url"], required=True)
        self._must_read: ui.Select[Any] = ui.Select(
            custom_id="must_read",
            options=[
                discord.SelectOption(label=label, value=value, default=value == shown.must_read)
                for value, label in words.MUST_READ_CHOICES.items()
            ],
        )
        self._questions = _input("questions", shown.questions, LIMITS["questions"], long=True)
        link = (words.LINK, words.LINK_HINT, self._link)
        if not self._before.must_read:  # a companion
            return (link,)
        return (
            link,
            (words.MUST_READ_LABEL, words.MUST_READ_HINT, self._must_read),
            (words.QUESTIONS, words.QUESTIONS_HINT, self._questions),
        )

    def _typed(self) -> Typed:
        link = replace(self._before, link=self._link.value)
        if not self._before.must_read:
            return link
        return replace(link, must_read=picked(self._must_read), questions=self._questions.value)


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
