"""What moderators do in their inbox: settle one matter, and see the next."""

from discord import TextChannel, ui
from discord.ui import LayoutView

from bot.clicks.click import Click, View, clicked
from bot.core.groups import Group
from bot.core.moderation import Desk, Proposal
from bot.core.suggestions import Suggestion, reason_kept
from bot.errors import (
    CannotPostError,
    NoGroupError,
    NoReasonError,
    NotOfferedError,
    OldCardError,
    ReaderError,
)
from bot.language import _
from bot.views import custom_ids as ids
from bot.views.inbox_card import (
    OWN_WORDS,
    ChannelForm,
    decline_form,
    declined_text,
    doubt_settled_text,
    gone_text,
    inbox_card,
    link_settled_text,
    mended_text,
    need_text,
    removed_text,
    reopened_text,
    settled_text,
    taken_text,
    taken_ways,
    undo_button,
    whys_card,
    word_told,
    word_undo,
)
from bot.views.manage_card import which_group_card
from bot.views.parts import Button, Form, Item, button
from bot.views.pick_card import check_polls, vote_card
from bot.views.problems import channel_of, channel_trouble


async def _next(click: Click, number: int, told: str, *ways: Item | None) -> LayoutView:
    """Show what was settled, and the matter that has come in its place."""
    look, who = click.services.inboxes.look, click.who
    inbox = await look(click.guild_id, who, number, goes_on=True)
    return inbox_card(inbox, who, told, *ways, guild=click.interaction.guild)


async def edited_card(click: Click, proposal: Proposal) -> LayoutView:
    """Show the inbox at a suggestion as it was edited."""
    inbox = await click.services.inboxes.look(click.guild_id, click.who, edited=proposal)
    return inbox_card(inbox, click.who, guild=click.interaction.guild)


@clicked
async def show_inbox(click: Click, said: ids.ShowInbox) -> View:
    inbox = await click.services.inboxes.look(click.guild_id, click.who, said.number)
    return inbox_card(inbox, click.who, guild=click.interaction.guild)


@clicked
async def open_inbox(click: Click, _said: ids.OpenInbox) -> View:
    """Open the inbox of a moderator who follows the word a week."""
    await click.check_right()
    inbox = await click.services.inboxes.look(click.guild_id, click.who)
    return await click.show(inbox_card(inbox, click.who, guild=click.interaction.guild))


@clicked
async def choose_word(click: Click, said: ids.ChooseWord) -> View:
    async def sent(click: Click, form: ChannelForm) -> View:
        await click.check_right()
        if form.channel_id is None:
            raise NotOfferedError
        return await _told(click, said.number, form.channel_id)

    async def way_back(click: Click, _form: ChannelForm, _error: ReaderError) -> Button:
        return button(ids.ChooseWord(click.who, said.number), _("Choose a channel…"))

    return await click.ask(ChannelForm(), sent, way_back)


@clicked
async def set_word(click: Click, said: ids.SetWord) -> View:
    return await _told(click, said.number, said.channel_id or None)


async def _told(click: Click, number: int, channel_id: int | None) -> View:
    """Let a channel be told once a week from now on; None: no channel."""
    if channel_id is not None:
        channel = channel_of(click.interaction, channel_id)
        if not isinstance(channel, TextChannel):
            raise NotOfferedError
        if trouble := channel_trouble(channel.guild, channel_id):
            raise CannotPostError(trouble)
    before = await click.services.inboxes.set_word(click.guild_id, channel_id)
    inbox = await click.services.inboxes.look(click.guild_id, click.who, number)
    was = before.channel_id if before else None
    undo = word_undo(click.who, number, was) if was and was != channel_id else None
    guild = click.interaction.guild
    return inbox_card(inbox, click.who, word_told(channel_id), undo, guild=guild)


@clicked
async def settle(click: Click, said: ids.Settle) -> View:
    click.refuse_slip()
    match said.act:
        case "take":
            return await _take(click, said)
        case "decline":
            return await _ask_why_not(click, said)
        case "drop" | "keep":
            return await _settle_doubt(click, said)
        case "mend" | "remove":
            return await _settle_link(click, said)


async def _take(click: Click, said: ids.Settle) -> View:
    moderation, draft = click.services.moderation, click.draft(said.draft_id)
    suggestion_id = await moderation.suggestion_of(draft)
    match await moderation.take(draft):
        case None:
            return await _next(click, said.number, gone_text())
        case Suggestion() as settled:
            return await _next(click, said.number, settled_text(settled))
        case Proposal() as proposal:
            return await edited_card(click, proposal)
        case Desk() as desk:
            click.deliver.look_again()  # whoever wanted it is told at their hour
            ways = taken_ways(desk, click.who, suggestion_id, said.number)
            return await _next(click, said.number, taken_text(desk), *ways)


async def _ask_why_not(click: Click, said: ids.Settle) -> View:
    async def sent(click: Click, form: Form) -> View:
        await click.check_right()
        reason, why = form.entered["reason"], form.entered["why"]
        draft = click.draft(said.draft_id)
        if reason == OWN_WORDS and not why.strip():
            raise NoReasonError
        reason = why if why.strip() else reason_kept(reason)
        settled = await click.services.moderation.decline(draft, reason)
        if settled is None:
            return await _next(click, said.number, gone_text())
        if settled.settled_by != click.who or settled.state != "declined":
            return await _next(click, said.number, settled_text(settled))
        click.deliver.look_again()
        undo = undo_button(click.who, said.number, settled.suggestion_id)
        return await _next(click, said.number, declined_text(settled), undo)

    async def way_back(
        click: Click, _form: Form, _error: ReaderError
    ) -> ui.Button[LayoutView] | None:
        again = ids.Settle(click.who, said.number, "decline", said.draft_id)
        return button(again, _("Decline…"))

    return await click.ask(decline_form(), sent, way_back)


async def _settle_doubt(click: Click, said: ids.Settle) -> View:
    moderation, draft = click.services.moderation, click.draft(said.draft_id)
    kept = said.act == "keep"
    settled = await moderation.settle_doubt(draft, kept=kept)
    if settled is None:
        return await _next(click, said.number, doubt_settled_text())
    desk, change_id = settled
    undo = None
    if change_id:
        undo = button(ids.StepBack(said.draft_id, click.who, "undo", change_id), _("Undo"))
    return await _next(click, said.number, need_text(desk, kept=kept), undo)


async def _settle_link(click: Click, said: ids.Settle) -> View:
    """Use the link that the card offers, or take the resource off the list."""
    moderation, draft = click.services.moderation, click.draft(said.draft_id)
    desk = await moderation.desk(draft)
    if said.act == "remove":
        told = removed_text(await moderation.remove(draft))
    else:
        instead = await click.services.inboxes.instead_of(desk.resource)
        if not instead:
            return await _next(click, said.number, link_settled_text())
        mended = await moderation.mend(draft, instead)
        told = mended_text(mended if isinstance(mended, Desk) else desk)
    latest = (await moderation.history(draft)).latest
    undo = None
    if latest is not None:
        undo = button(ids.StepBack(said.draft_id, click.who, "undo", latest.change_id), _("Undo"))
    return await _next(click, said.number, told, undo)


@clicked
async def reopen(click: Click, said: ids.Reopen) -> View:
    reopen = click.services.moderation.reopen
    what = await reopen(click.guild_id, click.who, said.suggestion_id)
    return await _next(click, said.number, reopened_text(what))


@clicked
async def show_whys(click: Click, said: ids.ShowWhys) -> View:
    shown = await click.services.moderation.shown(click.draft(said.draft_id))
    if shown.wanted is None:
        raise OldCardError
    return await click.show(whys_card(shown.wanted))


async def only_group(click: Click, said: ids.OfDraft, *, votes: bool = False) -> Group | None:
    """Return the only group that reads the list of what was added; of several, ask which.

    Raises:
        NoGroupError: there is none.
    """
    groups = (await click.services.moderation.desk(click.draft(said.draft_id))).groups
    if not groups:
        raise NoGroupError
    if len(groups) == 1:
        return groups[0]
    guild, draft = click.interaction.guild, (said.draft_id, said.opener_id)
    await click.show(which_group_card(groups, guild, draft, votes=votes))
    return None


@clicked
async def into_vote(click: Click, said: ids.IntoVote) -> View:
    """Call a vote with what was added among the candidates; of several groups, ask which."""
    group = await only_group(click, said, votes=True)
    return None if group is None else await _into_vote(click, said.draft_id, group.channel_id)


@clicked
async def into_vote_of(click: Click, said: ids.IntoVoteOf) -> View:
    running = await click.services.groups.running_in(click.guild_id)
    picked = ids.id_in(click.picked)
    channel_id = next((each.channel_id for each in running if each.group_id == picked), None)
    if channel_id is None:
        raise NoGroupError
    return await _into_vote(click, said.draft_id, channel_id)


async def _into_vote(click: Click, draft_id: int, channel_id: int) -> View:
    desk = await click.services.moderation.desk(click.draft(draft_id))
    check_polls(channel_of(click.interaction, channel_id))
    call, key = click.services.votes.call, desk.resource.key
    ballot = await call(click.guild_id, channel_id, click.who, resources=key)
    view = await click.show(vote_card(ballot, click.who))
    await click.deliver.now(ballot.vote.vote_id, ballot.vote.group_id)
    click.deliver.look_again()
    return view
