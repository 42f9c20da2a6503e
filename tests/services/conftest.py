"""What tests of services share."""

import shutil

import pytest
import pytest_asyncio

from bot.store.database import open_database
from tests.postbox import Desk, Postbox, new_group


@pytest.fixture
def postbox(services):
    return Postbox(services)


@pytest.fixture
def until(services, postbox, clock):
    """Return what lets time pass, as the weekly task sees it."""

    async def move(**time):
        clock.advance(**time)
        await services.weeks.open_due()
        await postbox.deliver()

    return move


@pytest.fixture
def delivery(services):
    return Desk(services)


@pytest.fixture
def guilds(services):
    return services.guilds


@pytest.fixture
async def group(services):
    """A group that reads on Mondays at ten. It is Monday, nine o'clock."""
    return await new_group(services)


@pytest.fixture
def group_id(group):
    return group.group_id


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgres"])
async def two_databases(request, tmp_path_factory, new_tables):
    """A URL, and the database as each of two processes opens it; one file they take in turns."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("two") / "ledger.db"
        shutil.copy(new_tables, path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgres_url")
        request.getfixturevalue("postgres_tables").empty(url)
    one = await open_database(url)
    other = await open_database(url) if one.is_shared else one
    yield url, one, other
    for db in {one, other}:
        await db.close()
