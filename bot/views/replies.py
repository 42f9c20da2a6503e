"""How an answer leaves: privately, without mentions; an error too, and choices while one types."""

import asyncio
import contextlib
import functools
import io
import logging
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import aiohttp
import discord
from discord import app_commands, ui
from discord.ui import LayoutView

from bot.core.curriculum import Resource, Step
from bot.core.limits import Limits
from bot.core.recommend import Suggestion
from bot.core.search.words import names_in
from bot.errors import LedgerError, ReaderError, TooFastError
from bot.language import _
from bot.plain import clipped, one_line
from bot.views.parts import (
    Button,
    Interaction,
    Select,
    boxed,
    card,
    files_of,
    in_words,
    with_mentions,
)
from bot.views.phrases import MARK_ICONS, MUST_READ, short_title, step_place, step_title, title_of

log = logging.getLogger(__name__)

WayBack = Callable[[ReaderError], Awaitable[Button | None]]
Choices = list[app_commands.Choice[str]]
GoingOn = Callable[[bool], Awaitable[tuple[LayoutView | None, bool]]]
"""The card of something that goes on, None if another took its place; and whether it still does."""
Offer = Callable[[Any, Interaction, str], Coroutine[Any, Any, Choices]]

TOO_LATE = frozenset({10062, 10015, 40060})
"""Discord no longer takes an answer: interaction or webhook unknown, or acknowledged already."""
TROUBLE = (discord.DiscordServerError, discord.RateLimited, aiohttp.ClientError)
"""What goes wrong on the way to Discord, and is no fault of ours."""

NAME = 100  # Discord's limit for a choice's name
CHOICES = 25  # and for their number
LATE = 1.5
"""Seconds until an answer is late: Discord waits three, of which some go by on the way."""
TIMER, DEFERRING, FOLLOWING = "timer", "deferring", "following"
"""What an interaction carries with it: what will defer it, then what does."""
ANSWERED, FAILURE = "answered", "failure"
"""And when its answer was there, by the event loop's time; the error that was met, if any."""
Door = Literal["command", "autocomplete", "click", "form"]
Watch = Callable[[Interaction, Door, str], None]
"""Told at a door, by the task that answers: the command, or the kind of click or form."""
THINKING = discord.InteractionResponseType.deferred_channel_message
EDITABLE = (
    None,
    discord.InteractionResponseType.deferred_message_update,
    discord.InteractionResponseType.message_update,
)
"""How a click was answered whose card may still be replaced by the answer."""

SLIP = timedelta(seconds=3)
"""A tap so soon after a click replaced the card may have been meant for what stood there."""


async def refuse_flood(interaction: Interaction, limits: Limits | None) -> bool:
    """Tell who asks too fast to slow down, and whether they do; while one types, offer nothing.

    Nothing is read for that, and a card that was clicked stays as it is. Forms need no limit: each
    was opened by a click, and what was typed would be lost.
    """
    if limits is None:
        return False
    is_typing = interaction.type is discord.InteractionType.autocomplete
    limit, now = limits.typed if is_typing else limits.asked, asyncio.get_running_loop().time()
    if not (wait := limit.wait(interaction.user.id, now)):
        return False
    if is_typing:
        with contextlib.suppress(discord.DiscordException, aiohttp.ClientError, OSError):
            await interaction.response.autocomplete([])
    else:
        await reply_with_error(interaction, TooFastError(math.ceil(wait)))
    return True


def defer_if_late(interaction: Interaction) -> None:
    """Have Discord wait for the answer, unless one is on its way in time: at each of the doors."""

    def late() -> None:
        interaction.extras[DEFERRING] = loop.create_task(_defer(interaction))

    loop = asyncio.get_running_loop()
    interaction.extras[TIMER] = loop.call_later(LATE, late)


async def _defer(interaction: Interaction) -> None:
    """Defer: a card stays as it is until then; to a command, only who asked sees that we think."""
    try:
        await interaction.response.defer(ephemeral=True, thinking=interaction.message is None)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.warning("interaction %s can't be deferred: %s", interaction.id, error)


async def answered(interaction: Interaction) -> discord.InteractionResponseType | None:
    """Return how the interaction was answered, if it was; from now on it isn't deferred."""
    if (timer := interaction.extras.get(TIMER)) is not None:
        timer.cancel()
    if (deferring := interaction.extras.get(DEFERRING)) is not None:
        await deferring
    return interaction.response.type


async def answer(
    interaction: Interaction,
    view: LayoutView,
    *,
    file: discord.File | None = None,
    ephemeral: bool = True,
) -> None:
    """Answer a command, or a click on a public card: only who asked sees it."""

    async def send(view: LayoutView) -> None:
        is_answered = await answered(interaction)
        # What takes the place of that is private all the same.
        if is_answered is THINKING and not ephemeral:
            await interaction.followup.send(view=view, files=files_of(view), ephemeral=True)
        say = interaction.followup.send if is_answered else interaction.response.send_message
        await say(view=view, files=[file] if file else files_of(view), ephemeral=ephemeral)

    await _with_or_without_picture(interaction, with_mentions(view, ids_in(interaction)), send)


async def _with_or_without_picture(
    interaction: Interaction, view: LayoutView, send: Callable[[LayoutView], Awaitable[None]]
) -> None:
    """Send a card; where Discord doesn't take its picture, with what that shows in words."""
    try:
        await send(view)
        interaction.extras.setdefault(ANSWERED, asyncio.get_running_loop().time())
    except discord.HTTPException as error:
        if not files_of(view) or is_too_late(error) or isinstance(error, TROUBLE):
            raise
        log.warning("interaction %s takes no picture: %s", interaction.id, error)
        await send(in_words(view))


def ids_in(interaction: Interaction) -> Mapping[str, int]:
    """Return Discord's ids of our commands, known once they are told."""
    found: Mapping[str, int] = getattr(interaction.client, "command_ids", {})
    return found


FOLLOWED_FOR = 14 * 60
"""Seconds: Discord lets an answer be edited for fifteen minutes."""
FIRST_FOLLOWED, FOLLOWED_EVERY = 0.2, 3.0
"""Seconds until the first look, and between looks in the long run: soon, then ever less often."""


def components_of(view: LayoutView) -> list[dict[str, Any]]:
    """Return a card as it is sent."""
    found: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]
    return found


def keep_current(interaction: Interaction, present: GoingOn) -> None:
    """Show in the answer that was given how something goes on, until it has ended.

    ``present`` is told when it is asked for the last time: after that the card stays as it is.
    """

    async def follow() -> None:
        ends_at, goes_on, pause = loop.time() + FOLLOWED_FOR, True, FIRST_FOLLOWED
        shown: object = None
        with contextlib.suppress(ReaderError, *TROUBLE, discord.DiscordException, OSError):
            while goes_on:
                await asyncio.sleep(pause)
                pause = min(2 * pause, FOLLOWED_EVERY)
                is_last = loop.time() >= ends_at
                view, goes_on = await present(is_last)
                if view is not None:
                    parts = components_of(with_mentions(view, ids_in(interaction)))
                    if parts != shown:
                        shown = parts
                        await interaction.edit_original_response(view=view)
                goes_on = goes_on and not is_last

    loop = asyncio.get_running_loop()
    interaction.extras[FOLLOWING] = loop.create_task(follow())


async def answer_file(interaction: Interaction, told: str, name: str, content: bytes) -> None:
    """Answer with a file to take away, and what is told of it."""
    view = card(told, ui.File(f"attachment://{name}"))
    await answer(interaction, view, file=discord.File(io.BytesIO(content), name))


async def edit(interaction: Interaction, view: LayoutView) -> None:
    """Answer a click by editing the card that was clicked, whoever sees it."""

    async def send(view: LayoutView) -> None:
        message, files = interaction.message, files_of(view)
        # What the card had before goes: Discord would keep a picture that nothing shows any more.
        had = message is not None and message.attachments
        attached = files if files or had else discord.utils.MISSING
        if await answered(interaction):
            await interaction.edit_original_response(view=view, attachments=attached)
        else:
            await interaction.response.edit_message(view=view, attachments=attached)

    await _with_or_without_picture(interaction, with_mentions(view, ids_in(interaction)), send)


def dated(interaction: Interaction, view: LayoutView) -> LayoutView:
    """Note in a card which replaces another when it does.

    In the id of its first part, a number of 31 bits that Discord gives back with the next click.
    A message's own time of editing won't do: Discord may not count a change of components alone
    (https://github.com/discord/discord-api-docs/issues/3134), and a card is nothing else.
    """
    timer = interaction.extras.get(TIMER)  # begun with the click; this one may have been late
    took = LATE - (timer.when() - asyncio.get_running_loop().time()) if timer else 0
    # Rounded up: the card is replaced a moment from now.
    view.children[0].id = int(interaction.created_at.timestamp() + took) + 1
    return view


def may_be_slip(interaction: Interaction) -> bool:
    """Tell whether a click replaced the card so short ago that the tap may be meant for another.

    A card that came with a command, or that all see, is never replaced by a click.
    """
    message = interaction.message
    if message is None or not message.components:
        return False
    noted = getattr(message.components[0], "id", None) or 0  # of any other card: 1, 2, 3 …
    replaced_at = datetime.fromtimestamp(noted, tz=interaction.created_at.tzinfo)
    return interaction.created_at - replaced_at < SLIP


def error_card(error: Exception, again: Button | None = None) -> LayoutView:
    """Build what is said of an error, with a select where it can be mended by a choice.

    For the unexpected, one apology. ``again`` leads back to the form that was refused.
    """
    apology = _("Something went wrong on my side, sorry. Nothing was lost: please try again.")
    text = error.sentence() if isinstance(error, ReaderError) else apology
    select = way_out(error)
    return boxed(text, select) if select else card(text, again)


@functools.singledispatch
def way_out(error: Exception) -> Select | None:
    """Return a select of what was likely meant; cards register those that they answer."""
    del error
    return None


async def reply_with_error(
    interaction: Interaction, error: Exception, way_back: WayBack | None = None
) -> None:
    """Say what went wrong, in words for the reader; log what nobody expected.

    ``way_back`` keeps what was typed, and returns a button to it; None if that won't help.
    """
    interaction.extras[FAILURE] = error
    again = None
    if way_back and isinstance(error, ReaderError) and not isinstance(error, LedgerError):
        try:
            again = await way_back(error)
        except Exception:
            log.exception("what was typed for interaction %s can't be kept", interaction.id)
    if is_too_late(error):
        log.warning("interaction %s was answered too late: %s", interaction.id, error)
        return
    if isinstance(error, TROUBLE):
        log.warning("interaction %s met trouble: %s", interaction.id, error)
    elif not isinstance(error, ReaderError):
        log.error("interaction %s failed", interaction.id, exc_info=error)
    try:
        await answer(interaction, error_card(error, again))
    except (discord.DiscordException, aiohttp.ClientError, OSError) as failure:
        interaction.extras[FAILURE] = failure
        log.warning("interaction %s can't be answered: %s", interaction.id, failure)


def is_too_late(error: Exception) -> bool:
    """Tell whether Discord no longer waits for the answer: there is nobody to tell."""
    return isinstance(error, discord.HTTPException) and error.code in TOO_LATE


def offers(find: Offer) -> Offer:
    """Wrap an autocomplete callback: where it fails, nothing is offered."""

    @functools.wraps(find)
    async def found(cog: Any, interaction: Interaction, typed: str) -> Choices:
        try:
            return await find(cog, interaction, typed)
        except Exception as error:
            interaction.extras[FAILURE] = error
            log.exception("nothing can be offered")
            return []

    return found


def resource_choices(suggestions: Iterable[Suggestion]) -> Choices:
    """Return choices whose names end with the step, whatever the title's length."""
    choices = []
    for one in list(suggestions)[:CHOICES]:
        state = f"{MARK_ICONS[one.mark.state]} " if one.mark else ""
        must_read = f" {MUST_READ}" if one.resource.must_read else ""
        tail = f"{must_read} · {clipped(step_place(one.step), 30)}"
        choices.append(resource_choice(one.resource, state, tail))
    return choices


def found_choices(found: Iterable[Suggestion | Step]) -> Choices:
    """Return choices of resources and of steps, which say that they are one."""
    choices = []
    for one in found:
        if isinstance(one, Step):
            choices.append(choice(one.key, _("Step: {title}", title=step_title(one))))
        else:
            choices += resource_choices([one])
    return choices[:CHOICES]


def resource_choice(resource: Resource, start: str, tail: str) -> app_commands.Choice[str]:
    """Return the choice of a resource: of a long title as much as fits between start and tail."""
    title = clipped(one_line(title_of(resource)), NAME - len(start) - len(tail))
    return choice(resource.key, f"{start}{title}{tail}")


def choice(value: str, name: str) -> app_commands.Choice[str]:
    """Return a choice, its name clipped."""
    return app_commands.Choice(name=clipped(name, NAME), value=value)


def all_choice(named: Sequence[Resource], typed: str) -> Choices:
    """Return the choice of all that several typed names mean; none without several."""
    if not named or len(typed) > NAME:
        return []
    return [choice(typed, one_line(" + ".join(map(short_title, named))))]


def list_choices(before: Sequence[str], suggestions: Iterable[Suggestion]) -> Choices:
    """Return choices that add one name to those before, each read back as it is shown."""
    resources = [one.resource for one in suggestions]
    short = {resource.key: one_line(short_title(resource)) for resource in resources}
    known, choices = Counter(short.values()), list[app_commands.Choice[str]]()
    for key, name in short.items():
        is_clear = known[name] == 1 and names_in(name) == [name]
        value = ", ".join([*before, name if is_clear else key])
        if name not in before and len(value) <= NAME:
            choices.append(choice(value, ", ".join([*before, name])))
    return choices[:CHOICES]


def step_choices(steps: Iterable[Step]) -> Choices:
    """Return steps by their names in the index."""
    return [choice(step.id, step_title(step)) for step in list(steps)[:CHOICES]]
