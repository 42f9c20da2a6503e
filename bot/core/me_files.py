"""What is kept about a reader, as a file to take away. Worded here: a format is its words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.me import SAID, Kept, Row, touched_keys

FORMAT = 1
"""Of the JSON file; another number once a name in it changes its meaning."""

WHAT = {
    "readers": "You, as a Discord id; what I showed you last as the next thing, and your goal.",
    "progress": "Your marks, one a resource; done and known count as read, ratings are 1 to 5.",
    "changes": (
        "What you can undo: the rows before and after, as stored. A mark is its state, when it"
        " was made, until when it is put off, and its rating; times in seconds since 1970."
    ),
    "members": "Study groups that you joined.",
    "post_readers": "Papers of the week under which you pressed that you've read them.",
    "study_groups": "Groups whose settings you changed last. Deleting leaves them without you.",
    "outbox": "Direct messages to you about a group that you run.",
}
"""Table -> what its rows mean, told in the file itself."""

MARKS = {
    "done": "Read",
    "known": "Known already",
    "skipped": "Left out for good",
    "later": "Put off",
}

KINDS = {
    "done": "read",
    "done_current": "read",
    "known": "known already",
    "skipped": "left out",
    "later": "put off",
    "clear": "unread again",
}

EXACT = 2**53
"""From here on, programs that read JSON may round numbers."""

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")


def to_json(kept: Kept, now: datetime) -> str:
    """Return every row with its titles: ids as text, instants in ISO 8601, UTC."""
    whole = {
        "format": FORMAT,
        "from": "Nextread",
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "reader_id": str(kept.reader_id),
        "tables": {
            table: {"what": WHAT.get(table, ""), "rows": [_readable(row, kept) for row in rows]}
            for table, rows in kept.rows.items()
        },
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _readable(row: Row, kept: Kept) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for column, value in row.items():
        shown[column] = _value(column, value)
        if column.endswith("_key") and value:
            titled = kept.titled(value)
            name = column.removesuffix("_key")
            shown |= {f"{name}_title": titled.title, f"{name}_url": titled.url}
        if column == "slot_id" and value in kept.papers:
            paper = kept.papers[value]
            shown |= {"week": paper.week, "paper_title": paper.title}
        if column == "group_id" and value in kept.rooms:
            room = kept.rooms[value]
            shown |= {"guild_id": str(room.guild_id), "channel_id": str(room.channel_id)}
    if "after_rows" in row:
        shown["titles"] = {key: kept.titled(key).title for key in touched_keys(row)}
    return shown


def _value(column: str, value: Any) -> Any:
    if value is None:
        return None
    if column.endswith(("_id", "_by")) or (isinstance(value, int) and value >= EXACT):
        return str(value)
    if column.endswith(("_at", "_until")):
        return datetime.fromtimestamp(value, UTC).isoformat()
    if column.endswith("_rows"):
        return json.loads(value)
    return value


def to_markdown(kept: Kept, now: datetime) -> str:
    """Return the same for people: what was read and when, with links; days are UTC."""
    lines = [
        "# What Nextread keeps about me",
        "",
        f"Discord id {kept.reader_id}, on {now.astimezone(UTC):%Y-%m-%d}. All days are UTC.",
    ]
    for title, points in _sections(kept):
        lines += ["", f"## {title}", "", *points]
    if not kept.rows:
        lines += ["", "Nothing."]
    return "\n".join(lines) + "\n"


def _sections(kept: Kept) -> Iterator[tuple[str, list[str]]]:
    for state, title in MARKS.items():
        rows = [row for row in kept.of("progress") if row["state"] == state]
        if rows:
            yield f"{title} ({len(rows)})", [_mark_line(row, kept) for row in _by_time(rows)]
    now_reading = [
        f"- {what}: {_link(row[column], kept)}"
        for row in kept.of("readers")
        for column, what in (("current_key", "Shown last"), ("goal_key", "Goal"))
        if row[column]
    ]
    worded = {
        "What comes next": now_reading,
        "Study groups I joined": [_group_line(row, kept) for row in kept.of("members")],
        "Papers of the week I read": [_paper_line(row, kept) for row in kept.of("post_readers")],
        "What I can undo": [_change_line(r, kept) for r in _by_time(kept.of("changes"), "made_at")],
        "Groups whose settings I changed last": [
            f"- {_channel(row['guild_id'], row['channel_id'])}, {_day(row['changed_at'])}"
            for row in kept.of("study_groups")
        ],
        "Messages to me": [f"- {_day(row['due_at'])}: {row['state']}" for row in kept.of("outbox")],
    }
    yield from ((title, points) for title, points in worded.items() if points)
    for table in sorted(kept.rows.keys() - SAID):
        yield table, [f"- {_plain(str(_readable(row, kept)))}" for row in kept.of(table)]


def _mark_line(row: Row, kept: Kept) -> str:
    until = f", until {_day(row['until_at'])}" if row["until_at"] else ""
    rating = f", {row['rating']} of 5" if row["rating"] else ""
    return f"- {_day(row['changed_at'])}: {_link(row['resource_key'], kept)}{rating}{until}"


def _group_line(row: Row, kept: Kept) -> str:
    room = kept.rooms.get(row["group_id"])
    place = _channel(room.guild_id, room.channel_id) if room else f"group {row['group_id']}"
    return f"- {place}, since {_day(row['joined_at'])}"


def _paper_line(row: Row, kept: Kept) -> str:
    paper = kept.papers.get(row["slot_id"])
    return f"- {paper.week}: {_plain(paper.title)}" if paper else f"- post {row['slot_id']}"


def _change_line(row: Row, kept: Kept) -> str:
    what = ", ".join(_plain(kept.titled(key).title) for key in touched_keys(row))
    undone = ", undone" if row["undone_at"] else ""
    return f"- {_day(row['made_at'])}: {what}: {KINDS.get(row['kind'], row['kind'])}{undone}"


def _by_time(rows: Iterable[Row], column: str = "changed_at") -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: row[column])


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def _channel(guild_id: int, channel_id: int) -> str:
    return f"<https://discord.com/channels/{guild_id}/{channel_id}>"


def _link(key: str, kept: Kept) -> str:
    titled = kept.titled(key)
    gone = "" if titled.is_listed else " (no longer listed)"
    if not titled.url:
        return f"{_plain(titled.title)}{gone}"
    url = titled.url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
    return f"[{_plain(titled.title)}]({url}){gone}"


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
