"""Groups whose channel is gone: no command typed there can reach them, so they are shown here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import discord
from discord import ui

from bot.core.groups import GroupStatus
from bot.errors import OldCardError
from bot.views import lost_group_texts as words
from bot.views.buttons import ROW_ID, StateButton, row_id
from bot.views.replies import answer, answer_click, answers_errors, notice
from bot.views.rights import check_opener
from bot.views.start_card import channel_of, home_of, lost_groups, move_group

if TYPE_CHECKING:
    from bot.app import NextreadBot

Way = Literal["stop", "move"]
SHOWN = 5


async def tell_lost_groups(interaction: discord.Interaction[Any]) -> bool:
    """Show a moderator this server's groups without a channel; tell whether there are any."""
    lost = await lost_groups(interaction)
    if not lost:
        return False
    bot, who = cast("NextreadBot", interaction.client), interaction.user.id
    shown = [await bot.groups.look(g.guild_id, g.group_id, who) for g in lost[:SHOWN]]
    is_free = await bot.groups.find(home_of(interaction)) is None
    await answer(interaction, lost_groups_card(shown, len(lost), who, is_free=is_free))
    return True


def lost_groups_card(
    shown: Sequence[GroupStatus], count: int, opener_id: int, *, is_free: bool
) -> ui.LayoutView:
    """Build the card; ``is_free``: the channel where it is opened has no group of its own."""
    view = ui.LayoutView(timeout=None)
    advice = [words.MOVE, words.MAKE_ANOTHER] if is_free else [words.NO_PLACE]
    box: ui.Container[Any] = ui.Container(
        ui.TextDisplay("\n".join([words.heading(count), *advice]))
    )
    ways: tuple[Way, ...] = ("move", "stop") if is_free else ("stop",)
    for status in shown:
        buttons = (LostGroupButton(way, status.group.group_id, opener_id) for way in ways)
        box.add_item(ui.TextDisplay(words.lost_group_text(status)))
        box.add_item(ui.ActionRow(*buttons))
    if count > len(shown):
        box.add_item(ui.TextDisplay(words.more_text(count - len(shown))))
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
        guild_id = interaction.guild_id or 0
        group = (await bot.groups.look(guild_id, self.group_id, self.opener_id)).group
        if interaction.guild is None or interaction.guild.get_channel(group.channel_id):
            raise OldCardError  # another moderator has moved it meanwhile: it is well there
        if self.way == "stop":
            status = await bot.groups.set_state(
                guild_id, self.group_id, "stopped", seen_in=group.channel_id
            )
            bot.weekly_changed()
            await answer_click(interaction, notice(words.stopped_text(status)))
        else:
            channel = channel_of(interaction, home_of(interaction))
            await answer_click(interaction, await move_group(interaction, group, channel))
        await tell_lost_groups(interaction)
