"""Clicks that no card offered: every button, select and form, with values made up by hand."""

import pytest

from bot.clicks import CLICKED
from tests.forged import filled, sent
from tests.golden.custom_ids import FIELDS, KINDS, written
from tests.seen import custom_id_of, text_of

NEVER_GIVEN = [
    "0",
    "9999",
    str(2**63 - 1),
    "9" * 19,
    "9" * 20,
    "no-list:no-paper",
    "jump-into-llm:no-paper",
    "no-step",
    "0000-W00",
    "2026-W99",
    "9999-W53",
]
"""What a custom_id could say that we never wrote."""

NEVER_OFFERED = [
    "",
    "x",
    "-1",
    "²",
    "1e3",
    "9" * 30,
    "no-list:no-paper",
    "2026-W99",
    "9999-W53",
    "Mars/Olympus",
    "\0",
    "ß" * 100,
]
"""What a select could send that it never offered."""


def forgeries():
    """Yield (item, custom_id) for each field of each custom_id, with whatever fits the template."""
    seen = set()
    for each in written():
        template = KINDS[each.item].pattern
        match = template.fullmatch(each.custom_id)
        for field in template.groupindex.keys() - {"opener_id"}:
            start, end = match.span(field)
            for said in NEVER_GIVEN:
                made = each.custom_id[:start] + said + each.custom_id[end:]
                if template.fullmatch(made) and made not in seen:
                    seen.add(made)
                    yield each, made


def selects():
    return {each.item: each for each in written() if each.picks}.values()


@pytest.fixture
async def card(moderator, channel):
    """A card of a moderator's own, in whose place forged clicks are sent."""
    made = await moderator.slash(channel, "manage group", zone="UTC")
    return made.response


def own(custom_id, each, member):
    """Return the custom_id as if this member had been given it."""
    opener_id = each.values.get("opener_id")
    return custom_id.replace(str(opener_id), str(member.id)) if opener_id else custom_id


@pytest.fixture
async def elsewhere(elsewhere):
    """Return who manages another server, its channel, and a card of theirs there."""
    member, there = elsewhere
    return member, there, (await member.slash(there, "manage group", zone="UTC")).response


def answered(answer):
    """Tell whether a click was answered: by a card, or by a form."""
    if answer.modal is not None:
        return True
    if not answer.acknowledged:
        return False
    told = text_of(answer.followups[-1].message if answer.followups else answer)
    return bool(told) and "Something went wrong" not in told


async def test_every_button_answers_in_words_whatever_its_custom_id_says(moderator, card):
    failed = []
    for each, custom_id in forgeries():
        kind = 3 if each.picks else 2
        sendable = own(custom_id, each, moderator)
        answer = await sent(moderator, card, sendable, *each.picks, kind=kind)
        if not answered(answer):
            failed.append(sendable)

    assert failed == []


@pytest.mark.parametrize("offered", [False, True])
async def test_every_select_answers_in_words_whatever_is_picked(env, moderator, card, offered):
    failed = []
    for each in selects():
        custom_id = own(each.custom_id, each, moderator)
        for picks in [[], *([said] for said in NEVER_OFFERED)]:
            answer = await sent(moderator, card, custom_id, *picks, kind=3, offered=offered)
            if not answered(answer):
                failed.append((each.item, picks))
    _, reader = await env.bot.services.reading.reader(moderator.id, None)

    assert failed == []
    assert reader.marks == {}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("PutAside", "done"),
        ("GroupHour", "24:00"),
        ("GroupHour", "9 pm"),
        ("ReadForWeeks", "99:jump-into-llm:bert"),
        ("ReadForWeeks", "x:jump-into-llm:bert"),
        ("MoveGroup", "x"),
    ],
)
async def test_a_select_takes_nothing_that_it_never_offers(moderator, card, kind, said):
    (each,) = [one for one in selects() if one.item == kind]

    answer = await sent(
        moderator, card, own(each.custom_id, each, moderator), said, kind=3, offered=True
    )

    assert "You can't choose that here now." in text_of(answer)


async def test_nothing_of_another_server_is_reached_by_its_id(moderator, channel, card, elsewhere):
    stranger, _, their_card = elsewhere
    desk = await moderator.slash(channel, "manage edit", resource="BERT")
    proposal = await moderator.slash(channel, "manage add", link="https://example.org/paper")
    vote = await moderator.slash(channel, "manage vote")
    before = await moderator.slash(channel, "manage group")
    ids = dict.fromkeys(("group", "lost", "lost_too", "slot", "texts", "start", "change"))
    ids |= dict.fromkeys(ids, id_in(before, "Pause", 2))
    ids |= {"vote": id_in(vote, "Cancel vote", 1), "desk": id_in(desk, "Edit texts", 1)}
    ids |= dict.fromkeys(("proposal", "proposal_too"), id_in(proposal, "Add", 1))
    ids |= {"channel": channel.id, "moderator": stranger.id}
    seen = [text_of(one) for one in (before, desk, proposal)]

    failed, told = [], []
    for each in written(ids):
        kind = 3 if each.picks else 2
        answer = await sent(stranger, their_card, each.custom_id, *each.picks, kind=kind)
        if not answered(answer):
            failed.append(each.custom_id)
        if f"<#{channel.id}>" in shown_by(answer) or "example.org" in shown_by(answer):
            told.append(each.custom_id)

    assert failed == []
    assert told == []
    assert text_of(await moderator.slash(channel, "manage group")) == seen[0]
    await moderator.click(desk.response, label="More")
    again = await moderator.click(desk.response, label="History")
    assert text_of(await moderator.click(again.response, label="◀ Back")) == seen[1]
    added = await moderator.click(proposal.response, label="Add")
    assert "Added" in text_of(added)


async def test_what_is_added_in_one_server_is_picked_for_no_group_of_another(
    moderator, channel, card, elsewhere
):
    stranger, there, their_card = elsewhere
    before = await moderator.slash(channel, "manage group")
    proposal = await stranger.slash(there, "manage add", link="https://example.org/paper")
    added = await stranger.click(proposal.response, label="Add")
    draft_id, group_id = id_in(added, "Read it next", 1), id_in(before, "Pause", 2)

    answer = await sent(
        stranger, their_card, f"draft-next-in:{draft_id}:{stranger.id}", str(group_id), kind=3
    )

    assert "There is no study group" in text_of(answer)
    assert text_of(await moderator.slash(channel, "manage group")) == text_of(before)


def shown_by(answer):
    """Return all that the answer shows, be it a card, what follows it, or a form."""
    cards = [answer.response, *(followup.message for followup in answer.followups)]
    return str([answer.modal, *(card.components for card in cards if card is not None)])


def id_in(card, label, place):
    return int(custom_id_of(card, label).split(":")[place])


FORMS = {
    "start-weekly": ("channel", "zone"),
    "my-zone": ("zone",),
    "doubt:jump-into-llm:gpt-1": ("pair", "why"),
    "draft-texts": ("kind", "title", "authors", "minutes", "notes"),
    "draft-details": ("link", "must_read", "questions", "parts"),
    "me:ask": ("word",),
    "reset-all": ("word",),
    "aside:jump-into-llm:bert part": ("note",),
    "list-show +": ("name",),
    "import-paste": ("pasted", "name"),
    "inbox-decline": ("reason", "why"),
    "group-meets": ("when", "lasts", "channel"),
    "group-days": ("days",),
    "lead-questions": ("question1", "question2", "question3"),
}
"""What opens each form, a select with what is picked of it, and the form's fields."""


async def test_every_form_answers_in_words_whatever_is_in_its_fields(moderator, channel, card, env):
    desk = await moderator.slash(channel, "manage edit", resource="BERT")
    await moderator.click(desk.response.message, label="More")
    group = await moderator.slash(channel, "manage group")
    await moderator.click(group.response.message, label="More")
    of = channel.guild.id, id_in(group, "Days off…", 2), moderator.id
    await env.bot.services.groups.join(*of)
    await env.bot.services.leading.lead(*of, "2026-W02")
    own_ids = {
        "group-meets": custom_id_of(group, "Meeting…"),
        "group-days": custom_id_of(group, "Days off…"),
        "lead-questions": f"lead-questions:{id_in(group, 'Days off…', 2)}:2026-W02",
        "list-show": f"list-show:{moderator.id}",
        "import-paste": f"import-paste:{moderator.id}::",
        "inbox-decline": f"inbox-decline:{moderator.id}:0:1",
        "draft-texts": custom_id_of(desk, "Edit texts"),
        "draft-details": custom_id_of(desk, "Link, questions, parts"),
    }
    failed = []
    for opened_by, fields in FORMS.items():
        opener, *picks = opened_by.split()
        for name in fields:
            for said in NEVER_OFFERED:
                custom_id = own_ids.get(opener, opener)
                form = await sent(moderator, card, custom_id, *picks, kind=3 if picks else 2)
                is_select = name in ("channel", "pair", "kind", "must_read", "reason")
                value = [said] if is_select else said
                if not answered(await filled(moderator, form, {name: value})):
                    failed.append((opener, name, said))

    assert failed == []


def test_no_form_is_left_out():
    asked = {name for fields in FORMS.values() for name in fields}

    assert asked == set(FIELDS)


def test_no_kind_of_click_is_answered_twice():
    kinds = [kind.__name__ for each in CLICKED for kind in each.kinds]

    assert sorted(kinds) == sorted(set(kinds))


async def test_a_click_of_no_known_kind_is_answered_and_logged_without_what_it_says(
    moderator, card, caplog
):
    answer = await sent(moderator, card, "gone-kind:secret")

    assert "The same command gives you a new one." in text_of(answer)
    assert [r.getMessage() for r in caplog.records if "no kind" in r.getMessage()] == [
        "a click of no kind that is known: gone-kind"
    ]
