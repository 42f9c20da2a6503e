"""Parts that buttons of several cards share."""

from __future__ import annotations

import re
from typing import Any, Self, cast

import discord
from discord import ui

from bot.errors import NotOfferedError

CHANNELS_OF_GROUPS = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
)
"""Where a group can be: Discord's announcement channels are text channels, its media are forums."""

KEY = r"(?P<key>[a-z0-9-]{1,20}:[a-z0-9-]{1,40})"

ROW_ID = r"(?P<id>[0-9]{1,19})"
LARGEST_ROW_ID = 2**63 - 1


def row_id(digits: str) -> int:
    """Return the id of a row of ours; 0, which no row has, for what none could be."""
    number = int(digits) if digits.isdecimal() else 0
    return number if number <= LARGEST_ROW_ID else 0


def picked(select: ui.Select[Any]) -> str:
    """Return what was picked of a select's options.

    Raises:
        NotOfferedError: none of them was; Discord's own programs send nothing else, others may.
    """
    return all_picked(select)[0]


def all_picked(select: ui.Select[Any]) -> list[str]:
    """Return what was picked, each once and at least one, of a select for several options.

    Raises:
        NotOfferedError: as ``picked``.
    """
    offered = {option.value for option in select.options}
    values = list(dict.fromkeys(select.values))
    if not values or not offered.issuperset(values):
        raise NotOfferedError
    return values


def history_button(group_id: int, page: int = 0, label: str = "History") -> ui.Button[Any]:
    """Build a button to a page of a group's past; ``history_card.HistoryButton`` answers it."""
    return ui.Button(label=label, custom_id=f"past:{group_id}:{page}")


def remind_button(group_id: int, *, wanted: bool) -> ui.Button[Any]:
    """Build a button that asks for reminders or ends them; ``reminder_card`` answers it."""
    label = "Remind me" if wanted else "Don't remind me"
    return ui.Button(label=label, custom_id=f"remind:{'on' if wanted else 'off'}:{group_id}")


def move_select(group_id: int, opener_id: int) -> ui.ChannelSelect[Any]:
    """Build the choice of another channel for a group; ``start_card.MoveSelect`` answers."""
    return ui.ChannelSelect(
        custom_id=f"group-move:{group_id}:{opener_id}",
        placeholder="Move to another channel…",
        channel_types=list(CHANNELS_OF_GROUPS),
    )


class StateButton(ui.DynamicItem[ui.Button[Any]], template=r"state"):
    """A button whose whole state is its custom_id, so that it survives restarts."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction, item
        return cls.of(match)

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Return the button with the state that the custom_id holds."""
        raise NotImplementedError


class OpenersButton(StateButton, template=r"openers"):
    """A button about one thing, for the moderator who opened the card it is on."""

    prefix: str
    label: str
    style = discord.ButtonStyle.secondary

    def __init__(self, about: int, opener_id: int) -> None:
        self.about, self.opener_id = about, opener_id
        custom_id = f"{self.prefix}:{about}:{opener_id}"
        super().__init__(ui.Button(label=self.label, style=self.style, custom_id=custom_id))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), int(match["opener"]))


class StateSelect(ui.DynamicItem[ui.Select[Any]], template=r"state-select"):
    """A select whose whole state is its custom_id; its options are those of the card it is on."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction
        made = cls.of(match)
        made.item = cast("ui.Select[Any]", item)
        return made

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        """Return the select, without its options, with the state that the custom_id holds."""
        raise NotImplementedError


class RowButton(StateButton, template=rf"row:{ROW_ID}"):
    """A button about one row of ours: a week, a group, a change."""

    prefix: str
    label: str
    style = discord.ButtonStyle.secondary

    def __init__(self, about: int) -> None:
        self.about = about
        super().__init__(
            ui.Button(label=self.label, style=self.style, custom_id=f"{self.prefix}:{about}")
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]))
