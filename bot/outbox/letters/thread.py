"""The thread under a week's paper. It has the message's id."""

from bot.core.groups import WeeklyPost
from bot.core.outbox import TEMPORARY, OutboxRow, Problem
from bot.outbox.discord import Discord, Place
from bot.outbox.letters._base import (
    AN_HOUR,
    MENDED,
    Act,
    Drop,
    End,
    Receipt,
    Rows,
    Thread,
    ToChannel,
    Wait,
)
from bot.plain import clipped, one_line
from bot.services import meetings
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.views.phrases import short_title, title_of
from bot.views.weekly_card import part_text

LONGEST_NAME = 100  # Discord's limit
LONGEST_PARTS = 60  # beside it there is room for a short title


class ThreadUnderPost(ToChannel):
    waits_for = MENDED | {"channel_gone"}

    async def act_in(self, place: Place, row: OutboxRow, discord: Discord) -> Act:
        post = await self.services.weeks.post(int(row.reference))
        if post is None or post.post.message_id is None:
            return Drop("paper_gone")
        if lacking := place.lacks(("create_public_threads",)):
            return Wait(lacking, AN_HOUR)
        return Thread(place.place_id, post.post.message_id, _name(post))

    async def sent(self, tx: Queries, row: OutboxRow, receipt: Receipt) -> Rows:
        await week_rows.set_thread(tx, int(row.reference), receipt.message_id)
        await meetings.follow(tx, self.services.ids, int(row.reference), self.services.clock())
        return [self.follower(row, "opener", receipt.message_id)]

    async def unsent(self, tx: Queries, row: OutboxRow, end: End, problem: Problem) -> Rows:
        """Let the meeting be at the paper itself, where it has no thread or none for long."""
        if end != "again" or problem not in TEMPORARY:
            await meetings.follow(tx, self.services.ids, int(row.reference), self.services.clock())
        return ()


def _name(post: WeeklyPost) -> str:
    """Return the paper's title; where several threads have that, which of them it is."""
    if post.part is None:
        return clipped(one_line(title_of(post.resource)), LONGEST_NAME)
    most = LONGEST_PARTS // (1 if len(post.part.names) == 1 else 2)
    part = part_text(post.part, lambda name: clipped(one_line(name), most))
    title = clipped(one_line(short_title(post.resource)), LONGEST_NAME - len(part) - 3)
    return clipped(f"{title} · {part}", LONGEST_NAME)
