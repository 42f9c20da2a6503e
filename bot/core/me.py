"""What is kept about one reader: what a card says of it, and the files to take away.

The words of the files stand here: they explain themselves, wherever they are read.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from bot.core.curriculum.bibliographies import bibtex_entry
from bot.core.groups import Group
from bot.core.progress import READ, State
from bot.core.weeks import Week

Row = Mapping[str, Any]

SAID = frozenset(
    {"readers", "progress", "changes", "members", "week_readers", "study_groups", "outbox"}
    | {"reader_settings", "reader_lists"}
)
"""Tables that ``About`` has words of its own for; others it counts."""


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What a reader set for themselves.

    ``zone`` is an IANA name: of their reminders, and the default for groups they set up. ``named``:
    groups may show their name. ``nudged``: a reminder after a week without reading.
    ``remind_hour``: of their day, None: they weren't asked.
    """

    zone: str | None = None
    named: bool = False
    nudged: bool = False
    remind_hour: int | None = None


Switch = Literal["named", "unnamed", "nudge", "unnudge"]

SWITCHES: Mapping[Switch, tuple[str, bool]] = {
    "named": ("named", True),
    "unnamed": ("named", False),
    "nudge": ("nudged", True),
    "unnudge": ("nudged", False),
}
"""Switch -> the setting that it turns on or off."""


@dataclass(frozen=True, slots=True)
class Titled:
    """What a key stood for, listed or not; without a title nobody remembers it."""

    title: str
    url: str = ""
    is_listed: bool = False
    authors: str = ""
    year: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Every row about a reader, by table, and what their keys and ids stand for."""

    reader_id: int
    rows: Mapping[str, Sequence[Row]]
    titles: Mapping[str, Titled]
    groups: Mapping[int, Group]
    weeks: Mapping[int, Week]

    def of(self, table: str) -> Sequence[Row]:
        """Return the table's rows about the reader."""
        return self.rows.get(table, ())

    def row_of(self, table: str) -> Row:
        """Return the row about the reader of a table that has one a reader; {}: it has none."""
        return next(iter(self.of(table)), {})

    def titled(self, key: str) -> Titled:
        """Return what the key stands for."""
        return self.titles.get(key, Titled(key))


@dataclass(frozen=True, slots=True)
class About:
    """What is kept about a reader, in numbers. ``groups`` and ``runs`` are channels.

    ``runs``: groups whose settings they changed last; ``others``: rows of further tables;
    ``language``: the Discord locale in which they were last seen, "" if that isn't known.
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
    reminders: int = 0
    language: str = ""

    @property
    def has_read(self) -> bool:
        """Whether any mark counts as read."""
        return any(self.marks.get(state) for state in READ)


def about(kept: Kept) -> About:
    """Sum up what is kept."""
    members = (row["group_id"] for row in kept.of("members"))
    reminders = sum(row["kind"] == "reminder" for row in kept.of("outbox"))
    used_last = max(kept.of("reader_lists"), key=lambda row: row["used_at"], default={})
    current, goal = map(used_last.get, ("current_key", "goal_key"))
    return About(
        marks=Counter(row["state"] for row in kept.of("progress")),
        changes=sum(row["undone_at"] is None for row in kept.of("changes")),
        current=kept.titled(current) if current else None,
        goal=kept.titled(goal) if goal else None,
        groups=tuple(kept.groups[each].channel_id for each in members if each in kept.groups),
        papers=len(kept.of("week_readers")),
        runs=tuple(row["channel_id"] for row in kept.of("study_groups")),
        notices=len(kept.of("outbox")) - reminders,
        others={table: len(rows) for table, rows in kept.rows.items() if table not in SAID},
        is_empty=not kept.rows,
        language=next((row["language"] for row in kept.of("readers")), ""),
        reminders=reminders,
    )


def keys_of(row: Row) -> Iterator[str]:
    """Yield the keys of all resources that the row names, in its columns or in its JSON."""
    yield from (row[column] for column in row if column.endswith("_key") and row[column])
    for when in ("before_rows", "after_rows"):
        if when in row:
            found = json.loads(row[when])
            keys = (*found["marks"], *found.get("notes", ()), found["current"], found["goal"])
            yield from (key for key in keys if key)


FORMAT = 1
"""Another number once a name in the file changes its meaning."""

EXACT = 2**53
"""From here on, programs that read JSON may round numbers."""


def to_json(kept: Kept, now: datetime, what: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return every row with its titles: ids as text, instants in ISO 8601, UTC.

    ``what``: what the rows of each table mean, told in the file itself.
    """
    whole = {
        "format": FORMAT,
        "from": "Nextread",
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "reader_id": str(kept.reader_id),
        "tables": {
            table: {"what": what.get(table, ""), "rows": [readable(row, kept) for row in rows]}
            for table, rows in kept.rows.items()
        },
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def readable(row: Row, kept: Kept) -> dict[str, Any]:
    """Return a row whose values say what they are, with what its ids stand for beside them."""
    shown: dict[str, Any] = {}
    for column, value in row.items():
        shown[column] = _value(column, value)
        if column.endswith("_key") and value:
            titled = kept.titled(value)
            name = column.removesuffix("_key")
            shown |= {f"{name}_title": titled.title, f"{name}_url": titled.url}
        if column == "week_id" and (week := kept.weeks.get(value)):
            shown |= {"week": week.week, "paper_title": week.title}
        if column == "group_id" and (group := kept.groups.get(value)):
            shown |= {"guild_id": str(group.guild_id), "channel_id": str(group.channel_id)}
    if "after_rows" in row:
        shown["titles"] = {key: kept.titled(key).title for key in keys_of(row)}
    return shown


def _value(column: str, value: Any) -> Any:
    if value is None:
        return None
    if column.endswith(("_id", "_by")) or (isinstance(value, int) and value >= EXACT):
        return str(value)
    if column.endswith(("_at", "_until")):
        return datetime.fromtimestamp(value, UTC).isoformat()
    if column.endswith("_rows") or column == "fields":
        return json.loads(value)
    return value


def to_bibtex(kept: Kept) -> str:
    """Return what the reader has read or knows as BibTeX, in the order in which they marked it."""
    marks = [row for row in kept.of("progress") if row["state"] in READ]
    marks.sort(key=lambda row: (row["changed_at"], row["resource_key"]))
    return "\n".join(_entry(row["resource_key"], kept.titled(row["resource_key"])) for row in marks)


def _entry(key: str, work: Titled) -> str:
    told = {name: getattr(work, name) for name in ("title", "url", "authors", "year", "kind")}
    return bibtex_entry(key, **told)
