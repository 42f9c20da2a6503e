"""Whether links lead somewhere, asked of a small web on 127.0.0.1."""

import asyncio
import gzip
import socket
import ssl
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.core.link_checks import LinkAnswer
from tests.pages.conftest import Names

THERE, GONE, UNKNOWN = (LinkAnswer(evidence) for evidence in ("there", "gone", "unknown"))


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, THERE), (404, GONE), (410, GONE), (403, UNKNOWN), (401, UNKNOWN), (500, UNKNOWN),
        (502, UNKNOWN), (418, UNKNOWN), (503, UNKNOWN), (206, UNKNOWN),
        (429, LinkAnswer("unknown", wait=timedelta(hours=1))),
    ],
)  # fmt: skip
async def test_only_no_such_page_is_evidence(site, pages, status, answer):
    assert await pages.check(site.serve("/page", status=status)) == answer


async def test_what_is_no_page_is_there_too(site, pages):
    pdf = site.serve("/paper.pdf", body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"})

    assert await pages.check(pdf) == THERE


async def test_a_name_that_nobody_has_is_evidence_and_one_that_cannot_be_asked_is_none(pages_with):
    others = Names(arxiv_org="127.0.0.1")
    assert await pages_with(resolver=others).check("http://gone.example/") == GONE
    assert (
        await pages_with(resolver=Names()).check("http://gone.example/") == UNKNOWN
    )  # says so of all
    for code in (socket.EAI_AGAIN, socket.EAI_NODATA):
        pages = pages_with(resolver=Trouble(code))
        assert await pages.check("http://gone.example/") == UNKNOWN


class Trouble(Names):
    def __init__(self, code):
        super().__init__()
        self.code = code

    async def resolve(self, *_, **__):
        raise socket.gaierror(self.code, "no answer")


async def test_private_addresses_are_never_asked(site, inside, pages_with):
    names = Names(inside_example="127.0.0.2", rebound_example="127.0.0.1 127.0.0.2")
    pages = pages_with(resolver=names)
    links = ["http://127.0.0.2/", "http://inside.example/", inside.url(host="127.0.0.2")]
    links += [inside.url(host="inside.example"), inside.url(host="rebound.example")]
    links.append(site.redirect("/to-inside", inside.url("/", host="127.0.0.2")))
    site.serve("/")
    answers = [await pages.check(link) for link in links]

    assert answers == [UNKNOWN] * len(links)
    assert inside.requests == []


@pytest.mark.parametrize(("status", "is_for_good"), [(301, True), (308, True), (302, False)])
async def test_a_page_that_moved_for_good_is_told_with_its_title(site, pages, status, is_for_good):
    new = site.serve("/new", body="<title>The page</title>")

    async def answer(_):
        return web.Response(status=status, headers={"Location": "/new"})

    site.answers["/old"] = answer

    found = await pages.check(site.url("/old"))

    assert found == (LinkAnswer("there", moved_to=new, title="The page") if is_for_good else THERE)


async def test_a_redirect_in_a_circle_and_one_to_what_is_gone(site, pages):
    site.redirect("/a", "/b")
    circle = site.redirect("/b", "/a")
    to_gone = site.redirect("/c", "/nothing")

    assert await pages.check(circle) == UNKNOWN
    assert await pages.check(to_gone) == GONE


async def test_what_robots_may_not_see_is_not_asked(site, pages):
    rules = "User-agent: *\nDisallow: /private\n\nUser-agent: Nextread\nDisallow: /ours\n"
    site.serve("/robots.txt", body=rules, headers={"Content-Type": "text/plain"})
    page, ours = site.serve("/page"), site.serve("/ours/page")

    answers = [await pages.check(link) for link in (page, ours, page)]

    assert answers == [THERE, UNKNOWN, THERE]
    assert site.paths.count("/robots.txt") == 1
    assert "/ours/page" not in site.paths


async def test_rules_are_asked_of_where_a_redirect_leads_and_followed_themselves(site, pages):
    rules = "\ufeffUser-agent: *\nDisallow: /private\n"
    site.serve("/rules", body=rules, headers={"Content-Type": "text/plain"})
    site.redirect("/robots.txt", "/rules")
    site.serve("/private/page")
    to_private = site.redirect("/public", "/private/page")

    assert await pages.check(to_private) == UNKNOWN
    assert "/private/page" not in site.paths


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        ("Disallow: /*/private", UNKNOWN),
        ("Disallow: /*.html$", THERE),
        ("Disallow: /*page$", UNKNOWN),
        ("Disallow: /a/\nAllow: /a/private/", THERE),  # the longest counts, not the first
    ],
)
async def test_the_rules_are_read_as_their_standard_says(site, pages, rules, answer):
    told = {"Content-Type": "text/plain"}
    site.serve("/robots.txt", body=f"User-agent: *\n{rules}\n", headers=told)

    assert await pages.check(site.serve("/a/private/page")) == answer


async def test_the_pause_that_a_site_asks_for_is_told(site, pages):
    rules = "User-agent: *\nCrawl-delay: 2.5\n"
    site.serve("/robots.txt", body=rules, headers={"Content-Type": "text/plain"})

    assert await pages.check(site.serve("/page")) == LinkAnswer("there", pause=2.5)


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_site_that_cannot_tell_its_rules_is_not_asked_for_pages(site, pages, status):
    site.serve("/robots.txt", status=status)

    assert await pages.check(site.serve("/page")) == UNKNOWN
    assert site.paths == ["/robots.txt"]


async def test_a_page_that_cannot_be_unpacked_is_there(site, pages):
    broken = {"Content-Type": "text/html", "Content-Encoding": "gzip"}

    assert await pages.check(site.serve("/page", body=b"no gzip", headers=broken)) == THERE


@pytest.mark.parametrize("rules", [b"\xff\xfe\0", b"Disallow: /" * 20_000, b"", None])
async def test_rules_that_say_nothing_let_us_in(site, pages, rules):
    if rules is not None:
        site.serve("/robots.txt", body=rules, headers={"Content-Type": "text/plain"})

    assert await pages.check(site.serve("/page")) == THERE


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("soon", timedelta(hours=1)),
        ("", timedelta(hours=1)),
        ("9" * 40, timedelta(10**8 / 86400)),
    ],
)
async def test_how_long_to_wait_is_heeded(site, pages, asked, wait):
    link = site.serve("/busy", status=429, headers={"Retry-After": asked})

    assert await pages.check(link) == LinkAnswer("unknown", wait=wait)


async def test_a_date_to_wait_for_is_heeded(site, pages):
    at = datetime.now(UTC) + timedelta(hours=2)
    told = at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    link = site.serve("/busy", status=503, headers={"Retry-After": told})

    found = await pages.check(link)

    assert timedelta(minutes=119) < found.wait <= timedelta(hours=2)


async def test_a_page_that_unpacks_to_fifty_megabytes_takes_no_memory(site, pages):
    bomb = gzip.compress(b"\0" * 50_000_000)
    packed = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    link = site.serve("/bomb", body=bomb, headers=packed)

    tracemalloc.start()
    try:
        assert await pages.check(link) == THERE
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


async def test_a_page_without_end_is_there(site, pages):
    async def write(response):
        while True:
            await response.write(b"x" * 100_000)

    assert await pages.check(site.stream("/endless", write)) == THERE


async def test_a_site_that_speaks_no_tls_is_no_evidence(site, pages):
    assert await pages.check(site.url("/").replace("http:", "https:")) == UNKNOWN


async def test_a_site_whose_certificate_cannot_be_trusted_is_asked_nothing(pages_with):
    """It would say that there is no such page, but nobody knows who says so."""
    asked, tls = [], ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(SELF_SIGNED)

    async def answer(request):
        asked.append(request.path)
        raise web.HTTPNotFound

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        link = f"https://site.test:{runner.addresses[0][1]}/page"
        pages = pages_with(resolver=Names(site_test="127.0.0.1"), is_allowed=lambda *_: True)
        answered = await pages.check(link)
        asked_by_us = list(asked)
        async with aiohttp.ClientSession() as session:
            there = link.replace("site.test", "127.0.0.1")
            async with session.get(there, ssl=False) as response:
                status = response.status
    finally:
        await runner.cleanup()

    assert answered == UNKNOWN
    assert asked_by_us == []
    assert (status, asked) == (404, ["/page"])  # whoever trusts it is answered


SELF_SIGNED = Path(__file__).with_name("self_signed.pem")
"""A key that is nobody's secret, and its certificate for site.test, until 2126.

Made by ``openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500
-subj /CN=site.test -addext subjectAltName=DNS:site.test,IP:127.0.0.1``.
"""


async def test_a_page_that_hangs_is_ended_by_whoever_asks(site, pages):
    async def answer(_):
        await asyncio.Event().wait()

    site.answers["/slow"] = answer
    link = site.url("/slow")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await pages.check(link)
