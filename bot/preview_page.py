"""The page around the demo's room: its time, and buttons that no real server has."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web  # discord.py's own dependency

from bot.errors import ConfigError

HOST = "127.0.0.1"
HTML = Path(__file__).with_suffix(".html")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
        f" connect-src 'self'; frame-src http://{HOST}:*; frame-ancestors 'none'; base-uri 'none'"
    ),
}


class PreviewPage:
    """Serves the page, the demo's ``state``, and its ``acts``, which get the request's text.

    The address has a token after the ``#``. Without it, one gets only the empty page.
    """

    def __init__(self) -> None:
        self.state: Callable[[], Mapping[str, Any]] = dict
        self.acts: Mapping[str, Callable[[str], Awaitable[None]]] = {}
        self._token = secrets.token_urlsafe(24)
        app = web.Application()
        app.add_routes([web.get("/", self._html), web.get("/state", self._answer)])
        app.router.add_post("/{act}", self._act)
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

    async def _act(self, request: web.Request) -> web.Response:
        self._check_token(request)
        act = self.acts.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        try:
            await act(await request.text())
        except KeyError as unknown:
            raise web.HTTPBadRequest from unknown
        return await self._answer(request)

    async def _answer(self, request: web.Request) -> web.Response:
        self._check_token(request)
        return web.json_response(self.state(), headers=HEADERS)

    def _check_host(self, request: web.Request) -> None:
        # A foreign name that points to this machine (DNS rebinding) gets nothing.
        if f"http://{request.host}" != self.origin:
            raise web.HTTPForbidden

    def _check_token(self, request: web.Request) -> None:
        self._check_host(request)
        token = request.headers.get("X-Nextread-Token", "")
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            raise web.HTTPUnauthorized
