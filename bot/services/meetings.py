"""Meetings of groups: when each week's is, and what its scheduled event in Discord is to show."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.groups import Group
from bot.core.outbox import OutboxRow
from bot.core.weeks import CLOCKS_APART, Meeting, Week
from bot.services.papers import calendar_of, tell_again
from bot.store import groups as group_rows
from bot.store import outbox
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids

LATEST_AFTER_ITS_SLOT = timedelta(days=10)
"""A day, up to a week to the day of the week, and what a gap in local time may add."""

SETTLED_AFTER = timedelta(minutes=10)
"""A lease, and how long what was asked for may still appear."""


@dataclass
class Meetings:
    """What a letter about a meeting has to know. The functions below are for open transactions."""

    _db: Database
    _clock: Clock
    _ids: Ids

    async def of(self, week_id: int) -> tuple[Group, Week] | None:
        """Return a week with its group; None: they are gone."""
        week = await week_rows.week(self._db, week_id)
        group = await group_rows.group(self._db, week.group_id) if week else None
        return None if week is None or group is None else (group, week)

    async def ask(self, week: Week, meeting: Meeting | None, *, anew: bool = False) -> bool:
        """Record what Discord is asked to show for a week; tell whether that is still wanted.

        It is compared with what is wanted once that is done: what changes meanwhile is asked for
        anew. ``anew``: its event is gone, and another is made.
        """
        async with self._db.transaction() as tx:
            group = await group_rows.take_group(tx, week.group_id)
            present = await week_rows.week(tx, week.week_id)
            if group is None or present is None or present.event_id != week.event_id:
                return False
            if group.meeting(present) != meeting:
                return False
            asked = "" if meeting is None else str(meeting)
            await week_rows.set_event(tx, week.week_id, None if anew else week.event_id, asked)
        return True

    async def room_gone(self, guild_id: int, channel_id: int) -> None:
        """Let events to come be at the thread whose channel is gone, or gone with it."""
        now = self._clock()
        for seen in await group_rows.running_groups(self._db, guild_id):
            if seen.meets is None or seen.meets.channel_id != channel_id:
                continue
            async with self._db.transaction() as tx:
                group = await group_rows.take_group(tx, seen.group_id)
                since = now - LATEST_AFTER_ITS_SLOT
                weeks = await week_rows.weeks_since(tx, seen.group_id, since) if group else []
                for week in weeks:
                    if group is not None and week.event_id is not None:
                        await arrange(tx, self._ids, group, week, now, anew=True)


async def plan(tx: Queries, ids: Ids, group: Group, now: datetime) -> None:
    """Let meetings to come be when the group says now, and their events too.

    One that begins within minutes has begun by somebody's clock. The group must have been taken.
    """
    since, calendar = now - LATEST_AFTER_ITS_SLOT, await calendar_of(tx, group)
    for week in reversed(calendar.weeks):
        if week.at < since:
            continue
        meets_at = group.meets_again(week, calendar.paper_after(week.at), now + CLOCKS_APART)
        if meets_at != week.meets_at:
            await week_rows.set_meets_at(tx, week.week_id, meets_at)
            await tell_again(tx, ids, group, week, now)
        await arrange(tx, ids, group, replace(week, meets_at=meets_at), now)


async def follow(tx: Queries, ids: Ids, week_id: int, now: datetime) -> None:
    """Let the event of a week's meeting be made, now that its paper is there."""
    week = await week_rows.week(tx, week_id)
    group = None if week is None else await group_rows.group(tx, week.group_id)
    if week is not None and group is not None:
        await arrange(tx, ids, group, week, now)


async def arrange(
    tx: Queries, ids: Ids, group: Group, week: Week, now: datetime, *, anew: bool = False
) -> None:
    """Put into the outbox what makes a week's event what it is to be, unless it is that.

    ``anew``: though it was. Nothing about one that has begun. The group must have been taken.
    """
    meeting, row = group.meeting(week), await outbox.row_about(tx, "meeting", str(week.week_id))
    is_there = week.event_id is not None
    if row is not None and row.state != "dropped":  # until it was looked for, and isn't there
        is_there = is_there or row.tried_at is not None
    shown = Meeting.read(week.event_asked) if is_there else None
    begins = [each.at for each in (meeting, shown) if each is not None]
    until = min(begins, default=now) - CLOCKS_APART
    if until <= now:
        return
    if row is None:
        if meeting is not None:
            to = group.guild_id, group.group_id, week.channel_id
            about = str(week.week_id)
            await outbox.add(tx, OutboxRow(ids.new(), "meeting", about, now, until, *to))
    elif row.state in ("waiting", "claimed"):
        await outbox.hurry(tx, row.row_id, row.due_at, until)
    elif meeting != shown or anew:
        # Of one that is recorded, nothing more can appear; of one given up, perhaps.
        is_untried = week.event_id is not None or row.state == "sent"
        await outbox.renew(tx, row.row_id, ids.new(), now, until, is_untried=is_untried)


async def left_behind(tx: Queries, ids: Ids, group: Group, now: datetime) -> list[OutboxRow]:
    """Return what cancels the events to come of a group that is being deleted: it outlives it.

    One that was perhaps made, or is being made, is looked for by the address of its paper, later.
    """
    since, left = now - LATEST_AFTER_ITS_SLOT, list[OutboxRow]()
    for week in await week_rows.weeks_since(tx, group.group_id, since):
        row = await outbox.row_about(tx, "meeting", str(week.week_id))
        begins_at, event_id = week.begins_at, week.event_id
        if row is None or begins_at is None or begins_at - CLOCKS_APART <= now:
            continue
        is_sure = row.state == "sent" or row.tried_at is None
        if event_id is not None or row.state == "claimed" or not is_sure:
            due_at = now if event_id is not None else now + SETTLED_AFTER
            orphan = OutboxRow(
                ids.new(), "meeting", row.reference, due_at, begins_at - CLOCKS_APART,
                group.guild_id, channel_id=week.channel_id, message_id=event_id,
                trace=week.link(group.guild_id),
            )  # fmt: skip
            left.append(orphan)
    return left
