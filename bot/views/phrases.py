"""Small words that many cards share: a resource's title and facts, a step's name, a mark."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.core.curriculum import Curriculum, Kind, Resource, Step
from bot.core.curriculum.additions import OWN_STEP_TITLE
from bot.core.link_checks import ARCHIVE
from bot.core.progress import Count, Mark, Marks, State, step_count
from bot.language import _, ngettext, npgettext
from bot.plain import clipped, columns, link, made_once, narrowed, one_line, plain, together

MUST_READ = "📚"
KIND_ICONS = {
    "paper": "📄",
    "article": "📃",
    "video": "📼",
    "docs": "🧰",
    "course": "🎓",
    "book": "📖",
}
MARK_ICONS: dict[State, str] = {"done": "✅", "known": "☑️", "skipped": "🚫", "later": "💤"}

LINE = 32
"""Columns of a title beside other facts, so that they take no more than two lines of a phone."""

LOCKED, UNREAD = "🔒", "○"


def rounded(minutes: int) -> int:
    """Return minutes as they are said under three hours: to five, so that they add up."""
    return max(5, (minutes + 2) // 5 * 5)


def duration(minutes: int) -> str:
    """Return an estimate: to half hours from three hours on, to hours from ten on."""
    return together(_estimate(rounded(minutes)))


def _estimate(n: int) -> str:
    hours, over = divmod(n, 60)
    if not hours:
        return _("{n} min", n=over)
    if hours < 3:
        return _("{h} h {n} min", h=hours, n=over) if over else _("{h} h", h=hours)
    halves = (n + 15) // 30 if hours < 10 else (n + 30) // 60 * 2
    if halves % 2:
        return _("about {h}½ h", h=halves // 2)
    return _("about {h} h", h=halves // 2)


def moment(at: datetime, style: Literal["F", "D", "d", "f", "R"] = "F") -> str:
    """Return an instant that each reader sees on their own clock, in their zone and language.

    ``style``: a day and time; ``D`` and ``d`` the day alone, ``R`` how far away it is
    (https://discord.com/developers/docs/reference#message-formatting-timestamp-styles).
    """
    return f"<t:{int(at.timestamp())}:{style}>"


def title_of(resource: Resource) -> str:
    """Return the title as the maker prints it, label first."""
    label = one_line(resource.label)
    return f"{label} {resource.title}" if label else resource.title


def short_title(named: Resource | Step) -> str:
    """Return a title to say in passing: the label, what stands before the colon, an alias."""
    if isinstance(named, Step):
        return step_named(named.title)
    if named.label:
        return one_line(named.label).rstrip(" :")
    head = named.title.split(": ")[0]
    names = [name for name in (head, *named.aliases) if 2 < len(name) <= 40]
    return names[0] if names else clipped(named.title, 60)


@made_once
def narrow(text: str, longest: int = LINE) -> str:
    """Return as much of foreign text as fits so many columns of a phone, as a card shows it."""
    return plain(narrowed(one_line(text), longest))


def room(title: str, most: int = 26) -> int:
    """Return how many columns of a title there is room for beside a date, or the like.

    One long word would stand on a line of its own.
    """
    return 20 if any(columns(word) > 20 for word in title.split()) else most


def beside(title: str) -> str:
    """Return as much of a title as takes no more than two lines of a phone beside a date."""
    return narrow(title, room(title))


def name_of(named: Resource | Step, longest: int = 60) -> str:
    """Return a short title as a card shows it."""
    return narrow(short_title(named), longest)


@made_once
def linked(resource: Resource, longest: int = 120, *, marked: bool = False) -> str:
    """Return the title as a link to the page; ``marked``: must-reads have their sign behind it."""
    sign = together(f" {MUST_READ}") if marked and resource.must_read else ""
    return f"{link(narrowed(one_line(title_of(resource)), longest), resource.opens)}{sign}"


def step_name(step: Step, longest: int = 48) -> str:
    """Return a step's name in the index, as a card shows it."""
    return narrow(step_title(step), longest)


def title_in(curriculum: Curriculum, key: str) -> str:
    """Return the short title of what the list may no longer hold: a resource, or a step."""
    found = curriculum.find(key)
    return short_title(found) if found else _("something no longer listed")


def titles(resources: Sequence[Resource], most: int = 3, longest: int = 60) -> str:
    """Return short titles as one phrase: "A, B and 4 more"."""
    named = [name_of(r, longest) for r in resources]
    return several(named, most, "resources") if len(named) > most else joined(named)


Counted = Literal["people", "resources", "channels", "days", "settings"]


def several(names: Sequence[str], most: int, counted: Counted, of: int | None = None) -> str:
    """Return the first names: "A, B and 4 more"; ``of``: how many there are in all."""
    named = ", ".join(names[:most])
    more = (len(names) if of is None else of) - len(names[:most])
    if more <= 0:
        return named
    # Translators: the context is what is counted: people, days or spans of days, and so on.
    return {
        "people": npgettext(
            "people", "{names} and {n} more", "{names} and {n} more", more, names=named
        ),
        "resources": npgettext(
            "resources", "{names} and {n} more", "{names} and {n} more", more, names=named
        ),
        "channels": npgettext(
            "channels", "{names} and {n} more", "{names} and {n} more", more, names=named
        ),
        "days": npgettext(
            "days", "{names} and {n} more", "{names} and {n} more", more, names=named
        ),
        "settings": npgettext(
            "settings", "{names} and {n} more", "{names} and {n} more", more, names=named
        ),
    }[counted]


def channels(channel_ids: Sequence[int], most: int) -> str:
    return several([f"<#{channel_id}>" for channel_id in channel_ids], most, "channels")


def dotted(*facts: str | None) -> str:
    """Return separate facts as one line, those that there are; no line begins with the dot."""
    return "\N{NO-BREAK SPACE}· ".join(filter(None, facts))


def joined(names: Sequence[str]) -> str:
    """Return names as one says them: "A, B and C"."""
    *others, last = names or [""]
    return _("{names} and {last}", names=", ".join(others), last=last) if others else last


def step_named(title: str) -> str:
    """Return a step's title; only of one is it words of ours."""
    return _("Added by this server") if title == OWN_STEP_TITLE else one_line(title)


def step_title(step: Step) -> str:
    """Return a step's name as the index prints it: "1 · Transformer"."""
    title = step_named(step.title)
    return f"{step.number} · {title}" if step.number else title


def step_place(step: Step) -> str:
    """Return a step's name in few letters: "step 1", "Appendix", "Tokenization"."""
    if step.number.isdigit():
        return _("step {number}", number=step.number)
    return one_line(step.number) or step_named(step.title)


def kind_name(kind: Kind) -> str:
    return {
        "paper": _("paper"),
        "article": _("article"),
        "video": _("video"),
        "docs": _("docs"),
        "course": _("course"),
        "book": _("book"),
    }[kind]


def facts(resource: Resource) -> str:
    """Return who, when, what and how long, as far as known."""
    icon, year = KIND_ICONS[resource.kind], str(resource.year or "")
    how_long = f"{icon} {takes(resource) or kind_name(resource.kind)}"
    return dotted(narrow(resource.authors, 36), year, how_long)


def about(resource: Resource, longest: int = 120) -> list[str]:
    """Return the lines that say what a resource is: its title to open, and its facts."""
    return [f"### {linked(resource, longest)}", facts(resource)]


def gone_page(resource: Resource) -> str | None:
    """Return that a resource's own page is gone, so that its link opens a copy."""
    if not resource.mirror:
        return None
    if resource.mirror.startswith(ARCHIVE):  # which may have none
        return _("-# ⚠️ Its page is gone. Try this archive.")
    return _("-# ⚠️ Its page is gone. Here is a copy.")


def takes(resource: Resource) -> str:
    return duration(resource.minutes) if resource.minutes else ""


def sum_of(resources: Sequence[Resource]) -> list[str]:
    """Return how long several resources take together; none without estimates."""
    minutes = sum(rounded(resource.minutes) for resource in resources if resource.minutes)
    return [duration(minutes)] if minutes else []


def kind_and_minutes(resource: Resource) -> str:
    """Return what kind it is and how long it takes, as short as can be: "📄 45 min"."""
    return together(f"{KIND_ICONS[resource.kind]} {takes(resource)}".rstrip())


def in_all(resources: Sequence[Resource]) -> list[str]:
    """Return how long several resources take together, as a line; none without estimates."""
    told = sum_of(resources) if len(resources) > 1 else []
    return [_("-# {duration} in all", duration=each) for each in told]


def must_read(resource: Resource) -> str:
    return _("{icon} must-read", icon=MUST_READ) if resource.must_read else ""


def mark_text(mark: Mark) -> str:
    """Return a reader's state for a resource, in words."""
    if mark.state == "done" and mark.rating:
        return together(_("✅ done, {rating} of 5", rating=mark.rating))
    if mark.state == "later" and mark.until:
        return _("💤 later, back on {day}", day=moment(mark.until, "D"))
    said = {
        "done": _("✅ done"),
        "known": _("☑️ you know it"),
        "skipped": _("🚫 never"),
        "later": _("💤 later"),
    }
    return together(said[mark.state])


def state_text(mark: Mark | None, *, is_locked: bool) -> str:
    """Return a reader's state in words alone, for an option: Discord shows no dates there."""
    if mark is not None:
        return mark_text(replace(mark, until=None))
    # Translators: of a resource. Locked: something else has to be read first.
    return _("{icon} locked", icon=LOCKED) if is_locked else _("{icon} not read yet", icon=UNREAD)


def read_first(title: str) -> str:
    """Return that something is locked, and by what; ``title`` as a card shows it."""
    return _("🔒 Read this first: {title}", title=title)


def state_icon(mark: Mark | None, *, is_locked: bool) -> str:
    """Return a reader's state as the shape before a line: a tick, a lock, an empty circle."""
    return MARK_ICONS[mark.state] if mark else LOCKED if is_locked else UNREAD


def read_of(step: Step, marks: Marks) -> str:
    """Return how much of a step is read, of the list and of what goes deeper together."""
    count = step_count(step, marks)
    read, total = count.listed.read + count.added.read, count.listed.total + count.added.total
    return together(_("{read} of {total}", read=read, total=total))


def count_text(count: Count, *, deeper: bool = False) -> str:
    """Return "3 of 9", or "3 of 9 deeper"; what is skipped is named, not counted as read."""
    said = _("{read} of {total} deeper") if deeper else _("{read} of {total}")
    told = together(said.format(read=count.read, total=count.total))
    return _("{count} ({n} never)", count=told, n=count.skipped) if count.skipped else told


def empty_list_text() -> str:
    """Return that there is nothing on a list, which doesn't mean that it is read."""
    return _("This list is empty so far.")


def how_to_fill_text() -> str:
    """Return the same to moderators, who can change it."""
    return _(
        "This list is empty so far. `/manage add` adds to it, `/manage import` brings a whole list."
    )


def read_by(count: int | None) -> str:
    """Return how many read a group's paper; nothing where there are too few to be told."""
    return ngettext("✅ {n} person read it", "✅ {n} people read it", count) if count else ""
