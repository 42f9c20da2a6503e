"""Every resource that was ever listed, so that progress outlives the list's changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.store.database import Queries
from bot.store.instants import instant_or_none, seconds


@dataclass(frozen=True, slots=True)
class KnownResource:
    """``link`` is the canonical form of ``url``; ``gone_at``: no longer listed since."""

    key: str
    title: str
    url: str
    link: str
    gone_at: datetime | None = None


async def known_resources(db: Queries, namespace: str) -> dict[str, KnownResource]:
    """Return all that was ever listed under the namespace, by key."""
    rows = await db.fetch(
        "SELECT resource_key, title, url, link, gone_at FROM known_resources WHERE namespace = ?",
        namespace,
    )
    found = (
        KnownResource(
            row["resource_key"], row["title"], row["url"], row["link"],
            instant_or_none(row["gone_at"]),
        )
        for row in rows
    )  # fmt: skip
    return {resource.key: resource for resource in found}


async def known_by_link(db: Queries, namespace: str, link: str) -> list[KnownResource]:
    """Return what was ever listed under the namespace with this canonical link."""
    found = await known_resources(db, namespace)
    return [resource for resource in found.values() if resource.link == link]


async def keep_known(changes: Queries, resources: Iterable[KnownResource]) -> None:
    """Record resources as listed, with their present title and link."""
    for resource in resources:
        await changes.fetch(
            "INSERT INTO known_resources (resource_key, namespace, title, url, link)"
            " VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (resource_key) DO UPDATE SET title = excluded.title,"
            " url = excluded.url, link = excluded.link, gone_at = NULL",
            resource.key,
            resource.key.partition(":")[0],
            resource.title,
            resource.url,
            resource.link,
        )


async def mark_gone(changes: Queries, keys: Iterable[str], now: datetime) -> None:
    """Record that the resources left their list."""
    for key in sorted(keys):  # always in one order: two processes never wait for each other
        await changes.fetch(
            "UPDATE known_resources SET gone_at = ? WHERE resource_key = ? AND gone_at IS NULL",
            seconds(now),
            key,
        )


async def known_resources_by_key(db: Queries, keys: Iterable[str]) -> Mapping[str, KnownResource]:
    """Return what is known of the keys, listed or not."""
    found: dict[str, KnownResource] = {}
    for key in keys:
        for row in await db.fetch(
            "SELECT resource_key, title, url, link, gone_at FROM known_resources"
            " WHERE resource_key = ?",
            key,
        ):
            found[key] = KnownResource(
                key, row["title"], row["url"], row["link"], instant_or_none(row["gone_at"])
            )
    return found
