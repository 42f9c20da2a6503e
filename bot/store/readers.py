"""What is kept of a reader beside their marks, and where the database holds a person at all."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Literal

from bot.core.lists import Choice, Used
from bot.core.me import ReaderSettings
from bot.core.progress import Mark
from bot.core.reminders import Pace
from bot.store import progress
from bot.store.database import Queries, Row, question_marks, value_from
from bot.store.instants import instant, instant_or_none


@dataclass(frozen=True, slots=True)
class Standing:
    """A reader as they stand in a server. ``version``: of its lists, 0 if it never changed any.

    ``lists``: what decides which list counts. ``group_reads``: (key, channel) of what their groups
    were posted, the newest first; ``ratings``: (liked, rated) of what is current, and of what was
    asked about. ``welcomed_after``: when they had marked something last, as they were welcomed
    back. ``notes``: how far they are in what they have read part of.
    """

    lists: Choice
    minutes: int | None
    welcomed_after: datetime | None
    marks: Mapping[str, Mark]
    version: int
    group_reads: list[tuple[str, int]]
    ratings: Mapping[str, tuple[int, int]]
    notes: Mapping[str, str]


POSTED_WITHIN = timedelta(days=7)
"""How long what a group was posted is what it reads."""

SEEN_FOR = timedelta(days=30)
"""How long a server's own list counts in the direct messages of who used it.

Discord doesn't say who left a server. While they are in a group of it, which the weekly look at
members ends, it counts as long as they are.
"""

POSTED_TO_THEIRS = (
    " FROM members JOIN study_groups ON study_groups.group_id = members.group_id"
    " JOIN weeks ON weeks.group_id = members.group_id"
    " WHERE members.reader_id = ? AND weeks.slot_at > ? AND weeks.state = 'posted'"
    " AND study_groups.state <> 'stopped' AND NOT EXISTS"
    " (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = study_groups.guild_id)"
    " AND (study_groups.guild_id = ? OR CAST(? AS BIGINT) IS NULL)"
)
"""What a reader's groups were posted since then: of a server, or of all where that is null."""


async def standing(
    db: Queries, reader_id: int, guild_id: int | None, now: datetime, key: str | None = None
) -> Standing:
    """Return all that an answer to a reader needs, in one statement.

    ``guild_id``: only this server's groups and own lists; None: of groups all of theirs, of lists
    those that they used, for a while. ``key``: the resource they ask about.
    """
    sql = (
        "SELECT 'mark' AS what, resource_key AS key, state AS word, changed_at AS at,"  # noqa: S608
        " until_at AS number, rating, NULL AS list_id FROM progress WHERE reader_id = ?"
        " UNION ALL SELECT 'reader', NULL, NULL, welcomed_after, minutes, NULL, NULL FROM readers"
        " WHERE reader_id = ?"
        " UNION ALL SELECT 'list', current_key, goal_key, used_at, NULL, NULL, list_id"
        " FROM reader_lists WHERE reader_id = ?"
        " UNION ALL SELECT 'server', NULL, NULL, NULL, version, NULL, list_id"
        " FROM additions_versions WHERE guild_id = ?"
        " UNION ALL SELECT 'group', NULL, NULL, NULL, channel_id, NULL, list_id FROM study_groups"
        " WHERE guild_id = ? AND state <> 'stopped' AND list_id IS NOT NULL"
        " UNION ALL SELECT 'own', title, NULL, NULL, NULL, NULL, list_id FROM lists"
        " WHERE removed_at IS NULL AND (guild_id = ? OR CAST(? AS BIGINT) IS NULL AND list_id IN"
        " (SELECT list_id FROM reader_lists WHERE reader_id = ? AND (used_at > ?"
        " OR lists.guild_id IN (SELECT study_groups.guild_id FROM members JOIN study_groups"
        " ON study_groups.group_id = members.group_id WHERE members.reader_id = ?))))"
        " UNION ALL SELECT 'read', weeks.resource_key, NULL, slot_at, study_groups.channel_id,"
        f" NULL, NULL{POSTED_TO_THEIRS}"
        " UNION ALL SELECT 'ratings', resource_key, NULL, rated, liked, NULL, NULL FROM ratings"
        " WHERE resource_key = ? OR resource_key IN"
        " (SELECT current_key FROM reader_lists WHERE reader_id = ?)"
        " UNION ALL SELECT 'note', resource_key, note, NULL, NULL, NULL, NULL FROM bookmarks"
        " WHERE reader_id = ?"
    )
    lists = (guild_id, guild_id, guild_id, guild_id, reader_id, now - SEEN_FOR, reader_id)
    here = (*lists, reader_id, now - POSTED_WITHIN, guild_id, guild_id)
    theirs = (key, reader_id, reader_id)
    rows = await db.fetch(sql, reader_id, reader_id, reader_id, *here, *theirs)
    found = defaultdict[str, list[Row]](list)
    for row in rows:
        found[row["what"]].append(row)
    minutes, welcomed = next(((r["number"], r["at"]) for r in found["reader"]), (None, None))
    version, default = next(((r["number"], r["list_id"]) for r in found["server"]), (0, None))
    used = {r["list_id"]: Used(r["key"], r["word"], instant(r["at"])) for r in found["list"]}
    followed = {r["number"]: r["list_id"] for r in found["group"]}
    own = {r["list_id"]: r["key"] for r in found["own"]}
    asked = {key, *(each.current for each in used.values())} - {None}
    ratings = {r["key"]: (r["number"], r["at"]) for r in found["ratings"]}
    return Standing(
        Choice(used, followed, default, own),
        minutes,
        instant_or_none(welcomed),
        {
            r["key"]: Mark(r["word"], instant(r["at"]), instant_or_none(r["number"]), r["rating"])
            for r in found["mark"]
        },
        version,
        [(r["key"], r["number"]) for r in sorted(found["read"], key=itemgetter("at"))[::-1]],
        {each: ratings.get(each, (0, 0)) for each in asked if each is not None},
        {r["key"]: r["word"] for r in found["note"]},
    )


async def set_minutes(tx: Queries, reader_id: int, minutes: int | None) -> None:
    await tx.fetch("UPDATE readers SET minutes = ? WHERE reader_id = ?", minutes, reader_id)


async def set_language(tx: Queries, reader_id: int, language: str) -> None:
    """Record in which Discord locale the reader was seen last."""
    sql = "UPDATE readers SET language = ? WHERE reader_id = ?"
    await tx.fetch(sql, language, reader_id)


async def language_of(db: Queries, reader_id: int) -> str | None:
    """Return that locale; "": it wasn't kept yet. None: nobody knows them."""
    row = await db.fetch_one("SELECT language FROM readers WHERE reader_id = ?", reader_id)
    return None if row is None else str(row["language"])


async def set_welcomed(tx: Queries, reader_id: int, after: datetime) -> None:
    sql = "UPDATE readers SET welcomed_after = ? WHERE reader_id = ?"
    await tx.fetch(sql, after, reader_id)


async def read_since(
    db: Queries, reader_id: int, guild_id: int | None, since: datetime
) -> list[tuple[int, str]]:
    """Return (channel, key) of all that the reader's groups were posted since then.

    ``guild_id``: only of this server's groups; None: of all of them.
    """
    sql = (
        f"SELECT study_groups.channel_id, weeks.resource_key{POSTED_TO_THEIRS}"
        " ORDER BY study_groups.channel_id, weeks.slot_at"
    )
    rows = await db.fetch(sql, reader_id, since, guild_id, guild_id)
    return [(row["channel_id"], row["resource_key"]) for row in rows]


async def was_shown(db: Queries, reader_id: int, key: str) -> bool:
    """Tell whether the reader was shown the resource as theirs to read, or marked it."""
    sql = (
        "SELECT 1 FROM reader_lists WHERE reader_id = ? AND (current_key = ? OR goal_key = ?)"
        " UNION ALL SELECT 1 FROM progress WHERE reader_id = ? AND resource_key = ?"
    )
    return await db.any_row(sql, reader_id, key, key, reader_id, key)


async def take_turn(tx: Queries, reader_id: int) -> None:
    """Make this reader's other transactions wait until this one ends, in any process.

    Taken first by whatever writes a row that names them, so that deleting everything about oneself
    waits for one's earlier clicks, and later ones wait for it.
    Writing the row locks it in PostgreSQL; SQLite writes one transaction at a time anyway.
    """
    sql = (
        "INSERT INTO readers (reader_id) VALUES (?)"
        " ON CONFLICT (reader_id) DO UPDATE SET reader_id = excluded.reader_id"
    )
    await tx.fetch(sql, reader_id)


async def take_turn_if_known(tx: Queries, reader_id: int) -> bool:
    """Take the turn of a reader of whom a row is kept; tell whether one is.

    For what the bot does of its own accord: it must not bring back a reader who deleted everything.
    """
    sql = "UPDATE readers SET reader_id = reader_id WHERE reader_id = ? RETURNING reader_id"
    return await tx.any_row(sql, reader_id)


async def add(tx: Queries, reader_id: int) -> bool:
    """Keep a reader's id, unless it is kept; tell whether it wasn't.

    Waits for a transaction that is adding it. Whoever is told no doesn't have the reader's turn.
    """
    sql = (
        "INSERT INTO readers (reader_id) VALUES (?)"
        " ON CONFLICT (reader_id) DO NOTHING RETURNING reader_id"
    )
    return await tx.any_row(sql, reader_id)


async def set_current(
    tx: Queries, reader_id: int, list_id: str, key: str | None, now: datetime
) -> None:
    """Record what the reader was shown last as the next one of a list, and that they used it."""
    sql = (
        "INSERT INTO reader_lists (reader_id, list_id, current_key, used_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (reader_id, list_id) DO UPDATE SET"
        " current_key = excluded.current_key, used_at = excluded.used_at"
    )
    await tx.fetch(sql, reader_id, list_id, key, now)


async def set_goal(
    tx: Queries, reader_id: int, list_id: str, key: str | None, now: datetime
) -> None:
    """Record the reader's goal in a list, and that they used it."""
    sql = (
        "INSERT INTO reader_lists (reader_id, list_id, goal_key, used_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (reader_id, list_id) DO UPDATE SET"
        " goal_key = excluded.goal_key, used_at = excluded.used_at"
    )
    await tx.fetch(sql, reader_id, list_id, key, now)


async def set_used(tx: Queries, reader_id: int, list_id: str, now: datetime) -> None:
    """Record that the reader used a list."""
    sql = (
        "INSERT INTO reader_lists (reader_id, list_id, used_at) VALUES (?, ?, ?)"
        " ON CONFLICT (reader_id, list_id) DO UPDATE SET used_at = excluded.used_at"
    )
    await tx.fetch(sql, reader_id, list_id, now)


async def settings_of(db: Queries, reader_id: int) -> ReaderSettings:
    """Return the reader's settings; the defaults if they set nothing."""
    row = await db.fetch_one("SELECT * FROM reader_settings WHERE reader_id = ?", reader_id)
    return value_from(ReaderSettings, row) if row else ReaderSettings()


async def put_settings(tx: Queries, reader_id: int, settings: ReaderSettings) -> None:
    """Write the reader's settings: each field has its column."""
    row = {"reader_id": reader_id, **asdict(settings)}
    sql = (
        f"INSERT INTO reader_settings ({', '.join(row)})"  # noqa: S608 - names of ours
        f" VALUES ({question_marks(row)}) ON CONFLICT (reader_id) DO UPDATE SET "
        + ", ".join(f"{column} = excluded.{column}" for column in row)
    )
    await tx.fetch(sql, *row.values())


async def due_looks(db: Queries, now: datetime, limit: int) -> list[int]:
    """Return the readers at whom to look whether to remind them, the longest waiting first."""
    sql = (
        "SELECT reader_id FROM reader_settings WHERE nudge_at <= ?"
        " ORDER BY nudge_at, reader_id LIMIT ?"
    )
    return await db.fetch_column(sql, now, limit)


async def set_look_at(tx: Queries, reader_id: int, at: datetime | None) -> None:
    """Record when to look again whether to remind the reader; None: never."""
    sql = "UPDATE reader_settings SET nudge_at = ? WHERE reader_id = ?"
    await tx.fetch(sql, at, reader_id)


async def look_soon(tx: Queries, reader_id: int, now: datetime) -> None:
    """Let the reader, whose turn was taken, be looked at: what they want may have changed."""
    sql = f"INSERT INTO reader_settings (reader_id, nudge_at) VALUES (?, ?) {NOT_LATER}"  # noqa: S608 - ours
    await tx.fetch(sql, reader_id, now)


async def look_at_wishing(tx: Queries, group_id: int, reader_id: int | None, at: datetime) -> None:
    """Let the members who want reminders be looked at then, if not before; or only this one.

    In one statement, however many they are, and in the order of their ids: two groups that share
    members would else wait for each other.
    """
    sql = (
        "INSERT INTO reader_settings (reader_id, nudge_at)"  # noqa: S608 - ours
        " SELECT reader_id, CAST(? AS BIGINT) FROM members WHERE group_id = ?"
        " AND reminders = 'wanted' AND (reader_id = ? OR CAST(? AS BIGINT) IS NULL)"
        f" ORDER BY reader_id {NOT_LATER}"
    )
    await tx.fetch(sql, at, group_id, reader_id, reader_id)


async def look_at_leading(tx: Queries, group_id: int, at: datetime) -> None:
    """Let who leads a group's week to come be looked at then, if not before, as above."""
    sql = (
        "INSERT INTO reader_settings (reader_id, nudge_at)"  # noqa: S608 - ours
        " SELECT DISTINCT reader_id, CAST(? AS BIGINT) FROM leads WHERE group_id = ?"
        f" AND state = 'leads' AND told_at IS NULL ORDER BY reader_id {NOT_LATER}"
    )
    await tx.fetch(sql, at, group_id)


NOT_LATER = (
    "ON CONFLICT (reader_id) DO UPDATE SET nudge_at = excluded.nudge_at"
    " WHERE reader_settings.nudge_at IS NULL OR reader_settings.nudge_at > excluded.nudge_at"
)
"""For who has settings: they are looked at then, unless they are before."""


async def pace_of(db: Queries, reader_id: int, but: int = 0) -> Pace:
    """Return when the reader wants to be reminded, and how they took it so far, in one statement.

    Their zone, unless they have one, is that of the group that they joined first, of those of whose
    papers they are reminded, if any. ``but``: of what may have been sent this row of the outbox
    doesn't count.
    """
    sql = (
        "SELECT remind_hour, nudged, nudged_at, nudge_at, reminded_at, again_at,"
        " COALESCE(ignored, 0) AS ignored, COALESCE(reader_settings.zone,"
        " (SELECT study_groups.zone FROM members"
        " JOIN study_groups ON study_groups.group_id = members.group_id"
        " WHERE members.reader_id = asked.reader_id"
        " ORDER BY CASE WHEN members.reminders = 'wanted' AND study_groups.state = 'active'"
        " THEN 0 ELSE 1 END, members.joined_at, members.group_id LIMIT 1), 'UTC') AS zone,"
        " (SELECT MAX(changed_at) FROM progress WHERE progress.reader_id = asked.reader_id)"
        " AS marked_at,"
        " (SELECT MAX(made_at) FROM changes WHERE changes.reader_id = asked.reader_id"
        " AND kind = 'part' AND undone_at IS NULL) AS noted_at,"
        " (SELECT MAX(tried_at) FROM outbox WHERE outbox.reader_id = asked.reader_id"
        " AND kind = 'reminder' AND state IN ('waiting', 'claimed') AND row_id <> ?) AS perhaps_at"
        " FROM (SELECT CAST(? AS BIGINT) AS reader_id) AS asked"
        " LEFT JOIN reader_settings ON reader_settings.reader_id = asked.reader_id"
    )
    (row,) = await db.fetch(sql, but, reader_id)
    return value_from(Pace, row)


async def set_nudged_at(tx: Queries, reader_id: int, at: datetime) -> None:
    """Record since when the reader wants a reminder after a week without reading."""
    sql = "UPDATE reader_settings SET nudged_at = ? WHERE reader_id = ?"
    await tx.fetch(sql, at, reader_id)


async def set_reminded(
    tx: Queries, reader_id: int, at: datetime, ignored: int, again_at: datetime | None
) -> None:
    """Record the reader's last reminder, and how many in a row that makes without a mark.

    ``again_at``: when it comes again, if they have already said *Later* to it.
    """
    sql = (
        "UPDATE reader_settings SET reminded_at = ?, ignored = ?, again_at = ?"
        " WHERE reader_id = ? AND COALESCE(reminded_at, 0) <= ?"
    )
    await tx.fetch(sql, at, ignored, again_at, reader_id, at)


async def set_again(tx: Queries, reader_id: int, at: datetime) -> None:
    """Record when the reader wants to be reminded again: so they didn't ignore the last one."""
    sql = "UPDATE reader_settings SET again_at = ?, ignored = 0 WHERE reader_id = ?"
    await tx.fetch(sql, at, reader_id)


async def drop_again(tx: Queries, reader_id: int) -> bool:
    """Record that the reader isn't to be reminded again; tell whether they were."""
    sql = (
        "UPDATE reader_settings SET again_at = NULL WHERE reader_id = ? AND again_at IS NOT NULL"
        " RETURNING reader_id"
    )
    return await tx.any_row(sql, reader_id)


async def set_ignored(tx: Queries, reader_id: int, ignored: int, *, at_least: int = 0) -> None:
    """Record how many reminders in a row the reader ignores, if it was ``at_least`` so many."""
    sql = "UPDATE reader_settings SET ignored = ? WHERE reader_id = ? AND ignored >= ?"
    await tx.fetch(sql, ignored, reader_id, at_least)


@dataclass(frozen=True, slots=True)
class PersonColumn:
    """``delete`` the row; or ``forget`` the person: the row stays, without them.

    ``shown``: what of the row is about them; a list that they brought is the server's.
    """

    table: str
    column: str
    fate: Literal["delete", "forget"]
    shown: str = "*"


PERSON_COLUMNS = (
    # First: whoever is adding a notice holds the group's row, so its notice is seen further down.
    PersonColumn("study_groups", "changed_by", "forget"),
    PersonColumn("progress", "reader_id", "delete"),
    PersonColumn("bookmarks", "reader_id", "delete"),
    PersonColumn("reader_lists", "reader_id", "delete"),
    PersonColumn("changes", "reader_id", "delete"),
    PersonColumn("members", "reader_id", "delete"),
    PersonColumn("week_readers", "reader_id", "delete"),
    PersonColumn("leads", "reader_id", "delete"),
    PersonColumn("picks", "picked_by", "forget"),
    PersonColumn("votes", "called_by", "forget"),
    PersonColumn("outbox", "reader_id", "delete"),
    PersonColumn("additions", "added_by", "forget"),
    PersonColumn("addition_changes", "changed_by", "forget"),
    PersonColumn(
        "list_versions", "made_by", "forget", "version_id, guild_id, list_id, made_by, made_at"
    ),
    PersonColumn("drafts", "opened_by", "delete"),
    PersonColumn("doubts", "reader_id", "delete"),
    PersonColumn("wishes", "reader_id", "delete"),
    PersonColumn("suggestions", "settled_by", "forget"),
    PersonColumn("reader_settings", "reader_id", "delete"),
    PersonColumn("readers", "reader_id", "delete"),
)
"""All that the migrations declare as ``-- person: column, fate``, in the order they are run."""


async def rows_about(db: Queries, reader_id: int) -> dict[str, list[Row]]:
    """Return every row that holds the person, by table; a table without one has no entry."""
    found: dict[str, list[Row]] = {}
    for each in PERSON_COLUMNS:
        sql = f"SELECT {each.shown} FROM {each.table} WHERE {each.column} = ?"  # noqa: S608 - ours
        if rows := [dict(row) for row in await db.fetch(sql, reader_id)]:
            found[each.table] = sorted(rows, key=lambda row: [str(v) for v in row.values()])
    return found


async def delete_person(tx: Queries, reader_id: int) -> None:
    """Leave no row that holds the person, and count their ratings no more. Twice is harmless."""
    await progress.set_marks(tx, reader_id, dict.fromkeys(await progress.marks_of(tx, reader_id)))
    for each in PERSON_COLUMNS:
        if each.fate == "delete":
            statement = f"DELETE FROM {each.table}"  # noqa: S608 - our names
        else:
            statement = f"UPDATE {each.table} SET {each.column} = NULL"  # noqa: S608 - our names
        await tx.fetch(f"{statement} WHERE {each.column} = ?", reader_id)
