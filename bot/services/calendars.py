"""When a group has no paper: weeks that are skipped, days off, a pause with an end."""

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from bot.core.dates import day_meant, days_meant
from bot.core.groups import Group, GroupStatus
from bot.core.papers import MadeWay, Plan
from bot.core.weeks import WEEKS_SHOWN, DaysOff, Schedule, Week
from bot.errors import OldCardError, UnknownDaysError
from bot.services import meetings
from bot.services.groups import Groups
from bot.services.papers import Papers, looked_from
from bot.services.reminders import plan as plan_reminders
from bot.services.reminders import take_told
from bot.store import groups as group_rows
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.store.instants import Clock, Ids

MOST_DAYS_OFF = 20
A_DAY = timedelta(days=1)
PAUSED: Final = "paused"


@dataclass
class Calendars:
    """What moderators change about a group's calendar for a while. Each method is one transaction.

    What was picked for a week that has no paper any more moves to the next free one. A group that
    isn't this server's is a ``NoGroupError``.
    """

    _groups: Groups
    _papers: Papers
    _clock: Clock
    _ids: Ids

    async def skip(
        self, guild_id: int, group_id: int, week: str | None = None, *, skips: bool | None = None
    ) -> GroupStatus:
        """Leave one of the next weeks out, or let it have its paper again. None: the coming one.

        ``skips``: which of the two; twice is harmless. None: what isn't so.

        Raises:
            OldCardError: it isn't one of the next weeks any more.
        """
        now = self._clock()
        async with self._papers.taken(guild_id, group_id) as (tx, group, plan):
            slots, calendar = [each.slot for each in plan.coming(WEEKS_SHOWN)], plan.calendar
            slot = next((each for each in slots if week in (None, each.week)), None)
            if slot is None:
                raise OldCardError
            skipped = calendar.week(slot.week)
            if skipped is not None and skips is not True:
                await week_rows.delete_week(tx, skipped.week_id)
                calendar = calendar.without({slot.week})
            elif skipped is None and skips is not False:
                post = Week(self._ids.new(), group_id, slot.week, slot.at, "skipped")
                await week_rows.put_week(tx, post)
                calendar = calendar.having(post)
            await take_told(tx, group_id)
            moves = replace(plan, calendar=calendar).made_way()
            await self._groups.make_way(tx, group, moves, now)
            since, next_at = looked_from(group, plan.calendar, calendar, now)
            await group_rows.set_looked(tx, group_id, since, next_at)
            await meetings.plan(tx, self._ids, group, now)
            await plan_reminders(tx, group, now)
        status = await self._groups.status_of(replace(group, since=since, next_at=next_at))
        return replace(status, moves=tuple(moves))

    async def pause_until(
        self, guild_id: int, group_id: int, typed: str
    ) -> tuple[GroupStatus, str]:
        """Post nothing from today on until a day that is typed; resuming ends it before that.

        Papers that come every so many weeks then count from the first one after it. Return also how
        it paused before, as of ``DaysForm``.

        Raises:
            UnknownDaysError: it is no day, or may be two, or several, or isn't to come.
            OldCardError: the group is stopped: only *Resume* starts it again.
        """
        async with self._changed(guild_id, group_id) as change:
            if change.group.state == "stopped":
                raise OldCardError
            today = change.schedule.today(change.now)
            until = day_meant(typed, today, change.schedule.zone)
            change.called_off = await week_rows.call_off(change.tx, group_id)
            before = PAUSED if change.group.state == PAUSED else str(change.schedule.pause or "")
            came = change.plan.came_in(change.plan.running) is not None and not change.called_off
            first = today + A_DAY if came and until > today + A_DAY else today  # it isn't held
            change.schedule = replace(change.schedule, pause=DaysOff(first, until - A_DAY))
            change.group = replace(change.group, state="active")
        return await self._status(change), before

    async def take_off(
        self, guild_id: int, group_id: int, typed: str
    ) -> tuple[GroupStatus, tuple[DaysOff, ...]]:
        """Post nothing on the days that are typed; return those that weren't off before.

        Raises:
            UnknownDaysError: they are none, or may be others, or are too many.
        """
        async with self._changed(guild_id, group_id) as change:
            schedule = change.schedule
            today = schedule.today(change.now)
            meant = [DaysOff(*days) for days in days_meant(typed, today, schedule.zone)]
            kept = [each for each in schedule.days_off if each.last >= today]
            new = tuple(each for each in meant if each not in kept)
            if len(kept) + len(new) > MOST_DAYS_OFF:
                raise UnknownDaysError(typed, "many")
            if any(today in each for each in new):
                change.called_off = await week_rows.call_off(change.tx, group_id)
            days_off = sorted([*kept, *new], key=lambda each: (each.first, each.last))
            change.schedule = replace(schedule, days_off=tuple(days_off))
        return await self._status(change), new

    async def bring_back(
        self,
        guild_id: int,
        group_id: int,
        days: Collection[DaysOff],
        moves: Iterable[tuple[str, str, str]] = (),
        skipped: str = "",
        paused: str = "",
    ) -> GroupStatus:
        """Let papers come again on days that were off. Twice is harmless.

        ``skipped``: or in a week that was, though its time has come; ``paused``: or pause as
        before, if a pause ends by this. ``moves``: what made way for them, as of ``DaysForm``,
        moves back where that can be.
        """
        async with self._changed(guild_id, group_id) as change:
            was_paused = change.schedule.pause in days
            left_out = change.plan.calendar.week(skipped)
            if left_out is not None and left_out.state == "skipped":
                await week_rows.delete_week(change.tx, left_out.week_id)
                change.due = left_out.at if left_out.at <= change.now else None
            change.brought_back = tuple(each for each in days if each in change.schedule.days_off)
            change.schedule = change.schedule.without(days)
            if was_paused and paused == PAUSED:
                change.group = replace(change.group, state=PAUSED)
            elif was_paused and paused:
                change.schedule = replace(change.schedule, pause=DaysOff.read(paused))
            calendar = replace(change.plan.calendar, schedule=change.schedule).without({skipped})
            ahead = calendar.ahead(change.now)
            to_come = {each.week for each in takewhile(lambda s: s.week <= change.plan.last, ahead)}
            # A leader's choice is no obstacle: it waits behind what was picked.
            picked = [each for each in change.plan.chosen if each.why != "leader_choice"]
            free = to_come - {each.week for each in picked}
            chosen = {(each.week, each.key) for each in change.plan.chosen}
            for week, to, key in moves:
                if to in free and (week, key) in chosen:
                    change.moves.append(MadeWay(week, to, key))
                    await week_rows.move_picks(change.tx, group_id, week, to)
        return await self._status(change)

    async def _status(self, change: "_Change") -> GroupStatus:
        status = await self._groups.status_of(change.group)
        brought_back, called_off = change.brought_back, change.called_off
        moves = tuple(change.moves)
        return replace(status, moves=moves, called_off=called_off, brought_back=brought_back)

    @asynccontextmanager
    async def _changed(self, guild_id: int, group_id: int) -> AsyncIterator["_Change"]:
        """Open a transaction in which a group's schedule is changed; then make all follow it."""
        now = self._clock()
        async with self._papers.taken(guild_id, group_id) as (tx, old, plan):
            await take_told(tx, group_id)
            change = _Change(tx, old, old.schedule.settled(old.schedule.today(now)), plan, now)
            yield change
            after = await self._papers.plan(tx, replace(change.group, schedule=change.schedule))
            moves = after.made_way()
            since, next_at = looked_from(old, plan.calendar, after.calendar, now)
            since, next_at = (since, next_at) if change.due is None else (change.due, now)
            group = replace(change.group, schedule=change.schedule, since=since, next_at=next_at)
            await group_rows.set_calendar(tx, group)
            await meetings.plan(tx, self._ids, group, now)
            await self._groups.make_way(tx, group, moves, now)
            change.moves += moves
            change.group = await self._groups.announce(tx, group, old, now)
            await plan_reminders(tx, group, now)


@dataclass
class _Change:
    """A group that is being changed, and its schedule as it will be.

    ``due``: of a week whose time has come, and which has its paper after all.
    """

    tx: Queries
    group: Group
    schedule: Schedule
    plan: Plan
    now: datetime
    moves: list[MadeWay] = field(default_factory=list)
    called_off: str = ""
    brought_back: tuple[DaysOff, ...] = ()
    due: datetime | None = None
