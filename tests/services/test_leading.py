"""Who leads a group's week: by their own word, asked, reminded; what they choose and ask."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.core.groups import GroupForm, GroupWish, Here, MeetsWish
from bot.core.leading import MOST_QUESTIONS
from bot.errors import LeadRefusedError, NoGroupError, NotAMemberError, NotOfferedError
from bot.outbox.discord import NAMED, Place
from bot.outbox.letters import letters
from bot.outbox.letters._base import Send
from bot.outbox.tickets import Tickets
from bot.store import leads as lead_rows
from bot.store import outbox
from bot.views.lead_card import led_card
from tests.curricula import curriculum, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, MONDAYS_AT_TEN, Desk, new_group
from tests.seen import labels_of, text_of

ALICE, BOB, CAROL = 71, 72, 73
LIST = curriculum(*(resource(f"p{n}", title=f"Paper {n}") for n in range(9)))
NEXT, AFTER, THIRD = "2026-W02", "2026-W03", "2026-W04"


@pytest.fixture
def base():
    return LIST


@pytest.fixture
def leading(services):
    return services.leading


@pytest.fixture
async def led(services, group_id):
    """The group, with two members. It is Monday, nine o'clock, an hour before its paper."""
    for who in (ALICE, BOB):
        await services.groups.join(GUILD, group_id, who)
    return group_id


async def status(services, group_id, who=ALICE):
    return await services.groups.look(GUILD, group_id, who)


async def test_a_member_leads_a_week_to_come_and_is_named_there(services, leading, led):
    shown = await leading.lead(GUILD, led, ALICE, AFTER)
    again = await leading.lead(GUILD, led, ALICE, AFTER)

    assert (shown.lead.week, shown.resource.title) == (AFTER, "Paper 1")
    assert again == shown
    assert (await status(services, led)).leader_of(AFTER) == ALICE
    assert (await status(services, led)).leader_of(NEXT) is None


async def test_a_week_has_one_leader(leading, led):
    await leading.lead(GUILD, led, ALICE, AFTER)

    with pytest.raises(LeadRefusedError) as refused:
        await leading.lead(GUILD, led, BOB, AFTER)

    assert refused.value.why == "taken"


@pytest.mark.parametrize("week", ["2025-W50", "2026-W30", "2026-W06"])
async def test_only_one_of_the_next_weeks_is_led(leading, led, week):
    with pytest.raises(LeadRefusedError) as refused:
        await leading.lead(GUILD, led, ALICE, week)

    assert refused.value.why == "gone"


async def test_a_skipped_week_is_not_led(services, leading, led):
    await services.calendars.skip(GUILD, led, AFTER)

    with pytest.raises(LeadRefusedError):
        await leading.lead(GUILD, led, ALICE, AFTER)


async def test_who_is_no_member_does_not_lead(leading, led):
    with pytest.raises(NotAMemberError):
        await leading.lead(GUILD, led, CAROL, AFTER)
    with pytest.raises(NotAMemberError):
        await leading.lead(None, led, CAROL, AFTER)
    with pytest.raises(NoGroupError):
        await leading.lead(GUILD + 1, led, ALICE, AFTER)


async def test_a_week_is_handed_back_with_what_was_chosen_for_it(services, leading, led):
    await leading.lead(GUILD, led, ALICE, AFTER)
    await leading.choose(GUILD, led, ALICE, AFTER, "demo:p4")

    for _ in range(2):  # twice is harmless
        shown = await leading.hand_back(GUILD, led, ALICE, AFTER)

    assert (shown.lead, shown.leader_id, shown.is_open) == (None, None, True)
    assert shown.resource.title == "Paper 1"
    assert (await leading.lead(GUILD, led, BOB, AFTER)).lead.reader_id == BOB
    assert (await leading.week(GUILD, led, ALICE, AFTER)).leader_id == BOB


@pytest.mark.parametrize("is_free", [True, False])
async def test_who_leads_a_week_once_more_has_what_they_chose_and_asked(leading, led, is_free):
    await leading.lead(GUILD, led, ALICE, AFTER)
    await leading.choose(GUILD, led, ALICE, AFTER, "demo:p4")
    await leading.ask_about(GUILD, led, ALICE, AFTER, ["Why?"])
    await leading.hand_back(GUILD, led, ALICE, AFTER)
    if not is_free:
        await leading.lead(GUILD, led, BOB, THIRD)
        await leading.choose(GUILD, led, BOB, THIRD, "demo:p4")

    again = await leading.lead(GUILD, led, ALICE, AFTER)

    assert again.lead.questions == ("Why?",)
    assert again.resource.title == ("Paper 4" if is_free else "Paper 1")
    assert again.lead.key == ("demo:p4" if is_free else None)


async def test_a_week_handed_back_between_its_slot_and_its_post_is_open_no_more(
    leading, led, clock
):
    await leading.lead(GUILD, led, ALICE, NEXT)
    clock.advance(hours=1, seconds=1)

    shown = await leading.hand_back(GUILD, led, ALICE, NEXT)

    assert (shown.lead, shown.is_open, labels_of(led_card(shown))) == (None, False, ["This group"])


async def test_a_week_that_is_over_keeps_the_name_of_who_led_it(services, leading, led, until):
    await leading.lead(GUILD, led, ALICE, NEXT)
    await until(hours=1)
    during = led_card(await leading.week(GUILD, led, ALICE, NEXT))
    await until(days=7)

    with pytest.raises(LeadRefusedError) as refused:
        await leading.hand_back(GUILD, led, ALICE, NEXT)

    after = led_card(await leading.week(GUILD, led, ALICE, NEXT))
    history = await services.groups.history(GUILD, led, 0)
    assert refused.value.why == "over"
    assert ("You open the talk" in text_of(during), labels_of(during)) == (True, ["Hand it back"])
    assert text_of(after).startswith(f"🎤 You led a week in <#{CHANNEL}>. Thank you!\n<t:")
    assert ("open the talk" in text_of(after), labels_of(after)) == (False, [])
    assert [week.leader_id for week in history.weeks] == [None, ALICE]


async def test_nobody_hands_back_what_somebody_else_leads(services, leading, led):
    await leading.lead(GUILD, led, ALICE, AFTER)

    await leading.hand_back(GUILD, led, BOB, AFTER)

    assert (await status(services, led)).leader_of(AFTER) == ALICE


# What they choose


async def test_the_leaders_choice_is_read_in_its_week_and_not_before(services, leading, led, until):
    await leading.lead(GUILD, led, ALICE, AFTER)
    offered = (await leading.week(GUILD, led, ALICE, AFTER)).offered

    shown = await leading.choose(GUILD, led, ALICE, AFTER, "demo:p3")
    await until(hours=1)
    for _ in range(3):
        await until(days=7)

    history = await services.groups.history(GUILD, led, 0)
    assert [each.title for each in offered] == [f"Paper {n}" for n in range(1, 6)]
    assert (shown.resource.title, shown.why) == ("Paper 3", "leader_choice")
    assert [week.post.title for week in history.weeks] == [
        "Paper 2", "Paper 1", "Paper 3", "Paper 0",
    ]  # fmt: skip
    assert [week.leader_id for week in history.weeks] == [None, None, ALICE, None]


async def test_the_choice_can_be_left_to_the_list_again(leading, led):
    await leading.lead(GUILD, led, ALICE, AFTER)
    await leading.choose(GUILD, led, ALICE, AFTER, "demo:p3")

    shown = await leading.choose(GUILD, led, ALICE, AFTER, None)

    assert (shown.resource.title, shown.why) == ("Paper 1", "next_on_list")


async def test_a_pick_counts_more_than_a_vote_and_a_vote_more_than_a_choice(
    services, leading, led, until
):
    await leading.lead(GUILD, led, ALICE, AFTER)
    await leading.choose(GUILD, led, ALICE, AFTER, "demo:p3")
    chosen = (await status(services, led)).coming[1].pick
    await until(hours=1)
    ballot = await services.votes.call(GUILD, CHANNEL, MODERATOR, 3, 1)
    await services.votes.decide(ballot.vote, [0, 5, 0])
    won = (await status(services, led)).coming[0].pick
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "Paper 6", AFTER)
    picked = (await status(services, led)).coming[0].pick

    assert [(pick.key, pick.why) for pick in (chosen, won, picked)] == [
        ("demo:p3", "leader_choice"),
        ("demo:p2", "vote_winner"),
        ("demo:p6", "picked_by_moderator"),
    ]


@pytest.mark.parametrize("key", ["demo:p0", "demo:p6", "demo:gone"])
async def test_only_one_of_the_next_five_is_chosen(leading, led, key):
    await leading.lead(GUILD, led, ALICE, AFTER)

    with pytest.raises(NotOfferedError):
        await leading.choose(GUILD, led, ALICE, AFTER, key)


async def test_what_others_chose_for_other_weeks_is_not_offered(services, leading, led):
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "Paper 3", THIRD)
    await leading.lead(GUILD, led, ALICE, NEXT)
    await leading.lead(GUILD, led, BOB, AFTER)
    await leading.choose(GUILD, led, BOB, AFTER, "demo:p4")

    offered = (await leading.week(GUILD, led, ALICE, NEXT)).offered

    assert [each.title for each in offered] == [f"Paper {n}" for n in (0, 1, 2, 5, 6)]


async def test_nothing_is_chosen_for_a_week_that_has_its_paper(services, leading, led, until):
    await leading.lead(GUILD, led, ALICE, NEXT)
    await until(hours=1)

    for act in (
        leading.choose(GUILD, led, ALICE, NEXT, "demo:p3"),
        leading.ask_about(GUILD, led, ALICE, NEXT, ["Why?"]),
    ):
        with pytest.raises(LeadRefusedError) as refused:
            await act
        assert refused.value.why == "came"
    assert refused.value.sentence().endswith("You can still ask this in the talk: “Why?”.")


async def test_only_who_leads_a_week_chooses_for_it(leading, led):
    await leading.lead(GUILD, led, ALICE, AFTER)

    with pytest.raises(LeadRefusedError) as refused:
        await leading.choose(GUILD, led, BOB, AFTER, "demo:p3")

    assert refused.value.why == "not_yours"


async def test_a_choice_stays_with_its_week_when_that_is_off_and_comes_back_with_it(
    services, leading, led
):
    await leading.lead(GUILD, led, ALICE, AFTER)
    await leading.choose(GUILD, led, ALICE, AFTER, "demo:p3")

    off, days = await services.calendars.take_off(GUILD, led, "2026-01-12")
    back = await services.calendars.bring_back(GUILD, led, days)

    assert [coming.pick.key for coming in off.coming[:2]] == ["demo:p0", "demo:p1"]
    assert [coming.pick.key for coming in back.coming[:2]] == ["demo:p0", "demo:p3"]


@pytest.mark.parametrize("base", [curriculum(*LIST.resources[:2])])
async def test_where_nothing_is_left_nothing_comes_next(services, leading, led):
    shown = text_of(led_card(await leading.lead(GUILD, led, ALICE, THIRD)))

    assert ": nothing left on the list.\n" in shown
    assert "next on the list" not in shown


# Questions


async def test_up_to_three_questions_open_the_talk_before_the_lists_own(
    services, leading, led, until
):
    await leading.lead(GUILD, led, ALICE, NEXT)
    typed = ["  Why  this? ", "", "And then?"]

    shown = await leading.ask_about(GUILD, led, ALICE, NEXT, typed)
    more = await leading.ask_about(GUILD, led, ALICE, NEXT, ["a", "b", "c", "d"])
    await until(hours=1)
    post = await services.weeks.post((await status(services, led)).this_week.week_id)

    assert shown.lead.questions == ("Why this?", "And then?")
    assert len(more.lead.questions) == MOST_QUESTIONS
    assert post.lead.questions == ("a", "b", "c")


@pytest.mark.parametrize("vote", [True, False])
async def test_a_choice_that_is_wanted_for_another_week_says_so_to_its_leader(
    services, leading, led, vote
):
    await leading.lead(GUILD, led, ALICE, AFTER)
    await leading.choose(GUILD, led, ALICE, AFTER, "demo:p3")
    if vote:
        where = {"resources": "Paper 3, Paper 7", "date": "2026-W05"}
        await services.votes.call(GUILD, CHANNEL, MODERATOR, **where)
    else:
        await services.papers.pick(GUILD, CHANNEL, MODERATOR, "Paper 3", "2026-W05")

    shown = await leading.week(GUILD, led, ALICE, AFTER)

    at = f"<t:{int(datetime(2026, 1, 26, 10, tzinfo=UTC).timestamp())}:d>"
    but = f"the vote for {at} has it" if vote else f"it is read on {at}"
    assert shown.resource.title == "Paper 1"
    assert f"⚠️ You chose Paper 3, but {but}. You can choose another." in text_of(led_card(shown))
    assert "next on the list" not in text_of(led_card(shown))


# Who could lead


async def test_who_has_not_led_is_told_so_once_somebody_has(services, leading, led):
    nobody = (await status(services, led, BOB)).could_lead
    await leading.lead(GUILD, led, ALICE, AFTER)

    assert not nobody
    assert (await status(services, led, BOB)).could_lead
    assert not (await status(services, led, ALICE)).could_lead
    assert not (await status(services, led, CAROL)).could_lead


async def test_who_led_in_a_group_that_went_into_this_one_has_led(services, leading, led, until):
    into = (await new_group(services, CHANNEL + 1)).group_id
    await services.groups.join(GUILD, into, BOB)
    await leading.lead(GUILD, into, BOB, AFTER)
    await leading.lead(GUILD, led, ALICE, NEXT)
    await until(hours=1)

    await services.merging.merge(GUILD, led, into, MODERATOR)

    assert not (await status(services, into)).could_lead
    assert (await status(services, into)).leader_of(AFTER) == BOB


async def test_old_buttons_mean_the_group_that_theirs_went_into(services, leading, led, until):
    into = (await new_group(services, CHANNEL + 1)).group_id
    await leading.lead(GUILD, led, ALICE, AFTER)
    await leading.ask(GUILD, led, BOB)
    await services.merging.merge(GUILD, led, into, MODERATOR)

    shown = await leading.week(None, led, ALICE, AFTER)
    chosen = await leading.choose(GUILD, led, ALICE, AFTER, "demo:p4")
    asked = await leading.ask_about(None, led, ALICE, AFTER, ["Why?"])
    led_now = await leading.lead(None, led, BOB, NEXT)

    assert {each.group.group_id for each in (shown, chosen, asked, led_now)} == {into}
    assert (asked.lead.key, asked.lead.questions) == ("demo:p4", ("Why?",))
    assert led_now.lead.reader_id == BOB


# Asked by a moderator


@pytest.fixture
def letter(services):
    """Return what the engine would do with the letter of this kind."""

    async def find(kind, reference):
        return await outbox.row_about(services.db, kind, reference)

    return find


async def test_a_member_is_asked_for_the_next_week_that_nobody_leads(
    services, leading, led, letter
):
    await leading.lead(GUILD, led, ALICE, NEXT)

    asked = await leading.ask(GUILD, led, BOB)

    row = await letter("ask", f"{led}:{AFTER}:{BOB}")
    assert (asked.week, asked.state) == (AFTER, "asked")
    assert (row.reader_id, row.group_id) == (BOB, led)
    assert (await status(services, led)).leader_of(AFTER) is None


async def test_who_was_asked_leads_from_the_direct_message(services, leading, led):
    await leading.ask(GUILD, led, BOB)

    shown = await leading.lead(None, led, BOB, NEXT)

    assert shown.lead.state == "leads"
    assert (await status(services, led)).leader_of(NEXT) == BOB


async def test_not_this_time_is_kept_and_they_are_asked_for_another_week(services, leading, led):
    await leading.ask(GUILD, led, BOB)

    for _ in range(2):
        await leading.hand_back(None, led, BOB, NEXT)
    states = [lead.state for lead in (await status(services, led)).leads]
    again = await leading.ask(GUILD, led, BOB)

    assert states == ["declined"]
    assert again.week == AFTER


async def test_nobody_is_asked_twice_at_once_nor_who_is_no_member(leading, led):
    await leading.ask(GUILD, led, BOB)

    with pytest.raises(LeadRefusedError) as twice:
        await leading.ask(GUILD, led, BOB)
    with pytest.raises(LeadRefusedError) as stranger:
        await leading.ask(GUILD, led, CAROL)

    assert (twice.value.why, stranger.value.why) == ("asked", "not_member")


async def test_where_all_weeks_are_led_nobody_is_asked(leading, led):
    for week in (NEXT, AFTER, THIRD, "2026-W05"):
        await leading.lead(GUILD, led, ALICE, week)

    with pytest.raises(LeadRefusedError) as refused:
        await leading.ask(GUILD, led, BOB)

    assert refused.value.why == "no_week"


async def test_closed_messages_are_told_to_moderators_and_asking_again_tries_again(
    services, leading, led, letter
):
    await leading.ask(GUILD, led, BOB)
    about = f"{led}:{NEXT}:{BOB}"
    row = await Desk(services).claim((await letter("ask", about)).row_id)
    await Desk(services).end(row, "dropped", "no_direct_messages")
    closed = (await status(services, led)).leads

    await leading.ask(GUILD, led, BOB)

    assert [lead.state for lead in closed] == ["closed"]
    assert (await letter("ask", about)).state == "waiting"
    assert [lead.state for lead in (await status(services, led)).leads] == ["asked"]


async def test_a_letter_to_who_answered_meanwhile_is_not_sent(services, leading, led, letter):
    await leading.ask(GUILD, led, BOB)
    await leading.lead(GUILD, led, BOB, NEXT)

    row = await letter("ask", f"{led}:{NEXT}:{BOB}")

    assert await Desk(services).claim(row.row_id) is None
    assert (await letter("ask", f"{led}:{NEXT}:{BOB}")).problem == "not_wanted"


@pytest.mark.parametrize("why", ["led", "skipped", "paused", "stopped"])
async def test_nobody_is_asked_for_a_week_that_needs_no_leader_any_more(
    services, leading, led, letter, why
):
    await leading.ask(GUILD, led, BOB)
    about = f"{led}:{NEXT}:{BOB}"
    if why == "led":
        await leading.lead(GUILD, led, ALICE, NEXT)
    elif why == "skipped":
        await services.calendars.skip(GUILD, led, NEXT)
    else:
        await services.groups.set_state(GUILD, led, why)

    row = await letter("ask", about)

    assert await Desk(services).claim(row.row_id) is None
    assert (await letter("ask", about)).problem == "not_wanted"
    assert [lead.reader_id for lead in (await status(services, led)).leads] in ([], [ALICE])


# The post


async def test_the_post_says_who_leads_and_is_told_again_when_they_hand_it_back(
    services, leading, led, until
):
    await leading.lead(GUILD, led, ALICE, NEXT)
    await until(hours=1)
    week = (await status(services, led)).this_week
    before = await services.weeks.post(week.week_id)

    await leading.hand_back(GUILD, led, ALICE, NEXT)

    after = await services.weeks.post(week.week_id)
    rows = await services.db.fetch("SELECT * FROM outbox WHERE kind = 'paper'")
    assert (before.lead.reader_id, after.lead) == (ALICE, None)
    assert [(row["channel_id"], row["message_id"]) for row in rows] == [
        (week.channel_id, week.message_id)
    ]


async def test_where_nobody_meets_this_week_is_led_until_the_next_paper(
    services, leading, led, until
):
    await until(hours=1)
    this = await leading.lead(GUILD, led, ALICE, NEXT)
    told = await services.db.fetch_column("SELECT kind FROM outbox WHERE kind = 'paper'")
    await leading.hand_back(GUILD, led, ALICE, NEXT)
    await until(days=7)
    last = await leading.week(GUILD, led, ALICE, NEXT)

    assert (this.is_past, this.is_over, last.is_over, told) == (True, False, True, ["paper"])
    with pytest.raises(LeadRefusedError) as refused:
        await leading.lead(GUILD, led, ALICE, NEXT)
    assert refused.value.why == "gone"
    assert (await leading.lead(GUILD, led, ALICE, AFTER)).lead.week == AFTER


async def test_a_week_handed_back_while_its_post_is_on_its_way_is_told_again_once_it_is_there(
    services, leading, led, clock
):
    await leading.lead(GUILD, led, ALICE, NEXT)
    clock.advance(hours=1)
    await services.weeks.open_due()
    (row_id,) = await Desk(services).due()
    post = await Desk(services).claim(row_id)
    await Desk(services).begin(post, CHANNEL, "trace")

    await leading.hand_back(GUILD, led, ALICE, NEXT)

    paper = await services.db.fetch_value("SELECT row_id FROM outbox WHERE kind = 'paper'")
    acts = letters(services, Tickets(services.db, services.clock, services.send_rate))["paper"]
    paper = await Desk(services).claim(paper)
    before = await acts.act(paper, There())
    await Desk(services).arrived(post, 1234)
    after = await acts.act(paper, There())
    assert (before.problem, after.message_id) == ("superseded", 1234)
    assert "leads" not in text_of(after.view)


# Reminders


@pytest.fixture
def remind(services, clock, asking):
    """Return what lets days pass, at noon, and tells on which of them who leads was reminded."""

    async def days(count, who=ALICE):
        told = []
        for _ in range(count):
            clock.advance(days=1)
            await services.weeks.open_due()
            while await services.reminders.look_at_due():
                pass
            for row_id in await Desk(services).due():
                row = await Desk(services).claim(row_id)
                if row is None:
                    continue
                if row.kind != "reminder":
                    await Desk(services).arrived(row, 1000 + row_id % 1000)
                    continue
                act = await asking(row)
                if isinstance(act, Send):
                    await Desk(services).begin(row, 5, "trace")
                    await Desk(services).arrived(row, 2000)
                    told.append((clock.now.date(), text_of(act.what), labels_of(act.what)))
        return told

    return days


class There:
    """A Discord in which everybody is there."""

    async def place(self, guild_id, place_id, *_):
        return Place(place_id, guild_id, "Study room", "text", frozenset(NAMED))

    async def is_member(self, *_):
        return True

    async def open_dm(self, person_id):
        return await self.place(0, person_id)


@pytest.fixture
def asking(services):
    async def act(row):
        tickets = Tickets(services.db, services.clock, services.send_rate)
        return await letters(services, tickets)["reminder"].act(row, There())

    return act


async def test_who_leads_is_reminded_once_two_days_before_though_they_asked_for_no_reminders(
    services, leading, led, clock, remind
):
    await services.me.set_hour(ALICE, 9)
    await leading.lead(GUILD, led, ALICE, THIRD)

    told = await remind(25)

    ((day, text, labels),) = told
    assert day == date(2026, 1, 17)  # at nine; the paper comes on Monday, the 19th, at ten
    assert text.startswith(f"🎤 You lead the talk in <#{CHANNEL}>, Study room, on <t:")
    assert text.endswith("Paper 2")
    assert labels == ["Paper & questions", "Hand it back"]


async def test_who_hands_it_back_is_not_reminded(services, leading, led, remind):
    await services.me.set_hour(ALICE, 9)
    await leading.lead(GUILD, led, ALICE, THIRD)
    await leading.hand_back(GUILD, led, ALICE, THIRD)

    assert await remind(20) == []


async def test_who_leads_a_skipped_week_is_not_reminded(services, leading, led, remind):
    await services.me.set_hour(ALICE, 9)
    await leading.lead(GUILD, led, ALICE, THIRD)
    await services.calendars.skip(GUILD, led, THIRD)

    assert await remind(20) == []


async def test_leading_and_an_unread_paper_make_one_message(services, leading, led, remind, until):
    await until(hours=3)
    await services.me.set_hour(ALICE, 11)
    await services.reminders.ask(GUILD, led, ALICE, wanted=True)
    await leading.lead(GUILD, led, ALICE, AFTER)

    told = await remind(6)

    ((day, text, _),) = told
    assert day == date(2026, 1, 10)
    assert text.index("🎤 You lead") < text.index("is reading this until")


async def test_who_ignores_reminders_is_still_told_what_they_lead_and_of_nothing_else(
    services, leading, led, remind
):
    await services.me.set_hour(ALICE, 9)
    await services.reminders.ask(GUILD, led, ALICE, wanted=True)
    silent = await remind(90)
    week = (await status(services, led)).coming[1].slot.week
    await leading.lead(GUILD, led, ALICE, week)

    told = await remind(14)

    assert len(silent) == 4  # after which they are left alone
    assert ["🎤" in text for _, text, _ in told] == [True]
    assert "is reading this" not in told[0][1]


async def test_a_group_that_moves_its_day_moves_the_reminder(services, leading, led, remind):
    await services.me.set_hour(ALICE, 9)
    await leading.lead(GUILD, led, ALICE, THIRD)
    group = await services.groups.find(CHANNEL)
    thursday = replace(group.schedule, weekday=3)
    await services.groups.make_or_change(GUILD, CHANNEL, thursday, None, MODERATOR, seen=group)

    told = await remind(25)

    assert [day for day, _, _ in told] == [date(2026, 1, 20)]


async def test_the_meeting_that_a_moderator_moves_moves_the_reminder(
    services, leading, led, remind
):
    await services.me.set_hour(ALICE, 9)
    await leading.lead(GUILD, led, ALICE, AFTER)
    here = Here(GUILD, CHANNEL, MODERATOR, "", frozenset({CHANNEL}))
    for typed in ("Sunday 20:00", "Thursday 20:00"):
        form = GroupForm(CHANNEL, GroupWish(meets=MeetsWish(typed)))
        await services.groups.meet(here, form)

    told = await remind(20)

    assert [day for day, _, _ in told] == [date(2026, 1, 13)]


async def test_who_led_a_paper_that_came_early_is_not_reminded_of_it_later(
    services, leading, led, remind, until
):
    await services.me.set_hour(ALICE, 9)
    await until(hours=3)
    await leading.lead(GUILD, led, ALICE, AFTER)
    await until(days=4)
    await services.groups.make_or_change(
        GUILD, CHANNEL, replace(MONDAYS_AT_TEN, weekday=6), None, MODERATOR
    )
    await until(days=3)
    await services.groups.post_now(GUILD, led)
    await until(hours=1)

    assert (await leading.week(GUILD, led, ALICE, AFTER)).is_past
    assert await remind(9) == []


async def test_a_week_that_was_led_long_ago_is_looked_at_no_more(services, leading, led, until):
    await leading.lead(GUILD, led, ALICE, NEXT)
    await until(hours=1)

    assert len(await lead_rows.untold(services.db, ALICE, "2026-W01")) == 1
    assert await lead_rows.untold(services.db, ALICE, AFTER) == []


# Who leaves


@pytest.mark.parametrize("leaves", ["the group", "the server"])
async def test_who_leaves_leads_no_week_to_come(services, leading, led, leaves, until):
    for week in (NEXT, THIRD):
        await leading.lead(GUILD, led, ALICE, week)
    await leading.ask(GUILD, led, ALICE)
    await until(hours=1)

    if leaves == "the group":
        await services.groups.leave(GUILD, led, ALICE)
    else:
        await services.guilds.member_left(GUILD, ALICE)

    told = await services.db.fetch_column("SELECT kind FROM outbox WHERE kind = 'paper'")
    assert ((await status(services, led)).leads, told) == ((), ["paper"])
    assert (await leading.lead(GUILD, led, BOB, NEXT)).lead.reader_id == BOB
    assert (await leading.lead(GUILD, led, BOB, THIRD)).lead.reader_id == BOB
    with pytest.raises(NotAMemberError):
        await leading.hand_back(None, led, ALICE, THIRD)


async def test_who_deletes_everything_is_named_no_more_under_the_papers(
    services, leading, led, until
):
    await leading.lead(GUILD, led, ALICE, NEXT)
    await until(hours=1)
    post = (await status(services, led)).this_week

    await services.me.forget(ALICE)

    (row,) = await services.db.fetch("SELECT * FROM outbox WHERE kind = 'paper'")
    assert (row["channel_id"], row["message_id"]) == (post.channel_id, post.message_id)
    assert (await services.weeks.post(post.week_id)).lead is None


# Weeks in which no paper comes, or that no calendar has


async def test_a_week_without_a_paper_says_so_to_its_leader(services, leading, led):
    await leading.lead(GUILD, led, ALICE, AFTER)
    await services.calendars.skip(GUILD, led, AFTER)

    shown = await leading.week(GUILD, led, ALICE, AFTER)

    assert (shown.silent, shown.lead.week) == ("skipped", AFTER)
    assert (await leading.hand_back(GUILD, led, ALICE, AFTER)).lead is None


@pytest.mark.parametrize("state", ["paused", "stopped"])
async def test_nobody_leads_or_is_asked_to_while_no_papers_come(services, leading, led, state):
    await services.groups.set_state(GUILD, led, state)

    with pytest.raises(LeadRefusedError) as refused:
        await leading.lead(GUILD, led, ALICE, AFTER)
    with pytest.raises(LeadRefusedError) as not_asked:
        await leading.ask(GUILD, led, ALICE)

    assert (refused.value.why, not_asked.value.why) == ("gone", "silent")


@pytest.mark.parametrize("week", ["2026-W99", "2026-W00", "9990-W01", "2020-W01"])
async def test_a_week_that_no_calendar_has_is_refused_in_words(leading, led, week):
    with pytest.raises(NotOfferedError):
        await leading.week(GUILD, led, ALICE, week)


async def test_deleting_everything_ends_leading(services, leading, led):
    await leading.lead(GUILD, led, ALICE, THIRD)

    await services.me.forget(ALICE)

    assert (await status(services, led)).leads == ()
    assert not await lead_rows.has_led(services.db, led, None)


async def test_a_deleted_group_takes_its_leaders_along(services, leading, led):
    await leading.lead(GUILD, led, ALICE, THIRD)

    await services.groups.delete(GUILD, led, MODERATOR)

    assert await services.db.fetch("SELECT * FROM leads") == []
