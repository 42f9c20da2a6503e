"""Parts that buttons of several cards share."""

from __future__ import annotations

import re
from typing import Any, Literal, Self, cast

import discord
from discord import ui

from bot.errors import NotOfferedError
from bot.views import texts

CHANNELS_OF_GROUPS = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
)
"""Where a group can be: Discord's announcement channels are text channels, its media are forums."""

KEY = r"(?P<key>[a-z0-9-]{1,20}:[a-z0-9-]{1,40})"

ROW_ID = r"(?P<id>[0-9]{1,19})"
LARGEST_ROW_ID = 2**63 - 1

Place = Literal["next", "progress", "index", "updates", "undo", "start", "reset", "me", "settings"]


FormName = Literal["texts", "details", "start"]


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


def go_button(place: Place) -> ui.Button[Any]:
    """Build a button that leads to another card; ``navigation.GoTo`` answers its clicks."""
    return ui.Button(label=texts.GO_TO[place], custom_id=f"go:{place}")


def history_button(group_id: int, page: int = 0, label: str = texts.HISTORY) -> ui.Button[Any]:
    """Build a button to a page of a group's past; ``history_card.HistoryButton`` answers it."""
    return ui.Button(label=label, custom_id=f"past:{group_id}:{page}")


def path_button(key: str) -> ui.Button[Any]:
    """Build a button that shows the way to a resource; ``path_card.PathButton`` answers it."""
    return ui.Button(label=texts.WHAT_FIRST, custom_id=f"path:{key}")


def remind_button(group_id: int, *, wanted: bool) -> ui.Button[Any]:
    """Build a button that asks for reminders or ends them; ``reminder_card`` answers it."""
    label = texts.REMIND if wanted else texts.NO_REMINDER
    return ui.Button(label=label, custom_id=f"remind:{'on' if wanted else 'off'}:{group_id}")


def move_select(group_id: int, opener_id: int) -> ui.ChannelSelect[Any]:
    """Build the choice of another channel for a group; ``start_card.MoveSelect`` answers."""
    return ui.ChannelSelect(
        custom_id=f"group-move:{group_id}:{opener_id}",
        placeholder=texts.MOVE_TO,
        channel_types=list(CHANNELS_OF_GROUPS),
    )


def again_button(form: FormName, kept_id: int, opener_id: int) -> ui.Button[Any]:
    """Build a button that opens a refused form as it was typed; the form's own card answers it."""
    custom_id = f"again-{form}:{kept_id}:{opener_id}"
    return ui.Button(label=texts.EDIT_AGAIN, style=discord.ButtonStyle.primary, custom_id=custom_id)


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


class AgainButton(StateButton, template=r"again"):
    """Opens a refused form as it was typed."""

    form: FormName

    def __init__(self, kept_id: int, opener_id: int) -> None:
        self.kept_id, self.opener_id = kept_id, opener_id
        super().__init__(again_button(self.form, kept_id, opener_id))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), int(match["opener"]))


class KeyButton(StateButton, template=rf"key:{KEY}"):
    """A button about one resource."""

    prefix: str
    label: str
    style = discord.ButtonStyle.secondary

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            ui.Button(label=self.label, style=self.style, custom_id=f"{self.prefix}:{key}")
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(match["key"])


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


class PlainButton(StateButton, template=r"plain"):
    """A button without a state of its own: who clicks is all there is to know."""

    custom: str
    label: str
    style = discord.ButtonStyle.secondary

    def __init__(self) -> None:
        super().__init__(ui.Button(label=self.label, style=self.style, custom_id=self.custom))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        del match
        return cls()
