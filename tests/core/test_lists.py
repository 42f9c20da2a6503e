from datetime import timedelta

import pytest

from bot.core.lists import Choice, Used, Where, where_of
from tests.curricula import NOW

HERE, CHANNEL = 1, 10
ALL = {"a", "b", "used", "followed", "default", "named"}
NOTHING = Choice({}, {})


def used(current=None, goal=None, days_ago=0):
    return Used(current, goal, NOW - timedelta(days=days_ago))


@pytest.mark.parametrize(
    ("place", "where"),
    [(None, Where()), (HERE, Where(HERE)), (Where(HERE, CHANNEL), Where(HERE, CHANNEL))],
)
def test_a_place_is_a_server_direct_messages_or_all_that_is_known_of_it(place, where):
    assert where_of(place) == where


def test_nobody_chose_a_list():
    assert NOTHING.list_at(Where(HERE, CHANNEL), ALL) is None
    assert NOTHING.list_at(Where(), ALL) is None


def test_a_list_that_is_named_counts_before_all():
    choice = Choice({"used": used("demo:a")}, {CHANNEL: "followed"}, "default")

    named = Where(HERE, CHANNEL, "named", goes_on=True)

    assert choice.list_at(named, ALL, "demo:a") == "named"


@pytest.mark.parametrize("where", [Where(HERE, CHANNEL, goes_on=True), Where()])
def test_what_is_clicked_is_of_the_list_where_it_is_current_or_the_goal(where):
    lists = {"a": used("a:1"), "b": used("b:1", "b:2", days_ago=1)}
    choice = Choice(lists, {CHANNEL: "followed"}, "default")

    assert choice.list_at(where, ALL, "b:1") == "b"
    assert choice.list_at(where, ALL, "b:2") == "b"
    assert choice.list_at(where, ALL, "b:3") == "a"


def test_what_is_typed_in_a_channel_is_of_the_list_that_is_read_there():
    choice = Choice({"b": used("b:1")}, {CHANNEL: "followed"})

    assert choice.list_at(Where(HERE, CHANNEL), ALL, "b:1") == "followed"


def test_of_two_lists_with_what_is_asked_about_the_one_used_last_counts():
    choice = Choice({"a": used("a:1"), "b": used(None, "a:1", days_ago=1)}, {})

    assert choice.list_at(Where(HERE, goes_on=True), ALL, "a:1") == "a"


def test_a_list_without_a_goal_is_not_about_what_nobody_asked():
    choice = Choice({"a": used()}, {CHANNEL: "followed"})

    assert choice.list_at(Where(HERE, CHANNEL), ALL) == "followed"


def test_the_list_used_last_counts_in_direct_messages_and_for_who_goes_on():
    choice = Choice({"a": used(), "b": used(days_ago=1)}, {CHANNEL: "followed"}, "default")

    assert choice.list_at(Where(), ALL) == "a"
    assert choice.list_at(Where(HERE, CHANNEL, goes_on=True), ALL) == "a"


def test_whoever_goes_on_but_used_no_list_is_where_the_channel_is():
    choice = Choice({}, {CHANNEL: "followed"})

    assert choice.list_at(Where(HERE, CHANNEL, goes_on=True), ALL) == "followed"


def test_a_list_that_is_not_there_never_counts():
    choice = Choice({"gone": used("x:1"), "a": used(days_ago=1)}, {CHANNEL: "gone"}, "gone")

    assert choice.list_at(Where(HERE, CHANNEL, "gone"), ALL) is None
    assert choice.list_at(Where(HERE, goes_on=True), ALL) == "a"
    assert choice.list_at(Where(HERE), ALL, "x:1") is None
    assert choice.list_at(Where(), ALL) == "a"


def test_a_groups_channel_decides_before_the_servers_default():
    choice = Choice({}, {CHANNEL: "followed"}, "default")

    assert choice.list_at(Where(HERE, CHANNEL), ALL) == "followed"
    assert choice.list_at(Where(HERE, CHANNEL + 1), ALL) == "default"


def test_without_a_default_the_list_of_all_groups_counts_if_it_is_one():
    one = Choice({}, {CHANNEL: "a", CHANNEL + 1: "a"})
    several = Choice({}, {CHANNEL: "a", CHANNEL + 1: "b"})

    assert one.list_at(Where(HERE, CHANNEL + 2), ALL) == "a"
    assert several.list_at(Where(HERE, CHANNEL + 2), ALL) is None


def test_the_list_used_last_is_the_same_each_time_for_lists_used_at_once():
    assert Choice({"a": used(), "b": used()}, {}).used_last == "b"
    assert Choice({"b": used(), "a": used()}, {}).used_last == "b"
    assert NOTHING.used_last is None
