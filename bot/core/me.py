"""What is kept about one reader: all of it, and what a card says of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.progress import State

Row = Mapping[str, Any]

SAID = frozenset(
    {"readers", "progress", "changes", "members", "post_readers", "study_groups", "outbox"}
    | {"reader_settings"}
)
"""Tables that ``About`` has words of its own for; others it counts."""


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What a reader set for themselves.

    ``zone`` is an IANA name: the default for groups they set up. ``named``: groups may show their
    name. ``nudged``: a direct message after a week without reading.
    """

    zone: str | None = None
    named: bool = False
    nudged: bool = False


@dataclass(frozen=True, slots=True)
class Titled:
    """What a key stood for, listed or not; without a title nobody remembers it."""

    title: str
    url: str = ""
    is_listed: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """The channel of a study group."""

    guild_id: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the week, as it was posted."""

    week: str
    title: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Every row about a reader, by table, and what their keys and ids stand for.

    ``rooms`` by group id, ``papers`` by slot id.
    """

    reader_id: int
    rows: Mapping[str, Sequence[Row]]
    titles: Mapping[str, Titled]
    rooms: Mapping[int, Room]
    papers: Mapping[int, Paper]

    def of(self, table: str) -> Sequence[Row]:
        """Return the table's rows about the reader."""
        return self.rows.get(table, ())

    def titled(self, key: str) -> Titled:
        """Return what the key stands for."""
        return self.titles.get(key, Titled(key))


@dataclass(frozen=True, slots=True)
class About:
    """What is kept about a reader, in numbers. ``groups`` and ``runs`` are channels.

    ``runs``: groups whose settings they changed last; ``others``: rows of further tables.
    """

    marks: Mapping[State, int]
    changes: int
    current: Titled | None
    goal: Titled | None
    groups: tuple[int, ...]
    papers: int
    runs: tuple[int, ...]
    notices: int
    others: Mapping[str, int]
    is_empty: bool
    settings: ReaderSettings = ReaderSettings()
    reminders: int = 0


def about(kept: Kept) -> About:
    """Sum up what is kept."""
    return About(
        marks=Counter(row["state"] for row in kept.of("progress")),
        changes=sum(row["undone_at"] is None for row in kept.of("changes")),
        current=_one(kept, "current_key"),
        goal=_one(kept, "goal_key"),
        groups=tuple(
            kept.rooms[row["group_id"]].channel_id
            for row in kept.of("members")
            if row["group_id"] in kept.rooms
        ),
        papers=len(kept.of("post_readers")),
        runs=tuple(row["channel_id"] for row in kept.of("study_groups")),
        notices=sum(row["kind"] != "reminder" for row in kept.of("outbox")),
        others={table: len(rows) for table, rows in kept.rows.items() if table not in SAID},
        is_empty=not kept.rows,
        settings=_settings(kept),
        reminders=sum(row["kind"] == "reminder" for row in kept.of("outbox")),
    )


def _settings(kept: Kept) -> ReaderSettings:
    for row in kept.of("reader_settings"):
        return ReaderSettings(row["zone"], bool(row["named"]), bool(row["nudged"]))
    return ReaderSettings()


def keys_of(row: Row) -> Iterator[str]:
    """Yield the keys of all resources that the row names, in its columns or in its JSON."""
    yield from (row[column] for column in row if column.endswith("_key") and row[column])
    for when in ("before_rows", "after_rows"):
        if when in row:
            found = snapshot(row, when)
            yield from (key for key in (*found["marks"], found["current"], found["goal"]) if key)


def snapshot(row: Row, when: str) -> Mapping[str, Any]:
    """Return the rows before or after, as a row of the changes holds them."""
    found: Mapping[str, Any] = json.loads(row[when])
    return found


def touched_keys(row: Row) -> list[str]:
    """Return what a row of the changes marked."""
    return list(snapshot(row, "after_rows")["marks"])


def ids_in(rows: Iterable[Row], column: str) -> set[int]:
    """Return the ids in one column of the rows that have it."""
    return {row[column] for row in rows if row.get(column) is not None}


def _one(kept: Kept, column: str) -> Titled | None:
    keys = [row[column] for row in kept.of("readers") if row[column]]
    return kept.titled(keys[0]) if keys else None
