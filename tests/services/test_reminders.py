import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.groups import Reminder
from bot.core.weeks import Schedule
from bot.errors import NoGroupError, NotAMemberError, UnknownPostError, UnknownResourceError
from tests.conftest import joined
from tests.curricula import curriculum, resource
from tests.every_table import places_of
from tests.postbox import Desk

ALICE, BOB, CAROL, MODERATOR = range(800_000_000_000_000_001, 800_000_000_000_000_005)
GUILD, OTHER_GUILD, CHANNEL = 900_000_000_000_000_001, 900_000_000_000_000_002, 71
MONDAY_AT_TEN = Schedule(0, 10, 0, "UTC")

LIST = curriculum(
    resource("bert", title="BERT"), resource("gpt", title="GPT"), resource("lora", title="LoRA")
)


@pytest.fixture
async def group_id(services):
    """A group that reads on Mondays at ten; Alice and Bob are in it. It is Monday, nine."""
    status = await services.groups.make_or_change(GUILD, CHANNEL, MONDAY_AT_TEN, None, MODERATOR)
    for reader in (ALICE, BOB):
        await services.groups.join(GUILD, status.group.group_id, reader)
    return status.group.group_id


@pytest.fixture
def post(services, clock, group_id):
    """Return what lets Monday's paper be sent; it is then Monday, ten o'clock."""

    async def send():
        clock.advance(hours=1)
        await services.weeks.open_due()
        for row_id in await Desk(services).due():
            row = await Desk(services).claim(row_id)
            await Desk(services).arrived(row, 1000)
        return (await services.groups.status(CHANNEL, None)).this_week

    return send


async def rows_of(services):
    return await services.db.fetch("SELECT * FROM outbox WHERE kind = 'reminder' ORDER BY due_at")


async def due_reminders(services):
    """Claim what is due, and return the reminders among it."""
    claimed = [await Desk(services).claim(row_id) for row_id in await Desk(services).due()]
    return [row for row in claimed if row is not None and row.kind == "reminder"]


async def ask(services, group_id, reader, *, wanted=True):
    await services.reminders.ask(GUILD, group_id, reader, wanted=wanted)


async def test_nobody_is_reminded_of_a_paper_that_goes_on_or_that_they_read_in_an_earlier_week(
    services, group_id, post, clock
):
    await services.papers.read_for(GUILD, group_id, "demo:bert", 2)
    for reader in (ALICE, BOB):
        await ask(services, group_id, reader)
    first = await post()
    clock.advance(days=5)
    early = await due_reminders(services)
    going_on = [await services.reminders.check(row) for row in early]
    for row in early:
        await Desk(services).end(row, "dropped", "goes_on")
    await services.weeks.read_it(ALICE, GUILD, first.week_id)
    clock.advance(days=1, hours=23)
    last = await post()
    clock.advance(days=5)
    rows = [row for row in await due_reminders(services) if str(last.week_id) in row.reference]
    checked = {row.reader_id: await services.reminders.check(row) for row in rows}

    assert going_on == ["goes_on", "goes_on"]
    assert (last.key, checked[ALICE]) == (first.key, "read_already")
    assert checked[BOB].post.week_id == last.week_id


async def test_who_asked_is_reminded_two_days_before_the_next_slot(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    sent = await post()
    clock.advance(days=5, seconds=-1)
    before = await due_reminders(services)
    clock.advance(seconds=1)

    (row,) = await due_reminders(services)

    assert before == []
    assert (row.reference, row.reader_id) == (f"week:{sent.week_id}:{ALICE}", ALICE)
    reminder = await services.reminders.check(row)
    assert isinstance(reminder, Reminder)
    assert reminder.resource.title == "BERT"
    assert reminder.next_at == clock() + timedelta(days=2)


async def test_a_reminder_of_a_paper_that_left_the_list_or_of_no_week_is_not_sent(
    services, group_id, post, clock, database_url
):
    await ask(services, group_id, ALICE)
    await post()
    clock.advance(days=5)
    (row,) = await due_reminders(services)
    await services.close()
    later = await joined(database_url, curriculum(resource("another")), clock)

    gone = [
        await later.reminders.check(row),
        await later.reminders.check(replace(row, reference=f"week:1:{ALICE}")),
    ]
    await later.close()

    assert gone == ["paper_gone", "paper_gone"]


async def test_nobody_is_reminded_who_did_not_ask(services, group_id, post):
    await post()

    assert await rows_of(services) == []


async def test_asking_after_the_post_is_early_enough(services, group_id, post, clock):
    await post()
    clock.advance(days=4)
    await ask(services, group_id, ALICE)
    clock.advance(days=1)

    assert len(await due_reminders(services)) == 1


async def test_asking_within_the_two_days_is_for_the_next_paper(services, group_id, post, clock):
    await post()
    clock.advance(days=6)

    await ask(services, group_id, ALICE)

    assert await rows_of(services) == []


@pytest.mark.parametrize("kind", ["done", "known", "skipped"])
async def test_who_settled_the_paper_is_not_reminded(services, group_id, post, clock, kind):
    await ask(services, group_id, ALICE)
    await post()
    await services.reading.mark(ALICE, None, "demo:bert", kind)
    clock.advance(days=5)

    (row,) = await due_reminders(services)

    assert await services.reminders.check(row) == "read_already"


async def test_who_asked_no_more_is_not_reminded(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    await ask(services, group_id, ALICE, wanted=False)
    clock.advance(days=5)

    (row,) = await due_reminders(services)

    assert await services.reminders.check(row) == "not_asked"


async def test_who_left_the_group_is_not_reminded_even_after_joining_again(
    services, group_id, post, clock
):
    await ask(services, group_id, ALICE)
    await post()
    await services.groups.leave(GUILD, group_id, ALICE)
    await services.groups.join(GUILD, group_id, ALICE)
    clock.advance(days=5)

    (row,) = await due_reminders(services)

    assert await services.reminders.check(row) == "not_asked"


async def test_a_paused_group_reminds_nobody(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    await services.groups.set_state(GUILD, group_id, "paused")
    clock.advance(days=5)

    (row,) = await due_reminders(services)

    assert await services.reminders.check(row) == "group_silent"


async def test_a_reminder_moves_with_the_groups_day(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    sent = await post()

    friday = Schedule(4, 10, 0, "UTC")
    await services.groups.make_or_change(GUILD, CHANNEL, friday, None, MODERATOR)

    (row,) = await rows_of(services)
    assert row["due_at"] == int((sent.at + timedelta(days=9)).timestamp())


async def test_a_reminder_waits_while_the_next_week_is_skipped(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    await services.groups.skip_next(GUILD, group_id)
    clock.advance(days=5)
    skipped = await due_reminders(services)
    clock.advance(days=7)

    (row,) = await due_reminders(services)

    assert skipped == []
    assert isinstance(await services.reminders.check(row), Reminder)


async def test_after_a_day_of_downtime_it_is_too_late(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    clock.advance(days=6)

    assert await due_reminders(services) == []
    assert [row["state"] for row in await rows_of(services)] == ["dropped"]


async def test_a_paper_is_reminded_of_once(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    clock.advance(days=5)
    (row,) = await due_reminders(services)
    await Desk(services).arrived(row, 2000)

    for wanted in (False, True):
        await ask(services, group_id, ALICE, wanted=wanted)
    clock.advance(hours=1)

    assert await due_reminders(services) == []


async def test_closed_messages_are_not_tried_again_until_asked_again(
    services, group_id, post, clock
):
    await ask(services, group_id, ALICE)
    await post()
    clock.advance(days=5)
    (row,) = await due_reminders(services)
    await Desk(services).end(row, "dropped", "no_direct_messages")
    told = (await services.groups.status(CHANNEL, ALICE)).wish
    clock.advance(days=1, hours=23)
    await post()
    without = len(await rows_of(services))

    await ask(services, group_id, ALICE)

    assert told == "closed"
    assert (without, len(await rows_of(services))) == (1, 2)
    assert (await services.groups.status(CHANNEL, ALICE)).wish == "wanted"


async def test_closed_messages_of_who_asked_no_more_change_nothing(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    clock.advance(days=5)
    (row,) = await due_reminders(services)
    await ask(services, group_id, ALICE, wanted=False)

    await Desk(services).end(row, "dropped", "no_direct_messages")

    assert (await services.groups.status(CHANNEL, ALICE)).wish is None


async def test_only_members_may_ask_and_only_where_the_group_is(services, group_id):
    with pytest.raises(NotAMemberError):
        await services.reminders.ask(GUILD, group_id, CAROL, wanted=True)
    for guild_id, wanted in ((OTHER_GUILD, group_id), (GUILD, 5), (0, group_id)):
        with pytest.raises(NoGroupError):
            await services.reminders.ask(guild_id, wanted, ALICE, wanted=True)


async def test_another_reader_is_not_told_who_is_reminded(services, group_id):
    await ask(services, group_id, ALICE)

    assert (await services.groups.status(CHANNEL, BOB)).wish is None
    assert (await services.groups.status(CHANNEL, None)).wish is None


async def test_the_button_marks_the_paper_and_counts_it(services, group_id, post):
    sent = await post()
    for reader in (BOB, CAROL):
        await services.weeks.read_it(reader, GUILD, sent.week_id)

    reply = await services.reminders.finish(ALICE, sent.week_id)

    page = await services.groups.history(GUILD, group_id, 0)
    assert reply.reader.marks.get("demo:bert").state == "done"
    assert page.weeks[0].read == 3


async def test_the_button_is_nobodys_who_was_not_reminded_of_it(services, group_id, post):
    sent = await post()

    for reader, week_id in ((CAROL, sent.week_id), (ALICE, 5)):
        with pytest.raises(UnknownPostError):
            await services.reminders.finish(reader, week_id)


async def test_forgetting_takes_reminders_along_whatever_is_under_way(services, group_id, post):
    await ask(services, group_id, ALICE)
    await ask(services, group_id, BOB)

    await asyncio.gather(post(), services.me.forget(ALICE))
    await services.me.forget(ALICE)

    assert await places_of(services.db, ALICE) == set()
    assert [row["reader_id"] for row in await rows_of(services)] == [BOB]


# A server's own resources, in direct messages


@pytest.fixture
async def own_key(services, group_id):
    """The key of something that the server added."""
    draft = await services.moderation.propose(GUILD, MODERATOR, "https://example.org/own")
    desk = await services.moderation.add((GUILD, MODERATOR, draft.draft_id))
    return desk.resource.key


async def test_members_of_its_groups_use_a_servers_resource_in_direct_messages(services, own_key):
    shown = await services.reading.look(ALICE, None, own_key)
    reply = await services.reading.mark(ALICE, None, own_key, "done")
    undone = await services.reading.undo(ALICE, None, reply.change.change_id)

    assert shown.resource.key == own_key
    assert (shown.from_guild, reply.from_guild, undone.from_guild) == (GUILD, GUILD, GUILD)
    assert reply.reader.marks.get(own_key).state == "done"
    assert undone.reader.marks.get(own_key) is None


async def test_who_was_shown_a_servers_resource_goes_on_with_it_anywhere(services, own_key):
    await services.reading.mark(CAROL, GUILD, own_key, "later")

    reply = await services.reading.mark(CAROL, None, own_key, "done")

    assert reply.from_guild == GUILD


async def test_a_servers_resource_is_unknown_to_others(services, own_key):
    await services.reading.next_for(CAROL, None)

    for place in (None, OTHER_GUILD):
        with pytest.raises(UnknownResourceError):
            await services.reading.look(CAROL, place, own_key)
        with pytest.raises(UnknownResourceError):
            await services.reading.mark(CAROL, place, own_key, "done")


@pytest.mark.parametrize("key", ["g1:x", "g9999999999999999999:x", "g0:", "g-1:x", "gx:y"])
async def test_a_made_up_key_is_unknown(services, key):
    with pytest.raises(UnknownResourceError):
        await services.reading.look(ALICE, None, key)
