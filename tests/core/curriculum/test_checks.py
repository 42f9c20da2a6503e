from bot.core.curriculum.checks import compare, keeps_progress
from bot.core.curriculum.file import read_curriculum

OLD = """\
id: small
title: Small
sections:
  - id: one
    title: One
    steps:
      - id: first
        title: First
        resources:
          - id: a
            title: Paper A
            url: https://arxiv.org/abs/1706.03762
            about: {kind: paper}
            formerly: [first-a]
            companions:
              - {id: help, title: Help, url: "https://a.org/help", about: {kind: article}}
          - id: b
            title: Paper B
            url: https://a.org/b
            about: {kind: paper}
      - id: second
        title: Second
        resources:
          - id: c
            title: Paper C
            url: https://a.org/c
            about: {kind: paper}
"""


def differences(*replacements, new=OLD):
    for written, instead in replacements:
        assert written in new
        new = new.replace(written, instead)
    return compare(read_curriculum(OLD), read_curriculum(new))


def pairs(found, what):
    """Return the keys before and after; of a former key that is forgotten, that one first."""
    return [
        (each.former or (each.old and each.old.key), each.new and each.new.key)
        for each in found
        if each.what == what
    ]


def test_the_same_list_has_no_differences_and_keeps_progress():
    same = differences()

    assert same == []
    assert keeps_progress(same)


def test_another_spelling_of_a_link_is_no_difference():
    assert not pairs(
        differences(("arxiv.org/abs/1706.03762", "arxiv.org/pdf/1706.03762v7")), "relinked"
    )


def test_a_new_title_and_new_resources_lose_nothing():
    found = differences(("Paper B", "Paper Bee"), ("https://a.org/help", "https://a.org/help"))
    added = differences(
        new=OLD + '          - {id: d, title: D, url: "https://a.org/d", about: {kind: video}}\n'
    )

    assert pairs(found, "retitled") == [("small:b", "small:b")]
    assert pairs(added, "added") == [(None, "small:d")]
    assert keeps_progress(found)
    assert keeps_progress(added)


def test_a_rename_with_its_former_id_keeps_progress():
    found = differences(("id: b\n", "id: bee\n            formerly: [b]\n"))

    assert pairs(found, "renamed") == [("small:b", "small:bee")]
    assert keeps_progress(found)
    assert not pairs(found, "added")
    assert not pairs(found, "removed")


def test_a_new_edition_under_a_new_id_is_a_rename_and_no_mistake():
    found = differences(
        ("id: b\n", "id: bee\n            formerly: [b]\n"), ("https://a.org/b", "https://a.org/b2")
    )

    assert pairs(found, "renamed") == [("small:b", "small:bee")]
    assert keeps_progress(found)


def test_two_resources_made_one_keep_the_progress_of_both():
    start, end = OLD.index("          - id: b"), OLD.index("      - id: second")
    found = differences(("[first-a]", "[first-a, b]"), new=OLD[:start] + OLD[end:])

    assert pairs(found, "renamed") == [("small:b", "small:a")]
    assert not pairs(found, "removed")
    assert keeps_progress(found)


def test_a_rename_without_its_former_id_would_lose_progress():
    found = differences(("id: b\n", "id: bee\n"))

    assert pairs(found, "vanished") == [("small:b", "small:bee")]
    assert not keeps_progress(found)
    assert not pairs(found, "added")
    assert not pairs(found, "removed")


def test_what_leaves_the_list_is_named_and_loses_nothing():
    start, end = OLD.index("          - id: b"), OLD.index("      - id: second")
    found = differences(new=OLD[:start] + OLD[end:])

    assert pairs(found, "removed") == [("small:b", None)]
    assert keeps_progress(found)


def test_another_step_is_a_move_and_so_is_standing_alone():
    to_second = differences(
        ("      - id: second\n        title: Second\n        resources:\n", ""), new=OLD
    )
    start = OLD.index("            companions:")
    end = OLD.index("          - id: b")
    alone = differences(
        new=OLD[:start]
        + '          - {id: help, title: Help, url: "https://a.org/help", about: {kind: article}}\n'
        + OLD[end:]
    )

    assert pairs(to_second, "moved") == [("small:c", "small:c")]
    assert pairs(alone, "moved") == [("small:help", "small:help")]
    assert keeps_progress(alone)


def test_a_companion_whose_parent_is_renamed_has_not_moved():
    found = differences(("id: a\n", "id: aa\n"), ("[first-a]", "[first-a, a]"))

    assert not pairs(found, "moved")
    assert keeps_progress(found)


def test_a_key_that_comes_back_with_another_link_is_told():
    found = differences(("https://a.org/b", "https://a.org/other"))

    assert pairs(found, "relinked") == [("small:b", "small:b")]
    assert not keeps_progress(found)


def test_a_former_id_that_is_dropped_is_told():
    found = differences(("            formerly: [first-a]\n", ""))

    assert pairs(found, "forgotten") == [("small:first-a", "small:a")]
    assert not keeps_progress(found)


def test_a_former_id_of_what_is_gone_is_not_missed():
    start, end = OLD.index("          - id: a"), OLD.index("          - id: b")

    assert not pairs(differences(new=OLD[:start] + OLD[end:]), "forgotten")


def test_another_id_of_the_list_would_lose_everything():
    found = differences(("id: small", "id: large"))

    assert pairs(found, "other_id")
    assert len(pairs(found, "vanished")) == 4
    assert not keeps_progress(found)
