"""What each server's moderators made of the list, and who changed what."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.curriculum.additions import Addition
from bot.core.moderation import EditKind, PastEdit
from bot.store.database import Queries
from bot.store.instants import instant, seconds

KEPT = 20
"""So many past edits of a resource are kept."""


async def version(db: Queries, guild_id: int) -> int:
    """Return what changes with each change of this server's additions; 0: it never had any."""
    rows = await db.fetch("SELECT version FROM additions_versions WHERE guild_id = ?", guild_id)
    return int(rows[0]["version"]) if rows else 0


async def take_turn(changes: Queries, guild_id: int) -> None:
    """Make other changes to this server's list, and to where its groups are, wait meanwhile.

    Taken after a reader's turn, and before a group.
    """
    await changes.fetch(
        "INSERT INTO additions_versions (guild_id, version) VALUES (?, 0)"
        " ON CONFLICT (guild_id) DO UPDATE SET guild_id = excluded.guild_id",
        guild_id,
    )


async def set_version(changes: Queries, guild_id: int, version: int) -> None:
    """Record that the server's additions changed. Never the same version twice."""
    await changes.fetch(
        "INSERT INTO additions_versions (guild_id, version) VALUES (?, ?)"
        " ON CONFLICT (guild_id) DO UPDATE SET version = excluded.version",
        guild_id,
        version,
    )


async def additions_of(db: Queries, guild_id: int) -> list[Addition]:
    """Return all of a server's additions, in the order in which they were made."""
    rows = await db.fetch(
        "SELECT resource_key, fields, removed FROM additions WHERE guild_id = ?"
        " ORDER BY addition_id",
        guild_id,
    )
    return [
        Addition(row["resource_key"], json.loads(row["fields"]), bool(row["removed"]))
        for row in rows
    ]


async def set_addition(
    changes: Queries,
    guild_id: int,
    addition: Addition,
    *,
    addition_id: int,
    author_id: int,
    now: datetime,
) -> None:
    """Record an addition as it is now; ``addition_id`` and author count if it is new."""
    await changes.fetch(
        "INSERT INTO additions"
        " (addition_id, guild_id, resource_key, fields, removed, added_by, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (guild_id, resource_key) DO UPDATE SET"
        " fields = excluded.fields, removed = excluded.removed, changed_at = excluded.changed_at",
        addition_id,
        guild_id,
        addition.key,
        json.dumps(dict(addition.fields), sort_keys=True),
        int(addition.removed),
        author_id,
        seconds(now),
    )


@dataclass(frozen=True, slots=True)
class StoredEdit:
    """An edit to be recorded."""

    change_id: int
    kind: EditKind
    fields: Iterable[str]
    author_id: int
    made_at: datetime


async def add_edit(changes: Queries, guild_id: int, key: str, edit: StoredEdit) -> None:
    """Record who changed what, and forget the resource's oldest edits beyond the last twenty."""
    await changes.fetch(
        "INSERT INTO addition_changes"
        " (change_id, guild_id, resource_key, kind, fields, changed_by, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        edit.change_id,
        guild_id,
        key,
        edit.kind,
        json.dumps(sorted(edit.fields)),
        edit.author_id,
        seconds(edit.made_at),
    )
    await changes.fetch(
        "DELETE FROM addition_changes WHERE guild_id = ? AND resource_key = ? AND change_id NOT IN"
        " (SELECT change_id FROM addition_changes WHERE guild_id = ? AND resource_key = ?"
        " ORDER BY change_id DESC LIMIT ?)",
        guild_id,
        key,
        guild_id,
        key,
        KEPT,
    )


async def last_edit_id(db: Queries, guild_id: int, key: str) -> int:
    """Return the id of the resource's latest edit in this server; 0 if there is none."""
    rows = await db.fetch(
        "SELECT COALESCE(MAX(change_id), 0) AS last FROM addition_changes"
        " WHERE guild_id = ? AND resource_key = ?",
        guild_id,
        key,
    )
    return int(rows[0]["last"])


async def edits_of(db: Queries, guild_id: int, key: str, count: int = KEPT) -> list[PastEdit]:
    """Return a resource's latest edits in this server, the newest first."""
    rows = await db.fetch(
        "SELECT kind, fields, changed_by, changed_at FROM addition_changes"
        " WHERE guild_id = ? AND resource_key = ? ORDER BY change_id DESC LIMIT ?",
        guild_id,
        key,
        count,
    )
    return [
        PastEdit(
            kind=row["kind"],
            fields=tuple(json.loads(row["fields"])),
            author_id=row["changed_by"],
            made_at=instant(row["changed_at"]),
        )
        for row in rows
    ]
