"""What readers see of themselves: how far they are, what they can undo, what is kept, settings."""

from datetime import datetime, timedelta

from discord.ui import LayoutView

from bot.core.curriculum import Curriculum, Resource
from bot.core.me import About, ReaderSettings, Titled
from bot.core.progress import Figures, State, StepCount, figures
from bot.core.recommend import Change, Journey, passed_to, path_to
from bot.errors import UnknownZoneError
from bot.language import _, ngettext
from bot.plain import plain
from bot.views import custom_ids as ids
from bot.views.parts import (
    OPTIONS,
    RED,
    Form,
    Lines,
    Select,
    WordForm,
    boxed,
    button,
    card,
    go_button,
    label,
    option,
    row,
    select,
    text_input,
    text_of,
)
from bot.views.phrases import (
    channels,
    count_text,
    dotted,
    duration,
    name_of,
    several,
    short_title,
    step_name,
    step_title,
    sum_of,
    takes,
    title_in,
)
from bot.views.replies import way_out

PAGES = 8  # selects; Discord's 40 components would allow a few more
BAR = 10  # characters
DEEPER = ":deeper"
"""The select's value for "I know the whole list"; no step's id has a colon."""
MOST = 20  # channels named


def progress_card(journey: Journey) -> LayoutView:
    """Build the reader's progress: the list, then step by step; time left at their own pace."""
    buttons = row(
        go_button("next"),
        go_button("index"),
        go_button("undo") if journey.changes else None,
        go_button("start"),
        go_button("reset") if journey.reader.marks else None,
    )
    goal = journey.curriculum.get(journey.reader.goal or "")
    on_the_way = None
    if goal is not None:
        the_way = button(ids.ShowPath(goal.key), _("The way"))
        on_the_way = row(the_way, button(ids.DropGoal(), _("Drop this goal")))
    way = text_of(_way_lines(journey, goal)) if goal is not None else None
    figures_text, steps_text = map(text_of, (_progress_lines(journey), _steps_lines(journey)))
    return boxed(figures_text, way, on_the_way, steps_text, buttons)


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
            "**`/search`** find anything: a title, a topic, an author, a link, a question in your"
            " own words. Typos are fine.\n"
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
    yield f"{_bar(count.read, count.total)}  {', '.join(counts)}"


def _bar(read: int, total: int) -> str:
    filled = BAR * read // total if total else 0
    return "▰" * filled + "▱" * (BAR - filled)


def _way_lines(journey: Journey, goal: Resource) -> Lines:
    """Yield how far it is to the goal, and what comes next on the way."""
    curriculum, marks = journey.curriculum, journey.reader.marks
    left, passed = path_to(curriculum, marks, goal.key), passed_to(curriculum, marks, goal.key)
    total = len(left) + passed
    yield f"🎯 **{name_of(goal)}**"
    count = _("{n} of {total}", n=passed, total=total)
    time_left = [_("{duration} left", duration=each) for each in sum_of(left)]
    yield dotted(f"{_bar(passed, total)}  {count}", *time_left)
    if left[:-1]:
        yield _("Next on the way: {title}", title=dotted(name_of(left[0]), takes(left[0])))


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


def _steps_lines(journey: Journey) -> Lines:
    """Yield how far the reader is, step by step."""
    found = figures(journey.curriculum, journey.reader.marks)
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


# What is kept about a reader, and what they set for themselves


def me_card(about: About) -> LayoutView:
    """Build what is kept about a reader, with Download and Delete."""
    if about.is_empty:
        nothing = _(
            "I keep nothing about you yet. Once you use `/next`, I remember what I showed you and"
            " what you mark."
        )
        return boxed(nothing, row(go_button("next"), go_button("settings")))
    how = _(
        "-# I know you by your Discord id, not by your name. Nobody else sees what you read,"
        " unless you show your name in groups. Groups see only numbers, from three readers on."
        " **Download JSON** has everything I keep."
    )
    buttons = row(
        button(ids.Me("json"), _("Download JSON")),
        button(ids.Me("bibtex"), _("Download BibTeX")) if about.has_read else None,
        go_button("settings"),
        button(ids.Me("ask"), _("Delete…"), RED),
    )
    return boxed(text_of([_("## What I keep about you"), *_kept_lines(about), how]), buttons)


def deleted_card(*, was_anything: bool) -> LayoutView:
    """Build the answer after it went. Without buttons: any of them could begin anew."""
    if not was_anything:
        return card(_("There is nothing to delete: I keep nothing about you."))
    return card(
        _(
            "## Everything about you is deleted\n"
            "I keep nothing about you any more. You've left your groups, and Undo on older cards"
            " does nothing now. Study groups that you set up and your changes to servers' lists"
            " stay, without your id.\n"
            "`/next` starts from zero.\n"
            "-# Discord keeps messages already sent. The person who runs this bot may have backups"
            " and logs."
        )
    )


def file_text(*, is_all: bool) -> str:
    """Return what a file holds; ``is_all``: all that is kept."""
    if is_all:
        return _("Everything I keep about you right now.")
    return _("What you have read, for programs that keep references, such as Zotero.")


def delete_form() -> WordForm:
    """Build the form that deletes everything about whoever types the word."""
    goes = _(
        "This deletes your marks and ratings, what comes next, your goal, what you could undo, and"
        " your groups. Nobody can bring it back: download it first if you may want it again.\n"
        "-# Study groups that you set up and your changes to servers' lists stay, without your id."
    )
    return WordForm(_("Delete everything about you?"), goes, _("delete"))


def settings_card(settings: ReaderSettings) -> LayoutView:
    """Build the settings as they are; each button says what it would change."""
    zone = f"**{plain(settings.zone)}**" if settings.zone else _("none")
    if settings.nudged:
        reminders = _(
            "- Reminders: **on**. After a week without reading I send you what comes next."
        )
        nudge = button(ids.Switch("unnudge"), _("Stop reminding me"))
    else:
        reminders = _(
            "- Reminders: off. If on, I send you what comes next after a week without reading."
        )
        nudge = button(ids.Switch("nudge"), _("Remind me to read"))
    if settings.named:
        name = _(
            "- Name in groups: **shown**. Groups that you joined see it among their members, and"
            " among those who read the week's paper. So they can tell which papers you haven't"
            " read."
        )
        show = button(ids.Switch("unnamed"), _("Hide my name in groups"))
    else:
        name = _("- Name in groups: hidden. Groups count you without naming you.")
        show = button(ids.Switch("named"), _("Show my name in groups"))
    told = [
        _("## Your settings"),
        _("- Time zone: {zone}. Study groups that you set up start with it.", zone=zone),
        reminders,
        name,
    ]
    buttons = row(button(ids.AskMyZone(), _("Time zone…")), nudge, show, go_button("me"))
    return boxed(text_of(told), buttons)


def zone_form(settings: ReaderSettings) -> Form:
    """Build the form of one line: a city, a country or a zone's name; nothing takes it away."""
    zone = text_input(60, settings.zone or "", custom_id="zone")
    field = label(_("City or time zone"), zone, _("Leave it empty for no time zone"))
    return Form(_("Your time zone"), field)


@way_out.register
def _zones(error: UnknownZoneError) -> Select | None:
    zones = [option(zone, label) for zone, label in error.like_it]
    return select(ids.SetMyZone(), _("Which one do you mean?"), zones)


def _kept_lines(about: About) -> Lines:
    """Yield what is kept, a line a kind; nothing about what isn't there."""
    states: dict[State, str] = {
        "done": _("{n} done"),
        "known": _("{n} known"),
        "skipped": _("{n} never"),
        "later": _("{n} later"),
    }
    if n := sum(about.marks.values()):
        counts = {said: about.marks.get(state, 0) for state, said in states.items()}
        told = ", ".join(said.format(n=count) for said, count in counts.items() if count)
        yield ngettext("- {n} mark: {states}", "- {n} marks: {states}", n, states=told)
    if about.current:
        yield _("- What I showed you last: {title}", title=_title(about.current))
    if about.goal:
        yield _("- Your goal: {title}", title=_title(about.goal))
    if n := about.changes:
        yield ngettext("- {n} change that you can undo", "- {n} changes that you can undo", n)
    if n := len(about.groups):
        rooms = channels(about.groups, MOST)
        yield ngettext(
            "- {n} group joined: {rooms}", "- {n} groups joined: {rooms}", n, rooms=rooms
        )
    if n := about.papers:
        yield ngettext(
            "- {n} paper of the week with your *I've read it*",
            "- {n} papers of the week with your *I've read it*",
            n,
        )
    if about.runs:
        yield _("- You last changed the settings of {rooms}", rooms=channels(about.runs, MOST))
    if n := about.notices:
        yield ngettext(
            "- {n} direct message from me to you", "- {n} direct messages from me to you", n
        )
    if n := about.reminders:
        yield ngettext(
            "- {n} reminder of a paper, sent or planned",
            "- {n} reminders of papers, sent or planned",
            n,
        )
    others = {
        "additions": _("Resources that you added to servers' lists, or were the first to change"),
        "addition_changes": _("Changes to servers' lists that you made"),
        "drafts": _("Changes to servers' lists that you began"),
        "picks": _("Papers that you picked for groups"),
        "votes": _("Votes that you started in groups"),
        "doubts": _("Prerequisites that you reported as wrong"),
    }
    for table, count in sorted(about.others.items()):
        yield f"- {others.get(table, table.replace('_', ' '))}: {count}"


def _title(titled: Titled) -> str:
    title = plain(titled.title, 200)
    return title if titled.is_listed else _("{title} (no longer listed)", title=title)
