"""The weekly task goes on whatever is done to the clock while the bot runs."""

from datetime import timedelta

import pytest

A_DAY = 24 * 3600


@pytest.fixture
def set_clock(env):
    """Return what sets the machine's clock, while its timers go on as they did."""

    def move(time):
        env.backend.clock._epoch += time  # noqa: SLF001 - no public way to set it

    return move


async def posted(env):
    rows = await env.bot.services.db.fetch("SELECT week FROM slots WHERE state = 'posted'")
    return sorted(row["week"] for row in rows)


async def test_a_clock_that_was_ahead_and_is_put_right_costs_no_week(
    env, moderator, channel, set_clock, caplog
):
    await moderator.slash(channel, "manage group", zone="UTC")
    await env.advance_time(5 * A_DAY)
    first = await posted(env)
    set_clock(timedelta(days=400))
    await env.advance_time(2 * A_DAY)
    ahead = await posted(env)
    set_clock(-timedelta(days=400))

    await env.advance_time(15 * A_DAY)

    assert "the clock was put back by" in caplog.text
    assert first == ahead == ["2026-W02"]
    assert await posted(env) == ["2026-W02", "2026-W03", "2026-W04"]
