"""What a reader may know and decide about their own rows: look, take away, delete."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import Any

from bot.core.curriculum import Step
from bot.core.me import (
    SWITCHES,
    About,
    Kept,
    ReaderSettings,
    Switch,
    Titled,
    about,
    keys_of,
    to_bibtex,
    to_json,
)
from bot.core.reminders import GAPS, HOUR
from bot.core.zones import resolve_zone, zones_offered
from bot.errors import LedgerError, UnknownZoneError
from bot.services.curriculum import CurriculumStore
from bot.services.papers import tell_again
from bot.store import additions, groups, readers
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids


@dataclass
class Me:
    """Everything about one reader's own rows, in any table."""

    _db: Database
    _curricula: CurriculumStore
    _clock: Clock
    _ids: Ids

    async def heard(self, reader_id: int, language: str) -> None:
        """Keep in which Discord locale somebody was seen, if they are known at all."""
        try:
            if await readers.language_of(self._db, reader_id) not in (None, language):
                async with self._db.transaction() as tx:
                    await readers.set_language(tx, reader_id, language)
        except LedgerError:
            pass  # the next time, then: they had their answer

    async def about(self, reader_id: int) -> About:
        """Return what is kept about the reader, in numbers. Asking leaves no trace."""
        return about(await self._kept(reader_id))

    async def download(
        self, reader_id: int, what: Mapping[str, str] = MappingProxyType({}), *, is_all: bool = True
    ) -> tuple[str, bytes]:
        """Return a name and a file: every row about the reader, or BibTeX of what they read.

        ``what``: what the rows of each table mean.
        """
        kept, now = await self._kept(reader_id), self._clock()
        if is_all:
            return f"nextread-{now:%Y-%m-%d}.json", to_json(kept, now, what).encode()
        return f"read-{now:%Y-%m-%d}.bib", to_bibtex(kept).encode()

    async def settings(self, reader_id: int) -> ReaderSettings:
        """Return what the reader set for themselves."""
        return await readers.settings_of(self._db, reader_id)

    async def set_zone(self, reader_id: int, typed: str, locale: str) -> ReaderSettings:
        """Set the reader's time zone by city or name; nothing typed takes it away.

        Raises:
            UnknownZoneError: no zone, or several, are meant; it has zones to choose from.
        """
        now, zone = self._clock(), None
        if typed.strip():
            zone = resolve_zone(typed, locale, now)
            if zone is None:
                offered, fits = zones_offered(typed, locale, now)
                likely = tuple((choice.zone, choice.label) for choice in offered)
                raise UnknownZoneError(typed, likely, fits)
        return await self._change(reader_id, zone=zone)

    async def set_hour(self, reader_id: int, hour: int) -> ReaderSettings:
        """Set the hour of their day at which the reader is reminded."""
        return await self._change(reader_id, remind_hour=hour)

    async def switch(self, reader_id: int, switch: Switch) -> ReaderSettings:
        """Turn a setting on or off."""
        return await self._change(reader_id, **dict([SWITCHES[switch]]))

    async def _change(self, reader_id: int, **changed: Any) -> ReaderSettings:
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            old = await readers.settings_of(tx, reader_id)
            settings = replace(old, **changed)
            if settings.nudged and settings.remind_hour is None:
                settings = replace(settings, remind_hour=HOUR)
            await readers.put_settings(tx, reader_id, settings)
            if settings.nudged and not old.nudged:
                await readers.set_nudged_at(tx, reader_id, self._clock())
                await readers.set_ignored(tx, reader_id, 0, at_least=len(GAPS))
            await readers.look_soon(tx, reader_id, self._clock())
        return settings

    async def forget(self, reader_id: int) -> bool:
        """Delete all about the reader, at once for good; tell whether there was anything."""
        async with self._db.transaction() as tx:
            # A click under way in another process ends first: its rows are then deleted too.
            while not (was_known := await readers.take_turn_if_known(tx, reader_id)):
                if await readers.add(tx, reader_id):
                    break
            found = await readers.rows_about(tx, reader_id)
            await self._unname(tx, reader_id)
            await readers.delete_person(tx, reader_id)
        return was_known or found.keys() > {"readers"}

    async def _unname(self, tx: Queries, reader_id: int) -> None:
        """Let no week's card in a channel name them any longer as who led it."""
        led = (await week_rows.led_by(tx, reader_id)).values()
        found = await groups.groups_by_id(tx, {week.group_id for week in led})
        by_id = {group.group_id: group for group in found}
        for week in sorted(led, key=lambda week: week.at, reverse=True):
            await tell_again(tx, self._ids, by_id[week.group_id], week, self._clock())

    async def _kept(self, reader_id: int) -> Kept:
        rows = await readers.rows_about(self._db, reader_id)
        each = list(chain.from_iterable(rows.values()))

        def ids(column: str) -> list[int]:
            return sorted({row[column] for row in each if row.get(column)})

        titles = await self._titles({key for row in each for key in keys_of(row)})
        found = await groups.groups_by_id(self._db, ids("group_id"))
        posts = await week_rows.weeks_by_id(self._db, ids("week_id"))
        by_id = {group.group_id: group for group in found}, {post.week_id: post for post in posts}
        return Kept(reader_id, rows, titles, *by_id)

    async def _titles(self, keys: set[str]) -> dict[str, Titled]:
        curriculum = await self._curricula.of(self._db, None)
        steps = {key: curriculum.find(key) for key in keys if key.startswith(":")}
        listed = {key: found for key in keys if (found := curriculum.get(key))}
        past = await additions.known_resources_by_key(self._db, sorted(keys - listed.keys()))
        return (
            {key: Titled(r.title, r.url, r.gone_at is None) for key, r in past.items()}
            | {
                key: Titled(step.title if isinstance(step, Step) else key[1:], "", bool(step))
                for key, step in steps.items()
            }
            | {
                key: Titled(r.title, r.url, True, r.authors, r.year, r.kind)
                for key, r in listed.items()
            }
        )
