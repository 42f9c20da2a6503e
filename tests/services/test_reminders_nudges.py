"""Whose look fails is in nobody's way."""

from datetime import timedelta

A_WEEK = timedelta(days=7)
BROKEN, READER = 11, 12


async def test_a_reader_whose_look_fails_is_put_off_and_holds_up_no_other(services, clock, caplog):
    for who in (BROKEN, READER):
        await services.me.set_nudged(who, nudged=True)
    async with services.db.transaction() as tx:
        await tx.fetch(
            "INSERT INTO progress (reader_id, resource_key, state, changed_at)"
            " VALUES (?, 'demo:x', 'done', ?)",
            BROKEN,
            10**15,  # no instant at all
        )
    clock.now += A_WEEK

    looked_at = [await services.reminders.open_nudges() for _ in range(2)]

    rows = await services.db.fetch("SELECT reader_id FROM outbox WHERE kind = 'reminder'")
    assert looked_at == [2, 0]
    assert [row["reader_id"] for row in rows] == [READER]
    assert caplog.text.count("a reader can't be looked at") == 1
    assert str(BROKEN) not in caplog.messages[0]
    clock.advance(hours=1)
    assert await services.reminders.open_nudges() == 1
