"""A study group's card: for its members, and for its moderators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import discord
from discord import ui

from bot.core.groups import GroupState, GroupStatus, Post
from bot.core.picks import MOST_WEEKS, TELL_WEEKS_AHEAD, AfterList
from bot.errors import OldCardError
from bot.plain import fitting
from bot.views import group_texts as words
from bot.views import pick_texts as pick_words
from bot.views import vote_texts as vote_words
from bot.views.buttons import (
    KEY,
    ROW_ID,
    OpenersButton,
    StateButton,
    StateSelect,
    history_button,
    move_select,
    picked,
    remind_button,
    row_id,
)
from bot.views.manage_card import waiting_text
from bot.views.parts import go_button
from bot.views.problems import as_now, group_warnings, obstacle_text, role_line
from bot.views.reminder_texts import wish_text
from bot.views.replies import answer_click, answers_errors, dated, notice, refuse_slip
from bot.views.rights import check_opener, check_right
from bot.views.standing_texts import place_text
from bot.views.word_form import WordForm

if TYPE_CHECKING:
    from bot.app import NextreadBot

Action = Literal["pause", "resume", "skip", "post", "stop"]
CHOSEN_WEEKS = re.compile(rf"(?P<weeks>[0-{MOST_WEEKS}]):{KEY}")


def group_card(
    status: GroupStatus,
    warnings: Iterable[str] | None = None,
    select: LongSelect | None = None,
) -> ui.LayoutView:
    """Build what members see: this week, the next four, how long the list lasts; Join or Leave.

    ``warnings``: what the posts come without; None: this isn't for a moderator, who alone is told
    what to mend. ``select`` is for moderators too.
    """
    row: ui.ActionRow[Any] = ui.ActionRow()
    if status.group.state != "stopped" or status.is_member:
        row.add_item(MemberButton(status.group.group_id, joins=not status.is_member))
    if status.is_member:
        row.add_item(remind_button(status.group.group_id, wanted=status.wish != "wanted"))
    if status.this_week is not None or status.last is not None:
        row.add_item(history_button(status.group.group_id))
    row.add_item(go_button("next"))
    wish = wish_text(status.wish, is_active=status.group.state == "active")
    lines = _lines(status, to_moderator=warnings is not None)
    return _card([*lines, *filter(None, [wish]), *(warnings or ())], row, select)


def manage_card(
    status: GroupStatus,
    opener_id: int,
    warnings: Iterable[str] = (),
    role: str | None = None,
    news: str = "",
    *,
    opens: bool = True,
) -> ui.LayoutView:
    """Build what moderators see: the same, what is amiss, and the buttons to run the group.

    ``role``: whom its papers mention, in words, if a role was set; ``news``: what has just changed.
    ``opens``: what is seldom wanted stands under *More*; else it is open. While the group votes,
    that is all but its vote and *Pause*.
    """
    group, vote = status.group, status.vote

    def button(action: Action, label: str) -> ActionButton:
        return ActionButton(action, group.group_id, opener_id, label)

    first: list[StateButton] = []
    others: list[StateButton] = []
    if group.state != "active":
        first.append(button("resume", words.RESUME))
    else:
        first.append(button("pause", words.PAUSE))
        skipped = any(coming.is_skipped for coming in status.coming[:1])
        others.append(button("skip", words.UNSKIP if skipped else words.SKIP))
    week = None if status.this_week is None else status.this_week.state
    if week != "posted":
        others.append(button("post", words.FIRST_NOW if status.begins else words.POST_NOW))
    if group.state != "stopped":
        others.append(button("stop", words.STOP))
    if vote is None:
        first, others = [*first, *others], []
    else:
        kinds = (CloseVoteButton, CancelVoteButton)
        first = [*(kind(vote.vote_id, opener_id) for kind in kinds), *first]
    row: ui.ActionRow[Any] = ui.ActionRow(*first, GroupMoreButton(group.group_id, opener_id, opens))
    rows = [_after_list_row(status, opener_id)]
    if not opens:
        rows.append(ui.ActionRow(*others, DeleteGroupButton(group.group_id, opener_id)))
        rows.append(ui.ActionRow(move_select(group.group_id, opener_id)))
    later = pick_words.later_lines(status)
    lines = [*_lines(status, later, to_moderator=True), *warnings]
    lines += filter(None, [words.begins_text(status)])
    if status.members == 0 and group.state != "stopped":
        lines.append(words.NO_MEMBERS)
    papers = pick_words.long_papers(status)
    lines += pick_words.long_lines(papers)
    if group.after_list is not None:
        lines.append(f"-# {words.AFTER_LIST_IS[group.after_list]}")
    select: PickedSelect | LongSelect | None = None
    if papers:
        picks = pick_words.picked_options(status, pick_words.TAKE_BACK)
        options = pick_words.change_options(papers, picks)
        select = LongSelect(group.group_id, opener_id, options)
    elif options := pick_words.picked_options(status):
        select = PickedSelect(group.group_id, opener_id, options)
    mentioned = None
    if role is not None:
        button_beside = NoMentionButton(group.group_id, opener_id)
        mentioned = ui.Section(ui.TextDisplay[Any](role), accessory=button_beside)
    return _card(lines, row, select, rows, mentioned, news)


def joined_card(status: GroupStatus) -> ui.LayoutView:
    """Build what somebody hears who pressed Join under a post, for the first time or again."""
    group_id = status.group.group_id
    row: ui.ActionRow[Any] = ui.ActionRow(MemberButton(group_id, joins=False))
    row.add_item(remind_button(group_id, wanted=status.wish != "wanted"))
    return _card(words.joined_lines(status), row)


def members_card(interaction: discord.Interaction[Any], status: GroupStatus) -> ui.LayoutView:
    """Build the members' card for whoever asks; a moderator sees what is to be mended."""
    guild, now = interaction.guild, as_now(interaction.guild, status)
    if not interaction.permissions.manage_guild:
        was_told = status.group.blocked is not None  # or else no moderator was yet
        return group_card(now if was_told else status)
    papers = pick_words.long_papers(status)
    warnings = [*group_warnings(guild, status), *pick_words.long_lines(papers)]
    long = pick_words.change_options(papers)
    select = LongSelect(status.group.group_id, interaction.user.id, long) if long else None
    return group_card(now, warnings, select)


def moderators_card(
    guild: discord.Guild | None,
    status: GroupStatus,
    opener_id: int,
    news: str = "",
    *,
    opens: bool = True,
) -> ui.LayoutView:
    """Build the moderators' card for whoever opened it, with all that waits for moderators."""
    warnings = group_warnings(guild, status)
    if status.doubted:
        warnings.append(waiting_text(status.doubted))
    now, role = as_now(guild, status), role_line(guild, status.group)
    return manage_card(now, opener_id, warnings, role, news, opens=opens)


def _own_card(
    interaction: discord.Interaction[Any],
    status: GroupStatus,
    news: str = "",
    *,
    opens: bool = True,
) -> ui.LayoutView:
    return moderators_card(interaction.guild, status, interaction.user.id, news, opens=opens)


def _after_list_row(status: GroupStatus, opener_id: int) -> ui.ActionRow[Any] | None:
    """Build the moderators' choice of what follows the list, once its end is near."""
    group = status.group
    if group.after_list is None and status.weeks_left > TELL_WEEKS_AHEAD:
        return None
    # What was chosen can be chosen again when it is through too: the must-reads begin anew.
    again = status.weeks_left == 0 and group.after_list == "must_reads"
    choices = [c for c in words.AFTER_LIST if c != group.after_list or (again and c is not None)]
    return ui.ActionRow(*(AfterListButton(c, group.group_id, opener_id) for c in choices))


def _card(
    lines: Iterable[str],
    row: ui.ActionRow[Any],
    select: PickedSelect | LongSelect | None = None,
    more: Iterable[ui.ActionRow[Any] | None] = (),
    mentioned: ui.Section[Any] | None = None,
    news: str = "",
) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    if news:
        view.add_item(ui.TextDisplay(news))
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(fitting(lines, 3500)))
    if mentioned is not None:
        box.add_item(mentioned)
    box.add_item(row)
    for each in filter(None, more):
        box.add_item(each)
    if select is not None:
        box.add_item(ui.ActionRow(select))
    view.add_item(box)
    view.stop()
    return view


def _lines(status: GroupStatus, later: Iterable[str] = (), *, to_moderator: bool) -> Iterator[str]:
    """Yield what every card of a group says; ``later``: weeks after those that all see."""
    group = status.group
    yield f"## <#{group.channel_id}>"
    members = words.members_text(status.members, status.named)
    yield f"-# {words.schedule_text(group.schedule)} · {members}"
    if place := place_text(group):
        yield place
    if group.blocked:
        yield f"⚠️ {obstacle_text(group.blocked, to_moderator=to_moderator)}"
    if state := words.state_text(group):
        yield state
    if this_week := words.this_week_text(status, post_link(group.guild_id, status.this_week)):
        yield this_week
    if read := words.this_read_text(status.this_read):
        yield read
    votes = (vote_words.vote_text, vote_words.lost_vote_text)
    yield from filter(None, (text(status, to_moderator=to_moderator) for text in votes))
    if group.state == "active":
        yield words.COMING
        yield from words.coming_lines(status)
        yield from later
        yield f"-# {words.weeks_left_text(status)}"
    if status.last is not None:
        yield words.last_text(status.last, status.last_read)


def post_link(guild_id: int, post: Post | None) -> str | None:
    """Return the address of a post's thread, or of its message if it has none."""
    if post is None or post.message_id is None:
        return None
    place = post.thread_id or f"{post.channel_id}/{post.message_id}"
    return f"https://discord.com/channels/{guild_id}/{place}"


class MemberButton(StateButton, template=rf"group:(?P<way>join|leave):{ROW_ID}"):
    """Joins or leaves a group."""

    def __init__(self, group_id: int, *, joins: bool) -> None:
        self.group_id, self.joins = group_id, joins
        label, way = (words.JOIN, "join") if joins else (words.LEAVE, "leave")
        style = discord.ButtonStyle.success if joins else discord.ButtonStyle.secondary
        super().__init__(ui.Button(label=label, style=style, custom_id=f"group:{way}:{group_id}"))

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), joins=match["way"] == "join")

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if not self.joins:  # it stands where *Join* stood
            refuse_slip(interaction)
        groups = cast("NextreadBot", interaction.client).services.groups
        act = groups.join if self.joins else groups.leave
        status = await act(interaction.guild_id or 0, self.group_id, interaction.user.id)
        message = interaction.message
        is_public = message is not None and not message.flags.ephemeral
        hears = self.joins and is_public
        card = joined_card(status) if hears else members_card(interaction, status)
        await answer_click(interaction, card)


class ActionButton(
    StateButton,
    template=(
        rf"group-do:(?P<action>pause|resume|skip|post|stop):{ROW_ID}:(?P<opener>[0-9]{{1,20}})"
    ),
):
    """Runs a group, for the moderator who opened the card."""

    def __init__(self, action: Action, group_id: int, opener_id: int, label: str = "") -> None:
        self.action, self.group_id, self.opener_id = action, group_id, opener_id
        styles = {"post": discord.ButtonStyle.primary, "stop": discord.ButtonStyle.danger}
        super().__init__(
            ui.Button(
                label=label or action,
                style=styles.get(action, discord.ButtonStyle.secondary),
                custom_id=f"group-do:{action}:{group_id}:{opener_id}",
            )
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(cast("Action", match["action"]), row_id(match["id"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        guild_id = interaction.guild_id or 0
        if self.action != "resume":  # a vote's buttons stood where these stand
            refuse_slip(interaction)
        if self.action == "post":
            status = await bot.services.groups.post_now(guild_id, self.group_id)
            await answer_click(interaction, _own_card(interaction, status))
            week = status.this_week
            await bot.postman.deliver_due(self.group_id, *([week.slot_id] if week else []))
            bot.weekly_changed()
            status = await bot.services.groups.status(status.group.channel_id, self.opener_id)
            view = dated(interaction, _own_card(interaction, status))
            await interaction.edit_original_response(view=view)
            return
        if self.action == "skip":
            status = await bot.services.groups.skip_next(guild_id, self.group_id)
        else:
            states: dict[Action, GroupState] = {
                "pause": "paused", "resume": "active", "stop": "stopped"
            }  # fmt: skip
            state = states[self.action]
            status = await bot.services.groups.set_state(guild_id, self.group_id, state)
        bot.weekly_changed()
        await answer_click(interaction, _own_card(interaction, status))


class NoMentionButton(
    OpenersButton, template=rf"mention-nobody:{ROW_ID}:(?P<opener>[0-9]{{1,20}})"
):
    """Lets a group's papers mention no role any more, be it there or gone."""

    prefix, label = "mention-nobody", words.MENTION_NOBODY

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        groups = cast("NextreadBot", interaction.client).services.groups
        status = await groups.mention_nobody(interaction.guild_id or 0, self.about)
        await answer_click(interaction, _own_card(interaction, status))


class PickedSelect(
    StateSelect,
    template=r"unpick-one:(?P<id>[0-9]{1,19}):(?P<opener>[0-9]{1,20})",
):
    """Takes a pick of a coming week back."""

    def __init__(
        self, group_id: int, opener_id: int, options: Sequence[discord.SelectOption] = ()
    ) -> None:
        self.group_id, self.opener_id = group_id, opener_id
        super().__init__(
            ui.Select(
                custom_id=f"unpick-one:{group_id}:{opener_id}",
                placeholder=pick_words.TAKE_ONE_BACK,
                options=list(options),
            )
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        week = picked(self.item)
        reply = await bot.services.picking.take_back(interaction.guild_id or 0, self.group_id, week)
        status = await bot.services.groups.status(reply.channel_id, self.opener_id)
        await answer_click(interaction, _own_card(interaction, status))


class LongSelect(
    StateSelect,
    template=rf"weeks:{ROW_ID}:(?P<opener>[0-9]{{1,20}})",
):
    """Chooses for how many weeks a long paper is read; or takes a pick of a coming week back."""

    def __init__(
        self, group_id: int, opener_id: int, options: Sequence[discord.SelectOption] = ()
    ) -> None:
        self.group_id, self.opener_id = group_id, opener_id
        is_long = all(":" in option.value for option in options)
        super().__init__(
            ui.Select(
                custom_id=f"weeks:{group_id}:{opener_id}",
                placeholder=pick_words.LONG_PAPER if is_long else pick_words.LONG_OR_PICKED,
                options=list(options),
            )
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        guild_id, news, chosen = interaction.guild_id or 0, "", picked(self.item)
        if ":" not in chosen:
            await bot.services.picking.take_back(guild_id, self.group_id, chosen)
        elif (found := CHOSEN_WEEKS.fullmatch(chosen)) is None:
            raise OldCardError
        else:
            weeks = int(found["weeks"])
            read = await bot.services.picking.read_for(guild_id, self.group_id, found["key"], weeks)
            news = pick_words.read_for_text(read, weeks)
        status = await bot.services.groups.look(guild_id, self.group_id, self.opener_id)
        await answer_click(interaction, _own_card(interaction, status, news))


class CancelVoteButton(
    StateButton,
    template=rf"vote-cancel:{ROW_ID}:(?P<opener>[0-9]{{1,20}})",
):
    """Calls a vote off and ends its poll."""

    def __init__(self, vote_id: int, opener_id: int) -> None:
        self.vote_id, self.opener_id = vote_id, opener_id
        super().__init__(
            ui.Button(label=vote_words.CANCEL_VOTE, custom_id=f"vote-cancel:{vote_id}:{opener_id}")
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        refuse_slip(interaction)
        bot = cast("NextreadBot", interaction.client)
        ballot = await bot.services.votes.cancel(interaction.guild_id or 0, self.vote_id)
        status = await bot.services.groups.look(
            ballot.guild_id, ballot.vote.group_id, self.opener_id
        )
        news = vote_words.called_off_text(ballot)
        await answer_click(interaction, _own_card(interaction, status, news))
        await bot.polls.look_at(self.vote_id)
        await bot.postman.deliver_due(self.vote_id)
        bot.weekly_changed()


class CloseVoteButton(OpenersButton, template=rf"vote-close:{ROW_ID}:(?P<opener>[0-9]{{1,20}})"):
    """Ends a vote's poll now, and takes its result."""

    prefix, label = "vote-close", vote_words.CLOSE_VOTE

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        bot = cast("NextreadBot", interaction.client)
        ballot = await bot.services.votes.close(interaction.guild_id or 0, self.about)
        await interaction.response.defer()  # Discord counts
        await bot.polls.look_at(self.about)
        bot.weekly_changed()
        status = await bot.services.groups.look(
            ballot.guild_id, ballot.vote.group_id, self.opener_id
        )
        news = vote_words.closed_text(ballot)
        card = _own_card(interaction, status, news)
        await interaction.edit_original_response(view=dated(interaction, card))


class GroupMoreButton(
    StateButton,
    template=rf"group-more:(?P<way>more|less):{ROW_ID}:(?P<opener>[0-9]{{1,20}})",
):
    """Opens what a moderator seldom does to a group, in place; and puts it away again."""

    def __init__(self, group_id: int, opener_id: int, opens: bool) -> None:
        self.group_id, self.opener_id, self.opens = group_id, opener_id, opens
        label, way = (words.MORE, "more") if opens else (words.LESS, "less")
        super().__init__(
            ui.Button(label=label, custom_id=f"group-more:{way}:{group_id}:{opener_id}")
        )

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(row_id(match["id"]), int(match["opener"]), match["way"] == "more")

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        groups = cast("NextreadBot", interaction.client).services.groups
        status = await groups.look(interaction.guild_id or 0, self.group_id, self.opener_id)
        view = _own_card(interaction, status, opens=not self.opens)
        # What opens stands below all that stood there: a tap on it is meant.
        await answer_click(interaction, view, asks=self.opens)


class DeleteGroupButton(
    OpenersButton, template=rf"group-delete:{ROW_ID}:(?P<opener>[0-9]{{1,20}})"
):
    """Opens the form that deletes a group."""

    prefix, label = "group-delete", words.DELETE
    style = discord.ButtonStyle.danger

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        groups = cast("NextreadBot", interaction.client).services.groups
        status = await groups.look(interaction.guild_id or 0, self.about, self.opener_id)
        await interaction.response.send_modal(DeleteGroupForm(status))


class DeleteGroupForm(WordForm, title=words.DELETE_TITLE):
    """Says what goes and what stays; only the typed word deletes."""

    word = "delete"

    def __init__(self, status: GroupStatus) -> None:
        super().__init__(words.deletes_text(status))
        self._group_id = status.group.group_id

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        await check_right(interaction)
        bot, who = cast("NextreadBot", interaction.client), interaction.user.id
        group = await bot.services.groups.delete(interaction.guild_id or 0, self._group_id, who)
        await answer_click(interaction, notice(words.deleted_text(group)))
        bot.weekly_changed()

    def way_back(self, reader_id: int) -> ui.Button[Any]:
        return DeleteGroupButton(self._group_id, reader_id).item


class AfterListButton(
    ui.DynamicItem[ui.Button[Any]],
    template=(
        rf"after-list:(?P<choice>additions|must_reads|stop):{ROW_ID}:(?P<opener>[0-9]{{1,20}})"
    ),
):
    """Chooses what follows when the list is through."""

    def __init__(self, choice: AfterList | None, group_id: int, opener_id: int) -> None:
        self.choice, self.group_id, self.opener_id = choice, group_id, opener_id
        super().__init__(
            ui.Button(
                label=words.AFTER_LIST[choice],
                custom_id=f"after-list:{choice or 'stop'}:{group_id}:{opener_id}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        del interaction, item
        choice = None if match["choice"] == "stop" else cast("AfterList", match["choice"])
        return cls(choice, row_id(match["id"]), int(match["opener"]))

    @answers_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await check_opener(interaction, self.opener_id)
        refuse_slip(interaction)
        groups = cast("NextreadBot", interaction.client).services.groups
        status = await groups.go_on(interaction.guild_id or 0, self.group_id, self.choice)
        await answer_click(interaction, _own_card(interaction, status))
