"""A moderator asks a member to lead a week of their group."""

from dataclasses import replace
from datetime import datetime

from bot.core.outbox import OutboxRow, Problem
from bot.core.weeks import WEEKS_SHOWN
from bot.errors import ReaderError
from bot.outbox.discord import Discord
from bot.outbox.letters._base import Act, Drop, End, Rows, Send, ToPerson, Wait
from bot.outbox.traces import marked
from bot.store import groups as group_rows
from bot.store import leads, readers
from bot.store.database import Queries
from bot.views.lead_card import ask_card


class AskToLead(ToPerson):
    async def take(self, tx: Queries, row: OutboxRow) -> OutboxRow | None:
        await readers.take_turn_if_known(tx, row.reader_id or 0)
        return await super().take(tx, row)

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        """Let it not leave once they answered, somebody else leads, or no paper comes that week."""
        group_id, week = row.group_id or 0, _week(row)
        group = await group_rows.group(tx, group_id)
        lead = await leads.lead_of(tx, group_id, week, row.reader_id or 0)
        if lead is None or lead.state != "asked" or group is None or group.state != "active":
            return "not_wanted"
        if await leads.leader(tx, group_id, week) is not None:
            return "not_wanted"
        coming = (await self.services.papers.plan(tx, group)).coming(WEEKS_SHOWN)
        is_coming = any(each.slot.week == week and not each.is_skipped for each in coming)
        return None if is_coming else "not_wanted"

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        guild_id, reader_id = row.guild_id or 0, row.reader_id or 0
        server = discord.server(guild_id)
        if server is None:
            return Wait("guild_unavailable")
        await self.tickets.ticket()
        if not await discord.is_member(guild_id, reader_id):
            await self.services.guilds.member_left(guild_id, reader_id)
            return Drop("left_server")
        week, leading = _week(row), self.services.leading
        try:
            led = await leading.week(guild_id, row.group_id or 0, reader_id, week)
        except ReaderError:  # a moment ago the group was deleted, or its calendar changed
            return Drop("not_wanted")
        place = await self.to(row, discord)
        return Send(place, marked(ask_card(led, server.name), row.row_id))

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        """Let moderators see that this member can't be asked so; else they may be asked again."""
        lead = await leads.lead_of(tx, row.group_id or 0, _week(row), row.reader_id or 0)
        if lead is None or lead.state != "asked" or end != "dropped":
            return ()
        if problem == "no_direct_messages":
            await leads.put_lead(tx, replace(lead, state="closed"), self.services.clock())
        else:
            await leads.delete_lead(tx, lead)
        return ()


def _week(row: OutboxRow) -> str:
    return row.reference.split(":")[1]
