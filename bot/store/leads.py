"""Who leads groups' weeks, and who was asked to."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime

from bot.core.groups import Lead
from bot.store.database import Queries, Row, question_marks, value_from


async def put_lead(tx: Queries, lead: Lead, now: datetime) -> None:
    """Write how somebody stands to a week of a group."""
    sql = (
        "INSERT INTO leads (group_id, week, reader_id, state, resource_key, questions, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, week, reader_id) DO UPDATE SET"
        " state = excluded.state, resource_key = excluded.resource_key,"
        " questions = excluded.questions, changed_at = excluded.changed_at"
    )
    about = lead.group_id, lead.week, lead.reader_id, lead.state
    await tx.fetch(sql, *about, lead.key, json.dumps(lead.questions), now)


async def delete_lead(tx: Queries, lead: Lead) -> None:
    """Forget it. Twice is harmless."""
    sql = "DELETE FROM leads WHERE group_id = ? AND week = ? AND reader_id = ?"
    await tx.fetch(sql, lead.group_id, lead.week, lead.reader_id)


async def drop_open(tx: Queries, group_id: int, reader_id: int, now: datetime) -> set[str]:
    """Forget which weeks to come somebody leads or was asked to, and this one, until it meets.

    Or until the next paper, where it doesn't. Return the weeks that they led.
    """
    sql = (
        "DELETE FROM leads WHERE group_id = ? AND reader_id = ? AND NOT EXISTS (SELECT 1"
        " FROM weeks WHERE weeks.group_id = leads.group_id AND weeks.week = leads.week"
        " AND weeks.state IN ('posted', 'uncertain')"
        " AND (weeks.meets_at <= ? OR (weeks.meets_at IS NULL AND EXISTS (SELECT 1"
        " FROM weeks AS next WHERE next.group_id = weeks.group_id"
        " AND next.state IN ('posted', 'uncertain') AND next.slot_at > weeks.slot_at))))"
        " RETURNING week, state"
    )
    rows = await tx.fetch(sql, group_id, reader_id, now)
    return {row["week"] for row in rows if row["state"] == "leads"}


async def drop_to_come(tx: Queries, group_id: int) -> None:
    """Forget who leads a group's weeks, or was asked to, but for those that had their paper."""
    sql = (
        "DELETE FROM leads WHERE group_id = ? AND NOT EXISTS (SELECT 1 FROM weeks"
        " WHERE weeks.group_id = leads.group_id AND weeks.week = leads.week"
        " AND weeks.state IN ('posted', 'uncertain'))"
    )
    await tx.fetch(sql, group_id)


async def give_leads(tx: Queries, group_id: int, to_id: int, weeks: Collection[str]) -> None:
    """Let who leads these weeks of a group lead those of another, which nobody does.

    With what they chose and ask; and they are reminded as if they hadn't been.
    """
    if not weeks:
        return
    these = f"week IN ({question_marks(weeks)})"
    asked = (
        f"DELETE FROM leads WHERE group_id = ? AND {these} AND reader_id IN (SELECT led.reader_id"  # noqa: S608 - question marks only
        " FROM leads AS led WHERE led.group_id = ? AND led.week = leads.week"
        " AND led.state = 'leads')"
    )
    await tx.fetch(asked, to_id, *weeks, group_id)
    sql = (
        "UPDATE leads SET group_id = ?, told_at = NULL, letter_id = NULL"  # noqa: S608 - as above
        f" WHERE group_id = ? AND state = 'leads' AND {these}"
    )
    await tx.fetch(sql, to_id, group_id, *weeks)


async def leads_from(db: Queries, group_id: int, week: str) -> list[Lead]:
    """Return who leads, or was asked to, in the week and those after it, in order."""
    sql = "SELECT * FROM leads WHERE group_id = ? AND week >= ? ORDER BY week, reader_id"
    return [_lead(row) for row in await db.fetch(sql, group_id, week)]


async def leaders_of(db: Queries, group_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return who leads weeks of these groups, or led them, by group and week."""
    sql = (
        "SELECT group_id, week, reader_id FROM leads"  # noqa: S608 - question marks only
        f" WHERE state = 'leads' AND group_id IN ({question_marks(group_ids)})"
    )
    rows = await db.fetch(sql, *group_ids)
    return {(row["group_id"], row["week"]): row["reader_id"] for row in rows}


async def leader(db: Queries, group_id: int, week: str) -> Lead | None:
    """Return who leads a week."""
    sql = "SELECT * FROM leads WHERE group_id = ? AND week = ? AND state = 'leads'"
    row = await db.fetch_one(sql, group_id, week)
    return _lead(row) if row else None


async def lead_of(db: Queries, group_id: int, week: str, reader_id: int) -> Lead | None:
    """Return how somebody stands to a week."""
    sql = "SELECT * FROM leads WHERE group_id = ? AND week = ? AND reader_id = ?"
    row = await db.fetch_one(sql, group_id, week, reader_id)
    return _lead(row) if row else None


async def has_led(db: Queries, group_id: int, reader_id: int | None) -> bool:
    """Tell whether somebody ever led, or leads a week to come; None: whether anybody did.

    Be it in a group that went into this one.
    """
    sql = (
        "SELECT 1 FROM leads WHERE group_id IN"
        " (SELECT group_id FROM study_groups WHERE group_id = ? OR merged_into = ?)"
        " AND state = 'leads' AND (reader_id = ? OR CAST(? AS BIGINT) IS NULL) LIMIT 1"
    )
    return await db.any_row(sql, group_id, group_id, reader_id, reader_id)


async def take_untold(tx: Queries, group_id: int) -> None:
    """Let whoever leads a week of the group, and deletes everything about themselves, wait."""
    sql = (
        "UPDATE leads SET told_at = told_at"
        " WHERE group_id = ? AND state = 'leads' AND told_at IS NULL"
    )
    await tx.fetch(sql, group_id)


async def untold(db: Queries, reader_id: int, since: str) -> list[Lead]:
    """Return the weeks since one that somebody leads and wasn't reminded of, in order.

    Leaving out groups that are silent.
    """
    sql = (
        "SELECT leads.* FROM leads JOIN study_groups ON study_groups.group_id = leads.group_id"
        " WHERE leads.reader_id = ? AND leads.week >= ?"
        " AND leads.state = 'leads' AND leads.told_at IS NULL"
        " AND study_groups.state = 'active' AND NOT EXISTS"
        " (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = study_groups.guild_id)"
        " ORDER BY leads.week, leads.group_id"
    )
    return [_lead(row) for row in await db.fetch(sql, reader_id, since)]


async def put_into_letter(tx: Queries, reader_id: int, leads: Iterable[Lead], row_id: int) -> None:
    """Record, before it leaves, that a letter reminds of these weeks, and of no others."""
    sql = "UPDATE leads SET letter_id = NULL WHERE reader_id = ? AND letter_id = ?"
    await tx.fetch(sql, reader_id, row_id)
    sql = (
        "UPDATE leads SET letter_id = ? WHERE group_id = ? AND week = ? AND reader_id = ?"
        " AND told_at IS NULL"
    )
    for lead in leads:
        await tx.fetch(sql, row_id, lead.group_id, lead.week, reader_id)


async def in_letter(db: Queries, reader_id: int, row_id: int) -> set[tuple[int, str]]:
    """Return of which groups' weeks a letter reminds who leads them."""
    sql = "SELECT group_id, week FROM leads WHERE reader_id = ? AND letter_id = ?"
    rows = await db.fetch(sql, reader_id, row_id)
    return {(row["group_id"], row["week"]) for row in rows}


async def set_told_by(tx: Queries, reader_id: int, row_id: int, at: datetime) -> bool:
    """Record that a letter came, or perhaps; tell whether it reminded of any week to lead."""
    sql = (
        "UPDATE leads SET told_at = ? WHERE reader_id = ? AND letter_id = ? AND told_at IS NULL"
        " RETURNING week"
    )
    return await tx.any_row(sql, at, reader_id, row_id)


def _lead(row: Row) -> Lead:
    questions = tuple(json.loads(row["questions"]))
    return value_from(Lead, row, key=row["resource_key"], questions=questions)
