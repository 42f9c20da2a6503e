"""Everything the bot sends unasked: a row each, from the intention to the message."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.outbox import UNCERTAIN, LetterKind, OutboxRow, OutboxState, Problem, problem_from
from bot.store.database import Queries, Row, in_parts, question_marks, value_from
from bot.store.weeks import IS_HERE

COLUMNS = (
    "row_id", "kind", "reference", "due_at", "until_at", "guild_id", "group_id", "channel_id",
    "reader_id", "rank", "message_id", "trace", "language",
)  # fmt: skip
"""What is known of a row when it is planned."""


async def add(tx: Queries, *rows: OutboxRow) -> None:
    """Add things to send, each unless it has its row already."""
    for some in in_parts(rows):
        places = ", ".join([f"({question_marks(COLUMNS)}, 'waiting')"] * len(some))
        sql = (
            f"INSERT INTO outbox ({', '.join(COLUMNS)}, state) VALUES {places}"  # noqa: S608
            " ON CONFLICT (kind, reference) DO NOTHING"
        )
        await tx.fetch(sql, *(getattr(row, column) for row in some for column in COLUMNS))


async def row(db: Queries, row_id: int) -> OutboxRow | None:
    """Return the row with this id."""
    row = await db.fetch_one("SELECT * FROM outbox WHERE row_id = ?", row_id)
    return _row(row) if row else None


async def row_about(db: Queries, kind: LetterKind, reference: str) -> OutboxRow | None:
    """Return the row of this kind about this thing."""
    sql = "SELECT * FROM outbox WHERE kind = ? AND reference = ?"
    row = await db.fetch_one(sql, kind, reference)
    return _row(row) if row else None


async def due_row_ids(db: Queries, now: datetime, limit: int, *about: int | str) -> list[int]:
    """Return what is to be sent: waiting and due, or claimed with a lease run out.

    The longest due comes first, of a minute's one of each server, then the second of each; each
    rank lets the one before it go first for ten minutes. What is about a server that removed the
    bot rests. ``about``: only what refers to these weeks, votes, groups or servers.
    """
    only = f" AND reference IN ({question_marks(about)})" if about else ""
    sql = (
        "SELECT row_id FROM (SELECT row_id, guild_id, due_at,"  # noqa: S608 - question marks only
        " (due_at + rank * 600) / 60 AS turn"
        " FROM outbox WHERE state IN ('waiting', 'claimed') AND due_at <= ?"
        " AND (state = 'waiting' OR lease_until <= ?)"
        " AND NOT EXISTS (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = outbox.guild_id)"
        f"{only}) AS due"
        " ORDER BY turn, ROW_NUMBER() OVER (PARTITION BY turn, guild_id ORDER BY due_at, row_id),"
        " due_at, row_id LIMIT ?"
    )
    return await db.fetch_column(sql, now, now, *map(str, about), limit)


@dataclass(frozen=True, slots=True)
class WaitingLetters:
    """The letters of one kind that are due, since when one is, and those that were put off."""

    due: int
    due_since: datetime | None
    put_off: int


PUT_OFF_FOR = timedelta(hours=1)
"""At most, when something is in the way."""


async def waiting_letters(db: Queries, now: datetime) -> dict[LetterKind, WaitingLetters]:
    """Count what is to be sent, by kind: due or being sent, or put off because of a problem."""
    sql = (
        "SELECT kind, COUNT(CASE WHEN due_at <= ? THEN 1 END) AS due,"
        " MIN(CASE WHEN due_at <= ? THEN due_at END) AS due_since,"
        " COUNT(CASE WHEN due_at > ? AND problem IS NOT NULL THEN 1 END) AS put_off"
        " FROM outbox WHERE state IN ('waiting', 'claimed') AND due_at <= ?"
        " AND NOT EXISTS (SELECT 1 FROM gone_guilds WHERE gone_guilds.guild_id = outbox.guild_id)"
        " GROUP BY kind"
    )
    rows = await db.fetch(sql, now, now, now, now + PUT_OFF_FOR)
    return {row["kind"]: value_from(WaitingLetters, row) for row in rows}


async def claim_row(tx: Queries, old: OutboxRow, claim: int, lease_until: datetime) -> bool:
    """Claim the row if it is still as ``old`` says; tell whether that went well."""
    sql = (
        "UPDATE outbox SET state = 'claimed', claim = ?, lease_until = ?, attempts = attempts + 1"
        " WHERE row_id = ? AND claim = ? AND state = ? RETURNING row_id"
    )
    tx.shown_by("SELECT 1 FROM outbox WHERE row_id = ? AND claim = ?", old.row_id, claim)
    return await tx.any_row(sql, claim, lease_until, old.row_id, old.claim, old.state)


async def begin(
    tx: Queries, row: OutboxRow, *, place_id: int, trace: str, language: str, now: datetime
) -> bool:
    """Record, if the claim still stands, where it is sent now and by what it is known again.

    When, by what and in which language it was first tried never changes: what is known again by its
    text would not be in another. The place becomes the last of those tried.
    That somebody wants it sent unseen, as ``renew`` has it, holds for this attempt alone.
    """
    sql = (
        "UPDATE outbox SET tried_at = COALESCE(tried_at, ?), trace = COALESCE(trace, ?),"  # noqa: S608 - question marks only
        " language = CASE WHEN language = '' THEN ? ELSE language END,"
        f" places = ?, problem = CASE WHEN problem IN ({question_marks(UNCERTAIN)})"
        " THEN NULL ELSE problem END"
        " WHERE row_id = ? AND claim = ? AND state = 'claimed' AND lease_until > ?"
        " RETURNING row_id"
    )
    places = " ".join(map(str, (*(each for each in row.places if each != place_id), place_id)))
    about = row.row_id, row.claim, now
    return await tx.any_row(sql, now, trace, language, places, *map(str, UNCERTAIN), *about)


UNTRIED = ", tried_at = NULL, places = NULL, trace = NULL"
"""That nothing has been sent so far, so that nothing need be looked for."""
ANEW = f"{UNTRIED}, language = ''"
"""That it begins anew, in the language that its readers speak by then."""


async def release_row(
    tx: Queries, row: OutboxRow, due_at: datetime, problem: Problem, *, is_untried: bool
) -> bool:
    """Give a claim back, to be sent later; tell whether it was still held."""
    sql = (
        f"UPDATE outbox SET state = 'waiting', due_at = ?, problem = ?{UNTRIED * is_untried}"  # noqa: S608
        " WHERE row_id = ? AND claim = ? AND state = 'claimed' RETURNING row_id"
    )
    return await tx.any_row(sql, due_at, str(problem), row.row_id, row.claim)


async def rest(tx: Queries, row: OutboxRow, due_at: datetime, problem: Problem) -> None:
    """Give a claim back with which nothing was begun: as if only the one before it had been."""
    sql = (
        "UPDATE outbox SET state = 'waiting', due_at = ?, problem = ?, lease_until = ?"
        " WHERE row_id = ? AND claim = ? AND state = 'claimed'"
    )
    await tx.fetch(sql, due_at, str(problem), row.held_until, row.row_id, row.claim)


async def put_off(tx: Queries, row_id: int, now: datetime, due_at: datetime) -> None:
    """Try a row later, unless somebody is sending it, so that it doesn't hold up others."""
    sql = (
        "UPDATE outbox SET due_at = ? WHERE row_id = ?"
        " AND (state = 'waiting' OR (state = 'claimed' AND lease_until <= ?))"
    )
    await tx.fetch(sql, due_at, row_id, now)


async def set_sent(tx: Queries, row_id: int, message_id: int | None) -> bool:
    """Record the message, whoever has the claim; tell whether this is the first time.

    ``message_id`` None: it was deleted before anybody recorded it.
    """
    sql = (
        "UPDATE outbox SET state = 'sent', message_id = ?, problem = ?"
        " WHERE row_id = ? AND state <> 'sent' RETURNING row_id"
    )
    tx.shown_by("SELECT 1 FROM outbox WHERE row_id = ? AND state = 'sent'", row_id)
    return await tx.any_row(sql, message_id, "deleted" if message_id is None else None, row_id)


async def close_row(tx: Queries, row: OutboxRow, state: OutboxState, problem: Problem) -> bool:
    """Record that nothing more is sent by itself, and why; tell whether the claim still stood."""
    sql = (
        "UPDATE outbox SET state = ?, problem = ?"
        " WHERE row_id = ? AND claim = ? AND state IN ('waiting', 'claimed') RETURNING row_id"
    )
    return await tx.any_row(sql, state, str(problem), row.row_id, row.claim)


async def renew(
    tx: Queries,
    row_id: int,
    new_row_id: int,
    due_at: datetime,
    until_at: datetime,
    *,
    is_untried: bool,
    problem: Problem | None = None,
) -> None:
    """Send a thing once more, under another id, so with another nonce; not while it is on its way.

    ``is_untried``: else what was perhaps sent before is still looked for; with an ``UNCERTAIN``
    problem, as somebody wants it who has looked, it is sent even where that still can't be done.
    """
    sql = (
        "UPDATE outbox SET row_id = ?, state = 'waiting', due_at = ?, until_at = ?, claim = 0,"  # noqa: S608
        f" lease_until = 0, message_id = NULL, problem = ?{ANEW * is_untried}"
        " WHERE row_id = ? AND state NOT IN ('waiting', 'claimed')"
    )
    why = None if problem is None else str(problem)
    await tx.fetch(sql, new_row_id, due_at, until_at, why, row_id)


async def wake(tx: Queries, group_id: int, now: datetime, problem: Problem | None = None) -> None:
    """Make due what waits for a group's channel; ``problem``: all that waits because of it."""
    why = "channel_id IS NULL AND reader_id IS NULL" if problem is None else "problem = ?"
    sql = f"UPDATE outbox SET due_at = ? WHERE group_id = ? AND state = 'waiting' AND {why}"  # noqa: S608
    await tx.fetch(sql, now, group_id, *(() if problem is None else (str(problem),)))


async def hurry(tx: Queries, row_id: int, due_at: datetime, until_at: datetime) -> None:
    """Make a row due now; if it is just being sent, only the time it has grows."""
    sql = (
        "UPDATE outbox SET due_at = ?, until_at = ?"
        " WHERE row_id = ? AND state IN ('waiting', 'claimed')"
    )
    await tx.fetch(sql, due_at, until_at, row_id)


async def delete_about_group(tx: Queries, group_id: int) -> None:
    """Forget all that was or is still to be sent about a group, even what is just being sent."""
    await tx.fetch("DELETE FROM outbox WHERE group_id = ?", group_id)


async def delete_waiting(tx: Queries, group_id: int, *, but: Collection[LetterKind]) -> None:
    """Forget what certainly wasn't sent so far about a group; ``but``: kinds that still are."""
    sql = (
        "DELETE FROM outbox WHERE group_id = ? AND state = 'waiting' AND tried_at IS NULL"  # noqa: S608
        f" AND kind NOT IN ({question_marks(but)})"
    )
    await tx.fetch(sql, group_id, *but)


async def ended_letters(
    db: Queries, before: datetime, limit: int, after: OutboxRow | None
) -> list[OutboxRow]:
    """Return letters to people that are sent or given up, and were to be sent until then.

    The oldest first; ``after``: only those that come after this one.
    """
    sql = (
        "SELECT * FROM outbox WHERE reader_id IS NOT NULL"
        " AND until_at <= ? AND (until_at, row_id) > (?, ?)"
        # By no state that it may have: SQLite would go through all that was ever sent.
        " AND state NOT IN ('waiting', 'claimed') ORDER BY until_at, row_id LIMIT ?"
    )
    seen = (after.until_at, after.row_id) if after else (0, 0)
    return [_row(found) for found in await db.fetch(sql, before, *seen, limit)]


async def is_turned_away(db: Queries, reader_id: int) -> bool:
    """Tell whether the newest letter to somebody was refused: they take no direct messages."""
    sql = (
        "SELECT problem FROM outbox WHERE reader_id = ? AND state NOT IN ('waiting', 'claimed')"
        " ORDER BY row_id DESC LIMIT 1"
    )
    return await db.fetch_column(sql, reader_id) == ["no_direct_messages"]


async def still_tried(
    db: Queries, kind: LetterKind, references: Collection[str], since: datetime
) -> set[str]:
    """Return which of these things are being sent, or were to be since then."""
    marks = question_marks(references)
    sql = (
        f"SELECT reference FROM outbox WHERE kind = ? AND reference IN ({marks})"  # noqa: S608
        " AND (state IN ('waiting', 'claimed') OR until_at > ?)"
    )
    return set(await db.fetch_column(sql, kind, *references, since))


async def is_ahead(db: Queries, kind: LetterKind, group_id: int, now: datetime) -> bool:
    """Tell whether something of this kind about a group is planned that nobody has taken so far."""
    sql = (
        "SELECT 1 FROM outbox WHERE group_id = ? AND kind = ? AND state = 'waiting' AND due_at > ?"
        " LIMIT 1"
    )
    return await db.any_row(sql, group_id, kind, now)


async def forget_places(tx: Queries, row_id: int) -> None:
    """Forget where a row was sent: what is kept of it for good says nothing of whom it reached."""
    await tx.fetch("UPDATE outbox SET places = NULL, trace = NULL WHERE row_id = ?", row_id)


async def delete_rows(tx: Queries, row_ids: Collection[int]) -> None:
    """Delete rows: for none of them may ever be wanted again."""
    sql = f"DELETE FROM outbox WHERE row_id IN ({question_marks(row_ids)})"  # noqa: S608
    await tx.fetch(sql, *row_ids)


def _row(row: Row) -> OutboxRow:
    places = tuple(map(int, (row["places"] or "").split()))
    known = {"problem": problem_from(row["problem"]), "places": places, "held_until": None}
    return value_from(OutboxRow, row, **known)


async def drop_untried(tx: Queries, kind: LetterKind, reference: str, problem: Problem) -> None:
    """Give up what was certainly not sent: it isn't wanted any more."""
    sql = (
        "UPDATE outbox SET state = 'dropped', problem = ? WHERE kind = ?"
        " AND reference = ? AND state = 'waiting' AND tried_at IS NULL"
    )
    await tx.fetch(sql, str(problem), kind, reference)


async def delete_untried(tx: Queries, kind: LetterKind, reference: str) -> bool:
    """Forget a row that was certainly not sent; tell whether it was there."""
    sql = (
        "DELETE FROM outbox WHERE kind = ? AND reference = ? AND state = 'waiting'"
        " AND tried_at IS NULL RETURNING row_id"
    )
    return await tx.any_row(sql, kind, reference)


@dataclass(frozen=True, slots=True)
class DueNext:
    """When the next of each kind is due, leaving out servers that removed the bot; None: never.

    ``letter``: when something is to be sent, or taken over from a process that died sending it;
    ``lookup``: when an import's links are to be looked up, or gone on with;
    ``word``: when moderators may be told that something waits;
    ``checked``: when the member who wasn't checked for longest was checked last.
    """

    slot: datetime | None
    letter: datetime | None
    nudge: datetime | None
    vote: datetime | None
    lookup: datetime | None
    word: datetime | None
    checked: datetime | None


def _is_there(table: str) -> str:
    return (
        "NOT EXISTS (SELECT 1 FROM gone_guilds"  # noqa: S608 - names of ours
        f" WHERE gone_guilds.guild_id = {table}.guild_id)"
    )


NEXT = {
    "slot": "SELECT next_at FROM study_groups"  # noqa: S608 - as all of these
    f" WHERE state = 'active' AND {_is_there('study_groups')} ORDER BY next_at LIMIT 1",
    "letter": "SELECT MIN(at) FROM (SELECT * FROM (SELECT due_at AS at FROM outbox"  # noqa: S608
    f" WHERE state = 'waiting' AND {_is_there('outbox')} ORDER BY due_at LIMIT 1) AS waiting"
    " UNION ALL SELECT MIN(lease_until) AS at FROM outbox"
    f" WHERE state = 'claimed' AND {_is_there('outbox')}) AS letters",
    "nudge": "SELECT MIN(nudge_at) FROM reader_settings",
    "vote": "SELECT look_at FROM votes"  # noqa: S608
    f" WHERE look_at IS NOT NULL AND {IS_HERE} ORDER BY look_at LIMIT 1",
    "lookup": "SELECT MIN(lease_until) FROM drafts",
    "word": "SELECT next_at FROM inbox_words"  # noqa: S608
    f" WHERE channel_id IS NOT NULL AND {_is_there('inbox_words')} ORDER BY next_at LIMIT 1",
    "checked": "SELECT members.checked_at FROM members"  # noqa: S608
    " JOIN study_groups ON study_groups.group_id = members.group_id"
    f" WHERE {_is_there('study_groups')} ORDER BY members.checked_at LIMIT 1",
}
"""The fields of ``DueNext``, each in one look into an index."""


async def due_next(db: Queries) -> DueNext:
    """Return when the next of each kind is due."""
    looks = ", ".join(f"({sql}) AS {kind}" for kind, sql in NEXT.items())
    (row,) = await db.fetch(f"SELECT {looks}")
    return value_from(DueNext, row)
