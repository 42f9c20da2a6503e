"""Setting a study group up, moving it, and what becomes of one that lost its channel."""

from dataclasses import replace

from discord.ui import LayoutView

from bot.clicks.click import Click, View, clicked
from bot.core.groups import GroupForm, GroupStatus, GroupWish, SeenChannel, SetUp, WhichZone
from bot.errors import NotOfferedError, ReaderError
from bot.language import _
from bot.views import custom_ids as ids
from bot.views.parts import BLUE, Button, button
from bot.views.problems import channel_of, here_of, home_of, seen_channel, seen_role
from bot.views.start_card import (
    HOURS,
    StartForm,
    lost_groups_card,
    set_up_card,
    stopped_card,
    wish_of,
)


@clicked
async def start_weekly(click: Click, _said: ids.StartWeekly) -> View:
    """Ask those who manage the server for a channel and a zone."""
    await click.check_right()
    return await click.ask(StartForm(), _typed, _again)


@clicked
async def start_again(click: Click, said: ids.StartAgain) -> View:
    form = await click.services.moderation.kept(click.draft(said.kept_id), GroupForm)
    return await click.ask(StartForm(form.channel_id, form.wish.zone), _typed, _again)


async def _typed(click: Click, form: StartForm) -> View:
    await click.check_right()
    if form.channel_id is None:
        raise NotOfferedError
    made = await _set_up(click, form.channel_id, GroupWish(zone=form.entered["zone"]))
    again = await _again(click, form) if isinstance(made, WhichZone) else None
    return await click.show(_card(click, made, again))


async def _again(click: Click, form: StartForm, _error: ReaderError | None = None) -> Button:
    """Keep a form; another city or channel mends each error of it."""
    kept = GroupForm(form.channel_id, GroupWish(zone=form.entered["zone"]))
    kept_id = await click.services.moderation.keep(click.guild_id, click.who, kept)
    return button(ids.StartAgain(kept_id, click.who), _("Edit again"), BLUE)


@clicked
async def zone_picked(click: Click, said: ids.GroupZone | ids.GroupZoneFor) -> View:
    """Set up as was said before the zone was asked for."""
    return _card(click, await _set_up(click, said.channel_id, wish_of(said, click.picked)))


@clicked
async def hour_picked(click: Click, said: ids.GroupHour) -> View:
    hour = click.picked_of(HOURS)
    form = await click.services.moderation.kept(click.draft(said.kept_id), GroupForm)
    wish = replace(form.wish, time=hour)
    return _card(click, await _set_up(click, form.channel_id or 0, wish))


@clicked
async def group_chosen(click: Click, said: ids.WhichGroup) -> View:
    """Move a group that lost its channel to the one just named; id 0: make a new one there."""
    form = await click.services.moderation.kept(click.draft(said.kept_id), GroupForm)
    here, channel = here_of(click.interaction), _seen(click, form.channel_id or 0)
    made = await click.services.groups.choose(here, channel, form, said.group_id)
    click.deliver.look_again()
    return _card(click, made)


@clicked
async def move_group(click: Click, said: ids.MoveGroup) -> View:
    """Give a living group another channel."""
    channel_id = ids.id_in("".join(click.values[:1]))
    if not channel_id:
        raise NotOfferedError
    return await _moved(click, channel_id, said.group_id)


@clicked
async def lost_group(click: Click, said: ids.LostGroup) -> View:
    """Stop a group whose channel is gone, or move it to the channel of the card."""
    here, groups = here_of(click.interaction), click.services.groups
    if said.way == "stop":
        view = stopped_card(await groups.stop_lost(here, said.group_id))
        click.deliver.look_again()
    else:
        view = await _moved(click, here.channel_id, said.group_id, only_lost=True)
    await click.replace(view)
    if lost := await groups.lost(here):
        await click.show(lost_groups_card(lost, click.who))
    return None


async def _set_up(click: Click, channel_id: int, wish: GroupWish) -> SetUp:
    channel, here = channel_of(click.interaction, channel_id), here_of(click.interaction)
    seen = seen_channel(channel), wish, seen_role(channel.guild, wish.role_id)
    made = await click.services.groups.set_up(here, *seen)
    if isinstance(made, GroupStatus):
        click.deliver.look_again()
    return made


async def _moved(
    click: Click, channel_id: int, group_id: int, *, only_lost: bool = False
) -> LayoutView:
    here, channel = here_of(click.interaction), _seen(click, channel_id)
    moved = await click.services.groups.move_to(here, channel, group_id, only_lost=only_lost)
    click.deliver.look_again()
    return _card(click, moved)


def _seen(click: Click, channel_id: int) -> SeenChannel:
    return seen_channel(channel_of(click.interaction, channel_id))


def _card(click: Click, made: SetUp, again: Button | None = None) -> LayoutView:
    return set_up_card(click.interaction.guild, made, click.who, home_of(click.interaction), again)
