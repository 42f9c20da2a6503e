import asyncio
from datetime import timedelta

import pytest

from bot.core.papers import VoteWish
from bot.core.weeks import Schedule
from bot.errors import (
    CompanionRefusedError,
    NoGroupError,
    TooManyNamesError,
    UnknownResourceError,
    UnknownWeekError,
    VoteRefusedError,
    VoteTooLongError,
    WeekRefusedError,
)
from bot.store import outbox
from tests.curricula import curriculum, resource
from tests.postbox import CHANNEL, GUILD, MODERATOR, Desk, Postbox, new_group

OTHER_GUILD = 92
THURSDAY_AT_TEN = Schedule(3, 10, 0, "UTC")
W02 = "2026-W02"
MESSAGE = 4242

LIST = curriculum(
    resource("bert", companions=("video",)), resource("gpt"), resource("lora"), resource("peft"),
    resource("opt", addition=True), resource("t5", addition=True),
)  # fmt: skip


@pytest.fixture
async def group(services):
    return await new_group(services, schedule=THURSDAY_AT_TEN)


@pytest.fixture
def call(services, group):
    async def call_one(count=3, hours=48, *, guild_id=GUILD, **said):
        ballot = await services.votes.call(guild_id, CHANNEL, MODERATOR, count, hours, **said)
        return ballot.vote

    return call_one


@pytest.fixture
def deliver(services):
    async def send_all():
        """Send what is due, and what follows from it; return the kinds."""
        kinds = []
        while row_ids := await Desk(services).due():
            for row_id in row_ids:
                row = await Desk(services).claim(row_id)
                if row is not None and await Desk(services).begin(
                    row, row.channel_id or 0, "question:1:?"
                ):
                    await Desk(services).arrived(row, MESSAGE)
                    kinds.append(row.kind)
        return kinds

    return send_all


@pytest.fixture
def status(services):
    async def now():
        return await services.groups.status(CHANNEL, None)

    return now


async def test_a_vote_sends_its_candidates_and_then_its_poll(call, deliver, status, clock):
    vote = await call()
    before = (await status()).vote

    kinds = await deliver()

    running = (await status()).vote
    assert vote.keys == ("demo:bert", "demo:gpt", "demo:lora")
    assert kinds == ["candidates", "poll"]
    assert before.message_id is None
    assert running.message_id == MESSAGE
    assert (running.closes_at - clock.now).total_seconds() == 48 * 3600


async def test_the_winner_is_what_the_week_reads(services, call, deliver, status, clock):
    await call()
    await deliver()
    clock.advance(hours=48)

    (due,) = await services.votes.due()
    await services.votes.decide(due, [1, 0, 2])

    after = await status()
    assert after.vote is None
    assert (after.coming[0].pick.key, after.coming[0].pick.why) == ("demo:lora", "vote_winner")
    assert await services.votes.due() == []


async def test_a_poll_counted_by_two_is_decided_by_the_first(
    services, call, deliver, status, clock
):
    await call()
    await deliver()
    clock.advance(hours=48)
    (due,) = await services.votes.due()

    await services.votes.decide(due, [1, 0, 2])
    await services.votes.decide(due, [2, 0, 1])

    assert (await status()).coming[0].pick.key == "demo:lora"


async def test_the_winner_is_posted(services, call, deliver, status, clock):
    await call()
    await deliver()
    clock.advance(hours=48)
    (due,) = await services.votes.due()
    await services.votes.decide(due, [0, 2, 2])
    clock.advance(hours=26)

    await services.weeks.open_due()

    this_week = (await status()).this_week
    assert (this_week.key, this_week.why) == ("demo:gpt", "vote_winner")


async def test_without_votes_the_order_of_the_list_counts(services, call, deliver, status, clock):
    await call()
    await deliver()
    clock.advance(hours=48)
    (due,) = await services.votes.due()

    await services.votes.decide(due, [0, 0, 0])

    after = await status()
    assert (after.coming[0].pick.key, after.coming[0].pick.why) == ("demo:bert", "next_on_list")


async def test_a_moderators_pick_goes_before_the_winner_until_it_is_taken_back(
    services, call, deliver, status, clock, group
):
    await call()
    await deliver()
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "demo:peft", None)
    clock.advance(hours=48)
    (due,) = await services.votes.due()
    await services.votes.decide(due, [0, 1, 0])
    picked = (await status()).coming[0].pick.key

    await services.papers.take_back(GUILD, group.group_id, W02)

    assert picked == "demo:peft"
    assert (await status()).coming[0].pick.key == "demo:gpt"


@pytest.mark.parametrize("hours", [-1, 0, 72, 73, 10**6])
async def test_a_vote_closes_at_least_an_hour_before_its_slot_or_is_refused(call, status, hours):
    with pytest.raises(VoteTooLongError) as refused:
        await call(hours=hours)

    assert refused.value.longest == 71
    assert (await status()).vote is None


async def test_a_week_has_one_vote(services, call, deliver, clock):
    await call()
    with pytest.raises(VoteRefusedError) as running:
        await call()
    await deliver()
    clock.advance(hours=48)
    (due,) = await services.votes.due()
    await services.votes.decide(due, [1, 0, 0])

    with pytest.raises(VoteRefusedError) as decided:
        await call(hours=2)

    assert (running.value.why, decided.value.why) == ("running", "decided")


async def test_votes_called_at_once_are_one(call):
    replies = await asyncio.gather(call(), call(), return_exceptions=True)

    assert sorted(type(reply).__name__ for reply in replies) == ["Vote", "VoteRefusedError"]


async def test_a_vote_that_is_called_off_is_not_sent_and_may_be_called_again(
    services, call, deliver
):
    vote = await call()
    await services.votes.cancel(GUILD, vote.vote_id)
    await services.votes.cancel(GUILD, vote.vote_id)

    kinds = await deliver()
    again = await call(2)

    assert kinds == []
    assert len(again.keys) == 2


async def test_the_poll_of_a_vote_called_off_is_to_be_ended_first(services, call, deliver):
    vote = await call()
    await deliver()
    await services.votes.cancel(GUILD, vote.vote_id)
    (due,) = await services.votes.due()
    with pytest.raises(VoteRefusedError) as ending:
        await call()

    await services.votes.ended(due)
    await call()

    assert due.state == "cancelled"
    assert ending.value.why == "ending"


async def test_a_poll_that_was_on_its_way_when_it_was_called_off_is_ended_too(
    services, call, deliver
):
    vote = await call()
    (row_id,) = await Desk(services).due()
    await Desk(services).arrived(await Desk(services).claim(row_id), 1)
    (row_id,) = await Desk(services).due()
    row = await Desk(services).claim(row_id)

    await services.votes.cancel(GUILD, vote.vote_id)
    await Desk(services).arrived(row, MESSAGE)

    (due,) = await services.votes.due()
    assert (due.state, due.message_id) == ("cancelled", MESSAGE)


async def test_a_poll_that_cannot_be_read_is_tried_until_its_slot_and_then_lost(
    services, call, deliver, status, clock
):
    await call()
    await deliver()
    clock.advance(hours=48)
    tries = 0
    for _ in range(26 * 4):
        for due in await services.votes.due():
            await services.votes.unread(due)
            tries += 1
        await services.weeks.open_due()
        clock.advance(minutes=15)

    this_week = (await status()).this_week
    assert tries > 3
    assert (this_week.key, this_week.why) == ("demo:bert", "next_on_list")
    assert (await status()).vote is None


async def test_a_poll_that_is_gone_is_lost_at_once(services, call, deliver, status, clock):
    await call()
    await deliver()
    clock.advance(hours=48)
    (due,) = await services.votes.due()

    await services.votes.unread(due, for_good=True)

    assert await services.votes.due() == []
    assert (await status()).vote is None
    await call(hours=2)


async def test_a_vote_that_could_not_be_sent_in_time_is_lost(
    services, call, deliver, status, clock
):
    await call(hours=71)
    clock.advance(hours=3)

    kinds = await deliver()

    assert kinds == ["notice"]
    assert (await status()).vote is None


async def test_post_now_skip_and_stop_call_the_vote_off(services, call, deliver, group, status):
    await call()
    await services.calendars.skip(GUILD, group.group_id)
    skipped = (await status()).vote
    await services.calendars.skip(GUILD, group.group_id)
    await call()
    await services.groups.post_now(GUILD, group.group_id)
    posted = (await status()).vote
    await call()
    await services.groups.set_state(GUILD, group.group_id, "stopped")

    assert (skipped, posted, (await status()).vote) == (None, None, None)
    assert await deliver() == []


@pytest.mark.parametrize("state", ["paused", "stopped"])
async def test_a_group_that_is_silent_calls_no_vote(services, call, group, state):
    await services.groups.set_state(GUILD, group.group_id, state)

    with pytest.raises(VoteRefusedError) as refused:
        await call()

    assert refused.value.why == state


async def test_no_vote_is_called_on_a_picked_week_or_with_too_little_left(services, call, group):
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "demo:peft", None)
    with pytest.raises(VoteRefusedError) as picked:
        await call()
    await services.papers.take_back(GUILD, group.group_id, W02)
    for week, slug in (("2026-W03", "bert"), ("2026-W04", "gpt"), ("2026-W05", "lora")):
        await services.papers.pick(GUILD, CHANNEL, MODERATOR, f"demo:{slug}", week)

    with pytest.raises(VoteRefusedError) as few:
        await call()

    assert (picked.value.why, few.value.why) == ("picked", "few")


async def test_another_server_neither_calls_nor_cancels(services, call, status):
    vote = await call()

    with pytest.raises(NoGroupError):
        await call(guild_id=OTHER_GUILD)
    for vote_id in (vote.vote_id, 0, 2**63 - 1):
        with pytest.raises(VoteRefusedError) as refused:
            await services.votes.cancel(OTHER_GUILD, vote_id)
        assert refused.value.why == "unknown"

    assert (await status()).vote is not None


async def test_a_decided_vote_cannot_be_called_off(services, call, deliver, clock):
    vote = await call()
    await deliver()
    clock.advance(hours=48)
    (due,) = await services.votes.due()
    await services.votes.decide(due, [1])

    with pytest.raises(VoteRefusedError) as refused:
        await services.votes.cancel(GUILD, vote.vote_id)

    assert refused.value.why == "over"


async def test_a_result_that_comes_after_the_paper_changes_nothing(
    services, call, deliver, status, clock
):
    await call()
    await deliver()
    clock.advance(hours=48)
    (due,) = await services.votes.due()
    for wait in (26 * 3600, 90):
        clock.advance(seconds=wait)
        await services.weeks.open_due()

    await services.votes.decide(due, [0, 0, 5])

    assert (await status()).this_week.key == "demo:bert"
    assert "demo:lora" in [coming.pick.key for coming in (await status()).coming]


async def test_the_weekly_task_wakes_when_the_poll_closes(services, call, deliver, clock):
    await call(hours=5)
    await deliver()

    assert await services.weeks.next_due() <= clock.now.replace(hour=14)


@pytest.mark.parametrize("kind", ["candidates", "poll"])
async def test_a_vote_whose_messages_are_deleted_before_they_are_known_is_lost(
    services, call, status, kind
):
    await call()
    (row_id,) = await Desk(services).due()
    row = await Desk(services).claim(row_id)
    if kind == "poll":
        await Desk(services).arrived(row, MESSAGE)
        (row_id,) = await Desk(services).due()
        row = await Desk(services).claim(row_id)

    await Desk(services).sent(row, None)

    now = await status()
    rows = await services.db.fetch("SELECT kind FROM outbox WHERE state = 'waiting'")
    (lost,) = now.lost_votes
    assert (now.vote, now.vote_problems[lost.vote_id]) == (None, "deleted")
    assert [row["kind"] for row in rows] == ["notice"]


async def test_who_has_deleted_everything_is_told_of_no_lost_vote(services, call):
    vote = await call()
    await services.me.forget(MODERATOR)
    await services.votes.unread(vote, for_good=True)

    rows = await services.db.fetch("SELECT 1 FROM outbox WHERE kind = 'notice'")
    assert rows == []


async def test_a_lost_vote_is_told_once_whoever_finds_out(services, call, deliver):
    vote = await call()
    await deliver()
    await asyncio.gather(*(services.votes.unread(vote, for_good=True) for _ in range(3)))

    rows = await services.db.fetch("SELECT reader_id FROM outbox WHERE kind = 'notice'")
    assert [row["reader_id"] for row in rows] == [MODERATOR]


async def test_forgetting_at_the_same_time_leaves_no_notice_of_a_lost_vote(services, call):
    vote = await call()

    await asyncio.gather(services.votes.unread(vote, for_good=True), services.me.forget(MODERATOR))

    rows = await services.db.fetch("SELECT 1 FROM outbox WHERE reader_id = ?", MODERATOR)
    assert rows == []


async def test_a_vote_that_never_was_shows_nothing_and_is_not_lost(services):
    assert await services.votes.ballot(1) is None
    assert await services.votes.lost(1) is None


async def test_a_poll_that_may_still_appear_is_ended_before_the_next_vote(services, call, group):
    vote = await call()
    for kind in ("candidates", "poll"):
        (row_id,) = await Desk(services).due()
        row = await Desk(services).claim(row_id)
        assert row.kind == kind
        await Desk(services).begin(row, CHANNEL, "question:1:?")
        if kind == "candidates":
            await Desk(services).arrived(row, MESSAGE)
    await services.votes.cancel(GUILD, vote.vote_id)

    with pytest.raises(VoteRefusedError) as refused:
        await call()
    await Desk(services).arrived(row, MESSAGE)
    (ending,) = await services.votes.due()
    await services.votes.ended(ending)
    again = await call()

    assert refused.value.why == "ending"
    assert (ending.vote_id, ending.state) == (vote.vote_id, "cancelled")
    assert again.state == "running"


async def test_a_poll_found_hours_after_a_lost_answer_is_counted_when_it_has_ended(
    services, call, clock
):
    vote, postbox = await call(hours=2), Postbox(services)
    await postbox.send(await postbox.claim("candidates"))
    poll, made_at = await postbox.claim("poll"), clock()
    clock.advance(hours=3)

    await postbox.delivery.arrived(poll, MESSAGE, at=made_at)

    (due,) = await services.votes.due()
    assert due.vote_id == vote.vote_id
    assert due.closes_at == made_at + timedelta(hours=2)


async def test_a_poll_whose_group_is_deleted_is_forgotten_once_it_cant_be_ended_in_its_time(
    services, call, deliver, group, clock
):
    await call()
    await deliver()
    await services.groups.delete(GUILD, group.group_id, MODERATOR)
    (ending,) = await services.votes.due()
    await services.votes.unread(ending)
    clock.advance(hours=49)
    (again,) = await services.votes.due()

    await services.votes.unread(again)

    assert again.vote_id == ending.vote_id
    assert await services.db.fetch("SELECT 1 FROM votes") == []


async def test_a_look_that_failed_puts_off_no_poll_that_was_called_off_meanwhile(
    services, call, deliver
):
    await call()
    await deliver()
    vote = (await services.groups.status(CHANNEL, None)).vote
    await services.votes.cancel(GUILD, vote.vote_id)

    await services.votes.unread(vote)

    assert [due.vote_id for due in await services.votes.due()] == [vote.vote_id]


async def test_after_downtime_a_group_waits_for_its_own_poll_and_no_other_does(
    services, call, deliver, status, clock
):
    other = await services.groups.make_or_change(
        GUILD, CHANNEL + 1, THURSDAY_AT_TEN, None, MODERATOR
    )
    await call()
    await deliver()
    clock.advance(days=3, hours=2)

    await services.weeks.open_due()
    before = (await status()).this_week
    of_other = (await services.groups.status(other.group.channel_id, None)).this_week
    (due,) = await services.votes.due()
    await services.votes.decide(due, [0, 2, 0])
    clock.advance(seconds=1)
    await services.weeks.open_due()

    assert (before, of_other.key) == (None, "demo:bert")
    assert ((await status()).this_week.key, (await status()).this_week.why) == (
        "demo:gpt",
        "vote_winner",
    )


async def test_a_group_does_not_wait_long_for_a_poll_that_nobody_can_count(
    services, call, deliver, status, clock
):
    await call()
    await deliver()
    clock.advance(days=3, hours=2)
    await services.weeks.open_due()
    clock.advance(seconds=89)
    await services.weeks.open_due()
    before = (await status()).this_week
    clock.advance(seconds=1)

    await services.weeks.open_due()

    assert (before, (await status()).this_week.key) == (None, "demo:bert")


async def test_a_group_waits_for_its_poll_however_often_it_has_waited(
    services, call, deliver, status, clock
):
    before = []
    for _ in range(2):
        await call()
        await deliver()
        clock.advance(days=3, hours=2)
        await services.weeks.open_due()
        before.append((await status()).this_week)
        (due,) = await services.votes.due()
        await services.votes.decide(due, [0, 2, 0])
        clock.advance(seconds=1)
        await services.weeks.open_due()
        clock.advance(days=4)

    assert before == [None, None]


async def test_the_poll_of_a_week_that_is_missed_is_not_waited_for(
    services, call, deliver, status, clock
):
    await call()
    await deliver()
    clock.advance(days=10, hours=2)

    await services.weeks.open_due()

    assert (await status()).this_week.key == "demo:bert"


async def test_a_card_that_is_on_its_way_when_its_vote_is_called_off_says_so_then(services, call):
    vote = await call()
    (row_id,) = await Desk(services).due()
    row = await Desk(services).claim(row_id)
    await Desk(services).begin(row, row.channel_id, "button:?")
    await services.votes.cancel(GUILD, vote.vote_id)
    before = await outbox.row_about(services.db, "called_off", str(vote.vote_id))

    await Desk(services).arrived(row, MESSAGE)
    await services.votes.cancel(GUILD, vote.vote_id)

    after = await outbox.row_about(services.db, "called_off", str(vote.vote_id))
    assert before is None
    assert (after.state, after.channel_id) == ("waiting", CHANNEL)
    assert await services.votes.card(vote.vote_id) == (CHANNEL, MESSAGE)


async def test_only_a_running_vote_with_its_poll_is_closed(services, call, deliver, clock):
    vote = await call()
    with pytest.raises(VoteRefusedError) as unsent:
        await services.votes.close(GUILD, vote.vote_id)
    await deliver()
    with pytest.raises(VoteRefusedError) as another:
        await services.votes.close(OTHER_GUILD, vote.vote_id)

    closed = (await services.votes.close(GUILD, vote.vote_id)).vote
    due = await services.votes.due_one(vote.vote_id)
    await services.votes.cancel(GUILD, vote.vote_id)
    with pytest.raises(VoteRefusedError) as over:
        await services.votes.close(GUILD, vote.vote_id)

    assert [e.value.why for e in (unsent, another, over)] == ["unsent", "unknown", "over"]
    assert due.closes_at == clock.now
    assert closed.vote_id == vote.vote_id


def ask(services, **said):
    return services.votes.ask(GUILD, MODERATOR, VoteWish(CHANNEL, **said))


@pytest.mark.parametrize(
    ("said", "count", "keys"),
    [
        ("lora and gpt", None, "lora gpt"),
        ("lora, gpt, lora", None, "lora gpt"),
        ("peft", None, "peft bert gpt"),
        ("peft", 2, "peft bert"),
        ("lora, gpt", 4, "lora gpt bert peft"),
        ("bert, gpt, lora and peft", 2, "bert gpt lora peft"),
    ],
)
async def test_candidates_are_what_is_named_and_to_a_single_one_the_next(
    services, group, said, count, keys
):
    vote = (await ask(services, resources=said, count=count)).vote

    assert vote.keys == tuple(f"demo:{key}" for key in keys.split())


async def test_what_cannot_be_voted_on_is_told_and_calls_no_vote(services, group, status):
    for said, error in (
        ("bert and no such thing", UnknownResourceError),
        ("video", CompanionRefusedError),
    ):
        with pytest.raises(error):
            await ask(services, resources=said)

    assert (await status()).votes == ()


async def test_more_than_five_are_too_many(services, group):
    with pytest.raises(TooManyNamesError) as refused:
        await ask(services, resources="bert, gpt, lora, peft, opt and t5")

    assert "only 5 names" in refused.value.sentence()


async def test_a_vote_on_a_week_ahead_closes_soon_and_its_winner_waits_for_that_week(
    services, group, deliver, status, clock
):
    vote = (await ask(services, resources="bert, gpt", date="2026-W05")).vote
    before = [coming.pick.key for coming in (await status()).coming]
    await deliver()
    clock.advance(hours=48)
    (due,) = await services.votes.due()
    await services.votes.decide(due, [0, 1])

    after = [coming.pick.key for coming in (await status()).coming]
    assert (vote.week, vote.hours) == ("2026-W05", 48)
    assert before == ["demo:lora", "demo:peft", None, "demo:bert"]
    assert after == ["demo:bert", "demo:lora", "demo:peft", "demo:gpt"]


async def test_votes_on_several_weeks_run_beside_each_other(
    services, group, deliver, status, clock
):
    far = (await ask(services, date="2026-W20", resources="peft, lora", hours=768)).vote
    near = (await ask(services)).vote
    kinds = await deliver()
    both = (await status()).votes

    await services.votes.cancel(GUILD, near.vote_id)
    await services.votes.close(GUILD, far.vote_id)
    due = await services.votes.due()

    assert sorted(kinds) == ["candidates", "candidates", "poll", "poll"]
    assert [vote.week for vote in both] == [W02, "2026-W20"]
    assert near.keys == ("demo:bert", "demo:gpt")
    assert [vote.week for vote in (await status()).votes] == ["2026-W20"]
    assert {vote.vote_id for vote in due} == {near.vote_id, far.vote_id}
    assert far.closes_at - clock.now == timedelta(days=32)


async def test_skipping_a_week_calls_off_its_own_vote_alone(services, group, status):
    await ask(services, date="2026-W03", resources="peft, lora")
    await ask(services)

    await services.calendars.skip(GUILD, group.group_id, "2026-W03")

    assert [vote.week for vote in (await status()).votes] == [W02]
    with pytest.raises(VoteRefusedError) as refused:
        await ask(services, date="2026-W03")
    assert refused.value.why == "no_paper"


async def test_what_is_the_matter_with_named_candidates_is_told(services, group, clock):
    clock.advance(days=3, hours=2)
    await services.weeks.open_due()
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, "gpt", "2026-W09")

    ballot = await ask(services, resources="bert, gpt, lora", date="2026-W07")

    assert ballot.is_ahead
    assert set(ballot.elsewhere.had) == {"demo:bert"}
    assert [slot.week for slot in ballot.elsewhere.chosen.values()] == ["2026-W09"]


async def test_what_the_group_had_may_win_again(services, group, deliver, clock):
    clock.advance(days=3, hours=2)
    await services.weeks.open_due()
    vote = (await ask(services, resources="bert, lora")).vote
    await deliver()
    clock.advance(hours=48)
    await services.votes.decide(await services.votes.due_one(vote.vote_id), [1, 0])
    clock.advance(days=5)

    await services.weeks.open_due()

    week = (await services.groups.status(CHANNEL, None)).this_week
    assert (week.key, week.why) == ("demo:bert", "vote_winner")


@pytest.mark.parametrize(
    ("date", "why"), [("2027-03-01", "far"), ("2025-12-01", "gone"), ("2026-W01", "gone")]
)
async def test_a_vote_is_on_a_week_of_the_coming_year(services, group, date, why, clock):
    clock.advance(days=7)

    with pytest.raises(WeekRefusedError) as refused:
        await ask(services, date=date)

    assert refused.value.why == why


async def test_an_unclear_week_keeps_what_else_was_said(services, group):
    said = {"resources": "lora and gpt", "hours": 5, "count": 4}
    with pytest.raises(UnknownWeekError) as asked:
        await ask(services, date="someday", **said)

    kept_id, who = asked.value.vote
    kept = await services.moderation.kept((GUILD, who, kept_id), VoteWish)
    assert kept == VoteWish(CHANNEL, **said)
    assert asked.value.like_it[0][0] == W02


async def test_a_poll_on_a_week_far_ahead_is_tried_daily_until_it_can_be_read(
    services, group, deliver, clock
):
    vote = (await ask(services, date="2026-W40", resources="lora, gpt")).vote
    await deliver()
    clock.advance(days=30)

    (due,) = await services.votes.due()
    await services.votes.unread(due)

    assert (await services.votes.ballot(vote.vote_id)).vote.look_at == clock.now + timedelta(days=1)
