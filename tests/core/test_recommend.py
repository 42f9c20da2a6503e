from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.progress import Mark, is_put_off, resolved, unlocks
from bot.core.recommend import (
    NO_FILTERS,
    AllPutOff,
    AllRead,
    Filters,
    FinishedPrerequisites,
    GoDeeper,
    OnGoalPath,
    Opens,
    Recommendation,
    Sitting,
    TooNarrow,
    opens,
    passed_to,
    path_to,
    ready_for,
    recommend,
    similar_to,
    sitting_for,
)
from tests.curricula import NOW, curriculum, done, later, read_by_somebody, resource

NINE_STEPS = [
    "attention-is-all-you-need",
    "gpt-1",
    "bert",
    "lora",
    "peft-docs",
    "gpt-2",
    "gpt-3",
    "chain-of-thought",
    "hf-course-nlp-tasks",
]
WEEK = timedelta(days=7)


def slug(answer):
    """The slug of what is recommended at once."""
    assert isinstance(answer, Recommendation)
    return answer.resource.key.partition(":")[2]


def put_off(made, slug, until, *, deeper=False):
    """The answer that this comes back first."""
    return AllPutOff(made.by_key[f"demo:{slug}"], until, deeper)


def slugs(resources):
    return [each.key.partition(":")[2] for each in resources]


def followed(made, marks=None, now=NOW, **asked):
    """Say Done to each recommendation, and return what was read and the last answer."""
    marks = dict(marks or {})
    read = []
    answer = recommend(made, marks, now, **asked)
    while isinstance(answer, Recommendation):
        read.append(answer.resource)
        marks[answer.resource.key] = Mark("done", now)
        answer = recommend(made, marks, now, **asked)
    return read, answer


def test_saying_done_each_time_reads_the_makers_list_in_its_order(shipped_list):
    read, then = followed(shipped_list)

    assert slugs(read) == NINE_STEPS
    assert isinstance(then, GoDeeper)
    assert then.then.resource.addition


def test_going_deeper_reads_the_whole_shipped_list(shipped_list):
    read, then = followed(shipped_list, deeper=True)

    assert slugs(read)[:9] == NINE_STEPS
    assert set(read) == set(shipped_list.resources)
    assert then == AllRead()


def test_after_the_list_come_must_reads_with_what_they_need_then_the_rest():
    made = curriculum(
        resource("rest", addition=True),
        resource("needed", addition=True),
        resource("wanted", "needed", addition=True, must_read=True),
        resource("last-of-list"),
    )

    read, _ = followed(made, deeper=True)

    assert slugs(read) == ["last-of-list", "needed", "wanted", "rest"]


def test_what_waits_for_something_is_passed_over_until_that_is_read():
    made = curriculum(resource("b", "a"), resource("a"))

    assert slug(recommend(made, {}, NOW)) == "a"
    assert slug(recommend(made, done("a"), NOW)) == "b"


@pytest.mark.parametrize("state", ["known", "skipped"])
def test_what_is_known_or_skipped_unlocks_too_and_is_never_given(state):
    made = curriculum(resource("a"), resource("b", "a"))

    answer = recommend(made, {"demo:a": Mark(state, NOW)}, NOW)

    assert slug(answer) == "b"


def test_what_is_put_off_comes_back_after_a_week():
    made = curriculum(resource("a"), resource("b"))
    marks = later("a", until=NOW + WEEK)

    assert slug(recommend(made, marks, NOW)) == "b"
    assert slug(recommend(made, marks, NOW + WEEK - timedelta(seconds=1))) == "b"
    assert slug(recommend(made, marks, NOW + WEEK)) == "a"


def test_putting_off_unlocks_nothing():
    made = curriculum(resource("a"), resource("b", "a"))

    assert recommend(made, later("a"), NOW) == put_off(made, "a", NOW + WEEK)


def test_everything_put_off_says_when_the_first_comes_back():
    made = curriculum(resource("a"), resource("b"), resource("c", "b"))
    marks = later("a", until=NOW + WEEK) | later("b", until=NOW + timedelta(days=2))

    assert recommend(made, marks, NOW) == put_off(made, "b", NOW + timedelta(days=2))


def test_what_waits_for_something_put_off_longer_is_not_what_comes_back_first():
    made = curriculum(resource("a"), resource("b", "a"))
    marks = later("a", until=NOW + WEEK) | later("b", until=NOW + timedelta(days=2))

    assert recommend(made, marks, NOW) == put_off(made, "a", NOW + WEEK)


def test_a_list_put_off_leads_nobody_deeper_who_does_not_ask():
    made = curriculum(resource("a"), resource("b", "a"), resource("x", addition=True))

    answer = recommend(made, later("a"), NOW)
    asked = recommend(made, later("a"), NOW, deeper=True)

    assert answer == put_off(made, "a", NOW + WEEK, deeper=True)
    assert slug(asked) == "x"


def test_an_addition_that_the_list_needs_is_none_that_goes_deeper():
    made = curriculum(
        resource("y", addition=True), resource("x", addition=True), resource("b", "x")
    )

    assert slug(recommend(made, {}, NOW)) == "x"
    assert recommend(made, later("x"), NOW) == put_off(made, "x", NOW + WEEK, deeper=True)


def test_an_addition_put_off_is_not_what_the_list_waits_for():
    made = curriculum(resource("a"), resource("x", addition=True))
    marks = later("a", until=NOW + WEEK) | later("x", until=NOW + timedelta(days=2))

    assert recommend(made, marks, NOW) == put_off(made, "a", NOW + WEEK)


def test_nothing_left_is_all_read():
    made = curriculum(resource("a"), resource("x", addition=True))

    assert recommend(made, done("a", "x"), NOW) == AllRead()


def test_who_went_deeper_is_not_asked_again_and_gets_the_list_back_first():
    made = curriculum(resource("a"), resource("x", addition=True))

    beyond = recommend(made, later("a"), NOW, deeper=True)
    back = recommend(made, later("a"), NOW + WEEK, deeper=True)

    assert slug(beyond) == "x"
    assert slug(back) == "a"


def test_a_curriculum_of_additions_only_is_read_without_asking():
    made = curriculum(resource("x", addition=True))

    assert slug(recommend(made, {}, NOW)) == "x"


def test_a_goal_comes_before_the_list_with_what_it_needs():
    made = curriculum(
        resource("a"),
        resource("b"),
        resource("goal", "y", "x", addition=True),
        resource("x", addition=True),
        resource("y", "b", addition=True),
    )

    read, then = followed(made, goal="demo:goal")

    assert slugs(read) == ["b", "x", "y", "goal", "a"]
    assert then == AllRead()


def test_a_goal_reached_leaves_the_question_whether_to_go_deeper():
    made = curriculum(resource("a"), resource("goal", addition=True), resource("x", addition=True))

    on_the_way = recommend(made, done("a"), NOW, goal="demo:goal")
    reached = recommend(made, done("a", "goal"), NOW, goal="demo:goal")

    assert slug(on_the_way) == "goal"
    assert isinstance(reached, GoDeeper)


def test_a_goal_that_left_the_list_changes_nothing():
    made = curriculum(resource("a"), resource("b"))

    assert recommend(made, {}, NOW, goal="demo:gone") == recommend(made, {}, NOW)


def test_a_companion_is_never_picked_not_even_as_a_goal():
    made = curriculum(resource("a", companions=["video"]), resource("b"))

    assert slug(recommend(made, {}, NOW, goal="demo:video")) == "a"


def test_a_goal_that_is_put_off_lets_the_list_go_on():
    made = curriculum(resource("a"), resource("goal"))

    assert slug(recommend(made, later("goal"), NOW, goal="demo:goal")) == "a"


@pytest.mark.parametrize(
    ("filters", "given"),
    [
        (Filters(kind="video"), "video"),
        (Filters(step_id="two"), "short"),
        (Filters(must_reads=True), "must"),
        (Filters(kind="video", must_reads=True), None),
    ],
)
def test_filters_narrow(filters, given):
    made = curriculum(
        resource("first"),
        resource("video", kind="video"),
        resource("must", must_read=True),
        resource("short", step_id="two"),
    )

    answer = recommend(made, {}, NOW, filters=filters)

    assert (slug(answer) if given else type(answer)) == (given or TooNarrow)


@pytest.mark.parametrize(
    ("takes", "minutes", "sittings"),
    [(20, 20, 1), (21, 20, 2), (80, 20, 4), (81, 20, None), (None, 20, None), (5, 10_000, 1)],
)
def test_what_is_next_is_said_in_sittings(takes, minutes, sittings):
    made = curriculum(resource("a", minutes=takes))

    assert sitting_for(made, {}, NOW, made.by_key["demo:a"], minutes) == Sitting(minutes, sittings)


def test_a_companion_that_fits_is_offered_before_the_shortest_of_the_list():
    made = curriculum(resource("a", minutes=60, companions=["video"]), resource("b", minutes=15))
    paper, video, short = (made.by_key[f"demo:{slug}"] for slug in ("a", "video", "b"))

    fits = sitting_for(made, {}, NOW, paper, 20)
    seen = sitting_for(made, done("video"), NOW, paper, 20)
    too_long = sitting_for(made, {}, NOW, paper, 2)

    assert fits == Sitting(20, 3, companion=video)
    assert seen == Sitting(20, 3, shortest=short)
    assert too_long == Sitting(2, None, shortest=short)


def test_the_shortest_is_of_the_list_and_can_be_read_now():
    made = curriculum(
        resource("a", minutes=60),
        resource("locked", "a", minutes=10),
        resource("put-off", minutes=10),
        resource("addition", minutes=10, addition=True),
        resource("unknown", minutes=None),
    )

    assert sitting_for(made, later("put-off"), NOW, made.by_key["demo:a"], 20) == Sitting(20, 3)


@given(read_by_somebody(), st.integers(1, 200))
def test_what_is_offered_for_the_time_that_one_has_can_be_read_now(somebody, minutes):
    made, marks = somebody
    ready = ready_for(made, marks, NOW)

    for each in ready:
        told = sitting_for(made, marks, NOW, each, minutes)
        if told.companion is not None:
            assert told.companion in each.companions
            assert told.companion.minutes <= minutes
        if told.shortest is not None:
            assert told.shortest in ready
            assert told.shortest != each
            assert all(
                told.shortest.minutes <= (r.minutes or 1000) for r in ready if not r.addition
            )
        if told.sittings is not None:
            assert (told.sittings - 1) * minutes < each.minutes <= told.sittings * minutes


def test_a_filter_reaches_beyond_the_list_without_asking():
    made = curriculum(resource("a"), resource("x", addition=True, kind="video"))

    assert slug(recommend(made, {}, NOW, filters=Filters(kind="video"))) == "x"


def test_too_narrow_names_the_filter_that_is_alone_to_blame():
    made = curriculum(resource("a", kind="paper"))

    answer = recommend(made, {}, NOW, filters=Filters(kind="paper", must_reads=True))

    assert answer == TooNarrow(Filters(kind="paper", must_reads=True), ("must_reads",))
    assert not answer.is_read


def test_too_narrow_names_every_filter_that_could_be_dropped():
    made = curriculum(resource("a", kind="video"), resource("b", must_read=True))

    answer = recommend(made, {}, NOW, filters=Filters(kind="video", must_reads=True))

    assert answer == TooNarrow(Filters(kind="video", must_reads=True), ("kind", "must_reads"))


def test_too_narrow_names_all_filters_when_no_single_one_is_to_blame():
    made = curriculum(resource("a", kind="paper", step_id="two"))

    answer = recommend(made, {}, NOW, filters=Filters("video", "one", must_reads=True))

    assert answer == TooNarrow(
        Filters("video", "one", must_reads=True), ("kind", "step_id", "must_reads")
    )


def test_what_fits_but_is_locked_names_what_is_read_first():
    made = curriculum(
        resource("a"), resource("b", "a"), resource("far", "b", kind="video"),
        resource("near", "a", kind="video"),
    )  # fmt: skip
    near, first = made.by_key["demo:near"], made.by_key["demo:a"]

    answer = recommend(made, {}, NOW, filters=Filters(kind="video"))

    assert answer == TooNarrow(Filters(kind="video"), ("kind",), near, first)


def test_what_fits_but_is_put_off_is_said_to_come_back():
    made = curriculum(resource("a"), resource("film", kind="video"))

    answer = recommend(made, later("film"), NOW, filters=Filters(kind="video"))

    assert answer == TooNarrow(
        Filters(kind="video"), ("kind",), made.by_key["demo:film"], until=NOW + WEEK
    )


def test_what_fits_and_is_all_read_is_said_to_be():
    made = curriculum(resource("a"), resource("film", kind="video"))

    answer = recommend(made, done("film"), NOW, filters=Filters(kind="video"))

    assert answer == TooNarrow(Filters(kind="video"), ("kind",), is_read=True)


def test_filters_are_not_to_blame_when_everything_is_read_or_put_off():
    made = curriculum(resource("a"))

    assert recommend(made, done("a"), NOW, filters=Filters(kind="book")) == AllRead()
    assert recommend(made, later("a"), NOW, filters=Filters(kind="book")) == put_off(
        made, "a", NOW + WEEK
    )


def reasons(made, marks, **asked):
    answer = recommend(made, marks, NOW, **asked)
    if isinstance(answer, GoDeeper):
        answer = answer.then
    return answer.reasons


def test_the_list_begins_with_its_first_step():
    made = curriculum(resource("a"), resource("b", "a"), resource("c", "a", "b"))

    assert reasons(made, {}) == ("first_step", Opens(("demo:b",)))


def test_only_the_beginning_is_the_first_step():
    made = curriculum(resource("a"), resource("b"), resource("x", addition=True, kind="video"))

    put_off = reasons(made, later("a"))
    filtered = reasons(made, {}, filters=Filters(kind="video"))
    returning = reasons(made, done("b"))

    assert put_off == ("next_on_list",)
    assert filtered == ("goes_deeper",)
    assert returning == ("next_on_list",)


def test_finished_prerequisites_are_those_that_were_read():
    made = curriculum(resource("a"), resource("b"), resource("c", "a", "b"))

    both = reasons(made, done("a") | {"demo:b": Mark("known", NOW)})
    one = reasons(made, done("a") | {"demo:b": Mark("skipped", NOW)})
    none = reasons(made, {key: Mark("skipped", NOW) for key in ("demo:a", "demo:b")})

    assert both == (FinishedPrerequisites(("demo:a", "demo:b")),)
    assert one == (FinishedPrerequisites(("demo:a",)),)
    assert none == ("next_on_list",)


def test_it_opens_what_waits_for_nothing_else():
    made = curriculum(
        resource("a"),
        resource("b"),
        resource("only-b", "b"),
        resource("both", "a", "b"),
        resource("other", "b", "c"),
        resource("c", "only-b"),
        resource("known", "b"),
    )
    marks = done("a") | {"demo:known": Mark("known", NOW)}

    assert reasons(made, marks) == (Opens(("demo:only-b", "demo:both")),)


def test_a_must_read_says_so():
    made = curriculum(resource("z"), resource("a", must_read=True))

    assert reasons(made, done("z")) == ("must_read",)


def test_the_way_to_the_goal_tells_how_much_is_left():
    made = curriculum(resource("z"), resource("a"), resource("b", "a"), resource("c", "b"))

    first = reasons(made, done("z"), goal="demo:c")
    last = reasons(made, done("z", "a", "b"), goal="demo:c")

    assert first == (OnGoalPath("demo:c", 3), Opens(("demo:b",)))
    assert last == (OnGoalPath("demo:c", 1), FinishedPrerequisites(("demo:b",)))


def test_off_the_way_the_goal_is_no_reason():
    made = curriculum(resource("z"), resource("a"), resource("goal"))

    given = reasons(made, done("z") | later("goal"), goal="demo:goal")

    assert given == ("next_on_list",)


def test_the_strongest_reason_stands_first():
    made = curriculum(
        resource("z"),
        resource("a", "z", must_read=True, addition=True),
        resource("b", "a", addition=True),
    )

    given = reasons(made, done("z"), goal="demo:b", group_reads={"demo:a"})

    assert given == (
        OnGoalPath("demo:b", 2),
        "group_reads_it",
        FinishedPrerequisites(("demo:z",)),
        "must_read",
        Opens(("demo:b",)),
        "goes_deeper",
    )


def test_progress_under_a_former_key_counts():
    made = curriculum(resource("a", formerly=["old"]), resource("b", "a"))

    assert slug(recommend(made, done("old"), NOW)) == "b"
    assert slugs(ready_for(made, done("old"), NOW)) == ["b"]
    assert slugs(path_to(made, done("old"), "demo:b")) == ["b"]


def test_a_path_keeps_the_reading_order_where_it_may():
    made = curriculum(
        resource("x", addition=True),
        resource("goal", "c", "b", "x", addition=True),
        resource("b", "c"),
        resource("a"),
        resource("c"),
    )

    assert slugs(path_to(made, {}, "demo:goal")) == ["c", "b", "x", "goal"]


def test_the_path_to_a_former_key_leads_to_its_resource():
    made = curriculum(resource("a"), resource("b", "a", formerly=["old"]))

    assert slugs(path_to(made, {}, "demo:old")) == ["a", "b"]


@pytest.mark.parametrize("key", ["demo:a", "demo:never"])
def test_there_is_no_path_to_what_is_read_or_unknown(key):
    made = curriculum(resource("a"), resource("b", "a"))

    assert path_to(made, done("a"), key) == ()


def test_the_path_to_a_companion_is_itself():
    made = curriculum(resource("a", companions=["video"]))

    assert slugs(path_to(made, {}, "demo:video")) == ["video"]


def test_what_a_resource_opens_is_the_lists_first():
    made = curriculum(
        resource("a"), resource("x", "a", addition=True), resource("b", "a"), resource("c", "b")
    )

    assert slugs(opens(made, "demo:a")) == ["b", "x"]
    assert opens(made, "demo:c") == ()


def filters():
    return st.builds(
        Filters,
        kind=st.sampled_from([None, "paper", "video", "book"]),
        step_id=st.sampled_from([None, "one", "two"]),
        must_reads=st.booleans(),
    )


def may_be_given(made, marks, now):
    """Say it once more, plainly: what `/next` may give, in its order."""
    marks = resolved(made, marks)
    return [
        r
        for r in made.reading_order
        if (r.key not in marks or (marks[r.key].state == "later" and marks[r.key].until <= now))
        and all(p in marks and marks[p].state != "later" for p in r.prerequisites)
    ]


def list_left(made, marks):
    marks = resolved(made, marks)
    return [r for r in made.resources if not r.addition and not unlocks(marks, r.key)]


@given(read_by_somebody(), st.data())
def test_nobody_is_sent_deeper_who_does_not_ask(somebody, data):
    made, marks = somebody
    goal = data.draw(st.sampled_from([None, *made.by_key, *(step.key for step in made.steps)]))
    path = () if goal is None else path_to(made, marks, goal)

    answer = recommend(made, marks, NOW, goal=goal)

    if isinstance(answer, Recommendation) and answer.resource.addition:
        given = answer.resource
        is_needed = any(given in path_to(made, marks, r.key) for r in list_left(made, marks))
        assert given in path or is_needed or all(r.addition for r in made.resources)
    if isinstance(answer, GoDeeper):
        assert not list_left(made, marks)


@given(read_by_somebody(), filters(), st.data())
def test_next_never_gives_what_is_locked_marked_put_off_or_a_companion(somebody, asked, data):
    made, marks = somebody
    goal = data.draw(st.sampled_from([None, "demo:never", *made.by_key, *made.present_keys]))
    deeper = data.draw(st.booleans())
    may = may_be_given(made, marks, NOW)

    answer = recommend(made, marks, NOW, filters=asked, goal=goal, deeper=deeper)

    match answer:
        case Recommendation(given):
            assert given in [r for r in may if asked.admit(r)]
        case GoDeeper(then):
            assert not deeper
            assert asked == NO_FILTERS
            assert then.resource == may[0]
            assert not list_left(made, marks)
        case TooNarrow():
            assert may
            assert not any(map(asked.admit, may))
            assert answer.culprits
        case AllRead():
            assert all(unlocks(resolved(made, marks), r.key) for r in made.resources)
        case AllPutOff(first, until, has_deeper):
            assert has_deeper == bool(may)
            assert first in may_be_given(made, marks, until)
            if may:
                assert list_left(made, marks)
                assert all(r.addition for r in may)
            else:
                assert not may_be_given(made, marks, until - timedelta(seconds=1))


@given(read_by_somebody(), filters())
def test_every_empty_answer_names_what_opens(somebody, asked):
    made, marks = somebody
    answer = recommend(made, marks, NOW, filters=asked)

    if isinstance(answer, TooNarrow):
        left = [
            r
            for r in made.resources
            if asked.admit(r) and not unlocks(resolved(made, marks), r.key)
        ]
        assert (answer.nearest is None) == (not left)
        if answer.nearest is not None:
            assert answer.nearest in left
            assert (answer.first is None) == (answer.until is not None)
        if answer.first is not None:
            assert answer.first in path_to(made, marks, answer.nearest.key)[:-1]


@given(read_by_somebody(), filters())
def test_filters_narrow_and_never_reorder(somebody, asked):
    made, marks = somebody
    admitted = [r for r in may_be_given(made, marks, NOW) if asked.admit(r)]

    answer = recommend(made, marks, NOW, filters=asked, deeper=True)

    if admitted:
        assert answer.resource == admitted[0]
    else:
        assert not isinstance(answer, Recommendation)


@given(read_by_somebody())
def test_what_a_reader_is_ready_for_stands_in_reading_order(somebody):
    made, marks = somebody

    assert list(ready_for(made, marks, NOW)) == may_be_given(made, marks, NOW)


@given(read_by_somebody(), filters())
def test_the_same_state_gives_the_same_answer_in_any_order_of_rows(somebody, asked):
    made, marks = somebody
    backwards = dict(reversed(marks.items()))

    assert recommend(made, marks, NOW, filters=asked) == recommend(
        made, backwards, NOW, filters=asked
    )


@given(read_by_somebody())
def test_following_next_reads_everything(somebody):
    made, marks = somebody
    in_time = NOW + timedelta(days=30)
    before = resolved(made, marks)

    read, then = followed(made, marks, in_time, deeper=True)

    assert then == AllRead()
    assert len(read) == len(set(read))
    assert set(read) == {r for r in made.resources if not unlocks(before, r.key)}


@given(read_by_somebody())
def test_a_path_is_complete_minimal_and_in_an_order_that_can_be_read(somebody):
    made, marks = somebody
    read = {key for key in resolved(made, marks) if unlocks(resolved(made, marks), key)}

    def needed(key):
        below = (needed(each) for each in made.by_key[key].prerequisites)
        return set() if key in read else {key}.union(*below)

    for target in made.resources:
        path = [r.key for r in path_to(made, marks, target.key)]

        assert set(path) == needed(target.key)
        assert len(path) == len(set(path))
        assert not path or path[-1] == target.key
        for at, key in enumerate(path):
            assert set(made.by_key[key].prerequisites) <= read | set(path[:at])


@given(read_by_somebody(), st.data())
def test_the_way_to_a_step_is_the_least_that_its_must_reads_need(somebody, data):
    made, marks = somebody
    step = data.draw(st.sampled_from(made.steps))
    aims = [r for r in step.resources if r.must_read] or step.resources

    way = path_to(made, marks, step.key)

    assert set(way) == {r for aim in aims for r in path_to(made, marks, aim.key)}
    assert path_to(made, marks, ":no-such-step") == ()


@given(read_by_somebody(), st.data())
def test_what_is_similar_is_something_else_that_can_be_read(somebody, data):
    made, _ = somebody
    one = data.draw(st.sampled_from(list(made.by_key.values())))

    found = similar_to(made, one)

    assert one not in found
    assert len(set(found)) == len(found) <= 10
    assert not any(other.is_companion for other in found)
    assert found == similar_to(made, one)


@given(read_by_somebody(), st.data())
def test_a_goal_is_reached_by_its_path_and_nothing_else(somebody, data):
    made, marks = somebody
    in_time = NOW + timedelta(days=30)
    goal = data.draw(st.sampled_from([*made.resources, *made.steps]))
    path = path_to(made, marks, goal.key)

    read, _ = followed(made, marks, in_time, deeper=True, goal=goal.key)

    assert tuple(read[: len(path)]) == path


@given(read_by_somebody(), filters(), st.data())
def test_every_reason_is_true(somebody, asked, data):
    made, marks = somebody
    now_marks = resolved(made, marks)
    goal = data.draw(st.sampled_from([None, *made.by_key]))
    answer = recommend(made, marks, NOW, filters=asked, goal=goal, deeper=True)
    if not isinstance(answer, Recommendation):
        return

    assert answer.reasons
    given = answer.resource
    after = {**marks, given.key: Mark("done", NOW)}
    for reason in answer.reasons:
        match reason:
            case "first_step":
                assert not any(unlocks(now_marks, r.key) for r in made.resources)
                assert not given.prerequisites
            case FinishedPrerequisites(keys):
                assert all(now_marks[key].state in ("done", "known") for key in keys)
            case "must_read":
                assert given.must_read
            case Opens(keys):
                newly = {r.key for r in ready_for(made, after, NOW)}
                before = {r.key for r in ready_for(made, marks, NOW)}
                put_off = {key for key in keys if is_put_off(now_marks, key, NOW)}
                assert set(keys) - put_off == newly - before
            case OnGoalPath(aim, left):
                assert aim == goal
                assert left == len(path_to(made, marks, goal))
                assert left - 1 == len(path_to(made, after, goal))
            case "goes_deeper":
                assert given.addition
            case "next_on_list":
                assert answer.reasons == ("next_on_list",)


def test_a_list_of_additions_alone_goes_no_deeper_than_itself():
    made = curriculum(resource("x", addition=True), resource("y", addition=True))

    assert reasons(made, {}) == ("first_step",)


@given(read_by_somebody(), st.data())
def test_the_way_to_a_goal_is_counted_one_by_one(somebody, data):
    made, marks = somebody
    goal = data.draw(st.sampled_from([each.key for each in (*made.resources, *made.steps)]))
    begun, left = passed_to(made, marks, goal), path_to(made, marks, goal)

    for n, each in enumerate(left, start=1):
        marks = {**marks, each.key: Mark("done", NOW)}
        assert passed_to(made, marks, goal) == begun + n
        assert len(path_to(made, marks, goal)) == len(left) - n
