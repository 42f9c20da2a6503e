"""Cards drawn in Chromium by the front end of simcord's preview, fed with the cards themselves."""

import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import simcord.preview
from playwright.async_api import Browser, Page, async_playwright
from simcord.preview._markdown import markdown_tokens

from tests.every_card import NOW

STATIC = Path(simcord.preview.__file__).with_name("static")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHANNELS = {"1" * n: ("reading-and-talking-about-" * 4)[:100] for n in (17, 18)}
PEOPLE = {"2" * n: f"{n}a-reader-with-the-longest-name"[:32] for n in (17, 18, 19)}
ROLES = {each: f"role-{name}"[:100] for each, name in PEOPLE.items()}
CONTEXT = {
    "users": PEOPLE, "roles": ROLES, "channels": CHANNELS, "channel_ids": [*CHANNELS],
    "emojis": {}, "commands": {}, "everyone": False,
}  # fmt: skip
WHERE = [int(each) for each in CHANNELS], [int(each) for each in PEOPLE]
"""Of a world whose cards are to be drawn."""

HTML = """<!doctype html><link rel="stylesheet" href="/preview.css">
<style>html, body { height: auto; overflow: visible }</style>
<main class="preview-app" style="--preview-width: 100vw; height: auto; overflow: visible">
  <div id="list" class="channel-message-list"></div>
</main>
<script type="module">
  import { renderMessage } from "/messages.js";
  const author = { name: "Nextread", kind: "application" };
  const loadAsset = async (url) => URL.createObjectURL(await (await fetch(url)).blob());
  window.drawn = async (cards, options) => {
    const list = document.getElementById("list"), waits = [];
    list.replaceChildren();
    for (const components of cards) {
      const element = document.createElement("article");
      element.className = "channel-message message-surface";
      list.append(element);
      const { pendingMedia } = renderMessage(element,
        { id: "1", author, components, components_v2: true, flags: 32768 },
        { candidates: {}, assets: {}, timezone: "UTC", loadAsset, ...options });
      waits.push(...pendingMedia);
    }
    list.getBoundingClientRect();  // has the fonts that are needed loaded
    await Promise.all([document.fonts.ready, ...waits]);
  };
</script>"""


@contextlib.asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """Open headless Chromium."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        raise FileNotFoundError("This needs Chromium: install it, or let CHROMIUM name it.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


async def open_page(browser: Browser, width: int) -> Page:
    """Open a page that cards can be drawn on, as wide as this."""
    context = await browser.new_context(viewport={"width": width, "height": 844})
    page = await context.new_page()

    async def serve(route: Any) -> None:
        path = route.request.url.removeprefix("http://cards.test")
        if path == "/":
            await route.fulfill(body=HTML, content_type="text/html")
        else:
            await route.fulfill(path=STATIC / path.lstrip("/"))

    await page.route("http://cards.test/**", serve)
    await page.goto("http://cards.test/")
    await page.wait_for_function("window.drawn !== undefined")
    return page


async def draw(page: Page, cards: Sequence[Any], language: str = "en-US") -> None:
    """Draw cards one below the other, in place of those before; each as ``tokens_of`` makes it."""
    options = {"locale": language, "presentationTime": NOW.isoformat()}
    await page.evaluate("([cards, options]) => drawn(cards, options)", [cards, options])


def tokens_of(part: Any, picture_url: str | None = None) -> Any:
    """Return components as the front end takes them: each text with its Markdown read.

    ``picture_url``: where the picture is that would be attached to the card.
    """
    if isinstance(part, list):
        return [tokens_of(each, picture_url) for each in part]
    if not isinstance(part, dict):
        return part
    made = {name: tokens_of(value, picture_url) for name, value in part.items()}
    if part.get("type") == 10:
        made["markdown_tokens"] = markdown_tokens(part["content"], "text_display", context=CONTEXT)
    if picture_url and str(part.get("url")).startswith("attachment://"):
        made |= {"asset_id": picture_url, "content_type": "image/png"}
    return made
