"""Groups' weeks, one row each, whatever became of it; and what is chosen for those to come."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import chain

from bot.core.papers import Chosen, Span, Vote, VoteState
from bot.core.recommend import Talk
from bot.core.weeks import HAD, Part, Week, WeekState, Why
from bot.store.database import Queries, Row, Value, question_marks, value_from
from bot.store.instants import instant

MOST_TALKS = 25
"""Of one resource, the latest: who asks may see only some of the channels."""


async def put_week(tx: Queries, post: Week) -> None:
    """Write a week's row; a week that has one already keeps its id."""
    sql = (
        "INSERT INTO weeks (week_id, group_id, week, slot_at, state, resource_key, title, why,"
        " is_late, channel_id, part, meets_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (group_id, week) DO UPDATE SET slot_at = excluded.slot_at,"
        " state = excluded.state, resource_key = excluded.resource_key, title = excluded.title,"
        " why = excluded.why, is_late = excluded.is_late, channel_id = excluded.channel_id,"
        " part = excluded.part, meets_at = excluded.meets_at"
    )
    week = post.week_id, post.group_id, post.week, post.at, post.state
    part = json.dumps([post.part.n, post.part.of, post.part.names]) if post.part else None
    paper = post.key, post.title, post.why, post.is_late, post.channel_id, part
    await tx.fetch(sql, *week, *paper, post.meets_at)


async def delete_week(tx: Queries, week_id: int) -> None:
    """Forget a week's row, as if nothing had been decided about it."""
    await tx.fetch("DELETE FROM weeks WHERE week_id = ?", week_id)


async def week(db: Queries, week_id: int) -> Week | None:
    """Return the week with this id."""
    row = await db.fetch_one("SELECT * FROM weeks WHERE week_id = ?", week_id)
    return _post(row) if row else None


async def weeks_by_id(db: Queries, week_ids: Collection[int]) -> list[Week]:
    """Return the weeks with these ids, as far as they are there."""
    sql = f"SELECT * FROM weeks WHERE week_id IN ({question_marks(week_ids)})"  # noqa: S608
    return [_post(row) for row in await db.fetch(sql, *week_ids)]


async def weeks_of(db: Queries, group_id: int) -> list[Week]:
    """Return all the group's weeks, the latest first, weeks to come included.

    Among them those of groups that went into it, if what they had counts as had for it.
    """
    sql = (
        "SELECT weeks.* FROM weeks WHERE group_id = ? UNION ALL SELECT weeks.* FROM study_groups"
        " JOIN weeks ON weeks.group_id = study_groups.group_id"
        " WHERE merged_into = ? AND had_counts = 1 ORDER BY slot_at DESC"
    )
    return [_post(row) for row in await db.fetch(sql, group_id, group_id)]


async def weeks_of_merged(db: Queries, group_id: int) -> list[tuple[int, Week]]:
    """Return the weeks of the groups that went into this one, each with where that group was.

    Of the last that went the first, and of each the latest.
    """
    sql = (
        "SELECT weeks.*, left_channel_id FROM study_groups"
        " JOIN weeks ON weeks.group_id = study_groups.group_id WHERE merged_into = ?"
        " ORDER BY changed_at DESC, study_groups.group_id DESC, slot_at DESC"
    )
    return [(row["left_channel_id"], _post(row)) for row in await db.fetch(sql, group_id)]


async def led_by(db: Queries, reader_id: int) -> dict[tuple[int, str], Week]:
    """Return what became of the weeks that somebody leads or led, by group and week."""
    sql = (
        "SELECT weeks.* FROM leads JOIN weeks"
        " ON weeks.group_id = leads.group_id AND weeks.week = leads.week"
        " WHERE leads.reader_id = ? AND leads.state = 'leads'"
    )
    weeks = [_post(row) for row in await db.fetch(sql, reader_id)]
    return {(week.group_id, week.week): week for week in weeks}


async def talks_about(
    db: Queries, keys: Collection[str], guild_id: int | None, reader_id: int
) -> list[Talk]:
    """Return where a resource was posted, by all its keys, the latest first.

    ``guild_id``: in this server's groups; None: in those that the reader is in.
    """
    sql = (
        "SELECT weeks.*, study_groups.guild_id,"  # noqa: S608
        " COALESCE(left_channel_id, study_groups.channel_id) AS home_id FROM weeks"
        " JOIN study_groups ON study_groups.group_id = weeks.group_id"
        f" WHERE weeks.resource_key IN ({question_marks(keys)}) AND weeks.state = 'posted'"
        " AND weeks.message_id IS NOT NULL AND (study_groups.guild_id = ?"
        " OR CAST(? AS BIGINT) IS NULL AND EXISTS (SELECT 1 FROM members"
        " WHERE members.group_id = COALESCE(merged_into, weeks.group_id)"
        " AND members.reader_id = ?))"
        " ORDER BY weeks.slot_at DESC LIMIT ?"
    )
    talks = []
    for row in await db.fetch(sql, *keys, guild_id, guild_id, reader_id, MOST_TALKS):
        post = _post(row)
        url = post.talk_link(row["guild_id"])
        talks.append(Talk(row["home_id"], post.channel_id or 0, post.at, url))
    return talks


async def drop_skips(tx: Queries, group_id: int, after: datetime) -> None:
    """Forget which weeks to come are skipped: none comes."""
    sql = "DELETE FROM weeks WHERE group_id = ? AND state = 'skipped' AND slot_at > ?"
    await tx.fetch(sql, group_id, after)


async def move_week(tx: Queries, week_id: int, week: str, at: datetime) -> None:
    """Move a week's row to another week, which must be free, or only to another instant.

    Nothing is late for a slot that was worked out wrongly.
    """
    sql = "UPDATE weeks SET week = ?, slot_at = ?, is_late = 0 WHERE week_id = ?"
    await tx.fetch(sql, week, at, week_id)


async def last_posted(db: Queries, group_id: int) -> Week | None:
    """Return the week whose paper the group was sent last."""
    sql = (
        "SELECT * FROM weeks WHERE group_id = ? AND state = 'posted' ORDER BY slot_at DESC LIMIT 1"
    )
    row = await db.fetch_one(sql, group_id)
    return _post(row) if row else None


async def has_had(db: Queries, group_id: int) -> bool:
    """Tell whether the group has had a paper, or is just being sent its first one."""
    states = question_marks(HAD)
    sql = f"SELECT 1 FROM weeks WHERE group_id = ? AND state IN ({states}) LIMIT 1"  # noqa: S608
    return await db.any_row(sql, group_id, *sorted(HAD))


async def set_week_state(tx: Queries, week_id: int, state: WeekState) -> None:
    """Record what became of the week."""
    await tx.fetch("UPDATE weeks SET state = ? WHERE week_id = ?", state, week_id)


async def call_off(tx: Queries, group_id: int) -> str:
    """Leave out a week whose paper is still waiting; one that was perhaps sent is uncertain.

    Return the week that is left out; "": there is none.
    """
    sql = (
        "UPDATE weeks SET state = CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE kind = 'post'"
        " AND reference = CAST(week_id AS TEXT) AND tried_at IS NOT NULL) THEN 'uncertain'"
        " ELSE 'skipped' END WHERE group_id = ? AND state = 'waiting' RETURNING week, state"
    )
    rows = await tx.fetch(sql, group_id)
    return next((row["week"] for row in rows if row["state"] == "skipped"), "")


async def set_late(tx: Queries, week_id: int, *, late: bool) -> None:
    """Record whether the week's paper left after its time."""
    await tx.fetch("UPDATE weeks SET is_late = ? WHERE week_id = ?", late, week_id)


async def set_posted(
    tx: Queries, week_id: int, *, channel_id: int, message_id: int | None, now: datetime
) -> None:
    """Record the message of the week's paper; None: it is deleted already."""
    sql = (
        "UPDATE weeks SET state = 'posted', channel_id = ?, message_id = ?, posted_at = ?"
        " WHERE week_id = ?"
    )
    await tx.fetch(sql, channel_id, message_id, now, week_id)


async def set_thread(tx: Queries, week_id: int, thread_id: int) -> None:
    """Record the thread under the week's paper."""
    await tx.fetch("UPDATE weeks SET thread_id = ? WHERE week_id = ?", thread_id, week_id)


async def weeks_since(db: Queries, group_id: int, at: datetime) -> list[Week]:
    """Return the group's weeks with a slot since then, the first one first."""
    sql = "SELECT * FROM weeks WHERE group_id = ? AND slot_at >= ? ORDER BY slot_at"
    return [_post(row) for row in await db.fetch(sql, group_id, at)]


async def set_meets_at(tx: Queries, week_id: int, meets_at: datetime | None) -> None:
    """Record when the week's meeting is; None: there is none."""
    await tx.fetch("UPDATE weeks SET meets_at = ? WHERE week_id = ?", meets_at, week_id)


async def set_event(tx: Queries, week_id: int, event_id: int | None, asked: str | None) -> None:
    """Record the event of the week's meeting, and what Discord was last asked to show there."""
    sql = "UPDATE weeks SET event_id = ?, event_asked = ? WHERE week_id = ?"
    await tx.fetch(sql, event_id, asked, week_id)


async def add_week_reader(tx: Queries, week_id: int, reader_id: int) -> None:
    """Record that somebody pressed "I've read it". Twice is harmless, and so is a week gone by."""
    sql = (
        "INSERT INTO week_readers (week_id, reader_id)"
        " SELECT week_id, CAST(? AS BIGINT) FROM weeks WHERE week_id = ?"
        " ON CONFLICT (week_id, reader_id) DO NOTHING"
    )
    await tx.fetch(sql, reader_id, week_id)


async def drop_week_reader(tx: Queries, week_id: int, reader_id: int) -> None:
    """Take back that somebody pressed "I've read it". Twice is harmless."""
    sql = "DELETE FROM week_readers WHERE week_id = ? AND reader_id = ?"
    await tx.fetch(sql, week_id, reader_id)


async def parts_read_by(db: Queries, reader_id: int) -> list[Week]:
    """Return the weeks under whose part of a paper a reader pressed "I've read it"."""
    sql = (
        "SELECT weeks.* FROM week_readers JOIN weeks ON weeks.week_id = week_readers.week_id"
        " WHERE reader_id = ? AND part IS NOT NULL ORDER BY slot_at"
    )
    return [_post(row) for row in await db.fetch(sql, reader_id)]


OF_PEOPLE = (
    " people AS (SELECT asked.week_id, members.reader_id"
    " FROM (SELECT DISTINCT week_id FROM papers) AS asked"
    " JOIN weeks ON weeks.week_id = asked.week_id JOIN members ON members.group_id = weeks.group_id"
    " UNION SELECT week_id, reader_id FROM week_readers"
    " WHERE week_id IN (SELECT week_id FROM papers))"
)
"""A week's people are its group's members, and whoever pressed its button.

Where that group went into another, nobody knows who was in it: these alone.
"""

HAS_READ = (
    # Each person is looked up by the key of their marks: PostgreSQL joins no worse way.
    " (EXISTS (SELECT 1 FROM papers"
    " JOIN progress ON progress.resource_key = papers.resource_key"
    " WHERE papers.week_id = people.week_id AND progress.reader_id = people.reader_id"
    " AND progress.state = 'done') OR EXISTS (SELECT 1 FROM papers"
    " JOIN week_readers ON week_readers.week_id = papers.week_id"
    " WHERE papers.week_id = people.week_id AND week_readers.reader_id = people.reader_id"
    " AND papers.is_part = 1))"
)
"""One of the people has the week's paper done, or said that they read the part that it had."""


async def read_counts(
    db: Queries,
    keys: Mapping[int, Collection[str]],
    unfinished: Collection[int] = (),
) -> dict[int, tuple[int, int]]:
    """Return, by week, how many of its people have its paper done, and how many they are.

    ``keys``: all keys of each week's paper; ``unfinished``: the weeks that had a part of it, which
    its button says is read. In one statement.
    """
    asked: list[tuple[Value, ...]] = [
        (id_, key, id_ in unfinished) for id_ in keys for key in sorted(keys[id_])
    ]
    places = ", ".join(["(CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS BIGINT))"] * len(asked))
    sql = (
        f"WITH papers (week_id, resource_key, is_part) AS (VALUES {places}),{OF_PEOPLE}"  # noqa: S608 - question marks and our words
        f" SELECT week_id, COUNT(*) AS people, COUNT(CASE WHEN {HAS_READ} THEN 1 END) AS readers"
        " FROM people GROUP BY week_id"
    )
    rows = await db.fetch(sql, *chain.from_iterable(asked))
    counts = {row["week_id"]: (int(row["readers"]), int(row["people"])) for row in rows}
    return {week_id: counts.get(week_id, (0, 0)) for week_id in keys}


async def remembered(
    db: Queries,
    keys: Mapping[int, Collection[str]],
    months: Mapping[int, str],
    unfinished: Collection[int] = (),
) -> dict[str, tuple[int, int, int]]:
    """Return, by a week's id as text and by month, how many people read, rated it, and liked it.

    Of a month, how many different ones read any of its papers. ``months``: of each week; the rest
    is as in ``read_counts``. In one statement.
    """
    asked: list[tuple[Value, ...]] = [
        (id_, key, id_ in unfinished, months[id_]) for id_ in keys for key in sorted(keys[id_])
    ]
    if not asked:
        return {}
    place = "(CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS TEXT))"
    places = ", ".join([place] * len(asked))
    sql = (
        f"WITH papers (week_id, resource_key, is_part, month) AS (VALUES {places}),{OF_PEOPLE},"  # noqa: S608 - as above
        " readers AS (SELECT people.week_id, people.reader_id, (SELECT MAX(papers.month)"
        " FROM papers WHERE papers.week_id = people.week_id) AS month,"
        " (SELECT MAX(progress.rating) FROM papers"
        " JOIN progress ON progress.resource_key = papers.resource_key"
        " WHERE papers.week_id = people.week_id AND progress.reader_id = people.reader_id"
        f" AND progress.state = 'done') AS rating FROM people WHERE {HAS_READ})"
        " SELECT CAST(week_id AS TEXT) AS about, COUNT(*) AS readers, COUNT(rating) AS rated,"
        " COUNT(CASE WHEN rating >= 4 THEN 1 END) AS liked FROM readers GROUP BY week_id"
        " UNION ALL SELECT month, COUNT(DISTINCT reader_id), 0, 0 FROM readers GROUP BY month"
    )
    rows = await db.fetch(sql, *chain.from_iterable(asked))
    return {row["about"]: (row["readers"], row["rated"], row["liked"]) for row in rows}


async def named_readers(
    db: Queries, group_id: int, keys: Collection[str], unfinished: int = 0
) -> list[int]:
    """Return the members counted by ``read_counts`` who show their name, by id."""
    sql = (
        "SELECT members.reader_id FROM members"  # noqa: S608 - question marks only
        " JOIN reader_settings ON reader_settings.reader_id = members.reader_id"
        " WHERE members.group_id = ? AND reader_settings.named = 1 AND (EXISTS (SELECT 1"
        " FROM progress WHERE progress.reader_id = members.reader_id AND progress.state = 'done'"
        f" AND progress.resource_key IN ({question_marks(keys)})) OR EXISTS (SELECT 1"
        " FROM week_readers WHERE week_readers.week_id = ?"
        " AND week_readers.reader_id = members.reader_id)) ORDER BY members.reader_id"
    )
    return await db.fetch_column(sql, group_id, *keys, unfinished)


async def has_read_part(db: Queries, week_id: int, reader_id: int) -> bool:
    """Tell whether a reader is counted by ``read_counts`` for the part of an unfinished paper."""
    sql = "SELECT 1 FROM week_readers WHERE week_id = ? AND reader_id = ?"
    return await db.any_row(sql, week_id, reader_id)


# Picks, votes and spans


async def put_pick(tx: Queries, pick: Chosen, picked_by: int | None, now: datetime) -> None:
    """Choose for a week; a later choice of the same sort takes the place of an earlier one."""
    sql = (
        "INSERT INTO picks (group_id, week, why, resource_key, picked_by, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, week, why) DO UPDATE SET"
        " resource_key = excluded.resource_key, picked_by = excluded.picked_by,"
        " changed_at = excluded.changed_at"
    )
    await tx.fetch(sql, pick.group_id, pick.week, pick.why, pick.key, picked_by, now)


async def delete_pick(tx: Queries, group_id: int, week: str, why: Why) -> None:
    """Take a choice back. Twice is harmless."""
    sql = "DELETE FROM picks WHERE group_id = ? AND week = ? AND why = ?"
    await tx.fetch(sql, group_id, week, why)


async def picks_from(db: Queries, group_id: int, week: str) -> list[Chosen]:
    """Return what is chosen for the week and those after it, in order."""
    sql = (
        "SELECT group_id, week, resource_key AS key, why FROM picks"
        " WHERE group_id = ? AND week >= ? UNION ALL"
        " SELECT group_id, week, resource_key, 'leader_choice' FROM leads WHERE group_id = ?"
        " AND week >= ? AND state = 'leads' AND resource_key IS NOT NULL ORDER BY week, why"
    )
    return [Chosen(**row) for row in await db.fetch(sql, group_id, week, group_id, week)]


async def move_picks(tx: Queries, group_id: int, week: str, to_week: str) -> None:
    """Move the choice for one week to another week that has none."""
    sql = "UPDATE picks SET week = ? WHERE group_id = ? AND week = ?"
    await tx.fetch(sql, to_week, group_id, week)


async def give_picks(
    tx: Queries, group_id: int, to_id: int, moves: Mapping[str, str], why: Mapping[str, Why]
) -> None:
    """Give another group the choices for these weeks, each for its free week; drop all others.

    ``why``: which of a week's choices it is.
    """
    sql = "UPDATE picks SET group_id = ?, week = ? WHERE group_id = ? AND week = ? AND why = ?"
    for week, to_week in moves.items():
        await tx.fetch(sql, to_id, to_week, group_id, week, why[week])
    await tx.fetch("DELETE FROM picks WHERE group_id = ?", group_id)


async def put_span(tx: Queries, group_id: int, span: Span, keys: Iterable[str]) -> None:
    """Record for how many weeks a group reads a resource; ``keys``: all that it ever had."""
    for key in keys:
        await tx.fetch("DELETE FROM spans WHERE group_id = ? AND resource_key = ?", group_id, key)
    if span.weeks is not None:
        sql = "INSERT INTO spans (group_id, resource_key, weeks, since_week) VALUES (?, ?, ?, ?)"
        await tx.fetch(sql, group_id, span.key, span.weeks, span.since)


async def spans_of(db: Queries, group_id: int) -> list[Span]:
    """Return for how many weeks a group reads something, where its moderators chose."""
    sql = (
        "SELECT resource_key AS key, weeks, since_week AS since FROM spans WHERE group_id = ?"
        " ORDER BY since_week, resource_key"
    )
    return [Span(**row) for row in await db.fetch(sql, group_id)]


async def spans_of_merged(db: Queries, group_id: int) -> dict[int, list[Span]]:
    """Return the same of the groups that went into this one, by group."""
    sql = (
        "SELECT spans.group_id, resource_key AS key, weeks, since_week AS since FROM study_groups"
        " JOIN spans ON spans.group_id = study_groups.group_id WHERE merged_into = ?"
    )
    found = defaultdict[int, list[Span]](list)
    for row in await db.fetch(sql, group_id):
        found[row["group_id"]].append(Span(row["key"], row["weeks"], row["since"]))
    return found


async def put_vote(tx: Queries, vote: Vote, now: datetime) -> None:
    """Write a new vote; it takes the place of one that came to nothing for the same week."""
    await tx.fetch("DELETE FROM votes WHERE group_id = ? AND week = ?", vote.group_id, vote.week)
    sql = (
        "INSERT INTO votes (vote_id, group_id, week, state, candidates, hours, closes_at,"
        " channel_id, message_id, look_at, called_by, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    asked = vote.vote_id, vote.group_id, vote.week, vote.state, json.dumps(vote.keys), vote.hours
    poll = vote.closes_at, vote.channel_id, vote.message_id, vote.look_at, vote.called_by
    await tx.fetch(sql, *asked, *poll, now)


async def vote(db: Queries, vote_id: int) -> Vote | None:
    """Return the vote with this id."""
    row = await db.fetch_one("SELECT * FROM votes WHERE vote_id = ?", vote_id)
    return _vote(row) if row else None


async def votes_from(db: Queries, group_id: int, week: str) -> list[Vote]:
    """Return the group's votes on the week and those after it, in order."""
    sql = "SELECT * FROM votes WHERE group_id = ? AND week >= ? ORDER BY week"
    return [_vote(row) for row in await db.fetch(sql, group_id, week)]


async def due_votes(db: Queries, now: datetime, limit: int) -> list[Vote]:
    """Return the votes whose poll is to be read or ended, the longest waiting first."""
    sql = (
        f"SELECT * FROM votes WHERE look_at <= ? AND {IS_HERE}"  # noqa: S608 - our words
        " ORDER BY look_at, vote_id LIMIT ?"
    )
    return [_vote(row) for row in await db.fetch(sql, now, limit)]


IS_HERE = (
    "NOT EXISTS (SELECT 1 FROM study_groups JOIN gone_guilds"
    " ON gone_guilds.guild_id = study_groups.guild_id"
    " WHERE study_groups.group_id = votes.group_id)"
)
"""The vote's server hasn't removed the bot."""


async def set_polled(tx: Queries, vote: Vote, now: datetime) -> None:
    """Record the vote's poll and its end; if called off meanwhile, it is to be ended now."""
    sql = (
        "UPDATE votes SET channel_id = ?, message_id = ?, closes_at = ?,"
        " look_at = CASE state WHEN 'running' THEN CAST(? AS BIGINT) ELSE CAST(? AS BIGINT) END"
        " WHERE vote_id = ?"
    )
    closes_at = vote.closes_at
    await tx.fetch(sql, vote.channel_id, vote.message_id, closes_at, closes_at, now, vote.vote_id)


async def set_look_at(tx: Queries, vote_id: int, look_at: datetime | None) -> None:
    """Record when the poll is to be looked at again; None: never."""
    await tx.fetch("UPDATE votes SET look_at = ? WHERE vote_id = ?", look_at, vote_id)


async def end_vote(tx: Queries, vote_id: int, state: VoteState) -> bool:
    """Record what became of a running vote; tell whether it was still running."""
    sql = (
        "UPDATE votes SET state = ?, look_at = NULL WHERE vote_id = ? AND state = 'running'"
        " RETURNING vote_id"
    )
    return await tx.any_row(sql, state, vote_id)


async def close_vote_now(tx: Queries, vote_id: int, now: datetime) -> None:
    """Record that a running vote closes now, if it didn't before: its poll is to be looked at."""
    sql = (
        "UPDATE votes SET closes_at = CASE WHEN closes_at > ? THEN CAST(? AS BIGINT)"
        " ELSE closes_at END, look_at = ? WHERE vote_id = ? AND state = 'running'"
    )
    await tx.fetch(sql, now, now, now, vote_id)


async def delete_vote(tx: Queries, vote_id: int) -> None:
    """Forget a vote whose group is deleted: its poll is ended, or gone."""
    await tx.fetch("DELETE FROM votes WHERE vote_id = ?", vote_id)


async def call_off_votes(tx: Queries, group_id: int, now: datetime, week: str | None) -> list[int]:
    """Cancel the group's running votes, or only that on the week, and return their ids.

    Polls already sent are ended soon.
    """
    sql = (
        "UPDATE votes SET state = 'cancelled',"
        " look_at = CASE WHEN message_id IS NULL THEN NULL ELSE CAST(? AS BIGINT) END"
        " WHERE group_id = ? AND state = 'running' AND (week = ? OR CAST(? AS TEXT) IS NULL)"
        " RETURNING vote_id"
    )
    return sorted(await tx.fetch_column(sql, now, group_id, week, week))


def _post(row: Row) -> Week:
    part = _part(*json.loads(row["part"])) if row["part"] else None
    paper = {"key": row["resource_key"], "title": row["title"] or "", "part": part}
    return value_from(Week, row, at=instant(row["slot_at"]), **paper)


def _part(n: int, of: int, names: list[str]) -> Part:
    return Part(n, of, tuple(names))


def _vote(row: Row) -> Vote:
    return value_from(Vote, row, keys=tuple(json.loads(row["candidates"])))
