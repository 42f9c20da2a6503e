"""Buttons of messages sent long ago: each is written as it always was, and still read."""

import ast
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path as FilePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.core.curriculum.additions import own_step
from bot.core.curriculum.merge import Outcome as Merged
from bot.core.groups import Group, GroupStatus, Lead, WhichHour, WhichZone
from bot.core.inbox import Counts, Inbox
from bot.core.leading import LedWeek
from bot.core.lists import ListSummary, ServersLists
from bot.core.moderation import DryRun, Proposal
from bot.core.papers import PICKED, Ballot, Chosen, Coming, Pick, PickReply, Vote
from bot.core.recommend import (
    Change,
    Journey,
    Meant,
    PartlyDone,
    Path,
    Reader,
    Recommendation,
    Reply,
    Shown,
)
from bot.core.reminders import Pace
from bot.core.suggestions import Suggested, Suggestion
from bot.core.weeks import Schedule, Slot, slot_of_week
from bot.core.zones import zones_matching
from bot.errors import UnknownResourceError, UnknownWeekError, UnknownZoneError
from bot.views import (
    curriculum_card,
    group_card,
    inbox_card,
    lead_card,
    lists_card,
    manage_card,
    moderators_card,
    pick_card,
    progress_card,
    reminder_card,
    replies,
    resource_card,
    suggestions_card,
)
from tests.curricula import curriculum, resource
from tests.golden.custom_ids import FIELDS, KINDS, TEMPLATES, written

BOT = FilePath(bot.__file__).parent
WRITTEN = written()

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
BERT = resource("bert", namespace="jump-into-llm", step_id="peft")
LIST = curriculum(resource("gpt-1", namespace="jump-into-llm"), BERT, id="jump-into-llm")
PEFT = LIST.step("peft")
READER = Reader({})
LLM = ListSummary("jump-into-llm", "Jump into LLM", is_own=False)
OURS = ListSummary("g3:distributed-systems", "Distributed systems", is_own=True)


def by_id(each):
    return f"{each.item} {each.custom_id}"


@pytest.mark.parametrize("each", WRITTEN, ids=by_id)
def test_what_was_written_is_read_by_its_kind_alone_as_it_was_meant_and_written_again(each):
    said = [read for kind in KINDS.values() if (read := kind.read(each.custom_id)) is not None]

    assert said == [KINDS[each.item](**each.values)]
    assert str(said[0]) == each.custom_id


def test_every_kind_has_its_entry_and_no_template_has_changed():
    assert {name: kind.pattern.pattern for name, kind in KINDS.items()} == TEMPLATES


@pytest.mark.parametrize("name", KINDS)
def test_every_variant_of_a_template_has_its_example(name):
    given = [each.custom_id for each in WRITTEN if each.item == name]
    template = KINDS[name].pattern
    named = re.findall(r"\(\?P<(\w+)>([a-z_<>]+(?:\|[a-z_<>]+)+)\)", template.pattern)

    assert given
    for group, variants in named:
        found = {template.fullmatch(custom_id)[group] for custom_id in given}
        assert found == set(variants.split("|"))


@given(st.data())
def test_no_text_is_read_by_two_kinds(data):
    name = data.draw(st.sampled_from(sorted(KINDS)))
    text = data.draw(st.from_regex(KINDS[name].pattern, fullmatch=True))

    assert [n for n, kind in KINDS.items() if kind.read(text) is not None] == [name]


def _offers(each):
    """Return the card on which a select stands that offers what the entry says."""
    values, key = each.values, BERT.key
    match each.item:
        case "ShowResource":
            return replies.error_card(UnknownResourceError("b", ((key, "B"), ("x:y", "Y"))))
        case "RemindHour":
            return reminder_card.hour_card(Pace("UTC"), None)
        case "SetMyZone":
            return replies.error_card(UnknownZoneError("s", (("Asia/Seoul", "Seoul"),)))
        case "PickWeek":
            weeks = (("2026-W02", NOW.date(), ""),)
            group_id = values["group_id"]
            return replies.error_card(UnknownWeekError("soon", weeks, group_id=group_id, key=key))
        case "VoteWeek":
            weeks, said = (("2026-W02", NOW.date(), ""),), tuple(values.values())
            return replies.error_card(UnknownWeekError("soon", weeks, vote=said))
        case "EndOneVote":
            vote = _ballot(int(each.picks[0].partition(":")[2])).vote
            votes = (replace(vote, vote_id=1), replace(vote, message_id=1))
            status = replace(_status(values["group_id"], "2026-W27"), votes=votes)
            return moderators_card.moderators_card(None, status, values["opener_id"], opens=False)
        case "ShowCandidate":
            return pick_card.candidates_card(_ballot(values["vote_id"]))
        case "DoneToo":
            unclear = (Meant("b", likely=(BERT,)),)
            asked = PartlyDone(LIST, unclear, rating=values["rating"] or None)
            return resource_card.partly_done_card(asked)
        case "PutAside":
            locked = replace(BERT, key=values["key"], prerequisites=("jump-into-llm:gpt-1",))
            made = curriculum(LIST.resources[0], locked, id="jump-into-llm")
            return resource_card.resource_card(Shown(made, READER, locked))
        case "ShowStep":
            return curriculum_card.index_card(LIST, READER)
        case "KnowSteps":
            return progress_card.know_card(LIST, READER)
        case "KnowItems":
            return progress_card.know_parts_card(READER, PEFT)
        case "KnowOnWay":
            return curriculum_card.path_card(Path(LIST, READER, BERT, (BERT,)), in_server=True)
        case "PickGoal":
            answer = Recommendation(BERT, ())
            return resource_card.next_card(Reply(LIST, READER, answer), goals=0)
        case "UndoOne":
            change = Change(int(each.picks[0]), "done", NOW, (key,))
            return progress_card.progress_card(Journey(LIST, READER, None, (change,)), now=NOW)
        case "StepOfDraft":
            own = own_step(LIST)
            proposal = Proposal(
                **values, curriculum=LIST, resource=BERT, step=own, steps=(own, PEFT)
            )
            inbox = Inbox(Counts(1), proposal, lists=(("g3:ours", "Ours"),))
            return inbox_card.inbox_card(inbox, values["opener_id"])
        case "ReadNextIn":
            group = _status(int(each.picks[0]), "2026-W27").group
            return manage_card.which_group_card([group], None, tuple(values.values()))
        case "ZoneOfGroup":
            zones = zones_matching("Seoul", "", NOW)
            made = WhichZone(values["kept_id"], "Seoul", zones, fits=True)
            return moderators_card.set_up_card(None, made, values["opener_id"], 1)
        case "GroupHour":
            made = WhichHour(values["kept_id"], "soon")
            return moderators_card.set_up_card(None, made, values["opener_id"], 1)
        case "WantToo":
            return suggestions_card.suggested_card(Suggested([_suggested(each)], frozenset()))
        case "SuggestLink":
            links = ["https://example.org/a", "https://example.org/b"]
            return suggestions_card.which_link_card(links, values["draft_id"])
        case "IntoVoteOf":
            group = _status(int(each.picks[0]), "2026-W27").group
            return manage_card.which_group_card([group], None, tuple(values.values()), votes=True)
        case "ShowList":
            shown = ServersLists((LLM, OURS), LLM.list_id, LLM, (("g3:gone", "Gone"),))
            return lists_card.lists_card(shown, values["opener_id"])
        case "WhereImport":
            ids = values["draft_id"], values["opener_id"]
            run = DryRun(*ids, "new", "Ours", Merged(LIST), None, (LLM, OURS))
            return lists_card.import_card(run)
        case "TakeBackOne":
            status = _status(values["group_id"], each.picks[0])
            return moderators_card.moderators_card(None, status, values["opener_id"])
        case "Weeks":
            status = _status(values["group_id"], each.picks[0].removeprefix("skip:"))
            return moderators_card.moderators_card(None, status, values["opener_id"], opens=False)
        case "LeadWeek":
            status = replace(_status(values["group_id"], each.picks[0]), is_member=True)
            return group_card.members_card(None, status, 2, is_moderator=False)
        case "ChoosePaper":
            group = _status(values["group_id"], values["week"]).group
            lead = Lead(group.group_id, values["week"], 2, "leads", key)
            slot = slot_of_week(group.schedule, values["week"])
            led = LedWeek(LIST, group, slot, lead, BERT, "leader_choice", (BERT,))
            return lead_card.led_card(led)
        case "ReadForWeeks":
            slot = slot_of_week(Schedule(0, 9, 0, "UTC"), "2026-W02")
            reply = PickReply(values["group_id"], 3, slot, replace(BERT, minutes=200))
            return pick_card.pick_card(reply, values["opener_id"])
    return None


NO_LONGER_OFFERED = {"StartAt", "GroupZone", "GroupZoneFor", "SkipWeek"}
"""Written by nobody any more, but still read."""

OF_DISCORD = {"AskToLead", "MoveGroup"}
"""Selects whose options Discord knows: the server's channels, and its people."""


@pytest.mark.parametrize("each", [e for e in WRITTEN if e.picks], ids=by_id)
def test_a_select_offers_what_it_always_did(each):
    if not {each.item, each.custom_id}.isdisjoint(OF_DISCORD | NO_LONGER_OFFERED):
        return
    offered = {
        part.custom_id: {option.value for option in part.options}
        for part in (getattr(part, "item", part) for part in _offers(each).walk_children())
        if getattr(part, "options", None)
    }

    assert set(each.picks) <= offered[each.custom_id]


def _suggested(each):
    fields = {"title": "Mamba", "url": "https://example.org/mamba", "kind": "paper"}
    link = "example.org/mamba"
    return Suggestion(int(each.picks[0]), 3, "llm", link, fields, NOW, wanted=1)


def _ballot(vote_id):
    vote = Vote(vote_id, 1, "2026-W02", "running", (BERT.key, "x:gone"), 24, NOW, 2)
    return Ballot(vote, 3, Slot("2026-W02", NOW), "UTC", LIST, (BERT, None))


def _status(group_id, week):
    schedule = Schedule(0, 9, 0, "UTC")
    group = Group(group_id, 3, 2, "active", schedule, None, NOW, NOW)
    picks = (Chosen(group_id, week, BERT.key, PICKED),)
    coming = Coming(slot_of_week(schedule, week), Pick(week, BERT.key, PICKED))
    return GroupStatus(LIST, group, 0, False, None, None, (coming,), 2, picks=picks)


def test_no_custom_id_in_the_code_is_left_out():
    known = {each.custom_id for each in WRITTEN} | set(FIELDS)
    found = [(path.name, shape) for path in BOT.rglob("*.py") for shape in _shapes(path)]

    assert len(found) > 5
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
    source = "".join(path.read_text(encoding="utf-8") for path in BOT.rglob("*.py"))
    traces = re.findall(r"\bby_button\((?!click: CustomId)(.*)", source)
    join = next(e for e in WRITTEN if e.item == "Membership" and e.values["way"] == "join")
    status = _status(join.values["group_id"], "2026-W02")
    parts = [getattr(p, "item", p) for p in group_card.standing_card(status).walk_children()]

    assert traces
    assert {trace.partition("(")[0] for trace in traces} <= set(KINDS)
    assert 'Membership("join", group_id))' in traces
    assert join.custom_id in {getattr(part, "custom_id", None) for part in parts}
