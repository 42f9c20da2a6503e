"""Every resource that was ever listed, so that progress outlives the list's changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from bot.core.curriculum.links import canonical
from bot.store.database import Queries, Row, in_parts, question_marks, value_from


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
    sql = "SELECT * FROM known_resources WHERE namespace = ?"
    return _by_key(await db.fetch(sql, namespace))


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
    rows: list[Row] = []
    for some in in_parts(sorted(keys)):
        sql = f"SELECT * FROM known_resources WHERE resource_key IN ({question_marks(some)})"  # noqa: S608 - question marks only
        rows += await db.fetch(sql, *some)
    return _by_key(rows)


def _by_key(rows: Iterable[Row]) -> dict[str, KnownResource]:
    found = (value_from(KnownResource, row, key=row["resource_key"]) for row in rows)
    return {resource.key: resource for resource in found}
