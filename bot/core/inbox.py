"""All that waits for a server's moderators, one matter at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.groups import GroupStatus
from bot.core.moderation import Desk, Proposal

A_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Word:
    """The word a week that something waits. ``channel_id`` None: moderators want none.

    ``next_at``: when it is next seen whether anything waits.
    """

    channel_id: int | None
    next_at: datetime

    def after(self, now: datetime) -> datetime:
        """Return when the next week is over: at the same hour, about a week from now on."""
        days_late = max(0, (now - self.next_at).days)
        return self.next_at + A_WEEK + timedelta(days=days_late)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits of each kind. ``links``: dead or moved; ``endings``: lists that end."""

    suggestions: int = 0
    doubts: int = 0
    links: int = 0
    troubles: int = 0
    endings: int = 0

    @property
    def total(self) -> int:
        """How much waits in all."""
        return self.suggestions + self.doubts + self.links + self.troubles + self.endings


@dataclass(frozen=True, slots=True)
class BadLink:
    """A resource whose link is dead, or has moved for good; ``instead``: where it may be had."""

    desk: Desk
    instead: str
    has_moved: bool = False


Matter = Proposal | Desk | BadLink | GroupStatus
"""A suggestion as it would be added, a resource that is doubted, a link, or a group."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """``matter``: the one that is shown, the ``number``-th of all from 0; None: behind the last.

    ``word``: what moderators said of a word a week, shown there; None: nothing yet.
    ``list_title``: of the list that it is about, where there are several; else "". ``lists``: ids
    and titles of those to which a suggestion can go, where there are several.
    """

    counts: Counts
    matter: Matter | None = None
    number: int = 0
    list_title: str = ""
    lists: tuple[tuple[str, str], ...] = ()
    word: Word | None = None
