from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.outbox import OutboxRow
from bot.store import outbox
from bot.store.outbox import due_next

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)


def post(row_id=1, reference="11", due_at=NOW, guild_id=9, kind="post", rank=0, **about):
    until = due_at + A_DAY
    return OutboxRow(row_id, kind, reference, due_at, until, guild_id, rank=rank, **about)


@pytest.fixture
async def tx(db):
    async with db.transaction() as opened:
        yield opened


async def claim(tx, claim=5, at=NOW):
    row = await outbox.row(tx, 1)
    return await outbox.claim_row(tx, row, claim, at + 2 * A_MINUTE)


async def test_a_thing_has_one_row_for_good(tx):
    await outbox.add(tx, post(1))
    await outbox.add(tx, post(2))

    assert (await outbox.row_about(tx, "post", "11")).row_id == 1
    assert await outbox.row(tx, 2) is None
    assert await outbox.row_about(tx, "thread", "11") is None


async def test_due_are_rows_that_wait_and_leases_that_ran_out(tx):
    await outbox.add(tx, post(1))
    await outbox.add(tx, post(2, "12", NOW - A_MINUTE))
    await outbox.add(tx, post(3, "13", NOW + A_MINUTE))
    at_first = await outbox.due_row_ids(tx, NOW, 9)
    await claim(tx)

    assert at_first == [2, 1]
    assert await outbox.due_row_ids(tx, NOW, 9) == [2]
    assert await outbox.due_row_ids(tx, NOW + 2 * A_MINUTE, 9) == [2, 1, 3]
    assert await outbox.due_row_ids(tx, NOW + 2 * A_MINUTE, 1) == [2]


async def test_of_a_minute_servers_take_turns(tx):
    for row_id, guild_id in enumerate([7, 7, 7, 7, 8, 9, 9, None], start=1):
        at = NOW + timedelta(seconds=row_id)
        await outbox.add(tx, post(row_id, str(row_id), at, guild_id))
    await outbox.add(tx, post(9, "9", NOW + A_MINUTE, 6))
    await outbox.add(tx, post(10, "10", NOW - A_MINUTE, 7))

    order = await outbox.due_row_ids(tx, NOW + 2 * A_MINUTE, 99)

    assert order == [10, 1, 5, 6, 8, 2, 7, 3, 4, 9]


async def test_each_rank_lets_those_before_it_go_first_for_ten_minutes(tx):
    late = NOW + 9 * A_MINUTE
    await outbox.add(
        tx,
        post(2, "2", NOW, kind="opener", rank=2),
        post(1, "1", NOW, kind="thread", rank=1),
        post(3, "3", late),
        post(4, "4", late + 2 * A_MINUTE),
        post(5, "5", late + 12 * A_MINUTE),
    )

    assert await outbox.due_row_ids(tx, late + A_DAY, 9) == [3, 1, 4, 2, 5]


async def test_what_somebody_waits_for_is_due_alone(tx):
    await outbox.add(tx, post(1, "7"))
    await outbox.add(tx, post(2, "8"))
    await outbox.add(tx, post(3, "8", kind="thread", rank=1))
    await outbox.add(tx, post(4, "9"))

    assert await outbox.due_row_ids(tx, NOW, 9, 8) == [2, 3]
    assert await outbox.due_row_ids(tx, NOW, 9, 8, 9) == [2, 4, 3]


async def test_the_next_is_what_waits_or_the_end_of_a_lease(tx):
    nothing = (await due_next(tx)).letter
    await outbox.add(tx, post(1))
    waiting = (await due_next(tx)).letter
    await claim(tx)

    assert (nothing, waiting) == (None, NOW)
    assert (await due_next(tx)).letter == NOW + 2 * A_MINUTE


async def test_a_row_keeps_when_where_by_what_and_in_which_language_it_was_first_tried(tx):
    await outbox.add(tx, post())
    await claim(tx)
    await outbox.begin(
        tx, await outbox.row(tx, 1), place_id=8, trace="button:a", language="ko", now=NOW
    )
    await outbox.release_row(tx, await outbox.row(tx, 1), NOW, "forbidden", is_untried=False)
    await claim(tx, 6, NOW + A_MINUTE)
    for place in (9, 8):
        begun = await outbox.row(tx, 1)
        await outbox.begin(
            tx, begun, place_id=place, trace="button:b", language="en", now=NOW + A_MINUTE
        )

    row = await outbox.row(tx, 1)
    assert (row.tried_at, row.attempts, row.claim, row.problem) == (NOW, 2, 6, "forbidden")
    assert (row.places, row.trace) == ((9, 8), "button:a"), "the last is where it was tried last"
    assert row.language == "ko"


async def test_what_is_sent_anew_speaks_what_its_readers_speak_by_then(tx):
    await outbox.add(tx, post())
    await claim(tx)
    first = await outbox.row(tx, 1)
    await outbox.begin(tx, first, place_id=8, trace="button:a", language="ko", now=NOW)
    await outbox.close_row(tx, await outbox.row(tx, 1), "dropped", "forbidden")
    await outbox.renew(tx, 1, 2, NOW, NOW + A_MINUTE, is_untried=True)

    assert (await outbox.row(tx, 2)).language == ""


async def test_it_is_sent_unseen_by_one_attempt_alone(tx):
    await outbox.add(tx, post())
    await claim(tx)
    await outbox.close_row(tx, await outbox.row(tx, 1), "uncertain", "no_history")
    await outbox.renew(tx, 1, 2, NOW, NOW + A_MINUTE, is_untried=False, problem="no_history")
    await outbox.claim_row(tx, await outbox.row(tx, 2), 7, NOW + A_MINUTE)
    claimed = await outbox.row(tx, 2)

    await outbox.begin(tx, claimed, place_id=8, trace="button:a", language="ko", now=NOW)

    assert (claimed.problem, (await outbox.row(tx, 2)).problem) == ("no_history", None)


async def test_a_claim_stands_for_its_holder_until_its_lease_ends(tx):
    await outbox.add(tx, post())
    await claim(tx)
    row = await outbox.row(tx, 1)

    async def begin(claim, after):
        return await outbox.begin(
            tx,
            replace(row, claim=claim),
            place_id=8,
            trace="button:a",
            language="ko",
            now=NOW + after,
        )

    assert not await begin(6, A_MINUTE)
    assert not await begin(5, 2 * A_MINUTE)
    assert (await outbox.row(tx, 1)).tried_at is None
    assert await begin(5, A_MINUTE)


async def test_only_the_holder_gives_a_claim_back_or_closes_it(tx):
    await outbox.add(tx, post())
    await claim(tx)

    mine = await outbox.row(tx, 1)
    another_s = replace(mine, claim=6)

    async def release(row):
        return await outbox.release_row(tx, row, NOW, "forbidden", is_untried=True)

    assert not await release(another_s)
    assert not await outbox.close_row(tx, another_s, "dropped", "forbidden")
    assert await release(mine)
    assert not await release(mine)
    assert await outbox.close_row(tx, mine, "dropped", "too_late")
    assert not await outbox.close_row(tx, mine, "uncertain", "lost_sight")
    assert (await outbox.row(tx, 1)).state == "dropped"


async def test_a_message_is_recorded_once(tx):
    await outbox.add(tx, post())

    assert await outbox.set_sent(tx, 1, 77)
    assert not await outbox.set_sent(tx, 1, 78)
    assert (await outbox.row(tx, 1)).message_id == 77


async def test_what_is_sent_again_gets_another_id(tx):
    await outbox.add(tx, post())
    await claim(tx)
    await outbox.close_row(tx, await outbox.row(tx, 1), "uncertain", "no_history")
    await outbox.renew(tx, 1, 2, NOW, NOW + A_DAY, is_untried=False)

    row = await outbox.row(tx, 2)
    assert (row.state, row.message_id, row.problem, row.claim) == ("waiting", None, None, 0)
    assert await outbox.row(tx, 1) is None


async def test_what_was_sent_is_not_hurried_and_what_is_on_its_way_not_renewed(tx):
    await outbox.add(tx, post(), post(2, "12"))
    await outbox.set_sent(tx, 1, 77)
    await outbox.hurry(tx, 1, NOW + A_DAY, NOW + A_DAY)
    await outbox.renew(tx, 2, 3, NOW, NOW, is_untried=True)

    row = await outbox.row(tx, 1)
    assert (row.state, row.due_at) == ("sent", NOW)
    assert await outbox.row(tx, 3) is None


async def test_a_group_wakes_what_waits_for_its_channel_or_because_of_one_problem(tx):
    later = NOW + A_DAY
    rows = [
        post(1, "1", later, group_id=5), post(2, "2", later, group_id=6),
        post(3, "3", later, group_id=5, channel_id=2), post(4, "4", later, group_id=5, reader_id=7),
    ]  # fmt: skip
    await outbox.add(tx, *rows)
    await tx.fetch("UPDATE outbox SET problem = 'no_standing_post' WHERE row_id IN (2, 3)")

    await outbox.wake(tx, 5, NOW)
    to_its_channel = await outbox.due_row_ids(tx, NOW, 9)
    await outbox.wake(tx, 5, NOW, "no_standing_post")

    assert to_its_channel == [1]
    assert await outbox.due_row_ids(tx, NOW, 9) == [1, 3]


async def test_a_row_is_untried_again_where_nothing_was_sent(tx):
    await outbox.add(tx, post())
    await claim(tx)
    await outbox.begin(
        tx, await outbox.row(tx, 1), place_id=8, trace="button:a", language="ko", now=NOW
    )
    await outbox.release_row(tx, await outbox.row(tx, 1), NOW, "forbidden", is_untried=True)

    row = await outbox.row(tx, 1)
    assert (row.tried_at, row.places, row.trace) == (None, (), None)


async def test_a_deleted_group_takes_all_about_it_along(tx):
    await outbox.add(
        tx,
        post(1, "1", group_id=5), post(2, "2", kind="reminder", group_id=5, reader_id=7),
        post(3, "3", group_id=6), post(4, "4", kind="called_off"),
    )  # fmt: skip

    await outbox.delete_about_group(tx, 5)

    assert await tx.fetch_column("SELECT row_id FROM outbox ORDER BY row_id") == [3, 4]


async def test_waiting_letters_are_counted_by_kind_and_those_put_off_apart(tx):
    await outbox.add(
        tx,
        post(1, "1", NOW, kind="opener"),
        post(2, "2", NOW - A_MINUTE),
        post(3, "3", NOW),
        post(4, "4", NOW + A_MINUTE),
        post(5, "5", NOW, kind="thread"),
    )
    await claim(tx)
    row = await outbox.row(tx, 1)
    await outbox.release_row(tx, row, NOW + A_MINUTE, "discord_trouble", is_untried=True)

    assert await outbox.waiting_letters(tx, NOW) == {
        "post": outbox.WaitingLetters(2, NOW - A_MINUTE, 0),
        "thread": outbox.WaitingLetters(1, NOW, 0),
        "opener": outbox.WaitingLetters(0, None, 1),
    }
