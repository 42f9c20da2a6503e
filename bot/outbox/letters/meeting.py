"""The scheduled event of a week's meeting: made, moved and cancelled with its paper."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.groups import Group
from bot.core.outbox import OutboxRow, Problem
from bot.core.weeks import CLOCKS_APART, Part, Week
from bot.core.weeks import Meeting as Shown
from bot.outbox.discord import (
    NAMED,
    UNKNOWN_CHANNEL,
    Appointment,
    Discord,
    Place,
    RefusedError,
)
from bot.outbox.letters._base import (
    AN_HOUR,
    AT_ONCE,
    SOON,
    Act,
    Drop,
    Event,
    EventEdit,
    Letter,
    Receipt,
    Rows,
    Verdict,
    Wait,
)
from bot.outbox.traces import by_link, is_of
from bot.services import meetings
from bot.store import groups as group_rows
from bot.store import outbox
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.views.problems import EVENTS, IN_STAGE, IN_VOICE
from bot.views.weekly_card import event_name, event_text


class Meeting(Letter):
    """What it does is up to what is there and what is to be there. Without its group: to cancel."""

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        if row.group_id is None:
            return None
        week = await week_rows.week(tx, int(row.reference))
        group = await group_rows.group(tx, row.group_id)
        if week is None or group is None:
            return "called_off"
        if week.event_id is None and group.meeting(week) is None:
            return "called_off"
        has_begun = week.begins_at is not None and week.begins_at - CLOCKS_APART <= now
        return "too_late" if has_begun else None

    def sought(self, place: Place) -> Event:
        return Event(place, None)

    async def as_it_is(self, row: OutboxRow, place_id: int, discord: Discord) -> Place | None:
        """Return the channel, for an event in one that can't be viewed isn't shown; or the server.

        All may see what is in no channel, or in one that is gone.
        """
        guild_id = row.guild_id or 0
        found = None if place_id == guild_id else await discord.fetched(guild_id, place_id)
        return found or Place(guild_id, guild_id, "", "server", frozenset(NAMED))

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        if row.group_id is None:
            return await self._left_behind(row, discord)
        found = await self.services.meetings.of(int(row.reference))
        if found is None:
            return Drop("called_off")
        group, week = found
        meeting, event_id = group.meeting(week), week.event_id
        place = await self._place(group, meeting, discord)
        if not isinstance(place, Place):
            return place
        if row.tried_at is not None and event_id is None:
            return Event(place, None)  # first look for what it was to show then
        if meeting is None and event_id is None:
            return Drop("called_off")
        is_gone = meeting is not None and await self._is_gone(group, week, discord)
        if not await self.services.meetings.ask(week, meeting, anew=is_gone):
            return Wait("superseded", AT_ONCE)
        post = None if meeting is None else await self.services.weeks.post(week.week_id)
        part = week.part if post is None else post.part
        what = None if meeting is None else _appointment(group, week, part, meeting, place)
        if event_id is not None and not is_gone:
            return EventEdit(group.guild_id, event_id, what)
        return Event(place, what, by_link(week.link(group.guild_id)))

    async def _is_gone(self, group: Group, week: Week, discord: Discord) -> bool:
        """Tell whether an event went with its channel: nobody wanted to be rid of the event."""
        shown = None if week.event_id is None else Shown.read(week.event_asked)
        if shown is None or shown.channel_id is None:
            return False
        if await discord.fetched(group.guild_id, shown.channel_id) is not None:
            return False
        return week.event_id not in [e.message_id async for e in discord.events(group.guild_id)]

    async def _place(
        self, group: Group, meeting: Shown | None, discord: Discord
    ) -> Place | Verdict:
        """Return the channel or the server where it is to be, if it may."""
        grounds = await discord.grounds(group.guild_id)
        if lacking := grounds.lacks(EVENTS):
            return Wait(lacking, AN_HOUR)
        if meeting is None or meeting.channel_id is None:
            return grounds
        place = await discord.place(grounds.guild_id, meeting.channel_id)
        if place is None or place.kind not in ("voice", "stage"):
            return grounds
        lacking = place.lacks(IN_VOICE if place.kind == "voice" else IN_STAGE)
        return Wait(lacking, AN_HOUR) if lacking else place

    async def _left_behind(self, row: OutboxRow, discord: Discord) -> Act:
        """Cancel the event of a group that is deleted: its own, or what may have been made."""
        event_id = row.message_id
        if event_id is None:
            async for seen in discord.events(row.guild_id or 0):
                if is_of(by_link(row.trace or ""), seen):
                    event_id = seen.message_id
        if event_id is None:
            return Drop("event_gone")
        return EventEdit(row.guild_id or 0, event_id, None)

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        week = await week_rows.week(tx, int(row.reference))
        group = None if week is None else await group_rows.group(tx, week.group_id)
        if week is None or group is None:
            return ()
        now, ids = self.services.clock(), self.services.ids
        found = await outbox.row(tx, row.row_id)
        if week.event_id is not None and found is not None and found.claim != row.claim:
            await self.crossed(tx, row)
            return ()
        is_cancelled = week.event_asked == "" and week.event_id is not None
        known = (None, None) if is_cancelled else (receipt.message_id, week.event_asked)
        await week_rows.set_event(tx, week.week_id, *known)
        week = replace(week, event_id=known[0], event_asked=known[1])
        await meetings.arrange(tx, ids, group, week, now)
        return ()

    async def crossed(self, tx: Queries, row: OutboxRow) -> None:
        """Ask once more, a while later: nobody knows whose change came last."""
        due_at, ids = self.services.clock() + meetings.SETTLED_AFTER, self.services.ids
        if (last := await outbox.row_about(tx, row.kind, row.reference)) is not None:
            await outbox.renew(tx, last.row_id, ids.new(), due_at, last.until_at, is_untried=True)

    async def refused(self, row: OutboxRow, refusal: RefusedError) -> Verdict:
        if refusal.code == UNKNOWN_CHANNEL:  # it was deleted a moment ago: then at the thread
            return Wait(refusal.problem, SOON)
        if refusal.problem == "event_gone":  # by somebody who didn't want it
            return Drop(refusal.problem)
        return Wait(refusal.problem, AN_HOUR)


def _appointment(
    group: Group, week: Week, part: Part | None, meeting: Shown, place: Place
) -> Appointment:
    link = week.link(group.guild_id)
    return Appointment(
        event_name(week.title, part),
        event_text(week.title, part, link),
        meeting.at,
        meeting.at + timedelta(minutes=meeting.minutes),
        week.talk_link(group.guild_id),
        place,
    )
