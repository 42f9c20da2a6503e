"""Kills at random moments, of any story."""

import random

from bot.core.curriculum import Curriculum
from tests.kill.forum_week import ForumWeek
from tests.kill.lives import Lives
from tests.kill.reminder import Reminder
from tests.kill.vote import Vote
from tests.kill.week import Week

STORIES = (Week, ForumWeek, Vote, Reminder)


async def random_moments(
    lives: Lives, database_url: str, base: Curriculum, chance: random.Random
) -> list[str]:
    """Tell a story, and kill bots at some moments of it; return how far they had come."""
    async with chance.choice(STORIES).told(lives, database_url, base) as story:
        await story.come_through(chance)
    return story.cut_short


def all_states() -> list[str]:
    """Return all that a killed bot may leave behind."""
    return [state for story in STORIES for state in story.states()]
