"""What a group reads in a week: picked by moderators, or voted on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import discord
from discord.abc import GuildChannel
from discord.ui import LayoutView

from bot.core.curriculum import Resource
from bot.core.groups import GroupStatus
from bot.core.outbox import UNCERTAIN, Problem
from bot.core.papers import (
    MOST,
    Ballot,
    PickReply,
    Span,
    Vote,
    is_long,
    weeks_meant,
    weeks_offered,
)
from bot.core.search.words import fold
from bot.core.weeks import HAD, DaysOff, Slot, address, slot_of_week
from bot.errors import CannotPollError, UnknownWeekError
from bot.language import _, ngettext
from bot.plain import clipped, one_line
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.parts import (
    OPTIONS,
    Button,
    Lines,
    Select,
    as_many_as_fit,
    boxed,
    button,
    card,
    option,
    row,
    select,
    text_of,
)
from bot.views.problems import POLLS, in_words, missing, obstacle_text, problem_text, to_begin
from bot.views.replies import Choices, choice, way_out
from bot.views.resource_card import resource_select
from bot.views.weekly_card import part_text

LATER_SHOWN = 5

LongPaper = tuple[Resource, Span | None]
"""A long paper, and for how many weeks it is read; None: nobody has said."""


# Picks


def pick_card(reply: PickReply, opener_id: int) -> LayoutView:
    """Build what was picked, with Undo."""
    read, of = reply.resource, (reply.group_id, opener_id)
    long = [(read, reply.span)] if read and is_long(read) else []
    undo = button(ids.TakeBack(*of, reply.slot.week), _("Undo"))
    told = "\n".join(_picked_lines(reply))
    return boxed(told, undo, weeks_select(*of, long))


def taken_back_card(reply: PickReply) -> LayoutView:
    """Build what a week reads after a pick was taken back."""
    read, title = reply.resource, ""
    told = _("Taken back. Nothing is left for <#{channel}> to read on {at}.")
    if read:
        title = phrases.name_of(read)
        told = _("Taken back. On {at}, <#{channel}> reads {title}.")
    at = phrases.moment(reply.slot.at)
    return card(told.format(channel=reply.channel_id, at=at, title=title))


def weeks_select(
    group_id: int,
    opener_id: int,
    papers: Sequence[LongPaper],
    picks: Sequence[discord.SelectOption] = (),
) -> Select | None:
    """Build the choice for how many weeks long papers are read, and of picks to be taken back.

    Where a select doesn't take it all, each pick keeps its place, and what is left out one option,
    which brings it back; the rest is for the long papers in sight, the next first.
    """
    options = [*_long_options(papers), *picks]
    if len(options) > OPTIONS:
        passed = [_long_options([paper])[0] for paper in papers if _is_passed(paper[1])]
        in_sight = [_long_options([paper]) for paper in papers if not _is_passed(paper[1])]
        kept = [*passed, *picks][: OPTIONS - len(in_sight[0] if in_sight else ())]
        while sum(map(len, in_sight)) > OPTIONS - len(kept):
            in_sight.pop()
        options = [*chain.from_iterable(in_sight), *kept]
    placeholder = _("Change what comes next…") if picks else _("How many weeks…")
    return select(ids.ReadForWeeks(group_id, opener_id), placeholder, options)


def week_choices(
    weeks: Iterable[tuple[Slot, str]], zone: str, typed: str, now: datetime
) -> Choices:
    """Return a group's next weeks as choices, those that fit what is typed."""
    meant, wanted = weeks_meant(typed, _day(now, zone), zone), fold(typed).strip()
    named = [(slot.week, _week_text(_day(slot.at, zone), title)) for slot, title in weeks]
    return [
        choice(week, name)
        for week, name in named
        if week in meant or wanted in fold(f"{name} {week}")
    ]


@way_out.register
def _weeks(error: UnknownWeekError) -> Select | None:
    weeks = [option(week, _week_text(day, title)) for week, day, title in error.like_it]
    said = ids.VoteWeek(*error.vote) if error.vote else ids.PickWeek(error.group_id, error.key)
    return select(said, _("Pick a week…"), weeks)


def _picked_lines(reply: PickReply) -> Lines:
    """Yield what was picked, and what may surprise about it."""
    if reply.resource:
        most = phrases.room(phrases.title_of(reply.resource), 48)
        paper, at = phrases.linked(reply.resource, most), phrases.moment(reply.slot.at)
        channel = reply.channel_id
        yield _("📌 <#{channel}> reads {paper} on {at}.", channel=channel, paper=paper, at=at)
    if reply.before and reply.before != reply.resource:
        title = phrases.name_of(reply.before, phrases.LINE)
        yield _("-# In place of the earlier pick, {title}.", title=title)
    part = part_text(reply.part, None)
    if reply.was_had and part:
        yield _("⚠️ By then this group has had it, and begins it anew.")
    elif reply.was_had:
        yield _("⚠️ This group already had it, and will get it again.")
    elif part:
        yield _("-# That week reads {part}.", part=part)
    if reply.others:
        when = phrases.several([phrases.moment(s.at, "d") for s in reply.others], 1, "days")
        yield _("⚠️ It is also chosen for {when}.", when=when)
    if reply.is_voted_on:
        yield _("⚠️ The group is voting on that week right now. A pick counts more than a vote.")
    if reply.silent:
        yield {
            "paused": _("⚠️ The group is paused: press **Resume** in `/manage group` first."),
            "stopped": _("⚠️ The group is stopped: press **Resume** in `/manage group` first."),
            "skipped": _(
                "⚠️ That week is skipped: **Don't skip** in `/manage group` brings it back."
            ),
            "too_soon": _(
                "⚠️ That week has no paper: it's too soon after the paper before. Pick for a"
                " later week."
            ),
            "day_off": _("⚠️ No paper then: it was a day off. Pick another week.")
            if reply.is_past
            else _(
                "⚠️ No paper then: it's a day off. Pick another week, or remove the day off in"
                " `/manage group`."
            ),
            "not_in_turn": _("⚠️ No paper comes that week. Pick a week that `/group` shows."),
        }[reply.silent]
    elif reply.is_past:
        yield _(
            "⚠️ That time has passed. If the paper isn't posted soon, press **Post now** in"
            " `/manage group`."
        )


def later_lines(status: GroupStatus) -> Lines:
    """Yield the picks for weeks after those that are shown anyway."""
    last = status.coming[-1].slot.week if status.coming else ""
    later = [chosen for chosen in status.picks if chosen.week > last]
    for chosen in later[:LATER_SHOWN]:
        when = phrases.moment(slot_of_week(status.group.schedule, chosen.week).at, "d")
        title = phrases.narrow(phrases.title_in(status.curriculum, chosen.key))
        yield phrases.dotted(f"{when} {title}", _("📌 picked"))
    if (more := len(later) - LATER_SHOWN) > 0:
        yield ngettext("-# and {n} more pick", "-# and {n} more picks", more)


def picked_options(status: GroupStatus, hint: str = "") -> list[discord.SelectOption]:
    """Return the picks that can still be taken back."""
    schedule, options = status.group.schedule, []
    for chosen in status.picks[:OPTIONS]:
        day = _day(slot_of_week(schedule, chosen.week).at, schedule.zone)
        named = _week_text(day, phrases.title_in(status.curriculum, chosen.key))
        options.append(option(chosen.week, named, hint))
    return options


def skip_select(status: GroupStatus, opener_id: int) -> Select | None:
    """Build the choice of which of the next weeks is left out, or has its paper again."""
    if status.group.state != "active":
        return None
    zone, options = status.group.schedule.zone, []
    for coming in status.coming:
        key = coming.pick.key
        title = phrases.title_in(status.curriculum, key) if key else ""
        way, hint = "skip", ""
        if coming.is_skipped:
            way, hint = "back", _("Skipped. Choose it to bring it back")
        named = _week_text(_day(coming.slot.at, zone), title)
        options.append(option(f"{way}:{coming.slot.week}", named, hint))
    for days in status.group.schedule.days_off:
        if days in status.silences:
            named, hint = span_text(days), _("Days off. Choose this to have papers again")
            options.append(option(str(days), named, hint))
    chosen = ids.Weeks(status.group.group_id, opener_id)
    return select(chosen, _("Skip a week, or bring one back…"), options)


def skipped_text(status: GroupStatus, week: str) -> str:
    """Return what is told of a week that was just left out, or has its paper again."""
    for coming in status.coming:
        if coming.slot.week == week:
            told = _("✅ Not skipped: there is a paper on {day}.")
            if coming.is_skipped:
                told = _("⏭️ Skipped: nothing is posted on {day}.")
            elif coming.pick.key is None:
                told = _("✅ Not skipped, but nothing is left to read on {day}.")
            return told.format(day=phrases.moment(coming.slot.at, "D"))
    return ""


def long_papers(status: GroupStatus) -> list[LongPaper]:
    """Return the long papers of this week and those shown, and those left out, with weeks."""
    curriculum, this_week = status.curriculum, status.this_week
    spans = status.spans
    keys = [this_week.key] if this_week and this_week.state in HAD else []
    keys += [coming.pick.key for coming in status.coming]
    found = [curriculum.get(key or "") for key in keys]
    long = {r.key: r for r in found if r and is_long(r)}
    long |= {key: curriculum.by_key[key] for key, span in spans.items() if span.weeks == 0}
    return [(resource, spans.get(key)) for key, resource in long.items()]


def _is_passed(span: Span | None) -> bool:
    return span is not None and span.in_weeks == 0


def _long_options(papers: Iterable[LongPaper]) -> list[discord.SelectOption]:
    """Return for how many weeks each of these may be read; the value is "weeks:key"."""
    return [
        option(
            f"{weeks}:{resource.key}",
            _weeks_text(clipped(one_line(phrases.short_title(resource)), 80), span, weeks),
            phrases.dotted(
                _("Chosen now") if weeks == (1 if span is None else span.in_weeks) else "",
                _parts_a_week(resource, span, weeks),
            ),
        )
        for resource, span in papers
        for weeks in weeks_offered(resource, span)
    ]


def _weeks_text(title: str, span: Span | None, weeks: int) -> str:
    """Return for how many weeks a paper may be read; one that is read in parts, from now on."""
    if not weeks:
        return _("{title}: leave it out", title=title)
    if span is not None and span.so_far[0]:
        more = weeks - span.so_far[0]
        return ngettext("{title}: one more week", "{title}: {n} more weeks", more, title=title)
    return ngettext("{title}: one week", "{title}: {n} weeks", weeks, title=title)


def _parts_a_week(resource: Resource, span: Span | None, weeks: int) -> str:
    if not resource.parts or not weeks:
        return ""
    weeks_had, parts_had = (0, 0) if span is None else span.so_far
    most = -(-(len(resource.parts) - parts_had) // (weeks - weeks_had))
    if most == 1:
        return _("1 part a week")
    return ngettext("up to {n} part a week", "up to {n} parts a week", most)


def long_lines(papers: Sequence[LongPaper]) -> Lines:
    """Yield the long paper about which moderators are asked first, and those left out."""
    asked = [resource for resource, span in papers if span is None]
    passed = [resource for resource, span in papers if _is_passed(span)]
    for resource in asked[:1]:
        title, takes = phrases.beside(phrases.short_title(resource)), phrases.takes(resource)
        yield _("⏳ {title}: {takes}. For how many weeks?", title=title, takes=takes)
    if passed:
        yield ngettext(
            "-# Left out: {titles}. The menu below brings it back.",
            "-# Left out: {titles}. The menu below brings them back.",
            len(passed),
            titles=phrases.titles(passed, most=2, longest=22),
        )


def read_for_text(resource: Resource, weeks: int, so_far: int) -> str:
    """Return for how many weeks a paper is read now; ``so_far``: weeks that it was read in parts.

    Weeks of one without parts are told in all, as its posts count them.
    """
    title = phrases.name_of(resource)
    if weeks == 0:
        return _("✅ **{title}** is left out: the group reads what comes after it.", title=title)
    n = weeks - so_far
    if n == 1 and so_far:
        return _("✅ The rest of **{title}** is read in one week.", title=title)
    if n == 1:
        return _("✅ **{title}** is read in one week.", title=title)
    if so_far:
        told = ngettext(
            "✅ The rest of **{title}** is read in {n} week.",
            "✅ The rest of **{title}** is read in {n} weeks.",
            n,
            title=title,
        )
    elif n == len(resource.parts):
        told = ngettext(
            "✅ **{title}**: one part a week, for {n} week.",
            "✅ **{title}**: one part a week, for {n} weeks.",
            n,
            title=title,
        )
    else:
        told = ngettext(
            "✅ **{title}** is read for {n} week.",
            "✅ **{title}** is read for {n} weeks.",
            n,
            title=title,
        )
    below = _(
        "-# A pick or a vote for one of these weeks comes first. The rest comes a week later."
    )
    return f"{told}\n{below}"


def week_text(at: datetime, zone: str, title: str) -> str:
    """Return a week by the day of its slot, and what is read then: for a choice."""
    return _week_text(_day(at, zone), title)


def _week_text(day: date, title: str) -> str:
    """Return a week by a day of it, and what is read then if that is known: for a choice."""
    return phrases.dotted(_date_text(day), one_line(title))


def span_text(days: DaysOff) -> str:
    """Return days in a row where Discord shows no time stamps: "24 Dec 2026", or both ends."""
    first, last = _date_text(days.first), _date_text(days.last)
    # Translators: two days, and all those between them.
    return first if first == last else _("{first} – {last}", first=first, last=last)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _date_text(day: date) -> str:
    """Return a day as "Mon 12 Jan 2026", where Discord shows no time stamps."""
    days = _("Mon Tue Wed Thu Fri Sat Sun").split()
    return _(
        "{weekday} {day} {month} {year}",
        weekday=days[day.weekday()],
        day=day.day,
        month=_months()[day.month - 1],
        year=day.year,
    )


def month_name(day: date) -> str:
    """Return the month of a day: "Jan 2026"."""
    return _("{month} {year}", month=_months()[day.month - 1], year=day.year)


def short_date(day: date) -> str:
    """Return a day without its year, where it stands among others near: "12 Jan"."""
    return _("{day} {month}", day=day.day, month=_months()[day.month - 1])


def _months() -> list[str]:
    return _("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec").split()


# Votes


def check_polls(channel: GuildChannel) -> None:
    """Refuse a vote where its messages can't be sent: raise a ``CannotPollError``."""
    if lacks := missing(channel, (*to_begin(channel), *POLLS)):
        raise CannotPollError(channel.id, in_words(lacks))


def vote_card(ballot: Ballot, opener_id: int) -> LayoutView:
    """Build what a moderator sees who called a vote."""
    vote, at = ballot.vote, phrases.moment(ballot.slot.at)
    heading = _("🗳️ <#{channel}> votes on what it reads on {at}:", channel=vote.channel_id, at=at)
    below = ngettext(
        "-# The poll runs for {n} hour. If nobody votes, the list goes on.",
        "-# The poll runs for {n} hours. If nobody votes, the list goes on.",
        vote.hours,
    )
    if ballot.has_choice:
        below = ngettext(
            "-# The poll runs for {n} hour. If nobody votes, the leader's choice is read.",
            "-# The poll runs for {n} hours. If nobody votes, the leader's choice is read.",
            vote.hours,
        )
    else_ = ballot.elsewhere
    others = else_.chosen, else_.voted, else_.set_aside
    before = (s for slots in others for s in slots.values() if s.at < ballot.slot.at)
    matters = [*_elsewhere_lines(ballot)]
    picks = "" if matters else _("-# A pick counts more than a vote.")
    until = []
    if ballot.is_ahead and not any(before):
        until = [_("-# Until the poll closes, none of these comes earlier.")]
    # With fewer candidates, there is more room on a phone.
    kept = as_many_as_fit([*matters, *until], FEW_LINES + MOST - len(vote.keys))
    # Above the candidates: below them it would read as if it were about the last one.
    above, under = kept[: len(matters)], kept[len(matters) :]
    told = text_of(filter(None, [heading, *above, *_candidates(ballot), *under, below, picks]))
    return boxed(told, row(*vote_buttons(vote.vote_id, opener_id)))


FEW_LINES = 2
"""Lines on a phone for what may surprise about the most candidates; the first matter most."""


def _elsewhere_lines(ballot: Ballot) -> Lines:
    """Yield what may surprise who calls a vote about its candidates: a line a matter."""
    else_ = ballot.elsewhere

    def named(keys: Collection[str]) -> str:
        told = [r for r in ballot.candidates if r is not None and r.key in keys]
        return phrases.titles(told, most=1, longest=16)

    def dated(slots: Mapping[str, Slot]) -> str:
        told = [
            f"{phrases.name_of(r, 16)} ({phrases.moment(slots[r.key].at, 'd')})"
            for r in ballot.candidates
            if r is not None and r.key in slots
        ]
        return phrases.several(told, 1, "resources")

    if else_.chosen:
        yield _("⚠️ Chosen for another week: {titles}.", titles=dated(else_.chosen))
    if else_.set_aside:
        yield _("⚠️ Set aside as a leader's choice: {titles}.", titles=dated(else_.set_aside))
    if else_.left_out:
        titles = named(else_.left_out)
        yield _("⚠️ Left out even if it wins: {titles}.", titles=titles)
    if else_.had:
        yield _("⚠️ Already read here: {titles}.", titles=named(else_.had))
    if else_.voted:
        yield _("⚠️ Also in another vote: {titles}.", titles=dated(else_.voted))


def votes_select(status: GroupStatus, opener_id: int) -> Select | None:
    """Build the choice of which of the votes is ended that are not the next."""
    group, options = status.group, []
    for vote in status.votes[1:]:
        day = _date_text(_day(slot_of_week(group.schedule, vote.week).at, group.schedule.zone))
        if vote.message_id:
            close = _("Close now: {day}", day=day)
            options.append(option(f"close:{vote.vote_id}", close, _("Its votes are counted")))
        cancel = _("Cancel: {day}", day=day)
        options.append(option(f"cancel:{vote.vote_id}", cancel, _("Its votes don't count")))
    said = ids.EndOneVote(group.group_id, opener_id)
    return select(said, _("End another vote…"), options)


def vote_buttons(vote_id: int, opener_id: int) -> list[Button]:
    """Build the buttons that end a vote: with its result, or without."""
    return [
        button(ids.CloseVote(vote_id, opener_id), _("Close now")),
        button(ids.CallOffVote(vote_id, opener_id), _("Cancel vote")),
    ]


def candidates_card(ballot: Ballot) -> LayoutView:
    """Build what stands above the poll: a message with components can't carry one itself."""
    lines = [_("### 🗳️ What do we read on {at}?", at=phrases.moment(ballot.slot.at))]
    for number, resource in enumerate(ballot.candidates, start=1):
        if resource is None:
            lines.append(_("**{n}.** no longer listed", n=number))
            continue
        most = phrases.room(phrases.title_of(resource), 48)
        facts = (
            phrases.kind_and_minutes(resource),
            phrases.MUST_READ if resource.must_read else None,
        )
        lines.append(phrases.dotted(f"**{number}.** {phrases.linked(resource, most)}", *facts))
    lines.append(_("Vote in the poll below. If votes are equal, the order here decides."))
    listed, said = filter(None, ballot.candidates), ids.ShowCandidate(ballot.vote.vote_id)
    return boxed(text_of(lines), resource_select(listed, ballot.curriculum, said))


def called_off_card(ballot: Ballot | None) -> LayoutView:
    """Build what stands above the poll once its vote is called off; None: another took its place.

    Nothing is left to open there.
    """
    heading, listed = _("### 🗳️ This vote is cancelled"), []
    if ballot:
        heading = _("### 🗳️ The vote for {at} is cancelled", at=phrases.moment(ballot.slot.at))
        listed = [f"-# {each}" for each in _candidates(ballot)]
    below = _("Its votes don't count. `/group` shows what comes next.")
    return boxed(text_of([heading, below, *listed]))


def _candidates(ballot: Ballot) -> Lines:
    for number, each in enumerate(ballot.candidates, start=1):
        title = phrases.name_of(each, 26) if each else _("no longer listed")
        yield f"{number}. {title}"


def poll_of(ballot: Ballot) -> discord.Poll:
    """Build the poll: one answer each, numbered as on the card."""
    day = _date_text(_day(ballot.slot.at, ballot.zone))
    poll = discord.Poll(_("What do we read on {day}?", day=day), timedelta(hours=ballot.vote.hours))
    for number, resource in enumerate(ballot.candidates, start=1):
        title = one_line(phrases.short_title(resource)) if resource else _("no longer listed")
        poll.add_answer(text=clipped(f"{number}. {title}", 55))  # Discord's limit
    return poll


def closed_text(ballot: Ballot) -> str:
    return _(
        "The vote for {at} in <#{channel}> is closed. What won is shown above, or in a few minutes"
        " if Discord is still counting.",
        at=phrases.moment(ballot.slot.at),
        channel=ballot.vote.channel_id,
    )


def called_off_text(ballot: Ballot) -> str:
    at, channel = phrases.moment(ballot.slot.at), ballot.vote.channel_id
    return _("The vote for {at} in <#{channel}> is cancelled.", at=at, channel=channel)


def lost_notice_text(ballot: Ballot, problem: Problem | None) -> str:
    """Return the notice to the moderator whose vote came to nothing."""
    at, channel = phrases.moment(ballot.slot.at), ballot.vote.channel_id
    lost = _("The vote for {at} in <#{channel}> has no result.", at=at, channel=channel)
    return f"{lost} {_lost_because(ballot.vote, problem)} {_list_counts()}"


def _list_counts() -> str:
    return _(
        "The group reads what comes next on the list. Moderators can start another vote with"
        " `/manage vote`, or choose with `/manage pick`."
    )


def _lost_because(vote: Vote, problem: Problem | None) -> str:
    if vote.message_id:
        return _("I couldn't read its poll in time.")
    if problem in UNCERTAIN:
        return _("I don't know whether its poll was sent.")
    if problem is None or problem == "too_late":
        return _("Its poll couldn't be sent in time.")
    if problem == "deleted":
        return problem_text(problem)
    return _("Its poll couldn't be sent. {why}", why=problem_text(problem))


def vote_lines(status: GroupStatus, *, to_moderator: bool, opens: bool) -> Lines:
    """Yield where a group votes; and of votes that came to nothing, what happens instead.

    ``opens``: of several, the next alone; the others stand under *More*.
    """
    most = 1 if opens else None
    for vote in status.votes[:most]:
        yield _vote_text(status, vote, to_moderator=to_moderator)
    for lost in status.lost_votes[:most]:
        yield _lost_text(status, lost, to_moderator=to_moderator)
    if opens and (more := len(status.votes) - 1) > 0:
        yield ngettext("-# and {n} more vote", "-# and {n} more votes", more)


def _vote_text(status: GroupStatus, vote: Vote, *, to_moderator: bool) -> str:
    problem = status.vote_problems.get(vote.vote_id)
    at = phrases.moment(slot_of_week(status.group.schedule, vote.week).at, "d")
    if vote.message_id:
        return _(
            "🗳️ [Vote for {at}]({link}); it closes {closes}.",
            at=at,
            link=address(status.group.guild_id, vote.channel_id, vote.message_id),
            closes=phrases.moment(vote.closes_at, "R"),
        )
    if not problem:
        return _("🗳️ A vote for {at} is being posted.", at=at)
    if not to_moderator:
        return _("⚠️ A vote for {at} isn't posted yet. Moderators know.", at=at)
    return _("⚠️ A vote for {at} isn't posted yet. {why}", at=at, why=obstacle_text(problem))


def _lost_text(status: GroupStatus, lost: Vote, *, to_moderator: bool) -> str:
    at = phrases.moment(slot_of_week(status.group.schedule, lost.week).at, "d")
    told = _("⚠️ The vote for {at} has no result.", at=at)
    is_past = status.this_week and status.this_week.week == lost.week
    then = (
        _("The list's own order counted instead.")
        if is_past
        else _("The list's own order counts instead.")
    )
    if to_moderator and not is_past:  # who may still mend it
        then = _lost_because(lost, status.vote_problems.get(lost.vote_id))
    return f"{told} {then}"
