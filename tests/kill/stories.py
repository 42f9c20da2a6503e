"""A story: bots that are killed, then bots left alone until everything is done."""

import asyncio
import random
import sqlite3
from collections.abc import Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.kill.lives import WHEN, Life, Lives, Plan, Point
from tests.kill.study_room import StudyRoom

A_LEASE = timedelta(seconds=125)

CLAIM, RECORD = "SET state = 'claimed'", "SET state = 'sent'"
HOLD = "UPDATE outbox SET tried_at = COALESCE"

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

SOON = {"ready": 0.12}
SOON_OTHERWISE = 0.04
"""Seconds within which the next thing comes true."""


class Story:
    """Something is to be sent, and bots that are killed over it.

    ``kinds``: what is sent, one after the other. ``moments``: what Discord sees of it, and
    ``statements``: how many the ledger, about. ``place``: the Discord in which it happens.
    """

    kinds: tuple[str, ...]
    moments: tuple[str, ...]
    statements: int
    begins: datetime
    place: type[StudyRoom] = StudyRoom

    def __init__(self, lives: Lives, room: StudyRoom, database_url: str) -> None:
        self.lives, self.room, self.database_url = lives, room, database_url
        self.cut_short: list[str] = []

    @classmethod
    @asynccontextmanager
    async def told(cls, lives: Lives, database_url: str, base):
        """Give the story a new ledger, and a Discord that forgets nonces at once."""
        await cls.make_ledger(database_url, base)
        async with cls.place(cls.begins).open() as room:
            room.remembers_nonces = timedelta(0)
            yield cls(lives, room, database_url)

    @staticmethod
    async def make_ledger(database_url: str, base) -> None:
        """Make the ledger from which the story begins."""
        raise NotImplementedError

    async def begin(self, point: Point | None = None) -> Life:
        ahead = self.room.ahead.total_seconds()
        return await self.lives.begin(Plan(self.database_url, self.room.api, ahead, point))

    async def end(self, *lives: Life) -> bool:
        """Wait until all have ended; if one was killed, let its lease expire and return True."""
        killed = any([await life.end() for life in lives])
        if killed:
            self.cut_short.append(await self.state())
            self.room.ahead += A_LEASE
        return killed

    async def overtake(self, sleeper: Life) -> None:
        """Let another life do a stopped one's work once its lease is over, and wake it then."""
        self.room.ahead += A_LEASE
        await self.end(await self.begin())
        sleeper.go_on()
        await self.end(sleeper)

    async def die_at(self, point: Point) -> None:
        assert await self.end(await self.begin(point)), f"never came to {point}"

    async def die_over(self, statement: str, kind: str, when: str) -> None:
        """Begin a life that is killed over a statement that is run once for each kind."""
        await self.die_at(Point(statement, 1 + self.kinds.index(kind), when))

    async def die_asking(self, what: str, *, after: bool) -> None:
        """Begin a life that Discord kills at this request, before or after carrying it out."""
        life = await self.begin()
        kill = lambda asked: asked == what and life.kill()  # noqa: E731 - two names for one
        self.room.asked, self.room.done = (self._not_me, kill) if after else (kill, self._not_me)
        assert await self.end(life), f"never asked for a {what}"
        self.room.asked = self.room.done = self._not_me

    async def die_sometime(self, chance: random.Random) -> None:
        """Begin a life, and kill it at a statement, or soon after something came true in Discord.

        A clock alone would tell little of how far it has come: a machine may be slow. Where others
        may share the ledger, another life may work at the same time, and goes on with what it can.
        """
        loop, killing = asyncio.get_running_loop(), []
        point = Point("", chance.randint(1, self.statements), chance.choice(WHEN))
        moment = chance.choice(("ready", *self.moments))
        soon = chance.uniform(0, SOON.get(moment, SOON_OTHERWISE))
        at_statement = chance.choice((True, False))
        life = await self.begin(point if at_statement else None)

        def done(what: str) -> bool:
            if what == moment and not at_statement and not killing:
                killing.append(loop.call_later(soon, life.kill))
            return False

        self.room.done = done
        is_shared = self.database_url.startswith("postgres")
        others = [await self.begin()] if is_shared and chance.choice((True, False)) else []
        await self.end(life, *others)
        self.room.done = self._not_me
        for call in killing:
            call.cancel()

    @staticmethod
    def _not_me(_: str) -> bool:
        return False

    async def come_to_an_end(self) -> None:
        """Let bots live until nothing is left to send."""
        for _ in range(6):
            assert not await self.end(await self.begin()), "killed by nobody"
            due = await self.read(
                "SELECT MIN(due_at) AS due_at FROM outbox WHERE state IN ('waiting', 'claimed')"
            )
            if due[0]["due_at"] is None:
                return
            later = datetime.fromtimestamp(due[0]["due_at"], UTC) - self.room.now()
            self.room.ahead += max(later, timedelta()) + A_LEASE
        raise AssertionError("something is never sent")

    async def come_through(self, chance: random.Random) -> None:
        """Be killed at some moments, and prove that all came right."""
        for _ in range(chance.randint(1, 3)):
            await self.die_sometime(chance)
        await self.come_to_an_end()
        await self.assert_once()

    async def assert_once(self) -> None:
        """Prove that each kind was sent once and recorded correctly."""
        raise NotImplementedError

    async def read(self, sql: str) -> list:
        if self.database_url.startswith("postgres"):
            connection = await asyncpg.connect(self.database_url)
            try:
                return await connection.fetch(sql)
            finally:
                await connection.close()
        connection = sqlite3.connect(self.database_url.removeprefix("sqlite:///"))
        connection.row_factory = sqlite3.Row
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    async def outbox(self) -> list[tuple[str, str, int | None]]:
        """Return kind, state and message of each row that the story is about."""
        rows = await self.read("SELECT kind, state, message_id FROM outbox ORDER BY row_id")
        return [tuple(row) for row in rows if row["kind"] in self.kinds]

    async def state(self) -> str:
        """Return how far it has come, as ledger and Discord have it."""
        rows = [(kind, state) for kind, state, _ in await self.outbox()]
        return as_told(rows, [*self.room.made.elements()])

    @classmethod
    def states(cls) -> list[str]:
        """Return all that a bot may leave behind when it is killed."""
        found = []
        for n, kind in enumerate(cls.kinds):
            sent, then = [(kind, "sent") for kind in cls.kinds[:n]], cls.kinds[: n + 1]
            found.append(as_told([*sent, (kind, "waiting")], cls.kinds[:n]))
            found += [as_told([*sent, (kind, "claimed")], there) for there in (cls.kinds[:n], then)]
        return [*found, as_told([(kind, "sent") for kind in cls.kinds], cls.kinds)]


def as_told(rows: Sequence[tuple[str, str]], there: Sequence[str]) -> str:
    """Describe the ledger's rows and what is in Discord."""
    ledger = ", ".join(f"{kind} {state}" for kind, state in rows) or "nothing"
    return f"{ledger}; there: {', '.join(there) or 'nothing'}"
