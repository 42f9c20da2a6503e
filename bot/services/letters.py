"""Letters to people: forgotten four weeks after nothing can plan them again."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.outbox import OutboxRow
from bot.services.moderation import CARDS_LAST
from bot.store import drafts, outbox, slots
from bot.store.database import Database
from bot.store.ids import Clock

KEPT_FOR = timedelta(weeks=4)
AT_ONCE = 500

A_WEEK_OPEN = timedelta(days=9)
"""So long after a notice about a week, *Post now* may make the bot try that week again.

Its calendar week has seven days, which another zone may make two longer."""


class Letters:
    """A letter is one row for good, so that it is sent once: it goes when that can't fail."""

    def __init__(self, db: Database, background: Database, clock: Clock) -> None:
        self._db = db
        self._background = background
        self._clock = clock

    async def forget_old(self) -> None:
        """Forget the letters that have had their time, a few at once."""
        before, last = self._clock() - KEPT_FOR, None
        while page := await outbox.ended_letters(self._db, before, AT_ONCE, last):
            last = page[-1]
            kept = await self._plannable(page, before)
            if row_ids := [row.row_id for row in page if row.row_id not in kept]:
                async with self._background.transaction() as changes:
                    await outbox.delete_rows(changes, row_ids)
        made_before = self._clock() - CARDS_LAST
        if await drafts.any_before(self._db, made_before):  # a bot at rest writes nothing
            async with self._background.transaction() as changes:
                await drafts.drop_drafts_before(changes, made_before)

    async def _plannable(self, page: list[OutboxRow], before: datetime) -> set[int]:
        """Return the rows whose reference could be planned anew later than ``before``.

        A reminder is of a group's last paper, until it is posted another, be that in years. A
        notice is about a week or a standing post, as long as that is tried. A nudge names its
        second, and a vote is lost once.
        """
        about = {row.row_id: _about(row) for row in page if row.kind in ("reminder", "notice")}
        last = await slots.not_followed(self._db, set(about.values()), before)
        tried = await outbox.still_tried(self._db, set(about.values()), before)

        def is_plannable(row: OutboxRow) -> bool:
            if row.kind == "reminder":
                return about[row.row_id] in last
            is_open = row.until_at > before - A_WEEK_OPEN or about.get(row.row_id) in tried
            return row.kind == "notice" and is_open

        return {row.row_id for row in page if is_plannable(row)}


def _about(row: OutboxRow) -> int:
    """Return the week that a reminder or notice is about, or a standing post's row."""
    parts = row.reference.split(":")
    return int(parts[0] if row.kind == "reminder" else parts[1])
