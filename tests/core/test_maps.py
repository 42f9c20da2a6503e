"""A map holds what a phone shows, and its lines lead from what is needed to what needs it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum import Resource
from bot.core.maps import MOST, list_map, way_map
from bot.core.progress import resolved, unlocks
from bot.core.recommend import Path, Reader, Recommendation, path_to, recommend
from tests.curricula import NOW, curriculum, done, later, read_by_somebody, resource

WEEK = timedelta(days=7)
FOUR = curriculum(
    resource("a", step_id="one"),
    resource("b", "a", step_id="two"),
    resource("c", "b", step_id="two", must_read=True),
    resource("d", "c", step_id="three"),
)


def seen(places):
    """Return each place as (what, look, lane, after)."""
    return [(_short(p.named), p.look, p.lane, p.after) for p in places]


def _short(named):
    return named if isinstance(named, int) else named.key.rpartition(":")[2]


def on_list(listed, marks, **reader):
    return seen(list_map(listed, Reader(marks, **reader), NOW))


def on_way(listed, marks, key):
    left = path_to(listed, marks, key)
    return seen(way_map(Path(listed, Reader(marks), listed.find(key), left), NOW))


def test_the_step_that_the_reader_is_in_is_open():
    assert on_list(FOUR, done("a", "b")) == [
        ("one", "done", 0, ()),
        ("two", "here", 0, (0,)),
        ("b", "done", 1, (1,)),
        ("c", "here", 1, (2,)),
        ("three", "locked", 0, (1,)),
    ]


def test_what_is_put_off_or_left_out_looks_so():
    listed = curriculum(*(resource(each, step_id=each) for each in "abc"))
    marks = later("a") | {"demo:b": done("b")["demo:b"].__class__("skipped", NOW)}

    assert [(what, look) for what, look, *_ in on_list(listed, marks)] == [
        ("a", "later"),
        ("b", "never"),
        ("c", "here"),
        ("c", "here"),
    ]


def test_a_list_that_is_read_has_no_open_step():
    looks = [look for _, look, *_ in on_list(FOUR, done("a", "b", "c", "d"))]

    assert looks == ["done"] * 3


def test_the_goal_comes_first():
    listed = curriculum(resource("a", step_id="one"), resource("b", step_id="two"))

    shown = on_list(listed, {}, goal="demo:b")

    assert ("b", "here", 1, (1,)) in shown


def test_deeper_steps_are_there_once_they_are_begun():
    listed = curriculum(resource("a"), resource("x", step_id="deep", addition=True))

    assert "deep" not in [what for what, *_ in on_list(listed, {})]
    assert "deep" in [what for what, *_ in on_list(listed, done("x"))]


def test_a_long_list_is_shown_around_its_reader():
    listed = curriculum(*(resource(f"r{n}", step_id=f"s{n}") for n in range(30)))

    shown = on_list(listed, done(*(f"r{n}" for n in range(15))))

    assert len(shown) == MOST
    assert shown[0][:2] == (11, "gap")
    assert shown[-1][:2] == (10, "gap")
    assert ("r15", "here") in [each[:2] for each in shown]


def test_the_way_leads_from_what_is_read_to_the_goal():
    listed = curriculum(
        resource("a"), resource("b", "a"), resource("c", "a"), resource("d", "b", "c", "a")
    )

    assert on_way(listed, done("a"), "demo:d") == [
        ("a", "done", 0, ()),
        ("b", "here", 1, (0,)),
        ("c", "ready", 0, (0,)),
        ("d", "goal", 0, (1, 2)),  # and not from a: b and c lead there
    ]


def test_the_way_to_a_step_ends_in_it():
    assert on_way(FOUR, done("a"), ":two") == [
        ("a", "done", 0, ()),
        ("b", "here", 0, (0,)),
        ("c", "locked", 0, (1,)),
        ("two", "goal", 0, (2,)),
    ]


def test_of_a_long_way_the_middle_is_left_out():
    listed = curriculum(resource("r0"), *(resource(f"r{n}", f"r{n - 1}") for n in range(1, 30)))

    shown = on_way(listed, done("r0"), "demo:r29")

    assert len(shown) == MOST
    assert [what for what, *_ in shown] == [
        "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", 19, "r28", "r29",
    ]  # fmt: skip
    assert [after for *_, after in shown] == [(), *((n,) for n in range(11))]


def test_a_way_that_is_gone_ends_done():
    assert on_way(FOUR, done("a", "b", "c"), ":two")[-1][:2] == ("two", "done")


@given(read_by_somebody(most=20))
def test_a_list_map_fits_a_phone(made):
    listed, marks = made
    places = list_map(listed, Reader(resolved(listed, marks)), NOW)
    answer = recommend(listed, marks, NOW)

    assert len(places) <= MOST
    here = [p.named for p in places if p.look == "here" and isinstance(p.named, Resource)]
    assert here == ([answer.resource] if isinstance(answer, Recommendation) else [])
    assert all(0 <= start < n for n, p in enumerate(places) for start in p.after)


@given(read_by_somebody(most=20), st.data())
def test_a_way_map_fits_a_phone_and_its_lines_are_true(made, data):
    listed, marks = made
    marks = resolved(listed, marks)
    aims = [*(r.key for r in listed.resources), *(s.key for s in listed.steps)]
    aim = data.draw(st.sampled_from(aims))
    left = path_to(listed, marks, aim)
    places = way_map(Path(listed, Reader(marks), listed.find(aim), left), NOW)

    assert len(places) <= MOST
    assert all(0 <= start < n for n, p in enumerate(places) for start in p.after)
    for place in places:
        if isinstance(place.named, Resource):
            named = [places[m].named for m in place.after]
            assert {r.key for r in named if isinstance(r, Resource)} <= {*place.named.prerequisites}
            assert (place.look in ("done", "never")) == unlocks(marks, place.named.key)
    ends = {start: n for n, place in enumerate(places) for start in place.after}
    for start, end in ends.items():
        met = (n for n in range(start + 1, end) if places[n].lane == places[start].lane)
        assert [*met] == [], "a line runs through a stop"
