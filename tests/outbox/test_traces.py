"""A message of ours is known again by an id in it, whatever its words."""

from types import SimpleNamespace

import discord
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.discord import _seen
from bot.outbox.traces import by_button, by_part, by_question, is_of, marked
from bot.views.custom_ids import ReadIt
from bot.views.parts import card


def known(view=None, question=None, message_id=9):
    """Return what Discord gives back of a message."""
    poll = None if question is None else SimpleNamespace(question=question)
    components = [] if view is None else view.to_components()
    made = [discord.components._component_factory(part) for part in components]  # noqa: SLF001 - as a message has them
    return _seen(SimpleNamespace(id=message_id, components=made, poll=poll, created_at=None))


@given(st.integers(1, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_a_part_carries_an_id_of_its_row_and_of_no_other(one, other):
    view = card("Some words.")

    trace = by_part(one)

    assert is_of(trace, known(marked(view, one)))
    assert 40 < view.children[-1].id < 2**31  # what Discord takes, and gives no part by itself
    if (one - other) % 2**30:
        again = card("Some words.")
        assert not is_of(trace, known(marked(again, other)))


def test_traces_are_written_as_they_always_were():
    """They stand in the ledger, and a later release has to read them."""
    assert [by_button(ReadIt(7)), by_question("What?", 7), by_part(7)] == [
        "button:read:7",
        "question:7:What?",
        "part:1073741831",
    ]


def test_other_words_hide_nothing():
    assert is_of(by_part(7), known(marked(card("Other words."), 7)))


def test_a_button_is_found_however_deep_it_stands():
    view = ui.LayoutView()
    view.add_item(ui.Container(ui.ActionRow(ui.Button(label="x", custom_id="read:7"))))

    assert is_of(by_button(ReadIt(7)), known(view))
    assert not is_of(by_button(ReadIt(8)), known(view))


def test_a_poll_is_known_by_its_question():
    trace = by_question("What next?", 8)

    assert is_of(trace, known(question="What next?"))
    assert not is_of(trace, known(card("What next?")))


def test_a_poll_above_its_votes_card_is_another_votes():
    trace = by_question("What: next?", 8)

    assert is_of(trace, known(question="What: next?", message_id=9))
    assert not is_of(trace, known(question="What: next?", message_id=7))
