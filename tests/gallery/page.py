"""The gallery's page, and the pictures that it shows."""

import asyncio
import base64
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from bot.core.maps import Chart
from bot.pictures.studio import Studio
from tests.drawn_cards import draw, open_chromium, open_page, tokens_of
from tests.gallery.exhibits import Exhibit
from tests.seen import hints_of, option_labels_of

WIDTHS = 390, 1280
WIDEST = 684
"""Of what a message takes in a wide window."""
THEMES = {"dark": "#313338", "light": "#ffffff"}
HEAD = """<!doctype html><meta charset="utf-8"><title>Nextread: every card and picture</title>
<style>
  body { font: 15px/1.4 sans-serif; margin: 16px; background: #e9eaee; color: #23252b }
  nav { columns: 16em; } nav a { display: block }
  h2 { margin: 32px 0 8px } section > div { display: flex; gap: 12px; align-items: start }
  figure { margin: 0 } figcaption { font-size: 12px } img { display: block }
  .picture { padding: 16px } .picture img { width: 250px; border-radius: 8px }
  details { max-width: 390px; font-size: 12px }
</style>"""


async def draw_gallery(folder: Path, exhibits: Sequence[Exhibit]) -> str:
    """Draw the exhibits, and a page of them, into a folder that is there; say what is in it."""
    with Studio(patience=60) as studio:
        async with open_chromium() as browser:
            pages = {width: await open_page(browser, width) for width in WIDTHS}
            for each in exhibits:
                if each.chart:
                    (folder / picture_file(each)).write_bytes(await _drawn(studio, each.chart))
                else:
                    await _draw_cards(folder, pages, each, studio)
    index = folder / "index.html"
    index.write_text("\n".join(_page(exhibits)), encoding="utf-8")
    cards = sum(len(each.cards) for each in exhibits) * len(WIDTHS)
    pictures = sum(each.chart is not None for each in exhibits)
    return f"{index.absolute()}: {cards} cards, {pictures} pictures"


def card_file(exhibit: Exhibit, width: int) -> str:
    return f"{exhibit.name}-{exhibit.language}-{width}.png"


def picture_file(exhibit: Exhibit) -> str:
    return f"{exhibit.name}-{exhibit.language}.png"


async def _draw_cards(
    folder: Path, pages: dict[int, Page], exhibit: Exhibit, studio: Studio
) -> None:
    cards = []
    for card, chart in exhibit.cards:
        png = await _drawn(studio, chart) if chart else b""
        url = f"data:image/png;base64,{base64.b64encode(png).decode()}"
        cards.append(tokens_of(card.to_components(), url))

    async def draw_in(width: int, page: Page) -> None:
        await draw(page, cards, exhibit.language)
        height = await page.evaluate("document.getElementById('list').offsetHeight")
        clip: Any = {"x": 0, "y": 0, "width": min(width, WIDEST), "height": height}
        await page.screenshot(path=folder / card_file(exhibit, width), full_page=True, clip=clip)

    await asyncio.gather(*(draw_in(*each) for each in pages.items()))


async def _drawn(studio: Studio, chart: Chart) -> bytes:
    if (png := await studio.draw(chart)) is None:
        raise ValueError(f"{chart.title} can't be drawn")
    return png


def _page(exhibits: Sequence[Exhibit]) -> Iterator[str]:
    """Yield the lines of the page; each name has one section."""
    by_name = [(name, [*same]) for name, same in groupby(exhibits, lambda each: each.name)]
    yield f"{HEAD}<h1>Every card and picture</h1><nav>"
    for name, _ in by_name:
        yield f'<a href="#{escape(name)}">{escape(name)}</a>'
    yield "</nav>"
    for name, same in by_name:
        yield f'<section id="{escape(name)}"><h2>{escape(name)}</h2><div>'
        if same[0].cards:
            for width in WIDTHS:
                for each in same:
                    yield _figure(f"{each.language}, {width} pixels", card_file(each, width))
            yield f"</div>{''.join(map(_choices, same))}</section>"
        else:
            for theme, colour in THEMES.items():
                for each in same:
                    caption = f"{each.language}, {theme}"
                    style = f' class="picture" style="background: {colour}"'
                    yield _figure(caption, picture_file(each), style)
            yield "</div></section>"


def _figure(caption: str, file: str, style: str = "") -> str:
    image = f'<img src="{escape(file)}" alt="{escape(file)}">'
    return f"<figure><figcaption>{caption}</figcaption><div{style}>{image}</div></figure>"


def _choices(exhibit: Exhibit) -> str:
    """Return what the selects hold, which a picture of them doesn't show."""
    found = dict.fromkeys(
        choice
        for card, _ in exhibit.cards
        for choice in zip(option_labels_of(card), hints_of(card), strict=True)
    )
    if not found:
        return ""
    lines = "".join(
        f"<li>{escape(label)} <small>{escape(hint)}</small></li>" for label, hint in found
    )
    return f"<details><summary>Choices, {exhibit.language}</summary><ul>{lines}</ul></details>"
