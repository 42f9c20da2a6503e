"""A Discord of plain values, and faces of it and of a ledger that a crash closes."""

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from itertools import count

from discord import ui

from bot.outbox.discord import NAMED, Place, Seen
from bot.store.database import Queries

GUILD = 1


class Room:
    """Channels that take everything, and remember no nonce: only looking keeps it from doubling."""

    def __init__(self, clock):
        self.history = defaultdict(list)
        self.threads = set()
        self._clock, self._ids = clock, count(10**15)

    async def place(self, guild_id, place_id, *_):
        kind = "thread" if place_id in self.threads else "text"
        return Place(place_id, guild_id, "Study room", kind, frozenset(NAMED))

    fetched = place

    def server(self, _):
        return None

    async def open_dm(self, person_id):
        return Place(person_id, 0, "", "direct", frozenset(NAMED))

    async def send(self, place_id, what, *_, **__):
        parts = list(what.walk_children())
        made = Seen(
            next(self._ids),
            self._clock(),
            frozenset(part.custom_id for part in parts if isinstance(part, ui.Button)),
            frozenset(part.id for part in what.children),
        )
        self.history[place_id].append(made)
        return made.message_id

    async def make_thread(self, _, message_id, __):
        self.threads.add(message_id)

    async def messages(self, place_id, since, _ago):
        for seen in self.history[place_id]:
            if seen.at >= since:
                yield seen


class CrashedError(Exception):
    """What is asked of anything after the crash."""


class Life:
    """One life of a bot. It may be given an end: before its n-th act from then."""

    def __init__(self):
        self.over, self._left = asyncio.Event(), None

    def end_before(self, nth):
        self._left = nth

    async def act(self, what, *args, **more):
        """Do something for whoever lives; what is being done at the end is never heard of."""
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self.over.set()
        if not self.over.is_set():
            answer = await what(*args, **more)
        if self.over.is_set():
            raise CrashedError
        return answer


class MortalRoom:
    """A room as one life sees it."""

    def __init__(self, room, life):
        self._room, self._life = room, life

    def __getattr__(self, name):
        async def asked(*args, **more):
            return await self._life.act(getattr(self._room, name), *args, **more)

        return asked

    def server(self, guild_id):
        return self._room.server(guild_id)

    async def messages(self, place_id, since, ago):
        async for seen in self._room.messages(place_id, since, ago):
            await self._life.act(asyncio.sleep, 0)
            yield seen


class MortalTransaction(Queries):
    def __init__(self, tx, life):
        self._tx, self._life = tx, life

    async def fetch(self, sql, *args):
        return await self._life.act(self._tx.fetch, sql, *args)


class MortalLedger(MortalTransaction):
    """A ledger as one life sees it: what isn't committed at its end is not in it."""

    is_shared = is_well = True

    def __init__(self, db, life):
        super().__init__(db, life)
        self.migrating, self.checkpoint, self.close = db.migrating, db.checkpoint, db.close

    @asynccontextmanager
    async def transaction(self):
        async with self._tx.transaction() as tx:
            yield MortalTransaction(tx, self._life)
            await self._life.act(asyncio.sleep, 0)  # before the commit
        await self._life.act(asyncio.sleep, 0)  # after it
