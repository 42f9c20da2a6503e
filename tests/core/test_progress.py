from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.file import default_curriculum_path, read_curriculum
from bot.core.progress import (
    COUNTS_FROM,
    Mark,
    figures,
    is_put_off,
    is_read,
    may_name,
    resolved,
    shown_count,
    unlocks,
)
from tests.curricula import NOW, curriculum, done, later, read_by_somebody, resource

BEST_FIRST = ["done", "known", "skipped", "later"]


def mark(state, **fields):
    return Mark(state, NOW, **fields)


def test_done_and_known_count_as_read():
    marks = {"a": mark("done"), "b": mark("known"), "c": mark("skipped"), "d": mark("later")}

    assert [key for key in "abcde" if is_read(marks, key)] == ["a", "b"]


def test_done_known_and_skipped_unlock_what_waits():
    marks = {"a": mark("done"), "b": mark("known"), "c": mark("skipped"), "d": mark("later")}

    assert [key for key in "abcde" if unlocks(marks, key)] == ["a", "b", "c"]


def test_what_is_put_off_is_so_until_its_instant():
    marks = later("a", until=NOW + timedelta(days=7)) | done("b")

    assert is_put_off(marks, "demo:a", NOW + timedelta(days=7, seconds=-1))
    assert not is_put_off(marks, "demo:a", NOW + timedelta(days=7))
    assert not is_put_off(marks, "demo:b", NOW)
    assert not is_put_off(marks, "demo:c", NOW)


def test_the_list_is_counted_apart_from_additions_and_companions_not_at_all():
    made = curriculum(
        resource("a", companions=["a-video"], minutes=10),
        resource("b", minutes=20),
        resource("c", minutes=None),
        resource("d", minutes=40, step_id="two"),
        resource("x", addition=True, minutes=80, step_id="two"),
    )
    marks = done("a", "a-video") | {"demo:b": mark("skipped"), "demo:d": mark("later", until=NOW)}

    counted = figures(made, marks)

    assert (counted.listed.read, counted.listed.skipped, counted.listed.total) == (1, 1, 4)
    assert counted.listed.left_minutes == 40
    assert (counted.added.read, counted.added.total, counted.added.left_minutes) == (0, 1, 80)
    assert [(s.step.id, s.listed.total, s.added.total) for s in counted.steps] == [
        ("one", 3, 0),
        ("two", 1, 1),
    ]


def test_a_step_is_complete_when_nothing_is_left_to_read():
    made = curriculum(resource("a"), resource("b"), resource("x", addition=True))

    one_left = figures(made, done("a"))
    none_left = figures(made, done("a") | {"demo:b": mark("skipped")})

    assert not one_left.listed.is_complete
    assert none_left.listed.is_complete
    assert not none_left.added.is_complete


def test_the_shipped_list_has_nine_resources_and_the_rest_beside_it():
    path = default_curriculum_path()
    shipped = read_curriculum(path.read_bytes())

    counted = figures(shipped, {})

    assert counted.listed.total == 9
    assert counted.listed.total + counted.added.total == len(shipped.resources)


def test_of_two_marks_that_became_one_the_newer_of_the_same_state_counts():
    made = curriculum(resource("a", formerly=["old", "older"]))
    older = Mark("done", NOW - timedelta(days=3), rating=2)
    newer = Mark("done", NOW, rating=5)

    one_way = resolved(made, {"demo:old": older, "demo:older": newer})
    other_way = resolved(made, {"demo:older": newer, "demo:old": older})

    assert one_way == other_way == {"demo:a": newer}


def test_a_mark_of_what_left_the_list_stays_under_its_key():
    made = curriculum(resource("a"))

    assert resolved(made, done("gone")) == done("gone")


@given(read_by_somebody())
def test_the_best_mark_counts_under_the_present_key(somebody):
    made, marks = somebody

    found = resolved(made, marks)

    for key, best in found.items():
        named = made.get(key)
        keys = [key, *(named.formerly if named else ())]
        states = [marks[each].state for each in keys if each in marks]
        assert best.state == min(states, key=BEST_FIRST.index)
        assert best in [marks[each] for each in keys if each in marks]
    assert {made.present_keys.get(key, key) for key in marks} == found.keys()


@given(read_by_somebody())
def test_the_figures_add_up(somebody):
    made, marks = somebody
    by_key = resolved(made, marks)

    counted = figures(made, marks)

    for whole, parts in (
        (counted.listed, [step.listed for step in counted.steps]),
        (counted.added, [step.added for step in counted.steps]),
    ):
        assert whole.read == sum(part.read for part in parts)
        assert whole.skipped == sum(part.skipped for part in parts)
        assert whole.total == sum(part.total for part in parts)
        assert whole.left_minutes == sum(part.left_minutes for part in parts)
        assert whole.is_complete == (whole.read + whole.skipped == whole.total)
    left = [r for r in made.resources if not unlocks(by_key, r.key)]
    done_with = counted.listed.read + counted.listed.skipped
    done_with += counted.added.read + counted.added.skipped
    assert done_with + len(left) == len(made.resources)
    assert counted.listed.left_minutes + counted.added.left_minutes == sum(
        r.minutes or 0 for r in left
    )


@given(st.integers(0, 50))
def test_a_number_of_readers_is_shown_from_three_on_and_below_nothing(readers):
    assert shown_count(readers) == (readers if readers >= 3 else None)


@given(st.integers(0, 50), st.integers(0, 50))
def test_names_stand_beside_a_number_unless_that_points_to_one_or_two_others(others, named):
    assert may_name(others + named, named) == (others == 0 or others >= COUNTS_FROM)
