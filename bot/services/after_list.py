"""How a group goes on when its list is through."""

from __future__ import annotations

from bot.core.counts import shown_count
from bot.core.curriculum import Curriculum
from bot.core.groups import Group
from bot.core.picks import beyond_list
from bot.core.progress import READ
from bot.store import groups as group_rows
from bot.store import progress, slots
from bot.store.database import Queries


async def beyond(db: Queries, curriculum: Curriculum, group: Group, had: set[str]) -> list[str]:
    """Return what the group reads after its list, in order, as its moderators chose."""
    if group.after_list is None or group.after_list_at is None:
        return []
    if group.after_list == "additions":
        return beyond_list(curriculum, "additions", had)
    again = await slots.had_keys(db, group.group_id, group.after_list_at)
    known = await _known_to_most(db, curriculum, group)
    return beyond_list(curriculum, "must_reads", again | known)


async def _known_to_most(db: Queries, curriculum: Curriculum, group: Group) -> set[str]:
    """Return the must-reads that at least half of the members have read; what follows tells it."""
    members = await group_rows.member_count(db, group.group_id)
    keys = {r.key: curriculum.keys_of(r) for r in curriculum.resources if r.must_read}
    counts = await progress.readers_by_key(db, group.group_id, keys, READ)
    return {key for key, n in counts.items() if shown_count(n) and n * 2 >= members}
