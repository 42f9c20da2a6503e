"""What a number may tell about people."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.counts import COUNTS_FROM, may_name, shown_count


@given(st.integers(0, 50))
def test_a_number_of_readers_is_shown_from_three_on_and_below_nothing(readers):
    assert shown_count(readers) == (readers if readers >= 3 else None)


@given(st.integers(0, 50), st.integers(0, 50))
def test_names_stand_beside_a_number_unless_that_points_to_one_or_two_others(others, named):
    assert may_name(others + named, named) == (others == 0 or others >= COUNTS_FROM)
