from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.groups import Group, Post, reminder_obstacle, reminder_window
from bot.core.progress import Mark
from bot.core.weekly import Schedule

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NEXT = MONDAY + timedelta(days=7)
GROUP = Group(1, 2, 3, "active", Schedule(0, 9, 0, "UTC"), None, MONDAY, NEXT)
POST = Post(10, 1, "2026-W02", MONDAY, "posted", "demo:bert", "BERT")
LATER_POST = replace(POST, slot_id=11, week="2026-W03")


def why_not(**changed):
    usual = {
        "group": GROUP,
        "wish": "wanted",
        "post": POST,
        "last": POST,
        "mark": None,
        "next_at": NEXT,
        "now": NEXT - timedelta(days=2),
    }
    return reminder_obstacle(**{**usual, **changed})


def test_a_reminder_is_due_two_days_before_the_next_slot_and_too_late_a_day_later():
    assert reminder_window(NEXT) == (NEXT - timedelta(days=2), NEXT - timedelta(days=1))


def test_an_unread_paper_is_reminded_of():
    assert why_not() is None
    assert why_not(mark=Mark("later", MONDAY, until=NEXT)) is None


@pytest.mark.parametrize("state", ["done", "known", "skipped"])
def test_what_a_reader_settled_is_not_reminded_of(state):
    assert why_not(mark=Mark(state, MONDAY)) == "read_already"


@pytest.mark.parametrize("wish", [None, "closed"])
def test_nobody_is_reminded_who_did_not_ask_or_takes_no_messages(wish):
    assert why_not(wish=wish) == "not_asked"


@pytest.mark.parametrize("state", ["paused", "stopped"])
def test_a_silent_group_reminds_nobody(state):
    assert why_not(group=replace(GROUP, state=state)) == "group_silent"


def test_only_the_last_paper_is_reminded_of():
    assert why_not(last=LATER_POST) == "superseded"
    assert why_not(last=None) == "superseded"


def test_a_reminder_that_comes_too_late_is_dropped():
    assert why_not(now=NEXT - timedelta(days=1, seconds=1)) is None
    assert why_not(now=NEXT - timedelta(days=1)) == "too_late"
