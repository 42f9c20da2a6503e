"""A study group's card for its members, its past weeks, and what tells a channel of the group."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import discord
from discord.ui import LayoutView

from bot.core.groups import (
    Group,
    GroupState,
    GroupStatus,
    History,
    PastMonth,
    PastWeek,
    ReadBy,
)
from bot.core.papers import TELL_WEEKS_AHEAD, Coming
from bot.core.progress import shown_count
from bot.core.weeks import A_MEETING, DaysOff, Meets, Week
from bot.language import _, language_for, languages, ngettext, pgettext
from bot.plain import clipped, columns, one_line, plain
from bot.views import custom_ids as ids
from bot.views.lead_card import lead_select, leaders_text
from bot.views.parts import (
    GREEN,
    Button,
    Lines,
    as_many_as_fit,
    box,
    boxed,
    button,
    card,
    row,
    text_of,
)
from bot.views.phrases import (
    beside,
    dotted,
    duration,
    empty_list_text,
    how_to_fill_text,
    joined,
    moment,
    narrow,
    read_by,
    room,
    several,
    short_title,
)
from bot.views.pick_card import (
    long_lines,
    long_papers,
    month_name,
    span_text,
    vote_lines,
    weeks_select,
)
from bot.views.problems import as_seen, obstacle_text
from bot.views.weekly_card import leader_text, part_text, post_link, schedule_text, wish_text

TEXT_OF_GROUP = 3500
NAMES_SHOWN, FEW_WEEKS, SPANS_SHOWN = 10, 2, 5
BESIDE_A_DAY = 55
"""Columns of a past week that take two lines of a phone with its day."""

WORDS_APART = 14
"""Columns that stay empty where a line ends between the words of a long title."""

ROOM = 11
"""Lines on a phone that a card has before *More*: what matters most comes first."""


def members_card(
    guild: discord.Guild | None,
    status: GroupStatus,
    who: int,
    news: str = "",
    *,
    is_moderator: bool,
    opens: bool = True,
) -> LayoutView:
    """Build what members see: this week, the next four, how long the list lasts; Join or Remind me.

    ``news``: what has just changed. ``opens``: who reads along, Leave and past weeks stand under
    *More*; else they are open. A moderator sees what is to be mended, too, and chooses there for
    how many weeks a long paper is read.
    """
    group, is_member = status.group, status.is_member
    now, warnings = as_seen(guild, status)
    if not is_moderator and not group.blocked:
        now = status  # of what is in the way only now, no moderator was told yet
    papers = long_papers(status) if is_moderator else []
    shown_papers = [] if opens else papers
    told = [*warnings, *long_lines(shown_papers)] if is_moderator else []
    if status.wish == "closed":
        told.append(wish_text(status))
    lines = [*group_lines(now, told, to_moderator=is_moderator, opens=opens)]
    leading = lead_select(status, who) if opens else None
    if opens:
        lines = as_many_as_fit(lines, ROOM - (leading is not None))
    if status.wish == "wanted" and not opens:
        lines.append(wish_text(status))
    had_one = status.this_week or status.last or status.has_merged
    seldom = row(
        _member_button(group.group_id, joins=False) if is_member else None,
        button(ids.ShowPast(group.group_id, 0), _("Older")) if had_one else None,
        # Translators: opens a picture of the group's weeks.
        button(ids.ShowWe(group.group_id), _("We")) if had_one else None,
    )
    can_join = group.state != "stopped" and not is_member
    unfold = ids.UnfoldGroup("more" if opens else "less", group.group_id)
    has_more = seldom or papers or len(status.votes) > 1 or len(status.lost_votes) > 1
    buttons = row(
        button(ids.NextInGroup(group.group_id), _("What's next?")),
        _member_button(group.group_id, joins=True) if can_join else None,
        _remind_button(status) if is_member else None,
        button(unfold, _("More") if opens else _("Less")) if has_more else None,
    )
    shown = box(
        text_of(lines, TEXT_OF_GROUP),
        buttons,
        None if opens else seldom,
        leading if opens else weeks_select(group.group_id, who, shown_papers),
    )
    return card(news or None, shown)


def joined_card(status: GroupStatus) -> LayoutView:
    """Build what somebody hears who pressed Join under a post, for the first time or again."""
    group, come = status.group, _state_text(status.group.state)
    told = _("✅ You're in: <#{channel}>.")
    if not status.has_joined:
        told = _("✅ You're already in: <#{channel}>.")
    if group.state == "active":
        told = (
            _("✅ You're in: <#{channel}>. Papers come on {schedule}.")
            if status.has_joined
            else _("✅ You're already in: <#{channel}>. Papers come on {schedule}.")
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
    lines = [*_past_lines(history)] or [_("There is nothing here: no paper is that old.")]
    buttons = row(
        button(ids.ShowPast(group_id, page - 1), _("Newer")) if page > 0 else None,
        button(ids.ShowPast(group_id, page + 1), _("Older")) if history.has_more else None,
        _group_button(group_id),
    )
    if history.left_id is not None:
        lines.insert(0, _("-# That group is part of this one now."))
    channel_id = history.left_id or history.group.channel_id
    return boxed(text_of([f"### <#{channel_id}>", *lines]), buttons)


def standing_card(status: GroupStatus) -> LayoutView:
    """Build the first message of a standing post. Its Join is how it is known again."""
    return _card_for_all(
        status,
        _(
            "From *{title}*, here in this post: **{schedule}**.",
            title=narrow(status.curriculum.title, 48),
            schedule=schedule_text(status.group.schedule),
        ),
    )


def opening_card(status: GroupStatus) -> LayoutView:
    """Build the card that tells another channel of its new group, known again in the same way.

    It may stand in a channel that the group has left.
    """
    return _card_for_all(
        status,
        _(
            "From *{title}*, in {channel}: **{schedule}**.",
            title=narrow(status.curriculum.title, 48),
            channel=f"<#{status.group.channel_id}>",
            schedule=schedule_text(status.group.schedule),
        ),
    )


def _card_for_all(status: GroupStatus, told: str) -> LayoutView:
    """Build what tells all of a group: what it reads, when, how many read along, *Join*.

    It stands for long, so it names nobody: who no longer wants that shows it in *This group*.
    """
    group = status.group
    every, often = group.schedule.every, _("### A paper every week, to talk about")
    if every > 1:
        often = ngettext(
            "### A paper every {n} week, to talk about",
            "### A paper every {n} weeks, to talk about",
            every,
        )
    lines = [
        often,
        told,
        f"🗓️ {meets_text(group.meets)}" if group.meets and _goes_on(status) else "",
        _state_text(group.state),
        *_first_lines(status),
    ]
    if (members := shown_count(status.members)) is not None:
        lines.append(
            ngettext("{n} person is reading along.", "{n} people are reading along.", members)
        )
    join = _(
        "-# **Join** to read with the group, with reminders if you like. `/group` here shows"
        " what comes next."
    )
    buttons = row(_member_button(group.group_id, joins=True), _group_button(group.group_id))
    shown = as_many_as_fit(filter(None, lines), ROOM - 1)
    return boxed(text_of([*shown, join]), buttons)


def _first_lines(status: GroupStatus) -> Lines:
    """Yield the first two papers of a group that has had none; who leads, the papers say."""
    ahead = [coming for coming in status.coming if not coming.is_skipped][:FEW_WEEKS]
    if not status.begins or status.group.state != "active" or status.is_empty or not ahead:
        return
    unnamed, (first, *then) = replace(status, leads=()), ahead
    paper = _coming_text(first, unnamed, None)
    yield _("First, on {at}: {paper}", at=moment(first.slot.at), paper=paper)
    for each in then:
        paper = _coming_text(each, unnamed, None)
        yield _("Then, on {at}: {paper}", at=moment(each.slot.at, "D"), paper=paper)


def gone_card(group_id: int, to_id: int) -> LayoutView:
    """Build that first message once the group has gone into another, in the channel ``to_id``."""
    told = _(
        "### This group now reads in {room}\n"
        "It is part of the group there now, and so are its members. What it has read stays here.",
        room=f"<#{to_id}>",
    )
    return boxed(told, row(_member_button(group_id, joins=True), _group_button(group_id)))


def over_card() -> LayoutView:
    """Build that first message once the group is deleted."""
    told = _(
        "### This study group is over\n"
        "A moderator deleted it: no more papers, no more meetings. What was posted stays, and"
        " everybody keeps their marks."
    )
    return boxed(told)


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
    status: GroupStatus,
    told: Iterable[str],
    later: Iterable[str] = (),
    *,
    to_moderator: bool,
    opens: bool,
) -> Iterable[str]:
    """Return what every card of a group says; ``told``: what else is the matter just now.

    ``opens``: names, ``later`` weeks than all see, and the paper before stand under *More*. Of the
    next weeks too there are fewer where something is the matter.
    """
    group, is_open = status.group, not opens
    obstacle = group.blocked and obstacle_text(group.blocked, to_moderator=to_moderator)
    matters = [f"⚠️ {obstacle}"] if obstacle else []
    matters += [*vote_lines(status, to_moderator=to_moderator, opens=opens), *told]
    is_told = is_open or status.speaks_anew
    spoken = _language_of(group, is_told=is_told) if to_moderator else ""
    lines = [
        _head(status, spoken, is_open=is_open),
        _standing_text(group),
        _state_text(group.state),
    ]
    if status.pause and group.state == "active":
        ahead = [each.slot.at for each in status.coming if not each.is_skipped]
        lines += [
            _("⏸️ **Paused.** Papers come again on {at}.", at=moment(at, "D")) for at in ahead[:1]
        ] or [_state_text("paused")]
    if group.meets and _goes_on(status):
        lines.append(f"-# {meets_text(group.meets, whole=is_open)}")
    if group.meets and status.still_at:
        lines.append(_("-# This week it is still on {at}.", at=moment(status.still_at)))
    lines += [_this_week_text(status), *matters]
    if group.state != "active":
        lines.append(leaders_text(status))
    if group.state == "active":
        few = 1 if to_moderator else FEW_WEEKS
        ends = to_moderator and status.weeks_left <= TELL_WEEKS_AHEAD
        most = few if opens and (matters or ends) else None
        lines += [*_coming_lines(status, most), *(later if is_open else ())]
        if days := _days_off(status, is_open=is_open):
            lines.append(_("-# Days off: {days}", days=days_text(days)))
        are_to_choose = not to_moderator and group.after_list is None
        if status.is_empty:
            lines.append(f"-# {how_to_fill_text() if to_moderator else empty_list_text()}")
        else:
            lines.append(_weeks_left_text(status, are_to_choose=are_to_choose))
    if is_open and (names := _names(status.this_read)):
        lines.append(_("-# ✅ {names} read it.", names=names))
    if is_open and status.last:
        lines.append(_last_text(status.last, status.last_read))
    return filter(None, lines)


def _language_of(group: Group, *, is_told: bool) -> str:
    """Return in which language a group is written to; untold, only if it isn't the reader's."""
    found = languages()
    # Translators: What your language calls itself.
    own = pgettext("itself", "English")
    name = found[language_for(group.language)]
    return _("language: {name}", name=name) if is_told or name != own else ""


def _head(status: GroupStatus, spoken: str, *, is_open: bool) -> str:
    """Return where a group reads, when, and how many they are; opened, a forum's post too."""
    group, named = status.group, status.named if is_open else ()
    post = f"<#{group.standing_id}>" if is_open and group.standing_id else ""
    facts = schedule_text(group.schedule), members_text(status.members, named)
    reads = narrow(status.list_title, 24)
    return f"-# {dotted(f'<#{group.channel_id}>', post, *facts, reads, spoken)}"


def days_text(days: Sequence[DaysOff]) -> str:
    """Return days off as the group's own calendar names them, and spans by both their ends."""
    return several([span_text(each) for each in days], SPANS_SHOWN, "days")


def _days_off(status: GroupStatus, *, is_open: bool) -> list[DaysOff]:
    """Return the days off that matter to who sees which weeks come; opened, all of them."""
    schedule, last = status.group.schedule, status.coming[-1].slot.week if status.coming else ""
    days = [each for each in status.silences if each != schedule.pause]
    return days if is_open else [each for each in days if last and each.first < schedule.day(last)]


def _goes_on(status: GroupStatus) -> bool:
    return status.group.state == "active" and status.pause is None


def meets_text(meets: Meets, *, whole: bool = True) -> str:
    """Return when a group meets; the ``whole``: how long and where, if that isn't as usual.

    It meets for each paper, however many weeks lie between them.
    """
    days = (
        _("Meets once a paper: Monday at {time}"),
        _("Meets once a paper: Tuesday at {time}"),
        _("Meets once a paper: Wednesday at {time}"),
        _("Meets once a paper: Thursday at {time}"),
        _("Meets once a paper: Friday at {time}"),
        _("Meets once a paper: Saturday at {time}"),
        _("Meets once a paper: Sunday at {time}"),
    )[meets.weekday]
    when = days.format(time=f"{meets.hour:02}:{meets.minute:02}")
    lasts = duration(meets.minutes) if whole and meets.minutes != A_MEETING else None
    return dotted(when, lasts, f"<#{meets.channel_id}>" if whole and meets.channel_id else None)


def members_text(count: int, named: Sequence[int] = ()) -> str:
    """Return how many belong to a group, and the names of those who show theirs."""
    if not named:
        return ngettext("{n} member", "{n} members", count)
    names = several([f"<@{reader_id}>" for reader_id in named], NAMES_SHOWN, "people", count)
    return ngettext("{n} member: {names}", "{n} members: {names}", count, names=names)


def _standing_text(group: Group) -> str:
    """Return that a forum's post for the papers is on its way."""
    is_being_made = group.is_forum and not group.standing_id
    is_being_made = is_being_made and group.state != "stopped" and not group.blocked
    return _("-# I'm just making the post here for the papers.") if is_being_made else ""


def _state_text(state: GroupState) -> str:
    """Return what keeps a group silent on purpose."""
    return {
        "active": "",
        "paused": _("⏸️ **Paused.** No papers now, and missed weeks aren't made up."),
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


def _coming_lines(status: GroupStatus, most: int | None) -> Lines:
    """Yield the next four weeks; of empty ones at their end, the first stands for all."""
    shown = list(status.coming[:most])
    while len(shown) > 1 and not any(
        coming.pick.key or coming.is_skipped or is_voted_on(coming, status) for coming in shown[-2:]
    ):
        shown.pop()
    above = status.this_week.key if status.this_week else None
    for coming in shown:
        yield f"{moment(coming.slot.at, 'd')} {_coming_text(coming, status, above)}"
        above = coming.pick.key


def _coming_text(coming: Coming, status: GroupStatus, above: str | None) -> str:
    """Return what a week brings; where the week ``above`` has a part of the same, only the part."""
    pick = coming.pick
    if coming.is_skipped:
        return _("skipped")
    leader = status.leader_of(coming.slot.week)
    led = f"🎤 <@{leader}>" if leader else None
    if is_voted_on(coming, status):
        return dotted(_("🗳️ vote is open"), led)
    resource = status.curriculum.get(pick.key or "")
    if resource is None:
        return _("nothing yet") if status.is_empty else _("nothing left")
    chosen = {
        "picked_by_moderator": _("📌 picked"),
        "vote_winner": _("🗳️ won the vote"),
    }.get(pick.why or "")
    is_same = pick.key == above and pick.part is not None and pick.part.names
    if is_same:
        return dotted(part_text(pick.part, narrow), chosen, led)
    return dotted(beside(short_title(resource)), part_text(pick.part), chosen, led)


def is_voted_on(coming: Coming, status: GroupStatus) -> bool:
    """Tell whether a vote decides on the week; a moderator's pick goes before it."""
    is_open = any(vote.week == coming.slot.week for vote in status.votes)
    return is_open and coming.pick.why != "picked_by_moderator"


def _weeks_left_text(status: GroupStatus, *, are_to_choose: bool) -> str:
    """Return how long the list lasts; ``are_to_choose``: moderators are, what comes then."""
    papers, weeks = status.weeks_left, status.weeks_left * status.group.schedule.every
    if weeks == 0 and not are_to_choose:
        return _("-# This group has read the whole list.")
    if weeks == 0:
        return _(
            "-# This group has read the whole list. Moderators choose what comes next in `/manage"
            " group`."
        )
    if papers > TELL_WEEKS_AHEAD or not are_to_choose:
        return ngettext(
            "-# The list lasts {n} more week.", "-# The list lasts {n} more weeks.", weeks
        )
    return ngettext(
        "-# The list lasts {n} more week. Moderators choose what comes next in `/manage group`.",
        "-# The list lasts {n} more weeks. Moderators choose what comes next in `/manage group`.",
        weeks,
    )


def _past_lines(history: History) -> Lines:
    """Yield the weeks, each month's under a line of its own."""
    today, months = history.group.schedule.today, {month.first: month for month in history.months}
    for week in history.weeks:
        month = months.pop(today(week.post.at).replace(day=1), None)
        if month is not None:
            yield _month_text(month)
        yield _past_text(week, history.group.guild_id)


def _month_text(month: PastMonth) -> str:
    """Return what a month brought, and how many have read any of it."""
    papers = ngettext("{n} paper", "{n} papers", month.papers) if month.papers else ""
    people = ngettext("{n} reader", "{n} readers", month.readers) if month.readers else ""
    return f"-# {dotted(f'**{month_name(month.first)}**', papers, people)}"


def _past_text(week: PastWeek, guild_id: int) -> str:
    post, link = week.post, post_link(guild_id, week.post)
    title, day = f"**{narrow(post.title, room(post.title, 22))}**", moment(post.at, "d")
    if post.state == "posted" and link:
        return f"{day} {_read_text(week, link)}"
    what = {
        "posted": [title, _("posted and then deleted")],
        "waiting": [title, _("being posted")],
        "uncertain": [title, _("perhaps posted")],
        "missed": [title if post.title else "", _("missed")],
        "skipped": [_("skipped")],
        "nothing": [_("nothing left to post")],
    }[post.state]
    return f"{day} {dotted(*what)}"


def _read_text(week: PastWeek, link: str) -> str:
    """Return what was read in a week and how many read it, and in a third line who led."""
    title, part, worth = week.post.title, week.part, week.worth
    # Translators: how many people.
    read = _("✅ {n} read it", n=week.read) if week.read else ""
    # Translators: how many of those who rated a paper liked it.
    told = _("👍 {liked} of {rated}", liked=worth.liked, rated=worth.rated) if worth else ""
    ways = (
        (22, part_text(part, _short), told),
        (22, part_text(part, None), told),
        (12, part_text(part, None), told),
        (12, part_text(part, None), ""),
    )

    def left(of: str, told: str) -> int:
        return BESIDE_A_DAY - columns(dotted("x", of, read, told)) + 1

    whole = columns(one_line(title))
    fits = (way for way in ways if left(*way[1:]) >= min(way[0], whole))
    needed, of, told = next(fits, ways[-1])
    most = max(needed, left(of, told) - WORDS_APART)
    named = narrow(title, min(most, room(title, BESIDE_A_DAY)))
    led = f"🎤 <@{week.leader_id}>" if week.leader_id else ""
    return dotted(f"[**{named}**]({link})", of, read, told, led)


def _short(name: str) -> str:
    """Return the name of a part beside a title and a count."""
    return narrow(name, 16)


def _this_week_text(status: GroupStatus) -> str:
    """Return what became of this week's paper, and how many read it, if that may be told."""
    post = status.this_week
    if post is None:
        return ""
    resource, link = status.curriculum.get(post.key or ""), post_link(status.group.guild_id, post)
    title = beside(short_title(resource) if resource else post.title)
    if post.state != "posted" or not link:
        told = {
            "posted": _("This week: **{title}**, posted and then deleted."),
            "waiting": _("This week: **{title}**, not posted yet.")
            if status.group.blocked
            else _("This week: **{title}**, being posted."),
            "uncertain": _("This week: **{title}**, perhaps posted. Please look."),
            "missed": _("This week's paper was missed: I was away, or couldn't post."),
            "skipped": _("This week is skipped."),
            "nothing": _("This week there was nothing to post.")
            if status.is_empty
            else _("This week there was nothing left to post."),
        }[post.state]
        return told.format(title=title)
    return dotted(
        _("This week: **{title}**", title=title),
        part_text(status.part, _short),
        # Translators: links to where this week's paper is talked about.
        _("[thread]({link})", link=link) if post.thread_id else _("[post]({link})", link=link),
        leader_text(leader) if (leader := status.leader_of(post.week)) else None,
        read_by(status.this_read.count),
    )
