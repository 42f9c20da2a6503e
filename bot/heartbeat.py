"""Tells `nextread health` how the bot on this machine is, by a small file and its time."""

import asyncio
import contextlib
import hashlib
import logging
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from discord.ext import commands, tasks

from bot.errors import LedgerError
from bot.services.opening import Services
from bot.store.database import sqlite_file

log = logging.getLogger(__name__)

BEAT_SECONDS = 8
STALE_SECONDS = 25
"""A killed bot, or one that hangs, is noticed within half a minute."""
LOST_SECONDS = 60
"""Shorter losses don't count: discord.py reconnects by itself, often within seconds."""
AHEAD_SECONDS = 5

State = Literal["starts", "well", "no discord", "no write"]
WIDTH = max(map(len, get_args(State)))


class Heartbeat:
    """Writes every few seconds how the bot is. When the beats stop, the file grows old.

    A file, not a row, because several machines may share one PostgreSQL. Between beats it also
    looks after the ledger.
    """

    def __init__(self, bot: commands.AutoShardedBot, services: Services, path: Path) -> None:
        self._bot = bot
        self._services = services
        self._path = path
        self._connected_at: float | None = None
        self._loop = tasks.loop(seconds=BEAT_SECONDS)(self._beat)

    def start(self) -> None:
        """Start to beat. The file of an earlier bot no longer counts."""
        self._path.unlink(missing_ok=True)
        self._loop.start()

    def stop(self) -> None:
        """Stop, and leave no sign of life."""
        self._loop.cancel()
        self._path.unlink(missing_ok=True)

    async def _beat(self) -> None:
        try:
            if self._connected_at is None:
                note(self._path, "starts")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._bot.wait_until_ready(), BEAT_SECONDS)
            await self._look_after_ledger()
            note(self._path, self._state())
        except OSError as error:
            log.warning("%s can't be written, so health will fail: %s", self._path, error)
        except Exception:
            log.exception("the heartbeat failed")  # it would end the loop for good

    async def _look_after_ledger(self) -> None:
        """Try again after a failed write; empty the journal while nothing else happens."""
        # Logged when it began; see ``is_well``. The next sign of life waits no longer for it.
        with contextlib.suppress(LedgerError, TimeoutError):
            async with asyncio.timeout(BEAT_SECONDS):
                if not self._services.db.is_well:
                    await self._services.try_to_write()
                await self._services.db.hold()
                await self._services.db.checkpoint()

    def _state(self) -> State:
        # ``is_ready`` stays true when a connection is lost, so ask the sockets: discord.py closes
        # one within a minute after Discord stops answering.
        shards = self._bot.shards.values()
        if self._bot.is_ready() and not any(shard.is_closed() for shard in shards):
            self._connected_at = time.monotonic()
        if self._connected_at is None:
            return "starts"
        if time.monotonic() - self._connected_at > LOST_SECONDS:
            return "no discord"
        return "well" if self._services.db.is_well else "no write"


def note(path: Path, state: State) -> None:
    """Write how the bot is: in place and always of one length, so it works on a full disk."""
    text = state.ljust(WIDTH).encode()
    with path.open("r+b" if path.exists() else "wb", buffering=0) as file:
        file.write(text)


def illness(path: Path) -> str | None:
    """Return what is wrong with the bot that writes this file, or None."""
    try:
        state, seconds = path.read_bytes().decode().strip(), time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return "No bot with this DATABASE_URL is running on this machine."
    except OSError as error:
        return f"{path} can't be read ({error.strerror}). Run this as the user who runs the bot."
    if seconds < -AHEAD_SECONDS:
        return (
            f"The bot's last sign of life is {-seconds:.0f} seconds in the future: the clock was"
            " set back. If this doesn't change, the bot is not running. See its log."
        )
    if seconds > STALE_SECONDS:
        return f"The bot's last sign of life was {seconds:.0f} seconds ago. See its log."
    return {
        "starts": "The bot is not connected to Discord yet.",
        "no discord": "The bot lost its connection to Discord. See its log.",
        "no write": "The bot can't write to its database. See its log.",
    }.get(state)


def heartbeat_path(database_url: str, shard_ids: Sequence[int] | None = None) -> Path:
    """Return where the bot over this database writes its sign of life.

    With SQLite it is beside the database, because a service may have its own temporary folder. With
    PostgreSQL it is in the temporary folder, and each process has its own, by its shards.
    """
    if (path := sqlite_file(database_url)) is not None:
        return Path(f"{path}.alive")
    of = database_url if shard_ids is None else f"{database_url} {sorted(shard_ids)}"
    name = hashlib.sha256(of.encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"nextread-{name}.alive"
