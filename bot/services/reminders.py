"""Letters to people: who asked for a reminder, whether it is still wanted, and when it goes."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.curriculum.additions import is_of_guild
from bot.core.groups import Group, Reminder, ReminderWish, reminder_obstacle, reminder_window
from bot.core.outbox import OutboxRow, ProblemName
from bot.core.papers import spans_by_key
from bot.core.progress import resolved
from bot.core.recommend import AllRead, Reply
from bot.core.weeks import Week
from bot.errors import NotAMemberError, UnknownPostError
from bot.services.curriculum import CurriculumStore
from bot.services.me import NUDGED_AFTER
from bot.services.papers import next_slot_of, of_guild
from bot.services.reading import Reading
from bot.store import groups as group_rows
from bot.store import outbox, progress, readers
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids, seconds

log = logging.getLogger(__name__)

AT_ONCE = 100
A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)


@dataclass
class Reminders:
    """Reminders of a group's paper, and nudges after a week without reading.

    They become rows of the outbox here; the engine alone sends. A letter is one row for good, so
    that it is sent once.
    """

    _db: Database
    _background: Database
    _curricula: CurriculumStore
    _reading: Reading
    _clock: Clock
    _ids: Ids

    async def ask(self, guild_id: int, group_id: int, reader_id: int, *, wanted: bool) -> None:
        """Turn a member's reminders of unread papers on or off.

        Raises:
            NoGroupError: no such group in this server.
            NotAMemberError: the reader isn't in it.
        """
        async with self._db.transaction() as tx:
            group = of_guild(await group_rows.take_group(tx, group_id), guild_id)
            wish: ReminderWish | None = "wanted" if wanted else None
            if not await group_rows.set_wish(tx, group_id, reader_id, wish):
                raise NotAMemberError
            if wanted:
                await plan(tx, self._ids, group, self._clock(), reader_id)

    async def check(self, row: OutboxRow) -> Reminder | ProblemName:
        """Return what a reminder shows, or why it isn't to be sent any more."""
        _, week_id, reader_id = row.reference.split(":")
        post = await week_rows.week(self._db, int(week_id))
        group = None if post is None else await group_rows.group(self._db, post.group_id)
        if post is None or group is None:
            return "paper_gone"
        curriculum = await self._curricula.of(self._db, group.guild_id)
        resource = curriculum.get(post.key or "")
        if resource is None:
            return "paper_gone"
        now = self._clock()
        marks = resolved(curriculum, await progress.marks_of(self._db, int(reader_id)))
        next_at = (await next_slot_of(self._db, group, now)).at
        spans = await week_rows.spans_of(self._db, group.group_id)
        span = spans_by_key(curriculum, spans).get(resource.key)
        problem = reminder_obstacle(
            group=group,
            wish=await group_rows.wish(self._db, group.group_id, int(reader_id)),
            post=post,
            last=await week_rows.last_posted(self._db, group.group_id),
            mark=marks.get(resource.key),
            goes_on=span is not None and span.is_under_way,
            next_at=next_at,
            now=now,
        )
        return problem or Reminder(curriculum, group, post, resource, next_at)

    async def finish(self, reader_id: int, week_id: int) -> Reply:
        """Mark the paper of a reminder done, wherever its button is pressed.

        Raises:
            UnknownPostError: this reader wasn't reminded of it, and isn't in its group.
            UnknownResourceError, NoLongerListedError: the paper left the list.
        """
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            post = await week_rows.week(tx, week_id)
            group = None if post is None else await group_rows.group(tx, post.group_id)
            if post is None or group is None or not await _may_know(tx, reader_id, post):
                raise UnknownPostError
            place = group.guild_id if is_of_guild(post.key or "", group.guild_id) else None
            reply = await self._reading.mark_in_turn(tx, reader_id, place, [post.key or ""])
            await week_rows.add_week_reader(tx, week_id, reader_id)
        return replace(reply, from_guild=place)

    async def open_nudges(self) -> int:
        """Look at the readers whose time has come, each on its own; return how many that were."""
        due = await readers.due_nudges(self._background, self._clock(), AT_ONCE)
        for reader_id in due:
            try:
                await self._open_nudge(reader_id)
            except Exception:
                log.exception("a reader can't be looked at")
                async with self._background.transaction() as tx:
                    if await readers.take_turn_if_known(tx, reader_id):
                        await readers.set_nudge_at(tx, reader_id, self._clock() + AN_HOUR)
        return len(due)

    async def nudge(self, reader_id: int) -> Reply | None:
        """Return what the reader would read next; None: nothing is left, or they read meanwhile."""
        async with self._background.transaction() as tx:
            if not await readers.take_turn_if_known(tx, reader_id):
                return None
            settings = await readers.settings_of(tx, reader_id)
            last = await progress.last_change(tx, reader_id)
            if not settings.nudged or (last and self._clock() - last < NUDGED_AFTER):
                return None
            reply = await self._reading.show_next(tx, reader_id, None)
        return None if isinstance(reply.answer, AllRead) else reply

    async def _open_nudge(self, reader_id: int) -> None:
        now = self._clock()
        async with self._background.transaction() as tx:
            is_known = await readers.take_turn_if_known(tx, reader_id)
            if not is_known or not await readers.is_nudge_due(tx, reader_id, now):
                return  # another process has just looked at them
            settings = await readers.settings_of(tx, reader_id)
            last = await progress.last_change(tx, reader_id)
            again = last + NUDGED_AFTER if last else now
            if settings.nudged and again <= now:
                about, times = f"idle:{reader_id}:{seconds(now)}", (now, now + A_DAY)
                row = OutboxRow(self._ids.new(), "reminder", about, *times, reader_id=reader_id)
                await outbox.add(tx, row)
                again = now + NUDGED_AFTER
            await readers.set_nudge_at(tx, reader_id, again if settings.wants_letters else None)


async def _may_know(db: Queries, reader_id: int, post: Week) -> bool:
    sent = await outbox.row_about(db, "reminder", f"week:{post.week_id}:{reader_id}")
    if sent is not None and sent.tried_at is not None:
        return True
    return await group_rows.is_member(db, post.group_id, reader_id)


async def plan(
    tx: Queries, ids: Ids, group: Group, now: datetime, reader_id: int | None = None
) -> None:
    """Put a reminder of the group's last paper into the outbox for every member who asked.

    What waits there already moves with the group's next slot. The group must have been taken.
    ``reader_id``: only theirs. In three statements, however many they are.
    """
    post = await week_rows.last_posted(tx, group.group_id)
    if group.state != "active" or post is None:
        return
    due_at, until_at = reminder_window((await next_slot_of(tx, group, now)).at)
    if due_at <= now:
        return
    rows = [
        OutboxRow(
            ids.new(), "reminder", f"week:{post.week_id}:{member}", due_at, until_at,
            group.guild_id, group.group_id, reader_id=member,
        )
        for member in await group_rows.take_wishing_members(tx, group.group_id, reader_id)
    ]  # fmt: skip
    await outbox.add_or_move(tx, rows)
