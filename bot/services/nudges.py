"""Reminds readers who asked for it, after a week without reading."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.core.outbox import OutboxRow
from bot.core.reading import Reply
from bot.core.recommend import AllRead
from bot.services.delivery import A_DAY, AN_HOUR
from bot.services.me import NUDGED_AFTER
from bot.services.reading import Reading
from bot.store import outbox, progress, reader_settings, readers
from bot.store.database import Database
from bot.store.ids import Clock, Ids
from bot.store.instants import seconds

log = logging.getLogger(__name__)

AT_ONCE = 100


class Nudges:
    """Nudges become rows of the outbox here; the postman alone sends."""

    def __init__(self, db: Database, reading: Reading, clock: Clock, ids: Ids) -> None:
        self._db = db
        self._reading = reading
        self._clock = clock
        self._ids = ids

    async def open_due(self) -> int:
        """Look at the readers whose time has come; return how many that were.

        One whose look fails touches no other: it is tried again in an hour.
        """
        due = await reader_settings.due_nudges(self._db, self._clock(), AT_ONCE)
        for reader_id in due:
            try:
                await self._open(reader_id)
            except Exception:
                log.exception("a reader can't be looked at")
                await self._put_off(reader_id)
        return len(due)

    async def reply(self, reader_id: int) -> Reply | None:
        """Return what the reader would read next; None: nothing is left, or they read meanwhile."""
        async with self._db.transaction() as changes:
            if not await readers.take_known(changes, reader_id):
                return None
            settings = await reader_settings.settings_of(changes, reader_id)
            last = await progress.last_change(changes, reader_id)
            if not settings.nudged or (last and self._clock() - last < NUDGED_AFTER):
                return None
            reply = await self._reading.show_next(changes, reader_id, None)
        return None if isinstance(reply.answer, AllRead) else reply

    async def turn_off(self, reader_id: int) -> None:
        """Nudge the reader no more: Discord doesn't let them be written to."""
        async with self._db.transaction() as changes:
            if not await readers.take_known(changes, reader_id):
                return
            settings = await reader_settings.settings_of(changes, reader_id)
            settings = replace(settings, nudged=False)
            await reader_settings.put_settings(changes, reader_id, settings, None)

    async def _put_off(self, reader_id: int) -> None:
        async with self._db.transaction() as changes:
            if await readers.take_known(changes, reader_id):
                at = self._clock() + AN_HOUR
                await reader_settings.set_nudge_at(changes, reader_id, at)

    async def _open(self, reader_id: int) -> None:
        now = self._clock()
        async with self._db.transaction() as changes:
            if not await readers.take_known(changes, reader_id):
                return
            settings = await reader_settings.settings_of(changes, reader_id)
            last = await progress.last_change(changes, reader_id)
            again = last + NUDGED_AFTER if last else now
            if settings.nudged and again <= now:
                row = OutboxRow(
                    self._ids.new(), "nudge", f"{reader_id}:{seconds(now)}", None, reader_id,
                    "waiting", now, now + A_DAY,
                )  # fmt: skip
                await outbox.add_row(changes, row)
                again = now + NUDGED_AFTER
            at = again if settings.nudged else None
            await reader_settings.set_nudge_at(changes, reader_id, at)
