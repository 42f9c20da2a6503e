"""Study groups and their weeks: what members and moderators do with them, from the start on."""

from dataclasses import replace
from functools import partial
from typing import Any

import discord
from discord.ui import LayoutView

from bot.clicks.click import Click, View, clicked
from bot.core.curriculum.shape import MOST_PARTS
from bot.core.groups import (
    DaysForm,
    GroupForm,
    GroupState,
    GroupStatus,
    GroupWish,
    SeenChannel,
    SetUp,
    WhichZone,
    as_typed,
)
from bot.core.papers import VoteWish
from bot.core.weeks import DaysOff
from bot.errors import NotOfferedError, OldCardError, ReaderError
from bot.language import _, to_all
from bot.views import custom_ids as ids
from bot.views.curriculum_card import path_card
from bot.views.group_card import history_card, joined_card, members_card
from bot.views.lead_card import left_text
from bot.views.map_card import we_card, we_chart
from bot.views.moderators_card import (
    DaysTyped,
    MeetingForm,
    StartForm,
    days_off_text,
    days_on_text,
    delete_button,
    delete_form,
    deleted_card,
    lost_groups_card,
    merge_card,
    merge_form,
    merged_text,
    moderators_card,
    set_up_card,
    stopped_card,
    wish_of,
)
from bot.views.parts import BLUE, HOURS, RED, Button, WordForm, button
from bot.views.pick_card import (
    called_off_text,
    check_polls,
    closed_text,
    pick_card,
    read_for_text,
    skipped_text,
    taken_back_card,
    vote_card,
)
from bot.views.problems import (
    channel_of,
    here_of,
    home_of,
    role_named,
    seen_channel,
    seen_role,
)
from bot.views.reminder_card import hour_card
from bot.views.replies import edit
from bot.views.resource_card import next_card, resource_card
from bot.views.weekly_card import read_card, weekly_card, wish_text

STATES: dict[str, GroupState] = {"pause": "paused", "resume": "active", "stop": "stopped"}
PUT_AWAY = 50083  # "Thread is archived": nothing in it can be edited until somebody writes there


@clicked
async def join_or_leave(click: Click, said: ids.Membership) -> View:
    """Join or leave, on a group's own card or its standing post."""
    groups, message = click.services.groups, click.interaction.message
    if said.way == "leave":  # it stands where *Join* stood, on some cards
        click.refuse_slip()
        left = await groups.leave(click.guild_id, said.group_id, click.who)
        click.deliver.look_again()  # the card that tells of the group counts its members
        return _members_card(click, left, left_text(left))
    status = await groups.join(click.guild_id, said.group_id, click.who)
    click.deliver.look_again()
    is_public = message and not message.flags.ephemeral
    return joined_card(status) if is_public else _members_card(click, status)


@clicked
async def join(click: Click, said: ids.Join) -> View:
    """Join from under a paper."""
    status = await click.services.groups.join(click.guild_id, said.group_id, click.who)
    click.deliver.look_again()
    return await click.show(joined_card(status))


@clicked
async def remind(click: Click, said: ids.Remind) -> View:
    wanted, reminders = said.way == "on", click.services.reminders
    if wanted:  # it stands where *Join* stood
        click.refuse_slip()
    is_first = await reminders.ask(click.guild_id, said.group_id, click.who, wanted=wanted)
    click.deliver.look_again()
    group = click.guild_id, said.group_id, click.who
    status = await click.services.groups.look(*group, follows=True)
    view = _members_card(click, status, wish_text(status))
    if not is_first:
        return view
    await click.replace(view)
    return await click.show(hour_card(*await reminders.hours(click.who)))


@clicked
async def show_past(click: Click, said: ids.ShowPast) -> View:
    history = click.services.groups.history
    return history_card(await history(click.guild_id, said.group_id, said.page))


@clicked
async def show_we(click: Click, said: ids.ShowWe) -> View:
    """Show the weeks around this one, as a picture."""
    groups = click.services.groups
    status = await groups.look(click.guild_id, said.group_id, click.who, follows=True)
    chart = we_chart(status, await groups.lately(click.guild_id, said.group_id))
    return we_card(status, chart, await click.services.draw(chart))


@clicked
async def show_group(click: Click, said: ids.ShowGroup) -> View:
    return await _look(click, said.group_id)


@clicked
async def next_in_group(click: Click, said: ids.NextInGroup) -> View:
    """Go on in the group's list, whichever the clicker used last."""
    where = await click.services.groups.where(click.guild_id, said.group_id)
    return next_card(await click.services.reading.next_for(click.who, where))


@clicked
async def unfold_group(click: Click, said: ids.UnfoldGroup) -> View:
    """Open what a member seldom wants of a group, in place; or put it away again."""
    opens = said.fold == "more"
    view = await _look(click, said.group_id, opens=not opens)
    # What opens stands below all that stood there: a tap on it is meant.
    return await click.replace(view, asks=opens)


@clicked
async def run_group(click: Click, said: ids.RunGroup) -> View:
    groups, group = click.services.groups, (click.guild_id, said.group_id)
    if said.action != "resume":  # a vote's buttons stood where these stand
        click.refuse_slip()
    if said.action == "post":
        status = await groups.post_now(*group)
        await click.replace(_card(click, status))
        week = status.this_week
        await click.deliver.now(said.group_id, *([week.week_id] if week else []))
        click.deliver.look_again()
        status = await groups.status(status.group.channel_id, click.who)
        return _card(click, status)
    if said.action == "skip":
        status = await click.services.calendars.skip(*group)
    else:
        status = await groups.set_state(*group, STATES[said.action])
    click.deliver.look_again()
    return _card(click, status)


@clicked
async def skip_next(click: Click, said: ids.SkipNext) -> View:
    click.refuse_slip()
    of, skips = (click.guild_id, said.group_id), said.way == "skip"
    status = await click.services.calendars.skip(*of, skips=skips)
    click.deliver.look_again()
    undo = None
    if status.moves:  # else the button that takes it back stands where this one stood
        week = next(iter(status.coming)).slot.week
        undo = await _undo_days(click, DaysForm(said.group_id, skipped=week), status)
    return moderators_card(click.interaction.guild, status, click.who, undo=undo)


@clicked
async def skip_week(click: Click, said: ids.SkipWeek | ids.Weeks) -> View:
    """Leave one of the next weeks out, or let papers come again in it, or on days off."""
    calendars, of = click.services.calendars, (click.guild_id, said.group_id)
    way, _, week = click.picked.rpartition(":")
    if "/" in click.picked:
        days = _days_picked(click.picked)
        status = await calendars.bring_back(*of, [days])
        news = days_on_text([days], status.group)
        back = DaysForm(said.group_id, days=tuple(map(str, status.brought_back)), again=True)
        undo = await _undo_days(click, back, status) if back.days else None
    else:
        status = await calendars.skip(*of, week, skips={"skip": True, "back": False}.get(way))
        news = skipped_text(status, week)
        is_back = all(each.slot.week != week or not each.is_skipped for each in status.coming)
        form = DaysForm(said.group_id, skipped=week, again=is_back)
        undo = await _undo_days(click, form, status)
    click.deliver.look_again()
    return moderators_card(click.interaction.guild, status, click.who, news, undo=undo)


async def _undo_days(click: Click, form: DaysForm, status: GroupStatus) -> Button:
    moves = tuple((each.to, each.week, each.key) for each in status.moves if each.to and each.key)
    kept = replace(form, moves=moves)
    kept_id = await click.services.moderation.keep(click.guild_id, click.who, kept)
    return button(ids.DaysBack(kept_id, click.who), _("Undo"))


def _days_picked(picked: str) -> DaysOff:
    try:
        return DaysOff.read(picked)
    except ValueError:
        raise NotOfferedError from None


@clicked
async def ask_days(click: Click, said: ids.AskDays) -> View:
    """Ask for days off, or until when a group pauses."""
    return await _ask_days(click, DaysForm(said.group_id, pauses=said.way == "pause"))


@clicked
async def ask_days_again(click: Click, said: ids.DaysAgain) -> View:
    return await _ask_days(click, await _kept_days(click, said))


@clicked
async def days_back(click: Click, said: ids.DaysBack) -> View:
    """Undo: let papers come again on the days that were just taken off, or no more on others."""
    kept, calendars = await _kept_days(click, said), click.services.calendars
    days, of = [DaysOff.read(each) for each in kept.days], (click.guild_id, kept.group_id)
    if not kept.again:
        status = await calendars.bring_back(
            *of, days, kept.moves, skipped=kept.skipped, paused=kept.paused
        )
    elif days:
        status, _days = await calendars.take_off(*of, "\n".join(kept.days))
    else:
        status = await calendars.skip(*of, kept.skipped, skips=True)
    click.deliver.look_again()
    if days:
        tell = days_off_text if kept.again else days_on_text
        news = tell(days, status.group)
    else:
        news = skipped_text(status, kept.skipped)
    news = "" if kept.pauses else news
    return moderators_card(click.interaction.guild, status, click.who, news)


async def _kept_days(click: Click, said: ids.DaysAgain | ids.DaysBack) -> DaysForm:
    return await click.services.moderation.kept(click.draft(said.kept_id), DaysForm)


async def _ask_days(click: Click, wish: DaysForm) -> View:
    group_id, calendars = wish.group_id, click.services.calendars

    async def typed(click: Click, form: DaysTyped) -> View:
        await click.check_right()
        of, days = (click.guild_id, group_id), tuple[DaysOff, ...]()
        if wish.pauses:
            status, before = await calendars.pause_until(*of, form.days)
            days, news = (status.pause,) if status.pause else days, ""
            form_of_undo = replace(wish, paused=before)
        else:
            status, days = await calendars.take_off(*of, form.days)
            news = days_off_text(days, status.group)
            form_of_undo = DaysForm(group_id)
        off, skipped = tuple(map(str, days)), status.called_off
        form_of_undo = replace(form_of_undo, days=off, skipped=skipped)
        undo = await _undo_days(click, form_of_undo, status) if days else None
        click.deliver.look_again()
        return moderators_card(click.interaction.guild, status, click.who, news, undo=undo)

    async def again(click: Click, form: DaysTyped, _error: ReaderError) -> Button:
        kept = replace(wish, typed=form.days)
        kept_id = await click.services.moderation.keep(click.guild_id, click.who, kept)
        return button(ids.DaysAgain(kept_id, click.who), _("Edit again"), BLUE)

    return await click.ask(DaysTyped(wish), typed, again)


@clicked
async def mention_nobody(click: Click, said: ids.MentionNobody) -> View:
    """Let a group's papers mention no role any more, be it there or gone."""
    status = await click.services.groups.mention_nobody(click.guild_id, said.group_id)
    return _card(click, status)


@clicked
async def choose_after_list(click: Click, said: ids.AfterList) -> View:
    click.refuse_slip()
    choice = None if said.choice == "stop" else said.choice
    await click.services.papers.go_on(click.guild_id, said.group_id, choice)
    return await _current_card(click, said.group_id)


@clicked
async def show_more(click: Click, said: ids.MoreOfGroup) -> View:
    """Open what a moderator seldom does, in place; or put it away again."""
    opens = said.way == "more"
    view = await _current_card(click, said.group_id, opens=not opens)
    # What opens stands below all that stood there: a tap on it is meant.
    return await click.replace(view, asks=opens)


@clicked
async def group_of_inbox(click: Click, said: ids.GroupOfInbox) -> View:
    return await click.show(await _current_card(click, said.group_id))


@clicked
async def ask_delete(click: Click, said: ids.DeleteGroup) -> View:
    """Say what goes and what stays; only the typed word deletes."""
    group_id, groups = said.group_id, click.services.groups

    async def delete(click: Click, _form: WordForm) -> View:
        await click.check_right()
        group = await groups.delete(click.guild_id, group_id, click.who)
        click.deliver.look_again()
        return deleted_card(group)

    form = delete_form(await groups.look(click.guild_id, group_id, click.who))
    return await click.ask_word(form, delete, delete_button(group_id, click.who))


@clicked
async def ask_merge(click: Click, said: ids.MergeGroup) -> View:
    """Say what it means; only the typed word merges."""
    merging, group = click.services.merging, (click.guild_id, said.group_id)

    async def merge(click: Click, _form: WordForm) -> View:
        await click.check_right()
        merged = await merging.merge(*group, said.into_id, click.who)
        click.deliver.look_again()
        guild = click.interaction.guild
        return moderators_card(guild, merged.status, click.who, merged_text(merged))

    if (offer := await merging.offer(*group, click.who, into_id=said.into_id)) is None:
        raise OldCardError
    again = button(said, _("Merge…"), RED)
    return await click.ask_word(merge_form(offer), merge, again)


async def _current_card(
    click: Click, group_id: int, news: str = "", *, opens: bool = True
) -> LayoutView:
    """Build the moderators' card of a group as it is now; ``news``: what has just changed."""
    status = await click.services.groups.look(click.guild_id, group_id, click.who)
    return moderators_card(click.interaction.guild, status, click.who, news, opens=opens)


async def _look(click: Click, group_id: int, *, opens: bool = True) -> LayoutView:
    group = click.guild_id, group_id, click.who
    status = await click.services.groups.look(*group, follows=True)
    return _members_card(click, status, opens=opens)


def _members_card(
    click: Click, status: GroupStatus, news: str = "", *, opens: bool = True
) -> LayoutView:
    guild, is_moderator = click.interaction.guild, click.interaction.permissions.manage_guild
    return members_card(guild, status, click.who, news, is_moderator=is_moderator, opens=opens)


@clicked
async def read_it(click: Click, said: ids.ReadIt) -> View:
    """Mark the week's paper done for who clicks, and count them on its card."""
    post, reply, group = await click.services.weeks.read_it(click.who, click.where, said.week_id)
    if post:
        role_id = role_named(click.interaction.guild, post.group)
        view = to_all(partial(weekly_card, post, role_id), post.group.language)
        # The answer to a click may edit its card: no message route, so no limit to wait for.
        try:
            await edit(click.interaction, view)
        except discord.HTTPException as error:
            if error.code != PUT_AWAY:
                raise
    return await click.show(read_card(reply, group))


@clicked
async def show_paper(click: Click, said: ids.MoreOfPaper | ids.FirstReads) -> View:
    """Show who clicks their own card of the week's paper, or what they would read before it."""
    first = await click.services.weeks.first_reads(click.who, click.where, said.week_id)
    if isinstance(said, ids.FirstReads):
        return await click.show(path_card(first, in_server=True))
    shown = await click.services.reading.look(click.who, click.place, first.aim.key)
    return await click.show(resource_card(shown))


@clicked
async def read_reminded(click: Click, said: ids.ReadReminded) -> View:
    return next_card(await click.services.reminders.finish(click.who, said.week_id))


@clicked
async def pick_week(click: Click, said: ids.PickWeek) -> View:
    """Pick for the week that is chosen, where what was typed may be several or is none."""
    await click.check_opener(click.who)
    where, who = click.guild_id, click.who
    group = (await click.services.groups.look(where, said.group_id, who)).group
    pick = click.services.papers.pick
    reply = await pick(where, group.channel_id, who, said.key, click.picked)
    click.deliver.look_again()  # the card of a new group tells its first papers
    return pick_card(reply, who)


@clicked
async def vote_week(click: Click, said: ids.VoteWeek) -> View:
    """Call a vote on the week that is chosen, as all else was said."""
    wish = await click.services.moderation.kept(click.draft(said.kept_id), VoteWish)
    check_polls(channel_of(click.interaction, wish.channel_id))
    on = replace(wish, date=click.picked)
    ballot = await click.services.votes.ask(click.guild_id, click.who, on)
    await click.replace(vote_card(ballot, click.who))
    await click.deliver.now(ballot.vote.vote_id, ballot.vote.group_id)
    click.deliver.look_again()
    return None


@clicked
async def take_back(click: Click, said: ids.TakeBack) -> View:
    """Take a pick back, on the card that told of it."""
    reply = await click.services.papers.take_back(click.guild_id, said.group_id, said.week)
    click.deliver.look_again()
    return taken_back_card(reply)


@clicked
async def take_one_back(click: Click, said: ids.TakeBackOne) -> View:
    """Take the pick of a coming week back, on the group's card."""
    await click.services.papers.take_back(click.guild_id, said.group_id, click.picked)
    click.deliver.look_again()
    return await _current_card(click, said.group_id)


@clicked
async def read_for_weeks(click: Click, said: ids.ReadForWeeks) -> View:
    """Read a long paper for the weeks that are chosen; or take a coming week's pick back."""
    papers, news = click.services.papers, ""
    weeks, _, key = click.picked.partition(":")
    if not key:
        await papers.take_back(click.guild_id, said.group_id, weeks)
    elif not (weeks.isdecimal() and int(weeks) <= MOST_PARTS):
        raise NotOfferedError
    else:
        read = await papers.read_for(click.guild_id, said.group_id, key, int(weeks))
        news = read_for_text(*read)
    return await _current_card(click, said.group_id, news)


@clicked
async def call_off_vote(click: Click, said: ids.CallOffVote) -> View:
    return await _call_off(click, said.vote_id)


@clicked
async def close_vote(click: Click, said: ids.CloseVote) -> View:
    return await _close(click, said.vote_id)


@clicked
async def end_one_vote(click: Click, _said: ids.EndOneVote) -> View:
    """Close or cancel one of several votes, on the group's card."""
    way, _, vote_id = click.picked.partition(":")
    end = _close if way == "close" else _call_off
    return await end(click, ids.id_in(vote_id))


async def _call_off(click: Click, vote_id: int) -> View:
    """Call a vote off, and end its poll."""
    click.refuse_slip()
    ballot = await click.services.votes.cancel(click.guild_id, vote_id)
    told = called_off_text(ballot)
    await click.replace(await _current_card(click, ballot.vote.group_id, told))
    await click.deliver.result(vote_id)
    await click.deliver.now(vote_id)
    click.deliver.look_again()
    return None


async def _close(click: Click, vote_id: int) -> View:
    """End a vote's poll now, and take its result."""
    ballot = await click.services.votes.close(click.guild_id, vote_id)
    await click.deliver.result(vote_id)
    click.deliver.look_again()
    return await _current_card(click, ballot.vote.group_id, closed_text(ballot))


@clicked
async def start_weekly(click: Click, _said: ids.StartWeekly) -> View:
    """Ask those who manage the server for a channel and a zone."""
    await click.check_right()
    return await click.ask(StartForm(), _typed, _again)


@clicked
async def start_again(click: Click, said: ids.StartAgain) -> View:
    form = await click.services.moderation.kept(click.draft(said.kept_id), GroupForm)
    return await click.ask(StartForm(form.channel_id, form.wish.zone), _typed, _again)


@clicked
async def say_meeting(click: Click, said: ids.SayMeeting) -> View:
    """Ask when, how long and where a group meets: filled with what it does now."""
    status = await click.services.groups.look(click.guild_id, said.group_id, click.who)
    group = status.group
    shown = None if group.meets is None else as_typed(group.meets)
    return await _ask_meeting(click, GroupForm(group.channel_id, GroupWish(meets=shown)))


@clicked
async def say_meeting_again(click: Click, said: ids.MeetingAgain) -> View:
    return await _ask_meeting(
        click, await click.services.moderation.kept(click.draft(said.kept_id), GroupForm)
    )


@clicked
async def undo_meeting(click: Click, said: ids.UndoMeeting) -> View:
    """Let the group meet as it did before what was undone."""
    form = await click.services.moderation.kept(click.draft(said.kept_id), GroupForm)
    made = await click.services.groups.meet_again(here_of(click.interaction), form)
    click.deliver.look_again()
    return _card(click, made)


async def _ask_meeting(click: Click, shown: GroupForm) -> View:
    """Open the form; what else was said of the group stays, and is done with it."""

    async def typed(click: Click, form: MeetingForm) -> View:
        await click.check_right()
        return await _meet(click, replace(shown, wish=replace(shown.wish, meets=form.wish)))

    return await click.ask(MeetingForm(shown.wish.meets), typed)


async def _meet(click: Click, form: GroupForm) -> View:
    """Let a group meet as a form says, and be as it says otherwise."""
    says_more = form.wish != GroupWish(meets=form.wish.meets)
    if says_more or await click.services.groups.find(form.channel_id or 0) is None:
        return _card(click, await _set_up(click, form.channel_id or 0, form.wish))
    made = await click.services.groups.meet(here_of(click.interaction), form)
    click.deliver.look_again()
    return _card(click, made)


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
    """Set up as an old card says."""
    return _card(click, await _set_up(click, said.channel_id, wish_of(said, click.picked)))


@clicked
async def kept_zone_picked(click: Click, said: ids.ZoneOfGroup) -> View:
    """Set up as was said, in the zone that was asked for."""
    return await _set_up_kept(click, said.kept_id, zone=click.picked)


@clicked
async def hour_picked(click: Click, said: ids.GroupHour) -> View:
    return await _set_up_kept(click, said.kept_id, time=click.picked_of(HOURS))


async def _set_up_kept(click: Click, kept_id: int, **picked: Any) -> View:
    form = await click.services.moderation.kept(click.draft(kept_id), GroupForm)
    made = await _set_up(click, form.channel_id or 0, replace(form.wish, **picked))
    return _card(click, made)


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
        view = stopped_card(await groups.stop_lost(here, said.group_id), click.who)
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
    here, merging = here_of(click.interaction), click.services.merging
    asked = click.guild_id, group_id, click.who
    if not only_lost and (offer := await merging.offer(*asked, channel_id=channel_id)):
        return merge_card(offer, click.who)
    channel = _seen(click, channel_id)
    moved = await click.services.groups.move_to(here, channel, group_id, only_lost=only_lost)
    click.deliver.look_again()
    return _card(click, moved)


def _seen(click: Click, channel_id: int) -> SeenChannel:
    return seen_channel(channel_of(click.interaction, channel_id))


def _card(click: Click, made: SetUp, again: Button | None = None) -> LayoutView:
    """Build the moderators' card of what came of a click; ``again`` leads back to its form."""
    here_id = home_of(click.interaction)
    return set_up_card(click.interaction.guild, made, click.who, here_id, again)
