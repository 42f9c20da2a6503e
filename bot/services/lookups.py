"""The pages behind an import's links, looked up while its card waits, and after a restart."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

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


async def ask_pages(
    links: Mapping[str, str], fetch_facts: FetchFacts
) -> AsyncGenerator[tuple[str, PageFacts], None]:
    """Yield what each page tells as it comes: one request a host at a time.

    ``links``: by key; a page that hangs tells nothing.
    """
    by_host = defaultdict[str, list[str]](list)
    for key, url in links.items():
        by_host[host_of(url)].append(key)
    told = asyncio.Queue[tuple[str, PageFacts]]()
    turns = asyncio.Semaphore(HOSTS_AT_ONCE)

    async def ask(keys: list[str]) -> None:
        for key in keys:
            async with turns:
                facts = PageFacts()
                with suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE):
                        facts = await fetch_facts(links[key])
            told.put_nowait((key, facts))

    asking = [asyncio.create_task(ask(keys)) for keys in by_host.values()]
    try:
        for _ in links:
            yield await told.get()
    finally:
        for each in asking:
            each.cancel()


@dataclass
class Lookups:
    """Asks one page a host at a time."""

    _background: Database
    _clock: Clock
    _fetch_facts: FetchFacts

    async def run_due(self) -> bool:
        """Look up all that waits, and what comes meanwhile; tell whether anything did."""
        running: set[asyncio.Task[None]] = set()
        was_due = False
        try:
            while True:
                for draft in await self._claimed():
                    running.add(asyncio.create_task(self._look_up(draft)))
                if not running:
                    return was_due
                was_due = True
                first = asyncio.FIRST_COMPLETED
                _done, running = await asyncio.wait(running, timeout=SAVED_EVERY, return_when=first)
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
            async with aclosing(ask_pages(links, self._fetch_facts)) as pages:
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
