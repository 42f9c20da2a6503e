"""What is voted on: the card above a vote's poll, for a card can't carry one itself."""

from dataclasses import replace

from bot.core.outbox import OutboxRow
from bot.core.papers import Ballot
from bot.outbox.discord import Place
from bot.outbox.letters._base import Act, OfVote, Receipt, Rows, Send
from bot.outbox.traces import by_button
from bot.services.votes import tell_called_off
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.views.custom_ids import ShowCandidate
from bot.views.pick_card import candidates_card


class Candidates(OfVote):
    def trace(self, row: OutboxRow) -> str:
        return by_button(ShowCandidate(int(row.reference)))

    async def asking(self, place: Place, ballot: Ballot) -> Act:
        return Send(place, candidates_card(ballot))

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        vote = await week_rows.vote(tx, int(row.reference))
        if vote is not None and vote.state == "cancelled":  # while it was on its way
            await tell_called_off(tx, self.services.ids, vote.vote_id, self.services.clock())
        return [replace(self.follower(row, "poll", row.channel_id), until_at=row.until_at)]
