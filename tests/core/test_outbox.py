from bisect import bisect_left
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.outbox import (
    FAR_AHEAD,
    LENIENCE,
    SECOND,
    Lacks,
    ProblemName,
    problem_from,
    take_tickets,
)

NOW = 1_800_000_000 * SECOND

rates = st.integers(1, 500)
takes = st.lists(
    st.tuples(st.integers(0, 2 * SECOND), st.integers(1, 1000)), min_size=1, max_size=60
)
"""How long after the one before, and how many."""


def batches_of(rate, takes, free_at=0):
    """Let takers come one after another; return the batches that they get, with when."""
    now, made = NOW, []
    for pause, wanted in takes:
        now += pause
        made.append((now, take_tickets(free_at, now, rate, wanted)))
        free_at = made[-1][1].stop
    return made


def most_in_a_second(instants):
    instants = sorted(instants)
    return max(bisect_left(instants, at + SECOND) - n for n, at in enumerate(instants))


@given(rates, takes)
def test_of_no_second_there_are_more_tickets_than_the_rate(rate, takes):
    instants = [at for _, batch in batches_of(rate, takes) for at in batch]

    assert most_in_a_second(instants) <= rate


@given(st.integers(10, 500), takes, st.randoms(use_true_random=False))
def test_used_late_there_are_at_most_a_tenth_more_in_a_second(rate, takes, chance):
    used = [
        max(now, at) if chance.random() < 0.3 else max(now, at + chance.randint(0, LENIENCE))
        for now, batch in batches_of(rate, takes)
        for at in batch
    ]

    assert most_in_a_second(used) <= rate * 1.1 + 1


@given(rates, takes)
def test_whoever_asks_gets_one_ticket_at_least_and_a_fifth_of_a_second_at_most(rate, takes):
    for (_, wanted), (_, batch) in zip(takes, batches_of(rate, takes), strict=True):
        assert 1 <= len(batch) <= min(wanted, max(1, rate // 5))


@given(rates, takes)
def test_tickets_that_nobody_uses_hold_up_nobody_for_long(rate, takes):
    """Whoever took them died: those who come then wait for their time at most."""
    now, lost = batches_of(rate, takes)[-1]

    then = take_tickets(lost.stop, now, rate, 1)

    assert then.start - lost.start <= max(SECOND / 5, SECOND / rate) + lost.step


@given(rates, takes)
def test_after_a_pause_a_ticket_is_good_at_once(rate, takes):
    now, last = batches_of(rate, takes)[-1]
    later = max(now, last.stop)

    assert take_tickets(last.stop, later, rate, 1).start <= later


@given(rates, st.integers(0, 10**18), st.integers(0, 10**18))
def test_whatever_the_clock_was_before_nobody_waits_longer_than_half_a_minute(rate, free_at, now):
    assert now - LENIENCE <= take_tickets(free_at, now, rate, 1).start <= now + FAR_AHEAD


@given(st.integers(5, 500))
def test_who_always_asks_for_more_gets_all_of_the_rate(rate):
    free_at, instants = NOW, []
    while free_at < NOW + 10 * SECOND:
        batch = take_tickets(free_at, free_at, rate, rate)
        instants += batch
        free_at = batch.stop

    assert len([at for at in instants if at < NOW + 10 * SECOND]) >= 9.9 * rate


@pytest.mark.parametrize(
    "problem",
    [*get_args(ProblemName), Lacks(("send_polls",)), Lacks(("send_polls", "view_channel"))],
)
def test_a_problem_is_read_as_it_was_written(problem):
    assert problem_from(str(problem)) == problem


def test_what_permissions_are_lacking_is_written_as_ever():
    assert str(Lacks(("view_channel", "send_messages"))) == "lacks:view_channel,send_messages"


@pytest.mark.parametrize("stored", ["", "rained_out", "lacks:", "lacks:fly"])
def test_what_only_another_release_knew_is_unknown(stored):
    assert problem_from(stored) == "unknown"


def test_no_problem_is_none():
    assert problem_from(None) is None
    assert problem_from("lacks:fly,view_channel") == Lacks(("view_channel",))
