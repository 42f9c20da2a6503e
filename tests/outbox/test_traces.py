"""A message of ours is known again by an id in it, whatever its words."""

from types import SimpleNamespace

import discord
import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.traces import by_button, by_part, by_question, by_text, is_of
from bot.views.custom_ids import ReadIt
from bot.views.parts import card


def known(view=None, question=None, message_id=9):
    """Return what Discord gives back of a message."""
    poll = None if question is None else SimpleNamespace(question=question)
    components = [] if view is None else view.to_components()
    made = [discord.components._component_factory(part) for part in components]  # noqa: SLF001 - as a message has them
    return SimpleNamespace(id=message_id, components=made, poll=poll)


@given(st.integers(1, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_a_part_carries_an_id_of_its_row_and_of_no_other(one, other):
    view = card("Some words.")

    trace = by_part(view, one)

    assert is_of(trace, known(view))
    assert 40 < view.children[-1].id < 2**31  # what Discord takes, and gives no part by itself
    if (one - other) % 2**30:
        again = card("Some words.")
        by_part(again, other)
        assert not is_of(trace, known(again))


def test_traces_are_written_as_they_always_were():
    """They stand in the ledger, and a later release has to read them."""
    assert [by_button(ReadIt(7)), by_question("What?", 7), by_text("Some words.")] == [
        "button:read:7",
        "question:7:What?",
        "text:Some words.",
    ]
    assert by_part(card("Some words."), 7) == "part:1073741831"


def test_other_words_hide_nothing():
    view, reworded = card("Some words."), card("Other words.")
    by_part(reworded, 7)

    assert is_of(by_part(view, 7), known(reworded))


def test_a_button_is_found_however_deep_it_stands():
    view = ui.LayoutView()
    view.add_item(ui.Container(ui.ActionRow(ui.Button(label="x", custom_id="read:7"))))

    assert is_of(by_button(ReadIt(7)), known(view))
    assert not is_of(by_button(ReadIt(8)), known(view))


@pytest.mark.parametrize("trace", [by_question("What next?", 8), by_text("What next?")])
def test_a_poll_is_known_by_its_question_and_old_messages_by_their_text(trace):
    poll, text = known(question="What next?"), known(card("What next?"))

    assert [is_of(trace, poll), is_of(trace, text)] == [
        trace.startswith("question"),
        trace.startswith("text"),
    ]


def test_a_poll_above_its_votes_card_is_another_votes():
    trace = by_question("What: next?", 8)

    assert is_of(trace, known(question="What: next?", message_id=9))
    assert not is_of(trace, known(question="What: next?", message_id=7))
