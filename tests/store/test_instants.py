from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.store.instants import Ids, made_at
from tests.conftest import Clock


def test_ids_grow_while_the_clock_stands_still():
    ids = Ids(Clock())

    made = [ids.new() for _ in range(1000)]

    assert made == sorted(set(made))


@given(st.lists(st.integers(-10_000, 10_000), max_size=30))
def test_ids_grow_whatever_the_clock_does(steps):
    clock = Clock()
    ids = Ids(clock)

    made = [ids.new()]
    for milliseconds in steps:
        clock.advance(milliseconds=milliseconds)
        made.append(ids.new())

    assert made == sorted(set(made))


def test_what_is_made_later_by_another_process_has_a_greater_id():
    clock = Clock()
    earlier = Ids(clock).new()
    clock.advance(milliseconds=1)

    later = Ids(clock).new()

    assert earlier < later


def test_two_processes_in_one_millisecond_make_different_ids():
    clock = Clock()

    made = {Ids(clock).new() for _ in range(20)}

    assert len(made) == 20


def test_two_processes_whose_clocks_were_set_back_make_different_ids():
    clock = Clock()
    one, other = Ids(clock), Ids(clock)
    newest = one.new()
    clock.advance(hours=-1)

    made = [other.new(after=newest), one.new(), other.new(), one.new()]

    assert len(set(made)) == 4


def test_ids_fit_sixty_three_bits_for_decades():
    clock = Clock()
    clock.advance(days=365 * 55)

    assert 0 < Ids(lambda: datetime(2026, 1, 1, tzinfo=UTC)).new() < Ids(clock).new() < 2**63
    assert clock.now - datetime(2026, 1, 1, tzinfo=UTC) > timedelta(days=365 * 54)


def test_before_its_clock_is_set_each_start_makes_other_ids():
    unset = datetime(1970, 1, 1, tzinfo=UTC)

    made = {Ids(lambda: unset).new() for _ in range(5)}

    assert len(made) == 5
    assert min(made) > 0


def test_an_id_tells_when_it_was_made():
    clock = Clock()

    assert made_at(Ids(clock).new()) == clock()
