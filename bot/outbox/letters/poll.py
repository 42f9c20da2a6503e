"""A vote's poll, below the card with its candidates."""

from dataclasses import replace
from datetime import timedelta

from bot.core.outbox import OutboxRow
from bot.core.papers import Ballot
from bot.outbox.discord import Place
from bot.outbox.letters._base import Act, OfVote, Receipt, Rows, Send
from bot.outbox.traces import by_question
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.views.pick_card import poll_of


class Poll(OfVote):
    async def asking(self, place: Place, ballot: Ballot) -> Act:
        poll = poll_of(ballot)
        card = await self.services.votes.card(ballot.vote.vote_id)
        return Send(place, poll, trace=by_question(poll.question, card[1] if card else 0))

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        vote, now = await week_rows.vote(tx, int(row.reference)), self.services.clock()
        if vote is not None:
            closes_at = receipt.at + timedelta(hours=vote.hours)
            polled = replace(vote, channel_id=receipt.place_id, message_id=receipt.message_id)
            await week_rows.set_polled(tx, replace(polled, closes_at=closes_at), now)
        return ()
