"""A study group's card for its members, its past weeks, and the post that it has in a forum."""

from collections.abc import Iterable, Sequence

import discord
from discord.ui import LayoutView

from bot.core.groups import Group, GroupState, GroupStatus, History, PastWeek, ReadBy
from bot.core.papers import TELL_WEEKS_AHEAD, Coming
from bot.core.weeks import Schedule, Week
from bot.language import _, ngettext
from bot.plain import clipped, one_line, plain
from bot.views import custom_ids as ids
from bot.views.parts import GREEN, Button, Lines, boxed, button, go_button, row, text_of
from bot.views.phrases import dotted, joined, moment, name_of, several
from bot.views.pick_card import long_lines, long_papers, vote_lines, weeks_select
from bot.views.problems import as_seen, obstacle_text
from bot.views.weekly_card import part_text, post_link, wish_text

TEXT_OF_GROUP = 3500
NAMES_SHOWN = 10


def members_card(
    guild: discord.Guild | None, status: GroupStatus, who: int, *, is_moderator: bool
) -> LayoutView:
    """Build what members see: this week, the next four, how long the list lasts; Join or Leave.

    A moderator sees what is to be mended, too, and chooses for how many weeks a long paper is read.
    """
    group, is_member = status.group, status.is_member
    now, warnings = as_seen(guild, status)
    if not is_moderator and not group.blocked:
        now = status  # of what is in the way only now, no moderator was told yet
    lines = [*group_lines(now, to_moderator=is_moderator)]
    if wish := wish_text(status.wish, is_active=group.state == "active"):
        lines.append(wish)
    papers = long_papers(status) if is_moderator else []
    if is_moderator:
        lines += [*warnings, *long_lines(papers)]
    had_one = status.this_week or status.last
    can_join = group.state != "stopped" or is_member
    buttons = row(
        _member_button(group.group_id, joins=not is_member) if can_join else None,
        _remind_button(status) if is_member else None,
        button(ids.ShowPast(group.group_id, 0), _("History")) if had_one else None,
        go_button("next"),
    )
    return boxed(text_of(lines, TEXT_OF_GROUP), buttons, weeks_select(group.group_id, who, papers))


def joined_card(status: GroupStatus) -> LayoutView:
    """Build what somebody hears who pressed Join under a post, for the first time or again."""
    group, come = status.group, _state_text(status.group.state)
    told = (
        _("✅ You're in: <#{channel}>, {schedule}.")
        if status.has_joined
        else _("✅ You're already in: <#{channel}>, {schedule}.")
    )
    ahead = [coming.slot.at for coming in status.coming if not coming.is_skipped]
    if ahead and group.state == "active":
        come = _("The next paper comes on {at}.", at=moment(ahead[0]))
    lines = [
        told.format(channel=group.channel_id, schedule=schedule_text(group.schedule)),
        come,
        _("-# `/next` tells you what the group reads; `/group` there shows what comes next."),
    ]
    buttons = row(_member_button(group.group_id, joins=False), _remind_button(status))
    return boxed(text_of(filter(None, lines)), buttons)


def history_card(history: History) -> LayoutView:
    """Build a page of a group's past weeks."""
    group_id, page = history.group.group_id, history.page
    lines = [_past_text(week, history.group.guild_id) for week in history.weeks]
    lines = lines or [_("There is nothing here: no paper is that old.")]
    buttons = row(
        button(ids.ShowPast(group_id, page - 1), _("Newer")) if page > 0 else None,
        button(ids.ShowPast(group_id, page + 1), _("Older")) if history.has_more else None,
        _group_button(group_id),
    )
    return boxed(text_of([f"## <#{history.group.channel_id}>", *lines]), buttons)


def standing_card(status: GroupStatus) -> LayoutView:
    """Build the first message of a standing post. Its Join is how it is known again."""
    group, title = status.group, plain(status.curriculum.title, 200)
    schedule = schedule_text(group.schedule)
    lines = [
        _("## A paper every week, to talk about"),
        _("From *{title}*, here in this post: **{schedule}**.", title=title, schedule=schedule),
        _state_text(group.state),
        _(
            "-# **Join** to read with the group, with reminders if you like. `/group` here shows"
            " what comes next."
        ),
    ]
    buttons = row(_member_button(group.group_id, joins=True), _group_button(group.group_id))
    return boxed(text_of(filter(None, lines)), buttons)


def standing_name(title: str) -> str:
    """Return the name of the standing post; ``title`` is the list's."""
    return clipped(_("Paper of the week: {title}", title=one_line(title)), 100)  # Discord's limit


def _member_button(group_id: int, *, joins: bool) -> Button:
    if joins:
        return button(ids.Membership("join", group_id), _("Join"), GREEN)
    return button(ids.Membership("leave", group_id), _("Leave"))


def _remind_button(status: GroupStatus) -> Button:
    group_id = status.group.group_id
    if status.wish == "wanted":
        return button(ids.Remind("off", group_id), _("Don't remind me"))
    return button(ids.Remind("on", group_id), _("Remind me"))


def _group_button(group_id: int) -> Button:
    return button(ids.ShowGroup(group_id), _("This group"))


def group_lines(
    status: GroupStatus, later: Iterable[str] = (), *, to_moderator: bool
) -> Iterable[str]:
    """Return what every card of a group says; ``later``: weeks after those that all see."""
    group = status.group
    members = members_text(status.members, status.named)
    obstacle = group.blocked and obstacle_text(group.blocked, to_moderator=to_moderator)
    lines = [
        f"## <#{group.channel_id}>",
        f"-# {schedule_text(group.schedule)} · {members}",
        _place_text(group),
        f"⚠️ {obstacle}" if obstacle else "",
        _state_text(group.state),
        *_this_week_lines(status),
        *vote_lines(status, to_moderator=to_moderator),
    ]
    if group.state == "active":
        weeks_left = _weeks_left_text(status.weeks_left)
        lines += [_("**Next**"), *_coming_lines(status), *later, weeks_left]
    if status.last:
        lines.append(_last_text(status.last, status.last_read))
    return filter(None, lines)


def schedule_text(schedule: Schedule) -> str:
    """Return a group's slot in words: "Mondays at 09:00, Asia/Seoul"."""
    weekly = (
        _("Mondays at {time}, {zone}"),
        _("Tuesdays at {time}, {zone}"),
        _("Wednesdays at {time}, {zone}"),
        _("Thursdays at {time}, {zone}"),
        _("Fridays at {time}, {zone}"),
        _("Saturdays at {time}, {zone}"),
        _("Sundays at {time}, {zone}"),
    )[schedule.weekday]
    return weekly.format(time=f"{schedule.hour:02}:{schedule.minute:02}", zone=schedule.zone)


def members_text(count: int, named: Sequence[int] = ()) -> str:
    """Return how many belong to a group, and the names of those who show theirs."""
    if not named:
        return ngettext("{n} member", "{n} members", count)
    names = several([f"<@{reader_id}>" for reader_id in named], NAMES_SHOWN, count)
    return ngettext("{n} member: {names}", "{n} members: {names}", count, names=names)


def _place_text(group: Group) -> str:
    """Return where in its forum a group's papers go."""
    if not group.is_forum:
        return ""
    if group.standing_id:
        return _("-# In <#{post}>", post=group.standing_id)
    is_being_made = group.state != "stopped" and not group.blocked
    return _("-# I'm just making the post here for the papers.") if is_being_made else ""


def _state_text(state: GroupState) -> str:
    """Return what keeps a group silent on purpose."""
    return {
        "active": "",
        "paused": _("⏸️ **Paused.** No papers now, and none later for these weeks."),
        "stopped": _(
            "⏹️ **Stopped.** Members and history are kept. Moderators can resume it in"
            " `/manage group`."
        ),
    }[state]


def _last_text(last: Week, read: ReadBy) -> str:
    title = plain(last.title, 120)
    if names := _names(read):
        return _("Before that: {title}; {names} read it.", title=title, names=names)
    if not read.count:
        return _("Before that: {title}.", title=title)
    return ngettext(
        "Before that: {title}; {n} person read it.",
        "Before that: {title}; {n} people read it.",
        read.count,
        title=title,
    )


def _names(read: ReadBy) -> str:
    """Return the names of readers who show theirs, and how many more there are."""
    named = [f"<@{reader_id}>" for reader_id in read.named[:NAMES_SHOWN]]
    others = (read.count or 0) - len(named)
    if not named or others <= 0:
        return joined(named)
    names = ", ".join(named)
    return ngettext("{names} and {n} other", "{names} and {n} others", others, names=names)


def _coming_lines(status: GroupStatus) -> Lines:
    """Yield the next four weeks; of empty ones at their end, the first stands for all."""
    shown = list(status.coming)
    while len(shown) > 1 and not any(
        coming.pick.key or coming.is_skipped or _is_voted_on(coming, status)
        for coming in shown[-2:]
    ):
        shown.pop()
    for coming in shown:
        when, what = moment(coming.slot.at, "d"), _coming_text(coming, status)
        yield _("- {when}: {what}", when=when, what=what)


def _coming_text(coming: Coming, status: GroupStatus) -> str:
    pick = coming.pick
    if coming.is_skipped:
        return _("skipped")
    if _is_voted_on(coming, status):
        return _("🗳️ vote is open")
    resource = status.curriculum.get(pick.key or "")
    if resource is None:
        return _("nothing left")
    chosen = {
        "picked_by_moderator": _("📌 picked by a moderator"),
        "vote_winner": _("🗳️ won the vote"),
    }.get(pick.why or "")
    return dotted(name_of(resource), part_text(pick.part), chosen)


def _is_voted_on(coming: Coming, status: GroupStatus) -> bool:
    """Tell whether a vote decides on the week; a moderator's pick goes before it."""
    is_open = status.vote is not None and status.vote.week == coming.slot.week
    return is_open and coming.pick.why != "picked_by_moderator"


def _weeks_left_text(weeks: int) -> str:
    if weeks == 0:
        return _(
            "-# This group has read the whole list. Moderators choose what comes next in `/manage"
            " group`."
        )
    if weeks > TELL_WEEKS_AHEAD:
        return ngettext(
            "-# The list lasts {n} more week.", "-# The list lasts {n} more weeks.", weeks
        )
    return ngettext(
        "-# The list lasts {n} more week. Moderators choose what comes next in `/manage group`.",
        "-# The list lasts {n} more weeks. Moderators choose what comes next in `/manage group`.",
        weeks,
    )


def _past_text(week: PastWeek, guild_id: int) -> str:
    post, read = week.post, week.read
    link, title = post_link(guild_id, post), f"**{plain(post.title, 120)}**"
    what = {
        "posted": [title, _("posted and then deleted")],
        "waiting": [title, _("being posted")],
        "uncertain": [title, _("perhaps posted")],
        "missed": [title if post.title else "", _("missed")],
        "skipped": [_("skipped")],
        "nothing": [_("nothing left to post")],
    }[post.state]
    if post.state == "posted" and link:
        readers = ngettext("{n} person read it", "{n} people read it", read) if read else ""
        what = [f"[{title}]({link})", _("late") if post.is_late else "", readers]
    return _("- {when}: {what}", when=moment(post.at, "D"), what=dotted(*what))


def _this_week_lines(status: GroupStatus) -> Lines:
    """Yield what became of this week's paper, and who has read it, as far as that may be told."""
    post, read = status.this_week, status.this_read
    if post:
        title, link = plain(post.title, 120), post_link(status.group.guild_id, post)
        told = {
            "posted": _("This week: **{title}**, posted and then deleted."),
            "waiting": _("This week: **{title}**, not posted yet.")
            if status.group.blocked
            else _("This week: **{title}**, being posted."),
            "uncertain": _("This week: **{title}**, perhaps posted. Please look."),
            "missed": _("This week's paper was missed: I was away, or couldn't post."),
            "skipped": _("This week is skipped."),
            "nothing": _("This week there was nothing left to post."),
        }[post.state]
        if post.state == "posted" and link:
            told = dotted(
                _("This week: **{title}**"),
                part_text(status.part),
                _("[read it together]({link})"),
                _("late") if post.is_late else "",
            )
        yield told.format(title=title, link=link)
    if names := _names(read):
        yield _("-# ✅ {names} read it.", names=names)
    elif read.count:
        yield ngettext("-# ✅ {n} person read it.", "-# ✅ {n} people read it.", read.count)
