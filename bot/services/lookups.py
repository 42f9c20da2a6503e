"""The pages behind an import's links, looked up while its card waits, and after a restart."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from weakref import WeakValueDictionary

from bot.core.curriculum.fields import PageFacts
from bot.core.curriculum.imports import with_facts_of
from bot.core.curriculum.links import host_of
from bot.core.moderation import DraftImport
from bot.store import additions
from bot.store.additions import Draft
from bot.store.database import Database
from bot.store.instants import Clock

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""After it, another process goes on with what one began."""

SAVED_EVERY = 2.0
"""Seconds. What is looked up in between is lost if the process ends."""

PATIENCE = 15.0
"""Seconds that a page has: nobody waits for it alone."""

HOSTS_AT_ONCE = 8

FetchFacts = Callable[[str], Awaitable[PageFacts]]
"""Looks at the page behind a link; never raises for trouble on the way."""


class Turns:
    """One request a host at a time, and a few hosts at once, for all who take turns.

    ``rest``: seconds after each turn before the next one can begin.
    """

    def __init__(self, hosts_at_once: int = HOSTS_AT_ONCE, rest: float = 0.0) -> None:
        self._all, self._rest = asyncio.Semaphore(hosts_at_once), rest
        self._by_host = WeakValueDictionary[str, asyncio.Lock]()

    @asynccontextmanager
    async def of(self, host: str) -> AsyncIterator[None]:
        """Wait until it is one's turn with a host, and have it."""
        lock = self._by_host.setdefault(host, asyncio.Lock())
        async with lock, self._all:
            yield
            if self._rest:
                await asyncio.sleep(self._rest)


async def ask_pages(
    links: Mapping[str, str], fetch_facts: FetchFacts, turns: Turns | None = None
) -> AsyncGenerator[tuple[str, PageFacts], None]:
    """Yield what each page tells as it comes, in turn with whoever else asks its host.

    ``links``: by key; a page that hangs tells nothing.
    """
    turns = turns or Turns()
    by_host = defaultdict[str, list[str]](list)
    for key, url in links.items():
        by_host[host_of(url)].append(key)
    told = asyncio.Queue[tuple[str, PageFacts]]()

    async def ask(host: str, keys: list[str]) -> None:
        for key in keys:
            async with turns.of(host):
                facts = PageFacts()
                with suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE):
                        facts = await fetch_facts(links[key])
            told.put_nowait((key, facts))

    asking = [asyncio.create_task(ask(*each)) for each in by_host.items()]
    try:
        for _ in links:
            yield await told.get()
    finally:
        for each in asking:
            each.cancel()


@dataclass
class Lookups:
    """Asks one page a host at a time, whosever import it is for."""

    _background: Database
    _clock: Clock
    _fetch_facts: FetchFacts
    _turns: Turns = field(default_factory=Turns)

    async def run_due(self) -> bool:
        """Look up all that waits, and what comes meanwhile; tell whether anything did."""
        running: dict[asyncio.Task[None], int] = {}
        was_due = False
        try:
            while True:
                for draft in await self._claimed():
                    if draft.draft_id not in running.values():  # else it waits long for its turn
                        running[asyncio.create_task(self._look_up(draft))] = draft.draft_id
                if not running:
                    return was_due
                was_due = True
                first = asyncio.FIRST_COMPLETED
                done, _ = await asyncio.wait(running, timeout=SAVED_EVERY, return_when=first)
                for each in done:
                    del running[each]
        finally:
            for each in running:
                each.cancel()

    async def _claimed(self) -> list[Draft]:
        now = self._clock()
        if not await additions.any_lookups(self._background, now):
            return []
        async with self._background.transaction() as tx:
            return await additions.claim_lookups(tx, now, now + LEASE)

    async def _look_up(self, draft: Draft) -> None:
        """Look up a draft's links, and save what is found as it comes."""
        if not isinstance(draft.about, DraftImport):
            return
        listed = draft.about.imported.curriculum.by_key
        links = {key: listed[key].url for key in draft.about.pending}
        found: dict[str, PageFacts] = {}
        saved_at = asyncio.get_running_loop().time()
        try:
            async with aclosing(ask_pages(links, self._fetch_facts, self._turns)) as pages:
                async for key, facts in pages:
                    found[key] = facts
                    now = asyncio.get_running_loop().time()
                    if now - saved_at >= SAVED_EVERY or len(found) == len(links):
                        saved_at = now
                        if not await self._save(draft, found):
                            return
        except Exception:
            log.exception("links of draft %s can't be looked up", draft.draft_id)

    async def _save(self, draft: Draft, found: dict[str, PageFacts]) -> bool:
        """Record what was found so far; tell whether there is still something to look up."""
        now = self._clock()
        async with self._background.transaction() as tx:
            await additions.take_turn(tx, draft.guild_id)
            ref = draft.guild_id, draft.opened_by, draft.draft_id
            there = await additions.draft(tx, ref, draft.made_at)
            if there is None or not isinstance(there.about, DraftImport):
                return False
            about = there.about
            left = tuple(key for key in about.pending if key not in found)
            news = {key: found[key] for key in about.pending if key in found}
            imported = with_facts_of(about.imported, news)
            about = replace(about, imported=imported, pending=left)
            await additions.set_draft(tx, replace(there, about=about))
            until = now + LEASE if left else None
            await additions.set_lease(tx, draft.guild_id, draft.draft_id, until)
            return bool(left)
