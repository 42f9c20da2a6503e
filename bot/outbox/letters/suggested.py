"""A server's first suggestion: one of its moderators is told that there is an inbox."""

from dataclasses import replace

from bot.core.outbox import OutboxRow
from bot.outbox.discord import Discord, Server
from bot.outbox.letters._base import Act, Drop, Send, ToPerson, Wait
from bot.outbox.traces import marked
from bot.views.inbox_card import first_card


class FirstSuggested(ToPerson):
    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        guild_id, inboxes = row.guild_id or 0, self.services.inboxes
        server = discord.server(guild_id)
        if server is None:
            return Wait("guild_unavailable")
        counts = await inboxes.counts(guild_id)
        person_id = await self._moderator_of(server, discord) if counts.suggestions else None
        if person_id is None:
            return Drop("mended")
        place = await self.to(replace(row, reader_id=person_id), discord)
        return Send(place, marked(first_card(server.name), row.row_id))

    async def _moderator_of(self, server: Server, discord: Discord) -> int | None:
        """Return who changed something there last, and is still there; else whose it is."""
        for person_id in await self.services.inboxes.moderators(server.guild_id):
            await self.tickets.ticket()
            if await discord.is_member(server.guild_id, person_id):
                return person_id
        return server.owner_id
