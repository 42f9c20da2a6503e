"""The words about what moderators pick for a group's week."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import discord

from bot.core.curriculum import Resource
from bot.core.groups import HAD, GroupStatus
from bot.core.picks import MOST_WEEKS, PICKED, Chosen, PickReply, Silent, is_long, spans_by_key
from bot.core.weekly import Slot, slot_of_week
from bot.plain import clipped, link, one_line, plain
from bot.views.group_texts import moment, short_date
from bot.views.phrases import duration, short_title, title_of, titles

TAKE_BACK = "Take it back"
TAKE_ONE_BACK = "Take a pick back…"
PICK_A_WEEK = "Pick a week…"
LATER_SHOWN = 5
CHOICE = 100  # Discord's limit for the name of a choice and of an option
OPTIONS = 25  # and for their number
TITLE = 80
ALL_WEEKS = MOST_WEEKS + 1  # one to most, and passing it over
LONG_PAPER = "How many weeks…"
LONG_OR_PICKED = "Change what comes…"
AS_IT_IS = "As it is now"
_FOR_WEEKS = ("pass it over", "one week", "2 weeks", "3 weeks", "4 weeks")


def picked_lines(reply: PickReply) -> Iterator[str]:
    """Yield what was picked, and what may surprise about it."""
    if reply.resource is not None:
        paper = link(title_of(reply.resource), reply.resource.url, 150)
        yield f"📌 <#{reply.channel_id}> reads {paper} on {moment(reply.slot.at)}."
    if reply.before is not None and reply.before != reply.resource:
        yield f"-# In place of the earlier pick, {plain(short_title(reply.before))}."
    if reply.was_had:
        yield "⚠️ This group has had it already, and gets it once more."
    if reply.others:
        yield f"⚠️ It is chosen for {' and '.join(moment(s.at) for s in reply.others[:5])}, too."
    if reply.is_voted_on:
        yield "⚠️ The group is just voting on that week: the pick goes before what it votes for."
    if reply.silent is not None:
        yield _SILENT[reply.silent]
    elif reply.is_past:
        yield "⚠️ That time is past: if it isn't posted soon, `/manage group` has **Post now**."


_SILENT: Mapping[Silent, str] = MappingProxyType(
    {
        "paused": "⚠️ The group is paused: **Resume** in `/manage group` comes first.",
        "stopped": "⚠️ The group is stopped: **Resume** in `/manage group` comes first.",
        "skipped": "⚠️ That week is skipped: **Don't skip** in `/manage group` brings it back.",
        "too_soon": "⚠️ Nothing comes in that week: it's too soon after the group's first paper."
        " Pick for a later week.",
    }
)


def taken_back_text(reply: PickReply) -> str:
    """Return what a week reads after a pick was taken back."""
    now = plain(short_title(reply.resource)) if reply.resource else "nothing, for nothing is left"
    return f"Taken back. On {moment(reply.slot.at)}, <#{reply.channel_id}> reads {now}."


def later_lines(status: GroupStatus) -> Iterator[str]:
    """Yield the picks for weeks after those that are shown anyway."""
    last = status.coming[-1].slot.week if status.coming else ""
    later = [chosen for chosen in _picked(status) if chosen.week > last]
    for chosen in later[:LATER_SHOWN]:
        at = slot_of_week(status.group.schedule, chosen.week).at
        yield f"- {short_date(at)}: {plain(_title(chosen, status))} · 📌 picked by a moderator"
    if (more := len(later) - LATER_SHOWN) > 0:
        yield f"-# and {more} more picks"


def picked_options(
    status: GroupStatus, description: str | None = None
) -> list[discord.SelectOption]:
    """Return the picks that can still be taken back."""
    return [
        discord.SelectOption(
            label=week_text(
                slot_of_week(status.group.schedule, chosen.week),
                status.group.schedule.zone,
                _title(chosen, status),
            ),
            value=chosen.week,
            description=description,
        )
        for chosen in _picked(status)[:OPTIONS]
    ]


LongPaper = tuple[Resource, int | None]
"""A long paper, and for how many weeks it is read; None: nobody has said."""


def long_papers(status: GroupStatus) -> list[LongPaper]:
    """Return the long papers of this week and those shown, and those passed over, with weeks."""
    spans = spans_by_key(status.curriculum, status.spans)
    this_week = status.this_week
    keys = [this_week.key] if this_week is not None and this_week.state in HAD else []
    keys += [coming.pick.key for coming in status.coming]
    found = [status.curriculum.get(key) for key in keys if key is not None]
    long = {r.key: r for r in found if r is not None and is_long(r)}
    passed = (status.curriculum.get(key) for key, span in spans.items() if span.weeks == 0)
    long |= {r.key: r for r in passed if r is not None}
    return [(r, spans[key].weeks if key in spans else None) for key, r in long.items()]


def long_options(papers: Iterable[LongPaper]) -> list[discord.SelectOption]:
    """Return for how many weeks each of these may be read; the value is "weeks:key"."""
    return [
        discord.SelectOption(
            label=f"{clipped(one_line(short_title(resource)), TITLE)}: {_FOR_WEEKS[weeks]}",
            value=f"{weeks}:{resource.key}",
            description=AS_IT_IS if weeks == (1 if now is None else now) else None,
        )
        for resource, now in papers
        for weeks in (*range(1, MOST_WEEKS + 1), 0)
    ]


def change_options(
    papers: Sequence[LongPaper], picks: Sequence[discord.SelectOption] = ()
) -> list[discord.SelectOption]:
    """Return what a moderator can change of what comes, as many as a select takes.

    Where that isn't all, each pick keeps its place, and what is passed over one option, which
    brings it back; the rest is for the long papers in sight, the next first.
    """
    everything = [*long_options(papers), *picks]
    if len(everything) <= OPTIONS:
        return everything
    passed = [long_options([paper])[0] for paper in papers if paper[1] == 0]
    kept = [*passed, *picks][: OPTIONS - ALL_WEEKS]
    in_sight = [paper for paper in papers if paper[1] != 0]
    return [*long_options(in_sight[: (OPTIONS - len(kept)) // ALL_WEEKS]), *kept]


def long_lines(papers: Iterable[LongPaper]) -> Iterator[str]:
    """Yield what moderators may want to know of long papers."""
    passed: list[Resource] = []
    for resource, weeks in papers:
        if weeks == 0:
            passed.append(resource)
        elif weeks is None:
            title = plain(short_title(resource))
            yield f"⏳ {title} takes {duration(resource.minutes or 0)}: for how many weeks?"
    if passed:
        back = "it" if len(passed) == 1 else "them"
        yield f"-# Passed over: {titles(passed)}. The list below brings {back} back."


def read_for_text(resource: Resource, weeks: int) -> str:
    """Return what was chosen for a long paper."""
    title = f"**{plain(short_title(resource))}**"
    if weeks == 0:
        return f"✅ {title} is passed over: the group reads what comes after it."
    if weeks == 1:
        return f"✅ {title} is read in one week."
    return (
        f"✅ {title} is read for {weeks} weeks."
        "\n-# A pick or a vote for one of them goes first, and the rest comes a week later."
    )


def week_text(slot: Slot, zone: str, title: str) -> str:
    """Return a week by its day on the group's clock, and what it reads: for a list of choices."""
    return day_of_text(slot.at.astimezone(ZoneInfo(zone)).date(), title)


def day_of_text(day: date, title: str) -> str:
    """Return a day, and what is read then if that is known: for a list of choices."""
    return clipped(f"{date_text(day)}{f' · {one_line(title)}' if title else ''}", CHOICE)


def day_text(at: datetime, zone: str) -> str:
    """Return the day on a zone's calendar where Discord shows no time stamps."""
    return date_text(at.astimezone(ZoneInfo(zone)).date())


def date_text(day: date) -> str:
    """Return a day as "Mon 12 Jan 2026"."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _picked(status: GroupStatus) -> list[Chosen]:
    """Return moderators' picks for weeks that have nothing yet."""
    week = status.this_week.week if status.this_week else ""
    open_ = status.this_week is None or status.this_week.state in ("missed", "skipped", "nothing")
    return [c for c in status.chosen if c.why == PICKED and (open_ or c.week > week)]


def _title(chosen: Chosen, status: GroupStatus) -> str:
    found = status.curriculum.get(chosen.key)
    return short_title(found) if found else "something no longer listed"
