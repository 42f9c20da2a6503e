"""The questions that open the talk about a week's paper: in its thread, or in the forum's post."""

from dataclasses import replace

from bot.core.outbox import OutboxRow
from bot.outbox.discord import Discord
from bot.outbox.letters._base import AN_HOUR, MENDED, Act, Drop, Send, ToChannel, Wait
from bot.outbox.traces import marked
from bot.views.parts import card
from bot.views.problems import TO_LOOK
from bot.views.weekly_card import opener_text


class Opener(ToChannel):
    waits_for = MENDED

    async def act(self, row: OutboxRow, discord: Discord) -> Act:
        post = await self.services.weeks.post(int(row.reference))
        if post is None or post.post.message_id is None:
            return Drop("paper_gone")
        paper_in, guild_id = post.post.channel_id or 0, post.group.guild_id
        around = await discord.place(guild_id, paper_in)
        if around is None:
            return Drop("channel_gone")
        if lacking := around.lacks(("send_messages_in_threads",)):
            return Wait(lacking, AN_HOUR)
        own = post.lead.questions if post.lead else ()
        # The list's are about the whole paper, so they wait until all of it is read.
        is_whole = post.part is None or post.part.last == post.part.of
        asked = (*own, *post.resource.questions) if is_whole else own
        view = marked(card(opener_text(asked)), row.row_id)
        # In a forum all weeks share one post, so the opener is a reply to its week's card. Discord
        # refuses a reply where the history may not be read.
        may_answer = row.channel_id == paper_in and not around.lacks(TO_LOOK)
        answered = post.post.message_id if may_answer else None
        thread = replace(around, place_id=row.channel_id or 0, kind="thread")
        return Send(thread, view, reply_to=answered)
