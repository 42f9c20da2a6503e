from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum.identity import (
    from_json,
    keys_by_link,
    keys_given,
    pages_of,
    rekeyed,
    remembering,
    to_json,
    with_facts,
)
from bot.core.curriculum.imports import NEW
from tests.curricula import curricula, curriculum, imported, resource


def test_of_two_lists_with_one_link_the_first_ones_key_is_meant():
    one, two = (curriculum(resource("a", namespace=each), id=each) for each in ("one", "two"))

    assert keys_by_link([one, two]) == {"example.org/a": "one:a"}
    assert keys_by_link([two, one]) == {"example.org/a": "two:a"}


def test_a_key_is_found_by_each_link_that_a_resource_ever_had():
    listed = imported("a", former_urls=("https://example.org/before",)).curriculum

    for link in ("example.org/a", "example.org/before"):
        assert keys_given(listed, {link: "demo:first"}, "g1", []) == {"new:a": "demo:first"}


def test_a_new_key_is_of_the_namespace_and_was_never_given():
    listed = imported("a", "b", title="Same").curriculum

    assert keys_given(listed, {}, "g1", ["a"]) == {"new:a": "g1:a-2", "new:b": "g1:b"}


def test_what_has_no_title_is_named_by_its_link():
    listed = imported("paxos", title="Ours").curriculum
    (found,) = keys_given(rekeyed(listed, {}), {}, "g1", []).values()
    untitled = curriculum(resource("paxos", namespace=NEW, title=""), id=NEW)

    assert found == "g1:paxos"
    assert keys_given(untitled, {}, "g1", []) == {"new:paxos": "g1:https-example-org-paxos"}


@given(st.data(), curricula(namespace=NEW))
def test_whatever_is_known_keeps_its_key_and_all_else_gets_one_of_its_own(data, listed):
    links = sorted(listed.keys_by_link)
    known = {
        link: f"demo:k{n}" for n, link in enumerate(data.draw(st.sets(st.sampled_from(links))))
    }
    taken = data.draw(st.lists(st.sampled_from(["r0", "r1", "r1-2", "r0-c0"])))

    keys = keys_given(listed, known, "g1", taken)

    new = [key for key in keys.values() if key not in known.values()]
    assert keys.keys() == listed.by_key.keys()
    for key, each in listed.by_key.items():
        found = [known[page] for page in pages_of(each) if page in known]
        assert keys[key] in (found or new)
    assert len(new) == len(set(new))
    assert all(key.startswith("g1:") and key[3:] not in taken for key in new)


def test_a_list_with_other_keys_says_the_same():
    listed = curriculum(resource("a", companions=["c"]), resource("b", "a"))

    found = rekeyed(listed, {"demo:a": "g1:x", "demo:c": "g1:y"}, keep_former=True)

    a, b = found.resources
    assert (a.key, a.formerly, a.companions[0].key, a.companions[0].parent) == (
        "g1:x", ("demo:a",), "g1:y", "g1:x",
    )  # fmt: skip
    assert (b.key, b.formerly, b.prerequisites) == ("demo:b", (), ("g1:x",))


def test_of_two_that_get_one_key_the_first_stays_and_waits_for_nothing_of_its_own():
    listed = curriculum(resource("a"), resource("b", "a", companions=["c"]), resource("d", "b"))

    found = rekeyed(listed, {"demo:b": "demo:a"})

    assert [(each.key, each.prerequisites) for each in found.by_key.values()] == [
        ("demo:a", ()), ("demo:d", ("demo:a",)),
    ]  # fmt: skip


def test_a_resource_is_called_what_another_list_calls_it_today():
    ours = curriculum(
        resource("a", namespace="g1", notes=("Ours.",), aliases=("Old",)), id="g1:ours"
    )
    theirs = resource("a", namespace="g1", title="New", minutes=5, must_read=True, aliases=("Too",))

    (found,) = with_facts(ours, {"g1:a": theirs}).resources

    assert (found.title, found.minutes, found.aliases) == ("New", 5, ("Too", "Old"))
    assert (found.notes, found.must_read) == (("Ours.",), False)


@given(curricula())
def test_a_list_comes_back_from_the_database_as_it_was_kept(listed):
    found = from_json(to_json(listed))

    assert (found.id, found.title, found.sections) == (listed.id, listed.title, listed.sections)


def test_the_shipped_list_comes_back_as_it_was_kept(shipped_list):
    found = from_json(to_json(shipped_list))

    assert vars(found) == {name: vars(shipped_list)[name] for name in vars(found)}


def test_marks_made_under_other_keys_of_a_link_count():
    listed = curriculum(resource("a", formerly=["was"], companions=["c"]), resource("b"))
    record = [("g1:a", "example.org/a"), ("x:c", "example.org/c"), ("x:d", "example.org/d")]
    listed_still = [("demo:b", "example.org/a"), ("demo:was", "example.org/b")]

    found = remembering(listed, [*record, *listed_still])

    assert {key: each.formerly for key, each in found.by_key.items()} == {
        "demo:a": ("demo:was", "g1:a"), "demo:c": ("x:c",), "demo:b": (),
    }  # fmt: skip
    assert remembering(listed, listed_still) is listed
