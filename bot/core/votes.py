"""A vote on what a group reads in a week: what may be voted on, for how long, and who wins."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.core.curriculum import Curriculum, Resource
from bot.core.picks import next_papers
from bot.core.weeks import Slot, weeks_from

VoteState = Literal["running", "decided", "cancelled", "lost"]

FEWEST, MOST = 2, 5
"""Candidates of a vote."""

BEFORE_ITS_SLOT = timedelta(hours=1)
"""How long before its slot, at least, a vote closes."""

DEFAULT_HOURS = 48
"""How long a vote runs if nobody says otherwise; less where its slot is nearer."""

TIME_TO_SEND = timedelta(minutes=5)
LONGEST = 32 * 24
"""Hours that a poll of Discord's lasts at most."""


@dataclass(frozen=True, slots=True)
class Vote:
    """``keys``: the candidates, in the order of the list. ``message_id``: the poll, once sent."""

    vote_id: int
    group_id: int
    week: str
    state: VoteState
    keys: tuple[str, ...]
    hours: int
    closes_at: datetime
    channel_id: int
    message_id: int | None = None
    look_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a vote's messages show: its candidates as they are on the list now, where they are."""

    vote: Vote
    guild_id: int
    slot: Slot
    zone: str
    curriculum: Curriculum
    candidates: tuple[Resource | None, ...]


def candidates(
    curriculum: Curriculum, had: Collection[str], picked: Collection[str], count: int
) -> list[str]:
    """Return the next of the list that the group has not had, and that nobody picked for it."""
    weeks = weeks_from("2026-W01", count)  # any weeks: nothing is chosen for them
    papers = next_papers(curriculum, {*had, *picked}, {}, {}, weeks)
    return [paper.key for paper in papers if paper.key is not None]


def longest_hours(slot: Slot, now: datetime) -> int:
    """Return for how many whole hours a vote called now can run; 0 or less: for none."""
    left = slot.at - BEFORE_ITS_SLOT - TIME_TO_SEND - now
    return min(LONGEST, left // timedelta(hours=1))


def winner(keys: Sequence[str], counts: Sequence[int]) -> str | None:
    """Return what most voted for: of several, the first. None: nobody voted."""
    best = max(counts, default=0)
    return keys[list(counts).index(best)] if best > 0 else None
