"""The process from which all killing tests fork their bots, and the story they tell."""

import pytest

from tests.kill.lives import Lives


@pytest.fixture(scope="session")
def lives():
    made = Lives()
    yield made
    made.close()


@pytest.fixture
async def story(request, lives, database_url, base):
    """The story that a test is about, from its beginning."""
    async with request.param.told(lives, database_url, base) as begun:
        yield begun


@pytest.fixture
def room(story):
    return story.room
