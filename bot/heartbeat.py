"""Tells `nextread health` that the bot on this machine is connected: by a file's time stamp."""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
from pathlib import Path

from discord.ext import commands, tasks

log = logging.getLogger(__name__)

BEAT_SECONDS = 30
STALE_SECONDS = 90

SQLITE = "sqlite:///"


class Heartbeat:
    """Touches ``path`` every 30 seconds while the bot is connected; without a beat it grows old.

    A file, not a row: it says which machine's bot it is, also where several share a PostgreSQL.
    """

    def __init__(self, bot: commands.AutoShardedBot, path: Path) -> None:
        self._bot = bot
        self._path = path
        self._loop = tasks.loop(seconds=BEAT_SECONDS)(self._beat)

    def start(self) -> None:
        """Beat from now on. What an earlier bot left behind no longer counts."""
        self._path.unlink(missing_ok=True)
        self._loop.start()

    def stop(self) -> None:
        """Stop, and leave no sign of life."""
        self._loop.cancel()
        self._path.unlink(missing_ok=True)

    async def _beat(self) -> None:
        await self._bot.wait_until_ready()
        # "Ready" stays true while a connection is lost; its socket tells, and discord.py closes
        # one that Discord no longer answers on within a minute.
        if any(shard.is_closed() for shard in self._bot.shards.values()):
            return
        try:
            self._path.touch()
        except OSError as error:
            log.warning("%s can't be written, so health will fail: %s", self._path, error)


def heartbeat_path(database_url: str) -> Path:
    """Return where the bot over this database leaves its sign of life.

    It stands beside the SQLite file, which bot and host share even where a service has a temporary
    folder of its own; with PostgreSQL it is in the temporary folder.
    """
    if database_url.startswith(SQLITE):
        return Path(f"{database_url.removeprefix(SQLITE)}.alive")
    name = hashlib.sha256(database_url.encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"nextread-{name}.alive"


def seconds_since_beat(path: Path) -> float | None:
    """Return how long ago the bot was last seen connected; None: not since it started."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return None
