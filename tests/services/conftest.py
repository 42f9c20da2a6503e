"""What tests of services share."""

import pytest

from tests.postbox import Desk, Postbox, new_group


@pytest.fixture
def postbox(services):
    return Postbox(services)


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
