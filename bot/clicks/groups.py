"""What members and moderators do with a study group."""

from __future__ import annotations

from functools import partial
from typing import Literal

from discord import ui

from bot.clicks.click import Click, View, clicked
from bot.core.groups import GroupState, GroupStatus
from bot.views import custom_ids as ids
from bot.views.group_card import (
    history_card,
    joined_card,
    members_card,
)
from bot.views.moderators_card import delete_button, delete_form, deleted_card, moderators_card
from bot.views.parts import WordForm
from bot.views.replies import dated

STATES: dict[Literal["pause", "resume", "stop"], GroupState] = {
    "pause": "paused",
    "resume": "active",
    "stop": "stopped",
}


@clicked(ids.Membership)
async def join_or_leave(click: Click, said: ids.Membership) -> View:
    """Join or leave, on a group's own card or its standing post."""
    joins = said.way == "join"
    if not joins:  # it stands where *Join* stood
        click.refuse_slip()
    groups = click.services.groups
    act = groups.join if joins else groups.leave
    status = await act(click.guild_id, said.group_id, click.who)
    message = click.interaction.message
    is_public = message is not None and not message.flags.ephemeral
    return joined_card(status) if joins and is_public else _members_card(click, status)


@clicked(ids.Join)
async def join(click: Click, said: ids.Join) -> View:
    """Join from under a paper."""
    status = await click.services.groups.join(click.guild_id, said.group_id, click.who)
    await click.show(joined_card(status))
    return None


@clicked(ids.Remind)
async def remind(click: Click, said: ids.Remind) -> View:
    """Ask for reminders in a group, or end them."""
    wanted = said.way == "on"
    await click.services.reminders.ask(click.guild_id, said.group_id, click.who, wanted=wanted)
    click.deliver.look_again()
    return await _look(click, said.group_id)


@clicked(ids.ShowPast)
async def show_past(click: Click, said: ids.ShowPast) -> View:
    """Show a page of a group's past."""
    return history_card(
        await click.services.groups.history(click.guild_id, said.group_id, said.page)
    )


@clicked(ids.ShowGroup)
async def show_group(click: Click, said: ids.ShowGroup) -> View:
    """Lead back to the group's card."""
    return await _look(click, said.group_id)


@clicked(ids.RunGroup)
async def run_group(click: Click, said: ids.RunGroup) -> View:
    """Let a moderator run a group."""
    groups = click.services.groups
    if said.action != "resume":  # a vote's buttons stood where these stand
        click.refuse_slip()
    if said.action == "post":
        status = await groups.post_now(click.guild_id, said.group_id)
        await click.replace(run_card(click, status))
        week = status.this_week
        await click.deliver.now(said.group_id, *([week.slot_id] if week else []))
        click.deliver.look_again()
        status = await groups.status(status.group.channel_id, click.who)
        view = dated(click.interaction, run_card(click, status))
        await click.interaction.edit_original_response(view=view)
        return None
    if said.action == "skip":
        status = await groups.skip_next(click.guild_id, said.group_id)
    else:
        status = await groups.set_state(click.guild_id, said.group_id, STATES[said.action])
    click.deliver.look_again()
    return run_card(click, status)


@clicked(ids.MentionNobody)
async def mention_nobody(click: Click, said: ids.MentionNobody) -> View:
    """Let a group's papers mention no role any more, be it there or gone."""
    status = await click.services.groups.mention_nobody(click.guild_id, said.group_id)
    return run_card(click, status)


@clicked(ids.AfterList)
async def choose_after_list(click: Click, said: ids.AfterList) -> View:
    """Choose what follows when the list is through."""
    click.refuse_slip()
    choice = None if said.choice == "stop" else said.choice
    status = await click.services.groups.go_on(click.guild_id, said.group_id, choice)
    return run_card(click, status)


@clicked(ids.MoreOfGroup)
async def show_more(click: Click, said: ids.MoreOfGroup) -> View:
    """Open what a moderator seldom does, in place; or put it away again."""
    opens = said.way == "more"
    status = await click.services.groups.look(click.guild_id, said.group_id, click.who)
    view = run_card(click, status, opens=not opens)
    # What opens stands below all that stood there: a tap on it is meant.
    await click.replace(view, asks=opens)
    return None


@clicked(ids.DeleteGroup)
async def ask_delete(click: Click, said: ids.DeleteGroup) -> View:
    """Say what goes and what stays; only the typed word deletes."""
    status = await click.services.groups.look(click.guild_id, said.group_id, click.who)
    delete = partial(_delete, group_id=said.group_id)
    await click.ask_word(delete_form(status), delete, delete_button(said.group_id, click.who))
    return None


async def _delete(click: Click, _form: WordForm, *, group_id: int) -> View:
    await click.check_right()
    group = await click.services.groups.delete(click.guild_id, group_id, click.who)
    click.deliver.look_again()
    return deleted_card(group)


def run_card(
    click: Click, status: GroupStatus, news: str = "", *, opens: bool = True
) -> ui.LayoutView:
    """Build the moderators' card of a group for who clicked; ``news``: what has just changed."""
    return moderators_card(click.interaction.guild, status, click.who, news, opens=opens)


async def _look(click: Click, group_id: int) -> ui.LayoutView:
    status = await click.services.groups.look(click.guild_id, group_id, click.who)
    return _members_card(click, status)


def _members_card(click: Click, status: GroupStatus) -> ui.LayoutView:
    is_moderator = click.interaction.permissions.manage_guild
    guild = click.interaction.guild
    return members_card(guild, status, click.who, is_moderator=is_moderator)
