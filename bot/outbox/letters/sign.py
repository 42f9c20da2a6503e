"""The card at the top of a group's post in its forum, when it changes."""

from datetime import datetime

from bot.core.outbox import OutboxRow, Problem
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import Act, Drop, Edit, ToChannel
from bot.outbox.letters.standing import card_in, trace_of
from bot.outbox.traces import is_of
from bot.store import groups as group_rows
from bot.store.database import Queries


class Sign(ToChannel):
    opens_archived = True

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        group = await group_rows.group(tx, row.group_id or 0)
        return None if group is not None and group.is_forum else "called_off"

    async def act_in(self, place: Place, row: OutboxRow, discord: Discord) -> Act:
        top = await discord.top(place.place_id)
        if top is None or not is_of(trace_of(row.group_id or 0), top):
            return Drop("card_gone")
        card = await card_in(self.services, row.channel_id or 0)
        return card if isinstance(card, Drop) else Edit(place.place_id, top.message_id, card[1])
