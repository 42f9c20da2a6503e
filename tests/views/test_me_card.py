from collections import Counter

from bot.core.me import SAID, About, Titled
from bot.store.readers import PERSON_COLUMNS
from bot.views.me_card import deleted_card, me_card, rows_told

LONG = Titled("*" * 500, "https://example.org")


def about(**fields):
    nothing = {
        "marks": Counter(),
        "changes": 0,
        "current": None,
        "goal": None,
        "groups": (),
        "papers": 0,
        "runs": (),
        "notices": 0,
        "others": {},
        "is_empty": False,
    }
    return About(**{**nothing, **fields})


def test_the_card_stays_within_discords_limits_whatever_is_kept():
    channels = tuple(range(2**63, 2**63 + 200))
    most = about(
        marks=Counter(done=9999, known=9999, skipped=9999, later=9999),
        changes=20,
        current=LONG,
        goal=LONG,
        groups=channels,
        papers=9999,
        runs=channels,
        notices=9999,
        others={f"table_{n}": 9999 for n in range(50)},
    )

    assert me_card(most, opens=False).content_length() <= 4000


def test_other_tables_are_told_too_in_words_if_there_are_any():
    view = me_card(about(others={"addition_changes": 2, "some_votes": 3}), opens=False)

    (box,) = view.children
    told = box.children[0].content
    assert "- Changes to servers' lists that you made: 2\n- some votes: 3\n" in told


async def test_no_card_keeps_a_task_waiting():
    cards = [me_card(about()), deleted_card(was_anything=True)]

    assert all(card.is_finished() for card in cards)


def test_every_table_that_holds_people_is_told_of_in_words():
    others = {each.table for each in PERSON_COLUMNS} - SAID

    (box,) = me_card(about(others=dict.fromkeys(others, 7)), opens=False).children
    told = box.children[0].content
    assert others
    assert not any(f"- {table.replace('_', ' ')}: 7" in told for table in others)
    assert told.count(": 7") == len(others)


def test_the_json_tells_of_every_table_that_holds_people():
    tables = {each.table for each in PERSON_COLUMNS}

    assert tables >= SAID
    assert tables == rows_told().keys()
