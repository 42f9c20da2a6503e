"""What moderators made of lists or have in draft, what readers doubt, and what was ever listed."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from bot.core.curriculum.additions import Addition
from bot.core.curriculum.fields import Fields, parted
from bot.core.curriculum.links import canonical
from bot.core.lists import Where
from bot.core.moderation import (
    Doubt,
    Drafted,
    DraftEdit,
    DraftImport,
    DraftRef,
    PastEdit,
    Said,
    as_json,
    from_json,
)
from bot.store.database import Queries, Row, in_parts, question_marks, value_from
from bot.store.instants import instant_or_none

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
    """Return all that a server says of what stands in a list, in the order in which it said so.

    What it only says of a resource itself, wherever that stands, comes last.
    """
    sql = (
        "SELECT resource_key AS key, fields, removed, addition_id, 1 AS is_here FROM additions"
        " WHERE guild_id = ? AND list_id = ?"
        " UNION ALL SELECT resource_key, fields, 0, 0, 0 FROM facts WHERE guild_id = ?"
        " ORDER BY is_here, addition_id, key"
    )
    rows = await db.fetch(sql, guild_id, list_id, guild_id)
    facts = {row["key"]: json.loads(row["fields"]) for row in rows if not row["is_here"]}
    here = [
        value_from(Addition, row, fields=json.loads(row["fields"]) | facts.pop(row["key"], {}))
        for row in rows
        if row["is_here"]
    ]
    return [*here, *(Addition(key, fields, is_here=False) for key, fields in facts.items())]


async def rows_of(db: Queries, guild_id: int, list_id: str) -> dict[str, list[Any]]:
    """Return what a server says of its list as it is kept, by key: to be put back so."""
    sql = (
        "SELECT resource_key, addition_id, fields, removed, changed_at FROM additions"
        " WHERE guild_id = ? AND list_id = ?"
    )
    rows = await db.fetch(sql, guild_id, list_id)
    names = ("addition_id", "fields", "removed", "changed_at")
    return {row["resource_key"]: [row[name] for name in names] for row in rows}


async def put_rows(
    tx: Queries, guild_id: int, list_id: str, rows: Mapping[str, Sequence[Any] | None]
) -> None:
    """Write rows as ``rows_of`` returned them, by key; None: there is none."""
    for some in in_parts(sorted(rows)):
        sql = (
            "DELETE FROM additions WHERE guild_id = ? AND list_id = ?"  # noqa: S608 - question marks only
            f" AND resource_key IN ({question_marks(some)})"
        )
        await tx.fetch(sql, guild_id, list_id, *some)
    kept: list[tuple[Any, ...]] = [
        (guild_id, list_id, key, *row) for key, row in rows.items() if row is not None
    ]
    for some_rows in in_parts(kept):
        places = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(some_rows))
        sql = (
            "INSERT INTO additions"  # noqa: S608 - places are question marks
            " (guild_id, list_id, resource_key, addition_id, fields, removed, changed_at)"
            f" VALUES {places}"
        )
        await tx.fetch(sql, *chain.from_iterable(some_rows))


async def put_facts(tx: Queries, guild_id: int, facts: Mapping[str, Fields]) -> None:
    """Record what a server says of resources themselves; nothing: it says nothing any more."""
    for some in in_parts(sorted(facts)):
        sql = (
            "DELETE FROM facts WHERE guild_id = ?"  # noqa: S608 - question marks only
            f" AND resource_key IN ({question_marks(some)})"
        )
        await tx.fetch(sql, guild_id, *some)
    said: list[tuple[Any, ...]] = [
        (guild_id, key, json.dumps(dict(fields), sort_keys=True))
        for key, fields in facts.items()
        if fields
    ]
    for rows in in_parts(said):
        places = ", ".join(["(?, ?, ?)"] * len(rows))
        sql = f"INSERT INTO facts (guild_id, resource_key, fields) VALUES {places}"  # noqa: S608
        await tx.fetch(sql, *chain.from_iterable(rows))


async def facts_of(db: Queries, guild_id: int) -> dict[str, dict[str, Any]]:
    """Return what a server says of resources themselves, by key."""
    sql = "SELECT resource_key, fields FROM facts WHERE guild_id = ?"
    rows = await db.fetch(sql, guild_id)
    said = json.loads(f"[{','.join(row['fields'] for row in rows)}]")  # thousands, at once
    return dict(zip((row["resource_key"] for row in rows), said, strict=True))


async def placed(db: Queries, guild_id: int) -> set[str]:
    """Return the keys of which a server says something in one of its lists."""
    sql = "SELECT resource_key FROM additions WHERE guild_id = ?"
    return set(await db.fetch_column(sql, guild_id))


async def split_facts(tx: Queries) -> None:
    """Put what was said of resources themselves, before lists had ids, where it holds in all."""
    rows = await tx.fetch("SELECT addition_id, guild_id, resource_key, fields FROM additions")
    for row in rows:
        facts, rest = parted(json.loads(row["fields"]))
        if facts:
            await put_facts(tx, row["guild_id"], {row["resource_key"]: facts})
            sql = "UPDATE additions SET fields = ? WHERE addition_id = ?"
            await tx.fetch(sql, json.dumps(rest, sort_keys=True), row["addition_id"])


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
    where = guild_id, list_id, addition.key
    before, after = await _said(tx, *where), Said(addition.fields, addition.removed)
    await put(tx, guild_id, list_id, addition, edit.author_id, edit.made_at, new_id)
    sql = (
        "SELECT MAX(change_id) FROM addition_changes"
        " WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
    )
    newest = await tx.fetch_value(sql, *where)
    sql = (
        "INSERT INTO addition_changes (change_id, guild_id, list_id, resource_key, kind, fields,"
        " changed_by, changed_at, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    what = edit.kind, json.dumps(sorted(edit.fields)), edit.author_id, edit.made_at
    said = (json.dumps(asdict(each), sort_keys=True) for each in (before, after))
    await tx.fetch(sql, new_id(newest or 0), *where, *what, *said)
    sql = (
        "DELETE FROM addition_changes WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
        " AND change_id NOT IN (SELECT change_id FROM addition_changes"
        " WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
        " ORDER BY change_id DESC LIMIT ?)"
    )
    await tx.fetch(sql, *where, *where, KEPT)


async def put(
    tx: Queries,
    guild_id: int,
    list_id: str,
    addition: Addition,
    author_id: int | None,
    now: datetime,
    new_id: Callable[[int], int],
) -> None:
    """Record an addition as it is from now on, and that the server's list changed."""
    facts, rest = parted(addition.fields)
    if addition.key.startswith(":"):
        rest |= facts  # a step's title is the list's own
    else:
        await put_facts(tx, guild_id, {addition.key: facts})
    said = addition.key, json.dumps(rest, sort_keys=True), addition.removed, author_id, now
    sql = (
        "INSERT INTO additions"
        " (addition_id, guild_id, list_id, resource_key, fields, removed, added_by, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (guild_id, list_id, resource_key) DO UPDATE SET"
        " fields = excluded.fields, removed = excluded.removed, changed_at = excluded.changed_at"
    )
    await tx.fetch(sql, new_id(0), guild_id, list_id, *said)
    await set_version(tx, guild_id, new_id(0))


async def _said(db: Queries, guild_id: int, list_id: str, key: str) -> Said:
    """Return what a server says of one resource now."""
    sql = (
        "SELECT fields, removed FROM additions"
        " WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
    )
    row = await db.fetch_one(sql, guild_id, list_id, key)
    sql = "SELECT fields FROM facts WHERE guild_id = ? AND resource_key = ?"
    facts = json.loads(await db.fetch_value(sql, guild_id, key) or "{}")
    if row is None:
        return Said(facts)
    return Said(json.loads(row["fields"]) | facts, bool(row["removed"]))


async def edits_of(db: Queries, guild_id: int, list_id: str, *keys: str) -> list[PastEdit]:
    """Return a resource's latest edits in a list of this server, the newest first.

    ``keys``: its own, and those that it had before.
    """
    sql = (
        "SELECT kind, fields, changed_by AS author_id, changed_at AS made_at, change_id, before,"  # noqa: S608 - question marks only
        " after, taken_back FROM addition_changes"
        f" WHERE guild_id = ? AND list_id = ? AND resource_key IN ({question_marks(keys)})"
        " ORDER BY change_id DESC"
    )
    return [
        value_from(
            PastEdit,
            row,
            fields=tuple(json.loads(row["fields"])),
            before=_said_in(row["before"]),
            after=_said_in(row["after"]),
        )
        for row in await db.fetch(sql, guild_id, list_id, *keys)
    ]


def _said_in(kept: str | None) -> Said | None:
    return None if kept is None else Said(**json.loads(kept))


async def set_taken_back(tx: Queries, guild_id: int, change_id: int, *, taken_back: bool) -> None:
    """Record that a change was taken back, or is made after all."""
    sql = "UPDATE addition_changes SET taken_back = ? WHERE guild_id = ? AND change_id = ?"
    await tx.fetch(sql, taken_back, guild_id, change_id)


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
    return None if row is None else _draft(row)


def _draft(row: Row) -> Draft:
    return value_from(Draft, row, about=from_json(row["resource_key"], json.loads(row["fields"])))


async def set_draft(tx: Queries, draft: Draft) -> None:
    """Record a draft as it is now."""
    sql = (
        "INSERT INTO drafts (draft_id, guild_id, list_id, opened_by, resource_key, fields, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (draft_id) DO UPDATE SET"
        " list_id = excluded.list_id, resource_key = excluded.resource_key,"
        " fields = excluded.fields"
    )
    key = draft.about.key if isinstance(draft.about, DraftEdit) else None
    fields = json.dumps(as_json(draft.about))
    whose = draft.guild_id, draft.list_id, draft.opened_by
    await tx.fetch(sql, draft.draft_id, *whose, key, fields, draft.made_at)


async def set_lease(tx: Queries, guild_id: int, draft_id: int, until: datetime | None) -> None:
    """Record until when a process looks up the links of an import; None: none are left."""
    sql = "UPDATE drafts SET lease_until = ? WHERE guild_id = ? AND draft_id = ?"
    await tx.fetch(sql, until, guild_id, draft_id)


async def any_lookups(db: Queries, now: datetime) -> bool:
    """Tell whether there are imports whose links nobody is looking up."""
    return await db.any_row("SELECT 1 FROM drafts WHERE lease_until <= ? LIMIT 1", now)


async def claim_lookups(tx: Queries, now: datetime, until: datetime) -> list[Draft]:
    """Return the imports whose links nobody is looking up, and take them until then."""
    sql = "UPDATE drafts SET lease_until = ? WHERE lease_until <= ? RETURNING *"
    return [_draft(row) for row in await tx.fetch(sql, until, now)]


async def latest_import(db: Queries, guild_id: int, opener_id: int, since: datetime) -> int | None:
    """Return the id of the import that somebody looked at last, unless it is brought in."""
    sql = (
        "SELECT draft_id, resource_key, fields FROM drafts"
        " WHERE guild_id = ? AND opened_by = ? AND made_at >= ? ORDER BY draft_id DESC"
    )
    for row in await db.fetch(sql, guild_id, opener_id, since):
        about = from_json(row["resource_key"], json.loads(row["fields"]))
        if isinstance(about, DraftImport) and about.brought is None:
            return int(row["draft_id"])
    return None


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


async def doubted(db: Queries, guild_id: int) -> list[tuple[str, str, str]]:
    """Return what a server's readers doubt: list, resource, what it needs; the oldest first."""
    sql = (
        "SELECT list_id, resource_key, needed_key FROM doubts WHERE guild_id = ?"
        " GROUP BY list_id, resource_key, needed_key"
        " ORDER BY MIN(made_at), resource_key, needed_key"
    )
    names = ("list_id", "resource_key", "needed_key")
    return [tuple(row[name] for name in names) for row in await db.fetch(sql, guild_id)]


async def delete_doubts(
    tx: Queries, guild_id: int, list_id: str, key: str, needed: str | None = None
) -> None:
    """Forget what was doubted about a resource of a list; ``needed``: only that it needs this."""
    sql = (
        "DELETE FROM doubts WHERE guild_id = ? AND list_id = ? AND resource_key = ?"
        " AND (CAST(? AS TEXT) IS NULL OR needed_key = ?)"
    )
    await tx.fetch(sql, guild_id, list_id, key, needed, needed)


@dataclass(frozen=True, slots=True)
class KnownResource:
    """``gone_at``: no longer listed since. ``same_as``: the key of the same in another list."""

    key: str
    title: str
    url: str
    gone_at: datetime | None = None
    same_as: str | None = None

    @property
    def link(self) -> str:
        """The canonical form as it is worked out today, whatever it was when this was recorded."""
        return canonical(self.url) or self.url


async def known_resources(db: Queries, namespace: str) -> dict[str, KnownResource]:
    """Return all that was ever listed under the namespace, by key."""
    sql = (
        "SELECT resource_key, title, url, gone_at, same_as FROM known_resources WHERE namespace = ?"
    )
    found = (  # thousands whenever a list is laid: half as long as by `value_from`
        (row["resource_key"], row["title"], row["url"], row["gone_at"], row["same_as"])
        for row in await db.fetch(sql, namespace)
    )
    return {
        key: KnownResource(key, title, url, instant_or_none(gone_at), same_as)
        for key, title, url, gone_at, same_as in found
    }


async def known_by_link(db: Queries, namespace: str, link: str) -> list[KnownResource]:
    """Return what was ever listed under the namespace with this canonical link."""
    found = await known_resources(db, namespace)
    return [resource for resource in found.values() if resource.link == link]


async def keep_known(tx: Queries, resources: Iterable[KnownResource]) -> None:
    """Record resources as listed, with their present title and link; each key once."""
    for some in in_parts(tuple(resources)):
        places = ", ".join(["(?, ?, ?, ?, ?)"] * len(some))
        values = ((r.key, r.key.partition(":")[0], r.title, r.url, r.same_as) for r in some)
        sql = (
            "INSERT INTO known_resources"  # noqa: S608 - places are question marks
            f" (resource_key, namespace, title, url, same_as) VALUES {places}"
            " ON CONFLICT (resource_key) DO UPDATE SET title = excluded.title,"
            " url = excluded.url, gone_at = NULL, same_as = excluded.same_as"
        )
        await tx.fetch(sql, *chain.from_iterable(values))


async def set_gone(tx: Queries, keys: Iterable[str], now: datetime) -> None:
    """Record that the resources left their list; only in turn with others of it."""
    for some in in_parts(sorted(keys)):
        sql = (
            "UPDATE known_resources SET gone_at = ? WHERE gone_at IS NULL"  # noqa: S608 - question marks only
            f" AND resource_key IN ({question_marks(some)})"
        )
        await tx.fetch(sql, now, *some)


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
