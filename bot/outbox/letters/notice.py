"""What a moderator has to know: a group that can't post or has read its list, a lost vote."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.outbox import OutboxRow
from bot.outbox.discord import Discord
from bot.outbox.letters._base import Act, Drop, Send, ToPerson
from bot.outbox.traces import marked
from bot.store import groups as group_rows
from bot.store import outbox
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.views.moderators_card import ran_out_text
from bot.views.parts import card
from bot.views.pick_card import lost_notice_text
from bot.views.problems import notice_text, server_text

A_WEEK_OPEN = timedelta(days=9)
"""How long after a notice about a week *Post now* may make the bot try that week again.

Its calendar week has seven days, which another zone may make two longer."""


class Notice(ToPerson):
    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        text = await self._text(row)
        if text is None:
            return Drop("mended")
        server = discord.server(row.guild_id or 0)
        told = text if server is None else f"{text}\n{server_text(server.name)}"
        return Send(await self.to(row, discord), marked(card(told), row.row_id))

    async def _text(self, row: OutboxRow) -> str | None:
        if ":" not in row.reference:  # a vote's id alone
            lost = await self.services.votes.lost(int(row.reference))
            return None if lost is None else lost_notice_text(*lost)
        group = await group_rows.group(self.services.db, row.group_id or 0)
        if group is None or group.merged_into is not None:
            return None
        if row.reference.endswith(":end"):
            week = await week_rows.week(self.services.db, _about(row))
            has_ended = week is not None and week.state == "nothing"
            listed = await self.services.curricula.of(self.services.db, group.where)
            is_empty = not listed.resources
            return ran_out_text(group.channel_id, is_empty=is_empty) if has_ended else None
        return None if group.blocked is None else notice_text(group.channel_id, group.blocked)

    async def plannable(self, db: Queries, rows: Sequence[OutboxRow], before: datetime) -> set[int]:
        """One about a week or a standing post, as long as that is tried. A vote is lost once."""
        rows = [row for row in rows if ":" in row.reference]
        weeks, groups = {str(_about(row)) for row in rows}, {str(row.group_id) for row in rows}
        posts = await outbox.still_tried(db, "post", weeks, before)
        standing = await outbox.still_tried(db, "standing", groups, before)
        return {
            row.row_id
            for row in rows
            if row.until_at > before - A_WEEK_OPEN
            or str(_about(row)) in posts
            or str(row.group_id) in standing
        }


def _about(row: OutboxRow) -> int:
    """Return the week, or the row of the standing post, that a notice is about."""
    return int(row.reference.split(":")[1])
