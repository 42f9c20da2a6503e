from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.groups import Week
from bot.core.outbox import OutboxRow
from bot.store import outbox
from bot.store import weeks as week_rows
from bot.store.database import Queries
from bot.store.outbox import due_next

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)


def post(row_id=1, reference="11", due_at=NOW, guild_id=9, kind="post"):
    return OutboxRow(row_id, kind, reference, guild_id, 2, "waiting", due_at, due_at + A_DAY)


@pytest.fixture
async def tx(db):
    async with db.transaction() as opened:
        yield opened


async def claim(tx, claim=5, at=NOW):
    row = await outbox.row(tx, 1)
    return await outbox.claim_row(tx, row, claim, at + 2 * A_MINUTE)


async def test_a_thing_has_one_row_for_good(tx):
    await outbox.add_row(tx, post(1))
    await outbox.add_row(tx, post(2))

    assert (await outbox.row_about(tx, "post", "11")).row_id == 1
    assert await outbox.row(tx, 2) is None
    assert await outbox.row_about(tx, "thread", "11") is None


async def test_due_are_rows_that_wait_and_leases_that_ran_out(tx):
    await outbox.add_row(tx, post(1))
    await outbox.add_row(tx, post(2, "12", NOW - A_MINUTE))
    await outbox.add_row(tx, post(3, "13", NOW + A_MINUTE))
    at_first = await outbox.due_row_ids(tx, NOW, 9)
    await claim(tx)

    assert at_first == [2, 1]
    assert await outbox.due_row_ids(tx, NOW, 9) == [2]
    assert await outbox.due_row_ids(tx, NOW + 2 * A_MINUTE, 9) == [2, 1, 3]
    assert await outbox.due_row_ids(tx, NOW + 2 * A_MINUTE, 1) == [2]


async def test_of_a_minute_servers_take_turns(tx):
    for row_id, guild_id in enumerate([7, 7, 7, 7, 8, 9, 9, None], start=1):
        at = NOW + timedelta(seconds=row_id)
        await outbox.add_row(tx, post(row_id, str(row_id), at, guild_id))
    await outbox.add_row(tx, post(9, "9", NOW + A_MINUTE, 6))
    await outbox.add_row(tx, post(10, "10", NOW - A_MINUTE, 7))

    order = await outbox.due_row_ids(tx, NOW + 2 * A_MINUTE, 99)

    assert order == [10, 1, 5, 6, 8, 2, 7, 3, 4, 9]


async def test_posts_go_before_all_else_that_is_not_due_for_ten_minutes(tx):
    late = NOW + 9 * A_MINUTE
    await outbox.add_row(tx, post(1, "1", NOW, kind="thread"))
    await outbox.add_row(tx, post(2, "2", NOW, kind="opener"))
    await outbox.add_row(tx, post(3, "3", late))
    await outbox.add_row(tx, post(4, "4", late + 2 * A_MINUTE))

    assert await outbox.due_row_ids(tx, late + A_DAY, 9) == [3, 1, 2, 4]


async def test_what_somebody_waits_for_is_due_alone(tx):
    await outbox.add_row(tx, post(1, "7"))
    await outbox.add_row(tx, post(2, "8"))
    await outbox.add_row(tx, post(3, "8", kind="thread"))
    await outbox.add_row(tx, post(4, "9"))

    assert await outbox.due_row_ids(tx, NOW, 9, 8) == [2, 3]
    assert await outbox.due_row_ids(tx, NOW, 9, 8, 9) == [2, 4, 3]


async def test_the_next_is_what_waits_or_the_end_of_a_lease(tx):
    nothing = (await due_next(tx)).letter
    await outbox.add_row(tx, post(1))
    waiting = (await due_next(tx)).letter
    await claim(tx)

    assert (nothing, waiting) == (None, NOW)
    assert (await due_next(tx)).letter == NOW + 2 * A_MINUTE


async def test_a_row_keeps_when_where_and_by_what_it_was_first_tried(tx):
    await outbox.add_row(tx, post())
    await claim(tx)
    await outbox.begin(tx, await outbox.row(tx, 1), place_id=8, trace="button:a", now=NOW)
    await outbox.release_row(tx, 1, claim=5, due_at=NOW, problem="forbidden")
    await claim(tx, 6, NOW + A_MINUTE)
    for place in (9, 8):
        begun = await outbox.row(tx, 1)
        await outbox.begin(tx, begun, place_id=place, trace="button:b", now=NOW + A_MINUTE)

    row = await outbox.row(tx, 1)
    assert (row.tried_at, row.attempts, row.claim, row.problem) == (NOW, 2, 6, "forbidden")
    assert (row.places, row.trace) == ((8, 9), "button:a")


async def test_a_claim_stands_for_its_holder_until_its_lease_ends(tx):
    await outbox.add_row(tx, post())
    await claim(tx)
    row = await outbox.row(tx, 1)

    async def begin(claim, after):
        return await outbox.begin(
            tx, replace(row, claim=claim), place_id=8, trace="button:a", now=NOW + after
        )

    assert not await begin(6, A_MINUTE)
    assert not await begin(5, 2 * A_MINUTE)
    assert (await outbox.row(tx, 1)).tried_at is None
    assert await begin(5, A_MINUTE)


async def test_only_the_holder_gives_a_claim_back_or_closes_it(tx):
    await outbox.add_row(tx, post())
    await claim(tx)

    assert not await outbox.release_row(tx, 1, claim=6, due_at=NOW, problem="forbidden")
    assert not await outbox.close_row(tx, 1, claim=6, state="dropped", problem="forbidden")
    assert await outbox.release_row(tx, 1, claim=5, due_at=NOW, problem="forbidden")
    assert not await outbox.release_row(tx, 1, claim=5, due_at=NOW, problem="forbidden")
    assert await outbox.close_row(tx, 1, claim=5, state="dropped", problem="too_late")
    assert not await outbox.close_row(tx, 1, claim=5, state="uncertain", problem="lost_sight")
    assert (await outbox.row(tx, 1)).state == "dropped"


async def test_a_message_is_recorded_once(tx):
    await outbox.add_row(tx, post())

    assert await outbox.set_sent(tx, 1, 77)
    assert not await outbox.set_sent(tx, 1, 78)
    assert (await outbox.row(tx, 1)).message_id == 77


async def test_what_is_sent_again_gets_another_id_and_forgets_its_attempts(tx):
    await outbox.add_row(tx, post())
    await claim(tx)
    await outbox.close_row(tx, 1, claim=5, state="uncertain", problem="no_history")
    await outbox.send_again(tx, 1, new_row_id=2, due_at=NOW, until_at=NOW + A_DAY)

    row = await outbox.row(tx, 2)
    assert (row.state, row.tried_at, row.problem, row.claim) == ("waiting", None, None, 0)
    assert await outbox.row(tx, 1) is None


async def test_what_was_sent_is_neither_hurried_nor_sent_again(tx):
    await outbox.add_row(tx, post())
    await outbox.set_sent(tx, 1, 77)
    await outbox.hurry(tx, 1, NOW + A_DAY, NOW + A_DAY)
    await outbox.send_again(tx, 1, new_row_id=2, due_at=NOW, until_at=NOW)

    row = await outbox.row(tx, 1)
    assert (row.state, row.due_at) == ("sent", NOW)


async def test_a_row_is_untried_again_where_nothing_was_sent(tx):
    await outbox.add_row(tx, post())
    await claim(tx)
    await outbox.begin(tx, await outbox.row(tx, 1), place_id=8, trace="button:a", now=NOW)
    await outbox.set_untried(tx, 1)

    row = await outbox.row(tx, 1)
    assert (row.tried_at, row.places, row.trace) == (None, (), None)


class Heard(Queries):
    """A transaction that remembers what it was asked."""

    def __init__(self, tx):
        self.tx, self.asked = tx, []

    async def fetch(self, sql, *args):
        self.asked.append((sql, args))
        return await self.tx.fetch(sql, *args)


async def test_a_deleted_group_takes_its_own_reminders_along_each_looked_at_once(db, tx):
    for week_id, group_id in ((12, 5), (1, 6), (123, 6)):
        await week_rows.put_week(tx, Week(week_id, group_id, f"week {week_id}", NOW, "posted"))
    for row_id, reference in enumerate(["12:7", "12:99", "1:7", "1:12", "123:7"], start=1):
        await outbox.add_row(tx, post(row_id, reference, kind="reminder"))
    heard = Heard(tx)

    await outbox.delete_about_group(heard, 5)

    assert await tx.fetch_column("SELECT row_id FROM outbox ORDER BY row_id") == [3, 4, 5]
    if not db.is_shared:  # else all others wait for as long as it takes with thousands of them
        plans = [await tx.fetch(f"EXPLAIN QUERY PLAN {sql}", *args) for sql, args in heard.asked]
        assert not [p["detail"] for plan in plans for p in plan if "CORRELATED" in p["detail"]]
