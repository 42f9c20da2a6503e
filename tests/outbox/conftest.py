import pytest

from bot.outbox.tickets import Tickets


@pytest.fixture
def tickets(services, clock):
    return Tickets(services.db, clock, services.send_rate)
