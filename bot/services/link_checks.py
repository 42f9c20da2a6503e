"""The weekly look at every listed link: one request a host at a time, and no haste."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.curriculum.links import host_of
from bot.core.link_checks import LinkAnswer, LinkCheck, after
from bot.services.lookups import Turns
from bot.store import link_checks as rows
from bot.store.database import Database
from bot.store.instants import Clock

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Links that one process takes at a time."""

LEASE = timedelta(hours=1)
"""After it, another process looks at what one took."""

LISTED_EVERY = timedelta(days=1)
"""How often the links that are listed are gathered anew."""

PATIENCE = 30.0
"""Seconds that a page has."""

CheckLink = Callable[[str], Awaitable[LinkAnswer]]
"""Looks whether a link leads somewhere; never raises for trouble on the way."""


async def ask_links(
    urls: Sequence[str], check_link: CheckLink, told: Callable[[str, LinkAnswer], Awaitable[None]]
) -> None:
    """Look at links, one of a host at a time and a few hosts at once; tell each answer at once.

    A site that asks us to wait isn't asked again in this round.
    """
    turns, by_host = Turns(), defaultdict[str, list[str]](list)
    for url in urls:
        by_host[host_of(url)].append(url)

    async def ask(host: str, links: list[str]) -> None:
        wait: timedelta | None = None
        for url in links:
            answer = LinkAnswer("unknown", wait=wait)
            if wait is None:
                async with turns.of(host):
                    with suppress(TimeoutError):
                        async with asyncio.timeout(PATIENCE):
                            answer = await check_link(url)
                wait = answer.wait
            await told(url, answer)

    async with asyncio.TaskGroup() as asking:
        for host, links in by_host.items():
            asking.create_task(ask(host, links))


@dataclass
class LinkChecks:
    """``check_link`` None: nothing is looked at."""

    _background: Database
    _clock: Clock
    _check_link: CheckLink | None
    _listed_at: list[datetime] = field(default_factory=list)

    async def run_due(self) -> bool:
        """Look at the links whose time has come, some at once; tell whether there were any."""
        if self._check_link is None:
            return False
        now = self._clock()
        if not self._listed_at or now - self._listed_at[-1] >= LISTED_EVERY:
            async with self._background.transaction() as tx:
                await rows.keep_listed(tx, now)
            self._listed_at[:] = [now]
        if not await rows.any_due(self._background, now):
            return False
        async with self._background.transaction() as tx:
            claimed = await rows.claim(tx, now, now + LEASE, AT_ONCE)
        checks = {each.url: each for each in claimed}

        async def told(url: str, answer: LinkAnswer) -> None:
            await self._record(checks[url], answer)

        await ask_links(list(checks), self._check_link, told)
        return bool(checks)

    async def _record(self, before: LinkCheck, answer: LinkAnswer) -> None:
        now = self._clock()
        check, next_at = after(before, answer, now)
        if check.is_dead and not before.is_dead:
            log.warning("dead link: %s", check.url.encode("ascii", "backslashreplace").decode())
        async with self._background.transaction() as tx:
            await rows.record(tx, check, now, next_at)
