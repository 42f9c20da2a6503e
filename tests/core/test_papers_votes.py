from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.papers import LONGEST, MOST, Span, Vote, longest_hours, winner
from bot.core.weeks import Slot, weeks_from
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


WEEKS = W02, W03, W04, W05 = weeks_from("2026-W02", 4)


def vote_on(week, *slugs, state="running", made_at=None):
    keys = tuple(f"demo:{slug}" for slug in slugs)
    return Vote(1, 1, week, state, keys, 24, NOW, 2, made_at=made_at)


def voting(*votes, **chosen):
    """Return the plan of a group an hour before the slot of W02, with these votes."""
    return replace(plan_from(W02, LIST, **chosen), votes=votes)


def read(plan, weeks=WEEKS):
    return [(pick.key or "").removeprefix("demo:") for pick in plan.papers(weeks)]


def slot_in(**time) -> Slot:
    return Slot("2026-W02", NOW + timedelta(**time))


def test_candidates_are_the_next_of_the_list_that_are_neither_had_nor_picked():
    new = plan_from("2026-W02", LIST)
    chosen = plan_from("2026-W02", LIST, had=["demo:bert"], picked={"2026-W09": "demo:gpt"})

    assert new.candidates("2026-W02", 3) == ["demo:bert", "demo:gpt", "demo:lora"]
    assert chosen.candidates("2026-W02", 3) == ["demo:lora", "demo:scaling"]


def test_candidates_for_a_week_ahead_are_what_would_be_next_then():
    assert voting().candidates(W03, 3) == ["demo:gpt", "demo:lora", "demo:scaling"]
    assert voting().candidates(W05, 3) == ["demo:scaling"]
    assert voting(picked={W02: "demo:deeper"}).candidates(W03, 2) == ["demo:bert", "demo:gpt"]


def test_what_is_named_comes_first_and_once_and_the_others_after_what_is_read_till_then():
    named = ["demo:deeper", "demo:bert", "demo:deeper"]

    assert voting().candidates(W03, 4, named) == [
        "demo:deeper", "demo:bert", "demo:lora", "demo:scaling",
    ]  # fmt: skip
    assert voting().candidates(W03, 2, ["demo:gpt", "demo:lora", "demo:bert"])[2:] == ["demo:bert"]


def test_what_another_vote_has_or_what_won_it_is_not_offered_again():
    other = vote_on(W04, "bert", "lora")
    won = voting(winners={W04: "demo:bert"})

    assert voting(other).candidates(W02, 3) == ["demo:gpt", "demo:scaling"]
    assert voting(replace(other, state="lost")).candidates(W02, 2) == ["demo:bert", "demo:gpt"]
    assert won.candidates(W02, 2) == ["demo:gpt", "demo:lora"]


def test_a_candidate_is_not_read_before_its_week_while_the_vote_runs():
    vote = vote_on(W04, "bert", "gpt")

    assert read(voting(vote)) == ["lora", "scaling", "bert", "gpt"]
    assert read(voting(replace(vote, state="decided"))) == ["bert", "gpt", "lora", "scaling"]
    assert read(voting(vote), [W02, W05]) == ["bert", "gpt"]  # its week is left out
    assert read(voting(vote, picked={W03: "demo:gpt"})) == ["lora", "gpt", "bert", "scaling"]
    assert read(voting(vote, picked={W04: "demo:lora"}))[:2] == ["bert", "gpt"]


def test_a_winner_that_the_group_had_before_the_vote_is_read_again_and_once():
    plan = plan_from(W02, LIST, had=["demo:bert"], winners={W02: "demo:bert"})
    later, earlier = NOW - timedelta(days=2), datetime(2000, 1, 1, tzinfo=UTC)

    def reads(made_at):
        vote = vote_on(W02, "bert", "gpt", state="decided", made_at=made_at)
        return read(replace(plan, votes=[vote]))

    assert reads(later)[:2] == ["bert", "gpt"]
    assert reads(earlier)[0] == "gpt"
    assert read(plan)[0] == "gpt"


def test_what_else_is_the_matter_with_candidates_is_known():
    spans = [Span("demo:lora", 0, W02)]
    plan = voting(
        vote_on(W04, "gpt", "scaling"), had=["demo:bert"], picked={W05: "demo:deeper"}, spans=spans
    )

    told = plan.elsewhere(W03, [f"demo:{each}" for each in ("bert", "gpt", "lora", "deeper")])

    assert (told.had, told.left_out) == ({"demo:bert"}, {"demo:lora"})
    assert [(key, slot.week) for key, slot in told.chosen.items()] == [("demo:deeper", W05)]
    assert [(key, slot.week) for key, slot in told.voted.items()] == [("demo:gpt", W04)]


def test_who_leads_a_week_takes_no_candidate_of_a_vote_on_another():
    plan = voting(vote_on(W04, "gpt", "lora"), led={W03: "demo:gpt"})

    assert read(plan) == ["bert", "scaling", "gpt", "lora"]
    assert plan.next_for(W03, 5) == ["demo:scaling"]
    assert plan.next_for(W04, 5) == ["demo:lora"]  # the other is chosen for W03


def test_candidates_of_a_led_week_may_be_what_was_chosen_for_it_and_of_others_it_is_told():
    plan = voting(led={W03: "demo:gpt"})

    assert plan.candidates(W03, 2) == ["demo:gpt", "demo:lora"]
    assert plan.candidates(W04, 2) == ["demo:lora", "demo:scaling"]
    assert plan.elsewhere(W03, ["demo:gpt"]).chosen == {}
    later, sooner = plan.elsewhere(W04, ["demo:gpt"]), plan.elsewhere(W02, ["demo:gpt"])
    assert (later.chosen, [slot.week for slot in later.set_aside.values()]) == ({}, [W03])
    assert ([slot.week for slot in sooner.chosen.values()], sooner.set_aside) == ([W03], {})


def test_a_winner_that_a_pick_keeps_from_its_week_is_told_of_no_week():
    plan = voting(picked={W03: "demo:bert"}, winners={W03: "demo:gpt"})

    told = plan.elsewhere(W04, ["demo:gpt", "demo:bert"])

    assert [(key, slot.week) for key, slot in told.chosen.items()] == [("demo:bert", W03)]


def test_a_winner_that_is_moot_leaves_its_week_to_who_leads_it():
    led = {W03: "demo:lora"}

    won = voting(winners={W03: "demo:gpt"}, led=led)
    moved = voting(winners={W03: "demo:gpt"}, picked={W02: "demo:gpt"}, led=led)

    assert read(won) == ["bert", "gpt", "lora", "scaling"]
    assert read(moved) == ["gpt", "lora", "bert", "scaling"]
    assert read(voting(winners={W03: "demo:bert"}, had=["demo:bert"], led=led))[1] == "lora"


SLUGS = ["bert", "deeper", "gpt", "lora", "scaling"]
BALLOTS = st.dictionaries(
    st.sampled_from(WEEKS), st.lists(st.sampled_from(SLUGS), min_size=2, max_size=3, unique=True)
)
CHOICES = st.dictionaries(st.sampled_from(WEEKS), st.sampled_from(SLUGS).map("demo:{}".format))


@given(BALLOTS, CHOICES, CHOICES, st.sets(st.sampled_from(SLUGS).map("demo:{}".format)))
def test_no_candidate_is_taken_before_its_week_unless_picked_and_the_weeks_come_as_foretold(
    ballots, picked, led, had
):
    votes = [vote_on(week, *slugs) for week, slugs in ballots.items()]
    plan = voting(*votes, picked=picked, led=led, had=sorted(had))

    papers = plan.papers(WEEKS)

    for paper in papers:
        later = {k for v in votes if v.week > paper.week and v.week not in picked for k in v.keys}
        assert paper.why == "picked_by_moderator" or paper.key not in later
    assert [plan.paper(week) for week in WEEKS] == papers


@given(BALLOTS, st.sampled_from(WEEKS), st.integers(2, 5), st.lists(st.sampled_from(SLUGS)))
def test_candidates_are_each_another_and_those_that_are_named_are_among_them(
    ballots, week, count, slugs
):
    plan = voting(*(vote_on(each, *some) for each, some in ballots.items() if each != week))
    named = [f"demo:{slug}" for slug in slugs]

    found = plan.candidates(week, count, named)

    assert len(found) == len(set(found)) <= max(count, len(set(named))) <= MOST
    assert found[: len(set(named))] == list(dict.fromkeys(named))
    others = {key for vote in plan.votes for key in vote.keys}
    assert others.isdisjoint(found[len(set(named)) :])


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
