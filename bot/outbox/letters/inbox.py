"""The word a week, in a channel of their choice, that something waits for a server's moderators."""

from datetime import datetime

from bot.core.outbox import OutboxRow, Problem
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import (
    AN_HOUR,
    Act,
    Drop,
    End,
    Rows,
    Send,
    ToChannel,
    Verdict,
    Wait,
)
from bot.outbox.traces import marked
from bot.store import inbox
from bot.store.database import Queries
from bot.views.inbox_card import word_card


class InboxWord(ToChannel):
    async def place(
        self, row: OutboxRow, discord: Discord, role_id: int | None = None
    ) -> Place | Verdict:
        """Wait longer than others for a permission: nobody is told, but the inbox says so."""
        place = await super().place(row, discord, role_id)
        return Wait(place.problem, AN_HOUR) if isinstance(place, Wait) else place

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        word = await inbox.word_of(tx, row.guild_id or 0)
        is_told = word is not None and word.channel_id == row.channel_id
        return None if is_told else "not_wanted"

    async def act_in(self, place: Place, row: OutboxRow, discord: Discord) -> Act:
        counts = await self.services.inboxes.counts(row.guild_id or 0)
        return (
            Send(place, marked(word_card(counts), row.row_id)) if counts.total else Drop("mended")
        )

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        """Where the channel is gone, ask moderators anew."""
        if problem == "channel_gone":
            await inbox.drop_word(tx, row.guild_id or 0, row.channel_id or 0)
        return ()
