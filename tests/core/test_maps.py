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


def seen(stations):
    """Return each station as (what, look, lane, after)."""
    return [(_short(p.named), p.look, p.lane, p.after) for p in stations]


def _short(named):
    return named if isinstance(named, int) else named.key.rpartition(":")[2]


def on_list(listed, marks, **reader):
    return seen(map_of(listed, marks, **reader))


def map_of(listed, marks, **reader):
    answer = recommend(listed, marks, NOW, goal=reader.get("goal"))
    comes_next = answer.resource if isinstance(answer, Recommendation) else None
    return list_map(listed, Reader(marks, **reader), comes_next, NOW)


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


def test_a_step_that_is_left_out_is_not_read():
    never = {f"demo:{each}": done(each)[f"demo:{each}"].__class__("skipped", NOW) for each in "abc"}

    assert on_way(FOUR, never, ":two")[-1][:2] == ("two", "never")


def test_a_list_of_additions_alone_shows_all_its_steps():
    listed = curriculum(*(resource(each, step_id=each, addition=True) for each in "abc"))

    assert [what for what, *_ in on_list(listed, later("a", "b", "c"))] == ["a", "b", "c"]


def test_what_comes_next_is_never_left_out_of_a_way():
    roots = [resource(f"r{n}") for n in range(20)]
    listed = curriculum(*roots, resource("aim", *(f"r{n}" for n in range(20))))

    shown = on_way(listed, later(*(f"r{n}" for n in range(12))), "demo:aim")

    assert ("r12", "here") in [each[:2] for each in shown]


@given(read_by_somebody(most=20))
def test_a_list_map_fits_a_phone(made):
    listed, marks = made
    stations = map_of(listed, resolved(listed, marks))
    answer = recommend(listed, marks, NOW)

    assert len(stations) <= MOST
    here = [p.named for p in stations if p.look == "here" and isinstance(p.named, Resource)]
    assert here == ([answer.resource] if isinstance(answer, Recommendation) else [])
    assert all(0 <= start < n for n, p in enumerate(stations) for start in p.after)


@given(read_by_somebody(most=20), st.data())
def test_a_way_map_fits_a_phone_and_its_lines_are_true(made, data):
    listed, marks = made
    marks = resolved(listed, marks)
    aims = [*(r.key for r in listed.resources), *(s.key for s in listed.steps)]
    aim = data.draw(st.sampled_from(aims))
    left = path_to(listed, marks, aim)
    stations = way_map(Path(listed, Reader(marks), listed.find(aim), left), NOW)

    named = [station.named for station in stations if not isinstance(station.named, int)]
    assert len(stations) <= MOST
    assert len({each.key for each in named}) == len(named), "something stands twice"
    assert all(0 <= start < n for n, p in enumerate(stations) for start in p.after)
    for station in stations:
        if isinstance(station.named, Resource):
            named = [stations[m].named for m in station.after]
            assert {r.key for r in named if isinstance(r, Resource)} <= {
                *station.named.prerequisites
            }
            assert (station.look in ("done", "never")) == unlocks(marks, station.named.key)
    for end, station in enumerate(stations):
        for start in station.after:
            lane = (station if station.gathers else stations[start]).lane
            met = (n for n in range(start + 1, end) if stations[n].lane == lane)
            assert [*met] == [], "a line runs through a stop"
