"""Reminders: who asked for them, at whom to look when, and of what they are told then."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.curriculum.additions import is_of_guild
from bot.core.groups import Group, Lead, ReminderWish
from bot.core.leading import ready_at
from bot.core.lists import Where
from bot.core.outbox import OutboxRow
from bot.core.papers import PICKED, spans_by_key
from bot.core.progress import resolved
from bot.core.recommend import AllRead, GoDeeper, Reply
from bot.core.reminders import (
    ALWAYS,
    GAPS,
    HOUR,
    LOOKED_EVERY,
    MOST_PAPERS,
    OpenLead,
    OpenPaper,
    Pace,
    Reasons,
    Window,
    is_open,
    paper_window,
)
from bot.core.weeks import HAD, Week, running_week
from bot.errors import NotAMemberError, UnknownPostError
from bot.services.curriculum import CurriculumStore
from bot.services.papers import Papers, calendar_of, next_slot_of, taken_group
from bot.services.reading import Reading
from bot.services.weeks import read_paper
from bot.store import groups as group_rows
from bot.store import leads as lead_rows
from bot.store import outbox, progress, readers
from bot.store import weeks as week_rows
from bot.store.database import Database, Queries
from bot.store.instants import Clock, Ids
from bot.store.suggestions import any_untold

log = logging.getLogger(__name__)

AT_ONCE = 100
A_SECOND, AN_HOUR, A_DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
TWO_WEEKS = timedelta(weeks=2)
"""After that nobody needs to be ready any more for a week."""


@dataclass
class Reminders:
    """One direct message a day at most, at the reader's hour, for all reasons together.

    Whoever wants any is looked at when there may be something to tell. At their hour that becomes a
    row of the outbox, one for each of their days; the engine alone sends.
    """

    _db: Database
    _background: Database
    _curricula: CurriculumStore
    _reading: Reading
    _papers: Papers
    _clock: Clock
    _ids: Ids

    async def ask(self, guild_id: int, group_id: int, reader_id: int, *, wanted: bool) -> bool:
        """Turn a member's reminders of unread papers on or off; tell whether to ask at which hour.

        That is asked once.

        Raises:
            NoGroupError: no such group in this server.
            NotAMemberError: the reader isn't in it.
        """
        taken = taken_group(self._db, guild_id, group_id, who=reader_id, follows=True)
        async with taken as (tx, group):
            wish: ReminderWish | None = "wanted" if wanted else None
            if not await group_rows.set_wish(tx, group.group_id, reader_id, wish):
                raise NotAMemberError
            if wanted:
                await plan(tx, group, self._clock(), reader_id)
                await readers.set_ignored(tx, reader_id, 0, at_least=len(GAPS))
                await readers.look_soon(tx, reader_id, self._clock())
            settings = await readers.settings_of(tx, reader_id)
            is_first = wanted and settings.remind_hour is None
            if is_first:
                await readers.put_settings(tx, reader_id, replace(settings, remind_hour=HOUR))
        return is_first

    async def hours(self, reader_id: int) -> tuple[Pace, datetime | None]:
        """Return when the reader wants reminders, and when the next may come; None: unknown."""
        pace, now = await readers.pace_of(self._db, reader_id), self._clock()
        return pace, pace.next_hour(await _windows(self._db, reader_id), now, now)

    async def set_reasons(
        self, reader_id: int, group_ids: Collection[int], *, is_idle: bool, wanted: bool
    ) -> Reasons:
        """Turn on or off what a message came for, wherever its button is pressed.

        Return what has changed: nothing of groups in which they no longer are, or that was off.
        """
        async with self._db.transaction() as tx:
            if not await readers.take_turn_if_known(tx, reader_id):
                return Reasons()
            # In order, as whoever else changes several.
            named = await group_rows.present_ids(tx, group_ids)
            changed = []
            for each in named:
                if wanted:
                    was_changed = await group_rows.set_wish(tx, each, reader_id, "wanted")
                else:
                    was_changed = await group_rows.drop_wish(tx, each, reader_id)
                changed += [each] if was_changed else []
            settings = await readers.settings_of(tx, reader_id)
            is_idle = is_idle and (wanted or settings.nudged)
            if is_idle:
                await readers.put_settings(tx, reader_id, replace(settings, nudged=wanted))
            if wanted:
                await readers.set_ignored(tx, reader_id, 0, at_least=len(GAPS))
            if not wanted and not await self._may_come(tx, reader_id):
                await readers.drop_again(tx, reader_id)
            await readers.look_soon(tx, reader_id, self._clock())
            groups = await group_rows.groups_by_id(tx, changed)
        return Reasons(is_idle, tuple(sorted(groups, key=lambda group: group.group_id)))

    async def later(self, reader_id: int) -> datetime | None:
        """Remind the reader again tomorrow, and return when; None: there is nothing to tell."""
        now = self._clock()
        async with self._db.transaction() as tx:
            if not await readers.take_turn_if_known(tx, reader_id):
                return None
            if not await self._may_come(tx, reader_id):
                return None
            pace = await readers.pace_of(tx, reader_id)
            at = pace.hour_on(pace.day_of(now) + A_DAY)
            await readers.look_soon(tx, reader_id, now)
            await readers.set_again(tx, reader_id, at)
        return at

    async def not_later(self, reader_id: int) -> None:
        """Take *Later* back."""
        async with self._db.transaction() as tx:
            is_known = await readers.take_turn_if_known(tx, reader_id)
            if is_known and await readers.drop_again(tx, reader_id):
                await readers.set_ignored(tx, reader_id, 1)  # as if there had been no *Later*
                await readers.look_soon(tx, reader_id, self._clock())

    async def _may_come(self, tx: Queries, reader_id: int) -> bool:
        """Tell whether there may be something to remind the reader of."""
        return (await readers.settings_of(tx, reader_id)).nudged or bool(
            await _windows(tx, reader_id)
        )

    async def finish(self, reader_id: int, week_id: int) -> Reply:
        """Mark the paper of a reminder done as ``read_paper`` does, wherever its button is pressed.

        Raises:
            UnknownPostError: the reader isn't in its group, and no earlier release reminded them.
            UnknownResourceError, NoLongerListedError: the paper left the list.
        """
        async with self._db.transaction() as tx:
            await readers.take_turn(tx, reader_id)
            post = await week_rows.week(tx, week_id)
            group = None if post is None else await group_rows.group(tx, post.group_id)
            if post is None or group is None or not await _may_know(tx, reader_id, group, post):
                raise UnknownPostError
            guild_id = group.guild_id if is_of_guild(post.key or "", group.guild_id) else None
            where = Where(guild_id, list_id=group.list_id)
            reply = await read_paper(tx, self._reading, reader_id, where, post)
        return replace(reply, from_guild=guild_id)

    async def look_at_due(self) -> int:
        """Look at the readers whose time has come, each on its own; return how many that were."""
        due = await readers.due_looks(self._background, self._clock(), AT_ONCE)
        for reader_id in due:
            try:
                await self._look_at(reader_id)
            except Exception:
                log.exception("a reader can't be looked at")
                async with self._background.transaction() as tx:
                    if await readers.take_turn_if_known(tx, reader_id):
                        await readers.set_look_at(tx, reader_id, self._clock() + AN_HOUR)
        return len(due)

    async def open_papers(self, reader_id: int) -> list[OpenPaper]:
        """Return the papers of which the reader is told now, the next slot first."""
        pace = await readers.pace_of(self._background, reader_id)
        return await self._open_papers(self._background, reader_id, pace)

    async def open_leads(self, row: OutboxRow, db: Queries | None = None) -> list[OpenLead]:
        """Return the weeks of which a letter is to remind who leads them.

        One that was perhaps sent: of those alone that it was to remind of then.
        """
        db, reader_id = db or self._background, row.reader_id or 0
        pace = await readers.pace_of(db, reader_id, but=row.row_id)
        return await self._open_leads(db, reader_id, pace, row.row_id if row.places else None)

    async def may_come(self, row: OutboxRow) -> bool:
        """Tell whether a letter may tell of more than what they lead: not too often ignored."""
        pace = await readers.pace_of(self._background, row.reader_id or 0, but=row.row_id)
        return pace.may_come(self._clock())

    async def put_into_letter(self, reader_id: int, leads: Sequence[OpenLead], row_id: int) -> None:
        """Record, before it leaves, of which weeks a letter reminds who leads them, of no others.

        Unless somebody has begun to send it.
        """
        async with self._background.transaction() as tx:
            if not await readers.take_turn_if_known(tx, reader_id):
                return
            letter = await outbox.row(tx, row_id)
            if letter is not None and letter.tried_at is None:
                led = [each.lead for each in leads]
                await lead_rows.put_into_letter(tx, reader_id, led, row_id)

    async def is_idle(self, reader_id: int) -> bool:
        """Tell whether the reader asked to be told of a week without reading, and it is over."""
        return (await readers.pace_of(self._background, reader_id)).is_idle(self._clock())

    async def reminds(self, tx: Queries, reader_id: int) -> bool:
        """Tell whether there is something to remind the reader of, beside news for them."""
        pace = await readers.pace_of(tx, reader_id)
        papers = await self._open_papers(tx, reader_id, pace)
        return bool(papers) or pace.is_idle(self._clock())

    async def nudge(self, reader_id: int) -> Reply | None:
        """Return what the reader would read next; None: nothing is left, or they read meanwhile."""
        async with self._background.transaction() as tx:
            if not await readers.take_turn_if_known(tx, reader_id):
                return None
            return await self._nudge(tx, reader_id, await readers.pace_of(tx, reader_id))

    async def _nudge(self, tx: Queries, reader_id: int, pace: Pace) -> Reply | None:
        if not pace.is_idle(self._clock()):
            return None
        reply = await self._reading.show_next(tx, reader_id, None)
        return None if isinstance(reply.answer, AllRead | GoDeeper) else reply

    async def _look_at(self, reader_id: int) -> None:
        now = self._clock()
        async with self._background.transaction() as tx:
            if not await readers.take_turn_if_known(tx, reader_id):
                await readers.set_look_at(tx, reader_id, None)  # nobody is looked at for ever
                return
            pace = await readers.pace_of(tx, reader_id)
            if pace.nudge_at is None or pace.nudge_at > now:
                return  # another process has just looked at them
            windows = await _windows(tx, reader_id)
            leads = [pace.lead_window(at) for *_, at in await _led(tx, reader_id, now)]
            at = pace.next_hour(windows, now, pace.nudge_at, leads)
            if at is not None and at <= now:
                if await self._has_reason(tx, reader_id, pace):
                    about, until_at = f"day:{reader_id}:{pace.day_of(at)}", pace.until(at)
                    row = OutboxRow(
                        self._ids.new(), "reminder", about, at, until_at, reader_id=reader_id
                    )
                    await outbox.add(tx, row)
                elif pace.wants_again(now):
                    await readers.drop_again(tx, reader_id)
                    pace = replace(pace, again_at=None)
                at = pace.next_hour(windows, now, at + A_SECOND, leads)
            look_at, is_wanted = now + LOOKED_EVERY, pace.nudged or bool(windows or leads)
            if not is_wanted and not await group_rows.any_wish(tx, reader_id):
                await readers.set_look_at(tx, reader_id, None)
            else:
                await readers.set_look_at(tx, reader_id, min(at or look_at, look_at))

    async def _has_reason(self, tx: Queries, reader_id: int, pace: Pace) -> bool:
        now = self._clock()
        if pace.may_be_told_of_leading(now) and await self._open_leads(tx, reader_id, pace):
            return True
        if not pace.may_come(now):
            return False
        if await self._open_papers(tx, reader_id, pace) or await any_untold(tx, reader_id):
            return True
        return await self._nudge(tx, reader_id, pace) is not None

    async def _open_leads(
        self, db: Queries, reader_id: int, pace: Pace, row_id: int | None = None
    ) -> list[OpenLead]:
        found, now = list[OpenLead](), self._clock()
        kept = None if row_id is None else await lead_rows.in_letter(db, reader_id, row_id)
        for lead, group, at in await _led(db, reader_id, now):
            if kept is not None and (lead.group_id, lead.week) not in kept:
                continue
            if not pace.lead_window(at)[0] <= now < at:
                continue
            plan = await self._papers.plan(db, group)
            had = plan.calendar.week(lead.week)
            if had is None and not plan.calendar.is_to_come(lead.week):
                continue
            if had is not None and had.state not in HAD:
                continue
            reads = had if had is not None else plan.paper(lead.week)
            resource = plan.curriculum.get(reads.key or "")
            votes = [] if had is not None or reads.why == PICKED else plan.running_votes
            is_voted_on = any(vote.week == lead.week for vote in votes)
            about = plan.curriculum, "", is_voted_on
            found.append(OpenLead(lead, group, at, resource, *about))
        return found[:MOST_PAPERS]

    async def _open_papers(self, db: Queries, reader_id: int, pace: Pace) -> list[OpenPaper]:
        found, now = [], self._clock()
        groups = await group_rows.groups_to_remind_of(db, reader_id)
        marks = await progress.marks_of(db, reader_id) if groups else {}
        for group in groups:
            post = await week_rows.last_posted(db, group.group_id)
            key = post.key or "" if post else ""
            curriculum = await self._curricula.having(db, group.where, [key] if key else ())
            resource = curriculum.get(key)
            if post is None or resource is None:
                continue
            calendar = await calendar_of(db, group)
            next_at = calendar.next(now).at
            window = ALWAYS if pace.wants_again(now) else paper_window(next_at)
            stored = await week_rows.spans_of(db, group.group_id)
            span = spans_by_key(curriculum, stored, calendar.weeks).get(resource.key)
            goes_on, part = span is not None and span.is_under_way, post.part
            if part is not None and part.is_unfinished:  # of which each part is to be read in time
                goes_on = await week_rows.has_read_part(db, post.week_id, reader_id)
            elif span is not None:
                part = part or span.part(post.week)
            mark = resolved(curriculum, marks).get(resource.key)
            if is_open(mark, window, now, goes_on=goes_on):
                found.append(OpenPaper(group, post, resource, next_at, curriculum, part=part))
        return found[:MOST_PAPERS]


async def _windows(db: Queries, reader_id: int) -> list[Window]:
    """Return when the reader is told of the papers of their groups, and of what they suggested.

    A group's ``next_at`` is near enough here.
    """
    groups = await group_rows.groups_to_remind_of(db, reader_id)
    outcomes = [ALWAYS] if await any_untold(db, reader_id) else []
    return [*outcomes, *(paper_window(group.next_at) for group in groups)]


async def _led(db: Queries, reader_id: int, now: datetime) -> list[tuple[Lead, Group, datetime]]:
    """Return the weeks that the reader leads and wasn't reminded of, and when to be ready."""
    leads = await lead_rows.untold(db, reader_id, running_week("UTC", now - TWO_WEEKS))
    if not leads:
        return []
    groups = await group_rows.groups_by_id(db, {lead.group_id for lead in leads})
    by_id = {group.group_id: group for group in groups}
    had, found = await week_rows.led_by(db, reader_id), list[tuple[Lead, Group, datetime]]()
    for lead in leads:
        group = by_id[lead.group_id]
        at = ready_at(group, lead.week, had.get((lead.group_id, lead.week)))
        found += [(lead, group, at)] if at is not None else []
    return found


async def _may_know(db: Queries, reader_id: int, group: Group, post: Week) -> bool:
    sent = await outbox.row_about(db, "reminder", f"week:{post.week_id}:{reader_id}")
    if sent is not None and sent.tried_at is not None:
        return True  # by a release that made a row for each paper
    return await group_rows.is_member(db, group.present_id, reader_id)


async def plan(tx: Queries, group: Group, now: datetime, reader_id: int | None = None) -> None:
    """Let every member who asked be looked at before the group's next slot, wherever that is now.

    The group must have been taken. ``reader_id``: only theirs. In few statements, however many
    they are.
    """
    if group.state != "active":
        return
    next_at = (await next_slot_of(tx, group, now)).at
    begins, _ = paper_window(next_at)
    look_at = min(max(begins, now), now + LOOKED_EVERY)
    await take_told(tx, group.group_id, reader_id)
    await readers.look_at_wishing(tx, group.group_id, reader_id, look_at)
    if reader_id is None:
        await readers.look_at_leading(tx, group.group_id, now)


async def take_told(tx: Queries, group_id: int, reader_id: int | None = None) -> None:
    """Let whoever is to be looked at, and deletes everything about themselves, wait meanwhile.

    Before picks and votes are changed, for that is the order in which they delete.
    """
    await group_rows.take_wishing_members(tx, group_id, reader_id)
    if reader_id is None:
        await lead_rows.take_untold(tx, group_id)
