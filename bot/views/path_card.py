"""What to read before something, in order; what it opens; and the reader's goal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import ui

from bot.core.moderation import doubtable
from bot.core.reading import Path
from bot.core.recommend import opens
from bot.plain import fitting, link, plain
from bot.views import texts
from bot.views.buttons import KEY, KeyButton, PlainButton, go_button
from bot.views.curriculum_card import OPTIONS, TEXT, ResourceSelect
from bot.views.doubt_form import DoubtButton
from bot.views.replies import answer_click, answers_errors
from bot.views.resource_card import next_card

if TYPE_CHECKING:
    from bot.app import NextreadBot


def path_card(path: Path, *, in_server: bool) -> ui.LayoutView:
    """Build the way to a resource: the least that is missing, in order, with minutes.

    ``in_server``: there are moderators who can be told that a prerequisite is wrong; where the bot
    is only on the reader's own account, there are none.
    """
    view = ui.LayoutView(timeout=None)
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(_text(path)))
    if path.steps:
        box.add_item(ui.ActionRow(ResourceSelect.of(list(path.steps[:OPTIONS]), path.curriculum)))
    row: ui.ActionRow[Any] = ui.ActionRow()
    key = path.resource.key
    goal = path.curriculum.get(path.reader.goal) if path.reader.goal else None
    if goal is not None and goal.key == key:
        row.add_item(NoGoalButton())
    elif path.steps and not path.resource.is_companion:
        row.add_item(GoalButton(key))
    row.add_item(go_button("next"))
    if in_server and doubtable(path):
        row.add_item(DoubtButton(key))
    box.add_item(row)
    view.add_item(box)
    view.stop()
    return view


def _text(path: Path) -> str:
    """Return heading, way and what follows it; of a long way, as much as fits between."""
    title = link(texts.title_of(path.resource), path.resource.url)
    head = "\n".join([f"-# {texts.PATH_TO}", f"### {title}", texts.path_summary(path)])
    tail = "\n".join(_after_way(path))
    way = fitting(_way(path), TEXT - len(head) - len(tail) - 2)
    return "\n".join(filter(None, [head, way, tail]))


def _way(path: Path) -> Iterator[str]:
    for number, step in enumerate(path.steps, start=1):
        must_read = f" {texts.MUST_READ}" if step.must_read else ""
        minutes = f" · {texts.duration(step.minutes)}" if step.minutes else ""
        aim = "🎯 " if step.key == path.resource.key else ""
        named = link(texts.title_of(step), step.url, 100)
        yield f"{number}. {aim}{named}{must_read}{minutes}"


def _after_way(path: Path) -> Iterator[str]:
    resource = path.resource
    minutes_in_all = sum(step.minutes or 0 for step in path.steps)
    if len(path.steps) > 1 and minutes_in_all:
        yield f"-# {texts.duration(minutes_in_all)} in all"
    if mark := path.reader.marks.get(resource.key):
        yield texts.mark_text(mark)
    if opened := opens(path.curriculum, resource.key):
        yield f"{texts.OPENS}: {texts.titles(opened, most=8)}"
    if resource.parent and (parent := path.curriculum.get(resource.parent)):
        yield f"-# {texts.helps_with(plain(texts.short_title(parent)))}"


class PathButton(KeyButton, template=rf"path:{KEY}"):
    """Shows the way to a resource from its card."""

    prefix = "path"
    label = texts.WHAT_FIRST

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        path = await bot.services.reading.path(interaction.user.id, interaction.guild_id, self.key)
        in_server = interaction.is_guild_integration()
        await answer_click(interaction, path_card(path, in_server=in_server))


class GoalButton(KeyButton, template=rf"goal:{KEY}"):
    """Makes a resource the reader's goal: the way to it comes first from now on."""

    prefix = "goal"
    label = texts.MAKE_GOAL
    style = discord.ButtonStyle.primary

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        reply = await bot.services.reading.set_goal(
            interaction.user.id, interaction.guild_id, self.key
        )
        await answer_click(interaction, next_card(reply))


class NoGoalButton(PlainButton, template=r"no-goal"):
    """Gives the goal up."""

    custom = "no-goal"
    label = texts.DROP_GOAL

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        reply = await bot.services.reading.set_goal(interaction.user.id, interaction.guild_id, None)
        await answer_click(interaction, next_card(reply))
