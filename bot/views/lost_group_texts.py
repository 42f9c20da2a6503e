"""The words about groups whose channel is gone."""

from __future__ import annotations

from bot.core.groups import GroupStatus
from bot.errors import HasGroupError
from bot.views.error_texts import error_text
from bot.views.group_texts import members_text, schedule_text
from bot.views.plain import plain

STOP, MOVE_HERE = "Stop it", "Move it here"
MOVE = "Moved here, a group keeps its members, settings and past papers."
NO_PLACE = "To move one, type `/manage group` in a channel without a group."
MAKE_ANOTHER = "`/manage group` with a `zone` makes a new group here."


def heading(count: int) -> str:
    """Return the line above the groups."""
    noun = "A study group's channel is" if count == 1 else f"The channels of {count} groups are"
    return f"⚠️ **{noun} gone**, so nothing can be posted."


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


@error_text.register
def _(_: HasGroupError) -> str:
    return "This channel has a study group already. Type `/manage group` in a channel without one."
