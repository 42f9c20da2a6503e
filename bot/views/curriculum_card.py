"""The list itself: its index, a step of it, its news."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import discord
from discord import ui

from bot.core.curriculum import Cell, Curriculum, Resource, Section, Step, Table
from bot.core.progress import StepCount, step_count
from bot.core.reading import Reader
from bot.plain import clipped, fitting, link, markdown, one_line, plain
from bot.views import texts
from bot.views.buttons import StateSelect, go_button, picked
from bot.views.replies import answer, answer_click, answers_errors
from bot.views.resource_card import option_of, resource_card

if TYPE_CHECKING:
    from bot.app import NextreadBot

ItemT = TypeVar("ItemT")

OPTIONS = 25  # Discord's limit for a select
TEXT = 4000  # Discord's limit for all text of a card
STEP_ID = r"(?P<step>[a-z0-9-]{1,60})"


def index_card(curriculum: Curriculum, reader: Reader, page: int = 0) -> ui.LayoutView:
    """Build the list's own index, with progress: its steps, the appendix, then *Deeper*."""
    view = ui.LayoutView(timeout=None)
    shown, pages = _page(curriculum.steps, page)
    listed = {s.id for s in curriculum.steps if not s.addition}
    lines = [f"## {one_line(f'{curriculum.icon} {plain(curriculum.title)}')}"]
    if page == 0:
        lines += [markdown(paragraph) for paragraph in curriculum.introduction]
    lines += _index(curriculum, reader, [s for s in shown if s.id in listed])
    if deeper := [s for s in shown if s.id not in listed]:
        lines += ["", f"### {texts.DEEPER}", *_index(curriculum, reader, deeper)]
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(fitting(lines, TEXT)))
    box.add_item(ui.ActionRow(StepSelect(shown, page)))
    row: ui.ActionRow[Any] = ui.ActionRow(go_button("next"), go_button("progress"))
    if curriculum.updates:
        row.add_item(go_button("updates"))
    _add_pages(row, "index", "all", page, pages)
    box.add_item(row)
    view.add_item(box)
    view.stop()
    return view


def step_card(curriculum: Curriculum, reader: Reader, step: Step, page: int = 0) -> ui.LayoutView:
    """Build one step: its introduction, its resources with the reader's marks, its tables."""
    view = ui.LayoutView(timeout=None)
    section = curriculum.section_of(step)
    everything = list(_with_companions(step))
    shown, pages = _page(everything, page)
    head = fitting(_step_head(section, step, reader), TEXT // 2)
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(head))
    lines = [_resource_line(resource, reader) for resource in shown]
    lines += [line for table in step.tables for line in ("", *_table(table))]
    if lines:
        box.add_item(ui.TextDisplay(fitting(lines, TEXT - len(head))))
    if shown:
        box.add_item(ui.ActionRow(ResourceSelect.of(shown, curriculum)))
    row: ui.ActionRow[Any] = ui.ActionRow(go_button("index"), go_button("next"))
    _add_pages(row, "step", step.id, page, pages)
    box.add_item(row)
    view.add_item(box)
    view.stop()
    return view


def updates_card(curriculum: Curriculum) -> ui.LayoutView:
    """Build the list's update log."""
    view = ui.LayoutView(timeout=None)
    title = plain(curriculum.update_title or texts.UPDATES, 100)
    lines = [f"## {one_line(f'{curriculum.update_icon} {title}')}"]
    for update in curriculum.updates:
        on = f"`{update.on:%Y-%m-%d}` " if update.on else ""
        lines.append(f"- {on}{markdown(update.text)}")
        lines += [f"  - {markdown(detail)}" for detail in update.details]
    view.add_item(
        ui.Container(ui.TextDisplay(fitting(lines, TEXT)), ui.ActionRow(go_button("index")))
    )
    view.stop()
    return view


def _index(curriculum: Curriculum, reader: Reader, steps: list[Step]) -> Iterator[str]:
    last: Section | None = None
    for step in steps:
        section = curriculum.section_of(step)
        if section is not last:
            yield f"**{one_line(f'{section.icon} {plain(section.title, 100)}')}**"
            last = section
        yield f"- {_step_line(step, step_count(step, reader.marks))}"


def _step_line(step: Step, count: StepCount) -> str:
    title = plain(texts.step_title(step), 100)
    parts = []
    if count.listed.total:
        check = " ✅" if count.listed.is_complete else ""
        parts.append(f"{count.listed.read} of {count.listed.total}{check}")
    if count.added.total:
        parts.append(f"{count.added.read} of {count.added.total} deeper")
    return f"{title}: {', '.join(parts)}" if parts else title


def _step_head(section: Section, step: Step, reader: Reader) -> Iterator[str]:
    yield f"-# {one_line(f'{section.icon} {plain(section.title, 100)}')}"
    yield f"## {one_line(f'{step.icon} {plain(texts.step_title(step), 100)}')}"
    paragraphs = step.introduction
    if step is section.steps[0]:
        paragraphs = (*section.introduction, *paragraphs)
    yield from (markdown(paragraph) for paragraph in paragraphs)
    count = step_count(step, reader.marks)
    parts = [texts.count_text(count.listed, "of the list")] if count.listed.total else []
    parts += [texts.count_text(count.added, "deeper")] if count.added.total else []
    yield f"-# {', '.join(parts)}"


def _with_companions(step: Step) -> Iterator[Resource]:
    for resource in step.resources:
        yield resource
        yield from resource.companions


def _resource_line(resource: Resource, reader: Reader) -> str:
    mark = reader.marks.get(resource.key)
    sign = texts.mark_text(mark).split()[0] if mark else "▫️"
    must_read = f" {texts.MUST_READ}" if resource.must_read else ""
    minutes = f" · {texts.duration(resource.minutes)}" if resource.minutes else ""
    indent = "  - " if resource.is_companion else "- "
    title = link(texts.title_of(resource), resource.url, 100)
    addition = " · addition" if resource.addition else ""
    return f"{indent}{sign} {title}{must_read}{minutes}{addition}"


def _table(table: Table) -> Iterator[str]:
    """Lay a table out as lines: a phone is too narrow for columns."""
    yield f"**{' · '.join(plain(column, 60) for column in table.columns)}**"
    for row in table.rows:
        yield "- " + " · ".join(_cell(cell) for cell in row)


def _cell(cell: Cell) -> str:
    return link(cell.text, cell.url, 100) if cell.url else plain(cell.text, 100)


def _page(items: Sequence[ItemT], page: int) -> tuple[list[ItemT], int]:
    pages = max(1, -(-len(items) // OPTIONS))
    page = min(max(page, 0), pages - 1)
    return list(items[page * OPTIONS : (page + 1) * OPTIONS]), pages


def _add_pages(row: ui.ActionRow[Any], what: str, which: str, page: int, pages: int) -> None:
    if page > 0:
        row.add_item(PageButton(what, which, page - 1, texts.EARLIER))
    if page + 1 < pages:
        row.add_item(PageButton(what, which, page + 1, texts.FURTHER))


class StepSelect(StateSelect, template=r"steps:(?P<page>[0-9]{1,3})"):
    """Opens a step."""

    def __init__(self, steps: list[Step], page: int) -> None:
        options = [
            discord.SelectOption(
                label=clipped(texts.step_title(step), 100),
                value=step.id,
                emoji=step.icon or None,
            )
            for step in steps
        ]
        super().__init__(
            ui.Select(custom_id=f"steps:{page}", placeholder=texts.PICK_A_STEP, options=options)
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls([], int(match["page"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await show_step(interaction, picked(self.item))


class ResourceSelect(ui.DynamicItem[ui.Select[Any]], template=r"show"):
    """Opens a resource's card. Its options carry the keys."""

    def __init__(self, select: ui.Select[Any]) -> None:
        super().__init__(select)

    @classmethod
    def of(cls, resources: list[Resource], curriculum: Curriculum) -> Self:
        """Build the select over at most 25 resources."""
        options = [option_of(resource, curriculum) for resource in resources[:OPTIONS]]
        return cls(ui.Select(custom_id="show", placeholder=texts.PICK_A_RESOURCE, options=options))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction, match
        return cls(cast("ui.Select[Any]", item))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot = cast("NextreadBot", interaction.client)
        shown = await bot.services.reading.look(
            interaction.user.id, interaction.guild_id, picked(self.item)
        )
        await answer(interaction, resource_card(shown))


class PageButton(
    ui.DynamicItem[ui.Button[Any]],
    template=rf"page:(?P<what>index|step):{STEP_ID}:(?P<page>[0-9]{{1,3}}):(?P<way>[<>])",
):
    """Turns a page of the index or of a step."""

    def __init__(self, what: str, which: str, page: int, label: str) -> None:
        self.what, self.which, self.page = what, which, page
        way = "<" if label == texts.EARLIER else ">"
        super().__init__(ui.Button(label=label, custom_id=f"page:{what}:{which}:{page}:{way}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction, item
        label = texts.EARLIER if match["way"] == "<" else texts.FURTHER
        return cls(match["what"], match["step"], int(match["page"]), label)

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if self.what == "step":
            await show_step(interaction, self.which, self.page)
            return
        bot = cast("NextreadBot", interaction.client)
        curriculum, reader = await bot.services.reading.reader(
            interaction.user.id, interaction.guild_id
        )
        await answer_click(interaction, index_card(curriculum, reader, self.page))


async def show_step(interaction: discord.Interaction[Any], step_id: str, page: int = 0) -> None:
    """Answer a click with a step's card."""
    bot = cast("NextreadBot", interaction.client)
    curriculum, reader = await bot.services.reading.reader(
        interaction.user.id, interaction.guild_id
    )
    step = bot.services.curricula.step(curriculum, step_id)
    await answer_click(interaction, step_card(curriculum, reader, step, page))
