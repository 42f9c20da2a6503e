"""The process from which all killing tests fork their bots."""

import pytest

from tests.kill.lives import Lives


@pytest.fixture(scope="session")
def lives():
    made = Lives()
    yield made
    made.close()
