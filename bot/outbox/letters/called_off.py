"""The card above a poll, when its vote is called off. It outlives its group."""

from bot.core.outbox import OutboxRow
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import MENDED, Act, Drop, Edit, Letter, to_edit
from bot.views.pick_card import called_off_card


class CalledOff(Letter):
    waits_for = MENDED

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        if row.channel_id is None or row.message_id is None:
            return Drop("card_gone")
        place = await to_edit(discord, row.guild_id, row.channel_id)
        if not isinstance(place, Place):
            return place
        ballot = await self.services.votes.ballot(int(row.reference))
        return Edit(row.channel_id, row.message_id, called_off_card(ballot))
