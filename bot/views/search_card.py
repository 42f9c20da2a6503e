"""What a search found: one exact hit opens its card, else the ten best and a select."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.core.curriculum import Curriculum, Resource
from bot.core.reading import Reader
from bot.plain import fitting, link, plain
from bot.views import texts
from bot.views.buttons import go_button
from bot.views.curriculum_card import ResourceSelect

BEST = 10


def search_card(
    curriculum: Curriculum, reader: Reader, query: str, found: list[Resource]
) -> ui.LayoutView:
    """Build the list of hits, the best first, or the empty answer."""
    view = ui.LayoutView(timeout=None)
    if found:
        lines = [texts.found_text(query, len(found), BEST)]
        lines += [
            f"{n}. {_line(curriculum, reader, resource)}"
            for n, resource in enumerate(found[:BEST], start=1)
        ]
        box: ui.Container[Any] = ui.Container(
            ui.TextDisplay(fitting(lines, 4000)),
            ui.ActionRow(ResourceSelect.of(found[:BEST], curriculum)),
        )
    else:
        box = ui.Container(
            ui.TextDisplay(texts.nothing_found_text(query)),
            ui.ActionRow(go_button("index"), go_button("next")),
        )
    view.add_item(box)
    view.stop()
    return view


def _line(curriculum: Curriculum, reader: Reader, resource: Resource) -> str:
    mark = reader.marks.get(resource.key)
    must_read = f" {texts.MUST_READ}" if resource.must_read else ""
    step = plain(texts.step_title(curriculum.step_of(resource)), 60)
    state = f" · {texts.mark_text(mark)}" if mark else ""
    title = link(texts.title_of(resource), resource.url, 110)
    return f"{title}{must_read}\n   -# {step} · {resource.kind}{state}"
