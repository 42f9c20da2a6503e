"""What is read in its parts: every part comes, in order, once, whatever happens between."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.papers import (
    PICKED,
    Pick,
    Span,
    begun,
    is_long,
    spans_by_key,
    weeks_offered,
    without_unfinished,
)
from bot.core.weeks import Part, Week, weeks_from
from tests.curricula import curriculum, resource
from tests.papers import next_papers, plan_from

WEEKS = weeks_from("2026-W51", 9)
NOW = datetime(2026, 12, 14, tzinfo=UTC)
FIVE = ("a", "b", "c", "d", "e")
COURSE, FILM, BERT = "demo:course", "demo:film", "demo:bert"


def list_with(*parts, slug="course"):
    return curriculum(
        resource(slug, parts=parts, minutes=420, formerly=["old-course"]),
        resource("film"),
        resource("bert"),
    )


LIST = list_with(*FIVE)


def chosen(weeks):
    return [Span(COURSE, weeks, WEEKS[0])]


def read(found):
    """Return what each week has: the parts' names, or the paper's slug where it is none of them."""
    return ["".join(p.part.names) if p.part else p.key and p.key.partition(":")[2] for p in found]


def coming(
    listed=LIST, *, weeks=WEEKS[:7], picked=(), won=(), spans=(), posted=(), beyond=(), had=()
):
    chosen = had, dict(picked), dict(won), weeks
    return read(next_papers(listed, *chosen, beyond, spans, posted))


def posted(*parts, since=0, key=COURSE):
    """Return weeks that had these parts of the five; "": all of it."""
    return [
        (week, key, Part(FIVE.index(some[0]) + 1, 5, tuple(some)) if some else None)
        for week, some in zip(WEEKS[since:], parts, strict=False)
    ]


def test_what_has_parts_is_read_a_part_a_week_unless_moderators_chose_otherwise():
    found = next_papers(LIST, (), {}, {}, WEEKS[:2])

    assert coming() == [*"abcde", "film", "bert"]
    assert found == [
        Pick(WEEKS[0], COURSE, "next_on_list", Part(1, 5, ("a",))),
        Pick(WEEKS[1], COURSE, "goes_on", Part(2, 5, ("b",))),
    ]
    assert is_long(resource("short", parts=("a", "b"), minutes=10))


@pytest.mark.parametrize(
    ("weeks", "spread"),
    [
        (0, ["film", "bert"]),
        (1, ["course", "film"]),
        (2, ["abc", "de", "film"]),
        (3, ["ab", "cd", "e", "film"]),
        (4, ["ab", "c", "d", "e", "film"]),
        (5, [*"abcde", "film"]),
        (9, [*"abcde", "film"]),
    ],
)
def test_in_fewer_weeks_the_parts_are_spread_evenly_and_in_more_each_comes_once(weeks, spread):
    assert coming(spans=chosen(weeks))[: len(spread)] == spread


def test_picks_and_votes_between_put_the_other_parts_off():
    between = {"picked": {WEEKS[1]: FILM}, "won": {WEEKS[3]: BERT}}

    assert coming(**between) == ["a", "film", "b", "bert", "c", "d", "e"]
    assert coming(spans=chosen(2), **between)[:4] == ["abc", "film", "de", "bert"]
    assert coming(picked={WEEKS[2]: COURSE}, had=[COURSE])[:4] == ["film", "bert", "a", "b"]


def test_a_part_that_comes_as_a_pick_is_the_next_one():
    found = coming(picked={WEEKS[1]: COURSE}, posted=posted("a"), weeks=WEEKS[1:4])

    assert found == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("weeks", "rest"),
    [
        (None, ["c", "d", "e", "film"]),
        (4, ["cd", "e", "film"]),
        (3, ["cde", "film"]),
        (2, ["film", "bert"]),
        (0, ["film", "bert"]),
        (26, ["c", "d", "e", "film"]),
    ],
)
def test_who_changes_the_weeks_in_the_middle_spreads_what_is_left(weeks, rest):
    spans = [] if weeks is None else chosen(weeks)

    found = coming(spans=spans, posted=posted("a", "b"), weeks=WEEKS[2:6])

    assert found[: len(rest)] == rest


@pytest.mark.parametrize(
    ("now", "rest"),
    [
        (("a", "b", "c", "d", "e", "f"), ["c", "d", "e", "f", "film"]),
        (("a", "b", "b2", "c"), ["b2", "c", "film"]),
        (("b", "c", "d", "e"), ["c", "d", "e", "film"]),
        (("a", "B", "c", "d", "e"), ["c", "d", "e", "film"]),
        (("a", "B", "c", "d", "e", "f"), ["c", "d", "e", "f", "film"]),
        (("B", "c", "d", "e"), ["c", "d", "e", "film"]),
        (("a and b", "c", "d", "e"), ["c", "d", "e", "film"]),
        (("a", "b"), ["film"]),
        (("x", "y"), ["x", "y", "film"]),
        ((), ["film", "bert"]),
    ],
)
def test_where_the_list_has_other_parts_by_now_none_of_the_rest_is_lost(now, rest):
    found = coming(list_with(*now), posted=posted("a", "b"), weeks=WEEKS[2:8])

    assert found[: len(rest)] == rest


def test_parts_are_gone_on_with_under_another_key():
    listed = list_with(*FIVE, slug="course")

    assert coming(listed, posted=posted("a", key="demo:old-course"), weeks=WEEKS[1:3]) == ["b", "c"]


def test_what_was_read_whole_before_it_had_parts_isnt_begun_again():
    assert coming(posted=posted(""), weeks=WEEKS[1:3]) == ["film", "bert"]


def test_weeks_before_it_had_parts_count_for_their_share():
    whole = posted("")

    assert coming(spans=chosen(5), posted=whole, weeks=WEEKS[1:3]) == ["b", "c"]
    assert coming(spans=chosen(2), posted=whole, weeks=WEEKS[1:3]) == ["de", "film"]


def test_what_comes_again_begins_with_its_first_part():
    through = posted(*"abcde")
    again = coming(picked={WEEKS[5]: COURSE}, posted=through, weeks=WEEKS[5:8])
    beyond = coming(beyond=[COURSE], posted=through, had=[FILM, BERT], weeks=WEEKS[5:8])

    assert again == beyond == ["a", "b", "c"]
    assert coming(posted=[*through, *posted("a", "b", since=5)], weeks=WEEKS[7:]) == ["c", "d"]


@pytest.mark.parametrize("why", ["picked", "beyond"])
def test_what_comes_again_is_read_for_as_many_weeks_as_were_chosen(why):
    through = posted("abc", "de")
    given = {"picked": {WEEKS[2]: COURSE}} if why == "picked" else {"beyond": [COURSE]}

    again = coming(spans=chosen(2), posted=through, had=[FILM, BERT], weeks=WEEKS[2:5], **given)
    begun_again = [*through, *posted("abc", since=2)]

    assert again == ["abc", "de", None]
    assert coming(spans=chosen(2), posted=begun_again, weeks=WEEKS[3:6]) == ["de", "film", "bert"]
    both = [*begun_again, *posted("de", since=3)]
    assert coming(spans=chosen(2), posted=both, weeks=WEEKS[4:6]) == ["film", "bert"]


def test_what_has_no_parts_comes_again_for_as_many_weeks_and_says_which():
    whole, listed = posted("", "", ""), curriculum(resource("course"), resource("film"))
    given = {"spans": chosen(3), "posted": whole}

    plan = plan_from(WEEKS[3], listed, picked={WEEKS[3]: COURSE}, **given)
    found = [(pick.key, pick.part) for pick in plan.papers(WEEKS[3:7])]
    second = plan_from(WEEKS[4], listed, spans=chosen(3), posted=[*whole, *posted("", since=3)])

    assert found == [*((COURSE, Part(n, 3)) for n in (1, 2, 3)), (FILM, None)]
    assert [week.key for week in second.papers(WEEKS[4:7])] == [COURSE, COURSE, FILM]
    weeks = sorted(second.calendar.weeks, key=lambda week: week.week)
    assert [second.part(week) for week in weeks] == [Part(n, 3) for n in (1, 2, 3, 1)]


@pytest.mark.parametrize(("weeks", "left"), [(4, 2), (3, 1), (2, 0), (1, 0), (0, 0)])
def test_other_weeks_for_what_comes_again_count_from_where_it_began_anew(weeks, left):
    listed = curriculum(resource("course", minutes=420), resource("film"))
    had = posted(*[""] * 5)  # three weeks, and two of the next three
    plan = plan_from(WEEKS[5], listed, spans=chosen(3), posted=had)

    span = plan.span(listed.get(COURSE), weeks)
    after = plan_from(WEEKS[5], listed, spans=[span], posted=had)

    assert after.spans[COURSE].left == left
    papers = [pick.key for pick in after.papers(WEEKS[5:8])]
    assert papers == [*[COURSE] * left, FILM, None, None][:3]


def test_of_two_that_are_under_way_the_first_begun_goes_on():
    both = curriculum(resource("course", parts=FIVE), resource("film", parts=("x", "y")))

    found = coming(both, picked={WEEKS[1]: FILM}, weeks=WEEKS[:7])

    assert found == ["a", "x", "b", "c", "d", "e", "y"]


def test_a_plan_says_what_each_week_had_whatever_the_list_says_now():
    weeks = [
        Week(0, 1, week, NOW, "posted", key, part=part)
        for week, key, part in [*posted("a", "b"), *posted("", since=2)]
    ]
    plan = plan_from(WEEKS[3], list_with("x", "y", "z"))

    assert [plan.part(week) for week in weeks] == [Part(1, 5, ("a",)), Part(2, 5, ("b",)), None]


def test_the_moderators_choice_of_one_part_a_week_is_none_so_that_it_follows_the_list():
    course = LIST.get(COURSE)
    unread, begun_ = plan_from(WEEKS[0], LIST), plan_from(WEEKS[1], LIST, posted=posted("abc"))
    whole = plan_from(WEEKS[1], LIST, posted=posted(""))

    assert [plan.span(course, 5).weeks for plan in (unread, begun_, whole)] == [None, None, 5]
    assert unread.span(course, 3).weeks == 3
    assert (begun_.span(course, 3).since, whole.span(course, 5).since) == (WEEKS[0], WEEKS[0])


def test_what_is_begun_is_known_without_the_list():
    def keys(*weeks, spans=()):
        made = [Week(0, 1, week, NOW, "posted", key, part=part) for week, key, part in weeks]
        return begun(spans, made)

    assert keys(*posted("a", "b")) == {COURSE}
    assert keys(*posted("abc", "de")) == keys(*posted("")) == set()
    assert keys(*posted("a"), spans=chosen(1)) == set()
    assert keys(*posted(""), spans=chosen(3)) == {COURSE}
    assert keys(*posted("", "", ""), spans=chosen(3)) == set()
    assert keys(*posted("", "", "", ""), spans=chosen(3)) == {COURSE}


@pytest.mark.parametrize(
    ("had", "spans", "is_read"),
    [
        (posted("a", "b"), (), False),
        (posted(*"abcde"), (), True),
        (posted("abc"), chosen(2), False),
        (posted("abc", "de"), chosen(2), True),
        (posted(*"abcde", "a"), (), True),  # it comes again
        (posted(""), (), True),
        (posted("", ""), chosen(3), False),
        (posted("", "", ""), chosen(3), True),
        (posted("", ""), [Span(COURSE, 3, WEEKS[1])], True),  # once before it was chosen
        (posted(""), chosen(0), True),
    ],
)
def test_what_was_read_to_the_end_is_known_without_the_list(had, spans, is_read):
    weeks = [Week(0, 1, week, NOW, "posted", key, part=part) for week, key, part in had]
    other = Week(0, 1, WEEKS[8], NOW, "posted", BERT)

    kept = without_unfinished(spans, [*weeks, other])

    assert kept == ([*weeks, other] if is_read else [other])


def test_so_many_weeks_are_offered_as_parts_can_be_spread_over():
    parts = tuple(map(str, range(26)))

    def offered(parts, weeks, *had):
        book = resource("book", parts=parts)
        return weeks_offered(book, Span("demo:book", weeks, WEEKS[0], had, parts))

    assert weeks_offered(resource("book"), None) == [1, 2, 3, 4, 0]
    assert offered(FIVE, None) == [5, 3, 2, 1, 0]
    assert offered(FIVE, 4) == [5, 4, 3, 2, 1, 0]
    assert offered(parts, None) == [26, 13, 9, 7, 6, 5, 4, 3, 2, 1, 0]
    assert offered(FIVE, 3, (WEEKS[0], None)) == [4, 3, 2, 0]
    assert offered(FIVE, None, (WEEKS[0], None), (WEEKS[1], None)) == [5, 4, 3, 0]
    assert offered(FIVE, 1, (WEEKS[0], None)) == [5, 3, 2, 1, 0]


NAMES = st.lists(st.text("abc", min_size=1, max_size=2), min_size=2, max_size=26, unique=True)
BETWEEN = st.dictionaries(
    st.sampled_from(weeks_from("2026-W51", 40)), st.sampled_from([FILM, BERT])
)


@given(NAMES, st.none() | st.integers(2, 30), BETWEEN, BETWEEN)
def test_every_part_comes_once_and_in_order_whatever_is_picked_between(parts, weeks, picked, won):
    spans, ahead = [] if weeks is None else chosen(weeks), weeks_from("2026-W51", 80)
    listed = list_with(*parts)

    found = [p for p in next_papers(listed, (), picked, won, ahead, spans=spans) if p.part]

    assert [name for pick in found for name in pick.part.names] == parts
    assert [pick.part.n for pick in found[1:]] == [pick.part.last + 1 for pick in found[:-1]]
    assert len(found) == min(weeks or len(parts), len(parts))
    sizes = Counter(len(pick.part.names) for pick in found)
    assert max(sizes) - min(sizes) <= 1


@given(NAMES, BETWEEN, st.lists(st.none() | st.integers(0, 30), min_size=1, max_size=40))
def test_each_week_brings_what_was_forecast_for_it_and_no_change_of_weeks_loses_a_part(
    parts, picked, choices
):
    listed, brought, spans = list_with(*parts), [], []
    for week, weeks in zip(weeks_from("2026-W51", 40), choices, strict=False):
        plan = plan_from(week, listed, picked=picked, spans=spans, posted=brought)
        if weeks is not None and weeks <= len(parts):
            span = plan.span(listed.get(COURSE), weeks)
            spans = [span] if span.weeks is not None else []
            plan = plan_from(week, listed, picked=picked, spans=spans, posted=brought)
        ahead = plan.papers(weeks_from(week, 3))
        forecast = plan.paper(week)
        part = forecast.part if forecast.part and forecast.part.names else None
        if forecast.key:
            brought.append((week, forecast.key, part))
        assert ahead[0] == forecast
        assert plan.weeks_left() >= 0

    ends = [part.last for _, key, part in brought if key == COURSE and part]
    begins = [part.n for _, key, part in brought if key == COURSE and part]
    assert all(n in {1, end + 1} for n, end in zip(begins[1:], ends, strict=False))


@given(NAMES, st.integers(0, 25), NAMES)
def test_whatever_the_list_makes_of_its_parts_what_follows_the_last_one_had_comes_next(
    parts, at, now
):
    at = min(at, len(parts) - 1)
    had = [(WEEKS[0], COURSE, Part(at + 1, len(parts), (parts[at],)))]
    listed = list_with(*now)

    (span,) = spans_by_key(
        listed, [], [Week(0, 1, week, NOW, "posted", key, part=part) for week, key, part in had]
    ).values()
    found = coming(listed, posted=had, weeks=WEEKS[1:2])

    if parts[at] in now:
        assert span.left == len(now) - now.index(parts[at]) - 1
    assert 0 <= span.left <= len(now)
    assert found == [now[len(now) - span.left] if span.left else "film"]


def test_weeks_left_counts_every_part_and_those_of_picks_of_what_was_read():
    plan = plan_from(WEEKS[0], LIST)
    again = plan_from(WEEKS[5], LIST, picked={WEEKS[8]: COURSE}, posted=posted(*"abcde"))

    assert (plan.weeks_left(), plan.weeks_left(3)) == (7, 3)
    assert again.weeks_left() == 2  # then a week without, before the pick
    assert again.papers([WEEKS[8]])[0].why == PICKED
