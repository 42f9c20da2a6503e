"""What members and moderators do about a group's week: its paper, picks, votes and reminders."""

from __future__ import annotations

import discord

from bot.clicks.click import Click, View, clicked
from bot.clicks.groups import run_card
from bot.clicks.rights import check_opener
from bot.core.picks import MOST_WEEKS
from bot.errors import OldCardError
from bot.views import custom_ids as ids
from bot.views.pick_card import (
    called_off_text,
    closed_text,
    pick_card,
    read_for_text,
    taken_back_card,
)
from bot.views.replies import dated
from bot.views.resource_card import next_card, resource_card
from bot.views.weekly_card import first_reads_card, read_card, weekly_card

PUT_AWAY = 50083  # "Thread is archived": nothing in it can be edited until somebody writes there


@clicked(ids.ReadIt)
async def read_it(click: Click, said: ids.ReadIt) -> View:
    """Mark the week's paper done for who clicks, and count them on its card."""
    post, reply, group = await click.services.weekly.read_it(click.who, click.where, said.slot_id)
    if post is not None:
        view = weekly_card(post, click.interaction.guild)
        # The answer to a click may edit its card: no message route, so no limit to wait for.
        try:
            await click.interaction.response.edit_message(view=view)
        except discord.HTTPException as error:
            if error.code != PUT_AWAY:
                raise
    await click.show(read_card(reply, group))
    return None


@clicked(ids.MoreOfPaper)
async def show_more(click: Click, said: ids.MoreOfPaper) -> View:
    """Show who clicks their own card of the week's paper."""
    first = await click.services.weekly.first_reads(click.who, click.where, said.slot_id)
    shown = await click.services.reading.look(click.who, click.where, first.resource.key)
    await click.show(resource_card(shown))
    return None


@clicked(ids.FirstReads)
async def show_first_reads(click: Click, said: ids.FirstReads) -> View:
    """Show who clicks what they would read before the paper."""
    first = await click.services.weekly.first_reads(click.who, click.where, said.slot_id)
    await click.show(first_reads_card(first))
    return None


@clicked(ids.ReadReminded)
async def read_reminded(click: Click, said: ids.ReadReminded) -> View:
    """Mark the paper of a reminder done."""
    return next_card(await click.services.reminders.finish(click.who, said.slot_id))


@clicked(ids.PickWeek)
async def pick_week(click: Click, said: ids.PickWeek) -> View:
    """Pick for the week that is chosen, where what was typed may be several or is none."""
    await check_opener(click.interaction, click.who, click.clicks.manage_id)
    status = await click.services.groups.look(click.guild_id, said.group_id, click.who)
    channel_id = status.group.channel_id
    reply = await click.services.picking.pick(
        click.guild_id, channel_id, click.who, said.key, click.picked
    )
    return pick_card(reply, click.who)


@clicked(ids.TakeBack)
async def take_back(click: Click, said: ids.TakeBack) -> View:
    """Take a pick back, on the card that told of it."""
    reply = await click.services.picking.take_back(click.guild_id, said.group_id, said.week)
    return taken_back_card(reply)


@clicked(ids.TakeBackOne)
async def take_one_back(click: Click, said: ids.TakeBackOne) -> View:
    """Take the pick of a coming week back, on the group's card."""
    reply = await click.services.picking.take_back(click.guild_id, said.group_id, click.picked)
    return run_card(click, await click.services.groups.status(reply.channel_id, click.who))


@clicked(ids.ReadForWeeks)
async def read_for_weeks(click: Click, said: ids.ReadForWeeks) -> View:
    """Read a long paper for the weeks that are chosen; or take a coming week's pick back."""
    picking, news = click.services.picking, ""
    weeks, _, key = click.picked.partition(":")
    if not key:
        await picking.take_back(click.guild_id, said.group_id, weeks)
    elif not (weeks.isdecimal() and int(weeks) <= MOST_WEEKS):
        raise OldCardError
    else:
        read = await picking.read_for(click.guild_id, said.group_id, key, int(weeks))
        news = read_for_text(read, int(weeks))
    status = await click.services.groups.look(click.guild_id, said.group_id, click.who)
    return run_card(click, status, news)


@clicked(ids.CallOffVote)
async def call_off_vote(click: Click, said: ids.CallOffVote) -> View:
    """Call a vote off, and end its poll."""
    click.refuse_slip()
    ballot = await click.services.votes.cancel(click.guild_id, said.vote_id)
    status = await click.services.groups.look(ballot.guild_id, ballot.vote.group_id, click.who)
    await click.replace(run_card(click, status, called_off_text(ballot)))
    await click.deliver.result(said.vote_id)
    await click.deliver.now(said.vote_id)
    click.deliver.look_again()
    return None


@clicked(ids.CloseVote)
async def close_vote(click: Click, said: ids.CloseVote) -> View:
    """End a vote's poll now, and take its result."""
    ballot = await click.services.votes.close(click.guild_id, said.vote_id)
    await click.interaction.response.defer()  # Discord counts
    await click.deliver.result(said.vote_id)
    click.deliver.look_again()
    status = await click.services.groups.look(ballot.guild_id, ballot.vote.group_id, click.who)
    view = dated(click.interaction, run_card(click, status, closed_text(ballot)))
    await click.interaction.edit_original_response(view=view)
    return None
