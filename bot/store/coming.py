"""When anything is due next: one statement, because the weekly task asks at each of its turns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Queries
from bot.store.instants import instant_or_none
from bot.store.votes import IS_HERE


@dataclass(frozen=True, slots=True)
class Coming:
    """Of each kind the earliest, but of servers that removed the bot; None: nothing is to come.

    ``letter``: when something is to be sent, or taken over from who died over it; ``checked``:
    when the member was whose last check is the longest ago.
    """

    slot: datetime | None
    letter: datetime | None
    nudge: datetime | None
    poll: datetime | None
    checked: datetime | None


def _is_there(table: str) -> str:
    return (
        "NOT EXISTS (SELECT 1 FROM gone_guilds"  # noqa: S608 - names of ours
        f" WHERE gone_guilds.guild_id = {table}.guild_id)"
    )


NEXT = {
    "slot": "SELECT next_at FROM study_groups"  # noqa: S608 - as all of these
    f" WHERE state = 'active' AND {_is_there('study_groups')} ORDER BY next_at LIMIT 1",
    "letter": "SELECT MIN(at) FROM (SELECT * FROM (SELECT due_at AS at FROM outbox"  # noqa: S608
    f" WHERE state = 'waiting' AND {_is_there('outbox')} ORDER BY due_at LIMIT 1) AS waiting"
    " UNION ALL SELECT MIN(lease_until) AS at FROM outbox"
    f" WHERE state = 'claimed' AND {_is_there('outbox')}) AS letters",
    "nudge": "SELECT MIN(nudge_at) FROM reader_settings",
    "poll": "SELECT look_at FROM votes"  # noqa: S608
    f" WHERE look_at IS NOT NULL AND {IS_HERE} ORDER BY look_at LIMIT 1",
    "checked": "SELECT members.checked_at FROM members"  # noqa: S608
    " JOIN study_groups ON study_groups.group_id = members.group_id"
    f" WHERE {_is_there('study_groups')} ORDER BY members.checked_at LIMIT 1",
}
"""The fields of ``Coming``, each in one look into an index."""


async def coming(db: Queries) -> Coming:
    """Return when the next of each kind is due."""
    looks = ", ".join(f"({sql}) AS {kind}" for kind, sql in NEXT.items())
    (row,) = await db.fetch(f"SELECT {looks}")
    return Coming(*(instant_or_none(row[kind]) for kind in NEXT))
