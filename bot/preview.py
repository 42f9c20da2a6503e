"""The bot in a local browser page, without a Discord account: to try it and to show it."""

import asyncio
import contextlib
import logging
import os
import re
import secrets
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

import discord
from aiohttp import web  # discord.py's own dependency
from discord.ext import commands

from bot.errors import ConfigError

try:
    import simcord
    from simcord.backend.serializers import guild_create_payload
except ModuleNotFoundError as missing:
    raise ConfigError("The preview is an extra: pip install 'nextread[preview]'") from missing

log = logging.getLogger(__name__)

Action = Callable[..., Coroutine[Any, Any, dict[str, Any]]]
Index = Callable[[web.Request], Coroutine[Any, Any, web.Response]]
Journey = Callable[[], Coroutine[Any, Any, None]]
Emit = Callable[[str, Any], None]
MakeBot = Callable[[str], commands.AutoShardedBot]

STEP = 2  # seconds: how often the demo's clock follows the real one
CHUNK = 3600  # seconds: after each, a longer jump lets waiting clicks through
JUMPS = {"day": 24 * 3600, "week": 7 * 24 * 3600}
ENGLISH = {"en": "English"}
OTHERS = 5  # with five members, the paper of the week says how many are ready

HOST = "127.0.0.1"
HTML = Path(__file__).with_name("preview_page.html")
ROOM_SCRIPT = Path(__file__).with_name("preview_room.js")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
        f" connect-src 'self'; frame-src http://{HOST}:*; frame-ancestors 'none'; base-uri 'none'"
    ),
}


class Demo:
    """A small Discord in memory with the bot, and a page that shows one room at a time.

    Simcord does one thing at a time, and nothing while its clock moves, so take ``turn`` before you
    use ``env``.
    """

    def __init__(
        self,
        make_bot: MakeBot,
        database_url: str,
        framed_by: str,
        languages: Mapping[str, str] = ENGLISH,
    ) -> None:
        self._make_bot, self._languages, self.language = make_bot, languages, "en"
        self._database_url = database_url
        self._framed_by = framed_by
        self.turn = asyncio.Lock()
        self._journey: asyncio.Task[None] | None = None
        self._calls_shown = 0
        self.doing = ""
        self.ended = asyncio.Event()
        self.bot = make_bot(database_url)
        self.env = env = simcord.Env(self.bot, settle_timeout=20)
        # Simcord knows nobody whose Discord speaks another language.
        env.backend.emit = self._in_our_language(env.backend.emit)  # type: ignore[assignment,method-assign]
        # Only simcord's backend can set the bot's name and a system channel.
        env.backend.bot_user.name = "Nextread"
        self.guild = env.create_guild("Study room", owner=env.create_user("owner"))
        self.channel = self.guild.create_text_channel("reading", topic="What we read this week")
        manages = discord.Permissions(manage_guild=True)
        moderators = self.guild.create_role("moderators", permissions=manages)
        self.users = [env.create_user("learner"), env.create_user("moderator")]
        others = [env.create_user(f"learner {n}") for n in range(2, 2 + OTHERS)]
        self.members = [
            self.guild.add_member(self.users[0]),
            self.guild.add_member(self.users[1], roles=[moderators]),
            *map(self.guild.add_member, others),
        ]
        env.backend.get_guild(self.guild.id).system_channel_id = self.channel.id

    async def __aenter__(self) -> Self:
        try:
            await self._start_bot()
            await self._open_room(str(self.channel.id))
        except BaseException:
            await self._stop_bot()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._journey:
            await _cancel(self._journey)
        await self._page.close()
        with contextlib.suppress(TimeoutError):  # let the bot finish what it is doing
            await self.env.settle(timeout=1)
        await self._stop_bot()

    def _in_our_language(self, emit: Emit) -> Emit:
        def in_our_language(event: str, payload: Any) -> None:
            if event == "INTERACTION_CREATE":
                payload = {**payload, "locale": self.language}
            emit(event, payload)

        return in_our_language

    async def _start_bot(self) -> None:
        # Private: made the public way, a server has no channel yet when the bot joins, and
        # `on_guild_join` is never called (simcord says "unavailable": false, which means "was here
        # before"). So we complete ours first, hide it during the start, and join then.
        backend = self.env.backend
        guild = backend.guilds.pop(self.guild.id)
        await self.env.start()
        backend.guilds[guild.id] = guild
        joined = dict(guild_create_payload(backend, guild))
        del joined["unavailable"]
        backend.emit("GUILD_CREATE", joined)
        await self.env.settle()

    async def _stop_bot(self) -> None:
        try:
            await self.bot.close()  # simcord never does
        finally:
            await self.env.shutdown()

    def rooms(self) -> dict[str, str]:
        """Return the name of each room that the page can show, by its id."""
        return {room: name for room, (name, *_) in self._places().items()}

    def _places(self) -> dict[str, tuple[str, Any, list[Any]]]:
        """Return each room's name, its channel, and who looks at it in turn."""
        public = [("#reading", self.channel)]
        public += [(f"Thread: {thread.name}", thread) for thread in self.channel.threads]
        private = {
            f"dm{user.id}": (f"DM: {user.name}", user.dm_channel, [user]) for user in self.users
        }
        return {str(room.id): (name, room, self.members) for name, room in public} | private

    def state(self) -> dict[str, Any]:
        """Return what the page around the room shows, as values for JSON."""
        return {
            "now": self.env.now().isoformat(),
            "doing": self.doing,
            "rooms": self.rooms(),
            "room": self.room,
            "room_url": self._page.url,
            "languages": self._languages,
            "language": self.language,
        }

    async def show(self, room: str) -> None:
        """Let the page show another room. Raises KeyError for an unknown id."""
        if room not in self.rooms():
            raise KeyError(room)
        async with self.turn:
            await self._page.close()
            await self._open_room(room)

    async def _open_room(self, room: str) -> None:
        _, channel, viewers = self._places()[room]
        page = self.env.preview(channel, viewers=viewers, layout="channel")
        # Private: simcord lets no page frame its own, and ours is a frame around it.
        server = page._server  # noqa: SLF001
        headers = dict(server._SECURITY_HEADERS)  # noqa: SLF001
        headers.pop("X-Frame-Options", None)
        policy, us = headers["Content-Security-Policy"], self._framed_by
        policy = policy.replace("frame-ancestors 'none'", f"frame-ancestors {us}")
        policy = policy.replace("script-src 'self'", f"script-src 'self' {us}")
        headers["Content-Security-Policy"] = policy
        server._SECURITY_HEADERS = headers  # type: ignore[misc]  # noqa: SLF001
        # Private: simcord's page can't be scrolled from outside, so a script of ours goes into it.
        server._index = self._with_our_script(server._index)  # type: ignore[assignment,method-assign]  # noqa: SLF001
        # Private: otherwise ten minutes without a click in a sleeping tab end the page.
        page._PAGE_LEASE_SECONDS = 24 * 3600.0  # type: ignore[misc]  # noqa: SLF001
        # Private: an action during another one, or while the clock moves, fails in the page.
        page._action = self._in_turn(page)  # type: ignore[method-assign]  # noqa: SLF001
        await page.__aenter__()  # closed by show() and by __aexit__
        self._page, self.room = page, room

    def _with_our_script(self, index: Index) -> Index:
        async def with_our_script(request: web.Request) -> web.Response:
            answer = await index(request)
            script = f'<script src="{self._framed_by}/room.js"></script>'
            answer.text = (answer.text or "").replace("</body>", f"{script}</body>")
            return answer

        return with_our_script

    def _in_turn(self, page: simcord.Preview) -> Action:
        act, views = page._action, page._pages  # noqa: SLF001 - see _open_room

        async def in_turn(view_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
            async with self.turn:
                # A click on something that has just changed counts, as on Discord: simcord
                # would drop it, unless it names the newest revision of the view.
                if view_id in views and "published_revision" in body:
                    body = {**body, "published_revision": views[view_id].revision}
                result = await act(view_id, body)
                self._calls_shown = len(self.env.http_requests)
            if body.get("kind") == "close" and not result["rejected"]:
                self.ended.set()  # "End preview session" in simcord's own menu
            return result

        return in_turn

    async def restart(self) -> None:
        """Close the bot and start a new one on the same database, as an update would."""
        async with self.turn:
            await self.env.settle()
            await self.bot.close()
            self.bot = self._make_bot(self._database_url)
            await self.env.restart_bot(self.bot)
            await self._page.refresh()

    async def advance(self, seconds: float) -> None:
        """Let time pass for the bot; a click waits for at most one chunk."""
        while seconds > 0:
            async with self.turn:
                await self.env.advance_time(min(seconds, CHUNK))
                await self._show_news()
            seconds -= CHUNK

    async def _show_news(self) -> None:
        # Only a refresh shows what the bot did by itself; a needless one would redraw the page.
        calls = len(self.env.http_requests)
        if calls != self._calls_shown:
            self._calls_shown = calls
            await self._page.refresh()

    async def keep_pace(self) -> None:
        """Move the demo's clock with the real one: simcord's stands still between two actions."""
        while not self.ended.is_set():
            await asyncio.sleep(STEP)
            try:
                await self.advance(STEP)
            except Exception:
                log.exception("the demo's clock could not move on")

    async def act(self, act: str, what: str) -> None:
        """Do, or begin to do, what the page asks for.

        Raises:
            KeyError: ``what`` isn't the id of a room, one of the ``JUMPS``, or a language.
        """
        if act == "room":
            await self.show(what)
        elif act == "jump":
            self._begin("Time passes …", partial(self.advance, JUMPS[what]))
        elif act == "language":
            self._languages[what]
            self.language = what
        elif act == "others":
            self._begin("The others take part …", self.others_take_part)
        else:
            self._begin("The bot restarts …", self.restart)

    async def others_take_part(self) -> None:
        """Let the other learners join the group, and all but one of them read its newest paper."""
        for member in self.members[-OTHERS:]:
            async with self.turn:
                answer = await member.slash(self.channel, "group")
                await _press(member, [answer.response], "group:join")
                if member is not self.members[-1]:
                    await _press(member, self.channel.history(), "read:")
                await self._show_news()

    def _begin(self, doing: str, journey: Journey) -> None:
        if not self.doing:  # otherwise a second tab asked too
            self.doing = doing
            self._journey = asyncio.create_task(self._travel(journey))

    async def _travel(self, journey: Journey) -> None:
        try:
            await journey()
            await asyncio.sleep(1)  # so that people see it, and the page, which looks each 0.5 s
        except Exception:
            log.exception("the demo failed at: %s", self.doing)
        finally:
            self.doing = ""


async def _press(member: simcord.MemberActor, messages: Sequence[Any], button: str) -> None:
    """Press the newest button whose custom_id begins with ``button``, if there is one."""
    for message in reversed(messages):
        if found := re.search(rf"'({button}[^']*)'", repr(message.components)):
            await member.click(message, custom_id=found[1])
            return


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class PreviewPage:
    """The page around the demo's room: its time, and buttons that no real server has.

    The address has a token after the ``#``. Without it, one gets only the empty page.
    """

    demo: Demo
    """Set before anybody knows the address."""

    def __init__(self) -> None:
        self._token = secrets.token_urlsafe(24)
        app = web.Application()
        app.add_routes([web.get("/", self._html), web.get("/state", self._answer)])
        app.add_routes([web.get("/room.js", self._room_script)])
        app.router.add_post("/{act:jump|others|restart|room|language}", self._act)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def open(self, port: int) -> None:
        """Listen on this machine only; port 0 takes a free one. Raises ConfigError."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, port).start()
        except OSError as cause:
            await self.close()
            raise ConfigError(f"Port {port} can't be used. Choose another with --port.") from cause
        self.origin = f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"{self.origin}/#{self._token}"

    async def _html(self, request: web.Request) -> web.Response:
        self._check_host(request)
        return web.Response(text=HTML.read_text("utf-8"), content_type="text/html", headers=HEADERS)

    async def _room_script(self, request: web.Request) -> web.Response:
        self._check_host(request)
        script = ROOM_SCRIPT.read_text("utf-8")
        return web.Response(text=script, content_type="text/javascript", headers=HEADERS)

    async def _act(self, request: web.Request) -> web.Response:
        self._check_token(request)
        try:
            await self.demo.act(request.match_info["act"], await request.text())
        except KeyError as unknown:
            raise web.HTTPBadRequest from unknown
        return await self._answer(request)

    async def _answer(self, request: web.Request) -> web.Response:
        self._check_token(request)
        return web.json_response(self.demo.state(), headers=HEADERS)

    def _check_host(self, request: web.Request) -> None:
        # A foreign name that points to this machine (DNS rebinding) gets nothing.
        if f"http://{request.host}" != self.origin:
            raise web.HTTPForbidden

    def _check_token(self, request: web.Request) -> None:
        self._check_host(request)
        token = request.headers.get("X-Nextread-Token", "")
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            raise web.HTTPUnauthorized


@contextlib.asynccontextmanager
async def open_preview(
    make_bot: MakeBot,
    database_url: str | None = None,
    port: int = 0,
    languages: Mapping[str, str] = ENGLISH,
) -> AsyncIterator[tuple[Demo, str]]:
    """Open the demo, by default on a temporary database; yield it and its page's address."""
    async with contextlib.AsyncExitStack() as opened:
        if database_url is None:
            folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="nextread-"))
            database_url = _sqlite_url(Path(folder, "preview.db"))
        page = PreviewPage()
        await page.open(port)
        opened.push_async_callback(page.close)
        demo = Demo(make_bot, database_url, page.origin, languages)
        await opened.enter_async_context(demo)
        page.demo = demo
        opened.push_async_callback(page.close)  # closed first: nobody asks the demo for more
        opened.push_async_callback(_cancel, asyncio.create_task(demo.keep_pace()))
        yield demo, page.url


def preview_in_browser(
    make_bot: MakeBot,
    *,
    keep: Path | None,
    port: int,
    open_browser: bool,
    languages: Mapping[str, str] = ENGLISH,
) -> None:
    """Show the bot in a browser page until Ctrl+C, SIGTERM, or the page's *End preview session*.

    The page's address is the first line printed. ``languages``: by their codes, what those call
    themselves that the page can switch to. Raises ConfigError with one line.
    """

    async def run() -> None:
        kept = _sqlite_url(keep) if keep else None
        async with open_preview(make_bot, kept, port, languages) as (demo, url):
            # A preview in the background (`nextread preview &`) gets no Ctrl+C, only a plain kill.
            with contextlib.suppress(NotImplementedError):  # Windows
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, demo.ended.set)
            sys.stdout.write(f"{url}\nCtrl+C ends the preview.\n")
            sys.stdout.flush()
            if open_browser and _has_screen():
                # Nobody waits for this thread: some browsers return only when they are closed.
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
            await demo.ended.wait()

    asyncio.run(run())


def _sqlite_url(file: Path) -> str:
    return f"sqlite:///{file.absolute().as_posix()}"


def _has_screen() -> bool:
    # Without one, webbrowser would start a text browser in the terminal that prints the address.
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
