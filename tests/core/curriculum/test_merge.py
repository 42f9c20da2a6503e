from collections import Counter
from dataclasses import replace
from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.identity import keys_by_link, pages_of, rekeyed
from bot.core.curriculum.imports import NEW, Imported
from bot.core.curriculum.merge import keys_for, outcome
from tests.curricula import curriculum, resource

OURS = "g1"


def merged(listed, old=None, mode="new", known=None, ever=()):
    """Return what an import into a server's list would do, with the keys that are given for it."""
    known = {**(keys_by_link([old]) if old else {}), **(known or {})}
    taken = [key.partition(":")[2] for key in old.by_key] if old else []
    made = Imported(listed)
    return outcome(made, old, mode, keys_for(made, old, known, OURS, taken), set(ever))


def brought(*resources):
    return curriculum(*resources, id=NEW)


def new(slug, *needs, **fields):
    return resource(slug, *needs, namespace=NEW, **fields)


def ours(slug, *needs, **fields):
    return resource(slug, *needs, namespace=OURS, **fields)


def keys(resources):
    return [each.key for each in resources]


@st.composite
def lists(draw):
    """A list of up to seven links, always out of the same; what it waits for may be anything."""
    slugs = draw(st.permutations("abcdefg"))
    left, made = list(slugs[: draw(st.integers(1, 7))]), []
    while left:
        slug, below = left.pop(), draw(st.integers(0, 2))
        needs = draw(st.sets(st.sampled_from(slugs), max_size=2)) - {slug}
        made.append(
            new(
                slug,
                *needs,
                companions=[left.pop() for _ in range(min(below, len(left)))],
                step_id=draw(st.sampled_from(["s1", "s2", "s3"])),
                must_read=draw(st.booleans()),
                minutes=draw(st.sampled_from([None, 10, 20])),
                notes=draw(st.sampled_from([(), ("One.",), ("Two.",)])),
            )
        )
    titles = draw(st.permutations(["S1", "S2", "S3"]))
    (section,) = brought(*made).sections
    steps = [replace(step, title=title) for step, title in zip(section.steps, titles, strict=False)]
    return replace(brought(), sections=(replace(section, steps=tuple(steps)),))


def pages(listed):
    return {page: key for key, each in listed.by_key.items() for page in pages_of(each)}


def check_is_whole(listed):
    """Each resource and step once; all that is waited for is there, and nothing for itself."""
    stands = [each for r in listed.resources for each in (r, *r.companions)]
    assert set(Counter(keys(stands)).values()) == {1}
    assert set(Counter(step.id for step in listed.steps).values()) == {1}
    needs = {r.key: r.prerequisites for r in listed.resources}
    TopologicalSorter(needs).prepare()
    assert {key for needed in needs.values() for key in needed} <= needs.keys()
    for step in listed.steps:
        for each in step.resources:
            assert each.step_id == step.id
            for helping in each.companions:
                assert (helping.parent, helping.step_id) == (each.key, step.id)
                assert (helping.prerequisites, helping.companions) == ((), ())
    for section in listed.sections:
        assert {step.section_id for step in section.steps} <= {section.id}


@given(lists())
def test_a_new_list_is_whole_and_has_all_that_was_brought(listed):
    found = merged(listed)

    check_is_whole(found.listed)
    assert pages(found.listed).keys() == pages(listed).keys()
    assert len(found.added) == len(listed.by_key)


@given(lists(), lists())
def test_beside_what_a_list_has_all_that_it_has_stays_in_its_place(first, second):
    old = merged(first).listed

    found = merged(second, old, "add")

    check_is_whole(found.listed)
    for step in old.steps:
        now = found.listed.step(step.id).resources
        assert [
            replace(r, companions=r.companions[: len(was.companions)])
            for r, was in zip(now, step.resources, strict=False)
        ] == [*step.resources]
    assert pages(found.listed).keys() == pages(old).keys() | pages(second).keys()
    assert pages(old).items() <= pages(found.listed).items()
    assert (found.removed, found.moved, found.retitled) == ((), (), ())
    assert set(keys(found.added)) == found.listed.by_key.keys() - old.by_key.keys()


@given(lists(), lists())
def test_in_place_of_a_list_what_stays_keeps_its_key_and_what_the_file_is_silent_about(
    first, second
):
    old = merged(first).listed

    found = merged(second, old, "replace").listed

    check_is_whole(found)
    assert pages(second).keys() <= pages(found).keys()
    has_marks = any(each.must_read for each in second.resources)
    for page, key in pages(second).items():
        said, now = second.by_key[key], found.by_key[pages(found)[page]]
        before = old.by_key.get(pages(old).get(page))
        assert before is None or now.key == before.key
        for name in ("minutes", "notes"):
            kept = getattr(before, name) if before else None
            assert getattr(now, name) == (getattr(said, name) or kept or getattr(said, name))
        if not (said.is_companion or now.is_companion):
            unsaid = before is not None and not has_marks
            assert now.must_read == (before.must_read if unsaid else said.must_read)
    titles = {step.title: step.id for step in old.steps}
    for step in found.steps:
        assert step.id == titles.get(step.title, step.id)


@given(lists(), lists(), st.sampled_from(["add", "replace"]))
def test_the_same_import_twice_changes_nothing_the_second_time(first, second, mode):
    once = merged(second, merged(first).listed, mode).listed

    again = merged(second, once, mode)

    assert again.listed.sections == once.sections
    assert not again


def test_what_is_known_keeps_its_key_whatever_the_file_calls_it():
    found = merged(brought(new("x", title="Another name")), known={"example.org/x": "demo:a"})

    assert keys(found.listed.resources) == ["demo:a"]


def test_what_somebody_may_have_marked_is_told_apart_from_what_is_new():
    known = {"example.org/a": "demo:a"}

    found = merged(brought(new("a"), new("b")), known=known, ever=["demo:a"])

    assert (keys(found.added), keys(found.known)) == (["demo:a", "g1:b"], ["demo:a"])


@pytest.mark.parametrize("mode", ["add", "replace"])
def test_a_link_that_is_mended_in_the_file_keeps_its_key_by_its_title(mode):
    old = curriculum(ours("a", title="Paxos Made Simple"), id="g1:ours")
    mended = new("z", title="Paxos made simple", url="https://example.org/mended")

    found = merged(brought(mended), old, mode).listed

    assert keys(found.resources) == ["g1:a"]


def test_a_mended_link_takes_the_place_of_the_old_one_which_is_remembered():
    former = ("https://example.org/first",)
    old = curriculum(ours("a", title="On A", former_urls=former), id="g1:ours")
    mended = new("a", title="On A", url="https://example.org/mended")

    found = merged(brought(mended), old, "replace").listed

    (a,) = found.resources
    assert a.url == "https://example.org/mended"
    assert a.former_urls == ("https://example.org/first", "https://example.org/a")


def test_a_title_is_no_reason_to_be_what_the_host_lists():
    old = curriculum(resource("a", title="Paxos"), id="g1:ours")
    named = new("z", title="Paxos", url="https://example.org/other")

    assert keys(merged(brought(named), old, "add").added) == ["g1:paxos"]


def test_a_resource_of_which_only_the_link_is_known_keeps_the_title_it_had():
    old = curriculum(ours("a", title="Known"), id="g1:ours")

    found = merged(brought(new("a", title="")), old, "replace")

    assert found.listed.resources[0].title == "Known"
    assert found.retitled == ()


def test_what_would_wait_for_itself_is_told_and_left_out():
    old = curriculum(ours("a"), ours("b", "a"), id="g1:ours")

    found = merged(brought(new("a", "b"), new("b", "a")), old, "replace")

    assert found.dropped == (("g1:b", "g1:a"),)
    assert [each.prerequisites for each in found.listed.resources] == [("g1:b",), ()]


def test_a_file_without_prerequisites_keeps_those_that_were_there():
    old = curriculum(ours("a"), ours("b", "a"), id="g1:ours")

    found = merged(brought(new("b"), new("a")), old, "replace").listed

    assert found.get("g1:b").prerequisites == ("g1:a",)


def test_steps_and_sections_keep_what_a_file_does_not_say_of_them():
    old = curriculum(ours("a"), id="g1:ours")
    (section,) = old.sections
    step = replace(section.steps[0], id="was", introduction=("Why.",), icon="📚")
    section = replace(section, introduction=("What.",), steps=(step,))
    old = replace(old, title="Ours", introduction=("All.",), sections=(section,))

    found = merged(brought(new("a")), old, "replace").listed

    assert (found.id, found.title, found.introduction) == ("g1:ours", "Ours", ("All.",))
    assert found.sections[0].introduction == ("What.",)
    assert (found.steps[0].id, found.steps[0].introduction) == ("was", ("Why.",))


def test_what_leaves_moves_or_is_called_otherwise_is_told():
    old = curriculum(
        ours("a"), ours("b"), ours("c", step_id="two"), ours("d", step_id="two"), id="g1:ours"
    )

    found = merged(
        brought(new("a", title="Other"), new("c"), new("d", step_id="two")), old, "replace"
    )

    assert (keys(found.retitled), keys(found.moved)) == (["g1:a"], ["g1:c"])
    assert (keys(found.removed), found.added) == (["g1:b"], ())


def test_more_goes_behind_what_is_there_in_steps_of_the_same_name():
    old = curriculum(ours("a"), ours("b", step_id="two"), id="g1:ours")

    found = merged(brought(new("c"), new("d", step_id="three")), old, "add").listed

    assert [(step.title, keys(step.resources)) for step in found.steps] == [
        ("One", ["g1:a", "g1:c"]), ("Two", ["g1:b"]), ("Three", ["g1:d"]),
    ]  # fmt: skip


def test_a_list_of_the_hosts_keeps_its_keys():
    host = curriculum(resource("a"), id="demo")

    found = merged(brought(new("a"), new("b", "a")), host, "add").listed

    assert keys(found.resources) == ["demo:a", "g1:b"]
    assert found.get("g1:b").prerequisites == ("demo:a",)
    assert rekeyed(found, {}).sections == found.sections


@pytest.mark.parametrize(
    ("title", "mode", "stays"),
    [("On Paxos", "replace", True), ("On Paxos", "add", False), ("Slides", "replace", False)],
)
def test_a_title_says_what_a_mended_link_is_of_only_where_it_is_sure(title, mode, stays):
    old = curriculum(ours("a", title=title), id="g1:ours")
    other = new("z", title=title, url="https://example.org/other")

    found = merged(brought(other), old, mode)

    assert ("g1:a" in [r.key for r in found.relinked]) == stays


def test_of_two_with_one_title_neither_takes_the_marks_of_the_other():
    old = curriculum(
        ours("a", title="Lecture notes"), ours("b", title="Lecture notes"), id="g1:ours"
    )
    other = new("z", title="Lecture notes", url="https://example.org/other")

    found = merged(brought(other), old, "replace")

    assert [r.key for r in found.removed] == ["g1:a", "g1:b"]
