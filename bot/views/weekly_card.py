"""The paper of the week in a group's channel, and what its buttons answer."""

from collections.abc import Callable

from discord import ui
from discord.ui import LayoutView

from bot.core.groups import Group, GroupStatus, WeeklyPost
from bot.core.recommend import Reply
from bot.core.weeks import Part, Schedule, Week
from bot.language import _, ngettext
from bot.plain import clipped, one_line, plain
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.parts import (
    GREEN,
    Button,
    Lines,
    as_many_as_fit,
    box,
    button,
    card,
    lines_on_phone,
    link_button,
    row,
    text_of,
)
from bot.views.resource_card import ROOM, next_card, short_of

EVENT_NAME = 100
"""Discord's limit, in characters."""


LINES_OF_THE_GROUP = 5
"""Lines on a phone about the group; beyond them what matters least is left out."""


def weekly_card(post: WeeklyPost, role_id: int | None) -> LayoutView:
    """Build the public card of a week's paper, which names this role."""
    resource, week_id = post.resource, post.post.week_id
    heading, first = text_of(_heading(post)), [*_first_facts(post)]
    most = LINES_OF_THE_GROUP - (post.part is not None or post.opens)
    most -= sum(map(lines_on_phone, first))
    facts = text_of([*first, *as_many_as_fit(_counts(post), most)], 600)
    room = ROOM - sum(map(lines_on_phone, filter(None, (heading, facts))))
    # A name may be long, and a time or a schedule longer than is counted.
    room -= (post.lead is not None) + (post.post.meets_at is not None) + post.opens
    shown = box(
        heading,
        *short_of(resource, room),
        facts,
        row(
            link_button(_("Open"), resource.opens),
            button(ids.ReadIt(week_id), _("I've read it"), GREEN),
            _join_button(post.group),
            button(ids.MoreOfPaper(week_id), _("More")),
        ),
    )
    return card(f"<@&{role_id}>" if role_id else None, shown)


def read_card(reply: Reply, group: Group | None) -> LayoutView:
    """Build what somebody hears who has read the paper; ``group``: theirs to join."""
    view = next_card(reply)
    if group is None:
        return view
    offer = _(
        "-# It counts. You aren't in the group of <#{channel}> yet. **Join**, and `/next` tells"
        " you what the group reads.",
        channel=group.channel_id,
    )
    parts = view.children
    below = next(n for n, part in enumerate(parts) if isinstance(part, ui.Container))
    return card(*parts[:below], offer, _join_button(group), *parts[below:])


def _join_button(group: Group) -> Button:
    return button(ids.Join(group.group_id), _("Join"))


def _heading(post: WeeklyPost) -> list[str]:
    resource, why = post.resource, post.post.why
    late = _("late, sorry") if post.post.is_late else ""
    step = phrases.step_name(post.curriculum.step_of(resource), phrases.LINE)
    sign = phrases.MUST_READ if resource.must_read else None
    added = _("addition") if resource.addition else None
    part = post.part
    week, parts = part_text(part) if part and not part.names else "", [*parts_lines(part)]
    lines = [
        phrases.dotted(_("-# Paper of the week"), week, late, step, added, sign),
        f"### {phrases.linked(resource, 120 - 30 * (bool(parts) + post.opens))}",
        *parts,
        phrases.facts(resource),
    ]
    because = {
        "picked_by_moderator": _("-# Picked by a moderator."),
        "vote_winner": _("-# It won the vote."),
        "leader_choice": _("-# Chosen by this week's leader."),
        "next_on_list": None,  # as one expects
        "must_read_addition": _("-# You've read the list; this must-read goes deeper."),
        "addition": _("-# You've read the list; this goes deeper."),
        "must_read_again": _("-# You've read the list; the must-reads come again."),
        "goes_on": _("-# The group reads it for another week: it is long.") if week else None,
    }
    told = because[why] if why else None
    return [*lines, told] if told else lines


def part_text(part: Part | None, name: Callable[[str], str] | None = phrases.beside) -> str:
    """Return which of several weeks for a paper it is, or which of its parts.

    ``name``: how that of a part is shown; None: not at all.
    """
    if part is None:
        return ""
    number, is_one = {"n": part.n, "of": part.of}, len(part.names) == 1
    if not part.names:
        return _("week {n} of {of}", **number)
    if name is None:
        short = _("part {n} of {of}") if is_one else _("parts {n}-{last} of {of}")
        return short.format(last=part.last, **number)
    told = _("part {n} of {of}: {names}") if is_one else _("parts {n}-{last} of {of}: {names}")
    return told.format(names=_names(part, name), last=part.last, **number)


def parts_lines(part: Part | None) -> Lines:
    """Yield the line that tells which of its parts are read of a paper, if it has any."""
    if part is not None and part.names:
        told = (
            _("**Part {n} of {of}**: {names}")
            if len(part.names) == 1
            else _("**Parts {n}-{last} of {of}**: {names}")
        )
        most = 48 if len(part.names) == 1 else 18
        names = _names(part, lambda name: phrases.narrow(name, most))
        yield told.format(n=part.n, last=part.last, of=part.of, names=names)


def _names(part: Part, name: Callable[[str], str]) -> str:
    """Return the names of parts in a row: of more than two, the first and the last."""
    first, last = name(part.names[0]), name(part.names[-1])
    if len(part.names) > 2:
        return _("{first} to {last}", first=first, last=last)
    return phrases.joined([first, last][: len(part.names)])


def leader_text(leader_id: int) -> str:
    """Return who leads a week."""
    return _("🎤 <@{who}> leads", who=leader_id)


def _first_facts(post: WeeklyPost) -> Lines:
    """Yield what is never left out: who leads, when they meet; of a new group, when papers come."""
    leads = leader_text(post.lead.reader_id) if post.lead else ""
    if led := phrases.dotted(leads, meeting_text(post.post)):
        yield led
    if post.opens:
        schedule = schedule_text(post.group.schedule)
        yield (
            _("-# The group's first paper. Papers come on {schedule}.", schedule=schedule)
            if post.group.state == "active"
            else _("-# The group's first paper.")
        )


def _counts(post: WeeklyPost) -> Lines:
    if post.read:
        yield phrases.read_by(post.read)
    if found := post.readiness:
        lacked = post.curriculum.get(found.most_lacked or "")
        told = (
            _("-# {ready} of {of} members are ready; most of the others haven't read {title}.")
            if lacked
            else _("-# {ready} of {of} members are ready.")
        )
        title = phrases.name_of(lacked, phrases.LINE) if lacked else ""
        yield told.format(ready=found.ready, of=found.of, title=title)
    if post.weeks_left == 0:
        yield _("-# This is the last paper for now.")
    elif post.weeks_left is not None:
        yield ngettext(
            "-# {n} more week, then the list ends.",
            "-# {n} more weeks, then the list ends.",
            post.weeks_left * post.group.schedule.every,
        )


def meeting_text(post: Week) -> str | None:
    """Return when a week's paper is talked about; None: there is no meeting."""
    # Translators: when the group meets to talk about its paper.
    return _("🗓️ Meets {at}", at=phrases.moment(post.meets_at)) if post.meets_at else None


def event_name(title: str, part: Part | None) -> str:
    """Return the name of a meeting's scheduled event; ``title`` is its paper's."""
    which = f" · {part_text(part, None)}" if part else ""
    room = EVENT_NAME - len(_("Paper of the week: {title}", title=which))
    return _("Paper of the week: {title}", title=clipped(one_line(title), room) + which)


def event_text(title: str, part: Part | None, link: str) -> str:
    """Return what a meeting's event says: its last line, the paper's link, tells it from others."""
    told = _(
        "This week's paper: {title}. Come and talk about it, even if you haven't read all of it.",
        title=phrases.dotted(plain(title, 300), part_text(part, lambda name: plain(name, 40))),
    )
    return f"{told}\n{link}"


def schedule_text(schedule: Schedule) -> str:
    """Return a group's slot in words: "Mondays at 09:00, Asia/Seoul"."""
    n, time = schedule.every, f"{schedule.hour:02}:{schedule.minute:02}"
    at = {"time": time, "zone": schedule.zone}
    if n == 1:
        weekly = (
            _("Mondays at {time}, {zone}"),
            _("Tuesdays at {time}, {zone}"),
            _("Wednesdays at {time}, {zone}"),
            _("Thursdays at {time}, {zone}"),
            _("Fridays at {time}, {zone}"),
            _("Saturdays at {time}, {zone}"),
            _("Sundays at {time}, {zone}"),
        )[schedule.weekday]
        return weekly.format(**at)
    return (
        ngettext(
            "Mondays at {time}, {zone}, every {n} week",
            "Mondays at {time}, {zone}, every {n} weeks",
            n,
            **at,
        ),
        ngettext(
            "Tuesdays at {time}, {zone}, every {n} week",
            "Tuesdays at {time}, {zone}, every {n} weeks",
            n,
            **at,
        ),
        ngettext(
            "Wednesdays at {time}, {zone}, every {n} week",
            "Wednesdays at {time}, {zone}, every {n} weeks",
            n,
            **at,
        ),
        ngettext(
            "Thursdays at {time}, {zone}, every {n} week",
            "Thursdays at {time}, {zone}, every {n} weeks",
            n,
            **at,
        ),
        ngettext(
            "Fridays at {time}, {zone}, every {n} week",
            "Fridays at {time}, {zone}, every {n} weeks",
            n,
            **at,
        ),
        ngettext(
            "Saturdays at {time}, {zone}, every {n} week",
            "Saturdays at {time}, {zone}, every {n} weeks",
            n,
            **at,
        ),
        ngettext(
            "Sundays at {time}, {zone}, every {n} week",
            "Sundays at {time}, {zone}, every {n} weeks",
            n,
            **at,
        ),
    )[schedule.weekday]


def opener_text(questions: tuple[str, ...]) -> str:
    """Return the first message of a thread: questions to this paper, or a plain one.

    They are numbered, so that people can say which one they mean.
    """
    if not questions:
        return _(
            "What did you take from it, and where did it lose you? One sentence is a fine start."
        )
    numbered = (f"{number}. {plain(each)}" for number, each in enumerate(questions, start=1))
    any_of_them = _("-# Take the one you like, or ask your own. One sentence is a fine start.")
    return "\n".join([_("**Questions to talk about**"), *numbered, any_of_them])


def post_link(guild_id: int, post: Week | None) -> str | None:
    """Return the address of a post's thread, or of its message if it has none."""
    return post.talk_link(guild_id) or None if post is not None else None


def wish_text(status: GroupStatus) -> str:
    """Return how a member stands with reminders here; nothing for who never asked."""
    wish = status.wish
    if wish is None:
        return ""
    if wish == "closed":
        return _(
            "⚠️ I couldn't remind you. Allow direct messages from this server, then press **Remind"
            " me** again."
        )
    if status.group.state != "active":  # only before a next paper are members reminded
        return _("-# 🔔 I'll remind you when the group starts again.")
    return _("-# 🔔 If you haven't read a paper, I'll remind you a day or two before the next one.")
