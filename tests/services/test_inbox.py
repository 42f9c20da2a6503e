"""The word a week that something waits for a server's moderators."""

from datetime import timedelta

import pytest

from bot.core.inbox import Word

HERE, THERE, CHANNEL, READER = 100, 200, 7, 5


@pytest.fixture
async def waiting(services, clock):
    """Two servers in which something waits, whose week is over."""
    for guild_id in (HERE, THERE):
        await services.suggestions.suggest(guild_id, READER, "https://example.org/new")
        await services.inboxes.set_word(guild_id, CHANNEL + guild_id)
    clock.advance(days=7)
    return services.inboxes


async def told_in(services):
    rows = await services.db.fetch("SELECT channel_id FROM outbox WHERE kind = 'inbox'")
    return sorted(row["channel_id"] - CHANNEL for row in rows)


async def test_each_server_is_told_once_a_week_whoever_looks(services, clock, waiting):
    looks = [await waiting.plan_words() for _ in range(2)]
    first = await told_in(services)
    clock.advance(days=7)
    await waiting.plan_words()

    assert looks == [True, False]
    assert first == [HERE, THERE]
    assert await told_in(services) == [HERE, HERE, THERE, THERE]


async def test_after_weeks_away_it_is_told_once_and_keeps_its_hour(services, clock, waiting):
    before = (await waiting.word_of(HERE)).next_at
    clock.advance(days=30, hours=5)
    await waiting.plan_words()
    await waiting.plan_words()

    after = (await waiting.word_of(HERE)).next_at
    assert await told_in(services) == [HERE, THERE]
    assert (after - before) % timedelta(days=1) == timedelta(0)
    assert timedelta(days=6) < after - clock() <= timedelta(days=7)


async def test_where_nothing_waits_nothing_is_told(services, clock, waiting):
    (suggested,) = (await services.suggestions.suggested(HERE, READER)).suggestions
    await services.suggestions.drop(HERE, READER, suggested.suggestion_id)
    await waiting.plan_words()

    assert await told_in(services) == [THERE]


async def test_a_server_that_fails_is_put_off_for_an_hour_and_keeps_back_no_other(
    services, clock, waiting, caplog
):
    async with services.db.transaction() as tx:
        await tx.fetch("UPDATE suggestions SET fields = '{' WHERE guild_id = ?", HERE)
    looks = [await waiting.plan_words() for _ in range(2)]

    assert looks == [True, False]
    assert await told_in(services) == [THERE]
    assert caplog.messages == [f"moderators of server {HERE} can't be told what waits"]
    assert await waiting.word_of(HERE) == Word(
        CHANNEL + HERE, clock().replace(microsecond=0) + timedelta(hours=1)
    )
