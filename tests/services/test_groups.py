from datetime import UTC, datetime, timedelta

import pytest

from bot.core.groups import ReadBy
from bot.core.weeks import Schedule
from bot.errors import (
    AlreadyPostedError,
    HasGroupError,
    NoGroupError,
    NothingLeftError,
)
from tests.conftest import joined
from tests.curricula import curriculum, resource
from tests.every_table import everything
from tests.postbox import CHANNEL, GUILD, MAY_NOT_SEND, MODERATOR, Desk, Postbox, new_group, week_of

READER = 77
FIRST, SECOND = "jump-into-llm:attention-is-all-you-need", "jump-into-llm:gpt-1"
A_MINUTE, A_DAY, A_WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)


@pytest.fixture
def groups(services):
    return services.groups


def posts(postbox):
    return postbox.kinds.count("post")


async def test_a_new_group_is_due_at_its_next_slot(groups, group, clock):
    assert group.next_at == clock.now + timedelta(hours=1)
    assert (await groups.find(CHANNEL)).group_id == group.group_id
    assert await groups.find(CHANNEL + 1) is None


async def test_a_change_keeps_the_group_and_its_pause(groups, group):
    await groups.set_state(GUILD, group.group_id, "paused")

    status = await groups.make_or_change(GUILD, CHANNEL, Schedule(2, 8, 30, "Asia/Seoul"), 5, 99)

    assert status.group.group_id == group.group_id
    assert (status.group.state, status.group.role_id) == ("paused", 5)
    assert (await groups.find(CHANNEL)).schedule == Schedule(2, 8, 30, "Asia/Seoul")


async def test_a_change_starts_a_stopped_group_again(groups, group):
    await groups.set_state(GUILD, group.group_id, "stopped")

    status = await groups.make_or_change(GUILD, CHANNEL, group.schedule, None, MODERATOR)

    assert status.group.state == "active"


async def test_a_change_within_a_week_that_had_its_paper_waits_for_the_next(
    groups, group, until, postbox, clock
):
    await until(hours=1)
    await groups.make_or_change(GUILD, CHANNEL, Schedule(4, 10, 0, "UTC"), None, MODERATOR)

    await until(days=6)
    this_week = posts(postbox)
    await until(days=5)

    assert this_week == 1
    assert posts(postbox) == 2


@pytest.mark.parametrize("state", ["paused", "stopped"])
async def test_what_falls_into_a_silence_is_never_made_up(groups, group, until, postbox, state):
    await groups.set_state(GUILD, group.group_id, state)
    await until(hours=2)
    await groups.set_state(GUILD, group.group_id, "active")
    await until(hours=2)
    after = posts(postbox)
    await until(days=7)

    assert after == 0
    assert posts(postbox) == 1


async def test_a_group_is_run_from_its_own_server_only(groups, group):
    elsewhere = GUILD + 1

    for call in (
        groups.set_state(elsewhere, group.group_id, "paused"),
        groups.post_now(elsewhere, group.group_id),
        groups.join(elsewhere, group.group_id, 7),
        groups.leave(elsewhere, group.group_id, 7),
        groups.set_state(GUILD, 12345, "paused"),
        groups.status(CHANNEL + 1, None),
    ):
        with pytest.raises(NoGroupError):
            await call


async def test_post_now_takes_the_running_weeks_slot(groups, group, until, postbox):
    status = await groups.post_now(GUILD, group.group_id)
    await until(hours=2)
    this_week = posts(postbox)
    await until(days=7)

    assert status.this_week.state == "waiting"
    assert this_week == 1
    assert posts(postbox) == 2


async def test_post_now_is_refused_where_the_week_has_its_post(groups, group, until):
    await until(hours=1)

    with pytest.raises(AlreadyPostedError) as refused:
        await groups.post_now(GUILD, group.group_id)

    assert refused.value.link == f"https://discord.com/channels/{GUILD}/{CHANNEL}/1"


async def test_post_now_is_refused_where_nothing_is_left(database_url, clock):
    services = await joined(database_url, curriculum(resource("only")), clock)
    group = await new_group(services)
    await services.groups.post_now(GUILD, group.group_id)
    await Postbox(services).deliver()
    clock.now += A_WEEK

    with pytest.raises(NothingLeftError):
        await services.groups.post_now(GUILD, group.group_id)
    await services.close()


async def test_post_now_sends_what_was_missed(groups, services, group, until, postbox, clock):
    clock.advance(days=2)
    await services.weeks.open_due()
    missed = await week_of(services)

    await groups.post_now(GUILD, group.group_id)
    await postbox.deliver()

    assert missed == ("missed", None)
    assert await week_of(services) == ("posted", None)
    assert posts(postbox) == 1


async def test_post_now_settles_what_is_uncertain_with_another_nonce(
    groups, services, group, postbox, clock
):
    clock.advance(hours=1)
    await services.weeks.open_due()
    lost = await postbox.claim()
    await Desk(services).end(lost, "uncertain", "no_history")

    await groups.post_now(GUILD, group.group_id)
    await postbox.deliver()

    assert await week_of(services) == ("posted", None)
    assert posts(postbox) == 1
    assert postbox.sent[0].row_id != lost.row_id
    assert postbox.sent[0].tried_at is not None  # so it is looked for before


async def test_post_now_hurries_what_waits(groups, services, group, postbox, clock):
    clock.advance(hours=1)
    await services.weeks.open_due()
    await Desk(services).give_back(await postbox.claim(), MAY_NOT_SEND, A_DAY / 2)

    await groups.post_now(GUILD, group.group_id)
    await postbox.deliver()

    assert await week_of(services) == ("posted", None)
    assert posts(postbox) == 1


async def test_post_now_leaves_alone_what_is_on_its_way(groups, services, group, postbox, clock):
    clock.advance(hours=1)
    await services.weeks.open_due()
    row = await postbox.claim()

    await groups.post_now(GUILD, group.group_id)
    nobody = await postbox.claim()
    await postbox.send(row)
    await postbox.deliver()

    assert nobody is None
    assert posts(postbox) == 1
    assert await week_of(services) == ("posted", None)


async def test_post_now_gives_what_is_on_its_way_another_day(
    groups, services, group, postbox, clock
):
    clock.advance(hours=1)
    await services.weeks.open_due()
    clock.now += A_DAY - A_MINUTE
    row = await postbox.claim()
    await groups.post_now(GUILD, group.group_id)
    await Desk(services).give_back(row, MAY_NOT_SEND)
    clock.advance(minutes=5)

    await postbox.deliver()

    assert await week_of(services) == ("posted", None)


async def test_post_now_sends_what_a_pause_called_off(groups, services, group, postbox, clock):
    clock.advance(hours=1)
    await services.weeks.open_due()
    await groups.set_state(GUILD, group.group_id, "paused")

    status = await groups.post_now(GUILD, group.group_id)
    await postbox.deliver()

    assert status.group.state == "paused"
    assert await week_of(services) == ("posted", None)
    assert posts(postbox) == 1


@pytest.fixture
async def saturday(groups, group, clock):
    """A group that began by First paper now on a Saturday at eleven at night."""
    await groups.set_state(GUILD, group.group_id, "paused")
    clock.advance(days=5, hours=14)
    await groups.set_state(GUILD, group.group_id, "active")
    before = await groups.status(CHANNEL, None)
    return before, await groups.post_now(GUILD, group.group_id)


async def test_a_first_paper_on_a_saturday_is_not_followed_by_one_on_monday(
    saturday, until, postbox, clock
):
    before, after = saturday
    next_at = datetime(2026, 1, 19, 10, 0, tzinfo=UTC)
    await postbox.deliver()
    await until(days=3)
    in_three_days = posts(postbox)
    await until(days=6)

    assert before.begins == (clock.now - 9 * A_DAY, next_at)
    assert after.begins is None
    assert after.coming[0].slot.at == after.group.next_at == next_at
    assert (in_three_days, posts(postbox)) == (1, 2)


@pytest.mark.parametrize(
    ("schedule", "next_at"),
    [
        (Schedule(2, 22, 0, "UTC"), datetime(2026, 1, 21, 22, 0, tzinfo=UTC)),
        (Schedule(2, 23, 0, "UTC"), datetime(2026, 1, 14, 23, 0, tzinfo=UTC)),
        (Schedule(3, 7, 0, "Asia/Seoul"), datetime(2026, 1, 21, 22, 0, tzinfo=UTC)),
    ],
)
async def test_a_change_right_after_the_first_paper_keeps_the_four_days(
    saturday, groups, postbox, schedule, next_at
):
    await postbox.deliver()
    status = await groups.make_or_change(GUILD, CHANNEL, schedule, None, MODERATOR)
    await groups.set_state(GUILD, status.group.group_id, "paused")
    resumed = await groups.set_state(GUILD, status.group.group_id, "active")

    assert status.group.next_at == status.coming[0].slot.at == next_at
    assert resumed.group.next_at == next_at


async def test_a_first_paper_that_was_never_sent_holds_nothing_back(saturday, groups):
    _, after = saturday

    await groups.set_state(GUILD, after.group.group_id, "paused")
    resumed = await groups.set_state(GUILD, after.group.group_id, "active")

    assert resumed.coming[0].slot.at == datetime(2026, 1, 12, 10, 0, tzinfo=UTC)
    assert resumed.begins is not None


async def test_post_now_leaves_a_pause_as_it_is(groups, group, until, postbox):
    await groups.set_state(GUILD, group.group_id, "paused")

    status = await groups.post_now(GUILD, group.group_id)
    await until(seconds=1)
    await until(days=8)

    assert status.group.state == "paused"
    assert posts(postbox) == 1


async def test_post_now_starts_a_stopped_group(groups, group, until, postbox):
    await groups.set_state(GUILD, group.group_id, "stopped")

    status = await groups.post_now(GUILD, group.group_id)
    await until(seconds=1)
    await until(days=8)

    assert status.group.state == "active"
    assert posts(postbox) == 2


async def test_members_join_and_leave_once_each(groups, group):
    await groups.join(GUILD, group.group_id, 7)
    joined = await groups.join(GUILD, group.group_id, 7)
    await groups.leave(GUILD, group.group_id, 7)
    left = await groups.leave(GUILD, group.group_id, 7)

    assert (joined.members, joined.is_member) == (1, True)
    assert (left.members, left.is_member) == (0, False)


async def test_the_coming_weeks_say_what_will_be_read(groups, group, until):
    before = [coming.pick.key for coming in (await groups.status(CHANNEL, None)).coming]

    await until(hours=1)
    status = await groups.status(CHANNEL, None)

    assert status.this_week.key == before[0]
    assert [coming.pick.key for coming in status.coming][:3] == before[1:]


async def test_a_list_that_has_run_out_shows_no_weeks(database_url, clock):
    services = await joined(database_url, curriculum(resource("only")), clock)
    group = await new_group(services)
    clock.advance(hours=1)
    await services.weeks.open_due()
    await Postbox(services).deliver()

    status = await services.groups.status(CHANNEL, None)

    assert status.weeks_left == 0
    assert {coming.pick.key for coming in status.coming} == {None}
    assert status.group.group_id == group.group_id
    await services.close()


async def test_what_the_last_post_brought_is_shown(groups, services, group, until):
    await until(hours=1)
    for reader_id in (7, 8, 9):
        await groups.join(GUILD, group.group_id, reader_id)
    first = (await groups.status(CHANNEL, None)).this_week
    for reader_id in (7, 8, 9):
        await services.weeks.read_it(reader_id, GUILD, first.week_id)

    await until(days=7)
    status = await groups.status(CHANNEL, None)

    assert (status.last.week_id, status.last_read) == (first.week_id, ReadBy(3))


@pytest.fixture
def paper(services, groups, group, until):
    """Return what posts a paper for these members; the named chose so, the readers pressed."""

    async def post(members, named=(), readers=()):
        await until(hours=1)
        week_id = (await groups.status(CHANNEL, None)).this_week.week_id
        for reader_id in members:
            await groups.join(GUILD, group.group_id, reader_id)
        for reader_id in named:
            await services.me.switch(reader_id, "named")
        for reader_id in readers:
            await services.weeks.read_it(reader_id, GUILD, week_id)
        return (await groups.status(CHANNEL, None)).this_read

    return post


@pytest.mark.parametrize(
    ("members", "named", "readers", "told"),
    [
        ([7, 8, 9], [], [7], ReadBy()),  # of few readers there is no number
        ([7, 8, 9, 10, 11], [], [7, 8], ReadBy()),
        ([7, 8, 9], [7, 8], [7, 9], ReadBy(None, (7,))),  # but those who chose so
        ([7, 8, 9], [7], [8], ReadBy()),
        ([7, 8, 9, 10], [7], [], ReadBy()),
        ([7, 8, 9], [7, 8, 9], [7, 8, 9], ReadBy(3, (7, 8, 9))),
        ([7, 8, 9, 10], [7], [7, 8, 9], ReadBy(3, (7,))),
        ([7, 8, 9, 10], [7, 8, 9], [7, 8, 9], ReadBy(3)),  # names would tell that 10 is missing
        ([7, 8, 9, 10], [], [7, 8, 9], ReadBy(3)),
        ([8, 9, 10], [7], [7, 8, 9], ReadBy(3)),  # 7 pressed, but is no member of this group
    ],
)
async def test_readers_are_named_who_chose_so_unless_that_tells_of_others(
    paper, members, named, readers, told
):
    assert await paper(members, named, readers) == told


async def test_last_weeks_readers_are_named_too(paper, groups, until):
    await paper([7, 8, 9, 10, 11], [7, 8], [7, 9, 10])
    await until(days=7)

    status = await groups.status(CHANNEL, None)

    assert status.last_read == ReadBy(3, (7,))
    assert status.this_read == ReadBy()


async def test_who_takes_back_name_or_mark_or_leaves_is_named_no_more(paper, services, groups):
    members = range(7, 17)
    assert (await paper(members, [7, 8, 9], [7, 8, 9, 10])).named == (7, 8, 9)
    group = await groups.find(CHANNEL)
    key = (await groups.status(CHANNEL, None)).this_week.key

    await services.me.switch(7, "unnamed")
    await services.reading.mark(8, GUILD, key, "clear")
    await groups.leave(GUILD, group.group_id, 9)

    assert (await groups.status(CHANNEL, None)).this_read == ReadBy(3)


# A group whose channel is gone


async def test_a_moved_group_keeps_its_settings_members_and_past(groups, services, group, until):
    await until(hours=1)
    await groups.join(GUILD, group.group_id, 7)
    before = await groups.status(CHANNEL, 7)

    moved = await groups.move(GUILD, group.group_id, 72, 8)

    after = await groups.status(72, 7)
    history = await groups.history(GUILD, group.group_id, 0)
    assert moved.group == after.group
    assert (after.group.channel_id, after.group.changed_by) == (72, 8)
    assert after.group.schedule == before.group.schedule
    assert (after.is_member, after.this_week, after.coming) == (
        True, before.this_week, before.coming
    )  # fmt: skip
    assert [week.post for week in history.weeks] == [before.this_week]
    assert await groups.find(CHANNEL) is None


async def test_a_paper_that_waits_is_sent_where_the_group_moved(
    groups, services, group, clock, postbox
):
    clock.advance(hours=1)
    await services.weeks.open_due()
    await Desk(services).give_back(await postbox.claim(), "channel_gone")

    moved = await groups.move(GUILD, group.group_id, 72, MODERATOR)
    await postbox.deliver()

    assert moved.group.blocked is None
    assert postbox.sent[0].channel_id == 72
    assert await week_of(services, 72) == ("posted", None)
    assert (await groups.status(72, None)).this_week.channel_id == 72


async def test_what_was_lost_sight_of_is_posted_anew_where_the_group_moved(
    groups, services, group, clock, postbox
):
    clock.advance(hours=1)
    await services.weeks.open_due()
    await Desk(services).end(await postbox.claim(), "uncertain", "no_history")

    await groups.move(GUILD, group.group_id, 72, MODERATOR)
    await groups.post_now(GUILD, group.group_id)
    await postbox.deliver()

    assert [row.channel_id for row in postbox.sent if row.kind == "post"] == [72]


async def test_a_vote_stays_behind_when_its_group_moves(groups, services, group):
    later = await groups.make_or_change(GUILD, CHANNEL, Schedule(4, 10, 0, "UTC"), None, MODERATOR)
    await services.votes.call(GUILD, CHANNEL, MODERATOR, 2, 24)

    moved = await groups.move(GUILD, later.group.group_id, 72, MODERATOR)

    assert moved.vote is None


async def test_a_group_moves_into_no_other_and_into_no_other_server(groups, group):
    stopped = (await groups.make_or_change(GUILD, 72, group.schedule, None, MODERATOR)).group
    await groups.set_state(GUILD, stopped.group_id, "stopped")

    with pytest.raises(HasGroupError):
        await groups.move(GUILD, group.group_id, 72, MODERATOR)
    for guild_id, group_id in ((GUILD + 1, group.group_id), (GUILD, 5)):
        with pytest.raises(NoGroupError):
            await groups.move(guild_id, group_id, 73, MODERATOR)

    assert (await groups.find(CHANNEL)).group_id == group.group_id
    assert [g.channel_id for g in await groups.running_in(GUILD)] == [CHANNEL]


async def test_a_deleted_group_leaves_nothing_but_its_members_progress(
    services, groups, group, until, clock
):
    other = await new_group(services, CHANNEL + 1)
    for one in (group, other):
        await groups.join(GUILD, one.group_id, READER)
        await services.reminders.ask(GUILD, one.group_id, READER, wanted=True)
    await until(hours=1)
    await services.reading.mark(READER, GUILD, FIRST, "done")
    await groups.set_state(GUILD, group.group_id, "paused")
    await groups.set_state(GUILD, group.group_id, "active")
    await services.papers.pick(GUILD, CHANNEL, MODERATOR, SECOND, None)
    await services.votes.call(GUILD, CHANNEL + 1, MODERATOR, 2, 24)
    before = await everything(services.db)

    await groups.delete(GUILD, group.group_id, MODERATOR)

    after = await everything(services.db)
    kept = [row for rows in after.values() for row in rows]
    assert not any(group.group_id in row.values() for row in kept)
    assert not any(str(group.group_id) in str(row.get("reference")) for row in kept)
    slots = {row["week_id"] for row in before["weeks"] if row["group_id"] == group.group_id}
    assert slots
    assert not any(row["reference"].startswith(str(*slots)) for row in after["outbox"])
    assert after["progress"] == before["progress"]
    assert (await groups.status(CHANNEL + 1, READER)).wish == "wanted"
    with pytest.raises(NoGroupError):
        await groups.status(CHANNEL, READER)


async def test_what_is_just_being_sent_of_a_deleted_group_is_not(services, groups, group, postbox):
    await groups.post_now(GUILD, group.group_id)
    row = await postbox.take()

    await groups.delete(GUILD, group.group_id, MODERATOR)

    assert not await postbox.begin(row)
    await Desk(services).end(row, "dropped", "called_off")
    assert await Desk(services).due() == []


async def test_another_servers_group_cannot_be_deleted(groups, group):
    with pytest.raises(NoGroupError):
        await groups.delete(GUILD + 1, group.group_id, MODERATOR)

    assert await groups.find(CHANNEL) is not None


async def test_a_deleted_groups_poll_is_ended_before_its_vote_is_forgotten(
    services, groups, group, until
):
    await until(hours=1)
    vote = (await services.votes.call(GUILD, CHANNEL, MODERATOR, 2, 24)).vote
    await until(minutes=1)

    await groups.delete(GUILD, group.group_id, MODERATOR)
    (due,) = await services.votes.due()
    await services.votes.unread(due)
    again = await services.votes.due_one(vote.vote_id)
    await services.votes.ended(due)

    assert (due.vote_id, due.state) == (vote.vote_id, "cancelled")
    assert again is None
    assert (await everything(services.db))["votes"] == []
