"""What moderators made of lists or have in draft, what readers doubt, and what was ever listed."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from bot.core.curriculum.additions import Addition
from bot.core.curriculum.links import canonical
from bot.core.lists import Where
from bot.core.moderation import Doubt, Drafted, DraftEdit, DraftRef, PastEdit, as_json, from_json
from bot.store.database import Queries, in_parts, question_marks, value_from

KEPT = 20
"""Past edits kept of each resource."""


async def version(db: Queries, guild_id: int) -> int:
    """Return what changes with each change of this server's additions; 0: it never had any."""
    sql = "SELECT version FROM additions_versions WHERE guild_id = ?"
    return int(await db.fetch_value(sql, guild_id) or 0)


async def take_turn(tx: Queries, guild_id: int) -> None:
    """Make other changes to this server's list, and to where its groups are, wait meanwhile.

    Taken after a reader's turn, and before a group.
    """
    sql = (
        "INSERT INTO additions_versions (guild_id, version) VALUES (?, 0)"
        " ON CONFLICT (guild_id) DO UPDATE SET guild_id = excluded.guild_id"
    )
    await tx.fetch(sql, guild_id)


async def set_version(tx: Queries, guild_id: int, version: int) -> None:
    """Record that the server's additions changed. Never the same version twice."""
    sql = (
        "INSERT INTO additions_versions (guild_id, version) VALUES (?, ?)"
        " ON CONFLICT (guild_id) DO UPDATE SET version = excluded.version"
    )
    await tx.fetch(sql, guild_id, version)


async def additions_of(db: Queries, guild_id: int, list_id: str) -> list[Addition]:
    """Return all of a server's additions to a list, in the order in which they were made."""
    sql = (
        "SELECT resource_key AS key, fields, removed FROM additions"
        " WHERE guild_id = ? AND list_id = ? ORDER BY addition_id"
    )
    rows = await db.fetch(sql, guild_id, list_id)
    return [value_from(Addition, row, fields=json.loads(row["fields"])) for row in rows]


async def record(
    tx: Queries,
    guild_id: int,
    list_id: str,
    addition: Addition,
    edit: PastEdit,
    new_id: Callable[[int], int],
) -> None:
    """Record an addition as an edit left it, with the edit, and that the server's list changed.

    Its author counts if it is new. Of each resource the last twenty edits are kept. ``new_id``
    makes ids greater than the one it is given: the latest edit's, whatever the clock.
    """
    fields = json.dumps(dict(addition.fields), sort_keys=True)
    said = addition.key, fields, addition.removed, edit.author_id, edit.made_at
    sql = (
        "INSERT INTO additions"
        " (addition_id, guild_id, list_id, resource_key, fields, removed, added_by, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (guild_id, list_id, resource_key) DO UPDATE SET"
        " fields = excluded.fields, removed = excluded.removed, changed_at = excluded.changed_at"
    )
    await tx.fetch(sql, new_id(0), guild_id, list_id, *said)
    where = guild_id, list_id, addition.key
    sql = (
        "SELECT MAX(change_id) FROM addition_changes"
        " WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
    )
    newest = await tx.fetch_value(sql, *where)
    sql = (
        "INSERT INTO addition_changes"
        " (change_id, guild_id, list_id, resource_key, kind, fields, changed_by, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    )
    what = edit.kind, json.dumps(sorted(edit.fields)), edit.author_id, edit.made_at
    await tx.fetch(sql, new_id(newest or 0), *where, *what)
    sql = (
        "DELETE FROM addition_changes WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
        " AND change_id NOT IN (SELECT change_id FROM addition_changes"
        " WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
        " ORDER BY change_id DESC LIMIT ?)"
    )
    await tx.fetch(sql, *where, *where, KEPT)
    await set_version(tx, guild_id, new_id(0))


async def edits_of(db: Queries, guild_id: int, list_id: str, key: str) -> list[PastEdit]:
    """Return a resource's latest edits in a list of this server, the newest first."""
    sql = (
        "SELECT kind, fields, changed_by AS author_id, changed_at AS made_at FROM addition_changes"
        " WHERE guild_id = ? AND list_id = ? AND resource_key = ? ORDER BY change_id DESC"
    )
    rows = await db.fetch(sql, guild_id, list_id, key)
    return [value_from(PastEdit, row, fields=tuple(json.loads(row["fields"]))) for row in rows]


@dataclass(frozen=True, slots=True)
class Draft:
    """Whose it is, and what it is about. ``list_id``: of which list, if of one."""

    draft_id: int
    guild_id: int
    list_id: str
    opened_by: int
    about: Drafted
    made_at: datetime

    @property
    def where(self) -> Where:
        """The list it is about, in its server."""
        return Where(self.guild_id, list_id=self.list_id or None)


async def draft(db: Queries, ref: DraftRef, since: datetime) -> Draft | None:
    """Return a draft made since then; None: it is another's, too old, cancelled, or never was."""
    sql = (
        "SELECT * FROM drafts"
        " WHERE guild_id = ? AND opened_by = ? AND draft_id = ? AND made_at >= ?"
    )
    row = await db.fetch_one(sql, *ref, since)
    if row is None:
        return None
    return value_from(Draft, row, about=from_json(row["resource_key"], json.loads(row["fields"])))


async def set_draft(tx: Queries, draft: Draft) -> None:
    """Record a draft as it is now."""
    sql = (
        "INSERT INTO drafts (draft_id, guild_id, list_id, opened_by, resource_key, fields, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (draft_id) DO UPDATE SET"
        " resource_key = excluded.resource_key, fields = excluded.fields"
    )
    key = draft.about.key if isinstance(draft.about, DraftEdit) else None
    fields = json.dumps(as_json(draft.about))
    whose = draft.guild_id, draft.list_id, draft.opened_by
    await tx.fetch(sql, draft.draft_id, *whose, key, fields, draft.made_at)


async def drop_draft(tx: Queries, draft_id: int) -> None:
    """Forget a draft."""
    await tx.fetch("DELETE FROM drafts WHERE draft_id = ?", draft_id)


async def any_drafts_before(db: Queries, at: datetime) -> bool:
    """Tell whether there are drafts made before an instant."""
    return await db.any_row("SELECT 1 FROM drafts WHERE made_at < ? LIMIT 1", at)


async def drop_drafts_before(tx: Queries, at: datetime) -> None:
    """Forget all drafts made before an instant."""
    await tx.fetch("DELETE FROM drafts WHERE made_at < ?", at)


async def add_doubt(
    tx: Queries,
    guild_id: int,
    list_id: str,
    reader_id: int,
    doubt_id: int,
    doubt: Doubt,
    now: datetime,
) -> None:
    """Record a doubt; the same reader's next one about the same takes its place."""
    sql = (
        "INSERT INTO doubts"
        " (doubt_id, guild_id, list_id, resource_key, needed_key, reader_id, why, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (guild_id, list_id, resource_key, needed_key, reader_id)"
        " DO UPDATE SET why = excluded.why, made_at = excluded.made_at"
    )
    about = doubt.key, doubt.needed, reader_id, doubt.why
    await tx.fetch(sql, doubt_id, guild_id, list_id, *about, now)


async def doubts_about(db: Queries, guild_id: int, list_id: str, key: str) -> list[Doubt]:
    """Return what this server's readers doubt about a resource of a list, the newest first."""
    sql = (
        "SELECT resource_key AS key, needed_key AS needed, why FROM doubts"
        " WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
        " ORDER BY made_at DESC, doubt_id DESC"
    )
    return [Doubt(**row) for row in await db.fetch(sql, guild_id, list_id, key)]


async def doubted_keys(db: Queries, guild_id: int, list_id: str) -> list[str]:
    """Return the resources of a list with doubts that wait for this server's moderators."""
    sql = (
        "SELECT resource_key FROM doubts WHERE guild_id = ? AND list_id = ? GROUP BY resource_key"
        " ORDER BY MIN(made_at), resource_key"
    )
    return await db.fetch_column(sql, guild_id, list_id)


async def delete_doubts(tx: Queries, guild_id: int, list_id: str, key: str) -> None:
    """Forget what was doubted about a resource of a list in this server."""
    sql = "DELETE FROM doubts WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
    await tx.fetch(sql, guild_id, list_id, key)


@dataclass(frozen=True, slots=True)
class KnownResource:
    """``gone_at``: no longer listed since."""

    key: str
    title: str
    url: str
    gone_at: datetime | None = None

    @property
    def link(self) -> str:
        """The canonical form as it is worked out today, whatever it was when this was recorded."""
        return canonical(self.url) or self.url


async def known_resources(db: Queries, namespace: str) -> dict[str, KnownResource]:
    """Return all that was ever listed under the namespace, by key."""
    sql = "SELECT *, resource_key AS key FROM known_resources WHERE namespace = ?"
    return {row["key"]: value_from(KnownResource, row) for row in await db.fetch(sql, namespace)}


async def known_by_link(db: Queries, namespace: str, link: str) -> list[KnownResource]:
    """Return what was ever listed under the namespace with this canonical link."""
    found = await known_resources(db, namespace)
    return [resource for resource in found.values() if resource.link == link]


async def keep_known(tx: Queries, resources: Iterable[KnownResource]) -> None:
    """Record resources as listed, with their present title and link; each key once."""
    for some in in_parts(tuple(resources)):
        places = ", ".join(["(?, ?, ?, ?)"] * len(some))
        values = ((r.key, r.key.partition(":")[0], r.title, r.url) for r in some)
        sql = (
            "INSERT INTO known_resources"  # noqa: S608 - places are question marks
            f" (resource_key, namespace, title, url) VALUES {places}"
            " ON CONFLICT (resource_key) DO UPDATE SET title = excluded.title,"
            " url = excluded.url, gone_at = NULL"
        )
        await tx.fetch(sql, *chain.from_iterable(values))


async def set_gone(tx: Queries, keys: Iterable[str], now: datetime) -> None:
    """Record that the resources left their list."""
    for key in sorted(keys):  # always in one order: two processes never wait for each other
        sql = "UPDATE known_resources SET gone_at = ? WHERE resource_key = ? AND gone_at IS NULL"
        await tx.fetch(sql, now, key)


async def known_resources_by_key(db: Queries, keys: Iterable[str]) -> Mapping[str, KnownResource]:
    """Return what is known of the keys, listed or not."""
    found: dict[str, KnownResource] = {}
    for some in in_parts(sorted(keys)):
        sql = (
            "SELECT *, resource_key AS key FROM known_resources"  # noqa: S608 - question marks only
            f" WHERE resource_key IN ({question_marks(some)})"
        )
        found |= {row["key"]: value_from(KnownResource, row) for row in await db.fetch(sql, *some)}
    return found
