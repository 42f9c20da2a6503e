"""A group's post in its forum, into which its weeks go."""

from dataclasses import replace
from datetime import datetime, timedelta

from discord import ui

from bot.core.outbox import UNCERTAIN, OutboxRow, Problem
from bot.errors import NoGroupError
from bot.outbox.discord import Discord
from bot.outbox.letters._base import (
    AN_HOUR,
    Act,
    Drop,
    End,
    ForumPost,
    OfGroup,
    Receipt,
    Rows,
    Wait,
)
from bot.outbox.traces import by_button
from bot.services import standing
from bot.services.opening import Services
from bot.store import groups as group_rows
from bot.store import outbox
from bot.store.database import Queries
from bot.views.custom_ids import Membership
from bot.views.group_card import standing_card, standing_name
from bot.views.problems import NEEDED_IN_FORUM


def trace_of(group_id: int) -> str:
    """Return how the card above the post is known again."""
    return by_button(Membership("join", group_id))


async def card_in(services: Services, forum_id: int) -> tuple[str, ui.LayoutView] | Drop:
    """Return the name and card of a forum's post; its group may have left a moment ago."""
    try:
        status = await services.groups.status(forum_id, None)
    except NoGroupError:
        return Drop("called_off")
    return standing_name(status.curriculum.title), standing_card(status)


class Standing(OfGroup):
    always_findable = True

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        group = await group_rows.group(tx, int(row.reference))
        return None if group is not None and standing.wants_one(group) else "called_off"

    def trace(self, row: OutboxRow) -> str:
        return trace_of(int(row.reference))

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        forum = await discord.place(row.guild_id or 0, row.channel_id or 0)
        if forum is None or forum.kind != "forum":
            return Wait("channel_gone")
        if lacking := forum.lacks(NEEDED_IN_FORUM):
            return Wait(lacking)
        if forum.tags is None:
            return Wait("tag_needed") if row.tried_at is None else ForumPost(forum, "", None)
        card = await card_in(self.services, forum.place_id)
        return card if isinstance(card, Drop) else ForumPost(forum, *card)

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        """Let what waited for it leave now. A group that moved meanwhile is made one there."""
        ids, now, group_id = self.services.ids, self.services.clock(), int(row.reference)
        group = await group_rows.group(tx, group_id)
        if group is None or group.channel_id != row.channel_id:
            await standing.ask_for(tx, ids, group_id, now)
            if group is not None:
                await standing.tell(tx, ids, group, now, left_id=receipt.message_id)
            return ()
        await group_rows.set_standing(tx, group_id, receipt.message_id)
        if group.blocked not in UNCERTAIN:  # which the new post doesn't mend
            await group_rows.set_blocked(tx, group_id, None)
        await outbox.wake(tx, group_id, now, "no_standing_post")
        if group.state == "stopped":  # meanwhile: its card may not say so
            await standing.tell(tx, ids, replace(group, standing_id=receipt.message_id), now)
        return ()

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        if end != "again":
            return ()
        group = await group_rows.group(tx, int(row.reference))
        return await self.blocked(tx, group, row.row_id, problem)

    async def patience(
        self, tx: Queries, row: OutboxRow, problem: Problem, wait: timedelta
    ) -> timedelta:
        """It waits for a week, but nobody waits for it every minute of that."""
        return max(wait, min(wait * (row.attempts + 1), AN_HOUR))
