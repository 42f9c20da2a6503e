"""The weekly look at every listed link: one request a host at a time, and no haste."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.curriculum.additions import guild_of
from bot.core.curriculum.links import host_of
from bot.core.link_checks import LinkAnswer, LinkCheck, after
from bot.services.curriculum import CurriculumStore
from bot.services.lookups import Turns
from bot.store import link_checks as rows
from bot.store.database import Database
from bot.store.instants import Clock

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Links that one process takes at a time."""

LEASE = timedelta(hours=3)
"""After it, another process looks at what one took."""

LISTED_EVERY = timedelta(days=1)
"""How often the links that are listed are gathered anew."""

TOLD_EVERY = timedelta(minutes=1)
"""How often it is seen which links others have found to be dead."""

PATIENCE = 30.0
"""Seconds that a page has."""

HOSTS_AT_ONCE, REST = 2, 5.0
"""Seconds: a link takes milliseconds of the event loop, and no answer is to wait for many."""

LONGEST_PAUSE = 30.0
"""Seconds between two links of a site that asks robots for more."""

CheckLink = Callable[[str], Awaitable[LinkAnswer]]
"""Looks whether a link leads somewhere; never raises for trouble on the way."""


async def ask_links(
    urls: Sequence[str],
    check_link: CheckLink,
    told: Callable[[str, LinkAnswer], Awaitable[None]],
    turns: Turns | None = None,
) -> None:
    """Look at links, one of a host at a time and a few hosts at once; tell each answer at once.

    A site that asks us to wait isn't asked again: of its other links it is told that they wait.
    One that asks for a pause between two questions is given it.
    """
    turns, by_host = turns or Turns(), defaultdict[str, list[str]](list)
    for url in urls:
        by_host[host_of(url)].append(url)

    async def ask(host: str, links: list[str]) -> None:
        wait, pause = None, 0.0
        for url in links:
            if wait is None:
                await asyncio.sleep(pause)
            answer = LinkAnswer("unasked", wait=wait)
            if wait is None:
                async with turns.of(host):
                    answer = await _answer(url, check_link)
                wait = answer.wait
                pause = max(pause, min(answer.pause, LONGEST_PAUSE))
            await told(url, answer)

    async with asyncio.TaskGroup() as asking:
        for host, links in by_host.items():
            asking.create_task(ask(host, links))


async def _answer(url: str, check_link: CheckLink) -> LinkAnswer:
    try:
        async with asyncio.timeout(PATIENCE):
            return await check_link(url)
    except TimeoutError:
        pass
    except Exception:  # of this link alone: the others are looked at all the same
        log.exception("a link of %s can't be looked at", host_of(url) or "no host")
    return LinkAnswer("unknown")


@dataclass
class LinkChecks:
    """``check_link`` None: nothing is looked at. ``turns``: how fast."""

    _background: Database
    _curricula: CurriculumStore
    _clock: Clock
    _check_link: CheckLink | None
    _turns: Turns = field(default_factory=Turns)
    _gathered_at: datetime | None = None
    _told_at: datetime | None = None

    async def run_due(self) -> bool:
        """Look at all links whose time has come; tell whether there were any.

        Readers are given mirrors of those that are dead by then, whoever has looked at them.
        """
        now, last = self._clock(), self._told_at
        if last is None or not timedelta(0) <= now - last < TOLD_EVERY:
            await self.tell_dead()
        if self._check_link is None:
            return False
        await self._gather()
        was_due = False
        while checks := await self._claimed():
            was_due = True
            by_url = {each.url: each for each in checks}

            async def told(
                url: str, answer: LinkAnswer, by_url: dict[str, LinkCheck] = by_url
            ) -> None:
                await self._record(by_url[url], answer)

            await ask_links(list(by_url), self._check_link, told, self._turns)
            await self.tell_dead()
        return was_due

    async def tell_dead(self) -> None:
        """Let the lists know which links are dead now."""
        self._told_at = self._clock()
        found = await rows.troubled(self._background)
        self._curricula.note_dead(url for url, check in found.items() if check.is_dead)

    async def _gather(self) -> None:
        """Let all that is listed by now be looked at, once a day."""
        now, last = self._clock(), self._gathered_at
        if last is None or not timedelta(0) <= now - last < LISTED_EVERY:
            async with self._background.transaction() as tx:
                await rows.keep_listed(tx, now)
            self._gathered_at = now

    async def _claimed(self) -> list[LinkCheck]:
        now = self._clock()
        if not await rows.any_due(self._background, now):
            return []
        async with self._background.transaction() as tx:
            return await rows.claim(tx, now, now + LEASE, AT_ONCE)

    async def _record(self, before: LinkCheck, answer: LinkAnswer) -> None:
        now = self._clock()
        check, next_at = after(before, answer, now)
        async with self._background.transaction() as tx:
            await rows.record(tx, check, next_at)
            is_the_hosts = any(map(is_base, await rows.namespaces_of(tx, check.url)))
        if check.is_dead and not before.is_dead and is_the_hosts:
            log.warning("dead link: %s", check.url.encode("ascii", "backslashreplace").decode())


def is_base(namespace: str) -> bool:
    """Tell whether keys of this kind are of a host's list."""
    return guild_of(namespace) is None
