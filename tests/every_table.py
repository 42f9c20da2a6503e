"""The tables as they are, on both databases: for tests that must not miss one added later."""

from dataclasses import dataclass

from bot.store.database import Database

SQLITE = """
    SELECT tables.name AS "table", columns.name AS "column",
        columns."notnull" + columns.pk AS needed
    FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table'
"""
POSTGRES = """
    SELECT table_name AS "table", column_name AS "column",
        CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS needed
    FROM information_schema.columns WHERE table_schema = current_schema()
"""


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    may_be_null: bool


async def every_column(db: Database) -> list[Column]:
    rows = await db.fetch(POSTGRES if db.is_shared else SQLITE)
    return [Column(row["table"], row["column"], not row["needed"]) for row in rows]


async def everything(db: Database) -> dict[str, list[dict]]:
    """Return all rows of all tables, in an order of their own: PostgreSQL moves written rows."""
    tables = sorted({column.table for column in await every_column(db)})
    return {
        table: sorted(map(dict, await db.fetch(f"SELECT * FROM {table}")), key=repr)
        for table in tables
    }


async def places_of(db: Database, person_id: int) -> set[tuple[str, str]]:
    """Return (table, column) of each value that is the person's id, or holds it in its text."""
    return {
        (table, column)
        for table, rows in (await everything(db)).items()
        for row in rows
        for column, value in row.items()
        if str(person_id) in str(value)
    }
