"""What tests of the outbox share."""

import pytest

from bot.outbox.tickets import Tickets
from tests.postbox import Desk, Postbox


@pytest.fixture
def postbox(services):
    return Postbox(services)


@pytest.fixture
def delivery(services):
    return Desk(services)


@pytest.fixture
def tickets(services, clock):
    return Tickets(services.db, clock, services.send_rate)
