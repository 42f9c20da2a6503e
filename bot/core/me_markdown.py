"""What is kept about a reader, as Markdown for people. Worded here, as the JSON is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from bot.core.me import Kept, Row, snapshot, touched_keys
from bot.core.me_json import readable

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
    "start_at": "known already, as I started further on",
    "reset": "unmarked, all at once",
    "goal": "my goal",
    "no_goal": "my goal no more",
}

_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")


def to_markdown(kept: Kept, now: datetime) -> str:
    """Return what was read and when, with links, and all the rest: a point a row."""
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


def _sections(kept: Kept) -> Iterator[tuple[str, Sequence[str]]]:
    for state, title in MARKS.items():
        marks = [row for row in kept.of("progress") if row["state"] == state]
        if marks:
            yield f"{title} ({len(marks)})", [_mark_line(row, kept) for row in _by_time(marks)]
    for table, (title, line) in LINES.items():
        if rows := kept.of(table):
            yield title, [line(row, kept) for row in _by_time(rows)]
    for table in sorted(kept.rows.keys() - LINES.keys() - {"progress"}):
        yield table, [f"- {_plain(str(readable(row, kept)))}" for row in kept.of(table)]


def _mark_line(row: Row, kept: Kept) -> str:
    until = f", until {_day(row['until_at'])}" if row["until_at"] else ""
    rating = f", {row['rating']} of 5" if row["rating"] else ""
    return f"- {_day(row['changed_at'])}: {_link(row['resource_key'], kept)}{rating}{until}"


def _reader_line(row: Row, kept: Kept) -> str:
    current, goal = (
        _link(row[column], kept) if row[column] else "nothing"
        for column in ("current_key", "goal_key")
    )
    return f"- Shown last: {current}; goal: {goal}"


def _group_line(row: Row, kept: Kept) -> str:
    room = kept.rooms.get(row["group_id"])
    place = _channel(room.guild_id, room.channel_id) if room else f"group {row['group_id']}"
    reminders = {"wanted": ", with reminders", "closed": ", with reminders that don't reach me"}
    wish = reminders.get(row.get("reminders") or "", "")
    return f"- {place}, since {_day(row['joined_at'])}{wish}"


def _paper_line(row: Row, kept: Kept) -> str:
    paper = kept.papers.get(row["slot_id"])
    return f"- {paper.week}: {_plain(paper.title)}" if paper else f"- post {row['slot_id']}"


def _change_line(row: Row, kept: Kept) -> str:
    goals = [snapshot(row, when)["goal"] for when in ("after_rows", "before_rows")]
    keys = touched_keys(row) or [key for key in goals if key][:1]
    what = ", ".join(_plain(kept.titled(key).title) for key in keys) or "nothing"
    undone = ", undone" if row["undone_at"] else ""
    return f"- {_day(row['made_at'])}: {what}: {KINDS.get(row['kind'], row['kind'])}{undone}"


def _run_line(row: Row, kept: Kept) -> str:
    del kept
    return f"- {_channel(row['guild_id'], row['channel_id'])}, {_day(row['changed_at'])}"


def _pick_line(row: Row, kept: Kept) -> str:
    room = kept.rooms.get(row["group_id"])
    place = _channel(room.guild_id, room.channel_id) if room else f"group {row['group_id']}"
    return f"- {place}, {row['week']}: {_link(row['resource_key'], kept)}"


def _vote_line(row: Row, kept: Kept) -> str:
    room = kept.rooms.get(row["group_id"])
    place = _channel(room.guild_id, room.channel_id) if room else f"group {row['group_id']}"
    return f"- {place}, {row['week']}: {row['state']}"


def _message_line(row: Row, kept: Kept) -> str:
    del kept
    return f"- {_day(row['due_at'])}: {row['kind']}, {row['state']}"


def _list_line(row: Row, kept: Kept) -> str:
    key, fields = row["resource_key"], json.loads(row["fields"])
    what = _link(key, kept) if key else "something new"
    if isinstance(fields, dict):
        told = "; ".join(f"{name}: {value}" for name, value in fields.items())
    else:
        told = " ".join([row["kind"], *fields])
    return f"- {_day(row.get('changed_at') or row['made_at'])}: {what}: {_plain(told)}"


def _doubt_line(row: Row, kept: Kept) -> str:
    what, needed = _link(row["resource_key"], kept), _link(row["needed_key"], kept)
    why = f": {_plain(row['why'])}" if row["why"] else ""
    return f"- {_day(row['made_at'])}: {what} doesn't need {needed}{why}"


def _settings_line(row: Row, kept: Kept) -> str:
    del kept
    zone = row["zone"] or "none"
    named = "shown" if row["named"] else "not shown"
    nudged = "on" if row["nudged"] else "off"
    return f"- Time zone: {zone}; name in groups: {named}; nudges: {nudged}"


Line = Callable[[Row, Kept], str]

LINES: dict[str, tuple[str, Line]] = {
    "readers": ("What comes next", _reader_line),
    "members": ("Study groups I joined", _group_line),
    "post_readers": ("Papers of the week I read", _paper_line),
    "changes": ("What I can undo", _change_line),
    "study_groups": ("Groups whose settings I changed last", _run_line),
    "picks": ("What I picked for groups' weeks", _pick_line),
    "votes": ("Votes I called", _vote_line),
    "outbox": ("Messages to me", _message_line),
    "additions": ("What I added to servers' lists or changed first", _list_line),
    "addition_changes": ("What I changed on servers' lists", _list_line),
    "drafts": ("Changes of servers' lists that I began", _list_line),
    "reader_settings": ("My settings", _settings_line),
    "doubts": ("Prerequisites that I doubt", _doubt_line),
}
"""Table -> its heading, and what writes a row of it."""


def _by_time(rows: Iterable[Row]) -> list[Row]:
    def at(row: Row) -> int:
        columns = ("changed_at", "made_at", "joined_at", "due_at")
        return next((row[column] for column in columns if column in row), 0)

    return sorted(rows, key=at)


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
