"""The story of a week in a forum: its post, a paper in it, and the opener."""

from tests.kill.forum_room import ForumRoom
from tests.kill.ledgers import MONDAY, forum_ledger
from tests.kill.stories import Story, as_told


class ForumWeek(Story):
    kinds = moments = ("standing", "post", "opener")
    statements = 60
    begins = MONDAY
    place = ForumRoom
    make_ledger = staticmethod(forum_ledger)

    async def assert_once(self) -> None:
        (post,) = self.room.posts
        place = int(post["id"])
        _, paper, opener = self.room.history(place)
        (slot,) = await self.read("SELECT * FROM weeks")
        (group,) = await self.read("SELECT * FROM study_groups")
        assert f"read:{slot['week_id']}" in str(paper["components"])
        assert opener["message_reference"]["message_id"] == int(paper["id"])
        assert (slot["channel_id"], slot["message_id"]) == (place, int(paper["id"]))
        assert (slot["state"], slot["thread_id"]) == ("posted", None)
        assert (group["standing_id"], group["blocked"]) == (place, None)
        assert set(await self.outbox()) == {
            ("standing", "sent", place),
            ("post", "sent", int(paper["id"])),
            ("opener", "sent", int(opener["id"])),
        }

    @classmethod
    def states(cls) -> list[str]:
        """The paper waits for the post, so both may be on their way at once."""
        asked = [("waiting", []), ("claimed", []), ("claimed", ["standing"])]
        begun = [
            as_told([("standing", standing), ("post", post)], there)
            for standing, there in asked
            for post in ("waiting", "claimed")
        ]
        begun.insert(0, as_told([("standing", "waiting")], []))
        return begun + [each for each in super().states() if each.startswith("standing sent")]
