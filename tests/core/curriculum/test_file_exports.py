from dataclasses import replace

from hypothesis import given

from bot.core.curriculum.additions import lay_over
from bot.core.curriculum.file import fits_a_card, read_curriculum, write_curriculum
from tests.core.curriculum.test_additions import ADDITIONS, LIST, added, changed, lay


@given(ADDITIONS)
def test_whatever_a_server_made_of_the_list_reads_back(additions):
    seen = lay_over(LIST, additions, 1).curriculum
    if not seen.resources:
        return

    read = read_curriculum(write_curriculum(seen))

    before, after = list(seen.by_key.values()), list(read.by_key.values())
    assert [r.title for r in after] == [r.title for r in before]
    assert [r.addition for r in after] == [r.addition for r in before]
    assert [r.added_notes for r in after] == [r.added_notes for r in before]
    assert [len(r.prerequisites) for r in after] == [len(r.prerequisites) for r in before]


def test_an_alias_is_left_to_the_title_that_a_server_gave():
    base = with_aliases("b", "Bee", "Bumble")
    seen = lay(added("x", title="bee"), base=base).curriculum

    assert read_curriculum(write_curriculum(seen)).get("list:b").aliases == ("Bumble",)


def test_questions_and_parts_stay_with_what_a_server_changed():
    parts = ("chapters 1-3", "chapter 4: the rest [long]")
    base = replaced("b", questions=("Why? And: what [for]?", "So what?"), parts=parts)
    seen = lay(changed("b", title="Bee"), base=base).curriculum

    read = read_curriculum(write_curriculum(seen)).get("list:b")

    assert read.title == "Bee"
    assert read.questions == ("Why? And: what [for]?", "So what?")
    assert read.parts == parts


def with_aliases(slug, *aliases):
    return replaced(slug, aliases=aliases)


def replaced(slug, **fields):
    resource = LIST.get(f"list:{slug}")
    section = LIST.sections[0]
    step = section.steps[0]
    others = tuple(replace(r, **fields) if r is resource else r for r in step.resources)
    steps = (replace(step, resources=others), *section.steps[1:])
    return replace(LIST, sections=(replace(section, steps=steps), *LIST.sections[1:]))


def test_keys_of_a_server_are_no_former_ids_of_the_list():
    seen = lay(added("mine", link="https://example.org/b")).curriculum

    assert read_curriculum(write_curriculum(seen)).get("list:b").formerly == ("list:old-b",)


def test_texts_of_companions_count_with_what_they_help_with():
    notes = changed("a", title="t" * 100, added_notes=["n" * 500] * 5)
    fits = lay(notes).curriculum
    full = lay(notes, changed("help", title="t" * 200, authors="a" * 200)).curriculum

    for key in ("list:a", "list:help"):
        assert fits_a_card(fits, fits.get(key))
        assert not fits_a_card(full, full.get(key))
