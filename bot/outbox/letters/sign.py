"""The card at the top of a group's post in its forum, when it changes."""

from datetime import datetime

from discord.ui import LayoutView

from bot.core.outbox import OutboxRow, Problem
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import Act, Drop, Edit, ToChannel, Verdict, open_up
from bot.outbox.letters.standing import card_in, trace_of
from bot.outbox.traces import is_of
from bot.store import groups as group_rows
from bot.store.database import Queries
from bot.views.group_card import gone_card


class Sign(ToChannel):
    opens_archived = True

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        group = await group_rows.group(tx, row.group_id or 0)
        return None if group is not None and group.is_forum else "called_off"

    async def place(
        self, row: OutboxRow, discord: Discord, role_id: int | None = None
    ) -> Place | Verdict:
        """Return the post; of a group that went into another, its forum may have a new group's."""
        group = await group_rows.group(self.services.db, row.group_id or 0)
        if group is None or group.merged_into is None:
            return await super().place(row, discord, role_id)
        post = await discord.place(group.guild_id, group.standing_id or 0)
        if post is None:
            return Drop("card_gone")
        return await open_up(post, discord, is_for_edit=True) or post

    async def act_in(self, place: Place, row: OutboxRow, discord: Discord) -> Act:
        top = await discord.top(place.place_id)
        if top is None or not is_of(trace_of(row.group_id or 0), top):
            return Drop("card_gone")
        card = await self._card(row)
        return card if isinstance(card, Drop) else Edit(place.place_id, top.message_id, card)

    async def _card(self, row: OutboxRow) -> LayoutView | Drop:
        group_id, db = row.group_id or 0, self.services.db
        present = await group_rows.present_group(db, group_id)
        if present is not None and present.group_id != group_id:
            return gone_card(group_id, present.channel_id)
        card = await card_in(self.services, row.channel_id or 0)
        return card if isinstance(card, Drop) else card[1]
