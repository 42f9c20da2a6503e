from hypothesis import given
from hypothesis import strategies as st

from bot.core.picks import Pick, beyond_list, next_papers, runs_out
from bot.core.weekly import weeks_from
from tests.curricula import curricula, curriculum, resource

WEEKS = weeks_from("2026-W51", 4)
LIST = curriculum(
    resource("attention", must_read=True),
    resource("bert"),
    resource("plain", addition=True),
    resource("scaling", addition=True, must_read=True),
)
ALL = [r.key for r in LIST.resources]


def test_additions_follow_in_reading_order_without_what_was_had():
    assert beyond_list(LIST, "additions", ()) == ["demo:scaling", "demo:plain"]
    assert beyond_list(LIST, "additions", ["demo:scaling"]) == ["demo:plain"]


def test_must_reads_start_over_without_what_came_again():
    assert beyond_list(LIST, "must_reads", ()) == ["demo:attention", "demo:scaling"]
    assert beyond_list(LIST, "must_reads", ["demo:attention"]) == ["demo:scaling"]


def test_what_follows_comes_after_the_list_and_its_must_reads():
    had = ["demo:attention"]
    then = beyond_list(LIST, "additions", had)

    assert next_papers(LIST, had, {}, {}, WEEKS, then) == [
        Pick(WEEKS[0], "demo:bert", "next_on_list"),
        Pick(WEEKS[1], "demo:scaling", "must_read_addition"),
        Pick(WEEKS[2], "demo:plain", "addition"),
        Pick(WEEKS[3], None, None),
    ]


def test_must_reads_come_once_more():
    then = beyond_list(LIST, "must_reads", ())

    assert next_papers(LIST, ALL, {}, {}, WEEKS, then)[:3] == [
        Pick(WEEKS[0], "demo:attention", "must_read_again"),
        Pick(WEEKS[1], "demo:scaling", "must_read_again"),
        Pick(WEEKS[2], None, None),
    ]


def test_what_a_moderator_picked_is_held_back_for_its_week():
    then = beyond_list(LIST, "must_reads", ())

    picks = next_papers(LIST, ALL, {WEEKS[1]: "demo:attention"}, {}, WEEKS, then)

    assert [p.key for p in picks] == ["demo:scaling", "demo:attention", None, None]


@given(curricula(), st.sampled_from(["additions", "must_reads"]), st.data())
def test_nothing_beyond_the_list_comes_twice_and_all_of_it_comes(made, choice, data):
    had = data.draw(st.sets(st.sampled_from([r.key for r in made.resources])))
    then = beyond_list(made, choice, had if choice == "additions" else ())
    weeks = runs_out(made, had, {}, {}, WEEKS[0], then)

    picks = next_papers(made, had, {}, {}, weeks_from(WEEKS[0], weeks + 1), then)

    keys = [p.key for p in picks]
    assert keys[-1] is None
    assert len(set(keys)) == len(keys)
    assert set(then) <= set(keys)
