import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.core.outbox import OutboxRow
from bot.core.weeks import Schedule
from bot.errors import NoGroupError, NotAMemberError, UnknownPostError, UnknownResourceError
from bot.outbox.discord import NoAnswerError, Place, RefusedError
from bot.store import outbox
from tests.conftest import joined
from tests.curricula import curriculum, resource
from tests.every_table import places_of
from tests.postbox import Desk
from tests.seen import text_of

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


A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TO_SATURDAY = timedelta(days=5, hours=9)
"""From the paper, on Monday at ten, to the hour two days before the next one."""


async def rows_of(services):
    return await services.db.fetch("SELECT * FROM outbox WHERE kind = 'reminder' ORDER BY due_at")


async def due_reminders(services):
    """Look at who is to be looked at, claim what is due, and return the reminders among it."""
    while await services.reminders.look_at_due():
        pass
    claimed = [await Desk(services).claim(row_id) for row_id in await Desk(services).due()]
    return [row for row in claimed if row is not None and row.kind == "reminder"]


@pytest.fixture
def live(services, clock):
    """Return what lets time pass, an hour at a time, and returns the reminders sent meanwhile."""

    async def pass_by(time):
        until, sent = clock() + time, []
        while clock() < until:
            clock.now = min(until, clock() + AN_HOUR)
            await services.weeks.open_due()
            for row in await due_reminders(services):
                if await has_reason(services, row.reader_id):
                    await Desk(services).arrived(row, row.row_id)
                    sent.append((row.reader_id, clock()))
                else:
                    await Desk(services).end(row, "dropped", "not_wanted")
        return sent

    return pass_by


async def has_reason(services, reader):
    is_idle = await services.reminders.nudge(reader) is not None
    return is_idle or bool(await services.reminders.open_papers(reader))


async def told(services, reader):
    """Return the titles of the papers of which the reader is told now."""
    return [each.resource.title for each in await services.reminders.open_papers(reader)]


async def ask(services, group_id, reader, *, wanted=True):
    return await services.reminders.ask(GUILD, group_id, reader, wanted=wanted)


async def test_nobody_is_reminded_of_a_paper_that_goes_on_or_that_they_read_in_an_earlier_week(
    services, group_id, post, clock
):
    await services.papers.read_for(GUILD, group_id, "demo:bert", 2)
    for reader in (ALICE, BOB):
        await ask(services, group_id, reader)
    first = await post()
    clock.advance(days=5, hours=9)
    going_on = await due_reminders(services)
    await services.weeks.read_it(ALICE, GUILD, first.week_id)
    clock.advance(days=1, hours=14)
    last = await post()
    clock.advance(days=5, hours=9)
    rows = await due_reminders(services)

    assert going_on == []
    assert last.key == first.key
    assert [row.reader_id for row in rows] == [BOB]


async def test_who_asked_is_reminded_at_their_hour_two_days_before_the_next_slot(
    services, group_id, post, clock
):
    await ask(services, group_id, ALICE)
    await post()
    clock.now += TO_SATURDAY - timedelta(seconds=1)
    before = await due_reminders(services)
    clock.advance(seconds=1)

    (row,) = await due_reminders(services)

    assert before == []
    assert (row.reference, row.reader_id) == (f"day:{ALICE}:2026-01-10", ALICE)
    assert (row.due_at, row.until_at) == (clock(), clock() + timedelta(hours=3))
    (paper,) = await services.reminders.open_papers(ALICE)
    assert paper.resource.title == "BERT"
    assert paper.next_at == clock() + timedelta(days=1, hours=15)


async def test_the_hour_and_the_zone_are_the_readers_own(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await services.me.set_hour(ALICE, 7)
    await services.me.set_zone(ALICE, "Asia/Seoul", "en")
    await post()
    clock.advance(days=5, hours=11, minutes=59)
    before = await due_reminders(services)
    clock.advance(minutes=1)

    (row,) = await due_reminders(services)

    assert before == []
    assert row.reference == f"day:{ALICE}:2026-01-11"


async def test_the_hour_is_asked_for_once(services, group_id):
    firsts = [await ask(services, group_id, ALICE, wanted=each) for each in (True, False, True)]
    await services.me.switch(BOB, "nudge")

    assert firsts == [True, False, False]
    assert await ask(services, group_id, BOB) is False


async def test_when_the_next_one_comes_is_known(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    _, before = await services.reminders.hours(ALICE)
    await post()

    pace, at = await services.reminders.hours(ALICE)

    assert before is None
    assert (pace.hour, pace.zone, at) == (19, "UTC", clock() + TO_SATURDAY)


async def test_a_reminder_of_a_paper_that_left_the_list_is_not_sent(
    services, group_id, post, clock, database_url
):
    await ask(services, group_id, ALICE)
    await post()
    clock.now += TO_SATURDAY
    before = await told(services, ALICE)
    await services.close()
    later = await joined(database_url, curriculum(resource("another")), clock)

    gone = await told(later, ALICE)
    await later.close()

    assert (before, gone) == (["BERT"], [])


async def test_nobody_is_reminded_who_did_not_ask(services, group_id, post, live):
    await post()

    assert await live(7 * A_DAY) == []


async def test_asking_on_the_last_day_is_early_enough(services, group_id, post, clock, live):
    await post()
    clock.advance(days=6)
    await ask(services, group_id, ALICE)

    sent = await live(A_DAY)

    assert [reader for reader, _ in sent] == [ALICE]


async def test_asking_after_the_hour_brings_none_on_that_day(services, group_id, post, clock, live):
    await post()
    clock.now += TO_SATURDAY + A_MINUTE
    await ask(services, group_id, ALICE)

    sent = await live(2 * A_DAY)

    assert [at.day for _, at in sent] == [11]


@pytest.mark.parametrize("kind", ["done", "known", "skipped"])
async def test_who_settled_the_paper_is_not_reminded(services, group_id, post, live, kind):
    await ask(services, group_id, ALICE)
    await post()
    await services.reading.mark(ALICE, None, "demo:bert", kind)

    assert await live(6 * A_DAY) == []
    assert await rows_of(services) == []


async def test_what_is_read_at_the_last_moment_is_not_told_of(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    clock.now += TO_SATURDAY
    before = await told(services, ALICE)
    await services.reading.mark(ALICE, None, "demo:bert", "done")

    assert (before, await told(services, ALICE)) == (["BERT"], [])


async def test_who_asked_no_more_is_not_reminded(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()
    await ask(services, group_id, ALICE, wanted=False)

    assert await live(6 * A_DAY) == []


async def test_who_left_the_group_is_not_reminded_even_after_joining_again(
    services, group_id, post, live
):
    await ask(services, group_id, ALICE)
    await post()
    await services.groups.leave(GUILD, group_id, ALICE)
    await services.groups.join(GUILD, group_id, ALICE)

    assert await live(6 * A_DAY) == []


async def test_a_paused_group_reminds_nobody_until_it_goes_on(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()
    await services.groups.set_state(GUILD, group_id, "paused")
    paused = await live(12 * A_DAY)
    await services.groups.set_state(GUILD, group_id, "active")

    sent = await live(7 * A_DAY)

    assert paused == []
    assert len(sent) == 1


async def test_a_reminder_moves_with_the_groups_day(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()

    friday = Schedule(4, 10, 0, "UTC")
    await services.groups.make_or_change(GUILD, CHANNEL, friday, None, MODERATOR)

    assert [(at.day, at.hour) for _, at in await live(11 * A_DAY)] == [(14, 19)]


async def test_a_reminder_waits_while_the_next_week_is_skipped(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()
    await services.calendars.skip(GUILD, group_id)

    assert [at.day for _, at in await live(13 * A_DAY)] == [17]


async def test_what_trouble_kept_back_for_hours_comes_the_next_day(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    clock.now += TO_SATURDAY
    while await services.reminders.look_at_due():
        pass
    clock.advance(hours=3)
    late = await due_reminders(services)
    clock.advance(hours=21)

    (row,) = await due_reminders(services)

    assert late == []
    assert row.reference == f"day:{ALICE}:2026-01-11"


async def test_after_a_downtime_of_an_hour_it_comes_late(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    clock.now += TO_SATURDAY + AN_HOUR

    assert len(await due_reminders(services)) == 1


async def test_a_paper_is_reminded_of_once(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()
    sent = await live(5 * A_DAY + 10 * AN_HOUR)

    for wanted in (False, True):
        await ask(services, group_id, ALICE, wanted=wanted)

    assert len(sent) == 1
    assert await live(30 * AN_HOUR) == []


async def test_all_reasons_of_a_day_are_one_message(services, group_id, post, clock, live):
    other = await services.groups.make_or_change(
        GUILD, CHANNEL + 1, Schedule(0, 12, 0, "UTC"), None, MODERATOR
    )
    await services.groups.join(GUILD, other.group.group_id, ALICE)
    await services.papers.pick(GUILD, CHANNEL + 1, MODERATOR, "demo:lora", None)
    for each in (group_id, other.group.group_id):
        await ask(services, each, ALICE)
    await services.me.switch(ALICE, "nudge")
    await post()
    clock.advance(hours=2)
    await services.weeks.open_due()
    for row_id in await Desk(services).due():
        await Desk(services).arrived(await Desk(services).claim(row_id), 1001)
    clock.now += TO_SATURDAY - 2 * AN_HOUR

    rows = await due_reminders(services)

    assert len(rows) == 1
    assert await told(services, ALICE) == ["BERT", "LoRA"]


async def test_ignored_ones_come_after_one_two_and_four_weeks_then_never_until_a_mark(
    services, group_id, post, live, clock
):
    await services.me.switch(ALICE, "nudge")
    begun = clock()

    sent = await live(200 * A_DAY)
    await services.reading.mark(ALICE, None, "demo:bert", "done")
    anew = await live(8 * A_DAY)

    days = [(at - begun).days for _, at in sent]
    assert [later - day for day, later in pairwise(days)] == [7, 14, 28]
    assert len(anew) == 1


async def test_later_brings_it_again_tomorrow_at_the_same_hour(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()
    ((_, first),) = await live(TO_SATURDAY)

    at = await services.reminders.later(ALICE)
    sent = await live(3 * A_DAY)

    assert at == first + A_DAY
    assert sent == [(ALICE, at)]


async def test_later_on_an_old_message_tells_of_what_is_open_then(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()
    await live(9 * A_DAY)

    at = await services.reminders.later(ALICE)
    sent = await live(2 * A_DAY)

    assert sent == [(ALICE, at)]


async def test_later_is_forgotten_where_nothing_is_open_by_then(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()
    await live(TO_SATURDAY)
    await services.reminders.later(ALICE)
    await services.reading.mark(ALICE, None, "demo:bert", "done")

    sent = await live(2 * A_DAY)
    pace, _ = await services.reminders.hours(ALICE)

    assert sent == []
    assert pace.again_at is None


async def test_later_promises_nothing_to_who_wants_no_reminders(services, group_id):
    assert await services.reminders.later(ALICE) is None
    assert await services.reminders.later(999) is None
    assert await places_of(services.db, 999) == set()


async def test_stop_ends_what_the_message_came_for_and_nothing_else(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await services.me.switch(ALICE, "nudge")
    await post()

    stopped = await services.reminders.set_reasons(ALICE, [group_id], is_idle=False, wanted=False)
    idle = await live(8 * A_DAY)

    assert [group.group_id for group in stopped.groups] == [group_id]
    assert not stopped.is_idle
    assert (await services.groups.status(CHANNEL, ALICE)).wish is None
    assert (await services.me.settings(ALICE)).nudged
    assert len(idle) == 1


async def test_what_was_stopped_is_turned_on_again(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await services.me.switch(ALICE, "nudge")
    await post()
    for wanted in (False, True):
        reasons = await services.reminders.set_reasons(
            ALICE, [group_id], is_idle=True, wanted=wanted
        )

    sent = await live(6 * A_DAY)

    assert reasons.is_idle
    assert (await services.groups.status(CHANNEL, ALICE)).wish == "wanted"
    assert (await services.me.settings(ALICE)).nudged
    assert len(sent) == 1


async def test_stop_tells_strangers_nothing_and_keeps_nothing_of_them(services, group_id):
    for reader in (CAROL, MODERATOR):
        reasons = await services.reminders.set_reasons(
            reader, [group_id, 5], is_idle=False, wanted=True
        )
        assert reasons.groups == ()
    assert await places_of(services.db, CAROL) == set()


async def test_closed_messages_are_not_tried_again_until_asked_again(
    services, group_id, post, clock, live
):
    await ask(services, group_id, ALICE)
    await services.me.switch(ALICE, "nudge")
    await post()
    clock.now += TO_SATURDAY
    (row,) = await due_reminders(services)
    await Desk(services).end(row, "dropped", "no_direct_messages")
    wish = (await services.groups.status(CHANNEL, ALICE)).wish
    without = await live(10 * A_DAY)

    await ask(services, group_id, ALICE)

    assert wish == "closed"
    assert without == []
    assert not (await services.me.settings(ALICE)).nudged
    assert (await services.groups.status(CHANNEL, ALICE)).wish == "wanted"
    assert len(await live(7 * A_DAY)) == 1


async def test_closed_messages_of_who_asked_no_more_change_nothing(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    clock.now += TO_SATURDAY
    (row,) = await due_reminders(services)
    await ask(services, group_id, ALICE, wanted=False)

    await Desk(services).end(row, "dropped", "no_direct_messages")

    assert (await services.groups.status(CHANNEL, ALICE)).wish is None


async def test_a_later_that_comes_before_the_lost_answer_is_kept(services, group_id, post, clock):
    await ask(services, group_id, ALICE)
    await post()
    clock.now += TO_SATURDAY
    (row,) = await due_reminders(services)
    desk, sent_at = Desk(services), clock()
    await desk.begin(row, 5, "part:1")
    await desk.give_back(row, "discord_trouble", 5 * A_MINUTE, perhaps=True)
    clock.advance(minutes=1)
    promised = await services.reminders.later(ALICE)
    clock.advance(minutes=5)

    await desk.arrived(await desk.claim(row.row_id), 2000, at=sent_at)

    pace, next_at = await services.reminders.hours(ALICE)
    assert (pace.again_at, next_at, pace.ignored) == (promised, promised, 0)


async def test_later_promises_nothing_while_the_group_is_paused(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()
    await live(TO_SATURDAY)
    await services.groups.set_state(GUILD, group_id, "paused")

    assert await services.reminders.later(ALICE) is None


async def test_later_taken_back_brings_nothing_tomorrow(services, live):
    await services.me.switch(ALICE, "nudge")
    sent = await live(8 * A_DAY)
    await services.reminders.later(ALICE)
    await services.reminders.not_later(ALICE)

    assert len(sent) == 1
    assert await live(5 * A_DAY) == []


async def test_an_old_undo_of_later_ends_no_silence(services, live):
    await services.me.switch(ALICE, "nudge")
    sent = await live(70 * A_DAY)
    await services.reminders.not_later(ALICE)

    assert len(sent) == 4
    assert (await services.reminders.hours(ALICE))[0].first_day is None


async def test_a_wish_elsewhere_brings_no_second_one_the_day_after(services, group_id, live):
    await services.me.switch(ALICE, "nudge")
    sent = await live(8 * A_DAY)
    await ask(services, group_id, ALICE)

    assert len(sent) == 1
    assert await live(2 * A_DAY) == []


async def test_stop_said_twice_lets_undo_turn_nothing_more_on(services, group_id):
    await ask(services, group_id, ALICE)
    asked = {"is_idle": True, "wanted": False}
    await services.reminders.set_reasons(ALICE, [group_id], **asked)

    again = await services.reminders.set_reasons(ALICE, [group_id], **asked)

    assert (again.is_idle, again.groups) == (False, ())


async def test_stop_forgets_a_later_said_before(services, group_id, post, live):
    await ask(services, group_id, ALICE)
    await post()
    await live(TO_SATURDAY)
    await services.reminders.later(ALICE)
    await services.reminders.set_reasons(ALICE, [group_id], is_idle=False, wanted=False)

    assert (await services.reminders.hours(ALICE))[0].again_at is None


async def test_undo_after_stop_turns_on_only_what_was_on(services, group_id, post, clock):
    other = await services.groups.make_or_change(GUILD, CHANNEL + 1, MONDAY_AT_TEN, None, MODERATOR)
    ids = [group_id, other.group.group_id]
    await services.groups.join(GUILD, ids[1], ALICE)
    for each in ids:
        await ask(services, each, ALICE)
    await ask(services, ids[1], ALICE, wanted=False)

    stopped = await services.reminders.set_reasons(ALICE, ids, is_idle=True, wanted=False)

    assert [group.group_id for group in stopped.groups] == [group_id]
    assert not stopped.is_idle


async def test_who_ignored_all_and_asks_anew_is_reminded(services, group_id, post, live):
    await services.me.switch(ALICE, "nudge")
    sent = await live(70 * A_DAY)
    silent = (await services.reminders.hours(ALICE))[0].first_day
    await ask(services, group_id, ALICE)

    assert len(sent) == 4
    assert silent is None
    assert len(await live(2 * A_DAY)) == 1


async def test_a_part_that_was_read_is_reading(services, clock, live):
    await services.reading.next_for(ALICE, None)
    await services.me.switch(ALICE, "nudge")
    clock.advance(days=7)
    await services.reading.bookmark(ALICE, None, "demo:bert", "Section 3")

    assert await live(6 * A_DAY) == []
    assert len(await live(2 * A_DAY)) == 1


async def test_who_has_read_the_list_is_not_reminded_to_read(services, live):
    for key in ("bert", "gpt", "lora"):
        await services.reading.mark(ALICE, None, f"demo:{key}", "done")
    await services.me.switch(ALICE, "nudge")

    assert await live(30 * A_DAY) == []


async def test_the_zone_is_that_of_the_group_that_reminds(services):
    for n, zone in enumerate(("Asia/Seoul", "America/New_York"), start=5):
        made = await services.groups.make_or_change(
            GUILD, CHANNEL + n, Schedule(0, 10, 0, zone), None, MODERATOR
        )
        await services.groups.join(GUILD, made.group.group_id, CAROL)
    first, _ = await services.reminders.hours(CAROL)
    await ask(services, made.group.group_id, CAROL)

    assert first.zone == "Asia/Seoul"
    assert (await services.reminders.hours(CAROL))[0].zone == "America/New_York"


# Never two on one day


@pytest.fixture
async def saturday(services, group_id, post, clock):
    """Alice's reminder is claimed, at seven in the evening on Saturday."""
    await ask(services, group_id, ALICE)
    await post()
    clock.now += TO_SATURDAY
    (row,) = await due_reminders(services)
    return row


async def test_another_hour_brings_no_second_one_on_the_same_day(services, saturday, live, clock):
    await Desk(services).arrived(saturday, 2000)
    clock.now += A_MINUTE

    await services.me.set_hour(ALICE, 21)
    await services.reminders.later(ALICE)

    assert [at.day for _, at in await live(A_DAY)] == []
    assert len(await live(4 * AN_HOUR)) == 1


async def test_another_zone_brings_no_second_one_on_the_same_day(services, saturday, live, clock):
    await Desk(services).arrived(saturday, 2000)
    clock.now += A_MINUTE

    await services.reading.mark(ALICE, None, "demo:gpt", "done")
    await services.me.set_zone(ALICE, "Pacific/Honolulu", "en")
    sent = await live(20 * AN_HOUR)

    assert sent == []  # it is Saturday, nine in the morning, there


async def test_while_one_may_have_been_sent_no_other_is(services, saturday, clock):
    desk = Desk(services)
    assert await desk.begin(saturday, 5, "part:1")
    await desk.give_back(saturday, "discord_trouble", perhaps=True)
    another = OutboxRow(
        7, "reminder", f"day:{ALICE}:2026-01-09", clock(), clock() + A_DAY, reader_id=ALICE
    )
    async with services.db.transaction() as tx:
        await outbox.add(tx, another)

    assert await desk.claim(7) is None
    assert (await outbox.row(services.db, 7)).problem == "not_wanted"
    clock.advance(minutes=6)
    assert await desk.claim(saturday.row_id) is not None


async def test_what_a_clock_planned_that_was_ahead_does_not_come_before_its_day(services, clock):
    row = OutboxRow(
        7, "reminder", f"day:{ALICE}:2026-01-06", clock(), clock() + A_DAY, reader_id=ALICE
    )
    async with services.db.transaction() as tx:
        await outbox.add(tx, row)

    assert await Desk(services).claim(7) is None


async def test_what_perhaps_came_counts(services, saturday):
    await Desk(services).begin(saturday, 5, "part:1")
    await Desk(services).end(saturday, "uncertain", "no_history")

    pace, _ = await services.reminders.hours(ALICE)

    assert (pace.reminded_at, pace.ignored) == (saturday.due_at, 1)


@pytest.mark.parametrize("reference", [f"week:7:{ALICE}", f"idle:{ALICE}:1700000000"])
async def test_what_an_earlier_release_planned_comes_at_the_readers_hour_instead(
    services, group_id, clock, reference
):
    row = OutboxRow(7, "reminder", reference, clock(), clock() + A_DAY, GUILD, reader_id=ALICE)
    async with services.db.transaction() as tx:
        await outbox.add(tx, row)

    assert await Desk(services).claim(7) is None
    assert (await outbox.row(services.db, 7)).problem == "superseded"


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
    rows = await services.db.fetch("SELECT reader_id FROM reader_settings")
    assert [row["reader_id"] for row in rows] == [BOB]


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


# What one server's trouble does to the papers of others


class Servers:
    """A Discord in which one server can't be asked who belongs to it."""

    def __init__(self, bad, error) -> None:
        self._bad, self._error = bad, error

    async def place(self, guild_id, place_id, *_):
        return Place(place_id, guild_id, f"Server {guild_id}", "text", frozenset())

    async def is_member(self, guild_id, _person):
        if guild_id == self._bad:
            raise self._error
        return True

    async def open_dm(self, _person):
        return Place(1, 0, "", "direct", frozenset())


@pytest.mark.parametrize(
    "error",
    [
        NoAnswerError("500"),
        RefusedError("refused", 50000, 400),
        RefusedError("no_access", 50001, 403),
    ],
)
async def test_one_server_in_trouble_keeps_no_other_paper_back(
    services, group_id, post, clock, error
):
    made = await services.groups.make_or_change(
        OTHER_GUILD, CHANNEL + 1, MONDAY_AT_TEN, None, MODERATOR
    )
    await services.groups.join(OTHER_GUILD, made.group.group_id, ALICE)
    await services.reminders.ask(OTHER_GUILD, made.group.group_id, ALICE, wanted=True)
    await ask(services, group_id, ALICE)
    await post()
    clock.now += TO_SATURDAY
    (row,) = await due_reminders(services)
    both = await told(services, ALICE)

    desk = Desk(services)
    act = await desk._letters["reminder"].act(row, Servers(OTHER_GUILD, error))  # noqa: SLF001

    assert both == ["BERT", "BERT"]
    assert f"Server {GUILD}" in text_of(act.what)
    assert f"Server {OTHER_GUILD}" not in text_of(act.what)
