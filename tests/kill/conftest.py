"""The nursery that all tests that kill share."""

import pytest

from tests.kill.lives import Lives


@pytest.fixture(scope="session")
def lives():
    made = Lives()
    yield made
    made.close()
