from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.papers import Pick, beyond_list
from bot.core.weeks import weeks_from
from tests.curricula import curricula, curriculum, resource
from tests.papers import next_papers, plan_from

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


def test_who_leads_a_week_beyond_the_list_chooses_what_comes_again():
    then = beyond_list(LIST, "must_reads", ())
    plan = plan_from(WEEKS[0], LIST, had=ALL, beyond=then, led={WEEKS[0]: "demo:scaling"})

    assert plan.next_for(WEEKS[0], 5) == ["demo:attention", "demo:scaling"]
    assert plan.papers(WEEKS)[:2] == [
        Pick(WEEKS[0], "demo:scaling", "leader_choice"),
        Pick(WEEKS[1], "demo:attention", "must_read_again"),
    ]


@pytest.mark.parametrize("winners", [{}, {WEEKS[0]: "demo:attention"}])
def test_what_a_moderator_picked_is_held_back_for_its_week(winners):
    then = beyond_list(LIST, "must_reads", ())

    picks = next_papers(LIST, ALL, {WEEKS[1]: "demo:attention"}, winners, WEEKS, then)

    assert [p.key for p in picks] == ["demo:scaling", "demo:attention", None, None]


@given(curricula(), st.sampled_from(["additions", "must_reads"]), st.data())
def test_nothing_beyond_the_list_comes_twice_and_all_of_it_comes(made, choice, data):
    had = data.draw(st.sets(st.sampled_from([r.key for r in made.resources])))
    then = beyond_list(made, choice, had if choice == "additions" else ())
    weeks = plan_from(WEEKS[0], made, had=had, beyond=then).weeks_left()

    picks = next_papers(made, had, {}, {}, weeks_from(WEEKS[0], weeks + 1), then)

    keys = [p.key for p in picks]
    assert keys[-1] is None
    assert len(set(keys)) == len(keys)
    assert set(then) <= set(keys)


def by_definition(made, had, picked, winners, led, weeks, then):
    """What `next_papers` says, as its docstring has it: each week looks at everything anew."""

    def present(chosen):
        found = {
            week: made.get(each)
            for week, each in chosen.items()
            if week in weeks or week > weeks[-1]
        }
        return {week: r.key for week, r in found.items() if r is not None and not r.is_companion}

    picked, winners, led = present(picked), present(winners), present(led)
    had = {r.key for each in had if (r := made.get(each)) is not None}
    then = [r.key for each in then if (r := made.get(each)) is not None]
    for week, key in sorted(winners.items()):
        before = {k for at, k in winners.items() if at < week}
        if week in picked or key in had | before | set(picked.values()):
            del winners[week]
    chosen = picked.keys() | winners.keys()
    led = {at: k for at, k in led.items() if at not in chosen and k not in had - set(then)}
    papers = []
    for week in weeks:
        read = {paper.key for paper in papers}
        later = {k for at, k in [*picked.items(), *winners.items()] if at > week}
        held = later | {k for at, k in led.items() if at > week}
        free = [r for r in made.resources if r.key not in had | read | held]
        listed = [(r.key, "next_on_list") for r in free if not r.addition]
        added = [(r.key, "must_read_addition") for r in free if r.addition and r.must_read]
        beyond = [
            (k, "must_read_again" if k in had else "addition") for k in then if k not in read | held
        ]
        if week in picked:
            papers.append(Pick(week, picked[week], "picked_by_moderator"))
        elif week in winners:
            papers.append(Pick(week, winners[week], "vote_winner"))
        elif week in led and led[week] not in read | later:
            papers.append(Pick(week, led[week], "leader_choice"))
        else:
            papers.append(Pick(week, *([*listed, *added, *beyond] or [(None, None)])[0]))
    return papers


@given(curricula(), st.data())
def test_one_pass_says_what_looking_at_everything_each_week_would(made, data):
    keys = st.sampled_from([*made.by_key, *made.present_keys, "demo:gone"])
    all_weeks = weeks_from("2026-W51", 12)
    chosen = st.dictionaries(st.sampled_from(all_weeks), keys, max_size=6)
    had, picked, winners, led = data.draw(st.sets(keys)), *(data.draw(chosen) for _ in range(3))
    then = data.draw(st.lists(keys, max_size=6))
    weeks = sorted(data.draw(st.sets(st.sampled_from(all_weeks[1:10]), min_size=1)))

    papers = next_papers(made, had, picked, winners, weeks, then, led=led)

    assert papers == by_definition(made, had, picked, winners, led, weeks, then)


def test_the_end_of_a_long_list_is_found_by_looking_at_each_resource_once():
    """Counted, not timed: with each week looking at all of the list it would be a million."""
    looked = []

    class Counted(str):
        __slots__ = ()

        def __hash__(self):
            looked.append(self)
            return super().__hash__()

    long = curriculum(*(resource(f"r{n}") for n in range(1000)))
    counted = curriculum(*(replace(r, key=Counted(r.key)) for r in long.resources))

    assert plan_from(WEEKS[0], counted).weeks_left() == 1000
    assert len(looked) < 20_000
