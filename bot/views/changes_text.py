"""What `nextread check --against` says about a new version of a list."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.curriculum.differences import Differences, Pair


def changes_lines(differences: Differences) -> Iterator[str]:
    """Yield one line a change; what would cost readers their progress comes last, with remedies."""
    for resource in differences.added:
        yield f"added: {resource.key} “{resource.title}”"
    for pair in differences.renamed:
        yield f"renamed: {pair.old.key} is now {pair.new.key}; progress follows"
    for pair in differences.moved:
        yield f"moved: {pair.new.key} from {pair.old.step_id} to {pair.new.step_id}"
    for pair in differences.retitled:
        yield f"retitled: {pair.new.key} “{pair.old.title}” is now “{pair.new.title}”"
    for resource in differences.removed:
        yield f"removed: {resource.key}; progress is kept and shown as no longer listed"
    yield from _losses(differences)
    if differences.keeps_progress:
        yield "No reader loses progress."


def _losses(differences: Differences) -> Iterator[str]:
    if differences.other_id:
        yield "PROBLEM: the list has another id: all progress would be gone. Keep the id."
    for pair in differences.vanished:
        yield (
            f"PROBLEM: {pair.old.key} vanished, its link is at {pair.new.key} now:"
            f" add `formerly: [{_slug(pair)}]` there."
        )
    for pair in differences.relinked:
        yield (
            f"PROBLEM: {pair.new.key} means another page now: give the new page an id of its own."
        )
    for former, resource in differences.forgotten:
        slug = former.partition(":")[2]
        yield f"PROBLEM: {resource.key} forgot its former id: keep `{slug}` in its `formerly`."


def _slug(pair: Pair) -> str:
    return pair.old.key.partition(":")[2]
