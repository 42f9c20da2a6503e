"""What the bot remembers of itself between starts."""

from __future__ import annotations

from bot.store import settings
from bot.store.database import Database


class Settings:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def synced_commands(self, application_id: int) -> str | None:
        """Return the digest of the commands that Discord was told last."""
        return await settings.setting(self._db, f"commands:{application_id}")

    async def set_synced_commands(self, application_id: int, digest: str) -> None:
        """Record the digest of the commands that Discord knows now."""
        async with self._db.transaction() as changes:
            await settings.set_setting(changes, f"commands:{application_id}", digest)
