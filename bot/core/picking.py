"""Choosing what a group reads in a week, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.core.curriculum import Resource
from bot.core.dates import dates_meant
from bot.core.picks import Why
from bot.core.weekly import Slot, week_of

PICKED: Why = "picked_by_moderator"

Silent = Literal["paused", "stopped", "skipped", "too_soon"]
"""Why nothing will be posted in a week as things are."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen for a group's week; ``why``: by a moderator, or by a vote."""

    group_id: int
    week: str
    key: str
    why: Why


@dataclass(frozen=True, slots=True)
class PickReply:
    """What became of a pick.

    ``resource``: what the week reads now, None if nothing is left. ``before``: what was picked
    for it until now. ``was_had``: the group read it once. ``others``: further weeks for which the
    same is chosen. ``is_past``: the week's time has come already. ``silent``: why it won't be
    read as things are. ``is_voted_on``: the group is just voting on the week. ``weeks``: for how
    many the group reads it; None: nobody has said.
    """

    group_id: int
    channel_id: int
    slot: Slot
    resource: Resource | None
    before: Resource | None = None
    was_had: bool = False
    others: tuple[Slot, ...] = ()
    is_past: bool = False
    silent: Silent | None = None
    is_voted_on: bool = False
    weeks: int | None = None


def by_week(chosen: Iterable[Chosen]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the moderators' picks and the votes' winners, each as week -> key."""
    picked: dict[str, str] = {}
    winners: dict[str, str] = {}
    for one in chosen:
        (picked if one.why == PICKED else winners)[one.week] = one.key
    return picked, winners


def weeks_meant(typed: str, today: date, zone: str) -> dict[str, date]:
    """Return the ISO weeks that may be meant by a day or a week, each with the day read."""
    return {week_of(day): day for day in dates_meant(typed, today, zone)}
