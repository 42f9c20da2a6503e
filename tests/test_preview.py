import asyncio
import contextlib
import importlib
import os
import re
import signal
import socket
import sys
from datetime import timedelta
from pathlib import Path

import aiohttp
import discord
import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from bot.app import NextreadBot
from bot.errors import ConfigError
from bot.language import languages
from bot.plain import together
from bot.preview import open_preview
from bot.services.opening import open_services
from tests.busy_bot import BusyBot
from tests.seen import text_of

ROOT = Path(__file__).parents[1]
DAY = 24 * 3600
PATIENCE = 30_000  # milliseconds that the browser may take on a busy machine

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def nextread(base):
    """Return what makes the real bot over a database."""

    def make(database_url):
        def opening():
            return open_services(database_url, base, discord.utils.utcnow)

        return NextreadBot(opening, shard_count=1, nap=timedelta(days=1))

    return make


async def test_bot_answers_a_member(nextread):
    async with open_preview(nextread) as (demo, _), demo.turn:
        answer = await demo.members[0].slash(demo.channel, "next")

    assert "Attention" in text_of(answer)


async def test_bot_joins_a_server_that_has_channels():
    async with open_preview(BusyBot) as (demo, _):
        hello = [message.content for message in demo.channel.history()]

    assert hello == ["Hello!"]


async def test_only_the_moderator_manages_the_server():
    async with open_preview(BusyBot) as (demo, _):
        learner, moderator = (m.available_commands(demo.channel) for m in demo.members[:2])

    assert "suggest" not in learner
    assert "suggest" in moderator


async def test_an_old_button_works_after_a_restart(nextread):
    async with open_preview(nextread) as (demo, _):
        learner, before = demo.members[0], demo.bot
        async with demo.turn:
            card = await learner.slash(demo.channel, "next")
        await demo.restart()
        async with demo.turn:
            answer = await learner.click(card.response.message, label="Done")

        assert demo.bot is not before
        assert before.is_closed()
    assert "GPT-1" in text_of(answer)


async def test_the_others_join_the_group_and_read_its_paper(nextread):
    async with open_preview(nextread) as (demo, _):
        learner, moderator = demo.members[:2]
        async with demo.turn:
            await moderator.slash(demo.channel, "manage group", zone="UTC")
            for member in (learner, moderator):
                card = await member.slash(demo.channel, "group")
                await member.click(card.response.message, label="Join")
        await demo.advance(5 * DAY)

        await demo.others_take_part()
        await demo.others_take_part()

        (paper,) = (m for m in demo.channel.history() if "read:" in str(m.components))
        assert "4 people read it" in str(paper.components)
        async with demo.turn:
            card = await learner.slash(demo.channel, "group")
        assert "7 members" in text_of(card)


async def test_where_no_group_is_the_others_change_nothing(nextread):
    async with open_preview(nextread) as (demo, _):
        before = len(demo.channel.history())

        await demo.others_take_part()

        assert len(demo.channel.history()) == before


async def test_the_bots_loop_runs_as_time_passes():
    async with open_preview(BusyBot) as (demo, _):
        began = demo.env.now()
        await demo.advance(DAY)

        assert demo.env.now() >= began + timedelta(days=1)
        assert demo.bot.minutes[-1] >= began + timedelta(days=1)
        assert len(demo.bot.minutes) > DAY / 60


async def test_time_passes_by_itself():
    async with open_preview(BusyBot) as (demo, _):
        began = demo.env.now()
        async with asyncio.timeout(60):
            while demo.env.now() == began:  # noqa: ASYNC110 - nothing tells when it has moved
                await asyncio.sleep(0.1)


async def test_progress_is_kept_where_asked(nextread, tmp_path):
    kept = f"sqlite:///{tmp_path / 'kept.db'}"
    async with open_preview(nextread, kept) as (demo, _), demo.turn:
        card = await demo.members[0].slash(demo.channel, "next")
        await demo.members[0].click(card.response.message, label="Done")

    async with open_preview(nextread, kept) as (demo, _), demo.turn:
        answer = await demo.members[0].slash(demo.channel, "next")

    assert "GPT-1" in text_of(answer)


async def test_every_room_can_be_shown():
    async with open_preview(BusyBot) as (demo, _):
        await demo.advance(DAY)  # opens a thread
        for room in demo.rooms():
            await demo.show(room)

            assert demo.state()["room"] == room
        assert sorted(name.split(":")[0] for name in demo.rooms().values()) == [
            "#reading",
            "DM",
            "DM",
            "Thread",
        ]


async def test_a_taken_port_is_named_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"^Port {port} .*--port\.$"):
            async with open_preview(BusyBot, port=port):
                pass


async def test_a_bot_that_cannot_start_leaves_nothing_open():
    class Broken(BusyBot):
        async def setup_hook(self):
            raise ConfigError("no")

    with pytest.raises(ConfigError, match="no"):
        async with open_preview(Broken):
            pass


def test_a_missing_extra_is_named_in_one_line(monkeypatch):
    monkeypatch.delitem(sys.modules, "bot.preview")
    monkeypatch.setitem(sys.modules, "simcord", None)

    with pytest.raises(ConfigError, match=r"pip install 'nextread\[preview\]'$"):
        importlib.import_module("bot.preview")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-Nextread-Token": "guessed"}, 401),
        ({"X-Nextread-Token": "right"}, 200),
        ({"X-Nextread-Token": "right", "Host": "example.org"}, 403),
    ],
)
async def test_only_the_printed_address_opens_it(headers, status):
    async with open_preview(BusyBot) as (_, url), aiohttp.ClientSession() as browser:
        origin, token = url.split("/#")
        sent = {name: value.replace("right", token) for name, value in headers.items()}
        async with browser.get(f"{origin}/state", headers=sent) as answer:
            assert answer.status == status


async def test_only_our_page_may_frame_the_room():
    async with (
        open_preview(BusyBot) as (demo, url),
        aiohttp.ClientSession() as browser,
        browser.get(demo.state()["room_url"]) as answer,
    ):
        policy = answer.headers["Content-Security-Policy"]

        assert "X-Frame-Options" not in answer.headers
        assert f"frame-ancestors {url.split('/#')[0]};" in f"{policy};"


@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
async def test_it_ends_cleanly(end, code, tmp_path):
    env = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    preview = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "dev", "-m", "bot", "preview"),
        cwd=ROOT,
        env=env | {"TMPDIR": str(tmp_path)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # A shell's job in the background ignores it, and what it starts does so, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    address = await preview.stdout.readline()
    while_it_runs = list(tmp_path.iterdir())
    preview.send_signal(end)
    _, complaints = await preview.communicate()

    assert re.fullmatch(rb"http://127\.0\.0\.1:\d+/#[\w-]{32}\n", address)
    assert preview.returncode == code
    assert b"Traceback" not in complaints
    assert b"ResourceWarning" not in complaints
    assert while_it_runs
    assert not list(tmp_path.iterdir())


# In a browser


@contextlib.asynccontextmanager
async def opened(browser: Browser, url: str, width: int = 1280):
    context = await browser.new_context(viewport={"width": width, "height": 844})
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(url)
    room = page.frame_locator("#discord")
    await expect(room.get_by_role("textbox", name="Message")).to_be_visible()
    yield page, room
    await context.close()
    assert not problems


async def type_command(page: Page, room: FrameLocator, name: str) -> None:
    await room.get_by_role("textbox", name="Message").press_sequentially(f"/{name}")
    await expect(room.get_by_role("option", name=f"/{name}")).to_be_visible()
    await page.keyboard.press("Enter")
    await room.get_by_role("button", name="Send").click()  # Enter would pick the first option


def messages(room: FrameLocator):
    return room.locator("#channel-message-list")


async def scroll_up(room: FrameLocator) -> None:
    await room.locator("#channel-timeline").evaluate("timeline => timeline.scrollTo(0, 0)")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
async def test_a_learner_reads_on_after_the_bot_restarted(nextread, browser, width):
    async with open_preview(nextread) as (demo, url), opened(browser, url, width) as (page, room):
        await type_command(page, room, "next")
        await expect(messages(room)).to_contain_text("Attention Is All You Need")
        await room.get_by_role("button", name="Done", exact=True).click()
        await expect(messages(room)).to_contain_text("Generative Pre-Training")

        await page.get_by_label("More").select_option("Restart the bot")
        await expect(page.get_by_role("status")).to_have_text("The bot restarts …")
        await expect(page.get_by_role("status")).to_have_text("")
        await demo.advance(4)  # a tap at once would be asked about
        await room.get_by_role("button", name="Done", exact=True).click()

        await expect(messages(room)).to_contain_text("BERT: Pre-training")


@pytest.mark.browser
async def test_it_speaks_another_language_at_a_click(nextread, browser):
    opening = open_preview(nextread, languages=languages())
    async with opening as (_, url), opened(browser, url, 390) as (page, room):
        await page.get_by_label("More").select_option("Speak 한국어")
        await expect(page.get_by_label("More")).to_contain_text("Speak English")
        await type_command(page, room, "next")

        await expect(messages(room)).to_contain_text(together("45분"))
        await expect(room.get_by_role("button", name="완료")).to_be_visible()


@pytest.mark.browser
async def test_a_week_passes_at_a_click(browser):
    async with open_preview(BusyBot) as (_, url), opened(browser, url, 390) as (page, room):
        await expect(page.locator("time")).to_contain_text("1 Jan")
        await page.get_by_role("button", name="+1 week").click()

        await expect(page.locator("time")).to_contain_text("8 Jan")
        await expect(messages(room)).to_contain_text("Paper of day 7")


@pytest.mark.browser
async def test_a_click_counts_while_time_passes(nextread, browser):
    async with open_preview(nextread) as (demo, url), opened(browser, url) as (page, room):
        await type_command(page, room, "next")
        passing = asyncio.create_task(demo.advance(3 * DAY))
        await room.get_by_role("button", name="Done", exact=True).click()

        await expect(messages(room)).to_contain_text("Generative Pre-Training")
        await passing
        await expect(room.locator("#inspector-count")).to_be_hidden()  # nothing went wrong


@pytest.mark.browser
async def test_each_viewer_sees_their_own_answers(browser, nextread):
    async with (
        open_preview(nextread) as (_, url),
        opened(browser, url) as (page, room),
        opened(browser, url) as (_, moderators_room),
    ):
        await moderators_room.get_by_label("Viewing as").select_option("moderator")
        await type_command(page, room, "next")
        await expect(messages(room)).to_contain_text("Attention Is All You Need")
        await room.get_by_role("textbox", name="Message").fill("Who has read it?")
        await page.keyboard.press("Enter")
        await expect(messages(moderators_room)).to_contain_text("Who has read it?")

        await expect(messages(moderators_room)).not_to_contain_text("Attention")


@pytest.mark.browser
async def test_a_form_opens_and_is_sent(browser):
    async with open_preview(BusyBot) as (_, url), opened(browser, url) as (page, room):
        await room.get_by_label("Viewing as").select_option("moderator")
        await room.get_by_role("textbox", name="Message").press_sequentially("/suggest")
        await room.get_by_role("option", name="/suggest").click()
        await page.keyboard.type("ber")
        await room.get_by_role("option", name="BERT").click()
        await room.get_by_role("button", name="Send").click()
        await room.get_by_role("textbox", name="Link").fill("https://example.org")
        await room.get_by_role("button", name="Submit").click()

        await expect(messages(room)).to_contain_text("Thank you.")


@pytest.mark.browser
async def test_direct_messages_have_a_room_of_their_own(nextread, browser):
    async with open_preview(nextread) as (_, url), opened(browser, url) as (page, room):
        await page.get_by_label("Room").select_option("DM: learner")
        await expect(room.get_by_role("textbox", name="Message")).to_have_attribute(
            "placeholder", "Message @Nextread"
        )
        await type_command(page, room, "next")

        await expect(messages(room)).to_contain_text("Attention Is All You Need")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
async def test_the_controls_take_one_row(browser, width):
    async with open_preview(BusyBot) as (_, url), opened(browser, url, width) as (page, _):
        controls = page.get_by_label("Preview controls").locator("> :visible")
        boxes = [await control.bounding_box() for control in await controls.all()]

        assert len(boxes) >= 5
        assert max(box["y"] for box in boxes) < min(box["y"] + box["height"] for box in boxes)
        assert max(box["x"] + box["width"] for box in boxes) <= width


@pytest.mark.browser
@pytest.mark.parametrize("where", ["#reading", "DM: learner"])
async def test_the_newest_answer_is_in_sight_when_it_comes(nextread, browser, where):
    async with open_preview(nextread) as (_, url), opened(browser, url, 390) as (page, room):
        await page.get_by_label("Room").select_option(where)
        await expect(room.get_by_role("textbox", name="Message")).to_be_visible()
        for command in ("help", "next"):
            await type_command(page, room, command)
            await expect(messages(room)).to_contain_text(f"/{command}")
        await scroll_up(room)
        await type_command(page, room, "progress")

        newest = messages(room).get_by_text("Jump into LLM").first
        await expect(newest).to_be_in_viewport(ratio=1)


@pytest.mark.browser
async def test_a_card_that_grows_in_place_shows_its_title(nextread, browser):
    async with open_preview(nextread) as (_, url), opened(browser, url, 390) as (page, room):
        await type_command(page, room, "help")
        await type_command(page, room, "next")
        card = messages(room).locator("article").last
        await card.get_by_role("button", name="More", exact=True).click()
        await expect(card.get_by_role("button", name="Less")).to_be_visible()

        await expect(card.get_by_role("link").first).to_be_in_viewport(ratio=1)


@pytest.mark.browser
async def test_what_comes_unasked_is_in_sight_too(browser):
    async with open_preview(BusyBot) as (_, url), opened(browser, url, 390) as (page, room):
        for _ in range(3):
            await page.get_by_role("button", name="+1 week").click()
            await expect(page.get_by_role("status")).not_to_have_text("")
            await expect(page.get_by_role("status")).to_have_text("")
            await scroll_up(room)

        await page.get_by_role("button", name="+1 day").click()

        await expect(messages(room).get_by_text("Paper of day 22")).to_be_in_viewport(ratio=1)


@pytest.mark.browser
async def test_ending_the_session_in_the_page_ends_the_preview(browser):
    async with open_preview(BusyBot) as (demo, url), opened(browser, url) as (_, room):
        await room.get_by_text("More").click()
        await room.get_by_role("button", name="End preview session").click()

        async with asyncio.timeout(60):
            await demo.ended.wait()
