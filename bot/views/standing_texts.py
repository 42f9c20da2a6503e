"""The words of a forum group's standing post."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.groups import Group, GroupStatus
from bot.plain import clipped, one_line, plain
from bot.views.group_texts import schedule_text, state_text

POST_NAME = 100  # Discord's limit
BEING_MADE = "I'm just making the post here that the papers go into."


def standing_name(title: str) -> str:
    """Return the name of the standing post; ``title`` is the list's."""
    return clipped(f"Paper of the week: {one_line(title)}", POST_NAME)


def standing_lines(status: GroupStatus) -> Iterator[str]:
    """Yield what the card above the weeks says."""
    group = status.group
    yield "## A paper every week, to talk about"
    yield (
        f"From *{plain(status.curriculum.title, 200)}*, here in this post:"
        f" **{schedule_text(group.schedule)}**."
    )
    if state := state_text(group):
        yield state
    yield "-# **Join** to be counted, and reminded if you like. `/group` here shows what comes."


def place_text(group: Group) -> str:
    """Return where in its forum a group's papers go."""
    if not group.is_forum or (group.standing_id is None and group.state == "stopped"):
        return ""
    if group.standing_id is None:
        return "" if group.blocked else f"-# {BEING_MADE}"
    return f"-# In <#{group.standing_id}>"
