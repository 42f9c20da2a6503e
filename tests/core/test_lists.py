from datetime import timedelta

import pytest

from bot.core.lists import Choice, Used, Where, is_in_sight, where_of
from tests.curricula import NOW

HERE, THERE, CHANNEL = 1, 2, 10
NOTHING = Choice({}, {})


def used(current=None, goal=None, days_ago=0):
    return Used(current, goal, NOW - timedelta(days=days_ago))


@pytest.mark.parametrize(
    ("list_id", "guild_id", "seen"),
    [
        ("demo", HERE, True),
        ("demo", None, True),
        ("g1:ours", HERE, True),
        ("g1:ours", None, True),
        ("g1:ours", THERE, False),
        ("g1:ours", 11, False),
    ],
)
def test_a_servers_list_is_seen_there_and_in_direct_messages(list_id, guild_id, seen):
    assert is_in_sight(list_id, guild_id) == seen


@pytest.mark.parametrize(
    ("place", "where"),
    [(None, Where()), (HERE, Where(HERE)), (Where(HERE, CHANNEL), Where(HERE, CHANNEL))],
)
def test_a_place_is_a_server_direct_messages_or_all_that_is_known_of_it(place, where):
    assert where_of(place) == where


def test_nobody_chose_a_list():
    assert NOTHING.list_at(Where(HERE, CHANNEL)) is None
    assert NOTHING.list_at(Where()) is None


def test_a_list_that_is_named_counts_before_all():
    choice = Choice({"used": used("demo:a")}, {CHANNEL: "followed"}, "default")

    named = Where(HERE, CHANNEL, "named", goes_on=True)

    assert choice.list_at(named, "demo:a") == "named"


def test_what_is_asked_about_is_of_the_list_where_it_is_current_or_the_goal():
    lists = {"a": used("a:1"), "b": used("b:1", "b:2", days_ago=1)}
    choice = Choice(lists, {CHANNEL: "followed"}, "default")

    assert choice.list_at(Where(HERE, CHANNEL), "b:1") == "b"
    assert choice.list_at(Where(HERE, CHANNEL), "b:2") == "b"
    assert choice.list_at(Where(HERE, CHANNEL), "b:3") == "followed"


def test_of_two_lists_with_what_is_asked_about_the_one_used_last_counts():
    choice = Choice({"a": used("a:1"), "b": used(None, "a:1", days_ago=1)}, {})

    assert choice.list_at(Where(HERE), "a:1") == "a"


def test_a_list_without_a_goal_is_not_about_what_nobody_asked():
    choice = Choice({"a": used()}, {CHANNEL: "followed"})

    assert choice.list_at(Where(HERE, CHANNEL)) == "followed"


def test_the_list_used_last_counts_in_direct_messages_and_for_who_goes_on():
    choice = Choice({"a": used(), "b": used(days_ago=1)}, {CHANNEL: "followed"}, "default")

    assert choice.list_at(Where()) == "a"
    assert choice.list_at(Where(HERE, CHANNEL, goes_on=True)) == "a"


def test_whoever_goes_on_but_used_no_list_is_where_the_channel_is():
    choice = Choice({}, {CHANNEL: "followed"})

    assert choice.list_at(Where(HERE, CHANNEL, goes_on=True)) == "followed"


def test_another_servers_list_never_counts_for_having_been_used():
    choice = Choice({"g2:theirs": used("g2:x"), "a": used(days_ago=1)}, {})

    assert choice.list_at(Where(HERE, goes_on=True)) == "a"
    assert choice.list_at(Where(HERE), "g2:x") is None
    assert choice.list_at(Where()) == "g2:theirs"


def test_a_groups_channel_decides_before_the_servers_default():
    choice = Choice({}, {CHANNEL: "followed"}, "default")

    assert choice.list_at(Where(HERE, CHANNEL)) == "followed"
    assert choice.list_at(Where(HERE, CHANNEL + 1)) == "default"


def test_without_a_default_the_list_of_all_groups_counts_if_it_is_one():
    one = Choice({}, {CHANNEL: "a", CHANNEL + 1: "a"})
    several = Choice({}, {CHANNEL: "a", CHANNEL + 1: "b"})

    assert one.list_at(Where(HERE, CHANNEL + 2)) == "a"
    assert several.list_at(Where(HERE, CHANNEL + 2)) is None


def test_the_list_used_last_is_the_same_each_time_for_lists_used_at_once():
    assert Choice({"a": used(), "b": used()}, {}).used_last == "b"
    assert Choice({"b": used(), "a": used()}, {}).used_last == "b"
    assert NOTHING.used_last is None
