"""What a reminder says of several papers, and what its buttons carry."""

from datetime import UTC, datetime

import pytest

from bot.core.groups import Group
from bot.core.reminders import MOST_PAPERS, OpenPaper, Pace, Reasons
from bot.core.weeks import Schedule, Week
from bot.views.custom_ids import LARGEST_ID, Reminding
from bot.views.reminder_card import hour_card, paper_card
from tests.curricula import curriculum, resource
from tests.seen import custom_id_of, option_labels_of, text_of

NOW = datetime(2026, 1, 12, 10, 0, tzinfo=UTC)
LIST = curriculum(resource("bert", title="BERT"), resource("lora", title="LoRA"))
LONGEST_CUSTOM_ID = 100


def paper(number, key="demo:bert", server="Study room"):
    schedule = Schedule(0, 10, 0, "UTC")
    group = Group(LARGEST_ID - number, 1, 70 + number, "active", schedule, None, NOW, NOW)
    post = Week(1, group.group_id, "2026-W02", NOW, "posted", channel_id=2, message_id=3)
    return OpenPaper(group, post, LIST.get(key), NOW, LIST, server)


def test_the_first_paper_is_shown_and_each_of_the_others_has_a_line():
    text = text_of(paper_card([paper(0), paper(1, "demo:lora")], is_idle=True))

    lines = text.splitlines()
    assert lines[0].startswith("🔔 <#70> in Study room is reading this until <t:1768212000:F>.")
    assert lines[1] == "-# It is also a week since you read something."
    assert "### [BERT](" in text
    assert lines[-1] == "-# Also until <t:1768212000:d>, in <#71>: LoRA"


def test_the_buttons_carry_all_that_the_message_came_for():
    papers = [paper(number) for number in range(MOST_PAPERS)]

    stops = custom_id_of(paper_card(papers, is_idle=True), "Stop")
    back = str(Reminding.of("again", Reasons(True, tuple(each.group for each in papers))))

    read = Reminding.read(stops)
    assert read.is_idle
    assert read.group_ids == [each.group.group_id for each in papers]
    assert max(len(stops), len(back)) <= LONGEST_CUSTOM_ID


def test_one_that_comes_for_papers_alone_stops_nothing_else():
    read = Reminding.read(custom_id_of(paper_card([paper(0)], is_idle=False), "Stop"))

    assert not read.is_idle


@pytest.mark.parametrize("server", ["<@1> *Study* @everyone", "https://example.org/x"])
def test_a_servers_name_is_only_words(server):
    text = text_of(paper_card([paper(0, server=server)], is_idle=False))

    assert server not in text


def test_each_hour_of_the_day_can_be_chosen():
    card = hour_card(Pace("UTC", 8), None)

    assert len(option_labels_of(card)) == 24
    assert "08:00" in text_of(card)
