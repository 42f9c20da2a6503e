"""What the bot sends unasked, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal[
    "greeting",
    "standing",
    "sign",
    "post",
    "thread",
    "opener",
    "notice",
    "nudge",
    "reminder",
    "candidates",
    "poll",
    "called_off",
    "vote_lost",
]
"""``standing``: a group's post in its forum; ``sign``: the card above it, when it changes;
``called_off``: the card above a poll, when its vote is called off."""

OutboxState = Literal["waiting", "claimed", "sent", "uncertain", "dropped"]

TEMPORARY = frozenset({"discord_trouble", "rate_limited", "guild_unavailable", "no_standing_post"})
"""Problems that pass by themselves: nobody has to mend them, and nobody is told."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """``reference``: the id of a slot, guild, group, vote.

    ``tried_at``: since then it may be sent already, to one of ``places``; ``trace`` is how it is
    known again there, None where an older version tried.
    """

    row_id: int
    kind: Kind
    reference: str
    guild_id: int | None
    channel_id: int
    state: OutboxState
    due_at: datetime
    until_at: datetime
    claim: int = 0
    lease_until: datetime | None = None
    tried_at: datetime | None = None
    attempts: int = 0
    message_id: int | None = None
    problem: str | None = None
    places: tuple[int, ...] = ()
    trace: str | None = None
