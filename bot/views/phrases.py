"""Small words that many cards share: a resource's title and facts, a step's name, a mark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from bot.core.curriculum import Kind, Resource, Step
from bot.core.progress import Count, Mark, State
from bot.language import _
from bot.plain import clipped, one_line, plain

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


def duration(minutes: int) -> str:
    """Return an estimate in the unit people plan with."""
    if minutes < 90:
        return _("about {n} min", n=minutes)
    return _("about {n} h", n=(minutes + 30) // 60)


def day(at: datetime) -> str:
    """Return a date that each reader sees in their own zone and language."""
    return f"<t:{int(at.timestamp())}:D>"


def moment(at: datetime) -> str:
    """Return a date and time that each reader sees on their own clock."""
    return f"<t:{int(at.timestamp())}:F>"


def short_date(at: datetime) -> str:
    """Return a date that each reader sees on their own calendar; its card says the time once."""
    return f"<t:{int(at.timestamp())}:d>"


def title_of(resource: Resource) -> str:
    """Return the title as the maker prints it, label first."""
    label = one_line(resource.label)
    return f"{label} {resource.title}" if label else resource.title


def short_title(resource: Resource) -> str:
    """Return a title to say in passing: the label, what stands before the colon, an alias."""
    if resource.label:
        return one_line(resource.label).rstrip(" :")
    head = resource.title.split(": ")[0]
    names = [name for name in (head, *resource.aliases) if 2 < len(name) <= 40]
    return names[0] if names else clipped(resource.title, 60)


def titles(resources: Sequence[Resource], most: int = 3, longest: int = 60) -> str:
    """Return short titles as one phrase: "A, B and 4 more"."""
    named = [plain(short_title(r), longest) for r in resources[:most]]
    if more := len(resources) - len(named):
        return _("{names} and {n} more", names=", ".join(named), n=more)
    return joined(named)


def joined(names: Sequence[str]) -> str:
    """Return names as one says them: "A, B and C"."""
    *others, last = names or [""]
    return _("{names} and {last}", names=", ".join(others), last=last) if others else last


def step_title(step: Step) -> str:
    """Return a step's name as the index prints it: "1 · Transformer"."""
    title = one_line(step.title)
    return f"{step.number} · {title}" if step.number else title


def step_place(step: Step) -> str:
    """Return a step's name in few letters: "step 1", "Appendix", "Tokenization"."""
    if step.number.isdigit():
        return _("step {number}", number=step.number)
    return one_line(step.number or step.title)


def kind_name(kind: Kind) -> str:
    """Return what a kind of resource is called."""
    names: dict[Kind, str] = {
        "paper": _("paper"),
        "article": _("article"),
        "video": _("video"),
        "docs": _("docs"),
        "course": _("course"),
        "book": _("book"),
    }
    return names[kind]


def facts(resource: Resource) -> str:
    """Return who, when, what and how long, as far as known."""
    known = (
        plain(resource.authors, 120),
        str(resource.year or ""),
        f"{KIND_ICONS[resource.kind]} {kind_name(resource.kind)}",
        duration(resource.minutes) if resource.minutes else "",
    )
    return " · ".join(fact for fact in known if fact)


def mark_text(mark: Mark) -> str:
    """Return a reader's state for a resource, in words."""
    if mark.state == "done" and mark.rating:
        return _("✅ done, {rating} of 5", rating=mark.rating)
    if mark.state == "later" and mark.until is not None:
        return _("💤 put off until {day}", day=day(mark.until))
    states: dict[State, str] = {
        "done": _("✅ done"),
        "known": _("☑️ you know it"),
        "skipped": _("🚫 never"),
        "later": _("💤 later"),
    }
    return states[mark.state]


def count_text(count: Count, of: Literal["", "list", "deeper"] = "") -> str:
    """Return "3 of 9 of the list"; what is skipped is named, not counted as read."""
    forms = {
        "": _("{read} of {total}"),
        "list": _("{read} of {total} of the list"),
        "deeper": _("{read} of {total} deeper"),
    }
    told = forms[of].format(read=count.read, total=count.total)
    return _("{count} ({n} left out)", count=told, n=count.skipped) if count.skipped else told
