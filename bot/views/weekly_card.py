"""The paper of the week in a group's channel, and what its buttons answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import discord
from discord import ui

from bot.core.groups import WeeklyPost
from bot.core.progress import is_read
from bot.core.reading import Path
from bot.plain import fitting, link, plain
from bot.views import phrases, texts
from bot.views import weekly_texts as words
from bot.views.buttons import ROW_ID, RowButton
from bot.views.group_card import joined_card
from bot.views.group_texts import JOIN
from bot.views.permissions import role_of
from bot.views.replies import answer, answers_errors
from bot.views.resource_card import (
    COMPANIONS,
    NOTES,
    companion_lines,
    next_card,
    note_lines,
    resource_card,
    resource_select,
)

if TYPE_CHECKING:
    from bot.app import NextreadBot

PUT_AWAY = 50083  # "Thread is archived": nothing in it can be edited until somebody writes there


def weekly_card(post: WeeklyPost, guild: discord.Guild | None) -> ui.LayoutView:
    """Build the public card of a week's paper; a role that isn't to be mentioned isn't named."""
    view = ui.LayoutView(timeout=None)
    if guild is not None and role_of(guild, post.group.role_id) is not None:
        view.add_item(ui.TextDisplay(f"<@&{post.group.role_id}>"))
    resource = post.resource
    box: ui.Container[Any] = ui.Container(ui.TextDisplay("\n".join(_heading(post))))
    for lines, limit in (
        (note_lines(resource), NOTES),
        (companion_lines(resource), COMPANIONS),
        (_facts_of_the_group(post), 600),
    ):
        if text := fitting(lines, limit):
            box.add_item(ui.TextDisplay(text))
    slot_id = post.post.slot_id
    open_button: ui.Button[Any] = ui.Button(label=texts.OPEN, url=resource.url)
    join = JoinButton(post.group.group_id)
    box.add_item(ui.ActionRow(open_button, ReadItButton(slot_id), join, MoreButton(slot_id)))
    view.add_item(box)
    view.stop()
    return view


def first_reads_card(first: Path) -> ui.LayoutView:
    """Build what a reader would read before the week's paper."""
    view = ui.LayoutView(timeout=None)
    before = [r for r in first.steps if r.key != first.resource.key]
    title = phrases.title_of(first.resource)
    lines = [words.first_reads_text(title, len(before))]
    if is_read(first.reader.marks, first.resource.key):
        lines = [words.ALREADY_READ]
    for number, resource in enumerate(before[:25], start=1):
        minutes = f" · {phrases.duration(resource.minutes)}" if resource.minutes else ""
        named = link(phrases.title_of(resource), resource.url, 110)
        lines.append(f"{number}. {named}{minutes}")
    minutes_in_all = sum(resource.minutes or 0 for resource in before)
    if len(before) > 1 and minutes_in_all:
        lines.append(f"-# {phrases.duration(minutes_in_all)} in all")
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(fitting(lines, 4000)))
    if select := resource_select(before, first.curriculum):
        box.add_item(ui.ActionRow(select))
    view.add_item(box)
    view.stop()
    return view


def _heading(post: WeeklyPost) -> list[str]:
    resource = post.resource
    step = plain(phrases.step_title(post.curriculum.step_of(resource)), 120)
    must_read = f" · {phrases.MUST_READ} must-read" if resource.must_read else ""
    return [
        words.post_head(post),
        f"## {link(phrases.title_of(resource), resource.url)}",
        phrases.facts(resource),
        f"-# {step}{must_read}",
        *([words.WHY[post.post.why]] if post.post.why else []),
    ]


def _facts_of_the_group(post: WeeklyPost) -> list[str]:
    lines = []
    if post.readiness is not None:
        key = post.readiness.most_lacked
        lacked = post.curriculum.get(key) if key else None
        title = phrases.short_title(lacked) if lacked else None
        lines.append(words.readiness_text(post.readiness.ready, post.readiness.of, title))
    if post.last is not None and post.last_read:
        lines.append(words.last_week_text(post.last.title, post.last_read))
    if count := words.read_count_text(post.read):
        lines.append(count)
    if post.weeks_left is not None:
        lines.append(f"-# {words.ends_text(post.weeks_left)}")
    return lines


class ReadItButton(RowButton, template=rf"read:{ROW_ID}"):
    """Marks the week's paper done for whoever presses it, and counts them."""

    prefix = "read"
    label = words.READ_IT
    style = discord.ButtonStyle.success

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        post, reply, group = await bot.services.weekly.read_it(
            interaction.user.id, interaction.guild_id, self.about
        )
        if post is not None:
            # The answer to a click may edit its card: no message route, so no limit to wait for.
            try:
                await interaction.response.edit_message(view=weekly_card(post, interaction.guild))
            except discord.HTTPException as error:
                if error.code != PUT_AWAY:
                    raise
        view = next_card(reply)
        if group is not None:
            view.add_item(ui.TextDisplay(words.offer_text(group.channel_id)))
            view.add_item(ui.ActionRow(JoinButton(group.group_id)))
        await answer(interaction, view)


class JoinButton(RowButton, template=rf"join:{ROW_ID}"):
    """Makes whoever presses it a member of the group."""

    prefix = "join"
    label = JOIN

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        groups = cast("NextreadBot", interaction.client).services.groups
        who = interaction.user.id
        status = await groups.join(interaction.guild_id or 0, self.about, who)
        await answer(interaction, joined_card(status))


class MoreButton(RowButton, template=rf"more:{ROW_ID}"):
    """Shows whoever presses it their own card of the week's paper."""

    prefix = "more"
    label = words.MORE

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        where, who = interaction.guild_id, interaction.user.id
        first = await bot.services.weekly.first_reads(who, where, self.about)
        await answer(
            interaction,
            resource_card(await bot.services.reading.look(who, where, first.resource.key)),
        )


class WhatFirstButton(RowButton, template=rf"first:{ROW_ID}"):
    """Shows whoever presses it what they would read before: on posts sent before *More* was."""

    prefix = "first"
    label = texts.WHAT_FIRST

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        first = await bot.services.weekly.first_reads(
            interaction.user.id, interaction.guild_id, self.about
        )
        await answer(interaction, first_reads_card(first))
