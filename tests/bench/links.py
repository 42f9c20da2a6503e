"""What the weekly look at links costs: how long it takes, and what `/next` waits meanwhile."""

import asyncio
import contextlib
import multiprocessing
import socket
import time
from datetime import timedelta
from ipaddress import ip_address

import click
import discord
from aiohttp import web
from aiohttp.abc import AbstractResolver

from bot.core.curriculum import Curriculum, Resource, Section, Step
from bot.pages import Pages
from bot.services.link_checks import HOSTS_AT_ONCE, REST, LinkChecks
from bot.services.lookups import Turns
from bot.services.opening import services_over
from bot.store.database import open_database
from bot.store.migrations import migrate
from tests.bench.databases import new_database
from tests.bench.imports import Held
from tests.bench.lists import _in_words, _memory

READER, GUILD, TAKES = 1, 5, 0.1


@click.command()
@click.option("--links", "links_", default=1_000, show_default=True)
@click.option("--hosts", default=300, show_default=True)
def links(links_, hosts):
    """Measure the weekly look at links of many hosts, each of which takes 0.1 s to answer."""
    with new_database("sqlite") as (url, _folder):
        found = asyncio.run(_measure(url, links_, hosts))
    click.echo(f"| {links_:,} links of {hosts} hosts | |\n| --- | --- |")
    for what, value in found.items():
        click.echo(f"| {what} | {value} |")


async def _measure(url, count, hosts):
    async with contextlib.AsyncExitStack() as opened:
        db = await open_database(url)
        opened.push_async_callback(db.close)
        await migrate(db)
        site = opened.enter_context(_served())
        services = await services_over(db, _listed(count, hosts, site), discord.utils.utcnow)
        pages = Pages(
            is_allowed=lambda address, _: address == ip_address("127.0.0.1"), resolver=Local()
        )
        opened.push_async_callback(pages.close)
        about = services.background, services.curricula, services.clock
        checks = LinkChecks(*about, pages.check, Turns(HOSTS_AT_ONCE, REST))  # as by itself
        await services.reading.next_for(READER, GUILD)
        before = await _latencies(services, asyncio.sleep(60))
        was = _memory()
        with Held() as held:
            began = time.perf_counter()
            during = await _latencies(services, _all(checks))
            took = timedelta(seconds=round(time.perf_counter() - began))
        return {
            "looked at in": f"{took.seconds} s",
            "`/next` meanwhile, p50 and p99": _in_words(during),
            "`/next` before": _in_words(before),
            "the longest that nothing else was done": f"{held.longest * 1000:.0f} ms",
            "memory more": f"{_memory() - was:.0f} MiB",
        }


async def _all(checks):
    while await checks.run_due():
        pass


async def _latencies(services, work):
    took, working = [], asyncio.ensure_future(work)
    while not working.done():
        began = time.perf_counter()
        await services.reading.next_for(READER, GUILD)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.01)
    await working
    return took


@contextlib.contextmanager
def _served():
    """Serve the sites in a process of their own, as on the internet; yield their port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,))
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(told):
    async def answer(request):
        await asyncio.sleep(TAKES)
        if request.path == "/robots.txt":
            raise web.HTTPNotFound
        return web.Response(text="<title>A page</title>" + "x" * 20_000, content_type="text/html")

    async def serve():
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        told.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(serve())


class Local(AbstractResolver):
    """Every name is here."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [
            {"hostname": host, "host": "127.0.0.1", "port": port, "family": family,
             "proto": 0, "flags": socket.AI_NUMERICHOST}
        ]  # fmt: skip

    async def close(self):
        pass


def _listed(count, hosts, port):
    resources = tuple(
        Resource(
            f"links:r{n}", f"Paper {n}", f"http://h{n % hosts}.example:{port}/{n}", "paper", "one"
        )
        for n in range(count)
    )
    step = Step("one", "One", "one", resources=resources)
    return Curriculum("links", "Links", (Section("one", "One", steps=(step,)),))
