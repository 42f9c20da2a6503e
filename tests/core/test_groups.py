from datetime import UTC, datetime

import pytest

from bot.core.groups import Group, as_wished
from bot.core.weekly import Schedule

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
MONDAY_AT_NINE = Schedule(0, 9, 0, "UTC")
FRIDAY_AT_TEN = Schedule(4, 10, 0, "Asia/Seoul")


def group(schedule, role_id):
    return Group(1, 2, 3, "active", schedule, role_id, NOW, NOW)


SEEN = group(MONDAY_AT_NINE, 7)


@pytest.mark.parametrize(
    ("wished", "role_id", "schedule", "role"),
    [
        (MONDAY_AT_NINE, 7, FRIDAY_AT_TEN, 8),
        (MONDAY_AT_NINE, None, FRIDAY_AT_TEN, None),
        (MONDAY_AT_NINE, 9, FRIDAY_AT_TEN, 9),
        (Schedule(2, 9, 0, "UTC"), 7, Schedule(2, 10, 0, "Asia/Seoul"), 8),
        (Schedule(0, 9, 30, "UTC"), 7, Schedule(4, 9, 30, "Asia/Seoul"), 8),
        (Schedule(0, 9, 0, "Europe/Berlin"), 7, Schedule(4, 10, 0, "Europe/Berlin"), 8),
    ],
)
def test_a_change_leaves_alone_what_it_does_not_name(wished, role_id, schedule, role):
    assert as_wished(group(FRIDAY_AT_TEN, 8), SEEN, wished, role_id) == (schedule, role)


def test_a_new_group_is_as_it_was_wished():
    assert as_wished(None, None, MONDAY_AT_NINE, None) == (MONDAY_AT_NINE, None)


def test_a_group_that_was_just_made_keeps_its_role_unless_another_is_named():
    made = group(FRIDAY_AT_TEN, 8)

    assert as_wished(made, None, MONDAY_AT_NINE, None) == (MONDAY_AT_NINE, 8)
    assert as_wished(made, None, MONDAY_AT_NINE, 9) == (MONDAY_AT_NINE, 9)
