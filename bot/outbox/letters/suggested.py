"""A server's first suggestion: one of its moderators is told that there is an inbox."""

from collections import defaultdict
from dataclasses import replace

from bot.core.outbox import OutboxRow, Problem
from bot.language import OF_ALL, speak
from bot.outbox.discord import Discord, RefusedError, Server
from bot.outbox.letters._base import (
    AT_ONCE,
    Act,
    Drop,
    End,
    Receipt,
    Rows,
    Send,
    ToPerson,
    Verdict,
    Wait,
)
from bot.outbox.tickets import Tickets
from bot.outbox.traces import marked
from bot.services.opening import Services
from bot.store import outbox
from bot.store.database import Queries
from bot.views.inbox_card import first_card

NOT_REACHED: frozenset[Problem] = frozenset({"no_direct_messages", "no_such_person"})


class FirstSuggested(ToPerson):
    """``_tried``: to whom each letter was tried here, the last one last."""

    def __init__(self, services: Services, tickets: Tickets) -> None:
        super().__init__(services, tickets)
        self._tried = defaultdict[int, list[int]](list)

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        guild_id, inboxes = row.guild_id or 0, self.services.inboxes
        server = discord.server(guild_id)
        if server is None:
            return Wait("guild_unavailable")
        if not (await inboxes.counts(guild_id)).suggestions:
            return Drop("mended")
        tried = self._tried[row.row_id]
        person_id = await self._moderator_of(server, discord, tried)
        if person_id is None:
            return Drop("no_direct_messages" if tried else "mended")
        tried.append(person_id)
        speak(await self.language(replace(row, reader_id=person_id), discord) or OF_ALL)
        place = await self.to(replace(row, reader_id=person_id), discord)
        card = first_card(server.name, asks=await inboxes.word_of(guild_id) is None)
        return Send(place, marked(card, row.row_id))

    async def _moderator_of(self, server: Server, discord: Discord, tried: list[int]) -> int | None:
        """Return who changed something there last, and is still there; else whose it is.

        Who suggested something knows of it.
        """
        guild_id = server.guild_id
        known = {*tried, *await self.services.suggestions.wishers(guild_id)}
        for person_id in await self.services.inboxes.moderators(guild_id):
            await self.tickets.ticket()
            if person_id not in known and await discord.is_member(guild_id, person_id):
                return person_id
        return server.owner_id if server.owner_id not in known else None

    async def refused(self, row: OutboxRow, refusal: RefusedError) -> Verdict:
        """Try the next one, where this one takes no direct messages."""
        if refusal.problem in NOT_REACHED:
            return Wait(refusal.problem, AT_ONCE)
        return await super().refused(row, refusal)

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        """Keep that it was sent, for good, and nothing of to whom."""
        self._tried.pop(row.row_id, None)
        await outbox.forget_places(tx, row.row_id)
        return ()

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        """Let the next suggestion try again where nobody could be told of this one."""
        if end == "dropped":
            self._tried.pop(row.row_id, None)
            if problem != "mended":
                await outbox.delete_rows(tx, [row.row_id])
        return ()
