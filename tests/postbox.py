"""A group's weeks without Discord: services, and a list where the postman would send."""

from bot.core.outbox import Lacks
from bot.core.weeks import Schedule

GUILD, CHANNEL, MODERATOR = 1, 2, 3
MONDAYS_AT_TEN = Schedule(0, 10, 0, "UTC")
MAY_NOT_SEND = Lacks(("send_messages",))


class Postbox:
    """Does what the postman does with a row. ``sent`` is what a channel would show."""

    def __init__(self, services) -> None:
        self.delivery, self.weekly = services.delivery, services.weekly
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
        await self.delivery.sent(row, len(self.sent))

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
