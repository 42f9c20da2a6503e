"""Which list each server, group and reader uses."""

from bot.core.curriculum.additions import guild_of
from bot.core.lists import Choice
from bot.store.database import Queries

SINCE_LISTS = ("reader_lists", "changes", "additions", "addition_changes", "doubts", "drafts")
"""Tables whose rows were about the only list there was, before lists had ids."""


async def choice(db: Queries, guild_id: int | None) -> tuple[Choice, int]:
    """Return what a server's groups and moderators chose, and the version of its lists."""
    sql = (
        "SELECT list_id, version, NULL AS channel_id FROM additions_versions WHERE guild_id = ?"
        " UNION ALL SELECT list_id, NULL, channel_id FROM study_groups"
        " WHERE guild_id = ? AND state <> 'stopped' AND list_id IS NOT NULL"
    )
    rows = await db.fetch(sql, guild_id, guild_id) if guild_id is not None else []
    followed = {r["channel_id"]: r["list_id"] for r in rows if r["channel_id"] is not None}
    server = next((row for row in rows if row["channel_id"] is None), None)
    default, version = (server["list_id"], server["version"]) if server else (None, 0)
    return Choice({}, followed, default), version


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
