"""Every word the bot says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.progress import Count, Figures, Mark
from bot.core.reading import Change, ChangeKind, Meant, PartlyDone, Path, Worth
from bot.core.recommend import (
    FinishedPrerequisites,
    FitsMinutes,
    OnGoalPath,
    Opens,
    Reason,
    TooNarrow,
)
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

# Buttons and selects
OPEN = "Open"
DONE = "Done"
NOT_READ = "Not read after all"
EDIT_AGAIN = "Edit again"
UNDO = "Undo"
MOVE_TO = "Move to another channel…"
GO_DEEPER = "Go deeper"
GO_TO = {
    "next": "What's next?",
    "progress": "My progress",
    "index": "The list",
    "updates": "What's new",
    "undo": "Undo…",
    "start": "Start at…",
    "reset": "Reset…",
    "me": "What you keep",
    "settings": "Settings",
}
DEEPER = "Deeper"
UPDATES = "What's new in the list"
OPENS = "**Opens**"
HELPS = "Helps with it"
ORIGINAL = "the publisher's own copy"
NOT_THE_MAKERS = "added to the list, not its maker's words"
EARLIER = "◀ Back"
FURTHER = "More ▶"
NOT_THIS_ONE = "Not this one…"
LATER, LATER_HINT = "Later", "Comes back in a week"
KNOWN, KNOWN_HINT = "I know it", "Counts as read"
NEVER, NEVER_HINT = "Never", "Isn't suggested again; what needs it goes on"
PICK_A_STEP = "Look into a step…"
PICK_A_RESOURCE = "Show one of these…"


HELP = """\
## What to read next
I know the reading list, and what you have read of it.

**`/next`** what to read next, and why. Say how long you have, if you like.
**`/done`** you've read it. Without a resource: the one `/next` showed last.
**`/search`** find anything: titles, authors, years, short names, links. Typos are fine.
**`/curriculum`** the whole list, step by step.
**`/path`** what to read before something, and to make it your goal.
**`/progress`** how far you are, and how much is left.
**`/group`** what this channel's study group reads and has read; join it, and be reminded.
**`/me`** what I keep about you: look at it, download it, delete it.

-# Only you see my answers. I keep your marks under your Discord id, not your name; of what you \
write, only what is meant for moderators. All of this works in a direct message to me too."""

HISTORY = "History"
REMIND, NO_REMINDER = "Remind me", "Don't remind me"
PATH_TO = "The way to"
WHAT_FIRST = "What first?"
MAKE_GOAL = "Make this my goal"
DROP_GOAL = "Drop this goal"
DOUBT = "Prerequisite wrong?"
DOUBT_TITLE = "A prerequisite is wrong"
DOUBT_WHICH = "Which one?"
DOUBT_WHY = "Why? One sentence is enough"
UNDO_WHICH = "### Undo what?\nYour latest changes, the newest first."
UNDO_WHICH_ONE = "Pick a change…"
NOTHING_TO_UNDO = "There is nothing to undo: you haven't changed anything yet."
START_WHERE = (
    "### Where do you start?\nWhat comes before counts as known. Nothing you marked is lost,"
    " and Undo takes it back."
)
START_AT_WHICH = "Start at which step…"
START_DEEPER = "Deeper: I know the whole list"
RESET_NOW = "Reset everything"
RESET_TITLE = "Start afresh?"
RESET_WORD = "reset"
NUDGE = "-# You asked me to remind you after a week without reading. `/me` stops it."
KNOWN_BEFORE = "☑️ You had read or marked all that comes before."


def duration(minutes: int) -> str:
    """Return an estimate in the unit people plan with."""
    if minutes < 90:
        return f"about {minutes} min"
    return f"about {(minutes + 30) // 60} h"


def day(at: datetime) -> str:
    """Return a date that each reader sees in their own zone and language."""
    return f"<t:{int(at.timestamp())}:D>"


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
    more = len(resources) - len(named)
    if more:
        return f"{', '.join(named)} and {more} more"
    return " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))


def step_title(step: Step) -> str:
    """Return a step's name as the index prints it: "1 · Transformer"."""
    title = one_line(step.title)
    return f"{step.number} · {title}" if step.number else title


def step_place(step: Step) -> str:
    """Return a step's name in few letters: "step 1", "Appendix", "Tokenization"."""
    if step.number.isdigit():
        return f"step {step.number}"
    return one_line(step.number or step.title)


def facts(resource: Resource) -> str:
    """Return who, when, what and how long, as far as known."""
    known = (
        plain(resource.authors, 120),
        str(resource.year or ""),
        f"{KIND_ICONS[resource.kind]} {resource.kind}",
        duration(resource.minutes) if resource.minutes else "",
    )
    return " · ".join(fact for fact in known if fact)


def mark_text(mark: Mark) -> str:
    """Return a reader's state for a resource, in words."""
    if mark.state == "done":
        stars = f", {mark.rating} of 5" if mark.rating else ""
        return f"✅ done{stars}"
    if mark.state == "later" and mark.until is not None:
        return f"💤 put off until {day(mark.until)}"
    return {"known": "☑️ you know it", "skipped": "🚫 never", "later": "💤 later"}[mark.state]


def count_text(count: Count, noun: str) -> str:
    """Return "3 of 9 of the list"; what is skipped is named, not counted as read."""
    skipped = f"({count.skipped} left out)" if count.skipped else ""
    return " ".join(filter(None, [f"{count.read} of {count.total}", noun, skipped]))


def figures_text(figures: Figures) -> str:
    """Return the reader's whole progress in one line."""
    parts = [f"**{count_text(figures.listed, 'of the list')}**"] if figures.listed.total else []
    if figures.added.total:
        parts.append(count_text(figures.added, "deeper"))
    return ", ".join(parts)


def left_text(figures: Figures) -> str:
    """Return how long the rest takes; without estimates, how many are left."""
    listed, added = figures.listed, figures.added
    if not listed.is_complete:
        return f"{_amount_left(listed)} of the list {_are(listed)} left."
    if not added.is_complete:
        if listed.total:
            return f"The list is read. {_amount_left(added)} more to go deeper."
        return f"{_amount_left(added)} {_are(added)} left."
    return "Everything is read. Well done!"


def _amount_left(count: Count) -> str:
    return duration(count.left_minutes).capitalize() if count.left_minutes else str(count.left)


def _are(count: Count) -> str:
    return "is" if count.left == 1 and not count.left_minutes else "are"


def untouched_text(steps: int) -> str:
    """Return the line for the steps that go deeper and aren't begun."""
    noun = "step goes" if steps == 1 else "steps go"
    return f"-# {steps} more {noun} deeper, not begun yet."


def bar(count: Count, width: int = 10) -> str:
    """Return a bar of plain characters: what is read of all there is."""
    filled = width * count.read // count.total if count.total else 0
    return "▰" * filled + "▱" * (width - filled)


def change_text(
    change: Change, named: Sequence[Resource], aim: Resource | None, *, repeated: bool
) -> str:
    """Return what was just changed; ``aim`` is the goal it set, or reached."""
    is_done = change.kind in ("done", "done_current")
    what = (titles_done(named) if is_done else titles(named)) or "it"
    goal = plain(short_title(aim)) if aim else "something no longer listed"
    if repeated:
        return _repeated_text(change.kind, goal if change.kind == "goal" else what)
    if aim is not None and is_done and len(named) > 1:
        return f"✅ Done: **{what}**. 🎯 Your goal is reached: **{goal}**!"
    if aim is not None and (reached := _GOAL_REACHED.get(change.kind)):
        return reached.format(goal)
    return {
        "done": f"✅ Done: **{what}**",
        "done_current": f"✅ Done: **{what}**",
        "known": f"☑️ You know **{what}**: it counts as read.",
        "skipped": f"🚫 **{what}** won't be suggested again.",
        "later": f"💤 **{what}** comes back in a week.",
        "clear": f"**{what}** is unread again.",
        "start_at": f"☑️ Known before: **{what}**." if named else KNOWN_BEFORE,
        "reset": "🧹 Everything is unmarked. A fresh start!",
        "goal": f"🎯 Your goal is **{goal}**. The way to it comes first now.",
        "no_goal": "The goal is dropped: the list's own order counts again.",
    }[change.kind]


_GOAL_REACHED = {
    "done": "🎯 Done, and your goal is reached: **{}**!",
    "done_current": "🎯 Done, and your goal is reached: **{}**!",
    "known": "☑️ You know **{}**: your goal is reached.",
    "skipped": "🚫 **{}** won't be suggested again, and is your goal no more.",
    "start_at": "☑️ What comes before is known, and with it your goal: **{}**.",
}


def _repeated_text(kind: ChangeKind, what: str) -> str:
    """Return the answer to a second click."""
    return {
        "clear": f"**{what}** is unread already.",
        "goal": f"🎯 **{what}** is your goal already.",
        "no_goal": "You have no goal.",
    }.get(kind, f"**{what}** was marked already.")


def titles_done(resources: Sequence[Resource]) -> str:
    """Return the titles of what was marked together: whoever named five sees all five."""
    return titles(resources, most=8, longest=60 if len(resources) == 1 else 40)


def already_text(resources: Sequence[Resource]) -> str:
    """Return what was done before somebody said so again."""
    verb = "was" if len(resources) == 1 else "were"
    return f"**{titles_done(resources)}** {verb} marked already."


def unclear_text(asked: PartlyDone, most: int = 5) -> str:
    """Return which of several typed names were not understood."""
    shown = (f"- “{plain(one.typed, 60)}”: {_why_unclear(one)}" for one in asked.unclear[:most])
    lines = [NOT_MARKED, *shown]
    if (more := len(asked.unclear) - most) > 0:
        lines.append(f"- and {more} more {'name' if more == 1 else 'names'}")
    if any(not one.likely and not one.is_gone for one in asked.unclear):
        lines.append("-# `/search` takes a word of a title.")
    return "\n".join(lines)


def _why_unclear(name: Meant) -> str:
    if name.is_gone:
        return "no longer on the list"
    if not name.likely:
        return "nothing fits it"
    return "fits several" if len(name.likely) > 1 else "may be another title"


NOT_MARKED = "**Not marked yet**"
WHICH_DONE = "Which did you read?"


def locked_text(missing: Sequence[Resource]) -> str:
    """Return what a resource waits for."""
    return f"🔒 It builds on what you haven't read: {titles(missing)}."


def helps_with(title: str) -> str:
    """Return what a companion is for."""
    return f"It helps with {title}."


def path_summary(path: Path) -> str:
    """Return how far away a resource is."""
    before = len(path.steps) - 1
    if not path.steps:
        return "You're past it already."
    if before == 0:
        return "You're ready for it: nothing is missing."
    return "1 thing first:" if before == 1 else f"{before} things first, in this order:"


def doubt_passed_on(resource: Resource, needed: Resource) -> str:
    """Return what becomes of a reader's doubt."""
    return (
        f"Thank you. This server's moderators are told that **{plain(short_title(resource))}**"
        f" may not need **{plain(short_title(needed))}**. Meanwhile *Not this one…* on any card"
        " lets you go on."
    )


def goal_text(goal: Resource) -> str:
    """Return the reader's goal."""
    return f"🎯 Your goal: **{plain(short_title(goal))}**. `/path` shows the way."


def pace_text(figures: Figures, minutes_a_week: int | None) -> str:
    """Return how long the list takes at the reader's own pace; nothing without a history."""
    still = figures.added if figures.listed.is_complete else figures.listed
    left = still.left_minutes
    if not minutes_a_week or not left:
        return ""
    weeks = max(1, round(left / minutes_a_week))
    return (
        f"At your pace, {duration(minutes_a_week)} a week, that is"
        f" about {weeks} {'week' if weeks == 1 else 'weeks'}."
    )


def reset_question(count: int) -> str:
    """Return the question before everything is unmarked."""
    noun = "mark" if count == 1 else "marks"
    return f"This takes {count} {noun} away, and your goal. Undo brings it back."


def ago(since: timedelta) -> str:
    """Return how long ago something was, in the largest fitting unit."""
    minutes = int(since.total_seconds()) // 60
    for unit, length in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if (count := minutes // length) > 0:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def worth_text(worth: Worth) -> str:
    """Return what readers thought of a resource."""
    return f"-# {worth.liked} of {worth.rated} found it worth reading."


def change_label(change: Change, curriculum: Curriculum) -> str:
    """Return a change in the words of a list, without Markdown."""
    named = [found for key in change.keys if (found := curriculum.get(key))]
    goal = curriculum.get(change.goal) if change.goal else None
    what = ", ".join(short_title(r) for r in named[:3]) or "something no longer listed"
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return {
        "done": f"Done: {what}",
        "done_current": f"Done: {what}",
        "known": f"I know it: {what}",
        "skipped": f"Never: {what}",
        "later": f"Later: {what}",
        "clear": f"Not read: {what}",
        "start_at": f"Known before: {what}{more}",
        "reset": f"Reset of {len(change.keys)} {'mark' if len(change.keys) == 1 else 'marks'}",
        "goal": f"Goal: {short_title(goal) if goal else 'something no longer listed'}",
        "no_goal": "Goal dropped",
    }[change.kind]


def undone_text(change: Change, named: Sequence[Resource], *, repeated: bool) -> str:
    """Return what was just undone."""
    what = titles(named) or ("your goal" if "goal" in change.kind else "it")
    if repeated:
        return "That was undone before: nothing changed now."
    if len(named) > 1:
        return f"↩️ Undone: **{what}** are as they were."
    return f"↩️ Undone: **{what}** is as it was."


def list_read_text(curriculum: Curriculum) -> str:
    """Return what a reader reads who finished the list."""
    return f"## 🎉 You've read {plain(curriculum.title)}\nEverything on the list is behind you."


def deeper_text(then: Resource, until: datetime | None) -> str:
    """Return the offer to go beyond the list."""
    start = f"**{plain(short_title(then))}** would be the first of what goes deeper."
    if until is None:
        return start
    waits = f"What is left of the list waits for what you put off until {day(until)}."
    return f"{waits} {start}"


ALL_READ = (
    "## 🎉 You've read everything\nThe list and all that goes deeper. `/search` finds it again."
)


def all_put_off(until: datetime) -> str:
    """Return the empty answer of somebody who put everything off."""
    return (
        f"Everything you could read now is put off; the first comes back {day(until)}."
        "\n`/curriculum` shows the list: any card's **Done** still works."
    )


_FILTERS = {
    "minutes": "the minutes",
    "kind": "the kind",
    "step_id": "the step",
    "must_reads": "“must-reads only”",
}


def too_narrow_text(answer: TooNarrow) -> str:
    """Return which filter left nothing over."""
    names = [_FILTERS[name] for name in answer.culprits]
    if len(names) == 1:
        return f"Nothing you're ready for fits {names[0]}. Try again without."
    named = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"Nothing you're ready for fits {named} together. Try again with fewer of them."


def reason_text(reason: Reason, curriculum: Curriculum, resource: Resource) -> str:
    """Return one reason, as a sentence to the reader."""

    def named(keys: Sequence[str]) -> str:
        return titles([found for key in keys if (found := curriculum.get(key))])

    match reason:
        case "first_step":
            return "Here the list begins."
        case FinishedPrerequisites(keys):
            return f"You have what it builds on: {named(keys)}."
        case "must_read":
            return f"{MUST_READ} It is one of the must-reads."
        case Opens(keys):
            return f"It opens {named(keys)}."
        case OnGoalPath(goal, left):
            aim = curriculum.get(goal)
            if aim is None or aim.key == resource.key:
                return "It is your goal, and you're ready for it."
            return f"It leads to your goal, {plain(short_title(aim))}: {left} to go."
        case FitsMinutes(minutes):
            return f"It fits your {minutes} {'minute' if minutes == 1 else 'minutes'}."
        case "group_reads_it":
            return "Your study group reads it this week."
        case "next_on_list":
            return "It comes next on the list."
        case "goes_deeper":
            return "It goes deeper than the list."


def from_guild_text(guild_id: int) -> str:
    """Return whose list a card in a direct message is about."""
    return f"-# From the list of [one of your servers](https://discord.com/channels/{guild_id})"


def group_reads_text(resource: Resource, channel_id: int) -> str:
    """Return what a group of the reader reads this week."""
    return f"-# <#{channel_id}> reads {plain(short_title(resource))} this week."


def also_done_text(resource: Resource, before: Resource | None, rating: int | None) -> str:
    """Return the question after a second bare `/done`, or a tap that may be a slip."""
    just = f"You just marked **{plain(short_title(before))}**. Also done" if before else "Done"
    rated = f" It gets your {rating} of 5." if rating else ""
    return f"{just} with **{plain(title_of(resource))}**?{rated}"


def found_text(query: str, count: int, most: int) -> str:
    """Return the heading of a list of hits."""
    if count > most:
        return f"### The {most} best for “{plain(query, 80)}”"
    noun = "resource" if count == 1 else "resources"
    return f"### {count} {noun} for “{plain(query, 80)}”"


def nothing_found_text(query: str) -> str:
    """Return the empty answer of a search."""
    return (
        f"Nothing on the list fits “{plain(query, 80)}”."
        "\nTry fewer words, an author, a year or a link; `/curriculum` shows everything."
    )
