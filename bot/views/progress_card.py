"""How far a reader is, what they may undo, and what they know already."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from discord import SelectOption
from discord.ui import LayoutView

from bot.core.curriculum import Curriculum, Resource, Step
from bot.core.maps import Chart, Draw
from bot.core.progress import Figures, StepCount, figures, is_read, unlocks
from bot.core.recommend import Change, Journey, Reader, passed_to, path_to
from bot.language import _, message, ngettext, to_all
from bot.plain import together
from bot.views import custom_ids as ids
from bot.views.map_card import list_chart, map_button, picture
from bot.views.parts import (
    GREEN,
    OPTIONS,
    Interaction,
    Lines,
    Select,
    WordForm,
    as_many_as_fit,
    boxed,
    button,
    go_button,
    option,
    page_buttons,
    page_of,
    row,
    select,
    text_of,
)
from bot.views.phrases import (
    MUST_READ,
    count_text,
    dotted,
    duration,
    empty_list_text,
    name_of,
    narrow,
    read_of,
    several,
    short_title,
    step_name,
    step_title,
    sum_of,
    takes,
    title_in,
    title_of,
)
from bot.views.replies import answer

TOLD_BY_MAP = 3
"""Of the lines above all: the list, how much of it is read, how long the rest takes."""

BAR, STEPS = 10, 2_000  # characters
STEPS_ROOM = 16
"""Lines on a phone for the steps of a list: of more, those about the reader's own are shown."""


def progress_card(journey: Journey, *, now: datetime | None = None) -> LayoutView:
    """Build the reader's progress; with ``now``, all there is: pace, steps, what can be undone."""
    goal = journey.reader.goal
    aim = journey.curriculum.find(goal or "")
    the_way = button(ids.ShowPath(aim.key), _("The way")) if aim else None
    way = text_of(_way_lines(journey, aim)) if aim else None
    if goal and aim is None:
        way = _("🎯 Your goal isn't on this list.")
    head = text_of(_head_lines(journey)), way, text_of(_deeper_lines(journey))
    if now is None:
        shown = map_button() if journey.curriculum.resources else None
        return boxed(*head, row(go_button("next"), the_way, shown, go_button("all-progress")))
    marked = bool(journey.reader.marks or journey.reader.notes)
    return boxed(
        *head,
        text_of(_pace_lines(journey)),
        text_of(_steps_lines(journey), STEPS),
        row(go_button("next"), the_way, button(ids.GoTo("progress"), _("Less"))),
        row(
            go_button("know"),
            button(ids.DropGoal(), _("Drop this goal")) if goal else None,
            button(ids.Share(), _("Share")),
            go_button("reset") if marked else None,
        ),
        _undo_select(journey, now),
    )


def shared_card(journey: Journey, chart: Chart, png: bytes | None) -> LayoutView:
    """Build the public card of `/progress share`: the map, or the figures without one.

    Nothing to press. What the map tells is not said again.
    """
    head, deeper = [*_head_lines(journey)], [*_deeper_lines(journey)]
    if png is None:
        return boxed(text_of([*head, *deeper]))
    return boxed(picture(chart, png), text_of([*head[TOLD_BY_MAP:], *deeper]))


async def share_progress(
    interaction: Interaction, journey: Journey, language: str, draw: Draw
) -> None:
    """Show everyone how far the reader is, in the language of the place."""
    chart = to_all(partial(list_chart, journey, interaction.created_at), language)
    view = to_all(partial(shared_card, journey, chart, await draw(chart)), language)
    await answer(interaction, view, ephemeral=False)


def know_card(curriculum: Curriculum, reader: Reader, page: int = 0) -> LayoutView:
    """Build the question which steps a reader knows already."""
    left = [s for s in curriculum.steps if any(_unread_of(s, reader))]
    if not left:
        nothing = _("You have marked everything there is on this list.")
        nothing = nothing if curriculum.resources else empty_list_text()
        return boxed(nothing, row(go_button("next"), go_button("progress")))
    shown, page, last = page_of(left, page)
    told = _(
        "### What do you know already?\n"
        "Pick steps: all that is in them counts as read, and what they build on.\n"
        "Pick just one to choose parts of it."
    )
    steps = [
        option(s.id, step_title(s), read_of(s, reader.marks), emoji=s.icon or None) for s in shown
    ]
    turns = page_buttons("know", "all", page, last)
    return boxed(
        told,
        select(ids.KnowSteps(page), _("I know…"), steps, OPTIONS),
        row(go_button("next"), *turns),
    )


def know_parts_card(reader: Reader, step: Step, page: int = 0) -> LayoutView:
    """Build the question which parts of a step a reader knows already."""
    shown, page, last = page_of([*_unread_of(step, reader)], page)
    if not shown:
        nothing = _("You have marked all of this: {step}", step=step_name(step))
        return boxed(nothing, row(button(ids.GoTo("know"), _("Other steps")), go_button("next")))
    told = _(
        "### {step}\nWhich of these do you know? What they build on counts as read, too.",
        step=step_name(step),
    )
    return boxed(
        told,
        select(
            ids.KnowItems(step.id, page), _("I know…"), [_part_option(r) for r in shown], OPTIONS
        ),
        row(
            button(ids.KnowStep(step.id), _("All of it"), GREEN),
            button(ids.GoTo("know"), _("Other steps")) if page == 0 else None,
            *page_buttons("items", step.id, page, last),
        ),
    )


def _part_option(resource: Resource) -> SelectOption:
    """Return the option of a resource among others of its step."""
    said = dotted(takes(resource), _("addition") if resource.addition else None)
    return option(resource.key, title_of(resource), said)


def _unread_of(step: Step, reader: Reader) -> Iterator[Resource]:
    return (r for r in step.resources if not unlocks(reader.marks, r.key))


def reset_form(marks: int, list_title: str = "") -> WordForm:
    """Build the form that takes this many marks away; ``list_title``: of one list of several."""
    question = ngettext(
        "This removes {n} mark, your goal, and where you are. Undo brings them back.",
        "This removes {n} marks, your goal, and where you are. Undo brings them back.",
        marks,
    )
    if list_title:
        only = _("Only in {title}: your other lists stay.", title=narrow(list_title, 40))
        question = f"{question}\n{only}"
    return WordForm(_("Start over?"), question, message("reset"))


def _head_lines(journey: Journey) -> Lines:
    found = figures(journey.curriculum, journey.reader.marks)
    yield f"### {narrow(journey.curriculum.title, 48)}"
    if not journey.curriculum.resources:
        yield empty_list_text()
        return
    count = found.listed if found.listed.total else found.added
    yield f"{_bar(count.read, count.total)}  **{count_text(count)}**"
    yield _left_text(found)
    must_reads = [r for r in journey.curriculum.resources if r.must_read and not r.addition]
    if must_reads:
        read = sum(is_read(journey.reader.marks, r.key) for r in must_reads)
        said = _("{icon} {n} of {total} must-reads", icon=MUST_READ, n=read, total=len(must_reads))
        yield said


def _deeper_lines(journey: Journey) -> Lines:
    found = figures(journey.curriculum, journey.reader.marks)
    if found.listed.total and found.added.total:
        # Translators: how much is read of what goes deeper than the list.
        yield _("-# Deeper: {count}", count=count_text(found.added))


def _bar(read: int, total: int) -> str:
    """Return plain characters, one for each thing to read, or ten for all."""
    cells = min(total, BAR)
    filled = cells * read // total if total else 0
    return "▰" * filled + "▱" * (cells - filled)


def _way_lines(journey: Journey, goal: Resource | Step) -> Lines:
    """Yield how far it is to the goal, and what comes next on the way."""
    curriculum, marks = journey.curriculum, journey.reader.marks
    left, passed = path_to(curriculum, marks, goal.key), passed_to(curriculum, marks, goal.key)
    total = len(left) + passed
    yield f"🎯 **{name_of(goal, 28)}**"
    count = _("{n} of {total}", n=passed, total=total)
    time_left = [together(_("{duration} left", duration=each)) for each in sum_of(left)]
    yield dotted(f"{_bar(passed, total)}  {count}", *time_left)
    if left[:-1]:
        yield _("Next on the way: {title}", title=dotted(name_of(left[0], 28), takes(left[0])))


def _pace_lines(journey: Journey) -> Lines:
    found, pace = figures(journey.curriculum, journey.reader.marks), journey.minutes_a_week
    still = found.added if found.listed.is_complete else found.listed
    if pace and still.left_minutes:  # without a history there is no pace
        yield ngettext(
            "At your pace, {duration} a week, that is about {n} week.",
            "At your pace, {duration} a week, that is about {n} weeks.",
            max(1, round(still.left_minutes / pace)),
            duration=duration(pace),
        )


def _steps_lines(journey: Journey) -> Lines:
    """Yield how far the reader is, step by step; of a long list, their own step before all."""
    if not journey.curriculum.resources:
        return
    found, current = figures(journey.curriculum, journey.reader.marks), journey.reader.current
    begun = [count for count in found.steps if _is_begun(count)]
    lines = [_step_line(count) for count in begun]
    own = (n for n, each in enumerate(begun) if current in {r.key for r in each.step.resources})
    left = (n for n, each in enumerate(begun) if not each.listed.is_complete)
    first = next(chain(own, left), 0)
    shown = as_many_as_fit(lines[first:], STEPS_ROOM)
    if first + len(shown) == len(lines):  # what room is left, for those before
        shown = as_many_as_fit(lines[::-1], STEPS_ROOM)[::-1]
    yield from shown
    if len(shown) < len(lines):
        yield _("-# All {n} steps: `/curriculum`", n=len(found.steps))
    if untouched := len(found.steps) - len(begun):
        yield ngettext(
            "-# Deeper, not begun yet: {n} step.",
            "-# Deeper, not begun yet: {n} steps.",
            untouched,
        )


def _undo_select(journey: Journey, now: datetime) -> Select | None:
    """Build the choice among the changes that can be undone, the newest first."""
    changes = [
        option(
            str(change.change_id),
            _change_label(change, journey.curriculum),
            _ago(now - change.made_at),
        )
        for change in journey.changes
    ]
    return select(ids.UndoOne(), _("Undo one of these…"), changes)


def _left_text(found: Figures) -> str:
    """Return how long the rest takes; without estimates, how many are left."""
    still = found.added if found.listed.is_complete else found.listed
    n = still.left
    is_done = found.listed.is_done
    if still.is_complete:
        is_done = is_done and found.added.is_done
        return _("You've read everything. Well done!") if is_done else _("Nothing is left to read.")
    if not found.listed.is_complete:
        minutes = _("Left of the list: {duration}.")
        number = ngettext("Left of the list: {n} resource.", "Left of the list: {n} resources.", n)
    elif not found.listed.total:
        minutes = _("Left: {duration}.")
        number = ngettext("Left: {n} resource.", "Left: {n} resources.", n)
    elif not is_done:
        minutes = _("Nothing is left of the list. To go deeper: {duration} more.")
        number = ngettext(
            "Nothing is left of the list. To go deeper: {n} more resource.",
            "Nothing is left of the list. To go deeper: {n} more resources.",
            n,
        )
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
    counts += [count_text(added, deeper=True)] if added.read or added.skipped else []
    done = " ✅" if listed.total and listed.is_complete else ""
    left = listed.left_minutes
    return dotted(
        f"- {step_name(count.step)}: {', '.join(counts)}{done}",
        together(_("{duration} left", duration=duration(left))) if left else None,
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
        "part": _("Read part of: {what}"),
        "start_at": _("Counts as read: {what}"),
        "goal": _("Goal: {goal}"),
        "no_goal": _("Goal dropped"),
    }[change.kind]
    what = several(list(map(short_title, named)), 3, "resources") or _("something no longer listed")
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
