"""Many people type /next in the same instant beside busy cores; Discord waits three seconds."""

import asyncio
import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from statistics import median

import click
from aiohttp import web

from tests.bench.databases import new_database
from tests.bench.interactions import Asking, started
from tests.bench.many_rooms import FIRST_READER
from tests.small_discord import answer

DEADLINE = 3
"""Seconds that Discord waits to be answered, or told that it takes longer."""
PATIENCE = 20
IS_ANSWER = 4
"""Discord's type of an answer with a message; the other is that one comes later."""
SPIN = "while True: pass"


class Rush(Asking):
    """Notes of each /next when it was first heard of, and how."""

    def __init__(self, guilds) -> None:
        super().__init__(guilds)
        self.heard: dict[str, tuple[float, int]] = {}
        self.rest: set[str] = set()

    def _routes(self):
        webhook = "/api/v10/webhooks/{application}/{token}"
        return [
            *super()._routes(),
            web.post(webhook, self._take_rest),
            web.patch(f"{webhook}/messages/@original", self._take_rest),
        ]

    async def _take_rest(self, request):
        """Take what follows where Discord was told that it takes longer."""
        self._ids += 1
        self.rest.add(request.match_info["token"])
        return answer(self.message(str(self._ids), await request.json()))

    async def _take_answer(self, request):
        body = await request.json()
        self.heard.setdefault(request.match_info["token"], (time.perf_counter(), body["type"]))
        if body["type"] == IS_ANSWER:
            return await super()._take_answer(request)
        told = {"id": request.match_info["id"], "type": 2, "response_message_id": "1"}
        return answer({"interaction": told})

    async def all_at_once(self, people):
        """Ask as so many readers, each once; return how long each waited, and how many deferred."""
        began, asked = time.perf_counter(), []
        for n in range(people):
            self._ids += 1
            asked.append(token := f"rush{self._ids}")
            room = random.Random(n).choice(self.rooms)  # noqa: S311
            told = self._interaction(room, FIRST_READER + 10_000 + self._ids, token)
            await self.tell("INTERACTION_CREATE", told)
        async with asyncio.timeout(PATIENCE):
            while {token for token in asked if not self._is_done(token)}:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        heard = [self.heard[token] for token in asked if token in self.heard]
        return [at - began for at, _ in heard], sum(kind != IS_ANSWER for _, kind in heard)

    def _is_done(self, token):
        _, kind = self.heard.get(token, (0, 0))
        return kind == IS_ANSWER or (kind and token in self.rest)


@click.command()
@click.option("--people", default=500, show_default=True)
@click.option("--times", default=5, show_default=True, help="New people each time.")
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
def rush(people, times, database):
    """Measure /next of many at once, beside a process that keeps each core busy."""
    with new_database(database) as (url, folder):
        found = asyncio.run(_measure(url, folder, people, times))
    click.echo(f"| {people} at once, {database} | p50 | p99 | last | deferred | unanswered |")
    click.echo("| --- |" + " --- |" * 5)
    for name, took, deferred, lost in found:
        in_order = sorted(took)
        p99 = in_order[int(0.99 * len(in_order)) - 1]
        shown = " | ".join(f"{each:.2f} s" for each in (median(took), p99, in_order[-1]))
        click.echo(f"| {name} | {shown} | {deferred} | {lost} |")
    slowest = max(max(took) for _, took, _, _ in found)
    if slowest > DEADLINE or any(lost for *_, lost in found):
        raise SystemExit("some were not answered in time")


async def _measure(url, folder, people, times):
    async with started(url, folder, 50, Rush) as (discord_, _):
        await discord_.all_at_once(people)  # once for what only the first ones wait for
        found = []
        for name, cores in (("quiet", 0), ("beside busy cores", os.cpu_count() or 1)):
            all_took, all_deferred = [], 0
            with _busy(cores):
                for _ in range(times):
                    await asyncio.sleep(1)
                    took, deferred = await discord_.all_at_once(people)
                    all_took += took
                    all_deferred += deferred
            found.append((name, all_took, all_deferred, people * times - len(all_took)))
    return found


@contextmanager
def _busy(cores):
    """Keep so many cores busy meanwhile."""
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(cores)]
    try:
        yield
    finally:
        for each in spinning:
            each.kill()
            each.wait()
