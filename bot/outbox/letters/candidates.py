"""What is voted on: the card above a vote's poll, for a card can't carry one itself."""

from bot.core.outbox import OutboxRow
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import Act, Drop, OfVote, Receipt, Rows, Send, Wait
from bot.outbox.traces import by_button
from bot.services.votes import tell_called_off
from bot.store import papers as paper_rows
from bot.store.database import Queries
from bot.views.custom_ids import ShowCandidate
from bot.views.pick_card import candidates_card
from bot.views.problems import POLLS


class Candidates(OfVote):
    def trace(self, row: OutboxRow) -> str:
        return by_button(ShowCandidate(int(row.reference)))

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        place = await self.place(row, discord)
        if not isinstance(place, Place):
            return place
        if lacking := place.lacks(POLLS):
            return Wait(lacking)
        ballot = await self.services.votes.ballot(int(row.reference))
        return Drop("called_off") if ballot is None else Send(place, candidates_card(ballot))

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        vote = await paper_rows.vote(tx, int(row.reference))
        if vote is not None and vote.state == "cancelled":  # while it was on its way
            await tell_called_off(tx, self.services.ids, vote.vote_id, self.services.clock())
        return [self.follower(row, "poll", row.channel_id, row.until_at)]
