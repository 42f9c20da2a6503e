"""The card of a week's paper that stands in its channel, when somebody else leads the week."""

from bot.core.outbox import OutboxRow
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import MENDED, RETRY, Act, Drop, Edit, Letter, Wait, to_edit
from bot.views.weekly_card import weekly_card


class Paper(Letter):
    waits_for = MENDED

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        post = await self.services.weeks.post(int(row.reference.split(":")[0]))
        if post is not None and post.post.state == "waiting":  # it is on its way, as it was
            return Wait("superseded", RETRY)
        if post is None or post.post.channel_id is None or post.post.message_id is None:
            return Drop("paper_gone")
        channel_id, message_id = post.post.channel_id, post.post.message_id
        role_id = post.group.role_id
        place = await to_edit(discord, row.guild_id, channel_id, role_id)
        if not isinstance(place, Place):
            return place
        view = weekly_card(post, role_id if place.role else None)
        return Edit(channel_id, message_id, view)
