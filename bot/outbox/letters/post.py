"""The paper of a group's week."""

from dataclasses import replace
from datetime import datetime

from bot.core.groups import WeeklyPost
from bot.core.outbox import TEMPORARY, OutboxRow, Problem
from bot.core.weeks import Slot, judge
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import Act, Drop, End, OfGroup, Receipt, Rows, Send
from bot.outbox.traces import by_button
from bot.services import meetings, reminders
from bot.store import groups as group_rows
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.views.custom_ids import ReadIt
from bot.views.weekly_card import weekly_card


class Post(OfGroup):
    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        week = await week_rows.week(tx, int(row.reference))
        group = None if week is None else await group_rows.group(tx, week.group_id)
        if week is None or group is None or week.state != "waiting":
            return "called_off"
        verdict = group.schedule.judge(Slot(week.week, week.at), now)
        return "too_late" if verdict == "missed" else None

    def trace(self, row: OutboxRow) -> str:
        return by_button(ReadIt(int(row.reference)))

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        weekly, week_id = self.services.weeks, int(row.reference)
        post = await weekly.post(week_id)
        if post is None and row.tried_at is None:  # its paper left the list
            await weekly.pick_anew(week_id)
            post = await weekly.post(week_id)
            if post is None:
                return Drop("paper_gone")
        role_id = None if post is None else post.group.role_id
        place = await self.place(row, discord, role_id)
        if not isinstance(place, Place):
            return place
        if post is None:
            return Send(place, None)
        view = weekly_card(self._as_late(post), role_id if place.role else None)
        return Send(place, view, role_id=role_id if place.role == "mentioned" else None)

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        week = await week_rows.week(tx, int(row.reference))
        if week is None:
            return ()
        late = judge(Slot(week.week, week.at), receipt.at) == "late"
        await week_rows.set_late(tx, week.week_id, late=late)
        await week_rows.set_posted(
            tx, week.week_id, channel_id=receipt.place_id, message_id=receipt.message_id,
            now=receipt.at,
        )  # fmt: skip
        await group_rows.set_blocked(tx, week.group_id, None)
        group = await group_rows.group(tx, week.group_id)
        if group is not None:
            await reminders.plan(tx, group, self.services.clock())
        if receipt.in_thread:  # which can have no threads
            await meetings.follow(tx, self.services.ids, week.week_id, self.services.clock())
            return [self.follower(row, "opener", receipt.place_id)]
        return [replace(self.follower(row, "thread", receipt.place_id), rank=1)]

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        week = await week_rows.week(tx, int(row.reference))
        group = None if week is None else await group_rows.group(tx, week.group_id)
        if week is None or group is None:
            return ()
        if end == "deleted":
            at, now = row.channel_id or 0, self.services.clock()
            await week_rows.set_posted(tx, week.week_id, channel_id=at, message_id=None, now=now)
            await group_rows.set_blocked(tx, group.group_id, None)
        elif end == "dropped":
            if week.state == "waiting":
                await week_rows.set_week_state(tx, week.week_id, "missed")
            elif week.state == "uncertain":  # called off, and not sent after all
                await week_rows.set_week_state(tx, week.week_id, "skipped")
            if group.blocked in TEMPORARY:
                await group_rows.set_blocked(tx, group.group_id, None)
        elif end == "uncertain":
            await week_rows.set_week_state(tx, week.week_id, "uncertain")
        if end in ("again", "uncertain") and week.state == "waiting":
            return await self.blocked(tx, group, week.week_id, problem)
        return ()

    def _as_late(self, post: WeeklyPost) -> WeeklyPost:
        week = post.post
        late = judge(Slot(week.week, week.at), self.services.clock()) == "late"
        return replace(post, post=replace(week, is_late=late))
