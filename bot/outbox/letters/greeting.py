"""The hello to a server that invited the bot."""

from bot.core.outbox import OutboxRow
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import Act, Send, ToChannel
from bot.outbox.traces import by_button
from bot.views.custom_ids import StartWeekly
from bot.views.moderators_card import greeting_card


class Greeting(ToChannel):
    def trace(self, row: OutboxRow) -> str:
        return by_button(StartWeekly())

    async def act_in(self, place: Place, row: OutboxRow, discord: Discord) -> Act:
        return Send(place, greeting_card())
