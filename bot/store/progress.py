"""Readers' marks, by resource key."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import chain

from bot.core.progress import STATES, Mark, State
from bot.store.database import Queries, Value, in_parts, question_marks, value_from
from bot.store.instants import instant_or_none


async def marks_of(db: Queries, reader_id: int) -> dict[str, Mark]:
    """Return all the reader's marks by the key they were made under."""
    rows = await db.fetch(
        "SELECT *, until_at AS until FROM progress WHERE reader_id = ?", reader_id
    )
    return {row["resource_key"]: value_from(Mark, row) for row in rows}


async def states_of_members(
    db: Queries, group_id: int, keys: Mapping[str, Collection[str]]
) -> list[tuple[dict[str, State], int]]:
    """Return how many of a group's members have the same states for some resources.

    ``keys``: all keys of each, by its present one, to which the states belong; of several marks
    the best counts, as in ``resolved``. In one statement, however many members there are.
    """
    best = "".join(f" WHEN '{state}' THEN {len(STATES) - n}" for n, state in enumerate(STATES))
    asked = [key for former in keys.values() for key in former]
    columns = [f"state_{n}" for n in range(len(keys))]
    ranks = [
        f", MAX(CASE WHEN resource_key IN ({question_marks(former)})"
        f" THEN CASE state{best} END ELSE 0 END) AS {column}"
        for column, former in zip(columns, keys.values(), strict=True)
    ]
    sql = (
        f"SELECT COUNT(*) AS members{''.join(f', {column}' for column in columns)} FROM ("  # noqa: S608 - question marks only
        f"SELECT members.reader_id{''.join(ranks)} FROM members LEFT JOIN progress"
        f" ON progress.reader_id = members.reader_id"
        f" AND progress.resource_key IN ({question_marks(asked)})"
        " WHERE members.group_id = ? GROUP BY members.reader_id) AS each_member"
        f" GROUP BY {', '.join(columns)}"
    )
    rows = await db.fetch(sql, *asked, *asked, group_id)
    return [
        (
            {
                key: STATES[len(STATES) - row[column]]
                for key, column in zip(keys, columns, strict=True)
                if row[column]
            },
            int(row["members"]),
        )
        for row in rows
    ]


async def readers_by_key(
    db: Queries, group_id: int, keys: Mapping[str, Collection[str]], states: Collection[State]
) -> dict[str, int]:
    """Return how many of a group's members have each resource in one of the states.

    ``keys``: all keys of each, by its present one. In one statement.
    """
    asked: list[tuple[Value, ...]] = [(old, key) for key, each in keys.items() for old in each]
    if not asked:
        return {}
    sql = (
        "WITH asked (resource_key, present_key) AS"  # noqa: S608 - question marks only
        f" (VALUES {', '.join(['(CAST(? AS TEXT), CAST(? AS TEXT))'] * len(asked))})"
        " SELECT present_key, COUNT(*) AS readers FROM"
        " (SELECT DISTINCT asked.present_key, members.reader_id FROM members CROSS JOIN asked"
        " JOIN progress ON progress.reader_id = members.reader_id"
        " AND progress.resource_key = asked.resource_key WHERE members.group_id = ?"
        f" AND progress.state IN ({question_marks(states)})) AS each_member GROUP BY present_key"
    )
    rows = await db.fetch(sql, *chain.from_iterable(asked), group_id, *states)
    return {row["present_key"]: int(row["readers"]) for row in rows}


async def set_marks(tx: Queries, reader_id: int, marks: Mapping[str, Mark | None]) -> None:
    """Record marks by key; None: the resource is untouched again. Few statements for them all.

    Twice is harmless: buttons get double-clicked. The reader's turn must have been taken.
    """
    await _count_ratings(tx, reader_id, marks)
    for keys in in_parts([key for key, mark in marks.items() if mark is None]):
        sql = (
            f"DELETE FROM progress WHERE reader_id = ? AND resource_key IN ({question_marks(keys)})"  # noqa: S608
        )
        await tx.fetch(sql, reader_id, *keys)
    rows: list[tuple[Value, ...]] = [
        (reader_id, key, mark.state, mark.changed_at, mark.until, mark.rating)
        for key, mark in marks.items()
        if mark is not None
    ]
    for some in in_parts(rows):
        sql = (
            "INSERT INTO progress (reader_id, resource_key, state, changed_at, until_at, rating)"  # noqa: S608 - question marks only
            f" VALUES {', '.join(['(?, ?, ?, ?, ?, ?)'] * len(some))}"
            " ON CONFLICT (reader_id, resource_key) DO UPDATE SET"
            " state = excluded.state, changed_at = excluded.changed_at,"
            " until_at = excluded.until_at, rating = excluded.rating"
        )
        await tx.fetch(sql, *chain.from_iterable(some))


async def _count_ratings(tx: Queries, reader_id: int, marks: Mapping[str, Mark | None]) -> None:
    """Count how the marks will change ratings; in the order of keys, for others do so too."""
    sql = "SELECT resource_key, rating FROM progress WHERE reader_id = ? AND rating IS NOT NULL"
    old = {row["resource_key"]: row["rating"] for row in await tx.fetch(sql, reader_id)}
    new = {key: mark.rating for key, mark in marks.items() if mark is not None and mark.rating}
    rows = [
        (key, (key in new) - (key in old), (new.get(key, 0) >= 4) - (old.get(key, 0) >= 4))
        for key in sorted(marks)
        if new.get(key) != old.get(key)
    ]
    for some in in_parts(rows):
        sql = (
            "INSERT INTO ratings (resource_key, rated, liked)"  # noqa: S608 - question marks only
            f" VALUES {', '.join(['(?, ?, ?)'] * len(some))}"
            " ON CONFLICT (resource_key) DO UPDATE SET"
            " rated = ratings.rated + excluded.rated, liked = ratings.liked + excluded.liked"
        )
        await tx.fetch(sql, *chain.from_iterable(some))


async def ratings_of(db: Queries, key: str) -> tuple[int, int]:
    """Return how many readers rated a resource 4 or 5, and how many rated it."""
    row = await db.fetch_one("SELECT liked, rated FROM ratings WHERE resource_key = ?", key)
    return (row["liked"], row["rated"]) if row else (0, 0)


async def last_change(db: Queries, reader_id: int) -> datetime | None:
    """Return when the reader marked something last."""
    sql = "SELECT MAX(changed_at) FROM progress WHERE reader_id = ?"
    return instant_or_none(await db.fetch_value(sql, reader_id))


async def members_with_marks(db: Queries, guild_id: int, keys: Collection[str]) -> int:
    """Return how many members of a server's groups have a mark on a resource, by all its keys."""
    sql = (
        "SELECT COUNT(DISTINCT progress.reader_id) AS readers FROM progress"  # noqa: S608
        " JOIN members ON members.reader_id = progress.reader_id"
        " JOIN study_groups ON study_groups.group_id = members.group_id"
        " WHERE study_groups.guild_id = ?"
        f" AND progress.resource_key IN ({question_marks(keys)})"
    )
    return int(await db.fetch_value(sql, guild_id, *keys))
