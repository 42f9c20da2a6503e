from dataclasses import replace
from datetime import timedelta

from bot.core.papers import Vote
from bot.core.weeks import Calendar, Slot, Week, slot_of_week, weeks_from
from tests.curricula import curriculum, resource
from tests.papers import MONDAYS, plan_from

W02, W03, W04, W05 = weeks_from("2026-W02", 4)
BERT = resource("bert")
LIST = curriculum(BERT, resource("gpt"), resource("lora"))
SATURDAY = timedelta(days=5)


def on_saturday(**chosen):
    """Return the plan of a group without a past on the Saturday before the slot of W03."""
    plan = plan_from(W02, LIST, **chosen)
    return replace(plan, now=plan.now + SATURDAY)


def had_on_saturday(**chosen):
    plan = on_saturday(**chosen)
    return replace(plan, calendar=plan.calendar.having(Week(1, 1, W02, plan.now, "posted")))


def moves(made_way):
    return {each.week: each.to for each in made_way}


def coming(plan):
    return [each.slot.week for each in plan.coming(2)]


def test_the_week_after_a_first_paper_on_a_saturday_has_none():
    plan = had_on_saturday()

    assert coming(on_saturday()) == [W03, W04]
    assert coming(plan) == [W04, W05]
    assert plan.silent(slot_of_week(plan.calendar.schedule, W03)) == "too_soon"


def test_what_is_chosen_for_that_week_is_read_at_once_if_the_group_begins_now():
    assert moves(on_saturday(picked={W03: "demo:gpt"}).made_way(begins=True)) == {W03: W02}


def test_it_is_read_in_the_next_free_week_if_this_one_has_a_choice_or_a_paper():
    chosen = {W02: "demo:lora", W03: "demo:gpt", W04: "demo:bert"}

    assert moves(on_saturday(picked=chosen).made_way(begins=True)) == {W03: W05}
    assert moves(had_on_saturday(winners={W03: "demo:gpt"}).made_way()) == {W03: W04}


def test_nothing_makes_way_where_nothing_is_too_soon():
    chosen = {W03: "demo:gpt"}

    assert on_saturday(picked=chosen).made_way() == []
    assert had_on_saturday(picked=chosen).made_way(begins=True) == []


def test_a_group_that_had_a_paper_does_not_begin():
    begins_at, second_at = on_saturday().begins

    assert (begins_at, second_at - begins_at > timedelta(days=4)) == (on_saturday().now, True)
    assert had_on_saturday().begins is None


def test_a_week_is_free_that_has_no_choice_and_no_vote():
    taken = plan_from(W02, LIST, picked={W02: "demo:gpt"}, winners={W03: "demo:lora"})
    vote = Vote(1, 1, W04, "running", ("demo:gpt", "demo:lora"), 24, taken.now, 2)

    assert replace(taken, votes=[vote]).free_slot(BERT).week == W05
    assert replace(taken, votes=[replace(vote, state="lost")]).free_slot(BERT).week == W04


def test_of_a_year_that_is_all_chosen_no_week_is_free():
    a_year = weeks_from(W02, 54)

    assert plan_from(W02, LIST, picked=dict.fromkeys(a_year, "demo:gpt")).free_slot(BERT) is None


def test_a_group_has_had_what_was_sent_or_may_be():
    at, states = slot_of_week(MONDAYS, W02).at, ("waiting", "posted", "uncertain", "missed")
    weeks = [Week(n, 1, f"2026-W1{n}", at, state, state) for n, state in enumerate(states)]
    nothing = Week(9, 1, "2026-W19", at + SATURDAY, "nothing")

    assert Calendar(MONDAYS, [nothing, *weeks]).had() == {"waiting", "posted", "uncertain"}
    assert Calendar(MONDAYS, weeks).had(since=at + timedelta(seconds=1)) == set()


def test_a_slot_that_new_tables_move_into_the_past_is_due_now_unless_it_was_decided():
    slot = slot_of_week(MONDAYS, W02)
    promised, now = slot.at + timedelta(hours=1), slot.at + timedelta(minutes=9)
    missed = Week(1, 1, W02, slot.at, "missed")

    assert Calendar(MONDAYS).overtaken(promised, now) == Slot(W02, now)
    assert Calendar(MONDAYS).overtaken(promised, promised + SATURDAY) == Slot(W02, promised)
    assert Calendar(MONDAYS).overtaken(slot.at, now) is None
    assert Calendar(MONDAYS, [missed]).overtaken(promised, now) is None
