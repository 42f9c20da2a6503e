"""The card that tells of a group, in its channel or above its forum's post, when it changes."""

from datetime import datetime

from discord.ui import LayoutView

from bot.core.outbox import OutboxRow, Problem
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import (
    AN_HOUR,
    MENDED,
    Act,
    Drop,
    Edit,
    ToChannel,
    Verdict,
    Wait,
    open_up,
    to_edit,
)
from bot.outbox.letters.opening import opening_in
from bot.outbox.letters.standing import card_in, trace_of
from bot.outbox.traces import is_of
from bot.store import groups as group_rows
from bot.store import outbox
from bot.store.database import Queries
from bot.views.group_card import gone_card, over_card
from bot.views.problems import TO_LOOK


class Sign(ToChannel):
    """Without its group: of one that is deleted, where the card stands."""

    opens_archived, waits_for = True, MENDED

    async def wanted(self, tx: Queries, row: OutboxRow, now: datetime) -> Problem | None:
        is_there = row.group_id is None or await group_rows.group(tx, row.group_id) is not None
        return None if is_there else "called_off"

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        if row.group_id is None:
            return await self._left_behind(row, discord)
        group = await group_rows.group(self.services.db, row.group_id or 0)
        is_in_forum = row.message_id is None and (group is None or group.is_forum)
        return await (super().act(row, discord) if is_in_forum else self._opening(row, discord))

    async def _left_behind(self, row: OutboxRow, discord: Discord) -> Act:
        found = await self._found(row.channel_id or 0, row.message_id, row, discord)
        return Edit(*found, over_card()) if isinstance(found, tuple) else found

    async def _opening(self, row: OutboxRow, discord: Discord) -> Act:
        """Return the card that opened the group as it is now, wherever the group is by now.

        Or the card above a forum's post that it has left.
        """
        group_id = row.group_id or 0
        opening = await outbox.row_about(self.services.db, "opening", str(group_id))
        stands_at: tuple[int, int | None] | None = None if opening is None else opening.stands_at
        if row.message_id is not None and (stands_at is None or stands_at[1] != row.message_id):
            stands_at = row.message_id, None
        if stands_at is None:
            is_made = opening is None or opening.state not in ("waiting", "claimed")
            return Drop("card_gone") if is_made else Wait("no_standing_post")
        found = await self._found(*stands_at, row, discord)
        if not isinstance(found, tuple):
            return found
        card = await self._gone(group_id) or await opening_in(self.services, group_id)
        return card if isinstance(card, Drop) else Edit(*found, card)

    async def _found(
        self, place_id: int, message_id: int | None, row: OutboxRow, discord: Discord
    ) -> tuple[int, int] | Verdict:
        """Return where a card stands that can be edited; ``message_id`` None: above this post."""
        place = await to_edit(discord, row.guild_id, place_id)
        if not isinstance(place, Place):
            return place
        found = message_id or await self._top(place, row, discord)
        return (place_id, found) if isinstance(found, int) else found

    async def place(
        self, row: OutboxRow, discord: Discord, role_id: int | None = None
    ) -> Place | Verdict:
        """Return the post; of a group that went into another, its forum may have a new group's."""
        group = await group_rows.group(self.services.db, row.group_id or 0)
        if group is None or group.merged_into is None:
            return await super().place(row, discord, role_id)
        post = await discord.place(group.guild_id, group.standing_id or 0)
        if post is None:
            return Drop("card_gone")
        return await open_up(post, discord, is_for_edit=True) or post

    async def act_in(self, place: Place, row: OutboxRow, discord: Discord) -> Act:
        message_id = await self._top(place, row, discord)
        if not isinstance(message_id, int):
            return message_id
        card = await self._card(row)
        return card if isinstance(card, Drop) else Edit(place.place_id, message_id, card)

    async def _top(self, post: Place, row: OutboxRow, discord: Discord) -> int | Verdict:
        """Return the card above a post, if it is of the group."""
        if lacking := post.lacks(TO_LOOK):  # else no card would be seen there
            return Wait(lacking, AN_HOUR)
        top = await discord.top(post.place_id)
        if top is None or not is_of(trace_of(int(row.reference.split(":")[0])), top):
            return Drop("card_gone")
        return top.message_id

    async def _card(self, row: OutboxRow) -> LayoutView | Drop:
        if (gone := await self._gone(row.group_id or 0)) is not None:
            return gone
        card = await card_in(self.services, row.channel_id or 0)
        return card if isinstance(card, Drop) else card[1]

    async def _gone(self, group_id: int) -> LayoutView | None:
        """Return the card of a group that went into another; None: it didn't."""
        present = await group_rows.present_group(self.services.db, group_id)
        if present is None or present.group_id == group_id:
            return None
        return gone_card(group_id, present.channel_id)
