"""A phone shows each card at once: at 390 pixels its box is low enough, and has few controls.

Drawn by the front end of simcord's preview in Chromium, fed with the cards themselves.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import simcord.preview
from playwright.async_api import Page
from simcord.preview._markdown import markdown_tokens

from bot.language import speak
from tests.every_card import NASTY, built, cards_of, nasty_worlds, real_world

STATIC = Path(simcord.preview.__file__).with_name("static")
AT_MOST = 480
BUTTONS, MODERATORS_BUTTONS = 3, 5
"""Beside *More*."""
MORE_AND_LESS = {"More", "Less", "더 보기", "접기"}

OF_MODERATORS = (
    "inbox_card.",
    "lists_card.",
    "manage_card.",
    "moderators_card.",
    "pick_card.pick_card",
    "pick_card.vote_card",
)
HANGUL = re.compile(r'"더 보기"|"접기"|[가-힣]')
AS_WIDE = """@font-face {
  font-family: "Noto Sans SC"; font-weight: 100 900; font-display: block; size-adjust: 92%;
  src: url("/fonts/noto-sans-sc-v2.004.ttf") format("truetype");
}"""
"""The preview brings no font with Hangul, and not every machine has one. Chinese letters, which it
brings, are as wide once they are so much smaller, and lines break between them alike."""

CHANNELS = {"1" * n: ("reading-and-talking-about-" * 4)[:100] for n in (17, 18)}
PEOPLE = {"2" * n: f"{n}a-reader-with-the-longest-name"[:32] for n in (17, 18, 19)}
ROLES = {each: f"role-{name}"[:100] for each, name in PEOPLE.items()}
CONTEXT = {
    "users": PEOPLE, "roles": ROLES, "channels": CHANNELS, "channel_ids": [*CHANNELS],
    "emojis": {}, "commands": {}, "everyone": False,
}  # fmt: skip

HTML = """<!doctype html><link rel="stylesheet" href="/preview.css">
<main class="preview-app" style="--preview-width: 390px; overflow: visible">
  <div id="list" class="channel-message-list"></div>
</main>
<script type="module">
  import { renderMessage } from "/messages.js";
  const author = { name: "Nextread", kind: "application" };
  window.measured = async (cards) => {
    const list = document.getElementById("list"), shown = [];
    list.replaceChildren();
    for (const components of cards) {
      const element = document.createElement("article");
      element.className = "channel-message message-surface";
      list.append(element);
      renderMessage(element, { id: "1", author, components, components_v2: true, flags: 32768 },
        { candidates: {}, assets: {}, locale: "en-US", timezone: "UTC" });
      shown.push(element.querySelector(".message-components"));
    }
    list.getBoundingClientRect();  // has the fonts that are needed loaded
    await document.fonts.ready;
    return shown.map((card) => {
      const parts = [...card.children];
      const box = parts.findIndex((part) => part.matches(".component-container"));
      const counted = parts.slice(Math.max(box, 0)), range = document.createRange();
      range.setStartBefore(counted[0]);
      range.setEndAfter(counted.at(-1));
      const all = (what) => counted.flatMap((part) => [...part.querySelectorAll(what)]);
      return {
        height: Math.ceil(range.getBoundingClientRect().height),
        buttons: all(".component-button").map((button) => button.textContent),
        selects: all("[role=combobox]").length,
      };
    });
  };
</script>"""


def test_every_card_is_measured(shipped_list):
    made = real_world(shipped_list, map(int, CHANNELS), map(int, PEOPLE))

    assert {name for name, _ in cards_of(made)} == built()


@pytest.fixture
async def page(browser) -> Page:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()

    async def serve(route: Any) -> None:
        path = route.request.url.removeprefix("http://cards.test")
        if path == "/":
            await route.fulfill(body=HTML, content_type="text/html")
        else:
            await route.fulfill(path=STATIC / path.lstrip("/"))

    await page.route("http://cards.test/**", serve)
    await page.goto("http://cards.test/")
    await page.wait_for_function("window.measured !== undefined")
    return page


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "language"), [*((n, "en") for n in ("real", *NASTY)), ("real", "ko")]
)
async def test_a_phone_shows_the_whole_card(name, language, page, shipped_list):
    speak(language)
    where = [int(each) for each in CHANNELS], [int(each) for each in PEOPLE]
    worlds = [real_world(shipped_list, *where), *nasty_worlds(*where)]
    (world,) = (each for each in worlds if each.name == name)
    # Each once: many are alike.
    found = {
        (
            build,
            HANGUL.sub(drawn, json.dumps(tokens_of(view.to_components()), ensure_ascii=False)),
        ): build
        for build, view in cards_of(world)
    }
    if language == "ko":
        await page.add_style_tag(content=AS_WIDE)

    measured = await page.evaluate("cards => measured(cards)", [json.loads(c) for _, c in found])

    broken = {
        f"{build}: {what}"
        for build, card in zip(found.values(), measured, strict=True)
        for what in breaks(build, card)
    }
    assert not broken, "\n".join(sorted(broken))


def drawn(hangul: re.Match[str]) -> str:
    return hangul[0] if len(hangul[0]) > 1 else "字"


def breaks(build: str, card: dict[str, Any]) -> Iterator[str]:
    """Yield each rule that a card breaks."""
    most = MODERATORS_BUTTONS if build.startswith(OF_MODERATORS) else BUTTONS
    buttons = [each for each in card["buttons"] if each not in MORE_AND_LESS]
    if card["height"] > AT_MOST:
        yield f"{card['height']} pixels"
    if len(buttons) > most:
        yield f"buttons {', '.join(buttons)}"
    if card["selects"] > 1:
        yield f"{card['selects']} selects"


def tokens_of(part: Any) -> Any:
    """Return components as the front end takes them: each text with its Markdown read."""
    if isinstance(part, list):
        return [tokens_of(each) for each in part]
    if not isinstance(part, dict):
        return part
    made = {name: tokens_of(value) for name, value in part.items()}
    if part.get("type") == 10:
        made["markdown_tokens"] = markdown_tokens(part["content"], "text_display", context=CONTEXT)
    return made
