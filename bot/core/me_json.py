"""What is kept about a reader, as JSON to take away. Worded here: the file explains itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot.core.me import Kept, Row, keys_of

FORMAT = 1
"""Another number once a name in the file changes its meaning."""

EXACT = 2**53
"""From here on, programs that read JSON may round numbers."""

WHAT = {
    "readers": "You, as a Discord id; what I showed you last as the next thing, and your goal.",
    "progress": "Your marks, one a resource; done and known count as read, ratings are 1 to 5.",
    "changes": (
        "What you can undo: the rows before and after, as stored. A mark is its state, when it"
        " was made, until when it is put off, and its rating; times in seconds since 1970."
    ),
    "members": (
        "Study groups that you joined, whether you want reminders there, and when I last asked"
        " Discord whether you are still in the server."
    ),
    "post_readers": "Papers of the week under which you pressed that you've read them.",
    "study_groups": "Groups whose settings you changed last. Deleting leaves them without you.",
    "picks": "Papers that you picked for groups' weeks. They stay, without you.",
    "votes": "Votes that you called in groups; no voice is kept. They stay, without you.",
    "outbox": (
        "Direct messages to you: about a group that you run, a vote that you called, or reminders"
        " you asked for."
    ),
    "additions": "What you added to servers' lists or changed first. It stays, without you.",
    "addition_changes": "What you changed on servers' lists. It stays, without you.",
    "drafts": "Changes of servers' lists that you began, for a day.",
    "reader_settings": "Your settings; nudge_at is when I may next remind you to read.",
    "doubts": "Prerequisites that you told a server's moderators are wrong.",
}
"""Table -> what its rows mean, told in the file itself."""


def to_json(kept: Kept, now: datetime) -> str:
    """Return every row with its titles: ids as text, instants in ISO 8601, UTC."""
    whole = {
        "format": FORMAT,
        "from": "Nextread",
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "reader_id": str(kept.reader_id),
        "tables": {
            table: {"what": WHAT.get(table, ""), "rows": [readable(row, kept) for row in rows]}
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
        if column == "slot_id" and value in kept.papers:
            paper = kept.papers[value]
            shown |= {"week": paper.week, "paper_title": paper.title}
        if column == "group_id" and value in kept.rooms:
            room = kept.rooms[value]
            shown |= {"guild_id": str(room.guild_id), "channel_id": str(room.channel_id)}
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
