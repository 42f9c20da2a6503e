"""The card that tells a text or announcement channel of its new group: once a group, for good."""

from datetime import datetime, timedelta

from discord.ui import LayoutView

from bot.core.outbox import OutboxRow, Problem
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import AN_HOUR, MENDED, Act, Drop, Receipt, Rows, Send, ToChannel
from bot.outbox.letters.standing import trace_of
from bot.services import standing
from bot.services.opening import Services
from bot.store import groups as group_rows
from bot.store import outbox
from bot.store.database import Queries
from bot.views.group_card import opening_card


async def opening_in(services: Services, group_id: int) -> LayoutView | Drop:
    """Return the card as it is now; its group may have left a moment ago."""
    group = await group_rows.group(services.db, group_id)
    if group is None or group.merged_into is not None:
        return Drop("called_off")
    return opening_card(await services.groups.status_of(group))


class Opening(ToChannel):
    """No reason to be blocked: what keeps it away is told where the first paper would be."""

    waits_for = MENDED | {"channel_gone"}

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        group = await group_rows.group(tx, int(row.reference))
        is_wanted = group is not None and await standing.wants_opening(tx, group)
        return None if is_wanted else "called_off"

    def trace(self, row: OutboxRow) -> str:
        return trace_of(int(row.reference))

    async def act_in(self, place: Place, row: OutboxRow, discord: Discord) -> Act:
        card = await opening_in(self.services, int(row.reference))
        return card if isinstance(card, Drop) else Send(place, card)

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        """Let it tell what changed while it was on its way."""
        await outbox.wake(tx, int(row.reference), self.services.clock(), "no_standing_post")
        return ()

    async def patience(
        self, tx: Queries, row: OutboxRow, problem: Problem, wait: timedelta
    ) -> timedelta:
        """It waits for a week, but nobody waits for it every minute of that."""
        soon = await super().patience(tx, row, problem, wait)
        return max(soon, min(soon * (row.attempts + 1), AN_HOUR))
