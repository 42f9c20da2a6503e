"""What stands behind a moderator's card, from the command to the click, for a day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from bot.core.moderation import Drafted, DraftEdit, as_json, from_json
from bot.store.database import Queries
from bot.store.instants import instant, seconds


@dataclass(frozen=True, slots=True)
class Draft:
    """Whose it is, and what it is about."""

    draft_id: int
    guild_id: int
    opened_by: int
    about: Drafted
    made_at: datetime


async def draft(db: Queries, draft_id: int) -> Draft | None:
    """Return a draft, or None: it was cancelled, is too old, or never was."""
    rows = await db.fetch(
        "SELECT guild_id, opened_by, resource_key, fields, made_at FROM drafts WHERE draft_id = ?",
        draft_id,
    )
    return next(
        (
            Draft(
                draft_id,
                row["guild_id"],
                row["opened_by"],
                from_json(row["resource_key"], json.loads(row["fields"])),
                instant(row["made_at"]),
            )
            for row in rows
        ),
        None,
    )


async def set_draft(changes: Queries, draft: Draft) -> None:
    """Record a draft as it is now."""
    await changes.fetch(
        "INSERT INTO drafts (draft_id, guild_id, opened_by, resource_key, fields, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (draft_id) DO UPDATE SET"
        " resource_key = excluded.resource_key, fields = excluded.fields",
        draft.draft_id,
        draft.guild_id,
        draft.opened_by,
        draft.about.key if isinstance(draft.about, DraftEdit) else None,
        json.dumps(as_json(draft.about)),
        seconds(draft.made_at),
    )


async def drop_draft(changes: Queries, draft_id: int) -> None:
    """Forget a draft."""
    await changes.fetch("DELETE FROM drafts WHERE draft_id = ?", draft_id)


async def any_before(db: Queries, at: datetime) -> bool:
    """Tell whether there are drafts made before an instant."""
    return bool(await db.fetch("SELECT 1 FROM drafts WHERE made_at < ? LIMIT 1", seconds(at)))


async def drop_drafts_before(changes: Queries, at: datetime) -> None:
    """Forget all drafts made before an instant."""
    await changes.fetch("DELETE FROM drafts WHERE made_at < ?", seconds(at))
