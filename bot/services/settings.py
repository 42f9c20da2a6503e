"""What the bot remembers of itself between starts."""

from __future__ import annotations

from bot.store import settings
from bot.store.database import Database
from bot.store.ids import Clock


class Settings:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def try_to_write(self) -> None:
        """Write something that changes nothing for anybody.

        Raises:
            LedgerError: the database can't be written.
        """
        async with self._db.transaction() as changes:
            await settings.set_setting(changes, "written_at", self._clock().isoformat())

    async def synced_commands(self, application_id: int) -> str | None:
        """Return the digest of the commands that Discord was told last."""
        return await settings.setting(self._db, f"commands:{application_id}")

    async def set_synced_commands(self, application_id: int, digest: str) -> None:
        """Record the digest of the commands that Discord knows now."""
        async with self._db.transaction() as changes:
            await settings.set_setting(changes, f"commands:{application_id}", digest)
