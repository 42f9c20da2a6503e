import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import AlreadyPostedError, LedgerError
from bot.outbox.engine import Engine
from bot.outbox.letters import letters
from bot.store import outbox
from bot.store import weeks as week_rows
from bot.store.database import Background
from tests.outbox.room import Room
from tests.postbox import CHANNEL, GUILD, MAY_NOT_SEND, MODERATOR, Desk, new_group, week_of
from tests.seen import text_of

ELSEWHERE, ROLE = 9, 71  # another channel, a role
SETTLED = timedelta(minutes=8)
A_MINUTE, A_LEASE, A_DAY = timedelta(minutes=1), timedelta(seconds=120), timedelta(days=1)


@pytest.fixture
async def group(services, clock):
    """A group whose slot has just come, with its post in the outbox."""
    made = await new_group(services)
    clock.advance(hours=1)
    await services.weeks.open_due()
    return made


async def rows_of(services, kind):
    return await services.db.fetch("SELECT * FROM outbox WHERE kind = ?", kind)


async def test_a_post_brings_its_thread_and_the_thread_its_opener(services, postbox, group):
    await postbox.deliver()

    assert postbox.kinds == ["post", "thread", "opener"]
    assert postbox.sent[2].channel_id == 2  # the thread that was made
    assert await week_of(services) == ("posted", None)


async def test_a_thread_leaves_before_what_is_no_part_of_a_slot(
    services, delivery, postbox, group, clock
):
    await services.guilds.greet(ELSEWHERE, ELSEWHERE)
    clock.now += A_MINUTE
    await postbox.send(await postbox.claim())

    rows = [await outbox.row(services.db, row_id) for row_id in await delivery.due()]

    assert [row.kind for row in rows] == ["thread", "greeting"]


async def test_a_claimed_row_is_nobody_elses_for_the_length_of_a_lease(postbox, group, clock):
    first = await postbox.claim()
    at_once = await postbox.claim()
    clock.now += A_LEASE - timedelta(seconds=1)
    just_before = await postbox.claim()
    clock.advance(seconds=1)

    second = await postbox.claim()

    assert (at_once, just_before) == (None, None)
    assert second.row_id == first.row_id
    assert second.claim != first.claim


async def test_a_row_unknown_or_not_due_is_not_claimed(services, delivery, group, clock):
    (row,) = await rows_of(services, "post")
    clock.advance(minutes=-1)

    assert await delivery.claim(row["row_id"]) is None
    assert await delivery.claim(1) is None


class LostOnce(Background):
    """A ledger that is lost as a transaction begins, once."""

    is_lost = True

    @asynccontextmanager
    async def transaction(self):
        if self.is_lost:
            self.is_lost = False
            raise LedgerError("lost", "gone")
        async with super().transaction() as tx:
            yield tx


async def test_a_row_whose_claim_met_a_lost_ledger_is_tried_again_at_once(
    services, delivery, group, caplog
):
    (row_id,) = await delivery.due()

    await Desk(replace(services, background=LostOnce(services.db))).deliver_due()

    assert f"row {row_id} of the outbox is left for later: gone" in caplog.messages
    assert (await outbox.row(services.db, row_id)).attempts == 1


async def test_of_two_that_claim_a_row_one_gets_it(services, group, clock):
    (found,) = await rows_of(services, "post")
    row = await outbox.row(services.db, found["row_id"])
    until = clock.now + A_LEASE
    async with services.db.transaction() as tx:
        first = await outbox.claim_row(tx, row, 11, until)
        second = await outbox.claim_row(tx, row, 12, until)

    assert (first, second) == (True, False)


async def test_a_takeover_knows_since_when_to_look(postbox, group, clock):
    began = clock.now
    first = await postbox.claim()
    clock.now += A_LEASE

    second = await postbox.claim()

    assert first.tried_at is None
    assert second.tried_at == began


async def test_what_was_claimed_but_not_begun_was_certainly_not_sent(
    delivery, postbox, group, clock
):
    await postbox.take()
    clock.now += A_LEASE
    died_before = await postbox.take()
    await delivery.give_back(died_before, "discord_trouble", A_MINUTE, perhaps=True)
    clock.now += A_DAY

    assert died_before.tried_at is None
    assert await postbox.take() is None


async def test_where_and_by_what_it_was_first_tried_never_changes(
    services, delivery, postbox, group, clock
):
    first = await postbox.claim()
    await services.groups.move(GUILD, group.group_id, ELSEWHERE, MODERATOR)
    await delivery.give_back(first, "discord_trouble", A_MINUTE, perhaps=True)
    moved = await postbox.take()
    await delivery.begin(moved, ELSEWHERE, "button:another")
    clock.now += A_LEASE

    again = await postbox.take()

    assert (moved.places, moved.trace) == ((CHANNEL,), "button:post")
    assert (again.places, again.trace) == ((CHANNEL, ELSEWHERE), "button:post")


async def test_what_is_found_in_the_channel_its_group_left_stays_there(
    services, delivery, postbox, group
):
    await delivery.give_back(await postbox.claim(), "discord_trouble", timedelta(), perhaps=True)
    await services.groups.move(GUILD, group.group_id, ELSEWHERE, MODERATOR, is_forum=True)

    await delivery.arrived(await postbox.take(), 77, CHANNEL)

    week = (await services.groups.status(ELSEWHERE, None)).this_week
    (thread,) = await rows_of(services, "thread")
    assert (week.state, week.channel_id, week.message_id) == ("posted", CHANNEL, 77)
    assert thread["channel_id"] == CHANNEL


async def test_nothing_follows_from_a_post_that_was_deleted_before_it_was_known(
    services, delivery, postbox, group, clock
):
    await delivery.give_back(await postbox.claim(), "discord_trouble", timedelta(), perhaps=True)

    await delivery.sent(await postbox.take(), None)

    status = await services.groups.status(CHANNEL, None)
    assert (status.this_week.state, status.this_week.message_id) == ("posted", None)
    assert status.group.blocked is None
    assert await rows_of(services, "thread") == await rows_of(services, "notice") == []
    with pytest.raises(AlreadyPostedError):
        await services.groups.post_now(GUILD, group.group_id)


async def test_a_row_put_off_leaves_what_is_being_sent_alone(delivery, postbox, group, clock):
    row = await postbox.take()
    await delivery.put_off(row.row_id)
    sent_by_another = await postbox.begin(row)
    clock.now += A_LEASE
    await delivery.put_off(row.row_id)

    assert sent_by_another
    assert await delivery.due() == []
    clock.advance(hours=1)
    assert await delivery.due() == [row.row_id]


async def test_what_was_certainly_not_sent_is_not_looked_for(delivery, postbox, group, clock):
    await delivery.give_back(await postbox.claim(), "channel_gone")
    clock.advance(minutes=5)

    assert (await postbox.claim()).tried_at is None


async def test_what_was_perhaps_sent_is_looked_for(delivery, postbox, group, clock):
    began = clock.now
    row = await postbox.claim()
    clock.advance(seconds=50)
    await delivery.give_back(row, "discord_trouble", A_MINUTE, perhaps=True)
    too_soon = await postbox.claim()
    clock.now += A_MINUTE

    assert too_soon is None
    assert (await postbox.claim()).tried_at == began


async def test_a_later_failure_does_not_forget_an_answer_that_was_lost(
    delivery, postbox, group, clock
):
    began = clock.now
    await delivery.give_back(await postbox.claim(), "discord_trouble", A_MINUTE, perhaps=True)
    clock.now += A_MINUTE
    await delivery.give_back(await postbox.claim(), "guild_unavailable")
    clock.advance(minutes=5)

    assert (await postbox.claim()).tried_at == began


class Salon(Room):
    """A room in which the role asked about reaches its members, is only named, or isn't there."""

    def __init__(self, clock, reaches):
        super().__init__(clock)
        self._reaches = reaches

    async def place(self, *about):
        return replace(await super().place(*about), role=self._reaches)


@pytest.mark.parametrize(
    ("reaches", "mentioned"), [("mentioned", ROLE), ("named", None), (None, None)]
)
async def test_a_role_is_mentioned_only_where_that_reaches_its_members(
    services, postbox, group, clock, reaches, mentioned
):
    await services.groups.make_or_change(GUILD, CHANNEL, group.schedule, ROLE, MODERATOR)
    row = await postbox.take()

    act = await letters(services, None)["post"].act(row, Salon(clock, reaches))

    assert act.role_id == mentioned
    assert (f"<@&{ROLE}>" in text_of(act.what)) == (reaches is not None)


async def test_whose_lease_ran_out_sends_nothing(delivery, postbox, group, clock):
    row = await postbox.claim()
    held = await postbox.begin(row)
    clock.now += A_LEASE

    assert held
    assert not await postbox.begin(row)


async def test_all_attempts_speak_the_language_of_the_first(
    services, delivery, postbox, group, clock
):
    """What is known again by its text would not be in another one."""
    for language in ("ko", "en"):
        row = await postbox.claim()
        await delivery.begin(row, CHANNEL, "button:read:1", language)
        clock.now += A_LEASE
    row = await postbox.claim()

    assert row.language == "ko"
    assert await letters(services, None)["post"].language(row, None) == "ko"


ACTS = {
    "not sent": lambda engine, row: engine.give_back(row, "forbidden"),
    "perhaps sent": lambda engine, row: engine.give_back(row, "forbidden", A_MINUTE, perhaps=True),
    "uncertain": lambda engine, row: engine.end(row, "uncertain", "forbidden"),
    "dropped": lambda engine, row: engine.end(row, "dropped", "forbidden"),
}


@pytest.mark.parametrize("act", ACTS)
async def test_whose_lease_ran_out_changes_nothing_of_what_another_sent(
    services, delivery, postbox, group, clock, act
):
    stale = await postbox.claim()
    clock.now += A_LEASE
    await postbox.send(await postbox.claim())

    await ACTS[act](delivery, stale)

    assert await week_of(services) == ("posted", None)
    assert await rows_of(services, "notice") == []


@pytest.mark.parametrize("act", ACTS)
async def test_whose_lease_ran_out_leaves_the_claim_of_another_alone(
    services, delivery, postbox, group, clock, act
):
    stale = await postbox.claim()
    clock.now += A_LEASE
    fresh = await postbox.claim()

    await ACTS[act](delivery, stale)

    assert await postbox.begin(fresh)
    assert await week_of(services) == ("waiting", None)


async def test_a_message_is_recorded_whoever_holds_the_claim(services, delivery, postbox, group):
    row = await postbox.claim()
    await delivery.end(row, "dropped", "paper_gone")

    await delivery.arrived(row, 77)

    assert (await services.groups.status(CHANNEL, None)).this_week.message_id == 77


async def test_a_message_recorded_twice_stays_the_first(services, delivery, postbox, group):
    row = await postbox.claim()
    await delivery.arrived(row, 77)

    await delivery.arrived(row, 78)

    assert (await services.groups.status(CHANNEL, None)).this_week.message_id == 77
    assert len(await rows_of(services, "thread")) == 1


async def test_a_post_that_is_a_day_late_is_missed(services, delivery, postbox, group, clock):
    await delivery.give_back(await postbox.claim(), MAY_NOT_SEND)
    clock.now += A_DAY

    await postbox.deliver()

    assert postbox.sent == []
    assert await week_of(services) == ("missed", MAY_NOT_SEND)


async def test_the_log_names_once_what_blocks_a_group(delivery, postbox, group, clock, caplog):
    await delivery.give_back(await postbox.claim(), MAY_NOT_SEND)
    clock.now += A_DAY / 2
    await delivery.give_back(await postbox.claim(), MAY_NOT_SEND)

    told = [line for line in caplog.messages if "is blocked" in line]
    assert told == [f"group {group.group_id} in server 1 is blocked: lacks:send_messages"]


async def test_a_trouble_that_passed_is_not_told_once_its_week_is_missed(
    services, delivery, postbox, group, clock
):
    await delivery.give_back(await postbox.claim(), "guild_unavailable")
    during = await week_of(services)
    clock.now += A_DAY

    await postbox.deliver()

    assert during == ("waiting", "guild_unavailable")
    assert await week_of(services) == ("missed", None)


async def test_a_trouble_that_passed_is_not_told_once_nothing_is_left_to_read(
    services, delivery, postbox, group, clock
):
    await delivery.give_back(await postbox.claim(), "guild_unavailable")
    clock.now += 6 * A_MINUTE
    row = await postbox.claim()
    async with services.db.transaction() as tx:
        await week_rows.set_week_state(tx, int(row.reference), "nothing")

    await delivery.end(row, "dropped", "paper_gone")

    assert await week_of(services) == ("nothing", None)


async def test_what_hasnt_left_when_its_group_moves_goes_where_the_group_is(
    services, delivery, postbox, group
):
    row = await postbox.claim()
    await services.groups.move(GUILD, group.group_id, ELSEWHERE, MODERATOR)

    leaves = await postbox.begin(row)

    again = await postbox.claim()
    assert not leaves
    assert (again.channel_id, again.tried_at) == (ELSEWHERE, None)


async def test_trouble_with_a_channel_that_its_group_left_is_not_the_groups(
    services, delivery, postbox, group
):
    row = await postbox.claim()
    await services.groups.move(GUILD, group.group_id, ELSEWHERE, MODERATOR)

    await delivery.give_back(row, "channel_gone")

    assert await week_of(services, ELSEWHERE) == ("waiting", None)
    assert await rows_of(services, "notice") == []
    assert (await postbox.claim()).row_id == row.row_id


async def test_what_was_perhaps_sent_before_its_group_moved_is_still_looked_for(
    services, delivery, postbox, group
):
    row = await postbox.claim()
    await services.groups.move(GUILD, group.group_id, ELSEWHERE, MODERATOR)

    await delivery.give_back(row, "discord_trouble", A_MINUTE, perhaps=True)

    assert (await postbox.claim()).tried_at is not None


async def test_a_day_late_what_was_perhaps_sent_is_looked_for_but_not_sent(
    services, delivery, postbox, group, clock
):
    await delivery.give_back(await postbox.claim(), "discord_trouble", A_MINUTE, perhaps=True)
    clock.now += A_DAY

    row = await postbox.take()

    assert row.tried_at is not None
    assert not await postbox.begin(row)
    assert (await week_of(services))[0] == "missed"


async def test_what_could_never_be_looked_for_ends_as_uncertain(
    services, delivery, postbox, group, clock
):
    await delivery.give_back(await postbox.claim(), "discord_trouble", A_MINUTE, perhaps=True)
    clock.now += A_DAY
    await delivery.give_back(await postbox.take(), "guild_unavailable")
    clock.now += A_DAY

    assert await postbox.claim() is None
    assert await week_of(services) == ("uncertain", "lost_sight")


async def test_uncertain_is_told_and_nothing_more_is_sent(
    services, delivery, postbox, group, clock
):
    await delivery.end(await postbox.claim(), "uncertain", "no_history")
    clock.now += A_LEASE

    assert await postbox.claim() is None
    assert await week_of(services) == ("uncertain", "no_history")
    assert len(await rows_of(services, "notice")) == 1


@pytest.mark.parametrize("state", ["paused", "stopped"])
async def test_what_waits_when_its_group_falls_silent_is_not_sent(
    services, delivery, postbox, group, clock, state
):
    await delivery.give_back(await postbox.claim(), MAY_NOT_SEND)
    await services.groups.set_state(GUILD, group.group_id, state)
    clock.advance(hours=1)

    await postbox.deliver()

    assert "post" not in postbox.kinds
    assert await week_of(services) == ("skipped", None)


@pytest.mark.parametrize("state", ["paused", "stopped"])
async def test_what_is_on_its_way_when_its_group_falls_silent_is_recorded(
    services, postbox, group, state
):
    row = await postbox.claim()
    await services.groups.set_state(GUILD, group.group_id, state)

    await postbox.send(row)

    status = await services.groups.status(CHANNEL, None)
    assert status.this_week.state == "posted"
    assert status.group.state == state


async def test_what_fails_after_its_group_was_stopped_blocks_nothing(
    services, delivery, postbox, group
):
    row = await postbox.claim()
    await services.groups.set_state(GUILD, group.group_id, "stopped")

    await delivery.give_back(row, "forbidden")

    assert await week_of(services) == ("skipped", None)
    assert await rows_of(services, "notice") == []


async def test_what_was_perhaps_sent_before_a_pause_is_looked_for_but_not_sent(
    services, delivery, postbox, group, clock
):
    await delivery.give_back(await postbox.claim(), "discord_trouble", A_MINUTE, perhaps=True)
    paused = await services.groups.set_state(GUILD, group.group_id, "paused")
    clock.now += A_MINUTE

    row = await postbox.take()

    assert paused.this_week.state == "uncertain"
    assert row.tried_at is not None
    assert not await postbox.begin(row), "it may still appear"
    assert await week_of(services) == ("uncertain", None)
    clock.now += SETTLED
    assert not await postbox.begin(await postbox.take())
    assert await week_of(services) == ("skipped", None)


async def test_what_was_perhaps_sent_before_a_pause_is_not_the_next_paper_too(
    services, delivery, postbox, group
):
    await delivery.give_back(await postbox.claim(), "discord_trouble", A_MINUTE, perhaps=True)
    paused = await services.groups.set_state(GUILD, group.group_id, "paused")

    status = await services.groups.set_state(GUILD, group.group_id, "active")

    assert status.coming[0].pick.key not in (None, paused.this_week.key)


async def test_a_post_that_leaves_late_says_so(services, delivery, postbox, group, clock):
    await delivery.give_back(await postbox.claim(), MAY_NOT_SEND)
    clock.advance(minutes=6)

    await postbox.deliver()

    assert (await services.groups.status(CHANNEL, None)).this_week.is_late


async def test_a_post_that_leaves_within_five_minutes_is_on_time(services, postbox, group, clock):
    clock.advance(minutes=5)

    await postbox.deliver()

    assert not (await services.groups.status(CHANNEL, None)).this_week.is_late


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (5, False), (6, True)])
async def test_a_post_found_afterwards_is_late_only_if_its_message_was(
    services, delivery, postbox, group, clock, minutes, late
):
    sent_at = clock.now + timedelta(minutes=minutes)
    await postbox.claim()
    clock.advance(hours=1)

    await delivery.arrived(await postbox.claim(), 77, at=sent_at)

    assert (await services.groups.status(CHANNEL, None)).this_week.is_late == late


async def fail(services, postbox, clock, *problems):
    for problem in problems:
        await Desk(services).give_back(await postbox.claim(), problem)
        clock.advance(minutes=5)


async def test_whoever_set_the_group_up_is_told_once_a_week(services, postbox, group, clock):
    await fail(services, postbox, clock, "forbidden", "channel_gone", "forbidden")

    (notice,) = await rows_of(services, "notice")
    assert (notice["reader_id"], notice["guild_id"]) == (MODERATOR, GUILD)


async def test_whoever_changes_a_blocked_group_is_told_too(services, postbox, group, clock):
    await fail(services, postbox, clock, "forbidden")
    await services.groups.make_or_change(GUILD, CHANNEL, group.schedule, None, 99)
    unblocked = (await week_of(services))[1]
    await fail(services, postbox, clock, "forbidden")

    assert unblocked is None
    assert {row["reader_id"] for row in await rows_of(services, "notice")} == {MODERATOR, 99}


async def test_what_passes_by_itself_is_shown_but_told_to_nobody(services, postbox, group, clock):
    await fail(services, postbox, clock, "rate_limited")

    assert await week_of(services) == ("waiting", "rate_limited")
    assert await rows_of(services, "notice") == []


async def test_what_passes_by_itself_hides_nothing_that_must_be_mended(
    services, postbox, group, clock
):
    await fail(services, postbox, clock, "forbidden", "guild_unavailable")

    assert await week_of(services) == ("waiting", "forbidden")


async def test_what_must_be_mended_replaces_what_passes(services, postbox, group, clock):
    await fail(services, postbox, clock, "guild_unavailable", "forbidden")

    assert await week_of(services) == ("waiting", "forbidden")
    assert len(await rows_of(services, "notice")) == 1


async def test_a_blocked_group_recovers_with_its_post(services, postbox, group, clock):
    await fail(services, postbox, clock, "forbidden")

    await postbox.deliver()

    assert await week_of(services) == ("posted", None)


async def test_a_group_that_nobody_is_known_to_have_changed_is_blocked_all_the_same(
    services, postbox, group, clock
):
    async with services.db.transaction() as tx:
        await tx.fetch("UPDATE study_groups SET changed_by = NULL")

    await fail(services, postbox, clock, "forbidden")

    assert await week_of(services) == ("waiting", "forbidden")
    assert await rows_of(services, "notice") == []


async def test_a_post_whose_week_is_gone_is_dropped(services, postbox, group, clock):
    (row,) = await rows_of(services, "post")
    async with services.db.transaction() as tx:
        await week_rows.delete_week(tx, int(row["reference"]))

    await postbox.deliver()

    assert postbox.sent == []
    assert [r["state"] for r in await rows_of(services, "post")] == ["dropped"]


async def test_a_thread_that_cant_be_made_leaves_its_post_alone(services, delivery, postbox, group):
    await postbox.send(await postbox.claim())

    await delivery.end(await postbox.claim("thread"), "dropped", "forbidden")

    assert await week_of(services) == ("posted", None)
    assert [row["state"] for row in await rows_of(services, "thread")] == ["dropped"]


async def test_an_opener_may_be_uncertain_alone(services, delivery, postbox, group):
    await postbox.send(await postbox.claim())
    await postbox.send(await postbox.claim("thread"))

    await delivery.end(await postbox.claim("opener"), "uncertain", "no_history")

    assert await week_of(services) == ("posted", None)
    assert [row["state"] for row in await rows_of(services, "opener")] == ["uncertain"]


async def test_a_server_is_greeted_once_for_good(services, postbox):
    await services.guilds.greet(GUILD, CHANNEL)
    await postbox.deliver()
    await services.guilds.greet(GUILD, CHANNEL + 1)
    await postbox.deliver()

    assert [(row.kind, row.channel_id) for row in postbox.sent] == [("greeting", CHANNEL)]


async def test_what_another_process_gave_back_leaves_though_something_hangs(
    services, tickets, delivery, clock
):
    for channel in (CHANNEL, ELSEWHERE):
        await new_group(services, channel)
    clock.advance(hours=1)
    await services.weeks.open_due()
    posts = {row.channel_id: row for row in [await delivery.claim(x) for x in await delivery.due()]}
    theirs = posts[ELSEWHERE]
    await delivery.give_back(posts[CHANNEL], "discord_trouble", timedelta(0))
    await delivery.give_back(theirs, "discord_trouble", timedelta(0))
    hangs, lost, sent = asyncio.Event(), asyncio.Event(), asyncio.Event()

    class HalfHung(Room):
        async def send(self, place_id, *args, **more):
            if place_id == CHANNEL:
                hangs.set()
                await asyncio.Event().wait()
            sent.set()
            return await super().send(place_id, *args, **more)

    class Beaten(Engine):
        """Another process claims a row first, once."""

        beaten = None

        async def claim(self, row_id):
            if row_id == theirs.row_id and self.beaten is None:
                self.beaten = await delivery.claim(row_id)
                lost.set()
            return await super().claim(row_id)

    engine = Beaten(services, HalfHung(clock), tickets, letters(services, tickets))
    round_ = asyncio.create_task(engine.deliver_due())
    await asyncio.gather(hangs.wait(), lost.wait())
    await asyncio.sleep(0.1)
    await delivery.give_back(engine.beaten, "discord_trouble", timedelta(0))

    try:
        await asyncio.wait_for(sent.wait(), 10)
    finally:
        round_.cancel()
