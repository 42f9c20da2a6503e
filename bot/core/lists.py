"""Which of the lists counts for whom, and where: every list has an id of its own.

A base list's id is what its file says; a server's own list is ``g<guild_id>:<slug>``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.curriculum.additions import guild_of


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


Place = Where | int | None
"""A server's id: anywhere in it. None: in direct messages."""


def where_of(place: Place) -> Where:
    """Return a place as what is known of it."""
    return place if isinstance(place, Where) else Where(place)


def is_in_sight(list_id: str, guild_id: int | None) -> bool:
    """Tell whether a list may be seen in a server; in direct messages (None), any may."""
    return guild_id is None or guild_of(list_id) in (None, guild_id)


@dataclass(frozen=True, slots=True)
class Used:
    """How a reader left a list: what they were shown last as the next one, and their goal."""

    current: str | None
    goal: str | None
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """All that decides which list counts. ``followed``: by channel, what its group reads from.

    ``used``: the reader's lists by id; ``default``: what the server's moderators chose.
    """

    used: Mapping[str, Used]
    followed: Mapping[int, str]
    default: str | None = None

    @property
    def used_last(self) -> str | None:
        """The list the reader used last, wherever."""
        return _latest(self.used)

    def list_at(self, where: Where, key: str | None = None) -> str | None:
        """Return the list that counts; None: no choice was made, so the host's own counts.

        ``key``: what is asked about. Where the reader was last shown it, or aims at it, goes first.
        """
        if where.list_id is not None:
            return where.list_id
        seen = {each: used for each, used in self.used.items() if is_in_sight(each, where.guild_id)}
        about = {each: used for each, used in seen.items() if key in (used.current, used.goal)}
        if key is not None and about:
            return _latest(about)
        if (where.goes_on or where.guild_id is None) and seen:
            return _latest(seen)
        if (followed := self.followed.get(where.channel_id or 0)) is not None:
            return followed
        all_followed = set(self.followed.values())
        return self.default or (all_followed.pop() if len(all_followed) == 1 else None)


def _latest(used: Mapping[str, Used]) -> str | None:
    return max(used, key=lambda each: (used[each].used_at, each), default=None)
