"""The story of a week's paper: a post, the thread under it, and the thread's opener."""

from tests.kill.ledgers import MONDAY, group_ledger
from tests.kill.stories import Story, as_told

PICK = "INSERT INTO weeks"


class Week(Story):
    kinds = moments = ("post", "thread", "opener")
    statements = 40
    begins = MONDAY
    make_ledger = staticmethod(group_ledger)

    async def assert_once(self) -> None:
        (slot,) = await self.read("SELECT * FROM weeks")
        (post,) = self.room.history()
        assert f"read:{slot['week_id']}" in str(post["components"])
        assert (slot["state"], slot["message_id"]) == ("posted", int(post["id"]))
        assert self.room.threads == [slot["thread_id"]] == [int(post["id"])]
        (opener,) = self.room.history(slot["thread_id"])
        assert await self.outbox() == [
            ("post", "sent", int(post["id"])),
            ("thread", "sent", int(post["id"])),
            ("opener", "sent", int(opener["id"])),
        ]

    async def assert_once_or_uncertain(self) -> None:
        """There is never a second message; what nobody can know is recorded as such."""
        (slot,) = await self.read("SELECT * FROM weeks")
        assert {state for _, state, _ in await self.outbox()} <= {"sent", "uncertain"}
        assert len(self.room.history()) <= 1
        assert len(self.room.threads) <= 1
        assert sum(len(self.room.history(thread)) for thread in self.room.threads) <= 1
        if slot["state"] != "uncertain":
            (post,) = self.room.history()
            assert (slot["state"], slot["message_id"]) == ("posted", int(post["id"]))

    @classmethod
    def states(cls) -> list[str]:
        return [as_told([], []), *super().states()]
