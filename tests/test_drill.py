"""The README's drill, by its own commands, on a bot as a process that readers keep busy."""

import asyncio
import contextlib
import os
import re
import shlex
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.bench.many_rooms import FIRST_READER, ManyRooms, rooms_of
from tests.small_discord import AT_ONCE, NEXTREAD, TOKEN

PROJECT = Path(__file__).parents[1]
SECTION = re.search(
    r"^### A drill\n(.*?)^##", (PROJECT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
)
BACK_UP, RESTORE = re.findall(r"^```bash\n(.*?)^```$", SECTION[1], re.MULTILINE | re.DOTALL)
READERS, APART = 60, 1.0
"""So many, so many seconds apart, that nobody asks more often than fingers do."""


class Readers(ManyRooms):
    """Readers who mark one resource after the other with /done."""

    def __init__(self, keys) -> None:
        super().__init__(rooms_of(2, 1))
        self.keys = keys
        self.answered: list[tuple[int, str]] = []
        self._marks = {}

    async def read_on(self, reader_id):
        for key in self.keys:
            await self.mark(reader_id, key)
            await asyncio.sleep(APART)

    async def mark(self, reader_id, key):
        self._ids += 1
        token = f"token{self._ids}"
        self._waiting[token] = asyncio.get_running_loop().create_future()
        asked = self._interaction(self.rooms[reader_id % 2], reader_id, token)
        command = next(each for each in self.commands if each["name"] == "done")
        option = {"name": "resource", "type": 3, "value": key}
        asked["data"] |= {"id": command["id"], "name": "done", "options": [option]}
        await self.tell("INTERACTION_CREATE", asked)
        async with asyncio.timeout(20):
            await self._waiting[token]
        self.answered.append((reader_id, key))

    async def has_answered(self, count):
        async with asyncio.timeout(20):
            while len(self.answered) < count:  # noqa: ASYNC110 - it is near
                await asyncio.sleep(0.01)


@pytest.fixture
def keys(shipped_list):
    return [resource.key for resource in shipped_list.resources]


@contextlib.asynccontextmanager
async def typed(commands, folder, api):
    """Run commands as somebody types them, in a folder where `nextread` is at hand."""
    at_hand = folder / "bin" / "nextread"
    at_hand.parent.mkdir(exist_ok=True)
    called = shlex.join([sys.executable, "-c", AT_ONCE + NEXTREAD, api])
    at_hand.write_text(f'#!/bin/sh\nexec {called} "$@"\n')
    at_hand.chmod(0o755)
    where = folder / "host"
    where.mkdir(exist_ok=True)
    running = await asyncio.create_subprocess_exec(
        *("bash", "-e", "-c", commands),
        cwd=where,
        env={
            "PATH": f"{at_hand.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT),
            "DISCORD_TOKEN": TOKEN,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # bash and what it started
        await running.wait()


async def said(running, words):
    """Read on until the words; return all that was said before them, too."""
    lines = []
    async with asyncio.timeout(30):
        while line := (await running.stdout.readline()).decode():
            lines.append(line)
            if words in line:
                break
    assert words in "".join(lines)[-1000:], lines
    return lines


def marks_in(path):
    with contextlib.closing(sqlite3.connect(path)) as database:
        return set(database.execute("SELECT reader_id, resource_key FROM progress"))


async def test_what_was_answered_before_the_backup_is_there_after_the_loss(tmp_path, keys):
    async with Readers(keys).open() as discord:
        async with typed("nextread run", tmp_path, discord.api) as running:
            await said(running, "ready:")
            reading = [
                asyncio.create_task(discord.read_on(FIRST_READER + n)) for n in range(READERS)
            ]
            await discord.has_answered(40)
            before = set(discord.answered)
            async with typed(BACK_UP, tmp_path, discord.api) as backing_up:
                await said(backing_up, "Saved in drill.db: ")
                assert await backing_up.wait() == 0
            after = set(discord.answered)
            await discord.has_answered(len(after) + 10)
        for each in reading:
            each.cancel()
        await asyncio.wait(reading)

        async with typed(RESTORE, tmp_path, discord.api) as running:
            lines = await said(running, "ready:")
            await discord.mark(FIRST_READER + READERS, keys[0])

    held = marks_in(tmp_path / "host" / "drill.db")
    now = marks_in(tmp_path / "host" / "nextread.db")
    assert len(before) >= 40
    assert before < after  # they read on meanwhile
    assert before <= held
    assert now == held | {(FIRST_READER + READERS, keys[0])}
    assert after <= marks_in(tmp_path / "host" / "lost" / "nextread.db")
    assert lines[0].startswith(f"Restored: {len(held)} marks of {READERS} readers")
