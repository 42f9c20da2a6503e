"""A click as the function that answers it gets it: who may click, and where its errors end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast, get_args, get_type_hints

import aiohttp
import discord
from discord import AppCommandPermissionType as Type
from discord.ui import LayoutView

from bot.core.limits import Limits
from bot.core.lists import Where
from bot.core.moderation import Asker, DraftRef, Overrides, Subject, bar_to
from bot.errors import (
    NotAModeratorError,
    NotOfferedError,
    NotYoursError,
    OldCardError,
    ReaderError,
    RightUnknownError,
    SlipError,
    SlowFormError,
    WrongWordError,
)
from bot.language import speak
from bot.services.opening import Deliver, Services
from bot.views.custom_ids import CustomId
from bot.views.parts import Button, Form, Interaction, WordForm, picked
from bot.views.problems import home_of
from bot.views.replies import (
    EDITABLE,
    Door,
    Watch,
    answer,
    answered,
    dated,
    defer_if_late,
    edit,
    may_be_slip,
    refuse_flood,
    reply_with_error,
)
from bot.views.replies import WayBack as Back

log = logging.getLogger(__name__)

LAPSES_AFTER = timedelta(days=1)
"""How long a moderator's card answers its opener."""

PATIENCE = 1.0
"""Seconds to wait for what Discord says: an answer that is ``LATE`` can't be a form any more."""

NOTHING_SAID = 10066
"""Discord's code where a server's Integrations page says nothing of a command."""

KINDS: dict[int, Subject] = {
    Type.role.value: "role",
    Type.user.value: "user",
    Type.channel.value: "channel",
}

SaidT = TypeVar("SaidT", bound=CustomId)
FormT = TypeVar("FormT", bound=Form)
TextT = TypeVar("TextT", bound=str)
View = LayoutView | None
"""The card that takes the place of the reader's own; None where the click was answered already.

What answers a click itself returns None as such: ``return await click.show(...)``.
"""


@dataclass(frozen=True, slots=True)
class Click:
    """A click, or a form that was sent. ``where``: the server's id, None in direct messages."""

    services: Services
    who: int
    where: int | None
    language: str
    deliver: Deliver
    interaction: Interaction
    clicks: Clicks

    @property
    def place(self) -> Where:
        """Where it was clicked; on a reader's own card they go on in the list they used last."""
        message = self.interaction.message
        is_own = message is not None and message.flags.ephemeral
        return Where(self.where, home_of(self.interaction), goes_on=is_own)

    @property
    def guild_id(self) -> int:
        """The server's id; 0, which none has, in direct messages."""
        return self.where or 0

    def draft(self, draft_id: int) -> DraftRef:
        """Return the draft, or refused form, that a card of whoever clicks stands for."""
        return self.where, self.who, draft_id

    @property
    def is_slip(self) -> bool:
        """Whether the tap may be meant for a card that a click had only just replaced."""
        return may_be_slip(self.interaction)

    def refuse_slip(self) -> None:
        """Refuse a tap that may be a slip, where it would do harm, by a ``SlipError``."""
        if self.is_slip:
            raise SlipError

    async def check_opener(self, opener_id: int) -> None:
        """Let only who opened a moderator's card go on with it, for a day, and while they may.

        The card itself proves that it was opened: we send them to their openers alone. An opener's
        id in a custom_id proves nothing, for anybody could write their own.

        Raises:
            NotYoursError, OldCardError: and as ``check_right`` does.
        """
        if self.who != opener_id:
            raise NotYoursError
        message = self.interaction.message
        if message is None or not message.flags.ephemeral:
            raise OldCardError
        if self.interaction.created_at - message.created_at > LAPSES_AFTER:
            raise OldCardError
        await self.check_right()

    async def check_right(self) -> None:
        """Let only those go on whom Discord lets use `/manage` here, now.

        Only Discord knows what a server's Integrations page says: it isn't among the permissions
        that come with a click. Nothing of it is kept, so that it counts from the next click on.

        Raises:
            NotAModeratorError: it names what is in the way.
            RightUnknownError: Discord doesn't say, and they lack Manage Server.
        """
        held, member = self.interaction.permissions, self.interaction.user
        if held.administrator:
            return
        if self.where is None or not isinstance(member, discord.Member):
            raise NotAModeratorError
        roles, home_id = frozenset(role.id for role in member.roles), home_of(self.interaction)
        asker = Asker(self.where, home_id, member.id, roles, held.manage_guild)
        try:
            async with asyncio.timeout(PATIENCE):
                command, app = await asyncio.gather(
                    self._overrides(self.clicks.manage_id),
                    self._overrides(self.interaction.application_id),  # what is said of the app
                )
        except (TimeoutError, discord.DiscordException, aiohttp.ClientError, OSError) as error:
            if held.manage_guild:  # the default, which few servers change
                return
            raise RightUnknownError from error
        if bar := bar_to(asker, command, app):
            raise NotAModeratorError(bar)

    async def _overrides(self, command_id: int) -> Overrides:
        asked = self.interaction
        try:
            said = await asked.client.http.get_application_command_permissions(
                asked.application_id, self.guild_id, command_id
            )
        except discord.NotFound as error:
            if error.code == NOTHING_SAID:
                return {}
            raise
        return {
            (KINDS[one["type"]], int(one["id"])): one["permission"]
            for one in said["permissions"]
            if one["type"] in KINDS
        }

    @property
    def picked(self) -> str:
        """What was picked of the select's options; a ``NotOfferedError`` where none of them was."""
        return self.all_picked[0]

    @property
    def all_picked(self) -> list[str]:
        """All that was picked, of a select for several options; raises as ``picked``."""
        return picked(_options(self.interaction), self.values)

    def picked_of(self, offered: Iterable[TextT]) -> TextT:
        """Return what was picked of options that never change; raises as ``picked``."""
        for each in offered:
            if each == self.picked:
                return each
        raise NotOfferedError

    @property
    def values(self) -> list[str]:
        """What the select sent, offered or not: of channels, Discord knows what is offered."""
        return list(_sent(self.interaction).get("values", []))

    async def show(self, view: LayoutView) -> View:
        """Answer with a card of its own: what was clicked stays as it is."""
        await answer(self.interaction, view)
        return None

    async def replace(self, view: LayoutView, *, asks: bool = False) -> View:
        """Put a card in the place of the reader's own; a public one is left alone.

        ``asks``: the new card only asks, so what is tapped on it is meant, however soon.
        """
        message = self.interaction.message
        is_own = message is not None and message.flags.ephemeral
        if is_own and await answered(self.interaction) in EDITABLE:
            await edit(self.interaction, view if asks else dated(self.interaction, view))
        else:
            await answer(self.interaction, view)
        return None

    async def ask(
        self,
        form: FormT,
        then: Callable[[Click, FormT], Awaitable[View]],
        way_back: WayBack[FormT] | None = None,
    ) -> View:
        """Open a form. ``then`` answers it once it is sent, as if that were a click.

        ``way_back`` keeps what was typed in one that is refused, and returns a button that opens
        it again; None if that won't help.
        """

        async def sent(interaction: Interaction) -> None:
            click = self.clicks.click_of(interaction)
            self.clicks.watched(interaction, "form", type(form))
            back = None if way_back is None else (lambda error: way_back(click, form, error))
            await self.clicks.answered(click, then(click, form), back)

        if await answered(self.interaction):
            raise SlowFormError
        form.on_submit = sent  # type: ignore[method-assign]
        await self.interaction.response.send_modal(form)
        return None

    async def ask_word(
        self,
        form: WordForm,
        then: Callable[[Click, WordForm], Awaitable[View]],
        again: Button,
    ) -> View:
        """Open a form that asks for a word; ``again`` opens it anew after another word."""

        async def checked(click: Click, form: WordForm) -> View:
            form.check()
            return await then(click, form)

        async def back(_click: Click, _form: WordForm, error: ReaderError) -> Button | None:
            return again if isinstance(error, WrongWordError) else None

        return await self.ask(form, checked, back)


WayBack = Callable[[Click, FormT, ReaderError], Awaitable[Button | None]]
Answer = Callable[[Click, SaidT], Awaitable[View]]


@dataclass(frozen=True, slots=True)
class Clicked:
    """A function that answers one kind of click, or several."""

    kinds: tuple[type[CustomId], ...]
    answer: Answer[Any]


def clicked(answer: Answer[SaidT]) -> Clicked:
    """Let a function answer a kind of click: by the card that takes the place of the clicked.

    Which kind, or which, says the type of its second parameter, as with ``singledispatch``.
    What is for the moderator who opened a card is refused to others before. Whatever is raised is
    answered in words: discord.py logs what a click raises, and never replies.
    """
    _click, kind, *_view = get_type_hints(answer).values()
    return Clicked(get_args(kind) or (kind,), answer)


class Clicks:
    """Leads each click to the function that answers it."""

    def __init__(
        self,
        clicked_: Iterable[Clicked],
        services: Services,
        deliver: Deliver,
        limits: Limits | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._answers = [(kind, each.answer) for each in clicked_ for kind in each.kinds]
        self._services = services
        self._deliver = deliver
        self._limits, self._watch = limits, watch
        self.manage_id = 0
        """Discord's id of `/manage`, known once the commands are told."""

    def click_of(self, interaction: Interaction) -> Click:
        """Return what is known of a click."""
        return Click(
            self._services,
            interaction.user.id,
            interaction.guild_id,
            str(interaction.locale),
            self._deliver,
            interaction,
            self,
        )

    async def answer(self, interaction: Interaction) -> None:
        """Answer a click on a button or a select, in the clicker's language."""
        click = self.click_of(interaction)
        speak(click.language)
        custom_id = str(_sent(interaction).get("custom_id", ""))
        found = ((kind.read(custom_id), answers) for kind, answers in self._answers)
        said, answers = next((each for each in found if each[0]), (None, _old))
        self.watched(interaction, "click", type(said) if said else None)
        if not await refuse_flood(interaction, self._limits):
            await self.answered(click, self._answer(click, said, answers))

    async def _answer(self, click: Click, said: CustomId | None, answers: Answer[Any]) -> View:
        opener_id = getattr(said, "opener_id", None)
        if opener_id is not None:
            await click.check_opener(opener_id)
        return await answers(click, said)

    def watched(self, interaction: Interaction, door: Door, kind: type | None) -> None:
        """Have told how this is answered, by the task that calls it."""
        if self._watch is not None:
            self._watch(interaction, door, kind.__name__ if kind else "unknown")

    async def answered(
        self, click: Click, answering: Awaitable[View], way_back: Back | None = None
    ) -> None:
        """Show what answers a click, or say what went wrong: the outermost frame we own."""
        speak(click.language)
        defer_if_late(click.interaction)
        try:
            if view := await answering:
                await click.replace(view)
        except Exception as error:  # noqa: BLE001 - nobody else would answer
            await reply_with_error(click.interaction, error, way_back)
        await self._services.me.heard(click.who, click.language)


async def _old(click: Click, _said: None) -> View:
    """Answer a click on what no release makes any more."""
    custom_id = str(_sent(click.interaction).get("custom_id", ""))
    log.warning("a click of no kind that is known: %s", custom_id.partition(":")[0])
    raise OldCardError


def _sent(interaction: Interaction) -> Mapping[str, Any]:
    """Return what Discord says of the click: of a component, not of a command."""
    return cast("Mapping[str, Any]", interaction.data or {})


def _options(interaction: Interaction) -> list[discord.SelectOption]:
    """Return what the select offers that was clicked, as its message has it."""
    custom_id = _sent(interaction).get("custom_id")
    parts: list[Any] = list(interaction.message.components) if interaction.message else []
    for part in parts:  # grows on the way
        parts.extend(getattr(part, "children", ()))
        if getattr(part, "custom_id", None) == custom_id:
            return list(getattr(part, "options", ()))
    return []
