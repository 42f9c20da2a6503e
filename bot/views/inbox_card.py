"""The inbox of a server's moderators: counts on top, one matter, and what settles it."""

import re
from dataclasses import replace
from typing import Literal

import discord
from discord.ui import LayoutView

from bot.core.curriculum.exports import markdown_line
from bot.core.groups import GroupStatus
from bot.core.inbox import BadLink, Counts, Inbox
from bot.core.link_checks import ARCHIVE
from bot.core.moderation import WHY_LIMIT, Desk, Proposal, Wanted
from bot.core.suggestions import Suggestion
from bot.language import _, ngettext
from bot.plain import columns, plain
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.manage_card import proposal_warnings, step_options
from bot.views.parts import (
    BLUE,
    GREEN,
    OPTIONS,
    RED,
    Button,
    Form,
    Item,
    Lines,
    Part,
    as_many_as_fit,
    box,
    boxed,
    button,
    card,
    channel_select,
    label,
    option,
    picked_channel,
    row,
    select,
    select_input,
    text_input,
    text_of,
)
from bot.views.problems import channel_trouble, problem_text
from bot.views.suggestions_card import reason_text, reasons

ROOM = 5
"""Lines on a phone for why a suggestion is wanted, beside its title and its buttons."""
MOST_LISTS = 9
"""Other lists that the select of steps offers below them."""
LONGEST_TITLE, LONGEST_WHY = 80, 90  # columns
LONGEST_MARKDOWN = 1500
OWN_WORDS = "words"


def inbox_card(
    inbox: Inbox,
    opener_id: int,
    told: str | None = None,
    *ways: Item | None,
    guild: discord.Guild | None = None,
) -> LayoutView:
    """Build the inbox at one of its matters.

    ``told``: what was just settled; ``ways``: what to do about that. ``guild``: whose it is, as
    Discord's cache has it.
    """
    counts, title = counts_text(inbox.counts), phrases.narrow(inbox.list_title, 32)
    head = "\n".join(f"-# {line}" for line in (counts, title) if line) or None
    at = opener_id, inbox.number
    match inbox.matter:
        case None:
            shown = box(*_end(inbox, at, head, guild))
        case Proposal() as proposal:
            shown = box(*_suggestion(proposal, at, head, inbox))
        case Desk() as desk:
            shown = box(*_doubt(desk, at, head, inbox.counts))
        case BadLink() as link:
            shown = box(*_bad_link(link, at, head, inbox.counts))
        case GroupStatus() as status:
            shown = box(*_group(status, at, head, inbox.counts))
    return card(told, row(*ways), shown)


def word_card(counts: Counts) -> LayoutView:
    """Build the word a week to moderators."""
    told = _("### 📥 For the moderators: {counts}", counts=counts_text(counts))
    every = _("-# Once a week, while anything waits. The end of `/manage inbox` has this setting.")
    return boxed(told, button(ids.OpenInbox(), _("Open the inbox"), BLUE), every)


def first_card(server: str, *, asks: bool) -> LayoutView:
    """Build what one of a server's moderators reads of its first suggestion.

    ``asks``: nobody has said yet whether a channel is told once a week.
    """
    told = _(
        "### 📥 A first suggestion for the reading list of {server}\n"
        "A member wants something on it. There, `/manage inbox` shows it, and lets you settle it.",
        server=plain(server, 60),
    )
    asked = _(
        "Shall I tell moderators once a week, while anything waits? At the end of the inbox you"
        " can choose a channel for that. I won't message you about this again."
    )
    return boxed(text_of([told, *([asked] if asks else [])]))


def word_told(channel_id: int | None) -> str:
    """Return what is told of the word a week once it is settled."""
    if channel_id is None:
        return _("All right, I won't tell any channel.")
    return _("🔔 I'll tell <#{channel}> once a week, while anything waits.", channel=channel_id)


def word_undo(opener_id: int, number: int, was: int) -> Button:
    return button(ids.SetWord(opener_id, number, was), _("Undo"))


class ChannelForm(Form):
    """Asks which channel is told once a week."""

    def __init__(self) -> None:
        self._channel = channel_select([discord.ChannelType.text, discord.ChannelType.news])
        how = _("Everyone in it sees how much waits, but not what or from whom")
        title = _("Once a week, while anything waits")
        super().__init__(title, label(_("Channel"), self._channel, how))

    @property
    def channel_id(self) -> int | None:
        """The channel that was picked; None: what was sent is none."""
        return picked_channel(self._channel)


def taken_text(desk: Desk) -> str:
    """Return what is told of a suggestion that was taken, with the line its maker could take."""
    said = {
        "already": _("✅ It was on the list already: **{name}**. Whoever wanted it will be told."),
        "restored": _("✅ It is back on the list: **{name}**. Whoever wanted it will be told."),
    }
    added = _("✅ It is on the list now: **{name}**. Whoever wanted it will be told.")
    told = said.get(desk.outcome or "", added).format(name=phrases.name_of(desk.resource))
    line = markdown_line(desk.resource)
    if len(line) > LONGEST_MARKDOWN:
        return told
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", line)), default=0))
    return "\n".join([told, _("-# For the list's own repository:"), fence, line, fence])


def taken_ways(
    desk: Desk, opener_id: int, suggestion_id: int, number: int
) -> tuple[Item | None, ...]:
    """Return the buttons below what was taken: the group reads it next, votes on it, or Undo."""
    draft = desk.draft_id, opener_id
    undo = button(ids.Reopen(opener_id, number, suggestion_id), _("Undo"))
    if not desk.groups:
        return (undo,)
    return (
        button(ids.ReadNext(*draft), _("Read it next"), BLUE),
        button(ids.IntoVote(*draft), _("Into the vote")),
        undo,
    )


def declined_text(suggestion: Suggestion) -> str:
    told = _("➖ Declined: {title}. Whoever wanted it will be told.", title=_title(suggestion))
    reason = reason_text(suggestion.reason)
    return f"{told}\n> {reason}" if reason else told


def settled_text(suggestion: Suggestion) -> str:
    """Return what is told where another moderator was quicker."""
    who = _("Somebody") if suggestion.settled_by is None else f"<@{suggestion.settled_by}>"
    told = (
        _("{who} was quicker, and took it: {title}.")
        if suggestion.state == "taken"
        else _("{who} was quicker, and declined it: {title}.")
    )
    return told.format(who=who, title=_title(suggestion))


def gone_text() -> str:
    """Return what is told where nobody wants it any more."""
    return _("It isn't suggested any more: whoever wanted it took it back.")


def reopened_text(what: Literal["waits", "stays", "anew"]) -> str:
    return {
        "waits": _("↩️ It waits again."),
        "stays": _("↩️ It waits again. It stays on the list, too: it was changed since."),
        "anew": _("Nothing was undone: the same link has been suggested again."),
    }[what]


def need_text(desk: Desk, *, kept: bool) -> str:
    told = _("✅ Kept as it is: {title}") if kept else _("✅ Changed: {title}")
    return told.format(title=phrases.name_of(desk.resource))


def doubt_settled_text() -> str:
    return _("Another moderator was quicker, and has settled this doubt.")


def mended_text(desk: Desk) -> str:
    name = phrases.linked(desk.resource, 60)
    return _("✅ Mended: {name}. Everyone's marks stay.", name=name)


def link_settled_text() -> str:
    return _("Its link is well by now: somebody has mended it, or its page is back.")


def removed_text(desk: Desk) -> str:
    name = phrases.name_of(desk.resource)
    return _("🗑️ Removed from this server's list: **{name}**.", name=name)


def undo_button(opener_id: int, number: int, suggestion_id: int) -> Button:
    return button(ids.Reopen(opener_id, number, suggestion_id), _("Undo"))


def decline_form() -> Form:
    """Build the form that asks why a suggestion is declined."""
    options = [option(each, said) for each, said in reasons().items()]
    options.append(option(OWN_WORDS, _("As I write below")))
    return Form(
        _("Why not?"),
        label(_("Whoever wanted it reads this"), select_input("reason", options)),
        label(_("In your own words"), text_input(WHY_LIMIT, custom_id="why", long=True)),
    )


def counts_text(counts: Counts) -> str:
    """Return how much waits of each kind: "2 suggestions · 1 doubt"."""
    kinds = (
        (counts.suggestions, ngettext("{n} suggestion", "{n} suggestions", counts.suggestions)),
        (counts.doubts, ngettext("{n} doubt", "{n} doubts", counts.doubts)),
        (counts.links, ngettext("{n} link", "{n} links", counts.links)),
        (
            counts.troubles,
            ngettext("{n} group in trouble", "{n} groups in trouble", counts.troubles),
        ),
        (counts.endings, ngettext("{n} list runs out", "{n} lists run out", counts.endings)),
    )
    return phrases.dotted(*(said for count, said in kinds if count))


def _end(
    inbox: Inbox, at: tuple[int, int], head: str | None, guild: discord.Guild | None
) -> list[Part]:
    """Return what stands behind the last matter: whether a channel is told once a week."""
    word, told, anew = inbox.word, head, None
    if inbox.counts.total:
        anew = button(ids.ShowInbox(at[0], 0), _("From the start ▸"))
    else:
        told = _(
            "📭 Nothing waits for you. Suggestions, doubts about prerequisites, dead links,"
            " groups in trouble and lists that end come here."
        )
    choose, none = ids.ChooseWord(*at), ids.SetWord(*at, 0)
    if word is None:
        asked = _("🔔 Shall I tell moderators once a week, while anything waits?")
        ways = row(
            button(choose, _("Choose a channel…"), BLUE), button(none, _("No, thanks")), anew
        )
    elif word.channel_id is None:
        asked = _("🔕 I don't tell any channel when something waits.")
        ways = row(button(choose, _("Choose a channel…")), anew)
    else:
        asked = _(
            "🔔 Once a week, while anything waits, I tell <#{channel}>: next on {day}.",
            channel=word.channel_id,
            day=phrases.moment(word.next_at),
        )
        if trouble := channel_trouble(guild, word.channel_id):
            asked += f"\n⚠️ {trouble}"
        ways = row(button(choose, _("Another channel…")), button(none, _("Stop that")), anew)
    return [told, asked, ways]


def _suggestion(
    proposal: Proposal, at: tuple[int, int], head: str | None, inbox: Inbox
) -> list[Part]:
    draft = proposal.draft_id, proposal.opener_id
    lists = [
        option(
            f"{ids.LIST}{list_id}",
            _("On another list: {title}", title=phrases.narrow(title, LONGEST_TITLE)),
        )
        for list_id, title in inbox.lists
        if list_id != proposal.curriculum.id
    ][:MOST_LISTS]
    steps = step_options(proposal)[: OPTIONS - len(lists)]
    asked = _("Another step or list…") if lists else _("Put it into a step…")
    lines = [*proposal_warnings(proposal), *(_wanted(proposal.wanted) if proposal.wanted else ())]
    shown = as_many_as_fit(lines, ROOM - (head or "").count("\n"))
    more = None
    if proposal.wanted and _has_more(lines, shown, proposal.wanted):
        more = button(ids.ShowWhys(*at, proposal.draft_id), _("More"))
    take = None
    if not proposal.silent:
        take = button(ids.Settle(*at, "take", proposal.draft_id), _("Accept"), GREEN)
    return [
        text_of(filter(None, [head, *phrases.about(proposal.resource, LONGEST_TITLE)])),
        text_of(shown),
        select(ids.StepOfDraft(*draft), asked, [*steps, *lists]),
        row(
            take,
            button(ids.DoToDraft(*draft, "edit"), _("Edit")),
            button(ids.Settle(*at, "decline", proposal.draft_id), _("Decline…")),
            _later(at, inbox.counts),
            more,
        ),
    ]


def _has_more(lines: list[str], shown: list[str], wanted: Wanted) -> bool:
    """Tell whether something of why it is wanted isn't on the card, or not whole."""
    return len(shown) < len(lines) or any(columns(why) > LONGEST_WHY for why in wanted.whys)


def whys_card(wanted: Wanted) -> LayoutView:
    """Build all that members said of why they want it."""
    whys = [f"> {plain(why, WHY_LIMIT)}" for why in wanted.whys]
    return boxed(text_of([f"### {phrases.narrow(wanted.suggestion.title, LONGEST_TITLE)}", *whys]))


def _wanted(wanted: Wanted) -> Lines:
    n = wanted.suggestion.wanted
    yield ngettext("{n} member wants it.", "{n} members want it.", n)
    if wanted.leaders:
        leaders = phrases.several([f"<@{each}>" for each in wanted.leaders], 3, "people")
        yield _("🎤 {leaders} would lead it.", leaders=leaders)
    for why in wanted.whys:
        yield f"> {phrases.narrow(why, LONGEST_WHY)}"


def _doubt(desk: Desk, at: tuple[int, int], head: str | None, counts: Counts) -> list[Part]:
    meant = desk.wishes.no_longer_needs
    needed = meant.key if meant else ""
    same = [doubt for doubt in desk.doubts if doubt.needed == needed]
    title = phrases.narrow(phrases.title_in(desk.curriculum, needed), 60)
    lines = [
        ngettext(
            "💬 {n} reader thinks that it doesn't need this: {title}",
            "💬 {n} readers think that it doesn't need this: {title}",
            len(same),
            title=title,
        ),
        *(f"> {phrases.narrow(doubt.why, LONGEST_WHY)}" for doubt in same if doubt.why),
    ]
    return [
        text_of(filter(None, [head, *phrases.about(desk.resource, LONGEST_TITLE)])),
        text_of(as_many_as_fit(lines, ROOM - (head or "").count("\n"))),
        row(
            button(ids.Settle(*at, "drop", desk.draft_id), _("They're right"), GREEN),
            button(ids.Settle(*at, "keep", desk.draft_id), _("Keep it")),
            _later(at, counts),
        ),
    ]


def _bad_link(link: BadLink, at: tuple[int, int], head: str | None, counts: Counts) -> list[Part]:
    desk, own = link.desk, replace(link.desk.resource, mirror="")
    where = phrases.narrow(link.instead.partition("://")[2], LONGEST_WHY)
    if link.has_moved:
        told = _("↪️ Its page has moved for good, to [{where}]({link}).")
    elif not link.instead:
        told = _("⚠️ Its link is dead: no such page on three days.")
    elif link.instead.startswith(ARCHIVE):
        told = _(
            "⚠️ Its link is dead: no such page on three days. An archive may have [a copy]({link})."
        )
    else:
        told = _("⚠️ Its link is dead: no such page on three days. It is at [{where}]({link}), too.")
    return [
        text_of(filter(None, [head, *phrases.about(own, LONGEST_TITLE)])),
        told.format(where=where, link=link.instead),
        row(
            button(ids.Settle(*at, "mend", desk.draft_id), _("Use that link"), GREEN)
            if link.instead
            else None,
            button(ids.EditDetails(desk.draft_id, desk.opener_id), _("Another link…")),
            button(ids.Settle(*at, "remove", desk.draft_id), _("Remove"), RED),
            _later(at, counts),
        ),
    ]


def _group(
    status: GroupStatus, at: tuple[int, int], head: str | None, counts: Counts
) -> list[Part]:
    group = status.group
    room = f"<#{group.channel_id}>"
    if group.blocked is not None:
        matter = _("⚠️ {room} gets no papers. {why}", room=room, why=problem_text(group.blocked))
    elif status.weeks_left:
        matter = ngettext(
            "📚 The list of {room} lasts {n} more week. Add something, or choose what comes then.",
            "📚 The list of {room} lasts {n} more weeks. Add something, or choose what comes then.",
            status.weeks_left,
            room=room,
        )
    else:
        matter = _("📚 The group in {room} has read its list. Choose what comes now.", room=room)
    shown = button(ids.GroupOfInbox(group.group_id, at[0]), _("Show the group"), BLUE)
    return [text_of(filter(None, [head, matter])), row(shown, _later(at, counts))]


def _later(at: tuple[int, int], counts: Counts) -> Button:
    is_last = at[1] + 1 >= counts.total
    return button(ids.ShowInbox(at[0], at[1] + 1), _("End ▸") if is_last else _("Next one ▸"))


def _title(suggestion: Suggestion) -> str:
    return f"**{plain(suggestion.title, LONGEST_TITLE)}**"
