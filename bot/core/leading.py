"""Who leads a group's week, what they may choose, and who is asked to."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.curriculum import Curriculum, Resource
from bot.core.groups import Group, Lead
from bot.core.papers import Elsewhere, Silent
from bot.core.weeks import HAD, Slot, Week, Why, slot_of_week

MOST_QUESTIONS, LONGEST_QUESTION = 3, 200

CHOICE = 5
"""Among how many of the next papers who leads may choose."""


@dataclass(frozen=True, slots=True)
class LedWeek:
    """A week as its leader sees it; ``lead`` None: they don't lead it any more.

    ``resource``: what is read then as things are, and ``why``; ``offered``: what they may choose.
    ``is_past``: its paper has come; ``is_over``: and it has met. ``silent``: why no paper comes
    then as things are; ``is_reminded``: they will be reminded of it, two days before, unless
    ``is_unheard``: they take no direct messages. ``is_voted_on``: a vote on it runs. ``leader_id``:
    who leads it, they or another; ``is_open``: as far as its time goes, it may be led.
    ``set_aside``: where what they chose is wanted, if that keeps it from being read.
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
    silent: Silent | None = None
    is_reminded: bool = False
    is_unheard: bool = False
    is_voted_on: bool = False
    leader_id: int | None = None
    is_open: bool = False
    set_aside: Elsewhere | None = None


def ready_at(group: Group, week: str, had: Week | None) -> datetime | None:
    """Return when who leads a week needs to be ready: as it meets, or else at its paper.

    ``had``: what has become of the week. None: its paper has come, and it doesn't meet.
    """
    if had is not None and had.state in HAD:
        return had.meets_at if group.meets is not None else None
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
