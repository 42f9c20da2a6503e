"""The reminder that a reader gets, what its buttons answer, and when the next one comes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from discord import ui
from discord.ui import LayoutView

from bot.core.curriculum import Resource
from bot.core.curriculum.additions import is_of_guild
from bot.core.recommend import Recommendation, Reply
from bot.core.reminders import OpenPaper, Pace, Reasons
from bot.core.weeks import Week
from bot.language import _, pgettext
from bot.plain import plain
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.parts import (
    GREEN,
    HOURS,
    Lines,
    Select,
    box,
    boxed,
    button,
    card,
    go_button,
    lines_on_phone,
    link_button,
    option,
    row,
    select,
    text_of,
)
from bot.views.resource_card import A_GROUP, ROOM, next_card, short_of
from bot.views.weekly_card import part_text, parts_lines, post_link


def paper_card(papers: Sequence[OpenPaper], *, is_idle: bool) -> LayoutView:
    """Build the direct message about unread papers: the first, and a line for each of the others.

    ``is_idle``: it comes after a week without reading, too.
    """
    paper, *others = papers
    group, resource = paper.group, paper.resource
    server, at = phrases.narrow(paper.server), phrases.moment(paper.next_at)
    why = _(
        "🔔 <#{channel}> in {server} is reading this until {at}. You asked me to remind you.",
        channel=group.channel_id, server=server, at=at,
    )  # fmt: skip
    is_own = is_of_guild(resource.key, group.guild_id)
    place = [
        _("from the list of {server}", server=server) if is_own else None,
        _discussion(group.guild_id, paper.post),
    ]
    return card(
        why,
        _("-# It is also a week since you read something.") if is_idle else None,
        _ways_out(Reasons(is_idle, tuple(each.group for each in papers))),
        _resource_box(resource, phrases.dotted(*place), len(others), paper),
        text_of(_others(others)),
    )


def idle_card(reply: Reply) -> LayoutView:
    """Build the direct message after a week without reading: what comes next."""
    why = _("🔔 You haven't read anything for a week or more. You asked me to tell you.")
    ways_out = _ways_out(Reasons(is_idle=True))
    if not isinstance(reply.answer, Recommendation):  # nothing is ready: that says what to do
        return card(why, ways_out, *next_card(reply).children)
    return card(why, ways_out, _resource_box(reply.answer.resource))


def _resource_box(
    resource: Resource, place: str = "", others: int = 0, paper: OpenPaper | None = None
) -> ui.Container[Any]:
    """Build the box of what is to be read; ``paper``: it is a group's."""
    part, done = None, button(ids.Done(resource.key), _("Done"), GREEN)
    if paper is not None and (part := paper.part) is not None and part.is_unfinished:
        done = button(ids.ReadReminded(paper.post.week_id), _("I've read it"), GREEN)
    place = phrases.dotted(place, part_text(part, None) if others else "")
    lines = [f"-# {place}"] if place else []
    named = () if others else parts_lines(part)
    head = "\n".join([*lines, *phrases.about(resource), *named])
    return box(
        head,
        *short_of(resource, ROOM + 2 - lines_on_phone(head) - A_GROUP * others),
        row(link_button(_("Open"), resource.opens), done),
    )


def _ways_out(reasons: Reasons) -> ui.ActionRow[Any] | None:
    # Translators: on a reminder. Later: it comes again tomorrow. Stop: no more of its kind.
    stops = ids.Reminding.of("stop", reasons)
    return row(button(ids.RemindLater(), _later()), button(stops, _stop()))


def _later() -> str:
    return pgettext("reminder", "Later")


def _stop() -> str:
    return pgettext("reminders", "Stop")


def _discussion(guild_id: int, post: Week) -> str | None:
    link = post_link(guild_id, post)
    return _("[read it together]({link})", link=link) if link else None


def _others(papers: Sequence[OpenPaper]) -> Lines:
    for paper in papers:
        yield _(
            "-# Also until {at}, in <#{channel}>: {title}",
            channel=paper.group.channel_id,
            title=phrases.name_of(paper.resource, 24),
            at=phrases.moment(paper.next_at, "d"),
        )


def later_card(at: datetime | None) -> LayoutView:
    """Build the answer to *Later*: when it comes again; None: the reader wants no reminders."""
    if at is None:
        return _off_card()
    when = phrases.moment(at)
    told = _("💤 I'll remind you again on {at}, unless you've read by then.", at=when)
    undo = button(ids.NotLater(), _("Undo"))
    return boxed(told, row(undo, go_button("next"), go_button("settings")))


def not_later_card() -> LayoutView:
    """Build the answer to Undo after *Later*."""
    told = _("↩️ I won't remind you of it again.")
    return boxed(told, row(button(ids.RemindLater(), _later()), go_button("settings")))


def stopped_card(reasons: Reasons) -> LayoutView:
    """Build the answer to *Stop*: what doesn't come any more, and Undo."""
    rooms = _rooms(reasons)
    of_papers = _("🔕 No more reminders about the papers of {rooms}.", rooms=rooms)
    of_idle = _("🔕 No more reminders after a week without reading.")
    return _changed_card(reasons, of_papers, of_idle, "again", _("Undo"))


def on_again_card(reasons: Reasons) -> LayoutView:
    """Build the answer to Undo after *Stop*."""
    of_papers = _("🔔 I'll remind you about the papers of {rooms} again.", rooms=_rooms(reasons))
    of_idle = _("🔔 Reminders after a week without reading are on again.")
    return _changed_card(reasons, of_papers, of_idle, "stop", _stop())


def _changed_card(
    reasons: Reasons, of_papers: str, of_idle: str, way: Literal["stop", "again"], back: str
) -> LayoutView:
    lines = [of_papers if reasons.groups else None, of_idle if reasons.is_idle else None]
    if not any(lines):
        return _off_card()
    takes_back = button(ids.Reminding.of(way, reasons), back)
    return boxed(text_of(filter(None, lines)), row(takes_back, go_button("settings")))


def _rooms(reasons: Reasons) -> str:
    channels = [group.channel_id for group in reasons.groups]
    return phrases.channels(channels, len(channels))


def _off_card() -> LayoutView:
    off = _(
        "These reminders are off, or their group is paused. `/group` in a group's channel turns on"
        " those of its papers, **Settings** the one after a week without reading."
    )
    return boxed(off, row(go_button("settings")))


def hour_card(pace: Pace, next_at: datetime | None) -> LayoutView:
    """Ask at which hour reminders suit the reader, once: as the first one is switched on."""
    hour, zone = HOURS[pace.hour], plain(pace.zone)
    told = _("🔔 Reminders come at **{hour}**, {zone}.", hour=hour, zone=zone)
    lines = [told, next_text(pace, next_at), _("Does another hour suit you better?")]
    buttons = row(button(ids.AskMyZone(), _("Time zone…")), go_button("settings"))
    return boxed(text_of(filter(None, lines)), hour_select(pace), buttons)


def next_text(pace: Pace, next_at: datetime | None) -> str | None:
    """Return when the next reminder comes, or why none does; None: nobody knows yet."""
    if pace.first_day is None:
        return _("You left the last ones alone, so I'm silent until you read or ask again.")
    if next_at is None:
        return None
    at = phrases.moment(next_at)
    return _("Next: {at}, unless you've read by then.", at=at)


def hour_select(pace: Pace) -> Select | None:
    """Build the select of the hours of a day."""
    hours = [option(each, each, default=n == pace.hour) for n, each in enumerate(HOURS)]
    return select(ids.RemindHour(), _("Hour of your reminders"), hours)
