"""A group's weeks without Discord: services, and a list where the engine would send."""

from datetime import datetime

from bot.core.outbox import Lacks
from bot.core.weeks import Schedule
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.outbox.letters._base import Receipt, Wait
from bot.outbox.tickets import Tickets

GUILD, CHANNEL, MODERATOR = 1, 2, 3
MONDAYS_AT_TEN = Schedule(0, 10, 0, "UTC")
MAY_NOT_SEND = Lacks(("send_messages",))


class Desk(Engine):
    """An engine without Discord: tests say what became of an attempt."""

    def __init__(self, services) -> None:
        tickets = Tickets(services.db, services.clock, services.send_rate)
        super().__init__(services, None, tickets, letters(services, tickets))

    async def arrived(
        self,
        row,
        message_id: int,
        place_id: int | None = None,
        *,
        at: datetime | None = None,
        in_thread: bool = False,
    ) -> None:
        """Record a message; ``at``: it was sent before now."""
        place_id = place_id or row.channel_id or 0
        await self.sent(row, Receipt(message_id, place_id, at or self._clock(), in_thread))

    async def wait_for_post(self, row, gone_id: int | None) -> None:
        """Do what follows where a forum has no standing post; ``gone_id``: the one it had."""
        verdict = await self._letters[row.kind].no_post(row, gone_id)
        if isinstance(verdict, Wait):
            await self.give_back(row, verdict.problem, verdict.wait)
        else:
            await self.end(row, "dropped", verdict.problem)


class Postbox:
    """Does what the engine does with a row. ``sent`` is what a channel would show."""

    def __init__(self, services) -> None:
        self.delivery, self.weekly = Desk(services), services.weeks
        self.sent = []

    async def take(self, kind="post"):
        """Claim the row of this kind that is due, or return None."""
        for row_id in await self.delivery.due():
            row = await self.delivery.claim(row_id)
            if row is not None and row.kind == kind:
                return row
        return None

    async def claim(self, kind="post"):
        """Claim the row of this kind that is due and begin to send it, or return None."""
        row = await self.take(kind)
        if row is not None:
            await self.begin(row)
        return row

    async def begin(self, row):
        """Tell whether the row may be sent; from then on it was perhaps sent to its channel."""
        return await self.delivery.begin(row, row.channel_id or 0, f"button:{row.kind}")

    async def send(self, row):
        """Send a claimed row, and record it."""
        self.sent.append(row)
        await self.delivery.arrived(row, len(self.sent))

    async def deliver(self):
        """Send all that is due, and all that follows."""
        while row_ids := await self.delivery.due():
            for row_id in row_ids:
                row = await self.delivery.claim(row_id)
                if row is not None and await self.begin(row):
                    await self.send(row)

    @property
    def kinds(self):
        return [row.kind for row in self.sent]


async def new_group(services, channel=CHANNEL, schedule=MONDAYS_AT_TEN):
    """Make a group that reads on Mondays at ten: in tests, an hour from now."""
    status = await services.groups.make_or_change(GUILD, channel, schedule, None, MODERATOR)
    return status.group


async def week_of(services, channel=CHANNEL):
    """Return what became of the running week, and why the group is blocked."""
    status = await services.groups.status(channel, None)
    state = status.this_week.state if status.this_week else None
    return state, status.group.blocked
