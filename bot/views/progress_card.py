"""How far a reader is, and what they may do about it: undo, start elsewhere, start afresh."""

from datetime import datetime, timedelta

from discord.ui import LayoutView

from bot.core.curriculum import Curriculum
from bot.core.progress import Figures, StepCount, figures
from bot.core.recommend import Change, Journey
from bot.language import _, ngettext
from bot.plain import plain
from bot.views import custom_ids as ids
from bot.views.parts import (
    OPTIONS,
    Lines,
    WordForm,
    boxed,
    card,
    go_button,
    option,
    row,
    select,
    text_of,
)
from bot.views.phrases import (
    count_text,
    dotted,
    duration,
    name_of,
    several,
    short_title,
    step_name,
    step_title,
    title_in,
)

PAGES = 8  # selects; Discord's 40 components would allow a few more
BAR = 10  # characters
DEEPER = ":deeper"
"""The select's value for "I know the whole list"; no step's id has a colon."""


def progress_card(journey: Journey) -> LayoutView:
    """Build the reader's progress: the list, then step by step; time left at their own pace."""
    buttons = row(
        go_button("next"),
        go_button("index"),
        go_button("undo") if journey.changes else None,
        go_button("start"),
        go_button("reset") if journey.reader.marks else None,
    )
    return boxed(text_of(_progress_lines(journey)), buttons)


def shared_card(journey: Journey) -> LayoutView:
    """Build the public card of `/progress share`: the figures, nothing to press."""
    return boxed(text_of(_head(journey, figures(journey.curriculum, journey.reader.marks))))


def undo_card(journey: Journey, now: datetime) -> LayoutView:
    """Build the choice among the changes that can be undone, the newest first."""
    told = _("### Undo what?\nYour latest changes, the newest first.")
    if not journey.changes:
        told = _("There is nothing to undo: you haven't changed anything yet.")
    changes = [
        option(
            str(change.change_id),
            _change_label(change, journey.curriculum),
            _ago(now - change.made_at),
        )
        for change in journey.changes
    ]
    return boxed(told, select(ids.UndoOne(), _("Pick a change…"), changes), go_button("progress"))


def start_card(curriculum: Curriculum) -> LayoutView:
    """Build the choice of a step to start at: a long list needs several selects."""
    steps = [s for s in curriculum.steps if any(not r.addition for r in s.resources)]
    options = [option(step.id, step_title(step)) for step in steps[1:]]
    options.append(option(DEEPER, _("Deeper: I know the whole list")))
    where = _(
        "### Where do you start?\n"
        "Everything before it counts as read. You keep your marks, and Undo takes it back."
    )
    placeholder = _("Start at which step…")
    pages = [options[first : first + OPTIONS] for first in range(0, len(options), OPTIONS)]
    selects = [
        select(ids.StartAt(f":{page}"), placeholder, shown)
        for page, shown in enumerate(pages[:PAGES])
    ]
    return boxed(where, *selects, go_button("progress"))


def reset_form(marks: int) -> WordForm:
    """Build the form that takes this many marks away."""
    question = ngettext(
        "This removes {n} mark, and your goal. Undo brings them back.",
        "This removes {n} marks, and your goal. Undo brings them back.",
        marks,
    )
    return WordForm(_("Start over?"), question, _("reset"))


def help_card() -> LayoutView:
    return card(
        _(
            "## What to read next\n"
            "I know the reading list, and what you have read of it.\n"
            "\n"
            "**`/next`** what to read next, and why. Say how much time you have, if you like.\n"
            "**`/done`** mark what you have read. Without a title: the one `/next` showed last.\n"
            "**`/search`** find anything: titles, authors, years, short names, links. Typos are"
            " fine.\n"
            "**`/curriculum`** the whole list, step by step.\n"
            "**`/path`** what to read before something. You can make it your goal.\n"
            "**`/progress`** how far you are, and how much is left.\n"
            "**`/group`** what this channel's study group reads. Join it, and get reminders.\n"
            "**`/me`** what I keep about you: look at it, download it, delete it.\n"
            "\n"
            "-# Only you see my answers. I keep your marks under your Discord id, not your name."
            " Of what you write, I keep only what is for moderators. Everything but `/group` also"
            " works in a direct message to me."
        )
    )


def _head(journey: Journey, found: Figures) -> Lines:
    listed, added = found.listed, found.added
    yield f"## {plain(journey.curriculum.title)}"
    counts = [f"**{count_text(listed, 'list')}**"] if listed.total else []
    counts += [count_text(added, "deeper")] if added.total else []
    # A bar of plain characters: what is read of all there is.
    count = listed if listed.total else added
    filled = BAR * count.read // count.total if count.total else 0
    yield f"{'▰' * filled}{'▱' * (BAR - filled)}  {', '.join(counts)}"


def _progress_lines(journey: Journey) -> Lines:
    found = figures(journey.curriculum, journey.reader.marks)
    yield from _head(journey, found)
    yield _left_text(found)
    still, pace = found.added if found.listed.is_complete else found.listed, journey.minutes_a_week
    if pace and still.left_minutes:  # without a history there is no pace
        yield ngettext(
            "At your pace, {duration} a week, that is about {n} week.",
            "At your pace, {duration} a week, that is about {n} weeks.",
            max(1, round(still.left_minutes / pace)),
            duration=duration(pace),
        )
    if goal := journey.curriculum.get(journey.reader.goal or ""):
        yield _("🎯 Your goal: **{title}**. `/path` shows the way.", title=name_of(goal))
    yield ""
    begun = [_step_line(count) for count in found.steps if _is_begun(count)]
    yield from begun
    if untouched := len(found.steps) - len(begun):
        yield ngettext(
            "-# Deeper, not begun yet: {n} step.",
            "-# Deeper, not begun yet: {n} steps.",
            untouched,
        )


def _left_text(found: Figures) -> str:
    """Return how long the rest takes; without estimates, how many are left."""
    still = found.added if found.listed.is_complete else found.listed
    n = still.left
    if still.is_complete:
        return _("You've read everything. Well done!")
    if not found.listed.is_complete:
        minutes = _("Left of the list: {duration}.")
        number = ngettext("Left of the list: {n} resource.", "Left of the list: {n} resources.", n)
    elif not found.listed.total:
        minutes = _("Left: {duration}.")
        number = ngettext("Left: {n} resource.", "Left: {n} resources.", n)
    else:
        minutes = _("You've read the list. To go deeper: {duration} more.")
        number = ngettext(
            "You've read the list. To go deeper: {n} more resource.",
            "You've read the list. To go deeper: {n} more resources.",
            n,
        )
    return minutes.format(duration=duration(still.left_minutes)) if still.left_minutes else number


def _is_begun(count: StepCount) -> bool:
    added = count.added
    return bool(count.listed.total or added.read or added.skipped)


def _step_line(count: StepCount) -> str:
    listed, added = count.listed, count.added
    counts = [count_text(listed)] if listed.total else []
    counts += [count_text(added, "deeper")] if added.read or added.skipped else []
    done = " ✅" if listed.total and listed.is_complete else ""
    left = listed.left_minutes
    return dotted(
        f"- {step_name(count.step)}: {', '.join(counts)}{done}",
        _("{duration} left", duration=duration(left)) if left else None,
    )


def _change_label(change: Change, curriculum: Curriculum) -> str:
    """Return a change in the words of a list, without Markdown."""
    named = [found for key in change.keys if (found := curriculum.get(key))]
    if change.kind == "reset":
        return ngettext("Reset: {n} mark", "Reset: {n} marks", len(change.keys))
    label = {
        "done": _("Done: {what}"),
        "done_current": _("Done: {what}"),
        "known": _("I know it: {what}"),
        "skipped": _("Never: {what}"),
        "later": _("Later: {what}"),
        "clear": _("Not read: {what}"),
        "start_at": _("Counts as read: {what}"),
        "goal": _("Goal: {goal}"),
        "no_goal": _("Goal dropped"),
    }[change.kind]
    what = several(list(map(short_title, named)), 3) or _("something no longer listed")
    return label.format(what=what, goal=title_in(curriculum, change.goal or ""))


def _ago(since: timedelta) -> str:
    """Return how long ago something was, in the largest fitting unit."""
    minutes = max(0, int(since.total_seconds()) // 60)
    if days := minutes // (24 * 60):
        return ngettext("{n} day ago", "{n} days ago", days)
    if hours := minutes // 60:
        return ngettext("{n} hour ago", "{n} hours ago", hours)
    if minutes:
        return ngettext("{n} minute ago", "{n} minutes ago", minutes)
    return _("just now")
