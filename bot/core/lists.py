"""Which of the lists counts for whom, and where: every list has an id of its own.

A base list's id is what its file says; a server's own list is ``g<guild_id>:<slug>``.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody asks. ``channel_id``: of a thread, its parent's.

    ``list_id``: the list they name. ``goes_on``: they click on a card, so what they used last
    counts before what the channel follows.
    """

    guild_id: int | None = None
    channel_id: int | None = None
    list_id: str | None = None
    goes_on: bool = False


ListForm = Literal["yaml", "markdown", "csv", "bibtex"]
"""In what a list is taken along."""

Place = Where | int | None
"""A server's id: anywhere in it. None: in direct messages."""


def where_of(place: Place) -> Where:
    """Return a place as what is known of it."""
    return place if isinstance(place, Where) else Where(place)


@dataclass(frozen=True, slots=True)
class Used:
    """How a reader left a list: what they were shown last as the next one, and their goal."""

    current: str | None
    goal: str | None
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """All that decides which list counts. ``followed``: by channel, what its group reads from.

    ``used``: the reader's lists by id; ``default``: what the server's moderators chose;
    ``own``: titles of the lists that a server made and still has, by id.
    """

    used: Mapping[str, Used]
    followed: Mapping[int, str]
    default: str | None = None
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def used_last(self) -> str | None:
        """The list the reader used last, wherever."""
        return _latest(self.used)

    def list_at(self, where: Where, there: Container[str], key: str | None = None) -> str | None:
        """Return the list that counts; None: no choice was made, so the host's own counts.

        ``there``: the lists that there are; others don't count. ``key``: what a click, or somebody
        in direct messages, asks about: where they were last shown it, or aim at it, goes first.
        """
        if where.list_id in there:
            return where.list_id
        seen = {each: used for each, used in self.used.items() if each in there}
        about = {each: used for each, used in seen.items() if key in (used.current, used.goal)}
        if where.goes_on or where.guild_id is None:
            if key is not None and about:
                return _latest(about)
            if seen:
                return _latest(seen)
        followed = {at: each for at, each in self.followed.items() if each in there}
        if (here := followed.get(where.channel_id or 0)) is not None:
            return here
        if self.default in there:
            return self.default
        return followed.popitem()[1] if len(set(followed.values())) == 1 else None


def _latest(used: Mapping[str, Used]) -> str | None:
    return max(used, key=lambda each: (used[each].used_at, each), default=None)


@dataclass(frozen=True, slots=True)
class ListSummary:
    """A list as a server's moderators see it among theirs.

    ``channels``: of the groups that read from it; ``is_own``: the server made it; ``undoable``: the
    latest import into it, which can be taken back, was then.
    """

    list_id: str
    title: str
    is_own: bool
    steps: int = 0
    resources: int = 0
    channels: tuple[int, ...] = ()
    changed_at: datetime | None = None
    undoable: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServersLists:
    """All lists in sight of a server, the host's first; ``removed`` can be brought back.

    ``default``: what counts where no group says otherwise; ``chosen``: the one that is looked at;
    ``channel_id``: where that is, with the group there, if there is one.
    """

    lists: tuple[ListSummary, ...]
    default: str
    chosen: ListSummary
    removed: tuple[tuple[str, str], ...] = ()
    group_id: int | None = None
    channel_id: int | None = None
