import json
from typing import get_args

from bot.core.me import SAID, Kept, about, keys_of
from bot.core.me_json import WHAT, to_json
from bot.core.me_markdown import KINDS, LINES, to_markdown
from bot.core.reading import ChangeKind
from bot.store.people import PERSON_COLUMNS
from bot.views.me_texts import OTHERS
from tests.curricula import NOW

ADDED_LATER = {"voices": [{"reader_id": 5, "resource_key": "demo:bert", "why": "good | *great*"}]}


def kept(rows):
    return Kept(5, rows, titles={}, rooms={}, papers={})


def test_a_table_that_is_new_is_counted_and_downloaded_all_the_same():
    found = kept(ADDED_LATER)

    assert about(found).others == {"voices": 1}
    assert not about(found).is_empty
    (row,) = json.loads(to_json(found, NOW))["tables"]["voices"]["rows"]
    assert row["why"] == "good | *great*"
    assert "## voices" in to_markdown(found, NOW)
    assert r"good \| \*great\*" in to_markdown(found, NOW)


def test_every_table_that_holds_people_is_told_of_in_words():
    tables = {each.table for each in PERSON_COLUMNS}

    assert tables == SAID | OTHERS.keys()
    assert tables == WHAT.keys()
    assert tables == LINES.keys() | {"progress"}


def test_every_kind_of_change_is_told_in_words():
    assert set(get_args(ChangeKind.__args__[0]) + get_args(ChangeKind.__args__[1])) == KINDS.keys()


def test_a_key_that_nobody_remembers_stands_for_itself():
    found = kept({"readers": [{"reader_id": 5, "current_key": "demo:x_y", "goal_key": None}]})

    assert about(found).current.title == "demo:x_y"
    assert r"demo:x\_y (no longer listed)" in to_markdown(found, NOW)


def test_keys_are_found_in_columns_and_in_changes():
    before = '{"marks": {"demo:c": null}, "current": "demo:d", "goal": null}'
    after = '{"marks": {"demo:c": null}, "current": null, "goal": "demo:e"}'
    row = {"a_key": "demo:a", "b_key": None, "before_rows": before, "after_rows": after}

    assert set(keys_of(row)) == {"demo:a", "demo:c", "demo:d", "demo:e"}


def test_a_change_of_the_goal_is_told_by_its_title():
    row = {
        "made_at": int(NOW.timestamp()),
        "kind": "no_goal",
        "undone_at": None,
        "before_rows": '{"marks": {}, "current": null, "goal": "demo:bert"}',
        "after_rows": '{"marks": {}, "current": null, "goal": null}',
    }

    assert "- 2026-01-05: demo:bert: my goal no more\n" in to_markdown(
        kept({"changes": [row]}), NOW
    )
