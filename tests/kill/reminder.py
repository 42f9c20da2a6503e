"""The story of a reminder: one direct message to a reader who asked for it."""

from tests.kill.ledgers import SATURDAY, reminder_ledger
from tests.kill.objects import DM_ID
from tests.kill.stories import Story


class Reminder(Story):
    kinds = ("reminder",)
    moments = ("member", "dm", "reminder")
    statements = 5
    begins = SATURDAY
    make_ledger = staticmethod(reminder_ledger)

    async def assert_once(self) -> None:
        (slot,) = await self.read("SELECT * FROM weeks")
        (message,) = self.room.history(DM_ID)
        assert f"done:{slot['resource_key']}" in str(message["components"])
        assert await self.outbox() == [("reminder", "sent", int(message["id"]))]
        assert self.room.history() == []
