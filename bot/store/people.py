"""Where the ledger holds a person: every such column, and what becomes of it when they go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.store.database import Queries, Row

Fate = Literal["delete", "forget"]
"""``delete`` the row; or ``forget`` the person: the row stays, without them."""


@dataclass(frozen=True, slots=True)
class PersonColumn:
    table: str
    column: str
    fate: Fate


PERSON_COLUMNS = (
    # First: whoever is adding a notice holds the group's row, so its notice is seen further down.
    PersonColumn("study_groups", "changed_by", "forget"),
    PersonColumn("progress", "reader_id", "delete"),
    PersonColumn("changes", "reader_id", "delete"),
    PersonColumn("members", "reader_id", "delete"),
    PersonColumn("post_readers", "reader_id", "delete"),
    PersonColumn("picks", "picked_by", "forget"),
    PersonColumn("votes", "called_by", "forget"),
    PersonColumn("outbox", "channel_id", "delete"),
    PersonColumn("additions", "added_by", "forget"),
    PersonColumn("addition_changes", "changed_by", "forget"),
    PersonColumn("drafts", "opened_by", "delete"),
    PersonColumn("doubts", "reader_id", "delete"),
    PersonColumn("reader_settings", "reader_id", "delete"),
    PersonColumn("readers", "reader_id", "delete"),
)
"""All that the migrations declare as ``-- person: column, fate``, in the order they are run."""


async def rows_about(db: Queries, reader_id: int) -> dict[str, list[Row]]:
    """Return every row that holds the person, by table; a table without one has no entry."""
    found: dict[str, list[Row]] = {}
    for table, columns in _columns_by_table().items():
        where = " OR ".join(f"{column} = ?" for column in columns)
        ids = [reader_id] * len(columns)
        rows = await db.fetch(f"SELECT * FROM {table} WHERE {where}", *ids)  # noqa: S608 - our names
        if rows:
            found[table] = sorted(map(dict, rows), key=lambda row: [str(v) for v in row.values()])
    return found


async def delete_person(changes: Queries, reader_id: int) -> None:
    """Leave no row that holds the person. Twice is harmless."""
    for each in PERSON_COLUMNS:
        if each.fate == "delete":
            statement = f"DELETE FROM {each.table}"  # noqa: S608 - our names
        else:
            statement = f"UPDATE {each.table} SET {each.column} = NULL"  # noqa: S608 - our names
        await changes.fetch(f"{statement} WHERE {each.column} = ?", reader_id)


def _columns_by_table() -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for each in PERSON_COLUMNS:
        columns.setdefault(each.table, []).append(each.column)
    return columns
