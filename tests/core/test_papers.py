from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum import Curriculum, Resource, Section, Step
from bot.core.papers import (
    READINESS_FROM,
    TELL_WEEKS_AHEAD,
    Pick,
    Readiness,
    Span,
    readiness,
    spans_by_key,
    weeks_meant,
)
from bot.core.weeks import Part, Week, week_of, weeks_from
from tests.papers import next_papers, plan_from

WEEKS = weeks_from("2026-W51", 4)
W51, W52, W53, W01 = WEEKS
NOW = datetime(2026, 12, 14, tzinfo=UTC)


def key(slug: str) -> str:
    return f"list:{slug}"


def paper(slug: str, *needs: str, **others) -> Resource:
    given_values = {"kind": "paper", "step_id": "step", "prerequisites": tuple(map(key, needs))}
    return Resource(key(slug), slug, f"https://example.org/{slug}", **(given_values | others))


def list_of(*resources: Resource) -> Curriculum:
    step = Step("step", "Step", "section", resources=resources)
    return Curriculum("list", "List", (Section("section", "Section", steps=(step,)),))


COMPANION = paper("video", parent=key("attention"))
ATTENTION = paper("attention", companions=(COMPANION,))
SMALL = list_of(
    ATTENTION,
    paper("deeper", addition=True),
    paper("peft", "attention", kind="docs"),
    paper("scaling", addition=True, must_read=True),
    paper("bert", "attention", formerly=(key("old-bert"),)),
    paper("course", kind="course"),
)
LIST = [key(slug) for slug in ("attention", "peft", "bert", "course")]


def papers(had=(), picked=(), winners=(), weeks=WEEKS, curriculum=SMALL) -> list[str | None]:
    return [p.key for p in next_papers(curriculum, had, dict(picked), dict(winners), weeks)]


def left(had=(), picked=(), winners=(), week=W51, curriculum=SMALL) -> int:
    return plan_from(week, curriculum, had=had, picked=picked, winners=winners).weeks_left()


def test_a_group_follows_the_list_with_its_docs_and_its_course():
    assert next_papers(SMALL, (), {}, {}, WEEKS) == [
        Pick(week, paper_key, "next_on_list") for week, paper_key in zip(WEEKS, LIST, strict=True)
    ]


def test_after_the_list_come_additions_that_are_must_reads_and_then_nothing():
    assert next_papers(SMALL, LIST, {}, {}, [W51, W52]) == [
        Pick(W51, key("scaling"), "must_read_addition"),
        Pick(W52, None, None),
    ]


def test_what_the_group_has_had_is_left_out():
    assert papers(had=LIST[:2]) == [key("bert"), key("course"), key("scaling"), None]


def test_what_the_group_has_had_under_a_former_key_is_left_out():
    assert key("bert") not in papers(had=[key("old-bert")])


def test_what_the_group_has_had_and_has_left_the_list_does_no_harm():
    assert papers(had=[key("gone")]) == LIST


def test_a_moderators_pick_takes_its_week_and_is_not_posted_twice():
    assert next_papers(SMALL, (), {W52: key("course")}, {}, WEEKS) == [
        Pick(W51, key("attention"), "next_on_list"),
        Pick(W52, key("course"), "picked_by_moderator"),
        Pick(W53, key("peft"), "next_on_list"),
        Pick(W01, key("bert"), "next_on_list"),
    ]


def test_a_moderators_pick_for_a_later_week_is_not_taken_earlier_by_the_order():
    assert papers(picked={W53: key("attention")})[:3] == [
        key("peft"),
        key("bert"),
        key("attention"),
    ]


def test_a_pick_beyond_the_weeks_shown_is_held_back_too():
    assert papers(picked={"2027-W09": key("attention")})[0] == key("peft")


def test_a_pick_for_a_week_gone_by_holds_nothing_back():
    assert papers(picked={"2026-W50": key("peft")}) == LIST


def test_a_pick_for_a_skipped_week_holds_nothing_back():
    assert papers(picked={W52: key("peft")}, weeks=[W51, W53])[1] == key("peft")


def test_a_moderator_may_pick_what_the_group_has_had_and_any_addition():
    picked = {W51: key("attention"), W52: key("deeper")}

    assert papers(LIST[:1], picked)[:3] == [key("attention"), key("deeper"), key("peft")]


def test_a_pick_that_was_removed_meanwhile_falls_back_to_the_vote_and_to_the_list():
    assert papers(picked={W51: key("gone")})[0] == key("attention")
    assert papers(picked={W51: key("gone")}, winners={W51: key("bert")})[0] == key("bert")


def test_a_pick_under_a_former_key_is_found():
    assert papers(picked={W51: key("old-bert")})[0] == key("bert")


def test_companions_are_never_posted():
    chosen = {W51: COMPANION.key}

    assert papers(picked=chosen, winners=chosen) == LIST


def test_the_votes_winner_takes_its_week():
    picks = next_papers(SMALL, (), {}, {W52: key("attention")}, WEEKS)

    assert picks[:2] == [
        Pick(W51, key("peft"), "next_on_list"),
        Pick(W52, key("attention"), "vote_winner"),
    ]


def test_a_moderators_pick_outdoes_the_vote_whose_winner_returns_to_the_list():
    chosen = papers(picked={W52: key("course")}, winners={W52: key("attention")})

    assert chosen[:2] == [key("attention"), key("course")]


def test_a_winner_that_the_group_has_had_falls_back_to_the_list():
    assert papers(had=LIST[:1], winners={W51: key("attention")})[0] == key("peft")


def test_a_winner_that_was_picked_for_an_earlier_week_falls_back_to_the_list():
    chosen = papers(picked={W51: key("bert")}, winners={W52: key("bert")})

    assert chosen[:2] == [key("bert"), key("attention")]


def test_a_winner_that_a_moderator_wants_later_waits_for_that_week():
    chosen = papers(picked={W52: key("bert")}, winners={W51: key("bert")})

    assert chosen[:2] == [key("attention"), key("bert")]


def test_no_weeks_have_no_papers():
    assert papers(picked={W51: key("bert")}, weeks=[]) == []


KEYS = st.sampled_from([*LIST, key("deeper"), key("scaling"), key("gone"), COMPANION.key])
CHOICES = st.dictionaries(st.sampled_from(WEEKS), KEYS)


@given(st.sets(KEYS), CHOICES, CHOICES)
def test_only_a_moderator_can_make_a_group_read_something_twice(had, picked, winners):
    picks = next_papers(SMALL, had, picked, winners, WEEKS)

    chosen = [p.key for p in picks if p.key and p.why != "picked_by_moderator"]
    by_moderator = {p.key for p in picks if p.why == "picked_by_moderator"}
    assert [p.week for p in picks] == WEEKS
    assert len(chosen) == len(set(chosen))
    assert not set(chosen) & (set(had) | by_moderator)
    assert {key("gone"), COMPANION.key}.isdisjoint(chosen)


@given(st.sets(KEYS), CHOICES, CHOICES)
def test_the_list_runs_out_with_the_first_week_that_has_no_paper(had, picked, winners):
    weeks = weeks_from(W51, 20)

    chosen = papers(had, picked, winners, weeks)

    assert left(had, picked, winners) == chosen.index(None)


def test_the_list_runs_out_after_its_must_read_additions():
    assert left() == 5
    assert left(had=LIST[:3]) == TELL_WEEKS_AHEAD
    assert left(had=[*LIST, key("scaling")]) == 0


def test_a_pick_from_outside_the_order_puts_the_end_off():
    assert left(had=LIST, picked={W52: key("deeper")}) == 2


def test_an_empty_list_has_run_out():
    assert left(curriculum=list_of()) == 0


def spans(**weeks: int) -> list[Span]:
    return [Span(key(slug), count, W51) for slug, count in weeks.items()]


def parts(had=(), picked=(), winners=(), read_for=(), weeks=WEEKS, posted=()) -> list[tuple]:
    chosen = had, dict(picked), dict(winners)
    found = next_papers(SMALL, *chosen, weeks, spans=read_for, posted=posted)
    return [(p.key and p.key.partition(":")[2], numbers(p.part)) for p in found]


def numbers(part: Part | None) -> tuple[int, int] | None:
    return (part.n, part.of) if part else None


def test_a_long_paper_goes_on_for_its_weeks_before_the_list_does():
    found = next_papers(SMALL, (), {}, {}, WEEKS, spans=spans(attention=3))

    assert found == [
        Pick(W51, key("attention"), "next_on_list", Part(1, 3)),
        Pick(W52, key("attention"), "goes_on", Part(2, 3)),
        Pick(W53, key("attention"), "goes_on", Part(3, 3)),
        Pick(W01, key("peft"), "next_on_list"),
    ]


def test_a_pick_or_a_vote_takes_a_week_of_a_long_paper_which_then_comes_a_week_later():
    chosen = parts(
        picked={W52: key("course")}, winners={W53: key("bert")}, read_for=spans(attention=2)
    )

    assert chosen == [
        ("attention", (1, 2)),
        ("course", None),
        ("bert", None),
        ("attention", (2, 2)),
    ]


def test_what_is_passed_over_comes_only_as_a_pick():
    passed = spans(attention=0, course=0)

    assert parts(read_for=passed, weeks=WEEKS) == [
        ("peft", None), ("bert", None), ("scaling", None), (None, None),
    ]  # fmt: skip
    assert parts(winners={W51: key("course")}, read_for=passed)[0] == ("peft", None)
    assert parts(picked={W51: key("course")}, read_for=passed)[0] == ("course", None)
    again = next_papers(SMALL, LIST, {}, {}, [W51], [key("attention")], passed)
    assert again == [Pick(W51, key("scaling"), "must_read_addition")]
    assert plan_from(W51, SMALL, beyond=[*LIST], spans=passed).weeks_left() == 3


def test_weeks_that_were_had_count_and_what_was_chosen_later_goes_for_the_rest():
    had = (W51, key("old-bert"), None), (W52, key("attention"), None)

    def go_on(weeks):
        return parts(LIST[:3], read_for=spans(bert=weeks), weeks=[W53, W01], posted=had)

    assert go_on(3) == [("bert", (2, 3)), ("bert", (3, 3))]
    assert go_on(2) == [("bert", (2, 2)), ("course", None)]
    assert go_on(1) == go_on(0) == [("course", None), ("scaling", None)]
    weeks = [Week(0, 1, week, NOW, "posted", each) for week, each, _ in had]
    three, one = (spans_by_key(SMALL, spans(bert=n), weeks)[key("bert")] for n in (3, 1))
    assert (three.part(W51), three.part(W52), one.part(W51)) == (Part(1, 3), None, None)


def test_what_has_had_its_weeks_is_read_for_as_many_once_more_if_it_is_picked():
    had = (W51, key("bert"), None), (W52, key("bert"), None)
    again = {W53: key("bert")}

    chosen = parts([], again, read_for=spans(bert=2), weeks=weeks_from(W53, 3), posted=had)

    assert chosen == [("bert", (1, 2)), ("bert", (2, 2)), ("attention", None)]


LENGTHS = st.dictionaries(st.sampled_from(LIST), st.integers(0, 4))


@given(st.sets(KEYS), CHOICES, LENGTHS)
def test_each_week_brings_what_was_forecast_for_it(had, picked, lengths):
    weeks = weeks_from(W51, 9)
    chosen = [Span(each, count, W51) for each, count in lengths.items()]
    forecast = next_papers(SMALL, had, picked, {}, weeks, spans=chosen)
    brought: list[Pick] = []

    for week in weeks:
        read = [(p.week, p.key, None) for p in brought if p.key]
        brought += next_papers(SMALL, had, picked, {}, [week], spans=chosen, posted=read)

    assert brought == forecast
    assert plan_from(W51, SMALL, had=had, picked=picked, spans=chosen).weeks_left() == [
        *(p.key for p in next_papers(SMALL, had, picked, {}, weeks_from(W51, 40), spans=chosen))
    ].index(None)


CHAIN = list_of(
    paper("attention", formerly=(key("transformer"),)),
    paper("gpt", "attention"),
    paper("bert", "gpt", "attention", "gone"),
)
BERT = CHAIN.by_key[key("bert")]
BOTH = {key("attention"): "done", key("gpt"): "known"}
NEITHER: dict[str, str] = {}


def ready(*members: dict[str, str], had=()) -> Readiness | None:
    return readiness(CHAIN, BERT, [(states, 1) for states in members], had)


def test_readiness_is_not_told_of_fewer_than_five_members():
    assert ready(*[BOTH] * (READINESS_FROM - 1)) is None
    assert ready(*[BOTH] * READINESS_FROM) is not None


def test_readiness_is_told_only_when_at_least_half_are_ready():
    assert ready(*[NEITHER] * 6) is None
    assert ready(*[BOTH] * 2, *[NEITHER] * 3) is None
    assert ready(*[BOTH] * 3, *[NEITHER] * 3) == Readiness(3, 6, key("attention"))


def test_what_the_group_has_had_counts_as_read_by_all():
    had = [key("transformer"), key("gpt"), BERT.key]

    assert ready(*[NEITHER] * 6, had=had) == Readiness(6, 6, None)
    assert ready(*[NEITHER] * 6, had=had[1:]) is None
    assert ready(*[BOTH] * 3, *[NEITHER] * 3, had=had[:1]) == Readiness(3, 6, key("gpt"))


def test_done_known_and_skipped_unlock_and_later_does_not():
    skipped = {key("attention"): "skipped", key("gpt"): "skipped"}
    later = {key("attention"): "done", key("gpt"): "later"}

    assert ready(BOTH, BOTH, skipped, later, later, later) == Readiness(3, 6, key("gpt"))


def test_what_one_or_two_others_lack_is_not_told():
    lacks_gpt = {key("attention"): "done"}

    assert ready(*[BOTH] * 4, lacks_gpt) == Readiness(4, 5, None)
    assert ready(*[BOTH] * 4, lacks_gpt, lacks_gpt) == Readiness(4, 6, None)


def test_when_all_are_ready_nothing_is_lacked():
    assert ready(*[BOTH] * 6) == Readiness(6, 6, None)


def test_who_has_read_it_already_is_ready():
    assert ready(*[{BERT.key: "done"}] * 5) == Readiness(5, 5, None)


def test_who_never_wants_to_read_it_is_ready_only_if_nothing_is_locked():
    never = [{BERT.key: "skipped"}] * 3

    assert ready(*[BOTH] * 3, *never) == Readiness(3, 6, key("attention"))
    assert ready(*[{**BOTH, BERT.key: "skipped"}] * 5) == Readiness(5, 5, None)


def test_a_former_key_of_a_prerequisite_unlocks():
    assert ready(*[{key("transformer"): "done", key("gpt"): "done"}] * 5) == Readiness(5, 5, None)


def test_of_equally_lacked_resources_the_first_of_the_list_is_named():
    assert ready(*[BOTH] * 3, *[NEITHER] * 3) == Readiness(3, 6, key("attention"))


def test_what_most_of_the_others_lack_is_named():
    lacks_gpt, lacks_attention = {key("attention"): "done"}, {key("gpt"): "done"}

    members = [BOTH, BOTH, BOTH, lacks_gpt, lacks_gpt, lacks_attention]

    assert ready(*members) == Readiness(3, 6, key("gpt"))


def test_nothing_is_named_when_no_more_than_half_of_the_others_lack_it():
    lacks_gpt, lacks_attention = {key("attention"): "done"}, {key("gpt"): "done"}

    others = [lacks_gpt, lacks_attention] * 2

    assert ready(*[BOTH] * 4, *others) == Readiness(4, 8, None)


def test_everyone_is_ready_for_what_needs_nothing():
    assert readiness(CHAIN, CHAIN.by_key[key("attention")], [(NEITHER, 5)]) == Readiness(5, 5, None)


TODAY = date(2026, 1, 7)


@given(st.dates(min_value=date(1, 1, 4), max_value=date(9999, 12, 20)))
def test_a_day_and_its_week_mean_the_same(day):
    week = week_of(day)

    assert list(weeks_meant(day.isoformat(), TODAY, "UTC")) == [week]
    assert list(weeks_meant(f" {week.lower()} ", TODAY, "UTC")) == [week]


def test_the_week_at_a_years_end_is_that_of_its_thursday():
    assert list(weeks_meant("2027-01-01", TODAY, "UTC")) == ["2026-W53"]


def test_a_text_of_two_days_is_two_weeks_each_with_its_day():
    meant = weeks_meant("01/02/2026", TODAY, "UTC")

    assert meant == {"2026-W01": date(2026, 1, 2), "2026-W05": date(2026, 2, 1)}
    assert weeks_meant("soon", TODAY, "UTC") == {}


def test_only_what_moderators_picked_for_weeks_to_come_is_a_pick():
    plan = plan_from(
        "2026-W03",
        SMALL,
        picked={"2026-W02": "a", "2026-W03": "b", "2026-W05": "c"},
        winners={"2026-W04": "d"},
    )

    assert plan.picked == {"2026-W03": "b", "2026-W05": "c"}
