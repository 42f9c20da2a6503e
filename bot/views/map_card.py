"""Maps as cards: a picture, with the same in words for whoever can't see it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from discord import ui
from discord.ui import LayoutView

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.groups import GroupStatus, PastWeek
from bot.core.maps import Chart, Look, Station, Stop, list_map, looks_in, way_map
from bot.core.progress import Marks, figures, step_count
from bot.core.recommend import Journey, Path, passed_to
from bot.core.weeks import HAD
from bot.language import _, ngettext, pgettext
from bot.plain import clipped, columns, plain
from bot.views import custom_ids as ids
from bot.views.group_card import is_voted_on, members_text
from bot.views.parts import (
    A_LINE,
    ALT,
    Button,
    Picture,
    as_many_as_fit,
    boxed,
    button,
    go_button,
    row,
    text_of,
)
from bot.views.phrases import (
    MUST_READ,
    count_text,
    dotted,
    duration,
    narrow,
    short_title,
    step_title,
    sum_of,
    takes,
)
from bot.views.pick_card import short_date
from bot.views.weekly_card import part_text, schedule_text

SIGNS: dict[Look, str] = {
    "done": "✅", "here": "▶", "ready": "○", "locked": "🔒", "later": "💤", "never": "🚫",
    "goal": "🎯", "gap": "…",
}  # fmt: skip
"""Where there is no picture."""

ROOM = 14
"""Lines on a phone for those stops."""


def map_button() -> Button:
    # Translators: opens a picture of where the reader is.
    return button(ids.ShowMap(), _("Map"))


def way_map_button(aim: Resource | Step) -> Button:
    return button(ids.ShowWayMap(aim.key), _("Map"))


def list_chart(journey: Journey, now: datetime) -> Chart:
    """Return where a reader is on their list."""
    curriculum, marks = journey.curriculum, journey.reader.marks
    found = figures(curriculum, marks)
    count = found.listed if found.listed.total else found.added
    left = [_("{duration} left", duration=duration(count.left_minutes))] * bool(count.left_minutes)
    stations = list_map(curriculum, journey.reader, journey.comes_next, now)
    stops = [_stop(each, marks, is_inside=each.lane > 0) for each in stations]
    has_both = found.listed.total and found.added.total
    if has_both and found.listed.is_complete:  # what counts now
        left = [count_text(found.added, deeper=True)]
    under = dotted(count_text(count), *left)
    return _chart(curriculum.title, under, stops, _states(), curriculum.id)


def way_chart(path: Path, now: datetime) -> Chart:
    """Return a reader's way to something."""
    curriculum, marks = path.curriculum, path.reader.marks
    passed = passed_to(curriculum, marks, path.aim.key)
    left = [_("{duration} left", duration=each) for each in sum_of(path.left)]
    count = _("{n} of {total}", n=passed, total=passed + len(path.left))
    stops = [_stop(each, marks) for each in way_map(path, now)]
    title = _("The way to: {title}", title=_name(path.aim))
    return _chart(title, dotted(count, *left), stops, _states(), path.aim.key.rpartition(":")[2])


def we_chart(status: GroupStatus, past: Sequence[PastWeek]) -> Chart:
    """Return what a group has read of late (``past``: newest first), and what comes."""
    is_active = status.group.state == "active"
    stops = [*_past_stops(status, past[::-1]), *(_coming_stops(status) if is_active else ())]
    in_line = [replace(stop, after=(n - 1,) if n else ()) for n, stop in enumerate(stops)]
    said = {
        "active": schedule_text(status.group.schedule),
        # Translators: what keeps a group silent on purpose.
        "paused": pgettext("map", "paused"),
        "stopped": pgettext("map", "stopped"),
    }[status.group.state]
    under = dotted(said, members_text(status.members))
    words: dict[Look, str] = {
        # Translators: signs on a picture of a group's weeks; each stands beside its sign.
        "done": pgettext("map", "posted"),
        "here": pgettext("map", "this week"),
        "ready": pgettext("map", "to come"),
        "later": pgettext("map", "vote"),
        "never": pgettext("map", "no paper"),
    }
    return _chart(status.curriculum.title, under, in_line, words, status.curriculum.id)


def _card(chart: Chart, png: bytes | None, back: Button) -> LayoutView:
    """Build a map; without its picture, the same in words."""
    buttons = row(go_button("next"), back)
    if not chart.stops:
        return boxed(_("There is nothing to draw yet."), buttons)
    if png is None:
        head = [f"### {narrow(chart.title, 48)}", plain(chart.under)]
        kept = as_many_as_fit(_lines(chart), ROOM)
        if left := len(chart.stops) - len(kept):
            kept.append(_("-# … and {n} more", n=left))
        return boxed(text_of([*head, *kept]), buttons)
    return boxed(picture(chart, png), buttons)


def list_map_card(chart: Chart, png: bytes | None) -> LayoutView:
    return _card(chart, png, go_button("progress"))


def way_map_card(path: Path, chart: Chart, png: bytes | None) -> LayoutView:
    return _card(chart, png, button(ids.ShowPath(path.aim.key), _("The way")))


def we_card(status: GroupStatus, chart: Chart, png: bytes | None) -> LayoutView:
    """Build a group's weeks around this one."""
    return _card(chart, png, button(ids.ShowGroup(status.group.group_id), _("This group")))


def picture(chart: Chart, png: bytes) -> ui.Item[LayoutView]:
    """Return the picture of a chart, and for whoever can't see it what it shows."""
    return Picture(png, "map.png", alt_text(chart))


def alt_text(chart: Chart) -> str:
    """Return all that a picture shows, as one text: of long titles as much as Discord takes."""
    words, told = dict(chart.legend), f"{clipped(chart.title, 100)}. {clipped(chart.under, 100)}."
    share = (ALT - len(told)) // max(len(chart.stops), 1)
    for stop in chart.stops:
        must_read = _("must-read") if stop.is_must_read else ""
        facts = ", ".join(filter(None, (words.get(stop.look, ""), must_read, *stop.beside)))
        said = f": {clipped(facts, 60)}." if facts else "."
        told += f" {clipped(stop.text, share - len(said) - 1)}{said}"
    return told


def _lines(chart: Chart) -> Iterator[str]:
    for stop in chart.stops:
        sign, mark = SIGNS[stop.look], f" {MUST_READ}" if stop.is_must_read else ""
        sign = f"↳ {sign}" if stop.is_inside else sign
        taken = columns(dotted(f"{sign} {mark}", "", *stop.beside)) + 2
        yield dotted(f"{sign} {narrow(stop.text, max(A_LINE - taken, 8))}{mark}", *stop.beside)


def _chart(
    title: str, under: str, stops: Sequence[Stop], words: dict[Look, str], or_else: str = ""
) -> Chart:
    return Chart(title, under, tuple(stops), looks_in(stops, words), or_else)


def _states() -> dict[Look, str]:
    return {
        # Translators: signs on a picture of what is read; each stands beside its sign.
        "done": pgettext("map", "read"),
        "here": pgettext("map", "next"),
        "ready": pgettext("map", "ready"),
        "locked": pgettext("map", "locked"),
        "later": pgettext("map", "later"),
        "never": pgettext("map", "never"),
        "goal": pgettext("map", "goal"),
    }


def _stop(station: Station, marks: Marks, *, is_inside: bool = False) -> Stop:
    named = station.named
    where = station.look, station.lane, station.after, station.gathers
    if isinstance(named, int):
        return Stop(ngettext("{n} more", "{n} more", named), *where)
    if isinstance(named, Step):
        count = step_count(named, marks)
        counted = count.listed if count.listed.total else count.added
        return Stop(_name(named), *where, (count_text(counted),), named.id)
    beside = (takes(named),) if named.minutes else ()
    slug = named.key.partition(":")[2]
    return Stop(
        _name(named), *where, beside, slug, is_must_read=named.must_read, is_inside=is_inside
    )


def _name(named: Resource | Step) -> str:
    return step_title(named) if isinstance(named, Step) else short_title(named)


def _past_stops(status: GroupStatus, past: Iterable[PastWeek]) -> Iterator[Stop]:
    this_week = status.this_week.week if status.this_week else None
    for each in past:
        post, count = each.post, each.read
        look: Look = "here" if post.week == this_week else "done"
        named = _read_text(status.curriculum, each)
        if post.state not in HAD:
            look = "never"
            silent = {"skipped": _("skipped"), "missed": _("missed")}
            named = silent.get(post.state, pgettext("map", "no paper"))
        day = short_date(status.group.schedule.today(post.at))
        # Translators: how many people.
        read = (_("{n} read it", n=count),) if count else ()
        yield Stop(named, look, beside=(day, *read), or_else=post.week)


def _read_text(curriculum: Curriculum, past: PastWeek) -> str:
    resource = curriculum.get(past.post.key or "")
    return dotted(
        short_title(resource) if resource else past.post.title, part_text(past.part, None)
    )


def _coming_stops(status: GroupStatus) -> Iterator[Stop]:
    for coming in status.coming:
        pick = coming.pick
        resource = status.curriculum.get(pick.key or "")
        look: Look = "ready"
        if coming.is_skipped:
            look, named = "never", _("skipped")
        elif is_voted_on(coming, status):
            look, named = "later", _("vote is open")
        elif resource is None:
            look, named = "never", _("nothing yet") if status.is_empty else _("nothing left")
        else:
            named = dotted(short_title(resource), part_text(pick.part, None))
        day = short_date(status.group.schedule.today(coming.slot.at))
        yield Stop(named, look, beside=(day,), or_else=coming.slot.week)
