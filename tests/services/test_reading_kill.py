"""What the bot acknowledged is kept, however it dies."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest

KILLS = 30
MARKING = """
import asyncio, sys
from datetime import UTC, datetime

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.services.opening import open_services

async def mark_for_ever(url, first_reader):
    base = read_curriculum(default_curriculum_path().read_bytes())
    services = await open_services(url, base, lambda: datetime.now(UTC))
    print("open", flush=True)
    for reader_id in range(first_reader, first_reader + 10**6):
        for resource in base.resources:
            reply = await services.reading.mark(reader_id, None, resource.key, "done")
            print(reader_id, resource.key, reply.change.change_id, flush=True)

asyncio.run(mark_for_ever(sys.argv[1], int(sys.argv[2])))
"""


@pytest.mark.kill
def test_whatever_was_acknowledged_survives_thirty_kills(tmp_path):
    path = tmp_path / "ledger.db"
    chance = random.Random(20260105)  # noqa: S311 - moments to kill at, the same each run
    acknowledged = []

    for turn in range(KILLS):
        acknowledged += _killed_after(path, turn * 10**6, chance.uniform(0, 0.4))

        with closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            marks = set(database.execute("SELECT reader_id, resource_key FROM progress"))
            changes = {row[0] for row in database.execute("SELECT change_id FROM changes")}
        assert {(int(reader), key) for reader, key, _ in acknowledged} <= marks
        assert _last_of_each_reader(acknowledged) <= changes
        assert len(marks) <= len(acknowledged) + turn + 1

    assert len(acknowledged) > KILLS


def _last_of_each_reader(acknowledged):
    return {int(change_id) for change_id in {r: c for r, _, c in acknowledged}.values()}


def _killed_after(path, first_reader, seconds):
    """Run a process that marks and says so; kill it, and return what it said."""
    process = subprocess.Popen(
        [sys.executable, "-c", MARKING, f"sqlite:///{path}", str(first_reader)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "open\n"
    killing = threading.Timer(seconds, process.send_signal, [signal.SIGKILL])
    killing.start()
    said, _ = process.communicate()
    killing.join()
    whole_lines = said[: said.rfind("\n") + 1]
    return [line.split() for line in whole_lines.splitlines()]
