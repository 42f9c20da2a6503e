"""Whose look fails is in nobody's way; other settings put no look off."""

import asyncio
from datetime import timedelta

from bot.core.me import ReaderSettings
from bot.services.opening import services_over
from bot.store import readers

A_WEEK = timedelta(days=7)
TO_THE_HOUR = A_WEEK + timedelta(hours=10)
"""From Monday at nine to seven in the evening after a week."""

BROKEN, READER = 11, 12


async def test_a_reader_whose_look_fails_is_put_off_and_holds_up_no_other(services, clock, caplog):
    for who in (BROKEN, READER):
        await services.me.switch(who, "nudge")
    async with services.db.transaction() as tx:
        await tx.fetch(
            "INSERT INTO progress (reader_id, resource_key, state, changed_at)"
            " VALUES (?, 'demo:x', 'done', ?)",
            BROKEN,
            10**15,  # no instant at all
        )
    clock.now += TO_THE_HOUR

    looked_at = [await services.reminders.look_at_due() for _ in range(2)]

    rows = await services.db.fetch("SELECT reader_id FROM outbox WHERE kind = 'reminder'")
    assert looked_at == [2, 0]
    assert [row["reader_id"] for row in rows] == [READER]
    assert caplog.text.count("a reader can't be looked at") == 1
    assert str(BROKEN) not in caplog.messages[0]
    clock.advance(hours=1)
    assert await services.reminders.look_at_due() == 1


async def test_another_setting_puts_no_reminder_off(services, clock):
    await services.me.switch(READER, "nudge")
    due = clock() + TO_THE_HOUR
    clock.now += A_WEEK - timedelta(hours=1)
    await services.me.set_zone(READER, "Asia/Seoul", "en")
    await services.me.switch(READER, "named")

    _, at = await services.reminders.hours(READER)

    assert at == due - timedelta(hours=9)
    assert await services.me.settings(READER) == ReaderSettings("Asia/Seoul", True, True, 19)


async def test_who_wants_none_any_more_when_it_leaves_gets_none(services, clock):
    await services.me.switch(READER, "nudge")
    clock.now += TO_THE_HOUR
    await services.reminders.look_at_due()

    wanted = await services.reminders.nudge(READER)
    await services.me.switch(READER, "unnudge")

    assert wanted is not None
    assert await services.reminders.nudge(READER) is None


async def test_two_processes_that_look_at_once_remind_a_reader_once(services, base, clock):
    await services.me.switch(READER, "nudge")
    clock.now += TO_THE_HOUR
    other = await services_over(services.db, base, lambda: clock() + timedelta(seconds=30))

    async with services.db.transaction() as tx:
        await readers.take_turn(tx, READER)  # so that both have looked before one goes on
        each = [services.reminders.look_at_due(), other.reminders.look_at_due()]
        both = asyncio.gather(*each)
        await asyncio.wait([both], timeout=0.2)
    await both

    rows = await services.db.fetch("SELECT reader_id FROM outbox WHERE kind = 'reminder'")
    assert len(rows) == 1
