from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.papers import LONGEST, longest_hours, winner
from bot.core.weeks import Slot
from tests.curricula import curriculum, resource
from tests.papers import plan_from

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LIST = curriculum(
    resource("bert", companions=("video",)),
    resource("deeper", addition=True),
    resource("gpt"),
    resource("lora"),
    resource("scaling", addition=True, must_read=True),
)


def slot_in(**time) -> Slot:
    return Slot("2026-W02", NOW + timedelta(**time))


def test_candidates_are_the_next_of_the_list_that_are_neither_had_nor_picked():
    new = plan_from("2026-W02", LIST)
    chosen = plan_from("2026-W02", LIST, had=["demo:bert"], picked={"2026-W09": "demo:gpt"})

    assert new.candidates(3) == ["demo:bert", "demo:gpt", "demo:lora"]
    assert chosen.candidates(3) == ["demo:lora", "demo:scaling"]


def test_a_vote_closes_an_hour_before_its_slot_with_time_to_send_it():
    assert longest_hours(slot_in(hours=50), NOW) == 48
    assert longest_hours(slot_in(hours=50, minutes=5), NOW) == 49
    assert longest_hours(slot_in(minutes=30), NOW) < 1


def test_no_poll_lasts_longer_than_discord_lets_it():
    assert longest_hours(slot_in(days=300), NOW) == LONGEST


def test_most_votes_win_and_of_several_the_first():
    assert winner(["a", "b", "c"], [1, 3, 2]) == "b"
    assert winner(["a", "b", "c"], [1, 2, 2]) == "b"


def test_without_votes_nobody_wins():
    assert winner(["a", "b"], [0, 0]) is None
    assert winner(["a", "b"], []) is None


@given(st.lists(st.integers(0, 50), min_size=2, max_size=5))
def test_nobody_has_more_votes_than_the_winner(counts):
    keys = [str(number) for number in range(len(counts))]

    won = winner(keys, counts)

    assert won is None or counts[int(won)] == max(counts)
