"""Lives of the bot: real processes, forked off one that has imported everything, and killed.

Started as a program it is that one: each line it is sent is a life to begin.
"""

import asyncio
import contextlib
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.store.database import Queries

QUIET = "quiet"
WHEN = ("before", "inside", "after")


@dataclass(frozen=True)
class Point:
    """A point in the ledger at which a life ends: before, inside or after a transaction.

    ``statement`` is part of a statement in it, ``nth`` the how-many-eth time it is run. With
    SIGSTOP instead of SIGKILL the life only stalls there, until it is told to go on.
    """

    statement: str
    nth: int
    when: str
    signal: int = signal.SIGKILL


@dataclass(frozen=True)
class Plan:
    database_url: str
    api: str
    seconds_ahead: float
    point: Point | None = None


class Life:
    """A process of the bot, from its start until it is killed or has nothing left to do."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.pid = pid
        self._reader, self._writer = reader, writer

    def kill(self) -> bool:
        """Kill it with SIGKILL, so nothing in it runs on. It may have ended before."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return True

    def stop(self) -> bool:
        """Stop it for a while, as a busy or sleeping machine would."""
        os.kill(self.pid, signal.SIGSTOP)
        return False

    async def stalled(self) -> None:
        """Wait until it stands still."""
        async with asyncio.timeout(20):
            while self._state() != "T":  # noqa: ASYNC110 - the system tells no event
                await asyncio.sleep(0.01)

    def _state(self) -> str:
        stat = Path(f"/proc/{self.pid}/stat").read_text()
        return stat.rpartition(") ")[2][0]  # proc(5): T is stopped on a signal

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def end(self) -> bool:
        """Wait for its end; tell whether it was killed."""
        try:
            async with asyncio.timeout(40):  # it waits 10 seconds for a lock of a stopped one
                last_words = (await self._reader.read()).decode()
        finally:
            self.kill()
            self._writer.close()
        if last_words not in ("", QUIET):
            raise AssertionError(last_words)
        return not last_words


class Lives:
    """Begins lives."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lives")
        self._path = str(Path(self._folder.name, "begin"))
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.kill.lives", self._path],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._nursery.stdout.readline()

    def close(self) -> None:
        self._nursery.stdin.close()
        self._nursery.wait(10)
        self._nursery.stdout.close()
        self._folder.cleanup()

    async def begin(self, plan: Plan) -> Life:
        reader, writer = await asyncio.open_unix_connection(self._path)
        writer.write(json.dumps(asdict(plan)).encode() + b"\n")
        return Life(int(await reader.readline()), reader, writer)


def nursery(path: str) -> None:
    """Fork off a life for each connection, until the standard input is closed."""
    from bot.__main__ import curriculum_path, load_curriculum
    from bot.config import Config

    importlib.import_module("bot.app")  # once, for all lives
    base = load_curriculum(curriculum_path(Config.from_env({})))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for ended children
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        os.write(1, b"ready\n")
        while listener in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork():
                connection.close()
                continue
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with connection.makefile("rw") as talk:
                told = json.loads(talk.readline())
                point = Point(**told.pop("point")) if told["point"] else told.pop("point")
                print(os.getpid(), file=talk, flush=True)
                try:
                    asyncio.run(live(Plan(**told, point=point), base, talk))
                except BaseException:  # noqa: BLE001 - told to whoever began it
                    talk.write(traceback.format_exc())
                talk.flush()
            os._exit(1)


async def live(plan: Plan, base, talk) -> None:
    """Run the bot, at its time and with its Discord, until nothing is left to do. Then exit."""
    import discord
    import discord.http

    from bot.app import NextreadBot
    from bot.services.opening import open_services
    from tests.small_discord import TOKEN

    ahead = timedelta(seconds=plan.seconds_ahead)
    discord.http.Route.BASE = plan.api
    services = await open_services(plan.database_url, base, lambda: datetime.now(UTC) + ahead)
    reaper = Reaper(services.db, plan.point)

    async def opened():
        return services

    bot = NextreadBot(opened)
    bot._connection.guild_ready_timeout = 0.05  # noqa: SLF001 - it waits that long for more servers
    running = asyncio.create_task(bot.start(TOKEN))

    async def is_done():
        now = services.clock()
        if not bot.is_ready() or bot.ticker.due_at <= now:
            return False
        # The ledger no longer knows of a message on its way if another life took it over.
        if any("object Engine." in repr(task.get_coro()) for task in asyncio.all_tasks()):
            return False
        is_quiet = await reaper.is_quiet(int(now.timestamp()))
        if not is_quiet and services.db.is_shared:
            bot.ticker.look_again()  # another died at its work; this one looks once a minute
        return is_quiet

    while not await is_done():
        done, _ = await asyncio.wait([running], timeout=0.02)
        if done:
            await running
            raise RuntimeError("the bot ended by itself")
    talk.write(QUIET)
    talk.flush()
    os._exit(0)  # without closing anything, since the next one must not rely on that


class Reaper:
    """Stands between services and their ledger, and kills its own process at a point."""

    def __init__(self, db, point: Point | None) -> None:
        self._db, self._point = db, point
        self._transaction = db.transaction
        self._claims: set[int] = set()
        self._left = point.nth if point else 0
        db.transaction = self.transaction

    @contextlib.asynccontextmanager
    async def transaction(self):
        async with self._transaction() as tx:
            watched = Watched(tx, self)
            yield watched
        if watched.is_last:
            self.strike("after")

    def is_the_point(self, sql: str) -> bool:
        if self._point is None or self._point.statement not in sql:
            return False
        self._left -= 1
        return self._left == 0

    def strike(self, when: str) -> None:
        if self._point is not None and self._point.when == when:
            os.kill(os.getpid(), self._point.signal)

    def note(self, sql: str, args) -> None:
        if "SET state = 'claimed'" in sql:
            self._claims.add(args[0])

    async def is_quiet(self, now: int) -> bool:
        """Tell whether nothing is due, and nothing of this life's is on its way."""
        # In this order: a group that isn't due any more has its row in the outbox. One that waits
        # for its poll to be counted is looked at again in a second.
        due = await self._db.fetch(
            "SELECT next_at AS at FROM study_groups WHERE state = 'active' AND next_at <= ?"
            " UNION ALL SELECT look_at AS at FROM votes WHERE look_at <= ?",
            now + 2,
            now,
        )
        rows = await self._db.fetch(
            "SELECT state, claim, due_at, lease_until FROM outbox"
            " WHERE state IN ('waiting', 'claimed')"
        )
        return not due and not any(
            row["due_at"] <= now
            if row["state"] == "waiting"
            else row["lease_until"] <= now or row["claim"] in self._claims
            for row in rows
        )


class Watched(Queries):
    def __init__(self, tx, reaper: Reaper) -> None:
        self._tx, self._reaper = tx, reaper
        self.is_last = False

    async def fetch(self, sql, *args):
        is_the_point = self._reaper.is_the_point(sql)
        if is_the_point:
            self._reaper.strike("before")
        self._reaper.note(sql, args)
        rows = await self._tx.fetch(sql, *args)
        if is_the_point:
            self._reaper.strike("inside")
        self.is_last |= is_the_point
        return rows


if __name__ == "__main__":
    nursery(sys.argv[1])
