"""What another group chose finds its weeks in this one."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.papers import PICKED, Chosen
from bot.core.weeks import Calendar, Week, slot_of_week, weeks_from
from tests.curricula import curriculum, resource
from tests.papers import MONDAYS, plan_from

W02, W03, W04, W05 = weeks_from("2026-W02", 4)
WEEKS = weeks_from(W02, 60)
KEYS = [f"demo:p{n}" for n in range(60)]
LIST = curriculum(*(resource(f"p{n}") for n in range(50)))  # the rest has left the list

CHOICES = st.dictionaries(st.sampled_from(WEEKS[:50]), st.sampled_from(KEYS[:20]), max_size=12)
MANY = st.dictionaries(st.sampled_from(WEEKS), st.sampled_from(KEYS), max_size=60)


def chosen(picked, won=()):
    found = [Chosen(2, week, key, PICKED) for week, key in dict(picked).items()]
    return found + [Chosen(2, week, key, "vote_winner") for week, key in dict(won).items()]


def test_each_keeps_its_week_or_gets_the_next_free_one():
    plan = plan_from(W02, LIST, picked={W03: "demo:p0"})
    choices = chosen({W02: "demo:p1", W03: "demo:p2", W04: "demo:p3"})

    assert plan.room_for(choices) == ({W02: W02, W03: W04, W04: W05}, 0)


def test_what_is_chosen_here_or_twice_comes_once():
    plan = plan_from(W02, LIST, winners={W05: "demo:p1"})
    choices = chosen({W02: "demo:p1", W03: "demo:p2", W04: "demo:p2"})

    assert plan.room_for(choices) == ({W03: W03}, 0)


def test_what_who_leads_a_week_here_chose_keeps_no_pick_from_moving():
    plan = plan_from(W02, LIST, led={W04: "demo:p1"})

    assert plan.room_for(chosen({W02: "demo:p1", W04: "demo:p2"})) == ({W02: W02, W04: W05}, 0)


def test_a_pick_goes_before_what_won_the_vote_on_its_week():
    moves, left_out = plan_from(W02, LIST).room_for(chosen({W03: "demo:p1"}, {W03: "demo:p2"}))

    assert (moves, left_out) == ({W03: W03}, 0)
    same = plan_from(W02, LIST, picked={W04: "demo:p1"}).room_for(
        chosen({W03: "demo:p1"}, {W03: "demo:p2"})
    )
    assert same == ({}, 0)


def test_what_counts_as_had_does_not_come_and_takes_no_week():
    plan = plan_from(W02, LIST)
    other = Week(0, 2, W02, slot_of_week(MONDAYS, W02).at, "posted", "demo:p0")

    after = Calendar(plan.calendar.schedule, plan.calendar.weeks, [other])

    assert after.had() == {"demo:p0"}
    assert after.first_at is None
    assert after.is_to_come(W02)
    assert after.without({W02}).had() == {"demo:p0"}


@given(MANY, CHOICES, MANY, CHOICES)
def test_none_is_lost_none_displaced_and_no_week_is_had_twice(picked, won, theirs, their_wins):
    plan = plan_from(W02, LIST, picked=picked, winners=won)
    choices = chosen(theirs, their_wins)

    moves, left_out = plan.room_for(choices)

    counted = {**their_wins, **theirs}  # a pick goes before its week's winner
    there = {*picked.values(), *won.values()}
    wanted = [key for key in dict.fromkeys(counted[w] for w in sorted(counted)) if key not in there]
    moved = [counted[week] for week in sorted(moves)]
    assert moved == wanted[: len(moved)]
    assert len(wanted) - len(moved) == left_out
    assert moves.keys() <= counted.keys()
    assert len({*moves.values()}) == len(moves)
    assert {*moves.values()}.isdisjoint({*picked, *won})
    assert all(to >= week for week, to in moves.items())
    assert [moves[week] for week in sorted(moves)] == sorted(moves.values())
    assert all(to <= plan.last and plan.calendar.is_to_come(to) for to in moves.values())
    if not left_out:
        assert {*moved, *there} >= {*counted.values()}
