"""Parts that cards share, and the limits that Discord sets them."""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import Any, Literal, TypeVar

import discord
from discord import ui
from discord.ui import LayoutView

from bot.core.search.words import is_word
from bot.errors import NotOfferedError, WrongWordError
from bot.language import _, said
from bot.plain import NO_END, clipped, columns, fitting, one_line, plain, united
from bot.views.custom_ids import Card, CustomId, GoTo, TurnPage

ItemT = TypeVar("ItemT")

Button = ui.Button[Any]
Select = ui.Select[Any]
Interaction = discord.Interaction[Any]
Item = ui.Item[Any]
"""Discord.py has each say of which view or bot it is: ours are of any."""

OPTIONS = 25
"""Discord's limit for a select's options."""
OPTION_TEXT = 100
"""Discord's limit for an option's label, value and description, in characters."""
TEXT = 4000
"""Discord's limit for all text of a card, in characters."""

HOURS = tuple(f"{hour:02}:00" for hour in range(24))
"""Of a day, as selects offer them."""

GREEN, BLUE = discord.ButtonStyle.success, discord.ButtonStyle.primary
RED, GREY = discord.ButtonStyle.danger, discord.ButtonStyle.secondary

OPEN_FOR = 3600.0
"""Seconds. discord.py keeps each form in memory until it is sent or this is over: nobody
learns when one is dismissed."""

A_LINE = 33
"""Columns of a line of a card's text on a phone: its box is 390 pixels wide, margins counted."""
COLUMNS = {"###": 26, ">": 29, "-#": 38, "-": 29}
"""Columns of a line that begins so: a heading, a quote, small letters, a point of a list."""

COMMAND = re.compile(r"`/([a-z]+(?: [a-z]+)?)`")
WITH_SUBCOMMANDS = "manage"
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
DAY = re.compile(r"<t:[0-9]+:d>")
DAY_AND_TIME = re.compile(r"<t:[0-9]+:F>")  # as long as a line, in words

Lines = Iterator[str]
"""The lines of a card's text, one after the other."""

Part = Item | str | None
"""What a card is made of: a text, a button or a select stands for itself, None for nothing."""


def card(*parts: Part) -> LayoutView:
    """Build a card.

    Stopped before it is sent: a click finds its way by its custom_id alone, and discord.py would
    keep a view that isn't, and a task for it.
    """
    view = LayoutView(timeout=None)
    for part in _items(parts):
        view.add_item(part)
    _retell(view, united)
    view.stop()
    return view


def _retell(view: LayoutView, tell: Callable[[str], str]) -> None:
    """Change each text of a card, unless that makes more of it than Discord takes."""
    texts = [each for each in view.walk_children() if isinstance(each, ui.TextDisplay)]
    told = [tell(each.content) for each in texts]
    if sum(map(len, told)) <= TEXT:
        for each, text in zip(texts, told, strict=True):
            each.content = text


def box(*parts: Part) -> ui.Container[Any]:
    """Build a card's frame around its parts."""
    return ui.Container(*_items(parts))


def boxed(*parts: Part) -> LayoutView:
    """Build a card that is one frame around its parts."""
    return card(box(*parts))


ALT = 1024
"""Discord's limit for what is said of a picture, in characters."""


class Picture(ui.MediaGallery[Any]):
    """A picture that leaves with its card; ``alt`` says what it shows to whoever can't see it."""

    def __init__(self, png: bytes, name: str, alt: str) -> None:
        super().__init__(discord.MediaGalleryItem(f"attachment://{name}", description=alt))
        self.png, self.name, self.alt = png, name, alt


def with_mentions(view: LayoutView, command_ids: Mapping[str, int]) -> LayoutView:
    """Let commands that a card names be tapped: Discord then types them for whoever does.

    ``command_ids``: Discord's, by the first word; one that has subcommands can't be mentioned by
    itself (https://discord.com/developers/docs/reference#message-formatting).
    """

    def mention(named: re.Match[str]) -> str:
        command_id = command_ids.get(named[1].split()[0])
        is_whole = (" " in named[1]) is (named[1].split()[0] == WITH_SUBCOMMANDS)
        return f"</{named[1]}:{command_id}>" if command_id and is_whole else named[0]

    _retell(view, partial(COMMAND.sub, mention))
    return view


def in_words(view: LayoutView) -> LayoutView:
    """Return the card with what its pictures show in their place."""
    for box_ in [each for each in view.children if isinstance(each, ui.Container)]:
        parts = list(box_.children)
        box_.clear_items()
        for each in parts:
            box_.add_item(
                ui.TextDisplay(plain(each.alt, ALT)) if isinstance(each, Picture) else each
            )
    return view


def files_of(view: LayoutView) -> list[discord.File]:
    """Return what is to be sent along with a card."""
    found = (each for each in view.walk_children() if isinstance(each, Picture))
    return [discord.File(io.BytesIO(each.png), each.name) for each in found]


def row(*parts: Item | None) -> ui.ActionRow[Any] | None:
    """Build a row of buttons; None if there is nothing in it."""
    items = [part for part in parts if part is not None]
    return ui.ActionRow(*items) if items else None


def lines_on_phone(text: str) -> int:
    """Return about how many lines text takes on a phone; a link takes the room of its label."""
    seen = DAY_AND_TIME.sub(A_LINE * "0", DAY.sub("31/12/2026", text))
    for marks in ("**", "\\"):
        seen = seen.replace(marks, "")
    seen = LINK.sub(r"\1", seen)
    return sum(_lines_of(line) for line in seen.splitlines())


def _lines_of(line: str) -> int:
    start, _space, rest = line.partition(" ")
    a_line = COLUMNS.get(start)
    return max(1, -(-columns(line if a_line is None else rest) // (a_line or A_LINE)))


def as_many_as_fit(lines: Iterable[str], room: int) -> list[str]:
    """Return the first of the lines that take no more room than that on a phone, in lines."""
    given = list(lines)
    ends = accumulate(map(lines_on_phone, given))
    return [line for line, end in zip(given, ends, strict=True) if end <= room]


def text_of(lines: Iterable[str], limit: int = TEXT) -> str | None:
    """Return as many whole lines as fit; None where there are none."""
    return fitting(lines, limit) or None


def _items(parts: Iterable[Part]) -> Iterable[Item]:
    for part in parts:
        if isinstance(part, ui.Button | ui.Select | ui.ChannelSelect | ui.UserSelect):
            yield ui.ActionRow(part)
        elif part is not None:
            yield ui.TextDisplay(part) if isinstance(part, str) else part


def button(
    said: CustomId, label: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> Button:
    """Build the button whose click says this."""
    return ui.Button(label=label, style=style, custom_id=str(said))


def go_button(to: Card) -> Button:
    """Build a button that leads to another card."""
    labels = {
        "next": _("What's next?"),
        "progress": _("My progress"),
        "index": _("The list"),
        "all-progress": _("More"),
        "updates": _("About this list"),
        "know": _("Tell me what you know"),
        "reset": _("Reset…"),
        "me": _("My data"),
        "settings": _("Settings"),
    }
    return button(GoTo(to), labels[to])


def link_button(label: str, url: str) -> Button:
    return ui.Button(label=label, url=url)


def select(
    said: CustomId, placeholder: str, options: Sequence[discord.SelectOption], most: int = 1
) -> Select | None:
    """Build the select whose click says this, of which up to ``most`` options can be picked.

    Of more options than Discord takes, the first are there; without any there is no select.
    """
    if not options:
        return None
    return ui.Select(
        custom_id=str(said),
        placeholder=placeholder,
        options=list(options[:OPTIONS]),
        max_values=min(most, len(options), OPTIONS),
    )


def page_of(items: Sequence[ItemT], page: int, most: int = OPTIONS) -> tuple[list[ItemT], int, int]:
    """Return what is on the page, or on the last if there are fewer; its number, and the last's."""
    last = max(0, len(items) - 1) // most
    page = min(page, last)
    return list(items[page * most : (page + 1) * most]), page, last


def page_buttons(
    what: Literal["index", "step", "know", "items"], step_id: str, page: int, last: int
) -> Iterator[Button]:
    if page > 0:
        yield button(TurnPage(what, step_id, page - 1, "<"), _("◀ Back"))
    if page < last:
        yield button(TurnPage(what, step_id, page + 1, ">"), _("Next ▶"))


def option(value: str, label: str, hint: str = "", **more: Any) -> discord.SelectOption:
    """Build an option, its texts clipped. ``more``: ``emoji``, ``default``."""
    return discord.SelectOption(
        value=value,
        label=clipped(one_line(label), OPTION_TEXT),
        description=clipped(one_line(hint), OPTION_TEXT) or None,
        **more,
    )


def picked(offered: Iterable[discord.SelectOption], values: Sequence[str]) -> list[str]:
    """Return what was picked of what a select offers, each once and at least one.

    Raises:
        NotOfferedError: none of them was; Discord's own programs send nothing else, others may.
    """
    found = list(dict.fromkeys(values))
    if not found or not {each.value for each in offered}.issuperset(found):
        raise NotOfferedError
    return found


class Form(ui.Modal):
    """A form that isn't kept for ever; its fields hold what was typed once it is sent."""

    def __init__(self, title: str, *parts: Item | str) -> None:
        super().__init__(title=title, timeout=OPEN_FOR)
        for part in _items(parts):
            self.add_item(part)

    @property
    def entered(self) -> dict[str, str]:
        """What was typed, and what was picked, by the field's custom_id; raises as ``picked``."""
        fields = [part.component for part in self.children if isinstance(part, ui.Label)]
        typed = [each for each in fields if isinstance(each, ui.TextInput)]
        entered = {each.custom_id: each.value.replace(NO_END, "") for each in typed}
        selects = [each for each in fields if isinstance(each, ui.Select)]
        return entered | {each.custom_id: picked(each.options, each.values)[0] for each in selects}


def label(text: str, component: Item, hint: str = "") -> ui.Label[Any]:
    """Build a field of a form with what stands above it."""
    return ui.Label(text=text, description=hint or None, component=component)


def text_input(
    longest: int,
    value: str = "",
    *,
    custom_id: str,
    required: bool = False,
    long: bool = False,
    example: str | None = None,
) -> ui.TextInput[Any]:
    """Build a field to type in, ``long`` for several lines."""
    return ui.TextInput(
        custom_id=custom_id,
        default=value[:longest] or None,
        max_length=longest,
        required=required,
        placeholder=example,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
    )


def select_input(custom_id: str, options: Sequence[discord.SelectOption]) -> Select:
    """Build a field of a form to pick one of some options."""
    return ui.Select(custom_id=custom_id, options=list(options[:OPTIONS]))


def channel_select(
    kinds: Sequence[discord.ChannelType], channel_id: int | None = None, *, required: bool = True
) -> ui.ChannelSelect[Any]:
    """Build a field of a form to pick a channel of these kinds; unless required, perhaps none."""
    made: ui.ChannelSelect[Any] = ui.ChannelSelect(
        custom_id="channel", channel_types=list(kinds), required=required, min_values=int(required)
    )
    if channel_id:
        kind = discord.SelectDefaultValueType.channel
        made.default_values = [discord.SelectDefaultValue(id=channel_id, type=kind)]
    return made


def picked_channel(field: ui.ChannelSelect[Any]) -> int | None:
    """Return the id of the channel that was picked; None: what was sent is none."""
    # Discord.py hands on as text what Discord doesn't say to be a channel.
    return next((one.id for one in field.values if not isinstance(one, str)), None)


class WordForm(Form):
    """A form that asks for a word: what can't be brought back is never two quick taps away."""

    def __init__(self, title: str, question: str, marked: str) -> None:
        """``marked``: the word as a marked message; in English it counts in each language."""
        word = said(marked)
        self._word, self._in_english = word, marked
        # Longer than any word: room for spaces, quotes and slips.
        typed = text_input(40, custom_id="word", example=word)
        super().__init__(title, question, label(_("Type the word {word}", word=word), typed))

    def check(self) -> None:
        """Let only whoever typed the word go on: raise a ``WrongWordError`` else."""
        typed = self.entered["word"]
        if not (is_word(typed, self._word) or is_word(typed, self._in_english)):
            raise WrongWordError(typed, self._word)
