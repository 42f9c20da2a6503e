"""What `nextread check --against` says about a new version of a list."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.curriculum.changes import Change, Changes


def changes_lines(changes: Changes) -> Iterator[str]:
    """Yield one line a change; what would cost readers their progress comes last, with remedies."""
    for resource in changes.added:
        yield f"added: {resource.key} “{resource.title}”"
    for change in changes.renamed:
        yield f"renamed: {change.old.key} is now {change.new.key}; progress follows"
    for change in changes.moved:
        yield f"moved: {change.new.key} from {change.old.step_id} to {change.new.step_id}"
    for change in changes.retitled:
        yield f"retitled: {change.new.key} “{change.old.title}” is now “{change.new.title}”"
    for resource in changes.removed:
        yield f"removed: {resource.key}; progress is kept and shown as no longer listed"
    yield from _losses(changes)
    if changes.keeps_progress:
        yield "No reader loses progress."


def _losses(changes: Changes) -> Iterator[str]:
    if changes.other_id:
        yield "PROBLEM: the list has another id: all progress would be gone. Keep the id."
    for change in changes.vanished:
        yield (
            f"PROBLEM: {change.old.key} vanished, its link is at {change.new.key} now:"
            f" add `formerly: [{_slug(change)}]` there."
        )
    for change in changes.relinked:
        yield (
            f"PROBLEM: {change.new.key} means another page now: give the new page an id of its own."
        )
    for former, resource in changes.forgotten:
        slug = former.partition(":")[2]
        yield f"PROBLEM: {resource.key} forgot its former id: keep `{slug}` in its `formerly`."


def _slug(change: Change) -> str:
    return change.old.key.partition(":")[2]
