"""All that waits for a server's moderators, one matter at a time."""

from dataclasses import dataclass

from bot.core.groups import GroupStatus
from bot.core.moderation import Desk, Proposal


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
    """``matter``: the one that is shown, the ``number``-th of all from 0; None: nothing waits.

    ``list_title``: of the list that it is about, where there are several; else "". ``lists``: ids
    and titles of those to which a suggestion can go, where there are several.
    """

    counts: Counts
    matter: Matter | None = None
    number: int = 0
    list_title: str = ""
    lists: tuple[tuple[str, str], ...] = ()
