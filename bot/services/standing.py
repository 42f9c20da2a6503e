"""A forum group's standing post: asked for, made, lost, kept up to date."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.groups import Group
from bot.core.outbox import OutboxRow
from bot.store import groups as group_rows
from bot.store import outbox
from bot.store.database import Queries
from bot.store.instants import Ids

MADE_WITHIN = timedelta(days=7)
SIGN_WITHIN = timedelta(days=1)
NOT_BEFORE = timedelta(hours=1)
"""Somebody who deletes each standing post isn't given another one every minute."""


async def ask_for(tx: Queries, ids: Ids, group_id: int, now: datetime) -> None:
    """Put a forum group's standing post into the outbox, if it has none: to be made at once.

    A moderator has changed the group: what waited, or was given up, is tried again.
    """
    group = await group_rows.take_group(tx, group_id)
    if group is None or not wants_one(group):
        return
    old = await outbox.row_about(tx, "standing", str(group_id))
    if old is not None and old.state in ("waiting", "claimed"):
        await outbox.hurry(tx, old.row_id, now, now + MADE_WITHIN)
    else:
        await _add(tx, ids, group, old, now, now)


async def missed(
    tx: Queries, ids: Ids, channel_id: int, gone_id: int | None, now: datetime
) -> Group | None:
    """Return the forum's group as it is now, with a standing post on its way if it has none.

    ``gone_id``: the standing post that isn't there any more in Discord.
    """
    group = await group_rows.take_group_of_channel(tx, channel_id)
    if group is not None and gone_id is not None and group.standing_id == gone_id:
        await group_rows.set_standing(tx, group.group_id, None)
        group = replace(group, standing_id=None)
    if group is not None and wants_one(group):
        old = await outbox.row_about(tx, "standing", str(group.group_id))
        if old is None or old.state not in ("waiting", "claimed"):
            # By a clock that was ahead it may have been due much later than now.
            due_at = max(now, min(old.due_at, now) + NOT_BEFORE) if old is not None else now
            await _add(tx, ids, group, old, due_at, now)
    return group


async def tell(tx: Queries, ids: Ids, group: Group, now: datetime) -> None:
    """Update the card of a standing post, if there is or may be one."""
    if group.standing_id is None and not await _may_be_made(tx, group):
        return
    row_id, to = ids.new(), (group.guild_id, group.group_id)
    about = f"{group.group_id}:{row_id}"
    await outbox.add(tx, OutboxRow(row_id, "sign", about, now, now + SIGN_WITHIN, *to))


def wants_one(group: Group) -> bool:
    """Tell whether a group lacks the standing post that it is to have."""
    return group.is_forum and group.standing_id is None and group.state != "stopped"


async def _may_be_made(db: Queries, group: Group) -> bool:
    """Tell whether a standing post is being made, or was perhaps: with a card of before."""
    row = await outbox.row_about(db, "standing", str(group.group_id)) if group.is_forum else None
    was_tried = row is not None and row.state == "waiting" and row.tried_at is not None
    return was_tried or (row is not None and row.state == "claimed")


async def _add(
    tx: Queries, ids: Ids, group: Group, old: OutboxRow | None, due_at: datetime, now: datetime
) -> None:
    until, to = now + MADE_WITHIN, (group.guild_id, group.group_id)
    about = str(group.group_id)
    if old is None:
        await outbox.add(tx, OutboxRow(ids.new(), "standing", about, due_at, until, *to))
    else:
        is_untried = old.state == "sent"
        await outbox.renew(tx, old.row_id, ids.new(), due_at, until, is_untried=is_untried)
