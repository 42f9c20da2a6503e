from hypothesis import given
from hypothesis import strategies as st

from bot.core import limits
from bot.core.limits import Limit, Limits

ALICE, BOB = 1, 2


def test_so_much_at_once_then_one_each_so_often():
    limit = Limit(3, 2.0)

    assert [limit.wait(ALICE, now=10) for _ in range(5)] == [0, 0, 0, 2, 2]
    assert limit.wait(ALICE, now=11.5) == 0.5
    assert limit.wait(ALICE, now=12) == 0
    assert limit.wait(ALICE, now=12) == 2


def test_who_is_refused_waits_no_longer_for_having_asked():
    limit = Limit(1, 2.0)
    limit.wait(ALICE, now=0)

    assert [limit.wait(ALICE, now=1) for _ in range(100)] == [1] * 100
    assert limit.wait(ALICE, now=2) == 0


def test_one_persons_flood_is_nobody_elses():
    limit = Limit(2, 1.0)

    assert [limit.wait(ALICE, now=0) > 0 for _ in range(500)].count(False) == 2
    assert limit.wait(BOB, now=0) == 0


def test_a_rest_gives_back_no_more_than_all_at_once():
    limit = Limit(2, 1.0)
    limit.wait(ALICE, now=0)

    assert [limit.wait(ALICE, now=10_000) for _ in range(3)] == [0, 0, 1]


def test_of_a_crowd_those_who_asked_last_are_known(monkeypatch):
    monkeypatch.setattr(limits, "MOST_KNOWN", 3)
    limit = Limit(1, 60.0)

    for who in (1, 2, 3, 1, 4):
        limit.wait(who, now=0)

    assert [limit.wait(who, now=0) > 0 for who in (4, 1, 3)] == [True] * 3
    assert limit.wait(2, now=0) == 0


@given(st.lists(st.floats(0, 5), max_size=80))
def test_no_hour_has_more_than_its_share(pauses):
    limit, now, let_in = Limit(5, 1.0), 0.0, []

    for pause in pauses:
        now += pause
        if not limit.wait(ALICE, now):
            let_in.append(now)

    for n, first in enumerate(let_in):
        within = [at for at in let_in[n:] if at < first + 10]
        assert len(within) <= 5 + 10


def test_fingers_never_meet_it():
    """A tap each second for an hour; three a second for seven; ten letters a second for six."""
    assert not any(Limits().asked.wait(ALICE, now) for now in range(3600))
    assert not any(Limits().asked.wait(ALICE, n / 3) for n in range(21))
    assert not any(Limits().typed.wait(ALICE, n / 10) for n in range(60))
