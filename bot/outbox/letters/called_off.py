"""The card above a poll, when its vote is called off. It outlives its group."""

from bot.core.outbox import OutboxRow
from bot.outbox.discord import Discord
from bot.outbox.letters._base import Act, Drop, Edit, Letter, open_up
from bot.views.pick_card import called_off_card


class CalledOff(Letter):
    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        if row.channel_id is None or row.message_id is None:
            return Drop("card_gone")
        place = await discord.place(row.guild_id or 0, row.channel_id)
        if place is None:
            return Drop("channel_gone")
        if shut := await open_up(place, discord, is_for_edit=True):
            return shut
        ballot = await self.services.votes.ballot(int(row.reference))
        return Edit(row.channel_id, row.message_id, called_off_card(ballot))
