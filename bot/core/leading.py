"""Who leads a group's week, what they may choose, and who is asked to."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.curriculum import Curriculum, Resource
from bot.core.groups import Group, Lead
from bot.core.weeks import Slot, Week, Why, slot_of_week

MOST_QUESTIONS, LONGEST_QUESTION = 3, 200

CHOICE = 5
"""Among how many of the next papers who leads may choose."""


@dataclass(frozen=True, slots=True)
class LedWeek:
    """A week as its leader sees it; ``lead`` None: they don't lead it any more.

    ``resource``: what is read then as things are, and ``why``; ``offered``: what they may choose.
    ``is_past``: its paper has come; ``is_over``: and it has met; ``is_unheard``: who looks takes no
    direct messages.
    """

    curriculum: Curriculum
    group: Group
    slot: Slot
    lead: Lead | None
    resource: Resource | None
    why: Why | None
    offered: tuple[Resource, ...] = ()
    is_past: bool = False
    is_over: bool = False
    is_unheard: bool = False


def ready_at(group: Group, week: str) -> datetime:
    """Return when who leads a week needs to be ready: as it meets, or else at its paper."""
    slot = slot_of_week(group.schedule, week)
    return group.meeting_at(slot.at) or slot.at


def is_open_to_lead(group: Group, post: Week | None, now: datetime) -> bool:
    """Tell whether this week, whose paper has come, may still be led: until it meets.

    Without a meeting, until the next paper.
    """
    if post is None or post.state != "posted":
        return False
    meeting = group.meeting(post)
    return meeting is None or now < meeting.at
