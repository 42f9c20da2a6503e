"""Groups whose channel is gone: no command typed there can reach them, so they are shown here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import discord
from discord import ui

from bot.core.groups import LostGroups
from bot.views import lost_group_texts as words
from bot.views.buttons import ROW_ID, StateButton, row_id
from bot.views.permissions import seen_channel, seen_guild
from bot.views.replies import answer, answer_click, answers_errors, notice
from bot.views.rights import check_opener
from bot.views.start_card import channel_of, home_of, set_up_card

if TYPE_CHECKING:
    from bot.app import NextreadBot

Way = Literal["stop", "move"]


async def tell_lost_groups(interaction: discord.Interaction[Any]) -> bool:
    """Show a moderator this server's groups without a channel; tell whether there are any."""
    setup = cast("NextreadBot", interaction.client).services.group_setup
    who = interaction.user.id
    lost = await setup.lost(seen_guild(interaction), who, home_of(interaction))
    if lost is None:
        return False
    await answer(interaction, lost_groups_card(lost, who))
    return True


def lost_groups_card(lost: LostGroups, opener_id: int) -> ui.LayoutView:
    """Build the card, in which groups can be moved to a channel that has none of its own."""
    view = ui.LayoutView(timeout=None)
    advice = [words.MOVE, words.MAKE_ANOTHER] if lost.is_free else [words.NO_PLACE]
    box: ui.Container[Any] = ui.Container(
        ui.TextDisplay("\n".join([words.heading(lost.count), *advice]))
    )
    ways: tuple[Way, ...] = ("move", "stop") if lost.is_free else ("stop",)
    for status in lost.shown:
        buttons = (LostGroupButton(way, status.group.group_id, opener_id) for way in ways)
        box.add_item(ui.TextDisplay(words.lost_group_text(status)))
        box.add_item(ui.ActionRow(*buttons))
    if (more := lost.count - len(lost.shown)) > 0:
        box.add_item(ui.TextDisplay(words.more_text(more)))
    view.add_item(box)
    view.stop()
    return view


class LostGroupButton(
    StateButton,
    template=rf"lost-group:(?P<way>stop|move):{ROW_ID}:(?P<opener>[0-9]{{1,20}})",
):
    """Stops a group whose channel is gone, or moves it to the channel of the card."""

    def __init__(self, way: Way, group_id: int, opener_id: int) -> None:
        self.way, self.group_id, self.opener_id = way, group_id, opener_id
        moves = way == "move"
        super().__init__(
            ui.Button(
                label=words.MOVE_HERE if moves else words.STOP,
                style=discord.ButtonStyle.primary if moves else discord.ButtonStyle.danger,
                custom_id=f"lost-group:{way}:{group_id}:{opener_id}",
            )
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(cast("Way", match["way"]), row_id(match["id"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        guild, setup = seen_guild(interaction), bot.services.group_setup
        if self.way == "stop":
            status = await setup.stop_lost(guild, self.opener_id, self.group_id)
            view = notice(words.stopped_text(status))
        else:
            channel = seen_channel(channel_of(interaction, home_of(interaction)))
            moved = await setup.move(guild, channel, self.opener_id, self.group_id, only_lost=True)
            view = set_up_card(interaction, moved)
        bot.weekly_changed()
        await answer_click(interaction, view)
        await tell_lost_groups(interaction)
