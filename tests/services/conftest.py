"""What tests of services share."""

import pytest

from tests.postbox import Postbox


@pytest.fixture
def postbox(services):
    return Postbox(services)
