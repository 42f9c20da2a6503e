"""Killed at random moments, the bot still sends everything once."""

import random

import pytest

from tests.kill.moments import random_moments

pytestmark = pytest.mark.kill


async def test_killed_at_random_moments_it_sends_everything_once(lives, database_url, base):
    chance = random.Random(random.random())  # noqa: S311 - no secret

    for _ in range(10 if database_url.startswith("postgres") else 30):
        await random_moments(lives, database_url, base, chance)
