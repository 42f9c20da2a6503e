"""What a reader may know and decide about their own rows: look, take away, delete."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Literal

from bot.core.me import About, Kept, Paper, Room, Titled, about, ids_in, keys_of
from bot.core.me_json import to_json
from bot.core.me_markdown import to_markdown
from bot.services.curriculum import CurriculumStore
from bot.store import groups, known, people, readers, slots
from bot.store.database import Database, Queries
from bot.store.ids import Clock

Format = Literal["json", "markdown"]


class Me:
    """All about one reader's own rows, whichever table they stand in."""

    def __init__(self, db: Database, curricula: CurriculumStore, clock: Clock) -> None:
        self._db = db
        self._curricula = curricula
        self._clock = clock

    async def about(self, reader_id: int) -> About:
        """Return what is kept about the reader, in numbers. Asking leaves no trace."""
        return about(await self._kept(reader_id))

    async def download(self, reader_id: int, format_: Format) -> tuple[str, bytes]:
        """Return a name and a file that holds every row about the reader, with titles."""
        kept, now = await self._kept(reader_id), self._clock()
        if format_ == "json":
            suffix, text = "json", to_json(kept, now)
        else:
            suffix, text = "md", to_markdown(kept, now)
        return f"nextread-{now:%Y-%m-%d}.{suffix}", text.encode()

    async def forget(self, reader_id: int) -> bool:
        """Delete all about the reader, at once for good; tell whether there was anything."""
        async with self._db.transaction() as changes:
            found = await people.rows_about(changes, reader_id)
            # A click under way in another process ends first: its rows are then deleted too.
            await readers.take_turn(changes, reader_id)
            await people.delete_person(changes, reader_id)
        return bool(found)

    async def _kept(self, reader_id: int) -> Kept:
        rows = await people.rows_about(self._db, reader_id)
        each = list(chain.from_iterable(rows.values()))
        return Kept(
            reader_id,
            rows,
            await self._titles(self._db, {key for row in each for key in keys_of(row)}),
            await self._rooms(self._db, ids_in(each, "group_id")),
            await self._papers(self._db, ids_in(each, "slot_id")),
        )

    async def _titles(self, db: Queries, keys: set[str]) -> dict[str, Titled]:
        curriculum = await self._curricula.of(db, None)
        listed = {key: found for key in keys if (found := curriculum.get(key))}
        past = await known.known_resources_by_key(db, sorted(keys - listed.keys()))
        return {key: Titled(r.title, r.url, r.gone_at is None) for key, r in past.items()} | {
            key: Titled(r.title, r.url, is_listed=True) for key, r in listed.items()
        }

    async def _rooms(self, db: Queries, group_ids: Iterable[int]) -> dict[int, Room]:
        found = [await groups.group(db, group_id) for group_id in group_ids]
        return {g.group_id: Room(g.guild_id, g.channel_id) for g in found if g is not None}

    async def _papers(self, db: Queries, slot_ids: Iterable[int]) -> dict[int, Paper]:
        found = [await slots.slot(db, slot_id) for slot_id in slot_ids]
        return {post.slot_id: Paper(post.week, post.title) for post in found if post is not None}
