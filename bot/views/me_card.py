"""What a reader sees of what is kept about them; taking it away, and deleting it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import discord
from discord import ui

from bot.core.me import About
from bot.plain import fitting
from bot.views import me_texts as words
from bot.views.buttons import StateButton, go_button
from bot.views.replies import answer_click, answers_errors, notice
from bot.views.word_form import WordForm

if TYPE_CHECKING:
    from bot.app import NextreadBot

Act = Literal["json", "markdown", "ask", "delete", "keep"]

LABELS: dict[Act, str] = {
    "json": words.DOWNLOAD_JSON,
    "markdown": words.DOWNLOAD_MARKDOWN,
    "ask": words.DELETE,
    "delete": words.DELETE_ALL,
    "keep": words.KEEP,
}


def me_card(about: About) -> ui.LayoutView:
    """Build what is kept about a reader, with Download and Delete."""
    if about.is_empty:
        return _card(words.NOTHING_KEPT, go_button("next"), go_button("settings"))
    lines = [words.KEPT, *words.kept_lines(about), words.KEPT_HOW]
    files = (MeButton("json"), MeButton("markdown"))
    return _card(fitting(lines, 4000), *files, go_button("settings"), MeButton("ask"))


def deleted_card(*, was_anything: bool) -> ui.LayoutView:
    """Build the answer after it went. Without buttons: any of them could begin anew."""
    return notice(words.DELETED if was_anything else words.NOTHING_TO_DELETE)


def file_card(name: str) -> ui.LayoutView:
    """Build the message that a file of this name comes with."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(words.DOWNLOADED))
    view.add_item(ui.File(f"attachment://{name}"))
    view.stop()
    return view


def _card(text: str, *buttons: ui.Item[Any]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(ui.TextDisplay(text), ui.ActionRow(*buttons)))
    view.stop()
    return view


class DeleteForm(WordForm, title=words.REALLY):
    """Deletes everything about whoever types the word."""

    word = words.DELETE_WORD

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        me = cast("NextreadBot", interaction.client).me
        was_anything = await me.forget(interaction.user.id)
        await answer_click(interaction, deleted_card(was_anything=was_anything))

    def way_back(self, reader_id: int) -> ui.Button[Any]:
        del reader_id
        return MeButton("ask").item


class MeButton(StateButton, template=r"me:(?P<act>json|markdown|ask|delete|keep)"):
    """Always about whoever clicks: whose card it is doesn't matter.

    ``delete`` and ``keep`` are on cards sent before *Delete…* opened a form.
    """

    def __init__(self, act: Act) -> None:
        self.act = act
        danger = act in ("ask", "delete")
        style = discord.ButtonStyle.danger if danger else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=LABELS[act], style=style, custom_id=f"me:{act}"))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(cast("Act", match["act"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        me, who = cast("NextreadBot", interaction.client).me, interaction.user.id
        match self.act:
            case "json" | "markdown":
                name, content = await me.download(who, self.act)
                file = discord.File(io.BytesIO(content), name)
                await interaction.response.send_message(
                    view=file_card(name), file=file, ephemeral=True
                )
            case "ask" | "delete":
                await interaction.response.send_modal(DeleteForm(words.WHAT_GOES))
            case "keep":
                await answer_click(interaction, me_card(await me.about(who)))
