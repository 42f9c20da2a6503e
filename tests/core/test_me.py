import json

from bot.core.me import SAID, Kept, about, keys_in
from bot.core.me_files import to_json, to_markdown
from bot.store.people import PERSON_COLUMNS
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


def test_only_tables_that_hold_people_have_words_of_their_own():
    assert {each.table for each in PERSON_COLUMNS} >= SAID


def test_a_key_that_nobody_remembers_stands_for_itself():
    found = kept({"readers": [{"reader_id": 5, "current_key": "demo:x_y", "goal_key": None}]})

    assert about(found).current.title == "demo:x_y"
    assert r"demo:x\_y (no longer listed)" in to_markdown(found, NOW)


def test_keys_are_found_in_columns_and_in_changes():
    rows = {
        "readers": [{"current_key": "demo:a", "goal_key": None}],
        "changes": [{"after_rows": '{"marks": {"demo:b": null}}'}],
    }

    assert keys_in(rows) == {"demo:a", "demo:b"}
