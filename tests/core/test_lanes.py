"""Lanes: no line runs through a stop that isn't its own, and lines seldom cross."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.lanes import lanes_of
from tests.curricula import ways


def lines_of(after):
    return [(start, end) for end, starts in enumerate(after) for start in starts]


def run_of(line, placed):
    """Return the lane in which a line runs, and the stop that it shares it for."""
    start, end = line
    own = end if placed[end][1] else start
    return placed[own][0], own


@given(ways())
def test_no_line_runs_through_a_stop(after):
    placed = lanes_of(after)

    for start, end in lines_of(after):
        lane, _ = run_of((start, end), placed)
        assert lane not in {placed[n][0] for n in range(start + 1, end)}


@given(ways())
def test_only_lines_with_an_end_in_common_share_a_lane(after):
    placed = lanes_of(after)

    for one, other in combinations(lines_of(after), 2):
        if max(one[0], other[0]) < min(one[1], other[1]):  # they run side by side
            (lane, own), (other_lane, other_own) = run_of(one, placed), run_of(other, placed)
            assert lane != other_lane or own == other_own


@given(ways())
def test_lines_cross_no_more_than_arcs_beside_a_column_would(after):
    """Arcs beside a column cross where one begins under another and ends below it."""
    placed, lines = lanes_of(after), lines_of(after)
    arcs = sum(a < c < b < d for a, b in lines for c, d in lines)
    crossed = set()
    for start, end in lines:
        bends_at = start if placed[end][1] else end
        low, high = sorted((placed[start][0], placed[end][0]))
        for a, b in lines:
            lane, own = run_of((a, b), placed)
            if a < bends_at < b and low < lane < high:
                crossed.add((start, end, own))

    assert len(crossed) <= arcs


@given(ways())
def test_lanes_are_few(after):
    """Seven or eight take a way made for it: mostly it is four."""
    assert {lane for lane, _ in lanes_of(after)} <= {*range(8)}


@given(st.integers(2, 11))
def test_what_leads_to_one_stop_shares_a_lane(many):
    needed = [*(set() for _ in range(many)), {*range(many)}]

    assert {lane for lane, _ in lanes_of(needed)} == {0, 1}


@given(st.integers(2, 11))
def test_what_one_stop_leads_to_needs_no_more_than_two(many):
    opened = [set(), *({0} for _ in range(many))]

    assert len({lane for lane, _ in lanes_of(opened)}) <= 2


def test_a_way_without_branches_is_straight():
    assert lanes_of([set(), {0}, {1}, {2}]) == [(0, False)] * 4
    assert lanes_of([]) == []
