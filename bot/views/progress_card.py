"""How far a reader is, and what they may do about it: undo, start elsewhere, start afresh."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, cast

import discord
from discord import ui

from bot.core.curriculum import Curriculum
from bot.core.progress import Figures, StepCount, figures
from bot.core.reading import Journey
from bot.plain import clipped, fitting, plain
from bot.views import texts
from bot.views.buttons import PlainButton, go_button, picked, row_id
from bot.views.replies import answer_click, answers_errors
from bot.views.resource_card import next_card
from bot.views.word_form import WordForm

if TYPE_CHECKING:
    from bot.app import NextreadBot

OPTIONS = 25  # Discord's limit for a select
PAGES = 8  # selects of so many steps each; Discord's 40 components would allow a few more
DEEPER = ":deeper"
"""The select's value for "I know the whole list"; no step's id has a colon."""


def progress_card(journey: Journey) -> ui.LayoutView:
    """Build the reader's progress: the list, then step by step; time left at their own pace."""
    row: ui.ActionRow[Any] = ui.ActionRow(go_button("next"), go_button("index"))
    if journey.changes:
        row.add_item(go_button("undo"))
    row.add_item(go_button("start"))
    if journey.reader.marks:
        row.add_item(go_button("reset"))
    return _card(_progress_lines(journey), row)


def shared_card(journey: Journey) -> ui.LayoutView:
    """Build the public card of `/progress share`: the figures, nothing to press."""
    found = figures(journey.curriculum, journey.reader.marks)
    return _card(_head(journey, found), None)


def undo_card(journey: Journey, now: datetime) -> ui.LayoutView:
    """Build the choice among the changes that can be undone, the newest first."""
    if not journey.changes:
        return _card([texts.NOTHING_TO_UNDO], ui.ActionRow(go_button("progress")))
    view = ui.LayoutView(timeout=None)
    options = [
        discord.SelectOption(
            label=clipped(texts.change_label(change, journey.curriculum), 100),
            value=str(change.change_id),
            description=texts.ago(now - change.made_at),
        )
        for change in journey.changes[:OPTIONS]
    ]
    box: ui.Container[Any] = ui.Container(
        ui.TextDisplay(texts.UNDO_WHICH),
        ui.ActionRow(UndoSelect.over(options)),
        ui.ActionRow(go_button("progress")),
    )
    view.add_item(box)
    view.stop()
    return view


def start_card(curriculum: Curriculum) -> ui.LayoutView:
    """Build the choice of a step to start at."""
    view = ui.LayoutView(timeout=None)
    steps = [s for s in curriculum.steps if any(not r.addition for r in s.resources)]
    options = [
        discord.SelectOption(label=clipped(texts.step_title(step), 100), value=step.id)
        for step in steps[1:]
    ]
    options.append(discord.SelectOption(label=texts.START_DEEPER, value=DEEPER))
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(texts.START_WHERE))
    for page, first in enumerate(range(0, len(options), OPTIONS)[:PAGES]):
        select = StartSelect.over(options[first : first + OPTIONS])
        select.item.custom_id = f"start-at:{page}"
        box.add_item(ui.ActionRow(select))
    box.add_item(ui.ActionRow(go_button("progress")))
    view.add_item(box)
    view.stop()
    return view


def _card(lines: Iterator[str] | list[str], row: ui.ActionRow[Any] | None) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(fitting(lines, 4000)))
    if row is not None:
        box.add_item(row)
    view.add_item(box)
    view.stop()
    return view


def _head(journey: Journey, found: Figures) -> Iterator[str]:
    yield f"## {plain(journey.curriculum.title)}"
    whole = found.listed if found.listed.total else found.added
    yield f"{texts.bar(whole)}  {texts.figures_text(found)}"


def _progress_lines(journey: Journey) -> Iterator[str]:
    found = figures(journey.curriculum, journey.reader.marks)
    yield from _head(journey, found)
    yield texts.left_text(found)
    if pace := texts.pace_text(found, journey.minutes_a_week):
        yield pace
    goal = journey.curriculum.get(journey.reader.goal) if journey.reader.goal else None
    if goal is not None:
        yield texts.goal_text(goal)
    yield ""
    yield from (line for count in found.steps if (line := _step_line(count)))
    if untouched := sum(not _begun(count) for count in found.steps):
        yield texts.untouched_text(untouched)


def _begun(count: StepCount) -> bool:
    added = count.added
    return bool(count.listed.total or added.read or added.skipped)


def _step_line(count: StepCount) -> str:
    if not _begun(count):
        return ""
    parts = []
    if count.listed.total:
        parts.append(texts.count_text(count.listed, ""))
    if count.added.read or count.added.skipped:
        parts.append(texts.count_text(count.added, "deeper"))
    left = count.listed.left_minutes
    minutes = f" · {texts.duration(left)} left" if left else ""
    done = " ✅" if count.listed.total and count.listed.is_complete else ""
    return f"- {plain(texts.step_title(count.step), 100)}: {', '.join(parts)}{done}{minutes}"


class _Choice(ui.DynamicItem[ui.Select[Any]], template=r"choice"):
    """A select whose options carry all there is to know."""

    custom: str
    placeholder: str

    def __init__(self, select: ui.Select[Any]) -> None:
        super().__init__(select)

    @classmethod
    def over(cls, options: list[discord.SelectOption]) -> Self:
        """Build the select over these options."""
        return cls(ui.Select(custom_id=cls.custom, placeholder=cls.placeholder, options=options))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction, match
        return cls(cast("ui.Select[Any]", item))


class UndoSelect(_Choice, template=r"undo-one"):
    """Takes back one of the last twenty changes."""

    custom = "undo-one"
    placeholder = texts.UNDO_WHICH_ONE

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        change_id = row_id(picked(self.item))
        reply = await bot.services.reading.undo(
            interaction.user.id, interaction.guild_id, change_id
        )
        await answer_click(interaction, next_card(reply))


class StartSelect(_Choice, template=r"start-at(:[0-9])?"):
    """Marks what comes before a step as known. A list of many steps has several such selects."""

    custom = "start-at"
    placeholder = texts.START_AT_WHICH

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        where = picked(self.item)
        step_id = None if where == DEEPER else where
        reply = await bot.services.reading.start_at(
            interaction.user.id, interaction.guild_id, step_id
        )
        await answer_click(interaction, next_card(reply))


class ResetForm(WordForm, title=texts.RESET_TITLE):
    """Unmarks everything; Undo brings it back, while it is among the last changes."""

    word = texts.RESET_WORD

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        reply = await bot.services.reading.reset(interaction.user.id, interaction.guild_id)
        await answer_click(interaction, next_card(reply))

    def way_back(self, reader_id: int) -> ui.Button[Any]:
        del reader_id
        return go_button("reset")


class ResetButton(PlainButton, template=r"reset-all"):
    """Opens the form: on cards sent before *Reset…* did."""

    custom = "reset-all"
    label = texts.RESET_NOW
    style = discord.ButtonStyle.danger

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        _, reader = await bot.services.reading.reader(interaction.user.id, interaction.guild_id)
        question = texts.reset_question(len(reader.marks))
        await interaction.response.send_modal(ResetForm(question))
