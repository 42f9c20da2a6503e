"""A phone shows each card at once: at 390 pixels its box is low enough, and has few controls.

Drawn by the front end of simcord's preview in Chromium, fed with the cards themselves.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.language import speak
from tests.drawn_cards import WHERE, draw, open_page, tokens_of
from tests.every_card import NASTY, built, cards_of, nasty_worlds, real_world

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

MEASURED = """() => [...document.querySelectorAll(".message-components")].map((card) => {
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
})"""


def test_every_card_is_measured(shipped_list):
    made = real_world(shipped_list, *WHERE)

    assert {name for name, _ in cards_of(made)} == built()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", ["real", *NASTY])
async def test_a_phone_shows_the_whole_card(name, language, browser, shipped_list):
    speak(language)
    worlds = [real_world(shipped_list, *WHERE), *nasty_worlds(*WHERE)]
    (world,) = (each for each in worlds if each.name == name)
    # Each once: many are alike.
    found = {
        (
            build,
            HANGUL.sub(drawn, json.dumps(tokens_of(view.to_components()), ensure_ascii=False)),
        ): build
        for build, view in cards_of(world)
    }

    page = await open_page(browser, 390)
    if language == "ko":
        await page.add_style_tag(content=AS_WIDE)
    await draw(page, [json.loads(card) for _, card in found])
    measured = await page.evaluate(MEASURED)

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
