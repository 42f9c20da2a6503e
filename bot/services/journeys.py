"""Where a reader wants to go and where they are: path, goal, progress, start, reset."""

from __future__ import annotations

from bot.core.progress import Mark, known_before, minutes_a_week
from bot.core.reading import ChangeKind, Journey, Path, Reply
from bot.core.recommend import path_to
from bot.errors import UnknownStepError
from bot.services.curriculum import CurriculumStore
from bot.services.ledger import Ledger, Ledgers
from bot.store import changes as change_log
from bot.store import readers
from bot.store.database import Database
from bot.store.ids import Clock


class Journeys:
    """Each method is one transaction; each change can be undone."""

    def __init__(
        self, db: Database, curricula: CurriculumStore, ledgers: Ledgers, clock: Clock
    ) -> None:
        self._db = db
        self._curricula = curricula
        self._ledgers = ledgers
        self._clock = clock

    async def path(self, reader_id: int, guild_id: int | None, typed: str) -> Path:
        """Return the way to what the typed text means.

        Raises:
            UnknownResourceError, NoLongerListedError: it means no resource for certain.
        """
        ledger = await self._ledgers.load(self._db, reader_id, guild_id)
        resource = await self._curricula.named(self._db, guild_id, typed)
        steps = path_to(ledger.curriculum, ledger.reader.marks, resource.key)
        return Path(ledger.curriculum, ledger.reader, resource, steps)

    async def journey(self, reader_id: int, guild_id: int | None) -> Journey:
        """Return how far the reader is, and what they may undo."""
        ledger = await self._ledgers.load(self._db, reader_id, guild_id)
        latest = await change_log.latest_changes(self._db, reader_id)
        pace = minutes_a_week(ledger.curriculum, ledger.reader.marks, self._clock())
        changes = tuple(stored.change for stored in latest)
        return Journey(ledger.curriculum, ledger.reader, pace, changes)

    async def set_goal(self, reader_id: int, guild_id: int | None, key: str | None) -> Reply:
        """Make a resource the goal, or have none; the way to it comes first from then on.

        The same goal twice changes nothing.

        Raises:
            UnknownResourceError, NoLongerListedError: no such resource here.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            if key is not None:
                key = (await self._curricula.resource(changes, guild_id, key)).key
            before = await self._ledgers.load(changes, reader_id, guild_id)
            kind: ChangeKind = "no_goal" if key is None else "goal"
            if key == (before.goal.key if before.goal else before.reader.goal):
                return await self._ledgers.repeated(
                    changes, reader_id, before, lambda change: change.kind == kind
                )
            return await self._ledgers.change(
                changes, reader_id, guild_id, before, kind, {}, goal=key
            )

    async def start_at(self, reader_id: int, guild_id: int | None, step_id: str | None) -> Reply:
        """Mark what the list has before a step as known; None: all of the list.

        What the reader marked otherwise stays as it is, but for what they put off.

        Raises:
            UnknownStepError: there is no such step any more.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            before = await self._ledgers.load(changes, reader_id, guild_id)
            if step_id is not None and before.curriculum.step(step_id) is None:
                raise UnknownStepError(step_id)
            keys = known_before(before.curriculum, before.reader.marks, step_id)
            rows = _known_rows(before, keys, Mark("known", self._clock()))
            is_reached = before.goal is not None and before.goal.key in rows
            goal = None if is_reached else before.reader.goal
            return await self._ledgers.change(
                changes, reader_id, guild_id, before, "start_at", rows, goal=goal
            )

    async def reset(self, reader_id: int, guild_id: int | None) -> Reply:
        """Take every mark and the goal away."""
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            before = await self._ledgers.load(changes, reader_id, guild_id)
            rows: dict[str, Mark | None] = dict.fromkeys(before.stored)
            return await self._ledgers.change(changes, reader_id, guild_id, before, "reset", rows)


def _known_rows(ledger: Ledger, keys: tuple[str, ...], mark: Mark) -> dict[str, Mark | None]:
    rows: dict[str, Mark | None] = {}
    for key in keys:
        rows |= ledger.rows_of(ledger.curriculum.by_key[key], mark)
    return rows
