"""A reminder that a reader asked for: of their group's paper, or after a week without reading."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.outbox import OutboxRow, Problem
from bot.outbox.discord import Discord
from bot.outbox.letters._base import Act, Drop, End, Rows, Send, ToPerson
from bot.outbox.traces import by_button, marked
from bot.store import groups, readers
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.views.custom_ids import ReadReminded
from bot.views.resource_card import nudge_card
from bot.views.weekly_card import reminder_card


class Reminder(ToPerson):
    async def take(self, tx: Queries, row: OutboxRow) -> OutboxRow | None:
        await readers.take_turn_if_known(tx, row.reader_id or 0)
        return await super().take(tx, row)

    def trace(self, row: OutboxRow) -> str:
        week_id = _week_of(row)
        return super().trace(row) if week_id is None else by_button(ReadReminded(week_id))

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        if _week_of(row) is not None:
            return await self._of_paper(row, discord)
        reply = await self.services.reminders.nudge(row.reader_id or 0)
        if reply is None:
            return Drop("not_wanted")
        return Send(await self.to(row, discord), marked(nudge_card(reply), row.row_id))

    async def _of_paper(self, row: OutboxRow, discord: Discord) -> Act:
        """Remind a member who is still here and hasn't read the paper; otherwise drop it."""
        guild_id, reader_id = row.guild_id or 0, row.reader_id or 0
        reminder = await self.services.reminders.check(row)
        if isinstance(reminder, str):
            return Drop(reminder)
        channel = await discord.place(guild_id, reminder.group.channel_id)
        if channel is None:
            return Drop("channel_gone")  # and there they could not turn it off
        await self.tickets.ticket()
        if not await discord.is_member(guild_id, reader_id):
            await self.services.guilds.member_left(guild_id, reader_id)
            return Drop("left_server")
        return Send(await self.to(row, discord), reminder_card(reminder, channel.guild_name))

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        """Ask Discord no more for who takes no direct messages, until they ask again."""
        if end != "dropped" or problem != "no_direct_messages" or row.reader_id is None:
            return ()
        if _week_of(row) is not None:
            await groups.close_wish(tx, row.group_id or 0, row.reader_id)
        elif await readers.take_turn_if_known(tx, row.reader_id):
            settings = replace(await readers.settings_of(tx, row.reader_id), nudged=False)
            await readers.put_settings(tx, row.reader_id, settings)
            await readers.set_nudge_at(tx, row.reader_id, None)
        return ()

    async def plannable(self, db: Queries, rows: Sequence[OutboxRow], before: datetime) -> set[int]:
        """One of a group's last paper, until it is posted another, be that in years."""
        weeks = {row.row_id: week_id for row in rows if (week_id := _week_of(row))}
        last = await week_rows.not_followed(db, set(weeks.values()), before)
        return {row_id for row_id, week_id in weeks.items() if week_id in last}


def _week_of(row: OutboxRow) -> int | None:
    reason, about, _ = row.reference.split(":")
    return int(about) if reason == "week" else None
