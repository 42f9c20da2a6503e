"""Puts the ledger right after a clock that was ahead, and after other zone tables."""

import logging
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version

from bot.core.groups import Group
from bot.core.inbox import A_WEEK
from bot.core.link_checks import LONGEST_WAIT
from bot.core.outbox import LetterKind
from bot.core.papers import AT_MOST_AHEAD, BEFORE_ITS_SLOT, Vote
from bot.core.reminders import LOOKED_EVERY
from bot.core.weeks import (
    CLOCKS_APART,
    FURTHEST,
    LATE_WITHIN,
    Calendar,
    Week,
    judge,
    running_week,
    slot_meant,
    slot_of_week,
    week_at_home,
    week_of,
)
from bot.services.meetings import plan as plan_meetings
from bot.services.papers import Papers, calendar_of
from bot.services.reading import PUT_OFF_FOR
from bot.services.reminders import plan as plan_reminders
from bot.services.votes import AT_LATEST, call_off
from bot.services.weeks import AFTER_A_FAILURE, Weeks
from bot.store import groups as group_rows
from bot.store import outbox, upkeep
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids, made_at

log = logging.getLogger(__name__)

TABLES = "zone_tables"
"""The setting that says by which version of the tzdata package the groups' slots were reckoned."""

A_SECOND, A_DAY = timedelta(seconds=1), timedelta(days=1)

LONGER_THAN_A_WEEK = timedelta(days=9)
"""By which the last week's slot may lie behind the day that it is reckoned from, anywhere."""


@dataclass
class ClockRepair:
    """For the start, and for when the clock is put back while the bot runs.

    Each group is put right in a transaction of its own that has taken it, from what stands there
    then: twice changes nothing, nor does it beside other processes whose clocks are right.
    """

    _db: Database
    _papers: Papers
    _weeks: Weeks
    _clock: Clock
    _ids: Ids

    async def put_right(self) -> None:
        """Reckon anew what lies further ahead than it can, and what other zone tables moved.

        Messages tell Discord's own time. If that is later than now, it is this clock that is
        wrong, and what looks far ahead is right: then all stays as it is.
        """
        now = self._clock()
        newest_at = await upkeep.newest_message_at(self._db)
        if newest_at is not None and newest_at > now + CLOCKS_APART:
            log.warning(
                "the clock is behind: it says %s, but Discord had a message of ours at %s",
                now.isoformat(timespec="seconds"),
                newest_at.isoformat(timespec="seconds"),
            )
            return
        await self._after_a_leap(now)
        await self._after_new_tables(now)

    async def _after_a_leap(self, now: datetime) -> None:
        rows, reckoned = await self._pull_back(now), 0
        group_ids = await group_rows.group_ids_ahead(
            self._db,
            now + CLOCKS_APART,
            now + FURTHEST,
            now - LATE_WITHIN + CLOCKS_APART,
            retried=now + AFTER_A_FAILURE + CLOCKS_APART,
            last_slot=now + AT_MOST_AHEAD + LONGER_THAN_A_WEEK,
            looked=now + AT_LATEST + CLOCKS_APART,
        )
        weeks: Counter[str] = Counter()
        for group_id in group_ids:
            found = await self._group_put_right(group_id, now)
            weeks += found
            reckoned += any(found.values())
        if rows or reckoned:
            log.warning(
                "the clock was ahead: reckoned the times of %s groups anew, forgot %s weeks of the"
                " future, moved %s posted ones to when they were posted, put %s other rows right",
                reckoned,
                weeks["forgotten"],
                weeks["moved"],
                rows,
            )

    async def _after_new_tables(self, now: datetime) -> None:
        tables, before = version("tzdata"), await upkeep.setting(self._db, TABLES)
        if tables == before:
            return
        moved = 0
        for group in await group_rows.all_groups(self._db):
            try:
                is_moved = slot_meant(group.schedule, group.next_at).at != group.next_at
            except Exception:
                log.exception("group %s has no calendar", group.group_id)
                continue
            if is_moved:
                await self._group_put_right(group.group_id, now, new_tables=True)
                moved += 1
        async with self._db.transaction() as tx:
            await upkeep.set_setting(tx, TABLES, tables)
        if moved:
            log.info("time zones are those of %s now: %s groups' times moved", tables, moved)

    async def _pull_back(self, now: datetime) -> int:
        """Pull back all but groups' calendars, a table at a time; return how many rows it was."""
        limit, count = now + CLOCKS_APART, 0
        marks = dict.fromkeys(upkeep.OF_MARKS, limit) | {upkeep.PUT_OFF: now + PUT_OFF_FOR}
        others = dict.fromkeys(upkeep.NEVER_AHEAD, limit) | {upkeep.NUDGES: limit + LOOKED_EVERY}
        others[upkeep.AGAIN] = limit + 2 * A_DAY
        others[upkeep.LOOKUPS] = limit + upkeep.LEASE
        others[upkeep.LINKS] = limit + LONGEST_WAIT
        others[upkeep.WORDS] = limit + A_WEEK
        wrong = await upkeep.columns_ahead(self._db, marks | others)
        if not wrong.isdisjoint(marks):
            async with self._db.transaction() as tx:
                count += await upkeep.pull_back_marks(tx, limit, now, PUT_OFF_FOR)
        for column, latest in others.items():
            if column in wrong:
                async with self._db.transaction() as tx:
                    to = latest - CLOCKS_APART
                    count += await upkeep.pull_back(tx, *column, limit=latest, to=to)
        async with self._db.transaction() as tx:
            count += await upkeep.pull_back_outbox(tx, now, CLOCKS_APART)
            return count + await upkeep.drop_picks_after(tx, _last_week(now))

    async def _group_put_right(
        self, group_id: int, now: datetime, *, new_tables: bool = False
    ) -> Counter[str]:
        """Reckon one group's times anew; return how many weeks were forgotten, and moved.

        And how many other things about it were wrong: of a group that looks far ahead for a
        reason, none is.
        """
        try:
            async with self._db.transaction() as tx:
                group = await group_rows.take_group(tx, group_id)
                if group is None:
                    return Counter()
                since, weeks = await self._without_future(tx, group, now)
                before, group = group, replace(group, since=since)
                plan = await self._papers.plan(tx, group)
                is_meant = new_tables and group.state == "active"
                slot = plan.calendar.overtaken(group.next_at, now) if is_meant else None
                if slot is not None and group.next_at <= plan.calendar.furthest(now):
                    plan = await self._weeks.decide(tx, plan, group, slot, judge(slot, now))
                next_at = plan.calendar.next(since).at
                await group_rows.set_looked(tx, group_id, since, next_at)
                votes = await week_rows.votes_from(tx, group_id, "")
                await self._votes_put_right(tx, group, now)
                await plan_meetings(tx, self._ids, group, now)
                is_wrong = votes != await week_rows.votes_from(tx, group_id, "")
                is_wrong |= await _skips_put_right(tx, plan.calendar, now)
                weeks["reckoned"] += is_wrong or (since, next_at) != (before.since, before.next_at)
                await plan_reminders(tx, group, now)
        except Exception:
            log.exception("group %s can't be put right", group_id)
            return Counter()
        return weeks

    async def _without_future(
        self, tx: Queries, group: Group, now: datetime
    ) -> tuple[datetime, Counter[str]]:
        """Forget what was decided about weeks of the future; return since when slots count now.

        What a moderator skipped stays, and what was posted, or perhaps: in the week in which it
        was. A slot that the clock leapt over is not missed before it is a day old: it counts still.
        """
        calendar, weeks = await calendar_of(tx, group), Counter[str]()
        furthest = calendar.furthest(now)
        since = now if group.since > now + CLOCKS_APART else group.since
        taken, moved = {week.week for week in calendar.weeks}, list[Week]()
        for post in reversed(calendar.weeks):
            if post.at <= now - LATE_WITHIN:
                continue
            is_ahead = post.at > now + CLOCKS_APART
            if post.state == "skipped" and post.key is None and post.at <= furthest:
                continue
            if is_ahead and await self._may_be_posted(tx, post):
                moved.append(post)
                taken.remove(post.week)
            elif is_ahead or _was_leapt_over(post, now):
                await week_rows.delete_week(tx, post.week_id)
                taken.remove(post.week)
                weeks["forgotten"] += 1
                if not is_ahead:
                    since = min(since, post.at - A_SECOND)
        for post in moved:
            taken.add(await self._move(tx, group, post, now, taken))
        weeks["moved"] = len(moved)
        return since, weeks

    async def _may_be_posted(self, tx: Queries, post: Week) -> bool:
        """Tell whether the week's message is or may be in Discord; else it won't be sent."""
        if post.state in ("posted", "uncertain"):
            return True
        row = await outbox.row_about(tx, "post", str(post.week_id))
        if row is None or post.state not in ("waiting", "skipped"):
            return False
        return not await outbox.delete_untried(tx, "post", row.reference)

    async def _move(
        self, tx: Queries, group: Group, post: Week, now: datetime, taken: set[str]
    ) -> str:
        """Give a week's row the week and instant in which it was posted, and return that week.

        One that was perhaps posted stands for the running week. If that has another paper, its
        message is only looked for, and not sent any more.
        """
        at = now if post.message_id is None else min(now, made_at(post.message_id))
        running = running_week(group.schedule.zone, now)
        week = week_at_home(post.week, running_week(group.schedule.zone, at), running, taken)
        await week_rows.move_week(tx, post.week_id, week, at)
        row = await outbox.row_about(tx, "post", str(post.week_id))
        if row is not None and post.message_id is None:
            until = now + LATE_WITHIN if week == running else now
            await outbox.hurry(tx, row.row_id, now, until)
        return week

    async def _votes_put_right(self, tx: Queries, group: Group, now: datetime) -> None:
        """Look at polls when it is time; call off votes on weeks of which none could be called."""
        for vote in await week_rows.votes_from(tx, group.group_id, ""):
            if vote.look_at is None:
                continue
            slot, lasts = slot_of_week(group.schedule, vote.week), timedelta(hours=vote.hours)
            if vote.state != "running":
                if vote.look_at > now:
                    await week_rows.set_look_at(tx, vote.vote_id, now)
            elif vote.week > _last_week(now):
                await call_off(tx, self._ids, group, now, vote.week)
            elif vote.message_id is None:
                await week_rows.set_look_at(tx, vote.vote_id, slot.at)
                await self._close_before(tx, vote, slot.at - BEFORE_ITS_SLOT - lasts)
            elif vote.closes_at > now + lasts + CLOCKS_APART:
                closes_at = min(vote.closes_at, made_at(vote.message_id) + lasts)
                await week_rows.set_polled(tx, replace(vote, closes_at=closes_at), now)
            elif vote.look_at > max(now + AT_LATEST, vote.closes_at):
                await week_rows.set_look_at(tx, vote.vote_id, now)

    async def _close_before(self, tx: Queries, vote: Vote, until: datetime) -> None:
        """Send the vote's messages until then at the latest."""
        kinds: tuple[LetterKind, ...] = ("candidates", "poll")
        for kind in kinds:
            row = await outbox.row_about(tx, kind, str(vote.vote_id))
            if row is not None and row.until_at > until:
                await outbox.hurry(tx, row.row_id, row.due_at, until)


def _last_week(now: datetime) -> str:
    """Return the last week about which a moderator can have chosen by now."""
    return week_of((now + CLOCKS_APART + AT_MOST_AHEAD).date())


async def _skips_put_right(tx: Queries, calendar: Calendar, now: datetime) -> bool:
    """Let the weeks to come that are skipped stand at the times that they have now.

    Tell whether one didn't.
    """
    is_wrong = False
    for week in calendar.weeks:
        at = slot_of_week(calendar.schedule, week.week).at
        if week.state == "skipped" and week.at > now and week.at != at:
            is_wrong = True
            await week_rows.move_week(tx, week.week_id, week.week, at)
    return is_wrong


def _was_leapt_over(post: Week, now: datetime) -> bool:
    """Tell whether a slot was recorded as missed by a clock ahead: before it is a day old."""
    is_fresh = post.at > now - LATE_WITHIN + CLOCKS_APART
    return is_fresh and post.state == "missed" and post.key is None
