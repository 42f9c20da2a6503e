"""The words about groups whose channel is gone."""

from __future__ import annotations

from bot.core.groups import GroupStatus
from bot.plain import plain
from bot.views.group_texts import members_text, schedule_text

STOP, MOVE_HERE, MOVE_THERE = "Stop it", "Move it here", "Move it there"
MAKE_NEW = "Make a new group"
KEEPS = "A group that moves keeps its members, settings and past papers."
MOVE = "Moved here, a group keeps its members, settings and past papers."
NO_PLACE = "To move one, type `/manage group` in a channel without a group."
MAKE_ANOTHER = "`/manage group` with a `zone` makes a new group here."


def heading(count: int) -> str:
    """Return the line above the groups."""
    noun = "A study group's channel is" if count == 1 else f"The channels of {count} groups are"
    return f"⚠️ **{noun} gone**, so nothing can be posted."


def which_text(channel_id: int, *, can_be_new: bool) -> str:
    """Return the question whether a new group is wanted, where another lost its channel."""
    if not can_be_new:
        return f"Do you want it in <#{channel_id}>? {KEEPS} With a `zone`, I make a new one there."
    return (
        f"Do you want a new group in <#{channel_id}>, or to move the one below there? {KEEPS}"
        " A new group begins with what you have just typed."
    )


def lost_group_text(status: GroupStatus) -> str:
    """Return how a group is known whose channel has no name any more."""
    last = status.this_week or status.last
    title = f" · last paper: {plain(last.title, 120)}" if last is not None and last.title else ""
    return f"{schedule_text(status.group.schedule)} · {members_text(status.members)}{title}"


def more_text(count: int) -> str:
    """Return that there are more groups than the card shows."""
    return f"-# {count} more once these are settled."


def stopped_text(status: GroupStatus) -> str:
    """Return that a group without a channel is stopped."""
    return f"⏹️ Stopped: {schedule_text(status.group.schedule)}."
