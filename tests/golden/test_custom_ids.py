"""Buttons of messages sent long ago: each is written as it always was, and still read."""

import ast
import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.core.curriculum.additions import own_step
from bot.core.groups import Coming, Group, GroupStatus
from bot.core.moderation import Proposal
from bot.core.picking import PICKED, Chosen, PickReply
from bot.core.picks import Pick
from bot.core.reading import Change, Journey, Meant, PartlyDone, Reader
from bot.core.votes import Ballot, Vote
from bot.core.weekly import Schedule, Slot, slot_of_week
from bot.core.zones import zones_matching
from bot.errors import UnknownResourceError, UnknownWeekError, UnknownZoneError
from bot.views import (
    buttons,
    group_card,
    pick_card,
    progress_card,
    replies,
    standing_card,
    texts,
)
from bot.views.navigation import BUTTONS
from bot.views.start_card import Wish
from tests.curricula import curriculum, resource
from tests.golden.custom_ids import FIELDS, TEMPLATES, written

BOT = Path(bot.__file__).parent
ITEMS = {item.__name__: item for item in BUTTONS}
WRITTEN = written()
OLD = {"start-at"}
"""Written by nobody any more, but still read."""

OF_DISCORD = {"MoveSelect"}
"""Selects whose options Discord knows: the server's channels."""

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
BERT = resource("bert", namespace="jump-into-llm", step_id="peft")
LIST = curriculum(resource("gpt-1", namespace="jump-into-llm"), BERT, id="jump-into-llm")
PEFT = LIST.step("peft")
READER = Reader({})


def by_id(each):
    return f"{each.item} {each.custom_id}"


def template_of(item):
    return item.__discord_ui_compiled_template__


WRITERS_BESIDE = {
    "GoTo": [buttons.go_button],
    "HistoryButton": [buttons.history_button],
    "PathButton": [buttons.path_button],
    "RemindButton": [buttons.remind_button],
    "DetailsAgainButton": [partial(buttons.again_button, "details")],
    "StartAgainButton": [partial(buttons.again_button, "start")],
    "TextsAgainButton": [partial(buttons.again_button, "texts")],
}
"""Where cards write a button's custom_id without its item, which would lead in a circle."""


WAYS_OUT = {
    "ResourceSelect": UnknownResourceError("b", ((BERT.key, BERT.title), ("x:y", "Y"))),
    "MyZoneSelect": UnknownZoneError("s", (("Asia/Seoul", "Seoul"),)),
    "WeekSelect": UnknownWeekError(
        "soon", (("2026-W02", NOW.date(), ""),), group_id=6174015488000000001, key=BERT.key
    ),
}
"""Errors whose cards have a select."""


def writers(each):
    """Return every way in which the code writes this custom_id, as items or buttons."""
    values, item = each.values, ITEMS[each.item]
    match each.item:
        case "ResourceSelect":
            return [item.of([BERT], LIST), *_selects(replies.error_card(WAYS_OUT[each.item]))]
        case "MyZoneSelect" | "WeekSelect":
            return _selects(replies.error_card(WAYS_OUT[each.item]))
        case "CandidateSelect":
            return [item.among(_ballot(int(each.custom_id.partition(":")[2])))]
        case "AlsoDoneSelect":
            unclear = (Meant("b", likely=(BERT,)),)
            return [item.of(PartlyDone(LIST, unclear, rating=values["rating"]), [BERT])]
        case "StepSelect":
            return [item([PEFT], 0)]
        case "StartSelect":
            return _selects(progress_card.start_card(LIST))
        case "UndoSelect":
            change = Change(int(each.picks[0]), "done", NOW, (BERT.key,))
            return _selects(progress_card.undo_card(Journey(LIST, READER, None, (change,)), NOW))
        case "StepOfDraft":
            own = own_step(LIST)
            return [
                item.of(
                    Proposal(
                        **values,
                        curriculum=LIST,
                        resource=BERT,
                        step=own,
                        steps=(own, PEFT),
                        twins=(),
                        silent=False,
                    )
                )
            ]
        case "GroupOfDraft":
            group = _status(int(each.picks[0]), values["opener_id"], "2026-W27").group
            return [item.among([group], None, **values)]
        case "PickedSelect":
            return _selects(
                group_card.manage_card(_status(**values, week=each.picks[0]), values["opener_id"])
            )
        case "LongSelect":
            group_id, opener_id = values["group_id"], values["opener_id"]
            long = replace(BERT, minutes=200)
            reply = PickReply(group_id, 3, slot_of_week(Schedule(0, 9, 0, "UTC"), "2026-W02"), long)
            return _selects(pick_card.pick_card(reply, opener_id))
        case "ZoneSelect":
            return [item(**values, choices=zones_matching("Seoul", "", NOW))]
        case "WishZoneSelect":
            wishes = [Wish(time="<t:1768179600:t>"), Wish(4, "9 pm", values["opener_id"])]
            wish = wishes["2100" in each.custom_id]
            return [item(**values, wish=wish, choices=zones_matching("Seoul", "", NOW))]
        case "PageButton":
            label = texts.EARLIER if each.custom_id.endswith("<") else texts.FURTHER
            return [item(**values, label=label)]
        case _:
            others = [write(**values) for write in WRITERS_BESIDE.get(each.item, ())]
            return [item(**values), *others]


def _selects(view):
    return [part for part in view.walk_children() if getattr(part, "options", None)]


def _ballot(vote_id):
    vote = Vote(vote_id, 1, "2026-W02", "running", (BERT.key, "x:gone"), 24, NOW, 2)
    return Ballot(vote, 3, Slot("2026-W02", NOW), "UTC", LIST, (BERT, None))


def _status(group_id, opener_id, week):
    schedule = Schedule(0, 9, 0, "UTC")
    group = Group(group_id, 3, 2, "active", schedule, None, NOW, NOW)
    chosen = (Chosen(group_id, week, BERT.key, PICKED),)
    coming = Coming(slot_of_week(schedule, week), Pick(week, BERT.key, PICKED))
    return GroupStatus(LIST, group, 0, False, None, None, (coming,), 2, chosen=chosen)


@pytest.mark.parametrize("each", [e for e in WRITTEN if e.custom_id not in OLD], ids=by_id)
def test_what_is_written_is_what_was_written(each):
    for made in writers(each):
        select = getattr(made, "item", made)

        assert made.custom_id == each.custom_id
        if each.picks and each.item not in OF_DISCORD:
            assert set(each.picks) <= {option.value for option in select.options}


@pytest.mark.parametrize("each", WRITTEN, ids=by_id)
async def test_what_was_written_is_read_by_its_item_alone_as_it_was_meant(each):
    matches = {
        name: match
        for name, item in ITEMS.items()
        if (match := template_of(item).fullmatch(each.custom_id))
    }
    assert list(matches) == [each.item]
    kind = ui.Select if each.picks else ui.Button
    sent = kind(custom_id=each.custom_id)

    read = await ITEMS[each.item].from_custom_id(None, sent, matches[each.item])

    assert read.custom_id == each.custom_id
    assert {name: getattr(read, name) for name in each.values} == each.values
    assert not each.picks or isinstance(read.item, ui.Select)


def test_every_item_has_its_entry_and_no_template_has_changed():
    assert {name: template_of(item).pattern for name, item in ITEMS.items()} == TEMPLATES


@pytest.mark.parametrize("name", ITEMS)
def test_every_variant_of_a_template_has_its_example(name):
    given = [each.custom_id for each in WRITTEN if each.item == name]
    template = template_of(ITEMS[name])
    named = re.findall(r"\(\?P<(\w+)>([a-z_]+(?:\|[a-z_]+)+|\[<>\])\)", template.pattern)

    assert given
    for group, variants in named:
        found = {template.fullmatch(custom_id)[group] for custom_id in given}
        assert found == set(variants.split("|") if "|" in variants else "<>")


@given(st.data())
def test_no_text_is_read_by_two_items(data):
    name = data.draw(st.sampled_from(sorted(ITEMS)))
    text = data.draw(st.from_regex(template_of(ITEMS[name]), fullmatch=True))

    assert [n for n, item in ITEMS.items() if template_of(item).fullmatch(text)] == [name]


def test_no_custom_id_in_the_code_is_left_out():
    known = {each.custom_id for each in WRITTEN} | set(FIELDS)
    found = [(path.name, shape) for path in BOT.rglob("*.py") for shape in _shapes(path)]

    assert len(found) > 20
    assert [
        (name, shape) for name, shape in found if not any(re.fullmatch(shape, k) for k in known)
    ] == []


def _shapes(path):
    """Yield a pattern for each text that the module gives as a custom_id."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        given = []
        if isinstance(node, ast.Call):
            given = [k.value for k in node.keywords if k.arg == "custom_id"]
        elif isinstance(node, ast.Assign):
            names = {getattr(t, "attr", getattr(t, "id", None)) for t in node.targets}
            given = [node.value] if names & {"custom_id", "custom", "prefix"} else []
        for value in given:
            if isinstance(value, ast.Constant):
                is_prefix = isinstance(node, ast.Assign) and "prefix" in names
                yield re.escape(value.value) + (":.+" if is_prefix else "")
            elif isinstance(value, ast.JoinedStr):
                parts = [
                    re.escape(p.value) if isinstance(p, ast.Constant) else ".+"
                    for p in value.values
                ]
                yield "".join(parts)


def test_a_message_is_known_again_by_a_custom_id_that_it_has():
    ids = {each.item: each.custom_id for each in WRITTEN}
    join = next(e for e in WRITTEN if e.item == "MemberButton" and e.values["joins"])

    assert standing_card.standing_button(join.values["group_id"]) == join.custom_id
    source = "".join(path.read_text(encoding="utf-8") for path in BOT.rglob("*.py"))
    traces = re.findall(r'by_button\(f?"([^"]+)"\)', source)
    assert traces
    for trace in traces:
        shape = re.sub(r"\\\{.*\\\}", ".+", re.escape(trace))
        assert any(re.fullmatch(shape, custom_id) for custom_id in ids.values())
