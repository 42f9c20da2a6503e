"""One slot's story: lives that are killed, then lives left alone until all is done."""

import asyncio
import random
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from bot.core.curriculum import Curriculum
from bot.core.weekly import Schedule
from bot.services.opening import open_services
from tests.kill.lives import Life, Lives, Plan, Point
from tests.kill.study_room import CHANNEL_ID, GUILD_ID, MODERATOR_ID, StudyRoom

THURSDAY = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 1, 5, 9, 0, 5, tzinfo=UTC)
A_LEASE = timedelta(seconds=125)

CLAIM, RECORD = "SET state = 'claimed'", "SET state = 'sent'"
PICK = "INSERT INTO slots"
AT_WORK = (0.03, 0.15)
"""Seconds from the bot's connection to Discord, between which all of a slot's work is done."""


class Story:
    """A group whose slot has just come, and the bots that are to give it its paper."""

    def __init__(self, lives: Lives, room: StudyRoom, database_url: str) -> None:
        self.lives, self.room, self.database_url = lives, room, database_url
        self.cut_short: list[str] = []

    async def begin(self, point: Point | None = None) -> Life:
        self.room.ready.clear()
        ahead = self.room.ahead.total_seconds()
        return await self.lives.begin(Plan(self.database_url, self.room.api, ahead, point))

    async def end(self, *lives: Life) -> bool:
        """Wait for the end of all; if one was killed, let its lease run out and return True."""
        killed = any([await life.end() for life in lives])
        if killed:
            self.cut_short.append(await self.told())
            self.room.ahead += A_LEASE
        return killed

    async def die_at(self, point: Point) -> None:
        assert await self.end(await self.begin(point)), f"never came to {point}"

    async def die_asking(self, what: str, *, after: bool) -> None:
        """Begin a life that Discord kills when it asks for this: before or after it's done."""
        life = await self.begin()
        kill = lambda asked: asked == what and life.kill()  # noqa: E731 - two names for one
        self.room.asked, self.room.done = (self._not_me, kill) if after else (kill, self._not_me)
        assert await self.end(life), f"never asked for a {what}"
        self.room.asked = self.room.done = self._not_me

    async def die_sometime(self, chance: random.Random, *, siblings: int = 0) -> None:
        """Begin lives that work at the same time; kill one at some moment of its work, or after."""
        life, *others = [await self.begin() for _ in range(1 + siblings)]
        await self.room.ready.wait()
        await asyncio.sleep(chance.uniform(*AT_WORK))
        life.kill()
        await self.end(life, *others)

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

    async def told(self) -> str:
        """Return where the killed one had come to, as ledger and Discord have it."""
        rows = await self.read("SELECT kind, state FROM outbox ORDER BY row_id")
        openers = sum(len(self.room.history(thread)) for thread in self.room.threads)
        ledger = ", ".join(f"{row['kind']} {row['state']}" for row in rows) or "nothing"
        there = (len(self.room.history()), len(self.room.threads), openers)
        return f"{ledger}; there: {there}"

    async def assert_once(self) -> None:
        """There is one post, recorded with its id, one thread and one opener."""
        (slot,) = await self.read("SELECT * FROM slots")
        rows = await self.read("SELECT kind, state, message_id FROM outbox ORDER BY row_id")
        (post,) = self.room.history()
        assert f"read:{slot['slot_id']}" in str(post["components"])
        assert (slot["state"], slot["message_id"]) == ("posted", int(post["id"]))
        assert self.room.threads == [slot["thread_id"]] == [int(post["id"])]
        (opener,) = self.room.history(slot["thread_id"])
        assert [tuple(row) for row in rows] == [
            ("post", "sent", int(post["id"])),
            ("thread", "sent", int(post["id"])),
            ("opener", "sent", int(opener["id"])),
        ]

    async def assert_once_or_uncertain(self) -> None:
        """There is never a second message; what nobody can know is recorded as such."""
        (slot,) = await self.read("SELECT * FROM slots")
        rows = await self.read("SELECT kind, state FROM outbox")
        assert {row["state"] for row in rows if row["kind"] != "notice"} <= {"sent", "uncertain"}
        assert len(self.room.history()) <= 1
        assert len(self.room.threads) <= 1
        assert sum(len(self.room.history(thread)) for thread in self.room.threads) <= 1
        if slot["state"] != "uncertain":
            (post,) = self.room.history()
            assert (slot["state"], slot["message_id"]) == ("posted", int(post["id"]))


async def random_moments(
    lives: Lives, database_url: str, base: Curriculum, chance: random.Random
) -> list[str]:
    """Kill bots over one slot at one to three moments; return how far they had come."""
    await group_ledger(database_url, base)
    siblings = 1 if database_url.startswith("postgres") else 0
    async with StudyRoom(MONDAY).open() as room:
        story = Story(lives, room, database_url)
        for _ in range(chance.randint(1, 3)):
            await story.die_sometime(chance, siblings=siblings)
        await story.come_to_an_end()
        await story.assert_once()
    return story.cut_short


async def group_ledger(database_url: str, base: Curriculum, *, is_forum: bool = False) -> None:
    """Make a new ledger in which one group reads on Mondays at nine, UTC. It is Thursday."""
    if database_url.startswith("postgres"):
        connection = await asyncpg.connect(database_url)
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await connection.close()
    else:
        forget(database_url.removeprefix("sqlite:///"))
    services = await open_services(database_url, base, lambda: THURSDAY)
    schedule = Schedule(0, 9, 0, "UTC")
    await services.groups.settle(
        GUILD_ID, CHANNEL_ID, schedule, None, MODERATOR_ID, is_forum=is_forum
    )
    await services.close()


def forget(path: str) -> None:
    for end in ("", "-wal", "-shm"):
        Path(path + end).unlink(missing_ok=True)
