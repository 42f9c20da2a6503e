"""The README's pictures: what people see in the running preview, in the same minutes each time."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
from playwright.async_api import Browser, expect

from bot.app import NextreadBot
from bot.core.curriculum import Curriculum
from bot.pictures.studio import Studio
from bot.preview import Demo, open_preview
from bot.services.opening import open_services
from tests.drawn_cards import open_chromium
from tests.seen import options_of, posts_in, select_of

DAY = 24 * 3600
PHONE, DESKTOP = 390, 1280
MESSAGE = 696
"""In a wide window, what a card takes with its margins."""

SETTLED = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let n = 0; n < 4; n++) await frame();  // in two of them the room scrolls to what is new
}"""


async def draw_readme(folder: Path, shipped: Curriculum) -> list[Path]:
    """Draw the README's pictures into a folder that is there, and return their paths."""
    with Studio(patience=60) as studio:

        def make_bot(database_url: str) -> NextreadBot:
            def opening():
                return open_services(database_url, shipped, discord.utils.utcnow, draw=studio.draw)

            return NextreadBot(opening, shard_count=1, nap=timedelta(days=1))

        paths = []
        async with open_chromium() as browser, open_preview(make_bot) as (demo, url):
            demo.ended.set()  # its clock stands still until the story moves it
            # A map is as wide as a phone shows it: a desktop makes it twice that.
            for tell, name, width in (
                (_next, "next", DESKTOP),
                (_week, "week", DESKTOP),
                (_map, "map", PHONE),
            ):
                message = await tell(demo)
                paths.append(folder / f"{name}.png")
                await _draw(browser, url, message.id, width, paths[-1])
    return paths


async def _draw(browser: Browser, url: str, message_id: int, width: int, path: Path) -> None:
    """Draw one message of the preview's room."""
    page = await browser.new_page(viewport={"width": width, "height": 1600})
    await page.goto(url)
    room = page.frame_locator("#discord")
    shown = room.locator(f'article[data-message-id="{message_id}"]')
    await expect(shown.locator(".media-lightbox-trigger:disabled")).to_have_count(0)  # its map
    await expect(room.locator("#preview-app")).to_have_attribute("aria-busy", "false")
    await shown.evaluate(SETTLED)
    await shown.evaluate(
        "(message, width) => { message.style.width = `${width}px` }", min(width, MESSAGE)
    )
    await shown.screenshot(path=path)
    await page.close()


async def _next(demo: Demo) -> Any:
    """Return the answer to *Done* on the first card."""
    learner = demo.members[0]
    card = await _say(demo, learner, "next")
    return await _press(demo, learner, card, label="Done")


async def _week(demo: Demo) -> Any:
    """Return a group's second paper, whose week somebody leads."""
    moderator, leader = demo.members[1], demo.members[3]
    await _say(demo, moderator, "manage group", zone="UTC", meets="Thursday 20:00")
    for member in demo.members:
        await _press(demo, member, await _say(demo, member, "group"), label="Join")
    card = await _say(demo, leader, "group")
    async with demo.turn:
        await leader.select(card, options_of(card)[1:2], custom_id=select_of(card))
    for days, readers in ((5, demo.members), (7, demo.members[:4])):
        await demo.advance(days * DAY)
        paper = posts_in(demo.channel)[-1]
        for member in readers:
            await _press(demo, member, paper, label="I've read it")
    return paper


async def _map(demo: Demo) -> Any:
    """Return the map of somebody who has read some, and put one off."""
    learner = demo.members[0]
    await _say(demo, learner, "done")  # the third
    card = await _say(demo, learner, "next")
    async with demo.turn:
        await learner.select(card, ["later"], custom_id=select_of(card))
    return await _press(demo, learner, await _say(demo, learner, "progress"), label="Map")


async def _say(demo: Demo, member: Any, name: str, **options: str) -> Any:
    async with demo.turn:
        answer = await member.slash(demo.channel, name, **options)
    await demo.advance(5)  # a second tap at once would be asked about
    return answer.response.message


async def _press(demo: Demo, member: Any, message: Any, **which: str) -> Any:
    async with demo.turn:
        answer = await member.click(message, **which)
    await demo.advance(5)
    return answer.response.message
