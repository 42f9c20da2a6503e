from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.curriculum import Curriculum, Resource, Section, Step
from bot.core.curriculum.additions import OWN_STEP, Addition, SetAside, lay_over, own_step
from bot.core.curriculum.fields import (
    PageFacts,
    Typed,
    checked,
    fields_of_page,
    slug_for,
    typed_from,
    with_needs,
)
from bot.core.curriculum.links import canonical
from bot.core.progress import resolved
from bot.core.recommend import path_to
from bot.core.weeks import weeks_from
from bot.errors import BadFieldError
from tests.papers import next_papers

LINK = "https://example.org/"


def resource(slug, *needs, step="one", **values):
    return Resource(
        key=f"list:{slug}",
        title=slug.title(),
        url=f"{LINK}{slug}",
        kind="paper",
        step_id=step,
        prerequisites=tuple(f"list:{each}" for each in needs),
        **values,
    )


HELP = resource("help", parent="list:a")
LIST = Curriculum(
    id="list",
    title="List",
    sections=(
        Section(
            "first",
            "First",
            steps=(
                Step(
                    "one",
                    "One",
                    "first",
                    resources=(
                        resource("a", companions=(HELP,)),
                        resource("b", "a", formerly=("list:old-b",)),
                        resource("c", "b"),
                    ),
                ),
                Step("two", "Two", "first", resources=(resource("d", "a", step="two"),)),
            ),
        ),
        Section(
            "deeper",
            "Deeper",
            addition=True,
            steps=(
                Step(
                    "far",
                    "Far",
                    "deeper",
                    addition=True,
                    resources=(resource("e", "c", step="far", addition=True),),
                ),
            ),
        ),
    ),
)


def added(slug, *, link=None, removed=False, **fields):
    whole = {"title": slug.title(), "url": link or f"{LINK}new/{slug}", "kind": "article"}
    return Addition(f"g1:{slug}", whole | fields, removed)


def changed(slug, *, removed=False, **fields):
    return Addition(f"list:{slug}", fields, removed)


def lay(*additions, base=LIST):
    return lay_over(base, additions, 1)


def test_without_additions_the_base_itself_is_seen():
    assert lay().curriculum is LIST


def test_what_a_server_adds_stands_in_a_step_of_its_own():
    laid = lay(added("new", authors="Kim", year=2024, minutes=5, added_notes=["Short."]))

    found = laid.curriculum.get("g1:new")
    assert (found.authors, found.year, found.minutes) == ("Kim", 2024, 5)
    assert laid.curriculum.step_of(found).id == OWN_STEP


def test_what_a_server_adds_is_read_in_its_steps_place_by_readers_and_groups():
    laid = lay(added("new", step_id="one"), added("own"), added("far-one", step_id="far"))

    seen = laid.curriculum
    weeks = weeks_from("2026-W01", 6)
    papers = [paper.key for paper in next_papers(seen, [], {}, {}, weeks)]
    listed = ["list:a", "list:b", "list:c", "g1:new", "list:d", "g1:own"]
    assert [r.key for r in seen.reading_order] == [*listed, "list:e", "g1:far-one"]
    assert papers == listed
    assert [r.key for r in seen.resources if r.addition] == ["list:e", "g1:far-one"]


def test_what_a_server_moves_into_the_list_belongs_to_it_and_waits_for_nothing_deeper():
    deep = resource("f", "c", "e", step="far", addition=True)
    far = LIST.sections[1].steps[0]
    base = replace(
        LIST,
        sections=(
            LIST.sections[0],
            replace(LIST.sections[1], steps=(replace(far, resources=(*far.resources, deep)),)),
        ),
    )

    laid = lay(changed("f", step_id="one"), base=base)

    moved = laid.curriculum.get("list:f")
    assert not moved.addition
    assert moved.prerequisites == ("list:c",)
    assert laid.set_aside == (SetAside("list:f", "list:e", "list"),)


def test_a_mended_link_and_the_one_before_it_both_mean_the_resource():
    laid = lay(added("new", link=f"{LINK}alive", former_urls=[f"{LINK}dead"]))

    links = laid.curriculum.keys_by_link
    assert links[canonical(f"{LINK}alive")] == links[canonical(f"{LINK}dead")] == "g1:new"


def test_a_link_that_one_gave_up_and_another_has_now_means_the_other():
    laid = lay(changed("a", url=f"{LINK}moved", former_urls=[f"{LINK}b"]))

    assert laid.curriculum.keys_by_link[canonical(f"{LINK}b")] == "list:b"
    assert laid.curriculum.keys_by_link[canonical(f"{LINK}moved")] == "list:a"


def test_where_the_list_brings_a_link_from_before_its_key_wins():
    laid = lay(added("new", link=f"{LINK}alive", former_urls=[f"{LINK}b"]))

    assert laid.curriculum.get("g1:new") is laid.curriculum.get("list:b")


def test_a_servers_own_step_comes_between_the_list_and_what_goes_deeper():
    laid = lay(added("new"))

    assert [step.id for step in laid.curriculum.steps] == ["one", "two", OWN_STEP, "far"]


def test_what_a_server_adds_goes_behind_the_steps_own():
    laid = lay(added("new", step_id="one"), added("newer", step_id="one"))

    keys = [r.key for r in laid.curriculum.step("one").resources]
    assert keys == ["list:a", "list:b", "list:c", "g1:new", "g1:newer"]


def test_what_stood_in_a_step_that_vanished_moves_to_the_servers_own():
    laid = lay(added("new", step_id="gone"))

    assert laid.curriculum.get("g1:new").step_id == OWN_STEP


def test_the_servers_step_evades_an_id_that_the_list_has():
    section = Section(
        OWN_STEP, "Mine", steps=(Step(OWN_STEP, "Mine", OWN_STEP, resources=(resource("x"),)),)
    )
    base = replace(LIST, sections=(section,))

    laid = lay(added("new"), base=base)

    assert own_step(base).id == f"{OWN_STEP}-2"
    assert [step.id for step in laid.curriculum.steps] == [OWN_STEP, f"{OWN_STEP}-2"]


def test_another_servers_additions_are_not_laid():
    assert lay_over(LIST, [added("new")], 2).curriculum is LIST


def test_a_field_of_the_list_gets_the_servers_value_and_the_others_stay():
    laid = lay(changed("b", title="Bee", minutes=None))

    found = laid.curriculum.get("list:b")
    assert (found.title, found.minutes, found.url) == ("Bee", None, f"{LINK}b")
    assert found.prerequisites == ("list:a",)
    assert LIST.get("list:b").title == "B"


def test_a_change_follows_a_renamed_key():
    assert lay(changed("old-b", title="Bee")).curriculum.get("list:b").title == "Bee"


def test_a_companion_can_be_changed_and_removed():
    retitled = lay(changed("help", title="Helper")).curriculum
    hidden = lay(changed("help", removed=True))

    assert retitled.get("list:help").title == "Helper"
    assert retitled.get("list:a").companions == (retitled.get("list:help"),)
    assert hidden.curriculum.get("list:a").companions == ()
    assert list(hidden.removed) == ["list:help"]


def test_what_waited_for_a_removed_resource_waits_for_what_that_waited_for():
    laid = lay(changed("b", removed=True))

    assert laid.curriculum.get("list:b") is None
    assert laid.curriculum.get("list:c").prerequisites == ("list:a",)
    assert laid.removed["list:b"].title == "B"
    assert laid.set_aside == ()


def test_companions_go_with_what_they_help_with():
    laid = lay(changed("a", removed=True))

    assert laid.curriculum.get("list:help") is None
    assert laid.curriculum.get("list:b").prerequisites == ()


def test_what_was_removed_is_back_when_restored():
    laid = lay(changed("b", removed=False, title="Bee"))

    assert laid.curriculum.get("list:c").prerequisites == ("list:b",)


def test_a_server_adds_and_drops_prerequisites():
    laid = lay(
        added("new", needs=["list:c"]),
        changed("e", needs=["g1:new"], no_longer_needs=["list:c"]),
        changed("d", needs=["list:b"]),
    )

    curriculum = laid.curriculum
    assert curriculum.get("g1:new").prerequisites == ("list:c",)
    assert curriculum.get("list:e").prerequisites == ("g1:new",)
    assert curriculum.get("list:d").prerequisites == ("list:a", "list:b")
    assert laid.set_aside == ()


@pytest.mark.parametrize(
    ("addition", "aside"),
    [
        (changed("a", needs=["list:c"]), SetAside("list:a", "list:c", "loop")),
        (changed("a", needs=["list:a"]), SetAside("list:a", "list:a", "loop")),
        (changed("c", needs=["list:zzz"]), SetAside("list:c", "list:zzz", "nowhere")),
        (changed("c", needs=["g2:new"]), SetAside("list:c", "g2:new", "nowhere")),
        (changed("c", needs=["list:help"]), SetAside("list:c", "list:help", "companion")),
        (changed("c", needs=["list:e"]), SetAside("list:c", "list:e", "list")),
        (changed("c", url=f"{LINK}b"), SetAside("list:c", f"{LINK}b", "link")),
        (changed("c", step_id="far"), SetAside("list:c", "far", "step")),
        (changed("c", step_id=OWN_STEP), SetAside("list:c", OWN_STEP, "step")),
        (changed("c", step_id="gone"), SetAside("list:c", "gone", "step")),
    ],
)
def test_a_wish_that_cannot_be_followed_is_set_aside(addition, aside):
    laid = lay(addition)

    assert laid.set_aside == (aside,)
    assert laid.curriculum.get(aside.key) == LIST.get(aside.key)


def test_of_two_wishes_that_close_a_loop_the_later_is_set_aside():
    laid = lay(added("x", needs=["g1:y"]), added("y", needs=["g1:x"]))

    assert laid.curriculum.get("g1:x").prerequisites == ("g1:y",)
    assert laid.set_aside == (SetAside("g1:y", "g1:x", "loop"),)


def test_a_resource_of_the_list_moves_behind_its_new_neighbours():
    laid = lay(changed("b", step_id="two"), added("new", step_id="two"))

    assert [r.key for r in laid.curriculum.step("two").resources] == ["list:d", "list:b", "g1:new"]
    assert [r.key for r in laid.curriculum.step("one").resources] == ["list:a", "list:c"]


def test_companions_move_along():
    curriculum = lay(changed("a", step_id="two")).curriculum

    assert curriculum.step_of(curriculum.get("list:help")).id == "two"


def test_the_lists_key_wins_when_it_brings_a_link_the_server_had_added():
    laid = lay(
        added("mine", link=f"{LINK}b?utm_source=chat", title="My B"), added("x", needs=["g1:mine"])
    )

    found = laid.curriculum.get("g1:mine")
    assert (found.key, found.title) == ("list:b", "B")
    assert found.formerly == ("list:old-b", "g1:mine")
    assert laid.curriculum.get("g1:x").prerequisites == ("list:b",)


def test_progress_on_a_servers_key_follows_to_the_lists():
    laid = lay(added("mine", link=f"{LINK}b"))

    assert resolved(laid.curriculum, {"g1:mine": MARK}) == {"list:b": MARK}


def test_progress_on_what_the_list_dropped_follows_to_what_the_server_added_for_it():
    laid = lay(added("mine", formerly=["list:gone", "list:b"]))

    assert laid.curriculum.get("list:gone").key == "g1:mine"
    assert laid.curriculum.get("list:b").key == "list:b"


def test_a_resource_without_title_link_or_kind_is_not_laid():
    assert lay(Addition("g1:half", {"title": "Half"})).curriculum is LIST


def test_a_link_that_is_not_a_web_link_is_not_laid():
    assert lay(added("bad", link="javascript:alert(1)")).curriculum is LIST


MARK = object()
SLUGS = ("a", "b", "c", "d", "e", "help", "old-b", "zzz")
KEYS = st.sampled_from([f"list:{s}" for s in SLUGS] + [f"g1:{s}" for s in "vwxyz"] + ["g2:v", "?"])
JUNK = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2))
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.text(max_size=10) | JUNK,
        "url": st.sampled_from([f"{LINK}{s}" for s in ("b", "help", "p", "q")]) | JUNK,
        "kind": st.sampled_from(["paper", "video", "poem"]),
        "year": st.integers(-5, 5000) | JUNK,
        "minutes": JUNK,
        "must_read": st.booleans() | JUNK,
        "questions": st.lists(st.text(max_size=5), max_size=3) | JUNK,
        "parts": st.lists(st.text(max_size=5), max_size=3) | JUNK,
        "former_urls": st.lists(st.sampled_from([f"{LINK}b", f"{LINK}p"]), max_size=2) | JUNK,
        "added_notes": st.lists(st.text(max_size=5), max_size=3) | JUNK,
        "step_id": st.sampled_from(["one", "two", "far", OWN_STEP, "gone", "no such step"]) | JUNK,
        "needs": st.lists(KEYS, max_size=4) | JUNK,
        "no_longer_needs": st.lists(KEYS, max_size=3) | JUNK,
        "formerly": st.lists(KEYS, max_size=2) | JUNK,
        "unheard_of": JUNK,
    },
)
ADDITIONS = st.lists(
    st.one_of(
        st.builds(Addition, KEYS, FIELDS, st.booleans()),
        st.builds(
            added,
            st.sampled_from("vwxyz"),
            link=st.sampled_from([None, f"{LINK}b", f"{LINK}help", f"{LINK}p"]),
            removed=st.booleans(),
            needs=st.lists(KEYS, max_size=4),
            step_id=st.sampled_from(["one", "two", "far", "gone"]),
        ),
    ),
    max_size=12,
)


@given(ADDITIONS)
def test_laying_never_fails_and_keeps_what_it_promises(additions):
    laid = lay(*additions)
    curriculum = laid.curriculum
    keys = list(curriculum.by_key)

    assert is_acyclic(curriculum)
    assert all(curriculum.step_of(r) for r in curriculum.by_key.values())
    assert not laid.removed.keys() & set(keys)
    for found in curriculum.resources:
        for needed in found.prerequisites:
            assert needed in {r.key for r in curriculum.resources}
            assert found.addition or not curriculum.get(needed).addition
    hidden = laid.removed.keys() | {c.key for r in laid.removed.values() for c in r.companions}
    for key in LIST.by_key:
        assert (curriculum.get(key) is not None and key in keys) or key in hidden
    assert curriculum.get("list:old-b") is curriculum.get("list:b")
    moved = {r.key for r in curriculum.resources if LIST.get(r.key) and not stays(r)}
    listed = [key for key in keys if key in LIST.by_key and with_parent(key) not in moved]
    assert listed == [key for key in LIST.by_key if key in listed]
    for found in curriculum.resources:
        assert path_to(curriculum, {}, found.key)[-1] == found


@given(ADDITIONS)
def test_laying_leaves_the_base_as_it_was(additions):
    before = repr(LIST)

    lay(*additions)

    assert repr(LIST) == before


def stays(found):
    return LIST.by_key[found.key].step_id == found.step_id


def with_parent(key):
    return LIST.by_key[key].parent or key


def is_acyclic(curriculum):
    done = set()
    left = {r.key: set(r.prerequisites) for r in curriculum.resources}
    while ready := [key for key, needs in left.items() if needs <= done]:
        done.update(ready)
        for key in ready:
            del left[key]
    return not left


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Attention Is All You Need", "attention-is-all-you-need"),
        ("Café: l'été", "cafe-lete"),
        ("GPT-4", "gpt-4"),
        ("A" * 300, "a" * 40),
        ("word " * 20, "word-word-word-word-word-word-word-word"),
        ("트랜스포머 101", "r-8be39c87"),
    ],
)
def test_a_slug_is_made_from_the_title(title, slug):
    assert slug_for(title, ()) == slug


def test_a_slug_is_never_given_twice():
    taken = []
    for _ in range(12):
        taken.append(slug_for("word " * 20, taken))

    assert taken[1] == "word-word-word-word-word-word-word-wor-2"
    assert len(set(taken)) == 12
    assert all(len(slug) <= 40 for slug in taken)


@given(st.text(max_size=300), st.sets(st.sampled_from(["a", "a-2", "0"])))
def test_any_title_gets_a_slug_that_fits_a_key(title, taken):
    slug = slug_for(title, taken)

    checked("needs", [f"g1234567890123456789:{slug}"])
    assert slug not in taken


@pytest.mark.parametrize(
    ("typed", "authors", "year"),
    [
        ("Vaswani et al., 2017", "Vaswani et al.", 2017),
        ("Vaswani et al. (2017)", "Vaswani et al.", 2017),
        ("2017", "", 2017),
        ("", "", None),
        ("김민수, 2021", "김민수", 2021),
        ("Team 12345", "Team 12345", None),
    ],
)
def test_authors_are_typed_with_the_year(typed, authors, year):
    fields = replace(TYPED, authors=typed).new_fields(replace(TYPED, authors="?"))

    assert fields == {"authors": authors, "year": year}


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        *(("45", 45), ("45 min", 45), ("~ 2 h", 120), ("1h30", 90), ("1 h 30 min", 90), ("", None)),
        *(("45분", 45), ("1시간 30분", 90), ("2시간", 120), ("1시간 반", 90), ("3시간반", 210)),
    ],
)
def test_minutes_are_typed_as_people_say_them(typed, minutes):
    fields = replace(TYPED, minutes=typed).new_fields(replace(TYPED, minutes="?"))

    assert fields == {"minutes": minutes}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "t" * 201}),
        ("authors", {"authors": "a" * 201}),
        ("minutes", {"minutes": "long"}),
        ("minutes", {"minutes": "-5"}),
        ("minutes", {"minutes": "100001"}),
        ("kind", {"kind": "poem"}),
        ("added_notes", {"notes": "n" * 501}),
        ("added_notes", {"notes": "\n".join("abcdefghijk")}),
    ],
)
def test_what_does_not_fit_is_named(field, values):
    with pytest.raises(BadFieldError) as caught:
        replace(TYPED, **values).new_fields(TYPED)

    assert caught.value.field == field


TYPED = Typed("Title", "Kim, 2020", "5", "paper", "One.\nTwo.")


def test_what_was_left_as_it_was_is_not_changed():
    assert typed_from(LIST.get("list:b")).new_fields(typed_from(LIST.get("list:b"))) == {}


def test_a_page_gives_what_it_has_cut_to_what_fits():
    facts = PageFacts(title="T" * 300, authors="a\u202eb\nc", year=20170, minutes=7)

    fields = fields_of_page("https://arxiv.org/abs/1706.03762", facts)

    assert len(fields["title"]) == 200
    assert (fields["authors"], fields["year"], fields["minutes"]) == ("a b c", None, 7)
    assert fields["kind"] == "paper"


def test_a_page_that_says_nothing_is_called_by_its_address():
    fields = fields_of_page("https://example.org/a/b/", PageFacts())

    assert (fields["title"], fields["kind"]) == ("example.org/a/b", "article")


def test_a_prerequisite_added_and_dropped_again_leaves_no_trace():
    once = with_needs({}, ("list:a",), add="list:x", drop="list:a")

    assert once == {"needs": ["list:x"], "no_longer_needs": ["list:a"]}
    assert with_needs(once, ("list:a",), add="list:a", drop="list:x") == {
        "needs": [],
        "no_longer_needs": [],
    }


def test_a_resource_waits_for_at_most_twenty():
    fields = {"needs": [f"list:n{n}" for n in range(20)]}

    with pytest.raises(BadFieldError):
        with_needs(fields, (), add="list:x")


def test_what_an_older_version_took_for_two_pages_is_one_with_everyones_marks():
    first = added("first", url="https://arxiv.org/abs/1706.03762")
    second = added("second", url="https://browse.arxiv.org/abs/1706.03762")

    laid = lay(first, second)

    found = laid.curriculum.by_key["g1:first"]
    assert "g1:second" not in laid.curriculum.by_key
    assert laid.curriculum.keys_of(found) == ("g1:first", "g1:second")


def test_a_link_that_was_added_with_its_tracking_is_shown_without():
    laid = lay(added("mine", url="https://example.org/x?b=1&utm_source=y"))

    assert laid.curriculum.by_key["g1:mine"].url == "https://example.org/x?b=1"


# Steps, and what stands in other lists


WEEK_1 = Addition(":week-1", {"title": "Week 1"})


def test_a_step_that_the_server_made_is_there_though_nothing_is_in_it_yet():
    laid = lay_over(LIST, [WEEK_1], 1)

    assert laid.steps == (Step("week-1", "Week 1", "week-1"),)
    assert laid.curriculum is LIST


def test_what_goes_into_a_servers_step_is_read_there_behind_the_list():
    fields = {"title": "Own", "url": f"{LINK}own", "kind": "paper", "step_id": "week-1"}
    week_2 = Addition(":week-2", {"title": "Week 2"})
    more = Addition("g1:more", {**fields, "url": f"{LINK}more", "step_id": "week-2"})

    found = lay_over(LIST, [WEEK_1, week_2, more, Addition("g1:own", fields)], 1).curriculum

    behind = [step.id for step in found.steps if step.id in ("week-1", "week-2")]
    assert behind == ["week-1", "week-2"]
    assert found.step_of(found.get("g1:own")).title == "Week 1"
    assert not found.get("g1:own").addition


def test_a_step_of_the_list_is_not_made_anew_by_a_server_with_the_same_id():
    laid = lay_over(LIST, [Addition(":one", {"title": "Another"})], 1)

    assert laid.steps == ()
    assert laid.curriculum.step("one").title == "One"


ELSEWHERE = replace(resource("x", "a", parent="list:y"), key="other:x", must_read=True, minutes=9)
BROUGHT = Addition("other:x", {"brought": True, "step_id": "two"})


def test_what_a_server_brings_from_another_list_is_called_what_it_is_called_there():
    found = lay_over(LIST, [BROUGHT], 1, {"other:x": ELSEWHERE}).curriculum.get("other:x")

    assert (found.title, found.url, found.minutes) == ("X", f"{LINK}x", 9)
    assert (found.step_id, found.must_read, found.prerequisites) == ("two", False, ())
    assert not found.is_companion


@pytest.mark.parametrize(
    ("said", "elsewhere"), [(BROUGHT, {}), (replace(BROUGHT, fields={}), {"other:x": ELSEWHERE})]
)
def test_what_is_not_brought_or_is_in_no_list_is_not_there(said, elsewhere):
    assert lay_over(LIST, [said], 1, elsewhere).curriculum.get("other:x") is None


def test_what_is_brought_by_a_link_that_the_list_has_is_that_resource():
    same = replace(ELSEWHERE, url=f"{LINK}b")

    found = lay_over(LIST, [BROUGHT], 1, {"other:x": same}).curriculum

    assert "other:x" not in found.by_key
    assert found.get("other:x").key == "list:b"


def test_facts_hold_for_what_the_list_has_and_bring_nothing_else_into_it():
    own = {"title": "Own", "url": f"{LINK}own", "kind": "paper"}
    facts = [
        Addition("list:a", {"title": "Renamed"}, is_here=False),
        Addition("g1:own", own, is_here=False),
    ]

    found = lay_over(LIST, facts, 1).curriculum

    assert found.get("list:a").title == "Renamed"
    assert found.by_key.keys() == LIST.by_key.keys()
