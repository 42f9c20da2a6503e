"""Reminders of a group's unread paper: when they are due, and what they show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.curriculum import Curriculum, Resource
from bot.core.groups import Group, Post, Wish
from bot.core.outbox import ProblemName
from bot.core.progress import Mark

BEFORE = timedelta(days=2)
"""A reminder is due so long before the group's next slot."""

LATE_WITHIN = timedelta(days=1)
"""After so long it is too late for one."""

SETTLED = frozenset({"done", "known", "skipped"})
"""Who said so of a paper isn't reminded of it."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a reader is reminded of; ``next_at``: the group's next slot."""

    curriculum: Curriculum
    group: Group
    post: Post
    resource: Resource
    next_at: datetime


def window(next_at: datetime) -> tuple[datetime, datetime]:
    """Return from when to when a reminder before this slot may be sent."""
    due_at = next_at - BEFORE
    return due_at, due_at + LATE_WITHIN


def obstacle(
    *,
    group: Group,
    wish: Wish | None,
    post: Post,
    last: Post | None,
    mark: Mark | None,
    next_at: datetime,
    now: datetime,
    goes_on: bool = False,
) -> ProblemName | None:
    """Return why a reminder isn't to be sent; None: it is.

    ``last`` is what the group was posted last, ``mark`` the reader's on the paper; ``goes_on``:
    it has weeks to come.
    """
    if group.state != "active":
        return "group_silent"
    if wish != "wanted":
        return "not_asked"
    if last is None or last.slot_id != post.slot_id:
        return "superseded"
    if mark is not None and mark.state in SETTLED:
        return "read_already"
    if goes_on:
        return "goes_on"
    return "too_late" if now >= window(next_at)[1] else None
