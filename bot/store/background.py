"""The database for work that nobody waits for, so that people's never queues behind much of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.store.database import Database, Queries

AT_A_TIME = 4
"""So many transactions where several may run at a time; connections are left for people."""


class Background:
    """The same database: only a few of these transactions wait for it or are open at a time.

    Thousands of posts that leave would otherwise stand in line before a reader's `/next`.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._places = asyncio.Semaphore(AT_A_TIME if db.is_shared else 1)
        self.is_shared = db.is_shared
        self.fetch = db.fetch
        self.migrating = db.migrating
        self.checkpoint = db.checkpoint
        self.close = db.close

    @property
    def is_well(self) -> bool:
        return self._db.is_well

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Queries]:
        async with self._places, self._db.transaction() as changes:
            yield changes
