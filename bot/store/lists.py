"""Which list each server, group and reader uses, and a server's own lists with their versions."""

from dataclasses import astuple, dataclass
from datetime import datetime

from bot.core.curriculum.additions import guild_of
from bot.core.lists import Choice
from bot.store.database import Queries, value_from

SINCE_LISTS = ("reader_lists", "changes", "additions", "addition_changes", "doubts", "drafts")
"""Tables whose rows were about the only list there was, before lists had ids."""

VERSIONS_KEPT = 10


async def choice(db: Queries, guild_id: int | None) -> tuple[Choice, int]:
    """Return what a server's groups and moderators chose, and the version of its lists."""
    if guild_id is None:
        return Choice({}, {}), 0
    sql = (
        "SELECT 'server' AS what, list_id, version AS number, NULL AS title"
        " FROM additions_versions WHERE guild_id = ?"
        " UNION ALL SELECT 'group', list_id, channel_id, NULL FROM study_groups"
        " WHERE guild_id = ? AND state <> 'stopped' AND list_id IS NOT NULL"
        " UNION ALL SELECT 'own', list_id, NULL, title FROM lists"
        " WHERE guild_id = ? AND removed_at IS NULL"
    )
    rows = await db.fetch(sql, guild_id, guild_id, guild_id)
    followed = {r["number"]: r["list_id"] for r in rows if r["what"] == "group"}
    own = {r["list_id"]: r["title"] for r in rows if r["what"] == "own"}
    server = next(((r["list_id"], r["number"]) for r in rows if r["what"] == "server"), (None, 0))
    return Choice({}, followed, server[0], own), server[1]


async def set_default(tx: Queries, guild_id: int, list_id: str | None) -> None:
    """Record what counts in a server, whose turn was taken, where no group says otherwise."""
    sql = "UPDATE additions_versions SET list_id = ? WHERE guild_id = ?"
    await tx.fetch(sql, list_id, guild_id)


async def only_list(db: Queries) -> str | None:
    """Return the id of the list that was listed, before there could be several; None: none was."""
    sql = (
        "SELECT namespace FROM known_resources WHERE gone_at IS NULL"
        " GROUP BY namespace ORDER BY COUNT(*) DESC, namespace"
    )
    namespaces: list[str] = await db.fetch_column(sql)
    return next((each for each in namespaces if guild_of(f"{each}:") is None), None)


async def name_only_list(tx: Queries, list_id: str) -> None:
    """Give what was about the only list there was its id; a group follows it from now on."""
    for table in SINCE_LISTS:
        await tx.fetch(f"UPDATE {table} SET list_id = ? WHERE list_id = ''", list_id)  # noqa: S608
    await tx.fetch("UPDATE study_groups SET list_id = ? WHERE list_id IS NULL", list_id)


# A server's own lists


@dataclass(frozen=True, slots=True)
class OwnList:
    """A server's own list; ``removed_at``: its moderators took it away, and may bring it back."""

    list_id: str
    guild_id: int
    title: str
    changed_at: datetime
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What a list was since an import. ``curriculum`` is JSON, as ``identity.to_json`` writes it.

    ``before``: what was laid over the list until then and went into it, as JSON.
    """

    version_id: int
    guild_id: int
    list_id: str
    curriculum: str
    before: str
    made_by: int | None
    made_at: datetime
    steps: int = 0
    resources: int = 0


@dataclass(frozen=True, slots=True)
class ListState:
    """How a list stands in a server whose moderators changed it last then, in whichever way.

    ``undoable``: when its newest version was made, if that can be taken back and leave a list;
    ``steps``, ``resources``: how many that version has; ``is_laid_over``: the server says more.
    """

    changed_at: datetime
    undoable: datetime | None
    steps: int
    resources: int
    is_laid_over: bool


async def own_lists(db: Queries, guild_id: int) -> list[OwnList]:
    """Return all lists that a server ever made, removed ones too, the oldest first."""
    sql = "SELECT * FROM lists WHERE guild_id = ? ORDER BY list_id"
    return [value_from(OwnList, row) for row in await db.fetch(sql, guild_id)]


async def laid_over(db: Queries, guild_id: int) -> list[str]:
    """Return the lists of which a server said something, be they there or not."""
    sql = "SELECT DISTINCT list_id FROM additions WHERE guild_id = ?"
    return await db.fetch_column(sql, guild_id)


async def put_list(tx: Queries, listed: OwnList) -> None:
    """Write a list's own row: it is made, renamed, removed or brought back."""
    sql = (
        "INSERT INTO lists (list_id, guild_id, title, changed_at, removed_at)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (list_id) DO UPDATE SET title = excluded.title,"
        " changed_at = excluded.changed_at, removed_at = excluded.removed_at"
    )
    at = listed.changed_at, listed.removed_at
    await tx.fetch(sql, listed.list_id, listed.guild_id, listed.title, *at)


async def current(db: Queries, guild_id: int, list_id: str) -> tuple[str, str]:
    """Return the title of a list that a server has, and what it is, as JSON."""
    sql = (
        "SELECT title, curriculum FROM lists JOIN list_versions"
        " ON list_versions.guild_id = lists.guild_id AND list_versions.list_id = lists.list_id"
        " WHERE lists.guild_id = ? AND lists.list_id = ?"
        " ORDER BY version_id DESC LIMIT 1"
    )
    (row,) = await db.fetch(sql, guild_id, list_id)
    return row["title"], row["curriculum"]


async def versions(db: Queries, guild_id: int, list_id: str, count: int) -> list[Version]:
    """Return a list's latest versions, the newest first."""
    sql = (
        "SELECT * FROM list_versions WHERE guild_id = ? AND list_id = ?"
        " ORDER BY version_id DESC LIMIT ?"
    )
    return [value_from(Version, row) for row in await db.fetch(sql, guild_id, list_id, count)]


async def states(db: Queries, guild_id: int) -> dict[str, ListState]:
    """Return how each list stands of which a server has versions or says something, by id."""
    sql = (
        "SELECT list_id, MAX(at) AS changed_at, MAX(undoable) AS undoable, MAX(steps) AS steps,"
        " MAX(resources) AS resources, MAX(is_laid_over) AS is_laid_over FROM ("
        "SELECT list_versions.list_id, made_at AS at, steps, resources, 0 AS is_laid_over,"
        " CASE WHEN before <> '' AND (curriculum = '' OR versions > 1) THEN made_at END AS undoable"
        " FROM list_versions JOIN (SELECT MAX(version_id) AS newest, COUNT(*) AS versions"
        " FROM list_versions WHERE guild_id = ? GROUP BY list_id) AS latest ON version_id = newest"
        " UNION ALL SELECT list_id, MAX(changed_at), 0, 0, 1, NULL FROM additions"
        " WHERE guild_id = ? GROUP BY list_id) AS found GROUP BY list_id"
    )
    rows = await db.fetch(sql, guild_id, guild_id)
    return {row["list_id"]: value_from(ListState, row) for row in rows}


async def add_version(tx: Queries, version: Version) -> None:
    """Record what a list is from now on; the oldest beyond the last ten goes."""
    sql = (
        "INSERT INTO list_versions"
        " (version_id, guild_id, list_id, curriculum, before, made_by, made_at, steps, resources)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    await tx.fetch(sql, *astuple(version))
    sql = (
        "DELETE FROM list_versions WHERE guild_id = ? AND list_id = ? AND version_id NOT IN"
        " (SELECT version_id FROM list_versions WHERE guild_id = ? AND list_id = ?"
        " ORDER BY version_id DESC LIMIT ?)"
    )
    where = version.guild_id, version.list_id
    await tx.fetch(sql, *where, *where, VERSIONS_KEPT)


async def drop_version(tx: Queries, version: Version) -> None:
    """Forget a version: the one before it is what the list is again."""
    sql = "DELETE FROM list_versions WHERE guild_id = ? AND version_id = ?"
    await tx.fetch(sql, version.guild_id, version.version_id)


async def drop_list(tx: Queries, guild_id: int, list_id: str) -> None:
    """Forget a list that was made by mistake: its import was taken back."""
    await tx.fetch("DELETE FROM lists WHERE guild_id = ? AND list_id = ?", guild_id, list_id)


async def versions_after(db: Queries, guild_id: int, version_id: int) -> list[Version]:
    """Return the versions of a server's lists that came after one, with what they replaced."""
    sql = "SELECT * FROM list_versions WHERE guild_id = ? AND version_id > ? AND before <> ''"
    return [value_from(Version, row) for row in await db.fetch(sql, guild_id, version_id)]


async def set_before(tx: Queries, version: Version, before: str) -> None:
    """Record what a version replaced, once that is other than it was."""
    sql = "UPDATE list_versions SET before = ? WHERE guild_id = ? AND version_id = ?"
    await tx.fetch(sql, before, version.guild_id, version.version_id)
