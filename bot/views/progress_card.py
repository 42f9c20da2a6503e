"""How far a reader is: the whole list, then step by step."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.core.curriculum import Curriculum
from bot.core.progress import StepCount, figures
from bot.core.reading import Reader
from bot.views import texts
from bot.views.buttons import go_button
from bot.views.plain import fitting, plain


def progress_card(curriculum: Curriculum, reader: Reader) -> ui.LayoutView:
    """Build the reader's progress. Steps without anything read of their additions are summed up."""
    view = ui.LayoutView(timeout=None)
    found = figures(curriculum, reader.marks)
    lines = [
        f"## {plain(curriculum.title)}",
        f"{texts.bar(found.listed)}  {texts.figures_text(found)}",
        texts.left_text(found),
        "",
        *(line for count in found.steps if (line := _step_line(count))),
    ]
    if untouched := sum(not _begun(count) for count in found.steps):
        lines.append(texts.untouched_text(untouched))
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(fitting(lines, 4000)))
    box.add_item(ui.ActionRow(go_button("next"), go_button("index")))
    view.add_item(box)
    view.stop()
    return view


def _begun(count: StepCount) -> bool:
    added = count.added
    return bool(count.listed.total or added.read or added.skipped)


def _step_line(count: StepCount) -> str:
    if not _begun(count):
        return ""
    parts = []
    if count.listed.total:
        parts.append(texts.count_text(count.listed, "").strip())
    if count.added.read or count.added.skipped:
        parts.append(texts.count_text(count.added, "deeper"))
    left = count.listed.left_minutes
    minutes = f" · {texts.duration(left)} left" if left else ""
    done = " ✅" if count.listed.total and count.listed.is_complete else ""
    return f"- {plain(texts.step_title(count.step), 100)}: {', '.join(parts)}{done}{minutes}"
