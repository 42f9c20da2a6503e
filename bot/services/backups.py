"""A copy of a SQLite ledger each day, so that a lost disk or a mistake costs a day at most."""

import asyncio
import logging
import re
import shutil
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.errors import BackupError
from bot.store.instants import Clock
from bot.store.upkeep import back_up

log = logging.getLogger(__name__)

BackUp = Callable[[], Awaitable[bool]]
"""Makes a copy if one is due, and tells whether it was; never raises for a disk that fails."""

OURS = re.compile(r"nextread-\d{4}-\d\d-\d\d\.db")
HALF = re.compile(OURS.pattern + r"\.\w{8}")
"""The folder in which a copy is made; a killed bot leaves it."""


async def no_backups() -> bool:
    """Make none."""
    return False


class Backups:
    """One copy a day (UTC) in a folder that is this bot's alone; the newest ``keep`` stay."""

    def __init__(self, url: str, folder: Path, keep: int, clock: Clock) -> None:
        self._url = url
        self._folder = folder
        self._keep = keep
        self._clock = clock

    async def make_due(self) -> bool:
        """Make today's copy unless it is there, then let go of old ones. Other files stay."""
        target = self._folder / f"nextread-{self._clock():%Y-%m-%d}.db"
        is_stopped = threading.Event()
        try:
            held = await asyncio.to_thread(self._make, target, is_stopped)
        except asyncio.CancelledError:
            is_stopped.set()  # a thread can't be cancelled
            raise
        except (BackupError, OSError) as error:
            log.log(
                logging.ERROR,
                "no backup was made: %s Look after BACKUP_DIR: it needs to be there, with space"
                " and the right to write. Tried again in an hour.",
                error,
            )
            return True
        if held is not None:
            log.info("backed up into %s: %s", target, held)
        return held is not None

    def _make(self, target: Path, is_stopped: threading.Event) -> str | None:
        found = [path for path in self._folder.iterdir() if OURS.match(path.name)]
        if target in found:
            return None
        for left in found:
            if HALF.fullmatch(left.name) and left.is_dir():
                shutil.rmtree(left)
        held = back_up(self._url, target, is_stopped.is_set)
        older = sorted(path for path in found if OURS.fullmatch(path.name))
        for path in older[: max(0, len(older) - self._keep + 1)]:
            path.unlink()
        return held
