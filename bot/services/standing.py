"""What tells a channel of its group: a forum's standing post, elsewhere the card that opens it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from bot.core.groups import Group
from bot.core.outbox import OutboxRow
from bot.store import groups as group_rows
from bot.store import outbox
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.store.instants import Ids

MADE_WITHIN = timedelta(days=7)
SIGN_WITHIN = timedelta(days=1)
NOT_BEFORE = timedelta(hours=1)
"""Somebody who deletes each standing post isn't given another one every minute."""

OPENS_AFTER = timedelta(minutes=5)
"""How long whoever has just started a group may change it, or press *First paper now*, before its
channel is told of it."""

TOLD_AFTER = timedelta(minutes=5)
"""How long what changes often is gathered before the card tells it."""


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


async def ask_to_open(tx: Queries, ids: Ids, group: Group, now: datetime, *, is_new: bool) -> None:
    """Put the card that tells a channel of its new group into the outbox: once a group, for good.

    A moderator has changed the group: what wasn't sent so far tells that, too, some minutes later.
    A group that is older than this card has none, unless it comes out of a forum.
    """
    old, due_at = await outbox.row_about(tx, "opening", str(group.group_id)), now + OPENS_AFTER
    if old is None and is_new and not group.is_forum:
        await _add(tx, ids, group, None, due_at, now, "opening")
    elif old is not None and old.state == "waiting" and old.tried_at is None:
        await outbox.hurry(tx, old.row_id, due_at, now + MADE_WITHIN)
    elif old is not None and (
        old.state == "uncertain"  # perhaps it can be looked for by now
        or (old.state == "dropped" and await wants_opening(tx, group))
    ):
        await _add(tx, ids, group, old, due_at, now, "opening")


async def wants_opening(db: Queries, group: Group) -> bool:
    """Tell whether a card may still open a group: its first paper tells the same."""
    is_fit = group.state == "active" and not group.is_forum
    return is_fit and not await week_rows.has_had(db, group.group_id)


async def opens_at(db: Queries, group: Group) -> datetime | None:
    """Return when a card is to open the group; None: none is to, or it has."""
    row = await outbox.row_about(db, "opening", str(group.group_id))
    is_to_come = row is not None and row.state == "waiting" and await wants_opening(db, group)
    return row.due_at if row is not None and is_to_come else None


async def tell(
    tx: Queries,
    ids: Ids,
    group: Group,
    now: datetime,
    *,
    due_at: datetime | None = None,
    left_id: int | None = None,
) -> None:
    """Update each card that tells of a group, if there is or may be one; at once, unless said.

    In a forum that it has left, too, as long as it is in none. ``left_id``: the post there.
    """
    due_at = due_at or now
    if left_id := left_id or await _left_post(tx, group):
        await _sign(tx, ids, group, left_id, due_at)
    if group.standing_id is not None or await _may_be_made(tx, group):
        await _sign(tx, ids, group, None, due_at)
    opening = await outbox.row_about(tx, "opening", str(group.group_id))
    if opening is not None and (
        opening.message_id is not None or (_is_tried(opening) and not group.is_forum)
    ):
        await _sign(tx, ids, group, opening.message_id, due_at)


async def tell_soon(tx: Queries, ids: Ids, group: Group, now: datetime) -> None:
    """Do the same some minutes later, once for all that changes until then."""
    if not await outbox.is_ahead(tx, "sign", group.group_id, now):
        await tell(tx, ids, group, now, due_at=now + TOLD_AFTER)


async def left_behind(tx: Queries, ids: Ids, group: Group, now: datetime) -> list[OutboxRow]:
    """Return what says on each card that tells of a group that it is being deleted: it outlives it.

    Without its group; the channel is where the card stands.
    """
    opening = await outbox.row_about(tx, "opening", str(group.group_id))
    stands = [opening.stands_at] if opening is not None and opening.stands_at else []
    post = [(group.standing_id, None)] if group.standing_id is not None else []
    if left_id := await _left_post(tx, group):
        post.append((left_id, None))
    left = list[OutboxRow]()
    for place_id, message_id in (*stands, *post):
        row_id = ids.new()
        orphan = OutboxRow(
            row_id, "sign", f"{group.group_id}:{row_id}", now, now + SIGN_WITHIN, group.guild_id,
            channel_id=place_id, message_id=message_id, language=group.language,
        )  # fmt: skip
        left.append(orphan)
    return left


async def _sign(
    tx: Queries, ids: Ids, group: Group, message_id: int | None, due_at: datetime
) -> None:
    """Plan a new look of a card; ``message_id``: of the one that opened the group, if it is known.

    Or of a forum's post that the group has left. It may have a standing post as well.
    """
    row_id, to, until = ids.new(), (group.guild_id, group.group_id), due_at + SIGN_WITHIN
    about = f"{group.group_id}:{row_id}"
    row = OutboxRow(row_id, "sign", about, due_at, until, *to, message_id=message_id)
    await outbox.add(tx, row)


def wants_one(group: Group) -> bool:
    """Tell whether a group lacks the standing post that it is to have."""
    return group.is_forum and group.standing_id is None and group.state != "stopped"


async def _left_post(db: Queries, group: Group) -> int | None:
    """Return the standing post of the forum that a group has left for a channel of another kind."""
    row = None if group.is_forum else await outbox.row_about(db, "standing", str(group.group_id))
    return None if row is None else row.message_id


async def _may_be_made(db: Queries, group: Group) -> bool:
    """Tell whether a standing post is being made, or was perhaps: with a card of before."""
    row = await outbox.row_about(db, "standing", str(group.group_id)) if group.is_forum else None
    return row is not None and _is_tried(row)


def _is_tried(row: OutboxRow) -> bool:
    """Tell whether it is being sent, or was perhaps."""
    return row.state == "claimed" or (row.state == "waiting" and row.tried_at is not None)


async def _add(
    tx: Queries,
    ids: Ids,
    group: Group,
    old: OutboxRow | None,
    due_at: datetime,
    now: datetime,
    kind: Literal["standing", "opening"] = "standing",
) -> None:
    until, to = now + MADE_WITHIN, (group.guild_id, group.group_id)
    about = str(group.group_id)
    if old is None:
        await outbox.add(tx, OutboxRow(ids.new(), kind, about, due_at, until, *to))
    else:
        is_untried = old.state == "sent"
        await outbox.renew(tx, old.row_id, ids.new(), due_at, until, is_untried=is_untried)
