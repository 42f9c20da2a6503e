"""What members want on their server's list, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.core.curriculum import Resource
from bot.core.curriculum.additions import own_resource
from bot.core.curriculum.fields import Fields

MOST_TOLD = 3
"""Outcomes that are told at once; more come the next time."""

MOST_OPEN = 5
"""Suggestions of one member in one server that wait for its moderators."""

State = Literal["open", "taken", "declined"]

Reason = Literal["off_topic", "known", "too_hard", "too_easy", "not_free", "dead"]
"""Why a suggestion is declined, where moderators don't say it in words of their own."""


OURS = "reason:"


def reason_kept(reason: str) -> str:
    """Return one of ``Reason`` as it is kept, so that it is no moderator's own words."""
    return f"{OURS}{reason}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A link that ``wanted`` members of a server want on one of its lists.

    ``fields``: what its page says of it. ``key``: what it became, once it is taken. ``reason``: why
    it was declined: one of ``Reason``, or a moderator's own words. ``settled_by`` None: nobody, or
    they had themselves forgotten.
    """

    suggestion_id: int
    guild_id: int
    list_id: str
    link: str
    fields: Fields
    made_at: datetime
    state: State = "open"
    key: str | None = None
    reason: str = ""
    settled_by: int | None = None
    settled_at: datetime | None = None
    wanted: int = 0

    @property
    def title(self) -> str:
        """The title that its page told, or its address."""
        return str(self.fields["title"])

    @property
    def resource(self) -> Resource | None:
        """What it would be on a list; None: another version kept what can't be read any more."""
        return own_resource(f"g{self.guild_id}:suggested", self.fields, "")


@dataclass(frozen=True, slots=True)
class Wish:
    """That a member wants a suggestion, and why; for moderators alone.

    ``is_first``: they suggested it. ``leads``: they would lead a group through it.
    """

    reader_id: int
    why: str = ""
    is_first: bool = False
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Wished:
    """What a member's wish came to. ``is_new``: nobody had suggested it before.

    ``was_so``: they wanted it already. ``can_lead``: the server has a study group.
    """

    suggestion: Suggestion
    wish: Wish
    is_new: bool = False
    was_so: bool = False
    can_lead: bool = False


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is suggested in a server, the most wanted first; ``mine``: which of it they want."""

    suggestions: Sequence[Suggestion]
    mine: frozenset[int]
