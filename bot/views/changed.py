"""What a reader just changed or took back, in words, and what can be said about it."""

from collections.abc import Sequence
from typing import Any, Literal

from discord import ui

from bot.core.curriculum import Resource, Step
from bot.core.recommend import GOOD, Change, Reply
from bot.language import _, ngettext
from bot.views import custom_ids as ids
from bot.views import phrases
from bot.views.parts import BLUE, button, row

THUMBS: dict[Literal["up", "down"], str] = {"up": "👍", "down": "👎"}


def changed_parts(reply: Reply) -> tuple[str | None, ui.ActionRow[Any] | None]:
    """Return what was just changed, and the row of what can be said about that."""
    return _changed_text(reply), _changed_row(reply)


def _changed_row(reply: Reply) -> ui.ActionRow[Any] | None:
    """Build what can be said about what was just changed: was it worth reading, and Undo."""
    change = reply.change
    if change is None:
        return None
    undo, rating = button(ids.Undo(change.change_id), _("Undo")), _rating_of(reply)
    if change.kind not in ("done", "done_current") or len(change.keys) > 1:
        return row(undo)
    up, down = (button(ids.Rate(thumb, change.change_id), face) for thumb, face in THUMBS.items())
    if rating is not None:
        (up if rating >= GOOD else down).style = BLUE
    return row(up, down, undo)


def _rating_of(reply: Reply) -> int | None:
    """Return how what was just done is rated."""
    marks = (reply.reader.marks.get(key) for key in reply.change.keys) if reply.change else ()
    return next((mark.rating for mark in marks if mark is not None), None)


def _changed_text(reply: Reply) -> str | None:
    """Return what was just changed or undone, and what had been marked before."""
    already, change = None, reply.change or reply.undone
    if n := len(reply.already):
        what = _titles_done(reply.already)
        already = ngettext(
            "**{titles}** was already marked.", "**{titles}** were already marked.", n, titles=what
        )
    if change is None or (already and reply.repeated):
        return already
    found = (reply.curriculum.get(key) for key in change.keys)
    named = list(dict.fromkeys(resource for resource in found if resource is not None))
    if reply.undone is not None:
        return _undone_text(change, named, repeated=reply.repeated)
    aim = reply.curriculum.find(change.goal) if change.goal else None
    told = _change_text(change, named, aim, repeated=reply.repeated)
    return "\n".join(filter(None, [told, already]))


def _change_text(
    change: Change, named: Sequence[Resource], aim: Resource | Step | None, *, repeated: bool
) -> str:
    """Return what was just changed; ``aim`` is the goal it set, or reached."""
    kind = "done" if change.kind == "done_current" else change.kind
    what = (_titles_done(named) if kind == "done" else phrases.titles(named)) or _("it")
    goal = phrases.name_of(aim) if aim else _("something no longer listed")
    if repeated:
        again = {
            "clear": _("**{what}** is already unread."),
            "part": _("📖 You noted that already: **{what}**"),
            "goal": _("🎯 **{goal}** is already your goal."),
            "no_goal": _("You have no goal."),
        }
        return again.get(kind, _("**{what}** was already marked.")).format(what=what, goal=goal)
    reached = {
        "done": _("🎯 Done, and you reached your goal: **{goal}**!"),
        "known": _("☑️ You know **{goal}**: you reached your goal."),
        "skipped": _("🚫 **{goal}** won't be suggested again. It is no longer your goal."),
        "start_at": _("☑️ What comes before counts as read, and so does your goal: **{goal}**."),
    }
    with_others = {
        "done": _("✅ Done: **{what}**. 🎯 You reached your goal: **{goal}**!"),
        "known": _("☑️ Counts as read: **{what}**. 🎯 You reached your goal: **{goal}**."),
        "skipped": _(
            "🚫 Not suggested again: **{what}**. Nothing is left of your goal: **{goal}**."
        ),
    }
    if aim is not None and kind in reached:
        alone = named == [aim] or kind not in with_others
        return (reached if alone else with_others)[kind].format(what=what, goal=goal)
    if kind == "known" and len(named) > 1:
        return _("☑️ Counts as read: **{what}**.", what=what)
    told = {
        "done": _("✅ Done: **{what}**"),
        "known": _("☑️ You know **{what}**: it counts as read."),
        "skipped": _("🚫 **{what}** won't be suggested again."),
        "later": _("💤 **{what}** comes back in a week."),
        "clear": _("**{what}** is unread again."),
        "part": _("📖 Read in part: **{what}**"),
        "start_at": _("☑️ Counts as read: **{what}**."),
        "reset": _("🧹 All your marks are gone. A fresh start!"),
        "goal": _("🎯 Your goal is **{goal}**. The way to it comes first now."),
        "no_goal": _("You have no goal now: the list's own order counts again."),
    }
    return told[kind].format(what=what, goal=goal)


def _undone_text(change: Change, named: Sequence[Resource], *, repeated: bool) -> str:
    if repeated:
        return _("That was already undone, so nothing changed.")
    what = phrases.titles(named) or (_("your goal") if "goal" in change.kind else _("it"))
    if len(named) > 1:
        return _("↩️ Undone: **{what}** are as they were before.", what=what)
    return _("↩️ Undone: **{what}** is as it was before.", what=what)


def _titles_done(resources: Sequence[Resource]) -> str:
    """Return the titles of all that was marked together."""
    return phrases.titles(resources, most=8, longest=60 if len(resources) == 1 else 40)
