"""Reminders: who asked for one, whether it is still wanted, and what its button does."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.curriculum.additions import is_of_guild
from bot.core.groups import Group, Post, Wish
from bot.core.outbox import OutboxRow
from bot.core.picks import spans_by_key
from bot.core.progress import resolved
from bot.core.reading import Reply
from bot.core.reminders import Reminder, obstacle, window
from bot.core.weekly import next_slot
from bot.errors import NoGroupError, NotAMemberError, UnknownPostError
from bot.services.curriculum import CurriculumStore
from bot.services.reading import Reading
from bot.store import groups as group_rows
from bot.store import outbox, picks, progress, readers, slots
from bot.store.database import Database, Queries
from bot.store.ids import Clock, Ids


class Reminders:
    """What members ask for, and what the postman asks before it reminds them."""

    def __init__(
        self, db: Database, curricula: CurriculumStore, reading: Reading, clock: Clock, ids: Ids
    ) -> None:
        self._db = db
        self._curricula = curricula
        self._reading = reading
        self._clock = clock
        self._ids = ids

    async def ask(self, guild_id: int, group_id: int, reader_id: int, *, wanted: bool) -> None:
        """Remind a member of unread papers from now on, or no more.

        Raises:
            NoGroupError: no such group in this server.
            NotAMemberError: the reader isn't in it.
        """
        async with self._db.transaction() as changes:
            group = await group_rows.take_group(changes, group_id)
            if group is None or group.guild_id != guild_id:
                raise NoGroupError
            wish: Wish | None = "wanted" if wanted else None
            if not await group_rows.set_wish(changes, group_id, reader_id, wish):
                raise NotAMemberError
            if wanted:
                await plan(changes, self._ids, group, self._clock(), reader_id)

    async def check(self, row: OutboxRow) -> Reminder | str:
        """Return what a reminder shows, or why it isn't to be sent any more."""
        slot_id, reader_id = (int(part) for part in row.reference.split(":"))
        post = await slots.slot(self._db, slot_id)
        group = None if post is None else await group_rows.group(self._db, post.group_id)
        if post is None or group is None:
            return "paper_gone"
        curriculum = await self._curricula.of(self._db, group.guild_id)
        resource = curriculum.get(post.key or "")
        if resource is None:
            return "paper_gone"
        now = self._clock()
        marks = resolved(curriculum, await progress.marks_of(self._db, reader_id))
        next_at = await _next_at(self._db, group, now)
        spans = spans_by_key(curriculum, await picks.spans_of(self._db, group.group_id))
        span = spans.get(resource.key)
        problem = obstacle(
            group=group,
            wish=await group_rows.wish(self._db, group.group_id, reader_id),
            post=post,
            last=await slots.last_posted(self._db, group.group_id),
            mark=marks.get(resource.key),
            goes_on=span is not None and span.is_under_way,
            next_at=next_at,
            now=now,
        )
        return problem or Reminder(curriculum, group, post, resource, next_at)

    async def closed(self, row: OutboxRow) -> None:
        """Record that the reader takes no direct messages: none is tried until they ask again."""
        slot_id, reader_id = (int(part) for part in row.reference.split(":"))
        async with self._db.transaction() as changes:
            post = await slots.slot(changes, slot_id)
            if post is not None and await group_rows.take_group(changes, post.group_id):
                await group_rows.close_wish(changes, post.group_id, reader_id)

    async def finish(self, reader_id: int, slot_id: int) -> Reply:
        """Mark the paper of a reminder done, wherever its button is pressed.

        Raises:
            UnknownPostError: this reader wasn't reminded of it, and isn't in its group.
            UnknownResourceError, NoLongerListedError: the paper left the list.
        """
        async with self._db.transaction() as changes:
            await readers.take_turn(changes, reader_id)
            post = await slots.slot(changes, slot_id)
            group = None if post is None else await group_rows.group(changes, post.group_id)
            if post is None or group is None or not await _may_know(changes, reader_id, post):
                raise UnknownPostError
            place = group.guild_id if is_of_guild(post.key or "", group.guild_id) else None
            reply = await self._reading.mark_in_turn(
                changes, reader_id, place, post.key or "", "done"
            )
            await slots.add_post_reader(changes, slot_id, reader_id)
        return replace(reply, from_guild=place)


async def _may_know(db: Queries, reader_id: int, post: Post) -> bool:
    sent = await outbox.row_about(db, "reminder", f"{post.slot_id}:{reader_id}")
    if sent is not None and sent.tried_at is not None:
        return True
    return await group_rows.is_member(db, post.group_id, reader_id)


async def plan(
    changes: Queries, ids: Ids, group: Group, now: datetime, reader_id: int | None = None
) -> None:
    """Put a reminder of the group's last paper into the outbox for every member who asked.

    What waits there already moves with the group's next slot. The group must have been taken.
    ``reader_id``: only theirs. In three statements, however many they are.
    """
    post = await slots.last_posted(changes, group.group_id)
    if group.state != "active" or post is None:
        return
    due_at, until_at = window(await _next_at(changes, group, now))
    if due_at <= now:
        return
    rows = [
        OutboxRow(
            ids.new(), "reminder", f"{post.slot_id}:{member}", group.guild_id, member,
            "waiting", due_at, until_at,
        )
        for member in await group_rows.take_wishing_members(changes, group.group_id, reader_id)
    ]  # fmt: skip
    await outbox.add_or_move_rows(changes, rows)


async def _next_at(db: Queries, group: Group, now: datetime) -> datetime:
    """Return the group's next slot; ``next_at`` of its row may only say when to look again."""
    served = await slots.served(db, group.group_id, group.schedule)
    return next_slot(group.schedule, now, served).at
