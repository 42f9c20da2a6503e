"""A small web on 127.0.0.1: allowed by its port; the same port on 127.0.0.2 is not."""

import socket

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from bot.pages import Pages

PAGE = "<title>Found</title>"


class Names(AbstractResolver):
    """Answers each name with its addresses in turn, the last one for good."""

    def __init__(self, **addresses: str):
        self.answers = {
            name.replace("_", "."): answers.split() for name, answers in addresses.items()
        }
        self.asked = []

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):  # noqa: ARG002 - the abstract one has it
        self.asked.append(host)
        answers = self.answers.get(host)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            {
                "hostname": host,
                "host": one,
                "port": port,
                "family": socket.AF_INET6 if ":" in one else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for one in address.split("+")
        ]

    async def close(self):
        pass


class Site:
    """A web server: what it is to answer by path, and what it was asked."""

    def __init__(self, port: int = 0):
        self.port = port
        self.answers = {}
        self.requests = []

    @property
    def paths(self):
        return [request.path for request in self.requests]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def serve(self, path: str = "/", body=PAGE, **response) -> str:
        async def answer(_):
            return web.Response(
                **({"content_type": "text/html"} if "headers" not in response else {}),
                **({"text": body} if isinstance(body, str) else {"body": body}),
                **response,
            )

        self.answers[path] = answer
        return self.url(path)

    def redirect(self, path: str, to: str, **response) -> str:
        async def answer(_):
            return web.Response(status=302, headers={"Location": to, **response})

        self.answers[path] = answer
        return self.url(path)

    def stream(self, path: str, write, **headers) -> str:
        async def answer(request):
            response = web.StreamResponse(headers={"Content-Type": "text/html", **headers})
            await response.prepare(request)
            await write(response)
            return response

        self.answers[path] = answer
        return self.url(path)

    async def answer(self, request):
        self.requests.append(request)
        found = self.answers.get(request.path)
        if found is None:
            raise web.HTTPNotFound(text=PAGE, content_type="text/html")
        return await found(request)


async def opened(site: Site, host: str) -> web.ServerRunner:
    runner = web.ServerRunner(
        web.Server(site.answer, handler_cancellation=True), shutdown_timeout=1
    )
    await runner.setup()
    await web.TCPSite(runner, host, site.port).start()
    site.port = runner.addresses[0][1]
    return runner


@pytest.fixture
async def site():
    """Where we may go."""
    site = Site()
    runner = await opened(site, "127.0.0.1")
    yield site
    await runner.cleanup()


@pytest.fixture
async def inside(site):
    """Where we must not go: it would answer, and would know."""
    inside = Site(site.port)
    runner = await opened(inside, "127.0.0.2")
    inside.serve()
    yield inside
    await runner.cleanup()


@pytest.fixture
async def pages_with(site):
    """Return what makes Pages that may connect to the site alone."""
    made = []

    def make(**options) -> Pages:
        options.setdefault("timeout_seconds", 30)
        options.setdefault(
            "is_allowed", lambda address, port: (str(address), port) == ("127.0.0.1", site.port)
        )
        pages = Pages(**options)
        made.append(pages)
        return pages

    yield make
    for pages in made:
        await pages.close()


@pytest.fixture
def pages(pages_with):
    return pages_with(resolver=Names(site_test="127.0.0.1", inside_test="127.0.0.2"))
