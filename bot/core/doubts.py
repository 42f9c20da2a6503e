"""Prerequisites that readers think are wrong."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.reading import Path

WHY_LIMIT = 300
"""Characters of a reader's reason: one or two sentences."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reader thinks that ``key`` doesn't need ``needed``; ``why`` may be empty."""

    key: str
    needed: str
    why: str


def doubtable(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the (key, needed) pairs along a path that somebody may doubt, the last step first."""
    keys = {resource.key for resource in path.steps}
    return tuple(
        (resource.key, needed)
        for resource in reversed(path.steps)
        for needed in resource.prerequisites
        if needed in keys
    )
