"""The story of a vote: a card, a poll, and what comes of the poll."""

import json
import random
from datetime import timedelta

from tests.kill.ledgers import HOURS, MONDAY, THURSDAY, vote_ledger
from tests.kill.stories import Story

COUNT = "INSERT INTO picks"
WINNER = 2
VOTES = [1, 0, 4]
"""Votes for each candidate: the last one wins; without votes the first would be next."""


class Vote(Story):
    kinds = moments = ("candidates", "poll")
    statements = 16
    begins = THURSDAY
    make_ledger = staticmethod(vote_ledger)

    async def assert_once(self) -> None:
        (vote,) = await self.read("SELECT * FROM votes")
        card, poll = self.room.history()
        assert f"candidates:{vote['vote_id']}" in str(card["components"])
        assert len(poll["poll"]["answers"]) == len(VOTES)
        assert (vote["state"], vote["message_id"]) == ("running", int(poll["id"]))
        assert await self.outbox() == [
            ("candidates", "sent", int(card["id"])),
            ("poll", "sent", int(poll["id"])),
        ]

    async def assert_once_or_uncertain(self) -> None:
        """There is never a second message; a vote on what nobody can know is lost."""
        (vote,) = await self.read("SELECT * FROM votes")
        rows = await self.outbox()
        assert {state for _, state, _ in rows} <= {"sent", "uncertain"}
        assert max(self.room.made.values(), default=0) <= 1
        assert (vote["state"] == "lost") == any(state == "uncertain" for _, state, _ in rows)

    def close_poll(self) -> None:
        """Let people vote, and let the poll end."""
        self.moments, self.statements = ("look",), 4
        self.room.ahead += timedelta(hours=HOURS + 1)
        self.room.count(VOTES, is_finalized=True)

    def wait_for_monday(self) -> None:
        self.room.ahead += MONDAY - self.room.now()

    async def assert_counted(self, winner: int = WINNER) -> None:
        """The winner is recorded, once."""
        (vote,) = await self.read("SELECT * FROM votes")
        (pick,) = await self.read("SELECT * FROM picks")
        assert (vote["state"], vote["look_at"]) == ("decided", None)
        assert (pick["week"], pick["why"]) == (vote["week"], "vote_winner")
        assert pick["resource_key"] == json.loads(vote["candidates"])[winner]

    async def assert_read(self, winner: int = WINNER) -> None:
        """The week's one post is the winner."""
        (slot,) = await self.read("SELECT * FROM weeks")
        (vote,) = await self.read("SELECT * FROM votes")
        (post,) = self.room.history()[2:]
        assert slot["resource_key"] == json.loads(vote["candidates"])[winner]
        assert (slot["state"], slot["message_id"]) == ("posted", int(post["id"]))
        assert slot["title"] in json.dumps(post["components"], ensure_ascii=False)

    async def come_through(self, chance: random.Random) -> None:
        await super().come_through(chance)
        self.close_poll()
        await self.die_sometime(chance)
        await self.come_to_an_end()
        await self.assert_counted()
        self.wait_for_monday()
        await self.come_to_an_end()
        await self.assert_read()

    async def state(self) -> str:
        (vote,) = await self.read("SELECT state FROM votes")
        return f"{await super().state()}; vote {vote['state']}"

    @classmethod
    def states(cls) -> list[str]:
        sending = super().states()
        return [f"{state}; vote running" for state in sending] + [f"{sending[-1]}; vote decided"]
